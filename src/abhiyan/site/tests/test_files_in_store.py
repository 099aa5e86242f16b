"""Files of rooms lie in the row on one machine and in the object store of several hosts. Deleted files leave it."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection, models
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, files, home, keys, lot, sql, store_mark
from abhiyan.core.files import FileLost, StoredBytesField, delete_gone, stored_columns, sweep_files
from abhiyan.core.models import GoneObject
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.store import FolderStore, StoreAway, file_store
from abhiyan.core.tests.conftest import as_jobs
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.object_stores import ObjectStoreServer, object_store
from abhiyan.paper.models import PaperPhoto
from abhiyan.people.models_field import FieldPicture
from abhiyan.review.models import DeckTemplate

__all__ = ["as_jobs", "object_store"]  # fixtures
pytestmark = pytest.mark.usefixtures("as_jobs")
CLEAR = b"a picture of somebody " * 2_000
LATER = datetime.fromisoformat("2126-01-01T00:00:00+00:00")  # The store has a clock of its own.
# A column of bytes stays in the row where it is a few words or a number under seal, or what statements compute with.
WORDS = "words, a phone or a code under seal, read together with the row"
NO_FILES = {
    **dict.fromkeys(
        (
            "contact.ContactEntry.person_name",
            "contact.ContactTry.note",
            "enrolment.HelpOffer.person_name",
            "enrolment.PhoneChange.sealed",
            "enrolment.Text.sealed",
            "enrolment.Parting.sealed_name",
            "enrolment.DataRequest.sealed_answer",
            "enrolment.DataRequest.sealed_said",
            "helpdesk.Ticket.sealed",
            "helpdesk.TicketLine.sealed",
            "messaging.Message.sealed_blanks",
            "messaging.Message.sealed_phone",
            "messaging.Number.sealed_token",
            "messaging.Question.sealed",
            "people.EmailAddress.sealed",
            "people.Erasure.sealed",
            "people.Factor.sealed",
            "people.FieldHeld.sealed",
            "people.Phone.sealed",
            "verification.Check.planted",
            "verification.Check.said",
        ),
        WORDS,
    ),
    "core.AuditSeal.plain": "32 bytes",
    "core.AuditSeal.prev": "32 bytes",
    "core.AuditSeal.root": "32 bytes",
    "core.RateCount.key": "16 bytes",
    "people.Factor.credential": "the id of a passkey",
    "people.NoticeAudio.data": "one public sound file a language: a notice is heard while the store is away",
    "verification.Stratum.commitments": "numbers that draws compute with, published with their frame",
    "verification.Stratum.places": "numbers that draws compute with",
}
DIGESTS = ("digest", "hash", "who")  # Keyed digests, 32 bytes each.


def photo() -> PaperPhoto:
    own = PaperPhoto.of(
        CLEAR,
        digest=lot.octets(32),
        batch_id=1,
        unit_id=1,
        kind="image/jpeg",
        added_by=1,
        added_at=NOW,
        purge_at=NOW + timedelta(days=90),
    )
    own.small = keys.keyring().seal(b"small " + CLEAR, about=b"small" + own.pk.bytes)
    return own


def field_picture() -> FieldPicture:
    own = lot.uuid()
    sealed = keys.keyring().seal(CLEAR, about=own.bytes)
    return FieldPicture(id=own, record=lot.uuid(), account_id=1, digest=b"d", sealed=sealed, at=NOW)


def template() -> DeckTemplate:
    number = DeckTemplate.objects.count() + 1
    return DeckTemplate.of(CLEAR, digest=b"d", number=number, name="a.pptx", layouts={}, added_at=NOW)


MAKERS: list[Callable[[], models.Model]] = [photo, field_picture, template]


def opened(row: models.Model) -> bytes:
    own: Any = type(row)._default_manager.get(pk=row.pk)
    return keys.keyring().unseal(bytes(own.sealed), about=own.pk.bytes)


def lying() -> list[str]:
    return [stored.name for stored in file_store().listed(files.PREFIX)]


def in_row(row: models.Model, column: str = "sealed") -> int:
    """Length of what the column itself holds."""
    return sql.count(f'select octet_length({column}) from "{row._meta.db_table}" where id = %s', [row.pk])


def test_every_column_of_bytes_is_a_file_of_the_store_or_is_listed_as_none() -> None:
    columns = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField | models.FileField) and not field.name.endswith(DIGESTS)
    }
    stored = {name for name, field in columns.items() if isinstance(field, StoredBytesField)}
    assert columns.keys() - stored == NO_FILES.keys(), "a StoredBytesField, or NO_FILES with its reason"


def test_every_column_of_files_has_its_trigger() -> None:
    triggers = sql.rows(
        "select c.relname::text, encode(t.tgargs, 'escape') from pg_trigger t join pg_class c on c.oid = tgrelid"
        " where t.tgfoid = 'core_note_gone'::regproc"
    )
    assert {(table, column.removesuffix(r"\000")) for table, column in triggers} == set(stored_columns())


@pytest.mark.parametrize("make", MAKERS)
def test_without_a_store_a_file_lies_in_its_row_alone(make: Callable[[], models.Model]) -> None:
    with system("test"):
        (row := make()).save(force_insert=True)
        assert in_row(row) > len(CLEAR) and opened(row) == CLEAR and not lying()
        row.delete()
        assert not GoneObject.objects.exists()


@pytest.mark.parametrize("make", MAKERS)
def test_with_a_store_the_row_names_an_object_that_is_sealed(
    object_store: ObjectStoreServer, make: Callable[[], models.Model]
) -> None:
    with system("test"):
        (row := make()).save()  # By two statements: an update that finds nothing, and an insert.
        assert in_row(row) == 17 and opened(row) == CLEAR
        columns = [column for table, column in stored_columns() if table == row._meta.db_table]
        assert len(lying()) == sum(in_row(row, column) == 17 for column in columns)
        for name in lying():
            assert b"somebody" not in object_store.bucket().get(name)
        before = lying()
        again = type(row)._default_manager.get(pk=row.pk)
        again.save()
        assert lying() == before and not GoneObject.objects.exists(), "what did not change stays"
        assert opened(row) == CLEAR


def refused(act: Callable[[], object]) -> None:
    """An act that is refused at its end: its transaction does not commit."""

    def last() -> None:
        with system("test"):
            act()
            raise Refused

    with pytest.raises(Refused):
        last()


def deleted_by_instance(row: models.Model) -> None:
    type(row)._default_manager.get(pk=row.pk).delete()


def deleted_by_query(row: models.Model) -> None:
    type(row)._default_manager.filter(pk=row.pk).delete()


def deleted_by_sql(row: models.Model) -> None:
    sql.run(f'delete from "{row._meta.db_table}" where id = %s', [row.pk])


def emptied(row: models.Model) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(sealed=b"")


def rewritten(row: models.Model) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(sealed=b"other sealed bytes")


def saved_anew(row: models.Model) -> None:
    own: Any = type(row)._default_manager.get(pk=row.pk)
    own.sealed = b"other sealed bytes"
    own.save()


WAYS = [deleted_by_instance, deleted_by_query, deleted_by_sql, emptied, rewritten, saved_anew]


@pytest.mark.parametrize("make", MAKERS)
def test_what_a_row_no_longer_speaks_of_leaves_the_store_after_the_commit(
    object_store: ObjectStoreServer, make: Callable[[], Any]
) -> None:
    with system("test"):
        (kept := make()).save(force_insert=True)
    for way in WAYS:
        with system("test"):
            (row := make()).save(force_insert=True)
        first = files.object_name(row.sealed.ident)
        refused(partial(way, row))
        assert not delete_gone(NOW) and first in lying(), "an act that was refused deletes nothing"
        with system("test"):
            assert opened(row) == CLEAR
            way(row)
        assert first in lying(), "nothing before the commit"
        assert delete_gone(NOW) and not delete_gone(NOW)
        assert first not in lying(), way.__name__
    with system("test"):
        assert opened(kept) == CLEAR and not GoneObject.objects.exists()


def test_an_outage_keeps_nothing_by_half_says_so_and_deletes_afterwards(
    object_store: ObjectStoreServer,
) -> None:
    with system("test"):
        photo().save(force_insert=True)
        (row := field_picture()).save(force_insert=True)
    before = lying()
    object_store.stop()
    with pytest.raises(StoreAway) as away, system("test"):
        photo().save(force_insert=True)
    assert away.value.status == 503
    with system("test"):
        assert PaperPhoto.objects.count() == 1
        with pytest.raises(StoreAway):
            opened(row)
        assert list(FieldPicture.objects.values_list("digest", flat=True)), "a row is read without its file"
        row.delete()
    with pytest.raises(StoreAway):
        delete_gone(NOW)
    object_store.start()
    assert lying() == before
    assert delete_gone(NOW) == 1 and len(lying()) == len(before) - 1


def test_a_crash_between_the_commit_and_the_deletion_deletes_it_later(
    object_store: ObjectStoreServer,
) -> None:
    """The note commits with the row, and goes only after its object."""
    with system("test"):
        (row := field_picture()).save(force_insert=True)
        row.delete()
        note = GoneObject.objects.get().pk
    connection.close()  # the process that deleted it is gone
    assert len(lying()) == 1
    file_store().remove(files.object_name(note))  # a crash after the deletion, before the note went
    assert delete_gone(NOW) == 1 and not lying()


def test_files_without_a_row_are_swept_after_a_week_and_only_in_the_store_of_this_database(
    object_store: ObjectStoreServer,
) -> None:
    with system("test"):
        store_mark.make_mark(NOW)
        for make in MAKERS:
            make().save(force_insert=True)
    kept = lying()
    refused(lambda: photo().save(force_insert=True))
    object_store.bucket().put(f"{files.PREFIX}not-ours", b"x")
    assert len(lying()) > len(kept) + 1
    (stored, *_) = file_store().listed(files.PREFIX)
    assert sweep_files(stored.changed_at + timedelta(days=6)) == 0
    mark = next(file_store().listed("mark/")).name
    file_store().remove(mark)
    assert sweep_files(LATER) == 0, "a store without the mark is another installation's"
    file_store().put(mark, b"")
    assert sweep_files(LATER) == 2  # a picture and its small one
    assert lying() == sorted([*kept, f"{files.PREFIX}not-ours"])


def test_rows_from_before_the_store_and_after_it_are_read(
    object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    folder = FolderStore(tmp_path)
    with pytest.MonkeyPatch.context() as patch, system("test"):
        patch.setenv("ABHIYAN_FILES", str(tmp_path))
        patch.setenv("ABHIYAN_STORE", "")
        (before := photo()).save(force_insert=True)
        patch.setenv("ABHIYAN_STORE", object_store.settings["ABHIYAN_STORE"])
        (after := photo()).save(force_insert=True)
        assert (in_row(before) > 17, in_row(after)) == (True, 17)
        assert opened(before) == opened(after) == CLEAR
        copies = {name: file_store().get(name) for name in lying()}
        patch.setenv("ABHIYAN_STORE", "")
        with pytest.raises(FileLost):
            opened(after)
        for name, sealed in copies.items():
            folder.put(name, sealed)
        assert opened(before) == opened(after) == CLEAR, "a copy of all files takes them along"
        after.delete()
        assert delete_gone(NOW) == 2 and not lying()


def test_halves_of_killed_processes_are_swept_from_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ABHIYAN_FILES", str(tmp_path))
    folder = FolderStore(home.uploads_folder())
    folder.put("files/a", b"whole")
    for name, age in (("old", timedelta(days=2)), ("new", timedelta(hours=1))):
        (tmp_path / ".half" / name).write_bytes(b"half")
        seconds = (NOW - age).timestamp()
        os.utime(tmp_path / ".half" / name, (seconds, seconds))
    assert sweep_files(NOW) == 1
    assert [path.name for path in (tmp_path / ".half").iterdir()] == ["new"]
    assert folder.get("files/a") == b"whole"


# Another host: a data folder of its own, the same key, database and store.
HOST_B = """
import sys, uuid, django
django.setup()
from abhiyan.core import home, keys
from abhiyan.core.scope import system
from abhiyan.paper.models import PaperPhoto
with system("test"):
    photo = PaperPhoto.objects.get(pk=uuid.UUID(sys.argv[1]))
    sys.stdout.buffer.write(photo.opened())
    assert keys.keyring().unseal(bytes(photo.small), about=b"small" + photo.pk.bytes).startswith(b"small ")
assert not home.uploads_folder().exists()
"""


@pytest.mark.machine
def test_a_picture_taken_on_one_host_is_shown_by_another(
    object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    with system("test"):
        (row := photo()).save(force_insert=True)
    server = conninfo_to_dict(database.conninfo("jobs"))
    where = urlencode({key: str(value) for key, value in server.items() if key in ("host", "port")})
    env = os.environ | {
        "ABHIYAN_HOME": str(tmp_path / "host-b"),
        "ABHIYAN_FILES": str(tmp_path / "host-b" / "files"),
        "ABHIYAN_MASTER_KEY_FILE": str(keys.master_path()),
        "ABHIYAN_ROLE": "jobs",
        "DATABASE_URL": f"postgresql://nobody@/{server['dbname']}?{where}",
    }
    (tmp_path / "host-b").mkdir()
    at_b = subprocess.run(
        [sys.executable, "-c", HOST_B, str(row.pk)], env=env, capture_output=True, check=False
    )
    assert at_b.returncode == 0, at_b.stderr
    assert at_b.stdout == CLEAR
