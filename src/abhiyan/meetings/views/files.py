"""A meeting as files: the minutes on paper, and the day for a calendar."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock, printing
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.meetings import queries as found
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.rules import days
from abhiyan.org.viewer import Request
from abhiyan.ui.files import with_lines
from abhiyan.work.rules.prepared import PreparedLine

from .shown import meeting_address, meeting_days

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "minutes.typ")


@require_safe
def meeting_file(request: Request, public_id: UUID, kind: str) -> HttpResponse:
    """The minutes as PDF, or the meeting as an .ics file. Readers of the page may open it."""
    meeting, at = found.meeting_for(request.viewer, public_id), clock.now()
    if kind == "pdf":
        body, content = _pdf(request, meeting, at=at), "application/pdf"
    elif kind == "ics":
        body, content = _ics(meeting, at=at), "text/calendar; charset=utf-8"
    else:
        raise NotFound
    answer = HttpResponse(body, content_type=content)
    answer["Content-Disposition"] = (
        f'{"inline" if kind == "pdf" else "attachment"}; filename="meeting.{kind}"'
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _ics(meeting: Meeting, *, at: datetime) -> bytes:
    """RFC 5545. Its id stays when the meeting is moved, so that a calendar moves it too.

    Nobody says when a meeting ends, so it has no end and blocks no hours. Times are in UTC: any other zone needs its
    rules in the file (3.2.19). A meeting of several days is an event of whole days that blocks none. Its text has the
    hour.
    """
    from icalendar import Calendar, Event  # a tenth of a second, and few pages need it

    event = Event()
    event.add("uid", f"{meeting.public_id}@abhiyan")
    event.add("sequence", meeting.version)
    event.add("dtstamp", at.astimezone(UTC))
    if meeting.last_on > meeting.first_on:
        event.add("dtstart", meeting.first_on)
        event.add("dtend", meeting.last_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add(
            "dtstart", days.begins_at(meeting.first_on, meeting.starts, settings.TIME_ZONE).astimezone(UTC)
        )
    event.add("summary", meeting.title)
    event.add("description", meeting_days(meeting.first_on, meeting.last_on, meeting.starts))
    if where := meeting.place or meeting.link:
        event.add("location", where)
    event.add("url", settings.ORIGIN + meeting_address(meeting.public_id))
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Abhiyan//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _pdf(request: Request, meeting: Meeting, *, at: datetime) -> bytes:
    """Agenda, who came or is coming, decisions and tasks. Its words are in Hindi or English."""
    attendance = found.attendance(meeting, at=at)
    drawn = attendance.drawn
    state = _("cancelled") if meeting.cancelled_at else _("moved") if meeting.moves else ""
    invited = [_("Invited"), grouped(attendance.invited)]
    coming = [invited, [_("Coming"), grouped(attendance.coming)]]
    people = _part(_("Who is coming"), [] if meeting.cancelled_at else coming)
    if attendance.has_begun:
        came = [
            [_("Ticked by name"), grouped((drawn.counted or 0) - attendance.by_phone)],
            *([[_("Ticked by phone number"), grouped(attendance.by_phone)]] if attendance.by_phone else []),
            [_("Own YES"), grouped(drawn.confirmed or 0)],
            [_("Reported by the organiser"), grouped(drawn.reported or 0)],
        ]
        if meeting.walk_ins is not None:
            came.append([_("Reported without an invitation"), grouped(meeting.walk_ins)])
        people = _part(_("Who came"), [*came, invited])
    when = meeting_days(meeting.first_on, meeting.last_on, meeting.starts)
    values = {
        "above": " · ".join(filter(None, (settings.ORGANISATION, name_in_language(meeting.unit.names)))),
        "name": meeting.title,
        "facts": " · ".join(
            filter(None, (when, meeting.place, state, "" if meeting.cancelled_at else attendance.said()))
        ),
        "foot": f"{meeting.title} · {date_format(localtime(at), 'j F Y, H:i')}",
        "parts": [
            _part(
                _("Open tasks of the meetings before"), _tasks(found.open_before(meeting)), is_numbered=True
            ),
            _part(_("Agenda"), [[item, ""] for item in meeting.agenda], is_numbered=True),
            *(
                _part(name_in_language(agenda_programme.programme.names), _reviewed(agenda_programme))
                for agenda_programme in found.agenda_programmes(request.viewer, meeting, at=at)
            ),
            people,
            _part(_("Decisions and tasks"), _tasks(found.meeting_points(meeting)), is_numbered=True),
        ],
    }
    in_language = active_language() if active_language() in ("hi", "en") else "en"
    return printing.print_pdf(
        TEMPLATE, [values], title=meeting.title, language=in_language, at=at, with_lines=with_lines(request)
    )


def _part(title: str, lines: list[list[str]], *, is_numbered: bool = False) -> dict[str, Any]:
    return {"title": title, "lines": lines, "is_numbered": is_numbered}


def _tasks(some: list[found.PointShown]) -> list[list[str]]:
    return [
        [
            point.text,
            f"{local_person(point.who)}, {date_format(localtime(point.due_at), 'j M Y')}"
            if point.due_at
            else "",
        ]
        for point in some
    ]


def _reviewed(agenda_programme: found.AgendaProgramme) -> list[list[str]]:
    if not agenda_programme.drawn:
        return [
            [str(prepared_line.label), prepared_in_words(prepared_line)]
            for prepared_line in agenda_programme.prepared
        ]
    rungs: list[tuple[str, Any]] = [
        (f"{drawn.name}: {label}" if len(agenda_programme.drawn) > 1 else label, n)
        for drawn in agenda_programme.drawn
        for label, n in (
            (_("Target"), drawn.target),
            (_("Reported"), drawn.reported),
            (_("Counted"), drawn.counted),
            (_("Confirmed"), drawn.confirmed),
        )
    ]
    return [[label, grouped(n)] for label, n in rungs if n is not None]


def prepared_in_words(prepared_line: PreparedLine) -> str:
    """Say how far a part of the preparation is: 12 of 20."""
    if prepared_line.of is None:
        return grouped(prepared_line.done)
    return _("%(n)s of %(of)s") % {"n": grouped(prepared_line.done), "of": grouped(prepared_line.of)}
