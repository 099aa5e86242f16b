"""When units close: the appointments and bodies there."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment, Body
from abhiyan.org.rules.granting import APPROVE
from abhiyan.units.news import UnitsClosing
from abhiyan.units.rules.hanging import Answer, Thing

from .appointments import OPEN, end_with_closed_unit

APPOINTMENTS = "org.appointments"
THINGS = (
    Thing(
        key=APPOINTMENTS,
        title=_("Appointments"),
        query="select unit_id, count(*) from org_appointment where unit_id = any(%(units)s)"
        " and state <> 'ended' group by 1",
        answers=(Answer.ENDS, Answer.STAYS),
        capability="org.appoint",
        is_gone_for_good=True,
    ),
)


def end_with_units(*, closing: UnitsClosing) -> int:
    """Appointments in units about to close end, and so do their bodies, where that was answered. Returns how many.

    An opening brings nobody back to an office: the old holder is appointed again. It needs the right to end each of
    them. Data officers stay unless the system closes: only data officers above end them, not leaders.
    """
    ending = closing.ending(APPOINTMENTS)
    with system("units close"):
        appointments = Appointment.objects.select_related("office").filter(unit_id__in=ending, state__in=OPEN)
        if closing.by.kind != "system":
            appointments = appointments.exclude(office__capabilities__contains=[APPROVE])
        rows = list(appointments.order_by("pk"))
        for appointment in rows:
            end_with_closed_unit(appointment, by=closing.by, at=closing.at)
        Body.objects.filter(unit_id__in=ending, ended_on=None).update(
            ended_on=clock.day_in(settings.TIME_ZONE, closing.at)
        )
    return len(rows)
