"""What somebody owes today: the one shape every room fills and Today collects."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing to do, with the one tap that does it.

    urgency: 0 late, 1 today, 2 soon, 3 whenever. due_at: until when, if there is a time. href and act: the tap.
    """

    urgency: int
    title: str | Promise
    meta: str | Promise
    href: str
    act: str | Promise
    icon: str
    due_at: datetime | None = None
    n: int = 1
