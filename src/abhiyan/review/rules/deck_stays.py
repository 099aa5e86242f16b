"""The slides of village stays: how many places had a worker for 24 hours, and what the workers heard. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.cut import Cut
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.numbers import NONE
from abhiyan.ui.slides.said import Slide, SlideColumn

from .deck_pages import About, filled_sentence, slide_table, table_slides


@dataclass(frozen=True, slots=True)
class StaysSaid:
    """What stay reports say. reached: how many stays are reported, counted and confirmed, in a sentence.

    answers: question, answer, how many. quotes: words, the unit that passed them up, what was done.
    """

    reached: str
    answers: Sequence[tuple[str, str, str]] = ()
    quotes: Cut[tuple[str, str, str]] = field(default_factory=Cut)


def stays_slides(about: About, drawn: LadderShown, stays: StaysSaid) -> Iterator[list[Slide]]:
    """Yield the slide of answers, under the number of places with a worker for 24 hours, and that of quotes.

    drawn: the ladder of the stays.
    """
    if stays.answers:
        body = slide_table(
            SlideColumn(_("Question"), 0.45),
            SlideColumn(_("Answer"), 0.35),
            SlideColumn(_("How many"), 0.2, is_number=True),
        )
        checked = filled_sentence(_("Real: %(words)s."), words=str(drawn.checked).rstrip(".।"))
        foot = (f"{stays.reached}. {checked}", _("As workers reported it. No names are kept with it."))
        yield table_slides(
            about,
            stayed_words(drawn.counted),
            stays.answers,
            body,
            *foot,
            page="stays",
            under=_("What workers heard"),
        )
    if stays.quotes:
        body = slide_table(
            SlideColumn(_("What they said"), 0.5),
            SlideColumn(_("Unit"), 0.2),
            SlideColumn(_("What was done"), 0.3),
        )
        n = stays.quotes.total
        title = filled_sentence(
            ngettext("%(n)s quote came up from stays", "%(n)s quotes came up from stays", n),
            n=n,
        )
        rows = [(words, unit, done or NONE) for words, unit, done in stays.quotes]
        names = _("Names were taken out by the levels below.")
        yield table_slides(
            about, title, Cut(rows, n), body, names, page="stay_quotes", under=_("Quotes from stays")
        )


def stayed_words(n: int | None) -> str:
    """Say how many places had a worker for 24 hours. n: None for fewer than 10, seen from outside."""
    if n is None:
        return _("Fewer than 10 places had a worker for 24 hours; what they heard")
    words = ngettext(
        "%(n)s place had a worker for 24 hours; what they heard",
        "%(n)s places had a worker for 24 hours; what they heard",
        n,
    )
    return filled_sentence(words, n=n)
