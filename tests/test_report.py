import csv
import io
import json
from html.parser import HTMLParser

import pytest
from conftest import site, square, unit
from rich.console import Console

from gis import report as forms
from gis.build import checked
from gis.language import LANGUAGES

HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} [bold]x[/bold] \x1b[31m ${x}"


@pytest.fixture(scope="module")
def real_report(real_plan):
    return checked(real_plan)


@pytest.fixture
def report(make_plan):
    """Two overlapping surveyed zones, one of them with a name meant to do harm."""
    rows = {
        "KCN-1": (square(0, 0), site("KCN-1", short_name=HOSTILE)),
        "KCN-2": (square(50, 0), site("KCN-2")),
    }
    return checked(make_plan(rows, {"00001": (square(-500, -500, 2000), unit("00001", "A"))}))


def printed(report, lang="en"):
    stream = io.StringIO()
    forms.print_report(report, Console(file=stream, width=200), lang)
    return stream.getvalue()


def test_json_has_one_outcome_a_rule_and_its_state(real_report):
    data = json.loads(forms.as_json(real_report))
    states = {item["code"]: item["state"] for item in data["outcomes"]}
    assert states["AREA01"] == "passed"
    assert states["OVER01"] == "unproven"
    assert states["CRAF01"] == "skipped"
    assert data["plan_status"] == real_report.plan.card.status_vi
    assert data["summary"]["errors"] == 0
    assert data["summary"]["rules"] == len(data["outcomes"])


def test_every_unproven_rule_stands_in_the_section_of_what_is_not_proven(real_report):
    data = json.loads(forms.as_json(real_report))
    open_codes = {item["code"] for item in data["not_proven"]}
    wanted = {o["code"] for o in data["outcomes"] if o["state"] in ("unproven", "skipped")}
    assert wanted <= open_codes
    assert all(item["reason"]["vi"] and item["reason"]["en"] for item in data["not_proven"])


def test_a_finding_gives_numbers_units_citation_and_place(report):
    data = json.loads(forms.as_json(report))
    [finding] = next(o for o in data["outcomes"] if o["code"] == "OVER01")["findings"]
    assert finding["finding_id"] == "OVER01:KCN-1+KCN-2"
    assert finding["severity"] == "error"
    assert finding["measured"] == {"value": 0.5, "unit": "ha"}
    assert finding["citations"][0]["line"] == 1
    longitude, latitude = finding["where"]["coordinates"][0][0]
    assert 105 < longitude < 107
    assert 21 < latitude < 22


def test_finding_ids_are_unique_and_the_same_in_every_run(real_report, real_plan):
    ids = [o.finding_id(f) for o in real_report.outcomes for f in o.findings]
    assert len(ids) == len(set(ids))
    again = checked(real_plan)
    assert ids == [o.finding_id(f) for o in again.outcomes for f in o.findings]


def test_the_same_plan_gives_the_same_bytes(real_report, real_plan):
    again = checked(real_plan)
    assert forms.as_json(real_report) == forms.as_json(again)
    assert forms.as_html(real_report, "vi") == forms.as_html(again, "vi")


def test_the_ledgers_of_the_json_have_every_site_district_and_commune(real_report):
    ledgers = json.loads(forms.as_json(real_report))["ledgers"]
    assert [len(ledgers[name]) for name in ("areas", "districts", "communes")] == [35, 9, 180]
    assert {row["site_id"] for row in ledgers["allocation"]} == set(real_report.plan.sites)
    assert ledgers["communes"][0]["registered_ha"] is None


def test_json_lines_are_one_object_a_line(real_report):
    lines = [json.loads(line) for line in forms.as_json_lines(real_report).splitlines()]
    assert lines[0]["type"] == "report"
    assert {line["type"] for line in lines[1:]} == {"outcome", "finding", "not_proven"}


def test_csv_opens_in_excel_with_its_diacritics_and_no_formula(report):
    text = forms.as_csv(report, "vi")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert any(row["code"] == "OVER01" and "chồng nhau" in row["message"] for row in rows)
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_numbers_in_csv_are_written_in_its_language(report):
    assert "0,50 ha" in forms.as_csv(report, "vi")
    assert "0.50 ha" in forms.as_csv(report, "en")


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_shows_hostile_text_as_text(report, lang):
    reader = Reader()
    reader.feed(forms.as_html(report, lang))
    assert "img" not in reader.tags
    assert "script" not in reader.tags
    assert "<img src=x onerror=alert(1)> {{7*7}}" in reader.text


def test_a_terminal_shows_markup_and_control_characters_as_text(report):
    text = printed(report)
    assert "[bold]x[/bold]" in text
    assert "\x1b[31m" not in text


@pytest.mark.parametrize(
    ("lang", "section"),
    [("en", "Not checked / not proven"), ("vi", "Không kiểm / chưa chứng minh được")],
)
def test_every_form_ends_with_what_is_not_proven_and_the_status(real_report, lang, section):
    status = real_report.plan.card.status.in_(lang)
    for text in (printed(real_report, lang), forms.as_html(real_report, lang)):
        assert section in text
        assert " ".join(status.split()[:8]) in " ".join(text.split())


def test_a_terminal_shows_district_totals_with_the_range_that_zone_7_leaves(real_report):
    [line] = [row for row in printed(real_report).splitlines() if row.startswith("Huyện Phổ Yên ")]
    assert line.split()[3:] == ["400", "179.4", "2,350", "579.4", "2,929.4"]


def test_nothing_open_still_has_its_section(make_plan):
    rows = {"KCN-1": (square(0, 0), site("KCN-1"))}
    report = checked(make_plan(rows), themes=("overlaps",))
    assert "Not checked / not proven" in printed(report)


def test_every_label_is_there_in_both_languages():
    for table in (forms.LABELS, forms.STATE_LABELS, forms.SEVERITY_LABELS):
        assert all(text.vi and text.en for text in table.values())
