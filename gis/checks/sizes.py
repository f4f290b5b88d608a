"""Sizes of clusters against national law: notes with the law's date and how sure we are of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from gis.language import say
from gis.model import CheckOptions, Citation, Finding, Noticed, Plan, Quantity
from gis.tables import Law, Site

NUMBER_AT_THE_END = re.compile(r"\s*\(?(?:số\s*)?\d+(?:\s*và\s*\d+)?\)?$")


def law_citation(law: Law) -> Citation:
    """The citation of a law, with how sure we are of it."""
    return Citation(law.instrument, law.note, confidence=law.confidence)


def clusters_fit_the_cap_for_new_ones(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No cluster is larger than the law lets a new cluster be."""
    return _larger_than(plan, "new_max_ha")


def clusters_fit_the_cap_after_extension(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No cluster is larger than the law lets an extended cluster be."""
    return _larger_than(plan, "extended_max_ha")


def _larger_than(plan: Plan, measure: str) -> Iterator[Noticed]:
    for law in _laws(plan, measure):
        for site in plan.sites_of("cluster"):
            if site.stated_ha > law.value:
                yield _finding(plan, law, (site,), site.stated_ha)


def clusters_reach_the_least_size(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No cluster is smaller than the law asks, with the lesser size for mountain districts."""
    for law in _laws(plan, "min_ha"):
        lesser = _lesser_size(plan, law)
        for site in plan.sites_of("cluster"):
            is_mountain = set(site.districts) <= set(plan.card.mountain_districts)
            applied = lesser if is_mountain and lesser is not None else law
            if site.stated_ha < law.value:
                yield _small(plan, applied, site, spared=site.stated_ha >= applied.value)


def _lesser_size(plan: Plan, law: Law) -> Law | None:
    same = [row for row in _laws(plan, "mountain_or_craft_min_ha")]
    return next((row for row in same if row.instrument == law.instrument), None)


def _small(plan: Plan, law: Law, site: Site, spared: bool) -> Finding:
    values = {
        "name": site.short_name,
        "stated": site.stated_ha,
        "limit": law.value,
        "law": law.instrument,
        "confidence": law.confidence,
    }
    return Finding(
        (site.site_id,),
        say(
            "{name}: {stated} ha, chỉ hợp lệ nếu là cụm ở huyện miền núi hoặc cụm làng nghề "
            "(từ {limit} ha, {law}, độ tin cậy {confidence})",
            "{name}: {stated} ha, lawful only as a mountain-district or craft-village cluster "
            "(from {limit} ha, {law}, confidence {confidence})",
            **values,
        )
        if spared
        else say(
            "{name}: {stated} ha, nhỏ hơn {limit} ha ({law}, độ tin cậy {confidence})",
            "{name}: {stated} ha, less than {limit} ha ({law}, confidence {confidence})",
            **values,
        ),
        stated=Quantity(law.value, "ha"),
        measured=Quantity(site.stated_ha, "ha"),
        citations=(plan.cite_row(site, "area"), law_citation(law)),
        key=law.law_id,
    )


def numbered_clusters_fit_the_cap_together(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Clusters numbered under one name keep to the cap even when they count as one."""
    families: dict[tuple[str, str], list[Site]] = defaultdict(list)
    for site in plan.sites_of("cluster"):
        families[NUMBER_AT_THE_END.sub("", site.short_name), site.place].append(site)
    for law in _laws(plan, "extended_max_ha")[:1]:
        for members in families.values():
            together = sum((site.stated_ha for site in members), Decimal(0))
            if len(members) > 1 and together > law.value:
                yield _finding(plan, law, tuple(members), together)


def _laws(plan: Plan, measure: str) -> list[Law]:
    """Laws setting this measure, the earliest first."""
    rows = [law for law in plan.laws if law.measure == measure]
    return sorted(rows, key=lambda law: law.in_force_from)


def _finding(plan: Plan, law: Law, sites: tuple[Site, ...], found: Decimal) -> Finding:
    return Finding(
        tuple(site.site_id for site in sites),
        say(
            "{names}: {found} ha, quá {limit} ha ({law}, độ tin cậy {confidence})",
            "{names}: {found} ha, above {limit} ha ({law}, confidence {confidence})",
            names=[site.short_name for site in sites],
            found=found,
            limit=law.value,
            law=law.instrument,
            confidence=law.confidence,
        ),
        stated=Quantity(law.value, "ha"),
        measured=Quantity(found, "ha"),
        citations=(*(plan.cite_row(site, "area") for site in sites), law_citation(law)),
        key=law.law_id,
    )
