"""Loading: the real plan holds its promises, and each damage is told with file, row and mend."""

import json
import unicodedata
from decimal import Decimal

import pytest
import tiny_plan
from tiny_plan import collection, polygon, ring

from gis.errors import PlanError
from gis.model import State
from gis.plan import load_plan
from gis.tables import vietnamese_numbers


@pytest.fixture
def folder(tmp_path):
    return tiny_plan.write(tmp_path / "tiny")


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode("utf-8"))


def problems(folder):
    with pytest.raises(PlanError) as caught:
        load_plan(folder)
    return caught.value.problems


def only_problem(folder):
    [problem] = problems(folder)
    return problem


# --- the real plan --------------------------------------------------------------------------


def test_the_decision_has_its_sites_fragments_and_communes(real_plan):
    assert [site.site_id for site in real_plan.sites_of("zone")] == [
        f"KCN-{n}" for n in range(1, 8)
    ]
    clusters = [site.site_id for site in real_plan.sites_of("cluster")]
    assert clusters == [f"CCN-{n:02d}" for n in range(1, 29)]
    assert len({(item.site_id, item.fragment) for item in real_plan.fragments}) == 148
    assert (len(real_plan.units), len(real_plan.clauses)) == (180, 68)
    assert len(real_plan.activities) >= 130  # the decision's own, and what people ask for besides


def test_the_districts_have_their_communes_of_2010(real_plan):
    counts = {name: 0 for name in real_plan.districts}
    for unit in real_plan.units.values():
        counts[unit.district] += 1
    assert counts == {
        "Thành phố Thái Nguyên": 28,
        "Thị xã Sông Công": 9,
        "Huyện Định Hóa": 24,
        "Huyện Phú Lương": 16,
        "Huyện Đồng Hỷ": 18,
        "Huyện Võ Nhai": 15,
        "Huyện Đại Từ": 31,
        "Huyện Phổ Yên": 18,
        "Huyện Phú Bình": 21,
    }


def test_what_is_peculiar_in_the_decision_is_kept(real_plan):
    assert real_plan.sites["CCN-25"].lots == 2
    assert real_plan.sites["KCN-7"].districts == ("Huyện Phú Bình", "Huyện Phổ Yên")
    assert real_plan.sites["KCN-2"].detailed_plan_ha == Decimal("129.51")
    by_district_only = {p.site_id for p in real_plan.places if p.basis == "district_only"}
    assert by_district_only == {"KCN-7", "CCN-05", "CCN-06", "CCN-19", "CCN-24"}


@pytest.mark.parametrize(
    ("site_id", "verbatim", "reading"),
    [
        ("KCN-4", "công nghệ sao", "công nghệ cao"),
        ("CCN-25", "chiết xuất ga", "chiết nạp gas"),
        ("CCN-01", "Cụm cảng Đa Phúc 1 Phổ Yên", "Cụm cảng Đa Phúc 1, Phổ Yên"),
        ("CCN-28", "chế biến...", None),
    ],
)
def test_typos_stay_verbatim_beside_their_reading(real_plan, site_id, verbatim, reading):
    site = real_plan.sites[site_id]
    assert verbatim in site.function_text or verbatim in site.name
    found = {item.verbatim: item.reading for item in real_plan.readings_of(site_id)}
    assert found[verbatim] == reading


def test_lists_are_open_closed_or_an_orientation(real_plan):
    status = [site.list_status for site in real_plan.sites.values()]
    assert (status.count("open"), status.count("closed"), status.count("orientation")) == (
        17,
        17,
        1,
    )


def test_the_card_carries_its_status_line(real_plan):
    assert real_plan.card.status_vi.startswith(
        "theo QĐ 341/QĐ-UBND, kỳ quy hoạch đến 2020; không thay thế tra cứu quy hoạch hiện hành"
    )


# --- another plan is a folder -----------------------------------------------------------------


def test_a_second_plan_loads_without_python(folder):
    from gis.checks import run

    plan = load_plan(folder)
    assert list(plan.sites) == ["KCN-1", "KCN-2", "KCN-3"]
    outcomes = {outcome.rule.code: outcome for outcome in run(plan)}
    assert outcomes["AREA01"].state is State.PASSED
    assert outcomes["CRAF01"].state is State.SKIPPED  # its card names no clause for craft points


def test_the_same_content_has_the_same_hash_and_another_content_another(folder):
    first = load_plan(folder).content_sha256
    assert load_plan(folder).content_sha256 == first
    edit(folder, "sites.csv", "Dệt", "May")
    assert load_plan(folder).content_sha256 != first


# --- harmless ways of writing are accepted ------------------------------------------------------


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: unicodedata.normalize("NFD", data.decode()).encode(),
    ],
    ids=["byte-order mark", "CRLF", "decomposed diacritics"],
)
def test_what_excel_and_mac_write_reads_the_same(folder, rewrite):
    before = load_plan(folder)
    for path in folder.glob("*.csv"):
        path.write_bytes(rewrite(path.read_bytes()))
    after = load_plan(folder)
    assert after.sites == before.sites
    assert after.units == before.units


# --- damage is told ------------------------------------------------------------------------------


def test_a_folder_without_card_is_told(tmp_path):
    assert "plan.toml" in only_problem(tmp_path).file


@pytest.mark.parametrize("name", ["communes.csv", "sites.geojson", "communes.geojson"])
def test_a_missing_file_is_told(folder, name):
    (folder / name).unlink()
    assert (name, "no such file") in [(told.file, told.what.en) for told in problems(folder)]


@pytest.mark.parametrize(
    ("old", "new", "row", "field", "value"),
    [
        ('"10",1,10,', '"10",1,mười,', "2", "stated_ha", "mười"),
        ('"20,5",1,20.5', '"20,5",1,"20,5"', "3", "stated_ha", "20,5"),
        ('"10",1,10,', '"10",1,NaN,', "2", "stated_ha", "NaN"),
        ('"10",1,10,', '"10",1,-10,', "2", "stated_ha", "-10"),
        ("KCN-1,zone", "KCN-1,park", "2", "kind", "park"),
        ("KCN-1,zone", "../x,zone", "2", "site_id", "../x"),
    ],
)
def test_a_bad_cell_is_told_with_row_field_and_value(folder, old, new, row, field, value):
    edit(folder, "sites.csv", old, new)
    told = next(problem for problem in problems(folder) if problem.field == field)
    assert (told.file, told.row, told.value) == ("sites.csv", row, value)


def test_the_mend_for_a_decimal_comma_shows_the_point(folder):
    edit(folder, "sites.csv", '"20,5",1,20.5', '"20,5",1,"20,5"')
    assert "20.5" in problems(folder)[0].mend.en


def test_the_mend_for_a_date_shows_its_form_in_both_languages(folder):
    (folder / "craft_points.csv").write_text(
        "point_id,unit_code,name,stated_ha,as_of,source\nP1,00001,Gốm,1,12/2012,x\n",
        encoding="utf-8",
    )
    told = only_problem(folder)
    assert (told.field, told.what.vi, told.what.en) == ("as_of", "không phải ngày", "is not a date")


def test_an_unknown_and_a_missing_column_are_told(folder):
    edit(folder, "sites.csv", "function_text,", "functions,")
    told = {problem.field: problem.what.en for problem in problems(folder) if problem.row == "1"}
    assert told == {"functions": "unknown column", "function_text": "column missing"}


def test_a_row_with_a_cell_too_many_is_told(folder):
    edit(folder, "sites.csv", "Dệt,1,closed,", "Dệt, may,1,closed,")
    assert any(problem.row == "4" and "cells" in problem.what.en for problem in problems(folder))


def test_a_repeated_id_is_told_with_both_rows(folder):
    edit(folder, "sites.csv", "KCN-2,", "KCN-1,")
    told = next(p for p in problems(folder) if "repeats" in p.what.en)
    assert (told.file, told.row, told.value) == ("sites.csv", "3", "KCN-1")


def test_a_reference_to_nothing_is_told(folder):
    (folder / "fragments.csv").write_text(
        "site_id,fragment,text,activity_id,confidence\nKCN-9,1,Dệt,weaving,high\n", encoding="utf-8"
    )
    told = {(problem.field, problem.value) for problem in problems(folder)}
    assert {("site_id", "KCN-9"), ("activity_id", "weaving")} <= told


def test_a_circle_of_activities_is_told(folder):
    (folder / "activities.csv").write_text(
        "activity_id,label_vi,label_en,broader,confidence\na,a,a,b,high\nb,b,b,a,high\n",
        encoding="utf-8",
    )
    assert {problem.value for problem in problems(folder)} == {"a", "b"}


def test_everything_wrong_is_told_at_once(folder):
    edit(folder, "sites.csv", '"10",1,10,', '"10",1,mười,')
    edit(folder, "communes.csv", "00002,Đông,xã", "00002,Đông,làng")
    edit(folder, "communes.geojson", '"00002"', '"00009"')
    told = {(problem.file, problem.field) for problem in problems(folder)}
    assert told >= {
        ("sites.csv", "stated_ha"),
        ("communes.csv", "unit_type"),
        ("communes.geojson", "unit_code"),
    }


def test_a_table_of_another_encoding_is_told_with_its_row(folder):
    path = folder / "sites.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Đ", "D").encode("cp1258", "replace"))
    told = next(problem for problem in problems(folder) if "UTF-8" in problem.what.en)
    assert told.file == "sites.csv"
    assert told.row


def test_a_card_that_is_not_toml_and_one_with_an_unknown_field_are_told(folder):
    edit(folder, "plan.toml", 'code = "tiny-1"', 'code = "tiny-1"\ncolour = "red"')
    assert only_problem(folder).field == "colour"
    edit(folder, "plan.toml", 'colour = "red"', "colour =")
    assert "TOML" in only_problem(folder).what.en


# --- outlines -----------------------------------------------------------------------------------


def sites_with(folder, *features):
    (folder / "sites.geojson").write_text(collection(list(features)), encoding="utf-8")


@pytest.mark.parametrize(
    ("feature", "field"),
    [
        (polygon("KCN-9", "site_id", ring(105.8, 21.5)), "site_id"),
        (polygon("KCN-1", "site_id", []), "geometry"),
        (polygon("KCN-1", "site_id", ring(float("nan"), 21.5)), "geometry"),
        (polygon("KCN-1", "site_id", ring(430_000, 2_380_000)), "geometry"),
        (polygon("KCN-1", "site_id", [[[105.8, 21.5], [105.9, 21.5]]]), "geometry"),
        (polygon("KCN-1", "site_id", ring(105.8, 21.5)) | {"geometry": None}, "geometry"),
        (
            polygon("KCN-1", "site_id", ring(105.8, 21.5))
            | {"geometry": {"type": "Point", "coordinates": [105.8, 21.5]}},
            "geometry",
        ),
        (polygon("KCN-1", "site_id", [[["a", "b"]] * 4]), "geometry"),
    ],
    ids=["unknown id", "empty", "NaN", "metres", "two points", "null", "point", "text"],
)
def test_an_outline_that_is_none_is_told(folder, feature, field):
    sites_with(folder, feature)
    assert only_problem(folder).field == field


def test_an_outline_drawn_twice_under_one_id_is_told(folder):
    sites_with(folder, *[polygon("KCN-1", "site_id", ring(105.8, 21.5))] * 2)
    assert "repeated id" in only_problem(folder).what.en


def test_an_unknown_provenance_is_told(folder):
    feature = polygon("KCN-1", "site_id", ring(105.8, 21.5))
    feature["properties"]["provenance"] = "guessed"
    sites_with(folder, feature)
    assert only_problem(folder).field == "provenance"


def test_a_wrong_coordinate_system_is_told(folder):
    path = folder / "sites.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}
    path.write_text(json.dumps(data), encoding="utf-8")
    told = only_problem(folder)
    assert (told.field, told.value) == ("crs", "urn:ogc:def:crs:EPSG::3405")


def test_geojson_that_is_not_json_is_told(folder):
    (folder / "sites.geojson").write_text("{", encoding="utf-8")
    assert "GeoJSON" in only_problem(folder).what.en


def test_an_outline_in_the_plans_own_metres_lands_in_the_same_place(folder):
    by_degrees = load_plan(folder).layers["zones"].frame.geometry["KCN-1"]
    feature = polygon("KCN-1", "site_id", [list(map(list, by_degrees.exterior.coords))])
    data = json.loads(collection([feature]))
    data["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9213"}}
    (folder / "sites.geojson").write_text(json.dumps(data), encoding="utf-8")
    by_metres = load_plan(folder).layers["zones"].frame.geometry["KCN-1"]
    assert by_metres.hausdorff_distance(by_degrees) < 0.001


def test_numbers_are_read_as_vietnamese_prints_them():
    assert vietnamese_numbers("220 (đã QHCT 129,51 ha)") == (Decimal(220), Decimal("129.51"))
    assert vietnamese_numbers("2.350") == (Decimal(2350),)
    assert vietnamese_numbers("1.160,83") == (Decimal("1160.83"),)


def test_every_note_on_a_site_is_told_in_both_languages(real_plan):
    for found in real_plan.sites.values():
        assert bool(found.note) == bool(found.note_en), found.site_id
        assert not found.note or found.note != found.note_en, found.site_id
