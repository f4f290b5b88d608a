"""Where could an activity stand? All sites in order, and what would admit it at the others.

The matrix is the same question for every activity at every site.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from gis.language import Text, say
from gis.model import Plan
from gis.siting.bearings import availability, free_ha
from gis.siting.reasons import VERDICTS, label_of
from gis.siting.rulings import FORCES, Index, Ruling, bears_on_site, index_of, rule_on_site
from gis.tables import Site, SiteKind
from gis.verdicts import ActivityMatch, Flag, Reason, Verdict

ORDER = (
    Verdict.LISTED,
    Verdict.DIRECTED,
    Verdict.OPEN_LIST,
    Verdict.UNKNOWN,
    Verdict.NOT_LISTED,
    Verdict.LIMITED,
)
ADMITTED = (Verdict.LISTED, Verdict.DIRECTED)
FAILED = (Verdict.UNKNOWN, Verdict.NOT_LISTED, Verdict.LIMITED)
Fit = Literal["available", "stated", "occupied", "too-large", "not-asked"]
FITS: tuple[Fit, ...] = ("available", "stated", "not-asked", "occupied", "too-large")
MATRIX_COLUMNS = (
    "activity_id",
    "site_id",
    "verdict",
    "clause",
    "row",
    "line",
    "clause_id",
    "flags",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What would admit an activity: fewer hectares, a kindred activity, or another site."""

    kind: Literal["fewer-hectares", "other-activity", "other-site"]
    text: Text
    ha: Decimal | None = None
    activity_id: str | None = None
    site_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One site's answer in the order of all sites; the smallest change comes first."""

    place: int
    site: Site
    verdict: Verdict
    fit: Fit
    force: str
    reasons: tuple[Reason, ...]
    flags: tuple[Flag, ...]
    explanation: Text
    availability: Text
    free_ha: Decimal | None
    changes: tuple[Change, ...] = ()

    @property
    def change(self) -> Change | None:
        return self.changes[0] if self.changes else None


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A site with its ruling, before it has a place in the order."""

    site: Site
    ruling: Ruling
    fit: Fit
    force: str
    exact: bool


def rank(
    plan: Plan,
    activity: ActivityMatch,
    ha: Decimal | None = None,
    district: str | None = None,
    kind: SiteKind | None = None,
) -> tuple[Ranked, ...]:
    """All sites, or those of a district or kind, by verdict, fit of size and force of clause.

    Nothing is ranked for an activity that was not understood or is no industry. A change to
    another site may lead out of the district or kind asked for.
    """
    activity_id = activity.activity_id
    if not activity.is_industry or activity_id is None or activity_id not in plan.activities:
        return ()
    index = index_of(plan)
    ruled = sorted(
        (_ruled(index, site, activity_id, ha) for site in plan.sites.values()), key=_order
    )
    wanted = [
        item
        for item in ruled
        if (district is None or district in item.site.districts)
        and (kind is None or item.site.kind == kind)
    ]
    return tuple(
        _ranked(index, place, item, ruled, activity_id, ha)
        for place, item in enumerate(wanted, start=1)
    )


def _ruled(index: Index, site: Site, activity_id: str, ha: Decimal | None) -> _Ruled:
    ruling = rule_on_site(index, site, activity_id, ha)
    part = index.fragment(site, activity_id)
    exact = part is not None and part.activity_id == activity_id
    return _Ruled(site, ruling, _fit(index.plan, site, ha), _force(index, site, activity_id), exact)


def _fit(plan: Plan, site: Site, ha: Decimal | None) -> Fit:
    """How the size asked for fits: what is free where that is recorded, else the stated area."""
    if ha is None:
        return "not-asked"
    if ha > site.stated_ha:
        return "too-large"
    free = free_ha(plan, site)
    if free is None:
        return "stated"
    return "available" if ha <= free else "occupied"


def _force(index: Index, site: Site, activity_id: str) -> str:
    """The most forceful word of a clause that names the site, its district or its kind."""
    found = [
        clause.effect
        for clause in index.clauses[activity_id]
        if clause.effect in ("require", "encourage")
        and clause.scope in ("named-site", "named-district", "kind-wide")
        and bears_on_site(clause, site)
    ]
    return min(found, key=FORCES.index, default="permit")


def _order(item: _Ruled) -> tuple[int, int, int, bool, str, int]:
    return (
        ORDER.index(item.ruling.verdict),
        FITS.index(item.fit),
        FORCES.index(item.force),
        not item.exact,
        item.site.table,
        item.site.row,
    )


def _ranked(
    index: Index,
    place: int,
    item: _Ruled,
    all_ruled: Sequence[_Ruled],
    activity_id: str,
    ha: Decimal | None,
) -> Ranked:
    failed = item.ruling.verdict in FAILED
    changes = tuple(_changes(index, item.site, all_ruled, activity_id, ha)) if failed else ()
    return Ranked(
        place=place,
        site=item.site,
        verdict=item.ruling.verdict,
        fit=item.fit,
        force=item.force,
        reasons=item.ruling.reasons,
        flags=item.ruling.flags,
        explanation=_explanation(item.ruling),
        availability=availability(index.plan, item.site, ha),
        free_ha=free_ha(index.plan, item.site),
        changes=changes,
    )


def _explanation(ruling: Ruling) -> Text:
    decided = [item.text for item in ruling.reasons if item.decided]
    told = decided or [flag.text for flag in ruling.flags] or [VERDICTS[ruling.verdict]]
    return Text(" ".join(text.vi for text in told), " ".join(text.en for text in told))


# --- the smallest change ------------------------------------------------------------------------


def _changes(
    index: Index,
    site: Site,
    all_ruled: Sequence[_Ruled],
    activity_id: str,
    ha: Decimal | None,
) -> Iterator[Change]:
    """What would admit the activity, the smallest change first; nothing if nothing would."""
    yield from _fewer_hectares(index, site, activity_id, ha)
    yield from _kindred(index, site, activity_id, ha)
    yield from _other_site(index.plan, site, all_ruled)


def _admits(index: Index, site: Site, activity_id: str, ha: Decimal | None) -> bool:
    return rule_on_site(index, site, activity_id, ha).verdict in ADMITTED


def _fewer_hectares(
    index: Index, site: Site, activity_id: str, ha: Decimal | None
) -> Iterator[Change]:
    if ha is None or ha <= site.stated_ha or not _admits(index, site, activity_id, None):
        return
    text = say(
        "Giảm xuống {ha} ha hoặc ít hơn thì {site} nhận được.",
        "{site} would take it with {ha} ha or fewer.",
        ha=site.stated_ha,
        site=site.short_name,
    )
    yield Change("fewer-hectares", text, ha=site.stated_ha)


def _kindred(index: Index, site: Site, activity_id: str, ha: Decimal | None) -> Iterator[Change]:
    """The nearest activity of the family that the row lists and that fits."""
    family = index.lineage[activity_id][-1]
    named = index.lists.get(site.site_id, {})
    kin = sorted(
        (_distance(index, activity_id, other), part.fragment, other)
        for other, part in named.items()
        if index.lineage[other][-1] == family and other != activity_id
    )
    for _, _, other in kin:
        if _admits(index, site, other, ha):
            text = say(
                "{site} có ghi “{text}”: hỏi {label} thay vì {asked}.",
                "{site} lists “{text}”: ask for {label} instead of {asked}.",
                site=site.short_name,
                text=named[other].text,
                label=label_of(index.plan, other),
                asked=label_of(index.plan, activity_id),
            )
            yield Change("other-activity", text, activity_id=other)
            return


def _distance(index: Index, first: str, second: str) -> int:
    """Steps from one activity of a family up and down to another."""
    up, other = index.lineage[first], index.lineage[second]
    return min(up.index(item) + other.index(item) for item in up if item in other)


def _other_site(plan: Plan, site: Site, all_ruled: Sequence[_Ruled]) -> Iterator[Change]:
    """The best site that takes it: of the same commune, else of the same district, else any."""
    takers = [
        item
        for item in all_ruled
        if item.ruling.verdict in ADMITTED and item.site.site_id != site.site_id
    ]
    if not takers:
        return
    best = min(
        enumerate(takers), key=lambda pair: (_remoteness(plan, site, pair[1].site), pair[0])
    )[1]
    nearness = (
        say("cùng xã", "in the same commune"),
        say("cùng huyện", "in the same district"),
        say("ở huyện khác", "in another district"),
    )[_remoteness(plan, site, best.site)]
    text = say(
        "{other} ({nearness}) nhận được: {verdict}.",
        "{other} ({nearness}) would take it: {verdict}.",
        other=best.site.short_name,
        nearness=nearness,
        verdict=VERDICTS[best.ruling.verdict],
    )
    yield Change("other-site", text, site_id=best.site.site_id)


def _remoteness(plan: Plan, first: Site, second: Site) -> int:
    """0 in a common commune, 1 in a common district, 2 beyond; drawings are not asked."""
    communes = [
        {item.unit_code for item in plan.places_of(site.site_id) if item.unit_code}
        for site in (first, second)
    ]
    if not communes[0].isdisjoint(communes[1]):
        return 0
    return 1 if not set(first.districts).isdisjoint(second.districts) else 2


# --- every activity at every site ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The verdict about one activity at one site, and what decided it first."""

    activity_id: str
    site_id: str
    verdict: Verdict
    clause: str
    row: int | None
    line: int | None
    clause_id: str
    flags: tuple[str, ...]


def matrix(plan: Plan) -> tuple[MatrixRow, ...]:
    """Every activity of the vocabulary at every site of the plan."""
    index = index_of(plan)
    return tuple(
        _matrix_row(activity_id, site, rule_on_site(index, site, activity_id))
        for activity_id in plan.activities
        for site in plan.sites.values()
    )


def _matrix_row(activity_id: str, site: Site, ruling: Ruling) -> MatrixRow:
    decided = next((item for item in ruling.reasons if item.decided), None)
    cited = decided.citation if decided else None
    return MatrixRow(
        activity_id,
        site.site_id,
        ruling.verdict,
        cited.clause if cited else "",
        cited.row if cited else None,
        cited.line if cited else None,
        decided.clause_id if decided else "",
        tuple(dict.fromkeys(flag.code for flag in ruling.flags)),
    )


def matrix_csv(plan: Plan) -> str:
    """The matrix as a table, marked as UTF-8 for Excel."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(MATRIX_COLUMNS)
    for item in matrix(plan):
        cells = [getattr(item, name) for name in MATRIX_COLUMNS[:-1]]
        writer.writerow(["" if cell is None else cell for cell in cells] + [" ".join(item.flags)])
    return "\ufeff" + stream.getvalue()


def matrix_json(plan: Plan) -> str:
    """The matrix as one object: the columns once, then the rows."""
    rows: list[list[Any]] = [
        [*(getattr(item, name) for name in MATRIX_COLUMNS[:-1]), list(item.flags)]
        for item in matrix(plan)
    ]
    whole = {
        "plan_status": plan.card.status_vi,
        "plan_status_en": plan.card.status_en,
        "plan": {"code": plan.card.code, "content_sha256": plan.content_sha256},
        "columns": list(MATRIX_COLUMNS),
        "rows": rows,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"
