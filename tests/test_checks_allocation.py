import pytest
from conftest import OPTIONS, findings, place, site, square, unit

from gis.checks import allocation
from gis.model import Severity, Unproven

WEST = ("00001", square(0, 0, 1000), unit("00001", "Tây", "Huyện A"))
EAST = ("00002", square(1000, 0, 1000), unit("00002", "Đông", "Huyện B", unit_2025_07="Xã Mới"))


def plan_of(make_plan, outline, district="Huyện A", places=(), communes=(WEST, EAST), **more):
    return make_plan(
        {"KCN-1": (outline, site("KCN-1", 1, district))},
        {code: (shape, row) for code, shape, row in communes},
        places=tuple(places),
        **more,
    )


def test_a_site_inside_the_province_is_silent(make_plan):
    plan = plan_of(make_plan, square(100, 100))
    assert list(allocation.sites_lie_in_the_province(plan, OPTIONS)) == []


def test_ground_outside_the_province_is_found_with_its_hectares(make_plan):
    plan = plan_of(make_plan, square(-50, 100))
    [finding] = findings(allocation.sites_lie_in_the_province(plan, OPTIONS))
    assert finding.measured.value == pytest.approx(0.5)


@pytest.mark.parametrize(("x_m", "expected"), [(-1.0, 0), (-1.1, 1)])
def test_ground_outside_counts_beyond_the_tolerance(make_plan, x_m, expected):
    plan = plan_of(make_plan, square(x_m, 100))  # 100 m2, then 110 m2 outside
    assert len(findings(allocation.sites_lie_in_the_province(plan, OPTIONS))) == expected


def test_a_site_in_its_district_is_silent(make_plan):
    plan = plan_of(make_plan, square(100, 100))
    assert list(allocation.sites_lie_in_their_districts(plan, OPTIONS)) == []


def test_a_quarter_in_the_wrong_district_is_found(make_plan):
    plan = plan_of(make_plan, square(925, 100))
    [finding] = findings(allocation.sites_lie_in_their_districts(plan, OPTIONS))
    assert finding.measured.value == pytest.approx(0.25)
    assert "Huyện B" in finding.message.en
    assert finding.severity is Severity.ERROR


def test_a_site_of_two_districts_must_reach_both(make_plan):
    inside_one = plan_of(make_plan, square(100, 100), "Huyện A;Huyện B")
    [finding] = findings(allocation.sites_lie_in_their_districts(inside_one, OPTIONS))
    assert finding.key == "Huyện B"
    across = plan_of(make_plan, square(950, 100), "Huyện A;Huyện B")
    assert findings(allocation.sites_lie_in_their_districts(across, OPTIONS)) == []


def test_a_named_commune_that_is_reached_is_silent(make_plan):
    plan = plan_of(make_plan, square(100, 100), places=[place("KCN-1", "00001")])
    assert list(allocation.sites_reach_the_communes_named(plan, OPTIONS)) == []


def test_a_named_commune_not_reached_is_found(make_plan):
    plan = plan_of(make_plan, square(100, 100), places=[place("KCN-1", "00002")])
    [finding] = findings(allocation.sites_reach_the_communes_named(plan, OPTIONS))
    assert "xã Đông" in finding.message.en


def test_a_commune_the_decision_does_not_name_need_not_be_reached(make_plan):
    guessed = place("KCN-1", "00002", basis="hamlet")
    plan = plan_of(make_plan, square(100, 100), places=[guessed])
    assert findings(allocation.sites_reach_the_communes_named(plan, OPTIONS)) == []


@pytest.mark.parametrize("check", [
    allocation.sites_lie_in_the_province,
    allocation.sites_lie_in_their_districts,
    allocation.sites_reach_the_communes_named,
])  # fmt: skip
@pytest.mark.parametrize(
    "weak", [{"provenance": "indicative"}, {"communes_provenance": "indicative"}]
)
def test_neither_our_sites_nor_our_communes_prove_anything(make_plan, check, weak):
    plan = plan_of(make_plan, square(100, 100), places=[place("KCN-1", "00001")], **weak)
    [noticed] = check(plan, OPTIONS)
    assert isinstance(noticed, Unproven)


def test_a_coverage_is_silent(make_plan):
    plan = plan_of(make_plan, square(100, 100))
    assert list(allocation.communes_form_a_coverage(plan, OPTIONS)) == []


def test_overlapping_communes_are_found(make_plan):
    lapping = ("00002", square(990, 0, 1000), EAST[2])
    plan = plan_of(make_plan, square(100, 100), communes=(WEST, lapping))
    [finding] = findings(allocation.communes_form_a_coverage(plan, OPTIONS))
    assert finding.measured.value == pytest.approx(1.0)  # 10 m by 1,000 m


def test_a_gap_between_communes_is_found(make_plan):
    holed = ("00001", square(0, 0, 1000).difference(square(400, 400)), WEST[2])
    plan = plan_of(make_plan, square(100, 100), communes=(holed, EAST))
    [finding] = findings(allocation.communes_form_a_coverage(plan, OPTIONS))
    assert finding.key == "gap-1"
    assert finding.measured.value == pytest.approx(1.0)


def test_allocation_gives_shares_todays_unit_and_what_the_decision_says(make_plan):
    places = [place("KCN-1", "00001"), place("KCN-1", "00002")]
    west, east = allocation.allocation(plan_of(make_plan, square(925, 100), places=places))
    assert (west.unit_code, east.unit_code) == ("00001", "00002")
    assert west.share == pytest.approx(0.75)
    assert east.measured_ha == pytest.approx(0.25)
    assert west.decision_says == east.decision_says == "split_not_stated"
    assert (west.unit_today, east.unit_today) == (None, "Xã Mới")


def test_a_source_that_names_a_commune_is_not_the_decision(make_plan):
    [row] = allocation.allocation(
        plan_of(make_plan, square(100, 100), places=[place("KCN-1", "00001", "name_match")])
    )
    assert row.decision_says == "no_commune_named"
