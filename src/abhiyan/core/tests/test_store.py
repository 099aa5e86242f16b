"""Both stores keep objects alike; an object store that is away loses nothing and says so; hosts share one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, environment, home, keys, store_mark
from abhiyan.core import store as stores
from abhiyan.core.models import StoreMark
from abhiyan.core.scope import system
from abhiyan.core.store import FolderStore, ObjectGone, ObjectStore, StoreAway
from abhiyan.imports import actions, kinds, running, store
from abhiyan.imports.kinds import register
from abhiyan.imports.tests.test_imports import AT, BY, State, again, fruit_kind

from .object_stores import ObjectStoreServer, object_store

__all__ = ["object_store"]  # a fixture
Made = Callable[[], ObjectStore]


@pytest.fixture(params=["folder", "s3"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    server: ObjectStoreServer = request.getfixturevalue("object_store")
    return server.bucket()


@pytest.fixture
def fruit_list() -> Iterator[None]:
    register(fruit_kind())
    yield
    del kinds._kinds["fruit"]


def names(kept_in: ObjectStore, prefix: str = "") -> list[str]:
    return [stored.name for stored in kept_in.listed(prefix)]


def test_an_object_is_read_as_it_was_put_listed_by_its_beginning_and_gone_when_deleted(
    kept_in: ObjectStore,
) -> None:
    body = os.urandom(300_000)
    assert names(kept_in) == []
    for name in ("files/b", "files/a", "imports/1/000", "imports/10/000", "mark"):
        kept_in.put(name, name.encode())
    kept_in.put("files/a", body)
    assert kept_in.get("files/a") == body, "the same name replaces it"
    assert names(kept_in) == ["files/a", "files/b", "imports/1/000", "imports/10/000", "mark"]
    assert names(kept_in, "imports/1") == ["imports/1/000", "imports/10/000"]
    assert names(kept_in, "imports/1/") == ["imports/1/000"]
    assert [stored.size for stored in kept_in.listed("files/")] == [300_000, 7]
    kept_in.remove("files/a", "files/never", "imports/1/000")
    assert names(kept_in) == ["files/b", "imports/10/000", "mark"]
    with pytest.raises(ObjectGone):
        kept_in.get("files/a")
    kept_in.put("empty", b"")
    assert kept_in.get("empty") == b""
    kept_in.remove()


def test_more_objects_than_one_call_lists_or_deletes_are_listed_and_deleted(
    object_store: ObjectStoreServer,
) -> None:
    bucket = object_store.bucket()
    wanted = [f"files/{n:05}" for n in range(1_005)]
    for name in wanted:
        bucket.put(name, b"x")
    assert names(bucket, "files/") == wanted
    bucket.remove(*wanted)
    assert names(bucket) == []


def test_a_folder_shows_its_files_to_nobody_else_and_holds_no_name_outside_it(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path / "files")
    folder.put("files/a", b"sealed")
    (tmp_path / "beside").write_bytes(b"not of the store")
    assert names(folder) == ["files/a"] and names(folder, "fi") == ["files/a"] and names(folder, "be") == []
    assert (tmp_path / "files" / "files" / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "files" / "files").stat().st_mode & 0o777 == 0o700
    for name in ("../outside", "files/../../outside", "/outside"):
        with pytest.raises(ValueError, match="no name"):
            folder.put(name, b"")


def test_an_object_store_that_does_not_answer_or_refuses_is_said_and_counted(
    object_store: ObjectStoreServer, caplog: pytest.LogCaptureFixture
) -> None:
    bucket = object_store.bucket()
    bucket.put("files/a", b"before")
    object_store.stop()
    calls: dict[str, Callable[[], object]] = {
        "put": lambda: bucket.put("files/b", b""),
        "get": lambda: bucket.get("files/a"),
        "list": lambda: names(bucket),
        "delete": lambda: bucket.remove("files/a"),
    }
    for call, ask in calls.items():
        before = stores.FAILED.labels(call)._value.get()
        with pytest.raises(StoreAway):
            ask()
        assert stores.FAILED.labels(call)._value.get() == before + 1
    object_store.start()
    assert bucket.get("files/a") == b"before"
    elsewhere = stores.S3Store("no-such-bucket", "", endpoint=object_store.endpoint, region="ap-south-1")
    with pytest.raises(StoreAway):
        elsewhere.get("files/a")
    with pytest.raises(StoreAway):
        elsewhere.put("files/a", b"")
    assert "a-secret-of-tests" not in caplog.text and "AKIA" not in caplog.text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("s3://campaign-files", ("campaign-files", "")),
        ("s3://campaign-files/", ("campaign-files", "")),
        ("s3://campaign.files/jk/2026/", ("campaign.files", "jk/2026/")),
        ("campaign-files", None),
        ("s3://", None),
        ("s3://Campaign", None),
        ("s3://campaign/with space", None),
        ("https://campaign.example.org", None),
    ],
)
def test_a_store_is_named_by_bucket_and_prefix(
    monkeypatch: pytest.MonkeyPatch, text: str, meant: tuple[str, str] | None
) -> None:
    monkeypatch.setenv("ABHIYAN_STORE", text)
    if meant is None:
        with pytest.raises(environment.WrongSetting, match="ABHIYAN_STORE"):
            environment.STORE()
    else:
        assert environment.STORE() == meant


def test_without_a_setting_files_lie_in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABHIYAN_STORE", raising=False)
    assert stores.file_store() == FolderStore(home.uploads_folder()) and not stores.is_remote()


# Another host: a data folder of its own, the same key, database and store. Receives the rest of a list, then does jobs.
HOST_B = """
import sys, uuid, pathlib, django
django.setup()
from datetime import datetime
from abhiyan.core import home, jobs
from abhiyan.imports import actions
from abhiyan.imports.kinds import register
from abhiyan.core.scope import system
from abhiyan.imports.tests.test_imports import BY, fruit_kind
register(fruit_kind())
public_id, body = uuid.UUID(sys.argv[1]), pathlib.Path(sys.argv[2]).read_bytes()
AT = datetime.fromisoformat(sys.argv[3])
with system("test"):
    offset = actions.go_on(public_id=public_id, file_name="fruit.csv", file_bytes=len(body), by=BY)
    assert 0 < offset < len(body)
    while offset < len(body):
        piece = body[offset : offset + actions.PIECE_BYTES]
        offset = actions.receive(public_id=public_id, offset=offset, piece=piece, by=BY, at=AT)
def work():
    worker, ended = jobs.Worker(), 0
    while worker.turn(AT) or worker._hands:
        for hand in worker._hands:
            hand.join(60)
work()
with system("test"):
    actions.check(public_id=public_id, by=BY, at=AT)
work()
print(home.uploads_folder(), home.uploads_folder().exists())
"""


@pytest.mark.machine
@pytest.mark.usefixtures("as_jobs", "fruit_list")
def test_a_list_that_came_to_one_host_goes_on_at_another_and_is_checked_there(
    object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    row = b"Apple,3," + b"sweet " * 100 + b"\n"
    body = b"Name,Weight,Note\n" + row * 7_000
    assert len(body) > 4_000_000
    (path := tmp_path / "fruit.csv").write_bytes(body)
    with system("test"):
        staged = actions.begin_import(
            kind_key="fruit",
            file_name="fruit.csv",
            file_bytes=len(body),
            options={"basket": "a"},
            by=BY,
            at=AT,
        )
        first = body[: actions.PIECE_BYTES]
        actions.receive(public_id=staged.public_id, offset=0, piece=first, by=BY, at=AT)
    other = tmp_path / "host-b"
    other.mkdir()
    server = conninfo_to_dict(database.conninfo("jobs"))
    where = urlencode({key: str(value) for key, value in server.items() if key in ("host", "port")})
    env = os.environ | {
        "ABHIYAN_HOME": str(other),
        "ABHIYAN_FILES": str(other / "files"),
        "ABHIYAN_MASTER_KEY_FILE": str(keys.master_path()),
        "ABHIYAN_ROLE": "jobs",
        "DATABASE_URL": f"postgresql://nobody@/{server['dbname']}?{where}",
    }
    at_b = subprocess.run(
        [sys.executable, "-c", HOST_B, str(staged.public_id), str(path), AT.isoformat()],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert at_b.returncode == 0, at_b.stderr
    assert at_b.stdout == f"{other / 'files'} False\n", "no file lies at the host"
    staged = again(staged)
    assert (staged.state, staged.counts) == (State.CHECKED, {"new": 7_000})
    assert not store_folder_holds(staged.public_id.hex)
    lying = list(object_store.bucket().listed("imports/"))
    assert len(lying) == -(-len(body) // actions.PIECE_BYTES)
    assert all(b"Apple" not in object_store.bucket().get(stored.name) for stored in lying)


def store_folder_holds(ident: str) -> bool:
    return any(ident in path.name.replace("-", "") for path in home.uploads_folder().rglob("*"))


@pytest.mark.usefixtures("fruit_list")
@pytest.mark.django_db(transaction=True)  # what runs on commit deletes objects
def test_an_outage_loses_no_piece_and_what_could_not_be_deleted_is_swept(
    object_store: ObjectStoreServer,
) -> None:
    body = b"Name,Weight\nApple,3\nMango,4\n"
    with system("test"):
        staged = actions.begin_import(
            kind_key="fruit",
            file_name="fruit.csv",
            file_bytes=len(body),
            options={"basket": "a"},
            by=BY,
            at=AT,
        )
        actions.receive(public_id=staged.public_id, offset=0, piece=body[:10], by=BY, at=AT)
    object_store.stop()
    with system("test"), pytest.raises(StoreAway):
        actions.receive(public_id=staged.public_id, offset=10, piece=body[10:], by=BY, at=AT)
    object_store.start()
    with system("test"):
        assert again(staged).received_bytes == 10
        actions.receive(public_id=staged.public_id, offset=10, piece=body[10:], by=BY, at=AT)
        with store.clear(staged.public_id, size=len(body)) as path:
            assert path.read_bytes() == body
    object_store.stop()
    with system("test"):
        actions.discard_import(public_id=staged.public_id, by=BY, at=AT)
    assert again(staged).state == State.DISCARDED
    object_store.start()
    assert staged.public_id in store.kept_files()
    running.sweep_imports(datetime(2126, 1, 1, tzinfo=UTC))  # the store has a clock of its own
    assert not store.kept_files()


@pytest.mark.usefixtures("as_jobs")
def test_the_mark_is_found_in_the_store_that_has_it_and_in_no_other(
    object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    with system("test"):
        assert store_mark.make_mark(AT) == 1 and store_mark.make_mark(AT) == 0
        assert store_mark.mark_seen_ms() is not None
        (stored,) = object_store.bucket().listed("mark/")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ABHIYAN_STORE", "")
            patch.setenv("ABHIYAN_FILES", str(tmp_path / "elsewhere"))
            assert store_mark.mark_seen_ms() is None
            stores.file_store().put(stored.name, b"")
            assert store_mark.mark_seen_ms() is not None, "a copy of all files takes the mark along"


@pytest.mark.usefixtures("as_jobs")
def test_a_store_that_is_away_leaves_no_row_of_a_mark_that_lies_nowhere(
    object_store: ObjectStoreServer,
) -> None:
    object_store.stop()
    with system("test"):
        with pytest.raises(StoreAway):
            store_mark.make_mark(AT)
        assert not StoreMark.objects.exists()
