"""The supervisors of silent call centres are reminded."""

from datetime import datetime

from django.conf import settings

from abhiyan.contact import centres_below
from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units


def remind_centres(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> int:
    """Send one SMS to the supervisor of each silent call centre at a unit and below. Returns how many.

    Each supervisor gets at most one a day. Leaders of the unit only. Refuses NotYours, NobodyToRemind,
    TooManyToRemind.
    """
    org.require(by, LEADS, at=unit_id)
    with system("supervisors of silent call centres are reminded"):
        span = units.span(unit_id, programme.hierarchy)
        led, _without = centres_below.heads_of_silent(programme, span, at=at)
        messaging.check_reminded(n=len(led))
        today = clock.day_in(programme.zone, at)
        for row in led:
            messaging.tell_account(
                account_id=needed(row.head_id),
                template="duty.centre",
                blanks={"link": f"{settings.ORIGIN}/"},
                key=f"centre|{row.body_id}|{row.head_id}|{today.isoformat()}",
                unit_id=row.unit_id,
                at=at,
            )
        subject = str(programme.public_id)
        audit.record(by=by, at=at, act="contact.remind_centres", subject=subject, unit_id=unit_id, n=len(led))
    return len(led)
