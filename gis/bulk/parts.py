"""A cadastre cut once by space into GeoParquet parts, each with its neighbours from beyond.

A part is a run of cells along a Hilbert curve. It holds every parcel whose box touches it: its own
ones (the middle of the box lies in it) and a halo of others. Columns xmin … ymax carry the box of
every row, so that any reader can skip what lies elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.bulk.parcels import Parcels, Source, batches, cleaned, wkb_array
from gis.bulk.questions import Tile
from gis.bulk.store import Store, TableFile
from gis.tiles import Census, Tiling, level_for

BOX = ("xmin", "ymin", "xmax", "ymax")
SPOOL, LEFT_OUT, PLAN = "spool.parquet", "left_out.parquet", "parts.json"
ROWS_A_WRITE = 20_000  # a part is written in groups of at least so many rows, where memory allows

Item = TypeVar("Item")
Result = TypeVar("Result")
Tell = Callable[[str, int], None]  # a stage (`found`: answered before) and how many rows more


def part_name(number: int) -> str:
    """The file of a part."""
    return f"part-{number:05d}.parquet"


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """Where the parts lie, and how the ground is shared out among them."""

    store: Store
    tiling: Tiling
    rows: tuple[int, ...]  # own rows of each part

    def read(self, number: int) -> tuple[Parcels, Tile]:
        """The members of a part, and which of them are its own."""
        refused = self.store.read_table(LEFT_OUT)  # no part has them; the first one tells of them
        refused = refused if number == 0 else refused.slice(0, 0)
        if not self.store.has(part_name(number)):  # of a file without one usable outline
            nothing = refused.slice(0, 0)
            rows, ids = nothing.column("row").to_numpy(), nothing.column("id").combine_chunks()
            empty = Parcels(rows, ids, np.empty(0, dtype=object), refused)
            return empty, Tile(self.tiling, number)
        table = self.store.read_table(part_name(number)).sort_by("row")  # pairs in order of rows
        parcels = Parcels(
            table.column("row").to_numpy(),
            table.column("id").combine_chunks(),
            np.asarray(shapely.from_wkb(table.column("geometry").to_numpy()), dtype=object),
            refused,
        )
        return parcels, Tile(self.tiling, number, table.column("own").to_numpy())


def parts_of(
    source: Source, crs: str, store: Store, rows_a_part: int, threads: int, tell: Tell
) -> Parts:
    """Cut a file into parts, or find them cut already.

    Raises: LayerError, OutputError.
    """
    if not store.has(PLAN):
        extent, kept = _spool(source, crs, store, threads, tell)
        tiling = _tiling(store, extent, kept, rows_a_part)
        rows = _share_out(store, tiling, rows_a_part, tell)
        store.write_json(PLAN, _as_json(tiling, rows))
        store.remove(SPOOL)
    told = store.read_json(PLAN)
    return Parts(store, _from_json(told), tuple(told["rows"]))


def _as_json(tiling: Tiling, rows: Sequence[int]) -> dict[str, Any]:
    return {
        "west": tiling.west,
        "south": tiling.south,
        "cell_width": tiling.cell_width,
        "cell_height": tiling.cell_height,
        "count": tiling.count,
        "tile_of_cell": tiling.tile_of_cell.tolist(),
        "rows": list(rows),
    }


def _from_json(told: dict[str, Any]) -> Tiling:
    return Tiling(
        told["west"],
        told["south"],
        told["cell_width"],
        told["cell_height"],
        np.array(told["tile_of_cell"], np.int32),
        told["count"],
    )


# --- cleaning once ------------------------------------------------------------------------------


def in_order(
    task: Callable[[Item], Result], items: Iterator[Item], threads: int
) -> Iterator[Result]:
    """Do a task for every item on several threads, in the order of the items, few at a time."""
    with ThreadPoolExecutor(threads) as pool:
        under_way: list[Future[Result]] = []
        try:
            for item in items:
                under_way.append(pool.submit(task, item))
                if len(under_way) > threads:
                    yield under_way.pop(0).result()
            while under_way:
                yield under_way.pop(0).result()
        finally:
            for waiting in under_way:
                waiting.cancel()


def _spool(
    source: Source, crs: str, store: Store, threads: int, tell: Tell
) -> tuple[tuple[float, float, float, float], int]:
    """Clean and reproject every row once; where they lie, and how many there are."""
    low, high, kept = np.full(2, np.inf), np.full(2, -np.inf), 0
    spool: TableFile | None = None
    refused: list[pa.Table] = []
    for parcels in in_order(lambda b: cleaned(b, source.crs, crs), batches(source), threads):
        table = part_table(parcels, crs)
        if spool is None:
            spool = store.writing(SPOOL, table.schema)
        spool.write_table(table)
        if len(parcels):
            box = shapely.bounds(parcels.outlines)
            low = np.minimum(low, box[:, :2].min(axis=0))
            high = np.maximum(high, box[:, 2:].max(axis=0))
        kept += len(parcels)
        refused.append(parcels.left_out)
        tell("cut", len(parcels) + len(parcels.left_out))
    if spool is not None:
        spool.close()
    empty = pa.table({"row": pa.array([], pa.int64()), "id": [], "reason": []})
    store.write_table(LEFT_OUT, pa.concat_tables(refused) if refused else empty)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1])), kept


def part_table(parcels: Parcels, crs: str) -> pa.Table:
    """Parcels as a table of GeoParquet with the box of every row."""
    box = shapely.bounds(parcels.outlines).reshape(-1, 4)
    columns = {
        "row": parcels.rows,
        "id": parcels.ids,
        "geometry": wkb_array(parcels.outlines),
        **{name: box[:, n] for n, name in enumerate(BOX)},
        "own": np.ones(len(parcels), bool),
    }
    return pa.table(columns).replace_schema_metadata(geo_metadata(crs, "geometry"))


def geo_metadata(crs: str, column: str) -> dict[str, str]:
    """What GeoParquet says of its column of outlines."""
    about = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": CRS.from_user_input(crs).to_json_dict(),
    }
    return {
        "geo": json.dumps(
            {"version": "1.1.0", "primary_column": column, "columns": {column: about}}
        )
    }


# --- sharing out --------------------------------------------------------------------------------


def _tiling(
    store: Store, extent: tuple[float, float, float, float], kept: int, rows_a_part: int
) -> Tiling:
    census = Census(extent if kept else (0.0, 0.0, 0.0, 0.0), level_for(kept, rows_a_part))
    if kept:
        for group in _groups(store, list(BOX)):
            census.add(_box(group))
    return census.tiling(rows_a_part)


def _groups(store: Store, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The cleaned rows, a group at a time."""
    if not store.has(SPOOL):
        return
    with store.open(SPOOL) as opened:
        file = pq.ParquetFile(opened)
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns=columns)


def _box(table: pa.Table) -> NDArray[np.float64]:
    return np.column_stack([table.column(name).to_numpy() for name in BOX]).reshape(-1, 4)


@dataclass(slots=True)
class _Waiting:
    """Rows on their way into the files of the parts; the fullest is written when too many wait."""

    store: Store
    most: int
    files: dict[int, TableFile] = field(default_factory=dict)
    tables: dict[int, list[pa.Table]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def add(self, part: int, table: pa.Table) -> None:
        self.tables.setdefault(part, []).append(table)
        self.counts[part] = self.counts.get(part, 0) + len(table)
        self.total += len(table)
        while self.total > self.most:
            self.write(max(self.counts, key=lambda number: self.counts[number]))

    def write(self, part: int) -> None:
        table = pa.concat_tables(self.tables.pop(part)).combine_chunks()
        self.total -= self.counts.pop(part)
        if part not in self.files:
            self.files[part] = self.store.writing(part_name(part), table.schema)
        self.files[part].write_table(table)

    def finish(self) -> None:
        for part in list(self.tables):
            self.write(part)
        for file in self.files.values():
            file.close()


def _share_out(store: Store, tiling: Tiling, rows_a_part: int, tell: Tell) -> list[int]:
    """Every row into the parts its box touches; how many rows each part owns."""
    waiting = _Waiting(store, max(rows_a_part, ROWS_A_WRITE))
    rows = np.zeros(tiling.count, np.int64)
    for table in _groups(store):
        box = _box(table)
        home = tiling.tile_at((box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2)
        rows += np.bincount(home, minlength=tiling.count)
        position, part = tiling.memberships(box)
        begins = np.searchsorted(part, np.arange(tiling.count + 1))
        for number in np.unique(part):
            at = position[begins[number] : begins[number + 1]]
            members = table.take(pa.array(at))
            own = pa.array(home[at] == number)
            waiting.add(
                int(number),
                members.set_column(members.schema.get_field_index("own"), "own", own),
            )
        tell("share", len(table))
    waiting.finish()
    return [int(count) for count in rows]
