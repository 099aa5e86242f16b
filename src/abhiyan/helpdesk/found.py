"""Let search find a request to the helpline by its number."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.words import active_language
from abhiyan.org.viewer import Viewer
from abhiyan.ui.doors import DoorThing
from abhiyan.units import queries as units

from . import queries
from .rules import tickets as rules


def found(viewer: Viewer, *, by: Actor, text: str, at: datetime) -> Iterator[DoorThing]:  # noqa: ARG001  # alike for every room
    """A request in the viewer's scope whose number this is; no word of it, and nobody's name. Opening it leaves a row
    in the trail."""
    number = rules.read_ticket_number(text)
    if not number or not queries.may_answer(viewer):
        return
    for ticket in queries.ticket_called(number):
        names = units.names_of_units([ticket.unit_id], language=active_language())
        yield DoorThing(
            heading=_("Requests to the helpline"),
            title=ticket.number,
            meta=" · ".join(
                [
                    str(ticket.get_kind_display()),
                    names.get(ticket.unit_id, ""),
                    str(ticket.get_state_display()),
                ]
            ),
            href=reverse("helpdesk:ticket", args=[ticket.pk]),
        )
