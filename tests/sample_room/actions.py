"""The only writers of villages and stays."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange

from .activity import FIELD, NIGHTS_STAYED, PEOPLE_MET
from .models import Stay, Village


class NotRunningThere(Refused):
    """The programme does not cover the village, or not on that day."""

    message = _("The programme does not run there on that day.")


def report_stay(
    *, programme: Programme, unit_id: int, day: date, nights: int, met: int, by: Actor, at: datetime
) -> None:
    """A worker reports nights in a village and the people met there. Refuses NotYours, NotRunningThere."""
    org.require(by, "enrolment.enrol", at=unit_id)
    with system("a stay is reported"):
        if programme not in programme_queries.programmes_running(unit_id, day):
            raise NotRunningThere(field="day")
        counted = min(nights, Village.objects.get(unit_id=unit_id).beds)
        one = Stay.objects.create(
            programme_id=programme.pk, unit_id=unit_id, day=day, nights=nights, counted=counted, met=met
        )
        figures = {
            (NIGHTS_STAYED, REPORTED): nights,
            (NIGHTS_STAYED, COUNTED): counted,
            (PEOPLE_MET, REPORTED): met,
            (PEOPLE_MET, COUNTED): met,
        }
        key = (FIELD, unit_id, day)
        deltas = [TallyChange(programme.pk, measure, *key, rung, n) for (measure, rung), n in figures.items()]
        programmes.post_changes(deltas=deltas, at=at)
        audit.record(by=by, at=at, act="nights.report", subject=str(one.pk), unit_id=unit_id)
