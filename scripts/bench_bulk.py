"""Measure bulk questions beside their peers on a synthetic province; a table and JSON.

Every figure comes from a process of its own, the methods taking turns, so that whatever else the
machine does falls on all alike. Answers are compared before anything is printed. A peer that takes
`ENOUGH` times what ours took, and longer than `PATIENCE_S`, is stopped: by how much more is not
worth waiting for. Its row says ">", and its answers are compared at the smaller sizes.
"""

import json
import math
import signal
import subprocess
import sys
import time
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from bench_peers import METHODS, peak_mb
from bench_province import CRS, province

from gis.bulk.parts import geo_metadata
from gis.cli.bulk import OVERLAP_TOLERANCE_M2
from gis.overlaps import overlapping

TASKS = {"T1": None, "T2": "communes", "T3": "zones"}
ENOUGH = {"T1": 12, "T2": 6, "T3": 6}  # times ours; a fifth more than is aimed at
PATIENCE_S = 60.0
GRACE_S = 10.0
MOST_PARCELS = {"ours": sys.maxsize, "geopandas.overlay": 100_000}  # in memory as frames
OF_OTHERS = 1_000_000
ONLY_OVERLAPS = ("topology-checker", "ours, no numba")
APART_M = 60_000.0  # from province to province, a little more than its side
SAME_COUNT, SAME_AREA = 2e-4, 1e-6  # shares; a pair at the least area may fall on either side


def dataset(folder: Path, count: int, dirty: bool) -> Path:
    """Make the province once and keep it; the folder it lies in."""
    place = folder / f"{count}-{'dirty' if dirty else 'clean'}"
    if (place / "zones.parquet").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    made = province(count, dirty=dirty)
    valid = made.parcels[shapely.is_valid(made.parcels)]
    for name, outlines in (("parcels", valid), ("communes", made.communes), ("zones", made.zones)):
        table = pa.table(
            {
                "id": np.arange(len(outlines)),
                "geometry": pa.array(shapely.to_wkb(outlines), pa.binary()),
            }
        )
        pq.write_table(
            table.replace_schema_metadata(geo_metadata(CRS, "geometry")), place / f"{name}.parquet"
        )
    return place


Told = dict[str, float | None]


def measured(method: str, place: Path, units: str | None, most_s: float = math.inf) -> Told | None:
    """Run one method in a process of its own; None if it is not installed or cannot.

    The process says when it has read its data; from then on it has so many seconds.
    """
    command = [sys.executable, str(Path(__file__).with_name("bench_peers.py")), method,
               str(place / "parcels.parquet")]  # fmt: skip
    command += [str(place / f"{units}.parquet")] if units else []
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as asked:
        asked.stdout.readline()
        try:
            said, faults = asked.communicate(timeout=None if math.isinf(most_s) else most_s)
        except subprocess.TimeoutExpired:
            stopped: Told = dict.fromkeys(("cpu_seconds", "count", "shared_m2"))
            stopped |= {"seconds": most_s, "peak_mb": peak_mb(asked.pid), "stopped": 1.0}
            asked.send_signal(signal.SIGINT)  # so that a server hears of it
            try:
                asked.communicate(timeout=GRACE_S)
            except subprocess.TimeoutExpired:
                asked.kill()
            return stopped
    if asked.returncode:
        print(f"  {method}: {(faults.strip().splitlines() or ['failed'])[-1]}", flush=True)
        return None
    return dict(json.loads(said.strip().splitlines()[-1]))


def task_rows(task: str, place: Path, count: int, runs: int, methods: list[str]) -> list[dict]:
    """Measure a task by all methods in turns; the fastest of several runs counts."""
    units = TASKS[task]
    wanted = [
        name
        for name in methods
        if count <= MOST_PARCELS.get(name, OF_OTHERS) and not (units and name in ONLY_OVERLAPS)
    ]
    best: dict[str, Told] = {}
    for _ in range(runs):
        for name in list(wanted):
            most_s = math.inf
            if not name.startswith("ours"):
                most_s = max(PATIENCE_S, ENOUGH[task] * (best["ours"]["seconds"] or 0))
            found = measured(name, place, units, most_s)
            if found is None or "stopped" in found:
                wanted.remove(name)
            if found is not None:
                best[name] = quicker(best.get(name), found)
    check_agreement(task, best)
    return [
        {"task": task, "method": name, "parcels": count, "data": place.name.split("-")[1], **told}
        for name, told in best.items()
    ]


def quicker(known: Told | None, found: Told) -> Told:
    """The least of what two runs took; one that was stopped tells less than one that ended."""
    if known is None or "stopped" in found:
        return known or found
    return found | {
        key: None if known[key] is None else min(known[key], found[key])
        for key in ("seconds", "cpu_seconds", "peak_mb")
    }


def check_agreement(task: str, best: dict[str, Told]) -> None:
    """Say so where a method answers otherwise than ours."""
    mine = best["ours"]
    for name, told in best.items():
        if told["shared_m2"] is None:  # stopped, or one that tells no areas
            continue
        same = math.isclose(told["count"], mine["count"], rel_tol=SAME_COUNT) and math.isclose(
            told["shared_m2"], mine["shared_m2"], rel_tol=SAME_AREA
        )
        if not same:
            print(f"  {task}: {name} differs: {told['count']} pairs, {told['shared_m2']} m²; "
                  f"ours {mine['count']}, {mine['shared_m2']}")  # fmt: skip
        told["agrees"] = float(same)


def print_rows(rows: list[dict]) -> None:
    """Print seconds, CPU seconds, memory and how many times ours each method takes."""
    print(f"{'task':5}{'data':6}{'parcels':>9}  {'method':20}{'s':>8}{'cpu s':>8}{'MB':>7}"
          f"{'x ours':>8}{'x cpu':>7}  pairs")  # fmt: skip
    mine = next(row for row in rows if row["method"] == "ours")
    for row in rows:
        work, times = row["cpu_seconds"], row["seconds"] / mine["seconds"]
        spent = "" if work is None else f"{work:.2f}"
        more = "" if work is None else f"{work / mine['cpu_seconds']:.1f}"
        ratio, count = f"{times:.1f}", row["count"]
        if "stopped" in row:
            ratio, count = f">{ratio}", "stopped"
        print(f"{row['task']:5}{row['data']:6}{row['parcels']:>9}  {row['method']:20}"
              f"{row['seconds']:8.2f}{spent:>8}{row['peak_mb']:7.0f}{ratio:>8}{more:>7}  "
              f"{count}", flush=True)  # fmt: skip


def print_exponents(rows: list[dict]) -> None:
    """Print by which power of the number of parcels our time grows, from size to size."""
    for task, data in product(TASKS, ("clean", "dirty")):
        mine = [r for r in rows if (r["method"], r["task"], r["data"]) == ("ours", task, data)]
        for small, large in pairwise(sorted(mine, key=lambda row: row["parcels"])):
            grown = math.log(large["parcels"] / small["parcels"])
            wall, work = (
                math.log(large[key] / small[key]) / grown for key in ("seconds", "cpu_seconds")
            )
            print(f"{task} {data} {small['parcels']} → {large['parcels']}: exponent {wall:.2f} "
                  f"by the clock, {work:.2f} by the processor")  # fmt: skip


def bench(
    folder: Path,
    sizes: list[int],
    runs: int,
    methods: list[str],
    tasks: list[str],
    out: Path | None,
) -> None:
    """Measure tasks at all sizes, clean and dirty."""
    rows: list[dict] = []
    for count in sizes:
        for dirty in (False, True):
            place = dataset(folder, count, dirty)
            for task in tasks:
                found = task_rows(task, place, count, runs, methods or list(METHODS))
                print_rows(found)
                rows += found
                if out:
                    out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print_exponents(rows)


def nation(folder: Path, provinces: int, memory: str) -> None:
    """Ask of many provinces side by side by the command line, within some memory; print."""
    one = dataset(folder, 1_000_000, dirty=False)
    table = pq.read_table(one / "parcels.parquet")
    outlines = shapely.from_wkb(table.column("geometry").to_numpy())
    pairs = int((overlapping(outlines, threads=2).shared_m2 > OVERLAP_TOLERANCE_M2).sum())
    path = folder / f"{provinces}-provinces.parquet"
    with pq.ParquetWriter(path, table.schema) as writer:
        for number in range(provinces):
            moved = shapely.transform(
                outlines, lambda xy, n=number: xy + np.array([n * APART_M, 0])
            )
            wkb = pa.array(shapely.to_wkb(moved), pa.binary())
            writer.write_table(table.set_column(1, table.schema.field(1), wkb))
    count, expected = provinces * len(outlines), provinces * pairs
    del table, outlines
    out = folder / "overlaps.parquet"
    start = time.perf_counter()
    command = ["-m", "gis.cli", "bulk", "overlaps", str(path), "--out", str(out)]
    most = 0.0
    with subprocess.Popen([sys.executable, *command, "--memory", memory]) as job:
        while job.poll() is None:
            most = max(most, peak_mb(job.pid))
            time.sleep(0.2)
    if job.returncode:
        raise SystemExit(job.returncode)
    found = pq.ParquetFile(out).metadata.num_rows
    print(f"{count} parcels: {time.perf_counter() - start:.0f} s, {most:.0f} MB at most, "
          f"{found} pairs, expected {expected}")  # fmt: skip
