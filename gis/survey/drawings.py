"""Parcels of a CAD drawing: its closed lines and areas, and the texts that stand inside each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.language import say
from gis.model import Severity
from gis.survey.model import Notice

CLOSING_SHARE = 1e-4  # of its length, by which a drawn boundary may miss its own start
RING_VERTICES = 4
FORMATTING = re.compile(r"\\[ACcFfHhQTWp][^;\\{}]*;|\\[LlOoKk]|[{}]")  # of a multi-line CAD text
LINE_BREAK = re.compile(r"\\P|\r\n?|\n|\^J")
SPECIAL = {"%%d": "°", "%%D": "°", "%%p": "±", "%%c": "Ø", "%%u": "", "%%U": ""}

Attributes = dict[str, str]


def parcels_of(
    shapes: NDArray[np.object_], columns: Mapping[str, Sequence[str]], notices: list[Notice]
) -> tuple[list[shapely.Geometry], list[Attributes]]:
    """Every closed outline of a drawing once, with its CAD layer and the texts inside it."""
    on_paper = [text in ("1", "True") for text in columns.get("PaperSpace", [""] * len(shapes))]
    places = columns.get("Layer") or columns.get("Level") or [""] * len(shapes)
    texts = columns.get("Text", [""] * len(shapes))
    outlines: list[shapely.Geometry] = []
    attributes: list[Attributes] = []
    labels: list[tuple[shapely.Geometry, str]] = []
    seen: set[bytes] = set()
    left_open = repeated = 0
    for shape, paper, place, text in zip(shapes, on_paper, places, texts, strict=True):
        if paper or shape is None or shape.is_empty:
            continue
        if shape.geom_type in ("Point", "MultiPoint"):
            if plain := plain_text(text):
                labels.append((shape.centroid, plain))
            continue
        closed = _closed(shape)
        left_open += not closed
        for outline in closed:
            key = outline.normalize().wkb
            repeated += key in seen
            if key not in seen:
                seen.add(key)
                outlines.append(outline)
                attributes.append({"Layer": place})
    _say(notices, len(shapes), sum(on_paper), left_open, repeated)
    _label(outlines, attributes, labels, notices)
    return outlines, attributes


def plain_text(text: str) -> str:
    """A text of a drawing without its formatting."""
    for code, sign in SPECIAL.items():
        text = text.replace(code, sign)
    lines = LINE_BREAK.split(text)
    return "\n".join(line for line in (FORMATTING.sub("", item).strip() for item in lines) if line)


def _closed(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """The areas a shape is or bounds; none for an open line."""
    if shape.geom_type == "Polygon":
        return [shape]
    if shape.geom_type in ("MultiPolygon", "GeometryCollection"):
        return [part for item in shape.geoms for part in _closed(item)]
    if shape.geom_type == "MultiLineString":
        found = [_closed(item) for item in shape.geoms]
        return [part for parts in found for part in parts] if all(found) else []
    if shape.geom_type not in ("LineString", "LinearRing"):
        return []
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all() or len(points) < RING_VERTICES - 1:
        return []
    gap = float(np.hypot(*(points[-1] - points[0])))
    if gap > CLOSING_SHARE * shape.length:
        return []
    if gap:
        points = np.vstack([points, points[:1]])
    return [shapely.Polygon(points)] if len(points) >= RING_VERTICES else []


def _say(notices: list[Notice], count: int, on_paper: int, left_open: int, repeated: int) -> None:
    for code, number, vi, en in (
        (
            "open-lines",
            left_open,
            "{n} đường trong {count} đối tượng không khép kín: không dùng.",
            "{n} lines of {count} entities are not closed: not used.",
        ),
        (
            "paper-space",
            on_paper,
            "{n} đối tượng ở không gian giấy: không dùng.",
            "{n} entities in paper space: not used.",
        ),
        (
            "repeated-outlines",
            repeated,
            "{n} hình vẽ trùng lên hình khác: tính một lần.",
            "{n} outlines are drawn over another: counted once.",
        ),
    ):
        if number:
            text = say(vi, en, n=number, count=count)
            notices.append(Notice(code, Severity.NOTE, text))


def _label(
    outlines: Sequence[shapely.Geometry],
    attributes: Sequence[Attributes],
    labels: Sequence[tuple[shapely.Geometry, str]],
    notices: list[Notice],
) -> None:
    """Give every text to the smallest outline around it."""
    if not outlines or not labels:
        return
    areas = shapely.area(np.array(outlines, dtype=object))
    valid = np.array([item if item.is_valid else item.buffer(0) for item in outlines], dtype=object)
    points = np.array([point for point, _ in labels], dtype=object)
    which, around = shapely.STRtree(valid).query(points, predicate="intersects")
    outside = len(labels) - len(set(which.tolist()))
    for number, (_, text) in enumerate(labels):
        holders = around[which == number]
        if len(holders):
            smallest = attributes[int(holders[np.argmin(areas[holders])])]
            smallest["labels"] = "\n".join(filter(None, (smallest.get("labels", ""), text)))
    if outside:
        text_ = say(
            "{n} chữ trên bản vẽ không nằm trong hình nào.",
            "{n} texts of the drawing lie in no outline.",
            n=outside,
        )
        notices.append(Notice("stray-labels", Severity.NOTE, text_))
