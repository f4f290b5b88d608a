"""What else bears on an answer: other clauses, the province as a whole, land, today's units.

Nothing here changes a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from gis.language import Text, say
from gis.model import Citation, Plan
from gis.siting.reasons import EFFECTS, VERDICTS, clause_reason
from gis.siting.rulings import (
    DIRECTIONS,
    LIMITS,
    Index,
    Ruling,
    bears_on_site,
    confines,
    decides,
    rule_on_site,
)
from gis.siting.territories import CAPS, TERRITORIES, allowance_of
from gis.tables import Clause, Site
from gis.verdicts import Need, PlaceMatch, Reason, Verdict

CONFIDENCES = {
    "high": say("cao", "high"),
    "medium-high": say("khá cao", "medium to high"),
    "medium": say("vừa", "medium"),
    "low-medium": say("khá thấp", "low to medium"),
    "low": say("thấp", "low"),
}


def about_crafts(index: Index, activity_id: str | None) -> bool:
    """Whether the land that communes set aside for crafts is for the activity."""
    return any(item.decided_by in CAPS for item in index.clauses.get(activity_id or "", ()))


def sites_of(plan: Plan, site_ids: Iterable[str]) -> list[Site]:
    """The sites of some ids, each once."""
    return [plan.sites[item] for item in dict.fromkeys(site_ids) if item in plan.sites]


# --- what else bears on it ----------------------------------------------------------------------


def bearing_on_site(index: Index, site: Site, activity_id: str, ruling: Ruling) -> Iterator[Reason]:
    """The other clauses that speak of the activity or the kind of site, and why none decided."""
    told = {item.clause_id for item in ruling.reasons}
    general = [item for item in index.plan.clauses.values() if not item.activities]
    for clause in (*index.clauses[activity_id], *general):
        if clause.clause_id in told or not bears_on_site(clause, site):
            continue
        if not clause.activities and (clause.effect not in DIRECTIONS[:1] or not clause.addresses):
            continue
        if clause.effect in LIMITS or clause.scope not in ("province-wide", "named-plant"):
            yield clause_reason(index.plan, clause, activity_id, site=site)


def bearing_on_territory(
    index: Index, place: PlaceMatch, activity_id: str, ruling: Ruling
) -> Iterator[Reason]:
    """The other clauses that speak of the activity in the territory."""
    told = {item.clause_id for item in ruling.reasons}
    for clause in index.clauses[activity_id]:
        near = not set(place.districts).isdisjoint(clause.districts)
        everywhere = not clause.districts and any(kind in clause.addresses for kind in TERRITORIES)
        speaks = near or everywhere or clause.effect in LIMITS
        if clause.clause_id not in told and speaks:
            yield clause_reason(index.plan, clause, activity_id)


# --- good to know -------------------------------------------------------------------------------


def good_to_know(
    index: Index, ha: Decimal | None, site: Site, activity_id: str, ruling: Ruling
) -> Iterator[Text]:
    """What a planner should know beside the verdict about a site."""
    yield from _province_wide(index, activity_id, ruling, site.kind)
    yield from _elsewhere(index, site, activity_id)
    if any(confines(index.plan.clauses[item]) for item in _clause_ids(ruling)):
        duty = index.plan.cite_role("craft_duty")
        yield from [quoted(duty)] if duty else []
    yield availability(index.plan, site, ha)
    yield from _about_the_row(site)
    yield from _today(index.plan, site)


def _clause_ids(ruling: Ruling) -> list[str]:
    return [item.clause_id for item in ruling.reasons if item.decided and item.clause_id]


def quoted(citation: Citation) -> Text:
    """A passage with where it stands."""
    return say("{where}: “{quote}”", "{where}: “{quote}”", where=citation.locator,
               quote=citation.quote)  # fmt: skip


def _province_wide(index: Index, activity_id: str, ruling: Ruling, kind: str) -> Iterator[Text]:
    """What the decision says of the activity for the province, for such places, or for a plant."""
    told = {item.clause_id for item in ruling.reasons}
    for clause in index.clauses[activity_id]:
        wide = clause.scope == "province-wide" and (
            kind == "province" or {"sector", "province", kind} & set(clause.addresses)
        )
        if clause.clause_id in told or clause.effect in LIMITS:
            continue
        if wide or clause.scope == "named-plant":
            yield _in_general(index.plan, clause)


@lru_cache(maxsize=1024)
def _in_general(plan: Plan, clause: Clause) -> Text:
    return say(
        "{passage} ({verb} chung, không chỉ nơi này)",
        "{passage} ({verb} in general, not this place)",
        passage=quoted(plan.cite(clause.clause_id)),
        verb=EFFECTS[clause.effect],
    )


def _elsewhere(index: Index, site: Site, activity_id: str) -> Iterator[Text]:
    """Sites that clauses name for the activity when they do not name this one."""
    for clause in index.clauses[activity_id]:
        names = clause.effect in DIRECTIONS and clause.scope == "named-site"
        if names and decides(clause) and site.site_id not in clause.sites:
            yield say(
                "{clause} hướng ngành này về: {sites}.",
                "{clause} directs this activity to: {sites}.",
                clause=clause.clause,
                sites=[item.short_name for item in sites_of(index.plan, clause.sites)],
            )


def free_ha(plan: Plan, site: Site) -> Decimal | None:
    """Hectares the occupancy register has as available; None where it has nothing on the site."""
    lots = [item for item in plan.occupancy if item.site_id == site.site_id]
    free = (item.area_ha for item in lots if item.status == "available")
    return sum(free, Decimal(0)) if lots else None


def availability(plan: Plan, site: Site, ha: Decimal | None = None) -> Text:
    """What the occupancy register says is free."""
    free = free_ha(plan, site)
    if free is None:
        return say(
            "Sổ lấp đầy chưa có dữ liệu về {site}: không rõ còn đất hay không.",
            "Availability not recorded: the occupancy register has nothing on {site}.",
            site=site.short_name,
        )
    latest = max(item.as_of for item in plan.occupancy if item.site_id == site.site_id)
    values = {"site": site.short_name, "free": free, "as_of": latest.isoformat()}
    if ha is not None and ha > free:
        return say(
            "Theo sổ ({as_of}), {site} còn {free} ha, ít hơn {ha} ha.",
            "By the register ({as_of}) {site} has {free} ha free, fewer than {ha} ha.",
            ha=ha,
            **values,
        )
    return say(
        "Theo sổ ({as_of}), {site} còn {free} ha.",
        "By the register ({as_of}) {site} has {free} ha free.",
        **values,
    )


def _about_the_row(site: Site) -> Iterator[Text]:
    if site.detailed_plan_ha is not None:
        yield say(
            "{site}: {detailed} ha trong {stated} ha đã có quy hoạch chi tiết, còn {rest} ha chưa "
            "có.",
            "{site}: {detailed} of {stated} ha have a detailed plan, {rest} ha have none.",
            site=site.short_name,
            detailed=site.detailed_plan_ha,
            stated=site.stated_ha,
            rest=site.stated_ha - site.detailed_plan_ha,
        )
    if site.lots > 1:
        yield say(
            "Một dòng của bảng cho {n} cụm, {stated} ha cộng chung.",
            "One row of the table for {n} sites, {stated} ha together.",
            n=site.lots,
            stated=site.stated_ha,
        )


def _today(plan: Plan, site: Site) -> Iterator[Text]:
    for item in plan.crosswalk:
        if site.site_id in item.site_ids:
            yield say(
                "Đơn vị hành chính: {today} (độ tin cậy: {sure}).",
                "Administrative unit, as it became: {today} (confidence: {sure}).",
                today=item.current_unit,
                sure=CONFIDENCES.get(item.confidence, Text("không rõ", "not known")),
            )


def sites_there(
    index: Index, need: Need, place: PlaceMatch, activity_id: str, ruling: Ruling
) -> Iterator[Text]:
    """The sites of a territory by what they would answer, and clauses for the whole province."""
    groups: dict[Verdict, list[str]] = {}
    for site in sites_in(index.plan, place):
        verdict = rule_on_site(index, site, activity_id, need.ha).verdict
        groups.setdefault(verdict, []).append(site.short_name)
    for verdict in VERDICTS:
        if verdict in groups:
            yield say(
                "Khu, cụm ở đây – {verdict}: {sites}.",
                "Sites here – {verdict}: {sites}.",
                verdict=VERDICTS[verdict],
                sites=groups[verdict],
            )
    # clauses that speak to communes or districts bear on the answer and are told there
    kind = "province" if place.kind == "province" else ""
    yield from _province_wide(index, activity_id, ruling, kind)
    row = allowance_of(index.plan, place)
    if row is not None and row.unit_today and about_crafts(index, activity_id):
        yield say(
            "{unit} (2010) nay thuộc {today}; hạn mức ở đây là của xã năm 2010.",
            "{unit} (2010) is now in {today}; the allowance here is that of the commune of 2010.",
            unit=row.unit,
            today=row.unit_today,
        )


def sites_in(plan: Plan, place: PlaceMatch) -> tuple[Site, ...]:
    """The sites known to lie in a commune, or named for a district, or all of the province."""
    if place.kind == "province":
        return tuple(plan.sites.values())
    if place.kind == "district":
        return tuple(s for s in plan.sites.values() if set(s.districts) & set(place.districts))
    return _sites_in_units(plan, place.unit_codes)


@lru_cache(maxsize=1024)
def _sites_in_units(plan: Plan, unit_codes: tuple[str, ...]) -> tuple[Site, ...]:
    here = {item.site_id for item in plan.places if item.unit_code in unit_codes}
    return tuple(site for site in plan.sites.values() if site.site_id in here)
