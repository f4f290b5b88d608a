"""The tree of activities: an ancestor listed lists its descendants, never the reverse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from conftest import activity, fragment, site
from hypothesis import given
from hypothesis import strategies as st

from gis.activities import (
    ancestors,
    descendants,
    listed_by,
    listing_sites,
    naming_sites,
    orientation_holds,
)
from gis.model import Plan
from gis.plan import default_plan, load_plan
from gis.tables import Activity

TREE = {
    item.activity_id: item
    for item in (
        activity("metal"),
        activity("steel", "metal"),
        activity("rails", "steel"),
        activity("tea"),
    )
}


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    sites = {key: (None, site(key)) for key in ("KCN-1", "KCN-2", "CCN-01")}
    oriented = site("KCN-9", list_status="orientation")
    return make_plan(
        sites=sites | {"KCN-9": (None, oriented)},
        activities=TREE,
        fragments=(
            fragment("KCN-1", 1, "kim loại", "metal"),
            fragment("KCN-1", 2, "thép", "steel"),
            fragment("KCN-2", 1, "đường ray", "rails"),
            fragment("KCN-9", 1, "kim loại", "metal"),
        ),
    )


def test_ancestors_come_nearest_first(plan: Plan) -> None:
    assert ancestors(plan, "rails") == ("steel", "metal")
    assert ancestors(plan, "metal") == ()


def test_descendants_are_all_that_is_narrower(plan: Plan) -> None:
    assert descendants(plan, "metal") == ("steel", "rails")
    assert descendants(plan, "rails") == ()


def test_an_unknown_activity_has_no_relatives(plan: Plan) -> None:
    assert (ancestors(plan, "gold"), descendants(plan, "gold")) == ((), ())


def test_a_listed_ancestor_lists_its_descendants(plan: Plan) -> None:
    found = listed_by(plan, "KCN-1", "rails")
    assert found is not None
    assert found.text == "thép"  # the nearest of the two that hold it


def test_a_listed_descendant_does_not_list_its_ancestor(plan: Plan) -> None:
    assert listed_by(plan, "KCN-2", "metal") is None
    assert set(naming_sites(plan, "metal")) == {"KCN-1", "KCN-2"}


def test_a_sibling_lists_nothing(plan: Plan) -> None:
    assert listing_sites(plan, "tea") == {}


def test_an_orientation_is_no_list(plan: Plan) -> None:
    assert listed_by(plan, "KCN-9", "steel") is None
    assert orientation_holds(plan, "KCN-9", "steel")
    assert not orientation_holds(plan, "KCN-1", "steel")


def test_a_circle_of_broader_terms_ends(plan: Plan) -> None:
    circle = {"a": activity("a", "b"), "b": activity("b", "a")}
    assert ancestors(dataclasses.replace(plan, activities=circle), "a") == ("b",)


@st.composite
def forests(draw: st.DrawFn) -> dict[str, Activity]:
    """Trees in which each activity is below an earlier one or below none."""
    broader = [
        draw(st.none() | st.integers(0, number - 1)) if number else None
        for number in range(draw(st.integers(1, 8)))
    ]
    return {
        f"a{number}": activity(f"a{number}", None if above is None else f"a{above}")
        for number, above in enumerate(broader)
    }


@given(tree=forests(), data=st.data())
def test_descendants_are_the_reverse_of_ancestors(
    tree: dict[str, Activity], data: st.DataObject
) -> None:
    plan = dataclasses.replace(EMPTY, activities=tree)
    one, other = (data.draw(st.sampled_from(sorted(tree))) for _ in range(2))
    assert (one in ancestors(plan, other)) == (other in descendants(plan, one))
    assert one not in ancestors(plan, one)


@given(tree=forests(), data=st.data())
def test_what_lists_an_activity_lists_all_below_it(
    tree: dict[str, Activity], data: st.DataObject
) -> None:
    listed = data.draw(st.sampled_from(sorted(tree)))
    plan = dataclasses.replace(
        EMPTY,
        activities=tree,
        sites={"KCN-1": site("KCN-1")},
        fragments=(fragment("KCN-1", 1, "x", listed),),
    )
    holds = {item for item in tree if listed_by(plan, "KCN-1", item)}
    assert holds == {listed, *descendants(plan, listed)}


EMPTY = dataclasses.replace(
    load_plan(default_plan(), geometry=False), activities={}, fragments=(), sites={}
)
