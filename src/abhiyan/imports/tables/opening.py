"""A table that somebody sent is read in the pool (`core.file_pool`): what its readers refuse is a TableRefused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from abhiyan.core import file_pool
from abhiyan.core.file_pool import ReaderBounds, ReaderRefusal, UnreadableFile

from .reasons import TableRefused


def table_told(
    reader: Callable[..., Any], path: Path, *, bounds: ReaderBounds, **arguments: Any
) -> Iterator[Any]:
    """Yield what a reader of tables says, piece by piece. Raises TableRefused, file_pool.FilesBusy."""
    try:
        yield from file_pool.stream(reader, path, bounds=bounds, **arguments)
    except ReaderRefusal as refusal:
        raise TableRefused(refusal.code, **refusal.facts) from None
    except UnreadableFile:
        raise TableRefused("sheet_too_large") from None


@contextmanager
def refusing() -> Iterator[None]:
    """Around a reader's work, in the pool: it may refuse as tables do."""
    try:
        yield
    except TableRefused as refused:
        raise ReaderRefusal(refused.reason, refused.facts) from None
