"""News from this room for the rooms above, in the transaction of the act."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from .models import Due


@dataclass(frozen=True, slots=True)
class DueAnswered:
    """Something was said of a meeting that was asked for: its day, how many came, or that it was taken back.

    former_on: the day on which it was held as it stood before.
    """

    due: "Due"
    former_on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HelperTasksMoved:
    """Tasks of contributors were answered, looked at or opened again. person_ids: whose they are."""

    person_ids: tuple[UUID, ...]
    at: datetime
