"""Outlines told as the lines they share, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.maps.drawing import draw, feature_ids
from gis.maps.lines import shared_lines


def collection(*rings: Sequence[Sequence[float]]) -> dict[str, Any]:
    features = [
        {"id": f"commune-{n}", "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(rings, start=1)
    ]
    return {"features": features}


def square(x: float, y: float, side: float = 1.0) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def lines_in(told: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """Every line as its corners, by adding up its steps."""
    found = []
    for steps in told["lines"]:
        x, y, corners = 0, 0, []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
        found.append(corners)
    return found


def ring_in(told: dict[str, Any], ring: Sequence[int]) -> list[tuple[int, int]]:
    lines = lines_in(told)
    corners: list[tuple[int, int]] = []
    for line in ring:
        along = lines[line] if line >= 0 else lines[~line][::-1]
        assert not corners or corners[-1] == along[0], "each line begins where the last ended"
        corners += along if not corners else along[1:]
    assert corners[0] == corners[-1]
    return corners


def test_two_squares_side_by_side_are_told_as_three_lines():
    told = shared_lines({"communes": collection(square(0, 0), square(1, 0))}, 0)
    assert sorted(map(len, lines_in(told))) == [
        2,
        4,
        4,
    ]  # what they share, and the rest
    [[one]], [[other]] = told["communes"]["commune-1"], told["communes"]["commune-2"]
    [shared] = {line if line >= 0 else ~line for line in one} & {
        line if line >= 0 else ~line for line in other
    }
    assert set(lines_in(told)[shared]) == {(1, 0), (1, 1)}
    assert (shared in one) != (shared in other)  # one of the two runs along it backwards


def test_what_is_around_both_adds_no_line():
    both = [[0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [0, 1], [0, 0]]
    communes = collection(square(0, 0), square(1, 0))
    alone = shared_lines({"communes": communes}, 0)
    told = shared_lines({"communes": communes, "districts": collection(both)}, 0)
    assert told["lines"] == alone["lines"]


def test_an_island_is_one_line_and_a_hole_shares_it():
    outer, hole = square(0, 0, 10), square(4, 4)
    with_hole = {"id": "commune-1", "geometry": {"type": "Polygon", "coordinates": [outer, hole]}}
    island = {"id": "commune-2", "geometry": {"type": "MultiPolygon", "coordinates": [[hole]]}}
    told = shared_lines({"communes": {"features": [with_hole, island]}}, 0)
    assert len(told["lines"]) == 2
    assert told["communes"]["commune-1"][0][1] == told["communes"]["commune-2"][0][0]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=9),
        min_size=1,
        max_size=6,
    )
)
def test_every_ring_is_read_back_corner_by_corner(rings):
    closed = [[*map(list, ring), list(ring[0])] for ring in rings]
    told = shared_lines({"communes": collection(*closed)}, 1)
    assert told["unit"] == 10
    for number, ring in enumerate(closed, start=1):
        corners = [(10 * x, 10 * y) for x, y in ring]
        kept = [c for place, c in enumerate(corners) if place == 0 or c != corners[place - 1]]
        [[lines]] = told["communes"][f"commune-{number}"]
        back = ring_in(told, lines)
        if len(kept) > 1:
            turns = [kept[place:-1] + kept[:place] for place in range(len(kept) - 1)]
            assert back[:-1] in turns  # the same corners in the same order, from one of them on


def test_the_borders_of_the_plan_are_those_that_were_drawn(real_plan):
    drawing = draw(real_plan, feature_ids(real_plan), exact=True)
    names = ("communes", "districts", "province")
    collections = {name: drawing.collections[name] for name in names}
    told = shared_lines(collections, drawing.decimals)
    for name, drawn in collections.items():
        for feature in drawn["features"]:
            polygons = [
                shapely.Polygon(ring_in(told, rings[0]), [ring_in(told, r) for r in rings[1:]])
                for rings in told[name][feature["id"]]
            ]
            before = shapely.transform(
                shapely.geometry.shape(feature["geometry"]), lambda xy: (xy * told["unit"]).round()
            )
            assert shapely.equals(shapely.MultiPolygon(polygons), before)
    once = shared_lines({"communes": collections["communes"]}, drawing.decimals)
    assert told["lines"] == once["lines"]  # districts and province add none of their own
