"""Talks of organisers with friends: whether one counts, and how many friends of a unit were spoken with."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.contact.models import ContactTry
from abhiyan.core import clock, sql
from abhiyan.enrolment.rules.measures import TALKS
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.items import CONFIRMED_ITEM, PASSED
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from .organisers import LIVING_FRIEND, NO_SAID, QUIET

FRIEND = ContactTry.Way.FRIEND.value


def is_counted_lately(membership: UUID, *, day: date) -> bool:
    """Return whether a talk with a friend counts already in the 30 days up to a day. In a system scope.

    membership: its id.
    """
    return sql.exists(
        f"""select 1 from contact_try a join programmes_item i on i.id = a.item_id
        where a.way = '{FRIEND}' and a.about = %(friend)s and a.undone_at is null and {PASSED}
          and i.day > %(since)s and i.day <= %(day)s limit 1""",
        {"friend": membership, "since": day - QUIET, "day": day},
    )


@dataclass(frozen=True, slots=True)
class FriendsBelow(units.BoardUnit):
    """Numbers of the friends in a unit. organised: with an organiser. spoken: with a talk that counts in 30 days.

    confirmed: of these, friends who said yes. promised, kept: things that friends said they will do, open and done.
    """

    friends: int
    organised: int
    spoken: int
    confirmed: int
    promised: int
    kept: int

    @property
    def title(self) -> str:
        """Say how many friends were spoken with."""
        words = ngettext(
            "%(n)s of %(of)s friend was spoken with in the last 30 days",
            "%(n)s of %(of)s friends were spoken with in the last 30 days",
            self.friends,
        )
        return words % {"n": grouped(self.spoken), "of": grouped(self.friends)}

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return the same numbers with their words, for board and slide."""
        return [
            (_("Spoken with in 30 days"), grouped(self.spoken)),
            (_("Said yes to the talk"), grouped(self.confirmed)),
            (_("Friends"), grouped(self.friends)),
            (_("With an organiser"), grouped(self.organised)),
            (_("Promises open"), grouped(self.promised)),
            (_("Promises kept"), grouped(self.kept)),
        ]


_COUNTED = f"""
with talk as (
  select a.about, bool_or({CONFIRMED_ITEM}) as said_yes from programmes_item i
  join contact_try a on a.item_id = i.id and a.undone_at is null
  where i.programme_id = any(%(of)s) and i.measure = {TALKS} and {PASSED} and i.day > %(since)s and i.day <= %(on)s
  group by 1),
promise as (
  select w.membership, count(*) filter (where w.done_at is null) as promised,
    count(*) filter (where w.done_at is not null) as kept
  from enrolment_friend_promise w where w.taken_back_at is null group by 1)
select c.lo, 1 as friends, (o.membership is not null)::int as organised, (t.about is not null)::int as spoken,
  coalesce(t.said_yes, false)::int as confirmed, coalesce(w.promised, 0) as promised, coalesce(w.kept, 0) as kept
from enrolment_membership m
join units_placement c on c.unit_id = m.unit_id and c.hierarchy = %(hierarchy)s and c.lo >= %(lo)s and c.lo < %(hi)s
left join enrolment_friend_organiser o on o.membership = m.public_id and o.ended_at is null
left join talk t on t.about = m.id left join promise w on w.membership = m.public_id
where m.programme_id = any(%(of)s) and {LIVING_FRIEND} and not {NO_SAID}"""


def friends_below(
    programme: Programme, unit_id: int, span: tuple[int, int], *, at: datetime
) -> tuple[FriendsBelow, list[FriendsBelow]]:
    """Return the numbers of a unit, and of each unit right below it. In a system scope; one query.

    Board and slide read them here. Friends who left, said no or were erased are not among them.
    """
    on = clock.day_in(programme.zone, at)
    values = {"of": programme.counted_ids, "since": on - QUIET, "on": on, "lo": span[0], "hi": span[1]}
    return units.unit_board(FriendsBelow, _COUNTED, values, unit_id=unit_id, hierarchy=programme.hierarchy)
