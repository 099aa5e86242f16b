"""Tell the launch page of a drive about the helpline: requests about it that wait anywhere below the viewer."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core import ages
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.launch_day import Figure, Of
from abhiyan.units import queries as units

from . import numbers, queries


def launch_day(viewer: Viewer, of: Of) -> Iterator[Figure]:
    """Count the waiting requests, up to MOST, and the overdue ones, with the age of the oldest; at any desk of the unit
    and below. Nothing for a viewer who may not answer."""
    if not viewer.is_strong or not viewer.may(queries.ANSWER):
        return
    of_drive = Q(programme_id__in=of.programme_ids, unit_id__in=units.within(of.span))
    waiting_requests = numbers.count_waiting_requests(of_drive, at=of.at)
    notes = [waiting_requests.overdue_words] if waiting_requests.overdue else []
    if waiting_requests.opened_at is not None:
        notes.append(ages.oldest_words((of.at - waiting_requests.opened_at).total_seconds()))
    page = unit_address(reverse("helpdesk:tickets"), of.code, programme=of.public_id)
    yield Figure(
        _("Helpline"),
        waiting_requests.figure,
        note=", ".join(notes),
        kind="bad" if waiting_requests.overdue else "",
        href=page,
    )
