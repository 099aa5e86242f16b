"""What waits for a second person."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from abhiyan.core.refusals import NotFound
from abhiyan.org.models import Release
from abhiyan.org.rules.releases import CAPABILITY, NAMES
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .deciding import deciders

MOST = 50


def releases() -> QuerySet[Release]:
    """Releases in the viewer's sight, with the names of who asked and who decided."""
    return Release.objects.select_related("unit").annotate(
        asker=RawSQL("(select a.name from people_account a where a.id = org_release.asked_by)", []),
        decider=RawSQL("(select a.name from people_account a where a.id = org_release.decided_by)", []),
    )


def release_for(public_id: UUID) -> Release:
    """One release in the viewer's sight, or NotFound."""
    found = releases().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def releases_to_decide(account_id: int, *, at: datetime) -> list[Release]:
    """What waits for exactly this person's yes: not asked by them, of a different line, within their power."""
    waiting = (
        releases()
        .filter(state=Release.State.ASKED, expires_at__gt=at)
        .exclude(asked_by=account_id)
        .order_by("expires_at", "id")[:MOST]
    )
    rows = list(waiting)
    found = deciders(rows, at=at)
    return [release for release in rows if account_id in found[release.pk].accounts]


def releases_refused(account_id: int, *, at: datetime) -> list[Release]:
    """What this person asked for and was refused of late, newest first."""
    own = releases().filter(asked_by=account_id, state=Release.State.REFUSED, expires_at__gt=at)
    return list(own.order_by("-decided_at", "-id")[:MOST])


def releases_asked(account_id: int, *, act: str, at: datetime) -> list[Release]:
    """What this person asked for and may still wait for or use, newest first."""
    own = releases().filter(
        asked_by=account_id,
        act=act,
        state__in=(Release.State.ASKED, Release.State.RELEASED),
        expires_at__gt=at,
    )
    return list(own.order_by("-asked_at", "-id")[:MOST])


def allowed(viewer: Viewer, act: str, *, at: datetime, where: Callable[[Release], str]) -> Iterator[Owed]:
    """What the viewer asked, was allowed and has not used yet, of the acts of whichever room asks.

    where: the address of the page where it is used.
    """
    if viewer.account_id is None or not viewer.may(CAPABILITY[act]):
        return
    for release in releases_asked(viewer.account_id, act=act, at=at):
        if release.state == Release.State.RELEASED:
            yield Owed(
                urgency=1,
                title=_("Allowed: %(act)s") % {"act": NAMES[act]},
                meta=release.reason,
                href=where(release),
                act=_("Go there"),
                icon="key",
                due_at=release.expires_at,
            )
