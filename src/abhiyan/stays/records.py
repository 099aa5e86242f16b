"""A phone keeps the worker's own stay, its marks and its report, and a leader's next field days."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind

from . import queries, queries_days
from .activity_days import ELECTED
from .models import Stay
from .views import days, field

AHEAD = timedelta(days=7)  # field days whose pages a phone keeps


def kept_stay_pages(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The viewer's own stays that have not ended, and the form of each step that has no mark.

    A phone keeps the forms before the worker accepts, too: they may accept by SMS where there is no other network.
    """
    if viewer.account_id is None:
        return
    for card in queries.own_stays(viewer.account_id, at=at):
        steps = field.steps_left(card.of)
        n = len(steps) + (card.of.state == Stay.State.ASSIGNED)
        if not n:
            continue
        page = address_of("stays:field_stay", card.of.pk)
        yield KeptPage(page, card.place, queries.programme_days(card.programme), n)
        for step in field.unmarked(card.of):
            where = address_of("stays:field_step", card.of.pk, step)
            yield KeptPage(where, field.TITLES[step], card.place, 0, is_listed=False)


def keep_days(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The viewer's own field days of today and the coming days that are not marked."""
    if viewer.account_id is None or not viewer.may_any(LEADS, ELECTED):
        return
    today = clock.day_in(settings.TIME_ZONE, at)
    for card in queries_days.own_days(viewer.account_id, since=today):
        if card.item is None and card.of.day <= today + AHEAD:
            yield KeptPage(address_of("stays:field_day", card.of.pk), _("My field day"), card.place)


RECORDS = (
    RecordKind(
        code="stay",
        name=_("Stay"),
        page="stays:field_step",
        tile="stay",
        take=field.take_step,
        show=field.show_step,
        keep=kept_stay_pages,
        checked=(field.StayMarkForm, field.StayReportForm),
    ),
    RecordKind(
        code="day",
        name=_("Field day"),
        page="stays:field_day",
        tile="stay",
        take=days.take_day,
        show=days.show_day,
        keep=keep_days,
        checked=(field.StayMarkForm,),
    ),
)
