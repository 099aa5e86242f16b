"""The writers of items: each act changes rows and posts the difference to the ledger, on the item's own day and unit.

They run in the transaction of a room's act, which has asked who may and whether the programme runs there on that day.
Several items are locked in the order of their ids. An act that an item has behind it changes nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot, sql
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, Refused, needed
from abhiyan.core.scope import system
from abhiyan.programmes.models import Programme
from abhiyan.programmes.models_items import Item
from abhiyan.programmes.queries import splits
from abhiyan.programmes.queries.items import keyed
from abhiyan.programmes.rules import activities, items
from abhiyan.programmes.rules.ladder import Change

from .ledger import post

if TYPE_CHECKING:
    from django.db.models import QuerySet

_FACTS = items.facts("", "i.id = any(%s)")


class KnownOtherwise(Refused, status=409):
    """An item with this id is known, with other content."""

    message = _("This was reported before, with other details. Reload the page and report it again.")


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is reported. id: `item_key`. The rest but the last two is its content, as `Item` has it.

    day: in the programme's zone. phone_id: whom we ask. is_counted: it passes the rules as it arrives; is_signed: with
    a sign from a phone.
    """

    id: UUID
    programme_id: int
    measure: int
    channel: int
    unit_id: int
    day: date
    by_id: int | None = None
    phone_id: UUID | None = None
    n: int = 1
    at: datetime | None = None
    device: str = ""
    seconds: int | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    is_counted: bool = False
    is_signed: bool = True

    def digest(self) -> bytes:
        """Keyed, of its content."""
        return keyed("content", *(getattr(self, one.name) for one in fields(self)[1:-2]))


def report_items(*, new: Sequence[NewItem], at: datetime) -> list[Item]:
    """Report items: their rows, in the order given. One that is known with the same content is the row that is there.

    An erased one is known by its id alone. Refuses KnownOtherwise.
    """
    by_id: dict[UUID, NewItem] = {}
    for one in new:
        if by_id.setdefault(one.id, one).digest() != one.digest():
            raise KnownOtherwise
    made = {
        ident: Item(
            **{name: value for name, value in asdict(one).items() if name != "is_counted"},
            public_id=lot.uuid(),
            stored_at=at,
            digest=one.digest(),
            counted_at=at if one.is_counted else None,
        )
        for ident, one in sorted(by_id.items())
    }
    with system("items are reported"):
        Item.objects.bulk_create(made.values(), ignore_conflicts=True)
        found = Item.objects.in_bulk(list(made))
        for ident, row in found.items():
            if row.digest is not None and bytes(row.digest) != made[ident].digest:
                raise KnownOtherwise
        fresh = [ident for ident, row in found.items() if row.public_id == made[ident].public_id]
        post(deltas=_ladder(fresh), at=at)
    return [found[one.id] for one in new]


def sign_items(*, ids: Collection[UUID], at: datetime) -> int:
    """A phone gave its sign: these items leave the unsigned shade. How many did."""
    with _changing(ids, at):
        return _living(ids).filter(is_signed=False).update(is_signed=True)


def count_items(*, ids: Collection[UUID], at: datetime, is_signed: bool = True) -> int:
    """These items pass the rules. How many did not before.

    is_signed: with a sign from a phone; else they wait in the unsigned shade, but those whose person said YES.
    """
    has_sign = Q(confirmed_at__isnull=False) | Q(pk__isnull=not is_signed)
    with _changing(ids, at):
        counting = _living(ids).filter(counted_at=None)
        return counting.update(counted_at=at, is_signed=ExpressionWrapper(has_sign, BooleanField()))


def confirm_items(*, ids: Collection[UUID], at: datetime) -> int:
    """The persons concerned said YES by their own act, which is a sign as well. How many had not before.

    Where the activity says so (`Items.does_yes_count`), it counts the item. Else the YES waits until the item counts.
    """
    with _changing(ids, at) as rows:
        counting = [row.pk for row in rows if row.counted_at is None and _does_yes_count(row)]
        _living(counting).update(counted_at=at)
        return _living(ids).filter(confirmed_at=None).update(confirmed_at=at, is_signed=True)


def end_items(*, ids: Collection[UUID], why: str, at: datetime) -> int:
    """These items count no longer; they stay reported. why: of `Item.Why`. How many ended.

    The person's own NO also replaces another reason.
    """
    open_ = Q(ended_at=None) | (~Q(why=why) if why == Item.Why.DENIED else Q(pk=None))
    with _changing(ids, at):
        return Item.objects.filter(open_, pk__in=ids).update(ended_at=at, why=Item.Why(why).value)


def set_total(*, id: UUID, n: int, at: datetime) -> None:  # noqa: A002  # as the field is called
    """An organiser's number is now n, of 0 or more. Refuses NotFound."""
    with _changing([id], at):
        needed(Item.objects.filter(pk=id, counted_at=None).update(n=n) or None, NotFound)


def move_items(*, from_unit: int, to_unit: int, at: datetime) -> list[UUID]:
    """Items go with their unit to another that takes its place. Those of closed programmes, and of programmes that do
    not run there, stay. Ids of those that went."""
    with system("items of a unit"):
        theirs = Item.objects.filter(unit_id=from_unit).exclude(programme__state=Programme.State.CLOSED)
        there = [
            one.pk
            for one in Programme.objects.filter(pk__in=theirs.values("programme_id"))
            if to_unit in splits.in_play(one.pk, one.hierarchy, [to_unit], on=day_in(one.zone, at))
        ]
        ids = list(theirs.filter(programme_id__in=there).values_list("pk", flat=True))
    with _changing(ids, at):
        Item.objects.filter(pk__in=ids).update(unit_id=to_unit)
    return ids


def erase_items(*, phone_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Forget whose phone, where and from which device, of items that were stored until then. Their counts stay. Public
    ids of these items."""
    with system("a person is erased"):
        theirs = Item.objects.filter(phone_id__in=phone_ids, stored_at__lte=at).order_by("pk")
        found = dict(theirs.select_for_update().values_list("pk", "public_id"))
        nothing = dict.fromkeys(("phone_id", "lat", "lon", "accuracy", "digest"))
        Item.objects.filter(pk__in=found).update(device="", **nothing)
    return list(found.values())


# What the acts share


@contextmanager
def _changing(ids: Collection[UUID], at: datetime) -> Iterator[list[Item]]:
    """Lock items, and post what comes of them meanwhile."""
    with system("items change"):
        some = Item.objects.filter(pk__in=ids).select_related("programme").order_by("pk")
        rows = list(some.select_for_update(of=("self",)))
        before = _ladder(ids)
        yield rows
        post(deltas=[*_ladder(ids), *(one._replace(n=-one.n) for one in before)], at=at)


def _ladder(ids: Collection[UUID]) -> list[Change]:
    """Where these items are on the ladder now."""
    return sql.each(Change, _FACTS, [list(ids)])


def _living(ids: Collection[UUID]) -> "QuerySet[Item]":
    return Item.objects.filter(pk__in=ids, ended_at=None)


def _does_yes_count(row: Item) -> bool:
    asked = activities.items_of(row.programme.kind, row.measure)
    return asked is not None and asked.does_yes_count
