"""Tokens of machine channels: asked by one person, released by another, shown once, ended at any time.

A token can only write: claims of one drive, of one channel, for the units below one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.drives import is_drive
from abhiyan.enrolment.rules.channels import MANAGE, WITH_TOKENS, Channel
from abhiyan.intake.models import ChannelToken
from abhiyan.org import actions as org
from abhiyan.org import queries as org_queries
from abhiyan.org.models import Release
from abhiyan.org.news import AppointmentEnded
from abhiyan.programmes.news import ProgrammeDiscarded
from abhiyan.units import queries as units
from abhiyan.units.news import UnitsClosing
from abhiyan.units.rules.hanging import Answer, Thing

ACT = "channels.token"
LONGEST_DAYS = 400
TOKENS = Thing(
    key="enrolment.tokens",
    title=_("Tokens of channels"),
    query="select unit_id, count(*) from enrolment_channel_token where unit_id = any(%(units)s)"
    " and ended_at is null group by 1",
    answers=(Answer.ENDS, Answer.STAYS),
    capability=MANAGE,
    is_gone_for_good=True,
)


class TokenNameMissing(Refused):
    message = _("Name the channel, so others know whose token it is.")


class TokenTooLong(Refused):
    message = _("A token lasts at least one day and at most %(days)s.")


class TokenMade(Refused):
    """A second press: the secret was shown to the first, and is kept nowhere."""

    message = _(
        "This token was made already; its secret was shown once. If you did not save it, end "
        "the token and ask for a new one."
    )


class NoDrive(Refused):
    message = _("A token belongs to a membership drive.")


class TokenUnitClosed(Refused, code="unit_closed"):
    message = _("This unit is closed. Choose an open one.")


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token. secret: what the channel shows; it cannot be seen again."""

    public_id: UUID
    secret: str
    expires_at: datetime


def ask_token(
    *,
    programme_id: int,
    unit_id: int,
    name: str,
    reason: str,
    by: Actor,
    at: datetime,
    channel: int = Channel.API,
    days: int = 90,
) -> Release:
    """Ask a second person's yes to a token that may send claims for the units below one.

    Needs channels.manage over the unit. Refuses TokenNameMissing, TokenTooLong, NoDrive, and what
    `org.ask_release` refuses.
    """
    _check(programme_id=programme_id, unit_id=unit_id, name=name, channel=channel, days=days)
    return org.ask_release(
        act=ACT,
        unit_id=unit_id,
        reason=reason,
        payload={
            "programme_id": programme_id,
            "unit_id": unit_id,
            "name": name.strip(),
            "channel": int(channel),
            "days": days,
        },
        by=by,
        at=at,
    )


def make_token(*, release_id: UUID, by: Actor, at: datetime) -> MadeToken:
    """Make the token a second person has allowed; only its asker does.

    Refuses what `org.use_release` refuses, TokenMade and NoDrive.
    """
    with system("making a token"):
        try:
            payload = org.use_release(public_id=release_id, act=ACT, by=by, at=at)
        except org.NotReleased as refused:
            if by.account_id is None:
                raise
            releases = org_queries.releases().filter(public_id=release_id, act=ACT, asked_by=by.account_id)
            if releases.filter(state=Release.State.USED).exists():
                raise TokenMade from refused
            raise
        if not is_drive(int(payload["programme_id"])):
            raise NoDrive(field="programme")  # its draft was thrown away meanwhile
        return _make(
            programme_id=int(payload["programme_id"]),
            unit_id=int(payload["unit_id"]),
            name=str(payload["name"]),
            channel=int(payload["channel"]),
            days=int(payload["days"]),
            by=by,
            at=at,
        )


def make_token_at_console(
    *,
    programme_id: int,
    unit_id: int,
    name: str,
    by: Actor,
    at: datetime,
    channel: int = Channel.API,
    days: int = 90,
) -> MadeToken:
    """Make a token on the server's own console, by the system only: demo, bench, first set-up.

    An owner of the console has the keys; the trail says so.
    """
    if by.kind != "system":
        raise org_queries.NotYours
    _check(programme_id=programme_id, unit_id=unit_id, name=name, channel=channel, days=days)
    with system("making a token on the console"):
        return _make(
            programme_id=programme_id, unit_id=unit_id, name=name, channel=channel, days=days, by=by, at=at
        )


def end_token(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """End a token; within half a minute it is refused everywhere. Needs channels.manage over its unit.

    Refuses NotFound. Ending an ended one changes nothing.
    """
    with system("ending a token"):
        token = or_refuse(ChannelToken.objects.select_for_update().filter(public_id=public_id).first())
        if by.kind != "system":
            org_queries.require(by, MANAGE, at=token.unit_id)
        _end(token, by=by, at=at)


def note_token_used(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Note when a token was used last, by the system only: for claims beside the hot path, which notes its own."""
    if by.kind != "system":
        raise org_queries.NotYours
    with system("a token was used"):
        ChannelToken.objects.filter(public_id=public_id).update(used_at=at)


def end_tokens_of(*, news: AppointmentEnded) -> None:
    """End the tokens of somebody whose appointment ends, where they may no longer make any."""
    with system("an appointment ended"):
        tokens = ChannelToken.objects.select_for_update().filter(made_by=news.account_id, ended_at=None)
        for token in tokens.order_by("pk"):
            if not org_queries.holds(news.account_id, MANAGE, at=token.unit_id):
                _end(token, by=Actor.system("its maker's appointment ended"), at=news.at)


def drop_tokens(*, discarded: ProgrammeDiscarded) -> None:
    """Drop the tokens of a draft that is thrown away, with a word in the trail for each still in force."""
    with system("a draft of a drive is thrown away"):
        tokens = ChannelToken.objects.select_for_update().filter(programme_id=discarded.programme_id)
        for token in tokens.order_by("pk"):
            _end(token, by=discarded.by, at=discarded.at)
            token.delete()


def _check(*, programme_id: int, unit_id: int, name: str, channel: int, days: int) -> None:
    if not name.strip() or len(name) > 200 or "\x00" in name:
        raise TokenNameMissing(field="name")
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenTooLong(field="days", days=LONGEST_DAYS)
    if channel not in WITH_TOKENS:
        raise ValueError(channel)
    if not is_drive(programme_id):
        raise NoDrive(field="programme")
    if units.unit_by_id(unit_id).closed_on is not None:
        raise TokenUnitClosed(field="unit")


def _make(
    *, programme_id: int, unit_id: int, name: str, channel: int, days: int, by: Actor, at: datetime
) -> MadeToken:
    secret = "abhi_" + lot.random_token(32)
    token = ChannelToken.objects.create(
        public_id=lot.uuid(),
        digest=keyring().token_digest(secret),
        name=name,
        programme_id=programme_id,
        channel=channel,
        unit_id=unit_id,
        made_by=by.account_id,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    audit.record(
        by=by,
        at=at,
        act="enrolment.make_token",
        subject=str(token.public_id),
        unit_id=unit_id,
        facts={"programme": programme_id, "channel": channel, "days": days},
    )
    return MadeToken(token.public_id, secret, token.expires_at)


def end_tokens_at_closing(*, closing: UnitsClosing) -> None:
    """End the tokens of units about to close, where that was answered. Needs channels.manage at each unit."""
    with system("units close"):
        tokens = ChannelToken.objects.select_for_update().filter(
            unit_id__in=closing.ending(TOKENS.key), ended_at=None
        )
        for token in tokens.order_by("pk"):
            org_queries.require(closing.by, MANAGE, at=token.unit_id)
            _end(token, by=closing.by, at=closing.at)


def _end(token: ChannelToken, *, by: Actor, at: datetime) -> None:
    if token.ended_at is not None:
        return
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    audit.record(by=by, at=at, act="enrolment.end_token", subject=str(token.public_id), unit_id=token.unit_id)
