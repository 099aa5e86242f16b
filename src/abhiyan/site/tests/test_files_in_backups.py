"""A backup takes the files of the object store, and a restore puts them back into whatever store there is then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from abhiyan.core import backup, database, databases, files, home, news, schema, sealing, store_mark
from abhiyan.core.files import FileLost, delete_gone
from abhiyan.core.models import GoneObject, StoreMark
from abhiyan.core.scope import system
from abhiyan.core.store import FolderStore, StoreAway, file_store
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.object_stores import BUCKET, ObjectStoreServer, object_store
from abhiyan.people.models_field import FieldPicture

from .test_files_in_store import CLEAR, field_picture, lying, opened

__all__ = ["object_store"]  # a fixture
pytestmark = [
    pytest.mark.machine,
    pytest.mark.django_db(transaction=True),
]  # a backup reads what is committed
SECRET, PUBLIC = sealing.new_pair()


@pytest.fixture
def target() -> Iterator[str]:
    """Name of a database that is not there, before and after."""
    name = f"{database.database_name()}_back"
    databases.drop(name)
    yield name
    databases.drop(name)


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files lie here while there is no object store."""
    monkeypatch.setenv("ABHIYAN_FILES", str(tmp_path / "files"))
    settings.MEDIA_ROOT = home.uploads_folder()
    return home.uploads_folder()


def two_pictures() -> list[Any]:
    with schema.working_as("jobs"), system("test"):
        store_mark.make_mark(NOW)
        rows = [field_picture(), field_picture()]
        for row in rows:
            row.save(force_insert=True)
    return rows


def take(to: Path) -> dict[str, Any]:
    return backup.take_backup(to=to, recipient=PUBLIC, at=NOW)


@pytest.mark.parametrize("then", ["the same store", "another store", "a folder"])
def test_files_come_back_into_the_store_there_is(
    object_store: ObjectStoreServer, folder: Path, target: str, tmp_path: Path, then: str
) -> None:
    rows = two_pictures()
    file_store().put("imports/of-somebody/000", b"on its way")
    file_store().put("journal/host-7.jsonl", b"the journal goes by itself")
    took = take(tmp_path / "b.age")
    assert took["files"] == 3, "two pictures and the mark"
    assert backup.check(source=tmp_path / "b.age", identity=SECRET)["files"] == 3
    object_store.bucket().remove(*lying())
    elsewhere = {"another store": f"s3://{BUCKET}/campaign/restored/", "a folder": ""}
    with pytest.MonkeyPatch.context() as patch:
        if then in elsewhere:
            patch.setenv("ABHIYAN_STORE", elsewhere[then])
        backup.restore_backup(source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target)
        with schema.working_as("jobs", target), system("test"):
            assert [opened(row) for row in rows] == [CLEAR, CLEAR]
            assert store_mark.mark_seen_ms() is not None
            assert StoreMark.objects.exists()
        assert len(lying()) == 2
        assert isinstance(file_store(), FolderStore) == folder.exists() == (then == "a folder")
        if then != "the same store":
            assert not list(file_store().listed("imports/"))


def test_files_of_a_folder_come_back_into_an_object_store(
    object_store: ObjectStoreServer, folder: Path, target: str, tmp_path: Path
) -> None:
    (row, other) = two_pictures()
    with pytest.MonkeyPatch.context() as patch:
        copies = {stored.name: file_store().get(stored.name) for stored in file_store().listed("")}
        object_store.bucket().remove(*copies)
        patch.setenv("ABHIYAN_STORE", "")
        for name, sealed in copies.items():
            file_store().put(name, sealed)
        file_store().remove(files.object_name(other.sealed.ident))
        assert take(tmp_path / "b.age")["files"] == 2
    backup.restore_backup(source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target)
    with schema.working_as("jobs", target), system("test"):
        assert opened(row) == CLEAR
        with pytest.raises(FileLost):  # It was deleted while the backup was taken.
            opened(other)


def test_a_picture_that_is_erased_again_after_a_restore_leaves_the_store_too(
    object_store: ObjectStoreServer, folder: Path, target: str, tmp_path: Path
) -> None:
    (erased, kept) = two_pictures()
    take(tmp_path / "b.age")
    gone = erased.pk
    with schema.working_as("jobs"):
        with system("test"):
            FieldPicture.objects.filter(pk=gone).delete()
        assert delete_gone(NOW) == 1

    def erase_again(_restored: backup.Restored) -> None:
        """As rooms do, by the journal."""
        FieldPicture.objects.filter(pk=gone).delete()

    news.subscribe(backup.Restored, erase_again)
    try:
        backup.restore_backup(source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target)
    finally:
        news.subscribers()[backup.Restored].remove(erase_again)
    with schema.working_as("jobs", target):
        object_store.stop()
        with pytest.raises(StoreAway):
            delete_gone(NOW)
        object_store.start()
        assert delete_gone(NOW) == 1
        with system("test"):
            assert opened(kept) == CLEAR and not GoneObject.objects.exists()
    assert lying() == [files.object_name(kept.sealed.ident)]


def test_a_store_that_is_away_is_said_and_nothing_is_left(
    object_store: ObjectStoreServer, folder: Path, target: str, tmp_path: Path
) -> None:
    two_pictures()
    take(tmp_path / "b.age")
    object_store.stop()
    with pytest.raises(backup.BackupFailed, match="store of files does not answer"):
        take(tmp_path / "c.age")
    assert [path.name for path in tmp_path.iterdir()] == ["b.age"]
    with pytest.raises(backup.RestoreRefused, match="store of files does not answer"):
        backup.restore_backup(source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target)
    with psycopg.connect(database.conninfo(None, dbname="postgres")) as admin:
        beside = admin.execute("select datname from pg_database where starts_with(datname, %s)", [target])
        assert beside.fetchall() == []
    object_store.start()
