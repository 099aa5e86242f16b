"""An office counts once its holder has accepted it: from the phone they were named with, or signed in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import audit, clock, news
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment
from abhiyan.org.news import OfferAnswered
from abhiyan.people import queries as known

from . import appointments

LONGEST_WHY = 200  # of a decline, in characters


def answer_by_phone(
    *,
    public_id: UUID,
    phone_id: UUID,
    is_accepted: bool,
    how: Appointment.How,
    by: Actor,
    at: datetime,
    why: str = "",
) -> Appointment:
    """Accept or decline an office from the phone its holder signs in by: with the word or the link of our message.

    The room that sends the messages calls it, which knows that the answer came from that phone.
    why: of a decline, where it was said.
    Refuses NotOffered, also where the office is another phone's; and as `answer_offer`.
    """
    with system("answering an offered office"):
        appointment = Appointment.objects.select_related("office", "unit").filter(public_id=public_id).first()
        account = known.account(appointment.account_id) if appointment else None
    if appointment is None or account is None or account.phone_id != phone_id:
        raise appointments.NotOffered
    return _answer(appointment, is_accepted=is_accepted, how=how, by=by, at=at, why=why)


def answer_offer(*, public_id: UUID, is_accepted: bool, by: Actor, at: datetime) -> Appointment:
    """Accept or decline an office, signed in with the second factor. Only the person it was given to may.

    Accepted where the only seat is held, it is *disputed*: both read, neither acts, until `decide`.
    Refuses NotOffered, OfferOver, AccountClosed, OfficerElsewhere, TooManyOffices, NoSeatLeft.
    """
    with system("answering an offered office"):
        appointment = Appointment.objects.select_related("office", "unit").filter(public_id=public_id).first()
    if appointment is None or by.kind != "person" or by.account_id != appointment.account_id:
        raise appointments.NotOffered
    return _answer(appointment, is_accepted=is_accepted, how=Appointment.How.SIGNED_IN, by=by, at=at)


def _answer(
    appointment: Appointment,
    *,
    is_accepted: bool,
    how: Appointment.How,
    by: Actor,
    at: datetime,
    why: str = "",
) -> Appointment:
    with system("answering an offered office"):
        appointments.lock_office(appointment)
        appointment.refresh_from_db(fields=["state", "ends_on"])
        if appointment.state != Appointment.State.OFFERED:
            raise appointments.NotOffered
        if not is_accepted:
            reason = " ".join(why.split())[:LONGEST_WHY]
            appointments.end_offer(
                appointment, reason=f"declined: {reason}" if reason else "declined", by=by, at=at
            )
            return appointment
        if appointment.ends_on is not None and appointment.ends_on < clock.day_in(settings.TIME_ZONE, at):
            raise appointments.OfferOver
        if known.account(appointment.account_id) is None:
            raise appointments.AccountClosed
        appointments.require_room(appointment)
        appointments.take_office(appointment, how=how, at=at)
        audit.record(
            by=by,
            at=at,
            act="org.accept",
            subject=str(appointment.public_id),
            unit_id=appointment.unit_id,
            facts={"office": appointment.office.code, "how": how.value},
        )
        news.tell(OfferAnswered(appointment.public_id, appointment.account_id, at))
    return appointment
