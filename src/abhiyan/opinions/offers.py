"""Offer pages that gather the opinions that wait, and what people of a unit answered."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.forms.queries.heard import HeardIn, is_answered
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped_to
from abhiyan.ui.owed import Owed
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from . import queries
from .rules import quotes

MOST = 1_000  # counted up to here
ABOVE = ("state", "nation")  # read what came up under Opinions and on slides


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield one row where opinions wait at the viewer's own level, or at vacant desks below."""
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
            href=unit_address(reverse("opinions:opinions"), home.unit_code),
            act=_("Read them"),
            icon="people",
            key="opinions",
        )


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its opinions for its desk, and to the answers for who reads them."""
    if unit.lo is not None and unit.kind in quotes.DESKS and org.decides(viewer, queries.CARRY, at=unit.id):
        yield RoomLink(_("Opinions"), unit_address(address_of("opinions:opinions"), unit.code), icon="people")
    if _has_answers(viewer, unit, at=at):
        yield RoomLink(
            _("What the field heard"), unit_address(address_of("opinions:heard"), unit.code), icon="list"
        )


def _has_answers(viewer: Viewer, unit: UnitRow, *, at: datetime) -> bool:
    if unit.lo is None or unit.hi is None or not (viewer.is_strong and viewer.sees_counts_at(unit.lo)):
        return False
    with system("whether anybody answered in a unit"):
        return is_answered(HeardIn.seen_by(viewer, (unit.lo, unit.hi), at=at))
