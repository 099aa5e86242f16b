"""Prepare what a command needs before it may begin: keys, a database, Django. Tell a person what is missing.

Nothing of Django is imported before it is needed: `abhiyan --help` is quick.
"""

import os
import sys
from pathlib import Path

import click

from abhiyan.core import environment

CANNOT_RUN = 3


class CannotRun(click.ClickException):
    """There are no keys, or there is no database: the text says what to do."""

    exit_code = CANNOT_RUN


def readable_error(error: Exception) -> click.ClickException | None:
    """Return the words for a person about an error that has its own; None for one that has not."""
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
        "abhiyan.core.hosts.OtherKey",
    }:
        return CannotRun(str(error))
    if kinds & {"psycopg.OperationalError", "django.db.utils.OperationalError"}:
        text = str(error).partition("\n")[0]
        fix = "Is it running, and is DATABASE_URL right?"
        if _is_locked_out(error):
            fix = "Are the master key, ABHIYAN_ROLE_PREFIX and DATABASE_URL those it was prepared with?"
        return CannotRun(f"The database cannot be reached: {text}\n{fix}")
    if kinds & {
        "abhiyan.core.refusals.Refused",
        "abhiyan.core.sealing.UnreadableSeal",
        "abhiyan.core.backup.BackupFailed",
        "abhiyan.core.backup.RestoreRefused",
        "abhiyan.server.processes.Served",
    }:
        return click.ClickException(str(error))
    return None


def _is_locked_out(error: Exception) -> bool:
    """Return True if the database is there and knows us by another password, or not at all: waiting helps nobody."""
    return "authentication failed" in str(error)


def refuse_lockout(role: str) -> None:
    """Raises where the database does not let the role in, or is of a version before the first release.

    One that is away is waited for elsewhere.
    """
    import psycopg

    from abhiyan.core import database, schema

    try:
        with psycopg.connect(database.conninfo(role), connect_timeout=10) as connection:
            schema.refuse_earlier(connection)
    except psycopg.OperationalError as error:
        if _is_locked_out(error):
            raise


def _is_of_home(name: str) -> bool:
    home = environment.HOME()
    return home.is_relative_to(name) or Path(name).is_relative_to(home)


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
    need_keys()
    if with_database and not may_be_new:
        need_database()
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


def need_keys() -> None:
    """Raises NoKeys, which says what to do, before anything is made or started."""
    from abhiyan.core import keys

    keys.read_keyring(keys.master_path())


def need_database() -> None:
    """Refuse to make a database for a command that only looks: most likely the folder is another one."""
    from abhiyan.core import database, home

    if database.is_embedded() and not (home.home_folder() / "postgres" / "data").exists():
        raise CannotRun(
            f"There is no database in {home.home_folder()}. Is ABHIYAN_HOME the one you mean? "
            "For a new installation run `abhiyan init`."
        )


def pending() -> int:
    """Count the migrations still to run. Raises schema.MadeEarlier."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from abhiyan.core import schema

    try:
        connection.ensure_connection()
        with connection.wrap_database_errors:
            schema.refuse_earlier(connection.connection)
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()


def refuse_pending() -> None:
    """Refuse to serve old tables: it would fail on every second page.

    A database that is away is waited for elsewhere.
    """
    from django.db import Error

    from . import processes

    try:
        n = pending()
    except Error:
        return
    if n:
        click.echo(f"{n} migrations are pending: run `abhiyan migrate` first (or `abhiyan init`).", err=True)
        sys.exit(processes.CANNOT_START)
