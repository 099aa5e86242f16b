"""The requests of one's units: the list, one of them with what was said, and what an office does about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import audit, clock, languages
from abhiyan.core.scope import system
from abhiyan.core.words import language, person
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.actions.answering import may_be_told
from abhiyan.helpdesk.actions.lines import ANSWER, person_of
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import ask, form_page, tried
from abhiyan.ui.lists import Column, Table, answer
from abhiyan.units import queries as units

from .places import PlaceField

State = Ticket.State
STATES = (
    ("", _("Waits for an answer")),
    ("late", _("Overdue")),
    (State.DONE.value, State.DONE.label),
    (State.SOLVED.value, State.SOLVED.label),
    (State.CLOSED.value, State.CLOSED.label),
    (State.MERGED.value, State.MERGED.label),
    ("all", _("All")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A request with the names of its places."""

    ticket: Ticket
    unit: str
    desk: str
    is_late: bool

    @property
    def state(self) -> str:
        return say("Overdue") if self.is_late else str(self.ticket.get_state_display())

    @property
    def mark(self) -> str:
        """How its state is marked: ok, warn, bad, or plain."""
        return (
            "bad"
            if self.is_late
            else {"solved": "ok", "done": "ok", "closed": "warn"}.get(self.ticket.state, "")
        )


COLUMNS: tuple[Column[Row], ...] = (
    Column("number", _("Number"), lambda row: row.ticket.number, order="number", is_name=True),
    Column("kind", _("About"), lambda row: row.ticket.get_kind_display(), order="kind", css="under"),
    Column("unit", _("Place"), lambda row: row.unit),
    Column("desk", _("With"), lambda row: row.desk),
    Column("way", _("Came by"), lambda row: row.ticket.get_way_display(), order="way", only_in_file=True),
    Column("n", _("Messages"), lambda row: row.ticket.n, order="n", css="num"),
    Column("opened", _("Came on"), lambda row: row.ticket.opened_at, order="opened_at", only_in_file=True),
    Column("due", _("Answer by"), lambda row: row.ticket.due_at, order="due_at", css="nums under"),
    Column("answered", _("First answer"), lambda row: row.ticket.answered_at, only_in_file=True),
    Column("done", _("Done on"), lambda row: row.ticket.done_at, only_in_file=True),
    Column("solved", _("Solved on"), lambda row: row.ticket.solved_at, only_in_file=True),
    Column("closed", _("Closed on"), lambda row: row.ticket.closed_at, only_in_file=True),
    Column("state", _("Status"), lambda row: row.state, order="state", css="end"),
)


class Filters(forms.Form):
    """Which requests to show. show: whose, as the segments say."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    q = forms.CharField(label=_("Number, phone or last 4 digits"), required=False, max_length=40)
    state = forms.ChoiceField(label=_("Status"), required=False, choices=STATES)
    kind = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("All")), *Ticket.Kind.choices])


@require_GET
def tickets(request: Request) -> HttpResponseBase:
    """What waits, what is due first on top: of the viewer's own offices, or of a unit and all below it."""
    at, viewer = clock.now(), request.viewer
    is_mine = request.GET.get("show") == "mine"
    filters = Filters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    here = None
    if is_mine:
        del filters.fields["unit"]
    else:
        here = page_unit(request)
    wanted = queries.Wanted(
        state=chosen.get("state", ""),
        kind=chosen.get("kind", ""),
        text=chosen.get("q", ""),
        unit=(here.unit.id, here.hierarchy) if here else None,
        desks=queries.desks_of(viewer) if is_mine else None,
    )
    if wanted.text and not wanted.state:
        wanted = queries.Wanted("all", wanted.kind, wanted.text, wanted.unit, wanted.desks)
    table: Table[Row] = Table(
        request,
        COLUMNS,
        queries.tickets(wanted, at=at),
        name="helpline",
        caption=_("Requests to the helpline"),
        sort="due",
        finish=lambda some: with_places(some, at=at),
        hidden=say("Answered ones are left out.") if not wanted.state else "",
        is_brief=True,
    )
    page = reverse("helpdesk:tickets")
    context = {
        "here": "today",
        "crumbs": [(say("Helpline"), "")],
        "filters": filters,
        "where": here.name if here else "",
        "unit": here.unit.code if here else "",
        "segments": [
            (say("In my units"), page, not is_mine),
            (say("With my office"), f"{page}?show=mine", is_mine),
        ],
        "may_type": viewer.may("helpdesk.type"),
        "is_narrowed": any(chosen.get(name) for name in ("q", "state", "kind")),
    }
    return answer(request, "helpdesk/ticket_list.html", table, context)


def with_places(some: Sequence[Ticket], *, at: datetime) -> list[Row]:
    """Requests with the names of their places; one query."""
    names = units.names_of({one.unit_id for one in some} | {one.desk_id for one in some}, language=language())
    return [
        Row(
            one,
            names.get(one.unit_id, ""),
            names.get(one.desk_id, ""),
            one.state == State.OPEN and one.due_at < at,
        )
        for one in some
    ]


class AnswerForm(forms.Form):
    """The answer, as it goes out."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=rules.LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_done = forms.ChoiceField(
        label=_("Is it done?"),
        choices=[
            ("yes", _("Yes. Ask the person whether it is solved.")),
            ("no", _("Not yet. You answer again later.")),
        ],
        widget=forms.RadioSelect,
    )


@form_page
def ticket(request: Request, public_id: UUID) -> HttpResponseBase:
    """One request: what was said and done, and the answer."""
    one, at = queries.ticket_for(public_id), clock.now()
    form = AnswerForm(request.POST if request.method == "POST" else None)

    def act(given: dict[str, Any]) -> Ticket:
        return actions.answer_ticket(
            ticket=public_id, text=given["text"], is_done=given["is_done"] == "yes", by=request.actor, at=at
        )

    done = tried(
        request, form, act, said=_("Answered. If it was a mistake, open the request again and write.")
    )
    if done:
        return redirect("helpdesk:ticket", public_id)
    audit.record(
        by=request.actor, at=at, act="helpdesk.read_ticket", subject=str(one.pk), unit_id=one.unit_id
    )
    with system("whether a request may be answered by SMS"):
        is_told = may_be_told(one)
    (row,) = with_places([one], at=at)
    said = queries.lines_of(one)
    places = units.names_of({each.unit_id for each in said if each.unit_id}, language=language())
    may = request.viewer.may(ANSWER) and org.holds(request.viewer.account_id or 0, ANSWER, at=one.unit_id)
    context = {
        "here": "today",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (one.number, "")],
        "ticket": one,
        "row": row,
        "name": person(person_of(one)["name"]),
        "reads": languages.name(one.language),
        "programme": programmes.programme_by_id(one.programme_id) if one.programme_id else None,
        "lines": [(each, places.get(each.unit_id or 0, "")) for each in said],
        "left_out": max(0, one.n - rules.MOST_LINES),
        "into": queries.merged_into(one),
        "others": with_places(queries.same_phone(one), at=at),
        "form": form,
        "is_told": is_told,
        "may": may,
        "may_ring": may and bool(one.last4) and request.viewer.may("people.reveal"),
        "closes_at": rules.closes_at(one.kind, one.done_at) if one.done_at else None,
    }
    return render(request, "helpdesk/ticket.html", context, status=done.status)


class MoveForm(forms.Form):
    """What it is really about."""

    kind = forms.ChoiceField(label=_("About"), choices=Ticket.Kind.choices)
    unit = PlaceField()


@form_page
def ticket_move(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a request another place or kind; it goes to the nearest office there."""
    one = queries.ticket_for(public_id)
    initial = {"kind": one.kind, "unit": units.unit_by_id(one.unit_id).code}
    return ask(
        request,
        lambda given: actions.move_ticket(
            ticket=public_id, unit_id=given["unit"], kind=given["kind"], by=request.actor, at=clock.now()
        ),
        form=MoveForm(request.POST if request.method == "POST" else None, initial=initial),
        title=_("Move the request"),
        text=[_("It goes to the nearest office there that answers requests. You can move it back.")],
        button=_("Move the request"),
        done=lambda row: redirect("helpdesk:ticket" if _sees(row) else "helpdesk:tickets", *_of(row)),
        said=_("Moved."),
        is_open=one.state == State.OPEN,
        **_way(one),
    )


def _sees(row: Ticket) -> bool:
    return Ticket.objects.filter(pk=row.pk).exists()


def _of(row: Ticket) -> tuple[UUID, ...]:
    return (row.pk,) if _sees(row) else ()


class MergeForm(forms.Form):
    """Into which."""

    into = forms.CharField(
        label=_("Number of the other request"),
        help_text=_("Both must come from the same phone."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "H-7K3M-09XD"}),
    )


@form_page
def ticket_merge(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make a request part of another of the same phone."""
    one = queries.ticket_for(public_id)
    others = [each for each in queries.same_phone(one) if each.state == State.OPEN]
    initial = {"into": others[0].number} if others else {}
    return ask(
        request,
        lambda given: actions.merge_ticket(
            ticket=public_id, into=given["into"], by=request.actor, at=clock.now()
        ),
        form=MergeForm(request.POST if request.method == "POST" else None, initial=initial),
        title=_("Merge the requests"),
        text=[_("The other request stays open and shows this one. Open this one again to take it back.")],
        button=_("Merge the requests"),
        done=lambda row: redirect("helpdesk:ticket", row.pk),
        said=_("Merged."),
        is_open=one.state != State.MERGED,
        **_way(one),
    )


@form_page
def ticket_reopen(request: Request, public_id: UUID) -> HttpResponseBase:
    """Open a request again."""
    one = queries.ticket_for(public_id)
    return ask(
        request,
        lambda _given: actions.reopen_ticket(ticket=public_id, by=request.actor, at=clock.now()),
        title=_("Open the request again"),
        text=[_("It waits for an answer again, with a new time.")],
        button=_("Open again"),
        done=reverse("helpdesk:ticket", args=[public_id]),
        said=_("Open again."),
        is_open=one.state != State.OPEN,
        **{**_way(one), "back": reverse("helpdesk:ticket", args=[public_id])},
    )


@require_POST
def ticket_phone(request: Request, public_id: UUID) -> HttpResponseBase:
    """The whole number, for one call; it leaves a row."""
    one = queries.ticket_for(public_id)
    number = actions.reveal_caller(ticket=public_id, by=request.actor, at=clock.now())
    context = {
        **_way(one),
        "title": _("Call the person"),
        "detail": "helpdesk/_number.html",
        "number": number,
        "is_open": False,
    }
    return render(request, "ui/ask.html", context)


def _way(one: Ticket) -> dict[str, Any]:
    page = reverse("helpdesk:ticket", args=[one.pk])
    return {
        "here": "today",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (one.number, page)],
        "back": page,
    }
