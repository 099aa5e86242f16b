"""What only a reason and a limit open: somebody's number, and a lost second proof."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import limits
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, Release
from abhiyan.org.queries import NotYours, require
from abhiyan.org.rules import granting
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.actions import factors

from .releases import ask_release, use_release

REVEALED_PER_DAY = 200  # phones one account may see in clear


class NotAbove(NotYours):
    """Only an administrator above may reset somebody's proof."""

    code = "not_above"
    message = _("Only an administrator of a unit above may do this.")


def reveal_phone(*, phone_id: UUID, unit_id: int, by: Actor, at: datetime) -> str:
    """Somebody's number in clear (E.164), for one look or one call.

    unit_id: the unit the person is listed in. Who may: holders of people.reveal over it, up to 200 numbers a day;
    each look leaves a row. Refuses NotYours, TooMany, NotFound.
    """
    require(by, "people.reveal", at=unit_id)
    limits.take(
        limit="people.reveal", subject=str(by.account_id), at=at, allowed=REVEALED_PER_DAY, window_s=86_400
    )
    return people.reveal_phone(phone_id=phone_id, unit_id=unit_id, by=by, at=at)


def ask_factor_reset(*, appointment: UUID, reason: str, by: Actor, at: datetime) -> Release:
    """Ask to take away a lost second proof of whoever holds an appointment; another person must agree.

    Who may: holders of org.factors at a unit strictly above. Refuses NotAbove, ReasonMissing, NotFound.
    """
    with system("whose proof is lost"):
        held = Appointment.objects.filter(public_id=appointment).first()
        account = known.account(held.account_id) if held else None
        if held is None or account is None:
            raise NotFound
        _may_reset(by, held.account_id, held.unit_id, held.hierarchy)
        return ask_release(
            act="factors.reset",
            unit_id=held.unit_id,
            reason=reason,
            payload={"account": str(account.public_id), "appointment": str(appointment)},
            by=by,
            at=at,
        )


def reset_factors(*, release: UUID, by: Actor, at: datetime) -> None:
    """Use the yes: every second proof and session of the account ends; its next sign-in sets up a new one."""
    with system("resetting a lost second proof"):
        payload = use_release(public_id=release, act="factors.reset", by=by, at=at)
        account = known.account_by_public_id(UUID(payload["account"]))
        held = Appointment.objects.filter(public_id=payload["appointment"]).first()
        if held is None:
            raise NotFound
        _may_reset(by, account.pk, held.unit_id, held.hierarchy)
        factors.forget_factors(account_id=account.pk, by=by, at=at)


def _may_reset(by: Actor, account_id: int, unit_id: int, hierarchy: int) -> None:
    if by.kind != "person" or by.account_id is None or by.account_id == account_id:
        raise NotAbove
    if queries.is_root(by.account_id):
        return
    if not granting.may_reset(queries.grants_at(by.account_id, unit_id, hierarchy)):
        raise NotAbove
