"""Reverse siting: the order of sites, the smallest change, and the matrix of all verdicts."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_siting import ACTIVITIES, at, codes, decided, the_plan

from gis.model import Plan
from gis.siting.bearings import free_ha
from gis.siting.ranking import (
    ADMITTED,
    FAILED,
    ORDER,
    Ranked,
    matrix,
    matrix_csv,
    matrix_json,
    rank,
)
from gis.siting.rulings import index_of, rule_on_site
from gis.tables import Tenancy
from gis.values import read
from gis.verdicts import ActivityMatch, Verdict


def ranked(activity_id: str, ha: str | None = None, **more: str) -> dict[str, Ranked]:
    found = rank(
        the_plan(),
        ActivityMatch(activity_id, activity_id),
        Decimal(ha) if ha else None,
        **more,  # type: ignore[arg-type]
    )
    return {item.site.site_id: item for item in found}


def lot(site_id: str, ha: str, status: str) -> Tenancy:
    return read(
        Tenancy,
        {
            "site_id": site_id,
            "lot": f"{status}-{ha}",
            "area_ha": ha,
            "status": status,
            "as_of": "2019-01-01",
            "source": "thử",
        },
    )


def test_all_sites_are_ranked_once() -> None:
    found = ranked("electronics")
    assert set(found) == set(the_plan().sites)
    assert [item.place for item in found.values()] == list(range(1, 36))


def test_listed_comes_before_directed_before_open_before_unknown_before_no() -> None:
    found = list(ranked("garments").values())
    assert {item.verdict for item in found} >= {Verdict.LISTED, Verdict.DIRECTED}
    order = [ORDER.index(item.verdict) for item in found]
    assert order == sorted(order)


def test_garments_are_listed_in_three_zones() -> None:
    found = ranked("garments")
    assert {key for key, item in found.items() if item.verdict is Verdict.LISTED} == {
        "KCN-1",  # “dệt may”
        "KCN-2",  # “may mặc”
        "KCN-3",  # “may mặc”
    }


def test_what_a_clause_encourages_comes_before_what_is_only_listed() -> None:
    found = list(ranked("mineral-processing"))
    named = {"CCN-09", "CCN-10", "CCN-18", "CCN-19", "CCN-23"}  # II.2.6 ¶2
    assert set(found[:5]) == named


def test_a_site_too_small_is_limited_and_comes_last() -> None:
    found = ranked("electronics", "30")
    assert found["CCN-03"].verdict is Verdict.LIMITED  # 12 ha
    assert found["CCN-04"].verdict is Verdict.LIMITED  # 25 ha
    assert list(found)[-1] != "KCN-3"
    assert all(item.fit == "stated" for item in found.values() if item.verdict in ADMITTED)


def test_recorded_free_land_comes_before_unrecorded_before_taken() -> None:
    register = (lot("KCN-5", "3", "available"), lot("KCN-6", "40", "available"))
    plan = dataclasses.replace(the_plan(), occupancy=(*register, lot("KCN-6", "9", "leased")))
    found = rank(plan, ActivityMatch("x", "electronics"), Decimal(10))
    fits = {item.site.site_id: item.fit for item in found if item.verdict is Verdict.LISTED}
    assert (fits["KCN-6"], fits["KCN-3"], fits["KCN-5"]) == ("available", "stated", "occupied")
    listed = list(fits)
    assert listed.index("KCN-6") < listed.index("KCN-3") < listed.index("KCN-5")
    assert free_ha(plan, plan.sites["KCN-6"]) == Decimal(40)


def test_nothing_recorded_is_not_nothing_free() -> None:
    assert free_ha(the_plan(), the_plan().sites["KCN-6"]) is None
    assert "not recorded" in ranked("electronics")["KCN-6"].availability.en


def test_a_district_and_a_kind_narrow_the_order() -> None:
    assert set(ranked("electronics", district="Huyện Phú Bình")) == {"KCN-6", "KCN-7", "CCN-28"}
    assert len(ranked("electronics", kind="zone")) == 7


@pytest.mark.parametrize(
    "match",
    [ActivityMatch("x"), ActivityMatch("x", "nothing"), ActivityMatch("golf", None, (), (), False)],
)
def test_nothing_is_ranked_for_what_was_not_understood(match: ActivityMatch) -> None:
    assert rank(the_plan(), match) == ()


def test_fewer_hectares_are_the_smallest_change() -> None:
    change = ranked("metal-production", "45")["CCN-20"].change  # 40 ha, “luyện kim”
    assert change is not None
    assert (change.kind, change.ha) == ("fewer-hectares", Decimal(40))


def test_a_kindred_activity_of_the_row_is_a_change() -> None:
    change = ranked("ferrous-metallurgy")["CCN-11"].change  # “luyện kim màu”
    assert change is not None
    assert (change.kind, change.activity_id) == ("other-activity", "nonferrous-metallurgy")


def test_a_neighbour_that_takes_it_is_a_change() -> None:
    found = ranked("auto-assembly")
    change = found["CCN-16"].change  # Sơn Cẩm 1, closed; no site of Phú Lương takes cars
    assert change is not None
    assert change.kind == "other-site"
    neighbour = ranked("pharma-chemicals")["CCN-16"].change  # Sơn Cẩm 2, same commune: “hóa dược”
    assert neighbour is not None
    assert neighbour.site_id == "CCN-17"
    assert "same commune" in neighbour.text.en


def test_what_is_forbidden_everywhere_no_change_admits() -> None:
    assert all(item.changes == () for item in ranked("ore-export").values())


def test_what_a_site_takes_needs_no_change() -> None:
    for item in ranked("garments", "30").values():
        if item.verdict not in FAILED:
            assert item.changes == ()


@settings(max_examples=25, deadline=None)
@given(ACTIVITIES, st.sampled_from([None, "20", "60"]))
def test_every_change_would_really_admit_it(activity_id: str, ha: str | None) -> None:
    plan = the_plan()
    index = index_of(plan)
    for item in ranked(activity_id, ha).values():
        for change in item.changes:
            where = plan.sites[change.site_id] if change.site_id else item.site
            size = change.ha or (Decimal(ha) if ha else None)
            ruling = rule_on_site(index, where, change.activity_id or activity_id, size)
            assert ruling.verdict in ADMITTED


def test_the_order_is_the_same_whatever_the_order_of_the_tables() -> None:
    plan = the_plan()
    turned = dataclasses.replace(
        plan,
        sites=dict(reversed(plan.sites.items())),
        fragments=plan.fragments[::-1],
        clauses=dict(reversed(plan.clauses.items())),
    )

    def order(of: Plan) -> list[tuple[str, object]]:
        found = rank(of, ActivityMatch("x", "building-materials"), Decimal(45))
        return [(item.site.site_id, item.change) for item in found]

    assert order(plan) == order(turned)


# --- the matrix -----------------------------------------------------------------------------------


def test_the_matrix_says_what_each_answer_says() -> None:
    rows = matrix(the_plan())
    assert len(rows) == len(the_plan().activities) * len(the_plan().sites)
    for row in rows[::7]:
        found = at(row.site_id, row.activity_id)
        assert row.verdict is found.verdict
        assert set(row.flags) == codes(found)
        reason = next((item for item in found.reasons if item.decided), None)
        assert row.line == (reason.citation.line if reason else None)
        told = f"{row.clause} row {row.row}" if row.row else row.clause
        assert [told] == (decided(found)[:1] or [""])


def test_the_matrix_is_made_in_a_second() -> None:
    index_of(the_plan())
    start = time.process_time()
    matrix(the_plan())
    assert time.process_time() - start < 30  # of the processor: what takes longer has run away


def test_the_matrix_as_a_table_can_be_read_back() -> None:
    text = matrix_csv(the_plan())
    assert text.startswith("\ufeffactivity_id,site_id,verdict,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    [row] = [r for r in rows if (r["activity_id"], r["site_id"]) == ("garments", "KCN-6")]
    assert row["verdict"] == "directed"
    assert row["clause"] == "II.2.3a ¶2"
    assert row["line"] == "337"
    assert "conflict-closed-list" in row["flags"].split()


def test_the_matrix_as_an_object_says_what_the_plan_is() -> None:
    whole = json.loads(matrix_json(the_plan()))
    assert "222" in whole["plan_status"]
    assert len(whole["rows"]) == len(matrix(the_plan()))
    assert len(whole["rows"][0]) == len(whole["columns"])
