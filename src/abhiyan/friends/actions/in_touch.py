"""Organisers stay in touch with their friends. Friends say what they think, and what they will do."""

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
from abhiyan.core import audit, clock, lot, small_cells, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.measures import TALKS
from abhiyan.forms import actions as forms
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.friends.models import FriendPromise
from abhiyan.friends.queries import in_touch as queries
from abhiyan.friends.queries.in_touch import OwnFriend
from abhiyan.friends.queries.talks import is_counted_lately
from abhiyan.opinions.queries import desks_above, opinion_version
from abhiyan.people import actions as people_acts
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.actions import NewItem, report_items
from abhiyan.programmes.queries import item_key, items_by_id, runs_now

LINK_DAYS = 30  # so long a friend's link works
MOST_PROMISES = 10  # open ones of a friend
_SIGNER = Signer(salt="friend opinion")


Outcome = ContactTry.Outcome


class FriendTalk(models.TextChoices):
    """The result of a try to speak with a friend."""

    SPOKE = Outcome.TALKED.value, _("We spoke")
    NOT_THERE = Outcome.NO_ANSWER.value, _("Not there")
    LATER = Outcome.LATER.value, _("Another time")
    WRONG = Outcome.WRONG_NUMBER.value, _("Wrong: no such person")
    NEVER = Outcome.NEVER.value, _("No more visits or calls, please")


class PromiseAct(models.TextChoices):
    """An organiser marks a promise as done, opens it again or takes it back."""

    DONE = "done", _("Done")
    OPEN = "open", _("Not done after all")
    TAKE_BACK = "take_back", _("Take back")


class PeopleMissing(Refused):
    message = _("Say how many people they will bring.")


class TooManyPromises(Refused, status=409):
    message = _("%(most)s promises of this friend are open. Mark one as done first.")


def note_friend_talk(*, friend: UUID, outcome: str, is_visit: bool, by: Actor, at: datetime) -> None:
    """Note the result of a try to speak with a friend. Spoke: they rest for 30 days. Wrong, never: for good.

    A talk is reported on its day, and counts once in 30 days. The friend is asked a day later; until their YES it waits
    in the unsigned shade. Only the friend's organiser may do it, while their office lasts. Refuses NotFound; contact's
    NotNow.
    """
    own_friend = queries.own_friend(by.account_id, friend)
    made = ContactTry(
        id=lot.uuid(),
        programme_id=own_friend.programme_id,
        unit_id=own_friend.unit_id,
        way=ContactTry.Way.FRIEND,
        about=own_friend.id,
        phone_id=own_friend.phone_id,
        is_visit=is_visit,
    )
    if outcome == FriendTalk.SPOKE:
        _report_talk(own_friend, made, by=by, at=at)
    contact.note_person_try(
        made=made, outcome=Outcome(outcome), zone=ZoneInfo(settings.TIME_ZONE), by=by, at=at
    )
    facts = {"outcome": outcome}
    audit.record(
        by=by,
        at=at,
        act="enrolment.talk_friend",
        subject=str(friend),
        unit_id=own_friend.unit_id,
        facts=facts,
    )


def _report_talk(friend: OwnFriend, made: ContactTry, *, by: Actor, at: datetime) -> None:
    """Report a talk as an item of the programme, once a day, and have its friend asked from the next day on."""
    with system("a talk with a friend is reported"):
        sql.wait_for(f"tries of {made.way} {made.about}")  # the lock of `note_person_try`
        programme = programmes.programme_by_id(friend.programme_id)
        measures = {measure.number for measure in programmes.measures([programme])[programme.pk]}
        if TALKS not in measures or not runs_now(programme, at):
            return
        day = clock.day_in(programme.zone, at)
        ident = item_key(programme.kind, programme.pk, TALKS, friend.public_id, day)
        if items_by_id([ident]):
            return
        is_counted = not is_counted_lately(friend.id, day=day)
        talk = NewItem(
            ident,
            programme.pk,
            TALKS,
            Channel.TALK,
            friend.unit_id,
            day,
            by_id=by.account_id,
            phone_id=friend.phone_id,
            at=at,
            device=by.device,
            is_counted=is_counted,
            is_signed=False,
        )
        report_items(new=[talk], at=at)
        made.item_id, made.ask_on = ident, day + timedelta(days=1) if is_counted else None


def note_promise(*, friend: UUID, kind: str, n: int | None, by: Actor, at: datetime) -> FriendPromise:
    """Write down what a friend says they will do. n: so many people they bring.

    Only the friend's organiser may do it. At most 10 are open. Refuses NotFound, PeopleMissing, TooManyPromises.
    """
    own_friend = queries.own_friend(by.account_id, friend)
    is_bringing = kind == FriendPromise.Kind.BRING
    if is_bringing and n is None:
        raise PeopleMissing(field="n")
    with system("a friend promises something"):
        sql.wait_for(f"promises of {friend}")
        if sum(promise.done_at is None for promise in queries.promises_of(friend)) >= MOST_PROMISES:
            raise TooManyPromises(most=MOST_PROMISES)
        promise = FriendPromise.objects.create(
            public_id=lot.uuid(),
            membership=friend,
            unit_id=own_friend.unit_id,
            kind=FriendPromise.Kind(kind).value,
            n=n if is_bringing else None,
            by_id=or_refuse(by.account_id),
            at=at,
        )
        _record_promise("note_promise", own_friend, promise, by=by, at=at)
    return promise


def change_promise(*, friend: UUID, promise: UUID, act: str, by: Actor, at: datetime) -> None:
    """Mark a promise as done, open it again, or take it back. act: a value of `PromiseAct`.

    Only the friend's organiser may do it. Refuses NotFound.
    """
    own_friend = queries.own_friend(by.account_id, friend)
    with system("a promise changes"):
        rows = FriendPromise.objects.select_for_update().filter(membership=friend, taken_back_at=None)
        row = or_refuse(rows.filter(public_id=promise).first())
        if act == PromiseAct.TAKE_BACK:
            row.taken_back_at = at
        else:
            row.done_at = (row.done_at or at) if act == PromiseAct.DONE else None
        row.save(update_fields=["done_at", "taken_back_at"])
        _record_promise("change_promise", own_friend, row, by=by, at=at)


def _record_promise(act: str, friend: OwnFriend, promise: FriendPromise, *, by: Actor, at: datetime) -> None:
    facts = {"kind": promise.kind}
    subject, unit_id = str(promise.public_id), friend.unit_id
    audit.record(by=by, at=at, act=f"enrolment.{act}", subject=subject, unit_id=unit_id, facts=facts)


def friend_number(*, friend: UUID, by: Actor, at: datetime) -> str:
    """Return the number (E.164) of a friend, for one call; it leaves a row. At most 200 numbers a day.

    Only the friend's organiser may do it, while their office lasts and where the gate of calls allows it.
    Refuses NotFound, HeldBack, TooMany.
    """
    own_friend = queries.own_friend(by.account_id, friend)
    with system("a friend is called"):
        has_basis = queries.agreed_to_calls(own_friend)
        call = ContactAsked(
            own_friend.unit_id, settings.TIME_ZONE, True, own_friend.phone_id, has_basis=has_basis
        )
        if why := contact_verdict(call, at=at).why:
            raise HeldBack(why=gate.WORDS[why])
        return people_acts.reveal_number(
            phone=own_friend.phone_id, about=friend, unit_id=own_friend.unit_id, by=by, at=at
        )


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
        friend_row = queries.friend_by_id(UUID(friend))
        version = opinion_version(friend_row[1]) if friend_row else None
    return (UUID(friend), friend_row[1], version) if friend_row and version else None


def take_own_opinion(*, link: str, answers: Mapping[str, Any], by: Actor, at: datetime) -> Submission:
    """Take what a friend says by their own link, once a month. Nothing kept of it names the friend.

    It belongs to the first level that passes opinions up and has five friends: fewer would be known by it.
    Everybody who has the link may do it. Refuses NotFound; AnswersUnfit, SentOtherwise.
    """
    friend, unit_id, version = or_refuse(friend_asked(link, at=at))
    with system("the level that reads a friend's opinion"):
        levels, fewest = desks_above(unit_id), small_cells.FEWEST_PEOPLE
        n_of = queries.friends_at(friend, levels, at=at)
        unit_id = small_cells.level_for(levels, n_of, fewest) or unit_id
    month = f"{clock.day_in(settings.TIME_ZONE, at):%Y-%m}"
    return forms.submit_form(
        key=f"friend {friend.hex} {month}",
        version=version,
        unit_id=unit_id,
        answers=answers,
        by=Actor(kind="public", id=by.id, device=by.device, origin=by.origin),
        at=at,
    )
