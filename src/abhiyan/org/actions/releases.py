"""Releases: asked by one, allowed by another of a different line of command, used once by the first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours, require
from abhiyan.org.rules.releases import ASKED_LASTS, CAPABILITY, DECIDED_LASTS

from .appointments import ReasonMissing


class UnknownAct(Refused):
    code = "unknown_act"
    message = _("This act needs no second person.")


class OwnAsking(NotYours):
    code = "own_asking"
    message = _("You asked for this yourself. Another person must decide.")


class SameLine(NotYours):
    """One of the two stands above the other."""

    code = "same_line"
    message = _("One of you stands above the other. Somebody of a different line must decide.")


class AlreadyDecided(Refused):
    code = "already_decided"
    message = _("This has been decided already.")


class Lapsed(Refused):
    code = "lapsed"
    message = _("The time for this is over. Ask again.")


class NotReleased(NotYours):
    code = "not_released"
    message = _("This needs a second person's yes first.")


def ask_release(
    *,
    act: str,
    unit_id: int,
    reason: str,
    by: Actor,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> Release:
    """Ask for a second person's yes to one act (a key of rules.releases). The asker must hold its capability here.

    payload: public ids and settings of the act, no personal data; `use_release` hands back exactly this.
    """
    if act not in CAPABILITY:
        raise UnknownAct(field="act")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    require(by, CAPABILITY[act], at=unit_id)
    if by.account_id is None:
        raise NotYours
    with system("asking for a release"):
        asked = Release.objects.create(
            public_id=uuid4(),
            act=act,
            unit_id=unit_id,
            asked_by=by.account_id,
            asked_at=at,
            reason=reason.strip(),
            payload=dict(payload or {}),
            expires_at=at + ASKED_LASTS,
        )
        audit.record(
            by=by,
            at=at,
            act="org.ask_release",
            subject=str(asked.public_id),
            unit_id=unit_id,
            facts={"act": act},
        )
    return asked


def decide_release(*, public_id: UUID, allow: bool, by: Actor, at: datetime) -> Release:
    """Say yes or no to what another person asked.

    Who may: holders of org.release and of the act's own capability over the unit, of a different line than the
    asker. Refuses OwnAsking, SameLine, AlreadyDecided, Lapsed, NotYours.
    """
    with system("deciding a release"):
        asked = Release.objects.select_for_update().filter(public_id=public_id).first()
        if asked is None:
            raise NotFound
        if by.kind != "person" or by.account_id is None:
            raise NotYours
        require(by, "org.release", at=asked.unit_id)
        require(by, CAPABILITY[asked.act], at=asked.unit_id)
        if by.account_id == asked.asked_by:
            raise OwnAsking
        if not queries.on_different_lines(
            by.account_id, asked.asked_by, on=clock.day_in(settings.TIME_ZONE, at)
        ):
            raise SameLine
        if asked.state != Release.State.ASKED:
            raise AlreadyDecided
        if asked.expires_at <= at:
            raise Lapsed
        asked.state = Release.State.RELEASED if allow else Release.State.REFUSED
        asked.decided_by, asked.decided_at = by.account_id, at
        asked.expires_at = at + DECIDED_LASTS
        asked.save(update_fields=["state", "decided_by", "decided_at", "expires_at"])
        audit.record(
            by=by,
            at=at,
            act="org.decide_release",
            subject=str(asked.public_id),
            unit_id=asked.unit_id,
            facts={"act": asked.act, "allow": allow},
        )
    return asked


def use_release(*, public_id: UUID, act: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Spend a yes, once, by whoever asked; returns its payload. In the transaction of the act it allows.

    Refuses NotReleased, Lapsed; and NotYours when the asker has lost the capability meanwhile.
    """
    with system("using a release"):
        asked = Release.objects.select_for_update().filter(public_id=public_id, act=act).first()
        if asked is None or by.account_id is None or asked.asked_by != by.account_id:
            raise NotReleased
        require(by, CAPABILITY[act], at=asked.unit_id)
        if asked.state != Release.State.RELEASED:
            raise NotReleased
        if asked.expires_at <= at:
            raise Lapsed
        asked.state = Release.State.USED
        asked.save(update_fields=["state"])
        audit.record(
            by=by,
            at=at,
            act="org.use_release",
            subject=str(asked.public_id),
            unit_id=asked.unit_id,
            facts={"act": act},
        )
    payload: dict[str, Any] = asked.payload
    return payload


def lapse_releases(*, at: datetime) -> int:
    """Mark what was not decided, or not used, in time. How many. Run by a loop, in its system scope."""
    return Release.objects.filter(
        state__in=(Release.State.ASKED, Release.State.RELEASED), expires_at__lte=at
    ).update(state=Release.State.LAPSED)
