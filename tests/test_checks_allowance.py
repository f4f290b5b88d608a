from decimal import Decimal

import pytest
from conftest import EAST_M, NORTH_M, OPTIONS, craft_point, findings, square, unit
from shapely import Polygon

from gis.checks import allowance
from gis.ledger import ledger
from gis.model import NotAssessed, Severity, Unproven

HOME = {"00001": (square(0, 0, 1000), unit("00001", "Nhà"))}
AWAY = {"00002": (square(1000, 0, 1000), unit("00002", "Xa"))}


def with_points(make_plan, *hectares, communes=HOME, shapes=None, **more):
    shapes = shapes or [None] * len(hectares)
    craft = {
        f"P{n}": (shape, craft_point(f"P{n}", "00001", ha))
        for n, (ha, shape) in enumerate(zip(hectares, shapes, strict=True), start=1)
    }
    return make_plan(communes=communes, craft=craft, **more)


@pytest.mark.parametrize(("points", "found"), [(1, 0), (3, 0), (4, 1)])
def test_one_to_three_points_are_silent_and_a_fourth_is_found(make_plan, points, found):
    plan = with_points(make_plan, *[1] * points)
    assert len(findings(allowance.communes_have_the_points_allowed(plan, OPTIONS))) == found


def test_four_points_are_told_with_both_numbers(make_plan):
    [finding] = findings(
        allowance.communes_have_the_points_allowed(with_points(make_plan, 1, 1, 1, 1), OPTIONS)
    )
    assert (finding.stated.value, finding.measured.value) == (3, 4)
    assert finding.subjects == ("00001",)


@pytest.mark.parametrize(
    ("hectares", "found"), [(["10"], 0), (["4", "6"], 0), (["10.01"], 1), (["9.99", "0.02"], 1)]
)
def test_exactly_ten_hectares_pass_and_a_hundredth_more_is_found(make_plan, hectares, found):
    plan = with_points(make_plan, *hectares)
    assert len(findings(allowance.communes_keep_to_the_area_allowed(plan, OPTIONS))) == found


def test_an_empty_register_is_not_assessed_for_every_commune(real_plan):
    for check in (
        allowance.communes_have_the_points_allowed,
        allowance.communes_keep_to_the_area_allowed,
    ):
        [noticed] = check(real_plan, OPTIONS)
        assert isinstance(noticed, NotAssessed)
        assert len(noticed.subjects) == 180
        assert noticed.reason.en == "not assessed: nothing registered"


def test_a_commune_with_nothing_registered_is_unknown_beside_one_that_is_known(make_plan):
    plan = with_points(make_plan, 2, communes=HOME | AWAY)
    noticed = list(allowance.communes_have_the_points_allowed(plan, OPTIONS))
    assert findings(noticed) == []
    [unknown] = [item for item in noticed if isinstance(item, NotAssessed)]
    assert unknown.subjects == ("00002",)


def test_the_ledger_shows_headroom_and_null_where_unknown(make_plan):
    known, unknown = ledger(with_points(make_plan, "2.5", "3", communes=HOME | AWAY))
    assert (known.points, known.headroom_points) == (2, 1)
    assert (known.registered_ha, known.headroom_ha) == (Decimal("5.5"), Decimal("4.5"))
    assert unknown.points is unknown.registered_ha is unknown.headroom_ha is None


def test_the_allowance_of_the_real_plan_is_the_decisions(real_plan):
    rows = ledger(real_plan)
    assert len(rows) == 180
    assert {(row.least_points, row.most_points, row.most_ha) for row in rows} == {(1, 3, 10)}


def inside(make_plan, shape, **more):
    plan = with_points(make_plan, 1, shapes=[shape], **more)
    return list(allowance.craft_points_lie_in_their_commune(plan, OPTIONS))


def test_a_point_inside_its_commune_is_silent(make_plan):
    assert inside(make_plan, square(100, 100)) == []


def test_a_point_half_outside_its_commune_is_found(make_plan):
    [finding] = inside(make_plan, square(950, 100), communes=HOME | AWAY)
    assert finding.measured.value == pytest.approx(0.5)
    assert finding.severity is Severity.ERROR


def test_a_point_or_a_commune_that_is_no_area_is_not_assessed(make_plan):
    corners = [(0, 0), (900, 900), (900, 0), (0, 900)]
    bow_tie = Polygon([(EAST_M + x, NORTH_M + y) for x, y in corners])
    [noticed] = inside(make_plan, bow_tie)
    assert isinstance(noticed, NotAssessed)
    broken = {"00001": (bow_tie, unit("00001", "A"))}
    [noticed] = inside(make_plan, square(950, 100), communes=broken)
    assert isinstance(noticed, NotAssessed)


def test_without_craft_outlines_their_place_is_not_assessed(make_plan):
    [noticed] = allowance.craft_points_lie_in_their_commune(with_points(make_plan, 1), OPTIONS)
    assert isinstance(noticed, NotAssessed)


def test_an_approximate_commune_proves_nothing_of_a_surveyed_point(make_plan):
    [noticed] = inside(make_plan, square(100, 100), communes_provenance="indicative")
    assert isinstance(noticed, Unproven)
