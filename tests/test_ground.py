"""Places on the ground, in one-hectare squares."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from conftest import CRS, EAST_M, NORTH_M, layer_of, site, square, unit
from pyproj import Transformer

from gis.asking.ground import (
    at_grid,
    at_outline,
    at_point,
    nearest_sites,
    proves_the_ground,
    read_outline,
)
from gis.errors import LayerError

TO_DEGREES = Transformer.from_crs(CRS, "OGC:CRS84", always_xy=True)
WEST, EAST = "00001", "00002"


@pytest.fixture
def plan(make_plan):
    """Two communes of 16 ha side by side; a zone in the west, a cluster across their edge.

    x 0..400 is the west, x 400..800 the east; the zone is 1 ha at (0, 0), the cluster 1 ha at
    (350, 0), half of it in either commune.
    """
    return make_plan(**pieces())


def pieces(**more):
    return {
        "sites": {
            "KCN-1": (square(0, 0), site("KCN-1")),
            "CCN-01": (square(350, 0), site("CCN-01", district="Huyện B")),
        },
        "communes": {
            WEST: (square(0, 0, 400), unit(WEST, "Tây", unit_2025_07="Xã Mới (00009)")),
            EAST: (square(400, 0, 400), unit(EAST, "Đông", "Huyện B", unit_2025_07="Xã Mới (9)")),
        },
    } | more


def flags(match):
    return [flag.code for flag in match.flags]


def told(match):
    return "\n".join(text.en for text in match.information)


# --- points ------------------------------------------------------------------------------------


def test_a_point_lies_in_its_commune_its_district_and_its_site(plan):
    match = at_grid(plan, NORTH_M + 50, EAST_M + 50)
    assert match.kind == "ground"
    assert match.unit_codes == (WEST,)
    assert match.districts == ("Huyện A",)
    assert match.site_ids == ("KCN-1",)
    assert flags(match) == []
    assert proves_the_ground(match)


def test_northing_and_easting_are_taken_in_either_order_and_echoed(plan):
    north_first = at_grid(plan, NORTH_M + 50, EAST_M + 50)
    east_first = at_grid(plan, EAST_M + 50, NORTH_M + 50)
    assert north_first.label == east_first.label
    assert north_first.information == east_first.information
    assert east_first.label.en == "N 2,380,050 m, E 430,050 m"
    assert east_first.label.vi == "N 2.380.050 m, E 430.050 m"


def test_a_longitude_and_latitude_is_the_same_place(plan):
    lon, lat = TO_DEGREES.transform(EAST_M + 50, NORTH_M + 50)
    assert at_point(plan, lon, lat).label.en == "N 2,380,050 m, E 430,050 m"
    assert at_point(plan, lon, lat).site_ids == ("KCN-1",)


def test_a_point_on_the_edge_lies_in_both(plan):
    match = at_grid(plan, NORTH_M + 300, EAST_M + 400)
    assert match.unit_codes == (WEST, EAST)
    assert match.site_ids == ()


def test_a_point_outside_the_province_says_so(plan):
    match = at_grid(plan, NORTH_M - 100, EAST_M + 50)
    assert match.kind == "ground"
    assert (match.unit_codes, match.districts, match.site_ids) == ((), (), ())
    assert flags(match) == ["outside-province"]
    assert "100.0 %" in match.flags[0].text.en


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (NORTH_M + 50, EAST_M + 155_000),
        (50, 50),
        (float("nan"), EAST_M),
        (float("inf"), EAST_M),
        (NORTH_M, NORTH_M),
        (-NORTH_M, EAST_M),
    ],
)
def test_numbers_of_no_place_here_are_refused_with_a_mend(plan, a, b):
    with pytest.raises(LayerError, match=r"--xy.*mend: check both numbers"):
        at_grid(plan, a, b)


def test_latitude_first_is_refused_and_the_mend_has_it_right(plan):
    with pytest.raises(LayerError, match=r"longitude first: 105\.86,21\.45"):
        at_point(plan, 21.45, 105.86)


@pytest.mark.parametrize(("lon", "lat"), [(0, 0), (float("nan"), 21), (106, float("inf"))])
def test_degrees_of_another_country_are_refused(plan, lon, lat):
    with pytest.raises(LayerError, match="--at"):
        at_point(plan, lon, lat)


# --- outlines ----------------------------------------------------------------------------------


def test_an_outline_is_shared_out_among_communes_the_largest_share_first(plan):
    parcel = shapely.box(EAST_M + 100, NORTH_M + 200, EAST_M + 500, NORTH_M + 300)  # 3 ha + 1 ha
    match = at_outline(plan, [parcel], CRS)
    assert match.unit_codes == (WEST, EAST)
    assert match.districts == ("Huyện A", "Huyện B")
    assert "4.00 ha" in told(match)
    assert "xã Tây, Huyện A (75.0 %), xã Đông, Huyện B (25.0 %)" in told(match)
    assert "Today: Xã Mới (100.0 %)" in told(match)
    assert match.site_ids == ()


def test_sites_hit_come_in_order_of_their_share(plan):
    parcel = shapely.box(EAST_M + 75, NORTH_M, EAST_M + 450, NORTH_M + 100)  # 3.75 ha
    match = at_outline(plan, [parcel], CRS)
    assert match.site_ids == ("CCN-01", "KCN-1")  # 1 ha and 0.25 ha
    assert "CCN-01 (CCN-01) (26.7 %), KCN-1 (KCN-1) (6.7 %)" in told(match)
    assert flags(match) == ["partly-in-site"]
    assert not proves_the_ground(match)


def test_a_parcel_wholly_in_a_site_is_shown_to_be(plan):
    for parcel in (square(0, 0), square(10, 10, 50)):
        match = at_outline(plan, [parcel], CRS)
        assert match.site_ids == ("KCN-1",)
        assert proves_the_ground(match)


def test_a_point_on_the_edge_of_a_site_is_not_shown_to_be_in_it(plan):
    match = at_grid(plan, NORTH_M + 50, EAST_M + 100)
    assert match.site_ids == ("KCN-1",)
    assert flags(match) == ["partly-in-site"]


def test_an_outline_in_two_overlapping_sites_names_both(make_plan):
    parts = pieces()
    parts["sites"]["KCN-2"] = (square(0, 0), site("KCN-2"))
    match = at_outline(make_plan(**parts), [square(10, 10, 50)], CRS)
    assert match.site_ids == ("KCN-1", "KCN-2")


def test_several_outlines_are_one_parcel_set_and_an_overlap_counts_once(plan):
    match = at_outline(plan, [square(100, 0), square(100, 0), square(600, 0)], CRS)
    assert "2.00 ha" in told(match)
    assert match.unit_codes == (WEST, EAST)


def test_an_outline_may_come_in_any_system(plan):
    corners = shapely.transform(
        square(0, 0), lambda c: np.column_stack(TO_DEGREES.transform(c[:, 0], c[:, 1]))
    )
    match = at_outline(plan, [corners], "EPSG:4326")
    assert match.site_ids == ("KCN-1",)
    assert "1.00 ha" in told(match)


def test_part_of_an_outline_outside_the_province_is_told(plan):
    match = at_outline(plan, [square(-50, 100)], CRS)
    assert match.unit_codes == (WEST,)
    assert flags(match) == ["outside-province"]
    assert "50.0 %" in match.flags[0].text.en


def test_a_neighbour_that_only_shares_an_edge_is_not_hit(plan):
    match = at_outline(plan, [square(100, 0)], CRS)
    assert match.site_ids == ()
    assert match.unit_codes == (WEST,)


def test_a_parcel_keeps_its_answer_whatever_its_vertices_start_with(plan):
    ring = list(square(0, 0).exterior.coords)[:-1]
    turned = shapely.Polygon(ring[2:] + ring[:2])
    assert at_outline(plan, [turned], CRS) == at_outline(plan, [square(0, 0)], CRS)


# --- what a drawing proves -----------------------------------------------------------------------


@pytest.mark.parametrize("drawn", ["provenance", "communes_provenance"])
def test_indicative_outlines_leave_the_ground_unknown(make_plan, drawn):
    plan = make_plan(**pieces(**{drawn: "indicative"}))
    match = at_grid(plan, NORTH_M + 50, EAST_M + 50)
    assert flags(match) == ["indicative-geometry"]
    assert "unknown" in match.flags[0].text.en
    assert not proves_the_ground(match)


def test_indicative_sites_leave_it_unknown_even_where_none_is_hit(make_plan):
    plan = make_plan(**pieces(provenance="indicative"))
    assert flags(at_grid(plan, NORTH_M + 300, EAST_M + 200)) == ["indicative-geometry"]


def mixed(make_plan, x):
    """The zone surveyed, the cluster only drawn, its lower left corner x metres east."""
    parts = pieces()
    parts["sites"]["CCN-01"] = (square(x, 0), site("CCN-01", district="Huyện B"))
    plan = make_plan(**parts)
    cluster = plan.layers["clusters"].frame.assign(provenance="indicative")
    return replace(plan, layers={**plan.layers, "clusters": layer_of("clusters", cluster)})


def test_ground_wholly_inside_a_surveyed_site_is_there_whatever_is_drawn_elsewhere(make_plan):
    plan = mixed(make_plan, 350)
    inside = at_grid(plan, NORTH_M + 50, EAST_M + 50)
    assert (inside.site_ids, flags(inside)) == (("KCN-1",), [])
    assert proves_the_ground(inside)
    outside = at_grid(plan, NORTH_M + 300, EAST_M + 200)
    assert flags(outside) == ["indicative-geometry"]
    across = at_outline(plan, [square(50, 0)], CRS)
    assert flags(across) == ["indicative-geometry", "partly-in-site"]


def test_a_surveyed_outline_overrules_a_drawing_that_covers_it(make_plan):
    match = at_grid(mixed(make_plan, 0), NORTH_M + 50, EAST_M + 50)
    assert match.site_ids == ("KCN-1",)
    assert proves_the_ground(match)
    assert "indicative outline of CCN-01 (CCN-01) covers it too" in told(match)


def test_a_surveyed_commune_settles_where_ground_lies_though_its_neighbour_is_drawn(make_plan):
    plan = make_plan(**pieces())
    communes = plan.layers["communes"].frame
    frame = communes.assign(provenance=["surveyed", "indicative"])
    plan = replace(plan, layers={**plan.layers, "communes": layer_of("communes", frame)})
    assert proves_the_ground(at_grid(plan, NORTH_M + 50, EAST_M + 50))
    assert not proves_the_ground(at_grid(plan, NORTH_M + 300, EAST_M + 600))


def test_a_site_without_outline_is_not_ruled_out(make_plan):
    parts = pieces()
    parts["sites"]["KCN-2"] = (None, site("KCN-2"))
    match = at_grid(make_plan(**parts), NORTH_M + 50, EAST_M + 50)
    assert flags(match) == ["not-drawn"]
    assert "KCN-2" in match.flags[0].text.en
    assert not proves_the_ground(match)


def test_a_crossed_outline_of_a_site_is_not_measured_but_told(make_plan):
    parts = pieces()
    bow = shapely.Polygon([(EAST_M, NORTH_M), (EAST_M + 9, NORTH_M + 9), (EAST_M + 9, NORTH_M),
                           (EAST_M, NORTH_M + 9)])  # fmt: skip
    parts["sites"]["KCN-2"] = (bow, site("KCN-2"))
    match = at_outline(make_plan(**parts), [square(0, 0)], CRS)
    assert match.site_ids == ("KCN-1",)
    assert flags(match) == ["not-drawn"]


def test_a_plan_without_outlines_cannot_answer(make_plan):
    with pytest.raises(LayerError, match="no outlines"):
        at_outline(make_plan({"KCN-1": (None, site("KCN-1"))}), [square(0, 0)], CRS)


# --- the way to the nearest sites ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "metres", "vi", "en"),
    [
        (0, -400, 300, "bắc", "N"),
        (-400, -400, 300 * 2**0.5, "đông bắc", "NE"),
        (-400, 0, 300, "đông", "E"),
        (-400, 400, 300 * 2**0.5, "đông nam", "SE"),
        (0, 400, 300, "nam", "S"),
        (0, 50, 0, "tại chỗ", "on the spot"),
    ],
)
def test_distance_is_from_edge_to_edge_and_the_way_leads_to_the_site(plan, x, y, metres, vi, en):
    [(site_id, distance_m, way)] = nearest_sites(plan, square(x, y), ["KCN-1"])
    assert site_id == "KCN-1"
    assert distance_m == pytest.approx(metres)
    assert (way.vi, way.en) == (vi, en)


def test_west_and_its_neighbours_have_their_names(plan):
    ways = {}
    for x, y in ((500, 0), (500, 500), (500, -500)):
        [(_, _, way)] = nearest_sites(plan, square(x, y), ["KCN-1"])
        ways[x, y] = way.en
    assert ways == {(500, 0): "W", (500, 500): "SW", (500, -500): "NW"}


def test_the_nearest_come_first_and_what_is_not_drawn_is_left_out(plan):
    ways = nearest_sites(plan, square(600, 0), ["KCN-1", "CCN-01", "KCN-9"])
    assert [(site_id, distance) for site_id, distance, _ in ways] == [
        ("CCN-01", pytest.approx(150)),
        ("KCN-1", pytest.approx(500)),
    ]


def test_a_match_names_the_way_in_both_languages(plan):
    match = at_grid(plan, NORTH_M + 50, EAST_M + 1450)
    lines = [text for text in match.information if "CCN-01" in text.en]
    assert [text.en for text in lines] == ["CCN-01 (CCN-01): 1.0 km to the W."]
    assert [text.vi for text in lines] == ["Cách CCN-01 (CCN-01) 1,0 km, về phía tây."]


# --- files ---------------------------------------------------------------------------------------

FORMATS = {"parcel.gpkg": "GPKG", "parcel.shp": "ESRI Shapefile", "parcel.geojson": "GeoJSON",
           "parcel.fgb": "FlatGeobuf", "parcel.kml": "KML"}  # fmt: skip


def write(path, driver, shapes, crs=CRS):
    frame = gpd.GeoDataFrame({"name": [str(n) for n in range(len(shapes))]}, geometry=shapes)
    frame = frame.set_crs(crs) if crs else frame
    if driver in ("GeoJSON", "KML"):
        frame = frame.to_crs("EPSG:4326")
    frame.to_file(path, driver=driver, engine="pyogrio")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_any_usual_format_is_read_in_its_own_system(plan, tmp_path, name):
    path = write(tmp_path / name, FORMATS[name], [square(0, 0), square(100, 0)])
    match = at_outline(plan, *read_outline(path))
    assert match.site_ids == ("KCN-1",)
    assert "2.00 ha" in told(match)
    assert "KCN-1 (KCN-1) (50.0 %)" in told(match)


def test_a_file_without_a_system_is_refused(tmp_path):
    path = write(tmp_path / "parcel.shp", "ESRI Shapefile", [square(0, 0)], crs=None)
    with pytest.raises(LayerError, match=r"states no coordinate system \(mend: export it with"):
        read_outline(path)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (shapely.Point(EAST_M, NORTH_M), "not an area: Point"),
        (shapely.LineString([(EAST_M, NORTH_M), (EAST_M + 1, NORTH_M)]), "not an area"),
        (shapely.Polygon(), "no outline"),
        (None, "no outline"),
        (shapely.Polygon([(EAST_M, NORTH_M), (EAST_M, float("nan")), (EAST_M + 1, NORTH_M)]),
         "not a number"),
        (shapely.Polygon([(EAST_M, NORTH_M), (EAST_M + 9, NORTH_M + 9), (EAST_M + 9, NORTH_M),
                          (EAST_M, NORTH_M + 9)]), "invalid outline: Self-intersection"),
    ],
)  # fmt: skip
def test_what_is_no_area_is_refused_with_file_layer_and_row(tmp_path, shape, why):
    path = write(tmp_path / "parcel.gpkg", "GPKG", [square(0, 0), shape])
    with pytest.raises(LayerError) as caught:
        read_outline(path)
    assert f"file {path}, layer parcel, row 2" in str(caught.value)
    assert why in str(caught.value)


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(LayerError, match="has no outline"):
        read_outline(write(tmp_path / "parcel.gpkg", "GPKG", []))


@pytest.mark.parametrize("content", ["", "x", '{"type": "FeatureCollection"', "[1, 2]"])
def test_a_broken_file_is_refused(tmp_path, content):
    path = tmp_path / "parcel.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LayerError, match=r"parcel\.geojson"):
        read_outline(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(LayerError, match="no such file"):
        read_outline(tmp_path / "parcel.gpkg")


def test_metres_in_a_file_that_says_degrees_are_refused(tmp_path):
    path = tmp_path / "parcel.geojson"
    ring = [list(corner) for corner in square(0, 0).exterior.coords]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(LayerError, match="says degrees, but the coordinates are metres"):
        read_outline(path)


def test_outlines_handed_over_are_held_to_the_same(plan):
    for shapes in ([], [shapely.Point(0, 0)], [shapely.Polygon()], [None]):
        with pytest.raises(LayerError):
            at_outline(plan, shapes, CRS)


def test_an_unknown_system_is_refused(plan):
    with pytest.raises(LayerError, match="unknown coordinate system"):
        at_outline(plan, [square(0, 0)], "EPSG:1")
