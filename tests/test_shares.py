"""How much of an outline lies where, and to which unit it is counted."""

import subprocess
import sys

import layouts
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gis import shares
from gis.shares import allocated, gaps, lies_within, likeness, outside, shared_ground


def array(outlines):
    return np.asarray(outlines, dtype=object)


def cut_everything(outlines, units):
    """The oracle: every outline cut with every unit."""
    area = shapely.area(shapely.intersection(array(outlines)[:, None], array(units)[None, :]))
    return {(int(row), int(unit)): area[row, unit] for row, unit in np.argwhere(area > 0)}


def assert_same_shares(found, outlines, units):
    expected = cut_everything(outlines, units)
    assert [*zip(found.row.tolist(), found.unit.tolist(), strict=True)] == sorted(expected)
    for row, unit, shared_m2, share in zip(
        found.row, found.unit, found.shared_m2, found.share, strict=True
    ):
        assert shared_m2 == pytest.approx(expected[row, unit], abs=1e-6)
        assert share == pytest.approx(shared_m2 / outlines[row].area, abs=1e-12)


UNITS = layouts.sheet(3, 3, 230.0, -40.0, -30.0, seed=5)


@pytest.mark.parametrize("name", layouts.LAYOUTS)
@pytest.mark.parametrize("threads", [1, 2])
def test_the_shares_are_those_of_cutting_everything(name, threads, monkeypatch):
    monkeypatch.setattr(shares, "OUTLINES_A_TASK", 5)
    outlines = layouts.LAYOUTS[name]
    assert_same_shares(
        shared_ground(array(outlines), array(UNITS), threads=threads), outlines, UNITS
    )


ASKED_AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np, shapely
from gis.shares import shared_ground
x, y = np.indices((10, 10)).reshape(2, -1) * 200
parcels = shapely.box(x, y, x + 200, y + 200)
middles = shapely.points(np.arange(10) * 240, 1000)
drawn = shapely.to_wkb(shapely.buffer(middles, 900, quad_segs=50))
for _ in range(8):
    units = shapely.from_wkb(drawn)
    with ThreadPoolExecutor(4) as pool:
        sums = set(pool.map(lambda _: shared_ground(parcels, units).shared_m2.sum(), range(4)))
    assert len(sums) == 1, sums
"""


def test_several_threads_may_ask_of_the_same_units():
    # in a process of its own: what went wrong here once ended the process
    done = subprocess.run(
        [sys.executable, "-c", ASKED_AT_ONCE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def boxes(most):
    """Up to so many boxes with their corners on whole metres."""
    corner, side = st.integers(0, 20).map(float), st.integers(1, 9)
    drawn = st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), corner, corner, side, side)
    return st.lists(drawn, max_size=most)


@settings(max_examples=80, deadline=None)
@given(boxes(12), boxes(6))
def test_the_shares_of_any_boxes_are_those_of_cutting_everything(outlines, cells):
    found = shared_ground(array(outlines), array(cells))
    if outlines and cells:
        assert_same_shares(found, outlines, cells)
    else:
        assert len(found) == 0


def allocation_of(outlines, units):
    return allocated(shared_ground(array(outlines), array(units)), len(outlines))


WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)


def test_an_outline_goes_to_the_unit_that_holds_most_of_it():
    allocation, kept = allocation_of([box(70, 0, 170, 50)], [WEST, EAST])
    assert allocation.unit.tolist() == [1]
    assert allocation.share.tolist() == [0.7]
    assert allocation.in_units.tolist() == [1.0]
    assert kept.share.tolist() == [0.3, 0.7]


def test_equal_shares_go_to_the_first_unit_whatever_the_rounding():
    outlines = [box(50, 0, 150, 50), box(50 - 1e-9, 0, 150 - 2e-9, 50)]
    for units in ([WEST, EAST], [EAST, WEST]):
        assert allocation_of(outlines, units)[0].unit.tolist() == [0, 0]


def test_overlapping_units_tie_by_the_same_rule():
    allocation, _ = allocation_of([box(10, 10, 20, 20)], [EAST, WEST, WEST])
    assert allocation.unit.tolist() == [1]
    assert allocation.units.tolist() == [2]


def test_an_outline_outside_is_in_no_unit():
    allocation, _ = allocation_of([box(300, 0, 400, 50), box(150, 0, 250, 50)], [WEST, EAST])
    assert allocation.unit.tolist() == [-1, 1]
    assert allocation.in_units.tolist() == [0.0, 0.5]


def test_a_sliver_is_counted_and_summed_and_is_no_share():
    outline = box(0.01, 0, 100.01, 100)  # a centimetre of it lies beyond: 1 m² of 10,000
    allocation, kept = allocation_of([outline], [WEST, EAST])
    assert allocation.units.tolist() == [1]
    assert allocation.slivers == 1
    assert allocation.sliver_m2 == pytest.approx(1.0, abs=1e-6)
    assert kept.unit.tolist() == [0]


def test_the_whole_is_the_whole_give_or_take_a_sliver():
    assert lies_within(1.0)
    assert lies_within(0.9996)
    assert not lies_within(0.9994)
    assert lies_within(np.array([0.9996, 0.5])).tolist() == [True, False]


def test_parts_and_holes_count_by_their_ground():
    ring = Polygon(box(0, 0, 100, 100).exterior, [box(25, 25, 75, 75).exterior])
    both = MultiPolygon([box(0, 0, 10, 10), box(150, 0, 180, 10)])
    found = shared_ground(array([both, box(50, 50, 150, 60)]), array([ring, EAST]))
    assert found.shared_m2.tolist() == [100.0, 300.0, 250.0, 500.0]


@settings(max_examples=60, deadline=None)
@given(boxes(8), boxes(6))
def test_what_lies_outside_is_what_no_unit_covers(outlines, cells):
    cover = shapely.union_all(cells)
    for outline, rest in zip(outlines, outside(array(outlines), array(cells)), strict=True):
        assert rest.area == pytest.approx(outline.difference(cover).area)
        assert rest.intersection(cover).area == pytest.approx(0)


def test_a_gap_is_the_ground_of_a_hole_without_the_island_in_it():
    ring = box(0, 0, 100, 100) - box(10, 10, 90, 90)
    assert [gap.area for gap in gaps(array([ring]))] == [6400]
    [gap] = gaps(array([ring, box(40, 40, 60, 60)]))
    assert gap.area == 6400 - 400
    assert not len(gaps(array([box(0, 0, 1, 1), box(5, 5, 6, 6)])))


def test_likeness_is_shared_ground_over_joint_ground():
    left = array([box(0, 0, 2, 1), box(0, 0, 1, 1), box(0, 0, 1, 1)])
    right = array([box(1, 0, 3, 1), box(0, 0, 1, 1), box(5, 5, 6, 6)])
    assert likeness(left, right).tolist() == [pytest.approx(1 / 3), 1, 0]
