"""Numbers of meetings by invitation, read and worded once for a dossier and a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock, sql
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone

from .rules.attendance import INVITED, PHONES, WORDS

DAYS = 90


def _title() -> str:
    return _("Meetings by invitation, last %(days)s days") % {"days": DAYS}


def _since(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)


# A meeting m that has begun by an instant.
_BEGUN = """m.cancelled_at is null and m.kind = 'meeting' and m.due_id is null and m.first_on >= %(since)s
 and (m.first_on + m.starts) at time zone %(zone)s <= %(at)s"""


@dataclass(frozen=True, slots=True)
class MeetingsAttended:
    """The meetings of the last days that somebody was invited to, was ticked at, and could not come to."""

    n: int
    ticked: int
    excused: int

    @property
    def title(self) -> str:
        return _title()

    @property
    def lines(self) -> list[tuple[str, str]]:
        numbers = (
            (_("Ticked by name"), self.ticked),
            (_("Invited"), self.n),
            (_("Can't come"), self.excused),
        )
        return [(label, grouped(number)) for label, number in numbers]


def attended_by(account_id: int, *, at: datetime) -> MeetingsAttended:
    """Count somebody's meetings of the last days that have begun. In a scope that sees them; one query."""
    row = sql.row(
        "select count(*), count(i.came_at), count(*) filter (where i.answer = 'no') from meetings_invitee i"
        f" join meetings_meeting m on m.id = i.meeting_id where i.account_id = %(account)s and {_BEGUN}",
        {"account": account_id, "since": _since(at), "at": at, "zone": settings.TIME_ZONE},
    )
    return MeetingsAttended(*row)


@dataclass(frozen=True, slots=True)
class HeldMeetings:
    """Meetings of the last days that have begun, and their people: seen by name or number, as reported, and invited."""

    n: int
    seen: int
    by_phone: int
    reported: int
    invited: int

    @property
    def title(self) -> str:
        return _title()

    @property
    def lines(self) -> list[tuple[str, str]]:
        also = ((PHONES, self.by_phone),) if self.by_phone else ()
        invited = ((INVITED, self.invited),)
        people = WORDS.sentence(seen=self.seen, also=also, reported=self.reported, more=invited)
        return [(_("Meetings"), grouped(self.n)), (_("People"), people)]


def meetings_held_in(span: tuple[int, int], *, at: datetime) -> HeldMeetings:
    """Count the meetings of the last days that units within [lo, hi) began. In a scope that sees them; one query."""
    row = sql.row(
        f"""select count(*), coalesce(sum(s.seen), 0)::int, coalesce(sum(s.by_phone), 0)::int,
          coalesce(sum(greatest(s.ticks, s.total)), 0)::int, coalesce(sum(s.invited), 0)::int
        from (select coalesce(m.total, 0) as total, count(i.account_id) as invited, coalesce(sum(i.ticks), 0) as ticks,
            count(i.came_at) filter (where i.account_id is not null or i.is_by_name) as seen,
            count(i.came_at) filter (where i.account_id is null and not i.is_by_name) as by_phone
          from units_placement p
          join meetings_meeting m on m.unit_id = p.unit_id and m.hierarchy = p.hierarchy
          left join meetings_invitee i on i.meeting_id = m.id
          where p.lo >= %(lo)s and p.lo < %(hi)s and {_BEGUN} group by m.id) s""",
        {"lo": span[0], "hi": span[1], "since": _since(at), "at": at, "zone": settings.TIME_ZONE},
    )
    return HeldMeetings(*row)


def meetings_worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the meetings that somebody came to, and those they called, with the people ticked by name there.

    A meeting that was called counts once somebody was ticked, counted or wrote the minutes. In a system scope; one
    query.
    """
    came, called, ticked = sql.row(
        """select (select count(*) from meetings_invitee i join meetings_meeting m on m.id = i.meeting_id
          where i.account_id = %(account)s and i.came_at >= %(since)s and m.cancelled_at is null), called.*
        from (select count(*), coalesce(sum(s.seen), 0)::int from meetings_meeting m
          cross join lateral (select count(i.came_at) as seen from meetings_invitee i where i.meeting_id = m.id) s
          where m.called_by = %(account)s and m.first_on >= %(day)s and m.cancelled_at is null
            and (s.seen > 0 or m.total is not null or m.minutes is not null)) called""",
        {"account": account_id, "since": since, "day": clock.day_in(settings.TIME_ZONE, since)},
    )
    if called:
        words = ngettext("%(n)s meeting called", "%(n)s meetings called", called)
        people = ngettext("%(n)s person ticked by name", "%(n)s people ticked by name", ticked)
        yield WorkDone(words % {"n": grouped(called)}, people % {"n": grouped(ticked)})
    if came:
        words = ngettext("came to %(n)s meeting", "came to %(n)s meetings", came)
        yield WorkDone(words % {"n": grouped(came)})
