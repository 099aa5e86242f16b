"""A backup taken while people write comes back whole, for the holder of the key, and carries no keys itself."""

import fcntl
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import (
    audit,
    audit_seals,
    backup,
    backup_contents,
    backup_folder,
    database,
    databases,
    doctor,
    keys,
    last_backup,
    news,
    schema,
    sealing,
)
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry, RateCount
from abhiyan.core.scope import system
from abhiyan.core.second_journal import second_journal
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S

from .conftest import seal_everything
from .object_stores import BUCKET, PREFIX, ObjectStoreServer, object_store

__all__ = ["object_store"]  # a fixture
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET, PUBLIC = sealing.new_pair()


@pytest.fixture
def files(tmp_path: Path, settings: Any, transactional_db: None) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True)
    (settings.MEDIA_ROOT / "imports" / "on-its-way.sealed").write_bytes(b"x")
    (settings.MEDIA_ROOT / "letters" / "क").mkdir(parents=True)
    (settings.MEDIA_ROOT / "letters" / "क" / "पत्र.bin").write_bytes(os.urandom(100_000))
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def target() -> Iterator[str]:
    """Name of a database that is not there, before and after."""
    name = f"{database.database_name()}_back"
    drop_like(name)
    yield name
    drop_like(name)


def drop_like(name: str) -> None:
    with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
        found = admin.execute(
            "select datname from pg_database where starts_with(datname, %s)", [name]
        ).fetchall()
    for (one,) in found:
        databases.drop(str(one))


def entries(name: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.conninfo(None, dbname=name)) as admin:
        return admin.execute(
            "select era, xid::text, id, act, facts::text from core_audit where act like 'test%' order by id"
        ).fetchall()


def write(count: int) -> None:
    with system("test"):
        for _ in range(count):
            audit.record(by=Actor.system("test"), at=AT, act="test.act", facts={"क": 1})


def sealed_and_verified(role: str, name: str) -> audit_seals.Verified:
    with schema.working_as(role, name):
        seal_everything(AT)
        with system("test"):
            return audit_seals.verify(folders=[Path("/nonexistent")])


def test_a_backup_taken_while_people_write_comes_back_consistent(
    files: Path, target: str, tmp_path: Path
) -> None:
    """Each transaction writes two rows that belong together: none may come back alone."""
    stopping, written = threading.Event(), threading.Event()

    def keep_writing() -> None:
        pair = 0
        with psycopg.connect(database.conninfo("app"), autocommit=True) as own:
            while not stopping.is_set():
                pair += 1
                with own.transaction():
                    for half in (1, 2):
                        own.execute(
                            "insert into core_rate_count (key, n, ends_at) values (%s, %s, %s)",
                            [pair.to_bytes(8, "big") + bytes([half]), pair, NOW],
                        )
                if pair > 50:
                    written.set()

    write(5)
    with schema.working_as("jobs"), system("test"):
        audit_seals.seal_entries(AT)
    write(2)
    writers = threading.Thread(target=keep_writing)
    writers.start()
    try:
        assert written.wait(PATIENCE_S)
        told = backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    finally:
        stopping.set()
        writers.join()
    heard: list[backup.Restored] = []
    news.subscribe(backup.Restored, heard.append)
    got = backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "files-back"
    )
    assert got["dump_sha256"] == told["dump_sha256"]
    assert [one.taken_at for one in heard] == [AT]
    assert entries(target) == entries(database.database_name())
    with psycopg.connect(database.conninfo(None, dbname=target)) as admin:
        halves = admin.execute(
            "select n, count(*) from core_rate_count group by n having count(*) <> 2"
        ).fetchall()
        row = admin.execute("select count(*) from core_rate_count").fetchone()
        assert halves == []
        assert row is not None and row[0] >= 100
    # The files came along, but for those on their way.
    assert (tmp_path / "files-back/letters/क/पत्र.bin").read_bytes() == (
        files / "letters/क/पत्र.bin"
    ).read_bytes()
    assert not (tmp_path / "files-back" / "imports").exists()


@pytest.mark.versions
def test_a_restored_database_is_protected_as_before_and_its_trail_goes_on(
    files: Path, target: str, tmp_path: Path
) -> None:
    write(3)
    sealed_and_verified("jobs", database.database_name())
    write(2)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "back"
    )
    with psycopg.connect(database.conninfo("app", dbname=target), autocommit=True) as app:
        assert app.execute("select core_era()").fetchone() == (2,)
        assert app.execute("select count(*) from core_audit").fetchone() == (0,)  # no scope, no rows
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("delete from core_audit")
    with schema.working_as("app", target):
        write(4)
    found = sealed_and_verified("jobs", target)
    assert found.is_sound
    assert len(entries(target)) == 3 + 2 + 4
    assert found.entries > 3 + 2 + 4  # the restore's own, too
    assert found.unsealed == 0


def test_a_database_in_use_is_replaced_only_when_told_and_is_set_aside(
    files: Path, target: str, tmp_path: Path
) -> None:
    write(1)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)

    def again(*, replace: bool, hours: int = 0) -> dict[str, str]:
        told = backup.restore_backup(
            source=tmp_path / "b.age",
            identity=SECRET,
            at=AT + timedelta(hours=hours),
            into=target,
            files=tmp_path / "f",
            replace=replace,
        )
        kept: dict[str, str] = told["set_aside"]
        return kept

    assert again(replace=False) == {}
    with pytest.raises(backup.RestoreRefused, match="--replace"):
        again(replace=False)
    (tmp_path / "f" / "mark").write_text("first")
    first = again(replace=True, hours=1)
    second = again(replace=True, hours=2)
    assert first["database"] == f"{target}_replaced_20261120_100000"
    for kept in (first["database"], second["database"], target):
        assert len(entries(kept)) == 1
    assert (Path(first["files"]) / "mark").read_text() == "first"
    assert Path(second["files"]).exists()


def test_a_damaged_or_cut_backup_changes_nothing(files: Path, target: str, tmp_path: Path) -> None:
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    whole = (tmp_path / "b.age").read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    for broken in (bytes(damaged), whole[:-200]):
        (tmp_path / "c.age").write_bytes(broken)
        with pytest.raises((sealing.UnreadableSeal, tarfile.TarError, backup.RestoreRefused)):
            backup.restore_backup(
                source=tmp_path / "c.age", identity=SECRET, at=AT, into=target, files=tmp_path / "f"
            )
        assert not schema.holds_tables(target)
        assert not (tmp_path / "f").exists()


def test_a_backup_holds_no_key_and_nothing_in_clear(files: Path, tmp_path: Path) -> None:
    write(1)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    whole = (tmp_path / "b.age").read_bytes()
    master = keys.master_path().read_text().split()[0].removeprefix("demo-")
    opened = io.BytesIO(sealing.Opener(io.BytesIO(whole), sealing.secret_keys(SECRET)).read())
    with tarfile.open(fileobj=opened) as tar:
        names = tar.getnames()
    clear = opened.getvalue()
    assert b"PGDMP" in clear
    assert b"PGDMP" not in whole
    for secret in (master, *(database.password(role) for role in database.ROLES)):
        assert secret.encode() not in clear
        assert bytes.fromhex(secret) not in clear
    assert names[0] == "manifest.json"
    assert names[-1] == "complete.json"


def test_another_master_key_is_refused_before_anything_is_touched(
    files: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    keys.make_master(tmp_path / "other.key")
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(tmp_path / "other.key"))
    keys.keyring.cache_clear()
    try:
        with pytest.raises(backup.RestoreRefused, match="another master key"):
            backup.check(source=tmp_path / "b.age", identity=SECRET)
    finally:
        monkeypatch.undo()
        keys.keyring.cache_clear()


@pytest.mark.versions
@pytest.mark.parametrize("told_by", ["its format", "its migrations"])
def test_a_backup_of_a_version_before_the_first_release_is_refused_and_changes_nothing(
    told_by: str, files: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.conninfo("owner")) as own, monkeypatch.context() as earlier:
        if told_by == "its format":
            earlier.setattr(backup, "FORMAT", 1)
        else:
            own.execute(
                "insert into django_migrations (app, name, applied) values ('core', '0001_era', %s)", [AT]
            )
            own.commit()
        backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
        own.execute("delete from django_migrations where name = '0001_era'")
    with pytest.raises(
        (backup.RestoreRefused, schema.MadeEarlier), match="A version before the first release"
    ):
        backup.restore_backup(
            source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "f"
        )
    assert not schema.holds_tables(target) and not backup.is_beside(None, target)
    assert not (tmp_path / "f").exists()


def test_what_is_wrong_with_a_key_is_said_as_it_is() -> None:
    mistyped = "this public key begins with age1 as it should, and is mistyped or cut short"
    for text, said in {
        PUBLIC[:-1]: mistyped,
        PUBLIC.replace("1", "11"): mistyped,
        "age1": mistyped,
        "backup.key": "this is no public key: that begins with age1",
        SECRET: "this is a secret key, and no public key: that begins with age1",
    }.items():
        with pytest.raises(sealing.UnreadableSeal, match=said):
            sealing.public_key(text)
    with pytest.raises(
        sealing.UnreadableSeal, match="this is a public key, and no secret key: that begins with AGE-"
    ):
        sealing.secret_keys(PUBLIC)
    with pytest.raises(
        sealing.UnreadableSeal, match="this secret key begins with AGE-SECRET-KEY-1 as it should"
    ):
        sealing.secret_keys(SECRET[:-1])


def test_a_backup_that_fails_leaves_no_file(files: Path, tmp_path: Path) -> None:
    with pytest.raises(sealing.UnreadableSeal):
        backup.take_backup(to=tmp_path / "b.age", recipient="age1mistyped", at=AT)
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


KILLED = """
import os, signal, sys
from pathlib import Path

import django

django.setup()
from abhiyan.core import backup, clock

def kill(_text):
    os.kill(os.getpid(), signal.SIGKILL)

backup.take_backup(to=Path(sys.argv[1]), recipient=sys.argv[2], at=clock.now(), say=kill)
"""


@pytest.mark.machine
def test_what_killed_backups_leave_is_told_and_removed_by_the_next_and_nothing_else(
    files: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    for name in ("monday.age", "tuesday.age"):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder / name), PUBLIC], check=False, cwd=tmp_path
        )
        assert killed.returncode == -signal.SIGKILL
    (folder / ".other.half").write_bytes(b"somebody else's")
    under_way = folder / ".now.age.half"
    assert sorted(path.name for path in backup_folder.unfinished_backups(folder)) == [".tuesday.age.half"]
    with under_way.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last_backup.note_taken(AT.isoformat(), folder)
        told = [finding for finding in doctor.backups(AT) if finding.level == doctor.WARN]
        assert [one.text for one in told] == [f"backups that were interrupted have left files in {folder}: 1"]
        backup.take_backup(to=folder / "b.age", recipient=PUBLIC, at=AT)
    left = sorted(path.name for path in folder.iterdir())
    assert left == [".now.age.half", ".other.half", "b.age"]


def test_a_backup_into_a_folder_gets_a_file_of_its_own_and_the_folder_is_made(
    files: Path, tmp_path: Path
) -> None:
    folder = f"{tmp_path}/srv/backups/"
    first, second = (backup_folder.file_for(folder, AT + timedelta(days=day)) for day in (0, 1))
    for day, file in enumerate((first, second)):
        backup.take_backup(to=file, recipient=PUBLIC, at=AT + timedelta(days=day))
    assert sorted(Path(folder).iterdir()) == [first, second]
    assert backup_folder.file_for(str(tmp_path / "srv" / "backups"), AT) == first, (
        "a folder that is there needs no /"
    )
    assert backup_folder.file_for(f"{tmp_path}/one.age", AT) == tmp_path / "one.age"


def test_a_backup_never_overwrites_a_file(files: Path, tmp_path: Path) -> None:
    (tmp_path / "b.age").write_bytes(b"yesterday's")
    with pytest.raises(backup.BackupFailed, match="not overwritten"):
        backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    assert (tmp_path / "b.age").read_bytes() == b"yesterday's"
    with pytest.raises(backup.BackupFailed, match="No backup can be written"):
        backup.take_backup(to=tmp_path / "b.age" / "c.age", recipient=PUBLIC, at=AT)


@pytest.mark.versions
def test_only_the_backup_role_looks_past_the_policies_and_it_writes_nothing(transactional_db: None) -> None:
    write(1)
    with psycopg.connect(database.conninfo("backup"), autocommit=True) as own:
        row = own.execute("select count(*) from core_audit").fetchone()
        assert row is not None and row[0] > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("insert into core_rate_count (key, n, ends_at) values ('x', 1, %s)", [NOW])
    assert RateCount.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@given(clear=st.binary(max_size=300_000), cuts=st.lists(st.integers(1, 100_000), max_size=6))
def test_what_is_sealed_in_any_pieces_opens_the_same(clear: bytes, cuts: list[int]) -> None:
    out = io.BytesIO()
    sealer = sealing.Sealer(out, sealing.public_key(PUBLIC))
    at = 0
    for cut in cuts:
        sealer.write(clear[at : at + cut])
        at += cut
    sealer.write(clear[at:])
    sealer.close()
    opener = sealing.Opener(io.BytesIO(out.getvalue()), sealing.secret_keys(f"# mine\n{SECRET}\n"))
    assert b"".join([opener.read(size) for size in cuts]) + opener.read() == clear
    for cut in {0, 50, len(out.getvalue()) - 1, len(out.getvalue()) - 40}:
        with pytest.raises(sealing.UnreadableSeal):
            sealing.Opener(io.BytesIO(out.getvalue()[:cut]), sealing.secret_keys(SECRET)).read()


def test_another_key_does_not_open_and_says_so() -> None:
    out = io.BytesIO()
    sealing.Sealer(out, sealing.public_key(PUBLIC)).close()
    other, _ = sealing.new_pair()
    with pytest.raises(sealing.UnreadableSeal, match="another key"):
        sealing.Opener(io.BytesIO(out.getvalue()), sealing.secret_keys(other)).read()


def test_keys_are_those_of_the_age_program() -> None:
    """A pair published with age's own tests."""
    (secret,) = sealing.secret_keys(
        "AGE-SECRET-KEY-184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU"
    )
    public = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm"
    assert sealing.public_key(public).public_bytes_raw() == secret.public_key().public_bytes_raw()
    with pytest.raises(sealing.UnreadableSeal):
        sealing.public_key(public[:-1] + "q")


@pytest.mark.parametrize(
    ("there", "keep", "left"),
    [
        (3, 5, 3),
        (5, 5, 5),
        (6, 5, 5),
        (9, 1, 1),
        (0, 1, 0),
    ],
)
def test_older_backups_are_removed_by_number_and_nothing_else_is(
    tmp_path: Path, there: int, keep: int, left: int
) -> None:
    """Fewer than `keep` all stay; so do files of other names, folders, and what is under way."""
    others = [
        "notes.txt",
        "abhiyan-monday.age",
        "x-abhiyan-20200101-000000.age",
        "abhiyan-20200101-000000.age.gpg",
    ]
    others += [".abhiyan-20200101-000000.age.half"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / "abhiyan-20190101-000000.age").mkdir()
    made = [backup_folder.file_for(str(tmp_path), AT + timedelta(days=400 * n)) for n in range(there)]
    for path in reversed(made):  # the newest by its name was written first
        path.touch()
    removed = backup_folder.remove_older(tmp_path, keep=keep)
    assert removed == made[: there - left]
    assert [path for path in made if path.exists()] == made[there - left :]
    assert all((tmp_path / name).exists() for name in [*others, "abhiyan-20190101-000000.age"])


def test_what_watches_over_the_server_asks_about_restores_without_django() -> None:
    """`abhiyan serve` looks for a restore before it starts a worker; settings are read only there."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    subprocess.run([sys.executable, "-c", "import abhiyan.core.backup"], env=bare, check=True)


LANGUAGE = {"pa/language.toml": b"name = 'x'", "pa/LC_MESSAGES/messages.po": "\u0a2a\u0a70".encode()}


def laid(folder: Path, files: dict[str, bytes]) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)


def lying(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder; the database, its programs and the master key are those of the test run."""
    programs = backup.program("pg_restore", doctor.OLDEST).parent
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    if database.is_embedded():
        monkeypatch.setenv("DATABASE_URL", f"postgresql://?{urlencode(database.server())}")
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(keys.master_path()))
    monkeypatch.setenv("ABHIYAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ABHIYAN_ORIGIN", "https://campaign.example.org")
    monkeypatch.setenv("ABHIYAN_SMS_TOKEN", "never-in-a-backup")
    laid(tmp_path / "home/languages", LANGUAGE)
    laid(tmp_path / "home/audit-heads", {"2026-11-19.json": b"{}"})
    laid(tmp_path / "home", {"postgres.local.conf": b"shared_buffers = 4GB"})
    laid(tmp_path / "home", {"journal/noes.jsonl": b"1\n"})
    laid(tmp_path / "home", {"keys/x.token": b"secret", "outbox/messages.jsonl": b"phone", "run/x": b""})
    return tmp_path / "home"


def test_what_a_restore_needs_besides_comes_back_on_an_empty_host(
    files: Path, home: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lying(home)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    shutil.rmtree(home)
    monkeypatch.delenv("ABHIYAN_SMS_TOKEN")
    monkeypatch.setenv("ABHIYAN_ORIGIN", "https://new.example.org")
    monkeypatch.setenv("ABHIYAN_SMS_PRICE", "25")
    told = backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "back"
    )
    kept_elsewhere = {"keys/x.token", "outbox/messages.jsonl", "run/x"}
    assert lying(home) == {name: body for name, body in before.items() if name not in kept_elsewhere}
    assert told["set_aside"] == {}
    said = " ".join(told["set_otherwise"])
    assert "ABHIYAN_ORIGIN was https://campaign.example.org, and is https://new.example.org." in said
    assert "ABHIYAN_SMS_PRICE was not set, and is 25." in said
    assert "ABHIYAN_SMS_TOKEN was (secret" in said and "never-in-a-backup" not in said
    assert not list(tmp_path.rglob("*besides*"))


def test_what_is_there_is_kept_and_a_newer_head_stays(
    files: Path, home: Path, target: str, tmp_path: Path
) -> None:
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    laid(home / "languages", {"ur/language.toml": b"later"})
    laid(home / "audit-heads", {"2026-11-19.json": b"{1}", "2026-11-20.json": b"{2}"})
    laid(home, {"postgres.local.conf": b"shared_buffers = 8GB"})
    told = backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "back"
    )
    aside = home / "languages.replaced_20261120_090000"
    assert told["set_aside"] == {"languages": str(aside)}
    assert "ur/language.toml" in lying(aside) and lying(home / "languages") == LANGUAGE
    assert lying(home / "audit-heads") == {"2026-11-19.json": b"{1}", "2026-11-20.json": b"{2}"}
    assert (home / "postgres.local.conf").read_bytes() == b"shared_buffers = 8GB"
    assert told["set_otherwise"] == []
    again = backup_contents.put_in_place(tmp_path / "none", when="x")
    assert again == {}, "done twice, it does nothing more"


def test_a_backup_takes_both_journals_and_a_restore_keeps_those_that_are_there(
    files: Path, home: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_JOURNAL_TO", str(tmp_path / "second"))
    laid(tmp_path / "second", {"host-7.jsonl": b"7\n", "abhiyan-journal": b"", "host-8.jsonl": b"8\n"})
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT)
    laid(home, {"journal/noes.jsonl": b"1\n2\n", "journal/host-8.jsonl": b"another\n"})
    (tmp_path / "second" / "host-7.jsonl").unlink()
    backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "back"
    )
    assert lying(home / "journal") == {
        "noes.jsonl": b"1\n2\n",
        "host-7.jsonl": b"7\n",
        "host-8.jsonl": b"another\n",
        "host-8.restored_20261120_090000.jsonl": b"8\n",
    }
    assert set(lying(tmp_path / "second")) == {"abhiyan-journal", "host-8.jsonl"}


def test_a_backup_takes_a_journal_of_an_object_store_and_says_so_when_it_is_away(
    files: Path, home: Path, target: str, tmp_path: Path, object_store: ObjectStoreServer
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ABHIYAN_STORE")  # only the journal lies in the store
        patch.setenv("ABHIYAN_JOURNAL_TO", f"s3://{BUCKET}/{PREFIX}journal")
        patch.setenv("ABHIYAN_HOST_NAME", "web2")
        notices: list[str] = []
        place = second_journal()
        assert place is not None
        backup.take_backup(to=tmp_path / "unmarked.age", recipient=PUBLIC, at=AT, say=notices.append)
        assert "no mark" in notices[-1] and "not in this backup" in notices[-1]
        place.make()
        for line in ("1\n", "2\n"):
            place.keep(line, AT)
        backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=AT, say=notices.append)
        assert notices[-1] == "reading the files"
        object_store.stop()
        backup.take_backup(to=tmp_path / "away.age", recipient=PUBLIC, at=AT, say=notices.append)
        assert "not in this backup" in notices[-1]
        object_store.start()
        backup.restore_backup(
            source=tmp_path / "b.age", identity=SECRET, at=AT, into=target, files=tmp_path / "back"
        )
    assert sorted((home / "journal" / "noes-web2-1.jsonl").read_text().split()) == ["1", "2"]
