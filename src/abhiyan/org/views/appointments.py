"""Show who holds which office: the list, one appointment, appointing and ending."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.numbers import LARGEST_ID, whole_number
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import actions, queries
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.models import Appointment, Body, Office
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people import actions as accounts
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.fields import DayField, DigitsField, NoteField
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.ui.lists import Column, Table, file_asked, list_response, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .bearers import may_search_all

SHOWN = [
    ("", _("Held")),
    ("vacant", _("Vacant")),
    ("fill", _("Vacant, for you to fill")),
    ("disputed", _("Disputed")),
    ("offered", _("Not accepted yet")),
    ("ended", _("Ended")),
]

# These words say what ended it where nobody gave a reason of their own, as `actions` keep it.
WHY_ENDED = {
    "declined": _("Declined"),
    "term over": _("The term is over"),
    "unit closed": _("The unit was closed"),
}


def _why_ended(reason: str) -> str:
    """In words: what ended it by itself, and what was said beside a decline; else the reason somebody gave."""
    reason_code, colon, reason_text = reason.partition(": ")
    return f"{WHY_ENDED[reason_code]}{colon}{reason_text}" if reason_code in WHY_ENDED else reason


class AppointmentFilters(forms.Form):
    """Which appointments to show."""

    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    office = forms.ChoiceField(label=_("Office"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, office=[("", _("All")), *offices])


class AppointForm(forms.Form):
    """Ask who is to hold which office, and for how long."""

    office = forms.ChoiceField(label=_("Office"))
    account = forms.ChoiceField(label=_("Person"), required=False, widget=forms.RadioSelect)
    phone = DigitsField(
        label=_("Mobile number of somebody new"),
        required=False,
        max_length=40,
        help_text=_("They sign in with it."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", **SOMETIMES}),
    )
    name = forms.CharField(
        label=_("Their name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", **SOMETIMES}),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty until further notice.")
    )
    order_no = forms.CharField(label=_("Order number"), required=False, max_length=60)

    def __init__(
        self,
        *args: Any,
        offices: list[tuple[str, str]],
        accounts: list[tuple[str, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offer(self, office=offices, account=accounts)
        if accounts:
            self.fields["phone"].help_text = _("Needed if you choose nobody above. They sign in with it.")
            self.fields["name"].help_text = _("Needed with the number of somebody new.")
        else:
            del self.fields["account"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("account"):
            for name, missing in (
                ("phone", _("Choose a person, or write the number of somebody new.")),
                ("name", _("Write the name too.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, missing)
        for fault in self._faults(cleaned):
            if fault.field not in self.errors:
                self.add_error(fault.field, str(fault))
        return cleaned

    def _faults(self, given: dict[str, Any]) -> Iterator[Refused]:
        """Yield what the act would refuse one after the other of the days, the number and the name."""
        if starts_on := given.get("starts_on"):
            try:
                actions.require_term(starts_on=starts_on, ends_on=given.get("ends_on"), today=self.today)
            except actions.WrongTerm as refused:
                yield refused
        if not given.get("account"):
            yield from accounts.faults(phone=given.get("phone", ""), name=given.get("name", ""))


class ResetForm(forms.Form):
    """Why a second proof is to be taken away."""

    reason = NoteField(
        label=_("What happened"),
        max_length=200,
        error_messages={"required": _("Write what happened, for example: phone lost.")},
    )


HEADINGS = {
    "": _("Who holds which office"),
    "vacant": _("Vacant offices"),
    "fill": _("Vacant offices for you to fill"),
    "disputed": _("Disputed offices"),
    "offered": _("Appointments not accepted yet"),
    "ended": _("Appointments that are over"),
}
HELD: tuple[Column[Appointment], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit.names), is_name=True),
    Column("office", _("Office"), lambda row: row.title()),
    Column("name", _("Name"), lambda row: row.holder, names_people=True, account=lambda row: row.account_id),
    Column("since", _("Since"), lambda row: row.starts_on, css="nums"),
    Column("state", _("Status"), lambda row: row.get_state_display()),
    Column("until", _("Until"), lambda row: row.ends_on, only_in_file=True),
)


@dataclass(frozen=True, slots=True)
class VacantRow:
    """A vacant office with who fills it. on: today. is_own: that is the reader. may_fill: the reader may fill it."""

    of: queries.Vacancy
    on: date
    appointer: queries.Appointer | None = None
    is_own: bool = False
    may_fill: bool = False

    @property
    def vacant_for(self) -> str:
        """How long nobody has held it."""
        if self.of.since is None:
            return ""
        days = (self.on - self.of.since).days
        if days < 1:
            return say("vacant since today")
        return ngettext("vacant %(n)s day", "vacant %(n)s days", days) % {"n": grouped(days)}


VACANT: tuple[Column[VacantRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.of.unit_names), is_name=True),
    Column("office", _("Office"), lambda row: name_in_language(row.of.office_names), css="under"),
    Column("since", _("Vacant for"), css="nums under"),
    Column("appointer", _("Who appoints"), css="under"),
    # The file is a list of appointments to fill in: `org.lists` reads these heads.
    Column("code", _("Unit code"), lambda row: row.of.unit_code, only_in_file=True),
    Column("phone", _("Phone"), lambda _row: "", only_in_file=True),
    Column("person", _("Name"), lambda _row: "", only_in_file=True),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def appointments(request: Request) -> HttpResponseBase:
    """Appointments of a unit and all below it: who holds what, what is vacant, disputed or over."""
    here, viewer = page_unit(request), request.viewer
    used = queries.offices_used()
    filters = AppointmentFilters(request.GET, offices=_by_level(used))
    chosen = filters.cleaned_data if filters.is_valid() else {}
    show, office = chosen.get("show", ""), chosen.get("office", "")
    first, last = queries.sight(viewer, *here.span)
    gives = queries.Gives.of(viewer, here.span[0], used)
    table: Table[Any]
    if show in ("vacant", "fill"):
        on = clock.day_in(settings.TIME_ZONE, clock.now())
        mine = gives if show == "fill" else None
        vacant = queries.vacant_rows(first, last, on=on, office=office, gives=mine)
        without = () if gives.own or gives.below else ("acts",)
        table = Table(
            request,
            VACANT,
            vacant,
            name="vacancies",
            caption=HEADINGS[show],
            sort="since",
            finish=partial(_vacant, request, here, gives, on),
            without=without,
            is_brief=True,
        )
    else:
        name = chosen.get("name", "").strip()
        is_whole = not name or may_search_all(request, (first, last))
        holder_rows = queries.appointment_rows(
            first,
            last,
            state=show,
            office=office,
            name=name,
            free=None if is_whole else queries.free_names(viewer, "ap.account_id"),
            by_name=queries.are_names_free(viewer, (first, last)),
        )
        table = Table(
            request,
            HELD,
            holder_rows,
            name="appointments",
            caption=HEADINGS[show],
            sort="unit",
            unit_id=here.unit.id,
            narrowed=filters,
        )
    context = {
        "here": "appointments",
        "page_unit": here,
        "filters": filters,
        "show": show,
        "nothing": _nothing(viewer, here, show),
        "are_vacant": show in ("vacant", "fill"),
        "gives": gives,
        "may_bring": viewer.may("imports.appointments"),
        "appoint_href": here.href(reverse("org:appoint")),
        "crumbs": here.crumbs((say("Appointments"), reverse("org:appointments"))),
    }
    return list_response(request, "org/appointment_list.html", table, context)


def _vacant(
    request: Request, here: Here, gives: queries.Gives, on: date, found: list[queries.Vacancy]
) -> list[VacantRow]:
    """The rows of a page with who fills each; a file has no names."""
    if file_asked(request):
        return [VacantRow(vacancy, on) for vacancy in found]
    account_id = request.viewer.account_id
    return [
        VacantRow(
            vacancy,
            on,
            who,
            is_own=who is not None and who.account_id == account_id,
            may_fill=vacancy.office in (gives.own if vacancy.unit_id == here.unit.id else gives.below),
        )
        for vacancy, who in zip(found, queries.appointers(found, here.hierarchy, on=on), strict=True)
    ]


def _nothing(viewer: Viewer, here: Here, show: str) -> str:
    """Why the list is empty."""
    if viewer.is_root or viewer.sees_counts_at(here.unit.lo):
        return say("No office is vacant here.") if show in ("vacant", "fill") else say("No appointment fits.")
    if viewer.home is not None:
        return say("You see the offices of your own state only.")
    return say("Only people with an office see offices.")


@require_GET
def appointment(request: Request, public_id: UUID) -> HttpResponseBase:
    """One appointment, with what may be done about it."""
    return _appointment(request, queries.appointment_for(request.viewer, public_id))


@form_page
def appoint_page(request: Request) -> HttpResponseBase:
    """Give somebody an office: somebody known here, or somebody new by their phone.

    If the address has no unit and the viewer can give no office in their own unit, they go to the vacancies below.
    """
    here, at = page_unit(request), clock.now()
    number = whole_number(request.GET.get("body", ""), most=LARGEST_ID)
    body = None if number is None else queries.body_at(number, here.unit.id)
    offices = queries.offices_to_give(request.actor, here.unit.id, here.hierarchy, body)
    if not offices and "unit" not in request.GET and request.method != "POST":
        return redirect(here.href(reverse("org:appointments"), show="vacant"))
    if not offices:
        raise queries.NotYours(capability="org.appoint" if body is None else "org.bodies")
    text = request.GET.get("q", "")[:100]
    found = list(people.search_accounts(text)) if text.strip() else []
    today = clock.day_in(settings.TIME_ZONE, at)
    form = AppointForm(
        request.POST or None,
        today=today,
        offices=[(office.code, name_in_language(office.names)) for office in offices],
        accounts=[(str(each.public_id), f"{each.name} (•••• {each.last4})") for each in found],
        initial={"starts_on": today, "office": request.GET.get("office", "")},
    )
    done = tried(request, form, lambda given: _appoint(request, given, here, body, at=at))
    if done.value is not None:
        return _appointed(request, done.value)
    sitting = queries.with_holders(done.refused.by) if isinstance(done.refused, actions.SeatHeld) else []
    context = {
        "here": "appointments",
        "form": form,
        "page_unit": here,
        "body": body,
        "whose": name_in_language(body.names) if body else "",
        "q": text,
        "searched": bool(text.strip()),
        "found": bool(found),
        "sitting": sitting,
        "is_held": any(each.state != Appointment.State.OFFERED for each in sitting),
        "crumbs": [
            (_("Appointments"), here.href(reverse("org:appointments")))
            if body is None
            else (name_in_language(body.names), reverse("org:body", args=[body.pk])),
            (_("Appoint"), ""),
        ],
    }
    return render(request, "org/appointment_new.html", context, status=done.status)


def _appointed(request: Request, made: Appointment) -> HttpResponseBase:
    """Says what the appointment is now, and goes to its page."""
    if made.state == Appointment.State.DISPUTED:
        text = _("Somebody holds this office already. It is disputed until the level above decides.")
        messages.warning(request, text)
    elif made.state == Appointment.State.ACTIVE:
        say_when_done(request, _("Appointed."))
    else:
        text = _("Appointed. It starts once they accept, by the link in a message or signed in.")
        say_when_done(request, text)
    return redirect("org:appointment", made.public_id)


def _appoint(
    request: Request, given: dict[str, Any], here: Here, body: Body | None, *, at: datetime
) -> Appointment:
    term = {name: given[name] for name in ("office", "starts_on", "ends_on", "order_no")}
    where = {"unit_id": here.unit.id, "hierarchy": here.hierarchy, "body_id": body.pk if body else None}
    arguments: dict[str, Any] = {
        **term,
        **where,
        "disputing": _disputing(request),
        "by": request.actor,
        "at": at,
    }
    if given.get("account"):
        account = people.account_by_public_id(UUID(given["account"]))
        return actions.appoint(account_id=account.pk, **arguments)
    return actions.appoint_new(phone=given["phone"], name=given["name"], **arguments)


def _disputing(request: Request) -> set[UUID]:
    """The appointments whose holders the form named, when it was sent once more in spite of them."""
    named_there = set()
    for text in request.POST.getlist("disputing"):
        with suppress(ValueError):
            named_there.add(UUID(text))
    return named_there


@require_POST
def factor_reset_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask to reset the lost second proof of this appointment's holder."""
    held = queries.appointment_for(request.viewer, public_id)
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _appointment(request, held, reset_form=form, status=422)
    actions.ask_factor_reset(
        appointment=public_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now()
    )
    say_when_done(request, _("Request sent. Approvals lists who can approve it."))
    return redirect("org:releases")


def _appointment(
    request: Request,
    held: Appointment,
    *,
    reset_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponseBase:
    at, viewer = clock.now(), request.viewer
    (held,) = queries.with_holders([held])
    is_own = held.account_id == viewer.account_id
    ended = held.state == Appointment.State.ENDED
    newcomer = None if ended or is_own else _newcomer(held.account_id)
    to_give = [] if ended else _to_give(request, held)
    is_disputed = held.state == Appointment.State.DISPUTED
    why_not = queries.why_not_decide(request.actor, held, at=at) if is_disputed else None
    holder = queries.open_holder(held) if viewer.may("org.factors") and not ended and not is_own else None
    gives = held.made_by == viewer.account_id and any(office.pk == held.office_id for office in to_give)
    door = queries.sign_in_path(held.account_id, on=clock.day_in(settings.TIME_ZONE, at), taking=held)
    context: dict[str, Any] = {
        "here": "appointments",
        "held": held,
        "next": _next_vacancy(viewer, held, at=at) if gives and held.body is None else None,
        "end_reason": _why_ended(held.end_reason),
        "is_own": is_own,
        "is_offered": held.state == Appointment.State.OFFERED,
        "may_end": may_end_here(request, held, at=at, to_give=to_give),
        "may_decide": is_disputed and why_not is None,
        "why_not_decide": str(why_not) if isinstance(why_not, queries.OwnDispute) else "",
        "may_reset": holder is not None and queries.why_not_reset(request.actor, holder) is None,
        "claimants": queries.with_holders(queries.claimants(held)) if is_disputed else [],
        "newcomer": newcomer if to_give else None,  # only people who might have appointed them see it
        "may_hand_over": newcomer is not None and queries.why_not_hand_over(request.actor, newcomer) is None,
        "door_address": settings.ORIGIN + door,
        "is_by_code": door == reverse("org:phone_sign_in"),
        "reset_form": reset_form or ResetForm(),
        "crumbs": [
            (
                _("Appointments"),
                unit_address(reverse("org:appointments"), held.unit.code, held.hierarchy)
                if viewer.may("org.read")
                else "",
            ),
            (held.title(), ""),
        ],
    }
    return render(request, "org/appointment.html", context, status=status)


def _next_vacancy(viewer: Viewer, held: Appointment, *, at: datetime) -> tuple[str, str] | None:
    """After one appointment, the next unit that lacks the same office: its name, and where it is filled."""
    home, on = viewer.home, clock.day_in(settings.TIME_ZONE, at)
    place = units.spans([held.unit_id], held.hierarchy).get(held.unit_id)
    if home is None or place is None or home.hierarchy != held.hierarchy:
        return None
    vacancy = queries.next_vacancy(home, office=held.office.code, after=place[0], on=on)
    if vacancy is None:
        return None
    page = unit_address(reverse("org:appoint"), vacancy.unit_code, held.hierarchy, office=vacancy.office)
    return name_in_language(vacancy.unit_names), page


def may_end_here(
    request: Request, held: Appointment, *, at: datetime, to_give: Sequence[Office] | None = None
) -> bool:
    """Return True if the viewer may end an appointment, to show the page; the act asks again. to_give: the offices they
    may give there, where they are known already."""
    if held.state == Appointment.State.ENDED:
        return False
    if held.account_id == request.viewer.account_id:
        return True
    if to_give is None:
        to_give = _to_give(request, held)
    gives = any(office.pk == held.office_id for office in to_give)
    return gives and not queries.own_dispute(request.actor, held, at=at)


def _to_give(request: Request, held: Appointment) -> list[Office]:
    """The offices the viewer may give where this one is held."""
    return queries.offices_to_give(request.actor, held.unit_id, held.hierarchy, held.body)


def _newcomer(account_id: int) -> Account | None:
    """Return an account that has yet to sign in and set up a second proof; None for somebody who has."""
    with system("whether an appointee has signed in before"):
        account = None if people.confirmed_factors(account_id) else people.account(account_id)
    return None if account is None or account.is_demo else account  # the demo's people sign in by a click


def _by_level(offices: list[Office]) -> list[tuple[str, str]]:
    """Offices to choose from: from the nation down to the booth, those of no level last, by name within each."""
    lowest = max(levels.RANK.values()) + 1

    def place(office: Office) -> tuple[int, str]:
        rank = min((levels.RANK[kind] for kind in office.kinds), default=lowest)
        return rank, name_in_language(office.names)

    return [(office.code, name_in_language(office.names)) for office in sorted(offices, key=place)]
