"""Both pages in Korean, on a machine without Korean letters: used, read and drawn."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from fontTools.ttLib import TTFont

from browser.conftest import DESKTOP, PHONE
from browser.test_pages import STATES, violations
from gis.maps import PAGE_NAMES

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
HECTARE = "A;1;2375000;440700\nA;2;2375000;440800\nA;3;2375100;440800\nA;4;2375100;440700\n"
# every text of the page, shown or not, and what is read out or stands in empty boxes
ALL_TEXT = """() => {
  const attributes = ["placeholder", "title", "aria-label"];
  const told = [...document.querySelectorAll("*")].flatMap(
    node => attributes.map(name => node.getAttribute(name) ?? ""));
  return [document.title, document.body.textContent, ...told].join(" ");
}"""
WITHOUT_FONT = """() => [...document.body.querySelectorAll("*")]
  .filter(node => !getComputedStyle(node).fontFamily.includes("tngis ko"))
  .map(node => node.outerHTML.slice(0, 80))"""
# each text once in each kind of letter: what it is drawn with depends on no more
MARK_HANGUL = """() => {
  const marked = new Map();
  for (const row of document.querySelectorAll(".row")) row.style.contentVisibility = "visible";
  for (const node of document.body.querySelectorAll("*")) {
    node.removeAttribute("data-drawn");
    const own = [...node.childNodes].filter(child => child.nodeType === 3);
    const text = own.map(child => child.data).join("");
    const isDrawn = node.checkVisibility({visibilityProperty: true})
      && node.getClientRects().length > 0;
    if (isDrawn && /[\\uac00-\\ud7a3]/.test(text) && !["SCRIPT", "OPTION"].includes(node.tagName)) {
      const { font, fontVariant, textTransform } = getComputedStyle(node);
      const key = JSON.stringify([text, node.lang, font, fontVariant, textTransform]);
      if (!marked.has(key)) node.setAttribute("data-drawn", "");
      marked.set(key, text);
    }
  }
  return [...marked.values()];
}"""


@pytest.fixture
def korean(rendered):
    """The file of a page in three languages; it opens in Korean."""
    return lambda name: rendered(name, ("ko", "vi", "en"))


@pytest.fixture(scope="session")
def carried():
    """The letters that the font of the pages can draw."""
    with TTFont(str(files("gis.maps") / "assets" / "fonts" / "ko.woff2")) as font:
        return {chr(code) for code in font.getBestCmap()}


@pytest.fixture(params=PAGE_NAMES)
def name(request):
    return request.param


def in_korean(state):
    return state.replace("lang=en&", "").replace("lang=en", "")


@SIZES
def test_every_letter_drawn_is_one_that_the_page_carries(visit, korean, carried, name, size):
    for state in STATES[name]:
        watched = visit(korean(name), in_korean(state), size)
        page = watched.page
        assert (watched.requests, watched.complaints) == ([], []), state
        assert set(HANGUL.findall(page.evaluate(ALL_TEXT))) <= carried, state
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], state
        assert page.evaluate(WITHOUT_FONT) == [], state  # also of what stands in empty boxes
        texts = page.evaluate(MARK_HANGUL)
        assert len(texts) > 20, state
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-drawn]"})
        for node, text in zip(found["nodeIds"], texts, strict=True):
            used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            own = sum(font["glyphCount"] for font in used if font["isCustomFont"])
            assert own >= len(HANGUL.findall(text)), (state, text, used)
        session.detach()


@SIZES
def test_axe_finds_no_barrier_in_korean(visit, korean, name, size):
    # colours are those of every language, and are looked at in this one where pages are widest
    for state in STATES[name]:
        page = visit(korean(name), in_korean(state), size).page
        assert violations(page, color_contrast=size == DESKTOP) == [], state


def test_an_investor_finds_a_site_and_reads_its_verdict_in_korean(visit, korean):
    page = visit(korean("investor")).page
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert page.title() == "타이응우옌성 산업단지와 산업클러스터"
    assert "35곳 중 35곳 · 4,930.83 ha" in page.inner_text("#count")
    page.fill("#search", "전자")
    assert 0 < page.locator("button.site").count() < 35
    page.fill("#search", "")
    page.fill("#activity", "2610")
    assert "2610 – 전자 부품과 기판" in page.inner_text("#activity-options")
    page.fill("#activity", "의류")
    assert page.inner_text("#activity-options li:first-child .option-text") == "의류 봉제"
    page.keyboard.press("Enter")
    assert page.inner_text(".group:first-child h3") == "목록에 있음"
    assert (
        page.locator(".group")
        .first.evaluate("node => node.nextSibling.textContent")
        .startswith("KCN Nam Phổ Yên200 ha산업단지")
    )
    page.click('[data-site="KCN-6"]')
    card = page.inner_text("#card")
    assert "이곳으로 유도됨" in card
    assert "결정문이 서로 모순됩니다: II.2.3a ¶2 조항은 의류 봉제 업종을 KCN Điềm Thụy" in card
    assert "QĐ 341/QĐ-UBND, II.2.3a ¶2, 337째 줄" in card
    assert "[EN]" not in card
    assert page.locator("#card blockquote").first.get_attribute("lang") == "vi"


def test_a_key_that_ends_a_syllable_picks_nothing(visit, korean, name):
    page = visit(korean(name)).page
    page.fill("#activity", "의류")
    page.evaluate(
        "document.getElementById('activity').dispatchEvent(new KeyboardEvent("
        "'keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert page.input_value("#activity") == "의류"
    assert page.locator("#activity-options").is_visible()


def test_a_planner_asks_drops_and_reads_in_korean(visit, korean):
    page = visit(korean("planner")).page
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert page.title() == "타이응우옌성 산업단지·산업클러스터 계획 작업대"
    page.fill("#activity", "섬유 기계")
    page.keyboard.press("Enter")
    assert page.inner_text("#activity-name") == "섬유 기계"
    page.click(".paste summary")
    page.fill(
        "#pasted",
        "A;1;2375000;440700\nA;2;2375000;440800\nA;3;2375100;440800\nA;4;2375100;440700\n",
    )
    page.click("#paste")
    card = page.inner_text("#card")
    assert "1.00 ha" in card
    assert "EPSG:9213 격자에서 10,000.0 m²" in card
    assert "업종: 섬유 기계" in card
    assert "알 수 없음 현지 기준" in " ".join(card.split())
    assert "[EN]" not in card
    page.click("#tab-ledger")
    assert "사(xã) 180곳 중 180곳" in page.inner_text("#ledger-count")
    page.click("#tab-findings")
    assert "검사 결과" in page.inner_text("#finding-count")


def test_the_switch_names_korean_and_changes_all_of_a_page(visit, korean, name):
    page = visit(korean(name), "#lang=vi").page
    button = page.locator("[data-language=ko]")
    assert button.inner_text().split()[0] == "한국어"
    assert not HANGUL.search(page.title())
    button.click()
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert HANGUL.search(page.title())
    assert "효력:" in page.inner_text(".status")


def test_what_korean_lacks_is_told_in_english_and_marked(korean, open_page, tmp_path):
    html = korean("investor").read_text(encoding="utf-8")
    at_once, later = re.findall(r'id="page-(?:data|later)">(.*?)</script>', html, re.DOTALL)
    told, told_later = json.loads(at_once), json.loads(later)
    [garments] = [item for item in told["activities"] if item["id"] == "garments"]
    for item in (garments, *told_later["patterns"]):
        del item["ko"]
    path = tmp_path / "gaps.html"
    html = html.replace(at_once, json.dumps(told)).replace(later, json.dumps(told_later))
    path.write_text(html, encoding="utf-8")
    page = open_page(path, "#build=garments&site=KCN-6").page
    assert page.inner_text("#chosen span[lang=en]") == "Garments [EN]"
    told = page.inner_text("#card .quotation p span[lang=en]").split("\n")[0]
    assert told.startswith("II.2.3a ¶2 encourages Garments")
    assert told.endswith("[EN]")
