"""The worker at the doors, on the phone: the doors one holds, the form of each, and a walk without a list."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from abhiyan.contact import actions, numbers, queries
from abhiyan.contact.fields import HelperFields, help_said
from abhiyan.contact.models import ContactEntry, ContactTry
from abhiyan.contact.rules import gate, grounds
from abhiyan.contact.rules.kinds import KIND
from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.helpdesk.rules.schemes import office_sentence, open_schemes
from abhiyan.org.here import Here, page_unit, unit_address, unit_fact
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.capabilities import PHONE_UNITS
from abhiyan.org.viewer import Request
from abhiyan.people.fields import PhoneField
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import programme_by_id, programme_of_kind, runs_now
from abhiyan.ui.acts import PageAct, form_page, form_problem, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.checks import CheckedForm
from abhiyan.ui.fields import DayField, NoteField, WhereField
from abhiyan.ui.forms import offer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.records import KEPT, RecordSent, RecordShown, do_record_act, labelled_answers, naming
from abhiyan.units import queries as units

Outcome = ContactTry.Outcome
OUTCOMES = (
    (Outcome.TALKED.value, _("Talked")),
    (Outcome.WANTS_HELP.value, _("Wants to help")),
    (Outcome.ENTITLED.value, _("Entitled, not received")),
    (Outcome.NOT_HOME.value, _("Not at home")),
    (Outcome.LATER.value, _("Later")),
    (Outcome.UNWILLING.value, _("Does not want to talk")),
    (Outcome.NEVER.value, Outcome.NEVER.label),
)


TALKS = tuple(outcome.value for outcome in queries.TALKS)


class TalkForm(HelperFields, CheckedForm):
    """The outcome at one door, and what belongs to that outcome alone.

    It has a phone number only if the person wants to be asked.
    """

    asked_if: ClassVar = {
        "phone": ("outcome", TALKS),
        "follow_up": ("outcome", (Outcome.LATER.value,)),
        "need": ("outcome", (Outcome.ENTITLED.value,)),
        "scheme": ("outcome", (Outcome.ENTITLED.value,)),
        **dict.fromkeys(("helper", "helper_phone", "may_text"), ("outcome", (Outcome.WANTS_HELP.value,))),
    }
    use_required_attribute = False  # an outcome alone needs them
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    place = WhereField()
    clock = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    need = NoteField(
        label=_("What they did not receive"),
        help_text=_(
            "It goes to the helpline, and the answer comes to you. Promise nothing. Write no numbers."
        ),
        max_length=actions.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": actions.NeedUnsaid.message},
    )
    scheme = forms.ChoiceField(
        label=_("Which public scheme"),
        help_text=_("The helpline then sees its public office."),
        required=False,
    )
    follow_up = DayField(label=_("Come again on"), required=False)
    phone = PhoneField(
        label=_("Their number, only if they want to be asked"),
        help_text=_("Tomorrow we ask by SMS whether you talked. Without a number the talk stays unsigned."),
        required=False,
        takes_abroad=False,
        invalid=actions.DoorNumberUnfit.message,
        abroad=actions.DoorNumberUnfit.message,
    )
    note = NoteField(
        label=_("Note"),
        help_text=_("Nothing about illness, caste, religion or the vote. It is deleted after 90 days."),
        required=False,
        max_length=actions.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme | None = None,
        made: datetime | None = None,
        scheme: str = "",
        **more: Any,
    ) -> None:
        """programme: whose last day bounds a coming day. made: when the form is filled in."""
        super().__init__(*args, **more)
        schemes = sorted((one.name, code) for code, one in open_schemes().items())
        offer(self, scheme=[("", "–"), *((code, name) for name, code in schemes)])
        self.fields["scheme"].initial = scheme
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        again = self.fields["follow_up"]
        if programme is not None and made is not None and isinstance(again, DayField):
            again.within(
                timedelta(days=1),
                programme.closes_on,
                today=clock.day_in(programme.zone, made),
                words=actions.FollowUpUnfit.message,
            )

    def told(self, given: dict[str, Any], age: timedelta) -> actions.Told:
        """As the act wants it."""
        where = given["place"]
        return actions.Told(
            given["outcome"],
            given["phone"],
            given["follow_up"],
            given["note"],
            given["need"],
            given["scheme"],
            help_said(given),
            where[:2] if where else None,
            where[2] if where else None,
            age,
        )


class WalkForm(TalkForm):
    """The same for a door of a walk."""

    door = forms.CharField(
        label=_("Which door"),
        help_text=_("Such as the house number and lane. No names."),
        max_length=actions.LONGEST_DOOR,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("door",)


def _may(request: Request, here: Here) -> bool:
    """Return whether the viewer may work at the doors of the page's unit."""
    with system("where somebody may meet people"):
        spans = units.all_spans([here.unit.id]).get(here.unit.id, [])
        if request.viewer.may_at(actions.MEET, *(lo for lo, _hi in spans)):
            return True
        return grounds.is_lent(request.viewer.account_id or 0, here.unit.id, clock.now())


@require_safe
def field_doors(request: Request, public_id: UUID) -> HttpResponseBase:
    """The doors one holds in a booth, what is met there, and what one noted today. A larger unit leads to booths."""
    programme, at = programme_of_kind(public_id, KIND), clock.now()
    named_unit = "unit" in request.GET
    here = page_unit(request, hierarchy=programme.hierarchy if named_unit else 0)
    account = request.viewer.account_id or 0
    is_booth = here.unit.kind in PHONE_UNITS
    if is_booth and not _may(request, here):
        raise NotYours
    held_doors = queries.held_doors(account, programme_id=programme.pk) if is_booth else []
    here_held = [door for door in held_doors if door.unit_id == here.unit.id]
    with system("the doors of a booth are counted for who works there"):
        is_exact = request.viewer.sees_exact_at(here.span[0])
        doors = numbers.doors_met(programme, here.unit.id, is_exact=is_exact) if is_booth else None
        spans = [span for held_ in request.viewer.appointments for span in held_.ranges]
        below = [] if is_booth else queries.booths_with_doors(programme, spans, viewer=request.viewer)
        names = units.units_by_id([unit for unit, _code, _n in below])
    context = {
        "programme": programme,
        "name": name_in_language(programme.names),
        "unit": here,
        "is_booth": is_booth,
        "is_open": runs_now(programme, at),
        "held": here_held,
        "may_take": len(held_doors) < actions.MOST_HELD,
        "doors": doors.words if doors else "",
        "below": [(code, name_in_language(names[unit].names), n) for unit, code, n in below],
        "noted": queries.own_tries_today(account, programme, at=at) if is_booth else [],
        "is_copy": KEPT in request.headers,
        "page": address_of("contact:field_doors", programme.public_id),
    }
    return naming(render(request, "contact/field_doors.html", context))


class UnitTakenForm(forms.Form):
    """The place of the phone; the unit comes from the address."""

    place = WhereField()


class ContactUndoForm(forms.Form):
    """Which try."""

    contact = forms.UUIDField(widget=forms.HiddenInput)


def _take(
    *, programme: Programme, unit_id: int, place: tuple[float, float, float] | None, **who: Any
) -> tuple[list[ContactEntry], Counter[str]]:
    return actions.take_doors(programme=programme, unit_id=unit_id, point=place[:2] if place else None, **who)


def _said_taken(done: tuple[list[ContactEntry], Counter[str]]) -> str:
    entries, held_counts = done
    sentences = []
    if entries:
        until = entries[0].until or clock.now() + timedelta(days=3)
        sentences.append(
            ngettext(
                "%(n)s door is yours until %(until)s.", "%(n)s doors are yours until %(until)s.", len(entries)
            )
            % {"n": grouped(len(entries)), "until": date_format(localtime(until), "l, H:i")}
        )
    sentences += [
        say("Held back: %(n)s. %(why)s") % {"n": grouped(n), "why": gate.WORDS[why]}
        for why, n in held_counts.items()
    ]
    return " ".join(sentences)


def _back(*, programme: Programme, unit_id: int, **who: Any) -> int:
    return actions.give_doors_back(programme=programme, unit_id=unit_id, **who)


def _undo(*, programme: Programme, unit_id: int, **given: Any) -> ContactTry:  # noqa: ARG001  # alike for every act
    return actions.undo_contact(**given)


ACTS = {
    "take": PageAct(_take, _said_taken, form=UnitTakenForm),
    "back": PageAct(_back, _("Given back. Others can take them.")),
    "undo": PageAct(_undo, _("Undone."), form=ContactUndoForm),
}


@require_POST
def field_doors_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Take doors, give them back, or undo what was noted today."""
    programme = programme_of_kind(public_id, KIND)
    here = page_unit(request, hierarchy=programme.hierarchy)
    context: dict[str, Any] = {
        "programme": programme,
        "unit_id": here.unit.id,
        "by": request.actor,
        "at": clock.now(),
    }
    outcome = or_refuse(ACTS.get(act)).tried(request, **context)
    if not outcome:
        messages.error(request, form_problem(outcome.form))
    return redirect(unit_address(address_of("contact:field_doors", public_id), here.unit.code))


@form_page
def field_door(request: Request, entry: UUID) -> HttpResponseBase:
    """One door that one holds: its name, and the form of what came of it."""
    door = queries.held_door(request.viewer.account_id, entry)
    form = _talk(door, request.POST if request.method == "POST" else None)
    outcome = tried(request, form, _door_act(request, form, entry, timedelta(0)), said=_("Noted."))
    back = _doors_of(door)
    if outcome:
        return redirect(back)
    return _shown(request, door, form, back, status=outcome.status)


def _talk(door: queries.HeldDoor, data: Any = None) -> TalkForm:
    return TalkForm(data, programme=programme_by_id(door.programme_id), made=clock.now(), scheme=door.scheme)


def _doors_of(door: queries.HeldDoor) -> str:
    unit = units.unit_by_id(door.unit_id)
    return unit_address(
        reverse("contact:field_doors", args=[programme_by_id(door.programme_id).public_id]), unit.code
    )


def _shown(
    request: Request,
    door: queries.HeldDoor,
    form: forms.Form,
    back: str,
    *,
    number: str = "",
    held: str = "",
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "door": door,
        "programme": name_in_language(programme_by_id(door.programme_id).names),
        "form": form,
        "page": reverse("contact:field_door", args=[door.public_id]),
        "back": back,
        "number": number,
        "held": held,
        "is_copy": KEPT in request.headers,
        "office": office_sentence(door.scheme),
    }
    return naming(render(request, "contact/field_door.html", context, status=status))


def _door_act(
    request: Request, form: TalkForm, entry: UUID, age: timedelta
) -> Callable[[dict[str, Any]], ContactTry]:
    return lambda given: actions.note_door(
        entry=entry, told=form.told(given, age), by=request.actor, at=clock.now()
    )


def take_door(request: Request, sent: RecordSent) -> str:
    """Note a door that a phone sends, by the form and the act of its page."""
    entry: UUID = sent.named["entry"]
    form = TalkForm(request.POST)
    row = do_record_act(form, _door_act(request, form, entry, sent.age))
    unit = units.unit_by_id(row.unit_id)
    return unit_address(
        reverse("contact:field_doors", args=[programme_by_id(row.programme_id).public_id]), unit.code
    )


def show_door(request: Request, sent: RecordSent) -> RecordShown:
    """Name the door of a record, and what it would note. Refuses a door that its sender does not hold."""
    door = queries.held_door(request.viewer.account_id, sent.named["entry"])
    facts = [(say("Name"), door.name), (say("Door"), door.door)]
    return RecordShown(
        _facts(door.unit_id, programme_by_id(door.programme_id), facts, TalkForm(request.POST)), names=1
    )


def _facts(
    unit_id: int, programme: Programme, more: list[tuple[str, str]], form: TalkForm
) -> list[tuple[str, str]]:
    values = do_record_act(form, lambda given: given)
    return [
        unit_fact(unit_id),
        (say("Programme"), name_in_language(programme.names)),
        *((label, words) for label, words in more if words),
        (say("What came of it"), str(dict(OUTCOMES)[values["outcome"]])),
        *labelled_answers(form, "outcome"),
    ]


@require_POST
def field_number(request: Request, entry: UUID) -> HttpResponseBase:
    """Show the door with its number. Each look leaves a row in the trail."""
    door = queries.held_door(request.viewer.account_id, entry)
    back = _doors_of(door)
    try:
        number = actions.show_door_number(entry=entry, by=request.actor, at=clock.now())
    except actions.HeldBack as held_back:
        return _shown(request, door, _talk(door), back, held=str(held_back), status=held_back.status)
    return _shown(request, door, _talk(door), back, number=number)


@form_page
def field_walk(request: Request, public_id: UUID) -> HttpResponseBase:
    """A walk without a list: one door after the other."""
    programme = programme_of_kind(public_id, KIND)
    here = page_unit(request, hierarchy=programme.hierarchy)
    if here.unit.kind not in PHONE_UNITS:
        raise NotFound(field="unit")
    if not _may(request, here):
        raise NotYours
    data = request.POST if request.method == "POST" else None
    form = WalkForm(data, programme=programme, made=clock.now())
    page = unit_address(request.path, here.unit.code)
    outcome = tried(request, form, _walk_act(request, form, programme, here, timedelta(0)), said=_("Noted."))
    if outcome:
        return redirect(page)
    with system("doors where no worker shall come again"):
        at_rest = queries.doors_at_rest(here.unit.id)
    context = {
        "programme": programme,
        "unit": here,
        "form": form,
        "page": page,
        "at_rest": at_rest,
        "back": unit_address(reverse("contact:field_doors", args=[public_id]), here.unit.code),
    }
    return render(request, "contact/field_walk.html", context, status=outcome.status)


def _walk_act(
    request: Request, form: WalkForm, programme: Programme, here: Here, age: timedelta
) -> Callable[[dict[str, Any]], ContactTry]:
    return lambda given: actions.note_walk(
        programme=programme,
        unit_id=here.unit.id,
        door=given["door"],
        told=form.told(given, age),
        by=request.actor,
        at=clock.now(),
    )


def take_walk(request: Request, sent: RecordSent) -> str:
    """Note a door of a walk that a phone sends, by the form and the act of its page."""
    programme = programme_of_kind(sent.named["public_id"], KIND)
    here = page_unit(request, hierarchy=programme.hierarchy)
    form = WalkForm(request.POST, programme=programme, made=clock.now() - sent.age)
    do_record_act(form, _walk_act(request, form, programme, here, sent.age))
    return unit_address(reverse("contact:field_walk", args=[programme.public_id]), here.unit.code)


def show_walk(request: Request, sent: RecordSent) -> RecordShown:
    """Name the place of a walk's record, and what it would note. Refuses a booth where its sender meets nobody."""
    programme = programme_of_kind(sent.named["public_id"], KIND)
    here = page_unit(request, hierarchy=programme.hierarchy)
    if not _may(request, here):
        raise NotYours
    return RecordShown(_facts(here.unit.id, programme, [], WalkForm(request.POST)))
