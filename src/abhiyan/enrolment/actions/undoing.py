"""Take a whole import's claims back, as if the list had never come. Slices of their own; resumable; idempotent.

A member known by the list alone goes, with person, consents and phone. A member named by others as well stays,
on the earliest other claim, its day and channel. A renewal goes back to the term before. A call that a row had
completed waits again. Counts go back on their original days. Counted minors stay: nothing tells which list they
were in.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claim_keys import consent_id
from abhiyan.enrolment.models import Membership, Taken
from abhiyan.enrolment.queries.recount import COUNTS, rungs_beside_query
from abhiyan.enrolment.queries.terms import LATEST, last_id
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import NAMELESS
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.steps import OPENED, UNIQUE
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.programmes.models import Rung

from .members import end_questions
from .moving import bring_back_moved, move_to_number

SLICE = 1_000  # claims; as many advisory locks are held

_TAKE = """
select id, phone_id from enrolment_claim where import_id = %(import)s and id > %(after)s order by id limit %(n)s"""
_COMPLETED = """
select id, phone_id, completed_by from enrolment_waiting
 where completed_import = %(import)s order by id limit %(n)s"""

# The terms the slice opened: by its own claims, or by completing a call. `other`: the earliest claim of somebody else
# that named the same member in the same drive. It came to a person, not only to a phone.
_TERMS = f"""
create temporary table undo_term on commit drop as
select e.id, e.claim_id as opener, e.membership_id, e.term, e.programme_id, e.channel, e.unit_id, e.day, e.rung,
       e.confirmed_at, e.confirmed_by, e.asked_at, e.ask_over_at, e.kind, {COUNTS} as is_live, e.ended_at,
       e.end_reason, m.person_id, m.phone_id, m.term as latest, o.*
  from enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id
  left join lateral (
    select c.id as other_id, c.channel as other_channel, c.unit_id as other_unit, c.day as other_day,
           c.at as other_at,
           exists (select from enrolment_claim s where s.membership_id = m.id and s.programme_id = e.programme_id
                    and s.phone_id = m.phone_id and s.sign <> 0
                    and s.import_id is distinct from %(import)s) as other_signed
      from enrolment_claim c
     where c.phone_id = m.phone_id and c.membership_id = m.id and c.programme_id = e.programme_id
       and c.import_id is distinct from %(import)s and c.taken = {Taken.ALREADY.value}
       and c.channel <> all (array{list(NAMELESS)}) and c.at >= e.at
     order by c.at, c.id limit 1) o on true
 where e.claim_id = any(%(openers)s) and m.phone_id = any(%(phones)s)"""

_GONE_OVER = f"""
select m.id, c.phone_id, m.phone_id
  from enrolment_claim c join enrolment_membership m on m.id = c.membership_id
  {last_id("m.id")}
  join enrolment_enrolment e on e.id > m.id and e.id <= last.id and e.membership_id = m.id and e.claim_id = c.id
 where c.id = any(%s) and m.phone_id <> c.phone_id"""

# The person's own yes is a sign that no list brought.
_RUNG = f"case when t.other_signed or t.confirmed_at is not null then {Rung.COUNTED} else {Rung.UNSIGNED} end"


def _rungs(of: str, rung: str) -> str:
    """Return the rungs of a term, as r: its own, and those beside it."""
    return f"{of} join lateral (values ({rung}), {rungs_beside_query(of)}) r(rung) on r.rung is not null"


_POST = (
    "insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
    f" select programme_id, {ENROLMENTS}, "
)
# A call that a row of the list completed stays complete when others named the same member as well.
_KEEP_CALLS = (
    """update enrolment_waiting w set completed_import = null from undo_term t
       where w.id = any(%(waitings)s) and t.other_id is not null and t.opener = w.claim_id""",
    "delete from undo_term where other_id is not null",
    """create temporary table undo_call on commit drop as select w.id, w.claim_id, w.programme_id, w.channel, w.day,
       w.unit_id, w.opened_at, g.owner_id from enrolment_waiting w join programmes_programme g
       on g.id = w.programme_id where w.id = any(%(waitings)s) and w.completed_import = %(import)s""",
    _POST + "channel, s.unit_id, day, s.rung, sum(s.n), %(at)s from undo_call c, lateral (values"
    f" (c.unit_id, {Rung.REPORTED}, -1), (c.owner_id, {Rung.REPORTED}, 1),"
    f" (c.unit_id, {UNIQUE}, -1), (c.owner_id, {UNIQUE}, 1),"
    f" (c.unit_id, {OPENED}, case when c.opened_at is null then 0 else -1 end),"
    f" (c.owner_id, {OPENED}, case when c.opened_at is null then 0 else 1 end)) s(unit_id, rung, n)"
    " group by 1, 3, 4, 5, 6 having sum(s.n) <> 0",
    """update enrolment_waiting w set completed_at = null, completed_by = null, completed_as = null,
       completed_import = null, unit_id = c.owner_id from undo_call c where w.id = c.id""",
    """update enrolment_claim x set membership_id = null, unit_id = c.owner_id, is_placed = false
       from undo_call c where x.id = c.claim_id""",
)
_STEPS = (
    # counts of the terms: off where they stood, on where the earliest other claim stands
    _POST + f"channel, unit_id, day, r.rung, -count(*), %(at)s from undo_term {_rungs('t', 't.rung')}"
    " where is_live group by 1, 3, 4, 5, 6",
    _POST
    + f"other_channel, other_unit, other_day, r.rung, count(*), %(at)s from undo_term {_rungs('t', _RUNG)}"
    " where is_live and other_id is not null group by 1, 3, 4, 5, 6",
    # reported: every claim of the slice
    _POST + f"channel, unit_id, day, {Rung.REPORTED}, -count(*), %(at)s from enrolment_claim"
    " where id = any(%(claims)s) group by 1, 3, 4, 5",
    # who was named by others as well stays
    f"""update enrolment_enrolment e set claim_id = t.other_id, channel = t.other_channel, unit_id = t.other_unit,
        day = t.other_day, at = t.other_at, rung = {_RUNG},
        signed_at = case when {_RUNG} = {Rung.COUNTED} then e.signed_at end from undo_term t
        where e.id = t.id and t.other_id is not null""",
    """update enrolment_membership m set unit_id = t.other_unit,
       claim_id = case when t.term = 1 then t.other_id else m.claim_id end
       from undo_term t where m.id = t.membership_id and t.other_id is not null and t.term = t.latest""",
    """update people_person p set unit_id = t.other_unit from undo_term t
       where p.id = t.person_id and t.other_id is not null and t.term = t.latest""",
    # who was not, goes; a renewed member goes back to the term before
    """create temporary table undo_gone on commit drop as
       select t.id as term_id, t.membership_id as id, t.person_id, t.phone_id, t.ended_at as gone_at,
       t.end_reason as gone_why,
       p.id as before from undo_term t
       left join lateral (select e.id from enrolment_enrolment e where e.id > t.membership_id and e.id < t.id
       and e.id not in (select id from undo_term where other_id is null)
       order by e.id desc limit 1) p on true where t.other_id is null and t.term = t.latest""",
    # a member who left, or was struck off, since the renewal stays so: it ends the term they go back to
    """create temporary table undo_ended on commit drop as
       select p.*, g.gone_at, g.gone_why from undo_gone g join enrolment_enrolment p on p.id = g.before
       where p.ended_at is null and g.gone_at is not null""",
    _POST + f"channel, unit_id, day, r.rung, -count(*), %(at)s from undo_ended {_rungs('x', 'x.rung')}"
    f" where x.gone_why <> '{endings.RUN_OUT}' group by 1, 3, 4, 5, 6",
    """update enrolment_enrolment p set ended_at = x.gone_at, end_reason = x.gone_why from undo_ended x
       where p.id = x.id""",
    # who had left before the list brought them back is hidden again
    """update people_person x set left_at = p.ended_at from undo_gone g
       join enrolment_enrolment p on p.id = g.before
       where x.id = g.person_id and x.left_at is null and p.end_reason in ('left', 'denied')""",
    # An empty shell keeps the first place on a phone with other members. By it the fast statement knows that somebody
    # is there, and looks closer.
    """create temporary table undo_shell on commit drop as select g.* from undo_gone g
       join enrolment_membership m on m.id = g.id where g.before is null and m.slot = 0 and exists
       (select from enrolment_membership o where o.phone_id = m.phone_id and o.roll_id = m.roll_id
       and o.id <> m.id and o.id not in (select id from undo_gone))""",
    """update enrolment_enrolment e set ended_at = coalesce(ended_at, %(at)s), end_reason = 'undone'
       from undo_shell s where e.id = s.term_id""",
    """update enrolment_membership m set ended_on = (%(at)s at time zone 'UTC')::date, struck_at = null
       from undo_shell s where m.id = s.id""",
    """update people_person p set name = null, birth_year = null, language = '' from undo_shell s
       where p.id = s.person_id""",
    # that they said no stays said of the list; who it was goes
    """update enrolment_parting p set sealed_name = null from undo_term t
       where p.id = t.id and t.other_id is null""",
    """delete from enrolment_enrolment e using undo_term t where e.id = t.id and t.other_id is null
       and t.membership_id not in (select id from undo_shell)""",
    """update enrolment_membership m set term = p.term, programme_id = p.programme_id, unit_id = p.unit_id,
       ended_on = (p.ended_at at time zone g.zone)::date,
       struck_at = case when p.end_reason in ('struck', 'denied') then p.ended_at end
       from undo_gone t, enrolment_enrolment p, programmes_programme g
       where m.id = t.id and p.id = t.before and g.id = p.programme_id""",
    "delete from undo_gone where before is not null",
    """update enrolment_claim c set membership_id = null from undo_gone g
       where c.phone_id = g.phone_id and c.membership_id = g.id and c.import_id is distinct from %(import)s""",
    # a call that was taken for the member's own waits, and will be answered
    """update enrolment_waiting w set completed_at = null from enrolment_claim c
       where c.id = w.claim_id and c.membership_id is null and w.completed_by is null
       and w.phone_id in (select phone_id from undo_gone)
       and c.phone_id in (select phone_id from undo_gone)""",
    "delete from people_consent c using undo_gone g where c.person_id = g.person_id",
    "delete from people_consent where id = any(%(consents)s)",
    "delete from undo_gone where id in (select id from undo_shell)",
    "delete from people_person p using undo_gone g where p.id = g.person_id",
    "delete from enrolment_membership m using undo_gone g where m.id = g.id",
    # a shell nobody needs any more
    f"""create temporary table undo_empty on commit drop as
        select m.id, m.person_id, e.id as term_id from enrolment_membership m
        {LATEST} and e.end_reason = 'undone'
        where m.phone_id = any(%(phones)s) and m.slot = 0 and not exists (select from enrolment_membership o
        where o.phone_id = m.phone_id and o.roll_id = m.roll_id and o.id <> m.id)""",
    "delete from enrolment_enrolment e using undo_empty x where e.id = x.term_id",
    "delete from people_person p using undo_empty x where p.id = x.person_id",
    "delete from enrolment_membership m using undo_empty x where m.id = x.id",
    "delete from enrolment_claim where id = any(%(claims)s)",
    # search reads the names that are left
    "delete from people_person_word w using undo_term t where w.person_id = t.person_id",
    "insert into people_unheard (person_ids) select array_agg(person_id) from undo_term having count(*) > 0",
    # phones without anybody any more
    """delete from people_phone p where p.id = any(%(phones)s)
       and not exists (select from people_person x where x.phone_id = p.id)
       and not exists (select from enrolment_claim x where x.phone_id = p.id)
       and not exists (select from people_account x where x.phone_id = p.id)""",
)


def undo_claims(*, import_id: int, by: Actor, at: datetime) -> int:
    """Take back every claim of an import, and every call its rows completed. Returns how many rows were taken back.

    Commits slice by slice (never inside another transaction); run again after a crash it goes on. The act that
    starts it asks whether the import may be undone.
    """
    taken = 0
    while n := _undo_completions(import_id, at):
        taken += n
    after = UUID(int=0)
    while True:
        n, after = _undo_slice(import_id, after, at)
        if n == 0:
            break
        taken += n
    if taken:
        with system("an import is taken back"):
            audit.record(by=by, at=at, act="enrolment.undo_claims", n=taken, facts={"import": import_id})
    return taken


def _undo_completions(import_id: int, at: datetime) -> int:
    with system("an import is taken back"):
        rows = sql.rows(_COMPLETED, {"import": import_id, "n": SLICE})
        if not rows:
            return 0
        waitings = [row[0] for row in rows]
        phones = sorted({row[1] for row in rows})
        openers = sql.column("select claim_id from enrolment_waiting where id = any(%s)", [waitings])
        lock_phones([*phones, *(row[2] for row in _elsewhere(openers))])
        _run(
            {
                "import": import_id,
                "openers": openers,
                "claims": [],
                "waitings": waitings,
                "phones": phones,
                "consents": _consents((row[1], row[2]) for row in rows if row[2] is not None),
                "at": at,
            },
        )
    return len(rows)


def _undo_slice(import_id: int, after: UUID, at: datetime) -> tuple[int, UUID]:
    with system("an import is taken back"):
        rows = sql.rows(_TAKE, {"import": import_id, "after": after, "n": SLICE})
        if not rows:
            return 0, after
        claims = [row[0] for row in rows]
        phones = sorted({row[1] for row in rows})
        lock_phones([*phones, *(row[2] for row in _elsewhere(claims))])
        _run(
            {
                "import": import_id,
                "openers": claims,
                "claims": claims,
                "waitings": [],
                "phones": phones,
                "consents": _consents((row[1], row[0]) for row in rows),
                "at": at,
            },
        )
    return len(rows), claims[-1]


def _elsewhere(openers: list[UUID]) -> list[tuple[UUID, UUID, UUID, str]]:
    """Return memberships whose number has changed since these claims opened their terms.

    Each has membership, phone of the claim, phone now, and its number while it is kept.
    """
    gone_claims = sql.rows(_GONE_OVER, [openers])
    kept = people.phones(new for _member, _old, new in gone_claims)
    return [
        (member, old, new, people.number_of_phone(new) if new in kept else "")
        for member, old, new in gone_claims
    ]


def _run(given: dict[str, Any]) -> None:
    """Undo a slice.

    People with a new number since are handled on the phone they joined by. They go back to the new one if
    others named them too.
    """
    elsewhere = _elsewhere(given["openers"])
    for member, old, _new, _number in elsewhere:
        bring_back_moved(members=[Membership.objects.get(pk=member)], to=old, at=given["at"], is_undo=True)
    _undo(given)
    numbers = {member: number for member, _old, _new, number in elsewhere if number}
    for kept in Membership.objects.filter(pk__in=numbers):
        with suppress(Refused):
            move_to_number(members=[kept], number=numbers[kept.pk], at=given["at"])


def _undo(given: dict[str, Any]) -> None:
    for step in (_TERMS, *(_KEEP_CALLS if given["waitings"] else ())):
        sql.run(step, given)
    gone = sql.rows("select id, phone_id from undo_term where other_id is null and asked_at is not null")
    end_questions(gone, at=given["at"])
    for step in _STEPS:
        sql.run(step, given)


def _consents(pairs: Iterable[tuple[UUID, UUID]]) -> list[UUID]:
    """Return the ids of the consents that claims brought."""
    return [
        UUID(bytes=consent_id(phone.bytes, claim.bytes, purpose))
        for phone, claim in pairs
        for purpose in (1, 2, 3)
    ]
