"""What every page keeps to: no request, no barrier, no text that runs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from importlib.resources import files

import pytest
from conftest import square, unit
from hostile import WHOLE, hostile_plan

from browser.conftest import DESKTOP, PHONE, TABLET
from gis.maps import PAGE_NAMES, render_page

SMALLEST_TARGET_PX = 44
# states of each page: closed, with a card, as a table and so on
STATES = {
    "investor": (
        "#",
        "#lang=en&site=KCN-6&build=weaving,garments&short=KCN-1,KCN-6",
        "#view=table&build=weaving&site=KCN-2",
        "#view=compare&short=KCN-1,KCN-6,CCN-09&build=weaving",
    ),
    "planner": (
        "#lang=en&activity=garments&colour=provenance",
        "#tab=findings",
        "#tab=ledger",
    ),
}
WRITES_TEXT = "node.append(...children.filter((child) => child !== null && child !== undefined));"
WRITES_MARKUP = (
    'for (const child of children) if (typeof child === "string") node.innerHTML += child;'
    " else if (child) node.append(child);"
)
ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
TARGETS = """() => [...document.querySelectorAll(
    "button, select, textarea, input:not([type=checkbox], [type=radio]), summary, "
    + "label:has(input)")]
  .filter(node => node.checkVisibility({visibilityProperty: true}))
  .map(node => [node.textContent || node.id, node.getBoundingClientRect()])
  .map(([name, box]) => [name, box.width, box.height])"""


@pytest.fixture(params=PAGE_NAMES)
def name(request):
    return request.param


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_a_page_asks_for_nothing_complains_of_nothing_and_fits(visit, rendered, name, size):
    for state in STATES[name]:
        watched = visit(rendered(name), state, size)
        assert (watched.requests, watched.complaints) == ([], []), state
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], state


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_barrier(visit, rendered, name, size):
    for state in STATES[name]:
        assert violations(visit(rendered(name), state, size).page) == [], state


def test_axe_finds_no_barrier_on_paper(visit, rendered, name):
    page = visit(rendered(name), STATES[name][-1]).page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    try:
        assert violations(page) == []
    finally:
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")


def violations(page, **rules):
    """What axe finds amiss; `rules` says of some whether they are asked at all."""
    if not page.evaluate("typeof window.axe === 'object'"):  # a script element would be stopped
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    asked = {name.replace("_", "-"): {"enabled": enabled} for name, enabled in rules.items()}
    # what is in order is not told of, which takes a quarter of the time
    options = {"resultTypes": ["violations"], "rules": asked}
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [(item["id"], [node["target"] for node in item["nodes"]]) for item in found]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_can_be_pressed_is_large_enough(visit, rendered, name, size):
    for state in STATES[name]:
        small = [
            target
            for target in visit(rendered(name), state, size).page.evaluate(TARGETS)
            if min(target[1:]) < SMALLEST_TARGET_PX
        ]
        assert small == [], state


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_the_status_line_is_always_in_sight(visit, rendered, real_plan, name, size):
    page = visit(rendered(name), STATES[name][1].replace("lang=en", ""), size).page
    for _ in range(2):
        found = page.locator(".status").bounding_box()
        assert found["y"] + found["height"] <= size[1] + 1
        assert real_plan.card.status_vi in page.inner_text(".status")
        page.mouse.wheel(0, 900)


def test_the_first_stop_of_the_keyboard_leads_past_the_head(visit, rendered, name):
    page = visit(rendered(name), "#").page
    page.locator(".skip-link").focus()
    target = page.evaluate("document.activeElement.hash.slice(1)")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == target
    assert not page.url.endswith(f"#{target}")


def test_without_javascript_a_page_says_so_and_gives_its_status(
    open_page, rendered, real_plan, name
):
    page = open_page(rendered(name), is_ready=False, java_script_enabled=False).page
    told = page.locator(".without-script").inner_text()
    assert "JavaScript" in told
    assert real_plan.card.status_vi in told


# presses what it is told as soon as the page says that it is ready, before anything else runs
PRESS_AT_ONCE = """(press) => {
  const parse = JSON.parse;
  window.read = [];
  JSON.parse = (text) => { window.read.push(text.length); return parse(text); };
  new MutationObserver((_, watch) => {
    if (document.documentElement?.dataset.ready === undefined) return;
    watch.disconnect();
    window.read_by_then = window.read.length;
    press();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
}"""
FIRST_PRESSES = {
    "investor": (
        ("document.querySelector('[data-site=KCN-2]').click()", "#card", "129,51 ha"),
        (
            "const box = document.getElementById('activity'); box.focus(); box.value = 'det may';"
            "box.dispatchEvent(new Event('input', { bubbles: true }))",
            "#activity-options",
            "dệt",
        ),
        ("document.querySelector('[data-kind=zone]').click()", "#count", "28 / 35"),
        ("document.querySelector('button[data-view=table]').click()", "#table", "KCN Điềm Thụy"),
    ),
    "planner": (
        ("document.getElementById('tab-findings').click()", "#findings", "AREA"),
        ("document.getElementById('tab-ledger').click()", "#ledger", "Hoàng Văn Thụ"),
    ),
}


@pytest.mark.parametrize(
    ("name", "press", "where", "told"),
    [(name, *row) for name, rows in FIRST_PRESSES.items() for row in rows],
)
def test_the_first_press_is_answered_as_soon_as_a_page_is_ready(
    browser, rendered, name, press, where, told
):
    page = browser.new_page()
    try:
        page.add_init_script(f"({PRESS_AT_ONCE})(() => {{ {press} }})")
        page.goto(rendered(name).as_uri())
        page.wait_for_function(
            "([where, told]) => document.querySelector(where)?.textContent.includes(told)",
            arg=[where, told],
        )
        assert page.evaluate("window.read_by_then") == 1  # what is not looked at yet is not read
    finally:
        page.close()


def test_nothing_moves_for_those_who_asked_for_calm(visit, rendered, name):
    page = visit(rendered(name), "#").page
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(node => {"
        "const style = getComputedStyle(node);"
        "return style.transitionDuration.split(', ').some(time => parseFloat(time) > 0)"
        " || style.animationName !== 'none'; }).map(node => node.className)"
    )
    assert moving == []


LEGENDS = {
    ("indicative", "indicative"): "of 2010, approximate boundaries",
    ("surveyed", "indicative"): "of 2010, some boundaries approximate",
    ("digitised", "surveyed"): "of 2010, boundaries digitised from maps",
    ("surveyed", "surveyed"): "of 2010, surveyed boundaries",
}


@pytest.mark.parametrize("ways", LEGENDS, ids="-".join)
def test_the_legend_says_what_the_lines_of_communes_are_worth(
    open_page, make_plan, tmp_path, name, ways
):
    cells = {f"0000{n}": (square(400 * n, 0, 400), unit(f"0000{n}", f"Xã {n}")) for n in (1, 2)}
    plan = make_plan(communes=cells)
    drawn = dataclasses.replace(plan.layers["communes"].drawn, provenance=ways)
    layer = dataclasses.replace(plan.layers["communes"], drawn=drawn)
    plan = dataclasses.replace(plan, layers={**plan.layers, "communes": layer})
    path = tmp_path / "plan.html"
    path.write_bytes(render_page(plan, name, ("en",)).encode("utf-8"))
    told = open_page(path).page.evaluate("document.getElementById('legend-units').textContent")
    assert told == f"Administrative units {LEGENDS[ways]}"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_barrier_in_the_report_of_an_error(visit, rendered, size):
    page = visit(rendered("investor"), "#site=KCN-3&lang=en", size).page
    page.click("[data-act=report]")
    assert page.locator("dialog#report").is_visible()
    page.click("#report-save")  # without a message: the dialog says what it lacks
    assert page.locator("#report [role=alert]").is_visible()
    assert violations(page) == []


# --- a map of the world below -------------------------------------------------------------------


def test_a_basemap_asks_one_host_and_without_it_the_page_looks_as_ever(open_page, rendered, name):
    watched = open_page(rendered(name, ("en",), "osm"))
    page = watched.page
    hosts = {address.split("/")[2] for address in watched.requests}
    assert hosts == {"tile.openstreetmap.org"}
    assert "with-tiles" not in (page.get_attribute("html", "class") or "")
    fill = page.locator("path.province-halo").evaluate("node => getComputedStyle(node).fillOpacity")
    assert fill == "1"
    assert page.locator(".site-symbol").count() == 35
    assert "OpenStreetMap" in page.inner_text("#attribution")
    page.context.route(
        "https://tile.openstreetmap.org/**",
        lambda route: route.fulfill(content_type="image/png", body=ONE_PIXEL),
    )
    page.click("#zoom-in")
    page.wait_for_selector("html.with-tiles", state="attached")


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


@pytest.fixture(scope="module")
def hostile_pages():
    return {}


@pytest.fixture
def run_hostile(open_page, make_plan, tmp_path, hostile_pages):
    """Open the hostile plan's page, changed as asked, and use all of it."""

    def run(name, change):
        if name not in hostile_pages:
            hostile_pages[name] = render_page(hostile_plan(make_plan), name)
        path = tmp_path / "hostile.html"
        path.write_bytes(change(hostile_pages[name]).encode("utf-8"))
        page = open_page(path).page
        if name == "investor":
            use_all(page)
        page.click("[data-language=en]")
        page.wait_for_timeout(100)
        return page

    return run


def use_all(page):
    page.fill("#activity", "raise")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.fill("#search", "x")
    page.fill("#search", "")
    page.dispatch_event("path.site-outline", "mouseover")
    page.click("[data-star]")
    page.click("button[data-view=compare]")
    page.click("button[data-view=table]")
    page.click("button[data-view=map]")
    page.click("button.site")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.click("[data-act=report]")
    page.click("[data-act=cancel]")


@pytest.mark.parametrize("change", [str, without_policy], ids=["policy on", "policy off"])
def test_hostile_text_is_shown_verbatim_and_never_runs(run_hostile, name, change):
    page = run_hostile(name, change)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    assert WHOLE in page.evaluate("document.getElementById('status').textContent")
    if name == "investor":
        assert page.evaluate("document.getElementById('card-title').textContent") == WHOLE
        assert page.evaluate("document.querySelector('.site-name').textContent") == WHOLE
        assert WHOLE in page.evaluate("document.getElementById('card').textContent")
        assert WHOLE in page.evaluate("document.getElementById('chosen').textContent")


def test_the_harness_would_notice_text_that_runs(run_hostile, name):
    page = run_hostile(name, lambda html: without_policy(with_markup_sink(html)))
    assert page.evaluate("window.hacked") == 1


def test_the_policy_alone_stops_text_that_would_run(run_hostile, name):
    page = run_hostile(name, with_markup_sink)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() > 0
