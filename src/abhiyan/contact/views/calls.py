"""The caller's page: the next person, the ring, the outcome; or the reasons why no person is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from abhiyan.contact import actions, bridges, centres, queries
from abhiyan.contact.bridges import AGENT, ENDED, PERSON
from abhiyan.contact.models import CallSeat, CallTurn, ContactTry
from abhiyan.contact.rules import gate
from abhiyan.contact.rules.retries import into_hours
from abhiyan.contact.words import words_for_call
from abhiyan.core import clock
from abhiyan.core.gateways import UNCONFIRMED
from abhiyan.core.languages import public_languages as languages
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.queries import FilledForm, answers_form, version_by_id
from abhiyan.helpdesk.rules.schemes import scheme_name
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import HeldOffice, Request
from abhiyan.ui.acts import PageAct, form_page, form_problem, say_when_done, tried
from abhiyan.ui.fields import MomentField, NoteField
from abhiyan.ui.records import RecordSent, RecordShown, do_record_act

Outcome = ContactTry.Outcome
# Each by its key, in this order.
OUTCOMES = (
    (Outcome.TALKED.value, Outcome.TALKED.label),
    (Outcome.WANTS_HELP.value, Outcome.WANTS_HELP.label),
    (Outcome.ENTITLED.value, Outcome.ENTITLED.label),
    (Outcome.LATER.value, _("Call back")),
    (Outcome.NO_ANSWER.value, Outcome.NO_ANSWER.label),
    (Outcome.BUSY.value, Outcome.BUSY.label),
    (Outcome.WRONG_NUMBER.value, Outcome.WRONG_NUMBER.label),
    (Outcome.UNWILLING.value, Outcome.UNWILLING.label),
    (Outcome.NEVER.value, Outcome.NEVER.label),
)
WHYS = {
    "ready": _("Ready now"),
    "hours": _("Outside the hours of calling"),
    "retry": _("Waiting for a call-back or another try"),
    "language": _("In languages that you don't speak"),
    "with_others": _("With other callers or workers"),
    "called": _("Talked with"),
    "opted_out": _("They said no to contact"),
    "out": _("Not reached, or do not want to talk"),
}


class TriedForm(forms.Form):
    """The result of a call."""

    outcome = forms.ChoiceField(choices=OUTCOMES, widget=forms.HiddenInput)
    back_at = MomentField(
        label=_("Call back at (for “Call back”)"),
        required=False,
    )
    need = NoteField(
        label=_("What they did not receive (for “Entitled, not received”)"),
        help_text=_(
            "It goes to the helpline, and the answer comes to you. Promise nothing. Write no numbers."
        ),
        required=False,
        max_length=actions.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = NoteField(
        label=_("Note"),
        help_text=_("Nothing about illness, caste, religion or the vote. It is deleted after 90 days."),
        required=False,
        max_length=actions.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class BreakForm(forms.Form):
    """Why a caller takes a break."""

    break_for = forms.ChoiceField(label=_("Reason for the break"), choices=CallSeat.BreakReason.choices)


class HelpForm(forms.Form):
    """Why a caller needs help."""

    help_for = forms.ChoiceField(label=_("Why do you need help?"), choices=CallSeat.HelpReason.choices)


class SpokenForm(forms.Form):
    """The languages a caller speaks."""

    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"), required=False, widget=forms.CheckboxSelectMultiple
    )


def centre_of(request: Request, *offices: str, body_id: int | None = None) -> HeldOffice:
    """The viewer's seat with one of these offices, in a call centre. Refuses NoCallerHere."""
    for seat in request.viewer.appointments if request.viewer.is_strong else ():
        if seat.office in offices and seat.body_id is not None and body_id in (None, seat.body_id):
            return seat
    raise actions.NoCallerHere


@require_safe
def centre_calls_page(request: Request) -> HttpResponseBase:
    """Show the caller the person they have; else the way to the next one, and what is left."""
    return _shown(request, centre_of(request, centres.AGENT))


def _shown(
    request: Request,
    seat: HeldOffice,
    *,
    form: forms.BaseForm | None = None,
    script: FilledForm | None = None,
    status: int = 200,
    why: str = "",
) -> HttpResponseBase:
    at = clock.now()
    account = request.viewer.account_id or 0
    spoken = _spoken(request)
    with system("a caller's page"):
        turn = centres.turn_of_caller(account, at=at)
        person = centres.person_on_call(turn) if turn else None
        queues = [] if turn else centres.queues_of(seat.body_id or 0, at=at)
        left = [
            (queue, centres.entries_left(queue, spoken, at=at, most=centres.MOST_COUNTED)) for queue in queues
        ]
        n_own = centres.count_own_calls(account, at=at)
        sits = centres.seat_of_caller(account)
        helped = centres.asks_help(sits, on_call=turn.pk if turn else None, at=at) if sits else None
        handed = [] if turn else centres.handed_to(account, at=at)
        number = centres.number_shown_to_caller(turn) if turn else ""
        form = form or (TriedForm(initial={"back_at": _in_an_hour(turn, at)}) if turn else None)
        script = script or (_script(turn) if turn else None)
        last = centres.calls_today(account, at=at, most=1)
    context = {
        "here": "calls",
        "crumbs": [(say("Calls"), "")],
        "seat": seat,
        "who": request.viewer.public_id,
        "shown": person,
        "spoken": words_for_call(person, caller=request.viewer.name) if person else None,
        "scheme": scheme_name(person.scheme) if person and person.scheme else "",
        "number": number,
        "form": form,
        "script": script,
        "outcomes": [(n, *labels) for n, labels in enumerate(OUTCOMES, 1)],
        "left": [
            (
                queue,
                [(WHYS[why], n, first) for why, n, first in centres.shown_left(rows)],
                sum(row.n for row in rows) >= centres.MOST_COUNTED,
            )
            for queue, rows in left
        ],
        "speaks": _spoken_form(spoken),
        "own": n_own,
        "line": _line(turn),
        "most_own": actions.MOST_OWN,
        "last": next((turn_of_today for turn_of_today in last if turn_of_today.left_s), None),
        "rests": sits if sits and sits.left_at and not turn else None,
        "breaks": BreakForm(),
        "has_come": sits is not None and sits.left_at is None,
        "helped": helped,
        "helps": HelpForm(),
        "handed": handed,
        "problem": why,
    }
    return render(request, "contact/calls.html", context, status=status)


@dataclass(frozen=True, slots=True)
class LineShown:
    """The provider's line on a caller's page. words: what the line did last. may_ring: whether it works at all."""

    words: str
    may_ring: bool
    may_use_own: bool


LINE: Mapping[str, Promise] = {
    "": _("The provider calls your phone first. Pick up, and it calls the person."),
    actions.ASKED: _("Your phone rings. Pick up, and the provider calls the person."),
    AGENT: _("You are on the line. The person's phone rings."),
    PERSON: _("You are talking with the person."),
    bridges.DOWN: _("The provider's line does not answer. Try again, or use your own phone."),
    UNCONFIRMED: _("The provider's line was slow. Wait for a moment. If your phone stays silent, try again."),
}


def _line(turn: CallTurn | None) -> LineShown | None:
    """Return what a caller reads of the provider's line; None where their queue has none."""
    if turn is None or not turn.queue.by_bridge:
        return None
    is_on = bridges.server_bridge() is not None
    words = str(LINE.get(turn.told, ""))
    if not is_on:
        words = say("The provider's line is switched off. Call from your own phone.")
    elif turn.told == ENDED:
        words = say("The call has ended. The line counted %(n)s seconds of talk.") % {"n": turn.talked_s or 0}
    is_own = turn.way == CallTurn.Way.OWN
    return LineShown(
        "" if is_own else words, is_on and not is_own, actions.may_use_own(turn=turn) and not is_own
    )


def _languages() -> list[tuple[str, str]]:
    return list(languages().items())


def _spoken(request: Request) -> list[str]:
    """The languages a caller ticked last; else the one of their pages."""
    with system("the languages of a caller"):
        kept = centres.caller_languages(request.viewer.account_id or 0)
    return kept or [request.viewer.language or "hi"]


def _spoken_form(spoken: Sequence[str], data: Any = None) -> SpokenForm:
    form = SpokenForm(data, initial={"languages": list(spoken)})
    field = form.fields["languages"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = _languages()
    return form


def _in_an_hour(turn: CallTurn | None, at: datetime) -> datetime | None:
    if turn is None:
        return None
    queue = turn.queue
    back = (at + timedelta(hours=1)).replace(second=0, microsecond=0)
    return into_hours(back, zone=queue.programme.zone, opens=queue.opens, closes=queue.closes)


def _script(turn: CallTurn, data: Any = None) -> FilledForm | None:
    """The script as it was when the person came to the caller."""
    if turn.version_id is None:
        return None
    return answers_form(version_by_id(turn.version_id))(data, prefix="s")


CALLER_ACTS = {
    "leave": PageAct(
        lambda break_for, by, at, **_centre: actions.leave_seat(reason=break_for, by=by, at=at),
        form=BreakForm,
    ),
    "help": PageAct(
        lambda help_for, **known: actions.ask_help(reason=help_for, **known),
        _("Your supervisor sees that you need help."),
        form=HelpForm,
    ),
    "no-help": PageAct(lambda by, at, **_centre: actions.drop_help(by=by, at=at)),
}


@require_POST
def calls_act(request: Request, act: str) -> HttpResponseBase:
    """Take the next person, leave for a break, ask the supervisor for help, or say that the page is open."""
    seat, at = centre_of(request, centres.AGENT), clock.now()
    if act in CALLER_ACTS:
        done = or_refuse(CALLER_ACTS.get(act)).tried(
            request, body_id=seat.body_id or 0, by=request.actor, at=at
        )
        if not done:
            return _shown(request, seat, status=done.status, why=form_problem(done.form))
    elif act == "seen":
        actions.note_seen(by=request.actor, at=at)
    elif act == "next":
        form = _spoken_form(_spoken(request), request.POST)
        chosen = form.cleaned_data["languages"] if form.is_valid() else []
        return _next(request, seat, chosen or _spoken(request), at)
    else:
        raise NotFound
    return redirect("contact:calls")


def _next(request: Request, seat: HeldOffice, spoken: Sequence[str], at: datetime) -> HttpResponseBase:
    try:
        turn = actions.take_next(body_id=seat.body_id or 0, languages=spoken, by=request.actor, at=at)
    except actions.CentrePaused as paused:
        messages.error(request, str(paused))
    else:
        if turn is None:
            messages.warning(request, say("Nobody can be called now. “Where the queue stands” says why."))
    return redirect("contact:calls")


@form_page
def centre_call_page(request: Request, call: UUID) -> HttpResponseBase:
    """Note what came of a call, then give the caller the next person. A call of today is opened and corrected."""
    seat, at = centre_of(request, centres.AGENT), clock.now()
    is_again = "again" in request.POST
    with system("a call of a caller's own"):
        turn = centres.own_turn(request.viewer.account_id or 0, call)
        script = _script(turn, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        if turn.ended_at is None:
            return redirect("contact:calls")
        return _opened(request, turn, TriedForm(initial={"back_at": _in_an_hour(turn, at)}), script)
    form, status = TriedForm(request.POST), 422
    if not _is_script_wrong(request, script):
        outcome = tried(request, form, _note(request, call, script, timedelta(0)))
        status = outcome.status
        if outcome and is_again:
            say_when_done(request, say("Corrected."))
            return redirect("contact:own_calls")
        if outcome:
            return _next(request, seat, _spoken(request), at)
    if is_again or turn.ended_at is not None:
        return _opened(request, turn, form, script, status=status)
    return _shown(request, seat, form=form, script=script, status=status)


def _is_script_wrong(request: Request, script: FilledForm | None) -> bool:
    is_talk = request.POST.get("outcome") in queries.TALKS
    return script is not None and is_talk and not script.is_valid()


def _note(
    request: Request, call: UUID, script: FilledForm | None, age: timedelta
) -> Callable[[dict[str, Any]], CallTurn]:
    """The act of a call's form: it notes the outcome, or corrects it."""
    is_answered = script is not None and script.is_valid() and bool(script.answers)
    answers = script.answers if script is not None and is_answered else None
    act = actions.correct_call if "again" in request.POST else actions.note_centre_call

    def note(given: dict[str, Any]) -> CallTurn:
        report = actions.CallTold(**given, answers=answers, age=age)
        return act(turn=call, told=report, by=request.actor, at=clock.now())

    return note


def _opened(
    request: Request,
    turn: CallTurn,
    form: forms.BaseForm,
    script: FilledForm | None,
    *,
    status: int = 200,
) -> HttpResponseBase:
    """Show a call that is over: what came of it, and the form that corrects it. NotFound on a later day."""
    at, zone = clock.now(), turn.queue.programme.zone
    with system("a call of a caller's own"):
        noted = centres.call_of_today(turn, at=at)
    if noted.outcome and turn.ended_at and clock.day_in(zone, turn.ended_at) != clock.day_in(zone, at):
        raise NotFound
    context = {
        "here": "calls",
        "crumbs": [(say("Calls"), reverse("contact:calls")), (say("Your calls today"), "")],
        "own": noted,
        "turn": turn,
        "form": form,
        "script": script,
        "outcomes": [(n, *labels) for n, labels in enumerate(OUTCOMES, 1)],
    }
    return render(request, "contact/call.html", context, status=status)


@require_safe
def own_calls_page(request: Request) -> HttpResponseBase:
    """List the caller's calls of today with their outcomes. Each can be opened again."""
    centre_of(request, centres.AGENT)
    with system("the calls of a caller's day"):
        rows = centres.calls_today(request.viewer.account_id or 0, at=clock.now())
    context = {
        "here": "calls",
        "crumbs": [(say("Calls"), reverse("contact:calls")), (say("Your calls today"), "")],
        "rows": rows,
    }
    return render(request, "contact/own_calls.html", context)


def take_turn_record(request: Request, sent: RecordSent) -> str:
    """Note what came of a call that a browser kept, by the form and the act of its page."""
    centre_of(request, centres.AGENT)
    with system("a call of a caller's own"):
        turn = centres.own_turn(request.viewer.account_id or 0, sent.named["call"])
        script = _script(turn, request.POST)
    if script is not None and _is_script_wrong(request, script):
        do_record_act(script, lambda given: given)
    do_record_act(TriedForm(request.POST), _note(request, turn.pk, script, sent.age))
    return reverse("contact:calls")


def show_turn_record(request: Request, sent: RecordSent) -> RecordShown:  # noqa: ARG001  # alike for every kind
    """Refuse every such record of a phone that was signed out: callers sign in with both proofs."""
    raise NotYours


RINGS = {"ring": actions.ring, "line": actions.ring_by_bridge}
RING_REFUSALS = (
    actions.TurnOver,
    actions.OwnCallsDone,
    actions.BridgeWorks,
    actions.BridgeOff,
    actions.BridgeBusy,
    actions.BridgeAskedOut,
    actions.TakenBackTooLate,
)


@require_POST
def call_act(request: Request, call: UUID, act: str) -> HttpResponseBase:
    """Ring the person by one's own phone or the line, give them back without a call, or take an outcome back."""
    centre_of(request, centres.AGENT)
    at = clock.now()
    try:
        if act in RINGS:
            rung = RINGS[act](turn=call, by=request.actor, at=at)
            if rung.why:
                messages.warning(request, say("Not called: %(why)s") % {"why": gate.WORDS[rung.why]})
        elif act == "back":
            actions.give_person_back(turn=call, by=request.actor, at=at)
        elif act == "undo":
            actions.take_back_call(turn=call, by=request.actor, at=at)
            say_when_done(request, say("Taken back. Choose what came of the call."))
            return redirect("contact:call", call)
        else:
            raise NotFound
    except RING_REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect(reverse("contact:calls"))
