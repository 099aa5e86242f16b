"""The demo's workshop: held by the state, and by its districts held, planned, late or not answered, as their people
would say it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.programmes.actions import tasks
from abhiyan.programmes.actions import workshops as acts
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import workshops as queries
from abhiyan.programmes.rules.tasks import Act

TITLE = "सदस्यता कार्यशाला (नमूना)"
OFFICE = "district_president"
AGO, LEFT = 7, 4  # days since the state asked, and until the last day
REASON = "बर्फ़बारी से रास्ते बंद हैं"


def hold(
    programme: Programme, unit_id: int, president: Actor, districts: Mapping[int, Actor], *, at: datetime
) -> None:
    """The state's workshop and what came of it. districts: unit (id) -> its president. Within a system scope."""
    asked_at, today = at - timedelta(days=AGO), clock.day_in(programme.zone, at)
    asked_on = clock.day_in(programme.zone, asked_at)
    n = len(
        queries.seats_to_ask(programme, unit_id=unit_id, office=OFFICE, on=asked_on, limit=acts.MOST_ASKED)
    )
    top = acts.hold_first(
        programme_id=programme.pk,
        unit_id=unit_id,
        title=TITLE,
        held_on=asked_on - timedelta(days=1),
        attended=214,
        asked=acts.Asked(OFFICE, today + timedelta(days=LEFT), n),
        by=president,
        at=asked_at,
    )
    with system("demo"):
        rows = list(queries.asked_by(top).filter(unit_id__in=list(districts)).order_by("unit__code"))
    for number, row in enumerate(rows):
        by, said_at, of = districts[row.unit_id], at - timedelta(days=3), row.public_id
        if number % 5 in (0, 1):
            day = today - timedelta(days=3 + number % 2)
            acts.hold_workshop(public_id=of, on=day, attended=48 + 9 * number % 70, by=by, at=said_at)
        elif number % 5 == 2:
            day = today + timedelta(days=-1 if number == 2 else 2)
            acts.plan_workshop(public_id=of, on=day, by=by, at=said_at)
        elif number == 3 and row.task is not None:
            tasks.change_task(public_id=row.task.public_id, act=Act.DECLINE, note=REASON, by=by, at=said_at)
    acts.remind_silent(public_id=top.public_id, by=president, at=at - timedelta(days=2))
