"""Read and write for settling: one statement per table, whatever the number of claims."""

from collections.abc import Sequence

from abhiyan.enrolment.queries.recount import rungs_beside_query
from abhiyan.enrolment.queries.terms import TERM
from abhiyan.enrolment.rules import endings
from abhiyan.programmes.models import Rung

_ELSEWHERE = (
    "case when m.merged_into is not null then"
    " (select {} from enrolment_membership t where t.id = m.merged_into) end"
)
INSERTS: dict[str, tuple[str, dict[str, str]]] = {
    "claims": (
        "enrolment_claim",
        {
            "id": "uuid",
            "public_id": "uuid",
            "programme_id": "int4",
            "channel": "int2",
            "sign": "int2",
            "unit_id": "int8",
            "is_placed": "bool",
            "phone_id": "uuid",
            "membership_id": "uuid",
            "taken": "int2",
            "day": "date",
            "field_at": "timestamptz",
            "at": "timestamptz",
            "batch": "uuid",
            "by": "uuid",
            "import_id": "int8",
        },
    ),
    "waitings": (
        "enrolment_waiting",
        {
            "id": "uuid",
            "programme_id": "int4",
            "phone_id": "uuid",
            "claim_id": "uuid",
            "unit_id": "int8",
            "day": "date",
            "channel": "int2",
            "link_digest": "bytea",
            "at": "timestamptz",
            "completed_at": "timestamptz",
        },
    ),
    "persons": (
        "people_person",
        {
            "id": "uuid",
            "public_id": "uuid",
            "phone_id": "uuid",
            "name": "text",
            "birth_year": "int2",
            "language": "text",
            "unit_id": "int8",
            "at": "timestamptz",
        },
    ),
    "members": (
        "enrolment_membership",
        {
            "id": "uuid",
            "public_id": "uuid",
            "roll_id": "int4",
            "phone_id": "uuid",
            "slot": "int2",
            "person_id": "uuid",
            "unit_id": "int8",
            "claim_id": "uuid",
            "term": "int2",
            "programme_id": "int4",
            "at": "timestamptz",
        },
    ),
    "terms": (
        "enrolment_enrolment",
        {
            "id": "uuid",
            "membership_id": "uuid",
            "claim_id": "uuid",
            "programme_id": "int4",
            "unit_id": "int8",
            "kind": "int2",
            "term": "int2",
            "channel": "int2",
            "rung": "int2",
            "day": "date",
            "at": "timestamptz",
        },
    ),
    "consents": (
        "people_consent",
        {
            "id": "uuid",
            "person_id": "uuid",
            "unit_id": "int8",
            "purpose": "int2",
            "notice_version": "int4",
            "language": "text",
            "channel": "int2",
            "by": "uuid",
            "device": "text",
            "at": "timestamptz",
        },
    ),
    "deltas": (
        "programmes_delta",
        {
            "programme_id": "int4",
            "measure": "int2",
            "channel": "int2",
            "unit_id": "int8",
            "day": "date",
            "rung": "int2",
            "n": "int4",
            "posted_at": "timestamptz",
        },
    ),
    "revisits": ("enrolment_revisit", {"phone_id": "uuid"}),
}
_AGAIN = {"revisits": " on conflict (phone_id) do update set horizon = null"}
# Changes: table, key column's value first.
UPDATES: dict[str, tuple[str, dict[str, str], str]] = {
    "claim_taken": (
        "enrolment_claim",
        {"id": "uuid", "membership_id": "uuid", "taken": "int2", "unit_id": "int8", "is_placed": "bool"},
        "membership_id = v.membership_id, taken = v.taken, unit_id = v.unit_id, is_placed = v.is_placed",
    ),
    "claim_done": (
        "enrolment_claim",
        {"id": "uuid", "membership_id": "uuid", "unit_id": "int8", "is_placed": "bool"},
        "membership_id = v.membership_id, unit_id = v.unit_id, is_placed = v.is_placed",
    ),
    "waiting_done": (
        "enrolment_waiting",
        {
            "id": "uuid",
            "unit_id": "int8",
            "completed_at": "timestamptz",
            "by": "uuid",
            "as": "int2",
            "import": "int8",
        },
        (
            'unit_id = v.unit_id, completed_at = v.completed_at, completed_by = v."by", completed_as = v."as",'
            ' completed_import = v."import"'
        ),
    ),
    "waiting_again": (
        "enrolment_waiting",
        {"id": "uuid", "called_at": "timestamptz"},
        "called_at = v.called_at",
    ),
    "member_renewed": (
        "enrolment_membership",
        {"id": "uuid", "term": "int2", "programme_id": "int4", "unit_id": "int8"},
        "term = v.term, programme_id = v.programme_id, unit_id = v.unit_id, ended_on = null, struck_at = null",
    ),
    "person_back": (
        "people_person",
        {"id": "uuid"},
        "left_at = null, merged_into = null",
    ),
    "term_given_way": (
        "enrolment_enrolment",
        {"id": "uuid", "ended_at": "timestamptz"},
        f"ended_at = v.ended_at, end_reason = '{endings.BECAME}'",
    ),
    "member_given_way": (
        "enrolment_membership",
        {"id": "uuid", "ended_on": "date"},
        "ended_on = v.ended_on",
    ),
    "term_signed": (
        "enrolment_enrolment",
        {"id": "uuid", "signed_at": "timestamptz"},
        f"rung = {Rung.COUNTED}, signed_at = v.signed_at",
    ),
}


def _insert(table: str, columns: dict[str, str], conflict: str) -> tuple[str, list[str]]:
    names_ = ", ".join(f'"{name}"' for name in columns)
    placeholders = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    return (
        f"insert into {table} ({names_}) select * from unnest({placeholders}){conflict}",
        [f"{kind}[]" for kind in columns.values()],
    )


def _update(table: str, columns: dict[str, str], change: str) -> tuple[str, list[str]]:
    names_ = ", ".join(f'"{name}"' for name in columns)
    placeholders = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    return (
        f"update {table} x set {change} from unnest({placeholders}) v({names_}) where x.id = v.id",
        [f"{kind}[]" for kind in columns.values()],
    )


STATEMENTS: dict[str, tuple[str, Sequence[str]]] = {
    "unheard": ("insert into people_unheard (person_ids) values ($1)", ["uuid[]"]),
    # The phones' locks, in the order given: sorted.
    "lock": ("select pg_advisory_xact_lock(k) from unnest($1) k", ["int8[]"]),
    "known_claims": (
        """select c.id, c.batch = $2, c.taken, c.public_id, c.phone_id, m.public_id, c.programme_id
           from enrolment_claim c left join enrolment_membership m on m.id = c.membership_id
           where c.id = any($1)""",
        ["uuid[]", "uuid"],
    ),
    # With the places of those whose number changed: by the membership's own id and public id, live while they are
    # members on another phone. A person merged into another entry is somewhere else while that one lives.
    "known_members": (
        f"""select coalesce(m.merged_into, m.id), m.phone_id, coalesce({_ELSEWHERE.format("t.public_id")}, m.public_id),
            m.slot, m.person_id, m.unit_id, m.term, m.programme_id, k.id is not null or case when m.merged_into is null
            then m.ended_on is null else {_ELSEWHERE.format("t.ended_on is null and t.phone_id <> m.phone_id")} is true
            end, m.struck_at is not null, p.name, p.birth_year, e.id, e.unit_id, e.channel, e.day,
            e.rung, e.kind, p.left_at is not null, m.merged_into is not null or k.id is not null
            from enrolment_membership m left join people_person p on p.id = m.person_id
            left join enrolment_enrolment e on e.id = {TERM}
            left join enrolment_merged_term x on x.id = {TERM} and x.undone_at is null and p.left_at is null
            left join enrolment_membership k on k.id = x.kept_id and k.ended_on is null
            where m.phone_id = any($1) and m.roll_id = $2 order by m.phone_id, m.slot""",
        ["uuid[]", "int4"],
    ),
    # People on rolls that exclude this one, with the rungs of the term that runs.
    "known_others": (
        f"""select m.id, m.phone_id, m.public_id, m.person_id, p.name, p.birth_year, e.id, e.programme_id, e.unit_id,
            e.channel, e.day, array_to_string(array(
              select r.rung from (values (e.rung::int), {rungs_beside_query("e")}) r(rung)
              where r.rung is not null), ',')
            from enrolment_membership m join people_person p on p.id = m.person_id
            join enrolment_enrolment e on e.id = {TERM}
            where m.phone_id = any($1) and m.roll_id = any($2) and m.ended_on is null and m.merged_into is null""",
        ["uuid[]", "int4[]"],
    ),
    "known_waitings": (
        """select w.id, w.phone_id, w.claim_id, w.unit_id, w.day, w.channel, w.opened_at is not null,
           w.completed_at is not null, w.completed_by, w.completed_as, c.public_id, c.sign, c.is_placed,
           m.public_id, c.membership_id
           from enrolment_waiting w join enrolment_claim c on c.id = w.claim_id
           left join enrolment_membership m on m.id = c.membership_id where w.id = any($1)""",
        ["uuid[]"],
    ),
    "known_suppressions": (
        "select phone_id from people_suppression where phone_id = any($1) and lifted_at is null",
        ["uuid[]"],
    ),
    "known_erasures": ("select phone_id, who from people_erasure where phone_id = any($1)", ["uuid[]"]),
    "lift": (
        "update people_suppression set lifted_at = $2 where phone_id = any($1) and lifted_at is null",
        ["uuid[]", "timestamptz"],
    ),
    **{name: _insert(*spec, _AGAIN.get(name, "")) for name, spec in INSERTS.items()},
    **{name: _update(*spec) for name, spec in UPDATES.items()},
}
