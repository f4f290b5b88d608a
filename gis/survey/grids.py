"""Tables as they were typed: cells by row, from a workbook, a CSV file or pasted text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from gis.errors import Problem
from gis.language import say
from gis.spreadsheets import Cell, TableError, cell_text, formula_cells, read_sheets
from gis.survey.legacy import readable_cells, readable_document
from gis.survey.model import Notice, SurveyError

NUMERIC = re.compile(r"[-+]?\d[\d.,°º'′’\"″”]*[NEBĐ]?")  # degrees too
WIDE_GAP = re.compile(r"\t|\s{2,}")
COORDINATE_WORDS = re.compile(r"(?i)\bt[oọ][aạ]\s*đ[oộ]\s+(?=[xyne]\b)")
MOST_ROWS = 200_000  # of corner points; a province's boundary has fewer
MOST_CELL_CHARACTERS = 1000


class GridRow(NamedTuple):
    """A row with its number in the file."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table without any claim about its headings."""

    name: str
    rows: Sequence[GridRow]
    formulas: frozenset[tuple[int, int]] = frozenset()  # row number and column, from 1
    notices: tuple[Notice, ...] = ()
    separator: str = ""  # of a text; with spaces a heading of two words makes two cells

    def is_formula(self, row: int, column: int) -> bool:
        return (row, column + 1) in self.formulas


def workbook_grids(shown: str, path: Path) -> list[Grid]:
    """The visible sheets of a workbook.

    Raises: TableError.
    """
    try:
        sheets, formulas = read_sheets(path), formula_cells(path)
    except TableError as error:  # it was read from a copy
        raise TableError(*(replace(item, file=shown) for item in error.problems)) from error
    notices: list[Notice] = []
    typed = [cell for sheet in sheets for row in sheet.rows for cell in row.cells]
    texts = [cell for cell in typed if isinstance(cell, str)]
    right = dict(zip(texts, readable_cells(texts, notices), strict=True))
    return [
        Grid(
            sheet.name,
            [
                GridRow(row.number, [right[c] if isinstance(c, str) else c for c in row.cells])
                for row in sheet.rows
            ],
            formulas.get(sheet.name, frozenset()),
            tuple(notices) if not number else (),
        )
        for number, sheet in enumerate(sheets)
    ]


def text_grids(shown: str, data: bytes) -> list[Grid]:
    """A table in text, parted by whatever parts most of its rows into numbers.

    Raises: SurveyError.
    """
    notices: list[Notice] = []
    text = readable_document(shown, data, notices)
    lines = text.splitlines()
    if len(lines) > MOST_ROWS:
        what = say("quá nhiều dòng: {n}", "has too many rows: {n}", n=len(lines))
        raise SurveyError(Problem(shown, what, say("tách bảng", "split the table")))
    parted = [part(text) for part in PARTERS]
    best = max(range(len(parted)), key=lambda n: _fit(parted[n]))
    rows = [row for row in parted[best] if any(row.cells)]
    return [Grid("", rows, notices=tuple(notices), separator=f"{SEPARATORS} "[best])]


def _fit(rows: Sequence[GridRow]) -> tuple[int, int]:
    """Rows that a way of parting makes two numbers of, then rows of the same number of cells."""
    numbers = sum(
        sum(bool(NUMERIC.fullmatch(str(cell))) for cell in row.cells) >= 2
        and not any(";" in str(cell) or "\t" in str(cell) for cell in row.cells)
        for row in rows
    )
    widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
    return numbers, max(widths.values(), default=0)


def _parted_by(mark: str) -> Callable[[str], list[GridRow]]:
    def part(text: str) -> list[GridRow]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        rows: list[GridRow] = []
        try:
            for cells in reader:
                rows.append(GridRow(reader.line_num, [_clean(item) for item in cells]))
        except csv.Error:  # a quote that is no quote, a cell without end: not this way
            return []
        return rows

    return part


def _parted_by_space(text: str) -> list[GridRow]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = COORDINATE_WORDS.sub("", line).strip()
        words = line.split()
        is_numbers = sum(bool(NUMERIC.fullmatch(word)) for word in words) >= 2
        is_heading = {word[:1].lower() for word in words} >= {"x", "y"} and len(words) < 8
        cells = words if is_numbers or is_heading else WIDE_GAP.split(line)
        rows.append(GridRow(number, [_clean(item) for item in cells]))
    return rows


def _clean(cell: str) -> str:
    return " ".join(cell.split())[:MOST_CELL_CHARACTERS]


SEPARATORS = "\t;|,"
PARTERS = (*(_parted_by(mark) for mark in SEPARATORS), _parted_by_space)


def cells_of(row: GridRow) -> list[str]:
    """The cells of a row as text."""
    return [cell_text(cell).strip() for cell in row.cells]
