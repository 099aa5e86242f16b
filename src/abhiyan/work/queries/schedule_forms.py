"""A schedule asks one version of its form in each period. These queries find it, and schedules with an older one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import clock
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.queries import latest_version, version_by_id, versions_in_use
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.work.models import Schedule
from abhiyan.work.rules.schedules import Period

from .schedules import SCHEDULES

_LAST = "coalesce((programmes_schedule.later_forms->-1->>1)::bigint, programmes_schedule.form_id)"


@dataclass(frozen=True, slots=True)
class FormOfSchedule:
    """A schedule and its form. number: of the version it asks now. later: number and first day of the one after it.
    lacks: keys of its figures that the newest version does not ask. next_on: the first day of its next period."""

    one: Schedule
    number: int
    later: tuple[int, date] | None
    is_older: bool
    lacks: tuple[str, ...]
    next_on: date | None

    @property
    def form_id(self) -> int:
        return self.one.form.form_id if self.one.form else 0

    @property
    def can_move(self) -> bool:
        """Return True if it can ask the newest version from its next period on."""
        return self.is_older and not self.lacks and self.next_on is not None


def in_period(schedule: Schedule, period: Period) -> Schedule:
    """Return a schedule with the version of its form that is asked in a period."""
    form_ids = [pk for since, pk in schedule.later_forms if date.fromisoformat(since) <= period.begins_on]
    if form_ids:
        schedule.form = version_by_id(form_ids[-1])
    return schedule


def asking(form: Form, *, at: datetime) -> QuerySet[Schedule]:
    """Return the schedules in the viewer's sight that still ask a form."""
    today = clock.day_in(settings.TIME_ZONE, at)
    return SCHEDULES.filter(form__form=form, ended_at=None, last_on__gte=today).order_by("typed_title", "pk")


def asking_older(form: Form, *, at: datetime) -> QuerySet[Schedule]:
    """Return those of them whose last version is older than the newest in use."""
    newest = latest_version(form.pk)
    last = asking(form, at=at).annotate(last=RawSQL(_LAST, []))  # noqa: S611  # fixed text
    return last.exclude(last=newest.pk) if newest else last.none()


def with_forms(some: Sequence[Schedule], *, at: datetime) -> list[FormOfSchedule]:
    """Return the same with what is known of their form, which is one for all. Two queries."""
    if not some:
        return []
    form_id = some[0].form.form_id if some[0].form else 0
    versions = versions_in_use(form_id)
    newest = max(versions.values(), key=lambda version: version.number)
    whole = {question.key for question in newest.asked if question.kind is QuestionKind.WHOLE}
    return [_with_form(schedule, versions, newest, whole, at=at) for schedule in some]


def _with_form(
    schedule: Schedule,
    versions: dict[int, FormVersion],
    newest: FormVersion,
    whole: set[str],
    *,
    at: datetime,
) -> FormOfSchedule:
    today = clock.day_in(schedule.timing.zone, at)
    since = [
        (date.min, schedule.form_id),
        *((date.fromisoformat(day), pk) for day, pk in schedule.later_forms),
    ]
    begun = [pk for day, pk in since if day <= today]
    later = [(versions[pk].number, day) for day, pk in since if day > today]
    return FormOfSchedule(
        schedule,
        number=versions[begun[-1]].number,
        later=later[-1] if later else None,
        is_older=since[-1][1] != newest.pk,
        lacks=tuple(sorted(schedule.figures.keys() - whole)),
        next_on=_next_on(schedule, today),
    )


def _next_on(schedule: Schedule, today: date) -> date | None:
    """Return the first day of the period after today's; None where there is none."""
    if today < schedule.first_on:
        return schedule.first_on
    period = schedule.timing.period_of(today)
    return (
        next((each.begins_on for each in schedule.timing.following(period, most=1)), None) if period else None
    )
