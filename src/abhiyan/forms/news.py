"""Tell the rooms above what happened to filled forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .models import Submission


@dataclass(frozen=True, slots=True)
class SubmissionChanged:
    """A form was sent, corrected or sent back. Told in a system scope."""

    submission: Submission


@dataclass(frozen=True, slots=True)
class AnswersForgotten:
    """The answers of these submissions are emptied, for their person is erased. Told in a system scope."""

    ids: Sequence[UUID]
    at: datetime
