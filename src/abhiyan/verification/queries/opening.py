"""Open the sealed items of checks: for the verifier who took one, and the acts of this room.

Nothing of it is written anywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.verification.models import Check, Frame, Stratum
from abhiyan.verification.rules import draws

from .items import CheckedItem, items_by_public_id

_SEALED = f"""
select c.frame_id, c.id, substr(s.commitments, c.place * {draws.SIZE} + 1, {draws.SIZE})
  from verification_check c join verification_stratum s on s.id = c.stratum_id where c.place is not null and """
# Somebody was reached: from then on they know that they were drawn.
_ASKED = """(c.said_at is not null or exists (select from contact_attempt t
  where t.room = 'verification' and t.about = c.id and t.outcome = 'reached'))"""


def frame_key(public_id: UUID) -> bytes:
    """Return a frame's key of 32 bytes. Derived from the master, stored nowhere; published when the frame closes."""
    return keyring().derive(f"frame/{public_id}")


def key_of_places(public_id: UUID, stratum: str) -> bytes:
    """Return the key that hides where the items of one stratum were entered.

    Never published: a place may have one item.
    """
    return keyring().derive(f"frame/{public_id}/places/{stratum}")


def _opened(where: str, values: list[Any]) -> Iterator[tuple[Frame, dict[UUID, UUID]]]:
    """Yield each frame's checks under a condition, with the ids of their items."""
    of_frame: dict[int, dict[UUID, bytes]] = defaultdict(dict)
    for frame_id, check_id, sealed in sql.rows(_SEALED + where, values):
        of_frame[frame_id][check_id] = bytes(sealed)
    for frame in Frame.objects.select_related("programme").filter(pk__in=of_frame):
        checks = of_frame[frame.pk]
        ids = draws.open_commitments(b"".join(checks.values()), frame_key(frame.public_id))
        yield (
            frame,
            {check: UUID(bytes=ids[n * draws.SIZE : (n + 1) * draws.SIZE]) for n, check in enumerate(checks)},
        )


def opened_many(check_ids: Iterable[UUID]) -> dict[UUID, CheckedItem]:
    """Return the items that checks are about, as they stand now. Planted ones have none. In the system's scope.

    From here on the transaction's statements name somebody, so nobody watches them.
    """
    sql.unwatched()
    checked_items: dict[UUID, CheckedItem] = {}
    for frame, checks in _opened("c.id = any(%s)", [list(check_ids)]):
        items = items_by_public_id(frame.programme, frame.measure, checks.values())
        checked_items |= {check_id: items[item_id] for check_id, item_id in checks.items()}
    return checked_items


def asked_about(item_ids: Iterable[UUID]) -> list[Check]:
    """Return checks in which the person behind one of these items was reached. In the system's scope, unwatched."""
    sql.unwatched()
    wanted = set(item_ids)
    check_ids = [
        check_id for _, checks in _opened(_ASKED, []) for check_id, item in checks.items() if item in wanted
    ]
    return list(Check.objects.select_related("frame__programme", "stratum").filter(id__in=check_ids))


def concluded_in(programme_id: int, measure: int) -> dict[UUID, bool]:
    """Return the items that drawn checks of closed frames found genuine or not. In the system's scope, unwatched."""
    sql.unwatched()
    outcomes = (Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE)
    checks = Check.objects.filter(
        arm=Check.Arm.RANDOM,
        outcome__in=outcomes,
        frame__state=Frame.State.CLOSED,
        frame__programme=programme_id,
        frame__measure=measure,
    )
    genuine = {pk: outcome == Check.Outcome.GENUINE for pk, outcome in checks.values_list("pk", "outcome")}
    return {
        item: genuine[check]
        for _frame, items in _opened("c.id = any(%s)", [list(genuine)])
        for check, item in items.items()
    }


def item_of_check(check: Check) -> CheckedItem:
    """Return the item a check is about. ValueError for a planted one."""
    checked_items = opened_many([check.id])
    if check.id not in checked_items:
        raise ValueError("a planted check has no item")
    return checked_items[check.id]


def items_by_stratum(frame: Frame) -> dict[str, list[UUID]]:
    """Return the public ids of all items of a frame, drawn or not, by the key of their stratum.

    In the system's scope.
    """
    ids_by_stratum = {}
    for stratum in Stratum.objects.filter(frame=frame).order_by("key"):
        ids = draws.open_commitments(bytes(stratum.commitments), frame_key(frame.public_id))
        ids_by_stratum[stratum.key] = [
            UUID(bytes=ids[at : at + draws.SIZE]) for at in range(0, len(ids), draws.SIZE)
        ]
    return ids_by_stratum
