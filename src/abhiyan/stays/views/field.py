"""A worker's own stay on the phone: the place, what to do there, the marks and the report."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.contact import queries as contact
from abhiyan.contact.fields import HelperFields, help_said
from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms.actions import AnswersUnfit
from abhiyan.forms.queries import FilledForm, answers_form, ready_version, version_shown, worded_answers
from abhiyan.helpdesk.fields import NOT_OF_PLACES, KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets
from abhiyan.org.here import unit_address, unit_fact
from abhiyan.org.viewer import Request
from abhiyan.stays import actions, queries
from abhiyan.stays.actions import MarkGiven, StayReport
from abhiyan.stays.models import FieldDay, Stay
from abhiyan.stays.rules.stays import LEAST, StayFlaw, StayStep
from abhiyan.stays.words import FLAWS, STEPS
from abhiyan.ui.acts import form_page, form_problem, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.fields import NoteField, WhereField
from abhiyan.ui.numbers import grouped
from abhiyan.ui.records import KEPT, RecordSent, RecordShown, RecordTaken, do_record_act, labelled_answers
from abhiyan.units import queries as units

REPORT = "report"
BUTTONS = {
    StayStep.ARRIVE.value: _("Record arrival"),
    StayStep.EVENING.value: _("Record the evening"),
    StayStep.MORNING.value: _("Record the morning"),
    StayStep.LEAVE.value: _("Record departure"),
    REPORT: _("Send the report"),
}
TITLES = {step.value: words for step, words in STEPS.items()} | {REPORT: _("Stay report")}
UNDER_WAY = (Stay.State.ACCEPTED, Stay.State.THERE)


class AnswerStayForm(forms.Form):
    """The worker's yes, or no with a reason."""

    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
    why = NoteField(
        label=_("Why you cannot go"),
        required=False,
        max_length=actions.LONGEST_WHY,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class StayMarkForm(forms.Form):
    """One press, with what the phone knows: its place and its clock. A wrong value counts as not known."""

    place = WhereField()
    clock = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def given(self, age: timedelta) -> MarkGiven:
        """As the act wants it."""
        where = self.cleaned_data["place"]
        ms = whole_number(self.cleaned_data["clock"], most=10**14)
        own_time = None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
        return MarkGiven(where[:2] if where else None, where[2] if where else None, own_time, age)


class StayReportForm(HelperFields):
    """Ask what the place needs."""

    kind = KindField(label=_("What the place needs"), but=NOT_OF_PLACES, required=False)
    need = NoteField(
        label=_("In one sentence"),
        help_text=_("It goes to the helpline. The answer comes to you. Leave it empty if nothing is needed."),
        required=False,
        max_length=tickets.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def marks_of(stay: Stay) -> list[tuple[str, str, datetime | None]]:
    """Each step, its name, and when it was recorded."""
    return [
        (
            step.value,
            str(words),
            queries.mark_of(stay.marks[step.value]).at if step.value in stay.marks else None,
        )
        for step, words in STEPS.items()
    ]


def unmarked(stay: Stay) -> list[str]:
    """Return the steps of a stay that have no mark, and the report if it is not sent."""
    return [step.value for step in StayStep if step.value not in stay.marks] + (
        [] if stay.report else [REPORT]
    )


def steps_left(stay: Stay) -> list[str]:
    """Return what a worker has still to mark and report. Nothing before they accept the stay."""
    return unmarked(stay) if stay.state in (*UNDER_WAY, Stay.State.DONE) else []


def done_for(stay: Stay, at: datetime) -> str:
    """Say the whole hours that the worker has been there, and the hours it takes. Empty before the arrival is known."""
    if StayStep.ARRIVE.value not in stay.marks:
        return ""
    begun = queries.mark_of(stay.marks[StayStep.ARRIVE.value]).at
    end = queries.mark_of(stay.marks[StayStep.LEAVE.value]).at if StayStep.LEAVE.value in stay.marks else at
    minutes = int((end - begun).total_seconds() // 60)
    return say("%(hours)s of at least %(least)s hours") % {
        "hours": grouped(minutes // 60),
        "least": grouped(int(LEAST.total_seconds()) // 3600),
    }


def doors_of(own_stay: queries.OwnStay, at: datetime) -> dict[str, Any]:
    """Return the doors of the place, by programme of contact that runs there, and how many talks the worker noted."""
    if own_stay.of.state not in UNDER_WAY:
        return {}
    with system("doors where a worker stays"):
        running = contact.running_there(own_stay.of.unit_id, at=at)
        code = units.unit_by_id(own_stay.of.unit_id).code
    talks = 0
    if running and (begun := own_stay.of.marks.get(StayStep.ARRIVE.value)):
        since = queries.mark_of(begun).at
        talks = contact.talks_of(own_stay.of.worker_id, own_stay.of.unit_id, since=since, until=at)
    doors = [
        (
            unit_address(reverse("contact:field_doors", args=[programme.public_id]), code),
            name_in_language(programme.names),
            programme.closes_on,
        )
        for programme in running
    ]
    return {"doors": doors, "talks": talks}


@form_page
def field_stay(request: Request, stay: UUID) -> HttpResponseBase:
    """My stay: the place, the host, the work, and how far it is. The worker accepts or declines here.

    A phone that one SMS code let in sees no host.
    """
    at = clock.now()
    form = AnswerStayForm(request.POST if request.method == "POST" else None)

    def answer(given: dict[str, Any]) -> Stay:
        accepts = given["answer"] == "yes"
        return actions.answer_stay(stay=stay, accepts=accepts, why=given["why"], by=request.actor, at=at)

    done = tried(request, form, answer, said=_("Your answer is noted."))
    if done:
        return redirect(request.path)
    return _shown(request, stay, form, at=at, status=done.status)


@require_POST
def host_number(request: Request, stay: UUID) -> HttpResponseBase:
    """Show My stay with the host's number. Each look leaves a row in the trail."""
    at = clock.now()
    number = actions.show_host(stay=stay, by=request.actor, at=at)
    return _shown(request, stay, AnswerStayForm(), at=at, number=number)


class HostNoForm(forms.Form):
    """A host's no to the worker. stops: they want no more calls and messages either."""

    stops = forms.BooleanField(required=False)


@require_POST
def host_no(request: Request, stay: UUID) -> HttpResponseBase:
    """Note a no that the host said to the worker, and show what became of the stay."""
    form = HostNoForm(request.POST)
    done = tried(
        request,
        form,
        lambda fields: actions.note_host_no(
            stay=stay, stops=fields["stops"], by=request.actor, at=clock.now()
        ),
        said=_("Noted. Only the host can take it back."),
    )
    if not done:
        messages.error(request, form_problem(form))
    return redirect("stays:field_stay", stay)


def _shown(
    request: Request, stay: UUID, form: forms.Form, *, at: datetime, number: str = "", status: int = 200
) -> HttpResponseBase:
    card = queries.own_stay(request.viewer.account_id, stay, at=at)
    flaw = card.of.flaw
    is_copy = KEPT in request.headers
    with system("whether a host said no"):
        has_refused = bool(queries.hosts_who_refused([card.of.host_phone] if card.of.host_phone else []))
    steps = steps_left(card.of)
    if is_copy and card.of.state == Stay.State.ASSIGNED:
        steps = unmarked(card.of)  # The worker may accept by SMS where there is no other network.
    context = {
        "own": card,
        "host": local_person(card.of.host_name),
        "is_missed": card.is_missed(at),
        "form": form,
        "number": number,
        "days": queries.programme_days(card.programme),
        "is_copy": is_copy,
        "names_host": not is_copy and not request.viewer.is_phone and not has_refused,
        "has_refused": has_refused,
        "marks": marks_of(card.of),
        "done_for": done_for(card.of, at),
        "flaw": FLAWS[StayFlaw(flaw)] if flaw else "",
        "report": card.of.report,
        "steps": steps,
        **doors_of(card, at),
        "back": address_of("pages:field_start"),
    }
    return render(request, "stays/field_stay.html", context, status=status)


@form_page
def field_step(request: Request, stay: UUID, step: str) -> HttpResponseBase:
    """One mark or the report of a stay: a single form, which a phone keeps without a network."""
    at = clock.now()
    card = queries.own_stay(request.viewer.account_id, stay, at=at)
    form, questions, do = _form(request, card.of, step, timedelta(0), request.FILES, at=at)
    is_fit = questions is None or not questions.is_bound or questions.is_valid()
    done = tried(request, form, do if is_fit else _not_yet, said=sentence_of_mark)
    is_early = card.of.state == Stay.State.ASSIGNED and KEPT not in request.headers
    if done or (request.method == "GET" and (is_early or step not in unmarked(card.of))):
        return redirect("stays:field_stay", stay)
    context = {
        "own": card,
        "form": form,
        "questions": questions,
        "step": step,
        "title": TITLES[step],
        "button": BUTTONS[step],
        "is_mark": step != REPORT,
        "page": request.path,
        "back": reverse("stays:field_stay", args=[stay]),
    }
    return render(request, "stays/field_step.html", context, status=done.status)


KNOWN = _("You recorded this before. The first one stays.")


def sentence_of_mark(one: Stay | FieldDay) -> Promise:
    """Return what a worker reads after a mark or a report."""
    return KNOWN if one.is_known else _("Recorded.")


def take_step(request: Request, sent: RecordSent) -> RecordTaken:
    """Take a mark or a report that a phone sends: by the form and the act of its page. A known mark is no error."""
    at = clock.now()
    row = queries.own_stay(request.viewer.account_id, sent.named["stay"], at=at).of
    form, questions, do = _form(request, row, sent.named["step"], sent.age, sent.files, at=at)
    if questions is not None:
        do_record_act(questions, lambda _given: None)
    row = do_record_act(form, do)
    return RecordTaken(reverse("stays:field_stay", args=[row.pk]), str(KNOWN) if row.is_known else "")


def show_step(request: Request, sent: RecordSent) -> RecordShown:
    """Name the stay of a record, and the mark or report that it would write. Refuses a stay of somebody else."""
    at = clock.now()
    card = queries.own_stay(request.viewer.account_id, sent.named["stay"], at=at)
    form, questions, _do = _form(request, card.of, sent.named["step"], sent.age, sent.files, at=at)
    if questions is not None:
        do_record_act(questions, dict)
    do_record_act(form, dict)
    facts = [
        unit_fact(card.of.unit_id),
        (say("Programme"), name_in_language(card.programme.names)),
        (say("Stay"), str(TITLES[sent.named["step"]])),
        *labelled_answers(form),
        *(worded_answers(questions.version.asked, questions.answers) if questions else ()),
    ]
    return RecordShown(facts)


def _not_yet(_given: dict[str, Any]) -> Stay:
    """Stop a report whose questions have errors of their own, beside them."""
    raise AnswersUnfit


def _form(
    request: Request,
    stay: Stay,
    step: str,
    age: timedelta,
    files: MultiValueDict[str, UploadedFile],
    *,
    at: datetime,
) -> tuple[forms.Form, FilledForm | None, Callable[[dict[str, Any]], Stay]]:
    """The form of a step, the questions of a report, and the act."""
    if step not in TITLES:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    if step == REPORT:
        with system("the report of a stay"):
            newest = ready_version(stay.unit_id, queries.REPORT_FORM)
            number = whole_number(request.POST.get("version", ""), most=10**4) or 0
            version = version_shown(newest, number)
        filled = answers_form(version)(data, files if data is not None else None, prefix="q")
        form = StayReportForm(data, initial={"kind": Ticket.Kind.OTHER})

        def report(fields: dict[str, Any]) -> Stay:
            words = StayReport(
                filled.answers,
                filled.pictures,
                fields["need"],
                fields["kind"] or Ticket.Kind.OTHER,
                filled.version.number or 0,
                age,
                help_said(fields),
            )
            return actions.add_report(stay=stay.pk, report=words, by=request.actor, at=at)

        return form, filled, report
    mark = StayMarkForm(data)
    return (
        mark,
        None,
        lambda _given: actions.add_mark(
            stay=stay.pk, step=StayStep(step), mark_given=mark.given(age), by=request.actor, at=at
        ),
    )
