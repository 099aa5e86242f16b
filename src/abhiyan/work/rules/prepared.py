"""A programme's preparation before its first day."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """A part of the preparation: how much is done, out of how many. of: None where there is no fixed number."""

    label: str | Promise
    done: int
    of: int | None = None
