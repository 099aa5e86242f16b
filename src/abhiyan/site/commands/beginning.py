"""`abhiyan init`: keys, database, the first administrator, and the data officers who watch the leaders."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from abhiyan.org.commands import LOST_PROOF
from abhiyan.server import readiness


@click.command()
@click.option("--name", help="The first administrator's name; asked for when not given.")
@click.option("--phone", help="Their mobile number; asked for when not given.")
@click.option("--language", type=click.Choice(["hi", "en"]), help="Theirs; when not given, their browser's.")
@click.option(
    "--officer",
    "named",
    nargs=2,
    multiple=True,
    metavar="NAME PHONE",
    help="A data officer of the top, who approves what others ask; give two.",
)
@LOST_PROOF
@click.option("--no-account", is_flag=True, help="Make keys and tables only.")
@click.pass_context
def init(
    ctx: click.Context,
    *,
    name: str | None,
    phone: str | None,
    language: str | None,
    named: tuple[tuple[str, str], ...],
    is_proof_lost: bool,
    no_account: bool,
) -> None:
    """Make keys, database and the first administrator. Safe to repeat.

    The administrator gets a link for signing in, once, within an hour, and sets up a passkey or an
    authenticator app there. Run it again for a new link, which ends the older one, with --lost-proof if they lost
    their second proof; with another mobile number it makes one more administrator.

    Two data officers approve or refuse what others ask: exports, tokens, resets. Name people who lead nothing; later
    by `abhiyan officers name`.
    """
    from abhiyan.core import keys
    from abhiyan.server import processes

    path = keys.master_path()
    if path.exists() and keys.read_keyring(path).demo:
        raise readiness.CannotRun(
            f"{path} is the demo's key, which everybody knows. Choose another data folder (ABHIYAN_HOME)."
        )
    if not path.exists():
        refuse_lost_key()
        _refuse_roles_of_no_key()
    if not no_account:  # asked before anything is made
        asked_here = not name and not phone
        name = name or _asked("Name of the first administrator")
        phone = phone or _asked("Their mobile number")
        named = named or (_officers_asked() if asked_here else ())
    if not path.exists():
        make_key(say=click.echo)
    ctx.with_resource(processes.database_in_use())
    bring_up(ctx, say=click.echo)
    if no_account or not name or not phone:
        return
    from django.conf import settings

    from abhiyan.core import clock, schema
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.org import commands as offices
    from abhiyan.people import actions as people
    from abhiyan.people import phones

    with schema.working_as("jobs"), system("init"), _refusals_of(name):
        link = people.first_administrator(
            name=name,
            phone=phone,
            language=language or "",
            is_proof_lost=is_proof_lost,
            by=Actor.system("init"),
            at=clock.now(),
        )
    click.echo("")
    if link.made and link.others:
        others = "the other one stays" if link.others == 1 else f"the other {link.others} stay"
        click.echo(f"This number is one more administrator's now; {others}.")
    elif not link.made:
        click.echo("The administrator of this number is there already; older links no longer sign in.")
    if is_proof_lost:
        click.echo(offices.PROOF_GONE)
    if not phones.is_indian_mobile(phones.parse(phone) or ""):
        click.echo(
            "Mind that this is a number abroad. If it was mistyped, run this again with the right one."
        )
    click.echo("Sign in with this link, once, within an hour (it is as good as a password until then):")
    click.echo(f"  {settings.ORIGIN}{link.path}")
    with schema.working_as("jobs"):
        for officer in named:
            with _refusals_of(officer[0]):
                offices.name_officer(*officer, language="")
        offices.tell_lack(called_command())
    click.echo(f"Serve with: {called_command()} serve --with-jobs")


@contextmanager
def _refusals_of(name: str) -> Iterator[None]:
    """Name the person that is refused: `init` takes several. Keys, tables and people made before stay."""
    from abhiyan.core.refusals import Refused

    try:
        yield
    except Refused as refused:
        raise click.ClickException(f"{name}: {refused}") from refused


def _officers_asked() -> tuple[tuple[str, str], ...]:
    """Return the data officers somebody types; an empty line ends them."""
    click.echo(
        "Two data officers approve or refuse exports, tokens and resets. Name people who lead nothing."
    )
    officers: list[tuple[str, str]] = []
    for which in ("first", "second"):
        what = f"Name of the {which} data officer (Enter to name them later)"
        try:
            name = click.prompt(what, default="", show_default=False).strip()
        except click.Abort:  # no person is there to type
            name = ""
        if not name:
            break
        officers.append((name, _asked("Their mobile number")))
    return tuple(officers)


def _asked(what: str) -> str:
    """Return what somebody types. If nobody can, it names the options that say it."""
    try:
        return str(click.prompt(what))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError(
            "There is no terminal to ask on: give --name and --phone of the first administrator, or --no-account for "
            "keys and tables only."
        ) from None


def called_command() -> str:
    """Return how this program was called, for a command that somebody is to copy: a checkout's is on no path."""
    path = Path(sys.argv[0])
    if path.name != "abhiyan" or shutil.which("abhiyan") == str(path):
        return "abhiyan"
    return shlex.quote(str(path))


def make_key(*, say: Callable[[str], None]) -> None:
    """Make the master key of a new installation."""
    from abhiyan.core import home, keys

    home.home_folder().mkdir(parents=True, exist_ok=True)
    keys.make_master(keys.master_path())
    say(f"Made the master key: {keys.master_path()}")
    say(
        "  Keep a copy of it off this machine, apart from the backups. Without it nothing sealed can be read."
    )


def _refuse_roles_of_no_key() -> None:
    """Refuse to go on without the master key by which an administrator's roles got their passwords."""
    from abhiyan.core import database, keys

    if not database.is_embedded() and not database.names_administrator():
        raise readiness.CannotRun(
            f"There is no master key at {keys.master_path()}, and DATABASE_URL names no account that makes roles. Put "
            "the key back if there was one. A new installation begins with `abhiyan roles`, which makes it."
        )


def refuse_lost_key() -> None:
    """Refuse a new key for a database without its own: everything sealed in it would be lost for good."""
    from abhiyan.core import database, home, keys

    if not (database.is_embedded() or database.names_administrator()):
        return  # no account can ask the server
    if database.is_embedded():
        has_data = (home.home_folder() / "postgres" / "data").exists()
    else:
        import psycopg

        try:
            with psycopg.connect(database.conninfo(None)) as admin:
                has_data = admin.execute(
                    "select to_regclass('public.core_audit') is not null"
                ).fetchone() == (True,)
        except psycopg.OperationalError:
            has_data = False  # not there yet
    if has_data:
        raise readiness.CannotRun(
            f"There is a database already, and its master key is not at {keys.master_path()}. Put the key back (or "
            "name it with ABHIYAN_MASTER_KEY_FILE). For a new beginning choose another data folder or database."
        )


def bring_up(ctx: click.Context, *, say: Callable[[str], None]) -> None:
    """Bring up roles, database, tables, rights, and the rows every installation has."""
    os.environ["ABHIYAN_ROLE"] = "owner"
    from abhiyan.core import schema

    schema.prepare_database()
    readiness.ready(ctx, "owner", with_database=False)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    say(f"Running {len(pending)} migrations" if pending else "The tables are up to date.")
    schema.migrate(verbosity=0)
    say(schema.made_by())
    with schema.working_as("jobs"):
        put_what_ships(say=say)
    furnish(say=say)
    mark_second_journal(say=say)


def mark_second_journal(*, say: Callable[[str], None]) -> None:
    """Mark the place of ABHIYAN_JOURNAL_TO. A restore does not: on a new machine the folder may not be mounted yet."""
    from abhiyan.core.store import StoreAway
    from abhiyan.people import journal

    try:
        journal.make_second_place()
    except (OSError, StoreAway) as error:
        say(f"The second journal cannot be made: {error}. Noes are refused until it is.")


def furnish(*, say: Callable[[str], None]) -> None:
    """Put into the data folder what every installation has: the journal, and a token for `/metrics`. Safe to repeat."""
    from abhiyan.core import metrics
    from abhiyan.people import journal

    journal.make_place()
    try:
        if path := metrics.make_metrics_token():
            say(f"Made a token for /metrics: {path}")
    except OSError as error:  # keys may lie where nothing can be written
        say(f"No token for /metrics can be made: {error.filename}: {error.strerror}.")


def put_what_ships(*, say: Callable[[str], None]) -> None:
    """Put in the rows every installation has: offices, and the texts of messages. Safe to repeat."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.messaging.actions import publish_templates
    from abhiyan.org.actions import ensure_offices

    with system("migrate"):
        ensure_offices()
        if n := publish_templates(by=Actor.system("migrate"), at=clock.now()):
            say(f"Published {n} texts of messages.")
