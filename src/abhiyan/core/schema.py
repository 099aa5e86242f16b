"""Bring a database up to date: roles, database, extensions as the administrator; tables and rights as the owner."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection

from . import database, roles


def prepare(name: str | None = None) -> None:
    """Make roles, database and extensions where they are missing, as the administrator of the server."""
    name = name or database.name()
    with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
        # Roles belong to the whole server: two preparing at once (tests, two workers) take turns until we leave.
        admin.execute("select pg_advisory_lock(hashtext('abhiyan roles'))")
        roles.ensure_roles(admin)
        roles.ensure_database(admin, name)
    with psycopg.connect(database.conninfo(None, dbname=name), autocommit=True) as admin:
        roles.extensions(admin)


def migrate(*, verbosity: int = 1) -> None:
    """Run every migration and hand out the rights. The process must work as the owner (ABHIYAN_ROLE=owner)."""
    call_command("migrate", verbosity=verbosity, interactive=False)
    grant(str(connection.settings_dict["NAME"]))


def grant(name: str) -> None:
    """Hand out every role's rights in the named database, as its owner."""
    with psycopg.connect(database.conninfo("owner", dbname=name)) as owner:
        roles.grant(owner)


@contextmanager
def working_as(role: str, name: str | None = None) -> Iterator[None]:
    """Meanwhile this process's Django connection is another role's, perhaps to another database.

    For commands that migrate and then write (ABHIYAN_POOL=0: a pool would keep its own); never while serving.
    """
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "NAME")}
    given = {"USER": database.role_name(role), "PASSWORD": database.password(role)}
    leave_database()
    connection.settings_dict.update(given | ({"NAME": name} if name else {}))
    try:
        yield
    finally:
        leave_database()
        connection.settings_dict.update(before)


def leave_database() -> None:
    """Close this process's Django connection, so that the database may be renamed or dropped."""
    connection.close()
