"""What a deck says: from figures as a reader may see them, slides in order. Each has a finding as its title.

Pure: values in, words and values out. Where they stand on a slide: pages.py.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells
from abhiyan.core.cut import Cut
from abhiyan.core.words import language
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
    ROWS,
    About,
    DeckAsk,
    asked_slides,
    assembled_deck,
    counts_table,
    filled,
    made_slide,
    table_of,
    table_slides,
    whole_or_lakh,
)

__all__ = ["MOST_ROWS", "ROWS", "About"]

_SENTENCES = re.compile(r"(?<=[.।]) ")
ODD = 1.5  # so many times its target is no feat: the target was odd
NAMED = 3  # units in one title


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
        """How many fewer are counted than due."""
        return max(0, (self.due or 0) - (self.counted or 0))

    @property
    def lacks(self) -> int:
        return max(0, (self.target or 0) - (self.counted or 0))


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
class DeckUnit:
    """More about a unit in its deck. offices: office, holder, since. vacant: below; office, vacant, of how many.

    questions: numbers of questions to workers; None: not said. heard: the opinions of people. review: the last one,
    with day, decision, tasks with state. calls: the finding, and lines of call centres. asks: requests to offices.
    """

    offices: Sequence[tuple[str, str, str]] = ()
    vacant: Sequence[tuple[str, int, int]] = ()
    questions: Sequence[tuple[str, int | None]] = ()
    heard: Heard | None = None
    review: tuple[str, str, Sequence[tuple[str, str]]] | None = None
    calls: tuple[str, Sequence[tuple[str, str]]] | None = None
    asks: Sequence[DeckAsk] = ()


@dataclass(frozen=True, slots=True)
class ConventionReport:
    """A meeting as its deck tells it. named, messages: invited by name, and by messages that left; held: (why a message
    stayed, how many). headline: who came, and by whose word. ticked: by name; by_phone: by number; confirmed: by
    their own yes; reported: by the organiser. said: (outcome of a talk with people of the invited list, how many);
    quotes: without names; open: (state of a request to the helpline, how many).
    """

    headline: str
    has_begun: bool
    named: int
    messages: int
    held: Sequence[tuple[str, int]]
    ticked: int
    by_phone: int
    confirmed: int
    reported: int
    said: Sequence[tuple[str, int]] = ()
    quotes: Sequence[str] = ()
    open: Sequence[tuple[str, int]] = ()


def unit_deck(about: About, unit: DeckUnit, of: Measured | None) -> list[Slide]:
    """The deck of a unit, in one measure or none. Only slides that have something to say; what a slide has no room for
    goes on in the appendix. The last one before it has the requests."""
    title = _finding(of) if of else filled(_("%(unit)s: offices and last review"), unit=about.unit)
    made = [*(_measured(about, of) if of else ()), *_unit(about, unit), *asked_slides(about, unit.asks)]
    return assembled_deck(about, title, made, of.provisional if of else "", page="unit")


def checked_deck(about: About, of: Measured) -> list[Slide]:
    """The deck of a comparison: entries, beside how many of them checks found real."""
    made = list(_gaps(about, of)) or list(_unknown(about, of))
    title = _finding(of) if of.headline or not made else _("Checks say nothing of the whole yet")
    return assembled_deck(about, title, made, of.provisional, page="beside")


def meeting_deck(about: About, of: ConventionReport) -> list[Slide]:
    """The deck of a meeting: who was invited, came and confirmed; of the list it invited, what people said."""
    return assembled_deck(about, of.headline, list(_convention(about, of)), page="meeting")


def _finding(of: Measured) -> str:
    """The one sentence of a deck: what checks found, else how far it is."""
    drawn, counted = of.ladder, of.ladder.counted
    if of.headline:
        return of.headline
    if counted is None:
        return _("Fewer than 10 counted so far")
    n = short(counted)
    if drawn.target and counted >= drawn.target:
        return filled(_("%(n)s counted: the target is reached"), n=n)
    if drawn.behind:
        return filled(_("%(n)s counted, %(fewer)s fewer than due by today"), n=n, fewer=short(drawn.behind))
    if drawn.target:
        return filled(_("%(n)s counted: %(share)s of the target"), n=n, share=share(counted, drawn.target))
    return filled(_("%(n)s counted so far"), n=n)


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
        target = filled(_("Target %(n)s"), n=drawn.target)
        beyond = filled(_("Target %(n)s: beyond this scale"), n=drawn.target)
        under += " · " + filled(_("target %(n)s by %(day)s"), n=drawn.target, day=about.closes_on)
    if drawn.target and drawn.counted is not None and drawn.counted > drawn.target:
        said = _("%(n)s counted; the target was %(target)s")
        title = filled(said, n=drawn.counted, target=drawn.target)
    elif drawn.target and drawn.counted is not None:
        done, of = whole_or_lakh(drawn.counted, drawn.target)
        said = _("%(share)s of the target is counted: %(n)s of %(target)s")
        title = filled(said, share=share(drawn.counted, drawn.target), n=done, target=of)
    else:
        both = (drawn.reported, drawn.counted)
        known = [n for n in both if n is not None]
        reported, n = (small_cells.said(None) if n is None else whole_or_lakh(n, *known)[0] for n in both)
        title = filled(_("%(reported)s reported, %(n)s counted"), reported=reported, n=n)
    names = {key: str(NAMES[key]) for key in (*BARS, "unsigned")}
    bars, numbers = tuple(_rung(drawn, key) for key in BARS), (_rung(drawn, "reported"),)
    body = Bars(bars, names, drawn.target, target, beyond, numbers, _checked(drawn))
    foot = [_("Four rungs, never added up."), *_SENTENCES.split(str(drawn.note))]
    meant = [
        f"{NAMES[key]}: {drawn.definition(key)}" for key in ("reported", "counted", "unsigned", *RUNGS[2:])
    ]
    return made_slide(about, title, body, *foot, page="unit", under=under, notes=[*meant, str(drawn.how)])


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
    """Return the findings of checks, apart from the rungs: a rate has no place on their scale."""
    about, words = _("by random checks"), str(drawn.checked)
    return SlideRate(str(NAMES["estimate"]), words, about, drawn.estimate, drawn.low, drawn.high)


# --- the trend


def _course(about: About, of: Measured, trend: Trend) -> Slide:
    title = _("What was counted, day by day")
    if trend.target and (of.ladder.counted or 0) >= trend.target:
        title = filled(_("The target of %(n)s is reached"), n=short(trend.target))
    elif of.daily and of.lately is not None:
        title = _("%(daily)s a day are needed from now on; in the last week it was %(lately)s")
        title = filled(title, daily=of.daily, lately=round(of.lately / 7))
    elif of.daily:
        title = filled(_("%(daily)s a day are needed from now on"), daily=of.daily)
    elif of.lately is not None:
        title = filled(_("%(n)s counted in the last seven days"), n=short(of.lately))
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
        Course(tuple((day.on, said) for day, said in zip(days, of.days, strict=True)), tuple(lines)),
        *foot,
        page="unit",
    )


# --- the units below


def _behind(about: About, of: Measured) -> list[Slide]:
    targeted = [row for row in of.below if row.target]
    most = max(row.n for row in targeted)
    names = [row.name for row in targeted if row.n == most]
    every = Cut(targeted, of.below.total) if of.below.rest else Cut(targeted, len(targeted))
    body = table_of(
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
    if len(names) > 1:
        title = _("%(unit)s and others are furthest behind: %(n)s fewer than due by today, each")
    foot = [_("Counted: passed the published rules, with a sign from the person's phone.")]
    if any(row.target and (row.counted or 0) > ODD * row.target for row in targeted):
        foot.append(_("A share far above 100% says that the target was small."))
    title = filled(title, unit=names[0], n=most)
    return table_slides(about, title, Cut(rows, every.total), body, *foot, page="below")


def _gaps(about: About, of: Measured) -> Iterator[list[Slide]]:
    known = [row for row in of.gaps if row.true is not None]
    if not known:
        return
    others = len(of.gaps) - len(known)
    title = _compared(known, of.whole)
    names = (_("real"), _("gap"), _("cannot be told apart: intervals overlap"))
    foot = [
        _("Line: 95% interval. Dot: its middle; a wide interval has none."),
        _("A gap is a question to the unit, not a verdict."),
        *([filled(_("%(n)s more units have not enough checks."), n=others)] if others else []),
        *of.checks,
    ]
    under = _("of every 100 entries · by the least the gap can be")

    def body(rows: Sequence[SlideInterval]) -> Gaps:
        return Gaps(tuple(rows), _tied(rows), names, _("at least %(n)s"))

    yield table_slides(about, title, known, body, *foot, page="beside", under=under)


def _compared(known: Sequence[SlideInterval], whole: SlideInterval | None) -> str:
    """Name a unit as worse than the whole only where its interval lies wholly below that of the whole."""
    worse = [row for row in known if whole and whole.true is not None and row.high < whole.low]
    if not worse:
        if len(known) == 1:
            return filled(_("%(unit)s alone has enough checks to compare"), unit=known[0].name)
        return _("The differences between units cannot be told apart")
    first = worse[0]
    if whole is not None and len(worse) == 1:
        title = _("In %(unit)s at most %(n)s of 100 entries are real, in the whole at least %(low)s")
        return filled(title, unit=first.name, n=of_100(first.high / 100), low=of_100(whole.low / 100))
    names = ", ".join(row.name for row in worse[:NAMED])
    if len(worse) > NAMED:
        return filled(_("Fewer are real than in the whole: %(units)s and others"), units=names)
    return filled(_("Fewer are real than in the whole: %(units)s"), units=names)


def _unknown(about: About, of: Measured) -> Iterator[list[Slide]]:
    """Where no unit can be compared: how many checks each has."""
    if of.gaps:
        body = table_of(SlideColumn(_("Unit"), 0.4), SlideColumn(_("Checks"), 0.6))
        rows = [(row.name, row.why) for row in of.gaps]
        yield table_slides(
            about, _("No unit below has enough checks yet"), rows, body, *of.checks, page="beside"
        )


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
        yield table_slides(about, title, said, counts_table(_("Questions to workers")), foot, page="dossier")
    if unit.heard is not None:
        yield from _heard(about, unit.heard)
    if unit.calls is not None:
        title, lines = unit.calls
        yield table_slides(
            about, title, lines, counts_table(_("Call centres")), _("As reported by callers."), page="calls"
        )
    if unit.review is not None:
        day, decision, tasks = unit.review
        title = filled(_("Last review, %(day)s: %(decision)s"), day=day, decision=decision)
        body = table_of(SlideColumn(_("Task"), 0.7), SlideColumn(_("Status"), 0.3))
        yield table_slides(
            about,
            title,
            list(tasks) or [(_("No tasks were given."), "")],
            body,
            page="dossier",
            under=_("Last review"),
        )


def _heard(about: About, heard: Heard) -> Iterator[list[Slide]]:
    """Yield slides of what people were asked, what they said, and what was done about it."""
    if heard.choices:
        said = [(question, choice, small_cells.said(n)) for question, choice, n in heard.choices]
        body = table_of(
            SlideColumn(_("Question"), 0.45),
            SlideColumn(_("Answer"), 0.35),
            SlideColumn(_("How many"), 0.2, is_number=True),
        )
        both = _("People asked: %(asked)s. Answered: %(answered)s.")
        both = filled(both, asked=small_cells.said(heard.asked), answered=small_cells.said(heard.answered))
        foot = (both, _("As reported by those who asked. No names are kept with it."))
        yield table_slides(about, _answer(heard), said, body, *foot, page="opinions", under=_("Opinions"))
    if heard.quotes:
        n, done = heard.quotes.total, heard.settled
        title = _("Nothing was done yet about most quotes that came up")
        if not done:
            title = _("Nothing was done yet about the quotes that came up")
        elif done == n:
            title = _("Something was done about every quote that came up")
        elif 2 * done > n:
            title = _("Something was done about most quotes that came up")
        body = table_of(
            SlideColumn(_("What they said"), 0.5),
            SlideColumn(_("Unit"), 0.2),
            SlideColumn(_("What was done"), 0.3),
        )
        rows = [
            (words, " · ".join(filter(None, (unit, _language(words)))), what or NONE)
            for words, unit, what in _once(heard.quotes)
        ]
        count = filled(_("Quotes that came up: %(n)s. Something was done about %(done)s."), n=n, done=done)
        foot = (count, _("Names were taken out by the levels below."))
        yield table_slides(about, title, rows, body, *foot, page="quotes", under=_("Quotes"))


def _answer(heard: Heard) -> str:
    """The answer given most often, where that is known."""
    if heard.answered == 0:
        return _("Nobody has answered yet")
    if heard.answered is None or heard.most is None:
        return _("Fewer than 10 have answered so far")
    question, choice = heard.most
    return filled(_("%(question)s Most often: %(choice)s"), question=question, choice=choice)


def _once(quotes: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Quotes without their repeats, those in the language of the deck first."""
    once: dict[str, tuple[str, str, str]] = {}
    for quote in quotes:
        once.setdefault(" ".join(quote[0].casefold().split()), quote)
    return sorted(once.values(), key=lambda quote: bool(_language(quote[0])))


def _language(words: str) -> str:
    """Name the language of a quote if its script is not that of the deck's language."""
    is_hindi = any("\u0900" <= letter <= "\u097f" for letter in words)
    if is_hindi == (language() == "hi"):
        return ""
    return _("in Hindi") if is_hindi else _("in English")


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
    title = filled(words, n=missing)
    rows = [(office, name or _("vacant"), since) for office, name, since in unit.offices]
    vacant = _("vacant in %(n)s of %(of)s units below")
    below = [(office, filled(vacant, n=n, of=of), "") for office, n, of in unit.vacant if n]
    body = table_of(
        SlideColumn(_("Office"), 0.36), SlideColumn(_("Who holds it"), 0.44), SlideColumn(_("Since"), 0.2)
    )
    if rows and below and len(rows) + len(below) > ROWS:
        numbers = (
            SlideColumn(_("Vacant"), 0.25, is_number=True),
            SlideColumn(_("Of units"), 0.25, is_number=True),
        )
        counted = [(office, grouped(n), grouped(of)) for office, n, of in unit.vacant if n]
        table = table_of(SlideColumn(_("Office"), 0.5), *numbers)
        if own:
            here = filled(_("Vacant here: %(offices)s"), offices=", ".join(own))
            yield table_slides(about, here, rows, body, page="unit", under=_("Offices"))
        yield table_slides(about, title, counted, table, page="vacant", under=_("Offices below"))
    else:
        yield table_slides(about, title, rows + below, body, page="vacant", under=_("Offices"))


# --- a meeting


def _convention(about: About, of: ConventionReport) -> Iterator[list[Slide]]:
    """Numbers of people behind reasons, talks and requests are tens, and "fewer than 10": a file is passed on."""
    invited = ((_("Invited by name"), of.named), (_("Invited by message"), of.messages))
    came = (
        ("counted", _("Ticked by name"), of.ticked),
        *([("counted", _("Ticked by phone number"), of.by_phone)] if of.messages else ()),
        ("confirmed", _("Confirmed by their own yes"), of.confirmed),
    )
    bars = [SlideBar("due", name, grouped(n), n) for name, n in invited if n]
    if of.has_begun:
        bars += [SlideBar(key, name, grouped(n), n) for key, name, n in came]
    title = _("Some are invited by name, others by message")
    if of.has_begun:
        words = ngettext("%(n)s confirmed by their own yes", "%(n)s confirmed by their own yes", of.confirmed)
        title = filled(words, n=of.confirmed)
    if of.has_begun or len(bars) > 1:
        names = {"due": _("Invited")} | {key: str(NAMES[key]) for key, _name, _n in came}
        word = filled(_("The organiser reported %(n)s. That number is one person's word."), n=of.reported)
        foot = word if of.has_begun else ""
        yield [made_slide(about, title, Bars(tuple(bars), names), foot, page="meeting")]
    number = SlideColumn(_("How many"), 0.3, is_number=True)
    for rows, head, under, words in (
        (of.held, _("Why"), _("Messages that stayed"), _("Some people got no message")),
        (of.said, _("What came of it"), _("Talks at the doors"), _("What people on the list said")),
        (of.open, _("Status"), _("Requests to the helpline"), _("Requests to the helpline are open")),
    ):
        if rows:
            said = [(name, small_cells.said(small_cells.shown(n))) for name, n in rows]
            body = table_of(SlideColumn(head, 0.7), number)
            yield table_slides(about, words, said, body, _("Rounded to 10."), page="meeting", under=under)
    if of.quotes:
        quotes = [(quote,) for quote in dict.fromkeys(of.quotes)]
        foot = _("Notes of workers, without names. A note that names the person or the place is left out.")
        body = table_of(SlideColumn(_("In their words"), 1.0))
        yield table_slides(about, _("What people say"), quotes, body, foot, page="meeting", under=_("Notes"))
