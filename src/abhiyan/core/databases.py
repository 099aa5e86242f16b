"""Whole databases are renamed, dropped and cleared of sessions, as their owner: no step needs a superuser."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from . import database

END_AGAIN_S = 0.1
TRIES = 5  # of five seconds each, on a machine where sessions end slowly

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


def rename(owner: Session, sessions_of_roles: list[Session], old: str, new: str) -> None:
    """Rename a database, whatever our roles do in it.

    Raises psycopg.errors.ObjectInUse while another account works in it.
    """
    statement = sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))

    def rename_once() -> None:
        with owner.transaction():
            owner.execute(statement)

    _do_without_sessions(rename_once, sessions_of_roles, old)


def drop(name: str) -> None:
    """Drop a database where there is one, whatever our roles do in it.

    Without `force`: that asks for rights over a worker of autovacuum, and a plain drop ends such a worker by itself.
    Raises psycopg.errors.ObjectInUse while another account works in it.
    """
    statement = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
    with server_session("owner") as owner, sessions() as sessions_of_roles:
        _do_without_sessions(lambda: owner.execute(statement), sessions_of_roles, name)


def _do_without_sessions(act: Callable[[], object], sessions_of_roles: list[Session], name: str) -> None:
    """Do what needs a database without sessions, and end those of our roles until it is done.

    A pool opens a new session behind the end of its last one. The act takes the lock that keeps new sessions out, then
    it waits five seconds for sessions that were faster. So they are ended while it waits, too.
    """
    is_done = threading.Event()

    def end() -> None:
        end_sessions(sessions_of_roles, name)
        while not is_done.wait(END_AGAIN_S):
            end_sessions(sessions_of_roles, name)

    with ThreadPoolExecutor(1) as beside:
        ending = beside.submit(end)
        try:
            for tries_left in reversed(range(TRIES)):
                try:
                    act()
                    break
                except psycopg.errors.ObjectInUse:
                    if not tries_left:
                        raise
        finally:
            is_done.set()
    ending.result()
