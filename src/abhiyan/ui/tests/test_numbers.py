from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui import numbers


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (99_999, "99,999"),
        (100_000, "1,00,000"),
        (1_234_567, "12,34,567"),
        (10**9, "1,00,00,00,000"),
        (-4_210, "−4,210"),
        (Decimal("1234.6"), "1,235"),
    ],
)
def test_numbers_are_grouped_the_indian_way(number: numbers.Number, text: str) -> None:
    assert numbers.grouped(number) == text


@given(st.integers(-(10**15), 10**15))
def test_grouping_only_adds_commas_three_digits_then_two_by_two(number: int) -> None:
    text = numbers.grouped(number)
    assert int(text.replace(",", "").replace("−", "-")) == number
    parts = text.lstrip("−").split(",")
    assert len(parts[-1]) == 3 or len(parts) == 1
    assert all(len(part) == 2 for part in parts[1:-1])
    assert 1 <= len(parts[0]) <= (3 if len(parts) == 1 else 2)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (99_999, "99,999"),
        (100_000, "1 lakh"),
        (123_456, "1.2 lakh"),
        (9_949_999, "99.5 lakh"),
        (9_994_999, "99.9 lakh"),
        (9_999_999, "1 crore"),
        (12_000_000, "1.2 crore"),
        (10**12, "1,00,000 crore"),
        (-250_000, "−2.5 lakh"),
    ],
)
def test_short_numbers_name_lakh_and_crore_and_never_100_lakh(number: int, text: str) -> None:
    assert numbers.short(number) == text


@given(st.integers(-(10**13), 10**13))
def test_short_numbers_are_within_one_in_twenty_of_the_number(number: int) -> None:
    text = numbers.short(number).replace(",", "").replace("−", "-")
    factor = {"lakh": 100_000, "crore": 10_000_000}.get(text.rpartition(" ")[2], 1)
    assert abs(float(text.split()[0]) * factor - number) <= abs(number) / 20


def test_short_numbers_speak_hindi() -> None:
    with translation.override("hi"):
        assert numbers.short(421_300) == "4.2 लाख"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (43, 100, "43%"),
        (0, 7, "0%"),
        (1, 100_000, "<1%"),
        (99_999, 100_000, ">99%"),
        (5, 5, "100%"),
        (11, 10, "110%"),
        (None, 10, "–"),
        (3, 0, "–"),
        (3, None, "–"),
    ],
)
def test_a_share_is_never_nothing_for_something_nor_all_for_less(
    part: int | None, whole: int | None, text: str
) -> None:
    assert numbers.share(part, whole) == text
