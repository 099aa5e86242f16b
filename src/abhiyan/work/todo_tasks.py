"""List what tasks ask of somebody today: to answer and do their own, and to look at the ones they gave."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, Thing

from .models import Task
from .queries import tasks as found
from .rules.tasks import Act, TaskState, late_words

SHOWN = 20
UNITS_SHOWN = 3  # units that the row of late tasks names


def owed_task_rows(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """Yield tasks that one tap accepts, or marks as done: both are taken back on its page, where the tap leads.

    Leaders see in one row how many tasks are late below them.
    """
    account_id = viewer.account_id
    if account_id is None:
        return
    mine = found.urgent_tasks(account_id, limit=SHOWN)
    holders = found.people_of(task.asked_by for task in mine)
    for task in mine:
        asker = holders.get(task.asked_by or 0)
        act = Act.ACCEPT if task.state == TaskState.ASKED else Act.DO
        page = reverse("work:task", args=[task.public_id])
        yield Owed(
            urgency=_urgency(task, at=at),
            title=task.title,
            meta=", ".join(
                filter(None, [name_in_language(task.unit.names), local_person(asker.name) if asker else ""])
            ),
            href=reverse("work:task_act", args=[task.public_id, act]),
            act=_("Accept") if act == Act.ACCEPT else _("Mark as done"),
            icon="check",
            due_at=task.due_at,
            posts=True,
            also=[(_("Open the task"), page)],
        )
    home = viewer.home if viewer.home is not None and viewer.may_at(LEADS, viewer.home.lo) else None
    kinds = LOOKS_AFTER.get(home.unit_kind, ()) if home else ()
    numbers = found.tasks_today(account_id, home, kinds[-1] if kinds else "", at=at)
    yield from _waiting(account_id, numbers.asked, at=at)
    if n := sum(late for _names, late in numbers.late):
        yield _late_below(n, numbers.late[:UNITS_SHOWN])


def _late_below(n: int, units: list[tuple[dict[str, str], int]]) -> Owed:
    """Return one row that counts late tasks in the units below, and names the units with most of them."""
    return Owed(
        urgency=2,
        title=ngettext("%(n)s task is late below you", "%(n)s tasks are late below you", n)
        % {"n": grouped(n)},
        meta=", ".join(f"{name_in_language(names)} {grouped(late)}" for names, late in units),
        href=reverse("work:tasks") + "?show=unit",
        act=_("See"),
        icon="list",
        key="tasks-late",
    )


def _urgency(task: Task, *, at: datetime) -> int:
    if task.due_at < at:
        return 0
    today = clock.day_in(settings.TIME_ZONE, at)
    return 1 if clock.day_in(settings.TIME_ZONE, task.due_at) <= today + timedelta(days=1) else 2


def _waiting(account_id: int, counts: dict[str, int], *, at: datetime) -> Iterator[Beside]:
    """List tasks somebody gave that wait for their look, or are late: one line for each kind."""
    for waiting_tasks in found.waiting_for(account_id, counts, at=at):
        if waiting_tasks.show == "done":
            title = ngettext(
                "%(n)s task done: look at it", "%(n)s tasks done: look at them", waiting_tasks.n
            ) % {"n": grouped(waiting_tasks.n)}
        elif waiting_tasks.show == "declined":
            title = ngettext("%(n)s task was declined", "%(n)s tasks were declined", waiting_tasks.n) % {
                "n": grouped(waiting_tasks.n)
            }
        else:
            title = late_words(waiting_tasks.n)
        page = reverse("work:tasks") + f"?show=given&state={waiting_tasks.show}"
        yield Beside(
            sheet=I_WAIT_FOR,
            title=title,
            meta=", ".join(waiting_tasks.first),
            href=reverse("work:task", args=[waiting_tasks.only]) if waiting_tasks.only else page,
        )
