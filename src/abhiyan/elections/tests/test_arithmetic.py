"""The checker of typed plans: what holds, and in which reading."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from abhiyan.core.numbers import grouped
from abhiyan.elections.rules.arithmetic import TypedTerm, UnreadablePlan, checked, read_plan, rounding
from abhiyan.elections.views.checker import plain_decimal

SEGMENTS = Decimal("6.7")


def test_the_plan_of_65_constituencies_holds_as_it_stands() -> None:
    found = checked(read_plan("65 constituencies x 5,000 = 325,000"))
    assert found.fits == "level" and found.readings[0].verdict == "exact"
    assert found.needed_level == 5000 and found.needed_part is None


def test_five_thousand_fits_per_constituency_and_not_per_segment() -> None:
    found = checked(read_plan("65 constituencies × 5,000 per segment = 325,000"), parts=SEGMENTS)
    level, part = found.readings
    assert found.fits == "level"
    assert level.verdict == "exact" and level.each_level == 5000
    assert part.verdict == "off" and part.each_level == 33_500 and part.product == 2_177_500


def test_750_fits_per_segment_and_not_per_constituency() -> None:
    found = checked(read_plan("65 × 750 = 3,25,000"), parts=SEGMENTS)
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
    found = checked(read_plan(text), parts=SEGMENTS)
    assert (found.fits, found.readings[1].verdict) == ("part", "rounded")
    assert checked(read_plan("65 × 5,000 = 3.3 lakh")).readings[0].verdict == "rounded"
    assert checked(read_plan("65 × 5,153 = 3.3 lakh")).readings[0].verdict == "rounded"
    assert checked(read_plan("65 × 5,200 = 3.3 lakh")).fits == "neither"


def test_a_whole_total_is_exact_and_its_upper_end_is_not_its_own() -> None:
    assert checked(read_plan("2 × 50 = 99.5")).readings[0].verdict == "near"
    assert checked(read_plan("10 × 1.5 = 16")).readings[0].verdict == "off"
    assert checked(read_plan("10 × 1.5 = 15.5")).readings[0].verdict == "rounded"
    assert checked(read_plan("20 × 5 = 9.5 thousand")).fits == "neither"


@pytest.mark.parametrize(
    ("number", "text"),
    [("747.996", "748"), ("0.999", "1"), ("747.12", "747.12"), ("33500.00", "33,500"), ("0.005", "0.01")],
)
def test_numbers_are_rounded_before_they_are_written(number: str, text: str) -> None:
    with translation.override("en"):
        assert plain_decimal(Decimal(number)) == text


def test_what_fits_in_neither_reading_says_what_would() -> None:
    found = checked(read_plan("65 × 2000 = 3,25,000"), parts=SEGMENTS)
    assert found.fits == "neither" and found.needed_level == 5000


def test_an_exact_reading_comes_before_a_near_one() -> None:
    typed = read_plan("10 × 100 = 1000")
    assert checked(typed, parts=Decimal(1)).fits == "both"
    assert checked(typed, parts=Decimal("1.001")).fits == "level"


def test_within_one_per_cent_is_near() -> None:
    assert checked(read_plan("10 × 100 = 1009")).readings[0].verdict == "near"
    assert checked(read_plan("10 × 100 = 1020")).readings[0].verdict == "off"


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
    typed = read_plan(text)
    assert [term.number for term in typed.factors] == numbers
    assert typed.total is not None and typed.total.number == total
    assert checked(typed).fits == "level"


def test_the_words_after_a_number_are_kept() -> None:
    typed = read_plan("65 constituencies x 5 thousand per segment = 325,000 votes")
    assert typed.factors == (
        TypedTerm(Decimal(65), "constituencies"),
        TypedTerm(Decimal(5000), "per segment"),
    )
    assert typed.total is not None and typed.total.words == "votes"


@pytest.mark.parametrize(
    ("text", "kind", "numbers", "total", "fits"),
    [
        ("65 constituencies, 750 each, 3.25 lakh", "times", [65, 750], 325_000, "neither"),
        ("65 constituencies, 5000 each, 3.25 lakh", "times", [65, 5000], 325_000, "level"),
        ("75 districts, 32000 per district, total 2.4 million", "times", [75, 32_000], 2_400_000, "level"),
        ("75 districts 32,000 each total 24 lakh", "times", [75, 32_000], 2_400_000, "level"),
        ("Total 24 lakh: 75 districts, 32k each", "times", [75, 32_000], 2_400_000, "level"),
        ("Total 75 districts, 32k each, 24 lakh votes", "times", [75, 32_000], 2_400_000, "level"),
        ("24 lakh = 75 districts × 32,000", "times", [75, 32_000], 2_400_000, "level"),
        ("75 districts × 32,000 is 24 lakh", "times", [75, 32_000], 2_400_000, "level"),
        ("75 districts × 32,000, total 24L", "times", [75, 32_000], 2_400_000, "level"),
        ("75 ज़िले, हर ज़िले में 32,000, कुल 24 लाख", "times", [75, 32_000], 2_400_000, "level"),
        ("७५ जिले – प्रति जिला ३२ हज़ार – यानी २४ लाख", "times", [75, 32_000], 2_400_000, "level"),
        ("कुल 75 जिले, हर जिले में 32,000, यानी 24 लाख", "times", [75, 32_000], 2_400_000, "level"),
        ("24 लाख ÷ 403 = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 lakh / 403 seats = 5,955 each", "divided", [2_400_000, 403], 5955, "level"),
        ("24 lakh divided by 403 is 5,955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 लाख को 403 से भाग देने पर = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 लाख में 403 का भाग दें = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 लाख को 403 सीटों में बाँटें = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 लाख वोट 403 विधानसभा सीटों में बांटने पर = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("24 लाख को 403 से बाँटा = 5955", "divided", [2_400_000, 403], 5955, "level"),
        ("65 लोकसभा, हर भाग में 5000, कुल 3.25 लाख", "times", [65, 5000], 325_000, "level"),
        ("65 लोकसभा, हर एक से भाग लेने वाले 5000, कुल 3.25 लाख", "times", [65, 5000], 325_000, "level"),
        ("65 लोकसभा, हर लोकसभा में 5000 कार्ड बाँटें, कुल 3.25 लाख", "times", [65, 5000], 325_000, "level"),
        ("65 लोकसभा, 5000 कार्ड हर एक में बाँटें, कुल 3.25 लाख", "times", [65, 5000], 325_000, "level"),
        ("24 लाख ÷ 403 = 6955", "divided", [2_400_000, 403], 6955, "neither"),
        ("51% of 8.79 crore = 4.48 crore", "share", [Decimal("0.51"), 87_900_000], 44_800_000, "level"),
        (
            "51 per cent of 8.79 crore is 4.48 crore",
            "share",
            [Decimal("0.51"), 87_900_000],
            44_800_000,
            "level",
        ),
        ("8.79 करोड़ का 51 प्रतिशत = 4.48 करोड़", "share", [Decimal("0.51"), 87_900_000], 44_800_000, "level"),
        ("51% of 8.79 crore = 5.48 crore", "share", [Decimal("0.51"), 87_900_000], 54_800_000, "neither"),
        ("51% of 8,79,00,001 = 4,48,29,001", "share", [Decimal("0.51"), 87_900_001], 44_829_001, "level"),
    ],
)
def test_plans_are_read_as_people_say_them(
    text: str, kind: str, numbers: list[int], total: int, fits: str
) -> None:
    typed = read_plan(text)
    assert typed.kind == kind and [term.number for term in typed.factors] == numbers
    assert typed.total is not None and typed.total.number == total
    assert checked(typed).fits == fits


def test_a_division_may_be_meant_per_part() -> None:
    assert checked(read_plan("65 लोकसभा, हर भाग में 750, कुल 3.25 लाख"), parts=SEGMENTS).fits == "part"
    assert checked(read_plan("3.25 lakh ÷ 65 = 750"), parts=SEGMENTS).fits == "part"
    assert len(checked(read_plan("51% of 200 = 102"), parts=SEGMENTS).readings) == 1


@pytest.mark.parametrize(
    ("text", "comes_to"),
    [
        ("51% of 8.79 crore = …", 44_829_000),
        ("51% of 8.79 crore = ?", 44_829_000),
        ("75 × 32,000 =", 2_400_000),
        ("24 lakh ÷ 400 = ...", 6_000),
    ],
)
def test_a_total_left_open_is_found(text: str, comes_to: int) -> None:
    typed = read_plan(text)
    assert typed.total is None and typed.comes_to == comes_to


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("65 × 5,000", "no_equals"),
        ("51% of 8.79 crore × 3 = 1 crore", "mixed"),
        ("24 lakh × 2 ÷ 403 = 1", "mixed"),
        ("24 lakh ÷ 0 = 1", "by_zero"),
        ("65 constituencies", "no_equals"),
        ("65 5000 = 325000", "no_times"),
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
    with pytest.raises(UnreadablePlan) as refused:
        read_plan(text)
    assert refused.value.code == code


def test_an_average_stands_for_what_it_was_rounded_from() -> None:
    assert rounding(Decimal("6.7")) == Decimal("0.05") and rounding(Decimal("6.70")) == Decimal("0.005")
    assert rounding(Decimal(65)) == 0 and rounding(Decimal("1E+5")) == 0


@given(st.integers(1, 10**4), st.integers(1, 10**6))
def test_a_product_always_holds_and_its_needs_are_what_was_typed(units: int, each: int) -> None:
    found = checked(read_plan(f"{units:,} seats × {each:,} = {units * each:,}"))
    assert found.fits == "level" and found.needed_level == each


LATIN, DEVANAGARI = "0123456789", "०१२३४५६७८९"
TIMES = (
    "{units} constituencies × {each} = {total}",
    "{units} constituencies, {each} each, {total}",
    "{units} districts, {each} per district, total {total}",
    "{units} districts {each} each total {total}",
    "{total} = {units} seats x {each}",
    "{units} seats @ {each} makes {total}",
    "{units} सीटें गुणा {each} = {total}",
    "{units} ज़िले, हर ज़िले में {each}, कुल {total}",
    "{units} मंडल, प्रति मंडल {each}, यानी {total} सदस्य",
)
DIVIDED = (
    "{total} ÷ {units} = {each}",
    "{total} divided by {units} is {each}",
    "{total} बटा {units} = {each} प्रति बूथ",
)
SHARES = (
    "{share}% of {whole} = {total}",
    "{share} per cent of {whole} is {total}",
    "{whole} का {share} प्रतिशत = {total}",
)


def people_write(n: int, how: str) -> str:
    """A whole number as people write it; in lakh or crore only where two decimals say it exactly."""
    if how in ("lakh", "लाख") and n % 1_000 == 0:
        return f"{Decimal(n) / 100_000} {how}"
    if how in ("crore", "करोड़") and n % 100_000 == 0:
        return f"{Decimal(n) / 10_000_000} {how}"
    return {"plain": str(n), "million": f"{n:,}"}.get(how) or grouped(n)


WAYS = st.sampled_from(["plain", "million", "indian", "lakh", "लाख", "crore", "करोड़"])
DIGITS = st.sampled_from([LATIN, DEVANAGARI])


def in_digits(text: str, digits: str) -> str:
    return text.translate(str.maketrans(LATIN, digits))


@given(
    st.sampled_from(TIMES),
    st.integers(1, 10**4),
    st.integers(1, 10**5),
    st.lists(WAYS, min_size=3, max_size=3),
    DIGITS,
    st.sampled_from([0, 0, 5, 300]),
)
def test_a_multiplication_in_words_is_read_back_and_judged(
    how: str, units: int, each: int, ways: list[str], digits: str, off_pct: int
) -> None:
    total = units * each + -(-units * each * off_pct // 100)
    said = zip(("units", "each", "total"), (units, each, total), ways, strict=True)
    text = in_digits(how.format(**{name: people_write(n, way) for name, n, way in said}), digits)
    typed = read_plan(text)
    assert [term.number for term in typed.factors] == [units, each] and typed.total is not None
    assert typed.total.number == total and typed.comes_to == units * each
    judged = checked(typed).readings[0].verdict
    # A number with decimals was rounded, so a total some per cent off may be within that.
    sure = all(way in ("plain", "million", "indian") for way in ways)
    assert judged == "exact" if not off_pct else judged != "exact" and (not sure or judged == "off")


@given(st.sampled_from(DIVIDED), st.integers(1, 10**8), st.integers(1, 10**4), WAYS, DIGITS, st.booleans())
def test_a_division_in_words_is_read_back_and_judged(
    how: str, total: int, units: int, way: str, digits: str, holds: bool
) -> None:
    quotient = (2 * total + units) // (2 * units)  # to the nearest whole
    each = quotient if holds else 2 * quotient + 2
    typed = read_plan(in_digits(how.format(total=people_write(total, way), units=units, each=each), digits))
    assert [term.number for term in typed.factors] == [total, units] and typed.kind == "divided"
    assert (checked(typed).fits == "level") == holds


@example(SHARES[0], 150, 150, "plain", "0123456789", True)  # 22.5 votes are rounded to 22 as well
@given(st.sampled_from(SHARES), st.integers(1, 1000), st.integers(100, 10**9), WAYS, DIGITS, st.booleans())
def test_a_share_in_words_is_read_back_and_judged(
    how: str, tenths: int, whole: int, way: str, digits: str, holds: bool
) -> None:
    share = Decimal(tenths) / 10
    total = round(share * whole / 100) if holds else round(share * whole / 50) + 2
    facts = {"share": share, "whole": people_write(whole, way), "total": f"{total:,}"}
    typed = read_plan(in_digits(how.format(**facts), digits))
    assert [term.number for term in typed.factors] == [share / 100, whole] and typed.kind == "share"
    if holds:
        assert checked(typed).fits == "level"
    elif way in ("plain", "million", "indian") and tenths % 10 == 0:
        assert checked(typed).fits == "neither"


@given(st.text(alphabet="0123456789०१२ .,=×÷/%x-–totaleachकुलहरिsperakh", max_size=60))
def test_anything_like_a_plan_is_read_or_refused(text: str) -> None:
    with suppress(UnreadablePlan):
        typed = read_plan(text)
        assert plain_decimal(typed.comes_to)
        if typed.total is not None:
            checked(typed, parts=SEGMENTS)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnreadablePlan):
        typed = read_plan(text)
        assert typed.total is None or checked(typed, parts=SEGMENTS).fits


NUMBERS = st.from_regex(r"[0-9]{1,15}(\.[0-9]{1,18})?", fullmatch=True)


@given(st.lists(NUMBERS, min_size=2, max_size=20), NUMBERS)
@example(["0.000000000000000001", "1"], "1000000000000000")
@example(["0.001"] * 6, "1000000000000000")
def test_whatever_comes_out_can_be_written(factors: list[str], total: str) -> None:
    with suppress(UnreadablePlan):
        found = checked(read_plan(f"{' x '.join(factors)} = {total}"), parts=SEGMENTS)
        needed = (found.needed_level, found.needed_part)
        for number in (*(one.each_level for one in found.readings), *filter(None, needed)):
            assert plain_decimal(number)
