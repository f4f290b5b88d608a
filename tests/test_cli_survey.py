"""Surveys as their user runs them: told first, written when asked, all or nothing."""

import hashlib
import json
import os
import re
import shutil
import stat
from decimal import Decimal

import geopandas as gpd
import jsonschema
import openpyxl
import pytest
import shapely
import survey_files
from conftest import CRS, EAST_M, NORTH_M
from shapely.affinity import translate
from survey_files import SURVEYED, frame, table, write

from gis import plan as plans
from gis.asking.ground import at_grid, proves_the_ground
from gis.checks import run
from gis.cli import main
from gis.ledger import ledger
from gis.model import State
from gis.plan import load_plan
from gis.siting.bearings import free_ha
from gis.survey.showing import survey_schema

SIGNED = ("--yes", "--by", "Phòng Quy hoạch", "--date", "2026-11-26")
LOG = "changes.log"


@pytest.fixture
def folder(tmp_path):
    return survey_files.write_plan(tmp_path / "plan")


@pytest.fixture
def call(capsys, monkeypatch):
    """Run the program in this process: exit code, output, errors."""
    monkeypatch.setenv("TNGIS_LANG", "en")

    def calling(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(item) for item in arguments])
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return calling


def state(folder):
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir())}


def surveyed(call, path, folder, *more):
    return call("survey", path, "--plan", folder, "--layer", "zones", *more)


# --- nothing before it is asked -----------------------------------------------------------------


def test_before_and_after_are_told_and_nothing_is_written(call, folder, tmp_path):
    before = state(folder)
    code, told, _ = surveyed(call, write(tmp_path / "ranh.shp"), folder)
    assert code == 0
    rows = {line.split()[0]: line.split() for line in told.splitlines() if line.startswith("KCN-")}
    assert rows["KCN-2"][1:] == [
        "Khu", "Hai", "20.5", "20.5000", "20.5000", "indicative", "digitised", "150",
    ]  # fmt: skip
    assert "Nothing was written." in told
    assert state(folder) == before


def test_a_dry_run_wins_over_yes(call, folder, tmp_path):
    before = state(folder)
    code, told, _ = surveyed(call, write(tmp_path / "a.shp"), folder, *SIGNED, "--dry-run")
    assert (code, state(folder)) == (0, before)
    assert "Nothing was written." in told


@pytest.mark.parametrize("left_out", ["--by", "--date", "--plan"])
def test_yes_needs_who_when_and_a_plan_of_ones_own(call, folder, tmp_path, left_out):
    before = state(folder)
    given = ["--plan", str(folder), *SIGNED]
    at = given.index(left_out)
    code, _, told = call("survey", write(tmp_path / "a.shp"), *given[:at], *given[at + 2 :])
    assert (code, state(folder)) == (2, before)
    assert left_out in told


# --- written -----------------------------------------------------------------------------------


def test_a_written_survey_replaces_the_drawing_with_its_origin_and_leaves_the_rest(
    call, folder, tmp_path
):
    path = write(tmp_path / "ranh.shp", frame({"KCN-2": SURVEYED["KCN-2"]}))
    before = state(folder)
    code, told, _ = surveyed(
        call, path, folder, *SIGNED, "--provenance", "surveyed", "--accuracy-m", "0.1",
        "--surveyed-on", "02/03/2026", "--source", "hồ sơ đo số 12", "--reason", "đo lại",
    )  # fmt: skip
    assert code == 0
    assert f"{folder / 'sites.geojson'}" in told.splitlines()
    after = state(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"sites.geojson", LOG}
    old, new = (json.loads(files["sites.geojson"])["features"] for files in (before, after))
    assert [old[0], old[2]] == [new[0], new[2]]
    assert new[1]["properties"] == {
        "site_id": "KCN-2",
        "provenance": "surveyed",
        "source": "hồ sơ đo số 12",
        "surveyed_on": "2026-03-02",
        "accuracy_m": 0.1,
    }
    zones = load_plan(folder).layers["zones"].frame
    assert zones.geometry["KCN-2"].hausdorff_distance(SURVEYED["KCN-2"]) < 0.001


def test_the_log_says_who_when_what_and_why_in_one_line(call, folder, tmp_path):
    path = write(tmp_path / "ranh.shp", frame({"KCN-2": SURVEYED["KCN-2"]}))
    for reason in ("một", "hai\n2026-01-01 | by ai đó"):
        assert surveyed(call, path, folder, *SIGNED, "--reason", reason)[0] == 0
    first, second = (folder / LOG).read_text("utf-8").splitlines()
    assert first.startswith("2026-11-26 | by Phòng Quy hoạch | layer zones | file ranh.shp sha256 ")
    for part in (".shp", ".shx", ".dbf", ".prj"):
        digest = hashlib.sha256(path.with_suffix(part).read_bytes()).hexdigest()
        assert f"ranh{part} sha256 {digest}" in first
    assert "| crs EPSG:9213 |" in first
    assert first.endswith("| reason một | changed KCN-2")
    assert "reason hai 2026-01-01 / by ai đó |" in second


def test_on_surveyed_ground_rules_prove_and_verdicts_are_no_more_unknown(call, folder, tmp_path):
    def states():
        found = run(load_plan(folder))
        return {item.rule.code: item.state for item in found}

    before = load_plan(folder)
    assert states()["AREA03"] == State.UNPROVEN
    spot = (NORTH_M + 200, EAST_M + 100)
    assert not proves_the_ground(at_grid(before, *spot))
    assert surveyed(call, write(tmp_path / "a.shp"), folder, *SIGNED)[0] == 0
    assert states()["AREA03"] == State.PASSED
    assert {states()[code] for code in ("OVER01", "ALLO01", "ALLO02")} == {State.PASSED}
    match = at_grid(load_plan(folder), *spot)
    assert match.site_ids == ("KCN-1",)
    assert proves_the_ground(match)


def test_a_survey_that_differs_from_the_decision_is_found_by_the_checks(call, folder, tmp_path):
    smaller = frame({"KCN-3": translate(shapely.box(0, 0, 600, 490), EAST_M + 4000, NORTH_M)})
    code, told, _ = surveyed(call, write(tmp_path / "a.shp", smaller), folder, *SIGNED)
    assert code == 0
    assert "29.40 ha, the plan states 30.00 ha (−2.0 %)" in told
    [area] = [item for item in run(load_plan(folder)) if item.rule.code == "AREA03"]
    assert [finding.subjects for finding in area.findings] == [("KCN-3",)]


def test_on_surveyed_ground_the_verdict_about_a_point_is_that_of_its_site(call, tmp_path):
    """KCN Quyết Thắng and its communes come in surveyed: the point stops being unknown."""
    mine = tmp_path / "mine"
    assert call("plan", "copy", mine)[0] == 0
    plan = load_plan(mine)
    zone = plan.layers["zones"].frame.geometry["KCN-5"]
    moved = translate(zone, 15, 15).simplify(5)
    at = moved.representative_point()
    ask = ("--activity", "điện tử", "--format", "json", "--plan", mine)

    def verdict(*where):
        answer = json.loads(call("site", *where, *ask)[1])
        return answer["verdict"], [reason["text"] for reason in answer["reasons"]]

    on_the_ground = ("--xy", f"{at.y:.0f},{at.x:.0f}")
    by_name = verdict("--place", "KCN Quyết Thắng")
    assert by_name[0] != "unknown"
    assert verdict(*on_the_ground)[0] == "unknown"
    zones = frame({"KCN-1": moved}, TEN=["KCN Quyết Thắng"])
    code, told, _ = call("survey", write(tmp_path / "a.shp", zones), "--plan", mine, *SIGNED)
    assert code == 0, told
    assert verdict(*on_the_ground)[0] == "unknown"  # its commune is still a drawing
    communes = plan.layers["communes"].frame
    here = communes[communes.intersects(moved)]
    cells = gpd.GeoDataFrame(
        {"maxa": list(here.index)},
        geometry=[translate(cell, 20, 20) for cell in here.geometry],
        crs=CRS,
    )
    code, told, _ = call("survey", write(tmp_path / "xa.gpkg", cells), "--layer", "communes",
                         "--plan", mine, *SIGNED)  # fmt: skip
    assert code == 0, told
    assert verdict(*on_the_ground) == by_name


def test_parts_of_one_site_are_doubled_unless_merged(call, folder, tmp_path):
    halves = [shapely.box(EAST_M, NORTH_M, EAST_M + 250, NORTH_M + 200),
              shapely.box(EAST_M, NORTH_M + 210, EAST_M + 250, NORTH_M + 410)]  # fmt: skip
    data = frame({"KCN-1": halves[0], "KCN-2": halves[1]}, TEN=["Khu Một", "Khu Một"])
    path = write(tmp_path / "a.shp", data)
    code, told, _ = surveyed(call, path, folder, *SIGNED)
    assert code == 1
    assert "Doubled (2)" in told
    assert not (folder / LOG).exists()
    assert surveyed(call, path, folder, *SIGNED, "--merge")[0] == 0
    outline = load_plan(folder).layers["zones"].frame.geometry["KCN-1"]
    assert (outline.geom_type, round(outline.area)) == ("MultiPolygon", 100_000)


def test_communes_are_written_and_prove(call, folder, tmp_path):
    plan = load_plan(folder)
    assert plan.layers["communes"].frame["provenance"].tolist() == ["digitised"] * 2
    frame_ = plan.layers["communes"].frame
    shapes = frame_.geometry.simplify(1).copy()
    shapes.iloc[1] = shapes.iloc[1].union(shapely.box(*_edge(shapes.iloc[0], shapes.iloc[1])))
    data = frame_.reset_index()[["unit_code"]].assign(TENXA=["Tây", "Đông"], HUYEN=["A", "A"])
    path = write(tmp_path / "xa.gpkg", gpd.GeoDataFrame(data, geometry=shapes.to_numpy(), crs=CRS))
    code, told, _ = call("survey", path, "--plan", folder, *SIGNED, "--clean", "--accept", "area",
                         "--provenance", "surveyed")  # fmt: skip
    assert code == 0, told
    communes = load_plan(folder).layers["communes"].frame
    assert communes["provenance"].tolist() == ["surveyed"] * 2
    log = (folder / LOG).read_text("utf-8")
    assert "accepted area" in log
    overlap_m2 = shapes.iloc[0].intersection(shapes.iloc[1]).area
    moved = float(re.search(r"\| cleaned, m2 moved (\d+) \|", log)[1])
    assert moved == pytest.approx(overlap_m2, abs=20)  # and the slivers of simplified edges


def _edge(west, east):
    """A hectare of the western commune beside the eastern one."""
    x, y = east.bounds[0], west.centroid.y
    return x - 100, y, x + 100, y + 100


# --- all or nothing ------------------------------------------------------------------------------


def bowtie():
    x, y = EAST_M, NORTH_M
    return shapely.Polygon([(x, y), (x + 300, y + 300), (x + 300, y), (x, y + 400)])


@pytest.mark.parametrize(
    ("make", "exit_code", "match"),
    [
        (lambda path: write(path / "a.shp", frame({"KCN-1": bowtie()})), 1, "invalid"),
        (lambda path: write(path / "a.shp", frame(TEN=["?", "??", "???"])), 1, "No row matches"),
        (lambda path: write(path / "a.shp", frame({"KCN-1": shapely.box(
            EAST_M, NORTH_M, EAST_M + 25, NORTH_M + 40)})), 1, "0.10 ha, the plan states 10.00"),
        (lambda path: write(path / "a.gpkg", frame().set_crs("EPSG:9211", allow_override=True)), 1,
         "EPSG:9213"),
        (lambda path: path / "missing.shp", 2, "no such file"),
        (lambda path: path, 2, "is a folder"),
    ],
    ids=["invalid", "unmatched", "tenth", "wrong-crs", "missing", "folder"],
)  # fmt: skip
def test_a_refused_file_changes_nothing(call, folder, tmp_path, make, exit_code, match):
    before = state(folder)
    code, told, errors = surveyed(call, make(tmp_path), folder, *SIGNED)
    assert (code, state(folder)) == (exit_code, before)
    assert match in told + errors


def test_a_finding_that_is_known_and_right_can_be_accepted(call, folder, tmp_path):
    small = shapely.box(EAST_M, NORTH_M, EAST_M + 200, NORTH_M + 200)  # 4 of 10 ha
    path = write(tmp_path / "a.shp", frame({"KCN-1": small}))
    assert surveyed(call, path, folder, *SIGNED)[0] == 1
    assert surveyed(call, path, folder, *SIGNED, "--accept", "area")[0] == 0
    assert "| accepted area |" in (folder / LOG).read_text("utf-8")
    crossed = write(tmp_path / "b.shp", frame({"KCN-1": bowtie()}))
    assert surveyed(call, crossed, folder, *SIGNED, "--accept", "area")[0] == 1


def test_without_a_system_it_is_refused_and_taken_once_told(call, folder, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(table(title=False), encoding="utf-8")
    code, told, _ = surveyed(call, path, folder, *SIGNED)
    assert code == 1
    assert "crs-not-settled" in told
    code, told, _ = surveyed(call, path, folder, *SIGNED, "--crs", "EPSG:9213")
    assert code == 0, told


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
def test_a_plan_that_may_not_be_written_stays_as_it_is(call, folder, tmp_path):
    path = write(tmp_path / "a.shp")
    before = state(folder)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    code, _, errors = surveyed(call, path, folder, *SIGNED)
    folder.chmod(stat.S_IRWXU)
    assert (code, state(folder)) == (2, before)
    assert "cannot be written" in errors


def test_a_full_disk_leaves_the_former_version(call, folder, tmp_path, monkeypatch):
    before = state(folder)

    def full(self, data):
        raise OSError(28, "No space left on device", str(self))

    path = write(tmp_path / "a.shp")
    real = type(path).write_bytes
    monkeypatch.setattr(
        type(path),
        "write_bytes",
        lambda self, data: full(self, data) if ".staged-" in str(self) else real(self, data),
    )
    code, _, errors = surveyed(call, path, folder, *SIGNED)
    monkeypatch.undo()
    assert (code, state(folder)) == (2, before)
    assert "No space left" in errors


def test_a_plan_changed_meanwhile_is_not_overwritten(call, folder, tmp_path, monkeypatch):
    monkeypatch.setattr("gis.survey.writing.plan_content_sha256", lambda folder: "0" * 64)
    before = state(folder)
    code, _, errors = surveyed(call, write(tmp_path / "a.shp"), folder, *SIGNED)
    assert (code, state(folder)) == (2, before)
    assert "was changed while it was read" in errors


def test_the_built_in_plan_of_an_installed_program_is_never_written(
    call, tmp_path, monkeypatch, folder
):
    home = tmp_path / "site-packages" / "gis" / "_layers"
    shutil.copytree(folder, home / "tiny")
    monkeypatch.setattr(plans, "plans_folder", lambda: home)
    monkeypatch.setattr("gis.survey.writing.plans_folder", lambda: home)
    code, _, errors = surveyed(call, write(tmp_path / "a.shp"), home / "tiny", *SIGNED)
    assert code == 2
    assert "tngis plan copy DIR" in errors
    assert not (home / "tiny" / LOG).exists()


def test_a_plan_can_be_copied_into_a_new_folder_only(call, folder, tmp_path):
    code, told, _ = call("plan", "copy", tmp_path / "mine", "--plan", folder)
    assert code == 0
    assert state(tmp_path / "mine") == state(folder)
    assert str(tmp_path / "mine" / "plan.toml") in told.splitlines()
    code, _, errors = call("plan", "copy", tmp_path / "mine")
    assert code == 2
    assert "not empty" in errors


def test_the_built_in_plan_is_copied_whole(call, tmp_path, real_plan):
    assert call("plan", "copy", tmp_path / "mine")[0] == 0
    copied = load_plan(tmp_path / "mine", geometry=False)
    assert copied.content_sha256 == real_plan.content_sha256


# --- as an object -------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), SIGNED])
def test_json_is_one_object_that_follows_its_schema(call, folder, tmp_path, more):
    data = frame(TEN=["Khu Một", "Khu Một", "Nhà kho"])
    code, told, _ = surveyed(
        call, write(tmp_path / "a.shp", data), folder, "--format", "json", *more
    )
    found = json.loads(told)
    jsonschema.validate(found, survey_schema())
    assert code == 1
    assert found["crs"]["chosen"] == CRS
    assert found["crs"]["candidates"][0]["score"] > 0.5
    assert [len(found[key]) for key in ("matched", "unmatched", "doubled")] == [0, 1, 2]
    assert found["missing"] == ["KCN-2", "KCN-3"]
    assert found["stands_in_the_way"] is True
    assert found["written"] == []


def test_json_of_a_written_survey_names_what_was_written(call, folder, tmp_path):
    path = write(tmp_path / "a.gpkg")
    code, told, _ = surveyed(call, path, folder, "--format", "json", *SIGNED)
    found = json.loads(told)
    jsonschema.validate(found, survey_schema())
    assert code == 0
    assert found["written"] == [str(folder / LOG), str(folder / "sites.geojson")]
    assert found["file"]["parts"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    [change] = [item for item in found["changes"] if item["id"] == "KCN-2"]
    assert change["stated_ha"] == 20.5
    assert change["after_ha"] == pytest.approx(20.5, abs=1e-3)
    assert change["centre_moved_m"] == pytest.approx(150, abs=0.1)


def test_vietnamese_is_complete(call, folder, tmp_path):
    told = surveyed(call, write(tmp_path / "a.shp"), folder, "--lang", "vi")[1]
    assert "Chưa ghi gì." in told
    assert "minh họa" in told
    assert "Trước (ha)" in told


# --- registers ----------------------------------------------------------------------------------


def test_an_occupancy_register_fills_availability_and_the_ranking(call, tmp_path):
    assert call("plan", "copy", tmp_path / "mine")[0] == 0
    book = openpyxl.Workbook()
    for row in (
        ["Sổ lấp đầy"],
        ["Mã khu", "Lô", "Doanh nghiệp", "Diện tích (ha)", "Tình trạng", "Ngày", "Nguồn"],
        ["KCN-6", "A1", "", 12.5, "Còn trống", "31/12/2009", "báo cáo ban quản lý"],
        ["KCN-6", "A2", "Công ty May", 20, "Đang hoạt động", "31/12/2009", "báo cáo ban quản lý"],
    ):
        book.active.append(row)
    book.save(tmp_path / "so.xlsx")
    code, told, errors = call("survey", tmp_path / "so.xlsx", "--layer", "occupancy", "--plan",
                              tmp_path / "mine", *SIGNED)  # fmt: skip
    assert code == 0, errors
    plan = load_plan(tmp_path / "mine")
    assert free_ha(plan, plan.sites["KCN-6"]) == Decimal("12.5")
    assert "KCN-6/A1" in told
    for ha, fit in ((12, "available"), (15, "occupied")):
        _, told, _ = call("find", "--activity", "may mặc", "--ha", ha, "--plan", tmp_path / "mine",
                          "--format", "json")  # fmt: skip
        [site] = [item for item in json.loads(told)["sites"] if item["site_id"] == "KCN-6"]
        assert (site["fit"], site["free_ha"]) == (fit, 12.5)


def test_a_craft_register_fills_the_ledger_and_warns_beyond_the_allowance(call, tmp_path):
    assert call("plan", "copy", tmp_path / "mine")[0] == 0
    (tmp_path / "so.csv").write_text(
        "Xã,Huyện,Tên điểm,Diện tích (ha),Ngành nghề,Ngày,Nguồn\n"
        'xã Nam Hòa,Đồng Hỷ,Điểm Một,"4,5",chè,2009-06-30,UBND xã\n'
        'Nam Hòa,Huyện Đồng Hỷ,Điểm Hai,"6,5",mộc,2009-06-30,UBND xã\n',
        encoding="utf-8",
    )
    code, told, errors = call("survey", tmp_path / "so.csv", "--layer", "craft", "--plan",
                              tmp_path / "mine", *SIGNED)  # fmt: skip
    assert code == 0, errors
    assert "2 points, 11.0 ha, beyond 3 points or 10 ha" in told
    plan = load_plan(tmp_path / "mine")
    [row] = [item for item in ledger(plan) if item.points]
    assert (row.unit, row.points, row.registered_ha) == ("xã Nam Hòa", 2, Decimal("11.0"))
    again = call("survey", tmp_path / "so.csv", "--layer", "craft", "--plan", tmp_path / "mine")
    assert again[0] == 0
    found = {item.rule.code: item.findings for item in run(plan)}
    assert any(found[code] for code in found if code.startswith("CRAF"))


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("KCN-1,A1,,hai,trống,2009-12-31,x", "no area above zero"),
        ("KCN-1,A1,,0,trống,2009-12-31,x", "no area above zero"),
        ("KCN-1,A1,,2,bỏ hoang,2009-12-31,x", "no status we know"),
        ("KCN-1,A1,,2,trống,hôm qua,x", "no date"),
        ("KCN-1,,,2,trống,2009-12-31,x", "is empty"),
        ("KCN-1,A1,=cmd(),2,trống,2009-12-31,x", "begins like a formula"),
        ("KCN-1,A1,,2,trống,2009-12-31,x\nKCN-1,A1,,3,trống,2009-12-31,x", "repeats row 2"),
    ],
)  # fmt: skip
def test_a_register_with_a_bad_cell_changes_nothing(call, folder, tmp_path, row, match):
    path = tmp_path / "so.csv"
    path.write_text(
        f"Mã khu,Lô,Doanh nghiệp,Diện tích (ha),Tình trạng,Ngày,Nguồn\n{row}\n", "utf-8"
    )
    before = state(folder)
    code, _, errors = call("survey", path, "--layer", "occupancy", "--plan", folder, *SIGNED)
    assert (code, state(folder)) == (2, before)
    assert match in errors


def test_a_register_drawn_as_areas_keeps_the_outlines_of_craft_points(call, tmp_path):
    folder = survey_files.write_plan(tmp_path / "plan")
    shape = shapely.box(EAST_M + 100, NORTH_M + 900, EAST_M + 200, NORTH_M + 1000)
    data = frame({"KCN-1": shape}, TEN=["Điểm Một"], XA=["Tây"], HUYEN=["Huyện A"], DT_HA=[1.0],
                 NGAY=["2009-12-31"], NGUON=["UBND"])  # fmt: skip
    code, told, errors = call("survey", write(tmp_path / "a.gpkg", data), "--layer", "craft",
                              "--plan", folder, *SIGNED, "--provenance", "surveyed")  # fmt: skip
    assert code == 0, told + errors
    plan = load_plan(folder)
    [point] = plan.craft_register
    assert (point.point_id, point.name, point.stated_ha) == ("00001-1", "Điểm Một", Decimal("1"))
    assert plan.layers["craft_points"].frame.geometry["00001-1"].area == pytest.approx(1e4, abs=1)


def test_lots_drawn_as_areas_fill_the_register_and_only_their_areas_are_kept(
    call, folder, tmp_path
):
    lot = shapely.box(EAST_M, NORTH_M, EAST_M + 100, NORTH_M + 100)
    data = frame({"KCN-1": lot}, MAKHU=["KCN-1"], LO=["A1"], DT_HA=[1.0], TRANGTHAI=["Còn trống"],
                 NGAY=["2009-12-31"])  # fmt: skip
    path = write(tmp_path / "lo.gpkg", data)
    code, told, errors = call("survey", path, "--layer", "occupancy", "--plan", folder, *SIGNED)
    assert code == 0, told + errors
    assert "outlines-not-kept" in told
    plan = load_plan(folder)
    assert free_ha(plan, plan.sites["KCN-1"]) == 1
    assert {item.name for item in folder.iterdir()} >= {"occupancy.csv", LOG}
    assert plan.layers["zones"].frame.geometry["KCN-1"].area == pytest.approx(1e5, abs=1)


def test_a_coordinate_table_of_a_surveyed_site_reads_back_to_the_millimetre(call, folder, tmp_path):
    assert surveyed(call, write(tmp_path / "a.shp"), folder, *SIGNED)[0] == 0
    for form in ("csv", "xlsx", "docx"):
        out = tmp_path / f"bang.{form}"
        assert (
            call("coordinates", "KCN-3", "--plan", folder, "--format", form, "--out", out)[0] == 0
        )
        code, told, _ = surveyed(call, out, folder, "--format", "json")
        found = json.loads(told)
        assert code == 0, found["findings"]
        assert [item["id"] for item in found["matched"]] == ["KCN-3"]
        [change] = found["changes"]
        assert change["after_ha"] == pytest.approx(30, abs=2e-4)
        assert change["centre_moved_m"] == 0.0
