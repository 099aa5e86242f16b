"""How to connect: the one place that knows roles, passwords and where the server is.

Logical roles: `owner` (owns the schema, migrates), `app` (serves people), `jobs` (loops and jobs), `gateway`
(the hot path of enrolment), `backup` (reads everything, writes nothing). None but the owner owns anything, and none
may look past row-level security. Their passwords derive from the master key.

The administrator is the account that makes these roles. It need not be a superuser. No process that serves needs it.
"""

import os
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from . import environment, home
from .keys import keyring

MAINTENANCE = "postgres"  # the database of every server from which others are made, renamed and dropped
ROLES = ("owner", "app", "jobs", "gateway", "backup")
RV = TypeVar("RV")
SILENCE_S = 10.0  # of a server with a statement; then another connection asks.
ASKED_S = 5.0  # for that answer.
# A network that was cut is noticed in half a minute, not in hours. Unix sockets know nothing of it.
_CUT = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


class ServerConnection(psycopg.Connection[Any]):
    """A connection that waits as long as it takes for a server at work, and not for one that is frozen or gone.

    Behind a socket that stays open a frozen server looks like a busy one, and one that another has replaced like both.
    After SILENCE_S without a sign, a second connection asks if the server works on this one's statement; when it does
    not, this one is closed, and psycopg.OperationalError raised.
    """

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        ask_at, is_doubted = time.monotonic() + SILENCE_S, False
        try:
            wants = next(gen)
            while True:
                ready = yield wants
                if ready:
                    ask_at, is_doubted = time.monotonic() + SILENCE_S, False
                elif time.monotonic() > ask_at:
                    if is_doubted:
                        self.close()
                        raise psycopg.OperationalError("the server does not answer")
                    # Its answer may have come while it was asked: that is seen in the next round.
                    is_doubted = not is_at_it(self)
                    ask_at = time.monotonic() + (0 if is_doubted else SILENCE_S)
                wants = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value


class _Asking(psycopg.Connection[Any]):
    """A connection that has ASKED_S for each answer."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, timeout or ASKED_S)


def is_at_it(waiting: psycopg.Connection[Any]) -> bool:
    """Return True if a server works on what a connection waits for, asked over another one.

    A pooler in between, or a server that lets nobody else in, hides this: then return True.
    """
    dsn = make_conninfo(
        waiting.info.dsn,
        password=waiting.info.password,
        connect_timeout=int(ASKED_S),
        application_name="is it there",
    )
    try:
        with _Asking.connect(dsn, autocommit=True) as other:
            row = other.execute(
                "select pg_backend_pid(), exists (select from pg_stat_activity where pid = %s"
                " and (state is null or state not like 'idle%%'))",
                [waiting.info.backend_pid],
            ).fetchone()
            assert row is not None
            return bool(row[0] != other.info.backend_pid or row[1])
    except (psycopg.errors.ConnectionTimeout, psycopg.errors._WaitTimeout):  # noqa: SLF001  # psycopg's name for it
        return False
    except psycopg.OperationalError:
        return True


CONNECTIONS = 12  # of a worker's pool, at most: eight pages (server.turns), four threads of webhooks.
# A pool that has lost its server tries again whenever it is asked, instead of ever more rarely.
POOLED: dict[str, Any] = {"connection_class": ServerConnection, "reconnect_timeout": 1.0}


def prefix() -> str:
    """Prefix of the real role names: two installations on one server need two."""
    return environment.ROLE_PREFIX()


def role_name(role: str) -> str:
    """The real name of a logical role, such as abhiyan_app."""
    if role not in ROLES:
        raise ValueError(f"no such database role: {role}")
    return f"{prefix()}_{role}"


def password(role: str) -> str:
    """A role's password: 43 characters derived from the master key, stored nowhere."""
    return keyring().derive(f"database role {role_name(role)}").hex()


def current_role() -> str:
    """The logical role this process works as (ABHIYAN_ROLE)."""
    return os.environ.get("ABHIYAN_ROLE", "app")


def is_embedded() -> bool:
    return not environment.DATABASE_URL.is_set


def names_administrator() -> bool:
    """Return True if the settings of a server of one's own name an account besides our roles."""
    return environment.ADMIN_DATABASE_URL.is_set or "user" in environment.DATABASE_URL()


def server() -> dict[str, str]:
    """Connection parameters of the server: DATABASE_URL, else the embedded one."""
    url_parts = environment.DATABASE_URL()
    if is_embedded():
        from .embedded import (
            superuser_conninfo,  # imported late: a machine with its own server needs no embedded one
        )

        url_parts = {
            key: str(value) for key, value in conninfo_to_dict(superuser_conninfo(home.home_folder())).items()
        }
    url_parts.setdefault("dbname", "abhiyan")
    return _CUT | url_parts


def database_name() -> str:
    """The name of the database: of DATABASE_URL, else abhiyan; ABHIYAN_DATABASE overrides both."""
    return environment.DATABASE() or (environment.DATABASE_URL().get("dbname") or "abhiyan")


def conninfo(role: str | None, *, dbname: str | None = None, **more: str) -> str:
    """A libpq connection string as a logical role, or as the administrator when role is None.

    Without an administrator in the settings it is the owner, who may do everything but make roles.
    """
    url_parts = server()
    if role is None and environment.ADMIN_DATABASE_URL.is_set:
        url_parts.update(environment.ADMIN_DATABASE_URL())
    elif role is None and not is_embedded() and not names_administrator():
        role = "owner"
    url_parts["dbname"] = dbname or database_name()
    if role is not None:
        url_parts["user"] = role_name(role)
        url_parts["password"] = password(role)
    url_parts.update(more)
    return make_conninfo("", **url_parts)


def django_settings(role: str) -> dict[str, object]:
    """The DATABASES entry of a role. Pool of 11 per worker, CONN_MAX_AGE 0."""
    url_parts = server()
    options: dict[str, object] = {
        key: value
        for key, value in url_parts.items()
        if key not in ("host", "port", "user", "password", "dbname")
    }
    if role in ("app", "jobs") and os.environ.get("ABHIYAN_POOL", "1") == "1":
        options["pool"] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": 10} | POOLED
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name(),
        "USER": role_name(role),
        "PASSWORD": password(role),
        "HOST": url_parts.get("host", ""),
        "PORT": url_parts.get("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool drops what a restarted server cut, instead of handing it out
        "OPTIONS": options,
    }
