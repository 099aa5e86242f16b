"""Estimates of frames: computed from the checks that were drawn, and read from what was computed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from abhiyan.core import sql
from abhiyan.units.models import Kind
from abhiyan.verification.models import Check, Estimate, Frame, Stratum, StratumPart
from abhiyan.verification.rules import draws, estimates
from abhiyan.verification.rules.estimates import GRADED, Outcomes, Planted
from abhiyan.verification.rules.outcomes import Stands, item_standing
from abhiyan.verification.rules.parts import TOLD

from .items import items_by_public_id
from .opening import frame_key, key_of_places

# The random arm and its visits; nothing else makes an estimate. In the order they were finished.
_FOUND = f"""
select c.stratum_id, c.place, c.arm = {Check.Arm.VISIT}, c.outcome, c.reason from verification_check c
 where c.frame_id = %s and c.arm in ({Check.Arm.RANDOM}, {Check.Arm.VISIT}) order by c.done_at, c.id"""
_PLANTED = f"""
select count(*) filter (where is_known_genuine), count(*) filter (where is_known_genuine and outcome = 'genuine'),
    count(*) filter (where not is_known_genuine),
    count(*) filter (where not is_known_genuine and outcome = 'not_genuine')
  from verification_check where frame_id = %s and arm = {Check.Arm.PLANTED} and outcome in ('genuine', 'not_genuine')"""
# Units between a unit and its district, with the unit itself.
_BELOW = """
select p.unit_id, up.unit_id from units_placement p
  join units_placement up on up.hierarchy = p.hierarchy and up.lo <= p.lo and p.lo < up.hi
  join units_placement d on d.hierarchy = p.hierarchy and d.lo <= up.lo and up.hi <= d.hi and d.unit_id <> up.unit_id
  join units_unit u on u.id = d.unit_id and u.kind = %(district)s
 where p.hierarchy = %(hierarchy)s and p.unit_id = any(%(units)s)"""

_TOLD = (Stands.GENUINE, Stands.NOT_GENUINE)


@dataclass(slots=True)
class StratumTally:
    """The results of the checks of one stratum.

    of: what each counts as; visited: what visits of the not reached found.
    """

    items: int
    is_phoneless: bool = False
    of: dict[Stands, int] = field(default_factory=lambda: defaultdict(int))
    visited: dict[Stands, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def stratum(self) -> estimates.DrawnShare:
        """Return the stratum as the estimators take it: what a visit might still settle is unresolved, all else that is
        open refused."""
        n_by_outcome, seen = self.of, self.visited
        drawn = Outcomes(
            n_by_outcome[Stands.GENUINE],
            n_by_outcome[Stands.NOT_GENUINE],
            n_by_outcome[Stands.REFUSED] + n_by_outcome[Stands.OPEN] + n_by_outcome[Stands.LEFT],
            n_by_outcome[Stands.NOT_REACHED],
        )
        outcomes = Outcomes(seen[Stands.GENUINE], seen[Stands.NOT_GENUINE], seen[Stands.REFUSED])
        more = sum(seen.values()) - outcomes.drawn
        return estimates.DrawnShare(
            self.items, drawn, Outcomes(outcomes.genuine, outcomes.not_genuine, outcomes.refused, more)
        )


Found = Mapping[tuple[int, int], list[StratumTally]]  # unit, shade -> strata


@dataclass(frozen=True, slots=True)
class FrameChecks:
    """The results of the checks of a frame.

    graded: unit below a district -> its finished checks, the first `GRADED`.
    """

    found: Found
    graded: Mapping[int, Outcomes]
    planted: Planted


def found_in(frame: Frame) -> FrameChecks:
    """Return what the checks of a frame found, for each unit from the districts up and for graded ones below.

    Constituencies and other units that cut through districts are among the former, as they lay at the freeze. In a
    scope that sees the checks.
    """
    strata = {one.pk: one for one in Stratum.objects.filter(frame=frame).order_by("key")}
    tallies = {key: StratumTally(one.items, one.is_phoneless) for key, one in strata.items()}
    rows = sql.rows(_FOUND, [frame.pk])
    opened = _opened(frame, strata, {(stratum_id, place) for stratum_id, place, *_ in rows})
    entered: dict[int, set[int]] = defaultdict(set)  # of a stratum: where its checked items were entered
    for (stratum_id, _), (_, entered_in) in opened.items():
        entered[stratum_id].add(entered_in)
    across: dict[tuple[int, int], StratumTally] = {}  # the part of a stratum that lies in a unit
    in_parts: dict[tuple[int, int], list[StratumTally]] = defaultdict(list)
    for part in StratumPart.objects.filter(stratum__in=strata).order_by("pk"):
        for unit_id in part.units:
            is_phoneless = strata[part.stratum_id].is_phoneless
            tally = across.setdefault((part.stratum_id, unit_id), StratumTally(0, is_phoneless))
            tally.items += part.items
            for entered_in in entered[part.stratum_id].intersection(part.places):
                in_parts[part.stratum_id, entered_in].append(tally)
    items = items_by_public_id(frame.programme, frame.measure, (item_id for item_id, _ in opened.values()))
    finished: dict[int, list[tuple[int, bool]]] = defaultdict(
        list
    )  # of a unit: which to be finished, if genuine
    not_reached = set()
    for is_turn_of_visits in (False, True):
        for nth, (stratum_id, place, is_visit, outcome, reason) in enumerate(rows):
            if is_visit != is_turn_of_visits:
                continue
            item_id, entered_in = opened[stratum_id, place]
            if not len(strata[stratum_id].places):  # a frame of before they were kept
                entered_in = items[item_id].unit_id or 0
            # While it is open only checks move an estimate. Otherwise a person who strikes somebody off could see
            # whether that person was drawn.
            why = items[item_id].why_gone if frame.state == Frame.State.CLOSED else None
            counts_as = item_standing(outcome, reason, why)
            stratum_tallies = [tallies[stratum_id], *in_parts[stratum_id, entered_in]]
            if not is_visit:
                for tally in stratum_tallies:
                    tally.of[counts_as] += 1
                if counts_as is Stands.NOT_REACHED:
                    not_reached.add((stratum_id, place))
            elif (stratum_id, place) in not_reached:
                for tally in stratum_tallies:
                    tally.visited[counts_as] += 1
            else:
                continue
            if entered_in and counts_as in _TOLD:
                finished[entered_in].append((nth, counts_as is Stands.GENUINE))
    found: dict[tuple[int, int], list[StratumTally]] = defaultdict(list)
    sizes: Counter[int] = Counter()
    for (_, unit_id), tally in across.items():
        sizes[unit_id] += tally.items
    tellings = [(one, unit_id, tallies[key]) for key, one in strata.items() for unit_id in one.above]
    tellings += [
        (strata[key], unit_id, tally) for (key, unit_id), tally in across.items() if sizes[unit_id] >= TOLD
    ]
    for stratum, unit_id, tally in tellings:
        shades = [Estimate.Shade.SIGNED if stratum.is_signed else Estimate.Shade.UNSIGNED]
        shades += [Estimate.Shade.CONFIRMED] if stratum.is_confirmed else []
        shades += [Estimate.Shade.ENTERED]
        for shade in shades:
            found[unit_id, shade].append(tally)
    return FrameChecks(
        found, _graded(finished, frame.programme.hierarchy), Planted(*sql.row(_PLANTED, [frame.pk]))
    )


def _opened(
    frame: Frame, strata: Mapping[int, Stratum], drawn: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], tuple[UUID, int]]:
    """Return the public ids behind drawn places of strata, and the unit each was entered in; 0 where none is kept.

    Nobody watches what the transaction runs from here on.
    """
    sql.unwatched()
    at = sorted(drawn)
    commitments = {key: bytes(stratum.commitments) for key, stratum in strata.items()}
    sealed = b"".join(commitments[key][draws.SIZE * n : draws.SIZE * (n + 1)] for key, n in at)
    ids = draws.open_commitments(sealed, frame_key(frame.public_id)) if sealed else b""
    entered_in = {
        key: np.frombuffer(
            draws.hide_content(bytes(stratum.places), key_of_places(frame.public_id, stratum.key)),
            dtype="<i8",
        )
        for key, stratum in strata.items()
    }
    return {
        (key, n): (
            UUID(bytes=ids[draws.SIZE * nth : draws.SIZE * (nth + 1)]),
            int(entered_in[key][n]) if len(entered_in[key]) else 0,
        )
        for nth, (key, n) in enumerate(at)
    }


def _graded(finished: Mapping[int, list[tuple[int, bool]]], hierarchy: int) -> dict[int, Outcomes]:
    tallies_by_unit: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    params = {"hierarchy": hierarchy, "units": list(finished), "district": Kind.DISTRICT}
    for stratum_id, unit_id in sql.rows(_BELOW, params):
        tallies_by_unit[unit_id] += finished[stratum_id]
    genuine = {
        unit_id: sum(is_genuine for _, is_genuine in sorted(tallies)[:GRADED])
        for unit_id, tallies in tallies_by_unit.items()
        if len(tallies) >= GRADED
    }
    return {unit_id: Outcomes(n, GRADED - n) for unit_id, n in genuine.items()}


def finished(strata: Iterable[StratumTally]) -> int:
    """Count the checks that told whether an item is genuine."""
    return sum(
        n_by_outcome[outcome]
        for stratum_tally in strata
        for n_by_outcome in (stratum_tally.of, stratum_tally.visited)
        for outcome in _TOLD
    )


def is_enough(strata: Iterable[StratumTally]) -> bool:
    """Return True if enough checks are finished to show a number: 19."""
    return finished(strata) >= GRADED


def unchecked(strata: Iterable[StratumTally]) -> int:
    """Return how many items have no phone while no check of them is finished; else 0.

    They may be unlike the others, so nothing is said of all together.
    """
    doors = [stratum_tally for stratum_tally in strata if stratum_tally.is_phoneless]
    return 0 if finished(doors) else sum(stratum_tally.items for stratum_tally in doors)


def estimate_of_unit(strata: list[StratumTally], planted: Planted) -> estimates.FrameEstimate | None:
    """Return the estimate of a unit; None while there are not enough checks, or none of items without a phone."""
    if unchecked(strata) or not is_enough(strata):
        return None
    return estimates.estimate_share([stratum_tally.stratum for stratum_tally in strata], planted)
