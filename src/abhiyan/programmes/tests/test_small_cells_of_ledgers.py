"""Random trees in two hierarchies: no two answers about counts that somebody outside reads differ by 1 to 9."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest

from abhiyan.core.clock import day_in
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.small_cells import STEP
from abhiyan.core.tests.given import NOW
from abhiyan.forms.tests.test_small_cells_of_forms import RandomWorld
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.counts_by import By
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, UNSIGNED, Ladder, TallyChange
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Placement, Unit

from .make import programme

pytestmark = pytest.mark.django_db
TREES = (Hierarchy.ORGANISATIONAL, Hierarchy.ELECTORAL)
RUNGS = ("reported", "unsigned", "counted")
Answers = dict[tuple[object, ...], int | None]


class RandomDrive:
    """A drive over random trees, whose booths have counts of every size on many days, by two channels."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.world = RandomWorld(self.chance)
        with system("test"):
            self.drive: Programme = programme(self.world.units["N"])
        self.booths = [one for one in self.world.units.values() if one.kind == "booth"]
        self.today = day_in(self.drive.zone, NOW)

    def post(self, booth: Unit, n: int, *, days_ago: int, channel: int = 1) -> None:
        """Somebody counts n people of a booth, of a field day."""
        on = self.today - timedelta(days=days_ago)
        seen = self.chance.randint(0, n)
        changes = ((REPORTED, n), (COUNTED, seen), (UNSIGNED, n - seen))
        with system("test"):
            actions.post_changes(
                deltas=[
                    TallyChange(self.drive.pk, 1, channel, booth.pk, on, rung, of)
                    for rung, of in changes
                    if of
                ],
                at=NOW,
            )

    def fill(self) -> None:
        """Half of the counts are folded, and the others wait."""
        for booth in self.booths:
            for channel in (1, 2):
                n = self.chance.choice((0, 0, 1, 4, 9, 11, 26))
                self.post(booth, n, days_ago=self.chance.choice((0, 1, 2, 9)), channel=channel)
            if self.chance.random() < 0.5:
                with system("test"):
                    actions.fold_changes(at=NOW)

    def scope(self, *codes: str, figures: Sequence[str] = ()) -> Scope:
        """Somebody who sees the people of these units, exact figures alone of others, and the counts of all."""
        return Scope(
            people=literal(self.world, *codes),
            figures=literal(self.world, *figures),
            counts=literal(self.world, "N"),
            trees=units.trees_version(),
        )


def literal(world: RandomWorld, *codes: str) -> str:
    spans = [span for code in codes for span in units.all_spans([world.unit(code)])[world.unit(code)]]
    return "{" + ",".join(f"[{lo},{hi})" for lo, hi in spans) + "}"


def asked(of: RandomDrive, scope: Scope, *, days: int) -> Answers:
    """Every figure out of sight that pages, lists, trends, funnels and splits tell, some days later."""
    at, found = NOW + timedelta(days=days), dict[tuple[object, ...], int | None]()

    def note(where: tuple[object, ...], ladder: Ladder) -> None:
        if ladder.is_rounded:
            found.update({(*where, rung): getattr(ladder, rung) for rung in RUNGS})

    with system("test"):
        places = list(Placement.objects.filter(hierarchy__in=TREES).values_list("unit_id", "hierarchy"))
    with scoped(scope):
        for unit, tree in places:
            read: dict[str, Any] = {"node": unit, "hierarchy": tree, "programme": of.drive, "at": at}
            figures = queries.figures_of_measures(**read)
            note((unit, tree, "alone"), figures.ladder)
            for day in figures.trend:
                note((unit, tree, "trend", day.on), day.ladder)
            if figures.ladder.is_rounded:
                for row in (*figures.channels, *figures.days()):
                    found |= {
                        (unit, tree, "funnel", row.channel, row.on, key): n for key, n in row.figures.items()
                    }
            for child in queries.children_ladders(**read).rows:
                note((unit, tree, "list", child.code), child.ladder)
            found |= dict(split(of, unit, tree, at=at))
    return found


def split(
    of: RandomDrive, unit: int, tree: int, *, at: datetime
) -> Iterator[tuple[tuple[object, ...], int | None]]:
    here = queries.node_of(unit, tree)
    assert here is not None
    since = of.today - timedelta(days=12)
    for by in (By(channel=True), By(time="day", since=since), By(time="week", since=since, channel=True)):
        asks: dict[str, Any] = {"programme": of.drive, "measure": 1, "rung": REPORTED, "by": by, "at": at}
        for parted in queries.split_by(node=here, units=[unit], **asks).values():
            if parted.is_rounded:
                yield from (((unit, tree, by, key), n) for key, n in parted.figures.items())


@pytest.mark.parametrize("sight", ["people", "figures"])
@pytest.mark.parametrize("seed", range(3))
def test_no_two_answers_about_counts_differ_by_one_to_nine(seed: int, sight: str) -> None:
    """Across units, hierarchies, days, channels and rungs, for somebody of one booth."""
    of = RandomDrive(seed)
    of.fill()
    booth = of.chance.choice(of.booths).code
    scope = of.scope(booth) if sight == "people" else of.scope(figures=[booth])
    days = [asked(of, scope, days=n) for n in (0, 1)]
    told = {n for answers in days for n in answers.values() if n}
    assert len(told) > 1, "something is told"
    assert all(n >= STEP for n in told)
    assert all(abs(a - b) >= STEP for a, b in combinations(told, 2))


@pytest.mark.parametrize("seed", range(6))
def test_nobody_reads_an_exact_figure_beyond_what_is_theirs(seed: int) -> None:
    """A unit is exact where all its booths are in a sight of people or of figures, in any tree; else in no answer."""
    of = RandomDrive(seed)
    of.fill()
    codes = [code for code, unit in of.world.units.items() if unit.kind in ("mandal", "segment", "booth")]
    people, figures = of.chance.sample(codes, of.chance.randint(0, 2)), of.chance.sample(codes, 2)
    scope = of.scope(*people, figures=figures)
    with system("test"):
        places = list(Placement.objects.filter(hierarchy__in=TREES).select_related("unit"))
    booths = {
        (place.unit_id, place.hierarchy): {
            booth.unit_id
            for booth in places
            if booth.hierarchy == place.hierarchy and booth.unit.kind == "booth" and is_below(booth, place)
        }
        for place in places
    }
    theirs = set().union(
        *(
            booths[place.unit_id, place.hierarchy]
            for place in places
            if place.unit.code in (*people, *figures)
        )
    )
    with scoped(scope):
        exact = {
            (place.unit.code, place.hierarchy)
            for place in places
            if not queries.unit_ladder(
                node=place.unit_id, hierarchy=place.hierarchy, programme=of.drive, at=NOW
            ).is_rounded
        }
        in_lists = {
            (child.code, place.hierarchy): not child.ladder.is_rounded
            for place in places
            for child in queries.children_ladders(
                node=place.unit_id, hierarchy=place.hierarchy, programme=of.drive, at=NOW
            ).rows
        }
    assert exact == {
        (place.unit.code, place.hierarchy)
        for place in places
        if (inside := booths[place.unit_id, place.hierarchy]) and inside <= theirs
    }
    assert {where for where, is_exact in in_lists.items() if is_exact} == exact & in_lists.keys()


def is_below(place: Placement, top: Placement) -> bool:
    return (top.lo or 0) <= (place.lo or 0) < (top.hi or 0)


@pytest.mark.parametrize("n", [1, 9])
def test_whether_one_joined_or_nobody_a_stranger_reads_the_same(n: int) -> None:
    """By no row, no order, no day and no tree."""
    of = RandomDrive(7)
    of.fill()
    booth, own = of.chance.sample(of.booths, 2)
    scope = of.scope(own.code)
    empty = RandomDrive.__new__(RandomDrive)
    empty.__dict__ = of.__dict__ | {"drive": None}
    with system("test"):
        empty.drive = programme(of.world.units["N"])
    nothing = asked(empty, scope, days=0)
    assert nothing and not any(nothing.values())
    empty.post(booth, n, days_ago=2)
    assert list(asked(empty, scope, days=0).items()) == list(nothing.items())


def test_what_is_counted_today_changes_no_answer_before_the_day_is_closed() -> None:
    of = RandomDrive(3)
    of.fill()
    booth, own = of.booths[0], of.booths[-1]
    scope = of.scope(own.code)
    before = asked(of, scope, days=0)
    of.post(booth, 40, days_ago=0)
    assert list(asked(of, scope, days=0).items()) == list(before.items())
    assert asked(of, scope, days=1) != asked(of, of.scope(booth.code, own.code), days=0)
