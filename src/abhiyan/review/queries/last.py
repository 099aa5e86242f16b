"""What the review before decided, for the page a reviewer reads first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from abhiyan.core import clock

from . import rounds


@dataclass(frozen=True, slots=True)
class Given:
    """A task the last review gave. state: what became of it, in words. href: its page, where the reader may open it."""

    text: str
    state: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class LastReview:
    """The last review of a unit: its day, what was decided, and its tasks."""

    on: date
    decided: str
    href: str
    tasks: Sequence[Given] = ()


def last_review(unit_id: int) -> LastReview | None:
    """The last review of a unit in the viewer's sight; None: there was none."""
    one = rounds.last_review(unit_id)
    if one is None or one.decided_at is None:
        return None
    given = [
        Given(task.title, task.get_state_display(), reverse("programmes:task", args=[task.public_id]))
        for each in rounds.minutes_of(one)
        if (task := each.one.task) is not None
    ]
    page = reverse("review:review", args=[one.public_id])
    on = clock.day_in(settings.TIME_ZONE, one.decided_at)
    return LastReview(on, one.get_decision_display(), page, given)
