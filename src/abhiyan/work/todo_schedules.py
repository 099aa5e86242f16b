"""Meetings and reports on Today: what the viewer's own offices owe, in one tap, and what those below owe."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, Thing
from abhiyan.units import queries as units

from .actions.schedules import due_href
from .models import Due, Schedule
from .queries import schedule_boards as boards
from .queries import schedules as found
from .rules.schedules import FINISHED, AskedFor, DueSign, DueState, Period, Rhythm

SHOWN = 10


def owed_dues(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """List what the viewer owes, and one line for each schedule that units below owe."""
    mine, below = found.owed_by(viewer, at=at)
    passed_on = found.passed_on_by({(one.schedule.pk, one.asked.unit_id) for one in mine})
    for owing in mine[:SHOWN]:
        for period, due in owing.periods:
            if owed_row := _own(owing, period, due, is_last=period is owing.periods[-1][0], at=at):
                yield owed_row
        if owed_row := _to_pass_on(viewer, owing, passed_on, at=at):
            yield owed_row
    if below and viewer.home is not None:
        yield from _below(viewer.home, below[:SHOWN], at=at)


def _own(owing: found.Owing, period: Period, due: Due | None, *, is_last: bool, at: datetime) -> Owed | None:
    """Return a row of Today; none for what is said, and for the period before once its own time to be mended is
    over."""
    schedule, asked_unit = owing.schedule, owing.asked
    state = due.state if due else DueState.OPEN
    today = clock.day_in(schedule.timing.zone, at)
    sign = owing.sign(period, due, at)
    is_late = schedule.timing.is_over(period, at)
    if is_late and sign == DueSign.NOT_ASKED:
        return None  # the viewer did not hold the office then
    if state in (*FINISHED, DueState.CANNOT) or not (is_last or is_late):
        return None
    tap = (
        schedule.timing.tap(period, state, due.planned_on if due else None, today)
        if schedule.is_meeting
        else None
    )
    if tap and tap[0] == "hold" and schedule.form is not None:
        tap = None  # its form is filled in on the page
    if schedule.is_meeting and tap is None and state == DueState.PLANNED and not is_late:
        return None  # its day is to come
    page = due_href(schedule, asked_unit, period)
    act, day = tap or ("", period.ends_on)
    words = {
        "hold": _("It was held on %(day)s"),
        "plan": _("Plan it for %(day)s"),
        "": _("Set the day") if schedule.is_meeting and schedule.form is None else _("Fill it in"),
    }
    due_by = _("was due %(day)s") if is_late else _("due %(day)s")
    meta = [
        name_in_language(asked_unit.body_names or asked_unit.names),
        due_by % {"day": date_format(period.ends_on, "j M Y")},
    ]
    if due is not None and state == DueState.RETURNED:
        meta = [_("Returned: %(reason)s") % {"reason": due.reason}]
    return Owed(
        urgency=0 if is_late or state == DueState.RETURNED else _urgency(period, due, today=today),
        title=schedule.title,
        meta=", ".join(meta),
        href=page.replace("/due/", f"/due/{act}/", 1) if tap else page,
        act=words[act] % {"day": date_format(day, "j M")} if tap else words[""],
        icon="check",
        posts=tap is not None,
        also=[(_("Another day"), page)] if tap else [],
    )


def _urgency(period: Period, due: Due | None, *, today: date) -> int:
    day = due.planned_on if due and due.planned_on else period.ends_on
    return 1 if day <= today + timedelta(days=1) else 2


def _to_pass_on(
    viewer: Viewer, owing: found.Owing, passed_on: set[tuple[int, int]], *, at: datetime
) -> Owed | None:
    """Return a row that asks a unit, once it did what it was asked, to ask its own units for the same."""
    schedule, asked_unit, due = owing.schedule, owing.asked, owing.periods[-1][1]
    home = viewer.home
    if schedule.rhythm != Rhythm.ONCE or not schedule.is_meeting or due is None or due.state not in FINISHED:
        return None
    if home is None or home.unit_id != asked_unit.unit_id or (schedule.pk, asked_unit.unit_id) in passed_on:
        return None
    below = next(iter(found.offices_to_ask(asked_unit.unit_id, schedule.hierarchy, at=at)), None)
    if below is None or schedule.last_on < clock.day_in(schedule.timing.zone, at):
        return None
    return Owed(
        urgency=2,
        title=_("%(title)s: held. Ask your own units") % {"title": schedule.title},
        meta=ngettext("%(n)s unit below", "%(n)s units below", below.expected)
        % {"n": grouped(below.expected)},
        href=unit_address(reverse("work:asked_new"), asked_unit.code, None, above=str(schedule.public_id)),
        act=_("Ask units"),
        icon="edit",
    )


def _below(home: HeldOffice, some: Sequence[Schedule], *, at: datetime) -> Iterator[Thing]:
    """Say of each schedule how many below are late, else not due yet, and which reports wait for a decision."""
    begun = {schedule.pk: schedule.timing.begun(at) for schedule in some}
    counts = units.counts_below(home.unit_id, home.hierarchy)
    pairs = [(schedule, period) for schedule in some for period in begun[schedule.pk]]
    board_numbers = boards.schedule_numbers(pairs, (home.lo, home.hi), counts, at=at, is_newest_alone=True)
    for asked_schedule in some:
        periods = begun[asked_schedule.pk]
        if not periods:
            continue
        page = unit_address(reverse("work:schedule", args=[asked_schedule.public_id]), home.unit_code)
        if asked_schedule.wanted == AskedFor.REPORT and (
            waiting := _waiting(asked_schedule, periods, board_numbers)
        ):
            period, n = waiting
            yield Owed(
                urgency=2,
                title=ngettext("%(n)s report waits: %(title)s", "%(n)s reports wait: %(title)s", n)
                % {"n": grouped(n), "title": asked_schedule.title},
                meta=_("Accept it, or return it with a reason."),
                href=f"{page}&from={period.begins_on}&show={DueState.DONE.value}",
                act=_("Read"),
                icon="list",
                key=f"reports-{asked_schedule.pk}",
            )
        over = [period for period in periods if asked_schedule.timing.is_over(period, at)]
        late = board_numbers[asked_schedule.pk, over[-1].begins_on] if over else boards.BoardNumbers()
        now = board_numbers[asked_schedule.pk, periods[-1].begins_on]
        if n := late.late:
            words = ngettext("%(n)s is late: %(title)s", "%(n)s are late: %(title)s", n)
            period = over[-1]
        elif n := now.not_due:
            words = ngettext("%(n)s is not due yet: %(title)s", "%(n)s are not due yet: %(title)s", n)
            period = periods[-1]
        else:
            continue
        whole = board_numbers[asked_schedule.pk, period.begins_on]
        yield Beside(
            sheet=I_WAIT_FOR,
            title=words % {"n": grouped(n), "title": asked_schedule.title},
            meta=_("%(done)s of %(asked)s done")
            % {"done": grouped(whole.finished), "asked": grouped(whole.asked)},
            href=f"{page}&from={period.begins_on}",
        )


def _waiting(
    schedule: Schedule, periods: Sequence[Period], board_numbers: dict[tuple[int, date], boards.BoardNumbers]
) -> tuple[Period, int] | None:
    """Return the newest period with reports that wait for a decision, and how many wait in it."""
    for period in reversed(periods):
        if n := board_numbers[schedule.pk, period.begins_on].states.get(DueState.DONE, 0):
            return period, n
    return None
