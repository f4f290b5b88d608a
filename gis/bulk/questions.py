"""The questions themselves: some parcels in, tables and counts out. Every engine asks them here.

A question carries all it needs, so that it can be sent to another process or machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis.bulk.parcels import Parcels, wkb_array
from gis.overlaps import Pairs, overlapping
from gis.shares import Allocation, Shares, allocated, lies_within, shared_ground
from gis.tiles import Tiling
from gis.verdicts import Verdict

Outlines = NDArray[np.object_]
Flags = NDArray[np.bool_]
Tally = dict[str, float]  # what was counted or summed, by name
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]

M2_PER_HA = 10_000.0
CAVEATS = (
    "indicative-geometry",
    "not-drawn",
    "partly-in-site",
    "outside-province",
    "ambiguous-place",
)
VERDICTS = tuple(Verdict)


@dataclass(frozen=True, eq=False, slots=True)
class Answered:
    """One row a parcel or pair, all shares, what was left out, and counts that add up."""

    rows: pa.Table
    shares: pa.Table | None
    left_out: pa.Table
    tally: Tally


@dataclass(frozen=True, eq=False, slots=True)
class Units:
    """Outlines by code, in order of the codes, and whether each proves where it lies."""

    codes: tuple[str, ...]
    outlines: Outlines
    proves: Flags


@dataclass(frozen=True, eq=False, slots=True)
class AllocationQuestion:
    """Which unit is every parcel in? `group` says to which of `codes` each commune belongs."""

    communes: Units
    codes: tuple[str, ...]
    group: Indices
    with_outlines: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a place by its name would get, and the passage that decides it."""

    verdict: Verdict
    clause: str


@dataclass(frozen=True, eq=False, slots=True)
class SitingQuestion:
    """Which site is every parcel in, and may it take the activity?

    `site_rulings` and `unit_rulings` are the verdicts of every site and commune by name; `missing`
    says that some site has no outline, and so can never be ruled out.
    """

    sites: Units
    communes: Units
    site_rulings: tuple[Ruled, ...]
    unit_rulings: tuple[Ruled, ...]
    missing: bool
    with_outlines: bool = False


@dataclass(frozen=True, slots=True)
class OverlapQuestion:
    """Which parcels share ground with one another, beyond a tolerance?"""

    tolerance_m2: float
    with_outlines: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class CrossingQuestion:
    """Which parcels share ground with another layer, beyond a tolerance?"""

    tolerance_m2: float
    ids: pa.Array
    others: Outlines
    with_outlines: bool = False


Question = AllocationQuestion | SitingQuestion | OverlapQuestion | CrossingQuestion


@dataclass(frozen=True, eq=False, slots=True)
class Tile:
    """The part of the ground that some parcels were brought together for."""

    tiling: Tiling
    number: int
    own: Flags = field(default_factory=lambda: np.empty(0, bool))


def answered(
    question: Question, parcels: Parcels, tile: Tile | None = None, threads: int = 1
) -> Answered:
    """The answer of some parcels; of the members of a tile, what that tile decides."""
    if not isinstance(question, OverlapQuestion) and tile is not None:
        parcels = _only(parcels, tile.own)
    match question:
        case AllocationQuestion():
            rows, shares, tally = _allocation(question, parcels, threads)
        case SitingQuestion():
            rows, shares, tally = _siting(question, parcels, threads)
        case OverlapQuestion():
            rows, shares, tally = _overlaps(question, parcels, tile, threads)
        case CrossingQuestion():
            rows, shares, tally = _crossings(question, parcels, threads)
    return Answered(rows, shares, parcels.left_out, summed([_counted(parcels, tile), tally]))


def _only(parcels: Parcels, which: Flags) -> Parcels:
    at = np.flatnonzero(which)
    return Parcels(
        parcels.rows[at], parcels.ids.take(pa.array(at)), parcels.outlines[at], parcels.left_out
    )


def _counted(parcels: Parcels, tile: Tile | None) -> Tally:
    """How many parcels there are, how large, and how many were left out, by the reason."""
    own_m2 = shapely.area(parcels.outlines)
    if tile is not None and len(tile.own) == len(parcels):
        own_m2 = own_m2[tile.own]  # neighbours from beyond the tile are counted in theirs
    return summed(
        [
            {"answered": len(own_m2), "answered_ha": own_m2.sum() / M2_PER_HA},
            {"parcels": len(own_m2)},
            refused(parcels.left_out),
        ]
    )


def refused(left_out: pa.Table) -> Tally:
    """How many rows were left out, by the reason."""
    tally: Tally = {"parcels": len(left_out)}
    for count in left_out.column("reason").value_counts().to_pylist():
        tally[f"left_out.{count['values']}"] = count["counts"]
    return tally


def summed(tallies: Iterable[Tally]) -> Tally:
    """Several counts as one."""
    total: Tally = {}
    for tally in tallies:
        for name, value in tally.items():
            total[name] = total.get(name, 0) + value
    return total


# --- which unit ---------------------------------------------------------------------------------


def _allocation(
    question: AllocationQuestion, parcels: Parcels, threads: int
) -> tuple[pa.Table, pa.Table, Tally]:
    found = shared_ground(parcels.outlines, question.communes.outlines, threads=threads)
    drawing = _any(found, ~question.communes.proves[found.unit], len(parcels))
    drawing |= _none(found, len(parcels)) & ~question.communes.proves.all()
    grouped = regrouped(found, question.group, len(question.codes))
    allocation, kept = allocated(grouped, len(parcels))
    outside = ~np.asarray(lies_within(allocation.in_units))
    own_ha = shapely.area(parcels.outlines) / M2_PER_HA
    rows = {
        "row": parcels.rows,
        "id": parcels.ids,
        "unit_code": _taken(question.codes, allocation.unit),
        "share": _share_or_null(allocation),
        "caveat": _caveats({"indicative-geometry": drawing, "outside-province": outside}),
    }
    tally = _tally_of(allocation, own_ha, "allocated", "unallocated")
    return (
        _with_outlines(rows, question, parcels),
        _all_shares(parcels, kept, "unit_code", question.codes),
        tally,
    )


def regrouped(shares: Shares, group: Indices, groups: int) -> Shares:
    """Shares in units as shares in groups of units."""
    key, at = np.unique(shares.row * groups + group[shares.unit], return_inverse=True)
    row, unit = np.divmod(key, groups)
    return Shares(
        row,
        unit,
        np.bincount(at, shares.shared_m2, len(key)).astype(float),
        np.bincount(at, shares.share, len(key)).astype(float),
    )


# --- which site, and may it ---------------------------------------------------------------------


def _siting(
    question: SitingQuestion, parcels: Parcels, threads: int
) -> tuple[pa.Table, pa.Table, Tally]:
    count = len(parcels)
    in_communes = shared_ground(parcels.outlines, question.communes.outlines, threads=threads)
    communes, kept_units = allocated(in_communes, count)
    in_sites = shared_ground(parcels.outlines, question.sites.outlines, threads=threads)
    _, hit = allocated(in_sites, count)
    surveyed = question.sites.proves[hit.unit]
    settled = _any(hit, surveyed & np.asarray(lies_within(hit.share)), count)
    sites, hit = allocated(_those(hit, surveyed | ~settled[hit.row]), count)

    flags = _flags(question, count, kept_units, communes, hit, settled)
    unsure = np.logical_or.reduce([flags[name] for name in CAVEATS[:4]])
    several = (sites.units > 1) | ((sites.units == 0) & (communes.units != 1))
    flags["ambiguous-place"] = several & ~unsure
    by_name, clause = _ruled(question, sites, communes)
    unknown = VERDICTS.index(Verdict.UNKNOWN)
    verdict = np.where(unsure | several, unknown, by_name)
    rows = {
        "row": parcels.rows,
        "id": parcels.ids,
        "site_id": _taken(question.sites.codes, sites.unit),
        "share": _share_or_null(sites),
        "verdict": _taken([item.value for item in VERDICTS], verdict),
        "clause": clause,
        "by_name": _taken([item.value for item in VERDICTS], by_name),
        "unit_code": _taken(question.communes.codes, communes.unit),
        "caveat": _caveats(flags),
    }
    own_ha = shapely.area(parcels.outlines) / M2_PER_HA
    tally = _tally_of(sites, own_ha, "on_sites", "on_no_site")
    tally["in_sites_ha"] = hit.shared_m2.sum() / M2_PER_HA
    for number, item in enumerate(VERDICTS):
        tally[f"verdict.{item}"] = int((verdict == number).sum())
        tally[f"verdict_ha.{item}"] = own_ha[verdict == number].sum()
    shares = _all_shares(parcels, hit, "site_id", question.sites.codes)
    return _with_outlines(rows, question, parcels), shares, tally


def _flags(
    question: SitingQuestion,
    count: int,
    in_communes: Shares,
    communes: Allocation,
    hit: Shares,
    settled: Flags,
) -> dict[str, Flags]:
    """What leaves open where each parcel lies, as for a single place on the ground."""
    units, sites = question.communes, question.sites
    unsure_commune = _any(in_communes, ~units.proves[in_communes.unit], count)
    unsure_commune |= (communes.units == 0) & (not units.proves.all())
    unsure_site = ~settled & (not sites.proves.all())
    outside = ~np.asarray(lies_within(communes.in_units)) & (len(units.codes) > 0)
    return {
        "indicative-geometry": unsure_commune | unsure_site,
        "not-drawn": np.full(count, question.missing),
        "partly-in-site": _any(hit, ~np.asarray(lies_within(hit.share)), count),
        "outside-province": outside,
    }


def _ruled(
    question: SitingQuestion, sites: Allocation, communes: Allocation
) -> tuple[NDArray[np.int64], pa.Array]:
    """The verdict of the site, else of the commune, by its name, and the passage behind it."""
    rulings = [*question.site_rulings, *question.unit_rulings]
    verdicts = np.array([VERDICTS.index(item.verdict) for item in rulings], np.int64)
    beyond = np.where(communes.unit >= 0, len(question.site_rulings) + communes.unit, -1)
    which = np.where(sites.unit >= 0, sites.unit, beyond)
    unknown = VERDICTS.index(Verdict.UNKNOWN)
    by_name = np.where(which >= 0, verdicts[which] if len(verdicts) else unknown, unknown)
    silent = np.array([not item.clause for item in rulings], bool)  # nothing decides an unknown
    decided = (which >= 0) & ~(silent[which] if len(silent) else True)
    return by_name, _taken([item.clause for item in rulings], np.where(decided, which, -1))


# --- what overlaps what -------------------------------------------------------------------------


def _overlaps(
    question: OverlapQuestion, parcels: Parcels, tile: Tile | None, threads: int
) -> tuple[pa.Table, None, Tally]:
    pairs = overlapping(parcels.outlines, threads=threads)
    if tile is not None:
        box = shapely.bounds(parcels.outlines)
        here = tile.tiling.decides(tile.number, box[pairs.left], box[pairs.right])
        pairs = Pairs(*(getattr(pairs, name)[here] for name in Pairs.__slots__))
    return _pairs_table(question, pairs, parcels, parcels)


def _crossings(
    question: CrossingQuestion, parcels: Parcels, threads: int
) -> tuple[pa.Table, None, Tally]:
    found = shared_ground(parcels.outlines, question.others, threads=threads)
    pairs = Pairs(found.row, found.unit, found.shared_m2)
    rows = np.arange(1, len(question.others) + 1)
    others = Parcels(rows, question.ids, question.others, parcels.left_out)
    return _pairs_table(question, pairs, parcels, others)


def _pairs_table(
    question: OverlapQuestion | CrossingQuestion,
    pairs: Pairs,
    parcels: Parcels,
    others: Parcels,
) -> tuple[pa.Table, None, Tally]:
    kept = pairs.shared_m2 > question.tolerance_m2
    slight = ~kept
    tally = {
        "overlaps": int(kept.sum()),
        "overlaps_ha": pairs.shared_m2[kept].sum() / M2_PER_HA,
        "slivers": int(slight.sum()),
        "slivers_ha": pairs.shared_m2[slight].sum() / M2_PER_HA,
    }
    left, right = pairs.left[kept], pairs.right[kept]
    ground = shapely.intersection(parcels.outlines[left], others.outlines[right])
    place = shapely.point_on_surface(ground)
    rows = {
        "left_row": parcels.rows[left],
        "right_row": others.rows[right],
        "left_id": parcels.ids.take(pa.array(left)),
        "right_id": others.ids.take(pa.array(right)),
        "overlap_m2": pairs.shared_m2[kept],
        "x": shapely.get_x(place),
        "y": shapely.get_y(place),
    }
    if question.with_outlines:
        rows["geometry"] = wkb_array(_areas(ground))
    return pa.table(rows), None, tally


def _areas(ground: Outlines) -> Outlines:
    """The areas of what overlaps, without the lines and points where outlines only touch."""
    mixed = np.flatnonzero(shapely.get_type_id(ground) == shapely.GeometryType.GEOMETRYCOLLECTION)
    areas = ground.copy()
    for at in mixed:
        parts = shapely.get_parts(ground[at])
        areas[at] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
    return areas


# --- columns ------------------------------------------------------------------------------------


def _any(shares: Shares, which: Flags, count: int) -> Flags:
    """Whether some share of an outline is one of those asked for."""
    found = np.zeros(count, bool)
    found[shares.row[which]] = True
    return found


def _none(shares: Shares, count: int) -> Flags:
    return ~_any(shares, np.ones(len(shares), bool), count)


def _those(shares: Shares, which: Flags) -> Shares:
    return Shares(*(getattr(shares, name)[which] for name in Shares.__slots__))


def _taken(values: Sequence[str], at: NDArray[np.int64]) -> pa.Array:
    """The values at some positions; null at -1."""
    at = np.asarray(at, np.int64)
    return pa.array(list(values), pa.string()).take(pa.array(at, mask=at < 0))


def _share_or_null(allocation: Allocation) -> pa.Array:
    return pa.array(allocation.share, mask=allocation.unit < 0)


def _caveats(flags: Mapping[str, Flags]) -> pa.Array:
    """The names of what leaves an answer open, with semicolons between; null where nothing does."""
    names = list(flags)
    bits = sum(flags[name].astype(np.int64) << n for n, name in enumerate(names))
    words = [
        ";".join(name for n, name in enumerate(names) if code >> n & 1)
        for code in range(2 ** len(names))
    ]
    return _taken(words, np.where(bits == 0, -1, bits))


def _all_shares(parcels: Parcels, shares: Shares, column: str, codes: Sequence[str]) -> pa.Table:
    return pa.table(
        {
            "row": parcels.rows[shares.row],
            "id": parcels.ids.take(pa.array(shares.row)),
            column: _taken(codes, shares.unit),
            "share": shares.share,
            "shared_m2": shares.shared_m2,
        }
    )


def _with_outlines(
    rows: dict[str, object], question: AllocationQuestion | SitingQuestion, parcels: Parcels
) -> pa.Table:
    if question.with_outlines:
        rows["geometry"] = wkb_array(parcels.outlines)
    return pa.table(rows)


def _tally_of(allocation: Allocation, own_ha: Floats, inside: str, beyond: str) -> Tally:
    """How many parcels are in a unit and how many in none, with their hectares."""
    has = allocation.unit >= 0
    return {
        inside: int(has.sum()),
        beyond: int((~has).sum()),
        f"{inside}_ha": own_ha[has].sum(),
        f"{beyond}_ha": own_ha[~has].sum(),
        "slivers": allocation.slivers,
        "slivers_ha": allocation.sliver_m2 / M2_PER_HA,
    }
