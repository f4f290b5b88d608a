"""What a verdict rests on, told: reasons with their quotes, and flags.

Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from gis.language import Text, say
from gis.model import Plan
from gis.tables import Clause, Fragment, Reading, Site
from gis.verdicts import Flag, Reason, Verdict

VERDICTS: Mapping[Verdict, Text] = {
    Verdict.LISTED: say("có trong danh mục", "listed"),
    Verdict.DIRECTED: say("được hướng tới", "directed"),
    Verdict.OPEN_LIST: say("danh mục mở, không ghi", "open list, not named"),
    Verdict.UNKNOWN: say("chưa rõ", "unknown"),
    Verdict.NOT_LISTED: say("không có trong danh mục", "not listed"),
    Verdict.LIMITED: say("bị giới hạn hoặc cấm", "limited or forbidden"),
}

EFFECTS: Mapping[str, Text] = {
    "forbid": say("cấm", "forbids"),
    "limit": say("giới hạn", "limits"),
    "require": say("yêu cầu", "requires"),
    "encourage": say("khuyến khích", "encourages"),
    "permit": say("cho phép", "permits"),
}
ANY_ACTIVITY = say("ngành nghề nói chung", "activities in general")
KINDS: Mapping[str, Text] = {
    "zone": say("các khu công nghiệp", "the zones"),
    "cluster": say("các cụm công nghiệp", "the clusters"),
    "craft-point": say("các điểm công nghiệp", "the craft points"),
    "commune": say("các xã, phường, thị trấn", "the communes"),
    "district": say("cấp huyện", "the districts"),
    "sector": say("toàn ngành", "the whole sector"),
    "province": say("toàn tỉnh", "the whole province"),
}


# --- reasons ------------------------------------------------------------------------------------


def label_of(plan: Plan, activity_id: str) -> Text:
    """The name of an activity in both languages."""
    item = plan.activities[activity_id]
    return Text(item.label_vi, item.label_en)


def row_reason(
    plan: Plan,
    site: Site,
    activity_id: str,
    part: Fragment | None,
    *,
    decided: bool = False,
    oriented: bool | None = None,
) -> Reason:
    """The function cell of a row and what it says of the activity."""
    effect: Literal["permit", "orientation", "absent"]
    if site.list_status == "orientation":
        effect, text = "orientation", _orientation_text(plan, site, activity_id, oriented)
    elif part is None:
        effect, text = "absent", _absent_text(plan, site, activity_id)
    else:
        effect, text = "permit", _listed_text(plan, site, activity_id, part)
    citation = plan.cite_row(site, "function")
    return Reason(citation, effect, decided, text, site_id=site.site_id)


def _listed_text(plan: Plan, site: Site, activity_id: str, part: Fragment) -> Text:
    values = {"site": site.short_name, "text": part.text, "label": label_of(plan, activity_id)}
    if part.activity_id == activity_id:
        return say(
            "{site} ghi “{text}”, tức {label}.", "{site} lists “{text}”, that is {label}.", **values
        )
    return say(
        "{site} ghi “{text}” ({broader}), gồm cả {label}.",
        "{site} lists “{text}” ({broader}), which holds {label}.",
        broader=label_of(plan, part.activity_id),
        **values,
    )


def _absent_text(plan: Plan, site: Site, activity_id: str) -> Text:
    values = {"site": site.short_name, "label": label_of(plan, activity_id)}
    if site.list_status == "open":
        return say(
            "Danh mục của {site} không ghi {label} nhưng để mở bằng dấu lửng; chưa phải là có.",
            "The list of {site} does not name {label} but ends in an ellipsis; that is not a yes.",
            **values,
        )
    return say(
        "Danh mục đóng của {site} không ghi {label}.",
        "The closed list of {site} does not name {label}.",
        **values,
    )


def _orientation_text(plan: Plan, site: Site, activity_id: str, oriented: bool | None) -> Text:
    values = {"site": site.short_name, "label": label_of(plan, activity_id)}
    if oriented:
        return say(
            "Định hướng của {site} nói đến {label}; định hướng không phải là danh mục.",
            "The orientation of {site} speaks of {label}; an orientation is no list.",
            **values,
        )
    if oriented is None:
        return say(
            "{site} chỉ có định hướng, không có danh mục.",
            "{site} has only an orientation and no list.",
            **values,
        )
    return say(
        "Định hướng của {site} không nói đến {label}, cũng không loại trừ: cần hỏi cơ quan "
        "quản lý quy hoạch.",
        "The orientation of {site} neither speaks of {label} nor rules it out: ask the planning "
        "authority.",
        **values,
    )


def size_reason(plan: Plan, site: Site, ha: Decimal) -> Reason:
    """The area cell of a row that is smaller than what was asked for."""
    text = say(
        "Cần {ha} ha; cả {site} chỉ có {stated} ha.",
        "{ha} ha are asked for; all of {site} has {stated} ha.",
        ha=ha,
        site=site.short_name,
        stated=site.stated_ha,
    )
    return Reason(plan.cite_row(site, "area"), "size", True, text, site_id=site.site_id)


def clause_reason(
    plan: Plan,
    clause: Clause,
    activity_id: str,
    *,
    decided: bool = False,
    site: Site | None = None,
    text: Text | None = None,
) -> Reason:
    """A clause and what it does with the activity."""
    return Reason(
        plan.cite(clause.clause_id),
        clause.effect,
        decided,
        text or _told_by(plan, clause, activity_id),
        clause.clause_id,
        site.site_id if site else "",
    )


@lru_cache(maxsize=8192)
def _told_by(plan: Plan, clause: Clause, activity_id: str) -> Text:
    return say(
        "{clause} {verb} {label} – “{strength}”; điều khoản nói với {whom}.",
        "{clause} {verb} {label} – “{strength}”; the clause speaks to {whom}.",
        clause=clause.clause,
        verb=EFFECTS[clause.effect],
        label=label_of(plan, activity_id) if clause.activities else ANY_ACTIVITY,
        strength=clause.strength,
        whom=_whom(plan, clause),
    )


def _whom(plan: Plan, clause: Clause) -> Text:
    """The sites a clause names, else the districts, else the kinds of place it addresses."""
    if clause.scope == "named-site":
        names = ", ".join(plan.sites[item].short_name for item in clause.sites)
        return Text(names, names)
    kinds = [KINDS.get(item, Text(item, item)) for item in clause.addresses]
    told = say("{kinds}", "{kinds}", kinds=kinds)
    if not clause.districts:
        return told
    return say("{kinds} ({where})", "{kinds} ({where})", kinds=told, where=clause.districts)


def conformity_reason(plan: Plan) -> list[Reason]:
    """The clause that makes lists binding, if the card names one."""
    citation = plan.cite_role("conformity")
    if citation is None:
        return []
    text = say(
        "Ngành nghề phải được bố trí đúng quy hoạch.",
        "Activities must be sited as the plan has it.",
    )
    return [Reason(citation, "require", True, text, plan.card.basis.get("conformity", ""))]


# --- flags --------------------------------------------------------------------------------------


def closed_list_conflict(plan: Plan, clause: Clause, site: Site, activity_id: str) -> Flag:
    """A clause names the site for an activity that the site's closed list lacks."""
    text = say(
        "Mâu thuẫn trong quyết định: {clause} hướng {label} về {site}, nhưng danh mục đóng ở "
        "bảng {table} hàng {row} không ghi.",
        "The decision contradicts itself: {clause} directs {label} to {site}, yet the closed "
        "list in table {table} row {row} lacks it.",
        clause=clause.clause,
        label=label_of(plan, activity_id),
        site=site.short_name,
        table=site.table,
        row=site.row,
    )
    return Flag("conflict-closed-list", text)


def craft_conflict(clause: Clause, against: str) -> Flag:
    """A limit to craft points stands against a row or a direction."""
    text = say(
        "Mâu thuẫn trong quyết định: {clause} chỉ cho nghề này phát triển trong điểm công nghiệp, "
        "nhưng còn có “{against}”.",
        "The decision contradicts itself: {clause} keeps this craft to craft points, yet there is "
        "“{against}”.",
        clause=clause.clause,
        against=against,
    )
    return Flag("conflict-craft-limit", text)


def orientation(site: Site) -> Flag:
    """The site has no list."""
    text = say(
        "{site} chỉ có định hướng, không có danh mục ngành nghề.",
        "{site} has an orientation only, no list of activities.",
        site=site.short_name,
    )
    return Flag("orientation", text)


def typo(reading: Reading) -> Flag:
    """What decided, or might have, stands in the text with a typo or cut off."""
    text = say(
        "Nguyên văn “{verbatim}”, đọc là “{reading}”: {reason}.",
        "The text has “{verbatim}”, read as “{reading}” ({reason}).",
        verbatim=reading.verbatim,
        reading=reading.reading or say("không rõ", "not known"),
        reason=reading.reason,
    )
    return Flag("typo-reading", text)


def uncertain(part: Fragment) -> Flag:
    """A function of a row that may be read otherwise."""
    text = say(
        "Cách đọc “{text}” không chắc chắn: {note}.",
        "How “{text}” is read is not certain ({note}).",
        text=part.text,
        note=part.note or part.confidence,
    )
    return Flag("uncertain-reading", text)


def part_listed(site: Site, parts: Iterable[Fragment]) -> Flag:
    """The row names something narrower than what was asked for."""
    text = say(
        "{site} chỉ ghi một phần hẹp hơn: {parts}; phần hẹp không cho phép cả ngành.",
        "{site} lists only something narrower: {parts}; a part does not list the whole.",
        site=site.short_name,
        parts=[f"“{item.text}”" for item in parts],
    )
    return Flag("part-listed", text)


def place_not_fixed(clause: Clause, site: Site) -> Flag:
    """A clause names a site without saying that the works stand there."""
    text = say(
        "{clause} nêu {site} nhưng không nói cơ sở phải nằm trong đó.",
        "{clause} names {site} but does not say that the works stand in it.",
        clause=clause.clause,
        site=site.short_name,
    )
    return Flag("place-not-fixed", text)


def part_of_site(clause: Clause, site: Site) -> Flag:
    """A clause about a district reaches only part of the site."""
    text = say(
        "{clause} chỉ nói đến phần của {site} thuộc {districts}.",
        "{clause} speaks only of the part of {site} in {districts}.",
        clause=clause.clause,
        site=site.short_name,
        districts=[item for item in site.districts if item in clause.districts],
    )
    return Flag("part-of-site", text)


def conditional(clause: Clause) -> Flag:
    """What decided holds under a condition that nobody checked."""
    text = say(
        "{clause} chỉ nói đến: “{condition}” – chưa kiểm.",
        "{clause} speaks only of: “{condition}” – not checked.",
        clause=clause.clause,
        condition=clause.condition,
    )
    return Flag("condition", text)


def no_industry(plan: Plan, activity_id: str) -> Flag:
    """The activity is in no industry group of the decision."""
    text = say(
        "“{label}” không thuộc nhóm ngành công nghiệp nào của quyết định.",
        "“{label}” is in none of the industry groups of the decision.",
        label=label_of(plan, activity_id),
    )
    return Flag("out-of-scope", text)
