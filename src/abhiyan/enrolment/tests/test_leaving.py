"""STOP, LEAVE, NO and the way back: what each does to memberships, tallies, consents and what we may send."""

from datetime import timedelta
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import receipts
from abhiyan.enrolment.actions.claims import AlreadyMember, OnWorklist, PhoneFull, Renewed, Suppressed
from abhiyan.enrolment.models import Enrolment, Membership, Parting, Roll
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import texts
from abhiyan.people.actions import OnlyThePhoneItself
from abhiyan.people.models import Consent, Person, Suppression
from abhiyan.units import queries as units
from abhiyan.units.models import Tree

from .make import CHANNEL, NOON, Human, Ladder, World
from .web import blanks

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
IMPORT = 88


@pytest.fixture
def world() -> World:
    return World.make()


def say(world: World, act, human: Human = World.asha, **more):  # type: ignore[no-untyped-def]  # any of the four
    return act(phone=human.phone, channel=Channel.SMS, by=CHANNEL, at=world.now, **more)


def standing(world: World, human: Human = World.asha) -> set[int]:
    """The purposes somebody on the phone says yes to."""
    rows = world.rows(
        "select c.purpose from people_consent c join people_person p on p.id = c.person_id"
        " where p.phone_id = %s and c.withdrawn_at is null",
        [world.phone_id(human)],
    )
    return {int(str(row[0])) for row in rows}


def is_silent(world: World, human: Human = World.asha) -> bool:
    with system("test"):
        return Suppression.objects.filter(
            phone_id=world.phone_id(human), scope="all", lifted_at=None
        ).exists()


def agree(world: World, *purposes: int, human: Human = World.asha) -> None:
    with system("test"):
        person = Person.objects.get(phone_id=world.phone_id(human), name=human.name)
        for purpose in purposes:
            Consent.objects.create(
                id=UUID(int=purpose + 1_000),
                person_id=person.pk,
                unit_id=person.unit_id,
                purpose=purpose,
                notice_version=1,
                language="hi",
                channel=Channel.WEB,
                by=CHANNEL.id,
                at=world.now,
            )


def fits(world: World) -> None:
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}


# STOP


def test_stop_ends_messages_and_calls_and_leaves_the_membership_as_it_is(world: World) -> None:
    world.web_join(of=world.asha)
    agree(world, 2, 3)
    say(world, actions.stop_by_phone)
    assert is_silent(world) and standing(world) == {1}
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    with system("test"):
        assert Membership.objects.get().ended_on is None
        assert Person.objects.get().left_at is None
    fits(world)


def test_a_stopped_phone_is_entered_by_nobody_else_and_by_itself(world: World) -> None:
    say(world, actions.stop_by_phone)
    assert isinstance(world.send(world.claim(world.asha, Channel.PAPER, unit=world.booth))[0], Suppressed)
    world.web_join(of=world.asha)
    assert not is_silent(world)


def test_a_stop_is_taken_back_with_the_consents_that_went_with_it(world: World) -> None:
    world.web_join(of=world.asha)
    agree(world, 3)
    world.tick()
    say(world, actions.stop_by_phone)
    world.tick(days=6)
    assert say(world, actions.come_back) == 0
    assert not is_silent(world) and standing(world) == {1, 3}


def test_leaving_and_coming_back_gives_no_yes_that_an_earlier_stop_had_taken(world: World) -> None:
    world.web_join(of=world.asha)
    agree(world, 3)
    say(world, actions.stop_by_phone)
    world.tick(days=1)
    say(world, actions.leave_by_phone)
    world.tick(days=1)
    assert say(world, actions.come_back) == 1
    assert standing(world) == {1}


# LEAVE and back


def test_who_leaves_after_the_term_has_run_out_takes_every_consent_back(world: World) -> None:
    world.web_join(of=world.asha)
    agree(world, 2, 3)
    with system("test"):
        Enrolment.objects.update(ended_at=world.now, end_reason=endings.RUN_OUT)
        Membership.objects.update(ended_on=world.now.date())
    world.tick()
    say(world, actions.leave_by_phone)
    assert standing(world) == set() and is_silent(world)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_no_to_an_old_list_whose_terms_have_run_out_takes_the_count_back(
    world: World, is_named: bool
) -> None:
    bilal = world.paper_row(of=world.bilal)
    with system("test"):
        Enrolment.objects.update(ended_at=world.now, end_reason=endings.RUN_OUT)
        Membership.objects.update(ended_on=world.now.date())
    assert world.ladder(world.booth).unsigned == 1
    world.tick(days=90)
    given = {"membership": bilal.membership} if is_named else {}
    assert say(world, actions.deny_by_phone, world.bilal, **given) == 1
    assert world.ladder(world.booth) == Ladder(reported=1)
    with system("test"):
        assert Parting.objects.get().kind == endings.DENIED
    fits(world)


def test_who_comes_back_within_seven_days_has_the_same_term_day_rungs_and_consents(world: World) -> None:
    joined = world.web_join(of=world.asha)
    agree(world, 3)
    day = world.now.date()
    world.tick(days=2)
    world.confirm(joined, phone_id=world.phone_id(world.asha))
    before = world.tallies()
    world.tick()
    assert say(world, actions.leave_by_phone) == 1
    assert world.ladder(world.booth) == Ladder(reported=1) and standing(world) == set()
    world.tick(days=7)
    assert say(world, actions.come_back) == 1
    assert world.tallies() == before
    assert world.ladder(world.booth, on=day) == Ladder(reported=1, counted=1, confirmed=1)
    assert world.count("enrolment_enrolment") == 1 and standing(world) == {1, 3} and not is_silent(world)
    with system("test"):
        assert Person.objects.get().left_at is None
        again = Consent.objects.filter(withdrawn_at=None)
        assert {(one.channel, one.by, one.at) for one in again} == {(Channel.SMS, CHANNEL.id, world.now)}
        assert Consent.objects.exclude(withdrawn_at=None).count() == 2
        assert Parting.objects.get().undone_at == world.now
    assert say(world, actions.come_back) == 0
    fits(world)


def test_a_paper_entry_that_comes_back_still_waits_for_its_phone(world: World) -> None:
    world.paper_row(of=world.asha)
    say(world, actions.leave_by_phone)
    assert say(world, actions.come_back) == 1
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_after_seven_days_one_joins_anew(world: World) -> None:
    world.web_join(of=world.asha)
    say(world, actions.leave_by_phone)
    world.tick(days=7, seconds=1)
    assert say(world, actions.come_back) == 0
    assert is_silent(world) and world.ladder(world.booth) == Ladder(reported=1)
    world.web_join(of=world.asha)
    assert world.rows("select kind, term from enrolment_enrolment order by term") == [(1, 1), (1, 2)]
    assert say(world, actions.come_back) == 0
    fits(world)


def test_who_joined_anew_in_the_week_is_not_opened_a_second_time(world: World) -> None:
    world.web_join(of=world.asha)
    say(world, actions.leave_by_phone)
    world.tick(days=1)
    world.web_join(of=world.asha)
    assert say(world, actions.come_back) == 0
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    fits(world)


def test_of_two_on_a_phone_one_leaves_by_their_page_and_comes_back_alone(world: World) -> None:
    world.web_join(of=world.mohan)
    joined = world.web_join(of=world.asha)
    world.leave(joined, of=world.asha)
    assert not is_silent(world)
    assert say(world, actions.come_back, membership=joined.membership) == 1
    assert world.ladder(world.booth).counted == 2
    fits(world)


def test_no_list_brings_back_who_left_a_phone_on_which_others_stay(world: World) -> None:
    world.web_join(of=world.asha)
    mohan = world.web_join(of=world.mohan)
    world.leave(mohan, of=world.mohan)
    world.tick()
    for send in (world.paper_row, world.api):
        assert isinstance(send(of=world.mohan), OnWorklist)
    assert world.ladder(world.booth) == Ladder(reported=4, counted=1)
    with system("test"):
        assert Person.objects.get(name=world.mohan.name).left_at is not None
    assert isinstance(world.web_join(of=world.mohan), Renewed)
    fits(world)


def test_nobody_comes_back_past_the_roll_s_limit_for_a_phone(world: World) -> None:
    with system("test"):
        Roll.objects.update(people_per_phone=1)
    intake.forget_drives()
    world.web_join(of=world.asha)
    say(world, actions.leave_by_phone)
    world.web_join(of=world.mohan)
    with pytest.raises(PhoneFull):
        say(world, actions.come_back)
    assert world.ladder(world.booth).counted == 1
    fits(world)


def test_only_the_phone_itself_undoes_its_leaving(world: World) -> None:
    joined = world.web_join(of=world.asha)
    say(world, actions.leave_by_phone)
    for by in (Actor(kind="person", id=CHANNEL.id), SYSTEM, Actor.public()):
        with pytest.raises(OnlyThePhoneItself):
            actions.come_back(phone=world.asha.phone, channel=1, by=by, at=world.now)
    citizen = Actor(kind="citizen", id=CHANNEL.id)
    with scoped(Scope(phone=world.phone_id(world.bilal))), pytest.raises(OnlyThePhoneItself):
        actions.come_back(phone=world.phone_id(world.asha), channel=1, by=citizen, at=world.now)
    with scoped(Scope(phone=world.phone_id(world.asha))):
        back = actions.come_back(
            phone=world.phone_id(world.asha),
            channel=1,
            by=citizen,
            at=world.now,
            membership=joined.membership,
        )
    assert back == 1


def test_who_was_struck_off_does_not_come_back_by_leaving_first(world: World) -> None:
    joined = world.paper_row(of=world.asha)
    world.strike_off(joined)
    say(world, actions.leave_by_phone)
    assert say(world, actions.come_back) == 0
    assert world.ladder(world.booth) == Ladder(reported=1)


# NO


def test_no_strikes_the_entry_off_and_notes_list_worker_and_device(world: World) -> None:
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth, by=world.booth_worker)
    (joined,) = intake.enrol_batch(
        programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now, import_id=IMPORT
    )
    world.tick(days=1)
    assert say(world, actions.deny_by_phone) == 1
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert is_silent(world) and standing(world) == set()
    with system("test"):
        noted, member = Parting.objects.get(), Membership.objects.get()
        assert member.struck_at == world.now
        assert Person.objects.get().left_at == world.now
    assert (noted.kind, noted.import_id, noted.by, noted.unit_id, noted.at, noted.channel) == (
        "denied",
        IMPORT,
        world.booth_worker.id,
        world.booth.pk,
        world.now,
        Channel.SMS,
    )
    assert noted.public_id == joined.membership  # type: ignore[union-attr]  # it joined
    name = keyring().unseal(bytes(noted.sealed_name or b""), about=noted.pk.bytes)
    assert name.decode() == world.asha.name
    at = world.now
    world.tick()
    assert say(world, actions.deny_by_phone) == 0
    with system("test"):
        assert Parting.objects.get().at == at
    assert say(world, actions.come_back) == 0
    assert world.ladder(world.booth) == Ladder(reported=1)
    fits(world)


def test_no_without_a_question_strikes_off_only_what_the_phone_never_signed(world: World) -> None:
    world.web_join(of=world.asha)
    world.paper_row(of=world.mohan)
    assert say(world, actions.deny_by_phone) == 1
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert is_silent(world)
    fits(world)


def test_no_of_one_named_person_strikes_only_that_one_of_four(world: World) -> None:
    phone = world.asha.phone
    family = [Human(name, 1970 + n, phone) for n, name in enumerate(("Ana", "Bina", "Chaya", "Dina"))]
    joined = [world.paper_row(of=human) for human in family]
    assert say(world, actions.deny_by_phone, membership=joined[1].membership) == 1
    assert world.ladder(world.booth) == Ladder(reported=4, unsigned=3)
    assert not is_silent(world), "the other three still hear from us"
    with system("test"):
        assert Parting.objects.get().public_id == joined[1].membership
    for one in joined:
        say(world, actions.deny_by_phone, membership=one.membership)
    assert world.ladder(world.booth) == Ladder(reported=4) and is_silent(world)
    fits(world)


def test_the_receipt_of_one_of_two_promises_no_silence_to_the_phone(world: World) -> None:
    with system("test"):
        messaging.publish_templates(at=world.now, by=CHANNEL)
    asha, _mohan = world.paper_row(of=world.asha), world.paper_row(of=world.mohan)
    say(world, actions.deny_by_phone, membership=asha.membership)
    receipts.send_receipt(of=receipts.DENY, phone=world.asha.phone, language="en", at=world.now)
    (told,) = blanks(world.asha.phone, "deny.receipt")
    text = texts.fill_text(texts.TEXTS["deny.receipt", "en"], told | {"organisation": "Sangathan"})
    assert "entered this number on" in text and "not write or call" not in text


def test_a_named_no_reaches_no_other_phone(world: World) -> None:
    joined = world.paper_row(of=world.asha)
    assert say(world, actions.deny_by_phone, world.bilal, membership=joined.membership) == 0
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_who_left_and_then_says_no_was_never_a_member(world: World) -> None:
    world.paper_row(of=world.asha)
    say(world, actions.leave_by_phone)
    world.tick()
    joined = world.rows("select public_id from enrolment_membership")[0][0]
    assert say(world, actions.deny_by_phone, membership=joined) == 1
    with system("test"):
        assert [one.kind for one in Parting.objects.all()] == ["denied"]
    assert say(world, actions.come_back) == 0
    fits(world)


def test_a_no_to_a_list_that_was_taken_back_finds_nothing_and_still_silences_us(world: World) -> None:
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    (joined,) = intake.enrol_batch(
        programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now, import_id=IMPORT
    )
    actions.undo_claims(import_id=IMPORT, by=SYSTEM, at=world.now)
    assert say(world, actions.deny_by_phone, membership=joined.membership) == 0  # type: ignore[union-attr]  # it joined
    assert is_silent(world)
    fits(world)


def test_who_was_denied_keeps_no_name_once_the_list_is_taken_back(world: World) -> None:
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    intake.enrol_batch(
        programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now, import_id=IMPORT
    )
    say(world, actions.deny_by_phone)
    actions.undo_claims(import_id=IMPORT, by=SYSTEM, at=world.now)
    with system("test"):
        assert Parting.objects.get().sealed_name is None
    fits(world)


def test_only_the_phone_brings_back_who_said_no(world: World) -> None:
    joined = world.paper_row(of=world.asha)
    world.paper_row(of=world.mohan)
    say(world, actions.deny_by_phone, membership=joined.membership)
    (again,) = world.send(world.claim(world.asha, Channel.PAPER, unit=world.booth))
    assert not isinstance(again, AlreadyMember) and world.ladder(world.booth).unsigned == 1
    world.web_join(of=world.asha)
    assert world.ladder(world.booth).counted == 1
    fits(world)


def test_a_stranger_is_answered_as_a_member_is(world: World) -> None:
    for act in (actions.stop_by_phone, actions.leave_by_phone, actions.deny_by_phone, actions.come_back):
        assert not say(world, act, world.chandra)
    assert world.count("enrolment_membership") == world.count("enrolment_parting") == 0


# The readers of it


@pytest.mark.versions
def test_no_office_but_the_data_officer_s_reads_a_parting_and_no_leaving_is_read_by_any(world: World) -> None:
    world.paper_row(of=world.asha)
    world.web_join(of=world.bilal)
    say(world, actions.deny_by_phone)
    say(world, actions.leave_by_phone, world.bilal)
    lo, hi = units.span(world.district.pk, 1)
    span = f"{{[{lo},{hi})}}"
    with system("test"):
        trees = sum(Tree.objects.values_list("version", flat=True))

    def seen(scope: Scope) -> list[str]:
        with scoped(scope):
            return [one.kind for one in Parting.objects.all()]

    assert seen(Scope(people=span, counts=span, trees=trees)) == []
    assert seen(Scope(everything=True)) == []
    assert seen(Scope(requests=span, trees=trees)) == ["denied"]
    lo, hi = units.span(world.units["JK-JAM"].pk, 1)
    assert seen(Scope(requests=f"{{[{lo},{hi})}}", trees=trees)) == []
    assert seen(Scope(phone=world.phone_id(world.bilal))) == ["left"]


def test_a_week_is_seven_days_to_the_second() -> None:
    for over, may in ((timedelta(days=7), True), (timedelta(days=7, microseconds=1), False)):
        assert endings.may_come_back(reason="left", ended_at=NOON, at=NOON + over) is may
    assert not endings.may_come_back(reason="struck", ended_at=NOON, at=NOON)
    assert not endings.may_come_back(reason="left", ended_at=None, at=NOON)
