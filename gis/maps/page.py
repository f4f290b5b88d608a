"""One page put together: map and layers through Folium, words through the data block."""

from __future__ import annotations

from typing import Any

import folium
from folium.map import CustomPane

from gis.language import Language
from gis.maps.data import escaped_json, page_data
from gis.maps.drawing import Drawing, FeatureCollection, draw, feature_ids
from gis.maps.labels import asset, labels
from gis.maps.shell import (
    OfflineMap,
    Page,
    PageText,
    StartPage,
    leaflet,
    number_elements,
)
from gis.model import Plan

SCRIPTS = ("words", "filters", "symbols", "lettering", "card", "list", "table", "page")
STYLES = ("page.css", "map.css", "print.css")
PANES = (  # bottom to top; only what answers to a pointer gets events
    ("halo", 390, False),
    ("tints", 400, True),
    ("lines", 410, False),
    ("outlines", 420, True),
    ("leaders", 590, False),
    ("lettering", 650, False),
)
FALLBACK_CENTRE = (21.6, 105.8)  # a plan without any outline still opens somewhere in Vietnam
FALLBACK_ZOOM = 9


def built_page(plan: Plan, lang: Language) -> str:
    """The whole page as HTML."""
    ids = feature_ids(plan)
    drawing = draw(plan, ids)
    words = labels()
    text = PageText(
        lang=lang,
        title=plan.card.title.in_(lang),
        status=plan.card.status.in_(lang),
        without_script=tuple(words[language]["without_script"] for language in words),
        data=escaped_json(page_data(plan, ids, drawing, lang)),
        scripts=(leaflet("leaflet.js"), _script()),
        styles=(leaflet("leaflet.css"), "\n".join(asset(name) for name in STYLES)),
    )
    page = Page(text)
    page.add_child(_map(drawing), name="map")
    number_elements(page)
    return page.render()


def _script() -> str:
    """The page's own scripts as one closed function."""
    parts = "\n".join(asset(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _map(drawing: Drawing) -> OfflineMap:
    chart = OfflineMap(location=FALLBACK_CENTRE, zoom_start=FALLBACK_ZOOM)
    for name, level, answers in PANES:
        chart.add_child(CustomPane(name, z_index=level, pointer_events=answers))
    layers: dict[str, folium.GeoJson] = {}
    for key, name, pane, classes, answers in (
        ("halo", "province", "halo", "province-halo", False),
        ("tints", "districts", "tints", "district-tint", False),
        ("communes", "communes", "tints", "commune", True),
        ("districts", "districts", "lines", "district-line", False),
        ("province", "province", "lines", "province-line", False),
        ("clusters", "clusters", "outlines", "site-outline cluster", True),
        ("zones", "zones", "outlines", "site-outline zone", True),
    ):
        if name in drawing.collections:
            layers[key] = _layer(drawing, name, pane, classes, answers)
            chart.add_child(layers[key])
    chart.add_child(StartPage(layers))
    return chart


def _layer(drawing: Drawing, name: str, pane: str, classes: str, answers: bool) -> folium.GeoJson:
    """A layer with a class to style it by and no attribute at all."""

    def style(feature: dict[str, Any]) -> dict[str, str]:
        tint = drawing.tints.get(feature["id"])
        return {"className": classes if tint is None else f"{classes} tint-{tint}"}

    collection: FeatureCollection = drawing.collections[name]
    return folium.GeoJson(
        collection,
        style_function=style,
        control=False,
        smooth_factor=0.5,
        pane=pane,
        interactive=answers,
    )
