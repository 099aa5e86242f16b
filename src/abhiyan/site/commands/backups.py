"""`abhiyan backup` and `abhiyan restore`; and `abhiyan psql`, for what no command of ours does."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from .beginning import called_command, furnish


@click.group(invoke_without_command=True, short_help="Write an encrypted backup of database and files.")
@click.option(
    "--to", help="File to write, or a folder (ending in /, or there already) that gets one by the time."
)
@click.option(
    "--recipient", envvar="ABHIYAN_BACKUP_RECIPIENT", help="Public key (age1…) [or ABHIYAN_BACKUP_RECIPIENT]."
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help="Then remove all but so many of the newest backups in the folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def backup(
    ctx: click.Context, *, to: str | None, recipient: str | None, keep: int | None, as_json: bool
) -> None:
    """Write database and files into one file, encrypted to a public key. Work goes on meanwhile.

    Make a pair of keys once with `abhiyan backup keygen`, and keep the secret one off this machine. The
    master key of this installation is not in the backup: keep it apart as well. Both are needed to restore.
    A file that is there is never overwritten.

    With --keep the folder belongs to one installation. Nothing is removed when the new backup fails.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not to or not recipient:
        raise click.UsageError("Name the file with --to and the public key with --recipient.")
    from abhiyan.server.readiness import ready

    ready(ctx, "backup")
    from abhiyan.core import backup as backing_up
    from abhiyan.core import backup_folder, clock

    at = clock.now()
    file = backup_folder.file_for(to, at)
    if keep and str(file) == to:
        raise click.UsageError("--keep wants a folder: end --to with a /.")
    facts = backing_up.take_backup(
        to=file, recipient=recipient, at=at, say=lambda text: click.echo(text, err=True)
    )
    older = backup_folder.remove_older(file.parent, keep=keep) if keep else []
    if as_json:
        click.echo(json.dumps(facts | {"file": str(file), "removed": [str(path) for path in older]}))
    else:
        click.echo(
            f"{file}: {facts['bytes'] / 1024**2:.1f} MiB, the database and {facts['files']} files of {at:%c} UTC, "
            f"by version {facts['abhiyan']}"
        )
        for path in older:
            click.echo(f"removed {path}")


@backup.command()
@click.option(
    "--to", type=click.Path(path_type=Path), required=True, help="File for the secret key; must not exist."
)
def keygen(*, to: Path) -> None:
    """Make a pair of keys for backups: the secret one into a file, the public one on the screen."""
    from abhiyan.core import sealing

    secret, public = sealing.new_pair()
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{to} exists already, and a key is never overwritten.") from None
    except OSError as error:
        raise click.ClickException(f"No key can be written to {to}: {error.strerror}.") from None
    with os.fdopen(handle, "w") as out:
        out.write(f"# created: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n# public key: {public}\n{secret}\n")
        os.fsync(out.fileno())
    click.echo(public)
    click.echo(f"The secret key is in {to}: move it off this machine, and keep two copies.", err=True)


@click.command(short_help="Make a backup this installation's database and files.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret key that belongs to the backup's public one.",
)
@click.option(
    "--replace", is_flag=True, help="Set aside the database that is there; kept under a name with the time."
)
@click.option("--check", is_flag=True, help="Only read the backup to its end; change nothing.")
@click.option(
    "--adopt",
    is_flag=True,
    help="Take over a database that other tools restored (pgBackRest, a copy of the disk) to the instant --at.",
)
@click.option("--at", "restored_to", help="With --adopt: that instant, such as 2026-11-21T11:09:51+05:30.")
@click.option(
    "--journals-lost", is_flag=True, help="With --adopt: go on although a journal of a host is lost for good."
)
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A journal of another host, or a folder of them; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def restore(
    ctx: click.Context,
    *,
    source: Path | None,
    identity: Path | None,
    replace: bool,
    check: bool,
    adopt: bool,
    restored_to: str | None,
    journals_lost: bool,
    journals: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Make a backup this installation's database and files.

    First put the installation's own master.key into the keys folder of the data folder. The journals of this data
    folder and of ABHIYAN_JOURNAL_TO are read, and those of --journal. Nothing may serve meanwhile (`abhiyan stop`).
    People who have left or said no since the backup stay left. Consents that were taken back since stay taken back.
    Everybody signs in again.

    Killed at any moment, it has either not happened or is finished by `abhiyan restore` without a file. Until then
    nothing serves, and `abhiyan doctor` says so.

    With --adopt there is no backup file: the database is there already, restored by other tools. Stop every host, and
    run it before anything serves. It may be run twice.
    """
    from abhiyan.server import processes
    from abhiyan.server.readiness import CannotRun, ready

    if adopt and (source or identity or check or replace or restored_to is None):
        raise click.UsageError("--adopt wants --at INSTANT, and no backup file.")
    if not adopt and (restored_to is not None or journals_lost):
        raise click.UsageError("--at and --journals-lost belong to --adopt.")
    instant = _instant(restored_to) if restored_to is not None else None
    if source is None and check:
        raise click.UsageError("Name the backup to check.")
    if source is not None and identity is None:
        raise click.UsageError("Name the file with the secret key: --identity.")
    from abhiyan.core import keys

    if not (path := keys.master_path()).exists():
        raise CannotRun(
            f"There is no master key at {path}. Put the kept one there first: install -D -m 600 master.key '{path}' "
            "(docs/backups.md). A new one, as `abhiyan init` makes it, opens nothing of the backup."
        )
    if not check:
        ctx.with_resource(processes.noted_process("restore"))
        if serving := [note for note in processes.running_processes() if note.kind in ("web", "jobs")]:
            raise click.ClickException(
                f"{', '.join(note.kind for note in serving)} run here: `abhiyan stop` first."
            )
    ready(ctx, "owner", may_be_new=True)
    from abhiyan.core import backup as backing_up
    from abhiyan.core import clock

    if not check:
        furnish(say=lambda text: click.echo(text, err=True))
    if instant is not None:
        _adopt(instant, journals, are_lost=journals_lost, as_json=as_json)
        return
    if source is None or identity is None:
        _finish(as_json=as_json)
        return
    secret = identity.read_text()
    if check:
        facts = backing_up.check(source=source, identity=secret)
        _print(facts, "Whole: a", as_json=as_json)
        return
    if half := backing_up.finish():
        if backing_up.is_of(source=source, identity=secret, taken_at=half["taken_at"]):
            _print(half, "It was interrupted, and is finished now. Restored: the", as_json=as_json)
            return
        click.echo(f"An earlier restore, of the backup of {half['taken_at']}, is finished.", err=True)
    facts = backing_up.restore_backup(
        source=source,
        identity=secret,
        at=clock.now(),
        replace=replace,
        journals=journals,
        say=lambda text: click.echo(text, err=True),
    )
    _say_clocks(journals)
    _print(facts, "Restored: the", as_json=as_json)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text} is no instant, such as 2026-11-21T11:09:51+05:30.") from None
    if instant.tzinfo is None:
        raise click.UsageError(
            f"--at {text} has no time zone: end it with +05:30 for India, or with Z for UTC."
        )
    return instant


def _adopt(instant: datetime, journals: tuple[Path, ...], *, are_lost: bool, as_json: bool) -> None:
    from abhiyan.core import clock
    from abhiyan.site.adopting import adopt_database

    numbers = adopt_database(
        restored_at=instant, at=clock.now(), journals=journals, are_journals_lost=are_lost
    )
    _say_clocks(journals)
    if as_json:
        click.echo(json.dumps(numbers))
        return
    again = ", as before" if numbers["was_done_before"] else ""
    click.echo(
        f"The database of {numbers['taken_at']} is this installation's{again}. Its last act before was of "
        f"{numbers['last_entry_at']}.\n"
        f"  noes in force: {numbers['noes_in_force']}, of them back by the journals: {numbers['noes_again']}\n"
        f"  erasures done again: {numbers['erased_again']}\n"
        f"  sessions ended: {numbers['sessions_ended']}\n"
        f"  messages held: {numbers['messages_held']}. Messages (/messages/?state=held) has them\n"
        f"  the audit goes on in era {numbers['era']}\n"
        "Now run `abhiyan recount` and `abhiyan doctor --audit`, then serve."
    )


def _say_clocks(journals: tuple[Path, ...]) -> None:
    """Name the journals of hosts whose clock ran ahead: in them an earlier word may have won."""
    from abhiyan.people import journal

    for file, gap in journal.clocks_ahead(journals).items():
        click.echo(
            f"The clock of the host that wrote {file} was ahead by {gap.total_seconds():.0f} s.", err=True
        )


def _finish(*, as_json: bool) -> None:
    """Put in place, or clear away, what an interrupted restore has left."""
    from abhiyan.core import backup as backing_up

    if half := backing_up.finish():
        _print(half, "It was interrupted, and is finished now. Restored: the", as_json=as_json)
    elif backing_up.clear_away():
        click.echo("A restore was interrupted before it changed anything. What it had left is cleared away.")
    else:
        raise click.UsageError("No restore was interrupted. Name the backup to restore.")


def _print(told: dict[str, Any], what: str, *, as_json: bool) -> None:

    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"{what} backup of {told['taken_at']} by version {told['abhiyan']}, {told['files']} files.")
    for line in told.get("set_otherwise", ()):
        click.echo(f"  {line}")
    if (aside := told.get("set_aside")) is None:
        return
    if name := aside.get("database"):
        click.echo(
            f"What was there is kept as the database {name}. When nobody needs it any more:\n"
            f"  {called_command()} psql -c 'drop database \"{name}\"'"
        )
    for part in ("files", "languages"):
        if folder := aside.get(part):
            click.echo(f"  rm -r '{folder}'")
    click.echo("Now run `abhiyan migrate`, `abhiyan recount` and `abhiyan doctor`, then serve.")


def refuse_while_restoring(role: str) -> None:
    """Raises while a restore runs, or while one has taken its place by half."""
    import psycopg

    from abhiyan.core import backup as backing_up
    from abhiyan.server import processes

    text = ""
    if any(note.kind == "restore" for note in processes.running_processes()):
        text = "A restore runs here. Wait until it is done."
    with suppress(psycopg.OperationalError):  # one that is away is waited for elsewhere
        if not text and (half := backing_up.half_done(role)):
            text = (
                f"The restore of the backup of {half['told']['taken_at']} was interrupted while it took its place. "
                f"Finish it first, which takes seconds: {called_command()} restore"
            )
    if text:
        click.echo(text, err=True)
        sys.exit(processes.CANNOT_START)


@click.command(
    short_help="Open the database as its administrator.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def psql(ctx: click.Context, *, arguments: tuple[str, ...]) -> None:
    """Open the database in PostgreSQL's own psql, as the administrator of the server.

    For looking, and for dropping what a restore set aside. Starts the embedded database meanwhile. ARGUMENTS
    are psql's: `abhiyan psql -c 'drop database "…"'`, `abhiyan psql -l`. No protection of rows holds for it.
    """
    from abhiyan.server.readiness import ready

    ready(ctx, "owner")
    from abhiyan.core import backup as backing_up
    from abhiyan.core import doctor

    program = backing_up.program("psql", doctor.OLDEST)
    done = subprocess.run(
        [str(program), *arguments], env=os.environ | backing_up.libpq_environment(None), check=False
    )
    sys.exit(done.returncode)
