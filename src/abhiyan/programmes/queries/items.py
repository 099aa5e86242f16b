"""Reads of items, in the scope in force: rooms that count by items find theirs here."""

import hmac
import json
from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core.keys import keyring
from abhiyan.programmes.models import Item


def keyed(*parts: object) -> bytes:
    """Return a keyed hash (HMAC-SHA256, 32 bytes) of what these parts say."""
    text = json.dumps([str(part) for part in parts], ensure_ascii=False)
    return hmac.digest(keyring().derive("items"), text.encode(), "sha256")


def item_key(*parts: object) -> UUID:
    """Return the id of the item that these parts name: account, kind and the sender's key, or leader, booth and
    day."""
    return UUID(bytes=keyed("item", *parts)[:16])


def items_by_id(ids: Collection[UUID]) -> dict[UUID, Item]:
    """Return items in sight by their ids (`actions.item_key`)."""
    return Item.objects.in_bulk(list(ids))


def item(public_id: UUID) -> Item | None:
    """Return one item with its programme, by its public id; None where none is in sight."""
    return Item.objects.select_related("programme").filter(public_id=public_id).first()


def item_ids(public_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids (`actions.item_key`) of items in sight by their public ids."""
    return list(Item.objects.filter(public_id__in=public_ids).values_list("pk", flat=True))


def items_that_pass(programme_id: int, measure: int) -> "QuerySet[Item]":
    """Return items of one measure of a programme that pass the rules, with or without a sign from a phone."""
    return items(programme_id, measure).filter(counted_at__isnull=False, ended_at=None)


def items(programme_id: int, measure: int) -> "QuerySet[Item]":
    """Return items of one measure of a programme; a room's list filters and sorts them."""
    return Item.objects.filter(programme=programme_id, measure=measure)
