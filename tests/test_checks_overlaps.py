import dataclasses

import pytest
import shapely
from conftest import OPTIONS, craft_point, findings, layer_of, site, square

from gis.checks import overlaps
from gis.model import CheckOptions, Remark, Severity, Unproven


def pair(make_plan, first, second, **more):
    return make_plan({"KCN-1": (first, site("KCN-1")), "CCN-01": (second, site("CCN-01"))}, **more)


def noticed(plan, tolerance_m2=100.0):
    return list(overlaps.sites_do_not_overlap(plan, CheckOptions(tolerance_m2)))


def test_neighbours_sharing_an_edge_are_silent(make_plan):
    assert noticed(pair(make_plan, square(0, 0), square(100, 0))) == []


def test_neighbours_sharing_a_corner_are_silent(make_plan):
    assert noticed(pair(make_plan, square(0, 0), square(100, 100))) == []


def test_half_covered_neighbour_is_found_once_with_hectares_shares_and_place(make_plan):
    [finding] = findings(noticed(pair(make_plan, square(0, 0), square(50, 0))))
    assert finding.subjects == ("KCN-1", "CCN-01")
    assert finding.measured.value == pytest.approx(0.5)
    assert "50.00 % and 50.00 %" in finding.message.en
    assert finding.severity is Severity.ERROR
    assert finding.where.equals(square(50, 0).intersection(square(0, 0)))


@pytest.mark.parametrize(("step_m", "expected"), [(99.0, 0), (98.9, 1)])
def test_an_overlap_counts_only_beyond_the_tolerance(make_plan, step_m, expected):
    plan = pair(make_plan, square(0, 0), square(step_m, 0))  # 100 m2, then 110 m2
    assert len(findings(noticed(plan))) == expected


def test_slivers_are_counted_and_summed_not_dropped(make_plan):
    items = noticed(pair(make_plan, square(0, 0), square(99.5, 0)))
    [remark] = [item for item in items if isinstance(item, Remark)]
    assert "1 slivers of at most 100 m²" in remark.text.en
    assert "50.00 m²" in remark.text.en


def test_with_no_tolerance_every_shared_square_metre_is_found(make_plan):
    assert findings(noticed(pair(make_plan, square(0, 0), square(99.99, 0)), 0.0))


def test_an_overlap_of_our_own_drawing_is_a_warning_and_stays_unproven(make_plan):
    items = noticed(pair(make_plan, square(0, 0), square(50, 0), provenance="indicative"))
    assert [finding.severity for finding in findings(items)] == [Severity.WARNING]
    assert any(isinstance(item, Unproven) and len(item.subjects) == 2 for item in items)


def test_one_outline_under_two_names_is_told_apart_from_an_overlap(make_plan):
    plan = pair(make_plan, square(0, 0), square(0, 0))
    assert findings(noticed(plan)) == []
    [finding] = findings(overlaps.no_outline_is_drawn_twice(plan, OPTIONS))
    assert finding.subjects == ("KCN-1", "CCN-01")


def test_different_outlines_are_silent_about_duplicates(make_plan):
    plan = pair(make_plan, square(0, 0), square(50, 0))
    assert findings(overlaps.no_outline_is_drawn_twice(plan, OPTIONS)) == []


def test_a_craft_point_on_a_zone_is_found_by_its_own_rule_only(make_plan):
    plan = make_plan(
        {"KCN-1": (square(0, 0), site("KCN-1"))},
        craft={"P1": (square(50, 0), craft_point("P1", "00001"))},
    )
    assert findings(noticed(plan)) == []
    [finding] = findings(overlaps.craft_points_are_clear_of_sites(plan, OPTIONS))
    assert set(finding.subjects) == {"KCN-1", "P1"}


def test_craft_points_clear_of_sites_are_silent(make_plan):
    plan = make_plan(
        {"KCN-1": (square(0, 0), site("KCN-1"))},
        craft={"P1": (square(500, 0), craft_point("P1", "00001"))},
    )
    assert findings(overlaps.craft_points_are_clear_of_sites(plan, OPTIONS)) == []


def test_craft_points_on_each_other_are_found(make_plan):
    points = {
        "P1": (square(0, 0), craft_point("P1", "00001")),
        "P2": (square(50, 0), craft_point("P2", "00001")),
    }
    assert len(findings(noticed(make_plan(craft=points)))) == 1


BOW_TIE = shapely.Polygon(
    [(430_000, 2_380_000), (430_100, 2_380_100), (430_100, 2_380_000), (430_000, 2_380_100)]
)


def test_an_outline_that_crosses_itself_is_found_at_its_point(make_plan):
    plan = pair(make_plan, BOW_TIE, square(500, 0))
    [finding] = findings(overlaps.outlines_are_valid(plan, OPTIONS))
    assert finding.subjects == ("KCN-1",)
    assert finding.where.equals(shapely.Point(430_050, 2_380_050))


def test_valid_outlines_are_silent(make_plan):
    plan = pair(make_plan, square(0, 0), square(500, 0))
    assert findings(overlaps.outlines_are_valid(plan, OPTIONS)) == []


def test_an_invalid_outline_is_kept_out_of_overlaps_and_said_to_be(make_plan):
    items = noticed(pair(make_plan, BOW_TIE, square(0, 0)))
    assert findings(items) == []
    assert any(getattr(item, "subjects", ()) == ("KCN-1",) for item in items)


def test_a_site_without_outline_is_found(make_plan):
    plan = make_plan({"KCN-1": (None, site("KCN-1")), "KCN-2": (square(0, 0), site("KCN-2"))})
    [finding] = findings(overlaps.sites_are_drawn(plan, OPTIONS))
    assert finding.subjects == ("KCN-1",)


def test_drawn_sites_are_silent(make_plan):
    plan = make_plan({"KCN-2": (square(0, 0), site("KCN-2"))})
    assert findings(overlaps.sites_are_drawn(plan, OPTIONS)) == []


def test_a_surveyed_zone_moved_onto_another_of_the_real_plan_is_an_error(real_plan):
    layer = real_plan.layers["zones"]
    frame = layer.frame.assign(provenance="surveyed")
    frame.loc["KCN-2", "geometry"] = frame.geometry["KCN-5"].buffer(-200)
    moved = dataclasses.replace(
        real_plan, layers={**real_plan.layers, "zones": layer_of("zones", frame)}
    )
    [finding] = findings(noticed(moved))
    assert finding.subjects == ("KCN-2", "KCN-5")
    assert finding.severity is Severity.ERROR
