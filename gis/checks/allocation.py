"""Do the outlines lie where the decision puts them? Units are those of the decision's date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import shapely

from gis.checks.evidence import (
    INDICATIVE_COMMUNES,
    SURVEYED_COMMUNES,
    about_the_drawing,
    kept_out,
    unproven,
    weighed,
)
from gis.geometry import M2_PER_HA, Share, drawn_in, overlapping_pairs, shares, split_by_validity
from gis.language import Text, rounded, say
from gis.model import (
    CheckOptions,
    Drawn,
    Finding,
    LayerName,
    Noticed,
    Plan,
    Quantity,
    Remark,
    Severity,
)
from gis.shares import gaps, outside
from gis.tables import Site

SITES: tuple[LayerName, ...] = ("zones", "clusters")
DecisionSays = Literal["whole", "split_not_stated", "commune_not_named", "no_commune_named"]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of one site's outline in one commune, beside what the decision says of it."""

    site_id: str
    unit_code: str
    unit: str
    district: str
    unit_today: str | None
    share: float
    measured_ha: float
    decision_says: DecisionSays
    provenance: str


def sites_lie_in_the_province(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No site reaches beyond the communes of the province."""
    found = _valid_sites(plan)
    ground = _ground(plan, found)
    beyond = outside(found.outlines, _valid(plan.layers["communes"].drawn).outlines)
    for site_id, part in zip(found.ids, beyond, strict=True):
        if part.area > options.tolerance_m2:
            yield _finding(
                plan,
                plan.sites[site_id],
                say(
                    "{name}: {beyond} ha nằm ngoài tỉnh",
                    "{name}: {beyond} ha lie outside the province",
                    name=_label(plan, site_id),
                    beyond=rounded(part.area / M2_PER_HA, 2),
                ),
                part.area / M2_PER_HA,
                part,
                site_id in ground,
            )
    yield from _what_is_not_proven(plan, found)


def sites_lie_in_their_districts(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every site lies in the district the decision names, and reaches each of several."""
    found = _valid_sites(plan)
    ground = _ground(plan, found)
    districts = _valid(plan.layers["districts"].drawn)
    for site_id, rows in groupby(shares(found, districts), key=lambda row: row.id):
        site, outline = plan.sites[site_id], found[site_id]
        reached = {row.unit: row for row in rows if row.shared_m2 > options.tolerance_m2}
        for district, row in reached.items():
            if district not in site.districts:
                part = shapely.intersection(outline, districts[district])
                yield _in_wrong_district(plan, site, row, part, site_id in ground)
        for district in site.districts:
            if district not in reached:
                yield _not_reached(plan, site, district, outline, site_id in ground)
    yield from _what_is_not_proven(plan, found)


def _in_wrong_district(
    plan: Plan, site: Site, row: Share, part: shapely.Geometry, ground: bool
) -> Finding:
    return _finding(
        plan,
        site,
        say(
            "{name}: {part} ha ({share} %) nằm ở {found}, quyết định ghi {stated}",
            "{name}: {part} ha ({share} %) lie in {found}, the decision says {stated}",
            name=_label(plan, site.site_id),
            part=rounded(row.shared_m2 / M2_PER_HA, 2),
            share=rounded(100 * row.share, 2),
            found=row.unit,
            stated=site.districts,
        ),
        row.shared_m2 / M2_PER_HA,
        part,
        ground,
        key=row.unit,
    )


def sites_reach_the_communes_named(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every site reaches every commune that the decision names for it."""
    found = _valid_sites(plan)
    ground = _ground(plan, found)
    table = shares(found, _valid(plan.layers["communes"].drawn))
    reached = {(row.id, row.unit) for row in table if row.shared_m2 > options.tolerance_m2}
    for site_id, outline in zip(found.ids, found.outlines, strict=True):
        for place in plan.places_of(site_id):
            named = place.basis == "named_commune" and place.unit_code is not None
            if named and (site_id, place.unit_code) not in reached:
                unit = plan.units[str(place.unit_code)]
                yield _not_reached(
                    plan,
                    plan.sites[site_id],
                    f"{unit.label} ({unit.unit_code})",
                    outline,
                    site_id in ground,
                )
    yield from _what_is_not_proven(plan, found)


def _not_reached(
    plan: Plan, site: Site, unit: str, outline: shapely.Geometry, ground: bool
) -> Finding:
    return _finding(
        plan,
        site,
        say(
            "{name}: hình không chạm {unit}, nơi quyết định có nêu",
            "{name}: the outline does not reach {unit}, which the decision names",
            name=_label(plan, site.site_id),
            unit=unit,
        ),
        0.0,
        outline,
        ground,
        key=unit,
    )


def communes_form_a_coverage(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The communes of the table are all drawn, without overlaps or gaps between them."""
    sheet = plan.layers["communes"].drawn
    for code, unit in plan.units.items():
        if code not in sheet:
            yield Finding(
                (code,), say("{unit}: không có hình", "{unit}: no outline", unit=unit.label)
            )
    found = _valid(sheet)
    for pair in overlapping_pairs(found):
        if pair.shared_m2 > options.tolerance_m2:
            yield Finding(
                (pair.left, pair.right),
                say(
                    "{left} và {right} chồng nhau {shared} ha",
                    "{left} and {right} share {shared} ha",
                    left=plan.units[pair.left].label,
                    right=plan.units[pair.right].label,
                    shared=rounded(pair.shared_m2 / M2_PER_HA, 2),
                ),
                measured=Quantity(pair.shared_m2 / M2_PER_HA, "ha"),
                key="overlap",
                where=pair.ground,
            )
    yield from _gaps(found, options)
    yield from unproven(found.silent, INDICATIVE_COMMUNES, SURVEYED_COMMUNES)


def _gaps(found: Drawn, options: CheckOptions) -> Iterator[Noticed]:
    holes = gaps(found.outlines)
    wide = [hole for hole in holes if hole.area > options.tolerance_m2]
    for number, hole in enumerate(wide, start=1):
        yield Finding(
            (),
            say(
                "khoảng hở {area} ha giữa các xã",
                "a gap of {area} ha between communes",
                area=rounded(hole.area / M2_PER_HA, 2),
            ),
            measured=Quantity(hole.area / M2_PER_HA, "ha"),
            key=f"gap-{number}",
            where=hole,
        )
    if len(holes) > len(wide):
        slight = sum(hole.area for hole in holes) - sum(hole.area for hole in wide)
        yield Remark(
            say(
                "{n} khoảng hở nhỏ, cộng {area} m²",
                "{n} slight gaps, {area} m² together",
                n=len(holes) - len(wide),
                area=rounded(slight, 2),
            )
        )


def allocation(plan: Plan) -> tuple[Allocation, ...]:
    """How every outline divides among communes, the largest part first."""
    found = _valid_sites(plan)
    rows = []
    for row in shares(found, _valid(plan.layers["communes"].drawn)):
        unit = plan.units[row.unit]
        rows.append(
            Allocation(
                row.id,
                row.unit,
                unit.label,
                unit.district,
                unit.unit_2025_07 or None,
                row.share,
                row.shared_m2 / M2_PER_HA,
                _decision_says(plan, row.id, row.unit),
                found.provenance[found.at[row.id]],
            )
        )
    order = list(plan.sites)
    return tuple(sorted(rows, key=lambda row: (order.index(row.site_id), -row.share)))


def _decision_says(plan: Plan, site_id: str, unit_code: str) -> DecisionSays:
    """What the decision itself, not a source we found, says of a site's part in a commune."""
    named = [p.unit_code for p in plan.places_of(site_id) if p.basis == "named_commune"]
    if not named:
        return "no_commune_named"
    if unit_code not in named:
        return "commune_not_named"
    return "whole" if len(named) == 1 else "split_not_stated"


def _valid(drawn: Drawn) -> Drawn:
    return split_by_validity(drawn)[0]


def _valid_sites(plan: Plan) -> Drawn:
    return _valid(drawn_in(plan, SITES))


def _ground(plan: Plan, found: Drawn) -> frozenset[str]:
    """The sites that are, with the communes, well enough known to speak of the ground."""
    if plan.layers["communes"].drawn.silent:
        return frozenset()
    return frozenset(found.ids) - set(found.silent)


def _what_is_not_proven(plan: Plan, found: Drawn) -> Iterator[Noticed]:
    silent = found.silent
    yield from kept_out(split_by_validity(drawn_in(plan, SITES))[1])
    yield from unproven(silent)
    if plan.layers["communes"].drawn.silent:
        proven = [identity for identity in found.ids if identity not in silent]
        yield from unproven(proven, INDICATIVE_COMMUNES, SURVEYED_COMMUNES)


def _finding(
    plan: Plan,
    site: Site,
    message: Text,
    measured_ha: float,
    where: shapely.Geometry,
    ground: bool,
    key: str = "",
) -> Finding:
    return Finding(
        (site.site_id,),
        about_the_drawing(message, ground),
        measured=Quantity(measured_ha, "ha"),
        citations=(plan.cite_row(site, "name"),),
        severity=weighed(Severity.ERROR, ground),
        key=key,
        where=where,
    )


def _label(plan: Plan, site_id: str) -> str:
    return f"{site_id} {plan.sites[site_id].short_name}"
