"""Staged imports: a file comes in pieces, is looked at, checked, committed and undone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.imports import (
    ImportKind,
    Option,
    Outcome,
    Work,
    actions,
    kinds,
    queries,
    register,
    running,
    store,
)
from abhiyan.core.models import AuditEntry, RefusedRow, StagedImport
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tables.layout import Field, Kind, Layout

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("tests")
LAYOUT = Layout(
    "fruit",
    (
        Field("name", "Name", "नाम", kind=Kind.NAME, required=True),
        Field("weight", "Weight", "वज़न", kind=Kind.INTEGER, least=1, most=1000),
    ),
    personal=False,
)
State = StagedImport.State


class Crash(Exception):
    """The worker is gone."""


class TooSour(Refused):
    code = "too_sour"
    message = "%(name)s is too sour."


def check(work: Work) -> None:
    for batch in work.rows(discard=lambda row: "unripe" if row[1] == "Unripe" else None):
        for number, name, _weight in batch.rows:
            if name == "Stone":
                work.refuse(number, "name", "no_fruit", name="Stone")
            else:
                work.count("new")


def commit(work: Work) -> None:
    for batch in work.rows(discard=lambda row: "unripe" if row[1] == "Unripe" else None):
        for number, name, _weight in batch.rows:
            if name == "Stone":
                work.refuse(number, "name", "no_fruit", name="Stone")
                continue
            if name == "Bomb":
                raise Crash
            if name == "Lemon":
                raise TooSour(name="Lemon")
            AuditEntry(at=work.at, who=work.by.id, who_kind="system", act="fruit", subject=name).save()
            work.count("new")
    work.keep({"made": work.counts["new"]})


def undo(work: Work) -> None:
    assert [page["made"] for page in work.kept()] == [2]
    work.count("gone", 2)


@pytest.fixture(autouse=True)
def fruit() -> Iterator[None]:
    register(
        ImportKind(
            key="fruit",
            title="Fruit",
            explains="What grows.",
            layout=LAYOUT,
            capability="imports.fruit",
            outcomes={"new": Outcome("New", "ok"), "gone": Outcome("Gone")},
            reasons={"no_fruit": "%(name)s is no fruit (%(field)s)."},
            discarded={"unripe": "Unripe"},
            options=(Option("basket", "Basket", choices=lambda: [("a", "A"), ("b", "B")], default="a"),),
            check=check,
            commit=commit,
            undo=undo,
        )
    )
    yield
    del kinds._kinds["fruit"]


def file(tmp_path: Path, text: str | bytes, name: str = "fruit.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def bring(path: Path) -> StagedImport:
    with system("test"):
        return queries.import_for(actions.bring(kind_key="fruit", path=path, by=BY, at=AT))


def step(staged: StagedImport, name: str) -> StagedImport:
    with system("test"):
        actions.ask(public_id=staged.public_id, step=name, by=BY, at=AT)
    running.run(staged.public_id, name, at=AT)
    return again(staged)


def again(staged: StagedImport) -> StagedImport:
    with system("test"):
        return queries.import_for(staged.public_id)


pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "Name,Weight\nApple,10\nStone,5\nUnripe,3\nPear,0\nPlum,7\n"


def test_a_list_is_looked_at_checked_committed_and_undone(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    assert staged.state == State.RECEIVED and staged.mapping == {"name": 0, "weight": 1}
    assert len(staged.file_sha256) == 64

    staged = step(staged, "check")
    assert staged.state == State.CHECKED
    assert staged.counts == {"new": 2, "refused": 2} and staged.discarded == {"unripe": 1}
    with system("test"):
        assert not AuditEntry.objects.filter(act="fruit").exists()
        said = [queries.reason_text(_kind(), row) for row in queries.refused_rows(staged)]
    assert said[0] == "Stone is no fruit (नाम)." and "1" in said[1]

    staged = step(staged, "commit")
    assert staged.state == State.DONE and staged.counts == {"new": 2, "refused": 2}
    with system("test"):
        assert AuditEntry.objects.filter(act="fruit").count() == 2
        assert RefusedRow.objects.filter(import_id=staged.id).count() == 2
        assert AuditEntry.objects.filter(act="imports.committed", subject=str(staged.public_id)).count() == 1
    assert staged.public_id not in store.kept()

    staged = step(staged, "undo")
    assert staged.state == State.UNDONE and staged.undone == {"gone": 2}


def _kind() -> ImportKind:
    from abhiyan.core.imports import kind

    return kind("fruit")
