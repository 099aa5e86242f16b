"""The work of who leads a programme of contact today: call centres below that nobody calls from."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS, PHONE_UNITS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.queries import MeasureStand, runs_now
from abhiyan.ui.owed import Owed

from . import centres_below, numbers


def owes_centres(viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """Yield a row for the silent call centres below a leader's unit, where the programme has a call queue."""
    programme = stand.programme
    if home.unit_kind in PHONE_UNITS or not runs_now(programme, at):
        return
    if not (viewer.may_at(LEADS, home.lo) and viewer.sees_people_at(home.lo)):  # as their page asks
        return
    with system("silent call centres are counted for who leads there"):
        silence = numbers.silence_in(programme, (home.lo, home.hi), at=at)
    if silence is None or not silence.silent:
        return
    page = reverse("contact:calling", args=[programme.public_id])
    yield Owed(
        urgency=1,
        title=silence.words,
        meta=name_in_language(programme.names),
        href=unit_address(page, home.unit_code, show=centres_below.SILENT),
        act=_("Remind them"),
        icon="phone",
    )
