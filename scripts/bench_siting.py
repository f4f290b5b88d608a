"""Print how long siting takes on this machine, each figure also as a multiple of bare Python."""

import argparse
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice, product
from pathlib import Path

from gis.answering.batch import answer_table
from gis.model import Plan
from gis.plan import default_plan, load_plan
from gis.siting import ask
from gis.spreadsheets import read_table, write_table
from gis.verdicts import Need

HEADER = ["Địa điểm", "Ngành nghề", "Diện tích (ha)"]
MULTIPLIER = 7919  # a prime that scatters the needs over the rows, the same in every run
COLD = (
    ("tngis --version, cold", ["--version"]),
    ("tngis site, cold", ["site", "--place", "KCN Điềm Thụy", "--activity", "may mặc"]),
    (
        "tngis site --format html, cold",
        ["site", "--place", "KCN Điềm Thụy", "--activity", "may mặc", "--format", "html"],
    ),
)


def best_seconds(command: list[str], runs: int) -> float:
    """Return the fastest of several cold runs."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def different_needs(plan: Plan, count: int) -> list[list[str | float]]:
    """Return needs as planners write them: every place and activity, a few sizes, some slips."""
    places = [
        name
        for site in plan.sites.values()
        for name in (site.short_name, site.short_name.lower(), site.site_id)
    ] + [unit.label for unit in plan.units.values()]
    activities = [
        name for row in plan.activities.values() for name in (row.label_vi, row.label_en.lower())
    ]
    pairs = list(product(places, activities))
    chosen = [pairs[number * MULTIPLIER % len(pairs)] for number in range(count)]
    sizes = cycle((8, 8.5, 2.25, 30, ""))
    return [[place, activity, next(sizes)] for place, activity in chosen]


def warm_milliseconds(plan: Plan, rows: list[list[str | float]]) -> list[float]:
    """Return the milliseconds of each question, the plan's indexes being there already."""
    needs = [Need(str(activity), "", str(place)) for place, activity, _ in rows]
    ask(plan, needs[0])
    taken = []
    for need in needs:
        start = time.perf_counter()
        ask(plan, need)
        taken.append(1000 * (time.perf_counter() - start))
    return sorted(taken)


def batch_seconds(plan: Plan, rows: list[list[str | float]], form: str) -> dict[str, float]:
    """Return the seconds of reading, answering and writing a table of needs."""
    with tempfile.TemporaryDirectory() as folder:
        needs, answers = Path(folder, f"needs{form}"), Path(folder, f"answers{form}")
        write_table(needs, HEADER, rows)
        marks = [time.perf_counter()]
        header, given = read_table(needs)
        marks.append(time.perf_counter())
        table = answer_table(plan, header, given, ask)
        marks.append(time.perf_counter())
        write_table(answers, *table)
        marks.append(time.perf_counter())
    steps = ("read", "answer", "write")
    return {step: marks[n + 1] - marks[n] for n, step in enumerate(steps)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="cold runs each; the fastest counts")
    parser.add_argument("--rows", type=int, default=100_000, help="needs in the batch")
    parser.add_argument("--different", type=int, default=5_000, help="different ones among them")
    arguments = parser.parse_args()
    plan = load_plan(default_plan(), geometry=False)
    python = best_seconds([sys.executable, "-c", ""], arguments.runs)
    different = different_needs(plan, arguments.different)

    def told(name: str, seconds: float) -> None:
        print(f"{name:40}{seconds:10.4f} s{seconds / python:10.2f} x python", flush=True)

    told("python -c ''", python)
    for name, options in COLD:
        command = [sys.executable, "-m", "gis.cli", *options]
        told(name, best_seconds(command, arguments.runs))
    taken = warm_milliseconds(plan, different[:1000])
    told("question, warm: median", taken[len(taken) // 2] / 1000)
    told("question, warm: mean", sum(taken) / len(taken) / 1000)
    told("question, warm: slowest of 1,000", taken[-1] / 1000)
    rows = list(islice(cycle(different), arguments.rows))
    for form in (".xlsx", ".csv"):
        steps = batch_seconds(plan, rows, form)
        for step, seconds in steps.items():
            told(f"{len(rows):,} needs {form}: {step}", seconds)
        told(f"{len(rows):,} needs {form}: all", sum(steps.values()))


if __name__ == "__main__":
    main()
