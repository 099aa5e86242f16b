"""What this room tells the rooms above, in the transaction of the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class SubmissionAccepted:
    """A submission was accepted. about: kind and id of the other room's thing; empty where it is about its unit.

    answers: by key, as `rules.answers.check` gives them.
    """

    submission_id: UUID
    form_id: int
    unit_id: int
    body_id: int | None
    about: tuple[str, str]
    answers: Mapping[str, Any]
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionReturned:
    """A submission was sent back. was_accepted: what its acceptance brought about no longer holds."""

    submission_id: UUID
    unit_id: int
    body_id: int | None
    about: tuple[str, str]
    was_accepted: bool
    by: Actor
    at: datetime
