"""Tasks below a unit: how many each unit right below has, late and done; and a reminder to people who are late."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.numbers import grouped
from abhiyan.units.models import Kind
from abhiyan.work import actions
from abhiyan.work.queries import tasks as found

MOST_SHOWN = 60  # units of one table


@dataclass(frozen=True, slots=True)
class TasksLine:
    """A unit of the table. Each number leads to the tasks it counts."""

    name: str
    href: str
    counts: found.TaskCounts
    late: str = ""
    open: str = ""
    declined: str = ""
    done: str = ""


def tasks_by_unit(
    request: Request, here: Here, chosen: dict[str, Any], programme: Programme | None
) -> dict[str, Any]:
    """Return the table of tasks by the units that the page's unit looks after; nothing where it looks after none.

    ?level= a kind of unit below; without one the last that somebody looks after.
    """
    kinds = LOOKS_AFTER.get(here.unit.kind, ())
    if not kinds:
        return {}
    level_text = request.GET.get("level", "")
    kind = level_text if level_text in kinds else kinds[-1]
    batch: UUID | None = chosen.get("batch")
    lines, whole = found.by_unit(
        here.span,
        hierarchy=here.hierarchy,
        kind=kind,
        at=clock.now(),
        batch=batch,
        programme_id=programme.pk if programme else None,
    )
    kept: dict[str, str] = {"show": "unit"}
    kept |= {"batch": str(batch)} if batch else {}
    kept |= {"programme": str(programme.public_id)} if programme else {}

    def line(name: str, code: str, counts: found.TaskCounts) -> TasksLine:
        def href(state: str) -> str:
            return here.href(unit=code, state=state, **kept)

        return TasksLine(
            name, href("all"), counts, href("late"), href("open"), href("declined"), href("finished")
        )

    rows = [
        line(name_in_language(unit_tasks.names), unit_tasks.code, unit_tasks.counts)
        for unit_tasks in lines[:MOST_SHOWN]
    ]
    to_remind = (
        len(_people(found.late_to_remind(here.unit.id, here.hierarchy, **_who(request)))) if whole.late else 0
    )
    rest = found.TaskCounts(
        *(
            getattr(whole, field_name) - sum(getattr(unit_tasks.counts, field_name) for unit_tasks in lines)
            for field_name in found.TaskCounts.__dataclass_fields__
        )
    )
    if rest.n:  # of the unit itself, and of levels between
        rows.append(TasksLine(say("Above this level"), "", rest))
    return {
        "by_unit": [*rows, line(say("All"), here.unit.code, whole)] if whole.n else [],
        "by_unit_declined": whole.declined,
        "by_unit_kind": Kind(kind).label,
        "by_unit_more": max(0, len(lines) - MOST_SHOWN),
        "by_unit_levels": [
            (Kind(kind_code).label, here.href(level=kind_code, **kept), kind_code == kind)
            for kind_code in kinds
        ],
        "to_remind": to_remind,
        "why_no_reminder": _why_no_reminder(here) if whole.late and not to_remind else "",
    }


def _why_no_reminder(here: Here) -> str:
    """Say why nobody with late tasks can be reminded now."""
    if found.were_late_reminded(here.unit.id, here.hierarchy, at=clock.now()):
        return say("People with late tasks got a reminder today. You can remind them again tomorrow.")
    return say(
        "Nobody can be reminded today. The late tasks are your own, have no holder, or were given after they were due."
    )


def _who(request: Request) -> dict[str, Any]:
    return {"at": clock.now(), "but": request.viewer.account_id}


def _people(late: list[tuple[int, int]]) -> set[int]:
    return {account for _task, account in late}


@form_page
def remind_late_page(request: Request) -> HttpResponseBase:
    """Ask once before people with late tasks in a unit and below get a message."""
    here = page_unit(request)
    if not found.may_ask_in(request.viewer, here.unit.id):
        raise org.NotYours(capability=LEADS)
    late = found.late_to_remind(here.unit.id, here.hierarchy, **_who(request))
    n = len(_people(late))
    text = [str(NobodyToRemind.message)]
    if n:
        behind = ngettext("%(n)s person has late tasks.", "%(n)s people have late tasks.", n)
        text = [
            behind % {"n": grouped(n)},
            say("Each person gets one message, at most one a day. It cannot be called back."),
        ]
    tasks = reverse("work:tasks")
    page = here.href(tasks, show="unit")
    return act_page(
        request,
        lambda _given: actions.remind_late(
            unit_id=here.unit.id, hierarchy=here.hierarchy, by=request.actor, at=clock.now()
        ),
        title=say("Remind people with late tasks: %(place)s") % {"place": here.name},
        text=text,
        button=say("Send reminders"),
        said=lambda told: say("Reminders on their way: %(n)s") % {"n": grouped(told)},
        done=page,
        is_open=bool(n),
        here="tasks",
        crumbs=[(say("Tasks"), tasks), (here.name, page), (say("Remind"), "")],
    )
