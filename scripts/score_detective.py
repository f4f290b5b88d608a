"""Score the detective of coordinate systems on real commune outlines, given as a file."""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import geopandas as gpd
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from detective_cases import confusions, outcome, table, trials  # noqa: E402

from gis.plan import default_plan, load_plan  # noqa: E402


def main() -> None:
    """Print what became of every kind of trial, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="GeoJSON outlines with a 'code' column")
    parser.add_argument("--count", type=int, default=270, help="trials to make")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    arguments = parser.parse_args()
    plan = load_plan(default_plan())
    frame = gpd.read_file(arguments.reference).to_crs(plan.card.crs).set_index("code")
    outlines = dict(zip(frame.index, shapely.make_valid(frame.geometry.values), strict=True))
    start, results = time.process_time(), []
    for made in trials(plan, outlines, arguments.seed, arguments.count):
        came = outcome(plan, made)
        results.append((made, came))
        if came.is_fault:
            print(came.end, made.shape, made.names, made.truth, made.declared)
    print(
        "\n".join(
            [*table(results), "", "true system, and what was taken for it", *confusions(results)]
        )
    )
    right = sum(not came.is_fault for _, came in results)
    ends = Counter(came.end for _, came in results)
    print(f"right class {right}/{len(results)}, {ends['CONFIDENT WRONG']} confident wrong answers")
    print(f"{(time.process_time() - start) / len(results) * 1000:.0f} ms a trial")


if __name__ == "__main__":
    main()
