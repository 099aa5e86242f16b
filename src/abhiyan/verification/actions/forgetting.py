"""Somebody had everything erased: what they said in a check goes, and what it found stays a number."""

from abhiyan.core.scope import system
from abhiyan.programmes.news import ItemsErased
from abhiyan.verification.models import Check
from abhiyan.verification.queries.opening import asked_about

from .planting import forget_planted


def empty_said(*, told: ItemsErased) -> int:
    """Empty what the person behind some items said in checks, in the transaction of the erasure; how many checks.

    Nor is anything kept of somebody who had agreed to be called as one whose answer is known.
    """
    with system("what an erased person said in checks"):
        asked = [one.id for one in asked_about(told.item_ids)]
        forget_planted(phone_id=told.phone_id, at=told.at)
        return Check.objects.filter(id__in=asked).update(said=None)
