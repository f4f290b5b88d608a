"""Small plans of function lists and clauses, and changes to the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from conftest import OPTIONS, activity, findings, fragment, site

from gis.model import CheckOptions, Finding, Noticed, Plan
from gis.tables import Fragment, Reading, Site
from gis.values import read

Check = Callable[[Plan, CheckOptions], Iterator[Noticed]]
Toy = Callable[..., Plan]

TREE = {
    item.activity_id: item
    for item in (
        activity("metal", label="kim loại"),
        activity("steel", "metal", label="thép"),
        activity("tea", label="chè"),
        activity("cloth", label="vải"),
        activity("crafts", label="thủ công"),
        activity("basket", "crafts", label="rổ"),
        activity("mine", label="mỏ")._replace(isic_rev4=("0710", "0810")),
        activity("dressing", label="tuyển")._replace(isic_rev4=("0710", "2399")),
    )
}


def found(rule: Check, plan: Plan) -> list[Finding]:
    return findings(rule(plan, OPTIONS))


def subjects(rule: Check, plan: Plan) -> list[tuple[str, ...]]:
    return [item.subjects for item in found(rule, plan)]


def reading(line: int, verbatim: str, kind: str = "typo", site_id: str | None = None) -> Reading:
    return read(
        Reading,
        {
            "reading_id": "RD-1",
            "line": line,
            "site_id": site_id,
            "verbatim": verbatim,
            "reading": "khác",
            "kind": kind,
            "reason": "thử",
        },
    )


def oriented(site_id: str = "KCN-9") -> dict[str, Site]:
    return {site_id: site(site_id, functions="theo định hướng", list_status="orientation")}


METAL = ("Kim loại", {"Kim loại": "metal"})
STEEL = ("Thép", {"Thép": "steel"})
TEA = ("Chè", {"Chè": "tea"})
OPEN_TEA = ("Chè …", {"Chè": "tea"})
CRAFTS = ("Thủ công", {"Thủ công": "crafts"})


def listing(plan: Plan, site_id: str, activity_id: str) -> Plan:
    """The plan with one more function in a row."""
    return dataclasses.replace(
        plan, fragments=(*plan.fragments, fragment(site_id, 99, "thêm", activity_id))
    )


def unlisting(plan: Plan, keep: Callable[[Fragment], bool]) -> Plan:
    return dataclasses.replace(plan, fragments=tuple(item for item in plan.fragments if keep(item)))


def with_clause(plan: Plan, original: str, /, **update: object) -> Plan:
    """The plan with one clause changed, or with a changed copy of it under a new id."""
    new_id = str(update.get("clause_id", original))
    changed = plan.clauses[original]._replace(**update)
    return dataclasses.replace(plan, clauses=dict(plan.clauses) | {new_id: changed})


def rules_of(module: object) -> list[Check]:
    """The checks a module defines."""
    return [
        value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == getattr(module, "__name__", "")
        and "options" in value.__annotations__
        and name[0] != "_"
    ]
