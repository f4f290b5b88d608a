"""How much of every outline lies in every unit, and which unit it is counted to. Arrays only."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.edges import STRIPS_TO_SUM, Edges, common_m2, edges_of, rings_of
from gis.overlaps import EXACT_M2, mapped, parts_of

Outlines = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OUTLINES_A_TASK = 100_000  # at most; every thread has some
SLIVER_SHARE = 0.0005  # prints as 0.0 %: two drawings of one edge, not ground
SAME_SHARE = 1e-9  # shares as like as this are equal; rounding must not choose between two units


@dataclass(frozen=True, slots=True)
class Shares:
    """Positions of outlines and of the units they share ground with, by outline, then unit."""

    row: Indices
    unit: Indices
    shared_m2: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Allocation:
    """For every outline its unit, or -1, the share in it, and the share in all units together.

    `slivers` and `sliver_m2` tell what was too slight to count.
    """

    unit: Indices
    share: Floats
    in_units: Floats
    units: Indices
    slivers: int
    sliver_m2: float


def shared_ground(outlines: Outlines, units: Outlines, *, threads: int = 1) -> Shares:
    """Every outline with every unit it shares ground with; both must be valid areas.

    May be asked of the same units by several threads at once.
    """
    if not len(outlines) or not len(units):
        return _joined([])
    size = min(OUTLINES_A_TASK, -(-len(outlines) // max(threads, 1)))
    starts = range(0, len(outlines), size)
    lanes = min(threads, len(starts))

    def in_lane(lane: int) -> list[Shares]:
        own = _own(units)
        return [
            _shared(outlines[start : start + size], own, start) for start in starts[lane::lanes]
        ]

    by_lane = mapped(in_lane, range(lanes), lanes)
    return _joined([by_lane[n % lanes][n // lanes] for n in range(len(starts))])


@dataclass(eq=False, slots=True)
class _Own:
    """Units as one thread has them: a prepared outline finishes itself when it is first asked."""

    tree: shapely.STRtree
    outlines: Outlines
    ready: Flags

    def prepared(self, which: Indices) -> Outlines:
        """Some of the units, copied and prepared the first time they are asked for."""
        fresh = np.unique(which[~self.ready[which]])
        if len(fresh):
            copies = shapely.from_wkb(shapely.to_wkb(self.outlines[fresh]))
            shapely.prepare(copies)
            self.outlines[fresh] = copies
            self.ready[fresh] = True
        return self.outlines[which]


_OF_THREAD = threading.local()


def _own(units: Outlines) -> _Own:
    """This thread's copy of units, kept as long as the units are."""
    known: dict[int, tuple[weakref.ref[Outlines], _Own]]
    known = _OF_THREAD.__dict__.setdefault("known", {})
    found = known.get(id(units))
    if found is not None and found[0]() is units:
        return found[1]
    own = _Own(shapely.STRtree(units), units.copy(), np.zeros(len(units), bool))
    key = id(units)
    known[key] = weakref.ref(units, lambda _: known.pop(key, None)), own
    return own


def _shared(outlines: Outlines, units: _Own, start: int) -> Shares:
    """Most outlines lie wholly in one unit, which is quickly seen; few have to be cut."""
    row, unit = units.tree.query(outlines)
    row, unit = np.divmod(np.sort(row * len(units.ready) + unit), len(units.ready))
    asked = units.prepared(unit)
    own_m2 = shapely.area(outlines[row])  # of a few, where most lie in no unit
    shared_m2 = own_m2.copy()
    rest = np.flatnonzero(~shapely.contains_properly(asked, outlines[row]))
    near = shapely.intersects(asked[rest], outlines[row[rest]])
    shared_m2[rest[~near]] = 0
    cut = rest[near]
    shared_m2[cut] = np.minimum(_cut_m2(outlines[row[cut]], units.outlines, unit[cut]), own_m2[cut])
    keep = shared_m2 > 0
    row, unit, shared_m2 = row[keep], unit[keep], shared_m2[keep]
    return Shares(row + start, unit, shared_m2, shared_m2 / own_m2[keep])


def _cut_m2(outlines: Outlines, units: Outlines, unit: Indices) -> Floats:
    """What each outline shares with a unit, where neither may hold the other."""
    shared_m2 = np.zeros(len(outlines))
    corners = shapely.get_num_coordinates(units)[unit] * shapely.get_num_coordinates(outlines)
    short = np.flatnonzero(corners <= STRIPS_TO_SUM)
    used, which = np.unique(unit[short], return_inverse=True)
    every = np.concatenate([outlines[short], units[used]])
    left, right = np.arange(len(short)), len(short) + which
    summed, rounding = common_m2(_edges(every), shapely.bounds(every), left, right)
    sure = np.flatnonzero((summed > EXACT_M2) & (rounding <= EXACT_M2))
    shared_m2[short[sure]] = summed[sure]
    rest = np.flatnonzero(shared_m2 == 0)
    shared_m2[rest] = shapely.area(shapely.intersection(outlines[rest], units[unit[rest]]))
    return shared_m2


def _edges(outlines: Outlines) -> Edges:
    """The edges of outlines of any number of parts."""
    parts, owner = parts_of(outlines)
    found = edges_of(rings_of(parts))
    return Edges(found.vertices, found.at, owner[found.owner], found.against, found.sure)


def _joined(parts: list[Shares]) -> Shares:
    if not parts:
        return Shares(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0), np.empty(0))
    return Shares(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("row", "unit", "shared_m2", "share")
        )
    )


def lies_within(share: Floats | float) -> Flags | bool:
    """Whether a share is the whole, give or take a sliver."""
    return share > 1 - SLIVER_SHARE


def allocated(shares: Shares, count: int) -> tuple[Allocation, Shares]:
    """Every outline to the unit that holds the most of it, and the shares that are no slivers.

    Of equal shares the first unit has it, so that the order of the units settles every tie.
    """
    slight = shares.share < SLIVER_SHARE
    kept = Shares(*(getattr(shares, name)[~slight] for name in Shares.__slots__))
    most = np.zeros(count)
    np.maximum.at(most, kept.row, kept.share)
    leading = np.flatnonzero(kept.share >= most[kept.row] - SAME_SHARE)
    unit = np.full(count, -1, np.intp)
    unit[kept.row[leading[::-1]]] = kept.unit[leading[::-1]]  # the first is written last
    allocation = Allocation(
        unit,
        most,
        np.bincount(kept.row, kept.share, count).astype(float),
        np.bincount(kept.row, minlength=count),
        int(slight.sum()),
        float(shares.shared_m2[slight].sum()),
    )
    return allocation, kept


def outside(outlines: Outlines, units: Outlines) -> Outlines:
    """The part of every outline that no unit covers, empty where all of it is covered."""
    rest = outlines.copy()
    row, unit = shapely.STRtree(units).query(outlines, predicate="intersects")
    for place in np.unique(row):
        near = units[unit[row == place]]
        cover = near[0] if len(near) == 1 else shapely.union_all(near)
        rest[place] = shapely.difference(outlines[place], cover)
    return rest


def gaps(units: Outlines) -> Outlines:
    """Ground inside the outer boundary of units that no unit covers."""
    parts = shapely.get_parts(shapely.union_all(units))
    holes = [shapely.Polygon(ring) for part in parts for ring in getattr(part, "interiors", ())]
    found = np.array(holes, dtype=object)
    if len(parts) == 1 or not holes:
        return found
    # what lies in a hole as an island is no gap
    return np.asarray(shapely.get_parts(shapely.difference(found, shapely.union_all(parts))))


def shared_m2(left: Outlines, right: Outlines) -> Floats:
    """The ground that each two outlines share."""
    return np.asarray(shapely.area(shapely.intersection(left, right)))


def likeness(left: Outlines, right: Outlines) -> Floats:
    """Of each two outlines the ground they share, as a share of what they cover together."""
    shared = shared_m2(left, right)
    alike: Floats = shared / (shapely.area(left) + shapely.area(right) - shared)
    return alike
