"""The list of leaders who call, and the reminder to call."""

from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.dialogues import queries
from abhiyan.dialogues.actions import remind_leaders
from abhiyan.dialogues.leaders import (
    DAYS,
    CallingLeader,
    calling_leaders,
    leaders_in_words,
    leaders_to_remind,
)
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped

from .calls import way_to_board

LEADERS: tuple[Column[CallingLeader], ...] = (
    Column("office", _("Office"), lambda row: row.office_held, order=True, is_name=True),
    Column(
        "name",
        _("Leader"),
        lambda row: row.name,
        names_people=True,
        account=lambda row: row.account_id,
        css="under",
    ),
    Column(
        "last",
        _("Last day due"),
        lambda row: say("Did call") if row.has_called else say("Did not call"),
        order=lambda row: (row.has_called, row.called),
        css="under",
    ),
    Column("due", _("Days due"), lambda row: row.due, order=True, css="num"),
    Column("called", _("Days called"), lambda row: row.called, order=True, css="num"),
    Column("to_make", _("Calls to make"), lambda row: row.to_make, order=True, css="num"),
    Column("noted", _("Calls noted"), lambda row: row.noted, order=True, css="num"),
)


@page_with_list
def leaders_who_call(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show on how many days the leaders of a unit and below called. The leaders who did not call come first."""
    programme, here = page_of_people(request, public_id, queries.KIND)
    rows = calling_leaders(programme, here.span, on=clock.day_in(programme.zone, clock.now()))
    table = Table(
        request,
        LEADERS,
        rows,
        name="leaders",
        caption=_("Leaders, last %(days)s days") % {"days": DAYS},
        sort="last",
        unit_id=here.unit.id,
    )
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, way_to_board(programme), (say("Leaders who call"), "")),
        "programme": programme,
        "unit": here,
        "words": leaders_in_words(rows) if rows else "",
        "may_remind": request.viewer.may_at(LEADS, here.span[0]) and any(not row.has_called for row in rows),
    }
    return list_response(request, "dialogues/leaders.html", table, context)


@form_page
def leaders_reminded(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once before the leaders who did not call get a message."""
    (programme, here), at = page_of_people(request, public_id, queries.KIND), clock.now()
    behind = leaders_to_remind(programme, here.span, at=at)
    words = ngettext(
        "%(n)s leader did not call on their last day.",
        "%(n)s leaders did not call on their last day.",
        len(behind),
    ) % {"n": grouped(len(behind))}
    back = here.href(reverse("dialogues:leaders", args=[public_id]))
    return act_page(
        request,
        lambda _given: remind_leaders(programme=programme, unit_id=here.unit.id, by=request.actor, at=at),
        title=say("Remind leaders to call: %(place)s") % {"place": here.name},
        text=[
            words if behind else str(NobodyToRemind()),
            say("Each leader gets one message, at most one a day. It cannot be called back."),
        ],
        button=say("Send reminders"),
        said=_("The reminders are on their way."),
        done=back,
        is_open=bool(behind),
        here="programmes",
        crumbs=way_from_programme(programme, (say("Leaders who call"), back), (say("Remind"), "")),
    )
