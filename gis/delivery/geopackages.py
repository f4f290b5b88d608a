"""A GeoPackage with every layer under long names and all text, read back by sqlite3 and WKB."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gis.delivery.comparing import Found, differences
from gis.delivery.fitting import long_table, refuse
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.delivery.profiles import Column
from gis.delivery.shapefiles import fiona_schema, wound, write_by_fiona

GPKG_TYPES = {"text": "str", "integer": "int64", "decimal": "float"}
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
HEADER_BYTES = 8


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
    for table in tables:
        with telling_of_writing(path):
            found = read_geopackage(path, table.name)
        refuse(differences(table, found, path.name))
    return [Written(path)]


def read_by() -> str:
    """The reader of GeoPackages, which is not GDAL."""
    import shapely

    return f"sqlite3 {sqlite3.sqlite_version} / shapely {shapely.__version__} WKB"


def read_geopackage(path: Path, layer: str) -> Found:
    """A layer of a GeoPackage as SQLite holds it: columns without `fid` and outline."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
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


def _outline(blob: bytes | None) -> Any:
    """The outline behind the header of a GeoPackage's blob."""
    import shapely

    if blob is None:
        return None
    return shapely.from_wkb(blob[HEADER_BYTES + ENVELOPE_BYTES[(blob[3] >> 1) & 0b111] :])


def _gpkg_type(column: Column) -> str:
    return GPKG_TYPES[column.type]
