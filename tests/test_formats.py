"""Every format of a kit, read here by a reader that neither wrote it nor proved it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fiona
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from conftest import craft_point, layer_of, place, site, square, unit
from pyproj import CRS, Transformer

from gis.delivery.drawings import _printed, _written
from gis.delivery.exchange import datum_shift, with_datum
from gis.delivery.kit import FORMATS, Wishes, write_kit
from gis.delivery.microstation import plain_letters
from gis.errors import OutputError
from gis.model import CheckOptions, Plan
from gis.report import Report

MakePlan = Callable[..., Plan]
KML = "{http://www.opengis.net/kml/2.2}"
MILLIMETRE_M = 0.001
STEP_M = 0.01
TO_DEGREES = Transformer.from_crs(9213, 4326, always_xy=True)
FILES = {"zones": "kcn", "clusters": "ccn", "communes": "xa", "districts": "huyen"}


@pytest.fixture(scope="module")
def kit(real_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    report = Report(real_plan, CheckOptions(100.0), ())
    formats = tuple(name for name in FORMATS if name not in ("shp", "gpkg"))
    write_kit(report, folder, Wishes(formats=formats))
    return folder


@pytest.fixture
def toy(make_plan: MakePlan) -> Plan:
    """A cluster with a hole, a zone in two parts, one that is not drawn, a craft point."""
    ring = square(0, 300).difference(square(25, 325, 50))
    parts = shapely.MultiPolygon([square(500, 0), square(700, 0)])
    return make_plan(
        sites={
            "KCN-1": (parts, site("KCN-1", 2, short_name="KCN Điềm Thụy")),
            "KCN-2": (None, site("KCN-2", "2.5")),
            "CCN-01": (ring, site("CCN-01", "0.75")),
        },
        communes={"00001": (square(0, 0, 1000), unit("00001", "Động Đạt"))},
        craft={"P1": (square(10, 10, 20), craft_point("P1", "00001", "0.04"))},
        places=(place("KCN-1", "00001"),),
    )


def written(plan: Plan, folder: Path, *formats: str) -> Path:
    write_kit(Report(plan, CheckOptions(100.0), ()), folder, Wishes(formats=formats))
    return folder


def wanted(plan: Plan, layer: str) -> dict[str, shapely.Geometry]:
    """Outlines of the plan in the order of its tables."""
    frame = plan.layers[layer].frame  # type: ignore[index]
    order = {
        "zones": [item.site_id for item in plan.sites_of("zone")],
        "clusters": [item.site_id for item in plan.sites_of("cluster")],
        "communes": list(plan.units),
        "districts": list(plan.districts),
    }[layer]
    return {key: frame.geometry[key] for key in order}


def points(outline: shapely.Geometry) -> list[tuple[float, float]]:
    """The vertices of all rings without their closing ones, sorted."""
    rings = [
        ring for part in shapely.get_parts(outline) for ring in (part.exterior, *part.interiors)
    ]
    return sorted(point for ring in rings for point in list(ring.coords)[:-1])


def same(found: list[tuple[float, float]], outline: shapely.Geometry, within: float) -> bool:
    """Whether every vertex of the outline was found, within so many units."""
    ours = np.array(points(outline))
    theirs = np.array(found)
    if ours.shape != theirs.shape:
        return False
    tree = shapely.STRtree(shapely.points(theirs))
    _, distance = tree.query_nearest(shapely.points(ours), return_distance=True)
    return bool(distance.max() <= within * 1.5)  # across both axes


def features(path: Path) -> list[Any]:
    with fiona.open(path) as layer:
        return list(layer)


@pytest.mark.parametrize("layer", FILES)
def test_geojson_is_the_plan_in_longitude_and_latitude(
    kit: Path, real_plan: Plan, layer: str
) -> None:
    told = json.loads((kit / "geojson" / f"{FILES[layer]}.geojson").read_text(encoding="utf-8"))
    for feature, outline in zip(told["features"], wanted(real_plan, layer).values(), strict=True):
        degrees = shapely.transform(outline, TO_DEGREES.transform, interleaved=False)
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert same(points(shape), degrees, MILLIMETRE_M / 111_000)
        assert shape.geoms[0].exterior.is_ccw  # as RFC 7946 has it


@pytest.mark.parametrize("layer", FILES)
def test_flatgeobuf_and_mapinfo_are_the_plan_in_metres(
    kit: Path, real_plan: Plan, layer: str
) -> None:
    name = FILES[layer]
    for rows in (features(kit / "fgb" / f"{name}.fgb"), features(kit / "tab" / f"{name}.tab")):
        for row, outline in zip(rows, wanted(real_plan, layer).values(), strict=True):
            shape = shapely.geometry.shape(row["geometry"])
            assert same(points(shape), outline, MILLIMETRE_M)


def test_a_mapinfo_table_lies_where_the_plan_lies_not_224_m_beside(
    kit: Path, real_plan: Plan
) -> None:
    frame = pyogrio.read_dataframe(kit / "tab" / "kcn.tab").to_crs(4326)
    ours = real_plan.layers["zones"].frame.to_crs(4326)
    for shape, outline in zip(frame.geometry, ours.geometry, strict=True):
        east = (shape.centroid.x - outline.centroid.x) * 103_000
        north = (shape.centroid.y - outline.centroid.y) * 111_000
        assert abs(east) < MILLIMETRE_M
        assert abs(north) < MILLIMETRE_M
    head = (kit / "tab" / "kcn.tab").read_text(encoding="utf-8")
    assert "!charset UTF-8" in head
    assert frame["DVHC_NAY"][0].startswith(real_plan.crosswalk[0].place[:3])


def test_the_datum_shift_is_the_one_of_the_national_decision() -> None:
    """The set of parameters -191.904…, as the survey department published it."""
    assert tuple(datum_shift("EPSG:9213")) == (
        *(-191.90441429, -39.30318279, -111.45032835),
        *(-0.00928836, 0.01975479, -0.00427372, 0.252906278),
    )
    assert "+lon_0=106.5" in with_datum("EPSG:9213")


def test_a_number_that_is_missing_is_no_zero_in_mapinfo(toy: Plan, tmp_path: Path) -> None:
    rows = features(written(toy, tmp_path, "tab") / "tab" / "kcn.tab")
    told = [(row["properties"]["DT_QH"], row["properties"]["DT_GIS"]) for row in rows]
    assert told == [(2.0, "2.0000"), (2.5, "")]


@pytest.mark.parametrize("layer", FILES)
def test_geoparquet_tells_arrow_what_the_plan_says(kit: Path, real_plan: Plan, layer: str) -> None:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(kit / "parquet" / f"{FILES[layer]}.parquet")
    told = json.loads(table.schema.metadata[b"geo"])
    assert told["version"] == "1.1.0"
    assert CRS.from_json_dict(told["columns"]["geometry"]["crs"]).to_epsg() == 9213
    assert "bbox" in told["columns"]["geometry"]["covering"]
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    for shape, outline in zip(shapes, wanted(real_plan, layer).values(), strict=True):
        assert same(points(shape), outline, MILLIMETRE_M)


def test_kml_holds_every_site_with_its_text_in_folders(kit: Path, real_plan: Plan) -> None:
    root = ElementTree.parse(kit / "thai-nguyen-341.kml").getroot()
    folders = {item.get("id"): item for item in root.iter(f"{KML}Folder")}
    assert list(folders) == ["zones", "clusters", "communes", "districts", "craft_points"]
    marks = folders["zones"].findall(f"{KML}Placemark")
    for mark, (key, outline) in zip(marks, wanted(real_plan, "zones").items(), strict=True):
        told = {item.get("name"): item.findtext(f"{KML}value") for item in mark.iter(f"{KML}Data")}
        assert told["site_id"] == key
        assert told["function_text"] == real_plan.sites[key].function_text
        found = []
        for line in mark.iter(f"{KML}coordinates"):
            pairs = [part.split(",") for part in (line.text or "").split()]
            found += [(float(x), float(y)) for x, y in pairs[:-1]]
        degrees = shapely.transform(outline, TO_DEGREES.transform, interleaved=False)
        assert same(sorted(found), degrees, MILLIMETRE_M / 111_000)


def test_the_workbook_holds_layers_dictionary_and_results(kit: Path, real_plan: Plan) -> None:
    book = openpyxl.load_workbook(kit / "thai-nguyen-341.xlsx")
    assert book.sheetnames == [
        *("zones", "clusters", "communes", "districts", "craft_points"),
        *("tu_dien_truong", "tu_dien_ma", "ket_qua_kiem_tra"),
    ]
    rows = list(book["clusters"].values)
    place = rows[0].index("stated_ha")
    assert sum(Decimal(str(row[place])) for row in rows[1:]) == Decimal("1160.83")
    assert [row[0] for row in rows[1:]] == [item.site_id for item in real_plan.sites_of("cluster")]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


# --- drawings ------------------------------------------------------------------------------------


def test_the_drawing_has_a_layer_a_kind_closed_lines_and_readable_labels(
    kit: Path, real_plan: Plan
) -> None:
    rows = features(kit / "thai-nguyen-341.dxf")
    on: dict[str, list[Any]] = {}
    for row in rows:
        on.setdefault(row["properties"]["Layer"], []).append(row)
    assert set(on) == {
        f"{name}{part}" for name in ("KCN", "CCN", "XA", "HUYEN") for part in ("", "_TEN", "_MA")
    }
    drawn = [
        point
        for row in on["KCN"]
        for line in [shapely.geometry.shape(row["geometry"])]
        for point in list(line.coords)[:-1]
    ]
    outlines = shapely.MultiPolygon(
        [part for item in wanted(real_plan, "zones").values() for part in shapely.get_parts(item)]
    )
    assert same(sorted(drawn), outlines, MILLIMETRE_M)
    assert all(shapely.geometry.shape(row["geometry"]).is_closed for row in on["CCN"])
    assert {row["properties"]["Linetype"] for row in on["KCN"]} == {"DASHED"}
    names = [row["properties"]["Text"] for row in on["KCN_TEN"]]
    assert names == [item.short_name for item in real_plan.sites_of("zone")]
    for row, outline in zip(on["KCN_MA"], wanted(real_plan, "zones").values(), strict=True):
        assert outline.contains(shapely.geometry.shape(row["geometry"]))


def test_a_surveyed_line_is_solid_and_names_its_feature(toy: Plan, tmp_path: Path) -> None:
    import ezdxf.filemanagement

    path = written(toy, tmp_path, "dxf") / "toy.dxf"
    assert path.read_bytes().isascii()
    document = ezdxf.filemanagement.readfile(path)
    assert document.audit().errors == []
    lines = [item for item in document.modelspace() if item.dxf.layer == "KCN"]
    assert [line.dxf.linetype for line in lines] == ["Continuous"] * 2
    assert [line.get_xdata("TNGIS")[0].value for line in lines] == ["KCN-1"] * 2
    assert len([item for item in document.modelspace() if item.dxf.layer == "CCN"]) == 2


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Điềm Thụy", "Điềm Thụy"),
        ("a\\P{b}%%c^I", "a⧵P{b}% %cˆI"),
        ("two\r\nlines\tof", "two lines of"),
        ("\U0001f600", "\ufffd"),
    ],
)
def test_a_label_of_a_drawing_holds_no_code(text: str, printed: str) -> None:
    assert _printed(text) == printed
    assert _written(printed).isascii()


def test_microstation_gets_every_outline_to_the_centimetre(kit: Path, real_plan: Plan) -> None:
    found: dict[int, list[Any]] = {}
    for row in features(kit / "thai-nguyen-341.dgn"):
        found.setdefault(row["properties"]["Level"], []).append(row)
    zones = [
        point
        for row in found[1]
        for point in list(shapely.geometry.shape(row["geometry"]).exterior.coords)[:-1]
    ]
    outlines = shapely.MultiPolygon(
        [part for item in wanted(real_plan, "zones").values() for part in shapely.get_parts(item)]
    )
    assert same(sorted(zones), outlines, STEP_M / 2 + 1e-4)
    assert found[2][0]["properties"]["Text"] == "KCN Nam Pho Yen"
    assert plain_letters("KCN – Đô thị Yên Bình") == "KCN - Do thi Yen Binh"


# --- what is not drawn, empty, or surveyed -------------------------------------------------------


def test_every_format_takes_holes_parts_and_a_site_that_is_not_drawn(
    toy: Plan, tmp_path: Path
) -> None:
    folder = written(toy, tmp_path, *FORMATS)
    for path in (folder / "fgb" / "kcn.fgb", folder / "tab" / "kcn.tab"):
        assert [row["geometry"] is None for row in features(path)] == [False, True]
    told = json.loads((folder / "geojson" / "kcn.geojson").read_text(encoding="utf-8"))
    assert [item["geometry"] is None for item in told["features"]] == [False, True]
    (cluster,) = features(folder / "fgb" / "ccn.fgb")
    assert shapely.geometry.shape(cluster["geometry"]).area == 7_500
    (point,) = features(folder / "fgb" / "diem_cn.fgb")
    assert point["properties"]["registered_ha"] == 0.04
    assert point["properties"]["land_use_code"] == "SKC"


def test_surveyed_sites_get_a_table_of_corner_points_and_others_none(
    toy: Plan, make_plan: MakePlan, tmp_path: Path
) -> None:
    folder = written(toy, tmp_path, "xlsx") / "bang_ke_toa_do"
    assert sorted(path.name for path in folder.iterdir()) == ["CCN-01.xlsx", "KCN-1.xlsx"]
    book = openpyxl.load_workbook(folder / "CCN-01.xlsx")
    rows = list(book["toa_do"].values)[1:]
    assert len(rows) == 10  # two rings of four corners, each closed once more
    assert {(row[4], row[5]) for row in rows[:5]} == {
        (2_380_300, 430_000), (2_380_400, 430_000), (2_380_400, 430_100), (2_380_300, 430_100),
    }  # fmt: skip
    drawn = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1"))}, provenance="indicative")
    other = tmp_path / "other"
    other.mkdir()
    assert not (written(drawn, other, "xlsx") / "bang_ke_toa_do").exists()


def test_a_survey_keeps_source_date_and_accuracy_in_every_table(toy: Plan, tmp_path: Path) -> None:
    import dataclasses

    told = {"source": "hồ sơ đo", "surveyed_on": "2024-05-06", "accuracy_m": 1}
    layers = {
        name: layer_of(layer.name, layer.frame.assign(**told)) if name == "zones" else layer
        for name, layer in toy.layers.items()
    }
    plan = dataclasses.replace(toy, layers=layers)
    folder = written(plan, tmp_path, "shp", "fgb", "xlsx")
    row = features(folder / "fgb" / "kcn.fgb")[0]["properties"]
    assert (row["outline_source"], row["surveyed_on"], row["accuracy_m"]) == tuple(told.values())
    short = features(folder / "kcn.shp")[0]["properties"]
    assert (short["TAI_LIEU"], short["NGAY_DO"], short["SAI_SO_M"]) == tuple(told.values())


# --- differences are found -----------------------------------------------------------------------

READERS = {
    "dxf": ("drawings", "_entities"),
    "kml": ("earth", "read_kml"),
    "geojson": ("exchange", "read_geojson"),
    "fgb": ("exchange", "read_by_pyogrio"),
    "parquet": ("exchange", "read_parquet"),
    "tab": ("exchange", "_read_mapinfo"),
    "dgn": ("microstation", "_read"),
    "xlsx": ("workbooks", "_read"),
}
OF_TEXT = ("dxf", "kml", "geojson")


@pytest.mark.parametrize("name", READERS)
def test_a_file_damaged_before_it_is_read_back_is_not_released(
    toy: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A file of text has another id; any other ends in the middle."""
    module = importlib.import_module(f"gis.delivery.{READERS[name][0]}")
    reader = getattr(module, READERS[name][1])

    def damaging(path: Path, *rest: Any, **options: str) -> Any:
        data = path.read_bytes()
        half = data[: len(data) // 2]
        path.write_bytes(data.replace(b"KCN-1", b"KCN-9") if name in OF_TEXT else half)
        return reader(path, *rest, **options)

    monkeypatch.setattr(module, READERS[name][1], damaging)
    with pytest.raises(OutputError) as caught:
        written(toy, tmp_path, name)
    assert caught.value.problems[0].file.endswith(f".{name}")
    assert not (tmp_path / "manifest.json").exists()
