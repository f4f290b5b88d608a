"""Print how long imports and commands take on this machine, each as a multiple of bare Python."""

import json
import os
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
COMMANDS = {  # what a row is called, and what is run for it
    "tngis --help": ["--help"],
    "tngis rules": ["rules"],
    "tngis site, by id": ["site", "--place", "KCN-1", "--activity", "may mặc"],
    "tngis site, by name": ["site", "--place", "Sông Công 2", "--activity", "may mặc"],
    "tngis site, misspelt": ["site", "--place", "Dien Thuy", "--activity", "garmnet"],
    "tngis site --format json": [
        "site", "--place", "Sông Công 2", "--activity", "may mặc", "--format", "json",
    ],
    "tngis find": ["find", "--activity", "may mặc", "--ha", "30"],
    "tngis activities": ["activities", "det may"],
    "tngis matrix": ["matrix"],
    "tngis check": ["check"],
    "tngis check --format json": ["check", "--format", "json"],
    "tngis map": ["map", "--out", "{out}"],
    "tngis export": ["export", "--out", "{out}"],
    "tngis build": ["build", "--out", "{out}"],
}  # fmt: skip


def best_seconds(command: list[str], runs: int, env: dict[str, str]) -> float:
    """Return the fastest of several cold runs; one before them compiles what is not compiled."""
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def measured(runs: int) -> dict[str, float]:
    """Return seconds by what was run, bare Python first.

    An installed program is compiled once; so is this one, in a folder of its own, whether or not
    Python is told here to keep nothing that it compiles.
    """
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        rows["python"] = best_seconds([sys.executable, "-c", ""], runs, env)
        for name in IMPORTS:
            command = [sys.executable, "-c", f"import {name}"]
            rows[f"import {name}"] = best_seconds(command, runs, env)
        for number, (name, arguments) in enumerate(COMMANDS.items()):
            given = [argument.format(out=Path(folder, str(number))) for argument in arguments]
            rows[name] = best_seconds([sys.executable, "-m", "gis.cli", *given], runs, env)
    return rows


def bench(runs: int, out: Path | None) -> None:
    """Measure and print."""
    rows = measured(runs)
    print(f"{'':28}{'seconds':>9}{'x python':>10}")
    for name, seconds in rows.items():
        print(f"{name:28}{seconds:9.3f}{seconds / rows['python']:10.1f}")
    if out:
        out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
