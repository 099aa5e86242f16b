"""In-charges: the list to publish, the units that miss one, and one's own page to accept or decline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import named
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.rules import pace
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.acts import form_page, pressed, say_when_done, tried
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, answer, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.ui.posts import posted
from abhiyan.units.models import Kind

from . import shown
from .creating import step_page
from .naming import InChargeForm, accounts_found
from .programmes import href_of, programme_page

LONGEST_FILE = 200_000  # lines
MOST_SAID = 10  # charges of one person whose figures are read


class ChargeFilters(forms.Form):
    """Which units, and which role."""

    q = forms.CharField(label=_("Name or code of the unit"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Level"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, kinds: list[str], is_missing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [] if is_missing else [("", _("All"))]
        levels = [("", _("All")), *((kind, Kind(kind).label) for kind in kinds)]
        offer(self, level=levels, role=[*every, *InCharge.Role.choices])


def _offices(row: queries.ChargeRow) -> str:
    return ", ".join(f"{named(office)} ({named(unit)})" for office, unit in row.offices)


NAMED: tuple[Column[queries.ChargeRow], ...] = (
    Column("unit", _("Unit"), lambda row: named(row.unit_names), is_name=True),
    Column("code", _("Code"), lambda row: row.unit_code, only_in_file=True),
    Column("kind", _("Kind"), lambda row: row.kind_name, only_in_file=True),
    Column("role", _("Role"), lambda row: row.role_name, only_in_file=True),
    Column("name", _("Name"), lambda row: row.name, css="under", names_people=True),
    Column("offices", _("Offices"), _offices, names_people=True),
    Column(
        "phone",
        _("Phone"),
        lambda row: phones.masked(row.last4) if row.last4 else "",
        only_in_file=True,
        names_people=True,
    ),
    Column("answer", _("Answer"), lambda row: row.state_name, css="end"),
)
MISSING: tuple[Column[queries.MissingRow], ...] = (
    Column("unit", _("Unit"), lambda row: named(row.names), is_name=True),
    Column("code", _("Code"), lambda row: row.code, only_in_file=True),
    Column("kind", _("Kind"), lambda row: row.kind_name, only_in_file=True),
    Column("above", _("Unit above"), lambda row: named(row.above), only_in_file=True),
    Column("declined", _("Declined by"), lambda row: row.declined_by, css="under", names_people=True),
    Column("reason", _("Reason"), lambda row: row.reason, only_in_file=True, names_people=True),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def in_charges(request: Request, public_id: UUID) -> HttpResponseBase:
    """Who is in charge where, to print and publish. show: missing, where nobody is; declined, where
    somebody declined besides; waiting, who has not answered."""
    one = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of(request, one)
    unit, on = here.unit, shown.today(clock.now())
    show = request.GET.get("show")
    declined = show == "declined"
    is_missing, is_waiting = declined or show == "missing", show == "waiting"
    bounds: dict[str, Any] = {"lo": unit.lo, "hi": unit.hi, "on": on}
    levels = queries.coverage(one, **bounds)
    bounds["viewer"] = request.viewer
    filters = ChargeFilters(request.GET, kinds=[level.kind for level in levels], is_missing=is_missing)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    wanted = {"level": chosen.get("level", ""), "text": chosen.get("q", "")}
    role = chosen.get("role", "")
    table: Table[Any]
    if is_missing:
        role = role or InCharge.Role.IN_CHARGE
        rows = queries.missing(one, **bounds, **wanted, role=role, declined=declined)
        table = Table(
            request,
            MISSING,
            rows,
            name="in-charges-missing",
            caption=_("Units without an in-charge, or whose in-charge declined"),
            is_counted=False,
            total=None
            if declined or wanted["text"]
            else _missing_in_all(one, levels, bounds, wanted["level"], role),
            longest_file=LONGEST_FILE,
            is_brief=True,
            unit_id=unit.id,
            narrowed=filters,
        )
    else:
        state = InCharge.State.NAMED if is_waiting else ""
        named_there = queries.charges(one, **bounds, **wanted, role=role, state=state)
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
    may_name = one.state != Programme.State.CLOSED and shown.may(request, "programmes.run", unit.id)
    to_remind = may_name and queries.charges_to_remind(one, unit.id, on=on).count()
    context = {
        **shown.frame(one, (say("In-charges"), "")),
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
        "were_told": may_name and not to_remind and queries.charges_told(one, unit.id).exists(),
        "together": queries.named_together(one, request.viewer.account_id) if may_name else [],
        "unit": unit,
        "filters": filters,
        "on": on,
        "doors": shown.doors_beside(request, programme=(one, here)),
        "may_name": may_name,
    }
    return answer(request, "programmes/in_charge_list.html", table, context)


def _missing_in_all(
    one: Programme, levels: list[queries.ChargeLevel], bounds: dict[str, Any], kind: str, role: str
) -> int:
    """How many rows the list of missing units has: from the counts by kind, not by walking past every unit."""
    if role != InCharge.Role.IN_CHARGE:
        levels = queries.coverage(one, lo=bounds["lo"], hi=bounds["hi"], on=bounds["on"], role=role)
    return sum(level.missing for level in levels if kind in ("", level.kind))


ANSWERS = {"accept": True, "decline": False}  # what the buttons send; anything else is no answer


@form_page
def name_in_charge(request: Request, public_id: UUID) -> HttpResponseBase:
    """Name somebody in charge of a programme in a unit. Looking at this address leads to the page it belongs to."""
    one = queries.programme_for(request.viewer, public_id)
    if request.method != "POST":  # as ui.posts.posted, of two pages
        is_draft = one.state == Programme.State.DRAFT
        page = reverse("programmes:draft", args=[public_id, "who"]) if is_draft else href_of(one)
        return redirect(f"{page}?{request.META.get('QUERY_STRING', '')}")
    here = shown.unit_of(request, one)
    form = InChargeForm(request.POST, accounts=accounts_found(request.GET.get("q", "")[:100]))
    done = tried(
        request,
        form,
        lambda given: actions.name_in_charge(
            programme_id=one.pk,
            unit_id=here.unit.id,
            account=UUID(given["account"]),
            role=given["role"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Named."),
    )
    if one.state == Programme.State.DRAFT:
        if done:
            return redirect("programmes:draft", public_id, "who")
        return step_page(request, one, "who", form=form, status=done.status)
    if done:
        return redirect(here.href(href_of(one)))
    return programme_page(request, one, in_charge=form, status=done.status)


class DeclineChargeForm(forms.Form):
    """Why somebody declines, if they want to say."""

    reason = forms.CharField(
        label=_("Why not? The person who named you reads it."),
        required=False,
        max_length=actions.LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_GET
def charges(request: Request) -> HttpResponseBase:
    """What the viewer is in charge of, and what waits for their answer."""
    return _charges(request)


def _charges(
    request: Request,
    *,
    problem: str = "",
    answered: tuple[int, DeclineChargeForm] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """answered: the charge that was declined, and the form that says what is wrong with it."""
    filled = dict([answered] if answered else [])
    account_id = request.viewer.account_id
    assert account_id is not None  # the access table lets nobody else here
    at = clock.now()
    found = queries.own_charges(account_id, on=shown.today(at))
    return render(
        request,
        "programmes/charge_list.html",
        {
            "here": "today",
            "crumbs": [(say("What I am in charge of"), "")],
            "problem": problem,
            "rows": [
                {
                    "charge": charge,
                    "name": shown.name_of(charge.programme),
                    "href": _page_of(request, charge),
                    "unit": named(charge.unit_names),
                    "said": _said(request, charge, at=at) if n < MOST_SAID else [],
                    "form": filled.get(charge.id) or _answer_form(charge.id),
                }
                for n, charge in enumerate(found)
            ],
        },
        status=status,
    )


def _said(request: Request, charge: queries.OwnCharge, *, at: datetime) -> list[str]:
    """Say how many somebody answers for and until when, in each measure with a target. If they see the unit's counts,
    say how many a day."""
    if not charge.targets:
        return [say("No target is set here yet.")]
    one = charge.programme
    days: dict[str, Any] = {
        "opens_on": one.opens_on,
        "closes_on": one.closes_on,
        "on": clock.day_in(one.zone, at),
    }
    ladders: dict[int, Ladder] = {}
    if _page_of(request, charge):
        numbers = [each.measure for each in charge.targets]
        ladders = queries.ladders_by_measure(
            node=charge.unit_id, hierarchy=one.hierarchy, programme=one, measures=numbers, at=at
        )
    lines = []
    for each in charge.targets:
        words = say("You answer for %(n)s by %(day)s.") % {
            "n": grouped(each.n),
            "day": date_format(one.closes_on, "j F Y"),
        }
        if each.measure in ladders:
            words = f"{words} {pace.said(ladders[each.measure].counted, each.n, **days)}"
        lines.append(f"{each.name}: {words}" if each.name else words)
    return lines


def _page_of(request: Request, charge: queries.OwnCharge) -> str:
    """The programme's page at the unit; empty for whom it is out of sight: being in charge opens no page."""
    if charge.lo is None or not request.viewer.sees_counts_at(charge.lo):
        return ""
    return shown.href(charge.programme, "programme", charge.unit_code)


def _answer_form(in_charge: int, given: QueryDict | None = None) -> DeclineChargeForm:
    return DeclineChargeForm(given, auto_id=f"charge_{in_charge}_%s")


@posted("programmes:charges", takes=())
def answer_charge(request: Request, in_charge: int) -> HttpResponseBase:
    """Accept or decline what one was named for."""
    accepts = ANSWERS[pressed(request, "answer", *ANSWERS)]
    form = _answer_form(in_charge, request.POST)
    if not form.is_valid():
        return _charges(request, answered=(in_charge, form), status=422)
    try:
        actions.answer_charge(
            in_charge_id=in_charge,
            accepts=accepts,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _charges(request, problem=str(refused), status=refused.status)
    if accepts:
        say_when_done(request, _("Accepted. Thank you."))
    else:
        say_when_done(
            request, _("Declined. Somebody else will be named; until then you can still accept here.")
        )
    return redirect("programmes:charges")
