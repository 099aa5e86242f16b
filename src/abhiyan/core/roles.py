"""Database roles and what each may touch. Run as the administrator after every migration; repeating it is safe."""

import importlib
import pkgutil

import psycopg
from psycopg import sql

import abhiyan

from . import database

USUAL = "select, insert, update, delete"


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the five roles, or renew their passwords and attributes. Needs CREATEROLE (superuser for backup)."""
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
        connection.execute(sql.SQL("alter role {} set jit = off").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("grant pg_read_all_data to {}").format(sql.Identifier(database.role_name("backup")))
    )
    # The owner makes and drops databases for tests, and restores; the others only connect.


def ensure_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    """Create the database, owned by `owner`. The connection must be in autocommit. Returns whether it was made."""
    if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        return False
    connection.execute(
        sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
            sql.Identifier(name), sql.Identifier(database.role_name("owner"))
        )
    )
    return True


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
