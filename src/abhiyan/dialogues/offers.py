"""Offer pages that gather the calls to booth presidents: of a leader, of a unit, of who is to call today."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import covers_part, running_of_kind
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import RecordPart
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from . import grades, numbers, queries
from .rules.grades import GRADES, HELP, PART, WELL
from .todo import dialogue_todo

REVIEWED_DAYS, RECORDED_DAYS = 90, 30


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its running programmes, for leaders who see its people."""
    if unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in running_of_kind(queries.KIND, at):
        if covers_part(programme, (unit.lo, unit.hi)):
            page = address_of("dialogues:board", programme.public_id)
            yield RoomLink(
                _("Calls to booth presidents: %(programme)s")
                % {"programme": name_in_language(programme.names)},
                unit_address(page, unit.code),
                icon="phone",
            )
            on = clock.day_in(programme.zone, at)
            if graded := grades.grades_of_unit(programme, unit.id, (unit.lo, unit.hi), on=on):
                page = address_of("dialogues:organisation", programme.public_id)
                yield RoomLink(grades.grades_in_words(graded), unit_address(page, unit.code), icon="phone")


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the calls given, noted and confirmed in the last days, if there were any. In the scope of the review.

    For a unit, also how the organisation is doing in the booths called, for who sees the people there.
    """
    if subject.account_id is not None:
        calls = numbers.calls_of(subject.account_id, days=REVIEWED_DAYS, at=at)
    else:
        calls = numbers.calls_in((subject.lo, subject.hi), days=REVIEWED_DAYS, at=at)
    if calls.n_given:
        yield ReviewedPart(calls.title, calls.lines)
    if subject.account_id is None and subject.is_exact and queries.KIND in subject.kinds:
        yield from _graded(subject, at=at)


def _graded(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    for programme in running_of_kind(queries.KIND, at):
        on, span = clock.day_in(programme.zone, at), (subject.lo, subject.hi)
        if programme.hierarchy != subject.hierarchy:
            continue
        if (graded := grades.grades_of_unit(programme, subject.unit_id, span, on=on)) is not None:
            title = _("Organisation in the booths: %(programme)s") % {
                "programme": name_in_language(programme.names)
            }
            names = (_("Booths called"), GRADES[WELL], GRADES[PART], GRADES[HELP])
            yield ReviewedPart(title, list(zip(names, map(grouped, graded.by_grade), strict=True)))


def record_parts(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield the calls of a leader's last days, and the absences with the link to note one."""
    today = clock.day_in(settings.TIME_ZONE, at)
    with system("a record, for its owner or the level above"):
        calls = numbers.calls_of(account_id, days=RECORDED_DAYS, at=at)
        away = queries.absences(account_id, since=today)
        has_calls = calls.n_given or queries.may_call(account_id, at=at)
    if not has_calls and not away:
        return
    absences = [
        (_("Away"), f"{date_format(absence.first_on, 'j M Y')} – {date_format(absence.last_on, 'j M Y')}")
        for absence in away
    ]
    yield RecordPart(
        calls.title,
        [*calls.lines, *absences],
        reverse("dialogues:away") if is_own else "",
        _("When I am away"),
    )


todo = dialogue_todo
