"""Database roles and what each may touch. Run as the administrator after every migration; repeating it is safe."""

import hashlib
import hmac
import importlib
import pkgutil
import re
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

import abhiyan

from . import database
from .keys import keyring

USUAL = "select, insert, update, delete"
# A statement that runs away, or a transaction nobody goes on with, holds back the folding of totals and the sealing of
# the trail. A page has a minute; imports and rare work take minutes, and wait for their own processes between.
LIMITS = {
    "app": {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"},
    "jobs": {"statement_timeout": "30min", "idle_in_transaction_session_timeout": "15min"},
    "gateway": {"statement_timeout": "30min", "idle_in_transaction_session_timeout": "15min"},
}
ROUNDS = 4096  # what PostgreSQL itself takes
_SCRAM = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$[^:]+:(.+)")


class CannotPrepare(Exception):
    """The database server, as it is, cannot hold this installation; nothing there was changed. The text says why
    and what to do."""


def statements() -> list[sql.Composed]:
    """The SQL that makes the five roles or renews them. It needs CREATEROLE, and may be repeated.

    `abhiyan roles` prints it for an administrator, and `ensure_roles` runs it. It holds no password, but what a server
    keeps to compare with one (RFC 5803).
    """
    lines: list[sql.Composed] = []
    for role in database.ROLES:
        name = sql.Identifier(database.role_name(role))
        is_there = _IS_THERE.format(sql.Literal(database.role_name(role)))
        lines += [
            sql.SQL("do $do$ begin if not {} then create role {}; end if; end $do$").format(is_there, name),
            sql.SQL("alter role {} login {} password {}").format(
                # Before PostgreSQL 16 the owner makes tables by inheriting from pg_database_owner.
                name,
                sql.SQL("inherit" if role == "owner" else "noinherit"),
                sql.Literal(_verifier(role)),
            ),
        ]
        for setting, value in settings_of(role).items():
            lines.append(
                sql.SQL("alter role {} set {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
            )
        # A server notices a client that was killed in the midst of a long statement. Not every system can do that.
        lines.append(
            _tried(
                "alter role {} set client_connection_check_interval = '3s'",
                name,
                unless="invalid_parameter_value",
            )
        )
    owner, backup = (sql.Identifier(database.role_name(role)) for role in ("owner", "backup"))
    return [
        *lines,
        _tried("alter role {} createdb", owner, unless="insufficient_privilege"),  # a restore makes databases
        # For core.sql.unwatched. To everybody: what is given to a role keeps it from being dropped.
        _tried("grant set on parameter track_activities to public", unless="insufficient_privilege"),
        sql.SQL(_AS_BEFORE).format(backup, sql.Literal(database.role_name("backup"))),
    ]


_IS_THERE = sql.SQL("exists (select from pg_roles where rolname = {})")
# Releases before 0.2.0 let the role of backups look past row-level security, which only a superuser can give.
_AS_BEFORE = """do $do$ begin
    if (select rolbypassrls from pg_roles where rolname = {1}) then alter role {0} nobypassrls; end if;
    if exists (select from pg_auth_members where member = {1}::regrole and roleid = 'pg_read_all_data'::regrole) then
        revoke pg_read_all_data from {0};
    end if;
end $do$"""


def settings_of(role: str) -> dict[str, str]:
    """Return the settings of a role's sessions. Policies make statements look dear: to compile one takes seconds, to
    run it milliseconds."""
    return {"jit": "off", **LIMITS.get(role, {})}


def _tried(statement: str, *names: sql.Composable, unless: str) -> sql.Composed:
    """A statement that this server may refuse for a reason; it then says so and goes on."""
    return sql.SQL("do $do$ begin {}; exception when {} then raise notice '%', sqlerrm; end $do$").format(
        sql.SQL(statement).format(*names), sql.SQL(unless)
    )


def _verifier(role: str) -> str:
    """Return the text that the server keeps of a role's password. Its salt follows from the master key too."""
    salt = keyring().derive(f"salt of database role {database.role_name(role)}")[:16]
    salted = hashlib.pbkdf2_hmac("sha256", database.password(role).encode(), salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [
        b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))
    ]
    return f"SCRAM-SHA-256${ROUNDS}:{parts[0]}${parts[1]}:{parts[2]}"


def script(name: str) -> str:
    """The file that an administrator of a server runs once with psql: the five roles, and the database."""
    owner, there = sql.Identifier(database.role_name("owner")), sql.Literal(name)
    lines = [f"{statement.as_string()};" for statement in statements()]
    made = _CREATE.format(sql.Identifier(name), owner).as_string()
    handed = sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), owner).as_string()
    lines += [
        # Only an account that may act as a role can give it a database: a new one, or an empty one of its own.
        sql.SQL("grant {} to current_user;").format(owner).as_string(),
        sql.SQL("select {} from pg_database where datname = {} and datdba = current_user::regrole\\gexec")
        .format(sql.Literal(handed), there)
        .as_string(),
        sql.SQL("select {} where not exists (select from pg_database where datname = {})\\gexec")
        .format(sql.Literal(made), there)
        .as_string(),
        sql.SQL("revoke {} from current_user;").format(owner).as_string(),
    ]
    return "\n".join([_HEADER.format(name=name, prefix=database.prefix()), *lines, ""])


_CREATE = sql.SQL("create database {} owner {} encoding 'UTF8' template template0")
_HEADER = """\
-- The database {name} and the roles {prefix}_owner, {prefix}_app, {prefix}_jobs, {prefix}_gateway and {prefix}_backup.
-- Run it once, as an account of the server that has CREATEROLE and CREATEDB; a superuser is not needed:
--   psql --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgresql://ACCOUNT@HOST/postgres --file roles.sql
-- It may be run again. It holds no passwords, only what the server compares them with.
-- A notice about "createdb" or "track_activities" is no failure: `abhiyan doctor` says what it means.
\\set ON_ERROR_STOP 1
"""


def can_log_in(role: str) -> bool:
    """Return True if the server lets a role in by the password that our master key gives."""
    try:
        psycopg.connect(database.conninfo(role, dbname=database.MAINTENANCE)).close()
    except psycopg.OperationalError as error:
        if any(
            words in str(error) for words in ("authentication failed", f'role "{database.role_name(role)}"')
        ):
            return False
        raise
    return True


def is_superuser(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Return True if the connection's account may do everything on the server."""
    return connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
        True,
    )


def are_ready(connection: psycopg.Connection[Any]) -> bool:
    """Return True if all five roles are as `statements` leaves them."""
    rows = connection.execute(
        "select rolname, rolconfig from pg_roles where rolname = any(%s) and rolcanlogin and not rolbypassrls",
        [[database.role_name(role) for role in database.ROLES]],
    ).fetchall()
    kept = {str(name): set(map(str, settings or ())) for name, settings in rows}
    return all(
        {f"{key}={value}" for key, value in settings_of(role).items()}
        <= kept.get(database.role_name(role), set())
        and can_log_in(role)
        for role in database.ROLES
    )


def refuse_others(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Raise CannotPrepare where roles of our names are another installation's: new passwords would lock it out.

    A role is ours when its password is the one our master key gives, wherever the data folder lies. A superuser reads
    what the server keeps of it; another account tries to log in.
    """
    names = {database.role_name(role): role for role in database.ROLES}
    if is_superuser(connection):
        query = (
            "select rolname, rolpassword from pg_authid where rolname = any(%s) and rolpassword is not null"
        )
    else:
        query = "select rolname, null from pg_roles where rolname = any(%s)"
    others = [
        str(name)
        for name, kept in connection.execute(f"{query} order by rolname", [list(names)]).fetchall()
        if not (
            can_log_in(names[str(name)])
            if kept is None
            else _fits(str(kept), database.password(names[str(name)]), str(name))
        )
    ]
    if others:
        raise CannotPrepare(
            f"This database server has roles of another installation: {', '.join(others)}. Their passwords do not "
            "follow from this master key, and new ones would lock it out. Set ABHIYAN_ROLE_PREFIX to another name for "
            "this installation, for every command. (If the other one is gone for good: docs/security.md.)"
        )


def _fits(kept: str, password: str, name: str) -> bool:
    """Return True if PostgreSQL keeps the verifier of this password (RFC 5803, or its older MD5)."""
    if scram_match := _SCRAM.fullmatch(kept):
        salted = hashlib.pbkdf2_hmac(
            "sha256", password.encode(), b64decode(scram_match[2]), int(scram_match[1])
        )
        return hmac.compare_digest(
            b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode(), scram_match[3]
        )
    return kept == "md5" + hashlib.md5((password + name).encode(), usedforsecurity=False).hexdigest()


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the five roles, or renew their passwords and attributes."""
    for statement in statements():
        connection.execute(statement)


def drop_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Drop the five roles, as far as no other database needs them. Raises CannotPrepare where they are not ours."""
    refuse_others(connection)
    for role in database.ROLES:
        with suppress(psycopg.errors.DependentObjectsStillExist):
            connection.execute(
                sql.SQL("drop role if exists {}").format(sql.Identifier(database.role_name(role)))
            )


def ensure_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    """Create the database, as its owner in autocommit. Returns whether it was made."""
    if database_owner(connection, name):
        return False
    connection.execute(_CREATE.format(sql.Identifier(name), sql.Identifier(database.role_name("owner"))))
    return True


def take_over_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Give an empty database of another account to the owner. As a superuser, or as the account it belongs to."""
    if database_owner(connection, name) in (None, database.role_name("owner")):
        return
    owner = sql.Identifier(database.role_name("owner"))
    for statement in (
        sql.SQL("grant {} to current_user").format(owner),
        sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), owner),
        sql.SQL("revoke {} from current_user").format(owner),
    ):
        connection.execute(statement)


def database_owner(connection: psycopg.Connection[tuple[object, ...]], name: str) -> str | None:
    """The role a database belongs to; None when there is none of that name."""
    row = connection.execute(
        "select pg_get_userbyid(datdba) from pg_database where datname = %s", [name]
    ).fetchone()
    return str(row[0]) if row else None


def extensions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Extensions the schema needs, in the connection's database: trigrams for search. Its owner may make them."""
    connection.execute("create extension if not exists pg_trgm")


# Tables that might hide rows from the role of backups: no policy opens all rows, or one closes some.
_HIDDEN = """
select c.relname from pg_class c, lateral (select array[%(backup)s::regrole, 0]::oid[] as roles) b
where c.relrowsecurity and c.relnamespace = 'public'::regnamespace and (
    not exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
        and p.polroles && b.roles and pg_get_expr(p.polqual, p.polrelid) = 'true')
    or exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polroles && b.roles)
) order by 1"""


def hidden_from_backup(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Return the tables whose rows a backup would leave out without a word, because of row-level security."""
    backup = sql.Identifier(database.role_name("backup")).as_string()
    return [str(name) for (name,) in connection.execute(_HIDDEN, {"backup": backup}).fetchall()]


def declared_grants() -> dict[str, dict[str, str]]:
    """table -> logical role -> rights, from every room's `models.GRANTS`."""
    grants: dict[str, dict[str, str]] = {}
    for module in pkgutil.iter_modules(abhiyan.__path__):
        try:
            models = importlib.import_module(f"abhiyan.{module.name}.models")
        except ModuleNotFoundError:
            continue
        grants |= getattr(models, "GRANTS", {})
    return grants


def grant_rights(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Give every role its rights on every table of the schema, and take what it should not have. As the owner.

    `app` and `jobs` have the usual four unless a room says otherwise; `gateway` has only what rooms name. `backup`
    reads every table.
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
    connection.execute(sql.SQL("grant usage on schema public to {}").format(name["backup"]))
    for kind in ("tables", "sequences"):
        connection.execute(
            sql.SQL("grant select on all {} in schema public to {}").format(sql.SQL(kind), name["backup"])
        )
    # Lists on their way in are unlogged and without policies (COPY refuses tables that have them). Only `gateway` may
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
