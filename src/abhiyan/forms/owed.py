"""On Today: opinions that wait to be passed up, below the state; and phrases that wait for a data officer."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped, grouped_to
from abhiyan.ui.owed import Owed

from . import queries
from .queries.phrases import ALLOWS, phrases_waiting
from .rules import quotes

MOST = 1_000  # counted up to here
ABOVE = ("state", "nation")  # read what came up under Opinions and on slides


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
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
