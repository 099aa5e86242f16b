"""Collect Today from every room: the figures of a unit, who is behind, and work. It also has things to know beside it,
links to share, and the words for a role."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from .charts import Trend
from .invitations import Invitation
from .ladder import LadderShown

WHERE_WE_STAND = gettext_lazy("Where we stand")
I_WAIT_FOR = gettext_lazy("I wait for")


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing to do, with the one tap that does it.

    urgency: -1 a promise, first of all; 0 late, 1 today, 2 this week, 3 this week and last of all. due_at: until when.
    href and act: the tap; posts: it is sent as a form, for it leaves a row in the trail. also: other ways to look at
    it, as (words, address). names_in: the id of the unit whose member the title names; that is a reading of people.
    key: what the row is, of work that others of the unit see too: one of them may take it. Empty: it is the reader's.
    """

    urgency: int
    title: str | Promise
    meta: str | Promise
    href: str
    act: str | Promise
    icon: str
    due_at: datetime | None = None
    names_in: int | None = None
    also: Sequence[tuple[str, str]] = ()
    posts: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class StandingHere:
    """The place of a unit in one measure that runs. said: what is counted, due and needed. is_behind: fewer are counted
    than due by today. outlook and trend: of the first measure of Today, what came lately, where that ends, and each
    day.

    programme: the public id of what can be pinned; is_pinned: the reader did.
    """

    title: str | Promise
    said: str
    href: str
    drawn: LadderShown
    is_behind: bool = False
    outlook: Sequence[str] = ()
    trend: Trend | None = None
    programme: UUID | None = None
    is_pinned: bool = False

    @property
    def bar(self) -> LadderShown:
        """One bar: counted, lighter what waits for the phone, and a mark for what is due."""
        return replace(self.drawn, confirmed=None)


@dataclass(frozen=True, slots=True)
class BehindUnit:
    """A unit that is behind, and who leads it. account: the holder's; None: nobody leads it."""

    name: str
    said: str | Promise
    href: str
    holder: str = ""
    account: int | None = None


@dataclass(frozen=True, slots=True)
class UnitsBehind:
    """Units right below that are behind in one measure, the furthest first.

    href: all of them; also: other ways to look at them, as (words, address). needs: a sentence that says how many
    people the first of them need. is_least_real: not behind, but checks find fewest real entries there.
    """

    title: str | Promise
    about: str
    units: Sequence[BehindUnit]
    href: str
    also: Sequence[tuple[str, str]] = ()
    needs: str = ""
    is_least_real: bool = False

    @property
    def heading(self) -> str:
        """The programme and who is behind in it: the name of this part of Today."""
        return f"{self.about}: {self.title}"


@dataclass(frozen=True, slots=True)
class LateBelow:
    """Work that waits too long at the desks below. said: how much, of what; href: its rows."""

    said: str | Promise
    href: str


def at_desks(work: Owed, *, leaves: bool, is_late: bool) -> Iterator[Owed | LateBelow]:
    """Yield work that an office does as a row. An office that leaves it to others gets a line, and only of late work.

    leaves: others below do it; a room asks `Viewer.leads_desks` or `Viewer.leaves_to_desks`.
    """
    if not leaves:
        yield work
    elif is_late:
        yield LateBelow(work.title, work.href)


@dataclass(frozen=True, slots=True)
class Beside:
    """One thing to know, beside the work. sheet: its heading, such as I_WAIT_FOR. until: when it ends by itself."""

    sheet: str | Promise
    title: str | Promise
    meta: str | Promise
    href: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfficeWord:
    """This says what the work of a viewer's office is, while there is none to do."""

    text: str | Promise


Thing = Owed | StandingHere | UnitsBehind | LateBelow | Beside | Invitation | OfficeWord
