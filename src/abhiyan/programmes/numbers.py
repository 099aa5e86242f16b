"""Numbers of tasks and of preparation, read and worded once for a dossier, a record and a programme's preparation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.numbers import grouped
from abhiyan.units import queries as units

from .models import Programme, Task
from .queries.tasks import is_late, unfinished
from .rules.tasks import OPEN, TaskState


@dataclass(frozen=True, slots=True)
class TaskNumbers:
    """The tasks of an account or a unit: open ones, late ones among them, done in time or late, and declined."""

    open: int
    late: int
    in_time: int
    done_late: int
    declined: int

    @property
    def open_lines(self) -> list[tuple[str, str]]:
        return [(_("Open"), grouped(self.open)), (_("Late now"), grouped(self.late))]

    @property
    def ended_lines(self) -> list[tuple[str, str]]:
        return [
            (_("Done in time"), grouped(self.in_time)),
            (_("Done late"), grouped(self.done_late)),
            (_("Declined"), grouped(self.declined)),
        ]


def task_numbers(*, at: datetime, **of: int) -> TaskNumbers:
    """Count the tasks of an account_id, asked_by somebody, or of the offices of a unit_id.

    In a scope that sees them; one query.
    """
    done = Q(state__in=[TaskState.DONE, TaskState.CONFIRMED])
    counts = Task.objects.filter(**of).aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        late=Count("pk", filter=is_late(at)),
        in_time=Count("pk", filter=done & Q(done_at__lte=F("due_at"))),
        done_late=Count("pk", filter=done & Q(done_at__gt=F("due_at"))),
        declined=Count("pk", filter=Q(state=TaskState.DECLINED)),
    )
    return TaskNumbers(**counts)


def unfinished_below(span: tuple[int, int], *, at: datetime) -> tuple[int, int]:
    """Count the tasks of the units at positions [lo, hi) that are not finished, and the late ones among them.

    Their list counts the same. In a scope that sees them; one query.
    """
    rows = Task.objects.filter(unfinished(), unit_id__in=units.within(span))
    counts = rows.aggregate(n=Count("pk"), late=Count("pk", filter=is_late(at)))
    return counts["n"], counts["late"]


def preparation(programme: Programme) -> tuple[int, int, int]:
    """Count a programme's targets, what its schedules asked, and how much of that is done. In a system scope."""
    n_targets, n_asked, n_done = sql.row(
        """select (select count(*) from programmes_target t where t.programme_id = %(of)s and t.replaced_at is null),
          count(d.id), count(*) filter (where d.state in (4, 5)) from programmes_schedule s
        left join programmes_due d on d.schedule_id = s.id where s.programme_id = %(of)s""",
        {"of": programme.pk},
    )
    return n_targets, n_asked, n_done
