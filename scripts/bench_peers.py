"""One method asked one question of one data set, in a process of its own; prints JSON.

Reading the data is not timed, neither ours nor a peer's; every method starts from what it works
on: arrays of outlines, frames, or a table of its own.
"""

import glob
import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gis import overlaps
from gis.overlaps import overlapping
from gis.shares import shared_ground

Outlines = NDArray[np.object_]
Answer = tuple[int, float | None]  # pairs that share more than LEAST_M2; what they share, if told
LEAST_M2 = 1e-3
CORES = os.cpu_count() or 1
BATCH = 100_000


def outlines(path: Path) -> Outlines:
    """Return the outlines of a GeoParquet file."""
    import pyarrow.parquet as pq

    wkb = pq.read_table(path, columns=["geometry"]).column("geometry").to_numpy()
    return np.asarray(shapely.from_wkb(wkb), dtype=object)


def answer(shared_m2: NDArray[np.float64]) -> Answer:
    """Return how many shares count, and their sum."""
    counted = shared_m2[shared_m2 > LEAST_M2]
    return len(counted), float(counted.sum())


def ours(parcels: Path, units: Path | None, threads: int = CORES) -> Callable[[], Answer]:
    """Our functions on both cores; machine code is loaded, where there is any, before the clock."""
    shapes = outlines(parcels)
    if units is None:
        overlapping(shapes[: overlaps.WORTH_COMPILING])
        return lambda: answer(overlapping(shapes, threads=threads).shared_m2)
    cells = outlines(units)
    return lambda: answer(shared_ground(shapes, cells, threads=threads).shared_m2)


def ours_one_core(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """Our functions on one core."""
    return ours(parcels, units, threads=1)


def ours_plain(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """Our functions on both cores without machine code, as a plain installation has them."""
    overlaps.WORTH_COMPILING = sys.maxsize
    return ours(parcels, units)


def relate(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """STRtree, relate, intersection: the oracle of the tests."""
    shapes = outlines(parcels)
    cells = shapes if units is None else outlines(units)

    def ask() -> Answer:
        left, right = shapely.STRtree(cells).query(shapes)
        if units is None:
            left, right = left[left < right], right[left < right]
        meet = shapely.relate_pattern(shapes[left], cells[right], "T********")
        shared = shapely.intersection(shapes[left[meet]], cells[right[meet]])
        return answer(shapely.area(shared))

    return ask


def _frames(parcels: Path, units: Path | None):
    import geopandas as gpd

    left = gpd.read_parquet(parcels)[["geometry"]].rename_axis("left").reset_index()
    right = left if units is None else gpd.read_parquet(units)[["geometry"]]
    return left, right.rename_axis("right").reset_index(names="right")


def geopandas_sjoin(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """geopandas.sjoin and the intersection of the pairs."""
    left, right = _frames(parcels, units)
    if units is None:
        right = left.rename(columns={"left": "right"})

    def ask() -> Answer:
        pairs = left.sjoin(right, predicate="intersects")
        if units is None:
            pairs = pairs[pairs["left"] < pairs["right"]]
        other = right.geometry.loc[pairs["index_right"]].to_numpy()
        return answer(shapely.area(shapely.intersection(pairs.geometry.to_numpy(), other)))

    return ask


def geopandas_overlay(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """geopandas.overlay."""
    left, right = _frames(parcels, units)
    if units is None:
        right = left.rename(columns={"left": "right"})

    def ask() -> Answer:
        cut = left.overlay(right, how="intersection", keep_geom_type=True)
        if units is None:
            cut = cut[cut["left"] < cut["right"]]
        return answer(cut.area.to_numpy())

    return ask


# the join by itself first: with a second condition in it, the quick spatial join is not chosen
SHARED = """
with met as {kept}(
  select a.id as i, b.id as j, a.geometry as g, b.geometry as h
  from parcels a join {other} b on ST_Intersects(a.geometry, b.geometry)
)
select count(*) as n, coalesce(sum(a), 0) as s from (
  select ST_Area(ST_Intersection(g, h)) as a from met {more}
) t where a > {least}
"""


def _query(units: Path | None, kept: str = "") -> str:
    more = "where i < j and not ST_Touches(g, h)" if units is None else ""
    return SHARED.format(
        other="parcels" if units is None else "units", more=more, least=LEAST_M2, kept=kept
    )


def duckdb(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """DuckDB with its spatial extension, tables in memory."""
    import duckdb as db

    found = importlib.util.find_spec("duckdb_extension_spatial")
    folder = Path(found.origin).parent if found and found.origin else Path()
    extension = glob.glob(str(folder / "**" / "spatial.duckdb_extension"), recursive=True)[0]
    spilled = tempfile.mkdtemp()  # by itself it writes where it is started, and leaves that there
    options = {"allow_unsigned_extensions": "true", "temp_directory": spilled}
    connection = db.connect(config=options)
    connection.execute(f"load '{extension}'")
    for name, path in (("parcels", parcels), ("units", units)):
        if path is not None:
            connection.execute(
                f"create table {name} as select id, ST_GeomFromWKB(geometry::BLOB) as geometry "
                f"from read_parquet('{path}')"
                if not _reads_geometry(connection, path)
                else f"create table {name} as select id, geometry from read_parquet('{path}')"
            )

    def ask() -> Answer:
        count, total = connection.execute(_query(units, "materialized ")).fetchone() or (0, 0.0)
        return int(count), float(total)

    return ask


def _reads_geometry(connection, path: Path) -> bool:
    described = connection.execute(f"describe select geometry from read_parquet('{path}')")
    return "GEOMETRY" in str(described.fetchone()[1])


def sedonadb(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """SedonaDB, tables in memory."""
    import sedonadb as sedona

    connection = sedona.connect()
    for name, path in (("parcels", parcels), ("units", units)):
        if path is not None:
            connection.read_parquet(str(path)).to_memtable().to_view(name)

    def ask() -> Answer:
        row = connection.sql(_query(units)).to_arrow_table().to_pylist()[0]
        return int(row["n"]), float(row["s"])

    return ask


def postgis(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """PostGIS in the server that the variables of libpq name, with an index and both cores."""
    import psycopg

    connection = psycopg.connect("", autocommit=True)
    for name, path in (("parcels", parcels), ("units", units)):
        if path is None:
            continue
        connection.execute(f"create temp table {name}_wkb (id bigint, wkb bytea)")
        with connection.cursor().copy(f"copy {name}_wkb from stdin (format binary)") as copy:
            copy.set_types(["int8", "bytea"])
            for number, wkb in enumerate(shapely.to_wkb(outlines(path))):
                copy.write_row((number, wkb))
        # parallel workers see no temporary table
        connection.execute(f"drop table if exists {name}")
        connection.execute(
            f"create unlogged table {name} with (autovacuum_enabled = off) "  # not under the clock
            f"as select id, ST_GeomFromWKB(wkb) as geometry from {name}_wkb"
        )
        connection.execute(f"create index on {name} using gist (geometry)")
        connection.execute(f"analyze {name}")
    other = "parcels" if units is None else "units"
    meet = "a.id < b.id and ST_Relate(a.geometry, b.geometry, 'T********')"
    question = f"""
        select count(*), coalesce(sum(m2), 0) from (
          select ST_Area(ST_Intersection(a.geometry, b.geometry)) as m2
          from parcels a join {other} b on a.geometry && b.geometry
            and {meet if units is None else "ST_Intersects(a.geometry, b.geometry)"}
        ) shared where m2 > {LEAST_M2}"""

    def ask() -> Answer:
        count, total = connection.execute(question).fetchone() or (0, 0.0)
        return int(count), float(total)

    return ask


def topology_checker(parcels: Path, units: Path | None) -> Callable[[], Answer]:
    """topology-checker, rule MUST_NOT_OVERLAP; it tells that parcels overlap, not how much."""
    from topology_checker import GeometryKind, Rule, Topology

    shapes = list(outlines(parcels))

    def ask() -> Answer:
        topology = Topology()
        layer = topology.add_layer(shapes, kind=GeometryKind.POLYGON)
        topology.add_rule(Rule.MUST_NOT_OVERLAP, layer)
        return topology.validate().error_count, None

    return ask


METHODS: dict[str, Callable[[Path, Path | None], Callable[[], Answer]]] = {
    "ours": ours,
    "ours, one core": ours_one_core,
    "ours, no numba": ours_plain,
    "STRtree + relate": relate,
    "geopandas.sjoin": geopandas_sjoin,
    "geopandas.overlay": geopandas_overlay,
    "DuckDB spatial": duckdb,
    "SedonaDB": sedonadb,
    "PostGIS": postgis,
    "topology-checker": topology_checker,
}


def peak_mb(process: int | str = "self") -> float:
    """Return the most memory a process had; `getrusage` would count its parent's too."""
    told = Path(f"/proc/{process}/status").read_text("ascii").partition("VmHWM:")[2].split()
    return int(told[0]) / 1024 if told else 0.0  # a process that has just ended has none


def main() -> None:
    """Ask and print, first that everything is read."""
    method, parcels, units = sys.argv[1], Path(sys.argv[2]), sys.argv[3:4]
    ask = METHODS[method](parcels, Path(units[0]) if units else None)
    print("ready", flush=True)
    wall, work = time.perf_counter(), time.process_time()
    count, total = ask()
    told = {
        "seconds": time.perf_counter() - wall,
        # a server's work is not ours to see
        "cpu_seconds": None if method == "PostGIS" else time.process_time() - work,
        "peak_mb": peak_mb(),
        "count": count,
        "shared_m2": total,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
