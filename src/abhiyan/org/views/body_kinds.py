"""Kinds of body of the organisation's own: what a unit added to the standard ones, a new one, a change, closing one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.org import actions, queries
from abhiyan.org.here import Here, page_unit
from abhiyan.org.models import BodyKind, Office, Release
from abhiyan.org.rules.body_kinds import MOST_EXPECTED, MOST_OTHER_SEATS, WantedKind
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page
from abhiyan.ui.fields import NoteField, WholeField
from abhiyan.ui.lists import Column, page_with_list

from .own_sets import OwnForm, OwnSet, levels_named, unit_of_own

OWN = OwnSet(
    title=_("Our own kinds of committee"),
    page="org:body_kinds",
    about=_("Beside the standard kinds. Two people make one: a leader asks, another one approves."),
    empty=_("No kind of our own yet"),
    why=_("Add a kind that the standard ones lack, such as a page committee of a booth."),
    new=(_("New kind of committee"), "org:body_kind_new"),
    change=(_("Change"), "org:body_kind_change"),
    end=(_("Close"), "org:body_kind_close"),
)
LINES = (1, 2, 3)  # offices beside the one that leads, as the form asks for them


def seats_named(seats: Iterable[tuple[Office, int]]) -> str:
    """The seats of a kind of body in words: Convener 1; Member 11."""
    return "; ".join(f"{name_in_language(office.names)} {grouped(number)}" for office, number in seats)


def _seats(row: queries.OwnKind) -> str:
    return seats_named((row.offices[code], number) for code, number in row.kind.numbers.items())


KINDS: tuple[Column[queries.OwnKind], ...] = (
    Column("name", _("Kind of committee"), lambda row: name_in_language(row.kind.names), is_name=True),
    Column("unit", _("Made in"), lambda row: name_in_language(row.kind.unit.names), order=True),
    Column("levels", _("Level"), lambda row: levels_named(row.kind.levels)),
    Column("seats", _("Its seats"), _seats),
    Column("expected", _("Expected in one unit"), lambda row: row.kind.expected, css="num"),
    Column("set_up", _("Set up here and below"), lambda row: row.set_up, css="num"),
    Column("due", _("Expected here and below"), lambda row: row.expected, css="num"),
    Column("state", _("Status"), lambda row: say("Closed") if row.closed_at else say("In force")),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


class BodyKindForm(OwnForm):
    """The names, level and seats of a kind of body."""

    leads = forms.ChoiceField(
        label=_("Led by"), help_text=_("An office without rights that one person holds.")
    )
    office_1 = forms.ChoiceField(label=_("Other seats: office"), required=False)
    number_1 = WholeField(label=_("Its seats"), required=False, min_value=1, max_value=MOST_OTHER_SEATS)
    reason = NoteField(label=_("Reason"), max_length=200)
    expected = WholeField(
        label=_("Expected in one unit"),
        initial=1,
        min_value=0,
        max_value=MOST_EXPECTED,
        help_text=_("0 if units need none."),
    )
    office_2 = forms.ChoiceField(label=_("Second office"), required=False)
    number_2 = WholeField(label=_("Its seats"), required=False, min_value=1, max_value=MOST_OTHER_SEATS)
    office_3 = forms.ChoiceField(label=_("Third office"), required=False)
    number_3 = WholeField(label=_("Its seats"), required=False, min_value=1, max_value=MOST_OTHER_SEATS)
    brief = ("name_en", "name_hi", "kinds", "leads", "office_1", "number_1", "reason")

    def clean(self) -> dict[str, Any]:
        """Ask for both of an office and its number, and for the lines in their order."""
        answers = super().clean() or {}
        is_over = False
        for line in LINES:
            office, number = answers.get(f"office_{line}"), answers.get(f"number_{line}")
            if office and number is None and f"number_{line}" not in self.errors:
                self.add_error(f"number_{line}", say("Write how many seats this office has."))
            if (number is not None and not office) or (office and is_over):
                self.add_error(
                    f"office_{line}", say("Choose the office of these seats, without an empty line above.")
                )
            is_over = is_over or not office
        return answers


@page_with_list
def body_kind_list(request: Request) -> HttpResponseBase:
    """The own kinds of body that exist in a unit or below it, with their seats."""
    here = page_unit(request, counts=True)
    return OWN.show(
        request,
        here,
        KINDS,
        queries.own_body_kinds(near=here.unit.id),
        name="body-kinds",
        finish=lambda rows: queries.count_bodies(rows, here.unit.id, here.hierarchy),
        waiting=queries.body_kinds_asked(near=here.unit.id),
    )


@form_page
def body_kind_new(request: Request) -> HttpResponseBase:
    """Ask for a kind of body of one's own in a unit and below."""
    here = page_unit(request)
    return _ask(request, here, None, title=say("New kind of committee: %(unit)s") % {"unit": here.name})


@form_page
def body_kind_change(request: Request, kind_id: int) -> HttpResponseBase:
    """Ask for a change of an own kind of body."""
    kind = queries.own_body_kind(kind_id)
    here = unit_of_own(request, kind.unit_id)
    return _ask(request, here, kind, title=say("Change %(name)s") % {"name": name_in_language(kind.names)})


@form_page
def body_kind_close(request: Request, kind_id: int) -> HttpResponseBase:
    """Close an own kind of body: no new body is of it."""
    kind = queries.own_body_kind(kind_id)
    here = unit_of_own(request, kind.unit_id)
    return OWN.ask(
        request,
        here,
        lambda _answers: actions.close_body_kind(code=kind.code, by=request.actor, at=clock.now()),
        title=say("Close the kind %(name)s?") % {"name": name_in_language(kind.names)},
        text=[
            say("Nobody can set up a new one of this kind. This cannot be undone."),
            say("Existing committees keep their members."),
        ],
        button=say("Close the kind"),
        said=_("The kind is closed."),
        is_danger=True,
        last=say("Close"),
    )


def _ask(request: Request, here: Here, kind: BodyKind | None, *, title: str) -> HttpResponseBase:
    """The form of a new kind of body, or of a change of one."""
    form = BodyKindForm(request.POST if request.method == "POST" else None, initial=_known(kind))
    offices = queries.seat_offices(here.unit.id)
    seats = [("", say("none")), *((office.code, name_in_language(office.names)) for office in offices)]

    def act(answers: dict[str, Any]) -> Release:
        lines = [(answers[f"office_{line}"], answers[f"number_{line}"]) for line in LINES]
        wanted = WantedKind(
            names={"en": answers["name_en"], "hi": answers["name_hi"]},
            levels=(answers["kinds"],),
            leads=answers["leads"],
            seats=tuple((office, number) for office, number in lines if office),
            expected=answers["expected"],
            code=kind.code if kind else "",
        )
        return actions.ask_body_kind(
            unit_id=here.unit.id, wanted=wanted, reason=answers["reason"], by=request.actor, at=clock.now()
        )

    return OWN.ask_for(
        request,
        here,
        form,
        act,
        title=title,
        text=say("It counts once a leader of another line approves it. Its seats give no rights."),
        leads=[(office.code, name_in_language(office.names)) for office in offices if office.seats == 1],
        **{f"office_{line}": seats for line in LINES},
    )


def _known(kind: BodyKind | None) -> dict[str, Any]:
    if kind is None:
        return {"leads": "body_convener", "office_1": "body_member", "number_1": 10}
    lines = {f"office_{line}": seat[0] for line, seat in zip(LINES, kind.seats, strict=False)}
    numbers = {f"number_{line}": seat[1] for line, seat in zip(LINES, kind.seats, strict=False)}
    return {
        "name_en": kind.names.get("en", ""),
        "name_hi": kind.names.get("hi", ""),
        "kinds": kind.levels[0],
        "leads": kind.leads,
        "expected": kind.expected,
        **lines,
        **numbers,
    }


def kind_details(release: Release) -> list[str]:
    """Say what an approval would make or change, in sentences."""
    wanted = WantedKind.of(release.payload)
    was = BodyKind.objects.filter(code=wanted.code).first() if wanted.code else None
    offices = Office.objects.in_bulk([wanted.leads, *dict(wanted.seats)], field_name="code")
    seats: Sequence[tuple[str, int]] = ((wanted.leads, 1), *wanted.seats)
    sentences = [
        say("Kind of committee: %(en)s · %(hi)s.") % wanted.names,
        say("Level: %(levels)s.") % {"levels": levels_named(wanted.levels)},
        say("Seats, none of which gives a right: %(seats)s.")
        % {"seats": seats_named((offices[code], number) for code, number in seats)},
        ngettext("%(n)s is expected in one unit.", "%(n)s are expected in one unit.", wanted.expected)
        % {"n": grouped(wanted.expected)},
    ]
    if was is not None:
        row = queries.OwnKind(was, Office.objects.in_bulk(list(was.numbers), field_name="code"))
        sentences.insert(0, say("It changes the kind %(name)s.") % {"name": name_in_language(was.names)})
        sentences.append(say("Its seats now: %(seats)s.") % {"seats": _seats(row)})
    return sentences
