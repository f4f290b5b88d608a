"""Tables of corner points (bảng kê tọa độ) to outlines, however the parcels are set apart.

Parcels are told apart by a column, by a title row between them, by a ring that closes, or by
numbers that start again. X is north, Y is east, as Vietnamese survey papers have it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import shapely

from gis.errors import Problem
from gis.language import Text, say
from gis.model import Severity
from gis.spreadsheets import cell_text
from gis.survey.columns import decimal_of, roles_of, stated_hectares
from gis.survey.geodata import MOST_COORDINATE
from gis.survey.grids import NUMERIC, Grid, GridRow, cells_of
from gis.survey.headings import Headings, coordinate_columns, find_headings, is_hole
from gis.survey.model import Notice, SurveyError, SurveyFile, SurveyLayer, SurveyRow
from gis.survey.statements import declared_system
from gis.survey.typed_numbers import Style, Unsettled, number_of, style_of

FEWEST_CORNERS = 3
MOST_NAMED = 20
SAME_POINT = 5e-4  # of a metre; in degrees a few ten metres, and no corners are so near
SAME_POINT_DEGREES = 5e-9
AREA = re.compile(r"(?P<n>\d[\d.,\s]*?)\s*(?P<unit>ha|hecta|m2|m²)(?![a-z])", re.IGNORECASE)
PART_TITLE = re.compile(r"(?i)(?:phần|part)\s*(?P<n>\d+)\s*(?:[,:–-]\s*(?P<ring>.*))?")
AREA_WORDS = re.compile(r"(?i)di[eệ]n\s*t[ií]ch|area|\bS\s*[=:]")
NUMBERED = re.compile(r"\(?(\d+)\)?")
WRITE_NUMBERS = say(
    "ghi tọa độ bằng số, ví dụ 2384567,123", "write coordinates as numbers, such as 2384567.123"
)


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner as its row states it."""

    row: int
    label: str
    north: float
    east: float

    def is_at(self, other: Corner, tolerance: float) -> bool:
        return math.hypot(self.north - other.north, self.east - other.east) <= tolerance


@dataclass(slots=True)
class Ring:
    """Corners in order, with what the table says of the parcel they bound."""

    title: str = ""
    context: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    corners: list[Corner] = field(default_factory=list)
    stated_ha: Decimal | None = None
    is_closed: bool = False

    @property
    def hole(self) -> bool:
        return is_hole(self.cells.get("ring", "")) or is_hole_title(self.title)


def is_hole_title(title: str) -> bool:
    """Whether a title row says that the ring below it lies inside another."""
    return bool(re.search(r"(?i)\bv[oò]ng\s+trong\b|\bl[oỗ]\s+th[uủ]ng\b|\binner ring\b", title))


def read_corners(
    name: str,
    parts: Mapping[str, str],
    form: str,
    grids: Sequence[Grid],
    layer: SurveyLayer,
    source_layer: str | None,
) -> SurveyFile:
    """The parcels of every table of corner points in a file.

    Raises: SurveyError.
    """
    rows: list[SurveyRow] = []
    notices: list[Notice] = []
    declared: str | None = None
    chosen = _chosen(name, grids, source_layer)
    for grid in chosen:
        notices += grid.notices
        headings = find_headings(grid, layer)
        if headings is None:
            text = say(
                "Trang {sheet}: không có cột tọa độ, không dùng.",
                "Sheet {sheet}: no columns of coordinates, not used.",
                sheet=grid.name,
            )
            notices.append(Notice("sheet-without-coordinates", Severity.NOTE, text))
            continue
        _refuse_formulas(name, grid, headings)
        above = [" ".join(cells_of(row)) for row in grid.rows[: headings.last_row]]
        declared = declared or declared_system(above, headings.texts, headings.is_degrees)
        rings = _rings(name, grid, headings, notices)
        rows += _parcels(name, grid, headings, rings, len(rows), layer)
    if not rows:
        raise _refused(name, *_no_coordinates())
    shown = chosen[0].name if len(chosen) == 1 else ""
    return SurveyFile(name, parts, form, shown, declared, tuple(rows), tuple(notices))


def _chosen(name: str, grids: Sequence[Grid], wanted: str | None) -> Sequence[Grid]:
    if wanted is None:
        return grids
    found = [grid for grid in grids if grid.name == wanted]
    if not found:
        names = [grid.name for grid in grids]
        raise _refused(
            name,
            say("không có trang này", "has no such sheet"),
            say("chọn một trong: {names}", "choose one of: {names}", names=names),
            value=wanted,
        )
    return found


def _no_coordinates() -> tuple[Text, Text]:
    return (
        say("không có hai cột tọa độ có số", "has no two columns of coordinates with numbers"),
        say(
            "đặt tiêu đề X và Y (hoặc Vĩ độ, Kinh độ) trên hai cột tọa độ",
            "head the two columns of coordinates X and Y (or latitude, longitude)",
        ),
    )


def _refuse_formulas(name: str, grid: Grid, headings: Headings) -> None:
    """A formula shows what it was last computed to, which nobody surveyed: values are asked for."""
    used = headings.columns_read()
    problems = [
        Problem(
            name,
            say("là công thức", "is a formula"),
            say("chép rồi dán giá trị (Paste Values)", "copy it and paste values"),
            layer=grid.name,
            row=str(row),
            field=used[column - 1],
        )
        for row, column in sorted(grid.formulas)
        if column - 1 in used
    ]
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


# --- rows to rings ------------------------------------------------------------------------------


def _rings(name: str, grid: Grid, headings: Headings, notices: list[Notice]) -> list[Ring]:
    body = grid.rows[headings.last_row + 1 :]
    style = _style(name, grid, headings, body)
    corners = list(_typed(name, grid, headings, body, style))
    _refuse_swapped(name, grid, headings, [item for item in corners if isinstance(item, Corner)])
    tolerance = SAME_POINT_DEGREES if headings.is_degrees else SAME_POINT
    assembly = Assembly(tolerance, _title_above(grid, headings))
    for row, item in zip(body, corners, strict=True):
        if isinstance(item, Corner):
            assembly.corner(item, _cells(headings, row))
        elif isinstance(item, str):
            assembly.text(item, row.number)
    rings = assembly.finished()
    if assembly.leftover:
        said = say(
            "Dòng chữ không dùng: {rows}.", "Rows of text not used: {rows}.", rows=assembly.leftover
        )
        notices.append(Notice("text-not-used", Severity.NOTE, said))
    _refuse_short(name, grid, rings)
    return rings


def _style(name: str, grid: Grid, headings: Headings, body: Sequence[GridRow]) -> Style:
    cells = [
        row.cells[column]
        for row in body
        for column in (headings.north, headings.east)
        if column < len(row.cells)
    ]
    style = style_of(cells)
    if isinstance(style, Unsettled):
        raise _refused(
            name,
            say(
                "số đọc được hai cách: nghìn hay thập phân?",
                "a number reads in two ways: thousands or decimals?",
            ),
            say("bỏ dấu nhóm hàng nghìn", "write it without grouping thousands"),
            layer=grid.name,
            value=style.example,
        )
    return style


def _typed(
    name: str, grid: Grid, headings: Headings, body: Sequence[GridRow], style: Style
) -> Iterator[Corner | str | None]:
    """Every row as a corner, as text, or as nothing that counts.

    Raises: SurveyError, with every cell that is no number.
    """
    problems: list[Problem] = []
    for row in body:
        cells = cells_of(row)
        item = _row(headings, row, cells, style)
        if grid.separator == "," and _spills(headings, cells):
            item = headings.east
        if isinstance(item, int):
            problems.append(_no_number(name, grid, headings, row, cells, item))
        else:
            yield item
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


def _spills(headings: Headings, cells: Sequence[str]) -> bool:
    """Whether numbers stand beyond the last heading, as decimal commas between commas make them."""
    width = max(n for n, text in enumerate(headings.texts) if text) + 1
    return any(NUMERIC.fullmatch(text) for text in cells[width:])


def _row(
    headings: Headings, row: GridRow, cells: list[str], style: Style
) -> Corner | str | int | None:
    """A corner, a text, nothing, or the column whose cell should be a number and is none."""
    if _is_numbering(cells) or coordinate_columns(cells) is not None:
        return None
    pair = (headings.north, headings.east)
    given = [column for column in pair if column < len(cells) and cells[column]]
    others = [text for n, text in enumerate(cells) if text and n not in pair]
    if not given:
        return " ".join(others) or None
    values = {column: number_of(row.cells[column], style) for column in given}
    if len(set(text for text in cells if text)) == 1 and None in values.values():
        return next(text for text in cells if text)  # a title over merged cells
    bad = [column for column in pair if values.get(column) is None]
    if bad == list(pair) and len(row.cells) < len(headings.texts):
        return " ".join(text for text in cells if text)
    bad += [column for column, value in values.items() if value is not None and _is_wild(value)]
    if bad:
        return bad[0]
    north, east = (values[column] for column in pair)
    assert north is not None
    assert east is not None
    label = headings.label
    named = cells[label] if label is not None and label < len(cells) else ""
    return Corner(row.number, named, north, east)


def _is_wild(value: float) -> bool:
    return not abs(value) <= MOST_COORDINATE  # NaN too


def _is_numbering(cells: Sequence[str]) -> bool:
    """The row 1, 2, 3 … that numbers the columns of a printed table."""
    found = [NUMBERED.fullmatch(text) for text in cells if text]
    numbers = [int(item.group(1)) for item in found if item]
    return len(found) >= FEWEST_CORNERS and numbers == list(range(1, len(found) + 1))


def _no_number(
    name: str, grid: Grid, headings: Headings, row: GridRow, cells: list[str], column: int
) -> Problem:
    value = cells[column] if column < len(cells) else ""
    wider = grid.separator == "," and _spills(headings, cells)
    mend = (
        say(
            "dấu phẩy vừa ngăn ô vừa là thập phân: dùng dấu ; giữa các ô",
            "the comma parts cells and decimals both: put ; between the cells",
        )
        if wider
        else WRITE_NUMBERS
    )
    return Problem(
        name,
        say("không phải số hữu hạn", "is not a finite number"),
        mend,
        layer=grid.name,
        row=str(row.number),
        field=headings.texts[column],
        value=value,
    )


def _refuse_swapped(name: str, grid: Grid, headings: Headings, corners: Sequence[Corner]) -> None:
    """Rows in which north and east stand the other way round than in the first row."""
    if not corners:
        return
    first = corners[0]
    swapped = [
        item
        for item in corners
        if abs(item.north - first.east) + abs(item.east - first.north)
        < abs(item.north - first.north) + abs(item.east - first.east)
    ]
    if swapped:
        raise SurveyError(
            *(
                Problem(
                    name,
                    say(
                        "hai cột bị đổi chỗ so với dòng {first}",
                        "the two columns are swapped, compared with row {first}",
                        first=str(first.row),
                    ),
                    say("đổi lại hai ô của dòng này", "swap the two cells of this row back"),
                    layer=grid.name,
                    row=str(item.row),
                    field=f"{headings.texts[headings.north]}, {headings.texts[headings.east]}",
                    value=f"{item.north:.15g}; {item.east:.15g}",
                )
                for item in swapped[:MOST_NAMED]
            )
        )


def _title_above(grid: Grid, headings: Headings) -> str:
    """The words above the table, without those that only say what it is."""
    rows = [" ".join(dict.fromkeys(filter(None, cells_of(row)))) for row in grid.rows]
    return "\n".join(text for text in rows[: headings.first_row] if text)


def _cells(headings: Headings, row: GridRow) -> dict[str, str]:
    return {
        role: cell_text(row.cells[column]).strip()
        for role, column in headings.others.items()
        if column < len(row.cells) and cell_text(row.cells[column]).strip()
    }


class Assembly:
    """Puts corners together into rings, as the rows of a table come."""

    def __init__(self, tolerance: float, title: str) -> None:
        self.tolerance = tolerance
        self.rings: list[Ring] = []
        self.title = title
        self.carried: dict[str, str] = {}
        self.pending: list[tuple[int, str]] = []
        self.leftover: list[str] = []
        self.parted = False

    def text(self, text: str, row: int) -> None:
        """A row without coordinates: an area of the ring above, or the title of the next."""
        part = PART_TITLE.fullmatch(text.strip())
        stated = stated_in(text)
        if part:
            self.carried |= {"part": part["n"], "ring": part["ring"] or ""}
            self.parted = True
        elif stated is not None and self.rings and AREA_WORDS.search(text):
            self.rings[-1].stated_ha = stated
        else:
            self.pending.append((row, text))

    def corner(self, corner: Corner, cells: dict[str, str]) -> None:
        """One more corner: of the ring at hand, its closing point, or the first of the next."""
        ring = self.rings[-1] if self.rings else None
        told = {key: text for key, text in cells.items() if self.carried.get(key, text) != text}
        starts = told or self.pending or self.parted
        if ring is None or starts or ring.is_closed or self._restarts(ring, corner):
            ring = self._new(cells)
        self.carried |= cells
        ring.cells = {**ring.cells, **cells}
        many = len(ring.corners) >= FEWEST_CORNERS
        if many and corner.is_at(ring.corners[0], self.tolerance):
            ring.is_closed = True
        else:
            ring.corners.append(corner)

    def _new(self, cells: Mapping[str, str]) -> Ring:
        title = "\n".join(text for _, text in self.pending)
        if not title and self.rings and not cells:
            title = self.rings[-1].title
        self.pending, self.parted = [], False
        stated = stated_in(title) if AREA_WORDS.search(title) else None
        self.rings.append(Ring(title, self.title, dict(self.carried), stated_ha=stated))
        return self.rings[-1]

    def _restarts(self, ring: Ring, corner: Corner) -> bool:
        """Whether the labels of the corners start again."""
        first = ring.corners[0]
        return (
            len(ring.corners) >= FEWEST_CORNERS
            and corner.label == first.label != ""
            and not corner.is_at(first, self.tolerance)
        )

    def finished(self) -> list[Ring]:
        self.leftover += [str(row) for row, _ in self.pending]
        return self.rings


def stated_in(text: str) -> Decimal | None:
    """The hectares a sentence states, if it states any."""
    found = AREA.search(text)
    if found is None:
        return None
    value = decimal_of(_vietnamese(found["n"]))
    if value is None or value <= 0:
        return None
    return value if found["unit"].lower().startswith("h") else value / 10_000


def _vietnamese(digits: str) -> str:
    """The digits of a sentence, where a dot before three digits groups thousands."""
    plain = digits.replace(" ", "").rstrip(".,")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", plain):
        return plain.replace(".", "").replace(",", ".")
    return plain


def _refuse_short(name: str, grid: Grid, rings: Sequence[Ring]) -> None:
    problems = [
        Problem(
            name,
            say(
                "chỉ có {n} điểm: không thành vùng",
                "has only {n} corners: no area",
                n=len(ring.corners),
            ),
            say(
                "thêm điểm; nếu điểm này khép vòng thì tọa độ phải bằng điểm đầu",
                "add corners; if this one closes the ring, it must equal the first",
            ),
            layer=grid.name,
            row=str(ring.corners[0].row) if ring.corners else "",
            value=ring.corners[0].label if ring.corners else None,
        )
        for ring in rings
        if len(ring.corners) < FEWEST_CORNERS
    ]
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


# --- rings to parcels ----------------------------------------------------------------------------


def _parcels(
    name: str,
    grid: Grid,
    headings: Headings,
    rings: Sequence[Ring],
    before: int,
    layer: SurveyLayer,
) -> Iterator[SurveyRow]:
    """Outer rings with their holes; parts that a column numbers make one outline together."""
    groups: list[list[Ring]] = []
    for ring in rings:
        if ring.hole and not groups:
            raise _refused(
                name,
                say("vòng trong đứng trước vòng ngoài", "an inner ring comes before any outer"),
                say("đặt vòng ngoài lên trước", "put the outer ring first"),
                layer=grid.name,
                row=str(ring.corners[0].row),
            )
        if groups and (ring.hole or _is_part_of(ring, groups[-1][-1])):
            groups[-1].append(ring)
        else:
            groups.append([ring])
    for number, group in enumerate(groups, start=before + 1):
        yield _parcel(number, group, headings, layer)


def _is_part_of(ring: Ring, other: Ring) -> bool:
    """Whether two rings bear the same name and differ only in the number of their part."""
    same = {key: text for key, text in ring.cells.items() if key not in ("part", "ring")}
    theirs = {key: text for key, text in other.cells.items() if key not in ("part", "ring")}
    return "part" in ring.cells and same == theirs and bool(same or ring.title == other.title)


def _parcel(
    number: int, group: Sequence[Ring], headings: Headings, layer: SurveyLayer
) -> SurveyRow:
    shells: list[tuple[Ring, list[Ring]]] = []
    for ring in group:
        if ring.hole:
            shells[-1][1].append(ring)
        else:
            shells.append((ring, []))
    polygons = [
        shapely.Polygon(_points(shell), [_points(hole) for hole in holes])
        for shell, holes in shells
    ]
    first = group[0]
    attributes = {
        headings.texts[column]: first.cells[role]
        for role, column in headings.others.items()
        if role in first.cells
    }
    roles = roles_of(attributes, layer)
    if first.title:
        attributes |= {"title": first.title}
    return SurveyRow(
        number,
        attributes,
        polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons),
        name=first.cells.get("name", "") or first.title,
        context=first.context,
        code=first.cells.get("code", ""),
        commune=first.cells.get("commune", ""),
        district=first.cells.get("district", ""),
        kind=first.cells.get("kind", ""),
        stated_ha=stated_hectares(attributes, roles)
        or next((ring.stated_ha for ring in group if ring.stated_ha), None),
        corners=tuple(corner.label for ring in group for corner in ring.corners),
    )


def _points(ring: Ring) -> list[tuple[float, float]]:
    return [(corner.east, corner.north) for corner in ring.corners]


def _refused(name: str, what: Text, mend: Text, **where: str) -> SurveyError:
    return SurveyError(Problem(name, what, mend, **where))
