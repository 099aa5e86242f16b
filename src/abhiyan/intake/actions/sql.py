"""The act's statements. `enrolling` is the act itself, one text: over a batch's arrays or a staging table.

Rows it reads (`COLUMNS`): claims that are complete and in time, each claim id once. The act leaves some rows alone,
and `settle` sees to those: the phone has called before, has said no or had somebody erased; its slot is taken; or
somebody of it is on another roll and one roll gives way.
"""

from abhiyan.enrolment.models import Taken, TermKind
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.people.models import Purpose
from abhiyan.programmes.models import Rung

# The columns of a row of the act, each with its type.
COLUMNS: dict[str, str] = {
    "claim": "uuid",  # derived: 16 bytes of the hash of channel and key.
    "phone": "uuid",  # first 16 bytes of the phone's keyed hash.
    "member": "uuid",  # slot 0 of the phone
    "term": "uuid",  # its first term
    "person": "uuid",
    "consent": "uuid",  # of purpose 1; further purposes put their number into the last byte
    "waiting": "uuid",
    "public_id": "uuid",  # of the claim: its receipt
    "member_public": "uuid",  # random, as the next
    "person_public": "uuid",
    "channel": "int2",
    "sign": "int2",
    "unit": "int8",
    "is_placed": "bool",
    "day": "date",  # field day in the drive's zone
    "field_at": "timestamptz",
    "name": "text",
    "birth_year": "int2",
    "language": "text",
    "by": "uuid",
    "notice": "int4",
    "purposes": "int2",  # bit n: purpose n
    "device": "text",
}
PHONE_COLUMNS: dict[str, str] = {
    "phone": "uuid",
    "hash": "bytea",
    "sealed": "bytea",
    "last4": "text",
    "is_signed": "bool",
}


def unnested(columns: dict[str, str], first: int = 1) -> str:
    """Return the source of rows when each column is a parameter: $first …"""
    placeholders = ", ".join(f"${n}" for n in range(first, first + len(columns)))
    names = ", ".join(f'"{name}"' for name in columns)
    return f"unnest({placeholders}) as t({names})"


_MAY_BE_KEPT = """(s.is_signed or not exists
   (select from people_suppression x where x.phone_id = s.phone and x.lifted_at is null))"""


# The act's statement cannot see a no or a call in another transaction: `revisits` corrects that, once every older
# transaction has ended. So ours has its number before that statement looks, even where it keeps no new phone. The
# planner asks for it once, not for each row.
_NUMBERED = "pg_current_xact_id() is not null"


def phones_query(rows: str) -> str:
    """Keep the phones of a batch, sorted: the first locks taken. A phone that said no is not kept by others' word.

    It is a statement of its own before the act. A wait here for another batch's new phone sees, in the next
    statement, what that batch did with it.
    """
    return f"""
insert into people_phone (id, hash, sealed, last4)
select s.phone, s.hash, s.sealed, s.last4 from (select * from {rows}) s
 where {_NUMBERED} and {_MAY_BE_KEPT}
 order by s.phone on conflict do nothing"""


def new_phones(rows: str, *, among: str) -> str:
    """Return `phones_query` for very many rows: the known are left out beforehand, which costs half of meeting them.

    among: a condition on k.id that holds for every phone of the rows. Fails (unique_violation) when somebody
    else keeps one of them at this moment; then take `phones_query`.
    """
    return f"""
insert into people_phone (id, hash, sealed, last4)
select distinct on (s.phone) s.phone, s.hash, s.sealed, s.last4 from (select * from {rows}) s
 where {_NUMBERED} and {_MAY_BE_KEPT} and not exists (select from people_phone k where k.id = s.phone and {among})
 order by s.phone"""


def enrolling(
    *,
    rows: str,
    programme: str,
    roll: str,
    at: str,
    batch: str,
    import_id: str,
    others: str,
    tail: str,
    resent: bool = True,
) -> str:
    """Claim, membership, person, term, consents, deltas of every row that simply joins.

    rows: what stands behind `from`. others: rolls that exclude this one, most often none. The other arguments
    are parameters or literals of the statement. tail: the final select, over s (all rows), n (claims stored now) and w
    (of them, who joined). resent: whether a claim may be stored already; if not, such a claim fails the statement
    (unique_violation), and all others are cheaper.

    `(… in (select …)) is true` keeps the planner at a hashed subplan. The planner does not know how many rows an array
    holds. It would join by nested loops, and 500 rows would cost twice what 5 × 100 do.
    """
    known_table, stored = (
        ("on conflict do nothing", "(f.claim in (select id from c)) is true") if resent else ("", "true")
    )
    return f"""
with s as materialized (select * from {rows}),
f as materialized (
  select s.* from s
   where not exists (select from enrolment_waiting x where x.id = s.waiting)
     and not exists (select from people_suppression x where x.phone_id = s.phone and x.lifted_at is null)
     and not exists (select from people_erasure x where x.phone_id = s.phone)
     and (cardinality({others}) = 0 or (select true from enrolment_membership x where x.phone_id = s.phone
       and x.roll_id = any({others}) and x.ended_on is null limit 1) is null)),
c as (
  insert into enrolment_claim (id, public_id, programme_id, channel, sign, unit_id, is_placed, phone_id,
      membership_id, taken, day, field_at, at, batch, by, import_id)
  select claim, public_id, {programme}, channel, sign, unit, is_placed, phone, member, {Taken.JOINED}, day,
      field_at, {at}, {batch}, "by", {import_id}
    from f order by claim {known_table} returning id),
n as materialized (select f.* from f where {stored}),
m as (
  insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term,
      programme_id, at)
  select member, member_public, {roll}, phone, 0, person, unit, claim, 1, {programme}, {at}
    from n order by member, claim on conflict do nothing returning claim_id),
w as materialized (select n.* from n where (n.claim in (select claim_id from m)) is true),
p as (
  insert into people_person (id, public_id, phone_id, name, birth_year, language, unit_id, at)
  select person, person_public, phone, name, birth_year, language, unit, {at} from w),
h as (
  insert into people_unheard (person_ids) select array_agg(person) from w having count(*) > 0),
e as (
  insert into enrolment_enrolment (id, membership_id, claim_id, programme_id, unit_id, kind, term, channel, rung,
      day, at)
  select term, member, claim, {programme}, unit, {TermKind.NEW}, 1, channel,
      case sign when 0 then {Rung.UNSIGNED} else {Rung.COUNTED} end, day, {at} from w),
k as (
  insert into people_consent (id, person_id, unit_id, purpose, notice_version, language, channel, by, device, at)
  select case g.purpose when 1 then consent
              else encode(set_byte(uuid_send(consent), 15, g.purpose), 'hex')::uuid end,
      person, unit, g.purpose, notice, language, channel, "by", device, {at}
    from w join generate_series(1, {max(Purpose)}) g(purpose) on purposes >> g.purpose & 1 = 1),
d as (
  insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)
  select {programme}, {ENROLMENTS}, channel, unit, day, {Rung.REPORTED}, count(*), {at} from n
   group by channel, unit, day
  union all
  select {programme}, {ENROLMENTS}, channel, unit, day, case sign when 0 then {Rung.UNSIGNED} else {Rung.COUNTED} end,
      count(*), {at} from w group by 3, 4, 5, 6)
{tail}"""


LEFT_OVER = """
select (select count(*) from n), (select count(*) from w),
       (select array_agg(claim) from s where claim not in (select claim from w))"""
