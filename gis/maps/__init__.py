"""The web maps: self-contained pages of a plan, rendered through Folium."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gis.model import Plan

PAGE_NAMES = ("investor", "planner")
LANGUAGES_SHOWN = ("vi", "en")


def render_page(
    plan: Plan, page: str = "investor", languages: Sequence[str] = LANGUAGES_SHOWN
) -> str:
    """A page of a plan as HTML that needs no network; the same plan gives the same text.

    It holds the languages named, and opens in the first of them.
    """
    from gis.maps.page import built_page  # folium takes a second to import: only to render

    return built_page(plan, page, languages)
