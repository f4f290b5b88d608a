"""A kit as a department gets it: whole, explained, and the same for the same plan."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import tiny_plan
from conftest import craft_point, place, site, square, unit
from hostile import HOSTILE

from gis.build import checked, write_exports
from gis.delivery.kit import FORMATS, Wishes, write_kit
from gis.delivery.readme import CHECK_DATA, README
from gis.errors import GisError, OutputError
from gis.model import CheckOptions, Plan
from gis.plan import load_plan
from gis.report import Report

MakePlan = Callable[..., Plan]
ALL = Wishes(formats=tuple(FORMATS))
GMD = "{http://www.isotc211.org/2005/gmd}"
GCO = "{http://www.isotc211.org/2005/gco}"


def report_of(plan: Plan) -> Report:
    """As if the checks had found nothing."""
    return Report(plan, CheckOptions(100.0), ())


@pytest.fixture
def toy(make_plan: MakePlan) -> Plan:
    """A surveyed zone, one that is not drawn, and a cluster with a hole; nothing registered."""
    ring = square(0, 300).difference(square(25, 325, 50))
    return make_plan(
        sites={
            "KCN-1": (square(0, 0), site("KCN-1", 1, functions="ế" * 100)),
            "KCN-2": (None, site("KCN-2", "2.5")),
            "CCN-01": (ring, site("CCN-01", "0.75")),
        },
        communes={"00001": (square(0, 0, 1000), unit("00001", "Động Đạt", area_km2="1.05"))},
        places=(place("KCN-1", "00001"),),
    )


@pytest.fixture(scope="module")
def real_kit(real_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    write_kit(checked(real_plan), folder, ALL)
    return folder


def written(plan: Plan, folder: Path, *formats: str, **more: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_kit(report_of(plan), folder, Wishes(formats=formats or ("shp", "gpkg"), **more))
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return told


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- manifest ------------------------------------------------------------------------------------


def test_the_manifest_lists_every_file_with_its_hash_and_keeps_to_its_schema(
    real_kit: Path,
) -> None:
    told = manifest(real_kit)
    schema = files("gis").joinpath("schemas", "manifest.schema.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(json.loads(schema)).validate(told)
    listed = {item["path"]: item["sha256"] for item in told["files"]}
    found = {name: hashlib.sha256(data).hexdigest() for name, data in contents(real_kit).items()}
    del found["manifest.json"]
    assert listed == found
    assert [item["format"] for item in told["formats"]] == list(FORMATS)
    assert all(item["read_back_by"] != item["written_by"] for item in told["formats"])


def test_the_manifest_counts_and_sums_by_layer_and_knows_what_the_decision_prints(
    real_kit: Path, real_plan: Plan
) -> None:
    told = manifest(real_kit)
    layers = {item["file"]: item for item in told["layers"]}
    assert {name: item["rows"] for name, item in layers.items()} == {
        "kcn": 7, "ccn": 28, "xa": 180, "huyen": 9, "diem_cn": 0,
    }  # fmt: skip
    assert (layers["kcn"]["stated_ha"], layers["ccn"]["stated_ha"]) == ("3770", "1160.83")
    assert layers["ccn"]["decision_total"]["printed"] == "1.160,83"
    assert layers["xa"]["stated_ha"] is None  # nothing stated is not zero
    assert layers["diem_cn"]["extent"] is None
    west, south, east, north = layers["huyen"]["extent"]
    assert 380_000 < west < east < 480_000
    assert 2_350_000 < south < north < 2_520_000
    assert told["plan"]["content_sha256"] == real_plan.content_sha256
    assert told["checks"]["errors"] == 0
    assert told["forced"] is False
    assert told["profile"]["verified"] == "no"


def test_what_is_not_drawn_is_counted_and_named(toy: Plan, tmp_path: Path) -> None:
    zones = manifest(written(toy, tmp_path))["layers"][0]
    assert (zones["rows"], zones["outlines"], zones["without_outline"]) == (2, 1, ["KCN-2"])
    assert zones["provenance"] == {"surveyed": 1, "not_drawn": 1}
    assert (zones["stated_ha"], zones["measured_ha"]) == ("3.5", "1.0000")


def test_layers_and_formats_left_out_are_named_as_withheld(toy: Plan, tmp_path: Path) -> None:
    told = manifest(written(toy, tmp_path, "shp", layers=("zones",)))
    withheld = {item["what"] for item in told["withheld"]}
    assert {"clusters", "communes", "districts", "craft_points", "gpkg"} <= withheld
    assert [item["layer"] for item in told["layers"]] == ["zones"]
    assert not (tmp_path / "ccn.shp").exists()


# --- what explains a kit -------------------------------------------------------------------------


def test_the_readme_says_in_vietnamese_what_this_is_and_what_it_does_not_prove(
    real_kit: Path,
) -> None:
    data = (real_kit / README).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")
    for said in (
        "không thay thế tra cứu quy hoạch hiện hành",
        "hình minh họa, không chứng minh ranh giới",
        "tổng in trong quyết định: 1.160,83 ha",
        "CHƯA được cơ quan nào xác nhận",
        "rỗng nghĩa là chưa biết, không phải bằng không",
        "VN-2000 / TM-3 106-30, EPSG:9213",
    ):
        assert said in text
    assert "CƯỠNG BỨC" not in text


def test_a_kit_written_although_errors_were_found_says_so_everywhere(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(
        sites={"KCN-1": (square(0, 0), site("KCN-1", 5))},  # drawn 1 ha, stated 5
        communes={"00001": (square(0, 0, 1000), unit("00001", "Tây"))},
    )
    report = checked(plan)
    folder = tmp_path / "kit"
    write_exports(report, folder, Wishes())
    told = manifest(folder)
    assert told["forced"] is True
    assert told["checks"]["errors"] > 0
    text = (folder / README).read_text(encoding="utf-8-sig")
    assert "XUẤT CƯỠNG BỨC" in text
    assert f"{told['checks']['errors']} lỗi" in text


def test_the_report_in_the_kit_is_of_exactly_these_data(real_kit: Path, real_plan: Plan) -> None:
    told = json.loads((real_kit / CHECK_DATA).read_text(encoding="utf-8"))
    assert real_plan.content_sha256 in json.dumps(told)
    assert "Báo cáo kiểm tra" in (real_kit / "bao_cao_kiem_tra.html").read_text(encoding="utf-8")


def test_the_dictionary_explains_every_column_and_code_of_every_shapefile(real_kit: Path) -> None:
    import shapefile

    rows = list(csv.DictReader(io.StringIO(text_of(real_kit / "tu_dien_truong.csv"), newline="")))
    for name in ("kcn", "ccn", "xa", "huyen", "diem_cn"):
        told = [row for row in rows if row["LOP"] == name]
        with shapefile.Reader(str(real_kit / f"{name}.shp"), encoding="utf-8") as reader:
            found = [field.name for field in reader.fields if field.name != "DeletionFlag"]
        assert [row["TRUONG"] for row in told] == found
        assert all(row["Y_NGHIA_VI"] and row["Y_NGHIA_EN"] for row in told)
    codes = list(csv.DictReader(io.StringIO(text_of(real_kit / "tu_dien_ma.csv"), newline="")))
    land = {row["MA"]: row for row in codes if row["TRUONG_DAI"] == "land_use_code"}
    assert list(land) == ["SKK", "SKN", "SKC"]
    assert land["SKN"]["NGUON"] == "TT 29/2014/TT-BTNMT"
    assert {row["MA"] for row in codes if row["TRUONG_DAI"] == "provenance"} == {
        "surveyed", "digitised", "indicative", "not_drawn",
    }  # fmt: skip


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


@pytest.mark.parametrize("name", ["kcn", "ccn", "xa", "huyen", "diem_cn"])
def test_metadata_tell_system_extent_lineage_and_plan_period(real_kit: Path, name: str) -> None:
    root = ElementTree.parse(real_kit / f"{name}.xml").getroot()
    assert root.tag == f"{GMD}MD_Metadata"
    code = root.find(f".//{GMD}referenceSystemIdentifier//{GMD}code/{GCO}CharacterString")
    assert code is not None
    assert code.text == "urn:ogc:def:crs:EPSG::9213"
    statement = root.find(f".//{GMD}LI_Lineage/{GMD}statement/{GCO}CharacterString")
    assert statement is not None
    assert "QĐ 341/QĐ-UBND" in (statement.text or "")
    assert "kỳ quy hoạch đến 2020" in (statement.text or "")
    box = root.find(f".//{GMD}EX_GeographicBoundingBox")
    assert (box is None) == (name == "diem_cn")  # an empty layer lies nowhere
    if box is not None:
        west, east, south, north = [float(side[0].text or "") for side in box]
        assert 105.2 < west < east < 106.4
        assert 21.2 < south < north < 22.8
    locale = root.find(f".//{GMD}PT_Locale")
    assert locale is not None
    used = {item.get("locale") for item in root.iter(f"{GMD}LocalisedCharacterString")}
    assert used == {f"#{locale.get('id')}"}


# --- styles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kcn", "ccn", "xa", "huyen", "diem_cn"])
def test_styles_dash_what_proves_nothing_and_label_in_vietnamese(real_kit: Path, name: str) -> None:
    qml = ElementTree.parse(real_kit / f"{name}.qml").getroot()
    renderer = qml.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "NGUON_HINH"
    drawn = {}
    for category in renderer.iter("category"):
        symbol = renderer.find(f"symbols/symbol[@name='{category.get('symbol')}']")
        assert symbol is not None
        option = symbol.find("layer/Option/Option[@name='outline_style']")
        assert option is not None
        drawn[category.get("value")] = option.get("value")
    assert drawn == {"surveyed": "solid", "digitised": "solid", "indicative": "dash"}
    sld = ElementTree.parse(real_kit / f"{name}.sld").getroot()
    spaces = {"s": "http://www.opengis.net/sld", "o": "http://www.opengis.net/ogc"}
    dashed = [
        literal.text
        for rule in sld.iterfind(".//s:Rule", spaces)
        for literal in rule.iterfind(".//o:Literal", spaces)
        if rule.find(".//s:CssParameter[@name='stroke-dasharray']", spaces) is not None
    ]
    assert dashed == ["indicative"]


def test_the_geopackage_carries_a_default_style_for_every_layer(real_kit: Path) -> None:
    with sqlite3.connect(real_kit / "thai-nguyen-341.gpkg") as database:
        rows = database.execute(
            "SELECT f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
            " useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        layers = database.execute(
            "SELECT table_name, column_name FROM gpkg_geometry_columns"
        ).fetchall()
    assert {(row[2], row[3]) for row in rows} == set(layers)
    assert {row[:2] for row in rows} == {("", "")}
    assert {row[4] for row in rows} == {1}
    assert all('attr="provenance"' in row[5] for row in rows)


def test_a_profile_without_provenance_gets_a_dashed_outline_not_a_proven_one(
    toy: Plan, tmp_path: Path
) -> None:
    own = tmp_path / "so.toml"
    own.write_text(
        'code = "so"\nextends = "default"\n[layers.zones]\nfile = "KhuCN"\n'
        '[layers.zones.fields]\nsite_id = "MaKhu"\nstated_ha = "DienTich"\n'
        '[codes.provenance]\nsurveyed = "DO"\n',
        encoding="utf-8",
    )
    folder = written(toy, tmp_path / "kit", profile=str(own))
    text = (folder / "KhuCN.qml").read_text(encoding="utf-8")
    assert 'type="singleSymbol"' in text
    assert 'value="dash"' in text
    assert manifest(folder)["layers"][0]["provenance"] == {"surveyed": 1, "not_drawn": 1}
    fields = [item["name"] for item in manifest(folder)["layers"][0]["fields"]]
    assert fields == ["MaKhu", "DienTich"]


def test_the_project_opens_groups_and_layers_of_the_kit_by_relative_paths(real_kit: Path) -> None:
    root = ElementTree.parse(real_kit / "thai-nguyen-341.qgs").getroot()
    tree = root.find("layer-tree-group")
    assert tree is not None
    groups = {
        group.get("name"): [layer.get("name") for layer in group]
        for group in tree.findall("layer-tree-group")
    }
    assert list(groups) == ["Quy hoạch", "Đơn vị hành chính"]
    assert groups["Quy hoạch"][:2] == ["Khu công nghiệp", "Cụm công nghiệp"]
    layers = root.findall("projectlayers/maplayer")
    assert {layer.findtext("id") for layer in layers} == {
        node.get("id") for node in tree.iter("layer-tree-layer")
    }
    for layer in layers:
        file, _, name = (layer.findtext("datasource") or "").partition("|layername=")
        assert file.startswith("./")
        assert (real_kit / file).is_file()
        with sqlite3.connect(real_kit / file) as database:
            assert database.execute(
                "SELECT count(*) FROM gpkg_contents WHERE table_name = ?", (name,)
            ).fetchone() == (1,)
        assert layer.findtext("srs/spatialrefsys/authid") == "EPSG:9213"
        assert layer.find("renderer-v2/categories/category[@value='indicative']") is not None
        assert layer.find("labeling/settings/text-style") is not None
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:9213"


def test_without_a_geopackage_the_project_opens_the_shapefiles(toy: Plan, tmp_path: Path) -> None:
    root = ElementTree.parse(written(toy, tmp_path, "shp") / "toy.qgs").getroot()
    sources = [item.text or "" for item in root.iterfind("projectlayers/maplayer/datasource")]
    assert len(sources) == 5
    assert all((tmp_path / source).is_file() for source in sources)


def test_a_profile_of_one_layer_delivers_that_one_and_says_what_it_lacks(
    toy: Plan, tmp_path: Path
) -> None:
    own = tmp_path / "so.toml"
    own.write_text(
        'code = "so"\ntitle_vi = "Sở"\ntitle_en = "Department"\nverified = "yes"\n'
        'source = "công văn 1"\nland_use_year = 2024\n[layers.zones]\nfile = "KhuCN"\n'
        '[layers.zones.fields]\nsite_id = "MaKhu"\nname = "TenKhu"\n',
        encoding="utf-8",
    )
    folder = written(toy, tmp_path / "kit", *FORMATS, profile=str(own))
    told = manifest(folder)
    assert [item["file"] for item in told["layers"]] == ["KhuCN"]
    lacking = {item["what"]: item["why_en"] for item in told["withheld"]}
    assert lacking["clusters"] == "the profile has no such layer"
    assert "Đã được cơ quan tiếp nhận xác nhận" in (folder / README).read_text("utf-8-sig")
    with pytest.raises(OutputError, match="none of the layers"):
        written(toy, tmp_path / "other", layers=("clusters",), profile=str(own))


# --- whole or not at all -------------------------------------------------------------------------


def test_the_same_plan_gives_the_same_zip_to_the_byte(toy: Plan, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "another name.zip"
    write_exports(report_of(toy), first, ALL)
    time.sleep(1.1)  # a clock in a file would show
    write_exports(report_of(toy), second, ALL)
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        assert [n for n in one.namelist() if one.read(n) != two.read(n)] == []
    assert first.read_bytes() == second.read_bytes()


ONE_ZIP = """
import sys
from pathlib import Path
from gis.build import write_exports
from gis.delivery.kit import FORMATS, Wishes
from gis.model import CheckOptions
from gis.plan import load_plan
from gis.report import Report

report = Report(load_plan(Path(sys.argv[1])), CheckOptions(100.0), ())
write_exports(report, Path(sys.argv[2]), Wishes(formats=tuple(FORMATS)))
"""


def test_two_runs_of_the_program_give_the_same_zip_to_the_byte(tmp_path: Path) -> None:
    plan = tiny_plan.write(tmp_path / "plan")
    for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh")):
        subprocess.run(
            [sys.executable, "-c", ONE_ZIP, str(plan), str(tmp_path / f"{seed}.zip")],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        )
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_zip_holds_what_a_folder_holds_without_times_or_odd_paths(
    toy: Plan, tmp_path: Path
) -> None:
    write_exports(report_of(toy), tmp_path / "kit.zip", Wishes())
    write_exports(report_of(toy), tmp_path / "kit", Wishes())
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents(
            tmp_path / "kit"
        )
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())


def test_a_new_kit_leaves_no_file_of_the_former_one(toy: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    write_exports(report_of(toy), folder, ALL)
    write_exports(report_of(toy), folder, Wishes(layers=("zones",), formats=("shp",)))
    assert not (folder / "ccn.shp").exists()
    assert {item["path"] for item in manifest(folder)["files"]} | {"manifest.json"} == set(
        contents(folder)
    )
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


def test_files_that_belong_to_no_kit_are_not_swept_away(toy: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    write_exports(report_of(toy), folder, Wishes())
    (folder / "của tôi.txt").write_text("giữ", encoding="utf-8")
    before = contents(folder)
    with pytest.raises(OutputError, match="của tôi"):
        write_exports(report_of(toy), folder, Wishes())
    assert contents(folder) == before


def test_a_kit_that_cannot_be_written_leaves_the_former_one(
    toy: Plan, make_plan: MakePlan, tmp_path: Path
) -> None:
    broken = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1", "1.00001"))})
    for out in (tmp_path / "kit", tmp_path / "kit.zip"):
        write_exports(report_of(toy), out, Wishes())
        before = out.read_bytes() if out.is_file() else contents(out)
        with pytest.raises(OutputError):
            write_exports(report_of(broken), out, Wishes())
        assert (out.read_bytes() if out.is_file() else contents(out)) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit", "kit.zip"]


KILLED = """
import hashlib, os, signal, sys
from pathlib import Path
from gis.build import write_exports
from gis.delivery.kit import Wishes
from gis.model import CheckOptions
from gis.plan import load_plan
from gis.report import Report
from gis.values import read

out = Path(sys.argv[2])
report = Report(load_plan(Path(sys.argv[1])), CheckOptions(100.0), ())
wishes = Wishes(layers=("zones",), formats=("shp",))
write_exports(report, Path(sys.argv[3]), wishes)  # what is read once, the children need not read
EVENTS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")

def run(moment):
    "Write a kit, killed at that event; how many there were if it was not."
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        seen = 0
        def killing(event, arguments):
            nonlocal seen
            if event in EVENTS and any(".kit" in str(item) for item in arguments):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(killing)
        write_exports(report, out, wishes)
        os.write(writer, str(seen).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    told = os.read(reader, 99)
    os.close(reader)
    whole = (out / "manifest.json").read_bytes() if out.is_dir() else b""
    listed = sorted(item.name for item in out.iterdir()) if out.is_dir() else []
    zipped = out.read_bytes() if out.is_file() else b""
    digest = hashlib.sha256(whole + repr(listed).encode() + zipped).hexdigest()
    print(digest, out.exists(), not told, flush=True)
    return int(told or 0)

former = out.with_name("former")
os.rename(out, former)
events = run(0)
os.rename(out, out.with_name("new"))
os.rename(former, out)
for moment in (events // 3, *range(events - 5, events + 1)):
    run(moment)
"""


@pytest.mark.parametrize("name", ["kit", "kit.zip"])
def test_killed_at_any_moment_there_is_the_former_kit_or_none(tmp_path: Path, name: str) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    plan, temporary = tiny_plan.write(tmp_path / "plan"), tmp_path / ".kit-temporary"
    temporary.mkdir()
    out = tmp_path / "out" / name
    write_exports(report_of(load_plan(plan)), out, Wishes(formats=("gpkg",)))
    before, nothing = digest(out), digest(out.with_name("nothing"))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(plan), str(out), str(tmp_path / "before")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    whole, *killed = [tuple(line.split()) for line in done.stdout.splitlines()]
    after = whole[0]
    assert after not in (before, nothing)
    assert [row[2] for row in killed] == ["True"] * 7
    states = [row[0] for row in killed]
    assert states[0] == before
    assert set(states) <= {before, nothing, after}


def digest(out: Path) -> str:
    """Of a kit's manifest and the names of its files, or of a zip, or of nothing."""
    whole = (out / "manifest.json").read_bytes() if out.is_dir() else b""
    listed = sorted(item.name for item in out.iterdir()) if out.is_dir() else []
    zipped = out.read_bytes() if out.is_file() else b""
    return hashlib.sha256(whole + repr(listed).encode() + zipped).hexdigest()


# --- hostile text --------------------------------------------------------------------------------

RUNNING = tuple(text for text in HOSTILE if "\x00" not in text)


def hostile(make_plan: MakePlan, text: str, code: str = "toy") -> Plan:
    row = site("KCN-1", 1, district=text, functions=text, name=text, short_name=text, place=text)
    return make_plan(
        sites={"KCN-1": (square(0, 0), row)},
        communes={"00001": (square(0, 0), unit("00001", text, text, unit_2025_07=text))},
        craft={"P1": (square(10, 10, 20), craft_point("P1", "00001"))},
        card={
            "code": code, "title_vi": text, "title_en": text, "status_vi": text,
            "status_en": text, "document": text, "province_vi": text, "province_en": text,
        },
    )  # fmt: skip


def test_hostile_text_is_carried_whole_and_is_never_code(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    text = " ".join(RUNNING)
    folder = written(hostile(make_plan, text), tmp_path, *FORMATS)
    for path in folder.rglob("*"):
        if path.suffix in (".qml", ".sld", ".xml", ".kml", ".qgs"):
            tags = {item.tag.rpartition("}")[2].lower() for item in ElementTree.parse(path).iter()}
            assert not tags & {"script", "img", "svg"}, path.name
    page = (folder / "bao_cao_kiem_tra.html").read_text(encoding="utf-8")
    assert "<svg" not in page
    assert "<script" not in page
    readme = (folder / README).read_text(encoding="utf-8-sig")
    assert "{{7*7}}" in readme
    assert "49" not in readme.partition("2. CÁC LỚP")[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_table_of_a_kit_has_a_cell_that_a_spreadsheet_would_run(
    make_plan: MakePlan, tmp_path: Path, start: str
) -> None:
    folder = written(hostile(make_plan, f"{start}HYPERLINK(1)"), tmp_path)
    for path in folder.glob("*.csv"):
        for row in csv.reader(io.StringIO(text_of(path), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))], path.name


def test_a_character_that_a_format_cannot_hold_is_one_clear_error(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    with pytest.raises(GisError, match=r"could not be written|comes back"):
        written(hostile(make_plan, "nul\x00nul"), tmp_path)


def test_a_plan_cannot_name_a_file_outside_its_kit(make_plan: MakePlan, tmp_path: Path) -> None:
    from gis.model import Card
    from gis.values import read

    card = make_plan().card._asdict()
    for code in ("../up", "/etc/x", "a/b", "..", "c:\\x", ""):
        with pytest.raises(ValueError, match="code"):
            read(Card, card | {"code": code})
