"""Offices of the organisation's own: what a unit added to the standard ones, a new one, a change, the end."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import named
from abhiyan.org import actions, queries
from abhiyan.org.here import Here, address, page_unit
from abhiyan.org.models import Office, Release
from abhiyan.org.rules.capabilities import MEANINGS, brief
from abhiyan.org.rules.own_offices import LONGEST_NAME, MAKE, MOST_SEATS, OwnOffice
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import ask, form_page
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import BriefForm, offer
from abhiyan.ui.lists import Column, Table, answer, page_with_list
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

TITLE = _("Offices of our own")


def levels_named(kinds: Iterable[str]) -> str:
    """Kinds of unit in words."""
    return ", ".join(str(Kind(kind).label) for kind in kinds)


OFFICES: tuple[Column[Office], ...] = (
    Column("name", _("Office"), lambda row: named(row.names), is_name=True),
    Column("unit", _("Made in"), lambda row: named(row.unit.names) if row.unit else "", order=True),
    Column("levels", _("Level"), lambda row: levels_named(row.kinds)),
    Column("seats", _("People in one unit"), lambda row: row.seats, css="num"),
    Column("expected", _("Missed where vacant"), lambda row: say("yes") if row.expected_in else say("no")),
    Column("held", _("Held here and below"), lambda row: row.held_below, css="num"),
    Column("due", _("Expected here and below"), lambda row: row.expected_below or None, css="num"),
    Column(
        "rights",
        _("Rights"),
        lambda row: "; ".join(brief(right) for right in row.capabilities) or say("none"),
    ),
    Column("state", _("Status"), lambda row: say("Ended") if row.closed_at else say("In force")),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


class OfficeForm(BriefForm):
    """The names, level and rights of an office."""

    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=LONGEST_NAME)
    kinds = forms.ChoiceField(label=_("Level"))
    seats = WholeField(label=_("People in one unit"), initial=1, min_value=1, max_value=MOST_SEATS)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    is_expected = forms.BooleanField(
        label=_("Show it as vacant in each unit where nobody holds it"), required=False
    )
    rights = forms.MultipleChoiceField(
        label=_("Rights"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only rights that you have yourself. Without one, the office is a name only."),
    )
    brief = ("name_en", "name_hi", "kinds", "reason")


class EndOwnOfficeForm(forms.Form):
    """Nothing to fill in."""


@page_with_list
def own_office_list(request: Request) -> HttpResponseBase:
    """The own offices that exist in a unit or below it, with what each may do."""
    here, on = page_unit(request, counts=True), clock.day_in(settings.TIME_ZONE, clock.now())
    table = Table(
        request,
        OFFICES,
        queries.own_offices(near=here.unit.id),
        name="own-offices",
        caption=TITLE,
        finish=lambda rows: queries.count_holders(rows, here.unit.id, here.hierarchy, on=on),
        unit_id=here.unit.id,
    )
    context = {
        "here": "appointments",
        "page_unit": here,
        "may_make": may_make_own(request, here),
        "waiting": queries.offices_asked(near=here.unit.id),
        "crumbs": here.crumbs((str(TITLE), reverse("org:offices")), seen_by=request.viewer),
    }
    return answer(request, "org/own_office_list.html", table, context)


@form_page
def office_new(request: Request) -> HttpResponseBase:
    """Ask for an office of one's own in a unit and below."""
    here = page_unit(request)
    return _ask(request, here, None, title=say("New office: %(unit)s") % {"unit": here.name})


@form_page
def office_change(request: Request, office_id: int) -> HttpResponseBase:
    """Ask for a change of an own office."""
    office, here = _office(request, office_id)
    return _ask(request, here, office, title=say("Change %(name)s") % {"name": named(office.names)})


@form_page
def office_end(request: Request, office_id: int) -> HttpResponseBase:
    """End an own office: its rights end at once."""
    office, here = _office(request, office_id)
    return ask(
        request,
        lambda _given: actions.end_office(code=office.code, by=request.actor, at=clock.now()),
        form=EndOwnOfficeForm(request.POST if request.method == "POST" else None),
        title=say("End the office %(name)s?") % {"name": named(office.names)},
        text=[
            say("All its rights end at once. It takes no new holders."),
            say("People who hold it keep the name until their appointment ends. This cannot be undone."),
        ],
        button=say("End the office"),
        said=_("The office has ended."),
        done=address(reverse("org:offices"), here.unit.code),
        is_danger=True,
        here="appointments",
        crumbs=_crumbs(here, say("End")),
    )


def _ask(request: Request, here: Here, office: Office | None, *, title: str) -> HttpResponseBase:
    """The form of a new office, or of a change of office."""
    if not may_make_own(request, here):
        raise queries.NotYours(capability=MAKE)
    form = OfficeForm(request.POST if request.method == "POST" else None, initial=_known(office))
    # The form keeps the rights that the office has. The act refuses rights that the reader lacks.
    may_give = {
        *queries.rights_to_give(request.viewer.account_id, here.unit.id),
        *(office.capabilities if office else ()),
    }
    offer(
        form,
        kinds=[(kind, Kind(kind).label) for kind in queries.kinds_from(here.unit.id)],
        rights=[(right, words) for right, words in MEANINGS.items() if right in may_give],
    )
    page = address(reverse("org:offices"), here.unit.code)

    def act(answers: dict[str, Any]) -> Release:
        wanted = OwnOffice(
            names={"en": answers["name_en"], "hi": answers["name_hi"]},
            kinds=(answers["kinds"],),
            is_expected=answers["is_expected"],
            seats=answers["seats"],
            rights=frozenset(answers["rights"]),
            code=office.code if office else "",
        )
        return actions.ask_office(
            unit_id=here.unit.id, wanted=wanted, reason=answers["reason"], by=request.actor, at=clock.now()
        )

    return ask(
        request,
        act,
        form=form,
        title=title,
        text=[say("It counts once a leader of another line approves it who has the same rights here.")],
        button=say("Ask for approval"),
        said=_("Request sent. Approvals lists who can approve it."),
        done=page,
        here="appointments",
        crumbs=_crumbs(here, title),
    )


def _known(office: Office | None) -> dict[str, Any]:
    if office is None:
        return {}
    return {
        "name_en": office.names.get("en", ""),
        "name_hi": office.names.get("hi", ""),
        "kinds": office.kinds[0],
        "seats": office.seats,
        "is_expected": bool(office.expected_in),
        "rights": office.capabilities,
    }


def may_make_own(request: Request, here: Here) -> bool:
    """Return True if the viewer makes offices and kinds of body of the organisation's own in a unit."""
    return here.unit.lo is not None and request.viewer.may_at(MAKE, here.unit.lo)


def _office(request: Request, office_id: int) -> tuple[Office, Here]:
    """An own office in force and its unit. NotFound out of sight; NotYours where the viewer makes none."""
    office = queries.own_office(office_id)
    assert office.unit_id is not None
    return office, unit_of_own(request, office.unit_id)


def unit_of_own(request: Request, unit_id: int) -> Here:
    """The unit of an own office or kind of body. NotFound out of sight; NotYours where the viewer makes none."""
    tree = next(iter(units.hierarchies_of(unit_id)), 0)
    here = Here(units.standing(unit_id, tree), tree, (), request.path, request.GET)
    if not request.viewer.sees_counts_at(here.unit.lo):
        raise NotFound
    if not may_make_own(request, here):
        raise queries.NotYours(capability=MAKE)
    return here


def _crumbs(here: Here, last: str) -> list[tuple[str, str]]:
    return [(str(TITLE), address(reverse("org:offices"), here.unit.code)), (last, "")]


def office_details(release: Release) -> list[str]:
    """Say what an approval would make or change, in sentences."""
    wanted = OwnOffice.of(release.payload)
    was = Office.objects.filter(code=wanted.code).first() if wanted.code else None
    before = frozenset(was.capabilities) if was else frozenset[str]()
    seats = ngettext("%(n)s person holds it in one unit.", "%(n)s people hold it in one unit.", wanted.seats)
    sentences = [
        say("Office: %(en)s · %(hi)s.") % wanted.names,
        say("Level: %(levels)s.") % {"levels": levels_named(wanted.kinds)},
        seats % {"n": grouped(wanted.seats)},
        say("It is shown as vacant where nobody holds it.")
        if wanted.is_expected
        else say("It is not shown as vacant."),
    ]
    if was is not None:
        sentences.insert(0, say("It changes the office %(name)s.") % {"name": named(was.names)})
    for words, rights in (
        (say("Rights that it gains: %(rights)s."), wanted.rights - before),
        (say("Rights that it keeps: %(rights)s."), wanted.rights & before),
        (say("Rights that it loses: %(rights)s."), before - wanted.rights),
    ):
        if rights:
            sentences.append(
                words % {"rights": "; ".join(brief(right) for right in MEANINGS if right in rights)}
            )
    return sentences
