"""Migrations follow the models, and add indexes to big tables while people are enrolled."""

from collections.abc import Iterator, Sequence

import django.apps
import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils import translation

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


def test_every_change_of_a_model_has_its_migration() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with translation.override(None):  # as makemigrations, which writes the words of the source
        now = ProjectState.from_apps(django.apps.apps)
        changes = MigrationAutodetector(loader.project_state(), now).changes(graph=loader.graph)
    assert [
        f"{app}: {one.describe()}"
        for app, made in changes.items()
        for each in made
        for one in each.operations
    ] == []


def test_no_migration_keeps_everybody_from_writing_while_it_makes_an_index() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = set(BIG)
    known = {app: {m for a, m in loader.project_state().models if a == app} for app in ours}
    assert all(models_ <= known[app] for app, models_ in BIG.items()), "names of models that are there"
    found = [
        offence
        for (app, name), one in loader.disk_migrations.items()
        if app in ours and name != "0001_ground"
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


# Columns that no field names any more, each with the release that stopped using it. They stay for one release, since
# the code before reads and writes them while `migrate` runs. The next release drops them (tests/test_releases.py).
LEFT: dict[tuple[str, str], str] = {}


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
