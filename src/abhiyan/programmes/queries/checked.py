"""Words for what independent checks found. Nothing else writes an estimate, an interval or that checks are too few."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.estimated import Estimated, RealOf100, RealShare, real_of_100
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.ladder import NAMES
from abhiyan.ui.ladder import LadderShown as Picture
from abhiyan.ui.lists import Column

Row = TypeVar("Row")

GRADES = {
    "A": _("at most 2 of 19 checks were not genuine"),
    "B": _("3 to 5 of 19 checks were not genuine"),
    "C": _("6 or more of 19 checks were not genuine"),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """The words about one unit and measure. A text is "" where there is nothing to say.

    sentence: how many of 100 are real, of what, from when to when, by how many checks; or why nobody can say. covers:
    of how many of today's entries, and how many were asked. short: the same for a cell or a row. real: its numbers;
    None without a figure. parts, no_entry, checks, frame: how it is known.
    """

    sentence: str
    covers: str
    short: str
    real: RealOf100 | None
    parts: str
    no_entry: str
    checks: str
    frame: str

    @property
    def note(self) -> str:
        """Return what every page shows: the sentence, and what it covers."""
        return " ".join(filter(None, (self.sentence, self.covers)))

    @property
    def how(self) -> str:
        """Say how we know: the parts of the frame, the checks, their method and the frame's day."""
        return " ".join(filter(None, (self.parts, self.no_entry, self.checks, self.frame)))


def truth_of(estimate: Estimated, *, entries: int | None = None, is_rounded: bool = False) -> Truth:
    """Write what the checks of a frame say of a unit: every page, slide, paper and file takes its words from here.

    entries: counted and unanswered of the unit's ladder today, as the page shows them; None where it shows none.
    is_rounded: the reader sees the unit from outside, so counts are whole tens (`small_cells`); the rest is the same.
    """
    share, real = estimate.entered, shown_real(estimate, is_rounded=is_rounded)
    frame = _frame(estimate)
    if estimate.grade:
        words = _sentence_of_grade(estimate)
        return Truth(words, "", say("grade %(grade)s") % {"grade": estimate.grade}, None, "", "", "", frame)
    if real is None:
        why, short = _why_none(estimate, is_rounded=is_rounded)
        parts = _parts(estimate, is_rounded=is_rounded) if share.unchecked else ""
        return Truth(why, "", short, None, parts, "", "", frame)
    count, is_open = _counts(is_rounded), estimate.ends_on is not None
    return Truth(
        _sentence(estimate, real, count),
        _covers(share, entries, count, is_open=is_open, is_rounded=is_rounded),
        _short(real),
        real,
        _parts(estimate, is_rounded=is_rounded),
        _no_entry(estimate, is_rounded=is_rounded),
        _checks(share, count, is_open=is_open),
        frame,
    )


def shown_real(estimate: Estimated, *, is_rounded: bool) -> RealOf100 | None:
    """Return the numbers of a unit's sentence; None without a figure, and from outside where it has fewer than 10."""
    is_small = is_rounded and small_cells.shown_count(estimate.entered.items) is None
    return None if estimate.grade or is_small else real_of_100(estimate.entered)


def short_of(share: RealShare) -> str:
    """Say how many of 100 are real, as a cell has it: "82 of 100 (73–87)"; "" without a figure."""
    real = real_of_100(share)
    return _short(real) if real else ""


def at_most(estimate: Estimated) -> str:
    """Say how many of 100 may be real at best, of a unit that checks tell apart from the whole."""
    real = real_of_100(estimate.entered)
    return say("At most %(high)s of 100 are real") % {"high": real.high} if real and real.high else ""


def checked_columns(drawn: Callable[[Row], Picture]) -> tuple[Column[Row], ...]:
    """Return columns of a file: the numbers of the sentence, the grade, and the sentence itself.

    drawn: the picture of a row's ladder.
    """
    return (
        Column("estimate", _("Real, of 100"), lambda row: _numbers(drawn(row)).about, only_in_file=True),
        Column("low", _("Real, of 100, at least"), lambda row: _numbers(drawn(row)).low, only_in_file=True),
        Column("high", _("Real, of 100, at most"), lambda row: _numbers(drawn(row)).high, only_in_file=True),
        Column("grade", _("Grade"), lambda row: drawn(row).grade, only_in_file=True),
        Column("note", _("Back-checks"), lambda row: drawn(row).told, only_in_file=True),
    )


def _numbers(drawn: Picture) -> RealOf100:
    share = RealShare(rate=drawn.estimate, low=drawn.low or 0, high=1 if drawn.high is None else drawn.high)
    return real_of_100(share) or RealOf100()


def _word_of(checked: Estimated, entries: int | None, is_rounded: bool, name: str) -> str:
    word: str = getattr(truth_of(checked, entries=entries, is_rounded=is_rounded), name)
    return word


_truth_word = lazy(_word_of, str)  # made once: each `lazy` makes a class


def picture_of(estimate: Estimated, ladder: Ladder) -> dict[str, Any]:
    """Return a unit's part of a picture (`ui.ladder.LadderShown`). ladder: the unit's, as the page shows it.

    The words are made when a page reads them: a list of fifty units reads none.
    """
    context: dict[str, Any] = {
        name: _truth_word(estimate, ladder.entries, ladder.is_rounded, name)
        for name in ("note", "short", "how")
    }
    context |= {"more": None if estimate.href is None else (estimate.href, _("Reported beside checked"))}
    if estimate.grade:
        return context | {"grade": estimate.grade}
    if shown_real(estimate, is_rounded=ladder.is_rounded) is None:
        return context
    share = estimate.entered
    return context | {"estimate": share.rate, "low": share.low, "high": share.high}


Count = Callable[[int], str]


def _counts(is_rounded: bool) -> Count:
    return lambda n: small_cells.seen_count(n, is_exact=not is_rounded)


def _day(on: date) -> str:
    return date_format(on, "j M Y")


def _window(estimate: Estimated) -> str:
    if estimate.since is None or estimate.since > estimate.frozen_on:
        return say("up to %(last)s") % {"last": _day(estimate.frozen_on)}
    return say("from %(first)s to %(last)s") % {
        "first": _day(estimate.since),
        "last": _day(estimate.frozen_on),
    }


def _sentence(estimate: Estimated, real: RealOf100, count: Count) -> str:
    items = str(activities.entered_of(estimate.kind, estimate.measure).items) % {
        "n": count(estimate.entered.items)
    }
    items_and_days = say("%(items)s %(window)s") % {"items": items, "window": _window(estimate)}
    if real.about is not None:
        words = say(
            "Of %(items)s, about %(about)s of 100 are real (%(low)s to %(high)s), from %(checks)s checks."
        )
    elif real.low is not None and real.high is not None:
        words = say(
            "Of %(items)s, between %(low)s and %(high)s of 100 are real; too few checks (%(checks)s)."
        )
    elif real.low is not None:
        words = say("Of %(items)s, at least %(low)s of 100 are real (%(checks)s checks).")
    elif real.high is not None:
        words = say("Of %(items)s, at most %(high)s of 100 are real (%(checks)s checks).")
    else:
        words = say("Of %(items)s, nobody can say yet how many are real; too few checks (%(checks)s).")
    numbers = {"about": real.about, "low": real.low, "high": real.high}
    return words % {"items": items_and_days, "checks": count(estimate.entered.finished), **numbers}


def _sentence_of_grade(estimate: Estimated) -> str:
    words = say("Grade %(grade)s for entries %(window)s: %(meaning)s.")
    return words % {"grade": estimate.grade, "window": _window(estimate), "meaning": GRADES[estimate.grade]}


def _short(real: RealOf100) -> str:
    numbers = {"about": real.about, "low": real.low, "high": real.high}
    if real.about is not None:
        return say("%(about)s of 100 (%(low)s–%(high)s)") % numbers
    if real.low is not None and real.high is not None:
        return say("%(low)s–%(high)s of 100; too few checks") % numbers
    if real.low is not None:
        return say("at least %(low)s of 100") % numbers
    return say("at most %(high)s of 100") % numbers if real.high is not None else say("too few checks")


def _covers(share: RealShare, entries: int | None, count: Count, *, is_open: bool, is_rounded: bool) -> str:
    """Say how many entries the figure covers, beside those of today, and how many were drawn and asked.

    More than there are today: some have left. From outside today's are of the last closed day, which the frame may be
    younger than; then nothing is said of them.
    """
    items, drawn = count(share.items), count(share.finished + share.not_told)
    words = say("%(n)s of them are drawn to be asked.") if is_open else say("%(n)s of them were asked.")
    numbers = {"n": items, "asked": words % {"n": drawn}}
    is_more = entries is not None and share.items > entries and items != count(entries)
    if not entries or (is_more and is_rounded):
        return say("Covers %(n)s entries; %(asked)s") % numbers
    words = say("Covers %(n)s of today's %(entries)s entries; %(asked)s")
    if is_more:
        words = say("Covers %(n)s entries; %(asked)s Some have left: today there are %(entries)s.")
    return words % {**numbers, "entries": count(entries)}


def _why_none(estimate: Estimated, *, is_rounded: bool) -> tuple[str, str]:
    """Say why a unit has no figure, in a sentence and for a cell. From outside no number below 10 is said."""
    if estimate.entered.rate is not None:
        return small_cells.count_in_words(None), small_cells.count_in_words(None)
    if estimate.entered.unchecked:
        words = say("Entries without a phone have not been checked yet, so there is no total.")
        return words, say("no total yet")
    wanted = {"wanted": estimate.wanted}
    if is_rounded or estimate.finished is None:
        words = say("not enough checks: fewer than %(wanted)s are answered")
        return words % wanted, say("fewer than %(wanted)s checks") % wanted
    numbers = wanted | {"n": estimate.finished, "lacking": max(0, estimate.wanted - estimate.finished)}
    return (
        say("not enough checks (%(n)s of %(wanted)s): %(lacking)s are lacking") % numbers,
        say("%(n)s of %(wanted)s checks") % numbers,
    )


def _parts(estimate: Estimated, *, is_rounded: bool) -> str:
    """Say what the parts of the frame have by themselves, in words that nobody takes for the whole."""
    shares = ((NAMES["counted"], estimate.counted), (NAMES["unsigned"], estimate.unanswered))
    confirmed = ((NAMES["confirmed"], estimate.confirmed),)
    parts = [
        say("%(part)s %(short)s, from %(n)s checks")
        % {"part": name, "short": _short(real), "n": _counts(is_rounded)(share.finished)}
        for name, share in (*shares, *confirmed)
        if (real := real_of_100(share)) is not None and not (is_rounded and share.items < small_cells.STEP)
    ]
    if not parts:
        return ""
    return say("By group, %(window)s: %(parts)s.") % {
        "window": _window(estimate),
        "parts": "; ".join(parts),
    }


def _no_entry(estimate: Estimated, *, is_rounded: bool) -> str:
    words, n = (
        activities.entered_of(estimate.kind, estimate.measure).no_entry,
        estimate.reported - estimate.entered.items,
    )
    if not words or n <= 0 or (is_rounded and small_cells.shown_count(n) is None):
        return ""
    return str(words) % {"n": _counts(is_rounded)(n)}


def _checks(share: RealShare, count: Count, *, is_open: bool) -> str:
    """Say how many checks there were and by which method the interval is made."""
    words = say("%(n)s checks answered, %(open)s refused or not reached.")
    if is_open:
        words = say("%(n)s checks answered, %(open)s refused, not reached or not asked yet.")
    sentences = [
        words % {"n": count(share.finished), "open": count(share.not_told)},
        say("The ranges hold in 95 of 100 cases; method: %(method)s.") % {"method": share.method},
    ]
    if not share.is_corrected:
        sentences.append(say("As answered: not corrected for verifiers' errors."))
    return " ".join(sentences)


def _frame(estimate: Estimated) -> str:
    sentence = say("Checks of %(day)s.") % {"day": _day(estimate.frozen_on)}
    if estimate.ends_on is None:
        return sentence
    return f"{sentence} {say('Provisional until %(day)s.') % {'day': _day(estimate.ends_on)}}"
