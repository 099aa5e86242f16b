"""The list of meetings, and the page of one."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.titles import title_contains
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.meetings import actions as acts
from abhiyan.meetings import queries as found
from abhiyan.meetings import queries_lists
from abhiyan.meetings.actions.calling import falls_in_silence
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.rules import audiences
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.addresses import address_of
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units
from abhiyan.work.actions.schedules import due_page
from abhiyan.work.queries.tasks import TaskCandidate

from .forms import CantComeForm, InviteePhoneForm, PeopleForm, PointForm, SubstituteForm
from .shown import TITLE, meeting_address, meeting_crumbs, meeting_days, today_of_meetings


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
        return str(self.own.get_answer_display()) if self.own and self.one.cancelled_at is None else ""


COLUMNS: tuple[Column[MeetingRow], ...] = (
    Column("day", _("Day"), lambda row: row.one.first_on, order="first_on", css="nums under"),
    Column("title", _("Title"), lambda row: row.one.title, order="typed_title", is_name=True),
    Column("kind", _("Kind"), lambda row: row.one.get_kind_display()),
    Column("unit", _("Called by"), lambda row: name_in_language(row.one.unit.names), css="under"),
    Column("answer", _("Your answer"), lambda row: row.answer, css="end"),
)


@page_with_list
def meetings_page(request: Request) -> HttpResponseBase:
    """Meetings that the viewer is invited to or leads; the latest first."""
    filters = MeetingFilters(request.GET)
    values = filters.cleaned_data if filters.is_valid() else {"q": "", "show": ""}
    rows = found.meetings_for(request.viewer).filter(title_contains(values["q"].replace("\0", "")), due=None)
    if values["show"] == "coming":
        rows = rows.filter(last_on__gte=today_of_meetings(), cancelled_at=None)
    elif values["show"] == "past":
        rows = rows.filter(last_on__lt=today_of_meetings())

    def finish(some: list[Meeting]) -> list[MeetingRow]:
        invitees = found.own_answers(request.viewer.account_id, some)
        return [MeetingRow(one, invitees.get(one.pk)) for one in some]

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
    return list_response(request, "meetings/meeting_list.html", table, context)


INVITEES: tuple[Column[found.NamedInvitee], ...] = (
    Column(
        "name",
        _("Name"),
        lambda row: local_person(row.name),
        is_name=True,
        names_people=True,
        account=lambda row: row.one.account_id,
        is_handed=True,
    ),
    Column("office", _("Office"), lambda row: row.office, order="office"),
    Column("unit", _("Unit"), lambda row: row.unit, css="under"),
    Column("answer", _("Answer"), lambda row: row.answer, order="answer", css="end"),
    Column("reason", _("Reason"), lambda row: row.said, names_people=True),
    Column("came", _("Ticked"), lambda row: row.one.came_at, order="came_at", css="nums"),
)
AT_DOOR: tuple[Column[found.NamedInvitee], ...] = (
    Column("name", _("Name"), lambda row: local_person(row.name), is_name=True, names_people=True),
    Column("office", _("Office"), lambda row: row.office, css="under"),
    Column("unit", _("Unit"), lambda row: row.unit, css="under"),
    Column("act", _("Check-in"), is_for_acts=True, css="end"),
)


DOOR = ("tick", "untick", "listed", "phone", "people")  # acts done on the page of the door
MOST_AT_DOOR = 50  # names of an invited list on it; a part of the name finds the others


class FindInvitee(forms.Form):
    """The form takes the name to look for at the door."""

    show = forms.CharField(widget=forms.HiddenInput, initial="door", required=False)
    q = forms.CharField(label=_("Name"), required=False, max_length=100)


@page_with_list
def meeting(request: Request, public_id: UUID) -> HttpResponseBase:
    """One meeting: its days, agenda, own invitation; for who manages it everybody invited by name, and the door."""
    return shown_meeting(request, public_id)


def shown_meeting(
    request: Request,
    public_id: UUID,
    *,
    refused: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """The page of a meeting, or of its door. refused: an act that was not done, and its form with what is wrong."""
    one = found.meeting_for(request.viewer, public_id)
    may_lead = found.manages_meeting(request.viewer, one)
    act, sent = refused or ("", None)
    context: dict[str, Any] = {
        "one": one,
        "days": meeting_days(one.first_on, one.last_on, one.starts),
        "may_lead": may_lead,
        "helper": unit_address(address_of("friends:helper_new"), one.unit.code, way="meeting"),
        "attendance": found.attendance(one, at=clock.now()),
        "people_form": sent
        if act == "people"
        else PeopleForm(initial={"n": one.total, "walk_ins": one.walk_ins}),
        "counts": found.counts_given(one),
        "phone_form": sent if act == "phone" else InviteePhoneForm(),
        "problem": "",
    }
    shows = {"cannot": "cant_form", "substitute": "substitute_form", "point": "point_form"}
    shows |= {"people": "", "phone": ""}
    if sent is not None and act not in shows:
        context["problem"] = " ".join(str(error) for errors in sent.errors.values() for error in errors)
    is_door = request.GET.get("show") == "door" or act in DOOR
    if may_lead and is_door:
        sent_from = request.GET if refused is None else request.POST
        return _door(request, one, context, q=sent_from.get("q", ""), status=status)
    return _page(request, one, context, {shows.get(act, ""): sent} if sent is not None else {}, status=status)


def _door(request: Request, one: Meeting, given: dict[str, Any], *, q: str, status: int) -> HttpResponseBase:
    q = q[:100].replace("\0", "")
    find = FindInvitee({"show": "door", "q": q})
    table: Table[found.NamedInvitee] = Table(
        request,
        AT_DOOR,
        found.invitees(one, text=q).order_by("pk"),
        name="door",
        caption=_("Check-in"),
        finish=found.named_invitees,
        unit_id=one.unit_id,
        narrowed=find,
        is_brief=True,
    )
    crumbs_ = meeting_crumbs((one.title, meeting_address(one.public_id)), (say("Check-in"), ""))
    context = {**crumbs_, **given, "find": find, "q": q, "due_page": _due_page(one, at=clock.now())}
    if queries_lists.send_for_door(one) is not None:
        listed = queries_lists.list_at_door(one, text=q, at=clock.now())
        if listed:
            n = len(listed[:MOST_AT_DOOR])
            read_people(by=request.actor, unit_id=one.unit_id, n=n, at=clock.now())
        context |= {
            "takes_phones": True,
            "listed": listed[:MOST_AT_DOOR],
            "is_more": len(listed) > MOST_AT_DOOR,
        }
    return list_response(request, "meetings/door.html", table, context, status=status)


def _page(
    request: Request, one: Meeting, given: dict[str, Any], sent: dict[str, Any], *, status: int
) -> HttpResponseBase:
    at, viewer = clock.now(), request.viewer
    invitee = found.own_invitation(one, viewer.account_id)
    is_visit = one.kind == Meeting.Kind.VISIT
    is_open = not acts.answering.is_meeting_over(one, at=at)
    is_held = one.first_on <= today_of_meetings() and one.cancelled_at is None
    table: Table[found.NamedInvitee] = Table(
        request,
        INVITEES,
        found.invitees(one) if given["may_lead"] and not is_visit else [],
        name="invitees",
        caption=_("Invited"),
        sort="answer",
        finish=found.named_invitees,
        unit_id=one.unit_id,
        is_brief=True,
    )
    bulk = messaging.send_of(one.roll) if given["may_lead"] else None
    context: dict[str, Any] = {
        "bulk": bulk,
        "may_bulk": bulk is not None and viewer.may("messages.send"),
        "bulk_audience": audiences.audience_name(bulk.audience) if bulk else "",
        "due_page": _due_page(one, at=at),
        **meeting_crumbs((one.title, "")),
        **given,
        "deck_page": address_of("review:deck_new") + f"?meeting={one.public_id}",
        "deck_language": active_language() if active_language() in ("hi", "en") else "en",
        "unit_name": name_in_language(one.unit.names),
        "moves": [_move(move) for move in reversed(one.moves)],
        "chair": _chair(one),
        "own": invitee,
        "on_visit": found.people_on(one) if is_visit else [],
        "is_open": is_open,
        "is_held": is_held,
        "offices": found.by_office(one),
        "reviewed": found.agenda_programmes(viewer, one, at=at),
        "before": found.open_before(one),
        "points": found.meeting_points(one) if is_held else [],
        "at": at,
        "may_send": bool(viewer.office_over("messages.circular", units.span(one.unit_id, one.hierarchy)[0])),
        "silence": is_open and falls_in_silence(one.unit_id, one.first_on, one.last_on, at=at),
        "cant_form": CantComeForm(initial={"reason": invitee.reason} if invitee else None),
    }
    if invitee is not None and is_open:
        context |= _substitutes(invitee, one)
    if given["may_lead"] and is_held:
        context["point_form"] = PointForm()
    context |= sent
    if isinstance(form := context.get("point_form"), PointForm):
        form.offer(
            *(
                [(str(candidate.appointment), _doer(candidate)) for candidate in some]
                for some in found.doers(one, on=today_of_meetings())
            )
        )
    if isinstance(form := context.get("substitute_form"), SubstituteForm) and invitee is not None:
        those = found.substitutes(invitee, on=one.first_on)
        form.offer(
            [
                (str(substitute.appointment_id), _who(substitute.name, substitute.office_names))
                for substitute in those
            ]
        )
    return list_response(request, "meetings/meeting.html", table, context, status=status)


def _due_page(one: Meeting, *, at: datetime) -> str:
    """The page of the due that the meeting answers; "" where the viewer sees none."""
    return due_page(str(one.due_id), at=at) if one.due_id is not None else ""


def _substitutes(invitee: Invitee, one: Meeting) -> dict[str, Any]:
    """Name the person that somebody replaces or sent. Otherwise offer the form to send somebody."""
    stands_for, substitute = found.stand_ins(invitee)
    names = {"stands_for": stands_for, "substitute": substitute}
    if stands_for or substitute or not found.substitutes(invitee, on=one.first_on):
        return names
    return names | {"substitute_form": SubstituteForm()}


def _who(name: Any, *names: Any) -> str:
    return ", ".join([local_person(name), *(name_in_language(names_above) for names_above in names)])


def _doer(candidate: TaskCandidate) -> str:
    return _who(candidate.name, candidate.office_names, candidate.unit_names)


def _move(each: dict[str, str]) -> tuple[str, str]:
    """An earlier day in words, and why the meeting was moved."""
    first, last = (date.fromisoformat(each[name]) for name in ("first_on", "last_on"))
    return meeting_days(first, last, time.fromisoformat(each["starts"])), each["why"]


def _chair(one: Meeting) -> tuple[str, int] | None:
    """Return who chairs it, or travels. Everybody invited reads the name."""
    if one.chair_id is None:
        return None
    with system("who chairs a meeting"):
        return people.names_of_accounts([one.chair_id]).get(one.chair_id, ""), one.chair_id
