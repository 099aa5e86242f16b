"""A disk that is almost full, without a disk and without root: by the limit of a file's size."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
