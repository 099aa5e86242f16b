"""Schedules are announced: each office or body that owes one gets one message, at its hour."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.messaging.rules import hours
from abhiyan.work.models import Schedule
from abhiyan.work.models_schedules import in_set
from abhiyan.work.queries import schedules as found
from abhiyan.work.queries.tasks import ACTIVE

from .schedules import due_link

AT_ONCE = 1_000  # messages of a turn of the loop
STALE = timedelta(days=2)  # so long after its hour no message goes any more; Today has shown it since
TEMPLATE = "duty.ask"

_UNITS = """programmes_schedule s
 join units_placement a on a.unit_id = s.unit_id and a.hierarchy = s.hierarchy and a.valid_to is null
 join units_placement p on p.hierarchy = s.hierarchy and p.valid_to is null and p.lo >= a.lo and p.lo < a.hi
 join units_unit u on u.id = p.unit_id and u.closed_on is null"""
# The holders of the offices, and the first of each body, as `responsible` reads them. An answer needs no message.
_OWING = f"""with seats as (
  select ap.account_id, s.id as schedule_id, u.id as unit_id, null::bigint as body_id from {_UNITS}
  join org_appointment ap on ap.unit_id = u.id and ap.office_id = s.office_id and ap.body_id is null and {ACTIVE}
  where s.id = any(%(schedules)s::bigint[]) and u.kind = s.kind and p.lo > a.lo and {in_set("s")}
  union
  select first.account_id, s.id, u.id, b.id from {_UNITS}
  join org_body b on b.unit_id = u.id and b.kind = s.body_kind and b.ended_on is null
  cross join lateral (select ap.account_id from org_appointment ap join org_office o on o.id = ap.office_id
    where ap.body_id = b.id and {ACTIVE} order by o.rank, ap.starts_on, ap.id limit 1) first
  where s.id = any(%(schedules)s::bigint[]) and {in_set("s")} and (s.body_id is null or s.body_id = b.id)),
 owing as (select seats.*, s.last_on from seats join programmes_schedule s on s.id = seats.schedule_id
  where seats.account_id > %(after)s and seats.account_id is distinct from s.asked_by
   and not exists (select from programmes_due d where d.schedule_id = s.id and d.unit_id = seats.unit_id
    and d.body_id is not distinct from seats.body_id and d.state > 0)),
 next as (select distinct account_id from owing order by 1 limit %(most)s)
 select owing.account_id, a.language, owing.schedule_id, u.id, u.code, u.names, b.id, coalesce(b.names, '{{}}')
 from next join owing using (account_id) join people_account a on a.id = owing.account_id
 join units_unit u on u.id = owing.unit_id left join org_body b on b.id = owing.body_id
 order by owing.account_id, owing.last_on, owing.schedule_id, u.id"""


def announce_schedules(*, at: datetime) -> int:
    """Send one SMS to each person whose units or bodies are newly asked for something, whatever their number.

    A schedule sends it once: not again for its later periods, nor when it is resumed. Schedules of one hour share a
    message. No message goes at night. Returns how many people get one. A loop runs it, in its system scope.
    """
    open_hours = messages.open_hours()
    if not hours.is_in_hours(at, settings.TIME_ZONE, open_hours):
        return 0
    unannounced = found.SCHEDULES.filter(
        is_announced=False, ended_at=None, first_on__lte=_day(at) + timedelta(days=1)
    )
    waiting: dict[datetime, list[Schedule]] = {}
    for schedule in unannounced.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        hour = hours.next_opening(schedule.timing.announce_at(), settings.TIME_ZONE, open_hours)
        if hour + STALE <= at or schedule.last_on < _day(at):
            Schedule.objects.filter(pk=schedule.pk).update(is_announced=True)
        elif hour <= at:
            waiting.setdefault(hour, []).append(schedule)
    if not waiting:
        return 0
    hour = min(waiting)
    return _announce(waiting[hour], hour, at=at)


def _announce(some: Sequence[Schedule], hour: datetime, *, at: datetime) -> int:
    """Queue the messages to the next people of some schedules, which share a message."""
    schedules = {schedule.pk: schedule for schedule in some}
    params = {
        "schedules": list(schedules),
        "on": _day(at),
        "after": min(schedule.announced_to for schedule in some),
        "most": AT_ONCE,
    }
    rows = sql.rows(_OWING, params)
    made = []
    for (account_id, language), asked_of in groupby(rows, key=lambda row: (row[0], row[1])):
        mine = list(asked_of)
        asked_schedule, asked_unit = schedules[mine[0][2]], found.AskedUnit(*mine[0][3:])
        period = asked_schedule.timing.current(at)
        if period is None:
            continue
        more = len(mine) - 1
        made.append(
            messaging.AccountMessage(
                account_id=account_id,
                template=TEMPLATE,
                blanks={
                    "title": asked_schedule.title_in(language),
                    "unit": name_in_language(
                        asked_unit.body_names or asked_unit.names, language or settings.LANGUAGE_CODE
                    ),
                    "day": period.ends_on.strftime("%d-%m-%Y"),
                    "more": grouped(more) if more else "",
                    "link": due_link(asked_schedule, asked_unit, period, account_id, today=_day(at)),
                },
                key=f"ask|{hour.isoformat()}|{account_id}",
                unit_id=asked_unit.unit_id,
            )
        )
    announced = Schedule.objects.filter(pk__in=schedules)
    if len({row[0] for row in rows}) < AT_ONCE:
        announced.update(is_announced=True)
    else:
        announced.update(announced_to=rows[-1][0])
    return len(messaging.tell_accounts(messages=made, at=at))


def _day(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)
