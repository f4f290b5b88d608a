"""A table of needs answered row by row, from file to file."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import types
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from conftest import site
from hostile import HOSTILE

from gis.answering.batch import (
    MANY_NEEDS,
    OUT_COLUMNS,
    _can_start_again,
    _helpers,
    answer_table,
    find_columns,
)
from gis.errors import PlanError, Problem
from gis.language import Text, say
from gis.model import Citation
from gis.plan import default_plan, load_plan
from gis.siting import ask
from gis.spreadsheets import (
    TableError,
    read_table,
    table_bytes,
    write_table,
)
from gis.verdicts import ActivityMatch, Answer, Flag, Need, PlaceMatch, Reason, Verdict

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1", "\r=1")
NASTY = (*HOSTILE, *FORMULAS, "<script>alert(1)</script>", "_x0041_", "  both ends  ", "a\nb", "“”")
HEADER = ["place", "activity", "ha"]
ROW_QUOTE = "Luyện kim, cơ khí"


def formulas(data):
    """Every formula element in any part of a workbook."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    trees = [ElementTree.fromstring(archive.read(name)) for name in archive.namelist()]
    return [item for tree in trees for item in tree.iter() if item.tag.endswith("}f")]


def read_back(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def workbook(path, *rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def fake(plan, need):
    """An answer that shows the need it was given."""
    if need.activity == "no plan":
        raise PlanError(Problem("sites.csv", say("thiếu", "is missing"), say("thêm", "add it")))
    if need.activity == "no value":
        raise ValueError("broken")
    words = f"{need.place}|{need.activity}|{need.code}|{need.ha}|{need.points}"
    label = Text(need.place, need.place)
    reason = Reason(Citation("QĐ 1", "II.3.1", 631, ROW_QUOTE), "absent", True, Text(words, words))
    return Answer(
        need=need,
        verdict=Verdict.NOT_LISTED,
        place=PlaceMatch(need.place, "site", label, ("KCN-6",)),
        activity=ActivityMatch(need.activity, "metal"),
        site_id="KCN-6",
        reasons=(reason, Reason(Citation("QĐ 1", "III.9", 9, "khác"), "limit", False, label)),
        flags=(Flag("size", label), Flag("typo-reading", label)),
    )


@pytest.fixture
def plan(make_plan):
    return make_plan(sites={"KCN-6": (None, site("KCN-6", "350", short_name="KCN Điềm Thụy"))})


def asked(plan, header, *rows, **more):
    """The answered table as one dictionary a row."""
    out_header, out_rows = answer_table(plan, header, [list(row) for row in rows], fake, **more)
    return [dict(zip(out_header, row, strict=True)) for row in out_rows]


def need_of(plan, header, row):
    """What a row was understood to ask, or why it could not be."""
    seen = []

    def keeping(given_plan, need):
        seen.append(need)
        return fake(given_plan, need)

    out_header, [out] = answer_table(plan, header, [list(row)], keeping)
    return seen[0] if seen else out[out_header.index("error")]


# --- columns --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (["place", "activity", "code", "ha", "points"], [0, 1, 2, 3, 4]),
        (["Địa điểm", "Ngành nghề", "Mã ngành", "Diện tích", "Số điểm"], [0, 1, 2, 3, 4]),
        (["KHU", "HOẠT ĐỘNG", "MÃ NGÀNH", "HA", "SỐ ĐIỂM"], [0, 1, 2, 3, 4]),
        (["so_diem", "Dien tich (ha)", "ma nganh", "hoat dong", "dia diem"], [4, 3, 2, 1, 0]),
        (["Khu/cụm:", "Ngành", "VSIC", "Area (ha)", "points "], [0, 1, 2, 3, 4]),
    ],
)
def test_columns_are_found_by_name_in_both_languages_whatever_their_order(header, wanted):
    found = find_columns(header)
    assert [found[key] for key in ("place", "activity", "code", "ha", "points")] == wanted


def test_a_code_may_stand_for_the_activity():
    assert find_columns(["khu", "mã ngành"]) == {"place": 0, "code": 1}


def test_missing_columns_are_told_at_once_with_what_was_found():
    with pytest.raises(TableError) as caught:
        find_columns(["Bảng nhu cầu năm 2026", ""])
    assert len(caught.value.problems) == 2
    for lang in ("vi", "en"):
        assert "Bảng nhu cầu năm 2026" in caught.value.in_(lang)
    assert "địa điểm" in caught.value.in_("vi")


def test_two_columns_for_one_thing_are_an_error_not_a_guess():
    with pytest.raises(TableError, match=r"several columns mean the place: “Khu”, “Xã”"):
        find_columns(["Khu", "Xã", "activity"])


def test_square_metres_are_not_taken_for_hectares():
    with pytest.raises(TableError, match="divide by 10,000"):
        find_columns(["place", "activity", "Diện tích (m²)"])
    assert "ha" not in find_columns(["place", "activity", "Giá thuê (USD/m2)"])


# --- rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("8,5", Decimal("8.5")),
        ("8.5", Decimal("8.5")),
        (8.5, Decimal("8.5")),
        (8, Decimal(8)),
        ("8 ha", Decimal(8)),
        (" 8,5 HA ", Decimal("8.5")),
        ("1.160,83", Decimal("1160.83")),
        ("1,160.83", Decimal("1160.83")),
        ("1 160,83", Decimal("1160.83")),
        ("0,125", Decimal("0.125")),
        ("1.234.567", Decimal(1234567)),
        (10.000000000000002, Decimal(10)),  # the noise of a sum
        (Decimal("2.50"), Decimal("2.5")),
        ("", None),
    ],
)
def test_hectares_are_read_with_a_decimal_point_or_comma(plan, cell, wanted):
    assert need_of(plan, HEADER, ("K", "dệt", cell)) == Need("dệt", "", "K", wanted, None)


@pytest.mark.parametrize(
    "cell",
    ["tám", "8,5,5", "8..5", "nan", "inf", "1e999", "9" * 40, "２", "8 m2", "0x10", "#N/A",
     "2026-05-08", float("nan"), float("inf"), True],
)  # fmt: skip
def test_what_is_no_number_is_told_and_not_answered(plan, cell):
    [out] = asked(plan, HEADER, ("K", "dệt", cell))
    assert "không phải số" in out["error"]
    assert out["verdict"] == ""


def test_a_number_that_excel_turned_into_a_date_is_said_to_be_one(plan):
    assert "Excel" in need_of(plan, HEADER, ("K", "dệt", "2026-05-08"))


@pytest.mark.parametrize("cell", ["8.500", "8,500", "12.345"])
def test_a_number_that_may_be_thousands_or_decimals_is_not_guessed(plan, cell):
    assert "hàng nghìn" in need_of(plan, HEADER, ("K", "dệt", cell))


@pytest.mark.parametrize("cell", [-8, "-8", "-8,5", 0, "0", 0.0])
def test_hectares_are_above_zero(plan, cell):
    assert "lớn hơn 0" in need_of(plan, HEADER, ("K", "dệt", cell))


@pytest.mark.parametrize(("cell", "wanted"), [(2, 2), ("2", 2), (2.0, 2), (0, 0)])
def test_points_are_whole_numbers(plan, cell, wanted):
    header = ["place", "activity", "points"]
    assert need_of(plan, header, ("K", "dệt", cell)) == Need("dệt", "", "K", None, wanted)


@pytest.mark.parametrize("cell", [-1, "2,5", 2.5])
def test_points_that_are_none_are_told(plan, cell):
    assert "số nguyên" in need_of(plan, ["place", "activity", "points"], ("K", "dệt", cell))


@pytest.mark.parametrize(("cell", "wanted"), [(1410, "1410"), (1410.0, "1410"), ("0145", "0145")])
def test_a_code_comes_as_text_or_number(plan, cell, wanted):
    assert need_of(plan, ["place", "code"], ("K", cell)) == Need("", wanted, "K")


@pytest.mark.parametrize("cell", [145, 14, 14.5, -1410, 1e20])
def test_a_number_that_may_have_lost_its_first_zeros_is_no_code(plan, cell):
    assert "số 0 ở đầu" in need_of(plan, ["place", "code"], ("K", cell))


def test_a_row_without_place_or_question_is_told(plan):
    no_place, no_question = asked(plan, HEADER, ("", "dệt", 8), ("K", " ", ""))
    assert "chưa ghi địa điểm" in no_place["error"]
    assert "chưa hỏi gì" in no_question["error"]


def test_points_of_a_commune_are_a_question_without_an_activity(plan):
    header = ["place", "activity", "points"]
    assert need_of(plan, header, ("xã A", "", 3)) == Need("", "", "xã A", None, 3)


def test_an_unquoted_decimal_comma_is_told_and_never_read_as_a_smaller_number(plan, tmp_path):
    path = tmp_path / "needs.csv"
    path.write_text("place,activity,ha\nK,dệt,8,5\nK,dệt,9\n", encoding="utf-8")
    bad, good = asked(plan, *(lambda table: (table[0], *table[1]))(read_table(path)))
    assert "nháy kép" in bad["error"]
    assert bad["verdict"] == ""
    assert good["verdict"] == "not-listed"


def test_a_row_that_fails_says_why_and_the_rest_is_answered(plan):
    rows = [("K", "dệt", 1), ("K", "no plan", 1), ("K", "no value", 1), ("K", "may", "x"),
            ("K", "may", 2)]  # fmt: skip
    out = asked(plan, HEADER, *rows)
    assert [row["verdict"] for row in out] == ["not-listed", "", "", "", "not-listed"]
    assert "sites.csv" in out[1]["error"]
    assert "broken" in out[2]["error"]
    assert [row["error"] == "" for row in out] == [True, False, False, False, True]


# --- the answered table -----------------------------------------------------------------------


def test_the_answer_stands_beside_the_row_with_all_its_columns(plan):
    [out] = asked(plan, [*HEADER, "Ghi chú"], ("K", "dệt", 8, "của tôi"))
    assert list(out) == [*HEADER, "Ghi chú", *OUT_COLUMNS]
    assert out["Ghi chú"] == "của tôi"
    wanted = {"verdict": "not-listed", "site_id": "KCN-6", "clause": "II.3.1", "line": 631,
              "quote": ROW_QUOTE, "flags": "size typo-reading", "error": "",
              "plan_status": plan.card.status_vi}  # fmt: skip
    assert {key: out[key] for key in wanted} == wanted
    assert "KCN Điềm Thụy" in out["explanation"]


def test_the_explanation_comes_in_the_language_asked_for(plan):
    [vi] = asked(plan, HEADER, ("K", "dệt", 8))
    [en] = asked(plan, HEADER, ("K", "dệt", 8), lang="en")
    assert "là danh mục đóng" in vi["explanation"]
    assert "is closed" in en["explanation"]
    assert en["plan_status"] == plan.card.status_en


def test_a_former_answer_can_be_asked_again(plan):
    header, rows = answer_table(plan, HEADER, [["K", "dệt", 8]], fake)
    again, rows = answer_table(plan, header, rows, fake)
    assert again[3:6] == ["error (input)", "verdict (input)", "site_id (input)"]
    assert len(set(again)) == len(again)
    assert rows[0][again.index("verdict")] == "not-listed"


def test_the_same_need_is_answered_once_and_every_row_gets_it_in_order(plan):
    seen = []

    def counting(given_plan, need):
        seen.append(need)
        return fake(given_plan, need)

    rows = [["K", f"dệt {n % 3}", "8,5" if n % 2 else 8.5] for n in range(60)]
    _, out = answer_table(plan, HEADER, rows, counting)
    assert len(seen) == 3
    assert [row[:3] for row in out] == rows
    assert all(f"|{row[1]}|" in row[3 + OUT_COLUMNS.index("explanation")] for row in out)


def test_progress_reaches_the_end_and_never_goes_back(plan):
    steps = []
    rows = [["K", f"dệt {n}", ""] for n in range(600)] + [["", "", ""]] * 5
    answer_table(plan, HEADER, rows, fake, lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[0] == (5, 605)
    assert steps[-1] == (605, 605)


def test_several_processes_give_the_same_table(plan):
    rows = [["K", f"dệt {n}", n % 7] for n in range(600)]
    one = answer_table(plan, HEADER, rows, fake, processes=1)
    two = answer_table(plan, HEADER, rows, fake, processes=2)
    assert one == two


def test_a_small_table_starts_no_process(plan, monkeypatch):
    monkeypatch.setattr("gis.answering.batch.ProcessPoolExecutor", None)
    rows = [["K", f"dệt {n % MANY_NEEDS}", 1] for n in range(3 * MANY_NEEDS)]
    assert len(answer_table(plan, HEADER, rows, fake)[1]) == len(rows)


def dying(plan, need):
    """An answer that takes its process with it, unless it is the one we wait in."""
    import multiprocessing
    import os

    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return fake(plan, need)


def test_what_a_dying_process_leaves_is_answered_all_the_same(plan):
    rows = [["K", f"dệt {n}", 1] for n in range(600)]
    assert answer_table(plan, HEADER, rows, dying, processes=2) == answer_table(
        plan, HEADER, rows, fake
    )


TYPED_IN = """
from gis.answering.batch import answer_table
from gis.plan import default_plan, load_plan
from gis.siting import ask

plan = load_plan(default_plan(), geometry=False)
rows = [["KCN Điềm Thụy", f"may mặc {n}"] for n in range(300)]
header, out = answer_table(plan, ["place", "activity"], rows, ask, processes=2)
print(len(out), {row[header.index("error")] for row in out})
"""


def test_a_program_read_from_a_pipe_answers_though_no_process_can_start_it_again():
    run = subprocess.run(
        [sys.executable, "-"], input=TYPED_IN, capture_output=True, encoding="utf-8", timeout=60
    )
    assert run.stdout == "300 {''}\n", run.stderr


def test_no_help_is_sought_where_no_process_finds_the_program(monkeypatch):
    assert _can_start_again()
    main = types.ModuleType("__main__")
    main.__file__, main.__spec__ = "<stdin>", None
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert not _can_start_again()
    assert _helpers(MANY_NEEDS + 1, fake) == 0


@pytest.mark.parametrize("words", [*NASTY, "x" * 10_000, "\ud800"])
@pytest.mark.parametrize("form", [".xlsx", ".csv"])
def test_nothing_that_is_asked_becomes_a_formula_or_breaks_the_file(plan, words, form):
    table = answer_table(plan, [*HEADER, words], [[words, words, "", words]], fake)
    data, _ = table_bytes(form, *table)
    if form == ".csv":
        cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
                 for cell in row]  # fmt: skip
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    else:
        assert formulas(data) == []
        book = openpyxl.load_workbook(io.BytesIO(data))
        assert {cell.data_type for row in book.active for cell in row} <= {"s", "n"}


def test_needs_go_in_as_a_file_and_come_out_as_one(plan, tmp_path):
    rows = (["KCN Điềm Thụy", "may mặc", 8.5], ["'=1+1", "dệt", None])
    path = workbook(tmp_path / "needs.xlsx", ["Khu", "Ngành nghề", "Diện tích (ha)"], *rows)
    out = tmp_path / "answers.xlsx"
    assert write_table(out, *answer_table(plan, *read_table(path), fake)) == []
    header, first, second = read_back(out.read_bytes())
    assert header == ["Khu", "Ngành nghề", "Diện tích (ha)", *OUT_COLUMNS]
    assert first[:5] == ["KCN Điềm Thụy", "may mặc", 8.5, None, "not-listed"]
    assert second[:2] == ["'=1+1", "dệt"]


def test_the_decision_answers_a_planners_table(tmp_path):
    """Row 6 of table 3.1 (line 631) has no textiles; line 337 sends them there all the same."""
    path = tmp_path / "needs.csv"
    path.write_text(
        "Khu;Ngành nghề;Diện tích\nKCN Điềm Thụy;dệt;8,5\nĐiềm Thụy;luyện kim;1\n"
        "KCN Điềm Thụy;luyện kim;400\nKCN Điềm Thụy;luyện kim;-1\n",
        encoding="utf-8",
    )
    plan = load_plan(default_plan(), geometry=False)
    header, rows = answer_table(plan, *read_table(path), ask)
    out = [dict(zip(header, row, strict=True)) for row in rows]
    verdicts = ["directed", "unknown", "limited-or-forbidden", ""]
    assert [row["verdict"] for row in out] == verdicts
    assert (out[0]["clause"], out[0]["line"]) == ("II.2.3a ¶2", 337)
    assert "sợi, dệt, nhuộm" in out[0]["quote"]
    assert "conflict-closed-list" in out[0]["flags"]
    assert "ambiguous-place" in out[1]["flags"]
    assert [bool(row["error"]) for row in out] == [False, False, False, True]
