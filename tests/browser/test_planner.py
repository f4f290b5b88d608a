"""What a planner does with the planner page, and what the page must never do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import craft_point, square, unit
from hostile import HOSTILE, LONG, WHOLE, hostile_plan

from browser.test_pages import with_markup_sink
from gis.checks import run
from gis.checks.overlaps import TOLERANCE_M2
from gis.maps import render_page
from gis.model import CheckOptions, Severity, State
from gis.report import Report

PHONE, TABLET, DESKTOP = (390, 844), (768, 1024), (1280, 800)
SMALLEST_TARGET_PX = 44
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
IN_SONG_CONG_II = """Thửa;Điểm;X(m);Y(m)
12;1;2379850,25;431200,5
;2;2379850,25;431600,5
;3;2379500,25;431600,5
;4;2379500,25;431200,5
13;1;2380500;431200
;2;2380500;431900
;3;2380100;431900
"""
HAS_READ = """() => !document.getElementById("parcels").ariaBusy &&
  (tngis.planner.parcels.length || !document.getElementById("troubles").hidden)"""


@pytest.fixture(scope="session")
def checked(real_plan):
    """How many findings of each severity, and rules that hold, the checks themselves tell."""
    report = Report(real_plan, CheckOptions(TOLERANCE_M2), tuple(run(real_plan)))
    counts = {severity.code: report.count_of(severity) for severity in Severity}
    held = sum(outcome.state is State.PASSED for outcome in report.outcomes)
    return counts | {"all": sum(counts.values()), "held": held, "rules": len(report.outcomes)}


@pytest.fixture
def planner(open_page, rendered):
    def opened(address="", size=DESKTOP, **options):
        return open_page(rendered("planner"), address, size, **options).page

    return opened


def choose(page, text, name="thua dat.csv"):
    """Choose a file of this text, as a person does."""
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    page.set_input_files("#file", files=[{"name": name, "mimeType": "text/plain", "buffer": data}])
    page.wait_for_function(HAS_READ)


def paste(page, text):
    """Paste a text anywhere on the page."""
    page.evaluate(
        """(text) => {
          const transfer = new DataTransfer();
          transfer.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true });
          document.body.dispatchEvent(event);
        }""",
        text,
    )


def drop(page, text, name):
    """Drop a file on the map."""
    page.evaluate(
        """async ([text, name]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], name));
          for (const type of ["dragenter", "dragover", "drop"]) {
            const about = { dataTransfer: transfer, bubbles: true, cancelable: true };
            const event = new DragEvent(type, about);
            document.getElementById("map").dispatchEvent(event);
          }
        }""",
        [text, name],
    )
    page.wait_for_function(HAS_READ)


def parcels(page):
    """What the page has read: name, row, hectares or what is wrong."""
    return page.evaluate(
        """() => tngis.planner.parcels.map((item) => [
          item.name, item.row, item.outline ? item.outline.area_m2 / 10000 : item.trouble.what])"""
    )


# --- parcels -------------------------------------------------------------------------------------


def test_a_planner_drops_corner_points_and_reads_shares_and_verdict(planner):
    page = planner()
    page.fill("#activity", "may mac")
    page.keyboard.press("Enter")
    choose(page, IN_SONG_CONG_II)
    assert parcels(page) == [["12", 2, pytest.approx(14.0)], ["13", 6, pytest.approx(14.0)]]
    assert page.inner_text("#parcel-count") == "2 thửa · 28,00 ha"
    assert "Sông Công" in page.inner_text("#coordinates-place")  # where the map went
    page.click("[data-parcel='1']")
    told = page.inner_text("#card")
    for text in (
        "14,00 ha", "140.000,0 m² trên lưới EPSG:9213", "xã Tân Quang, Thị xã Sông Công",
        "Phường Bách Quang", "KCN Sông Công II (KCN-3)", "100,0 % · 14,00 ha", "hình minh họa",
        "Ngành: may mặc, may công nghiệp", "Nếu hỏi theo tên",
        "Về thực địa: không xác định", "QĐ 341/QĐ-UBND, II.3.1 hàng 3, dòng 612",
    ):  # fmt: skip
        assert text in told, text
    assert page.locator(".ground-verdict").get_attribute("data-verdict") == "unknown"
    named = page.locator(".named-head").all_inner_texts()
    assert named[0] == "có trong danh mục KCN Sông Công II"
    page.click("[data-language=en]")
    told = page.inner_text("#card")
    for text in ("14.00 ha", "on the ground", "Asked by name", "listed KCN Sông Công II"):
        assert text in told, text


def test_the_same_parcel_by_drop_and_paste_in_three_forms_has_the_same_area(planner):
    page = planner()
    ring = [
        [431200.5, 2379850.25],
        [431600.5, 2379850.25],
        [431600.5, 2379500.25],
        [431200.5, 2379500.25],
    ]
    degrees = page.evaluate(
        "(ring) => ring.map(([e, n]) => tngis.planner.ground().frame.toDegrees(e, n))", ring
    )
    closed = [*degrees, degrees[0]]
    shape = {"type": "Polygon", "coordinates": [closed]}
    drop(
        page,
        json.dumps({"type": "Feature", "properties": {"Tên": "A"}, "geometry": shape}),
        "a.geojson",
    )
    words = " ".join(f"{lon!r},{lat!r},0" for lon, lat in closed)
    outer = f"<outerBoundaryIs><LinearRing><coordinates>{words}</coordinates></LinearRing>"
    paste(
        page,
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>B</name>'
        f"<Polygon>{outer}</outerBoundaryIs></Polygon></Placemark></kml>",
    )
    page.click(".paste summary")
    page.fill("#pasted", "\n".join(f"{n:.2f}\t{e:.2f}" for e, n in ring))
    page.click("#paste")
    assert [(name, round(ha, 6)) for name, _, ha in parcels(page)] == [
        ("A", 14.0), ("B", 14.0), ("Thửa 3", 14.0),
    ]  # fmt: skip


def test_nothing_that_is_dropped_leaves_the_page(open_page, rendered):
    watched = open_page(rendered("planner"))
    choose(watched.page, IN_SONG_CONG_II)
    watched.page.click("[data-parcel='1']")
    assert (watched.requests, watched.complaints) == ([], [])
    assert watched.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    address = watched.page.evaluate("location.hash")
    assert "12" not in re.sub(r"map=[^&]*", "", address)


def test_a_parcel_on_the_map_opens_its_card(planner):
    page = planner()
    choose(page, IN_SONG_CONG_II)
    page.click("[data-parcel='2']")
    page.click("#card .close")
    stage = page.evaluate(
        """() => {
          const { frame } = tngis.planner.ground();
          const [lon, lat] = frame.toDegrees(431800, 2380300);
          return tngis.planner.pixelOf(lat, lon);
        }"""
    )
    page.mouse.click(*stage)
    assert page.inner_text("#card-title") == "13"


def test_answers_are_saved_as_a_table_whose_cells_cannot_become_formulas(planner):
    page = planner("#activity=garments")
    choose(page, IN_SONG_CONG_II.replace("\n12;", "\n=1+1;"))
    with page.expect_download() as download:
        page.click("#save-answers")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("\ufeffparcel,")
    assert "'=1+1,thua dat.csv,2,14,EPSG:9213" in text
    assert "KCN Sông Công II: có trong danh mục" in text
    assert "không thay thế tra cứu quy hoạch hiện hành" in text


# --- files that cannot be used, or only in part --------------------------------------------------

GOOD = "X;Y\n2380000;430000\n2380100;430000\n2380100;430100"
SQUARE_JSON = (
    '{"type":"Polygon","coordinates":[[[105.8,21.5],[105.81,21.5],[105.81,21.51],[105.8,21.5]]]}'
)
READ = {
    "with headings, semicolons and decimal commas": (
        "Thửa;Điểm;X(m);Y(m)\n1;1;2380000,50;430000\n1;2;2380100,50;430000\n1;3;2380100,50;430100\n",
        [["1", 2, 0.5]],
    ),
    "with tabs, without headings, closed": (
        "1\t2380000\t430000\n2\t2380100\t430000\n3\t2380100\t430100\n1\t2380000\t430000\n",
        [["", 1, 0.5]],
    ),
    "X as easting": ("x,y\n430000.0,2380000\n430000.0,2380100\n430100.0,2380100\n", [["", 2, 0.5]]),
    "thousands by dots": (
        "X;Y\n2.380.000,5;430.000\n2.380.100,5;430.000\n2.380.100,5;430.100", [["", 2, 0.5]],
    ),
    "numbers that start again": (
        "STT;X;Y\n1;2380000;430000\n2;2380100;430000\n3;2380100;430100\n"
        "1;2381000;430000\n2;2381100;430000\n3;2381100;430100\n4;2381000;430100",
        [["", 2, 0.5], ["", 5, 1.0]],
    ),
    "captions between parcels": (
        "BẢNG KÊ TỌA ĐỘ\nThửa 5\nSTT;X;Y\n1;2380000;430000\n2;2380100;430000\n3;2380100;430100\n"
        "Diện tích: 5000 m2\n\nThửa 6\n1;2381000;430000\n2;2381100;430000\n3;2381100;430100\n",
        [["Thửa 5", 4, 0.5], ["Thửa 6", 10, 0.5]],
    ),
    "with spaces": (
        "1 2380000,5 430000,5\n2 2380100,5 430000,5\n3 2380100,5 430100,5", [["", 1, 0.5]],
    ),
    "a semicolon in quotes": (
        'Tên;X;Y\n"a;""b""";2380000;430000\n;2380100;430000\n;2380100;430100',
        [['a;"b"', 2, 0.5]],
    ),
}  # fmt: skip
TROUBLES = {
    "nothing": ("", "trouble_empty", {}),
    "one column swapped in the middle": (
        "X;Y\n2380000;430000\n430000;2380100\n2380100;430100",
        "trouble_swapped_here", {"row": 3, "value": "430000; 2380100"},
    ),
    "a letter for a nought": (
        "X;Y\n2380000;430000\n2380100;43000o\n2380100;430100",
        "trouble_no_metres", {"row": 3, "field": "Y", "value": "43000o"},
    ),
    "two letters in the middle of a parcel": (
        "STT;X;Y\n1;2380000;430000\n2;x;y\n3;2380100;430100\n4;2380000;430100",
        "trouble_no_metres", {"row": 3, "field": "X", "value": "x"},
    ),
    "another zone": (
        "X;Y\n1180000;430000\n1180100;430000\n1180100;430100", "trouble_not_here", {"row": 2},
    ),
    "no headings and nowhere": ("1;2\n3;4\n5;6", "trouble_not_here", {"row": 1}),
    "a comma twice": (
        "1,2380000,50,430000,25\n2,2380100,50,430000,25\n3,2380100,50,430100,25",
        "trouble_comma_twice", {"row": 1},
    ),
    "crossing": (
        "X;Y\n2380000;430000\n2380100;430100\n2380100;430000\n2380000;430100",
        "trouble_crosses", {"field": "N; E", "value": "2380050.00; 430050.00"},
    ),
    "broken JSON": (
        '{"type":"Polygon",\n"coordinates":[[[105.8,21.5],]}', "trouble_broken_json", {"row": 2},
    ),
    "no GeoJSON": ('{"type":"Topology"}', "trouble_no_geojson", {"field": "type"}),
    "metres without a system": (
        SQUARE_JSON.replace("105.8,21.5", "430000,2380000"),
        "trouble_metres_not_degrees", {"row": None},
    ),
    "latitude first": (
        '{"type":"Polygon","coordinates":[[[21.5,105.8],[21.5,105.81],[21.51,105.81]]]}',
        "trouble_latitude_first", {"value": "[21.5,105.8]"},
    ),
    "another system": (
        SQUARE_JSON[:-1] + ',"crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::3405"}}}',
        "trouble_other_system", {"field": "crs"},
    ),
    "a point": (
        '{"type":"Point","coordinates":[105.8,21.5]}', "trouble_no_area_type", {"value": "Point"},
    ),
    "null coordinates": (
        '{"type":"Polygon","coordinates":[[[105.8,null],[105.81,21.5],[105.81,21.51]]]}',
        "trouble_no_number", {"value": "[105.8,null]"},
    ),
    "strange depths": ('{"type":"Polygon","coordinates":[[]]}', "trouble_no_outline", {}),
    "KML with an entity": (
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>',
        "trouble_entities", {"value": "<!DOCTYPE"},
    ),
    "broken KML": ("<kml>\n<Placemark>\n</kml>", "trouble_broken_xml", {"row": 3}),
    "HTML": ("<p>hello</p>", "trouble_no_placemark", {"value": "p"}),
}  # fmt: skip


def read(page, text):
    return page.evaluate(
        "(text) => tngis.planner.readOutlines(text, tngis.planner.ground().frame)", text
    )


@pytest.fixture(scope="module")
def reader(browser, rendered):
    context = browser.new_context()
    page = context.new_page()
    page.goto(rendered("planner").as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    context.close()


@pytest.mark.parametrize(("text", "wanted"), READ.values(), ids=READ)
def test_tables_of_corner_points_are_read_however_they_are_written(reader, text, wanted):
    found = read(reader, text)
    assert found["troubles"] == []
    areas = [
        reader.evaluate("(item) => tngis.planner.outlineOf(item.polygons).area_m2 / 10000", item)
        for item in found["parcels"]
    ]
    told = [
        [item["name"], item["row"], ha] for item, ha in zip(found["parcels"], areas, strict=True)
    ]
    assert told == [[name, row, pytest.approx(ha)] for name, row, ha in wanted]


@pytest.mark.parametrize(("text", "what", "place"), TROUBLES.values(), ids=TROUBLES)
def test_what_cannot_be_used_is_named_with_its_place(reader, text, what, place):
    found = read(reader, text)
    told = [
        *found["troubles"],
        *(item["trouble"] for item in found["parcels"] if item.get("trouble")),
    ]
    assert [item["what"] for item in told] == [what]
    for key, value in place.items():
        assert told[0].get(key) == value


def test_a_bad_parcel_is_listed_and_the_good_ones_are_measured(planner):
    page = planner()
    choose(page, IN_SONG_CONG_II + "14;1;2380000;43120o\n;2;2380100;431900\n;3;2380100;431700\n")
    assert page.inner_text("#parcel-count") == "3 thửa, 1 không đo được · 28,00 ha"
    told = page.inner_text("[data-parcel='3']")
    for text in ("Không đọc được số mét", "tệp thua dat.csv", "dòng 9", "trường Y(m)", "“43120o”",
                 "Cách sửa: viết số mét"):  # fmt: skip
        assert text in told, text


def test_a_file_that_cannot_be_read_leaves_what_was_there(planner):
    page = planner("#lang=en")
    choose(page, IN_SONG_CONG_II)
    choose(page, "PK\x03\x04rest", "thua.xlsx")
    told = page.inner_text("#troubles")
    for text in ("packed file", "file thua.xlsx", "Mend: unpack it; from Excel save as CSV UTF-8"):
        assert text in told, text
    assert len(parcels(page)) == 2
    page.click("#clear")
    assert parcels(page) == []
    assert page.locator("#troubles").is_hidden()


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), None),
        (GOOD.encode("utf-16"), None),
        (
            ("Thửa;" + GOOD.replace("\n", "\nTh\xe0nh;", 1)).encode("cp1258", "replace"),
            "note_code_page",
        ),
    ],
    ids=["UTF-8 with its mark", "UTF-16", "windows-1258"],
)
def test_letters_are_read_in_the_encodings_of_windows(reader, data, note):
    found = reader.evaluate("(bytes) => tngis.planner.textOf(new Uint8Array(bytes))", list(data))
    assert found.get("note") == note
    assert "2380000;430000" in found["text"]


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"PK\x03\x04", "trouble_zip"), (b"\xd0\xcf\x11\xe0", "trouble_excel"),
     (b"SQLite format 3\x00", "trouble_binary"), (b"\x00\x00\x27\x0a", "trouble_binary"),
     (b"a\x00b", "trouble_binary")],
)  # fmt: skip
def test_files_of_other_programs_are_told_how_to_become_readable(reader, data, what):
    found = reader.evaluate("(bytes) => tngis.planner.textOf(new Uint8Array(bytes))", list(data))
    assert found["trouble"]["what"] == what


# --- coordinates and measures --------------------------------------------------------------------


def test_the_coordinates_under_the_pointer_are_told_in_both_systems(planner):
    page = planner("#map=14/21.51/105.84")
    page.mouse.move(*page.evaluate("tngis.planner.pixelOf(21.51, 105.84)"))
    # to the half of a pixel, about 4 m
    north, east = re.findall(r"[\d.]+,\d+", page.inner_text("#coordinates-grid"))
    lat, lon = re.findall(r"[\d,]+", page.inner_text("#coordinates-degrees"))
    assert float(lat.replace(",", ".")) == pytest.approx(21.51, abs=1e-4)
    assert float(lon.replace(",", ".")) == pytest.approx(105.84, abs=1e-4)
    metres = [float(text.replace(".", "").replace(",", ".")) for text in (east, north)]
    wanted = page.evaluate("() => tngis.planner.ground().frame.toGrid(105.84, 21.51)")
    assert metres == pytest.approx(wanted, abs=10)
    assert page.inner_text("#coordinates-place") == "xã Tân Quang, Thị xã Sông Công"


def test_a_planner_goes_to_a_coordinate_and_reads_what_lies_there(planner):
    page = planner("#activity=garments")
    page.fill("#go-text", "X 2379700; Y 431400")
    page.keyboard.press("Enter")
    told = page.inner_text("#card")
    for text in ("N 2.379.700 · E 431.400", "xã Tân Quang", "KCN Sông Công II (KCN-3)",
                 "có trong danh mục"):  # fmt: skip
        assert text in told, text
    page.fill("#go-text", "hello")
    page.keyboard.press("Enter")
    assert "không phải hai số" in page.inner_text("#go-said")
    assert page.locator("#go-text").get_attribute("aria-invalid") == "true"


def test_a_planner_measures_a_distance_and_an_area_on_the_grid(planner):
    page = planner()
    page.click("#measure-area")
    for text in ("2380000;430000", "2380000;430200", "2380100;430200", "2380100;430000"):
        page.fill("#go-text", text)
        page.keyboard.press("Enter")
    assert page.inner_text("#measure-result") == "2,0000 ha · chu vi 600,0 m"
    page.click("#measure-undo")
    assert page.inner_text("#measure-result").startswith("1,0000 ha")
    page.click("#measure-distance")
    for text in ("2380000;430000", "2380300;430400"):
        page.fill("#go-text", text)
        page.keyboard.press("Enter")
    assert page.inner_text("#measure-result") == "500,0 m"
    page.keyboard.press("Escape")
    assert page.locator("#measure").is_hidden()


def test_points_of_a_measure_are_set_by_pressing_the_map(planner):
    page = planner("#map=13/21.51/105.84")
    page.click("#measure-distance")
    for x, y in ((700, 400), (900, 400)):
        page.mouse.click(x, y)
        page.wait_for_timeout(300)  # two presses are no double press
    assert re.fullmatch(r"[\d.]+,\d m", page.inner_text("#measure-result"))
    assert page.locator("#card").is_hidden()


# --- layers, findings, ledger --------------------------------------------------------------------


def test_every_layer_can_be_switched_off_and_on(planner, real_plan):
    page = planner("#tab=findings")
    if not page.evaluate("document.getElementById('legend').open"):
        page.click("#legend summary")
    choose(page, IN_SONG_CONG_II)
    page.click("#whole")
    page.click("#tab-findings")
    selectors = {
        "[data-layer=zones]": ".site-symbol.zone",
        "[data-layer=clusters]": ".site-symbol.cluster",
        "[data-layer=communes]": "path.commune-line",
        "[data-layer=districts]": "path.district-line",
        "[data-sheet=findings]": ".finding-mark",
    }
    for box_, selector in selectors.items():
        count = page.locator(selector).count()
        assert count > 0, selector
        page.uncheck(box_)
        assert page.locator(selector).count() == 0, selector
        page.check(box_)
        assert page.locator(selector).count() == count, selector
    assert page.locator("canvas").count() == 1
    page.uncheck("[data-sheet=parcels]")
    assert page.evaluate("tngis.planner.parcels.every((parcel) => !parcel.layer._map)")


def test_provenance_is_shown_by_line_and_words_and_counted(planner, real_plan):
    page = planner("#colour=provenance&map=13/21.5/105.85")
    if not page.evaluate("document.getElementById('legend').open"):
        page.click("#legend summary")
    assert page.locator("path.commune.from-indicative").count() == 180
    assert page.locator("path.site-outline.from-indicative").count() == 35
    key = page.inner_text("#colour-key")
    assert "35 khu, cụm · 180 xã" in key
    page.uncheck("[data-layer=communes]")
    page.check("[data-layer=communes]")
    assert page.locator("path.commune.from-indicative").count() == 180
    page.select_option("#colour", "plain")
    assert page.locator("path.from-indicative").count() == 0


def test_a_finding_shows_its_quote_and_its_place(planner, checked):
    page = planner("#tab=findings")
    assert page.inner_text("#finding-count") == "{all} / {all} phát hiện".format(**checked)
    page.fill("#finding-query", "song cong i")
    page.select_option("#finding-theme", "areas")
    assert page.inner_text("#finding-count") == f"1 / {checked['all']} phát hiện"
    before = page.evaluate("location.hash")
    page.click("[data-finding='AREA05:KCN-2']")
    row = page.locator("#findings li").inner_text()
    for text in ("AREA05", "Ghi chú", "90,49 ha", "“220 (đã QHCT 129,51 ha)”", "dòng 605"):
        assert text in row, text
    assert page.locator("path.highlight").count() == 1
    assert page.evaluate("location.hash") != before
    page.click("[data-finding='AREA05:KCN-2']")
    assert page.locator("path.highlight").count() == 0


def test_findings_filter_by_severity_and_tell_what_is_not_proven(planner, checked):
    page = planner("#tab=findings&lang=en")
    page.click("[data-severity=note]")
    heads = page.locator(".finding-head").all_inner_texts()
    assert len(heads) == checked["warning"] + checked["error"]
    assert all(head.endswith("Warning") for head in heads)
    page.click("#left-open-title")
    told = page.inner_text("#left-open")
    assert "AREA03" in told
    assert "What would settle it" in told
    told = page.inner_text("#passed-rules")
    assert "{held} of {rules} rules hold".format(**checked) in told


def test_a_mark_on_the_map_leads_to_its_findings(planner, checked):
    page = planner("#tab=findings")
    mark = page.locator(".finding-mark").first
    count = int(mark.locator("b").inner_text())
    mark.click()
    assert page.locator("#findings li").count() == count
    assert page.locator("#finding-place").is_visible()
    page.click("#finding-place")
    assert page.locator("#findings li").count() == checked["all"]


def test_the_ledger_of_all_communes_sorts_filters_and_shows_its_place(planner):
    page = planner("#tab=ledger")
    assert page.locator("#ledger tbody tr").count() == 180
    assert page.inner_text("#ledger-count") == "180 / 180 xã · 0 xã có ghi trong sổ"
    assert "chưa ghi / 1–3" in page.inner_text("#ledger tbody tr >> nth=0")
    page.click("#ledger thead th:first-child button")
    assert page.locator("#ledger thead th").first.get_attribute("aria-sort") == "ascending"
    first = page.inner_text("#ledger tbody th >> nth=0")
    page.click("#ledger thead th:first-child button")
    assert page.inner_text("#ledger tbody th >> nth=0") != first
    page.fill("#ledger-query", "tan quang song cong")
    assert page.locator("#ledger tbody tr").count() == 1
    page.click("#ledger tbody th button")
    told = page.inner_text("#card")
    assert "xã Tân Quang" in told
    assert "sổ chưa ghi gì" in told
    assert page.locator("path.commune.level-nothing").count() == 180
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.commune") is not None


def test_registered_land_colours_its_commune_and_stands_in_figures(make_plan, open_page, tmp_path):
    communes = {
        f"0000{n}": (square(400 * n, 0, 400), unit(f"0000{n}", f"Xã {n}")) for n in range(1, 6)
    }
    craft = {
        "a": (square(420, 20), craft_point("a", "00001", 2)),
        "b": (None, craft_point("b", "00002", 8)),
        "c": (None, craft_point("c", "00003", 10)),
        "d": (None, craft_point("d", "00004", "10.5")),
    }
    path = tmp_path / "plan.html"
    path.write_bytes(render_page(make_plan(communes=communes, craft=craft), "planner").encode())
    page = open_page(path, "#tab=ledger").page
    levels = page.locator("path.commune").evaluate_all(
        "paths => paths.map(path => [...path.classList].find(name => name.startsWith('level-')))"
    )
    assert sorted(levels) == [
        "level-full",
        "level-little",
        "level-nothing",
        "level-over",
        "level-room",
    ]
    assert sorted(page.locator(".left-mark").all_inner_texts()) == ["-0,5", "0", "2", "8"]
    assert page.locator(".craft-mark").count() == 4
    page.click("[data-commune='00004']")
    assert "10,5 ha" in page.inner_text("#card")


# --- languages, address, hands, small screens ----------------------------------------------------


def test_all_of_the_page_changes_language_and_back(planner, real_plan):
    page = planner("#tab=findings&activity=garments")
    vietnamese = page.inner_text("body")
    page.click("[data-language=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Planner's desk: industrial zones and clusters of Thái Nguyên province"
    told = page.inner_text("body")
    assert real_plan.card.status_en in told
    for text in ("Phát hiện", "Cảnh báo", "Chủ đề", real_plan.card.status_vi):
        assert text not in told
    page.click("[data-language=vi]")
    assert page.inner_text("body") == vietnamese


def test_an_address_restores_tab_colours_and_activity(planner):
    page = planner("#lang=en&tab=ledger&colour=provenance&activity=garments&map=12/21.5/105.8")
    address = page.evaluate("location.hash")
    again = planner(address)
    assert again.evaluate("location.hash") == address
    assert again.inner_text("#activity-name") == "Garments"
    assert again.input_value("#colour") == "provenance"
    assert again.locator("#panel-ledger").is_visible()


@pytest.mark.parametrize(
    "address", ["#tab=x&colour=<b>&activity=%00&map=1/2", "#map=99/999/1", "?#%"]
)
def test_a_broken_address_is_no_trouble(open_page, rendered, address):
    watched = open_page(rendered("planner"), address)
    assert watched.complaints == []
    assert watched.page.locator("#panel-parcels").is_visible()


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE])
@pytest.mark.parametrize("tab", ["parcels", "findings", "ledger"])
def test_what_can_be_pressed_is_large_enough_and_nothing_overflows(visit, rendered, size, tab):
    page = visit(rendered("planner"), f"#tab={tab}&activity=garments", size).page
    small = page.evaluate(
        """least => [...document.querySelectorAll(
            "button, select, input, textarea, summary, .legend-layers label")]
          .filter(node => node.checkVisibility({visibilityProperty: true}))
          .filter(node => !["checkbox", "file"].includes(node.type))
          .map(node => [node.id || node.textContent, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < least || box.height < least)
          .map(([name, box]) => [name, box.width, box.height])""",
        SMALLEST_TARGET_PX,
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_keyboard_alone_asks_drops_nothing_and_reads_an_answer(planner):
    page = planner()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "activity"
    page.keyboard.type("bia")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#activity-name").inner_text() != ""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tab-parcels"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-findings"
    assert page.locator("#panel-findings").is_visible()
    page.keyboard.press("ArrowLeft")
    page.evaluate("document.getElementById('pasted').closest('details').open = true")
    page.focus("#pasted")
    page.keyboard.insert_text(IN_SONG_CONG_II)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.focus("[data-parcel='1']")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.parcel") == "1"


@pytest.mark.parametrize("address", ["#", "#tab=ledger&"])
def test_the_map_opens_with_the_place_of_its_address_in_the_middle(planner, address):
    page = planner(f"{address}map=12/21.55/105.85")
    x, y = page.evaluate("tngis.planner.pixelOf(21.55, 105.85)")
    box = page.locator("#map").bounding_box()
    assert x == pytest.approx(box["x"] + box["width"] / 2, abs=1)
    assert y == pytest.approx(box["y"] + box["height"] / 2, abs=1)


# --- hostile text --------------------------------------------------------------------------------


@pytest.fixture
def hostile_page(make_plan, open_page, tmp_path):
    """The planner page of a plan whose every text is hostile, with hostile files chosen."""

    def opened(change=str):
        path = tmp_path / "hostile.html"
        path.write_bytes(change(render_page(hostile_plan(make_plan), "planner")).encode("utf-8"))
        return open_page(path)

    return opened


def without_policy(html):
    return POLICY.sub("", html)


def use_all_of(page):
    shape = {
        "type": "Polygon",
        "coordinates": [
            [[105.826, 21.514], [105.827, 21.514], [105.827, 21.515], [105.826, 21.514]]
        ],
    }
    feature = {"type": "Feature", "properties": {"name": WHOLE, WHOLE: WHOLE}, "geometry": shape}
    choose(page, json.dumps(feature), f"{HOSTILE[5].replace('/', '')} {HOSTILE[7]}.geojson")
    cell = WHOLE.replace("\x00", "").replace('"', '""')
    choose(page, f'Thửa;X;Y\n"{cell}";2380000;43000{HOSTILE[8]}\n;2380100;430000\n', "a.csv")
    words = "105.826,21.514 105.827,21.514 105.827,21.515"
    marked = WHOLE.replace("\x00", "").replace("]]>", "]]]]><![CDATA[>")
    choose(page, f"<kml><Placemark><name><![CDATA[{marked}]]></name>"
                 "<Polygon><outerBoundaryIs><LinearRing>"
                 f"<coordinates>{words}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
                 "</Placemark></kml>", "b.kml")  # fmt: skip
    choose(
        page,
        '{"type":"' + WHOLE.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "") + '"}',
        "c.json",
    )
    page.click("[data-parcel='1']")
    page.fill("#activity", "a")
    page.evaluate("document.querySelector('#activity-options li')?.click()")
    for tab in ("findings", "ledger", "parcels"):
        page.click(f"#tab-{tab}")
    page.click("#tab-ledger")
    page.click("[data-commune]")
    page.fill("#go-text", HOSTILE[5])
    page.keyboard.press("Enter")
    page.click("[data-language=en]")
    page.wait_for_timeout(100)


@pytest.mark.parametrize("change", [str, without_policy], ids=["policy on", "policy off"])
def test_hostile_plans_and_files_are_shown_verbatim_and_never_run(hostile_page, change):
    page = hostile_page(change).page
    use_all_of(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe, svg[onload]").count() == 0
    names = page.evaluate("tngis.planner.parcels.map((parcel) => parcel.name)")
    assert names[0] == WHOLE
    assert names[1] == WHOLE.replace("\x00", "")  # a table with NUL in it is no text, and refused
    page.click("#tab-parcels")
    shown = page.locator(".parcel-name").evaluate_all(
        "nodes => nodes.map(node => node.textContent)"
    )
    assert shown[:2] == names[:2]
    assert HOSTILE[8] in page.evaluate("document.getElementById('parcels').textContent")
    assert WHOLE in page.evaluate("document.getElementById('ledger').textContent")
    rows = page.locator("#card li").evaluate_all("nodes => nodes.map(node => node.textContent)")
    assert 3 in [row.count(WHOLE) for row in rows]  # name, trade and source of a craft point


HEADINGS = ("{{X}}", "<X>", "${X}", "`X`", "{%X%}", "{#X", "[X\u2028]", "\u202eX\u202c", "'\">&X")


@pytest.mark.parametrize("change", [str, without_policy], ids=["policy on", "policy off"])
def test_hostile_names_of_files_columns_and_properties_are_shown_and_never_run(
    open_page, rendered, tmp_path, change
):
    path = tmp_path / "planner.html"
    path.write_text(change(rendered("planner").read_text("utf-8")), "utf-8", newline="")
    page = open_page(path).page
    names = [*HOSTILE, LONG]
    drop_all(page, [["", name] for name in names])
    assert_told(page, "#troubles", names)
    tables = [[f'Thửa;"{head.replace(chr(34), chr(34) * 2)}";Y\n1;many;430000\n', f"{n}.csv"]
              for n, head in enumerate(HEADINGS)]  # fmt: skip
    drop_all(page, tables)
    assert_told(page, "#parcels", HEADINGS)
    properties = [{name: name} for name in [*names, "__proto__", "constructor"]]
    features = [{"type": "Feature", "properties": item, "geometry": None} for item in properties]
    drop_all(page, [[json.dumps({"type": "FeatureCollection", "features": features}), "a.json"]])
    assert_told(page, "#parcels", names)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe, svg[onload]").count() == 0


@pytest.mark.parametrize("policy", ["on", "off"])
def test_the_harness_would_detect_text_of_a_dropped_file_that_runs(
    open_page, rendered, tmp_path, policy
):
    html = with_markup_sink(rendered("planner").read_text("utf-8"))
    path = tmp_path / "planner.html"
    path.write_text(html if policy == "on" else without_policy(html), "utf-8", newline="")
    page = open_page(path).page
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": None}
                for name in HOSTILE]  # fmt: skip
    drop_all(page, [[json.dumps({"type": "FeatureCollection", "features": features}), "a.json"]])
    page.wait_for_timeout(500)
    assert page.locator("#parcels img").count() > 0  # the text became markup
    assert page.evaluate("window.hacked") == (None if policy == "on" else 1)


def drop_all(page, files):
    """Drop files of any name, also of one that no disk would hold."""
    page.evaluate("document.getElementById('troubles').hidden = true")
    page.evaluate(
        """async (files) => {
          const transfer = new DataTransfer();
          for (const [text, name] of files) transfer.items.add(new File([text], name));
          const about = { dataTransfer: transfer, bubbles: true, cancelable: true };
          document.getElementById("map").dispatchEvent(new DragEvent("drop", about));
        }""",
        files,
    )
    page.wait_for_function(HAS_READ)


def test_on_a_phone_the_question_stands_above_the_map_and_the_tabs_below(planner):
    page = planner(size=PHONE)
    tops = [page.locator(item).bounding_box()["y"] for item in (".ask", ".stage", ".tabs")]
    assert tops == sorted(tops)
    assert tops[1] < PHONE[1] / 2
    page.fill("#activity", "may mac")
    page.keyboard.press("Enter")
    assert page.locator("#activity-chosen").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def assert_told(page, where, texts):
    told = "".join(page.locator(where).evaluate_all("nodes => nodes.map(node => node.textContent)"))
    for text in texts:
        assert text in told, text
