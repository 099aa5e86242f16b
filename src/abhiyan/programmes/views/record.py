"""My record: one's duties, for oneself and for who leads from one level above."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, rooms
from abhiyan.core.words import named, person
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.queries import record as records
from abhiyan.ui.lists import Column, Table, answer, page_with_list

from . import shown

LED: tuple[Column[records.Led], ...] = (
    Column(
        "name",
        _("Name"),
        lambda row: row.name,
        is_name=True,
        names_people=True,
        account=lambda row: row.account_id,
    ),
    Column("office", _("Office"), lambda row: named(row.office_names), css="end"),
    Column("unit", _("Unit"), lambda row: named(row.unit_names), css="under"),
)


@page_with_list
def record(request: Request, public_id: UUID | None = None) -> HttpResponseBase:
    """One's own duties; with the public id of an account those of somebody one level below."""
    at = clock.now()
    found = records.record_for(request.viewer, public_id, at=at)
    on = shown.today(at)
    rows = records.led_by(request.viewer, on=on)
    table = Table(
        request, LED, rows, name="one-level-below", caption=_("People one level below"), is_brief=True
    )
    context = {
        "here": "record",
        "crumbs": [(say("My record"), "")] if found.is_own else [(person(found.name), "")],
        "record": found,
        "parts": [
            part
            for recorded in rooms.offered("recorded")
            for part in recorded(found.account_id, is_own=found.is_own, at=at)
        ],
        "leads": found.is_own and request.viewer.may(LEADS),
        "stands": [(held, [one.drawn(on=on) for one in stands]) for held, stands in found.stands],
    }
    return answer(request, "programmes/record.html", table, context)
