"""Show the last decisions on a unit and around it, for the page a reviewer reads first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from abhiyan.core import clock, sql
from abhiyan.review.models import Review
from abhiyan.ui.due import due_said
from abhiyan.work.models import Task
from abhiyan.work.rules.tasks import is_task_late

from . import rounds


@dataclass(frozen=True, slots=True)
class GivenTask:
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
    tasks: Sequence[GivenTask] = ()


def last_review(unit_id: int, *, at: datetime) -> LastReview | None:
    """Return the last review of a unit in the viewer's sight; None: there was none."""
    return _summary(rounds.last_decided_review(unit_id), at=at)


def _summary(review: Review | None, *, at: datetime) -> LastReview | None:
    if review is None or review.decided_at is None:
        return None
    given_tasks = [
        GivenTask(task.title, _became(task, at=at), reverse("work:task", args=[task.public_id]))
        for minutes in rounds.minutes_of(review)
        if (task := minutes.one.task) is not None
    ]
    page = reverse("review:review", args=[review.public_id])
    on = clock.day_in(settings.TIME_ZONE, review.decided_at)
    return LastReview(on, review.get_decision_display(), page, given_tasks)


def _became(task: Task, *, at: datetime) -> str:
    """Say the state of a task, with the day that says most."""
    if task.done_at is not None:
        return f"{task.get_state_display()}, {date_format(timezone.localtime(task.done_at), 'j M Y')}"
    if is_task_late(task.state, due_at=task.due_at, at=at):
        return due_said(task.due_at, at=at)
    return task.get_state_display()


@dataclass(frozen=True, slots=True)
class Around:
    """The last decision about the unit above, and how many units right below have each decision."""

    above: LastReview | None
    below: Sequence[tuple[str, int]]


_BELOW = """
select l.decision, count(*) from (
  select distinct on (r.unit_id) r.decision from review_review r
  join units_placement p on p.unit_id = r.unit_id and p.parent_id = %(unit)s and p.hierarchy = %(hierarchy)s
    and p.valid_to is null
  where r.account_id is null and r.decided_at is not null order by r.unit_id, r.decided_at desc) l
group by 1"""


def last_and_around(
    unit_id: int, hierarchy: int, above: int | None, *, at: datetime
) -> tuple[LastReview | None, Around]:
    """Return the last review of a unit, and decisions on the unit above (its id; None: it is the top) and those
    right below, in the viewer's sight."""
    last = rounds.last_reviews([unit_id, above] if above else [unit_id])
    facts_by_key = dict(sql.rows(_BELOW, {"unit": unit_id, "hierarchy": hierarchy}))
    below = [
        (str(decision.label), facts_by_key[decision.value])
        for decision in Review.Decision
        if decision.value in facts_by_key
    ]
    above_it = _summary(last.get(above), at=at) if above else None
    return _summary(last.get(unit_id), at=at), Around(above_it, below)
