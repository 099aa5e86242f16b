"""Offices of the organisation's own: what a unit added to the standard ones, a new one, a change, the end."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.org import actions, queries
from abhiyan.org.here import Here, page_unit
from abhiyan.org.models import Office, Release
from abhiyan.org.rules.capabilities import MEANINGS, brief
from abhiyan.org.rules.own_offices import MOST_SEATS, OwnOffice
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page
from abhiyan.ui.fields import NoteField, WholeField
from abhiyan.ui.lists import Column, page_with_list

from .own_sets import OwnForm, OwnSet, levels_named, unit_of_own

OWN = OwnSet(
    title=_("Offices of our own"),
    page="org:offices",
    about=_("Beside the standard offices. Two people make one: a leader asks, another one approves."),
    empty=_("No office of our own yet"),
    why=_("Add an office that the standard ones lack, such as an IT head."),
    new=(_("New office"), "org:office_new"),
    change=(_("Change"), "org:office_change"),
    end=(_("End"), "org:office_end"),
)


OFFICES: tuple[Column[Office], ...] = (
    Column("name", _("Office"), lambda row: name_in_language(row.names), is_name=True),
    Column(
        "unit", _("Made in"), lambda row: name_in_language(row.unit.names) if row.unit else "", order=True
    ),
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


class OfficeForm(OwnForm):
    """The names, level and rights of an office."""

    seats = WholeField(label=_("People in one unit"), initial=1, min_value=1, max_value=MOST_SEATS)
    reason = NoteField(label=_("Reason"), max_length=200)
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


@page_with_list
def own_office_list(request: Request) -> HttpResponseBase:
    """The own offices that exist in a unit or below it, with what each may do."""
    here, on = page_unit(request, counts=True), clock.day_in(settings.TIME_ZONE, clock.now())
    return OWN.show(
        request,
        here,
        OFFICES,
        queries.own_offices(near=here.unit.id),
        name="own-offices",
        finish=lambda rows: queries.count_holders(rows, here.unit.id, here.hierarchy, on=on),
        waiting=queries.offices_asked(near=here.unit.id),
    )


@form_page
def office_new(request: Request) -> HttpResponseBase:
    """Ask for an office of one's own in a unit and below."""
    here = page_unit(request)
    return _ask(request, here, None, title=say("New office: %(unit)s") % {"unit": here.name})


@form_page
def office_change(request: Request, office_id: int) -> HttpResponseBase:
    """Ask for a change of an own office."""
    office, here = _office(request, office_id)
    return _ask(
        request, here, office, title=say("Change %(name)s") % {"name": name_in_language(office.names)}
    )


@form_page
def office_end(request: Request, office_id: int) -> HttpResponseBase:
    """End an own office: its rights end at once."""
    office, here = _office(request, office_id)
    return OWN.ask(
        request,
        here,
        lambda _given: actions.end_office(code=office.code, by=request.actor, at=clock.now()),
        title=say("End the office %(name)s?") % {"name": name_in_language(office.names)},
        text=[
            say("All its rights end at once. It takes no new holders."),
            say("People who hold it keep the name until their appointment ends. This cannot be undone."),
        ],
        button=say("End the office"),
        said=_("The office has ended."),
        is_danger=True,
        last=say("End"),
    )


def _ask(request: Request, here: Here, office: Office | None, *, title: str) -> HttpResponseBase:
    """The form of a new office, or of a change of office."""
    form = OfficeForm(request.POST if request.method == "POST" else None, initial=_known(office))
    # The form keeps the rights that the office has. The act refuses rights that the reader lacks.
    may_give = {
        *queries.rights_to_give(request.viewer.account_id, here.unit.id),
        *(office.capabilities if office else ()),
    }

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

    return OWN.ask_for(
        request,
        here,
        form,
        act,
        title=title,
        text=say("It counts once a leader of another line approves it who has the same rights here."),
        rights=[(right, words) for right, words in MEANINGS.items() if right in may_give],
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


def _office(request: Request, office_id: int) -> tuple[Office, Here]:
    """An own office in force and its unit. NotFound out of sight; NotYours where the viewer makes none."""
    office = queries.own_office(office_id)
    assert office.unit_id is not None
    return office, unit_of_own(request, office.unit_id)


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
        sentences.insert(0, say("It changes the office %(name)s.") % {"name": name_in_language(was.names)})
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
