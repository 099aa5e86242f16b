"""How far a unit is with the workshop it was asked to hold."""

from datetime import date, timedelta
from enum import StrEnum

FURTHEST = timedelta(days=366)  # from today that a day of a workshop may be


class Stage(StrEnum):
    """Three groups, which add up to all who were asked."""

    HELD = "held"
    PLANNED = "planned"
    SILENT = "silent"


def stage(*, planned_on: date | None, held_on: date | None) -> Stage:
    """Held once it has a day it was held on; planned while it has a day to come or to be reported; else silent."""
    if held_on is not None:
        return Stage.HELD
    return Stage.SILENT if planned_on is None else Stage.PLANNED


def is_behind(*, planned_on: date | None, held_on: date | None, due_on: date | None, on: date) -> bool:
    """Whether something is missing by now: no workshop by the day it was due, or its planned day went by unreported."""
    if held_on is not None:
        return False
    return any(day is not None and day < on for day in (planned_on, due_on))


def day_to_tap(*, planned_on: date | None, due_on: date, on: date) -> tuple[str, date] | None:
    """What one tap may say today, as (act, day): that it was held on its planned day, or is planned for the last day.

    None where only a form can say it: a day to come is set, or the last day is over.
    """
    if planned_on is not None:
        return ("hold", planned_on) if planned_on <= on else None
    return ("plan", due_on) if due_on >= on else None
