"""How findings about rows and clauses are told, with the quotes they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gis.language import Text, say
from gis.model import Finding, Plan, Severity
from gis.tables import Clause, Site


def labels_of(plan: Plan, activities: Iterable[str]) -> Text:
    """The activities by their labels."""
    known = [plan.activities.get(item) for item in activities]
    return joined([Text(item.label_vi, item.label_en) for item in known if item], "; ")


def joined(parts: Sequence[Text], between: str) -> Text:
    """Sentences in a row."""
    values = {f"part_{number}": part for number, part in enumerate(parts)}
    pattern = between.join(f"{{{name}}}" for name in values)
    return say(pattern, pattern, **values)


def names_of(sites: Iterable[Site]) -> str:
    """The sites by their short names."""
    return ", ".join(site.short_name for site in sites)


def quoted(parts: Iterable[str]) -> str:
    """Stretches of text in quotes."""
    return ", ".join(f"“{part}”" for part in parts)


def about_row(plan: Plan, site: Site, message: Text, *, key: str = "") -> Finding:
    """A finding about the function cell of one row."""
    return Finding(
        subjects=(site.site_id,),
        message=message,
        citations=(plan.cite_row(site, "function"),),
        key=key,
    )


def about_clause(
    plan: Plan,
    clause: Clause,
    sites: Sequence[Site],
    message: Text,
    *,
    severity: Severity | None = None,
    cause: Text | None = None,
    key: str = "",
) -> Finding:
    """A finding about a clause and the rows of some sites, with all their quotes."""
    return Finding(
        subjects=(clause.clause_id, *(site.site_id for site in sites)),
        message=message,
        citations=(
            plan.cite(clause.clause_id),
            *(plan.cite_row(site, "function") for site in sites),
        ),
        severity=severity,
        cause=cause,
        key=key,
    )
