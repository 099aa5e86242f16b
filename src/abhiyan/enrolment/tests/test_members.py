"""Members change afterwards, as stories."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils.translation import override

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import AlreadyMember, Suppressed
from abhiyan.enrolment.actions.claims import Joined, Late, NotAdult, OnWorklist, Renewed, Waits
from abhiyan.enrolment.actions.members import NothingToPlace, SamePerson
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.intake.actions.waiting import NoSuchLink
from abhiyan.org.queries import NotYours
from abhiyan.programmes.actions import fold_changes, recount_facts

from .make import DAY, NOON, Ladder, World

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def world() -> World:
    return World.make()


def held(world: World) -> None:
    """The ledger equals the facts, and nothing points at nothing."""
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}


# Leaving


def test_a_member_who_leaves_is_off_the_ladder_on_their_original_day(world: World) -> None:
    asha = world.web_join(of=world.asha)
    world.tick(days=3)
    world.leave(asha, of=world.asha)
    assert world.ladder(world.booth, on=DAY) == Ladder(reported=1)
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.rows("select count(*) from people_consent where withdrawn_at is null") == [(0,)]
    held(world)


def test_leaving_twice_is_leaving_once(world: World) -> None:
    asha = world.web_join(of=world.asha)
    world.leave(asha, of=world.asha)
    once = (world.tallies(), world.rows("select * from enrolment_enrolment"))
    assert world.ladder(world.booth) == Ladder(reported=1)
    world.leave(asha, of=world.asha)
    assert (world.tallies(), world.rows("select * from enrolment_enrolment")) == once
    assert world.rows("select count(*) from core_audit where act = 'enrolment.leave'") == [(1,)]
    held(world)


def test_nobody_leaves_for_another_phone(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert asha.membership is not None
    with scoped(Scope(phone=world.phone_id(world.bilal))), pytest.raises(NotFound):
        actions.leave(
            membership=asha.membership,
            channel=Channel.WEB,
            by=Actor(kind="citizen", id=asha.membership),
            at=world.now,
        )


def test_a_paper_row_does_not_bring_back_who_left_but_their_own_call_asks_and_their_own_page_does(
    world: World,
) -> None:
    first = world.web_join(of=world.asha)
    world.leave(first, of=world.asha)
    world.tick()
    with pytest.raises(Suppressed):
        world.paper_row(of=world.asha)
    assert isinstance(world.missed_call(of=world.asha), Waits)
    again = world.web_join(of=world.asha)
    assert isinstance(again, Renewed)
    assert again.membership == first.membership
    held(world)


def test_leaving_by_a_call_takes_all_who_joined_with_the_phone(world: World) -> None:
    world.web_join(of=world.asha)
    world.paper_row(of=world.mohan)
    world.web_join(of=world.bilal)
    left = actions.leave_by_phone(
        phone=world.asha.phone, channel=Channel.MISSED_CALL, by=Actor.public(), at=world.now
    )
    assert left == 2
    assert world.ladder(world.booth) == Ladder(reported=3, counted=1)
    held(world)


def test_an_unknown_phone_may_leave_and_is_then_refused_to_others(world: World) -> None:
    assert (
        actions.leave_by_phone(phone="9906000001", channel=Channel.SMS, by=Actor.public(), at=world.now) == 0
    )
    with pytest.raises(Suppressed):
        world.paper_row(of=world.asha)
    assert world.count("enrolment_claim") == 0
    assert world.count("people_phone") == 0


# Striking off


def test_struck_off_for_fraud_frees_the_slot(world: World) -> None:
    first = world.paper_row(of=world.asha)
    world.strike_off(first)
    assert world.ladder(world.booth) == Ladder(reported=1)
    mohan = world.paper_row(of=world.mohan)
    assert isinstance(mohan, Joined)
    held(world)


def test_struck_off_and_written_down_again_goes_to_the_worklist_until_the_phone_itself_joins(
    world: World,
) -> None:
    first = world.paper_row(of=world.asha)
    world.strike_off(first)
    world.tick()
    assert isinstance(world.paper_row(of=world.asha), OnWorklist)
    own = world.web_join(of=world.asha)
    assert isinstance(own, Renewed)
    assert own.membership == first.membership
    held(world)


def test_somebody_without_the_office_strikes_nobody_off(world: World) -> None:
    first = world.paper_row(of=world.asha)
    with pytest.raises(NotYours):
        world.strike_off(first, by=Actor(kind="person", id=UUID(int=9), account_id=999))
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_a_resend_after_a_strike_off_still_gets_its_first_outcome(world: World) -> None:
    first = world.api(of=world.asha, key="row 7")
    world.strike_off(first)
    world.tick()
    assert world.api(of=world.asha, key="row 7") == first
    held(world)


# Correcting


def test_a_corrected_place_takes_the_tally_with_it_on_the_original_day(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert asha.membership is not None
    world.tick(days=2)
    actions.correct(membership=asha.membership, unit_id=world.far_booth.pk, by=SYSTEM, at=world.now)
    assert world.ladder(world.booth) == Ladder()
    assert world.ladder(world.far_booth, on=DAY) == Ladder(reported=1, counted=1)
    held(world)


def test_nobody_is_corrected_out_of_the_drive(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert asha.membership is not None
    with pytest.raises(actions.OutsideScope):
        actions.correct(membership=asha.membership, unit_id=world.foreign_booth.pk, by=SYSTEM, at=world.now)
    held(world)


def test_a_corrected_name_is_who_they_are_from_then_on(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert asha.membership is not None
    actions.correct(membership=asha.membership, name="  Asha   Kumari ", by=SYSTEM, at=world.now)
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    claim.name = "ASHA KUMARI"
    assert isinstance(world.take(claim), AlreadyMember)
    held(world)


def test_two_on_a_phone_cannot_be_corrected_into_one(world: World) -> None:
    world.web_join(of=world.asha)
    mohan = world.web_join(of=world.mohan)
    assert mohan.membership is not None
    with pytest.raises(SamePerson):
        actions.correct(
            membership=mohan.membership,
            name=world.asha.name,
            birth_year=world.asha.birth_year,
            by=SYSTEM,
            at=world.now,
        )


def test_nobody_is_corrected_into_a_minor(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert asha.membership is not None
    with override("en"), pytest.raises(NotAdult, match="Nothing was changed"):
        actions.correct(membership=asha.membership, birth_year=2012, by=SYSTEM, at=world.now)


# Calls and their links


def test_a_call_completed_by_its_link_is_one_claim_counted_at_the_booth(world: World) -> None:
    called = world.missed_call(of=world.asha)
    world.tick(days=1)
    completed = world.complete(of=world.asha)
    assert isinstance(completed, Joined)
    assert completed.receipt == called.receipt
    assert world.ladder(world.booth, on=DAY) == Ladder(reported=1, counted=1)
    assert world.ladder(world.state) == Ladder()
    held(world)


def test_sending_the_links_form_twice_joins_once(world: World) -> None:
    world.missed_call(of=world.asha)
    first = world.complete(of=world.asha)
    world.tick()
    assert world.complete(of=world.asha) == first
    held(world)


def test_the_first_answer_to_a_call_stays_the_answer_to_its_resend(world: World) -> None:
    called = world.missed_call(of=world.asha, key="CallSid 1")
    world.complete(of=world.asha)
    world.tick()
    again = world.missed_call(of=world.asha, key="CallSid 1")
    assert type(again) is type(called) and again.receipt == called.receipt
    held(world)


def test_two_calls_from_one_phone_are_two_reported_and_one_unique_caller_with_one_link(world: World) -> None:
    world.missed_call(of=world.asha)
    world.tick()
    world.missed_call(of=world.asha)
    assert world.ladder(world.state) == Ladder(reported=2)
    assert world.count("enrolment_waiting") == 1
    held(world)


def test_a_row_may_complete_a_call_and_its_resend_finds_that(world: World) -> None:
    called = world.missed_call(of=world.asha)
    row = world.paper_row(of=world.asha, key="list 4 row 9")
    assert isinstance(row, Joined) and row.receipt == called.receipt
    world.tick()
    assert world.paper_row(of=world.asha, key="list 4 row 9") == row
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    held(world)


def test_a_call_from_a_phone_of_several_people_waits_for_somebody_to_say_whose_it_is(world: World) -> None:
    asha = world.paper_row(of=world.asha)
    world.paper_row(of=world.mohan)
    called = world.missed_call(of=world.asha)
    assert isinstance(called, OnWorklist)
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=2)
    assert asha.membership is not None
    actions.settle_claim(claim=called.receipt, membership=asha.membership, by=SYSTEM, at=world.now)
    assert world.ladder(world.booth) == Ladder(reported=3, unsigned=1, counted=1)
    with pytest.raises(NothingToPlace):
        actions.settle_claim(claim=called.receipt, membership=asha.membership, by=SYSTEM, at=world.now)
    held(world)


def test_a_claim_without_a_place_counts_at_the_drives_own_unit_until_it_is_placed(world: World) -> None:
    joined = world.take(world.claim(world.asha, Channel.API))
    assert world.ladder(world.state) == Ladder(reported=1, unsigned=1)
    actions.place_claim(claim=joined.receipt, unit_id=world.booth.pk, by=SYSTEM, at=world.now)
    assert world.ladder(world.state) == Ladder()
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    with pytest.raises(NothingToPlace):
        actions.place_claim(claim=joined.receipt, unit_id=world.booth.pk, by=SYSTEM, at=world.now)
    held(world)


def test_an_unknown_link_is_refused(world: World) -> None:
    with pytest.raises(NoSuchLink):
        intake.open_link(link="abcdefgh\x00234567é", by=Actor.public(), at=world.now)


# Taking an import back


def bring(
    world: World, *claims: actions.ClaimMessage, number: int
) -> list[actions.ClaimOutcome | actions.ClaimRefused]:
    return intake.enrol_batch(
        programme_id=world.programme.pk, claims=claims, by=SYSTEM, at=world.now, import_id=number
    )


def test_an_import_taken_back_leaves_nothing_of_who_was_only_on_it(world: World) -> None:
    rows = [
        world.claim(human, Channel.PAPER, unit=world.booth)
        for human in (world.asha, world.mohan, world.bilal, world.chandra)
    ]
    bring(world, *rows, number=7)
    assert actions.undo_claims(import_id=7, by=SYSTEM, at=world.now) == 4
    for table in (
        "people_person",
        "people_phone",
        "people_consent",
        "enrolment_claim",
        "enrolment_membership",
    ):
        assert world.count(table) == 0, table
    assert world.tallies() == {}
    assert actions.undo_claims(import_id=7, by=SYSTEM, at=world.now) == 0


def test_who_was_named_by_others_as_well_stays_on_their_word(world: World) -> None:
    bring(world, world.claim(world.asha, Channel.PAPER, unit=world.booth), number=7)
    world.tick(days=1)
    own = world.web_join(of=world.asha, unit=world.next_booth)
    actions.undo_claims(import_id=7, by=SYSTEM, at=world.now)
    assert world.ladder(world.booth) == Ladder()
    assert world.ladder(world.next_booth, on=DAY + timedelta(days=1)) == Ladder(reported=1, counted=1)
    assert isinstance(world.web_join(of=world.asha), AlreadyMember)
    assert own.membership is not None
    held(world)


def test_a_call_whose_member_an_import_made_waits_again_when_it_is_taken_back(world: World) -> None:
    bring(world, world.claim(world.asha, Channel.PAPER, unit=world.booth), number=7)
    world.tick()
    world.missed_call(of=world.asha)
    actions.undo_claims(import_id=7, by=SYSTEM, at=world.now)
    held(world)
    assert isinstance(world.complete(of=world.asha), Joined)
    held(world)


def test_a_call_that_an_imports_row_completed_waits_again(world: World) -> None:
    world.missed_call(of=world.asha)
    world.tick()
    bring(world, world.claim(world.asha, Channel.PAPER, unit=world.booth), number=7)
    assert actions.undo_claims(import_id=7, by=SYSTEM, at=world.now) == 1
    assert world.ladder(world.state) == Ladder(reported=1)
    assert world.ladder(world.booth) == Ladder()
    held(world)
    assert isinstance(world.complete(of=world.asha), Joined)
    held(world)


def test_a_renewal_by_an_import_goes_back_to_the_term_before(world: World) -> None:
    first = world.web_join(of=world.asha)
    earlier = world.programme
    world.next_drive()
    bring(world, world.claim(world.asha, Channel.PAPER, unit=world.next_booth), number=7)
    held(world)
    actions.undo_claims(import_id=7, by=SYSTEM, at=world.now)
    assert world.tallies() == {}
    held(world)
    again = world.missed_call(of=world.asha)
    assert isinstance(again, Renewed) and again.membership == first.membership
    world.programme = earlier
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    held(world)


def test_late_by_more_than_a_week_after_the_window_stays_reported() -> None:
    world = World.make(closes_on=DAY)
    claim = world.claim(world.asha, Channel.API, sign=Sign.CODE, unit=world.booth, field_at=NOON)
    world.tick(days=8)
    late = world.take(claim)
    assert isinstance(late, Late)
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.take(claim) == late
    held(world)


def test_taking_back_the_first_on_a_phone_does_not_let_the_second_in_twice(world: World) -> None:
    bring(world, world.claim(world.mohan, Channel.PAPER, unit=world.booth), number=7)
    asha = world.web_join(of=world.asha)
    actions.undo_claims(import_id=7, by=SYSTEM, at=world.now)
    again = world.paper_row(of=world.asha)
    assert isinstance(again, AlreadyMember) and again.membership == asha.membership
    assert world.rows("select name from people_person where name is not null") == [(world.asha.name,)]
    held(world)


def test_abhiyan_recount_finds_no_difference_and_no_orphans(world: World) -> None:
    world.web_join(of=world.asha)
    world.paper_row(of=world.mohan)
    world.missed_call(of=world.bilal)
    with system("tests fold"):
        fold_changes(at=world.now)
    world.strike_off(world.paper_row(of=world.chandra))
    world.complete(of=world.bilal, unit=world.far_booth)
    found = recount_facts(at=world.now)
    assert found.is_right, (found.differences, found.orphans)
    assert found.compared > 0
