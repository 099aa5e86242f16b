"""Organisers see friends nobody spoke with for 30 days, and no other's; friends say what they think by a link."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.contact.actions import HeldBack
from abhiyan.contact.models import ContactTry
from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import referrals
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_two_rolls import become_friend, friends_programme
from abhiyan.enrolment.tests.web import officer, open_me, today, web_world
from abhiyan.forms import actions as forms
from abhiyan.forms.models import Submission
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.friends.actions import in_touch, organisers
from abhiyan.friends.queries import in_touch as queries
from abhiyan.opinions import actions as opinions
from abhiyan.opinions.actions import QuoteNames
from abhiyan.opinions.models import Opinion
from abhiyan.opinions.tests.make import answered
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import actor
from abhiyan.people.actions.words import write_person_words
from abhiyan.people.models import Account, Consent, Person, Purpose
from abhiyan.people.tests.make import browser
from abhiyan.programmes.actions import post_changes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import TallyChange

pytestmark = pytest.mark.django_db
LIST, QUIET = "/friends/", "/friends/?show=quiet"
SYSTEM = Actor.system("test")


@pytest.fixture
def world() -> World:
    return web_world()


@pytest.fixture
def friends(world: World) -> Programme:
    return friends_programme(world)


@pytest.fixture
def organiser(world: World, friends: Programme) -> Client:
    return officer(world, "friends_organiser", "JK-SRI-M1")


def account(_client: Client) -> Account:
    """The organiser whose browser it is."""
    with system("test"):
        return Account.objects.get(name="friends_organiser of JK-SRI-M1")


def invited(
    world: World, friends: Programme, who: Account, human: Human, *, days_ago: int = 31
) -> Membership:
    """A friend who joined by an organiser's own link, some days ago."""
    with system("test"):
        code = referrals.make_referral(
            programme_id=friends.pk, unit_id=world.mandal.pk, by=actor(who), at=world.now
        )
    become_friend(human)
    with system("test"):
        one = Membership.objects.get(phone_id=world.phone_id(human))
        referrals.note_referred(
            code=code, programme_id=friends.pk, membership=one.public_id, by=SYSTEM, at=world.now
        )
        at = world.now - timedelta(days=days_ago)
        Membership.objects.filter(pk=one.pk).update(at=at)
        organisers.share_friends(at=world.now)
    return one


def test_a_friend_of_thirty_quiet_days_is_on_the_organisers_list_and_on_today_until_they_spoke(
    world: World, friends: Programme, organiser: Client
) -> None:
    who = account(organiser)
    one = invited(world, friends, who, world.asha)
    invited(world, friends, who, world.bilal, days_ago=29)
    page = organiser.get(QUIET).text
    assert world.asha.name in page and world.bilal.name not in page
    assert world.bilal.name in organiser.get(LIST).text
    assert "Nobody spoke with 1 friend for 30 days" in organiser.get("/today/").text
    card = f"/friends/{one.public_id}/"
    assert organiser.post(card, {"outcome": "shouted"}).status_code == 422
    assert organiser.post(card, {"outcome": "talked"})["Location"] == LIST
    assert f"Noted: {world.asha.name}" in organiser.get(QUIET).text
    assert world.asha.name not in organiser.get(QUIET).text
    assert "Nobody spoke with" not in organiser.get("/today/").text
    with system("test"):
        entry = AuditEntry.objects.get(act="enrolment.talk_friend")
        assert (entry.account_id, entry.subject) == (who.pk, str(one.public_id))
        ContactTry.objects.update(at=world.now - timedelta(days=31))
    assert world.asha.name in organiser.get(QUIET).text, "quiet again"


def test_who_was_not_there_rests_and_a_wrong_number_never_comes_again(
    world: World, friends: Programme, organiser: Client
) -> None:
    who = account(organiser)
    asha, bilal = (invited(world, friends, who, human) for human in (world.asha, world.bilal))
    organiser.post(f"/friends/{asha.public_id}/", {"outcome": "no_answer"})
    organiser.post(f"/friends/{bilal.public_id}/", {"outcome": "wrong_number"})
    assert "Nobody waits for you" in organiser.get(QUIET).text
    with system("test"):
        ContactTry.objects.filter(again_at__isnull=False).update(again_at=world.now - timedelta(minutes=1))
        assert [row.public_id for row in quiet(who, world)] == [asha.public_id]


def quiet(who: Account, world: World) -> list[queries.OwnFriend]:
    return list(queries.own_friends(who.pk, show="quiet", language="en", at=world.now)[:100])


def test_an_organiser_finds_a_friend_as_the_name_sounds(
    world: World, friends: Programme, organiser: Client
) -> None:
    invited(world, friends, account(organiser), world.asha)
    for text in ("asha", "आशा", "Aasha", "Devi Asha", "Smt. Asha", "ਆਸ਼ਾ"):
        assert world.asha.name in organiser.get(LIST, {"q": text}).text, text
    for text in ("Usha", "%", "Asha Bai"):
        assert world.asha.name not in organiser.get(LIST, {"q": text}).text, text


def test_a_friend_is_no_other_organisers_and_leaves_every_list_by_leaving_or_saying_no(
    world: World, friends: Programme, organiser: Client
) -> None:
    who = account(organiser)
    one = invited(world, friends, who, world.asha)
    other = officer(world, "friends_organiser", "JK-SRI")
    card = f"/friends/{one.public_id}/"
    for client in (other, officer(world, "state_president", "JK")):
        assert world.asha.name not in client.get(LIST).text
        assert client.get(card).status_code == 404
        assert client.post(card, {"outcome": "talked"}).status_code == 404
        assert client.post(card, {"number": "1"}).status_code == 404
    assert officer(world, "verifier", "JK-JAM").get(LIST).status_code == 403
    assert browser().get(card).status_code == 302
    with system("test"):
        Membership.objects.filter(pk=one.pk).update(ended_on=clock.day_in("Asia/Kolkata", world.now))
        assert quiet(who, world) == []
        assert in_touch.friend_asked(link_of(one, world), at=world.now) is None


def at_booth(one: Membership, world: World) -> Membership:
    """The friend lives in a booth."""
    with system("test"):
        Membership.objects.filter(pk=one.pk).update(unit_id=world.booth.pk)
        Person.objects.filter(pk=one.person_id).update(unit_id=world.booth.pk)
        one.refresh_from_db()
    return one


def neighbours(world: World, one: Membership, n: int) -> None:
    """The ledger counts a friend of a booth, and so many others there."""
    key = (one.programme_id, 1, 1, one.unit_id, world.now.date())
    with system("test"):
        post_changes(deltas=[TallyChange(*key, rung, n + 1) for rung in (10, 20)], at=world.now)


def link_of(one: Membership, world: World) -> str:
    return in_touch.opinion_link(one.public_id, on=clock.day_in(settings.TIME_ZONE, world.now))


def test_the_number_needs_consent_to_calls_and_the_gate(
    world: World, friends: Programme, organiser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = account(organiser)
    one = invited(world, friends, who, world.asha)
    monkeypatch.setenv("ABHIYAN_MESSAGES_UNTIL", "10:01")
    with pytest.raises(HeldBack):
        in_touch.friend_number(friend=one.public_id, by=actor(who), at=world.now)
    monkeypatch.delenv("ABHIYAN_MESSAGES_UNTIL")
    with system("test"):
        calls = Consent.objects.filter(person_id=one.person_id, purpose=Purpose.CALLS.value)
        calls.delete()
    with pytest.raises(HeldBack) as refused:
        in_touch.friend_number(friend=one.public_id, by=actor(who), at=world.now)
    assert "consent" in str(refused.value) or "सहमति" in str(refused.value)
    night = world.now.replace(hour=18)  # 23:30 in Kolkata
    with pytest.raises(HeldBack):
        in_touch.friend_number(friend=one.public_id, by=actor(who), at=night)
    answer = organiser.post(f"/friends/{one.public_id}/", {"number": "1"})
    assert answer.status_code >= 400 and world.asha.phone[-10:] not in answer.text
    with pytest.raises(NotFound):
        in_touch.friend_number(friend=one.public_id, by=SYSTEM, at=world.now)


def opinion_form(world: World) -> None:
    """The state's opinion form, in use."""
    ready = ready_forms()["opinion"]
    with system("test"):
        form = forms.make_form(
            unit_id=world.state.pk,
            names=ready.names,
            questions=ready.questions,
            ready=ready.code,
            by=SYSTEM,
            at=world.now,
        )
        forms.use_draft(public_id=form.public_id, by=SYSTEM, at=world.now)


def test_a_friend_says_what_they_think_by_their_own_link_once_a_month_and_without_a_name(
    world: World, friends: Programme, organiser: Client
) -> None:
    opinion_form(world)
    answered(9, world.mandal.pk, at=world.now - timedelta(days=40))
    one = at_booth(invited(world, friends, account(organiser), world.asha), world)
    neighbours(world, one, 4)
    link = link_of(one, world)
    page = f"/q/opinion/{link}/"
    assert f"/q/opinion/{link}/" in organiser.get(f"/friends/{one.public_id}/").text
    assert 'href="/q/opinion/' in open_me(world.asha).get("/me/").text, "and from their own page"
    client = browser()
    opened = client.get(page)
    assert opened.status_code == 200 and world.asha.name not in opened.text
    said = {"q-mood": "worse", "q-first": "water", "q-good": "The lamp works"}
    assert client.post(page, {"q-mood": "worse"}).status_code == 422
    for _twice in range(2):
        assert client.post(page, said).status_code == 200
    assert client.post(page, {**said, "q-first": "road"}).status_code == 409
    with system("test"):
        sent = Submission.objects.get(at=world.now)
        assert sent.sent_by is None and sent.answers["first"] == "water"
        opinion = Opinion.objects.get(submission=sent)
        assert opinion.unit_id == sent.unit_id == opinion.desk_id == world.mandal.pk != one.unit_id, (
            "no booth"
        )
        trail = AuditEntry.objects.get(act="forms.submit")
        assert (trail.account_id, trail.who_kind) == (None, "public")


@pytest.mark.parametrize(("others", "answers"), [(3, 50), (4, 8), (0, 0)])
def test_a_mandal_with_fewer_than_five_friends_or_ten_answers_reads_nothing(
    world: World, friends: Programme, organiser: Client, others: int, answers: int
) -> None:
    """The answer of such a friend is filed above: no row, count or word of it is at their mandal."""
    opinion_form(world)
    answered(answers, world.mandal.pk, at=world.now - timedelta(days=40))
    one = at_booth(invited(world, friends, account(organiser), world.asha), world)
    neighbours(world, one, others)
    said = {"q-mood": "worse", "q-first": "water", "q-good": "The lamp works"}
    assert browser().post(f"/q/opinion/{link_of(one, world)}/", said).status_code == 200
    with system("test"):
        opinion = Opinion.objects.get()
        assert opinion.desk_id != world.mandal.pk
        assert (opinion.unit_id == world.mandal.pk) == (others >= 4), (
            "the unit itself tells who is the only one"
        )


def test_a_name_of_the_friends_booth_does_not_go_up_with_their_own_opinion(
    world: World, friends: Programme, organiser: Client
) -> None:
    opinion_form(world)
    answered(9, world.mandal.pk, at=world.now - timedelta(days=40))
    one = at_booth(invited(world, friends, account(organiser), world.asha), world)
    neighbours(world, one, 4)
    said = {"q-mood": "worse", "q-first": "water", "q-good": "Sunita asks for a lamp"}
    assert browser().post(f"/q/opinion/{link_of(one, world)}/", said).status_code == 200
    with system("test"):
        opinion = Opinion.objects.get()
        Person.objects.filter(pk=one.person_id).update(name="Sunita Bhat")
        write_person_words(person_ids=[one.person_id])
    with pytest.raises(QuoteNames):
        opinions.pass_opinion(public_id=opinion.public_id, text=said["q-good"], by=SYSTEM, at=world.now)
    opinions.pass_opinion(public_id=opinion.public_id, text="… asks for a lamp", by=SYSTEM, at=world.now)


def test_a_link_that_was_changed_is_over_or_is_a_members_opens_nothing(
    world: World, friends: Programme, organiser: Client
) -> None:
    opinion_form(world)
    one = invited(world, friends, account(organiser), world.asha)
    link = link_of(one, world)
    friend, _dot, rest = link.partition(".")
    over = in_touch.opinion_link(
        one.public_id, on=clock.day_in(settings.TIME_ZONE, world.now) - timedelta(days=31)
    )
    for wrong in (f"{'0' * 32}.{rest}", friend, "x", over, link[:-1]):
        for sent in (browser().get, browser().post):
            assert sent(f"/q/opinion/{wrong}/").status_code == 404, wrong
    with system("test"):
        assert not Submission.objects.exists()


def test_a_longer_list_asks_no_more(world: World, friends: Programme, organiser: Client) -> None:
    who = account(organiser)
    organiser.get(LIST)
    asked = []
    for human in (world.asha, world.bilal):
        invited(world, friends, who, human)
        with CaptureQueriesContext(connection) as ran:
            organiser.get(LIST)
        asked.append(len(ran))
    assert asked[0] == asked[1]
    assert reverse("friends:quiet_friends") == LIST


def test_friends_are_the_organisers_until_the_office_ends_and_whatever_office_comes_after(
    world: World, friends: Programme, organiser: Client
) -> None:
    who = account(organiser)
    one = invited(world, friends, who, world.asha)
    card = f"/friends/{one.public_id}/"
    assert organiser.get(card).status_code == 200
    with system("test"):
        held = Appointment.objects.get(account_id=who.pk)
    new = {"office": "booth_worker", "hierarchy": 1, "starts_on": today(), "by": SYSTEM, "at": world.now}
    with system("test"):
        org.appoint(account_id=who.pk, unit_id=world.units["HP-B001"].pk, **new)  # type: ignore[arg-type]  # as given
    org.end_appointment(public_id=held.public_id, reason="moved", by=SYSTEM, at=world.now)
    assert organiser.get(card).status_code == organiser.post(card, {"outcome": "talked"}).status_code == 404
    assert world.asha.name not in organiser.get(LIST).text
    assert "Nobody spoke with" not in organiser.get("/today/").text
    for refused in (
        lambda: in_touch.friend_number(friend=one.public_id, by=actor(who), at=world.now),
        lambda: in_touch.note_friend_talk(
            friend=one.public_id, outcome="talked", is_visit=True, by=actor(who), at=world.now
        ),
    ):
        with pytest.raises(NotFound):
            refused()
    with system("test"):
        org.appoint(account_id=who.pk, unit_id=world.mandal.pk, **new | {"office": "friends_organiser"})  # type: ignore[arg-type]  # as given
        organisers.share_friends(at=world.now)
    assert organiser.get(card).status_code == 200, "appointed there again, they have them again"
