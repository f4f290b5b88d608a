"""The answering commands as their user runs them."""

import csv
import io
import json
import re
import zipfile

import pytest
from docx import Document
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from test_cli import tngis, tngis_alone

from gis.answering.answers import schema


def answered(*arguments, cwd):
    done = tngis(*arguments, "--format", "json", cwd=cwd)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_textiles_at_diem_thuy_are_directed_and_contradicted(tmp_path):
    asked = ("site", "--place", "KCN Điềm Thụy", "--activity", "may mặc", "--ha", "8")
    answer = answered(*asked, cwd=tmp_path)
    Draft202012Validator(schema("answer")).validate(answer)
    assert (answer["verdict"], answer["site_id"]) == ("directed", "KCN-6")
    [decided] = [reason for reason in answer["reasons"] if reason["decided"]]
    assert (decided["clause"], decided["line"]) == ("II.2.3a ¶2", 337)
    assert "Điềm Thụy" in decided["quote"]
    assert "conflict-closed-list" in {flag["code"] for flag in answer["flags"]}
    assert answer["not_checked"]
    assert "không thay thế tra cứu quy hoạch hiện hành" in answer["plan_status"]


def test_the_terminal_quotes_the_clause_and_the_plan_status(tmp_path):
    done = tngis_alone("site", "--place", "kcn song cong 1", "--activity", "may mac", cwd=tmp_path)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert text.startswith("listed")
    assert "line 606" in text
    assert "plan period to 2020" in text


@pytest.mark.parametrize("point", ["433000,2373000", "2373000,433000"])
def test_a_point_on_indicative_ground_is_unknown_in_either_order(tmp_path, point):
    answer = answered("site", "--xy", point, "--activity", "điện tử", cwd=tmp_path)
    assert answer["verdict"] == "unknown"
    assert "indicative-geometry" in {flag["code"] for flag in answer["flags"]}


def test_a_parcel_of_a_file_is_answered_in_its_own_coordinate_system(tmp_path):
    ring = [[105.85, 21.50], [105.86, 21.50], [105.86, 21.51], [105.85, 21.51], [105.85, 21.50]]
    parcel = {"type": "Polygon", "coordinates": [ring]}
    path = tmp_path / "thửa đất.geojson"
    path.write_text(json.dumps(parcel), encoding="utf-8")
    answer = answered("site", "--file", path, "--activity", "cơ khí", cwd=tmp_path)
    assert answer["place"]["kind"] == "ground"


@pytest.mark.parametrize(
    "arguments",
    [
        ("site", "--activity", "x"),
        ("site", "--place", "KCN-1", "--at", "105.8,21.5"),
        ("site", "--place", "KCN-1", "--ha", "tám"),
        ("site", "--place", "KCN-1", "--ha", "-1"),
        ("site", "--at", "21.5,105.8", "--activity", "x"),
        ("site", "--xy", "1,2", "--activity", "x"),
        ("site", "--file", "none.gpkg", "--activity", "x"),
        ("site", "--batch", "none.xlsx", "--out", "a.xlsx"),
        ("site", "--batch", "none.xlsx"),
        ("site", "--place", "KCN-1", "--activity", "x", "--format", "docx"),
        ("find", "--activity", "may mặc", "--district", "Sóc Sơn"),
        ("find", "--activity", "may mặc", "--format", "xlsx"),
    ],
)
def test_what_cannot_be_answered_leaves_with_two_and_one_clear_error(tmp_path, arguments):
    done = tngis(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout.decode()
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_place_is_an_answer_and_no_error(tmp_path):
    answer = answered("site", "--place", "Điềm Thụy", "--activity", "may mặc", cwd=tmp_path)
    assert answer["verdict"] == "unknown"
    named = {candidate["id"] for candidate in answer["place"]["candidates"]}
    assert {"KCN-6", "CCN-28"} <= named


def test_the_written_answer_opens_as_a_document_and_as_a_page(tmp_path):
    asked = ("site", "--place", "CCN Phú Lạc 1", "--activity", "gốm sứ", "--lang", "vi")
    for form in ("docx", "html"):
        done = tngis(*asked, "--format", form, "--out", f"answer.{form}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
    document = Document(str(tmp_path / "answer.docx"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    text += "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert "gốm, sứ cao cấp tại cụm Công nghiệp Phú Lạc" in text
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    assert "Các dự án đầu tư sản xuất gốm, sứ cao cấp" in page
    assert "<script" not in page


def test_find_ranks_all_sites_with_the_smallest_change(tmp_path):
    done = tngis_alone(
        "find", "--activity", "electronics", "--ha", "30", "--format", "json", cwd=tmp_path
    )
    ranking = json.loads(done.stdout)
    Draft202012Validator(schema("find")).validate(ranking)
    assert len(ranking["sites"]) == 35
    verdicts = [item["verdict"] for item in ranking["sites"]]
    assert verdicts[0] == "listed"
    assert verdicts == sorted(verdicts, key=verdicts.index)
    failing = [
        item
        for item in ranking["sites"]
        if item["verdict"] in ("not-listed", "limited-or-forbidden")
    ]
    assert failing
    assert all(item["changes"] for item in failing)


@pytest.mark.parametrize(
    ("given", "district"), [("Phổ Yên", "Huyện Phổ Yên"), ("song cong", "Thị xã Sông Công")]
)
def test_find_keeps_to_a_district_and_kind(tmp_path, given, district):
    done = tngis("find", "--activity", "cơ khí", "--district", given, "--kind", "cluster",
                 "--format", "csv", cwd=tmp_path)  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    assert rows
    assert all(row["site_id"].startswith("CCN") for row in rows)
    assert all(row["districts"] == district for row in rows)


def test_a_spreadsheet_of_needs_is_answered_row_by_row(tmp_path):
    source = tmp_path / "needs.csv"
    source.write_text(
        "địa điểm;ngành nghề;diện tích\nKCN Sông Công I;may mặc;8,5\n=1+1;@x;tám\n",
        encoding="utf-8",
    )
    done = tngis("site", "--batch", source, "--out", "answers.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    sheet = load_workbook(tmp_path / "answers.xlsx").active
    header, first, second = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert first[header.index("verdict")] == "listed"
    assert second[header.index("error")]
    with zipfile.ZipFile(tmp_path / "answers.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any(re.search(r"<f[ >]", text) for text in sheets)


def test_the_matrix_has_every_activity_at_every_site(tmp_path, real_plan):
    done = tngis_alone("matrix", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    assert len(rows) == len(real_plan.activities) * 35
    verdicts = {(row["activity_id"], row["site_id"]): row["verdict"] for row in rows}
    assert verdicts["garments", "KCN-2"] == "listed"
    assert verdicts["ferrous-metallurgy", "CCN-11"] == "not-listed"


def test_activities_shows_what_is_understood(tmp_path):
    done = tngis("activities", "det may", "--format", "json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert {"weaving", "garments"} & {item["id"] for item in found["found"]}
    assert "Weaving" in tngis_alone("activities", "det may", cwd=tmp_path).stdout.decode()
