"""Phones in the field: getting in by one SMS code, one's own phones, and those of the people one leads."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.org.actions import phones as acts
from abhiyan.org.here import page_unit
from abhiyan.org.queries import phones as found
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.people.actions.sessions import FIELD, MOST_PHONES
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.fields import CodeField, DigitsField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list

STATES = {
    "living": _("Signed in"),
    "silent": _("Silent for two days"),
    "new": _("New within a week"),
    "ended": _("Signed out"),
}
_AGAIN = _("It opens nothing from then on. Only a new code by SMS lets it in again.")
_UNSENT = _("It can still send what it has not sent yet. That counts once the in-charge accepts it.")
OWN_ACTS = {
    "end": PageAct(
        acts.end_own_phone,
        _("The phone is signed out."),
        label=_("Sign out this phone"),
        title=_("Sign this phone out?"),
        text=(_AGAIN, _UNSENT),
        is_danger=True,
    )
}
ACTS = {
    "end": PageAct(
        acts.end_phone_below,
        _("The phone is signed out."),
        label=_("Sign out this phone"),
        title=_("Sign out a phone of somebody else?"),
        text=(_AGAIN, _UNSENT),
        is_danger=True,
    )
}


class FieldNumberForm(forms.Form):
    """The number that gets the code to let a phone in."""

    phone = DigitsField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "tel", "autofocus": True}
        ),
    )


class FieldCodeForm(forms.Form):
    """The code that lets a phone in."""

    code = CodeField()


def _wanted(request: Request) -> str:
    """The page of the field that was wanted."""
    where = request.POST.get("next") or request.GET.get("next") or ""
    return where[:500] if where.startswith(FIELD) else ""


def _onwards(request: Request) -> str:
    """The page of the field that was wanted; else its start."""
    where = (request.visit.facts.get("phone_in") or {}).get("next") or _wanted(request)
    return str(where or reverse("pages:field_start"))


@form_page
def phone_sign_in(request: Request) -> HttpResponseBase:
    """Step one: the number. The answer is the same for every number."""
    if request.viewer.is_phone or request.viewer.is_strong:
        return HttpResponseRedirect(_onwards(request))
    form, at = FieldNumberForm(request.POST or None), clock.now()
    attempt = tried(
        request,
        form,
        lambda given: acts.ask_phone_code(
            phone=given["phone"],
            session=request.visit.need(at).key,
            language=active_language(),
            by=request.actor,
            at=at,
            knows=request.visit.knows,
        ),
    )
    if attempt:
        number = phones.parse(form.cleaned_data["phone"]) or ""
        request.visit.remember(
            at,
            phone_in={
                "request": str(attempt.value),
                "phone": str(keyring().phone_id(number)),
                "last4": number[-4:],
                "next": _wanted(request),
            },
        )
        return redirect("org:phone_sign_in_code")
    context = {
        "form": form,
        "next": _wanted(request),
        "start": reverse("pages:field_start"),
        "outbox": reverse("pages:field_outbox"),
    }
    return render(request, "org/phone_sign_in.html", context, status=attempt.status)


@form_page
def phone_sign_in_code(request: Request) -> HttpResponseBase:
    """Step two: the code, in the browser that asked for it. It begins a session with a cookie of its own."""
    sign_in_facts: dict[str, Any] = request.visit.facts.get("phone_in") or {}
    if not sign_in_facts:
        return redirect("org:phone_sign_in")
    form, at = FieldCodeForm(request.POST or None), clock.now()
    begun = tried(
        request,
        form,
        lambda given: acts.let_phone_in(
            request_id=UUID(sign_in_facts["request"]),
            phone_id=UUID(sign_in_facts["phone"]),
            session=request.visit.key,
            code=given["code"],
            device=request.visit.device,
            by=request.actor,
            at=at,
        ),
    )
    if begun.value is not None:
        where = _onwards(request)
        request.visit.remember(at, phone_in=None)
        request.visit.phone = begun.value
        return HttpResponseRedirect(where)
    context = {"form": form, "asked": sign_in_facts, "next": sign_in_facts.get("next", "")}
    return render(request, "org/phone_sign_in_code.html", context, status=begun.status)


@require_GET
def my_phones(request: Request) -> HttpResponseBase:
    """The phones this account is signed in on."""
    session = request.visit.session
    context = {
        "phones": people.phones_of_account(request.viewer.account_id or 0, at=clock.now()),
        "this": session.public_id if session else None,
        "most": MOST_PHONES,
    }
    return render(request, "org/my_phones.html", context)


@form_page
def my_phone_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Ask once, then sign a phone of one's own out."""
    field_phones = people.phones_of_account(request.viewer.account_id or 0, at=clock.now())
    phone = next((field_phone for field_phone in field_phones if field_phone.pk == public_id), None)
    if phone is None and request.method != "POST":
        return redirect("org:my_phones")
    page = reverse("org:my_phones")
    return or_refuse(OWN_ACTS.get(act)).ask(
        request,
        known={"public_id": public_id, "by": request.actor, "at": clock.now()},
        text=[phone.device] if phone and phone.device else [],
        done=page,
        crumbs=[(say("My phones"), page), (say("Sign out this phone"), "")],
    )


class PhoneFilters(forms.Form):
    """Which phones to show."""

    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    show = forms.ChoiceField(label=_("Show"), required=False, choices=list(STATES.items()))


def _state(row: found.FieldPhoneRow) -> str:
    if row.ended_at is not None:
        return str(STATES["ended"])
    return str(STATES["silent" if row.is_silent else "new" if row.is_new else "living"])


COLUMNS: tuple[Column[found.FieldPhoneRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit_names), is_name=True, order="unit"),
    Column(
        "name",
        _("Name"),
        lambda row: local_person(row.holder),
        order="name",
        names_people=True,
        account=lambda row: row.account_id,
    ),
    Column("device", _("Phone"), lambda row: row.device, css="under"),
    Column("begun", _("Signed in since"), lambda row: row.begun_at, order="begun", css="nums"),
    Column("sent", _("Last sent"), lambda row: row.sent_at, order="sent", css="nums"),
    Column("state", _("Status"), _state),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def phone_list(request: Request) -> HttpResponseBase:
    """The phones of a unit and all below it, for who leads there."""
    here, at = page_unit(request), clock.now()
    filters = PhoneFilters(request.GET)
    show = (filters.cleaned_data if filters.is_valid() else {}).get("show") or "living"
    table = Table(
        request,
        COLUMNS,
        found.phone_rows(*here.span, show=show, at=at),
        name="phones",
        caption=STATES[show],
        sort="sent",
        unit_id=here.unit.id,
        narrowed=filters,
    )
    context = {
        "here": "phones",
        "page_unit": here,
        "filters": filters,
        "held": reverse("pages:held") if request.viewer.may("org.appoint") else "",
        "may_end": request.viewer.may_at("org.appoint", here.span[0]) and show != "ended",
        "crumbs": here.crumbs((say("Phones in the field"), reverse("org:phones"))),
    }
    return list_response(request, "org/phone_list.html", table, context)


@form_page
def phone_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Ask once, then sign somebody's phone out."""
    page, device = reverse("org:phones"), people.field_phone(public_id).device
    return or_refuse(ACTS.get(act)).ask(
        request,
        known={"public_id": public_id, "by": request.actor, "at": clock.now()},
        text=[device] if device else [],
        done=page,
        here="phones",
        crumbs=[(say("Phones in the field"), page), (say("Sign out this phone"), "")],
    )
