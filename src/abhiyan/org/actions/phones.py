"""Phones of the field: one SMS code lets a booth worker or booth president in, to their own work alone."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.people import actions as people
from abhiyan.people import phones
from abhiyan.people import queries as known
from abhiyan.people.actions import field, sessions
from abhiyan.people.actions.accounts import NotAPhone
from abhiyan.people.actions.codes import CodeNotRight
from abhiyan.people.models import Account, FieldHeld

PURPOSE = "field"  # of its codes


def ask_phone_code(
    *,
    phone: str,
    session: str,
    language: str,
    by: Actor,
    at: datetime,
    knows: Callable[[UUID], bool] = people.codes.nobody,
) -> UUID:
    """Send the code that lets a phone into the field pages. Return the id of the request.

    The code leaves only for people that one code lets in (`queries.by_one_code`). Every other number gets the same
    answer. knows: as `people.ask_code`. Refuses NotAPhone, TooMany.
    """
    number = or_refuse(phones.parse(phone), NotAPhone(field="phone"))
    expected = _let_in(keyring().phone_id(number), at) is not None
    return people.ask_code(
        purpose=PURPOSE,
        phone=phone,
        session=session,
        language=language,
        expected=expected,
        by=by,
        at=at,
        knows=knows,
    )


def let_phone_in(
    *, request_id: UUID, phone_id: UUID, session: str, code: str, device: str, by: Actor, at: datetime
) -> sessions.Started:
    """Begin a phone's own session by the code that came to it. session: of the browser that asked.

    The account must pass `queries.by_one_code` today. Refuses CodeNotRight, for every reason alike; CodeSpent.
    """
    people.check_code(
        request_id=request_id,
        purpose=PURPOSE,
        phone=phone_id,
        session=session,
        code=code,
        network=by.origin,
        at=at,
    )
    account, unit_id = or_refuse(_let_in(phone_id, at), CodeNotRight(field="code"))
    actor = Actor(kind="phone", id=account.public_id, account_id=account.pk, origin=by.origin)
    return sessions.start_phone(account=account, unit_id=unit_id, device=device, by=actor, at=at)


def end_own_phone(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Sign a phone of one's own out; only a new code lets it in again. By the account itself. NotFound."""
    if by.account_id is None or not sessions.end_phone(
        public_id=public_id, account_id=by.account_id, by=by, at=at
    ):
        raise NotFound


def end_phone_below(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Sign out the phone of somebody else, such as a lost one.

    The act needs org.appoint over the unit of the phone's office. Refuses NotFound, NotYours.
    """
    field_phone = known.field_phone(public_id)
    queries.require(by, "org.appoint", at=field_phone.unit_id)
    if not sessions.end_phone(public_id=public_id, account_id=field_phone.account_id, by=by, at=at):
        raise NotFound


def decide_record(
    *, public_id: UUID, accept: Callable[[FieldHeld], str] | None, reason: str = "", by: Actor, at: datetime
) -> bool:
    """Accept a record that came from a phone after it was signed out, or set it aside. Return True if it was accepted.

    accept: does the record's own act in the name of `by`, or returns why nothing of it may stay. None sets it aside.
    The act needs org.appoint over the unit, and the phone may not be one's own. Refuses NotFound, NotYours,
    HeldDecided, and what the record's act refuses.
    """
    seen = known.held_record(public_id)
    queries.require(by, "org.appoint", at=seen.unit_id)
    if seen.account_id == by.account_id:
        raise queries.NotYours(capability="org.appoint")
    with system("deciding about a record of a phone that was signed out"):
        field_held = field.take_held(public_id=public_id)
    if accept is not None:
        reason = accept(field_held)
    is_accepted = accept is not None and not reason
    with system("deciding about a record of a phone that was signed out"):
        field.decide_held(field_held=field_held, is_accepted=is_accepted, reason=reason, by=by, at=at)
    return is_accepted


def _let_in(phone_id: UUID, at: datetime) -> tuple[Account, int] | None:
    """The account that one code lets in on this number, and the unit of its office."""
    with system("whom one code lets in"):
        account = known.account_of_phone(phone_id)
        # Nobody has the account 0: the same question is asked of every number.
        viewer = queries.viewer_of(
            account_id=account.pk if account else 0, on=clock.day_in(settings.TIME_ZONE, at)
        )
    offices = queries.by_one_code(viewer)
    return (account, offices[0].unit_id) if account is not None and offices else None
