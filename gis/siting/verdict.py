"""May this activity stand here? A need, a place and an activity to one answer.

Every answer quotes what it rests on, what else bears on it, and what nobody checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from gis.language import Text, say
from gis.model import Plan
from gis.siting.bearings import (
    about_crafts,
    bearing_on_site,
    bearing_on_territory,
    free_ha,
    good_to_know,
    sites_of,
    sites_there,
)
from gis.siting.reasons import VERDICTS, label_of, size_reason
from gis.siting.rulings import Index, Ruling, decides, index_of, rule_on_site
from gis.siting.territories import CAPS, allowance_of, rule_on_territory
from gis.tables import Clause, Site
from gis.verdicts import ActivityMatch, Answer, Flag, Need, PlaceMatch, Reason, Verdict

# flags of a place on the ground that leave open where it lies
UNPROVEN = frozenset({"indicative-geometry", "not-drawn", "outside-province", "partly-in-site"})
MOST_CANDIDATES = 5  # of an unclear question are answered beside it
MOST_TOGETHER = 12  # activities named at once
NOT_CHECKED = (
    say("thủ tục môi trường và loại chất thải", "environmental procedures and kinds of waste"),
    say("giá đất và hạ tầng có tới nơi hay không", "the price of land and whether services reach"),
    say("công nghệ và tuổi của thiết bị", "technology and the age of the equipment"),
    say("quy mô, vốn và hình thức của nhà đầu tư", "the investor's size, capital and legal form"),
)
LAND_NOT_CHECKED = say("đất còn trống hay không", "whether any land is free")


def ask(plan: Plan, need: Need) -> Answer:
    """The answer to a need as it was typed."""
    from gis.asking.places import (
        find_place,  # fuzzy matching is loaded only where words must be read
    )
    from gis.asking.understanding import understand

    place = find_place(plan, need.place)
    return answer(plan, need, place, understand(plan, need.activity, need.code))


def answer(plan: Plan, need: Need, place: PlaceMatch, activity: ActivityMatch) -> Answer:
    """The verdict about an activity at a place, with all that it rests on and leaves open."""
    index = index_of(plan)
    activity = _craft_points_meant(plan, need, place, activity)
    found = _found(index, need, place, activity)
    site, ruling = _site_of(plan, place), found.ruling
    flags = (*ruling.flags, *_flags_of_numbers(plan, need, place))
    return Answer(
        need=need,
        verdict=ruling.verdict,
        place=place,
        activity=activity,
        site_id=site.site_id if site else None,
        reasons=ruling.reasons,
        secondary=found.secondary,
        flags=_each_once((*place.flags, *activity.flags), flags),
        information=tuple(dict.fromkeys((*place.information, *found.information))),
        not_checked=found.not_checked or tuple(_not_checked(index, site, ())),
        headroom=allowance_of(plan, place) if about_crafts(index, activity.activity_id) else None,
    )


def _each_once(matched: Collection[Flag], ruled: Collection[Flag]) -> tuple[Flag, ...]:
    """All flags once; what the reading of a name says of itself is not said again."""
    known = {flag.code for flag in matched}
    rest = [flag for flag in ruled if flag.code not in known]
    return tuple({(flag.code, flag.text.vi): flag for flag in (*matched, *rest)}.values())


def _craft_points_meant(
    plan: Plan, need: Need, place: PlaceMatch, activity: ActivityMatch
) -> ActivityMatch:
    """A question about points of a commune is about craft points, whatever else is not understood.

    What is understood, or could be several things, is left as it is.
    """
    asked = bool(need.activity.strip() or need.code.strip())
    unclear = activity.activity_id is None and activity.is_industry and not activity.is_complete
    if need.points is None or (asked and not unclear):
        return activity
    capped = [item for item in plan.clauses.values() if item.decided_by == "points"]
    if place.kind != "commune" or not capped or not capped[0].activities:
        return activity
    meant = capped[0].activities[0]
    text = say(
        "Số điểm được hiểu là điểm của {label}.",
        "The points are taken for points of {label}.",
        label=label_of(plan, meant),
    )
    flags = (*activity.flags, Flag("assumed-activity", text))
    return replace(activity, activity_id=meant, candidates=(), flags=flags)


def _site_of(plan: Plan, place: PlaceMatch) -> Site | None:
    """The one site that a place is, if it is one."""
    stands = place.kind == "site" or (place.kind == "ground" and _proves(place))
    if not stands or len(place.site_ids) != 1:
        return None
    return plan.sites.get(place.site_ids[0])


def _is_one_commune(place: PlaceMatch) -> bool:
    """Whether ground is shown to lie in one commune and in no site."""
    return _proves(place) and not place.site_ids and len(place.unit_codes) == 1


def _proves(place: PlaceMatch) -> bool:
    return UNPROVEN.isdisjoint(flag.code for flag in place.flags)


# --- from match to ruling -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A ruling with all that stands beside it."""

    ruling: Ruling
    secondary: tuple[Reason, ...] = ()
    information: tuple[Text, ...] = ()
    not_checked: tuple[Text, ...] = ()


def _found(index: Index, need: Need, place: PlaceMatch, activity: ActivityMatch) -> _Found:
    """The ruling, what else bears on it, and what is good to know."""
    plan, activity_id = index.plan, activity.activity_id
    if not activity.is_industry:
        return _unknown(_out_of_scope(activity))
    if activity_id is None or activity_id not in plan.activities:
        return (
            _whichever(index, need, place, activity)
            or _too_large(index, need, place, activity)
            or _unknown(_not_understood(activity), _by_candidate(index, place, activity))
        )
    site = _site_of(plan, place)
    if site is not None:
        fits = need.ha is not None and need.ha <= site.stated_ha
        unrecorded = free_ha(plan, site) is None
        # a size that fits says nothing as long as no free land is recorded
        return _at_site(plan, site.site_id, activity_id, None if fits and unrecorded else need.ha)
    if place.kind == "ground" and not _is_one_commune(place):
        return _by_name(index, need, place, activity_id)
    if place.kind in ("commune", "district", "province", "ground"):
        where = replace(place, kind="commune") if place.kind == "ground" else place
        return _in_territory(index, need, where, activity_id)
    return _unknown(_no_place(place), _by_site(index, need, place, activity_id))


def _whichever(
    index: Index, need: Need, place: PlaceMatch, activity: ActivityMatch
) -> _Found | None:
    """The answer that every activity that may be meant would get, if it is one and the same."""
    if not activity.is_complete or len(activity.candidates) > MOST_TOGETHER:
        return None
    found = [
        _found(index, need, place, replace(activity, activity_id=item.identity, candidates=()))
        for item in activity.candidates
    ]
    verdicts = {one.ruling.verdict for one in found}
    if len(verdicts) != 1 or verdicts == {Verdict.UNKNOWN}:
        return None
    first = found[0]
    reasons = [item for one in found for item in one.ruling.reasons]
    secondary = [item for one in found for item in one.secondary]
    flags = [item for one in found for item in one.ruling.flags]
    return replace(
        first,
        ruling=Ruling(first.ruling.verdict, _cited_once(reasons), tuple(dict.fromkeys(flags))),
        secondary=_cited_once(secondary),
        information=(
            say(
                "Câu trả lời là một cho cả: {names}.",
                "The answer is the same for each of: {names}.",
                names=[item.label for item in activity.candidates],
            ),
            *dict.fromkeys(item for one in found for item in one.information),
        ),
    )


def _too_large(
    index: Index, need: Need, place: PlaceMatch, activity: ActivityMatch
) -> _Found | None:
    """The answer where more land is asked for than the whole site has, whatever the activity is."""
    site = _site_of(index.plan, place)
    if site is None or need.ha is None or need.ha <= site.stated_ha:
        return None
    reason = size_reason(index.plan, site, need.ha)
    flags = (Flag("size", reason.text), _not_understood(activity))
    return _Found(Ruling(Verdict.LIMITED, (reason,), flags))


def _cited_once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons, each passage once; one that decided stands before the same passage that did not."""
    ordered = sorted(reasons, key=lambda item: not item.decided)
    return tuple({(item.citation, item.text): item for item in reversed(ordered)}.values())[::-1]


@lru_cache(maxsize=8192)
def _at_site(plan: Plan, site_id: str, activity_id: str, ha: Decimal | None) -> _Found:
    index, site = index_of(plan), plan.sites[site_id]
    ruling = rule_on_site(index, site, activity_id, ha)
    secondary = tuple(bearing_on_site(index, site, activity_id, ruling))
    return _Found(
        ruling,
        secondary,
        tuple(good_to_know(index, ha, site, activity_id, ruling)),
        tuple(_not_checked(index, site, (*ruling.reasons, *secondary))),
    )


def _in_territory(index: Index, need: Need, place: PlaceMatch, activity_id: str) -> _Found:
    ruling = rule_on_territory(index, need, place, activity_id)
    secondary = tuple(bearing_on_territory(index, place, activity_id, ruling))
    return _Found(
        ruling,
        secondary,
        tuple(sites_there(index, need, place, activity_id, ruling)),
        tuple(_not_checked(index, None, (*ruling.reasons, *secondary))),
    )


def _unknown(flag: Flag, information: Iterable[Text] = ()) -> _Found:
    return _Found(Ruling(Verdict.UNKNOWN, (), (flag,)), (), tuple(information))


def _out_of_scope(activity: ActivityMatch) -> Flag:
    text = say(
        "“{asked}” không phải là ngành công nghiệp mà quyết định sắp xếp.",
        "“{asked}” is no industry that the decision sites.",
        asked=activity.asked,
    )
    return Flag("out-of-scope", text)


def _not_understood(activity: ActivityMatch) -> Flag:
    text = say(
        "Chưa hiểu “{asked}” là ngành nào{candidates}.",
        "What activity “{asked}” is was not understood{candidates}.",
        asked=activity.asked,
        candidates=say(
            "; có thể là: {names}",
            "; it may be: {names}",
            names=[item.label for item in activity.candidates[:MOST_CANDIDATES]],
        )
        if activity.candidates
        else "",
    )
    return Flag("unknown-activity", text)


def _no_place(place: PlaceMatch) -> Flag:
    if place.candidates:
        text = say(
            "“{asked}” có thể là: {names}. Hãy nói rõ.",
            "“{asked}” may be: {names}. Say which.",
            asked=place.asked,
            names=[item.label for item in place.candidates],
        )
        return Flag("ambiguous-place", text)
    text = say(
        "“{asked}” không có trong quyết định.", "“{asked}” is not in the decision.",
        asked=place.asked,
    )  # fmt: skip
    return Flag("unknown-place", text)


def _by_name(index: Index, need: Need, place: PlaceMatch, activity_id: str) -> _Found:
    """The ground is not settled by an indicative drawing; the answers by name stand beside it."""
    text = say(
        "Chưa rõ khu đất nằm ở đâu so với khu, cụm: hình vẽ không chứng minh được.",
        "Where the ground lies among the sites is not known: the drawing proves nothing.",
    )
    if _proves(place):
        text = say(
            "Khu đất chạm nhiều khu, cụm hoặc không nằm trong nơi nào.",
            "The ground touches several sites, or lies in no place of the plan.",
        )
    secondary: list[Reason] = []
    information: list[Text] = []
    for site in sites_of(index.plan, place.site_ids):
        ruling = rule_on_site(index, site, activity_id, need.ha)
        secondary += [replace(item, decided=False) for item in ruling.reasons]
        information.append(_named_verdict(site.short_name, ruling))
    for code in place.unit_codes[:MOST_CANDIDATES]:
        unit = index.plan.units.get(code)
        if unit is not None:
            here = PlaceMatch(
                place.asked, "commune", Text(unit.label, unit.label), (), (code,), (unit.district,)
            )
            ruling = rule_on_territory(index, need, here, activity_id)
            information.append(_named_verdict(unit.label, ruling))
    flag = Flag("ambiguous-place" if _proves(place) else "indicative-geometry", text)
    return replace(_unknown(flag, information), secondary=tuple(secondary))


def _named_verdict(name: str, ruling: Ruling) -> Text:
    """What the answer would be for a place by its name."""
    decided = [item.citation.locator for item in ruling.reasons if item.decided]
    return say(
        "{name}: {verdict}{where}.",
        "{name}: {verdict}{where}.",
        name=name,
        verdict=VERDICTS[ruling.verdict],
        where=say(" ({where})", " ({where})", where=decided[0]) if decided else "",
    )


def _by_candidate(index: Index, place: PlaceMatch, activity: ActivityMatch) -> Iterator[Text]:
    """What each activity that may be meant would get at the site."""
    site = _site_of(index.plan, place)
    for item in activity.candidates[:MOST_CANDIDATES] if site else ():
        if site and item.identity in index.plan.activities:
            ruling = rule_on_site(index, site, item.identity)
            yield say(
                "Nếu là {label} – {verdict}",
                "If it is {label} – {verdict}",
                label=item.label,
                verdict=_named_verdict(site.short_name, ruling),
            )


def _by_site(index: Index, need: Need, place: PlaceMatch, activity_id: str) -> Iterator[Text]:
    """What each site that may be meant would answer."""
    named = [item.identity for item in place.candidates[: 2 * MOST_CANDIDATES]]
    for site in sites_of(index.plan, named):
        yield _named_verdict(site.short_name, rule_on_site(index, site, activity_id, need.ha))


# --- what nobody checked ------------------------------------------------------------------------


def _flags_of_numbers(plan: Plan, need: Need, place: PlaceMatch) -> Iterator[Flag]:
    """Numbers asked about that are too large whatever the activity, or mean nothing there."""
    site = _site_of(plan, place)
    if site is None:
        return
    if need.ha is not None and need.ha > site.stated_ha:
        yield Flag("size", size_reason(plan, site, need.ha).text)
    if need.points is not None:
        yield Flag(
            "points",
            say(
                "Số điểm chỉ có nghĩa đối với xã, phường, thị trấn.",
                "Points are a matter of communes only.",
            ),
        )


def _not_checked(index: Index, site: Site | None, reasons: Collection[Reason]) -> Iterator[Text]:
    yield _in_force(index.plan)
    if site is None or free_ha(index.plan, site) is None:
        yield LAND_NOT_CHECKED
    yield from NOT_CHECKED
    clauses = index.plan.clauses
    named = [clauses[item.clause_id] for item in reasons if item.clause_id in clauses]
    for clause in (*named, *_unmeasured(index.plan)):
        if clause.condition and clause.decided_by not in (*CAPS, "place", "use"):
            yield _condition(clause)


@lru_cache(maxsize=8)
def _in_force(plan: Plan) -> Text:
    return say(
        "quy hoạch đang có hiệu lực: câu trả lời chỉ {status}",
        "the plan now in force: this answer is {status}",
        status=plan.card.status,
    )


@lru_cache(maxsize=8)
def _unmeasured(plan: Plan) -> tuple[Clause, ...]:
    """The clauses about any activity that nobody measures."""
    found = plan.clauses.values()
    return tuple(item for item in found if not item.activities and not decides(item))


@lru_cache(maxsize=1024)
def _condition(clause: Clause) -> Text:
    return say(
        "điều kiện của {clause}, dòng {line}: “{condition}”",
        "the condition of {clause}, line {line}: “{condition}”",
        clause=clause.clause,
        line=str(clause.line),
        condition=clause.condition,
    )
