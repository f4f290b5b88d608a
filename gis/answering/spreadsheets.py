"""Tables in and out as XLSX or CSV: nothing read is evaluated, nothing written is a formula.

Workbooks are read and written as the XML they are made of: a hundred thousand rows take seconds,
the same table always gives the same bytes, and a cell can be nothing but text or a number.
"""

from __future__ import annotations

import csv
import io
import math
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from gis.errors import GisError, OutputError, Problem
from gis.files import INERT_BEFORE, inert, write_file
from gis.language import Text, say

Cell = str | int | float | Decimal  # an empty cell is "", a truth value its word
Table = tuple[list[str], list[list[Cell]]]

FORMS = (".xlsx", ".csv")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML may hold it
REPLACED_BY = "\ufffd"
MOST_COLUMNS = 1000  # a table asked of us has ten; a stray cell far right is a mistake
MOST_UNPACKED_BYTES = 2**30  # a small file can unpack to more than a machine holds
MOST_CELLS_NAMED = 20  # in one error
MOST_ROWS_OF_A_SHEET = 1_048_576  # Excel's own limits, as the next two
MOST_CHARACTERS_OF_A_CELL = 32_767
MOST_EXACT_WHOLE_NUMBER = 10**15
ROWS_MEASURED = 500  # for the width of columns
WIDTHS = (8, 60)  # characters, narrowest and widest
LOCKED_OR_OLD = bytes.fromhex("d0cf11e0a1b11ae1")  # how password-protected files and .xls begin
ZIPPED = b"PK\x03\x04"
UNREADABLE = (BadZipFile, LookupError, ValueError, expat.ExpatError, ElementTree.ParseError,
              zlib.error, EOFError, NotImplementedError, RuntimeError)  # fmt: skip
SAVE_AS = say(
    "mở bằng Excel hoặc LibreOffice, bỏ mật khẩu nếu có, rồi lưu lại dạng .xlsx hoặc CSV UTF-8",
    "open it in Excel or LibreOffice, remove the password if there is one, and save it as .xlsx "
    "or CSV UTF-8",
)


class TableError(GisError):
    """A table that was handed in cannot be read."""


def read_table(path: Path) -> Table:
    """The header and the rows of a table; rows without a filled cell are left out.

    A workbook gives its first visible sheet. Dates come as ISO text, formulas as the value they
    were saved with.

    Raises: TableError.
    """
    data = _bytes_of(path)
    rows_of = _workbook_rows if path.suffix.lower() == ".xlsx" else _csv_rows
    filled = [row for row in map(_without_empty_end, rows_of(path, data)) if row]
    if not filled:
        raise _table_error(
            path,
            say("không có dữ liệu", "holds no data"),
            say("điền dòng tiêu đề và các dòng nhu cầu", "fill in a header and the rows below it"),
        )
    width = len(filled[0])
    return [str(cell).strip() for cell in filled[0]], [
        row + [""] * (width - len(row)) for row in filled[1:]
    ]


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
        return _workbook_bytes(header, rows)
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


def _without_empty_end(row: Sequence[Cell]) -> list[Cell]:
    end = len(row)
    while end and (row[end - 1] == "" or str(row[end - 1]).isspace()):
        end -= 1
    return list(row[:end])


# --- CSV in and out -------------------------------------------------------------------------


def _csv_rows(path: Path, data: bytes) -> Iterator[Sequence[Cell]]:
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
    try:
        yield from reader
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
    written = _Inert()
    writer.writerow(map(written.__getitem__, header))
    writer.writerows(map(written.__getitem__, row) for row in rows)
    replaced = _count(written.changed, header, rows)
    return ("\ufeff" + stream.getvalue()).encode(), _remarks(replaced, 0)


class _Inert(dict[Cell, str]):
    """What a CSV file holds for each cell, worked out once."""

    def __init__(self) -> None:
        self.changed: set[Cell] = set()

    def __missing__(self, cell: Cell) -> str:
        if isinstance(cell, str):
            clean = _clean(cell)
            if clean != cell:
                self.changed.add(cell)
            self[cell] = inert(clean)
        else:
            self[cell] = _number(cell)
        return self[cell]


def _count(wanted: Collection[Cell], header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """How many cells of a table are among these."""
    if not wanted:
        return 0
    return sum(cell in wanted for row in (header, *rows) for cell in row)


def _clean(text: str) -> str:
    return ILLEGAL.sub(REPLACED_BY, text)


def _number(value: Cell) -> str:
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


def _workbook_rows(path: Path, data: bytes) -> Iterator[Sequence[Cell]]:
    """Rows of the first visible sheet of a workbook."""
    if data.startswith(LOCKED_OR_OLD):
        what = say(
            "có mật khẩu hoặc là tệp .xls cũ", "is password-protected or an old .xls workbook"
        )
        raise _table_error(path, what, SAVE_AS)
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise _table_error(path, say("bung ra quá lớn", "unpacks to too much"), SAVE_AS)
            sheet = _sheet_of(archive)
    except UNREADABLE as error:
        what = say("không phải tệp .xlsx thật", "is not a real .xlsx workbook")
        raise _table_error(path, what, SAVE_AS) from error
    if sheet.faults:
        raise TableError(
            *(
                Problem(str(path), what, mend, field=cell)
                for cell, what, mend in sheet.faults[:MOST_CELLS_NAMED]
            )
        )
    return iter(sheet.rows)


def _sheet_of(archive: ZipFile) -> _Sheet:
    [book_part] = _related(archive, "", "officeDocument").values()
    book = _tree(archive, book_part)
    sheets = [item for item in book.iter() if _local(item.tag) == "sheet"]
    shown = [item for item in sheets if item.get("state", "visible") == "visible"]
    wanted = {_local(name): value for name, value in shown[0].attrib.items()}["id"]
    properties = next((item for item in book.iter() if _local(item.tag) == "workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    sheet = _Sheet(
        texts=_shared_texts(archive, book_part),
        date_styles=_date_styles(archive, book_part),
        epoch=datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30),
    )
    part = _related(archive, book_part, "worksheet")[wanted]
    with archive.open(part) as stream:
        _parse_sheet(stream, sheet)
    return sheet


def _local(name: str) -> str:
    """A name without its namespace: strict and transitional workbooks differ only in that."""
    return name.rpartition("}")[2]


def _tree(archive: ZipFile, part: str) -> ElementTree.Element:
    data = archive.read(part)
    if b"<!DOCTYPE" in data:
        raise ValueError("document type in a workbook")
    return ElementTree.fromstring(data)


def _related(archive: ZipFile, part: str, kind: str) -> dict[str, str]:
    """The parts of a kind that a part refers to, by the id of the reference."""
    folder, name = posixpath.split(part)
    references = posixpath.join(folder, "_rels", f"{name}.rels")
    if references not in archive.namelist():
        return {}
    return {
        item.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, item.get("Target", ""))
        ).lstrip("/")
        for item in _tree(archive, references)
        if item.get("Type", "").endswith(f"/{kind}")
    }


def _shared_texts(archive: ZipFile, book_part: str) -> list[str]:
    parts = _related(archive, book_part, "sharedStrings").values()
    return [
        _unescaped("".join(_texts_of(item)))
        for part in parts
        for item in _tree(archive, part)
        if _local(item.tag) == "si"
    ]


def _texts_of(item: ElementTree.Element) -> Iterator[str]:
    """The text of plain and formatted runs, without the reading aids beside them."""
    for child in item:
        if _local(child.tag) == "t":
            yield child.text or ""
        elif _local(child.tag) == "r":
            yield from _texts_of(child)


def _unescaped(text: str) -> str:
    """Text with the characters that XML cannot hold, which workbooks write as `_x000D_`."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _date_styles(archive: ZipFile, book_part: str) -> frozenset[str]:
    """The numbers of the cell styles that show a number as a date."""
    for part in _related(archive, book_part, "styles").values():
        tree = _tree(archive, part)
        own = {
            item.get("numFmtId", ""): item.get("formatCode", "")
            for item in tree.iter()
            if _local(item.tag) == "numFmt"
        }
        cells = next((item for item in tree if _local(item.tag) == "cellXfs"), ())
        return frozenset(
            str(number)
            for number, item in enumerate(cells)
            if _shows_date(item.get("numFmtId", "0"), own)
        )
    return frozenset()


def _shows_date(format_id: str, own: Mapping[str, str]) -> bool:
    if format_id in own:
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", own[format_id].lower())
        return bool(re.search("[dmyh]", bare))
    number = int(format_id)
    return 14 <= number <= 22 or 27 <= number <= 36 or 45 <= number <= 47 or 50 <= number <= 58


@dataclass(slots=True)
class _Sheet:
    """A sheet while it is read: what its cells refer to, and the cell being read."""

    texts: Sequence[str]
    date_styles: frozenset[str]
    epoch: datetime
    rows: list[list[Cell]] = field(default_factory=list)
    faults: list[tuple[str, Text, Text]] = field(default_factory=list)
    prefix: str | None = None  # of the names, as the first one writes it
    row_number: int = 0
    cells: list[tuple[dict[str, str], str | None]] = field(default_factory=list)  # of this row
    cell: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    text: list[str] = field(default_factory=list)
    aside: bool = False  # inside a reading aid

    def start(self, name: str, given: dict[str, str]) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            self.cell, self.value = given, None
        elif name == "v" or name == "t":
            self.text.clear()
        elif name == "row":
            self.row_number = int(given.get("r", self.row_number + 1))
            self.cells = []
        elif name == "f":
            self.cell["computed"] = "1"
        elif name == "rPh":
            self.aside = True
        elif self.prefix is None:
            self.prefix = name[: name.find(":") + 1]

    def end(self, name: str) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            self.cells.append((self.cell, self.value))
        elif name == "v":
            self.value = "".join(self.text)
        elif name == "row":
            self.rows.append(self._finished_row())
        elif name == "t" and not self.aside:
            self.value = (self.value or "") + "".join(self.text)
        elif name == "rPh":
            self.aside = False

    def _finished_row(self) -> list[Cell]:
        row: list[Cell] = []
        column = 0
        for cell, value in self.cells:
            letters = cell.get("r", "").rstrip("0123456789")
            column = column_number(letters) if letters else column + 1
            if column > MOST_COLUMNS:
                far = say("ô ở quá xa bên phải", "is a cell too far to the right")
                self._fault(column, far, CLEAR)
            elif "computed" in cell and not value and cell.get("t") != "str":
                unsaved = say("công thức chưa có giá trị", "is a formula without a saved value")
                self._fault(column, unsaved, PASTE)
            elif value is not None:
                row += [""] * (column - len(row))
                row[column - 1] = (
                    self.texts[int(value)] if cell.get("t") == "s" else self._value(cell, value)
                )
        return row

    def _fault(self, column: int, what: Text, mend: Text) -> None:
        self.faults.append((f"{column_letters(column)}{self.row_number}", what, mend))

    def _value(self, cell: Mapping[str, str], text: str) -> Cell:
        kind = cell.get("t", "n")
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind != "n" or not text:
            return _unescaped(text) if "_x" in text else text
        value = float(text)
        if cell.get("s") in self.date_styles:
            return self._date(value)
        return int(value) if value.is_integer() else value

    def _date(self, days: float) -> str:
        try:
            moment = self.epoch + timedelta(seconds=round(days * 86_400))
        except (OverflowError, ValueError):
            return str(days)
        return moment.isoformat(" ").removesuffix(" 00:00:00")


CLEAR = say("xóa ô này", "clear this cell")
PASTE = say(
    "mở bằng Excel và lưu lại, hoặc thay công thức bằng giá trị",
    "open it in Excel and save it, or replace the formula by its value",
)


def _parse_sheet(stream: IO[bytes], sheet: _Sheet) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.text.append
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.ParseFile(stream)


def _refuse_document_type(*_: Any) -> None:
    raise ValueError("document type in a sheet")


@lru_cache(maxsize=2 * MOST_COLUMNS)
def column_number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError(f"no column: {letters!r}")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@lru_cache(maxsize=2 * MOST_COLUMNS)
def column_letters(number: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


# --- workbooks out --------------------------------------------------------------------------

PLAIN, HEADING, INERT = range(3)  # cell styles, in the order of STYLES
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = f"""{XML}<Types xmlns="{PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>\
<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>\
</Types>"""
ROOT_REFERENCES = f"""{XML}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>\
</Relationships>"""
WORKBOOK = f"""{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">\
<sheets><sheet name="tngis" sheetId="1" r:id="rId1"/></sheets></workbook>"""
BOOK_REFERENCES = f"""{XML}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>\
<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>\
</Relationships>"""
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" \
applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""
FROZEN = """<sheetViews><sheetView workbookViewId="0">\
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>\
</sheetView></sheetViews>"""


class _Ends(dict[Cell, str]):
    """How each cell of a workbook being written ends, worked out once; texts are shared."""

    def __init__(self) -> None:
        self.shared: dict[str, int] = {}  # text as written → its number
        self.replaced: set[Cell] = set()
        self.cut: set[Cell] = set()
        self[""] = ""

    def __missing__(self, cell: Cell) -> str:
        self[cell] = self._text(cell) if isinstance(cell, str) else self._number(cell)
        return self[cell]

    def _text(self, text: str) -> str:
        clean = _clean(text)
        short = _cut(clean)
        if clean != text:
            self.replaced.add(text)
        if short != clean:
            self.cut.add(text)
        number = self.shared.setdefault(short, len(self.shared))
        style = f' s="{INERT}"' if short.startswith(INERT_BEFORE) else ""
        return f'"{style} t="s"><v>{number}</v></c>'

    def _number(self, value: int | float | Decimal) -> str:
        """What a cell cannot hold exactly becomes text."""
        if not math.isfinite(value) or abs(float(value)) > MOST_EXACT_WHOLE_NUMBER:
            return self._text(str(value))
        return f'"><v>{_number(value)}</v></c>'


def _cut(text: str) -> str:
    """Text no longer than a cell holds, in the units Excel counts."""
    wide = text.encode("utf-16-le")
    if len(wide) <= 2 * MOST_CHARACTERS_OF_A_CELL:
        return text
    return wide[: 2 * (MOST_CHARACTERS_OF_A_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def _workbook_bytes(
    header: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> tuple[bytes, list[Text]]:
    if len(rows) >= MOST_ROWS_OF_A_SHEET:
        raise OutputError(
            Problem(
                ".xlsx",
                say(
                    "{n} dòng không vừa một trang tính", "{n} rows do not fit a sheet", n=len(rows)
                ),
                say("chọn .csv", "choose .csv"),
            )
        )
    ends = _Ends()
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(timeless("[Content_Types].xml"), CONTENT_TYPES)
        archive.writestr(timeless("_rels/.rels"), ROOT_REFERENCES)
        archive.writestr(timeless("xl/workbook.xml"), WORKBOOK)
        archive.writestr(timeless("xl/_rels/workbook.xml.rels"), BOOK_REFERENCES)
        archive.writestr(timeless("xl/styles.xml"), STYLES)
        with archive.open(timeless("xl/worksheets/sheet1.xml"), "w") as sheet:
            for piece in _sheet_pieces(header, rows, ends):
                sheet.write(piece.encode())
        with archive.open(timeless("xl/sharedStrings.xml"), "w") as shared:
            for piece in _shared_pieces(ends.shared):
                shared.write(piece.encode())
    replaced, cut = _count(ends.replaced, header, rows), _count(ends.cut, header, rows)
    return packed.getvalue(), _remarks(replaced, cut)


def timeless(name: str) -> ZipInfo:
    """An entry of an archive that is the same on every day and every system."""
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _sheet_pieces(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], ends: _Ends
) -> Iterator[str]:
    letters = [column_letters(n + 1) for n in range(max(map(len, (header, *rows))))]
    yield f'{XML}<worksheet xmlns="{MAIN}">{FROZEN}{_columns(header, rows)}<sheetData>'
    yield _heading(header, ends)
    for number, row in enumerate(rows, start=2):
        cells = [
            f'<c r="{letter}{number}{end}'
            for letter, end in zip(letters, map(ends.__getitem__, row), strict=False)
            if end
        ]
        yield f'<row r="{number}">{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def _heading(header: Sequence[str], ends: _Ends) -> str:
    cells = [
        f'<c r="{column_letters(column)}1" s="{HEADING}" t="s">{ends[name].partition(">")[2]}'
        for column, name in enumerate(header, start=1)
        if name
    ]
    return f'<row r="1">{"".join(cells)}</row>'


def _columns(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Columns as wide as what their first rows hold."""
    narrow, wide = WIDTHS
    longest: dict[int, int] = {}
    measured: list[Sequence[Cell]] = [header, *rows[:ROWS_MEASURED]]
    for row in measured:
        for place, cell in enumerate(row, start=1):
            longest[place] = max(longest.get(place, 0), len(str(cell)))
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{min(max(size + 2, narrow), wide)}" customWidth="1"/>'
        for n, size in longest.items()
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _shared_pieces(shared: Mapping[str, int]) -> Iterator[str]:
    yield f'{XML}<sst xmlns="{MAIN}" uniqueCount="{len(shared)}">'
    for text in shared:
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        literal = re.sub("(?=_x[0-9A-Fa-f]{4}_)", "_x005F", lines)
        yield f'<si><t xml:space="preserve">{escape(literal)}</t></si>'
    yield "</sst>"
