"""The headings of a table of corner points: where they stand, and what each column holds.

On Vietnamese survey papers X is north and Y is east; a heading that names a direction is believed.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gis.survey.columns import heading, roles_of
from gis.survey.grids import Grid, cells_of
from gis.survey.model import SurveyLayer
from gis.survey.typed_numbers import (
    EASTINGS,
    LATITUDES,
    LONGITUDES,
    NORTHINGS,
    Unsettled,
    number_of,
    style_of,
)

MOST_HEADING_ROWS = 60  # from the top; a dossier's title page is shorter
FEWEST_ROWS = 3  # of a table without headings
ROWS_OF_ONE_HEADING = 3  # merged heading cells spread over no more
UNITS = r"(?:m|met|vn2000|2000|wgs84|utm)*"
NORTH = re.compile(
    rf"(?:toado)?(?:vn2000)?(?:x|n|northing|north|bac)(?:bac|north|northing|n)?{UNITS}"
)
EAST = re.compile(rf"(?:toado)?(?:vn2000)?(?:y|e|easting|east|dong)(?:dong|east|easting|e)?{UNITS}")
GIS_EAST = re.compile(r"(?:point|coord|x)?x(?:coord|coordinate)|pointx|xeasting|xeast|xdong")
GIS_NORTH = re.compile(r"(?:point|coord|y)?y(?:coord|coordinate)|pointy|ynorthing|ynorth|ybac")
LATITUDE = re.compile(r"(?:vido|latitude|lat|b)(?:b|bac|n|wgs84|vn2000|do|dms)*")
LONGITUDE = re.compile(r"(?:kinhdo|longitude|long|lon|lng|l)(?:l|dong|e|wgs84|vn2000|do|dms)*")
NUMBER = ("stt", "tt", "sott", "no", "sothutu", "thutu", "number", "order", "id", "fid")
POINT = re.compile(r".*(?:diem|moc|point|dinh|goc|sohieu|corner|vertex|kyhieu).*|pt|dd")
EDGE = re.compile(r".*(?:canh|chieudai|khoangcach|length|dodai|edge|distance|culy).*|s|sm|d|dm")
PART = ("phan", "part", "phanso", "manh")
RING = ("vong", "ring", "loaivong", "vongso")


@dataclass(frozen=True, slots=True)
class Headings:
    """Which column of a table is what; `first` and `second` are north and east."""

    last_row: int  # index of the last heading row in the grid
    first_row: int
    north: int
    east: int
    is_degrees: bool
    label: int | None
    others: Mapping[str, int]  # role to column
    texts: tuple[str, ...]

    def columns_read(self) -> dict[int, str]:
        """The columns whose cells are used, by what they are used for."""
        found = {self.north: self.texts[self.north], self.east: self.texts[self.east]}
        if self.label is not None:
            found[self.label] = self.texts[self.label]
        return found | {column: self.texts[column] for column in self.others.values()}


def find_headings(grid: Grid, layer: SurveyLayer) -> Headings | None:
    """The headings of a grid, or None if no row heads two coordinates."""
    for index, row in enumerate(grid.rows[:MOST_HEADING_ROWS]):
        found = coordinate_columns(cells_of(row))
        if found is not None and not (grid.separator == " " and _is_out_of_step(grid, index)):
            return _headings(grid, index, found, layer)
    return _by_size(grid)


def _is_out_of_step(grid: Grid, index: int) -> bool:
    """Whether the rows of numbers have another number of cells than the heading."""
    widths = [len(row.cells) for row in grid.rows[index + 1 :] if len(row.cells) > 1]
    return bool(widths) and statistics.mode(widths) != len(grid.rows[index].cells)


def _by_size(grid: Grid) -> Headings | None:
    """Columns without headings, where only one can be northings and only one eastings."""
    rows = [(n, row) for n, row in enumerate(grid.rows) if len(row.cells) > 1]
    style = style_of(cell for _, row in rows for cell in row.cells)
    if isinstance(style, Unsettled):
        return None
    numbers = [(n, [number_of(cell, style) for cell in row.cells]) for n, row in rows]
    for north, east, is_degrees in (
        (NORTHINGS, EASTINGS, False),
        (LATITUDES, LONGITUDES, True),
    ):
        hits = [(n, _within(values, north), _within(values, east)) for n, values in numbers]
        full = [(n, a, b) for n, a, b in hits if len(a) == len(b) == 1 and a != b]
        if len(full) >= FEWEST_ROWS:
            first, a, b = full[0]
            width = max(len(row.cells) for _, row in rows)
            label = next((c for c in range(width) if c not in (a[0], b[0])), None)
            texts = tuple(str(c + 1) for c in range(width))
            return Headings(first - 1, first, a[0], b[0], is_degrees, label, {}, texts)
    return None


def _within(values: Sequence[float | None], bounds: tuple[float, float]) -> list[int]:
    return [n for n, v in enumerate(values) if v is not None and bounds[0] <= v <= bounds[1]]


def coordinate_columns(cells: Sequence[str]) -> tuple[int, int, bool] | None:
    """North and east of a heading row, and whether they are degrees; plane ones go first."""
    plain = [heading(cell) for cell in cells]
    for north, east, is_degrees in (
        (GIS_NORTH, GIS_EAST, False),
        (NORTH, EAST, False),
        (LATITUDE, LONGITUDE, True),
    ):
        a = next((n for n, text in enumerate(plain) if north.fullmatch(text)), None)
        b = next((n for n, text in enumerate(plain) if east.fullmatch(text)), None)
        if a is not None and b is not None:
            return a, b, is_degrees
    return None


def _headings(grid: Grid, index: int, found: tuple[int, int, bool], layer: SurveyLayer) -> Headings:
    north, east, is_degrees = found
    first = index
    width = max(len(row.cells) for row in grid.rows[: index + 2])
    texts = _padded(cells_of(grid.rows[index]), width)
    while first and index - first < ROWS_OF_ONE_HEADING - 1:
        above = _padded(cells_of(grid.rows[first - 1]), width)
        if sum(bool(text) for text in above) < 2 or not _adds(texts, above):
            break
        texts = [own or higher for own, higher in zip(texts, above, strict=True)]
        first -= 1
    taken = {north, east}
    label = _column(texts, taken, lambda text: bool(POINT.fullmatch(text)))
    number = _column(texts, taken, lambda text: text in NUMBER)
    taken |= {column for column in (label, number) if column is not None}
    edge = _column(texts, taken, lambda text: bool(EDGE.fullmatch(text)))
    taken |= {edge} if edge is not None else set()
    others = dict(_others(texts, taken, layer))
    return Headings(
        index,
        first,
        north,
        east,
        is_degrees,
        number if label is None else label,
        others,
        tuple(texts),
    )


def _adds(texts: Sequence[str], above: Sequence[str]) -> bool:
    """Whether a row above heads a column that has no heading yet."""
    return any(higher and not own for own, higher in zip(texts, above, strict=True))


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]


def _column(texts: Sequence[str], taken: set[int], fits: object) -> int | None:
    assert callable(fits)
    return next(
        (n for n, text in enumerate(texts) if n not in taken and text and fits(heading(text))), None
    )


def _others(texts: Sequence[str], taken: set[int], layer: SurveyLayer) -> Iterator[tuple[str, int]]:
    """The columns that say which parcel, part, ring or place a corner belongs to."""
    left = {text: n for n, text in reversed(list(enumerate(texts))) if n not in taken and text}
    for role, text in roles_of(left, layer).items():
        yield role, left[text]
    for role, names in (("part", PART), ("ring", RING)):
        found = next((n for text, n in left.items() if heading(text) in names), None)
        if found is not None:
            yield role, found
    if "name" not in roles_of(left, layer):
        lot = next(
            (n for text, n in left.items() if heading(text) in ("lo", "tenlo", "solo", "sothua")),
            None,
        )
        if lot is not None:
            yield "name", lot


def is_hole(text: str) -> bool:
    """Whether a ring is said to lie inside another: trong, lỗ, inner, hole."""
    words = unicodedata.normalize("NFC", text).lower().split()  # lô, a lot, is no lỗ
    return bool({"trong", "lỗ", "inner", "hole", "interior"} & set(words))
