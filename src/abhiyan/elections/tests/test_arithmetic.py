"""The checker of typed plans: what holds, and in which reading."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from abhiyan.elections.rules.arithmetic import Term, Unreadable, checked, read, rounding
from abhiyan.elections.views.checker import plain

pytestmark = pytest.mark.once
SEGMENTS = Decimal("6.7")


def test_the_plan_of_65_constituencies_holds_as_it_stands() -> None:
    found = checked(read("65 constituencies x 5,000 = 325,000"))
    assert found.fits == "level" and found.readings[0].verdict == "exact"
    assert found.needed_level == 5000 and found.needed_part is None


def test_five_thousand_fits_per_constituency_and_not_per_segment() -> None:
    found = checked(read("65 constituencies × 5,000 per segment = 325,000"), parts=SEGMENTS)
    level, part = found.readings
    assert found.fits == "level"
    assert level.verdict == "exact" and level.each_level == 5000
    assert part.verdict == "off" and part.each_level == 33_500 and part.product == 2_177_500


def test_750_fits_per_segment_and_not_per_constituency() -> None:
    found = checked(read("65 × 750 = 3,25,000"), parts=SEGMENTS)
    level, part = found.readings
    assert found.fits == "part"
    assert level.verdict == "off" and level.product == 48_750 and level.difference == -276_250
    assert part.verdict == "rounded" and part.each_level == 5_025 and part.product == 326_625
    assert part.low <= 325_000 < part.high
    assert round(found.needed_part or 0, 2) == Decimal("746.27")


@pytest.mark.parametrize(
    "text", ["65 × 750 = 3.3 lakh", "65 × 750 = 3.3 लाख", "65 x 0.75 thousand = 0.33 million"]
)
def test_a_total_in_lakhs_stands_for_what_it_was_rounded_from(text: str) -> None:
    found = checked(read(text), parts=SEGMENTS)
    assert (found.fits, found.readings[1].verdict) == ("part", "rounded")
    assert checked(read("65 × 5,000 = 3.3 lakh")).readings[0].verdict == "rounded"
    assert checked(read("65 × 5,153 = 3.3 lakh")).readings[0].verdict == "rounded"
    assert checked(read("65 × 5,200 = 3.3 lakh")).fits == "neither"


def test_a_whole_total_is_exact_and_its_upper_end_is_not_its_own() -> None:
    assert checked(read("2 × 50 = 99.5")).readings[0].verdict == "near"
    assert checked(read("10 × 1.5 = 16")).readings[0].verdict == "off"
    assert checked(read("10 × 1.5 = 15.5")).readings[0].verdict == "rounded"
    assert checked(read("20 × 5 = 9.5 thousand")).fits == "neither"


@pytest.mark.parametrize(
    ("number", "text"),
    [("747.996", "748"), ("0.999", "1"), ("747.12", "747.12"), ("33500.00", "33,500"), ("0.005", "0.01")],
)
def test_numbers_are_rounded_before_they_are_written(number: str, text: str) -> None:
    with translation.override("en"):
        assert plain(Decimal(number)) == text


def test_what_fits_in_neither_reading_says_what_would() -> None:
    found = checked(read("65 × 2000 = 3,25,000"), parts=SEGMENTS)
    assert found.fits == "neither" and found.needed_level == 5000


def test_an_exact_reading_comes_before_a_near_one() -> None:
    typed = read("10 × 100 = 1000")
    assert checked(typed, parts=Decimal(1)).fits == "both"
    assert checked(typed, parts=Decimal("1.001")).fits == "level"


def test_within_one_per_cent_is_near() -> None:
    assert checked(read("10 × 100 = 1009")).readings[0].verdict == "near"
    assert checked(read("10 × 100 = 1020")).readings[0].verdict == "off"


@pytest.mark.parametrize(
    ("text", "numbers", "total"),
    [
        ("65 constituencies x 5,000 = 325,000", [65, 5000], 325_000),
        ("६५ लोकसभा × 5,000 = 3.25 लाख", [65, 5000], 325_000),
        ("80x5*300 = 1,20,000 votes", [80, 5, 300], 120_000),
        ("65 सीटें गुणा 5 हज़ार = 3,25,000", [65, 5000], 325_000),
        ("all 80 seats × 1.5 lakh = 1.2 crore", [80, 150_000], 12_000_000),
        ("325 seats × 1.08 million = 35.1 करोड़", [325, 1_080_000], 351_000_000),
    ],
)
def test_plans_are_read_as_people_type_them(text: str, numbers: list[int], total: int) -> None:
    typed = read(text)
    assert [term.number for term in typed.factors] == numbers and typed.total.number == total
    assert checked(typed).fits == "level"


def test_the_words_after_a_number_are_kept() -> None:
    typed = read("65 constituencies x 5 thousand per segment = 325,000 votes")
    assert typed.factors == (Term(Decimal(65), "constituencies"), Term(Decimal(5000), "per segment"))
    assert typed.total.words == "votes"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("65 × 5,000", "no_equals"),
        ("65 = 65 = 65", "no_equals"),
        ("325,000 = 325,000", "no_times"),
        ("seats × 5,000 = 325,000", "no_number"),
        ("65 × 5,000 = many", "no_number"),
        ("65 × -5,000 = 325,000", "negative"),
        ("−65 × 5000 = 1", "negative"),
        ("65 × 5000 = - 1", "negative"),
        ("65 × 99999999999999999999999 = 1", "too_large"),
        ("65 × 99999999999 crore = 1", "too_large"),
        ("6" * 301, "too_long"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.code == code


def test_an_average_stands_for_what_it_was_rounded_from() -> None:
    assert rounding(Decimal("6.7")) == Decimal("0.05") and rounding(Decimal("6.70")) == Decimal("0.005")
    assert rounding(Decimal(65)) == 0 and rounding(Decimal("1E+5")) == 0


@given(st.integers(1, 10**4), st.integers(1, 10**6))
def test_a_product_always_holds_and_its_needs_are_what_was_typed(units: int, each: int) -> None:
    found = checked(read(f"{units:,} seats × {each:,} = {units * each:,}"))
    assert found.fits == "level" and found.needed_level == each


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert checked(read(text), parts=SEGMENTS).fits in ("level", "part", "both", "neither")


NUMBERS = st.from_regex(r"[0-9]{1,15}(\.[0-9]{1,18})?", fullmatch=True)


@given(st.lists(NUMBERS, min_size=2, max_size=20), NUMBERS)
@example(["0.000000000000000001", "1"], "1000000000000000")
@example(["0.001"] * 6, "1000000000000000")
def test_whatever_comes_out_can_be_written(factors: list[str], total: str) -> None:
    with suppress(Unreadable):
        found = checked(read(f"{' x '.join(factors)} = {total}"), parts=SEGMENTS)
        needed = (found.needed_level, found.needed_part)
        for number in (*(one.each_level for one in found.readings), *filter(None, needed)):
            assert plain(number)
