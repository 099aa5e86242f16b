"""The office-bearers somebody may call: those they lead, who also get their tasks, and those of a constituency."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound
from abhiyan.org.rules.capabilities import LEADS, REPRESENTS
from abhiyan.org.rules.ranges import literal
from abhiyan.org.viewer import Viewer

from .offices import HELD, OF_OFFICERS, office_titles

# A unit of another tree with at least half of its booths in the constituency, such as a mandal. The tree of the
# constituency itself decides on the units that are in it.
_IN_CONSTITUENCY = """case when %(constituency)s::int8multirange = '{}' or exists (select from units_placement own
    where own.unit_id = ap.unit_id and own.hierarchy = any(%(trees)s) and own.lo is not null) then false
  else (select count(*) > 0 and 2 * count(*) filter (where elected.lo <@ %(constituency)s::int8multirange) >= count(*)
    from units_placement inside join units_placement elected
      on elected.unit_id = inside.unit_id and elected.hierarchy = any(%(trees)s) and elected.lo is not null
    where inside.lo >= p.lo and inside.lo < p.hi) end"""

# Appointments `ap` of others that the viewer may call. They lead those in a unit below one of theirs, and in their own
# unit those by a junior office. The offices that represent a constituency call everybody in
# office there. Data officers have a line of their own.
_CALLED = f"""from org_appointment ap
  join org_office o on o.id = ap.office_id and not {OF_OFFICERS}
  join people_account a on a.id = ap.account_id and a.closed_at is null
  join units_unit u on u.id = ap.unit_id
  join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
  cross join lateral (select exists (
    select from unnest(%(lo)s::bigint[], %(hi)s::bigint[], %(rank)s::integer[]) mine(lo, hi, rank)
    where p.lo >= mine.lo and p.lo < mine.hi and (p.lo > mine.lo or o.rank > mine.rank)) as is_led offset 0) line
  where ap.account_id <> %(viewer)s and {HELD}
    and (line.is_led or p.lo <@ %(constituency)s::int8multirange or {_IN_CONSTITUENCY})"""


@dataclass(frozen=True, slots=True)
class LedOffice:
    """An office by which the viewer may call somebody; a seat is named with its body.

    is_disputed: its holder can't act, and gets no tasks by it. is_led: the viewer leads them by it, and gives tasks.
    """

    appointment: UUID
    names: dict[str, str]
    unit_id: int
    unit_code: str
    unit_names: dict[str, str]
    hierarchy: int
    is_disputed: bool
    is_led: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody the viewer may call, with the offices that say so, the highest first."""

    account_id: int
    account: UUID
    phone_id: UUID
    name: str
    offices: tuple[LedOffice, ...]


def line_led_by(viewer: Viewer, on: date) -> tuple[str, dict[str, Any]] | None:
    """Return a select of the accounts among %(ids)s that the viewer may call on a day, with its parameters."""
    places = _places(viewer, on)
    if places is None:
        return None
    return f"select distinct a.id {_CALLED} and ap.account_id = any(%(ids)s::bigint[])", places


def bearer_for(viewer: Viewer, account: UUID, *, on: date) -> Bearer:
    """Somebody the viewer may call on a day, by the public id of their account. NotFound for anybody else."""
    places = _places(viewer, on)
    rows = (
        sql.rows(
            f"""select * from (
              select distinct on (ap.id) a.id, a.public_id, a.phone_id, a.name, p.depth, o.rank, ap.public_id, o.names,
                u.id, u.code, u.names, ap.hierarchy, ap.state = 'disputed', line.is_led,
                coalesce((select b.names from org_body b where b.id = ap.body_id), '{{}}')
              {_CALLED} and a.public_id = %(account)s
              order by ap.id, line.is_led desc, p.depth) found order by 5, 6""",
            places | {"account": account},
        )
        if places is not None
        else []
    )
    if not rows:
        raise NotFound
    ident, public_id, phone_id, name = rows[0][:4]
    offices = tuple(LedOffice(row[6], office_titles(row[7], row[14]), *row[8:14]) for row in rows)
    return Bearer(ident, public_id, phone_id, name, offices)


def _places(viewer: Viewer, on: date) -> dict[str, Any] | None:
    """The units the viewer leads, the rank they do it by, and those they represent; None where there are neither."""
    if not viewer.may_any(LEADS, REPRESENTS):
        return None
    mine = [
        (lo, hi, office.rank)
        for office in viewer.appointments
        if LEADS in office.capabilities
        for lo, hi in office.ranges
    ]
    seats = [office for office in viewer.appointments if REPRESENTS in office.capabilities]
    return {
        "lo": [lo for lo, _hi, _rank in mine],
        "hi": [hi for _lo, hi, _rank in mine],
        "rank": [rank for _lo, _hi, rank in mine],
        "constituency": literal(span for office in seats for span in office.ranges),
        "trees": [office.hierarchy for office in seats],
        "viewer": viewer.account_id,
        "on": on,
    }
