"""Do the areas add up, in the tables and on the ground?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import shapely

from gis.checks.evidence import (
    SITE_LAYERS,
    about_the_drawing,
    kept_out,
    unproven,
    weighed,
)
from gis.crs import VN2000_UTM_48N, WEB_MERCATOR
from gis.geometry import (
    areas_ha,
    areas_in_ha,
    drawn_in,
    geodesic_areas_ha,
    only,
    split_by_validity,
)
from gis.language import Text, rounded, say
from gis.model import (
    CheckOptions,
    Citation,
    Drawn,
    Finding,
    NotAssessed,
    Noticed,
    Plan,
    Quantity,
    Remark,
    Severity,
    StatedTotal,
)
from gis.tables import Site

ADVISORY_BAND = 0.001  # of the stated area: what careful digitising at 1:2,000 can reach
BLOCKING_BAND = 0.01  # of the stated area: beyond it the outline is of something else
CAUSE_BAND = 0.002  # of a cause's own ratio: how well it must fit to be named
MERCATOR_BAND = 0.01  # the sphere's formula (+15.5 % here) and the ellipsoid's (+16.1 %) both count
LAYER_BAND = 0.0001  # of a layer-wide ratio: a fifth of the smallest cause (UTM, 0.05 %)
PRINTED_STEP_HA = 0.01  # the tables print no finer
UNIT_CAUSES = (
    (
        say("diện tích ghi bằng mét vuông", "the stated area is in square metres"),
        0.0001,
    ),
    (
        say("diện tích ghi bằng ki-lô-mét vuông", "the stated area is in square kilometres"),
        100.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The four areas of one site: what the decision says, and what the outline shows."""

    site_id: str
    stated_ha: Decimal
    detailed_plan_ha: Decimal | None
    measured_ha: float | None
    geodesic_ha: float | None
    provenance: str | None


@dataclass(frozen=True, slots=True)
class DistrictTotal:
    """Hectares the decision gives one district: its own, and what it may share with others."""

    district: str
    zone_ha: Decimal
    cluster_ha: Decimal
    shared_ha: Decimal
    shared_sites: tuple[str, ...]

    @property
    def least_ha(self) -> Decimal:
        return self.zone_ha + self.cluster_ha

    @property
    def most_ha(self) -> Decimal:
        return self.least_ha + self.shared_ha


def zone_areas_sum_to_the_total(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The stated areas of the zones sum exactly to the total the decision prints."""
    return _sum_of_kind(plan, "zone")


def cluster_areas_sum_to_the_total(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The stated areas of the clusters sum exactly to the total the decision prints."""
    return _sum_of_kind(plan, "cluster")


def _sum_of_kind(plan: Plan, kind: str) -> Iterator[Noticed]:
    total = next((item for item in plan.card.stated_totals if item.kind == kind), None)
    if total is None:
        yield NotAssessed(
            (),
            say("thẻ quy hoạch không ghi tổng diện tích", "the plan's card states no total"),
        )
        return
    rows = plan.sites_of(kind)
    summed = sum((site.stated_ha for site in rows), Decimal(0))
    values = {"rows": len(rows), "summed": summed, "total": total.total_ha}
    if summed != total.total_ha:
        yield Finding(
            (),
            say(
                "{rows} dòng cộng lại {summed} ha, quyết định ghi {total} ha",
                "{rows} rows sum to {summed} ha, the decision says {total} ha",
                **values,
            ),
            stated=Quantity(total.total_ha, "ha"),
            measured=Quantity(summed, "ha"),
            citations=(_cite_total(plan, total),),
            key=kind,
        )
    else:
        yield Remark(
            say(
                "{rows} dòng cộng lại đúng {total} ha",
                "{rows} rows sum to exactly {total} ha",
                **values,
            )
        )


def _cite_total(plan: Plan, total: StatedTotal) -> Citation:
    return Citation(plan.card.document, total.clause, total.line, total.printed)


def outlines_have_their_stated_area(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every outline has the area the decision states for it."""
    found, broken = split_by_validity(drawn_in(plan, SITE_LAYERS))
    for identity, measured_ha in zip(found.ids, areas_ha(found).tolist(), strict=True):
        stated = float(_stated_ha(plan, identity))
        off = abs(measured_ha - stated) / stated
        if off > ADVISORY_BAND * (1 + 1e-9):
            yield _area_finding(plan, identity, found, measured_ha, off)
    yield from unproven(found.silent)
    yield from kept_out(broken)
    yield from _undrawn(plan)


def _area_finding(
    plan: Plan, identity: str, found: Drawn, measured_ha: float, off: float
) -> Finding:
    causes = tuple(_causes(plan, identity, found, measured_ha))
    ground = found.proves(identity)
    stated = _stated_ha(plan, identity)
    blocking = off > BLOCKING_BAND * (1 + 1e-9)
    message = say(
        "{name}: hình đo được {measured} ha, ghi {stated} ha, lệch {off} %",
        "{name}: the outline measures {measured} ha, stated {stated} ha, off by {off} %",
        name=_name(plan, identity),
        measured=rounded(measured_ha, 4 if measured_ha < 1 else 2),
        stated=stated,
        off=rounded(off * 100, 2),
    )
    return Finding(
        (identity,),
        about_the_drawing(message, ground),
        stated=Quantity(stated, "ha"),
        measured=Quantity(measured_ha, "ha"),
        citations=_cite_area(plan, identity),
        severity=weighed(Severity.ERROR if blocking else Severity.WARNING, ground),
        cause=say("{causes}", "{causes}", causes=causes) if causes else None,
        key="blocking" if blocking else "advisory",
        where=found[identity],
    )


def _causes(plan: Plan, identity: str, found: Drawn, measured_ha: float) -> Iterable[Text]:
    """The known slips whose own ratio explains the difference."""
    stated = float(_stated_ha(plan, identity))
    [mercator_ha] = areas_in_ha(only(found, [identity]), WEB_MERCATOR)
    mercator = mercator_ha / measured_ha
    if _is_near(stated, measured_ha * mercator, MERCATOR_BAND):
        yield say(
            "diện tích ghi đo ở Web Mercator (+{more} %)",
            "the stated area was measured in Web Mercator (+{more} %)",
            more=rounded((mercator - 1) * 100, 1),
        )
    if _is_near(stated, measured_ha / mercator, MERCATOR_BAND):
        yield say("hình vẽ nằm ở tọa độ Web Mercator", "the outline is in Web Mercator metres")
    for cause, ratio in UNIT_CAUSES:
        if _is_near(measured_ha, stated * ratio):
            yield cause
    site = plan.sites.get(identity)
    if site is not None:
        yield from _site_causes(site, found[identity], measured_ha)


def _site_causes(site: Site, outline: shapely.Geometry, measured_ha: float) -> Iterable[Text]:
    parts = len(shapely.get_parts(outline))
    if measured_ha < float(site.stated_ha) and parts < site.lots:
        yield say(
            "thiếu phần: quyết định nêu {lots} lô, hình có {parts}",
            "a part is missing: the decision has {lots} lots, the outline {parts}",
            lots=site.lots,
            parts=parts,
        )
    if site.detailed_plan_ha is not None and _is_near(measured_ha, float(site.detailed_plan_ha)):
        yield say(
            "vẽ ranh giới quy hoạch chi tiết ({detailed} ha) thay cho cả khu",
            "the detailed plan ({detailed} ha) was drawn for the whole",
            detailed=site.detailed_plan_ha,
        )


def _is_near(value: float, other: float, band: float = CAUSE_BAND) -> bool:
    return abs(value - other) <= band * abs(other)


def layers_show_no_shift_of_scale(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No cause shifts all the outlines of a layer alike, such as areas taken in UTM."""
    for name, layer in plan.layers.items():
        if name not in ("zones", "clusters", "craft_points"):
            continue
        found, _ = split_by_validity(layer.drawn)
        silent = found.silent
        yield from unproven(silent)
        if len(found) > len(silent):
            yield from _shift_of(plan, name, only(found, set(found.ids) - set(silent)))


def _shift_of(plan: Plan, name: str, found: Drawn) -> Iterator[Noticed]:
    """Compare the summed areas: single rows are printed too coarsely to tell 0.05 %."""
    stated = sum(float(_stated_ha(plan, identity)) for identity in found.ids)
    measured = float(areas_ha(found).sum())
    causes = (
        (say("đo ở Web Mercator", "measured in Web Mercator"), WEB_MERCATOR, MERCATOR_BAND),
        (
            say("đo ở UTM 48N (múi 6°)", "measured in UTM 48N (6° zone)"),
            VN2000_UTM_48N,
            LAYER_BAND,
        ),
    )
    printed_slack = PRINTED_STEP_HA / 2 * len(found) ** 0.5 / stated
    for cause, crs, band in causes:
        expected = float(areas_in_ha(found, crs).sum()) / measured
        ratio = stated / measured
        if abs(ratio - expected) <= band and abs(ratio - 1) > 2 * LAYER_BAND + printed_slack:
            yield Finding(
                found.ids,
                say(
                    "lớp {layer}: tổng diện tích ghi bằng {percent} % tổng diện tích đo",
                    "layer {layer}: the stated areas sum to {percent} % of the measured",
                    layer=name,
                    percent=rounded(ratio * 100, 3),
                ),
                stated=Quantity(stated, "ha"),
                measured=Quantity(measured, "ha"),
                cause=cause,
                key=name,
            )


def detailed_plans_cover_their_sites(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A detailed plan that the decision mentions covers the whole of its site."""
    for site in plan.sites.values():
        detailed = site.detailed_plan_ha
        if detailed is None or detailed == site.stated_ha:
            continue
        rest = site.stated_ha - detailed
        yield Finding(
            (site.site_id,),
            say(
                "{name}: {rest} ha trên {stated} ha chưa có quy hoạch chi tiết (có {detailed} ha)",
                "{name}: {rest} ha of {stated} ha have no detailed plan ({detailed} ha have one)",
                name=site.short_name,
                rest=rest,
                stated=site.stated_ha,
                detailed=detailed,
            )
            if rest > 0
            else say(
                "{name}: quy hoạch chi tiết {detailed} ha lớn hơn diện tích khu {stated} ha",
                "{name}: the detailed plan of {detailed} ha is larger than the site, {stated} ha",
                name=site.short_name,
                stated=site.stated_ha,
                detailed=detailed,
            ),
            stated=Quantity(site.stated_ha, "ha"),
            measured=Quantity(detailed, "ha"),
            citations=(plan.cite_row(site, "area"),),
            severity=Severity.NOTE if rest > 0 else Severity.ERROR,
        )


def reconciliation(plan: Plan) -> tuple[Reconciliation, ...]:
    """The four areas of every site, in the order of the plan."""
    found, _ = split_by_validity(drawn_in(plan, ("zones", "clusters")))
    measured, geodesic = areas_ha(found), geodesic_areas_ha(found)

    def reconciled(site: Site) -> Reconciliation:
        at = found.at.get(site.site_id)
        return Reconciliation(
            site.site_id,
            site.stated_ha,
            site.detailed_plan_ha,
            None if at is None else float(measured[at]),
            None if at is None else float(geodesic[at]),
            None if at is None else found.provenance[at],
        )

    return tuple(reconciled(site) for site in plan.sites.values())


def district_totals(plan: Plan) -> tuple[DistrictTotal, ...]:
    """Stated hectares per district; a site of several districts is shared, never split."""

    def total(district: str) -> DistrictTotal:
        here = [site for site in plan.sites.values() if district in site.districts]
        own = [site for site in here if len(site.districts) == 1]
        shared = [site for site in here if len(site.districts) > 1]
        return DistrictTotal(
            district,
            sum((site.stated_ha for site in own if site.kind == "zone"), Decimal(0)),
            sum((site.stated_ha for site in own if site.kind == "cluster"), Decimal(0)),
            sum((site.stated_ha for site in shared), Decimal(0)),
            tuple(site.site_id for site in shared),
        )

    return tuple(total(district) for district in plan.districts)


def _undrawn(plan: Plan) -> Iterable[NotAssessed]:
    found = drawn_in(plan, SITE_LAYERS)
    ids = tuple(
        identity
        for identity in (*plan.sites, *(point.point_id for point in plan.craft_register))
        if identity not in found
    )
    return [NotAssessed(ids, say("chưa có hình vẽ", "no outline"))] if ids else []


def _stated_ha(plan: Plan, identity: str) -> Decimal:
    site = plan.sites.get(identity)
    if site is not None:
        return site.stated_ha
    return next(point.stated_ha for point in plan.craft_register if point.point_id == identity)


def _name(plan: Plan, identity: str) -> str:
    site = plan.sites.get(identity)
    return site.short_name if site is not None else identity


def _cite_area(plan: Plan, identity: str) -> tuple[Citation, ...]:
    site = plan.sites.get(identity)
    return (plan.cite_row(site, "area"),) if site is not None else ()
