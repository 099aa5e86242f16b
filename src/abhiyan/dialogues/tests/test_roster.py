"""The roster of calls over a year: areas inside areas, leaders who are away, presidents who change."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.dialogues.queries import RoundPace
from abhiyan.dialogues.rules.roster import (
    BoothToCall,
    Caller,
    Roster,
    RosterSource,
    after_night,
    days_of_round,
    roster,
)
from abhiyan.dialogues.views.calls import round_in_words

FIRST = date(2026, 11, 25)
PER_DAY = 2


class Year:
    """A state of districts. Two leaders call in the state, some in districts, one in two districts at once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        sizes = [rng.randrange(0, 6) for _district in range(4)]
        starts = [sum(sizes[:n]) for n in range(len(sizes))]
        spans = [(start, start + size) for start, size in zip(starts, sizes, strict=True)]
        whole = ((0, sum(sizes)),)
        self.leaders = {
            1: Caller(1, "state", whole),
            2: Caller(2, "state", whole),
            **{3 + n: Caller(3 + n, f"d{n}", (span,)) for n, span in enumerate(spans)},
            7: Caller(7, "d0,d2", (spans[0], spans[2])),
        }
        self.booths = {
            unit: BoothToCall(unit, unit, 100 + unit, weakness=rng.randrange(3), lot=rng.randrange(1 << 30))
            for unit in range(sum(sizes))
        }
        if self.booths:  # somebody who calls is president of a booth themselves
            self.booths[0] = replace(self.booths[0], president=1)
        if len(self.booths) > 1:  # one president of two booths
            self.booths[1] = replace(self.booths[1], president=self.booths[0].president)
        self.reach = {
            one.area: {unit for unit in self.booths if any(lo <= unit < hi for lo, hi in one.spans)}
            for one in self.leaders.values()
        }
        self.vacant = {unit for unit in self.booths if rng.random() < 0.1}
        self.rounds: dict[str, date] = {}
        self.since: dict[str, set[int]] = {}  # area -> booths given in its round
        self.open: dict[int, list[tuple[int, RosterSource]]] = {}  # leader -> what was not done yesterday
        self.carried = 0

    def inside(self, leader: Caller) -> set[int]:
        return self.reach[leader.area]

    def day(self, on: date) -> None:
        """One morning, its calls, and the night."""
        here = {unit: one for unit, one in self.booths.items() if unit not in self.vacant}
        away = {account for account in self.leaders if self.rng.random() < 0.2}
        kept: dict[int, list[int]] = {}
        for leader, undone in self.open.items():
            for unit, came in undone:
                match after_night(came, is_away=leader in away):
                    case RosterSource.CARRIED:
                        kept.setdefault(leader, []).append(unit)
                    case RosterSource.PASSED if unit in here:
                        here[unit] = replace(here[unit], passed_by=leader)
        callers = [
            replace(one, carried=tuple(kept.get(account, ())))
            for account, one in self.leaders.items()
            if account not in away
        ]
        made = roster(callers, list(here.values()), self.rounds, per_day=PER_DAY, on=on)
        self.check(made, callers, here)
        self.rounds = dict(made.rounds)
        self.open = {}
        for one in made.given:
            booth = replace(self.booths[one.unit], given_on=on)
            if self.rng.random() < 0.6:
                booth = replace(booth, heard_on=on)
            else:
                self.open.setdefault(one.leader, []).append((one.unit, one.came))
            self.booths[one.unit] = booth
        for unit, booth in self.booths.items():
            if self.rng.random() < 0.01:  # an office ends, or somebody new begins
                self.vacant ^= {unit}
                self.booths[unit] = replace(booth, president=booth.president + 1_000)

    def check(self, made: Roster, callers: list[Caller], here: dict[int, BoothToCall]) -> None:
        """Hold the rule against sets of our own."""
        by_account = {one.account: one for one in callers}
        for leader in callers:
            self.since.setdefault(leader.area, set())  # its first round begins with its first call
        units = [one.unit for one in made.given]
        presidents = [here[unit].president for unit in units]
        assert len(units) == len(set(units)) and len(presidents) == len(set(presidents))
        taken: set[int] = set()
        for one in made.given:
            leader = by_account[one.leader]
            inside = self.inside(leader) & set(here)
            assert one.unit in inside and here[one.unit].president != one.leader, "nobody calls themselves"
            called = {here[unit].president for unit in taken}
            blocked = {unit for unit in inside if here[unit].president in called}
            own = {unit for unit in inside if here[unit].president == one.leader}
            if one.came is RosterSource.CARRIED:
                assert one.unit in leader.carried
                self.carried += 1
            elif one.came is RosterSource.PASSED:
                assert here[one.unit].passed_by not in (0, one.leader)
            else:
                since = self.since[leader.area]
                if one.unit in since:
                    assert inside <= since | taken | own, "nobody twice before everybody once"
                    since = self.since[leader.area] = taken & inside
                due = inside - since - taken - blocked - own
                assert one.unit == min(due, key=lambda unit: here[unit].order)
            taken.add(one.unit)
            for area, since in self.since.items():
                if one.unit in self.reach[area]:
                    since.add(one.unit)
        called = {here[unit].president for unit in taken}
        for leader in callers:
            had = sum(one.leader == leader.account for one in made.given)
            assert had <= PER_DAY
            if had < PER_DAY:
                inside = self.inside(leader) & set(here)
                mine = {unit for unit in inside if here[unit].president == leader.account}
                left = {unit for unit in inside - taken - mine if here[unit].president not in called}
                waiting = inside - self.since[leader.area] - taken - mine
                assert not left or waiting, "a leader without a call has nobody left to call in this round"


@pytest.mark.examples(3, 100)
@given(st.integers(0, 2**32))
def test_a_year_of_rosters_calls_nobody_twice_before_everybody_once(seed: int) -> None:
    year = Year(random.Random(seed))
    for day in range(365):
        year.day(FIRST + timedelta(days=day))
    if any(year.inside(one) for one in year.leaders.values()):
        assert year.carried


def test_narrow_areas_choose_first_and_the_weakest_never_heard_booth_leads() -> None:
    booths = [
        BoothToCall(1, 1, 101, weakness=2),
        BoothToCall(2, 2, 102, weakness=0, heard_on=FIRST - timedelta(days=9)),
        BoothToCall(3, 3, 103, weakness=1),
        BoothToCall(4, 14, 104, weakness=0, heard_on=FIRST - timedelta(days=30)),
    ]
    callers = [Caller(1, "wide", ((0, 20),)), Caller(2, "narrow", ((0, 10),))]
    made = roster(callers, booths, {}, per_day=1, on=FIRST)
    assert [(one.leader, one.unit) for one in made.given] == [(2, 3), (1, 1)]
    both = roster(callers[:1], booths, {}, per_day=4, on=FIRST)
    assert [one.unit for one in both.given] == [3, 1, 4, 2]


PAIR = [BoothToCall(1, 1, 101, lot=1), BoothToCall(2, 2, 101, lot=2)]
BAD: dict[str, Callable[[], Roster]] = {
    "nobody calls": lambda: roster([], PAIR, {}, per_day=2, on=FIRST),
    "a leader without an area": lambda: roster([Caller(1, "", ())], PAIR, {}, per_day=2, on=FIRST),
    "no booth has a president": lambda: roster([Caller(1, "a", ((0, 9),))], [], {}, per_day=2, on=FIRST),
    "what is carried lies elsewhere now": lambda: roster(
        [Caller(1, "a", ((5, 9),), carried=(1, 77))], PAIR, {}, per_day=2, on=FIRST
    ),
}


@pytest.mark.parametrize("made", BAD.values(), ids=BAD)
def test_where_nobody_can_be_called_nobody_is_given(made: Callable[[], Roster]) -> None:
    assert not made().given


def test_one_booth_is_called_each_day_and_a_president_of_two_once_a_day() -> None:
    one = [Caller(1, "a", ((0, 2),))]
    both = [Caller(1, "a", ((0, 9),))]
    booths = {booth.unit: booth for booth in PAIR}
    rounds: dict[str, date] = {}
    had = []
    for day in range(4):
        on = FIRST + timedelta(days=day)
        assert [each.unit for each in roster(one, PAIR, {}, per_day=2, on=on).given] == [1]
        made = roster(both, list(booths.values()), rounds, per_day=2, on=on)
        rounds = dict(made.rounds)
        had += [each.unit for each in made.given]
        booths |= {each.unit: replace(booths[each.unit], given_on=on, heard_on=on) for each in made.given}
    assert had == [1, 2, 1, 2]


def test_a_leader_who_is_president_of_a_booth_calls_the_others_round_after_round() -> None:
    leader = Caller(1, "a", ((0, 9),))
    booths = {booth.unit: booth for booth in (replace(PAIR[0], president=1), *PAIR[1:])}
    rounds: dict[str, date] = {}
    had = []
    for day in range(3):
        on = FIRST + timedelta(days=day)
        made = roster([leader], list(booths.values()), rounds, per_day=2, on=on)
        rounds = dict(made.rounds)
        had += [each.unit for each in made.given]
        booths |= {each.unit: replace(booths[each.unit], given_on=on, heard_on=on) for each in made.given}
    assert had == [2, 2, 2]
    alone = [replace(PAIR[0], president=1)]
    assert not roster([leader], alone, {}, per_day=2, on=FIRST).given


def test_what_is_not_done_comes_once_more_then_goes_to_another_leader() -> None:
    assert after_night(RosterSource.IN_TURN, is_away=False) is RosterSource.CARRIED
    assert after_night(RosterSource.IN_TURN, is_away=True) is RosterSource.PASSED
    assert after_night(RosterSource.CARRIED, is_away=False) is RosterSource.PASSED
    assert after_night(RosterSource.PASSED, is_away=False) is None


def test_a_round_of_the_country_takes_82_days_and_with_150_leaders_544() -> None:
    assert (days_of_round(163_000, 2_000), days_of_round(163_000, 300)) == (82, 544)
    assert (days_of_round(0, 10), days_of_round(10, 0)) == (0, None)


def test_a_round_longer_than_a_month_says_how_many_leaders_it_needs() -> None:
    long, short = RoundPace(2_276, 8, 2, 143, 200), RoundPace(480, 8, 2, 30, 200)
    with override("en"):
        assert round_in_words(long).endswith(
            "One round of 2,276 booths takes 143 days. With 38 leaders it takes 30 days."
        )
        assert round_in_words(short).endswith("One round of 480 booths takes 30 days.")
