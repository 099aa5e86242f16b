"""Read who leads a unit, and the work each of them took on Today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.org.rules.capabilities import LEADS

from .offices import HELD

TAKEN_FOR = timedelta(days=14)  # then it is free again
MOST = 50

# Accounts `ap` that lead the unit today.
LEADERS = f"""org_appointment ap join org_office o on o.id = ap.office_id and '{LEADS}' = any(o.capabilities)
  where ap.unit_id = %(unit)s and ap.body_id is null and {HELD}"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who leads a unit. took: keys of the work they took."""

    account_id: int
    name: str
    took: tuple[str, ...]


def leaders_at(unit_id: int, *, at: datetime) -> list[Colleague]:
    """Return the leaders of a unit, with the work they took in the last 14 days. In the caller's scope; one query."""
    rows = sql.rows(
        f"""select a.id, a.name, array(select t.what from org_taken_work t
            where t.unit_id = %(unit)s and t.account_id = a.id and t.taken_at > %(since)s order by 1)
          from people_account a where a.id in (select ap.account_id from {LEADERS}) order by a.id limit {MOST}""",
        taking_values(unit_id, at),
    )
    return [Colleague(account, name, tuple(took)) for account, name, took in rows]


def taking_values(unit_id: int, at: datetime) -> dict[str, object]:
    """Return the values that LEADERS wants, and the instant since when taken work counts."""
    return {"unit": unit_id, "on": clock.day_in(settings.TIME_ZONE, at), "since": at - TAKEN_FOR}
