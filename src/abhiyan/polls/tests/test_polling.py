"""The calendar of polls says the same of a place by a plain look at the trees and by the positions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.polls import queries
from abhiyan.polls.models import Poll, PollArea, PollPhase
from abhiyan.polls.rules.polling import Areas, Calendar, Phase, PollPlace, silence
from abhiyan.units.rules import levels, ranges
from abhiyan.units.tests.make import grow

pytestmark = pytest.mark.usefixtures("as_the_system")
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
CLOSES = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # 18:00 in India
ELECTORAL = levels.ELECTORAL

# Trees of random parents


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[int, dict[int, int | None]], frozenset[int], dict[int, PollPlace]]:
    """hierarchy -> unit -> parent; the states; and the places, laid out as a tree's positions are.

    Unit 0 is the nation, 1 to 3 are states; every other unit is in one state, or in none, and in some hierarchies.
    """
    n = draw(st.integers(4, 14))
    states = frozenset(range(1, 4))
    home = {unit: draw(st.sampled_from([1, 2, 3, None])) for unit in range(4, n)}
    parents: dict[int, dict[int, int | None]] = {}
    for hierarchy in levels.HIERARCHIES:
        tree: dict[int, int | None] = {0: None, **dict.fromkeys(sorted(states), 0)}
        for unit in range(4, n):
            if home[unit] is not None and draw(st.booleans()):
                above = [one for one in tree if one == home[unit] or home.get(one) == home[unit]]
                tree[unit] = draw(st.sampled_from(above))
        parents[hierarchy] = tree
    spans: dict[int, list[tuple[int, int]]] = {unit: [] for unit in range(n)}
    for hierarchy, tree in parents.items():
        next_ = ranges.base(hierarchy)

        def lay(unit: int, tree: Mapping[int, int | None] = tree) -> None:
            nonlocal next_
            lo = next_
            next_ += 1
            for child in [each for each, parent in tree.items() if parent == unit]:
                lay(child)
            next_ += 1
            spans[unit].append((lo, next_))

        lay(0)
    places = {
        unit: PollPlace(
            tuple(spans[unit]),
            frozenset(above for tree in parents.values() for above in up(tree, unit) if above in states),
            is_nation=unit == 0,
        )
        for unit in range(n)
    }
    return parents, states, places


def up(tree: Mapping[int, int | None], unit: int | None) -> list[int]:
    """A unit and what is above it, by its parents; empty where it is not in the tree."""
    found = []
    while unit is not None and unit in tree:
        found.append(unit)
        unit = tree[unit]
    return found


def may_overlap(
    parents: Mapping[int, Mapping[int, int | None]], states: frozenset[int], area: int, place: int
) -> bool:
    """The rule, said over parents: one is above the other in a tree; or no tree has both and no state says no."""
    both = [tree for tree in parents.values() if area in tree and place in tree]
    if both:
        return any(area in up(tree, place) or place in up(tree, area) for tree in both)
    of_area = {one for tree in parents.values() for one in up(tree, area) if one in states}
    of_place = {one for tree in parents.values() for one in up(tree, place) if one in states}
    return not of_area or not of_place or bool(of_area & of_place)


@pytest.mark.examples(60, 2_000)
@given(world=worlds(), data=st.data())
def test_areas_touch_what_the_parents_say(world: Any, data: st.DataObject) -> None:
    parents, states, places = world
    units = st.sampled_from(sorted(places))
    areas: Sequence[int] = data.draw(st.lists(units, min_size=1, max_size=5))
    place = data.draw(units)
    said = Areas(places[area] for area in areas).touch(places[place])
    assert said == any(may_overlap(parents, states, area, place) for area in areas)


# The rules on a few polls


def at_place(*spans: tuple[int, int], states: Sequence[int] = ()) -> PollPlace:
    return PollPlace(spans, frozenset(states))


def test_silences_that_meet_are_one() -> None:
    here = at_place((10, 20), states=[1])
    later = CLOSES + timedelta(days=1)
    calendar = Calendar((Phase(CLOSES, Areas([here])), Phase(later, Areas([here]))))
    polling = calendar.polling([here])
    assert polling.silent_until(CLOSES - timedelta(hours=48)) == later
    assert polling.silent_until(CLOSES) == later
    assert polling.silent_until(later) is None
    assert polling.silent_until(CLOSES - timedelta(hours=48, seconds=1)) is None
    assert silence(CLOSES) == (datetime(2026, 11, 19, 12, 30, tzinfo=UTC), CLOSES)


def test_who_may_be_in_two_places_is_silent_in_both_and_known_only_where_both_are() -> None:
    here, there = at_place((10, 20), states=[1]), at_place((30, 40), states=[2])
    calendar = Calendar((Phase(CLOSES, Areas([here])),))
    assert calendar.polling([here, there]).is_election
    assert not calendar.polling([here, there]).is_known
    assert not calendar.polling([there]).is_election


# The calendar in the database


def stated(
    *phases: tuple[datetime | None, Sequence[int]],
    kind: str = Poll.Kind.ASSEMBLY,
    state: str = Poll.State.IN_FORCE,
    first: date = date(2026, 11, 1),
    last: date = date(2026, 11, 25),
) -> Poll:
    poll = Poll.objects.create(
        public_id=uuid4(),
        entry=uuid4(),
        version=1,
        kind=kind,
        name="x",
        unit_id=0,
        announced_on=first,
        result_on=last,
        source="x",
        state=state,
        stated_at=AT,
    )
    for number, (closes_at, areas) in enumerate(phases, 1):
        phase = PollPhase.objects.create(poll=poll, number=number, closes_at=closes_at)
        PollArea.objects.bulk_create(PollArea(phase=phase, unit_id=area) for area in areas)
    return poll


@pytest.fixture
def world(db: None) -> dict[str, int]:
    """Two states with two constituencies each, a mandal beside them, and a unit that is nowhere."""
    from abhiyan.units import actions
    from abhiyan.units.actions import NewUnit
    from abhiyan.units.tests.make import DAY, SYSTEM

    ids = grow(
        {"IN": {"JK": {"JK-Z": {"JK-1": {"JK-1S": {"B1": {}}}, "JK-2": {"JK-2S": {"B2": {}}}}}, "HP": {}}},
        hierarchy=ELECTORAL,
    )
    more = [("M1", "mandal"), ("LOST", "mandal")]
    ids |= actions.make_units(
        units=[NewUnit(code=code, kind=kind, names={"en": code}) for code, kind in more], by=SYSTEM, at=AT
    )
    actions.place_units(
        hierarchy=levels.ORGANISATIONAL,
        places=[(ids["IN"], None), (ids["JK"], ids["IN"]), (ids["HP"], ids["IN"]), (ids["M1"], ids["JK"])],
        on=DAY,
        by=SYSTEM,
        at=AT,
    )
    return ids


def silent(world: Mapping[str, int], *codes: str, at: datetime = AT) -> set[str]:
    found = queries.polling({code: [world[code]] for code in codes}, at=at)
    return {code for code, one in found.items() if one.silent_until(at)}


ALL = ("IN", "JK", "HP", "JK-Z", "JK-1", "JK-2", "B1", "B2", "M1", "LOST")


def test_a_poll_silences_its_area_and_whoever_may_be_in_it(world: dict[str, int]) -> None:
    stated((CLOSES, [world["JK-1"]]))
    # The mandal is in the state, and nobody knows in which constituency; of LOST nobody knows the state.
    assert silent(world, *ALL) == {"IN", "JK", "JK-Z", "JK-1", "B1", "M1", "LOST"}
    assert silent(world, *ALL, at=CLOSES) == set()
    assert queries.polling({"": []}, at=AT)[""].silent_until(AT) == CLOSES
    assert queries.frozen_units([world["B1"], world["B2"]], at=CLOSES + timedelta(days=3)) == {world["B1"]}
    assert queries.frozen_units([world["B1"]], at=CLOSES + timedelta(days=9)) == set()


def test_only_what_is_in_force_counts_and_only_in_its_days(world: dict[str, int]) -> None:
    for state in set(Poll.State.values) - {Poll.State.IN_FORCE}:
        stated((CLOSES, [world["JK"]]), state=state)
    stated((CLOSES, [world["JK"]]), last=date(2026, 11, 19))
    assert silent(world, *ALL) == set()
    assert not queries.polling({"B1": [world["B1"]]}, at=AT)["B1"].is_known


def test_no_poll_makes_its_state_known_and_nothing_else(world: dict[str, int]) -> None:
    stated((None, [world["JK"]]), kind=Poll.Kind.NONE)
    found = queries.polling({code: [world[code]] for code in ALL}, at=AT)
    assert {code for code, one in found.items() if one.is_known} == {
        "JK",
        "JK-Z",
        "JK-1",
        "JK-2",
        "B1",
        "B2",
        "M1",
    }
    assert not any(one.is_election for one in found.values())
    stated((None, [world["IN"]]), kind=Poll.Kind.NONE)
    assert all(one.is_known for one in queries.polling({code: [world[code]] for code in ALL}, at=AT).values())
    assert queries.polling({"": []}, at=AT)[""].is_known
