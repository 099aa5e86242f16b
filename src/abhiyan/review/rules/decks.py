"""What a deck says: from figures as a reader may see them, slides in order. Each has a finding as its title.

Pure: values in, words and values out. Where they stand on a slide: pages.py.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells
from abhiyan.ui.charts import Trend
from abhiyan.ui.ladder import BARS, NAMES, RUNGS, LadderShown
from abhiyan.ui.numbers import LAKH, NONE, grouped, share, short
from abhiyan.ui.slides.said import (
    Bars,
    Body,
    Course,
    Cover,
    Gaps,
    Grid,
    Slide,
    SlideBar,
    SlideColumn,
    SlideInterval,
    SlideRate,
)

Row = TypeVar("Row")
_SENTENCES = re.compile(r"(?<=[.।]) ")
ROWS = 10  # of a table or chart on one slide
MOST_ROWS = 200  # of a deck: what is beyond stands in the lists of the product


@dataclass(frozen=True, slots=True)
class About:
    """The facts on every slide besides: unit, measure, as of when. measure, window: empty where no programme runs.

    pages: where a reader finds the figures of a slide: unit, below, beside, vacant, dossier, round,
    opinions, calls.
    """

    unit: str
    measure: str
    window: str
    as_of: str
    organisation: str
    closes_on: str = ""
    is_sample: bool = False
    is_rounded: bool = False
    pages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behind:
    """A unit below: what is counted there, beside its target and what is due by today."""

    name: str
    target: int | None
    due: int | None
    counted: int | None

    @property
    def n(self) -> int:
        """How many fewer are counted than due."""
        return max(0, (self.due or 0) - (self.counted or 0))


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of a unit, as its slides need it. days: of the trend, as they are written. daily: needed from now on;
    lately: counted in the last seven days.

    headline: what checks say of the unit, in the sentence of every other page; provisional: a sentence while checks go
    on. below: units below, the furthest behind first; of: how many there are. gaps: units by what checks found; checks:
    what to know of these, in sentences.
    """

    ladder: LadderShown
    trend: Trend | None = None
    days: Sequence[str] = ()
    headline: str = ""
    provisional: str = ""
    daily: int | None = None
    lately: int | None = None
    below: Sequence[Behind] = ()
    of: int = 0
    gaps: Sequence[SlideInterval] = ()
    checks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What people said. asked, answered: how many; None: fewer than 10, not said. choices: question, choice, how many.
    quotes: words, the unit that passed them up, what was done."""

    asked: int | None
    answered: int | None
    choices: Sequence[tuple[str, str, int | None]] = ()
    quotes: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class DeckUnit:
    """More about a unit in its deck. offices: office, holder, since. vacant: below; office, vacant, of how many.

    questions: numbers of questions to workers; None: not said. heard: the opinions of people. review: the last one,
    with day, decision, tasks with state. calls: the finding, and lines of call centres.
    """

    offices: Sequence[tuple[str, str, str]] = ()
    vacant: Sequence[tuple[str, int, int]] = ()
    questions: Sequence[tuple[str, int | None]] = ()
    heard: Heard | None = None
    review: tuple[str, str, Sequence[tuple[str, str]]] | None = None
    calls: tuple[str, Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class ReviewedRound:
    """A round of reviews. whole, branches: reviewed and of how many, in all and by unit, the furthest back first; none
    where the reader does not lead it. decided: (unit, decision, day); decisions: how often each. late: (task, unit,
    day it was due). Of office-bearers neither what was decided nor what is late.
    """

    whole: tuple[int, int] | None = None
    branches: Sequence[tuple[str, int, int]] = ()
    decided: Sequence[tuple[str, str, str]] = ()
    decisions: Sequence[tuple[str, int]] = ()
    late: Sequence[tuple[str, str, str]] = ()
    are_people: bool = False  # office-bearers are reviewed


@dataclass(frozen=True, slots=True)
class ConventionReport:
    """A meeting as its deck tells it. named, messages: invited by name, and by messages that left; held: (why a message
    stayed, how many). headline: who came, and by whose word. ticked: by name; confirmed: by their own yes; reported: by
    the organiser. said: (outcome of a talk with
    people of the invited list, how many); quotes: without names; open: (state of a request to the helpline, how many).
    """

    headline: str
    has_begun: bool
    named: int
    messages: int
    held: Sequence[tuple[str, int]]
    ticked: int
    confirmed: int
    reported: int
    said: Sequence[tuple[str, int]] = ()
    quotes: Sequence[str] = ()
    open: Sequence[tuple[str, int]] = ()


def unit_deck(about: About, unit: DeckUnit, of: Measured | None) -> list[Slide]:
    """The deck of a unit, in one measure or none. Only slides that have something to say; what a slide has no room for
    goes on in the appendix."""
    title = _finding(of) if of else _put(_("%(unit)s: offices and last review"), unit=about.unit)
    made = [*(_measured(about, of) if of else ()), *_unit(about, unit)]
    return _deck(about, title, made, of.provisional if of else "", page="unit")


def checked_deck(about: About, of: Measured) -> list[Slide]:
    """The deck of a comparison: entries, beside how many of them checks found real."""
    made = list(_gaps(about, of)) or list(_unknown(about, of))
    title = _finding(of) if of.headline or not made else made[0][0].title
    return _deck(about, title, made, of.provisional, page="beside")


def round_deck(about: About, of: ReviewedRound) -> list[Slide]:
    """The deck of a round of reviews: how far it is, what was decided, which tasks are late."""
    if of.whole:
        words = _("%(n)s of %(of)s units are reviewed")
        if of.are_people:
            words = _("%(n)s of %(of)s office-bearers are reviewed")
        title = _put(words, n=of.whole[0], of=of.whole[1])
    else:
        n = len(of.decided)
        title = _put(ngettext("%(n)s unit is reviewed", "%(n)s units are reviewed", n), n=n)
    return _deck(about, title, list(_round(about, of)), page="round")


def meeting_deck(about: About, of: ConventionReport) -> list[Slide]:
    """The deck of a meeting: who was invited, came and confirmed; of the list it invited, what people said."""
    return _deck(about, of.headline, list(_convention(about, of)), page="meeting")


def _deck(
    about: About, title: str, made: Sequence[Sequence[Slide]], more: str = "", *, page: str
) -> list[Slide]:
    """The first slide, of each part its first slide, and the appendix. page: of the first slide's figures."""
    what = " · ".join(filter(None, (about.measure, about.window)))
    as_of = " · ".join(filter(None, (about.as_of, _rounded(about), more)))
    lines = tuple(filter(None, (about.unit, what, as_of, _sample(about), about.organisation)))
    notes = (_("The title says what was found. The next slides show the figures behind it."),)
    cover = Slide(title, "", Cover(lines), notes=notes, href=about.pages.get(page, ""))
    return [cover, *(each[0] for each in made), *(one for each in made for one in each[1:])]


def _put(text: str, **given: int | str) -> str:
    """A sentence with its blanks filled; whole numbers as people write them."""
    return text % {name: grouped(each) if isinstance(each, int) else each for name, each in given.items()}


def _alike(*numbers: int) -> list[str]:
    """Numbers of one sentence: in lakh where all are so large, else each whole."""
    return [short(n) if min(numbers) >= LAKH else grouped(n) for n in numbers]


def _sample(about: About) -> str:
    return _("Sample: people and figures are made up.") if about.is_sample else ""


def _rounded(about: About) -> str:
    return _("Rounded to 10.") if about.is_rounded else ""


def _slide(
    about: About, title: str, body: Body, *foot: str, page: str, under: str = "", notes: Sequence[str] = ()
) -> Slide:
    """One slide. page: which of `About.pages` has the figures of its title."""
    always = (_sample(about), *foot, _rounded(about), about.as_of)
    where = " · ".join(filter(None, (about.unit, under or about.measure)))
    href = about.pages.get(page, "")
    return Slide(title, where, body, tuple(filter(None, always)), (*notes, *filter(None, foot)), href)


def _pages(
    about: About,
    title: str,
    rows: Sequence[Row],
    body: Callable[[Sequence[Row]], Body],
    *foot: str,
    page: str,
    under: str = "",
    of: int = 0,
) -> list[Slide]:
    """Rows on a slide of ROWS, and the rest in the appendix. of: how many there are, where that is more."""
    shown, of = rows[:MOST_ROWS], max(of, len(rows))
    slides = []
    for start in range(0, len(shown), ROWS):
        part = shown[start : start + ROWS]
        said, where, more = title, under or about.measure, []
        if of > ROWS:
            which = _put(_("%(first)s to %(last)s of %(of)s"), first=start + 1, last=start + len(part), of=of)
            where = f"{where} · {which}" if where else which
        if start:
            said = _put(_("Appendix: %(title)s"), title=title)
        elif len(shown) > ROWS:
            more.append(_("The rest is in the appendix."))
        if of > len(shown):
            limit = _("The slides show %(n)s of %(of)s. The list on the programme page has all of them.")
            more.append(_put(limit, n=len(shown), of=of))
        slides.append(_slide(about, said, body(part), *more, *foot, page=page, under=where))
    return slides


def _grid(*columns: SlideColumn) -> Callable[[Sequence[tuple[str, ...]]], Grid]:
    return lambda rows: Grid(columns, tuple(rows))


def _numbers(of: str) -> Callable[[Sequence[tuple[str, ...]]], Grid]:
    return _grid(SlideColumn(of, 0.7), SlideColumn(_("How many"), 0.3, is_number=True))


def _finding(of: Measured) -> str:
    """The one sentence of a deck: what checks found, else how far it is."""
    drawn, counted = of.ladder, of.ladder.counted
    if of.headline:
        return of.headline
    if counted is None:
        return _("Fewer than 10 counted so far")
    n = short(counted)
    if drawn.target and counted >= drawn.target:
        return _put(_("%(n)s counted: the target is reached"), n=n)
    if drawn.behind:
        return _put(_("%(n)s counted, %(fewer)s fewer than due by today"), n=n, fewer=short(drawn.behind))
    if drawn.target:
        return _put(_("%(n)s counted: %(share)s of the target"), n=n, share=share(counted, drawn.target))
    return _put(_("%(n)s counted so far"), n=n)


def _measured(about: About, of: Measured) -> Iterator[list[Slide]]:
    if not of.ladder.is_empty:
        yield [_rungs(about, of.ladder)]
    if of.trend is not None and sum(bool(day.counted or day.reported) for day in of.trend.days) > 1:
        yield [_course(about, of, of.trend)]
    if any(row.n for row in of.below):
        yield _behind(about, of)
    yield from _gaps(about, of)


# --- the ladder


def _rungs(about: About, drawn: LadderShown) -> Slide:
    under, target, beyond = about.measure, "", ""
    if drawn.target:
        target = _put(_("Target %(n)s"), n=drawn.target)
        beyond = _put(_("Target %(n)s: beyond this scale"), n=drawn.target)
        under += " · " + _put(_("target %(n)s by %(day)s"), n=drawn.target, day=about.closes_on)
    if drawn.target and drawn.counted is not None:
        done, of = _alike(drawn.counted, drawn.target)
        said = _("%(share)s of the target is counted: %(n)s of %(target)s")
        title = _put(said, share=share(drawn.counted, drawn.target), n=done, target=of)
    else:
        both = (drawn.reported, drawn.counted)
        known = [n for n in both if n is not None]
        reported, n = (small_cells.said(None) if n is None else _alike(n, *known)[0] for n in both)
        title = _put(_("%(reported)s reported, %(n)s counted"), reported=reported, n=n)
    names = {key: str(NAMES[key]) for key in (*BARS, "unsigned")}
    bars, numbers = tuple(_rung(drawn, key) for key in BARS), (_rung(drawn, "reported"),)
    body = Bars(bars, names, drawn.target, target, beyond, numbers, _checked(drawn))
    foot = [_("Four rungs, never added up."), *_SENTENCES.split(str(drawn.note))]
    meant = [
        f"{NAMES[key]}: {drawn.definition(key)}" for key in ("reported", "counted", "unsigned", *RUNGS[2:])
    ]
    return _slide(about, title, body, *foot, page="unit", under=under, notes=[*meant, str(drawn.how)])


def _rung(drawn: LadderShown, key: str) -> SlideBar:
    """A rung as a row. Reported is drawn as a number alone."""
    n: int | None = getattr(drawn, key)
    meant = {
        "reported": _("what somebody said"),
        "counted": _("passed the rules"),
        "confirmed": _("their own later yes"),
    }
    bar = SlideBar(key, str(NAMES[key]), small_cells.said(n), n, meant[key])
    if key == "counted" and drawn.unsigned:
        said = f"+ {grouped(drawn.unsigned)}"
        return replace(bar, more=drawn.unsigned, beside=said, below=str(NAMES["unsigned"]))
    return bar


def _checked(drawn: LadderShown) -> SlideRate:
    """What checks say, apart from the rungs: a rate has no place on their scale."""
    about, words = _("by random checks"), str(drawn.checked)
    return SlideRate(str(NAMES["estimate"]), words, about, drawn.estimate, drawn.low, drawn.high)


# --- the trend


def _course(about: About, of: Measured, trend: Trend) -> Slide:
    title = _("What was counted, day by day")
    if trend.target and (of.ladder.counted or 0) >= trend.target:
        title = _put(_("The target of %(n)s is reached"), n=short(trend.target))
    elif of.daily and of.lately is not None:
        title = _("%(daily)s a day are needed from now on; in the last week it was %(lately)s")
        title = _put(title, daily=of.daily, lately=round(of.lately / 7))
    elif of.daily:
        title = _put(_("%(daily)s a day are needed from now on"), daily=of.daily)
    elif of.lately is not None:
        title = _put(_("%(n)s counted in the last seven days"), n=short(of.lately))
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
    return _slide(
        about,
        title,
        Course(tuple((day.on, said) for day, said in zip(days, of.days, strict=True)), tuple(lines)),
        *foot,
        page="unit",
    )


# --- the units below


def _behind(about: About, of: Measured) -> list[Slide]:
    targeted = [row for row in of.below if row.target]
    first = max(targeted, key=lambda row: row.n)
    n = of.of if len(of.below) == MOST_ROWS else len(targeted)
    body = _grid(
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
    title = _("%(unit)s is furthest behind: %(n)s fewer than due by today")
    foot = _("Counted: passed the published rules, with a sign from the person's phone.")
    return _pages(about, _put(title, unit=first.name, n=first.n), rows, body, foot, page="below", of=n)


def _gaps(about: About, of: Measured) -> Iterator[list[Slide]]:
    known = [row for row in of.gaps if row.true is not None]
    if not known:
        return
    first, others = known[0], len(of.gaps) - len(known)
    title = _put(_("In %(unit)s at most %(n)s of 100 entries are real"), unit=first.name, n=round(first.high))
    names = (_("real"), _("gap"), _("cannot be told apart: intervals overlap"))
    foot = [
        _("Line: 95% interval. Dot: its middle; a wide interval has none."),
        _("A gap is a question to the unit, not a verdict."),
        *([_put(_("%(n)s more units have not enough checks."), n=others)] if others else []),
        *of.checks,
    ]
    under = _("of every 100 entries · by the least the gap can be")

    def body(rows: Sequence[SlideInterval]) -> Gaps:
        return Gaps(tuple(rows), _tied(rows), names, _("at least %(n)s"))

    yield _pages(about, title, known, body, *foot, page="beside", under=under)


def _unknown(about: About, of: Measured) -> Iterator[list[Slide]]:
    """Where no unit can be compared: how many checks each has."""
    if of.gaps:
        body = _grid(SlideColumn(_("Unit"), 0.4), SlideColumn(_("Checks"), 0.6))
        rows = [(row.name, row.why) for row in of.gaps]
        yield _pages(about, _("No unit below has enough checks yet"), rows, body, *of.checks, page="beside")


def _tied(rows: Sequence[SlideInterval]) -> tuple[tuple[int, int], ...]:
    """Rows that share a rank, as (first, last); only where there are two at least."""
    found = []
    for rank, some in groupby(enumerate(rows), key=lambda each: each[1].rank):
        ats = [at for at, _row in some]
        if rank is not None and len(ats) > 1:
            found.append((ats[0], ats[-1]))
    return tuple(found)


# --- the unit itself


def _unit(about: About, unit: DeckUnit) -> Iterator[list[Slide]]:
    if unit.offices or any(n for _office, n, _of in unit.vacant):
        yield from _offices(about, unit)
    if any(n for _label, n in unit.questions):
        said = [(label, small_cells.said(n)) for label, n in unit.questions]
        title = _("Some workers are asked about their entries")
        foot = _("A question is not proof. Questions that lead to nothing are deleted.")
        yield _pages(about, title, said, _numbers(_("Questions to workers")), foot, page="dossier")
    if unit.heard is not None:
        yield from _heard(about, unit.heard)
    if unit.calls is not None:
        title, lines = unit.calls
        yield _pages(
            about, title, lines, _numbers(_("Call centres")), _("As reported by callers."), page="calls"
        )
    if unit.review is not None:
        day, decision, tasks = unit.review
        title = _put(_("Last review, %(day)s: %(decision)s"), day=day, decision=decision)
        body = _grid(SlideColumn(_("Task"), 0.7), SlideColumn(_("Status"), 0.3))
        yield _pages(
            about,
            title,
            list(tasks) or [(_("No tasks were given."), "")],
            body,
            page="dossier",
            under=_("Last review"),
        )


def _heard(about: About, heard: Heard) -> Iterator[list[Slide]]:
    """Yield slides of what people were asked, how many answered, what they said, and what was done about it."""
    asked, answered = small_cells.said(heard.asked), small_cells.said(heard.answered)
    if heard.choices:
        said = [(question, choice, small_cells.said(n)) for question, choice, n in heard.choices]
        body = _grid(
            SlideColumn(_("Question"), 0.45),
            SlideColumn(_("Answer"), 0.35),
            SlideColumn(_("How many"), 0.2, is_number=True),
        )
        title = _put(_("People asked: %(asked)s. Answered: %(answered)s"), asked=asked, answered=answered)
        foot = _("As reported by those who asked. No names are kept with it.")
        yield _pages(about, title, said, body, foot, page="opinions", under=_("Opinions"))
    if heard.quotes:
        n, done = len(heard.quotes), sum(bool(each[2]) for each in heard.quotes)
        title = _put(_("Quotes that came up: %(n)s. Something was done about %(done)s"), n=n, done=done)
        body = _grid(
            SlideColumn(_("What they said"), 0.5),
            SlideColumn(_("Unit"), 0.2),
            SlideColumn(_("What was done"), 0.3),
        )
        rows = [(words, unit, what or NONE) for words, unit, what in heard.quotes]
        foot = _("Names were taken out by the levels below.")
        yield _pages(about, title, rows, body, foot, page="opinions", under=_("Opinions"))


def _offices(about: About, unit: DeckUnit) -> Iterator[list[Slide]]:
    """Yield who holds which office, and what is vacant below: on one slide where there is room.

    Nothing where every office is held: that is no news.
    """
    own = [office for office, name, _since in unit.offices if not name]
    missing = len(own) + sum(n for _office, n, _of in unit.vacant)
    words = ngettext(
        "%(n)s office is vacant here and below", "%(n)s offices are vacant here and below", missing
    )
    if not missing:
        return
    title = _put(words, n=missing)
    rows = [(office, name or _("vacant"), since) for office, name, since in unit.offices]
    vacant = _("vacant in %(n)s of %(of)s units below")
    below = [(office, _put(vacant, n=n, of=of), "") for office, n, of in unit.vacant if n]
    body = _grid(
        SlideColumn(_("Office"), 0.36), SlideColumn(_("Who holds it"), 0.44), SlideColumn(_("Since"), 0.2)
    )
    if rows and below and len(rows) + len(below) > ROWS:
        numbers = (
            SlideColumn(_("Vacant"), 0.25, is_number=True),
            SlideColumn(_("Of units"), 0.25, is_number=True),
        )
        counted = [(office, grouped(n), grouped(of)) for office, n, of in unit.vacant if n]
        table = _grid(SlideColumn(_("Office"), 0.5), *numbers)
        if own:
            here = _put(_("Vacant here: %(offices)s"), offices=", ".join(own))
            yield _pages(about, here, rows, body, page="unit", under=_("Offices"))
        yield _pages(about, title, counted, table, page="vacant", under=_("Offices below"))
    else:
        yield _pages(about, title, rows + below, body, page="vacant", under=_("Offices"))


# --- rounds


def _round(about: About, of: ReviewedRound) -> Iterator[list[Slide]]:
    if of.branches:
        name, done, wanted = of.branches[0]
        title = _put(_("%(unit)s is furthest back: %(n)s of %(of)s reviewed"), unit=name, n=done, of=wanted)
        shades = {"counted": _("Reviewed"), "unsigned": _("Not reviewed yet")}

        def bars(rows: Sequence[tuple[str, int, int]]) -> Bars:
            said = _("%(n)s of %(of)s")
            return Bars(
                tuple(
                    SlideBar("counted", name, _put(said, n=done, of=wanted), done, more=wanted - done)
                    for name, done, wanted in rows
                ),
                shades,
            )

        yield _pages(
            about, title, of.branches, bars, _("Full: reviewed. Dotted: not reviewed yet."), page="round"
        )
    if of.decided:
        decision, n = max(of.decisions, key=lambda each: each[1])
        title = _put(_("Decided most often: %(decision)s (%(n)s)"), decision=decision, n=n)
        body = _grid(
            SlideColumn(_("Unit"), 0.36), SlideColumn(_("Decision"), 0.44), SlideColumn(_("Decided on"), 0.2)
        )
        rest = " · ".join(f"{each}: {grouped(n)}" for each, n in of.decisions if n)
        total = sum(n for _each, n in of.decisions)
        yield _pages(about, title, of.decided, body, rest, page="round", of=total)
    if of.late:
        n = len(of.late)
        title = _put(ngettext("%(n)s task is late", "%(n)s tasks are late", n), n=n)
        body = _grid(SlideColumn(_("Task"), 0.5), SlideColumn(_("Unit"), 0.3), SlideColumn(_("Due"), 0.2))
        yield _pages(about, title, of.late, body, page="round")


# --- a meeting


def _convention(about: About, of: ConventionReport) -> Iterator[list[Slide]]:
    """Numbers of people behind reasons, talks and requests are tens, and "fewer than 10": a file is passed on."""
    invited = ((_("Invited by name"), of.named), (_("Invited by message"), of.messages))
    came = (
        ("counted", _("Ticked by name"), of.ticked),
        ("confirmed", _("Confirmed by their own yes"), of.confirmed),
    )
    bars = [SlideBar("due", name, grouped(n), n) for name, n in invited if n]
    if of.has_begun:
        bars += [SlideBar(key, name, grouped(n), n) for key, name, n in came]
    if bars:
        names = {"due": _("Invited")} | {key: str(NAMES[key]) for key, _name, _n in came}
        word = _put(_("The organiser reported %(n)s. That number is one person's word."), n=of.reported)
        foot = word if of.has_begun else ""
        yield [_slide(about, of.headline, Bars(tuple(bars), names), foot, page="meeting")]
    number = SlideColumn(_("How many"), 0.3, is_number=True)
    for rows, head, under, words in (
        (of.held, _("Why"), _("Messages that stayed"), _("Some people got no message")),
        (of.said, _("What came of it"), _("Talks at the doors"), _("What people on the list said")),
        (of.open, _("Status"), _("Requests to the helpline"), _("Requests to the helpline are open")),
    ):
        if rows:
            said = [(name, small_cells.said(small_cells.shown(n))) for name, n in rows]
            body = _grid(SlideColumn(head, 0.7), number)
            yield _pages(about, words, said, body, _("Rounded to 10."), page="meeting", under=under)
    if of.quotes:
        quotes = [(f"“{quote}”",) for quote in of.quotes]
        foot = _("Notes of workers, without names. A note that names the person or the place is left out.")
        body = _grid(SlideColumn(_("In their words"), 1.0))
        yield _pages(about, _("What people say"), quotes, body, foot, page="meeting", under=_("Notes"))
