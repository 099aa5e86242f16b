"""Terms: how long a membership lasts, and who counts as new or renewed in a drive."""

from datetime import date, timedelta

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import AlreadyMember, terms
from abhiyan.enrolment.actions.claims import Joined, Renewed
from abhiyan.enrolment.models import Drive, Enrolment, Roll
from abhiyan.enrolment.queries.recount import facts_for_recount
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.steps import RENEWED
from abhiyan.enrolment.rules.terms import last_day
from abhiyan.intake import actions as intake
from abhiyan.org.queries import NotYours
from abhiyan.programmes.models import Programme

from .make import Human, Ladder, World

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def world() -> World:
    return World.make()


def set_term(world: World, *, months: int | None = None, ends_on: date | None = None) -> None:
    actions.set_term(roll_id=world.roll.pk, months=months, ends_on=ends_on, by=SYSTEM, at=world.now)


def renewed(world: World) -> int:
    """Count what the drive counts as renewed, in all its units."""
    return sum(n for (*_where, rung), n in world.tallies().items() if rung == RENEWED)


def ended(world: World, of: Human) -> list[tuple[object, ...]]:
    return world.rows(
        "select m.ended_on, e.end_reason from enrolment_membership m join enrolment_enrolment e"
        " on e.membership_id = m.id and e.term = m.term where m.phone_id = %s",
        [world.phone_id(of)],
    )


def equal(world: World) -> bool:
    """Return True if the ledger of every drive says what the facts do."""
    key = "programme_id, channel, unit_id, day, rung"
    ledger = f"select {key}, sum(n) from programmes_delta group by {key} having sum(n) <> 0 order by {key}"
    facts = f"select {key}, sum(n) from ({facts_for_recount()}) f group by {key} order by {key}"
    return world.rows(ledger) == world.rows(facts) and world.orphans() == {}


@pytest.mark.parametrize(
    ("joined", "months", "ends_on", "set_on", "closes_on", "expected"),
    [
        (date(2026, 1, 31), 1, None, None, date(2026, 2, 1), date(2026, 2, 27)),
        (date(2026, 1, 1), 12, None, None, date(2026, 2, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), 12, None, date(2026, 12, 20), date(2026, 2, 1), date(2027, 1, 19)),
        (date(2026, 1, 1), 1, None, None, date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 1, 1), None, date(2026, 12, 31), None, date(2026, 2, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), None, date(2026, 12, 31), None, date(2027, 2, 1), None),
        (date(2026, 1, 1), None, None, None, date(2026, 2, 1), None),
    ],
)
def test_a_term_lasts_months_or_until_a_day_and_never_less_than_its_drive(
    world: World,
    joined: date,
    months: int | None,
    ends_on: date | None,
    set_on: date | None,
    closes_on: date,
    expected: date | None,
) -> None:
    assert (
        last_day(joined=joined, months=months, ends_on=ends_on, set_on=set_on, closes_on=closes_on)
        == expected
    )
    world.web_join(of=world.asha)
    with system("test"):
        Roll.objects.update(term_months=months, term_ends_on=ends_on, term_set_on=set_on)
        Programme.objects.update(opens_on=min(joined, closes_on), closes_on=closes_on)
        Enrolment.objects.update(day=joined)
    (found,) = world.rows(
        f"select {terms._LAST_DAY} from enrolment_enrolment e, enrolment_roll r, programmes_programme g"
    )
    assert found == (expected,)


def test_a_term_that_has_run_out_ends_the_membership_and_stays_counted(world: World) -> None:
    asha = world.web_join(of=world.asha)
    day = world.now.date()
    set_term(world, months=6)
    world.tick(days=100)
    assert actions.run_out(at=world.now) == 0 and ended(world, world.asha) == [(None, "")]
    world.tick(days=100)
    assert actions.run_out(at=world.now) == 1
    assert ended(world, world.asha) == [(date(2027, 5, 9), "run_out")]
    assert world.ladder(world.booth, on=day) == Ladder(reported=1, counted=1) and equal(world)
    with pytest.raises(Refused):
        world.strike_off(asha)
    actions.leave_by_phone(phone=world.asha.phone, channel=Channel.SMS, by=Actor.public(), at=world.now)
    assert world.ladder(world.booth, on=day) == Ladder(reported=1, counted=1) and equal(world)


def test_a_sweep_that_is_broken_off_goes_on_where_it_was_and_asks_once_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "SLICE", 1)
    for one in (world.asha, world.mohan, world.bilal, world.chandra):
        world.web_join(of=one)
    set_term(world, months=6)
    world.tick(days=200)
    with system("test"):
        assert Roll.objects.get().swept_to is None
    assert [terms._sweep(world.roll.pk, world.now) for _slice in range(2)] == [1, 1]
    with system("test"):
        assert Roll.objects.get().swept_to is not None
    assert actions.run_out(at=world.now) == 2 and actions.run_out(at=world.now) == 0
    assert equal(world)


def test_an_old_members_act_counts_as_renewed_and_a_first_one_as_new(world: World) -> None:
    set_term(world, months=3)
    for one in (world.asha, world.bilal):
        world.web_join(of=one)
    world.next_drive()
    actions.run_out(at=world.now)
    assert isinstance(world.web_join(of=world.asha), Renewed)  # her term had run out
    world.missed_call(of=world.bilal)
    assert isinstance(world.complete(of=world.bilal, unit=world.next_booth), Renewed)
    assert isinstance(world.web_join(of=world.chandra), Joined)
    assert renewed(world) == 2 and equal(world)
    assert world.ladder(world.booth, on=world.now.date()) == Ladder(reported=2, counted=2)


def test_who_leaves_a_drive_and_comes_back_counts_there_as_before(world: World) -> None:
    world.web_join(of=world.bilal)
    world.next_drive()
    for one, n in ((world.asha, 0), (world.bilal, 1)):
        for _time in range(2):
            joined = world.web_join(of=one)
            assert renewed(world) == n and equal(world)
            assert joined.membership is not None
            actions.leave(membership=joined.membership, channel=Channel.WEB, by=SYSTEM, at=world.now)
            world.tick()
            assert renewed(world) == 0 and equal(world)
        world.web_join(of=one)
    assert renewed(world) == 1 and equal(world)


def test_whoever_was_struck_off_an_earlier_drive_had_never_been_a_member(world: World) -> None:
    world.strike_off(world.web_join(of=world.asha))
    world.next_drive()
    world.web_join(of=world.asha)
    assert renewed(world) == 0 and equal(world)


def test_a_drive_that_does_not_renew_leaves_a_running_term_where_it_is(world: World) -> None:
    first = world.programme
    world.paper_row(of=world.asha)
    world.web_join(of=world.bilal)
    world.next_drive()
    with system("test"):
        Drive.objects.filter(pk=world.programme.pk).update(renews=False)
    intake.forget_drives()
    assert isinstance(world.web_join(of=world.asha), AlreadyMember)  # and signs for the term she has
    assert world.ladder(world.booth) == Ladder(reported=1) and equal(world)
    world.programme = first
    assert world.ladder(world.booth) == Ladder(reported=2, counted=2)
    assert world.rows("select count(*) from enrolment_enrolment") == [(2,)]


def test_undoing_a_list_of_renewals_takes_them_back_and_a_term_that_ran_out_stays(world: World) -> None:
    set_term(world, months=3)
    world.web_join(of=world.asha)
    world.next_drive()
    actions.run_out(at=world.now)
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    (answer,) = intake.enrol_batch(
        programme_id=world.programme.pk, claims=[claim], by=SYSTEM, at=world.now, import_id=7
    )
    assert isinstance(answer, Renewed) and renewed(world) == 1 and equal(world)
    world.tick(days=200)
    actions.run_out(at=world.now)
    assert ended(world, world.asha)[0][1] == "run_out" and equal(world)
    actions.undo_claims(import_id=7, by=SYSTEM, at=world.now)
    assert renewed(world) == 0 and equal(world)
    assert ended(world, world.asha)[0][1] == "run_out"


def test_a_term_is_set_at_the_top_in_one_way_and_ahead(world: World) -> None:
    for given, code in (
        ({"months": 3, "ends_on": date(2027, 1, 1)}, "term_unfit"),
        ({"ends_on": world.now.date()}, "term_over"),
    ):
        with pytest.raises(Refused) as told:
            set_term(world, **given)
        assert told.value.code == code
    with pytest.raises(NotYours):
        actions.set_term(roll_id=world.roll.pk, months=3, ends_on=None, by=Actor.public(), at=world.now)
    set_term(world, ends_on=world.now.date() + timedelta(days=1))
    world.web_join(of=world.asha)
    world.tick(days=25)
    assert actions.run_out(at=world.now) == 0  # thirty days after the change, and not before
    world.tick(days=10)
    assert actions.run_out(at=world.now) == 1
