"""Into the plan folder: the changed outlines and rows, and a line in its log of changes.

What does not change stays byte for byte. The new files are written beside the old ones, read once
as a plan, and only then take their places.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.crs import WGS84, reprojected
from gis.errors import OutputError, PlanError, Problem
from gis.files import staged, telling_of_output
from gis.language import say
from gis.model import Plan
from gis.plan import load_plan, plan_content_sha256, plans_folder
from gis.survey.model import SurveyError, SurveyFile, SurveyLayer
from gis.survey.registers import Entry
from gis.tables import CraftPoint, Provenance, Tenancy

CHANGE_LOG = "changes.log"
DEGREE_DECIMALS = 9  # a tenth of a millimetre: a survey is written to the millimetre
GEOJSON: Mapping[SurveyLayer, tuple[str, str]] = {
    "sites": ("sites.geojson", "site_id"),
    "zones": ("sites.geojson", "site_id"),
    "clusters": ("sites.geojson", "site_id"),
    "communes": ("communes.geojson", "unit_code"),
    "craft": ("craft_points.geojson", "point_id"),
}
TABLES: Mapping[SurveyLayer, tuple[str, type[CraftPoint] | type[Tenancy], tuple[str, ...]]] = {
    "craft": ("craft_points.csv", CraftPoint, ("point_id",)),
    "occupancy": ("occupancy.csv", Tenancy, ("site_id", "lot")),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where outlines come from, as the plan keeps it with each."""

    provenance: Provenance
    source: str
    surveyed_on: date | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changes the plan, when, and why; no clock is asked."""

    by: str
    on: date
    reason: str = ""


def refuse_built_in(folder: Path) -> None:
    """The plan that came with the program is not ours to change.

    Raises: OutputError.
    """
    home = plans_folder().resolve()
    inside_package = home.name == "_layers" and folder.resolve().is_relative_to(home)
    if inside_package:
        raise OutputError(
            Problem(
                str(folder),
                say(
                    "quy hoạch cài sẵn thuộc về chương trình",
                    "the built-in plan belongs to the program",
                ),
                say(
                    "chép ra trước: tngis plan copy THƯ_MỤC, rồi dùng --plan THƯ_MỤC",
                    "copy it first: tngis plan copy DIR, then use --plan DIR",
                ),
            )
        )


def copy_plan(source: Path, target: Path) -> list[Path]:
    """A plan of one's own, to write into; the folder must be new or empty.

    Raises: OutputError.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(
            Problem(
                str(target),
                say("đã có và không trống", "exists and is not empty"),
                say("chọn thư mục mới", "choose a new folder"),
            )
        )
    with staged(target) as stage, telling_of_output(target):
        for item in sorted(source.iterdir()):
            if item.is_file():
                shutil.copyfile(item, stage / item.name)
    return sorted(item for item in target.iterdir() if item.is_file())


# --- what is written -----------------------------------------------------------------------------


def new_files(
    folder: Path,
    plan: Plan,
    layer: SurveyLayer,
    outlines: Mapping[str, shapely.Geometry],
    origin: Origin,
    register: Sequence[Entry] = (),
) -> dict[str, bytes]:
    """The files of the plan that change, whole.

    Raises: SurveyError, where a file of the plan cannot take outlines.
    """
    files: dict[str, bytes] = {}
    if layer in GEOJSON and outlines:
        name, id_column = GEOJSON[layer]
        files[name] = _with_outlines(folder / name, id_column, plan, outlines, origin)
    if layer in TABLES and register:
        name, row, key = TABLES[layer]
        files[name] = _with_rows(folder / name, row, key, register)
    return files


def _with_outlines(
    path: Path,
    id_column: str,
    plan: Plan,
    outlines: Mapping[str, shapely.Geometry],
    origin: Origin,
) -> bytes:
    """The collection with these features in place of the former ones, the others as they were."""
    head: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    if path.is_file():
        head = json.loads(path.read_bytes().decode("utf-8-sig"))
    declared = str((head.get("crs") or {}).get("properties", {}).get("name", ""))
    in_grid = declared.replace("::", ":").endswith(plan.card.crs) if declared else False
    target = plan.card.crs if in_grid else WGS84
    left = dict(outlines)
    lines = []
    for feature in head["features"]:
        identity = str(feature["properties"].get(id_column))
        if identity in left:
            outline = left.pop(identity)
            lines.append(_feature(id_column, identity, outline, plan, target, origin))
        else:
            lines.append(_line(feature))
    for identity in sorted(left):
        lines.append(_feature(id_column, identity, left[identity], plan, target, origin))
    top = {key: value for key, value in head.items() if key != "features"}
    opening = _line(top)[:-1]
    return (opening + ',"features":[\n' + ",\n".join(lines) + "\n]}\n").encode("utf-8")


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _feature(
    id_column: str,
    identity: str,
    outline: shapely.Geometry,
    plan: Plan,
    target: str,
    origin: Origin,
) -> str:
    """One feature; what the former drawing said of itself is no longer true of this one."""
    properties = {
        id_column: identity,
        "provenance": origin.provenance.value,
        "source": origin.source,
        "surveyed_on": origin.surveyed_on.isoformat() if origin.surveyed_on else None,
        "accuracy_m": origin.accuracy_m,
    }
    decimals = 4 if target == plan.card.crs else DEGREE_DECIMALS
    shape = reprojected(np.array([outline], dtype=object), plan.card.crs, target)[0]
    rounded = shapely.transform(shape, lambda points: np.round(points, decimals))
    return _line(
        {
            "type": "Feature",
            "properties": {key: value for key, value in properties.items() if value is not None},
            "geometry": shapely.geometry.mapping(rounded),
        }
    )


def _with_rows(
    path: Path,
    row: type[CraftPoint] | type[Tenancy],
    key: tuple[str, ...],
    register: Sequence[Entry],
) -> bytes:
    """The table with these rows in place of the former ones of the same key, or added."""
    columns = list(row._fields)
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    if path.is_file():
        text = path.read_bytes().decode("utf-8-sig")
        for cells in csv.DictReader(io.StringIO(text, newline="")):
            rows[tuple(cells.get(name) or "" for name in key)] = {
                name: cells.get(name) or "" for name in columns
            }
    for entry in register:
        cells = {
            name: "" if value is None else str(value) for name, value in entry._asdict().items()
        }
        rows[tuple(cells[name] for name in key)] = cells
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    return stream.getvalue().encode("utf-8")


# --- the log -------------------------------------------------------------------------------------


def log_line(
    read: SurveyFile,
    layer: SurveyLayer,
    subjects: Sequence[str],
    origin: Origin,
    crs: str,
    accepted: Sequence[str],
    moved_m2: float,
    signature: Signature,
) -> str:
    """One line: when, who, what file with its hash, what changed, and why."""
    parts = [f"{name} sha256 {digest}" for name, digest in read.parts.items()]
    fields = (
        ("", signature.on.isoformat()),
        ("by", signature.by),
        ("layer", layer),
        ("file", "; ".join(parts)),
        ("crs", crs),
        ("provenance", origin.provenance.value if layer != "occupancy" else ""),
        ("source", origin.source),
        ("accepted", ", ".join(accepted)),
        ("cleaned, m2 moved", f"{moved_m2:.0f}" if moved_m2 else ""),
        ("reason", signature.reason or "–"),
        ("changed", ", ".join(subjects)),
    )
    return " | ".join(f"{name} {_one_line(value)}".strip() for name, value in fields if value)


def _one_line(text: str) -> str:
    """Nothing typed can begin another line or field of the log."""
    return "".join(c if c.isprintable() else " " for c in text.replace("|", "/")).strip()


# --- writing -------------------------------------------------------------------------------------


def write_changes(
    folder: Path, plan: Plan, files: Mapping[str, bytes], line: str, name: str
) -> list[Path]:
    """Put changed files and the log's new line in place, after reading them once as a plan.

    Raises: OutputError, SurveyError.
    """
    log = folder / CHANGE_LOG
    with telling_of_output(folder):
        former = log.read_bytes() if log.is_file() else b""
    if former and not former.endswith(b"\n"):
        former += b"\n"
    everything = {CHANGE_LOG: former + line.encode("utf-8") + b"\n", **files}
    _refuse_unreadable(folder, everything, name)
    if plan_content_sha256(folder) != plan.content_sha256:
        raise OutputError(
            Problem(
                str(folder),
                say(
                    "quy hoạch đã bị sửa trong lúc đang đọc",
                    "the plan was changed while it was read",
                ),
                say("chạy lại", "run it again"),
            )
        )
    with staged(folder) as stage:
        for file, data in everything.items():
            (stage / file).write_bytes(data)
    return [folder / file for file in sorted(everything)]


def _refuse_unreadable(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    """A plan that would not load must never be written."""
    with tempfile.TemporaryDirectory(prefix="tngis-") as trial:
        for item in sorted(folder.iterdir()):
            if item.is_file() and item.name not in files:
                shutil.copyfile(item, Path(trial) / item.name)
        for file, data in files.items():
            (Path(trial) / file).write_bytes(data)
        try:
            load_plan(Path(trial))
        except PlanError as error:
            raise SurveyError(
                Problem(
                    name,
                    say(
                        "quy hoạch sẽ không đọc được nữa: {why}",
                        "the plan could no longer be read: {why}",
                        why=str(error)[:300].replace(trial, os.fspath(folder)),
                    ),
                    say("sửa tệp theo lỗi đã nêu", "mend the file as it says"),
                )
            ) from error
