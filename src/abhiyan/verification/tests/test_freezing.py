"""Each item is in exactly one frame, whenever it commits and whatever instant it claims; each frame is drawn once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from abhiyan.core import database, sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import NOON, World
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.verification.actions import draw_frame, freeze_frame
from abhiyan.verification.models import Check, Frame, Stratum
from abhiyan.verification.refusals import DrawnAlready, NoItems, NothingToDraw, PartOfWhole
from abhiyan.verification.tests.test_frames import PLAN, SYSTEM, freeze, ids_of, people

pytestmark = pytest.mark.django_db(transaction=True)
# One more member like one that is there, stored at another instant; as an import's slice, written by one transaction.
_ONE_MORE = """
with t as (select m, e, c from enrolment_membership m join enrolment_enrolment e on e.membership_id = m.id
  join enrolment_claim c on c.id = e.claim_id where m.programme_id = %(programme)s order by m.id limit 1),
c as (insert into enrolment_claim select (jsonb_populate_record(t.c, %(claim)s)).* from t),
e as (insert into enrolment_enrolment select (jsonb_populate_record(t.e, %(term)s)).* from t)
insert into enrolment_membership select (jsonb_populate_record(t.m, %(member)s)).* from t"""


@pytest.fixture
def world() -> World:
    return World.make()


class Writer:
    """A transaction that takes its time."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.written = programme, list[UUID]()
        self._open = psycopg.connect(database.conninfo(None, dbname=connection.settings_dict["NAME"]))

    def write(self, n: int, *, hours: int) -> None:
        """So many items, stored, as they say, so many hours from noon."""
        at = (NOON + timedelta(hours=hours)).isoformat()
        for _ in range(n):
            member, claim, item = str(uuid4()), str(uuid4()), uuid4()
            more: dict[str, dict[str, Any]] = {
                "claim": {"id": claim, "public_id": str(uuid4()), "membership_id": member, "at": at},
                "term": {"id": str(uuid4()), "membership_id": member, "claim_id": claim, "at": at},
                "member": {"id": member, "public_id": str(item), "claim_id": claim, "at": at},
            }
            given = {name: Jsonb(told) for name, told in more.items()}
            self._open.execute(_ONE_MORE, given | {"programme": self.programme.pk})
            self.written.append(item)

    def end(self, *, commits: bool) -> set[bytes]:
        """The ids that are there from now on."""
        if commits:
            self._open.commit()
        self._open.close()
        return {one.bytes for one in self.written} if commits else set()


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 4), st.integers(-90 * 24, 30 * 24)),
    st.tuples(st.just("end"), st.booleans(), st.integers(0, 3)),
    st.tuples(st.just("freeze"), st.just(0), st.integers(-48, 2)),
)


@pytest.mark.examples(4, 150)
@given(steps=st.lists(STEPS, min_size=4, max_size=20))
def test_each_item_is_in_the_first_frame_after_its_commit_and_in_no_other(
    django_db_setup: None, steps: list[tuple[str, int, int]]
) -> None:
    """Slow transactions, instants long before and after, and a clock that is set back and forth between the freezes."""
    world = _small_world()
    frames: list[set[bytes]] = []
    waiting = {UUID(str(one)).bytes for (one,) in world.rows(_ITEMS, [world.programme.pk])}
    with ExitStack() as open_at_end:
        writers: list[Writer] = []
        for kind, what, when in [*steps, ("freeze", 0, 0)]:
            if kind == "write":
                writers.append(Writer(world.programme))
                open_at_end.callback(writers[-1].end, commits=False)
                writers[-1].write(what, hours=when)
            elif kind == "end" and writers:
                waiting |= writers.pop(when % len(writers)).end(commits=bool(what))
            elif kind == "freeze":
                frames += _frozen(world, waiting, hours=when)
                waiting = waiting if len(waiting) == 1 else set()
    everything = {UUID(str(one)).bytes for (one,) in world.rows(_ITEMS, [world.programme.pk])}
    assert set().union(waiting, *frames) == everything
    assert sum(map(len, frames)) == len(everything) - len(waiting)


_ITEMS = "select public_id from enrolment_membership where programme_id = %s"


def _small_world() -> World:
    """A world, or in one that is there another roll with a drive of its own."""
    if not hasattr(_small_world, "made") or not sql.exists("select 1 from units_unit"):
        _small_world.made = World.make()  # type: ignore[attr-defined]  # kept for the next example
    else:
        _small_world.made.anew()
    world: World = _small_world.made  # type: ignore[attr-defined]  # made above
    world.web_join(of=world.asha)
    return world


def _frozen(world: World, waiting: set[bytes], *, hours: int) -> Iterator[set[bytes]]:
    """The frame of one freeze; none where too little waits to draw a check of it."""
    if len(waiting) > 1:
        ids = ids_of(freeze(world, hours=hours))
        assert ids == waiting
        yield ids
    else:
        with pytest.raises(NothingToDraw if waiting else NoItems):
            freeze(world, hours=hours)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Return the results of acts of one moment, each on a connection of its own: an answer or a refusal."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            together.wait(PATIENCE_S)
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_freeze_at_once_one_has_every_item(world: World) -> None:
    people(world, 0, 12)
    found = at_once(*[lambda: freeze(world)] * 4)
    (frame,) = (one for one in found if isinstance(one, Frame))
    assert sum(isinstance(one, NoItems) for one in found) == 3
    assert len(ids_of(frame)) == 12


def test_of_two_who_draw_at_once_with_values_of_their_own_one_draws(world: World) -> None:
    people(world, 0, 12)
    frame = freeze(world)
    later = NOON + timedelta(hours=4)

    def drawing(value: str) -> Callable[[], object]:
        return lambda: draw_frame(public_id=frame.public_id, value=value, by=SYSTEM, at=later)

    found = at_once(*(drawing(f"value-{n}") for n in range(4)))
    assert sum(isinstance(one, Frame) for one in found) == 1
    assert sum(isinstance(one, DrawnAlready) for one in found) == 3
    with system("test"):
        assert Check.objects.count() == sum(Stratum.objects.values_list("drawn", flat=True))


def test_whoever_deletes_the_draw_cannot_draw_otherwise_unnoticed(world: World) -> None:
    """The seed is of the published hash and value alone: with the published value the same are drawn again."""
    people(world, 0, 12)
    frame = freeze(world)
    later = NOON + timedelta(hours=4)
    places = []
    for _ in range(2):
        with system("test"):
            Check.objects.all().delete()
            Frame.objects.update(state=Frame.State.FROZEN)
        draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=later)
        with system("test"):
            places.append(set(Check.objects.values_list("stratum_id", "order", "place")))
    assert places[0] == places[1]


def test_what_is_part_of_another_drive_is_in_frames_of_the_whole_alone(world: World) -> None:
    with system("test"):
        (part,) = programmes.start_in_units(
            programme_id=world.programme.pk,
            unit_ids=[world.district.pk],
            opens_on=world.programme.opens_on,
            closes_on=world.programme.closes_on,
            by=SYSTEM,
            at=NOON,
        )
        world.programme = Programme.objects.get(pk=world.programme.pk)
    replace(world, programme=part).web_join(of=world.asha)
    people(world, 0, 8)
    with pytest.raises(PartOfWhole):
        freeze_frame(programme=part, measure=ENROLMENTS, plan=PLAN, by=SYSTEM, at=NOON)
    assert len(ids_of(freeze(world))) == 9
    with pytest.raises(NoItems):
        freeze(world, hours=1)
