"""A drawing for MicroStation: DGN V7 by the GDAL of fiona, read back by another build of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis.delivery.comparing import same_ring
from gis.delivery.drawings import Drawn, drawn_of
from gis.delivery.fitting import Table, refuse, short_table
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.errors import Problem
from gis.language import say

RESOLUTION_M = 0.01  # of GDAL's seed file: a hundred units a metre
HALF_STEP_M = RESOLUTION_M / 2 + 1e-5  # with the noise of doubles
LEVELS = 3  # a layer takes: outlines, names, ids
NUMBERS = ("Type", "Level", "GraphicGroup", "ColorIndex", "Weight", "Style", "EntityNum", "MSLink")
TYPES = ("int32:2", "int32:2", "int32:4", "int32:3", "int32:2", "int32:1", "int32", "int32")
PLAIN = str.maketrans({"Đ": "D", "đ": "d", "–": "-", "—": "-", "“": '"', "”": '"', "’": "'"})
LONGEST_TEXT = 255  # characters of a text element


def write_dgn(order: Order, folder: Path) -> list[Written]:
    """Outlines as closed shapes and labels as texts, three levels a layer.

    V7 knows no Unicode: labels stand without diacritics.

    Raises: OutputError.
    """
    import fiona

    path = folder / f"{order.plan.card.code}.dgn"
    tables = [short_table(sheet, order.profile) for sheet in order.sheets]
    schema = {
        "geometry": "Unknown",
        "properties": {**dict(zip(NUMBERS, TYPES, strict=True)), "Text": "str"},
    }
    with telling_of_writing(path):
        with fiona.open(path, "w", driver="DGN", schema=schema) as drawing:
            drawing.writerecords(
                record for _, drawn, level in levels(tables) for record in _elements(drawn, level)
            )
        found = _read(path)
    refuse(_differences(tables, found, path.name))
    return [Written(path)]


def levels(tables: list[Table]) -> Iterator[tuple[Table, Drawn, int]]:
    """What is drawn, and the level it is drawn on."""
    level = 0
    for table in tables:
        for drawn in drawn_of(table):
            level += 1
            yield table, drawn, level


def _elements(drawn: Drawn, level: int) -> Iterator[dict[str, Any]]:
    import shapely

    blank: dict[str, Any] = {name: None for name in (*NUMBERS, "Text")}
    told = blank | {"Level": level, "ColorIndex": 1 + (level - 1) // LEVELS}
    for _, ring in drawn.rings:
        shape = _before_step(shapely.Polygon(ring))
        yield {"geometry": shape, "properties": told}
    for _, text, point in drawn.labels:
        shape = _before_step(point)
        yield {"geometry": shape, "properties": told | {"Text": plain_letters(text)}}


def _before_step(shape: Any) -> dict[str, Any]:
    """A shape half a step back: the writer takes the next step up, which is then the nearest."""
    import shapely

    moved = shapely.transform(shape, lambda xy: xy - RESOLUTION_M / 2)
    told: dict[str, Any] = shapely.geometry.mapping(moved)
    return told


def plain_letters(text: str) -> str:
    """A label without diacritics, in ASCII, no longer than a text element."""
    parts = unicodedata.normalize("NFKD", text.translate(PLAIN))
    letters = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return letters.encode("ascii", "replace").decode("ascii")[:LONGEST_TEXT]


def _read(path: Path) -> dict[int, list[tuple[str, Any]]]:
    """Text and shape of every element by level, in the order of the file."""
    import pyogrio
    import shapely

    meta, _, shapes, columns = pyogrio.raw.read(path, encoding="UTF-8")
    names = list(meta["fields"])
    numbers, texts = columns[names.index("Level")], columns[names.index("Text")]
    found: dict[int, list[tuple[str, Any]]] = {}
    for level, text, shape in zip(numbers, texts, shapely.from_wkb(shapes), strict=True):
        found.setdefault(int(level), []).append((text or "", shape))
    return found


def _differences(
    tables: list[Table], found: dict[int, list[tuple[str, Any]]], file: str
) -> Iterator[Problem]:
    """Rings, texts and positions that did not come back to the step of the drawing."""
    import shapely

    for table, drawn, level in levels(tables):
        elements = found.get(level, [])
        if len(elements) != len(drawn.rings) + len(drawn.labels):
            yield _problem(file, table, "", drawn.layer, str(len(elements)))
            continue
        for (key, ring), (_, shape) in zip(drawn.rings, elements, strict=False):
            if not same_ring(ring, shapely.get_coordinates(shape), HALF_STEP_M):
                yield _problem(file, table, key, drawn.layer, shape.geom_type)
        for (key, text, point), (shown, shape) in zip(drawn.labels, elements, strict=False):
            apart = abs(point.x - shape.x) > HALF_STEP_M or abs(point.y - shape.y) > HALF_STEP_M
            if shown != plain_letters(text) or apart:
                yield _problem(file, table, key, drawn.layer, shown)


def _problem(file: str, table: Table, row: str, field: str, value: str) -> Problem:
    return Problem(
        file,
        say("đọc lại khác với hình đã vẽ", "comes back other than it was drawn"),
        say("kiểm tra đĩa rồi xuất lại", "check the disk and export again"),
        layer=table.layer,
        row=row,
        field=field,
        value=value,
    )
