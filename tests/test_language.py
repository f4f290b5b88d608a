from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.language import number, rounded, say
from gis.tables import vietnamese_numbers


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Decimal("1160.83"), "1.160,83", "1,160.83"),
        (3770, "3.770", "3,770"),
        (Decimal("45.4"), "45,4", "45.4"),
        (0.5, "0,50", "0.50"),
        (-2.5, "-2,50", "-2.50"),
        (rounded(50.0, 2), "50,00", "50.00"),
    ],
)
def test_numbers_are_written_as_each_language_does(value, vi, en):
    assert number(value, "vi") == vi
    assert number(value, "en") == en


def test_a_sentence_fills_its_values_in_both_languages():
    text = say("{a} ha ở {b}", "{a} ha in {b}", a=Decimal("1160.83"), b=["A", "B"])
    assert text.vi == "1.160,83 ha ở A, B"
    assert text.en == "1,160.83 ha in A, B"


def test_braces_in_a_value_are_left_alone():
    assert say("{a}", "{a}", a="{b} {{c}}").en == "{b} {{c}}"


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_what_is_written_in_vietnamese_reads_back(value):
    assert vietnamese_numbers(number(value, "vi")) == (value,)
