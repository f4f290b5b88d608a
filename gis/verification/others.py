"""Files that no reader here judges: the plan's kit is made again, and their bytes compared."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from gis import __version__
from gis.delivery.geopackages import STYLE_TABLE
from gis.delivery.kit import FORMATS, Wishes, write_kit
from gis.delivery.manifest import MANIFEST, Manifest
from gis.language import say
from gis.report import Report
from gis.verification.faults import Fault, Unproven, fault
from gis.verification.opening import Kit
from gis.verification.standard import LAYERS


@lru_cache(maxsize=2)
def remade(
    report: Report, profile: str, layers: tuple[str, ...], formats: tuple[str, ...]
) -> Mapping[str, bytes]:
    """The files of the kit that a checked plan gives today."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_kit(report, folder, Wishes(layers, formats, profile))
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def judge_others(
    kit: Kit, manifest: Manifest, report: Report, profile: str, judged: set[str]
) -> Iterator[Fault | Unproven]:
    """Every file that the plan gives is there, and no other; those not `judged` are to the byte."""
    layers = tuple(part.layer for part in manifest.layers if part.layer in LAYERS)
    formats = tuple(part.format for part in manifest.formats if part.format in FORMATS)
    if not layers or not formats:
        return
    wanted = remade(report, profile, layers, formats)
    if manifest.tool.version != __version__:
        yield _of_another_version(manifest)
        return
    listed = {item.path for item in manifest.files}
    for path in wanted:
        if path not in kit.files and path not in listed:
            yield fault("FILE05", path)
    for path, data in kit.files.items():
        if path == MANIFEST or path in judged:
            yield from _style_faults(path, data, wanted)
            continue
        if path not in wanted:
            if path in listed:
                yield fault("FILE02", path)
        elif data != wanted[path]:
            yield _other_bytes(path, data, wanted[path], manifest)


def _style_faults(path: str, data: bytes, wanted: Mapping[str, bytes]) -> Iterator[Fault]:
    """A GeoPackage's rows are judged elsewhere, the styles it carries are not."""
    if path in wanted and path.endswith(".gpkg") and styles(data) != styles(wanted[path]):
        yield fault("FILE07", path, field=STYLE_TABLE)


def styles(data: bytes) -> set[tuple[object, ...]] | None:
    """The default styles a GeoPackage carries; None where they cannot be read."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            columns = "f_table_name, f_geometry_column, styleQML, styleSLD, useAsDefault"
            return set(database.execute(f"SELECT {columns} FROM {STYLE_TABLE}"))
    except (sqlite3.Error, OverflowError, MemoryError, SystemError):
        return None


def _other_bytes(path: str, data: bytes, wanted: bytes, manifest: Manifest) -> Fault | Unproven:
    """A file that is not what the plan gives: at fault, unless another writer wrote it."""
    writers = {part.format: part.written_by for part in manifest.formats}
    form = next((item.format for item in manifest.files if item.path == path), None)
    if form in FORMATS and form in writers and writers[form] != FORMATS[form].written_by():
        return _by_another_writer(path, writers[form])
    return fault("FILE07", path, value=f"{len(data)} bytes", wanted=f"{len(wanted)} bytes")


def _of_another_version(manifest: Manifest) -> Unproven:
    return Unproven(
        "files",
        say(
            "bộ giao nộp do tngis {theirs} viết, đây là {ours}: các tệp không phải shapefile, "
            "GeoPackage hay bảng kèm chỉ so được với bản kê",
            "the kit was written by tngis {theirs}, this is {ours}: files other than shapefiles, "
            "GeoPackage and side tables could be compared with the manifest only",
            theirs=manifest.tool.version,
            ours=__version__,
        ),
        say(
            "kiểm bằng tngis {theirs}, hoặc xuất lại bằng bản này",
            "verify with tngis {theirs}, or export again with this one",
            theirs=manifest.tool.version,
        ),
    )


def _by_another_writer(path: str, writer: str) -> Unproven:
    return Unproven(
        path,
        say(
            "viết bằng {writer}, máy này có bản khác: không so được từng byte",
            "written by {writer}, this machine has another: its bytes cannot be compared",
            writer=writer,
        ),
        say(
            "mở và so bằng phần mềm đọc định dạng này",
            "open it in a program that reads the format, and compare",
        ),
    )
