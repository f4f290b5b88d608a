"""Is the plan what the decision prints? Each rule silent on the real plan, found where damaged."""

import dataclasses
from decimal import Decimal

import pytest
from conftest import OPTIONS, findings, site

from gis.checks import transcription as rules
from gis.model import DocumentText


def changed_row(plan, table, key, **update):
    rows = dict(getattr(plan, table))
    rows[key] = rows[key]._replace(**update)
    return dataclasses.replace(plan, **{table: rows})


@pytest.mark.parametrize(
    "rule",
    [
        rules.text_is_the_one_the_plan_was_taken_from,
        rules.quotes_stand_on_their_lines,
        rules.stated_areas_are_the_printed_ones,
        rules.numbers_are_the_printed_ones,
        rules.tables_have_the_rows_expected,
    ],
)
def test_the_real_plan_is_silent(real_plan, rule):
    assert findings(rule(real_plan, OPTIONS)) == []


def test_another_text_is_found(real_plan):
    text = DocumentText(file="decree.txt", sha256="0" * 64, lines=1016)
    card = real_plan.card._replace(text=text)
    plan = dataclasses.replace(real_plan, card=card)
    assert len(findings(rules.text_is_the_one_the_plan_was_taken_from(plan, OPTIONS))) == 1


def test_a_corrected_typo_is_found_as_a_misquote(real_plan):
    row = real_plan.sites["KCN-4"]
    mended = row.function_text.replace("công nghệ sao", "công nghệ cao")
    plan = changed_row(real_plan, "sites", "KCN-4", function_text=mended)
    [finding] = findings(rules.quotes_stand_on_their_lines(plan, OPTIONS))
    assert finding.subjects == ("KCN-4",)
    assert "công nghệ sao" in finding.citations[0].quote


def test_a_quote_on_the_wrong_line_is_found(real_plan):
    plan = changed_row(real_plan, "clauses", "R-2.6-1", line=456)
    [finding] = findings(rules.quotes_stand_on_their_lines(plan, OPTIONS))
    assert finding.subjects == ("R-2.6-1",)


@pytest.mark.parametrize(
    ("text", "ha", "found"),
    [("2.350", "2350", 0), ("16,63", "16.63", 0), ("2.350", "2.35", 1), ("45,4", "454", 1)],
)
def test_an_area_is_the_number_its_cell_prints(make_plan, text, ha, found):
    plan = make_plan({"KCN-1": (None, site("KCN-1", ha, area_text=text))})
    assert len(findings(rules.stated_areas_are_the_printed_ones(plan, OPTIONS))) == found


def test_a_detailed_plan_belongs_to_the_cell_too(make_plan):
    cell = {"area_text": "220 (đã QHCT 129,51 ha)"}
    whole = {"KCN-1": (None, site("KCN-1", 220, detailed_plan_ha="129.51", **cell))}
    half = {"KCN-1": (None, site("KCN-1", 220, **cell))}
    assert findings(rules.stated_areas_are_the_printed_ones(make_plan(whole), OPTIONS)) == []
    assert len(findings(rules.stated_areas_are_the_printed_ones(make_plan(half), OPTIONS))) == 1


def test_a_mistyped_figure_is_found(real_plan):
    first, *rest = real_plan.indicators
    wrong = first._replace(value=first.value + Decimal("0.1"))
    plan = dataclasses.replace(real_plan, indicators=(wrong, *rest))
    [finding] = findings(rules.numbers_are_the_printed_ones(plan, OPTIONS))
    assert finding.subjects == (first.indicator_id,)


def test_a_lost_row_is_found_with_both_counts(real_plan):
    plan = dataclasses.replace(real_plan, places=real_plan.places[1:])
    [finding] = findings(rules.tables_have_the_rows_expected(plan, OPTIONS))
    assert (finding.stated.value, finding.measured.value) == (42, 41)
