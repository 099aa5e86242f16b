"""`abhiyan demo`: make the data once, then serve. Never for real use: its key is known to everybody."""

import os
import shutil
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import click

from abhiyan.core import database, home, keys, samples

MARK = "demo"  # a file in the data folder: `doctor` accepts the demo's key there, and nowhere else.
GROUND = "demo.ground"  # the demo can be served; samples of rooms may still be made.
READY = "demo.ready"  # everything is made.
PEOPLE = "demo-people.txt"  # the people one may sign in as, level by level
STOPPED = 130  # exit code of what Ctrl-C ended.
CLAIMS, MANY_CLAIMS = 30_000, 110_000  # of the drive; of the large demo's


def run_demo(*, seed: str, at: datetime | None, port: int, fresh: bool, full: bool = False) -> int:
    """Make the demo where it is missing, print its people by level and serve until told to stop.

    It serves once units, people, offices and the drive are there. The samples of the rooms follow while it serves;
    jobs begin after them, so that nothing else acts on what a sample is about to make.

    seed, at, full: what is made depends on them alone; at None is now, full is the large demo.
    """
    from abhiyan.pages import languages
    from abhiyan.server import processes, serve

    from .data_files import sample_words

    folder = home.home_folder()
    _refuse_what_is_real()
    if folder.exists() and (fresh or (database.is_embedded() and not (folder / READY).exists())):
        _forget()  # what was half made, too; but nobody's own database unasked
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    if not keys.master_path().exists():
        keys.make_master(keys.master_path(), text=keys.demo_master(seed))
    languages.add_language(languages.SHIPPED["ur"])
    words = sample_words().organisation
    os.environ |= {
        "ABHIYAN_PORT": str(port),
        "ABHIYAN_SMS": os.environ.get("ABHIYAN_SMS", "file"),
        "ABHIYAN_ORGANISATION": os.environ.get("ABHIYAN_ORGANISATION", words.name),
        "ABHIYAN_ORGANISATION_NAMES": os.environ.get("ABHIYAN_ORGANISATION_NAMES", words.in_languages),
        "ABHIYAN_GRIEVANCE": os.environ.get("ABHIYAN_GRIEVANCE", words.grievance),
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    }
    with processes.stopping_on_signals() as stopping, processes.database_in_use():
        ready = folder / READY
        web = serve.commands(host="127.0.0.1", port=port)
        whole = serve.commands(host="127.0.0.1", port=port, with_jobs=True)
        whole["trickle"] = [sys.executable, "-m", "abhiyan.sample.trickle", seed]
        environment = {"ABHIYAN_PORT": str(port)}
        if ready.exists():
            if ready.read_text() != _made_by():  # by another release
                migrate = [sys.executable, "-m", "abhiyan.site.cli", "migrate"]
                if (code := processes.run_once(migrate, stopping=stopping)) != 0:
                    return STOPPED if code is None else max(code, 1)
                ready.write_text(_made_by())
            _greet(port)
            return processes.supervise_commands(whole, stopping=stopping, environment=environment)
        making = [
            sys.executable,
            "-m",
            "abhiyan.sample.making",
            seed,
            str(MANY_CLAIMS if full else CLAIMS),
        ]
        for name in (GROUND, samples.MAKING):  # of a demo in somebody's own database that was half made
            (folder / name).unlink(missing_ok=True)
        with processes.running([*making, *([at.isoformat()] if at else [])]) as maker:
            while not (folder / GROUND).exists() and maker.poll() is None:
                if stopping.wait(processes.RUN_WATCH_S):
                    break
            if not maker.poll() and not stopping.is_set():
                _greet(port)

            def look() -> None:
                if (code := maker.poll()) == 0 and not ready.exists():
                    ready.write_text(_made_by())
                    web.update(whole)
                elif code:
                    stopping.set()

            served = 0
            if not maker.poll():
                served = processes.supervise_commands(
                    web, stopping=stopping, environment=environment, each_watch=look
                )
            return _ended(maker.poll()) or served


def _ended(code: int | None) -> int:
    """Return the exit code of the demo by that of what made it; None: it was still at work."""
    if code is None:
        click.echo("Stopped before everything was made: the next start begins anew.")
        return STOPPED
    if code < 0:  # such as for want of memory
        click.echo(f"What made the demo was killed (signal {-code}): the next start begins anew.", err=True)
        return 1
    return code


def _made_by() -> str:
    """Return the tables of this release: the names of its migrations."""
    rooms = Path(__file__).parents[1]
    return "".join(f"{path.relative_to(rooms)}\n" for path in sorted(rooms.glob("*/migrations/0*.py")))


def _refuse_what_is_real() -> None:
    path = keys.master_path()
    if path.exists() and not (home.home_folder() / MARK).exists():
        raise click.ClickException(
            f"{home.home_folder()} holds a real installation."
            " Choose another folder for the demo: ABHIYAN_HOME=… make demo"
        )


def _forget() -> None:
    """Drop the demo that is there; the folder is marked as a demo's, or nothing is touched."""
    from abhiyan.core import databases, embedded, roles

    folder = home.home_folder()
    if not (folder / MARK).exists():
        return
    if database.is_embedded():
        embedded.stop_database(folder)
    elif keys.master_path().exists():  # before there is a key, nothing of ours is on the server
        with databases.server_session(None) as admin:
            roles.refuse_others(admin)
            if roles.can_log_in("owner"):
                databases.drop(database.database_name())
            if database.names_administrator():
                roles.drop_roles(admin)
    folders = ("postgres", "files", "outbox", "keys", "audit-heads", "languages")
    for name in (*folders, PEOPLE, GROUND, READY, samples.MAKING, samples.LOOKED):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    keys.keyring.cache_clear()  # another seed is another key


def _greet(port: int) -> None:
    click.echo("")
    click.echo(f"The demo serves on http://localhost:{port}")
    click.echo("  Sign in there as any of its people by one click (from this machine only):")
    people = home.home_folder() / PEOPLE
    if people.exists():
        click.echo(textwrap.indent(people.read_text(encoding="utf-8"), "  "), nl=False)
    click.echo(f"  Join:      http://localhost:{port}/join/")
    click.echo(f"  The messages it would send, codes among them: http://localhost:{port}/demo/phone/")
    click.echo(
        "  Everything is sample but names of districts, blocks and constituencies, and results of elections."
    )
    click.echo("  Stop it with Ctrl-C, or with `make stop` in another terminal.")
    click.echo("", nl=False)
    sys.stdout.flush()
