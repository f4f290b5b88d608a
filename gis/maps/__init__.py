"""The web maps: self-contained pages of a plan, rendered through Folium."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from gis.model import Plan
    from gis.report import Report

PAGE_NAMES = ("investor", "planner")
LANGUAGES_SHOWN = ("vi", "en")
Basemap = Literal["none", "osm"]
BASEMAPS: tuple[Basemap, ...] = get_args(Basemap)


def render_page(
    plan: Plan,
    page: str = "investor",
    languages: Sequence[str] = LANGUAGES_SHOWN,
    basemap: Basemap = "none",
    report: Report | None = None,
) -> str:
    """A page of a plan as HTML that needs no network; the same plan gives the same text.

    It holds the languages named, and opens in the first of them. With a basemap it asks one
    server for tiles, and looks as without where there is no network. Findings are those of the
    report, or of a check of its own.
    """
    from gis.maps.page import built_page  # folium takes a second to import: only to render

    return built_page(plan, page, languages, basemap, report)
