"""How much a day is needed to reach a target in time."""

from datetime import date

from django.utils.translation import gettext as _

from abhiyan.core import small_cells
from abhiyan.core.numbers import grouped
from abhiyan.ui.numbers import share

from . import windows

WEEK = 7


def needed_per_day(target: int, counted: int, days: int) -> int | None:
    """Return what each of the days left must bring, rounded up; 0 when the target is reached; None when no day
    is left."""
    missing = max(0, target - counted)
    if not missing:
        return 0
    return -(-missing // days) if days > 0 else None


def progress_in_words(
    counted: int | None, target: int | None, *, opens_on: date, closes_on: date, on: date
) -> str:
    """Say a unit's progress in a programme in plain sentences: counted, due by `on`, needed a day from then on.

    counted: as it may be shown; None: fewer than 10.
    """
    parts = [
        _("Fewer than 10 counted.") if counted is None else _("%(n)s counted.") % {"n": grouped(counted)}
    ]
    if not target:
        return parts[0]
    if (counted or 0) >= target:
        parts.append(_("The target of %(n)s is reached.") % {"n": grouped(target)})
        return " ".join(parts)
    if due := windows.target_due(target, opens_on, closes_on, on):
        parts.append(_("Due by today: %(n)s.") % {"n": grouped(due)})
    if daily := needed_per_day(target, counted or 0, windows.days_left(opens_on, closes_on, on)):
        parts.append(_("Needed from now on: %(n)s a day.") % {"n": grouped(daily)})
    return " ".join(parts)


def outlook(
    counted: int, target: int | None, *, lately: int | None, yesterday: int | None, days_left: int
) -> list[str]:
    """Say what came since yesterday, and where the pace of the last seven days ends.

    lately: counted in the last seven days; None in the first days: then nobody can say where it ends. yesterday:
    counted since the end of the day before; None: not known.
    """
    words = []
    if yesterday is not None:
        words.append(_("Since yesterday: %(n)s.") % {"n": grouped(yesterday)})
    if lately is not None and days_left > 0:
        end = counted + max(0, lately) * days_left // WEEK
        if target:
            ends = {"n": grouped(end), "share": share(end, target)}
            words.append(_("At the pace of the last 7 days it ends at %(n)s (%(share)s).") % ends)
        else:
            words.append(_("At the pace of the last 7 days it ends at %(n)s.") % {"n": grouped(end)})
    return words


def progress_to_pass_on(
    counted: int | None, target: int | None, *, opens_on: date, closes_on: date, on: date, day: str
) -> list[str]:
    """Say how far a unit is, in words that leave the organisation: share, gap and need, with their day.

    counted: rounded (`small_cells.shown_count`), on `on`; None: fewer than 10. day: `on` in words. The gap is rounded.
    """
    n = {"day": day, "target": grouped(target or 0)}
    if counted is None:
        words = [_("Fewer than 10 of %(target)s on %(day)s.") if target else _("Fewer than 10 on %(day)s.")]
    else:
        n |= {"n": grouped(counted), "share": share(counted, target)}
        words = [
            _("%(n)s of %(target)s (%(share)s) on %(day)s.") if target else _("%(n)s counted on %(day)s.")
        ]
    words = [words[0] % n]
    if not target:
        return words
    if (counted or 0) >= target:
        return [*words, _("The target is reached.")]
    gap = windows.target_due(target, opens_on, closes_on, on) - (counted or 0)
    if fewer := small_cells.shown_count(gap):
        words.append(_("%(n)s fewer than due.") % {"n": grouped(fewer)})
    elif more := small_cells.shown_count(-gap):
        words.append(_("%(n)s more than due.") % {"n": grouped(more)})
    if daily := needed_per_day(target, counted or 0, windows.days_left(opens_on, closes_on, on)):
        words.append(_("%(n)s a day needed.") % {"n": grouped(daily)})
    return words
