"""Whether the parts of a shapefile belong together and are whole: GDAL reads on where they end."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from gis.errors import Problem
from gis.language import Text, say
from gis.survey.model import SurveyError

SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")
HEADER_BYTES = 100
POLYGONS = {5, 15, 25}
KINDS = {
    0: say("hình rỗng", "null shapes"),
    1: say("điểm", "points"),
    3: say("đường", "lines"),
    8: say("nhóm điểm", "multipoints"),
    11: say("điểm", "points"),
    13: say("đường", "lines"),
    18: say("nhóm điểm", "multipoints"),
    21: say("điểm", "points"),
    23: say("đường", "lines"),
    28: say("nhóm điểm", "multipoints"),
    31: say("mảnh tam giác", "patches"),
}
COPY_ALL = say(
    "chép lại đủ các tệp .shp, .shx, .dbf, .prj từ nguồn",
    "copy .shp, .shx, .dbf and .prj from the source again, all together",
)


def check_shapefile(name: str, main: Path) -> None:
    """Refuse a shapefile with a missing or cut part, or without polygons.

    Raises: SurveyError.
    """
    problems = list(_problems(name, main))
    if problems:
        raise SurveyError(*problems)


def _problems(name: str, main: Path) -> Iterator[Problem]:
    for suffix in (".shx", ".dbf"):
        if not main.with_suffix(suffix).is_file():
            yield Problem(name, say("thiếu {s}", "lacks its {s}", s=suffix), COPY_ALL)
    shapes = _head(main)
    yield from _cut(name, ".shp", shapes, main)
    index, table = main.with_suffix(".shx"), main.with_suffix(".dbf")
    if index.is_file():
        yield from _cut(name, ".shx", _head(index), index)
    if table.is_file():
        yield from _cut_table(name, table, index)
    if len(shapes) == HEADER_BYTES:
        kind = struct.unpack_from("<i", shapes, 32)[0]
        if kind not in POLYGONS:
            shown = KINDS.get(kind, say("loại {k}", "type {k}", k=str(kind)))
            yield Problem(
                name,
                say("chứa {kind}, cần vùng khép kín", "holds {kind}, not polygons", kind=shown),
                say("xuất lớp dạng vùng (Polygon)", "export the layer of polygons"),
            )


def _cut(name: str, suffix: str, header: bytes, path: Path) -> Iterator[Problem]:
    """The header of .shp and .shx states how long the file is, in words of two bytes."""
    size = path.stat().st_size
    if len(header) < HEADER_BYTES:
        yield Problem(name, _short(suffix, str(HEADER_BYTES), size), COPY_ALL)
        return
    stated = struct.unpack_from(">i", header, 24)[0] * 2
    if stated != size:
        yield Problem(name, _short(suffix, str(stated), size), COPY_ALL)


def _cut_table(name: str, table: Path, index: Path) -> Iterator[Problem]:
    data = table.read_bytes()
    if len(data) < 32:
        yield Problem(name, _short(".dbf", "32", len(data)), COPY_ALL)
        return
    count, header, width = struct.unpack_from("<IHH", data, 4)
    stated = header + count * width
    if len(data) < stated:
        yield Problem(name, _short(".dbf", str(stated), len(data)), COPY_ALL)
    shapes = (index.stat().st_size - HEADER_BYTES) // 8 if index.is_file() else count
    if shapes != count and index.is_file() and index.stat().st_size >= HEADER_BYTES:
        yield Problem(
            name,
            say(
                "có {a} hình nhưng {b} dòng thuộc tính",
                "has {a} shapes but {b} rows of attributes",
                a=str(shapes),
                b=str(count),
            ),
            COPY_ALL,
        )


def _short(suffix: str, stated: str, size: int) -> Text:
    return say(
        "{s} bị cắt hoặc hỏng: phải dài {a} byte, thật ra {b}",
        "its {s} is cut or damaged: it should have {a} bytes and has {b}",
        s=suffix,
        a=stated,
        b=str(size),
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_BYTES)
