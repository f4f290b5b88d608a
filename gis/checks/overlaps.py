"""Do sites lie on top of each other, and are their outlines outlines at all?"""

from __future__ import annotations

import math
from collections.abc import Iterator

import shapely
from shapely import Geometry

from gis.checks.evidence import (
    NOTHING_REGISTERED,
    SITE_LAYERS,
    about_the_drawing,
    kept_out,
    unproven,
    weighed,
)
from gis.geometry import (
    M2_PER_HA,
    Floats,
    Pair,
    areas_ha,
    drawn_in,
    overlapping_pairs,
    split_by_validity,
)
from gis.language import Text, rounded, say
from gis.model import (
    CheckOptions,
    Citation,
    Drawn,
    Finding,
    LayerName,
    NotAssessed,
    Noticed,
    Plan,
    Quantity,
    Remark,
    Severity,
)

TOLERANCE_M2 = 100.0  # 0.01 ha: the last digit the decision's tables print
SAME_OUTLINE_SHARE = 0.999  # shared ground over joint ground: drawn twice, give or take a vertex
PLACE_DIGITS = 2  # a centimetre


def outlines_are_valid(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every outline is a valid area: it does not cross itself and its holes lie inside."""
    layers: tuple[LayerName, ...] = (*SITE_LAYERS, "communes")
    found = drawn_in(plan, layers)
    _, broken = split_by_validity(found)
    for identity, outline in zip(broken.ids, broken.outlines, strict=True):
        yield Finding(
            (identity,),
            say(
                "{name}: hình không hợp lệ: {why}",
                "{name}: invalid outline: {why}",
                name=identity,
                why=shapely.is_valid_reason(outline),
            ),
            where=_point_of_fault(outline),
        )
    yield Remark(say("{n} hình đã xét", "{n} outlines looked at", n=len(found)))


def _point_of_fault(outline: Geometry) -> Geometry:
    """The point that the reason names in brackets, else somewhere on the outline."""
    reason = shapely.is_valid_reason(outline)
    inside = reason.partition("[")[2].partition("]")[0].split()
    if len(inside) >= 2:
        return shapely.Point(*map(float, inside[:2]))
    return shapely.get_point(shapely.get_exterior_ring(shapely.get_parts(outline)[0]), 0)


def sites_are_drawn(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every site and craft point of the tables has an outline."""
    found = drawn_in(plan, SITE_LAYERS)
    for identity in (*plan.sites, *(point.point_id for point in plan.craft_register)):
        if identity not in found:
            yield Finding(
                (identity,),
                say(
                    "{name}: chưa có hình vẽ, nên không kiểm được diện tích, chồng lấn và vị trí",
                    "{name}: no outline, so area, overlap and place are not checked",
                    name=identity,
                ),
            )


def sites_do_not_overlap(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No two zones, clusters or craft points share ground."""
    return _overlaps(plan, options, between_craft_and_sites=False)


def craft_points_are_clear_of_sites(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No craft point shares ground with a zone or cluster."""
    if "craft_points" not in plan.layers:
        yield NotAssessed((), NOTHING_REGISTERED)
        return
    yield from _overlaps(plan, options, between_craft_and_sites=True)


def _overlaps(
    plan: Plan, options: CheckOptions, between_craft_and_sites: bool
) -> Iterator[Noticed]:
    found, broken = split_by_validity(drawn_in(plan, SITE_LAYERS))
    area = areas_ha(found)
    pairs = [
        pair
        for pair in overlapping_pairs(found)
        if ((pair.left in plan.sites) != (pair.right in plan.sites)) == between_craft_and_sites
    ]
    slivers = [pair.shared_m2 for pair in pairs if pair.shared_m2 <= options.tolerance_m2]
    for pair in pairs:
        if pair.shared_m2 > options.tolerance_m2 and not _is_same_outline(found, pair, area):
            yield _overlap(plan, found, pair, area)
    if slivers:
        yield Remark(
            say(
                "{n} vụn chồng lấn không quá {tolerance} m², cộng {total} m², không kể là lỗi",
                "{n} slivers of at most {tolerance} m², {total} m² together, not counted as faults",
                n=len(slivers),
                tolerance=rounded(options.tolerance_m2, 0),
                total=rounded(math.fsum(slivers), 2),
            )
        )
    yield from unproven(found.silent)
    yield from kept_out(broken)


def _overlap(plan: Plan, found: Drawn, pair: Pair, area: Floats) -> Finding:
    shared_ha = pair.shared_m2 / M2_PER_HA
    left_ha, right_ha = _areas(found, pair, area)
    ground = found.proves(pair.left) and found.proves(pair.right)
    message = say(
        "{left} và {right} chồng nhau {shared} ha ({left_share} % và {right_share} %) tại {place}",
        "{left} and {right} share {shared} ha ({left_share} % and {right_share} %) at {place}",
        left=_label(plan, pair.left),
        right=_label(plan, pair.right),
        shared=rounded(shared_ha, 4 if shared_ha < 0.1 else 2),
        left_share=rounded(100 * shared_ha / left_ha, 2),
        right_share=rounded(100 * shared_ha / right_ha, 2),
        place=_place(pair.ground),
    )
    return Finding(
        (pair.left, pair.right),
        about_the_drawing(message, ground),
        measured=Quantity(shared_ha, "ha"),
        citations=_citations(plan, pair.left, pair.right),
        severity=weighed(Severity.ERROR, ground),
        where=pair.ground,
    )


def no_outline_is_drawn_twice(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No two sites have the same outline."""
    found, broken = split_by_validity(drawn_in(plan, SITE_LAYERS))
    area = areas_ha(found)
    for pair in overlapping_pairs(found):
        if _is_same_outline(found, pair, area):
            left_ha, _ = _areas(found, pair, area)
            ground = found.proves(pair.left) and found.proves(pair.right)
            yield Finding(
                (pair.left, pair.right),
                say(
                    "{left} và {right} có cùng một hình ({area} ha): vẽ trùng hoặc đặt nhầm tên",
                    "{left} and {right} have one outline ({area} ha): drawn twice or misnamed",
                    left=_label(plan, pair.left),
                    right=_label(plan, pair.right),
                    area=rounded(left_ha, 2),
                ),
                measured=Quantity(left_ha, "ha"),
                citations=_citations(plan, pair.left, pair.right),
                severity=weighed(Severity.ERROR, ground),
                where=pair.ground,
            )
    yield from unproven(found.silent)
    yield from kept_out(broken)


def _areas(found: Drawn, pair: Pair, area: Floats) -> tuple[float, float]:
    return float(area[found.at[pair.left]]), float(area[found.at[pair.right]])


def _is_same_outline(found: Drawn, pair: Pair, area: Floats) -> bool:
    shared_ha = pair.shared_m2 / M2_PER_HA
    return shared_ha >= SAME_OUTLINE_SHARE * (sum(_areas(found, pair, area)) - shared_ha)


def _label(plan: Plan, identity: str) -> str:
    site = plan.sites.get(identity)
    return f"{identity} {site.short_name}" if site is not None else identity


def _citations(plan: Plan, *ids: str) -> tuple[Citation, ...]:
    return tuple(plan.cite_row(plan.sites[i], "name") for i in ids if i in plan.sites)


def _place(geometry: Geometry) -> Text:
    """A point of the ground shared, as surveyors write it."""
    point = shapely.point_on_surface(geometry)
    north, east = rounded(point.y, PLACE_DIGITS), rounded(point.x, PLACE_DIGITS)
    return say("X (bắc) {n} m, Y (đông) {e} m", "N {n} m, E {e} m", n=north, e=east)
