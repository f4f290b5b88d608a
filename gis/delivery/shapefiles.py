"""Shapefiles by fiona, read back by pyshp; the side tables hold what no DBF column can."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.delivery.comparing import Found, differences
from gis.delivery.fitting import (
    LONG_TEXTS,
    SIDE_TABLE,
    Table,
    long_texts,
    misfits,
    refuse,
    short_table,
)
from gis.delivery.manifest import Role
from gis.delivery.orders import (
    FIXED_DAY,
    FIXED_TIME,
    Order,
    Written,
    not_whole,
    telling_of_writing,
)
from gis.delivery.profiles import Column
from gis.delivery.sheets import Value
from gis.delivery.styles import write_styles
from gis.errors import OutputError
from gis.files import inert
from gis.vocabulary import FIELDS, SITE_FIELDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHAPEFILE_PARTS = (".cpg", ".dbf", ".prj", ".shp", ".shx")
LONG_TEXT_HEAD = ("LOP", "KHOA", "TRUONG", "NOI_DUNG")  # layer, id, field, text
SIDE_FIELDS = ("site_id", "name", *(name for name in SITE_FIELDS if FIELDS[name].spills))


def write_shapefiles(order: Order, folder: Path) -> list[Written]:
    """Every sheet as a shapefile under the profile's names, and the texts too long for one.

    Raises: OutputError, when a value does not fit or a file is not what was to be written.
    """
    refuse(problem for sheet in order.sheets for problem in misfits(sheet, order.profile))
    tables = [short_table(sheet, order.profile) for sheet in order.sheets]
    written = _write_side_tables(order, folder)
    for table in tables:
        path = folder / f"{table.name}.shp"
        write_by_fiona(
            path,
            table,
            {
                "driver": "ESRI Shapefile",
                "encoding": "UTF-8",
                "schema": fiona_schema(table, "Polygon", _dbf_type),
                "DBF_DATE_LAST_UPDATE": FIXED_DAY,
            },
            wound(table.outlines, clockwise=True),
        )
        with telling_of_writing(path):
            found = read_shapefile(path)
        refuse(differences(table, found, path.name))
        written.append(Written(path, "data", table.layer))
        written += [
            Written(path.with_suffix(suffix), "sidecar", table.layer)
            for suffix in SHAPEFILE_PARTS
            if suffix != ".shp"
        ]
        written += write_styles(table, folder)
    return written


def read_by() -> str:
    """The reader of shapefiles, which is not GDAL."""
    return f"pyshp {version('pyshp')}"


def read_shapefile(path: Path) -> Found:
    """A shapefile as pyshp reads it, with the text of its .prj, in the encoding of its .cpg."""
    import shapefile

    encoding = path.with_suffix(".cpg").read_text(encoding="ascii").strip()
    with shapefile.Reader(str(path), encoding=encoding) as reader:
        names = [field.name for field in reader.fields if field.name != "DeletionFlag"]
        rows = [[cell if cell != "" else None for cell in record] for record in reader.records()]
        outlines = [_outline(item.points, item.parts) for item in reader.shapes()]
    return Found(names, rows, outlines, path.with_suffix(".prj").read_text(encoding="ascii"))


def _outline(points: Sequence[tuple[float, float]], parts: Iterable[int]) -> Any:
    """The rings of a shapefile record as an outline: clockwise ones are outer, the others holes."""
    import shapely

    if not points:
        return None
    starts = list(parts)
    polygons: list[tuple[Any, list[Any]]] = []
    for start, end in zip(starts, [*starts[1:], len(points)], strict=True):
        ring = shapely.LinearRing(points[start:end])
        if polygons and shapely.is_ccw(ring):
            polygons[-1][1].append(ring)
        else:
            polygons.append((ring, []))
    return shapely.MultiPolygon([shapely.Polygon(outer, holes) for outer, holes in polygons])


def _dbf_type(column: Column) -> str:
    if column.type == "decimal":
        return f"float:{column.width}.{column.decimals}"
    return f"{'int' if column.type == 'integer' else 'str'}:{column.width}"


# --- side tables ---------------------------------------------------------------------------------


def _write_side_tables(order: Order, folder: Path) -> list[Written]:
    """The long texts of every site, and any other text that was too long for its column."""
    return [*_site_texts(order, folder), *_other_texts(order, folder)]


def _site_texts(order: Order, folder: Path) -> list[Written]:
    sheets = [sheet for sheet in order.sheets if sheet.layer in ("zones", "clusters")]
    if not sheets:
        return []
    names = {
        column.field.name: column.name
        for sheet in sheets
        for column in order.profile.layers[sheet.layer].columns
    }
    head = [names.get(name, FIELDS[name].dbf_name) for name in SIDE_FIELDS]
    rows = [[row[name] for name in SIDE_FIELDS] for sheet in sheets for row in sheet.rows.values()]
    return [write_csv(folder / SIDE_TABLE, head, rows)]


def _other_texts(order: Order, folder: Path) -> list[Written]:
    rows = [
        [order.profile.layers[sheet.layer].file, key, column.name, text]
        for sheet in order.sheets
        for key, column, text in long_texts(sheet, order.profile)
    ]
    return [write_csv(folder / LONG_TEXTS, LONG_TEXT_HEAD, rows)] if rows else []


def write_csv(
    path: Path, head: Sequence[str], rows: Iterable[Sequence[Value]], role: Role = "side_table"
) -> Written:
    """A table for Excel, whose cells are never formulas, read back at once.

    Raises: OutputError.
    """
    cells = [[inert("" if cell is None else str(cell)) for cell in row] for row in (head, *rows)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(cells)
    with telling_of_writing(path):
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
        found = path.read_bytes().decode("utf-8-sig")
    if list(csv.reader(io.StringIO(found, newline=""))) != cells:
        raise OutputError(not_whole(path))
    return Written(path, role)


# --- fiona ---------------------------------------------------------------------------------------


def fiona_schema(table: Table, geometry: str, type_of: Any) -> dict[str, Any]:
    """The schema fiona is to write: a type, a width and decimals for every column."""
    return {
        "geometry": geometry,
        "properties": {column.name: type_of(column) for column in table.columns},
    }


def plain(value: Value) -> str | int | float | None:
    """The value as fiona takes it: the double nearest to a decimal of 15 digits prints as it."""
    return value if isinstance(value, str | int | None) else float(value)


def wound(outlines: NDArray[np.object_], *, clockwise: bool) -> NDArray[np.object_]:
    """Outer rings clockwise as shapefiles want them, or counter-clockwise as GeoPackage does."""
    import shapely

    turned: NDArray[np.object_] = shapely.orient_polygons(outlines, exterior_cw=clockwise)
    return turned


def write_by_fiona(
    path: Path, table: Table, options: Mapping[str, Any], outlines: NDArray[np.object_]
) -> None:
    """Write one layer with fiona, on a fixed day.

    Raises: OutputError.
    """
    import fiona
    import shapely

    shapes = (None if shape is None else shapely.geometry.mapping(shape) for shape in outlines)
    records = (
        {
            "geometry": shape,
            "properties": dict(zip(table.names, map(plain, row), strict=True)),
        }
        for shape, row in zip(shapes, table.rows.values(), strict=True)
    )
    with (
        telling_of_writing(path),
        fiona.Env(OGR_CURRENT_DATE=FIXED_TIME),
        fiona.open(path, "w", crs=table.crs, **options) as layer,
    ):
        layer.writerecords(records)
