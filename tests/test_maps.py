"""The map page, read without a browser: what is in the file and what never may be."""

from __future__ import annotations

import ast
import base64
import csv
import dataclasses
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import shapely
from conftest import site, square
from fontTools.ttLib import TTFont
from hostile import HOSTILE, LONG, hostile_plan

import gis.maps
from gis.build import Folders, build_all
from gis.checks import RULES
from gis.crs import WGS84, reprojected
from gis.language import Text, say
from gis.maps import PAGE_NAMES, render_page
from gis.maps import labels as labels_module
from gis.maps.drawing import FEATURE_ID, draw, feature_ids, simplified, thinned_to_fit
from gis.maps.fonts import FONTS, letters
from gis.maps.labels import labels as labels_of
from gis.maps.labels import languages
from gis.maps.page import PAGES
from gis.maps.shell import leaflet
from gis.maps.translation import TABLES, each_language
from gis.model import LAYER_OF_KIND
from gis.siting.ranking import matrix
from gis.siting.rulings import index_of, rule_on_site
from gis.tables import Confidence, ListStatus, Place, Provenance, Reading, SiteKind

MAPS = Path(gis.maps.__file__).parent
ASSETS = MAPS / "assets"
LARGEST_PAGE_BYTES = 1_500_000
OSM_TERMS = "https://www.openstreetmap.org/copyright"
IN_PYTHON = {"language_name", "language_short", "without_script"}
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
PLACES = re.compile(r"{\w+}")


class Blocks(HTMLParser):
    """The inline blocks of a page, and every attribute that could make a request."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style", "title"):
            self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found and self.lasttag == self.found[-1][0]:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def handle_endtag(self, tag: str) -> None:
        if self.found and tag == self.found[-1][0]:
            self.lasttag = ""

    def texts(self, tag: str) -> list[str]:
        return [
            text
            for name, attributes, text in self.found
            if name == tag and attributes.get("type") != "application/json"
        ]

    def data(self) -> dict[str, object]:
        """All that the page tells: what it is written of, and what it reads later."""
        blocks = {attributes.get("id"): text for _, attributes, text in self.found}
        at_once, later = (json.loads(blocks[name]) for name in ("page-data", "page-later"))
        assert at_once.pop("later") == list(later)
        assert not at_once.keys() & later.keys()
        return {**at_once, **later}

    def policy(self) -> str:
        [content] = [
            attributes["content"]
            for tag, attributes in self.tags
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        return str(content)


def read_out(page):
    """A page with its letters as they are read; in the file they are spelt in ASCII."""
    spelt = re.sub(r"\\u([0-9a-f]{4})", lambda at: chr(int(at[1], 16)), page)
    return html.unescape(spelt)


def text_of(path):
    return path.read_bytes().decode("utf-8")


@pytest.fixture(scope="module", params=PAGE_NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def page(rendered, name):
    return text_of(rendered(name))


@pytest.fixture(scope="module")
def blocks(page):
    return Blocks(page)


# --- the page as a file -------------------------------------------------------------------------


def test_the_same_plan_gives_the_same_bytes(page, real_plan, name):
    assert render_page(real_plan, name) == page
    assert not re.search(r"[0-9a-f]{32}", Blocks(page).texts("script")[-1])  # folium's random ids


def test_the_page_is_one_light_file(page):
    assert page.isascii()  # which browsers need not decode
    assert len(page.encode("utf-8")) <= LARGEST_PAGE_BYTES


def test_nothing_in_the_page_asks_for_anything(page, blocks):
    fetching = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping"}
    for tag, attributes in blocks.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img"}
        assert not fetching & set(attributes)
        assert not (attributes.get("href") or "#").startswith(("http", "//"))
    for style in blocks.texts("style"):
        assert "url(" not in style
        assert "@import" not in style
    own = blocks.texts("script")[1:]
    named = {address for script in own for address in re.findall(r"https?://[^\s\"']+", script)}
    assert named <= {"http://www.w3.org/2000/svg", OSM_TERMS}  # a name, and a link to press
    assert "sourceMappingURL" not in page


def test_the_policy_names_just_the_inline_blocks(blocks):
    policy = dict(part.split(" ", 1) for part in blocks.policy().split("; "))
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        digests = [hashlib.sha256(text.encode()).digest() for text in blocks.texts(tag)]
        hashes = {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}
        assert set(policy[directive].split()) == hashes
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in blocks.policy()


def test_no_element_carries_a_handler_or_a_style_the_policy_would_block(blocks):
    for tag, attributes in blocks.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag


def test_the_page_has_a_language_a_title_and_can_be_zoomed(blocks):
    assert dict(blocks.tags)["html"]["lang"] == "vi"
    assert blocks.texts("title")[0].strip()
    [viewport] = [
        attributes["content"]
        for tag, attributes in blocks.tags
        if tag == "meta" and attributes.get("name") == "viewport"
    ]
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport


def test_the_page_opens_in_the_first_language_asked_for(rendered, real_plan):
    english = Blocks(text_of(rendered("investor", ("en",))))
    assert dict(english.tags)["html"]["lang"] == "en"
    assert english.data()["language"] == "en"
    assert list(english.data()["labels"]) == ["en"]
    assert english.texts("title")[0] == real_plan.card.title_en


def test_leaflet_must_be_the_release_the_page_was_written_for(monkeypatch):
    monkeypatch.setitem(gis.maps.shell.LEAFLET, "leaflet.js", "0" * 64)
    with pytest.raises(RuntimeError, match="XStatic-Leaflet"):
        leaflet("leaflet.js")


# --- what it says -------------------------------------------------------------------------------


def test_every_site_is_there_with_its_numbers_and_quotes(blocks, real_plan):
    told = {row["id"]: row for row in blocks.data()["sites"]}
    assert list(told) == list(real_plan.sites)
    for site_id, row in told.items():
        stated = real_plan.sites[site_id]
        assert row["stated_ha"] == f"{stated.stated_ha:f}"
        assert row["name"] == stated.name
        assert row["citations"]["area"]["line"] == stated.area_line
        assert row["citations"]["function"]["quote"] == stated.function_text
        assert row["outline"]["provenance"] == "indicative"


def test_the_remainder_without_a_detailed_plan_is_computed(blocks):
    [row] = [row for row in blocks.data()["sites"] if row["id"] == "KCN-2"]
    assert (row["detailed_plan_ha"], row["remainder_ha"]) == ("129.51", "90.49")


def test_the_status_line_is_in_the_page_in_both_languages_and_without_script(page, real_plan):
    assert Blocks(page).data()["plan"]["status"] == {
        "vi": real_plan.card.status_vi,
        "en": real_plan.card.status_en,
    }
    before_data = page[: page.index('id="page-data"')]
    assert real_plan.card.status_vi in html.unescape(before_data)


def test_every_fragment_is_told_with_its_activities(blocks, real_plan):
    told = sum(
        len(item["activities"]) for row in blocks.data()["sites"] for item in row["functions"]
    )
    assert told == len(real_plan.fragments)


def test_activities_are_found_by_all_their_words(blocks, real_plan):
    words = blocks.data()["words"]
    told = words["told"].split(" ")
    for place, activity in enumerate(real_plan.activities.values()):
        names = [
            " ".join(told[int(number, 36)] for number in name.split(" "))
            for name in words["of"][place].split(";")
            if name
        ]
        assert names == [word.replace("*", "").strip() for word in activity.keywords]


def test_communes_carry_the_unit_of_today_or_nothing(blocks, real_plan):
    for row in blocks.data()["communes"]:
        assert row["today"] == real_plan.units[row["code"]].unit_2025_07


def test_a_plan_without_any_outline_is_still_a_page(make_plan):
    plan = make_plan(sites={"KCN-1": (None, site("KCN-1", 5))})
    [row] = Blocks(render_page(plan)).data()["sites"]
    assert row["outline"] is None
    assert row["anchors"] == []


# --- labels -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", sorted(ASSETS.glob("*/labels.csv")), ids=str)
def test_every_label_has_a_text_in_every_language(table):
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        assert {"key", "vi", "en"} <= set(row)
        assert [column for column, text in row.items() if not (text or "").strip()] == [], row


def test_labels_name_the_same_values_in_every_language(name):
    words = labels_of(name)
    assert {"vi", "en"} <= set(words)
    for key, text in words["vi"].items():
        for language in words:
            assert set(re.findall(r"{\w+}", words[language][key])) == set(
                re.findall(r"{\w+}", text)
            ), key


def test_a_page_says_nothing_twice_that_pages_share():
    shared = set(labels_of("shared")["vi"])
    for page_name in PAGE_NAMES:
        own = {row["key"] for row in label_rows(page_name)}
        assert not own & shared


def label_rows(folder):
    with (ASSETS / folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def sources(page_name):
    """The templates and the scripts of a page."""
    kind = PAGES[page_name]
    templates = (kind.template, "shared/document.html", "shared/stage.html")
    return tuple(
        "\n".join((ASSETS / item).read_text(encoding="utf-8") for item in names)
        for names in (templates, kind.scripts)
    )


def test_every_label_a_page_asks_for_exists():
    for page_name in PAGE_NAMES:
        html, script = sources(page_name)
        asked = set(re.findall(r'data-label(?:-[a-z]+)?="([\w-]+)"', html))
        asked |= set(re.findall(r'(?:label|section)\("([\w-]+)"(?!\s*\+)', script))
        assert asked <= set(labels_of(page_name)["vi"]), page_name


def test_labels_made_of_a_value_exist_for_every_value(blocks):
    words = set(blocks.data()["labels"]["vi"])
    made = {f"confidence_{level}" for level in Confidence.__args__}
    made |= {f"provenance_{item}" for item in Provenance}
    made |= {f"legend_units_{item}" for item in (*Provenance, "partly", "absent")}
    made |= set(SiteKind.__args__)
    assert made <= words


def test_labels_of_the_investor_page_exist_for_every_value():
    words = set(labels_of("investor")["vi"])
    made = {f"list_{item}{part}" for item in ListStatus.__args__ for part in ("", "_words")}
    made |= {f"reading_{item}" for item in get_args(Reading.__annotations__["kind"])}
    made |= {f"basis_{item}" for item in get_args(Place.__annotations__["basis"])}
    assert made <= words


def test_no_label_is_idle():
    told = {page_name: "\n".join(sources(page_name)) for page_name in PAGE_NAMES}
    for folder in ("shared", *PAGE_NAMES):
        text = "\n".join(told.values()) if folder == "shared" else told[folder]
        whole = set(re.findall(r'"([\w-]+)"', text)) | IN_PYTHON | set(SiteKind.__args__)
        starts = tuple(re.findall(r'["`]([a-z]\w*_)["$]', text))
        idle = {row["key"] for row in label_rows(folder)} - whole - {f"{folder}_title"}
        assert [key for key in idle if not key.startswith(starts)] == [], folder


def test_a_column_of_labels_is_a_language_of_the_page(rendered):
    assert all({"vi", "en", "ko"} <= set(languages(name)) for name in PAGE_NAMES)
    page = Blocks(text_of(rendered("investor", ("ko", "vi", "en"))))
    assert dict(page.tags)["html"]["lang"] == "ko"
    assert page.data()["labels"]["ko"]["what_build"] == "무엇을 지으려 합니까?"
    assert list(page.data()["labels"]) == ["ko", "vi", "en"]
    policy = dict(part.split(" ", 1) for part in page.policy().split("; "))
    assert policy["font-src"] == "data:"
    assert "font-src" not in Blocks(text_of(rendered("planner"))).policy()


@pytest.fixture(scope="module")
def korean(rendered, name):
    return text_of(rendered(name, ("ko", "vi", "en")))


def test_a_third_language_is_asked_for_or_not_there_at_all(korean, page, real_plan, name):
    assert len(korean.encode("utf-8")) <= LARGEST_PAGE_BYTES
    assert render_page(real_plan, name, ("ko", "vi", "en")) == korean
    assert HANGUL.search(read_out(korean))
    assert not HANGUL.search(read_out(page))
    assert "font-face" not in page


def test_all_that_a_page_tells_it_tells_in_korean_too(korean, name):
    told = list(sentences_in({**Blocks(korean).data(), "labels": None}))
    assert len(told) > 500
    assert [item["en"] for item in told if "ko" not in item] == []


def sentences_in(data):
    """All that stands in several languages, wherever it is in the data."""
    if isinstance(data, dict):
        if {"vi", "en"} <= set(data):
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from sentences_in(item)


def test_the_font_has_every_letter_that_a_page_in_korean_holds_and_no_other(real_plan, korean):
    with TTFont(ASSETS / "fonts" / "ko.woff2") as font:
        drawn = {chr(code) for code in font.getBestCmap()}
    assert set(HANGUL.findall(read_out(korean))) <= drawn
    assert drawn == letters("ko")


def test_a_label_that_a_language_lacks_is_english_and_says_so(monkeypatch):
    whole = labels_module.asset

    def gap(path):
        text = whole(path)
        return text.replace("필지 파일을 여기에 끌어다 놓으십시오", "")

    monkeypatch.setattr(labels_module, "asset", gap)
    words = labels_of.__wrapped__("planner")
    assert words["ko"]["drop_title"] == "Drop a parcel file here [EN]"
    assert words["ko"]["paste"] == "읽기"
    assert all(text for table in words.values() for text in table.values())


def test_a_sentence_without_a_row_is_not_told_in_korean():
    assert each_language(Text("Không có", "No such row")) == {"vi": "Không có", "en": "No such row"}
    whole = say("{site} ghi “{text}”, tức {label}.", "{site} lists “{text}”, that is {label}.",
                site="KCN {label}", text="x", label=Text("lạ", "strange"))  # fmt: skip
    told = each_language(whole)
    assert told["en"] == "KCN {label} lists “x”, that is strange."
    assert told["ko"] == "KCN {label}의 목록에 “x”, 곧 strange 업종이 있습니다."


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_sentences_are_whole_and_stand_for_what_is_said(table, real_plan):
    with (ASSETS / table).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["en"] for row in rows}) == len(rows)
    for row in rows:
        for text in row.values():
            assert text.strip()
            assert set(PLACES.findall(text)) == set(PLACES.findall(row["en"])), row
    assert {row["en"] for row in rows} <= (
        said_by_the_program() if "sentences" in table else set(told_by(real_plan))
    )


def said_by_the_program():
    """Every constant text of the program, and the first line of what each rule says it checks."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MAPS.parent.rglob("*.py")]
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return texts | {rule.title.en for rule in RULES}


def told_by(plan):
    """The English of a plan's own names and sentences."""
    card = plan.card
    yield from (card.title_en, card.province_en, card.status_en)
    yield from (item.label_en for item in (*plan.activities.values(), *plan.codes))
    yield from (site.note_en for site in plan.sites.values())
    yield from (place.sentence_en for place in plan.places)
    for layer in LAYER_OF_KIND.values():
        yield from plan.layers[layer].frame["note_en"]
    yield from (item.subject_en for item in plan.indicators)
    yield from (item.reading_en for item in card.judgements)


@pytest.mark.parametrize("language", sorted(FONTS))
def test_the_font_of_a_language_has_every_letter_of_its_labels_and_names_its_licence(language):
    with TTFont(ASSETS / "fonts" / f"{language}.woff2") as font:
        drawn = {chr(code) for code in font.getBestCmap()}
        assert letters(language) <= drawn
        assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE" in (ASSETS / "fonts" / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("tolerance_m2", "is_found"), [(None, True), (5000.0, False)])
def test_the_planner_page_shows_the_findings_of_the_build_and_their_tolerance(
    make_plan, tmp_path, tolerance_m2, is_found
):
    drawn = {"KCN-1": square(0, 0), "KCN-2": square(80, 0)}  # they share 20 by 100 m: 2,000 m2
    plan = make_plan({name: (shape, site(name)) for name, shape in drawn.items()})
    build_all(plan, Folders.below(tmp_path), tolerance_m2, lambda _: None)
    data = Blocks((tmp_path / "maps" / "planner.html").read_text(encoding="utf-8")).data()
    assert data["checked"]["tolerance_m2"] == (100 if tolerance_m2 is None else 5000)
    overlaps = [item for item in data["findings"] if item["theme"] == "overlaps"]
    assert bool(overlaps) == is_found


# --- outlines -----------------------------------------------------------------------------------


def test_outlines_carry_an_id_of_our_making_and_nothing_else(real_plan):
    drawing = draw(real_plan, feature_ids(real_plan))
    assert {name: len(rows["features"]) for name, rows in drawing.collections.items()} == {
        "zones": 7,
        "clusters": 28,
        "communes": 180,
        "districts": 9,
        "province": 1,
    }
    for collection in drawing.collections.values():
        for feature in collection["features"]:
            assert FEATURE_ID.match(feature["id"])
            assert feature["properties"] == {}
    assert set(drawing.collections["zones"]["features"][0]) == {
        "type", "id", "properties", "geometry",
    }  # fmt: skip


def test_outlines_are_in_degrees_where_the_province_is(real_plan):
    drawing = draw(real_plan, feature_ids(real_plan))
    province = shapely.from_geojson(
        json.dumps(drawing.collections["province"]["features"][0]["geometry"])
    )
    west, south, east, north = province.bounds
    assert 105.4 < west < east < 106.3
    assert 21.2 < south < north < 22.1


def test_communes_thinned_together_leave_no_gap(real_plan):
    shapes = real_plan.layers["communes"].frame.geometry.to_numpy()
    assert shapely.coverage_is_valid(simplified(shapes))


def test_outlines_that_are_measured_on_are_those_of_the_plan_to_a_centimetre(real_plan):
    drawing = draw(real_plan, feature_ids(real_plan), exact=True)
    assert drawing.off_m2 == 0
    for layer in ("communes", "zones"):
        frame = real_plan.layers[layer].frame
        ids = feature_ids(real_plan)[layer]
        drawn = {row["id"]: row["geometry"] for row in drawing.collections[layer]["features"]}
        shapes = np.array(
            [shapely.from_geojson(json.dumps(drawn[ids[key]])) for key in frame.index]
        )
        back = reprojected(shapes, WGS84, real_plan.card.crs)
        before, after = (shapely.get_coordinates(item) for item in (frame.geometry, back))
        assert np.abs(before - after).max() < 0.01


def test_what_is_thinned_to_fit_says_the_most_it_changed(real_plan):
    shapes = real_plan.layers["communes"].frame.geometry.to_numpy()
    assert thinned_to_fit(shapes)[1] == 0
    thinned, off_m2 = thinned_to_fit(shapes, 6000)
    assert shapely.get_num_coordinates(thinned).sum() <= 6000
    assert shapely.coverage_is_valid(thinned)
    parcels = shapely.buffer(shapely.centroid(shapes), 3000)
    for cell, other in zip(shapes, thinned, strict=True):
        shared = shapely.area(shapely.intersection(parcels, cell))
        kept = shapely.area(shapely.intersection(parcels, other))
        assert np.abs(shared - kept).max() <= off_m2
    assert off_m2 > 0


def test_sites_are_shown_as_they_were_drawn(real_plan):
    drawing = draw(real_plan, feature_ids(real_plan))
    frame = real_plan.layers["zones"].frame
    drawn = {row["id"]: row["geometry"] for row in drawing.collections["zones"]["features"]}
    shown = shapely.from_geojson(json.dumps(drawn["zone-2"]))
    assert shapely.get_num_coordinates(shown) == shapely.get_num_coordinates(
        frame.geometry["KCN-2"]
    )


def test_neighbouring_districts_have_different_tints(real_plan):
    ids = feature_ids(real_plan)
    tints = draw(real_plan, ids).tints
    frame = real_plan.layers["districts"].frame
    for one, shape in frame.geometry.items():
        for other in frame.index[frame.geometry.intersects(shape)]:
            if one != other:
                assert tints[ids["districts"][one]] != tints[ids["districts"][other]]


# --- hostile text -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_html(make_plan):
    plan = hostile_plan(make_plan)
    return {name: render_page(plan, name) for name in PAGE_NAMES}


@pytest.mark.parametrize("text", [*HOSTILE, pytest.param(LONG, id="ten kilobytes")])
def test_hostile_text_survives_in_the_data_and_is_not_evaluated(hostile_html, text):
    read = Blocks(hostile_html["investor"])
    [row] = read.data()["sites"]
    quote = row["citations"]["function"]["quote"]
    for told in (row["name"], row["place"], row["note"]["vi"], quote):
        assert text in told
    assert text in row["functions"][0]["activities"][0]["vi"]
    assert text in read.data()["communes"][0]["name"]
    assert text in read.data()["plan"]["status"]["vi"]
    [point] = Blocks(hostile_html["planner"]).data()["craft_points"]
    assert all(text in point[told] for told in ("name", "trade", "source"))


def test_who_holds_a_lot_stays_in_the_register(make_plan):
    told = {"lot": "lot-of-one", "tenant": "held-by-one", "source": "book-of-one"}
    plan = hostile_plan(make_plan, "calm")
    plan = dataclasses.replace(plan, occupancy=(plan.occupancy[0]._replace(**told),))
    for page in (render_page(plan, name) for name in PAGE_NAMES):
        assert not [text for text in told.values() if text in page]
        assert '"free_ha":"2"' in page


def test_hostile_text_adds_no_element_and_no_line_end_to_the_page(make_plan, hostile_html, name):
    page = hostile_html[name]
    calm = render_page(make_plan(sites={"KCN-1": (square(10, 10, 30), site("KCN-1"))}), name)
    assert sorted({tag for tag, _ in Blocks(page).tags}) == sorted(
        {tag for tag, _ in Blocks(calm).tags}
    )
    for block in ('id="page-data">', 'id="page-later">'):
        start = page.index(block) + len(block)
        data = page[start : page.index("</script>", start)]
        assert not set("<>&\u2028\u2029\x00\n") & set(data)


def test_no_text_of_the_plan_reaches_a_script_that_runs(hostile_html, name):
    for script in Blocks(hostile_html[name]).texts("script")[1:]:
        assert "hacked" not in script


# --- house rules of this room -------------------------------------------------------------------


def test_no_folium_sink_is_used():
    banned = {"Popup", "Tooltip", "GeoJsonPopup", "GeoJsonTooltip", "Icon", "DivIcon", "Marker",
              "LayerControl", "Html", "IFrame", "explore", "plugins", "add_js_link",
              "add_css_link"}  # fmt: skip
    for path in sorted(MAPS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {getattr(node, "attr", ""), getattr(node, "id", "")}
            if isinstance(node, ast.ImportFrom):
                names |= {alias.name for alias in node.names} | set((node.module or "").split("."))
            assert not names & banned, f"{path.name}: {names & banned}"


def test_the_scripts_write_text_and_never_markup():
    sinks = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
             "new Function", "bindPopup", "bindTooltip", "srcdoc", "setHTML")  # fmt: skip
    for path in sorted(ASSETS.glob("*/*.js")):
        text = path.read_text(encoding="utf-8")
        assert not [sink for sink in sinks if sink in text], path.name
        assert "Date" not in text
        assert "random" not in text


@pytest.mark.parametrize("page_name", PAGE_NAMES)
def test_the_scripts_of_a_page_give_no_name_twice(page_name):
    named = re.findall(
        r"^(?:async )?(?:function|const|let|class) (\w+)", sources(page_name)[1], re.M
    )
    assert [item for item in sorted(set(named)) if named.count(item) > 1] == []


def test_no_javascript_stands_inside_python():
    for path in sorted(MAPS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "function(" not in text
        assert "document." not in text


# --- a map of the world below -------------------------------------------------------------------


def test_with_a_basemap_the_policy_admits_that_one_host_and_the_page_says_so(rendered):
    page = text_of(rendered("planner", ("en",), "osm"))
    policy = dict(part.split(" ", 1) for part in Blocks(page).policy().split("; "))
    assert policy["img-src"] == "data: https://tile.openstreetmap.org"
    assert policy["default-src"] == "'none'"
    assert "connect-src" not in policy
    assert set(re.findall(r"https://tile[\w.-]*", page)) == {"https://tile.openstreetmap.org"}
    assert "asks tile.openstreetmap.org" in page


def test_without_a_basemap_no_tile_host_is_named(page):
    assert "https://tile" not in page


# --- verdicts -----------------------------------------------------------------------------------


def test_the_verdicts_in_the_page_are_those_of_the_matrix(rendered, real_plan):
    told = Blocks(text_of(rendered("investor"))).data()
    sites = [row["id"] for row in told["sites"]]
    names = [row["id"] for row in told["activities"]]
    shown = {
        (names[row], sites[column]): told["verdicts"][told["rulings"][ruling][0]]["verdict"]
        for row, rulings in enumerate(told["matrix"])
        for column, ruling in enumerate(rulings)
    }
    expected = {(row.activity_id, row.site_id): row.verdict for row in matrix(real_plan)}
    assert shown == expected
    assert len(shown) == len(real_plan.activities) * len(real_plan.sites)


def sentence(told, place, lang, own):
    """A sentence as the page puts it together from its pattern, its values and names."""
    pattern, *values = told["sentences"][place]
    text = re.sub(
        r"{(\d+)}", lambda at: said(values[int(at[1])], lang), told["patterns"][pattern][lang]
    )
    names = [item[lang] for item in told["activities"]]
    return re.sub("\ue000(\\d*)\ue001", lambda at: names[int(at[1])] if at[1] else own, text)


def said(value, lang):
    return value if isinstance(value, str) else value[lang]


def test_the_sentences_in_the_page_are_those_of_the_ruling(rendered, real_plan):
    told = Blocks(text_of(rendered("investor"))).data()
    index = index_of(real_plan)
    for row, activity in enumerate(real_plan.activities.values()):
        for column, here in enumerate(real_plan.sites.values()):
            _, reasons, flags, _ = told["rulings"][told["matrix"][row][column]]
            ruling = rule_on_site(index, here, activity.activity_id)
            for lang, name in (("vi", activity.label_vi), ("en", activity.label_en)):
                sentences = [
                    sentence(told, place, lang, name)
                    for place in (
                        *(told["reasons"][item][1] for item in reasons),
                        *(told["flags"][item][1] for item in flags),
                    )
                ]
                expected = [item.text.in_(lang) for item in (*ruling.reasons, *ruling.flags)]
                assert sentences == expected
            quotes = [told["citations"][told["reasons"][item][0]]["quote"] for item in reasons]
            assert quotes == [item.citation.quote for item in ruling.reasons]
