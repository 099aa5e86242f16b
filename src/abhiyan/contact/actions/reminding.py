"""The supervisors of silent call centres are reminded."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import centres_below
from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

APPOINT = _("Appoint supervisors under “Who does what”.")


def remind_centres(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> int:
    """Send one SMS to the supervisor of each silent call centre at a unit and below. Returns how many got one.

    Each centre gets at most one a day. Leaders of the unit only. Refuses NotYours, NobodyToRemind,
    TooManyToRemind.
    """
    org.require(by, LEADS, at=unit_id)
    with system("supervisors of silent call centres are reminded"):
        span = units.span(unit_id, programme.hierarchy)
        led, without = centres_below.heads_to_remind(programme, span, at=at)
        n = messaging.remind_people(
            kind=centres_below.REMINDER,
            template="duty.centre",
            people=[
                messaging.RemindedPerson(
                    account_id=or_refuse(row.head_id),
                    unit_id=row.unit_id,
                    blanks={"link": f"{settings.ORIGIN}/"},
                    about=row.body_id,
                )
                for row in led
            ],
            next_step=APPOINT if without else "",
            at=at,
        )
        subject = str(programme.public_id)
        audit.record(by=by, at=at, act="contact.remind_centres", subject=subject, unit_id=unit_id, n=n)
    return n
