"""Lay indicative footprints of a stated area on ground where a site may lie."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import brentq
from shapely import Geometry, Point, Polygon

from gis.shares import shared_ground, shared_m2

Floats = NDArray[np.float64]
Points = NDArray[np.object_]

DISC_VERTICES = 72  # looks round on a map and stays light in a file
CENTRES_ACROSS = 8  # candidate centres along a disc's diameter
LEAST_CENTRES_ACROSS = 14  # and along the shorter side of small ground
MOST_CENTRES = 1500  # about so many are weighed on large ground
AREA_TOLERANCE_M2 = 1.0
RADIUS_TOLERANCE_M = 1e-6
MOST_GROWTH = 3.0  # a radius beyond this multiple of the open disc's is a sliver, not a site
AMPLE_SHARE = 1.5  # times the least share: more ground in a commune makes nothing better
TRIES = 60  # candidate centres solved exactly, best first, before a footprint is given up

# What makes a centre convincing: an unclipped disc first, then ground in every commune, then the
# hinted ground, then nearness to the middle of the ground.
WORTH_DECIMALS = 6
OPEN_WORTH, SHARE_WORTH, HINT_WORTH, NEARNESS_WORTH = 2.0, 0.5, 0.5, 0.3


@dataclass(frozen=True, eq=False, slots=True)
class Ground:
    """Where a footprint may lie and what should steer it.

    `required` are areas that must each hold `least_share` of the footprint; `hint` is ground to be
    preferred; `centre` fixes the disc instead of searching for a place.
    """

    allowed: Geometry
    required: tuple[Geometry, ...] = ()
    least_share: float = 0.0
    hint: Geometry | None = None
    centre: Point | None = None


def discs(centres: Points, radius_m: float) -> Points:
    """Draw many-sided discs whose area is exactly that of the circle of this radius."""
    turn = 2 * math.pi / DISC_VERTICES
    corner_m = radius_m * math.sqrt(turn / math.sin(turn))
    angles = turn * np.arange(DISC_VERTICES)
    ring = corner_m * np.column_stack([np.cos(angles), np.sin(angles)])
    drawn: Points = shapely.polygons(shapely.get_coordinates(centres)[:, None, :] + ring)
    return drawn


def open_radius_m(area_m2: float) -> float:
    """Return the radius of a circle of this area."""
    return math.sqrt(area_m2 / math.pi)


def clipped_disc(centre: Point, radius_m: float, allowed: Geometry) -> Polygon:
    """Return the part of a disc on allowed ground that lies nearest its centre."""
    clipped = discs(np.array([centre]), radius_m)[0].intersection(allowed)
    parts = [part for part in shapely.get_parts(clipped) if isinstance(part, Polygon)]
    if not parts:
        return Polygon()
    return min(parts, key=lambda part: (part.distance(centre), -part.area))


def solved_radius_m(centre: Point, area_m2: float, allowed: Geometry) -> float | None:
    """Return the radius whose clipped disc has this area, or None if no sensible radius has."""
    least_m = open_radius_m(area_m2)
    most_m = least_m * MOST_GROWTH

    def excess_m2(radius_m: float) -> float:
        return float(clipped_disc(centre, radius_m, allowed).area) - area_m2

    if excess_m2(least_m) >= -AREA_TOLERANCE_M2:
        return least_m
    if excess_m2(most_m) < 0:
        return None
    radius_m = float(brentq(excess_m2, least_m, most_m, xtol=RADIUS_TOLERANCE_M))
    # The area jumps where a growing disc joins two pieces of ground: then no radius fits.
    return radius_m if abs(excess_m2(radius_m)) <= AREA_TOLERANCE_M2 else None


def shares(shape: Geometry, grounds: Sequence[Geometry]) -> Floats:
    """Return the share of a shape's area in each of the grounds."""
    found = shared_ground(np.array([shape]), np.array(grounds, dtype=object))
    share = np.zeros(len(grounds))
    share[found.unit] = found.share
    return share


def footprint(area_m2: float, ground: Ground) -> Polygon | None:
    """Lay one compact footprint of this area on the ground, or return None where none fits."""
    if ground.centre is not None:
        return next(_fitting([ground.centre], area_m2, ground), None)
    centres = candidate_centres(ground.allowed, open_radius_m(area_m2))
    worths = _worths(centres, area_m2, ground)
    tries = min(TRIES, int(np.isfinite(worths).sum()))
    # Rounded, so that no last bit of a sum decides between two places of equal worth.
    order = np.argsort(-np.round(worths, WORTH_DECIMALS), kind="stable")[:tries]
    return next(_fitting(centres[order], area_m2, ground), None)


def candidate_centres(allowed: Geometry, radius_m: float) -> Points:
    """Return the points of a square lattice that lie on allowed ground."""
    if allowed.is_empty:
        return np.array([], object)
    west, south, east, north = allowed.bounds
    side_m = min(east - west, north - south)
    step_m = max(2 * radius_m / CENTRES_ACROSS, math.sqrt(allowed.area / MOST_CENTRES))
    step_m = min(step_m, side_m / LEAST_CENTRES_ACROSS)
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    lattice: Points = shapely.points(x.ravel(), y.ravel())
    shapely.prepare(allowed)
    on_ground: NDArray[np.bool_] = shapely.contains(allowed, lattice)
    return lattice[on_ground]


def _worths(centres: Points, area_m2: float, ground: Ground) -> Floats:
    """Weigh centres by the disc that would stand on them in open ground."""
    if not len(centres):
        return np.array([])
    radius_m = open_radius_m(area_m2)
    clipped = shapely.intersection(discs(centres, radius_m), ground.allowed)
    middle = (ground.hint or ground.allowed).centroid
    reach_m = open_radius_m(ground.allowed.area)
    worth: Floats = OPEN_WORTH * shapely.area(clipped) / area_m2
    worth -= NEARNESS_WORTH * shapely.distance(centres, middle) / reach_m
    if ground.required:
        inside = [shared_m2(clipped, own) for own in ground.required]
        reached = np.min(inside, axis=0) / (ground.least_share * area_m2)
        worth += SHARE_WORTH * np.minimum(reached / AMPLE_SHARE, 1)
        worth[reached < 1] = -np.inf
    if ground.hint is not None:
        hinted = shared_m2(clipped, ground.hint)
        worth += HINT_WORTH * hinted / area_m2
    return worth


def _fitting(centres: Iterable[Point], area_m2: float, ground: Ground) -> Iterator[Polygon]:
    """Yield the footprints that have the area, no hole and enough ground in every commune."""
    for centre in centres:
        radius_m = solved_radius_m(centre, area_m2, ground.allowed)
        if radius_m is None:
            continue
        drawn = clipped_disc(centre, radius_m, ground.allowed)
        enough = not ground.required or shares(drawn, ground.required).min() >= ground.least_share
        if enough and not drawn.interiors:
            yield drawn


def groupings(count: int) -> list[tuple[tuple[int, ...], ...]]:
    """List the ways to part some communes into groups, fewest groups first."""
    if count == 0:
        return [()]
    last = count - 1
    found = []
    for smaller in groupings(last):
        for at, group in enumerate(smaller):
            found.append((*smaller[:at], (*group, last), *smaller[at + 1 :]))
        found.append((*smaller, (last,)))
    return sorted(found, key=lambda groups: (len(groups), groups))


def compactness(shape: Geometry) -> float:
    """Return the shape's area as a share of that of the circle with its perimeter."""
    return float(4 * math.pi * shape.area / shape.length**2)
