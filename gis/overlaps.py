"""Which outlines lie on one another: every pair whose interiors meet, each once. Arrays only.

Asking GEOS about every two neighbours is right and slow: in a sheet of parcels nearly all of them
only share an edge. The pairs that have to be asked about are found first, from this argument.

Turn every ring so that its ground lies on the left. Call an edge *matched* if exactly one other
edge of the set has the same two ends, runs the other way and belongs to another outline; call it
*free* otherwise. From a point that lies in two outlines A and B walk straight on, past all
corners. Crossing a matched edge of A leads from A to the outline beyond that edge, and the same
for B; so the walk goes from one overlapping pair to the next. It cannot go on for ever, and so ends
at a free edge of A that runs through the inside of B, or along B's own edge. Hence all overlaps
are found by asking about every outline with a free edge that may enter another one, and then, from
each overlap found, about the neighbours over matched edges that may.

Keys of edges only bring equal edges together; whether they are equal, their coordinates say. What
numbers alone settle beyond rounding is settled so, and the rest by GEOS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis import edges as plain
from gis.edges import Edges, ranges, rings_of, touch
from gis.tiles import Tiling, once, tiling_of

Outlines = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

OUTLINES_A_TILE = 8_000  # their edges fit the processor's cache
WORTH_COMPILING = 40_000  # outlines; loading the machine code takes a second
EXACT_M2 = 1e-7  # GEOS decides whether there is less, and measures what rounding may change by more
EDGES_A_RUN = 16  # free edges looked about together; a longer run has too wide a box


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions of outlines that share ground, left before right, and how much they share."""

    left: Indices
    right: Indices
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
    loops = loops_for(len(outlines))

    def in_tile(tile: int) -> Pairs:
        members = once(owner[part[begins[tile] : begins[tile + 1]]])
        return pairs_in(tiling, tile, outlines[members], members, loops)

    return joined(mapped(in_tile, range(tiling.count), threads))


def loops_for(outlines: int) -> ModuleType:
    """The machine code for so many outlines, if there is any and loading it pays."""
    if outlines < WORTH_COMPILING or find_spec("numba") is None:
        return plain
    return import_module("gis.compiled")


def pairs_in(
    tiling: Tiling,
    tile: int,
    outlines: Outlines,
    positions: Indices,
    loops: ModuleType = plain,
) -> Pairs:
    """The pairs that one tile decides, by the positions its members have among all, in order.

    Two outlines of several parts may meet in several tiles; their first two parts decide.
    """
    parts, owner = parts_of(outlines)
    box = shapely.bounds(parts)
    found = meeting(parts, box, loops)
    pair, first, which = np.unique(
        owner[found.left] * len(outlines) + owner[found.right],
        return_index=True,
        return_inverse=True,
    )
    here = tiling.decides(tile, box[found.left[first]], box[found.right[first]])
    left, right = np.divmod(pair[here], len(outlines))
    shared_m2 = np.bincount(which, found.shared_m2, len(pair)).astype(float)[here]
    return Pairs(positions[left], positions[right], shared_m2)


def parts_of(outlines: Outlines) -> tuple[Outlines, Indices]:
    """The polygons that outlines are made of, and the position of the outline each belongs to."""
    several = shapely.get_type_id(outlines) != shapely.GeometryType.POLYGON
    parts, owner = outlines, np.arange(len(outlines))
    if several.any():
        cut, origin = shapely.get_parts(outlines[several], return_index=True)
        owner = np.concatenate([owner[~several], owner[several][origin]])
        order = np.argsort(owner, kind="stable")
        parts, owner = np.concatenate([outlines[~several], cut])[order], owner[order]
    empty = shapely.is_empty(parts)
    return (parts[~empty], owner[~empty]) if empty.any() else (parts, owner)


def joined(tiles: Sequence[Pairs]) -> Pairs:
    """The pairs of all tiles as one sorted table."""
    left, right, shared_m2 = (
        np.concatenate([getattr(tile, name) for tile in tiles]) for name in Pairs.__slots__
    )
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], shared_m2[order])


def mapped(task: Callable[[int], Any], items: Sequence[int], threads: int) -> list[Any]:
    """Do a task for each item; GEOS and numpy leave the interpreter to other threads meanwhile."""
    workers = min(threads, len(items))
    if workers <= 1:
        return [task(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, items))


# --- the pairs of some areas of one part each ---------------------------------------------------


def meeting(polygons: Outlines, box: Floats, loops: ModuleType = plain) -> Pairs:
    """Every two polygons whose interiors meet, left before right, sorted."""
    edges = loops.edges_of(rings_of(polygons))
    partner = loops.partners(edges)
    asked = fresh = _at_free_edges(polygons, box, edges, partner < 0, loops)
    rounds = []
    while True:
        found = _asked(polygons, box, edges, fresh, loops)
        rounds.append(found)
        if not len(found):
            return joined(rounds)
        next_to = _next_to(edges, partner, box, found, loops)
        fresh = np.setdiff1d(next_to, asked, assume_unique=True)
        asked = np.concatenate([asked, fresh])


def _asked(
    polygons: Outlines, box: Floats, edges: Edges, keys: Numbers, loops: ModuleType
) -> Pairs:
    """Those of some pairs whose interiors meet."""
    left, right = np.divmod(keys, len(polygons))
    shared_m2, rounding_m2 = loops.common_m2(edges, box, left, right)
    meet = shared_m2 > np.maximum(rounding_m2, EXACT_M2)
    unclear = np.flatnonzero(~meet)
    meet[unclear] = interiors_meet(polygons[left[unclear]], polygons[right[unclear]])
    cut = np.flatnonzero(meet & (rounding_m2 > EXACT_M2))
    shared_m2[cut] = shapely.area(shapely.intersection(polygons[left[cut]], polygons[right[cut]]))
    here = np.flatnonzero(meet)
    return Pairs(left[here], right[here], np.maximum(shared_m2[here], 0))


def interiors_meet(left: Outlines, right: Outlines) -> Flags:
    """Whether each two areas share ground, as `relate` has it: duplicates do, neighbours do not.

    Two areas whose outlines intersect share ground unless they only touch. Unlike a pattern of
    `relate`, these two predicates let other threads run.
    """
    meet: Flags = shapely.intersects(left, right)
    near = np.flatnonzero(meet)
    meet[near] = ~shapely.touches(left[near], right[near])
    return meet


# --- where to ask -------------------------------------------------------------------------------


def _at_free_edges(
    polygons: Outlines, box: Floats, edges: Edges, free: Flags, loops: ModuleType
) -> Numbers:
    """Every polygon with whatever one of its free edges may enter."""
    at = np.flatnonzero(free)
    if not len(at):
        return np.empty(0, np.int64)
    many = np.bincount(edges.owner[at], minlength=len(polygons)) > EDGES_A_RUN
    first = _run_starts(at, edges.owner[at], many)
    until, whose = np.append(first[1:], len(at)), edges.owner[at[first]]
    around = polygons[whose]  # of few edges; making boxes costs more than they would save
    wide = np.flatnonzero(many[whose])
    if len(wide):
        around[wide] = shapely.box(*_united(edges.boxes(at), first)[wide].T)
    run, other = shapely.STRtree(polygons).query(around)
    foreign = np.flatnonzero(whose[run] != other)
    run, other = run[foreign], other[foreign]
    enters = loops.any_may_enter(edges, box, at, first[run], until[run], other)
    return _keys(whose[run[enters]], other[enters], len(box))


def _run_starts(at: Indices, owner: Indices, many: Flags) -> Indices:
    """Where runs of edges begin: with each owner, and with each gap where an owner has many."""
    begins = np.ones(len(at), bool)
    begins[1:] = (np.diff(owner) != 0) | ((np.diff(at) > 1) & many[owner[1:]])
    number = np.arange(len(at)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    return np.flatnonzero(number % EDGES_A_RUN == 0)


def _united(box: Floats, first: Indices) -> Floats:
    """The box around each group of boxes that stand one after another."""
    return np.hstack(
        [
            np.minimum.reduceat(box[:, :2], first, axis=0),
            np.maximum.reduceat(box[:, 2:], first, axis=0),
        ]
    )


def _next_to(
    edges: Edges, partner: Indices, box: Floats, found: Pairs, loops: ModuleType
) -> Numbers:
    """The pairs one step from some pairs: over a border of the one, of the other, or of both."""
    beyond = np.where(partner >= 0, edges.owner[partner], -1)
    edge, pair = _matched_into(edges, partner, box, found.left, found.right, loops)
    back, pair_back = _matched_into(edges, partner, box, found.right, found.left, loops)
    # over both at once where the borders themselves lie on one another
    begin = np.searchsorted(pair_back, np.arange(len(found) + 1))
    second, first = ranges(begin[pair], begin[pair + 1])
    both = np.flatnonzero(touch(edges.boxes(edge[first]), edges.boxes(back[second])))
    one = [beyond[edge], found.left[pair_back], beyond[edge[first[both]]]]
    other = [found.right[pair], beyond[back], beyond[back[second[both]]]]
    return _keys(np.concatenate(one), np.concatenate(other), len(box))


def _matched_into(
    edges: Edges,
    partner: Indices,
    box: Floats,
    polygon: Indices,
    other: Indices,
    loops: ModuleType,
) -> tuple[Indices, Indices]:
    """The matched edges of polygons that may enter another each, and the position of the pair."""
    edge, pair = edges.of(polygon)
    matched = np.flatnonzero(partner[edge] >= 0)
    edge, pair = edge[matched], pair[matched]
    enters = loops.may_enter(edges, box, edge, other[pair])
    return edge[enters], pair[enters]


def _keys(first: Indices, second: Indices, count: int) -> Numbers:
    """Each pair of two once, as one number."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys: Numbers = once((low * count + high)[low != high])
    return keys
