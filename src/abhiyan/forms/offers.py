"""Offer pages that gather the forms of a unit, opinions that wait, and the forms that somebody filled in."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped, grouped_to
from abhiyan.ui.owed import Owed
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from . import queries
from .queries import forms_worked
from .queries.heard import HeardIn, is_answered
from .queries.phrases import ALLOWS, phrases_waiting
from .rules import quotes

MOST = 1_000  # counted up to here
ABOVE = ("state", "nation")  # read what came up under Opinions and on slides
SHOWN = 3  # forms that search shows
SHORTEST = 3  # letters of a name


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield one row where opinions wait at the viewer's own level, or at vacant desks below; one of phrases."""
    yield from _phrases(viewer)
    home = viewer.home
    if home is None or not viewer.is_strong or queries.CARRY not in home.capabilities:
        return
    if home.unit_kind not in quotes.DESKS or home.unit_kind in ABOVE:
        return
    on = clock.day_in(settings.TIME_ZONE, at)
    if waiting := queries.waiting_at(home.unit_id, on=on, most=MOST):
        title = ngettext(
            "%(n)s opinion waits to be passed up", "%(n)s opinions wait to be passed up", waiting
        )
        yield Owed(
            urgency=2,
            title=title % {"n": grouped_to(waiting, MOST)},
            meta=_("Take names out; the next level reads the rest"),
            href=unit_address(reverse("forms:opinions"), home.unit_code),
            act=_("Read them"),
            icon="people",
            key="opinions",
        )


def _phrases(viewer: Viewer) -> Iterator[Owed]:
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
    """Link a unit's page to its forms for who makes them, to opinions, and to answers for who reads them."""
    if unit.lo is not None and viewer.may_at(queries.MAKE, unit.lo):
        yield RoomLink(_("Forms"), address_of("forms:list"), icon="list")
    if unit.lo is not None and unit.kind in quotes.DESKS and org.decides(viewer, queries.CARRY, at=unit.id):
        yield RoomLink(_("Opinions"), unit_address(address_of("forms:opinions"), unit.code), icon="people")
    if _has_answers(viewer, unit, at=at):
        yield RoomLink(
            _("What the field heard"), unit_address(address_of("forms:heard"), unit.code), icon="list"
        )


def search_links(viewer: Viewer, text: str) -> Iterator[RoomLink]:
    """Link search to forms of that name."""
    if len(text) >= SHORTEST:
        for form in queries.forms_near(viewer).filter(queries.named_like(text)).order_by("-made_at")[:SHOWN]:
            yield RoomLink(
                _("Form: %(name)s") % {"name": name_in_language(form.names)},
                address_of("forms:form", form.public_id),
                about=name_in_language(form.unit.names),
            )


def _has_answers(viewer: Viewer, unit: UnitRow, *, at: datetime) -> bool:
    if unit.lo is None or unit.hi is None or not (viewer.is_strong and viewer.sees_counts_at(unit.lo)):
        return False
    with system("whether anybody answered in a unit"):
        return is_answered(HeardIn.seen_by(viewer, (unit.lo, unit.hi), at=at))


work_done = forms_worked  # forms about another room's thing are that room's work
