"""Slides of a meeting: who was invited and came, what people of its list said, and what was decided. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells
from abhiyan.ui.ladder import NAMES
from abhiyan.ui.numbers import NONE, grouped
from abhiyan.ui.slides.said import Bars, Slide, SlideBar, SlideColumn

from .deck_pages import (
    About,
    DeckAsk,
    asked_slides,
    assembled_deck,
    filled_sentence,
    made_slide,
    slide_table,
    table_slides,
)


@dataclass(frozen=True, slots=True)
class DecidedPoint:
    """A decision of a meeting. A task has who does it, a `Mention`, the last day, and how far it is."""

    text: str
    who: str = ""
    until: str = ""
    state: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class ConventionReport:
    """A meeting as its deck tells it. named, messages: invited by name, and by messages that left; held: (why a message
    stayed, how many). headline: who came, and by whose word. ticked: by name; by_phone: by number; confirmed: by
    their own yes; reported: by the organiser. said: (outcome of a talk with people of the invited list, how many);
    quotes: without names; open: (state of a request to the helpline, how many). points: its minutes, in their order.
    asks: open tasks decided there.
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
    points: Sequence[DecidedPoint] = ()
    asks: Sequence[DeckAsk] = ()


def meeting_deck(about: About, convention_report: ConventionReport) -> list[Slide]:
    """Return the deck of a meeting: who was invited, came and confirmed; what people of its list said; and its
    tasks."""
    made = [
        *_convention(about, convention_report),
        *_decided(about, convention_report.points),
        *asked_slides(about, convention_report.asks),
    ]
    return assembled_deck(about, convention_report.headline, made, page="meeting")


def _most_often(said: Sequence[tuple[str, int]]) -> str:
    """Name what came of most talks, where one outcome is more frequent than every other."""
    most = max((n for _name, n in said), default=0)
    names = [name for name, n in said if n == most and small_cells.shown_count(n) is not None]
    if len(names) == 1:
        return filled_sentence(_("At the doors most often: %(outcome)s"), outcome=names[0])
    return _("What people on the list said")


def _decided(about: About, points: Sequence[DecidedPoint]) -> Iterator[list[Slide]]:
    """Yield the minutes: each decision, and each task with its holder, its last day and its state."""
    if not points:
        return
    tasks = [point for point in points if point.state]
    n = len(points) - len(tasks)
    sentences = [filled_sentence(ngettext("%(n)s decision", "%(n)s decisions", n), n=n)] if n else []
    if tasks:
        done = sum(point.is_done for point in tasks)
        words = ngettext("%(n)s task, %(done)s done", "%(n)s tasks, %(done)s done", len(tasks))
        sentences.append(filled_sentence(words, n=len(tasks), done=done))
    body = slide_table(
        SlideColumn(_("Decision or task"), 0.46),
        SlideColumn(_("Who does it"), 0.22),
        SlideColumn(_("Last day"), 0.16),
        SlideColumn(_("Status"), 0.16),
    )
    rows = [
        (point.text, point.who or NONE, point.until or NONE, point.state or _("Decided")) for point in points
    ]
    yield table_slides(
        about, "; ".join(sentences), rows, body, page="meeting", under=_("Decisions and tasks")
    )


def _convention(about: About, convention_report: ConventionReport) -> Iterator[list[Slide]]:
    """Yield numbers of people behind reasons, talks and requests, in tens and "fewer than 10": a file is passed on."""
    invited = (
        (_("Invited by name"), convention_report.named),
        (_("Invited by message"), convention_report.messages),
    )
    came = (
        ("counted", _("Ticked by name"), convention_report.ticked),
        *(
            [("counted", _("Ticked by phone number"), convention_report.by_phone)]
            if convention_report.messages
            else ()
        ),
        ("confirmed", _("Confirmed by their own yes"), convention_report.confirmed),
    )
    bars = [SlideBar("due", name, grouped(n), n) for name, n in invited if n]
    if convention_report.has_begun:
        bars += [SlideBar(key, name, grouped(n), n) for key, name, n in came]
    title = _("%(named)s invited by name, %(messages)s by message")
    title = filled_sentence(title, named=convention_report.named, messages=convention_report.messages)
    if convention_report.has_begun:
        words = ngettext(
            "%(n)s confirmed by their own yes",
            "%(n)s confirmed by their own yes",
            convention_report.confirmed,
        )
        title = filled_sentence(words, n=convention_report.confirmed)
    if convention_report.has_begun or len(bars) > 1:
        names = {"due": _("Invited")} | {key: str(NAMES[key]) for key, _name, _n in came}
        word = filled_sentence(
            _("The organiser reported %(n)s. That number is one person's word."), n=convention_report.reported
        )
        foot = word if convention_report.has_begun else ""
        yield [made_slide(about, title, Bars(tuple(bars), names), foot, page="meeting")]
    number = SlideColumn(_("How many"), 0.3, is_number=True)
    for rows, head, under, words in (
        (convention_report.held, _("Why"), _("Messages that stayed"), _("Some people got no message")),
        (
            convention_report.said,
            _("What came of it"),
            _("Talks at the doors"),
            _most_often(convention_report.said),
        ),
        (
            convention_report.open,
            _("Status"),
            _("Requests to the helpline"),
            _("Requests to the helpline are open"),
        ),
    ):
        if rows:
            lines = [(name, small_cells.count_in_words(small_cells.shown_count(n))) for name, n in rows]
            body = slide_table(SlideColumn(head, 0.7), number)
            yield table_slides(about, words, lines, body, _("Rounded to 10."), page="meeting", under=under)
    if convention_report.quotes:
        quotes = [(quote,) for quote in dict.fromkeys(convention_report.quotes)]
        foot = _("Notes of workers, without names. A note that names the person or the place is left out.")
        body = slide_table(SlideColumn(_("In their words"), 1.0))
        yield table_slides(about, _("What people say"), quotes, body, foot, page="meeting", under=_("Notes"))
