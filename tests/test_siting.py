"""Verdicts worked out by hand from the decision's text, and what must hold of every verdict."""

from __future__ import annotations

import dataclasses
import time
from decimal import Decimal
from functools import cache

import pytest
from conftest import activity, clause, craft_point, fragment, site
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import TREE, Toy, listing, oriented, unlisting

from gis.activities import ancestors, listed_by
from gis.language import Text
from gis.model import Plan
from gis.plan import default_plan, load_plan
from gis.siting import answer
from gis.siting.rulings import index_of, rule_on_site
from gis.tables import Tenancy
from gis.values import read
from gis.verdicts import ActivityMatch, Answer, Candidate, Flag, Need, PlaceMatch, Verdict

LISTED, DIRECTED, OPEN = "listed", "directed", "open-list"
NOT_LISTED, LIMITED, UNKNOWN = "not-listed", "limited-or-forbidden", "unknown"
GOODNESS = (LISTED, DIRECTED, OPEN, UNKNOWN, NOT_LISTED, LIMITED)
TEXTILES, HIGH_TECH, CRAFT_LIMIT = "II.2.3a ¶2", "II.2.2 ¶4", "II.4 ¶1"
ZONES_OF_TWO_DISTRICTS, ZONES_OF_THE_CITY = "II.2.1 ¶5", "II.2.1 ¶6"
CLUSTER_LIGHT, LARGE_MATERIALS = "II.2.3a ¶3", "II.2.4 ¶2"


@cache
def the_plan() -> Plan:
    return load_plan(default_plan(), geometry=False)


def place_of(plan: Plan, site_id: str, *flags: Flag) -> PlaceMatch:
    row = plan.sites[site_id]
    label = Text(row.short_name, row.short_name)
    return PlaceMatch(
        row.short_name, "site", label, (site_id,), districts=row.districts, flags=flags
    )


def commune(plan: Plan, *codes: str) -> PlaceMatch:
    units = [plan.units[code] for code in codes]
    label = Text(units[0].label, units[0].label)
    districts = tuple(dict.fromkeys(unit.district for unit in units))
    return PlaceMatch(units[0].name, "commune", label, unit_codes=codes, districts=districts)


def code_of(plan: Plan, name: str, district: str) -> str:
    [code] = [
        code for code, unit in plan.units.items() if unit.name == name and unit.district == district
    ]
    return code


def district(name: str) -> PlaceMatch:
    return PlaceMatch(name, "district", Text(name, name), districts=(name,))


PROVINCE = PlaceMatch("tỉnh", "province", Text("tỉnh Thái Nguyên", "Thái Nguyên province"))
NOWHERE = PlaceMatch("Hà Nội", "unknown", Text("", ""))


def asked(
    plan: Plan,
    place: PlaceMatch,
    activity_id: str | None,
    ha: str | None = None,
    points: int | None = None,
) -> Answer:
    need = Need(
        activity=activity_id or "",
        place=place.asked,
        ha=Decimal(ha) if ha else None,
        points=points,
    )
    return answer(plan, need, place, ActivityMatch(activity_id or "", activity_id))


def at(site_id: str, activity_id: str, ha: str | None = None) -> Answer:
    return asked(the_plan(), place_of(the_plan(), site_id), activity_id, ha)


def decided(found: Answer) -> list[str]:
    return [
        f"{item.citation.clause} row {item.citation.row}"
        if item.citation.row
        else item.citation.clause
        for item in found.reasons
        if item.decided
    ]


def codes(found: Answer) -> set[str]:
    return {flag.code for flag in found.flags}


# --- sites, from the words of the tables and clauses ----------------------------------------------

CASES = [
    # row 1, closed: “dệt may, da giầy … gốm sứ, thủy tinh … cơ khí … hóa dược … sản xuất VLXD.”
    ("KCN-1", "garments", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "weaving", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "dyeing", None, DIRECTED, TEXTILES, ("conflict-closed-list", "typo-reading")),
    ("KCN-1", "spinning", None, DIRECTED, TEXTILES, ("conflict-closed-list",)),
    ("KCN-1", "footwear", None, LISTED, "II.3.1 row 1", ("typo-reading",)),  # “da giầy”
    ("KCN-1", "ceramics-fine", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "pharmaceuticals", None, LISTED, "II.3.1 row 1", ()),  # medicines in “hóa dược”
    ("KCN-1", "slaughter-poultry", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "animal-feed", None, NOT_LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "mechanical-repair", None, NOT_LISTED, "II.3.1 row 1", ()),  # “cơ khí” repairs not
    ("KCN-1", "ferrous-metallurgy", None, NOT_LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "tractors", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "electrical-equipment", None, DIRECTED, ZONES_OF_TWO_DISTRICTS,
     ("conflict-closed-list",)),
    ("KCN-1", "handicrafts-fine-art", None, LISTED, "II.3.1 row 1", ("conflict-craft-limit",)),
    ("KCN-1", "rattan-bamboo", None, LISTED, "II.3.1 row 1", ("conflict-craft-limit",)),
    ("KCN-1", "craft-production", None, LIMITED, CRAFT_LIMIT, ("typo-reading",)),
    ("KCN-1", "unburnt-brick", None, LISTED, "II.3.1 row 1", ()),
    ("KCN-1", "garments", "200", LISTED, "II.3.1 row 1", ()),  # exactly the stated 200
    ("KCN-1", "garments", "200.01", LIMITED, "II.3.1 row 1", ("size",)),
    # row 2, open: “dụng cụ y tế, phụ tùng chế biến khoáng sản, vật liệu xây dựng, may mặc …”
    ("KCN-2", "garments", None, LISTED, "II.3.1 row 2", ()),
    ("KCN-2", "mineral-processing-spares", None, LISTED, "II.3.1 row 2", ()),
    ("KCN-2", "mineral-processing", None, OPEN, "II.3.1 row 2", ()),  # spares are no processing
    ("KCN-2", "dyeing", None, DIRECTED, TEXTILES, ("typo-reading",)),
    ("KCN-2", "tractors", None, DIRECTED, ZONES_OF_TWO_DISTRICTS, ()),
    ("KCN-2", "cement", "150", LISTED, "II.3.1 row 2", ()),  # more than the planned 129,51
    ("KCN-2", "printing", None, OPEN, "II.3.1 row 2", ()),
    # row 3, open: “Sản xuất kim loại, máy Đi-ê-zen, phụ tùng, chế biến nông sản thực phẩm …”
    ("KCN-3", "steel-rolling", None, LISTED, "II.3.1 row 3", ()),
    ("KCN-3", "auto-parts", None, LISTED, "II.3.1 row 3", ("uncertain-reading",)),
    ("KCN-3", "slaughter-livestock", None, OPEN, "II.3.1 row 3", ()),
    ("KCN-3", "footwear", None, DIRECTED, TEXTILES, ()),
    # row 4, open: “công nghệ sao, sản xuất phụ tùng ô tô, lắp ráp ôtô, công nghiệp quốc phòng …”
    ("KCN-4", "high-tech", None, LISTED, "II.3.1 row 4", ("typo-reading",)),
    ("KCN-4", "digital-device-assembly", None, DIRECTED, HIGH_TECH, ()),
    ("KCN-4", "garments", None, OPEN, "II.3.1 row 4", ()),
    ("KCN-4", "facing-stone", None, DIRECTED, LARGE_MATERIALS, ()),  # the kind, where open
    ("KCN-4", "paints", None, OPEN, "II.3.1 row 4", ()),  # the province directs no site
    # row 5, closed: “công nghệ cao (vườn ươm công nghệ, công nghệ phần mềm), điện, điện tử.”
    ("KCN-5", "software", None, LISTED, "II.3.1 row 5", ()),
    ("KCN-5", "rolling-mill-equipment", None, DIRECTED, ZONES_OF_THE_CITY,
     ("conflict-closed-list",)),
    ("KCN-5", "machine-repair-all", None, DIRECTED, ZONES_OF_THE_CITY, ("conflict-closed-list",)),
    ("KCN-5", "renewable-power", None, NOT_LISTED, "II.3.1 row 5", ()),  # “điện” is equipment
    ("KCN-5", "unburnt-brick", None, NOT_LISTED, "II.3.1 row 5", ()),  # the kind opens none
    # row 6, closed: “Luyện kim, cơ khí, chế tạo máy, vật liệu xây dựng, … công nghiệp phần mềm.”
    ("KCN-6", "garments", "8", DIRECTED, TEXTILES, ("conflict-closed-list", "typo-reading")),
    ("KCN-6", "textiles", None, DIRECTED, TEXTILES, ("conflict-closed-list",)),
    ("KCN-6", "ferrous-metallurgy", None, LISTED, "II.3.1 row 6", ()),
    ("KCN-6", "waste-treatment", None, DIRECTED, "II.2.7 ¶4",
     ("conflict-closed-list", "place-not-fixed")),
    ("KCN-6", "agri-processing", None, NOT_LISTED, "II.3.1 row 6", ()),  # II.4 ¶2 is of districts
    ("KCN-6", "fertiliser", None, NOT_LISTED, "II.3.1 row 6", ()),
    ("KCN-6", "garments", "350.01", LIMITED, "II.3.1 row 6", ("size", "conflict-closed-list")),
    # row 7: “theo định hướng công nghiệp sạch và công nghệ cao”
    ("KCN-7", "high-tech", None, DIRECTED, HIGH_TECH, ("orientation",)),
    ("KCN-7", "software", None, DIRECTED, HIGH_TECH, ("orientation",)),
    ("KCN-7", "dyeing", None, DIRECTED, TEXTILES, ("orientation",)),
    ("KCN-7", "tractors", None, DIRECTED, ZONES_OF_TWO_DISTRICTS,
     ("orientation", "part-of-site")),
    ("KCN-7", "export-processing", None, DIRECTED, "II.3.1 row 7", ("orientation",)),
    ("KCN-7", "cement", None, UNKNOWN, "II.3.1 row 7", ("orientation",)),
    ("KCN-7", "unburnt-brick", None, UNKNOWN, "II.3.1 row 7", ("orientation",)),
    ("KCN-7", "software", "2350", DIRECTED, HIGH_TECH, ("orientation",)),
    ("KCN-7", "software", "2350.5", LIMITED, "II.3.1 row 7", ("size",)),
    ("KCN-7", "cement", "2351", LIMITED, "II.3.1 row 7", ("size",)),
    # clusters
    ("CCN-03", "medical-instruments", "12", LISTED, "II.3.2 row 3", ()),
    ("CCN-03", "garments", None, NOT_LISTED, "II.3.2 row 3", ()),  # II.2.3a ¶3 is of the kind
    ("CCN-04", "electronics-assembly", None, LISTED, "II.3.2 row 4", ()),
    ("CCN-04", "electronics", None, OPEN, "II.3.2 row 4", ("part-listed",)),
    ("CCN-05", "ceramics-fine", None, OPEN, "II.3.2 row 5", ()),  # “VLXD” holds no ceramics
    ("CCN-05", "garments", None, DIRECTED, CLUSTER_LIGHT, ("condition",)),
    ("CCN-05", "mechanical-repair", None, DIRECTED, "II.2.1 ¶7", ()),
    ("CCN-07", "software", None, LISTED, "II.3.2 row 7", ()),  # beside “luyện kim”
    ("CCN-08", "mechanical-repair", None, OPEN, "II.3.2 row 8", ()),  # ¶7: “các huyện”, no town
    ("CCN-08", "rattan-bamboo", None, LIMITED, CRAFT_LIMIT, ("conflict-craft-limit",)),
    ("CCN-09", "ceramics-fine", None, DIRECTED, LARGE_MATERIALS, ("conflict-closed-list",)),
    ("CCN-10", "ceramics-fine", None, DIRECTED, LARGE_MATERIALS, ("conflict-closed-list",)),
    ("CCN-09", "deep-mineral-processing", None, LISTED, "II.3.2 row 9", ()),
    ("CCN-11", "ferrous-metallurgy", None, NOT_LISTED, "II.3.2 row 11", ()),
    ("CCN-11", "metal-production", None, NOT_LISTED, "II.3.2 row 11", ("part-listed",)),
    ("CCN-11", "thermal-power", None, LISTED, "II.3.2 row 11", ()),
    ("CCN-15", "craft-production", "7", LISTED, "II.3.2 row 15", ("conflict-craft-limit",)),
    ("CCN-15", "tea-craft", None, LISTED, "II.3.2 row 15", ("conflict-craft-limit",)),
    ("CCN-15", "craft-production", "7.5", LIMITED, "II.3.2 row 15", ("size",)),
    ("CCN-14", "mineral-processing", None, LISTED, "II.3.2 row 14", ("uncertain-reading",)),
    ("CCN-18", "deep-mineral-processing", None, LISTED, "II.3.2 row 18", ()),  # “Động Đạt”
    ("CCN-21", "plastic-packaging", None, LISTED, "II.3.2 row 21", ()),
    ("CCN-23", "ceramics-fine", None, NOT_LISTED, "II.3.2 row 23", ()),
    ("CCN-25", "gas-bottling", None, LISTED, "II.3.2 row 25",
     ("typo-reading", "uncertain-reading")),  # “chiết xuất ga”
    ("CCN-25", "beer", "75", LISTED, "II.3.2 row 25", ()),  # two clusters, 75 ha together
    ("CCN-28", "mineral-processing", None, OPEN, "II.3.2 row 28", ("typo-reading",)),
    ("CCN-28", "food-processing", None, DIRECTED, CLUSTER_LIGHT, ("typo-reading",)),
    ("CCN-28", "waste-treatment", None, OPEN, "II.3.2 row 28", ()),  # II.2.7 ¶4 names the zone
    # limits of the whole province
    ("CCN-19", "ore-export", None, LIMITED, "II.2.6 ¶1", ()),
    ("KCN-7", "ore-export", None, LIMITED, "II.2.6 ¶1", ()),
    ("KCN-4", "explosives", None, LIMITED, "II.2.8 ¶3", ()),
    ("KCN-3", "food-processing", None, LISTED, "II.3.1 row 3", ()),  # II.2.3b ¶2: existing works
]  # fmt: skip


@pytest.mark.parametrize(("site_id", "activity_id", "ha", "verdict", "by", "flags"), CASES)
def test_a_site_answers_as_the_decision_says(
    site_id: str, activity_id: str, ha: str | None, verdict: str, by: str, flags: tuple[str, ...]
) -> None:
    found = at(site_id, activity_id, ha)
    assert found.verdict == verdict
    assert decided(found)[0] == by
    assert set(flags) <= codes(found)


def test_every_quote_is_verbatim_and_stands_on_its_line() -> None:
    plan = the_plan()
    lines = plan.text_lines
    for site_id in plan.sites:
        for activity_id in ("garments", "mechanical-repair", "rattan-bamboo", "cement"):
            found = at(site_id, activity_id, "60")
            for item in (*found.reasons, *found.secondary):
                assert item.citation.quote in lines[(item.citation.line or 0) - 1]


def test_a_contradiction_shows_both_sides() -> None:
    found = at("KCN-6", "garments")
    assert [(item.citation.line, item.decided, item.effect) for item in found.reasons] == [
        (337, True, "encourage"),
        (631, False, "absent"),
    ]


def test_a_no_rests_on_the_row_and_on_what_makes_rows_binding() -> None:
    assert decided(at("CCN-11", "ferrous-metallurgy")) == ["II.3.2 row 11", "III.10 ¶2"]


def test_a_row_that_names_a_craft_is_told_with_the_limit_it_stands_against() -> None:
    found = at("CCN-15", "craft-production")
    assert [(item.citation.clause, item.decided) for item in found.reasons] == [
        ("II.3.2", True),
        ("II.4 ¶1", False),
    ]


def test_what_existing_works_or_unmeasured_properties_limit_is_secondary() -> None:
    found = at("KCN-3", "agri-processing")
    assert found.verdict == LISTED
    assert {"II.2.3b ¶2", "II.2.3b ¶3"} <= {item.citation.clause for item in found.secondary}
    assert not any(item.decided for item in found.secondary)


def test_a_clause_of_a_whole_kind_is_secondary_to_a_closed_list() -> None:
    assert CLUSTER_LIGHT in [item.citation.clause for item in at("CCN-03", "garments").secondary]


def test_a_clause_of_a_district_is_secondary_at_its_sites() -> None:
    assert "II.4 ¶2" in [item.citation.clause for item in at("KCN-6", "agri-processing").secondary]


def test_a_clause_of_the_province_is_information() -> None:
    found = at("KCN-6", "fertiliser")
    assert any("phân bón" in text.vi and "563" in text.vi for text in found.information)


def test_land_is_said_to_be_unrecorded_until_the_register_is_filled() -> None:
    assert any("not recorded" in text.en for text in at("KCN-6", "garments").information)


def test_land_is_told_from_the_register() -> None:
    lot = {"site_id": "KCN-6", "lot": "A1", "area_ha": "12.5", "status": "available"}
    lot |= {"as_of": "2019-01-01", "source": "thử"}
    plan = dataclasses.replace(the_plan(), occupancy=(read(Tenancy, lot),))
    found = asked(plan, place_of(plan, "KCN-6"), "cement", "13")
    assert any(
        "12.5 ha free, fewer than 13 ha" in text.en and "2019-01-01" in text.en
        for text in found.information
    )
    assert not any("land is free" in text.en for text in found.not_checked)


def test_the_part_without_a_detailed_plan_is_told() -> None:
    assert any("90.49" in text.en for text in at("KCN-2", "garments").information)


def test_the_unit_of_today_is_told() -> None:
    assert any("P. Quyết Thắng" in text.vi for text in at("KCN-5", "software").information)


def test_a_condition_of_a_clause_is_said_to_be_unchecked() -> None:
    found = at("CCN-09", "ceramics-fine")
    assert any("CAO CẤP" in text.vi for text in found.not_checked)


def test_the_plan_in_force_is_never_checked() -> None:
    assert "222" in at("KCN-1", "garments").not_checked[0].vi


def test_points_mean_nothing_at_a_site() -> None:
    plan = the_plan()
    found = asked(plan, place_of(plan, "KCN-1"), "garments", points=2)
    assert found.verdict == LISTED
    assert "points" in codes(found)


# --- what cannot be answered ----------------------------------------------------------------------


def test_what_the_matches_flag_is_passed_on_once() -> None:
    plan, told = the_plan(), Text("x", "x")
    place = place_of(plan, "KCN-5", Flag("ambiguous-place", told))
    meant = ActivityMatch("x", "software", flags=(Flag("approximate-match", told),))
    found = answer(plan, Need(), place, meant)
    assert [flag.code for flag in found.flags] == ["ambiguous-place", "approximate-match"]
    assert found.verdict == LISTED


def test_a_strange_place_is_unknown() -> None:
    found = asked(the_plan(), NOWHERE, "garments")
    assert found.verdict == UNKNOWN
    assert codes(found) == {"unknown-place"}


def test_an_ambiguous_place_is_unknown_with_what_each_would_answer() -> None:
    both = tuple(Candidate(key, Text(key, key)) for key in ("KCN-6", "CCN-28"))
    place = PlaceMatch("Điềm Thụy", "unknown", Text("", ""), candidates=both)
    found = asked(the_plan(), place, "software")
    assert found.verdict == UNKNOWN
    assert codes(found) == {"ambiguous-place"}
    assert [text.en.split(" (")[0] for text in found.information] == [
        "KCN Điềm Thụy: listed",
        "CCN Điềm Thụy: open list, not named",
    ]


def test_an_activity_not_understood_is_unknown_with_what_each_reading_would_answer() -> None:
    plan = the_plan()
    candidates = (Candidate("paper", Text("giấy", "Paper")), Candidate("footwear", Text("g", "F")))
    found = answer(
        plan, Need("giay"), place_of(plan, "KCN-1"), ActivityMatch("giay", None, candidates)
    )
    assert found.verdict == UNKNOWN
    assert codes(found) == {"unknown-activity"}
    assert ["not listed" in found.information[0].en, "listed" in found.information[1].en] == [
        True
    ] * 2


def test_a_use_that_is_no_industry_is_out_of_scope_even_on_an_open_list() -> None:
    plan = the_plan()
    found = answer(
        plan, Need("golf"), place_of(plan, "CCN-25"), ActivityMatch("golf", is_industry=False)
    )
    assert found.verdict == UNKNOWN
    assert codes(found) == {"out-of-scope"}


@pytest.mark.parametrize("activity_id", ["real-estate-housing", "livestock-farming"])
@pytest.mark.parametrize("site_id", ["KCN-2", "KCN-6", "KCN-7", "CCN-28"])
def test_what_is_in_no_industry_group_no_list_settles(site_id: str, activity_id: str) -> None:
    assert at(site_id, activity_id).verdict == UNKNOWN


def test_the_truncated_row_lists_no_processing_at_all() -> None:
    plan = the_plan()
    assert listed_by(plan, "CCN-28", "processing-unspecified") is not None
    assert at("CCN-28", "processing-unspecified").verdict == UNKNOWN


def test_a_size_beyond_the_site_is_flagged_though_the_activity_is_not_understood() -> None:
    plan = the_plan()
    assert "size" in codes(asked(plan, place_of(plan, "CCN-15"), None, "8"))


def test_indicative_ground_is_unknown_while_the_name_stands() -> None:
    plan = the_plan()
    drawn = Flag("indicative-geometry", Text("x", "x"))
    place = PlaceMatch(
        "105,21",
        "ground",
        Text("x", "x"),
        ("KCN-6",),
        districts=("Huyện Phú Bình",),
        flags=(drawn,),
    )
    found = asked(plan, place, "software")
    assert (found.verdict, found.site_id) == (UNKNOWN, None)
    assert codes(found) == {"indicative-geometry"}
    assert found.information[0].en.startswith("KCN Điềm Thụy: listed")
    assert [item.decided for item in found.secondary] == [False]


def test_ground_that_a_survey_puts_in_one_site_is_answered() -> None:
    place = PlaceMatch("105,21", "ground", Text("x", "x"), ("KCN-6",))
    assert asked(the_plan(), place, "software").verdict == LISTED


def test_ground_in_two_sites_is_unknown() -> None:
    place = PlaceMatch("105,21", "ground", Text("x", "x"), ("KCN-6", "CCN-28"))
    found = asked(the_plan(), place, "metal-production")
    assert found.verdict == UNKNOWN
    assert len(found.information) == 2


# --- communes, districts, the province ------------------------------------------------------------

BOC_NHIEU = ("Bộc Nhiêu", "Huyện Định Hóa")
CRAFT_CASES = [
    (None, None, DIRECTED, "II.3.3", {"headroom-unknown"}),
    (None, 1, DIRECTED, "II.3.3", {"headroom-unknown"}),
    (None, 3, DIRECTED, "II.3.3", set()),
    (None, 4, LIMITED, "II.3.3", {"points"}),
    (None, 0, LIMITED, "II.3.3", {"points"}),  # “đều phải có … từ 1”
    ("10", None, DIRECTED, "II.3.3", set()),  # “không quá 10ha”: exactly 10 passes
    ("10.01", None, LIMITED, "II.3.3", {"size"}),
    ("12", 3, LIMITED, "II.3.3", {"size"}),
    ("12", 5, LIMITED, "II.3.3", {"size", "points"}),
]


@pytest.mark.parametrize(("ha", "points", "verdict", "by", "flags"), CRAFT_CASES)
def test_a_commune_takes_crafts_within_its_allowance(
    ha: str | None, points: int | None, verdict: str, by: str, flags: set[str]
) -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, *BOC_NHIEU)), "craft-production", ha, points)
    assert found.verdict == verdict
    assert decided(found)[0] == by
    assert flags <= codes(found)


def registered(*areas: str) -> tuple[Plan, PlaceMatch]:
    plan = the_plan()
    code = code_of(plan, *BOC_NHIEU)
    points = tuple(craft_point(f"P{n}", code, ha) for n, ha in enumerate(areas))
    plan = dataclasses.replace(plan, craft_register=points)
    return plan, commune(plan, code)


def test_what_is_registered_counts_against_the_points() -> None:
    plan, place = registered("1", "1")
    assert asked(plan, place, "craft-production", points=1).verdict == DIRECTED
    assert asked(plan, place, "craft-production", points=2).verdict == LIMITED
    assert asked(plan, place, "craft-production", points=0).verdict == DIRECTED


def test_what_is_registered_counts_against_the_hectares() -> None:
    plan, place = registered("4", "2.5")
    assert asked(plan, place, "craft-production", "3.5").verdict == DIRECTED
    assert asked(plan, place, "craft-production", "3.6").verdict == LIMITED


def test_headroom_is_what_the_register_leaves() -> None:
    plan, place = registered("4", "2.5")
    row = asked(plan, place, "craft-production").headroom
    assert (row.headroom_points, row.headroom_ha) == (1, Decimal("3.5"))  # type: ignore[attr-defined]


def test_a_full_register_is_flagged() -> None:
    plan, place = registered("1", "1", "1")
    assert "points" in codes(asked(plan, place, "craft-production"))


def test_points_without_an_activity_are_craft_points() -> None:
    plan = the_plan()
    place = commune(plan, code_of(plan, *BOC_NHIEU))
    found = asked(plan, place, None, points=4)
    assert (found.verdict, found.activity.activity_id) == (LIMITED, "craft-production")
    assert "assumed-activity" in codes(found)


def test_craft_points_for_another_industry_are_a_misuse() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, *BOC_NHIEU)), "ferrous-metallurgy", points=1)
    assert (found.verdict, decided(found)) == (LIMITED, ["II.3.3"])


@pytest.mark.parametrize("activity_id", ["noodles", "art-stone", "fine-art-wood", "rattan-bamboo"])
def test_village_trades_on_craft_land_are_no_misuse(activity_id: str) -> None:
    plan = the_plan()
    place = commune(plan, code_of(plan, *BOC_NHIEU))
    assert asked(plan, place, activity_id, points=1).verdict != LIMITED


def test_the_allowance_of_a_merged_unit_is_unknown_with_the_question() -> None:
    plan = the_plan()
    place = commune(
        plan,
        code_of(plan, "Thuận Thành", "Huyện Phổ Yên"),
        code_of(plan, "Trung Thành", "Huyện Phổ Yên"),
    )
    found = asked(plan, place, "craft-production", points=4)
    assert found.verdict == UNKNOWN
    [flag] = [flag for flag in found.flags if flag.code == "merged-unit"]
    assert "?" in flag.text.en
    assert found.headroom is None


def test_a_merged_unit_of_one_district_still_hears_its_clauses() -> None:
    plan = the_plan()
    pho_yen = [code for code, unit in plan.units.items() if unit.district == "Huyện Phổ Yên"]
    assert asked(plan, commune(plan, *pho_yen[:3]), "agri-processing").verdict == DIRECTED
    other = code_of(plan, *BOC_NHIEU)
    assert asked(plan, commune(plan, pho_yen[0], other), "agri-processing").verdict == UNKNOWN


TERRITORY_CASES = [
    ("Huyện Định Hóa", "paper", DIRECTED, "II.4 ¶2"),
    ("Huyện Võ Nhai", "rattan-bamboo", DIRECTED, "II.4 ¶2"),
    ("Huyện Phú Bình", "beverages", DIRECTED, "II.4 ¶2"),
    ("Huyện Phổ Yên", "water-supply", DIRECTED, "II.2.7 ¶2"),
    ("Huyện Phổ Yên", "tractors", DIRECTED, ZONES_OF_TWO_DISTRICTS),
    ("Huyện Đại Từ", "mechanical-repair", DIRECTED, "II.2.1 ¶7"),
    ("Huyện Đại Từ", "ceramics-fine", DIRECTED, LARGE_MATERIALS),
    ("Thành phố Thái Nguyên", "mining-equipment", DIRECTED, ZONES_OF_THE_CITY),
    ("Huyện Đồng Hỷ", "craft-production", DIRECTED, "II.4 ¶6"),
    ("Huyện Đại Từ", "auto-assembly", UNKNOWN, "III.10 ¶2"),
    ("Thành phố Thái Nguyên", "fertiliser", UNKNOWN, "III.10 ¶2"),
    ("Huyện Đại Từ", "thermal-power", UNKNOWN, "III.10 ¶2"),  # a plant is named, no district
    ("Huyện Đại Từ", "ore-export", LIMITED, "II.2.6 ¶1"),
]


@pytest.mark.parametrize(("name", "activity_id", "verdict", "by"), TERRITORY_CASES)
def test_a_district_hears_the_clauses_that_name_it(
    name: str, activity_id: str, verdict: str, by: str
) -> None:
    found = asked(the_plan(), district(name), activity_id)
    assert (found.verdict, decided(found)[0]) == (verdict, by)


COMMUNE_CASES = [
    ("Bộc Nhiêu", "Huyện Định Hóa", "sawmilling", DIRECTED, "II.4 ¶2"),
    ("Úc Kỳ", "Huyện Phú Bình", "food-processing", DIRECTED, "II.4 ¶2"),
    ("Nga My", "Huyện Phú Bình", "water-supply", DIRECTED, "II.2.7 ¶2"),
    ("Sảng Mộc", "Huyện Võ Nhai", "hydro-power", DIRECTED, "II.2.7 ¶2"),
    ("Minh Đức", "Huyện Phổ Yên", "tractors", UNKNOWN, "III.10 ¶2"),  # a clause about zones
    ("Quyết Thắng", "Thành phố Thái Nguyên", "metal-production", UNKNOWN, "III.10 ¶2"),
    ("Bộc Nhiêu", "Huyện Định Hóa", "explosives", LIMITED, "II.2.8 ¶3"),
    ("Hóa Thượng", "Huyện Đồng Hỷ", "rattan-bamboo", DIRECTED, "II.3.3"),
]


@pytest.mark.parametrize(("name", "of", "activity_id", "verdict", "by"), COMMUNE_CASES)
def test_a_commune_hears_the_clauses_about_communes_and_its_district(
    name: str, of: str, activity_id: str, verdict: str, by: str
) -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, name, of)), activity_id)
    assert (found.verdict, decided(found)[0]) == (verdict, by)


def test_a_territory_tells_the_sites_in_it() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, "Điềm Thụy", "Huyện Phú Bình")), "software")
    told = [text.en for text in found.information]
    assert "Sites here – listed: KCN Điềm Thụy." in told
    assert "Sites here – open list, not named: CCN Điềm Thụy." in told


def test_the_province_is_answered_by_what_is_forbidden_or_encouraged_in_all_of_it() -> None:
    """II.2.8 ¶3 (line 563) promotes fertiliser everywhere; II.2.3a ¶2 names zones for garments."""
    assert asked(the_plan(), PROVINCE, "ore-export").verdict == LIMITED
    found = asked(the_plan(), PROVINCE, "fertiliser")
    assert (found.verdict, decided(found)) == (DIRECTED, ["II.2.8 ¶3"])
    assert not any("II.2.8 ¶3" in text.vi for text in found.information)
    assert asked(the_plan(), PROVINCE, "garments").verdict == UNKNOWN


# --- data, not code -------------------------------------------------------------------------------


def test_a_limit_decides_only_by_what_its_cell_says(toy: Toy) -> None:
    rows = {"KCN-1": ("Chè", {"Chè": "tea"})}

    def verdict(**more: object) -> Verdict:
        limit = clause("R-1", activities="tea", effect="limit", scope="province-wide",
                       addresses="sector", **more)  # fmt: skip
        plan = toy(rows, limit)
        return rule_on_site(index_of(plan), plan.sites["KCN-1"], "tea").verdict

    assert verdict() == LIMITED
    assert verdict(decided_by="activity") == LIMITED
    assert verdict(decided_by="existing") == LISTED
    assert verdict(decided_by="unmeasured") == LISTED


def test_crafts_confined_elsewhere_are_listed_only_where_the_row_names_crafts(toy: Toy) -> None:
    limit = clause("R-1", activities="crafts", effect="limit", scope="kind-wide",
                   addresses="craft-point", decided_by="place")  # fmt: skip
    named = toy({"CCN-1": ("Thủ công", {"Thủ công": "crafts"})}, limit)
    part = toy({"CCN-1": ("Rổ", {"Rổ": "basket"})}, limit)
    for plan, activity_id, verdict in (
        (named, "crafts", LISTED),
        (named, "basket", LISTED),
        (part, "basket", LISTED),
        (part, "crafts", LIMITED),
    ):
        site_row = plan.sites["CCN-1"]
        assert rule_on_site(index_of(plan), site_row, activity_id).verdict == verdict


def test_a_row_broader_than_crafts_does_not_lift_the_limit(toy: Toy) -> None:
    tree = TREE | {"goods": activity("goods"), "crafts": activity("crafts", "goods")}
    limit = clause("R-1", activities="crafts", effect="limit", scope="kind-wide",
                   addresses="craft-point", decided_by="place")  # fmt: skip
    plan = toy({"CCN-1": ("Hàng", {"Hàng": "goods"})}, limit)
    plan = dataclasses.replace(plan, activities=tree)
    assert rule_on_site(index_of(plan), plan.sites["CCN-1"], "crafts").verdict == LIMITED
    assert rule_on_site(index_of(plan), plan.sites["CCN-1"], "goods").verdict == LISTED


def test_a_requirement_comes_before_an_encouragement_and_a_name_before_a_kind(toy: Toy) -> None:
    wide = clause("R-1", activities="tea", scope="kind-wide", addresses="zone", effect="require")
    mild = clause("R-2", activities="tea", sites="KCN-1", line=2)
    strict = clause("R-3", activities="tea", sites="KCN-1", line=3, effect="require")
    plan = toy({"KCN-1": ("Thép …", {"Thép": "steel"})}, wide, mild, strict)
    ruling = rule_on_site(index_of(plan), plan.sites["KCN-1"], "tea")
    assert ruling.reasons[0].clause_id == "R-3"


def test_an_orientation_lists_nothing(toy: Toy) -> None:
    plan = toy({}, sites=oriented())
    plan = dataclasses.replace(plan, fragments=(fragment("KCN-9", 1, "kim loại", "metal"),))
    index, row = index_of(plan), plan.sites["KCN-9"]
    assert rule_on_site(index, row, "metal").verdict == DIRECTED
    assert rule_on_site(index, row, "tea").verdict == UNKNOWN


# --- what holds of every verdict ------------------------------------------------------------------

SITES = st.sampled_from(sorted(the_plan().sites))
ACTIVITIES = st.sampled_from(sorted(the_plan().activities))


def verdict_of(plan: Plan, site_id: str, activity_id: str) -> Verdict:
    return rule_on_site(index_of(plan), plan.sites[site_id], activity_id).verdict


@given(SITES, ACTIVITIES)
def test_listed_means_that_the_row_holds_it(site_id: str, activity_id: str) -> None:
    plan = the_plan()
    if verdict_of(plan, site_id, activity_id) is Verdict.LISTED:
        part = listed_by(plan, site_id, activity_id)
        assert part is not None
        assert part.activity_id in (activity_id, *ancestors(plan, activity_id))
        assert part.text in plan.sites[site_id].function_text


@given(SITES, ACTIVITIES)
def test_a_narrower_activity_is_listed_wherever_a_broader_one_is(
    site_id: str, activity_id: str
) -> None:
    plan = the_plan()
    for broader in ancestors(plan, activity_id):
        if verdict_of(plan, site_id, broader) is Verdict.LISTED:
            assert verdict_of(plan, site_id, activity_id) in (Verdict.LISTED, Verdict.LIMITED)


@settings(max_examples=60)
@given(SITES, ACTIVITIES, ACTIVITIES)
def test_adding_a_function_never_worsens(site_id: str, added: str, activity_id: str) -> None:
    plan = the_plan()
    more = listing(plan, site_id, added)
    before, after = verdict_of(plan, site_id, activity_id), verdict_of(more, site_id, activity_id)
    assert GOODNESS.index(after) <= GOODNESS.index(before)


@settings(max_examples=40)
@given(SITES, ACTIVITIES, st.integers(1, 24))
def test_removing_a_function_never_improves(site_id: str, activity_id: str, number: int) -> None:
    plan = the_plan()
    less = unlisting(plan, lambda item: (item.site_id, item.fragment) != (site_id, number))
    before, after = verdict_of(plan, site_id, activity_id), verdict_of(less, site_id, activity_id)
    assert GOODNESS.index(after) >= GOODNESS.index(before)


def test_a_verdict_does_not_depend_on_the_order_of_rows() -> None:
    plan = the_plan()
    turned = dataclasses.replace(
        plan,
        fragments=plan.fragments[::-1],
        clauses=dict(reversed(plan.clauses.items())),
        activities=dict(reversed(plan.activities.items())),
        sites=dict(reversed(plan.sites.items())),
        readings=plan.readings[::-1],
    )
    for site_id in plan.sites:
        for activity_id in plan.activities:
            first, second = (
                rule_on_site(index_of(item), item.sites[site_id], activity_id)
                for item in (plan, turned)
            )
            assert first.verdict is second.verdict
            decisive = [
                {item.citation for item in ruling.reasons if item.decided}
                for ruling in (first, second)
            ]
            assert decisive[0] == decisive[1]


def test_only_more_than_the_whole_site_is_too_large() -> None:
    for ha in ("1", "220", "220.01"):
        first = at("KCN-2", "garments", ha).verdict
        assert (first == LIMITED) == (Decimal(ha) > 220)


def test_the_index_agrees_with_the_lists() -> None:
    plan = the_plan()
    index = index_of(plan)
    for site_id, row in plan.sites.items():
        for activity_id in plan.activities:
            if activity_id == "processing-unspecified":  # the one that is cut off
                continue
            expected = listed_by(plan, site_id, activity_id)
            found = index.fragment(row, activity_id)
            assert (found and found.activity_id) == (expected and expected.activity_id)


@given(st.sampled_from(["KCN-6", "KCN-7", "CCN-28"]), st.text(max_size=40))
def test_no_unknown_activity_crashes(site_id: str, text: str) -> None:
    plan = the_plan()
    match = ActivityMatch(text, text)
    assert answer(plan, Need(text), place_of(plan, site_id), match).verdict == UNKNOWN


def test_an_answer_takes_little_time() -> None:
    plan = the_plan()
    index_of(plan)
    start = time.process_time()
    for site_id in plan.sites:
        at(site_id, "electronics", "10")
    assert (time.process_time() - start) / len(plan.sites) < 0.2  # what takes longer has run away


def test_limits_that_never_decide_are_named_so_in_the_table() -> None:
    never = {
        item.clause_id
        for item in the_plan().clauses.values()
        if item.effect in ("limit", "forbid") and item.decided_by in ("existing", "unmeasured")
    }
    assert never == {"R-2.3b-2", "R-2.3b-3b", "R-III5-1"}


def test_toy_sites_without_groups_are_answered(toy: Toy) -> None:
    plan = toy({"KCN-1": ("Chè …", {"Chè": "tea"}), "KCN-2": ("Chè", {"Chè": "tea"})})
    assert [verdict_of(plan, key, "steel") for key in plan.sites] == [OPEN, NOT_LISTED]
    assert site("KCN-1").list_status == "closed"


def test_the_duty_of_every_commune_is_no_condition() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, *BOC_NHIEU)), "craft-production")
    assert "condition" not in codes(found)


def test_a_passage_is_told_once() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, *BOC_NHIEU)), "craft-production")
    told = [item.clause_id for item in (*found.reasons, *found.secondary)]
    assert len(told) == len(set(told))
    assert not any("II.3.3" in text.vi for text in found.information)


def test_a_commune_that_is_a_remote_one_or_not_is_told_the_condition() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, "Sảng Mộc", "Huyện Võ Nhai")), "hydro-power")
    assert {"condition", "typo-reading"} <= codes(found)  # “các các trạm thủy điện nhỏ”
