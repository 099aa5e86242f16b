"""The writers of items: each act changes rows and posts the difference to the ledger, on the item's own day and unit.

They run in the transaction of a room's act, which has asked who may and whether the programme runs there on that day.
Several items are locked in the order of their ids. An act that an item has behind it changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import is_in_play
from abhiyan.programmes.queries.items import keyed
from abhiyan.programmes.rules import activities, items
from abhiyan.programmes.rules.ladder import TallyChange

from .ledger import post_changes

if TYPE_CHECKING:
    from django.db.models import QuerySet

ADDRESS = "/q/item/%s/"  # of the page behind the link of a question
_FACTS = items.item_facts_query("", "i.id = any(%s)")


class ByReporter(Refused, status=403):
    """A YES in a browser in which the reporter of the item has signed in."""

    message = _("You cannot say yes here: you reported this. Only the other person can confirm it.")


class KnownOtherwise(Refused, status=409):
    """An item with this id is known, with other content."""

    message = _("This was reported before, with other details. Reload the page and report it again.")


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is reported. id: `item_key`. The rest but the last two is its content, as `Item` has it.

    day: in the programme's zone. phone_id: the phone that we ask. is_counted: it passes the rules as it arrives;
    is_signed: with a sign from a phone.
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
        """Return a keyed digest of its content."""
        return keyed("content", *(getattr(self, one.name) for one in fields(self)[1:-2]))


def report_items(*, new: Sequence[NewItem], at: datetime) -> list[Item]:
    """Report items: their rows, in the order given. One that is known with the same content is the row that is there.

    An erased one is known by its id alone. Refuses KnownOtherwise.
    """
    by_id: dict[UUID, NewItem] = {}
    for item in new:
        if by_id.setdefault(item.id, item).digest() != item.digest():
            raise KnownOtherwise
    made = {
        ident: Item(
            **{name: value for name, value in asdict(new_item).items() if name != "is_counted"},
            public_id=lot.uuid(),
            stored_at=at,
            digest=new_item.digest(),
            counted_at=at if new_item.is_counted else None,
        )
        for ident, new_item in sorted(by_id.items())
    }
    with system("items are reported"):
        Item.objects.bulk_create(made.values(), ignore_conflicts=True)
        found = Item.objects.in_bulk(list(made))
        for ident, row in found.items():
            if row.digest is not None and bytes(row.digest) != made[ident].digest:
                raise KnownOtherwise
        fresh = [ident for ident, row in found.items() if row.public_id == made[ident].public_id]
        post_changes(deltas=_ladder(fresh), at=at)
    return [found[new_item.id] for new_item in new]


def sign_items(*, ids: Collection[UUID], at: datetime) -> int:
    """Take these items out of the unsigned shade: a phone gave its sign. How many did."""
    with _changing(ids, at):
        return _living(ids).filter(is_signed=False).update(is_signed=True)


def count_items(*, ids: Collection[UUID], at: datetime, is_signed: bool = True) -> int:
    """Count these items: they pass the rules. Returns how many are new on the ladder.

    is_signed: with a sign from a phone; else they wait in the unsigned shade, but those whose person said YES.
    """
    has_sign = Q(confirmed_at__isnull=False) | Q(pk__isnull=not is_signed)
    with _changing(ids, at):
        counting = _living(ids).filter(counted_at=None)
        return counting.update(counted_at=at, is_signed=ExpressionWrapper(has_sign, BooleanField()))


def confirm_items(*, ids: Collection[UUID], at: datetime) -> int:
    """Confirm these items: the persons concerned said YES by their own act, which is a sign as well.

    Returns how many YES were new. A YES counts the item if the activity says so (`Items.does_yes_count`). Else
    it waits until the item counts.
    """
    with _changing(ids, at) as rows:
        counting = [row.pk for row in rows if row.counted_at is None and _does_yes_count(row)]
        _living(counting).update(counted_at=at)
        return _living(ids).filter(confirmed_at=None).update(confirmed_at=at, is_signed=True)


def end_items(*, ids: Collection[UUID], why: str, at: datetime) -> int:
    """End these items: they count no longer and stay reported. why: of `Item.Why`. How many ended.

    The person's own NO also replaces another reason. Nobody has to answer any more whether it was so.
    """
    open_ = Q(ended_at=None) | (~Q(why=why) if why == Item.Why.DENIED else Q(pk=None))
    with _changing(ids, at) as rows:
        _close_questions(rows, at)
        return Item.objects.filter(open_, pk__in=ids).update(ended_at=at, why=Item.Why(why).value)


def resume_items(*, ids: Collection[UUID], why: str, at: datetime) -> int:
    """Count these items again: what ended them was a slip. why: only what this ended. Returns how many."""
    with _changing(ids, at):
        return Item.objects.filter(pk__in=ids, why=Item.Why(why).value).update(ended_at=None, why="")


def take_back_items(*, ids: Collection[UUID], at: datetime) -> int:
    """Take these items off the ladder whole: the import that reported them is taken back. Returns how many.

    Only before somebody was asked about them: what a phone or a check said of an item stays.
    """
    with _changing(ids, at) as rows:
        Item.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A question to the phone of an item: was it so? item: its row. `messaging.actions.Asking` explains the rest.

    A blank of a person's name is called `name`, and `names` says that there is one.
    """

    item: Item
    template: str
    blanks: dict[str, str] = field(repr=False)
    label: str = field(repr=False)
    expires_at: datetime
    language: str = ""
    remind_at: datetime | None = None
    names: bool = False


def ask_whether(*, asked_items: Sequence[AskedItem], at: datetime) -> int:
    """Ask phones whether items were so, each once. Returns how many were new.

    An item raises no question if it has ended, has no phone, or was reported from the same phone.
    """
    with system("phones are asked about items"):
        numbers = people.numbers_of_phones(item.item.phone_id for item in asked_items if item.item.phone_id)
        own_phones = people.phones_behind({item.item.by_id for item in asked_items if item.item.by_id})
        signs = people.last_signs(numbers)
        programmes = Programme.objects.in_bulk({item.item.programme_id for item in asked_items})
        askings = []
        for asked_item in asked_items:
            phone_id = asked_item.item.phone_id
            if phone_id not in numbers or asked_item.item.ended_at is not None:
                continue
            if phone_id in own_phones.get(asked_item.item.by_id or 0, ()):
                continue
            asking = messaging.PhoneQuestion(
                room=items.ROOM,
                kind=programmes[asked_item.item.programme_id].kind,
                about=asked_item.item.public_id,
                phone=numbers[phone_id],
                language=asked_item.language or settings.LANGUAGE_CODE,
                template=asked_item.template,
                blanks=asked_item.blanks,
                label=asked_item.label,
                expires_at=asked_item.expires_at,
                remind_at=asked_item.remind_at,
                unit_id=asked_item.item.unit_id,
                programme_id=asked_item.item.programme_id,
                address=ADDRESS,
                names=asked_item.names,
                last_sign=signs.get(phone_id),
            )
            askings.append(asking)
        return messaging.ask_many(askings=askings, at=at)


def hear_item_answer(*, answer: QuestionAnswered) -> None:
    """Hear a phone's word on an item (`say_whether`). In the answer's transaction. Refuses ByReporter."""
    if answer.room != items.ROOM:
        return
    with system("a phone answers about an item"):
        row = Item.objects.filter(public_id=answer.about, phone_id=answer.phone_id).first()
        if row is None:
            return
        if answer.yes and answer.by.account_id is not None and answer.by.account_id == row.by_id:
            raise ByReporter
        say_whether(item=row, yes=answer.yes, why=answer.why, by=answer.by, at=answer.at)


def say_whether(*, item: Item, yes: bool, why: str, by: Actor, at: datetime) -> None:
    """Take the person's own word on an item: YES confirms it, NO ends it; then the room hears. In a system scope."""
    if yes:
        confirm_items(ids=[item.pk], at=at)
    else:
        end_items(ids=[item.pk], why=Item.Why.DENIED, at=at)
    now = Item.objects.select_related("programme").get(pk=item.pk)
    act, subject = items.SAID_YES if yes else items.SAID_NO, str(now.public_id)
    audit.record(by=by, at=at, act=act, subject=subject, unit_id=now.unit_id)
    if (activity_items := activities.activity_items(now.programme.kind, now.measure)) is not None:
        activity_items.heard(item=now, yes=yes, why=why, by=by, at=at)


def set_total(*, id: UUID, n: int, at: datetime) -> None:  # noqa: A002  # as the field is called
    """Set an organiser's number to n, of 0 or more. Refuses NotFound."""
    with _changing([id], at):
        or_refuse(Item.objects.filter(pk=id, counted_at=None).update(n=n) or None, NotFound)


def move_items(*, from_unit: int, to_unit: int, at: datetime) -> list[UUID]:
    """Move items to the unit that takes their unit's place. Returns the ids of the moved ones.

    Items of closed programmes, and of programmes that do not run there, stay.
    """
    with system("items of a unit"):
        theirs = Item.objects.filter(unit_id=from_unit).exclude(programme__state=Programme.State.CLOSED)
        there = [
            programme.pk
            for programme in Programme.objects.filter(pk__in=theirs.values("programme_id"))
            if is_in_play(programme, to_unit, on=day_in(programme.zone, at))
        ]
        ids = list(theirs.filter(programme_id__in=there).values_list("pk", flat=True))
    with _changing(ids, at):
        Item.objects.filter(pk__in=ids).update(unit_id=to_unit)
    return ids


def bring_items_back(*, ids: Iterable[UUID], from_unit: int, to_unit: int, at: datetime) -> None:
    """Bring back the items of a unit that is open again, unless they have moved further."""
    theirs = list(ids)
    with _changing(theirs, at):
        Item.objects.filter(pk__in=theirs, unit_id=from_unit).update(unit_id=to_unit)


def erase_items(*, phone_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Forget whose phone, where and from which device, of items that were stored until then. Their counts stay. Public
    ids of these items."""
    with system("a person is erased"):
        theirs = Item.objects.filter(phone_id__in=phone_ids, stored_at__lte=at).select_related("programme")
        rows = list(theirs.order_by("pk").select_for_update(of=("self",)))
        _close_questions(rows, at)
        nothing = dict.fromkeys(("phone_id", "lat", "lon", "accuracy", "digest"))
        Item.objects.filter(pk__in=[row.pk for row in rows]).update(device="", **nothing)
    return [row.public_id for row in rows]


def erase_items_of_phone(*, erasure: ItemsErased) -> None:
    """Erase all items of a phone, for every person on it: one of them had everything erased.

    Tells ItemsErased, so that answers in checks about these items go too. In the transaction of the erasure.
    """
    if erased := erase_items(phone_ids=[erasure.phone_id], at=erasure.at):
        news.tell(ItemsErased(tuple(erased), erasure.phone_id, erasure.at))


# What the acts share


@contextmanager
def _changing(ids: Collection[UUID], at: datetime) -> Iterator[list[Item]]:
    """Lock items, and post what comes of them meanwhile."""
    with system("items change"):
        some = Item.objects.filter(pk__in=ids).select_related("programme").order_by("pk")
        rows = list(some.select_for_update(of=("self",)))
        before = _ladder(ids)
        yield rows
        post_changes(deltas=[*_ladder(ids), *(delta._replace(n=-delta.n) for delta in before)], at=at)


def _ladder(ids: Collection[UUID]) -> list[TallyChange]:
    """Read the place of these items on the ladder now."""
    return sql.each(TallyChange, _FACTS, [list(ids)])


def _living(ids: Collection[UUID]) -> "QuerySet[Item]":
    return Item.objects.filter(pk__in=ids, ended_at=None)


def _close_questions(rows: Sequence[Item], at: datetime) -> None:
    """Close the questions; the act has locked no phones: an answer under way finds that the item has ended."""
    ids = [_question(row, row.phone_id) for row in rows if row.phone_id]
    messaging.close_questions(ids=ids, at=at, but_answering=True)


def _question(row: Item, phone_id: UUID) -> UUID:
    """Return the id of the question to a phone whether an item was so."""
    kind = row.programme.kind
    return messaging.question_id(room=items.ROOM, kind=kind, about=row.public_id, phone_id=phone_id)


def _does_yes_count(row: Item) -> bool:
    activity_items = activities.activity_items(row.programme.kind, row.measure)
    return activity_items is not None and activity_items.does_yes_count
