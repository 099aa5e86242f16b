"""The list of meetings, and the page of one."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import named, person
from abhiyan.meetings import actions as acts
from abhiyan.meetings import queries as found
from abhiyan.meetings.actions.answering import LONGEST_REASON
from abhiyan.meetings.actions.calling import is_silent
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.lists import Column, Table, answer

from .shown import TITLE, crumbs, days_of, today


class CantComeForm(forms.Form):
    """Why somebody can't come."""

    reason = forms.CharField(label=_("I can't come, because"), max_length=LONGEST_REASON)


class MeetingFilters(forms.Form):
    """Which meetings to show."""

    q = forms.CharField(label=_("Title"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("All")), ("coming", _("To come")), ("past", _("Past"))],
    )


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in the list. own: the reader's own invitation."""

    one: Meeting
    own: Invitee | None

    @property
    def answer(self) -> str:
        return str(self.own.get_answer_display()) if self.own else ""


COLUMNS: tuple[Column[MeetingRow], ...] = (
    Column("day", _("Day"), lambda row: row.one.first_on, order="first_on", css="nums under"),
    Column("title", _("Title"), lambda row: row.one.title, order="title", is_name=True),
    Column("kind", _("Kind"), lambda row: row.one.get_kind_display()),
    Column("unit", _("Called by"), lambda row: named(row.one.unit.names), css="under"),
    Column("answer", _("Your answer"), lambda row: row.answer, css="end"),
)


@require_GET
def meetings(request: Request) -> HttpResponseBase:
    """Meetings that the viewer is invited to or leads; the latest first."""
    filters = MeetingFilters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {"q": "", "show": ""}
    rows = found.meetings_for(request.viewer).filter(title__icontains=asked["q"].replace("\0", ""))
    if asked["show"] == "coming":
        rows = rows.filter(last_on__gte=today(), cancelled_at=None)
    elif asked["show"] == "past":
        rows = rows.filter(last_on__lt=today())

    def finish(some: list[Meeting]) -> list[MeetingRow]:
        own = found.own_answers(request.viewer.account_id, some)
        return [MeetingRow(one, own.get(one.pk)) for one in some]

    table = Table(
        request,
        COLUMNS,
        rows,
        name="meetings",
        caption=_("Meetings"),
        sort="-day",
        finish=finish,
        is_brief=True,
        narrowed=filters,
    )
    context = {
        "here": "meetings",
        "crumbs": [(str(TITLE), "")],
        "filters": filters,
        "may_call": request.viewer.may(LEADS),
    }
    return answer(request, "meetings/meeting_list.html", table, context)


INVITEES: tuple[Column[found.NamedInvitee], ...] = (
    Column(
        "name",
        _("Name"),
        lambda row: person(row.name),
        is_name=True,
        names_people=True,
        account=lambda row: row.one.account_id,
    ),
    Column("office", _("Office"), lambda row: row.office, order="office"),
    Column("unit", _("Unit"), lambda row: row.unit, css="under"),
    Column("answer", _("Answer"), lambda row: row.one.get_answer_display(), order="answer", css="end"),
    Column("reason", _("Reason"), lambda row: row.one.reason, names_people=True),
)


@require_GET
def meeting(request: Request, public_id: UUID) -> HttpResponseBase:
    """One meeting: its days, agenda, own invitation; for who manages it everybody invited by name."""
    return shown_meeting(request, public_id)


def shown_meeting(
    request: Request, public_id: UUID, *, refused: forms.Form | None = None, status: int = 200
) -> HttpResponseBase:
    """The page of a meeting. refused: a form of it that was not taken."""
    at = clock.now()
    one = found.meeting_for(request.viewer, public_id)
    own = found.own_invitation(one, request.viewer.account_id)
    may_lead = found.leads(request.viewer, one)
    is_visit = one.kind == Meeting.Kind.VISIT
    is_open = not acts.answering.is_over(one, at=at)
    table: Table[found.NamedInvitee] = Table(
        request,
        INVITEES,
        found.invitees(one) if may_lead and not is_visit else [],
        name="invitees",
        caption=_("Invited"),
        sort="answer",
        finish=found.with_names,
        unit_id=one.unit_id,
        is_brief=True,
    )
    reason = {"reason": own.reason} if own else None
    context: dict[str, Any] = {
        **crumbs((one.title, "")),
        "one": one,
        "unit_name": named(one.unit.names),
        "days": days_of(one.first_on, one.last_on, one.starts),
        "moves": [_move(each) for each in reversed(one.moves)],
        "chair": _chair(one),
        "own": own,
        "may_lead": may_lead,
        "on_visit": found.people_on(one) if is_visit else [],
        "is_open": is_open,
        "cant_form": refused or CantComeForm(initial=reason),
        "offices": found.by_office(one),
        "programmes": found.programmes_on(request.viewer, one),
        "silence": is_open and is_silent(one.unit_id, one.first_on, one.last_on, at=at),
    }
    return answer(request, "meetings/meeting.html", table, context, status=status)


def _move(each: dict[str, str]) -> tuple[str, str]:
    """An earlier day in words, and why the meeting was moved."""
    first, last = (date.fromisoformat(each[name]) for name in ("first_on", "last_on"))
    return days_of(first, last, time.fromisoformat(each["starts"])), each["why"]


def _chair(one: Meeting) -> tuple[str, int] | None:
    """Who chairs it, or travels: everybody invited reads the name."""
    if one.chair_id is None:
        return None
    with system("who chairs a meeting"):
        return people.names_of([one.chair_id]).get(one.chair_id, ""), one.chair_id
