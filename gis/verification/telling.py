"""A verification as text, JSON and one printable page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gis import __version__
from gis.files import template
from gis.language import Language, Text, say
from gis.model import Severity
from gis.report import SEVERITY_LABELS, both, print_line, safe
from gis.verification.faults import Fault, Unproven
from gis.verification.proving import Verdict, Verification

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_CHARACTERS = 100  # a value is named, not reprinted
VERDICTS: Mapping[Verdict, Text] = {
    "proven": say("đã chứng minh: đủ, nguyên vẹn, đúng", "proven: complete, unchanged and right"),
    "faults": say("có lỗi", "faults found"),
    "unproven": say(
        "không thấy lỗi, nhưng chưa chứng minh được hết", "no faults found, but not all is proven"
    ),
}
DATA_ONLY = say("dữ liệu đúng quy hoạch", "the data are the plan's")
LABELS: Mapping[str, Text] = {
    "title": say("Kiểm bộ giao nộp", "Verification of a delivery"),
    "verdict": say("Kết luận", "Verdict"),
    "faults": say("Lỗi", "Faults"),
    "none": say("Không có.", "None."),
    "code": say("Mã", "Code"),
    "severity": say("Mức độ", "Severity"),
    "file": say("Tệp", "File"),
    "layer": say("Lớp", "Layer"),
    "row": say("Dòng", "Row"),
    "field": say("Trường", "Field"),
    "value": say("Có", "Found"),
    "wanted": say("Phải là", "Should be"),
    "what": say("Nội dung", "What"),
    "mend": say("Cách sửa", "Mend"),
    "unproven": say("Chưa chứng minh được", "Not proven"),
    "settled_by": say("Điều gì sẽ giải quyết", "What would settle it"),
    "notes": say("Ghi chú", "Notes"),
    "profile": say("Hồ sơ mẫu", "Profile"),
    "plan": say("So với quy hoạch", "Compared with"),
    "no_plan": say("không so được", "no plan"),
    "rows": say("Số dòng đã đọc", "Rows read"),
    "files": say("Số tệp", "Files"),
}
MOST_TOLD = 200  # on a terminal; JSON and HTML hold them all


def as_json(found: Verification) -> str:
    """The verification as one object, in both languages."""
    return json.dumps(as_object(found), ensure_ascii=False, indent=1) + "\n"


def as_object(found: Verification) -> dict[str, Any]:
    """The verification as plain values; `gis/schemas/verification.schema.json` is their form."""
    manifest, plan, profile = found.manifest, found.plan, found.profile
    return {
        "verdict": found.verdict,
        "tool": f"tngis {__version__}",
        "kit": {
            "name": found.kit,
            "files": found.files,
            "written_by": None if manifest is None else f"tngis {manifest.tool.version}",
            "has_manifest": manifest is not None,
            "forced": None if manifest is None else manifest.forced,
        },
        "profile": None if profile is None else profile.code,
        "plan": None
        if plan is None
        else {"code": plan.card.code, "content_sha256": plan.content_sha256},
        "rows": dict(found.layers),
        "summary": {
            "faults": len(found.faults),
            **{f"{s.code}s": _count(found, s) for s in (Severity.ERROR, Severity.WARNING)},
            "unproven": len(found.unproven),
        },
        "faults": [_fault_object(item) for item in found.faults],
        "unproven": [_open_object(item) for item in found.unproven],
        "notes": [both(item) for item in found.notes],
    }


def _count(found: Verification, severity: Severity) -> int:
    return sum(item.severity is severity for item in found.faults)


def _fault_object(item: Fault) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity.code,
        "title": both(item.kind.title),
        "file": item.file,
        "layer": item.layer or None,
        "row": item.row or None,
        "field": item.field or None,
        "value": item.value,
        "wanted": item.wanted,
        "detail": both(item.detail) if item.detail.en else None,
        "mend": both(item.kind.mend),
    }


def _open_object(item: Unproven) -> dict[str, Any]:
    return {
        "subject": item.subject,
        "reason": both(item.reason),
        "settled_by": both(item.settled_by),
    }


def as_html(found: Verification, lang: Language) -> str:
    """The verification as one printable page without scripts."""
    return template("verification.html").render(
        lang=lang,
        found=found,
        verdict=verdict_of(found).in_(lang),
        tool=f"tngis {__version__}",
        say=lambda key: LABELS[key].in_(lang),
        severity_label=lambda severity: SEVERITY_LABELS[severity].in_(lang),
        short=_short,
    )


def verdict_of(found: Verification) -> Text:
    """The verdict in words; without a manifest nothing is said of the files themselves."""
    if found.verdict == "proven" and found.manifest is None:
        return DATA_ONLY
    return VERDICTS[found.verdict]


def _short(value: str | None) -> str:
    told = value or ""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in told)
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[:SHOWN_CHARACTERS] + "…"


def print_verification(found: Verification, console: Console, lang: Language) -> None:
    """The verification on a terminal, the gravest first, and the verdict last."""

    def line(markup: str) -> None:
        print_line(console, markup)

    for item in found.faults[:MOST_TOLD]:
        style = "bold red" if item.severity is Severity.ERROR else "yellow"
        label = SEVERITY_LABELS[item.severity].in_(lang)
        line(f"[{style}]{label}[/] {item.code} {safe(item.kind.title.in_(lang))}")
        line(f"  {safe(_place(item, lang))}")
        line(f"  [dim]{LABELS['mend'].in_(lang)}: {safe(item.kind.mend.in_(lang))}[/dim]")
    if len(found.faults) > MOST_TOLD:
        more = say(
            "… và {n} lỗi nữa: xem --format json",
            "… and {n} more: see --format json",
            n=len(found.faults) - MOST_TOLD,
        )
        line(more.in_(lang))
    for left in found.unproven:
        line(f"{LABELS['unproven'].in_(lang)}: {safe(left.reason.in_(lang))}")
        line(f"  → {LABELS['settled_by'].in_(lang)}: {safe(left.settled_by.in_(lang))}")
    for note in found.notes:
        line(f"[dim]· {safe(note.in_(lang))}[/dim]")
    line(f"{safe(_basis(found, lang))}")
    line(f"[bold]{safe(found.kit)}: {verdict_of(found).in_(lang)}[/bold]{_tally(found, lang)}")


def _place(item: Fault, lang: Language) -> str:
    named = (("file", item.file), ("row", item.row), ("field", item.field))
    parts = [f"{LABELS[key].in_(lang).lower()} {value}" for key, value in named if value]
    told = (("value", item.value), ("wanted", item.wanted))
    parts += [
        f"{LABELS[key].in_(lang).lower()} “{_short(value)}”" for key, value in told
        if value is not None
    ]  # fmt: skip
    detail = item.detail.in_(lang)
    return ", ".join(parts) + (f" ({detail})" if detail else "")


def _basis(found: Verification, lang: Language) -> str:
    plan = found.plan.card.code if found.plan else LABELS["no_plan"].in_(lang)
    profile = found.profile.code if found.profile else "–"
    rows = ", ".join(f"{name} {count}" for name, count in found.layers.items())
    return (
        f"{LABELS['profile'].in_(lang)}: {profile} · {LABELS['plan'].in_(lang)}: {plan} · "
        f"{LABELS['files'].in_(lang)}: {found.files} · {LABELS['rows'].in_(lang)}: {rows or '–'}"
    )


def _tally(found: Verification, lang: Language) -> str:
    counts = [
        f"{SEVERITY_LABELS[severity].in_(lang)} {_count(found, severity)}"
        for severity in (Severity.ERROR, Severity.WARNING)
        if _count(found, severity)
    ]
    return f" ({' · '.join(counts)})" if counts else ""
