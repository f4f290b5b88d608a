"""What a survey found, as one JSON object and as tables on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.language import Language, Text, number, rounded, say
from gis.model import Plan, Severity
from gis.survey.importing import Survey
from gis.survey.model import Change, CrsCandidate, Match, Notice

if TYPE_CHECKING:
    from rich.console import Console

MOST_CANDIDATES = 6  # on the terminal; the JSON has them all
MOST_ROWS = 40
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
STATES = {
    "surveyed": say("đo đạc", "surveyed"),
    "digitised": say("số hóa", "digitised"),
    "indicative": say("minh họa", "indicative"),
    "registered": say("đã đăng ký", "registered"),
    "available": say("còn trống", "available"),
    "reserved": say("giữ chỗ", "reserved"),
    "leased": say("đã cho thuê", "leased"),
    "operating": say("đang hoạt động", "operating"),
}
SEVERITIES = {
    Severity.ERROR: say("lỗi", "error"),
    Severity.WARNING: say("cảnh báo", "warning"),
    Severity.NOTE: say("ghi chú", "note"),
}
LABELS = {
    "crs": say("Hệ tọa độ", "Coordinate system"),
    "matched": say("Khớp", "Matched"),
    "unmatched": say("Không khớp", "Unmatched"),
    "ambiguous": say("Khớp nhiều nơi", "Ambiguous"),
    "doubled": say("Lặp lại", "Doubled"),
    "missing": say("Không có trong tệp", "Not in the file"),
    "findings": say("Nhận xét", "Findings"),
    "changes": say("Thay đổi", "Changes"),
    "moved": say("Đất đổi chủ khi làm sạch (m²)", "Ground moved by cleaning (m²)"),
    "row": say("Dòng", "Row"),
    "of_plan": say("Trong quy hoạch", "In the plan"),
    "stated": say("Ghi (ha)", "Stated (ha)"),
    "before": say("Trước (ha)", "Before (ha)"),
    "after": say("Sau (ha)", "After (ha)"),
    "was": say("Trước", "Before"),
    "is": say("Sau", "After"),
    "shift": say("Dời tâm (m)", "Centre moved (m)"),
    "nobody": say("không ai", "nobody"),
    "nothing": say("Chưa ghi gì.", "Nothing was written."),
    "chosen": say("được chọn", "chosen"),
}


def survey_schema() -> dict[str, Any]:
    """The JSON Schema of what `tngis survey --format json` prints."""
    text = files("gis").joinpath("schemas", "survey.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


# --- as an object -------------------------------------------------------------------------------


def as_object(plan: Plan, found: Survey, written: Sequence[Path] = ()) -> dict[str, Any]:
    """A survey as plain values for JSON."""
    return {
        "plan_status": plan.card.status_vi,
        "plan_status_en": plan.card.status_en,
        "plan": {"code": plan.card.code, "content_sha256": plan.content_sha256},
        "file": {
            "name": found.read.file,
            "form": found.read.form,
            "source_layer": found.read.layer,
            "rows": len(found.read.rows),
            "parts": [{"name": n, "sha256": h} for n, h in found.read.parts.items()],
        },
        "layer": found.layer,
        "crs": _crs(found),
        "matched": [
            {"row": m.row, "label": m.label, "id": m.identities[0], "by": m.by}
            for m in found.matching.matched
        ],
        "unmatched": [_unsettled(m) for m in found.matching.unmatched],
        "ambiguous": [_unsettled(m) for m in found.matching.ambiguous],
        "doubled": [_unsettled(m) for m in found.matching.doubled],
        "missing": list(found.matching.missing),
        "findings": [_finding(item, found) for item in found.notices],
        "changes": [_change(item) for item in found.changes],
        "moved": [
            {"from": item.source or None, "to": item.target or None, "m2": round(item.m2, 1)}
            for item in found.moved
        ],
        "stands_in_the_way": bool(found.objections),
        "written": [str(path) for path in written],
    }


def as_json(plan: Plan, found: Survey, written: Sequence[Path] = ()) -> str:
    """A survey as one JSON object in both languages."""
    return json.dumps(as_object(plan, found, written), ensure_ascii=False, indent=1) + "\n"


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"vi": text.vi, "en": text.en}


def _crs(found: Survey) -> dict[str, Any] | None:
    established = found.established
    if established is None:
        return None
    chosen = established.chosen
    return {
        "declared": established.declared,
        "chosen": chosen.key if chosen else None,
        "epsg": chosen.crs if chosen else None,
        "label": _both(chosen.label) if chosen else None,
        "contradicts_declared": established.contradicts_declared,
        "settled_by": _both(established.settled_by),
        "candidates": [_candidate(item) for item in established.candidates],
    }


def _candidate(item: CrsCandidate) -> dict[str, Any]:
    return {
        "key": item.key,
        "epsg": item.crs,
        "label": _both(item.label),
        "score": round(item.score, 4),
        "leader": item.is_leader,
        "reasons": [_both(reason) for reason in item.reasons],
    }


def _unsettled(match: Match) -> dict[str, Any]:
    return {
        "row": match.row,
        "label": match.label,
        "ids": list(match.identities),
        "reason": _both(match.reason),
    }


def _finding(item: Notice, found: Survey) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity.code,
        "row": item.row,
        "subject": item.subject or None,
        "text": _both(item.text),
        "where": [round(item.where[0], 3), round(item.where[1], 3)] if item.where else None,
        "stands_in_the_way": item in found.objections,
    }


def _change(item: Change) -> dict[str, Any]:
    return {
        "id": item.subject,
        "label": item.label,
        "stated_ha": None if item.stated_ha is None else float(item.stated_ha),
        "before_ha": None if item.before_ha is None else round(item.before_ha, 4),
        "after_ha": None if item.after_ha is None else round(item.after_ha, 4),
        "before": item.before or None,
        "after": item.after,
        "centre_moved_m": None if item.moved_m is None else round(item.moved_m, 1),
    }


# --- on the terminal ----------------------------------------------------------------------------


def print_survey(found: Survey, written: Sequence[Path], console: Console, lang: Language) -> None:
    """The system, the rows, the findings, before and after, and what was written."""
    _print_crs(found, console, lang)
    _print_rows(found, console, lang)
    _print_findings(found, console, lang)
    _print_changes(found, console, lang)
    _print_moved(found, console, lang)
    if written:
        for path in written:
            console.print(_safe(str(path)), highlight=False, soft_wrap=True)
    else:
        console.print(f"[bold]{LABELS['nothing'].in_(lang)}[/bold]")


def _heading(key: str, console: Console, lang: Language, count: int | None = None) -> None:
    text = LABELS[key].in_(lang)
    console.print(f"[bold]{text}[/bold]" + (f" ({count})" if count is not None else ""))


def _print_crs(found: Survey, console: Console, lang: Language) -> None:
    established = found.established
    if established is None:
        return
    _heading("crs", console, lang)
    for item in established.candidates[:MOST_CANDIDATES]:
        mark = "→" if item is established.chosen else "=" if item.is_leader else " "
        told = "; ".join(reason.in_(lang) for reason in item.reasons)
        line = f"{mark} {number(item.score, lang, 3)} {item.label.in_(lang)}: {told}"
        console.print(_safe(line), highlight=False, soft_wrap=not console.is_terminal)
    if established.settled_by is not None:
        console.print(_safe(established.settled_by.in_(lang)), highlight=False, soft_wrap=True)


def _print_rows(found: Survey, console: Console, lang: Language) -> None:
    matching = found.matching
    _heading("matched", console, lang, len(matching.matched))
    for key, rows in (
        ("unmatched", matching.unmatched),
        ("ambiguous", matching.ambiguous),
        ("doubled", matching.doubled),
    ):
        if rows:
            _heading(key, console, lang, len(rows))
            for match in rows:
                reason = f" – {match.reason.in_(lang)}" if match.reason else ""
                ids = f" [{', '.join(match.identities)}]" if match.identities else ""
                row = LABELS["row"].in_(lang)
                console.print(
                    _safe(f"  {row} {match.row}: {match.label}{ids}{reason}"),
                    highlight=False,
                    soft_wrap=True,
                )
    if matching.missing and matching.matched and found.layer in ("communes", "zones", "clusters"):
        _heading("missing", console, lang, len(matching.missing))
        shown = ", ".join(matching.missing[:MOST_ROWS])
        more = " …" if len(matching.missing) > MOST_ROWS else ""
        console.print(_safe(f"  {shown}{more}"), highlight=False, soft_wrap=True)


def _print_findings(found: Survey, console: Console, lang: Language) -> None:
    if not found.notices:
        return
    _heading("findings", console, lang, len(found.notices))
    for item in sorted(found.notices, key=lambda notice: -notice.severity):
        row = f"#{item.row}" if item.row else ""
        where = " ".join(filter(None, (item.subject, row)))
        style = STYLES[item.severity]
        text = _safe(f"{item.code} {where}: {item.text.in_(lang)}")
        console.print(
            f"  [{style}]{SEVERITIES[item.severity].in_(lang)}[/{style}] {text}",
            highlight=False,
            soft_wrap=True,
        )


def _print_changes(found: Survey, console: Console, lang: Language) -> None:
    from rich.table import Table

    if not found.changes:
        return
    _heading("changes", console, lang, len(found.changes))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in ("of_plan", "stated", "before", "after", "was", "is", "shift"):
        right = key in ("stated", "before", "after", "shift")
        table.add_column(LABELS[key].in_(lang), justify="right" if right else "left")
    for item in found.changes:
        table.add_row(*(_safe(cell) for cell in _cells(item, lang)))
    console.print(table)


def _cells(item: Change, lang: Language) -> Iterator[str]:
    yield f"{item.subject} {item.label}" if item.label != item.subject else item.subject
    yield "–" if item.stated_ha is None else number(item.stated_ha, lang)
    for value in (item.before_ha, item.after_ha):
        yield "–" if value is None else number(rounded(value, 4), lang)
    for provenance in (item.before, item.after):
        word, comma, holder = provenance.partition(", ")
        known = STATES.get(word)
        yield f"{known.in_(lang)}{comma}{holder}" if known else provenance or "–"
    yield "–" if item.moved_m is None else number(rounded(item.moved_m, 0), lang)


def _print_moved(found: Survey, console: Console, lang: Language) -> None:
    if not found.moved:
        return
    _heading("moved", console, lang, len(found.moved))
    nobody = LABELS["nobody"].in_(lang)
    for item in sorted(found.moved, key=lambda moved: -moved.m2):
        text = f"  {item.source or nobody} → {item.target or nobody}: "
        console.print(_safe(text + number(rounded(item.m2, 0), lang)), highlight=False)


def _safe(text: str) -> str:
    """Text from outside that the terminal's markup leaves alone, without control characters."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))
