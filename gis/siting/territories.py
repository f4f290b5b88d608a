"""Which verdict an activity gets in a commune, a district or the province, and what decides it.

No list governs a territory: clauses do, and for crafts the land every commune sets aside.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from gis.language import Text, say
from gis.ledger import Allowance, ledger
from gis.model import Plan
from gis.siting.reasons import clause_reason, conditional, label_of
from gis.siting.rulings import (
    DIRECTIONS,
    LIMITS,
    Index,
    Ruling,
    addresses,
    decides,
    rank_of,
    typos_of_clause,
)
from gis.tables import Clause
from gis.verdicts import Flag, Need, PlaceMatch, Reason, Verdict

TERRITORIES = ("commune", "district")
PROVINCE = ("sector", "province")
CAPS = ("points", "hectares")


def rule_on_territory(index: Index, need: Need, place: PlaceMatch, activity_id: str) -> Ruling:
    """The verdict about an activity in a commune, a district or the province."""
    clauses = index.clauses[activity_id]
    broken = [item for item in clauses if _broken_anywhere(item, place.districts)]
    if broken:
        reasons = [clause_reason(index.plan, item, activity_id, decided=True) for item in broken]
        return Ruling(Verdict.LIMITED, tuple(reasons), _typos(index, broken))
    caps = [item for item in clauses if item.effect in LIMITS and item.decided_by in CAPS]
    if place.kind == "commune":
        ruling = _misused(index, need, activity_id) or _capped(
            index, need, place, activity_id, caps
        )
        if ruling is not None:
            return ruling
    return _directed(index, need, place, activity_id, caps) or _unsettled(
        index.plan, place.kind, activity_id
    )


def _typos(index: Index, clauses: Collection[Clause]) -> tuple[Flag, ...]:
    return tuple(flag for item in clauses for flag in typos_of_clause(index, item))


def _broken_anywhere(clause: Clause, districts: Collection[str]) -> bool:
    """Whether an activity breaks a limit of the territory by being what it is."""
    if clause.effect not in LIMITS or clause.decided_by not in ("", "activity"):
        return False
    if clause.scope == "province-wide" and not clause.districts:
        return True
    return bool(districts) and set(districts) <= set(clause.districts)


# --- what clauses direct to a territory ---------------------------------------------------------


def directions_to_territory(
    index: Index, place: PlaceMatch, activity_id: str
) -> tuple[Clause, ...]:
    """The clauses that direct an activity to a commune or a district, the decisive one first."""
    found = [
        clause
        for clause in index.clauses[activity_id]
        if clause.effect in DIRECTIONS
        and decides(clause)
        and _directs(clause, place.kind, place.districts)
    ]

    def order(clause: Clause) -> tuple[object, ...]:
        return not addresses(clause, (place.kind,)), *rank_of(
            index, clause, activity_id, TERRITORIES
        )

    return tuple(sorted(found, key=order))


def _directs(clause: Clause, kind: str, districts: Collection[str]) -> bool:
    """Whether a clause speaks to the territory itself, or to the sites of the district asked about.

    A commune is no zone or cluster; a district holds its own. The province is spoken to by what is
    encouraged in all of it; what is only required there ("phù hợp với …") directs nothing.
    """
    if kind == "province":
        everywhere = clause.scope == "province-wide" and not clause.districts
        return everywhere and clause.effect == "encourage" and addresses(clause, PROVINCE)
    if kind not in TERRITORIES or clause.scope == "named-plant" or not districts:
        return False
    names_all = set(districts) <= set(clause.districts)
    if addresses(clause, TERRITORIES):
        return names_all or not clause.districts
    return kind == "district" and names_all and clause.scope != "province-wide"


def _directed(
    index: Index, need: Need, place: PlaceMatch, activity_id: str, caps: Collection[Clause]
) -> Ruling | None:
    directions = directions_to_territory(index, place, activity_id)
    if not directions:
        return None
    first = directions[0]
    flags = [
        *typos_of_clause(index, first),
        *([conditional(first)] if first.condition else []),
        *(_headroom_flags(index.plan, need, place, caps) if caps else []),
    ]
    reason = clause_reason(index.plan, first, activity_id, decided=True)
    return Ruling(Verdict.DIRECTED, (reason,), tuple(flags))


@lru_cache(maxsize=2048)
def _unsettled(plan: Plan, kind: str, activity_id: str) -> Ruling:
    """Without a list there is nothing to be absent from: unknown, not no."""
    text = say(
        "Quyết định lập danh mục cho khu và cụm, không cho xã hay huyện; không điều khoản nào "
        "nói đến {label} ở đây.",
        "The decision has lists for zones and clusters, none for a commune or district; no "
        "clause speaks of {label} here.",
        label=label_of(plan, activity_id),
    )
    if kind == "province":
        text = say(
            "Quyết định lập danh mục cho từng khu, cụm, không cho cả tỉnh; hãy hỏi theo khu, cụm "
            "hoặc tìm nơi cho {label}.",
            "The decision has lists for single zones and clusters, none for the province; ask "
            "about a site, or find sites for {label}.",
            label=label_of(plan, activity_id),
        )
    citation = plan.cite_role("conformity")
    if citation is None:
        return Ruling(Verdict.UNKNOWN, (), (Flag("no-list-here", text),))
    basis = plan.card.basis.get("conformity", "")
    return Ruling(Verdict.UNKNOWN, (Reason(citation, "absent", True, text, basis),))


# --- land that every commune sets aside for crafts ----------------------------------------------


@lru_cache(maxsize=8)
def _ledger(plan: Plan) -> dict[str, Allowance]:
    return {row.unit_code: row for row in ledger(plan)}


def allowance_of(plan: Plan, place: PlaceMatch) -> Allowance | None:
    """A commune's line in the ledger of craft land; none for a unit merged of several."""
    if place.kind != "commune" or len(place.unit_codes) != 1:
        return None
    return _ledger(plan).get(place.unit_codes[0])


def _misused(index: Index, need: Need, activity_id: str) -> Ruling | None:
    """Craft points asked for, for something that is no craft."""
    if need.points is None:
        return None
    broken = [
        clause
        for clause in index.plan.clauses.values()
        if clause.effect in LIMITS
        and clause.decided_by == "use"
        and clause not in index.clauses[activity_id]
    ]
    if not broken:
        return None
    text = say(
        "Điểm công nghiệp của xã dành riêng cho tiểu thủ công nghiệp và làng nghề, không cho "
        "{label}.",
        "A commune's craft points are reserved for small crafts and craft villages, not for "
        "{label}.",
        label=label_of(index.plan, activity_id),
    )
    reasons = [
        clause_reason(index.plan, item, activity_id, decided=True, text=text) for item in broken
    ]
    return Ruling(Verdict.LIMITED, tuple(reasons), (Flag("points", text),))


def _capped(
    index: Index, need: Need, place: PlaceMatch, activity_id: str, caps: Collection[Clause]
) -> Ruling | None:
    if not caps:
        return None
    plan = index.plan
    if len(place.unit_codes) != 1:
        numbers = {"points": need.points, "hectares": need.ha}
        meant = [item for item in caps if numbers.get(item.decided_by) is not None] or caps
        return _merged(plan, place, activity_id, next(iter(meant)))
    row = allowance_of(plan, place)
    reasons, flags = [], []
    for clause in caps:
        text = _breach(clause, need, row)
        if text is not None:
            reasons.append(clause_reason(plan, clause, activity_id, decided=True, text=text))
            flags.append(Flag("points" if clause.decided_by == "points" else "size", text))
    if not reasons:
        return None
    return Ruling(Verdict.LIMITED, tuple(reasons), tuple(flags))


def _breach(clause: Clause, need: Need, row: Allowance | None) -> Text | None:
    """How what is asked, with what is registered, goes beyond a cap or stays below its minimum."""
    asked: Decimal | int | None
    registered: Decimal | int | None
    if clause.decided_by == "points":
        asked, registered = need.points, row.points if row else None
        unit = say("điểm", "points")
    else:
        asked, registered = need.ha, row.registered_ha if row else None
        unit = say("ha", "ha")
    if asked is None:
        return None
    total = asked + (registered or 0)
    values = {
        "asked": asked,
        "unit": unit,
        "before": say("sổ chưa ghi gì", "nothing is registered")
        if registered is None
        else say("sổ đã có {n}", "{n} are registered", n=registered),
    }
    if clause.maximum is not None and total > clause.maximum:
        return say(
            "Hỏi {asked} {unit}, {before}; mỗi xã tối đa {most} {unit}.",
            "{asked} {unit} are asked for, {before}; a commune may have {most} {unit} at most.",
            most=clause.maximum,
            **values,
        )
    if clause.minimum is not None and total < clause.minimum:
        return say(
            "Hỏi {asked} {unit}, {before}; mỗi xã phải có ít nhất {least} {unit}.",
            "{asked} {unit} are asked for, {before}; a commune must have {least} {unit} at least.",
            least=clause.minimum,
            **values,
        )
    return None


def _merged(plan: Plan, place: PlaceMatch, activity_id: str, cap: Clause) -> Ruling:
    names = [plan.units[code].label for code in place.unit_codes if code in plan.units]
    text = say(
        "{label} ngày nay gộp nhiều xã năm 2010 ({names}): hạn mức tính cho cả đơn vị hay cho từng "
        "xã cũ? Quyết định không nói.",
        "{label} of today is made of several communes of 2010 ({names}): does the allowance hold "
        "for the unit or for each former commune? The decision does not say.",
        label=place.label,
        names=names or say("không rõ", "not known"),
    )
    reason = clause_reason(plan, cap, activity_id, decided=True, text=text)
    return Ruling(Verdict.UNKNOWN, (reason,), (Flag("merged-unit", text),))


def _headroom_flags(
    plan: Plan, need: Need, place: PlaceMatch, caps: Collection[Clause]
) -> list[Flag]:
    row = allowance_of(plan, place)
    if row is None:
        if need.points is None and need.ha is None:
            return []
        text = say(
            "Số điểm và diện tích được tính theo từng xã, không theo huyện.",
            "Points and hectares are counted commune by commune, not by district.",
        )
        return [Flag("points", text)]
    if row.points is None:
        text = say(
            "Sổ điểm công nghiệp chưa có dữ liệu về {unit}: không rõ còn bao nhiêu.",
            "The register of craft points has nothing on {unit}: what is left is not known.",
            unit=row.unit,
        )
        return [Flag("headroom-unknown", text)]
    full = [
        headroom
        for headroom in (row.headroom_points, row.headroom_ha)
        if headroom is not None and headroom <= 0
    ]
    text = say(
        "{unit} đã dùng hết số điểm hoặc diện tích được có.",
        "{unit} has used up the points or hectares it may have.",
        unit=row.unit,
    )
    return [Flag("points", text)] if full else []
