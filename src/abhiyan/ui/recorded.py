"""My record collects lines from every room: somebody's own work, for them and for their leader one level above.

It never compares people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A section: a heading, and lines of what and how much, in words. href, label: a page of one's own beside it."""

    title: str | Promise
    lines: Sequence[tuple[str | Promise, str]]
    href: str = ""
    label: str | Promise = ""
