"""Find where checks may be aimed, and what aimed checks found. Nothing of it is in an estimate."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from abhiyan.core import sql
from abhiyan.people import queries as people
from abhiyan.programmes.rules import activities
from abhiyan.units.models import Kind
from abhiyan.verification.models import Aim, Check, Flag, Frame, Stratum
from abhiyan.verification.queries.opening import frame_key
from abhiyan.verification.refusals import TooWide
from abhiyan.verification.rules import draws

from .items import items_to_check

Place = tuple[int, int]  # stratum, and the place among its commitments
_KEY = f"S{draws.SIZE}"

# The items of a unit and those below it, and who entered each. Own phones and programs name no account.
_ITEMS = """
select uuid_send(i.item_id), a.public_id from units_placement top
  join units_placement p on p.hierarchy = top.hierarchy and top.lo <= p.lo and p.lo < top.hi
  join ({items}) i on i.unit_id = p.unit_id and i.programme_id = any(%(programmes)s)
  left join people_account a on a.public_id = i.by and i.channel <> all(%(own)s)
 where top.hierarchy = %(hierarchy)s and top.unit_id = %(unit)s order by i.item_id"""
# The districts that a unit is beneath, or is, and that the frame has items of.
_DISTRICTS = """
select s.id from verification_stratum s join units_unit u on u.id = s.unit_id and u.kind = %(district)s
  join units_placement d on d.unit_id = s.unit_id and d.hierarchy = %(hierarchy)s
  join units_placement p on p.hierarchy = d.hierarchy and d.lo <= p.lo and p.lo < d.hi
 where s.frame_id = %(frame)s and p.unit_id = %(unit)s"""


@dataclass(frozen=True, slots=True)
class AimResult:
    """An aim and what came of its checks. worker: by name, empty for a whole unit."""

    aim: Aim
    worker: str
    genuine: int
    not_genuine: int
    not_told: int  # refused, or nobody could tell
    open: int


def places_by_worker(frame: Frame, unit_id: int) -> dict[UUID | None, list[Place]]:
    """Return the places in a frame of a unit's items, by the worker who entered them; None: their own phone, or
    a program.

    Refuses TooWide for a unit above the districts. In the system's scope.
    """
    programme = frame.programme
    params = {
        "programmes": programme.counted_ids,
        "hierarchy": programme.hierarchy,
        "district": Kind.DISTRICT,
        "frame": frame.pk,
        "unit": unit_id,
        "own": [
            channel.number for channel in activities.activity_of(programme.kind).channels if channel.by_phone
        ],
    }
    strata = Stratum.objects.filter(pk__in=sql.column(_DISTRICTS, params)).order_by("key")
    if not strata:
        raise TooWide(field="unit")
    items = sql.rows(_ITEMS.replace("{items}", items_to_check(programme, frame.measure).sql), params)
    places_by_id: dict[UUID | None, list[Place]] = {}
    ids = b"".join(bytes(item_id) for item_id, _ in items)
    sealed = np.frombuffer(draws.committed(ids, frame_key(frame.public_id)) if ids else b"", dtype=_KEY)
    for stratum in strata:
        commitments = np.frombuffer(bytes(stratum.commitments), dtype=_KEY)
        at: Any = np.searchsorted(commitments, sealed)
        is_in = commitments[np.minimum(at, len(commitments) - 1)] == sealed
        for n in np.flatnonzero(is_in):
            places_by_id.setdefault(items[n][1], []).append((stratum.pk, int(at[n])))
    return places_by_id


def places_at(frame: Frame, unit_id: int, worker: UUID | None) -> list[Place]:
    """Return the places in a frame of the items of a unit, or of one worker there. As `places_by_worker`."""
    by_worker = places_by_worker(frame, unit_id)
    if worker is not None:
        return by_worker.get(worker, [])
    return [place for places in by_worker.values() for place in places]


def workers_at(frame: Frame, unit_id: int) -> list[tuple[UUID, str, int]]:
    """Return the workers with at least two items of a unit in a frame: id, name, count; most entries first."""
    sizes = {
        worker: len(places)
        for worker, places in places_by_worker(frame, unit_id).items()
        if worker is not None
    }
    names = _names(sizes)
    workers = [(worker, names[worker], n) for worker, n in sizes.items() if n > 1 and worker in names]
    return sorted(workers, key=lambda each: (-each[2], each[1]))


def frame_aims(frame: Frame) -> list[AimResult]:
    """Return the aims somebody chose at items of a frame, the newest first, with what came of each.

    In the system's scope. Not those of a flag: what they find is judged in one (`actions.fresh`), and read by
    nobody before.
    """
    of_flags = Flag.objects.filter(aim__frame=frame).values("aim_id")
    chosen = Aim.objects.filter(frame=frame).exclude(pk__in=of_flags)
    aims = list(chosen.select_related("unit").order_by("-at"))
    n_by_aim: dict[tuple[UUID, str], int] = Counter(
        Check.objects.filter(aim__in=aims, arm=Check.Arm.TARGETED).values_list("aim_id", "outcome")
    )
    names = _names(aim.worker for aim in aims if aim.worker is not None)
    outcome = Check.Outcome
    return [
        AimResult(
            aim,
            names.get(aim.worker, "") if aim.worker else "",
            n_by_aim[aim.id, outcome.GENUINE],
            n_by_aim[aim.id, outcome.NOT_GENUINE],
            n_by_aim[aim.id, outcome.REFUSED] + n_by_aim[aim.id, outcome.UNRESOLVED],
            n_by_aim[aim.id, ""],
        )
        for aim in aims
    ]


def _names(public_ids: Iterable[UUID]) -> dict[UUID, str]:
    return {account.public_id: account.name for account in people.accounts_near(public_ids=public_ids)}
