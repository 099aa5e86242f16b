"""My work collects from every room what somebody did: for them, and as a record for their leader one level above.

It never compares people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped

DAYS = 7  # of a week of work


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A section: a heading, and lines of what and how much, in words. href, label: a page of one's own beside it."""

    title: str | Promise
    lines: Sequence[tuple[str | Promise, str]]
    href: str = ""
    label: str | Promise = ""


@dataclass(frozen=True, slots=True)
class WorkDone:
    """Somebody's own work of one kind in some days. words: what they did, by their own word: "12 talks".

    outcome: what came of it, in words. confirmed: how often a person said yes to it.
    """

    words: str
    outcome: str = ""
    confirmed: int = 0

    @property
    def sentence(self) -> str:
        return f"{self.words}: {self.outcome}" if self.outcome else self.words


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """Somebody's own work of the last DAYS days, the work that most people said yes to first."""

    work: Sequence[WorkDone]

    @property
    def short(self) -> str:
        """Name the first two kinds of work, each with what came of it. "" of a week without work."""
        return "; ".join(work.sentence for work in self.work[:2])

    @property
    def thanks(self) -> str:
        """Thank for what people said yes to, with their number. "" while nobody has."""
        n = sum(work.confirmed for work in self.work)
        if not n:
            return ""
        words = ngettext(
            "Thank you: when we asked, %(shown)s person said yes to your work.",
            "Thank you: when we asked, people said yes to your work %(shown)s times.",
            n,
        )
        return words % {"shown": grouped(n)}
