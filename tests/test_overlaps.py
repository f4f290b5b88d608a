"""The quick way finds what asking GEOS about every pair finds: the same pairs, the same areas."""

from fractions import Fraction
from itertools import pairwise, product

import layouts
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from relate_oracle import all_pairs, assert_same_pairs
from shapely import MultiPolygon, Polygon, box

from gis import compiled, edges, overlaps
from gis.overlaps import overlapping
from gis.tiles import tiling_of


def array(outlines):
    return np.asarray(outlines, dtype=object)


@pytest.fixture(params=[edges, compiled], ids=["plain", "compiled"])
def loops(request, monkeypatch):
    """Every way there is to go over edges."""
    monkeypatch.setattr(overlaps, "loops_for", lambda outlines: request.param)
    return request.param


@pytest.mark.parametrize("name", layouts.LAYOUTS)
@pytest.mark.parametrize("outlines_a_tile", [overlaps.OUTLINES_A_TILE, 7])
def test_the_pairs_are_those_of_relate(name, outlines_a_tile, loops, monkeypatch):
    monkeypatch.setattr(overlaps, "OUTLINES_A_TILE", outlines_a_tile)
    outlines = layouts.LAYOUTS[name]
    assert shapely.is_valid(array(outlines)).all()
    assert_same_pairs(overlapping(array(outlines)), outlines)


def test_a_sheet_without_faults_is_not_asked_about(loops, monkeypatch):
    asked = []
    ask = overlaps.interiors_meet
    monkeypatch.setattr(overlaps, "interiors_meet", lambda a, b: asked.append(len(a)) or ask(a, b))
    assert len(overlapping(array(layouts.sheet(20, 20)))) == 0
    assert sum(asked) == 0
    moved = array([*layouts.sheet(20, 20), *layouts.sheet(20, 20, x=31.0, y=17.0)])
    found = len(overlapping(moved))
    assert found > 1000
    assert sum(asked) < found / 4  # what is found shares far more than rounding could


def test_the_head_can_check_three_squares(loops):
    pairs = overlapping(array([box(0, 0, 100, 100), box(50, 0, 150, 100), box(140, 90, 200, 200)]))
    assert pairs.left.tolist() == [0, 1]
    assert pairs.right.tolist() == [1, 2]
    assert pairs.shared_m2.tolist() == [5000.0, 100.0]


def test_nothing_overlaps_in_nothing(loops):
    assert len(overlapping(array([]))) == 0
    assert len(overlapping(array([Polygon(), MultiPolygon()]))) == 0


def test_equal_keys_are_not_trusted(monkeypatch):
    """Were all points given one number, every edge would be free and every pair asked about."""
    monkeypatch.setattr(edges, "_mixed", lambda points: np.zeros(len(points), np.uint64))
    for name in ("clean sheet", "block twice", "sheet over sheet"):
        assert_same_pairs(overlapping(array(layouts.LAYOUTS[name])), layouts.LAYOUTS[name])


def test_colliding_keys_match_nothing_that_is_not_equal(monkeypatch):
    """Points numbered by their whole hundreds of metres collide in plenty."""
    monkeypatch.setattr(
        edges, "_mixed", lambda points: (points // 100 @ [1, 1000]).astype(np.uint64)
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


@pytest.mark.parametrize("loops", [edges, compiled], ids=["plain", "compiled"])
@settings(max_examples=80, deadline=None)
@given(outlines=tessellations())
def test_the_pairs_of_any_tessellation_are_those_of_relate(loops, outlines):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "loops_for", lambda outlines: loops)
        assert_same_pairs(overlapping(array(outlines), threads=1), outlines)


# --- what numbers settle without GEOS -----------------------------------------------------------


def edges_and_pairs(outlines):
    """The edges of some outlines, the boxes of their parts, and every edge beside every part."""
    parts, _ = overlaps.parts_of(array(outlines))
    found = edges.edges_of(edges.rings_of(parts))
    edge, part = np.divmod(np.arange(len(found.at) * len(parts)), max(len(parts), 1))
    foreign = found.owner[edge] != part
    return parts, found, shapely.bounds(parts), edge[foreign], part[foreign]


def assert_no_edge_enters_unsaid(outlines):
    """GEOS is asked about every edge that is said to keep out, and about its middle."""
    parts, found, box, edge, part = edges_and_pairs(outlines)
    may = edges.may_enter(found, box, edge, part)
    ends = np.stack(found.ends(edge[~may]), axis=1)
    out = shapely.linestrings(ends)
    assert not shapely.relate_pattern(out, parts[part[~may]], "T********").any()
    enters = np.flatnonzero(shapely.relate_pattern(shapely.linestrings(
        np.stack(found.ends(edge), axis=1)), parts[part], "1********"))  # fmt: skip
    assert may[enters].all()


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_an_edge_said_to_keep_out_of_an_area_does(name):
    assert_no_edge_enters_unsaid(layouts.LAYOUTS[name])


@settings(max_examples=40, deadline=None)
@given(tessellations())
def test_an_edge_said_to_keep_out_of_any_area_does(outlines):
    assert_no_edge_enters_unsaid(outlines)


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_machine_code_says_what_the_plain_loops_say(name):
    parts, found, box, edge, part = edges_and_pairs(layouts.LAYOUTS[name])
    same = compiled.edges_of(edges.rings_of(parts))
    for column in ("at", "owner", "begin", "against", "sure"):
        assert (getattr(same, column) == getattr(found, column)).all(), column
    assert (compiled.partners(found) == edges.partners(found)).all()
    may = edges.may_enter(found, box, edge, part)
    assert (compiled.may_enter(found, box, edge, part) == may).all()
    runs = np.arange(0, len(edge), 3)
    beside = found, box, edge, runs, np.append(runs[1:], len(edge)), part[runs]
    assert (compiled.any_may_enter(*beside) == edges.any_may_enter(*beside)).all()
    left, right = np.triu_indices(len(parts), 1)
    for mine, plain in zip(
        compiled.common_m2(found, box, left, right),
        edges.common_m2(found, box, left, right),
        strict=True,
    ):
        assert np.allclose(mine, plain, rtol=1e-12, atol=1e-7)


def test_the_strips_of_two_squares_and_of_a_hole_can_be_summed_in_the_head():
    frame = Polygon(box(0, 0, 30, 30).exterior, [box(10, 10, 20, 20).exterior])
    parts = array([frame, box(5, 5, 25, 25), box(12, 12, 18, 18), box(30, 0, 40, 30)])
    found = edges.edges_of(edges.rings_of(parts))
    left, right = np.array([0, 0, 0, 1]), np.array([1, 2, 3, 2])
    for loops in (edges, compiled):
        shared, rounding = loops.common_m2(found, shapely.bounds(parts), left, right)
        assert shared.tolist() == [300.0, 0.0, 0.0, 36.0]
        assert (rounding < 1e-9).all()


def test_a_sliver_as_thin_as_the_last_digits_has_its_area(loops):
    """A kilometre long and 2⁻²⁰ m wide at one end: snapping vertices together would lose it."""
    x, y, wide = 430_000.0, 2_381_000.0, 2.0**-20
    below = Polygon([(x, y - 500), (x + 1000, y - 500), (x + 1000, y), (x, y)])
    above = Polygon([(x, y), (x + 1000, y - wide), (x + 1000, y + 500), (x, y + 500)])
    pairs = overlapping(array([below, above]))
    assert pairs.shared_m2.tolist() == pytest.approx([500 * wide], abs=1e-9)


def test_what_is_too_large_for_sums_is_left_to_geos(loops):
    """Two communes of 100 km² in common: their area is GEOS's own, to the last digit."""
    west, east = box(0, 0, 20_000, 20_000), box(10_000, 10_000, 31_000, 31_000)
    pairs = overlapping(array([west, east]))
    assert pairs.shared_m2.tolist() == [100_000_000.0]
    found = edges.edges_of(edges.rings_of(array([west, east])))
    bounds = shapely.bounds(array([west, east]))
    _, rounding = loops.common_m2(found, bounds, np.array([0]), np.array([1]))
    assert (rounding > overlaps.EXACT_M2).all()


def test_a_corner_in_the_last_digits_is_as_relate_has_it(loops):
    """Less than a square picometre in common: fractions know of it, `relate` does not."""
    roof = [(1.9210000001, 1.176), (2.9420000001, 0.905), (2.78799999994, 1.865)]
    roof += [(2.27599999995, 1.779)]
    yard = [(3, 0), (4, 0), (3.905, 0.93), (2.942, 0.905)]
    pair = [Polygon([(430_000 + x, 2_380_000 + y) for x, y in ring]) for ring in (roof, yard)]
    assert 0 < area_in_fractions(*pair) < Fraction(1, 10**20)
    assert len(overlapping(array(pair))) == len(all_pairs(array(pair))) == 0


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_rounding_has_no_area_further_wrong_than_said(name):
    """Beside areas reckoned in fractions, which know no rounding."""
    parts, found, box, _, _ = edges_and_pairs(layouts.LAYOUTS[name][:12])
    left, right = np.triu_indices(len(parts), 1)
    near = np.flatnonzero(shapely.intersects(parts[left], parts[right]))[:12]
    left, right = left[near], right[near]
    shared, rounding = edges.common_m2(found, box, left, right)
    for a, b, area, wrong in zip(left, right, shared, rounding, strict=True):
        exact = area_in_fractions(parts[a], parts[b])
        assert abs(Fraction(float(area)) - exact) <= (wrong if np.isfinite(wrong) else 1)


def area_in_fractions(left, right):
    """Both cut into triangles from a point, with their signs; each two clipped, all exactly."""
    total = Fraction(0)
    for one, other in product(triangles(left), triangles(right)):
        shared = [*one]
        turned = other if twice_area(other) > 0 else [other[0], other[2], other[1]]
        for start, end in zip(turned, [*turned[1:], turned[0]], strict=True):
            shared = left_of(shared, start, end)
        sign = (1 if twice_area(one) > 0 else -1) * (1 if twice_area(other) > 0 else -1)
        total += sign * abs(twice_area(shared)) / 2
    return total


def triangles(polygon):
    turned = shapely.geometry.polygon.orient(polygon)
    rings = [turned.exterior, *turned.interiors]
    corner = tuple(Fraction(value) for value in turned.exterior.coords[0][:2])
    for ring in rings:
        points = [(Fraction(x), Fraction(y)) for x, y, *_ in ring.coords]
        for start, end in pairwise(points):
            triangle = [corner, start, end]
            if twice_area(triangle):
                yield triangle


def twice_area(points):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], *points[:1]],
                                                         strict=True))  # fmt: skip


def left_of(points, start, end):
    """What of a polygon lies left of a line."""

    def side(point):
        return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (
            point[0] - start[0])  # fmt: skip

    kept = []
    for here, there in zip(points, [*points[1:], *points[:1]], strict=True):
        a, b = side(here), side(there)
        if a >= 0:
            kept.append(here)
        if a * b < 0:
            part = a / (a - b)
            kept.append((here[0] + part * (there[0] - here[0]),
                         here[1] + part * (there[1] - here[1])))  # fmt: skip
    return kept


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
