"""A Chromium of the machine's own, with every way out blocked and counted."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_ONE = (
    "no Chromium found: install one (Debian: apt install chromium) "
    "or set TNGIS_CHROMIUM to its path"
)
PHONE, TABLET, DESKTOP = (390, 844), (768, 1024), (1280, 800)
READY_MS = 30_000
PRINTED_PAGE = b"/Type /Page\n"  # of a PDF by Chromium
PATIENCE_MS = 12_000  # a machine that others use too


@pytest.hookimpl(tryfirst=True)  # before they are put in order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str | None:
    named = os.environ.get("TNGIS_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def real_page(rendered) -> Path:
    return rendered("investor")


@dataclass
class Watched:
    """An open page, what it asked for beyond its own file, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, said: ConsoleMessage | Error) -> None:
        if not isinstance(said, ConsoleMessage):
            self.complaints.append(str(said))
        elif said.type in ("error", "warning"):
            self.complaints.append(said.text)


def watch(page: Page, path: Path) -> Watched:
    """Let the page load its own file and nothing else; remember what it tried."""
    watched = Watched(page)
    page.set_default_timeout(PATIENCE_MS)

    def answer(route):
        if route.request.url.split("#")[0].split("?")[0] == path.as_uri():
            route.continue_()
        else:
            watched.requests.append(route.request.url)
            route.abort()

    page.context.route("**/*", answer)
    page.on("console", watched.hear)
    page.on("pageerror", watched.hear)
    return watched


@pytest.fixture(scope="session")
def closed(browser: Browser) -> Iterator[dict[object, list[Page]]]:
    """Windows that no test looks through: a new one takes longer than to read a page."""
    spare: dict[object, list[Page]] = defaultdict(list)
    yield spare
    for page in (page for pages in spare.values() for page in pages):
        page.context.close()


@pytest.fixture
def open_page(browser: Browser, closed) -> Iterator[Callable[..., Watched]]:
    """Open a file anew in a window that no other file or test of the moment has."""
    opened: list[tuple[object, Watched]] = []

    def open_file(
        path: Path,
        address: str = "",
        size: tuple[int, int] = DESKTOP,
        is_ready: bool = True,
        **options: object,
    ) -> Watched:
        kind = (size, *sorted(options.items()))
        page = closed[kind].pop() if closed[kind] else new_window(browser, size, **options)
        watched = watch(page, path)
        opened.append((kind, watched))
        page.goto(path.as_uri() + address)
        if is_ready:
            wait_until_ready(page)
        return watched

    yield open_file
    for kind, watched in opened:
        leave(watched)
        closed[kind].append(watched.page)


def new_window(browser: Browser, size: tuple[int, int], **options: Any) -> Page:
    viewport = {"width": size[0], "height": size[1]}
    return browser.new_context(viewport=viewport, reduced_motion="reduce", **options).new_page()


def leave(watched: Watched) -> None:
    """Leave nothing of a page in its window: no document, no listener, no pointer, no paper."""
    page = watched.page
    page.goto("about:blank")
    page.remove_listener("console", watched.hear)
    page.remove_listener("pageerror", watched.hear)
    page.context.unroute_all()
    page.emulate_media(media="null")
    page.mouse.move(0, 0)


def wait_until_ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached", timeout=READY_MS)


@pytest.fixture(scope="session")
def windows() -> Iterator[dict[tuple[Path, tuple[int, int]], Watched]]:
    """Windows that several tests look through one after the other."""
    opened: dict[tuple[Path, tuple[int, int]], Watched] = {}
    yield opened
    for watched in opened.values():
        watched.page.context.close()


@pytest.fixture
def visit(browser: Browser, windows) -> Callable[..., Watched]:
    """Go to an address of a page that is open already, anew in all that the address says."""

    def visited(path: Path, address: str = "", size: tuple[int, int] = DESKTOP) -> Watched:
        window = windows.get((path, size))
        if window is None:
            window = windows[path, size] = watch(new_window(browser, size), path)
            window.page.goto(path.as_uri() + address)
            wait_until_ready(window.page)
        else:
            window.page.mouse.move(0, 0)  # what it points at is marked
            window.requests.clear()
            window.complaints.clear()
            # the map's view is part of the address: without one, it shows the whole province
            window.page.evaluate(
                "async address => {"
                "  document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close());"
                "  document.activeElement.blur();"
                "  const heard = new Promise("
                "    go => addEventListener('hashchange', go, {once: true}));"
                "  location.hash = address + (address.length > 1 ? '&' : '#') + 'visit='"
                "    + performance.now();"
                "  await heard;"
                "}",
                address,
            )
        return window

    return visited
