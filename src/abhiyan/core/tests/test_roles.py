"""Whose a database server's roles are: two installations may share a server, and neither locks the other out."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, keys, roles, schema

pytestmark = [pytest.mark.usefixtures("django_db_setup"), pytest.mark.versions]
PREFIX = f"roles_{os.getpid()}"


@pytest.fixture(autouse=True)
def first(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The database of an installation that has the server's roles of PREFIX; everything is taken away afterwards."""
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", PREFIX)
    name = f"{PREFIX}_first"
    schema.prepare(name)
    yield name
    monkeypatch.undo()
    keys.keyring.cache_clear()
    with administrator() as admin:
        for of, what, column in (("pg_database", "database", "datname"), ("pg_roles", "role", "rolname")):
            found = admin.execute(
                sql.SQL("select {0} from {1} where starts_with({0}, %s)").format(
                    sql.Identifier(column), sql.Identifier(of)
                ),
                [PREFIX],
            ).fetchall()
            for (one,) in found:
                admin.execute(sql.SQL("drop {} {}").format(sql.SQL(what), sql.Identifier(str(one))))


def administrator() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True)


def is_let_in(name: str, password: str) -> bool:
    try:
        psycopg.connect(database.conninfo("jobs", dbname=name, password=password)).close()
    except psycopg.OperationalError:
        return False
    return True


def another_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.make_master(folder / "other.key")
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(folder / "other.key"))
    keys.keyring.cache_clear()


def test_another_installation_is_refused_and_the_first_goes_on(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = database.password("jobs")
    another_key(tmp_path, monkeypatch)
    with pytest.raises(roles.CannotPrepare, match="ABHIYAN_ROLE_PREFIX"):
        schema.prepare(f"{PREFIX}_second")
    assert is_let_in(first, password)
    assert not schema.holds_tables(f"{PREFIX}_second")
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}b")
    schema.prepare(f"{PREFIX}b_second")
    assert is_let_in(f"{PREFIX}b_second", database.password("jobs"))


def test_whoever_has_the_master_key_may_prepare_again_wherever_it_lies(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.prepare(first)
    copy = tmp_path / "kept.key"
    copy.write_text(keys.master_path().read_text())
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(copy))
    keys.keyring.cache_clear()
    schema.prepare(f"{PREFIX}_restored")
    assert is_let_in(first, database.password("jobs"))


def test_a_password_kept_in_postgresqls_older_way_is_known_too(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with administrator() as admin:
        admin.execute("set password_encryption = 'md5'")
        roles.ensure_roles(admin)
        roles.refuse_others(admin)
        another_key(tmp_path, monkeypatch)
        with pytest.raises(roles.CannotPrepare):
            roles.refuse_others(admin)


def test_a_database_of_another_prefix_is_refused_and_an_empty_one_is_taken_over(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.conninfo("owner", dbname=first)) as own:
        own.execute("create table kept (n int)")
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}c")
    with pytest.raises(roles.CannotPrepare, match="what it was when the database was made"):
        schema.prepare(first)
    with administrator() as admin:
        assert not admin.execute(
            "select 1 from pg_roles where starts_with(rolname, %s)", [f"{PREFIX}c"]
        ).fetchone(), "nothing was made"
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(f"{PREFIX}_empty")))
        schema.prepare(f"{PREFIX}_empty")
        assert roles.owner_of(admin, f"{PREFIX}_empty") == f"{PREFIX}c_owner"


def test_an_account_that_may_too_little_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    small = f"{PREFIX}_small"
    with administrator() as admin:
        admin.execute(sql.SQL("create role {} login createrole password 'x'").format(sql.Identifier(small)))
    known = conninfo_to_dict(database.conninfo(None, dbname="postgres"))
    host = f"host={known['host']}" + (f"&port={known['port']}" if known.get("port") else "")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{small}:x@/postgres?{host}")
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}d")
    with pytest.raises(roles.CannotPrepare, match="superuser"):
        schema.prepare(f"{PREFIX}_third")
