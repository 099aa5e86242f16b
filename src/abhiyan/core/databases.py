"""Whole databases are renamed, dropped and cleared of sessions, as their owner: no step needs a superuser."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from . import database

DROP_TRIES = 5  # a pool of ours may open a new session behind the end of its last one

Session = psycopg.Connection[tuple[Any, ...]]


def server_session(role: str | None) -> Session:
    """A connection, in autocommit, from which databases are made, renamed and dropped. None: as the administrator."""
    return psycopg.connect(database.conninfo(role, dbname=database.MAINTENANCE), autocommit=True)


@contextmanager
def sessions() -> Iterator[list[Session]]:
    """A connection of each role: an account that is no superuser may end its own sessions, and no others."""
    with ExitStack() as opened:
        yield [opened.enter_context(server_session(role)) for role in database.ROLES]


def end_sessions(sessions_of_roles: list[Session], name: str) -> None:
    """End what our roles do in a database."""
    for session in sessions_of_roles:
        session.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = %s and usename = current_user and pid <> pg_backend_pid()",
            [name],
        )


def rename(owner: Session, old: str, new: str) -> None:
    """Rename a database. Raises psycopg.errors.ObjectInUse while another account works in it."""
    owner.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))


def drop(name: str) -> None:
    """Drop a database where there is one, whatever our roles do in it.

    Without `force`: that asks for rights over a worker of autovacuum, and a plain drop ends such a worker by itself.
    Raises psycopg.errors.ObjectInUse while another account works in it.
    """
    statement = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
    with server_session("owner") as owner, sessions() as sessions_of_roles:
        for tries_left in reversed(range(DROP_TRIES)):
            end_sessions(sessions_of_roles, name)
            try:
                owner.execute(statement)  # it waits five seconds for sessions that end
                return
            except psycopg.errors.ObjectInUse:
                if not tries_left:
                    raise
