"""The trail cannot be changed unseen, and no entry escapes its seal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import audit, audit_seals, database
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry, AuditSeal
from abhiyan.core.scope import system

from .conftest import seal_everything

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def connected(role: str | None) -> Iterator[Connection]:
    with psycopg.connect(database.conninfo(role), autocommit=True) as own:
        yield own


@pytest.fixture(autouse=True)
def _jobs(as_jobs: None) -> None:
    """The sealer works as `jobs`."""


def record(act: str = "test.act", **more: Any) -> None:
    with system("test"):
        audit.record(by=Actor.system("test"), at=AT, act=act, **more)


def seal() -> int:
    """Everything, once no other test's transaction is in the way."""
    return seal_everything(AT)


def seal_what_may_be() -> int:
    with system("seal"):
        return audit_seals.seal_entries(AT)


def verify(heads: Path = Path("/nonexistent")) -> audit_seals.Verified:
    with system("verify"):
        return audit_seals.verify(folders=[heads])


def write(own: Connection, act: str) -> None:
    own.execute(
        "insert into core_audit (at, who, who_kind, act) values (%s, %s, 'system', %s)",
        [AT, Actor.system("x").id, act],
    )


def test_what_is_written_is_sealed_once_and_found_sound() -> None:
    for number in range(5):
        record(f"test.{number}", subject="व्यक्ति \u200f1", facts={"b": 1, "a": [1.50, None, "क"]})
    assert seal() == 5
    assert seal() == 0
    record()
    assert seal() == 1
    found = verify()
    assert found.is_sound
    assert (found.entries, found.unsealed) == (6, 0)
    assert found.blocks in range(
        2, 7
    )  # more than two where another test's transaction held some entries back


def test_blocks_follow_by_number_not_by_how_the_number_is_written() -> None:
    """Transaction 9 comes before 10,000: when the digits grow, the chain goes on from its last block."""
    with connected("owner") as owner:
        owner.execute(
            "insert into core_audit_seal (era, from_xid, to_xid, n, root, prev, at)"
            " values (core_era(), '0', '9', 0, %s, %s, %s)",
            [b"root of an empty beginning", audit_seals.FIRST, AT],
        )
    for _ in range(2):
        record()
        assert seal() == 1
    with system("look"):
        ends = [(int(seal_.from_xid), int(seal_.to_xid)) for seal_ in AuditSeal.objects.order_by("from_xid")]
    assert [end for _, end in ends[:-1]] == [begin for begin, _ in ends[1:]]


def test_an_entry_of_a_transaction_that_stays_open_is_never_passed_over() -> None:
    with connected("app") as slow, slow.transaction():
        write(slow, "slow")  # has its transaction id now, and commits last
        for _ in range(3):
            record("quick")
        assert seal_what_may_be() == 0  # nothing newer than the open transaction may be sealed
        record("quick")
        assert seal_what_may_be() == 0
    assert seal() == 5
    assert verify().is_sound
    assert verify().unsealed == 0


def test_an_entry_that_is_rolled_back_leaves_no_hole() -> None:
    with connected("app") as slow, slow.transaction(force_rollback=True):
        write(slow, "never")
        record()
    assert seal() == 1
    assert verify().is_sound


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("bwcrs")), max_size=40))
def test_in_any_order_of_begin_write_commit_rollback_and_seal_every_entry_is_in_one_block(
    steps: list[tuple[int, str]],
) -> None:
    lanes = [psycopg.connect(database.conninfo("app"), autocommit=True) for _ in range(4)]
    try:
        for lane, step in steps:
            own = lanes[lane]
            if step == "b":
                own.execute("begin")
            elif step == "w":
                write(own, "step")
            elif step == "c":
                own.execute("commit")
            elif step == "r":
                own.execute("rollback")
            else:
                seal_what_may_be()
                assert verify().is_sound
    finally:
        for own in lanes:
            own.execute("commit")
            own.close()
    seal()
    found = verify()
    with system("count"):
        assert found.is_sound
        assert found.unsealed == 0
        assert found.entries == AuditEntry.objects.count()


TAMPERING = {
    "an entry changed": "update core_audit set act = 'other' where act = 'test.2'",
    "an entry's facts changed": "update core_audit set facts = '{\"n\": 7}' where act = 'test.2'",
    "an entry removed": "delete from core_audit where act = 'test.2'",
    "a block's entries all removed": "delete from core_audit where act in ('test.2', 'test.3')",
    "an entry moved to another block": "update core_audit set xid = (select min(xid) from core_audit)"
    " where act = 'test.4'",
    "an entry smuggled into a sealed block": "insert into core_audit (at, xid, who, who_kind, act)"
    " select at, xid, who, who_kind, 'smuggled' from core_audit limit 1",
    "a block removed": "delete from core_audit_seal where id = (select min(id) + 1 from core_audit_seal)",
    "the first block removed with its entries": "with gone as (delete from core_audit_seal where id ="
    " (select min(id) from core_audit_seal) returning to_xid)"
    " delete from core_audit using gone where xid < gone.to_xid",
    "a block's root changed": "update core_audit_seal set root = decode(repeat('00', 32), 'hex')"
    " where id = (select min(id) from core_audit_seal)",
}


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=list(TAMPERING))
def test_tampering_by_the_owner_is_found(sql: str) -> None:
    for number in range(6):
        record(f"test.{number}")
        if number % 2:
            seal()
    assert verify().is_sound
    with connected("owner") as owner:
        assert owner.execute(sql).rowcount > 0
    assert not verify().is_sound


def test_the_chains_end_cut_off_is_found_by_a_head_that_was_kept(tmp_path: Path) -> None:
    for _ in range(3):
        record()
        seal()
    with system("heads"):
        assert audit_seals.write_heads(AT, folders=[tmp_path]) == 1
        assert audit_seals.write_heads(AT, folders=[tmp_path]) == 0
        assert audit_seals.write_heads(AT + timedelta(days=1), folders=[tmp_path]) == 1
    assert verify(tmp_path).is_sound
    assert verify(tmp_path).heads == 2
    with connected("owner") as owner:
        owner.execute("delete from core_audit_seal where id = (select max(id) from core_audit_seal)")
        owner.execute("delete from core_audit where id = (select max(id) from core_audit)")
    assert {flaw.kind for flaw in verify(tmp_path).flaws} == {"head"}


def test_heads_leave_for_the_outbound_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_AUDIT_HEADS_TO", str(tmp_path / "elsewhere"))
    outside = audit_seals.head_folders()[1]
    record()
    seal()
    with system("heads"):
        assert audit_seals.write_heads(AT, folders=[tmp_path / "here", outside]) == 2
    (kept,) = (tmp_path / "elsewhere").glob("*.json")
    assert kept.name == "2026-11-20.json"
    assert len(json.loads(kept.read_text())["root"]) == 64


@pytest.mark.versions
@pytest.mark.parametrize("role", ["app", "jobs", "gateway"])
@pytest.mark.parametrize(
    "sql",
    [
        "update core_audit set act = 'other'",
        "delete from core_audit",
        "truncate core_audit",
        "update core_audit_seal set n = 0",
        "delete from core_audit_seal",
    ],
)
def test_no_role_that_serves_may_change_the_trail(role: str, sql: str) -> None:
    with connected(role) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute(sql)


@pytest.mark.versions
@pytest.mark.parametrize("role", ["app", "gateway", "jobs"])
def test_an_entry_cannot_be_written_into_another_transaction(role: str) -> None:
    forged = "insert into core_audit (at, xid, who, who_kind, act) values (%s, '3'::xid8, %s, 'system', 'x')"
    with connected(role) as own:
        own.execute("select set_config('abhiyan.reason', 'test', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(forged, [AT, Actor.system("x").id])


@pytest.mark.versions
def test_the_sealer_without_a_scope_does_nothing_rather_than_seal_emptiness() -> None:
    record()
    with transaction.atomic():
        assert audit_seals.seal_entries(AT) == 0
    assert not AuditSeal.objects.exists()
    assert seal() == 1


def test_after_a_restore_the_chain_goes_on_in_a_new_era() -> None:
    for _ in range(2):
        record("before")
        seal()
    record("unsealed when the backup was taken")
    with connected("owner") as owner:
        audit.begin_era(owner, 2)
    try:
        connection.close()
        record("after")
        # A restored cluster counts transactions from the beginning again.
        with connected("owner") as owner:
            owner.execute("update core_audit set xid = '7'::xid8 where era = 2")
        assert seal() == 2
        found = verify()
        assert found.is_sound
        assert (found.blocks, found.entries, found.unsealed) == (4, 4, 0)
    finally:
        with connected("owner") as owner:
            audit.begin_era(owner, 1)
        connection.close()


@pytest.mark.versions
def test_the_application_reads_the_seals_and_writes_none() -> None:
    with connected("app") as own:
        assert own.execute("select count(*) from core_audit_seal").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("insert into core_audit_seal (era) values (1)")


def test_django_says_so_when_the_trail_is_touched() -> None:
    record()
    with pytest.raises(ProgrammingError), system("test"):
        AuditEntry.objects.update(act="other")
