"""Tables in and out as XLSX or CSV: nothing read is evaluated, nothing written is a formula."""

from __future__ import annotations

import csv
import gc
import io
import math
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from gis.errors import GisError, OutputError, Problem
from gis.files import INERT_BEFORE, inert, write_file
from gis.language import Text, say

Cell = str | int | float | Decimal  # an empty cell is "", a truth value its word
Table = tuple[list[str], list[list[Cell]]]

FORMS = (".xlsx", ".csv")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML may hold it
REPLACED_BY = "\ufffd"
MOST_COLUMNS = 1000  # a table asked of us has ten; a stray cell far right is a mistake
MOST_CELLS = 20_000_000  # of a sheet's full rectangle, which the reader holds in memory
MOST_UNPACKED_BYTES = 2**30  # a small file can unpack to more than a machine holds
MOST_CELLS_NAMED = 20  # in one error
MOST_ROWS_OF_A_SHEET = 1_048_576  # Excel's own limits, as the next two
MOST_CHARACTERS_OF_A_CELL = 32_767
MOST_EXACT_WHOLE_NUMBER = 10**15
EXCEL_DIGITS = 15  # a sheet shows no more; what lies beyond is noise of its sums
ROWS_MEASURED = 500  # for the width of columns
WIDTHS = (8, 60)  # characters, narrowest and widest
MADE = datetime(1980, 1, 1)  # of every workbook, so that the same table gives the same bytes
LOCKED_OR_OLD = bytes.fromhex("d0cf11e0a1b11ae1")  # how password-protected files and .xls begin
ZIPPED = b"PK\x03\x04"
UNREADABLE = (BadZipFile, ElementTree.ParseError, LookupError, ValueError, zlib.error, EOFError,
              NotImplementedError, RuntimeError)  # fmt: skip
SAVE_AS = say(
    "mở bằng Excel hoặc LibreOffice, bỏ mật khẩu nếu có, rồi lưu lại dạng .xlsx hoặc CSV UTF-8",
    "open it in Excel or LibreOffice, remove the password if there is one, and save it as .xlsx "
    "or CSV UTF-8",
)
NO_WORKBOOK = say("không phải tệp .xlsx thật", "is not a real .xlsx workbook")


class Row(NamedTuple):
    """A row that holds something, and where it stands in its file."""

    number: int  # as a spreadsheet counts: the first is 1
    cells: list[Cell]  # without the empty ones at the end


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled rows of a sheet as they were read."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet to be written: its header stays in view, and columns are wide enough."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float] = ()  # characters; without them, as wide as what the first rows hold


class TableError(GisError):
    """A table that was handed in cannot be read."""


def read_sheets(path: Path) -> list[Sheet]:
    """Every visible sheet of a workbook in its order; a CSV file is one sheet.

    Dates come as ISO text, formulas as the value they were saved with.

    Raises: TableError.
    """
    data = _bytes_of(path)
    if path.suffix.lower() == ".csv":
        return [Sheet(path.stem, _filled(_csv_rows(path, data)))]
    return list(_workbook_sheets(path, data))


def read_table(path: Path) -> Table:
    """The header and the rows of a table; rows without a filled cell are left out.

    A workbook gives its first visible sheet.

    Raises: TableError.
    """
    data = _bytes_of(path)
    if path.suffix.lower() == ".csv":
        rows = _filled(_csv_rows(path, data))
    else:
        rows = list(next(_workbook_sheets(path, data)).rows)
    if not rows:
        raise _table_error(
            path,
            say("không có dữ liệu", "holds no data"),
            say("điền dòng tiêu đề và các dòng nhu cầu", "fill in a header and the rows below it"),
        )
    header = [cell_text(cell).strip() for cell in rows[0].cells]
    width = len(header)
    return header, [row.cells + [""] * (width - len(row.cells)) for row in rows[1:]]


def cell_text(cell: Cell) -> str:
    """A cell as text: a number with a decimal point, in the digits a sheet shows."""
    return f"{cell:.{EXCEL_DIGITS}g}" if isinstance(cell, float) else str(cell)


def write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Text]:
    """Write a table as the path's suffix says, and return what had to be changed in its texts.

    Raises: OutputError.
    """
    data, remarks = table_bytes(path.suffix.lower(), header, rows)
    write_file(path, data)
    return remarks


def table_bytes(
    form: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> tuple[bytes, list[Text]]:
    """A table as `.xlsx` or `.csv`, and what had to be changed in its texts.

    Raises: OutputError, for another form or more rows than a sheet holds.
    """
    if form == ".xlsx":
        return workbook_bytes([NewSheet("tngis", header, rows)])
    if form == ".csv":
        return _csv_bytes(header, rows)
    raise OutputError(
        Problem(
            form or "?",
            say("không phải dạng bảng", "is no form of table"),
            say("chọn một trong: {forms}", "choose one of: {forms}", forms=FORMS),
        )
    )


def _table_error(path: Path, what: Text, mend: Text, **where: str) -> TableError:
    return TableError(Problem(str(path), what, mend, **where))


@contextmanager
def _all_kept() -> Iterator[None]:
    """No search for dead values among millions that are all kept: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bytes_of(path: Path) -> bytes:
    if path.suffix.lower() not in FORMS:
        raise _table_error(path, say("không phải .xlsx hay .csv", "is no .xlsx or .csv"), SAVE_AS)
    if path.is_dir():
        another = say("chọn một tệp", "choose a file")
        raise _table_error(path, say("là một thư mục", "is a folder"), another)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        check = say("kiểm tra tên và đường dẫn", "check its name and path")
        raise _table_error(path, say("không tìm thấy tệp", "no such file"), check) from error
    except (OSError, ValueError) as error:
        raise _table_error(
            path,
            say(
                "không đọc được: {why}",
                "cannot be read: {why}",
                why=getattr(error, "strerror", None) or error,
            ),
            say("kiểm tra quyền đọc tệp", "check that the file may be read"),
        ) from error
    if not data:
        fill = say("lưu lại bảng vào tệp này", "save the table into it again")
        raise _table_error(path, say("tệp rỗng", "is empty"), fill)
    return data


def _filled(rows: Iterator[tuple[int, list[Cell]]]) -> list[Row]:
    return [Row(number, row) for number, cells in rows if (row := _without_empty_end(cells))]


def _without_empty_end(row: list[Cell]) -> list[Cell]:
    end = len(row)
    while end and (row[end - 1] == "" or str(row[end - 1]).isspace()):
        end -= 1
    return row[:end]


# --- CSV in and out -------------------------------------------------------------------------


def _csv_rows(path: Path, data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Rows of a CSV file; the separator is the one that parts the header into most cells."""
    if data.startswith((ZIPPED, LOCKED_OR_OLD)):
        what = say("là sổ tính, không phải CSV", "is a workbook, not CSV")
        raise _table_error(path, what, say("đổi đuôi thành .xlsx", "name it .xlsx"))
    lines = _clean(_decoded(path, data))
    first, _, rest = lines.partition("\n")
    told = re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)
    header = next((line for line in lines.splitlines() if line.strip()), "")
    separator = told[1] if told else max(",;\t", key=lambda mark: _cells_parted(header, mark))
    text = rest if told else lines
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1 + bool(told)  # of the line a row begins in
    try:
        for row in reader:
            yield number, list(row)
            number = reader.line_num + 1 + bool(told)
    except csv.Error as error:
        raise _table_error(
            path,
            say("CSV không đọc được: {why}", "is not readable CSV: {why}", why=error),
            say("kiểm tra dấu nháy kép của dòng này", "check the quotes of this row"),
            row=str(reader.line_num + bool(told)),
        ) from error


def _decoded(path: Path, data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Excel calls Unicode text
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _table_error(
            path,
            say("không phải UTF-8", "is not UTF-8"),
            say(
                "lưu lại tệp với mã UTF-8 (Excel: CSV UTF-8)",
                "save the file as UTF-8 (Excel: CSV UTF-8)",
            ),
            row=str(data[: error.start].count(b"\n") + 1),
            value=repr(data[error.start : error.start + 8]),
        ) from error


def _cells_parted(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return 0


def _csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[bytes, list[Text]]:
    """Comma-separated text marked as UTF-8 for Excel, every text inert."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    texts = _Written(_clean, inert)
    for row in (header, *rows):
        writer.writerow([texts[cell] if isinstance(cell, str) else _plain(cell) for cell in row])
    return ("\ufeff" + stream.getvalue()).encode(), texts.remarks((header, *rows))


class _Written(dict[str, str]):
    """What a file can hold of each text, worked out once, and which texts lost something."""

    def __init__(self, keep: Callable[[str], str], finish: Callable[[str], str]) -> None:
        self._keep, self._finish = keep, finish
        self._lossy: set[str] = set()

    def __missing__(self, text: str) -> str:
        kept = self._keep(text)
        if kept != text:
            self._lossy.add(text)
        written = self[text] = self._finish(kept)
        return written

    def remarks(self, rows: Iterable[Sequence[Cell]]) -> list[Text]:
        """What had to be changed, by the number of cells."""
        if not self._lossy:
            return []
        lossy = [cell for row in rows for cell in row if cell in self._lossy]
        replaced = sum(_clean(str(cell)) != cell for cell in lossy)
        cut = sum(_cut(_clean(str(cell))) != _clean(str(cell)) for cell in lossy)
        return _remarks(replaced, cut if self._keep is _kept_by_sheets else 0)


def _kept_by_sheets(text: str) -> str:
    return _cut(_clean(text))


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _clean(text: str) -> str:
    return ILLEGAL.sub(REPLACED_BY, text)


def _cut(text: str) -> str:
    """Text no longer than a cell holds, in the units Excel counts."""
    if 2 * len(text) <= MOST_CHARACTERS_OF_A_CELL:
        return text
    wide = text.encode("utf-16-le")
    if len(wide) <= 2 * MOST_CHARACTERS_OF_A_CELL:
        return text
    return wide[: 2 * (MOST_CHARACTERS_OF_A_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def _plain(value: int | float | Decimal) -> str:
    """A number as files write it, with a decimal point and no grouping."""
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def _remarks(replaced: int, cut: int) -> list[Text]:
    found = []
    if replaced:
        found.append(
            say(
                "{n} ô có ký tự điều khiển, đã thay bằng {mark}",
                "{n} cells held control characters, replaced by {mark}",
                n=replaced,
                mark=REPLACED_BY,
            )
        )
    if cut:
        found.append(
            say(
                "{n} ô dài hơn {most} ký tự, đã cắt bớt",
                "{n} cells were longer than {most} characters and were cut",
                n=cut,
                most=MOST_CHARACTERS_OF_A_CELL,
            )
        )
    return found


# --- workbooks in ---------------------------------------------------------------------------


def _workbook_sheets(path: Path, data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook, each once it is found safe to read."""
    import python_calamine as calamine

    if data.startswith(LOCKED_OR_OLD):
        what = say(
            "có mật khẩu hoặc là tệp .xls cũ", "is password-protected or an old .xls workbook"
        )
        raise _table_error(path, what, SAVE_AS)
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise _table_error(path, say("bung ra quá lớn", "unpacks to too much"), SAVE_AS)
            parts = _sheet_parts(archive)
            if not parts:
                raise _table_error(path, NO_WORKBOOK, SAVE_AS)
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            for name, part in parts.items():
                _refuse_unsafe(path, name, archive.read(part))
                with _all_kept():
                    sheet = Sheet(name, _filled(_sheet_rows(book.get_sheet_by_name(name))))
                yield sheet
    except (*UNREADABLE, calamine.CalamineError) as error:
        raise _table_error(path, NO_WORKBOOK, SAVE_AS) from error


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    rows = sheet.to_python(skip_empty_area=False)
    for number, row in enumerate(rows, start=1):
        yield number, [cell if isinstance(cell, str) else _cell(cell) for cell in row]


def _cell(value: Any) -> Cell:
    """A value as the reader gives it, as a cell of ours."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
        case date():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


# The reader gives cells and nothing else: what it would pass over in silence, or what would make
# it fill all memory, is looked for in the sheet's own text first.
PREFIX = rb"(?:\w+:)?"
REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*[0-9]+)")
ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]*([0-9]+)")
COLUMN_LETTERS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)")
VALUELESS = re.compile(
    rb"<PREc\b([^>]*)>\s*<PREf\b[^>]*?(?:/>|>[^<]*</PREf>)"
    rb"\s*(?:<PREv\s*/>|<PREv>\s*</PREv>)?\s*</PREc>".replace(b"PRE", PREFIX)
)
IN_ERROR = re.compile(rb"<PREc\b([^>]*\st\s*=\s*[\"']e[\"'][^>]*)>".replace(b"PRE", PREFIX))
FORMULA = re.compile(rb"<PREc\b([^>]*)>\s*<PREf\b".replace(b"PRE", PREFIX))
TEXT_RESULT = re.compile(rb"\st\s*=\s*[\"']str[\"']")
CLEAR = say("xóa ô này", "clear this cell")
PASTE = say(
    "mở bằng Excel và lưu lại, hoặc thay công thức bằng giá trị",
    "open it in Excel and save it, or replace the formula by its value",
)


def _sheet_parts(archive: ZipFile) -> dict[str, str]:
    """The part of each visible sheet in a workbook's archive, by the sheet's name."""
    root = ElementTree.fromstring(archive.read("_rels/.rels"))
    [book] = _targets(root, "/officeDocument", "").values()
    folder, name = posixpath.split(book)
    references = ElementTree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"))
    part_of = _targets(references, "/worksheet", folder)
    sheets = [
        {key.rpartition("}")[2]: value for key, value in sheet.attrib.items()}
        for sheet in ElementTree.fromstring(archive.read(book)).findall(".//{*}sheet")
    ]
    return {
        sheet["name"]: part_of[sheet["id"]]
        for sheet in sheets
        if sheet["id"] in part_of and sheet.get("state", "visible") == "visible"
    }


def _targets(references: ElementTree.Element, kind: str, folder: str) -> dict[str, str]:
    """The parts of a kind that a workbook refers to, by the id of the reference."""
    return {
        item.attrib["Id"]: posixpath.normpath(
            posixpath.join("/", folder, item.attrib["Target"])
        ).lstrip("/")
        for item in references
        if item.attrib["Type"].endswith(kind)
    }


def _refuse_unsafe(path: Path, name: str, text: bytes) -> None:
    """Raise for a sheet that would be read wrongly or would not fit into memory."""
    if b"<!DOCTYPE" in text:
        raise _table_error(path, NO_WORKBOOK, SAVE_AS)
    faults = [*_far_away(text), *_without_value(text)]
    if faults:
        raise TableError(
            *(
                Problem(str(path), what, mend, layer=name, field=cell)
                for cell, what, mend in faults[:MOST_CELLS_NAMED]
            )
        )


def _far_away(text: bytes) -> list[tuple[str, Text, Text]]:
    """Cells so far from the rest that the rectangle around all cells is too large."""
    row = max(map(int, ROW_NUMBER.findall(text)), default=0)
    columns = {letters: _column_number(letters) for letters in set(COLUMN_LETTERS.findall(text))}
    if max([*columns.values(), 0]) > MOST_COLUMNS:
        far = say("ô ở quá xa bên phải", "is a cell too far to the right")
        places = (found[1] for found in REFERENCE.finditer(text))
        return [
            (place.decode(), far, CLEAR)
            for place in places
            if columns.get(place.rstrip(b"0123456789"), 0) > MOST_COLUMNS
        ]
    if row * max([*columns.values(), 0]) > MOST_CELLS:
        far = say("ô ở quá xa dữ liệu", "is a cell too far from the data")
        return [(f"{row}:{row}", far, say("xóa dòng này", "clear this row"))]
    return []


def _column_number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _without_value(text: bytes) -> Iterator[tuple[str, Text, Text]]:
    """Formulas that were never computed, and cells whose value is an error."""
    unsaved = say("công thức chưa có giá trị", "is a formula without a saved value")
    failed = say("ô báo lỗi của bảng tính", "is a cell in error")
    for pattern, what in ((VALUELESS, unsaved), (IN_ERROR, failed)):
        for found in pattern.finditer(text):
            place = REFERENCE.search(found[1])
            if not TEXT_RESULT.search(found[1]):
                yield place[1].decode() if place else "?", what, PASTE


def formula_cells(path: Path) -> dict[str, frozenset[tuple[int, int]]]:
    """The cells of each visible sheet that hold a formula: row and column, both from 1.

    Raises: TableError.
    """
    try:
        with ZipFile(path) as archive:
            return {
                name: frozenset(_formulas(archive.read(part)))
                for name, part in _sheet_parts(archive).items()
            }
    except UNREADABLE as error:
        raise _table_error(path, NO_WORKBOOK, SAVE_AS) from error


def _formulas(text: bytes) -> Iterator[tuple[int, int]]:
    for found in FORMULA.finditer(text):
        place = REFERENCE.search(found[1])
        if place:
            letters = place[1].rstrip(b"0123456789")
            yield int(place[1][len(letters) :] or 0), _column_number(letters)


# --- workbooks out --------------------------------------------------------------------------


def workbook_bytes(sheets: Sequence[NewSheet]) -> tuple[bytes, list[Text]]:
    """A workbook, and what had to be changed in its texts; the same sheets give the same bytes.

    Raises: OutputError, for more rows than a sheet holds.
    """
    import xlsxwriter

    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS_OF_A_SHEET:
            raise _too_many_rows(sheet)
    packed = io.BytesIO()
    texts = _Written(_kept_by_sheets, _one_line_end)
    with _all_kept(), xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        bold, inert_text = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, texts, bold, inert_text)
    rows = (row for sheet in sheets for row in (sheet.header, *sheet.rows))
    return packed.getvalue(), texts.remarks(rows)


def _fill(page: Any, sheet: NewSheet, texts: _Written, bold: Any, inert_text: Any) -> None:
    """Write each text as text and each number as a number, never as what it looks like."""
    first = 0
    if sheet.header:
        first = 1
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.header):
            page.write_string(0, column, texts[name], bold)
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width)
    write_string, write_number = page.write_string, page.write_number
    for number, row in enumerate(sheet.rows, start=first):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    text = texts[cell]
                    style = inert_text if text.startswith(INERT_BEFORE) else None
                    write_string(number, column, text, style)
            elif _is_exact(cell):
                write_number(number, column, cell)
            else:
                write_string(number, column, str(cell))


def _is_exact(value: int | float | Decimal) -> bool:
    """Can a cell hold this number as it is?"""
    return math.isfinite(value) and -MOST_EXACT_WHOLE_NUMBER <= value <= MOST_EXACT_WHOLE_NUMBER


def _widths(sheet: NewSheet) -> list[int]:
    """Columns as wide as what their first rows hold."""
    narrow, wide = WIDTHS
    longest: dict[int, int] = {}
    for row in (sheet.header, *sheet.rows[:ROWS_MEASURED]):
        for place, cell in enumerate(row):
            longest[place] = max(longest.get(place, 0), len(str(cell)))
    return [min(max(size + 2, narrow), wide) for size in longest.values()]


def _too_many_rows(sheet: NewSheet) -> OutputError:
    return OutputError(
        Problem(
            ".xlsx",
            say(
                "{n} dòng không vừa một trang tính",
                "{n} rows do not fit a sheet",
                n=len(sheet.rows),
            ),
            say("chọn .csv", "choose .csv"),
            layer=sheet.name,
        )
    )
