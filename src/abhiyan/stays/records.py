"""A phone keeps the worker's own stay, its marks and its report."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind

from . import queries
from .views import field


def keep(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The viewer's own stays that have not ended, and the form of each step."""
    if viewer.account_id is None:
        return
    for own in queries.own_stays(viewer.account_id, at=at):
        yield KeptPage(address_of("stays:field_stay", own.of.pk), _("My stay"), own.place, "stay")
        for step, title in field.TITLES.items():
            yield KeptPage(address_of("stays:field_step", own.of.pk, step), title, own.place, "stay")


RECORDS = (RecordKind(code="stay", name=_("Stay"), page="stays:field_step", take=field.take_step, keep=keep),)
