"""Terms that have run out: the membership ends, and what was counted stays in the drive that counted it.

A sweep walks a roll's memberships once a day, by id, some hundred a commit; the roll keeps the place it has
come to, so a broken sweep goes on there. Ended members are passed by, so walking again changes nothing.
"""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Roll
from abhiyan.enrolment.queries.terms import LATEST
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.terms import NOTICE
from abhiyan.org import queries as org
from abhiyan.people.actions.persons import lock_phones
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

SLICE = 1_000  # memberships of one commit; at most as many advisory locks
LONGEST_MONTHS = 240

# The last day of a term e of a roll r in a drive g, as `rules.terms.last_day` says it.
_LAST_DAY = f"""case when e.day <= r.term_ends_on or r.term_months is not null then greatest(
    coalesce(r.term_ends_on, (e.day + make_interval(months => r.term_months))::date - 1), g.closes_on,
    r.term_set_on + {NOTICE.days}) end"""
_DUE = f"""
with s as materialized (
  select m.id, m.phone_id, m.term, m.roll_id, m.programme_id, m.ended_on, m.merged_into from enrolment_membership m
   where m.roll_id = %(roll)s and m.id > %(after)s order by m.id limit %(n)s)
select m.id, m.phone_id, {_LAST_DAY} < (%(at)s at time zone g.zone)::date and m.ended_on is null
       and m.merged_into is null and e.ended_at is null
  from s m {LATEST} join enrolment_roll r on r.id = m.roll_id
  join programmes_programme g on g.id = m.programme_id order by m.id"""
# Asked once more beneath the locks: somebody may have renewed, left or been struck off meanwhile.
_END = f"""
with due as (
  select m.id, e.id as term_id, {_LAST_DAY} as last_day
    from enrolment_membership m {LATEST}
    join enrolment_roll r on r.id = m.roll_id join programmes_programme g on g.id = m.programme_id
   where m.id = any(%(ids)s) and m.ended_on is null and m.merged_into is null and e.ended_at is null
     and {_LAST_DAY} < (%(at)s at time zone g.zone)::date),
terms as (
  update enrolment_enrolment e set ended_at = %(at)s, end_reason = '{endings.RUN_OUT}'
   from due where e.id = due.term_id),
ended as (
  update enrolment_membership m set ended_on = due.last_day from due where m.id = due.id returning 1)
select count(*) from ended"""


class TermUnfit(Refused):
    message = _("Give a term in months or a last day, not both.")


class TermOver(Refused):
    message = _("The last day of the term must lie ahead.")


def run_out(*, at: datetime) -> int:
    """End the terms of every roll that have run out, and return how many. Commits slice by slice."""
    today = day_in(settings.TIME_ZONE, at)
    with system("terms that run out"):
        due = Roll.objects.exclude(term_months=None, term_ends_on=None).exclude(swept_on=today)
        rolls = list(due.order_by("pk").values_list("pk", flat=True))
    ended = 0
    for roll_id in rolls:
        while (n := _sweep(roll_id, at)) is not None:
            ended += n
    return ended


def _sweep(roll_id: int, at: datetime) -> int | None:
    """Return one slice of a roll: how many of it ended; None once it has come to the end of the roll."""
    with system("terms that run out"):
        roll = Roll.objects.select_for_update().get(pk=roll_id)
        today = day_in(settings.TIME_ZONE, at)
        if roll.swept_on == today:
            return None
        after = roll.swept_to or UUID(int=0)
        walked = sql.rows(_DUE, {"roll": roll_id, "after": after, "n": SLICE, "at": at})
        n = 0
        if ids := [row[0] for row in walked if row[2]]:
            lock_phones({row[1] for row in walked if row[2]})
            n = sql.count(_END, {"ids": ids, "at": at})
            audit.record(
                by=Actor.system("terms that run out"),
                at=at,
                act="enrolment.run_out",
                subject=roll.code,
                n=n,
            )
        roll.swept_to = walked[-1][0] if walked else None
        if not walked:
            roll.swept_on = today
        roll.save(update_fields=["swept_to", "swept_on"])
        return n if walked else None


def set_term(*, roll_id: int, months: int | None, ends_on: date | None, by: Actor, at: datetime) -> None:
    """Say how long memberships of a roll last: some months from joining, until a day, or (both None) without end.

    No membership ends sooner than 30 days after a change; until then it can be changed back. Needs `programmes.run`
    at the top of the organisation, since the roll is everybody's. Refuses TermUnfit, TermOver. The same again is no
    change.
    """
    with system("the term of a roll"):
        roll = Roll.objects.select_for_update().get(pk=roll_id)
        if (roll.term_months, roll.term_ends_on) == (months, ends_on):
            return
        for top in units.roots(Hierarchy.ORGANISATIONAL):
            org.require(by, "programmes.run", at=top.id)
        today = day_in(settings.TIME_ZONE, at)
        if months is not None and ends_on is not None:
            raise TermUnfit(field="term_months")
        if ends_on is not None and ends_on <= today:
            raise TermOver(field="term_ends_on")
        roll.term_months, roll.term_ends_on, roll.term_set_on = months, ends_on, today
        roll.swept_on = roll.swept_to = None
        roll.save()
        audit.record(
            by=by,
            at=at,
            act="enrolment.set_term",
            subject=roll.code,
            facts={"months": months, "ends_on": None if ends_on is None else ends_on.isoformat()},
        )
