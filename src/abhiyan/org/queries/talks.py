"""Talks of leaders with office-bearers below, and promises that are due. Each reads their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from abhiyan.core.scope import system
from abhiyan.org.models import BearerTalk
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people

from .names import names_of_page

MOST_DUE = 20  # promises of one Today
MOST_ABOUT = 20  # talks of one record


@dataclass(frozen=True, slots=True)
class DuePromise:
    """A promise that is due. account: the public id of who gave it."""

    name: str
    account: UUID
    promise: str
    until: date


def last_talk(viewer: Viewer, bearer_id: int) -> BearerTalk | None:
    """The viewer's own last talk with an office-bearer; one with an open promise comes first. In their scope."""
    mine = BearerTalk.objects.filter(leader_id=viewer.account_id or 0, bearer_id=bearer_id)
    is_open = mine.filter(state=BearerTalk.State.OPEN).exclude(promise="").order_by("until", "pk").first()
    return is_open or mine.order_by("-talked_at", "-pk").first()


def promises_due(viewer: Viewer, *, on: date) -> Sequence[DuePromise]:
    """Return what office-bearers promised the viewer by a day, while the viewer leads them; the oldest first."""
    mine = BearerTalk.objects.filter(
        leader_id=viewer.account_id or 0, state=BearerTalk.State.OPEN, until__lte=on
    ).exclude(promise="")
    talks = list(mine.order_by("until", "pk")[:MOST_DUE])
    if not talks:
        return []
    bearers = {talk.bearer_id for talk in talks}
    led, names = names_of_page(viewer, bearers, on=on).led, people.names_of_accounts(bearers)
    return [
        DuePromise(names.get(talk.bearer_id, ""), led[talk.bearer_id], talk.promise, talk.until)
        for talk in talks
        if talk.bearer_id in led and talk.until is not None
    ]


def talks_about(account_id: int, *, since: datetime) -> list[tuple[BearerTalk, str]]:
    """Return what leaders noted about somebody, the newest first, with each leader's name. In the person's scope."""
    talks = list(
        BearerTalk.objects.filter(bearer_id=account_id, talked_at__gte=since).order_by("-talked_at", "-pk")[
            :MOST_ABOUT
        ]
    )
    with system("who noted a talk"):
        names = people.names_of_accounts({talk.leader_id for talk in talks}) if talks else {}
    return [(talk, names.get(talk.leader_id, "")) for talk in talks]


def bearer_of_talk(talk: BearerTalk) -> UUID:
    """The public id of the account that a talk is about."""
    return people.accounts([talk.bearer_id])[talk.bearer_id].public_id
