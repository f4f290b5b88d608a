"""KML for Google Earth, built as a tree and read back by libxml2."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from gis.crs import WGS84
from gis.delivery.comparing import Found, Precision, differences
from gis.delivery.exchange import DEGREE_DECIMALS, degrees
from gis.delivery.fitting import Table, long_table, refuse
from gis.delivery.markup import KML, Tree, element, parsed, write_xml
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.delivery.sheets import Value
from gis.delivery.styles import PROVEN, SYMBOLS, Symbol
from gis.model import LayerName

SPACES = {"k": KML}
SHOWN_AT_ONCE: tuple[LayerName, ...] = ("zones", "clusters", "craft_points", "districts")


def write_kml(order: Order, folder: Path) -> list[Written]:
    """Every layer as a folder of one KML file.

    Raises: OutputError.
    """
    path = folder / f"{order.plan.card.code}.kml"
    tables = [_in_degrees(long_table(sheet, order.profile, path.name)) for sheet in order.sheets]
    root = element(None, f"{{{KML}}}kml")
    document = _below(root, "Document")
    _below(document, "name", order.plan.card.title_vi)
    _below(document, "description", order.plan.card.status_vi)
    for table in tables:
        _styles(document, table)
    for table in tables:
        _folder(document, table, order)
    written = write_xml(path, root, "data")
    with telling_of_writing(path):
        found = read_kml(path, tables)
    for table in tables:
        refuse(differences(table, found[table.name], path.name, Precision(degrees=True)))
    return [written]


def written_by() -> str:
    """The writer of KML."""
    return f"Python {platform.python_version()} xml.etree"


def read_by() -> str:
    """The reader of KML."""
    from lxml import etree

    return f"lxml {etree.__version__}"


def _in_degrees(table: Table) -> Table:
    return replace(table, outlines=degrees(table), crs=WGS84)


def _below(parent: Tree, tag: str, text: str | None = None, **attributes: str) -> Tree:
    return element(parent, f"{{{KML}}}{tag}", text, **attributes)


def _styles(document: Tree, table: Table) -> None:
    """Two styles a layer: outlines that prove something, and those that do not."""
    symbol = SYMBOLS[table.layer]
    for name, opacity in (("proven", 1.0), ("indicative", 0.6)):
        style = _below(document, "Style", id=f"{table.layer}-{name}")
        line = _below(style, "LineStyle")
        _below(line, "color", _colour(symbol.line, opacity))
        _below(line, "width", f"{4 * symbol.width_mm:.1f}")
        fill = _below(style, "PolyStyle")
        _below(fill, "color", _colour(symbol.fill, symbol.opacity * opacity))
        _below(fill, "fill", "1" if symbol.opacity else "0")


def _colour(colour: str, opacity: float) -> str:
    """A colour as KML has it: opacity, blue, green, red."""
    return f"{round(opacity * 255):02x}{colour[5:7]}{colour[3:5]}{colour[1:3]}"


def _folder(document: Tree, table: Table, order: Order) -> None:
    folder = _below(document, "Folder", id=table.name)
    _below(folder, "name", table.title.vi)
    _below(folder, "visibility", "1" if table.layer in SHOWN_AT_ONCE else "0")
    symbol = SYMBOLS[table.layer]
    provenance = table.names.index("provenance")
    for row, outline in zip(table.rows.values(), table.outlines, strict=True):
        proven = order.profile.ours("provenance", row[provenance]) in PROVEN
        placemark = _below(folder, "Placemark")
        _below(placemark, "name", _name(table, symbol, row))
        style = "proven" if proven else "indicative"
        _below(placemark, "styleUrl", f"#{table.layer}-{style}")
        data = _below(placemark, "ExtendedData")
        for column, cell in zip(table.columns, row, strict=True):
            if cell is not None:
                item = _below(data, "Data", name=column.name)
                _below(item, "displayName", column.field.label.vi)
                _below(item, "value", format(cell, "f") if isinstance(cell, Decimal) else str(cell))
        if outline is not None:
            _outline(placemark, outline)


def _name(table: Table, symbol: Symbol, row: Iterable[Value]) -> str:
    cells = dict(zip(table.names, row, strict=True))
    return str(cells.get(symbol.label) or next(iter(cells.values())))


def _outline(placemark: Tree, outline: Any) -> None:
    parts = _below(placemark, "MultiGeometry")
    for part in outline.geoms:
        polygon = _below(parts, "Polygon")
        for tag, rings in (
            ("outerBoundaryIs", [part.exterior]),
            ("innerBoundaryIs", part.interiors),
        ):
            for ring in rings:
                line = _below(_below(polygon, tag), "LinearRing")
                points = (
                    f"{x:.{DEGREE_DECIMALS}f},{y:.{DEGREE_DECIMALS}f}" for x, y in ring.coords
                )
                _below(line, "coordinates", " ".join(points))


# --- reading back --------------------------------------------------------------------------------


def read_kml(path: Path, tables: Iterable[Table]) -> dict[str, Found]:
    """The layers of a KML file by the names of their folders."""
    root = parsed(path)
    found = {}
    for table in tables:
        marks = root.xpath(f".//k:Folder[@id='{table.name}']/k:Placemark", namespaces=SPACES)
        rows = [_row(mark, table) for mark in marks]
        found[table.name] = Found(table.names, rows, [_shape(mark) for mark in marks], None)
    return found


def _row(mark: Any, table: Table) -> list[object]:
    told = {
        item.get("name"): item.findtext("k:value", namespaces=SPACES) or ""
        for item in mark.iterfind("k:ExtendedData/k:Data", SPACES)
    }
    return [
        told.get(column.name)
        if column.type == "text" or column.name not in told
        else Decimal(told[column.name])
        for column in table.columns
    ]


def _shape(mark: Any) -> Any:
    import shapely

    polygons = [
        shapely.Polygon(
            _points(polygon.find("k:outerBoundaryIs", SPACES)),
            [_points(ring) for ring in polygon.iterfind("k:innerBoundaryIs", SPACES)],
        )
        for polygon in mark.iterfind("k:MultiGeometry/k:Polygon", SPACES)
    ]
    return shapely.MultiPolygon(polygons) if polygons else None


def _points(boundary: Any) -> list[tuple[float, float]]:
    text = boundary.findtext(".//k:coordinates", namespaces=SPACES)
    pairs = [part.split(",") for part in text.split()]
    return [(float(x), float(y)) for x, y in pairs]
