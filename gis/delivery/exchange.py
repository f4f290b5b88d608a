"""Formats for other programs: GeoJSON, FlatGeobuf, GeoParquet and MapInfo, a file a layer.

Each is written by one library and read back by another, or by another build of GDAL where only
GDAL knows the format.
"""

from __future__ import annotations

import json
import platform
import struct
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gis.crs import WGS84, reprojected
from gis.delivery.comparing import Found, Precision, differences
from gis.delivery.fitting import Table, long_table, misfits, refuse, short_table
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.delivery.profiles import Column
from gis.delivery.shapefiles import fiona_schema, plain, wound, write_by_fiona

DEGREE_DECIMALS = 9  # a tenth of a millimetre
Write = Callable[[Path, Table], None]
Read = Callable[[Path, Table], Found]
FIONA_TYPES = {"text": "str", "integer": "int64", "decimal": "float"}
MAPINFO_SIDECARS = (".dat", ".id", ".map")
MAPINFO_TEXT = 254  # bytes
DBF_ENTRY, DBF_NAME = 32, 11  # bytes of a field's entry in the head, and of its name
DBF_DAY = bytes((100, 1, 1))  # 1 January 2000, as in shapefiles
UNTOLD = ("datum", "towgs84", "no_defs", "type")
BOUNDS_MARGIN_M = 100_000  # MapInfo keeps whole numbers within bounds: the narrower, the finer


def write_geojson(order: Order, folder: Path) -> list[Written]:
    """GeoJSON in WGS 84 longitude and latitude, as web pages take it.

    Raises: OutputError.
    """
    tables = [_in_degrees(table) for table in _long_tables(order, "geojson")]
    return _write_all(tables, folder / "geojson", _geojson, read_geojson, Precision(degrees=True))


def write_flatgeobuf(order: Order, folder: Path) -> list[Written]:
    """FlatGeobuf in the plan's own system.

    Raises: OutputError.
    """
    tables = _long_tables(order, "fgb")
    return _write_all(tables, folder / "fgb", _flatgeobuf, read_by_pyogrio, Precision())


def write_parquet(order: Order, folder: Path) -> list[Written]:
    """GeoParquet 1.1 in the plan's own system, with the box of every outline.

    Raises: OutputError.
    """
    tables = _long_tables(order, "parquet")
    return _write_all(tables, folder / "parquet", _parquet, read_parquet, Precision())


def write_mapinfo(order: Order, folder: Path) -> list[Written]:
    """MapInfo tables under the profile's names, with their datum and bounds said outright.

    Raises: OutputError.
    """
    refuse(problem for sheet in order.sheets for problem in misfits(sheet, order.profile))
    tables = [_without_empty_numbers(short_table(sheet, order.profile)) for sheet in order.sheets]
    written = _write_all(tables, folder / "tab", _mapinfo, _read_mapinfo, Precision())
    sidecars = [
        Written(item.path.with_suffix(suffix), "sidecar", item.layer)
        for item in written
        for suffix in MAPINFO_SIDECARS
    ]
    return written + sidecars


def written_by_json() -> str:
    """The writer of GeoJSON."""
    return f"Python {platform.python_version()} json"


def written_by_arrow() -> str:
    """The writer of GeoParquet."""
    return f"geopandas {version('geopandas')} / pyarrow {version('pyarrow')}"


def read_by_fastparquet() -> str:
    """The reader of GeoParquet, which is not Arrow."""
    import shapely

    return f"fastparquet {version('fastparquet')} / shapely {shapely.__version__} WKB"


def _long_tables(order: Order, suffix: str) -> list[Table]:
    """Tables under our own field names and the profile's file names."""
    tables = []
    for sheet in order.sheets:
        file = order.profile.layers[sheet.layer].file
        tables.append(replace(long_table(sheet, order.profile, f"{file}.{suffix}"), name=file))
    return tables


def _in_degrees(table: Table) -> Table:
    return replace(table, outlines=degrees(table), crs=WGS84)


def degrees(table: Table) -> Any:
    """The outlines of a table in WGS 84, in as many digits as a tenth of a millimetre takes."""
    import numpy as np
    import shapely

    return shapely.transform(
        reprojected(table.outlines, table.crs, WGS84), lambda xy: np.round(xy, DEGREE_DECIMALS)
    )


def _write_all(
    tables: Sequence[Table], folder: Path, write: Write, read: Read, precision: Precision
) -> list[Written]:
    suffix = folder.name
    folder.mkdir()
    written = []
    for table in tables:
        path = folder / f"{table.name}.{suffix}"
        with telling_of_writing(path):
            write(path, table)
            found = read(path, table)
        refuse(differences(table, found, path.name, precision))
        written.append(Written(path, "data", table.layer))
    return written


def _fiona_type(column: Column) -> str:
    return FIONA_TYPES[column.type]


# --- GeoJSON -------------------------------------------------------------------------------------


def _geojson(path: Path, table: Table) -> None:
    """As JSON: GDAL takes the last digits of a number like 106.000000009 for noise."""
    import shapely

    shapes = wound(table.outlines, clockwise=False)
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(table.names, map(plain, row), strict=True)),
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for row, shape in zip(table.rows.values(), shapes, strict=True)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    head = json.dumps({"type": "FeatureCollection", "name": table.name}, ensure_ascii=False)
    path.write_bytes(f'{head[:-1]}, "features": [\n{lines}\n]}}\n'.encode())


def read_geojson(path: Path, table: Table) -> Found:
    """A GeoJSON file as GDAL reads it; without features, it has no fields to read."""
    found = read_by_pyogrio(path, table, DATE_AS_STRING="YES")
    return replace(found, names=found.names if table.rows else table.names)


# --- FlatGeobuf ----------------------------------------------------------------------------------


def _flatgeobuf(path: Path, table: Table) -> None:
    options = {
        "driver": "FlatGeobuf",
        "layer": table.name,
        "schema": fiona_schema(table, "MultiPolygon", _fiona_type),
        # an index has no place for a feature that is not drawn; without one, GDAL writes no head
        "SPATIAL_INDEX": "NO" if table.rows else "YES",
    }
    write_by_fiona(path, table, options, wound(table.outlines, clockwise=False))


def read_by_pyogrio(path: Path, _: Table, **options: str) -> Found:
    """A layer as the GDAL in pyogrio reads it, another build than fiona's."""
    import pyogrio
    import shapely

    meta, _, shapes, columns = pyogrio.raw.read(path, **options)
    rows = [[_cell(cell) for cell in row] for row in zip(*columns, strict=True)]
    outlines = [None if item is None else item for item in shapely.from_wkb(shapes)]
    return Found(list(meta["fields"]), rows, outlines, meta["crs"])


def _cell(value: Any) -> object:
    """A cell of numpy as one of Python; what is not a number is missing."""
    if value is None or value != value:
        return None
    return value.item() if hasattr(value, "item") else value


# --- GeoParquet ----------------------------------------------------------------------------------


def _parquet(path: Path, table: Table) -> None:
    import geopandas as gpd
    import pandas as pd

    kinds = {"text": "string", "integer": "Int64", "decimal": "Float64"}
    columns = {
        column.name: pd.array([plain(row[at]) for row in table.rows.values()], kinds[column.type])
        for at, column in enumerate(table.columns)
    }
    outlines = gpd.GeoSeries(list(wound(table.outlines, clockwise=False)), crs=table.crs)
    frame = gpd.GeoDataFrame(columns, geometry=outlines)
    frame.to_parquet(path, index=False, schema_version="1.1.0", write_covering_bbox=True)


def read_parquet(path: Path, table: Table) -> Found:
    """A GeoParquet file without Arrow: columns, WKB and the system its metadata tell."""
    import fastparquet
    import pandas as pd
    import shapely

    file = fastparquet.ParquetFile(str(path))
    told = json.loads(file.key_value_metadata["geo"])
    place = told["primary_column"]
    names = [name for name in file.columns if name != place and not name.startswith("bbox.")]
    frame = file.to_pandas(columns=[*names, place])
    rows = [
        [None if pd.isna(cell) else _cell(cell) for cell in row]
        for row in frame[names].itertuples(index=False)
    ]
    blobs = [item if isinstance(item, bytes) else None for item in frame[place]]
    system = json.dumps(told["columns"][place]["crs"])
    return Found(names, rows, list(shapely.from_wkb(blobs)) if blobs else [], system)


# --- MapInfo -------------------------------------------------------------------------------------


def _without_empty_numbers(table: Table) -> Table:
    """Numbers of a column that has an empty cell become text: MapInfo knows no empty number."""
    empty = [
        column.type != "text" and any(row[at] is None for row in table.rows.values())
        for at, column in enumerate(table.columns)
    ]
    columns = tuple(
        replace(column, type="text") if as_text else column
        for column, as_text in zip(table.columns, empty, strict=True)
    )
    rows = {
        key: tuple(
            f"{cell:.{column.decimals}f}" if as_text and cell is not None else cell
            for cell, column, as_text in zip(row, table.columns, empty, strict=True)
        )
        for key, row in table.rows.items()
    }
    return replace(table, columns=columns, rows=rows)


def _mapinfo(path: Path, table: Table) -> None:
    """By pyogrio: the GDAL of fiona cannot say that a table is in UTF-8."""
    import numpy as np
    import pyogrio
    import shapely

    kinds = {"text": object, "integer": np.int32, "decimal": np.float64}
    cells = [
        np.array([plain(row[at]) for row in table.rows.values()], dtype=kinds[column.type])
        for at, column in enumerate(table.columns)
    ]
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(wound(table.outlines, clockwise=False)),
        field_data=cells,
        fields=np.array(table.names, dtype=object),
        geometry_type="MultiPolygon",
        crs=with_datum(table.crs),
        driver="MapInfo File",
        layer_options={
            "ENCODING": "UTF-8",
            "BOUNDS": ",".join(f"{side:.0f}" for side in _bounds(table)),
        },
    )
    rows = path.with_suffix(".dat")
    rows.write_bytes(_without_leftovers(rows.read_bytes()))


def _without_leftovers(data: bytes) -> bytes:
    """A MapInfo .dat without what happened to lie in memory behind the name of every field."""
    clean = bytearray(data)
    clean[1:4] = DBF_DAY
    (head,) = struct.unpack_from("<H", data, 8)
    for start in range(DBF_ENTRY, head - 1, DBF_ENTRY):
        name = data[start : start + DBF_NAME].split(b"\0")[0]
        clean[start : start + DBF_NAME] = name.ljust(DBF_NAME, b"\0")
    return bytes(clean)


def _bounds(table: Table) -> tuple[float, float, float, float]:
    """Bounds wide enough for every outline and for corrections of it."""
    import shapely

    drawn = table.outlines[shapely.is_geometry(table.outlines)]
    west, south, east, north = shapely.total_bounds(drawn) if len(drawn) else (0, 0, 0, 0)
    margin = BOUNDS_MARGIN_M
    return west - margin, south - margin, east + margin, north + margin


def with_datum(crs: str) -> str:
    """The system with the seven parameters of its datum to WGS 84 in it, as MapInfo wants them."""
    from pyproj import CRS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a PROJ string loses names, which MapInfo has not
        told = CRS.from_user_input(crs).to_dict()
    shift = ",".join(str(value) for value in datum_shift(crs))
    parts = [f"+{name}={value}" for name, value in told.items() if name not in UNTOLD]
    return " ".join([*parts, f"+towgs84={shift}", "+no_defs", "+type=crs"])


def datum_shift(crs: str) -> Iterator[float]:
    """Translations, rotations and scale of the datum's transformation to WGS 84, as PROJ uses it.

    MapInfo turns the axes, as PROJ does for this datum, so the signs stay.
    """
    from pyproj.transformer import TransformerGroup

    definition = TransformerGroup(crs, WGS84, always_xy=True).transformers[0].definition
    told = dict(part.split("=") for part in definition.split() if part.count("=") == 1)
    for name in ("x", "y", "z", "rx", "ry", "rz", "s"):
        yield float(told[name])


def _read_mapinfo(path: Path, table: Table) -> Found:
    """A MapInfo table as fiona reads it, its system ours if outlines fall where ours do.

    A table without rows keeps no system.
    """
    import fiona
    import numpy as np
    import shapely

    with fiona.open(path) as layer:
        features, system = list(layer), layer.crs_wkt
        names = list(layer.schema["properties"])
    rows = [[feature["properties"][name] for name in names] for feature in features]
    shapes = [feature["geometry"] for feature in features]
    outlines = [None if item is None else _multi(shapely.geometry.shape(item)) for item in shapes]
    ours, found = table.outlines, np.array([*outlines, None], dtype=object)[:-1]
    drawn = shapely.is_geometry(found)
    if drawn.any() and len(found) == len(ours) and (drawn == shapely.is_geometry(ours)).all():
        off = shapely.distance(
            shapely.centroid(reprojected(found[drawn], system, WGS84)),
            shapely.centroid(reprojected(ours[drawn], table.crs, WGS84)),
        )
        same = off.max() <= Precision(degrees=True).units
        return Found(names, rows, outlines, table.crs if same else system)
    return Found(names, rows, outlines, system if drawn.any() else None)


def _multi(outline: Any) -> Any:
    import shapely

    if outline is None or outline.geom_type != "Polygon":
        return outline
    return shapely.MultiPolygon([outline])
