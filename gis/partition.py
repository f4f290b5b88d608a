"""Divide land among units of which only area, centroid and second moments are known."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]

OUTSIDE = -1  # label of ground that belongs to no unit

# A uniform ellipse reaches to where the squared distance in its own covariance is 4, so half of
# that moves a border quickly without swinging past it.
LEAST_GAIN, FIRST_GAIN, MOST_GAIN = 0.1, 1.0, 1.2
CALMER, BOLDER = 0.7, 1.2  # factors on a unit's gain when its area swung past the target, or not
CENTRE_GAIN = 0.3  # share of the remaining centroid error taken back at each step
SPREAD_GAIN = 0.2  # share of the remaining second-moment error taken back at each step
FARTHEST_SHIFT = 1.0  # standard deviations a generator may leave its stated centroid
LEAST_STRETCH, MOST_STRETCH = 0.35, 2.5  # generator's spread as a multiple of the stated one
MOST_FILL = 0.95  # of the ellipse with the stated moments, the least spread a plane shape can have
CROSSING_MARGIN = 0.05  # a border stays this share of an edge away from its ends


@dataclass(frozen=True, eq=False, slots=True)
class Generators:
    """One centre, covariance and weight per unit: together they decide which unit owns a point.

    `lacks` and `gains` are the fitting's memory: the share of its area that each cell lacked at the
    last step, and how strongly the weight answers a lack.
    """

    centres_m: Floats
    covariances_m2: Floats
    weights: Floats
    lacks: Floats
    gains: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Targets:
    """What each cell should measure, and which of the figures are to be met."""

    areas_m2: Floats
    centroids_m: Floats
    covariances_m2: Floats
    fit_area: Flags
    fit_centroid: Flags


@dataclass(frozen=True, slots=True)
class Lattice:
    """A square lattice of points."""

    west_m: float
    south_m: float
    step_m: float
    columns: int
    rows: int

    def points_m(self) -> Floats:
        """Return every point of the lattice, row by row from the south-west."""
        x, y = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        corner = np.array([self.west_m, self.south_m])
        places: Floats = corner + self.step_m * np.column_stack([x.ravel(), y.ravel()]).astype(
            float
        )
        return places

    def edges(self) -> Integers:
        """Return the pairs of neighbours: along rows, along columns and along one diagonal."""
        at = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        pairs = (at[:, :-1], at[:, 1:]), (at[:-1], at[1:]), (at[:-1, :-1], at[1:, 1:])
        return np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in pairs])

    def triangles(self) -> Integers:
        """Return the two triangles of every square of the lattice."""
        at = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        low, right, high, up = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
        halves = (low, right, high), (low, high, up)
        return np.concatenate([np.column_stack([c.ravel() for c in half]) for half in halves])


def covering_lattice(points_m: Floats, margin_m: float, step_m: float) -> Lattice:
    """Return the lattice that reaches a margin beyond the points on every side."""
    west, south = points_m.min(axis=0) - margin_m
    columns, rows = np.ceil((points_m.max(axis=0) + margin_m - (west, south)) / step_m).astype(int)
    return Lattice(float(west), float(south), step_m, int(columns) + 1, int(rows) + 1)


def stated_generators(targets: Targets) -> Generators:
    """Return generators as the stated figures have them, before any fitting."""
    nothing = np.zeros(len(targets.areas_m2))
    return Generators(
        targets.centroids_m,
        targets.covariances_m2,
        weights=nothing,
        lacks=nothing,
        gains=np.full_like(nothing, FIRST_GAIN),
    )


def within_reach(points_m: Floats, centres_m: Floats, reach_m: float) -> Flags:
    """Tell whether each point lies within the reach of some centre."""
    distances, _ = cKDTree(centres_m).query(points_m, distance_upper_bound=reach_m)
    near: Flags = np.isfinite(distances)
    return near


def covariance_matrices(sxx: Floats, sxy: Floats, syy: Floats) -> Floats:
    """Return one symmetric two-by-two matrix per unit from its second moments."""
    return np.stack([np.stack([sxx, sxy], -1), np.stack([sxy, syy], -1)], -2).astype(float)


def roomy_covariances(covariances_m2: Floats, areas_m2: Floats) -> Floats:
    """Return the covariances, widened where no shape of the stated area is that compact."""
    fill = areas_m2 / (4 * np.pi * np.sqrt(np.linalg.det(covariances_m2)))
    widening: Floats = np.maximum(1, fill / MOST_FILL)
    return covariances_m2 * widening[:, None, None]


def nearest_units(points_m: Floats, centres_m: Floats, count: int) -> Integers:
    """Return the units whose centres lie nearest to each point, nearest first."""
    _, units = cKDTree(centres_m).query(points_m, k=min(count, len(centres_m)))
    nearest: Integers = units.reshape(len(points_m), -1)
    return nearest


def costs(points_m: Floats, units: Integers, generators: Generators) -> Floats:
    """Return the squared distance to each unit in its own covariance, less its weight.

    Shape: `units` is (points,) or (points, candidates); the answer has the same shape.
    """
    inverse = np.linalg.inv(generators.covariances_m2)
    along = (slice(None),) + (None,) * (units.ndim - 1)
    dx = points_m[:, 0][along] - generators.centres_m[:, 0][units]
    dy = points_m[:, 1][along] - generators.centres_m[:, 1][units]
    xx, xy, yy = inverse[:, 0, 0], 2 * inverse[:, 0, 1], inverse[:, 1, 1]
    return (xx[units] * dx + xy[units] * dy) * dx + yy[units] * dy * dy - generators.weights[units]


def owners(points_m: Floats, candidates: Integers, generators: Generators) -> Integers:
    """Return the unit each point belongs to: the candidate of least cost."""
    best = costs(points_m, candidates, generators).argmin(axis=1)
    owner: Integers = candidates[np.arange(len(points_m)), best]
    return owner


def shortlist(
    points_m: Floats, candidates: Integers, generators: Generators, count: int
) -> Integers:
    """Return the candidates of least cost at each point, for later steps to weigh fewer."""
    order = np.argsort(costs(points_m, candidates, generators), axis=1, kind="stable")
    return np.take_along_axis(candidates, order[:, :count], axis=1)


def cell_moments(
    points_m: Floats, owner: Integers, unit_count: int, point_area_m2: float
) -> tuple[Floats, Floats, Floats]:
    """Area, centroid and covariance of every cell, each point standing for a small square."""
    count = np.bincount(owner, minlength=unit_count)
    share = 1 / np.maximum(count, 1)

    def mean(values: Floats) -> Floats:
        return np.bincount(owner, values, minlength=unit_count) * share

    centroid = np.column_stack([mean(points_m[:, 0]), mean(points_m[:, 1])])
    dx, dy = (points_m - centroid[owner]).T
    spread = covariance_matrices(mean(dx * dx), mean(dx * dy), mean(dy * dy))
    area_m2: Floats = count.astype(float) * point_area_m2
    return area_m2, centroid, spread + np.eye(2) * point_area_m2 / 12


def area_step(generators: Generators, targets: Targets, areas_m2: Floats) -> Generators:
    """Return the generators with heavier weights where a cell is too small, else lighter."""
    lacks = np.clip((targets.areas_m2 - areas_m2) / targets.areas_m2, -1, 1)
    lacks = np.where(targets.fit_area, lacks, 0)
    swung = lacks * generators.lacks < 0
    gains = generators.gains * np.where(swung, CALMER, BOLDER)
    gains = np.clip(gains, LEAST_GAIN, MOST_GAIN)
    weights = generators.weights + gains * lacks
    return replace(generators, weights=weights, lacks=lacks, gains=gains)


def moment_step(
    generators: Generators, targets: Targets, centroids_m: Floats, covariances_m2: Floats
) -> Generators:
    """Return the generators moved and stretched towards the stated centroids and moments."""
    fit_centre, fit_spread = targets.fit_centroid[:, None], targets.fit_area[:, None, None]
    shift = CENTRE_GAIN * np.where(fit_centre, targets.centroids_m - centroids_m, 0)
    growth = SPREAD_GAIN * np.where(fit_spread, targets.covariances_m2 - covariances_m2, 0)
    centres = _near_stated(generators.centres_m + shift, targets)
    return replace(
        generators,
        centres_m=centres,
        covariances_m2=_like_stated(generators.covariances_m2 + growth, targets),
    )


def _near_stated(centres_m: Floats, targets: Targets) -> Floats:
    shift = centres_m - targets.centroids_m
    inverse = np.linalg.inv(targets.covariances_m2)
    deviations = np.sqrt(np.einsum("ni,nij,nj->n", shift, inverse, shift))
    kept: Floats = np.minimum(1, FARTHEST_SHIFT / np.maximum(deviations, FARTHEST_SHIFT))
    return targets.centroids_m + shift * kept[:, None]


def _like_stated(covariances_m2: Floats, targets: Targets) -> Floats:
    root = np.linalg.cholesky(targets.covariances_m2)
    back = np.linalg.inv(root)
    stretch, axes = np.linalg.eigh(back @ covariances_m2 @ back.transpose(0, 2, 1))
    stretch = np.clip(stretch, LEAST_STRETCH, MOST_STRETCH)
    bounded = (axes * stretch[:, None, :]) @ axes.transpose(0, 2, 1)
    covariances: Floats = root @ bounded @ root.transpose(0, 2, 1)
    return covariances


def fit(
    generators: Generators,
    targets: Targets,
    points_m: Floats,
    candidates: Integers,
    point_area_m2: float,
    *,
    area_steps: int,
    moment_steps: int = 0,
) -> Generators:
    """Return the generators after steps that mend areas only, then moments as well."""
    unit_count = len(targets.areas_m2)
    for step in range(area_steps + moment_steps):
        owner = owners(points_m, candidates, generators)
        areas, centroids, spreads = cell_moments(points_m, owner, unit_count, point_area_m2)
        generators = area_step(generators, targets, areas)
        if step >= area_steps:
            generators = moment_step(generators, targets, centroids, spreads)
    return generators


def hand_over_crumbs(labels: Integers, edges: Integers) -> Integers:
    """Return the labels with every detached crumb given to the unit it touches along most edges."""
    labels = labels.copy()
    while True:
        part, is_main = _parts(labels, edges)
        if is_main.all():
            return labels
        here, there = np.concatenate([edges, edges[:, ::-1]]).T
        open_edge = ~is_main[part[here]] & is_main[part[there]]
        touching = np.column_stack([part[here[open_edge]], labels[there[open_edge]]])
        pairs, counts = np.unique(touching, axis=0, return_counts=True)
        order = np.lexsort((pairs[:, 1], -counts, pairs[:, 0]))
        crumbs, first = np.unique(pairs[order, 0], return_index=True)
        receiver = np.full(len(is_main), np.iinfo(labels.dtype).min)
        receiver[crumbs] = pairs[order[first], 1]
        handed = np.isin(part, crumbs)
        labels[handed] = receiver[part[handed]]


def _parts(labels: Integers, edges: Integers) -> tuple[Integers, Flags]:
    """Return the connected part of every point, and whether a part is the largest of its label."""
    inner = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    links = coo_array((np.ones(len(inner), bool), inner.T), shape=(len(labels), len(labels)))
    part_count, part = connected_components(links, directed=False)
    size = np.bincount(part)
    label_of = np.zeros(part_count, labels.dtype)
    label_of[part] = labels
    order = np.lexsort((np.arange(part_count), -size, label_of))
    is_main = np.zeros(part_count, bool)
    is_main[order[np.unique(label_of[order], return_index=True)[1]]] = True
    return part, is_main


def trace_cells(
    lattice: Lattice, labels: Integers, owner: Integers, generators: Generators
) -> list[shapely.Polygon]:
    """Return the cells' outlines as a coverage: neighbours share every vertex of a border.

    `labels` says which cell a lattice point is drawn in (OUTSIDE for none) and `owner` which unit
    won it; a border runs where the two units on either side cost the same.
    """
    points = lattice.points_m()
    units = np.where(labels == OUTSIDE, owner, labels)
    segments = _border_segments(lattice, points, labels, units, generators)
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(segments)))
    drawn, first = np.unique(labels, return_index=True)
    seeds = shapely.points(points[first[drawn != OUTSIDE]])
    seed, face = shapely.STRtree(faces).query(seeds, predicate="within")
    return list(faces[face[np.argsort(seed)]])


def _border_segments(
    lattice: Lattice,
    points_m: Floats,
    labels: Integers,
    units: Integers,
    generators: Generators,
) -> Floats:
    """Return the pieces of border inside every triangle, as pairs of end points."""
    edges = lattice.edges()
    edges = edges[labels[edges[:, 0]] != labels[edges[:, 1]]]
    keys = edges[:, 0] * len(points_m) + edges[:, 1]
    order = np.argsort(keys)
    crossings = _crossings(points_m, edges[order], units, generators)

    corners = lattice.triangles()
    sides = np.stack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]], 1)
    sides.sort(axis=2)
    crossed = labels[sides[..., 0]] != labels[sides[..., 1]]
    where = np.searchsorted(keys[order], sides[..., 0] * len(points_m) + sides[..., 1])
    two, three = crossed.sum(axis=1) == 2, crossed.all(axis=1)
    across = crossings[where[two][crossed[two]].reshape(-1, 2)]
    around = crossings[where[three]]
    middle = np.broadcast_to(around.mean(axis=1, keepdims=True), around.shape)
    spokes = np.stack([around, middle], axis=2).reshape(-1, 2, 2)
    return np.concatenate([across, spokes])


def _crossings(
    points_m: Floats, edges: Integers, units: Integers, generators: Generators
) -> Floats:
    """Return the point of every edge where the units of its two ends cost the same."""
    start, end = edges.T

    def lead(at: Integers) -> Floats:
        here = points_m[at]
        return costs(here, units[end], generators) - costs(here, units[start], generators)

    ahead, behind = lead(start), lead(end)
    fall = ahead - behind
    # A crumb that was handed over need not cost the same anywhere on its edge: take the middle.
    exact = np.where(fall > 0, ahead / np.where(fall > 0, fall, 1), 0.5)
    part: Floats = np.clip(exact, CROSSING_MARGIN, 1 - CROSSING_MARGIN)[:, None]
    crossing: Floats = points_m[start] * (1 - part) + points_m[end] * part
    return crossing


def draw_cells(
    lattice: Lattice,
    inside: Flags,
    candidates: Integers,
    generators: Generators,
    *,
    unit_count: int,
    tolerance_m: float,
) -> Shapes:
    """Return the first `unit_count` units' cells as a simplified coverage of single polygons.

    Shape: `inside` marks the lattice points that are weighed; `candidates` has a row for each.
    """
    owner = np.zeros(len(inside), int)
    owner[inside] = owners(lattice.points_m()[inside], candidates, generators)
    labels = np.where(inside & (owner < unit_count), owner, OUTSIDE)
    cells = trace_cells(lattice, hand_over_crumbs(labels, lattice.edges()), owner, generators)
    simplified: Shapes = shapely.coverage_simplify(np.array(cells, object), tolerance_m)
    return simplified


def stored_shapes(shapes: Shapes, decimals: int) -> Shapes:
    """Return the shapes as a file keeps them: rounded, rings right-handed, fixed start."""
    rounded = shapely.transform(np.asarray(shapes, object), lambda xy: np.round(xy, decimals))
    oriented: Shapes = shapely.orient_polygons(shapely.normalize(rounded))
    return oriented
