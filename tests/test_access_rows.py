"""The database itself shows nothing outside a scope: every table, as every role, by the catalogue and by trial."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from abhiyan.core import database
from abhiyan.core.doctor import declared_policies
from abhiyan.core.scope import Scope
from abhiyan.core.tests.given import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]

# Tables without row-level security, and why they may do without. Nobody's data, no counts of people.
OPEN = {
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "core_audit_seal": "roots and sizes of blocks: digests only",
    "core_heartbeat": "when each loop last turned",
    "core_rate_count": "counters under keyed hashes of limit, subject and window",
    "core_store_mark": "the random name of an object in the store of files",
    "core_last_backup": "when the newest backup was taken, and the folder of its file",
    "core_host": "names of hosts, versions, and keyed digests of settings",
    "core_key_mark": "a digest of the master key, which opens nothing",
    "core_metric_count": "sums for `/metrics`, without a person, a place or an address",
    "core_release": "versions of this program, each with the day of its update",
    "units_words": "words of units' names: a million of them come by COPY, which policies refuse",
    "core_job": "names of jobs and public ids: no personal data in arguments",
}
# Tables which everybody may read and nobody may write without a scope, and why.
READABLE = {
    "units_unit": "units are public facts",
    "units_placement": "where units stand; policies themselves read it",
    "units_tree": "versions of the trees",
    "units_word": "words of units' names",
    "units_boundary": "outlines of units",
    "units_pin": "which PIN code delivers where",
    "units_change": "what an import changed of units",
    "units_difference": "what an import would change of units",
    "units_lacking": "known units that an import does not name",
    "units_closing": "when units were closed, and what was answered",
    "units_closing_page": "ids of what was moved or ended when units closed",
    "units_poll": "which polls there are: published facts",
    "units_poll_phase": "when polls close: published facts",
    "units_poll_area": "where polls are held: published facts",
    "verification_public_page": "which programmes show everybody how their numbers were checked",
    "people_emergency_stop": "why downloads are refused: everybody who is refused reads it",
    "people_notice_audio": "notices are for everybody to hear",
    "people_notice": "notices are for everybody to read",
    "org_office": "kinds of responsibility",
    "org_body_kind": "kinds of committees and wings",
    "org_body": "committees, wings and departments, without their people",
    "helpdesk_kind": "kinds of requests: of nobody, on every form",
    "helpdesk_ready_answer": "texts of ready answers: of nobody, sent to everybody",
    "stays_thanks_rule": "how many confirmed days earn a letter of thanks: the letter prints it",
    "dialogues_plan": "which offices call in a programme, and how many a day",
    "programmes_programme": "what runs where and when",
    "programmes_scope": "which units a programme covers",
    "programmes_measure": "what a programme counts",
    "programmes_large": "which nodes have their totals stored",
    "programmes_fold": "until where the queue was folded",
    "review_round": "which rounds of review there are, of which units until when",
    "helpdesk_helpline": "numbers of helplines, as public pages show them",
    "enrolment_roll": "names of rolls",
    "enrolment_drive": "what a drive is set to",
    "elections_election": "which elections there were: published facts",
    "elections_file": "names of the files results came from",
    "elections_party": "names of parties",
    "elections_former_name": "which codes of results are one party, and who said so",
    "elections_contest": "published results: seats and their electors",
    "elections_candidacy": "published results: candidates' names, parties and votes",
    "elections_part": "published results: segments, booths, special stations",
    "elections_part_votes": "published results by segment, booth, special station",
    "elections_stated": "figures quoted in public, with their source",
    "elections_correspondence": "which part of an old seat a new one took over",
    "elections_alliance": "which parties count as one side",
    "forms_form": "names of forms",
    "forms_allowed_phrase": "words of places and events that may be asked",
    "forms_version": "questions of forms, without answers",
    "messaging_template": "fixed texts",
    "messaging_registration": "ids of fixed texts",
    "messaging_number": "our own numbers; provider tokens are sealed",
    "messaging_allowance": "budgets",
    "messaging_spending": "how many messages an hour has spent",
    "messaging_outage": "since when the gateway takes nothing",
}
# Tables that a role may write without a scope: role -> table -> commands, and why. COPY goes where INSERT does, except
# into tables with policies.
WRITABLE = {
    "app": {
        "core_audit": ("insert", "the trail takes what anybody does, and keeps it"),
        "core_rate_count": ("insert copy update delete", "counted beside the request, also when that fails"),
        "core_metric_count": ("insert copy update delete", "figures count beside the request"),
        "units_words": ("insert copy update delete", "only a copy of units' names, for search"),
        "core_job": ("insert copy", "a job is put down; what it does, it does as `jobs`"),
    },
    "jobs": {
        "core_audit_seal": ("insert copy", "only the sealer's loop, which chains them"),
        "core_heartbeat": ("insert copy update delete", "loops beat over connections of their own"),
        "core_rate_count": ("insert copy update delete", "as for `app`"),
        "core_metric_count": ("insert copy update delete", "as for `app`"),
        "core_host": (
            "insert copy update delete",
            "a server notes where it runs, over a connection of its own",
        ),
        "core_key_mark": ("insert copy", "the first server notes which key the database has"),
        "core_store_mark": ("insert copy", "a loop leaves the mark in the store of files"),
        "core_last_backup": ("insert copy update delete", "a backup that ends notes itself"),
        "units_words": ("insert copy update delete", "as for `app`"),
        "core_job": ("insert copy update delete", "the worker leases jobs and drops what is done"),
    },
}
NO_SETTINGS: dict[str, str] = {}
EMPTY_SETTINGS = dict.fromkeys([*Scope().settings()], "")
# All that the hot path's role may, column by column. It holds no scope, so the list itself is kept short and seen: of
# people only what tells a known member from a new one.
GATEWAY = {
    "core_audit": {"insert": "at who who_kind account_id act batch n origin device facts"},
    "core_import_slice": {"select": "import_id number counts", "insert": "import_id number counts"},
    "core_rate_count": {"select": "key", "insert": "key n ends_at"},
    "core_refused_row": {"insert": "import_id row field reason facts"},
    "units_placement": {"select": "unit_id hierarchy valid_to lo hi"},
    "units_tree": {"select": "version"},
    "units_unit": {"select": "id code closed_on"},
    "people_consent": {
        "insert": "id person_id unit_id purpose notice_version language channel by device at",
    },
    "people_erasure": {"select": "phone_id who"},
    "people_notice": {"select": "code version organisation"},
    "people_person": {
        "select": "id name birth_year left_at",
        "insert": "id public_id phone_id name birth_year language unit_id at",
        "update": "left_at merged_into",
    },
    "people_unheard": {"insert": "person_ids"},
    "people_phone": {"select": "id", "insert": "id hash sealed last4"},
    "people_suppression": {"select": "phone_id lifted_at", "update": "lifted_at"},
    "messaging_number": {
        "select": "id number provider meaning programme_id secret_path addresses sealed_token is_active believed_at",
    },
    "programmes_delta": {"insert": "programme_id measure channel unit_id day rung n posted_at"},
    "programmes_programme": {"select": "id state owner_id hierarchy zone opens_on closes_on parent_id"},
    "programmes_scope": {"select": "programme_id unit_id"},
    "enrolment_channel_token": {
        "select": "digest public_id programme_id channel unit_id expires_at ended_at used_at",
        "update": "used_at",
    },
    "enrolment_claim": {
        "select": "id public_id programme_id sign is_placed phone_id membership_id taken batch",
        "insert": "id public_id programme_id channel sign unit_id is_placed phone_id membership_id taken day field_at"
        " at batch by import_id",
        "update": "unit_id is_placed membership_id taken",
    },
    "enrolment_drive": {
        "select": "programme_id roll_id notice_code notice_version indian_mobiles_only renews from_lists"
    },
    "enrolment_enrolment": {
        "select": "id programme_id unit_id channel rung day kind asked_at ask_over_at confirmed_at confirmed_by",
        "insert": "id membership_id claim_id programme_id unit_id kind term channel rung day at",
        "update": "rung signed_at ended_at end_reason",
    },
    "enrolment_halt": {"select": "kind import_id sender ended_at"},
    "enrolment_membership": {
        "select": "id public_id roll_id phone_id slot person_id unit_id claim_id term programme_id ended_on struck_at"
        " merged_into",
        "insert": "id public_id roll_id phone_id slot person_id unit_id claim_id term programme_id at",
        "update": "unit_id term programme_id ended_on struck_at",
    },
    "enrolment_merged_term": {"select": "id kept_id undone_at"},
    "enrolment_refused_count": {
        "select": "programme_id unit_id channel reason day n",
        "insert": "programme_id unit_id channel reason day n",
        "update": "n",
    },
    "enrolment_revisit": {"select": "phone_id", "insert": "phone_id", "update": "horizon"},
    "enrolment_roll": {"select": "id people_per_phone minimum_age gives_way stands_beside"},
    "enrolment_waiting": {
        "select": "id phone_id claim_id unit_id day channel opened_at completed_at completed_by completed_as",
        "insert": "id programme_id phone_id claim_id unit_id day channel link_digest at completed_at",
        "update": "unit_id completed_at completed_by completed_as completed_import called_at",
    },
}


@pytest.fixture
def admin() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The administrator, past every policy."""
    with psycopg.connect(
        database.conninfo(None, dbname=database.database_name()), autocommit=True
    ) as connection:
        yield connection


def tables(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, bool]:
    """Every table of the schema, and whether row-level security is forced on it."""
    rows = connection.execute(
        "select relname, relrowsecurity and relforcerowsecurity from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    ).fetchall()
    return {str(name): bool(forced) for name, forced in rows}


def insert_of_a_row(connection: psycopg.Connection[tuple[object, ...]], table: str) -> sql.Composed:
    """An insert of one row with something in every column that must have it."""
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
        "date": f"'{NOW.date()}'",
        "timestamp with time zone": f"'{NOW}'",
        "time without time zone": "'12:00'",
        "xid8": "pg_current_xact_id()",
    }
    if not columns:
        return sql.SQL("insert into {} default values").format(sql.Identifier(table))
    return sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(str(name)) for name, _kind in columns),
        sql.SQL(", ").join(
            sql.SQL("'{}'" if str(kind).endswith("[]") else filler.get(str(kind), "1"))
            for _name, kind in columns
        ),
    )


def plant_a_row(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """Insert one; constraints between tables are not asked."""
    connection.execute(insert_of_a_row(connection, table))


def plant_console_code(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """A one-time sign-in of the server's console: it belongs to no session."""
    connection.execute(
        "insert into people_code (id, purpose, phone_id, session, digest, created_at, expires_at)"
        " values (gen_random_uuid(), 'console', gen_random_uuid(), '', '\\x01', %(at)s, %(at)s + interval '1 hour')",
        {"at": NOW},
    )


def contents(connection: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    """All rows of a table, as one digest."""
    row = connection.execute(
        sql.SQL("select count(*), md5(string_agg(t::text, '|' order by t::text)) from {} t").format(
            sql.Identifier(table)
        )
    ).fetchone()
    assert row is not None
    return row


def set_settings(connection: psycopg.Connection[tuple[object, ...]], settings: dict[str, str]) -> None:
    """For the whole of a session, not one transaction."""
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, false)", [name, value])


def attacks(connection: psycopg.Connection[tuple[object, ...]], table: str) -> dict[str, sql.Composed]:
    """command -> a statement that writes, over all rows, without reading any."""
    column = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' order by attidentity = '' desc, attnum limit 1",
        [table],
    ).fetchone()
    assert column is not None
    name = sql.Identifier(table)
    return {
        "insert": insert_of_a_row(connection, table),
        "update": sql.SQL("update {} set {} = default").format(name, sql.Identifier(str(column[0]))),
        "delete": sql.SQL("delete from {}").format(name),
        "truncate": sql.SQL("truncate {}").format(name),
        "copy": sql.SQL("copy {} from stdin").format(name),
    }


def could(visitor: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> bool:
    """Return True if a statement may write a row. The row is rolled back."""
    try:
        with visitor.transaction(force_rollback=True), visitor.cursor() as cursor:
            if statement.as_string().startswith("copy"):
                with cursor.copy(statement):
                    pass
                return True
            return cursor.execute(statement).rowcount != 0
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported):
        return False  # no right, refused by a policy; COPY into a table that has policies
    except psycopg.errors.IntegrityError:
        return True  # only a constraint stood in the way


def test_every_table_is_under_forced_policies_or_on_the_list_with_its_reason(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    unprotected = {name for name, forced in tables(admin).items() if not forced}
    assert not OPEN.keys() & READABLE.keys()
    assert unprotected - OPEN.keys() == set(), "give them policies, or a place on the list with a reason"
    assert OPEN.keys() - unprotected == set(), "they are protected, or gone: take them off the list"


def test_what_is_declared_beside_the_models_is_what_the_database_has(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    held: dict[str, set[str]] = {}
    for table, name in admin.execute("select polrelid::regclass::text, polname from pg_policy").fetchall():
        held.setdefault(str(table), set()).add(str(name))
    assert held == {table: set(names) for table, names in declared_policies().items()}


@pytest.mark.parametrize("settings", [NO_SETTINGS, EMPTY_SETTINGS], ids=["no settings", "empty settings"])
@pytest.mark.parametrize("role", ["app", "jobs"])
def test_without_a_scope_no_table_about_people_or_counts_shows_a_row(
    role: str, settings: dict[str, str], admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    protected = sorted(name for name, forced in tables(admin).items() if forced and name not in READABLE)
    assert len(protected) > 20
    admin.execute("set session_replication_role = replica")
    for table in protected:
        plant_a_row(admin, table)
    plant_console_code(admin)
    with psycopg.connect(
        database.conninfo(role, dbname=database.database_name()), autocommit=True
    ) as visitor:
        set_settings(visitor, settings)
        for table in protected:
            name = sql.Identifier(table)
            seen = visitor.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
            assert seen == (0,), table
            for attack in ("select 1 from {} limit 1", "select max(ctid) from {}", "table {}"):
                rows = visitor.execute(sql.SQL(attack).format(name)).fetchall()
                assert rows in ([], [(None,)]), (table, attack)
    for table in protected:
        whole = admin.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        assert whole is not None and int(str(whole[0])) >= 1, table  # the rows were there to be seen


@pytest.mark.parametrize("settings", [NO_SETTINGS, EMPTY_SETTINGS], ids=["no settings", "empty settings"])
@pytest.mark.parametrize("role", ["app", "jobs"])
def test_without_a_scope_no_row_of_any_table_is_written_but_those_on_the_list(
    role: str, settings: dict[str, str], admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    admin.execute("set session_replication_role = replica")
    every = sorted(tables(admin))
    for table in every:
        if table not in ("django_migrations", "django_content_type"):
            plant_a_row(admin, table)
    plant_console_code(admin)
    before = {table: contents(admin, table) for table in every}
    written: dict[str, set[str]] = {}
    with psycopg.connect(
        database.conninfo(role, dbname=database.database_name()), autocommit=True
    ) as visitor:
        set_settings(visitor, settings)
        for table in every:
            for command, statement in attacks(admin, table).items():
                if could(visitor, statement):
                    written.setdefault(table, set()).add(command)
    assert written == {table: set(commands.split()) for table, (commands, _why) in WRITABLE[role].items()}
    assert {table: contents(admin, table) for table in every} == before


def test_a_visitor_writes_nothing_more_but_a_session_without_a_second_factor(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    admin.execute("set session_replication_role = replica")
    every = sorted(tables(admin).keys() - {"django_migrations", "django_content_type"})
    for table in every:
        plant_a_row(admin, table)
    written = set()
    with psycopg.connect(
        database.conninfo("app", dbname=database.database_name()), autocommit=True
    ) as visitor:
        set_settings(visitor, Scope().settings())
        for table in every:
            written |= {
                (table, command)
                for command, attack in attacks(admin, table).items()
                if could(visitor, attack) and command not in WRITABLE["app"].get(table, ("",))[0].split()
            }
        strong = sql.SQL(
            "insert into people_session (key, public_id, account_id, data, device, origin, created_at, seen_at,"
            " ends_at, strong_at) values ('x', gen_random_uuid(), 1, '{}', '', ''" + f", '{NOW}'" * 4 + ")"
        )
        assert not could(visitor, sql.Composed([strong]))
    assert written == {("people_session", "insert")}


def test_a_reason_opens_to_jobs_and_to_nobody_else(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    admin.execute("set session_replication_role = replica")
    plant_a_row(admin, "people_person")
    for role, sees in (("jobs", 1), ("app", 0)):
        with psycopg.connect(database.conninfo(role, dbname=database.database_name())) as visitor:
            visitor.execute("select set_config('abhiyan.reason', 'a test', true)")
            assert visitor.execute("select count(*) from people_person").fetchone() == (sees,), role


def test_the_hot_paths_role_reads_and_writes_the_columns_on_its_list_and_no_others(
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    name = database.role_name("gateway")
    may: dict[str, dict[str, set[str]]] = {}
    for table, column, right in admin.execute(
        "select relname, attname, r from pg_class c join pg_attribute a on a.attrelid = c.oid,"
        " unnest(array['select', 'insert', 'update', 'references']) r"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and attnum > 0"
        " and not attisdropped and has_column_privilege(%s, c.oid, attnum, r)",
        [name],
    ).fetchall():
        may.setdefault(str(table), {}).setdefault(str(right), set()).add(str(column))
    assert may == {
        table: {right: set(columns.split()) for right, columns in rights.items()}
        for table, rights in GATEWAY.items()
    }
    for table in tables(admin):
        for right in ("delete", "truncate", "trigger"):
            has = admin.execute("select has_table_privilege(%s, %s, %s)", [name, table, right]).fetchone()
            assert has == (False,), (table, right)


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
