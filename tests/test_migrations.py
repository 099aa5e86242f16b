"""New migrations add indexes to big tables while people are enrolled."""

import json
from collections.abc import Iterator, Sequence
from importlib import import_module

import django.apps
import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from abhiyan.core import schema

pytestmark = pytest.mark.versions

# Models with a row for each person, phone, entry, message or unit, or more.
BIG = {
    "core": {"auditentry", "ratecount", "refusedrow", "journalpage"},
    "people": {"phone", "person", "consent", "suppression", "accountword"},
    "units": {"unit", "placement", "unitwords", "unitchange"},
    "programmes": {"delta", "tally", "total"},
    "messaging": {"message", "question"},
    "enrolment": {"claim", "membership", "enrolment", "waiting"},
}
# Ran before anybody had big tables.
SHIPPED = {("messaging", "0002_codes_first"), ("programmes", "0002_delta"), ("units", "0002_kind_few")}


def offences(app: str, name: str, operations: Sequence[Operation]) -> Iterator[str]:
    """Operations that keep everybody from writing to a big table while its index is made."""
    made = {one.name_lower for one in operations if isinstance(one, migrations.CreateModel)}
    for one in operations:
        model = str(getattr(one, "model_name_lower", ""))
        if isinstance(one, migrations.RunSQL):
            said = str(one.sql).lower()
            if "index" in said and "create" in said and "concurrently" not in said:
                yield f"{app} {name}: an index in plain SQL"
        elif model not in BIG.get(app, ()) or model in made:
            continue
        elif isinstance(one, migrations.AddIndex) and not isinstance(one, AddIndexConcurrently):
            yield f"{app} {name}: {one.describe()}; use core.concurrent.ConcurrentIndex"
        elif isinstance(one, migrations.AddConstraint) and isinstance(
            getattr(one, "constraint", None), models.UniqueConstraint | ExclusionConstraint
        ):
            yield f"{app} {name}: {one.describe()}; its index is to be made before, as a ConcurrentIndex"
        elif isinstance(one, migrations.AddField | migrations.AlterField) and (
            getattr(one.field, "db_index", False) or one.field.unique
        ):
            yield f"{app} {name}: {one.describe()} makes an index"


def test_a_constraint_makes_no_model_anew() -> None:
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
    ours = [
        (key, one) for key, each in disk if each.__module__.startswith("abhiyan.") for one in each.operations
    ]
    assert len(ours) > 500
    assert [key for key, one in ours if type(one) is migrations.AddConstraint] == [], (
        "core.constraints has one"
    )


def test_no_migration_keeps_everybody_from_writing_while_it_makes_an_index() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = set(BIG)
    known = {app: {m for a, m in loader.project_state().models if a == app} for app in ours}
    assert all(models_ <= known[app] for app, models_ in BIG.items()), "names of models that are there"
    found = [
        offence
        for (app, name), one in loader.disk_migrations.items()
        if app in ours and (app, name) not in SHIPPED and not name.startswith("0001")
        for offence in offences(app, name, one.operations)
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        migrations.AddIndex("claim", models.Index(fields=["at"], name="i")),
        migrations.AddConstraint("claim", models.UniqueConstraint(fields=["at"], name="c")),
        migrations.AddField("claim", "x", models.IntegerField(db_index=True, null=True)),
        migrations.RunSQL("create index i on enrolment_claim (at)"),
    ],
)
def test_a_planted_index_is_found(planted: Operation) -> None:
    assert list(offences("enrolment", "0099_planted", [planted]))
    assert not list(
        offences("enrolment", "0099", [AddIndexConcurrently("claim", models.Index(fields=["at"], name="i"))])
    )


@pytest.mark.django_db(transaction=True)
def test_the_code_before_counts_on_while_positions_become_those_of_a_tree() -> None:
    """It inserts into the queue without a reason, until the migration that says who may write."""
    migration = import_module("abhiyan.programmes.migrations.0007_positions_of_a_tree")
    with schema.working_as("owner"), connection.schema_editor() as editor, connection.cursor() as cursor:
        migration.protect(None, editor)
        cursor.execute("select cmd, with_check from pg_policies where policyname = 'delta_in_scope'")
        found = cursor.fetchall()
        transaction.set_rollback(True)
    assert found == [("ALL", "true")]


# What the release before had, as far as it put jobs down or a migration carries them over.
PROCRASTINATE = """
create type procrastinate_job_status as enum ('todo', 'doing', 'failed');
create type procrastinate_job_to_defer_v1 as (queue_name varchar, task_name varchar, priority integer, lock text,
    queueing_lock text, args jsonb, scheduled_at timestamptz);
create table procrastinate_jobs (id bigint primary key generated always as identity, task_name varchar,
    status procrastinate_job_status, args jsonb);
create table procrastinate_events (id bigint primary key, job_id bigint references procrastinate_jobs);
create function procrastinate_finish_job_v1(job_id bigint, how procrastinate_job_status) returns void
    language sql as 'delete from procrastinate_jobs where id = job_id';
create function procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) returns bigint[]
    language plpgsql as 'begin return null; end';
insert into procrastinate_jobs (task_name, status, args) values
    ('core.import_commit', 'todo', '{"public_id": "a"}'), ('core.import_look', 'doing', '{"public_id": "b"}'),
    ('elections.pass_seats', 'failed', '{}');
"""
PUT_DOWN_BY_THE_CODE_BEFORE = """
select unnest(procrastinate_defer_jobs_v1(array[
    ('imports', 'core.import_check', 0, null, 'core.import_check/c', '{"public_id": "c"}', null),
    ('default', 'enrolment.hand_members_over', 0, null, null, '{"closing_id": 7}', null)
]::procrastinate_job_to_defer_v1[]))
"""


@pytest.mark.django_db(transaction=True)
def test_jobs_of_the_code_before_are_carried_over_and_what_it_puts_down_afterwards_too() -> None:
    migration = import_module("abhiyan.core.migrations.0006_jobs")
    with schema.working_as("owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PROCRASTINATE)
        cursor.execute(migration.CARRIED)
        cursor.execute(PUT_DOWN_BY_THE_CODE_BEFORE)
        assert len(cursor.fetchall()) == 2
        cursor.execute("select name, arguments from core_job order by id")
        assert [(name, json.loads(arguments)) for name, arguments in cursor.fetchall()] == [
            ("core.import_step", {"public_id": "a", "step": "commit"}),
            ("core.import_look", {"public_id": "b"}),
            ("core.import_step", {"public_id": "c", "step": "check"}),
            ("enrolment.hand_members_over", {"closing_id": 7}),
        ]
        cursor.execute(
            "select relname from pg_class where relname like 'procrastinate%' and relkind <> 'c' union all"
            " select proname from pg_proc where proname like 'procrastinate%' union all"
            " select typname from pg_type where typname like 'procrastinate%' and typtype = 'e'"
        )
        assert cursor.fetchall() == [("procrastinate_defer_jobs_v1",)]
        transaction.set_rollback(True)


# Columns that no code reads any more, each with what it waits for. A release later they go.
LEFT = {
    ("org_appointment", "offer"): "the release before 0011_answer_by_text reads and writes it",
    ("core_import", "attempts"): "the release before 0006_jobs reads and writes it",
    ("programmes_programme", "body_id"): "the release before 0011_owners_are_units reads it",
}


@pytest.mark.django_db
def test_a_column_without_a_field_is_known_and_harms_no_insert() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, is_nullable = 'YES' or column_default is not null"
            " from information_schema.columns where table_schema = 'public'"
        )
        found = {(table, column): is_harmless for table, column, is_harmless in cursor.fetchall()}
    fields = {
        (model._meta.db_table, field.column)
        for model in django.apps.apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    tables = {table for table, _ in fields}
    left = {one: harmless for one, harmless in found.items() if one[0] in tables and one not in fields}
    assert left == dict.fromkeys(LEFT, True)
