"""The page of a due, and the acts on it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.deadlines import finished_at
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.rooms import offered
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms import actions as forms_acts
from abhiyan.forms import queries as filled_forms
from abhiyan.forms.models import Submission
from abhiyan.forms.queries import FilledForm, answers_form, submission_for, typed_answers
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.messaging.queries import last_reminders
from abhiyan.org.here import of_own_work, page_unit, unit_fact
from abhiyan.org.queries import own_work
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.polls import queries as polls
from abhiyan.programmes import here as shown
from abhiyan.programmes.queries.holders import holders_by_account
from abhiyan.ui.acts import PageAct, form_page, form_problem, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.fields import DayField, NoteField, WholeField
from abhiyan.ui.posts import post_only
from abhiyan.ui.records import RecordSent, RecordShown, RecordTaken, do_record_act, labelled_answers
from abhiyan.work.actions import dues as acts
from abhiyan.work.actions import schedules
from abhiyan.work.actions.tasks import LONGEST_NOTE, LONGEST_TEXT
from abhiyan.work.models import Due, DueRecord, Schedule
from abhiyan.work.queries import schedule_forms
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules.schedules import FINISHED, LARGEST_FIGURE, MOST_PEOPLE, DueSign, DueState, Period

from .schedules import (
    KINDS,
    SIGN_NAMES,
    SIGNS,
    due_state_name,
    figure_names,
    period_name,
    schedule_crumbs,
    who_owes,
)


class DueDayForm(forms.Form):
    """The day of a meeting to come."""

    on = DayField(label=_("Day"))


MOST_RECORDS = 20  # of one due, that are replaced.
MOST_PERIODS = 6  # after its own, which a kept form may be filled in for.
# Keys of the ready form of a meeting: its answers are the day and the people.
DAY_ASKED, CAME_ASKED = "day", "came"
KIND_ASKED = {DAY_ASKED: QuestionKind.DAY, CAME_ASKED: QuestionKind.WHOLE}


class HoldForm(forms.Form):
    """The day a meeting was held, how many came, what it was about. A question of its form is not asked again."""

    on = DayField(label=_("Held on"))
    people = WholeField(
        label=_("People who came"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        error_messages=dict.fromkeys(("min_value", "max_value"), acts.PeopleUnfit.message),
    )
    text = NoteField(
        label=_("In a few words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        asked: Collection[str] = (),
        period: Period | None = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        """asked: the keys of the questions of its form. period, today: they bound the day."""
        super().__init__(*args, **kwargs)
        on = self.fields["on"]
        if period is not None and today is not None and isinstance(on, DayField):
            words = str(acts.HeldDayUnfit(first=date_format(period.begins_on, "j M Y")))
            on.within(period.begins_on, timedelta(0), today=today, words=words)
        for key, name in ((DAY_ASKED, "on"), (CAME_ASKED, "people")):
            if key in asked:
                del self.fields[name]


class ReportForm(forms.Form):
    """A report: numbers by their keys, and words."""

    text = NoteField(
        label=_("Report"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, asks: dict[str, str], needs_words: bool = False, **kwargs: Any) -> None:
        """asks: key of each number -> its words. needs_words: it has neither numbers nor a form."""
        super().__init__(*args, **kwargs)
        self.fields["text"].required = needs_words
        self.fields["text"].error_messages["required"] = acts.WordsMissing.message
        unfit = dict.fromkeys(("min_value", "max_value"), acts.NumberUnfit.message)
        for key, words in asks.items():
            self.fields[key] = WholeField(
                label=words, min_value=0, max_value=LARGEST_FIGURE, error_messages=unfit
            )
        self.asks = tuple(asks)
        self.order_fields([*asks, "text"])

    def given(self) -> dict[str, Any]:
        """Return the values as the act wants them."""
        return {
            "text": self.cleaned_data["text"],
            "numbers": {key: self.cleaned_data[key] for key in self.asks},
        }


class DueReasonForm(forms.Form):
    """Why."""

    reason = NoteField(
        label=_("Reason"), max_length=LONGEST_NOTE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


Page = tuple[Schedule, found.AskedUnit, Period]


class PeriodOver(Refused, status=409):
    """An answer belongs to its own period. It is never taken for another one."""

    message = _("The period from %(day)s can't be answered here any more.")


BESIDE: dict[str, str | Promise] = {
    DueRecord.Why.OLDER: _("A newer answer stands. Yours is kept beside it."),
    DueRecord.Why.AFTER: _("It came after the period was closed. It is kept, and changes no figure."),
}
LATE_KEPT = _("It came more than seven days after the hour. It is kept as late, and changes no figure.")


def _kept(due: Due, words: str | Promise) -> str | Promise:
    """Say how an answer was kept. words: for an answer that stands and counts."""
    return BESIDE.get(due.beside) or (LATE_KEPT if due.is_after else words)


def _page(request: Request, public_id: UUID, *, at: datetime, sent: RecordSent | None = None) -> Page:
    """Return the due that the address names. NotFound where the viewer may not answer or decide there.

    sent: a record that a phone kept. It belongs to the period its page named, however long ago that was.
    """
    schedule = found.schedule_for(public_id)
    query, is_record = request.GET, sent is not None
    unit_id = page_unit(request, hierarchy=schedule.hierarchy, otherwise=shown.require_unit).unit.id
    body_id = whole_number(query.get("body", ""), most=10**9)
    asked_unit = or_refuse(found.asked_unit(schedule, unit_id=unit_id, body_id=body_id))
    if not found.may_say(request.actor, asked_unit):
        raise NotFound
    try:
        day = date.fromisoformat(query.get("from", ""))
    except ValueError:
        period = or_refuse(schedule.timing.current(at))
    else:
        over = PeriodOver(day=date_format(day, "j M Y"))
        period = or_refuse(schedule.timing.begun_on(day, at, is_record=is_record), over)
    return schedule_forms.in_period(schedule, period), asked_unit, period


@require_GET
def one_due_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the due of one unit or body in one period, with the forms of what may be said or decided."""
    return _shown(request, public_id)


def _shown(
    request: Request,
    public_id: UUID,
    *,
    refused: tuple[str, forms.Form, FilledForm | None] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """refused: the act that was not done, and its forms with what is wrong."""
    at = clock.now()
    schedule, asked_unit, period = _page(request, public_id, at=at)
    today = clock.day_in(schedule.timing.zone, at)
    row = found.due_of(schedule, asked_unit, period)
    state = DueState(row.state) if row else DueState.OPEN
    may_say = asked_unit.is_open and schedule.ended_at is None
    may_decide = (
        asked_unit.is_open
        and not schedule.is_meeting
        and found.may_decide_due(request.actor, schedule, asked_unit)
    )
    is_to_mend = state == DueState.RETURNED and schedule.form is not None  # a form sent back is mended first
    forms_of = _forms(schedule, row, period, state, today=today)
    sent_before = _sent(row)
    wrong, questions = "", _questions(schedule, sent_before)
    if refused:
        act, sent, filled = refused
        questions = filled or questions
        if act in forms_of:
            forms_of[act] = sent
        else:
            wrong = form_problem(sent)
    who = found.responsible(schedule, [asked_unit], on=shown.today_of_programmes(at)).get(asked_unit.key)
    whose = (row.said_by, row.let_in_by, row.decided_by) if row else (None, None, None)
    signed_holders = holders_by_account(account_id for account_id in whose if account_id is not None)
    said_by, let_in_by, decided_by = (
        local_person(signed_holders[account_id].name) if account_id in signed_holders else ""
        for account_id in whose
    )
    is_own = any(
        (office.unit_id, office.body_id) == (asked_unit.unit_id, asked_unit.body_id)
        for office in request.viewer.appointments
    )
    board = reverse("work:schedule", args=[public_id])
    (owing,) = found.with_dues([(schedule, asked_unit)], at=at)
    signs = [(each, owing.sign(each, past, at)) for each, past in owing.periods]
    sign = dict(signs)[period]
    context = {
        **schedule_crumbs(
            (schedule.title, "" if is_own else board),
            (name_in_language(asked_unit.body_names or asked_unit.names), ""),
        ),
        "schedule": schedule,
        "whom": who_owes(schedule),
        "asked": asked_unit,
        "unit_name": name_in_language(asked_unit.names),
        "due": row,
        "state": str(SIGN_NAMES[sign])
        if state == DueState.OPEN
        else due_state_name(schedule, state, is_over=True),
        "kind": "bad" if sign == DueSign.SILENT else KINDS.get(state, ""),
        "period": period,
        "period_name": period_name(schedule, period),
        "due_at": schedule.timing.due_at(period),
        "is_late": schedule.timing.is_over(period, at) and sign != DueSign.NOT_ASKED,
        "who": who,
        "said_by": said_by,
        "let_in_by": let_in_by,
        "decided_by": decided_by,
        "numbers": [
            (words, row.figures.get(str(schedule.figures[key]))) for key, words in _asks(schedule).items()
        ]
        if row and row.figures
        else [],
        "forms": forms_of if may_say else {},
        "may_take_back": may_say and is_own and state in (DueState.PLANNED, DueState.CANNOT, DueState.DONE),
        "may_accept": may_decide and state in (DueState.DONE, DueState.RETURNED) and not is_to_mend,
        "return_form": forms_of["return"] if may_decide and state in FINISHED else None,
        "questions": questions,
        "records": _records(schedule, row),
        "sent_later": row.sent_later if row else 0,
        "reminded_on": last_reminders("due", [row.pk]).get(row.pk) if row else None,
        **(filled_forms.submission_shown(sent_before) if sent_before else {}),
        "problem": wrong,
        "query": "?" + schedules.due_href(schedule, asked_unit, period).partition("?")[2],
        "past": [
            (
                period_name(schedule, each),
                schedules.due_href(schedule, asked_unit, each),
                each == period,
                *SIGNS[sign],
            )
            for each, sign in reversed(signs)
        ],
        "silence": _silence(schedule, asked_unit, row, at=at),
        "below": _below(request, schedule, asked_unit, at=at) if is_own else None,
        "links": [
            link
            for links_of_due in (offered("links_of_due") if may_say else ())
            for link in links_of_due(request.viewer, schedule, asked_unit, period)
        ],
        "is_own": is_own,
        "is_refused": refused is not None,
        "today": today,
    }
    return render(request, "work/due.html", context, status=status)


@dataclass(frozen=True, slots=True)
class OtherRecord:
    """A record of a due that does not stand, as its page shows it."""

    of: DueRecord
    by: str
    numbers: Sequence[tuple[str, int]]
    answers: Sequence[tuple[str, str]]


def _records(schedule: Schedule, row: Due | None) -> list[OtherRecord]:
    """Return the answers to a due that are not in force, the newest first."""
    if row is None:
        return []
    some = list(row.records.order_by("-made_at")[:MOST_RECORDS])
    holders = holders_by_account(due_record.said_by for due_record in some if due_record.said_by is not None)
    names = figure_names(schedule) if some else {}
    return [
        OtherRecord(
            due_record,
            local_person(holders[due_record.said_by].name) if due_record.said_by in holders else "",
            [(names.get(int(measure), measure), n) for measure, n in due_record.figures.items()],
            filled_forms.worded_answers(schedule.form.asked, due_record.answers)
            if schedule.form and due_record.answers
            else [],
        )
        for due_record in some
    ]


def _asks(schedule: Schedule) -> dict[str, str]:
    """Return the numbers a report gives besides a form: their keys, in the words of their measures."""
    if schedule.form is not None:
        return {}
    names = figure_names(schedule)
    return {key: names.get(measure, key) for key, measure in schedule.figures.items()}


def _report_form(schedule: Schedule) -> Callable[..., ReportForm]:
    """Return the form of a schedule's report."""
    asks = _asks(schedule)
    return partial(ReportForm, asks=asks, needs_words=not asks and schedule.form is None)


def _sent(row: Due | None) -> Submission | None:
    """Return the form that was filled in for a due."""
    return submission_for(row.submission_id) if row and row.submission_id else None


def _questions(
    schedule: Schedule, sent: Submission | None, data: Any = None, files: Any = None
) -> FilledForm | None:
    """Return the form of the schedule, with what was answered; None where it has none."""
    if schedule.form is None:
        return None
    return answers_form(schedule.form)(
        data,
        files,
        prefix="q",
        initial=typed_answers(sent) if sent else None,
        kept=set(sent.pictures.values_list("question", flat=True)) if sent else (),
    )


def _forms(
    schedule: Schedule, row: Due | None, period: Period, state: DueState, *, today: Any
) -> dict[str, forms.Form]:
    """Return the forms of what may be said now, filled with what is there."""
    made: dict[str, forms.Form] = {"return": DueReasonForm(auto_id="return_%s")}
    asked_keys = _asked_keys(schedule)
    if schedule.is_meeting:
        planned_on = row.planned_on if row else None
        if state not in FINISHED:
            last = min(max(period.ends_on, today), schedule.timing.latest_plan(period, today))
            made["plan"] = DueDayForm(initial={"on": planned_on or last}, auto_id="plan_%s")
        held_on = (row.held_on if row else None) or (
            planned_on if planned_on and planned_on <= today else today
        )
        given = {"on": held_on, "people": row.people if row else None, "text": row.text if row else ""}
        made["hold"] = HoldForm(
            initial=given, auto_id="hold_%s", asked=asked_keys, period=period, today=today
        )
    elif state != DueState.ACCEPTED:
        figures = (
            {key: row.figures.get(str(measure)) for key, measure in schedule.figures.items()} if row else {}
        )
        initial = {"text": row.text if row else "", **figures}
        made["report"] = _report_form(schedule)(initial=initial, auto_id="report_%s")
    if state in (DueState.OPEN, DueState.PLANNED):
        made["cannot"] = DueReasonForm(auto_id="cannot_%s")
    return made


def _silence(schedule: Schedule, asked_unit: found.AskedUnit, row: Due | None, *, at: datetime) -> bool:
    """Return True if the day that is set lies in the 48 hours before a poll there: inner meetings get a warning."""
    if row is None or row.state != DueState.PLANNED or row.planned_on is None:
        return False
    begins = datetime.combine(row.planned_on, time(), ZoneInfo(schedule.timing.zone))
    there = polls.polling({asked_unit.unit_id: [asked_unit.unit_id]}, at=at)[asked_unit.unit_id]
    return any(first < begins + timedelta(days=1) and begins < last for first, last in there.silences)


def _below(
    request: Request, schedule: Schedule, asked_unit: found.AskedUnit, *, at: datetime
) -> tuple[Schedule | None, int] | None:
    """Return the schedule by which the unit passed this on, or how many units it may ask; None where it has none."""
    if (
        asked_unit.body_id is not None
        or schedule.ended_at is not None
        or not shown.viewer_may(request, LEADS, asked_unit.unit_id)
    ):
        return None
    passed_on = found.passed_on_schedule(schedule, asked_unit.unit_id)
    if passed_on is not None:
        return passed_on, 0
    n = next(iter(found.offices_to_ask(asked_unit.unit_id, schedule.hierarchy, at=at)), None)
    return (None, n.expected) if n is not None else None


ACTS = {
    "plan": PageAct(acts.plan_due, _("Saved. You can change the day here."), DueDayForm),
    "hold": PageAct(
        acts.hold_due, lambda due: _kept(due, _("Saved. You can correct it, or take it back here.")), HoldForm
    ),
    "report": PageAct(
        acts.report_due,
        lambda due: _kept(due, _("Sent. Until it is accepted you can mend it here.")),
        partial(ReportForm, asks={}),  # what it asks is the schedule's to say
    ),
    "cannot": PageAct(acts.cannot_due, _("Saved. The level above reads your reason."), DueReasonForm),
    "take-back": PageAct(acts.take_back_due, _("Taken back.")),
    "accept": PageAct(acts.accept_due, pgettext_lazy("of a report", "Accepted.")),
    "return": PageAct(acts.return_due, _("Returned. The unit reads your reason."), DueReasonForm),
}


@post_only("work:due", takes=("public_id",))
def due_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Set a day, say that it was held (without a day: the one a tap on Today names), report, say why not, take back;
    accept, return."""
    chosen, at = or_refuse(ACTS.get(act)), clock.now()
    page = _page(request, public_id, at=at)
    form, filled, do = _said(request, page, act, request.FILES, at=at)
    if filled is not None and not filled.is_valid():
        form.is_valid()
        return _shown(request, public_id, refused=(act, form, filled), status=422)
    done = tried(request, form, do, said=chosen.said)
    if not done:
        return _shown(request, public_id, refused=(act, form, filled), status=done.status)
    return redirect(schedules.due_href(*page))


Said = tuple[forms.Form, FilledForm | None, Callable[[dict[str, Any]], Due]]


def _asked_keys(schedule: Schedule) -> set[str]:
    """Return which of the day and the people of a meeting its form asks for: by the key and the kind of a question."""
    questions = schedule.form.asked if schedule.form is not None and schedule.is_meeting else ()
    return {question.key for question in questions if KIND_ASKED.get(question.key) is question.kind}


def _said(
    request: Request, page: Page, act: str, files: Any, *, at: datetime, made_at: datetime | None = None
) -> Said:
    """Return the form of an act as it was sent, the questions with it, and what does the act with what both
    cleaned."""
    chosen = ACTS[act]
    schedule, asked_unit, period = page
    sent: Any = request.POST
    is_in_form = act == "hold" and DAY_ASKED in _asked_keys(schedule)
    if act in ("plan", "hold") and "on" not in sent and not is_in_form:
        sent = _tapped(schedule, asked_unit, period, act, at=at)
    make: Any = _report_form(schedule) if act == "report" else chosen.form
    if act == "hold":
        today = clock.day_in(schedule.timing.zone, at)
        make = partial(HoldForm, asked=_asked_keys(schedule), period=period, today=today)
    form = make(sent, auto_id=f"{act}_%s")
    row = found.due_of(schedule, asked_unit, period)
    filled = _questions(schedule, _sent(row), request.POST, files) if act in ("hold", "report") else None
    owes = acts.Owes(schedule.public_id, asked_unit.unit_id, period.begins_on, asked_unit.body_id)

    def done_with(given: dict[str, Any]) -> Due:
        words = form.given() if isinstance(form, ReportForm) else given
        if filled is not None:
            words = words | {"filled": acts.Filled(filled.answers, filled.pictures)}
        if filled is not None and act == "hold":
            words |= _of_form(schedule, filled.answers)
        if made_at is not None:
            words = words | {"made_at": made_at}
        due: Due = chosen.do(owes=owes, **words, by=request.actor, at=at)
        return due

    return form, filled, done_with


@of_own_work
@form_page
def field_due(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the form of one due, for a phone. The due's own page shows the rest, and takes decisions."""
    at = clock.now()
    page = _page(request, public_id, at=at)
    schedule, asked_unit, period = page
    act = "hold" if schedule.is_meeting else "report"
    row = found.due_of(schedule, asked_unit, period)
    state = DueState(row.state) if row else DueState.OPEN
    form = _forms(schedule, row, period, state, today=clock.day_in(schedule.timing.zone, at)).get(act)
    where = address_of("pages:field_start") if request.viewer.is_phone else schedules.due_href(*page)
    if form is None or schedule.ended_at is not None or not asked_unit.is_open:
        return redirect(where)
    is_others = request.viewer.is_phone and row is not None and row.said_by != request.viewer.account_id
    if is_others:  # one SMS code shows nothing that another wrote
        form = _forms(schedule, None, period, state, today=clock.day_in(schedule.timing.zone, at))[act]
    questions, status = _questions(schedule, None if is_others else _sent(row)), 200
    if request.method == "POST":
        form, questions, do = _said(request, page, act, request.FILES, at=at)
        is_fit = questions is None or questions.is_valid()
        done = tried(request, form, do if is_fit else _not_yet, said=ACTS[act].said)
        if done:
            return redirect(where)
        status = done.status
    context = {
        "schedule": schedule,
        "form": form,
        "questions": questions,
        "reason": row.reason if row and state == DueState.RETURNED and not is_others else "",
        "unit_name": name_in_language(asked_unit.body_names or asked_unit.names),
        "period_name": period_name(schedule, period),
        "due_at": schedule.timing.due_at(period),
        "button": _("It was held") if schedule.is_meeting else _("Send the report"),
        "back": address_of("pages:field_start"),
        "page": _own_address(request, page),
        "periods": [
            (each.begins_on, period_name(schedule, each), _own_address(request, (schedule, asked_unit, each)))
            for each in (period, *schedule.timing.following(period, most=MOST_PERIODS))
        ],
    }
    return render(request, "work/field_due.html", context, status=status)


def _own_address(request: Request, page: Page) -> str:
    """Return the address of a due's form among the field pages."""
    return f"{request.path}?{schedules.due_href(*page).partition('?')[2]}"


def _not_yet(_given: dict[str, Any]) -> Due:
    """Stop an act whose questions have errors of their own, beside them."""
    raise forms_acts.AnswersUnfit


def take_report(request: Request, sent: RecordSent) -> RecordTaken:
    """Take a report, or word of a meeting, that a phone sends: by the forms and the act of its page.

    It was made when the phone finished it. Its sender reads where it does not stand, or changes no figure.
    """
    at = clock.now()
    with own_work(request.viewer):
        page = _page(request, sent.named["public_id"], at=at, sent=sent)
        act = "hold" if page[0].is_meeting else "report"
        made_at = finished_at(sent.age, at=at)
        form, questions, do = _said(request, page, act, sent.files, at=at, made_at=made_at)
        if questions is not None:
            do_record_act(questions, lambda _given: None)
        due = do_record_act(form, do)
    return RecordTaken(schedules.due_href(*page), str(_kept(due, "")))


def show_report(request: Request, sent: RecordSent) -> RecordShown:
    """Say what a report or word of a meeting would write. Refuses what its page and its forms refuse of its sender."""
    at = clock.now()
    with own_work(request.viewer):
        page = _page(request, sent.named["public_id"], at=at, sent=sent)
        schedule, asked_unit, period = page
        form, questions, _do = _said(
            request, page, "hold" if schedule.is_meeting else "report", sent.files, at=at
        )
        if questions is not None:
            do_record_act(questions, dict)
        do_record_act(form, dict)
    facts = [
        unit_fact(asked_unit.unit_id),
        *([(say("Body"), name_in_language(asked_unit.body_names))] if asked_unit.body_names else []),
        (say("What is asked"), schedule.title),
        (say("Period"), period_name(schedule, period)),
        *labelled_answers(form),
    ]
    if schedule.form is not None and questions is not None:
        facts += filled_forms.worded_answers(schedule.form.asked, questions.answers)
    return RecordShown(facts)


def _of_form(schedule: Schedule, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the day and the people of a meeting as its form has them, where it asks for them."""
    asked_keys, words = _asked_keys(schedule), dict[str, Any]()
    if DAY_ASKED in asked_keys:
        day = answers.get(DAY_ASKED)
        words["on"] = date.fromisoformat(day) if day else None
    if CAME_ASKED in asked_keys:
        words["people"] = answers.get(CAME_ASKED) or None
    return words


def _tapped(
    schedule: Schedule, asked_unit: found.AskedUnit, period: Period, act: str, *, at: datetime
) -> QueryDict:
    """Return the form one tap on Today means: the day its words named. Empty where they name none any more."""
    sent = QueryDict(mutable=True)
    row = found.due_of(schedule, asked_unit, period)
    today = clock.day_in(schedule.timing.zone, at)
    tap = schedule.timing.tap(period, row.state if row else None, row.planned_on if row else None, today)
    if tap and tap[0] == act:
        sent["on"] = tap[1].isoformat()
    return sent
