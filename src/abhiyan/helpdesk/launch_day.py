"""What the launch page of a drive says of the helpline: requests about it that wait anywhere below the viewer."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import ages
from abhiyan.core.numbers import grouped
from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Figure, Of
from abhiyan.units import queries as units

from . import queries
from .owed import MOST


def launch_day(viewer: Viewer, of: Of) -> Iterator[Figure]:
    """How many wait, counted up to MOST, how many are overdue, and how old the oldest is; at any desk of the unit and
    below. Nothing to who may not answer."""
    if not viewer.is_strong or not viewer.may(queries.ANSWER):
        return
    of_drive = Q(programme_id__in=of.programme_ids, unit_id__in=units.within(of.span))
    found = queries.waiting(of_drive, at=of.at, limit=MOST)
    notes = []
    if found.overdue:
        notes.append(
            ngettext("%(n)s overdue", "%(n)s overdue", found.overdue) % {"n": grouped(found.overdue)}
        )
    if found.opened_at is not None:
        age = ages.said((of.at - found.opened_at).total_seconds())
        notes.append(_("oldest %(age)s") % {"age": age})
    page = address(reverse("helpdesk:tickets"), of.code, programme=of.public_id)
    yield Figure(
        _("Helpline"),
        grouped(found.n) + ("+" if found.n == MOST else ""),
        note=", ".join(notes),
        kind="bad" if found.overdue else "",
        href=page,
    )
