"""The web map: one self-contained page a plan, rendered through Folium."""

from gis.language import Language
from gis.model import Plan


def render_page(plan: Plan, lang: Language = "vi") -> str:
    """The page of a plan as HTML that needs no network; the same plan gives the same text.

    `lang` is the language the page opens in; it holds every language of the labels.
    """
    from gis.maps.page import built_page  # folium takes a second to import: only to render

    return built_page(plan, lang)
