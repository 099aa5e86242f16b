"""Numbers of tasks and of preparation, read and worded once for a dossier, a record and a programme's preparation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import sql
from abhiyan.core.numbers import grouped
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.count_words import CONFIRMED, COUNTED, WAITS
from abhiyan.programmes.rules.items import CONFIRMED_ITEM, COUNTED_ITEM, WAITING_ITEM
from abhiyan.ui.recorded import WorkDone
from abhiyan.units import queries as units

from .models import Task
from .queries.tasks import tasks_late_at, unfinished
from .rules.schedules import AskedFor, DueState
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
        late=Count("pk", filter=tasks_late_at(at)),
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
    counts = rows.aggregate(n=Count("pk"), late=Count("pk", filter=tasks_late_at(at)))
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


def items_worked(account_id: int, *, since: date) -> Iterator[WorkDone]:
    """Yield the items of each kind that somebody reported from a day on, and what came of them.

    Items that they took back are left out. An organiser's total is not their own work. In a system scope; one query.
    """
    rows = sql.rows(
        f"""select g.kind, i.measure, count(*), count(*) filter (where {COUNTED_ITEM}),
          count(*) filter (where {WAITING_ITEM}), count(*) filter (where {CONFIRMED_ITEM})
        from programmes_item i join programmes_programme g on g.id = i.programme_id
        where i.by_id = %(account)s and i.day >= %(since)s and i.why <> 'undone' group by 1, 2 order by 3 desc, 1, 2""",
        {"account": account_id, "since": since},
    )
    for kind, measure, n, n_counted, n_waiting, n_confirmed in rows:
        entered = activities.entered_of(kind, measure)
        outcomes = ((COUNTED, n_counted), (CONFIRMED, n_confirmed), (WAITS, n_waiting))
        yield WorkDone(
            str((entered.worked or entered.items) % {"many": n, "n": grouped(n)}),
            ", ".join(str(words % {"n": grouped(n)}) for words, n in outcomes if n or words is COUNTED),
            n_confirmed,
        )


def dues_answered(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield the reports that somebody sent for the units of their offices, and the meetings that they said were held.

    In a system scope; one query.
    """
    rows = sql.rows(
        """select s.wanted, count(*), count(*) filter (where d.state = %(accepted)s),
          count(*) filter (where d.state = %(returned)s) from programmes_due d
        join programmes_schedule s on s.id = d.schedule_id
        where d.unit_id in (select unit_id from org_appointment where account_id = %(account)s)
          and d.said_by = %(account)s and d.said_at >= %(since)s and d.state = any(%(said)s)
        group by 1 order by 1""",
        {
            "account": account_id,
            "since": since,
            "accepted": DueState.ACCEPTED,
            "returned": DueState.RETURNED,
            "said": [DueState.DONE, DueState.ACCEPTED, DueState.RETURNED],
        },
    )
    for wanted, n, accepted, returned in rows:
        if wanted == AskedFor.MEETING:
            words = ngettext("%(n)s meeting held", "%(n)s meetings held", n)
        else:
            words = ngettext("%(n)s report sent", "%(n)s reports sent", n)
        outcomes = (
            (ngettext("%(n)s accepted", "%(n)s accepted", accepted), accepted),
            (ngettext("%(n)s returned", "%(n)s returned", returned), returned),
        )
        yield WorkDone(
            words % {"n": grouped(n)},
            ", ".join(text % {"n": grouped(some)} for text, some in outcomes if some),
        )


def tasks_finished(account_id: int, *, since: datetime) -> WorkDone | None:
    """Count the tasks that somebody finished, and those whose asker says so too; None without one.

    In a system scope; one query.
    """
    tasks = Task.objects.filter(account_id=account_id, done_at__gte=since)
    counts = tasks.aggregate(
        n=Count("pk", filter=Q(state__in=[TaskState.DONE, TaskState.CONFIRMED])),
        agreed=Count("pk", filter=Q(state=TaskState.CONFIRMED)),
    )
    n, agreed = counts["n"], counts["agreed"]
    if not n:
        return None
    words = ngettext("%(n)s task done", "%(n)s tasks done", n) % {"n": grouped(n)}
    outcome = ngettext("%(n)s accepted", "%(n)s accepted", agreed)
    return WorkDone(words, outcome % {"n": grouped(agreed)} if agreed else "")
