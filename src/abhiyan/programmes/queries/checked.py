"""What independent checks say of units. Every page, slide and file takes its sentences from here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells
from abhiyan.core.numbers import grouped
from abhiyan.programmes.rules.estimated import Estimated, RealShare
from abhiyan.ui.ladder import LadderShown as Picture
from abhiyan.ui.lists import Column
from abhiyan.ui.numbers import of_100

Row = TypeVar("Row")


def _later(say: Callable[..., str]) -> Callable[..., str]:
    return lazy(say, str)


def checked_columns(drawn: Callable[[Row], Picture]) -> tuple[Column[Row], ...]:
    """Columns of a file: the estimate with its interval, or the grade, and what they are about.

    drawn: the picture of a row's ladder.
    """

    def share(name: str) -> Callable[[Row], int | None]:
        def cell(row: Row) -> int | None:
            found = getattr(drawn(row), name)
            return None if found is None else of_100(found)

        return cell

    return (
        Column("estimate", _("Real of 100 counted"), share("estimate"), only_in_file=True),
        Column("low", _("Real of 100 counted, at least"), share("low"), only_in_file=True),
        Column("high", _("Real of 100 counted, at most"), share("high"), only_in_file=True),
        Column("grade", _("Grade"), lambda row: drawn(row).grade, only_in_file=True),
        Column(
            "note", _("Back-checks"), lambda row: drawn(row).told or drawn(row).none_reason, only_in_file=True
        ),
    )


def picture_of(one: Estimated, *, is_rounded: bool) -> dict[str, Any]:
    """Its part of a picture (`ui.ladder.LadderShown`). is_rounded: the unit is seen from outside (`small_cells`).

    The words are made when a page reads them: a list of fifty units reads none.
    """
    more = None if one.href is None else (one.href, _("Reported beside checked"))
    if one.grade:
        return {"grade": one.grade, "none_reason": GRADES[one.grade], "note": _of_frame(one), "more": more}
    of = one.counted
    if of.rate is None or (is_rounded and small_cells.shown(of.items) is None):
        return {"none_reason": why_none(one, of), "more": more}
    words = {"note": _note(one, is_rounded=is_rounded), "how": _how(one, is_rounded=is_rounded)}
    return {"estimate": of.rate, "low": of.low, "high": of.high, "more": more, **words}


GRADES = {
    "A": _("grade A: at most 2 of 19 not genuine"),
    "B": _("grade B: 3 to 5 of 19 not genuine"),
    "C": _("grade C: 6 or more of 19 not genuine"),
}


@dataclass(frozen=True, slots=True)
class SaidTrue:
    """The sentences about one unit in one frame. A sentence is "" where there is nothing to say.

    headline: of all people entered; counted, unanswered: of its two parts; no_entry: calls and forms that became no
    entry; checks: how many checks, by which method; frame: its day, and until when it is provisional.
    """

    headline: str
    counted: str
    unanswered: str
    no_entry: str
    checks: str
    frame: str

    @property
    def note(self) -> str:
        """The headline and the sentence about the counted: every page shows both."""
        return " ".join(filter(None, (self.headline, self.counted)))

    @property
    def how(self) -> str:
        """The other sentences, which a page shows on a press: parts, checks, method and the frame's day."""
        said = (self.unanswered, self.no_entry, self.checks, self.frame)
        return " ".join(filter(None, said))


def said_true(one: Estimated, *, is_rounded: bool = False) -> SaidTrue:
    """Write what the checks of a frame say of a unit, in sentences. is_rounded: the unit is seen from outside.

    The headline estimates both strata together: phone answered, and phone not answered (docs/truth.md).
    """
    day = _day(one.frozen_on)
    entered, no_entry = one.entered.items, max(0, one.reported - one.entered.items)
    if is_rounded:
        entered, no_entry = small_cells.shown(entered) or 0, small_cells.shown(no_entry) or 0
    of = one.entered
    if of.rate is None or not entered:
        headline = str(why_none(one))
    else:
        words = say(
            "Of %(n)s people entered up to %(last)s, about %(rate)s of 100 are real (%(low)s to %(high)s)."
        )
        if one.after:
            words = say(
                "Of %(n)s people entered from %(first)s to %(last)s, about %(rate)s of 100 are real"
                " (%(low)s to %(high)s)."
            )
        days = {"last": day, "first": _day(one.after) if one.after else ""}
        headline = words % {"n": grouped(entered), **days, **_rate(of)}
    counted = unanswered = said = ""
    if one.counted.rate is not None:
        words = say("Of those counted by %(day)s, %(rate)s of 100 are real (%(low)s to %(high)s).")
        counted = words % {"day": day, **_rate(one.counted)}
    if one.unanswered.rate is not None:
        words = say(
            "Of those whose own phone has not answered yet, %(rate)s of 100 are real (%(low)s to %(high)s)."
        )
        unanswered = words % _rate(one.unanswered)
    if no_entry:
        said = say("%(n)s calls and forms became no entry.") % {"n": grouped(no_entry)}
    return SaidTrue(headline, counted, unanswered, said, _checks(of), str(_of_frame(one)))


def _rate(of: RealShare) -> dict[str, int]:
    assert of.rate is not None
    return {"rate": of_100(of.rate), "low": of_100(of.low), "high": of_100(of.high)}


def _day(on: Any) -> str:
    return date_format(on, "j M Y")


def _checks(of: RealShare) -> str:
    """Say how many checks there were and by which method the interval is made."""
    said = [
        say("%(n)s checks answered, %(open)s refused or not reached.")
        % {"n": grouped(of.finished), "open": grouped(of.not_told)}
    ]
    if of.rate is not None:
        said.append(say("95%% intervals; method: %(method)s.") % {"method": of.method})
        if not of.is_corrected:
            said.append(say("As answered: not corrected for verifiers' errors."))
    return " ".join(said)


@_later
def why_none(one: Estimated, of: RealShare | None = None) -> str:
    """Why there is no estimate of a unit. of: the part of its people it is about; unless given, all who were entered.

    A part may have too few checks while all together have enough. What has a figure is too small to be shown outside.
    """
    of = of or one.entered
    if of.rate is not None:
        return small_cells.said(None)
    if of.unchecked:
        return say("Entries without a phone have not been checked yet, so there is no total.")
    if one.entered.rate is not None:
        return too_few(of.finished, one.wanted)
    if one.finished is None:
        return say("not enough checks here: a grade comes after %(wanted)s") % {"wanted": one.wanted}
    more = one.wanted - one.finished
    if one.ends_on is None or more <= 0:
        return too_few(one.finished, one.wanted)
    words = ngettext(
        "not enough checks (%(n)s of %(wanted)s): %(more)s more gives a figure",
        "not enough checks (%(n)s of %(wanted)s): %(more)s more give a figure",
        more,
    )
    return words % {"n": one.finished, "wanted": one.wanted, "more": more}


def too_few(finished: int, wanted: int) -> str:
    """Say that checks are too few for a figure: how many are finished, of how many that are wanted."""
    return say("not enough checks (%(n)s of %(wanted)s)") % {"n": finished, "wanted": wanted}


@_later
def _of_frame(one: Estimated) -> str:
    said = say("Frame of %(day)s.") % {"day": _day(one.frozen_on)}
    if one.ends_on is None:
        return said
    return f"{said} {say('Provisional until %(day)s.') % {'day': _day(one.ends_on)}}"


@_later
def _note(one: Estimated, *, is_rounded: bool) -> str:
    return said_true(one, is_rounded=is_rounded).note


@_later
def _how(one: Estimated, *, is_rounded: bool) -> str:
    return said_true(one, is_rounded=is_rounded).how
