"""Confirmed: the person's own yes, a day later or more. A confirmed term stays counted, on its own day."""

from datetime import timedelta
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimOutcome
from abhiyan.enrolment.models import How
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.org.queries import NotYours
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.actions import fold_changes
from abhiyan.programmes.models import Rung

from .make import CHANNEL, Human, Ladder, World

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


@pytest.fixture
def world() -> World:
    return World.make()


def yes(world: World, who: ClaimOutcome, of: Human | None = None, *, after: timedelta = DAY) -> None:
    """Somebody says yes from their own phone."""
    world.now += after
    world.confirm(who, phone_id=world.phone_id(of or world.asha))


def equal(world: World) -> bool:
    return world.tallies() == world.recounted() and world.orphans() == {}


def test_a_yes_a_day_later_is_confirmed_on_its_own_day_and_stays_counted(world: World) -> None:
    day = world.now.date()
    yes(world, world.web_join(of=world.asha), after=timedelta(days=3))
    assert world.ladder(world.booth, on=day) == Ladder(reported=1, counted=1, confirmed=1)
    assert equal(world)
    for _turn in range(2):
        with system("test"):
            whole = programmes.unit_ladder(
                node=world.state.pk, hierarchy=1, programme=world.programme, at=world.now
            )
            fold_changes(at=world.now)
        assert (whole.reported, whole.counted, whole.confirmed) == (1, 1, 1)
    assert world.rows(
        "select act, by_kind from (select act, who_kind from core_audit) a(act, by_kind)"
        " where act = 'enrolment.confirm'"
    ) == [("enrolment.confirm", "citizen")]


def test_a_yes_before_a_day_has_passed_is_refused_and_changes_nothing(world: World) -> None:
    asha = world.web_join(of=world.asha)
    with pytest.raises(Refused) as told:
        yes(world, asha, after=DAY - timedelta(seconds=1))
    assert told.value.code == "too_early"
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    yes(world, asha, after=timedelta(seconds=1))
    assert world.ladder(world.booth).confirmed == 1


def test_confirming_twice_is_confirming_once(world: World) -> None:
    asha = world.web_join(of=world.asha)
    for _time in range(2):
        yes(world, asha)
    assert world.ladder(world.booth).confirmed == 1 and equal(world)
    assert world.rows("select count(*) from core_audit where act = 'enrolment.confirm'") == [(1,)]


def test_a_yes_is_also_the_sign_of_a_row_whose_phone_had_not_answered(world: World) -> None:
    asha = world.paper_row(of=world.asha)
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    yes(world, asha)
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert equal(world)


def test_nobody_confirms_for_another(world: World) -> None:
    asha, world.now = world.web_join(of=world.asha), world.now + DAY
    assert asha.membership is not None
    with pytest.raises(NotFound):
        world.confirm(asha, phone_id=world.phone_id(world.bilal))
    for by in (Actor.system("test"), Actor.public(), CHANNEL, world.booth_worker):
        with pytest.raises((NotFound, NotYours)), scoped(Scope(phone=world.phone_id(world.asha))):
            actions.confirm(membership=asha.membership, how=How.WORD, message=None, by=by, at=world.now)
    nobody = Actor(kind="citizen", id=asha.membership)
    with pytest.raises(NotFound):
        actions.confirm(membership=UUID(int=7), how=How.WORD, message=None, by=nobody, at=world.now)
    assert world.ladder(world.booth).confirmed == 0


@pytest.mark.parametrize("how", ["leave", "strike_off"])
def test_who_is_no_longer_a_member_is_neither_counted_nor_confirmed(world: World, how: str) -> None:
    asha = world.web_join(of=world.asha)
    yes(world, asha)
    if how == "leave":
        world.leave(asha, of=world.asha)
    else:
        world.strike_off(asha)
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert equal(world)
    with pytest.raises(Refused) as told:
        yes(world, asha)
    assert told.value.code == "already_ended"


def test_a_move_takes_every_rung_along(world: World) -> None:
    asha = world.web_join(of=world.asha)
    yes(world, asha)
    assert asha.membership is not None
    actions.correct(
        membership=asha.membership, unit_id=world.far_booth.pk, by=Actor.system("test"), at=world.now
    )
    assert world.ladder(world.booth) == Ladder()
    assert world.ladder(world.far_booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert equal(world)


def test_the_next_term_is_confirmed_anew(world: World) -> None:
    yes(world, world.web_join(of=world.asha))
    world.next_drive()
    again = world.web_join(of=world.asha)
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    yes(world, again)
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert equal(world)


def brought(world: World, human: Human, *, number: int = 7) -> ClaimOutcome:
    (told,) = intake.enrol_batch(
        programme_id=world.programme.pk,
        claims=[world.claim(human, Channel.PAPER, unit=world.booth)],
        by=CHANNEL,
        at=world.now,
        import_id=number,
    )
    assert isinstance(told, ClaimOutcome)
    return told


def test_a_list_taken_back_takes_a_confirmation_along_with_whom_only_it_knew(world: World) -> None:
    yes(world, brought(world, world.asha))
    actions.undo_claims(import_id=7, by=CHANNEL, at=world.now)
    assert world.ladder(world.booth) == Ladder() and equal(world)


def test_a_list_taken_back_leaves_confirmed_whom_others_named_as_well(world: World) -> None:
    asha = brought(world, world.asha)
    world.tick()
    later = world.claim(world.asha, Channel.API, sign=Sign.NONE, unit=world.next_booth)
    world.take(later)
    yes(world, asha)
    actions.undo_claims(import_id=7, by=CHANNEL, at=world.now)
    assert world.ladder(world.next_booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert world.ladder(world.booth) == Ladder() and equal(world)


def test_a_renewal_taken_back_with_its_list_leaves_the_term_before_as_it_was(world: World) -> None:
    yes(world, world.web_join(of=world.asha))
    first, before = world.programme, world.tallies()
    world.next_drive()
    yes(world, brought(world, world.asha))
    assert world.ladder(world.booth).confirmed == 1
    world.leave(world.web_join(of=world.asha), of=world.asha)
    actions.undo_claims(import_id=7, by=CHANNEL, at=world.now)
    assert equal(world)
    world.programme = first
    assert equal(world)
    assert sum(n for key, n in before.items() if key[4] == Rung.CONFIRMED) == 1
