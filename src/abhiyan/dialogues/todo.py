"""Rows of Today: the booth presidents to call.

A leader of one unit has them with the programme that runs there, so nobody else is asked about calls.
"""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.words import local_person
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.queries import MeasureStand
from abhiyan.ui.owed import Owed

from . import queries


def dialogue_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield a row for each open call of today of a leader who also leads a unit that is not their home."""
    if not _leads_home_alone(viewer):
        yield from _rows(viewer, at=at)


def owed_home_calls(viewer: Viewer, _home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """Yield the same in a programme that runs at home, for a leader of that unit alone."""
    if _leads_home_alone(viewer):
        yield from _rows(viewer, at=at, programme_id=stand.programme.pk)


def _leads_home_alone(viewer: Viewer) -> bool:
    led = {seat.unit_id for seat in viewer.appointments if LEADS in seat.capabilities}
    return viewer.home is not None and led <= {viewer.home.unit_id}


def _rows(viewer: Viewer, *, at: datetime, programme_id: int | None = None) -> Iterator[Owed]:
    """The viewer's calls of today that are not done, of one programme or of all."""
    if viewer.account_id is None or not viewer.is_strong or not viewer.may(LEADS):
        return
    if not queries.has_calls(viewer.account_id, at=at):
        return
    for call in queries.calls_of_leader(viewer.account_id, at=at):
        if call.is_done or programme_id not in (None, call.of.programme_id):
            continue
        yield Owed(
            urgency=0 if call.is_carried else 1,
            title=_("Call %(name)s, booth president") % {"name": local_person(call.name)},
            meta=", ".join(filter(None, (call.booth, _("from yesterday") if call.is_carried else ""))),
            href=reverse("dialogues:call", args=[call.of.pk]),
            act=_("Call and note"),
            icon="phone",
            names_in=call.of.unit_id,
            also=[(_("All calls of today"), reverse("dialogues:calls"))],
        )
