"""Every answer of a unit and below, counted by question: for boards, files and slides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as say

from abhiyan.core import small_cells, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.rooms import offered
from abhiyan.core.small_cells import shown_with_own
from abhiyan.core.words import name_in_language
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.rules.heard import Days, HeardQuestion, HeardSource
from abhiyan.forms.rules.questions import NUMBERS, FormQuestion, QuestionKind
from abhiyan.org.viewer import Viewer

from . import CODES, STORED, is_form_unnamed

OPTION, NUMBER, TEXT = "option", "number", "text"  # how answers are read
MOST_QUESTIONS = 8  # in a dossier
MOST_FORMS = 200  # with answers in one unit


@dataclass(frozen=True, slots=True)
class HeardIn:
    """The place and days of a count, and its reader. lo, hi: positions; those of two trees never overlap.

    days: None for ever. line: positions whose counts the reader sees exactly; sees_all: every position.
    source: only what its forms say.
    """

    lo: int
    hi: int
    at: datetime
    days: Days | None = None
    line: str = "{}"
    sees_all: bool = False
    source: HeardSource | None = None

    @classmethod
    def seen_by(
        cls,
        viewer: Viewer,
        span: tuple[int, int],
        *,
        at: datetime,
        days: Days | None = None,
        source: HeardSource | None = None,
    ) -> "HeardIn":
        """The same as a viewer may read it."""
        return cls(*span, at, days, viewer.scope.line, viewer.scope.everything, source)

    def narrowed(self, statement: str) -> str:
        """Fill `{about}` of a statement on submissions `s`: with what narrows it to the source."""
        if self.source is None:
            return statement.replace("{about}", "")
        about = f" and s.about_kind = '{self.source.about_kind}' and s.about_id in ({self.source.rows})"
        return statement.replace("{about}", about)

    @property
    def values(self) -> dict[str, Any]:
        zone = ZoneInfo(settings.TIME_ZONE)
        first, last = self.days or (None, None)
        return {
            **(self.source.values if self.source else {}),
            "lo": self.lo,
            "hi": self.hi,
            "line": self.line,
            "all": self.sees_all,
            "closed": small_cells.until(self.at, settings.TIME_ZONE),
            "since": datetime.combine(first, time.min, zone) if first else "-infinity",
            "until": datetime.combine(last + timedelta(days=1), time.min, zone) if last else "infinity",
        }


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """One answer to one question. form: its form; None where a room asks it. n: how often it was given.

    total: of numbers, where the reader leads all who gave them. is_choice: it is one of the question's choices.
    """

    form: UUID | None
    asked_at: str
    key: str
    question: str
    answer: str
    n: int
    total: Decimal | None = None
    is_choice: bool = True

    @property
    def summed(self) -> int | float | None:
        """The sum, whole where it is."""
        if self.total is None:
            return None
        return int(self.total) if self.total == int(self.total) else float(self.total)

    @property
    def average(self) -> float | None:
        """The average, where it says more than the sum."""
        return None if self.total is None or self.n < 2 else float(round(self.total / self.n, 1))


# Answers of forms, and of the rooms' own questions. is_own: in the reader's own line.
# _SEEN: how many of these, how many of closed days elsewhere, and whether the reader leads all of them.
_FILLED = """filled as (
  select s.form_id, s.answers, s.at, not s.is_unnamed and (%(all)s or exists (select from units_placement own
    where own.unit_id = s.unit_id and own.lo <@ %(line)s::int8multirange)) as is_own
  from forms_submission s
  join units_placement pl on pl.unit_id = s.unit_id and pl.lo >= %(lo)s and pl.lo < %(hi)s
  where s.form_id = any(%(ids)s) and s.state <> 'returned' and s.at >= %(since)s and s.at < %(until)s{about})"""
_SEEN = """count(*) filter (where is_own), count(*) filter (where not is_own and at < %(closed)s),
  %(all)s or int8range(%(lo)s, %(hi)s) <@ %(line)s::int8multirange"""
_HEARD = f"""with asked as (select * from unnest(%(forms)s::bigint[], %(keys)s::text[], %(kinds)s::text[])
  as q (form_id, key, kind)),
{_FILLED},
said as (
  select f.form_id, q.key, c.code, c.number, f.at, f.is_own
  from filled f join asked q on q.form_id = f.form_id and f.answers ? q.key
  cross join lateral (
    select each.code, null::numeric as number from jsonb_array_elements_text(case jsonb_typeof(f.answers -> q.key)
      when 'array' then f.answers -> q.key else jsonb_build_array(f.answers -> q.key) end) each (code)
    where q.kind = 'option'
    union all
    select '', case when q.kind = 'number' and jsonb_typeof(f.answers -> q.key) = 'number'
      then (f.answers ->> q.key)::numeric end
    where q.kind <> 'option') c
  {{rooms}})
select form_id, key, code, sum(number) filter (where is_own), {_SEEN} from said group by 1, 2, 3"""
_BY_FORM = f"""with {_FILLED},
said as (select form_id, '' as key, '' as code, null::numeric as number, at, is_own from filled {{rooms}})
select form_id, key, {_SEEN} from said group by 1, 2"""
_OF_ROOM = """union all select 0, '{code}', r.code, null, r.at, %(all)s or exists (select from units_placement own
    where own.unit_id = r.unit_id and own.lo <@ %(line)s::int8multirange)
  from ({rows}) r
  join units_placement pl on pl.unit_id = r.unit_id and pl.lo >= %(lo)s and pl.lo < %(hi)s
  where r.at >= %(since)s and r.at < %(until)s"""
_WITH_ANSWERS = """select distinct s.form_id from forms_submission s
  join units_placement pl on pl.unit_id = s.unit_id and pl.lo >= %(lo)s and pl.lo < %(hi)s
  where s.state <> 'returned' and s.at >= %(since)s and s.at < %(until)s{about}"""


def room_questions() -> list[HeardQuestion]:
    """The questions that rooms ask outside the forms."""
    return [question for questions in offered("field_questions") for question in questions()]


def room_sources(viewer: Viewer) -> list[HeardSource]:
    """The sources that rooms offer a viewer."""
    return [source for sources in offered("field_sources") for source in sources(viewer)]


def forms_answered(place: HeardIn, near: QuerySet[Form] | None = None) -> list[Form]:
    """The forms with answers there, the newest first. near: only of these. In a system scope."""
    forms = Form.objects.all() if near is None else near
    answered = sql.column(place.narrowed(_WITH_ANSWERS), place.values)
    return list(forms.filter(pk__in=answered).order_by("-made_at", "-pk")[:MOST_FORMS])


def copies_of(ready: str) -> list[Form]:
    """The forms that were copied from a ready form, the newest first. In a system scope."""
    return list(Form.objects.filter(ready=ready).order_by("-made_at", "-pk")[:MOST_FORMS])


def heard_in(place: HeardIn, forms: Sequence[Form], talks: Iterable[HeardQuestion] = ()) -> list[HeardAnswer]:
    """Count the answers to forms and to rooms' questions, in the order of the questions, the most given first.

    It leaves out an answer that nobody gave, or that fewer than 10 gave out of the reader's sight. A row would tell one
    from the other. It leaves out what was sent back. In a system scope; two queries.
    """
    talks, questions = list(talks), _questions(forms)
    listed = [(form, question) for form in forms for question in questions[form.pk] if _read_as(question)]
    values = {
        "forms": [form.pk for form, _question in listed],
        "keys": [question.key for _form, question in listed],
        "kinds": [_read_as(question) for _form, question in listed],
    }
    unnamed = _unnamed(forms)
    counts: dict[tuple[int, str], dict[str, tuple[int, Decimal | None]]] = {}
    for form_id, key, code, total, own_n, rest, is_led in _read(_HEARD, place, forms, talks, values):
        is_exact = is_led and form_id not in unnamed
        if n := own_n if is_exact else shown_with_own(own_n, rest):
            counts.setdefault((form_id, key), {})[code] = n, total if is_exact else None
    answers = [
        answer
        for form, question in listed
        for answer in _answers(form, question, counts.get((form.pk, question.key), {}))
    ]
    for talk in talks:
        words = {code: str(label) for code, label in talk.options}
        answers += [
            HeardAnswer(None, str(talk.asked_at), talk.code, str(talk.words), words[code], n)
            for code, (n, _total) in _most_first(counts.get((0, talk.code), {}))
            if code in words
        ]
    return answers


@dataclass(frozen=True, slots=True)
class HeardForm:
    """A form or a talk of a room, by its code in addresses, and how often it was filled in or held."""

    code: str
    label: str
    n: int


def heard_forms(
    place: HeardIn, forms: Sequence[Form], talks: Iterable[HeardQuestion] = ()
) -> list[HeardForm]:
    """Count how often each form was filled in and each talk held, the most often first. Small cells as `heard_in`.

    In a system scope; one query.
    """
    talks, unnamed = list(talks), _unnamed(forms)
    labels = {(form.pk, ""): (str(form.public_id), name_in_language(form.names)) for form in forms}
    labels |= {(0, talk.code): (talk.code, str(talk.asked_at)) for talk in talks}
    counted = []
    for form_id, key, own_n, rest, is_led in _read(_BY_FORM, place, forms, talks, {}):
        if n := own_n if is_led and form_id not in unnamed else shown_with_own(own_n, rest):
            counted.append(HeardForm(*labels[form_id, key], n))
    return sorted(counted, key=lambda form: (-form.n, form.label, form.code))


def _read(
    statement: str,
    place: HeardIn,
    forms: Sequence[Form],
    talks: Sequence[HeardQuestion],
    values: Mapping[str, Any],
) -> list[tuple[Any, ...]]:
    """Read a statement on filled forms with `{rooms}`, where the talks of rooms come in."""
    more = " ".join(_OF_ROOM.format(code=talk.code, rows=talk.rows) for talk in talks)
    of_talks = {name: value for talk in talks for name, value in talk.values.items()}
    ids = [form.pk for form in forms]
    return sql.rows(
        place.narrowed(statement).replace("{rooms}", more), {**of_talks, **place.values, "ids": ids, **values}
    )


def _unnamed(forms: Sequence[Form]) -> set[int]:
    return {form.pk for form in forms if is_form_unnamed(form)}


def answers_in_words(answers: Iterable[HeardAnswer]) -> list[tuple[str, str]]:
    """Say of the questions answered most which answer was given most: the question, and that answer."""
    first: dict[tuple[str, str], HeardAnswer] = {}
    for answer in answers:
        if answer.is_choice:
            first.setdefault((answer.asked_at, answer.key), answer)
    return [
        (
            f"{answer.asked_at}: {answer.question}",
            say("most often %(answer)s (%(n)s)") % {"answer": answer.answer, "n": grouped(answer.n)},
        )
        for answer in sorted(first.values(), key=lambda answer: -answer.n)[:MOST_QUESTIONS]
    ]


def _most_first(
    counts: Mapping[str, tuple[int, Decimal | None]],
) -> list[tuple[str, tuple[int, Decimal | None]]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1][0], pair[0]))


def _answers(
    form: Form, question: FormQuestion, counts: Mapping[str, tuple[int, Decimal | None]]
) -> Iterator[HeardAnswer]:
    words = {STORED.get(code, code): label for code, label in question.options}
    for code, (n, total) in _most_first(counts):
        answer = words.get(code, CODES.get(code, code))
        if not question.is_counted:
            answer = say("A number") if question.kind in NUMBERS else say("In own words")
        yield HeardAnswer(
            form.public_id,
            name_in_language(form.names),
            question.key,
            question.words,
            answer,
            n,
            total,
            question.is_counted,
        )


def _read_as(question: FormQuestion) -> str:
    """Return how the answers to a question are read; "" where they are no figures: days, places and pictures."""
    if question.is_counted:
        return OPTION
    return NUMBER if question.kind in NUMBERS else TEXT if question.kind is QuestionKind.TEXT else ""


def _questions(forms: Sequence[Form]) -> dict[int, list[FormQuestion]]:
    """By form: every question that its versions in use have asked, the newest words of each. One query."""
    questions: dict[int, dict[str, FormQuestion]] = {form.pk: {} for form in forms}
    rows = FormVersion.objects.filter(form__in=forms, used_from__isnull=False).order_by("form_id", "-number")
    for version in rows:
        for question in version.asked:
            questions[version.form_id].setdefault(question.key, question)
    return {form_id: list(by_key.values()) for form_id, by_key in questions.items()}


def is_answered(place: HeardIn) -> bool:
    """Return whether somebody answered a form in a unit or below. In a system scope."""
    return bool(sql.rows(f"{place.narrowed(_WITH_ANSWERS)} limit 1", place.values))
