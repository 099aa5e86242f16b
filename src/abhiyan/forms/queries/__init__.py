"""Forms that somebody may see or fill in, and what was filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from abhiyan.core import small_cells, sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.small_cells import shown_with_own
from abhiyan.forms.filling import FilledForm, answers_form
from abhiyan.forms.models import (
    Form,
    FormVersion,
    Submission,
    SubmissionPicture,
    SubmissionStep,
)
from abhiyan.forms.rules import answers as rules
from abhiyan.forms.rules.questions import FormQuestion, QuestionKind
from abhiyan.forms.rules.ready import OPINION, ready_forms
from abhiyan.org.rules.ranges import literal
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone
from abhiyan.units import queries as units

__all__ = ["FilledForm", "answers_form", "forms_for", "latest_version", "submission_for", "typed_answers"]

# Rows on one page.
MOST_VERSIONS, MOST_STEPS, MOST_PLACES = 50, 100, 1_000
# Its holder at a unit makes and changes its forms.
MAKE = "forms.make"

# Forms of units above the viewer's own, in them or below.
_NEAR = """select its.unit_id from units_placement its
 where its.lo is not null and %s::int8multirange && int8range(its.lo, its.hi)"""
_USED = FormVersion.objects.filter(form=OuterRef("pk"), used_from__isnull=False)


def forms_near(viewer: Viewer) -> QuerySet[Form]:
    """Every form of the viewer's units, of those above and of those below; drafts only where they make forms."""
    held = viewer.appointments if viewer.is_strong else ()
    makes = literal(each for one in held if MAKE in one.capabilities for each in one.ranges)
    near = _at(literal((one.lo, one.hi) for one in held))
    return Form.objects.select_related("unit").filter(near).filter(Q(Exists(_USED)) | _at(makes))


def forms_for(viewer: Viewer) -> QuerySet[Form]:
    """The forms in use that a viewer may choose from or fill in: of their own units, of those above and below."""
    return forms_near(viewer).filter(Exists(_USED), ended_at=None)


def named_like(text: str) -> Q:
    """Forms whose name holds these words, in either language."""
    return Q(names__hi__icontains=text) | Q(names__en__icontains=text)


def _at(ranges: str) -> Q:
    return Q(unit_id__in=RawSQL(_NEAR, [ranges]))  # noqa: S611  # a parameter


def form_for(viewer: Viewer, public_id: UUID) -> Form:
    """A form near the viewer, or NotFound."""
    return or_refuse(forms_near(viewer).filter(public_id=public_id).first())


def may_make_forms(viewer: Viewer, unit_id: int) -> bool:
    """Return True if the viewer makes and changes the forms of a unit."""
    return viewer.may_at(MAKE, *(lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])))


def version_numbers(found: Sequence[Form]) -> dict[int, tuple[int, int]]:
    """By the forms' ids: the number of the version in use, and of the draft; 0 where there is none."""
    rows = FormVersion.objects.filter(form__in=found).values("form_id")
    used = Max("number", filter=Q(used_from__isnull=False), default=0)
    told = rows.annotate(used=used, draft=Max("number", filter=Q(used_from=None), default=0)).order_by()
    return {row["form_id"]: (row["used"], row["draft"]) for row in told}


def sent_of(found: Sequence[Form]) -> dict[int, int]:
    """By the forms' ids: how many submissions are in the viewer's sight."""
    rows = Submission.objects.filter(form__in=found).values("form_id").annotate(n=Count("pk")).order_by()
    return {row["form_id"]: row["n"] for row in rows}


def versions_of_form(form: Form) -> list[FormVersion]:
    """The newest versions of a form; a draft comes first."""
    return list(form.versions.order_by("-number")[:MOST_VERSIONS])


def questions_ever(form: Form) -> list[FormQuestion]:
    """Every question that versions in use have asked, the newest words of each."""
    found: dict[str, FormQuestion] = {}
    for version in form.versions.filter(used_from__isnull=False).order_by("-number")[:MOST_VERSIONS]:
        for one in version.asked:
            found.setdefault(one.key, one)
    return [one for one in found.values() if one.kind is not QuestionKind.NOTE]


def latest_version(form_id: int) -> FormVersion | None:
    """The version of a form that is in use; None while there is only a draft."""
    found = FormVersion.objects.select_related("form").filter(form_id=form_id, used_from__isnull=False)
    return found.order_by("-number").first()


def version_shown(newest: FormVersion, number: int) -> FormVersion:
    """The version of a form that a page showed, by its number; else the newest. A phone may have kept an older page."""
    if number in (0, newest.number):
        return newest
    versions = FormVersion.objects.select_related("form").filter(form=newest.form_id, used_from__isnull=False)
    return versions.filter(number=number).first() or newest


def versions_in_use(form_id: int) -> dict[int, FormVersion]:
    """The versions of a form that are or were in use, by their id."""
    return {one.pk: one for one in FormVersion.objects.filter(form_id=form_id, used_from__isnull=False)}


def version_by_id(version_id: int) -> FormVersion:
    """Return a version of a form with its form, for every viewer."""
    return FormVersion.objects.select_related("form").get(pk=version_id)


def submission_for(submission_id: UUID) -> Submission:
    """A submission in the viewer's sight, with its form's version and unit; or NotFound."""
    found = Submission.objects.select_related("version__form", "unit", "body").filter(pk=submission_id)
    return or_refuse(found.first())


def typed_answers(one: Submission) -> Mapping[str, Any]:
    """Return the answers as `answers_form` takes them for its `initial`."""
    return {key: rules.typed_answer(answer) for key, answer in one.answers.items()}


def readable_questions(form: Form, questions: Sequence[FormQuestion]) -> list[FormQuestion]:
    """Return the questions whose answers readers of a form see, other than the sender.

    An opinion's words may name people. The level where it waits reads them, and takes the names out (`Opinion`).
    """
    return [each for each in questions if not (is_form_unnamed(form) and each.kind is QuestionKind.TEXT)]


def is_form_unnamed(form: Form) -> bool:
    """Return whether people answer a form without their name, so that no office may see who did."""
    return form.ready == OPINION


def worded_answers(asked: Sequence[FormQuestion], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return answers as people read them, each with its question."""
    return [
        (str(each.words), str(rules.answer_in_words(each, answers.get(each.key))))
        for each in asked
        if each.key in answers
    ]


def submission_shown(one: Submission, asked: Sequence[FormQuestion] | None = None) -> dict[str, Any]:
    """Return the answers of a submission as people read them, and its pictures, for `forms/_said.html`.

    asked: the questions to show; None: all.
    """
    words = {each.key: each.words for each in one.version.asked}
    return {
        "submission": one,
        "answers": worded_answers(one.version.asked if asked is None else asked, one.answers),
        "pictures": [
            (each, words.get(each.question, each.question))
            for each in pictures_of_submissions([one]).get(one.pk, ())
        ],
    }


def submissions_of(form: Form, span: tuple[int, int]) -> QuerySet[Submission]:
    """Submissions of a form in the viewer's sight, for units at these positions."""
    return Submission.objects.select_related("unit", "body").filter(form=form, unit_id__in=units.within(span))


def pictures_of_submissions(found: Sequence[Submission]) -> dict[UUID, list[SubmissionPicture]]:
    """The pictures of submissions, without their bytes."""
    kept: dict[UUID, list[SubmissionPicture]] = {}
    rows = SubmissionPicture.objects.filter(submission__in=found).defer("small", "sealed")
    for one in rows.order_by("added_at", "pk"):
        kept.setdefault(one.submission_id, []).append(one)
    return kept


def submissions_with_place(found: QuerySet[Submission]) -> list[Submission]:
    """The newest submissions that have a place."""
    return list(found.filter(lat__isnull=False).order_by("-at")[:MOST_PLACES])


def open_picture(submission_id: UUID, picture_id: UUID, *, is_small: bool) -> bytes:
    """A picture in the viewer's sight, as a JPEG; or NotFound."""
    column = "small" if is_small else "sealed"
    found = SubmissionPicture.objects.filter(pk=picture_id, submission_id=submission_id).values_list(column)
    (sealed,) = or_refuse(found.first())
    return keyring().unseal(bytes(sealed), about=picture_id.bytes + column.encode())


def history_of(
    one: Submission, asked: Sequence[FormQuestion]
) -> list[tuple[SubmissionStep, list[tuple[str, str, str]]]]:
    """The newest steps of a submission in their order, each with the answers it changed: question, before, after.

    asked: the questions to show.
    """
    found: list[tuple[SubmissionStep, list[tuple[str, str, str]]]] = []
    before: Mapping[str, Any] | None = None
    for step in list(one.steps.order_by("-pk")[:MOST_STEPS])[::-1]:
        now = before if step.answers is None else step.answers
        found.append((step, list(_changes(asked, before, now)) if before and now else []))
        before = now
    return found


def _changes(
    asked: Sequence[FormQuestion], before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    for each in asked:
        was, became = before.get(each.key), now.get(each.key)
        if was != became:
            yield each.words, rules.answer_in_words(each, was), rules.answer_in_words(each, became)


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """How often a choice was taken in a unit and below. n: None where it is fewer than 10 and out of sight."""

    unit_id: int
    code: str
    n: int | None


# Exact where the viewer leads; of the rest what closed days say (core.small_cells). A row for every unit and choice:
# a row that is missing would tell "none" from "fewer than 10".
_COUNTS = """with place as (
  select %(unit)s::bigint as unit_id, int8range(%(lo)s, %(lo)s + 1) as its
  union all select child.unit_id, int8range(child.lo, child.hi) from units_placement child
  where child.parent_id = %(unit)s and child.hierarchy = %(tree)s and child.lo is not null),
found as (
  select coalesce(child.unit_id, %(unit)s) as unit_id, s.answers, s.at,
    %(all)s or exists (select from units_placement own where own.unit_id = s.unit_id
      and own.lo <@ %(line)s::int8multirange) as is_own
  from forms_submission s
  join units_placement pl on pl.unit_id = s.unit_id and pl.hierarchy = %(tree)s and pl.lo >= %(lo)s and pl.lo < %(hi)s
  left join units_placement child on child.parent_id = %(unit)s and child.hierarchy = %(tree)s
    and pl.lo >= child.lo and pl.lo < child.hi
  where s.form_id = %(form)s and s.state <> 'returned' and s.at >= %(since)s and s.at < %(until)s),
given as (
  select f.unit_id, chosen.code, count(*) filter (where f.is_own) as own,
    count(*) filter (where not f.is_own and f.at < %(closed)s) as rest
  from found f cross join lateral jsonb_array_elements_text(case jsonb_typeof(f.answers -> %(key)s)
    when 'array' then f.answers -> %(key)s else jsonb_build_array(f.answers -> %(key)s) end) as chosen (code)
  where f.answers ? %(key)s group by 1, 2)
select p.unit_id, c.code, coalesce(g.own, 0), coalesce(g.rest, 0), %(all)s or p.its <@ %(line)s::int8multirange
from place p cross join unnest(%(codes)s::text[]) c (code)
left join given g on g.unit_id = p.unit_id and g.code = c.code"""


def count_choices(
    form: Form,
    question: FormQuestion,
    *,
    unit: units.UnitRow,
    hierarchy: int,
    viewer: Viewer,
    month: date | None = None,
    at: datetime,
) -> list[ChoiceCount]:
    """Every choice with its count, for every unit right below a unit and for what the unit itself sent.

    Without what was sent back. Viewers who do not lead the units see counts of closed days, rounded to 10; so does
    everybody where the answers have no name. month: any day of it; None: ever.
    """
    codes = [STORED.get(code, code) for code, _words in question.options]
    with system("choices of a form are counted"):
        rows = sql.rows(
            _COUNTS,
            {
                **counting_values(form, unit, hierarchy, viewer, month, at),
                "key": question.key,
                "codes": codes,
            },
        )
    return [
        ChoiceCount(unit_id, CODES.get(code, code), own if is_led else shown_with_own(own, rest))
        for unit_id, code, own, rest, is_led in rows
    ]


def counting_values(
    form: Form, unit: units.UnitRow, hierarchy: int, viewer: Viewer, month: date | None, at: datetime
) -> dict[str, Any]:
    """The parameters of a count of a form below a unit, as a viewer may read it.

    Nobody may see who answered without a name. So nobody's part of these answers is exact.
    """
    unnamed = is_form_unnamed(form)
    first = month.replace(day=1) if month else None
    after = (first + timedelta(days=31)).replace(day=1) if first else None
    return {
        "form": form.pk,
        "unit": unit.id,
        "tree": hierarchy,
        "lo": unit.lo,
        "hi": unit.hi,
        "line": "{}" if unnamed else viewer.scope.line,
        "all": viewer.scope.everything and not unnamed,
        "closed": small_cells.until(at, settings.TIME_ZONE),
        "since": _begin(first) if first else "-infinity",
        "until": _begin(after) if after else "infinity",
    }


def _begin(on: date) -> datetime:
    return datetime.combine(on, time.min, ZoneInfo(settings.TIME_ZONE))


# A copy of a ready form in the nearest unit from a unit upwards, the newest first.
_NEAREST_COPY = """select f.id from units_placement own
 join units_placement its on own.lo >= its.lo and own.lo < its.hi join forms_form f on f.unit_id = its.unit_id
 where own.unit_id = %s and f.ready = %s and f.ended_at is null
  and exists (select from forms_version v where v.form_id = f.id and v.used_from is not null)
 order by its.depth desc, f.id desc limit 1"""


def version_near(unit_id: int, ready: str) -> FormVersion | None:
    """The copy of a ready form in use for a unit, or for the nearest unit above."""
    found = sql.column(_NEAREST_COPY, [unit_id, ready])
    return latest_version(found[0]) if found else None


def ready_version(unit_id: int, ready: str) -> FormVersion:
    """The copy of a ready form in use for a unit, or for the nearest unit above. Without one, the ready form itself."""
    found = version_near(unit_id, ready)
    return found or FormVersion(questions=[one.plain() for one in ready_forms()[ready].questions])


def forms_worked(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Count the forms that somebody filled in by themselves, and what became of them; nothing without one.

    In a system scope; one query.
    """
    states = Submission.State
    sent = Submission.objects.filter(sent_by=account_id, at__gte=since, about_kind="", is_unnamed=False)
    counts = sent.aggregate(
        n=Count("pk"),
        accepted=Count("pk", filter=Q(state=states.ACCEPTED)),
        returned=Count("pk", filter=Q(state=states.RETURNED)),
    )
    n, accepted, returned = counts["n"], counts["accepted"], counts["returned"]
    if not n:
        return
    words = ngettext("%(n)s form filled in", "%(n)s forms filled in", n) % {"n": grouped(n)}
    outcomes = (
        (ngettext("%(n)s accepted", "%(n)s accepted", accepted), accepted),
        (ngettext("%(n)s returned", "%(n)s returned", returned), returned),
    )
    yield WorkDone(words, ", ".join(text % {"n": grouped(some)} for text, some in outcomes if some))


STORED = {"yes": "true", "no": "false"}  # as jsonb writes an answer of yes or no
CODES = {stored: code for code, stored in STORED.items()}
