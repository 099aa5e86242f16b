"""Offer pages that gather meetings: of a unit and of an office-bearer; and beside a due and a programme."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.helpdesk import helplines
from abhiyan.org.here import Here, unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.addresses import address_of
from abhiyan.ui.owed import Beside, Owed
from abhiyan.ui.recorded import RecordPart
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow
from abhiyan.units.rules.ranges import hierarchy_of
from abhiyan.work.models import Schedule
from abhiyan.work.queries.schedules import AskedUnit
from abhiyan.work.rules.schedules import Period

from . import numbers, queries
from .models import Meeting
from .numbers import meetings_worked

SOON = timedelta(days=7)
ANNOUNCE = "in-charges:"  # and the public id of a programme
MOST_NAMED = 100  # in-charges; the page of the programme has all


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """Invitations without an answer; meetings of the next days one goes to; the door and the minutes of one's own."""
    if viewer.account_id is None:
        return
    today = clock.day_in(settings.TIME_ZONE, at)
    invitations, to_write = queries.work_of(viewer, today=today)
    for invitee in invitations:
        meeting = invitee.meeting
        if not invitee.answer:
            yield Owed(
                urgency=1 if meeting.first_on <= today + SOON else 2,
                title=_("You are invited: %(title)s") % {"title": meeting.title},
                meta=_when(meeting),
                href=_page(meeting),
                act=_("Answer"),
                icon="check",
            )
        elif invitee.answer == "yes" and meeting.first_on <= today + SOON:
            yield Beside(sheet=_("Meetings"), title=meeting.title, meta=_when(meeting), href=_page(meeting))
    for meeting in to_write:
        is_today = meeting.first_on <= today <= meeting.last_on
        yield Owed(
            urgency=1 if is_today else 2,
            title=(_("Check-in: %(title)s") if is_today else _("Write the minutes: %(title)s"))
            % {"title": meeting.title},
            meta=_when(meeting),
            href=_page(meeting) + ("?show=door" if is_today else ""),
            act=_("Tick names") if is_today else _("Write"),
            icon="check" if is_today else "edit",
        )


def _page(meeting: Meeting) -> str:
    return reverse("meetings:meeting", args=[meeting.public_id])


def _when(meeting: Meeting) -> str:
    day = f"{date_format(meeting.first_on, 'j F')}, {time_format(meeting.starts, 'H:i')}"
    return f"{day} · {meeting.place}" if meeting.place else day


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to calling a meeting there, for who leads the unit."""
    if unit.lo is not None and viewer.may_at(LEADS, unit.lo):
        page = unit_address(address_of("meetings:meeting_new"), unit.code, hierarchy_of(unit.lo))
        yield RoomLink(_("Call a meeting"), page, icon="people")


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the people seen, reported and invited in the last days, if meetings began. An office-bearer's own."""
    if subject.account_id is not None:
        meetings: numbers.MeetingsAttended | numbers.HeldMeetings = numbers.attended_by(
            subject.account_id, at=at
        )
    else:
        meetings = numbers.meetings_held_in((subject.lo, subject.hi), at=at)
    if meetings.n:
        yield ReviewedPart(meetings.title, meetings.lines)


def record_parts(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield the lines that a review shows of them, with the way to the meetings."""
    with system("a record, for its owner or the level above"):
        meetings = numbers.attended_by(account_id, at=at)
    if meetings.n:
        page = reverse("meetings:list") if is_own else ""
        yield RecordPart(meetings.title, meetings.lines, page, _("Meetings"))


def circular_draft(viewer: Viewer, draft: str, here: Here, *, at: datetime) -> dict[str, str] | None:
    """Subject and text of a draft: in-charges with office and unit, the highest level first, and the helpline.

    For readers of the programme. Returns None for a draft of another room, or without a programme.
    """
    if not draft.startswith(ANNOUNCE):
        return None
    try:
        programme = programmes.programme_for(viewer, UUID(draft.removeprefix(ANNOUNCE)))
    except (ValueError, NotFound):
        return None
    lo, hi = here.span
    on, more = clock.day_in(settings.TIME_ZONE, at), 0
    lines: list[str] = []
    for level in programmes.coverage(programme, lo=lo, hi=hi, on=on):
        rows = programmes.charges(programme, lo=lo, hi=hi, on=on, viewer=viewer, level=level.kind)
        some = rows[: MOST_NAMED - len(lines)]
        more += len(rows) - len(some)
        lines += [_in_charge_line(charge_row) for charge_row in some]
    if more:
        page = unit_address(address_of("programmes:in_charges", programme.public_id), here.unit.code)
        lines.append(_("All names: %(address)s") % {"address": settings.ORIGIN + page})
    line = helplines.of_programme(programme.pk, helplines.running_helplines())
    if line is not None and line.number:
        lines.append("\n" + _("Helpline: %(number)s") % {"number": line.number})
    subject = _("In charge of %(programme)s: %(unit)s") % {
        "programme": name_in_language(programme.names),
        "unit": here.name,
    }
    return {"title": subject[:200], "text": "\n".join(lines)}


def _in_charge_line(charge_row: programmes.ChargeRow) -> str:
    office = next((name_in_language(office) for office, _unit in charge_row.offices), charge_row.role_name)
    unit = name_in_language(charge_row.unit_names)
    return f"{unit} ({charge_row.kind_name}): {local_person(charge_row.name)}, {office}"


def links_of_due(
    viewer: Viewer,
    schedule: Schedule,
    asked_unit: AskedUnit,
    period: Period,
) -> Iterator[RoomLink]:
    """Link the page of a due to who wants to help there, and to its check-in list, for who may answer it."""
    if asked_unit.body_id is not None:
        return
    way = "meeting" if schedule.is_meeting else "form"
    page = unit_address(address_of("friends:helper_new"), asked_unit.code, way=way)
    yield RoomLink(_("Somebody wants to help"), page, icon="people")
    if schedule.is_meeting:
        page = unit_address(
            address_of("meetings:check_in", schedule.public_id),
            asked_unit.code,
            **{"from": period.begins_on.isoformat()},
        )
        yield RoomLink(_("Check-in by name"), page, icon="check")


def links_of_programme(viewer: Viewer, programme: Programme, here: Here) -> Iterator[RoomLink]:
    """Link the in-charges of an open programme to a circular that announces them. here: the unit of the page."""
    if programme.state == Programme.State.OPEN and viewer.office_over("messages.circular", here.span[0]):
        page = unit_address(
            address_of("messaging:circular_new"),
            here.unit.code,
            here.hierarchy,
            draft=f"{ANNOUNCE}{programme.public_id}",
        )
        yield RoomLink(_("Announce in-charges"), page, icon="mail")


work_done = meetings_worked  # meetings that somebody came to or called
