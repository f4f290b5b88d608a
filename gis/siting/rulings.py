"""Which verdict an activity gets at a site or in a territory, and what decides it.

The order of verdicts is one visible list of steps; clauses, lists and readings are data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from gis.activities import ancestors
from gis.model import Plan
from gis.siting.reasons import (
    clause_reason,
    closed_list_conflict,
    conditional,
    conformity_reason,
    craft_conflict,
    no_industry,
    orientation,
    part_listed,
    part_of_site,
    place_not_fixed,
    row_reason,
    size_reason,
    typo,
    uncertain,
)
from gis.tables import Clause, Fragment, Reading, Site
from gis.verdicts import Flag, Reason, Verdict

LIMITS = ("limit", "forbid")
DIRECTIONS = ("encourage", "require")
NEVER_DECIDES = ("existing", "unmeasured")
SCOPES = ("named-site", "named-district", "kind-wide", "province-wide", "named-plant", "table")
FORCES = ("forbid", "limit", "require", "encourage", "permit")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with what decided it first, and what stands against that."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """A plan's lists and clauses, arranged by activity once so that questions are quick."""

    plan: Plan
    lineage: Mapping[str, tuple[str, ...]]  # an activity and its ancestors, the nearest first
    lists: Mapping[str, Mapping[str, Fragment]]  # site, activity named in its list
    orientations: Mapping[str, frozenset[str]]
    truncated: Mapping[str, Reading]  # site whose list holds something unreadable
    clauses: Mapping[str, tuple[Clause, ...]]  # activity, clauses naming it or something broader
    readings: Mapping[int, tuple[Reading, ...]]  # by line of the text
    ungrouped: frozenset[str]  # activities in no industry group, where the plan has groups

    def fragment(self, site: Site, activity_id: str) -> Fragment | None:
        """The nearest fragment of a site's list that holds the activity, if one does."""
        named = self.lists.get(site.site_id, {})
        return next((named[item] for item in self.lineage[activity_id] if item in named), None)

    def parts(self, site: Site, activity_id: str) -> tuple[Fragment, ...]:
        """The fragments of a site's list that name something narrower than the activity."""
        named = self.lists.get(site.site_id, {})
        return tuple(item for key, item in named.items() if activity_id in self.lineage[key][1:])


@lru_cache(maxsize=8)
def index_of(plan: Plan) -> Index:
    """The index of a plan, made once."""
    lineage = {item: (item, *ancestors(plan, item)) for item in plan.activities}
    by_line: dict[int, tuple[Reading, ...]] = {}
    for reading in plan.readings:
        by_line[reading.line] = (*by_line.get(reading.line, ()), reading)
    grouped = any(item.group for item in plan.activities.values())
    bare = Index(plan, lineage, {}, {}, {}, {}, by_line, frozenset())
    return replace(
        bare,
        lists={key: _list_of(bare, site) for key, site in plan.sites.items()},
        orientations={
            key: frozenset(item.activity_id for item in plan.fragments_of(key))
            for key, site in plan.sites.items()
            if site.list_status == "orientation"
        },
        truncated={
            site.site_id: reading
            for site in plan.sites.values()
            for reading in _readings_in_row(bare, site)
            if reading.reading is None
        },
        clauses=_clauses(plan, lineage),
        ungrouped=frozenset(
            key for key, item in plan.activities.items() if grouped and not item.group
        ),
    )


def _clauses(plan: Plan, lineage: Mapping[str, Sequence[str]]) -> dict[str, tuple[Clause, ...]]:
    """The clauses that name each activity or something broader, in their order."""
    clauses = tuple(plan.clauses.values())
    naming: dict[str, list[int]] = {}
    for place, clause in enumerate(clauses):
        for activity_id in clause.activities:
            naming.setdefault(activity_id, []).append(place)
    return {
        key: tuple(
            clauses[place]
            for place in sorted({place for line in lines for place in naming.get(line, ())})
        )
        for key, lines in lineage.items()
    }


def _list_of(index: Index, site: Site) -> dict[str, Fragment]:
    """What a site's list names, by activity; an orientation or a cut-off word names nothing."""
    if site.list_status == "orientation":
        return {}
    found: dict[str, Fragment] = {}
    for item in sorted(index.plan.fragments_of(site.site_id), key=lambda part: part.fragment):
        unsettled = any(
            reading.reading is None for reading in readings_of_fragment(index, site, item)
        )
        if not unsettled and item.activity_id in index.lineage:
            found.setdefault(item.activity_id, item)
    return found


def _readings_in_row(index: Index, site: Site) -> tuple[Reading, ...]:
    return tuple(
        item
        for item in index.readings.get(site.function_line, ())
        if item.site_id in (None, site.site_id)
    )


def readings_of_fragment(index: Index, site: Site, part: Fragment) -> tuple[Reading, ...]:
    """The typos and truncations that a fragment of a row rests on."""
    return tuple(
        item
        for item in _readings_in_row(index, site)
        if item.verbatim in part.text or part.text in item.verbatim
    )


# --- what a clause reaches ----------------------------------------------------------------------


def addresses(clause: Clause, kinds: Collection[str]) -> bool:
    """Whether a clause speaks to one of these kinds of place."""
    return any(kind in clause.addresses for kind in kinds)


def bears_on_site(clause: Clause, site: Site) -> bool:
    """Whether a clause speaks of a site: by name, by its district, or by its kind."""
    match clause.scope:
        case "named-site" | "named-plant":
            return site.site_id in clause.sites
        case "named-district":
            if clause.sites:
                return site.site_id in clause.sites
            return not set(site.districts).isdisjoint(clause.districts)
        case "kind-wide":
            if clause.sites:
                return site.site_id in clause.sites
            here = not clause.districts or not set(site.districts).isdisjoint(clause.districts)
            return here and site.kind in clause.addresses
        case "province-wide":
            return addresses(clause, ("sector", "province", site.kind))
        case _:
            return False


def decides(clause: Clause) -> bool:
    """Whether what a clause says can be decided from a question at all."""
    return clause.decided_by not in NEVER_DECIDES


def _directs_to_site(clause: Clause, site: Site) -> bool:
    if clause.effect not in DIRECTIONS or not decides(clause):
        return False
    if clause.scope in ("named-site", "named-district"):
        return site.site_id in clause.sites
    open_to_its_kind = clause.scope == "kind-wide" and site.list_status == "open"
    return open_to_its_kind and bears_on_site(clause, site)


def directions_to_site(index: Index, site: Site, activity_id: str) -> tuple[Clause, ...]:
    """The clauses that direct an activity to a site, the most particular and forceful first."""
    found = [item for item in index.clauses[activity_id] if _directs_to_site(item, site)]
    return tuple(sorted(found, key=lambda item: rank_of(index, item, activity_id, (site.kind,))))


def rank_of(
    index: Index, clause: Clause, activity_id: str, kinds: Collection[str]
) -> tuple[int, bool, int, int, int, str]:
    """The order in which clauses decide: particular, fitting, forceful, exact, early."""
    distance = min(
        place for place, item in enumerate(index.lineage[activity_id]) if item in clause.activities
    )
    return (
        SCOPES.index(clause.scope),
        not addresses(clause, kinds),
        FORCES.index(clause.effect),
        distance,
        clause.line,
        clause.clause_id,
    )


# --- a site -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """An activity at a site, with what its list and the clauses that name it say."""

    index: Index
    site: Site
    activity_id: str
    ha: Decimal | None
    part: Fragment | None
    directions: tuple[Clause, ...]

    def row(self, *, decided: bool = False, oriented: bool | None = None) -> Reason:
        return row_reason(
            self.index.plan,
            self.site,
            self.activity_id,
            self.part,
            decided=decided,
            oriented=oriented,
        )

    def clause(self, clause: Clause, *, decided: bool = False) -> Reason:
        return clause_reason(
            self.index.plan, clause, self.activity_id, decided=decided, site=self.site
        )


def rule_on_site(index: Index, site: Site, activity_id: str, ha: Decimal | None = None) -> Ruling:
    """The verdict about an activity at a site, by the steps in their order."""
    part = index.fragment(site, activity_id)
    directions = directions_to_site(index, site, activity_id)
    case = Case(index, site, activity_id, ha, part, directions)
    return next(ruling for step in SITE_STEPS if (ruling := step(case)) is not None)


def _limited(case: Case) -> Ruling | None:
    index, site = case.index, case.site
    reasons: list[Reason] = []
    flags: list[Flag] = []
    if case.ha is not None and case.ha > site.stated_ha:
        reasons.append(size_reason(index.plan, site, case.ha))
        flags.append(Flag("size", reasons[0].text))
    for clause in index.clauses[case.activity_id]:
        if _broken_at(clause, site) and not _named_despite(case, clause):
            reasons.append(case.clause(clause, decided=True))
            flags += typos_of_clause(index, clause)
            if confines(clause):
                flags += [craft_conflict(clause, other.clause) for other in case.directions[:1]]
    if not reasons:
        return None
    flags += _closed_list_conflict(case)
    return Ruling(Verdict.LIMITED, (*reasons, case.row()), tuple(flags))


def _broken_at(clause: Clause, site: Site) -> bool:
    """Whether an activity that the clause limits breaks it by standing at the site."""
    if clause.effect not in LIMITS:
        return False
    if confines(clause):
        return site.kind not in clause.addresses
    return clause.decided_by in ("", "activity") and bears_on_site(clause, site)


def confines(clause: Clause) -> bool:
    """Whether a clause keeps activities to the kind of place it addresses."""
    return clause.effect in LIMITS and clause.decided_by == "place"


def _named_despite(case: Case, clause: Clause) -> bool:
    """Whether the row itself names what the clause confines to another kind of place."""
    return (
        confines(clause)
        and case.part is not None
        and clause in case.index.clauses[case.part.activity_id]
    )


def _listed(case: Case) -> Ruling | None:
    part = case.part
    if part is None:
        return None
    against = [
        clause
        for clause in case.index.clauses[case.activity_id]
        if confines(clause) and case.site.kind not in clause.addresses
    ]
    flags = [typo(item) for item in readings_of_fragment(case.index, case.site, part)]
    if part.confidence != "high":
        flags.append(uncertain(part))
    flags += [craft_conflict(item, part.text) for item in against]
    reasons = (case.row(decided=True), *(case.clause(item) for item in against))
    return Ruling(Verdict.LISTED, reasons, tuple(flags))


def _directed(case: Case) -> Ruling | None:
    if not case.directions:
        return None
    index, site, clause = case.index, case.site, case.directions[0]
    flags = [
        *_closed_list_conflict(case),
        *([orientation(site)] if site.list_status == "orientation" else []),
        *typos_of_clause(index, clause),
        *_told_of_row(case),
        *([conditional(clause)] if clause.condition else []),
    ]
    if site.kind not in clause.addresses:
        flags.append(place_not_fixed(clause, site))
    if clause.scope == "named-district" and not set(site.districts) <= set(clause.districts):
        flags.append(part_of_site(clause, site))
    reasons = (case.clause(clause, decided=True), case.row(oriented=_is_oriented(case) or None))
    return Ruling(Verdict.DIRECTED, reasons, tuple(flags))


def _oriented(case: Case) -> Ruling | None:
    if case.site.list_status != "orientation":
        return None
    holds = _is_oriented(case)
    reason = case.row(decided=True, oriented=holds)
    verdict = Verdict.DIRECTED if holds else Verdict.UNKNOWN
    return Ruling(verdict, (reason,), (orientation(case.site),))


def _is_oriented(case: Case) -> bool:
    """Whether the orientation of the site speaks of the activity."""
    words = case.index.orientations.get(case.site.site_id, frozenset())
    return not words.isdisjoint(case.index.lineage[case.activity_id])


def _in_no_group(case: Case) -> Ruling | None:
    if case.activity_id not in case.index.ungrouped:
        return None
    return Ruling(Verdict.UNKNOWN, (), (no_industry(case.index.plan, case.activity_id),))


def _open(case: Case) -> Ruling | None:
    if case.site.list_status != "open":
        return None
    return Ruling(Verdict.OPEN_LIST, (case.row(decided=True),), _told_of_row(case))


def _not_listed(case: Case) -> Ruling:
    reasons = (case.row(decided=True), *conformity_reason(case.index.plan))
    return Ruling(Verdict.NOT_LISTED, reasons, _told_of_row(case))


SITE_STEPS: tuple[Callable[[Case], Ruling | None], ...] = (
    _limited,
    _listed,
    _directed,
    _oriented,
    _in_no_group,
    _open,
    _not_listed,  # always rules
)


def _closed_list_conflict(case: Case) -> list[Flag]:
    named = [item for item in case.directions if item.scope != "kind-wide"]
    if case.site.list_status != "closed" or case.part is not None or not named:
        return []
    return [closed_list_conflict(case.index.plan, named[0], case.site, case.activity_id)]


def typos_of_clause(index: Index, clause: Clause) -> list[Flag]:
    """The typos in the words of a clause."""
    found = index.readings.get(clause.line, ())
    return [typo(item) for item in found if item.verbatim in clause.quote]


def _told_of_row(case: Case) -> tuple[Flag, ...]:
    """What must be known of a row that does not name the activity."""
    cut = case.index.truncated.get(case.site.site_id)
    parts = case.index.parts(case.site, case.activity_id)
    return (
        *([typo(cut)] if cut else []),
        *([part_listed(case.site, parts)] if parts else []),
    )
