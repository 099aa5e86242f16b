"""The database itself shows nothing outside a scope: every table, as every role, by the catalogue and by trial."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from abhiyan.core import database
from abhiyan.core.doctor import declared_policies

pytestmark = pytest.mark.django_db(transaction=True)

# Tables without row-level security, and why they may do without. Nobody's data, no counts of people.
OPEN = {
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "core_audit_seal": "roots and sizes of blocks: digests only",
    "core_heartbeat": "when each loop last turned",
    "core_rate_count": "counters under keyed hashes of limit, subject and window",
    "units_unit": "units are public facts",
    "units_placement": "where units stand; policies themselves read it",
    "units_tree": "versions of the trees",
    "units_word": "words of units' names",
    "units_words": "words of units' names",
    "units_boundary": "outlines of units",
    "units_pin": "which PIN code delivers where",
    "units_change": "what an import changed of units",
    "units_difference": "what an import would change of units",
    "people_notice": "notices are for everybody to read",
    "org_office": "kinds of responsibility",
    "org_body": "committees, wings and departments, without their people",
    "programmes_programme": "what runs where and when",
    "programmes_scope": "which units a programme covers",
    "programmes_measure": "what a programme counts",
    "programmes_large": "which nodes have their totals stored",
    "programmes_fold": "until where the queue was folded",
    "enrolment_roll": "names of rolls",
    "enrolment_drive": "what a drive is set to",
    "elections_election": "which elections there were: published facts",
    "elections_file": "names of the files results came from",
    "elections_party": "names of parties",
    "elections_contest": "published results: seats and their electors",
    "elections_candidacy": "published results: candidates' names, parties and votes",
    "elections_part": "published results: segments, booths, special stations",
    "elections_part_votes": "published results by segment, booth, special station",
    "elections_stated": "figures quoted in public, with their source",
    "elections_correspondence": "which part of an old seat a new one took over",
    "elections_alliance": "which parties count as one side",
    "messaging_template": "fixed texts",
    "messaging_number": "our own numbers; provider tokens are sealed",
    "messaging_allowance": "budgets",
    "messaging_spending": "how many messages an hour has spent",
    "procrastinate_jobs": "names of jobs and public ids: no personal data in arguments",
    "procrastinate_events": "when jobs began and ended",
    "procrastinate_periodic_defers": "when periodic jobs were put down",
    "procrastinate_workers": "which workers live",
}
# What the hot path's role may read and write; it holds no scope, so the list itself is kept short and seen.
GATEWAY_READS_NOT = {
    "people_account",
    "people_session",
    "people_factor",
    "people_code",
    "org_release",
    "core_audit",
}


@pytest.fixture
def admin() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The administrator, past every policy."""
    with psycopg.connect(database.conninfo(None, dbname=database.name()), autocommit=True) as connection:
        yield connection


def tables(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, bool]:
    """Every table of the schema, and whether row-level security is forced on it."""
    rows = connection.execute(
        "select relname, relrowsecurity and relforcerowsecurity from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    ).fetchall()
    return {str(name): bool(forced) for name, forced in rows}


def plant_a_row(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """One row with something in every column that must have it; constraints between tables are not asked."""
    columns = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass"
        " and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''",
        [table],
    ).fetchall()
    filler = {
        "uuid": "gen_random_uuid()",
        "text": "'x'",
        "bytea": "'\\x01'",
        "jsonb": "'{}'",
        "boolean": "true",
        "date": "current_date",
        "timestamp with time zone": "now()",
        "xid8": "pg_current_xact_id()",
        "text[]": "'{}'",
        "smallint[]": "'{}'",
        "bigint[]": "'{}'",
    }
    values = [filler.get(str(kind), "1") for _name, kind in columns]
    if not columns:
        connection.execute(sql.SQL("insert into {} default values").format(sql.Identifier(table)))
        return
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(sql.Identifier(str(name)) for name, _kind in columns),
            sql.SQL(", ").join(sql.SQL(value) for value in values),
        )
    )


def test_every_table_is_under_forced_policies_or_on_the_list_with_its_reason(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    unprotected = {name for name, forced in tables(admin).items() if not forced}
    assert unprotected - OPEN.keys() == set(), "give them policies, or a place on the list with a reason"
    assert OPEN.keys() - unprotected == set(), "they are protected, or gone: take them off the list"


def test_what_is_declared_beside_the_models_is_what_the_database_has(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    held: dict[str, set[str]] = {}
    for table, name in admin.execute("select polrelid::regclass::text, polname from pg_policy").fetchall():
        held.setdefault(str(table), set()).add(str(name))
    assert held == {table: set(names) for table, names in declared_policies().items()}


@pytest.mark.parametrize("role", ["app", "jobs"])
def test_without_a_scope_no_table_about_people_or_counts_shows_a_row(
    role: str, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    protected = sorted(name for name, forced in tables(admin).items() if forced)
    assert len(protected) > 20
    admin.execute("set session_replication_role = replica")
    for table in protected:
        plant_a_row(admin, table)
    with psycopg.connect(database.conninfo(role, dbname=database.name()), autocommit=True) as visitor:
        for table in protected:
            name = sql.Identifier(table)
            seen = visitor.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
            assert seen == (0,), table
            for attack in ("select 1 from {} limit 1", "select max(ctid) from {}", "table {}"):
                rows = visitor.execute(sql.SQL(attack).format(name)).fetchall()
                assert rows in ([], [(None,)]), (table, attack)
            if visitor.execute("select has_table_privilege(%s, 'delete')", [table]).fetchone() == (True,):
                assert visitor.execute(sql.SQL("delete from {}").format(name)).rowcount == 0, table
    for table in protected:
        whole = admin.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        assert whole is not None and int(str(whole[0])) >= 1, table  # the rows were there to be seen


def test_a_reason_opens_to_jobs_and_to_nobody_else(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    admin.execute("set session_replication_role = replica")
    plant_a_row(admin, "people_person")
    for role, sees in (("jobs", 1), ("app", 0)):
        with psycopg.connect(database.conninfo(role, dbname=database.name())) as visitor:
            visitor.execute("select set_config('abhiyan.reason', 'a test', true)")
            assert visitor.execute("select count(*) from people_person").fetchone() == (sees,), role


def test_the_hot_paths_role_reads_no_accounts_sessions_or_trail(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    name = database.role_name("gateway")
    for table in sorted(GATEWAY_READS_NOT):
        may = admin.execute("select has_table_privilege(%s, %s, 'select')", [name, table]).fetchone()
        assert may == (False,), table


def test_nobody_but_the_owner_changes_the_trail(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    for role in ("app", "jobs", "gateway"):
        for right in ("update", "delete", "truncate"):
            for table in ("core_audit", "core_audit_seal"):
                may = admin.execute(
                    "select has_table_privilege(%s, %s, %s)", [database.role_name(role), table, right]
                ).fetchone()
                assert may == (False,), (role, right, table)


def test_no_view_function_or_ownership_leads_around_the_policies(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    views = admin.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm' or"
        " relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false))"
    ).fetchall()
    assert views == []
    definers = admin.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
    ).fetchall()
    assert definers == []
    owned = admin.execute(
        "select relname from pg_class join pg_roles r on r.oid = relowner"
        " where relnamespace = 'public'::regnamespace and r.rolname = any(%s)",
        [[database.role_name(role) for role in ("app", "jobs", "gateway")]],
    ).fetchall()
    assert owned == []
    strong = admin.execute(
        "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolbypassrls or rolcreaterole)",
        [[database.role_name(role) for role in ("app", "jobs", "gateway")]],
    ).fetchall()
    assert strong == []
