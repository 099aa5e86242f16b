"""The cast of the tests with phones that can be reached."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import actions, queries, tasks
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import questions as rules
from abhiyan.org.models import Appointment
from abhiyan.people.actions import accounts as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.site.tests.cast import SYSTEM, Cast

DAY = timedelta(days=1)
TODAY = NOW.date()
LEADERS = ("state_president", "district_in_charge", "mandal_president")


def reachable() -> Cast:
    """Everybody of the cast with a phone that is kept, and the texts published."""
    cast = Cast.make()
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
        for n, role in enumerate(sorted(cast.accounts)):
            account = Account.objects.get(pk=cast.accounts[role].pk)
            account.phone_id = people.keep_phones(phones=[phone_of(n)])[0]
            account.save(update_fields=["phone_id"])
            cast.accounts[role] = account
    return cast


def phone_of(n: int) -> str:
    return f"+91990608{n:04d}"


def number_of(cast: Cast, role: str) -> str:
    """The phone of a role, E.164."""
    return phone_of(sorted(cast.accounts).index(role))


def end_on(cast: Cast, role: str, day: date) -> None:
    """The term of a role's office ends on a day."""
    with system("test"):
        Appointment.objects.filter(public_id=cast.appointments[role]).update(ends_on=day)


def plan(**other: Any) -> actions.MeetingPlan:
    given: dict[str, Any] = {
        "kind": "meeting",
        "title": "State meeting",
        "first_on": TODAY + 5 * DAY,
        "last_on": TODAY + 5 * DAY,
        "starts": time(10),
        "place": "Jammu",
    }
    return actions.MeetingPlan(**given | other)


def call_as(
    cast: Cast,
    *,
    by: str = "state_president",
    unit: str = "JK",
    expected: int | None = None,
    offices: Any = LEADERS,
    bodies: Any = (),
    phones: Any = (),
    **other: Any,
) -> Meeting:
    """Call a meeting as a role, and tell everybody invited."""
    inviting = queries.Inviting(tuple(offices), tuple(bodies), tuple(phones))
    made, unit_id = plan(**other), cast.world.units[unit].pk
    with cast.as_(by):
        given = queries.chosen_parameters(inviting, unit_id=unit_id, hierarchy=1, on=made.first_on)
        public_id = actions.call_meeting(
            plan=made,
            inviting=inviting,
            unit_id=unit_id,
            hierarchy=1,
            expected=queries.count_chosen(given) if expected is None else expected,
            by=cast.actor(by),
            at=NOW,
        )
    tasks.tell_invited(str(public_id))
    return again(public_id)


def again(public_id: UUID) -> Meeting:
    with system("test"):
        return Meeting.objects.get(public_id=public_id)


def invited(one: Meeting) -> dict[int, Invitee]:
    with system("test"):
        rows = Invitee.objects.filter(meeting=one)
        return {each.account_id: each for each in rows if each.account_id is not None}


def letters(template: str) -> int:
    with system("test"):
        return Message.objects.filter(template=template).count()


def text(
    cast: Cast, one: Meeting, role: str, *, yes: bool, question: UUID | None = None, at: datetime = NOW
) -> messaging.Answered:
    """An SMS from an invitee, with the word of their last question or of an earlier one."""
    own = invited(one)[cast.accounts[role].pk]
    with system("test"):
        about = question or own.question
        assert about is not None
        asked = Question.objects.get(about=about)
    word = rules.word(keyring().token, asked.pk, 1)
    with transaction.atomic():
        return messaging.answer_question(
            phone_id=own.phone_id, yes=yes, code=word, channel="sms", ref="1", by=Actor.public(), at=at
        )


def counting(cast: Cast, unit: str = "JK") -> int:
    """An open programme that counts who comes; its id."""
    with system("test"):
        one = programmes.make_programme(
            template="meetings",
            names={"en": "Meetings", "hi": "बैठकें"},
            owner_id=cast.world.units[unit].pk,
            unit_ids=[cast.world.units[unit].pk],
            opens_on=TODAY,
            closes_on=TODAY + 60 * DAY,
            by=SYSTEM,
            at=NOW,
        )
        programmes.open_programme(programme_id=one.pk, by=SYSTEM, at=NOW)
    return one.pk


def link_of(cast: Cast, one: Meeting, role: str) -> str:
    """The end of the link in an invitee's last message."""
    with system("test"):
        about = invited(one)[cast.accounts[role].pk].question
        assert about is not None
        asked = Question.objects.get(about=about)
    return rules.link_part(keyring().token, asked.pk, 1)
