"""Edges of areas: which are shared, which may enter another area, what two areas have in common.

Arrays only, and only numbers: what they cannot settle beyond rounding is left to GEOS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

Outlines = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CERTAIN_TURN = 1e-12  # of the summed cross products; below it rounding could decide the direction
CERTAIN_M = 1e-6  # points nearer to a line than this are not said to lie on one side of it
ROUNDING = 1e-14  # of all that is summed; some fifty roundings
STRIPS_TO_SUM = 10_000  # of two outlines, beside one another; longer ones GEOS cuts sooner
ROWS_A_CHUNK = 200_000  # of edges beside edges; they fit the processor's cache


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges in the order of their rings and owners: from vertex `at` to the next one.

    `against` says that the ground of the owner lies on the right. A ring whose direction rounding
    could turn is not `sure`: none of its edges counts as matched. The edges of owner `n` begin at
    `begin[n]`.
    """

    vertices: Floats
    at: Indices
    owner: Indices
    against: Flags
    sure: Flags
    begin: Indices = field(init=False)

    def __post_init__(self) -> None:
        owners = np.arange(self.owner[-1] + 2 if len(self.owner) else 1)
        object.__setattr__(self, "begin", np.searchsorted(self.owner, owners))

    def ends(self, which: Indices) -> tuple[Floats, Floats]:
        """The first and the last point of some edges."""
        return self.vertices[self.at[which]], self.vertices[self.at[which] + 1]

    def boxes(self, which: Indices) -> Floats:
        """West, south, east and north of some edges."""
        start, end = self.ends(which)
        return np.hstack([np.minimum(start, end), np.maximum(start, end)])

    def count(self, owners: Indices) -> Indices:
        """How many edges each of some owners has."""
        return self.begin[owners + 1] - self.begin[owners]

    def of(self, owners: Indices) -> tuple[Indices, Indices]:
        """The edges of some owners one after another, and the position of the owner of each."""
        return ranges(self.begin[owners], self.begin[owners + 1])


def ranges(begin: Indices, end: Indices) -> tuple[Indices, Indices]:
    """The numbers of several ranges one after another, and the position of the range of each."""
    count = end - begin
    which = np.repeat(np.arange(len(count)), count)
    return np.arange(len(which)) + np.repeat(begin - np.cumsum(count) + count, count), which


@dataclass(frozen=True, slots=True)
class Rings:
    """Rings one after another: where each begins, which polygon it is of, whether it is a hole."""

    vertices: Floats
    begin: Indices
    owner: Indices
    is_hole: Flags


def rings_of(polygons: Outlines) -> Rings:
    """The rings of polygons, outer ones and holes."""
    holes = shapely.get_num_interior_rings(polygons)
    owner = np.repeat(np.arange(len(polygons)), holes + 1)
    length = shapely.get_num_coordinates(polygons)[owner]
    rings = shapely.get_rings(polygons[holes > 0])
    length[holes[owner] > 0] = shapely.get_num_coordinates(rings)
    vertices = shapely.get_coordinates(polygons) + 0.0  # a negative zero is a zero
    begin = np.concatenate([[0], np.cumsum(length)])
    return Rings(vertices, begin, owner, np.diff(owner, prepend=-1) == 0)


def edges_of(rings: Rings) -> Edges:
    """The edges of rings, without those of no length."""
    turns_left, sure = _turns(rings.vertices, rings.begin)
    goes_on = np.diff(rings.vertices.view(np.complex128).ravel()) != 0
    goes_on[rings.begin[1:-1] - 1] = False  # the last vertex of a ring is its first again
    at = np.flatnonzero(goes_on)
    ring = np.repeat(np.arange(len(rings.owner)), np.diff(rings.begin))[at]
    against = turns_left == rings.is_hole
    return Edges(rings.vertices, at, rings.owner[ring], against[ring], sure[ring])


def _turns(vertices: Floats, rings_at: Indices) -> tuple[Flags, Flags]:
    """Whether each ring runs against the clock, and whether that is beyond the rounding."""
    near = vertices - np.repeat(vertices[rings_at[:-1]], np.diff(rings_at), axis=0)
    first, second = near[:-1, 0] * near[1:, 1], near[1:, 0] * near[:-1, 1]
    last = rings_at[1:-1] - 1
    first[last] = second[last] = 0  # from one ring to the next
    twice = np.add.reduceat(first - second, rings_at[:-1])
    size = np.add.reduceat(np.abs(first) + np.abs(second), rings_at[:-1])
    return twice > 0, np.abs(twice) > CERTAIN_TURN * size


# --- edges that two outlines share --------------------------------------------------------------


def partners(edges: Edges) -> Indices:
    """For every edge the one edge it is matched with, or -1 if it is free."""
    mixed = _mixed(edges.vertices)
    key = mixed[edges.at] + mixed[edges.at + 1]  # the same both ways
    order = np.argsort(key)
    key = key[order]
    begins = np.ones(len(key) + 1, bool)
    np.not_equal(key[1:], key[:-1], out=begins[1:-1])
    twos = np.flatnonzero(begins[:-2] & ~begins[1:-1] & begins[2:])
    one, other = order[twos], order[twos + 1]
    matched = (edges.owner[one] != edges.owner[other]) & edges.sure[one] & edges.sure[other]
    matched &= _are_opposite(edges, one, other)
    one, other = one[matched], other[matched]
    partner = np.full(len(key), -1, np.intp)
    partner[one], partner[other] = other, one
    return partner


def _are_opposite(edges: Edges, one: Indices, other: Indices) -> Flags:
    """Whether edges have the same ends and their owners lie on different sides."""
    vertices = edges.vertices.view(np.complex128).ravel()  # both coordinates in one comparison
    a, b = edges.at[one], edges.at[other]
    back = edges.against[one] == edges.against[other]  # then the one runs against the other
    first, last = vertices[a], vertices[a + 1]
    opposite: Flags = (first == vertices[b + back]) & (last == vertices[b + ~back])
    return opposite


def _mixed(points: Floats) -> NDArray[np.uint64]:
    """A number for every point; equal points have equal numbers, others hardly ever."""
    x, y = np.ascontiguousarray(points.T).view(np.uint64)
    mixed: NDArray[np.uint64] = x * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed += y
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(29))


# --- edges that enter an outline ----------------------------------------------------------------


def may_enter(edges: Edges, box: Floats, which: Indices, polygon: Indices) -> Flags:
    """Whether each edge may run through, or along, the inside of a polygon; a no is certain.

    An edge that keeps clear of every edge of the polygon, or only meets it at a common end, lies
    inside or outside as a whole, and its middle tells which.
    """
    may = touch(edges.boxes(which), box[polygon])
    near = np.flatnonzero(may)
    which, polygon = which[near], polygon[near]
    extents = np.ascontiguousarray(edges.boxes(np.arange(len(edges.at))).T)
    for part in _chunks(edges.count(polygon)):
        may[near[part]] = _may_enter(edges, extents, which[part], polygon[part])
    return may


def any_may_enter(
    edges: Edges, box: Floats, listed: Indices, begin: Indices, end: Indices, polygon: Indices
) -> Flags:
    """Whether any of the edges listed from `begin` to `end` may enter each polygon."""
    at, row = ranges(begin, end)
    found = np.zeros(len(begin), bool)
    found[row[may_enter(edges, box, listed[at], polygon[row])]] = True
    return found


def touch(first: Floats, second: Floats) -> Flags:
    """Whether boxes meet, two and two."""
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    return (low[:, 0] <= high[:, 0]) & (low[:, 1] <= high[:, 1])


def _chunks(rows: Indices) -> Iterator[slice]:
    """Runs of what takes so many rows each, about as many rows in every run."""
    until = np.cumsum(rows)
    starts = np.searchsorted(until, np.arange(0, until[-1] if len(until) else 0, ROWS_A_CHUNK))
    for start, stop in zip(starts, np.append(starts[1:], len(rows)), strict=False):
        yield slice(start, stop)


def _may_enter(edges: Edges, extents: Floats, which: Indices, polygon: Indices) -> Flags:
    p, q = edges.ends(which)
    middle = (p + q) / 2
    west, south, east, north = extents
    other, row = edges.of(polygon)
    y = middle[row, 1]
    over = (south[other] <= y) & (y < north[other])
    near = south[other] <= (north[which] + CERTAIN_M)[row]
    near &= north[other] >= (south[which] - CERTAIN_M)[row]
    near &= west[other] <= (east[which] + CERTAIN_M)[row]
    near &= east[other] >= (west[which] - CERTAIN_M)[row]
    open_ = np.zeros(len(which), bool)
    at = np.flatnonzero(near)
    a, b = edges.ends(other[at])
    open_[row[at[_may_cross(p[row[at]], q[row[at]], a, b)]]] = True
    at = np.flatnonzero(over & ~open_[row])
    a, b = edges.ends(other[at])
    side = _side(a, b, middle[row[at]])
    open_[row[at[side == 0]]] = True
    to_the_east = (side > 0) == (b[:, 1] > a[:, 1])
    may: Flags = open_ | (np.bincount(row[at[to_the_east]], minlength=len(which)) % 2 == 1)
    return may


def _may_cross(p: Floats, q: Floats, a: Floats, b: Floats) -> Flags:
    """Whether edges from p to q and from a to b may meet anywhere but at a common end."""
    of_a, of_b = _side(p, q, a), _side(p, q, b)
    of_p, of_q = _side(a, b, p), _side(a, b, q)
    clear = (of_a * of_b > 0) | (of_p * of_q > 0)
    least_2 = CERTAIN_M**2 * ((b - a) ** 2).sum(axis=1)
    for here, there, far in ((p, q, of_q), (q, p, of_p)):
        for end, other in ((a, b), (b, a)):
            along = ((there - here) * (other - end)).sum(axis=1)
            away = (along < 0) & (along**2 > least_2)
            clear |= (here == end).all(axis=1) & ((far != 0) | away)
    may: Flags = ~clear
    return may


def _side(start: Floats, end: Floats, point: Floats) -> NDArray[np.int8]:
    """1 left of a line, -1 right of it, 0 where it is too near to say."""
    along, off = end - start, point - start
    cross = along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0]
    near = cross**2 <= CERTAIN_M**2 * (along**2).sum(axis=1)
    return np.where(near, 0, np.sign(cross)).astype(np.int8)


# --- what two outlines have in common -----------------------------------------------------------


def common_m2(
    edges: Edges,
    box: Floats,
    left: Indices,
    right: Indices,
    sums: Callable[[Edges, Floats, Indices, Indices], tuple[Floats, Floats]] | None = None,
) -> tuple[Floats, Floats]:
    """The area that polygons have in common, two and two, and how wrong rounding may have it.

    An area is the sum of the strips below its upper edges less those below its lower ones, so what
    two areas share is the sum of what each two strips share. Of outlines too long to be summed, or
    too thin for their direction to be sure, it may be wrong without end.
    """
    common, reached = np.zeros(len(left)), np.full(len(left), np.inf)
    short = np.flatnonzero(edges.count(left) * edges.count(right) <= STRIPS_TO_SUM)
    common[short], reached[short] = (sums or _sums)(edges, box, left[short], right[short])
    return common, rounding_m2(edges, box, left, right, reached)


def _sums(edges: Edges, box: Floats, left: Indices, right: Indices) -> tuple[Floats, Floats]:
    common, reached = np.empty(len(left)), np.empty(len(left))
    for part in _chunks(edges.count(left) * edges.count(right)):
        common[part], reached[part] = _common_m2(edges, box, left[part], right[part])
    return common, reached


def rounding_m2(
    edges: Edges, box: Floats, left: Indices, right: Indices, reached: Floats
) -> Floats:
    """How far areas may be wrong whose strips reach so far."""
    height = np.maximum(box[left, 3] - box[left, 1], box[right, 3] - box[right, 1])
    width = np.minimum(box[left, 2], box[right, 2]) - np.maximum(box[left, 0], box[right, 0])
    thin = np.bincount(edges.owner, ~edges.sure, len(box)) > 0
    return np.where(thin[left] | thin[right], np.inf, ROUNDING * (reached + width * height))


def _common_m2(edges: Edges, box: Floats, left: Indices, right: Indices) -> tuple[Floats, Floats]:
    corner = np.maximum(box[left, :2], box[right, :2])
    width = np.minimum(box[left, 2], box[right, 2]) - corner[:, 0]
    one, other = (_strips(edges, polygons, corner, width) for polygons in (left, right))
    begin = np.searchsorted(other.pair, np.arange(len(left) + 1))
    second, first = ranges(begin[one.pair], begin[one.pair + 1])
    west = np.maximum(one.west[first], other.west[second])
    east = np.minimum(one.east[first], other.east[second])
    meet = np.flatnonzero(east > west)
    first, second, west, east = first[meet], second[meet], west[meet], east[meet]
    y_w, y_e = one.height_at(first, west), one.height_at(first, east)
    z_w, z_e = other.height_at(second, west), other.height_at(second, east)
    # the lower of two lines is their mean less half of what they are apart
    d_w, d_e = y_w - z_w, y_e - z_e
    apart = np.abs(d_w + d_e)
    cross = np.flatnonzero(d_w * d_e < 0)
    d_w, d_e = np.abs(d_w[cross]), np.abs(d_e[cross])
    apart[cross] = (d_w**2 + d_e**2) / (d_w + d_e)
    strip_m2 = (east - west) * ((y_w + y_e + z_w + z_e) - apart) / 4
    strip_m2 *= one.sign[first] * other.sign[second]
    reached_m2 = (east - west) * (one.reach[first] + other.reach[second])
    common, reached = (
        np.bincount(one.pair[first], m2, len(left)).astype(float) for m2 in (strip_m2, reached_m2)
    )
    return common, reached


@dataclass(frozen=True, slots=True)
class _Strips:
    """What lies below some edges, in metres from the corner of each pair's common box."""

    pair: Indices
    west: Floats
    east: Floats
    x: Floats
    y: Floats
    slope: Floats
    sign: Floats
    reach: Floats  # how high both ends lie; their heights in between are as wrong as these

    def height_at(self, which: Indices, x: Floats) -> Floats:
        return self.y[which] + self.slope[which] * (x - self.x[which])


def _strips(edges: Edges, polygons: Indices, corner: Floats, width: Floats) -> _Strips:
    edge, pair = edges.of(polygons)
    x = edges.vertices[:, 0]
    first, last = x[edges.at[edge]], x[edges.at[edge] + 1]
    near = np.minimum(first, last) <= (corner[:, 0] + width)[pair]
    near &= np.maximum(first, last) >= corner[pair, 0]  # of a long outline, few edges
    edge, pair = edge[near], pair[near]
    start, end = (point - corner[pair] for point in edges.ends(edge))
    west = np.maximum(np.minimum(start[:, 0], end[:, 0]), 0)
    east = np.minimum(np.maximum(start[:, 0], end[:, 0]), width[pair])
    keep = np.flatnonzero(east > west)
    start, run = start[keep], end[keep] - start[keep]
    below = (run[:, 0] < 0) != edges.against[edge[keep]]  # the ground is
    return _Strips(
        pair[keep],
        west[keep],
        east[keep],
        start[:, 0],
        start[:, 1],
        run[:, 1] / run[:, 0],
        np.where(below, 1.0, -1.0),
        np.abs(start[:, 1]) + np.abs(end[keep, 1]),
    )
