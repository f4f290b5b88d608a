"""The page around a Folium map: own template, no links out, and a policy that allows only itself.

Folium compiles the text it has rendered as a template again, so no text of a plan may pass
through its elements: they get outlines and ids of our making, and the data block goes past them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import files
from typing import Any

import folium
import jinja2
from branca.element import Element, Figure
from folium.template import Template

from gis.maps import Basemap
from gis.maps.labels import asset

LEAFLET = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
}
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_LINKED_IMAGE = re.compile(r"[a-z-]+:\s*url\([^)]*\);?")
TILE_HOST = "https://tile.openstreetmap.org"
_SPACED = re.compile(r"(?<=[\d\]]), (?=[-\d\[])")  # between coordinates: a tenth of the page
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_MAP_TEMPLATE = "shared/map.html"
_TEMPLATES = jinja2.Environment(loader=jinja2.FunctionLoader(asset), autoescape=True)


def leaflet(name: str) -> str:
    """A file of the Leaflet release that Folium names, checked to be just that.

    Raises: RuntimeError where it is missing or another.
    """
    found = [path for path in files("XStatic-Leaflet") or () if path.name == name]
    data = found[0].read_binary() if found else b""
    if hashlib.sha256(data).hexdigest() != LEAFLET[name]:
        raise RuntimeError(
            f"{name} of XStatic-Leaflet is missing or not the release the page was written for; "
            "mend: pip install --force-reinstall XStatic-Leaflet==1.9.3.0"
        )
    text = data.decode("utf-8").replace("\r\n", "\n")
    return _LINKED_IMAGE.sub("", _SOURCE_MAP.sub("", text))


def sha256_source(text: str) -> str:
    """How a Content-Security-Policy names an inline block."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def content_security_policy(
    scripts: Sequence[str], styles: Sequence[str], tile_host: str = "", has_font: bool = False
) -> str:
    """A policy under which nothing runs or loads but these blocks, and tiles of one host if any."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(sha256_source, scripts))}",
            f"style-src {' '.join(map(sha256_source, styles))}",
            " ".join(part for part in ("img-src data:", tile_host) if part),
            *(["font-src data:"] if has_font else []),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page is filled with; `data` and `later` are escaped JSON, the rest is plain text."""

    name: str
    lang: str
    title: str
    status: str
    without_script: tuple[str, ...]
    data: str
    later: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    basemap: Basemap = "none"
    has_font: bool = False


class Page(Figure):
    """A Folium figure whose document is our own template."""

    def __init__(self, template: str, text: PageText) -> None:
        super().__init__()
        self._template = _TEMPLATES.get_template(template)
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """The whole page in ASCII: a browser copies that where it would decode other letters."""
        for child in self._children.values():
            child.render(**kwargs)
        scripts = [*self.text.scripts, _SPACED.sub(",", self.script.render(**kwargs))]
        scripts = [_escaped(script, _in_script) for script in scripts]
        styles = [_escaped(style, _in_style) for style in self.text.styles]
        html = str(
            self._template.render(
                page=self.text,
                body=self.html.render(**kwargs),
                scripts=[_inline(script, "script") for script in scripts],
                styles=[_inline(style, "style") for style in styles],
                policy=content_security_policy(
                    scripts,
                    styles,
                    TILE_HOST if self.text.basemap == "osm" else "",
                    self.text.has_font,
                ),
            )
        )
        return html.encode("ascii", "xmlcharrefreplace").decode("ascii")


class OfflineMap(folium.Map):
    """A Folium map that links to nothing and leaves the page around it alone.

    It has no view until the page gives it one, so that nothing is projected twice.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium reads a class attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control=False, attributionControl=False, **options)
        self._template = Template(asset(_MAP_TEMPLATE))


def tiles() -> folium.TileLayer:
    """The map of the world below, from the one host that the policy admits."""
    return folium.TileLayer(
        f"{TILE_HOST}/{{z}}/{{x}}/{{y}}.png",
        attr="OpenStreetMap",  # shown by the page itself, in its own words
        max_zoom=19,
        control=False,
    )


class Borders(folium.MacroElement):
    """A layer of the map drawn of the lines that outlines share, which the data block holds."""

    def __init__(self, collection: str, pane: str, classes: str, is_filled: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Borders"
        self.collection = collection
        self.is_filled = is_filled
        self.options = {"pane": pane, "className": classes}
        self._template = Template(
            "{% macro script(this, kwargs) %}"
            "var {{ this.get_name() }} = tngis.borders({{ this.collection|tojson }}, "
            "{{ this.is_filled|tojson }}, {{ this.options|tojson }})"
            ".addTo({{ this._parent.get_name() }});"
            "{% endmacro %}"
        )


class Outlines(folium.MacroElement):
    """A layer of the map for sites, whose outlines the page adds when it is near enough."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Outlines"
        self._template = Template(
            "{% macro script(this, kwargs) %}"
            "var {{ this.get_name() }} = L.featureGroup().addTo({{ this._parent.get_name() }});"
            "{% endmacro %}"
        )


class StartPage(folium.MacroElement):
    """Hands the map and its layers to the page's own script."""

    def __init__(self, layers: Mapping[str, Element]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "StartPage"
        self.layers = dict(layers)
        self._template = Template(
            "{% macro script(this, kwargs) %}"
            "tngis.start({map: {{ this._parent.get_name() }}, "
            "layers: {{ this.layers|tojavascript }}, "
            "home: {centre: {{ this._parent.location|tojson }}, zoom: "
            "{{ this._parent.options['zoom']|tojson }}}});"
            "{% endmacro %}"
        )


def number_elements(root: Element) -> None:
    """Give every element a numbered id in place of Folium's random one."""
    for number, element in enumerate(_elements(root), start=1):
        element._id = str(number)


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():
        yield from _elements(child)


def _escaped(text: str, as_ascii: Callable[[re.Match[str]], str]) -> str:
    return _NOT_ASCII.sub(as_ascii, text)


def _in_script(letter: re.Match[str]) -> str:
    """A letter as strings of JavaScript write it, which is as those of JSON do."""
    return json.dumps(letter[0])[1:-1]


def _in_style(letter: re.Match[str]) -> str:
    return f"\\{ord(letter[0]):x} "


def _inline(text: str, tag: str) -> str:
    if re.search(rf"</{tag}|<!--|\r|\0", text, re.IGNORECASE):
        raise ValueError(f"an inline {tag} holds what would end it")
    return text
