"""Offer pages that gather tasks, meetings and reports: of somebody, of a unit, of a form and of a programme."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.forms.models import Form
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.charges import coverage
from abhiyan.ui.addresses import address_of
from abhiyan.ui.owed import Thing
from abhiyan.ui.recorded import WorkDone
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.models import Kind
from abhiyan.units.queries import UnitRow

from . import numbers
from .queries import schedule_forms, schedules
from .rules.prepared import PreparedLine
from .rules.schedules import due_shares
from .todo_schedules import owed_dues
from .todo_tasks import owed_task_rows

LINK_RANK = 2  # of its first way among those of a unit's page
HALF_A_YEAR = timedelta(days=183)
LEVELS = 3  # of in-charges, the highest first


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """Yield the viewer's tasks and those of others that are late, then what units owe to the viewer's offices."""
    if viewer.account_id is None:
        return
    yield from owed_task_rows(viewer, at=at)
    yield from owed_dues(viewer, at=at)


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its tasks, meetings and reports, for its leaders."""
    if unit.lo is not None and viewer.may_at(LEADS, unit.lo):
        query = urlencode({"show": "unit", "unit": unit.code})
        yield RoomLink(_("Tasks"), f"{address_of('work:tasks')}?{query}", icon="list", rank=LINK_RANK)
        query = urlencode({"unit": unit.code})
        yield RoomLink(_("Meetings and reports"), f"{address_of('work:asked')}?{query}", icon="list")


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield tasks given to and by an office-bearer, or those of the unit's offices; meetings and reports asked."""
    if subject.account_id is None:
        unit = numbers.task_numbers(at=at, unit_id=subject.unit_id)
        n, late = numbers.unfinished_below((subject.lo, subject.hi), at=at)
        here_and_below = [
            (_("Not finished, here and below"), grouped(n)),
            (_("Late now, here and below"), grouped(late)),
        ]
        of_unit_itself = [
            (_("Open, of this unit"), grouped(unit.open)),
            (_("Late now, of this unit"), grouped(unit.late)),
        ]
        yield ReviewedPart(_("Tasks"), [*here_and_below, *of_unit_itself])
    else:
        task_numbers = numbers.task_numbers(at=at, account_id=subject.account_id)
        tasks_given = numbers.task_numbers(at=at, asked_by=subject.account_id)
        yield ReviewedPart(_("Their tasks"), [*task_numbers.open_lines, *task_numbers.ended_lines])
        yield ReviewedPart(_("Tasks they gave"), tasks_given.open_lines)
    yield _asked(subject, at=at)


def _asked(subject: Subject, *, at: datetime) -> ReviewedPart:
    """Return how much of what the unit was asked in the last half year came in, on time and late, and what is
    silent."""
    since = clock.day_in(settings.TIME_ZONE, at) - HALF_A_YEAR
    owings = schedules.unit_owings(subject.unit_id, [subject.hierarchy], since=since, at=at, with_ended=True)
    due, on_time, late, silent = due_shares(schedules.sign_counts(owings, at=at))
    return ReviewedPart(
        _("Meetings and reports asked of this unit"),
        [
            (_("Due so far"), grouped(due)),
            (_("Done on time"), grouped(on_time)),
            (_("Done late"), grouped(late)),
            (_("Silent"), grouped(silent)),
        ],
    )


def work_done(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield each kind of items, what was asked of the units, and the tasks."""
    yield from numbers.items_worked(account_id, since=clock.day_in(settings.TIME_ZONE, since))
    yield from numbers.dues_answered(account_id, since=since)
    if tasks := numbers.tasks_finished(account_id, since=since):
        yield tasks


def readiness(programme: Programme, *, lo: int, hi: int, on: date) -> Iterator[PreparedLine]:
    """Yield its lines at positions [lo, hi): numbers alone. In a system scope."""
    for level in coverage(programme, lo=lo, hi=hi, on=on)[:LEVELS]:
        kind = str(Kind(level.kind).label).lower()
        label = _("In-charges named: %(kind)s") % {"kind": kind}
        yield PreparedLine(label, level.units - level.missing, level.units)
    n_targets, n_asked, n_done = numbers.preparation(programme)
    yield PreparedLine(_("Targets set"), n_targets)
    if n_asked:
        yield PreparedLine(_("Workshops and meetings held"), n_done, n_asked)


def links_of_form(viewer: Viewer, form_made: Form, *, at: datetime) -> Iterator[RoomLink]:
    """Link the page of a form to the meetings and reports in sight that ask it, or an older version of it."""
    if older := schedule_forms.asking_older(form_made, at=at).count():
        words = ngettext(
            "%(n)s meeting or report asks an older version",
            "%(n)s meetings and reports ask an older version",
            older,
        )
    elif n := schedule_forms.asking(form_made, at=at).count():
        words, older = ngettext("%(n)s meeting or report asks it", "%(n)s meetings and reports ask it", n), n
    else:
        return
    yield RoomLink(words % {"n": grouped(older)}, address_of("work:form_asked", form_made.public_id))
