"""A Chromium of the machine's own, with every way out blocked and counted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gis.maps import render_page

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_ONE = (
    "no Chromium found: install one (Debian: apt install chromium) "
    "or set TNGIS_CHROMIUM to its path"
)
DESKTOP = (1280, 800)
READY_MS = 15_000


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
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def rendered(real_plan, tmp_path_factory) -> Callable[[str], Path]:
    """The file of a page of the real plan, rendered once a session."""
    folder = tmp_path_factory.mktemp("maps")

    def page(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_bytes(render_page(real_plan, name).encode("utf-8"))
        return path

    return page


@pytest.fixture(scope="session")
def real_page(rendered) -> Path:
    return rendered("investor")


@dataclass
class Watched:
    """An open page, what it asked for beyond its own file, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    contexts = []

    def opened(
        path: Path,
        address: str = "",
        size: tuple[int, int] = DESKTOP,
        is_ready: bool = True,
        **options: object,
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page)

        def answer(route):
            if route.request.url.split("#")[0].split("?")[0] == path.as_uri():
                route.continue_()
            else:
                watched.requests.append(route.request.url)
                route.abort()

        context.route("**/*", answer)
        page.on(
            "console",
            lambda message: (
                watched.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.goto(path.as_uri() + address)
        if is_ready:
            page.wait_for_selector("html[data-ready]", state="attached", timeout=READY_MS)
        return watched

    yield opened
    for context in contexts:
        context.close()
