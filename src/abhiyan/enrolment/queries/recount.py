"""Reads of enrolment."""

from abhiyan.enrolment.models import TermKind
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.door_tries import UNWILLING
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.steps import ASKED, BY_WORD, OPENED, RENEWED, UNANSWERED, UNIQUE
from abhiyan.programmes.models import Rung

from .terms import last_id

# Whether a term e counts. One that has run out was one all its time: it stays in the drive that counted it.
COUNTS = f"(e.ended_at is null or e.end_reason = '{endings.RUN_OUT}')"


def rungs_beside_query(of: str) -> str:
    """Return the rungs a term (of: its table) is on besides its own, as values of one column, or null.

    As `steps.rungs_beside`.
    """
    yes = f"case when {of}.confirmed_at is not null then"
    return (
        f"(case {of}.kind when {TermKind.RENEWED} then {RENEWED} end), ({yes} {Rung.CONFIRMED} end),"
        f" ({yes} {BY_WORD - 1} + {of}.confirmed_by"
        f" when {of}.asked_at is null then null when {of}.ask_over_at is null then {ASKED} else {UNANSWERED} end)"
    )


def facts_for_recount() -> str:
    """Return the ladder from the facts: (programme_id, measure, channel, unit_id, day, rung, n), for `abhiyan
    recount`.

    Reported: every stored claim. Counted, or phone not answered yet: terms that have not ended before their
    time. Confirmed, renewed: those of them whose person said so, or was a member before; counted all the same.
    Beside *confirmed*, how they said it; of the others, which were asked. Unique callers and opened links: each
    phone's first call. All on the fact's own field day and channel.
    """
    return f"""
select programme_id, {ENROLMENTS} as measure, channel, unit_id, day, {Rung.REPORTED} as rung, count(*) as n
  from enrolment_claim group by 1, 3, 4, 5
union all
select programme_id, {ENROLMENTS}, channel, unit_id, day, rung, count(*)
  from enrolment_enrolment e where {COUNTS} group by 1, 3, 4, 5, 6
union all
select programme_id, {ENROLMENTS}, channel, unit_id, day, r.rung, count(*)
  from enrolment_enrolment e join lateral (values {rungs_beside_query("e")}) r(rung) on r.rung is not null
 where {COUNTS} group by 1, 3, 4, 5, 6
union all
select programme_id, {ENROLMENTS}, channel, unit_id, day, {UNIQUE}, count(*)
  from enrolment_waiting group by 1, 3, 4, 5
union all
select programme_id, {ENROLMENTS}, channel, unit_id, day, {OPENED}, count(*)
  from enrolment_waiting where opened_at is not null group by 1, 3, 4, 5"""


# The rows of a rung of the ladder, with the birth year of the person; null where nobody has said it yet, as of a call
# that has not joined.
AGES = f"""
select c.programme_id, {ENROLMENTS} as measure, c.channel, c.unit_id, c.day, {Rung.REPORTED} as rung,
    p.birth_year as born, count(*) as n
  from enrolment_claim c left join enrolment_membership m on m.id = c.membership_id
  left join people_person p on p.id = m.person_id group by 1, 3, 4, 5, 7
union all
select e.programme_id, {ENROLMENTS}, e.channel, e.unit_id, e.day, r.rung, p.birth_year, count(*)
  from enrolment_enrolment e
  cross join lateral (values (e.rung), (case when e.confirmed_at is not null then {Rung.CONFIRMED} end)) r(rung)
  left join enrolment_membership m on m.id = e.membership_id left join people_person p on p.id = m.person_id
 where {COUNTS} and r.rung is not null group by 1, 3, 4, 5, 6, 7"""

# All terms with their memberships; and those of a few memberships by their keys, which stand behind the membership's.
# `offset 0`: the planner, who knows nothing of it, would read all terms for two people.
_ALL = "enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id"
_FEW = (
    f"enrolment_membership m {last_id('m.id')} cross join lateral"
    " (select * from enrolment_enrolment t where t.id > m.id and t.id <= last.id offset 0) e"
)

# Items for draws and checks: each term that counts, or waits for the phone's answer.
ITEMS, FEW_ITEMS = (
    f"""
select e.programme_id, m.public_id as item_id, e.unit_id, c.by, e.channel, e.day, e.at as stored_at,
    e.rung <> {Rung.UNSIGNED} as is_signed, e.confirmed_at is not null as is_confirmed, m.phone_id
  from {terms} join enrolment_claim c on c.id = e.claim_id where {COUNTS}"""
    for terms in (_ALL, _FEW)
)

# The same, as they look beside each other. Nobody has failed to confirm who can still be asked. A row of paper has a
# day and no hour, so it says nothing of order or haste; those of earlier drives say nothing of this one's workers.
# Only the trail has the browser, or the network, from which a person answered.
LOOKS = f"""
select e.programme_id, m.public_id as item_id, e.unit_id, c.by, e.channel,
    case when c.channel <> {Channel.PAPER} then c.field_at end as at, m.phone_id, h.last4,
    p.birth_year, case when e.confirmed_at is not null then true when e.ask_over_at is not null then false end
      as is_confirmed, d.person_id is not null as is_double, e.rung <> {Rung.UNSIGNED} as is_signed,
    c.batch as sent_with, o.device, w.seconds
  from {_ALL} join enrolment_claim c on c.id = e.claim_id
  left join (select subject, min(coalesce(nullif(device, ''), nullif(origin, ''))) as device from core_audit
    where act in ('enrolment.confirm', 'enrolment.sign') group by subject) o on o.subject = m.public_id::text
  left join people_phone h on h.id = m.phone_id left join people_person p on p.id = m.person_id
  left join (select first_id as person_id from people_double where state = 'open'
    union select second_id from people_double where state = 'open') d on d.person_id = m.person_id
  left join enrolment_door_entry w on w.id = c.id
 where {COUNTS} and c.channel <> {Channel.EARLIER}"""

# Doors at which a worker asked, and whether somebody did not want to; null where nobody was at home. In numbers.
TRIES = f"""
select programme_id, unit_id, "by", day,
    case when outcome = {UNWILLING} then true end as is_refusal, n
  from enrolment_door_try
union all
select d.programme_id, d.unit_id, d.by, c.day, false, count(*)::int
  from enrolment_door_entry d join enrolment_claim c on c.id = d.id group by 1, 2, 3, 4"""

# Terms that counted and do no more, and by whose word.
GONE, FEW_GONE = (
    f"""
select e.programme_id, m.public_id as item_id, e.unit_id,
    case when e.end_reason in ('{endings.LEFT}', '{endings.ERASED}', '{endings.BECAME}') then 'left'
    when e.end_reason = '{endings.DENIED}' then 'denied' else 'struck' end as why
  from {terms} where not {COUNTS}"""
    for terms in (_ALL, _FEW)
)

# Living memberships m of phones that have left their roll: LEAVE wins, so there are none for long.
LEFT_BEHIND = (
    "people_suppression s join enrolment_membership m on m.phone_id = s.phone_id and m.roll_id = any(s.rolls)"
    " where s.scope = 'all' and s.lifted_at is null and m.ended_on is null and m.merged_into is null"
)

# Queries of `doctor` and `recount` for rows of the act that point at nothing. Each yields one row, n; wanted 0.
ORPHANS: dict[str, str] = {
    "memberships without a person": (
        "select count(*) as n from enrolment_membership m where m.merged_into is null"
        " and not exists (select from people_person p where p.id = m.person_id)"
    ),
    "memberships without their latest term": (
        "select count(*) as n from enrolment_membership m where m.merged_into is null and not exists"
        " (select from enrolment_enrolment e where e.membership_id = m.id and e.term = m.term)"
    ),
    "terms without a membership": (
        "select count(*) as n from enrolment_enrolment e"
        " where not exists (select from enrolment_membership m where m.id = e.membership_id)"
    ),
    "terms without the claim that opened them": (
        "select count(*) as n from enrolment_enrolment e where e.end_reason <> 'undone'"
        " and not exists (select from enrolment_claim c where c.id = e.claim_id)"
    ),
    "terms that are confirmed and not counted": (
        f"select count(*) as n from enrolment_enrolment where confirmed_at is not null and rung <> {Rung.COUNTED}"
    ),
    "claims of unknown memberships": (
        "select count(*) as n from enrolment_claim c where c.membership_id is not null"
        " and not exists (select from enrolment_membership m where m.id = c.membership_id)"
    ),
    "claims of unknown phones": (
        "select count(*) as n from enrolment_claim c"
        " where not exists (select from people_phone p where p.id = c.phone_id)"
        " and not exists (select from people_erasure x where x.phone_id = c.phone_id)"
    ),
    "claims of unknown units": (
        "select count(*) as n from enrolment_claim c"
        " where not exists (select from units_unit u where u.id = c.unit_id)"
    ),
    "waiting calls without a claim": (
        "select count(*) as n from enrolment_waiting w"
        " where not exists (select from enrolment_claim c where c.id = w.claim_id)"
    ),
    "members of a roll that their phone has left": (  # those about to be looked at again are no fault
        f"select count(*) as n from {LEFT_BEHIND}"
        " and not exists (select from enrolment_revisit r where r.phone_id = s.phone_id)"
    ),
    "friends who are members too": (
        "select count(*) as n from enrolment_membership f join enrolment_roll g on g.id = f.roll_id and g.gives_way"
        " join people_person p on p.id = f.person_id join enrolment_membership m on m.phone_id = f.phone_id"
        " and m.ended_on is null and m.merged_into is null join enrolment_roll r on r.id = m.roll_id"
        " and not r.gives_way and not r.stands_beside join people_person q on q.id = m.person_id"
        " and lower(q.name) = lower(p.name)"
        " and q.birth_year = p.birth_year where f.ended_on is null and f.merged_into is null"
    ),
    "consents of unknown persons": (
        "select count(*) as n from people_consent c"
        " where not exists (select from people_person p where p.id = c.person_id)"
    ),
    "two memberships of one person on a roll": (
        "select count(*) as n from (select 1 from enrolment_membership m join people_person p on p.id = m.person_id"
        " where m.merged_into is null and p.name is not null"
        " group by m.roll_id, m.phone_id, lower(p.name), p.birth_year having count(*) > 1) d"
    ),
}
