"""The morning message: what Today says first, in a few lines that come to a leader, or that they send on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.words import local_person
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org_acts
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import StandingHere

from .views.today import collect_things, standings_of, units_to_call

MORNING = Actor.system("the morning message")


@dataclass(frozen=True, slots=True)
class MorningCall:
    """A leader to call. gap: how far their unit is behind. account: their public id."""

    unit: str
    gap: str | Promise
    name: str
    account: UUID

    def line(self, number: str) -> str:
        return ", ".join(filter(None, (self.unit, local_person(self.name), number)))


@dataclass(frozen=True, slots=True)
class Morning:
    """The first programme of somebody's Today and the people to call, in the language in force."""

    standing: StandingHere
    calls: Sequence[MorningCall]
    at: datetime

    @property
    def brief(self) -> str:
        """Return the sentence of Today and what is real, for an SMS."""
        short = self.standing.drawn.short
        real = _("Real: %(short)s.") % {"short": short} if short else ""
        return " ".join(filter(None, (f"{self.standing.title}: {self.standing.said}", real)))

    def text(self, numbers: Mapping[UUID, str]) -> str:
        """Return all of it, to send by WhatsApp. numbers: by account; without them names alone."""
        day = date_format(clock.day_in(settings.TIME_ZONE, self.at), "l, j F")
        standing = self.standing
        lines = [f"{standing.title}, {day}", standing.said, *standing.outlook, str(standing.drawn.note)]
        if self.calls:
            lines.append(_("Please call:"))
            lines += [f"{call.line(numbers.get(call.account, ''))} ({call.gap})" for call in self.calls]
        return "\n".join(filter(None, (*lines, settings.ORIGIN + reverse("pages:today"))))


def morning_of(viewer: Viewer, *, at: datetime) -> Morning | None:
    """Return the message of a viewer, in the scope in force; None where nothing runs, or nothing is said of it yet.

    It names only people that the viewer leads: those they can call on Today.
    """
    things = collect_things(viewer, at=at)
    standing = next(iter(standings_of(things)), None)
    if standing is None or standing.drawn.is_empty:
        return None
    behind = units_to_call(things)
    on = clock.day_in(settings.TIME_ZONE, at)
    led = org.names_of_page(viewer, [unit.account for unit in behind if unit.account], on=on).led
    calls = [
        MorningCall(unit.name, unit.said, unit.holder, led[unit.account])
        for unit in behind
        if unit.account in led
    ]
    return Morning(standing, calls, at)


def turn_morning(at: datetime) -> int:
    """Send the messages that are due, each made in its leader's own sight. Return how many."""
    return messaging.send_mornings(write=lambda viewer: _write(viewer, at=at), at=at)


def _write(viewer: Viewer, *, at: datetime) -> dict[str, str] | None:
    assert viewer.account_id is not None
    on = clock.day_in(settings.TIME_ZONE, at)
    with translation.override(viewer.language or settings.LANGUAGE_CODE):
        with org.seeing_as(viewer.account_id, on=on):
            morning = morning_of(viewer, at=at)
        if morning is None:
            return None
        return {
            "standing": morning.brief,
            "calls": "; ".join(call.line(_number(call, viewer, at=at)) for call in morning.calls),
            "link": settings.ORIGIN + reverse("pages:today"),
        }


def _number(call: MorningCall, viewer: Viewer, *, at: datetime) -> str:
    try:
        return org_acts.send_bearer(account=call.account, to=viewer, by=MORNING, at=at)
    except org_acts.NoNumber:
        return ""
