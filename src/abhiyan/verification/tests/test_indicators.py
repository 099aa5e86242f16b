"""A worker's entries look different in a morning at the doors and in an evening at a table."""

from datetime import UTC, datetime, timedelta

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.verification.rules.indicators import (
    Indicator,
    IndicatorTally,
    Reason,
    WorkerEntry,
    is_night,
    reason_in_words,
    reasons,
    tallies,
)

MORNING = datetime(2026, 11, 3, 9, tzinfo=UTC)
I = Indicator  # noqa: E741 - thirty lines name indicators


def evening_at_a_table() -> list[WorkerEntry]:
    """Ten people in seven minutes at 11 at night, numbers in a row, everybody born in a round year."""
    return [
        WorkerEntry(
            at=MORNING + timedelta(hours=14, seconds=40 * n),
            phone=n // 2,
            last_four=5_550 + n,
            seconds=12,
            place="table",
            birth_year=1980 + 5 * (n % 3),
            answers=("yes", "yes"),
            is_confirmed=False,
            device="one",
            is_double=n == 9,
            is_refusal=False,
        )
        for n in range(10)
    ]


def test_an_evening_at_a_table_leaves_every_trace() -> None:
    found = tallies(evening_at_a_table(), target=10)
    assert found == {
        I.PHONES: IndicatorTally(10, 10),
        I.SEQUENCE: IndicatorTally(9, 9),
        I.BURSTS: IndicatorTally(9, 9),
        I.NIGHT: IndicatorTally(10, 10),
        I.SPEED: IndicatorTally(10, 10),
        I.PLACES: IndicatorTally(45, 45),
        I.AGES: IndicatorTally(10, 10),
        I.DIGITS: IndicatorTally(0, 45),
        I.TARGETS: IndicatorTally(1, 1),
        I.ANSWERS: IndicatorTally(45, 45),
        I.UNCONFIRMED: IndicatorTally(10, 10),
        I.DEVICES: IndicatorTally(10, 10),
        I.DOUBLES: IndicatorTally(1, 10),
        I.REFUSALS: IndicatorTally(10, 10),
    }


def test_a_morning_at_the_doors_leaves_none() -> None:
    years, digits = (1961, 1978, 1990, 1983), (1_234, 8_871, 402, 9_990)
    doors = [
        WorkerEntry(
            at=MORNING + timedelta(minutes=9 * n),
            phone=n,
            last_four=digits[n],
            seconds=95,
            place=n,
            birth_year=years[n],
            is_confirmed=True,
            is_refusal=n == 2,
        )
        for n in range(4)
    ]
    found = {key: tally.hits for key, tally in tallies(doors, target=5).items() if tally.hits}
    assert found == {I.AGES: 1, I.REFUSALS: 3}, "one is born in 1990, and one of four refused"
    assert tallies([]) == {}
    assert I.TARGETS not in tallies(doors), "nobody asked for a number a day"
    assert tallies([WorkerEntry(MORNING)]) == {I.NIGHT: IndicatorTally(0, 1)}, (
        "what is not known counts nowhere"
    )


def test_ten_at_night_is_night_and_six_in_the_morning_is_day() -> None:
    told = [is_night(MORNING.replace(hour=hour)) for hour in (5, 6, 21, 22)]
    assert told == [True, False, False, True]


entries = st.lists(
    st.builds(
        WorkerEntry,
        at=st.integers(0, 10**6).map(lambda s: MORNING + timedelta(seconds=s)),
        phone=st.none() | st.integers(0, 5),
        last_four=st.none() | st.integers(0, 9_999),
        place=st.none() | st.integers(0, 3),
        birth_year=st.none() | st.integers(1930, 2008),
        is_confirmed=st.none() | st.booleans(),
    ),
    max_size=12,
)


@given(entries, st.none() | st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_indicator_has_more_hits_than_it_looked_at_and_none_hangs_on_the_order_of_rows(
    inside: list[WorkerEntry], target: int | None, chance: object
) -> None:
    inside = [one for n, one in enumerate(inside) if one.at not in {each.at for each in inside[:n]}]
    found = tallies(inside, target=target)
    assert all(0 <= one.hits <= one.of for one in found.values())
    assert tallies(inside[::-1], target=target) == found


def test_a_reason_is_a_sentence_with_numbers_and_those_of_others_nearby() -> None:
    with translation.override("en"):
        bursts = reason_in_words(I.BURSTS, IndicatorTally(41, 60), 0.062)
        digits = reason_in_words(I.DIGITS, IndicatorTally(900, 2_000), 0.11)
    assert bursts == (
        "41 of 60 entries came less than a minute after the one before. Others nearby: 6.2 in 100."
    )
    assert digits.startswith("Last digits of phone numbers repeat: 45 of 100 pairs end alike.")
    with translation.override("hi"):
        hindi = reason_in_words(I.NIGHT, IndicatorTally(1_200, 2_000), 0.0)
    assert "1,200" in hindi and "2,000" in hindi and "entries" not in hindi


def test_one_weak_reason_alone_is_none_and_strength_has_three_words() -> None:
    thirty = IndicatorTally(30, 60)
    weak, clear = Reason(I.DIGITS, thirty, 0.1, 0.02), Reason(I.DIGITS, thirty, 0.1, 0.0009, 0.8)
    far = Reason(I.DIGITS, thirty, 0.1, 1e-6, 0.01)
    assert reasons([weak]) == [] and reasons([clear]) == [clear]
    other = Reason(I.NIGHT, thirty, 0.1, 0.04)
    assert reasons([other, weak]) == [weak, other], "two agree"
    rare = Reason(I.NIGHT, IndicatorTally(2, 60), 0.0, 1e-4, 0.01)
    assert reasons([rare, weak]) == [], "what is no reason does not help"
    assert reasons([Reason(I.CHECKS, thirty, 0.1, 0.05, 0.0), clear]) == [clear], (
        "one in twenty honest workers shows it"
    )
    assert [one.strength for one in (weak, clear, far)] == ["weak", "clear", "strong"]


def test_the_rarest_reasons_come_first_and_what_luck_explains_is_none() -> None:
    told = [
        Reason(I.AGES, IndicatorTally(30, 60), 0.45, 0.3),
        Reason(I.NIGHT, IndicatorTally(30, 60), 0.05, 1e-6, 0.01),
        Reason(I.BURSTS, IndicatorTally(30, 60), 0.10, 0.02),
    ]
    assert [one.indicator for one in reasons(told)] == [I.NIGHT, I.BURSTS]
    assert [one.indicator for one in reasons(told, most=1)] == [I.NIGHT]
    assert reasons(told[:1]) == []
    assert reasons([Reason(I.BURSTS, IndicatorTally(2, 41), 0.002, 1e-5, 0.01)]) == [], (
        "that happens to somebody"
    )
    assert told[1].text == reason_in_words(I.NIGHT, IndicatorTally(30, 60), 0.05)
