"""Print how soon the map pages are ready, and how the planner page moves under many parcels.

Ready is when the page's own mark says so, counted from the start of the navigation: words, list,
filters and map are written and answer to whoever uses them. Shown is the first frame after that.

A machine shared with others runs at half its speed for seconds on end. A short reckoning before
and after every opening tells; the last columns are of the openings while it ran at its full speed.
"""

import json
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from gis.maps import PAGE_NAMES, render_page
from gis.plan import default_plan, load_plan

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SLOWED = 4
FULL_SPEED = 1.2  # times the quickest reckoning
PARCELS = 2_000
FROM, STEP, SIDE = (105.6, 21.4), 0.012, 0.008  # degrees: side by side all over the province
ACROSS = 50
DROP = """(text) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], "parcels.geojson"));
  const about = { dataTransfer: transfer, bubbles: true, cancelable: true };
  document.getElementById("map").dispatchEvent(new DragEvent("drop", about));
}"""
FRAMES = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const next = (now) => {
    window.frames_ms.push(now - last);
    last = now;
    window.frame = requestAnimationFrame(next);
  };
  window.frame = requestAnimationFrame(next);
}"""


NOTE_SHOWN = """new MutationObserver((_, watch) => {
  if (document.documentElement?.dataset.ready === undefined) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.shown_ms = performance.now(); }));
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });"""


def opened(browser: Browser, path: Path, slowed: int) -> tuple[Page, float, float]:
    """A page in a window of its own, and the milliseconds until it was ready and shown."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    if slowed > 1:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.add_init_script(NOTE_SHOWN)
    page.goto(path.as_uri())
    page.wait_for_function("window.shown_ms", timeout=60_000)
    ready_ms = page.evaluate("Number(document.documentElement.dataset.ready)")
    return page, float(ready_ms), float(page.evaluate("window.shown_ms"))


@dataclass(frozen=True)
class Run:
    """What one opening took, and the longer of the reckonings before and after it."""

    ms: float
    reckoning_s: float


def reckoning_s() -> float:
    """Seconds that a fixed piece of work takes now."""
    start = time.perf_counter()
    sum(range(2_000_000))
    return time.perf_counter() - start


def openings(browser: Browser, path: Path, slowed: int, runs: int) -> tuple[list[Run], list[Run]]:
    """Several cold openings until ready and until shown."""
    ready, shown = [], []
    for _ in range(runs):
        before = reckoning_s()
        page, ready_ms, shown_ms = opened(browser, path, slowed)
        page.context.close()
        took_s = max(before, reckoning_s())
        ready.append(Run(ready_ms, took_s))
        shown.append(Run(shown_ms, took_s))
    return ready, shown


def many_parcels() -> str:
    """Small squares side by side as GeoJSON."""
    features: list[dict[str, Any]] = []
    for number in range(PARCELS):
        west, south = FROM[0] + number % ACROSS * STEP, FROM[1] + number // ACROSS * STEP
        east, north = west + SIDE, south + SIDE
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": number}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def pan_p95_ms(browser: Browser, path: Path, slowed: int) -> float:
    """The 95th percentile of the time between frames while the map is dragged about."""
    page, _, _ = opened(browser, path, slowed)
    page.evaluate(DROP, many_parcels())
    page.wait_for_selector("[data-parcel]", timeout=120_000)
    page.wait_for_timeout(1_000)
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(1, 121):
        page.mouse.move(x + 180 * (step % 40 - 20) / 20, y + 90 * (step % 30 - 15) / 15)
    page.mouse.up()
    frames = page.evaluate("() => { cancelAnimationFrame(window.frame); return window.frames_ms; }")
    page.context.close()
    return statistics.quantiles(frames, n=20)[-1]


def bench(runs: int, out: Path | None) -> None:
    """Measure and print."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        raise SystemExit("no Chromium found")
    plan = load_plan(default_plan())
    rows: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name in PAGE_NAMES:
            page = Path(folder) / f"{name}.html"
            page.write_bytes(render_page(plan, name).encode("utf-8"))
            for slowed in (1, SLOWED):
                how = f", CPU slowed {slowed} times" if slowed > 1 else ""
                ready, shown = openings(browser, page, slowed, runs)
                rows[f"{name} ready{how}"], rows[f"{name} shown{how}"] = ready, shown
        planner = Path(folder) / "planner.html"
        rows[f"planner pan p95, {PARCELS} parcels"] = [
            Run(pan_p95_ms(browser, planner, 1), reckoning_s()) for _ in range(3)
        ]
        browser.close()
    print_runs(rows)
    if out:
        told = {words: [vars(run) for run in found] for words, found in rows.items()}
        out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def print_runs(rows: dict[str, list[Run]]) -> None:
    """Print the best and the median, of all runs and of those at full speed."""
    full_s = FULL_SPEED * min(run.reckoning_s for found in rows.values() for run in found)
    print(f"{'milliseconds':40}{'best':>8}{'median':>8}{'at full speed':>15}{'runs':>7}")
    for words, found in rows.items():
        steady = [run.ms for run in found if run.reckoning_s <= full_s]
        told = f"{statistics.median(steady):.0f}" if steady else "–"
        every = [run.ms for run in found]
        print(f"{words:40}{min(every):8.0f}{statistics.median(every):8.0f}{told:>15}"
              f"{len(steady):4}/{len(found)}")  # fmt: skip
