"""Database roles and what each may touch. Run as the administrator after every migration; repeating it is safe."""

import hashlib
import hmac
import importlib
import pkgutil
import re
from base64 import b64decode, b64encode
from contextlib import suppress

import psycopg
from psycopg import sql

import abhiyan

from . import database

USUAL = "select, insert, update, delete"
# A statement that runs away, or a transaction nobody goes on with, holds back the folding of totals and the sealing of
# the trail. A page has a minute; imports and rare work take minutes, and wait for their own processes between.
LIMITS = {
    "app": {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"},
    "jobs": {"statement_timeout": "30min", "idle_in_transaction_session_timeout": "15min"},
    "gateway": {"statement_timeout": "30min", "idle_in_transaction_session_timeout": "15min"},
}
_SCRAM = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$[^:]+:(.+)")


class CannotPrepare(Exception):
    """The database server, as it is, cannot hold this installation; nothing there was changed. The text says why
    and what to do."""


def refuse_others(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise CannotPrepare where roles of our names are another installation's: new passwords would lock it out.

    A role is ours when its password is the one our master key gives, wherever the data folder lies.
    """
    names = {database.role_name(role): database.password(role) for role in database.ROLES}
    others = [
        str(name)
        for name, kept in connection.execute(
            "select rolname, rolpassword from pg_authid where rolname = any(%s) and rolpassword is not null"
            " order by rolname",
            [list(names)],
        ).fetchall()
        if not _fits(str(kept), names[str(name)], str(name))
    ]
    if others:
        raise CannotPrepare(
            f"This database server has roles of another installation: {', '.join(others)}. Their passwords do not "
            "follow from this master key, and new ones would lock it out. Set ABHIYAN_ROLE_PREFIX to another name for "
            "this installation, for every command. (If the other one is gone for good: docs/security.md.)"
        )


def _fits(kept: str, password: str, name: str) -> bool:
    """Whether a password is the one PostgreSQL keeps a verifier of (RFC 5803; or its older MD5)."""
    if found := _SCRAM.fullmatch(kept):
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(found[2]), int(found[1]))
        return hmac.compare_digest(b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode(), found[3])
    return kept == "md5" + hashlib.md5((password + name).encode(), usedforsecurity=False).hexdigest()


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the five roles, or renew their passwords and attributes. Needs a superuser."""
    attributes = {
        "owner": "login createdb",
        "app": "login noinherit",
        "jobs": "login noinherit",
        "gateway": "login noinherit",
        "backup": "login bypassrls",
    }
    for role, wanted in attributes.items():
        name = database.role_name(role)
        exists = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = "alter" if exists else "create"
        connection.execute(
            sql.SQL("{} role {} {} password {}").format(
                sql.SQL(verb), sql.Identifier(name), sql.SQL(wanted), sql.Literal(database.password(role))
            )
        )
        # Policies make statements look dear: compiling one takes seconds, running it milliseconds.
        for setting, value in {"jit": "off", **LIMITS.get(role, {})}.items():
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
                )
            )
        # Who was killed in the midst of a long statement is noticed before its end; not on every system.
        with suppress(psycopg.errors.InvalidParameterValue), connection.transaction():
            connection.execute(
                sql.SQL("alter role {} set client_connection_check_interval = '3s'").format(
                    sql.Identifier(name)
                )
            )
    # For core.sql.unwatched. To everybody: what is given to a role keeps it from being dropped.
    connection.execute("grant set on parameter track_activities to public")
    connection.execute(
        sql.SQL("grant pg_read_all_data to {}").format(sql.Identifier(database.role_name("backup")))
    )
    # The owner makes and drops databases for tests, and restores; the others only connect.


def forget(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Drop the five roles, as far as no other database needs them. Raises CannotPrepare where they are not ours."""
    refuse_others(connection)
    for role in database.ROLES:
        with suppress(psycopg.errors.DependentObjectsStillExist):
            connection.execute(
                sql.SQL("drop role if exists {}").format(sql.Identifier(database.role_name(role)))
            )


def ensure_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    """Create the database, or take an empty one over, for `owner`. The connection must be in autocommit. Returns
    whether it was made."""
    owner = sql.Identifier(database.role_name("owner"))
    if found := owner_of(connection, name):
        if found != database.role_name("owner"):
            connection.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), owner))
        return False
    connection.execute(
        sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
            sql.Identifier(name), owner
        )
    )
    return True


def owner_of(connection: psycopg.Connection[tuple[object, ...]], name: str) -> str | None:
    """The role a database belongs to; None when there is none of that name."""
    row = connection.execute(
        "select pg_get_userbyid(datdba) from pg_database where datname = %s", [name]
    ).fetchone()
    return str(row[0]) if row else None


def extensions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Extensions the schema needs, in the connection's database: trigrams for search."""
    connection.execute("create extension if not exists pg_trgm")


def declared_grants() -> dict[str, dict[str, str]]:
    """table -> logical role -> rights, from every room's `models.GRANTS`."""
    found: dict[str, dict[str, str]] = {}
    for module in pkgutil.iter_modules(abhiyan.__path__):
        try:
            models = importlib.import_module(f"abhiyan.{module.name}.models")
        except ModuleNotFoundError:
            continue
        found |= getattr(models, "GRANTS", {})
    return found


def grant(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Give every role its rights on every table of the schema, and take what it should not have. As the owner.

    `app` and `jobs` have the usual four unless a room says otherwise; `gateway` has only what rooms name.
    """
    declared = declared_grants()
    name = {role: sql.Identifier(database.role_name(role)) for role in database.ROLES}
    everyone = sql.SQL(", ").join(name[role] for role in ("app", "jobs", "gateway"))
    connection.execute(sql.SQL("revoke create on schema public from public"))
    connection.execute(sql.SQL("grant usage on schema public to {}").format(everyone))
    connection.execute(
        sql.SQL("grant usage, select on all sequences in schema public to {}").format(everyone)
    )
    connection.execute(sql.SQL("grant execute on all functions in schema public to {}").format(everyone))
    # Lists on their way in, unlogged and without policies (COPY refuses tables that have them): only `gateway` may
    # go there, and makes and drops what it needs. Neither `app` nor `jobs` sees anything of it.
    connection.execute("create schema if not exists staging")
    connection.execute("revoke all on schema staging from public")
    connection.execute(sql.SQL("grant usage, create on schema staging to {}").format(name["gateway"]))
    rows = connection.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
    ).fetchall()
    for (table,) in rows:
        target = sql.Identifier(str(table))
        connection.execute(sql.SQL("revoke all on {} from {}").format(target, everyone))
        wanted = {"app": USUAL, "jobs": USUAL} | declared.get(str(table), {})
        if table == "django_migrations":
            wanted = {"app": "select", "jobs": "select"}
        for role, rights in wanted.items():
            if rights:
                connection.execute(
                    sql.SQL("grant {} on {} to {}").format(sql.SQL(rights), target, name[role])
                )
