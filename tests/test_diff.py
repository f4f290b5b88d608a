"""What changed between two kits, or two reports, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import Files, change_shapes, table_of
from deliveries import files_of, kit_of, small_plan, written_by_gdal

from gis.cli import main
from gis.comparison import Change, compare
from gis.errors import KitError
from gis.model import Plan


@pytest.fixture(scope="module")
def folder(make_plan: Callable[..., Plan], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    kit_of(small_plan(make_plan), folder, ("shp",))
    return folder


def laid(files: Files, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_kit_is_the_same_as_itself_and_as_its_copy_by_another_writer(
    folder: Path, tmp_path: Path
) -> None:
    found = compare(folder, folder)
    assert (found.changes, found.same) == ((), 10)
    written_by_gdal(folder, tmp_path)
    copied = compare(folder, tmp_path)
    assert {item.kind for item in copied.changes} == {"file"}  # its styles and documents lack
    assert copied.same == 10


def test_rows_added_removed_moved_and_changed_are_told_one_by_one(
    folder: Path, tmp_path: Path
) -> None:
    files = files_of(folder)
    change_shapes(files, "kcn", 0, lambda rings: [[(x + 30, y + 40) for x, y in rings[0]]])
    change_shapes(files, "ccn", 0, lambda rings: rings[:1])
    with table_of(files, "kcn") as table:
        table.set(1, "DT_QH", b"9.5000")
        table.set(1, "TEN_KHU", "KCN Yên Bình".encode())
    with table_of(files, "xa") as table:
        table.set(0, "MA_XA", b"00003")
    found = compare(folder, laid(files, tmp_path / "b"))
    changes = {(item.subject, item.field): item for item in found.changes}
    assert len(changes) == len(found.changes) == 6
    attributes = [
        Change("attribute", "KCN-2", "zones", "DT_QH", "2.0451", "9.5000"),
        Change("attribute", "KCN-2", "zones", "TEN_KHU", "KCN Nam Phổ Yên", "KCN Yên Bình"),
        Change("removed", "00001", "communes"),
        Change("added", "00003", "communes"),
    ]
    for item in attributes:
        assert changes[item.subject, item.field] == item
    moved = changes["KCN-1", "geometry"]
    assert (moved.kind, moved.layer) == ("moved", "zones")
    assert moved.moved_m == pytest.approx(50)  # 30 m east, 40 m north
    filled = changes["CCN-01", "geometry"]  # a hole of 50 m by 50 m
    assert (filled.kind, filled.area_ha) == ("reshaped", pytest.approx(0.25))
    assert found.same == 6  # CCN-02, one commune, two districts, two craft points


def test_a_layer_and_a_field_that_are_gone_are_told(folder: Path, tmp_path: Path) -> None:
    files = {name: data for name, data in files_of(folder).items() if not name.startswith("huyen")}
    with table_of(files, "kcn") as table:
        place = table.place("SO_LO")
        del table.fields[place]
        for row in table.rows:
            del row[place]
    found = compare(folder, laid(files, tmp_path / "b"))
    kinds = {(item.kind, item.subject, item.field) for item in found.changes}
    assert {("removed", "districts", "layer"), ("field", "removed", "lots")} <= kinds


# --- reports -------------------------------------------------------------------------------------


def report(*findings: tuple[str, str, str], state: str = "findings") -> dict[str, object]:
    return {
        "tool": "tngis 1",
        "plan": {"code": "toy", "content_sha256": "0" * 64},
        "outcomes": [
            {
                "code": "AREA01",
                "state": state,
                "findings": [
                    {"finding_id": name, "severity": severity, "message": {"vi": text, "en": text}}
                    for name, severity, text in findings
                ],
            }
        ],
    }


def saved(told: object, path: Path) -> Path:
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_findings_are_fixed_new_changed_or_unchanged_by_their_ids(tmp_path: Path) -> None:
    before = saved(report(("a", "error", "1"), ("b", "note", "2"), ("c", "note", "3")),
                   tmp_path / "a.json")  # fmt: skip
    after = saved(report(("b", "note", "2"), ("c", "warning", "3"), ("d", "note", "4")),
                  tmp_path / "b.json")  # fmt: skip
    found = compare(before, after)
    assert found.changes == (
        Change("fixed", "a", before="error: 1"),
        Change("new", "d", after="note: 4"),
        Change("changed", "c", before="note: 3", after="warning: 3"),
    )
    assert found.same == 1
    same = compare(before, before)
    assert (same.changes, same.same) == ((), 3)


def test_a_rule_that_no_longer_passes_is_a_change(tmp_path: Path) -> None:
    before = saved(report(state="passed"), tmp_path / "a.json")
    after = saved(report(state="unproven"), tmp_path / "b.json")
    assert compare(before, after).changes == (
        Change("state", "AREA01", before="passed", after="unproven"),
    )


@pytest.mark.parametrize("told", [[], {"outcomes": [{}]}, {"outcomes": 1}, "x"])
def test_what_is_no_report_is_refused(told: object, tmp_path: Path, folder: Path) -> None:
    path = saved(told, tmp_path / "a.json")
    good = saved(report(), tmp_path / "b.json")
    for pair in ((path, good), (good, path), (good, folder), (folder, good)):
        with pytest.raises(KitError):
            compare(*pair)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["diff", *arguments])
    return int(left.value.code or 0)


def test_the_command_says_0_1_or_2(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(folder), str(folder)) == 0
    files = files_of(folder)
    with table_of(files, "kcn") as table:
        table.set(1, "TEN_KHU", b"[red]x")
    other = laid(files, tmp_path / "b")
    capsys.readouterr()
    assert run(str(folder), str(other), "--lang", "vi") == 1
    assert "[red]x" in capsys.readouterr().out
    assert run(str(folder), str(other), "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["different"] is True
    assert told["summary"] == {"attribute": 1, "unchanged": 9}
    (change,) = told["changes"]
    assert (change["subject"], change["field"]) == ("KCN-2", "TEN_KHU")
    out = tmp_path / "khac.txt"
    assert run(str(folder), str(other), "--out", str(out)) == 1
    assert "KCN-2" in out.read_text(encoding="utf-8")
    assert run(str(folder), str(tmp_path / "nowhere")) == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(str(empty), str(folder)) == 2
