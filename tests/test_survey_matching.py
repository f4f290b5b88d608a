"""Which row is which site or commune: by code, else by folded name and district."""

import json

import numpy as np
import pytest
import shapely

from gis.survey.coverage import cleaned
from gis.survey.importing import Options, survey
from gis.survey.matching import match_rows, name_key
from gis.survey.model import SurveyRow


def rows(*given):
    return [SurveyRow(n, **fields) for n, fields in enumerate(given, start=1)]


def matched(plan, layer, by=None, **fields):
    [found] = [*match_rows(plan, rows(fields), layer, by).matched] or [None]
    return found.identities[0] if found else None


def one(plan, layer, **fields):
    found = match_rows(plan, rows(fields), layer)
    [item] = (*found.matched, *found.unmatched, *found.ambiguous)
    return item


@pytest.mark.parametrize(
    ("name", "site_id"),
    [
        ("KCN Điềm Thụy", "KCN-6"),
        ("khu công nghiệp ĐIỀM THỤY", "KCN-6"),
        ("KCN Diem Thuy", "KCN-6"),
        ("KCN Điềm Thuỵ, huyện Phú Bình", "KCN-6"),
        ("CCN Điềm Thụy", "CCN-28"),
        ("Cụm CN Điềm Thụy, Phú Bình", "CCN-28"),
        ("KCN Sông Công 2", "KCN-3"),
        ("KCN Sông Công I", "KCN-2"),
        ("Sông Công số 1", "KCN-2"),
        ("KCN - Đô thị Yên Bình", "KCN-7"),
        ("KCN Yên Bình", "KCN-7"),
        ("CCN Tân Lập (số 1 và 2), TP Thái Nguyên", "CCN-25"),
        ("Cụm cảng Đa Phúc 1 Phổ Yên", "CCN-01"),
        ("CCN Cao Ngạn 2", "CCN-27"),
        ("BẢNG KÊ TỌA ĐỘ RANH GIỚI KCN ĐIỀM THỤY", "KCN-6"),
        ("Ranh giới CCN Nam Hòa\nDiện tích 40 ha", "CCN-20"),
    ],
)
def test_a_site_is_known_by_its_name_in_any_spelling(real_plan, name, site_id):
    assert matched(real_plan, "sites", name=name) == site_id


@pytest.mark.parametrize(
    ("code", "site_id"),
    [("KCN-6", "KCN-6"), ("kcn6", "KCN-6"), ("KCN 06", "KCN-6"), ("CCN-1", "CCN-01")],
)
def test_a_site_is_known_by_its_code_however_written(real_plan, code, site_id):
    assert matched(real_plan, "sites", code=code) == site_id


def test_every_site_is_itself_by_either_of_its_names_and_no_other(real_plan):
    for site_id, site in real_plan.sites.items():
        assert matched(real_plan, "sites", name=site.name) == site_id
        district = site.districts[0]
        assert matched(real_plan, "sites", name=site.short_name, district=district) == site_id


def test_a_cluster_is_no_zone_of_the_same_name(real_plan):
    item = one(real_plan, "zones", name="CCN Điềm Thụy")
    assert item.identities == ()
    assert "CCN-28" in item.reason.en or "another kind" in item.reason.en


def test_a_name_without_its_kind_that_fits_two_is_ambiguous(real_plan):
    item = one(real_plan, "sites", name="Điềm Thụy")
    assert set(item.identities) == {"KCN-6", "CCN-28"}


def test_a_name_in_the_wrong_district_is_not_matched_and_says_where_it_is(real_plan):
    item = one(real_plan, "sites", name="CCN Nam Hòa", district="Định Hóa")
    assert item.identities == ()
    assert "CCN Nam Hòa" in item.reason.en


def test_a_commune_needs_its_district_where_its_name_repeats(real_plan):
    item = one(real_plan, "communes", name="Tân Thành")
    assert len(item.identities) > 1
    code = matched(real_plan, "communes", name="xã Tân Thành", district="H. Phú Bình")
    unit = real_plan.units[code]
    assert (unit.name, unit.district) == ("Tân Thành", "Huyện Phú Bình")


def test_the_kind_tells_a_township_from_the_commune_of_the_same_name(real_plan):
    codes = {
        kind: matched(real_plan, "communes", name="Quân Chu", kind=kind, district="Đại Từ")
        for kind in ("xã", "thị trấn")
    }
    assert {kind: real_plan.units[code].unit_type for kind, code in codes.items()} == {
        "xã": "xã",
        "thị trấn": "thị trấn",
    }


def test_a_code_that_lost_its_zero_or_became_a_number_is_the_same(real_plan):
    for code in ("05431", "5431", "5431.0"):
        assert matched(real_plan, "communes", code=code) == "05431"


def test_a_code_and_a_name_that_disagree_are_ambiguous(real_plan):
    item = one(real_plan, "communes", code="05431", name="Quang Vinh")
    assert item.identities == ("05431", "05434")
    assert "the code is" in item.reason.en


def test_a_commune_named_in_a_column_of_its_own_is_found_without_being_told_the_layer(real_plan):
    row = rows({"commune": "Nam Hòa", "district": "Đồng Hỷ"})
    assert [len(match_rows(real_plan, row, layer).matched) for layer in ("communes", "sites")] == [
        1, 0,
    ]  # fmt: skip


def test_match_by_one_way_alone(real_plan):
    assert matched(real_plan, "sites", "name", code="KCN-6", name="CCN Nam Hòa") == "CCN-20"
    assert matched(real_plan, "sites", "code", code="KCN-6", name="CCN Nam Hòa") == "KCN-6"
    assert matched(real_plan, "sites", "code", name="CCN Nam Hòa") is None


def test_every_row_comes_out_in_just_one_list(real_plan):
    given = rows(
        {"name": "KCN Điềm Thụy"}, {"name": "KCN Điềm Thụy"}, {"name": "Điềm Thụy"},
        {"name": "Nhà kho"}, {}, {"code": "CCN-20"},
    )  # fmt: skip
    found = match_rows(real_plan, given, "sites")
    lists = (found.matched, found.unmatched, found.ambiguous, found.doubled)
    assert [sorted(item.row for item in part) for part in lists] == [[6], [4, 5], [3], [1, 2]]
    assert "CCN-28" in found.missing
    assert "CCN-20" not in found.missing
    merged = match_rows(real_plan, given, "sites", merge=True)
    assert [item.row for item in merged.matched] == [1, 2, 6]


def test_a_name_key_leaves_kinds_and_ways_of_writing_numbers_out():
    assert name_key("Khu công nghiệp Sông Công số 2") == name_key("KCN SÔNG CÔNG II")
    assert name_key("CCN Phú Lạc 1") != name_key("CCN Phú Lạc 2")


# --- a whole province -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def thinned(real_plan, tmp_path_factory):
    """The communes thinned one by one, as published layers are: slivers, gaps and overlaps."""
    frame = real_plan.layers["communes"].frame.to_crs(4326)
    features = [
        {
            "type": "Feature",
            "properties": {"name_vi": unit.name, "type": unit.unit_type, "huyen": unit.district},
            "geometry": json.loads(shapely.to_geojson(frame.geometry[code].simplify(0.0015))),
        }
        for code, unit in real_plan.units.items()
    ]
    path = tmp_path_factory.mktemp("communes") / "xa.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


@pytest.fixture(scope="module")
def taken(real_plan, thinned):
    return survey(real_plan, str(thinned), Options())


def test_a_first_syllable_that_sounds_like_a_kind_is_no_kind(real_plan):
    for name in ("Phượng Tiến", "xã Phượng Tiến", "Phuong Tien", "xa Phuong Tien"):
        assert matched(real_plan, "communes", name=name) == "05566"


def test_180_of_180_communes_match_by_name_kind_and_district(taken):
    found = taken
    assert (found.layer, len(found.matching.matched)) == ("communes", 180)
    assert {item.by for item in found.matching.matched} == {"name"}
    assert found.matching.missing == ()
    codes = {item.code for item in found.notices}
    assert {"coverage-overlaps", "coverage-gaps"} <= codes


def test_cleaning_gives_a_coverage_and_accounts_for_every_square_metre(taken):
    before, (after, moved) = dict(taken.outlines), cleaned(taken.outlines)
    assert not shapely.coverage_is_valid(np.array(list(before.values())))
    assert shapely.coverage_is_valid(np.array(list(after.values())))
    for code, outline in after.items():
        gained = sum(item.m2 for item in moved if item.target == code)
        lost = sum(item.m2 for item in moved if item.source == code)
        change = outline.area - before[code].area
        # ground that both had before and one keeps is lost by one and gained by neither
        contested = sum(
            before[code].intersection(before[item.source]).area
            for item in moved
            if item.target == code and item.source
        )
        assert change <= gained - lost + 1
        assert change >= gained - lost - contested - 1
    whole = shapely.union_all(np.array(list(before.values())))
    closed = sum(item.m2 for item in moved if not item.source)
    assert sum(o.area for o in after.values()) == pytest.approx(whole.area + closed, abs=5)
