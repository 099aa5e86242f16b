"""The requests of one's units: the list, and one of them with what was said, its answer, and the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import audit, clock, languages
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.helpdesk import actions, numbers, queries
from abhiyan.helpdesk.actions.lines import may_be_told, may_be_written, ticket_person
from abhiyan.helpdesk.actions.routing import may_answer_ticket
from abhiyan.helpdesk.fields import kind_choices
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.helpdesk.rules.askers import Asker, AskerLook, AskerStep, askers_of
from abhiyan.helpdesk.rules.schemes import open_schemes, scheme_name
from abhiyan.helpdesk.rules.tries import CallResult
from abhiyan.messaging import queries as messaging
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

from .needs import DAYS
from .rows import RequestRow, desk_called, named_desks, with_place_names, with_words

State = Ticket.State
STATES = (
    ("", _("Waits for an answer")),
    ("late", _("Overdue")),
    (State.DONE.value, State.DONE.label),
    (State.SOLVED.value, State.SOLVED.label),
    (State.CLOSED.value, State.CLOSED.label),
    ("under_way", _("Under way")),
    ("in_time", _("Solved in time")),
    (State.MERGED.value, State.MERGED.label),
    (State.QUIET.value, State.QUIET.label),
    ("all", _("All")),
)
OPEN_ONES = ("", "late")  # of STATES
MOST_PROGRAMMES = 100  # to choose from
LINK_LETTERS = 16  # of the address behind our question

# While one writes, the page asks how many SMS it is.
COUNTS = {
    "hx-post": "",
    "hx-trigger": "input changed delay:400ms",
    "hx-target": "#parts",
    "hx-vals": '{"count": "1"}',
}

COLUMNS: tuple[Column[RequestRow], ...] = (
    Column("what", _("What they ask"), is_name=True),
    Column("number", _("Number"), lambda row: row.ticket.number, order="number", css="nums under"),
    Column("kind", _("About"), lambda row: row.ticket.get_kind_display(), only_in_file=True),
    Column("scheme", _("Public scheme"), lambda row: scheme_name(row.ticket.scheme), only_in_file=True),
    Column("unit", _("Place"), lambda row: row.unit, css="under"),
    Column("way", _("Came by"), lambda row: row.ticket.get_way_display(), order="way", css="wide"),
    Column("desk", _("With"), lambda row: row.desk, css="wide"),
    Column("n", _("Messages"), lambda row: row.ticket.n, only_in_file=True),
    Column("opened", _("Came on"), lambda row: row.ticket.opened_at, only_in_file=True),
    Column("due", _("Answer by"), lambda row: row.due_at, order="due_at", css="nums end"),
    Column("answered", _("First answer"), lambda row: row.ticket.answered_at, only_in_file=True),
    Column("done", _("Done on"), lambda row: row.ticket.done_at, only_in_file=True),
    Column("solved", _("Solved on"), lambda row: row.ticket.solved_at, only_in_file=True),
    Column("closed", _("Closed on"), lambda row: row.ticket.closed_at, only_in_file=True),
    Column("state", _("Status"), lambda row: row.state, only_in_file=True),
)


class Filters(forms.Form):
    """Which requests to show."""

    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    q = forms.CharField(label=_("Number, phone or last 4 digits"), required=False, max_length=40)
    state = forms.ChoiceField(label=_("Status"), required=False, choices=STATES)
    kind = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("All")), *Ticket.Kind.choices])
    way = forms.ChoiceField(label=_("Came by"), required=False, choices=[("", _("All")), *Ticket.Way.choices])
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    scheme = forms.ChoiceField(label=_("Public scheme"), required=False)
    came = forms.ChoiceField(label=_("Came in"), required=False)
    desk = forms.ChoiceField(label=_("With"), required=False)
    stranger = forms.BooleanField(label=_("Only phones that never contacted us"), required=False)


@dataclass(frozen=True, slots=True)
class DeskAddress:
    """A list as its address asks for it. here: the unit it is of; None: of the viewer's own offices."""

    wanted: queries.Wanted
    filters: Filters
    here: Here | None
    query: str

    @property
    def is_narrowed(self) -> bool:
        wanted = self.wanted
        return replace(wanted, unit=None, desks=None) != queries.Wanted()

    @property
    def name(self) -> str:
        return self.here.name if self.here else ""

    def address(self, page: str) -> str:
        """Another page about the same list."""
        return f"{page}?{self.query}" if self.query else page


def address_of_desk(request: Request, *, at: datetime, is_mine: bool | None = None) -> DeskAddress:
    """The list an address asks for. is_mine: where it does not say."""
    is_mine = request.GET.get("show") == "mine" if is_mine is None else is_mine
    filters = Filters(request.GET)
    offer(filters, kind=[("", _("All")), *kind_choices(with_closed=True)])
    running = list(
        programmes.programmes_for(request.viewer).filter(state__in=["open", "closed"])[:MOST_PROGRAMMES]
    )
    offer(
        filters,
        programme=[
            ("", _("All")),
            *((str(programme.public_id), name_in_language(programme.names)) for programme in running),
        ],
    )
    desk = _offer_needs(filters, request)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    came = chosen.get("came", "")
    if is_mine:
        del filters.fields["unit"]
    here = None if is_mine else page_unit(request)
    ids = {str(programme.public_id): programme.pk for programme in running}
    text = chosen.get("q", "")
    wanted = queries.Wanted(
        state=chosen.get("state", "") or ("all" if text else ""),
        kind=chosen.get("kind", ""),
        way=chosen.get("way", ""),
        text=text,
        unit=(here.unit.id, here.hierarchy) if here else None,
        desks=queries.desks_of(request.viewer) if is_mine else None,
        programme_id=ids.get(chosen.get("programme", ""), 0),
        is_stranger=bool(chosen.get("stranger")),
        scheme=chosen.get("scheme", ""),
        desk=desk[0] if desk else 0,
        offices=desk[1] if desk else (),
        since=at - timedelta(days=int(came)) if came else None,
    )
    kept = request.GET.copy()
    for name in ("page", "format", "sort", "ready"):
        kept.pop(name, None)
    if here is not None:
        kept["unit"] = here.unit.code
    return DeskAddress(wanted, filters, here, kept.urlencode())


def _offer_needs(filters: Filters, request: Request) -> tuple[int, tuple[str, ...]] | None:
    """Offer what the board of needs links to: schemes, days, and the desk that the address names. Return this desk."""
    schemes = sorted((scheme.name, code) for code, scheme in open_schemes().items())
    listed = [(queries.NO_SCHEME, say("No public scheme")), *((code, name) for name, code in schemes)]
    spans = [(str(n), ngettext("last %(n)s day", "last %(n)s days", n) % {"n": n}) for n in DAYS]
    every = ("", _("All"))
    offer(filters, scheme=[every, *listed], came=[every, *spans])
    desk = desk_called(request.GET.get("desk", ""))
    offer(filters, desk=[every, *((row.code, row.title) for row in named_desks([desk] if desk else []))])
    if not request.GET.get("desk"):
        del filters.fields["desk"]
    return desk


@require_GET
def tickets_page(request: Request) -> HttpResponseBase:
    """Show what waits, first due on top: of the viewer's own offices, or of a unit and all below it."""
    at, viewer = clock.now(), request.viewer
    listing = address_of_desk(request, at=at)
    table: Table[RequestRow] = Table(
        request,
        COLUMNS,
        queries.tickets(listing.wanted, at=at),
        name="helpline",
        caption=_("Requests to the helpline"),
        sort="due",
        finish=lambda some: (
            with_place_names(some, at=at) if request.GET.get("format") else with_words(some, viewer, at=at)
        ),
        hidden=say("Answered ones are left out.") if listing.wanted.state in OPEN_ONES else "",
        is_brief=True,
        is_numbered=False,
    )
    if not table.file_kind and (n := sum(bool(row.words) for row in table.leaf.rows)):
        audit.record(by=request.actor, at=at, act="helpdesk.read_tickets", unit_id=_home(request), n=n)
    page = reverse("helpdesk:tickets")
    is_mine = listing.here is None
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), "")],
        "filters": listing.filters,
        "where": listing.name,
        "unit": listing.here.unit.code if listing.here else "",
        "facts": _facts(listing, at=at),
        "query": listing.query,
        "segments": [
            (say("In my units"), page, not is_mine),
            (say("Mine to answer"), f"{page}?show=mine", is_mine),
        ],
        "may_type": viewer.may("helpdesk.type"),
        "may_many": viewer.may(queries.ANSWER)
        and listing.wanted.state in OPEN_ONES
        and len(table.leaf.rows) > 1,
        "many": listing.address(reverse("helpdesk:many")),
        "quiet": _quiet(listing) if listing.wanted.state != State.QUIET else "",
        "quiet_page": f"{page}?{urlencode({**request.GET.dict(), 'state': State.QUIET.value})}",
        "is_narrowed": listing.is_narrowed,
    }
    return list_response(request, "helpdesk/ticket_list.html", table, context)


def _quiet(listing: DeskAddress) -> str:
    """Say how many texts ask nothing; "" where none does."""
    return numbers.quiet_words(queries.condition(replace(listing.wanted, text="")))


def _home(request: Request) -> int | None:
    return request.viewer.home.unit_id if request.viewer.home else None


def _facts(listing: DeskAddress, *, at: datetime) -> list[tuple[str, str]]:
    """Say how many wait and how many are overdue, each with its mark."""
    every = queries.Wanted(unit=listing.wanted.unit, desks=listing.wanted.desks)
    requests = numbers.count_waiting_requests(queries.condition(every), at=at)
    facts = [(ngettext("%(n)s waits", "%(n)s wait", requests.n) % {"n": requests.figure}, "")]
    if requests.overdue:
        facts.append((requests.overdue_words, "bad"))
    return facts


class HelplineAnswerForm(forms.Form):
    """The answer, as it goes out. ready: a text to begin with."""

    ready = forms.ChoiceField(label=_("Ready answer"), required=False)
    text = forms.CharField(
        label=_("Your answer"),
        max_length=rules.LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4, **COUNTS}),
    )
    is_done = forms.ChoiceField(
        label=_("Is it done?"),
        choices=[
            ("yes", _("Yes. Ask the person whether it is solved.")),
            ("no", _("Not yet. You answer again later.")),
        ],
        widget=forms.RadioSelect,
    )
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_told: bool = True, **kwargs: Any) -> None:
        """is_told: an SMS may ask the person."""
        super().__init__(*args, **kwargs)
        if not is_told:
            _asks, *others = HelplineAnswerForm.base_fields["is_done"].choices  # type: ignore[attr-defined]  # a ChoiceField
            offer(self, is_done=[("yes", _("Yes, it is done.")), *others])


@form_page
def ticket_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """One request: what was said and done, and the answer; then the next of the same list."""
    row, at = queries.ticket_for(public_id), clock.now()
    if "count" in request.POST:
        return HttpResponse(parts_said(row, request.POST.get("text", "")))
    ready = queries.ready_for(row)
    with system("whether a request may be answered by SMS"):
        is_told = may_be_told(row)
    is_inserting = "insert" in request.POST
    askers = _askers(request, row, at) if is_inserting or request.method != "POST" else []
    form = _form(
        request, [(str(choice.pk), choice.text) for choice in ready], _steps(askers), is_told=is_told
    )

    def act(given: dict[str, Any]) -> Ticket:
        return actions.answer_ticket(
            ticket=public_id,
            text=given["text"],
            is_done=given["is_done"] == "yes",
            seen=given["seen"],
            by=request.actor,
            at=at,
        )

    if not is_inserting and (done := tried(request, form, act)):
        return _to_next(request, row, at=at)
    status = 200 if is_inserting or request.method != "POST" else done.status
    askers = askers or _askers(request, row, at)
    audit.record(
        by=request.actor, at=at, act="helpdesk.read_ticket", subject=str(row.pk), unit_id=row.unit_id
    )
    return render(request, "helpdesk/ticket.html", _shown(request, row, form, askers, at=at), status=status)


def _askers(request: Request, ticket: Ticket, at: datetime) -> list[Asker]:
    """Return everybody on the phone that the viewer may read."""
    look = AskerLook(ticket.phone_id, request.viewer, request.actor, ticket.language, at)
    return askers_of(look) if ticket.last4 else []


def _steps(askers: Sequence[Asker]) -> dict[str, AskerStep]:
    """The steps that put words into the answer, each once however many share the phone, by the value of its button."""
    by_words = {step.words: step for asker in askers for step in asker.steps if step.words}
    return {f"step-{n}": step for n, step in enumerate(by_words.values(), 1)}


def _form(
    request: Request, ready: list[tuple[str, str]], steps: Mapping[str, AskerStep], *, is_told: bool
) -> HelplineAnswerForm:
    """The form as it was sent. "Insert" puts a ready answer behind what is written already, and sends nothing; so does
    the button of a step."""
    texts = dict(ready)
    if request.method == "POST" and "insert" in request.POST:
        step = steps.get(request.POST["insert"])
        chosen = step.words if step else texts.get(request.POST.get("ready", ""), "")
        written = request.POST.get("text", "").strip()
        form = HelplineAnswerForm(
            initial={
                "text": "\n".join(filter(None, [written, chosen])),
                "is_done": request.POST.get("is_done"),
            },
            is_told=is_told,
        )
    else:
        form = HelplineAnswerForm(request.POST if request.method == "POST" else None, is_told=is_told)
    offer(form, ready=[("", "–"), *((ident, _short(text)) for ident, text in ready)])
    return form


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= queries.FIRST_WORDS else f"{line[: queries.FIRST_WORDS]}…"


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """One thing that was said or done about a request, or a call. sms: how far its message is."""

    title: str
    at: datetime
    who: str
    account_id: int | None
    text: str = ""
    place: str = ""
    of: Ticket | None = None
    sms: Any = None
    again_at: datetime | None = None


def _events(ticket: Ticket, *, at: datetime) -> list[RequestEvent]:
    """Return words, acts and calls, the oldest first, also those of requests that were merged into this one."""
    merged = queries.merged_here(ticket)
    entries = queries.ticket_lines(ticket, merged=merged)
    others = {part.pk: part for part in merged}
    calls = queries.calls_about_requests([ticket.pk, *others])
    callers = queries.names_of_request_callers(calls)
    with system("whether answers have gone out"):
        sms = messaging.message_standings(
            [entry.line.message_id for entry in entries if entry.line.message_id], at=at
        )
    places = units.names_of_units(
        {entry.unit_id for entry in entries if entry.unit_id}, language=active_language()
    )
    events = [
        RequestEvent(
            str(entry.line.get_what_display()),
            entry.line.at,
            entry.who,
            entry.line.account_id,
            text=entry.text,
            place=places.get(entry.unit_id or 0, ""),
            of=entry.of,
            sms=sms.get(entry.line.message_id or ticket.pk),
        )
        for entry in entries
    ]
    for about, history in calls.items():
        events += [
            RequestEvent(
                say("Call: %(result)s") % {"result": call.label},
                call.at,
                callers.get(call.account_id, ""),
                call.account_id,
                of=others.get(about),
                again_at=call.again_at if call.result == CallResult.LATER else None,
            )
            for call in history
        ]
    return sorted(events, key=lambda event: event.at)


def _shown(
    request: Request, ticket: Ticket, form: HelplineAnswerForm, askers: Sequence[Asker], *, at: datetime
) -> dict[str, Any]:
    with system("whether a request may be answered by SMS"):
        is_told, is_written = may_be_told(ticket), may_be_written(ticket)
        may = may_answer_ticket(ticket, by=request.actor)
    (row,) = with_place_names([ticket], at=at)
    listing = _list_of(request, at=at)
    text = form["text"].value() or ""
    into = queries.merged_into(ticket)
    return {
        "here": "helpline",
        "crumbs": [(say("Helpline"), listing.address(reverse("helpdesk:tickets"))), (ticket.number, "")],
        "ticket": ticket,
        "helper": unit_address(
            address_of("friends:helper_new"), units.unit_by_id(ticket.unit_id).code, way="helpline"
        )
        if request.viewer.may("helpdesk.answer")
        else "",
        "row": row,
        "offices": [
            name_in_language(office.names) for office in org.offices_used() if office.code in ticket.offices
        ]
        if ticket.offices
        else [],
        "name": local_person(ticket_person(ticket)["name"]),
        "reads": languages.own_language_name(ticket.language),
        "programme": programmes.programme_by_id(ticket.programme_id) if ticket.programme_id else None,
        "events": _events(ticket, at=at),
        "askers": askers,
        "steps": _steps(askers).items(),
        "left_out": max(0, ticket.n - rules.MOST_LINES),
        "into": into,
        "has_side": bool(askers)
        or (may and ticket.state == Ticket.State.OPEN)
        or ticket.state in (Ticket.State.DONE, Ticket.State.QUIET)
        or into is not None,
        "others": with_place_names(queries.same_phone(ticket), at=at),
        "form": form,
        "has_ready": len(form.fields["ready"].choices) > 1,  # type: ignore[attr-defined]  # a ChoiceField
        "parts": parts_said(ticket, text) if text else "",
        "is_told": is_told,
        "is_written": is_written,
        "asks_from": opening if (opening := messaging.asks_from(at)) > at else None,
        "may": may,
        "may_ring": may and bool(ticket.last4),
        "closes_at": rules.closes_at(ticket.kind, ticket.done_at) if ticket.done_at else None,
        "next": queries.next_waiting(queries.tickets(listing.wanted, at=at), but=ticket.pk, at=at)
        if may
        else None,
        "query": f"?{listing.query}" if listing.query else "",
    }


def parts_said(one: Ticket, text: str) -> str:
    """Count the SMS an answer takes, with all that its message says besides."""
    n = messaging.count_message_sms("ask.solved", one.language, _blanks(one, text))
    return ngettext("%(n)s SMS", "%(n)s SMS", n) % {"n": grouped(n)} if n else ""


def letter_said(one: Ticket, text: str, *, is_done: bool) -> str:
    """An answer to a request as the phone reads it, with an example of the link; the bare text while no message is
    registered for it."""
    template = "ask.solved" if is_done else "ticket.reply"
    return messaging.message_as_read(template, one.language, _blanks(one, text)) or text


def _blanks(ticket: Ticket, text: str) -> dict[str, str]:
    link = f"{settings.ORIGIN}/help/{'x' * LINK_LETTERS}/"
    return {"number": ticket.number, "text": text, "word": "BCDF", "link": link}


def _list_of(request: Request, *, at: datetime) -> DeskAddress:
    """The list somebody came from; of no address that says so, what their own offices answer."""
    return address_of_desk(request, at=at, is_mine=None if "unit" in request.GET else True)


def _to_next(request: Request, ticket: Ticket, *, at: datetime) -> HttpResponseBase:
    """To what is due next in the same list, or back to it; the answered one is named, so that it is found again."""
    listing = _list_of(request, at=at)
    following = queries.next_waiting(queries.tickets(listing.wanted, at=at), but=ticket.pk, at=at)
    sentence = say("%(number)s is answered. If it was a mistake, open it again and write.") % {
        "number": ticket.number
    }
    if following is None:
        more = say("Nothing else waits in this list.")
        say_when_done(request, f"{sentence} {more}")
        return redirect(listing.address(reverse("helpdesk:tickets")))
    more = say("This is the next one.")
    say_when_done(request, f"{sentence} {more}")
    return redirect(listing.address(reverse("helpdesk:ticket", args=[following.pk])))
