"""Questions and sources of rooms on the board of what the field heard, and spans of days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise

WEEK = timedelta(days=7)
Days = tuple[date, date]  # first and last


@dataclass(frozen=True, slots=True)
class HeardQuestion:
    """A question that a room asks outside the forms, for the board of answers. Each room offers its own (`offers.py`).

    code: of the question, without a digit first. asked_at: the occasion, such as a visit at a door. options: code and
    words of each answer. rows: SQL that gives `unit_id`, `at` and `code` of each answer that counts; without those of
    people who said no or had everything erased. values: its parameters.
    """

    code: str
    asked_at: str | Promise
    words: str | Promise
    options: Sequence[tuple[str, str | Promise]]
    rows: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeardSource:
    """Filled forms about the things of a room, as a source of their own: the stay reports of one programme.

    code: in addresses. about_kind: of the forms (`Submission.about`). rows: SQL that gives each `about_id`, with its
    values.
    """

    code: str
    label: str
    about_kind: str
    rows: str
    values: Mapping[str, Any] = field(default_factory=dict)


def weeks_until(today: date, n: int) -> list[Days]:
    """Return the newest weeks, from Monday to Sunday, today's first."""
    monday = today - timedelta(days=today.weekday())
    return [(monday - k * WEEK, monday - k * WEEK + timedelta(days=6)) for k in range(n)]


def span_code(days: Days) -> str:
    """Write a span of days as addresses name it: 2026-11-23_2026-11-29."""
    return f"{days[0]:%Y-%m-%d}_{days[1]:%Y-%m-%d}"


def span_of(code: str) -> Days | None:
    """Read a span of days from an address; None for anything else."""
    first, _line, last = code.partition("_")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return days if date(2000, 1, 1) <= days[0] <= days[1] <= date(2999, 12, 30) else None
