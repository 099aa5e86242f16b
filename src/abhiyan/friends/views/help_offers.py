"""The board of people who want to help, their names for the organiser, and one form for anybody who hears it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.contact.actions import HeldBack
from abhiyan.contact.fields import HelperFields, help_said
from abhiyan.contact.models import ContactTry
from abhiyan.contact.news import HELP_WAYS
from abhiyan.core import clock, lot
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.friends.actions import help_offers as acts
from abhiyan.friends.models import HelpOffer
from abhiyan.friends.queries import help_offers as queries
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

BECAME = {"asked": gettext_lazy("Not answered yet"), "waiting": gettext_lazy("Still to be asked")}
BELOW: tuple[Column[queries.UnitHelpers], ...] = (
    Column("place", gettext_lazy("Unit"), lambda row: row.name, order=True, is_name=True),
    Column("code", gettext_lazy("Code"), lambda row: row.code, only_in_file=True),
    Column("wanted", gettext_lazy("Asked to help"), lambda row: row.wanted, order=True, css="num"),
    Column("joined", gettext_lazy("Joined"), lambda row: row.joined, order=True, css="num"),
    Column("refused", gettext_lazy("Said no"), lambda row: row.refused, order=True, css="num"),
    Column("asked", gettext_lazy("Not answered yet"), lambda row: row.asked, order=True, css="num"),
    Column("waiting", gettext_lazy("Still to be asked"), lambda row: row.waiting, order=True, css="num"),
)
NAMES: tuple[Column[queries.ListedHelper], ...] = (
    Column(
        "name",
        gettext_lazy("Name"),
        lambda row: local_person(row.name) or _("No name"),
        is_name=True,
        names_people=True,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.place, css="under"),
    Column("house", gettext_lazy("Door"), lambda row: row.label, css="under", names_people=True),
    Column(
        "way", gettext_lazy("Where they said it"), lambda row: HELP_WAYS.get(row.way, row.way), css="under"
    ),
    Column("became", gettext_lazy("So far"), lambda row: BECAME[row.became]),
    Column("due", gettext_lazy("Ask until"), lambda row: row.due_on, order="due", css="nums under"),
)
VIEWS = {"": gettext_lazy("People to ask"), "units": gettext_lazy("Units below")}


def _seen(request: Request) -> Here:
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours(capability="people.read")
    return here


@page_with_list
def helper_list(request: Request) -> HttpResponseBase:
    """Show who wants to help in a unit and below, by name, or what became of all of them by unit."""
    here, at = _seen(request), clock.now()
    show = "units" if request.GET.get("show") == "units" else ""
    whole, below = queries.helpers_below(here.unit.id, here.hierarchy, here.span)
    columns: tuple[Column[Any], ...] = BELOW if show else NAMES
    rows: Any = below if show else queries.open_helpers(here.hierarchy, here.span)
    table: Table[Any] = Table(
        request,
        columns,
        rows,
        name=f"helpers-{show or 'names'}",
        caption=VIEWS[show],
        sort="-wanted" if show else "due",
        is_brief=True,
        unit_id=here.unit.id,
    )
    if not show and (n := len(table.leaf.rows)):
        read_people(by=request.actor, unit_id=here.unit.id, n=n, at=at, act="enrolment.read_helpers")
    page = reverse("friends:helpers")
    with system("who may note that somebody wants to help"):
        may_note = acts.hears_there(request.viewer.account_id, here.unit.id, at=at)
    context = {
        "here": "contributors",
        "crumbs": here.crumbs(
            (_("Contributors"), reverse("friends:contributors")), (_("Who wants to help"), page)
        ),
        "place": here,
        "may_ask": request.viewer.may(LEADS),
        "may_note": may_note,
        "whole": whole,
        "show": show,
        "views": [
            (str(words), here.href(page, **({"show": key} if key else {})), key == show)
            for key, words in VIEWS.items()
        ],
    }
    return list_response(request, "friends/helper_list.html", table, context)


class HelperForm(HelperFields):
    """Somebody who wants to help, as one of us heard it."""

    way = forms.ChoiceField(choices=list(HELP_WAYS.items()), widget=forms.HiddenInput)


@form_page
def helper_new(request: Request) -> HttpResponseBase:
    """Note somebody who wants to help, from a meeting, a report, the helpline or anywhere else."""
    here, at = page_unit(request), clock.now()
    with system("who may note that somebody wants to help"):
        if not acts.hears_there(request.viewer.account_id, here.unit.id, at=at):
            raise org.NotYours(capability=LEADS)
    way = request.GET.get("way", "")
    form = HelperForm(
        request.POST if request.method == "POST" else None,
        initial={"way": way if way in HELP_WAYS else "other"},
    )
    return act_page(
        request,
        lambda given: acts.note_helper(
            offer=lot.uuid(),
            way=given["way"],
            unit_id=here.unit.id,
            helper=help_said(given),
            by=request.actor,
            at=at,
        ),
        form=form,
        title=_("Somebody wants to help"),
        text=[
            _("Place: %(unit)s. The office that organises helpers there reads the name and asks them.")
            % {"unit": here.name},
            _("With their number and their consent they get one SMS with the link to join. Promise nothing."),
        ],
        button=_("Pass it on"),
        said=_("Passed on. The organiser has it on Today."),
        done=here.href(),
        back=reverse("pages:today"),
        here="contributors",
        crumbs=[(_("Somebody wants to help"), "")],
    )


class HelperAnswerForm(HelperFields):
    """Their answer when the organiser asked, or their number with the consent to the link."""

    field_order = ("answer", "helper_phone", "may_text")
    answer = forms.ChoiceField(
        label=gettext_lazy("What did they say?"),
        choices=[
            ("", gettext_lazy("Still to be asked")),
            (HelpOffer.Answer.ASKED.value, gettext_lazy("They will think about it")),
            (HelpOffer.Answer.NO.value, gettext_lazy("They do not want to")),
            (acts.NEVER, ContactTry.Outcome.NEVER.label),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["helper"]


@form_page
def helper(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one person who wants to help: where, who heard it, their number on request, and what they say now."""
    listed, at = queries.open_helper(public_id), clock.now()
    org.require(request.actor, LEADS, at=listed.unit_id)
    number, why = "", ""
    if request.method == "POST" and "number" in request.POST:
        try:
            number = acts.helper_number(offer=public_id, by=request.actor, at=at)
        except HeldBack as refused:
            why = str(refused)
        form, status = HelperAnswerForm(), 200
    else:
        form = HelperAnswerForm(request.POST if request.method == "POST" else None)
        outcome = tried(
            request,
            form,
            lambda given: acts.answer_helper(
                offer=public_id,
                answer=given["answer"],
                helper=help_said({"helper": ""} | given),
                by=request.actor,
                at=at,
            ),
            said=_("Noted."),
        )
        if outcome:
            return redirect(unit_address(reverse("friends:helpers"), units.unit_by_id(listed.unit_id).code))
        status = outcome.status
    read_people(by=request.actor, unit_id=listed.unit_id, n=1, at=at, act="enrolment.read_helpers")
    name = local_person(listed.name) or _("No name")
    context = {
        "here": "contributors",
        "crumbs": [(_("Who wants to help"), reverse("friends:helpers")), (name, "")],
        "row": listed,
        "name": name,
        "way": HELP_WAYS.get(listed.way, listed.way),
        "became": BECAME[listed.became],
        "on": date_format(localtime(listed.at), "j M Y"),
        "due": date_format(listed.due_on, "j M Y"),
        "number": number,
        "why": why,
        "form": form,
    }
    return render(request, "friends/helper.html", context, status=status)
