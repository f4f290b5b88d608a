"""Which outlines lie on one another: every pair whose interiors meet, each once. Arrays only.

Asking GEOS about every two neighbours is right and slow: in a sheet of parcels nearly all of them
only share an edge. The pairs that have to be asked about are found first, from this argument.

Turn every ring so that its ground lies on the left. Call an edge *matched* if exactly one other
edge of the set has the same two ends, runs the other way and belongs to another outline; call it
*free* otherwise. From a point that lies in two outlines A and B walk straight on, past all
corners. Crossing a matched edge of A leads from A to the outline beyond that edge, and the same
for B; so the walk goes from one overlapping pair to the next, each step to a neighbour of A, of B,
or of both. It cannot go on for ever, and so ends at a free edge of one of the two that the other
one reaches. Hence all overlaps are found by asking about every outline and whatever reaches one of
its free edges, and then, from each overlap found, about the neighbours over matched edges.

Keys of edges only bring equal edges together; whether they are equal, their coordinates say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.tiles import Tiling, once, tiling_of

Outlines = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

OUTLINES_A_TILE = 16_000  # their edges fit the processor's cache
EDGES_A_RUN = 16  # free edges asked about together; a longer run has too wide a box
CERTAIN_TURN = 1e-12  # of the summed cross products; below it rounding could decide the direction


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions of outlines that share ground, left before right, that ground and its area."""

    left: Indices
    right: Indices
    ground: Outlines
    shared_m2: Floats

    def __len__(self) -> int:
        return len(self.left)


def overlapping(outlines: Outlines, *, threads: int = 1) -> Pairs:
    """Every two outlines whose interiors meet, sorted; all outlines must be valid areas.

    Missing and empty outlines meet nothing.
    """
    parts, owner = parts_of(outlines)
    box = shapely.bounds(parts)
    tiling = tiling_of(box, OUTLINES_A_TILE)
    part, tile_of = tiling.memberships(box)
    begins = np.searchsorted(tile_of, np.arange(tiling.count + 1))

    def in_tile(tile: int) -> Pairs:
        members = once(owner[part[begins[tile] : begins[tile + 1]]])
        return pairs_in(tiling, tile, outlines[members], members)

    return joined(mapped(in_tile, range(tiling.count), threads))


def pairs_in(tiling: Tiling, tile: int, outlines: Outlines, positions: Indices) -> Pairs:
    """The pairs that one tile decides, by the positions its members have among all, in order.

    Two outlines of several parts may meet in several tiles; their first two parts decide.
    """
    parts, owner = parts_of(outlines)
    box = shapely.bounds(parts)
    left, right = meeting(parts, box)
    pair, first = np.unique(owner[left] * len(outlines) + owner[right], return_index=True)
    here = tiling.decides(tile, box[left[first]], box[right[first]])
    left, right = np.divmod(pair[here], len(outlines))
    ground = shapely.intersection(outlines[left], outlines[right])
    return Pairs(positions[left], positions[right], ground, shapely.area(ground))


def parts_of(outlines: Outlines) -> tuple[Outlines, Indices]:
    """The polygons that outlines are made of, and the position of the outline each belongs to."""
    if (shapely.get_type_id(outlines) == shapely.GeometryType.POLYGON).all():
        drawn = np.flatnonzero(~shapely.is_empty(outlines))
        return (outlines if len(drawn) == len(outlines) else outlines[drawn]), drawn
    parts, owner = shapely.get_parts(outlines, return_index=True)
    drawn = np.flatnonzero(~shapely.is_empty(parts))
    return parts[drawn], owner[drawn]


def joined(tiles: Sequence[Pairs]) -> Pairs:
    """The pairs of all tiles as one sorted table."""
    left, right, ground, shared_m2 = (
        np.concatenate([getattr(tile, name) for tile in tiles]) for name in Pairs.__slots__
    )
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], ground[order], shared_m2[order])


def mapped(task: Callable[[int], Any], items: Sequence[int], threads: int) -> list[Any]:
    """Do a task for each item; GEOS and numpy leave the interpreter to other threads meanwhile."""
    workers = min(threads, len(items))
    if workers <= 1:
        return [task(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, items))


# --- the pairs of some areas of one part each ---------------------------------------------------


def meeting(outlines: Outlines, box: Floats) -> tuple[Indices, Indices]:
    """The positions of every two polygons whose interiors meet, left before right, sorted."""
    if len(outlines) < 2:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    edges = edges_of(outlines)
    partner = partners(edges)
    keys = _at_free_edges(outlines, box, edges, partner < 0)
    found = keys[_meet(outlines, keys)]
    everything = [found]
    borders = _borders(edges, partner, len(outlines))
    earlier: Numbers = np.empty(0, np.int64)
    while len(found):
        # a pair two steps back cannot be a neighbour of one found now: it would have come earlier
        asked = _next_to(borders, box, found)
        fresh = np.setdiff1d(asked, np.concatenate([earlier, keys]), assume_unique=True)
        earlier, keys = keys, fresh
        found = fresh[_meet(outlines, fresh)]
        everything.append(found)
    left, right = np.divmod(once(np.concatenate(everything)), len(outlines))
    return left, right


def _meet(outlines: Outlines, keys: Numbers) -> Flags:
    left, right = np.divmod(keys, len(outlines))
    return interiors_meet(outlines[left], outlines[right])


def interiors_meet(left: Outlines, right: Outlines) -> Flags:
    """Whether each two areas share ground, as `relate` has it: duplicates do, neighbours do not.

    Two areas whose outlines intersect share ground unless they only touch. Unlike a pattern of
    `relate`, these two predicates let other threads run.
    """
    meet: Flags = shapely.intersects(left, right)
    near = np.flatnonzero(meet)
    meet[near] = ~shapely.touches(left[near], right[near])
    return meet


def _keys(first: Indices, second: Indices, box: Floats) -> Numbers:
    """Each pair once, as one number, if the insides of their boxes meet."""
    a, b = box[first], box[second]
    near = (first != second) & (a[:, 0] < b[:, 2]) & (b[:, 0] < a[:, 2])
    near &= (a[:, 1] < b[:, 3]) & (b[:, 1] < a[:, 3])
    first, second = first[near], second[near]
    low, high = np.minimum(first, second), np.maximum(first, second)
    return once(low * len(box) + high)


# --- edges --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges in the order of their rings: from vertex `at` to the next one.

    `against` says that the ground of the owner lies on the right. A ring whose direction rounding
    could turn is not `sure`: none of its edges counts as matched.
    """

    vertices: Floats
    at: Indices
    ring: Indices
    owner: Indices
    against: Flags
    sure: Flags

    def boxes(self, which: Indices) -> Floats:
        """West, south, east and north of some edges."""
        start, end = self.vertices[self.at[which]], self.vertices[self.at[which] + 1]
        return np.hstack([np.minimum(start, end), np.maximum(start, end)])


def edges_of(polygons: Outlines) -> Edges:
    """The edges of polygons, without those of no length."""
    _, vertices, (rings_at, polygons_at) = shapely.to_ragged_array(polygons, include_z=False)
    vertices = vertices + 0.0  # a negative zero is a zero
    length = np.diff(rings_at)
    owner_of_ring = np.repeat(np.arange(len(polygons)), np.diff(polygons_at))
    is_hole = np.ones(len(length), bool)
    is_hole[polygons_at[:-1]] = False
    turns_left, sure = _turns(vertices, rings_at)
    goes_on = np.diff(vertices.view(np.complex128).ravel()) != 0
    goes_on[rings_at[1:-1] - 1] = False  # the last vertex of a ring is its first again
    at = np.flatnonzero(goes_on)
    ring = np.repeat(np.arange(len(length)), length)[at]
    against = turns_left == is_hole
    return Edges(vertices, at, ring, owner_of_ring[ring], against[ring], sure[ring])


def _turns(vertices: Floats, rings_at: Indices) -> tuple[Flags, Flags]:
    """Whether each ring runs against the clock, and whether that is beyond the rounding."""
    near = vertices - np.repeat(vertices[rings_at[:-1]], np.diff(rings_at), axis=0)
    first, second = near[:-1, 0] * near[1:, 1], near[1:, 0] * near[:-1, 1]
    last = rings_at[1:-1] - 1
    first[last] = second[last] = 0  # from one ring to the next
    twice = np.add.reduceat(first - second, rings_at[:-1])
    size = np.add.reduceat(np.abs(first) + np.abs(second), rings_at[:-1])
    return twice > 0, np.abs(twice) > CERTAIN_TURN * size


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


# --- where to ask -------------------------------------------------------------------------------


def _at_free_edges(outlines: Outlines, box: Floats, edges: Edges, free: Flags) -> Numbers:
    """Every outline with whatever reaches the box of a run of its free edges."""
    at = np.flatnonzero(free)
    if not len(at):
        return np.empty(0, np.int64)
    begins = np.ones(len(at), bool)
    begins[1:] = (np.diff(at) > 1) | (np.diff(edges.ring[at]) != 0)
    number = np.arange(len(at)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    first = np.flatnonzero(number % EDGES_A_RUN == 0)
    runs = shapely.box(*_united(edges.boxes(at), first).T)
    run, other = shapely.STRtree(outlines).query(runs)
    return _keys(edges.owner[at[first[run]]], other, box)


def _united(box: Floats, first: Indices) -> Floats:
    """The box around each group of boxes that stand one after another."""
    return np.hstack(
        [
            np.minimum.reduceat(box[:, :2], first, axis=0),
            np.maximum.reduceat(box[:, 2:], first, axis=0),
        ]
    )


@dataclass(frozen=True, slots=True)
class Borders:
    """For every outline, from `begin` on, its neighbours and the boxes of the edges between."""

    begin: Indices
    beyond: Indices
    box: Floats

    def of(self, outlines: Indices) -> tuple[Indices, Indices]:
        """The borders of some outlines, and for each the position of the outline it came from."""
        begin, count = self.begin[outlines], self.begin[outlines + 1] - self.begin[outlines]
        via = np.repeat(np.arange(len(outlines)), count)
        offset = np.arange(len(via)) - np.repeat(np.cumsum(count) - count, count)
        return begin[via] + offset, via


def _borders(edges: Edges, partner: Indices, count: int) -> Borders:
    matched = np.flatnonzero(partner >= 0)
    if not len(matched):
        return Borders(np.zeros(count + 1, np.intp), matched, np.empty((0, 4)))
    key = edges.owner[matched] * count + edges.owner[partner[matched]]
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    own, beyond = np.divmod(key[first], count)
    box = _united(edges.boxes(matched[order]), first)
    return Borders(np.searchsorted(own, np.arange(count + 1)), beyond, box)


def _next_to(borders: Borders, box: Floats, found: Numbers) -> Numbers:
    """The pairs one step from some pairs: over a border of the one, of the other, or of both."""
    left, right = np.divmod(found, len(box))
    of_left, via_left = borders.of(left)
    of_right, via_right = borders.of(right)
    reach_left = _touch(borders.box[of_left], box[right[via_left]])
    reach_right = _touch(borders.box[of_right], box[left[via_right]])
    of_left, via_left = of_left[reach_left], via_left[reach_left]
    of_right, via_right = of_right[reach_right], via_right[reach_right]
    # over both at once where the borders themselves lie on one another
    again, via_both = borders.of(right[via_left])
    both = _touch(borders.box[of_left[via_both]], borders.box[again])
    first = [borders.beyond[of_left], left[via_right], borders.beyond[of_left[via_both[both]]]]
    second = [right[via_left], borders.beyond[of_right], borders.beyond[again[both]]]
    return _keys(np.concatenate(first), np.concatenate(second), box)


def _touch(first: Floats, second: Floats) -> Flags:
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    return (low[:, 0] <= high[:, 0]) & (low[:, 1] <= high[:, 1])
