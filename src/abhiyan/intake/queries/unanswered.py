"""Members whose phones have not answered, to visit one after the other; and who has been at their door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from abhiyan.contact.models import ContactTry
from abhiyan.core import sql
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.queries.first_calls import CARD
from abhiyan.people.models import Purpose
from abhiyan.programmes.models import Rung

BEEN_THERE = (ContactTry.Outcome.VISITED.value, ContactTry.Outcome.TALKED.value)  # of visits


@dataclass(frozen=True, slots=True)
class UnansweredPhone:
    """A member whose phone has not answered. said: what they told of their place. may_tell: they agreed to calls."""

    term_id: UUID
    public_id: UUID
    name: str
    last4: str
    unit_id: int
    unit_names: dict[str, str]
    said: str
    channel: int
    day: date
    may_tell: bool

    def unit_name(self) -> str:
        return name_in_language(self.unit_names)


@dataclass(frozen=True, slots=True)
class DoorVisit:
    """The last visit to a member: who was there, and when. is_tick: it was ticked on the list."""

    account_id: int
    at: datetime
    is_tick: bool


_HERE = """ from enrolment_enrolment e
 join units_placement x on x.unit_id = e.unit_id and x.lo >= %(lo)s and x.lo < %(hi)s"""
_WAITS = f" where e.rung = {Rung.UNSIGNED.value} and e.ended_at is null"
_COLUMNS = f"""e.id, m.public_id, p.name, f.last4, e.unit_id, u.names, trim(coalesce(w.pin, '') || ' '
 || coalesce(w.place, '')), e.channel, e.day, exists (select 1 from people_consent s where s.person_id = p.id
 and s.purpose = {Purpose.CALLS.value} and s.withdrawn_at is null)"""
_JOINED = """ join enrolment_membership m
   on m.id = e.membership_id and e.term = m.term and m.merged_into is null and m.ended_on is null
 join people_person p on p.id = m.person_id and p.left_at is null join people_phone f on f.id = m.phone_id
 join units_unit u on u.id = e.unit_id left join enrolment_claim c on c.id = e.claim_id
 left join enrolment_whereabout w on w.claim = c.public_id"""


def visits_in(lo: int, hi: int) -> dict[UUID, DoorVisit]:
    """Return the last visit to each term at these positions whose phone has not answered.

    It reads them in a system scope. The caller shows them only beside members in its own scope.
    """
    with system("who has been at the door of a member"):
        visit_rows = sql.rows(
            "select distinct on (a.about) a.about, a.by_id, a.at, a.outcome = %(tick)s"
            f"{_HERE} join contact_try a on a.way = %(way)s and a.about = e.id and a.undone_at is null{_WAITS}"
            " and a.is_visit and a.outcome = any(%(outcomes)s) order by a.about, a.at desc",
            {
                "lo": lo,
                "hi": hi,
                "way": CARD,
                "tick": ContactTry.Outcome.VISITED.value,
                "outcomes": list(BEEN_THERE),
            },
        )
    return {about: DoorVisit(account_id, at, is_tick) for about, account_id, at, is_tick in visit_rows}


def silent_in(lo: int, hi: int) -> list[UUID]:
    """Return the terms at these positions whose phone has not answered and has said no to all contact.

    A no is read in a system scope. The caller shows nobody whose it is: it leaves these terms out.
    """
    with system("whose phone said no"):
        return sql.column(
            f"select e.id{_HERE} join enrolment_membership m on m.id = e.membership_id"
            f" join people_suppression s on s.phone_id = m.phone_id and s.lifted_at is null{_WAITS}",
            {"lo": lo, "hi": hi},
        )


def unanswered_members(
    lo: int,
    hi: int,
    *,
    visited: Sequence[UUID],
    silent: Sequence[UUID],
    programmes: Sequence[int] | None,
    only_open: bool,
) -> Rows[UnansweredPhone]:
    """Return members of the units at these positions whose phones have not answered. In the caller's scope.

    By unit, then by what they said of their place, then the longest wait. Those visited (terms) come last;
    only_open leaves them out. silent: terms of nobody to visit. programmes: those by which they joined.
    """
    values: dict[str, Any] = {"lo": lo, "hi": hi, "visited": list(visited), "silent": list(silent)}
    values["programmes"] = programmes
    narrowed = " and not e.id = any(%(silent)s::uuid[])"
    narrowed += " and e.programme_id = any(%(programmes)s)" if programmes is not None else ""
    if only_open:
        narrowed += " and not e.id = any(%(visited)s::uuid[])"
    return Rows(
        _COLUMNS,
        f"{_HERE}{_JOINED}{_WAITS}{narrowed}",
        values,
        orders={"": ("e.id = any(%(visited)s::uuid[])", "x.lo", "lower(coalesce(w.place, ''))", "e.at")},
        last="e.id",
        make=UnansweredPhone,
    )
