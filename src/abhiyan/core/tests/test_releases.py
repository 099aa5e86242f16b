"""A database says which release made it and which updated it; one that is too old is refused."""

import io
import json
import tarfile
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

import abhiyan
from abhiyan.core import backup, database, doctor, releases, schema
from abhiyan.core.tests.given import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.versions]


@pytest.fixture
def own() -> Any:
    """A connection of the owner whose changes are never committed. Other tests leave no record behind."""
    with psycopg.connect(database.conninfo("owner")) as owner:
        owner.execute("delete from core_release")
        releases.note_release(owner)
        yield owner
        owner.rollback()


def audited(own: psycopg.Connection[Any]) -> None:
    own.execute(
        "insert into core_audit (at, who, who_kind, act) values (%s, gen_random_uuid(), 'system', 'x')", [NOW]
    )


def test_a_new_database_is_made_by_this_release(own: psycopg.Connection[Any]) -> None:
    assert [note.version for note in releases.release_record(own)] == [abhiyan.__version__]


def test_an_update_is_noted_once_and_a_way_back_and_forth_is_told(own: psycopg.Connection[Any]) -> None:
    releases.note_release(own)
    assert len(releases.release_record(own)) == 1
    own.execute("insert into core_release (version, at) values ('0.1.9', %s)", [NOW])
    releases.note_release(own)
    releases.note_release(own)
    versions = [note.version for note in releases.release_record(own)]
    assert versions == [abhiyan.__version__, "0.1.9", abhiyan.__version__]


def test_a_database_without_a_record_was_made_before_the_first_number(own: psycopg.Connection[Any]) -> None:
    own.execute("drop table core_release")
    own.execute("update django_migrations set applied = '2026-11-28T10:00:00Z' where app = 'core'")
    (made,) = releases.release_record(own)
    assert made == releases.ReleaseNote(releases.EARLIER, datetime(2026, 11, 28, 10, tzinfo=UTC))
    own.execute("drop table django_migrations")
    assert releases.release_record(own) == []


def test_the_sentence_names_the_maker_and_each_update() -> None:
    notes = [releases.ReleaseNote(releases.EARLIER, NOW), releases.ReleaseNote("0.2.0", NOW)]
    assert releases.release_sentence(notes) == (
        f"Made by a version before 0.2.0 ({NOW:%Y-%m-%d}), updated by 0.2.0 ({NOW:%Y-%m-%d})."
    )
    assert releases.release_sentence(notes[1:]) == f"Made by 0.2.0 ({NOW:%Y-%m-%d})."
    assert releases.release_sentence([]) == "No release has made tables here yet."


@pytest.mark.parametrize(
    ("less", "more"),
    [("0.2.0", "0.10.0"), ("0.9.9", "1.0.0"), (releases.EARLIER, "0.2.0"), ("0.2.0", "0.2.1"), ("", "0.1.0")],
)
def test_versions_are_compared_by_their_numbers(less: str, more: str) -> None:
    assert releases.release_number(less) < releases.release_number(more)


@pytest.mark.parametrize("room", ["enrolment", "people", "verification"])
def test_a_filled_database_that_lacks_a_migration_of_the_oldest_release_is_refused(
    own: psycopg.Connection[Any], room: str
) -> None:
    audited(own)
    schema.refuse_earlier(own)
    own.execute("delete from django_migrations where app = %s and name like '0001%%'", [room])
    schema.refuse_earlier(own)  # only the last one of a room counts
    own.execute("delete from django_migrations where app = %s", [room])
    with pytest.raises(schema.MadeEarlier, match="A version before the first release made this database"):
        schema.refuse_earlier(own)


def test_a_database_that_was_cut_off_while_it_was_made_goes_on(own: psycopg.Connection[Any]) -> None:
    own.execute("delete from django_migrations where app = 'verification'")
    own.execute("delete from core_audit")
    schema.refuse_earlier(own)


@pytest.mark.parametrize(
    ("last", "level", "fix"),
    [
        ("0.1.9", doctor.WARN, "abhiyan migrate"),
        (releases.EARLIER, doctor.WARN, "abhiyan migrate"),
        ("99.0.0", doctor.WARN, "an older one"),
        (abhiyan.__version__, doctor.OK, ""),
    ],
)
def test_doctor_says_who_made_the_tables_and_whether_this_is_another_release(
    last: str, level: str, fix: str
) -> None:
    finding = doctor.update_noted([releases.ReleaseNote("0.1.5", NOW), releases.ReleaseNote(last, NOW)])
    assert finding.level == level
    assert fix in finding.fix
    assert finding.text.startswith("Made by 0.1.5") and last in finding.text


def test_doctor_reads_the_record() -> None:
    assert any("Made by" in each.text or "No release" in each.text for each in doctor.software_versions(NOW))


def manifest(**changed: Any) -> tuple[tarfile.TarFile, Any]:
    body = json.dumps(
        {
            "format": backup.FORMAT,
            "abhiyan": abhiyan.__version__,
            "key_check": backup.key_check(),
            "role_prefix": database.prefix(),
        }
        | changed
    ).encode()
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(body)
        tar.addfile(member, io.BytesIO(body))
    file.seek(0)
    tar = tarfile.open(fileobj=file)  # noqa: SIM115  # the test reads on from it
    return tar, iter(tar)


@pytest.mark.parametrize("version", ["0.1.0", abhiyan.__version__])
def test_a_backup_of_this_release_or_an_older_one_is_read(version: str) -> None:
    assert backup._read_manifest(*manifest(abhiyan=version))["abhiyan"] == version


@pytest.mark.parametrize("version", ["99.0.0", "0.2.99", "0.20.0"])
def test_a_backup_of_a_newer_release_is_refused_and_says_what_to_install(version: str) -> None:
    with pytest.raises(backup.RestoreRefused, match=f"Version {version} took this backup"):
        backup._read_manifest(*manifest(abhiyan=version))
