"""How the decision reads: misprints, broken lists, names and limits that can be taken two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gis.checks.functions import confines
from gis.checks.telling import about_clause, about_row, names_of
from gis.language import Text, say
from gis.model import CheckOptions, Finding, Noticed, Plan, Severity
from gis.tables import Clause, Reading, Site

AT_LEAST = "ít nhất"
KIND_OF_PLACE = re.compile(r"^(?:KCN|CCN|Khu|Cụm)\b[\s–-]*(?:cảng|Đô thị)?\s*")
NUMBER_OF_PLACE = re.compile(r"\s*(?:\([^)]*\)|\b[IVX]+|\d+)$")
DASH = re.compile(r"\s*[-–]\s*")


def limits_read_as_printed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every limit and ban can be applied as it is printed."""
    for clause in plan.clauses.values():
        if clause.effect not in ("limit", "forbid"):
            continue
        for reading in plan.readings:
            if (
                reading.kind == "typo"
                and reading.line == clause.line
                and reading.verbatim in clause.quote
            ):
                yield _misprinted_limit(plan, clause, reading)


def _misprinted_limit(plan: Plan, clause: Clause, reading: Reading) -> Finding:
    """A warning where the printed words would shut out the sites of the plan's own tables."""
    against_tables = confines(clause) and bool(plan.sites)
    return Finding(
        subjects=(clause.clause_id,),
        message=say(
            "{clause} in là “{verbatim}”, được đọc là “{reading}”.",
            "{clause} prints “{verbatim}”, which is read as “{reading}”.",
            clause=clause.clause,
            verbatim=reading.verbatim,
            reading=reading.reading or "?",
        ),
        citations=(plan.cite(clause.clause_id),),
        severity=Severity.WARNING if against_tables else Severity.NOTE,
        cause=say(
            "hiểu theo từng chữ thì cả {count} khu, cụm trong bảng đều không được phát triển",
            "word for word, none of the {count} sites in the tables could be developed",
            count=len(plan.sites),
        )
        if against_tables
        else None,
        key=reading.reading_id,
    )


def functions_read_as_printed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every function is understood as it is printed."""
    for reading, site in _readings_of_functions(plan, "typo"):
        yield about_row(
            plan,
            site,
            say(
                "{site} in là “{verbatim}”, được đọc là “{reading}”.",
                "{site} prints “{verbatim}”, which is read as “{reading}”.",
                site=site.short_name,
                verbatim=reading.verbatim,
                reading=reading.reading or "?",
            ),
            key=reading.reading_id,
        )


def function_lists_do_not_break_off(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No function cell breaks off in the middle of a function."""
    for reading, site in _readings_of_functions(plan, "truncation"):
        yield about_row(
            plan,
            site,
            say(
                "{site}: câu bị cắt ở “{verbatim}”; không nêu là ngành gì nên không dùng làm căn "
                "cứ được.",
                "{site}: the text breaks off at “{verbatim}”; it does not say what, so nothing "
                "can rest on it.",
                site=site.short_name,
                verbatim=reading.verbatim,
            ),
            key=reading.reading_id,
        )


def _readings_of_functions(plan: Plan, kind: str) -> Iterator[tuple[Reading, Site]]:
    for reading in plan.readings:
        site = plan.sites.get(reading.site_id or "")
        if (
            site
            and reading.kind == kind
            and reading.line == site.function_line
            and reading.verbatim in site.function_text
        ):
            yield reading, site


def names_mean_one_site(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A name in a clause is the whole name of a single site."""
    for clause in plan.clauses.values():
        if clause.scope in ("named-site", "named-plant"):
            yield from _shared_names(plan, clause)
            yield from _names_in_part(plan, clause)


def _shared_names(plan: Plan, clause: Clause) -> Iterator[Finding]:
    kinds = {plan.sites[site_id].kind for site_id in clause.sites}
    sharing: dict[str, list[Site]] = {}
    for site in plan.sites.values():
        if site.kind in kinds:
            sharing.setdefault(_base_name(site), []).append(site)
    for name, sites in sharing.items():
        if (
            len(sites) > 1
            and _says(clause.quote, name)
            and not any(_says(clause.quote, _proper_name(site)) for site in sites)
        ):
            yield about_clause(
                plan,
                clause,
                sites,
                say(
                    "{clause} nêu “{name}”, có thể là: {sites}.",
                    "{clause} names “{name}”, which may be any of: {sites}.",
                    clause=clause.clause,
                    name=name,
                    sites=names_of(sites),
                ),
            )


def _names_in_part(plan: Plan, clause: Clause) -> Iterator[Finding]:
    for site in (plan.sites[site_id] for site_id in clause.sites):
        whole = _base_name(site)
        part = next((part for part in whole.split(" – ") if _says(clause.quote, part)), "")
        if part and not _says(clause.quote, whole):
            yield about_clause(
                plan,
                clause,
                [site],
                say(
                    "{clause} chỉ nêu “{part}”, là một phần tên của {site}.",
                    "{clause} names only “{part}”, part of the name of {site}.",
                    clause=clause.clause,
                    part=part,
                    site=site.short_name,
                ),
            )


def _proper_name(site: Site) -> str:
    """The name without the words for what kind of place it is."""
    return DASH.sub(" – ", KIND_OF_PLACE.sub("", site.short_name))


def _base_name(site: Site) -> str:
    """The proper name without the number that tells namesakes apart."""
    return NUMBER_OF_PLACE.sub("", _proper_name(site))


def _says(text: str, name: str) -> bool:
    return bool(name) and bool(re.search(rf"\b{re.escape(name)}(?!\w)", DASH.sub(" – ", text)))


def repeated_duties_keep_their_limits(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A duty that is said twice carries its numeric limits both times."""
    duties = [
        clause
        for clause in plan.clauses.values()
        if clause.effect == "require" and clause.activities
    ]
    for first in duties:
        limits = _limits_beside(plan, first)
        for again in duties:
            if limits and _same_duty(first, again) and not _limits_beside(plan, again):
                yield Finding(
                    subjects=(again.clause_id, first.clause_id),
                    message=say(
                        "{again} nhắc lại nghĩa vụ của {first} mà không kèm giới hạn: {limits}.",
                        "{again} repeats the duty of {first} without its limits: {limits}.",
                        again=again.clause,
                        first=first.clause,
                        limits=[
                            say("{n} {unit}", "{n} {unit}", n=n, unit=unit) for n, unit in limits
                        ],
                    ),
                    citations=(plan.cite(again.clause_id), plan.cite(first.clause_id)),
                )


def _same_duty(first: Clause, again: Clause) -> bool:
    return (
        first.line != again.line
        and first.activities == again.activities
        and first.addresses == again.addresses
    )


def _limits_beside(plan: Plan, duty: Clause) -> list[tuple[object, str]]:
    """The maxima that the sentence of a duty sets for the same activities and addressees."""
    return [
        (clause.maximum, clause.unit)
        for clause in plan.clauses.values()
        if clause.line == duty.line
        and clause.maximum is not None
        and clause.activities == duty.activities
        and clause.addresses == duty.addresses
    ]


def minima_are_single_numbers(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A minimum is a single number, not a range."""
    for clause in plan.clauses.values():
        if (
            clause.effect == "require"
            and clause.minimum is not None
            and clause.maximum is not None
            and AT_LEAST in clause.quote.casefold()
        ):
            yield Finding(
                subjects=(clause.clause_id,),
                message=say(
                    "{clause} đặt mức ít nhất bằng một khoảng: {low} đến {high} {unit}; chỉ {low} "
                    "là mức phải đạt.",
                    "{clause} sets a minimum as a range, {low} to {high} ({unit}); only {low} "
                    "binds.",
                    clause=clause.clause,
                    low=clause.minimum,
                    high=clause.maximum,
                    unit=clause.unit,
                ),
                citations=(plan.cite(clause.clause_id),),
            )


def limits_say_whom_they_bind(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No numeric limit needs a judgement to say what it applies to."""
    for clause in plan.clauses.values():
        if clause.effect != "limit" or clause.maximum is None:
            continue
        limit = say("{n} {unit}", "{n} {unit}", n=clause.maximum, unit=clause.unit)
        for judgement in plan.card.judgements:
            if clause.clause in judgement.reading_vi and limit.vi in judgement.reading_vi:
                yield Finding(
                    subjects=(clause.clause_id,),
                    message=say(
                        "{clause} đặt trần {limit} nhưng không nói tính cho ai. Đọc là: {reading}",
                        "{clause} sets a limit of {limit} without saying what it applies to. "
                        "Reading: {reading}",
                        clause=clause.clause,
                        limit=limit,
                        reading=Text(judgement.reading_vi, judgement.reading_en),
                    ),
                    citations=(plan.cite(clause.clause_id),),
                    key=judgement.judgement_id,
                )
