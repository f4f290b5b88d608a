"""Reports of errors, as the investor page saves them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gis.cli import cli
from gis.errata import ErrataError, as_json, read_errata


@pytest.fixture
def report(real_plan, tmp_path):
    """Write a report as the page does, with some of it changed."""

    def write(name="report.geojson", geometry=None, **changes):
        properties = {
            "schema": "tngis-errata/1",
            "plan": {"code": "thai-nguyen-341", "content_sha256": real_plan.content_sha256},
            "site_id": "KCN-6",
            "site_name": "KCN Điềm Thụy",
            "about": "place",
            "message": "ở phía đông đường",
            "contact": "",
            "language": "vi",
        } | changes
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        path = tmp_path / name
        path.write_text(json.dumps(feature, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def test_a_report_is_read_with_its_place_in_the_grid_of_the_plan(real_plan, report):
    point = {"type": "Point", "coordinates": [106.5, 21.5]}  # on the central meridian
    [found] = read_errata(real_plan, [report(geometry=point)])
    assert (found.site_id, found.about, found.message) == ("KCN-6", "place", "ở phía đông đường")
    # VN-2000 lies some 190 m from WGS 84 here, and the meridian has 500 km
    assert abs(found.east_m - 500_000) < 300
    assert abs(found.north_m - 2_378_000) < 1_000
    assert found.is_of_this_plan


def test_a_report_of_another_state_of_the_tables_says_so(real_plan, report):
    plan = {"code": "thai-nguyen-341", "content_sha256": "0" * 64}
    [found] = read_errata(real_plan, [report(plan=plan)])
    assert not found.is_of_this_plan
    assert found.longitude is None
    assert found.north_m is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"site_id": "KCN-99"}, "names a site the plan has not"),
        ({"plan": {"code": "other", "content_sha256": ""}}, "is about another plan"),
        ({"about": "weather"}, "properties.about"),
        ({"message": ""}, "properties.message"),
        ({"message": "x" * 4001}, "properties.message"),
        ({"schema": "tngis-errata/9"}, "properties.schema"),
        ({"script": "x"}, "properties.script"),
        ({"geometry": {"type": "Point", "coordinates": [200, 0]}}, "geometry.coordinates"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "geometry.type"),
    ],
)
def test_what_is_no_report_is_one_clear_error(real_plan, report, changes, told):
    with pytest.raises(ErrataError, match=r"report\.geojson") as caught:
        read_errata(real_plan, [report(**changes)])
    assert told in str(caught.value)


def test_all_faulty_files_are_named_at_once(real_plan, report, tmp_path):
    text = tmp_path / "report.txt"
    text.write_text("Báo lỗi: KCN Điềm Thụy", encoding="utf-8")
    large = tmp_path / "large.geojson"
    large.write_bytes(b" " * 100_001)
    paths = [report(), text, large, tmp_path / "none.geojson"]
    with pytest.raises(ErrataError) as caught:
        read_errata(real_plan, paths)
    for name in ("report.txt", "large.geojson", "none.geojson"):
        assert name in str(caught.value)


def test_a_message_cannot_steer_the_terminal(real_plan, report):
    [found] = read_errata(real_plan, [report(message="a\x1b[2Jb\u202ec\nd")])
    assert found.message == "a\ufffd[2Jb\ufffdc\nd"


def test_reports_are_listed_for_people_and_for_programs(real_plan, report):
    path = report(message="[bold]diện tích[/bold] sai")
    shown = CliRunner().invoke(cli, ["errata", str(path), "--lang", "vi"])
    assert shown.exit_code == 0
    assert "KCN-6 KCN Điềm Thụy – vị trí" in shown.output
    assert "[bold]diện tích[/bold] sai" in shown.output
    told = CliRunner().invoke(cli, ["errata", str(path), "--format", "json"])
    assert json.loads(told.output) == json.loads(as_json(real_plan, read_errata(real_plan, [path])))
