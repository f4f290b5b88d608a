"""Parcels in: any file of outlines, in batches, cleaned, in the metres they are worked on in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.bulk.store import Store, folder_and_name, is_remote
from gis.crs import WGS84, reprojected
from gis.errors import LayerError, Problem
from gis.language import Text, say

Outlines = NDArray[np.object_]
Rows = NDArray[np.int64]

ROWS_A_BATCH = 50_000
TRUE_TO_GROUND = "Transverse Mercator"  # VN-2000 in all its zones, and UTM
PARQUET = (".parquet", ".geoparquet", ".pq")
REASONS: dict[str, Text] = {
    "missing": say("không có hình", "no outline"),
    "unreadable": say("hình không đọc được", "an outline that cannot be read"),
    "not-an-area": say("không phải vùng", "not an area"),
    "empty": say("hình rỗng hoặc không có diện tích", "an outline without area"),
    "not-finite": say("tọa độ không phải là số hữu hạn", "coordinates that are no finite numbers"),
    "invalid": say("hình không hợp lệ (tự cắt …)", "an invalid outline (crosses itself …)"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file of parcels: where it is, what it holds, and the column its ids are in."""

    path: str
    layer: str
    crs: str
    rows: int
    id_column: str | None
    geometry_column: str

    @property
    def is_parquet(self) -> bool:
        return self.path.lower().endswith(PARQUET)


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Some rows as they stand in the file; rows are numbered from 1."""

    rows: Rows
    ids: pa.Array
    wkb: pa.Array


@dataclass(frozen=True, eq=False, slots=True)
class Parcels:
    """Valid outlines in metres with their ids and rows, and the rows that were left out."""

    rows: Rows
    ids: pa.Array
    outlines: Outlines
    left_out: pa.Table

    def __len__(self) -> int:
        return len(self.rows)


# --- opening ------------------------------------------------------------------------------------


def open_parcels(path: str, id_column: str | None = None) -> Source:
    """What a file of parcels holds.

    Raises: LayerError.
    """
    if not is_remote(path) and not Path(path).exists():
        told = say("không tìm thấy tệp", "no such file")
        raise LayerError(Problem(path, told, say("kiểm tra đường dẫn", "check the path")))
    with telling_of_input(path):
        source, columns = (
            _open_parquet(path) if path.lower().endswith(PARQUET) else _open_layer(path)
        )
    if not source.crs:
        raise LayerError(
            Problem(
                path,
                say("không ghi hệ tọa độ", "states no coordinate system"),
                say("thêm .prj hoặc gán hệ tọa độ rồi xuất lại", "add a .prj or assign its system"),
                layer=source.layer,
            )
        )
    if id_column is not None and id_column not in columns:
        raise LayerError(
            Problem(
                path,
                say("không có cột này", "has no such column"),
                say("các cột: {names}", "its columns: {names}", names=columns),
                layer=source.layer,
                field=id_column,
            )
        )
    return Source(
        source.path, source.layer, source.crs, source.rows, id_column, source.geometry_column
    )


def _open_layer(path: str) -> tuple[Source, list[str]]:
    layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
    if len(layers) != 1:
        raise LayerError(
            Problem(
                path,
                say("có {n} lớp hình", "holds {n} layers of outlines", n=len(layers)),
                say(
                    "xuất riêng lớp thửa đất: {names}",
                    "export the layer of parcels by itself: {names}",
                    names=layers,
                ),
            )
        )
    info = pyogrio.read_info(path, layer=layers[0], force_feature_count=True)
    columns = [str(name) for name in info["fields"]]
    source = Source(path, str(layers[0]), info["crs"] or "", int(info["features"]), None, "")
    return source, columns


def _open_parquet(path: str) -> tuple[Source, list[str]]:
    import pyarrow.parquet as pq

    folder, name = folder_and_name(path)
    file = pq.ParquetFile(Store.at(folder).open(name))
    columns = list(file.schema_arrow.names)
    told = (file.schema_arrow.metadata or {}).get(b"geo")
    if told is None:
        raise LayerError(
            Problem(
                path,
                say("không phải GeoParquet", "is no GeoParquet"),
                say("xuất lại dưới dạng GeoParquet", "export it as GeoParquet"),
            )
        )
    geo = json.loads(told)
    column = geo["primary_column"]
    about = geo["columns"][column]
    if about.get("encoding") != "WKB":
        raise LayerError(
            Problem(
                path,
                say("hình không ở dạng WKB", "outlines are not encoded as WKB"),
                say("xuất lại với mã hóa WKB", "export it with WKB encoding"),
                field=column,
                value=str(about.get("encoding")),
            )
        )
    crs = about.get("crs", "absent")
    text = WGS84 if crs == "absent" else "" if crs is None else CRS.from_json_dict(crs).to_wkt()
    return Source(path, "", text, file.metadata.num_rows, None, column), columns


@contextmanager
def telling_of_input(path: str, row: int | None = None) -> Iterator[None]:
    """Turn what the libraries say of a file they cannot read into one clear error."""
    try:
        yield
    except LayerError:
        raise
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.FieldError,
        pa.ArrowException,
        OSError,
        json.JSONDecodeError,
        KeyError,
        CRSError,
    ) as error:
        raise LayerError(
            Problem(
                path,
                say("không đọc được: {why}", "cannot be read: {why}", why=error),
                say("mở thử bằng QGIS và xuất lại", "open it in QGIS and export it again"),
                row="" if row is None else f"≥ {row}",
            )
        ) from error


# --- reading ------------------------------------------------------------------------------------


def batches(source: Source) -> Iterator[Batch]:
    """The rows of a file in its order, so many at a time.

    Raises: LayerError, naming the row from which the file cannot be read.
    """
    done = 0
    tables = _parquet_batches(source) if source.is_parquet else _layer_batches(source)
    while True:
        with telling_of_input(source.path, done + 1):
            table = next(tables, None)
        if table is None:
            return
        ids, wkb = table
        rows = np.arange(done + 1, done + 1 + len(wkb), dtype=np.int64)
        yield Batch(rows, pa.array(rows) if ids is None else ids, wkb)
        done += len(wkb)


def _columns(source: Source) -> list[str]:
    return [] if source.id_column is None else [source.id_column]


def _layer_batches(source: Source) -> Iterator[tuple[pa.Array | None, pa.Array]]:
    with pyogrio.open_arrow(
        source.path,
        layer=source.layer,
        columns=_columns(source),
        batch_size=ROWS_A_BATCH,
        use_pyarrow=True,
    ) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        done = 0
        for batch in reader:
            if len(batch):
                wkb = batch.column(geometry)
                if not _is_sound(wkb):
                    wkb = _outlines_by_themselves(source, done, len(batch))
                yield _plain_ids(batch, source), wkb
                done += len(batch)


def _is_sound(column: pa.Array) -> bool:
    """Whether a column is what it says; GDAL loses count in FlatGeobuf where an outline is missing.

    Its outlines would then be those of other rows.
    """
    try:
        column.validate(full=True)
    except pa.ArrowException:
        return False
    return True


def _outlines_by_themselves(source: Source, skipped: int, count: int) -> pa.Array:
    """The outlines of some rows, one after another instead of as a column."""
    _, _, wkb, _ = pyogrio.raw.read(
        source.path, layer=source.layer, columns=[], skip_features=skipped, max_features=count
    )
    return pa.array(wkb, pa.binary())


def _parquet_batches(source: Source) -> Iterator[tuple[pa.Array | None, pa.Array]]:
    import pyarrow.parquet as pq

    folder, name = folder_and_name(source.path)
    file = pq.ParquetFile(Store.at(folder).open(name))
    columns = [*_columns(source), source.geometry_column]
    for batch in file.iter_batches(ROWS_A_BATCH, columns=columns):
        if len(batch):
            yield _plain_ids(batch, source), batch.column(source.geometry_column)


def _plain_ids(batch: pa.RecordBatch, source: Source) -> pa.Array | None:
    """Ids as whole numbers or texts; whatever else they are is kept as text."""
    if source.id_column is None:
        return None
    ids = batch.column(source.id_column)
    if pa.types.is_integer(ids.type):
        return ids.cast(pa.int64())
    return ids.cast(pa.string())


# --- cleaning -----------------------------------------------------------------------------------


def cleaned(batch: Batch, source_crs: str, target_crs: str) -> Parcels:
    """The valid outlines of some rows in another coordinate system, and why the rest is none."""
    wkb = np.asarray(batch.wkb.to_numpy(zero_copy_only=False), dtype=object)
    outlines = shapely.from_wkb(wkb, on_invalid="ignore")
    tall = np.flatnonzero(shapely.has_z(outlines))
    outlines[tall] = shapely.force_2d(outlines[tall])
    reason = np.full(len(outlines), "", dtype=object)
    reason[shapely.is_missing(outlines)] = "unreadable"
    nothing = pc.fill_null(pc.equal(pc.binary_length(batch.wkb), 0), True)
    reason[np.asarray(nothing)] = "missing"
    kind = shapely.get_type_id(outlines)
    reason[(reason == "") & ~np.isin(kind, (3, 6))] = "not-an-area"
    kept = np.flatnonzero(reason == "")
    shapes = outlines[kept]
    if source_crs != target_crs:
        shapes = _moved(shapes, source_crs, target_crs)
    fault = faults(shapes)
    reason[kept] = fault
    good = fault == ""
    bad = np.flatnonzero(reason != "")
    left_out = pa.table(
        {
            "row": batch.rows[bad],
            "id": batch.ids.take(pa.array(bad)),
            "reason": pa.array(reason[bad], pa.string()),
        }
    )
    kept = kept[good]
    return Parcels(batch.rows[kept], batch.ids.take(pa.array(kept)), shapes[good], left_out)


def faults(outlines: Outlines) -> NDArray[np.object_]:
    """Why areas cannot be worked with: empty, not finite or invalid; an empty text if they can."""
    reason = np.full(len(outlines), "", dtype=object)
    bounds = shapely.bounds(outlines)
    reason[shapely.area(outlines) == 0] = "empty"
    reason[~shapely.is_valid(outlines)] = "invalid"  # a figure of eight may have no area either
    reason[~np.isfinite(bounds).all(axis=1) & ~shapely.is_empty(outlines)] = "not-finite"
    return reason


def _moved(outlines: Outlines, source_crs: str, target_crs: str) -> Outlines:
    """Outlines in the other system; where it has no place for one, that one is not finite."""
    return np.asarray(reprojected(outlines, source_crs, target_crs), dtype=object)


def working_crs(source: Source, plan_crs: str) -> str:
    """The system overlaps are measured in: the file's own where metres there are metres of ground.

    Web Mercator is in metres too, and its areas are too large by a sixth.
    """
    crs = CRS.from_user_input(source.crs)
    metric = crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)
    way = crs.coordinate_operation
    true = way is not None and way.method_name == TRUE_TO_GROUND
    return source.crs if metric and true else plan_crs


def no_parcels() -> Parcels:
    """What a file without rows holds."""
    nothing = Batch(np.empty(0, np.int64), pa.array([], pa.int64()), pa.array([], pa.binary()))
    return cleaned(nothing, "", "")


def same_crs(first: str, second: str) -> bool:
    """Whether two names mean one coordinate system, whatever the order of its axes."""
    return CRS.from_user_input(first).equals(CRS.from_user_input(second), ignore_axis_order=True)


def joined(parts: Sequence[Parcels]) -> Parcels:
    """Several batches as one."""
    return Parcels(
        np.concatenate([part.rows for part in parts]),
        pa.chunked_array([part.ids for part in parts]).combine_chunks(),
        np.concatenate([part.outlines for part in parts]),
        pa.concat_tables([part.left_out for part in parts]),
    )


def wkb_array(outlines: Outlines) -> Any:
    """Outlines as a column of WKB."""
    return pa.array(shapely.to_wkb(outlines, include_srid=False), pa.binary())
