"""What the tables of a plan promise one another, and without which nothing can be computed.

What they promise about the text they were taken from is checked in `gis.checks.transcription`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gis.errors import Problem
from gis.language import say
from gis.model import Plan
from gis.tables import (
    Activity,
    Alias,
    Clause,
    Code,
    Compound,
    CraftPoint,
    Crossing,
    Fragment,
    Indicator,
    Law,
    Place,
    Reading,
    Site,
    Tenancy,
    Unit,
)

PLAN_CARD = "plan.toml"
RawTable = list[tuple[int, dict[str, str | None]]]  # rows as written, each with its line


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a plan: its name, the class of its rows and the columns that tell rows apart."""

    name: str
    row: type[NamedTuple]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


TABLES = (
    Table("sites", Site, ("site_id",)),
    Table("places", Place, ("site_id", "unit_code")),
    Table("fragments", Fragment, ("site_id", "fragment", "activity_id")),
    Table("activities", Activity, ("activity_id",)),
    Table("codes", Code, ("system", "code")),
    Table("compounds", Compound, ("compound_id",)),
    Table("clauses", Clause, ("clause_id",)),
    Table("readings", Reading, ("reading_id",)),
    Table("communes", Unit, ("unit_code",)),
    Table("crosswalk", Crossing, ("place", "districts", "site_ids")),
    Table("aliases", Alias, ("alias", "site_id", "unit_code")),
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
    ("codes", "activities", "activities", "activity_id"),
    ("compounds", "activity_id", "activities", "activity_id"),
    ("clauses", "sites", "sites", "site_id"),
    ("clauses", "activities", "activities", "activity_id"),
    ("clauses", "districts", "communes", "district"),
    ("sites", "districts", "communes", "district"),
    ("readings", "site_id", "sites", "site_id"),
    ("crosswalk", "site_ids", "sites", "site_id"),
    ("crosswalk", "districts", "communes", "district"),
    ("aliases", "site_id", "sites", "site_id"),
    ("aliases", "unit_code", "communes", "unit_code"),
    ("occupancy", "site_id", "sites", "site_id"),
    ("craft_points", "unit_code", "communes", "unit_code"),
)


def broken_promises(
    plan: Plan, raw: Mapping[str, RawTable], files: Collection[str]
) -> list[Problem]:
    """Every promise without which the plan cannot be used, each with file, row, field and mend."""
    return [
        *_missing_files(plan, files),
        *_repeated_keys(raw),
        *_dangling_references(raw),
        *_unknown_basis(plan),
        *_circles(plan),
    ]


def _missing_files(plan: Plan, files: Collection[str]) -> Iterator[Problem]:
    """Tables and outlines the card counts on; an empty table would pass for a plan without them."""
    unknown = set(plan.card.rows) - {table.name for table in TABLES}
    for name in sorted(unknown):
        yield Problem(
            PLAN_CARD,
            say("bảng lạ", "unknown table"),
            say("bỏ dòng này", "remove this line"),
            field=f"rows.{name}",
        )
    counted = [f"{name}.csv" for name, rows in plan.card.rows.items() if rows]
    for name in [*counted, *plan.card.outlines]:
        if name not in files and name.removesuffix(".csv") not in unknown:
            yield Problem(
                name,
                say("không tìm thấy tệp", "no such file"),
                say("khôi phục tệp, hoặc sửa plan.toml", "restore it, or correct plan.toml"),
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
