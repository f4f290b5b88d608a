"""GeoPackages from their bytes by sqlite3 and WKB, without GDAL and without a file."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import shapely

from gis.language import Text
from gis.model import LayerName
from gis.verification.faults import Fault, fault
from gis.verification.readings import Bad, CellValue, FoundColumn, Reading, labels

SQLITE_MAGIC = b"SQLite format 3\0"
APPLICATION_IDS = (0x47504B47, 0x47503130, 0x47503131)  # GPKG, and GP10 and GP11 of old versions
CORE_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
ROLLBACK_JOURNAL = b"\x01\x01"  # the other kind, with a write-ahead log, does not open from memory
HEADER_BYTES = 8
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
LITTLE_ENDIAN, EMPTY = 0b1, 0b10000
MULTIPOLYGON = 6
EXTENT_TOLERANCE_M = 0.001


def read_geopackage(
    name: str, data: bytes, layers: dict[LayerName, str], crs: str
) -> tuple[list[Reading], list[Fault]]:
    """The layers of a GeoPackage, and what is wrong with the file as a whole.

    `layers` maps those that should be there to the column that holds their ids.
    """
    faults: list[Fault] = []
    if not data.startswith(SQLITE_MAGIC):
        return [], [fault("GPKG01", name, value=data[:16].decode("latin-1"))]
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.text_factory = bytes
            database.deserialize(data[:18] + ROLLBACK_JOURNAL + data[20:])
            database.execute("PRAGMA trusted_schema = OFF")
            faults += _whole(name, database)
            if any(item.code == "GPKG02" and item.field in CORE_TABLES for item in faults):
                return [], faults
            readings = [
                reading
                for layer, key in layers.items()
                if (reading := _layer(name, database, layer, key, crs, faults))
            ]
            return readings, faults
    except (sqlite3.Error, OverflowError, MemoryError, SystemError) as error:
        return [], [*faults, fault("GPKG01", name, detail=Text(str(error), str(error)))]


def _whole(name: str, database: sqlite3.Connection) -> Iterator[Fault]:
    """What SQLite itself says of its pages, and the marks of a GeoPackage."""
    told = [_text(row[0]) for row in database.execute("PRAGMA integrity_check(5)")]
    for item in told:
        if item != "ok":
            yield fault("GPKG01", name, detail=Text(item, item))
    (application,) = database.execute("PRAGMA application_id").fetchone()
    if application not in APPLICATION_IDS:
        yield fault("GPKG02", name, field="application_id", value=hex(application))
    tables = {_text(row[0]) for row in database.execute("SELECT name FROM sqlite_master")}
    for table in CORE_TABLES:
        if table not in tables:
            yield fault("GPKG02", name, field=table)


def _layer(
    name: str,
    database: sqlite3.Connection,
    layer: LayerName,
    key: str,
    crs: str,
    faults: list[Fault],
) -> Reading | None:
    found = database.execute(
        "SELECT column_name, geometry_type_name, g.srs_id, organization, organization_coordsys_id,"
        " min_x, min_y, max_x, max_y"
        " FROM gpkg_geometry_columns g JOIN gpkg_contents c USING (table_name)"
        " LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE table_name = ?",
        (layer,),
    ).fetchone()
    if found is None:
        faults.append(fault("GPKG03", name, layer=layer))
        return None
    column, kind, srs_id, organization, number, *extent = found
    system = f"{_text(organization)}:{number}"
    if system.upper() != crs:
        faults.append(fault("GPKG04", name, layer=layer, field="srs_id", value=system, wanted=crs))
    if _text(kind).upper() not in ("MULTIPOLYGON", "POLYGON"):
        faults.append(fault("OUTL02", name, layer=layer, value=_text(kind), wanted="MULTIPOLYGON"))
    columns = _columns(database, layer, _text(column))
    named = ", ".join(_quoted(item) for item in [_text(column), *(c.name for c in columns)])
    records = database.execute(f"SELECT {named} FROM {_quoted(layer)} ORDER BY rowid").fetchall()
    rows = [[_cell(cell) for cell in record[1:]] for record in records]
    names = [item.name for item in columns]
    told = labels([row[names.index(key)] for row in rows] if key in names else [], len(rows))
    outlines, settled = [], set()
    for place, record in enumerate(records):
        outline = _outline(record[0], srs_id)
        if isinstance(outline, Bad):
            faults.append(
                fault(outline.code, name, layer=layer, row=told[place], field=_text(column),
                      value=outline.shown)
            )  # fmt: skip
            settled.add(place)
        outlines.append(None if isinstance(outline, Bad) else outline)
    faults += _extent_faults(name, database, layer, _text(column), extent, outlines)
    return Reading(layer, "gpkg", name, name, columns, rows, outlines, settled=frozenset(settled))


def _columns(database: sqlite3.Connection, layer: str, geometry: str) -> tuple[FoundColumn, ...]:
    """The columns of a layer's table without its key and its outline."""
    found = []
    for _, name, declared, _, _, primary in database.execute(
        f"PRAGMA table_info({_quoted(layer)})"
    ):
        told, kind = _text(name), _text(declared).upper()
        if primary or told == geometry:
            continue
        if kind.startswith("TEXT"):
            found.append(FoundColumn(told, "text", kind))
        elif kind in ("INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT"):
            found.append(FoundColumn(told, "number", "integer"))
        elif kind in ("REAL", "DOUBLE", "FLOAT"):
            found.append(FoundColumn(told, "number", "decimal"))
        else:
            found.append(FoundColumn(told, "other", kind))
    return tuple(found)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _cell(value: Any) -> CellValue | Bad:
    """A cell as a value; SQLite lets anything stand in any column."""
    match value:
        case None | int():
            return value
        case float():
            return Decimal(repr(value))
        case bytes():
            try:
                return value.decode("utf-8") or None
            except UnicodeDecodeError:
                return Bad("CELL01", value.decode("latin-1"))
    return Bad("CELL07", repr(value))


def _outline(blob: Any, srs_id: int) -> Any:
    """The outline behind the header of a blob, None where there is none, or what is wrong."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < HEADER_BYTES or blob[:2] != b"GP":
        return Bad("GPKG05", repr(blob[:16]) if isinstance(blob, bytes) else str(blob))
    flags = blob[3]
    (told,) = struct.unpack("<i" if flags & LITTLE_ENDIAN else ">i", blob[4:8])
    size = ENVELOPE_BYTES.get((flags >> 1) & 0b111)
    if size is None or blob[2] != 0:
        return Bad("GPKG05", f"flags {flags:#x}, version {blob[2]}")
    if told != srs_id:
        return Bad("GPKG04", f"srs_id {told}")
    try:
        outline = shapely.from_wkb(blob[HEADER_BYTES + size :])
    except (shapely.errors.GEOSException, ValueError) as error:
        return Bad("GPKG05", str(error))
    if outline.geom_type not in ("Polygon", "MultiPolygon") or shapely.has_z(outline):
        shown = outline.geom_type + (" Z" if shapely.has_z(outline) else "")
        return Bad("OUTL02", shown)
    if not _finite(outline):
        return Bad("OUTL10", outline.wkt[:60])
    if size and not outline.is_empty and not _envelope_fits(blob, flags, outline):
        return Bad("GPKG05", "envelope")
    return None if outline.is_empty else _multi(outline)


def _finite(outline: Any) -> bool:
    import numpy as np

    return bool(np.isfinite(shapely.get_coordinates(outline)).all())


def _multi(outline: Any) -> Any:
    return shapely.multipolygons([outline]) if outline.geom_type == "Polygon" else outline


def _envelope_fits(blob: bytes, flags: int, outline: Any) -> bool:
    order = "<" if flags & LITTLE_ENDIAN else ">"
    west, east, south, north = struct.unpack_from(f"{order}4d", blob, HEADER_BYTES)
    pairs = zip((west, south, east, north), shapely.bounds(outline), strict=True)
    return all(abs(a - b) <= EXTENT_TOLERANCE_M for a, b in pairs)


def _extent_faults(
    name: str,
    database: sqlite3.Connection,
    layer: str,
    column: str,
    extent: list[Any],
    outlines: list[Any],
) -> Iterator[Fault]:
    """The extent told in the list of contents, and the spatial index where there is one."""
    drawn = [item for item in outlines if item is not None]
    if drawn and all(isinstance(item, int | float) for item in extent):
        bounds = shapely.total_bounds(drawn)
        if any(abs(a - b) > EXTENT_TOLERANCE_M for a, b in zip(extent, bounds, strict=True)):
            yield fault("GPKG07", name, layer=layer, field="extent", value=extent)
    index = f"rtree_{layer}_{column}_rowid"  # a plain table behind it: rtree itself may be lacking
    tables = {_text(row[0]) for row in database.execute("SELECT name FROM sqlite_master")}
    if index in tables:
        (count,) = database.execute(f"SELECT count(*) FROM {_quoted(index)}").fetchone()
        if count != len(drawn):
            yield fault("GPKG07", name, layer=layer, field=index, value=count, wanted=len(drawn))
