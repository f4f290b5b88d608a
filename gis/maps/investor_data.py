"""What the investor page tells beyond what all pages tell."""

from __future__ import annotations

from gis.maps.data import PageData
from gis.maps.drawing import Drawing, FeatureIds
from gis.maps.siting_data import siting_data
from gis.model import Plan
from gis.report import Report


def investor_data(plan: Plan, ids: FeatureIds, drawing: Drawing, report: Report | None) -> PageData:
    """The investor page's own part of the data block."""
    return siting_data(plan)
