"""Open two things for a reason and within a limit: somebody's number, and a lost second proof."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, news
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, Release
from abhiyan.org.news import FactorReset
from abhiyan.org.queries import require
from abhiyan.org.rules.releases import RESET_WAITS
from abhiyan.org.viewer import Viewer
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.actions import factors

from .appointments import OPEN
from .releases import ask_release, lock_account, use_release


def reveal_phone(*, phone_id: UUID, about: UUID, unit_id: int, by: Actor, at: datetime) -> str:
    """Somebody's number in clear (E.164), for one look or one call.

    about: public id of whose number it is, for the trail. unit_id: the unit the person is listed in.
    It needs people.reveal over it, for up to 200 numbers a day;
    each look leaves a row. Refuses NotYours, TooMany, NotFound.
    """
    require(by, "people.reveal", at=unit_id)
    return people.reveal_number(phone=phone_id, about=about, unit_id=unit_id, by=by, at=at)


class NoNumber(Refused, status=404):
    message = _("We have no number of this person.")


def reveal_bearer(*, account: UUID, by: Actor, at: datetime) -> str:
    """The number (E.164) of an office-bearer, to call or write to them; it leaves a row.

    account: public id. Their leaders may, and who represents their unit (`queries.bearer_for`), up to 200 numbers a
    day. Refuses NotFound, TooMany, NoNumber.
    """
    if by.kind != "person" or by.account_id is None:
        raise NotFound
    on = clock.day_in(settings.TIME_ZONE, at)
    with system("somebody in office is called"):
        bearer = queries.bearer_for(queries.viewer_of(account_id=by.account_id, on=on), account, on=on)
        return _reveal(bearer, by=by, at=at)


def send_bearer(*, account: UUID, to: Viewer, by: Actor, at: datetime) -> str:
    """The number (E.164) of an office-bearer for a message to somebody who leads them; it leaves a row that names both.

    For a few numbers a day, which do not count against the reader's 200. Refuses NotFound, NoNumber.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    with system("a leader gets a number"):
        return _reveal(queries.bearer_for(to, account, on=on), to=to.public_id, by=by, at=at)


def _reveal(bearer: queries.Bearer, *, to: UUID | None = None, by: Actor, at: datetime) -> str:
    try:
        return people.reveal_number(
            phone=bearer.phone_id,
            about=bearer.account,
            unit_id=bearer.offices[0].unit_id,
            is_counted=to is None,
            to=to,
            by=by,
            at=at,
        )
    except NotFound:
        raise NoNumber from None


def ask_factor_reset(*, appointment: UUID, reason: str, by: Actor, at: datetime) -> Release:
    """Ask to take away the lost second proof of an appointment's holder; another person must approve.

    The holder gets a message and a line on their page, and may stop it. `queries.why_not_reset` says who may. Refuses
    with it, ReasonMissing, NotFound: also of an appointment that is over.
    """
    with system("whose proof is lost"):
        held = Appointment.objects.filter(public_id=appointment, state__in=OPEN).first()
        account = or_refuse(known.account(held.account_id) if held else None)
        if refused := queries.why_not_reset(by, account):
            raise refused
        highest = queries.highest_of(account.pk)
        assert highest is not None  # it holds the one that was named
        release = ask_release(
            act="factors.reset",
            unit_id=highest.unit_id,
            reason=reason,
            payload={"account": str(account.public_id), "waits": queries.is_high(account.pk)},
            by=by,
            at=at,
        )
        news.tell(FactorReset(account.pk, release.public_id, is_done=False, at=at))
    return release


class TooEarly(Refused):
    message = _(
        "This person holds an office of state or nation. You can reset from %(when)s; until then they can stop it."
    )


class HasProof(Refused):
    message = _("This person has signed in before. A word is for the first sign-in only.")


def make_holder_word(*, appointment: UUID, by: Actor, at: datetime) -> str:
    """Make the word for the first sign-in of the person who holds an appointment, or has an offer of it; the leader
    says it to them in person.

    `queries.why_not_hand_over` says who may. Refuses with it, HasProof, NotFound.
    """
    with system("handing over a first sign-in"):
        held = Appointment.objects.filter(public_id=appointment, state__in=OPEN).first()
        account = or_refuse(known.account(held.account_id) if held else None)
        lock_account(account.pk)  # or they are appointed higher meanwhile
        if refused := queries.why_not_hand_over(by, account):
            raise refused
        if known.confirmed_factors(account.pk):
            raise HasProof
        return people.make_first_word(account_id=account.pk, by=by, at=at)


def reset_factors(*, release: UUID, by: Actor, at: datetime) -> str:
    """Use the approval: every second proof and session of the account ends; its next sign-in sets up a new one.

    Returns the word that this sign-in asks for, for the leader to say to the person. If the person has an office of
    state or nation, a day must have passed since the approval (TooEarly).
    """
    with system("resetting a lost second proof"):
        approved = Release.objects.filter(public_id=release).first()
        payload = use_release(public_id=release, act="factors.reset", by=by, at=at)
        account = known.account_by_public_id(UUID(payload["account"]))
        lock_account(account.pk)
        if refused := queries.why_not_reset(by, account):  # appointed higher since
            raise refused
        if approved is None or approved.decided_at is None:  # `use_release` has refused it
            raise NotFound
        opens_at = approved.decided_at + RESET_WAITS
        if at < opens_at and (payload.get("waits") or queries.is_high(account.pk)):
            raise TooEarly(when=date_format(timezone.localtime(opens_at), "j F, H:i"))
        news.tell(FactorReset(account.pk, release, is_done=True, at=at))
        factors.forget_factors(account_id=account.pk, by=by, at=at)
        return people.make_first_word(account_id=account.pk, by=by, at=at)
