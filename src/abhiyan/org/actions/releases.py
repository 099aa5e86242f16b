"""Releases: asked by one person, approved by another, used once by the first. `rules.deciding` says who may."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import NotYours, require
from abhiyan.org.rules.releases import (
    ASKED_LASTS,
    CAPABILITY,
    DECIDED_LASTS,
    DONE_BY_APPROVAL,
    GIVES_OUT,
    RESET_WAITS,
)
from abhiyan.people import actions as people

OPEN = (Release.State.ASKED, Release.State.RELEASED)  # not used yet


class ReasonMissing(Refused):
    message = _("Say why.")


class UnknownAct(Refused):
    message = _("This needs no second person.")


class AlreadyDecided(Refused):
    message = _("This has been decided already.")


class Lapsed(Refused):
    message = _("The time for this is over. Ask again.")


class NotReleased(NotYours):
    message = _("Somebody else must approve this first.")


class ApprovalOver(NotYours):
    """The person who approved it could not do so any more."""

    message = _("The person who approved this may no longer approve it. Ask again.")


def ask_release(
    *,
    act: str,
    unit_id: int,
    reason: str,
    by: Actor,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> Release:
    """Ask for a second person's approval of one act (a key of rules.releases). The asker holds its capability here.

    payload: public ids and settings of the act, no personal data; `use_release` hands back exactly this. Asked twice
    while the first still waits, it is the first.
    Locks: the asker, by an advisory lock, as the end of an appointment does.
    """
    if act not in CAPABILITY:
        raise UnknownAct(field="act")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    require(by, CAPABILITY[act], at=unit_id)
    if by.account_id is None:
        raise NotYours
    with system("asking for a release"):
        lock_account(by.account_id)
        require(by, CAPABILITY[act], at=unit_id)  # it may have ended while we waited for the lock
        waiting = Release.objects.filter(
            act=act,
            unit_id=unit_id,
            asked_by=by.account_id,
            payload=dict(payload or {}),
            state=Release.State.ASKED,
            expires_at__gt=at,
        ).first()
        if waiting is not None:
            return waiting
        release = Release.objects.create(
            public_id=lot.uuid(),
            act=act,
            unit_id=unit_id,
            asked_by=by.account_id,
            asked_at=at,
            reason=reason.strip(),
            payload=dict(payload or {}),
            expires_at=at + ASKED_LASTS,
        )
        _record("org.ask_release", release, by, at)
    return release


def require_to_decide(*, release: Release, by: Actor, at: datetime) -> None:
    """Refuse who may not decide a request, and what is decided: before they read what it is about, and again then.

    In a system scope. Refuses MayNotDecide, NotYours, AlreadyDecided.
    """
    if by.kind != "person" or by.account_id is None:
        raise NotYours
    if refused := queries.deciders([release], at=at)[release.pk].refusal(by.account_id):
        raise refused
    if release.state != Release.State.ASKED:
        raise AlreadyDecided


def decide_release(*, public_id: UUID, allow: bool, by: Actor, at: datetime) -> Release:
    """Approve or refuse what another person asked.

    `queries.deciders` says who may. Refuses with its MayNotDecide, NotYours, AlreadyDecided, Lapsed; DataStopped
    to approve what would give data out.
    """
    with system("deciding a release"):
        release = or_refuse(Release.objects.select_for_update().filter(public_id=public_id).first())
        require_to_decide(release=release, by=by, at=at)
        if release.expires_at <= at:
            raise Lapsed
        if allow and release.act in GIVES_OUT:
            people.refuse_while_stopped()
        done = Release.State.USED if release.act in DONE_BY_APPROVAL else Release.State.RELEASED
        release.state = done if allow else Release.State.REFUSED
        release.decided_by, release.decided_at = by.account_id, at
        # The person may be appointed higher meanwhile, and then it has to wait.
        waits = RESET_WAITS if release.act == "factors.reset" else timedelta(0)
        release.expires_at = at + DECIDED_LASTS + waits
        release.save(update_fields=["state", "decided_by", "decided_at", "expires_at"])
        _record("org.decide_release", release, by, at, allow=allow)
        _tell(release, allow=allow, by=by, at=at)
    return release


def use_release(*, public_id: UUID, act: str, by: Actor, at: datetime) -> dict[str, Any]:
    """The person who asked uses an approval, once; returns its payload. In the transaction of the act it allows.

    Refuses NotReleased, Lapsed; NotYours when the asker has lost the capability meanwhile, ApprovalOver when the person
    who approved it might not decide it now; DataStopped where data would leave during an emergency stop.
    """
    with system("using a release"):
        release = Release.objects.select_for_update().filter(public_id=public_id, act=act).first()
        if release is None or by.account_id is None or release.asked_by != by.account_id:
            raise NotReleased
        require(by, CAPABILITY[act], at=release.unit_id)
        if release.state != Release.State.RELEASED:
            raise NotReleased
        if release.expires_at <= at:
            raise Lapsed
        if queries.deciders([release], at=at)[release.pk].refusal(release.decided_by):
            raise ApprovalOver
        if act in GIVES_OUT:
            people.refuse_while_stopped()
        release.state = Release.State.USED
        release.save(update_fields=["state"])
        _record("org.use_release", release, by, at)
    payload: dict[str, Any] = release.payload
    return payload


def withdraw_releases(*, account_id: int, by: Actor, at: datetime) -> int:
    """End what an account asked and has not used, because an appointment of theirs ended. Returns how many. In a system
    scope.

    Only the end of an appointment calls this. Appointed again, they ask again.
    """
    lock_account(account_id)
    releases = list(
        Release.objects.select_for_update().filter(asked_by=account_id, state__in=OPEN).order_by("id")
    )
    for release in releases:
        release.state = Release.State.WITHDRAWN
        release.save(update_fields=["state"])
        _record("org.withdraw_release", release, by, at)
        if release.act in DONE_BY_APPROVAL:
            _tell(release, allow=False, by=by, at=at, is_over=True)
    return len(releases)


def close_release(
    *, act: str, payload: Mapping[str, Any], by: Actor, at: datetime, but: UUID | None = None
) -> None:
    """Close requests that an act made needless: that act has checked the right. In its transaction.

    payload: what of the request's own names it. but: the one that takes its place.
    """
    with system("closing a release"):
        releases = Release.objects.select_for_update().filter(
            act=act, payload__contains=dict(payload), state__in=OPEN
        )
        for release in releases.exclude(public_id=but) if but else releases:
            release.state = Release.State.WITHDRAWN
            release.save(update_fields=["state"])
            _record("org.close_release", release, by, at)


def stop_reset(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Stop a reset of one's own second proof before it is done. Only the person may, signed in. Refuses NotFound."""
    with system("stopping the reset of one's own proof"):
        release = (
            Release.objects.select_for_update()
            .filter(public_id=public_id, act="factors.reset", state__in=OPEN)
            .first()
        )
        if release is None or by.kind != "person" or release.payload.get("account") != str(by.id):
            raise NotFound
        release.state = Release.State.WITHDRAWN
        release.save(update_fields=["state"])
        _record("org.stop_reset", release, by, at)


def lapse_releases(*, at: datetime) -> int:
    """Mark what was not decided, or not used, in time. Returns how many. Run by a loop, in its system scope."""
    late = Release.objects.filter(state__in=OPEN, expires_at__lte=at)
    releases = list(late.filter(act__in=DONE_BY_APPROVAL).select_for_update())
    n = late.update(state=Release.State.LAPSED)
    for release in releases:
        _tell(release, allow=False, by=Actor.system("nobody approved it in time"), at=at, is_over=True)
    return n


def _tell(release: Release, *, allow: bool, by: Actor, at: datetime, is_over: bool = False) -> None:
    decision = ReleaseDecided(
        act=release.act,
        unit_id=release.unit_id,
        asked_by=release.asked_by,
        payload=release.payload,
        allow=allow,
        by=by,
        at=at,
        is_over=is_over,
    )
    news.tell(decision)


def _record(what: str, release: Release, by: Actor, at: datetime, **facts: Any) -> None:
    audit.record(
        by=by,
        at=at,
        act=what,
        subject=str(release.public_id),
        unit_id=release.unit_id,
        facts={"act": release.act, **facts},
    )


def lock_account(account_id: int) -> None:
    """One asking, appointing or ending at a time per account."""
    sql.wait_for(f"org.asker {account_id}")
