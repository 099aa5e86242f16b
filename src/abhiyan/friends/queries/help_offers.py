"""People who want to help: what became of them, by unit and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.contact.rules.doors import door_label
from abhiyan.core import small_cells, sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS
from abhiyan.friends.models import HelpOffer
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

# The result of an offer `h`: joined goes first, then a no. A phone that left the roll again did join it.
BECAME = f"""case when h.answer = 'joined' or exists (select from enrolment_membership m
   join enrolment_roll r on r.id = m.roll_id and r.code = '{CONTRIBUTORS.code}' where m.phone_id = h.phone_id)
  then 'joined' when h.answer = 'no' or h.no_at is not null then 'no'
  when h.answer = 'asked' or h.linked_at is not null then 'asked' else 'waiting' end"""
OPEN = ("asked", "waiting")


@dataclass(frozen=True, slots=True)
class UnitHelpers(units.BoardUnit):
    """Counts of the people in a unit who asked to help. The last four add up to `wanted`."""

    wanted: int
    joined: int
    refused: int
    asked: int
    waiting: int


_COUNTED = f"""select p.lo, count(*) as wanted, count(*) filter (where b.became = 'joined') as joined,
  count(*) filter (where b.became = 'no') as refused, count(*) filter (where b.became = 'asked') as asked,
  count(*) filter (where b.became = 'waiting') as waiting
 from enrolment_help_offer h join units_placement p on p.unit_id = h.unit_id and p.hierarchy = %(hierarchy)s
  and p.lo >= %(lo)s and p.lo < %(hi)s
 cross join lateral (select {BECAME} as became) b
 where %(until)s::timestamptz is null or h.at < %(until)s group by p.lo"""


def helpers_below(
    unit_id: int, hierarchy: int, span: tuple[int, int], *, until: datetime | None = None
) -> tuple[UnitHelpers, list[UnitHelpers]]:
    """Return who wants to help in a unit, and in each unit right below it, in numbers. until: of their word; None: all.

    In the scope of somebody who sees the people there, or in a system scope for numbers alone. One query.
    """
    values = {"lo": span[0], "hi": span[1], "until": until}
    return units.unit_board(UnitHelpers, _COUNTED, values, unit_id=unit_id, hierarchy=hierarchy)


@dataclass(frozen=True, slots=True)
class HelpersReviewed:
    """The people in a unit who asked to help: one sentence, and each line in words and numbers."""

    headline: str
    lines: Sequence[tuple[str, str]]


def helpers_in(
    unit_id: int, hierarchy: int, span: tuple[int, int], *, is_exact: bool, zone: str, at: datetime
) -> HelpersReviewed | None:
    """Return what became of who asked to help, for slides and a dossier. None where nobody asked.

    is_exact: the reader sees the people there. Others read whole tens up to the last closed day. In a system scope.
    """
    until = None if is_exact else small_cells.until(at, zone)
    whole, _below = helpers_below(unit_id, hierarchy, span, until=until)
    if not whole.wanted:
        return None

    def seen(n: int) -> str:
        return small_cells.seen_count(n, is_exact=is_exact)

    lines = [
        (_("Asked to help"), seen(whole.wanted)),
        (_("Joined"), seen(whole.joined)),
        (_("Said no"), seen(whole.refused)),
        (_("Not answered yet"), seen(whole.asked)),
        (_("Still to be asked"), seen(whole.waiting)),
    ]
    if is_exact:
        headline = ngettext(
            "%(n)s person asked to help, %(joined)s joined",
            "%(n)s people asked to help, %(joined)s joined",
            whole.wanted,
        ) % {"n": grouped(whole.wanted), "joined": grouped(whole.joined)}
    else:
        headline = _("Who asked to help, and what became of it")
    return HelpersReviewed(headline, lines)


def helpers_on_slides(
    here: units.UnitRow, hierarchy: int, *, is_exact: bool, at: datetime
) -> tuple[str, Sequence[tuple[str, str]]] | None:
    """Return the headline and the lines of `helpers_in` for a unit that is placed; None where nobody asked.

    In a system scope.
    """
    span = or_refuse(here.lo), or_refuse(here.hi)
    whole = helpers_in(here.id, hierarchy, span, is_exact=is_exact, zone=settings.TIME_ZONE, at=at)
    return None if whole is None else (whole.headline, whole.lines)


@dataclass(frozen=True, slots=True)
class ListedHelper:
    """Somebody who wants to help and has neither joined nor said no.

    became: of OPEN. has_phone: we know their number.
    """

    public_id: UUID
    sealed: bytes
    unit_id: int
    unit: dict[str, str]
    door: str
    way: str
    worker: str | None
    worker_id: int
    at: datetime
    due_on: date
    became: str
    has_phone: bool

    @property
    def name(self) -> str:
        return (
            keyring().unseal(bytes(self.sealed), about=self.public_id.bytes).decode() if self.sealed else ""
        )

    @property
    def label(self) -> str:
        """Return how the door is called, in the reader's language."""
        return door_label(self.door)

    @property
    def place(self) -> str:
        return name_in_language(self.unit)


_LISTED = (
    "h.id, h.person_name, h.unit_id, u.names, h.door, h.way, a.name, h.by_id, h.at, h.due_on, b.became,"
    " h.phone_id is not null"
)
_OFFERS = f"""from enrolment_help_offer h join units_unit u on u.id = h.unit_id
 left join people_account a on a.id = h.by_id cross join lateral (select {BECAME} as became) b
 where b.became = any(%(open)s) and h.forgotten_at is null"""
_INSIDE = """ and h.unit_id in (select p.unit_id from units_placement p where p.hierarchy = %(hierarchy)s
   and p.lo >= %(lo)s and p.lo < %(hi)s)"""


def open_helpers(hierarchy: int, span: tuple[int, int]) -> Rows[ListedHelper]:
    """Return who wants to help within [lo, hi) and has neither joined nor said no. In the viewer's scope."""
    values = {"open": list(OPEN), "hierarchy": hierarchy, "lo": span[0], "hi": span[1]}
    orders = {"due": ("h.due_on",), "at": ("h.at",)}
    return Rows(_LISTED, _OFFERS + _INSIDE, values, orders=orders, make=ListedHelper, last="h.id")


def open_helper(public_id: UUID) -> ListedHelper:
    """Return one of them, if the scope in force sees them. NotFound."""
    rows = sql.each(
        ListedHelper, f"select {_LISTED} {_OFFERS} and h.id = %(id)s", {"open": list(OPEN), "id": public_id}
    )
    return or_refuse(rows[0] if rows else None)


def is_task_done(task_id: UUID) -> bool:
    """Return whether nobody of an office's task waits to be asked any more. In a system scope."""
    rows = sql.column(
        f"""select h.id from enrolment_help_offer h cross join lateral (select {BECAME} as became) b
        where h.task_id = %(task)s and b.became = any(%(open)s) and h.answer = '' limit 1""",
        {"task": task_id, "open": list(OPEN)},
    )
    return not rows


def open_of_phone(phone_id: UUID) -> HelpOffer | None:
    """Return the offer of a phone that nobody answered with a no. In a system scope."""
    offers = HelpOffer.objects.filter(phone_id=phone_id, no_at=None).exclude(answer=HelpOffer.Answer.NO)
    return offers.order_by("at").first()
