"""A deck has its slides, a finding on each, cut tables, and no more than may be said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from abhiyan.core.cut import Cut
from abhiyan.review.queries.deck_files import sample_slides
from abhiyan.review.rules.deck_pages import DeckAsk
from abhiyan.review.rules.deck_rounds import ReviewedRound, round_deck
from abhiyan.review.rules.decks import (
    MOST_ROWS,
    ROWS,
    About,
    Behind,
    DeckUnit,
    Heard,
    Measured,
    checked_deck,
    unit_deck,
)
from abhiyan.ui.charts import Day, Trend
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.slides.frozen import frozen_slides, thawed
from abhiyan.ui.slides.said import Bars, Course, Cover, Gaps, Grid, Mention, Slide, SlideInterval

ABOUT = About("Reasi", "Drive", "2 Nov – 31 Dec", "As of today", "Sangathan", "31 Dec")
FIRST = date(2026, 11, 2)
LADDER = LadderShown(
    name="Drive",
    target=20_000,
    reported=9_412,
    counted=7_624,
    unsigned=861,
    confirmed=3_987,
    pace_pct=40,
    day=24,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def trend(days: int, target: int | None = 20_000) -> Trend:
    states = [Day(on=FIRST + timedelta(n), reported=400 * n, counted=300 * n) for n in range(days)]
    return Trend(name="", begins_on=FIRST, ends_on=FIRST + timedelta(59), days=states, target=target)


def measured(**other: Any) -> Measured:
    return replace(Measured(LADDER), **other)


def titles(slides: list[Slide]) -> list[str]:
    return [slide.title for slide in slides]


def test_a_deck_says_first_what_checks_found_and_else_how_far_the_unit_is() -> None:
    headline = "Of 17,162 people entered up to 9 Nov 2026, about 86 of 100 are real (80 to 93)"
    cover = unit_deck(ABOUT, DeckUnit(), measured(headline=headline, provisional="Provisional."))[0]
    assert cover.title == headline
    assert isinstance(cover.body, Cover) and "As of today · Provisional." in cover.body.lines
    assert titles(unit_deck(ABOUT, DeckUnit(), measured()))[0] == "7,624 counted, 376 fewer than due by today"
    for ladder, title in (
        (replace(LADDER, counted=None), "Fewer than 10 counted so far"),
        (replace(LADDER, counted=20_000), "20,000 counted: the target is reached"),
        (replace(LADDER, counted=9_000), "9,000 counted: 45% of the target"),
        (replace(LADDER, target=None), "7,624 counted so far"),
    ):
        assert titles(unit_deck(ABOUT, DeckUnit(), measured(ladder=ladder)))[0] == title


def test_the_first_slide_names_unit_programme_window_and_moment() -> None:
    (cover, *_rest) = unit_deck(replace(ABOUT, is_rounded=True, is_sample=True), DeckUnit(), measured())
    assert isinstance(cover.body, Cover)
    assert cover.body.lines == (
        "Reasi",
        "Drive · 2 Nov – 31 Dec",
        "As of today · Rounded to 10.",
        "Sample: people and figures are made up.",
        "Sangathan",
    )


def test_only_slides_that_have_something_to_say_are_there() -> None:
    assert [type(slide.body) for slide in unit_deck(ABOUT, DeckUnit(), measured())] == [Cover, Bars]
    assert [type(slide.body) for slide in unit_deck(ABOUT, DeckUnit(), None)] == [Cover]
    nobody_behind = measured(below=Cut([Behind("Katra", 100, 40, 60)], 1))
    assert len(unit_deck(ABOUT, DeckUnit(), nobody_behind)) == 2
    unknown = measured(gaps=[SlideInterval("Katra", why="not enough checks (3 of 19)")])
    assert len(unit_deck(ABOUT, DeckUnit(), unknown)) == 2
    hidden = DeckUnit(questions=[("Waiting for an answer", None), ("Proven", 0)])
    assert len(unit_deck(ABOUT, hidden, measured())) == 2


def test_the_ladder_keeps_its_rungs_apart_and_says_why_one_is_missing() -> None:
    body = unit_deck(ABOUT, DeckUnit(), measured())[1].body
    assert isinstance(body, Bars)
    by_key = {bar.key: bar for bar in body.bars}
    assert [bar.key for bar in body.bars] == ["counted", "confirmed"]
    assert (by_key["counted"].value, by_key["counted"].more, by_key["counted"].beside) == (
        "7,624",
        861,
        "+ 861",
    )
    assert [(row.key, row.value, row.n) for row in body.numbers] == [("reported", "9,412", 9_412)]
    assert body.checked is not None and body.checked.value == "no back-checks yet"
    checked = replace(LADDER, estimate=0.838, low=0.71, high=0.912, short="84 of 100 (71–91)")
    body = unit_deck(ABOUT, DeckUnit(), measured(ladder=checked))[1].body
    assert isinstance(body, Bars) and body.checked is not None
    assert (body.checked.value, body.checked.rate) == ("84 of 100 (71–91)", 0.838)
    assert "estimate" not in body.names


def test_the_trend_says_what_a_day_must_bring_beside_what_it_brought() -> None:
    some_days = measured(trend=trend(24), days=[str(n) for n in range(24)], daily=340, lately=700)
    slide = unit_deck(ABOUT, DeckUnit(), some_days)[2]
    assert slide.title == "Needed from now on: 340 a day; in the last week it was 100"
    assert isinstance(slide.body, Course)
    assert [key for key, _name, _values in slide.body.lines] == ["counted", "due"]
    assert slide.body.lines[1][2][-1] == round(20_000 * 24 / 60)
    for few in (1, 2):  # one day is no line, and days before the first entry are none
        assert len(unit_deck(ABOUT, DeckUnit(), measured(trend=trend(few), days=["1", "2"][:few]))) == 2
    said = replace(trend(9), days=[replace(day, counted=0) for day in trend(9).days], target=None)
    assert len(unit_deck(ABOUT, DeckUnit(), measured(trend=said, days=["1"] * 9))) == 2, "reported is no line"
    young = measured(trend=trend(4), days=["1", "2", "3", "4"], daily=340)
    assert unit_deck(ABOUT, DeckUnit(), young)[2].title == "Needed from now on: 340 a day"


def test_of_400_units_ten_are_on_the_slide_the_next_in_the_appendix_and_the_limit_is_said() -> None:
    below = [Behind(f"Unit {n}", 100, 50, n) for n in range(MOST_ROWS)]
    slides = unit_deck(ABOUT, DeckUnit(), measured(below=Cut(below, 400)))
    tables = [slide for slide in slides if isinstance(slide.body, Grid)]
    assert len(tables) == MOST_ROWS // ROWS
    assert all(isinstance(slide.body, Grid) and len(slide.body.rows) == ROWS for slide in tables)
    assert tables[0].title == "Unit 0 lacks most: 50 fewer than the 50 due by today"
    assert "1 to 10 of 400" in tables[0].under and "31 to 40 of 400" in tables[-1].under
    assert all("The slides show 40 of 400." in " ".join(slide.foot) for slide in tables)
    assert "The rest is in the appendix." in tables[0].foot
    assert titles(tables[1:]) == ["Appendix A: Drive", "Appendix B: Drive", "Appendix C: Drive"]
    assert slides[-len(tables[1:]) :] == tables[1:], "the appendix comes last"


def test_places_that_cannot_be_told_apart_are_bracketed_and_the_unknown_have_a_reason() -> None:
    gaps = [
        SlideInterval("Ramban", 32, 23, 40, 60, 1),
        SlideInterval("Doda", 62, 52, 69, 31, 2),
        SlideInterval("Samba", 66, 62, 70, 30, 2),
        SlideInterval("Katra", why="not enough checks (7 of 19)"),
        SlideInterval("Poonch", why="not enough checks (0 of 19)"),
    ]
    _cover, slide = checked_deck(ABOUT, measured(gaps=gaps))
    assert slide.title == "The whole has not enough checks to compare units with it"
    assert isinstance(slide.body, Gaps)
    assert slide.body.tied == ((1, 2),) and len(slide.body.rows) == 3
    assert "2 more units have not enough checks." in slide.foot
    _cover, none = checked_deck(ABOUT, measured(gaps=gaps[3:]))
    assert none.title == "No unit below has enough checks yet"
    assert isinstance(none.body, Grid) and none.body.rows[0] == ("Katra", "not enough checks (7 of 19)")
    many = measured(
        gaps=gaps[:3] + [SlideInterval(f"Unit {n}", why="not enough checks (1 of 19)") for n in range(30)]
    )
    _cover, only = checked_deck(ABOUT, many)
    assert isinstance(only.body, Gaps) and len(only.body.rows) == 3
    assert "30 more units have not enough checks." in only.foot
    assert "A gap is a question to the unit, not a verdict." in slide.foot


def test_offices_and_what_is_vacant_below_stand_on_one_slide() -> None:
    unit = DeckUnit(
        offices=[("President", "Asha", "Jan 2025"), ("In-charge", "", "")], vacant=[("Booth", 466, 2_110)]
    )
    slide = unit_deck(ABOUT, unit, measured())[2]
    assert slide.title == "467 offices are vacant here and below"
    assert isinstance(slide.body, Grid)
    assert slide.body.rows[1:] == (
        ("In-charge", "vacant", ""),
        ("Booth", "vacant in 466 of 2,110 units below", ""),
    )


def test_with_many_offices_what_is_vacant_below_has_its_own_slide() -> None:
    unit = DeckUnit(offices=[("President", "Asha", "")] * 7, vacant=[(f"Office {n}", 1, 9) for n in range(4)])
    assert titles(unit_deck(ABOUT, unit, None))[1:] == ["4 offices are vacant here and below"]
    vacant = replace(unit, offices=[*unit.offices, ("In-charge", "", "")])
    assert titles(unit_deck(ABOUT, vacant, None))[1:] == [
        "Vacant here: In-charge",
        "5 offices are vacant here and below",
    ]


def test_offices_that_are_all_held_and_a_measure_of_nothing_are_no_slides() -> None:
    held = DeckUnit(offices=[("President", "Asha", "Jan 2025")], vacant=[("Booth", 0, 2_110)])
    assert [type(slide.body) for slide in unit_deck(ABOUT, held, None)] == [Cover]
    nothing = Measured(LadderShown(name="Friends", reported=0, unsigned=0, counted=0, confirmed=0))
    assert [type(slide.body) for slide in unit_deck(ABOUT, DeckUnit(), nothing)] == [Cover]
    few = replace(nothing, ladder=replace(nothing.ladder, counted=None))
    assert [type(slide.body) for slide in unit_deck(ABOUT, DeckUnit(), few)] == [Cover, Bars]


def test_the_last_review_comes_with_what_became_of_its_tasks() -> None:
    unit = DeckUnit(review=("12 Nov", "The unit needs help", [("Name two presidents", "Done")]))
    slide = unit_deck(ABOUT, unit, None)[1]
    assert slide.title == "Last review, 12 Nov: The unit needs help"
    assert isinstance(slide.body, Grid) and slide.body.rows == (("Name two presidents", "Done"),)


def test_a_round_says_how_far_it_is_what_was_decided_and_what_is_late() -> None:
    of = ReviewedRound(
        whole=(41, 60),
        branches=[("Ramban", 0, 20), ("Doda", 20, 20)],
        decided=[("Doda", "The unit needs help", "12 Nov")],
        decisions=[("Going well", 12), ("The unit needs help", 29)],
        well=12,
        late=Cut([("Name two presidents", "Doda", "3 Nov")], 29),
    )
    assert titles(round_deck(ABOUT, of)) == [
        "41 of 60 units are reviewed",
        "Ramban is furthest back: 0 of 20 reviewed",
        "29 of 41 reviewed units need help, a recheck or a change",
        "29 tasks are late",
    ]
    assert (
        titles(round_deck(ABOUT, ReviewedRound(decided=of.decided, decisions=of.decisions)))[0]
        == "41 units are reviewed"
    )


@pytest.mark.examples(30, 300)
@given(
    n=some.integers(0, 450),
    more=some.integers(0, 300),
    numbers=some.lists(some.none() | some.integers(0, 10**9), min_size=6, max_size=6),
)
def test_whatever_the_figures_no_slide_has_more_than_ten_rows_and_none_is_lost(
    n: int, more: int, numbers: list[int | None]
) -> None:
    target, reported, counted, unsigned, confirmed, _rest = numbers
    ladder = LadderShown(
        name="", target=target, reported=reported, counted=counted, unsigned=unsigned, confirmed=confirmed
    )
    below = [Behind(f"Unit {k}", 100, 50 + k, k) for k in range(min(n, MOST_ROWS))]
    slides = unit_deck(ABOUT, DeckUnit(), measured(ladder=ladder, below=Cut(below, n + more)))
    tables = [slide.body for slide in slides if isinstance(slide.body, Grid)]
    assert [len(table.rows) for table in tables[:-1]] == [ROWS] * (len(tables) - 1)
    assert [row[0] for table in tables for row in table.rows] == [row.name for row in below]
    assert all(slide.title and "%(" not in slide.title for slide in slides)


def test_what_people_said_stands_after_how_many_were_asked_and_beside_what_was_done() -> None:
    choices = [("What should improve first?", "Water", 12), ("What should improve first?", "Roads", None)]
    quotes = [
        ("The tap is dry since May", "Mandal Pouni", "A pump was asked for"),
        ("No lamp", "Mandal Arnas", ""),
    ]
    heard = Heard(40, None, choices, Cut(quotes, 2), settled=1)
    asked, quoted = unit_deck(ABOUT, DeckUnit(heard=heard), None)[-2:]
    assert asked.title == "Fewer than 10 have answered so far"
    assert "People asked: 40. Answered: fewer than 10." in asked.foot
    assert isinstance(asked.body, Grid) and isinstance(quoted.body, Grid)
    assert [row[2] for row in asked.body.rows] == ["12", "fewer than 10"]
    assert quoted.title == "Something was done about half of the quotes that came up"
    assert "Quotes that came up: 2. Something was done about 1." in quoted.foot
    assert quoted.body.rows[0] == quotes[0]
    assert len(unit_deck(ABOUT, DeckUnit(heard=Heard(0, 0)), None)) == len(unit_deck(ABOUT, DeckUnit(), None))


def test_the_answer_given_most_often_is_the_title_and_no_quote_comes_twice() -> None:
    choices = [("What should improve first?", "Water", 40), ("What should improve first?", "No answer", 50)]
    quotes = [
        ("The tap is dry", "Pouni", ""),
        ("नल सूखा है", "Arnas", ""),
        ("the  tap is dry", "Katra", ""),
        ("No lamp", "Katra", ""),
    ]
    heard = Heard(100, 60, choices, Cut(quotes, 211), 0, ("What should improve first?", "Water"))
    asked, quoted = unit_deck(ABOUT, DeckUnit(heard=heard), None)[-2:]
    assert asked.title == "What should improve first? Most often: Water"
    assert quoted.title == "Nothing was done yet about the quotes that came up"
    assert isinstance(quoted.body, Grid)
    assert [row[0] for row in quoted.body.rows] == ["The tap is dry", "No lamp", "नल सूखा है"]
    assert quoted.body.rows[2][1] == "Arnas · in Hindi"
    assert "Quotes that came up: 211. Something was done about 0." in quoted.foot


@pytest.mark.parametrize(
    ("whole", "title"),
    [
        ((50, 40, 60), "In Ramban at most 39 of 100 entries are real, in the whole at least 40"),
        ((50, 38, 60), "No unit is surely below the whole"),
        (None, "The whole has not enough checks to compare units with it"),
    ],
)
def test_a_unit_is_named_as_worse_only_where_its_interval_lies_below_that_of_the_whole(
    whole: tuple[int, int, int] | None, title: str
) -> None:
    gaps = [SlideInterval("Ramban", 32, 23, 39, 61, 1), SlideInterval("Doda", 62, 52, 69, 31, 2)]
    own = SlideInterval("", *whole) if whole else None
    assert checked_deck(ABOUT, measured(gaps=gaps, whole=own))[1].title == title


def test_intervals_that_touch_name_nobody_and_no_title_says_all_or_none() -> None:
    touching = [SlideInterval("Ramban", 32, 23, 39.8, 60, 1), SlideInterval("Doda", 62, 52, 69, 31, 2)]
    whole = SlideInterval("", 50, 40.1, 60)
    assert (
        checked_deck(ABOUT, measured(gaps=touching, whole=whole))[1].title
        == "No unit is surely below the whole"
    )
    none = [SlideInterval("Ramban", 0.1, 0, 0.4, 99, 1)]
    (_cover, slide) = checked_deck(ABOUT, measured(gaps=none, whole=SlideInterval("", 99, 99.6, 100)))
    assert slide.title == "In Ramban at most 1 of 100 entries are real, in the whole at least 99"
    alone = [SlideInterval("Doda", 62, 52, 69, 31, 1), SlideInterval("Katra", why="0 of 19 checks")]
    (_cover, slide) = checked_deck(ABOUT, measured(gaps=alone, whole=whole))
    assert slide.title == "Only Doda has enough checks so far"
    assert "1 more unit has not enough checks." in slide.foot


def test_of_units_that_lack_the_same_none_is_singled_out() -> None:
    def title(*below: Behind) -> str:
        return unit_deck(ABOUT, DeckUnit(), measured(below=Cut(below, len(below))))[2].title

    rows = [Behind(name, 100, 60, 20) for name in ("Katra", "Pouni", "Arnas", "Chassana")]
    assert title(rows[0]) == "Katra: 40 fewer than the 60 due by today"
    assert title(*rows[:2]) == "Katra, Pouni lack most: 40 fewer than due by today, each"
    assert title(*rows) == "Several units lack most: 40 fewer than due by today, each"
    hidden = replace(rows[1], counted=None)
    assert title(rows[0], hidden) == "Pouni lacks most: 51 fewer than the 60 due by today", "at least"


def test_a_rounded_count_does_not_say_that_a_target_is_reached() -> None:
    near = measured(ladder=replace(LADDER, target=890, counted=900, pace_pct=100))
    assert titles(unit_deck(ABOUT, DeckUnit(), near))[0] == "900 counted: the target is reached"
    rounded = titles(unit_deck(replace(ABOUT, is_rounded=True), DeckUnit(), near))
    assert rounded[0] == "900 counted: 101% of the target"


def test_without_a_target_what_was_counted_leads() -> None:
    free = replace(LADDER, target=None)
    assert titles(unit_deck(ABOUT, DeckUnit(), measured(ladder=free)))[1] == "7,624 counted, 9,412 reported"
    few = measured(ladder=replace(free, counted=None))
    assert titles(unit_deck(ABOUT, DeckUnit(), few))[1] == "fewer than 10 counted, 9,412 reported"


def test_half_is_not_most_and_a_tie_has_no_most_frequent_answer() -> None:
    choices = [("What first?", "Water", 20), ("What first?", "Roads", 20)]
    heard = Heard(60, 40, choices, Cut([("The tap is dry", "Pouni", ""), ("No lamp", "Katra", "x")], 2), 1)
    asked, quoted = unit_deck(ABOUT, DeckUnit(heard=heard), None)[-2:]
    assert asked.title == "No answer was given more often than the others"
    assert quoted.title == "Something was done about half of the quotes that came up"


@pytest.mark.parametrize(
    ("branches", "title"),
    [
        ([("Doda", 20, 20), ("Reasi", 5, 5)], "Every unit below is reviewed"),
        ([("Doda", 2, 20)], "Doda: 2 of 20 reviewed"),
        ([("Doda", 0, 20), ("Reasi", 0, 5)], "No unit below has a review decided yet"),
        ([("Doda", 2, 4), ("Reasi", 1, 2)], "All units below are equally far"),
        ([("Doda", 2, 4), ("Reasi", 1, 2), ("Samba", 3, 3)], "Furthest back, by the same share: Doda, Reasi"),
        ([("Doda", 1, 4), ("Reasi", 1, 2), ("Samba", 0, 0)], "Doda is furthest back: 1 of 4 reviewed"),
        (
            [*((f"Unit {n}", 0, 3) for n in range(4)), ("Samba", 3, 3)],
            "Several units are furthest back, each by the same share",
        ),
    ],
)
def test_in_a_round_nobody_is_named_as_last_whom_others_equal(
    branches: list[tuple[str, int, int]], title: str
) -> None:
    assert round_deck(ABOUT, ReviewedRound(whole=(1, 1), branches=branches))[1].title == title


def test_a_round_of_one_or_none_is_said_right() -> None:
    assert titles(round_deck(ABOUT, ReviewedRound(whole=(1, 1)))) == ["1 of 1 unit is reviewed"]
    assert titles(round_deck(ABOUT, ReviewedRound(whole=(0, 0)))) == ["This round has no review to make"]


KATRA, POUNI = ("Katra", "President", "12 more", "d"), ("Pouni", "President", "3 more", "d")


@pytest.mark.parametrize(
    ("asks", "title"),
    [
        ([DeckAsk(*KATRA, FIRST)], "1 ask to 1 office, by 2 Nov 2026"),
        (
            [DeckAsk(*KATRA, FIRST + timedelta(5)), DeckAsk(*POUNI, FIRST)],
            "2 asks to 2 offices, the first by 2 Nov 2026",
        ),
        ([DeckAsk(*KATRA, FIRST), DeckAsk(*KATRA)], "2 asks to 1 office, the first due now"),
        ([DeckAsk(*KATRA), DeckAsk("Katra", "", "x", "d")], "2 asks to 1 unit, due now"),
    ],
)
def test_the_last_slide_says_how_much_is_asked_of_how_many_and_by_when(
    asks: list[DeckAsk], title: str
) -> None:
    assert unit_deck(ABOUT, DeckUnit(asks=asks), None)[-1].title == title
    assert checked_deck(ABOUT, measured(), asks)[-1].title == title
    assert round_deck(ABOUT, ReviewedRound(asks=asks))[-1].title == title


def test_beyond_its_target_a_unit_has_no_share_to_praise_and_the_last_slide_asks() -> None:
    odd = measured(ladder=replace(LADDER, target=57, counted=148))
    asks = [DeckAsk("Katra", "", "12 more, to reach the target", "31 Dec")]
    slides = unit_deck(ABOUT, DeckUnit(asks=asks), odd)
    assert slides[1].title == "148 counted; the target was 57"
    last = slides[-1]
    assert last.title == "1 ask to 1 unit, due now" and isinstance(last.body, Grid)
    assert last.body.rows == (("Katra", "–", "12 more, to reach the target", "31 Dec"),)


@pytest.mark.parametrize("language", ["hi", "en"])
def test_slides_come_back_from_json_as_they_were(language: str) -> None:
    slides = sample_slides(language)
    kept = json.loads(json.dumps(frozen_slides(slides)))
    assert thawed(kept, lambda _mentions: {}) == slides


def test_a_frozen_slide_keeps_nobody_s_words_and_loses_the_rows_of_words_that_are_gone() -> None:
    quotes = [
        (Mention("The tap is dry", "quote", "1"), "Pouni", ""),
        (Mention("No lamp", "quote", "2"), "Katra", ""),
    ]
    heard = Heard(100, 60, (), Cut(quotes, 2), 0)
    kept = json.loads(json.dumps(frozen_slides(unit_deck(ABOUT, DeckUnit(heard=heard), None))))
    assert "tap" not in str(kept) and "lamp" not in str(kept)

    def rows(words: dict[tuple[str, str], str]) -> list[str]:
        slides = thawed(kept, lambda _mentions: words)
        return [row[0] for slide in slides if isinstance(slide.body, Grid) for row in slide.body.rows]

    assert rows({("quote", "1"): "The tap is dry", ("quote", "2"): "No lamp"}) == [
        "The tap is dry",
        "No lamp",
    ]
    assert rows({("quote", "2"): "No lamp"}) == ["No lamp"]
    assert rows({}) == [], "a table without rows is no slide"
