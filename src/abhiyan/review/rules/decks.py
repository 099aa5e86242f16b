"""Make the words of a deck: from figures as a reader may see them, slides in order.

Each has a finding as its title. Pure: values in, words and values out. pages.py places them on a slide.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells
from abhiyan.core.cut import Cut
from abhiyan.core.words import active_language
from abhiyan.org.rules.vacancies import vacant_words
from abhiyan.programmes.rules.count_words import CountWords
from abhiyan.ui.charts import Trend
from abhiyan.ui.ladder import BARS, NAMES, RUNGS, LadderShown
from abhiyan.ui.numbers import NONE, grouped, of_100, share, short
from abhiyan.ui.slides.said import (
    Bars,
    Course,
    Gaps,
    Slide,
    SlideBar,
    SlideColumn,
    SlideInterval,
    SlideRate,
)

from .deck_pages import (
    MOST_ROWS,
    NAMED,
    ROWS,
    About,
    DeckAsk,
    asked_slides,
    assembled_deck,
    counts_table,
    filled_sentence,
    made_slide,
    slide_table,
    table_slides,
    whole_or_lakh,
)
from .deck_stays import StaysSaid, stays_slides

__all__ = ["MOST_ROWS", "ROWS", "About"]

_SENTENCES = re.compile(r"(?<=[.।]) ")
ODD = 1.5  # so many times its target is no feat: the target was odd.
DOUBT = 14  # a count of a unit above one's own may be so far away (`small_cells`)


@dataclass(frozen=True, slots=True)
class Behind:
    """A unit below: what is counted there, beside its target and what is due by today.

    lacks: how many more are needed for the target.
    """

    name: str
    target: int | None
    due: int | None
    counted: int | None
    unit_id: int = 0

    @property
    def n(self) -> int:
        """Return the least number that is missing from what is due."""
        return small_cells.fewer(self.counted, self.due)

    @property
    def lacks(self) -> int:
        return small_cells.fewer(self.counted, self.target)


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of a unit, as its slides need it. days: of the trend, as they are written. daily: needed from now on;
    lately: counted in the last seven days.

    headline: what checks say of the unit, in the sentence of every other page; provisional: a sentence while checks go
    on. below: units below, the furthest behind first. whole: what checks found of the unit itself; gaps: of units
    below; checks: what to know of these, in sentences.
    """

    ladder: LadderShown
    trend: Trend | None = None
    days: Sequence[str] = ()
    headline: str = ""
    provisional: str = ""
    daily: int | None = None
    lately: int | None = None
    below: Cut[Behind] = field(default_factory=Cut)
    whole: SlideInterval | None = None
    gaps: Sequence[SlideInterval] = ()
    checks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What people said. asked, answered: how many; None: fewer than 10, not said. choices: question, choice, how many.
    quotes: words, the unit that passed them up, what was done; settled: how many of all something was done about.
    most: a question, and the answer given most often.
    """

    asked: int | None
    answered: int | None
    choices: Sequence[tuple[str, str, int | None]] = ()
    quotes: Cut[tuple[str, str, str]] = field(default_factory=Cut)
    settled: int = 0
    most: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RollWork:
    """Numbers of work with the people of a roll in a unit. heading: of its table. foot: what its numbers mean."""

    heading: str
    title: str
    lines: Sequence[tuple[str, str]]
    foot: str


@dataclass(frozen=True, slots=True)
class DeckUnit:
    """More about a unit in its deck. offices: office, holder, since. vacant: below; office, vacant, of how many.

    questions: numbers of questions to workers; None: not said. heard: the opinions of people. review: the last one,
    with day, decision, tasks with state. calls: the finding, and lines of call centres. roll: of a roll.
    asks: requests to offices.
    graded: how the organisation is doing in the booths called: the finding, and rows of a month, booths called, works
    well, in part, needs help. leaders: of calls to booth presidents: the finding, and rows of name, office, days
    due, days called. helpers: of who asked to help: the finding, and lines. stays: what stay reports say.
    """

    offices: Sequence[tuple[str, str, str]] = ()
    vacant: Sequence[tuple[str, int, int]] = ()
    questions: Sequence[tuple[str, int | None]] = ()
    heard: Heard | None = None
    review: tuple[str, str, Sequence[tuple[str, str]]] | None = None
    calls: tuple[str, Sequence[tuple[str, str]]] | None = None
    graded: tuple[str, Sequence[tuple[str, ...]]] | None = None
    leaders: tuple[str, Sequence[tuple[str, ...]]] | None = None
    roll: RollWork | None = None
    helpers: tuple[str, Sequence[tuple[str, str]]] | None = None
    stays: StaysSaid | None = None
    asks: Sequence[DeckAsk] = ()


def unit_deck(
    about: About, unit: DeckUnit, of: Measured | None, others: Sequence[tuple[str, LadderShown]] = ()
) -> list[Slide]:
    """Return the deck of a unit, in one measure or none.

    Only slides that have something to say; what a slide has no room for goes on in the appendix. The last one
    before it has the requests. others: name and ladder of the programme's other measures that have a target or
    figures. Each has one slide.
    """
    title = (
        _finding(about, of)
        if of
        else filled_sentence(_("%(unit)s: offices and last review"), unit=about.unit)
    )
    beside = [[_rungs(replace(about, measure=name), drawn)] for name, drawn in others]
    made = [
        *(_measured(about, of) if of else ()),
        *beside,
        *(stays_slides(about, of.ladder, unit.stays) if of and unit.stays else ()),
        *_unit(about, unit),
        *asked_slides(about, unit.asks),
    ]
    return assembled_deck(about, title, made, of.provisional if of else "", page="unit")


def checked_deck(about: About, of: Measured, asks: Sequence[DeckAsk] = ()) -> list[Slide]:
    """Return the deck of a comparison: entries, beside how many of them checks found real, and the requests."""
    made = list(_gaps(about, of)) or list(_unknown(about, of))
    title = _finding(about, of) if of.headline or not made else _("Checks say nothing of the whole yet")
    return assembled_deck(about, title, [*made, *asked_slides(about, asks)], of.provisional, page="beside")


def _is_reached(about: About, counted: int | None, target: int | None) -> bool:
    """Return whether a target is surely reached: a rounded count may be up to DOUBT too large."""
    doubt = DOUBT if about.is_rounded else 0
    return bool(target) and (counted or 0) - doubt >= (target or 0)


def _finding(about: About, of: Measured) -> str:
    """Return the one sentence of a deck: what checks found, else how far it is."""
    drawn, counted = of.ladder, of.ladder.counted
    if of.headline:
        return of.headline
    if counted is None:
        return _("Fewer than 10 counted so far")
    n = short(counted)
    if _is_reached(about, counted, drawn.target):
        return filled_sentence(_("%(n)s counted: the target is reached"), n=n)
    if drawn.behind:
        return filled_sentence(
            _("%(n)s counted, %(fewer)s fewer than due by today"), n=n, fewer=short(drawn.behind)
        )
    if drawn.target:
        return filled_sentence(
            _("%(n)s counted: %(share)s of the target"), n=n, share=share(counted, drawn.target)
        )
    return filled_sentence(_("%(n)s counted so far"), n=n)


def _measured(about: About, of: Measured) -> Iterator[list[Slide]]:
    if not of.ladder.is_empty:
        yield [_rungs(about, of.ladder)]
    if of.trend is not None and sum(bool(day.counted) for day in of.trend.days) > 1:
        yield [_course(about, of, of.trend)]
    if any(row.n for row in of.below):
        yield _behind(about, of)
    yield from _gaps(about, of)


# --- the ladder


def _rungs(about: About, drawn: LadderShown) -> Slide:
    under, target, beyond = about.measure, "", ""
    if drawn.target:
        target = filled_sentence(_("Target %(n)s"), n=drawn.target)
        beyond = filled_sentence(_("Target %(n)s: beyond this scale"), n=drawn.target)
        under += " · " + filled_sentence(_("target %(n)s by %(day)s"), n=drawn.target, day=about.closes_on)
    if drawn.expected:
        under += f" · {drawn.expected}"
    if drawn.target and drawn.counted is not None and drawn.counted > drawn.target:
        text = _("%(n)s counted; the target was %(target)s")
        title = filled_sentence(text, n=drawn.counted, target=drawn.target)
    elif drawn.target and drawn.counted is not None:
        done, target_text = whole_or_lakh(drawn.counted, drawn.target)
        text = _("%(share)s of the target is counted: %(n)s of %(target)s")
        title = filled_sentence(text, share=share(drawn.counted, drawn.target), n=done, target=target_text)
    else:
        title = CountWords().sentence(seen=drawn.counted, reported=drawn.reported)
    names = {key: str(NAMES[key]) for key in (*BARS, "unsigned")}
    bars, numbers = tuple(_rung(drawn, key) for key in BARS), (_rung(drawn, "reported"),)
    body = Bars(bars, names, drawn.target, target, beyond, numbers, _checked(drawn))
    foot = [_("Four numbers, never added up."), *_SENTENCES.split(str(drawn.note))]
    meant = [
        f"{NAMES[key]}: {drawn.definition(key)}" for key in ("reported", "counted", "unsigned", *RUNGS[2:])
    ]
    return made_slide(about, title, body, *foot, page="unit", under=under, notes=[*meant, str(drawn.how)])


def _rung(drawn: LadderShown, key: str) -> SlideBar:
    """Return a rung as a row. Reported is drawn as a number alone."""
    n: int | None = getattr(drawn, key)
    meant = {
        "reported": _("what somebody said"),
        "counted": _("passed the rules"),
        "confirmed": _("their own later yes"),
    }
    bar = SlideBar(key, str(NAMES[key]), small_cells.count_in_words(n), n, meant[key])
    if key == "counted" and drawn.unsigned:
        text = f"+ {grouped(drawn.unsigned)}"
        return replace(bar, more=drawn.unsigned, beside=text, below=str(NAMES["unsigned"]))
    return bar


def _checked(drawn: LadderShown) -> SlideRate:
    """Return the findings of checks, apart from the rungs: a rate has no place on their scale."""
    about, words = _("by random checks"), str(drawn.checked)
    return SlideRate(str(NAMES["estimate"]), words, about, drawn.estimate, drawn.low, drawn.high)


# --- the trend


def _course(about: About, of: Measured, trend: Trend) -> Slide:
    title = filled_sentence(
        _("%(n)s counted since the first day"), n=small_cells.count_in_words(of.ladder.counted)
    )
    if _is_reached(about, of.ladder.counted, trend.target):
        title = filled_sentence(_("The target of %(n)s is reached"), n=short(trend.target or 0))
    elif of.daily and of.lately is not None:
        title = _("Needed from now on: %(daily)s a day; in the last week it was %(lately)s")
        title = filled_sentence(title, daily=of.daily, lately=round(of.lately / 7))
    elif of.daily:
        title = filled_sentence(_("Needed from now on: %(daily)s a day"), daily=of.daily)
    elif of.lately is not None:
        title = filled_sentence(_("%(n)s counted in the last seven days"), n=short(of.lately))
    days, length = trend.days, (trend.ends_on - trend.begins_on).days + 1
    lines = [
        (key, str(NAMES[key]), tuple(getattr(day, key) for day in days))
        for key in BARS
        if any(getattr(day, key) for day in days)
    ]
    foot = [_("Totals since the first day.")]
    if trend.target:
        due = (trend.target * ((day.on - trend.begins_on).days + 1) / length for day in days)
        lines.append(("due", _("Due by then"), tuple(round(n) for n in due)))
        foot.append(_("Dashed: what is due by each day if the target is reached evenly."))
    return made_slide(
        about,
        title,
        Course(tuple((day.on, label) for day, label in zip(days, of.days, strict=True)), tuple(lines)),
        *foot,
        page="unit",
    )


# --- the units below


def _behind(about: About, of: Measured) -> list[Slide]:
    targeted = [row for row in of.below if row.target]
    most = max(row.n for row in targeted)
    furthest = [row for row in targeted if row.n == most]
    every = Cut(targeted, of.below.total) if of.below.rest else Cut(targeted, len(targeted))
    body = slide_table(
        SlideColumn(_("Unit"), 0.3),
        SlideColumn(_("Target"), 0.13, is_number=True),
        SlideColumn(_("Due by today"), 0.16, is_number=True),
        SlideColumn(_("Counted"), 0.12, is_number=True),
        SlideColumn(_("Fewer than due"), 0.16, is_number=True),
        SlideColumn(_("% of target"), 0.13, is_number=True),
    )
    rows = [
        (
            row.name,
            grouped(row.target) if row.target else NONE,
            NONE if row.due is None else grouped(row.due),
            "<10" if row.counted is None else grouped(row.counted),
            grouped(row.n) if row.n else NONE,
            share(row.counted, row.target),
        )
        for row in targeted
    ]
    foot = [_("Counted: passed the published rules, with a sign from the person's phone.")]
    if any(row.target and (row.counted or 0) > ODD * row.target for row in targeted):
        foot.append(_("A share far above 100% says that the target was small."))
    title = _lacking_most(furthest, most, is_alone=every.total == 1)
    return table_slides(about, title, Cut(rows, every.total), body, *foot, page="below")


def _lacking_most(furthest: Sequence[Behind], n: int, *, is_alone: bool) -> str:
    """Name who lacks most, with what is due: the largest unit may lack most and be near its target."""
    if len(furthest) == 1:
        title = _("%(unit)s lacks most: %(n)s fewer than the %(due)s due by today")
        if is_alone:
            title = _("%(unit)s: %(n)s fewer than the %(due)s due by today")
        return filled_sentence(title, unit=furthest[0].name, n=n, due=furthest[0].due or 0)
    if len(furthest) > NAMED:
        return filled_sentence(_("Several units lack most: %(n)s fewer than due by today, each"), n=n)
    names = ", ".join(row.name for row in furthest)
    return filled_sentence(_("%(units)s lack most: %(n)s fewer than due by today, each"), units=names, n=n)


def _gaps(about: About, of: Measured) -> Iterator[list[Slide]]:
    slide_intervals = [row for row in of.gaps if row.true is not None]
    if not slide_intervals:
        return
    others = len(of.gaps) - len(slide_intervals)
    title = _compared(slide_intervals, of.whole)
    names = (_("real"), _("gap"), _("cannot be told apart: the ranges overlap"))
    foot = [
        _("Line: at least to at most. Dot: the middle; a wide line has none."),
        _("A gap is a question to the unit, not a verdict."),
        *([filled_sentence(_more_unknown(others), n=others)] if others else []),
        *of.checks,
    ]
    under = _("of every 100 entries · by the least the gap can be")

    def body(rows: Sequence[SlideInterval]) -> Gaps:
        return Gaps(tuple(rows), _tied(rows), names, _("at least %(n)s"))

    yield table_slides(about, title, slide_intervals, body, *foot, page="beside", under=under)


def _more_unknown(n: int) -> str:
    return ngettext("%(n)s more unit has not enough checks.", "%(n)s more units have not enough checks.", n)


def are_worse(rows: Sequence[SlideInterval], whole: SlideInterval | None) -> list[SlideInterval]:
    """Return the rows whose interval lies wholly below that of the whole, in the whole numbers that are read."""
    if whole is None or whole.true is None:
        return []
    low = of_100(whole.low / 100)
    return [row for row in rows if row.true is not None and of_100(row.high / 100) < low]


def _compared(slide_intervals: Sequence[SlideInterval], whole: SlideInterval | None) -> str:
    """Name a unit as worse than the whole only where its interval lies wholly below that of the whole."""
    worse = are_worse(slide_intervals, whole)
    if not worse:
        if len(slide_intervals) == 1:
            return filled_sentence(_("Only %(unit)s has enough checks so far"), unit=slide_intervals[0].name)
        if whole is None or whole.true is None:
            return _("The whole has not enough checks to compare units with it")
        return _("No unit is surely below the whole")
    first = worse[0]
    if whole is not None and len(worse) == 1:
        title = _("In %(unit)s at most %(n)s of 100 entries are real, in the whole at least %(low)s")
        most, least = max(1, of_100(first.high / 100)), min(99, of_100(whole.low / 100))  # as `real_of_100`
        return filled_sentence(title, unit=first.name, n=most, low=least)
    names = ", ".join(row.name for row in worse[:NAMED])
    if len(worse) > NAMED:
        return filled_sentence(_("Fewer are real than in the whole: %(units)s and others"), units=names)
    return filled_sentence(_("Fewer are real than in the whole: %(units)s"), units=names)


def _unknown(about: About, of: Measured) -> Iterator[list[Slide]]:
    """Yield the number of checks of each unit that cannot be compared."""
    if of.gaps:
        body = slide_table(SlideColumn(_("Unit"), 0.4), SlideColumn(_("Checks"), 0.6))
        rows = [(row.name, row.why) for row in of.gaps]
        yield table_slides(
            about, _("No unit below has enough checks yet"), rows, body, *of.checks, page="beside"
        )


def _tied(rows: Sequence[SlideInterval]) -> tuple[tuple[int, int], ...]:
    """Return rows that share a rank, as (first, last); only where there are two at least."""
    lines = []
    for rank, some in groupby(enumerate(rows), key=lambda each: each[1].rank):
        ats = [at for at, _row in some]
        if rank is not None and len(ats) > 1:
            lines.append((ats[0], ats[-1]))
    return tuple(lines)


# --- the unit itself


def _unit(about: About, unit: DeckUnit) -> Iterator[list[Slide]]:
    if unit.offices or any(n for _office, n, _of in unit.vacant):
        yield from _offices(about, unit)
    if any(n for _label, n in unit.questions):
        cells = [(label, small_cells.count_in_words(n)) for label, n in unit.questions]
        title = _questions(unit.questions)
        foot = _("A question is not proof. Questions that lead to nothing are deleted.")
        yield table_slides(about, title, cells, counts_table(_("Questions to workers")), foot, page="dossier")
    if unit.heard is not None:
        yield from _heard(about, unit.heard)
    if unit.calls is not None:
        title, lines = unit.calls
        yield table_slides(
            about, title, lines, counts_table(_("Call centres")), _("As reported by callers."), page="calls"
        )
    if unit.graded is not None:
        yield _graded(about, *unit.graded)
    if unit.leaders is not None:
        yield _leaders(about, *unit.leaders)
    if unit.roll is not None:
        work = unit.roll
        yield table_slides(about, work.title, work.lines, counts_table(work.heading), work.foot, page="roll")
    if unit.helpers is not None:
        title, lines = unit.helpers
        foot = _(
            "Joined: their phone is on the roll of contributors. The rest is as the organisers noted it."
        )
        yield table_slides(about, title, lines, counts_table(_("Who asked to help")), foot, page="helpers")
    if unit.review is not None:
        day, decision, tasks = unit.review
        title = filled_sentence(_("Last review, %(day)s: %(decision)s"), day=day, decision=decision)
        body = slide_table(SlideColumn(_("Task"), 0.7), SlideColumn(_("Status"), 0.3))
        yield table_slides(
            about,
            title,
            list(tasks) or [(_("No tasks were given."), "")],
            body,
            page="review",
            under=_("Last review"),
        )


def _graded(about: About, title: str, rows: Sequence[tuple[str, ...]]) -> list[Slide]:
    names = (_("Booths called"), _("Works well"), _("Works in part"), _("Needs help"))
    body = slide_table(
        SlideColumn(_("Month"), 0.32), *(SlideColumn(name, 0.17, is_number=True) for name in names)
    )
    foot = _(
        "As leaders said in the last talk with each booth president. It is about the booth, not a person."
    )
    return table_slides(about, title, rows, body, foot, page="graded", under=_("Organisation in the booths"))


def _leaders(about: About, title: str, rows: Sequence[tuple[str, ...]]) -> list[Slide]:
    body = slide_table(
        SlideColumn(_("Leader"), 0.3),
        SlideColumn(_("Office"), 0.4),
        SlideColumn(_("Days due"), 0.15, is_number=True),
        SlideColumn(_("Days called"), 0.15, is_number=True),
    )
    return table_slides(about, title, rows, body, page="leaders", under=_("Leaders who call"))


def _questions(numbers: Sequence[tuple[str, int | None]]) -> str:
    """Say the first number of questions that may be shown: questions that wait, are answered, or are proven."""
    words = (
        _("Questions to workers that wait for an answer: %(n)s"),
        _("Answers of workers that wait for a decision: %(n)s"),
        _("Questions to workers that are proven: %(n)s"),
    )
    return next(filled_sentence(text, n=n) for text, (_label, n) in zip(words, numbers, strict=False) if n)


def _heard(about: About, heard: Heard) -> Iterator[list[Slide]]:
    """Yield slides of what people were asked, what they said, and what was done about it."""
    if heard.choices:
        lines = [(question, choice, small_cells.count_in_words(n)) for question, choice, n in heard.choices]
        body = slide_table(
            SlideColumn(_("Question"), 0.45),
            SlideColumn(_("Answer"), 0.35),
            SlideColumn(_("How many"), 0.2, is_number=True),
        )
        both = _("People asked: %(asked)s. Answered: %(answered)s.")
        both = filled_sentence(
            both,
            asked=small_cells.count_in_words(heard.asked),
            answered=small_cells.count_in_words(heard.answered),
        )
        foot = (both, _("As reported by those who asked. No names are kept with it."))
        yield table_slides(about, _answer(heard), lines, body, *foot, page="opinions", under=_("Opinions"))
    if heard.quotes:
        n, done = heard.quotes.total, heard.settled
        title = _("Nothing was done yet about most quotes that came up")
        if not done:
            title = _("Nothing was done yet about the quotes that came up")
        elif done == n:
            title = _("Something was done about every quote that came up")
        elif 2 * done > n:
            title = _("Something was done about most quotes that came up")
        elif 2 * done == n:
            title = _("Something was done about half of the quotes that came up")
        body = slide_table(
            SlideColumn(_("What they said"), 0.5),
            SlideColumn(_("Unit"), 0.2),
            SlideColumn(_("What was done"), 0.3),
        )
        rows = [
            (words, " · ".join(filter(None, (unit, _language(words)))), what or NONE)
            for words, unit, what in _once(heard.quotes)
        ]
        count = filled_sentence(
            _("Quotes that came up: %(n)s. Something was done about %(done)s."), n=n, done=done
        )
        foot = (count, _("Names were taken out by the levels below."))
        yield table_slides(about, title, rows, body, *foot, page="quotes", under=_("Quotes"))


def _answer(heard: Heard) -> str:
    """Return the answer given most often, where that is known."""
    if heard.answered == 0:
        return _("Nobody has answered yet")
    if heard.answered is None:
        return _("Fewer than 10 have answered so far")
    if heard.most is None:
        return _("No answer was given more often than the others")
    question, choice = heard.most
    return filled_sentence(_("%(question)s Most often: %(choice)s"), question=question, choice=choice)


def _once(quotes: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return quotes without their repeats, those in the language of the deck first."""
    once: dict[str, tuple[str, str, str]] = {}
    for quote in quotes:
        once.setdefault(" ".join(quote[0].casefold().split()), quote)
    return sorted(once.values(), key=lambda quote: bool(_language(quote[0])))


def _language(words: str) -> str:
    """Name the language of a quote if its script is not that of the deck's language."""
    is_hindi = any("\u0900" <= letter <= "\u097f" for letter in words)
    if is_hindi == (active_language() == "hi"):
        return ""
    return _("in Hindi") if is_hindi else _("in English")


def _offices(about: About, unit: DeckUnit) -> Iterator[list[Slide]]:
    """Yield who holds which office, and what is vacant below: on one slide where there is room.

    Nothing where every office is held: that is no news.
    """
    vacant_offices = [office for office, name, _since in unit.offices if not name]
    missing = len(vacant_offices) + sum(n for _office, n, _of in unit.vacant)
    if not missing:
        return
    title = vacant_words(missing)
    rows = [(office, name or _("vacant"), since) for office, name, since in unit.offices]
    vacant = _("vacant in %(n)s of %(of)s units below")
    below = [
        (office, filled_sentence(vacant, n=n, of=n_offices), "") for office, n, n_offices in unit.vacant if n
    ]
    body = slide_table(
        SlideColumn(_("Office"), 0.36), SlideColumn(_("Who holds it"), 0.44), SlideColumn(_("Since"), 0.2)
    )
    if rows and below and len(rows) + len(below) > ROWS:
        numbers = (
            SlideColumn(_("Vacant"), 0.25, is_number=True),
            SlideColumn(_("Of units"), 0.25, is_number=True),
        )
        counted = [(office, grouped(n), grouped(n_offices)) for office, n, n_offices in unit.vacant if n]
        table = slide_table(SlideColumn(_("Office"), 0.5), *numbers)
        if vacant_offices:
            here = filled_sentence(_("Vacant here: %(offices)s"), offices=", ".join(vacant_offices))
            yield table_slides(about, here, rows, body, page="unit", under=_("Offices"))
        yield table_slides(about, title, counted, table, page="vacant", under=_("Offices below"))
    else:
        yield table_slides(about, title, rows + below, body, page="vacant", under=_("Offices"))
