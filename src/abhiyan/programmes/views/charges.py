"""In-charges: the list to publish, the units that miss one, and one's own page to accept or decline."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.rooms import offered
from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units.models import Kind

from .creating import step_page
from .naming import InChargeForm, accounts_found
from .programmes import href_of, programme_page

LONGEST_FILE = 200_000  # lines
MOST_SAID = 10  # charges of one person whose figures are read


class ChargeFilters(forms.Form):
    """The units and the role to list."""

    q = forms.CharField(label=_("Name or code of the unit"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Level"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, kinds: list[str], is_missing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [] if is_missing else [("", _("All"))]
        levels = [("", _("All")), *((kind, Kind(kind).label) for kind in kinds)]
        offer(self, level=levels, role=[*every, *InCharge.Role.choices])


def _offices(row: queries.ChargeRow) -> str:
    return ", ".join(f"{name_in_language(office)} ({name_in_language(unit)})" for office, unit in row.offices)


NAMED: tuple[Column[queries.ChargeRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit_names), is_name=True),
    Column("code", _("Code"), lambda row: row.unit_code, only_in_file=True),
    Column("kind", _("Kind"), lambda row: row.kind_name, only_in_file=True),
    Column("role", _("Role"), lambda row: row.role_name, only_in_file=True),
    Column("name", _("Name"), lambda row: row.name, css="under", names_people=True),
    Column("offices", _("Offices"), _offices, names_people=True),
    Column(
        "phone",
        _("Phone"),
        lambda row: phones.masked_phone(row.last4) if row.last4 else "",
        only_in_file=True,
        names_people=True,
    ),
    Column("answer", _("Answer"), lambda row: row.state_name, css="end"),
)
MISSING: tuple[Column[queries.MissingRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("code", _("Code"), lambda row: row.code, only_in_file=True),
    Column("kind", _("Kind"), lambda row: row.kind_name, only_in_file=True),
    Column("above", _("Unit above"), lambda row: name_in_language(row.above), only_in_file=True),
    Column("declined", _("Declined by"), lambda row: row.declined_by, css="under", names_people=True),
    Column("reason", _("Reason"), lambda row: row.reason, only_in_file=True, names_people=True),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def in_charges_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """List who is in charge where, to print and publish.

    show: missing, for units without anybody; declined, where somebody declined besides; waiting, who has not
    answered.
    """
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    unit, on = here.unit, shown.today_of_programmes(clock.now())
    show = request.GET.get("show")
    declined = show == "declined"
    is_missing, is_waiting = declined or show == "missing", show == "waiting"
    bounds: dict[str, Any] = {"lo": unit.lo, "hi": unit.hi, "on": on}
    levels = queries.coverage(programme, **bounds)
    bounds["viewer"] = request.viewer
    filters = ChargeFilters(request.GET, kinds=[level.kind for level in levels], is_missing=is_missing)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    wanted = {"level": chosen.get("level", ""), "text": chosen.get("q", "")}
    role = chosen.get("role", "")
    table: Table[Any]
    if is_missing:
        role = role or InCharge.Role.IN_CHARGE
        rows = queries.units_without_charge(programme, **bounds, **wanted, role=role, declined=declined)
        table = Table(
            request,
            MISSING,
            rows,
            name="in-charges-missing",
            caption=_("Units without an in-charge, or whose in-charge declined"),
            is_counted=False,
            total=None
            if declined or wanted["text"]
            else _missing_in_all(programme, levels, bounds, wanted["level"], role),
            longest_file=LONGEST_FILE,
            is_brief=True,
            unit_id=unit.id,
            narrowed=filters,
        )
    else:
        state = InCharge.State.NAMED if is_waiting else ""
        named_there = queries.charges(programme, **bounds, **wanted, role=role, state=state)
        table = Table(
            request,
            NAMED,
            named_there,
            name="in-charges",
            caption=_("Who is in charge where"),
            longest_file=LONGEST_FILE,
            is_brief=True,
            unit_id=unit.id,
            narrowed=filters,
        )
    may_name = programme.state != Programme.State.CLOSED and shown.viewer_may(
        request, "programmes.run", unit.id
    )
    to_remind = may_name and queries.charges_to_remind(programme, unit.id, on=on).count()
    context = {
        **shown.programme_frame(programme, (say("In-charges"), "")),
        "unit_name": here.name,
        "path": here.crumbs(seen_by=request.viewer),
        "is_missing": is_missing,
        "segments": [
            (say("Named"), here.href(), not is_missing and not is_waiting),
            (say("Not answered"), here.href(show="waiting"), is_waiting),
            (say("No in-charge"), here.href(show="missing"), is_missing),
        ],
        "levels": [
            (
                Kind(level.kind).label,
                level,
                here.href(reverse("programmes:name_leaders", args=[public_id]), level=level.kind),
            )
            for level in levels
        ],
        "to_remind": to_remind,
        "were_told": may_name and not to_remind and queries.charges_told(programme, unit.id).exists(),
        "together": queries.named_together(programme, request.viewer.account_id) if may_name else [],
        "unit": unit,
        "filters": filters,
        "on": on,
        "links": [
            link
            for links_of_programme in offered("links_of_programme")
            for link in links_of_programme(request.viewer, programme, here)
        ],
        "may_name": may_name,
    }
    return list_response(request, "programmes/in_charge_list.html", table, context)


def _missing_in_all(
    programme: Programme, levels: list[queries.ChargeLevel], bounds: dict[str, Any], kind: str, role: str
) -> int:
    """Count the rows of the list of missing units: from the counts by kind, not by walking past every unit."""
    if role != InCharge.Role.IN_CHARGE:
        levels = queries.coverage(programme, lo=bounds["lo"], hi=bounds["hi"], on=bounds["on"], role=role)
    return sum(level.missing for level in levels if kind in ("", level.kind))


@form_page
def name_in_charge_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Name somebody in charge of a programme in a unit. Looking at this address leads to the page it belongs to."""
    programme = queries.programme_for(request.viewer, public_id)
    if request.method != "POST":  # as ui.posts.post_only, of two pages
        is_draft = programme.state == Programme.State.DRAFT
        page = reverse("programmes:draft", args=[public_id, "who"]) if is_draft else href_of(programme)
        return redirect(f"{page}?{request.META.get('QUERY_STRING', '')}")
    here = shown.unit_of_page(request, programme)
    form = InChargeForm(request.POST, accounts=accounts_found(request.GET.get("q", "")[:100]))
    done = tried(
        request,
        form,
        lambda given: actions.name_in_charge(
            programme_id=programme.pk,
            unit_id=here.unit.id,
            account=UUID(given["account"]),
            role=given["role"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Named."),
    )
    if programme.state == Programme.State.DRAFT:
        if done:
            return redirect("programmes:draft", public_id, "who")
        return step_page(request, programme, "who", form=form, status=done.status)
    if done:
        return redirect(here.href(href_of(programme)))
    return programme_page(request, programme, in_charge=form, status=done.status)
