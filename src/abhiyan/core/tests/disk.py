"""Read what lies on the disk, and make a disk almost full, without root: by the limit of a file's size."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from abhiyan.core import database


@contextmanager
def room_for(n_bytes: int, path: Path, *, process: int = 0) -> Iterator[None]:
    """Meanwhile a process (0: this one) can append so many bytes to a file; what is more fails as on a full disk."""
    size = path.stat().st_size if path.exists() else 0
    soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size + n_bytes, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))


def lying_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file below a folder with its contents, an embedded database's own pages and journal among them. It
    leaves out other databases, which other tests drop meanwhile, and files gone when their turn comes."""
    with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as own:
        row = own.execute("select oid::text from pg_database where datname = current_database()").fetchone()
    for where, below, names in os.walk(folder):
        if Path(where).name == "base":
            below[:] = [name for name in below if (name,) == row or not name.isdigit()]
        for path in (Path(where, name) for name in names):
            if path.is_file() and not path.is_symlink():
                with suppress(FileNotFoundError):
                    yield path, path.read_bytes()
