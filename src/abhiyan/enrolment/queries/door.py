"""Reads of the worker's page: where they may enrol, their own entries, and what became of them. In their scope."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.drives import covered
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.door import Became, became
from abhiyan.programmes.models import Rung

from .join import OpenDrive, open_drives

MOST_SHOWN = 40  # of today's own entries
MOST_COUNTED = 5_000  # of one's own in a drive


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a worker's own entries. name: "" where nobody of that name is in sight."""

    public_id: UUID
    at: datetime
    name: str
    last4: str
    became: Became
    is_code_asked: bool
    programme_id: int
    unit_id: int


# What has come from the phone since the entry: its code, or a call or SMS of its member.
_ENTRIES = f"""
select d.public_id, d.at, case when d.is_new or d.proven_at is not null then coalesce(p.name, '') else '' end,
       f.last4, d.code_id is not null, d.programme_id, d.unit_id, d.is_new,
       d.proven_at is not null or exists (select from enrolment_claim c where c.phone_id = d.phone_id
         and c.membership_id = d.membership_id and c.sign > 0 and c.at >= d.at),
       coalesce(e.rung = {Rung.COUNTED.value}, false), e.confirmed_at is not null, m.ended_on is not null
  from enrolment_door_entry d
  left join enrolment_membership m on m.id = d.membership_id
  left join enrolment_enrolment e on e.id =
    encode(set_byte(set_byte(uuid_send(m.id), 14, m.term >> 8), 15, m.term & 255), 'hex')::uuid
  left join people_person p on p.id = m.person_id
  left join people_phone f on f.id = d.phone_id
 where d.by = %(by)s"""


def _entries(where: str, **given: object) -> list[Entry]:
    return [
        Entry(
            public_id=row[0],
            at=row[1],
            name=row[2],
            last4=row[3] or "",
            is_code_asked=row[4],
            programme_id=row[5],
            unit_id=row[6],
            became=became(
                is_new=row[7],
                has_answered=row[8],
                is_counted=row[9],
                is_confirmed=row[10],
                is_ended=row[11],
            ),
        )
        for row in sql.rows(_ENTRIES + where, given)
    ]


def own_entries(by: UUID, *, since: datetime) -> list[Entry]:
    """A worker's own entries since an instant (the day's first), latest first; MOST_SHOWN at most."""
    return _entries(
        " and d.at >= %(since)s order by d.at desc, d.id limit %(most)s", by=by, since=since, most=MOST_SHOWN
    )


def own_entry(by: UUID, public_id: UUID) -> Entry:
    """One of a worker's own entries. NotFound."""
    return needed(next(iter(_entries(" and d.public_id = %(id)s", by=by, id=public_id)), None))


def own_counts(by: UUID, programme_ids: Sequence[int]) -> Counter[Became]:
    """How many of a worker's own entries in some drives became what; of the latest MOST_COUNTED."""
    found = _entries(
        " and d.programme_id = any(%(programmes)s) order by d.at desc, d.id limit %(most)s",
        by=by,
        programmes=list(programme_ids),
        most=MOST_COUNTED,
    )
    return Counter(one.became for one in found)


def minors_refused(unit_id: int, programme_ids: Sequence[int]) -> int:
    """How many were refused for their age at the doors of a unit."""
    return int(
        sql.value(
            "select coalesce(sum(n), 0) from enrolment_refused_count where unit_id = %s"
            " and programme_id = any(%s) and channel = %s and reason = 'not_adult'",
            [unit_id, list(programme_ids), Channel.DOOR.value],
        )
    )


def drives_at(unit_id: int, at: datetime) -> list[OpenDrive]:
    """The open drives that take people for a unit, soonest to close first."""
    with system("which drives take people at a door"):
        return [one for one in open_drives(at) if covered(programme_id=one.programme.pk, unit_ids=[unit_id])]
