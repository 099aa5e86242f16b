"""Who holds which office: the list, one appointment, appointing and ending."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment, Office
from abhiyan.org.viewer import Request, named
from abhiyan.people import actions as accounts
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.ui import tables
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels

READS = ["GET", "HEAD", "POST"]
CSV_AT_ONCE = 2_000  # rows in memory
SHOWN = [
    ("", _("Held")),
    ("vacant", _("Vacant")),
    ("disputed", _("Disputed")),
    ("ended", _("Ended")),
]


def _days(kind: type[forms.DateField] = forms.DateField, **kwargs: Any) -> forms.DateField:
    return kind(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class Filters(forms.Form):
    """Which appointments to show."""

    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    office = forms.ChoiceField(label=_("Office"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *offices]


SOMETIMES = {"data-needed": "sometimes"}  # neither "optional" nor always needed: the hint says when


class AppointForm(forms.Form):
    """Who is to hold which office, and for how long."""

    office = forms.ChoiceField(label=_("Office"))
    account = forms.ChoiceField(label=_("Person"), required=False, widget=forms.RadioSelect)
    phone = forms.CharField(
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
    starts_on = _days(label=_("From"))
    ends_on = _days(label=_("Last day"), required=False, help_text=_("Leave it empty until further notice."))
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
        for name, choices in (("office", offices), ("account", accounts)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if accounts:
            self.fields["phone"].help_text = _("Needed when you choose nobody above. They sign in with it.")
            self.fields["name"].help_text = _("Needed together with the number of somebody new.")
        else:
            del self.fields["account"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("account"):
            for name, missing in (
                ("phone", _("Choose a person, or write the number of somebody new.")),
                ("name", _("Write the name too.")),
            ):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, missing)
        for fault in self._faults(given):
            if fault.field not in self.errors:
                self.add_error(fault.field, str(fault))
        return given

    def _faults(self, given: dict[str, Any]) -> Iterator[Refused]:
        """What the act would refuse one after the other of the days, the number and the name."""
        if starts_on := given.get("starts_on"):
            try:
                actions.require_term(starts_on=starts_on, ends_on=given.get("ends_on"), today=self.today)
            except actions.WrongTerm as refused:
                yield refused
        if not given.get("account"):
            yield from accounts.faults(phone=given.get("phone", ""), name=given.get("name", ""))


class EndForm(forms.Form):
    """Why an appointment ends."""

    reason = forms.CharField(
        label=_("Why it ends"),
        max_length=200,
        error_messages={"required": _("Write why it ends, for example: resigned, transferred, term over.")},
    )


class DecideForm(forms.Form):
    """By which order a disputed office is settled."""

    order_no = forms.CharField(
        label=_("Order number"),
        max_length=60,
        error_messages={"required": _("Write the number of the order that settles it.")},
    )


class ResetForm(forms.Form):
    """Why a second proof is to be taken away."""

    reason = forms.CharField(
        label=_("What happened"),
        max_length=200,
        error_messages={"required": _("Write what happened, for example: phone lost.")},
    )


@require_GET
def appointments(request: Request) -> HttpResponseBase:
    """Appointments of a unit and all below it: who holds what, what is vacant, disputed or over."""
    language = get_language() or "en"
    offices = _by_level(queries.offices_used(), language)
    filters = Filters(request.GET, offices=offices)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    hierarchy, unit = _where(request, chosen.get("unit", ""))
    lo, hi = units.span(unit.pk, hierarchy)
    first, last = queries.sight(request.viewer, lo, hi)
    show = chosen.get("show", "")
    shown: dict[str, Any] = {
        "here": "appointments",
        "unit": unit,
        "unit_name": named(unit.names, language),
        "filters": filters,
        "show": show,
        "in_sight": request.viewer.is_root or request.viewer.sees_counts_at(lo),
        "has_state": request.viewer.home is not None,
        "crumbs": _crumbs(request, unit.pk, hierarchy, language),
        "segments": [
            (Hierarchy(h).label, _query(request, hierarchy=str(h), unit=unit.code), h == hierarchy)
            for h in units.hierarchies_of(unit.pk)
        ],
        "may_appoint": request.viewer.may("org.appoint"),
        "appoint_href": reverse("org:appoint") + f"?unit={unit.code}&hierarchy={hierarchy}",
        "language": language,
    }
    if show == "vacant":
        on = clock.day_in(settings.TIME_ZONE, clock.now())
        vacant = queries.VacantRows(first, last, on=on, office=chosen.get("office", ""))
        if tables.wants_csv(request.GET):
            head = [say("Unit"), say("Office")]
            lines = (
                [named(row.unit_names, language), named(row.office_names, language)]
                for row in vacant[: tables.DEEPEST_ROW]
            )
            return tables.csv_response("vacancies", head, lines)
        shown["leaf"] = tables.numbered(vacant, request.GET, total=vacant.counted(tables.DEEPEST_ROW))
        shown["vacant"] = [
            {
                "unit": named(row.unit_names, language),
                "office": named(row.office_names, language),
                "href": reverse("org:appoint")
                + f"?unit={row.unit_code}&office={row.office}&hierarchy={hierarchy}",
            }
            for row in shown["leaf"].rows
        ]
        return render(request, "org/appointment_list.html", shown)
    asked = partial(
        queries.AppointmentRows,
        first,
        last,
        state=show,
        office=chosen.get("office", ""),
        name=chosen.get("name", ""),
    )
    rows = asked()
    total = rows.counted(tables.DEEPEST_ROW)
    if total is not None:  # what is longer stays in the order of the tree: sorting would read it all
        shown["sorting"] = sorting = tables.sorting(request.GET, queries.ORDERS, default="unit")
        rows = asked(order=sorting.key, descending=sorting.descending)
    if tables.wants_csv(request.GET):
        return _csv(rows, language)
    shown["leaf"] = tables.numbered(rows, request.GET, total=total)
    shown["rows"] = [_row(row, language) for row in shown["leaf"].rows]
    return render(request, "org/appointment_list.html", shown)


@require_GET
def appointment(request: Request, public_id: UUID) -> HttpResponseBase:
    """One appointment, with what may be done about it."""
    return _appointment(request, queries.appointment_for(request.viewer, public_id))


@require_http_methods(READS)
def appoint(request: Request) -> HttpResponseBase:
    """Give somebody an office: somebody known here, or somebody new by their phone."""
    language = get_language() or "en"
    at = clock.now()
    hierarchy, unit = _where(request, request.GET.get("unit", "") or request.POST.get("unit", ""))
    offices = queries.offices_to_give(request.actor, unit.pk, hierarchy)
    if not offices:
        raise queries.NotYours(capability="org.appoint")
    text = request.GET.get("q", "")[:100]
    found = list(people.search_accounts(text)) if text.strip() else []
    today = clock.day_in(settings.TIME_ZONE, at)
    sitting: list[dict[str, Any]] = []
    form = AppointForm(
        request.POST or None,
        today=today,
        offices=[(office.code, named(office.names, language)) for office in offices],
        accounts=[(str(each.public_id), f"{each.name} (•••• {each.last4})") for each in found],
        initial={
            "starts_on": today,
            "office": request.GET.get("office", ""),
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _appoint(request, form.cleaned_data, unit.pk, hierarchy, at=at)
            except actions.SeatHeld as refused:
                sitting = [_row(each, language) for each in queries.with_names(refused.by)]
                status = refused.status
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
                status = refused.status
            else:
                if made.state == Appointment.State.DISPUTED:
                    messages.warning(
                        request,
                        _(
                            "Somebody holds this office already: it is disputed until the level above decides."
                        ),
                    )
                elif made.account_id == request.viewer.account_id:
                    messages.success(request, _("Appointed."))
                elif _newcomer(made.account_id) is None:
                    messages.success(request, _("Appointed. They sign in as before."))
                else:
                    messages.success(request, _("Appointed. What happens next stands below."))
                return redirect("org:appointment", made.public_id)
    shown = {
        "here": "appointments",
        "form": form,
        "unit": unit,
        "unit_name": named(unit.names, language),
        "hierarchy": hierarchy,
        "q": text,
        "searched": bool(text.strip()),
        "found": len(found),
        "sitting": sitting,
        "crumbs": [
            (_("Appointments"), reverse("org:appointments") + f"?unit={unit.code}&hierarchy={hierarchy}"),
            (_("Appoint"), ""),
        ],
    }
    return render(request, "org/appointment_new.html", shown, status=status)


def _appoint(
    request: Request, given: dict[str, Any], unit_id: int, hierarchy: int, *, at: Any
) -> Appointment:
    office: str = given["office"]
    starts_on: date = given["starts_on"]
    ends_on: date | None = given["ends_on"]
    disputing = _disputing(request)
    if given.get("account"):
        account = people.account_by_public_id(UUID(given["account"]))
        return actions.appoint(
            account_id=account.pk,
            office=office,
            unit_id=unit_id,
            hierarchy=hierarchy,
            starts_on=starts_on,
            ends_on=ends_on,
            order_no=given["order_no"],
            disputing=disputing,
            by=request.actor,
            at=at,
        )
    return actions.appoint_new(
        phone=given["phone"],
        name=given["name"],
        office=office,
        unit_id=unit_id,
        hierarchy=hierarchy,
        starts_on=starts_on,
        ends_on=ends_on,
        order_no=given["order_no"],
        disputing=disputing,
        by=request.actor,
        at=at,
    )


def _disputing(request: Request) -> set[UUID]:
    """The appointments whose holders the form named, when it was sent once more in spite of them."""
    named_there = set()
    for text in request.POST.getlist("disputing"):
        with suppress(ValueError):
            named_there.add(UUID(text))
    return named_there


@require_POST
def end_appointment(request: Request, public_id: UUID) -> HttpResponseBase:
    """End an appointment, with a reason."""
    held = queries.appointment_for(request.viewer, public_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _appointment(request, held, end_form=form, status=422)
    try:
        actions.end_appointment(
            public_id=public_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now()
        )
    except actions.AlreadyEnded as refused:
        form.add_error(None, str(refused))
        return _appointment(request, held, end_form=form, status=refused.status)
    messages.success(request, _("The appointment is over."))
    return redirect("org:appointments")


@require_POST
def decide(request: Request, public_id: UUID) -> HttpResponseBase:
    """Settle a disputed office for this claimant, by an order."""
    held = queries.appointment_for(request.viewer, public_id)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _appointment(request, held, decide_form=form, status=422)
    try:
        actions.decide(
            public_id=public_id, order_no=form.cleaned_data["order_no"], by=request.actor, at=clock.now()
        )
    except actions.NotDisputed as refused:
        form.add_error(None, str(refused))
        return _appointment(request, held, decide_form=form, status=refused.status)
    messages.success(request, _("Decided."))
    return redirect("org:appointment", public_id)


@require_POST
def ask_factor_reset(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask to reset the lost second proof of whoever holds this appointment."""
    held = queries.appointment_for(request.viewer, public_id)
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _appointment(request, held, reset_form=form, status=422)
    actions.ask_factor_reset(
        appointment=public_id, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now()
    )
    messages.success(request, _("Asked. Who may allow it stands under Releases."))
    return redirect("org:releases")


def _appointment(
    request: Request,
    held: Appointment,
    *,
    end_form: forms.Form | None = None,
    decide_form: forms.Form | None = None,
    reset_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponseBase:
    language, at = get_language() or "en", clock.now()
    viewer = request.viewer
    row = _row(queries.with_names([held])[0], language)
    is_own = held.account_id == viewer.account_id
    ended = held.state == Appointment.State.ENDED
    newcomer = None if ended or is_own else _newcomer(held.account_id)
    to_give = [] if ended else queries.offices_to_give(request.actor, held.unit_id, held.hierarchy)
    is_disputed = held.state == Appointment.State.DISPUTED
    why_not = queries.why_not_decide(request.actor, held, at=at) if is_disputed else None
    places = [lo for lo, _hi in units.all_spans([held.unit_id]).get(held.unit_id, [])]
    shown: dict[str, Any] = {
        "here": "appointments",
        "held": held,
        "row": row,
        "is_own": is_own,
        "may_end": not ended
        and (
            is_own
            or (
                any(office.pk == held.office_id for office in to_give)
                and not queries.own_dispute(request.actor, held, at=at)
            )
        ),
        "may_decide": is_disputed and why_not is None,
        "why_not_decide": str(why_not) if isinstance(why_not, queries.OwnDispute) else "",
        "may_reset": not ended and not is_own and viewer.may_at("org.factors", *places),
        "claimants": [_row(each, language) for each in queries.with_names(queries.claimants(held))]
        if is_disputed
        else [],
        "newcomer": newcomer if to_give else None,  # only those who might have appointed them are told
        "sign_in_address": settings.ORIGIN + reverse("people:sign_in"),
        "end_form": end_form or EndForm(),
        "decide_form": decide_form or DecideForm(),
        "reset_form": reset_form or ResetForm(),
        "crumbs": [
            (
                _("Appointments"),
                reverse("org:appointments") + f"?unit={held.unit.code}&hierarchy={held.hierarchy}",
            ),
            (row["office"], ""),
        ],
    }
    return render(request, "org/appointment.html", shown, status=status)


def _newcomer(account_id: int) -> Account | None:
    """Whoever has yet to sign in and set up a second proof; None for somebody who has."""
    with system("whether an appointee has signed in before"):
        found = None if people.confirmed_factors(account_id) else people.account(account_id)
    return None if found is None or found.is_demo else found  # the demo's people sign in by a click


def _row(row: Appointment, language: str) -> dict[str, Any]:
    return {
        "public_id": row.public_id,
        "href": reverse("org:appointment", args=[row.public_id]),
        "unit": named(row.unit.names, language),
        "unit_code": row.unit.code,
        "office": named(row.office.names, language),
        "name": row.holder,
        "state": row.state,
        "state_name": row.get_state_display(),
        "since": row.starts_on,
        "until": row.ends_on,
        "order_no": row.order_no,
    }


def _csv(rows: queries.AppointmentRows, language: str) -> HttpResponseBase:
    head = [say("Unit"), say("Office"), say("Name"), say("State"), say("Since"), say("Until")]
    lines = (
        [
            row["unit"],
            row["office"],
            row["name"],
            str(row["state_name"]),
            row["since"].isoformat(),
            row["until"].isoformat() if row["until"] else "",
        ]
        for start in range(0, tables.DEEPEST_ROW, CSV_AT_ONCE)
        for row in (_row(each, language) for each in rows[start : start + CSV_AT_ONCE])
    )
    return tables.csv_response("appointments", head, lines)


def _by_level(offices: list[Office], language: str) -> list[tuple[str, str]]:
    """Offices to choose from: from the nation down to the booth, those of no level last, by name within each."""
    lowest = max(levels.RANK.values()) + 1

    def place(office: Office) -> tuple[int, str]:
        return min((levels.RANK[kind] for kind in office.expected_in), default=lowest), named(
            office.names, language
        )

    return [(office.code, named(office.names, language)) for office in sorted(offices, key=place)]


def _where(request: Request, wanted: str) -> tuple[int, Any]:
    """The hierarchy and unit a page is about: as asked, by code or by name; else the viewer's own."""
    asked = request.GET.get("hierarchy", "") or request.POST.get("hierarchy", "")
    home = request.viewer.home
    hierarchy = int(asked) if asked in ("1", "2", "3") else (home.hierarchy if home and not wanted else 0)
    wanted = wanted.strip()
    if wanted:
        ids = units.ids_of([wanted])
        if not ids:
            near = units.search(wanted, language=get_language() or "en", limit=1)
            if not near:
                raise NotFound(field="unit")
            ids = {wanted: near[0].id}
        unit_id = ids[wanted]
    elif home:
        unit_id = home.unit_id
    else:
        roots = units.roots(hierarchy or 1)
        if not roots:
            raise NotFound(field="unit")
        unit_id = roots[0].id
    stands = units.hierarchies_of(unit_id)
    if not stands:
        raise NotFound(field="unit")
    return (hierarchy if hierarchy in stands else stands[0]), units.unit_by_id(unit_id)


def _crumbs(request: Request, unit_id: int, hierarchy: int, language: str) -> list[tuple[str, str]]:
    above = units.path(unit_id, hierarchy)
    crumbs = [(str(_("Appointments")), reverse("org:appointments"))]
    crumbs += [
        (named(row.names, language), _query(request, unit=row.code, hierarchy=str(hierarchy)))
        for row in above[:-1]
    ]
    return [*crumbs, *((named(row.names, language), "") for row in above[-1:])]


def _query(request: Request, **changed: str) -> str:
    kept = request.GET.copy()
    for name in ("page", "after"):
        kept.pop(name, None)
    for name, value in changed.items():
        kept[name] = value
    return "?" + kept.urlencode()
