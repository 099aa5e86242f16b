"""LEAVE wins against what is under way: a list, a web join, a call, an undo. A call meets the member it signs for."""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from abhiyan.core import doctor
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.enrolment import actions, loops
from abhiyan.enrolment.actions import ClaimMessage
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.steps import OPENED
from abhiyan.intake import actions as intake
from abhiyan.paper import committing
from abhiyan.paper.tests.test_paper import HEAD, bring, step
from abhiyan.people.models import Suppression
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Rung

from .held import Held, act_held, batch_held, beside, someone_waits
from .make import CHANNEL, Human, Ladder, World

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
IMPORT = 77


@pytest.fixture
def world() -> World:
    return World.make()


def leave(world: World, human: Human = World.asha, *, this_drive: bool = False) -> int:
    return actions.leave_by_phone(
        phone=human.phone,
        channel=Channel.MISSED_CALL,
        by=CHANNEL,
        at=world.now,
        programme_id=world.programme.pk if this_drive else None,
    )


def paper(world: World, human: Human = World.asha) -> ClaimMessage:
    return copy.copy(world.claim(human, Channel.PAPER, unit=world.booth))


def web(world: World, human: Human = World.asha) -> ClaimMessage:
    return copy.copy(world.claim(human, Channel.WEB, sign=Sign.CODE, unit=world.booth))


def call(world: World, human: Human = World.asha) -> ClaimMessage:
    return copy.copy(world.claim(human, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True))


def living(world: World) -> int:
    return int(str(world.rows("select count(*) from enrolment_membership where ended_on is null")[0][0]))


def is_silent(world: World, human: Human = World.asha) -> bool:
    return bool(
        world.rows(
            "select 1 from people_suppression where phone_id = %s and scope = 'all' and lifted_at is null",
            [world.phone_id(human)],
        )
    )


def noted(world: World) -> int:
    return world.count("enrolment_revisit")


def turn(world: World) -> int:
    """The loop turns as `abhiyan jobs` has it turn."""
    return loops.LOOPS["revisit"].turn(world.now)


def at_rest(world: World) -> None:
    """The loop has done what there was to do, and everything fits together.

    A transaction anywhere on the server delays the loop, and one of another test may be open for long.
    """
    until(lambda: turn(world) == 0 and not noted(world), 10 * PATIENCE_S)
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}


# Against what joins


@pytest.mark.parametrize("claim", [paper, web])
@pytest.mark.parametrize("is_known", [False, True])
def test_who_leaves_while_a_row_of_theirs_is_being_taken_in_is_no_member_afterwards(
    world: World, claim: Callable[[World], ClaimMessage], is_known: bool
) -> None:
    if is_known:  # the phone, from a call of long ago
        world.missed_call(of=world.asha)
        world.anew()
        at_rest(world)
    with batch_held(world, claim(world)):
        assert leave(world) == 0  # answered at once: nobody waits for a list
        for _ in range(3):
            turn(world)
        assert noted(world) == 1  # what is older is still under way
    assert living(world) == 1
    assert world.orphans() == {}, "about to be looked at again"
    assert turn(world) == 1
    assert living(world) == 0 and is_silent(world)
    at_rest(world)
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.rows("select count(*) from people_consent where withdrawn_at is null") == [(0,)]


def test_who_leaves_while_a_slice_of_a_list_is_open_is_no_member_afterwards(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Held] = []

    class Kept(Held):
        def run(self, *steps):  # type: ignore[no-untyped-def]  # as above
            if any(name.endswith(" enrol") for name, _values in steps):
                held.append(self)
            return super().run(*steps)

    public_id = bring(world, tmp_path, HEAD + "9906000001,Asha Devi,1980,JK-B001,1,7\n")
    step(world, public_id, "check")
    monkeypatch.setattr(committing, "Writer", Kept)
    with beside(lambda: step(world, public_id, "commit")) as failed:
        until(lambda: bool(failed) or any(one.reached.is_set() for one in held))
        leave(world)
        turn(world)
        for one in held:
            one.go.set()
        monkeypatch.setattr(Held, "stop", "")
    assert living(world) == 1
    at_rest(world)
    assert living(world) == 0 and is_silent(world)


def test_who_leaves_between_the_two_statements_of_a_batch_is_not_renewed_by_the_second(world: World) -> None:
    world.paper_row(of=world.asha)
    world.next_drive()
    with batch_held(world, paper(world), before="lock"):
        leave(world)
    at_rest(world)
    assert living(world) == 0 and is_silent(world)


def test_who_leaves_while_their_call_is_being_stored_is_no_member_afterwards(world: World) -> None:
    world.paper_row(of=world.asha)
    with batch_held(world, call(world)) as batch, beside(lambda: leave(world)):
        until(lambda: someone_waits(world))
        batch.go.set()
    assert living(world) == 0 and is_silent(world)
    at_rest(world)


def test_who_joins_by_their_own_word_after_leaving_stays_a_member(world: World) -> None:
    leave(world)
    world.web_join(of=world.asha)
    at_rest(world)
    assert living(world) == 1 and not is_silent(world)


def test_who_leaves_one_drives_roll_stays_on_the_others(world: World) -> None:
    world.paper_row(of=world.asha)
    first = world.programme
    world.anew()
    with batch_held(world, paper(world)):
        world.programme, second = first, world.programme
        assert leave(world, this_drive=True) == 1
        world.programme = second
    at_rest(world)
    assert living(world) == 1 and is_silent(world)


def test_a_batch_has_its_number_before_it_looks_for_noes_though_it_keeps_no_new_phone(world: World) -> None:
    world.missed_call(of=world.asha)
    world.anew()
    with batch_held(world, paper(world), before="enrol") as writer:
        pid = writer.connection().info.backend_pid
        held = world.rows(
            "select 1 from pg_locks where pid = %s and locktype = 'transactionid' and granted", [pid]
        )
        assert held == [(1,)]


# Against an undo


def test_who_left_after_a_list_renewed_them_stays_away_when_the_list_is_taken_back(world: World) -> None:
    world.web_join(of=world.asha)
    first = world.programme
    world.next_drive()
    renewed(world)
    leave(world)
    actions.undo_claims(import_id=IMPORT, by=SYSTEM, at=world.now)
    assert living(world) == 0
    at_rest(world)
    world.programme = first
    at_rest(world)
    assert world.ladder(world.booth) == Ladder(reported=1)


def test_who_leaves_while_a_list_is_being_taken_back_is_no_member_afterwards(world: World) -> None:
    world.web_join(of=world.asha)
    first = world.programme
    world.next_drive()
    renewed(world)
    undo = act_held(lambda: actions.undo_claims(import_id=IMPORT, by=SYSTEM, at=world.now))
    with undo as go, beside(lambda: leave(world)):
        until(lambda: someone_waits(world))
        go.set()
    assert living(world) == 0 and is_silent(world)
    at_rest(world)
    world.programme = first
    at_rest(world)


def renewed(world: World) -> None:
    intake.enrol_batch(
        programme_id=world.programme.pk, claims=[paper(world)], by=CHANNEL, at=world.now, import_id=IMPORT
    )


# What nobody noticed


def test_a_living_member_of_a_roll_their_phone_has_left_is_found_and_ended(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    leave(world, world.bilal)
    at_rest(world)
    with system("tests plant a flaw"):  # as a release before this one would have left it
        Suppression.objects.create(
            phone_id=world.phone_id(world.asha),
            scope="all",
            channel=Channel.PAPER,
            at=world.now,
            rolls=[world.roll.pk],
        )
    name = "members of a roll that their phone has left"
    assert world.orphans() == {name: 1}
    found = recount_facts(at=world.now)
    assert not found.is_right and found.orphans[name] == 1
    (told,) = [one.finding for one in doctor.examine(NOW, only="orphans")]
    assert (told.level, told.facts) == (doctor.FAIL, {name: 1})
    assert loops.LOOPS["left"].turn(world.now) == 1
    at_rest(world)
    assert living(world) == 0


# A call beside a row


@pytest.mark.parametrize("first", ["call", "row"])
def test_a_call_and_a_row_of_one_known_phone_at_once_make_one_member_with_a_sign(
    world: World, first: str
) -> None:
    world.missed_call(of=world.asha)
    world.anew()
    at_rest(world)
    claims = [call(world), paper(world)]
    earlier, later = claims if first == "call" else reversed(claims)
    with batch_held(world, earlier):
        world.send(later)
        turn(world)
    at_rest(world)
    assert world.rows(
        "select w.completed_at is not null, e.rung from enrolment_waiting w, enrolment_enrolment e"
        " where w.programme_id = %s",
        [world.programme.pk],
    ) == [(True, Rung.COUNTED.value)]
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)


def test_a_link_noted_as_opened_while_its_caller_is_placed_is_counted_where_they_are(world: World) -> None:
    world.missed_call(of=world.asha)
    joined = world.take(world.claim(world.asha, Channel.WEB, sign=Sign.WEB))
    assert joined.membership is not None
    opened = partial(
        intake.open_links_of,
        programme_id=world.programme.pk,
        phones=[world.asha.phone],
        by=SYSTEM,
        at=world.now,
    )
    placed = partial(
        actions.correct, membership=joined.membership, unit_id=world.booth.pk, by=SYSTEM, at=world.now
    )
    with act_held(opened) as go, beside(placed):
        until(lambda: someone_waits(world))
        go.set()
    at_rest(world)
    assert sum(n for key, n in world.tallies().items() if key[4] == OPENED) == 1
