"""How much a day is needed to reach a target in time."""

from datetime import date

from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped

from . import windows


def per_day(target: int, counted: int, days: int) -> int | None:
    """What each of the days left must bring, rounded up; 0 when the target is reached; None when no day is left."""
    missing = max(0, target - counted)
    if not missing:
        return 0
    return -(-missing // days) if days > 0 else None


def said(counted: int | None, target: int | None, *, opens_on: date, closes_on: date, on: date) -> str:
    """Where a unit stands in a programme, in plain sentences: counted, due by `on`, needed a day from then on.

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
    if due := windows.due(target, opens_on, closes_on, on):
        parts.append(_("Due by today: %(n)s.") % {"n": grouped(due)})
    if daily := per_day(target, counted or 0, windows.days_left(opens_on, closes_on, on)):
        parts.append(_("Needed from now on: %(n)s a day.") % {"n": grouped(daily)})
    return " ".join(parts)
