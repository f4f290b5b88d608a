"""The quick way finds what asking GEOS about every pair finds: the same pairs, the same areas."""

import layouts
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from relate_oracle import assert_same_pairs
from shapely import MultiPolygon, Polygon, box

from gis import overlaps
from gis.overlaps import overlapping
from gis.tiles import tiling_of


def array(outlines):
    return np.asarray(outlines, dtype=object)


@pytest.mark.parametrize("name", layouts.LAYOUTS)
@pytest.mark.parametrize("outlines_a_tile", [overlaps.OUTLINES_A_TILE, 7])
def test_the_pairs_are_those_of_relate(name, outlines_a_tile, monkeypatch):
    monkeypatch.setattr(overlaps, "OUTLINES_A_TILE", outlines_a_tile)
    outlines = layouts.LAYOUTS[name]
    assert shapely.is_valid(array(outlines)).all()
    assert_same_pairs(overlapping(array(outlines)), outlines)


def test_a_sheet_without_faults_is_hardly_asked_about(monkeypatch):
    asked = []
    ask = overlaps.interiors_meet
    monkeypatch.setattr(overlaps, "interiors_meet", lambda a, b: asked.append(len(a)) or ask(a, b))
    assert len(overlapping(array(layouts.sheet(20, 20)))) == 0
    inner_pairs = 4 * 18 * 18  # of boxes that meet, all away from the rim
    assert sum(asked) < inner_pairs / 4


def test_the_head_can_check_three_squares():
    pairs = overlapping(array([box(0, 0, 100, 100), box(50, 0, 150, 100), box(140, 90, 200, 200)]))
    assert pairs.left.tolist() == [0, 1]
    assert pairs.right.tolist() == [1, 2]
    assert pairs.shared_m2.tolist() == [5000.0, 100.0]


def test_nothing_overlaps_in_nothing():
    assert len(overlapping(array([]))) == 0
    assert len(overlapping(array([Polygon(), MultiPolygon()]))) == 0


def test_equal_keys_are_not_trusted(monkeypatch):
    """Were all points given one number, every edge would be free and every pair asked about."""
    monkeypatch.setattr(overlaps, "_mixed", lambda points: np.zeros(len(points), np.uint64))
    for name in ("clean sheet", "block twice", "sheet over sheet"):
        assert_same_pairs(overlapping(array(layouts.LAYOUTS[name])), layouts.LAYOUTS[name])


def test_colliding_keys_match_nothing_that_is_not_equal(monkeypatch):
    """Points numbered by their whole hundreds of metres collide in plenty."""
    monkeypatch.setattr(
        overlaps, "_mixed", lambda points: (points // 100 @ [1, 1000]).astype(np.uint64)
    )
    for name in ("clean sheet", "block twice", "sheet over sheet", "other vertices"):
        assert_same_pairs(overlapping(array(layouts.LAYOUTS[name])), layouts.LAYOUTS[name])


# --- made by hypothesis -------------------------------------------------------------------------

grid = st.integers(0, 12).map(float)


@st.composite
def tessellations(draw):
    """One or two coverages of a square cut by chance, some pieces repeated, united or nudged."""
    pieces = []
    for _ in range(draw(st.integers(1, 2))):
        lines = [box(0, 0, 12, 12).boundary]
        for _ in range(draw(st.integers(1, 5))):
            ends = draw(st.lists(st.tuples(grid, grid), min_size=2, max_size=2, unique=True))
            lines.append(shapely.LineString(ends))
        pieces += shapely.get_parts(shapely.polygonize([shapely.union_all(lines)])).tolist()
    for _ in range(draw(st.integers(0, 3))):
        chosen = draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=3))
        change = draw(st.sampled_from(["repeat", "unite", "turn", "nudge", "vertices"]))
        first = chosen[0]
        if change == "repeat":
            pieces += chosen
        elif change == "unite":
            whole = shapely.union_all(chosen)
            pieces.append(whole)
        elif change == "turn":
            pieces.append(first.reverse())
        elif change == "nudge":
            step = draw(st.sampled_from([1e-9, 1e-3, 0.5]))
            pieces.append(shapely.transform(first, lambda xy, step=step: xy + step))
        else:
            pieces.append(shapely.segmentize(first, 0.7))
    return [item for item in pieces if item.is_valid and item.area > 0]


@settings(max_examples=150, deadline=None)
@given(tessellations())
def test_the_pairs_of_any_tessellation_are_those_of_relate(outlines):
    assert_same_pairs(overlapping(array(outlines), threads=1), outlines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(grid, grid, grid, grid), min_size=1, max_size=30), st.integers(1, 9))
def test_every_two_boxes_that_meet_do_so_in_one_tile(corners, most):
    boxes = np.array([[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in corners])
    tiling = tiling_of(boxes, most)
    position, tile = tiling.memberships(boxes)
    member = np.zeros((len(boxes), tiling.count), bool)
    member[position, tile] = True
    for one in range(len(boxes)):
        for other in range(one):
            a, b = boxes[[one]], boxes[[other]]
            if (np.maximum(a, b)[0, :2] <= np.minimum(a, b)[0, 2:]).all():
                deciding = [n for n in range(tiling.count) if tiling.decides(n, a, b)[0]]
                assert len(deciding) == 1
                assert member[one, deciding[0]]
                assert member[other, deciding[0]]
