"""Print how long imports and commands take on this machine, each as a multiple of bare Python."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMPORTS = (
    "click",
    "pydantic",
    "numpy",
    "shapely",
    "pyproj",
    "pandas",
    "geopandas",
    "fiona",
    "folium",
)
COMMANDS = (
    ("tngis --help", ["--help"]),
    ("tngis rules", ["rules"]),
    ("tngis site", ["site", "--place", "KCN-1", "--activity", "may mặc"]),
    ("tngis check", ["check"]),
    ("tngis check --format json", ["check", "--format", "json"]),
    ("tngis site", ["site", "--place", "Sông Công 2", "--activity", "may mặc"]),
    ("tngis map", ["map", "--out", "{out}"]),
    ("tngis export", ["export", "--out", "{out}"]),
    ("tngis build", ["build", "--out", "{out}"]),
)


def best_seconds(command: list[str], runs: int) -> float:
    """Return the fastest of several cold runs."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measured(runs: int) -> dict[str, float]:
    """Return seconds by what was run, bare Python first."""
    rows = {"python": best_seconds([sys.executable, "-c", ""], runs)}
    for name in IMPORTS:
        rows[f"import {name}"] = best_seconds([sys.executable, "-c", f"import {name}"], runs)
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, arguments) in enumerate(COMMANDS):
            given = [argument.format(out=Path(folder, str(number))) for argument in arguments]
            rows[name] = best_seconds([sys.executable, "-m", "gis.cli", *given], runs)
    return rows


def bench(runs: int, out: Path | None) -> None:
    """Measure and print."""
    rows = measured(runs)
    print(f"{'':28}{'seconds':>9}{'x python':>10}")
    for name, seconds in rows.items():
        print(f"{name:28}{seconds:9.3f}{seconds / rows['python']:10.1f}")
    if out:
        out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
