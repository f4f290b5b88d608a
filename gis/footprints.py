"""Lay indicative footprints of a stated area on ground where a site may lie."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.optimize import brentq
from shapely import Geometry, Point, Polygon

DISC_VERTICES = 72  # looks round on a map and stays light in a file
CENTRES_ACROSS = 8  # candidate centres along a disc's diameter
LEAST_CENTRES_ACROSS = 14  # and along the shorter side of small ground
AREA_TOLERANCE_M2 = 1.0
RADIUS_TOLERANCE_M = 1e-6
FAREST_GROWTH = 3.0  # a radius beyond this multiple of the open disc's is a sliver, not a site
TRIES = 60  # candidate centres solved exactly, best first, before a footprint is given up

# What makes a centre convincing: an unclipped disc first, then ground in every commune, then the
# hinted ground, then nearness to the middle of the ground.
SHARE_WORTH, HINT_WORTH, NEARNESS_WORTH = 0.5, 0.5, 0.3


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


def disc(centre: Point, radius_m: float) -> Polygon:
    """Draw a many-sided disc whose area is exactly that of the circle of this radius."""
    turn = 2 * math.pi / DISC_VERTICES
    corner_m = radius_m * math.sqrt(turn / math.sin(turn))
    angles = turn * np.arange(DISC_VERTICES)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * corner_m
    return Polygon(ring + (centre.x, centre.y))


def open_radius_m(area_m2: float) -> float:
    """Return the radius of a circle of this area."""
    return math.sqrt(area_m2 / math.pi)


def clipped_disc(centre: Point, radius_m: float, allowed: Geometry) -> Polygon:
    """Return the part of a disc on allowed ground that lies nearest its centre."""
    clipped = disc(centre, radius_m).intersection(allowed)
    parts = [part for part in shapely.get_parts(clipped) if isinstance(part, Polygon)]
    if not parts:
        return Polygon()
    return min(parts, key=lambda part: (part.distance(centre), -part.area))


def solved_radius_m(centre: Point, area_m2: float, allowed: Geometry) -> float | None:
    """Return the radius whose clipped disc has this area, or None if no sensible radius has."""
    least_m = open_radius_m(area_m2)
    most_m = least_m * FAREST_GROWTH

    def excess_m2(radius_m: float) -> float:
        return clipped_disc(centre, radius_m, allowed).area - area_m2

    if excess_m2(least_m) >= -AREA_TOLERANCE_M2:
        return least_m
    if excess_m2(most_m) < 0:
        return None
    radius_m = brentq(excess_m2, least_m, most_m, xtol=RADIUS_TOLERANCE_M)
    # The area jumps where a growing disc joins two pieces of ground: then no radius fits.
    return radius_m if abs(excess_m2(radius_m)) <= AREA_TOLERANCE_M2 else None


def shares(footprint: Geometry, grounds: Sequence[Geometry]) -> np.ndarray:
    """Return the share of a footprint's area in each of the grounds."""
    return shapely.area(shapely.intersection(footprint, list(grounds))) / footprint.area


def footprint(area_m2: float, ground: Ground) -> Polygon | None:
    """Lay one compact footprint of this area on the ground, or return None where none fits."""
    if ground.centre is not None:
        return next(_fitting([ground.centre], area_m2, ground), None)
    centres = candidate_centres(ground.allowed, open_radius_m(area_m2))
    order = np.argsort(-_worths(centres, area_m2, ground), kind="stable")
    return next(_fitting(centres[order[:TRIES]], area_m2, ground), None)


def candidate_centres(allowed: Geometry, radius_m: float) -> np.ndarray:
    """Return the points of a square lattice that lie on allowed ground."""
    if allowed.is_empty:
        return np.array([], object)
    west, south, east, north = allowed.bounds
    side_m = min(east - west, north - south)
    step_m = min(2 * radius_m / CENTRES_ACROSS, side_m / LEAST_CENTRES_ACROSS)
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    lattice = shapely.points(x.ravel(), y.ravel())
    shapely.prepare(allowed)
    return lattice[shapely.contains(allowed, lattice)]


def _worths(centres: np.ndarray, area_m2: float, ground: Ground) -> np.ndarray:
    """Weigh centres by the disc that would stand on them in open ground."""
    if not len(centres):
        return np.array([])
    radius_m = open_radius_m(area_m2)
    clipped = shapely.intersection([disc(centre, radius_m) for centre in centres], ground.allowed)
    middle = (ground.hint or ground.allowed).centroid
    reach_m = open_radius_m(ground.allowed.area)
    worth = shapely.area(clipped) / area_m2
    worth -= NEARNESS_WORTH * shapely.distance(centres, middle) / reach_m
    if ground.required:
        inside = [shapely.area(shapely.intersection(clipped, own)) for own in ground.required]
        fair_m2 = area_m2 / len(ground.required)
        worth += SHARE_WORTH * np.minimum(np.min(inside, axis=0) / fair_m2, 1)
        # One that misses a commune is tried last of all.
        worth -= (np.min(inside, axis=0) < ground.least_share * area_m2) * 10
    if ground.hint is not None:
        hinted = shapely.area(shapely.intersection(clipped, ground.hint))
        worth += HINT_WORTH * hinted / area_m2
    return worth


def _fitting(centres: Sequence[Point], area_m2: float, ground: Ground) -> Iterator[Polygon]:
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
    return 4 * math.pi * shape.area / shape.length**2 if shape.length else 0.0
