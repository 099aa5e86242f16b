"""How a deck is put together: a slide with its foot, tables on slides of ten rows, and the appendix. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from string import ascii_uppercase
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.cut import Cut
from abhiyan.core.words import short_day
from abhiyan.ui.numbers import LAKH, NONE, grouped, short
from abhiyan.ui.slides.said import Body, Cover, Grid, Slide, SlideColumn

Row = TypeVar("Row")
ROWS = 10  # of a table or chart on one slide
NAMED = 3  # units in one title
MOST_ROWS = 40  # of a table in a deck: the lists of the product have all


@dataclass(frozen=True, slots=True)
class DeckAsk:
    """A request after a meeting: the unit, its office, what to do, and until when.

    office: "" where none is known. by: the day; None where it is late, or asked at once. who: a person, as a `Mention`.
    """

    unit: str
    office: str
    what: str
    until: str
    by: date | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """The facts on every slide besides: unit, measure, as of when. measure, window: empty where no programme runs.

    pages: where a reader finds the figures of a slide: unit, below, beside, vacant, dossier, round,
    opinions, quotes, calls, asked.
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


def assembled_deck(
    about: About, title: str, made: Sequence[Sequence[Slide]], more: str = "", *, page: str
) -> list[Slide]:
    """Return the first slide, of each part its first slide, and the appendix. page: of the first slide's figures."""
    what = " · ".join(filter(None, (about.measure, about.window)))
    as_of = " · ".join(filter(None, (about.as_of, _rounded(about), more)))
    lines = tuple(filter(None, (about.unit, what, as_of, _sample(about), about.organisation)))
    notes = (_("The title says what was found. The next slides show the figures behind it."),)
    cover = Slide(title, "", Cover(lines), notes=notes, href=about.pages.get(page, ""))
    cover = replace(cover, page=page)
    appendix = [slide for slides in made for slide in slides[1:]]
    named = [
        replace(
            slide,
            title=filled_sentence(_("Appendix %(letter)s: %(what)s"), letter=_letter(n), what=slide.title),
        )
        for n, slide in enumerate(appendix)
    ]
    return [cover, *(slides[0] for slides in made), *named]


def _letter(n: int) -> str:
    return ascii_uppercase[n % 26] * (n // 26 + 1)


def filled_sentence(text: str, **given: int | str) -> str:
    """Fill a sentence's blanks; whole numbers as people write them."""
    return text % {name: grouped(value) if isinstance(value, int) else value for name, value in given.items()}


def whole_or_lakh(*numbers: int) -> list[str]:
    """Write the numbers of one sentence: in lakh where all are so large, else each whole."""
    return [short(n) if min(numbers) >= LAKH else grouped(n) for n in numbers]


def _sample(about: About) -> str:
    return _("Sample: people and figures are made up.") if about.is_sample else ""


def _rounded(about: About) -> str:
    return _("Rounded to 10.") if about.is_rounded else ""


def made_slide(
    about: About, title: str, body: Body, *foot: str, page: str, under: str = "", notes: Sequence[str] = ()
) -> Slide:
    """Make one slide. page: which of `About.pages` has the figures of its title."""
    always = (_sample(about), *foot, _rounded(about), about.as_of)
    where = " · ".join(filter(None, (about.unit, under or about.measure)))
    href = about.pages.get(page, "")
    return Slide(title, where, body, tuple(filter(None, always)), (*notes, *filter(None, foot)), href, page)


def table_slides(
    about: About,
    title: str,
    rows: Sequence[Row] | Cut[Row],
    body: Callable[[Sequence[Row]], Body],
    *foot: str,
    page: str,
    under: str = "",
) -> list[Slide]:
    """Put rows on a slide of ROWS, and the rest in the appendix, where the title is what the rows are about."""
    every = rows if isinstance(rows, Cut) else Cut(rows, len(rows))
    rows_shown, total, about_what = every.rows[:MOST_ROWS], every.total, under or about.measure
    slides = []
    for start in range(0, len(rows_shown), ROWS):
        part = rows_shown[start : start + ROWS]
        where, more = about_what, []
        if total > ROWS:
            which = filled_sentence(
                _("%(first)s to %(last)s of %(of)s"), first=start + 1, last=start + len(part), of=total
            )
            where = f"{where} · {which}" if where else which
        if not start and len(rows_shown) > ROWS:
            more.append(_("The rest is in the appendix."))
        if total > len(rows_shown):
            limit = _("The slides show %(n)s of %(of)s. The page behind the title has all of them.")
            more.append(filled_sentence(limit, n=len(rows_shown), of=total))
        name = about_what or title if start else title
        slides.append(made_slide(about, name, body(part), *more, *foot, page=page, under=where))
    return slides


def slide_table(*columns: SlideColumn) -> Callable[[Sequence[tuple[str, ...]]], Grid]:
    """Return the body of slides with a table of these columns."""
    return lambda rows: Grid(columns, tuple(rows))


def counts_table(of: str) -> Callable[[Sequence[tuple[str, ...]]], Grid]:
    """Return the body of slides with names and numbers. of: what is counted."""
    return slide_table(SlideColumn(of, 0.7), SlideColumn(_("How many"), 0.3, is_number=True))


def asked_slides(about: About, asks: Sequence[DeckAsk]) -> Iterator[list[Slide]]:
    """Make the last slide before the appendix: the requests, with the offices they go to."""
    if not asks:
        return
    has_names = any(ask.who for ask in asks)
    body = slide_table(
        SlideColumn(_("Unit"), 0.2),
        SlideColumn(_("Office"), 0.2),
        *([SlideColumn(_("Person"), 0.16)] if has_names else []),
        SlideColumn(_("What is asked"), 0.26 if has_names else 0.36),
        SlideColumn(_("By when"), 0.18 if has_names else 0.24),
    )
    rows = [
        (ask.unit, ask.office or NONE, *([ask.who or NONE] if has_names else []), ask.what, ask.until)
        for ask in asks
    ]
    yield table_slides(about, asked_finding(asks), rows, body, page="asked", under=_("What is asked"))


def asked_finding(asks: Sequence[DeckAsk]) -> str:
    """Say how much is asked of how many offices, and by when the first is due.

    Units are counted where an office is not known.
    """
    n, offices = len(asks), {(ask.unit, ask.office) for ask in asks}
    offices_text = ngettext("%(n)s office", "%(n)s offices", len(offices))
    if not all(ask.office for ask in asks):
        offices = {(ask.unit, "") for ask in asks}
        offices_text = ngettext("%(n)s unit", "%(n)s units", len(offices))
    both = {
        "asks": filled_sentence(ngettext("%(n)s ask", "%(n)s asks", n), n=n),
        "offices": filled_sentence(offices_text, n=len(offices)),
    }
    days = [ask.by for ask in asks if ask.by]
    if n == 1 and days:
        return filled_sentence(_("%(asks)s to %(offices)s, by %(day)s"), **both, day=short_day(days[0]))
    if len(days) == n:
        return filled_sentence(
            _("%(asks)s to %(offices)s, the first by %(day)s"), **both, day=short_day(min(days))
        )
    if not days:
        return filled_sentence(_("%(asks)s to %(offices)s, due now"), **both)
    return filled_sentence(_("%(asks)s to %(offices)s, the first due now"), **both)
