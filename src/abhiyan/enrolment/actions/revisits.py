"""Look at phones again: a transaction under way could not see everything, and is corrected once it has ended.

The act's fast statement looks for noes and calls in its own snapshot and takes no lock of a phone. That makes
it fast. A list's slice holds one open for seconds. A person who leaves meanwhile would stay on the roll, and a
call would wait beside a member it signs for. So leaving and calling note the phone here. This loop ends or
signs what came to light, until every transaction older than the note has ended.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Claim, Drive, Membership, Revisit, Taken, Waiting
from abhiyan.enrolment.queries.recount import LEFT_BEHIND
from abhiyan.enrolment.queries.terms import LATEST
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.phone import PhoneMembership, PhoneVerdict, decide_claim
from abhiyan.people import queries as people

from .giving_way import finish_giving_way
from .leaving import end_all
from .members import give_claim, lock_phone

AT_ONCE = 1_000
_BY = Actor.system("a phone is looked at again")

# Later transactions see the note; earlier ones have a lower number (sql.phones_query sees to it). Notes that somebody
# holds at this moment are left for the next turn: a loop waits for nobody.
_ASK = """
update enrolment_revisit set horizon = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
 where phone_id in (select phone_id from enrolment_revisit where horizon is null for update skip locked)"""

_LOW, _HIGH = (
    "\\x00000000",
    "\\xffffffff",
)  # a phone's first calls in all drives: the end of their ids is the drive's
_CALLED = f"""
 from enrolment_waiting w join enrolment_drive d on d.programme_id = w.programme_id
  join enrolment_membership m on m.phone_id = w.phone_id and m.roll_id = d.roll_id and m.programme_id = d.programme_id
 where w.id between encode(substring(uuid_send(r.phone_id) for 12) || '{_LOW}', 'hex')::uuid
                and encode(substring(uuid_send(r.phone_id) for 12) || '{_HIGH}', 'hex')::uuid
   and w.completed_at is null and m.ended_on is null and m.merged_into is null"""
# Friends who became members, and whose yes to the notice of friends still stands.
_GAVE_WAY = f"""
 from enrolment_membership m {LATEST} and e.end_reason = '{endings.BECAME}'
  join people_consent k on k.person_id = m.person_id and k.withdrawn_at is null
 where m.phone_id = r.phone_id and m.merged_into is null"""
_TO_DO = (
    f"(exists (select from {LEFT_BEHIND} and s.phone_id = r.phone_id) or exists (select{_CALLED})"
    f" or exists (select{_GAVE_WAY}))"
)
_DUE = f"select r.phone_id from enrolment_revisit r where {_TO_DO} order by 1 limit {AT_ONCE}"
_DONE = f"""
delete from enrolment_revisit where phone_id in
 (select r.phone_id from enrolment_revisit r
   where r.horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint and not {_TO_DO}
     for update skip locked)"""
_FIND = f"""
insert into enrolment_revisit (phone_id) select distinct s.phone_id from {LEFT_BEHIND}
on conflict do nothing returning phone_id"""


def revisit(*, at: datetime) -> int:
    """Look at every noted phone again, and forget the ones that nothing older can touch any more.

    Returns how many were put right. Opens its own transactions.
    """
    if not _run("select 1 from enrolment_revisit limit 1"):
        return 0
    _run(_ASK)
    due = [row[0] for row in _run(_DUE)]
    for phone_id in due:
        with system("a phone is looked at again"):
            lock_phone(phone_id)
            _leave(phone_id, at)
            _answer_calls(phone_id, at)
            finish_giving_way(phone_id, by=_BY, at=at)
    _run(_DONE)
    return len(due)


def note_left_behind() -> int:
    """Note every phone that has left a roll on which it still has a member, whatever the cause. How many."""
    return len(_run(_FIND))


def forget_horizons() -> None:
    """Reset the notes' numbers after a restore: transactions are numbered from the start, and none is under way."""
    Revisit.objects.update(horizon=0)


def _run(query: str) -> list[Any]:
    with system("phones to look at again"), connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def _leave(phone_id: UUID, at: datetime) -> None:
    no = people.standing_no(phone_id)
    if no is not None and no.scope == "all":
        end_all(phone_id, no.rolls, channel=no.channel, by=_BY, at=at)


def _answer_calls(phone_id: UUID, at: datetime) -> None:
    """Take a call that waits beside a member of its own drive as that member's sign, as if it had come after
    the row."""
    for waiting in Waiting.objects.filter(pk__range=_first_calls(phone_id), completed_at=None):
        roll = Drive.objects.values_list("roll_id", flat=True).get(programme_id=waiting.programme_id)
        members = list(Membership.objects.filter(phone_id=phone_id, roll_id=roll, merged_into=None))
        verdict, slot = decide_claim(
            who=None,
            name_key=None,
            is_signed=True,
            is_suppressed=False,
            phone_memberships=[
                PhoneMembership(
                    membership.slot,
                    None,
                    membership.ended_on is None,
                    membership.struck_at is not None,
                    membership.programme_id == waiting.programme_id,
                )
                for membership in members
            ],
            limit=len(members),
        )
        claim = Claim.objects.get(pk=waiting.claim_id)
        if verdict is PhoneVerdict.ALREADY:
            claim.taken = Taken.ALREADY
            give_claim(claim, next(membership for membership in members if membership.slot == slot), at)
        elif verdict is PhoneVerdict.WORKLIST:
            claim.taken = Taken.WORKLIST
            claim.save(update_fields=["taken"])
        else:
            continue
        Waiting.objects.filter(pk=waiting.pk).update(completed_at=at)
        audit.record(
            by=_BY,
            at=at,
            act="enrolment.answer_call",
            subject=str(claim.public_id),
            unit_id=claim.unit_id,
            facts={"taken": claim.taken},
        )


def _first_calls(phone_id: UUID) -> tuple[UUID, UUID]:
    """Return the ids between which a phone's first calls in all drives are kept."""
    return UUID(bytes=phone_id.bytes[:12] + bytes(4)), UUID(bytes=phone_id.bytes[:12] + b"\xff" * 4)
