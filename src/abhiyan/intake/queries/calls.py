"""Callers who wait for their reply; and members a booth may call: their phones have not answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from abhiyan.contact.models import ContactTry
from abhiyan.core import ages, sql
from abhiyan.core.ages import Ages
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.enrolment.queries.first_calls import CARD
from abhiyan.enrolment.rules.channels import Sign
from abhiyan.intake.rules.backlog import WITHOUT_REPLY
from abhiyan.messaging import queries as messaging
from abhiyan.people.models import Purpose
from abhiyan.people.queries import account_phones, phones_that_said_no
from abhiyan.programmes.models import Rung

MOST_COUNTED = 20_000  # callers that wait: more are said as "20,000+".
REPLIED_WITHIN = timedelta(days=7)  # a reply later than this answers nobody's call any more.
RESTS = timedelta(days=7)  # so long an informed person is left alone.
LOOKED_AT = 200  # of a booth that wait longest: some have said no to every call, some were informed


# A web page without a code proves nothing: anybody types any number there.
_HEARD = f"""select 1 from enrolment_claim where phone_id = %s
 and sign in ({Sign.CALL}, {Sign.SMS}, {Sign.CODE}, {Sign.WHATSAPP}) limit 1"""


def has_called(phone_id: UUID) -> bool:
    """Return True if a phone has called or written to join, or shown a code. In a system scope."""
    return sql.exists(_HEARD, [phone_id])


@dataclass(frozen=True, slots=True)
class ToCall:
    """A member whose phone has not answered, and who agreed to calls."""

    term_id: UUID
    public_id: UUID
    name: str
    phone_id: UUID
    day: date
    programme_id: int
    unit_id: int


_TO_CALL = f"""select e.id, m.public_id, p.name, m.phone_id, e.day, e.programme_id, e.unit_id
 from enrolment_enrolment e join enrolment_membership m
   on m.id = e.membership_id and e.term = m.term and m.merged_into is null and m.ended_on is null
 join people_person p on p.id = m.person_id and p.left_at is null
 where e.rung = {Rung.UNSIGNED.value} and e.ended_at is null and exists (select 1 from people_consent c
   where c.person_id = p.id and c.purpose = {Purpose.CALLS.value} and c.withdrawn_at is null)"""
# People to leave alone now: the phone has said no, or the last try lets them rest. Informed: for a while. Not there:
# until the next try. Wrong: for good.
_NOT_NOW = f"""select e.id from unnest(%(terms)s::uuid[], %(phones)s::uuid[]) e(id, phone_id)
 left join lateral (select a.outcome, a.at, a.again_at from contact_try a where a.way = '{CARD}'
   and a.about = e.id and a.undone_at is null order by a.at desc limit 1) t on true
 where exists (select from people_suppression x where x.phone_id = e.phone_id and x.lifted_at is null)
   or t.outcome = '{ContactTry.Outcome.WRONG_NUMBER.value}' or t.again_at > %(at)s
   or (t.again_at is null and t.at > %(rested)s)"""


def to_call(
    unit_id: int, *, programme_ids: Sequence[int], by_account: int | None, at: datetime, most: int
) -> list[ToCall]:
    """Return a few of a unit's own members in these drives whose phones have not answered: the longest wait first.

    They have agreed to calls, their phone has not said no since, and nobody has told them in the last days. The
    caller (by_account) is never among them. It looks at the LOOKED_AT that wait longest. Few queries.
    """
    person_to_calls = sql.each(
        ToCall,
        f"{_TO_CALL} and e.unit_id = %s and e.programme_id = any(%s) order by e.at, e.id limit %s",
        [unit_id, list(programme_ids), LOOKED_AT],
    )
    params = {
        "terms": [person_to_call.term_id for person_to_call in person_to_calls],
        "phones": [person_to_call.phone_id for person_to_call in person_to_calls],
    }
    with system("whom nobody may call, or was told lately"):
        not_now = set(sql.column(_NOT_NOW, params | {"at": at, "rested": at - RESTS}))
        own_phone_ids = account_phones(by_account)
    return [
        person_to_call
        for person_to_call in person_to_calls
        if person_to_call.term_id not in not_now and person_to_call.phone_id not in own_phone_ids
    ][:most]


def one_to_call(membership: UUID) -> ToCall | None:
    """Return a member in scope that `to_call` could name, even if somebody informed them lately; None where
    there is nothing to do: the phone has answered or said no, or they did not agree to calls."""
    person_to_calls = sql.each(ToCall, f"{_TO_CALL} and m.public_id = %s", [membership])
    said_no = phones_that_said_no(person_to_call.phone_id for person_to_call in person_to_calls)
    return next(
        (person_to_call for person_to_call in person_to_calls if person_to_call.phone_id not in said_no), None
    )


def without_reply(programme_ids: Sequence[int], *, at: datetime) -> Ages:
    """Return callers of drives whose first reply is not written yet, of the oldest MOST_COUNTED.

    In a scope that sees them; one read by index.
    """
    call_rows = sql.rows(
        f"""select 1, {ages.COUNTED.format("since")} from (select at as since from enrolment_waiting
          where {WITHOUT_REPLY} and at > %(from)s and programme_id = any(%(of)s) order by at limit %(most)s) w""",
        {"of": list(programme_ids), "at": at, "from": at - REPLIED_WITHIN, "most": MOST_COUNTED},
    )
    return ages.ages_by_key(call_rows, at=at, most=MOST_COUNTED).get(1, Ages())


def outcome_sentence(outcome: str, name: str, programme_id: int) -> str:
    """Return what a worker reads after an outcome. After a no it says how the person leaves, which only they can."""
    noted = _("Noted: %(name)s") % {"name": local_person(name)}
    return f"{noted}. {how_to_leave(programme_id)}" if outcome == ContactTry.Outcome.NEVER else noted


def how_to_leave(programme_id: int) -> str:
    """Say what a spoken no ends, what it leaves, and how the person ends that too."""
    number = messaging.leave_number(programme_id)
    ends = _("Nobody visits or calls them again. Only they can take this back, from their own phone.")
    if number:
        return f"{ends} " + _("They stay on the list. To leave it: a missed call to %(number)s.") % {
            "number": number
        }
    return f"{ends} " + _("They stay on the list, and leave it on their own page.")
