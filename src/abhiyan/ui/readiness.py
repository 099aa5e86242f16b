"""What *Ready to launch?* collects from every room: one check for each thing a launch needs.

A room offers its checks as `CHECKS` of its module `launch_checks`. The page, Today and `abhiyan doctor --launch` read
the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Readiness(StrEnum):
    """A thing is ready, missing or not known. UNKNOWN: the server cannot know it, so somebody looks."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LaunchOf:
    """The programme that is to begin. span: the positions of its owner's unit. at: when somebody looks."""

    programme_id: int
    public_id: str
    kind: str
    owner_id: int
    owner_code: str
    hierarchy: int
    span: tuple[int, int]
    zone: str
    opens_on: date
    closes_on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class LaunchFinding:
    """The answer of a check: a sentence with its numbers. href, act: where it is mended, and the button's words."""

    state: Readiness
    said: Text
    href: str = ""
    act: Text = ""


@dataclass(frozen=True, slots=True)
class LaunchCheck:
    """One thing a launch needs.

    why: one sentence. days_before: from so many days before the first day it is due. look: its finding, or None where
    this programme does not need it. It runs in a scope that sees all, and tells counts only. capability: who may mend
    it over the programme's owner; "" for what only the operator of the server can do.
    """

    code: str
    title: Text
    why: Text
    days_before: int
    look: Callable[[LaunchOf], LaunchFinding | None]
    capability: str = ""

    def due_on(self, opens_on: date) -> date:
        """The day from which it is due."""
        return opens_on - timedelta(days=self.days_before)
