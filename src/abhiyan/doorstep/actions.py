"""Entries at somebody's door: kept at once without a sign; the phone's own code, or its call, makes them count."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, limits, sql
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import is_of_its_day
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import (
    ClaimMessage,
    ClaimOutcome,
    ClaimRefused,
    Joined,
    OutsideScope,
    PhoneFull,
    Renewed,
    Suppressed,
)
from abhiyan.enrolment.actions.confirming import sign_by_door_code
from abhiyan.enrolment.actions.members import id_of_phone
from abhiyan.enrolment.queries.drives import covered, roll_of
from abhiyan.enrolment.queries.people import is_claim_kept, membership_on_phone
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.intake.actions.enrol import enrol_claim
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people import phones
from abhiyan.people import queries as people_queries
from abhiyan.people.actions.codes import CodeNotRight
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.news import ItemsErased

from . import queries
from .models import DoorEntry, DoorTry
from .rules.states import DoorState

PURPOSE = "door"  # of its codes
# limit: its name, allowed in a window of seconds. A door takes a minute; a street, a day.


class OwnPhone(ClaimRefused, on="phone"):
    """Nobody answers for others on the phone they sign in with."""

    message = _("This is your own phone. Write the phone of the person at the door.")


class NotFromHere(ClaimRefused, on="phone"):
    """The person left while their code waited."""

    message = _("You cannot enter this number. The person can join from their own phone.")


class NoCodeAsked(Refused, status=409):
    message = _("No code was sent for this entry. Send one first.")


class OtherCode(Refused):
    """Wrong, over, used, or sent to another number: which of these, nobody learns."""

    message = _(
        "This code does not fit the phone that ends in %(last4)s, or its ten minutes are over. Ask for the newest SMS "
        "on that phone, or send a new code."
    )


class NothingNoted(Refused, status=409):
    message = _("There is nothing to undo.")


def enter(
    *,
    programme_id: int,
    claim: ClaimMessage,
    unit_id: int,
    by: Actor,
    at: datetime,
    heard: int | None = None,
    shown_at: datetime | None = None,
) -> DoorEntry:
    """Keep what a worker wrote down at a door of a unit: a claim without a sign, and a line of the worker's own list.

    claim: with name, year of birth and notice, its sender the worker. Sent again, or written down again while the first
    one waits or stands: the first one is given back. heard: how the notice reached them (DoorEntry.Heard). shown_at:
    when the form was; the seconds it took are counted from then, or from the worker's entry before where that came
    later. The entry of a phone that said no, or is full, waits like any other: a worker learns nothing of a phone by
    typing it. No code leaves for it. Needs enrolment.enrol over the unit. Refuses OwnPhone, TooMany, and what
    `enrol_claim` refuses of what was typed.
    """
    org.require(by, "enrolment.enrol", at=unit_id)
    phone_id = id_of_phone(claim.phone)
    with system("whose phone a worker signs in by"):
        own_phones = people_queries.account_phones(by.account_id)
        door_entry = DoorEntry.objects.filter(pk=UUID(bytes=claim.id), phone_id=phone_id).first()
    door_entry = door_entry or _again(programme_id, claim, phone_id, by)
    if door_entry is not None:
        return door_entry
    if phone_id in own_phones:
        raise OwnPhone
    limits.count_or_refuse(declared.DOOR_WORKER, str(by.id), at=at)
    limits.count_or_refuse(declared.DOOR_WORKER_DAY, str(by.id), at=at)
    limits.count_or_refuse(declared.DOOR_PHONE, str(phone_id), at=at)
    claim = replace(claim, channel=Channel.DOOR.value, by=by.id, unit_id=unit_id, sign=0)
    outcome: ClaimOutcome | None = None
    with suppress(Suppressed, PhoneFull):
        outcome = enrol_claim(programme_id=programme_id, claim=claim, by=by, at=at)
    with system("a worker's own entry at a door"):
        if outcome is None:
            people.keep_phone(number=or_refuse(phones.parse(claim.phone)))
        membership_id = (
            membership_on_phone(outcome.membership, phone_id)
            if outcome is not None and outcome.membership
            else None
        )
        before = DoorEntry.objects.filter(by=by.id).order_by("-at").values_list("at", flat=True).first()
        entry, _made = DoorEntry.objects.get_or_create(
            pk=UUID(bytes=claim.id),
            defaults={
                "public_id": UUID(bytes=claim.receipt),
                "by": by.id,
                "programme_id": programme_id,
                "unit_id": unit_id,
                "phone_id": phone_id,
                "name": claim.name or "",
                "last4": (phones.parse(claim.phone) or "")[-4:],
                "birth_year": claim.birth_year,
                "membership_id": membership_id,
                "is_new": isinstance(outcome, Joined | Renewed),
                "at": at,
                "heard": heard,
                "seconds": _seconds(shown_at, before, at),
            },
        )
        audit.record(
            by=by, at=at, act="enrolment.enter_at_door", subject=str(entry.public_id), unit_id=unit_id
        )
    return entry


def _again(programme_id: int, claim: ClaimMessage, phone_id: UUID, by: Actor) -> DoorEntry | None:
    """Return the worker's own entry of the same person, at a place where they may still enrol.

    In the worker's scope. Judged by what this worker typed and sees alone: it tells nothing else of the phone.
    A person who left, as the worker's page says, may be entered again.
    """
    who = (names.key(claim.name or ""), claim.birth_year)
    entries = DoorEntry.objects.filter(by=by.id, programme_id=programme_id, phone_id=phone_id)
    for entry in entries.order_by("at"):
        if (
            (names.key(entry.name), entry.birth_year) == who
            and (by.account_id is None or org.holds(by.account_id, "enrolment.enrol", at=entry.unit_id))
            and queries.own_entry(by.id, entry.public_id).became is not DoorState.ENDED
        ):
            return entry
    return None


def forget_at_doors(*, erasure: ItemsErased) -> None:
    """Keep nothing of how workers wrote down who had everything erased: by any number, merged entries too.

    Others on their phones keep their entries. In a system scope.
    """
    sql.run(
        """with erased as materialized
             (select id, phone_id from enrolment_membership where public_id = any(%(items)s))
           update enrolment_door_entry d set name = '', last4 = '', birth_year = null
            where d.membership_id in (select id from erased)
               or d.phone_id in (select phone_id from erased) and not exists (
                  select from enrolment_membership m where m.id = d.membership_id and m.merged_into is null
                  and m.phone_id in (select phone_id from erased) and m.id not in (select id from erased))""",
        {"items": list(erasure.item_ids)},
    )


def _seconds(shown_at: datetime | None, before: datetime | None, at: datetime) -> int | None:
    """Return how long a form took; None where nobody knows.

    An old form, sent for one after the other, hides no haste.
    """
    if shown_at is None or shown_at > at:
        return None
    return int((at - max(shown_at, before or shown_at)).total_seconds())


def note_try(
    *,
    programme_id: int,
    unit_id: int,
    outcome: int,
    by: Actor,
    at: datetime,
    is_undone: bool = False,
    age: timedelta = timedelta(0),
) -> None:
    """Count a door at which nobody was entered, by worker, programme, unit and day; or count one less.

    age: how long ago it was. After seven days, or before the programme opened, it counts on the day it arrives.

    Nothing else is kept, in the trail either: the minute would say which house it was. Needs enrolment.enrol over the
    unit. Refuses OutsideScope, TooMany, NothingNoted.
    """
    org.require(by, "enrolment.enrol", at=unit_id)
    limits.count_or_refuse(declared.DOOR_TRIES, str(by.id), at=at)
    with system("a door at which nobody was entered"):
        if not covered(programme_id=programme_id, unit_ids=[unit_id]):
            raise OutsideScope
        programme = programmes.programme_by_id(programme_id)
        then = clock.day_in(programme.zone, at - age)
        is_own = then >= programme.opens_on and is_of_its_day(at - age, at=at)
        day = then if is_own else clock.day_in(programme.zone, at)
        which = [by.id, programme_id, unit_id, day, DoorTry.Outcome(outcome).value]
        if not is_undone:
            sql.run(
                'insert into enrolment_door_try as t ("by", programme_id, unit_id, day, outcome, n)'
                ' values (%s, %s, %s, %s, %s, 1) on conflict ("by", programme_id, unit_id, day, outcome)'
                " do update set n = t.n + 1",
                which,
            )
        elif not sql.run(
            'update enrolment_door_try set n = n - 1 where "by" = %s and programme_id = %s and unit_id = %s'
            " and day = %s and outcome = %s and n > 0",
            which,
        ):
            raise NothingNoted


def send_door_code(*, entry: UUID, language: str, by: Actor, at: datetime) -> None:
    """Send the phone of an entry a code, which its holder may read to the worker. A new one ends the one before.

    No code leaves for a phone that said no or is full; the worker sees no difference.

    entry: its public id. The worker of the entry may do it while they may enrol there. Refuses TooMany.
    """
    with system("a code for an entry at a door"):
        door_entry = _own_entry(entry, by)
        phone = people_queries.number_of_phone(door_entry.phone_id)
        purpose = PURPOSE + roll_of(door_entry.programme_id).mark
        is_kept = is_claim_kept(door_entry.pk)
    request = people.ask_code(
        purpose=purpose,
        phone=phone,
        session=str(door_entry.pk),
        by=by,
        at=at,
        language=language,
        expected=is_kept,
    )
    with system("a code for an entry at a door"):
        DoorEntry.objects.filter(pk=door_entry.pk).update(code_id=request, code_at=at)


def prove_entry(*, entry: UUID, code: str, by: Actor, at: datetime) -> None:
    """Prove an entry by the code that came back: the phone takes part, and its entry counts.

    Never more than counted: the worker heard it. The code is that of this entry alone; one sent for another
    number is wrong here. Only the worker of the entry may. Refuses NoCodeAsked, OtherCode, CodeSpent;
    NotFromHere where they left while it waited.
    """
    with system("a code of an entry at a door"):
        door_entry = _own_entry(entry, by)
        purpose = PURPOSE + roll_of(door_entry.programme_id).mark
    if door_entry.proven_at is not None:
        return
    if door_entry.code_id is None:
        raise NoCodeAsked
    try:
        people.check_code(
            request_id=door_entry.code_id,
            purpose=purpose,
            phone=door_entry.phone_id,
            session=str(door_entry.pk),
            code=code,
            network=by.origin,
            at=at,
        )
    except CodeNotRight:
        with system("which phone a code is asked of"):
            last4 = people_queries.phones([door_entry.phone_id])[door_entry.phone_id].last4
        raise OtherCode(field="code", last4=last4) from None
    with system("a code of an entry at a door"):
        if not sign_by_door_code(
            membership_id=door_entry.membership_id,
            phone_id=door_entry.phone_id,
            programme_id=door_entry.programme_id,
            at=at,
        ):
            raise NotFromHere(field="code")
        DoorEntry.objects.filter(pk=door_entry.pk).update(proven_at=at)
        audit.record(
            by=by,
            at=at,
            act="enrolment.sign",
            subject=str(door_entry.public_id),
            unit_id=door_entry.unit_id,
            facts={"how": "code at the door"},
        )


def _own_entry(public_id: UUID, by: Actor) -> DoorEntry:
    """Return the actor's own entry, at a place where they may still enrol. NotFound, NotYours. In a system scope."""
    entry = or_refuse(DoorEntry.objects.filter(public_id=public_id, by=by.id).first())
    org.require(by, "enrolment.enrol", at=entry.unit_id)
    return entry
