"""Random trees in two hierarchies: no two counts that somebody outside reads differ by 1 to 9, however they ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import uuid4

import pytest

from abhiyan.core import small_cells
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.forms import queries
from abhiyan.forms.models import Form, Submission
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.opinions.queries import opinions_said
from abhiyan.org.tests.make import World
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units
from abhiyan.units.models import Placement, Unit

from .make import form_in_use

pytestmark = pytest.mark.django_db
MOODS = ("better", "same", "worse", "no_answer")
Cells = dict[tuple[int, str, str, date | None, int, str], int | None]


class RandomWorld(World):
    """A nation, two states, and one to three units below each; booths are in a random seat of their state, too."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        super().__init__()

    def _tree(
        self, unit: Unit, parent: Unit | None, hierarchy: int, depth: int, below: tuple[str, ...]
    ) -> None:
        placement = self._place(unit, parent, hierarchy, depth)
        for number in range(1, 3 if depth == 0 else self.chance.randint(1, 3) + 1) if below else ():
            child = self._unit(below[0], f"{unit.code}{number}")
            self._tree(child, unit, hierarchy, depth + 1, below[1:])
        self._close(placement)

    def _electoral(self, nation: Unit) -> None:
        top = self._place(nation, None, 2, 0)
        booths = [one for one in self.units.values() if one.kind == "booth"]
        self.chance.shuffle(booths)
        for number in (1, 2):
            state = self.units[f"N{number}"]
            own = [one for one in booths if one.code.startswith(state.code)]
            middle, cut = self._place(state, nation, 2, 1), self.chance.randint(0, len(own))
            for name, some in (("A", own[:cut]), ("B", own[cut:])):
                seat = self._unit("segment", f"{name}{number}")
                third = self._place(seat, state, 2, 2)
                for booth in some:
                    self._close(self._place(booth, seat, 2, 3))
                self._close(third)
            self._close(middle)
        self._close(top)


def opinions(world: World) -> Form:
    return form_in_use(world.units["N"], *ready_forms()["opinion"].questions).form


def say(form: Form, unit: Unit, n: int, mood: str, at: datetime, *, is_unnamed: bool) -> None:
    """Answers of n people of a unit."""
    version = queries.latest_version(form.pk)
    assert version is not None
    with system("test"):
        Submission.objects.bulk_create(
            Submission(
                id=uuid4(),
                digest=b"",
                version=version,
                form=form,
                unit=unit,
                at=at,
                answers={"mood": mood, "first": "work"},
                is_unnamed=is_unnamed,
            )
            for _each in range(n)
        )


def of_units(world: World, *codes: str) -> Viewer:
    """Somebody who leads these units alone."""
    spans = [span for code in codes for span in units.all_spans([world.unit(code)])[world.unit(code)]]
    line = "{" + ",".join(f"[{lo},{hi})" for lo, hi in spans) + "}"
    return replace(Viewer(is_strong=True), scope=Scope(line=line, counts=line))


def asked(form: Form, viewer: Viewer, *, at: datetime) -> Cells:
    """Every count the page tells: each unit that has some below, in each tree, each question, month and choice."""
    with system("test"):
        parents = set(Placement.objects.exclude(parent=None).values_list("parent_id", "hierarchy"))
    found: Cells = {}
    questions = [one for one in queries.questions_ever(form) if one.is_counted]
    with scoped(viewer.scope):
        for parent, tree in parents:
            here = units.row_of_unit(parent, tree)
            for question in questions:
                for month in (None, date(2026, 11, 1), date(2026, 10, 1)):
                    for each in queries.count_choices(
                        form, question, unit=here, hierarchy=tree, viewer=viewer, month=month, at=at
                    ):
                        found[here.id, str(tree), question.key, month, each.unit_id, each.code] = each.n
    return found


def out_of(cells: Cells, *, hidden: set[int]) -> Iterator[int | None]:
    """The counts of units in which the reader leads nothing."""
    for (_parent, _tree, _question, _month, unit_id, _code), n in cells.items():
        if unit_id in hidden:
            yield n


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("is_unnamed", [True, False])
def test_no_two_counts_from_outside_differ_by_one_to_nine(seed: int, is_unnamed: bool) -> None:
    """Also parents less their children, all months less one, and today less yesterday."""
    chance = Random(seed)
    world = RandomWorld(chance)
    form = opinions(world)
    if is_unnamed:
        with system("test"):
            Form.objects.filter(pk=form.pk).update(ready="opinion")
        form.ready = "opinion"
    booths = [one for one in world.units.values() if one.kind == "booth"]
    for booth in booths:
        for mood in MOODS:
            day = chance.choice((0, 1, 40))
            say(
                form,
                booth,
                chance.choice((0, 0, 1, 4, 9, 11, 26)),
                mood,
                NOW - timedelta(days=day),
                is_unnamed=is_unnamed,
            )
    own = chance.choice(booths)
    reader = of_units(world, own.code)
    with system("test"):
        above = {
            each
            for lo, _hi in units.all_spans([own.pk])[own.pk]
            for each in Placement.objects.filter(lo__lte=lo, hi__gt=lo).values_list("unit_id", flat=True)
        }
    hidden = {one.pk for one in world.units.values()} - (set() if is_unnamed else above)
    days = [asked(form, reader, at=NOW + timedelta(days=n)) for n in (0, 1)]
    told = {n for cells in days for n in out_of(cells, hidden=hidden) if n is not None}
    assert told, "something is told"
    assert all(n >= 10 for n in told)
    assert all(abs(a - b) >= small_cells.STEP for a, b in combinations(told, 2))
    sums: dict[object, int] = {}
    for (parent, tree, question, month, _unit, code), n in days[0].items():
        key = parent, tree, question, month, code
        sums[key] = sums.get(key, 0) + (n or 0)
    if is_unnamed:
        assert {n % small_cells.STEP for n in sums.values()} == {0}, "sums of children are tens, too"


@pytest.mark.parametrize("n", [0, 1, 9])
def test_a_stranger_reads_the_same_whether_one_person_answered_or_none(n: int) -> None:
    """Not by a row, nor by a choice, a month, a hierarchy, the deck, or the day."""
    world = RandomWorld(Random(7))
    form = opinions(world)
    with system("test"):
        Form.objects.filter(pk=form.pk).update(ready="opinion")
    form.ready = "opinion"
    booth = next(one for one in world.units.values() if one.kind == "booth")
    stranger, leader = of_units(world, "N2"), of_units(world, "N1")
    readers = [stranger, leader, Viewer(is_strong=True, scope=Scope(everything=True))]
    nothing = [asked(form, each, at=NOW) for each in readers]
    assert nothing[0] and set(nothing[0].values()) == {None}, "a row for every unit and choice"
    say(form, booth, n, "worse", NOW - timedelta(days=2), is_unnamed=True)
    assert [asked(form, each, at=NOW) for each in readers] == nothing
    for each in readers:
        with scoped(each.scope):
            here = units.row_of_unit(world.unit("N"), 1)
            assert opinions_said(here, 1, each, at=NOW) is None


def test_todays_answers_are_told_to_nobody_outside_before_the_day_is_closed() -> None:
    world = World()
    form = opinions(world)
    say(form, world.units["N1111"], 30, "worse", NOW, is_unnamed=False)
    stranger, key = (
        of_units(world, "N2"),
        (world.unit("N111"), "1", "mood", None, world.unit("N1111"), "worse"),
    )
    assert asked(form, stranger, at=NOW)[key] is None
    assert asked(form, stranger, at=NOW + timedelta(days=1))[key] == 30


@pytest.mark.parametrize(("n_of", "level"), [([0, 9, 10], 3), ([10, 50, 60], 1), ([0, 0, 2], 3), ([], None)])
def test_the_first_level_with_enough_reads_and_else_the_highest(n_of: list[int], level: int | None) -> None:
    levels = list(range(1, len(n_of) + 1))
    assert small_cells.level_for(levels, dict(zip(levels, n_of, strict=True)), 10) == level
