"""The decision's own numbers, recomputed: sums, shares, growth, and one table against another.

Exact decimals throughout. A printed number stands for all that rounds to it, so nothing is held
against the text that its printed precision allows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from gis.checks.telling import joined
from gis.language import Text, rounded, say
from gis.model import (
    CheckOptions,
    Citation,
    Finding,
    NotAssessed,
    Noticed,
    Plan,
    Quantity,
    Remark,
    Severity,
)
from gis.tables import Indicator

TOTAL = "total"
HUNDRED = Decimal(100)
OUTPACING = Decimal("1.5")  # times the growth of all industry; above it a sector stands out
SHORT_NAME = re.compile(r"\b[A-ZĐ]{2,}\b")  # GDP, VA, GTSX
MEASURES: Mapping[str, Text] = {
    "output_growth": Text("giá trị sản xuất", "output"),
    "value_added_growth": Text("giá trị tăng thêm", "value added"),
}
NOTHING = NotAssessed((), say("không có số để so", "there are no figures to compare"))
Cell = tuple[str, str, str, str]  # table, sector, measure, period


# --- sums and shares --------------------------------------------------------------------------


def groups_sum_to_the_total(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The outputs of the groups add up to the total the summary prints for the year."""
    totals = _column(plan, "summary", "output", TOTAL)
    if not totals:
        yield NOTHING
    for year, total in totals.items():
        groups = _groups(plan, "summary", "output", year)
        added = sum((item.value for item in groups), Decimal(0))
        if not groups or added == total.value:
            continue
        allowed = sum((_half_unit(item) for item in (*groups, total)), Decimal(0))
        yield _finding(
            plan,
            [total],
            say(
                "{year}: các nhóm cộng lại được {added}, bảng in {total} ({unit}).",
                "{year}: the groups add up to {added}, the table prints {total} ({unit}).",
                year=year,
                added=added,
                total=total.value,
                unit=total.unit,
            ),
            measured=Quantity(added, total.unit),
            severity=Severity.NOTE if abs(added - total.value) <= allowed else None,
        )


def repeated_figures_agree(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A figure printed in the goals, the headline table and the summary is one and the same."""
    first: dict[tuple[str, str, str], Indicator] = {}
    for item in plan.indicators:
        if item.table == "sector":
            continue
        before = first.setdefault((item.sector, item.measure, item.period), item)
        if before.value != item.value:
            yield _finding(
                plan,
                [before, item],
                say(
                    "{subject}, {period}: dòng {line} in {before}, dòng {other} in {now}.",
                    "{subject}, {period}: line {line} prints {before}, line {other} {now}.",
                    **_told(item),
                    line=str(before.line),
                    other=str(item.line),
                    before=before.value,
                    now=item.value,
                ),
                measured=Quantity(item.value, item.unit),
            )


def shares_follow_from_outputs(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Each share is its group's part of the total output, to the decimals its column prints."""
    cells = _cells(plan)
    shares = _shares(plan, "structure")
    if not shares:
        yield NOTHING
    for share in shares:
        output = cells.get(("summary", share.sector, "output", share.period))
        total = cells.get(("summary", TOTAL, "output", share.period))
        if output is None or total is None or not total.value:
            continue
        true = HUNDRED * output.value / total.value
        decimals = _usual_decimals(_groups(plan, "structure", "share", share.period))
        if _rounds_to(true, share.value, decimals):
            continue
        coarse = _rounds_to(true, share.value, _decimals(share))
        yield _finding(
            plan,
            [share],
            say(
                "{subject}, {period}: in {printed} %, tính lại từ giá trị sản xuất được {true} %.",
                "{subject}, {period}: {printed} % is printed, the outputs give {true} %.",
                **_told(share),
                printed=share.value,
                true=rounded(true, 2),
            ),
            measured=Quantity(rounded(true, 2), share.unit),
            severity=Severity.NOTE if coarse else None,
            cause=say("làm tròn thô hơn cả cột", "rounded more than its column")
            if coarse
            else None,
        )


def shares_add_to_a_hundred(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The shares of a year add up to 100 % within their rounding."""
    totals = _column(plan, "structure", "share", TOTAL)
    if not totals:
        yield NOTHING
    for year, total in totals.items():
        groups = _groups(plan, "structure", "share", year)
        added = sum((item.value for item in groups), Decimal(0))
        allowed = _half(_usual_decimals(groups)) * len(groups)
        if groups and abs(added - HUNDRED) > allowed:
            yield _finding(
                plan,
                [total],
                say(
                    "{year}: tỷ trọng các nhóm cộng lại được {added} %, ngoài mức làm tròn.",
                    "{year}: the shares of the groups add up to {added} %, more than rounding "
                    "explains.",
                    year=year,
                    added=added,
                ),
                measured=Quantity(added, total.unit),
            )


# --- summary against sector tables ------------------------------------------------------------


def sector_outputs_match_the_summary(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The output of a sector is the same in the summary and in the sector's own table."""
    pairs = list(_pairs(plan, "summary", "output"))
    if not pairs:
        yield NOTHING
    for summary, own in pairs:
        if summary.value != own.value:
            yield _finding(
                plan,
                [summary, own],
                say(
                    "{subject}, {period}: bảng tổng hợp in {summary}, bảng ngành in {own} "
                    "({unit}).",
                    "{subject}, {period}: the summary prints {summary}, the sector table {own} "
                    "({unit}).",
                    **_told(own),
                    summary=summary.value,
                    own=own.value,
                ),
                measured=Quantity(own.value, own.unit),
            )


def sector_shares_match_the_summary(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The share of a sector is the same in the summary and in the sector's own table."""
    alike: dict[tuple[str, str], list[tuple[Indicator, Indicator]]] = {}
    causes: dict[tuple[str, str], Text] = {}
    pairs = list(_pairs(plan, "structure", "share"))
    if not pairs:
        yield NOTHING
    for summary, own in pairs:
        if abs(summary.value - own.value) > _half_unit(summary) + _half_unit(own):
            key, cause = _cause_of_share(plan, own)
            alike.setdefault((own.period, key), []).append((summary, own))
            causes[own.period, key] = cause
    for (period, key), differing in alike.items():
        yield _differing_shares(plan, period, key, differing, causes[period, key])


def _differing_shares(
    plan: Plan,
    period: str,
    key: str,
    pairs: Sequence[tuple[Indicator, Indicator]],
    cause: Text,
) -> Finding:
    """One finding for all the shares of a year that differ for the same reason."""
    parts = [
        say(
            "{subject} {summary} ↔ {own}",
            "{subject} {summary} ↔ {own}",
            subject=_subject(own),
            summary=summary.value,
            own=own.value,
        )
        for summary, own in pairs
    ]
    return _finding(
        plan,
        [item for pair in pairs for item in pair],
        say(
            "{period}: tỷ trọng (%) ở bảng tổng hợp ↔ ở bảng ngành: {parts}.",
            "{period}: shares (%) in the summary ↔ in the sector tables: {parts}.",
            period=period,
            parts=joined(parts, "; "),
        ),
        measured=Quantity(pairs[0][1].value, pairs[0][1].unit) if len(pairs) == 1 else None,
        cause=cause,
        key=f"{period}-{key}",
        subjects=[own for _, own in pairs],
    )


def _cause_of_share(plan: Plan, own: Indicator) -> tuple[str, Text]:
    """Why a sector table prints another share: its own output or sum, a copied figure, or none."""
    cells = _cells(plan)
    output = cells.get(("sector", own.sector, "output", own.period))
    total = cells.get(("summary", TOTAL, "output", own.period))
    if total and _is_share_of(own, output, total.value):
        return "own", say(
            "tính đúng từ giá trị sản xuất mà bảng ngành in",
            "it follows from the output that the sector table prints",
        )
    base = sum((item.value for item in _groups(plan, "sector", "output", own.period)), Decimal(0))
    if _is_share_of(own, output, base):
        return "base", say(
            "các bảng ngành tính theo tổng của chính chúng ({base}), không theo tổng đã in",
            "the sector tables reckon on their own sum ({base}), not on the printed total",
            base=base,
        )
    twin = _twin(plan, own)
    if twin is None:
        return own.sector, say(
            "không tính ra được từ tổng nào trong quyết định",
            "no total of the decision gives this figure",
        )
    return own.sector, say(
        "trùng với số in cho {twin} cùng năm (dòng {line}): có lẽ chép nhầm",
        "equal to the figure printed for {twin} that year (line {line}): a copying slip, it seems",
        twin=_subject(twin),
        line=str(twin.line),
    )


def _is_share_of(share: Indicator, output: Indicator | None, total: Decimal) -> bool:
    return (
        output is not None
        and total > 0
        and _rounds_to(HUNDRED * output.value / total, share.value, _decimals(share))
    )


def _twin(plan: Plan, own: Indicator) -> Indicator | None:
    """The share of another sector and the same year that is printed with the same value."""
    return next(
        (
            item
            for table in ("sector", "structure")
            for item in _groups(plan, table, "share", own.period)
            if item.sector != own.sector and item.value == own.value
        ),
        None,
    )


def sector_tables_fill_the_total(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The sector tables and the groups that have none add up to the printed total."""
    totals = _column(plan, "summary", "output", TOTAL)
    if not any(_groups(plan, "sector", "output", year) for year in totals):
        yield NOTHING
    for year, total in totals.items():
        own = _groups(plan, "sector", "output", year)
        told = {item.sector for item in own}
        rest = [i for i in _groups(plan, "summary", "output", year) if i.sector not in told]
        told_sum = sum((item.value for item in own), Decimal(0))
        added = told_sum + sum((item.value for item in rest), Decimal(0))
        if own and added != total.value:
            yield _overfull(plan, total, told_sum, added, rest)


def _overfull(
    plan: Plan, total: Indicator, told_sum: Decimal, added: Decimal, rest: Sequence[Indicator]
) -> Finding:
    return _finding(
        plan,
        [total, *rest],
        say(
            "{period}: các bảng ngành cộng lại được {told}, thêm phần không có bảng riêng thành "
            "{added}; tổng in là {total} ({unit}).",
            "{period}: the sector tables add up to {told}, with the groups that have none to "
            "{added}; the printed total is {total} ({unit}).",
            **_told(total),
            told=told_sum,
            added=added,
            total=total.value,
        ),
        measured=Quantity(added, total.unit),
        cause=say(
            "các bảng ngành đã lấp đầy tổng, không còn chỗ cho: {rest}",
            "the sector tables fill the total by themselves and leave no room for: {rest}",
            rest=[_subject(item) for item in rest],
        )
        if told_sum == total.value
        else None,
        subjects=[total],
    )


# --- growth -----------------------------------------------------------------------------------


def stated_growth_follows_from_the_figures(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """Each stated growth rate is the compound rate of the printed figures, as far as printed."""
    recomputed = []
    for stated in plan.indicators:
        if not stated.measure.endswith("_growth"):
            continue
        true = _compound(plan, stated.sector, stated.measure.removesuffix("_growth"), stated.period)
        if true is None:
            continue
        told = {**_told(stated), "printed": stated.value, "true": rounded(true, 2)}
        recomputed.append(
            say(
                "{what} {period}: {printed} → {true}",
                "{what} {period}: {printed} → {true}",
                what=MEASURES[stated.measure],
                **told,
            )
        )
        if abs(true - stated.value) > _half_unit(stated):
            yield _finding(
                plan,
                [stated],
                say(
                    "{subject}, {period}: ghi {printed} %/năm, tính lại được {true} %/năm.",
                    "{subject}, {period}: {printed} % a year is stated, the figures give {true} %.",
                    **told,
                ),
                measured=Quantity(rounded(true, 2), stated.unit),
            )
    if not recomputed:
        yield NOTHING
    else:
        yield Remark(
            say(
                "tăng trưởng ghi → tính lại (%/năm): {all}",
                "growth stated → recomputed (% a year): {all}",
                all=list(dict.fromkeys(recomputed)),
            )
        )


def growth_goes_by_one_name(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """A growth rate that is stated twice goes by one name."""
    rates = [item for item in plan.indicators if item.measure.endswith("_growth")]
    named: set[tuple[str, str]] = set()
    for first in rates:
        for again in rates:
            names = _short_names(plan, first), _short_names(plan, again)
            if _same_rate(first, again) and _unrelated(*names) and names not in named:
                named.add(names)
                yield _finding(
                    plan,
                    [first, again],
                    say(
                        "{value} %/năm: dòng {line} gọi là {first}, dòng {other} gọi là {again}.",
                        "{value} % a year: line {line} calls it {first}, line {other} {again}.",
                        value=first.value,
                        first=names[0],
                        again=names[1],
                        line=str(first.line),
                        other=str(again.line),
                    ),
                    subjects=[first],
                )


def _same_rate(first: Indicator, again: Indicator) -> bool:
    """Whether a later row states the same rate for part of the same years in another table."""
    (since, until), (from_, to) = _years(first.period), _years(again.period)
    return (
        first.table != again.table
        and first.line < again.line
        and (first.sector, first.measure, first.value) == (again.sector, again.measure, again.value)
        and since < to
        and from_ < until
    )


def _short_names(plan: Plan, item: Indicator) -> str:
    """The abbreviations that name a number: on its line, else on the nearest above with any."""
    above = plan.text_lines[: item.line][::-1]
    found = (SHORT_NAME.findall(line) for line in above)
    return " ".join(dict.fromkeys(next((names for names in found if names), [])))


def _unrelated(first: str, again: str) -> bool:
    """Whether two names share nothing; GTSX CN and SXCN are one thing, GDP and VA SXCN are not."""
    one, other = first.replace(" ", ""), again.replace(" ", "")
    return bool(one and other) and one not in other and other not in one


def value_added_keeps_its_share(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """The part of output that is value added does not fall from one year to the next."""
    outputs = _column(plan, "headline", "output", TOTAL)
    added = _column(plan, "headline", "value_added", TOTAL)
    years = sorted(year for year in outputs.keys() & added.keys() if outputs[year].value)
    if len(years) < 2:
        yield NOTHING
    ratios = [HUNDRED * added[year].value / outputs[year].value for year in years]
    if any(later < earlier for earlier, later in pairwise(ratios)):
        listed = [
            say("{year}: {ratio} %", "{year}: {ratio} %", year=year, ratio=rounded(ratio, 2))
            for year, ratio in zip(years, ratios, strict=True)
        ]
        yield _finding(
            plan,
            [added[year] for year in years],
            say(
                "Phần giá trị tăng thêm trong giá trị sản xuất giảm – {listed}.",
                "The part of output that is value added falls – {listed}.",
                listed=listed,
            ),
            cause=say(
                "giá trị tăng thêm tăng chậm hơn giá trị sản xuất",
                "value added grows more slowly than output",
            ),
        )


def no_sector_stands_still(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No sector stands still or shrinks over a period in which all industry grows."""
    if not _column(plan, "headline", "output_growth", TOTAL):
        yield NOTHING
    for sector, subject in _sectors(plan).items():
        still = {
            period: rate
            for period, (rate, whole) in _rates(plan, sector).items()
            if rate <= 0 < whole
        }
        if still:
            yield _pace(
                plan,
                subject,
                still,
                say(
                    "{subject} không tăng trưởng",
                    "{subject} does not grow",
                    subject=_subject(subject),
                ),
            )


def no_sector_outpaces_all_industry(plan: Plan, options: CheckOptions) -> Iterator[Noticed]:
    """No sector grows at more than one and a half times the rate of all industry."""
    if not _column(plan, "headline", "output_growth", TOTAL):
        yield NOTHING
    for sector, subject in _sectors(plan).items():
        fast = {
            period: rate
            for period, (rate, whole) in _rates(plan, sector).items()
            if whole > 0 and rate > OUTPACING * whole
        }
        if fast:
            yield _pace(
                plan,
                subject,
                fast,
                say(
                    "{subject} tăng nhanh hơn hẳn toàn ngành",
                    "{subject} grows far faster than all industry",
                    subject=_subject(subject),
                ),
            )


def _pace(plan: Plan, subject: Indicator, rates: Mapping[str, Decimal], what: Text) -> Finding:
    """A finding about the growth of a sector, with its rate in each of the periods."""
    cells = _cells(plan)
    ends = sorted({str(year) for period in rates for year in _ends(period)})
    listed = [
        say(
            "{period}: {rate} %/năm",
            "{period}: {rate} % a year",
            period=period,
            rate=rounded(rate, 1),
        )
        for period, rate in rates.items()
    ]
    return _finding(
        plan,
        [cells["summary", subject.sector, "output", year] for year in ends],
        say("{what} – {listed}.", "{what} – {listed}.", what=what, listed=listed),
    )


def _sectors(plan: Plan) -> dict[str, Indicator]:
    """Each sector of the summary with the first row that names it."""
    found: dict[str, Indicator] = {}
    for item in plan.indicators:
        if item.table == "summary" and item.measure == "output" and item.sector != TOTAL:
            found.setdefault(item.sector, item)
    return found


def _rates(plan: Plan, sector: str) -> dict[str, tuple[Decimal, Decimal]]:
    """A sector's growth and that of all industry over each period the headline states one for."""
    found = {}
    for period in _column(plan, "headline", "output_growth", TOTAL):
        rate = _compound(plan, sector, "output", period)
        whole = _compound(plan, TOTAL, "output", period)
        if rate is not None and whole is not None:
            found[period] = rate, whole
    return found


def _compound(plan: Plan, sector: str, measure: str, period: str) -> Decimal | None:
    """Percent a year from the last year before a period to its last year."""
    start, end = _ends(period)
    before, after = _level(plan, sector, measure, start), _level(plan, sector, measure, end)
    if before is None or after is None or before <= 0 or after <= 0 or end <= start:
        return None
    return HUNDRED * ((after / before) ** (Decimal(1) / (end - start)) - 1)


def _level(plan: Plan, sector: str, measure: str, year: int) -> Decimal | None:
    """What the summary, else the headline table, prints for a year."""
    cells = _cells(plan)
    rows = (cells.get((table, sector, measure, str(year))) for table in ("summary", "headline"))
    return next((row.value for row in rows if row is not None), None)


def _ends(period: str) -> tuple[int, int]:
    """The year a period of growth is reckoned from, and its last year."""
    first, last = _years(period)
    return first - 1, last


def _years(period: str) -> tuple[int, int]:
    first, _, last = period.partition("-")
    return int(first), int(last or first)


# --- what the rules share ---------------------------------------------------------------------


@lru_cache(maxsize=4)
def _cells(plan: Plan) -> dict[Cell, Indicator]:
    return {(item.table, item.sector, item.measure, item.period): item for item in plan.indicators}


def _column(plan: Plan, table: str, measure: str, sector: str) -> dict[str, Indicator]:
    """One row of a table by year or period."""
    return {
        item.period: item
        for item in plan.indicators
        if (item.table, item.measure, item.sector) == (table, measure, sector)
    }


def _groups(plan: Plan, table: str, measure: str, year: str) -> list[Indicator]:
    """One column of a table without its total."""
    return [
        item
        for item in plan.indicators
        if (item.table, item.measure, item.period) == (table, measure, year)
        and item.sector != TOTAL
    ]


def _shares(plan: Plan, table: str) -> list[Indicator]:
    return [
        item
        for item in plan.indicators
        if item.table == table and item.measure == "share" and item.sector != TOTAL
    ]


def _pairs(plan: Plan, table: str, measure: str) -> Iterator[tuple[Indicator, Indicator]]:
    """What a summary table and the sector's own table print for the same thing."""
    cells = _cells(plan)
    for own in plan.indicators:
        other = cells.get((table, own.sector, measure, own.period))
        if own.table == "sector" and own.measure == measure and other is not None:
            yield other, own


def _decimals(item: Indicator) -> int:
    """How many decimals a number is printed with; the comma cuts them off."""
    return len(item.printed.partition(",")[2])


def _usual_decimals(items: Iterable[Indicator]) -> int:
    """How many decimals most numbers of a column are printed with."""
    counted = Counter(_decimals(item) for item in items)
    return max(counted, key=lambda decimals: (counted[decimals], decimals), default=0)


def _half(decimals: int) -> Decimal:
    return Decimal(5).scaleb(-decimals - 1)


def _half_unit(item: Indicator) -> Decimal:
    """Half a unit of the last printed place: what rounding can hide."""
    return _half(_decimals(item))


def _rounds_to(true: Decimal, printed: Decimal, decimals: int) -> bool:
    return abs(true - printed) <= _half(decimals)


def _subject(item: Indicator) -> Text:
    return Text(item.subject, item.subject_en)


def _told(item: Indicator) -> dict[str, object]:
    """The values that every sentence about a number has."""
    return {"subject": _subject(item), "period": item.period, "unit": item.unit}


def _cite(plan: Plan, item: Indicator) -> Citation:
    """The number where it is printed, under the clause the card names for its table."""
    table = plan.cite_role(item.table)
    return Citation(plan.card.document, table.clause if table else "", item.line, item.printed)


def _finding(
    plan: Plan,
    items: Sequence[Indicator],
    message: Text,
    *,
    measured: Quantity | None = None,
    severity: Severity | None = None,
    cause: Text | None = None,
    key: str = "",
    subjects: Sequence[Indicator] = (),
) -> Finding:
    """A finding about printed numbers, the first of them as what is stated."""
    return Finding(
        subjects=tuple(item.indicator_id for item in subjects or items),
        message=message,
        stated=Quantity(items[0].value, items[0].unit) if measured else None,
        measured=measured,
        citations=tuple(_cite(plan, item) for item in items),
        severity=severity,
        cause=cause,
        key=key,
    )
