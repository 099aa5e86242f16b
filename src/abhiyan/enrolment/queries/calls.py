"""Callers who wait for their reply; and whom a booth may call: members whose phones have not answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from abhiyan.core import ages, sql
from abhiyan.core.ages import Ages
from abhiyan.enrolment.rules.backlog import WITHOUT_REPLY
from abhiyan.enrolment.rules.channels import Sign
from abhiyan.people.models import Purpose
from abhiyan.people.queries import phones_that_said_no
from abhiyan.programmes.models import Rung

MOST_COUNTED = 20_000  # callers that wait: more are said as "20,000+"
REPLIED_WITHIN = timedelta(days=7)  # a reply later than this answers nobody's call any more
LOOKED_AT = 4  # times as many as wanted: some have said no since to every call


# A web page without a code proves nothing: anybody types any number there.
_HEARD = f"""select 1 from enrolment_claim where phone_id = %s
 and sign in ({Sign.CALL}, {Sign.SMS}, {Sign.CODE}, {Sign.WHATSAPP}) limit 1"""


def has_called(phone_id: UUID) -> bool:
    """Whether a phone has called or written to join, or shown a code. In a system scope."""
    return sql.exists(_HEARD, [phone_id])


@dataclass(frozen=True, slots=True)
class ToCall:
    """A member whose phone has not answered, and who agreed to calls."""

    public_id: UUID
    name: str
    phone_id: UUID
    day: date


def to_call(unit_id: int, *, programme_id: int, most: int) -> list[ToCall]:
    """A few of a unit's own members in a drive whose phones have not answered: whoever waits longest first.

    Only those who agreed to calls, and whose phone has not said no since. Two queries.
    """
    found = sql.each(
        ToCall,
        "select m.public_id, p.name, m.phone_id, e.day from enrolment_enrolment e join enrolment_membership m"
        " on m.id = e.membership_id and e.term = m.term and m.merged_into is null and m.ended_on is null"
        " join people_person p on p.id = m.person_id and p.left_at is null"
        " where e.unit_id = %s and e.programme_id = %s and e.rung = %s and e.ended_at is null"
        " and exists (select 1 from people_consent c where c.person_id = p.id and c.purpose = %s"
        " and c.withdrawn_at is null) order by e.at, e.id limit %s",
        [unit_id, programme_id, Rung.UNSIGNED, Purpose.CALLS, most * LOOKED_AT],
    )
    said_no = phones_that_said_no(one.phone_id for one in found)
    return [one for one in found if one.phone_id not in said_no][:most]


def without_reply(programme_ids: Sequence[int], *, at: datetime) -> Ages:
    """Callers of drives whose one reply is not written yet, of the oldest MOST_COUNTED. In a scope that sees them; one
    read by index."""
    found = sql.rows(
        f"""select 1, {ages.COUNTED.format("since")} from (select at as since from enrolment_waiting
          where {WITHOUT_REPLY} and at > %(from)s and programme_id = any(%(of)s) order by at limit %(most)s) w""",
        {"of": list(programme_ids), "at": at, "from": at - REPLIED_WITHIN, "most": MOST_COUNTED},
    )
    return ages.read(found, at=at, most=MOST_COUNTED).get(1, Ages())
