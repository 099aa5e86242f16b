"""Which forms there are for somebody, and what was filled in."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import clock, sql
from abhiyan.core.cut import Cut, first_of
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.small_cells import together
from abhiyan.org.rules.ranges import literal
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .filling import FilledForm, answers_form
from .models import Form, FormVersion, Opinion, QuotePassed, Submission, SubmissionPicture, SubmissionStep
from .rules import answers as rules
from .rules import quotes
from .rules.questions import FormQuestion, QuestionKind
from .rules.ready import ready_forms

__all__ = ["FilledForm", "answers_form", "forms_for", "latest_version", "submission_for", "typed_answers"]

MOST_VERSIONS, MOST_STEPS, MOST_PLACES = 50, 100, 1_000  # shown at once
MAKE = "forms.make"  # who holds it at a unit makes and changes its forms
CARRY = "programmes.run"  # who holds it at a level passes its opinions up
MOST_QUOTES = 200  # of a unit in a deck

# Forms of units that stand above the viewer's own, in them or below.
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
    return needed(forms_near(viewer).filter(public_id=public_id).first())


def may_make(viewer: Viewer, unit_id: int) -> bool:
    """Whether the viewer makes and changes the forms of a unit."""
    return viewer.may_at(MAKE, *(lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])))


def numbers_of(found: Sequence[Form]) -> dict[int, tuple[int, int]]:
    """By the forms' ids: the number of the version in use, and of the draft; 0 where there is none."""
    rows = FormVersion.objects.filter(form__in=found).values("form_id")
    used = Max("number", filter=Q(used_from__isnull=False), default=0)
    told = rows.annotate(used=used, draft=Max("number", filter=Q(used_from=None), default=0)).order_by()
    return {row["form_id"]: (row["used"], row["draft"]) for row in told}


def sent_of(found: Sequence[Form]) -> dict[int, int]:
    """By the forms' ids: how many submissions are in the viewer's sight."""
    rows = Submission.objects.filter(form__in=found).values("form_id").annotate(n=Count("pk")).order_by()
    return {row["form_id"]: row["n"] for row in rows}


def versions_of(form: Form) -> list[FormVersion]:
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


def version_by_id(version_id: int) -> FormVersion:
    """Return a version of a form with its form, for every viewer."""
    return FormVersion.objects.select_related("form").get(pk=version_id)


def submission_for(submission_id: UUID) -> Submission:
    """A submission in the viewer's sight, with its form's version and unit; or NotFound."""
    found = Submission.objects.select_related("version__form", "unit", "body").filter(pk=submission_id)
    return needed(found.first())


def typed_answers(one: Submission) -> Mapping[str, Any]:
    """The answers as they stand in the fields of `answers_form`, as its `initial`."""
    return {key: rules.typed(answer) for key, answer in one.answers.items()}


def readable(form: Form, questions: Sequence[FormQuestion]) -> list[FormQuestion]:
    """Return the questions whose answers readers of a form see, other than the sender.

    An opinion's words may name people. The level where it waits reads them, and takes the names out (`Opinion`).
    """
    is_opinion = form.ready == quotes.READY
    return [each for each in questions if not (is_opinion and each.kind is QuestionKind.TEXT)]


def in_words(asked: Sequence[FormQuestion], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return answers as people read them, each with its question."""
    return [
        (str(each.words), str(rules.read(each, answers.get(each.key))))
        for each in asked
        if each.key in answers
    ]


def shown(one: Submission, asked: Sequence[FormQuestion] | None = None) -> dict[str, Any]:
    """Return the answers of a submission as people read them, and its pictures, for `forms/_said.html`.

    asked: the questions to show; None: all.
    """
    words = {each.key: each.words for each in one.version.asked}
    return {
        "submission": one,
        "answers": in_words(one.version.asked if asked is None else asked, one.answers),
        "pictures": [
            (each, words.get(each.question, each.question)) for each in pictures_of([one]).get(one.pk, ())
        ],
    }


def submissions_of(form: Form, span: tuple[int, int]) -> QuerySet[Submission]:
    """Submissions of a form in the viewer's sight, for units at these positions."""
    return Submission.objects.select_related("unit", "body").filter(form=form, unit_id__in=units.within(span))


def pictures_of(found: Sequence[Submission]) -> dict[UUID, list[SubmissionPicture]]:
    """The pictures of submissions, without their bytes."""
    kept: dict[UUID, list[SubmissionPicture]] = {}
    rows = SubmissionPicture.objects.filter(submission__in=found).defer("small", "sealed")
    for one in rows.order_by("added_at", "pk"):
        kept.setdefault(one.submission_id, []).append(one)
    return kept


def places_of(found: QuerySet[Submission]) -> list[Submission]:
    """The newest submissions that have a place."""
    return list(found.filter(lat__isnull=False).order_by("-at")[:MOST_PLACES])


def open_picture(submission_id: UUID, picture_id: UUID, *, is_small: bool) -> bytes:
    """A picture in the viewer's sight, as a JPEG; or NotFound."""
    column = "small" if is_small else "sealed"
    found = SubmissionPicture.objects.filter(pk=picture_id, submission_id=submission_id).values_list(column)
    (sealed,) = needed(found.first())
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
            yield each.words, rules.read(each, was), rules.read(each, became)


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """How often a choice was taken in a unit and below. n: None where it is fewer than 10 and out of sight."""

    unit_id: int
    code: str
    n: int | None


# Exact where the viewer leads; of the rest what closed days say (core.small_cells).
_COUNTS = """with found as (
  select coalesce(child.unit_id, %(unit)s) as unit_id, s.answers, s.at,
    %(all)s or exists (select from units_placement own where own.unit_id = s.unit_id
      and own.lo <@ %(line)s::int8multirange) as is_own,
    %(all)s or coalesce(int8range(child.lo, child.hi), int8range(pl.lo, pl.lo + 1)) <@ %(line)s::int8multirange
      as is_led
  from forms_submission s
  join units_placement pl on pl.unit_id = s.unit_id and pl.hierarchy = %(tree)s and pl.lo >= %(lo)s and pl.lo < %(hi)s
  left join units_placement child on child.parent_id = %(unit)s and child.hierarchy = %(tree)s
    and pl.lo >= child.lo and pl.lo < child.hi
  where s.form_id = %(form)s and s.state <> 'returned' and s.at >= %(since)s and s.at < %(until)s)
select f.unit_id, chosen.code, count(*) filter (where f.is_own),
  count(*) filter (where not f.is_own and f.at < %(closed)s), bool_or(f.is_led)
from found f cross join lateral jsonb_array_elements_text(case jsonb_typeof(f.answers -> %(key)s)
  when 'array' then f.answers -> %(key)s else jsonb_build_array(f.answers -> %(key)s) end) as chosen (code)
where f.answers ? %(key)s group by 1, 2"""


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
    """How often each choice was taken, for the units right below a unit and for what the unit itself sent.

    Without what was sent back. Viewers who do not lead the units see counts of closed days, rounded to 10. month: any
    day of it; None: ever.
    """
    with system("choices of a form are counted"):
        rows = sql.rows(_COUNTS, {**_counted(form, unit, hierarchy, viewer, month, at), "key": question.key})
    return [
        ChoiceCount(unit_id, code, own if is_led else together(own, rest))
        for unit_id, code, own, rest, is_led in rows
    ]


def _counted(
    form: Form, unit: units.UnitRow, hierarchy: int, viewer: Viewer, month: date | None, at: datetime
) -> dict[str, Any]:
    """The parameters of a count of a form below a unit, as a viewer may read it."""
    first = month.replace(day=1) if month else None
    after = (first + timedelta(days=31)).replace(day=1) if first else None
    return {
        "form": form.pk,
        "unit": unit.id,
        "tree": hierarchy,
        "lo": unit.lo,
        "hi": unit.hi,
        "line": viewer.scope.line,
        "all": viewer.scope.everything,
        "closed": _begin(clock.day_in(settings.TIME_ZONE, at)),
        "since": _begin(first) if first else "-infinity",
        "until": _begin(after) if after else "infinity",
    }


def _begin(on: date) -> datetime:
    return datetime.combine(on, time.min, ZoneInfo(settings.TIME_ZONE))


# --- opinions


def desk_of(unit_id: int, *, above: bool = False) -> int | None:
    """The first level from a unit upwards that passes opinions up; with `above`, of those above the unit.

    In the organisational tree where the unit has a place in it, else in the electoral one.
    """
    stands = units.hierarchies_of(unit_id)
    tree = next((one for one in (Hierarchy.ORGANISATIONAL, Hierarchy.ELECTORAL) if one in stands), None)
    way = units.path(unit_id, tree)[::-1] if tree else []
    return next(
        (row.id for row in way if row.kind in quotes.DESKS and not (above and row.id == unit_id)), None
    )


# The opinion form of the nearest unit from a unit upwards, the newest first.
_OPINION_FORM = """select f.id from units_placement own
 join units_placement its on own.lo >= its.lo and own.lo < its.hi join forms_form f on f.unit_id = its.unit_id
 where own.unit_id = %s and f.ready = %s and f.ended_at is null
  and exists (select from forms_version v where v.form_id = f.id and v.used_from is not null)
 order by its.depth desc, f.id desc limit 1"""


def opinion_version(unit_id: int) -> FormVersion | None:
    """The opinion form in use for a unit: its own, or that of the nearest unit above; None where there is none."""
    return _version_near(unit_id, quotes.READY)


def _version_near(unit_id: int, ready: str) -> FormVersion | None:
    found = sql.column(_OPINION_FORM, [unit_id, ready])
    return latest_version(found[0]) if found else None


def ready_version(unit_id: int, ready: str) -> FormVersion:
    """The copy of a ready form in use for a unit, or for the nearest unit above. Without one, the ready form itself."""
    found = _version_near(unit_id, ready)
    return found or FormVersion(questions=[one.plain() for one in ready_forms()[ready].questions])


def words_of(one: Opinion) -> str:
    """An opinion as the desk reads it where it waits."""
    return one.text or quotes.drafted(one.submission.version.asked, one.submission.answers)


def _opinions() -> QuerySet[Opinion]:
    rows = Opinion.objects.select_related("submission__version", "unit", "desk")
    return rows.exclude(submission__state=Submission.State.RETURNED)


def opinions_at(unit_id: int, show: str) -> QuerySet[Opinion]:
    """Opinions in scope that wait at a unit; `left`: that it does not pass up; `passed`: that it passed up."""
    if show == "passed":
        mine = QuotePassed.objects.filter(opinion=OuterRef("pk"), from_unit=unit_id, undone_at=None)
        return _opinions().filter(Exists(mine))
    return _opinions().filter(desk=unit_id, is_left=show == "left")


def waiting_at(unit_ids: Sequence[int], *, most: int) -> int:
    """Count the opinions in scope that wait to be passed up at these units, up to `most`. One query."""
    return _opinions().filter(desk__in=unit_ids, is_left=False)[:most].count()


def opinion_for(viewer: Viewer, public_id: UUID) -> Opinion:
    """An opinion for an office that decides about it, or has passed it up; else NotFound."""
    one = needed(_opinions().filter(public_id=public_id).first())
    desks = [each for each in (one.desk_id, *passed_from(one)) if each]
    spans = units.all_spans(desks)
    return needed(
        one if any(viewer.may_at(CARRY, *(lo for lo, _hi in spans[each])) for each in spans) else None
    )


def passed_from(one: Opinion) -> list[int]:
    """The units that passed an opinion up, the first first."""
    rows = one.passages.filter(undone_at=None).order_by("pk")
    return list(rows.values_list("from_unit_id", flat=True))


def came_from(found: Sequence[Opinion]) -> dict[UUID, Mapping[str, str]]:
    """By opinion: the names of the unit it came from to where it waits, the unit that passed it up last or its own."""
    rows = QuotePassed.objects.filter(opinion__in=found, undone_at=None).order_by("pk")
    last = {row.opinion_id: row.from_unit.names for row in rows.select_related("from_unit")}
    return {one.pk: last.get(one.pk, one.unit.names) for one in found}


def own_words(found: Sequence[Opinion], unit_id: int) -> dict[UUID, str]:
    """By opinion: the words in which a unit passed it up."""
    rows = QuotePassed.objects.filter(opinion__in=found, from_unit=unit_id, undone_at=None)
    return dict(rows.values_list("opinion_id", "text"))


@dataclass(frozen=True, slots=True)
class OpinionsSaid:
    """The opinions of people in a unit: how many were asked and how many answered, choices by question, and quotes.

    Counts are None where they are fewer than 10 and out of sight. quotes: key, text, names of the unit that passed it
    up, what was done. settled: how many of all quotes something was done about. most: the question with the answer
    given most often, where it may be said.
    """

    asked: int | None
    answered: int | None
    choices: Sequence[tuple[str, Sequence[tuple[str, int | None]]]]
    quotes: Cut[tuple[str, str, Mapping[str, str], str]]
    settled: int = 0
    most: tuple[str, str] | None = None


# As _COUNTS, of one unit with all below it and of every question at once; '' means the whole form.
_SAID = """with found as (
  select s.answers, s.at, %(all)s or exists (select from units_placement own where own.unit_id = s.unit_id
      and own.lo <@ %(line)s::int8multirange) as is_own
  from forms_submission s
  join units_placement pl on pl.unit_id = s.unit_id and pl.hierarchy = %(tree)s and pl.lo >= %(lo)s and pl.lo < %(hi)s
  where s.form_id = %(form)s and s.state <> 'returned' and s.at >= %(since)s and s.at < %(until)s),
said as (
  select f.is_own, f.at, k.key, c.code from found f cross join unnest(%(keys)s::text[]) k (key)
  cross join lateral jsonb_array_elements_text(case jsonb_typeof(f.answers -> k.key)
    when 'array' then f.answers -> k.key else jsonb_build_array(f.answers -> k.key) end) as c (code)
  where f.answers ? k.key
  union all select f.is_own, f.at, '', 'asked' from found f
  union all select f.is_own, f.at, '', 'answered' from found f where not exists (
    select from unnest(%(keys)s::text[]) k (key) where f.answers ->> k.key = %(none)s))
select key, code, count(*) filter (where is_own), count(*) filter (where not is_own and at < %(closed)s),
  %(all)s or int8range(%(lo)s, %(hi)s) <@ %(line)s::int8multirange
from said group by 1, 2"""


def opinions_said(
    unit: units.UnitRow, hierarchy: int, viewer: Viewer, *, at: datetime
) -> OpinionsSaid | None:
    """Return what people said in a unit and below, as a viewer may read it. None: nothing was asked or passed up to it.

    Counts: the form of the unit or of the nearest above it. Quotes: all that came up to the unit, newest first.
    """
    with system("opinions of a unit are counted"):
        version = opinion_version(unit.id)
        if version is None:
            return None
        passed = QuotePassed.objects.filter(to_unit=unit.id, undone_at=None).select_related(
            "opinion", "from_unit"
        )
        reads = viewer.may_at(CARRY, unit.lo or 0)
        passed = passed if reads else passed.none()
        told = first_of(passed.order_by("-at", "-pk"), MOST_QUOTES)
        settled = passed.exclude(opinion__done="").count()
        asked = [one for one in version.asked if one.is_counted]
        given = _counted(version.form, unit, hierarchy, viewer, None, at)
        rows = sql.rows(_SAID, {**given, "keys": [one.key for one in asked], "none": quotes.NO_ANSWER})
    of = {(key, code): own if is_led else together(own, rest) for key, code, own, rest, is_led in rows}
    given_answers = [
        (of.get((one.key, _STORED.get(code, code))) or 0, one.words, words)
        for one in asked
        for code, words in one.options
        if code != quotes.NO_ANSWER
    ]
    if not rows and not told:
        return None
    return OpinionsSaid(
        of.get(("", "asked"), 0),
        of.get(("", "answered"), 0),
        [
            (
                one.words,
                [(words, of.get((one.key, _STORED.get(code, code)), 0)) for code, words in one.options],
            )
            for one in asked
        ],
        Cut([(str(one.pk), one.text, one.from_unit.names, one.opinion.done) for one in told], told.total),
        settled,
        _most_given(given_answers),
    )


def _most_given(answers: Sequence[tuple[int, str, str]]) -> tuple[str, str] | None:
    """Return the question with its answer given most often; None where each question has two of these, or none.

    answers: how many, question, answer.
    """
    best: tuple[int, str, str] | None = None
    for question in dict.fromkeys(each[1] for each in answers):
        first, *others = sorted((each for each in answers if each[1] == question), reverse=True)
        is_tied = bool(others) and others[0][0] == first[0]
        if first[0] and not is_tied and (best is None or first[0] > best[0]):
            best = first
    return best[1:] if best else None


def quotes_again(keys: Collection[str]) -> dict[str, str]:
    """Return the quotes that are still passed up, by key. In a system scope, for somebody who reads them."""
    rows = QuotePassed.objects.filter(pk__in=keys, undone_at=None)
    return {str(pk): text for pk, text in rows.values_list("pk", "text")}


_STORED = {"yes": "true", "no": "false"}  # as jsonb writes an answer of yes or no
