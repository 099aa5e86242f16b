"""The leaders who did not call booth presidents are reminded."""

from datetime import datetime

from django.conf import settings

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.dialogues import leaders
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units


def remind_leaders(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> int:
    """Send one SMS to each leader at a unit and below who did not call on their last day. Returns how many got one.

    Each leader gets at most one a day. It leads to Today, where the calls of today wait. Leaders of the unit only.
    Refuses NotYours, NobodyToRemind, TooManyToRemind.
    """
    org.require(by, LEADS, at=unit_id)
    with system("leaders who did not call are reminded"):
        behind = leaders.leaders_to_remind(programme, units.span(unit_id, programme.hierarchy), at=at)
        n = messaging.remind_people(
            kind=leaders.REMINDER,
            template="duty.today",
            people=[
                messaging.RemindedPerson(
                    account_id=leader.account_id,
                    unit_id=leader.unit_id,
                    blanks={"link": f"{settings.ORIGIN}/"},
                    programme_id=programme.pk,
                )
                for leader in behind
            ],
            at=at,
        )
        subject = str(programme.public_id)
        audit.record(by=by, at=at, act="dialogues.remind_leaders", subject=subject, unit_id=unit_id, n=n)
    return n
