"""Collect the launch page of a drive from every room: figures of its strip, and the state of each channel. It also
shows what waits and how long, how many said no, and the loops that do the work."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from abhiyan.core.ages import Ages

Text = str | Promise
LATE_S, TOO_LATE_S = 60, 300  # what waits longer is marked


def mark(waiting: Ages) -> str:
    """Return "", "warn" or "bad" by the age of the oldest that waits."""
    return "bad" if waiting.oldest_s >= TOO_LATE_S else "warn" if waiting.oldest_s >= LATE_S else ""


@dataclass(frozen=True, slots=True)
class Of:
    """The page is about this. programme_ids: of the drive, and of those beneath it. unit_id, code, span: the unit it is
    looked at in, and the positions of all below it. is_exact: the viewer sees its people. is_whole: and it is all of
    the drive."""

    programme_ids: tuple[int, ...]
    public_id: str
    unit_id: int
    code: str
    span: tuple[int, int]
    zone: str
    is_exact: bool
    is_whole: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip. n: as people read it. kind: "", warn or bad; says whether to look. href: where."""

    label: Text
    n: str
    note: Text = ""
    kind: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ChannelTraffic:
    """One channel, in or out. state: in a word; kind: ok, warn, bad or "". rate: a minute; last: when one came last.
    note: what to do; href, act: where it is done, and the words of its link."""

    name: Text
    state: Text
    kind: str = ""
    rate: str = ""
    today: str = ""
    last: str = ""
    note: Text = ""
    href: str = ""
    act: Text = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """One thing that waits to go out. todo: what to do about it; href, act: where, and the words of its link. loop:
    what works it off by itself; "": it goes only when somebody does something. is_own: of this drive alone."""

    name: Text
    waiting: Ages
    todo: Text = ""
    href: str = ""
    act: Text = ""
    loop: str = ""
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Noes:
    """So many said today that they leave or never joined, or so much was stopped by it. n: in words."""

    label: Text
    n: str
    href: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class WorkedLoop:
    """A loop the page relies on. stops: what does not happen while it stands still."""

    loop: str
    stops: Text


Thing = Figure | ChannelTraffic | Backlog | Noes | WorkedLoop
