"""What the planner page tells beyond what all pages tell."""

from __future__ import annotations

from gis.maps.data import PageData
from gis.maps.drawing import Drawing, FeatureIds
from gis.model import Plan


def planner_data(plan: Plan, ids: FeatureIds, drawing: Drawing) -> PageData:
    """The planner page's own part of the data block."""
    return {}
