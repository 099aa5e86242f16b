"""What independent checks say of units, as pages and files show it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import grouped
from abhiyan.programmes.rules import small_cells
from abhiyan.programmes.rules.estimated import Estimated
from abhiyan.ui.ladder import Ladder as Picture
from abhiyan.ui.lists import Column

Row = TypeVar("Row")


def _later(say: Callable[..., str]) -> Callable[..., str]:
    return lazy(say, str)


def checked_columns(drawn: Callable[[Row], Picture]) -> tuple[Column[Row], ...]:
    """Columns of a file: the estimate with its interval, or the grade, and what they are about.

    drawn: the picture of a row's ladder.
    """
    return (
        Column("estimate", _("Estimated true"), lambda row: drawn(row).estimate, only_in_file=True),
        Column("low", _("Estimated true, at least"), lambda row: drawn(row).low, only_in_file=True),
        Column("high", _("Estimated true, at most"), lambda row: drawn(row).high, only_in_file=True),
        Column("grade", _("Grade"), lambda row: drawn(row).grade, only_in_file=True),
        Column(
            "note", _("Back-checks"), lambda row: drawn(row).note or drawn(row).none_reason, only_in_file=True
        ),
    )


def picture_of(one: Estimated, *, is_rounded: bool) -> dict[str, Any]:
    """Its part of a picture (`ui.ladder.Ladder`). is_rounded: the unit is seen from outside (`small_cells`).

    Its words are made once they are read: of the fifty units of a list nobody reads any.
    """
    items = small_cells.shown(one.items) if is_rounded else one.items
    more = (one.href, _("Reported beside checked"))
    if one.grade:
        return {"grade": one.grade, "none_reason": GRADES[one.grade], "note": _of_frame(one), "more": more}
    if one.rate is None or items is None:
        return {"none_reason": _why_none(one), "more": more}

    def part(share: float) -> int:
        n = round(share * items)
        return (small_cells.shown(n) or 0) if is_rounded else n

    low, high = part(one.low), part(one.high)
    note = _said(one, items, low, high)
    return {"estimate": part(one.rate), "low": low, "high": high, "frame": items, "note": note, "more": more}


GRADES = {
    "A": _("grade A: at most 2 of 19 not genuine"),
    "B": _("grade B: 3 to 5 of 19 not genuine"),
    "C": _("grade C: 6 or more of 19 not genuine"),
}


@_later
def _why_none(one: Estimated) -> str:
    if one.rate is not None:
        return small_cells.said(None)
    if one.finished is None:
        return say("not enough checks here")
    return say("not enough checks (%(n)s of %(wanted)s)") % {"n": one.finished, "wanted": one.wanted}


@_later
def _of_frame(one: Estimated) -> str:
    said = say("Frame of %(day)s.") % {"day": date_format(one.frozen_on, "j M Y")}
    if one.ends_on is None:
        return said
    until = say("Provisional until %(day)s.") % {"day": date_format(one.ends_on, "j M Y")}
    return f"{said} {until}"


@_later
def _said(one: Estimated, items: int, low: int, high: int) -> str:
    """Of which frame, from how many checks, how sure: in sentences."""
    said = [
        str(_of_frame(one)),
        say("%(n)s counted in it (dashed). Not a share of today's number.") % {"n": grouped(items)},
        say("%(n)s checks answered, %(open)s refused or not reached.")
        % {"n": grouped(one.finished or 0), "open": grouped(one.not_told)},
        say("95%% interval %(interval)s; method: %(method)s.")
        % {"interval": f"{grouped(low)}–{grouped(high)}", "method": one.method},
    ]
    if not one.is_corrected:
        said.append(say("As answered: not corrected for verifiers' errors."))
    return " ".join(said)
