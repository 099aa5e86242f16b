"""Bring a database up to date: roles as the administrator; database, extensions, tables and rights as the owner."""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection

from . import database, databases, releases, roles, sql

log = logging.getLogger(__name__)
LOCK_MS = 4_000  # a migration that waits longer for a table lets those behind it go first
STATEMENT_MS = (
    5_000  # and holds none longer than that; what takes longer goes in steps, or is a ConcurrentIndex
)
TRIES = 10
TRIED_AGAIN = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
# The migration that every database begins with that was made before the first release.
_EARLIEST = "select 1 from django_migrations where app = 'core' and name = '0001_era'"


class MadeEarlier(roles.CannotPrepare):
    """A version before the first release made the database, and no migration leads from its tables to these."""


def prepare_database(name: str | None = None) -> None:
    """Make roles, database and extensions where they are missing.

    Only making roles needs an administrator of the server. One that is no superuser makes none where all are ready.
    Raises roles.CannotPrepare, before anything is changed, if the roles or the database are somebody else's or an
    account lacks a privilege. Raises MadeEarlier for a database of a version before the first release.
    """
    name = name or database.database_name()
    if not (database.is_embedded() or database.names_administrator() or roles.can_log_in("owner")):
        raise roles.CannotPrepare(
            f"The database server does not let the role {database.role_name('owner')} in. If it is there already, its "
            f"password is another one's: see to the master key and to ABHIYAN_ROLE_PREFIX. {ADMINISTRATOR}"
        )
    try:
        with databases.server_session(None) as admin:
            # Roles belong to the whole server: two preparing at once (tests, two workers) take turns until we leave.
            admin.execute("select pg_advisory_lock(hashtext('abhiyan roles'))")
            roles.refuse_others(admin)
            _refuse_others_database(admin, name)
            if holds_tables(name):
                with psycopg.connect(database.conninfo("owner", dbname=name)) as owner_db:
                    refuse_earlier(owner_db)
            if roles.is_superuser(admin) or not roles.are_ready(admin):
                with admin.transaction():
                    roles.ensure_roles(admin)
            with admin.transaction():
                roles.take_over_database(admin, name)
            with databases.server_session("owner") as owner:
                roles.ensure_database(owner, name)
        with psycopg.connect(database.conninfo("owner", dbname=name), autocommit=True) as owner:
            roles.extensions(owner)
    except psycopg.errors.InsufficientPrivilege as error:
        raise roles.CannotPrepare(
            f"The database server refuses something ({str(error).partition(chr(10))[0]}). {ADMINISTRATOR}"
        ) from error


ADMINISTRATOR = (
    "Have an administrator of the server run the SQL that `abhiyan roles` prints. Or name an account that has "
    "CREATEROLE and CREATEDB with ABHIYAN_ADMIN_DATABASE_URL, for this command alone (docs/install.md)."
)


def _refuse_others_database(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    owner, ours = roles.database_owner(admin, name), database.role_name("owner")
    if owner not in (None, ours) and holds_tables(name):
        raise roles.CannotPrepare(
            f"The database {name} holds tables already and belongs to the role {owner}, not to {ours}. If it is this "
            "installation's, set ABHIYAN_ROLE_PREFIX to what it was when the database was made; else name another "
            "database with ABHIYAN_DATABASE."
        )


def refuse_earlier(own: psycopg.Connection[Any]) -> None:
    """Raise MadeEarlier where a version before the first release made the database of this connection."""
    is_earliest = releases.has_table(own, "django_migrations") and own.execute(_EARLIEST).fetchone()
    if is_earliest or releases.is_too_old(own):
        raise MadeEarlier(
            "A version before the first release made this database, and this version cannot bring it up to date: go "
            "on with the version that made it, or begin anew in another data folder (ABHIYAN_HOME) or database "
            "(ABHIYAN_DATABASE) with `abhiyan init`; a demo begins anew with `abhiyan demo --fresh`."
        )


def holds_tables(name: str) -> bool:
    """Return True if there is a database of that name with a table in it. As the administrator."""
    with databases.server_session(None) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
    with psycopg.connect(database.conninfo(None, dbname=name), autocommit=True) as admin:
        table_row = admin.execute(
            "select 1 from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' limit 1"
        ).fetchone()
    return table_row is not None


def migrate(*, verbosity: int = 1) -> None:
    """Run every migration and hand out the rights. The process must work as the owner (ABHIYAN_ROLE=owner).

    The code before it may be serving: a migration waits LOCK_MS for its tables, and is tried again a moment later.
    Raises OperationalError when that was in vain TRIES times; what was done until then stays. Raises MadeEarlier, and
    changes nothing, where a version before the first release made the database.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            sql.run(f"set lock_timeout = {LOCK_MS}; set statement_timeout = {STATEMENT_MS}")
            with connection.wrap_database_errors:
                refuse_earlier(connection.connection)
            call_command("migrate", verbosity=verbosity, interactive=False)
            connection.ensure_connection()
            with connection.wrap_database_errors:
                releases.note_release(connection.connection)
            break
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, TRIED_AGAIN):
                raise
            log.warning(
                "a table is in use; the migration is tried again", extra={"facts": {"left": tries_left}}
            )
            time.sleep(random.uniform(0.5, 2))  # noqa: S311  # so that the two do not meet again
    connection.close()  # with its time-outs
    grant_in_database(str(connection.settings_dict["NAME"]))


def made_by() -> str:
    """Say which releases made and updated the database. The process must work as the owner."""
    try:
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return releases.release_sentence(releases.release_record(connection.connection))
    finally:
        connection.close()


def grant_in_database(name: str) -> None:
    """Hand out every role's rights in the named database, as its owner."""
    with psycopg.connect(database.conninfo("owner", dbname=name)) as owner:
        roles.grant_rights(owner)


@contextmanager
def working_as(role: str, name: str | None = None) -> Iterator[None]:
    """Meanwhile this process's Django connection is another role's, perhaps to another database.

    For commands that migrate and then write (ABHIYAN_POOL=0: a pool would keep its own); never while serving.
    """
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "NAME")}
    credentials = {"USER": database.role_name(role), "PASSWORD": database.password(role)}
    leave_database()
    connection.settings_dict.update(credentials | ({"NAME": name} if name else {}))
    try:
        yield
    finally:
        leave_database()
        connection.settings_dict.update(before)


def leave_database() -> None:
    """Close this process's Django connection, so that the database may be renamed or dropped."""
    connection.close()
