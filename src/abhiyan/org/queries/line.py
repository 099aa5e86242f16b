"""The office-bearers somebody leads: they may see their numbers and give them tasks."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer

from .offices import HELD, OF_OFFICERS, titles

# Appointments `ap` of others that the viewer leads: in a unit below one of theirs, or in their own unit by a junior
# office. Data officers have a line of their own.
_LED = f"""from org_appointment ap
  join org_office o on o.id = ap.office_id and not {OF_OFFICERS}
  join people_account a on a.id = ap.account_id and a.closed_at is null
  join units_unit u on u.id = ap.unit_id
  join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
  join unnest(%(lo)s::bigint[], %(hi)s::bigint[], %(rank)s::integer[]) mine(lo, hi, rank)
    on p.lo >= mine.lo and p.lo < mine.hi and (p.lo > mine.lo or o.rank > mine.rank)
  where ap.account_id <> %(viewer)s and {HELD}"""


@dataclass(frozen=True, slots=True)
class LedOffice:
    """An office by which the viewer leads somebody; a seat is named with its body.

    is_disputed: its holder can't act, and gets no tasks by it.
    """

    appointment: UUID
    names: dict[str, str]
    unit_id: int
    unit_code: str
    unit_names: dict[str, str]
    hierarchy: int
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody the viewer leads, with the offices that say so, the highest first."""

    account_id: int
    account: UUID
    phone_id: UUID
    name: str
    offices: tuple[LedOffice, ...]


def line_led_by(viewer: Viewer, on: date) -> tuple[str, dict[str, Any]] | None:
    """Return a select of the accounts among %(ids)s that the viewer leads on a day, with its parameters."""
    places = _places(viewer, on)
    if places is None:
        return None
    return f"select distinct a.id {_LED} and ap.account_id = any(%(ids)s::bigint[])", places


def bearer_for(viewer: Viewer, account: UUID, *, on: date) -> Bearer:
    """Somebody the viewer leads on a day, by the public id of their account. NotFound for anybody else."""
    places = _places(viewer, on)
    rows = (
        sql.rows(
            f"""select * from (
              select distinct on (ap.id) a.id, a.public_id, a.phone_id, a.name, p.depth, o.rank, ap.public_id, o.names,
                u.id, u.code, u.names, ap.hierarchy, ap.state = 'disputed',
                coalesce((select b.names from org_body b where b.id = ap.body_id), '{{}}')
              {_LED} and a.public_id = %(account)s
              order by ap.id, p.depth) found order by 5, 6""",
            places | {"account": account},
        )
        if places is not None
        else []
    )
    if not rows:
        raise NotFound
    ident, public_id, phone_id, name = rows[0][:4]
    offices = tuple(LedOffice(row[6], titles(row[7], row[13]), *row[8:13]) for row in rows)
    return Bearer(ident, public_id, phone_id, name, offices)


def _places(viewer: Viewer, on: date) -> dict[str, Any] | None:
    """The units the viewer leads, and the rank they do it by; None where they lead nobody."""
    if not viewer.may(LEADS):
        return None
    mine = [
        (lo, hi, held.rank)
        for held in viewer.appointments
        if LEADS in held.capabilities
        for lo, hi in held.ranges
    ]
    lo, hi, rank = zip(*mine, strict=True)
    return {"lo": list(lo), "hi": list(hi), "rank": list(rank), "viewer": viewer.account_id, "on": on}
