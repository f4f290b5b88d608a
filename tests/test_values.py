"""Reading values: each becomes what its field says, and all that is wrong is told at once."""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.promises import TABLES
from gis.tables import Latitude, Site, Words
from gis.values import Faulty, above, at_least, filled, like, no_longer, read


class Inner(NamedTuple):
    name: Words
    size: Annotated[int, at_least(1)] = 1


class Outer(NamedTuple):
    code: Annotated[str, no_longer(4), like(r"^[a-z]+$")]
    ha: Annotated[Decimal, above(0)]
    kind: Literal["zone", "cluster", "point"]
    lat: Latitude = 21.0
    day: date | None = None
    parts: Annotated[tuple[str, ...], filled] = ("x",)
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    counts: Mapping[str, Annotated[int, at_least(0)]] = {}


SOUND = {"code": "ab", "ha": "2.5", "kind": "zone"}


def faults(**more):
    with pytest.raises(Faulty) as caught:
        read(Outer, SOUND | more)
    return [(item.field, item.value, item.what.en) for item in caught.value.faults]


def test_cells_become_what_their_fields_say():
    more = {"lat": "21.5", "day": "2010-02-13", "parts": "a;b;", "counts": {"x": 0}}
    found = read(Outer, SOUND | more | {"inner": {"name": "n", "size": "3"}})
    assert found == Outer(
        "ab", Decimal("2.5"), "zone", 21.5, date(2010, 2, 13), ("a", "b"), Inner("n", 3), (),
        {"x": 0},
    )  # fmt: skip
    assert type(found.ha) is Decimal
    assert type(found.lat) is float


def test_an_empty_cell_is_as_if_its_column_were_not_there():
    assert read(Outer, SOUND | {"lat": None, "day": None}) == read(Outer, SOUND)


def test_all_that_is_wrong_is_told_in_the_order_it_stands():
    assert faults(ha="2,5", kind="park", code=None, extra=1) == [
        ("code", None, "is empty"),
        ("ha", "2,5", "is not a number"),
        ("kind", "park", "is not an allowed value"),
        ("extra", "1", "unknown field"),
    ]


def test_what_is_wrong_within_is_told_with_its_way_there():
    assert faults(inner={"size": 0}, many=[{"name": "a"}, {"name": ""}], counts={"x": -1}) == [
        ("inner.size", "0", "is out of range"),
        ("inner.name", None, "is empty"),
        ("many.1.name", "", "is empty"),
        ("counts.x", "-1", "is out of range"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("ha", "0", "is out of range"),
        ("ha", "NaN", "is not a number"),
        ("ha", "Infinity", "is not a number"),
        ("ha", True, "is not a number"),
        ("lat", "nan", "is not a number"),
        ("lat", "7.99", "is out of range"),
        ("lat", "24.01", "is out of range"),
        ("day", "13/02/2010", "is not a date"),
        ("day", "20100213", "is not a date"),
        ("day", "2010-02-30", "is not a date"),
        ("code", "abcde", "is longer than 4 characters"),
        ("code", "AB", "is not written as such an id is"),
        ("code", "ab\n", "is not written as such an id is"),
        ("code", 7, "is not a text"),
        ("parts", ";", "is empty"),
        ("parts", 7, "is not a list"),
        ("inner", "n", "is not a table"),
        ("counts", [1], "is not a table"),
    ],
)
def test_a_value_that_breaks_its_field_is_told(field, value, what):
    assert faults(**{field: value}) == [(field, str(value), what)]


def test_the_mend_names_what_is_allowed_in_both_languages():
    with pytest.raises(Faulty) as caught:
        read(Outer, SOUND | {"kind": "park"})
    [fault] = caught.value.faults
    assert fault.mend.en == "choose one of: 'zone', 'cluster' or 'point'"
    assert fault.mend.vi == "chọn một trong: 'zone', 'cluster' hoặc 'point'"


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers())
def test_every_number_above_zero_is_read_as_it_is_and_no_other(value):
    if value > 0:
        assert read(Outer, SOUND | {"ha": str(value)}).ha == value
    else:
        assert [item[0] for item in faults(ha=str(value))] == ["ha"]


@given(st.dictionaries(st.sampled_from(Site._fields), st.text() | st.none() | st.floats()))
def test_any_cells_are_read_or_every_wrong_one_is_named(cells):
    told, found = (), ()
    try:
        found = read(Site, cells)
    except Faulty as error:
        told = error.faults
    assert bool(told) != bool(found)
    assert {item.field for item in told} <= set(Site._fields)
    assert all(item.what.vi and item.mend.vi for item in told)
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in found)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_row_of_the_decision_holds_what_its_columns_forbid(real_plan, table):
    name = {"communes": "units", "craft_points": "craft_register"}.get(table.name, table.name)
    rows = getattr(real_plan, name)
    for row in rows.values() if isinstance(rows, Mapping) else rows:
        assert read(table.row, row._asdict()) == row
