"""Permitted functions: what the rows list, and what the clauses direct and limit.

Lists, directions and limits are compared as tables; no rule knows a site, a clause or an activity
by its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gis.activities import (
    descendants,
    listing_sites,
    naming_sites,
    orientation_holds,
)
from gis.checks.telling import about_clause, about_row, joined, labels_of, names_of, quoted
from gis.language import Text, say
from gis.model import CheckOptions, Finding, Noticed, Plan, Remark, Severity
from gis.tables import Clause, Fragment, Site

ELLIPSES = ("…", "...")
CONNECTIVES = frozenset({"và", "theo", "định", "hướng"})  # "and", "oriented to"
SEPARATOR = re.compile(r"[\n,;:.…()]+")
CONCENTRATE = "tập trung"
MINING_DIVISIONS = ("05", "06", "07", "08", "09")  # ISIC Rev.4, section B
VERBS: Mapping[str, Text] = {
    "encourage": Text("khuyến khích", "encourages"),
    "require": Text("yêu cầu", "requires"),
}


# --- the lists themselves ---------------------------------------------------------------------


def sites_have_functions(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Every site has a function, and every function is in the vocabulary."""
    for site in plan.sites.values():
        if not plan.fragments_of(site.site_id):
            yield about_row(
                plan,
                site,
                say(
                    "{site} không có chức năng nào.",
                    "{site} has no function.",
                    site=site.short_name,
                ),
            )
    for item in plan.fragments:
        if item.activity_id not in plan.activities and item.site_id in plan.sites:
            yield about_row(
                plan,
                plan.sites[item.site_id],
                say(
                    "Chức năng “{text}” được đọc là “{activity}”, không có trong bảng ngành nghề.",
                    "The function “{text}” is read as “{activity}”, which the vocabulary lacks.",
                    text=item.text,
                    activity=item.activity_id,
                ),
                key=f"{item.fragment}-{item.activity_id}",
            )


def fragments_cover_the_list(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The functions of a site account for every word of its function cell."""
    lead_ins = _lead_ins(plan)
    for site in plan.sites.values():
        fragments = plan.fragments_of(site.site_id)
        left = _left_over(site, fragments, lead_ins) if fragments else ()
        if left:
            yield about_row(
                plan,
                site,
                say(
                    "{site}: ô chức năng còn phần chưa được tách: {left}.",
                    "{site}: the function cell holds words that no function accounts for: {left}.",
                    site=site.short_name,
                    left=quoted(left),
                ),
            )


def _lead_ins(plan: Plan) -> tuple[str, ...]:
    """What rows say before the colon that opens their list; some rows drop the colon."""
    heads = (site.function_text.partition(":") for site in plan.sites.values())
    return tuple(
        sorted({head for head, colon, _ in heads if colon and not SEPARATOR.search(head)}, key=len)
    )


def _left_over(
    site: Site, fragments: Iterable[Fragment], lead_ins: Iterable[str]
) -> tuple[str, ...]:
    """Stretches of the cell that neither a fragment nor the framing of a list accounts for."""
    rest = _without(
        site.function_text, dict.fromkeys((item.fragment, item.text) for item in fragments)
    )
    for lead_in in lead_ins:
        rest = rest.removeprefix(lead_in)
    framing = CONNECTIVES | {word.casefold() for word in re.findall(r"\w+", site.name)}
    stretches = (stretch.strip() for stretch in SEPARATOR.split(rest))
    return tuple(
        stretch
        for stretch in stretches
        if any(word.casefold() not in framing for word in re.findall(r"\w+", stretch))
    )


def _without(text: str, fragments: Iterable[tuple[int, str]]) -> str:
    """The text with each fragment, sought from where the last one ended, cut out."""
    kept, rest = "", text
    for _, fragment in sorted(fragments):
        before, found, after = rest.partition(fragment)
        if found:
            kept, rest = f"{kept}{before}\n", after
    return kept + rest


def open_and_closed_lists_are_kept_apart(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A list is open where its text ends in an ellipsis, and only there."""
    for site in plan.sites.values():
        text = site.function_text.rstrip()
        is_open = site.list_status == "open"
        if text.endswith(ELLIPSES) != is_open or (_has_ellipsis(text) and not is_open):
            yield about_row(
                plan,
                site,
                say(
                    "{site}: danh mục ghi là “{status}” nhưng câu chữ {has} dấu lửng ở cuối.",
                    "{site}: the list is held to be “{status}” but its text {has} an ellipsis.",
                    site=site.short_name,
                    status=site.list_status,
                    has=say("có", "has") if _has_ellipsis(text) else say("không có", "lacks"),
                ),
            )
    counts = {
        status: sum(site.list_status == status for site in plan.sites.values())
        for status in ("open", "closed", "orientation")
    }
    yield Remark(
        say(
            "{open} danh mục mở, {closed} danh mục đóng, {orientation} dòng chỉ có định hướng",
            "{open} open lists, {closed} closed lists, {orientation} of orientation only",
            **counts,
        )
    )


def _has_ellipsis(text: str) -> bool:
    return any(mark in text for mark in ELLIPSES)


def lists_name_no_extraction(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No site lists the extraction of minerals, which is done where the ore lies."""
    for item in plan.fragments:
        site = plan.sites[item.site_id]
        if _is_extraction(plan, item.activity_id) and site.list_status != "orientation":
            yield about_row(
                plan,
                site,
                say(
                    "{site} ghi “{text}” ({activity}) như một chức năng; mỏ nằm ở nơi có quặng, "
                    "không nằm trong khu, cụm.",
                    "{site} lists “{text}” ({activity}) as a function; a mine lies where the ore "
                    "is, not in a zone or cluster.",
                    site=site.short_name,
                    text=item.text,
                    activity=labels_of(plan, [item.activity_id]),
                ),
                key=str(item.fragment),
            )


def _is_extraction(plan: Plan, activity_id: str) -> bool:
    """Whether all the codes of an activity are of mining; dressing ore has others too."""
    activity = plan.activities.get(activity_id)
    codes = activity.isic_rev4 if activity else ()
    return bool(codes) and all(code.startswith(MINING_DIVISIONS) for code in codes)


# --- directions against lists -----------------------------------------------------------------


def closed_lists_take_what_is_directed_to_them(
    plan: Plan, options: CheckOptions
) -> Iterator[Noticed]:
    """A closed list of a site that a clause names holds something the clause directs there."""
    for clause in _directions(plan):
        sites = _refusing(plan, clause)
        if sites:
            yield about_clause(
                plan,
                clause,
                sites,
                say(
                    "{clause} {verb} {activities} tại {sites}; danh mục đóng ở đó không có ngành "
                    "nào trong số này.",
                    "{clause} {verb} {activities} at {sites}; the closed list there holds none "
                    "of it.",
                    sites=names_of(sites),
                    **_told(plan, clause),
                ),
                cause=_occasion(clause, sites),
            )


def _refusing(plan: Plan, clause: Clause) -> tuple[Site, ...]:
    """The sites a clause names whose closed list holds nothing of what it directs."""
    takers = {site_id for item in clause.activities for site_id in listing_sites(plan, item)}
    return tuple(
        site
        for site in _named_sites(plan, clause)
        if site.list_status == "closed" and site.site_id not in takers
    )


def _occasion(clause: Clause, sites: Iterable[Site]) -> Text | None:
    if any(site.kind in clause.addresses for site in sites):
        return None
    return say(
        "điều khoản nêu các khu, cụm này nhưng không nói cơ sở phải nằm trong đó",
        "the clause names these sites but does not say that the works stand in them",
    )


def named_directions_have_a_row(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Each activity directed to named sites is listed by one of them."""
    for clause in _directions(plan):
        lists = [site for site in _named_sites(plan, clause) if site.list_status != "orientation"]
        homeless = _homeless(plan, clause.activities, lists)
        if lists and homeless and len(_refusing(plan, clause)) < len(lists):
            yield about_clause(
                plan,
                clause,
                lists,
                say(
                    "{clause} {verb} sản xuất tại {sites}, nhưng không dòng nào trong số đó ghi: "
                    "{homeless}.",
                    "{clause} {verb} production at {sites}, yet none of these rows lists: "
                    "{homeless}.",
                    sites=names_of(lists),
                    homeless=labels_of(plan, homeless),
                    **_told(plan, clause),
                ),
            )


def orientations_speak_of_what_is_directed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A site that has only an orientation is directed to nothing beyond it."""
    for clause in _directions(plan):
        silent = [
            site
            for site in _named_sites(plan, clause)
            if site.list_status == "orientation"
            and not any(orientation_holds(plan, site.site_id, item) for item in clause.activities)
        ]
        if silent:
            yield about_clause(
                plan,
                clause,
                silent,
                say(
                    "{clause} {verb} {activities} tại {sites}; định hướng của khu không nói đến, "
                    "cũng không loại trừ.",
                    "{clause} {verb} {activities} at {sites}; the orientation there neither "
                    "speaks of it nor rules it out.",
                    sites=names_of(silent),
                    **_told(plan, clause),
                ),
            )


def kind_wide_directions_have_a_row(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Each activity directed to a whole kind of site is listed by some site of that kind."""
    for clause in _directions(plan):
        sites = _addressed(plan, clause) if clause.scope == "kind-wide" else ()
        homeless = _homeless(plan, clause.activities, sites)
        if not sites or not homeless:
            continue
        others = _listers(plan, [item for item in clause.activities if item not in homeless])
        yield about_clause(
            plan,
            clause,
            (),
            say(
                "{clause} {verb} {homeless} ở khu, cụm loại này, nhưng không dòng nào trong {all} "
                "dòng ghi; phần còn lại của điều khoản có ở {others} dòng.",
                "{clause} {verb} {homeless} at sites of this kind, yet none of the {all} rows "
                "lists it; the rest of what the clause names stands in {others} of them.",
                all=len(sites),
                homeless=labels_of(plan, homeless),
                others=sum(site.site_id in others for site in sites),
                **_told(plan, clause),
            ),
        )


def district_directions_have_a_row(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """What is directed to a district is listed by a site of that district."""
    confined = _confined(plan)
    for clause in _directions(plan):
        if clause.scope == "kind-wide" or (clause.scope == "named-district" and not clause.sites):
            wanted = [
                item
                for item in clause.activities
                if item not in confined and _listers_of(plan, item)
            ]
            lacking = _lacking(plan, clause, wanted)
            if lacking:
                yield _district_finding(plan, clause, lacking)


def _lacking(plan: Plan, clause: Clause, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each district of a clause, the activities that no site of it lists."""
    lacks = {
        district: _homeless(plan, wanted, _sites_in(plan, clause, district))
        for district in clause.districts
    }
    return {district: missing for district, missing in lacks.items() if missing}


def _district_finding(plan: Plan, clause: Clause, lacking: Mapping[str, Sequence[str]]) -> Finding:
    """A warning if some district has no open list to take it either, else a note."""
    shut = [
        district
        for district in lacking
        if all(site.list_status != "open" for site in _sites_in(plan, clause, district))
    ]
    parts = [
        say(
            "{district}: {missing}",
            "{district}: {missing}",
            district=district,
            missing=labels_of(plan, missing),
        )
        for district, missing in lacking.items()
    ]
    return about_clause(
        plan,
        clause,
        (),
        say(
            "{clause} {verb} những ngành mà không khu, cụm nào của huyện ghi – {parts}.",
            "{clause} {verb} what no site of the district lists – {parts}.",
            parts=joined(parts, " | "),
            **_told(plan, clause),
        ),
        severity=Severity.WARNING if shut else Severity.NOTE,
        cause=say(
            "không có cả danh mục mở ở: {shut}", "not even an open list in: {shut}", shut=shut
        )
        if shut
        else say("chỉ còn các danh mục mở", "only open lists are left"),
    )


def province_wide_directions_have_a_row(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Each industry directed to the province as a whole is listed by some site."""
    confined = _confined(plan)
    for clause in _directions(plan):
        if clause.scope != "province-wide" or not {"sector", "province"} & set(clause.addresses):
            continue
        wanted = [item for item in clause.activities if item not in confined]
        homeless = _homeless(plan, wanted, plan.sites.values())
        if homeless:
            yield about_clause(
                plan,
                clause,
                (),
                say(
                    "{clause} {verb} {homeless} mà không nêu địa điểm; không khu, cụm nào ghi.",
                    "{clause} {verb} {homeless} without naming a place; no site lists it.",
                    homeless=labels_of(plan, homeless),
                    **_told(plan, clause),
                ),
            )


def concentrated_activities_are_not_spread(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """What a clause concentrates at a few sites is not listed by more sites outside them."""
    for clause in _directions(plan):
        if not _concentrates(clause):
            continue
        inside, outside = _inside_and_outside(plan, clause)
        if len(outside) > len(inside):
            yield about_clause(
                plan,
                clause,
                outside,
                say(
                    "{clause} muốn tập trung {activities} ở {inside_names} ({inside} dòng có ghi), "
                    "nhưng {outside} dòng khác cũng ghi: {outside_names}.",
                    "{clause} wants {activities} concentrated at {inside_names} ({inside} rows "
                    "list it), yet {outside} other rows list it too: {outside_names}.",
                    inside=len(inside),
                    inside_names=names_of(_named_sites(plan, clause)),
                    outside=len(outside),
                    outside_names=names_of(outside),
                    **_told(plan, clause),
                ),
            )


def directed_activities_stay_where_directed(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """What a clause directs to named sites, no other site lists."""
    for clause in _directions(plan):
        if clause.scope != "named-site" or _concentrates(clause):
            continue
        _, outside = _inside_and_outside(plan, clause)
        if outside:
            yield about_clause(
                plan,
                clause,
                outside,
                say(
                    "{clause} {verb} {activities} ở {named}, nhưng có dòng khác ghi: {outside}.",
                    "{clause} {verb} {activities} at {named}, yet other rows list some of it: "
                    "{outside}.",
                    named=names_of(_named_sites(plan, clause)),
                    outside=names_of(outside),
                    **_told(plan, clause),
                ),
            )


def _concentrates(clause: Clause) -> bool:
    return clause.scope == "named-site" and CONCENTRATE in clause.quote.casefold()


def _inside_and_outside(plan: Plan, clause: Clause) -> tuple[list[Site], list[Site]]:
    """The sites that name what a clause directs: those it names, and the others."""
    naming = {site_id for item in clause.activities for site_id in naming_sites(plan, item)}
    sites = [site for site in plan.sites.values() if site.site_id in naming]
    return (
        [site for site in sites if site.site_id in clause.sites],
        [site for site in sites if site.site_id not in clause.sites],
    )


# --- limits against lists ---------------------------------------------------------------------


def confined_activities_stay_in_craft_points(
    plan: Plan, options: CheckOptions
) -> Iterator[Noticed]:
    """What a clause confines to craft points, no row lists and no other clause directs."""
    for clause in plan.clauses.values():
        if not confines(clause):
            continue
        confined = _with_narrower(plan, clause.activities)
        rows = [
            item
            for item in plan.fragments
            if item.activity_id in confined
            and plan.sites[item.site_id].list_status != "orientation"
        ]
        if rows:
            yield _listed_though_confined(plan, clause, rows)
        for other in _directions(plan):
            both = [item for item in other.activities if item in confined]
            if both and {"zone", "cluster"} & set(other.addresses):
                yield _directed_though_confined(plan, clause, other, both)


def _listed_though_confined(plan: Plan, clause: Clause, rows: Sequence[Fragment]) -> Finding:
    sites = [plan.sites[site_id] for site_id in dict.fromkeys(item.site_id for item in rows)]
    listed = [f"{plan.sites[item.site_id].short_name}: “{item.text}”" for item in rows]
    return about_clause(
        plan,
        clause,
        sites,
        say(
            "{clause} chỉ cho {activities} phát triển trong các điểm công nghiệp, nhưng bảng khu, "
            "cụm ghi: {listed}.",
            "{clause} allows {activities} in craft points only, yet the tables list: {listed}.",
            clause=clause.clause,
            activities=labels_of(plan, clause.activities),
            listed="; ".join(listed),
        ),
        key="rows",
    )


def _directed_though_confined(
    plan: Plan, clause: Clause, other: Clause, both: Sequence[str]
) -> Finding:
    return Finding(
        subjects=(clause.clause_id, other.clause_id),
        message=say(
            "{clause} chỉ cho {activities} phát triển trong các điểm công nghiệp, nhưng {other} "
            "hướng về cả khu, cụm.",
            "{clause} allows {activities} in craft points only, yet {other} directs it to zones "
            "or clusters too.",
            clause=clause.clause,
            other=other.clause,
            activities=labels_of(plan, both),
        ),
        citations=(plan.cite(clause.clause_id), plan.cite(other.clause_id)),
        key="clauses",
    )


def confines(clause: Clause) -> bool:
    """Whether a clause keeps activities to craft points and nowhere else."""
    return clause.effect in ("limit", "forbid") and clause.addresses == ("craft-point",)


def _confined(plan: Plan) -> set[str]:
    """Every activity that some clause confines to craft points."""
    clauses = [clause for clause in plan.clauses.values() if confines(clause)]
    return {item for clause in clauses for item in _with_narrower(plan, clause.activities)}


def _with_narrower(plan: Plan, activities: Iterable[str]) -> set[str]:
    return {item for parent in activities for item in (parent, *descendants(plan, parent))}


# --- what the rules share ---------------------------------------------------------------------


def _directions(plan: Plan) -> Iterator[Clause]:
    """The clauses that encourage or require activities."""
    return (
        clause for clause in plan.clauses.values() if clause.effect in VERBS and clause.activities
    )


def _named_sites(plan: Plan, clause: Clause) -> tuple[Site, ...]:
    """The sites a clause is about by name or by district, not merely as one of their kind."""
    if not clause.scope.startswith("named"):
        return ()
    return tuple(plan.sites[site_id] for site_id in clause.sites if site_id in plan.sites)


def _addressed(plan: Plan, clause: Clause) -> tuple[Site, ...]:
    """The sites a clause holds for: those it was given, else all of the kinds it addresses."""
    if clause.sites:
        return tuple(plan.sites[site_id] for site_id in clause.sites if site_id in plan.sites)
    return tuple(site for site in plan.sites.values() if site.kind in clause.addresses)


def _sites_in(plan: Plan, clause: Clause, district: str) -> tuple[Site, ...]:
    """The sites of a district that a clause can mean; one that addresses no kind means all."""
    kinds = {"zone", "cluster"} & set(clause.addresses) or {"zone", "cluster"}
    return tuple(
        site for site in plan.sites.values() if district in site.districts and site.kind in kinds
    )


def _listers_of(plan: Plan, activity_id: str) -> set[str]:
    """The sites whose list holds an activity, wholly or in part."""
    return set(listing_sites(plan, activity_id)) | set(naming_sites(plan, activity_id))


def _listers(plan: Plan, activities: Iterable[str]) -> set[str]:
    return {site_id for item in activities for site_id in _listers_of(plan, item)}


def _homeless(plan: Plan, activities: Iterable[str], sites: Iterable[Site]) -> tuple[str, ...]:
    """The activities that none of the sites lists, not even in part."""
    wanted = {site.site_id for site in sites}
    return tuple(item for item in activities if not wanted & _listers_of(plan, item))


def _told(plan: Plan, clause: Clause) -> dict[str, object]:
    """The values that every sentence about a direction has."""
    return {
        "clause": clause.clause,
        "verb": VERBS[clause.effect],
        "activities": labels_of(plan, clause.activities),
    }
