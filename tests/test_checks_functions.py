"""Permitted functions: each rule on toy plans, then with its cause taken from the real one."""

from __future__ import annotations

import dataclasses

import pytest
from conftest import OPTIONS, clause, fragment, site
from lists import (
    CRAFTS,
    METAL,
    OPEN_TEA,
    STEEL,
    TEA,
    Check,
    Toy,
    found,
    listing,
    oriented,
    rules_of,
    subjects,
    unlisting,
    with_clause,
)

from gis.checks import functions as rules
from gis.model import Plan, Remark, Severity
from gis.tables import Clause

# --- the lists themselves ---------------------------------------------------------------------


def test_a_site_with_known_functions_is_silent(toy: Toy) -> None:
    assert found(rules.sites_have_functions, toy({"KCN-1": METAL})) == []


def test_a_site_without_functions_is_found(toy: Toy) -> None:
    plan = toy({"KCN-1": METAL, "KCN-2": ("Chè", {})})
    assert subjects(rules.sites_have_functions, plan) == [("KCN-2",)]


def test_a_function_outside_the_vocabulary_is_found(toy: Toy) -> None:
    [finding] = found(rules.sites_have_functions, toy({"KCN-1": ("Vàng", {"Vàng": "gold"})}))
    assert finding.subjects == ("KCN-1",)
    assert "gold" in finding.message.en


def test_framing_words_need_no_function(toy: Toy) -> None:
    plan = toy(
        {
            "KCN-1": ("Thu hút: chè và thép.", {"chè": "tea", "thép": "steel"}),
            "KCN-2": ("Thu hút chè …", {"chè": "tea"}),  # a row that drops the colon
            "KCN-3": ("KCN, chè theo định hướng thép.", {"chè": "tea", "thép": "steel"}),
        }
    )
    assert found(rules.fragments_cover_the_list, plan) == []


def test_words_without_a_function_are_found(toy: Toy) -> None:
    plan = toy({"KCN-1": ("Thu hút: chè, nuôi cá (biển).", {"chè": "tea"})})
    [finding] = found(rules.fragments_cover_the_list, plan)
    assert "“nuôi cá”, “biển”" in finding.message.en


def test_a_function_inside_a_longer_word_is_not_mistaken_for_it(toy: Toy) -> None:
    parts = {"điện": "tea", "điện tử": "steel"}
    assert found(rules.fragments_cover_the_list, toy({"KCN-1": ("điện, điện tử", parts)})) == []
    only_first = toy({"KCN-1": ("điện, điện tử", {"điện": "tea"})})
    assert len(found(rules.fragments_cover_the_list, only_first)) == 1


def test_an_ellipsis_opens_a_list_and_only_that(toy: Toy) -> None:
    plan = toy({"KCN-1": METAL, "KCN-2": OPEN_TEA}, sites=oriented())
    noticed = list(rules.open_and_closed_lists_are_kept_apart(plan, OPTIONS))
    [remark] = noticed
    assert isinstance(remark, Remark)
    assert remark.text.en == "1 open lists, 1 closed lists, 1 of orientation only"


@pytest.mark.parametrize(
    ("text", "status"),
    [("Chè ...", "closed"), ("Chè", "open"), ("Chè … thép", "closed"), ("Chè …", "orientation")],
)
def test_a_list_held_to_be_what_its_text_is_not_is_found(toy: Toy, text: str, status: str) -> None:
    plan = toy({}, sites={"KCN-1": site("KCN-1", functions=text, list_status=status)})
    assert subjects(rules.open_and_closed_lists_are_kept_apart, plan) == [("KCN-1",)]


def test_dressing_ore_is_no_extraction(toy: Toy) -> None:
    plan = toy({"CCN-01": ("Tuyển", {"Tuyển": "dressing"}), "CCN-02": METAL})
    assert found(rules.lists_name_no_extraction, plan) == []


def test_extraction_in_a_list_is_found(toy: Toy) -> None:
    plan = toy({"CCN-01": ("Mỏ", {"Mỏ": "mine"})})
    assert subjects(rules.lists_name_no_extraction, plan) == [("CCN-01",)]


# --- directions against lists -----------------------------------------------------------------


def directed(**more: object) -> Clause:
    return clause("C", **({"sites": "KCN-1", "activities": "steel"} | more))


@pytest.mark.parametrize("row", [METAL, STEEL, OPEN_TEA])
def test_a_list_that_holds_or_leaves_room_is_silent(
    toy: Toy, row: tuple[str, dict[str, str]]
) -> None:
    plan = toy({"KCN-1": row}, directed())
    assert found(rules.closed_lists_take_what_is_directed_to_them, plan) == []


def test_a_closed_list_that_holds_nothing_directed_is_found(toy: Toy) -> None:
    plan = toy({"KCN-1": TEA, "KCN-2": METAL}, directed(sites="KCN-1;KCN-2"))
    [finding] = found(rules.closed_lists_take_what_is_directed_to_them, plan)
    assert finding.subjects == ("C", "KCN-1")
    assert [item.quote for item in finding.citations] == ["C", "Chè"]
    assert finding.cause is None


def test_a_closed_list_with_only_a_part_of_it_refuses_the_whole(toy: Toy) -> None:
    plan = toy({"KCN-1": STEEL}, directed(activities="metal"))
    assert len(found(rules.closed_lists_take_what_is_directed_to_them, plan)) == 1


def test_one_of_several_activities_is_enough(toy: Toy) -> None:
    plan = toy({"KCN-1": TEA}, directed(activities="steel;tea"))
    assert found(rules.closed_lists_take_what_is_directed_to_them, plan) == []


@pytest.mark.parametrize(
    "more", [{"scope": "kind-wide"}, {"effect": "permit"}, {"effect": "limit"}]
)
def test_only_directions_to_named_sites_bear_on_a_closed_list(
    toy: Toy, more: dict[str, str]
) -> None:
    plan = toy({"KCN-1": TEA}, directed(**more))
    assert found(rules.closed_lists_take_what_is_directed_to_them, plan) == []


def test_sites_that_are_only_an_occasion_are_told_apart(toy: Toy) -> None:
    plan = toy({"KCN-1": TEA}, directed(addresses="province"))
    [finding] = found(rules.closed_lists_take_what_is_directed_to_them, plan)
    assert finding.cause is not None


def test_an_activity_that_one_named_site_lists_is_silent(toy: Toy) -> None:
    plan = toy(
        {"KCN-1": TEA, "KCN-2": STEEL}, directed(sites="KCN-1;KCN-2", activities="tea;metal")
    )
    assert found(rules.named_directions_have_a_row, plan) == []


def test_an_activity_that_no_named_site_lists_is_found(toy: Toy) -> None:
    plan = toy({"KCN-1": OPEN_TEA}, directed(activities="tea;steel"))
    [finding] = found(rules.named_directions_have_a_row, plan)
    assert finding.subjects == ("C", "KCN-1")
    assert "none of these rows lists: thép." in finding.message.en


def test_what_closed_lists_refuse_outright_is_said_once(toy: Toy) -> None:
    assert found(rules.named_directions_have_a_row, toy({"KCN-1": TEA}, directed())) == []


def test_an_orientation_that_speaks_of_it_is_silent(toy: Toy) -> None:
    plan = toy({}, directed(sites="KCN-9", activities="steel;tea"), sites=oriented())
    plan = dataclasses.replace(plan, fragments=(fragment("KCN-9", 1, "kim loại", "metal"),))
    assert found(rules.orientations_speak_of_what_is_directed, plan) == []


def test_an_orientation_that_does_not_is_found_and_is_no_conflict(toy: Toy) -> None:
    plan = toy({"KCN-1": STEEL}, directed(sites="KCN-1;KCN-9"), sites=oriented())
    assert subjects(rules.orientations_speak_of_what_is_directed, plan) == [("C", "KCN-9")]
    assert found(rules.closed_lists_take_what_is_directed_to_them, plan) == []


def test_a_kind_with_one_row_for_each_activity_is_silent(toy: Toy) -> None:
    wide = clause("W", scope="kind-wide", addresses="cluster", activities="steel;tea")
    plan = toy({"CCN-01": METAL, "CCN-02": TEA}, wide)
    assert found(rules.kind_wide_directions_have_a_row, plan) == []


def test_an_activity_no_row_of_the_kind_lists_is_found(toy: Toy) -> None:
    wide = clause("W", scope="kind-wide", addresses="cluster", activities="cloth;tea")
    plan = toy({"CCN-01": TEA, "CCN-02": METAL, "KCN-1": ("Vải", {"Vải": "cloth"})}, wide)
    [finding] = found(rules.kind_wide_directions_have_a_row, plan)
    assert finding.subjects == ("W",)
    assert "vải at sites of this kind, yet none of the 2 rows" in finding.message.en
    assert "stands in 1 of them" in finding.message.en


def for_district(**more: object) -> Clause:
    row = {"scope": "named-district", "addresses": "district", "activities": "tea"}
    return clause("D", **(row | {"districts": "Huyện A;Huyện B"} | more))


def in_districts(toy: Toy, in_b: str, rule_clause: Clause) -> Plan:
    sites = {
        "CCN-01": site("CCN-01", functions="Chè"),
        "CCN-02": site("CCN-02", district="Huyện B", functions=in_b),
    }
    plan = toy({}, rule_clause, sites=sites)
    return dataclasses.replace(
        plan,
        fragments=(fragment("CCN-01", 1, "Chè", "tea"), fragment("CCN-02", 1, "Thép", "steel")),
    )


def test_a_district_whose_site_lists_it_is_silent(toy: Toy) -> None:
    plan = in_districts(toy, "Thép", for_district(districts="Huyện A"))
    assert found(rules.district_directions_have_a_row, plan) == []


@pytest.mark.parametrize(
    ("row", "severity"), [("Thép", Severity.WARNING), ("Thép …", Severity.NOTE)]
)
def test_a_district_without_a_row_is_found_and_weighed_by_its_open_lists(
    toy: Toy, row: str, severity: Severity
) -> None:
    [finding] = found(rules.district_directions_have_a_row, in_districts(toy, row, for_district()))
    assert (finding.subjects, finding.severity) == (("D",), severity)
    assert "Huyện B: chè." in finding.message.en
    assert "Huyện A" not in finding.message.en


def test_crafts_confined_to_points_need_no_row_in_a_district(toy: Toy) -> None:
    plan = in_districts(toy, "Thép", for_district(activities="basket"))
    plan = dataclasses.replace(plan, clauses=dict(plan.clauses) | {"L": CONFINED})
    plan = dataclasses.replace(
        plan, fragments=(*plan.fragments, fragment("CCN-01", 2, "Rổ", "basket"))
    )
    assert found(rules.district_directions_have_a_row, plan) == []


def test_an_industry_some_site_lists_is_silent(toy: Toy) -> None:
    wide = clause("P", scope="province-wide", addresses="sector", activities="metal")
    assert found(rules.province_wide_directions_have_a_row, toy({"KCN-1": STEEL}, wide)) == []


def test_an_industry_no_site_lists_is_found(toy: Toy) -> None:
    wide = clause("P", scope="province-wide", addresses="sector", activities="metal;tea")
    [finding] = found(rules.province_wide_directions_have_a_row, toy({"KCN-1": STEEL}, wide))
    assert finding.subjects == ("P",)
    assert "chè" in finding.message.en
    assert "kim loại" not in finding.message.en


@pytest.mark.parametrize(("others", "spread"), [(1, False), (2, True)])
def test_more_sites_outside_than_inside_is_no_concentration(
    toy: Toy, others: int, spread: bool
) -> None:
    concentrating = directed(quote="đầu tư tập trung ở KCN-1", activities="tea")
    rows = {"KCN-1": TEA} | {f"CCN-0{number}": TEA for number in range(1, others + 1)}
    expected = [("C", "CCN-01", "CCN-02")] if spread else []
    assert (
        subjects(rules.concentrated_activities_are_not_spread, toy(rows, concentrating)) == expected
    )


def test_what_only_named_sites_list_is_silent(toy: Toy) -> None:
    plan = toy({"KCN-1": TEA, "KCN-2": METAL}, directed(activities="tea;steel"))
    assert found(rules.directed_activities_stay_where_directed, plan) == []


def test_another_site_that_names_it_is_found(toy: Toy) -> None:
    plan = toy({"KCN-1": TEA, "KCN-2": STEEL}, directed(activities="metal"))
    assert subjects(rules.directed_activities_stay_where_directed, plan) == [("C", "KCN-2")]


# --- limits against lists ---------------------------------------------------------------------

CONFINED = clause(
    "L", scope="kind-wide", addresses="craft-point", activities="crafts", effect="limit"
)


def test_rows_without_the_confined_activity_are_silent(toy: Toy) -> None:
    points = clause("Q", scope="kind-wide", addresses="craft-point", activities="basket")
    plan = toy({"KCN-1": TEA}, CONFINED, points)
    assert found(rules.confined_activities_stay_in_craft_points, plan) == []


def test_a_row_or_a_clause_that_lets_it_out_is_found(toy: Toy) -> None:
    wide = clause("W", scope="kind-wide", addresses="cluster;craft-point", activities="basket")
    plan = toy({"KCN-1": TEA, "CCN-01": CRAFTS}, CONFINED, wide)
    rows, clauses = found(rules.confined_activities_stay_in_craft_points, plan)
    assert (rows.subjects, rows.key) == (("L", "CCN-01"), "rows")
    assert (clauses.subjects, clauses.key) == (("L", "W"), "clauses")


def test_a_limit_that_also_addresses_clusters_confines_nothing(toy: Toy) -> None:
    loose = CONFINED._replace(addresses=("cluster", "craft-point"))
    assert (
        found(rules.confined_activities_stay_in_craft_points, toy({"CCN-01": CRAFTS}, loose)) == []
    )


# --- the real plan: the cause taken away, a like one put in --------------------------------------


def test_the_lists_of_the_decision_are_whole(real: Plan) -> None:
    for rule in (
        rules.sites_have_functions,
        rules.fragments_cover_the_list,
        rules.open_and_closed_lists_are_kept_apart,
    ):
        assert found(rule, real) == []


def test_leaving_out_any_function_of_the_decision_is_noticed(real: Plan) -> None:
    for site_id, number in sorted({(item.site_id, item.fragment) for item in real.fragments}):
        kept = tuple(
            item for item in real.fragments if (item.site_id, item.fragment) != (site_id, number)
        )
        less = dataclasses.replace(real, fragments=kept)
        assert subjects(rules.fragments_cover_the_list, less) == [(site_id,)], number


REFUSED = {
    "S1": ("R-2.3a-2", "KCN-6", "garments"),
    "S2": ("R-2.1-6", "KCN-5", "mechanical-repair"),
    "S6": ("R-2.7-4", "KCN-6", "waste-treatment"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_direction_a_closed_list_refuses_goes_when_the_row_takes_it(
    real: Plan, case: str
) -> None:
    clause_id, site_id, activity_id = REFUSED[case]
    rule = rules.closed_lists_take_what_is_directed_to_them
    assert (clause_id, site_id) in subjects(rule, real)
    assert (clause_id, site_id) not in subjects(rule, listing(real, site_id, activity_id))


def test_s4_ceramics_at_phu_lac(real: Plan) -> None:
    rule = rules.closed_lists_take_what_is_directed_to_them
    assert ("R-2.4-2b", "CCN-09", "CCN-10") in subjects(rule, real)
    one_takes_it = listing(real, "CCN-09", "ceramics-fine")
    assert ("R-2.4-2b", "CCN-10") in subjects(rule, one_takes_it)
    building = listing(real, "CCN-10", "building-materials")  # VLXD does not cover ceramics
    assert ("R-2.4-2b", "CCN-09", "CCN-10") in subjects(rule, building)


def test_a_direction_like_s1_is_found_wherever_it_is_put(real: Plan) -> None:
    rule = rules.closed_lists_take_what_is_directed_to_them
    tea = with_clause(
        real, "R-2.4-2b", clause_id="X", sites=("CCN-06",), activities=("tea-processing",)
    )
    assert ("X", "CCN-06") in subjects(rule, tea)
    to_open_list = with_clause(
        real, "R-2.4-2b", clause_id="X", sites=("CCN-05",), activities=("tea-processing",)
    )
    assert not any(item[0] == "X" for item in subjects(rule, to_open_list))


def test_s1b_dyeing_is_a_tension_with_an_orientation_until_the_clause_leaves_it(
    real: Plan,
) -> None:
    rule = rules.orientations_speak_of_what_is_directed
    assert ("R-2.3a-2", "KCN-7") in subjects(rule, real)
    without = with_clause(real, "R-2.3a-2", sites=("KCN-1", "KCN-2", "KCN-3", "KCN-6"))
    assert ("R-2.3a-2", "KCN-7") not in subjects(rule, without)
    assert not any(item[0] == "R-2.2-4" for item in subjects(rule, real))  # high technology fits


def test_s3_no_cluster_lists_shoes_or_garments(real: Plan) -> None:
    rule = rules.kind_wide_directions_have_a_row
    [message] = [item.message.en for item in found(rule, real) if item.subjects == ("R-2.3a-3",)]
    assert "Garments" in message
    assert "Footwear" in message
    listed = listing(real, "CCN-13", "garments")
    [message] = [item.message.en for item in found(rule, listed) if item.subjects == ("R-2.3a-3",)]
    assert "Garments" not in message
    assert "Footwear" in message


def test_s3_goes_when_every_kind_of_goods_has_a_cluster(real: Plan) -> None:
    rule = rules.kind_wide_directions_have_a_row
    plan = real
    for activity_id in real.clauses["R-2.3a-3"].activities:
        plan = listing(plan, "CCN-05", activity_id)
    assert ("R-2.3a-3",) in subjects(rule, real)
    assert ("R-2.3a-3",) not in subjects(rule, plan)
    cloth = with_clause(real, "R-2.3a-3", clause_id="X", activities=("weaving",))
    assert ("X",) in subjects(rule, cloth)


def test_s5_mineral_processing_is_spread_over_more_rows_than_named(real: Plan) -> None:
    rule = rules.concentrated_activities_are_not_spread
    [finding] = found(rule, real)
    outside = ("CCN-14", "CCN-16", "CCN-17", "CCN-20", "CCN-21", "CCN-22", "CCN-24")
    assert finding.subjects == ("R-2.6-2", *outside)
    gathered = unlisting(
        real,
        lambda item: item.activity_id != "mineral-processing" or item.site_id not in outside[:2],
    )
    assert found(rule, gathered) == []  # five rows against five


def test_s8_crafts_listed_outside_craft_points(real: Plan) -> None:
    rule = rules.confined_activities_stay_in_craft_points
    assert subjects(rule, real) == [("R-4-1b", "KCN-1", "CCN-15"), ("R-4-1b", "R-2.3c-2")]
    crafts = ("craft-production", "handicrafts-fine-art")
    without = unlisting(real, lambda item: item.activity_id not in crafts)
    assert subjects(rule, without) == [("R-4-1b", "R-2.3c-2")]
    more = listing(real, "CCN-05", "rattan-bamboo")
    assert ("R-4-1b", "KCN-1", "CCN-15", "CCN-05") in subjects(rule, more)


def test_s10_s11_s18_districts_without_a_row(real: Plan) -> None:
    rule = rules.district_directions_have_a_row
    told = {item.subjects[0]: item for item in found(rule, real)}
    assert "Huyện Đại Từ: Mechanical repair workshop" in told["R-2.1-7"].message.en
    assert told["R-2.1-7"].severity is Severity.WARNING  # all four lists of Đại Từ are closed
    assert "Huyện Võ Nhai: Forest product processing; Paper" in told["R-4-2a"].message.en
    assert "Huyện Định Hóa" not in told["R-4-2a"].message.en  # rows 13 and 14
    assert "Huyện Phú Bình: Agricultural product processing" in told["R-4-2b"].message.en
    both = listing(listing(real, "CCN-18", "forest-product-processing"), "CCN-19", "sawmilling")
    assert "R-4-2a" in {item[0] for item in subjects(rule, both)}  # sawmilling is not paper
    both = listing(both, "CCN-19", "forest-product-processing")
    assert "R-4-2a" not in {item[0] for item in subjects(rule, both)}


def test_s12_fertiliser_has_no_row(real: Plan) -> None:
    rule = rules.province_wide_directions_have_a_row
    assert ("R-2.8-3",) in subjects(rule, real)
    plan = real
    for activity_id in ("fertiliser", "bio-products", "paints", "industrial-fillers"):
        plan = listing(plan, "KCN-2", activity_id)
    assert ("R-2.8-3",) not in subjects(rule, plan)


def test_s13_software_is_listed_beside_metallurgy(real: Plan) -> None:
    rule = rules.directed_activities_stay_where_directed
    assert ("R-2.2-4", "KCN-6", "CCN-07") in subjects(rule, real)
    less = unlisting(real, lambda item: (item.site_id, item.activity_id) != ("CCN-07", "software"))
    assert ("R-2.2-4", "KCN-6") in subjects(rule, less)


def test_s14_two_clusters_list_extraction(real: Plan) -> None:
    rule = rules.lists_name_no_extraction
    assert subjects(rule, real) == [("CCN-13",), ("CCN-18",)]
    less = unlisting(real, lambda item: item.activity_id != "mineral-extraction")
    assert found(rule, less) == []
    assert ("CCN-20",) in subjects(rule, listing(real, "CCN-20", "iron-ore"))
    assert ("CCN-20",) not in subjects(rule, listing(real, "CCN-20", "deep-mineral-processing"))


@pytest.mark.parametrize("rule", rules_of(rules), ids=lambda rule: rule.__name__)
def test_every_finding_cites_a_quote_and_speaks_both_languages(real: Plan, rule: Check) -> None:
    told = found(rule, real)
    keys = [(item.subjects, item.key) for item in told]
    assert len(keys) == len(set(keys))
    for item in told:
        assert item.citations
        assert all(citation.quote and citation.line for citation in item.citations)
        assert item.message.vi.endswith(".")
        assert item.message.en.endswith(".")
        assert item.message.vi != item.message.en
