"""The indicative layers keep what they promise, shown from the tables alone."""

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import Point, box

from gis import footprints, partition

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ROOT / "layers" / "thai-nguyen-341"
TO_METRES = Transformer.from_crs(4326, 9213, always_xy=True)
BASES = {
    "named_commune",
    "sourced_commune",
    "name_match",
    "hamlet",
    "district_only",
    "coordinate",
}


def table(name):
    with (LAYERS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def layer(name, key):
    """Return properties and shapes in degrees and in metres, by id, as the file has them."""
    features = json.loads((LAYERS / name).read_text(encoding="utf-8"))["features"]
    ids = [feature["properties"][key] for feature in features]
    degrees = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    metres = shapely.transform(
        np.array(degrees), lambda xy: np.column_stack(TO_METRES.transform(*xy.T))
    )
    properties = dict(zip(ids, (feature["properties"] for feature in features), strict=True))
    return properties, dict(zip(ids, degrees, strict=True)), dict(zip(ids, metres, strict=True))


COMMUNES = {row["unit_code"]: row for row in table("communes.csv")}
SITES = {row["site_id"]: row for row in table("sites.csv")}
PLACES = {site: [row for row in table("places.csv") if row["site_id"] == site] for site in SITES}
CELL_PROPERTIES, CELL_DEGREES, CELLS = layer("communes.geojson", "unit_code")
SITE_PROPERTIES, SITE_DEGREES, FOOTPRINTS = layer("sites.geojson", "site_id")


def grounds(site_id):
    """Return the communes a site may lie in, or its districts where no commune is known."""
    codes = [row["unit_code"] for row in PLACES[site_id] if row["unit_code"]]
    return [CELLS[code] for code in codes] or [
        shapely.union_all([CELLS[code] for code, row in COMMUNES.items() if row["district"] == own])
        for own in SITES[site_id]["districts"].split(";")
    ]


# --- the committed files -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["communes.geojson", "sites.geojson"])
def test_files_follow_rfc_7946_one_feature_a_line(name):
    raw = (LAYERS / name).read_bytes()
    collection = json.loads(raw)
    assert set(collection) == {"type", "features"}
    assert b"\r" not in raw
    assert raw.endswith(b"]}\n")
    assert raw.count(b"\n") == len(collection["features"]) + 2
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in collection["features"]]
    parts = shapely.get_parts(shapes)
    assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()
    coordinates = shapely.get_coordinates(shapes)
    assert np.array_equal(coordinates, np.round(coordinates, 7))


def test_there_are_180_communes_and_35_sites_in_order():
    assert list(CELLS) == sorted(COMMUNES)
    assert len(CELLS) == 180
    zones, clusters = [f"KCN-{n}" for n in range(1, 8)], [f"CCN-{n:02}" for n in range(1, 29)]
    assert list(FOOTPRINTS) == zones + clusters
    assert set(SITES) == set(FOOTPRINTS)


def test_every_outline_says_that_it_is_indicative():
    for properties in (*CELL_PROPERTIES.values(), *SITE_PROPERTIES.values()):
        assert properties["provenance"] == "indicative"


@pytest.mark.parametrize("cells", [CELL_DEGREES, CELLS], ids=["degrees", "metres"])
def test_communes_are_valid_single_parts_without_gap_or_overlap(cells):
    shapes = np.array(list(cells.values()))
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
    assert shapely.coverage_is_valid(shapes)
    province = shapely.coverage_union_all(shapes)
    assert province.geom_type == "Polygon"
    assert not province.interiors


def test_nine_communes_of_ten_have_their_official_area_within_two_percent():
    errors = [
        abs(CELLS[code].area / 1e6 / float(row["area_km2"]) - 1) for code, row in COMMUNES.items()
    ]
    assert np.percentile(errors, 90) <= 0.02


def test_official_centroids_lie_in_their_own_commune_nearly_always():
    own = [
        cell.contains(Point(TO_METRES.transform(COMMUNES[code]["lon"], COMMUNES[code]["lat"])))
        for code, cell in CELLS.items()
    ]
    assert np.mean(own) >= 0.95


@pytest.mark.parametrize("site_id", SITES)
def test_footprints_have_the_stated_area_to_a_hundredth_of_a_hectare(site_id):
    stated_ha = float(SITES[site_id]["stated_ha"])
    assert FOOTPRINTS[site_id].area / 10_000 == pytest.approx(stated_ha, abs=0.01)


@pytest.mark.parametrize("site_id", SITES)
def test_footprints_are_valid_and_stay_on_their_communes(site_id):
    assert SITE_DEGREES[site_id].is_valid
    assert FOOTPRINTS[site_id].is_valid
    assert shapely.union_all(grounds(site_id)).covers(FOOTPRINTS[site_id])


@pytest.mark.parametrize("site_id", SITES)
def test_every_named_commune_or_district_holds_a_twentieth_of_the_site(site_id):
    footprint = FOOTPRINTS[site_id]
    for ground in grounds(site_id):
        assert footprint.intersection(ground).area >= 0.05 * footprint.area


def test_no_two_sites_touch():
    shapes = np.array(list(FOOTPRINTS.values()))
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert np.array_equal(first, second)


def test_sites_drawn_in_parts_say_that_the_split_is_invented():
    assert shapely.get_num_geometries(FOOTPRINTS["CCN-25"]) == 2
    for site_id, properties in SITE_PROPERTIES.items():
        in_parts = bool(shapely.get_num_geometries(FOOTPRINTS[site_id]) > 1)
        assert properties["invented_split"] is in_parts
        assert ("invented" in properties["note_en"]) is in_parts


def test_the_basis_of_each_site_is_that_of_the_table():
    for site_id, properties in SITE_PROPERTIES.items():
        place = PLACES[site_id][0]
        expected = "coordinate" if place["lat"] else place["basis"]
        assert properties["location_basis"] == expected
        assert expected in BASES
        assert properties["note_vi"].startswith(place["sentence_vi"])
        assert properties["note_en"].startswith(place["sentence_en"])


def test_sites_known_by_district_only_say_that_their_position_is_arbitrary():
    by_district = {site for site, rows in PLACES.items() if not rows[0]["unit_code"]}
    assert by_district == {"KCN-7", "CCN-05", "CCN-06", "CCN-19", "CCN-24"}
    for site_id, properties in SITE_PROPERTIES.items():
        assert (properties["location_basis"] == "district_only") is (site_id in by_district)
        assert ("arbitrary" in properties["note_en"]) is (site_id in by_district)
        assert ("tùy ý" in properties["note_vi"]) is (site_id in by_district)


@pytest.mark.parametrize("site_id", ["KCN-3", "CCN-11"])
def test_sites_with_a_known_point_are_drawn_around_it(site_id):
    place = PLACES[site_id][0]
    assert FOOTPRINTS[site_id].contains(Point(TO_METRES.transform(place["lon"], place["lat"])))


@pytest.mark.slow
def test_the_makers_write_the_committed_bytes(tmp_path):
    for name in ("communes", "sites"):
        made = tmp_path / f"{name}.geojson"
        script = ROOT / "scripts" / f"make_{name}.py"
        subprocess.run([sys.executable, script, "--out", made], cwd=tmp_path, check=True)
        assert made.read_bytes() == (LAYERS / made.name).read_bytes()


# --- dividing land among units -----------------------------------------------------------------

SQUARE = partition.Lattice(west_m=0.5, south_m=0.5, step_m=1.0, columns=100, rows=100)


def two_units(areas_m2):
    """Two units of equal shape, a quarter in from either side of a square of 100 m."""
    return partition.Targets(
        areas_m2=np.array(areas_m2, float),
        centroids_m=np.array([[25.0, 50.0], [75.0, 50.0]]),
        covariances_m2=np.array([np.eye(2), np.eye(2)]) * 100,
        fit_area=np.array([True, True]),
        fit_centroid=np.array([False, False]),
    )


def every_unit(points_m):
    return np.tile([0, 1], (len(points_m), 1))


def test_two_equal_generators_split_a_square_in_half():
    points = SQUARE.points_m()
    owner = partition.owners(
        points, every_unit(points), partition.stated_generators(two_units([1, 1]))
    )
    assert np.array_equal(owner == 0, points[:, 0] < 50)


def test_weights_are_found_for_one_quarter_and_three_quarters():
    points, targets = SQUARE.points_m(), two_units([2500, 7500])
    start = partition.stated_generators(targets)
    fitted = partition.fit(start, targets, points, every_unit(points), 1.0, area_steps=200)
    owner = partition.owners(points, every_unit(points), fitted)
    assert np.array_equal(owner == 0, points[:, 0] < 25)
    # The border x = 25 runs through the first centre and 50 m from the second: 50² / 100 = 25.
    # It is free to lie anywhere between the columns 24.5 and 25.5, half a metre to each side.
    assert np.diff(fitted.weights)[0] == pytest.approx(25, abs=0.5)


def test_cell_moments_of_a_square_are_a_twelfth_of_its_side_squared():
    points = SQUARE.points_m()
    areas, centroids, spreads = partition.cell_moments(points, np.zeros(len(points), int), 1, 1.0)
    assert areas[0] == 10_000
    assert centroids[0] == pytest.approx([50, 50])
    assert spreads[0] == pytest.approx(np.eye(2) * 100**2 / 12)


def test_covariances_too_tight_for_the_area_are_widened_and_others_kept():
    # A disc of radius r has area πr² and variance r²/4 along each axis: nothing is more compact.
    tight, loose = np.eye(2) * 10.0**2 / 8, np.eye(2) * 10.0**2 / 2
    areas = np.full(2, math.pi * 10.0**2)
    widened = partition.roomy_covariances(np.array([tight, loose]), areas)
    assert widened[0] == pytest.approx(np.eye(2) * 10.0**2 / 4 / partition.MOST_FILL)
    assert widened[1] == pytest.approx(loose)


def test_a_detached_crumb_goes_to_the_unit_around_it():
    lattice = partition.Lattice(0, 0, 1, columns=6, rows=5)
    labels = np.repeat([[0, 0, 0, 0, 1, 1]], 5, axis=0)
    labels[2, 1] = 1
    mended = partition.hand_over_crumbs(labels.ravel(), lattice.edges()).reshape(5, 6)
    assert np.array_equal(mended, np.repeat([[0, 0, 0, 0, 1, 1]], 5, axis=0))


def test_traced_neighbours_share_the_border_half_way_between_their_centres():
    # No lattice point lies on the border: the nearest columns are 48 and 58.
    lattice = partition.Lattice(-12, -12, 10, columns=13, rows=13)
    points = lattice.points_m()
    inside = ((points > 0) & (points < 100)).all(axis=1)
    generators = partition.stated_generators(two_units([1, 1]))
    owner = np.where(points[:, 0] < 50.0, 0, 1)
    labels = np.where(inside, owner, partition.OUTSIDE)
    west, east = partition.trace_cells(lattice, labels, owner, generators)
    assert shapely.coverage_is_valid([west, east])
    border = shapely.get_coordinates(west.intersection(east))
    inner = border[(border[:, 1] > 15) & (border[:, 1] < 85)]
    assert len(inner) >= 7
    assert inner[:, 0] == pytest.approx(50)


def test_stored_shapes_are_rounded_and_counter_clockwise():
    clockwise = shapely.Polygon([(0, 0), (0, 1.00000004), (1, 1), (1, 0)])
    [stored] = partition.stored_shapes(np.array([clockwise]), 7)
    assert stored.exterior.is_ccw
    assert stored.equals(box(0, 0, 1, 1))


# --- laying footprints -------------------------------------------------------------------------

ORIGIN = Point(0, 0)
PLAIN = box(-1000, -1000, 1000, 1000)


def test_a_disc_has_the_area_of_its_circle():
    [drawn] = footprints.discs(np.array([ORIGIN]), 10.0)
    assert drawn.area == pytest.approx(math.pi * 100)


def test_one_hectare_in_open_country_has_the_radius_of_its_circle():
    radius_m = footprints.solved_radius_m(ORIGIN, 10_000, PLAIN)
    assert radius_m == pytest.approx(math.sqrt(10_000 / math.pi))


def test_one_hectare_on_a_half_plane_has_the_radius_of_a_two_hectare_circle():
    half = box(0, -1000, 1000, 1000)
    radius_m = footprints.solved_radius_m(ORIGIN, 10_000, half)
    assert radius_m == pytest.approx(math.sqrt(20_000 / math.pi))
    assert footprints.clipped_disc(ORIGIN, radius_m, half).area == pytest.approx(10_000)


def test_no_radius_and_no_footprint_where_the_ground_is_too_small():
    hectare = box(0, 0, 100, 100)
    assert footprints.solved_radius_m(Point(50, 50), 20_000, hectare) is None
    assert footprints.footprint(20_000, footprints.Ground(hectare)) is None


def test_a_footprint_with_room_is_a_whole_disc_on_the_ground():
    ground = box(0, 0, 1000, 1000)
    laid = footprints.footprint(10_000, footprints.Ground(ground))
    assert laid.area == pytest.approx(10_000)
    assert ground.contains(laid)
    assert footprints.compactness(laid) > 0.99


def test_a_footprint_reaches_every_required_commune():
    west, east = box(0, 0, 500, 500), box(500, 0, 1000, 500)
    ground = footprints.Ground(west.union(east), (west, east), least_share=0.2)
    laid = footprints.footprint(10_000, ground)
    assert footprints.shares(laid, [west, east]).min() >= 0.2
    assert footprints.shares(laid, [west, east]).sum() == pytest.approx(1)


def test_a_footprint_prefers_the_hinted_ground():
    hint = box(800, 0, 1000, 1000)
    laid = footprints.footprint(10_000, footprints.Ground(box(0, 0, 1000, 1000), hint=hint))
    assert hint.contains(laid)


def test_compactness_of_a_square_is_a_quarter_of_pi():
    assert footprints.compactness(box(0, 0, 1, 1)) == pytest.approx(math.pi / 4)


def test_three_communes_group_in_five_ways_the_whole_first_and_each_alone_last():
    ways = footprints.groupings(3)
    assert len(ways) == 5
    assert ways[0] == ((0, 1, 2),)
    assert ways[-1] == ((0,), (1,), (2,))
