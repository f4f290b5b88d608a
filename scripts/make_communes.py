"""Draw the indicative communes from figures alone: area, centroid and second moments."""

import argparse
import csv
import json
import os
from pathlib import Path

# Before numpy starts: its sums then come out alike, to the last bit, on every x86 processor.
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")

import numpy as np
import shapely
from pyproj import Transformer

from gis import partition
from gis.partition import Generators, Lattice, Targets

LAYERS = Path(__file__).resolve().parent.parent / "layers" / "thai-nguyen-341"

LON_LAT = 4326
METRES = 9213  # VN-2000 / TM-3 Thái Nguyên 106-30
DECIMALS = 7  # about one centimetre
PROVENANCE = "indicative"

NEIGHBOUR_REACH_M = 30_000  # neighbours farther than this never meet a commune of the province
FITTED_REACH_M = 8_000  # farther neighbours reach out of the lattice, so their area is not fitted
MARGIN_M = 22_000  # lattice beyond the outermost centroids, and ground weighed around each
COARSE_STEP_M, FINE_STEP_M = 250, 150
CANDIDATES, SHORT_CANDIDATES = 24, 8  # units weighed at a point, before and after the first fit
AREA_STEPS, MOMENT_STEPS, FINE_STEPS, DRAWN_STEPS = 30, 80, 30, 10
TOLERANCE_M = 60  # coverage simplification: well inside the error of an indicative border
WORST_AREA_P90 = 0.02


def main() -> None:
    """Draw the communes and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=Path, default=LAYERS, help="folder of the tables")
    parser.add_argument("--out", type=Path, help="file to write (default: in that folder)")
    arguments = parser.parse_args()
    communes = read_table(arguments.layers / "communes.csv")
    communes.sort(key=lambda row: row["unit_code"])
    shapes = stored_cells(communes, read_table(arguments.layers / "neighbours.csv"))
    assert_promises(shapes, column(communes, "area_km2") * 1e6)
    properties = [{"unit_code": row["unit_code"], "provenance": PROVENANCE} for row in communes]
    write_layer(arguments.out or arguments.layers / "communes.geojson", properties, shapes)


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table, every value as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    """Return a column of numbers."""
    return np.array([float(row[name]) for row in rows])


def stored_cells(communes: list[dict[str, str]], around: list[dict[str, str]]) -> np.ndarray:
    """Return the communes' cells in degrees, as the file keeps them."""
    around = [row for row in around if float(row["distance_to_province_m"]) < NEIGHBOUR_REACH_M]
    targets = stated_figures(communes, around)
    generators = partition.stated_generators(targets)
    province = targets.centroids_m[: len(communes)]
    for step_m, weighed, area_steps, moment_steps in (
        (COARSE_STEP_M, CANDIDATES, AREA_STEPS, 0),
        (COARSE_STEP_M, SHORT_CANDIDATES, 0, MOMENT_STEPS),
        (FINE_STEP_M, SHORT_CANDIDATES, FINE_STEPS, 0),
    ):
        lattice, inside, candidates = weighed_ground(province, generators, step_m, weighed)
        generators = partition.fit(
            generators,
            targets,
            lattice.points_m()[inside],
            candidates,
            step_m**2,
            area_steps=area_steps,
            moment_steps=moment_steps,
        )
    return drawn_to_area(lattice, inside, candidates, generators, targets, len(communes))


def stated_figures(communes: list[dict[str, str]], around: list[dict[str, str]]) -> Targets:
    """Return what each cell, of the province and around it, should measure."""
    rows = communes + around
    to_metres = Transformer.from_crs(LON_LAT, METRES, always_xy=True)
    near = [float(row["distance_to_province_m"]) < FITTED_REACH_M for row in around]
    fit_area = np.array([True] * len(communes) + near)
    is_centroid = [row.get("point_kind", "centroid") == "centroid" for row in rows]
    areas_m2 = column(rows, "area_km2") * 1e6
    covariances_m2 = partition.covariance_matrices(
        *(column(rows, name) for name in ("sxx", "sxy", "syy"))
    )
    return Targets(
        areas_m2=areas_m2,
        centroids_m=np.column_stack(to_metres.transform(column(rows, "lon"), column(rows, "lat"))),
        covariances_m2=partition.roomy_covariances(covariances_m2, areas_m2),
        fit_area=fit_area,
        fit_centroid=fit_area & np.array(is_centroid),
    )


def weighed_ground(
    province_m: np.ndarray, generators: Generators, step_m: float, weighed: int
) -> tuple[Lattice, np.ndarray, np.ndarray]:
    """Return a lattice over the province, which of its points are weighed, and their candidates."""
    lattice = partition.covering_lattice(province_m, MARGIN_M, step_m)
    points = lattice.points_m()
    inside = partition.within_reach(points, province_m, MARGIN_M)
    near = partition.nearest_units(points[inside], generators.centres_m, CANDIDATES)
    return lattice, inside, partition.shortlist(points[inside], near, generators, weighed)


def drawn_to_area(
    lattice: Lattice,
    inside: np.ndarray,
    candidates: np.ndarray,
    generators: Generators,
    targets: Targets,
    commune_count: int,
) -> np.ndarray:
    """Return the drawn cells in degrees, weights mended for what simplifying did to areas."""
    areas_m2 = targets.areas_m2.copy()
    best, best_error = None, np.inf
    for _ in range(DRAWN_STEPS):
        cells = partition.draw_cells(
            lattice,
            inside,
            candidates,
            generators,
            unit_count=commune_count,
            tolerance_m=TOLERANCE_M,
        )
        areas_m2[:commune_count] = shapely.area(cells)
        error = np.abs(areas_m2 / targets.areas_m2 - 1).mean()
        if error < best_error:
            best, best_error = cells, error
        generators = partition.area_step(generators, targets, areas_m2)
    return partition.stored_shapes(projected(best, METRES, LON_LAT), DECIMALS)


def projected(shapes: np.ndarray, source: int, target: int) -> np.ndarray:
    """Return the shapes' vertices carried from one reference system to another."""
    convert = Transformer.from_crs(source, target, always_xy=True).transform
    return shapely.transform(shapes, lambda xy: np.column_stack(convert(*xy.T)))


def assert_promises(shapes: np.ndarray, official_m2: np.ndarray) -> None:
    """Stop unless the stored cells are a clean coverage of single parts with the stated areas."""
    cells = projected(shapes, LON_LAT, METRES)
    for coverage in (shapes, cells):
        assert shapely.is_valid(coverage).all(), "a cell is not a valid polygon"
        assert shapely.coverage_is_valid(coverage), "the cells are not a clean coverage"
    assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all(), "a cell is in parts"
    errors = np.abs(shapely.area(cells) / official_m2 - 1)
    assert np.percentile(errors, 90) <= WORST_AREA_P90, "the cells miss the official areas"


def write_layer(path: Path, properties: list[dict], shapes: np.ndarray) -> None:
    """Write an RFC 7946 feature collection, one feature per line."""
    features = (
        json.dumps(
            {"type": "Feature", "properties": own, "geometry": json.loads(geometry)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for own, geometry in zip(properties, shapely.to_geojson(shapes), strict=True)
    )
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
