"""What an investor does with the page: find, look, decide."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import pytest
import shapely

from browser.conftest import DESKTOP, PHONE, PRINTED_PAGE, TABLET
from gis.errata import read_errata
from gis.siting.ranking import matrix

BOXES = """selector => [...document.querySelectorAll(selector)]
  .filter(node => node.checkVisibility({visibilityProperty: true}))
  .map(node => {
    const box = node.getBoundingClientRect();
    return [node.textContent || node.id, box.left, box.top, box.right, box.bottom];
  })"""


def shown_sites(page):
    return page.locator("button.site:visible").evaluate_all(
        "buttons => buttons.map(button => button.dataset.site)"
    )


def box(page, selector):
    found = page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


def chosen(page):
    return page.locator("#chosen button").evaluate_all(
        "buttons => buttons.map(button => button.dataset.activity)"
    )


def printed_pages(page):
    return page.pdf(prefer_css_page_size=True).count(PRINTED_PAGE)


@pytest.fixture
def at(visit, real_page):
    """The investor page at an address, in a window that tests share."""
    return lambda address="", size=DESKTOP: visit(real_page, address, size).page


# --- find: the search box -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("diem thuy", ["KCN-6", "CCN-28"]),
        ("Đồng Hỷ", ["CCN-20", "CCN-21", "CCN-22", "CCN-23", "CCN-24"]),
        ("dong hy", ["CCN-20", "CCN-21", "CCN-22", "CCN-23", "CCN-24"]),
    ],
)
def test_a_search_needs_no_accents_and_no_composed_letters(at, text, first):
    page = at()
    page.fill("#search", unicodedata.normalize("NFD", text))
    decomposed = shown_sites(page)
    page.fill("#search", text)
    found = shown_sites(page)
    assert found == decomposed
    assert set(first) <= set(found)
    assert page.inner_text("#count").startswith(f"{len(found)} / 35 khu, cụm")


@pytest.mark.parametrize(
    "text", ["KCN-2", "Mỏ Chè", "ba xuyen", "Thị xã Sông Công", "garments", "may mặc", "quần áo"]
)
def test_one_box_finds_names_places_of_then_and_now_and_activities_by_any_word(at, text):
    page = at()
    page.fill("#search", text)
    assert "KCN-2" in shown_sites(page)


def test_a_search_that_finds_nothing_says_so(at):
    page = at()
    page.fill("#search", "zzz")
    assert page.locator("#nothing").is_visible()
    assert page.locator(".site-symbol").count() == 0
    page.click("#reset")
    assert len(shown_sites(page)) == 35


def test_a_search_for_an_activity_offers_to_build_it(at):
    page = at()
    page.fill("#search", "may mac")
    page.click("#hint button >> nth=0")
    assert chosen(page) == ["garments"]
    assert page.input_value("#search") == ""
    assert page.locator("#verdict-bar").is_visible()


def test_kind_district_and_hectares_filter_and_the_sum_follows(at):
    page = at()
    assert page.inner_text("#count") == "35 / 35 khu, cụm · 4.930,83 ha"
    page.click("[data-kind=zone]")
    assert page.inner_text("#count") == "28 / 35 khu, cụm · 1.160,83 ha"
    page.locator("#more-filters").evaluate("node => { node.open = true; }")
    page.select_option("#district", label="Huyện Đại Từ")
    assert shown_sites(page) == ["CCN-09", "CCN-10", "CCN-11", "CCN-12"]
    page.locator("#range-low").focus()
    while page.locator("#range-low").get_attribute("aria-valuetext") != "50 ha":
        page.keyboard.press("ArrowRight")
    assert shown_sites(page) == ["CCN-09", "CCN-11", "CCN-12"]
    assert page.inner_text("#count") == "3 / 35 khu, cụm · 176 ha"
    assert page.locator(".site-symbol").count() == 3
    assert page.inner_text("#filter-count") == "2"


def test_land_nobody_recorded_is_said_in_words(at):
    page = at("#land=unrecorded&site=KCN-6")
    assert len(shown_sites(page)) == 35
    assert "Đất còn trống: chưa ghi nhận" in page.inner_text("#card")
    page.select_option("#land", "free")
    assert shown_sites(page) == []


# --- find: what will you build? ------------------------------------------------------------------


def test_a_person_types_det_may_picks_it_reads_the_list_and_opens_a_site(at, real_plan):
    page = at()
    page.click("#activity")
    page.keyboard.type("det may")
    option = page.locator("#activity-options li").first
    assert option.locator(".option-text").inner_text().lower() == "dệt"
    assert "dệt may" in option.locator(".option-detail").inner_text()
    option.click()
    assert chosen(page) == ["weaving"]
    expected = {
        row.site_id: row.verdict for row in matrix(real_plan) if row.activity_id == "weaving"
    }
    groups = page.locator("#sites .group h3").all_inner_texts()
    assert groups[:2] == ["Có trong danh mục", "Được định hướng đến"]
    assert shown_sites(page)[0] == "KCN-1"
    for verdict in set(expected.values()):
        count = list(expected.values()).count(verdict)
        assert page.locator(f".verdict-box.{verdict} .verdict-count").inner_text() == str(count)
        assert page.locator(f".site-symbol svg.{verdict}").count() == count
    page.click("button.site[data-site=KCN-6]")
    told = page.locator(".verdict-part").inner_text()
    for text in ("Được định hướng đến", "II.2.3a ¶2, dòng 337", "Đầu tư liên hợp sợi, dệt, nhuộm",
                 "Mâu thuẫn", "bảng 3.1 hàng 6"):  # fmt: skip
        assert text in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2610", "electronic-components"), ("C 14", "garments"), ("14.1", "garments")],
)
def test_an_activity_is_found_by_its_code(at, text, expected):
    page = at()
    page.fill("#activity", text)
    said = page.locator("#activity-options li .option-detail").first.inner_text()
    assert re.search(r"(VSIC 20..|ISIC Rev.4) (26|14)", said)
    page.locator("#activity-options li").first.click()
    assert chosen(page) == [expected]


def test_before_anything_is_typed_the_box_offers_what_most_sites_list(at):
    page = at()
    page.click("#activity")
    assert page.locator("#activity-options li").count() == 8
    page.keyboard.press("Escape")
    assert page.locator("#activity-options").is_hidden()


@pytest.mark.parametrize("mode", ["any", "all"])
def test_of_several_activities_any_or_all_must_fit(at, real_plan, mode):
    order = ["listed", "directed", "open-list", "unknown", "not-listed", "limited-or-forbidden"]
    rows = {(row.activity_id, row.site_id): row.verdict for row in matrix(real_plan)}
    pick = min if mode == "any" else max
    names = ("weaving", "garments", "cement")
    page = at(f"#build={','.join(names)}")
    if mode == "all":
        page.check("#mode input[value=all]")
    shown = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('button.site')].map(button => "
        "[button.dataset.site, button.querySelector('.site-mark svg').classList[1]]))"
    )
    assert shown == {
        site: order[pick(order.index(rows[name, site]) for name in names)]
        for site in real_plan.sites
    }


def test_a_verdict_can_be_hidden_and_the_page_says_what_is_left_out(at):
    page = at("#build=weaving")
    before = len(shown_sites(page))
    page.click(".verdict-box.not-listed")
    count = int(page.inner_text(".verdict-box.not-listed .verdict-count"))
    assert len(shown_sites(page)) == before - count == page.locator(".site-symbol").count()
    assert page.evaluate("document.activeElement.dataset.verdict") == "not-listed"
    assert page.get_attribute(".verdict-box.not-listed", "aria-pressed") == "false"
    page.click("button[data-view=table]")
    assert "không kể: Không có trong danh mục" in page.inner_text("#asked")


def test_every_verdict_shown_is_that_of_the_matrix(at, real_plan):
    page = at("#view=table")
    rows = {(row.activity_id, row.site_id): row.verdict for row in matrix(real_plan)}
    names = list(real_plan.activities)
    told = {}
    for start in range(0, len(names), 6):
        page = at(f"#view=table&build={','.join(names[start : start + 6])}")
        told |= page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('#table td .verdict-tag')].map("
            "tag => { const cell = tag.closest('td');"
            " return [cell.className.slice(8) + ' ' + cell.parentNode.querySelector('[data-open]')"
            ".dataset.open, tag.classList[1]]; }))"
        )
    assert told == {f"{name} {site}": verdict for (name, site), verdict in rows.items()}


# --- look: card ----------------------------------------------------------------------------------


def test_the_card_tells_everything_with_the_line_it_comes_from(at, real_plan):
    page = at()
    page.click("button.site[data-site=KCN-2]")
    told = page.locator("#card").inner_text()
    site = real_plan.sites["KCN-2"]
    for text in (
        "KCN Sông Công I", "220 ha", "129,51 ha", "90,49 ha", f"“{site.area_text}”", "dòng 605",
        site.function_text, f"dòng {site.function_line}", "Danh mục mở", "phường Mỏ Chè",
        "Hình minh họa (nét đứt)", real_plan.card.status_vi,
    ):  # fmt: skip
        assert text in told, text
    for item in real_plan.fragments_of("KCN-2"):
        label = real_plan.activities[item.activity_id]
        assert item.text in told
        assert label.label_vi in told
        assert label.label_en in told
    assert page.evaluate("document.activeElement.id") == "card-title"


def test_the_card_tells_where_the_decision_contradicts_itself(at):
    told = at("#site=KCN-6&lang=en").locator("#card").inner_text()
    assert "Where the decision contradicts itself" in told
    assert "II.2.3a ¶2 directs" in told
    assert "yet the closed list in table 3.1 row 6 lacks it" in told
    assert "Garments" in told


def test_a_site_known_by_district_only_says_so(at):
    page = at("#site=KCN-7&lang=en")
    told = page.locator("#card").inner_text()
    assert "commune not known" in told
    assert "district only" in told
    assert "confidence: none" in told
    assert page.locator("path.site-outline.selected.vague").count() == 1


def test_likely_misprints_are_told_with_their_reading(at):
    told = at("#site=CCN-25&lang=en").locator("#card").inner_text()
    assert "“chiết xuất ga” is read as “chiết nạp gas”" in told
    assert "2 lots" in told
    assert "“chế biến...”: chưa rõ" in at("#site=CCN-28").locator("#card").inner_text()


@pytest.mark.parametrize("by", ["Escape", "button"])
@pytest.mark.parametrize("view", ["map", "table"])
def test_closing_the_card_gives_the_focus_back(at, by, view):
    page = at(f"#view={view}")
    opener = "button.site[data-site=CCN-03]" if view == "map" else "#table [data-open=CCN-03]"
    page.click(opener)
    assert page.locator("#card").is_visible()
    if by == "Escape":
        page.keyboard.press("Escape")
    else:
        page.click("#card .close")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("selector => document.activeElement.matches(selector)", opener)


def test_a_symbol_opens_the_card_and_marks_its_row(at):
    page = at("#q=kim+son")
    page.locator(".site-symbol").click()
    assert page.inner_text("#card-title") == "CCN Kim Sơn, Định Hóa"
    assert page.locator("button.site[aria-current]").get_attribute("data-site") == "CCN-13"


# --- languages and address ---------------------------------------------------------------------


def whole_text(page):
    """All that stands on the page, also in rows that are drawn as they are scrolled to."""
    page.evaluate(
        "document.querySelectorAll('.row').forEach(row => row.style.contentVisibility = 'visible')"
    )
    return page.locator("body").inner_text()


def test_the_language_switch_changes_everything(at, real_plan):
    page = at("#site=KCN-2&build=garments")
    vietnamese = whole_text(page)
    page.click("[data-language=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Industrial zones and clusters of Thái Nguyên province"
    assert page.inner_text("#count") == "35 of 35 sites · 4,930.83 ha"
    told = whole_text(page)
    for text in ("129.51 ha", "Medical instruments", "Open list", real_plan.card.status_en,
                 "KCN Sông Công I lists “may mặc”, that is Garments."):  # fmt: skip
        assert text in told
    for text in ("Danh mục mở", "Bộ lọc", real_plan.card.status_vi, "Kết luận"):
        assert text not in told
    page.click("[data-language=vi]")
    assert whole_text(page) == vietnamese


def test_text_of_the_decision_stays_marked_as_vietnamese(at):
    page = at("#lang=en&site=KCN-2")
    assert page.locator("#card blockquote:not([lang=vi])").count() == 0
    assert page.locator("#card-title").get_attribute("lang") == "vi"


def test_a_shared_link_restores_all_that_was_shown(at, open_page, real_page):
    page = at()
    page.click("[data-language=en]")
    page.fill("#activity", "mechanical")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.click("[data-kind=zone]")
    page.fill("#search", "co khi")
    page.locator("#more-filters").evaluate("node => { node.open = true; }")
    page.select_option("#district", label="Thành phố Thái Nguyên")
    page.click("[data-star=CCN-26]")
    page.click("button.site[data-site=CCN-26]")
    address = page.evaluate("location.hash")
    again = open_page(real_page, address).page
    assert again.evaluate("document.documentElement.lang") == "en"
    assert again.input_value("#search") == "co khi"
    assert chosen(again) == chosen(page) != []
    assert shown_sites(again) == shown_sites(page)
    assert again.inner_text("#card-title") == page.inner_text("#card-title")
    assert again.get_attribute("#sites [data-star=CCN-26]", "aria-pressed") == "true"
    assert again.evaluate("location.hash") == address


def test_a_selection_hidden_by_its_own_filters_is_dropped(at):
    page = at("#site=KCN-2&kind=cluster")
    assert page.locator("#card").is_hidden()
    assert "site=" not in page.evaluate("location.hash")


@pytest.mark.parametrize(
    "address",
    [
        "#site=%00&map=x/y/z&from=1e999&lang=xx&district=a&build=zz,&short=a,b&view=x&without=q",
        "#%",
        "#map=99/999/1&mode=most&land=q",
    ],
)
def test_a_broken_address_is_no_trouble(visit, real_page, address):
    watched = visit(real_page, address)
    assert len(shown_sites(watched.page)) == 35
    assert watched.complaints == []


# --- the map ------------------------------------------------------------------------------------


def test_symbols_stand_below_zoom_13_and_outlines_above(at):
    far = at("#map=10/21.6/105.8")
    assert far.locator(".site-symbol").count() == 35
    assert far.locator("path.site-outline:visible").count() == 0
    near = at("#map=13/21.5/105.85")
    assert near.locator(".site-symbol").count() == 0
    assert near.locator("path.site-outline:visible").count() > 0


def test_shape_and_colour_tell_zone_from_cluster(at):
    page = at()
    assert page.locator(".site-symbol.zone rect").count() == 7
    assert page.locator(".site-symbol.cluster circle").count() == 28
    fill = "node => getComputedStyle(node).fill"
    zone = page.locator("#legend rect.symbol.zone").first.evaluate(fill)
    assert zone != page.locator("#legend circle.symbol.cluster").first.evaluate(fill)


def test_a_verdict_is_told_by_a_sign_and_a_colour_and_the_shape_still_tells_the_kind(at):
    page = at("#build=weaving")
    assert page.locator(".site-symbol.zone rect").count() == 7
    assert page.locator(".site-symbol.cluster circle").count() == 28
    signs = page.evaluate(
        "() => [...document.querySelectorAll('#legend-verdicts li')].map(row => "
        "[row.querySelector('.mark-sign').getAttribute('d'), row.textContent])"
    )
    assert len({sign for sign, _ in signs}) == len(signs) == 6
    assert page.locator(".site-symbol .mark-sign").count() == 35


def test_indicative_outlines_are_dashed_and_the_legend_says_what_that_means(at):
    page = at("#map=13/21.42/105.87")
    dashes = page.locator("path.site-outline").evaluate_all(
        "paths => paths.map(path => getComputedStyle(path).strokeDasharray)"
    )
    assert len(dashes) == 35
    assert "none" not in dashes
    assert "không chứng minh vị trí hay ranh giới" in page.inner_text("#legend")
    page.click("#legend summary")
    assert "không chứng minh vị trí hay ranh giới" in page.inner_text(".dashed-note")
    page.click("#legend summary")


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE])
@pytest.mark.parametrize(
    "view",
    ["#", "#map=9.5/21.6/105.85&build=weaving", "#map=11/21.5/105.85", "#map=12.25/21.43/105.87"],
)
def test_no_name_covers_a_symbol_or_another_name(at, size, view):
    page = at(view, size)
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


def test_on_a_desktop_zones_and_districts_are_named_at_once(at, real_plan):
    page = at()
    assert page.locator(".zone-name.placed").count() == 7
    # the town of Sông Công is all symbols at that scale, and named from the next on
    assert page.locator(".district-name.placed").count() >= len(real_plan.districts) - 1
    page = at("#map=11/21.6/105.8")
    assert page.locator(".district-name.placed").count() == len(real_plan.districts)


def test_layers_can_be_switched_off_and_on(at):
    page = at("#map=11.5/21.5/105.85")
    counts = {
        "zones": (".site-symbol.zone", 7),
        "clusters": (".site-symbol.cluster", 28),
        "communes": ("path.commune-line", 1),
        "districts": ("path.district-line", 1),
    }
    for layer, (selector, count) in counts.items():
        assert page.locator(selector).count() == count
        page.uncheck(f"[data-layer={layer}]")
        assert page.locator(selector).count() == 0
    for layer, (selector, count) in counts.items():
        page.check(f"[data-layer={layer}]")
        assert page.locator(selector).count() == count


def test_a_commune_under_the_pointer_is_named_with_its_unit_of_today(at):
    page = at("#map=11/21.9/106.0")
    page.mouse.move(800, 400)
    told = page.inner_text("#readout")
    assert "Huyện" in told
    assert "nay (7/2025)" in told


def test_pointing_at_the_list_or_the_map_marks_the_other(at):
    page = at()
    page.hover("button.site[data-site=KCN-6]")
    assert page.locator(".site-symbol.pointed").count() == 1
    page.hover(".site-symbol.zone >> nth=0")
    assert page.locator("button.site.pointed").get_attribute("data-site") == "KCN-1"
    assert "KCN Nam Phổ Yên · 200 ha" in page.inner_text("#hover-name")


def test_the_tools_zoom_and_show_the_whole_province(at):
    page = at()
    zoom = "() => Number(/map=([0-9.]+)/.exec(location.hash)[1])"
    before = page.evaluate(zoom)
    page.click("#zoom-in")
    page.wait_for_function(f"before => ({zoom})() === before + 1", arg=before)
    page.click("#whole")
    page.wait_for_function(f"before => ({zoom})() === before", arg=before)
    assert "km" in page.inner_text(".leaflet-control-scale-line")


# --- decide: table, shortlist, comparison -------------------------------------------------------


def test_the_table_has_the_same_sites_and_sorts(open_page, real_page):
    page = open_page(real_page, "#view=table&kind=zone&build=garments").page
    rows = page.locator("#table tbody th .link")
    assert rows.all_inner_texts() == [f"KCN-{number}" for number in range(1, 8)]
    page.click("th.column_hectares button")
    page.click("th.column_hectares button")
    assert rows.first.inner_text() == "KCN-7"
    assert page.locator("th.column_hectares").first.get_attribute("aria-sort") == "descending"
    page.click("th.verdict-garments button")
    told = page.locator("#table td.verdict-garments .verdict-tag").all_inner_texts()
    assert told[0] == "Có trong danh mục"
    page.click("#table tbody tr:first-child .link")
    assert page.locator("#card").is_visible()
    assert page.locator("#table").is_visible()


def test_up_to_four_sites_are_compared_side_by_side(at, real_plan):
    page = at("#build=garments")
    for site in ("KCN-1", "KCN-6", "CCN-09", "CCN-28", "KCN-2"):
        page.click(f"[data-star={site}]")
    assert "Chỉ so sánh được 4 nơi" in page.inner_text("#tray")
    page.click("#to-compare")
    heads = page.locator("#compare-table thead th").all_inner_texts()
    assert [head.split("\n")[0] for head in heads] == [
        real_plan.sites[site].short_name for site in ("KCN-1", "KCN-6", "CCN-09", "CCN-28")
    ]
    told = page.inner_text("#compare-table")
    for site in ("KCN-1", "KCN-6", "CCN-09", "CCN-28"):
        assert real_plan.sites[site].function_text in told
    assert "Mâu thuẫn" in told
    assert "short=KCN-1,KCN-6,CCN-09,CCN-28" in page.evaluate("location.hash")
    page.locator("#compare-table thead th").nth(1).get_by_role("button").nth(1).click()
    assert page.locator("#compare-table thead th").count() == 3


# --- decide: paper ------------------------------------------------------------------------------


def test_paper_has_the_map_then_the_list_with_its_legal_basis(open_page, real_page):
    page = open_page(real_page, "#build=garments").page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".panel").is_hidden()
    assert page.locator(".masthead-tools").is_hidden()
    assert box(page, "#map")["y"] < box(page, "#table")["y"]
    assert page.locator("#table tbody tr").count() == 35
    assert "QĐ 341/QĐ-UBND, II.3.1, hàng 2, dòng 605" in page.inner_text("#table")
    assert "định làm: may mặc" in page.inner_text("#asked")
    assert page.locator("#status-on-paper").is_visible()
    symbols = page.evaluate(BOXES, ".site-symbol svg")
    stage = box(page, ".stage")
    assert all(symbol[3] < stage["x"] + stage["width"] for symbol in symbols)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator(".panel").is_visible()
    assert printed_pages(page) >= 3


def test_a_fact_sheet_is_one_page_a_site(at, real_plan):
    page = at("#site=KCN-1&build=weaving,garments,spinning,cement,beverages,textiles")
    assert printed_pages(page) == 1
    page = at("#lang=en&build=weaving")
    page.evaluate("window.print = () => {}")  # the printer of this machine stays quiet
    page.click("#take summary")
    page.click("[data-take=print_sheets]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sheets = page.locator("#paper .fact-sheet").evaluate_all(
        "sheets => sheets.map(sheet => sheet.textContent)"
    )
    assert len(sheets) == len(real_plan.sites)
    for site in real_plan.sites.values():
        [sheet] = [text for text in sheets if text.split(" · ")[1] == site.site_id]
        for told in (site.name, site.function_text, "Verdict by the decision",
                     "no substitute for the plan now in force"):  # fmt: skip
            assert told in sheet
    assert printed_pages(page) == 35


# --- decide: files ------------------------------------------------------------------------------


def downloads(page, selector, count):
    found = []

    def keep(item):
        found.append(item)

    page.on("download", keep)
    page.click(selector)
    for _ in range(100):
        page.wait_for_timeout(50)
        if len(found) == count:
            break
    page.remove_listener("download", keep)
    return {item.suggested_filename: item.path().read_bytes() for item in found}


def test_what_is_shown_can_be_saved_for_a_spreadsheet(at, real_plan):
    page = at("#lang=en&kind=zone&build=garments")
    page.click("#take summary")
    [data] = downloads(page, "[data-take=save_csv]", 1).values()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    expected = {row.site_id: row for row in matrix(real_plan) if row.activity_id == "garments"}
    assert {row["site_id"] for row in rows} == {f"KCN-{number}" for number in range(1, 8)}
    for row in rows:
        site = real_plan.sites[row["site_id"]]
        assert row["name"] == site.name
        assert row["stated_ha"] == str(site.stated_ha)
        assert row["functions"] == site.function_text
        assert row["garments: verdict"] == expected[site.site_id].verdict
        assert f"line {expected[site.site_id].line}" in row["garments: basis"]
        assert row["plan_status"] == real_plan.card.status_en
        assert row["land"].startswith("not recorded")


def test_what_is_shown_can_be_saved_as_outlines(at, real_plan):
    page = at("#kind=cluster&district=district-1")
    page.click("#take summary")
    [data] = downloads(page, "[data-take=save_geojson]", 1).values()
    whole = json.loads(data)
    assert whole["plan"]["content_sha256"] == real_plan.content_sha256
    assert [item["id"] for item in whole["features"]] == shown_sites(page) != []
    from gis.crs import WGS84, reprojected

    for item in whole["features"]:
        assert item["properties"]["provenance"] == "indicative"
        own = real_plan.layers["clusters"].frame.geometry[item["id"]]
        here = shapely.from_geojson(json.dumps(item["geometry"]))
        [moved] = reprojected([here], WGS84, "EPSG:9213")
        assert moved.symmetric_difference(own).area < 0.001 * own.area


def test_the_link_can_be_copied(at):
    page = at("#kind=zone")
    page.click("#take summary")
    page.click("[data-take=copy_link]")
    assert "Đã sao chép" in page.inner_text("#said")


def test_an_error_report_is_two_files_that_the_planner_can_read(at, real_plan, tmp_path):
    page = at("#site=KCN-6&lang=en")
    page.click("[data-act=report]")
    page.click("#report-save")
    assert page.locator("#report [role=alert]").inner_text() == "Say what is right."
    page.fill("#report-message", "The list also names software\nsee line 631")
    page.fill("#report-place", "north")
    page.click("#report-save")
    assert "two numbers" in page.locator("#report [role=alert]").inner_text()
    page.fill("#report-place", "21.45, 105.9")
    page.select_option("#report-about", "functions")
    files = downloads(page, "#report-save", 2)
    assert set(files) == {"tngis-errata-KCN-6.geojson", "tngis-errata-KCN-6.txt"}
    assert "The list also names software" in files["tngis-errata-KCN-6.txt"].decode("utf-8-sig")
    report = json.loads(files["tngis-errata-KCN-6.geojson"])
    assert report["geometry"] == {"type": "Point", "coordinates": [105.9, 21.45]}
    path = tmp_path / "report.geojson"
    path.write_bytes(files["tngis-errata-KCN-6.geojson"])
    [read] = read_errata(real_plan, [path])
    assert (read.site_id, read.about, read.is_of_this_plan) == ("KCN-6", "functions", True)
    assert read.message == "The list also names software\nsee line 631"


def test_the_place_of_an_error_can_be_picked_on_the_map(at):
    page = at("#site=KCN-6&lang=en&map=12/21.45/105.9")
    page.click("[data-act=report]")
    page.click("[data-act=report_pick]")
    page.mouse.click(640, 400)
    page.wait_for_selector("#report[open]")
    latitude, longitude = map(float, page.input_value("#report-place").split(","))
    assert abs(latitude - 21.45) < 0.05
    assert abs(longitude - 105.85) < 0.1
    assert page.evaluate("document.activeElement.id") == "report-place"


# --- hands and small screens --------------------------------------------------------------------


def test_the_keyboard_alone_chooses_finds_opens_and_closes(open_page, real_page):
    page = open_page(real_page).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "activity"
    page.keyboard.type("may mac")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#activity", "aria-activedescendant") == "activity-options-0"
    page.keyboard.press("Enter")
    assert chosen(page) == ["garments"]
    while page.evaluate("document.activeElement.id") != "search":
        page.keyboard.press("Tab")
    page.keyboard.type("song cong")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.site')"):
            break
    page.keyboard.press("ArrowDown")
    here = page.evaluate("document.activeElement.dataset.site")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.star") == here
    assert f"short={here}" in page.evaluate("location.hash")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.site") == here


def test_on_a_phone_the_question_what_to_build_stands_above_the_map(open_page, real_page):
    page = open_page(real_page, size=PHONE, has_touch=True, is_mobile=True).page
    build, stage, search = box(page, ".build"), box(page, ".stage"), box(page, "#search")
    assert build["y"] + build["height"] <= stage["y"] + 1
    assert stage["y"] + stage["height"] <= search["y"]
    page.locator("#activity").tap()
    page.fill("#activity", "det may")
    page.locator("#activity-options li").first.tap()
    assert box(page, "#verdict-bar")["y"] + box(page, "#verdict-bar")["height"] <= PHONE[1] / 2
    assert box(page, ".stage")["y"] < PHONE[1] / 2  # the map coloured by the answer is in sight
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_on_a_phone_the_card_stands_under_the_map_and_the_list_under_the_card(open_page, real_page):
    page = open_page(real_page, size=PHONE, has_touch=True, is_mobile=True).page
    page.locator("button.site[data-site=CCN-28]").tap()
    stage, card, panel = box(page, ".stage"), box(page, "#card"), box(page, "#sites")
    assert stage["y"] + stage["height"] <= card["y"] + 1
    assert card["y"] + card["height"] <= panel["y"] + 1
    assert stage["y"] >= -1  # map and head of the card are both in sight
    assert card["y"] < PHONE[1] - 100
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
