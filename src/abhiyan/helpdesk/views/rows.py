"""Requests as lists show them: with their places, the first words, and how late they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as say

from abhiyan.core import clock
from abhiyan.core.words import active_language, name_in_language
from abhiyan.helpdesk import queries
from abhiyan.helpdesk.models import Ticket
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.ui.due import due_said
from abhiyan.units import queries as units
from abhiyan.units.models import Kind


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with the names of its places. words: the first of what was asked; "" where the viewer may not read it,
    or it is erased."""

    ticket: Ticket
    unit: str
    desk: str
    at: datetime
    words: str = ""

    @property
    def is_open(self) -> bool:
        return self.ticket.state == Ticket.State.OPEN

    @property
    def is_late(self) -> bool:
        return self.is_open and self.ticket.due_at < self.at

    @property
    def title(self) -> str:
        return self.words or str(self.ticket.get_kind_display())

    @property
    def state(self) -> str:
        return say("Overdue") if self.is_late else str(self.ticket.get_state_display())

    @property
    def mark(self) -> str:
        """How its state is marked: ok, warn, bad, or plain."""
        if self.is_late:
            return "bad"
        return {"solved": "ok", "done": "ok", "closed": "warn"}.get(self.ticket.state, "")

    @property
    def due(self) -> str:
        """By when it is answered, as people say it: 2 days late, today until 18:00, 16 December."""
        return due_said(self.ticket.due_at, at=self.at) if self.is_open else self.state

    @property
    def due_at(self) -> datetime | None:
        """By when an answer is due; None for a text that asks nothing."""
        return None if self.ticket.state == Ticket.State.QUIET else self.ticket.due_at

    @property
    def due_mark(self) -> str:
        if not self.is_open or self.is_late:
            return self.mark
        return "warn" if _day(self.ticket.due_at) == _day(self.at) else ""


def _day(when: datetime) -> object:
    return clock.day_in(settings.TIME_ZONE, when)


def with_place_names(
    some: Sequence[Ticket], *, at: datetime, words: Mapping[UUID, str] | None = None
) -> list[RequestRow]:
    """Requests with the names of their places; one query."""
    names = units.names_of_units(
        {ticket.unit_id for ticket in some} | {ticket.desk_id for ticket in some}, language=active_language()
    )
    words = words or {}
    return [
        RequestRow(
            ticket, names.get(ticket.unit_id, ""), names.get(ticket.desk_id, ""), at, words.get(ticket.pk, "")
        )
        for ticket in some
    ]


def with_words(some: Sequence[Ticket], viewer: Viewer, *, at: datetime) -> list[RequestRow]:
    """The same with their first words, as far as the viewer answers them; three queries. The viewer who shows them
    leaves a row in the trail."""
    return with_place_names(some, at=at, words=queries.first_words(queries.readable_tickets(some, viewer)))


@dataclass(frozen=True, slots=True)
class NamedDesk:
    """The offices of a unit that have requests in hand. code: as an address names them."""

    code: str
    title: str


def named_desks(desks: Sequence[tuple[int, tuple[str, ...]]]) -> list[NamedDesk]:
    """Name desks by their units and the codes of their offices; without offices by the kind of unit. Two queries."""
    places = units.units_by_id({unit_id for unit_id, _offices in desks})
    titles = {office.code: name_in_language(office.names) for office in org.offices_used()} if desks else {}
    return [
        NamedDesk(
            f"{places[unit_id].code}:{','.join(offices)}",
            f"{name_in_language(places[unit_id].names)} · "
            + (
                ", ".join(titles.get(code, code) for code in offices) or str(Kind(places[unit_id].kind).label)
            ),
        )
        for unit_id, offices in desks
    ]


def desk_called(code: str) -> tuple[int, tuple[str, ...]] | None:
    """Return the unit and offices of a desk by its code in an address; None where there is no such unit."""
    place, _colon, offices = code.rpartition(":")
    unit_id = units.ids_of([place]).get(place) if "\0" not in place else None
    return None if unit_id is None else (unit_id, tuple(filter(None, offices.split(","))))
