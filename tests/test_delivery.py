"""What is delivered is what the plan says: re-read here by readers that did not write it."""

from __future__ import annotations

import csv
import dataclasses
import io
import sqlite3
import struct
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapefile
import shapely
from conftest import EAST_M, NORTH_M, craft_point, layer_of, place, site, square, unit
from pyproj import CRS as System
from pyproj import Geod, Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from gis.cli import delivering
from gis.delivery.comparing import Found, differences, same_outline
from gis.delivery.fitting import SHORTENED, Table, short_form, short_table
from gis.delivery.kit import DEFAULT_FORMATS, FORMATS, LAYERS, Wishes, write_kit
from gis.delivery.profiles import load_profile
from gis.delivery.shapefiles import read_shapefile
from gis.delivery.sheets import sheets_of
from gis.errors import OutputError
from gis.model import CheckOptions, Plan
from gis.report import Report
from gis.vocabulary import FIELDS, LAYER_FIELDS

MakePlan = Callable[..., Plan]
LAYER_OF_SHAPEFILE = {
    "kcn": "zones",
    "ccn": "clusters",
    "xa": "communes",
    "huyen": "districts",
    "diem_cn": "craft_points",
}
LONG_TEXT = "ế" * 100  # 300 bytes
MILLIMETRE_M = 0.001


@pytest.fixture
def toy(make_plan: MakePlan) -> Plan:
    """Two zones (the second drawn in two parts), one cluster, two communes, one craft point."""
    two_parts = MultiPolygon([square(500, 0), square(700, 0)])
    ring = square(0, 300).difference(square(25, 325, 50))
    return make_plan(
        sites={
            "KCN-1": (square(0, 0), site("KCN-1", 1, functions=LONG_TEXT)),
            "KCN-2": (two_parts, site("KCN-2", "2.0451", detailed_plan_ha="1.5")),
            "CCN-01": (ring, site("CCN-01", "0.75")),
        },
        communes={
            "00001": (square(0, 0, 1000), unit("00001", "Động Đạt", area_km2="1.05")),
            "00002": (square(1000, 0, 1000), unit("00002", "Mỏ Chè")),
        },
        craft={"P1": (square(1100, 0), craft_point("P1", "00002", "2.5"))},
        places=(place("KCN-1", "00001"), place("KCN-2", None, "district_only")),
        provenance="indicative",
    )


@pytest.fixture(scope="module")
def real_folder(real_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    export_layers(real_plan, folder)
    return folder


def export_layers(plan: Plan, folder: Path, formats: Sequence[str] | None = None) -> list[Path]:
    """The kit of a plan, as if the checks had found nothing."""
    report = Report(plan, CheckOptions(100.0), ())
    return write_kit(report, folder, Wishes(formats=tuple(formats or DEFAULT_FORMATS)))


def exported(plan: Plan, folder: Path, formats: tuple[str, ...] | None = None) -> Path:
    export_layers(plan, folder, formats)
    return folder


def tables(plan: Plan) -> list[Table]:
    profile = load_profile()
    return [short_table(sheet, profile) for sheet in sheets_of(plan, profile)]


def records(folder: Path, name: str) -> list[dict[str, Any]]:
    with shapefile.Reader(str(folder / f"{name}.shp"), encoding="utf-8") as reader:
        return [record.as_dict() for record in reader.records()]


def shapes(folder: Path, name: str) -> list[shapefile.Shape]:
    with shapefile.Reader(str(folder / f"{name}.shp"), encoding="utf-8") as reader:
        return list(reader.shapes())


def geopackage(folder: Path, layer: str) -> list[dict[str, Any]]:
    """Rows of a GeoPackage layer by sqlite3 alone; `geom` as a shapely outline or None."""
    (path,) = folder.glob("*.gpkg")
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    rows = [dict(row) for row in database.execute(f'SELECT * FROM "{layer}" ORDER BY fid')]
    database.close()
    return [row | {"geom": outline_of(row["geom"])} for row in rows]


def outline_of(blob: bytes | None) -> shapely.Geometry | None:
    """The outline of a GeoPackage blob: magic, version, flags, srs id, envelope, then WKB."""
    if blob is None:
        return None
    assert blob[:2] == b"GP"
    assert struct.unpack("<i", blob[4:8]) == (9213,)
    envelope_bytes = {0: 0, 1: 32}[(blob[3] >> 1) & 0b111]
    return shapely.from_wkb(blob[8 + envelope_bytes :])


def side_table(folder: Path) -> dict[str, dict[str, str]]:
    data = (folder / "chuc_nang.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    return {row["MA_KHU"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def signed_area(points: list[tuple[float, float]]) -> float:
    """The shoelace sum: negative where the ring runs clockwise."""
    (x, y) = np.array(points).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def rings(item: shapefile.Shape) -> list[list[tuple[float, float]]]:
    ends = [*item.parts[1:], len(item.points)]
    return [item.points[start:end] for start, end in zip(item.parts, ends, strict=True)]


def same_vertices(found: shapely.Geometry, wanted: shapely.Geometry) -> bool:
    """Vertex for vertex within a millimetre, parts and rings in any order."""
    found, wanted = (shapely.normalize(multi(item)) for item in (found, wanted))
    return bool(shapely.equals_exact(found, wanted, tolerance=MILLIMETRE_M))


def multi(outline: shapely.Geometry) -> shapely.Geometry:
    return MultiPolygon([outline]) if outline.geom_type == "Polygon" else outline


# --- shapefiles ----------------------------------------------------------------------------------


def test_a_shapefile_says_what_the_plan_says(toy: Plan, tmp_path: Path) -> None:
    one, two = records(exported(toy, tmp_path), "kcn")
    assert (one["MA_KHU"], two["MA_KHU"]) == ("KCN-1", "KCN-2")
    assert (one["DT_QH"], two["DT_QH"]) == (1.0, 2.0451)
    assert (one["DT_QHCT"], two["DT_QHCT"]) == (None, 1.5)
    assert (one["DT_GIS"], two["DT_GIS"]) == (1.0, 2.0)
    assert (one["LOAI"], one["MA_LD"], one["NAM_MA_LD"]) == ("zone", "SKK", 2014)
    assert (one["MA_XA"], one["TEN_XA"], one["HUYEN"]) == ("00001", "xã Động Đạt", "Huyện A")
    assert (two["MA_XA"], two["CO_SO_VT"]) == ("", "district_only")
    assert (one["CAN_CU"], one["CAN_CU_MUC"], one["CAN_CU_STT"]) == ("QĐ 1/QĐ", "II.3.1", 1)
    assert one["HIEU_LUC"] == "chỉ để thử"


def test_a_cluster_has_its_own_land_use_code_and_file(toy: Plan, tmp_path: Path) -> None:
    (only,) = records(exported(toy, tmp_path), "ccn")
    assert (only["MA_KHU"], only["LOAI"], only["MA_LD"]) == ("CCN-01", "cluster", "SKN")
    assert (only["DT_QH"], only["DT_GIS"]) == (0.75, 0.75)


def test_the_layers_are_five_shapefiles_and_a_geopackage_with_a_manifest(
    toy: Plan, tmp_path: Path
) -> None:
    paths = export_layers(toy, tmp_path)
    suffixes = ("cpg", "dbf", "prj", "shp", "shx", "qml", "sld", "xml")
    wanted = {f"{name}.{suffix}" for name in LAYER_OF_SHAPEFILE for suffix in suffixes}
    wanted |= {"chuc_nang.csv", "toy.gpkg", "toy.qgs", "manifest.json", "DOC_TRUOC.txt"}
    wanted |= {"tu_dien_truong.csv", "tu_dien_ma.csv"}
    wanted |= {"bao_cao_kiem_tra.html", "bao_cao_kiem_tra.json"}
    assert {path.name for path in paths} == wanted
    assert sorted(paths) == paths == sorted(tmp_path.iterdir())


def test_the_allowance_is_a_limit_and_what_is_not_registered_is_not_zero(
    toy: Plan, tmp_path: Path
) -> None:
    silent, registered = records(exported(toy, tmp_path), "xa")
    for row in (silent, registered):
        assert (row["TTCN_MIN"], row["TTCN_MAX"], row["TTCN_HA"]) == (1, 3, 10.0)
    assert silent["DANG_KY"] == "chưa đăng ký"
    assert [silent[name] for name in ("DK_SO_DIEM", "DK_HA", "CON_DIEM", "CON_HA")] == [None] * 4
    assert registered["DANG_KY"] == "đã đăng ký"
    assert (registered["DK_SO_DIEM"], registered["DK_HA"]) == (1, 2.5)
    assert (registered["CON_DIEM"], registered["CON_HA"]) == (2, 7.5)


def test_columns_have_the_declared_type_and_width(toy: Plan, tmp_path: Path) -> None:
    exported(toy, tmp_path)
    for name, layer in LAYER_OF_SHAPEFILE.items():
        with shapefile.Reader(str(tmp_path / f"{name}.shp"), encoding="utf-8") as reader:
            found = [
                (item.name, item.field_type, item.size, item.decimal)
                for item in reader.fields
                if item.name != "DeletionFlag"
            ]
        fields = [FIELDS[column] for column in LAYER_FIELDS[layer]]  # type: ignore[index]
        assert found == [
            (field.dbf_name, "C" if field.type == "text" else "N", field.width, field.decimals)
            for field in fields
        ]


def test_the_projection_file_resolves_to_the_province_zone(toy: Plan, tmp_path: Path) -> None:
    exported(toy, tmp_path)
    for name in LAYER_OF_SHAPEFILE:
        text = (tmp_path / f"{name}.prj").read_text(encoding="ascii")
        system = System.from_wkt(text)
        assert text.startswith('PROJCS["VN-2000_TM-3_106-30"')
        assert system.to_epsg(min_confidence=100) == 9213
        assert system.equals(System.from_epsg(9213), ignore_axis_order=True)
        meridian = Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
        assert meridian.transform(500_000, NORTH_M)[0] == pytest.approx(106.5, abs=1e-9)


def test_the_encoding_is_declared_and_the_date_of_the_dbf_is_fixed(
    toy: Plan, tmp_path: Path
) -> None:
    exported(toy, tmp_path)
    for name in LAYER_OF_SHAPEFILE:
        assert (tmp_path / f"{name}.cpg").read_bytes() == b"UTF-8"
        assert tuple((tmp_path / f"{name}.dbf").read_bytes()[1:4]) == (100, 1, 1)


def test_outer_rings_run_clockwise_and_holes_the_other_way(toy: Plan, tmp_path: Path) -> None:
    exported(toy, tmp_path)
    two_parts = shapes(tmp_path, "kcn")[1]
    assert [signed_area(ring) for ring in rings(two_parts)] == [-10_000, -10_000]
    (ring,) = shapes(tmp_path, "ccn")
    assert sorted(signed_area(item) for item in rings(ring)) == [-10_000, 2_500]
    assert {item.shapeType for item in (two_parts, ring)} == {shapefile.POLYGON}


def test_coordinates_are_written_to_the_millimetre(make_plan: MakePlan, tmp_path: Path) -> None:
    outline = Polygon(
        [
            (EAST_M + 0.0004, NORTH_M, 7),
            (EAST_M, NORTH_M + 100.12345, 7),
            (EAST_M + 100.5678, NORTH_M + 50, 7),
        ]
    )
    plan = make_plan(sites={"KCN-1": (outline, site("KCN-1", "0.5"))})
    (found,) = shapes(exported(plan, tmp_path), "kcn")
    assert set(found.points) == {
        (EAST_M, NORTH_M),
        (EAST_M, NORTH_M + 100.123),
        (EAST_M + 100.568, NORTH_M + 50),
    }


# --- text ------------------------------------------------------------------------------------


def test_a_text_too_long_is_marked_in_its_field_and_whole_in_the_side_table(
    toy: Plan, tmp_path: Path
) -> None:
    short = records(exported(toy, tmp_path), "kcn")[0]["CHUC_NANG"]
    assert short == "ế" * 78 + "… [chuc_nang.csv]"  # 234 + 19 bytes: a 79th would be three more
    assert len(short.encode()) == 253
    assert side_table(tmp_path)["KCN-1"]["CHUC_NANG"] == LONG_TEXT
    assert geopackage(tmp_path, "zones")[0]["function_text"] == LONG_TEXT


def test_a_text_of_exactly_254_bytes_is_not_shortened(make_plan: MakePlan, tmp_path: Path) -> None:
    text = "ế" * 84 + "ab"
    assert len(text.encode()) == 254
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", functions=text))})
    assert records(exported(plan, tmp_path), "kcn")[0]["CHUC_NANG"] == text


def test_a_short_form_does_not_part_a_letter_from_its_accents() -> None:
    letter = "x\u0323\u0302"  # a letter that has no composed form: 5 bytes
    found = short_form(letter * 60, 254)
    assert found == letter * 47 + SHORTENED  # 235 bytes are left for it: 47 letters
    assert short_form("a" + letter * 60, 254) == "a" + letter * 46 + SHORTENED


def test_decomposed_vietnamese_is_delivered_composed(make_plan: MakePlan, tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "KCN Nam Phổ Yên")
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", name=name))})
    assert records(exported(plan, tmp_path), "kcn")[0]["TEN_KHU"] == "KCN Nam Phổ Yên"
    assert geopackage(tmp_path, "zones")[0]["name"] == "KCN Nam Phổ Yên"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_excel_would_run_is_made_inert(
    make_plan: MakePlan, tmp_path: Path, start: str
) -> None:
    text = f"{start}HYPERLINK(1)"
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", functions=text))})
    assert side_table(exported(plan, tmp_path))["KCN-1"]["CHUC_NANG"] == f"'{text}"
    assert geopackage(tmp_path, "zones")[0]["function_text"] == text


# --- what cannot be delivered -------------------------------------------------------------------


def test_values_that_do_not_fit_are_all_refused_and_none_is_cut(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(
        sites={"KCN-1": (square(0, 0), site("KCN-1", "1.00001"))},
        communes={"00001": (square(0, 0), unit("00001", "Tây", area_km2="2.00002"))},
    )
    with pytest.raises(OutputError) as caught:
        export_layers(plan, tmp_path, ["shp"])
    told = [(p.file, p.layer, p.row, p.field, p.value) for p in caught.value.problems]
    assert told == [
        ("kcn.dbf", "zones", "KCN-1", "stated_ha", "1.00001"),
        ("xa.dbf", "communes", "00001", "official_km2", "2.00002"),
        ("huyen.dbf", "districts", "Huyện A", "official_km2", "2.00002"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_any_long_text_stands_whole_in_a_side_table_with_its_layer_id_and_field(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    name = "Đ" * 128  # 256 bytes
    plan = make_plan(communes={"00001": (square(0, 0), unit("00001", name))})
    (row,) = records(exported(plan, tmp_path), "xa")
    assert row["TEN_XA"] == "Đ" * 116 + "… [van_ban_dai.csv]"  # 232 + 21 bytes
    text = (tmp_path / "van_ban_dai.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["LOP", "KHOA", "TRUONG", "NOI_DUNG"],
        ["xa", "00001", "TEN_XA", name],
    ]
    assert geopackage(tmp_path, "communes")[0]["unit_name"] == name


def test_a_number_with_more_digits_than_a_double_is_refused(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", "1.00000000000000001"))})
    with pytest.raises(OutputError) as caught:
        export_layers(plan, tmp_path, ["gpkg"])
    (problem,) = caught.value.problems
    assert (problem.row, problem.field, problem.value) == (
        "KCN-1",
        "stated_ha",
        "1.00000000000000001",
    )


def test_a_value_that_comes_back_other_than_written_is_an_error(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", name="KCN Nam "))})
    with pytest.raises(OutputError) as caught:  # a DBF drops the space at the end
        export_layers(plan, tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.layer, problem.row) == ("kcn.shp", "zones", "KCN-1")
    assert (problem.field, problem.value) == ("TEN_KHU", "KCN Nam ")


def test_a_shapefile_as_written_reads_back_without_a_difference(toy: Plan, tmp_path: Path) -> None:
    exported(toy, tmp_path, ("shp",))
    for table in tables(toy):
        found = read_shapefile(tmp_path / f"{table.name}.shp")
        assert list(differences(table, found, "x")) == []


@pytest.mark.parametrize("fault", ["row", "cell", "number", "vertex", "ring", "system", "column"])
def test_a_file_other_than_written_is_found_out(toy: Plan, tmp_path: Path, fault: str) -> None:
    exported(toy, tmp_path, ("shp",))
    table = tables(toy)[0]
    found = read_shapefile(tmp_path / "kcn.shp")
    rows, outlines = [list(row) for row in found.rows], list(found.outlines or ())
    names, crs = list(found.names), found.crs
    place = {"row": "", "system": "crs", "column": ""}.get(fault, "geometry")
    if fault == "row":
        del rows[1]
    elif fault == "cell":
        rows[1][0], place = "KCN-3", "MA_KHU"
    elif fault == "number":
        rows[1][names.index("DT_GIS")], place = 2.0001, "DT_GIS"
    elif fault == "vertex":
        outlines[1] = shapely.transform(outlines[1], lambda xy: xy + 1.1 * MILLIMETRE_M)
    elif fault == "ring":
        outlines[1] = MultiPolygon([outlines[1].geoms[0]])
    elif fault == "system":
        crs = "EPSG:3405"
    else:
        names[1] = "TEN"
    problems = list(differences(table, Found(names, rows, outlines, crs), "kcn.shp"))
    assert [problem.field for problem in problems] == [place]
    assert {(problem.file, problem.layer) for problem in problems} == {("kcn.shp", "zones")}
    if fault in ("cell", "number", "vertex", "ring"):
        assert problems[0].row == "KCN-2"


def test_a_ring_is_the_same_wherever_it_starts_and_turns() -> None:
    ring = [(0, 0), (0, 10), (10, 10), (10, 0)]
    hole = [(2, 2), (4, 2), (4, 4)]
    turned = Polygon([*ring[2:], *ring[:2]][::-1], [[*hole[1:], hole[0]]])
    assert same_outline(MultiPolygon([Polygon(ring, [hole])]), MultiPolygon([turned]), 0.001)
    swapped = Polygon([ring[0], ring[2], ring[1], ring[3]], [hole])
    assert not same_outline(Polygon(ring, [hole]), swapped, 0.001)
    assert not same_outline(Polygon(ring), MultiPolygon([Polygon(ring), Polygon(hole)]), 0.001)
    assert not same_outline(
        Polygon(ring, [hole]), MultiPolygon([Polygon(ring), Polygon(hole)]), 0.001
    )


FILLING_DISK = """
import resource, shutil, signal, sys, tempfile
from pathlib import Path
from gis.delivery.kit import Wishes, write_kit
from gis.errors import OutputError
from gis.model import CheckOptions
from gis.plan import default_plan, load_plan
from gis.report import Report

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
report = Report(load_plan(default_plan()), CheckOptions(100.0), ())
for limit in map(int, sys.argv[2:]):
    for kind in ("shp", "gpkg"):
        folder = Path(sys.argv[1]) / f"{kind}-{limit}"
        folder.mkdir()
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            write_kit(report, folder, Wishes(formats=(kind,)))
            told = "whole"
        except OutputError as error:
            told = error.problems[0].file
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(kind, limit, told)
"""


def test_a_disk_that_fills_is_an_error_wherever_it_fills(real_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("resource")
    sizes = {path.name: path.stat().st_size for path in real_folder.iterdir()}
    largest = max(sizes.values())
    limits = [0, sizes["chuc_nang.csv"], sizes["ccn.dbf"] - 1, sizes["ccn.dbf"] + 1, largest]
    done = subprocess.run(
        [sys.executable, "-c", FILLING_DISK, str(tmp_path), *map(str, limits)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = [line.split() for line in done.stdout.splitlines()]
    assert [line[2] for line in told if line[0] == "gpkg"] == [
        *["thai-nguyen-341.gpkg"] * 4,
        "whole",
    ]
    assert [line[2] for line in told if line[0] == "shp"] == [
        "chuc_nang.csv",
        "kcn.shp",
        "ccn.shp",
        "xa.shp",
        "whole",
    ]
    assert done.stderr == ""


# --- what is not drawn, or drawn wrong -----------------------------------------------------------


def test_a_site_without_an_outline_is_delivered_without_one_not_left_out(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(
        sites={
            "KCN-1": (None, site("KCN-1", 5)),
            "KCN-2": (square(0, 0), site("KCN-2", 1)),
            "CCN-01": (None, site("CCN-01", 7)),
        }
    )
    one, two = records(exported(plan, tmp_path), "kcn")
    assert (one["DT_QH"], one["DT_GIS"], one["NGUON_HINH"]) == (5.0, None, "not_drawn")
    assert (two["DT_QH"], two["DT_GIS"], two["NGUON_HINH"]) == (1.0, 1.0, "surveyed")
    assert [item.shapeType for item in shapes(tmp_path, "kcn")] == [shapefile.NULL, 5]
    assert records(tmp_path, "ccn")[0]["DT_ELIP"] is None
    assert [row["geom"] is None for row in geopackage(tmp_path, "zones")] == [True, False]


def test_an_invalid_outline_is_delivered_as_drawn(make_plan: MakePlan, tmp_path: Path) -> None:
    corners = [(0, 0), (100, 100), (100, 0), (0, 100)]
    bow_tie = Polygon([(EAST_M + x, NORTH_M + y) for x, y in corners])
    plan = make_plan(sites={"KCN-1": (bow_tie, site("KCN-1"))})
    (found,) = shapes(exported(plan, tmp_path), "kcn")
    assert sorted(set(found.points)) == sorted((EAST_M + x, NORTH_M + y) for x, y in corners)


def test_a_survey_says_where_when_and_how_accurately(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1"))})
    told = {"source": "hồ sơ đo", "surveyed_on": "2024-05-06", "accuracy_m": 0.05}
    frame = plan.layers["zones"].frame.assign(**told)
    plan = dataclasses.replace(plan, layers={"zones": layer_of("zones", frame)})
    (row,) = geopackage(exported(plan, tmp_path), "zones")
    assert (row["outline_source"], row["surveyed_on"], row["accuracy_m"]) == tuple(told.values())


# --- GeoPackage ----------------------------------------------------------------------------------


def test_the_geopackage_says_the_same_under_long_names(toy: Plan, tmp_path: Path) -> None:
    one, two = geopackage(exported(toy, tmp_path), "zones")
    assert list(one) == ["fid", "geom", *LAYER_FIELDS["zones"]]
    assert (one["site_id"], two["site_id"]) == ("KCN-1", "KCN-2")
    assert (two["stated_ha"], two["detailed_plan_ha"], two["measured_ha"]) == (2.0451, 1.5, 2.0)
    assert (one["provenance"], one["detailed_plan_ha"]) == ("indicative", None)
    assert "không chứng minh" in one["provenance_note"]
    assert same_vertices(two["geom"], toy.layers["zones"].frame.geometry["KCN-2"])


def test_districts_are_the_sum_of_their_communes(toy: Plan, tmp_path: Path) -> None:
    (only,) = geopackage(exported(toy, tmp_path), "districts")
    assert (only["district"], only["commune_count"]) == ("Huyện A", 2)
    assert (only["official_km2"], only["measured_ha"]) == (2.05, 200.0)


def test_the_geopackage_lists_its_layers_with_a_fixed_day(toy: Plan, tmp_path: Path) -> None:
    exported(toy, tmp_path)
    database = sqlite3.connect(tmp_path / "toy.gpkg")
    listed = database.execute(
        "SELECT c.table_name, last_change, c.srs_id, organization, organization_coordsys_id,"
        " geometry_type_name, z, m FROM gpkg_contents c JOIN gpkg_geometry_columns USING"
        " (table_name) JOIN gpkg_spatial_ref_sys s ON s.srs_id = c.srs_id ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in listed] == sorted(LAYERS)
    same = ("2000-01-01T00:00:00.000Z", 9213, "EPSG", 9213, "MULTIPOLYGON", 0, 0)
    assert {row[1:] for row in listed} == {same}
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
    database.close()


# --- the same plan, the same bytes ---------------------------------------------------------------


def test_the_same_plan_gives_the_same_bytes(toy: Plan, tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "a longer name for the second"]
    for folder in folders:
        folder.mkdir()
        export_layers(toy, folder)
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert first == second


def test_one_format_can_be_asked_for(toy: Plan, tmp_path: Path) -> None:
    names = {path.name for path in export_layers(toy, tmp_path, ["gpkg"])}
    assert "toy.gpkg" in names
    assert not [name for name in names if name.endswith((".shp", ".qml"))]


def test_the_command_offers_the_formats_and_layers_there_are() -> None:
    assert tuple(FORMATS) == delivering.FORMATS
    assert delivering.DEFAULT_FORMATS == DEFAULT_FORMATS
    assert delivering.LAYERS == LAYERS


def test_a_plan_without_communes_is_delivered_with_an_empty_layer(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1"))})
    assert records(exported(plan, tmp_path), "xa") == []
    assert geopackage(tmp_path, "communes") == []


# --- the real plan -------------------------------------------------------------------------------


def test_the_real_delivery_holds_every_site_and_commune_once(
    real_plan: Plan, real_folder: Path
) -> None:
    counts = {name: len(records(real_folder, name)) for name in LAYER_OF_SHAPEFILE}
    assert counts == {"kcn": 7, "ccn": 28, "xa": 180, "huyen": 9, "diem_cn": 0}
    assert len(geopackage(real_folder, "districts")) == 9
    ids = [row["MA_KHU"] for name in ("kcn", "ccn") for row in records(real_folder, name)]
    assert ids == list(real_plan.sites)
    assert [row["MA_XA"] for row in records(real_folder, "xa")] == list(real_plan.units)


def test_real_stated_areas_are_exact_and_sum_to_the_decision(real_folder: Path) -> None:
    sums = {
        name: sum(Decimal(repr(row["DT_QH"])) for row in records(real_folder, name))
        for name in ("kcn", "ccn")
    }
    assert sums == {"kcn": Decimal(3770), "ccn": Decimal("1160.83")}


@pytest.mark.parametrize("name", ["kcn", "ccn"])
def test_real_cells_are_those_of_the_plan(real_plan: Plan, real_folder: Path, name: str) -> None:
    long_rows = geopackage(real_folder, LAYER_OF_SHAPEFILE[name])
    for row, long_row in zip(records(real_folder, name), long_rows, strict=True):
        wanted = real_plan.sites[row["MA_KHU"]]
        assert row["TEN_KHU"] == long_row["name"] == wanted.name
        assert row["DIA_DIEM"] == long_row["place"] == wanted.place
        assert row["HUYEN"] == long_row["districts"] == "; ".join(wanted.districts)
        assert Decimal(repr(row["DT_QH"])) == wanted.stated_ha
        assert Decimal(repr(long_row["stated_ha"])) == wanted.stated_ha
        assert row["DT_QHCT"] == long_row["detailed_plan_ha"]
        assert row["DT_QHCT"] == (wanted.detailed_plan_ha and float(wanted.detailed_plan_ha))
        assert long_row["function_text"] == wanted.function_text
        assert row["DANH_MUC"] == wanted.list_status
        assert row["CAN_CU_DG"] == long_row["citation_line"] == wanted.line
        assert row["NGUON_HINH"] == "indicative"
        assert row["HIEU_LUC"] == real_plan.card.status_vi


@pytest.mark.parametrize("name", ["kcn", "ccn", "xa"])
def test_both_formats_agree_in_every_cell(real_folder: Path, name: str) -> None:
    layer = LAYER_OF_SHAPEFILE[name]
    for row, long_row in zip(
        records(real_folder, name), geopackage(real_folder, layer), strict=True
    ):
        for column in LAYER_FIELDS[layer]:  # type: ignore[index]
            found, wanted = row[FIELDS[column].dbf_name], long_row[column]
            if isinstance(found, str) and found.endswith(SHORTENED):
                assert wanted.startswith(found.removesuffix(SHORTENED))
            else:
                assert (found or None) == (wanted or None)


@pytest.mark.parametrize("name", ["kcn", "ccn", "xa"])
def test_real_outlines_are_those_of_the_plan(real_plan: Plan, real_folder: Path, name: str) -> None:
    layer = LAYER_OF_SHAPEFILE[name]
    frame = real_plan.layers[layer].frame  # type: ignore[index]
    geod = Geod(ellps="WGS84")
    degrees = Transformer.from_crs(9213, 4756, always_xy=True)
    pairs = zip(shapes(real_folder, name), geopackage(real_folder, layer), strict=True)
    for drawn, row in pairs:
        wanted = frame.geometry[row.get("site_id") or row["unit_code"]]
        assert same_vertices(shape(drawn.__geo_interface__), wanted)
        assert same_vertices(row["geom"], wanted)
        assert row["measured_ha"] == pytest.approx(wanted.area / 1e4, abs=0.01)
        on_earth = shapely.transform(
            shapely.orient_polygons(row["geom"]),
            lambda xy: np.column_stack(degrees.transform(xy[:, 0], xy[:, 1])),
        )
        geodesic_ha = geod.geometry_area_perimeter(on_earth)[0] / 1e4
        assert row["geodesic_ha"] == pytest.approx(geodesic_ha, abs=0.01)


def test_no_real_text_is_longer_than_a_dbf_allows_or_breaks_a_character(real_folder: Path) -> None:
    for name in LAYER_OF_SHAPEFILE:
        for row in records(real_folder, name):
            for value in row.values():
                if isinstance(value, str):
                    assert len(value.encode()) <= 254
                    assert "\ufffd" not in value
                    assert value == unicodedata.normalize("NFC", value)


def test_the_longest_function_list_is_whole_in_the_side_table(
    real_plan: Plan, real_folder: Path
) -> None:
    text = real_plan.sites["KCN-1"].function_text
    assert (len(text), len(text.encode())) == (299, 396)
    short = records(real_folder, "kcn")[0]["CHUC_NANG"]
    assert short.endswith("… [chuc_nang.csv]")
    assert text.startswith(short.removesuffix("… [chuc_nang.csv]"))
    assert 240 <= len(short.encode()) <= 254
    assert side_table(real_folder)["KCN-1"]["CHUC_NANG"] == text


def test_the_side_table_holds_the_functions_of_all_sites(
    real_plan: Plan, real_folder: Path
) -> None:
    table = side_table(real_folder)
    assert list(table) == list(real_plan.sites)
    for site_id, row in table.items():
        assert row["CHUC_NANG"] == real_plan.sites[site_id].function_text
        assert row["TEN_KHU"] == real_plan.sites[site_id].name


def test_no_commune_of_the_real_plan_has_anything_registered(real_folder: Path) -> None:
    rows = records(real_folder, "xa")
    assert {row["DANG_KY"] for row in rows} == {"chưa đăng ký"}
    assert {(row["TTCN_MIN"], row["TTCN_MAX"], row["TTCN_HA"]) for row in rows} == {(1, 3, 10.0)}
    assert {(row["DK_SO_DIEM"], row["DK_HA"], row["CON_HA"]) for row in rows} == {(None,) * 3}
    assert {row["CAN_CU_MUC"] for row in rows} == {"II.3.3"}
