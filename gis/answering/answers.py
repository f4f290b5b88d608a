"""Answers and rankings as plain objects for JSON, and as text for a terminal.

The objects keep to the schemas in `gis/schemas`; a test holds them to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from gis import __version__
from gis.language import Language, Text, say, shown
from gis.model import Plan
from gis.siting.reasons import VERDICTS
from gis.verdicts import (
    ActivityMatch,
    Answer,
    Candidate,
    Flag,
    Need,
    PlaceMatch,
    Reason,
    Verdict,
)

if TYPE_CHECKING:
    from rich.console import Console

    from gis.siting.ranking import Change, Ranked

Span = tuple[str, str]  # a text, and its style on a terminal
SchemaName = Literal["answer", "find"]
STYLES: Mapping[Verdict, str] = {
    Verdict.LISTED: "bold green",
    Verdict.DIRECTED: "green",
    Verdict.OPEN_LIST: "yellow",
    Verdict.UNKNOWN: "yellow",
    Verdict.NOT_LISTED: "red",
    Verdict.LIMITED: "bold red",
}
LABELS: Mapping[str, Text] = {
    "place": say("Địa điểm", "Place"),
    "activity": say("Ngành nghề", "Activity"),
    "reasons": say("Căn cứ", "Grounds"),
    "secondary": say("Điều khoản khác có liên quan", "Other clauses that bear on it"),
    "flags": say("Cần biết", "Mind"),
    "information": say("Thông tin thêm", "Information"),
    "not_checked": say("Chưa kiểm", "Not checked"),
    "site": say("Khu, cụm", "Site"),
    "verdict": say("Kết luận", "Verdict"),
    "stated_ha": say("Diện tích ghi (ha)", "Stated (ha)"),
    "why": say("Vì sao", "Why"),
    "change": say("Thay đổi nhỏ nhất", "Smallest change"),
    "activity_id": say("Mã", "Id"),
    "codes": say("Mã VSIC 2018", "VSIC 2018"),
    "likeness": say("Độ giống", "Likeness"),
    "not_understood": say("chưa hiểu", "not understood"),
    "nothing_ranked": say(
        "Không xếp hạng được: chưa hiểu ngành nghề, hoặc không phải ngành công nghiệp.",
        "Nothing to rank: the activity was not understood, or is no industry.",
    ),
}


def schema(name: SchemaName) -> dict[str, Any]:
    """The JSON Schema of an answer or of a ranking."""
    from importlib.resources import files

    text = files("gis").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


# --- objects ------------------------------------------------------------------------------------


def as_json(plan: Plan, answer: Answer) -> str:
    """An answer as one JSON object in both languages."""
    return json.dumps(as_object(plan, answer), ensure_ascii=False, indent=1) + "\n"


def as_object(plan: Plan, answer: Answer) -> dict[str, Any]:
    """An answer as plain values for JSON."""
    return {
        **_head(plan),
        "need": _need_object(answer.need),
        "verdict": answer.verdict.value,
        "verdict_label": _both(VERDICTS[answer.verdict]),
        "site_id": answer.site_id,
        "place": _place_object(answer.place),
        **_activity_objects(plan, answer.activity),
        "reasons": [_reason_object(item) for item in answer.reasons],
        "secondary": [_reason_object(item) for item in answer.secondary],
        "flags": [_flag_object(item) for item in answer.flags],
        "information": [_both(item) for item in answer.information],
        "not_checked": [_both(item) for item in answer.not_checked],
        "headroom": _headroom_object(answer.headroom),
    }


def find_json(plan: Plan, need: Need, activity: ActivityMatch, ranked: Sequence[Ranked]) -> str:
    """A ranking as one JSON object in both languages."""
    return (
        json.dumps(find_object(plan, need, activity, ranked), ensure_ascii=False, indent=1) + "\n"
    )


def find_object(
    plan: Plan, need: Need, activity: ActivityMatch, ranked: Sequence[Ranked]
) -> dict[str, Any]:
    """A ranking as plain values for JSON."""
    return {
        **_head(plan),
        "need": _need_object(need),
        **_activity_objects(plan, activity),
        "flags": [_flag_object(item) for item in activity.flags],
        "sites": [_ranked_object(item) for item in ranked],
    }


def _head(plan: Plan) -> dict[str, Any]:
    card = plan.card
    return {
        "plan_status": card.status_vi,
        "plan_status_en": card.status_en,
        "plan": {
            "code": card.code,
            "document": card.document,
            "content_sha256": plan.content_sha256,
        },
        "tool": f"tngis {__version__}",
    }


def _need_object(need: Need) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(need).items()}


def _place_object(place: PlaceMatch) -> dict[str, Any]:
    return {
        "asked": place.asked,
        "kind": place.kind,
        "label": _both(place.label),
        "site_ids": list(place.site_ids),
        "unit_codes": list(place.unit_codes),
        "districts": list(place.districts),
        "candidates": [_candidate_object(item) for item in place.candidates],
    }


def _activity_objects(plan: Plan, match: ActivityMatch) -> dict[str, Any]:
    known = plan.activities.get(match.activity_id or "")
    return {
        "activity_id": match.activity_id,
        "activity_label": {"vi": known.label_vi, "en": known.label_en} if known else None,
        "activity_candidates": [_candidate_object(item) for item in match.candidates],
    }


def _candidate_object(item: Candidate) -> dict[str, Any]:
    return {"id": item.identity, "label": _both(item.label), "score": round(item.score, 4)}


def _reason_object(reason: Reason) -> dict[str, Any]:
    citation = reason.citation
    return {
        "document": citation.document,
        "clause": citation.clause,
        "line": citation.line,
        "row": citation.row,
        "quote": citation.quote,
        "effect": reason.effect,
        "decided": reason.decided,
        "clause_id": reason.clause_id,
        "site_id": reason.site_id,
        "text": _both(reason.text),
    }


def _flag_object(flag: Flag) -> dict[str, Any]:
    return {"code": flag.code, "text": _both(flag.text)}


def _ranked_object(item: Ranked) -> dict[str, Any]:
    return {
        "place": item.place,
        "site_id": item.site.site_id,
        "name": item.site.short_name,
        "kind": item.site.kind,
        "districts": list(item.site.districts),
        "stated_ha": float(item.site.stated_ha),
        "verdict": item.verdict.value,
        "fit": item.fit,
        "force": item.force,
        "free_ha": _plain(item.free_ha),
        "availability": _both(item.availability),
        "explanation": _both(item.explanation),
        "reasons": [_reason_object(reason) for reason in item.reasons],
        "flags": [_flag_object(flag) for flag in item.flags],
        "changes": [_change_object(change) for change in item.changes],
    }


def _change_object(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "text": _both(change.text),
        "ha": _plain(change.ha),
        "activity_id": change.activity_id,
        "site_id": change.site_id,
    }


def _headroom_object(row: Any) -> dict[str, Any] | None:
    """A commune's line of the ledger with what is left; null where nothing is registered."""
    if row is None:
        return None
    left = {"headroom_points": row.headroom_points, "headroom_ha": row.headroom_ha}
    return {name: _plain(value) for name, value in {**asdict(row), **left}.items()}


def _both(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


RANKING_COLUMNS = (
    "place",
    "site_id",
    "name",
    "kind",
    "districts",
    "stated_ha",
    "verdict",
    "fit",
    "force",
    "free_ha",
    "clause",
    "line",
    "quote",
    "flags",
    "explanation",
    "change",
    "plan_status",
)


def ranking_table(
    plan: Plan, ranked: Sequence[Ranked], lang: Language
) -> tuple[list[str], list[list[str | int | float | Decimal]]]:
    """A ranking as the header and rows of a sheet."""
    return list(RANKING_COLUMNS), [_ranking_cells(plan, item, lang) for item in ranked]


def _ranking_cells(plan: Plan, item: Ranked, lang: Language) -> list[str | int | float | Decimal]:
    cited = [reason.citation for reason in item.reasons if reason.decided]
    return [
        item.place,
        item.site.site_id,
        item.site.short_name,
        item.site.kind,
        ", ".join(item.site.districts),
        item.site.stated_ha,
        item.verdict.value,
        item.fit,
        item.force,
        "" if item.free_ha is None else item.free_ha,
        cited[0].clause if cited else "",
        (cited[0].line or "") if cited else "",
        cited[0].quote if cited else "",
        " ".join(dict.fromkeys(flag.code for flag in item.flags)),
        item.explanation.in_(lang),
        item.change.text.in_(lang) if item.change else "",
        plan.card.status.in_(lang),
    ]


def activities_json(plan: Plan, match: ActivityMatch, found: Sequence[Candidate]) -> str:
    """What the vocabulary understands by a text, and what is like it, as one JSON object."""
    whole = {
        **_head(plan),
        "asked": match.asked,
        **_activity_objects(plan, match),
        "is_industry": match.is_industry,
        "flags": [_flag_object(item) for item in match.flags],
        "found": [_candidate_object(item) for item in found],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


# --- text ---------------------------------------------------------------------------------------


def answer_text(plan: Plan, answer: Answer, lang: Language) -> str:
    """An answer as it stands in a file or pipe: what a terminal shows, without styles, unwrapped.

    A pipe needs no library of styles, which takes as long to load as the answer to find.
    """
    lines = ("".join(text for text, _ in spans) for spans in _answer_lines(plan, answer, lang))
    return "".join(f"{line}\n" for line in lines)


def print_answer(plan: Plan, answer: Answer, console: Console, lang: Language) -> None:
    """An answer on a terminal: verdict, grounds with their quotes, flags, what was not checked."""
    for spans in _answer_lines(plan, answer, lang):
        _line(console, *spans)


def _answer_lines(plan: Plan, answer: Answer, lang: Language) -> Iterator[tuple[Span, ...]]:
    known = plan.activities.get(answer.activity.activity_id or "")
    activity = Text(known.label_vi, known.label_en) if known else LABELS["not_understood"]
    yield _verdict(answer.verdict, lang)
    for key, asked, meant in (
        ("place", answer.place.asked, answer.place.label),
        ("activity", answer.activity.asked, activity),
    ):
        yield (_plain_span(f"{LABELS[key].in_(lang)}: {asked} → {meant.in_(lang)}"),)
    yield from _reason_lines("reasons", answer.reasons, lang)
    yield from _text_lines("flags", (flag.text for flag in answer.flags), lang)
    yield from _reason_lines("secondary", answer.secondary, lang)
    yield from _text_lines("information", answer.information, lang)
    yield from _text_lines("not_checked", answer.not_checked, lang)
    yield (_status(plan, lang),)


def _verdict(verdict: Verdict, lang: Language) -> tuple[Span, ...]:
    label = (VERDICTS[verdict].in_(lang), STYLES[verdict])
    return (
        (label,) if label[0] == verdict.value else (label, (" ", ""), (f"({verdict.value})", "dim"))
    )


def _reason_lines(
    key: str, reasons: Sequence[Reason], lang: Language
) -> Iterator[tuple[Span, ...]]:
    if reasons:
        yield ((LABELS[key].in_(lang), "bold"),)
    for reason in reasons:
        mark, citation = "▶" if reason.decided else "·", reason.citation
        yield (_plain_span(f"{mark} {reason.text.in_(lang)}"),)
        yield ("  ", ""), (_printable(f"{citation.locator.in_(lang)}: “{citation.quote}”"), "dim")


def _text_lines(key: str, texts: Iterable[Text], lang: Language) -> Iterator[tuple[Span, ...]]:
    told = list(texts)
    if told:
        yield ((LABELS[key].in_(lang), "bold"),)
    for text in told:
        yield (_plain_span(f"· {text.in_(lang)}"),)


def _status(plan: Plan, lang: Language) -> Span:
    return _printable(plan.card.status.in_(lang)), "italic"


def _plain_span(text: str) -> Span:
    return _printable(text), ""


def _printable(text: str) -> str:
    """Text from data without the control characters that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


UNFOLDED_WIDTH = 2000  # characters; no row of a ranking is longer


def print_ranking(plan: Plan, ranked: Sequence[Ranked], console: Console, lang: Language) -> None:
    """A ranking on a terminal: one row a site."""
    from rich.table import Table

    if not ranked:
        _line(console, (LABELS["nothing_ranked"].in_(lang), ""))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("#", justify="right")
        for key in ("site", "verdict", "stated_ha", "why", "change"):
            justify: Literal["right", "left"] = "right" if key == "stated_ha" else "left"
            table.add_column(LABELS[key].in_(lang), overflow="fold", justify=justify)
        for item in ranked:
            table.add_row(
                str(item.place),
                _safe(f"{item.site.short_name} ({item.site.site_id})"),
                f"[{STYLES[item.verdict]}]{VERDICTS[item.verdict].in_(lang)}[/]",
                shown(item.site.stated_ha, lang),
                _safe(item.explanation.in_(lang)),
                _safe(item.change.text.in_(lang)) if item.change else "",
            )
        if not console.is_terminal:  # in a pipe a line may be as long as it is: one site, one line
            console.width = UNFOLDED_WIDTH
        console.print(table)
    _line(console, _status(plan, lang))


def print_activities(
    plan: Plan,
    match: ActivityMatch,
    found: Sequence[Candidate],
    console: Console,
    lang: Language,
) -> None:
    """What the vocabulary understands by a text, then what is like it, the likest first."""
    from rich.table import Table

    known = plan.activities.get(match.activity_id or "")
    meant = Text(known.label_vi, known.label_en) if known else LABELS["not_understood"]
    _line(console, _plain_span(f"{match.asked} → "), (_printable(meant.in_(lang)), "bold"))
    for spans in _text_lines("flags", (flag.text for flag in match.flags), lang):
        _line(console, *spans)
    if found:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for key in ("activity_id", "activity", "codes", "likeness"):
            table.add_column(
                LABELS[key].in_(lang), overflow="fold", no_wrap=key in ("activity_id", "likeness")
            )
        for item in found:
            row = plan.activities.get(item.identity)
            table.add_row(
                _safe(item.identity),
                _safe(item.label.in_(lang)),
                _safe(", ".join(row.vsic_2018) if row else ""),
                shown(round(item.score, 2), lang),
            )
        console.print(table)
    _line(console, _status(plan, lang))


def _line(console: Console, *spans: Span) -> None:
    """Wrap on a terminal; in a pipe a line stays whole, so that it can be searched."""
    from rich.text import Text as Styled

    console.print(Styled.assemble(*spans), soft_wrap=not console.is_terminal)


def _safe(text: str) -> str:
    """Text from data that the terminal's markup leaves alone, without control characters."""
    from rich.markup import escape

    return escape(_printable(text))
