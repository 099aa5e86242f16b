"""Show what was sent of a form: listed with a map, read with its pictures and history, and counted by unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.small_cells import count_in_words
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms import actions, queries
from abhiyan.forms.models import Form, Submission, SubmissionPicture
from abhiyan.forms.rules import abouts
from abhiyan.forms.rules import answers as rules
from abhiyan.forms.rules.questions import FormQuestion, QuestionKind
from abhiyan.org.here import Here, page_unit
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui import maps
from abhiyan.ui.files import file_answer
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

from .making import form_frame

State = Submission.State
MOST_MONTHS = 6  # to choose from
MARKS = {State.REPORTED: "warn", State.ACCEPTED: "ok", State.RETURNED: "bad"}


class SentFilters(forms.Form):
    """Choose the submissions, and how files write their answers."""

    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *State.choices])
    answers = forms.ChoiceField(
        label=_("Answers in files"), required=False, choices=[("", _("in words")), ("codes", _("as codes"))]
    )


@dataclass(frozen=True, slots=True)
class SentRow:
    """A submission in a list."""

    one: Submission
    sender: str
    pictures: Sequence[SubmissionPicture]

    @property
    def mark(self) -> str:
        return MARKS[State(self.one.state)]


COLUMNS: tuple[Column[SentRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.one.unit.names), is_name=True),
    Column("code", _("Code of the unit"), lambda row: row.one.unit.code, only_in_file=True),
    Column(
        "body",
        _("Body"),
        lambda row: name_in_language(row.one.body.names) if row.one.body else "",
        css="under",
    ),
    Column("at", _("Filled in"), lambda row: row.one.at, order="at", css="nums under"),
    Column(
        "sender",
        _("Sent by"),
        lambda row: row.sender,
        names_people=True,
        css="under",
        account=lambda row: row.one.sent_by,
    ),
    Column("pictures", _("Pictures"), lambda row: len(row.pictures)),
    Column("reason", _("Reason"), lambda row: row.one.reason, names_people=True, only_in_file=True),
    Column("lat", _("Latitude"), lambda row: row.one.lat, only_in_file=True),
    Column("lon", _("Longitude"), lambda row: row.one.lon, only_in_file=True),
    Column("state", _("Status"), lambda row: row.one.get_state_display(), order="state", css="end"),
)


def _answer_columns(questions: Sequence[FormQuestion], *, as_codes: bool) -> Iterator[Column[SentRow]]:
    """A column of the file for each question. Answers in free words may name people."""

    def value(question: FormQuestion, row: SentRow) -> Any:
        given = row.one.answers.get(question.key)
        is_plain = as_codes or (isinstance(given, (int, float)) and not isinstance(given, bool))
        return rules.coded(given) if is_plain else rules.answer_in_words(question, given)

    for form_question in questions:
        if form_question.kind not in (QuestionKind.PICTURE, QuestionKind.PLACE):
            yield Column(
                f"q-{form_question.key}",
                form_question.key if as_codes else form_question.words,
                partial(value, form_question),
                only_in_file=True,
                names_people=form_question.kind is QuestionKind.TEXT,
            )


def _rows(found: Sequence[Submission]) -> list[SentRow]:
    names = people.names_of_accounts({one.sent_by for one in found if one.sent_by})
    pictures = queries.pictures_of_submissions(found)
    return [
        SentRow(one, local_person(names.get(one.sent_by or 0, "")), pictures.get(one.pk, ())) for one in found
    ]


@page_with_list
def submissions_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what was sent of a form, for the units of a unit: list, map, pictures; CSV and XLSX."""
    form = queries.form_for(request.viewer, public_id)
    here = page_unit(request, otherwise=lambda: _start(request, form.unit_id))
    filters = SentFilters(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    submissions = queries.submissions_of(form, here.span)
    submissions = submissions.filter(state=wanted["state"]) if wanted.get("state") else submissions
    as_codes = wanted.get("answers") == "codes"
    table: Table[SentRow] = Table(
        request,
        (
            *COLUMNS,
            *_answer_columns(
                queries.readable_questions(form, queries.questions_ever(form)), as_codes=as_codes
            ),
        ),
        submissions,
        name="submissions",
        caption=_("Filled in"),
        sort="-at",
        finish=_rows,
        unit_id=here.unit.id,
        narrowed=filters,
        is_brief=True,
    )
    context = {**_about(form, here, say("Filled in")), "filters": filters}
    if not table.file_kind:
        context["places"] = [_place(each) for each in queries.submissions_with_place(submissions)]
        context["outlines"] = (
            units.outlines_behind(here.unit.id, at=clock.now()) if context["places"] else None
        )
    return list_response(request, "forms/sent.html", table, context)


def _start(request: Request, unit_id: int) -> int:
    """The unit a page begins with: the form's, or the viewer's own where that is below it."""
    home = request.viewer.home
    spans = units.all_spans([unit_id]).get(unit_id, [])
    return home.unit_id if home and any(lo <= home.lo < hi for lo, hi in spans) else unit_id


def _about(form: Form, here: Here, title: str) -> dict[str, Any]:
    return {**form_frame(form, (title, "")), "about": here, "title": title}


def _place(one: Submission) -> maps.MapPlace:
    name = name_in_language(one.unit.names)
    return maps.MapPlace(
        name=name,
        lon=one.lon,
        lat=one.lat,
        ladder=LadderShown(name=name, target=None, reported=1, counted=1, confirmed=0),
    )


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A unit, and how often each choice was taken there. code: "" for what the unit above filled in itself."""

    code: str
    name: str
    n_of: Mapping[str, int | None]


@page_with_list
def choice_counts_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """How often each choice of one question was taken, for the units below a unit."""
    form = queries.form_for(request.viewer, public_id)
    here = page_unit(request, otherwise=lambda: _start(request, form.unit_id), counts=True)
    questions = [question for question in queries.questions_ever(form) if question.is_counted]
    question_key = request.GET.get("question")
    chosen = next(
        (question for question in questions if question.key == question_key),
        questions[0] if questions else None,
    )
    months = _months(clock.day_in(settings.TIME_ZONE, clock.now()))
    month = next(
        (first_day for first_day in months if f"{first_day:%Y-%m}" == request.GET.get("month")), None
    )
    columns: list[Column[ChoiceRow]] = [Column("unit", _("Unit"), lambda row: row.name, is_name=True)]
    columns += [
        Column(f"c-{code}", words, partial(_figure, code), css="num")
        for code, words in (chosen.options if chosen else ())
    ]
    table: Table[ChoiceRow] = Table(
        request,
        columns,
        _choice_rows(request, form, here, chosen, month),
        name="counts",
        caption=chosen.words if chosen else "",
    )
    context = {
        **_about(form, here, say("All figures")),
        "is_unnamed": queries.is_form_unnamed(form),
        "months": [
            (say("All"), "", month is None),
            *(
                (date_format(first_day, "M Y"), f"{first_day:%Y-%m}", first_day == month)
                for first_day in months
            ),
        ],
        "questions": [(question.words, question.key, question is chosen) for question in questions],
    }
    return list_response(request, "forms/counts.html", table, context)


def _months(today: date) -> list[date]:
    """The first days of the newest months, today's first."""
    months = [today.replace(day=1)]
    while len(months) < MOST_MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _figure(code: str, row: ChoiceRow) -> str:
    return count_in_words(row.n_of[code])


def _choice_rows(
    request: Request, form: Form, here: Here, chosen: FormQuestion | None, month: date | None
) -> list[ChoiceRow]:
    if chosen is None:
        return []
    counts_by_unit: dict[int, dict[str, int | None]] = {}
    for choice_count in queries.count_choices(
        form,
        chosen,
        unit=here.unit,
        hierarchy=here.hierarchy,
        viewer=request.viewer,
        month=month,
        at=clock.now(),
    ):
        counts_by_unit.setdefault(choice_count.unit_id, {})[choice_count.code] = choice_count.n
    counts_here = counts_by_unit.pop(here.unit.id)
    # Nothing is left out but an exact nothing: a row that is missing would tell "none" from "fewer than 10".
    rows = (
        [ChoiceRow("", say("%(unit)s itself") % {"unit": here.name}, counts_here)]
        if set(counts_here.values()) != {0}
        else []
    )
    below = sorted(
        (name_in_language(unit.names), unit.code, unit_id)
        for unit_id, unit in units.units_by_id(counts_by_unit).items()
    )
    return rows + [ChoiceRow(code, name, counts_by_unit[unit_id]) for name, code, unit_id in below]


@require_GET
def submission(request: Request, submission_id: UUID) -> HttpResponseBase:
    """One submission: its answers, pictures and history, and the way to where it is decided."""
    one = queries.submission_for(submission_id)
    is_own = one.sent_by is not None and one.sent_by == request.viewer.account_id
    questions = (
        one.version.asked if is_own else queries.readable_questions(one.version.form, one.version.asked)
    )
    steps = queries.history_of(one, questions)
    names = people.names_of_accounts(
        {one.sent_by or 0, *(step.by_account for step, _changed in steps if step.by_account)}
    )
    context = {
        **form_frame(one.version.form, (name_in_language(one.unit.names), "")),
        **queries.submission_shown(one, questions),
        "sender": local_person(names.get(one.sent_by or 0, "")),
        "mark": MARKS[State(one.state)],
        "steps": [
            (step, local_person(names.get(step.by_account or 0, "")), changed) for step, changed in steps
        ],
        "asked_on": abouts.about_page(one.about, at=clock.now()),
    }
    return render(request, "forms/submission.html", context)


@require_GET
def submission_picture(request: Request, submission_id: UUID, picture_id: UUID) -> HttpResponse:
    """A picture of a submission; `?small` for lists. Opening a whole one leaves a row in the trail."""
    is_small = "small" in request.GET
    data = queries.open_picture(submission_id, picture_id, is_small=is_small)
    if not is_small:
        actions.note_picture_read(submission_id=submission_id, by=request.actor, at=clock.now())
    return file_answer(data, kind="image/jpeg", name=f"{picture_id}.jpg", opens=True)
