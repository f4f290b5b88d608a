"""Answers and rankings as JSON that keeps to the committed schemas, and as text."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from rich.console import Console
from test_siting import (
    BOC_NHIEU,
    NOWHERE,
    PROVINCE,
    asked,
    at,
    code_of,
    commune,
    district,
    the_plan,
)

from gis.answering.answers import (
    activities_json,
    answer_text,
    as_json,
    as_object,
    find_json,
    find_object,
    print_activities,
    print_answer,
    print_ranking,
    ranking_table,
    schema,
)
from gis.language import Text
from gis.siting.ranking import rank
from gis.verdicts import ActivityMatch, Answer, Candidate, Need, Verdict


def keeps_to(name: Any, value: Any) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(value)


def some_answers() -> list[Answer]:
    plan = the_plan()
    boc_nhieu = commune(plan, code_of(plan, *BOC_NHIEU))
    return [
        at("KCN-6", "garments", "8"),
        at("KCN-1", "garments"),
        at("KCN-7", "cement"),
        at("CCN-11", "ferrous-metallurgy"),
        at("CCN-28", "mineral-processing"),
        at("KCN-2", "garments", "221"),
        asked(plan, boc_nhieu, "craft-production", "3", 2),
        asked(plan, boc_nhieu, None, None, 4),
        asked(plan, district("Huyện Đại Từ"), "auto-assembly"),
        asked(plan, PROVINCE, "ore-export"),
        asked(plan, NOWHERE, None),
    ]


@pytest.mark.parametrize("name", ["answer", "find"])
def test_the_schemas_are_schemas(name: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("found", some_answers(), ids=lambda found: str(found.verdict))
def test_every_answer_keeps_to_the_schema(found: Answer) -> None:
    keeps_to("answer", json.loads(as_json(the_plan(), found)))


def test_all_six_verdicts_are_among_them() -> None:
    assert {found.verdict for found in some_answers()} == set(Verdict)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    whole = as_object(the_plan(), at("KCN-1", "garments"))
    for spoilt in (whole | {"more": 1}, whole | {"verdict": "yes"}, whole | {"not_checked": []}):
        with pytest.raises(jsonschema.ValidationError):
            keeps_to("answer", spoilt)


def test_the_keys_promised_are_there() -> None:
    whole = as_object(the_plan(), at("KCN-6", "garments"))
    assert {
        "plan_status",
        "verdict",
        "site_id",
        "place",
        "activity_id",
        "activity_candidates",
        "reasons",
        "secondary",
        "flags",
        "information",
        "not_checked",
        "need",
    } <= set(whole)
    first = whole["reasons"][0]
    assert (first["clause"], first["line"], first["decided"]) == ("II.2.3a ¶2", 337, True)
    assert first["document"] == "QĐ 341/QĐ-UBND"
    assert "Điềm Thụy" in first["quote"]


def test_unknown_headroom_is_null_not_zero() -> None:
    plan = the_plan()
    found = asked(plan, commune(plan, code_of(plan, *BOC_NHIEU)), "craft-production")
    headroom = as_object(plan, found)["headroom"]
    assert (headroom["most_points"], headroom["most_ha"]) == (3, 10.0)
    assert (headroom["points"], headroom["headroom_ha"]) == (None, None)


def test_candidates_are_told() -> None:
    plan = the_plan()
    match = ActivityMatch("giay", None, (Candidate("paper", Text("giấy", "Paper"), 0.71234),))
    whole = json.loads(find_json(plan, Need("giay"), match, ()))
    keeps_to("find", whole)
    assert whole["activity_candidates"] == [
        {"id": "paper", "label": {"vi": "giấy", "en": "Paper"}, "score": 0.7123}
    ]
    assert whole["sites"] == []


def test_a_ranking_keeps_to_the_schema() -> None:
    plan, match = the_plan(), ActivityMatch("x", "ferrous-metallurgy")
    whole = find_object(plan, Need("x", ha=Decimal(45)), match, rank(plan, match, Decimal(45)))
    keeps_to("find", json.loads(json.dumps(whole)))
    assert [item["place"] for item in whole["sites"]] == list(range(1, 36))


def printed(found: Answer, lang: Any) -> str:
    stream = io.StringIO()
    print_answer(the_plan(), found, Console(file=stream, width=160), lang)
    return stream.getvalue()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_terminal_shows_verdict_quotes_flags_and_status(lang: Any) -> None:
    text = printed(at("KCN-6", "garments"), lang)
    assert "directed" in text
    assert "liên hợp sợi, dệt, nhuộm" in text
    assert "337" in text
    assert the_plan().card.status.in_(lang) in text


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("found", some_answers(), ids=lambda found: str(found.verdict))
def test_a_pipe_gets_what_a_terminal_shows_without_its_styles(found: Answer, lang: Any) -> None:
    assert answer_text(the_plan(), found, lang) == printed(found, lang)


def test_markup_and_control_characters_of_a_question_are_printed_harmlessly() -> None:
    plan = the_plan()
    found = asked(plan, NOWHERE, "[red]x\x1b[2J")
    assert "\x1b" not in printed(found, "vi")
    assert "\x1b" not in answer_text(plan, found, "vi")
    assert "[red]x" in printed(found, "vi")


def test_the_terminal_shows_a_ranking_with_the_smallest_change() -> None:
    plan, match = the_plan(), ActivityMatch("x", "ferrous-metallurgy")
    stream = io.StringIO()
    print_ranking(plan, rank(plan, match), Console(file=stream, width=300), "en")
    assert "An Khánh 1 lists “luyện kim màu”" in stream.getvalue()


def test_the_terminal_says_why_nothing_is_ranked() -> None:
    stream = io.StringIO()
    print_ranking(the_plan(), (), Console(file=stream, width=100), "en")
    assert "not understood" in stream.getvalue()


def test_a_ranking_is_a_sheet_with_the_plans_status_in_every_row() -> None:
    plan, match = the_plan(), ActivityMatch("x", "ferrous-metallurgy")
    header, rows = ranking_table(plan, rank(plan, match), "vi")
    assert {len(row) for row in rows} == {len(header)}
    cells = {row[header.index("site_id")]: dict(zip(header, row, strict=True)) for row in rows}
    assert len(cells) == 35
    assert cells["CCN-11"]["verdict"] == "not-listed"
    assert "luyện kim màu" in str(cells["CCN-11"]["change"])
    assert all(row["plan_status"] == plan.card.status_vi for row in cells.values())


def test_activities_are_told_with_what_is_like_them() -> None:
    plan = the_plan()
    found = (Candidate("paper", Text("giấy các loại", "Paper"), 0.71),)
    match = ActivityMatch("giay", None, found)
    whole = json.loads(activities_json(plan, match, found))
    assert whole["activity_id"] is None
    assert whole["found"][0]["id"] == "paper"
    stream = io.StringIO()
    print_activities(plan, match, found, Console(file=stream, width=120), "en")
    assert "not understood" in stream.getvalue()
    assert "1701, 1702, 1709" in stream.getvalue()
