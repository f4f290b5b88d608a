"""A synthetic province for benchmarks: parcels, communes and zones, seeded, with planted faults.

The parcels are a wavy grid over 3,522 km². Faults are planted where only one neighbour can notice,
so the pairs that overlap are known beforehand.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

CRS = "EPSG:9213"
WEST_M, SOUTH_M = 400_000.0, 2_360_000.0
SIDE_M = 59_346.0  # squared, 3,522 km²
BETWEEN = 2  # vertices on an edge between two corners
COMMUNES = (20, 10)
COMMUNE_VERTICES_A_SIDE = 288
ZONES = 35
WAVES, WARP = 3, 0.9  # how often and how much parcels grow and shrink over the dirty province

Floats = NDArray[np.float64]
Outlines = NDArray[np.object_]


@dataclass(frozen=True)
class Province:
    """Parcels with the pairs of them that were made to overlap, communes and zones."""

    parcels: Outlines
    planted: set[tuple[int, int]]
    communes: Outlines
    zones: Outlines


def province(count: int, *, dirty: bool = False, seed: int = 341) -> Province:
    """Return about `count` parcels; the same seed gives the same province."""
    rng = np.random.default_rng(seed)
    across = round(np.sqrt(count))
    rings, cell_m = wavy_grid(rng, across, across, BETWEEN, 0.25, warped=dirty)
    planted = plant_overlaps(rng, rings, across, cell_m)
    parcels = with_extra_vertices(rng, rings)
    if dirty:
        damage(rng, rings, parcels)
    twice = rng.choice(len(parcels), max(1, len(parcels) // 1000), replace=False)
    planted |= {(int(one), len(parcels) + at) for at, one in enumerate(twice)}
    parcels = np.concatenate([parcels, parcels[twice]])
    if dirty:
        parcels = with_holes_and_parts(rng, parcels)
    cells, _ = wavy_grid(rng, *COMMUNES, COMMUNE_VERTICES_A_SIDE - 1, 0.2, warped=False)
    return Province(parcels, planted, shapely.polygons(cells), zones(rng))


def wavy_grid(
    rng: np.random.Generator, nx: int, ny: int, between: int, shake: float, *, warped: bool
) -> tuple[Floats, float]:
    """Return the rings of a coverage of nx by ny cells and the usual size of a cell."""
    corner = np.stack(np.meshgrid(np.arange(nx + 1.0), np.arange(ny + 1.0), indexing="ij"), axis=-1)
    corner[1:-1, 1:-1] += rng.uniform(-shake, shake, (nx - 1, ny - 1, 2))
    level = _edges(rng, corner[:-1], corner[1:], between)  # west to east, below each cell
    upright = _edges(rng, corner[:, :-1], corner[:, 1:], between)
    rings = np.concatenate(
        [
            level[:, :-1, :-1],
            upright[1:, :, :-1],
            level[:, 1:, :0:-1],
            upright[:-1, :, :0:-1],
            level[:, :-1, :1],
        ],
        axis=2,
    ).reshape(nx * ny, -1, 2)
    share = rings / (nx, ny)
    if warped:
        share += WARP * np.sin(2 * np.pi * WAVES * share) / (2 * np.pi * WAVES)
    # whole tenths of a millimetre, as surveys store them
    return np.round(share * SIDE_M + (WEST_M, SOUTH_M), 4), SIDE_M / nx


def _edges(rng: np.random.Generator, start: Floats, end: Floats, between: int) -> Floats:
    along = np.linspace(0, 1, between + 2)[:, None]
    line = start[:, :, None] * (1 - along) + end[:, :, None] * along
    across = (end - start)[:, :, None, ::-1] * (1, -1)
    wave = rng.uniform(-0.06, 0.06, line.shape[:3])[..., None]
    wave[:, :, (0, -1)] = 0
    if between > BETWEEN:  # a long edge meanders instead of shivering
        steps = np.cumsum(wave, axis=2) / 8
        wave = (steps - along * steps[:, :, -1:]) * 4 * along * (1 - along)
    wave[0 if start.shape[0] > end.shape[0] else slice(0, 0)] = 0
    return line + across * wave


def plant_overlaps(
    rng: np.random.Generator, rings: Floats, across: int, cell_m: float
) -> set[tuple[int, int]]:
    """Push a vertex of some parcels over their eastern neighbour, or back; return the pairs."""
    inner = np.arange(len(rings)).reshape(across, across)[1:-2:2, 1:-1].ravel()
    chosen = rng.choice(inner, 3 * (len(rings) // 100), replace=False)
    deep, shallow, gap = np.split(chosen, 3)
    vertex = BETWEEN + 2  # the first vertex on the eastern edge
    edge = rings[:, BETWEEN + 1, :] - rings[:, 2 * (BETWEEN + 1), :]
    outward = edge[:, ::-1] * (-1, 1) / np.hypot(*edge.T)[:, None]
    reach_m = 0.15 * np.hypot(*edge.T)[:, None]
    rings[deep, vertex] += (outward * reach_m)[deep]
    rings[shallow, vertex] += (outward * np.minimum(0.1, reach_m))[shallow]
    rings[gap, vertex] -= (outward * reach_m)[gap]
    return {(int(one), int(one) + across) for one in (*deep, *shallow)}


def with_extra_vertices(rng: np.random.Generator, rings: Floats) -> Outlines:
    """Return the outlines, some with a vertex that the neighbour across the edge lacks."""
    parcels = shapely.polygons(rings)
    some = rng.choice(len(rings), len(rings) // 50, replace=False)
    middle = (rings[some, 0] + rings[some, 1]) / 2
    parcels[some] = shapely.polygons(np.insert(rings[some], 1, middle, axis=1))
    return parcels


def damage(rng: np.random.Generator, rings: Floats, parcels: Outlines) -> None:
    """Shake every vertex of 30 % of the parcels by a millimetre."""
    some = rng.choice(len(rings), 3 * len(rings) // 10, replace=False)
    shaken = rings[some] + rng.normal(0, 0.001, rings[some].shape)
    shaken[:, -1] = shaken[:, 0]
    parcels[some] = shapely.polygons(shaken)


def with_holes_and_parts(rng: np.random.Generator, parcels: Outlines) -> Outlines:
    """Return the parcels, some cut out around a new parcel, some taking in one far from them."""
    some = rng.choice(len(parcels), len(parcels) // 50, replace=False)
    holed, parted = np.array_split(some, 2)
    inner = shapely.transform(
        parcels[holed], lambda xy: xy
    )  # a copy, so that both rings are one and the same
    middle = shapely.centroid(inner)
    inner = shapely.buffer(middle, 0.15 * np.sqrt(shapely.area(inner)), quad_segs=2)
    inside = shapely.contains_properly(parcels[holed], inner)
    holed, inner = holed[inside], inner[inside]
    result = parcels.copy()
    result[holed] = shapely.polygons(
        shapely.get_exterior_ring(parcels[holed]), holes=shapely.get_exterior_ring(inner)[:, None]
    )
    host, guest = parted, parted + 3  # a field or two away
    both = np.stack([parcels[host], parcels[guest % len(parcels)]], axis=1)
    apart = shapely.disjoint(both[:, 0], both[:, 1]) & (shapely.distance(*both.T) < 2_000)
    apart &= ~np.isin(guest, some) & ~np.isin(host, guest)
    result[host[apart]] = shapely.multipolygons(both[apart])
    return np.concatenate([np.delete(result, guest[apart]), inner])


def zones(rng: np.random.Generator) -> Outlines:
    """Return wobbly discs of 30 to 500 hectares."""
    angle = np.linspace(0, 2 * np.pi, 121)[:-1]
    hectares = rng.uniform(30, 500, ZONES)
    radius_m = np.sqrt(hectares * 1e4 / np.pi)[:, None] * (
        1 + 0.15 * np.sin(angle * rng.integers(2, 7, (ZONES, 1)) + rng.uniform(0, 6, (ZONES, 1)))
    )
    middle = rng.uniform(3_000, SIDE_M - 3_000, (ZONES, 1, 2)) + np.array([WEST_M, SOUTH_M])
    ring = middle + radius_m[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return shapely.polygons(ring)
