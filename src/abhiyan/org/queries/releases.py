"""Read the requests that wait for a second person."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org.models import Release
from abhiyan.org.rules.granting import APPROVE
from abhiyan.org.rules.releases import CAPABILITY, QUIET
from abhiyan.org.viewer import Viewer

from .deciding import deciders
from .offices import offices_of

MOST = 50
_NOBODY = UUID(int=0)
LOOKED_AT = 500  # requests that wait for somebody, read to find one person's
# of what somebody asked for: they wait for it, may use it, or were refused
OWN_STATES = (Release.State.ASKED, Release.State.RELEASED, Release.State.REFUSED)
NEARER_FIRST = timedelta(days=1)  # a request waits for the nearest deciders, before higher ones see it


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
        offices_by_id = offices_of([getattr(release, "asker_id", None) or _NOBODY for release in found])
    texts_by_id = {}
    for one in found:
        office, unit = offices_by_id.get(getattr(one, "asker_id", None) or _NOBODY, ({}, {}))
        parts = (
            local_person(getattr(one, "asker", "") or ""),
            name_in_language(office),
            name_in_language(unit),
        )
        texts_by_id[one.pk] = ", ".join(filter(None, parts))
    return texts_by_id


def releases_for(viewer: Viewer) -> QuerySet[Release]:
    """The same for a page: of QUIET acts their own, and what they may be asked to decide."""
    if viewer.may(APPROVE):
        return releases()
    hidden = [act for act in QUIET if not viewer.may(CAPABILITY[act])]
    return releases().exclude(~Q(asked_by=viewer.account_id), act__in=hidden)


def release_for(viewer: Viewer, public_id: UUID) -> Release:
    """One release in the viewer's sight, or NotFound."""
    return or_refuse(releases_for(viewer).filter(public_id=public_id).first())


def releases_of(
    account_id: int, *, at: datetime, decides: bool = True
) -> tuple[list[Release], list[Release]]:
    """Return what waits for exactly this person to decide, and what they asked for themselves. One read.

    To decide: what they may decide and nobody nearer; after a day, all they may decide; nothing where they decide
    nothing. Own: what they still wait for, may use, or were refused of late, the newest first.
    """
    of_own = Q(asked_by=account_id)
    is_open = Q(state=Release.State.ASKED) if decides else Q(pk=None)
    rows = list(
        releases()
        .filter(is_open | of_own & Q(state__in=OWN_STATES), expires_at__gt=at)
        .order_by(ExpressionWrapper(of_own, BooleanField()).desc(), "expires_at", "id")[: LOOKED_AT + MOST]
    )
    own = [release for release in rows if release.asked_by == account_id]
    waiting = [release for release in rows if release.asked_by != account_id]
    found = deciders(waiting, at=at) if waiting else {}
    to_decide = [
        release
        for release in waiting
        if account_id in found[release.pk].nearest
        or (account_id in found[release.pk].accounts and release.asked_at <= at - NEARER_FIRST)
    ]
    own.sort(key=lambda release: (release.asked_at, release.pk), reverse=True)
    return to_decide[:MOST], own[:MOST]


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


def releases_asked(account_id: int, *, act: str, at: datetime) -> list[Release]:
    """Return what this person asked for and may still wait for or use, newest first."""
    own = releases().filter(
        asked_by=account_id,
        act=act,
        state__in=(Release.State.ASKED, Release.State.RELEASED),
        expires_at__gt=at,
    )
    return list(own.order_by("-asked_at", "-id")[:MOST])
