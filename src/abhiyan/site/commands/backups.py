"""`abhiyan backup` and `abhiyan restore`; and `abhiyan psql`, for what no command of ours does."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click


@click.group(invoke_without_command=True, short_help="Write an encrypted backup of database and files.")
@click.option(
    "--to", help="File to write, or a folder (ending in /, or there already) that gets one by the time."
)
@click.option(
    "--recipient", envvar="ABHIYAN_BACKUP_RECIPIENT", help="Public key (age1…) [or ABHIYAN_BACKUP_RECIPIENT]."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def backup(ctx: click.Context, *, to: str | None, recipient: str | None, as_json: bool) -> None:
    """Write database and files into one file, encrypted to a public key. Work goes on meanwhile.

    Make a pair of keys once with `abhiyan backup keygen`, and keep the secret one off this machine. The
    master key of this installation is not in the backup: keep it apart as well. Both are needed to restore.
    A file that is there is never overwritten.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not to or not recipient:
        raise click.UsageError("Name the file with --to and the public key with --recipient.")
    from abhiyan.site.cli import ready

    ready(ctx, "backup")
    from abhiyan.core import backup as backing_up
    from abhiyan.core import clock

    at = clock.now()
    file = backing_up.file_for(to, at)
    told = backing_up.take(to=file, recipient=recipient, at=at, say=lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps(told | {"file": str(file)}))
    else:
        click.echo(
            f"{file}: {told['bytes'] / 1024**2:.1f} MiB, the database and {told['files']} files of {at:%c} UTC"
        )


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


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="File with the secret key that belongs to the backup's public one.",
)
@click.option(
    "--replace", is_flag=True, help="Set aside the database that is there; kept under a name with the time."
)
@click.option("--check", is_flag=True, help="Only read the backup to its end; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def restore(
    ctx: click.Context, *, source: Path, identity: Path, replace: bool, check: bool, as_json: bool
) -> None:
    """Make a backup this installation's database and files.

    First put the installation's own master.key into the keys folder of the data folder. Nothing may serve
    meanwhile (`abhiyan stop`). What people had erased since the backup is erased again; everybody signs in anew.
    """
    from abhiyan.site import processes

    if not check and (
        serving := [note for note in processes.known() if note.kind in ("serve", "web", "jobs")]
    ):
        raise click.ClickException(
            f"{', '.join(note.kind for note in serving)} run here: `abhiyan stop` first."
        )
    from abhiyan.core import keys
    from abhiyan.site.cli import CannotRun, called, ready

    if not (path := keys.master_path()).exists():
        raise CannotRun(
            f"There is no master key at {path}. Put the kept one there first: install -D -m 600 master.key '{path}' "
            "(docs/running.md, 6). A new one, as `abhiyan init` makes it, opens nothing of the backup."
        )
    ready(ctx, "owner", may_be_new=True)
    from abhiyan.core import backup as backing_up
    from abhiyan.core import clock

    if check:
        told = backing_up.check(source=source, identity=identity.read_text())
    else:
        told = backing_up.restore(
            source=source,
            identity=identity.read_text(),
            at=clock.now(),
            replace=replace,
            say=lambda text: click.echo(text, err=True),
        )
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(
        f"{'Whole: a' if check else 'Restored: the'} backup of {told['taken_at']}, {told['files']} files."
    )
    if not check:
        aside = told["set_aside"]
        if name := aside.get("database"):
            click.echo(
                f"What was there is kept as the database {name}. When nobody needs it any more:\n"
                f"  {called()} psql -c 'drop database \"{name}\"'"
            )
        if folder := aside.get("files"):
            click.echo(f"  rm -r '{folder}'")
        click.echo("Now run `abhiyan recount` and `abhiyan doctor`, then serve.")


@click.command(
    short_help="Open the database as its administrator.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def psql(ctx: click.Context, *, arguments: tuple[str, ...]) -> None:
    """Open the database in PostgreSQL's own psql, as the administrator of the server.

    For looking, and for dropping what a restore set aside. Starts the embedded database meanwhile. ARGUMENTS are
    psql's: `abhiyan psql -c 'drop database "…"'`, `abhiyan psql -l`. It stands above every protection of rows.
    """
    from abhiyan.site.cli import ready

    ready(ctx, "owner")
    from abhiyan.core import backup as backing_up
    from abhiyan.core import doctor

    program = backing_up.program("psql", doctor.OLDEST)
    done = subprocess.run(
        [str(program), *arguments], env=os.environ | backing_up.environment(None), check=False
    )
    sys.exit(done.returncode)
