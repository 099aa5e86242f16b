"""What the launch page of a drive collects from every room: figures of its strip, and the state of each channel."""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip. n: as people read it. kind: "", warn or bad; says whether to look. href: where."""

    label: Text
    n: str
    note: Text = ""
    kind: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel, in or out. state: in a word; kind: ok, warn, bad or "". rate: a minute; last: when one came last."""

    name: Text
    state: Text
    kind: str = ""
    rate: str = ""
    today: str = ""
    last: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Age:
    """How many of what waits have waited this long."""

    label: Text
    n: int
    kind: str = ""


Thing = Figure | Way | Age
