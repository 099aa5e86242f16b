"""The command line, `abhiyan`. Nothing of Django is imported before a command needs it: `--help` is quick.

Rooms add commands in `<room>/commands.py`: COMMANDS, from a name ("recount", "import", "import pins") to a click
command. They run as the database role `jobs`, or as the one named by the command's attribute `abhiyan_role`.

Exit codes: 0 done, 1 failed or something was found, 2 wrong usage, 3 cannot run here (settings, keys, database).
"""

import functools
import importlib
import importlib.util
import json
import os
import pkgutil
import shlex
import shutil
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import abhiyan
from abhiyan.core import environment

from .commands import backup, psql, restore

CANNOT_RUN = 3
ORDER = (
    *("init", "demo", "serve", "jobs", "stop", "migrate", "import", "recount", "doctor", "backup", "restore"),
    *("psql", "bench"),
)


class CannotRun(click.ClickException):
    """There are no keys, or there is no database: the text says what to do."""

    exit_code = CANNOT_RUN


class Rooms(click.Group):
    """Our own commands and those of the rooms, which are looked for only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {*super().list_commands(ctx), *(name for name in _room_commands() if " " not in name)}
        return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _room_commands().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name and command and not {"--help", "-h"} & set(rest):
            if lines := environment.wrong():
                raise CannotRun("\n".join(lines))
            if name not in self.commands:
                ready(ctx, getattr(command, "abhiyan_role", "jobs"))
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException:
            raise
        except Exception as error:
            if (known := told(error)) is None:
                raise
            raise known from None


def told(error: Exception) -> click.ClickException | None:
    """What a person is told of an error that has its own words; None for one that has not."""
    if isinstance(error, environment.WrongSetting):
        return CannotRun(str(error))
    if isinstance(error, OSError) and error.filename and _is_of_home(str(error.filename)):
        return CannotRun(
            f"The data folder {environment.HOME()} cannot be used: {error.filename}: {error.strerror}. Make it usable "
            "for the user this runs as, or name another with ABHIYAN_HOME."
        )
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if kinds & {
        "abhiyan.core.keys.NoKeys",
        "abhiyan.core.embedded.EmbeddedDatabaseError",
        "abhiyan.core.roles.CannotPrepare",
    }:
        return CannotRun(str(error))
    if kinds & {"psycopg.OperationalError", "django.db.utils.OperationalError"}:
        said = str(error).partition("\n")[0]
        fix = "Is it running, and is DATABASE_URL right?"
        if _is_locked_out(error):
            fix = "Are the master key, ABHIYAN_ROLE_PREFIX and DATABASE_URL those it was prepared with?"
        return CannotRun(f"The database cannot be reached: {said}\n{fix}")
    if kinds & {
        "abhiyan.core.refusals.Refused",
        "abhiyan.core.sealing.Unreadable",
        "abhiyan.core.backup.BackupFailed",
        "abhiyan.core.backup.RestoreRefused",
        "abhiyan.site.processes.Served",
    }:
        return click.ClickException(str(error))
    return None


def _is_locked_out(error: Exception) -> bool:
    """Whether the database is there and knows us by another password, or not at all: waiting helps nobody."""
    return "authentication failed" in str(error)


def _refuse_lockout(role: str) -> None:
    """Raises where the database does not let the role in. One that is away is waited for elsewhere."""
    import psycopg

    from abhiyan.core import database

    try:
        psycopg.connect(database.conninfo(role), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        if _is_locked_out(error):
            raise


def _is_of_home(name: str) -> bool:
    home = environment.HOME()
    return home.is_relative_to(name) or Path(name).is_relative_to(home)


@functools.cache
def _room_commands() -> dict[str, click.Command]:
    """Every room's commands by name; "import pins" stands under the group `import`."""
    found: dict[str, click.Command] = {}
    for room in pkgutil.iter_modules(abhiyan.__path__):
        module = f"abhiyan.{room.name}.commands"
        if importlib.util.find_spec(f"abhiyan.{room.name}") and importlib.util.find_spec(module):
            found |= importlib.import_module(module).COMMANDS
    for name in [name for name in found if " " in name]:
        above, _, below = name.partition(" ")
        group = found.setdefault(above, click.Group(above))
        if isinstance(group, click.Group):
            group.add_command(found[name], below)
    return found


def ready(
    ctx: click.Context | None,
    role: str,
    *,
    with_database: bool = True,
    may_be_new: bool = False,
    pool: bool = False,
) -> None:
    """Set up Django in this process for a database role; start the embedded database for as long as `ctx` lives.

    may_be_new: there need not be a database yet.
    """
    _need_keys()
    if with_database and not may_be_new:
        _need_database()
    os.environ["ABHIYAN_ROLE"] = role
    os.environ["ABHIYAN_POOL"] = "1" if pool else "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
    if with_database and ctx is not None:
        from . import processes

        ctx.with_resource(processes.database_in_use())
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")  # the console's language


def _need_keys() -> None:
    """Raises NoKeys, which says what to do, before anything is made or started."""
    from abhiyan.core import keys

    keys.read_keyring(keys.master_path())


def _need_database() -> None:
    """Who only looks makes no database where there is none: most likely the folder is another one."""
    from abhiyan.core import database, home

    if database.is_embedded() and not (home.path() / "postgres" / "data").exists():
        raise CannotRun(
            f"There is no database in {home.path()}. Is ABHIYAN_HOME the one you mean? "
            "For a new installation run `abhiyan init`."
        )


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="abhiyan", prog_name="abhiyan")
def main() -> None:
    """Runs the field campaigns of a mass-membership organisation, and tells the truth about them.

    Begin with `abhiyan demo` to look around, or with `abhiyan init` and `abhiyan serve --with-jobs` for real.

    \b
    Settings are environment variables:
      ABHIYAN_HOME   data folder (default ~/.local/share/abhiyan, as root /var/lib/abhiyan)
      ABHIYAN_PORT   port to serve on (8000)
      DATABASE_URL   a PostgreSQL server, 15 to 18; without it an embedded one runs in the data folder
    docs/running.md lists the others.
    """


@main.command()
@click.option("--name", help="The first administrator's name; asked for when not given.")
@click.option("--phone", help="Their mobile number; asked for when not given.")
@click.option("--language", type=click.Choice(["hi", "en"]), help="Theirs; when not given, their browser's.")
@click.option("--no-account", is_flag=True, help="Make keys and tables only.")
@click.pass_context
def init(
    ctx: click.Context, *, name: str | None, phone: str | None, language: str | None, no_account: bool
) -> None:
    """Make keys, database and the first administrator. Safe to repeat.

    The administrator gets a link for signing in, once, within an hour, and sets up a passkey or an
    authenticator app there. Run it again for a new link, which ends the older one; with another mobile number it
    makes one more administrator.
    """
    from abhiyan.core import home, keys

    from . import processes

    path = keys.master_path()
    if path.exists() and keys.read_keyring(path).demo:
        raise CannotRun(
            f"{path} is the demo's key, which everybody knows. Choose another data folder (ABHIYAN_HOME)."
        )
    if not path.exists():
        _refuse_lost_key()
    if not no_account:  # asked before anything is made
        name = name or _asked("Name of the first administrator")
        phone = phone or _asked("Their mobile number")
    if not path.exists():
        home.path().mkdir(parents=True, exist_ok=True)
        keys.make_master(path)
        click.echo(f"Made the master key: {path}")
        click.echo(
            "  Keep a copy of it off this machine, apart from the backups. Without it nothing sealed can be read."
        )
    ctx.with_resource(processes.database_in_use())
    _migrate(ctx, say=click.echo)
    if no_account or not name or not phone:
        return
    from abhiyan.core import clock, schema
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system

    first = _hook("abhiyan.people.actions", "first_administrator")
    if first is None:
        raise click.ClickException("This release cannot make accounts yet.")
    from django.conf import settings

    from abhiyan.people import phones

    with schema.working_as("jobs"), system("init"):
        link = first(name=name, phone=phone, language=language or "", by=Actor.system("init"), at=clock.now())
    click.echo("")
    if link.made and link.others:
        others = "the other one stays" if link.others == 1 else f"the other {link.others} stay"
        click.echo(f"This number is one more administrator's now; {others}.")
    elif not link.made:
        click.echo("The administrator of this number is there already; older links no longer sign in.")
    if not phones.is_indian_mobile(phones.parse(phone) or ""):
        click.echo(
            "Mind that this is a number abroad. If it was mistyped, run this again with the right one."
        )
    click.echo("Sign in with this link, once, within an hour (it is as good as a password until then):")
    click.echo(f"  {settings.ORIGIN}{link.path}")
    click.echo(f"Serve with: {called()} serve --with-jobs")


def _asked(what: str) -> str:
    """What somebody types. Where nobody can, the options are named that say it."""
    try:
        return str(click.prompt(what))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError(
            "There is no terminal to ask on: give --name and --phone of the first administrator, or --no-account for "
            "keys and tables only."
        ) from None


def called() -> str:
    """How this program was called, for a command that somebody is to copy: a checkout's is on no path."""
    said = Path(sys.argv[0])
    if said.name != "abhiyan" or shutil.which("abhiyan") == str(said):
        return "abhiyan"
    return shlex.quote(str(said))


def _refuse_lost_key() -> None:
    """A database without its key is not to be given a new one: everything sealed in it would be lost for good."""
    from abhiyan.core import database, home, keys

    if database.is_embedded():
        held = (home.path() / "postgres" / "data").exists()
    else:
        import psycopg

        try:
            with psycopg.connect(database.conninfo(None)) as admin:
                held = admin.execute("select to_regclass('public.core_audit') is not null").fetchone() == (
                    True,
                )
        except psycopg.OperationalError:
            held = False  # not there yet
    if held:
        raise CannotRun(
            f"There is a database already, and its master key is not at {keys.master_path()}. Put the key back (or "
            "name it with ABHIYAN_MASTER_KEY_FILE). For a new beginning choose another data folder or database."
        )


def _hook(module: str, name: str) -> Callable[..., Any] | None:
    """A function of a room, when the room has it."""
    try:
        return getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            return None
        raise


def _migrate(ctx: click.Context, *, say: Callable[[str], None]) -> None:
    """Roles, database, tables, rights, and the rows every installation has."""
    os.environ["ABHIYAN_ROLE"] = "owner"
    from abhiyan.core import schema

    schema.prepare()
    ready(ctx, "owner", with_database=False)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    say(f"Running {len(pending)} migrations" if pending else "The tables are up to date.")
    schema.migrate(verbosity=0)
    with schema.working_as("jobs"):
        put_what_ships(say=say)


def put_what_ships(*, say: Callable[[str], None]) -> None:
    """The rows every installation has: offices, and the texts of messages. Safe to repeat."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system

    offices = _hook("abhiyan.org.actions", "ensure_offices")
    texts = _hook("abhiyan.messaging.actions", "publish_templates")
    with system("migrate"):
        if offices is not None:
            offices()
        if texts is not None and (n := texts(by=Actor.system("migrate"), at=clock.now())):
            say(f"Published {n} texts of messages.")


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when migrations are pending.")
@click.pass_context
def migrate(ctx: click.Context, *, check: bool) -> None:
    """Bring roles, tables and rights up to this release."""
    from . import processes

    _need_keys()
    ctx.with_resource(processes.database_in_use())
    if not check:
        _migrate(ctx, say=click.echo)
        return
    ready(ctx, "owner", with_database=False)
    n = _pending()
    click.echo(f"{n} migrations are pending." if n else "The tables are up to date.")
    if n:
        sys.exit(1)


def _pending() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()


def _refuse_pending() -> None:
    """Serving old tables would fail on every second page. A database that is away is waited for elsewhere."""
    from django.db import Error

    from . import processes

    try:
        n = _pending()
    except Error:
        return
    if n:
        click.echo(f"{n} migrations are pending: run `abhiyan migrate` first (or `abhiyan init`).", err=True)
        sys.exit(processes.CANNOT_START)


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; a proxy stands before it."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port [default: ABHIYAN_PORT, else 8000].")
@click.option("--workers", type=click.IntRange(1, 256), help="Web workers [default: one per core].")
@click.option("--with-jobs", is_flag=True, help="Run `abhiyan jobs` beside it, watched over alike.")
@click.option("--here", is_flag=True, hidden=True, help="Be one worker, unwatched.")
@click.pass_context
def serve(
    ctx: click.Context, *, host: str, port: int | None, workers: int | None, with_jobs: bool, here: bool
) -> None:
    """Serve pages and API until Ctrl-C or `abhiyan stop`. Starts again what dies.

    One process per core, on the loopback address: put a proxy with a certificate before it for real use.
    """
    from . import processes
    from . import serve as serving

    port = port or environment.PORT()
    if here:
        _end_with_watcher()
        ready(ctx, "app", with_database=False)
        _refuse_pending()
        with processes.noted("web", port=port):
            serving.web(host=host, port=port)
        return
    _need_keys()
    _need_database()
    with processes.noted("serve", port=port, host=host) as note:
        _refuse_busy_port(host, port)
        _log_to_console()
        with processes.stopping_on_signals() as stopping, processes.database_in_use():
            _refuse_lockout("app")
            click.echo(f"Serving on {note.address}", err=True)
            code = serving.supervise(
                host=host, port=port, workers=workers, with_jobs=with_jobs, stopping=stopping
            )
    sys.exit(code)


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port or ABHIYAN_PORT."
            ) from None


def _end_with_watcher() -> None:
    """A child of the watcher ends when that is killed; one begun by hand is nobody's child."""
    from . import processes

    if watcher := os.environ.pop("ABHIYAN_WATCHED_BY", ""):
        import signal

        processes.die_with(watcher, signal.SIGTERM)


def _log_to_console() -> None:
    """The watcher has no Django, but logs like the others."""
    import logging

    from abhiyan.core.logs import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=environment.LOG_LEVEL(), handlers=[handler])


@main.command(short_help="Run the loops and the jobs until Ctrl-C.")
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """Run the loops (folding, sealing, sending, sweeping) and the jobs until Ctrl-C or `abhiyan stop`.

    One process does for an installation; a second one stands by and takes over when the first is gone.
    """
    from . import processes

    _need_keys()
    _need_database()
    _end_with_watcher()
    with processes.stopping_on_signals() as stopping, processes.noted("jobs"), processes.database_in_use():
        _refuse_lockout("jobs")
        ready(ctx, "jobs", with_database=False, pool=True)
        _refuse_pending()
        from abhiyan.core import jobs as running

        running.run(stopping)


@main.command(short_help="A campaign in full swing, to look around in.")
@click.option("--seed", default="abhiyan", show_default=True, help="The same seed makes the same demo.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port [default: ABHIYAN_PORT, else 8000].")
@click.option("--fresh", is_flag=True, help="Make the demo anew, though there is one.")
def demo(*, seed: str, port: int | None, fresh: bool) -> None:
    """A campaign in full swing, on this machine, to look around in. Stays in the foreground.

    Real units and boundaries of one state, sample people. Never for real use: its key is known to everybody.
    """
    from . import processes

    run = _hook("abhiyan.site.demo", "run")
    if run is None:
        raise click.ClickException("The demo is not in this release yet.")
    port = port or environment.PORT()
    with processes.noted("demo", port=port):
        _refuse_busy_port("127.0.0.1", port)
        code = run(seed=seed, port=port, fresh=fresh)
    sys.exit(code or 0)


@main.command(short_help="End server, jobs, demo and database from anywhere.")
def stop() -> None:
    """End the demo, the server, the jobs and the embedded database of this data folder, from anywhere."""
    from abhiyan.core import database, home

    from . import processes

    stopped = processes.stop_all(say=click.echo)
    if database.is_embedded() and home.path().exists():
        from abhiyan.core import embedded

        if embedded.stop(home.path()):
            click.echo("stopped the database")
            stopped += 1
    click.echo("Everything has ended." if stopped else f"Nothing runs in {home.path()}.")


@main.command(short_help="See whether all is as it should be.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.option(
    "--audit", "whole_audit", is_flag=True, help="Walk the whole audit trail, too. Reads every entry."
)
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool, whole_audit: bool) -> None:
    """See whether this installation is as it should be; say what is not, with its fix.

    Exit code 1 when something fails; warnings alone are 0.
    """
    ready(ctx, "jobs")
    from abhiyan.core import clock
    from abhiyan.core import doctor as doctoring

    from . import processes

    found = doctoring.examine(clock.now(), whole_audit=whole_audit, is_served=bool(processes.known()))
    levels = [one.finding.level for one in found]
    failed = doctoring.FAIL in levels
    if as_json:
        rows = [
            {
                "check": one.check,
                "level": one.finding.level,
                "text": one.finding.text,
                "fix": one.finding.fix,
                "facts": one.finding.facts,
            }
            for one in found
        ]
        click.echo(json.dumps({"ok": not failed, "findings": rows}, default=str, indent=1))
    else:
        colours = {"ok": "green", "warn": "yellow", "fail": "red"}
        for one in found:
            level = click.style(f"{one.finding.level:4}", fg=colours[one.finding.level])
            click.echo(f"{level}  {one.check:10}  {one.finding.text}")
            if one.finding.fix:
                click.echo(f"{'':18}→ {one.finding.fix}")
        warnings = levels.count(doctoring.WARN)
        well = (
            f"Nothing fails; {warnings} warning{'s' if warnings > 1 else ''}." if warnings else "All is well."
        )
        click.echo("Something fails." if failed else well)
    if failed:
        sys.exit(1)


main.add_command(backup)
main.add_command(restore)
main.add_command(psql)


@main.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Run every bench.")
@click.option("--quick", is_flag=True, help="A short run, to see that it works; its figures mean little.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON for a program to read.")
@click.option("--write", type=click.Path(path_type=Path), help="Write the results to this file (Markdown).")
def bench(*, name: str | None, every: bool, quick: bool, as_json: bool, write: Path | None) -> None:
    """Measure against stated references, in a checkout. Without NAME: list the benches.

    Each row is a value, the reference's value measured in the same run, and their ratio.
    """
    from . import benches

    known = benches.known()
    if not name and not every:
        click.echo("\n".join(known) if known else "There are no benches here: they come with a checkout.")
        return
    if name and name not in known:
        raise click.UsageError(f"There is no bench {name!r}; there are: {', '.join(known) or 'none'}.")
    results: dict[str, list[dict[str, Any]]] = {}
    for one in known if every else [str(name)]:
        click.echo(f"{one} …", err=True)
        results[one] = benches.measure(one, quick=quick)
        if not as_json:
            for row in results[one]:
                click.echo(benches.row_text(row))
    if as_json:
        click.echo(json.dumps([row for rows in results.values() for row in rows], indent=1))
    if write:
        write.write_text(benches.markdown(results, quick=quick, at=datetime.now(UTC)))
        click.echo(f"written to {write}", err=True)


if __name__ == "__main__":
    main(prog_name="abhiyan")
