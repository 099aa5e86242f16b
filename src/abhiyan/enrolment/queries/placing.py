"""Entries without a place by what their people said of it. In the caller's scope."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Taken

MOST_GROUPS = 100
LOOKED_THROUGH = 50_000  # entries; others come up when these are placed
MOST_PLACINGS = 20
_OPENERS = f"{Taken.JOINED.value}, {Taken.RENEWED.value}, {Taken.WAITS.value}"
_WAITING = (
    " from enrolment_claim c join enrolment_membership m on m.id = c.membership_id"
    " join enrolment_whereabout w on w.claim = c.public_id"
    f" where not c.is_placed and c.membership_id is not null and c.taken in ({_OPENERS}) and m.ended_on is null"
)


@dataclass(frozen=True, slots=True)
class PlacingGroup:
    """Entries whose people said the same. unit_id: the drive's own, where they count meanwhile."""

    pin: str
    place: str
    unit_id: int
    n: int
    since: datetime
    of: int  # entries that were looked through

    @property
    def said(self) -> str:
        """Return their people's words on the place."""
        return " ".join(filter(None, [self.pin, self.place]))


def groups() -> list[PlacingGroup]:
    """Return the largest first, of LOOKED_THROUGH entries; one more than MOST_GROUPS at most."""
    return sql.each(
        PlacingGroup,
        "select pin, place, unit_id, count(*), min(at), sum(count(*)) over ()::int"
        f" from (select w.pin, w.place, c.unit_id, c.at{_WAITING} limit %s) g"
        " group by 1, 2, 3 order by 4 desc, 1, 2 limit %s",
        [LOOKED_THROUGH, MOST_GROUPS + 1],
    )


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """One entry of a group, with the name of its person. of: how many there are in the group."""

    claim: UUID
    name: str | None
    last4: str
    of: int


def waiting_entries(pin: str, place: str, unit_id: int, *, limit: int) -> list[WaitingEntry]:
    """Return the entries of a group, oldest first."""
    return sql.each(
        WaitingEntry,
        "select c.public_id, p.name, f.last4, count(*) over ()"
        + _WAITING.replace(
            " where ",
            " join people_person p on p.id = m.person_id join people_phone f on f.id = c.phone_id where ",
            1,
        )
        + " and w.pin = %s and w.place = %s and c.unit_id = %s order by c.at, c.public_id limit %s",
        [pin, place, unit_id, limit],
    )


def chosen_before(pin: str, place: str, unit_id: int) -> tuple[str, int] | None:
    """Return where most entries of a group were placed before and stayed: the unit's code, and how many."""
    choice: tuple[str, int] | None = sql.row(
        "select u.code, sum(g.n)::int from enrolment_placing g join units_unit u on u.id = g.unit_id"
        " where g.pin = %s and g.place = %s and g.from_unit_id = %s and g.undone_at is null"
        " group by 1 order by 2 desc, max(g.at) desc limit 1",
        [pin, place, unit_id],
    )
    return choice


@dataclass(frozen=True, slots=True)
class Placed:
    """A bulk placing that may be taken back. from_unit_id: where its entries were."""

    public_id: UUID
    n: int
    names: dict[str, str]
    from_unit_id: int
    by: UUID
    at: datetime

    def unit(self) -> str:
        return name_in_language(self.names)


def placings(*, since: datetime) -> list[Placed]:
    """Return the latest placings in scope that hold, by anybody; one more than MOST_PLACINGS at most."""
    return sql.each(
        Placed,
        'select g.public_id, g.n, u.names, g.from_unit_id, g."by", g.at'
        " from enrolment_placing g join units_unit u on u.id = g.unit_id"
        " where g.at >= %s and g.undone_at is null order by g.at desc limit %s",
        [since, MOST_PLACINGS + 1],
    )
