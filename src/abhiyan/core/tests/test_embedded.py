"""The embedded database: made, started, killed, found again, ended; as root and as an ordinary user."""

import multiprocessing
import os
import pickle
import pwd
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from abhiyan.core import embedded, machine
from abhiyan.core.embedded import places
from abhiyan.core.embedded.processes import is_server, processes_of, wait_until
from abhiyan.core.tests.waits import PATIENCE_S

pytestmark = pytest.mark.machine

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another user")


@pytest.fixture(scope="module")
def short() -> Iterator[Path]:
    """A folder everybody may pass through: pytest's own are closed to the database's user."""
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    for home in {path.parent.parent for path in folder.rglob("postgres/data")}:
        embedded.stop_database(home)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running(short: Path) -> Path:
    """A data folder whose database runs, for tests that only look."""
    home = short / "running"
    embedded.ensure_running(home)
    return home


@pytest.fixture
def home(short: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder not yet made, whose database is ended after the test."""
    folder = short / request.node.name[:24]
    yield folder
    embedded.stop_database(folder)
    assert processes_of(folder) == []
    shutil.rmtree(folder, ignore_errors=True)


def ask(home: Path, query: str) -> Any:
    with psycopg.connect(embedded.ensure_running(home), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def postmaster(home: Path) -> int:
    pid = embedded.status(home).pid
    assert pid is not None
    return pid


def kill_9(home: Path) -> None:
    """The server alone: its other processes find out by themselves."""
    pid = postmaster(home)
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_server(pid, home), wait_s=PATIENCE_S)


def test_letters_and_order_do_not_depend_on_the_machine(running: Path) -> None:
    query = (
        "select concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale) from pg_database "
        "where datname = 'template1'"
    )
    assert ask(running, query) == "UTF8 b C.UTF-8"


def test_hindi_has_trigrams_where_the_machine_speaks_c_only(home: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from abhiyan.core import embedded; "
        "embedded.ensure_running(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", script, str(home)], env=os.environ | {"LC_ALL": "C"}, check=True)
    with psycopg.connect(embedded.ensure_running(home), autocommit=True) as connection:
        connection.execute("create extension pg_trgm")
        trigrams = connection.execute("select show_trgm('सुनीता')").fetchone()
    assert trigrams
    assert len(trigrams[0]) > 3


def test_it_listens_on_a_socket_only_and_asks_for_the_password(running: Path) -> None:
    assert ask(running, "show listen_addresses") == ""
    without = psycopg.conninfo.make_conninfo("", host=str(embedded.status(running).sockets), user="postgres")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without)
    socket_folder = embedded.status(running).sockets.stat()
    assert stat.S_IMODE(socket_folder.st_mode) == 0o700


def test_the_password_is_readable_by_nobody_else(running: Path) -> None:
    file = running / "keys" / "postgres.password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_uid == os.geteuid()
    assert not (running / "postgres" / "password.once").exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("jit", "off"),
        ("max_connections", "250"),
        ("max_wal_size", "8GB"),
        ("wal_compression", "off"),
        ("password_encryption", "scram-sha-256"),
        ("TimeZone", "UTC"),
    ],
)
def test_a_small_machine_gets_safe_settings(running: Path, setting: str, value: str) -> None:
    assert ask(running, f"show {setting}") == value


def test_the_database_takes_an_eighth_of_the_memory_for_its_pages(running: Path) -> None:
    told = ask(running, "select (pg_size_bytes(current_setting('shared_buffers')) >> 20)::text")
    assert int(told) == max(128, min(2048, machine.memory_mb() // 8))


def test_what_people_type_is_not_logged(running: Path) -> None:
    with psycopg.connect(embedded.ensure_running(running), autocommit=True) as connection:
        for query in ("select 'marker-of-sunita'::int", "select marker_of_sunita"):
            with pytest.raises(psycopg.Error):
                connection.execute(query)
        with pytest.raises(psycopg.Error):
            connection.execute("select %s::text::int", ["marker-of-sunita"])
    logs = "".join(path.read_text() for path in (running / "postgres" / "log").iterdir())
    assert "ready to accept connections" in logs
    assert "sunita" not in logs


def test_asked_again_it_finds_the_running_one(running: Path) -> None:
    before = postmaster(running)
    assert embedded.ensure_running(running) == embedded.ensure_running(running)
    assert postmaster(running) == before


def test_ended_it_leaves_no_process_and_may_be_ended_twice(home: Path) -> None:
    embedded.ensure_running(home)
    processes = processes_of(home)
    assert len(processes) > 3
    assert embedded.stop_database(home) is True
    assert embedded.is_running(home) is False
    assert processes_of(home) == []
    assert embedded.stop_database(home) is False


def test_an_open_transaction_does_not_hold_up_the_end(home: Path) -> None:
    connection = psycopg.connect(embedded.ensure_running(home))
    connection.execute("create table left_open ()")
    assert embedded.stop_database(home) is True
    with pytest.raises(psycopg.OperationalError):
        connection.commit()
    connection.close()
    assert ask(home, "select to_regclass('left_open') is null") is True


def test_after_a_kill_9_what_was_committed_is_there(home: Path) -> None:
    with psycopg.connect(embedded.ensure_running(home)) as connection:
        connection.execute("create table kept as select 42 as answer")
    kill_9(home)
    assert embedded.is_running(home) is False
    assert ask(home, "select answer from kept") == 42


def test_after_a_kill_9_a_busy_process_of_the_dead_server_is_ended(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ORPHANS_S", 0.5)
    with psycopg.connect(embedded.ensure_running(home)) as connection:
        busy = connection.info.backend_pid
        # Stopped, it cannot notice that its server died.
        os.kill(busy, signal.SIGSTOP)
        kill_9(home)
        assert busy in processes_of(home)
        assert ask(home, "select 1") == 1
        assert busy not in processes_of(home)


def test_on_a_full_disk_it_says_so_and_starts_once_there_is_room(home: Path) -> None:
    embedded.ensure_running(home)
    kill_9(home)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(embedded.NotStarted):
            embedded.ensure_running(home)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ask(home, "select 1") == 1


def test_a_number_given_to_another_process_meanwhile_does_not_hold_up_the_start(home: Path) -> None:
    embedded.ensure_running(home)
    kill_9(home)
    note = home / "postgres" / "data" / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert embedded.is_running(home) is False
    assert ask(home, "select 1") == 1


def test_a_kill_while_the_cluster_was_made_leaves_nothing_in_the_way(home: Path) -> None:
    embedded.ensure_running(home)
    embedded.stop_database(home)
    folder = home / "postgres"
    (folder / "data").rename(folder / "data.half")
    (folder / "password.once").write_text("half")
    assert ask(home, "select 1") == 1
    assert not (folder / "data.half").exists()


def _started(home: Path) -> str:
    return embedded.ensure_running(home)


def test_four_processes_asking_at_once_get_one_server(home: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        answers = pool.map(_started, [home] * 4)
    assert len(set(answers)) == 1
    # By their parents: until it has named itself, a server's child bears the command line of the server.
    ours = set(processes_of(home))
    assert [pid for pid in ours if _parent_of(pid) not in ours | {None}] == [postmaster(home)]


def _parent_of(pid: int) -> int | None:
    """None: it has ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return None
    return int(status.rpartition(")")[2].split()[1])


def test_a_long_path_gets_a_short_socket_of_its_own(short: Path) -> None:
    deep = short / ("long" * 30) / "home"
    assert ask(deep, "select 1") == 1
    sockets = embedded.status(deep).sockets
    assert sockets.parent == Path("/tmp")
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    embedded.stop_database(deep)
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["with space", "अभियान", "comma, and (brackets)"])
def test_an_odd_path_works(short: Path, name: str) -> None:
    assert ask(short / name, "select 1") == 1
    embedded.stop_database(short / name)


@pytest.mark.parametrize(
    "name", ['quote"d', "dol$lar", "tick`s", "line\nbreak", "back\\slash", "apostro'phe"]
)
def test_a_path_the_shell_would_change_is_refused_with_the_fix(short: Path, name: str) -> None:
    with pytest.raises(embedded.UnfitFolder, match="ABHIYAN_HOME"):
        embedded.ensure_running(short / name)


def test_data_of_another_major_version_are_refused_and_left_alone(home: Path) -> None:
    embedded.ensure_running(home)
    embedded.stop_database(home)
    mark = home / "postgres" / "data" / "PG_VERSION"
    mark.write_text("15\n")
    with pytest.raises(embedded.OtherVersion, match="abhiyan backup"):
        embedded.ensure_running(home)
    assert mark.read_text() == "15\n"


def test_without_its_password_an_existing_database_is_not_replaced(home: Path) -> None:
    embedded.ensure_running(home)
    embedded.stop_database(home)
    (home / "keys" / "postgres.password").unlink()
    with pytest.raises(embedded.EmbeddedDatabaseError, match="keys folder"):
        embedded.ensure_running(home)
    assert (home / "postgres" / "data" / "PG_VERSION").exists()


def test_a_broken_setting_is_told_and_leaves_no_process(home: Path) -> None:
    home.mkdir()
    (home / "postgres.local.conf").write_text("shared_buffers = 'a lot'\n")
    with pytest.raises(embedded.NotStarted, match="shared_buffers"):
        embedded.ensure_running(home)
    assert processes_of(home) == []
    (home / "postgres.local.conf").write_text("work_mem = 9MB\n")
    assert ask(home, "show work_mem") == "9MB"


def test_status_tells_where_and_as_whom(running: Path, short: Path) -> None:
    told = embedded.status(running)
    assert told.running
    assert told.initialised
    assert told.version.startswith("18.")
    assert told.user == (embedded.SYSTEM_USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    absent = embedded.status(short / "absent")
    assert (absent.running, absent.pid, absent.initialised) == (False, None, False)
    assert not (short / "absent").exists()


def users(home: Path) -> set[int]:
    """Return the users who own the processes of the cluster. Its own workers come and go while one looks."""
    found = set()
    for pid in processes_of(home):
        with suppress(FileNotFoundError):
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


@as_root
def test_as_root_it_runs_as_a_user_of_its_own(running: Path) -> None:
    assert users(running) == {pwd.getpwnam(embedded.SYSTEM_USER).pw_uid}
    assert ask(running, "select current_setting('is_superuser')") == "on"


@as_root
def test_the_copied_programs_belong_to_root(running: Path) -> None:
    copied = embedded.binaries(running)
    assert copied.is_relative_to(running)
    assert {path.stat().st_uid for path in copied.iterdir()} == {0}


@as_root
def test_a_folder_that_user_cannot_enter_is_named_and_not_changed(short: Path) -> None:
    closed = short / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(embedded.UnfitFolder, match=rf"chmod o\+x '{closed}'"):
        embedded.ensure_running(closed / "home")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_folders_above_keep_their_permissions(short: Path) -> None:
    above = short / "above"
    above.mkdir(mode=0o751)
    above.chmod(0o751)
    embedded.ensure_running(above / "home")
    embedded.stop_database(above / "home")
    assert stat.S_IMODE(above.stat().st_mode) == 0o751
    assert above.stat().st_uid == 0


@as_root
def test_new_folders_can_be_passed_whatever_the_umask(short: Path) -> None:
    before = os.umask(0o077)
    try:
        embedded.ensure_running(short / "new" / "home")
        assert embedded.is_running(short / "new" / "home")
    finally:
        os.umask(before)
    assert stat.S_IMODE((short / "new").stat().st_mode) & 0o011 == 0o011
    embedded.stop_database(short / "new" / "home")


def as_user(uid: int, function: Callable[[], Any]) -> Any:
    """Runs the function in a copy of this process that became another user for good."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            answer: Any = function()
        except BaseException as error:  # noqa: BLE001 — told to the test through the pipe
            answer = repr(error)
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pickle.load(pipe)
    os.waitpid(child, 0)
    return answer


@as_root
def test_an_ordinary_user_runs_it_as_itself_and_root_may_end_it(short: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    tried = ["/bin/sh", "-c", 'exec "$1" --version', "sh", str(places._wheel() / "bin" / "postgres")]
    if subprocess.run(tried, user=nobody, extra_groups=[], capture_output=True, check=False).returncode:
        pytest.skip("this checkout stands where another user cannot read it")
    place = short / "theirs"
    place.mkdir()
    os.chown(place, nobody, nobody)
    home = place / "home"

    def walk() -> Any:
        found = ask(home, "select current_setting('data_directory')")
        return found, users(home)

    assert as_user(nobody, walk) == (str(home / "postgres" / "data"), {nobody})
    assert embedded.status(home).user == "nobody"
    assert embedded.stop_database(home) is True
    assert ask(home, "select 1") == 1  # started by root, it still runs as the folder's owner
    assert users(home) == {nobody}
    assert embedded.stop_database(home) is True


@as_root
def test_the_database_of_another_user_is_refused(running: Path, short: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    home = short / "ended"
    embedded.ensure_running(home)
    embedded.stop_database(home)
    (home / "postgres.lock").chmod(0o666)  # past the lock, to the refusal itself

    def walk() -> str:
        try:
            return embedded.ensure_running(home)
        except embedded.UnfitFolder as refused:
            return str(refused)

    assert f"belongs to the user {embedded.SYSTEM_USER}" in as_user(nobody, walk)


@as_root
def test_a_socket_folder_planted_by_somebody_else_is_refused(short: Path) -> None:
    deep = short / ("trap" * 30) / "home"
    planted = embedded.status(deep).sockets
    planted.mkdir()
    os.chown(planted, pwd.getpwnam("nobody").pw_uid, -1)
    try:
        with pytest.raises(embedded.UnfitFolder, match="Remove it"):
            embedded.ensure_running(deep)
    finally:
        planted.rmdir()


@as_root
@pytest.mark.parametrize("is_gone", [False, True])
def test_a_server_that_a_closed_proc_hides_is_taken_for_running(running: Path, is_gone: bool) -> None:
    """systemd's ProtectProc hides processes. A command that took one for dead would drop the server's notes."""
    pid = postmaster(running)
    if is_gone:
        ended = subprocess.Popen(["true"])
        ended.wait(PATIENCE_S)
        pid = ended.pid
    look = (
        "import os, sys; from pathlib import Path; from abhiyan.core.embedded.processes import is_server;"
        f"os.setgroups([]); os.setgid(65534); os.setuid(65534); assert not os.path.exists('/proc/{pid}');"
        f"print(is_server({pid}, Path({str(running)!r})))"
    )
    mounted = 'mount -t proc -o hidepid=invisible proc /proc && exec "$0" -c "$1"'
    told = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mounted, sys.executable, look],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == str(not is_gone)
