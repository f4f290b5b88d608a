"""Measure this program: cold starts, bulk questions beside other tools or of many, the map pages.

python scripts/bench.py cold
python scripts/bench.py bulk --parcels 100000 --parcels 1000000 --json bulk.json
python scripts/bench.py nation --provinces 10 --memory 2GB
python scripts/bench.py pages --runs 7
"""

import argparse
from pathlib import Path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("cold", "bulk", "nation", "pages"))
    parser.add_argument("--runs", type=int, default=3, help="runs each; the fastest counts")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--parcels", type=int, action="append", help="size of the province")
    parser.add_argument("--task", action="append", help="T1, T2 or T3 only")
    parser.add_argument("--method", action="append", help="only these methods (always ours)")
    parser.add_argument("--folder", type=Path, default=Path("bench-data"), help="kept provinces")
    parser.add_argument("--provinces", type=int, default=10, help="of a million parcels each")
    parser.add_argument("--memory", default="2GB", help="what the command line may use")
    given = parser.parse_args()
    if given.what == "cold":
        from bench_cold import bench as cold

        cold(given.runs, given.json)
    elif given.what == "pages":
        from bench_pages import bench as pages

        pages(given.runs, given.json)
    elif given.what == "nation":
        from bench_bulk import nation

        nation(given.folder, given.provinces, given.memory)
    else:
        from bench_bulk import TASKS
        from bench_bulk import bench as bulk

        methods = [] if not given.method else ["ours", *given.method]
        sizes = given.parcels or [100_000, 1_000_000, 3_000_000]
        bulk(given.folder, sizes, given.runs, methods, given.task or list(TASKS), given.json)


if __name__ == "__main__":
    main()
