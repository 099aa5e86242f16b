"""The staging table of one paper list: filling it, and what its rows would come to.

Unlogged, in the schema `staging` that only the gateway may use, and dropped when the import is over. The server
empties it when it crashes, so it is counted before it is used and filled again from the sealed file if need be.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from abhiyan.core.refusals import or_refuse
from abhiyan.enrolment.actions.claims import AlreadyMember, ClaimOutcome, ClaimRefused
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.packed import YES, Value
from abhiyan.enrolment.rules.phone import PhoneMembership, PhoneVerdict, decide_claim
from abhiyan.imports.running import staging_connection
from abhiyan.imports.tables.scanning import split_file
from abhiyan.imports.work import Work
from abhiyan.intake.actions.drives import DriveRead
from abhiyan.intake.actions.gateway import Writer
from abhiyan.intake.actions.rows import SHORTS, ClaimRow
from abhiyan.intake.actions.settle import Settling
from abhiyan.intake.actions.sql import COLUMNS

from .apart import read_apart
from .orders import Order, PaperProgress
from .packing import SEALED, STAGED
from .reading import stage_part

APART_ROWS = 20_000  # a file of more rows is read by processes of their own
READERS = 2
TOGETHER = 500  # rows settled in one go.
MOST_BATCHES = 1_000  # of one list.
LOOKED_WITHIN = "within"  # noted where the preview knows only phones of the list's own unit.
LOOKED_AT = 100_000  # rows of known phones whose outcome the preview decides one by one

Person = tuple[bytes, str, Value]  # phone, the name's key, birth year

# How a left-over row is read back: as the act's rows, in the order of `ClaimRow`.
ROW_COLUMNS = [*COLUMNS, *SEALED, "is_signed", "is_plain", "is_late", "row"]
_SELECTED = ", ".join(f's."{name}"' for name in ROW_COLUMNS)


ROWS_TOGETHER = 16_000  # of a partition, more or less
MOST_PARTITIONS = 512


def staging_table(import_id: int) -> str:
    return f"import_{import_id}"


def bounds_of(rows: int) -> list[bytes]:
    """Return the starts of the partitions of so many rows, as phone ids; and behind them the end.

    A phone's id is a hash, so equal stretches hold about equally many rows. Read as a whole, one after the
    other, they need no index, and nothing is fetched row by row from all over the table.
    """
    count = max(1, min(MOST_PARTITIONS, -(-rows // ROWS_TOGETHER)))
    starts = [((1 << 128) * n // count).to_bytes(16, "big") for n in range(count)]
    return [*starts, b"\xff" * 16]


def fill_staging(work: Work, orders: list[Order], *, note: bool) -> Counter[tuple[int, date]]:
    """Make the table again and read every order into it. note: take over what was refused (once, by the check).

    Returns the minors: a number per unit and day.
    """
    name = sql.Identifier("staging", staging_table(work.id))
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in STAGED.items()
    )
    minors: Counter[tuple[int, date]] = Counter()
    done = [0] * len(orders)
    n_rows = sum(order.part.stop - order.part.start for order in orders)

    def hear(number: int, told: PaperProgress) -> None:
        if note:
            work.note(told.batch)
        minors.update(told.minors)
        done[number] = told.batch.done
        work.progress(sum(done) * 8, n_rows * 10)  # the rest is looking what they would come to

    def make() -> None:
        bounds = bounds_of(work.expected_rows)
        with staging_connection() as connection, connection.transaction():
            connection.execute(sql.SQL("drop table if exists {}").format(name))
            connection.execute(
                sql.SQL("create table {} ({}) partition by range (phone)").format(name, columns)
            )
            for n, (start, end) in enumerate(pairwise(bounds)):
                connection.execute(
                    sql.SQL(
                        "create unlogged table {} partition of {} for values from ({}) to ({})"
                        " with (autovacuum_enabled = off)"
                    ).format(
                        sql.Identifier("staging", f"{staging_table(work.id)}_{n}"),
                        name,
                        UUID(bytes=start),
                        sql.SQL("maxvalue") if end == bounds[-1] else UUID(bytes=end),
                    )
                )

    if len(orders) > 1 or work.expected_rows > APART_ROWS:
        read_apart(orders, hear, meanwhile=make)
    else:
        make()
        for order in orders:
            for paper_progress in stage_part(order):
                hear(0, paper_progress)
    return minors


def staged_rows(import_id: int) -> int:
    """Count the rows of the table; -1 when there is none."""
    with staging_connection() as connection:
        try:
            row = connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier("staging", staging_table(import_id)))
            ).fetchone()
        except psycopg.errors.UndefinedTable:
            return -1
    return int(row[0]) if row else -1


def batches_of(import_id: int) -> Counter[str]:
    """Count the staged rows of each batch number, as it was typed; of the most frequent."""
    with staging_connection() as connection:
        batch_rows = connection.execute(
            sql.SQL(
                "select substr(device, 7), count(*) from {} where device like 'paper %' group by 1"
                " order by 2 desc limit {}"
            ).format(sql.Identifier("staging", staging_table(import_id)), MOST_BATCHES)
        ).fetchall()
    return Counter(dict(batch_rows))


def staged_parts(work: Work) -> list[Any]:
    return split_file(work.path, READERS if work.expected_rows > APART_ROWS else 1, source=work.source)


def row_from(values: list[Value]) -> ClaimRow:
    """Return a row of staging, in the binary form the act uses. Values in the order of ROW_COLUMNS."""
    *values_before, signed, plain, late, number = values
    place = int.from_bytes(number or b"", "big")
    return ClaimRow._make([*values_before, signed, plain == YES, late == YES, place])


def left_over_sql(import_id: int, condition: str) -> str:
    """Return rows of staging (s) as `row_from` takes them, in the order of locks."""
    return f"select {_SELECTED} from staging.{staging_table(import_id)} s where {condition} order by s.phone, s.claim"


def person_of_row(phone: bytes, name: Value, birth_year: Value) -> Person:
    """Return the person a row names, as the rule of the phone tells people apart."""
    return phone, names.key((name or b"").decode()), birth_year


def outcomes_of(
    settling: Settling, answers: dict[bytes, ClaimOutcome | ClaimRefused], persons: Mapping[bytes, Person]
) -> dict[bytes, str]:
    """Return each answered claim's outcome by the codes of the list.

    It tells apart further people of a phone, earlier rows, for which nothing changes, and members that another
    row of this list names too. persons: of every row of this list on phones with members already.
    """
    completing = {write[3] for write in settling.writes.get("waiting_done", ())}
    second = {write[7] for write in settling.writes.get("members", ()) if write[4] != SHORTS[0]}
    outcome_by_n = {}
    for claim, answer in answers.items():
        if claim in settling.resent:
            outcome_by_n[claim] = "repeated"
        elif claim in completing:
            outcome_by_n[claim] = "completed"
        elif claim in second:
            outcome_by_n[claim] = "second"
        else:
            outcome_by_n[claim] = answer.code
    rows_of: dict[Person, list[bytes]] = defaultdict(list)
    for claim, person in persons.items():
        rows_of[person].append(claim)
    for same in rows_of.values():
        already = [claim for claim in same if outcome_by_n.get(claim) == AlreadyMember.code]
        for claim in already[1 if len(already) == len(same) else 0 :]:
            outcome_by_n[claim] = "doubled"
    return outcome_by_n


# The preview


def count_staged_outcomes(work: Work, writer: Writer, drive: DriveRead, *, staged: int) -> Counter[str]:
    """Count the outcomes of the staged rows, decided by the act's own rules; nothing is written.

    Rows on phones nobody knows simply join; of several on one phone the rule of the phone decides. Rows on
    phones that are known are handed to the act's decisions, and rolled back. For a list of a unit these are
    only phones whose members are all at home there. A discarded check must not say whether some phone is known
    elsewhere.
    """
    counts: Counter[str] = Counter()
    decided = 0
    table = f"staging.{staging_table(work.id)}"
    known_phones = _known(work.id, drive.roll_id)
    if work.unit_id is not None:
        known_phones = _known_within(work.id, drive.roll_id, work.unit_id)
    with staging_connection() as connection:
        connection.execute("set jit = off; set work_mem = '256MB'")
        connection.execute(f"create temporary table known_phone as {known_phones}")
        connection.execute("create index on known_phone (phone); analyze known_phone")
        unknown = "not exists (select from known_phone k where k.phone = s.phone)"
        (late,) = or_refuse(
            connection.execute(f"select count(*) from {table} s where s.is_late and {unknown}").fetchone()
        )
        doubled = connection.execute(
            f"select s.phone, s.name, s.birth_year from {table} s"
            f" join (select phone from {table} where not is_late group by phone having count(*) > 1) d"
            f" on d.phone = s.phone where not s.is_late and {unknown} order by s.phone, s.claim"
        )
        for _phone, rows in groupby(doubled, key=itemgetter(0)):
            people: list[PhoneMembership] = []
            for _, name, year in rows:
                decided += 1
                counts[_further(people, (names.key(name), year), limit=drive.people_per_phone)] += 1
        connection.execute("begin")
        connection.execute(
            f"declare known no scroll cursor for select {_SELECTED} from {table} s"
            " where s.phone in (select phone from known_phone) order by s.phone, s.claim"
        )
        n_known = 0
        batch: list[ClaimRow] = []
        while True:
            result = connection.execute(f"fetch {TOGETHER} from known", binary=True).pgresult
            assert result is not None
            fetched = [
                row_from([result.get_value(n, c) for c in range(result.nfields)])
                for n in range(result.ntuples)
            ]
            n_known += len(fetched)
            batch += fetched
            cut = len(batch)
            if fetched:  # whole phones only: the last one may go on
                last = batch[-1].phone
                cut = next(n for n, row in enumerate(batch) if row.phone == last)
            now, batch = batch[:cut], batch[cut:]
            if now:
                writer.run(("begin", ()))
                settling = Settling(writer, drive, at=work.at, batch=b"\0" * 16)
                persons = {row.claim: person_of_row(row.phone, row.name, row.birth_year) for row in now}
                counts.update(outcomes_of(settling, settling.decide(now), persons).values())
                writer.rollback()
                work.progress(min(99, 85 + n_known * 15 // LOOKED_AT), 100)
            if not fetched or n_known >= LOOKED_AT:
                break
        if n_known >= LOOKED_AT:
            row = connection.execute(
                f"select count(*) from {table} s where s.phone in (select phone from known_phone)"
            ).fetchone()
            seen, n_known = counts.total() - decided, int(row[0]) if row else n_known
            counts["known"] = n_known - seen
        connection.execute("rollback")
    counts["late"] += late
    counts["joined"] += staged - n_known - decided - late
    if work.unit_id is not None and counts["joined"]:
        work.note_whole(LOOKED_WITHIN, 1)
    return counts


def _further(people: list[PhoneMembership], who: tuple[str, int], *, limit: int) -> str:
    """Return the outcome of one more row on a phone that only rows of this list have."""
    verdict, slot = decide_claim(
        who=who, name_key=who[0], is_signed=False, is_suppressed=False, phone_memberships=people, limit=limit
    )
    if verdict is PhoneVerdict.JOIN:
        people.append(PhoneMembership(slot, who, is_live=True, is_struck=False, is_this_drive=True))
        return "second" if slot else "joined"
    return "phone_full" if verdict is PhoneVerdict.FULL else "doubled"


def _known(import_id: int, roll_id: int) -> str:
    """Return phones of staging that somebody knows in any way, or whose rows come too late to count."""
    table = f"staging.{staging_table(import_id)}"
    return f"""
        select s.phone from {table} s where not s.is_plain
        union all select s.phone from {table} s
          join enrolment_membership m on m.phone_id = s.phone and m.roll_id = {roll_id:d}
        union all select s.phone from {table} s join enrolment_waiting x on x.id = s.waiting
        union all select s.phone from {table} s join enrolment_claim c on c.id = s.claim
        union all select s.phone from {table} s
          join people_suppression x on x.phone_id = s.phone and x.lifted_at is null
        union all select s.phone from {table} s join people_erasure x on x.phone_id = s.phone"""


def _known_within(import_id: int, roll_id: int, unit_id: int) -> str:
    """Return phones of staging whose members are all at home below a unit, and those of rows that came before."""
    table = f"staging.{staging_table(import_id)}"
    return f"""
        select m.phone_id as phone from enrolment_membership m
          where m.roll_id = {roll_id:d} and m.phone_id in (select phone from {table})
          group by 1 having bool_and(exists (select from units_placement p join units_placement a
            on a.unit_id = {unit_id:d} and a.hierarchy = p.hierarchy and p.lo >= a.lo and p.lo < a.hi
            where p.unit_id = m.unit_id))
        union all select s.phone from {table} s join enrolment_claim c on c.id = s.claim"""
