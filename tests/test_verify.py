"""What a kit comes in, how it is told, and that no damage makes the verification fail."""

from __future__ import annotations

import io
import json
import os
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from importlib.resources import files as package_files
from pathlib import Path

import jsonschema
import pyogrio
import pytest
import shapefile
import shapely
from damage import MANIFEST, Files, table_of, with_manifest_rewritten
from deliveries import ALL, files_of, kit_of, small_plan, written_by_gdal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from gis.cli import main
from gis.cli.program import load
from gis.delivery.profiles import load_profile
from gis.errors import KitError
from gis.model import Plan
from gis.plan import default_plan
from gis.verification import Kit, Question, Verification, open_kit, telling, verify
from gis.verification.standard import Standard, standard_of


@pytest.fixture(scope="module")
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return small_plan(make_plan)


@pytest.fixture(scope="module")
def standard(plan: Plan) -> Standard:
    return standard_of(load_profile(), plan)


@pytest.fixture(scope="module")
def folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    kit_of(plan, folder)
    return folder


@pytest.fixture(scope="module")
def ours(folder: Path) -> Files:
    return files_of(folder)


@pytest.fixture(scope="module")
def bare(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written_by_gdal(folder, tmp_path_factory.mktemp("gdal"))


Judge = Callable[..., Verification]


@pytest.fixture(scope="module")
def judge(plan: Plan, standard: Standard) -> Judge:
    def run(kit: Kit) -> Verification:
        profile = None if MANIFEST in kit.files else "default"
        return verify(kit, Question(lambda: plan, profile, against=plan, standard=standard))

    return run


def told(found: Verification) -> set[tuple[str, str]]:
    return {(item.code, item.file) for item in found.faults}


# --- folders -------------------------------------------------------------------------------------


def test_a_folder_and_its_zip_are_proven_alike(folder: Path, ours: Files, judge: Judge) -> None:
    assert judge(open_kit(folder)).verdict == "proven"
    assert judge(zipped(list(ours.items()), folder.parent / "kit.zip")).verdict == "proven"


def test_a_kit_packed_with_its_folder_is_the_same_kit(
    ours: Files, judge: Judge, tmp_path: Path
) -> None:
    entries = [(f"giao-nop/lan 2/{name}", data) for name, data in ours.items()]
    entries.append(("__MACOSX/giao-nop/._kcn.shp", b"x"))
    entries.append(("giao-nop/.DS_Store", b"x"))
    assert judge(zipped(entries, tmp_path / "kit.zip")).verdict == "proven"


def test_links_and_pipes_in_a_folder_are_faults_and_are_not_followed(
    ours: Files, judge: Judge, tmp_path: Path
) -> None:
    for name, data in ours.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "secret").symlink_to("/etc/passwd")
    (tmp_path / "up").symlink_to(tmp_path.parent)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "kcn.dbf").unlink()
    (tmp_path / "kcn.dbf").symlink_to(tmp_path / "ccn.dbf")
    found = judge(open_kit(tmp_path))
    assert {("PACK02", name) for name in ("secret", "up", "pipe", "kcn.dbf")} <= told(found)
    assert ("FILE01", "kcn.dbf") in told(found)


def test_names_of_any_case_are_read(bare: Files, judge: Judge) -> None:
    upper = {name.upper() if name[0] == "k" else name: data for name, data in bare.items()}
    assert "KCN.SHP" in upper
    assert told(judge(Kit("kit", upper))) == set()


@pytest.mark.parametrize("what", ["nothing", "a text", "half a zip", "empty"])
def test_what_is_neither_folder_nor_zip_cannot_be_opened(
    what: str, ours: Files, tmp_path: Path
) -> None:
    path = tmp_path / "kit.zip"
    if what == "a text":
        path.write_text("x")
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "half a zip":
        zipped(list(ours.items()), path)
        path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(KitError) as caught:
        open_kit(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)


@pytest.mark.parametrize("profile", [None, "default"])
def test_an_empty_folder_opens_and_proves_nothing(
    profile: str | None, plan: Plan, tmp_path: Path
) -> None:
    found = verify(open_kit(tmp_path), Question(lambda: plan, profile))
    assert [item.code for item in found.faults] == ["FILE06" if profile else "MANI01"]


# --- zips ----------------------------------------------------------------------------------------


def zipped(entries: list[tuple[str | zipfile.ZipInfo, bytes]], path: Path) -> Kit:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return open_kit(path)


@pytest.mark.parametrize(
    "name",
    [
        "../kcn.txt", "a/../../x", "/etc/x", "C:/x.txt", "C:x", "a\\b.txt", "..\\x", "./x", "a//b",
        "con.txt", "NUL", "lpt1.shp", "x ", "x.", "a:stream", "a\x01b", "a?b",
    ],
)  # fmt: skip
def test_a_name_that_leads_out_or_cannot_be_is_a_fault_and_is_not_read(
    name: str, ours: Files, judge: Judge, tmp_path: Path
) -> None:
    kit = zipped([*ours.items(), (name, b"x")], tmp_path / "kit.zip")
    assert set(kit.files) == set(ours)
    assert told(judge(kit)) == {("PACK01", name)}


def test_a_link_in_a_zip_is_a_fault(ours: Files, judge: Judge, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    kit = zipped([*ours.items(), (link, b"/etc/passwd")], tmp_path / "kit.zip")
    assert told(judge(kit)) == {("PACK02", "link.txt")}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["kcn.shp", "KCN.shp"])
def test_a_name_twice_is_a_fault_and_the_first_is_read(
    name: str, ours: Files, judge: Judge, tmp_path: Path
) -> None:
    kit = zipped([*ours.items(), (name, b"x")], tmp_path / "kit.zip")
    assert told(judge(kit)) == {("PACK03", name)}


def test_a_bomb_is_not_unpacked(ours: Files, judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "kit.zip"
    zipped([*ours.items(), ("bomb.txt", bytes(30_000_000))], path)
    assert path.stat().st_size < 1_000_000
    kit = open_kit(path, most_bytes=20_000_000)
    assert told(judge(kit)) == {("PACK04", "bomb.txt")}


def test_a_file_that_unpacks_to_more_than_it_says_is_a_fault(
    ours: Files, judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "kit.zip"
    zipped([*ours.items(), ("bomb.txt", bytes(30_000_000))], path)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"bomb.txt") - 46  # its entry in the list at the end
    struct.pack_into("<I", data, at + 24, 10)
    path.write_bytes(data)
    assert told(judge(open_kit(path, most_bytes=20_000_000))) == {("PACK05", "bomb.txt")}


def test_a_damaged_or_locked_entry_is_a_fault(ours: Files, judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "kit.zip"
    zipped(list(ours.items()), path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        offset = archive.getinfo("xa.shp").header_offset
    data[offset + 45] ^= 0xFF
    flags = data.rindex(b"kcn.shx") - 46 + 8
    data[flags] |= 1
    path.write_bytes(data)
    found = told(judge(open_kit(path)))
    assert {("PACK05", "xa.shp"), ("PACK05", "kcn.shx"), ("FILE01", "xa.shp")} <= found


def test_entries_over_one_another_are_a_fault(ours: Files, tmp_path: Path) -> None:
    path = tmp_path / "kit.zip"
    zipped(list(ours.items()), path)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    (second,) = [at for at in [data.index(b"PK\x01\x02", first + 4)]]
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(data)
    assert "PACK05" in {item.code for item in open_kit(path).faults}


# --- what cannot be proven ---------------------------------------------------------------------


def test_a_kit_of_another_plan_is_not_proven_and_says_what_is_missing(
    ours: Files, real_plan: Plan
) -> None:
    found = verify(Kit("kit", ours), Question(lambda: real_plan))
    assert found.verdict == "unproven"
    assert [item.subject for item in found.unproven] == ["plan"]
    assert "--against" in found.unproven[0].settled_by.en
    assert found.plan is None


def test_without_a_plan_shapefile_geopackage_manifest_and_side_tables_must_agree(
    ours: Files, real_plan: Plan
) -> None:
    def codes(files: Files) -> set[tuple[str, str, str]]:
        found = verify(Kit("kit", with_manifest_rewritten(files)), Question(lambda: real_plan))
        return {(item.code, item.row, item.field) for item in found.faults}

    damaged = dict(ours)
    with table_of(damaged, "kcn") as table:
        table.set(0, "DT_QH", b"2.0000")
        table.set(0, "TEN_KHU", "KCN Äiềm Thụy".encode())
        start = table.text(0, "CHUC_NANG")
        table.set(0, "CHUC_NANG", ("Khác" + start[4:]).encode())
    assert {
        ("GPKG06", "KCN-1", "DT_QH"),
        ("GPKG06", "KCN-1", "TEN_KHU"),
        ("HECT03", "", "DT_QH"),
        ("SIDE04", "#1", "CHUC_NANG"),
        ("MANI03", "", "layers.zones.stated_ha"),
    } <= codes(damaged)


def test_a_kit_of_an_older_version_says_which_files_could_not_be_compared(
    ours: Files, judge: Judge
) -> None:
    older = dict(ours)
    manifest = json.loads(older[MANIFEST])
    manifest["tool"]["version"] = "0.0.1"
    older[MANIFEST] = json.dumps(manifest).encode()
    found = judge(Kit("kit", older))
    assert found.verdict == "unproven"
    assert "0.0.1" in found.unproven[0].reason.en
    with table_of(older, "kcn") as table:
        table.set(0, "DT_QH", b"2.0000")
    assert "CELL08" in {
        item.code for item in judge(Kit("kit", with_manifest_rewritten(older))).faults
    }


def test_a_profile_that_is_not_here_is_told_and_its_file_settles_it(
    plan: Plan, tmp_path: Path
) -> None:
    from gis.delivery.kit import Wishes, write_kit
    from gis.verification.standard import report_of

    profile = tmp_path / "so.toml"
    profile.write_text(
        'code = "so-tnmt"\nextends = "default"\ntitle_vi = "Sở"\ntitle_en = "Department"\n'
        'verified = "yes"\nsource = "toy"\n[codes.kind]\nzone = "KCN"\n',
        encoding="utf-8",
    )
    kit = tmp_path / "kit"
    kit.mkdir()
    write_kit(report_of(plan), kit, Wishes(formats=("shp",), profile=str(profile)))
    alone = verify(open_kit(kit), Question(lambda: plan, against=plan))
    assert "profile" in [item.subject for item in alone.unproven]
    named = verify(open_kit(kit), Question(lambda: plan, str(profile), against=plan))
    assert (named.verdict, named.faults) == ("proven", ())


# --- how it is told ------------------------------------------------------------------------------


def schema() -> dict[str, object]:
    text = package_files("gis").joinpath("schemas", "verification.schema.json").read_text("utf-8")
    return json.loads(text)


def damaged(ours: Files) -> Kit:
    files = {name: data for name, data in ours.items() if name != "xa.prj"}
    with table_of(files, "kcn") as table:
        table.set(0, "TEN_KHU", b"<script>alert(1)</script>[bold]")
    return Kit("kit <b>", files)


def test_json_follows_its_schema(ours: Files, bare: Files, judge: Judge, plan: Plan) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    kits = (Kit("kit", ours), Kit("kit", bare), damaged(ours), Kit("kit", {}))
    for kit in kits:
        jsonschema.validate(json.loads(telling.as_json(judge(kit))), schema())
    found = json.loads(telling.as_json(judge(damaged(ours))))
    (cell,) = [item for item in found["faults"] if item["code"] == "CELL08"]
    assert (cell["file"], cell["layer"], cell["row"]) == ("kcn.dbf", "zones", "KCN-1")
    assert (cell["field"], cell["wanted"]) == ("TEN_KHU", "KCN Điềm Thụy")
    assert cell["mend"]["vi"]
    assert found["summary"]["faults"] == len(found["faults"])
    nothing = verify(Kit("kit", {}), Question(lambda: plan))
    jsonschema.validate(json.loads(telling.as_json(nothing)), schema())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_text_of_a_kit_is_never_code_in_the_page(ours: Files, judge: Judge, lang: str) -> None:
    page = telling.as_html(judge(damaged(ours)), lang)  # type: ignore[arg-type]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "KCN Điềm Thụy" in page
    assert f'lang="{lang}"' in page


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def one_reading_of_the_plan(monkeypatch: pytest.MonkeyPatch, real_plan: Plan) -> None:
    """The plan is checked and its kit made again once, not once a command."""
    monkeypatch.setattr(
        "gis.cli.verifying.load",
        lambda folder: real_plan if folder in (None, default_plan()) else load(folder),
    )


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["verify", *arguments])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def real_kit(real_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "kit"
    folder.mkdir()
    kit_of(real_plan, folder)
    return folder


def test_the_kit_of_the_decision_is_proven_and_a_wrong_total_is_not(
    real_kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(real_kit), "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["faults"]) == ("proven", [])
    assert found["rows"]["shp communes"] == 180
    files = files_of(real_kit)
    with table_of(files, "kcn") as table:
        names = [table.text(n, "TEN_KHU") for n in range(7)]
        row = names.index("KCN Điềm Thụy")
        assert table.text(row, "DT_QH").strip() == "350.0000"
        table.set(row, "DT_QH", b"360.0000")
    changed = tmp_path / "kit"
    changed.mkdir()
    for name, data in with_manifest_rewritten(files).items():
        (changed / name).parent.mkdir(parents=True, exist_ok=True)
        (changed / name).write_bytes(data)
    assert run(str(changed), "--format", "json", "--lang", "vi") == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    found = {(item["code"], item["row"], item["value"], item["wanted"]) for item in faults}
    assert ("HECT03", None, "3780.0000", "3770") in found  # II.3.1, line 640: “3.770”
    assert ("CELL08", "KCN-6", "360.0000", "350") in found


def test_a_bare_folder_needs_a_profile(
    real_kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in real_kit.glob("kcn.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert run(str(tmp_path)) == 1
    assert "MANI01" in capsys.readouterr().out
    (tmp_path / "chuc_nang.csv").write_bytes((real_kit / "chuc_nang.csv").read_bytes())
    assert run(str(tmp_path), "--profile", "default") == 0
    assert "ccn" in capsys.readouterr().out  # said not to be there
    assert run(str(tmp_path), "--profile", "default", "--layer", "zones,clusters") == 1
    assert "FILE05" in capsys.readouterr().out


def test_what_cannot_be_opened_is_two(
    tmp_path: Path, real_kit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(tmp_path / "nothing")) == 2
    assert run(str(real_kit), "--profile", "nowhere.toml") == 2
    assert run(str(real_kit), "--against", str(tmp_path)) == 2
    assert "nowhere.toml" in capsys.readouterr().err


def test_the_result_goes_to_a_file(real_kit: Path, tmp_path: Path) -> None:
    for form in ("table", "json", "html"):
        out = tmp_path / f"kiem.{form}"
        assert run(str(real_kit), "--against", str(default_plan()), "--format", form,
                   "--out", str(out)) == 0  # fmt: skip
        assert out.stat().st_size > 200


# --- damage at random --------------------------------------------------------------------------


def seen_by_gdal(folder: Path) -> list[object]:
    """All that GDAL reads of the layers: fields, system, cells to their decimals, millimetres."""
    found: list[object] = []
    for name in ALL:
        meta, _, shapes, columns = pyogrio.raw.read(folder / f"{name}.shp")
        cells = [[to_decimals(cell) for cell in column] for column in columns]
        outlines = shapely.set_precision(shapely.from_wkb(shapes), 0.01)
        system = CRS.from_user_input(meta["crs"]).equals(CRS.from_epsg(9213), True)
        found.append((name, list(meta["fields"]), system, cells, shapely.to_wkt(outlines).tolist()))
    return found


def to_decimals(cell: object) -> object:
    return f"{cell:.3f}" if isinstance(cell, float) else cell


DAMAGED = [f"{name}{suffix}" for name in ALL for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from([*DAMAGED, "chuc_nang.csv", "van_ban_dai.csv"]),
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["flip", "flip", "flip", "set", "cut", "insert", "remove", "shuffle"]),
    early=st.booleans(),
)
def test_random_damage_never_breaks_it_and_passes_only_where_nothing_is_lost(
    name: str,
    seed: int,
    kind: str,
    early: bool,
    bare: Files,
    judge: Judge,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    files = dict(bare)
    files[name] = mangled(files[name], random.Random(seed), kind, early)
    found = judge(Kit("kit", files))
    if found.verdict != "proven" or files[name] == bare[name]:
        return
    if name.endswith(".csv"):
        strip = files[name].decode("utf-8-sig").replace("\r\n", "\n").replace('"', "")
        assert strip == bare[name].decode("utf-8-sig").replace("\r\n", "\n").replace('"', "")
        return
    here, there = (tmp_path_factory.mktemp("seen") for _ in range(2))
    for folder, told_files in ((here, files), (there, bare)):
        for path, data in told_files.items():
            (folder / path).write_bytes(data)
    assert str(seen_by_gdal(here)) == str(seen_by_gdal(there)), (name, kind)


def mangled(data: bytes, chance: random.Random, kind: str, early: bool) -> bytes:
    """Some bytes flipped, overwritten, cut, put in, taken out or exchanged."""
    out = bytearray(data)
    if not out:
        return b"x"
    at = chance.randrange(min(len(out), 160) if early else len(out))
    if kind == "flip":
        out[at] ^= 1 << chance.randrange(8)
    elif kind == "set":
        out[at : at + 4] = chance.randbytes(min(4, len(out) - at))
    elif kind == "cut":
        del out[at:]
    elif kind == "insert":
        out[at:at] = chance.randbytes(chance.randrange(1, 9))
    elif kind == "remove":
        del out[at : at + chance.randrange(1, 9)]
    else:
        other = chance.randrange(len(out))
        out[at], out[other] = out[other], out[at]
    return bytes(out)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_random_damage_to_our_own_kit_is_always_found(
    data: st.DataObject, seed: int, ours: Files, judge: Judge
) -> None:
    name = data.draw(st.sampled_from(sorted(ours)))
    files = dict(ours)
    chance = random.Random(seed)
    kind = chance.choice(["flip", "set", "cut", "insert", "remove"])
    files[name] = mangled(files[name], chance, kind, chance.random() < 0.5)
    found = judge(Kit("kit", files))
    same = files[name] == ours[name]
    if name == MANIFEST and not same:
        try:
            same = json.loads(files[name]) == json.loads(ours[name])
        except ValueError:
            same = False
    assert (found.verdict == "proven") <= same
    if name == "toy.gpkg":  # nor where the manifest lists what was done
        judge(Kit("kit", with_manifest_rewritten(files)))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_zip_is_opened_or_refused(seed: int, zip_bytes: bytes, zip_path: Path) -> None:
    chance = random.Random(seed)
    path = zip_path
    path.write_bytes(mangled(zip_bytes, chance, chance.choice(["flip", "set", "cut"]), False))
    try:
        kit = open_kit(path)
    except KitError:
        return
    assert isinstance(kit.files, dict)


@pytest.fixture(scope="module")
def zip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zip") / "kit.zip"


@pytest.fixture(scope="module")
def zip_bytes(zip_path: Path, ours: Files) -> bytes:
    zipped([(name, data) for name, data in ours.items() if name[0] in "kc"], zip_path)
    return zip_path.read_bytes()


def test_pyshp_writes_what_is_proven_too(folder: Path, judge: Judge, tmp_path: Path) -> None:
    """A third writer, which is not GDAL at all."""
    for name in ALL:
        with (
            shapefile.Reader(str(folder / f"{name}.shp"), encoding="utf-8") as reader,
            shapefile.Writer(str(tmp_path / name), shapeType=5, encoding="utf-8") as writer,
        ):
            writer.fields = [item for item in reader.fields if item.name != "DeletionFlag"]
            for item in reader.shapeRecords():
                writer.shape(item.shape)
                writer.record(*item.record)
        (tmp_path / f"{name}.prj").write_bytes((folder / f"{name}.prj").read_bytes())
        (tmp_path / f"{name}.cpg").write_text("UTF-8")
    for name in ("chuc_nang.csv", "van_ban_dai.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    found = judge(open_kit(tmp_path))
    assert (found.verdict, found.faults) == ("proven", ())
