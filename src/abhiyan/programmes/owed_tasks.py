"""What tasks ask of somebody today: to answer and to do those they have, and to look at those they gave."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.words import named, person
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, Thing

from .models import Task
from .queries import tasks as found
from .rules.tasks import Act, TaskState

SHOWN = 20


def owed(account_id: int, *, at: datetime) -> Iterator[Thing]:
    """One tap accepts a task, or marks it as done: both are taken back on its page, where the tap leads."""
    mine = found.due_of(account_id, limit=SHOWN)
    known = found.people_of(task.asked_by for task in mine)
    for task in mine:
        asker = known.get(task.asked_by or 0)
        act = Act.ACCEPT if task.state == TaskState.ASKED else Act.DO
        page = reverse("programmes:task", args=[task.public_id])
        yield Owed(
            urgency=_urgency(task, at=at),
            title=task.title,
            meta=", ".join(filter(None, [named(task.unit.names), person(asker.name) if asker else ""])),
            href=reverse("programmes:task_act", args=[task.public_id, act]),
            act=_("Accept") if act == Act.ACCEPT else _("Mark as done"),
            icon="check",
            due_at=task.due_at,
            posts=True,
            also=[(_("Open the task"), page)],
        )
    yield from _waiting(account_id, at=at)


def _urgency(task: Task, *, at: datetime) -> int:
    if task.due_at < at:
        return 0
    today = clock.day_in(settings.TIME_ZONE, at)
    return 1 if clock.day_in(settings.TIME_ZONE, task.due_at) <= today + timedelta(days=1) else 2


def _waiting(account_id: int, *, at: datetime) -> Iterator[Beside]:
    """What somebody gave that waits for their look, or is late: one line for each kind."""
    for one in found.waiting_for(account_id, at=at):
        if one.show == "done":
            title = ngettext("%(n)s task done: look at it", "%(n)s tasks done: look at them", one.n)
        elif one.show == "declined":
            title = ngettext("%(n)s task was declined", "%(n)s tasks were declined", one.n)
        else:
            title = ngettext("%(n)s task is late", "%(n)s tasks are late", one.n)
        page = reverse("programmes:tasks") + f"?show=given&state={one.show}"
        yield Beside(
            sheet=I_WAIT_FOR,
            title=title % {"n": grouped(one.n)},
            meta=", ".join(one.first),
            href=reverse("programmes:task", args=[one.only]) if one.only else page,
        )
