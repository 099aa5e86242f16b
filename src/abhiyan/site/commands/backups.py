"""`abhiyan backup` and `abhiyan restore`."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click


@click.group(invoke_without_command=True, short_help="Write an encrypted backup of database and files.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="File to write, or a folder that gets a file by date."
)
@click.option(
    "--recipient", envvar="ABHIYAN_BACKUP_RECIPIENT", help="Public key (age1…) [or ABHIYAN_BACKUP_RECIPIENT]."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def backup(ctx: click.Context, *, to: Path | None, recipient: str | None, as_json: bool) -> None:
    """Write database and files into one file, encrypted to a public key. Work goes on meanwhile.

    Make a pair of keys once with `abhiyan backup keygen`, and keep the secret one off this machine. The
    master key of this installation is not in the backup: keep it apart as well. Both are needed to restore.
    """
    if ctx.invoked_subcommand is not None:
        return
    if to is None or not recipient:
        raise click.UsageError("Name the file with --to and the public key with --recipient.")
    from abhiyan.site.cli import ready

    ready(ctx, "backup")
    from abhiyan.core import backup as backing_up
    from abhiyan.core import clock

    at = clock.now()
    if to.is_dir():
        to = to / f"abhiyan-{at.astimezone(UTC):%Y%m%d-%H%M%S}.age"
    told = backing_up.take(to=to, recipient=recipient, at=at, say=lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps(told | {"file": str(to)}))
    else:
        click.echo(
            f"{to}: {told['bytes'] / 1024**2:.1f} MiB, the database and {told['files']} files of {at:%c} UTC"
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
    "--replace", is_flag=True, help="Set aside the database that is there; it is kept, not deleted."
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
    from abhiyan.site.cli import ready

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
        click.echo("Now run `abhiyan recount` and `abhiyan doctor`, then serve.")
