"""Outlines before they are let in, in one-hectare squares."""

import pytest
import shapely
from conftest import EAST_M, NORTH_M, site, square, unit
from shapely.affinity import translate

from gis.model import Severity
from gis.survey.coverage import cleaned
from gis.survey.importing import _as_coverage
from gis.survey.judging import judge
from gis.survey.model import SurveyRow

WEST, EAST = "00001", "00002"


@pytest.fixture
def plan(make_plan):
    """Two communes of 16 ha; a surveyed zone of 1 ha in the west, an indicative one beside it."""
    return make_plan(
        sites={
            "KCN-1": (square(0, 0), site("KCN-1")),
            "KCN-2": (square(200, 0), site("KCN-2")),
        },
        communes={
            WEST: (square(0, 0, 400), unit(WEST, "Tây")),
            EAST: (square(400, 0, 400), unit(EAST, "Đông", "Huyện B")),
        },
    )


def notices(plan, shape, subject="KCN-2", layer="zones", **row):
    return judge(plan, layer, {subject: shape}, {subject: SurveyRow(7, **row)}).notices


def codes(found):
    return {item.code: item.severity for item in found}


def test_a_sound_outline_of_its_size_in_its_place_is_silent(plan):
    assert notices(plan, square(200, 200)) == ()


def test_a_crossed_outline_is_named_with_the_reason_and_the_place(plan):
    bow = shapely.Polygon([(EAST_M, NORTH_M), (EAST_M + 100, NORTH_M + 100),
                           (EAST_M + 100, NORTH_M), (EAST_M, NORTH_M + 100)])  # fmt: skip
    [found] = notices(plan, bow)
    assert (found.code, found.severity, found.row) == ("invalid", Severity.ERROR, 7)
    assert "the boundary crosses itself at N 2380050.00, E 430050.00" in found.text.en
    assert found.where == (EAST_M + 50, NORTH_M + 50)


def test_corners_out_of_order_are_named_by_the_edges_that_cross(plan):
    bow = shapely.Polygon([(EAST_M, NORTH_M), (EAST_M + 100, NORTH_M + 100),
                           (EAST_M + 100, NORTH_M), (EAST_M, NORTH_M + 100)])  # fmt: skip
    [found] = notices(plan, bow, outline=bow, corners=("M1", "M2", "M3", "M4"))
    assert found.code == "corner-order"
    assert "M1–M2, M3–M4 cross" in found.text.en


def test_repeated_vertices_are_removed_and_counted(plan):
    ring = list(square(200, 200).exterior.coords)
    twice = shapely.Polygon([ring[0], *ring[:2], *ring[1:]])
    judged = judge(plan, "zones", {"KCN-2": twice}, {"KCN-2": SurveyRow(1)})
    assert codes(judged.notices) == {"repeated-vertices": Severity.NOTE}
    assert "2 vertices" in judged.notices[0].text.en
    assert shapely.get_num_coordinates(judged.outlines["KCN-2"]) == 5


def test_rings_that_turn_the_same_way_are_turned(plan):
    shell = square(200, 100, 110).exterior
    hole = square(210, 110, 45.825757).exterior  # leaves one hectare
    mixed = shapely.Polygon(shell.coords, [hole.coords])
    judged = judge(plan, "zones", {"KCN-2": mixed}, {"KCN-2": SurveyRow(1)})
    assert codes(judged.notices) == {"ring-order": Severity.NOTE, "holes": Severity.NOTE}
    [ring] = judged.outlines["KCN-2"].interiors
    assert ring.is_ccw != judged.outlines["KCN-2"].exterior.is_ccw


def test_a_spike_is_told_with_its_place(plan):
    ring = list(square(200, 200).exterior.coords)[:-1]
    spiked = shapely.Polygon([*ring, (ring[-1][0] - 60, ring[-1][1] + 0.2)])
    [found] = [item for item in notices(plan, spiked) if item.code == "spike"]
    assert found.where == pytest.approx(spiked.exterior.coords[-2])


def test_tiny_holes_are_a_warning(plan):
    holed = square(200, 200).difference(square(220, 220, 5))
    [found] = notices(plan, holed)
    assert (found.code, found.severity) == ("holes", Severity.WARNING)
    assert "1 holes, 25 m² in all; 1 under 100 m²" in found.text.en


@pytest.mark.parametrize(
    ("side", "severity"),
    [(100.4, None), (101, Severity.WARNING), (140, Severity.WARNING), (142, Severity.ERROR),
     (71, Severity.WARNING), (70, Severity.ERROR)],
)  # fmt: skip
def test_the_area_is_held_to_what_is_stated(plan, side, severity):
    assert codes(notices(plan, square(200, 200, side))).get("area") == severity


def test_what_the_file_itself_states_only_warns(plan):
    found = notices(plan, square(200, 200), stated_ha=5)
    assert codes(found) == {"area": Severity.WARNING}
    assert "the file itself states 5.00 ha" in found[0].text.en


def test_another_district_stands_in_the_way_where_the_communes_prove_it(plan, make_plan):
    assert codes(notices(plan, square(500, 200))) == {"district": Severity.ERROR}
    drawn = make_plan(
        sites={"KCN-2": (square(200, 0), site("KCN-2"))},
        communes={
            WEST: (square(0, 0, 400), unit(WEST, "Tây")),
            EAST: (square(400, 0, 400), unit(EAST, "Đông", "Huyện B")),
        },
        communes_provenance="indicative",
    )
    assert codes(notices(drawn, square(500, 200))) == {"district": Severity.WARNING}


def test_ground_outside_the_province_stands_in_the_way(plan):
    assert codes(notices(plan, square(5000, 0))) == {"outside-province": Severity.ERROR}


def test_an_overlap_with_a_surveyed_outline_is_measured(plan):
    [found] = notices(plan, square(97, 0))  # 3 m of 100
    assert (found.code, found.severity) == ("overlap", Severity.WARNING)
    assert "KCN-1: 0.0300 ha, 3.0 % of the smaller" in found.text.en
    assert codes(notices(plan, square(90, 0))) == {"overlap": Severity.ERROR}


def test_overlaps_among_the_new_outlines_are_found(plan):
    both = {"KCN-1": square(200, 200), "KCN-2": square(250, 200)}
    found = judge(plan, "zones", both, {key: SurveyRow(1) for key in both}).notices
    assert [(item.code, item.subject) for item in found] == [("overlap", "KCN-1")]


def test_an_outline_that_replaces_one_does_not_overlap_it(plan):
    assert notices(plan, square(3, 0), "KCN-1") == ()


def test_an_indicative_outline_that_comes_back_is_no_survey(make_plan):
    drawn = make_plan({"KCN-1": (square(0, 0), site("KCN-1"))}, provenance="indicative")
    assert codes(notices(drawn, square(0, 0), "KCN-1")) == {"own-drawing": Severity.ERROR}
    assert notices(drawn, square(5, 0), "KCN-1") == ()


def test_a_commune_that_shares_no_ground_with_the_one_it_is_said_to_be_is_refused(plan):
    found = codes(notices(plan, square(400, 0, 399), WEST, "communes"))
    assert found["commune-elsewhere"] == Severity.ERROR


def test_a_lot_inside_its_surveyed_site_is_silent_and_one_beyond_it_is_told(plan):
    lot = {"subject": "KCN-1/A1", "layer": "occupancy"}
    assert notices(plan, square(10, 10, 50), **lot) == ()
    [found] = notices(plan, square(75, 10, 50), **lot)
    assert (found.code, found.severity) == ("lot-outside", Severity.WARNING)
    assert "50.0 % of the lot lies outside KCN-1" in found.text.en


def test_lots_that_overlap_one_another_are_found(plan):
    lots = {"KCN-1/A1": square(0, 0, 50), "KCN-1/A2": square(40, 0, 50)}
    found = judge(plan, "occupancy", lots, {key: SurveyRow(1) for key in lots}).notices
    assert [(item.code, item.subject) for item in found] == [("overlap", "KCN-1/A1")]


# --- communes as a coverage ---------------------------------------------------------------------


def two(gap=0.0, overlap=0.0):
    """Two squares of 1 ha side by side, apart or over one another."""
    return {WEST: square(0, 0), EAST: translate(square(100, 0), gap - overlap, 0)}


def coverage(plan, outlines, clean=False):
    told, after, moved = _as_coverage(plan, outlines, [], clean=clean)
    return {item.code: item.text.en for item in told}, after, moved


def test_a_coverage_is_silent(plan):
    assert coverage(plan, two())[0] == {}


def test_an_overlap_is_measured_and_cleaning_says_who_lost_it(plan):
    told, _, moved = coverage(plan, two(overlap=2))
    assert "1 pairs of communes overlap, 200 m² in all" in told["coverage-overlaps"]
    assert moved == ()
    told, after, moved = coverage(plan, two(overlap=2), clean=True)
    assert "200 m² changed hands in 1 pairs" in told["coverage-cleaned"]
    assert [round(item.m2) for item in moved] == [200]
    assert {moved[0].source, moved[0].target} == {WEST, EAST}
    assert sum(o.area for o in after.values()) == pytest.approx(19_800)


def test_a_gap_inside_is_measured_and_cleaning_says_who_got_it(plan):
    ring = square(0, 0, 300).difference(square(100, 100))
    units = {WEST: ring, EAST: square(101, 101, 98)}
    told, _, _ = coverage(plan, units)
    assert "1 gaps between communes, 396 m² in all" in told["coverage-gaps"]
    told, after, moved = coverage(plan, units, clean=True)
    assert [(item.source, round(item.m2)) for item in moved] == [("", 396)]
    assert sum(o.area for o in after.values()) == pytest.approx(90_000)
    assert shapely.coverage_is_valid(list(after.values()))


def test_edges_that_do_not_share_their_vertices_are_told(plan):
    east = shapely.segmentize(square(100, 0), 50)
    told, _, _ = coverage(plan, {WEST: square(0, 0), EAST: east})
    assert list(told) == ["coverage-edges"]


def test_cleaning_what_is_clean_moves_nothing():
    after, moved = cleaned(two())
    assert moved == ()
    assert all(after[key].equals(shape) for key, shape in two().items())
