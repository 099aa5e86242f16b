"""Organisers stay in touch with friends who joined by their link. Friends say what they think by their own link."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions as contact
from abhiyan.contact.actions import HeldBack
from abhiyan.contact.models import ContactTry
from abhiyan.contact.queries import ContactAsked, contact_verdict
from abhiyan.contact.rules import gate
from abhiyan.core import audit, clock, lot, small_cells
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.enrolment.queries import in_touch as queries
from abhiyan.forms import actions as forms
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.forms.queries import desks_above, opinion_version
from abhiyan.people import actions as people_acts

LINK_DAYS = 30  # so long a friend's link works
_SIGNER = Signer(salt="friend opinion")


Outcome = ContactTry.Outcome


class FriendTalk(models.TextChoices):
    """The result of a try to speak with a friend."""

    SPOKE = Outcome.TALKED.value, _("We spoke")
    NOT_THERE = Outcome.NO_ANSWER.value, _("Not there")
    LATER = Outcome.LATER.value, _("Another time")
    WRONG = Outcome.WRONG_NUMBER.value, _("Wrong: no such person")
    NEVER = Outcome.NEVER.value, _("No more visits or calls, please")


def note_friend_talk(*, friend: UUID, outcome: str, is_visit: bool, by: Actor, at: datetime) -> None:
    """Note the result of a try to speak with a friend. Spoke: they rest for 30 days. Wrong, never: for good.

    Only the organiser by whose link the friend joined may do it, while their office lasts. Refuses NotFound;
    contact's NotNow.
    """
    one = queries.own_friend(by.account_id, friend)
    made = ContactTry(
        id=lot.uuid(),
        programme_id=one.programme_id,
        unit_id=one.unit_id,
        way=ContactTry.Way.FRIEND,
        about=one.id,
        phone_id=one.phone_id,
        is_visit=is_visit,
    )
    contact.note_person_try(
        made=made, outcome=Outcome(outcome), zone=ZoneInfo(settings.TIME_ZONE), by=by, at=at
    )
    facts = {"outcome": outcome}
    audit.record(
        by=by, at=at, act="enrolment.talk_friend", subject=str(friend), unit_id=one.unit_id, facts=facts
    )


def friend_number(*, friend: UUID, by: Actor, at: datetime) -> str:
    """The number (E.164) of a friend, for one call; it leaves a row. At most 200 numbers a day.

    Only the organiser by whose link the friend joined may do it, while their office lasts and where the gate of
    calls allows it. Refuses NotFound, HeldBack, TooMany.
    """
    one = queries.own_friend(by.account_id, friend)
    with system("a friend is called"):
        has_basis = queries.agreed_to_calls(one)
        call = ContactAsked(one.unit_id, settings.TIME_ZONE, True, one.phone_id, has_basis=has_basis)
        if why := contact_verdict(call, at=at).why:
            raise HeldBack(why=gate.WORDS[why])
        return people_acts.reveal_number(phone=one.phone_id, about=friend, unit_id=one.unit_id, by=by, at=at)


def opinion_link(friend: UUID, *, on: date) -> str:
    """Return the last part of the address at which a friend says what they think. It works for LINK_DAYS.

    Everybody who has the link may use it.
    """
    until = on + timedelta(days=LINK_DAYS)
    return _SIGNER.sign(f"{friend.hex}.{until:%Y%m%d}")


def friend_asked(link: str, *, at: datetime) -> tuple[UUID, int, FormVersion] | None:
    """Return the friend of a link: public id, unit, and their form.

    None: the link is not ours or is over, or they are no friend now.
    """
    try:
        friend, _dot, until = _SIGNER.unsign(link).partition(".")
    except BadSignature:
        return None
    if f"{clock.day_in(settings.TIME_ZONE, at):%Y%m%d}" > until:
        return None
    with system("a friend's link to say what they think"):
        found = queries.friend_by_id(UUID(friend))
        version = opinion_version(found[1]) if found else None
    return (UUID(friend), found[1], version) if found and version else None


def take_own_opinion(*, link: str, answers: Mapping[str, Any], by: Actor, at: datetime) -> Submission:
    """Take what a friend says by their own link, once a month. Nothing kept of it names the friend.

    It belongs to the first level that passes opinions up and has five friends: fewer would be known by it.
    Everybody who has the link may do it. Refuses NotFound; AnswersUnfit, SentOtherwise.
    """
    friend, unit_id, version = needed(friend_asked(link, at=at))
    with system("the level that reads a friend's opinion"):
        levels, fewest = desks_above(unit_id), small_cells.FEWEST_PEOPLE
        n_of = queries.friends_at(friend, levels, at=at)
        unit_id = small_cells.level_for(levels, n_of, fewest) or unit_id
    month = f"{clock.day_in(settings.TIME_ZONE, at):%Y-%m}"
    return forms.submit(
        key=f"friend {friend.hex} {month}",
        version=version,
        unit_id=unit_id,
        answers=answers,
        by=Actor(kind="public", id=by.id, device=by.device, origin=by.origin),
        at=at,
    )
