"""Outcomes to text, JSON, JSON lines, CSV and HTML. Every form ends with what was not checked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from gis import __version__
from gis.checks import basis_of, counted
from gis.files import inert, template
from gis.language import Language, Text, number, say, shown
from gis.ledger import ledger
from gis.model import (
    CheckOptions,
    Citation,
    Finding,
    Outcome,
    Plan,
    Quantity,
    Rule,
    Severity,
    State,
)

if TYPE_CHECKING:
    from rich.console import Console

MEASURED_DECIMALS = 6  # of a hectare: a tenth of a square metre's tenth, well below any survey
FINDING_COLUMNS = (
    *("code", "state", "severity", "subjects", "message", "cause", "stated", "measured"),
    *("basis", "quote", "place", "finding_id", "plan_status"),
)
STATE_LABELS: Mapping[State, Text] = {
    State.PASSED: say("đạt", "passed"),
    State.FINDINGS: say("có phát hiện", "findings"),
    State.UNPROVEN: say("chưa chứng minh được", "unproven"),
    State.SKIPPED: say("không kiểm", "skipped"),
}
SEVERITY_LABELS: Mapping[Severity, Text] = {
    Severity.ERROR: say("lỗi", "error"),
    Severity.WARNING: say("cảnh báo", "warning"),
    Severity.NOTE: say("ghi chú", "note"),
}
LABELS: Mapping[str, Text] = {
    "check_report": say("Báo cáo kiểm tra", "Check report"),
    "summary": say("Tóm tắt", "Summary"),
    "findings": say("Phát hiện", "Findings"),
    "no_findings": say("Không có phát hiện nào.", "Nothing found."),
    "rules": say("Các quy tắc", "Rules"),
    "code": say("Mã", "Code"),
    "rule": say("Quy tắc", "Rule"),
    "state": say("Kết quả", "State"),
    "severity": say("Mức độ", "Severity"),
    "count": say("Số", "Count"),
    "basis": say("Căn cứ", "Basis"),
    "message": say("Nội dung", "Message"),
    "cause": say("Nguyên nhân có thể", "Likely cause"),
    "subjects": say("Đối tượng", "Subjects"),
    "place": say("Vị trí", "Place"),
    "stated": say("Ghi", "Stated"),
    "measured": say("Đo", "Measured"),
    "not_proven": say("Không kiểm / chưa chứng minh được", "Not checked / not proven"),
    "reason": say("Lý do", "Reason"),
    "settled_by": say("Điều gì sẽ giải quyết", "What would settle it"),
    "nothing_open": say("Không còn gì.", "Nothing."),
    "areas": say("Đối chiếu bốn diện tích (ha)", "Four areas reconciled (ha)"),
    "districts": say(
        "Diện tích ghi theo huyện năm 2010 (ha)", "Stated hectares by district of 2010"
    ),
    "allocation": say(
        "Hình vẽ nằm ở xã nào (đơn vị năm 2010)", "Communes the outlines lie in (units of 2010)"
    ),
    "communes": say("Sổ quỹ đất tiểu thủ công nghiệp, làng nghề", "Ledger of craft-village land"),
    "site": say("Khu, cụm", "Site"),
    "stated_ha": say("Ghi", "Stated"),
    "detailed_plan_ha": say("Quy hoạch chi tiết", "Detailed plan"),
    "measured_ha": say("Đo trên lưới VN-2000", "Grid, VN-2000"),
    "geodesic_ha": say("Trên ellipsoid", "Geodesic"),
    "provenance": say("Nguồn gốc hình vẽ", "Provenance"),
    "district": say("Huyện", "District"),
    "zone_ha": say("Khu", "Zones"),
    "cluster_ha": say("Cụm", "Clusters"),
    "shared_ha": say("Dùng chung, không chia", "Shared, not split"),
    "least_ha": say("Ít nhất", "At least"),
    "most_ha": say("Nhiều nhất", "At most"),
    "unit": say("Xã", "Commune"),
    "unit_today": say("Đơn vị từ 7/2025", "Unit since July 2025"),
    "share": say("Phần (%)", "Share (%)"),
    "decision_says": say("Quyết định nêu", "The decision says"),
    "whole": say("nằm trọn ở đây", "all of it here"),
    "split_not_stated": say("có nêu xã, không nêu phần", "names the commune; split not stated"),
    "commune_not_named": say("không nêu xã này", "does not name this commune"),
    "no_commune_named": say(
        "chỉ nêu huyện; xã không nêu", "names the district; commune not stated"
    ),
    "points": say("Số điểm", "Points"),
    "registered_ha": say("Đã đăng ký (ha)", "Registered (ha)"),
    "headroom_points": say("Còn (điểm)", "Points left"),
    "headroom_ha": say("Còn (ha)", "Hectares left"),
    "unknown": say("không rõ", "not known"),
    "not_assessed": say("không đánh giá: chưa đăng ký", "not assessed: nothing registered"),
    "provenance_surveyed": say("đo đạc", "surveyed"),
    "provenance_digitised": say("số hóa", "digitised"),
    "provenance_indicative": say("minh họa", "indicative"),
    "plan_hash": say("Mã băm nội dung quy hoạch", "Content hash of the plan"),
    "tolerance": say("Ngưỡng vụn chồng lấn", "Sliver tolerance"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """A run of the checks on one plan, ready to be told."""

    plan: Plan
    options: CheckOptions
    outcomes: tuple[Outcome, ...]

    def findings(self) -> list[tuple[Severity, Outcome, Finding]]:
        """All findings, the gravest first, otherwise in the order of the rules."""
        rows = [
            (outcome.severity_of(finding), outcome, finding)
            for outcome in self.outcomes
            for finding in outcome.findings
        ]
        return sorted(rows, key=lambda row: -row[0])

    def count_of(self, severity: Severity) -> int:
        return sum(found is severity for found, _, _ in self.findings())


@dataclass(frozen=True, slots=True)
class Open:
    """What one rule left unproven or unchecked."""

    code: str
    title: Text
    state: State
    subjects: tuple[str, ...]
    reason: Text
    settled_by: Text | None


def left_open(outcomes: Sequence[Outcome]) -> list[Open]:
    """Everything that was not proven or not checked, rule by rule."""
    rows = []
    for outcome in outcomes:
        code, title = outcome.rule.code, outcome.rule.title
        rows += [
            Open(code, title, State.UNPROVEN, item.subjects, item.reason, item.settled_by)
            for item in outcome.unproven
        ]
        rows += [
            Open(code, title, State.SKIPPED, item.subjects, item.reason, None)
            for item in outcome.not_assessed
        ]
    return rows


# --- JSON -----------------------------------------------------------------------------------


def as_json(report: Report) -> str:
    """The whole report as one object, in both languages."""
    return json.dumps(as_object(report), ensure_ascii=False, indent=1) + "\n"


def as_json_lines(report: Report) -> str:
    """The header, then one line a rule, a finding and a thing left open."""
    head = {"type": "report", **_head(report), "summary": _summary(report)}
    lines = [
        head,
        *(
            {
                "type": "outcome",
                "code": outcome.rule.code,
                "state": outcome.state.value,
                "title": both(outcome.rule.title),
                "remarks": [both(item.text) for item in outcome.remarks],
            }
            for outcome in report.outcomes
        ),
        *(
            {"type": "finding", **_finding_object(report.plan, outcome, finding)}
            for _, outcome, finding in report.findings()
        ),
        *({"type": "not_proven", **_open_object(item)} for item in left_open(report.outcomes)),
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def as_object(report: Report) -> dict[str, Any]:
    """The report as plain values for JSON."""
    return {
        **_head(report),
        "summary": _summary(report),
        "outcomes": [_outcome_object(report.plan, outcome) for outcome in report.outcomes],
        "not_proven": [_open_object(item) for item in left_open(report.outcomes)],
        "ledgers": {name: [_row(row) for row in rows] for name, rows in ledgers(report).items()},
    }


def _head(report: Report) -> dict[str, Any]:
    card = report.plan.card
    return {
        "plan_status": card.status_vi,
        "plan_status_en": card.status_en,
        "plan": {
            "code": card.code,
            "title": both(card.title),
            "document": card.document,
            "content_sha256": report.plan.content_sha256,
            "crs": card.crs,
            "units_as_of": card.units_as_of,
        },
        "tool": f"tngis {__version__}",
        "options": {"tolerance_m2": report.options.tolerance_m2},
    }


def _summary(report: Report) -> dict[str, int]:
    return {
        "rules": len(report.outcomes),
        **{state.value: count for state, count in counted(report.outcomes).items()},
        **{f"{severity.code}s": report.count_of(severity) for severity in reversed(Severity)},
    }


def _outcome_object(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    return {
        "code": outcome.rule.code,
        "theme": outcome.rule.theme,
        "title": both(outcome.rule.title),
        "severity": outcome.rule.severity.code,
        "basis": _citation_object(outcome.basis),
        "state": outcome.state.value,
        "findings": [_finding_object(plan, outcome, finding) for finding in outcome.findings],
        "unproven": [
            {
                "subjects": item.subjects,
                "reason": both(item.reason),
                "settled_by": both(item.settled_by),
            }
            for item in outcome.unproven
        ],
        "not_assessed": [
            {"subjects": item.subjects, "reason": both(item.reason)}
            for item in outcome.not_assessed
        ],
        "remarks": [both(item.text) for item in outcome.remarks],
    }


def _finding_object(plan: Plan, outcome: Outcome, finding: Finding) -> dict[str, Any]:
    return {
        "finding_id": outcome.finding_id(finding),
        "code": outcome.rule.code,
        "severity": outcome.severity_of(finding).code,
        "subjects": finding.subjects,
        "message": both(finding.message),
        "cause": both(finding.cause) if finding.cause else None,
        "stated": _quantity_object(finding.stated),
        "measured": _quantity_object(finding.measured),
        "citations": [_citation_object(citation) for citation in finding.citations],
        "where": _where_object(plan, finding),
    }


def _open_object(item: Open) -> dict[str, Any]:
    return {
        "code": item.code,
        "state": item.state.value,
        "subjects": item.subjects,
        "reason": both(item.reason),
        "settled_by": both(item.settled_by) if item.settled_by else None,
    }


def both(text: Text) -> dict[str, str]:
    """A sentence as JSON has it, in both languages."""
    return {"vi": text.vi, "en": text.en}


def _quantity_object(quantity: Quantity | None) -> dict[str, Any] | None:
    if quantity is None:
        return None
    return {"value": _plain(quantity.value), "unit": quantity.unit}


def _citation_object(citation: Citation) -> dict[str, Any]:
    return {name: value for name, value in asdict(citation).items() if value not in ("", None)}


def _where_object(plan: Plan, finding: Finding) -> dict[str, Any] | None:
    """The place as GeoJSON in longitude and latitude, as the standard asks."""
    if finding.where is None or finding.where.is_empty:
        return None
    import numpy as np
    import shapely

    from gis.crs import WGS84, reprojected

    [moved] = reprojected(np.array([finding.where], dtype=object), plan.card.crs, WGS84)
    return dict(json.loads(shapely.to_geojson(shapely.set_precision(moved, 1e-7))))


def _row(row: Any) -> dict[str, Any]:
    """A ledger row with its computed columns."""
    computed = {
        name: getattr(row, name)
        for name, member in vars(type(row)).items()
        if isinstance(member, property)
    }
    return {name: _plain(value) for name, value in {**asdict(row), **computed}.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Enum):
        return value.value
    return round(value, MEASURED_DECIMALS) if isinstance(value, float) else value


def ledgers(report: Report) -> dict[str, Sequence[Any]]:
    """The tables that go with a report, as far as the plan has what they need."""
    from gis.checks import allocation, areas

    plan = report.plan
    tables: dict[str, Sequence[Any]] = {
        "areas": areas.reconciliation(plan),
        "districts": areas.district_totals(plan),
    }
    if "communes" in plan.layers:
        tables["allocation"] = allocation.allocation(plan)
    tables["communes"] = ledger(plan)
    return tables


# --- CSV ------------------------------------------------------------------------------------


def as_csv(report: Report, lang: Language) -> str:
    """One row a finding, a thing left open, or a rule that holds; marked as UTF-8 for Excel."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(FINDING_COLUMNS)
    for row in finding_rows(report, lang):
        writer.writerow([inert(cell) for cell in row])
    return "\ufeff" + stream.getvalue()


def finding_rows(report: Report, lang: Language) -> Iterator[list[str]]:
    """The cells of the report as a table: findings, what is left open, rules that hold."""
    status = report.plan.card.status.in_(lang)
    for severity, outcome, finding in report.findings():
        yield [
            outcome.rule.code,
            outcome.state.value,
            severity.code,
            " ".join(finding.subjects),
            finding.message.in_(lang),
            finding.cause.in_(lang) if finding.cause else "",
            _quantity_text(finding.stated, lang),
            _quantity_text(finding.measured, lang),
            " · ".join(c.locator.in_(lang) for c in finding.citations or (outcome.basis,)),
            " · ".join(citation.quote for citation in finding.citations if citation.quote),
            _place_text(finding, lang),
            outcome.finding_id(finding),
            status,
        ]
    for item in left_open(report.outcomes):
        settled = item.settled_by.in_(lang) if item.settled_by else ""
        row = [item.code, item.state.value, "", " ".join(item.subjects), item.reason.in_(lang)]
        yield [*row, settled, "", "", "", "", "", "", status]
    for outcome in report.outcomes:
        if outcome.state is State.PASSED:
            told = [outcome.rule.title, *(remark.text for remark in outcome.remarks)]
            row = [outcome.rule.code, outcome.state.value, "", ""]
            row += [
                " ".join(text.in_(lang) for text in told),
                "",
                "",
                "",
                outcome.basis.locator.in_(lang),
            ]
            yield [*row, "", "", "", status]


def _quantity_text(quantity: Quantity | None, lang: Language) -> str:
    return "" if quantity is None else f"{shown(quantity.value, lang)} {quantity.unit}"


def _place_text(finding: Finding, lang: Language) -> str:
    """A point of the place in VN-2000, north first as surveyors write it."""
    if finding.where is None or finding.where.is_empty:
        return ""
    point = finding.where.representative_point()
    return f"X={number(point.y, lang, 2)} Y={number(point.x, lang, 2)}"


# --- HTML -----------------------------------------------------------------------------------


def as_html(report: Report, lang: Language) -> str:
    """The report as one printable page without scripts."""
    return template("check.html").render(
        lang=lang,
        report=report,
        plan=report.plan,
        tool=f"tngis {__version__}",
        findings=report.findings(),
        left_open=left_open(report.outcomes),
        ledgers=ledgers(report),
        counted=counted(report.outcomes),
        State=State,
        Severity=Severity,
        say=lambda key: LABELS[key].in_(lang),
        state_label=lambda state: STATE_LABELS[state].in_(lang),
        severity_label=lambda severity: SEVERITY_LABELS[severity].in_(lang),
        shown=lambda value: shown(value, lang),
        number=lambda value, decimals=None: number(value, lang, decimals),
        quantity=lambda value: _quantity_text(value, lang),
        place=lambda finding: _place_text(finding, lang),
    )


# --- terminal -------------------------------------------------------------------------------


def print_report(report: Report, console: Console, lang: Language) -> None:
    """The report on a terminal: rules, findings, what was not proven, the plan's status line."""
    console.print(f"[bold]{report.plan.card.title.in_(lang)}[/bold]", highlight=False)
    _print_rules(report, console, lang)
    if any(outcome.rule.theme == "areas" for outcome in report.outcomes):
        _print_districts(report.plan, console, lang)
    for severity, outcome, finding in report.findings():
        _print_finding(severity, outcome, finding, console, lang)
    console.print()
    console.rule(LABELS["not_proven"].in_(lang), align="left")
    for codes, item in _by_reason(left_open(report.outcomes)):
        _print_open(codes, item, console, lang)
    console.print()
    print_tally(report, console, lang)


def print_tally(report: Report, console: Console, lang: Language) -> None:
    """How many rules ended how, how many findings weigh what, and the plan's status line."""
    tally = [f"{STATE_LABELS[s].in_(lang)} {n}" for s, n in counted(report.outcomes).items()]
    tally += [
        f"{SEVERITY_LABELS[severity].in_(lang)} {report.count_of(severity)}"
        for severity in reversed(Severity)
    ]
    print_line(console, " · ".join(tally))
    print_line(console, f"[italic]{safe(report.plan.card.status.in_(lang))}[/italic]")


def _print_rules(report: Report, console: Console, lang: Language) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in ("code", "state", "count", "rule"):
        table.add_column(LABELS[key].in_(lang), justify="right" if key == "count" else "left")
    for outcome in report.outcomes:
        remarks = " ".join(remark.text.in_(lang) for remark in outcome.remarks)
        title = outcome.rule.title.in_(lang)
        table.add_row(
            outcome.rule.code,
            STATE_LABELS[outcome.state].in_(lang),
            str(len(outcome.findings)) if outcome.findings else "",
            safe(f"{title} – {remarks}" if remarks else title),
        )
    console.print(table)


def _print_districts(plan: Plan, console: Console, lang: Language) -> None:
    """Stated hectares by district; what several districts share leaves a range, never a split."""
    from rich.table import Table

    from gis.checks.areas import district_totals

    columns = ("zone_ha", "cluster_ha", "shared_ha", "least_ha", "most_ha")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(LABELS["districts"].in_(lang))
    for key in columns:
        table.add_column(LABELS[key].in_(lang), justify="right")
    for row in district_totals(plan):
        table.add_row(safe(row.district), *(shown(getattr(row, key), lang) for key in columns))
    console.print()
    console.print(table)


def _print_finding(
    severity: Severity, outcome: Outcome, finding: Finding, console: Console, lang: Language
) -> None:
    style = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
    label = SEVERITY_LABELS[severity].in_(lang)
    console.print()
    print_line(
        console,
        f"[{style[severity]}]{label}[/] {outcome.rule.code} {safe(finding.message.in_(lang))}",
    )
    if finding.cause:
        cause = f"{LABELS['cause'].in_(lang)}: {finding.cause.in_(lang)}"
        print_line(console, f"  {safe(cause)}")
    for citation in finding.citations or (outcome.basis,):
        quote = f": “{citation.quote}”" if citation.quote else ""
        print_line(console, f"  [dim]{safe(f'{citation.locator.in_(lang)}{quote}')}[/dim]")


def _by_reason(items: Sequence[Open]) -> Iterator[tuple[list[str], Open]]:
    """The same thing left open by several rules is told once, with all their codes."""
    groups: dict[tuple[State, Text, Text | None], list[Open]] = {}
    for item in items:
        groups.setdefault((item.state, item.reason, item.settled_by), []).append(item)
    for group in groups.values():
        yield list(dict.fromkeys(item.code for item in group)), group[0]


def _print_open(codes: Sequence[str], item: Open, console: Console, lang: Language) -> None:
    head = f"{', '.join(codes)} {STATE_LABELS[item.state].in_(lang)}"
    count = f" ({len(item.subjects)})" if item.subjects else ""
    print_line(console, f"{head}{count}: {safe(item.reason.in_(lang))}")
    if item.settled_by:
        settled = f"{LABELS['settled_by'].in_(lang)}: {item.settled_by.in_(lang)}"
        print_line(console, f"  → {safe(settled)}")


def print_rules(plan: Plan, rules: Sequence[Rule], console: Console, lang: Language) -> None:
    """The catalogue of rules with the clause or law each rests on."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in ("code", "severity", "rule", "basis"):
        table.add_column(LABELS[key].in_(lang), overflow="fold")
    for rule in rules:
        table.add_row(
            rule.code,
            SEVERITY_LABELS[rule.severity].in_(lang),
            safe(rule.title.in_(lang)),
            safe(basis_of(plan, rule).locator.in_(lang)),
        )
    console.print(table)
    print_line(console, f"[italic]{safe(plan.card.status.in_(lang))}[/italic]")


def print_line(console: Console, markup: str) -> None:
    """Wrap on a terminal; in a pipe a line stays whole, so that it can be searched."""
    console.print(markup, highlight=False, soft_wrap=not console.is_terminal)


def safe(text: str) -> str:
    """Text from data that the terminal's markup leaves alone, without control characters."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))
