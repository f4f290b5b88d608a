"""Divide land among units of which only area, centroid and second moments are known."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

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

    centres_m: np.ndarray
    covariances_m2: np.ndarray
    weights: np.ndarray
    lacks: np.ndarray
    gains: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Targets:
    """What each cell should measure, and which of the figures are to be met."""

    areas_m2: np.ndarray
    centroids_m: np.ndarray
    covariances_m2: np.ndarray
    fit_area: np.ndarray
    fit_centroid: np.ndarray


@dataclass(frozen=True, slots=True)
class Lattice:
    """A square lattice of points."""

    west_m: float
    south_m: float
    step_m: float
    columns: int
    rows: int

    def points_m(self) -> np.ndarray:
        """Return every point of the lattice, row by row from the south-west."""
        x, y = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        corner = np.array([self.west_m, self.south_m])
        return corner + self.step_m * np.column_stack([x.ravel(), y.ravel()])

    def edges(self) -> np.ndarray:
        """Return the pairs of neighbouring points: along rows, along columns and along one diagonal."""
        at = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        pairs = (at[:, :-1], at[:, 1:]), (at[:-1], at[1:]), (at[:-1, :-1], at[1:, 1:])
        return np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in pairs])

    def triangles(self) -> np.ndarray:
        """Return the two triangles of every square of the lattice."""
        at = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        low, right, high, up = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
        halves = (low, right, high), (low, high, up)
        return np.concatenate([np.column_stack([c.ravel() for c in half]) for half in halves])


def covering_lattice(points_m: np.ndarray, margin_m: float, step_m: float) -> Lattice:
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


def within_reach(points_m: np.ndarray, centres_m: np.ndarray, reach_m: float) -> np.ndarray:
    """Tell whether each point lies within the reach of some centre."""
    distances, _ = cKDTree(centres_m).query(points_m, distance_upper_bound=reach_m)
    return np.isfinite(distances)


def covariance_matrices(sxx: np.ndarray, sxy: np.ndarray, syy: np.ndarray) -> np.ndarray:
    """Return one symmetric two-by-two matrix per unit from its second moments."""
    return np.stack([np.stack([sxx, sxy], -1), np.stack([sxy, syy], -1)], -2).astype(float)


def roomy_covariances(covariances_m2: np.ndarray, areas_m2: np.ndarray) -> np.ndarray:
    """Return the covariances, widened where no shape of the stated area could be as compact as that."""
    fill = areas_m2 / (4 * np.pi * np.sqrt(np.linalg.det(covariances_m2)))
    return covariances_m2 * np.maximum(1, fill / MOST_FILL)[:, None, None]


def nearest_units(points_m: np.ndarray, centres_m: np.ndarray, count: int) -> np.ndarray:
    """Return the units whose centres lie nearest to each point, nearest first."""
    _, units = cKDTree(centres_m).query(points_m, k=min(count, len(centres_m)))
    return units.reshape(len(points_m), -1)


def costs(points_m: np.ndarray, units: np.ndarray, generators: Generators) -> np.ndarray:
    """Return the squared distance to each unit in the unit's own covariance, less the unit's weight.

    Shape: `units` is (points,) or (points, candidates); the answer has the same shape.
    """
    inverse = np.linalg.inv(generators.covariances_m2)
    along = (slice(None),) + (None,) * (units.ndim - 1)
    dx = points_m[:, 0][along] - generators.centres_m[:, 0][units]
    dy = points_m[:, 1][along] - generators.centres_m[:, 1][units]
    xx, xy, yy = inverse[:, 0, 0], 2 * inverse[:, 0, 1], inverse[:, 1, 1]
    return (xx[units] * dx + xy[units] * dy) * dx + yy[units] * dy * dy - generators.weights[units]


def owners(points_m: np.ndarray, candidates: np.ndarray, generators: Generators) -> np.ndarray:
    """Return the unit each point belongs to: the candidate of least cost."""
    best = costs(points_m, candidates, generators).argmin(axis=1)
    return candidates[np.arange(len(points_m)), best]


def shortlist(
    points_m: np.ndarray, candidates: np.ndarray, generators: Generators, count: int
) -> np.ndarray:
    """Return the candidates of least cost at each point, so that later steps weigh fewer of them."""
    order = np.argsort(costs(points_m, candidates, generators), axis=1, kind="stable")
    return np.take_along_axis(candidates, order[:, :count], axis=1)


def cell_moments(
    points_m: np.ndarray, owner: np.ndarray, unit_count: int, point_area_m2: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Area, centroid and covariance of every cell, each point standing for a small square."""
    count = np.bincount(owner, minlength=unit_count)
    share = 1 / np.maximum(count, 1)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(owner, values, minlength=unit_count) * share

    centroid = np.column_stack([mean(points_m[:, 0]), mean(points_m[:, 1])])
    dx, dy = (points_m - centroid[owner]).T
    spread = covariance_matrices(mean(dx * dx), mean(dx * dy), mean(dy * dy))
    return count * point_area_m2, centroid, spread + np.eye(2) * point_area_m2 / 12


def area_step(generators: Generators, targets: Targets, areas_m2: np.ndarray) -> Generators:
    """Return the generators with heavier weights where a cell is too small and lighter where too large."""
    lacks = np.clip((targets.areas_m2 - areas_m2) / targets.areas_m2, -1, 1)
    lacks = np.where(targets.fit_area, lacks, 0)
    swung = lacks * generators.lacks < 0
    gains = generators.gains * np.where(swung, CALMER, BOLDER)
    gains = np.clip(gains, LEAST_GAIN, MOST_GAIN)
    weights = generators.weights + gains * lacks
    return replace(generators, weights=weights, lacks=lacks, gains=gains)


def moment_step(
    generators: Generators, targets: Targets, centroids_m: np.ndarray, covariances_m2: np.ndarray
) -> Generators:
    """Return the generators moved and stretched towards cells with the stated centroid and moments."""
    fit_centre, fit_spread = targets.fit_centroid[:, None], targets.fit_area[:, None, None]
    shift = CENTRE_GAIN * np.where(fit_centre, targets.centroids_m - centroids_m, 0)
    growth = SPREAD_GAIN * np.where(fit_spread, targets.covariances_m2 - covariances_m2, 0)
    centres = _near_stated(generators.centres_m + shift, targets)
    return replace(
        generators,
        centres_m=centres,
        covariances_m2=_like_stated(generators.covariances_m2 + growth, targets),
    )


def _near_stated(centres_m: np.ndarray, targets: Targets) -> np.ndarray:
    shift = centres_m - targets.centroids_m
    inverse = np.linalg.inv(targets.covariances_m2)
    deviations = np.sqrt(np.einsum("ni,nij,nj->n", shift, inverse, shift))
    kept = np.minimum(1, FARTHEST_SHIFT / np.maximum(deviations, FARTHEST_SHIFT))
    return targets.centroids_m + shift * kept[:, None]


def _like_stated(covariances_m2: np.ndarray, targets: Targets) -> np.ndarray:
    root = np.linalg.cholesky(targets.covariances_m2)
    back = np.linalg.inv(root)
    stretch, axes = np.linalg.eigh(back @ covariances_m2 @ back.transpose(0, 2, 1))
    stretch = np.clip(stretch, LEAST_STRETCH, MOST_STRETCH)
    bounded = (axes * stretch[:, None, :]) @ axes.transpose(0, 2, 1)
    return root @ bounded @ root.transpose(0, 2, 1)


def fit(
    generators: Generators,
    targets: Targets,
    points_m: np.ndarray,
    candidates: np.ndarray,
    point_area_m2: float,
    *,
    area_steps: int,
    moment_steps: int = 0,
) -> Generators:
    """Return the generators after steps that mend areas only, then steps that mend moments as well."""
    unit_count = len(targets.areas_m2)
    for step in range(area_steps + moment_steps):
        owner = owners(points_m, candidates, generators)
        areas, centroids, spreads = cell_moments(points_m, owner, unit_count, point_area_m2)
        generators = area_step(generators, targets, areas)
        if step >= area_steps:
            generators = moment_step(generators, targets, centroids, spreads)
    return generators


def hand_over_crumbs(labels: np.ndarray, edges: np.ndarray) -> np.ndarray:
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


def _parts(labels: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    lattice: Lattice, labels: np.ndarray, owner: np.ndarray, generators: Generators
) -> list[shapely.Polygon]:
    """Return the cells' outlines as a coverage: neighbours share every vertex of their common border.

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
    points_m: np.ndarray,
    labels: np.ndarray,
    units: np.ndarray,
    generators: Generators,
) -> np.ndarray:
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
    points_m: np.ndarray, edges: np.ndarray, units: np.ndarray, generators: Generators
) -> np.ndarray:
    """Return the point of every edge where the units of its two ends cost the same."""
    start, end = edges.T

    def lead(at: np.ndarray) -> np.ndarray:
        here = points_m[at]
        return costs(here, units[end], generators) - costs(here, units[start], generators)

    ahead, behind = lead(start), lead(end)
    fall = ahead - behind
    # A crumb that was handed over need not cost the same anywhere on its edge: take the middle.
    part = np.where(fall > 0, ahead / np.where(fall > 0, fall, 1), 0.5)
    part = np.clip(part, CROSSING_MARGIN, 1 - CROSSING_MARGIN)[:, None]
    return points_m[start] * (1 - part) + points_m[end] * part


def draw_cells(
    lattice: Lattice,
    inside: np.ndarray,
    candidates: np.ndarray,
    generators: Generators,
    *,
    unit_count: int,
    tolerance_m: float,
) -> np.ndarray:
    """Return the first `unit_count` units' cells as a simplified coverage of single polygons.

    Shape: `inside` marks the lattice points that are weighed; `candidates` has a row for each.
    """
    owner = np.zeros(len(inside), int)
    owner[inside] = owners(lattice.points_m()[inside], candidates, generators)
    labels = np.where(inside & (owner < unit_count), owner, OUTSIDE)
    cells = trace_cells(lattice, hand_over_crumbs(labels, lattice.edges()), owner, generators)
    return shapely.coverage_simplify(np.array(cells, object), tolerance_m)


def stored_shapes(shapes: np.ndarray, decimals: int) -> np.ndarray:
    """Return the shapes as a file keeps them: rounded, exterior rings counter-clockwise, fixed start."""
    rounded = shapely.transform(np.asarray(shapes, object), lambda xy: np.round(xy, decimals))
    return shapely.orient_polygons(shapely.normalize(rounded))
