"""What waits for a second person."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import named, person
from abhiyan.org.models import Release
from abhiyan.org.rules.granting import APPROVE
from abhiyan.org.rules.releases import CAPABILITY, QUIET
from abhiyan.org.viewer import Viewer

from .deciding import deciders
from .offices import offices_of

MOST = 50
_NOBODY = UUID(int=0)
LOOKED_AT = 500  # that wait for somebody, to find those that wait for one person
NEARER_FIRST = timedelta(days=1)  # a request waits for the nearest who may, before those above are told of it


def releases() -> QuerySet[Release]:
    """Releases in the viewer's sight, with the names of who asked and who decided."""
    return Release.objects.select_related("unit").annotate(
        asker=RawSQL("(select a.name from people_account a where a.id = org_release.asked_by)", []),
        asker_id=RawSQL("(select a.public_id from people_account a where a.id = org_release.asked_by)", []),
        decider=RawSQL("(select a.name from people_account a where a.id = org_release.decided_by)", []),
    )


def askers(found: Collection[Release]) -> dict[int, str]:
    """By id of a request: who asked, with their office and unit, for a name alone proves nothing. Past the scope."""
    with system("which office an asker holds"):
        held = offices_of([getattr(one, "asker_id", None) or _NOBODY for one in found])
    said = {}
    for one in found:
        office, unit = held.get(getattr(one, "asker_id", None) or _NOBODY, ({}, {}))
        parts = (person(getattr(one, "asker", "") or ""), named(office), named(unit))
        said[one.pk] = ", ".join(filter(None, parts))
    return said


def releases_for(viewer: Viewer) -> QuerySet[Release]:
    """The same for a page: of QUIET acts their own, and what they may be asked to decide."""
    if viewer.may(APPROVE):
        return releases()
    hidden = [act for act in QUIET if not viewer.may(CAPABILITY[act])]
    return releases().exclude(~Q(asked_by=viewer.account_id), act__in=hidden)


def release_for(viewer: Viewer, public_id: UUID) -> Release:
    """One release in the viewer's sight, or NotFound."""
    return needed(releases_for(viewer).filter(public_id=public_id).first())


def releases_to_decide(account_id: int, *, at: datetime) -> list[Release]:
    """What waits for exactly this person: what they may decide and nobody nearer; after a day, all they may decide."""
    waiting = (
        releases()
        .filter(state=Release.State.ASKED, expires_at__gt=at)
        .exclude(asked_by=account_id)
        .order_by("expires_at", "id")[:LOOKED_AT]
    )
    rows = list(waiting)
    found = deciders(rows, at=at)
    return [
        release
        for release in rows
        if account_id in found[release.pk].nearest
        or (account_id in found[release.pk].accounts and release.asked_at <= at - NEARER_FIRST)
    ][:MOST]


def release_about(act: str, **payload: str) -> Release | None:
    """The newest request for an act whose payload has this, in the viewer's sight."""
    return releases().filter(act=act, payload__contains=payload).order_by("-asked_at", "-id").first()


def resets_of(public_id: UUID | None, *, at: datetime) -> list[Release]:
    """Requests to reset the second proof of an account (public id) that are not done yet; past its scope."""
    if public_id is None:
        return []
    with system("who would lose their proof"):
        found = Release.objects.select_related("unit").filter(
            act="factors.reset",
            state__in=(Release.State.ASKED, Release.State.RELEASED),
            expires_at__gt=at,
            payload__account=str(public_id),
        )
        return list(found.order_by("id"))


def own_releases(account_id: int, *, at: datetime) -> list[Release]:
    """What this person asked for and still waits for, may use, or was refused of late, newest first."""
    states = (Release.State.ASKED, Release.State.RELEASED, Release.State.REFUSED)
    own = Release.objects.filter(asked_by=account_id, state__in=states, expires_at__gt=at)
    return list(own.order_by("-asked_at", "-id")[:MOST])


def releases_asked(account_id: int, *, act: str, at: datetime) -> list[Release]:
    """What this person asked for and may still wait for or use, newest first."""
    own = releases().filter(
        asked_by=account_id,
        act=act,
        state__in=(Release.State.ASKED, Release.State.RELEASED),
        expires_at__gt=at,
    )
    return list(own.order_by("-asked_at", "-id")[:MOST])
