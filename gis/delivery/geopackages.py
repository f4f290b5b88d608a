"""A GeoPackage with every layer under long names and all text, read back by sqlite3 and WKB."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from gis.delivery.comparing import Found, differences
from gis.delivery.fitting import Table, long_table, refuse
from gis.delivery.orders import (
    FIXED_DAY,
    FIXED_TIME,
    Order,
    Written,
    not_whole,
    telling_of_writing,
)
from gis.delivery.profiles import Column
from gis.delivery.shapefiles import fiona_schema, wound, write_by_fiona
from gis.delivery.styles import style_texts
from gis.errors import OutputError

GPKG_TYPES = {"text": "str", "integer": "int64", "decimal": "float"}
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
HEADER_BYTES = 8
STYLE_TABLE = "layer_styles"
STYLE_COLUMNS = {
    "f_table_catalog": "str:256",
    "f_table_schema": "str:256",
    "f_table_name": "str:256",
    "f_geometry_column": "str:256",
    "styleName": "str:30",
    "styleQML": "str",
    "styleSLD": "str",
    "useAsDefault": "bool",
    "description": "str",
    "owner": "str:30",
    "ui": "str:30",
    "update_time": "datetime",
}


def write_geopackage(order: Order, folder: Path) -> list[Written]:
    """Every sheet as a layer of one GeoPackage.

    Raises: OutputError, when a value does not fit or the file is not what was to be written.
    """
    path = folder / f"{order.plan.card.code}.gpkg"
    tables = [long_table(sheet, order.profile, path.name) for sheet in order.sheets]
    for table in tables:
        write_by_fiona(
            path,
            table,
            {
                "driver": "GPKG",
                "layer": table.name,
                "schema": fiona_schema(table, "MultiPolygon", _gpkg_type),
                "IDENTIFIER": table.title.vi,
                "DESCRIPTION": order.plan.card.status.vi,
            },
            wound(table.outlines, clockwise=False),
        )
    _write_styles(path, tables)
    for table in tables:
        with telling_of_writing(path):
            found = read_geopackage(path, table.name)
        refuse(differences(table, found, path.name))
    return [Written(path)]


def _write_styles(path: Path, tables: Sequence[Table]) -> None:
    """The styles in the table where QGIS looks for them, each the default of its layer.

    Raises: OutputError.
    """
    import fiona

    records = [
        {"geometry": None, "properties": _style_row(table, *style_texts(table))} for table in tables
    ]
    schema = {"geometry": "None", "properties": STYLE_COLUMNS}
    with (
        telling_of_writing(path),
        fiona.Env(OGR_CURRENT_DATE=FIXED_TIME),
        fiona.open(path, "w", driver="GPKG", layer=STYLE_TABLE, schema=schema) as layer,
    ):
        layer.writerecords(records)
    with telling_of_writing(path), closing(_opened(path)) as database:
        found = database.execute(f"SELECT f_table_name, styleQML, styleSLD FROM {STYLE_TABLE}")
        wanted = {(table.name, *style_texts(table)) for table in tables}
        if set(found) != wanted:
            raise OutputError(not_whole(path))


def _style_row(table: Table, qml: str, sld: str) -> dict[str, object]:
    return {
        "f_table_catalog": "",
        "f_table_schema": "",
        "f_table_name": table.name,
        "f_geometry_column": "geom",
        "styleName": table.name,
        "styleQML": qml,
        "styleSLD": sld,
        "useAsDefault": True,
        "description": table.title.vi,
        "owner": "",
        "ui": None,
        "update_time": FIXED_DAY + "T00:00:00",
    }


def read_by() -> str:
    """The reader of GeoPackages, which is not GDAL."""
    import shapely

    return f"sqlite3 {sqlite3.sqlite_version} / shapely {shapely.__version__} WKB"


def read_geopackage(path: Path, layer: str) -> Found:
    """A layer of a GeoPackage as SQLite holds it: columns without `fid` and outline."""
    with closing(_opened(path)) as database:
        (column, organization, code) = database.execute(
            "SELECT column_name, organization, organization_coordsys_id"
            " FROM gpkg_geometry_columns JOIN gpkg_spatial_ref_sys USING (srs_id)"
            " WHERE table_name = ?",
            (layer,),
        ).fetchone()
        quoted = layer.replace('"', '""')
        cursor = database.execute(f'SELECT * FROM "{quoted}" ORDER BY fid')
        heads = [item[0] for item in cursor.description]
        records = cursor.fetchall()
    place = heads.index(column)
    kept = [number for number, head in enumerate(heads) if head not in ("fid", column)]
    rows = [[record[number] for number in kept] for record in records]
    outlines = [_outline(record[place]) for record in records]
    return Found([heads[number] for number in kept], rows, outlines, f"{organization}:{code}")


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _outline(blob: bytes | None) -> Any:
    """The outline behind the header of a GeoPackage's blob."""
    import shapely

    if blob is None:
        return None
    return shapely.from_wkb(blob[HEADER_BYTES + ENVELOPE_BYTES[(blob[3] >> 1) & 0b111] :])


def _gpkg_type(column: Column) -> str:
    return GPKG_TYPES[column.type]
