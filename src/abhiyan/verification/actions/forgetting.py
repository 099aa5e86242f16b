"""Somebody had everything erased: what they said in a check goes, and what it found stays a number."""

from abhiyan.core.scope import system
from abhiyan.programmes.news import ItemsErased
from abhiyan.verification.models import Check
from abhiyan.verification.queries.opening import asked_about

from .planting import forget_planted


def empty_said(*, erasure: ItemsErased) -> int:
    """Empty what the person behind some items said in checks, in the transaction of the erasure; how many checks.

    Nor is anything kept of somebody who had agreed to be called as one whose answer is known.
    """
    with system("what an erased person said in checks"):
        check_ids = [check.id for check in asked_about(erasure.item_ids)]
        forget_planted(phone_id=erasure.phone_id, at=erasure.at)
        return Check.objects.filter(id__in=check_ids).update(said=None)
