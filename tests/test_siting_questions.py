"""Questions a planner asks, answered from the decision's text before any engine saw them.

`python tests/test_siting_questions.py [file]` prints the score of each part and what was missed;
another file of the same columns may be scored without being shown to those who build the engine.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from gis.model import Plan
from gis.plan import default_plan, load_plan
from gis.verdicts import Answer, Need, Reason, Verdict

FILE = Path(__file__).parent / "siting_questions.csv"
PARTS = ("tuning", "held-out")
PROBE = "probe"  # set after an engine was seen: may show a fault, proves no score
KINDS = ("plain", "nasty")
AIM = 0.95  # right verdict and deciding clause, of each part
ROW = re.compile(r"^(?P<table>II\.3\.[12]) row (?P<row>\d+)$")
QUOTED = re.compile("“([^”]+)”")


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the file: what is asked, and every answer the decision's text allows."""

    question_id: str
    part: str
    kind: str
    need: Need
    verdicts: frozenset[str]
    clauses: frozenset[str]
    flags: frozenset[str]
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How one answer compares with what was expected."""

    question: Question
    answer: Answer

    @property
    def wrongly_listed(self) -> bool:
        listed = Verdict.LISTED
        return self.answer.verdict is listed and listed.value not in self.question.verdicts

    @property
    def right(self) -> bool:
        """The verdict is accepted and a deciding clause is; an `unknown` needs no clause."""
        if self.answer.verdict.value not in self.question.verdicts:
            return False
        if self.answer.verdict is Verdict.UNKNOWN or not self.question.clauses:
            return True
        return not self.question.clauses.isdisjoint(deciding_clauses(self.answer))

    @property
    def missing_flags(self) -> frozenset[str]:
        return self.question.flags - {flag.code for flag in self.answer.flags}

    @property
    def told(self) -> str:
        """One line for the list of misses."""
        need, wanted = self.question.need, self.question
        asked = [need.place, need.activity, need.code, f"{need.ha} ha" if need.ha else ""]
        asked.append("" if need.points is None else f"{need.points} points")
        got = " + ".join(sorted(deciding_clauses(self.answer))) or "no clause"
        return (
            f"{wanted.question_id} [{wanted.kind}] {' · '.join(filter(None, asked))}: expected "
            f"{'|'.join(sorted(wanted.verdicts))} by {'|'.join(sorted(wanted.clauses)) or '-'}, "
            f"got {self.answer.verdict.value} by {got}"
            f" (as {self.answer.activity.activity_id}, {self.answer.place.kind}"
            f" {self.answer.site_id or self.answer.place.label.vi})"
        )


def clause_of(reason: Reason) -> str:
    """Clause path of a reason, with its row where it is a row of a table."""
    row = reason.citation.row
    return f"{reason.citation.clause} row {row}" if row else reason.citation.clause


def deciding_clauses(answer: Answer) -> frozenset[str]:
    return frozenset(clause_of(reason) for reason in answer.reasons if reason.decided)


def _split(cell: str, mark: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split(mark) if part.strip())


def _question(row: dict[str, str]) -> Question:
    need = Need(
        activity=row["activity"],
        code=row["code"],
        place=row["place"],
        ha=Decimal(row["ha"]) if row["ha"] else None,
        points=int(row["points"]) if row["points"] else None,
    )
    return Question(
        question_id=row["question_id"],
        part=row["part"],
        kind=row["kind"],
        need=need,
        verdicts=_split(row["verdict"], "|"),
        clauses=_split(row["clause"], "|"),
        flags=_split(row["flags"], ";"),
        why=row["why"],
    )


@cache
def questions(file: Path = FILE) -> tuple[Question, ...]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return tuple(_question(row) for row in csv.DictReader(stream))


@cache
def the_plan() -> Plan:
    return load_plan(default_plan(), geometry=False)


@cache
def marks(file: Path = FILE) -> tuple[Mark, ...]:
    """Every question answered once."""
    from gis.siting import ask

    return tuple(Mark(item, ask(the_plan(), item.need)) for item in questions(file))


def marks_of(part: str, file: Path = FILE) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks(file) if mark.question.part == part)


def share_right(part: str) -> float:
    found = marks_of(part)
    return sum(mark.right for mark in found) / len(found)


def _told(found: Iterable[Mark]) -> str:
    return "\n".join(mark.told for mark in found)


def score(part: str, file: Path = FILE) -> str:
    """The score of a part, its wrong `listed`, its misses and its missing flags, in words."""
    found = marks_of(part, file)
    right = sum(mark.right for mark in found)
    wrong = [mark for mark in found if mark.wrongly_listed]
    verdicts = sum(mark.answer.verdict.value in mark.question.verdicts for mark in found)
    lines = [
        f"{part}: {right} of {len(found)} right ({right / len(found):.1%}); verdict alone "
        f"{verdicts}; wrong listed {len(wrong)}",
        *(f"  WRONG LISTED {mark.told}" for mark in wrong),
        *(f"  {mark.told}" for mark in found if not mark.right and not mark.wrongly_listed),
        *(
            f"  {mark.question.question_id} lacks flag {'; '.join(sorted(mark.missing_flags))}"
            for mark in found
            if mark.missing_flags
        ),
    ]
    return "\n".join(lines)


# --- the file itself --------------------------------------------------------------------------


def test_question_ids_are_unique() -> None:
    counted = Counter(item.question_id for item in questions())
    assert [key for key, times in counted.items() if times > 1] == []


def test_no_question_is_asked_twice() -> None:
    counted = Counter(item.need for item in questions())
    assert [need for need, times in counted.items() if times > 1] == []


def test_words_of_the_file_are_known() -> None:
    known = {verdict.value for verdict in Verdict}
    assert {item.part for item in questions()} == {*PARTS, PROBE}
    assert {item.kind for item in questions()} == set(KINDS)
    assert {word for item in questions() for word in item.verdicts} <= known
    assert [item.question_id for item in questions() if not item.verdicts or not item.why] == []


def test_every_third_question_is_held_out() -> None:
    parts = [item.part for item in questions() if item.part != PROBE]
    assert [index for index, part in enumerate(parts, 1) if part == "held-out"] == list(
        range(3, len(parts) + 1, 3)
    )


def test_there_are_enough_questions_of_each_sort() -> None:
    for part in PARTS:
        found = [item for item in questions() if item.part == part]
        assert sum(item.kind == "nasty" for item in found) * 3 >= len(found)
    settled = Counter(min(item.verdicts) for item in questions() if len(item.verdicts) == 1)
    assert len(questions()) >= 180
    assert {word: times for word, times in settled.items() if times < 12} == {}
    assert set(settled) == {verdict.value for verdict in Verdict}


def test_several_verdicts_are_accepted_rarely() -> None:
    open_ones = [item for item in questions() if len(item.verdicts) > 1]
    assert len(open_ones) * 15 <= len(questions())


def test_all_zones_and_clusters_are_asked_about() -> None:
    """By the clauses: each row of both tables decides at least one question."""
    cited = {clause for item in questions() for clause in item.clauses}
    plan = the_plan()
    rows = {f"II.{site.table} row {site.row}" for site in plan.sites.values()}
    assert rows - cited == set()


def test_expected_clauses_are_in_the_plan() -> None:
    plan = the_plan()
    rows = {f"II.{site.table} row {site.row}" for site in plan.sites.values()}
    paths = {clause.clause for clause in plan.clauses.values()}
    cited = {clause for item in questions() for clause in item.clauses}
    assert cited - rows - paths == set()


def test_only_unknown_lacks_a_clause() -> None:
    unknown = {Verdict.UNKNOWN.value}
    bare = [item for item in questions() if not item.clauses and item.verdicts - unknown]
    sure = [item for item in questions() if item.clauses and item.verdicts == unknown]
    codes = [item.question_id for item in bare if item.verdicts.isdisjoint(unknown)]
    assert codes == []
    assert [item.question_id for item in sure] == []


def test_reasons_quote_the_decision_verbatim() -> None:
    text = " ".join(" ".join(the_plan().text_lines).split())
    wrong = [
        (item.question_id, quote)
        for item in questions()
        for quote in QUOTED.findall(item.why)
        if quote not in text
    ]
    assert wrong == []


# --- the engine -------------------------------------------------------------------------------


def test_no_activity_is_wrongly_listed() -> None:
    wrong = [mark for mark in marks() if mark.wrongly_listed]
    assert wrong == [], _told(wrong)


@pytest.mark.parametrize("part", PARTS)
def test_verdict_and_deciding_clause_are_right(part: str) -> None:
    assert share_right(part) >= AIM, score(part)


def test_probes_are_answered_rightly() -> None:
    missed = [mark for mark in marks_of(PROBE) if not mark.right]
    assert missed == [], _told(missed)


def test_required_flags_are_raised() -> None:
    lacking = {
        mark.question.question_id: sorted(mark.missing_flags)
        for mark in marks()
        if mark.missing_flags
    }
    assert lacking == {}


if __name__ == "__main__":
    asked = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    parts = dict.fromkeys(item.part for item in questions(asked))
    print("\n\n".join(score(part, asked) for part in parts))
