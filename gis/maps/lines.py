"""Outlines as the lines they share: a border is told once, whatever lies on either side of it.

Communes, districts and the province are drawn of the same lines, so a page that holds each line
once is half as heavy and draws half as much. Every corner stays exactly where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Corner = tuple[int, int]  # longitude and latitude in the smallest unit of the page
Line = tuple[Corner, ...]
FeatureCollection = Mapping[str, Any]


def shared_lines(collections: Mapping[str, FeatureCollection], decimals: int) -> dict[str, Any]:
    """The lines of some collections of polygons, and of which of them each ring is made.

    A line is its first corner and then the steps to the next, in units of the last decimal; a ring
    names its lines in order by their place, one that runs backwards by the complement of it.
    """
    rings = {
        (name, feature["id"]): _polygons(feature["geometry"], 10**decimals)
        for name, collection in collections.items()
        for feature in collection["features"]
    }
    ends = _ends(ring for polygons in rings.values() for polygon in polygons for ring in polygon)
    places: dict[Line, int] = {}
    found: dict[str, dict[str, Any]] = {name: {} for name in collections}
    for (name, feature_id), polygons in rings.items():
        found[name][feature_id] = [
            [[_place(places, line) for line in _cut(ring, ends)] for ring in polygon]
            for polygon in polygons
        ]
    return {"unit": 10**decimals, "lines": [_steps(line) for line in places], **found}


def _polygons(geometry: Mapping[str, Any], unit: int) -> list[list[list[Corner]]]:
    """Rings without their closing corner and without a corner said twice running."""
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    return [[_open_ring(ring, unit) for ring in polygon] for polygon in polygons]


def _open_ring(ring: Sequence[Sequence[float]], unit: int) -> list[Corner]:
    corners = [(round(x * unit), round(y * unit)) for x, y, *_ in ring]
    kept = [
        corner for place, corner in enumerate(corners) if place == 0 or corner != corners[place - 1]
    ]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _ends(rings: Iterator[Sequence[Corner]]) -> set[Corner]:
    """Where lines end: the corners from which more than two ways lead."""
    ways: dict[Corner, set[Corner]] = {}
    for ring in rings:
        for place, corner in enumerate(ring):
            ways.setdefault(corner, set()).update((ring[place - 1], ring[(place + 1) % len(ring)]))
    return {corner for corner, others in ways.items() if len(others) > 2}


def _cut(ring: Sequence[Corner], ends: set[Corner]) -> Iterator[Line]:
    """A ring as its lines in order; one without an end on it is a line from its least corner."""
    cuts = [place for place, corner in enumerate(ring) if corner in ends]
    if not cuts:
        cuts = [min(range(len(ring)), key=ring.__getitem__)]
    for start, stop in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        yield tuple(ring[place % len(ring)] for place in range(start, stop + 1))


def _place(places: dict[Line, int], line: Line) -> int:
    backwards = line[::-1]
    if backwards in places:
        return ~places[backwards]
    return places.setdefault(line, len(places))


def _steps(line: Line) -> list[int]:
    steps = list(line[0])
    for (west, south), (east, north) in pairwise(line):
        steps += [east - west, north - south]
    return steps
