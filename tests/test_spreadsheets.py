"""Workbooks and CSV files in and out: read as they stand, written inert."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import spreadsheets
from gis.errors import OutputError
from gis.files import INERT_BEFORE
from gis.spreadsheets import (
    NewSheet,
    Row,
    Sheet,
    TableError,
    read_sheets,
    read_table,
    table_bytes,
    workbook_bytes,
    write_table,
)

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1", "\r=1")
NASTY = (*HOSTILE, *FORMULAS, "<script>alert(1)</script>", "_x0041_", "  both ends  ", "a\nb", "“”")


# --- tables out -----------------------------------------------------------------------------


def formulas(data):
    """Every formula element in any part of a workbook."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    trees = [ElementTree.fromstring(archive.read(name)) for name in archive.namelist()]
    return [item for tree in trees for item in tree.iter() if item.tag.endswith("}f")]


def read_back(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("words", [text for text in NASTY if "\x00" not in text])
def test_a_workbook_gives_back_the_text_it_was_given(words, tmp_path):
    path = tmp_path / "t.xlsx"
    assert write_table(path, ["a"], [[words], ["end"]]) == []
    lines = words.replace("\r", "\n")
    assert read_table(path)[1] == [[lines], ["end"]]
    assert read_back(path.read_bytes())[1] == [lines]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8) | (
    st.sampled_from(["", *FORMULAS[:5], " a", "_x0041_", "&lt;", "]]>"])
    | st.integers(-(10**15), 10**15)
    | st.decimals(-(10**9), 10**9, places=3)
)  # fmt: skip


@given(
    header=st.lists(CELLS.filter(lambda cell: isinstance(cell, str)), max_size=3),
    rows=st.lists(st.lists(CELLS, max_size=4), max_size=4),
    others=st.lists(st.lists(CELLS, max_size=2), max_size=2),
)
@settings(max_examples=60, deadline=None)
def test_every_cell_of_every_sheet_is_read_back_by_another_reader(header, rows, others):
    sheets = [NewSheet("a", header, rows), NewSheet("b", ["="], others), NewSheet("c", ["x"], [])]
    data, _ = workbook_bytes(sheets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in sheets:
        asked = [list(sheet.header), *map(list, sheet.rows)] if sheet.header else sheet.rows
        for number, row in enumerate(asked, 1):
            for column, cell in enumerate(row, 1):
                found = book[sheet.name].cell(number, column)
                if isinstance(cell, str):
                    assert (found.value or "") == cell.replace("\ufffe", "\ufffd").replace(
                        "\uffff", "\ufffd"
                    )
                    assert found.data_type in ("s", "n")
                    if number > bool(sheet.header):
                        assert bool(found.quotePrefix) == cell.startswith(INERT_BEFORE)
                else:
                    assert Decimal(str(found.value)) == cell
    assert formulas(data) == []


def test_numbers_stay_numbers_and_empty_cells_empty():
    data, _ = table_bytes(".xlsx", ["a", "b", "c", "d"], [[8.5, 10, Decimal("1160.83"), ""]])
    assert read_back(data)[1] == [8.5, 10, 1160.83, None]


def test_a_number_too_large_for_a_cell_is_kept_as_text():
    data, _ = table_bytes(".xlsx", ["a", "b"], [[10**18 + 1, float("inf")]])
    assert read_back(data)[1] == ["1000000000000000001", "inf"]


def test_the_header_is_bold_and_stays_in_view_and_columns_fit():
    sheet = openpyxl.load_workbook(
        io.BytesIO(table_bytes(".xlsx", ["=a", "b"], [["x" * 30, "=1"]])[0])
    ).active
    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert sheet.freeze_panes == "A2"
    assert round(sheet.column_dimensions["A"].width) in (32, 33)  # of 30 characters
    assert sheet["B2"].quotePrefix
    assert not sheet["A2"].quotePrefix


def test_control_characters_are_replaced_and_said_to_be():
    for form in (".xlsx", ".csv"):
        data, [remark] = table_bytes(form, ["a"], [["nul\x00nul"], ["nul\x00nul"], ["x\ud800"]])
        assert remark.en.startswith("3 cells held control characters")
        assert b"\x00" not in (data if form == ".csv" else b"")
    assert read_back(table_bytes(".xlsx", ["a"], [["nul\x00nul"]])[0])[1] == ["nul\ufffdnul"]


def test_a_text_longer_than_a_cell_holds_is_cut_and_said_to_be():
    data, [remark] = table_bytes(".xlsx", ["a"], [["x" * 40_000]])
    assert "1 cells were longer" in remark.en
    assert read_back(data)[1] == ["x" * 32_766 + "…"]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_ROWS_OF_A_SHEET", 3)
    with pytest.raises(OutputError, match=r"choose \.csv"):
        table_bytes(".xlsx", ["a"], [["1"], ["2"], ["3"]])


def test_csv_is_marked_for_excel_and_inert():
    data, _ = table_bytes(".csv", ["a", "b"], [["=1+1", -1], ['x,"y"', 8.5]])
    assert data.decode() == '\ufeffa,b\r\n\'=1+1,-1\r\n"x,""y""",8.5\r\n'


@pytest.mark.parametrize("form", [".xlsx", ".csv"])
def test_the_same_table_gives_the_same_bytes(form):
    table = (["a", "b"], [["x", 1], ["=y", 2.5]])
    assert table_bytes(form, *table) == table_bytes(form, *table)


def test_a_workbook_holds_no_time_of_its_making():
    archive = zipfile.ZipFile(io.BytesIO(table_bytes(".xlsx", ["a"], [["x"]])[0]))
    assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_form_of_table_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"choose one of: \.xlsx, \.csv"):
        write_table(tmp_path / "t.ods", ["a"], [])
    assert not (tmp_path / "t.ods").exists()


# --- tables in ------------------------------------------------------------------------------


def workbook(path, *rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def test_a_workbook_of_another_maker_is_read_cell_by_cell(tmp_path):
    from datetime import date, datetime

    path = workbook(
        tmp_path / "t.xlsx",
        [" place ", "b", "c", "d", "e", "f"],
        ["K", 8.5, 10, True, date(2026, 5, 8), datetime(2026, 5, 8, 6, 30)],
        [None] * 6,
        [None, "chỉ ô này"],
    )
    header, rows = read_table(path)
    assert header == ["place", "b", "c", "d", "e", "f"]
    assert rows == [
        ["K", 8.5, 10, "TRUE", "2026-05-08", "2026-05-08 06:30:00"],
        ["", "chỉ ô này", "", "", "", ""],
    ]


def test_formatted_text_is_read_whole_without_its_reading_aid(tmp_path):
    path = tmp_path / "t.xlsx"
    data, _ = table_bytes(".xlsx", ["a"], [["RUNS"]])
    runs = ("<si><r><t xml:space='preserve'>may </t></r><r><t>mặc</t></r>"
            "<rPh sb='0' eb='1'><t>đọc</t></rPh></si>")  # fmt: skip
    path.write_bytes(
        changed(data, "xl/sharedStrings.xml",
                lambda text: re.sub(r"<si><t[^>]*>RUNS</t></si>", runs, text))
    )  # fmt: skip
    assert read_table(path)[1] == [["may mặc"]]


def changed(data, part, change):
    """A workbook with one part rewritten."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(packed, "w") as archive:
        for name in given.namelist():
            text = given.read(name).decode()
            archive.writestr(name, change(text) if name == part else text)
    return packed.getvalue()


def with_sheet(path, inside):
    """A workbook whose sheet holds these rows of XML."""
    data, _ = table_bytes(".xlsx", ["a"], [])
    path.write_bytes(
        changed(
            data,
            "xl/worksheets/sheet1.xml",
            lambda text: re.sub("<sheetData>.*</sheetData>", f"<sheetData>{inside}</sheetData>",
                                text),
        )
    )  # fmt: skip
    return path


def test_a_formula_gives_its_saved_value_and_is_never_evaluated(tmp_path):
    cells = ('<row r="1"><c r="A1" t="inlineStr"><is><t>ha</t></is></c></row>'
             '<row r="2"><c r="A2"><f>4*2</f><v>9</v></c></row>'
             '<row r="3"><c r="A3" t="str"><f>"a"&amp;"b"</f><v>saved</v></c></row>')  # fmt: skip
    assert read_table(with_sheet(tmp_path / "t.xlsx", cells)) == (["ha"], [[9], ["saved"]])


def test_a_formula_without_a_saved_value_is_an_error_naming_the_cell(tmp_path):
    path = workbook(tmp_path / "t.xlsx", ["place", "ha"], ["K", "=4*2"], ["K", "=B2"])
    with pytest.raises(TableError) as caught:
        read_table(path)
    assert [problem.field for problem in caught.value.problems] == ["B2", "B3"]
    assert "without a saved value" in str(caught.value)


def test_cells_without_references_follow_one_another(tmp_path):
    cells = ("<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c>"
             "</row><row><c/><c><v>2</v></c></row>")  # fmt: skip
    assert read_table(with_sheet(tmp_path / "t.xlsx", cells)) == (["a", "b"], [["", 2]])


def test_the_first_visible_sheet_is_read(tmp_path):
    def add_hidden(book):
        book.active.title = "ẩn"
        book.active.sheet_state = "hidden"
        book.create_sheet("nhu cầu").append(["place"])
        book.active = 1

    path = workbook(tmp_path / "t.xlsx", ["hidden"], change=add_hidden)
    assert read_table(path)[0] == ["place"]


def test_a_cell_far_to_the_right_is_named(tmp_path):
    def stray(book):
        book.active["XFD3"] = "x"

    with pytest.raises(TableError, match="XFD3"):
        read_table(workbook(tmp_path / "t.xlsx", ["place"], change=stray))


def test_a_stray_cell_far_below_is_refused_before_it_fills_the_memory(tmp_path):
    cells = ('<row r="1"><c r="A1"><v>1</v></c></row>'
             '<row r="1048576"><c r="ZZ1048576"><v>1</v></c></row>')  # fmt: skip
    with pytest.raises(TableError, match="1048576:1048576: is a cell too far from the data"):
        read_table(with_sheet(tmp_path / "t.xlsx", cells))


def test_a_cell_in_error_is_named_and_not_taken_for_empty(tmp_path):
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c></row>'
    with pytest.raises(TableError, match="field B1: is a cell in error"):
        read_table(with_sheet(tmp_path / "t.xlsx", cells))


def test_every_visible_sheet_is_read_with_the_number_of_each_row(tmp_path):
    def more(book):
        book.active.title = "ranh giới"
        book.create_sheet("ẩn").sheet_state = "hidden"
        book.create_sheet("trống")
        second = book.create_sheet("điểm")
        second["B3"], second["A7"] = 433000.25, "M2"

    path = workbook(tmp_path / "t.xlsx", ["a", None], [None], [" ", "b"], change=more)
    assert read_sheets(path) == [
        Sheet("ranh giới", [Row(1, ["a"]), Row(3, [" ", "b"])]),
        Sheet("trống", []),
        Sheet("điểm", [Row(3, ["", 433000.25]), Row(7, ["M2"])]),
    ]


def test_rows_of_csv_keep_the_number_of_their_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('sep=;\n\na;b\n"1\n2";x\n;\n3;y\n', encoding="utf-8")
    rows = [Row(3, ["a", "b"]), Row(4, ["1\n2", "x"]), Row(7, ["3", "y"])]
    assert read_sheets(path) == [Sheet("t", rows)]


def test_several_sheets_are_written_each_with_its_header_and_widths():
    sheets = [
        NewSheet("điểm", ["E", "N"], [[433000.25, "=1"]], widths=(12, 40)),
        NewSheet("ghi chú", [], [["x\x00"]]),
    ]
    data, [remark] = workbook_bytes(sheets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["điểm", "ghi chú"]
    assert [[cell.value for cell in row] for row in book["điểm"]] == [["E", "N"], [433000.25, "=1"]]
    assert book["điểm"]["B2"].data_type == "s"
    assert round(book["điểm"].column_dimensions["B"].width) in (40, 41)
    assert (book["điểm"].freeze_panes, book["ghi chú"].freeze_panes) == ("A2", None)
    assert remark.en.startswith("1 cells held control characters")
    assert data == workbook_bytes(sheets)[0]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_one_clear_error(tmp_path, share):
    data, _ = table_bytes(".xlsx", ["a"], [["x"]])
    (tmp_path / "t.xlsx").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(TableError, match=r"not a real \.xlsx"):
        read_sheets(tmp_path / "t.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        "Khu;Ngành nghề;Diện tích\r\nK;dệt;8,5\r\n".encode("utf-8-sig"),
        'Khu,Ngành nghề,Diện tích\nK,dệt,"8,5"\n'.encode(),
        "Khu\tNgành nghề\tDiện tích\nK\tdệt\t8,5\n".encode("utf-16"),
        "sep=;\r\nKhu;Ngành nghề;Diện tích\r\nK;dệt;8,5".encode(),
        "\n\nKhu;Ngành nghề;Diện tích\n;;\nK;dệt;8,5\n;;\n".encode(),
    ],
    ids=["semicolon", "comma", "unicode text", "sep line", "blank lines"],
)
def test_csv_is_read_with_its_separator_and_encoding(tmp_path, data):
    path = tmp_path / "t.CSV"
    path.write_bytes(data)
    assert read_table(path) == (["Khu", "Ngành nghề", "Diện tích"], [["K", "dệt", "8,5"]])


def test_a_cell_of_several_lines_stays_one_cell(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"một\nhai",x\n', encoding="utf-8")
    assert read_table(path)[1] == [["một\nhai", "x"]]


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000)
    return packed.getvalue()


def laughing():
    """A workbook whose sheet would grow without end."""
    data, _ = table_bytes(".xlsx", ["a"], [["x"]])
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return changed(
        data, "xl/worksheets/sheet1.xml",
        lambda text: text.replace("?>", f"?>{lol}", 1).replace("<v>0</v>", "<v>&b;</v>"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("t.xlsx", b"", "is empty"),
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\xef\xbb\xbf\r\n", "holds no data"),
        ("t.csv", b"\n ; ;\n", "holds no data"),
        ("t.xlsx", b"place,activity\n", "not a real .xlsx"),
        ("t.xlsx", b"PK\x03\x04 no zip", "not a real .xlsx"),
        ("t.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "password-protected"),
        ("t.csv", b"PK\x03\x04 workbook", "name it .xlsx"),
        ("t.csv", "Khu;Ngành\nĐiềm".encode("cp1258", "replace"), "is not UTF-8"),
        ("t.csv", b'a,b\n"never closed,x\n', "not readable CSV"),
        ("t.xls", b"x", "is no .xlsx or .csv"),
        ("t.ods", b"x", "is no .xlsx or .csv"),
        ("t", b"x", "is no .xlsx or .csv"),
        ("t.xlsx", bomb(), "not a real .xlsx"),
        ("t.xlsx", laughing(), "not a real .xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_told_with_its_mend(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TableError) as caught:
        read_table(path)
    assert said in str(caught.value)
    assert name in str(caught.value)
    assert "mend: " in str(caught.value)
    assert "cách sửa: " in caught.value.in_("vi")


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path / "folder.xlsx")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED_BYTES", 1000)
    path = tmp_path / "t.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(TableError, match="unpacks to too much"):
        read_table(path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"])
@pytest.mark.parametrize("text", ["", "<a", "<a/>", "<worksheet><row r='x'/></worksheet>"])
def test_a_broken_part_of_a_workbook_is_an_error_of_ours(tmp_path, part, text):
    path = tmp_path / "t.xlsx"
    path.write_bytes(changed(table_bytes(".xlsx", ["a"], [["x"]])[0], part, lambda _: text))
    with pytest.raises(TableError):
        read_table(path)
