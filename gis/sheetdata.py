"""The rows of a workbook, put as text into one that has its sheets, styles and headers already.

A library makes the workbook; but each cell written through one costs microseconds, and a hundred
thousand answers would take longer to write than to find.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gis.files import INERT_BEFORE

COMPRESSION = 4  # less than half the time of zlib's 6, for a file a twelfth larger
STRINGS = "xl/sharedStrings.xml"
SAMPLE = re.compile(r'<row [^>]*><c r="A\d+" s="(\d+)" t="s"><v>(\d+)</v></c></row></sheetData>')
NO_ROWS, END = "<sheetData/>", "</sheetData>"
DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
COUNTS = re.compile(r' count="\d+" uniqueCount="\d+"')
ESCAPE_OF_WORKBOOKS = re.compile(r"_x[0-9A-Fa-f]{4}_")  # of characters that no XML may hold

Cell = str | int | float | Decimal  # an empty cell is "", a truth value its word


class Body(NamedTuple):
    """What stands below the header of a sheet."""

    rows: Sequence[Sequence[Cell]]
    first: int  # number of the first row, counted from 1
    columns: int


def with_rows(workbook: bytes, bodies: Sequence[Body], written: Callable[[Cell], Cell]) -> bytes:
    """The workbook with these rows, a body for each of its sheets in their order.

    `written` says what stands for a cell: a text, or a number that a cell holds exactly. The last
    text the workbook came with is a sample, alone in the last row of the first sheet: texts that
    could be taken for formulas get its style.
    """
    archive = ZipFile(io.BytesIO(workbook))
    parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheets = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(bodies) + 1)]
    sample = SAMPLE.search(parts[sheets[0]])
    if sample is None:
        raise ValueError("the workbook has no sample of a cell")
    parts[sheets[0]] = SAMPLE.sub(END, parts[sheets[0]])
    cells = _Cells(written, sample[1], int(sample[2]))
    for name, body in zip(sheets, bodies, strict=True):
        parts[name] = _filled(parts[name], body, cells)
    strings = parts[STRINGS][: parts[STRINGS].rindex("<si>")]
    strings = COUNTS.sub(f' uniqueCount="{cells.known + len(cells.strings)}"', strings)
    parts[STRINGS] = "".join([strings, *map(_string, cells.strings), "</sst>"])
    packed = io.BytesIO()
    with ZipFile(packed, "w") as whole:
        for name, text in parts.items():  # each as of the zip's first day
            whole.writestr(ZipInfo(name), text.encode(), ZIP_DEFLATED, COMPRESSION)
    return packed.getvalue()


class _Cells(dict[Cell, str]):
    """What is written for each cell behind its address, worked out once, and the texts to keep."""

    def __init__(self, written: Callable[[Cell], Cell], inert_style: str, known: int) -> None:
        self._written, self._inert_style = written, inert_style
        self.known = known  # texts that the workbook has
        self.strings: dict[str, int] = {}

    def __missing__(self, cell: Cell) -> str:
        value = self._written(cell)
        if isinstance(value, str):
            style = f' s="{self._inert_style}"' if value.startswith(INERT_BEFORE) else ""
            number = self.strings.setdefault(value, self.known + len(self.strings))
            text = f'"{style} t="s"><v>{number}</v></c>'
        else:
            text = f'"><v>{value:.16G}</v></c>'
        self[cell] = text
        return text


def _string(text: str) -> str:
    kept = ESCAPE_OF_WORKBOOKS.sub(r"_x005F\g<0>", text)
    space = "" if kept == kept.strip() else ' xml:space="preserve"'
    return f"<si><t{space}>{escape(kept, quote=False)}</t></si>"


def _filled(part: str, body: Body, cells: _Cells) -> str:
    """The part of a sheet with its rows."""
    columns = [f'<c r="{_letters(column)}' for column in range(body.columns)]
    rows = []
    for number, row in enumerate(body.rows, body.first):
        told = [
            f"{column}{number}{cells[cell]}"
            for column, cell in zip(columns, row, strict=False)
            if cell != ""
        ]
        if told:
            rows.append(f'<row r="{number}">{"".join(told)}</row>')
    last = body.first + len(body.rows) - 1
    corner = f"{_letters(max(body.columns, 1) - 1)}{max(last, 1)}"
    part = DIMENSION.sub(f'<dimension ref="A1:{corner}"/>', part, count=1)
    head, _, tail = part.replace(NO_ROWS, f"<sheetData>{END}", 1).partition(END)
    return "".join([head, *rows, END, tail])


def _letters(column: int) -> str:
    """The letters of a column: A for 0, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
