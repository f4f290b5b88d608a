"""Measure bulk questions beside their peers on a synthetic province; a table and JSON.

Every figure comes from a process of its own, the methods taking turns, so that whatever else the
machine does falls on all alike. Answers are compared before anything is printed.
"""

import json
import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from bench_peers import METHODS
from bench_province import CRS, province

from gis.bulk.parts import geo_metadata

TASKS = {"T1": None, "T2": "communes", "T3": "zones"}
TOO_SLOW = {"geopandas.overlay": 100_000, "topology-checker": 1_000_000}  # most parcels
ONLY_OVERLAPS = ("topology-checker",)
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


def measured(method: str, place: Path, units: str | None) -> dict[str, float] | None:
    """Run one method in a process of its own; None if it is not installed or cannot."""
    command = [sys.executable, str(Path(__file__).with_name("bench_peers.py")), method,
               str(place / "parcels.parquet")]  # fmt: skip
    command += [str(place / f"{units}.parquet")] if units else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {method}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}", flush=True)
        return None
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def task_rows(
    task: str, place: Path, count: int, runs: int, methods: list[str]
) -> list[dict[str, object]]:
    """Measure a task by all methods in turns; the fastest of several runs counts."""
    units = TASKS[task]
    wanted = [
        name
        for name in methods
        if count <= TOO_SLOW.get(name, count) and not (units and name in ONLY_OVERLAPS)
    ]
    best: dict[str, dict[str, float]] = {}
    for _ in range(runs):
        for name in list(wanted):
            found = measured(name, place, units)
            if found is None:
                wanted.remove(name)
                continue
            known = best.setdefault(name, found)
            for key in ("seconds", "cpu_seconds", "peak_mb"):
                known[key] = min(known[key], found[key])
    check_agreement(task, best)
    return [
        {"task": task, "method": name, "parcels": count, "data": place.name.split("-")[1], **told}
        for name, told in best.items()
    ]


def check_agreement(task: str, best: dict[str, dict[str, float]]) -> None:
    """Say so where a method answers otherwise than ours."""
    mine = best["ours"]
    for name, told in best.items():
        if math.isnan(told["shared_m2"]):
            continue
        same = math.isclose(told["count"], mine["count"], rel_tol=SAME_COUNT) and math.isclose(
            told["shared_m2"], mine["shared_m2"], rel_tol=SAME_AREA
        )
        if not same:
            print(f"  {task}: {name} differs: {told['count']} pairs, {told['shared_m2']} m²; "
                  f"ours {mine['count']}, {mine['shared_m2']}")  # fmt: skip
        told["agrees"] = float(same)


def print_rows(rows: list[dict[str, object]]) -> None:
    """Print seconds, CPU seconds, memory and how many times our seconds each method takes."""
    print(f"{'task':5}{'data':6}{'parcels':>9}  {'method':20}{'s':>8}{'cpu s':>8}{'MB':>7}"
          f"{'x ours':>8}{'x cpu':>7}  pairs")  # fmt: skip
    for row in rows:
        mine = next(r for r in rows if r["method"] == "ours"
                    and all(r[k] == row[k] for k in ("task", "data", "parcels")))  # fmt: skip
        seconds, work = float(str(row["seconds"])), float(str(row["cpu_seconds"]))
        print(
            f"{row['task']:5}{row['data']:6}{row['parcels']:>9}  {row['method']:20}{seconds:8.2f}"
            f"{work:8.2f}{row['peak_mb']:7.0f}{seconds / float(str(mine['seconds'])):8.1f}"
            f"{work / float(str(mine['cpu_seconds'])):7.1f}  {row['count']}"
        )


def print_exponents(rows: list[dict[str, object]]) -> None:
    """Print by which power of the number of parcels our time grows, from size to size."""
    mine = [row for row in rows if row["method"] == "ours"]
    for task in TASKS:
        for data in ("clean", "dirty"):
            sizes = sorted(
                (int(str(r["parcels"])), float(str(r["cpu_seconds"])))
                for r in mine
                if r["task"] == task and r["data"] == data
            )
            for (n, t), (more, longer) in pairwise(sizes):
                power = math.log(longer / t) / math.log(more / n)
                print(f"{task} {data} {n} → {more}: exponent {power:.2f}")


def bench(folder: Path, sizes: list[int], runs: int, methods: list[str], out: Path | None) -> None:
    """Measure all tasks at all sizes, clean and dirty."""
    rows: list[dict[str, object]] = []
    for count in sizes:
        for dirty in (False, True):
            place = dataset(folder, count, dirty)
            for task in TASKS:
                found = task_rows(task, place, count, runs, methods or list(METHODS))
                print_rows(found)
                rows += found
                if out:
                    out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print_exponents(rows)
