"""What the tables of a plan promise about one another, and about the text they were taken from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gis.errors import Problem
from gis.language import say
from gis.model import Plan
from gis.tables import (
    Activity,
    Clause,
    CraftPoint,
    Crossing,
    Fragment,
    Indicator,
    Law,
    Place,
    Reading,
    Row,
    Site,
    Tenancy,
    Unit,
    vietnamese_numbers,
)

PLAN_CARD = "plan.toml"
ELLIPSES = ("…", "...")
RawTable = list[tuple[int, dict[str, str | None]]]  # rows as written, each with its line


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a plan: its name, the class of its rows and the columns that tell rows apart."""

    name: str
    row: type[Row]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


TABLES = (
    Table("sites", Site, ("site_id",)),
    Table("places", Place, ("site_id", "unit_code")),
    Table("fragments", Fragment, ("site_id", "fragment", "activity_id")),
    Table("activities", Activity, ("activity_id",)),
    Table("clauses", Clause, ("clause_id",)),
    Table("readings", Reading, ("reading_id",)),
    Table("communes", Unit, ("unit_code",)),
    Table("crosswalk", Crossing, ("place", "districts", "site_ids")),
    Table("occupancy", Tenancy, ("site_id", "lot")),
    Table("craft_points", CraftPoint, ("point_id",)),
    Table("indicators", Indicator, ("indicator_id",)),
    Table("laws", Law, ("law_id",)),
)

REFERENCES = (
    ("places", "site_id", "sites", "site_id"),
    ("places", "unit_code", "communes", "unit_code"),
    ("places", "drawing_hint", "communes", "unit_code"),
    ("fragments", "site_id", "sites", "site_id"),
    ("fragments", "activity_id", "activities", "activity_id"),
    ("activities", "broader", "activities", "activity_id"),
    ("clauses", "sites", "sites", "site_id"),
    ("clauses", "activities", "activities", "activity_id"),
    ("clauses", "districts", "communes", "district"),
    ("sites", "districts", "communes", "district"),
    ("readings", "site_id", "sites", "site_id"),
    ("crosswalk", "site_ids", "sites", "site_id"),
    ("crosswalk", "districts", "communes", "district"),
    ("occupancy", "site_id", "sites", "site_id"),
    ("craft_points", "unit_code", "communes", "unit_code"),
)


def broken_promises(plan: Plan, raw: Mapping[str, RawTable]) -> list[Problem]:
    """Every promise a plan's tables break, each with file, row, field and mend."""
    return [
        *_wrong_counts(plan, raw),
        *_repeated_keys(raw),
        *_dangling_references(raw),
        *_unknown_basis(plan),
        *_circles(plan),
        *_misread_areas(plan),
        *_misread_lists(plan),
        *_misquotes(plan),
    ]


def _wrong_counts(plan: Plan, raw: Mapping[str, RawTable]) -> Iterator[Problem]:
    for name, wanted in plan.card.rows.items():
        if name not in raw:
            yield Problem(
                PLAN_CARD,
                say("bảng lạ", "unknown table"),
                say("bỏ dòng này", "remove this line"),
                field=f"rows.{name}",
            )
        elif len(raw[name]) != wanted:
            yield Problem(
                f"{name}.csv",
                say(
                    "có {found} dòng, plan.toml ghi {wanted}",
                    "has {found} rows, plan.toml says {wanted}",
                    found=len(raw[name]),
                    wanted=wanted,
                ),
                say(
                    "bổ sung dòng thiếu, hoặc sửa [rows] trong plan.toml",
                    "restore the rows, or correct [rows] in plan.toml",
                ),
            )


def _repeated_keys(raw: Mapping[str, RawTable]) -> Iterator[Problem]:
    for table in TABLES:
        seen: dict[tuple[str | None, ...], int] = {}
        for line, cells in raw[table.name]:
            key = tuple(cells.get(column) for column in table.key)
            if key in seen:
                yield Problem(
                    table.file,
                    say("lặp lại dòng {line}", "repeats row {line}", line=seen[key]),
                    say("xóa hoặc đổi mã", "remove it or give it another id"),
                    row=str(line),
                    field=", ".join(table.key),
                    value=", ".join(part or "" for part in key),
                )
            seen.setdefault(key, line)


def _dangling_references(raw: Mapping[str, RawTable]) -> Iterator[Problem]:
    for table, column, target, target_column in REFERENCES:
        known = {cells.get(target_column) for _, cells in raw[target]}
        for line, cells in raw[table]:
            for item in (cells.get(column) or "").split(";"):
                if item and item not in known:
                    yield Problem(
                        f"{table}.csv",
                        say(
                            "không có trong {target}.csv, cột {column}",
                            "is not in {target}.csv, column {column}",
                            target=target,
                            column=target_column,
                        ),
                        say("sửa mã, hoặc thêm dòng", "correct it, or add the row"),
                        row=str(line),
                        field=column,
                        value=item,
                    )


def _unknown_basis(plan: Plan) -> Iterator[Problem]:
    for role, clause_id in plan.card.basis.items():
        if clause_id not in plan.clauses:
            yield Problem(
                PLAN_CARD,
                say("không có trong clauses.csv", "is not in clauses.csv"),
                say("sửa mã điều khoản", "correct the clause id"),
                field=f"basis.{role}",
                value=clause_id,
            )


def _circles(plan: Plan) -> Iterator[Problem]:
    for activity in plan.activities.values():
        seen, above = {activity.activity_id}, plan.activities.get(activity.broader or "")
        while above is not None and above.activity_id not in seen:
            seen.add(above.activity_id)
            above = plan.activities.get(above.broader or "")
        if above is activity:
            yield Problem(
                "activities.csv",
                say("đi vòng trở lại chính nó", "leads back to itself"),
                say("bỏ một liên kết `broader`", "break the circle of `broader`"),
                field="broader",
                value=activity.activity_id,
            )


def _misread_areas(plan: Plan) -> Iterator[Problem]:
    """Stated hectares are the numbers of the area cell: dot for thousands, comma for decimals."""
    for site in plan.sites.values():
        stated = tuple(n for n in (site.stated_ha, site.detailed_plan_ha) if n is not None)
        printed = vietnamese_numbers(site.area_text)
        if printed != stated:
            yield Problem(
                "sites.csv",
                say(
                    "ô diện tích {text!r} đọc là {printed} ha",
                    "the area cell {text!r} reads {printed} ha",
                    text=site.area_text,
                    printed=" + ".join(str(n) for n in printed),
                ),
                say(
                    "sửa số theo ô diện tích (dấu chấm thập phân)",
                    "correct the number to the area cell (decimal point)",
                ),
                row=site.site_id,
                field="stated_ha, detailed_plan_ha",
                value=" + ".join(str(n) for n in stated),
            )


def _misread_lists(plan: Plan) -> Iterator[Problem]:
    for site in plan.sites.values():
        ends_open = site.function_text.rstrip().endswith(ELLIPSES)
        is_marked = bool(site.open_marker) and site.function_text.endswith(site.open_marker)
        if not ends_open == is_marked == (site.list_status == "open"):
            yield Problem(
                "sites.csv",
                say(
                    "danh mục mở phải kết thúc bằng dấu lửng, danh mục đóng thì không",
                    "an open list ends in its ellipsis, a closed one does not",
                ),
                say("sửa list_status hoặc open_marker", "correct list_status or open_marker"),
                row=site.site_id,
                field="list_status",
                value=site.list_status,
            )
    for item in plan.fragments:
        site = plan.sites.get(item.site_id)  # type: ignore[assignment]
        if site is not None and item.text not in site.function_text:
            yield Problem(
                "fragments.csv",
                say("không có trong ô chức năng", "is not in the function cell"),
                say("chép đúng nguyên văn", "copy it verbatim"),
                row=f"{item.site_id} {item.fragment}",
                field="text",
                value=item.text,
            )


def _misquotes(plan: Plan) -> Iterator[Problem]:
    """Every quote stands on the line it names."""
    if not plan.text_lines:
        return
    for file, row, column, line, quote in _quotes(plan):
        found = plan.text_lines[line - 1] if line <= len(plan.text_lines) else ""
        if quote not in found:
            yield Problem(
                file,
                say("không có ở dòng {line}", "is not on line {line}", line=str(line)),
                say("chép đúng nguyên văn và số dòng", "copy the quote and its line exactly"),
                row=row,
                field=column,
                value=quote,
            )


def _quotes(plan: Plan) -> Iterator[tuple[str, str, str, int, str]]:
    for site in plan.sites.values():
        yield "sites.csv", site.site_id, "name", site.line, site.name
        yield "sites.csv", site.site_id, "area_text", site.area_line, site.area_text
        yield "sites.csv", site.site_id, "function_text", site.function_line, site.function_text
    for clause in plan.clauses.values():
        yield "clauses.csv", clause.clause_id, "quote", clause.line, clause.quote
    for reading in plan.readings:
        yield "readings.csv", reading.reading_id, "verbatim", reading.line, reading.verbatim
    for indicator in plan.indicators:
        yield "indicators.csv", indicator.indicator_id, "printed", indicator.line, indicator.printed
    for role, passage in plan.card.passages.items():
        yield PLAN_CARD, f"passages {role}", "quote", passage.line, passage.quote
    for total in plan.card.stated_totals:
        yield PLAN_CARD, f"stated_totals {total.kind}", "printed", total.line, total.printed
