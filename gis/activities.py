"""The tree of activities, and which site's list holds one.

A list that names an activity holds all that is narrower, never what is broader. An orientation is
not a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gis.model import Plan
from gis.tables import Fragment


@lru_cache(maxsize=8192)  # the checks ask tens of thousands of times
def ancestors(plan: Plan, activity_id: str) -> tuple[str, ...]:
    """The broader activities, the nearest first."""
    found: list[str] = []
    here = plan.activities.get(activity_id)
    while here and here.broader and here.broader not in (activity_id, *found):
        found.append(here.broader)
        here = plan.activities.get(here.broader)
    return tuple(found)


@lru_cache(maxsize=2048)
def descendants(plan: Plan, activity_id: str) -> tuple[str, ...]:
    """The narrower activities, in the order of the vocabulary."""
    return tuple(other for other in plan.activities if activity_id in ancestors(plan, other))


def listing_sites(plan: Plan, activity_id: str) -> dict[str, Fragment]:
    """The sites whose list holds the activity, each with the nearest fragment that does."""
    return _nearest(plan, (activity_id, *ancestors(plan, activity_id)))


def naming_sites(plan: Plan, activity_id: str) -> dict[str, Fragment]:
    """The sites whose list names the activity or a part of it, each with the fragment that does."""
    return _nearest(plan, (activity_id, *descendants(plan, activity_id)))


def listed_by(plan: Plan, site_id: str, activity_id: str) -> Fragment | None:
    """The fragment of a site's list that holds the activity, if one does."""
    return listing_sites(plan, activity_id).get(site_id)


def orientation_holds(plan: Plan, site_id: str, activity_id: str) -> bool:
    """Whether a site's orientation speaks of the activity or of something broader."""
    wanted = {activity_id, *ancestors(plan, activity_id)}
    return _is_orientation(plan, site_id) and any(
        item.activity_id in wanted for item in plan.fragments_of(site_id)
    )


def _nearest(plan: Plan, wanted: Sequence[str]) -> dict[str, Fragment]:
    """For each list that names one of these activities, the fragment earliest in their order."""
    found: dict[str, Fragment] = {}
    lists = _lists(plan)
    for activity_id in wanted:
        for item in lists.get(activity_id, ()):
            found.setdefault(item.site_id, item)
    return found


@lru_cache(maxsize=4)
def _lists(plan: Plan) -> dict[str, list[Fragment]]:
    """The fragments of all lists by the activity each names."""
    found: dict[str, list[Fragment]] = {}
    for item in plan.fragments:
        if not _is_orientation(plan, item.site_id):
            found.setdefault(item.activity_id, []).append(item)
    return found


def _is_orientation(plan: Plan, site_id: str) -> bool:
    site = plan.sites.get(site_id)
    return site is not None and site.list_status == "orientation"
