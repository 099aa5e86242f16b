"""Backups: the database and the files, streamed into one file encrypted to a public key; and back again.

    age( tar( manifest.json, database.dump.0000 …, files/…, what `backup_contents` adds, complete.json ) ).

The dump is pg_dump's custom format, cut into parts so that nothing has to be stored on the way in clear. The
installation's own keys are never in it: without `keys/master.key`, kept elsewhere, phones in a restored database
stay sealed. `age -d -i KEY FILE | tar x` opens one without this program.

Messages here go to operators, on the console: in English.
"""

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import psycopg
from django.conf import settings
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict

import abhiyan

from . import (
    audit,
    audit_seals,
    backup_contents,
    backup_files,
    backup_folder,
    database,
    databases,
    home,
    last_backup,
    news,
    releases,
    roles,
    schema,
    sealing,
    store,
)
from .actor import Actor
from .keys import keyring
from .scope import system

FORMAT = 2  # 1 holds tables of a version before the first release
PART = 8 * 1024 * 1024
STORE_AWAY = "The store of files does not answer: `abhiyan doctor` says more."
LONGEST_KEPT = 36  # of a name that "_replaced_" and a time follow: PostgreSQL cuts names at 63 bytes
# Begins the comment of a restored database while its files are not in place yet: what is left to do, as JSON. It comes
# and goes with the database, whoever looks from wherever.
MARK = "abhiyan.restoring="
Say = Callable[[str], None]


class BackupFailed(Exception):
    """The backup could not be taken; no file is left behind. The text says why."""


class RestoreRefused(Exception):
    """The backup was not restored; what was there is untouched. The text says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """News, told in a system scope, in the restored database before it takes its place: it is that of `taken_at`.

    Each room puts right what the world knows better than a backup: noes since then, sessions, and messages that have
    gone out since. The restore works alone in this database. journals: files and folders of journals besides those of
    this installation. said_since: journals are read from here on. waited_until: messages queued until here are
    held. None: taken_at.
    """

    taken_at: datetime
    at: datetime
    journals: tuple[Path, ...] = ()
    said_since: datetime | None = None
    waited_until: datetime | None = None


def take_backup(*, to: Path, recipient: str, at: datetime, say: Say = lambda _: None) -> dict[str, Any]:
    """Write a backup to a file, which appears whole or not at all. Work goes on meanwhile. Returns its manifest.

    recipient: an age public key (age1…), from `abhiyan backup keygen`; whoever takes the backup cannot open it.
    Raises BackupFailed where a file is already, most likely an earlier backup, or where none can be written.
    """
    key = sealing.public_key(recipient)
    if os.path.lexists(to):
        raise BackupFailed(
            f"{to} exists already and is not overwritten. Name a folder instead, with a / at its end: "
            "each backup gets a file of its own there."
        )
    with psycopg.connect(database.conninfo("backup")) as owner_db:
        row = owner_db.execute(
            "select current_setting('server_version_num')::int, core_era(), current_setting('server_version')"
        ).fetchone()
        if hidden := roles.hidden_from_backup(owner_db):
            raise BackupFailed(
                f"Backups do not see every row of {', '.join(hidden)}: run `abhiyan migrate` first."
            )
    assert row is not None
    number, era, version = int(row[0]), int(row[1]), str(row[2])
    dump = program("pg_dump", number // 10_000)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "taken_at": at.isoformat(),
        "abhiyan": abhiyan.__version__,
        "postgresql": version,
        "pg_dump": _major(dump),
        "role_prefix": database.prefix(),
        "era": era,
        "key_check": key_check(),
    }
    half = to.with_name(f".{to.name}.half")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        for left in backup_folder.unfinished_backups(to.parent):
            left.unlink()
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BackupFailed(f"No backup can be written to {to}: {error.filename}: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX)  # as long as it is written: another backup leaves it alone
            sealer = sealing.Sealer(out, key)
            with tarfile.open(fileobj=cast(IO[bytes], sealer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, "manifest.json", json.dumps(manifest, indent=1).encode(), at)
                say("reading the database")
                complete = _add_dump(tar, dump, at)
                say("reading the files")
                complete["files"] = backup_files.add_files(tar, Path(settings.MEDIA_ROOT))
                complete["besides"] = backup_contents.add_contents(tar, at, say=say)
                _add(tar, "complete.json", json.dumps(complete).encode(), at)
            sealer.close()
            out.flush()
            os.fsync(out.fileno())
        half.rename(to)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise BackupFailed(f"The backup could not be written: {error}.") from error
    except store.StoreAway as error:
        half.unlink(missing_ok=True)
        raise BackupFailed(STORE_AWAY) from error
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    last_backup.note_taken(manifest["taken_at"], to.parent)
    return manifest | complete | {"bytes": to.stat().st_size}


def restore_backup(
    *,
    source: Path,
    identity: str,
    at: datetime,
    replace: bool = False,
    into: str | None = None,
    files: Path | None = None,
    journals: Sequence[Path] = (),
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Make the database and the files of a backup this installation's. Returns its manifest.

    identity: text of the secret key's file. The backup is first restored beside what is there, checked to its last
    byte, brought up to date and told what was said since; only then does it take its place, in one transaction.
    Killed before, nothing has happened; killed after, `finish` puts the files in place, and until then nothing serves.
    replace: what was there is kept under a name with the time, which the manifest carries as `set_aside`; without it,
    a database that holds tables is refused. Nothing may serve meanwhile. The owner does it, who needs CREATEDB.
    journals: more journals whose words hold again, beside this installation's own.
    """
    name, folder = into or database.database_name(), files or Path(settings.MEDIA_ROOT)
    if schema.holds_tables(name) and not replace:
        raise RestoreRefused(
            f"The database {name} holds data already. With --replace it is set aside under another name, not deleted."
        )
    clear_away(name, folder)
    beside, files_beside = _beside(name, folder)
    try:
        with _reading(source, identity) as (manifest, tar, members):
            to_store = files is None and store.is_remote()
            if not to_store:
                files_beside.mkdir(parents=True)
            schema.prepare_database(beside)
            say("restoring the database")
            put = partial(_restore_file, tar, folder=files_beside, to_store=to_store)
            complete = _restore_parts(tar, members, beside, int(manifest["pg_dump"]), put)
        _check_complete(complete)
        say("bringing it up to date")
        bring_tables_up_to_date(beside, int(manifest["era"]))
        say("saying again what people have said since, and taking its place")
        os.sync()  # the files, before a database that speaks of them
        journals = (*journals, *backup_contents.journals_in(_besides(files_beside)))
        _take_the_place(name, folder, manifest | complete, at, journals)
    except BaseException as error:
        schema.leave_database()
        clear_away(name, folder)
        if isinstance(error, store.StoreAway):
            raise RestoreRefused(STORE_AWAY) from error
        raise
    report = finish(name)
    assert report is not None
    return report


_HALF = """
select substr(description, length(%(mark)s) + 1) from pg_shdescription s join pg_database d on d.oid = s.objoid
 where s.classoid = 'pg_database'::regclass and d.datname = %(name)s and starts_with(description, %(mark)s)"""


def half_done(role: str | None = None, name: str | None = None) -> dict[str, Any] | None:
    """What is left to do of a restore that was interrupted while it took its place; None where none was.

    role: asks as one of ours, else as the administrator.
    """
    name = name or database.database_name()
    with psycopg.connect(
        database.conninfo(role, dbname=database.MAINTENANCE if role is None else name)
    ) as owner_db:
        row = owner_db.execute(_HALF, {"name": name, "mark": MARK}).fetchone()
    return None if row is None else json.loads(str(row[0]))


def finish(name: str | None = None) -> dict[str, Any] | None:
    """Put the files of a half done restore in place and take its mark away. Its manifest; None where none is half done.

    May itself be killed, and run again. As the owner.
    """
    name = name or database.database_name()
    if (half := half_done(None, name)) is None:
        return None
    folder, beside, aside = (Path(half[part_name]) for part_name in ("folder", "beside", "aside"))
    report: dict[str, Any] = half["told"]
    if beside.exists():
        if folder.exists() and not aside.exists():
            folder.rename(aside)
        beside.rename(folder)
    if aside.exists():
        report["set_aside"]["files"] = str(aside)
    besides = _besides(beside)
    if besides.exists():
        when = f"{datetime.fromisoformat(half['at']).astimezone(UTC):%Y%m%d_%H%M%S}"
        report["set_aside"] |= backup_contents.put_in_place(besides, when=when)
        report["set_otherwise"] = backup_contents.settings_that_differ(
            (besides / backup_contents.SETTINGS).read_text()
        )
    os.sync()  # the names, before the mark that tells of them is gone
    with databases.server_session("owner") as owner:
        owner.execute(sql.SQL("comment on database {} is null").format(sql.Identifier(name)))
    shutil.rmtree(besides, ignore_errors=True)  # last: a run that was killed says again what is set otherwise
    return report


def clear_away(name: str | None = None, folder: Path | None = None) -> bool:
    """Drop what a restore that was interrupted before it took its place has left. Whether there was anything.

    Nothing of one that has taken its place by half: its files are still to be put there.
    """
    name, folder = name or database.database_name(), folder or Path(settings.MEDIA_ROOT)
    if half_done(None, name) is not None:
        return False
    beside, files_beside = _beside(name, folder)
    was_there = is_beside(None, name) or files_beside.exists()
    shutil.rmtree(_besides(files_beside), ignore_errors=True)
    databases.drop(beside)
    shutil.rmtree(files_beside, ignore_errors=True)
    return was_there


def is_beside(role: str | None = None, name: str | None = None) -> bool:
    """Whether there is a database beside the one in place: a restore is under way, or was interrupted.

    role: asks as one of ours, else as the administrator.
    """
    name = name or database.database_name()
    beside, _files = _beside(name, Path("files"))
    with psycopg.connect(
        database.conninfo(role, dbname=database.MAINTENANCE if role is None else name)
    ) as owner_db:
        return (
            owner_db.execute("select 1 from pg_database where datname = %s", [beside]).fetchone() is not None
        )


def _besides(files_beside: Path) -> Path:
    """Return the folder of what a backup holds besides, while it is restored."""
    return files_beside.with_name(f"{files_beside.name}.besides")


def _beside(name: str, folder: Path) -> tuple[str, Path]:
    return f"{name}_restoring", folder.with_name(f"{folder.name}.restoring")


def check(*, source: Path, identity: str) -> dict[str, Any]:
    """Read a backup to its end and change nothing. Returns its manifest. Raises when it could not be restored."""
    digest, n_files, complete = hashlib.sha256(), 0, {}
    with _reading(source, identity) as (manifest, tar, members):
        for member in members:
            if member.name.startswith("database.dump."):
                digest.update(_contents(tar, member))
            elif member.name == "complete.json":
                complete = json.loads(_contents(tar, member))
            else:
                n_files += 1
    _check_complete(complete | {"got_sha256": digest.hexdigest(), "got_files": n_files})
    return manifest | complete


def is_of(*, source: Path, identity: str, taken_at: str) -> bool:
    """Whether a file is the backup that was taken then. Only its beginning is read."""
    with source.open("rb") as file:
        opener = sealing.Opener(file, sealing.secret_keys(identity))
        with tarfile.open(fileobj=cast(IO[bytes], opener), mode="r|") as tar:
            return bool(_read_manifest(tar, iter(tar))["taken_at"] == taken_at)


@contextmanager
def _reading(
    source: Path, identity: str
) -> Iterator[tuple[dict[str, Any], tarfile.TarFile, Iterator[tarfile.TarInfo]]]:
    """A backup's manifest, then what is in it; the block must read it to its end. Raises when it is not whole."""
    with source.open("rb") as file:
        opener = sealing.Opener(file, sealing.secret_keys(identity))
        with tarfile.open(fileobj=cast(IO[bytes], opener), mode="r|") as tar:
            members = iter(tar)
            yield _read_manifest(tar, members), tar, members
        opener.finish()


def key_check() -> str:
    """Tells whether two installations hold the same master key, and nothing of the key."""
    return keyring().derive("backup check").hex()[:16]


def program(name: str, least: int) -> Path:
    """A program of PostgreSQL (pg_dump, pg_restore) of this major version or the next later one there is.

    The embedded ones come first where the embedded database is used; else those on the path, then Debian's folders.
    """
    candidates: list[Path] = []
    if on_path := shutil.which(name):
        candidates.append(Path(on_path))
    candidates += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    with suppress(Exception):  # without the wheel, others may do
        from . import embedded

        ours = embedded.binaries(home.home_folder()) / name
        candidates = [ours, *candidates] if database.is_embedded() else [*candidates, ours]
    fitting = [(major, at, path) for at, path in enumerate(candidates) if (major := _major(path)) >= least]
    if not fitting:
        raise BackupFailed(
            f"{name} of PostgreSQL {least} or later is needed; on Debian: apt install postgresql-client-{least}"
        )
    if database.is_embedded():
        return min(fitting, key=lambda one: one[1])[2]
    return min(fitting)[2]


def _major(program: Path) -> int:
    version_text = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"(\d+)", version_text)
    return int(number.group(1)) if number else 0


def libpq_environment(role: str | None, name: str | None = None) -> dict[str, str]:
    """libpq's environment for a role, or for the administrator. A password on the command line would be seen by all."""
    parameters = conninfo_to_dict(database.conninfo(role, dbname=name))
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar is not None
    }
    variables_set = {variables[key]: str(value) for key, value in parameters.items() if key in variables}
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"} | variables_set


def _add(tar: tarfile.TarFile, name: str, body: bytes, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(body), 0o600, int(at.timestamp())
    tar.addfile(member, io.BytesIO(body))


def _add_dump(tar: tarfile.TarFile, dump: Path, at: datetime) -> dict[str, Any]:
    """pg_dump's output, as parts. A snapshot of one instant: work goes on, and none of it is half in."""
    digest, size, parts = hashlib.sha256(), 0, 0
    with tempfile.TemporaryFile() as error_file:
        process = subprocess.Popen(
            [
                str(dump),
                "--format=custom",
                "--no-password",
                "--no-unlogged-table-data",
                "--enable-row-security",
            ]
            + ["--exclude-schema=staging", "--lock-wait-timeout=60s", "--no-comments"],
            env=libpq_environment("backup"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=error_file,
        )
        assert process.stdout is not None
        try:
            while part := process.stdout.read(PART):
                _add(tar, f"database.dump.{parts:04}", part, at)
                digest.update(part)
                size, parts = size + len(part), parts + 1
        finally:
            process.stdout.close()
            if process.wait() != 0:
                error_file.seek(0)
                why = error_file.read()[-2_000:].decode(errors="replace").strip()
                raise BackupFailed(f"pg_dump failed: {why}")
    return {"dump_bytes": size, "dump_sha256": digest.hexdigest(), "parts": parts}


def _contents(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    body = tar.extractfile(member)
    assert body is not None
    return body.read()


def _read_manifest(tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo]) -> dict[str, Any]:
    first = next(members, None)
    if first is None or first.name != "manifest.json":
        raise RestoreRefused("This is not a backup of abhiyan.")
    manifest: dict[str, Any] = json.loads(_contents(tar, first))
    if manifest.get("format") == 1:
        raise RestoreRefused(
            "A version before the first release took this backup, and this version cannot read its tables: restore it "
            "with the version that took it."
        )
    if manifest.get("format") != FORMAT:
        raise RestoreRefused(
            f"This backup has the format {manifest.get('format')}, which this release cannot read."
        )
    if refusal := releases.backup_refusal(manifest["abhiyan"]):
        raise RestoreRefused(refusal)
    if manifest["key_check"] != key_check():
        raise RestoreRefused(
            "This backup was taken under another master key. Put that key at keys/master.key in the data folder "
            "(or name it with ABHIYAN_MASTER_KEY_FILE) first: under this one, nothing sealed in it could be read."
        )
    if manifest["role_prefix"] != database.prefix():
        raise RestoreRefused(
            f"This backup's roles begin with {manifest['role_prefix']}: set ABHIYAN_ROLE_PREFIX to that."
        )
    return manifest


def _restore_parts(
    tar: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    name: str,
    dumped_by: int,
    put: Callable[[tarfile.TarInfo], None],
) -> dict[str, Any]:
    with psycopg.connect(database.conninfo("owner", dbname=name)) as owner_db:
        row = owner_db.execute("select current_setting('server_version_num')::int").fetchone()
    assert row is not None
    loader = program("pg_restore", max(int(str(row[0])) // 10_000, dumped_by))
    digest, n_files, complete = hashlib.sha256(), 0, {}
    with tempfile.TemporaryFile() as error_file:
        process = subprocess.Popen(
            [str(loader), "--exit-on-error", "--no-owner", "--no-comments", "--no-password"]
            + [f"--dbname={name}"],
            env=libpq_environment("owner", name),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=error_file,
        )
        feed = process.stdin
        assert feed is not None
        try:
            for member in members:
                if member.name.startswith("database.dump."):
                    part = _contents(tar, member)
                    digest.update(part)
                    feed.write(part)
                    continue
                if not feed.closed:
                    feed.close()
                if member.name == "complete.json":
                    complete = json.loads(_contents(tar, member))
                else:
                    put(member)
                    n_files += 1
        except BrokenPipeError:
            pass  # it says why, below
        finally:
            with suppress(BrokenPipeError):
                feed.close()
            failed = process.wait()
        if failed:
            error_file.seek(0)
            why = error_file.read()[-2_000:].decode(errors="replace").strip()
            raise RestoreRefused(f"pg_restore failed: {why}")
    return complete | {"got_sha256": digest.hexdigest(), "got_files": n_files}


def _restore_file(tar: tarfile.TarFile, member: tarfile.TarInfo, *, folder: Path, to_store: bool) -> None:
    """Put a file of the backup where it belongs: an upload into the store or the folder, the others beside it."""
    inside = PurePosixPath(member.name)
    is_upload = inside.parts[0] == "files"
    is_expected = is_upload or backup_contents.is_besides(member.name)
    if not is_expected or inside.is_absolute() or ".." in inside.parts or not member.isfile():
        raise RestoreRefused(f"The backup holds something unexpected: {member.name}")
    if not is_upload:
        backup_files.put_back(tar, member, _besides(folder) / inside)
    else:
        backup_files.put_back(tar, member, None if to_store else folder.joinpath(*inside.parts[1:]))


def _check_complete(complete: dict[str, Any]) -> None:
    got_sha256, got_files = complete.pop("got_sha256"), complete.pop("got_files")
    files = complete.get("files", -1) + complete.get("besides", 0)  # earlier versions took none besides
    if complete.get("dump_sha256") != got_sha256 or files != got_files:
        raise RestoreRefused("The backup is not complete.")


def bring_tables_up_to_date(name: str, era: int) -> None:
    """Run migrations since the backup, write all rights again, and open a new era: transaction ids begin again in a new
    cluster. The era is later than `era`, than any in the database, and than any that a kept head tells of."""
    with schema.working_as("owner", name):
        schema.migrate(verbosity=0)
    with psycopg.connect(database.conninfo("owner", dbname=name), autocommit=True) as owner:
        row = owner.execute(
            "select greatest((select max(era) from core_audit), (select max(era) from core_audit_seal), %s,"
            " core_era()) + 1",
            [max(era, audit_seals.last_head_era())],
        ).fetchone()
        assert row is not None
        audit.begin_era(owner, int(row[0]))
        owner.execute("analyze")


def tell_restored(name: str, restored: Restored, **facts: Any) -> None:
    """Tell every room of a restore, in one transaction of a database in which nobody else works."""
    with schema.working_as("jobs", name), system("restore"):
        news.tell(restored)
        last_backup.note_restored(restored.taken_at, restored.at)
        facts |= {"taken_at": restored.taken_at.isoformat()}
        audit.record(by=Actor.system("restore"), at=restored.at, act="core.restored", facts=facts)


def _take_the_place(
    name: str, folder: Path, told: dict[str, Any], at: datetime, journals: tuple[Path, ...]
) -> None:
    """Swap the databases, and mark the new one until `finish` has put its files in place: in one transaction.

    The old one is out of reach before the new one is told what was said since: no acknowledged word falls between.
    """
    beside, files_beside = _beside(name, folder)
    when = f"{at.astimezone(UTC):%Y%m%d_%H%M%S}"
    with databases.server_session("owner") as owner, databases.sessions() as sessions:
        is_there = owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        kept = {"database": f"{name[:LONGEST_KEPT]}_replaced_{when}"} if is_there else {}
        half = {
            "told": told | {"set_aside": kept},
            "folder": str(folder),
            "beside": str(files_beside),
            "aside": str(folder.with_name(f"{folder.name}.replaced_{when}")),
            "at": at.isoformat(),
        }
        with owner.transaction():
            if kept:
                _rename(
                    owner, sessions, name, kept["database"]
                )  # sessions that ask for it now wait for the new one
            taken_at = datetime.fromisoformat(told["taken_at"])
            tell_restored(beside, Restored(taken_at=taken_at, at=at, journals=journals))
            owner.execute(
                sql.SQL("comment on database {} is {}").format(
                    sql.Identifier(beside), sql.Literal(MARK + json.dumps(half))
                )
            )
            _rename(owner, sessions, beside, name)


def _rename(owner: databases.Session, sessions: list[databases.Session], old: str, new: str) -> None:
    try:
        databases.rename(owner, sessions, old, new)
    except psycopg.errors.ObjectInUse as error:
        raise RestoreRefused(f"End the sessions of other accounts in the database {old} first.") from error
