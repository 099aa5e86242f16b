"""An office counts once its holder has accepted it: by the link that came to the named phone, or signed in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import audit, clock, limits, news
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment
from abhiyan.org.news import OfferAnswered
from abhiyan.people import queries as known

from . import appointments

PER_NETWORK = (100, 3600)  # tries of links from one network, in a window of seconds


def offer_behind(*, secret: str, by: Actor, at: datetime) -> Appointment:
    """The appointment that a link asks about, not answered yet. Refuses NotOffered, TooMany."""
    allowed, window_s = PER_NETWORK
    limits.take(limit="offer.network", subject=by.origin, at=at, allowed=allowed, window_s=window_s)
    with system("the link to accept an office"):
        found = (
            Appointment.objects.select_related("office", "unit")
            .filter(offer=appointments.offer_digest(secret), state=Appointment.State.OFFERED)
            .first()
        )
    if found is None:
        raise appointments.NotOffered
    return found


def answer_link(*, secret: str, is_accepted: bool, by: Actor, at: datetime) -> Appointment:
    """Accept or decline an office by the link in the message. Refuses as `offer_behind` and `answer_offer`."""
    held = offer_behind(secret=secret, by=by, at=at)
    return _answer(held, is_accepted=is_accepted, how=Appointment.How.LINK, by=by, at=at)


def answer_offer(*, public_id: UUID, is_accepted: bool, by: Actor, at: datetime) -> Appointment:
    """Accept or decline an office, signed in with the second factor. Who may: the person it was given to.

    Accepted where the only seat is held, it is *disputed*: both read, neither acts, until `decide`.
    Refuses NotOffered, OfferOver, AccountClosed, OfficerElsewhere, TooManyOffices, NoSeatLeft.
    """
    with system("answering an offered office"):
        held = Appointment.objects.select_related("office", "unit").filter(public_id=public_id).first()
    if held is None or by.kind != "person" or by.account_id != held.account_id:
        raise appointments.NotOffered
    return _answer(held, is_accepted=is_accepted, how=Appointment.How.SIGNED_IN, by=by, at=at)


def _answer(
    held: Appointment, *, is_accepted: bool, how: Appointment.How, by: Actor, at: datetime
) -> Appointment:
    with system("answering an offered office"):
        appointments.lock_office(held)
        held.refresh_from_db(fields=["state", "ends_on"])
        if held.state != Appointment.State.OFFERED:
            raise appointments.NotOffered
        if not is_accepted:
            appointments.end_offer(held, reason="declined", by=by, at=at)
            return held
        if held.ends_on is not None and held.ends_on < clock.day_in(settings.TIME_ZONE, at):
            raise appointments.OfferOver
        if known.account(held.account_id) is None:
            raise appointments.AccountClosed
        appointments.require_room(held)
        appointments.take_office(held, how=how, at=at)
        audit.record(
            by=by,
            at=at,
            act="org.accept",
            subject=str(held.public_id),
            unit_id=held.unit_id,
            facts={"office": held.office.code, "how": how.value},
        )
        news.tell(OfferAnswered(held.public_id, at))
    return held
