"""Each release updates from the one before while people join: its migrations let the code before them run.

`ABHIYAN_WRITE_RELEASE=yes pytest tests/test_releases.py` adds the release that goes out to core/releases.toml.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED
from django.db.models.functions import Now

import abhiyan
from abhiyan.core import releases

ROOT = Path(__file__).resolve().parent.parent
# The migrations up to this release are as they are: docs/update.md says how one updates to it.
RULES_AFTER = "0.2.0"
DROPS = re.compile(
    r"\bdrop\s+(table|column|function|view|type)\b|\brename\b|\bset\s+not\s+null\b|\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b",
    re.IGNORECASE,
)


def breaks(operations: Sequence[Operation], before: ProjectState, app: str) -> Iterator[str]:
    """Operations under which the code before cannot go on. before: the models as that code knows them."""
    made = {each.name_lower for each in operations if isinstance(each, migrations.CreateModel)}
    pinned: set[tuple[str, str]] = set()  # fields that keep their column, whatever they are called
    for each in operations:
        model = str(getattr(each, "model_name_lower", getattr(each, "name_lower", "")))
        if isinstance(each, migrations.SeparateDatabaseAndState):
            yield from breaks(each.database_operations, before, app)
        elif isinstance(each, migrations.RunSQL):
            if DROPS.search(str(each.sql)) and each.hints.get("left_by") not in releases.listed():
                yield "SQL that drops or narrows; `hints` names the release that stopped using it"
        elif model in made:
            continue
        elif isinstance(each, migrations.RemoveField | migrations.DeleteModel | migrations.RenameModel):
            yield f"{each.describe()}: only as a state operation; the next release drops it in SQL"
        elif isinstance(each, migrations.AlterModelTable):
            yield each.describe()
        elif isinstance(each, migrations.RenameField):
            if (model, each.old_name_lower) not in pinned:
                yield f"{each.describe()}: first pin the column by `db_column`"
        elif isinstance(each, migrations.AddField):
            if not _takes_nothing(each.field):
                yield f"{each.describe()}: the code before inserts without it; give a `db_default`"
        elif isinstance(each, migrations.AlterField):
            old = before.models[app, model].fields.get(each.name)
            if each.field.db_column:
                pinned.add((model, each.name_lower))
            if old is not None and old.get_internal_type() != each.field.get_internal_type():
                yield f"{each.describe()}: another type"
            elif old is not None and old.null and not _takes_nothing(each.field):
                yield f"{each.describe()}: the code before may leave it empty; give a `db_default`"
        elif isinstance(each, migrations.AddConstraint) and isinstance(
            getattr(each, "constraint", None), models.CheckConstraint | models.UniqueConstraint
        ):
            yield f"{each.describe()}: the code before does not keep it; add it one release later"


def _takes_nothing(field: "models.Field[object, object]") -> bool:
    """Say whether a row may be inserted that leaves the field out."""
    return (
        field.null
        or field.db_default is not NOT_PROVIDED
        or field.many_to_many is True
        or bool(field.generated)
    )


def leaves(loader: MigrationLoader) -> dict[str, str]:
    """Room -> its last migration in this checkout."""
    known = {app for app, name in loader.disk_migrations if name == "0001_ground"}
    return {app: max(name for other, name in loader.disk_migrations if other == app) for app in sorted(known)}


def later(loader: MigrationLoader) -> list[tuple[str, str]]:
    """Migrations of releases after RULES_AFTER; none before that one is listed."""
    if (last := releases.listed().get(RULES_AFTER)) is None:
        return []
    return sorted(key for key in loader.disk_migrations if key[0] in last and key[1] > last[key[0]])


def headings() -> list[str]:
    return re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_release_but_the_newest_is_listed_with_its_last_migrations() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    if os.environ.get("ABHIYAN_WRITE_RELEASE") == "yes" and abhiyan.__version__ not in releases.listed():
        rows = "".join(f'{app} = "{name}"\n' for app, name in leaves(loader).items())
        with Path(releases.__file__).with_suffix(".toml").open("a") as out:
            out.write(f'\n["{abhiyan.__version__}"]\n{rows}')
        releases.listed.cache_clear()
    listed = list(releases.listed())
    assert listed == sorted(listed, key=releases.release_number)
    assert set(headings()[1:]) <= set(listed), "list the release before the version is raised"
    for version, last in releases.listed().items():
        absent = {app: name for app, name in last.items() if (app, name) not in loader.disk_migrations}
        assert absent == {}, f"a database of {version} could not be updated: its migrations are gone"


def test_no_migration_of_a_release_is_changed_away_from_the_release_after_it() -> None:
    """A room keeps each migration up to its last one of a release: nothing is squashed without a way."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for version, last in releases.listed().items():
        for app, name in last.items():
            numbers = sorted(int(other[:4]) for room, other in loader.disk_migrations if room == app)
            assert numbers[: int(name[:4])] == list(range(1, int(name[:4]) + 1)), (version, app)


def test_no_migration_breaks_the_code_of_the_release_before() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = [
        f"{app} {name}: {what}"
        for app, name in later(loader)
        for what in breaks(
            loader.disk_migrations[app, name].operations, loader.project_state((app, name), at_end=False), app
        )
    ]
    assert found == []


def state() -> ProjectState:
    """Two models as the code before knows them."""
    built = ProjectState()
    for each in (
        migrations.CreateModel(
            "Claim",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("at", models.DateTimeField(null=True)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel("Roll", [("id", models.BigAutoField(primary_key=True))]),
    ):
        each.state_forwards("enrolment", built)
    return built


PIN = migrations.AlterField("claim", "note", models.TextField(db_column="note"))


@pytest.mark.parametrize(
    "planted",
    [
        [migrations.RemoveField("claim", "note")],
        [migrations.DeleteModel("Roll")],
        [migrations.RenameModel("Roll", "List")],
        [migrations.AlterModelTable("roll", "other")],
        [migrations.RenameField("claim", "note", "words")],
        [migrations.RenameField("claim", "note", "words"), PIN],
        [migrations.AddField("claim", "day", models.DateField(default="2026-11-30"))],
        [migrations.AlterField("claim", "at", models.DateTimeField())],
        [migrations.AlterField("claim", "note", models.IntegerField(db_default=0))],
        [migrations.AddConstraint("claim", models.CheckConstraint(condition=models.Q(note="x"), name="c"))],
        [migrations.AddConstraint("claim", models.UniqueConstraint(fields=["note"], name="u"))],
        [migrations.RunSQL("alter table enrolment_claim drop column note")],
        [migrations.RunSQL("ALTER TABLE enrolment_claim\n RENAME COLUMN note TO words")],
        [migrations.RunSQL("alter table enrolment_claim alter column at set not null")],
        [migrations.RunSQL("alter table enrolment_claim alter column at type date")],
        [migrations.RunSQL("drop function f(bigint)")],
        [migrations.RunSQL("alter table t drop column c", hints={"left_by": "99.0.0"})],
        [migrations.SeparateDatabaseAndState([migrations.RemoveField("claim", "note")], [])],
    ],
)
def test_a_planted_break_is_found(planted: list[Operation]) -> None:
    assert list(breaks(planted, state(), "enrolment"))


@pytest.mark.parametrize(
    "harmless",
    [
        [migrations.AddField("claim", "day", models.DateField(null=True))],
        [migrations.AddField("claim", "n", models.IntegerField(default=0, db_default=0))],
        [migrations.AlterField("claim", "note", models.TextField(choices=[("a", "A")]))],
        [migrations.AlterField("claim", "at", models.DateTimeField(db_default=Now()))],
        [PIN, migrations.RenameField("claim", "note", "words")],
        [migrations.SeparateDatabaseAndState([], [migrations.RemoveField("claim", "note")])],
        [migrations.RunSQL("alter table t drop column c", hints={"left_by": "0.1.0"})],
        [migrations.RunSQL("create index concurrently i on t (c)")],
        [migrations.RemoveConstraint("claim", "c")],
        [
            migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddField("fresh", "n", models.IntegerField()),
            migrations.AddConstraint("fresh", models.UniqueConstraint(fields=["n"], name="u")),
        ],
    ],
)
def test_what_the_code_before_survives_is_let_through(harmless: list[Operation]) -> None:
    assert list(breaks(harmless, state(), "enrolment")) == []
