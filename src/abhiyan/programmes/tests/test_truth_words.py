"""The truth sentence: what it says of each activity, at its edges, from outside, and of the days it is about."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.programmes.queries import short_of, truth_of
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.estimated import Estimated, RealShare, least_real, real_of_100
from abhiyan.programmes.rules.items import items_of_measure
from abhiyan.ui.ladder import WIDE

SHARES = st.floats(0, 1)
FRAME = Estimated(
    frozen_on=date(2026, 11, 13),
    wanted=19,
    href="/",
    reported=12_000,
    entered=RealShare(8_387, 2_101, 316, 0.82, 0.73, 0.87, "Wilson's"),
    counted=RealShare(5_001, 1_400, 150, 0.92, 0.87, 0.96),
    unanswered=RealShare(3_386, 701, 166, 0.67, 0.6, 0.75),
    since=date(2026, 10, 23),
    finished=2_101,
    kind="drive",
    measure=1,
)


def with_share(rate: float, low: float, high: float, finished: int = 43) -> Estimated:
    return replace(FRAME, entered=RealShare(400, finished, 0, rate, low, high), finished=finished)


def test_it_has_its_window_its_checks_and_what_it_covers() -> None:
    with override("en"):
        truth = truth_of(FRAME, entries=19_200)
    assert truth.note == (
        "Of 8,387 people entered from 23 Oct 2026 to 13 Nov 2026, about 82 of 100 are real (73 to 87), from 2,101"
        " checks. Covers 8,387 of today's 19,200 entries; 2,417 of them were asked."
    )
    assert truth.short == "82 of 100 (73–87)"
    assert truth.how.startswith(
        "By group, from 23 Oct 2026 to 13 Nov 2026: Counted 92 of 100 (87–96), from 1,400 checks; "
        "Phone not answered yet 67 of 100 (60–75), from 701 checks."
    )
    with override("hi"):
        hindi = truth_of(FRAME, entries=19_200)
    assert "जोड़े गए 8,387 लोगों में हर 100 में लगभग 82 सही हैं (73 से 87)" in hindi.sentence


def test_it_never_covers_more_than_there_is() -> None:
    with override("en"):
        gone, outside = (
            truth_of(FRAME, entries=8_100, is_rounded=is_rounded).covers for is_rounded in (False, True)
        )
        alone = truth_of(FRAME).covers
        under_way = truth_of(replace(FRAME, ends_on=date(2026, 11, 30)), entries=19_200)
    assert gone == ("Covers 8,387 entries; 2,417 of them were asked. Some have left: today there are 8,100.")
    assert outside == "Covers 8,390 entries; 2,420 of them were asked.", "their day may be an earlier one"
    assert alone == "Covers 8,387 entries; 2,417 of them were asked."
    assert "2,417 of them are drawn to be asked." in under_way.covers, "nobody knows yet who answers"
    assert "refused, not reached or not asked yet" in under_way.how


@pytest.mark.parametrize(
    ("rate", "low", "high", "sentence", "short"),
    [
        (1.0, 0.73, 1.0, "at least 73 of 100 are real (43 checks)", "at least 73 of 100"),
        (0.996, 0.9, 1.0, "at least 90 of 100 are real (43 checks)", "at least 90 of 100"),
        (1.0, 1.0, 1.0, "at least 99 of 100 are real (43 checks)", "at least 99 of 100"),
        (0.99, 0.96, 1.0, "about 99 of 100 are real (96 to 100), from 43 checks", "99 of 100 (96–100)"),
        (0.0, 0.0, 0.27, "at most 27 of 100 are real (43 checks)", "at most 27 of 100"),
        (0.004, 0.0, 0.1, "at most 10 of 100 are real (43 checks)", "at most 10 of 100"),
        (0.0, 0.0, 0.0, "at most 1 of 100 are real (43 checks)", "at most 1 of 100"),
        (0.5, 0.35, 0.65, "about 50 of 100 are real (35 to 65), from 43 checks", "50 of 100 (35–65)"),
        (0.5, 0.344, 0.654, "between 34 and 65 of 100 are real; too few checks (43)", None),
        (0.87, 0.25, 0.98, "between 25 and 98 of 100 are real; too few checks (43)", None),
        (0.8, 0.5, 1.0, "at least 50 of 100 are real (43 checks)", "at least 50 of 100"),
        (0.2, 0.0, 0.6, "at most 60 of 100 are real (43 checks)", "at most 60 of 100"),
        (0.5, 0.0, 1.0, "nobody can say yet how many are real; too few checks (43)", "too few checks"),
    ],
)
def test_edges_are_decided_by_the_numbers_that_are_read(
    rate: float, low: float, high: float, sentence: str, short: str | None
) -> None:
    with override("en"):
        truth = truth_of(with_share(rate, low, high))
    assert truth.sentence.endswith(f"2026, {sentence}.")
    numbers = "–".join(re.findall(r"between (\d+) and (\d+)", sentence)[0]) if short is None else ""
    assert truth.short == (short or f"{numbers} of 100; too few checks")


@given(SHARES, SHARES, SHARES, st.integers(19, 5_000))
def test_it_never_says_all_or_none_and_no_middle_of_a_wide_interval(
    rate: float, one: float, other: float, finished: int
) -> None:
    low, high = sorted((one, other))
    with override("en"):
        truth = truth_of(with_share(rate, low, high, finished))
        assert short_of(RealShare(400, finished, 0, rate, low, high)) == truth.short
    for text in (truth.sentence, truth.short):
        assert not re.search(r"(?<![\d–])(100|0) of 100", text), text
    real = truth.real
    assert real is not None
    if real.about is not None:
        assert real.low is not None and real.high is not None
        assert 0 < real.about < 100 and real.low <= real.about <= real.high <= real.low + WIDE
        assert "about" in truth.sentence and "few" not in truth.sentence
    else:
        assert "about" not in truth.sentence
    shown = [n for n in (real.low, real.about, real.high) if n is not None]
    assert all(first <= second for first, second in pairwise(shown))
    assert real.low is None or round(100 * low) >= real.low, "it promises no more than the checks"
    assert real.high is None or round(100 * high) <= real.high
    for n in shown:
        assert str(n) in truth.sentence and str(n) in truth.short, "one number, on the page and in a cell"


@given(st.integers(0, 60), st.booleans())
def test_few_checks_are_one_sentence_that_says_how_many_are_lacking(finished: int, is_closed: bool) -> None:
    ends_on = None if is_closed else date(2026, 12, 1)
    few = replace(FRAME, entered=RealShare(400, finished, 3), finished=finished, ends_on=ends_on)
    with override("en"):
        exact, outside = truth_of(few, entries=900), truth_of(few, entries=900, is_rounded=True)
        unknown = truth_of(replace(few, finished=None))
    lacking = max(0, 19 - finished)
    assert exact.note == f"not enough checks ({finished} of 19): {lacking} are lacking"
    assert outside.note == unknown.note == "not enough checks: fewer than 19 are answered"
    assert (exact.real, outside.real, exact.parts) == (None, None, "")


def test_a_grade_has_its_window_and_no_figure() -> None:
    with override("en"):
        truth = truth_of(replace(FRAME, entered=RealShare(), grade="B"))
    assert truth.sentence == (
        "Grade B for entries from 23 Oct 2026 to 13 Nov 2026: 3 to 5 of 19 checks were not genuine."
    )
    assert (truth.short, truth.real, truth.covers) == ("grade B", None, "")


@given(SHARES, SHARES, SHARES, st.integers(10, 90_000), st.integers(19, 9_000), st.integers(0, 99_000))
def test_from_outside_only_its_counts_differ_and_they_are_whole_tens(
    rate: float, one: float, other: float, items: int, finished: int, entries: int
) -> None:
    low, high = sorted((one, other))
    frame = replace(FRAME, entered=RealShare(items, finished, 37, rate, low, high), finished=finished)
    with override("en"):
        exact, outside = (
            truth_of(frame, entries=entries, is_rounded=is_rounded) for is_rounded in (False, True)
        )
    assert (exact.real, exact.short) == (outside.real, outside.short)

    def words(text: str) -> str:
        return re.sub(r"\d[\d,]*|fewer than 10", "n", text)

    assert words(exact.sentence) == words(outside.sentence)
    known = re.search(
        r"^Of ([\d,]+) .*?(?:from|checks \(|real \()\D*([\d,]+)(?: checks)?\)?\.$", outside.sentence
    )
    assert known, outside.sentence
    counts = [known[1], known[2], *re.findall(r"\d[\d,]*", outside.covers)]
    assert all(int(n.replace(",", "")) % 10 == 0 for n in counts if n != "10"), (counts, outside.covers)


def every_measure() -> list[tuple[str, int]]:
    return [(kind.kind, items.measure) for kind in activities.registered_activities() for items in kind.items]


def test_each_activity_speaks_of_its_own_items() -> None:
    found = {}
    with override("en"):
        for kind, measure in every_measure():
            truth = truth_of(replace(FRAME, kind=kind, measure=measure), entries=19_200)
            match = re.match(r"Of 8,387 (.+) from 23 Oct", truth.sentence)
            assert match, truth.sentence
            found[kind, measure] = match[1], truth.no_entry
    assert len(found) >= 8
    nouns = [noun for noun, _no_entry in found.values()]
    assert len(set(nouns)) == len(nouns), "two activities are said alike"
    assert [kind for (kind, _m), (noun, _n) in found.items() if "people entered" in noun] == ["drive"]
    assert [kind for (kind, _m), (_noun, no_entry) in found.items() if no_entry] == ["drive"]
    with override("hi"):
        hindi = [str(activities.entered_of(*key).items) for key in found]
    assert not any(re.search(r"[A-Za-z]", text.replace("%(n)s", "")) for text in hindi), hindi


def test_a_stay_is_no_person_and_makes_no_calls_and_forms() -> None:
    with override("en"):
        truth = truth_of(replace(FRAME, kind="stays", measure=1), entries=19_200)
    assert truth.sentence.startswith("Of 8,387 stays from 23 Oct 2026 to 13 Nov 2026, about 82 of 100")
    assert not re.search(r"people|calls|forms", f"{truth.note} {truth.how}")


def test_an_activity_that_declares_no_words_does_not_start() -> None:
    with pytest.raises(TypeError, match="entered"):
        items_of_measure("stays", measure=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="entered"):
        activities.Items(1, "select 1", "select 1")  # type: ignore[call-arg]


def test_a_frame_without_a_known_first_day_says_up_to_when() -> None:
    with override("en"):
        for since in (None, date(2026, 12, 1)):
            assert "entered up to 13 Nov 2026, about" in truth_of(replace(FRAME, since=since)).sentence


def test_real_of_100_needs_a_rate() -> None:
    assert real_of_100(RealShare(90, 10, 3)) is None


@pytest.mark.parametrize(
    ("whole", "parts", "least"),
    [
        ((0.82, 0.73, 0.87), {1: (0.61, 0.43, 0.77), 2: (0.8, 0.7, 0.86)}, 1),
        ((0.82, 0.73, 0.87), {1: (0.61, 0.3, 0.86)}, None),  # too few checks
        ((0.82, 0.73, 0.87), {1: (0.5, 0.1, 0.95), 2: (0.6, 0.55, 0.65)}, 2),  # the lowest may be luck
        ((0.82, 0.73, 0.87), {}, None),
        ((0.82, 0.73, 0.87), {1: (0.95, 0.9, 0.98)}, None),
        (None, {1: (0.6, 0.55, 0.65)}, None),  # nothing to compare with
    ],
)
def test_the_least_real_part_is_one_that_checks_tell_apart_from_the_whole(
    whole: tuple[float, float, float] | None,
    parts: dict[int, tuple[float, float, float]],
    least: int | None,
) -> None:
    def of(rate: float, low: float, high: float) -> Estimated:
        return replace(FRAME, entered=RealShare(400, 100, 0, rate, low, high))

    found = {key: of(*share) for key, share in parts.items()}
    assert least_real(of(*whole) if whole else None, found) == least
