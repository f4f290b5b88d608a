"""The decision's own numbers: each rule on figures for the head, then on the real tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from conftest import OPTIONS, findings

from gis.checks import indicators as rules
from gis.model import CheckOptions, Finding, NotAssessed, Noticed, Plan, Remark, Severity
from gis.plan import default_plan, load_plan
from gis.tables import Indicator, vietnamese_numbers
from gis.values import read

Check = Callable[[Plan, CheckOptions], Iterator[Noticed]]
Toy = Callable[..., Plan]


def found(rule: Check, plan: Plan) -> list[Finding]:
    return findings(rule(plan, OPTIONS))


def both_numbers(finding: Finding) -> tuple[Decimal | float, Decimal | float]:
    assert finding.stated is not None
    assert finding.measured is not None
    return finding.stated.value, finding.measured.value


def row(
    table: str, sector: str, period: str, printed: str, measure: str = "output", line: int = 1
) -> Indicator:
    short = measure.replace("value_added", "va").replace("_", "-")
    return read(
        Indicator,
        {
            "indicator_id": f"{table}-{sector}-{short}-{period}",
            "table": table,
            "sector": sector,
            "subject": f"ngành {sector}",
            "subject_en": f"industry {sector}",
            "measure": measure,
            "unit": "%" if measure == "share" else "tỷ đồng",
            "period": period,
            "printed": printed,
            "value": vietnamese_numbers(printed)[0],
            "line": line,
        },
    )


def share(table: str, sector: str, period: str, printed: str, line: int = 1) -> Indicator:
    return row(table, sector, period, printed, "share", line)


@pytest.fixture
def toy(make_plan: Toy) -> Toy:
    def make(*indicators: Indicator, **more: object) -> Plan:
        return make_plan(indicators=indicators, **more)

    return make


def summary(total: str, **groups: str) -> tuple[Indicator, ...]:
    rows = [row("summary", name, "2010", printed) for name, printed in groups.items()]
    return (row("summary", "total", "2010", total), *rows)


# --- sums and shares --------------------------------------------------------------------------


def test_groups_that_add_up_are_silent(toy: Toy) -> None:
    assert found(rules.groups_sum_to_the_total, toy(*summary("1.000", a="600", b="400"))) == []


@pytest.mark.parametrize(
    ("total", "severity"),
    [("1.001", Severity.NOTE), ("1.002", None)],  # three figures may hide 1.5 by rounding
)
def test_groups_that_do_not_add_up_are_found(
    toy: Toy, total: str, severity: Severity | None
) -> None:
    [finding] = found(rules.groups_sum_to_the_total, toy(*summary(total, a="600", b="400")))
    assert finding.subjects == ("summary-total-output-2010",)
    assert both_numbers(finding) == (vietnamese_numbers(total)[0], 1000)
    assert finding.severity is severity


def test_one_figure_in_two_tables_is_silent_while_it_agrees(toy: Toy) -> None:
    plan = toy(row("goals", "total", "2015", "300"), row("headline", "total", "2015", "300"))
    assert found(rules.repeated_figures_agree, plan) == []


def test_one_figure_printed_differently_is_found(toy: Toy) -> None:
    plan = toy(row("goals", "total", "2015", "300"), row("headline", "total", "2015", "310"))
    [finding] = found(rules.repeated_figures_agree, plan)
    assert both_numbers(finding) == (300, 310)
    assert finding.subjects == ("goals-total-output-2015", "headline-total-output-2015")


def test_shares_that_round_to_what_is_printed_are_silent(toy: Toy) -> None:
    shares = [
        share("structure", name, "2010", text) for name, text in (("a", "66,7"), ("b", "33,3"))
    ]
    plan = toy(*summary("300", a="200", b="100"), *shares)
    assert found(rules.shares_follow_from_outputs, plan) == []


def test_a_share_at_just_half_a_unit_passes(toy: Toy) -> None:
    printed = [share("structure", "a", "2010", "62,4")]  # the outputs give 62.45
    plan = toy(*summary("10.000", a="6.245", b="3.755"), *printed)
    assert found(rules.shares_follow_from_outputs, plan) == []
    beyond = toy(*summary("100.000", a="62.451", b="37.549"), *printed)
    [finding] = found(rules.shares_follow_from_outputs, beyond)
    assert both_numbers(finding) == (Decimal("62.4"), Decimal("62.45"))
    assert finding.severity is None


def test_a_share_rounded_more_than_its_column_is_a_note(toy: Toy) -> None:
    shares = [
        share("structure", "a", "2010", "48,0"),
        share("structure", "b", "2010", "47,6"),
        share("structure", "c", "2010", "4"),
    ]
    plan = toy(*summary("1.000", a="480", b="476", c="44"), *shares)
    [finding] = found(rules.shares_follow_from_outputs, plan)
    assert finding.subjects == ("structure-c-share-2010",)
    assert both_numbers(finding) == (4, Decimal("4.40"))
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize(("third", "count"), [("33,4", 0), ("33,5", 1)])  # 3 × 0.05 may be hidden
def test_shares_must_add_to_a_hundred_within_rounding(toy: Toy, third: str, count: int) -> None:
    plan = toy(
        share("structure", "total", "2010", "100"),
        share("structure", "a", "2010", "33,3"),
        share("structure", "b", "2010", "33,4"),
        share("structure", "c", "2010", third),
    )
    told = found(rules.shares_add_to_a_hundred, plan)
    assert [both_numbers(item) for item in told] == [(100, Decimal("100.2"))] * count


# --- summary against sector tables ------------------------------------------------------------


def test_equal_outputs_in_both_tables_are_silent(toy: Toy) -> None:
    plan = toy(*summary("1.000", a="600", b="400"), row("sector", "a", "2010", "600"))
    assert found(rules.sector_outputs_match_the_summary, plan) == []


def test_different_outputs_are_found_with_both_numbers(toy: Toy) -> None:
    plan = toy(*summary("1.000", a="600", b="400"), row("sector", "a", "2010", "700"))
    [finding] = found(rules.sector_outputs_match_the_summary, plan)
    assert finding.subjects == ("summary-a-output-2010", "sector-a-output-2010")
    assert both_numbers(finding) == (600, 700)


@pytest.mark.parametrize(("own", "count"), [("12,25", 0), ("12,26", 1)])  # 0.05 + 0.005 hidden
def test_shares_may_differ_by_their_rounding(toy: Toy, own: str, count: int) -> None:
    plan = toy(share("structure", "a", "2010", "12,2"), share("sector", "a", "2010", own))
    assert len(found(rules.sector_shares_match_the_summary, plan)) == count


def shares_of(own_a: str) -> tuple[Indicator, ...]:
    """Sectors whose tables print 400 and 500, 900 together, where the summary has 300 of 1,000."""
    return (
        *summary("1.000", a="300", b="500", other="200"),
        row("sector", "a", "2010", "400"),
        row("sector", "b", "2010", "500"),
        share("structure", "a", "2010", "30,0"),
        share("structure", "b", "2010", "50,0"),
        share("sector", "a", "2010", own_a),
        share("sector", "b", "2010", "50,0", line=9),
    )


@pytest.mark.parametrize(
    ("own_a", "key", "cause"),
    [
        ("44,4", "2010-base", "the sector tables reckon on their own sum (900)"),
        ("50", "2010-a", "equal to the figure printed for industry b that year (line 9)"),
        ("40", "2010-own", "it follows from the output that the sector table prints"),
        ("47", "2010-a", "no total of the decision gives this figure"),
    ],
)
def test_the_reason_of_another_share_is_named(toy: Toy, own_a: str, key: str, cause: str) -> None:
    [finding] = found(rules.sector_shares_match_the_summary, toy(*shares_of(own_a)))
    assert finding.subjects == ("sector-a-share-2010",)
    assert both_numbers(finding) == (30, vietnamese_numbers(own_a)[0])
    assert finding.key == key
    assert finding.cause is not None
    assert finding.cause.en.startswith(cause)


def test_sector_tables_and_the_rest_fill_the_total(toy: Toy) -> None:
    plan = toy(*summary("1.000", a="600", other="400"), row("sector", "a", "2010", "600"))
    assert found(rules.sector_tables_fill_the_total, plan) == []


@pytest.mark.parametrize(("own", "crowded"), [("700", False), ("1.000", True)])
def test_sector_tables_that_overfill_the_total_are_found(toy: Toy, own: str, crowded: bool) -> None:
    plan = toy(*summary("1.000", a="600", other="400"), row("sector", "a", "2010", own))
    [finding] = found(rules.sector_tables_fill_the_total, plan)
    assert both_numbers(finding) == (1000, vietnamese_numbers(own)[0] + 400)
    assert (finding.cause is not None) == crowded  # full by themselves: no room for the rest


# --- growth -----------------------------------------------------------------------------------


def growing_by_ten(stated: str) -> tuple[Indicator, ...]:
    """From 100 to 121 in two years: 10 % a year."""
    return (
        row("summary", "total", "2010", "100"),
        row("summary", "total", "2012", "121"),
        row("headline", "total", "2011-2012", stated, "output_growth"),
    )


@pytest.mark.parametrize("stated", ["10", "10,0", "10,5"])
def test_stated_growth_that_follows_is_silent(toy: Toy, stated: str) -> None:
    figures = growing_by_ten(stated)
    told = list(rules.stated_growth_follows_from_the_figures(toy(*figures), OPTIONS))
    assert (found(rules.stated_growth_follows_from_the_figures, toy(*figures)) == []) == (
        stated != "10,5"
    )
    assert isinstance(told[-1], Remark)
    assert "→ 10" in told[-1].text.en


def test_growth_just_within_its_printed_precision_passes(toy: Toy) -> None:
    nearly = (
        *growing_by_ten("10")[:1],
        row("summary", "total", "2012", "122,1025"),
        growing_by_ten("10")[2],
    )
    assert found(rules.stated_growth_follows_from_the_figures, toy(*nearly)) == []  # 10.5 %
    beyond = (
        *growing_by_ten("10")[:1],
        row("summary", "total", "2012", "122,2"),
        growing_by_ten("10")[2],
    )
    assert len(found(rules.stated_growth_follows_from_the_figures, toy(*beyond))) == 1


def rates(first_line: str) -> dict[str, object]:
    return {
        "text_lines": (f"{first_line} là 16%", "\tTốc độ tăng VA SXCN (%/năm)", "\t16"),
        "indicators": (
            row("goals", "total", "2011-2020", "16", "value_added_growth", line=1),
            row("headline", "total", "2011-2015", "16", "value_added_growth", line=3),
        ),
    }


@pytest.mark.parametrize(("name", "count"), [("Tăng VA", 0), ("Tăng SXCN", 0), ("Tăng GDP", 1)])
def test_one_rate_under_two_names_is_found(make_plan: Toy, name: str, count: int) -> None:
    plan = make_plan(**rates(name))
    told = found(rules.growth_goes_by_one_name, plan)
    assert [item.subjects for item in told] == [("goals-total-va-growth-2011-2020",)] * count
    assert all("calls it GDP, line 3 VA SXCN" in item.message.en for item in told)


def value_added(*printed: str) -> tuple[Indicator, ...]:
    """Value added of so much in years whose output is 100."""
    return tuple(
        item
        for year, text in enumerate(printed, start=2010)
        for item in (
            row("headline", "total", str(year), "100"),
            row("headline", "total", str(year), text, "value_added"),
        )
    )


def test_a_ratio_that_holds_or_rises_is_silent(toy: Toy) -> None:
    assert found(rules.value_added_keeps_its_share, toy(*value_added("20", "20", "21"))) == []


def test_a_ratio_that_falls_is_found(toy: Toy) -> None:
    [finding] = found(rules.value_added_keeps_its_share, toy(*value_added("20", "21", "19")))
    assert "2010: 20.00 %, 2011: 21.00 %, 2012: 19.00 %" in finding.message.en


def growing(to: str) -> tuple[Indicator, ...]:
    """A sector from 100 to so much while all industry grows by 10 % in one year."""
    return (
        row("summary", "total", "2010", "1.000"),
        row("summary", "total", "2011", "1.100"),
        row("summary", "a", "2010", "100"),
        row("summary", "a", "2011", to),
        row("headline", "total", "2011-2011", "10", "output_growth"),
    )


@pytest.mark.parametrize(("to", "still"), [("99", True), ("100", True), ("101", False)])
def test_a_sector_that_stands_still_is_found(toy: Toy, to: str, still: bool) -> None:
    told = found(rules.no_sector_stands_still, toy(*growing(to)))
    expected = [("summary-a-output-2010", "summary-a-output-2011")] if still else []
    assert [item.subjects for item in told] == expected


@pytest.mark.parametrize(("to", "fast"), [("115", False), ("116", True)])  # 15 % is one and a half
def test_a_sector_that_outpaces_is_found(toy: Toy, to: str, fast: bool) -> None:
    told = found(rules.no_sector_outpaces_all_industry, toy(*growing(to)))
    assert len(told) == fast
    assert all("2011-2011: 16.0 % a year" in item.message.en for item in told)


@pytest.mark.parametrize(
    "rule",
    [
        rules.groups_sum_to_the_total,
        rules.shares_follow_from_outputs,
        rules.shares_add_to_a_hundred,
        rules.sector_outputs_match_the_summary,
        rules.sector_shares_match_the_summary,
        rules.sector_tables_fill_the_total,
        rules.stated_growth_follows_from_the_figures,
        rules.value_added_keeps_its_share,
        rules.no_sector_stands_still,
        rules.no_sector_outpaces_all_industry,
    ],
)
def test_a_rule_with_nothing_to_compare_has_not_passed(toy: Toy, rule: Check) -> None:
    [noticed] = rule(toy(row("goals", "total", "2015", "1")), OPTIONS)
    assert isinstance(noticed, NotAssessed)


# --- the real tables ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Plan:
    return load_plan(default_plan(), geometry=False)


def printing(plan: Plan, **printed: str) -> Plan:
    """The plan with other figures printed; keyword names have _ for -."""
    new = {name.replace("_", "-"): text for name, text in printed.items()}
    rows = tuple(
        item._replace(printed=text, value=vietnamese_numbers(text)[0])
        if (text := new.pop(item.indicator_id, None))
        else item
        for item in plan.indicators
    )
    assert not new
    return dataclasses.replace(plan, indicators=rows)


def by_key(plan: Plan) -> dict[str, Finding]:
    return {item.key: item for item in found(rules.sector_shares_match_the_summary, plan)}


def test_what_adds_up_in_the_decision_is_silent(real: Plan) -> None:
    for rule in (
        rules.groups_sum_to_the_total,
        rules.repeated_figures_agree,
        rules.shares_add_to_a_hundred,
        rules.stated_growth_follows_from_the_figures,
    ):
        assert found(rule, real) == []


def test_a_planted_slip_in_the_summary_is_found(real: Plan) -> None:
    plan = printing(real, summary_light_output_2020="13.000")
    [finding] = found(rules.groups_sum_to_the_total, plan)
    assert both_numbers(finding) == (66000, 67000)
    told = {
        item.subjects: both_numbers(item) for item in found(rules.shares_follow_from_outputs, plan)
    }
    assert told["structure-light-share-2020",] == (Decimal("18.2"), Decimal("19.70"))  # 13/66


def test_only_the_share_of_other_industry_in_2010_is_rounded_oddly(real: Plan) -> None:
    [finding] = found(rules.shares_follow_from_outputs, real)
    assert finding.subjects == ("structure-other-share-2010",)  # 500 of 12,200
    assert both_numbers(finding) == (4, Decimal("4.10"))
    assert finding.severity is Severity.NOTE
    assert (
        found(rules.shares_follow_from_outputs, printing(real, structure_other_share_2010="4,1"))
        == []
    )


def test_n1_n3_n4_outputs_of_sector_tables(real: Plan) -> None:
    rule = rules.sector_outputs_match_the_summary
    told = {item.subjects[1]: both_numbers(item) for item in found(rule, real)}
    assert told == {
        "sector-engineering-output-2015": (6700, 7000),
        "sector-metals-output-2010": (3900, 4200),
        "sector-metals-output-2015": (7800, 8000),
    }
    mended = printing(real, sector_engineering_output_2015="6.700")
    assert "sector-engineering-output-2015" not in {
        item.subjects[1] for item in found(rule, mended)
    }
    planted = printing(real, sector_light_output_2020="12.100")
    assert (12000, 12100) in {both_numbers(item) for item in found(rule, planted)}


def test_n2_n5_n8_n10_n11_shares_reckoned_on_the_tables_own_sum(real: Plan) -> None:
    told = by_key(real)
    assert told["2010-base"].subjects == tuple(
        f"sector-{name}-share-2010"
        for name in ("engineering", "building-materials", "metals", "minerals", "utilities")
    )
    assert told["2015-own"].subjects == (
        "sector-engineering-share-2015",
        "sector-metals-share-2015",
    )
    assert told["2010-base"].cause is not None
    assert "12,000" in told["2010-base"].cause.en  # 7,000 and 8,000 of 30,000 need no other sum


def test_n6_the_share_of_metals_2020_is_that_of_building_materials(real: Plan) -> None:
    finding = by_key(real)["2020-metals"]
    assert both_numbers(finding) == (Decimal("16.7"), Decimal("15.2"))
    assert finding.cause is not None
    assert "printed for Building materials" in finding.cause.en
    assert "2020-metals" not in by_key(printing(real, sector_metals_share_2020="16,67"))


def test_n7_the_share_of_building_materials_2015_is_that_of_engineering(real: Plan) -> None:
    finding = by_key(real)["2015-building-materials"]
    assert both_numbers(finding) == (Decimal("22.3"), Decimal("23.33"))
    assert finding.cause is not None
    assert "printed for Engineering" in finding.cause.en
    mended = printing(real, sector_building_materials_share_2015="22,33")
    assert "2015-building-materials" not in by_key(mended)


def test_a_copied_share_like_n6_is_found_wherever_it_is_put(real: Plan) -> None:
    planted = by_key(printing(real, sector_light_share_2020="3,6"))  # that of electricity and water
    assert both_numbers(planted["2020-light"]) == (Decimal("18.2"), Decimal("3.6"))
    assert planted["2020-light"].cause is not None
    assert "Electricity, water" in planted["2020-light"].cause.en


def test_n9_the_share_of_light_industry_2010_fits_no_total(real: Plan) -> None:
    finding = by_key(real)["2010-light"]  # 1,485 is 12.17 % of 12,200 and 12.38 % of 12,000
    assert both_numbers(finding) == (Decimal("12.2"), Decimal("12.45"))
    assert finding.cause is not None
    assert finding.cause.en.startswith("no total")


def test_n12_sector_tables_leave_no_room_for_other_industry(real: Plan) -> None:
    rule = rules.sector_tables_fill_the_total
    told = [both_numbers(item) for item in found(rule, real)]
    assert told == [(12200, 12500), (30000, 30500)]  # 2020: 65,000 + 1,000 = 66,000
    mended = printing(real, sector_metals_output_2010="3.900")
    assert [both_numbers(item) for item in found(rule, mended)] == [(30000, 30500)]
    mended = printing(
        mended, sector_engineering_output_2015="6.700", sector_metals_output_2015="7.800"
    )
    assert found(rule, mended) == []
    planted = printing(mended, sector_light_output_2020="12.500")
    assert [both_numbers(item) for item in found(rule, planted)] == [(66000, 66500)]


def test_stated_growth_is_held_to_what_is_printed(real: Plan) -> None:
    rule = rules.stated_growth_follows_from_the_figures
    [remark] = rule(real, OPTIONS)
    assert isinstance(remark, Remark)
    for pair in ("18.7 → 18.71", "20 → 19.72", "17 → 17.08"):
        assert pair in remark.text.en
    exact = printing(real, headline_total_output_growth_2011_2015="20,0")
    assert [both_numbers(item) for item in found(rule, exact)] == [(20, Decimal("19.72"))]


def test_n13_sixteen_percent_is_called_gdp_and_value_added(real: Plan) -> None:
    [finding] = found(rules.growth_goes_by_one_name, real)
    assert finding.subjects == ("goals-total-va-growth-2011-2020",)
    lines = list(real.text_lines)
    lines[41] = lines[41].replace("GDP", "VA")
    assert (
        found(rules.growth_goes_by_one_name, dataclasses.replace(real, text_lines=tuple(lines)))
        == []
    )


def test_n14_the_part_of_value_added_falls(real: Plan) -> None:
    [finding] = found(rules.value_added_keeps_its_share, real)
    assert "2010: 19.93 %, 2015: 17.02 %, 2020: 16.25 %" in finding.message.en
    kept = printing(real, headline_total_va_2015="6.000", headline_total_va_2020="13.200")
    assert found(rules.value_added_keeps_its_share, kept) == []  # 19.93, 20, 20 %


def test_n15_other_industry_stands_still_and_chemicals_run_ahead(real: Plan) -> None:
    [still] = found(rules.no_sector_stands_still, real)
    assert still.subjects == ("summary-other-output-2010", "summary-other-output-2015")
    told = {
        item.subjects[-1]: item.message.en
        for item in found(rules.no_sector_outpaces_all_industry, real)
    }
    assert "2011-2015: 33.0 % a year, 2016-2020: 43.1 %" in told["summary-chemicals-output-2020"]
    assert "2016-2020: 32.1 %" in told["summary-engineering-output-2020"]
    moving = printing(real, summary_other_output_2015="600")
    assert found(rules.no_sector_stands_still, moving) == []


def test_every_finding_cites_printed_figures_and_no_id_repeats(real: Plan) -> None:
    checks = [
        value
        for name, value in vars(rules).items()
        if callable(value) and getattr(value, "__module__", "") == rules.__name__ and name[0] != "_"
    ]
    for rule in checks:
        title = (rule.__doc__ or "").splitlines()[0]
        assert title.endswith(".")
        assert len(title) <= 88
        told = found(rule, real)
        assert len({(item.subjects, item.key) for item in told}) == len(told)
        for item in told:
            assert item.citations
            for citation in item.citations:
                assert citation.line is not None
                assert citation.quote in real.text_lines[citation.line - 1]
