"""The pages of dialogues: a leader's calls, the talk page, absences, and the numbers of a programme."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from abhiyan.contact.fields import HelperFields, help_said
from abhiyan.core import clock
from abhiyan.core.words import local_person, name_in_language
from abhiyan.dialogues import actions, queries
from abhiyan.dialogues.actions import OrganisationMissing
from abhiyan.dialogues.models import OUTCOMES, Dialogue, Outcome
from abhiyan.dialogues.rules.roster import days_of_round
from abhiyan.dialogues.words import words_to_say
from abhiyan.helpdesk.fields import NOT_OF_PLACES, KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.checks import CheckedForm
from abhiyan.ui.fields import DayField, NoteField, WholeField
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units


@require_safe
def own_dialogues_page(request: Request) -> HttpResponseBase:
    """Show the viewer's own calls of today."""
    at = clock.now()
    account = request.viewer.account_id
    rows = queries.calls_of_leader(account, at=at) if account is not None else []
    context = {"here": "dialogues", "crumbs": [(say("My calls"), "")], "calls": rows}
    return render(request, "dialogues/calls.html", context)


class NeedForm(CheckedForm):
    """One need of a booth."""

    kind = KindField(label=_("What the booth needs"), but=NOT_OF_PLACES, required=False)
    need = NoteField(
        label=_("In one sentence"),
        help_text=_("It goes to the helpline. The answer goes to the booth president."),
        max_length=tickets.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


# A phone may send an outcome that its page of last week called so.
OUTCOMES_BEFORE = {"wrong": Outcome.WRONG_NUMBER}
EMPTY = {"kind": Ticket.Kind.MATERIAL}


class CallForm(HelperFields, NeedForm):
    """The outcome of one call, in three steps. All but the outcome belong to a talk."""

    asked_if: ClassVar = dict.fromkeys(
        ("has_asked", "organisation", "kind", "need", "helper", "helper_phone", "may_text"),
        ("outcome", (Outcome.TALKED.value,)),
    )
    field_order = ("outcome",)
    use_required_attribute = False  # a talk alone needs them
    has_asked = forms.BooleanField(
        label=_("I asked how they and their family are"),
        help_text=_("Write nothing about health."),
        required=False,
    )
    organisation = forms.TypedChoiceField(
        label=_("The organisation in the booth"),
        help_text=_("Choose one after a talk."),
        choices=[(1, _("1: needs help")), (2, _("2: works in part")), (3, _("3: works well"))],
        coerce=int,
        empty_value=None,
        error_messages={"required": OrganisationMissing.message},
        widget=forms.RadioSelect(attrs=SOMETIMES),
    )
    outcome = forms.TypedChoiceField(
        choices=[*OUTCOMES, *((old, OUTCOMES_BEFORE[old].label) for old in OUTCOMES_BEFORE)],
        coerce=lambda value: OUTCOMES_BEFORE.get(value, value),
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].required = False
        self.fields["need"].help_text = _(
            "It goes to the helpline. The answer goes to the booth president. Leave it empty if nothing is needed."
        )


@form_page
def dialogue_page(request: Request, call: UUID) -> HttpResponseBase:
    """Show one of the viewer's calls with the last talk, and take its outcome. A noted talk takes more needs."""
    at, is_need = clock.now(), "more" in request.POST
    form = (NeedForm if is_need else CallForm)(
        request.POST if request.method == "POST" else None, initial=EMPTY
    )

    def note(given: dict[str, Any]) -> CallDone:
        if is_need:
            kind = given["kind"] or Ticket.Kind.OTHER
            return None, actions.add_talk_need(
                call=call, need=given["need"], kind=kind, by=request.actor, at=at
            )
        return note_given(request, call, given)

    def said(done: CallDone) -> str | Promise:
        row, ticket = done
        if ticket is None:
            return noted_outcome_words(row)
        number = {"number": ticket.number}
        if ticket.n > 1:
            return say("Noted. The need joined the open request %(number)s of the same kind.") % number
        return say("Noted. The need is request %(number)s of the helpline.") % number

    card = call_of(request, call)
    outcome = tried(request, form, note, said=said, has_form=card.is_talk == is_need)
    if not outcome:
        return _shown(request, card, form, status=outcome.status)
    return redirect("dialogues:call", call) if is_need else redirect("dialogues:calls")


CallDone = tuple[Dialogue | None, Ticket | None]
BESIDE = _("What you noted later stands. This is kept beside it.")


def noted_outcome_words(row: Dialogue | None) -> str | Promise:
    """Return what a leader reads about an outcome that was just noted."""
    return BESIDE if row is not None and row.is_beside else _("The call is noted.")


def note_given(
    request: Request, call: UUID, given: dict[str, Any], *, age: timedelta = timedelta(0)
) -> CallDone:
    """Note a call with what its form cleaned. age: how long a phone kept it."""
    noted = actions.CallReport(
        given["outcome"],
        given["has_asked"],
        given["organisation"],
        given["need"],
        given["kind"] or Ticket.Kind.OTHER,
        help_said(given),
    )
    return actions.note_dialogue(call=call, noted=noted, by=request.actor, at=clock.now(), age=age)


def call_of(request: Request, call: UUID) -> queries.OwnCall:
    """Return one of the viewer's own calls, while their office calls there; else NotFound."""
    return queries.own_call(request.viewer.account_id, call, at=clock.now())


@require_POST
def president_number_page(request: Request, call: UUID) -> HttpResponseBase:
    """Show the call with the president's number. Each look leaves a row in the trail."""
    card = call_of(request, call)
    digits = actions.show_president_number(call=call, by=request.actor, at=clock.now())
    return _shown(request, card, CallForm(initial=EMPTY), number=digits)


def _shown(
    request: Request, card: queries.OwnCall, form: forms.Form, *, number: str = "", status: int = 200
) -> HttpResponseBase:
    if card.is_talk == isinstance(form, CallForm):  # the form of the page before the talk was noted
        form = (NeedForm if card.is_talk else CallForm)(initial=EMPTY)
    context = {
        "here": "dialogues",
        "crumbs": [(say("My calls"), reverse("dialogues:calls")), (local_person(card.name), "")],
        "call": card,
        "form": form,
        "number": number,
        "spoken": words_to_say(request.viewer, card),
    }
    return render(request, "dialogues/call.html", context, status=status)


class AwayForm(forms.Form):
    """The days of an absence."""

    first_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"))


@form_page
def away(request: Request) -> HttpResponseBase:
    """Show the viewer's absences, and take one more."""
    at = clock.now()
    today = clock.day_in(settings.TIME_ZONE, at)
    absences = queries.absences(request.viewer.account_id or 0, since=today)
    return act_page(
        request,
        lambda given: actions.note_absence(**given, by=request.actor, at=at),
        form=AwayForm(request.POST if request.method == "POST" else None, initial={"first_on": today}),
        title=_("When I am away"),
        text=[_("On these days you get no calls. Undone calls go to other leaders.")],
        button=_("Save"),
        said=_("Your absence is noted."),
        done=reverse("dialogues:away"),
        back=reverse("work:my_work"),
        detail="dialogues/_absences.html",
        absences=absences,
        here="my_work",
        crumbs=[(say("My work"), reverse("work:my_work")), (say("When I am away"), "")],
    )


@require_POST
def away_remove(request: Request, absence: UUID) -> HttpResponseBase:
    """Remove one of the viewer's absences."""
    actions.remove_absence(absence=absence, by=request.actor, at=clock.now())
    return redirect("dialogues:away")


COLUMNS: tuple[Column[queries.CallLevel], ...] = (
    Column("name", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("confirmed", _("Confirmed by the president"), lambda row: row.confirmed, order=True, css="num"),
    Column("done", _("Noted by the leader"), lambda row: row.done, order=True, css="num"),
    Column("booths", _("Booths"), lambda row: row.booths, order=True, css="num"),
    Column("silent", _("Called, never reached"), lambda row: row.silent, order=True, css="num"),
    Column("vacant", _("Without a president"), lambda row: row.vacant, order=True, css="num"),
    Column("missed", _("Gone or wrong number"), lambda row: row.missed, order=True, css="num"),
    Column("needs", _("Needs"), lambda row: row.needs, order=True, css="num"),
    Column("solved", _("Solved"), lambda row: row.solved, order=True, css="num"),
)


def round_in_words(pace: queries.RoundPace) -> str:
    """Say the length of one round of all booths."""
    if pace.days is None:
        return say("Nobody calls yet: nobody holds the chosen offices.")
    calling = ngettext(
        "%(leaders)s leader makes %(calls)s calls a day.",
        "%(leaders)s leaders make %(calls)s calls a day.",
        pace.leaders,
    )
    taking = ngettext(
        "One round of %(booths)s booths takes %(days)s day.",
        "One round of %(booths)s booths takes %(days)s days.",
        pace.days,
    )
    shorter = ""
    if (needed := pace.leaders_for_month) is not None:
        shorter = " " + say("With %(more)s leaders it takes %(shorter)s days.")
    return f"{calling} {taking}{shorter}" % {
        "more": grouped(needed or 0),
        "shorter": grouped(days_of_round(pace.booths, (needed or 0) * pace.per_day) or 0),
        "leaders": grouped(pace.leaders),
        "calls": grouped(pace.leaders * pace.per_day),
        "booths": grouped(pace.booths),
        "days": grouped(pace.days),
    }


def way_to_board(programme: Programme) -> tuple[str, str]:
    """Return the name and address of a programme's board, for the way to a page below it."""
    return say("Calls to booth presidents"), reverse("dialogues:board", args=[programme.public_id])


@require_safe
def board(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the numbers of a unit and of the units right below it, and the length of a round."""
    programme, here = page_of_people(request, public_id, queries.KIND)
    on = clock.day_in(programme.zone, clock.now())
    whole, below = queries.call_levels(programme, here.unit.id, here.span, on=on)
    table = Table(
        request,
        COLUMNS,
        below,
        name="calls",
        caption=_("Units below"),
        sort="-silent",
    )
    pace = queries.round_pace(programme, on=on)
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, (say("Calls to booth presidents"), "")),
        "programme": programme,
        "unit": here,
        "whole": whole,
        "pace": pace,
        "round": round_in_words(pace),
        "may_set": request.viewer.may_at(
            "programmes.run", units.span(programme.owner_id, programme.hierarchy)[0]
        ),
    }
    return list_response(request, "dialogues/board.html", table, context)


class CallersForm(forms.Form):
    """The offices that call, and the calls a day."""

    offices = forms.MultipleChoiceField(label=_("Offices that call"), widget=forms.CheckboxSelectMultiple)
    per_day = WholeField(label=_("Calls a day for each leader"), min_value=1, max_value=actions.MOST_A_DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leading = [office for office in org.offices_used() if LEADS in office.capabilities]
        offer(self, offices=[(office.code, name_in_language(office.names)) for office in leading])


@form_page
def calling_offices_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Choose the offices that call in a programme, and the calls a day."""
    at = clock.now()
    programme = programmes.programme_of_kind(public_id, queries.KIND)
    org.require(request.actor, "programmes.run", at=programme.owner_id)
    pace = queries.round_pace(programme, on=clock.day_in(programme.zone, at))
    plan, back = queries.plan_of(programme.pk), reverse("dialogues:board", args=[public_id])
    initial = {"offices": plan.offices, "per_day": plan.per_day}
    return act_page(
        request,
        lambda given: actions.set_callers(programme=programme, **given, by=request.actor, at=at),
        form=CallersForm(request.POST if request.method == "POST" else None, initial=initial),
        title=_("Who calls"),
        text=[
            round_in_words(pace),
            _("A change holds from the next morning on."),
        ],
        button=_("Save"),
        said=_("Saved. It holds from the next morning on."),
        done=back,
        here="programmes",
        crumbs=way_from_programme(
            programme, (say("Calls to booth presidents"), back), (say("Who calls"), "")
        ),
    )
