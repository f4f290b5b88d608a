"""Craft-village land: what every commune must, and at most may, set aside."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import shapely

from gis.checks.evidence import (
    INDICATIVE_COMMUNES,
    NOTHING_REGISTERED,
    SURVEYED_COMMUNES,
    about_the_drawing,
    kept_out,
    unproven,
    weighed,
)
from gis.geometry import M2_PER_HA, only, split_by_validity
from gis.language import rounded, say
from gis.ledger import ledger
from gis.model import (
    CheckOptions,
    Finding,
    NotAssessed,
    Noticed,
    Plan,
    Quantity,
    Remark,
    Severity,
)
from gis.shares import outside


def communes_have_the_points_allowed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every commune has at least one craft point and no more than the decision allows."""
    for row in ledger(plan):
        least, most, points = row.least_points or 0, row.most_points, row.points
        if points is not None and (points < least or (most is not None and points > most)):
            yield Finding(
                (row.unit_code,),
                say(
                    "{unit}, {district}: {points} điểm, quyết định cho từ {least} đến {most}",
                    "{unit}, {district}: {points} points, the decision allows {least} to {most}",
                    unit=row.unit,
                    district=row.district,
                    points=points,
                    least=least,
                    most=most,
                ),
                stated=None if most is None else Quantity(Decimal(most), "points"),
                measured=Quantity(Decimal(points), "points"),
            )
    yield from _nothing_registered(plan)


def communes_keep_to_the_area_allowed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The craft points of every commune have together no more area than the decision allows."""
    for row in ledger(plan):
        over = row.headroom_ha is not None and row.headroom_ha < 0
        if over and row.most_ha is not None and row.registered_ha is not None:
            yield Finding(
                (row.unit_code,),
                say(
                    "{unit}, {district}: các điểm cộng lại {found} ha, trần {most} ha",
                    "{unit}, {district}: the points have {found} ha together, the cap is {most} ha",
                    unit=row.unit,
                    district=row.district,
                    found=row.registered_ha,
                    most=row.most_ha,
                ),
                stated=Quantity(row.most_ha, "ha"),
                measured=Quantity(row.registered_ha, "ha"),
            )
    yield from _nothing_registered(plan)


def _nothing_registered(plan: Plan) -> Iterator[Noticed]:
    """A commune without an entry is unknown: the duty may be met by land nobody has registered."""
    silent = tuple(row.unit_code for row in ledger(plan) if row.points is None)
    if silent:
        yield NotAssessed(silent, NOTHING_REGISTERED)
    assessed = len(plan.units) - len(silent)
    if assessed:
        yield Remark(say("{n} xã đã đánh giá", "{n} communes assessed", n=assessed))


def craft_points_lie_in_their_commune(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every craft point lies inside the commune it is registered for."""
    layer = plan.layers.get("craft_points")
    if layer is None:
        yield NotAssessed((), NOTHING_REGISTERED)
        return
    points, broken = split_by_validity(layer.drawn)
    communes, unusable = split_by_validity(plan.layers["communes"].drawn)
    communes_known = not communes.silent
    homes = {point.point_id: point.unit_code for point in plan.craft_register}
    for point_id in points.ids:
        if homes[point_id] in unusable:
            continue
        home = only(communes, [homes[point_id]])
        [astray] = outside(only(points, [point_id]).outlines, home.outlines)
        if astray.area > options.tolerance_m2:
            yield _astray(plan, point_id, astray, points.proves(point_id) and communes_known)
    silent = points.silent
    yield from unproven(silent)
    if not communes_known:
        proven = [identity for identity in points.ids if identity not in silent]
        yield from unproven(proven, INDICATIVE_COMMUNES, SURVEYED_COMMUNES)
    yield from kept_out(broken)
    yield from kept_out(only(points, [key for key in points.ids if homes[key] in unusable]))


def _astray(plan: Plan, point_id: str, astray: shapely.Geometry, ground: bool) -> Finding:
    point = next(item for item in plan.craft_register if item.point_id == point_id)
    unit = plan.units[point.unit_code]
    message = say(
        "{point}: {astray} ha nằm ngoài {unit}, {district}",
        "{point}: {astray} ha lie outside {unit}, {district}",
        point=point_id,
        astray=rounded(astray.area / M2_PER_HA, 2),
        unit=unit.label,
        district=unit.district,
    )
    return Finding(
        (point_id,),
        about_the_drawing(message, ground),
        measured=Quantity(astray.area / M2_PER_HA, "ha"),
        severity=weighed(Severity.ERROR, ground),
        where=astray,
    )
