"""Two installations may share a database server and its roles, and neither locks the other out."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from abhiyan.core import backup, database, keys, roles, schema, sealing
from abhiyan.core.tests.accounts import WAYS, TestedServer
from abhiyan.core.tests.given import NOW

pytestmark = [pytest.mark.usefixtures("django_db_setup"), pytest.mark.versions]
PREFIX = f"roles_{os.getpid()}"
ACCOUNT = f"{PREFIX}_account"
Prepare = Callable[[str], None]
_SECRET, PUBLIC = sealing.new_pair()


@pytest.fixture
def server() -> Iterator[TestedServer]:
    here = TestedServer.here()
    yield here
    keys.keyring.cache_clear()
    here.clear(PREFIX)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def prepare(way: str, server: TestedServer, monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Prepares a database in one of the three ways in which an organisation may do it."""
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", PREFIX)
    for name, text in server.settings(way, ACCOUNT, database.database_name()).items():
        monkeypatch.setenv(name, text)

    def prepared(name: str) -> None:
        if way == "by the file":
            server.run_file(roles.script(name), ACCOUNT)
        schema.prepare_database(name)

    return prepared


@pytest.fixture
def first(prepare: Prepare) -> str:
    """The database of an installation that has the server's roles of PREFIX; everything is taken away afterwards."""
    name = f"{PREFIX}_first"
    prepare(name)
    return name


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
    first: str, prepare: Prepare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = database.password("jobs")
    another_key(tmp_path, monkeypatch)
    with pytest.raises(roles.CannotPrepare, match="ABHIYAN_ROLE_PREFIX"):
        schema.prepare_database(f"{PREFIX}_second")
    assert is_let_in(first, password)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(database.conninfo("jobs", dbname=f"{PREFIX}_second", password=password))
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}b")
    prepare(f"{PREFIX}b_second")
    assert is_let_in(f"{PREFIX}b_second", database.password("jobs"))


def test_whoever_has_the_master_key_may_prepare_again_wherever_it_lies(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.conninfo("owner", dbname=first)) as own:
        own.execute("create table django_migrations (app text, name text)")
    schema.prepare_database(first)
    copy = tmp_path / "kept.key"
    copy.write_text(keys.master_path().read_text())
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(copy))
    keys.keyring.cache_clear()
    schema.prepare_database(f"{PREFIX}_restored")
    assert is_let_in(first, database.password("jobs"))


@pytest.mark.parametrize("way", WAYS[:1], indirect=True)
def test_a_password_kept_in_postgresqls_older_way_is_known_too(
    first: str, server: TestedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.superuser() as admin:
        admin.execute("set password_encryption = 'md5'")
        for role in database.ROLES:
            admin.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(database.role_name(role)), sql.Literal(database.password(role))
                )
            )
        roles.refuse_others(admin)
        another_key(tmp_path, monkeypatch)
        with pytest.raises(roles.CannotPrepare):
            roles.refuse_others(admin)


def test_a_database_of_another_prefix_is_refused_and_an_empty_one_is_taken_over(
    first: str, prepare: Prepare, way: str, server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.conninfo("owner", dbname=first)) as own:
        own.execute("create table kept (n int)")
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}c")
    query, values = "select 1 from pg_roles where starts_with(rolname, %s)", [f"{PREFIX}c"]
    with server.superuser() as admin:
        if way != "by the file":
            with pytest.raises(roles.CannotPrepare, match="what it was when the database was made"):
                schema.prepare_database(first)
            assert not admin.execute(query, values).fetchone(), "nothing was made"
        else:
            with pytest.raises(roles.CannotPrepare, match="what it was when the database was made"):
                prepare(first)
        empty, account = sql.Identifier(f"{PREFIX}_empty"), sql.Identifier(ACCOUNT)
        admin.execute(sql.SQL("create database {}").format(empty))
        if way != "as a superuser":
            admin.execute(sql.SQL("alter database {} owner to {}").format(empty, account))
        prepare(f"{PREFIX}_empty")
        assert roles.database_owner(admin, f"{PREFIX}_empty") == f"{PREFIX}c_owner"


@pytest.mark.parametrize(
    "attributes", ["createdb", "createrole", ""], ids=["no roles", "no databases", "nothing"]
)
def test_an_account_that_lacks_a_privilege_is_told_what_to_do(
    attributes: str, server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before PostgreSQL 16 an account without CREATEDB may give it."""
    account = server.make_account(ACCOUNT, attributes)
    monkeypatch.setenv("DATABASE_URL", server.address("postgres", **account))
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}d")
    with server.superuser() as superuser:
        version = superuser.info.server_version
    if attributes == "createrole" and version < 160_000:
        schema.prepare_database(f"{PREFIX}_third")
        return
    with pytest.raises(roles.CannotPrepare, match=r"`abhiyan roles` prints.*ABHIYAN_ADMIN_DATABASE_URL"):
        schema.prepare_database(f"{PREFIX}_third")


def test_without_roles_and_without_an_account_that_makes_them_somebody_is_told_what_to_do(
    server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.address("postgres"))
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", f"{PREFIX}e")
    with pytest.raises(roles.CannotPrepare, match=rf"{PREFIX}e_owner in\. .*`abhiyan roles` prints"):
        schema.prepare_database(f"{PREFIX}_fourth")


def attributes(server: TestedServer) -> list[tuple[object, ...]]:
    """Return all that the server keeps of the five roles, with their passwords and settings."""
    with server.superuser() as superuser:
        return superuser.execute(
            "select a.rolname, a.rolsuper, a.rolinherit, a.rolcreaterole, a.rolcreatedb, a.rolcanlogin,"
            " a.rolreplication, a.rolbypassrls, a.rolconnlimit, a.rolpassword, a.rolvaliduntil, r.rolconfig,"
            " array(select m.roleid from pg_auth_members m where m.member = a.oid)"
            " from pg_authid a join pg_roles r on r.oid = a.oid"
            " where starts_with(a.rolname, %s) and a.rolname <> %s order by 1",
            [PREFIX, ACCOUNT],
        ).fetchall()


def test_the_three_ways_leave_the_same_roles(server: TestedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the release before, whose role of backups may look past row-level security, as a fourth."""
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", PREFIX)
    left = []
    for way in (*WAYS, "after the release before"):
        with monkeypatch.context() as patch:
            for name, text in server.settings(way if way in WAYS else WAYS[0], ACCOUNT, "postgres").items():
                patch.setenv(name, text)
            if way == "by the file":
                server.run_file(roles.script(f"{PREFIX}_same"), ACCOUNT)
            if way == "after the release before":
                with server.superuser() as superuser:
                    backup_role = sql.Identifier(database.role_name("backup"))
                    superuser.execute(sql.SQL("create role {} login bypassrls").format(backup_role))
                    superuser.execute(sql.SQL("grant pg_read_all_data to {}").format(backup_role))
            schema.prepare_database(f"{PREFIX}_same")
            left.append(attributes(server))
        server.clear(PREFIX)
    assert len(left[0]) == len(database.ROLES)
    assert left == [left[0]] * 4


@pytest.mark.parametrize("way", WAYS[1:], indirect=True)
def test_an_account_that_is_no_superuser_makes_nothing_where_all_is_ready(
    first: str, server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a restore, or a second host, needs no account that makes roles."""
    before = attributes(server)
    monkeypatch.delenv("ABHIYAN_ADMIN_DATABASE_URL", raising=False)
    schema.prepare_database(first)
    assert attributes(server) == before
    with server.superuser() as superuser:
        superuser.execute(sql.SQL("alter role {} reset jit").format(sql.Identifier(f"{PREFIX}_app")))
    with pytest.raises(roles.CannotPrepare, match="`abhiyan roles` prints"):
        schema.prepare_database(first)


def test_the_file_may_be_run_again_and_holds_no_password(
    server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", PREFIX)
    server.settings("by the file", ACCOUNT, "postgres")
    text = roles.script(f"{PREFIX}_twice")
    assert text == roles.script(f"{PREFIX}_twice")
    for role in database.ROLES:
        assert database.password(role) not in text
        assert (
            len(re.findall(rf'alter role "{PREFIX}_{role}" login .* password \'SCRAM-SHA-256\$', text)) == 1
        )
    server.run_file(text, ACCOUNT)
    before = attributes(server)
    server.run_file(text, ACCOUNT)
    assert attributes(server) == before
    with server.superuser() as superuser:
        assert roles.database_owner(superuser, f"{PREFIX}_twice") == f"{PREFIX}_owner"
        assert (
            superuser.execute(
                "select 1 from pg_auth_members where roleid = %s::regrole and member = %s::regrole and"
                " (to_jsonb(pg_auth_members) -> 'set_option') = 'true'",
                [f"{PREFIX}_owner", ACCOUNT],
            ).fetchone()
            is None
        ), "the account does not stay a member of the owner"


@pytest.mark.parametrize(
    "name", ["a name", "Capital", "with-dash", "quo'te", 'dou"ble', "per%cent", "back\\slash"]
)
def test_any_name_of_a_database_is_made_by_the_file(
    name: str, server: TestedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_ROLE_PREFIX", PREFIX)
    server.settings("by the file", ACCOUNT, "postgres")
    server.run_file(roles.script(f"{PREFIX}{name}"), ACCOUNT)
    with server.superuser() as superuser:
        assert roles.database_owner(superuser, f"{PREFIX}{name}") == f"{PREFIX}_owner"


def test_no_table_hides_a_row_from_backups(django_db_setup: None) -> None:
    with psycopg.connect(database.conninfo("backup")) as own:
        assert roles.hidden_from_backup(own) == []
        assert own.execute(
            "select count(*) from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')"
            " and not (case relkind when 'S' then has_sequence_privilege(c.oid, 'select')"
            " else has_table_privilege(c.oid, 'select') end)"
        ).fetchone() == (0,)


@pytest.mark.parametrize("way", WAYS[:1], indirect=True)
@pytest.mark.parametrize(
    "policies",
    [
        "",
        "create policy few on hidden to {owner} using (true);",
        "create policy few on hidden for select to {backup} using (n > 0);",
        "create policy few on hidden for insert to {backup} with check (true);",
        "create policy few on hidden to {app}, {jobs} using (true);",
        "create policy whole on hidden to {backup} using (true); {restricted} using (n > 0)",
        "create policy whole on hidden using (true); {restricted} for select to {backup} using (n > 0)",
    ],
    ids=[
        "none",
        "another's",
        "of some rows",
        "to write",
        "of other roles",
        "restricted to all",
        "restricted",
    ],
)
def test_a_backup_is_refused_that_would_leave_rows_out(
    policies: str, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {role: f'"{database.role_name(role)}"' for role in database.ROLES}
    names["restricted"] = "create policy few on hidden as restrictive"
    with psycopg.connect(database.conninfo("owner", dbname=first)) as own:
        own.execute("create function core_era() returns integer language sql as 'select 1'")
        own.execute("create table hidden (n int); alter table hidden enable row level security")
        own.execute(policies.format(**names))
    monkeypatch.setenv("ABHIYAN_DATABASE", first)
    with pytest.raises(backup.BackupFailed, match="do not see every row of hidden"):
        backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=NOW)
    assert list(tmp_path.iterdir()) == []
