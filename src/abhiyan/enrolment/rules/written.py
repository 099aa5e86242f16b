"""A text of a phone waits for its YES. The room of joining keeps it; a person's own page shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text that waits for the YES of its phone."""

    at: datetime
    purge_at: datetime


_readers: list[Callable[[UUID], Sequence[WrittenText]]] = []


def register_written(reader: Callable[[UUID], Sequence[WrittenText]]) -> None:
    """Register who keeps such texts, by the id of the phone. Call it once, in the ready() of that room."""
    _readers.append(reader)


def written_by(phone_id: UUID) -> list[WrittenText]:
    """Return the texts of a phone that wait, the newest first. In the phone's own scope."""
    return [text for reader in _readers for text in reader(phone_id)]
