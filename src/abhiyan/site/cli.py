"""The command line, `abhiyan`. Nothing of Django is imported before a command needs it: `--help` is quick.

Rooms add commands in `<room>/commands.py`: COMMANDS, from a name ("recount", "import", "import pins") to a click
command. They run as the database role `jobs`, or as the one named by the command's attribute `abhiyan_role`; where it
is empty they need no installation.

Exit codes: 0 done, 1 failed or something was found, 2 wrong usage, 3 cannot run here (settings, keys, database).
"""

import functools
import importlib
import importlib.util
import json
import os
import pkgutil
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

import abhiyan
from abhiyan.core import environment
from abhiyan.server import readiness

from .commands import backup, bring_up, hosts, init, language, psql, refuse_while_restoring, restore, roles

ORDER = (
    *("init", "demo", "serve", "jobs", "stop", "migrate", "import", "recount", "doctor", "backup", "restore"),
    *("hosts", "roles", "language", "psql", "bench"),
)


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
            if lines := environment.wrong_settings():
                raise readiness.CannotRun("\n".join(lines))
            if name not in self.commands and (role := getattr(command, "abhiyan_role", "jobs")):
                readiness.ready(ctx, role)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException:
            raise
        except Exception as error:
            if (click_error := readiness.readable_error(error)) is None:
                raise
            raise click_error from None


@functools.cache
def _room_commands() -> dict[str, click.Command]:
    """Return every room's commands by name; "import pins" is in the group `import`."""
    command_by_name: dict[str, click.Command] = {}
    for room in pkgutil.iter_modules(abhiyan.__path__):
        module = f"abhiyan.{room.name}.commands"
        if importlib.util.find_spec(f"abhiyan.{room.name}") and importlib.util.find_spec(module):
            command_by_name |= importlib.import_module(module).COMMANDS
    for name in [name for name in command_by_name if " " in name]:
        above, _, below = name.partition(" ")
        group = command_by_name.setdefault(above, click.Group(above))
        if isinstance(group, click.Group):
            group.add_command(command_by_name[name], below)
    return command_by_name


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(abhiyan.__version__, prog_name="abhiyan")
def main() -> None:
    """Runs the field campaigns of a mass-membership organisation, and tells the truth about them.

    Begin with `abhiyan demo` to look around, or with `abhiyan init` and `abhiyan serve --with-jobs` for real.

    Settings are environment variables.

    \b
      ABHIYAN_HOME   data folder (~/.local/share/abhiyan, as root /var/lib/abhiyan)
      ABHIYAN_PORT   port to serve on (8000)
      DATABASE_URL   a PostgreSQL server, 15 to 18; else an embedded one runs
    docs/reference.md lists the others.
    """


@main.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when migrations are pending.")
@click.pass_context
def migrate_tables(ctx: click.Context, *, check: bool) -> None:
    """Bring roles, tables and rights up to this release."""
    from abhiyan.server import processes

    readiness.need_keys()
    ctx.with_resource(processes.database_in_use())
    if not check:
        bring_up(ctx, say=click.echo)
        return
    readiness.ready(ctx, "owner", with_database=False)
    n = readiness.pending()
    from abhiyan.core import schema

    click.echo(f"{n} migrations are pending." if n else "The tables are up to date.")
    click.echo(schema.made_by())
    if n:
        sys.exit(1)


@main.command()
@click.option(
    "--host", help="Address to listen on; a proxy stands before it [default: ABHIYAN_LISTEN, else 127.0.0.1]."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port [default: ABHIYAN_PORT, else 8000].")
@click.option("--workers", type=click.IntRange(1, 256), help="Web workers [default: one per core].")
@click.option("--with-jobs", is_flag=True, help="Run `abhiyan jobs` beside it, watched over alike.")
@click.option("--here", is_flag=True, hidden=True, help="Be one worker, unwatched.")
@click.pass_context
def serve(
    ctx: click.Context,
    *,
    host: str | None,
    port: int | None,
    workers: int | None,
    with_jobs: bool,
    here: bool,
) -> None:
    """Serve pages and API until Ctrl-C or `abhiyan stop`. Starts again what dies.

    One process per core, on the loopback address: put a proxy with a certificate before it for real use.
    """
    from abhiyan.server import processes
    from abhiyan.server import serve as serving

    host, port = host or environment.LISTEN(), port or environment.PORT()
    if here:
        _end_with_watcher()
        os.environ.setdefault("PGAPPNAME", "web")  # seen in pg_stat_activity
        readiness.ready(ctx, "app", with_database=False, pool=True)
        readiness.refuse_pending()
        with processes.noted_process("web", port=port) as note:
            refuse_while_restoring("app")
            serving.web(host=host, port=port, beat=note.beat)
        return
    from abhiyan.core import hosts as listed

    _leave_administrator()
    readiness.need_keys()
    readiness.need_database()
    with processes.noted_process("serve", port=port, host=host) as note:
        _refuse_busy_port(host, port)
        _log_to_console()
        with processes.stopping_on_signals() as stopping, processes.database_in_use():
            readiness.refuse_lockout("app")
            listed.refuse_key_of_others()
            refuse_while_restoring("app")
            click.echo(f"Serving on {note.address}", err=True)
            with listed.on_the_list("serve", address=note.address):
                code = serving.supervise_server(
                    host=host, port=port, workers=workers, with_jobs=with_jobs, stopping=stopping
                )
    sys.exit(code)


def _leave_administrator() -> None:
    """Remove the account that makes roles, so that no process that serves, and none that it starts, knows it."""
    os.environ.pop(environment.ADMIN_DATABASE_URL.name, None)


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


def _end_with_watcher() -> bool:
    """End a child of the watcher when that is killed; one begun by hand has no watcher. Returns whether it has one."""
    from abhiyan.server import processes

    watcher = os.environ.pop("ABHIYAN_WATCHED_BY", "")
    if watcher:
        import signal

        processes.die_with(watcher, signal.SIGTERM)
    return bool(watcher)


def _log_to_console() -> None:
    """Log like the others: the watcher has no Django."""
    import logging

    from abhiyan.core.logs import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=environment.LOG_LEVEL(), handlers=[handler])


@main.command(short_help="Run the loops and the jobs until Ctrl-C.")
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """Run the loops (folding, sealing, sending, sweeping) and the jobs until Ctrl-C or `abhiyan stop`.

    One process does for an installation. Several, on hosts of their own, share the loops; each takes jobs. One that is
    gone is replaced by the others within seconds.
    """
    from abhiyan.server import processes

    _leave_administrator()
    readiness.need_keys()
    readiness.need_database()
    is_watched = _end_with_watcher()
    database_in_use = processes.database_in_use(starts=not is_watched)
    with (
        processes.stopping_on_signals() as stopping,
        processes.noted_process("jobs") as note,
        database_in_use,
    ):
        readiness.refuse_lockout("jobs")
        refuse_while_restoring("jobs")
        readiness.ready(ctx, "jobs", with_database=False, pool=True)
        readiness.refuse_pending()
        from abhiyan.core import hosts as listed
        from abhiyan.core import loops

        listed.refuse_key_of_others()
        with note.beating(), listed.on_the_list("jobs"):
            loops.run_loops(stopping, keeps_database=not is_watched)


def _past(_ctx: click.Context, _parameter: click.Parameter, typed: str | None) -> datetime | None:
    """Return an instant that has been, in Indian time unless it names another."""
    if typed is None:
        return None
    from abhiyan.core import clock

    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise click.BadParameter("write it as 2026-11-21 or 2026-11-21T12:00.") from None
    at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    if at > clock.now():
        raise click.BadParameter("it lies in the future.")
    return at


@main.command(short_help="A campaign in full swing, to look around in.")
@click.option(
    "--seed", default="abhiyan", show_default=True, help="The same seed and --at make the same demo."
)
@click.option(
    "--at",
    callback=_past,
    metavar="WHEN",
    help="The instant the demo is made for, in Indian time, such as 2026-11-21T12:00 [default: now].",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port [default: ABHIYAN_PORT, else 8000].")
@click.option("--fresh", is_flag=True, help="Make the demo anew, though there is one.")
@click.option("--full", is_flag=True, help="Make the large demo: 1,10,000 claims instead of 30,000.")
def demo(*, seed: str, at: datetime | None, port: int | None, fresh: bool, full: bool) -> None:
    """A campaign in full swing, on this machine, to look around in. Stays in the foreground.

    Real units and boundaries of one state, sample people. Never for real use: its key is known to everybody.
    --seed, --at and --full count when the demo is made: at the first start, and with --fresh.
    """
    from abhiyan.sample.run import run_demo
    from abhiyan.server import processes

    port = port or environment.PORT()
    with processes.noted_process("demo", port=port):
        _refuse_busy_port("127.0.0.1", port)
        code = run_demo(seed=seed, at=at, port=port, fresh=fresh, full=full)
    sys.exit(code or 0)


@main.command(short_help="End server, jobs, demo and database from anywhere.")
def stop() -> None:
    """End the demo, the server, the jobs and the embedded database of this data folder, from anywhere.

    Other hosts on the same database go on, and are named.
    """
    from abhiyan.core import database, home
    from abhiyan.server import processes

    stopped = processes.stop_all(say=click.echo)
    if database.is_embedded() and home.home_folder().exists():
        from abhiyan.core import embedded

        if embedded.stop_database(home.home_folder()):
            click.echo("stopped the database")
            stopped += 1
    click.echo("Everything has ended." if stopped else f"Nothing runs in {home.home_folder()}.")
    if not database.is_embedded() and (others := _other_hosts()):
        click.echo(f"Other hosts go on: {others}.")


def _other_hosts() -> str:
    """Name what still serves the same database; "" where nothing does, or the database does not answer."""
    import psycopg

    from abhiyan.core import hosts as listed
    from abhiyan.core import keys

    try:
        others = [
            process for process in listed.host_processes_now() if process.name != environment.HOST_NAME()
        ]
        return listed.host_sentence([process for process in others if process.is_live])
    except (psycopg.Error, keys.NoKeys):
        return ""


@main.command(short_help="See whether all is as it should be.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.option(
    "--audit", "whole_audit", is_flag=True, help="Walk the whole audit trail, too. Reads every entry."
)
@click.option("--launch", is_flag=True, help="Say what programmes that are about to begin still need.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool, whole_audit: bool, launch: bool) -> None:
    """See whether this installation is as it should be; say what is not, with its fix.

    Exit code 1 when something fails; warnings alone are 0.
    """
    readiness.ready(ctx, "jobs")
    from abhiyan.core import clock
    from abhiyan.core import doctor as doctoring
    from abhiyan.server import processes

    findings = doctoring.examine(
        clock.now(),
        whole_audit=whole_audit,
        launch=launch,
        is_served=any(note.kind != "restore" for note in processes.running_processes()),
    )
    levels = [finding.finding.level for finding in findings]
    failed = doctoring.FAIL in levels
    if as_json:
        rows = [
            {
                "check": finding.check,
                "level": finding.finding.level,
                "text": finding.finding.text,
                "fix": finding.finding.fix,
                "facts": finding.finding.facts,
            }
            for finding in findings
        ]
        click.echo(json.dumps({"ok": not failed, "findings": rows}, default=str, indent=1))
    else:
        colours = {"ok": "green", "warn": "yellow", "fail": "red"}
        for named_finding in findings:
            level = click.style(f"{named_finding.finding.level:4}", fg=colours[named_finding.finding.level])
            click.echo(f"{level}  {named_finding.check:10}  {named_finding.finding.text}")
            if named_finding.finding.fix:
                click.echo(f"{'':18}→ {named_finding.finding.fix}")
        warnings = levels.count(doctoring.WARN)
        well = (
            f"Nothing fails; {warnings} warning{'s' if warnings > 1 else ''}." if warnings else "All is well."
        )
        click.echo("Something fails." if failed else well)
    if failed:
        sys.exit(1)


main.add_command(init)
main.add_command(backup)
main.add_command(restore)
main.add_command(hosts)
main.add_command(psql)
main.add_command(roles)
main.add_command(language)


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

    bench_paths = benches.known_benches()
    if not name and not every:
        click.echo(
            "\n".join(bench_paths) if bench_paths else "There are no benches here: they come with a checkout."
        )
        return
    if name and name not in bench_paths:
        raise click.UsageError(f"There is no bench {name!r}; there are: {', '.join(bench_paths) or 'none'}.")
    results: dict[str, list[dict[str, Any]]] = {}
    for bench_name in bench_paths if every else [str(name)]:
        click.echo(f"{bench_name} …", err=True)
        results[bench_name] = benches.measure(bench_name, quick=quick)
        if not as_json:
            for row in results[bench_name]:
                click.echo(benches.row_text(row))
    if as_json:
        click.echo(json.dumps([row for rows in results.values() for row in rows], indent=1))
    if write:
        write.write_text(benches.markdown(results, quick=quick, at=datetime.now(UTC)))
        click.echo(f"written to {write}", err=True)


if __name__ == "__main__":
    main(prog_name="abhiyan")
