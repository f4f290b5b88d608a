"""What the planner page computes, against pyproj, shapely and the command line's own answers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from conftest import CRS, EAST_M, NORTH_M, activity, clause, fragment, site, square, unit
from pyproj import Transformer

from gis.asking.ground import at_outline, at_point
from gis.maps import render_page
from gis.maps.grid import grid_operation
from gis.siting import answer
from gis.siting.reasons import VERDICTS
from gis.verdicts import ActivityMatch, Need

CENTIMETRE = 0.01
DEGREE_M = 111_320.0  # of latitude; an upper bound for longitude here
HUNDREDTH_HA = 100.0  # square metres
PROVINCE = (105.4, 21.3, 106.3, 22.1)  # west, south, east, north
ASKED = """([polygons, point, activity, lang]) => {
  const page = tngis.planner;
  const place = point ? { point } : { outline: page.outlineOf(polygons) };
  const found = page.locate(place);
  const told = page.groundVerdict(found, page.activityById.get(activity));
  const decided = (ruling) => ruling.reasons.find((reason) => reason.decided)?.cited[lang];
  return {
    units: found.units.map((part) => [part.row.code, part.share]),
    sites: found.sites.map((part) => [part.row.id, part.share]),
    districts: found.districts.map((item) => item.name),
    flags: found.flags,
    verdict: told.verdict,
    why: told.why ?? null,
    ruling: told.ruling?.reasons.map(
      (reason) => [reason.text[lang], reason.cited[lang], reason.cited.quote]) ?? null,
    rulingFlags: [told.ruling?.flags.map((flag) => flag.text[lang]), told.land]
      .flat().filter(Boolean),
    named: told.named.map((item) => [item.name, item.ruling.verdict[lang], decided(item.ruling)]),
  };
}"""


def polygons(shape):
    """A shape as the page has it: polygons of rings without their closing point."""
    parts = getattr(shape, "geoms", [shape])
    return [
        [[list(point) for point in ring.coords[:-1]] for ring in (part.exterior, *part.interiors)]
        for part in parts
    ]


def star(rng, x, y, corners, radius):
    """A concave outline around a point."""
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False) + rng.uniform(
        0, 1 / corners, corners
    )
    reach = rng.uniform(0.2, 1, corners) * radius
    return shapely.Polygon(np.column_stack((x + reach * np.cos(turns), y + reach * np.sin(turns))))


def odd_shapes(count, seed=7):
    """Concave outlines, outlines with holes, and outlines in parts, large and small."""
    rng = np.random.default_rng(seed)
    shapes = []
    while len(shapes) < count:
        x, y = rng.uniform(395_000, 465_000), rng.uniform(2_362_000, 2_432_000)
        shape = star(rng, x, y, int(rng.integers(3, 40)), rng.uniform(30, 5000))
        kind = len(shapes) % 3
        if kind == 1:
            shape = shape.difference(star(rng, x, y, 7, 40))
        if kind == 2:
            shape = shapely.union_all([shape, star(rng, x + 9000, y + 200, 12, 1500)])
        if shape.is_valid and not shape.is_empty:
            shapes.append(shape)
    return shapes


@pytest.fixture(scope="module")
def page(browser, rendered):
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(rendered("planner").as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    yield opened
    context.close()


# --- the grid -----------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", [CRS, "EPSG:9208", "EPSG:3405", "EPSG:32648"])
def test_the_page_converts_as_pyproj_does_to_a_centimetre_on_a_thousand_points(page, crs):
    west, south, east, north = PROVINCE
    lon, lat = (
        axis.ravel()
        for axis in np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 25))
    )
    grid = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    metres = np.column_stack(grid.transform(lon, lat))
    forth, back = page.evaluate(
        """([system, degrees, metres]) => {
          const grid = tngis.planner.gridOf(system);
          return [
            degrees.map((item) => grid.toGrid(...item)),
            metres.map((item) => grid.toDegrees(...item)),
          ];
        }""",
        [grid_operation(crs), np.column_stack((lon, lat)).tolist(), metres.tolist()],
    )
    assert len(forth) == 1000
    assert np.abs(np.array(forth) - metres).max() <= CENTIMETRE
    degrees = np.column_stack(grid.transform(metres[:, 0], metres[:, 1], direction="INVERSE"))
    assert np.abs(np.array(back) - degrees).max() * DEGREE_M <= CENTIMETRE


# --- outlines -----------------------------------------------------------------------------------


def test_areas_and_shared_areas_are_those_of_shapely(page):
    shapes = odd_shapes(90)
    rng = np.random.default_rng(3)
    others = [shapely.affinity.translate(shape, *rng.uniform(-1500, 1500, 2)) for shape in shapes]
    found = page.evaluate(
        """(pairs) => pairs.map(([one, other]) => {
          const { outlineOf, sharedArea } = tngis.planner;
          const [a, b] = [outlineOf(one), outlineOf(other)];
          return [a.area_m2, sharedArea(a, b), sharedArea(b, a), sharedArea(a, a)];
        })""",
        [[polygons(one), polygons(other)] for one, other in zip(shapes, others, strict=True)],
    )
    assert sum(one.intersects(other) for one, other in zip(shapes, others, strict=True)) > 40
    for one, other, (area, shared, back, itself) in zip(shapes, others, found, strict=True):
        wanted = one.intersection(other).area
        assert area == pytest.approx(one.area, abs=0.01)
        assert itself == pytest.approx(one.area, abs=0.01)
        assert [shared, back] == pytest.approx([wanted, wanted], abs=0.01)


def test_outlines_that_share_edges_and_corners_are_no_special_case(page):
    cell, right, above, corner = square(0, 0), square(100, 0), square(0, 100), square(100, 100)
    inner, ring = square(25, 25, 50), square(0, 0).difference(square(25, 25, 50))
    pairs = [
        (cell, right),
        (cell, above),
        (cell, corner),
        (cell, inner),
        (ring, inner),
        (ring, cell),
    ]
    found = page.evaluate(
        """(pairs) => {
          const { outlineOf, sharedArea } = tngis.planner;
          return pairs.map(([one, other]) => sharedArea(outlineOf(one), outlineOf(other)));
        }""",
        [[polygons(one), polygons(other)] for one, other in pairs],
    )
    assert found == pytest.approx([0, 0, 0, 2500, 0, 7500], abs=1e-6)


def test_the_shortest_way_between_outlines_is_that_of_shapely(page):
    shapes = odd_shapes(24, seed=11)
    pairs = list(zip(shapes[::2], shapes[1::2], strict=True))
    found = page.evaluate(
        """(pairs) => {
          const { outlineOf, shortestLine } = tngis.planner;
          return pairs.map(([one, other]) => shortestLine(outlineOf(one), outlineOf(other)).metres);
        }""",
        [[polygons(one), polygons(other)] for one, other in pairs],
    )
    for (one, other), metres in zip(pairs, found, strict=True):
        if one.distance(other) > 0:
            assert metres == pytest.approx(one.distance(other), abs=1e-6)


BOX = [(0, 0), (100, 0), (100, 100), (0, 100)]
FAULTS = {
    "a square": ([[BOX]], None),
    "the other way round": ([[BOX[::-1]]], None),
    "a bow tie": ([[[(0, 0), (100, 100), (100, 0), (0, 100)]]], "crosses"),
    "a spike": ([[[(0, 0), (100, 0), (200, 0), (100, 0), (100, 100)]]], "crosses"),
    "a corner said twice apart": (
        [[[(0, 0), (50, 50), (100, 0), (100, 100), (50, 50), (0, 100)]]],
        "crosses",
    ),
    "a corner on another edge": ([[[(0, 0), (100, 0), (100, 100), (50, 0), (0, 100)]]], "crosses"),
    "two corners": ([[[(0, 0), (100, 0)]]], "too_few"),
    "a line there and back": ([[[(0, 0), (50, 0), (100, 0)]]], "crosses"),
    "a hole": ([[BOX, [(25, 25), (75, 25), (75, 75), (25, 75)]]], None),
    "a hole that touches its shell": ([[BOX, [(0, 50), (50, 25), (50, 75)]]], None),
    "a hole along a whole edge": (
        [[BOX, [(0, 25), (50, 25), (50, 75), (0, 75)]]],
        "shared_edge",
    ),
    "a hole with a whole edge of its shell": (
        [[BOX, [(0, 0), (0, 100), (50, 50)]]],
        "shared_edge",
    ),
    "holes side by side": (
        [[BOX, [(20, 20), (40, 20), (40, 40), (20, 40)], [(40, 25), (60, 25), (60, 60), (40, 60)]]],
        "shared_edge",
    ),
    "two parts side by side": (
        [[BOX], [[(100, 0), (200, 0), (200, 100), (100, 100)]]],
        "shared_edge",
    ),
    "two parts that meet in a corner": ([[BOX], [[(100, 100), (200, 100), (200, 200)]]], None),
    "a hole half outside": ([[BOX, [(50, 50), (150, 50), (150, 75), (50, 75)]]], "hole_outside"),
    "holes one over the other": (
        [[BOX, [(20, 20), (60, 20), (60, 60), (20, 60)], [(40, 40), (80, 40), (80, 80), (40, 80)]]],
        "holes_overlap",
    ),
    "two parts": ([[BOX], [[(200, 0), (300, 0), (300, 100)]]], None),
    "two parts one over the other": ([[BOX], [[(50, 0), (150, 0), (150, 100)]]], "parts_overlap"),
}


@pytest.mark.parametrize(("shape", "fault"), FAULTS.values(), ids=FAULTS)
def test_what_shapely_calls_invalid_is_not_measured(page, shape, fault):
    found = page.evaluate("(shape) => tngis.planner.faultOf(shape)", shape)
    assert (found and found["fault"]) == fault
    if all(len(ring) > 2 for rings in shape for ring in rings):
        whole = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in shape])
        assert whole.is_valid == (fault is None)


def test_odd_shapes_are_found_faultless(page):
    shapes = [polygons(shape) for shape in odd_shapes(60, seed=5)]
    assert page.evaluate("(all) => all.map(tngis.planner.faultOf).filter(Boolean)", shapes) == []


# --- the same answers as on the command line -----------------------------------------------------


def asked_in_page(page, shape, activity_id, lang="vi"):
    if shape.geom_type == "Point":
        return page.evaluate(ASKED, [None, [shape.x, shape.y], activity_id, lang])
    return page.evaluate(ASKED, [polygons(shape), None, activity_id, lang])


def answered(plan, shape, activity_id):
    """What `tngis site --file` or `--at` answers."""
    label = plan.activities[activity_id]
    match = ActivityMatch(label.label_vi, activity_id, is_industry=label.scope == "industry")
    if shape.geom_type == "Point":
        back = Transformer.from_crs(plan.card.crs, "OGC:CRS84", always_xy=True)
        place = at_point(plan, *back.transform(shape.x, shape.y))
    else:
        place = at_outline(plan, [shape], plan.card.crs)
    return place, answer(plan, Need(activity=label.label_vi), place, match)


def same_answer(page, plan, shape, activity_id, lang="vi"):
    """Compare all the page tells with the answer; what was told."""
    told = asked_in_page(page, shape, activity_id, lang)
    place, wanted = answered(plan, shape, activity_id)
    assert sorted(code for code, _ in told["units"]) == sorted(place.unit_codes)
    assert sorted(site_id for site_id, _ in told["sites"]) == sorted(place.site_ids)
    assert told["districts"] == list(place.districts)
    assert [(flag["code"], flag["text"]) for flag in told["flags"]] == [
        (flag.code, flag.text.in_(lang)) for flag in place.flags
    ]
    assert told["verdict"] == wanted.verdict.value
    if told["why"] and plan.activities[activity_id].scope == "industry":
        assert told["why"] in [
            *(flag.text.in_(lang) for flag in wanted.flags),
            # the place's own flag of the same code says it already
            *(["Chưa rõ khu đất nằm ở đâu so với khu, cụm: hình vẽ không chứng minh được.",
               "Where the ground lies among the sites is not known: the drawing proves nothing."]
              if "indicative-geometry" in [flag.code for flag in place.flags] else []),
        ]  # fmt: skip
    known = {text.in_(lang) for text in wanted.information}
    for name, verdict, where in told["named"]:
        assert f"{name}: {verdict}{f' ({where})' if where else ''}." in known
    if told["ruling"] is not None:
        assert told["ruling"] == [
            [item.text.in_(lang), item.citation.locator.in_(lang), item.citation.quote]
            for item in wanted.reasons
        ]
        assert set(told["rulingFlags"]) <= {flag.text.in_(lang) for flag in wanted.flags}
    return told


def test_parcels_in_the_real_plan_get_the_answers_of_the_command_line(page, real_plan):
    others = [key for key, item in real_plan.activities.items() if item.scope == "other"]
    crafts = [
        activity_id
        for item in real_plan.clauses.values()
        if item.decided_by == "points"
        for activity_id in item.activities
    ]
    asked = ("garments", "beer", others[0], crafts[0], *list(real_plan.activities)[::25])
    drawn = [
        *real_plan.layers["zones"].frame.geometry,
        *real_plan.layers["clusters"].frame.geometry,
    ]
    touched = 0
    for number, shape in enumerate(odd_shapes(40, seed=2)):
        if number % 2:  # every other one near a site
            spot, here = drawn[number % len(drawn)].representative_point(), shape.centroid
            shape = shapely.affinity.translate(shape, spot.x - here.x, spot.y - here.y)
        told = same_answer(page, real_plan, shape, asked[number % len(asked)])
        assert told["verdict"] == "unknown"  # every outline is indicative
        touched += bool(told["sites"])
    assert touched >= 10


def test_shares_in_the_real_plan_are_those_of_shapely_to_a_hundredth_of_a_hectare(page, real_plan):
    frames = {"units": real_plan.layers["communes"].frame}
    frames["sites"] = real_plan.layers["clusters"].frame
    for shape in odd_shapes(12, seed=21):
        told = asked_in_page(page, shape, "garments")
        for key, frame in frames.items():
            for name, share in told[key]:
                if name in frame.index:
                    wanted = frame.geometry[name].intersection(shape).area
                    assert share * shape.area == pytest.approx(wanted, abs=HUNDREDTH_HA)


def test_a_point_gets_the_answer_of_the_command_line(page, real_plan):
    inside = real_plan.layers["zones"].frame.geometry["KCN-3"].representative_point()
    told = same_answer(page, real_plan, inside, "garments", "vi")
    assert [site_id for site_id, _ in told["sites"]] == ["KCN-3"]
    same_answer(page, real_plan, shapely.Point(380_000, 2_400_000), "garments")


WEST, EAST = "00001", "00002"


@pytest.fixture
def surveyed(make_plan):
    """Two communes of 400 by 400 m side by side, surveyed; a zone in one, a cluster across."""
    items = {item.activity_id: item for item in (activity("a"), activity("b"), activity("c"))}
    craft = clause("R-9", scope="province-wide", addresses="commune", activities="c",
                   effect="limit", decided_by="points", minimum=1, maximum=3)  # fmt: skip
    return make_plan(
        sites={
            "KCN-1": (square(0, 0), site("KCN-1", functions="A")),
            "CCN-01": (square(350, 0), site("CCN-01", district="Huyện B", functions="B…")),
        },
        communes={
            WEST: (square(0, 0, 400), unit(WEST, "Tây", unit_2025_07="Xã Mới (00009)")),
            EAST: (square(400, 0, 400), unit(EAST, "Đông", "Huyện B")),
        },
        activities=items,
        fragments=(fragment("KCN-1", 1, "A", "a"), fragment("CCN-01", 1, "B", "b")),
        clauses={"R-9": craft},
    )


@pytest.fixture
def opened(open_page, tmp_path):
    def open_plan(plan):
        path = tmp_path / "plan.html"
        path.write_bytes(render_page(plan, "planner").encode("utf-8"))
        return open_page(path).page

    return open_plan


def test_on_surveyed_outlines_the_ground_is_answered_as_on_the_command_line(opened, surveyed):
    page = opened(surveyed)
    cases = {
        "inside the zone": (square(10, 10, 50), {"a": "listed", "b": "not-listed"}),
        "inside the cluster": (square(360, 10, 50), {"a": "open-list", "b": "listed"}),
        "the zone, give or take a sliver": (square(0, 0, 100.01), {"a": "listed"}),
        "half in the zone": (square(50, 0), {"a": "unknown"}),
        "in one commune alone": (square(200, 200, 50), {"a": "unknown", "c": "unknown"}),
        "across two communes": (square(380, 200, 50), {"a": "unknown"}),
        "half outside the province": (square(-50, 200), {"a": "unknown"}),
        "a point in the zone": (shapely.Point(EAST_M + 50, NORTH_M + 50), {"a": "listed"}),
    }
    for name, (shape, verdicts) in cases.items():
        for activity_id, verdict in verdicts.items():
            told = same_answer(page, surveyed, shape, activity_id)
            assert told["verdict"] == verdict, (name, activity_id)


def test_by_name_every_site_and_commune_answers_as_the_matrix_does(page, real_plan):
    from gis.siting.rulings import index_of, rule_on_site

    found = page.evaluate(
        """(pairs) => pairs.map(([site, id]) => {
          const activity = tngis.planner.activityById.get(id);
          const part = tngis.planner.ground().sites.find((item) => item.row.id === site);
          const found = { flags: [], sites: [part], units: [] };
          return tngis.planner.groundVerdict(found, activity).verdict;
        })""",
        pairs := [
            [site_id, activity_id]
            for site_id in real_plan.sites
            for activity_id, item in real_plan.activities.items()
            if item.scope == "industry"
        ],
    )
    index = index_of(real_plan)
    wanted = [
        rule_on_site(index, real_plan.sites[site_id], activity_id).verdict.value
        for site_id, activity_id in pairs
    ]
    assert found == wanted
    assert set(found) <= {verdict.value for verdict in VERDICTS}


# --- going to a place ---------------------------------------------------------------------------

GO = "(text) => tngis.planner.placeIn(text, tngis.planner.ground().frame)"
SPOT = [431200.5, 2379850.25]  # easting, northing


@pytest.mark.parametrize(
    "text",
    [
        "2379850.25; 431200.5",
        "2379850,25; 431200,5",
        "431200,5 2379850,25",
        "N=2379850.25, E=431200.5",
        "X: 2.379.850,25 Y: 431.200,5",
        "2379850.25,431200.5",
        "2379850,25,431200,5",
        "  431200.5/2379850.25 ",
    ],
)
def test_grid_coordinates_are_read_however_they_are_written(page, text):
    found = page.evaluate(GO, text)
    assert found["point"] == pytest.approx(SPOT, abs=1e-6)
    back = Transformer.from_crs(CRS, "OGC:CRS84", always_xy=True)
    assert found["degrees"] == pytest.approx(back.transform(*SPOT), abs=1e-9)


@pytest.mark.parametrize(
    "text",
    ["21.5125 105.8375", "105.8375; 21.5125", "21,5125, 105,8375", "21.5125,105.8375",
     "21°30'45\" N 105°50'15\" E", "21°30′45″B, 105°50′15″Đ", "21° 30.75' 105° 50.25'"],
)  # fmt: skip
def test_degrees_are_read_however_they_are_written(page, text):
    found = page.evaluate(GO, text)
    assert found["degrees"] == pytest.approx([105.8375, 21.5125], abs=1e-9)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [("", "go_unreadable"), ("2379850", "go_unreadable"), ("a b", "go_unreadable"),
     ("1 2 3", "go_unreadable"), ("1179850; 431200", "go_elsewhere"), ("48.1 11.5", "go_elsewhere"),
     ("1e9 NaN", "go_elsewhere"), ("1" * 5000, "go_unreadable")],
)  # fmt: skip
def test_what_is_no_place_here_is_refused(page, text, trouble):
    found = page.evaluate(GO, text)
    assert found == {"trouble": trouble}
