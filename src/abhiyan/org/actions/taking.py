"""Taking a row of Today: somebody puts their name on work that others of their unit see too."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.org.queries.taking import LEADERS, taking_values
from abhiyan.org.rules.capabilities import LEADS


class TakenAlready(Refused, status=409):
    message = _("Somebody else of your unit has taken this.")


def take_work(*, unit_id: int, what: str, by: Actor, at: datetime) -> None:
    """Take a row of Today of a unit, for 14 days: the others who lead the unit read the name. what: the row's key.

    A leader of the unit may. Taken work stays theirs until they give it back or lead there no more. Refuses NotYours,
    TakenAlready.
    """
    require(by, LEADS, at=unit_id)
    with system("who takes what"):
        took = sql.value(
            f"""insert into org_taken_work as t (unit_id, what, account_id, taken_at)
            values (%(unit)s, %(what)s, %(account)s, %(at)s)
            on conflict (unit_id, what) do update set account_id = excluded.account_id, taken_at = excluded.taken_at
              where t.account_id = excluded.account_id or t.taken_at <= %(since)s
                or t.account_id not in (select ap.account_id from {LEADERS})
            returning 1""",
            taking_values(unit_id, at) | {"what": what, "account": by.account_id, "at": at},
        )
        if took is None:
            raise TakenAlready
        audit.record(by=by, at=at, act="org.take_work", subject=what, unit_id=unit_id)


def give_back_work(*, unit_id: int, what: str, by: Actor, at: datetime) -> None:
    """Give back what one took, so that another may take it. A leader of the unit may. Refuses NotYours."""
    require(by, LEADS, at=unit_id)
    with system("who gives back what"):
        sql.run(
            "delete from org_taken_work where unit_id = %s and what = %s and account_id = %s",
            [unit_id, what, by.account_id],
        )
        audit.record(by=by, at=at, act="org.give_back_work", subject=what, unit_id=unit_id)
