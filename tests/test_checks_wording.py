"""How the decision reads: each rule on toy plans, then with its cause taken from the real one."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from conftest import clause, site
from lists import (
    METAL,
    TEA,
    Check,
    Toy,
    found,
    reading,
    rules_of,
    subjects,
    with_clause,
)

from gis.checks import wording as rules
from gis.model import Judgement, Plan, Severity
from gis.tables import Clause, Site

CONFINED = clause(
    "L", scope="kind-wide", addresses="craft-point", activities="crafts", effect="limit"
)


def test_a_misprint_in_a_limit_is_found_and_weighed(toy: Toy) -> None:
    confining = CONFINED._replace(line=7, quote="chỉ SXCN trong điểm")
    other = clause("N", line=7, quote="không SXCN", effect="forbid", addresses="sector")
    plan = toy({"KCN-1": TEA}, confining, other, readings=(reading(7, "SXCN"),))
    first, second = found(rules.limits_read_as_printed, plan)
    assert (first.subjects, first.severity) == (("L",), Severity.WARNING)
    assert (second.subjects, second.severity) == (("N",), Severity.NOTE)


@pytest.mark.parametrize(
    ("effect", "line", "kind"),
    [("encourage", 7, "typo"), ("limit", 8, "typo"), ("limit", 7, "spelling")],
)
def test_other_readings_leave_limits_alone(toy: Toy, effect: str, line: int, kind: str) -> None:
    words = clause("N", line=7, quote="không SXCN", effect=effect)
    plan = toy({}, words, readings=(reading(line, "SXCN", kind),))
    assert found(rules.limits_read_as_printed, plan) == []


def test_a_misprinted_function_is_found(toy: Toy) -> None:
    plan = toy({"KCN-1": METAL, "KCN-2": TEA}, readings=(reading(1, "Chè", site_id="KCN-2"),))
    assert subjects(rules.functions_read_as_printed, plan) == [("KCN-2",)]
    assert found(rules.function_lists_do_not_break_off, plan) == []


def test_a_list_that_breaks_off_is_found(toy: Toy) -> None:
    cut = reading(1, "Chè", kind="truncation", site_id="KCN-2")
    plan = toy({"KCN-1": METAL, "KCN-2": TEA}, readings=(cut,))
    assert subjects(rules.function_lists_do_not_break_off, plan) == [("KCN-2",)]
    assert found(rules.functions_read_as_printed, plan) == []


def test_a_misprint_in_a_name_is_no_matter_of_functions(toy: Toy) -> None:
    plan = toy({"KCN-1": METAL}, readings=(reading(1, "KCN-1", site_id="KCN-1"),))
    assert found(rules.functions_read_as_printed, plan) == []


def named(quote: str, *names: str, **more: object) -> tuple[Clause, dict[str, Site]]:
    sites = {
        f"KCN-{number}": site(f"KCN-{number}", short_name=name)
        for number, name in enumerate(names, start=1)
    }
    return clause("C", quote=quote, sites=";".join(sites), **more), sites


@pytest.mark.parametrize(
    ("quote", "names"),
    [
        ("tại Bến Đò", ["KCN Bến Đò"]),
        ("tại Bến Đò II", ["KCN Bến Đò I", "KCN Bến Đò II"]),
        ("tại Đu - Bến Đò", ["CCN Đu – Bến Đò"]),
        ("tại Bến Đò", ["KCN- Đô thị Bến Đò"]),
    ],
)
def test_a_name_of_one_site_is_silent(toy: Toy, quote: str, names: list[str]) -> None:
    words, sites = named(quote, *names)
    assert found(rules.names_mean_one_site, toy({}, words, sites=sites)) == []


@pytest.mark.parametrize(
    "names", [["KCN Bến Đò I", "KCN Bến Đò II"], ["Cụm cảng Bến Đò 1", "Cụm cảng Bến Đò 2"]]
)
def test_a_name_without_its_number_is_found(toy: Toy, names: list[str]) -> None:
    words, sites = named("tại Bến Đò", *names)
    assert subjects(rules.names_mean_one_site, toy({}, words, sites=sites)) == [
        ("C", "KCN-1", "KCN-2")
    ]


def test_a_name_in_part_is_found(toy: Toy) -> None:
    words, sites = named("tại Bến Đò …", "CCN Đu – Bến Đò")
    [finding] = found(rules.names_mean_one_site, toy({}, words, sites=sites))
    assert finding.subjects == ("C", "KCN-1")
    assert "“Bến Đò”" in finding.message.en


def test_a_name_in_a_clause_for_a_whole_kind_is_not_sought(toy: Toy) -> None:
    words, sites = named("ở Bến Đò", "KCN Bến Đò I", "KCN Bến Đò II", scope="kind-wide")
    assert found(rules.names_mean_one_site, toy({}, words, sites=sites)) == []


def duty(clause_id: str, line: int, **more: object) -> Clause:
    row = {"addresses": "commune", "scope": "province-wide", "activities": "crafts"}
    return clause(clause_id, line=line, **(row | {"effect": "require"} | more))


def test_a_duty_said_once_or_with_its_limit_is_silent(toy: Toy) -> None:
    limit = {"effect": "limit", "maximum": "10", "unit": "ha"}
    both = (duty("A", 5), duty("A-max", 5, **limit), duty("B", 9), duty("B-max", 9, **limit))
    other = duty("D", 9, activities="tea")
    assert found(rules.repeated_duties_keep_their_limits, toy({}, *both[:2], other)) == []
    assert found(rules.repeated_duties_keep_their_limits, toy({}, *both)) == []


def test_a_duty_said_again_without_its_limit_is_found(toy: Toy) -> None:
    limit = duty("A-max", 5, effect="limit", maximum="10", unit="ha")
    plan = toy({}, duty("A", 5), limit, duty("B", 9))
    [finding] = found(rules.repeated_duties_keep_their_limits, plan)
    assert finding.subjects == ("B", "A")
    assert "10 ha" in finding.message.en


def test_a_minimum_given_as_a_range_is_found(toy: Toy) -> None:
    words = "có ít nhất từ 8 đến 10 làng"
    ranged = duty("A", 5, quote=words, minimum="8", maximum="10")
    single = duty("B", 6, quote="ít nhất 8", minimum="8")
    limit = duty("L", 7, quote="từ 1 đến 3", effect="limit", minimum="1", maximum="3")
    plan = toy({}, ranged, single, limit)
    assert subjects(rules.minima_are_single_numbers, plan) == [("A",)]


@pytest.mark.parametrize(
    ("reading_vi", "count"),
    [
        ("Trần 10 ha của III.2 tính theo xã.", 1),
        ("Trần 20 ha của III.2 tính theo xã.", 0),
        ("Trần 10 ha của IV.9 tính theo xã.", 0),
    ],
)
def test_a_limit_that_rests_on_a_judgement_is_found(toy: Toy, reading_vi: str, count: int) -> None:
    judgement = Judgement(
        judgement_id="J", reading_vi=reading_vi, reading_en="By commune.", reason="x"
    )
    limit = clause("L", clause="III.2", effect="limit", maximum="10", unit="ha")
    plan = toy({}, limit, card={"judgements": (judgement,)})
    assert subjects(rules.limits_say_whom_they_bind, plan) == [("L",)] * count


# --- the real plan: the cause taken away, a like one put in --------------------------------------


def test_s15_the_duty_of_communes_is_repeated_without_its_caps(real: Plan) -> None:
    rule = rules.repeated_duties_keep_their_limits
    [finding] = found(rule, real)
    assert finding.subjects == ("R-III10-3", "R-3.3-a")
    capped = with_clause(
        real, "R-III10-3", clause_id="X", effect="limit", minimum=None, maximum=Decimal(10)
    )
    assert found(rule, capped) == []
    again = with_clause(real, "R-III10-3", clause_id="Y", line=900)
    assert ("Y", "R-3.3-a") in subjects(rule, again)


def test_s16_s17_numbers_that_need_a_reading(real: Plan) -> None:
    assert subjects(rules.minima_are_single_numbers, real) == [("R-4-6",)]
    single = with_clause(real, "R-4-6", maximum=None)
    assert found(rules.minima_are_single_numbers, single) == []
    assert subjects(rules.limits_say_whom_they_bind, real) == [("R-3.3-c",)]


def test_s7_the_limit_that_would_shut_out_every_site(real: Plan) -> None:
    rule = rules.limits_read_as_printed
    told = {item.subjects: item.severity for item in found(rule, real)}
    assert told == {("R-4-1b",): Severity.WARNING, ("R-2.3b-2",): Severity.NOTE}
    settled = tuple(item for item in real.readings if item.reading_id != "RD-15")
    assert subjects(rule, dataclasses.replace(real, readings=settled)) == [("R-2.3b-2",)]


def test_s1c_s4_s5_names_that_mean_several_sites_or_part_of_one(real: Plan) -> None:
    rule = rules.names_mean_one_site
    expected = {
        ("R-2.3a-2", "KCN-2", "KCN-3"),
        ("R-2.4-2b", "CCN-09", "CCN-10"),
        ("R-2.6-2", "CCN-09", "CCN-10"),
        ("R-2.6-2", "CCN-18"),
        ("R-2.7-2a", "CCN-11", "CCN-12"),
    }
    assert set(subjects(rule, real)) == expected
    exact = real.clauses["R-2.3a-2"].quote.replace("Sông Công", "Sông Công II")
    numbered = with_clause(real, "R-2.3a-2", quote=exact)
    assert set(subjects(rule, numbered)) == expected - {("R-2.3a-2", "KCN-2", "KCN-3")}


def test_misprinted_and_broken_functions_of_the_decision(real: Plan) -> None:
    assert subjects(rules.functions_read_as_printed, real) == [("KCN-4",), ("CCN-25",)]
    assert subjects(rules.function_lists_do_not_break_off, real) == [("CCN-28",)]


@pytest.mark.parametrize("rule", rules_of(rules), ids=lambda rule: rule.__name__)
def test_every_finding_cites_a_quote_and_speaks_both_languages(real: Plan, rule: Check) -> None:
    told = found(rule, real)
    keys = [(item.subjects, item.key) for item in told]
    assert len(keys) == len(set(keys))
    for item in told:
        assert item.citations
        assert all(citation.quote and citation.line for citation in item.citations)
        assert item.message.vi.endswith(".")
        assert item.message.en.endswith(".")
        assert item.message.vi != item.message.en
