"""Opinions at a level: which level reads them, what waits there, and the quotes that came up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from abhiyan.core import small_cells, sql
from abhiyan.core.cut import Cut, first_of
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.small_cells import shown_with_own
from abhiyan.core.words import name_in_language
from abhiyan.forms import queries as forms
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.queries.heard import HeardIn
from abhiyan.forms.rules.ready import OPINION
from abhiyan.opinions.models import Opinion, QuotePassed
from abhiyan.opinions.rules import quotes
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

# It belongs to a desk: its holder at a level passes its opinions up.
CARRY = "opinions.pass"
MOST_QUOTES = 200  # of a unit in a deck
MOST_QUOTES_UP = 20  # on a board


def carries_words(form: Form) -> bool:
    """Return whether what people say in a form goes up as quotes without names."""
    return form.ready in quotes.CARRIED


def desks_above(unit_id: int) -> list[int]:
    """The levels from a unit upwards that read opinions, the lowest first.

    In the organisational tree where the unit has a place in it, else in the electoral one.
    """
    stands = units.hierarchies_of(unit_id)
    tree = next((one for one in (Hierarchy.ORGANISATIONAL, Hierarchy.ELECTORAL) if one in stands), None)
    return [
        row.id
        for row in (units.path_of_unit(unit_id, tree)[::-1] if tree else ())
        if row.kind in quotes.DESKS
    ]


def desk_of(unit_id: int, *, above: bool = False) -> int | None:
    """The first level from a unit upwards that passes opinions up; with `above`, of those above the unit."""
    return next((each for each in desks_above(unit_id) if not (above and each == unit_id)), None)


# Each level's answers without a name, in all its trees. The count ends at %(most)s.
_ANSWERS = """select u.id, (select count(*) from (
    select from units_placement a join units_placement pl on pl.lo >= a.lo and pl.lo < a.hi
    join forms_submission s on s.unit_id = pl.unit_id and s.is_unnamed and s.state <> 'returned'
    where a.unit_id = u.id and a.lo is not null limit %(most)s) first)
 from unnest(%(units)s::bigint[]) u (id)"""


def reading_desk(unit_id: int) -> int | None:
    """The first level upwards with ten answers without a name (`small_cells`): it reads the words said in a unit.

    The highest level where none has as many. In a system scope.
    """
    levels, most = desks_above(unit_id), small_cells.FEWEST_ANSWERS
    found = dict(sql.rows(_ANSWERS, {"units": levels, "most": most}))
    return small_cells.level_for(levels, found, most)


def opinion_version(unit_id: int) -> FormVersion | None:
    """The opinion form in use for a unit: its own, or that of the nearest unit above; None where there is none."""
    return forms.version_near(unit_id, OPINION)


def opinion_words(one: Opinion) -> str:
    """An opinion as the desk reads it where it waits. In a system scope: offices see no answers without a name."""
    return one.text or quotes.drafted_quote(one.submission.version.asked, one.submission.answers)


def words_at_desk(found: Sequence[Opinion]) -> dict[UUID, str]:
    """By opinion: its words, for the desk where it waits."""
    with system("words for the desk that reads them"):
        rows = Opinion.objects.filter(pk__in=[one.pk for one in found]).select_related("submission__version")
        return {one.pk: opinion_words(one) for one in rows}


def _opinions() -> QuerySet[Opinion]:
    return Opinion.objects.select_related("unit", "desk").filter(is_returned=False)


def opinions_at(unit_id: int, show: str, *, on: date) -> QuerySet[Opinion]:
    """Opinions in scope that wait for a unit's office; `left`: that it leaves; `passed`: that it passed up."""
    if show == "passed":
        mine = QuotePassed.objects.filter(opinion=OuterRef("pk"), from_unit=unit_id, undone_at=None)
        return _opinions().filter(Exists(mine))
    is_left = show == "left"
    return _opinions().filter(desk__in=_desks_for(unit_id, is_left=is_left, on=on), is_left=is_left)


def _desks_for(unit_id: int, *, is_left: bool, on: date) -> list[int]:
    """A unit's own desk, and the vacant desks below it that no nearer office decides."""
    waiting = Opinion.objects.filter(is_left=is_left, is_returned=False)
    desks: set[int | None] = set()
    for span in units.all_spans([unit_id]).get(unit_id, []):
        desks.update(waiting.filter(desk__in=units.within(span)).values_list("desk_id", flat=True).distinct())
    desks.discard(unit_id)
    return [unit_id, *(desk for desk, near in desks_decided(desks, on=on).items() if near == unit_id)]


def desks_decided(desks: Collection[int | None], *, on: date) -> dict[int, int]:
    """By desk the unit whose office decides there on a day: its own, or the nearest above a vacant one."""
    return org.nearest_each([desk for desk in desks if desk], CARRY, on=on)


def waiting_at(unit_id: int, *, on: date, most: int) -> int:
    """Count the opinions in scope that wait for a unit's office to pass them up, to `most`. One query if none waits."""
    if not Opinion.objects.filter(is_left=False, is_returned=False).exists():
        return 0
    return opinions_at(unit_id, "", on=on)[:most].count()


def opinion_for(viewer: Viewer, public_id: UUID, *, on: date) -> Opinion:
    """An opinion for the desk that decides about it, or has passed it up; else NotFound.

    An office above reads it when it comes up, as the levels below pass it on. So its own right does not reach down.
    """
    with system("an opinion for its desk"):
        rows = Opinion.objects.select_related("submission__version", "unit", "desk")
        one = or_refuse(rows.filter(public_id=public_id, is_returned=False).first())
        desks = desks_decided({one.desk_id, *passed_from(one)}, on=on)
    return or_refuse(one if viewer.holds_in(CARRY, set(desks.values())) else None)


def passed_from(one: Opinion) -> list[int]:
    """The units that passed an opinion up, the first first."""
    rows = one.passages.filter(undone_at=None).order_by("pk")
    return list(rows.values_list("from_unit_id", flat=True))


def opinion_origins(found: Sequence[Opinion]) -> dict[UUID, Mapping[str, str]]:
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
        passed = QuotePassed.objects.filter(
            to_unit=unit.id, undone_at=None, opinion__is_returned=False, opinion__submission__is_unnamed=True
        ).select_related("opinion", "from_unit")
        if passed.exists() and not org.decides(viewer, CARRY, at=unit.id):
            passed = passed.none()
        told = first_of(passed.order_by("-at", "-pk"), MOST_QUOTES)
        settled = passed.exclude(opinion__done="").count() if told else 0
        asked = [one for one in version.asked if one.is_counted]
        given = forms.counting_values(version.form, unit, hierarchy, viewer, None, at)
        rows = sql.rows(_SAID, {**given, "keys": [one.key for one in asked], "none": quotes.NO_ANSWER})
    of = {(key, code): own if is_led else shown_with_own(own, rest) for key, code, own, rest, is_led in rows}
    given_answers = [
        (of.get((one.key, forms.STORED.get(code, code))) or 0, one.words, words)
        for one in asked
        for code, words in one.options
        if code != quotes.NO_ANSWER
    ]
    if of.get(("", "asked")) is None and not told:
        return None  # also where nobody was asked: "none" and "fewer than 10" are alike
    return OpinionsSaid(
        of.get(("", "asked")),
        of.get(("", "answered")),
        [
            (
                one.words,
                [(words, of.get((one.key, forms.STORED.get(code, code)))) for code, words in one.options],
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
    rows = QuotePassed.objects.filter(pk__in=keys, undone_at=None, opinion__is_returned=False)
    return {str(pk): text for pk, text in rows.values_list("pk", "text")}


_QUOTES = """select q.id::text, q.text, u.names, o.done, count(*) over ()
from forms_quote_passed q join forms_opinion o on o.submission_id = q.opinion_id and not o.is_returned
  join forms_submission s on s.id = o.submission_id join units_unit u on u.id = q.from_unit_id
  where q.to_unit_id = %(to)s and q.undone_at is null and o.at >= %(since)s and o.at < %(until)s{about}
  order by q.at desc, q.id desc limit %(most)s"""


@dataclass(frozen=True, slots=True)
class HeardQuote:
    """A quote without names. unit: that passed it up; done: what was done about it."""

    key: str
    words: str
    unit: str
    done: str


def quotes_up(unit_id: int, place: HeardIn) -> Cut[HeardQuote]:
    """Return the quotes that came up to a unit in these days, newest first.

    For who decides at the unit's desk. In a system scope; one query.
    """
    values = place.values | {"to": unit_id, "most": MOST_QUOTES_UP}
    rows = sql.rows(place.narrowed(_QUOTES), values)
    quotes = [
        HeardQuote(key, words, name_in_language(names), done) for key, words, names, done, _total in rows
    ]
    return Cut(quotes, rows[0][-1] if rows else 0)
