"""The way from a due of a schedule to its check-in list."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.meetings import actions as acts
from abhiyan.meetings import queries as found
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.work.actions.dues import Owes
from abhiyan.work.actions.schedules import due_href
from abhiyan.work.queries import schedules

from .shown import meeting_crumbs, meeting_door, today_of_meetings


def _nowhere() -> int:
    raise NotFound


@form_page
def check_in(request: Request, public_id: UUID) -> HttpResponseBase:
    """Open the check-in list of the due that the address names (`unit`, `from`); once open, lead to it."""
    at = clock.now()
    schedule = schedules.schedule_for(public_id)
    unit = page_unit(request, hierarchy=schedule.hierarchy, otherwise=_nowhere).unit
    asked_unit = or_refuse(schedules.asked_unit(schedule, unit_id=unit.id))
    periods = schedule.timing.begun(at)
    wanted = (each for each in periods if each.begins_on.isoformat() == request.GET.get("from"))
    period = or_refuse(next(wanted, periods[-1] if periods else None))
    if not schedule.is_meeting or not schedules.may_say(request.actor, asked_unit):
        raise NotFound
    begun = found.check_in_list_of(schedule, unit_id=unit.id, begins_on=period.begins_on)
    if begun is not None:
        return redirect(meeting_door(begun))
    n = found.count_chosen(found.chosen_in(unit.id, hierarchy=schedule.hierarchy, on=today_of_meetings()))
    page = due_href(schedule, asked_unit, period)
    return act_page(
        request,
        lambda _given: acts.open_list(
            owes=Owes(public_id, unit.id, period.begins_on), by=request.actor, at=at
        ),
        title=say("Check-in: %(title)s") % {"title": schedule.title},
        text=[
            say("Office-bearers of %(unit)s: %(n)s.") % {"unit": name_in_language(asked_unit.names), "n": n},
            _("Each name you tick counts in the number of people who came. Nobody gets an SMS."),
        ],
        button=_("Open the list"),
        done=lambda made: redirect(meeting_door(made)),
        back=page,
        **meeting_crumbs((schedule.title, page), (say("Check-in"), "")),
    )
