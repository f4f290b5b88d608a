"""What a person does with the page, and what the page must never do."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hostile import HOSTILE, hostile_plan

from gis.maps import render_page

PHONE, TABLET, DESKTOP = (390, 844), (768, 1024), (1280, 800)
SMALLEST_TARGET_PX = 44
BOXES = """selector => [...document.querySelectorAll(selector)]
  .filter(node => node.checkVisibility({visibilityProperty: true}))
  .map(node => {
    const box = node.getBoundingClientRect();
    return [node.textContent || node.id, box.left, box.top, box.right, box.bottom];
  })"""
WRITES_TEXT = "node.append(...children.filter((child) => child !== null && child !== undefined));"
WRITES_MARKUP = (
    'for (const child of children) if (typeof child === "string") node.innerHTML += child;'
    " else if (child) node.append(child);"
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')


def shown_sites(page):
    return page.locator("button.site:visible").evaluate_all(
        "buttons => buttons.map(button => button.dataset.site)"
    )


def box(page, selector):
    found = page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


# --- a page that keeps to itself ---------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE])
@pytest.mark.parametrize("address", ["", "#lang=en&site=KCN-2", "#view=table"])
def test_the_page_asks_for_nothing_and_complains_of_nothing(open_page, real_page, size, address):
    watched = open_page(real_page, address, size)
    assert watched.requests == []
    assert watched.complaints == []
    width = watched.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]


def test_using_the_page_asks_for_nothing(open_page, real_page):
    watched = open_page(real_page)
    page = watched.page
    page.fill("#search", "dien tu")
    page.click("button.site:visible >> nth=0")
    page.click("[data-language=en]")
    page.click("#zoom-in")
    page.click("button[data-view=table]")
    assert (watched.requests, watched.complaints) == ([], [])


def test_without_javascript_the_page_says_so_and_gives_its_status(open_page, real_page, real_plan):
    page = open_page(real_page, is_ready=False, java_script_enabled=False).page
    told = page.locator(".without-script").inner_text()
    assert "JavaScript" in told
    assert real_plan.card.status_vi in told


# --- find ---------------------------------------------------------------------------------------


def test_a_search_without_accents_finds_zone_and_cluster(open_page, real_page):
    page = open_page(real_page).page
    page.fill("#search", "diem thuy")
    assert shown_sites(page) == ["KCN-6", "CCN-28"]
    assert page.inner_text("#count") == "2 / 35 khu, cụm · 402 ha"


def test_d_with_stroke_and_composed_letters_fold_alike(open_page, real_page):
    page = open_page(real_page).page
    found = []
    for text in ("Đồng Hỷ", "dong hy", "Đồng Hỷ"):
        page.fill("#search", text)
        found.append(shown_sites(page))
    assert found[0] == found[1] == found[2]
    assert "CCN-20" in found[0]


def test_a_search_that_finds_nothing_says_so(open_page, real_page):
    page = open_page(real_page).page
    page.fill("#search", "zzz")
    assert page.locator("#nothing").is_visible()
    page.click("#reset")
    assert len(shown_sites(page)) == 35


def test_kind_district_and_hectares_filter_and_the_sum_follows(open_page, real_page):
    page = open_page(real_page).page
    assert page.inner_text("#count") == "35 / 35 khu, cụm · 4.930,83 ha"
    page.click("[data-kind=zone]")
    assert page.inner_text("#count") == "28 / 35 khu, cụm · 1.160,83 ha"
    page.select_option("#district", label="Huyện Đại Từ")
    assert shown_sites(page) == ["CCN-09", "CCN-10", "CCN-11", "CCN-12"]
    page.locator("#range-low").focus()
    while page.locator("#range-low").get_attribute("aria-valuetext") != "50 ha":
        page.keyboard.press("ArrowRight")
    assert shown_sites(page) == ["CCN-09", "CCN-11", "CCN-12"]
    assert page.inner_text("#count") == "3 / 35 khu, cụm · 176 ha"


def test_the_map_shows_what_the_list_shows(open_page, real_page):
    page = open_page(real_page).page
    assert page.locator(".site-symbol").count() == 35
    page.fill("#search", "diem thuy")
    assert page.locator(".site-symbol").count() == 2
    assert page.locator("path.site-outline").count() == 2


def test_pointing_at_a_row_marks_its_symbol_and_back(open_page, real_page):
    page = open_page(real_page).page
    page.fill("#search", "kim son")
    page.hover("button.site[data-site=CCN-13]")
    assert page.locator(".site-symbol.pointed").count() == 1
    page.locator(".site-symbol").hover()
    assert "pointed" in page.locator("button.site[data-site=CCN-13]").get_attribute("class")
    assert page.inner_text("#hover-name") == "CCN Kim Sơn · 20 ha"


# --- the card -----------------------------------------------------------------------------------


def test_a_chosen_site_tells_quote_line_and_computed_remainder(open_page, real_page, real_plan):
    page = open_page(real_page).page
    page.click("button.site[data-site=KCN-2]")
    card = page.locator("#card")
    told = card.inner_text()
    site = real_plan.sites["KCN-2"]
    for text in (
        site.name, "220 ha", "129,51 ha", "90,49 ha", f"“{site.area_text}”", "dòng 605",
        site.function_text, f"dòng {site.function_line}", "Danh mục mở", "phường Mỏ Chè",
        "Hình minh họa (nét đứt)", real_plan.card.status_vi,
    ):  # fmt: skip
        assert text in told, text
    assert page.evaluate("document.activeElement.id") == "card-title"


def test_a_site_known_by_district_only_says_so(open_page, real_page):
    page = open_page(real_page, "#site=KCN-7&lang=en").page
    told = page.locator("#card").inner_text()
    assert "commune not known" in told
    assert "district only" in told
    assert "confidence: none" in told
    assert page.locator("path.site-outline.selected.vague").count() == 1


def test_likely_misprints_are_told_with_their_reading(open_page, real_page):
    page = open_page(real_page, "#site=CCN-25&lang=en").page
    told = page.locator("#card").inner_text()
    assert "“chiết xuất ga” is read as “chiết nạp gas”" in told
    assert "2 lots" in told
    page = open_page(real_page, "#site=CCN-28").page
    assert "“chế biến...”: chưa rõ" in page.locator("#card").inner_text()


@pytest.mark.parametrize("by", ["Escape", "button"])
def test_closing_the_card_gives_the_focus_back(open_page, real_page, by):
    page = open_page(real_page).page
    page.click("button.site[data-site=CCN-03]")
    if by == "Escape":
        page.keyboard.press("Escape")
    else:
        page.click("#card .close")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("document.activeElement.dataset.site") == "CCN-03"


def test_a_symbol_opens_the_card_and_marks_its_row(open_page, real_page):
    page = open_page(real_page, "#q=kim+son").page
    page.locator(".site-symbol").click()
    assert page.inner_text("#card-title") == "CCN Kim Sơn, Định Hóa"
    assert page.locator("button.site[aria-current]").get_attribute("data-site") == "CCN-13"


# --- languages and address ---------------------------------------------------------------------


def test_the_language_switch_changes_everything(open_page, real_page, real_plan):
    page = open_page(real_page, "#site=KCN-2").page
    vietnamese = page.locator("body").inner_text()
    page.click("[data-language=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Industrial zones and clusters of Thái Nguyên province"
    assert page.inner_text("#count") == "35 of 35 sites · 4,930.83 ha"
    told = page.locator("body").inner_text()
    for text in ("129.51 ha", "Medical instruments", "Open list", real_plan.card.status_en):
        assert text in told
    for text in ("Danh mục mở", "Bộ lọc", real_plan.card.status_vi):
        assert text not in told
    page.click("[data-language=vi]")
    assert page.locator("body").inner_text() == vietnamese


def test_text_of_the_decision_stays_marked_as_vietnamese(open_page, real_page):
    page = open_page(real_page, "#lang=en&site=KCN-2").page
    assert page.locator("#card blockquote:not([lang=vi])").count() == 0
    assert page.locator("#card-title").get_attribute("lang") == "vi"


def test_an_address_restores_what_was_shown(open_page, real_page):
    page = open_page(real_page).page
    page.click("[data-language=en]")
    page.click("[data-kind=zone]")
    page.fill("#search", "co khi")
    page.select_option("#district", label="Thành phố Thái Nguyên")
    page.click("button.site[data-site=CCN-26]")
    address = page.evaluate("location.hash")
    again = open_page(real_page, address).page
    assert again.evaluate("document.documentElement.lang") == "en"
    assert again.input_value("#search") == "co khi"
    assert shown_sites(again) == shown_sites(page)
    assert again.inner_text("#card-title") == page.inner_text("#card-title")
    assert again.evaluate("location.hash") == address


def test_a_selection_hidden_by_its_own_filters_is_dropped(open_page, real_page):
    page = open_page(real_page, "#site=KCN-2&kind=cluster").page
    assert page.locator("#card").is_hidden()
    assert "site=" not in page.evaluate("location.hash")


@pytest.mark.parametrize(
    "address", ["#site=%00&map=x/y/z&from=1e999&lang=xx&district=a", "?lang=en#%", "#map=99/999/1"]
)
def test_a_broken_address_is_no_trouble(open_page, real_page, address):
    watched = open_page(real_page, address)
    assert len(shown_sites(watched.page)) == 35
    assert watched.complaints == []


# --- the map ------------------------------------------------------------------------------------


def test_symbols_stand_below_zoom_13_and_outlines_above(open_page, real_page):
    far = open_page(real_page, "#map=10/21.6/105.8").page
    assert far.locator(".site-symbol").count() == 35
    assert far.locator("path.site-outline:visible").count() == 0
    near = open_page(real_page, "#map=13/21.5/105.85").page
    assert near.locator(".site-symbol").count() == 0
    assert near.locator("path.site-outline:visible").count() > 0


def test_shape_and_colour_tell_zone_from_cluster(open_page, real_page):
    page = open_page(real_page).page
    assert page.locator(".site-symbol.zone rect").count() == 7
    assert page.locator(".site-symbol.cluster circle").count() == 28
    fill = "node => getComputedStyle(node).fill"
    zone = page.locator("#legend rect.symbol.zone").first.evaluate(fill)
    assert zone != page.locator("#legend circle.symbol.cluster").first.evaluate(fill)


def test_indicative_outlines_are_dashed_and_the_legend_says_what_that_means(open_page, real_page):
    page = open_page(real_page, "#map=13/21.42/105.87").page
    dashes = page.locator("path.site-outline").evaluate_all(
        "paths => paths.map(path => getComputedStyle(path).strokeDasharray)"
    )
    assert len(dashes) == 35
    assert "none" not in dashes
    assert "không chứng minh vị trí hay ranh giới" in page.inner_text("#legend")
    page.click("#legend summary")
    assert "không chứng minh vị trí hay ranh giới" in page.inner_text(".dashed-note")


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE])
@pytest.mark.parametrize(
    "view", ["", "#map=9.5/21.6/105.85", "#map=11/21.5/105.85", "#map=12.25/21.43/105.87"]
)
def test_no_name_covers_a_symbol_or_another_name(open_page, real_page, size, view):
    page = open_page(real_page, view, size).page
    names = page.evaluate(BOXES, ".name.placed")
    symbols = page.evaluate(BOXES, ".site-symbol svg")
    assert len(names) > 3
    assert len(symbols) == 35
    for place, one in enumerate(names):
        for other in [*symbols, *names[place + 1 :]]:
            apart = (
                one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
            )
            assert apart, (one, other)


def test_on_a_desktop_zones_and_districts_are_named_at_once(open_page, real_page, real_plan):
    page = open_page(real_page).page
    assert page.locator(".zone-name.placed").count() == 7
    # the town of Sông Công is all symbols at that scale, and named from the next on
    assert page.locator(".district-name.placed").count() >= len(real_plan.districts) - 1
    page = open_page(real_page, "#map=11/21.6/105.8").page
    assert page.locator(".district-name.placed").count() == len(real_plan.districts)


def test_layers_can_be_switched_off_and_on(open_page, real_page):
    page = open_page(real_page, "#map=11.5/21.5/105.85").page
    counts = {
        "zones": (".site-symbol.zone", 7),
        "clusters": (".site-symbol.cluster", 28),
        "communes": ("path.commune", 180),
        "districts": ("path.district-line", 9),
    }
    for layer, (selector, count) in counts.items():
        assert page.locator(selector).count() == count
        page.uncheck(f"[data-layer={layer}]")
        assert page.locator(selector).count() == 0
    for layer, (selector, count) in counts.items():
        page.check(f"[data-layer={layer}]")
        assert page.locator(selector).count() == count


def test_a_commune_under_the_pointer_is_named_with_its_unit_of_today(open_page, real_page):
    page = open_page(real_page, "#map=11/21.9/106.0").page
    page.mouse.move(800, 400)
    told = page.inner_text("#readout")
    assert "Huyện" in told
    assert "nay (7/2025)" in told


def test_the_tools_zoom_and_show_the_whole_province(open_page, real_page):
    page = open_page(real_page).page
    before = page.evaluate("location.hash")
    page.click("#zoom-in")
    page.wait_for_function("before => location.hash !== before", arg=before)
    page.click("#whole")
    page.wait_for_function("before => location.hash === before", arg=before)
    assert "km" in page.inner_text(".leaflet-control-scale-line")


# --- table and paper ----------------------------------------------------------------------------


def test_the_table_has_the_same_sites_and_sorts(open_page, real_page):
    page = open_page(real_page, "#view=table&kind=zone").page
    rows = page.locator("#table tbody th")
    assert rows.all_inner_texts() == [f"KCN-{number}" for number in range(1, 8)]
    page.click("th.column_hectares button")
    page.click("th.column_hectares button")
    assert rows.first.inner_text() == "KCN-7"
    assert page.locator("th.column_hectares").first.get_attribute("aria-sort") == "descending"
    page.click("#table tbody tr:first-child button")
    assert page.locator("#card").is_visible()
    assert page.locator("#map").is_visible()


def test_paper_has_the_map_then_the_list_with_its_legal_basis(open_page, real_page, real_plan):
    page = open_page(real_page).page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".panel").is_hidden()
    assert page.locator(".masthead-tools").is_hidden()
    assert box(page, "#map")["y"] < box(page, "#table")["y"]
    assert page.locator("#table tbody tr").count() == 35
    assert "QĐ 341/QĐ-UBND, II.3.1, hàng 2, dòng 605" in page.inner_text("#table")
    assert page.locator("#status-on-paper").is_visible()
    symbols = page.evaluate(BOXES, ".site-symbol svg")
    stage = box(page, ".stage")
    assert all(symbol[3] < stage["x"] + stage["width"] for symbol in symbols)
    assert page.pdf().count(b"/Type /Page\n") >= 2


# --- hands, eyes, small screens ------------------------------------------------------------------


def test_the_keyboard_alone_finds_opens_and_closes_a_site(open_page, real_page):
    page = open_page(real_page).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("song cong")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.site')"):
            break
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.dataset.site")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-title"
    page.keyboard.press("Tab")
    assert "close" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.site") == chosen


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("address", ["#site=KCN-2", "#view=table"])
def test_what_can_be_pressed_is_large_enough(open_page, real_page, size, address):
    page = open_page(real_page, address, size).page
    boxes = page.evaluate(BOXES, "button, select, input[type=search], summary, .legend label")
    small = [
        (name, right - left, bottom - top)
        for name, left, top, right, bottom in boxes
        if right - left < SMALLEST_TARGET_PX or bottom - top < SMALLEST_TARGET_PX
    ]
    assert small == []


def test_on_a_phone_the_card_stands_under_the_map_and_the_list_under_the_card(open_page, real_page):
    page = open_page(real_page, size=PHONE, has_touch=True, is_mobile=True).page
    page.locator("button.site[data-site=CCN-28]").tap()
    stage, card, panel = box(page, ".stage"), box(page, "#card"), box(page, ".panel")
    assert stage["y"] + stage["height"] <= card["y"] + 1
    assert card["y"] + card["height"] <= panel["y"] + 1
    assert stage["y"] >= 0  # map and head of the card are both in sight
    assert card["y"] < PHONE[1] - 100
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE])
def test_the_status_line_is_always_in_sight(open_page, real_page, real_plan, size):
    page = open_page(real_page, "#site=KCN-1", size).page
    for _ in range(2):
        found = box(page, ".status")
        assert found["y"] + found["height"] <= size[1] + 1
        assert real_plan.card.status_vi in page.inner_text(".status")
        page.mouse.wheel(0, 900)


# --- hostile text -------------------------------------------------------------------------------


def without_policy(html):
    return POLICY.sub("", html)


def with_markup_sink(html):
    """The page with one line changed for the worse, and its policy told of the change."""
    assert html.count(WRITES_TEXT) == 1
    worse = html.replace(WRITES_TEXT, WRITES_MARKUP)
    for before, after in zip(hashes(html), hashes(worse), strict=True):
        worse = worse.replace(before, after)
    return worse


def hashes(html):
    return [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    ]


@pytest.fixture
def run_hostile(open_page, make_plan, tmp_path):
    """Open the hostile plan's page, changed as asked, and use all of it."""

    def run(change):
        path = tmp_path / "hostile.html"
        path.write_bytes(change(render_page(hostile_plan(make_plan))).encode("utf-8"))
        page = open_page(path).page
        page.click("button.site")
        page.click("button[data-view=table]")
        page.click("button[data-view=map]")
        page.click("[data-language=en]")
        page.wait_for_timeout(200)
        return page

    return run


@pytest.mark.parametrize("change", [str, without_policy], ids=["policy on", "policy off"])
def test_hostile_text_is_shown_verbatim_and_never_runs(run_hostile, change):
    page = run_hostile(change)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    name = page.evaluate("document.getElementById('card-title').textContent")
    assert name == " ".join(HOSTILE)
    assert page.evaluate("document.querySelector('.site-name').textContent") == name
    assert name in page.evaluate("document.getElementById('status').textContent")
    assert name in page.evaluate("document.getElementById('table').textContent")


def test_the_harness_would_notice_text_that_runs(run_hostile):
    page = run_hostile(lambda html: without_policy(with_markup_sink(html)))
    assert page.evaluate("window.hacked") == 1


def test_the_policy_alone_stops_text_that_would_run(run_hostile):
    page = run_hostile(with_markup_sink)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() > 0
