"""The table of corner points of a site, as a planning dossier has it: north first, edges, area.

Corners are numbered clockwise from the north-western one and written to the millimetre; the
closing corner is said again, so that every edge stands in its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gis.crs import crs_label
from gis.errors import OutputError, Problem
from gis.language import Language, Text, rounded, say, shown
from gis.model import LAYER_OF_KIND, Citation, Plan
from gis.tables import Provenance, Site

if TYPE_CHECKING:
    from shapely import LinearRing, MultiPolygon, Polygon

    from gis.spreadsheets import Cell

COORDINATE_DECIMALS = 3  # millimetres
EDGE_DECIMALS = 2
HECTARE_DECIMALS = 4  # whole square metres
M2_PER_HA = 10_000

LABELS: Mapping[str, Text] = {
    "title": Text(
        "BẢNG KÊ TỌA ĐỘ CÁC ĐIỂM GÓC RANH GIỚI", "TABLE OF THE CORNER POINTS OF THE BOUNDARY"
    ),
    "site": Text("Khu, cụm công nghiệp", "Zone or cluster"),
    "crs": Text("Hệ tọa độ", "Coordinate system"),
    "provenance": Text("Nguồn gốc ranh giới", "Provenance of the outline"),
    "source": Text("Nguồn", "Source"),
    "surveyed_on": Text("Ngày đo", "Surveyed on"),
    "accuracy": Text("Độ chính xác (m)", "Accuracy (m)"),
    "measured": Text("Diện tích theo tọa độ", "Area from the coordinates"),
    "stated": Text("Diện tích quyết định ghi", "Area the decision states"),
    "status": Text("Tình trạng quy hoạch", "Status of the plan"),
    "site_id": Text("Mã", "Site"),
    "part": Text("Phần", "Part"),
    "ring": Text("Vòng", "Ring"),
    "point": Text("Số hiệu điểm", "Point"),
    "north": Text("X (m)", "X (m)"),
    "east": Text("Y (m)", "Y (m)"),
    "edge": Text("Cạnh (m)", "Edge (m)"),
    "outer": Text("ranh ngoài", "outer"),
    "hole": Text("lỗ {n}", "hole {n}"),
    "axes": Text(
        "X là hướng bắc, Y là hướng đông; cạnh ghi ở mỗi dòng là cạnh tới điểm kế tiếp",
        "X is north, Y is east; the edge in a row leads to the next point",
    ),
    "not_drawn": Text("chưa có hình vẽ", "is not drawn"),
}
PROVENANCES: Mapping[Provenance, Text] = {
    Provenance.SURVEYED: Text("đo đạc", "surveyed"),
    Provenance.DIGITISED: Text("số hóa từ hồ sơ", "digitised from a file"),
    Provenance.INDICATIVE: Text("hình minh họa do chương trình dựng", "indicative, drawn"),
}
WARNING = Text(
    "CẢNH BÁO: HÌNH MINH HỌA, KHÔNG PHẢI KẾT QUẢ ĐO ĐẠC. Tọa độ dưới đây không chứng minh vị trí, "
    "ranh giới hay diện tích; không dùng để cắm mốc, giao đất, cho thuê đất hoặc lập hồ sơ.",
    "WARNING: INDICATIVE DRAWING, NOT A SURVEY. The coordinates below prove no position, boundary "
    "or area; do not set marks, allot or lease land, or file a dossier by them.",
)
SHEET_WIDTHS = (12, 8, 14, 14, 16, 16, 12)  # characters; what stands above runs over them
COLUMNS = ("site_id", "part", "ring", "point", "north", "east", "edge")


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner: its number in the site, where it is, and how far the next one is."""

    number: int
    north_m: Decimal
    east_m: Decimal
    edge_m: Decimal


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed line of corners: the outer one of a part (hole 0), or one of its holes."""

    part: int
    hole: int
    corners: tuple[Corner, ...]

    @property
    def label(self) -> Text:
        return _filled("hole", n=self.hole) if self.hole else LABELS["outer"]


@dataclass(frozen=True, slots=True)
class CoordinateTable:
    """The corners of a site's outline with everything a reader must know to trust them."""

    site_id: str
    name: str
    crs: str
    crs_label: Text
    rings: tuple[Ring, ...]
    measured_ha: Decimal
    stated_ha: Decimal
    stated_in: Citation
    provenance: Provenance
    source: str
    surveyed_on: str
    accuracy_m: Decimal | None
    status: Text

    @property
    def warning(self) -> Text | None:
        """What an outline that proves nothing says of itself."""
        return None if self.provenance.proves else WARNING


def coordinate_table(plan: Plan, site_id: str) -> CoordinateTable:
    """The corner points of a site's outline, in the plan's coordinate system.

    Raises: OutputError, when the site is unknown or not drawn.
    """
    site = plan.sites.get(site_id)
    layer = plan.layers.get(LAYER_OF_KIND[site.kind]) if site else None
    if site is None or layer is None or site_id not in layer.frame.index:
        raise OutputError(_no_outline(plan, site_id, site))
    row = layer.frame.loc[site_id]
    rings = tuple(_rings(row.geometry))
    area_m2 = sum((_area_m2(ring) * (-1 if ring.hole else 1) for ring in rings), Decimal(0))
    return CoordinateTable(
        site_id=site_id,
        name=site.name,
        crs=plan.card.crs,
        crs_label=crs_label(plan.card.crs),
        rings=rings,
        measured_ha=rounded(area_m2 / M2_PER_HA, HECTARE_DECIMALS),
        stated_ha=site.stated_ha,
        stated_in=plan.cite_row(site, "area"),
        provenance=Provenance(row["provenance"]),
        source=_told(row.get("source")),
        surveyed_on=_told(row.get("surveyed_on")),
        accuracy_m=Decimal(_told(row.get("accuracy_m"))) if _told(row.get("accuracy_m")) else None,
        status=plan.card.status,
    )


def _told(value: object) -> str:
    """A cell of a layer as text; what is missing is nothing."""
    return "" if value is None or value != value else str(value)


def _no_outline(plan: Plan, site_id: str, site: Site | None) -> Problem:
    if site is None:
        return Problem(
            plan.card.code,
            say("không có khu, cụm này", "has no such zone or cluster"),
            say("chọn một trong: {ids}", "choose one of: {ids}", ids=list(plan.sites)),
            value=site_id,
        )
    return Problem(
        plan.card.code,
        LABELS["not_drawn"],
        say("đưa ranh giới đo đạc vào", "bring in its surveyed outline"),
        layer=LAYER_OF_KIND[site.kind],
        value=site_id,
    )


# --- corners ---------------------------------------------------------------------------------


def _rings(outline: Polygon | MultiPolygon) -> Iterator[Ring]:
    """The rings of an outline, the northernmost part first, corners numbered through."""
    import shapely

    parts = sorted(shapely.get_parts(outline), key=lambda part: (-part.bounds[3], part.bounds[0]))
    number = 1
    for part_number, part in enumerate(parts, start=1):
        for hole, line in enumerate((part.exterior, *part.interiors)):
            corners = tuple(_corners(line, number))
            number += len(corners)
            yield Ring(part_number, hole, corners)


def _corners(line: LinearRing, first_number: int) -> Iterator[Corner]:
    """The corners of a ring, clockwise from the north-western one."""
    exact = [(_millimetres(north), _millimetres(east)) for east, north, *_ in line.coords]
    points = [point for point, after in pairwise(exact) if point != after]
    if line.is_ccw:
        points.reverse()
    start = max(range(len(points)), key=lambda n: (points[n][0] - points[n][1], points[n]))
    points = points[start:] + points[:start]
    for place, (north, east) in enumerate(points):
        next_north, next_east = points[(place + 1) % len(points)]
        edge = ((next_north - north) ** 2 + (next_east - east) ** 2).sqrt()
        yield Corner(first_number + place, north, east, rounded(edge, EDGE_DECIMALS))


def _millimetres(metres: float) -> Decimal:
    return rounded(metres, COORDINATE_DECIMALS)


def _area_m2(ring: Ring) -> Decimal:
    """The plane area of a ring, exact to what its rounded corners say."""
    corners = ring.corners
    doubled = sum(
        (one.east_m * two.north_m - two.east_m * one.north_m)
        for one, two in zip(corners, (*corners[1:], corners[0]), strict=True)
    )
    return abs(Decimal(doubled)) / 2


# --- as a table of cells -----------------------------------------------------------------------


def facts(table: CoordinateTable, lang: Language) -> Iterator[tuple[str, str]]:
    """What stands above the corners: label and value, the warning of a drawing first."""

    def label(key: str) -> str:
        return LABELS[key].in_(lang)

    yield label("site"), f"{table.site_id} – {table.name}"
    if table.warning:
        yield "!", table.warning.in_(lang)
    yield label("crs"), table.crs_label.in_(lang)
    yield "X, Y", LABELS["axes"].in_(lang)
    yield label("provenance"), PROVENANCES[table.provenance].in_(lang)
    if table.source:
        yield label("source"), table.source
    if table.surveyed_on:
        yield label("surveyed_on"), table.surveyed_on
    if table.accuracy_m is not None:
        yield label("accuracy"), shown(table.accuracy_m, lang)
    area_m2 = table.measured_ha * M2_PER_HA
    m2 = shown(rounded(area_m2, 0), lang)
    yield label("measured"), f"{shown(table.measured_ha, lang)} ha ({m2} m²)"
    stated = f"{shown(table.stated_ha, lang)} ha ({table.stated_in.locator.in_(lang)})"
    yield label("stated"), stated
    yield label("status"), table.status.in_(lang)


def header(lang: Language) -> list[str]:
    """The heads of the columns."""
    return [LABELS[name].in_(lang) for name in COLUMNS]


def rows(table: CoordinateTable, lang: Language) -> Iterator[list[Cell]]:
    """The corners, ring by ring; the first closes its ring once more, without an edge."""
    for ring in table.rings:
        label = ring.label.in_(lang)
        for corner in ring.corners:
            yield [table.site_id, ring.part, label, corner.number,
                   corner.north_m, corner.east_m, corner.edge_m]  # fmt: skip
        first = ring.corners[0]
        yield [table.site_id, ring.part, label, first.number, first.north_m, first.east_m, ""]


def _filled(key: str, **values: object) -> Text:
    return say(LABELS[key].vi, LABELS[key].en, **values)


# --- files -------------------------------------------------------------------------------------


def coordinates_sheet(table: CoordinateTable, lang: Language, *, form: str = ".csv") -> bytes:
    """The table as `.csv` or `.xlsx`: a title, what must be known of it, then the corners."""
    from gis.spreadsheets import NewSheet, table_bytes, workbook_bytes

    title = [LABELS["title"].in_(lang)]
    above = [[_fact(label, value)] for label, value in facts(table, lang)]
    body: list[Sequence[Cell]] = [*above, [], header(lang), *rows(table, lang)]
    if form == ".xlsx":
        data, _ = workbook_bytes([NewSheet(table.site_id, title, body, SHEET_WIDTHS)])
    else:
        data, _ = table_bytes(form, title, body)
    return data


def _fact(label: str, value: str) -> str:
    return value if label == "!" else f"{label}: {value}"


DOCX_COLUMNS = ("point", "north", "east", "edge")
DOCX_WIDTHS_MM = (28, 48, 48, 32)
MARGIN_MM = 20


def coordinates_docx(table: CoordinateTable, lang: Language) -> bytes:
    """The table as a Word document: heads repeat on every page, a line parts the rings."""
    import io

    from docx import Document as new_document

    from gis.answering.letters import dated_alike

    document = new_document()
    _set_up(document, LABELS["title"].in_(lang))
    _say(document, LABELS["title"].in_(lang), bold=True, size_pt=14)
    for label, value in facts(table, lang):
        loud = label == "!"
        _say(document, _fact(label, value), bold=loud, color="A3211B" if loud else "")
    _corner_table(document, table, lang)
    stream = io.BytesIO()
    document.save(stream)
    return dated_alike(stream.getvalue())


def _set_up(document: Any, title: str) -> None:
    """A4, one font for every script, no trace of when and with what it was written."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    from gis.answering.letters import FONT, WRITTEN

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.paragraph_format.space_after = Pt(2)
    for script in ("w:eastAsia", "w:cs"):
        style.element.get_or_add_rPr().rFonts.set(qn(script), FONT)
    core = document.core_properties
    core.title, core.author, core.comments, core.last_modified_by = title, "tngis", "", ""
    core.created = core.modified = WRITTEN


def _say(
    document: Any, text: str, *, bold: bool = False, size_pt: float = 0, color: str = ""
) -> None:
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph().add_run(_printable(text))
    run.bold = bold
    if size_pt:
        run.font.size = Pt(size_pt)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)


def _printable(text: str) -> str:
    """Text without what no XML may hold."""
    from gis.spreadsheets import ILLEGAL, REPLACED_BY

    return ILLEGAL.sub(REPLACED_BY, text)


def _corner_table(document: Any, table: CoordinateTable, lang: Language) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    grid = document.add_table(rows=1, cols=len(DOCX_COLUMNS))
    grid.style = document.styles["Table Grid"]
    grid.autofit = False
    for column, width in zip(grid.columns, DOCX_WIDTHS_MM, strict=True):
        column.width = Mm(width)
    _fill(grid.rows[0], [LABELS[name].in_(lang) for name in DOCX_COLUMNS], bold=True)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for ring in table.rings:
        if len(table.rings) > 1:
            said = f"{LABELS['part'].in_(lang)} {ring.part}, {ring.label.in_(lang)}"
            cells = grid.add_row().cells
            cells[0].merge(cells[-1]).paragraphs[0].add_run(said).italic = True
        for corner in ring.corners:
            row = (corner.number, corner.north_m, corner.east_m, corner.edge_m)
            _fill(grid.add_row(), [str(value) for value in row])
        first = ring.corners[0]
        _fill(grid.add_row(), [str(first.number), str(first.north_m), str(first.east_m), ""])


def _fill(row: Any, texts: Sequence[str], *, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for cell, text in zip(row.cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if bold else WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.add_run(text).bold = bold


FORMATS: Mapping[str, Callable[[CoordinateTable, Language], bytes]] = {
    "csv": partial(coordinates_sheet, form=".csv"),
    "xlsx": partial(coordinates_sheet, form=".xlsx"),
    "docx": coordinates_docx,
}
