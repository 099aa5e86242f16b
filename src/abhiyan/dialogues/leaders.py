"""The leaders who call booth presidents: on how many of their days they called, and who did not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import clock, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.messaging.queries import last_reminders
from abhiyan.programmes.models import Programme

from .queries import AWAY, CALLERS, values_on

DAYS = 30
REMINDER = "calls"  # as messaging's table of reminders names it


@dataclass(frozen=True, slots=True)
class CallingLeader:
    """A leader whose office calls today, and their days since a month ago. Today is not over, so it does not count.

    due: days with calls to make and no absence. called: of these, days with an outcome noted. to_make, noted: calls.
    last: the last day due. has_called: an outcome of that day is noted.
    """

    account_id: int
    name: str
    office: dict[str, str]
    unit_id: int
    code: str
    unit: dict[str, str]
    due: int
    called: int
    to_make: int
    noted: int
    last: date
    has_called: bool

    @property
    def office_held(self) -> str:
        return f"{name_in_language(self.office)}, {name_in_language(self.unit)}"


_LEADERS = f"""with holder as (
  select distinct on (ap.account_id) ap.account_id, o.names as office, p.unit_id {CALLERS}
    and p.lo >= %(lo)s and p.hi <= %(hi)s order by ap.account_id, p.lo, p.hi desc),
 due as (
  select ap.leader_id, ap.day, count(*)::int as to_make, count(*) filter (where ap.outcome <> '')::int as noted
  from (select d.leader_id, d.leader_id as account_id, d.day, d.outcome from dialogues_dialogue d
    where d.programme_id = %(programme)s and d.day >= %(since)s and d.day < %(on)s) ap
  where not {AWAY.replace("%(on)s", "ap.day")} group by 1, 2)
select a.id, a.name, h.office, u.id, u.code, u.names, count(*)::int,
  (count(*) filter (where due.noted > 0))::int, sum(due.to_make)::int, sum(due.noted)::int, max(due.day),
  (array_agg(due.noted > 0 order by due.day desc))[1]
from holder h join people_account a on a.id = h.account_id and a.closed_at is null
join units_unit u on u.id = h.unit_id join due on due.leader_id = h.account_id
group by a.id, h.office, u.id order by 12, 8, a.name, a.id"""


def calling_leaders(programme: Programme, span: tuple[int, int], *, on: date) -> list[CallingLeader]:
    """Return the leaders with an office within [lo, hi) who had calls to make. The leaders who did not call come first.

    The viewer sees the people there. One query.
    """
    values = values_on(programme, on) | {"lo": span[0], "hi": span[1], "since": on - timedelta(days=DAYS)}
    with system("which leaders call, for who sees the people there"):
        return sql.each(CallingLeader, _LEADERS, values)


def leaders_to_remind(programme: Programme, span: tuple[int, int], *, at: datetime) -> list[CallingLeader]:
    """Return the leaders within [lo, hi) who did not call on their last day and got no reminder today."""
    on = clock.day_in(programme.zone, at)
    behind = [row for row in calling_leaders(programme, span, on=on) if not row.has_called]
    days = last_reminders(REMINDER, [row.account_id for row in behind])
    today = clock.day_in(settings.TIME_ZONE, at)
    return [row for row in behind if days.get(row.account_id) != today]


def leaders_in_words(rows: list[CallingLeader]) -> str:
    """Say how many of some leaders did not call on their last day."""
    behind = sum(not row.has_called for row in rows)
    if not behind:
        return say("Every leader called on their last day")
    words = ngettext(
        "%(n)s of %(of)s leader did not call on their last day",
        "%(n)s of %(of)s leaders did not call on their last day",
        len(rows),
    )
    return words % {"n": grouped(behind), "of": grouped(len(rows))}
