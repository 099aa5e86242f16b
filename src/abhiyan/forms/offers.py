"""Offer pages that gather the forms of a unit, phrases that wait, and the forms that somebody filled in."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from . import queries
from .queries import forms_worked
from .queries.phrases import ALLOWS, phrases_waiting

MOST = 1_000  # counted up to here
ABOVE = ("state", "nation")  # read what came up under Opinions and on slides
SHOWN = 3  # forms that search shows
SHORTEST = 3  # letters of a name


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield one row where refused phrases wait for a data officer. No query for others."""
    if not (viewer.is_strong and viewer.may_any(ALLOWS)):
        return
    if waiting := phrases_waiting(viewer):
        title = ngettext(
            "%(n)s refused phrase is put before you", "%(n)s refused phrases are put before you", waiting
        )
        yield Owed(
            urgency=2,
            title=title % {"n": grouped(waiting)},
            meta=_("Decide if the words mean a place or an event"),
            href=reverse("forms:phrases"),
            act=_("Decide"),
            icon="list",
            key="phrases",
        )


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its forms, for who makes them."""
    if unit.lo is not None and viewer.may_at(queries.MAKE, unit.lo):
        yield RoomLink(_("Forms"), address_of("forms:list"), icon="list")


def search_links(viewer: Viewer, text: str) -> Iterator[RoomLink]:
    """Link search to forms of that name."""
    if len(text) >= SHORTEST:
        for form in queries.forms_near(viewer).filter(queries.named_like(text)).order_by("-made_at")[:SHOWN]:
            yield RoomLink(
                _("Form: %(name)s") % {"name": name_in_language(form.names)},
                address_of("forms:form", form.public_id),
                about=name_in_language(form.unit.names),
            )


work_done = forms_worked  # forms about another room's thing are that room's work
