"""Opinions on Today: how many wait to be passed up, for the office below the state at whose level they wait."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped_to
from abhiyan.ui.owed import Owed

from . import queries
from .rules import quotes

MOST = 1_000  # counted up to here
ABOVE = ("state", "nation")  # read what came up under Opinions and on slides


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield one row where opinions wait at the viewer's own level, or at vacant desks below. No query for others."""
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
            href=address(reverse("forms:opinions"), home.unit_code),
            act=_("Read them"),
            icon="people",
            key="opinions",
        )
