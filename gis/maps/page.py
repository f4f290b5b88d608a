"""The pages, each a row of one table, and how one is put together.

Map and layers go through Folium, words through the data block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from branca.element import Element
from folium.map import CustomPane

from gis.language import Text
from gis.maps import Basemap
from gis.maps.data import PageData, escaped_json, page_data
from gis.maps.drawing import Drawing, FeatureIds, draw, feature_ids
from gis.maps.fonts import font_faces
from gis.maps.investor_data import investor_data
from gis.maps.labels import asset, labels
from gis.maps.lines import shared_lines
from gis.maps.planner_data import planner_data
from gis.maps.shell import (
    Borders,
    OfflineMap,
    Outlines,
    Page,
    PageText,
    StartPage,
    leaflet,
    number_elements,
    tiles,
)
from gis.maps.translation import each_language, translations, without
from gis.model import Plan
from gis.report import Report

PANES = (  # bottom to top; only what answers to a pointer gets events
    ("halo", 390, False),
    ("tints", 400, False),
    ("lines", 410, False),
    ("outlines", 420, True),
    ("leaders", 590, False),
    ("lettering", 650, False),
)
BORDERS = (  # key for the scripts, collection, pane, classes, filled
    ("halo", "province", "halo", "province-halo", True),
    ("tints", "districts", "tints", "district-tint", True),
    ("communes", "communes", "tints", "commune-line", False),
    ("districts", "districts", "lines", "district-line", False),
    ("province", "province", "lines", "province-line", False),
)
SITES = ("clusters", "zones")  # key for the scripts and collection
SHARING_LINES = ("communes", "districts", "province")
WRITTEN_OF = frozenset(  # what a page reads as it opens; the rest when it is first asked for
    ("page", "language", "labels", "plan", "sites", "districts", "borders", "extent",
     "activities", "verdicts", "land", "grid", "craft_points", "findings_count")
)  # fmt: skip
_NOT_FOR_BROWSERS = re.compile(r"^[ \t]*//.*\n|^[ \t]+", re.MULTILINE)  # comments, indentation
FALLBACK_CENTRE = (21.6, 105.8)  # a plan without any outline still opens somewhere in Vietnam
FALLBACK_ZOOM = 9


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a page is made of: assets by name, and what it tells beyond what all pages tell."""

    template: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    data: Callable[[Plan, FeatureIds, Drawing, Report | None], PageData]
    is_exact: bool = False  # its outlines are measured on, not only looked at


SHARED_SCRIPTS = (
    "shared/words.js",
    "shared/sites.js",
    "shared/address.js",
    "shared/marks.js",
    "shared/symbols.js",
    "shared/lettering.js",
    "shared/borders.js",
    "shared/chart.js",
)
SHARED_STYLES = ("shared/page.css", "shared/map.css", "shared/marks.css")
PAGES: Mapping[str, PageKind] = {
    "investor": PageKind(
        template="investor/page.html",
        scripts=(
            *SHARED_SCRIPTS,
            "shared/siting.js",
            "shared/picker.js",
            "investor/filters.js",
            "investor/activities.js",
            "investor/card.js",
            "investor/list.js",
            "investor/table.js",
            "investor/compare.js",
            "investor/paper.js",
            "investor/files.js",
            "investor/report.js",
            "investor/page.js",
        ),
        styles=(*SHARED_STYLES, "investor/page.css", "investor/print.css"),
        data=investor_data,
    ),
    "planner": PageKind(
        template="planner/page.html",
        scripts=(
            *SHARED_SCRIPTS,
            "shared/siting.js",
            "shared/picker.js",
            "planner/grid.js",
            "planner/outlines.js",
            "planner/files.js",
            "planner/corners.js",
            "planner/ground.js",
            "planner/places.js",
            "planner/layers.js",
            "planner/findings.js",
            "planner/ledger.js",
            "planner/measure.js",
            "planner/parcels.js",
            "planner/page.js",
        ),
        styles=(*SHARED_STYLES, "planner/page.css"),
        data=planner_data,
        is_exact=True,
    ),
}


def built_page(
    plan: Plan,
    name: str,
    languages: Sequence[str],
    basemap: Basemap = "none",
    report: Report | None = None,
) -> str:
    """One page as HTML; it opens in the first of its languages."""
    kind = PAGES[name]
    ids = feature_ids(plan)
    drawing = draw(plan, ids, exact=kind.is_exact)
    words = {language: labels(name)[language] for language in languages}
    lang = languages[0]
    told = {**page_data(plan, ids, drawing), **kind.data(plan, ids, drawing, report)}
    data = without(told, [other for other in translations() if other not in languages])
    data |= {"borders": _borders(drawing), "outlines": _outlines(drawing), "extent": drawing.extent}
    data |= {"page": name, "language": lang, "labels": words}
    at_once, later = (
        {key: value for key, value in data.items() if (key in WRITTEN_OF) == is_at_once}
        for is_at_once in (True, False)
    )
    fonts = font_faces(languages)
    text = PageText(
        name=name,
        lang=lang,
        title=_said(plan.card.title, lang),
        status=_said(plan.card.status, lang),
        without_script=tuple(words[language]["without_script"] for language in words),
        data=escaped_json({**at_once, "later": list(later)}),
        later=escaped_json(later),
        scripts=(_bare("shared/before.js") + leaflet("leaflet.js"), _script(kind.scripts)),
        styles=(
            leaflet("leaflet.css"),
            "\n".join(map(asset, kind.styles)),
            *([fonts] if fonts else []),
        ),
        basemap=basemap,
        has_font=bool(fonts),
    )
    page = Page(kind.template, text)
    page.add_child(_map(drawing, basemap), name="map")
    number_elements(page)
    return page.render()


def _said(text: Text, language: str) -> str:
    return each_language(text).get(language, text.en)


def _borders(drawing: Drawing) -> PageData:
    """The lines that communes, districts and province are drawn of, and the tint of a district."""
    sharing = {
        name: drawing.collections[name] for name in SHARING_LINES if name in drawing.collections
    }
    return {**shared_lines(sharing, drawing.decimals), "tints": dict(drawing.tints)}


def _outlines(drawing: Drawing) -> PageData:
    """The outline of every site that has one, by its feature."""
    return {
        feature["id"]: feature["geometry"]
        for name in SITES
        if name in drawing.collections
        for feature in drawing.collections[name]["features"]
    }


def _bare(name: str) -> str:
    return _NOT_FOR_BROWSERS.sub("", asset(name))


def _script(names: Sequence[str]) -> str:
    """The page's own scripts as one closed function."""
    parts = "\n".join(map(_bare, names))
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _map(drawing: Drawing, basemap: Basemap) -> OfflineMap:
    chart = OfflineMap(location=FALLBACK_CENTRE, zoom_start=FALLBACK_ZOOM)
    for name, level, answers in PANES:
        chart.add_child(CustomPane(name, z_index=level, pointer_events=answers))
    layers: dict[str, Element] = {}
    if basemap == "osm":
        layers["tiles"] = tiles()
    for key, name, pane, classes, is_filled in BORDERS:
        if name in drawing.collections:
            layers[key] = Borders(name, pane, classes, is_filled)
    for name in SITES:
        if name in drawing.collections:
            layers[name] = Outlines()
    for layer in layers.values():
        chart.add_child(layer)
    chart.add_child(StartPage(layers))
    return chart
