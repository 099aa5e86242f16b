"""An office counts once its holder has accepted it: nobody becomes anything by having their number typed.

An appointed person comes in with a word that the appointing side hands over.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions, queries
from abhiyan.org.actions.appointments import OfferOver, OfficerElsewhere
from abhiyan.org.actions.doors import HasProof
from abhiyan.org.models import Appointment, Release
from abhiyan.org.news import AppointmentEnded, OfferAnswered
from abhiyan.org.queries import deciding
from abhiyan.org.queries.resets import NotAbove, OnTheConsole
from abhiyan.people.models import Account, Factor, Session
from abhiyan.people.tests.make import body, browser

from .make import AT, TODAY, World, actor

pytestmark = pytest.mark.django_db


@contextmanager
def heard(what: type) -> Iterator[list]:  # type: ignore[type-arg]  # of that kind
    found: list[object] = []
    news.subscribe(what, found.append)
    try:
        yield found
    finally:
        news._subscribers[what].remove(found.append)


def offer(world: World, office: str = "mandal_president", code: str = "N111") -> Appointment:
    """An office given by the district president."""
    by = actor(world.holder("district_president", "N11"))
    return world.appoint(world.account("Meena Bai"), office, code, by=by, is_accepted=False)


def said(held: Appointment, *, is_accepted: bool = True, at: datetime = AT, why: str = "") -> Appointment:
    """The phone it was named with answers."""
    return actions.answer_by_phone(
        public_id=held.public_id,
        phone_id=holder_of(held).phone_id,
        is_accepted=is_accepted,
        how=Appointment.How.LINK,
        by=Actor.public(),
        at=at,
        why=why,
    )


def again(held: Appointment) -> Appointment:
    with system("test"):
        return Appointment.objects.get(pk=held.pk)


def holder_of(held: Appointment) -> Account:
    with system("test"):
        return Account.objects.get(pk=held.account_id)


def test_whoever_types_a_number_makes_nobody_anything(world: World) -> None:
    made = offer(world)
    assert (made.state, made.accepted_at, made.accepted_how) == ("offered", None, "")
    assert not queries.holds(made.account_id, "people.read", at=world.unit("N111"))
    with system("test"):
        assert [
            each.name for each in queries.ask_offices_here(world.unit("N111"), on=TODAY)() if each.name
        ] == []
    client = browser(holder_of(made))
    assert client.get("/people/").status_code == 403


def test_the_named_phone_accepts_once_and_no_other_does(world: World) -> None:
    made = offer(world)
    with pytest.raises(actions.NotOffered):
        actions.answer_by_phone(
            public_id=made.public_id,
            phone_id=world.account("Other").phone_id,
            is_accepted=True,
            how=Appointment.How.TEXT,
            by=Actor.public(),
            at=AT,
        )
    assert again(made).state == "offered"
    said(made)
    held = again(made)
    assert (held.state, held.accepted_how, held.accepted_at) == ("active", "link", AT)
    assert queries.holds(made.account_id, "people.read", at=world.unit("N111"))
    for is_accepted in (True, False):
        with pytest.raises(actions.NotOffered):
            said(made, is_accepted=is_accepted)
    assert again(made).state == "active"


def test_declining_ends_it_and_nothing_else(world: World) -> None:
    person = world.account("Meena Bai")
    other = world.appoint(person, "district_president", "N12")
    asked = actions.ask_release(
        act="people.export", unit_id=world.unit("N12"), reason="r", by=actor(person), at=AT
    )
    signed_in = browser(person)
    made = offer(world)
    with heard(AppointmentEnded) as ended, heard(OfferAnswered) as answered:
        said(made, is_accepted=False)
    held = again(made)
    assert (held.state, held.end_reason, held.accepted_how) == ("ended", "declined", "")
    assert ended == [] and [each.public_id for each in answered] == [made.public_id]
    assert again(other).state == "active"
    with system("test"):
        assert Release.objects.get(public_id=asked.public_id).state == "asked"
        assert Session.objects.filter(account_id=person.pk, ended_at=None).exists()
    assert signed_in.get("/").status_code == 200


def test_taking_an_offer_back_touches_nothing_its_holder_asked(world: World) -> None:
    """Or a leader elsewhere could end what anybody asked, and their sessions."""
    person = world.account("Meena Bai")
    world.appoint(person, "district_president", "N12")
    asked = actions.ask_release(
        act="people.export", unit_id=world.unit("N12"), reason="r", by=actor(person), at=AT
    )
    made = offer(world)
    with system("test"):
        leader = Account.objects.get(pk=made.made_by or 0)
    actions.end_appointment(public_id=made.public_id, reason="r", by=actor(leader), at=AT)
    with system("test"):
        assert Release.objects.get(public_id=asked.public_id).state == "asked"
    with pytest.raises(actions.NotOffered):
        said(made)


def test_signed_in_it_is_owed_on_todays_page_and_answered_there(world: World) -> None:
    made = offer(world)
    client = browser(holder_of(made))
    assert "Do you accept? Mandal president, Unit N111" in body(client, "/today/")
    assert "Accept the office" in body(client, f"/appointments/{made.public_id}/")
    assert client.post(f"/appointments/{made.public_id}/answer/", {"answer": "accept"})["Location"] == "/"
    assert again(made).accepted_how == "signed_in"
    assert client.get("/people/").status_code == 200
    assert client.post(f"/appointments/{made.public_id}/answer/", {"answer": "decline"}).status_code == 404


def test_nobody_accepts_for_somebody_else(world: World) -> None:
    made = offer(world)
    with system("test"):
        leader = Account.objects.get(pk=made.made_by or 0)
    for other in (leader, world.holder("state_president", "N1"), world.account("Root", is_root=True)):
        answer = browser(other).post(f"/appointments/{made.public_id}/answer/", {"answer": "accept"})
        assert answer.status_code == 404
        page = body(browser(other), f"/appointments/{made.public_id}/")
        assert "Accept the office" not in page
    weak = browser(holder_of(made), strong=False)
    assert weak.post(f"/appointments/{made.public_id}/answer/", {"answer": "accept"}).status_code == 403
    assert again(made).state == "offered"


def test_an_office_is_disputed_only_once_the_second_has_accepted(world: World) -> None:
    sitting = world.appoint(world.account("Asha Sits"), "mandal_president", "N111")
    made = offer(world)
    assert (again(sitting).state, made.state) == ("active", "offered")
    said(made)
    assert (again(sitting).state, again(made).state) == ("disputed", "disputed")


def test_a_taken_office_names_who_was_offered_it(world: World) -> None:
    made = offer(world)
    with pytest.raises(actions.SeatHeld) as refused:
        actions.appoint(
            account_id=world.account("Third").pk,
            office="mandal_president",
            unit_id=world.unit("N111"),
            by=actor(world.holder("state_president", "N1")),
            at=AT,
            disputing=(),
        )
    assert [each.pk for each in refused.value.by] == [made.pk]


@pytest.mark.parametrize("why", ["", "I moved away"])
def test_why_an_appointment_ended_is_told_in_the_readers_language(world: World, why: str) -> None:
    made = offer(world)
    said(made, is_accepted=False, why=why)
    leader, page = world.holder("state_president", "N1"), f"/appointments/{made.public_id}/"
    behind = f": {why}" if why else ""
    assert f"<dd>Declined{behind}</dd>" in body(browser(leader), page)
    assert f"<dd>मना किया{behind}</dd>" in body(browser(leader, "hi"), page)


def test_an_offer_whose_term_is_over_ends(world: World) -> None:
    by = actor(world.holder("district_president", "N11"))
    with heard(OfferAnswered) as answered:
        made = actions.appoint(
            account_id=world.account("Meena Bai").pk,
            office="mandal_president",
            unit_id=world.unit("N111"),
            ends_on=TODAY,
            by=by,
            at=AT,
        )
        with system("loop"):
            assert actions.end_terms(at=AT) == 0
            assert actions.end_terms(at=AT + timedelta(days=2)) == 1
    ended = again(made)
    assert (ended.state, ended.ends_on) == ("ended", TODAY)
    assert [each.public_id for each in answered] == [made.public_id], "the message about it need not leave"
    with pytest.raises(actions.NotOffered):
        said(made)


@pytest.mark.parametrize("is_accepted", [False, True])
def test_the_page_tells_an_unanswered_offer_from_a_held_office(world: World, is_accepted: bool) -> None:
    leader = world.holder("district_president", "N11")
    world.appoint(
        world.account("Meena Bai"), "mandal_president", "N111", by=actor(leader), is_accepted=is_accepted
    )
    given = {
        "unit": "N111",
        "hierarchy": "1",
        "office": "mandal_president",
        "phone": "98100 12345",
        "name": "Ravi Kumar",
        "starts_on": NOW.date().isoformat(),
    }
    answer = browser(leader).post("/appointments/new/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Meena Bai" in page
    assert ("somebody holds this office" in page) == is_accepted
    assert ("somebody else has this offer" in page) != is_accepted
    assert ("Meena Bai, not accepted yet." in page) != is_accepted


def test_what_is_over_or_no_longer_possible_is_not_accepted(world: World) -> None:
    by = actor(world.holder("district_president", "N11"))
    person = world.account("Meena Bai")
    over = actions.appoint(
        account_id=person.pk,
        office="mandal_president",
        unit_id=world.unit("N111"),
        ends_on=(AT + timedelta(days=3)).date(),
        by=by,
        at=AT,
    )
    other = world.appoint(person, "mandal_in_charge", "N112", by=by, is_accepted=False)
    with pytest.raises(OfferOver):
        said(over, at=AT + timedelta(days=9))
    world.appoint(person, "data_officer", "N12")
    with pytest.raises(OfficerElsewhere):
        said(other)


def test_seven_days_in_office_are_seven_days_since_it_was_accepted(world: World) -> None:
    asker = world.holder("district_president", "N11")
    officer = world.officer("N1")
    at = AT + timedelta(days=10)
    below = world.account("Officer Below")
    made = world.appoint(below, "data_officer", "N11", by=actor(officer), is_accepted=False)

    def may(at_: object) -> bool:
        asked = actions.ask_release(
            act="people.export",
            unit_id=world.unit("N11"),
            reason=str(at_),
            by=actor(asker),
            at=at_,  # type: ignore[arg-type]  # a moment
            payload={"n": str(at_)},
        )
        return below.pk in deciding.deciders([asked], at=at_)[asked.pk].accounts  # type: ignore[arg-type]  # a moment

    assert not may(at)
    said(made, at=at)
    assert not may(at + timedelta(days=6))
    assert may(at + timedelta(days=8))


def test_an_offer_puts_nobody_into_a_line_until_it_is_accepted(world: World) -> None:
    """Otherwise the asker would bar a possible refuser by an offer."""
    asker = world.holder("state_president", "N1")
    above, root = world.account("Above"), world.account("Root", is_root=True)
    world.appoint(above, "national_president", "N", by=actor(root), at=AT - timedelta(days=60))
    made = world.appoint(above, "district_president", "N11", by=actor(asker), is_accepted=False)
    asked = actions.ask_release(
        act="people.export", unit_id=world.unit("N1"), reason="r", by=actor(asker), at=AT
    )
    assert above.pk in deciding.deciders([asked], at=AT)[asked.pk].accounts
    actions.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(above), at=AT)
    assert above.pk not in deciding.deciders([asked], at=AT)[asked.pk].accounts


def test_a_proof_is_reset_only_from_above_what_was_offered_too(world: World) -> None:
    """Somebody about to hold a high office is not taken over from below meanwhile."""
    person = world.holder("booth_president", "N1111")
    leader = actor(world.holder("district_president", "N11"))
    assert queries.why_not_reset(leader, person) is None
    world.appoint(
        person,
        "state_general_secretary",
        "N1",
        by=actor(world.holder("state_president", "N1")),
        is_accepted=False,
    )
    assert isinstance(queries.why_not_reset(leader, person), NotAbove)


def test_what_was_there_before_counts_as_before(world: World) -> None:
    """The code before writes no acceptance; the database's own value says how it came."""
    person = world.holder("district_president", "N11")
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into org_appointment (public_id, account_id, office_id, unit_id, hierarchy, state, starts_on,"
            " made_by, made_at) select gen_random_uuid(), %s, office_id, unit_id, hierarchy, state, starts_on,"
            " made_by, made_at from org_appointment where account_id = %s",
            [world.account("Before").pk, person.pk],
        )
        made = Appointment.objects.latest("pk")
    assert (made.accepted_how, made.accepted_at) == ("before", None)
    assert queries.holds(made.account_id, "people.export", at=world.unit("N11"))


def test_the_trail_says_who_accepted_and_how(world: World) -> None:
    made = offer(world)
    said(made)
    with system("test"):
        (row,) = AuditEntry.objects.filter(subject=str(made.public_id), act="org.accept")
    assert row.facts["how"] == "link"


def word_for(leader: Client, held: Appointment, status: int = 200) -> str:
    """Return the word for a first sign-in from the page of an appointment."""
    answer = leader.post(f"/appointments/{held.public_id}/word/")
    assert answer.status_code == status, answer.content.decode()
    found = re.search(r'<p class="code">([A-Z0-9]{4}-[A-Z0-9]{4})</p>', answer.content.decode())
    return found[1] if found else ""


def test_a_first_sign_in_takes_the_phones_code_and_the_word_of_who_appointed(world: World) -> None:
    made = offer(world)
    with system("test"):
        leader = browser(Account.objects.get(pk=made.made_by or 0))
    assert "Make the word" in body(leader, f"/appointments/{made.public_id}/")
    assert leader.get(f"/appointments/{made.public_id}/word/").status_code == 200
    word = word_for(leader, made)
    assert word not in body(leader, f"/appointments/{made.public_id}/"), "shown once"
    phone = browser(holder_of(made), strong=False)  # the code by SMS was right
    assert phone.get("/account/app/")["Location"] == "/sign-in/second/"
    assert phone.post("/sign-in/second/", {"word": "AAAA-AAAA"}).status_code == 422
    assert phone.get("/account/app/").status_code == 302
    assert phone.post("/sign-in/second/", {"word": word}).status_code == 302
    assert phone.get("/account/app/").status_code == 200


def test_nobody_gets_into_an_account_by_giving_it_a_small_office(world: World) -> None:
    """Not while its holder was offered, or holds, something higher: with a stolen code the word would let them in."""
    state = actor(world.holder("state_president", "N1"))
    leader = world.holder("district_president", "N11")
    for is_accepted in (False, True):
        person = world.account("Meena Bai")
        world.appoint(person, "state_general_secretary", "N1", by=state, is_accepted=is_accepted)
        small = world.appoint(person, "booth_worker", "N1111", by=actor(leader), is_accepted=False)
        assert word_for(browser(leader), small, 403) == ""
        assert "Make the word" not in body(browser(leader), f"/appointments/{small.public_id}/")
        assert queries.why_not_hand_over(actor(person), person) is not None
        with system("test"):
            Appointment.objects.filter(account_id=person.pk).delete()


def test_a_word_handed_over_for_a_small_office_ends_when_a_higher_one_is_given(world: World) -> None:
    person = world.account("Meena Bai")
    leader = world.holder("district_president", "N11")
    small = world.appoint(person, "booth_worker", "N1111", by=actor(leader), is_accepted=False)
    word = word_for(browser(leader), small)
    state = actor(world.holder("state_president", "N1"))
    higher = world.appoint(person, "district_president", "N12", by=state, is_accepted=False)
    phone = browser(person, strong=False)
    assert phone.post("/sign-in/second/", {"word": word}).status_code == 422
    word = actions.make_holder_word(appointment=higher.public_id, by=state, at=NOW)
    assert phone.post("/sign-in/second/", {"word": word}).status_code == 302
    with system("test"):
        assert AuditEntry.objects.filter(act="people.end_first_words", subject=str(person.public_id)).exists()


@pytest.mark.parametrize(
    ("office", "code", "by", "may"),
    [
        ("mandal_president", "N111", ("district_president", "N11"), True),
        ("mandal_president", "N111", ("district_president", "N12"), False),
        ("mandal_president", "N111", ("mandal_in_charge", "N111"), False),
        ("booth_worker", "N1111", ("booth_president", "N1111"), True),
        ("data_officer", "N11", ("state_president", "N1"), False),
        ("data_officer", "N11", ("data_officer", "N1"), True),
        ("data_officer", "N", ("national_president", "N"), False),
    ],
)
def test_a_word_comes_from_who_may_end_every_office_of_the_person(
    world: World, office: str, code: str, by: tuple[str, str], may: bool
) -> None:
    person = world.holder(office, code)
    assert (queries.why_not_hand_over(actor(world.holder(*by)), person) is None) == may
    root = actor(world.account("Root", is_root=True))
    assert (queries.why_not_hand_over(root, person) is None) == (office != "data_officer")


def test_no_word_is_made_for_who_has_signed_in_before_or_for_an_administrator(world: World) -> None:
    person = world.holder("mandal_president", "N111")
    with system("test"):
        held = Appointment.objects.get(account_id=person.pk)
        Factor.objects.create(
            public_id=person.public_id,
            account_id=person.pk,
            kind="totp",
            sealed=b"x",
            created_at=AT,
            confirmed_at=AT,
        )
    leader = actor(world.holder("district_president", "N11"))
    with pytest.raises(HasProof):
        actions.make_holder_word(appointment=held.public_id, by=leader, at=AT)
    root = world.account("Root", is_root=True)
    small = world.appoint(root, "mandal_president", "N112", by=leader)
    with pytest.raises(OnTheConsole):
        actions.make_holder_word(appointment=small.public_id, by=leader, at=AT)
