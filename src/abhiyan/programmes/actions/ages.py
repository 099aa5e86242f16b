"""Counting, each night, how old those are who were counted: set-wise, from the facts, for pages that count by age."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities, ages

NIGHT = range(1, 5)  # hours, where the installation is
GOES_ON = timedelta(days=60)  # after a programme's last day people still answer, leave or are struck off

_KEY = "programme_id, measure, band, channel, rung"
# One statement counts each unit itself, and each large node the sum of what is below it today.
_COUNT = f"""
with {ledger_sql.TREE},
found as materialized (
  select f.unit_id, f.programme_id, f.measure, f.channel, f.rung, sum(f.n)::bigint as n,
    coalesce(1 + width_bucket(%(year)s - f.born, %(edges)s::int[]), {ages.NOT_KNOWN})::smallint as band
  from ({{facts}}) f where f.programme_id = %(programme)s and f.day <= %(until)s
  group by f.unit_id, f.programme_id, f.measure, f.channel, f.rung, 7),
{ledger_sql.sums_above("found", key=_KEY)},
own as (
  insert into programmes_age_tally (unit_id, {_KEY}, n) select unit_id, {_KEY}, n from found where n <> 0 returning 1),
below as (
  insert into programmes_age_total (unit_id, hierarchy, {_KEY}, n)
  select unit_id, hierarchy, {_KEY}, n from node_sum where n <> 0 returning 1)
select (select count(*) from own) + (select count(*) from below)"""


def count_ages(*, programme: Programme, at: datetime) -> int:
    """Count again by age band everything a programme has counted, up to the last closed day; how many rows.

    Nothing where its activity knows no ages. Locks: the programme's ages, by name.
    """
    facts = activities.activity_of(programme.kind).ages
    if not facts:
        return 0
    today = day_in(programme.zone, at)
    until = today - timedelta(days=1)
    with system("counting by age"):
        sql.wait_for(f"ages of {programme.pk}")
        for table in ("programmes_age_tally", "programmes_age_total"):
            sql.run(f"delete from {table} where programme_id = %s", [programme.pk])
        n = sql.value(
            _COUNT.replace("{facts}", facts.replace("%", "%%")),  # it takes no parameters
            {"programme": programme.pk, "until": until, "year": today.year, "edges": list(ages.EDGES)},
        )
        Programme.objects.filter(pk=programme.pk).update(ages_on=until)
    return int(n)


def count_ages_nightly(*, at: datetime) -> int:
    """Count the ages of programmes that were not counted since yesterday, while it is night; how many programmes."""
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    with system("counting by age"):
        due = [
            programme
            for programme in Programme.objects.exclude(state=Programme.State.DRAFT)
            if _is_due(programme, at)
        ]
    for one in due:
        count_ages(programme=one, at=at)
    return len(due)


def _is_due(programme: Programme, at: datetime) -> bool:
    until: date = day_in(programme.zone, at) - timedelta(days=1)
    return (
        bool(activities.activity_of(programme.kind).ages)
        and programme.opens_on <= until <= programme.closes_on + GOES_ON
        and (programme.ages_on is None or programme.ages_on < until)
    )
