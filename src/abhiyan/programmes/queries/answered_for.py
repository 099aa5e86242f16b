"""The numbers that somebody in charge answers for: the unit's target in each measure, now and when they accepted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import InCharge, Measure, Programme

from .programmes import measures


@dataclass(frozen=True, slots=True)
class AnsweredFor:
    """A number that somebody answers for. name: of the measure; empty where the programme has no other."""

    measure: int
    name: str
    n: int


def unit_targets(rows: Sequence[InCharge]) -> dict[tuple[int, int], dict[int, int]]:
    """Return the targets in force by programme and unit: of each measure, in its order; {} where there is none."""
    n_by_unit: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    if not rows:
        return n_by_unit
    target_rows = sql.rows(
        "select programme_id, unit_id, measure, n from programmes_target"
        " where programme_id = any(%s::int[]) and unit_id = any(%s::bigint[]) and replaced_at is null"
        " order by measure",
        [
            sorted({in_charge.programme_id for in_charge in rows}),
            sorted({in_charge.unit_id for in_charge in rows}),
        ],
    )
    for programme, unit, measure, n in target_rows:
        n_by_unit[programme, unit][measure] = n
    return n_by_unit


def accepted_by_measure(in_charge: InCharge) -> dict[int, int]:
    """Return the targets that somebody accepted, by measure."""
    return {int(measure): n for measure, n in (in_charge.accepted or {}).items()}


def answered_for(known: Sequence[Measure], numbers: Mapping[int, int]) -> list[AnsweredFor]:
    """Return numbers by measure in the order of a programme's measures. A target of 0 asks nothing of anybody."""
    return [
        AnsweredFor(
            measure.number, name_in_language(measure.names) if len(known) > 1 else "", numbers[measure.number]
        )
        for measure in known
        if numbers.get(measure.number)
    ]


def accepted_charges(rows: Collection[InCharge]) -> dict[int, list[AnsweredFor]]:
    """Return the numbers that each of these accepted to answer for, by the id of the charge. One query for all."""
    names = measures({in_charge.programme for in_charge in rows})
    return {
        in_charge.pk: answered_for(names[in_charge.programme_id], accepted_by_measure(in_charge))
        for in_charge in rows
    }


def charges_of_account(account_id: int) -> list[InCharge]:
    """Return what somebody was named for in programmes that opened, the newest first. At most 50."""
    rows = InCharge.objects.filter(account_id=account_id).exclude(programme__state=Programme.State.DRAFT)
    return list(rows.select_related("programme", "unit").order_by("-named_at", "-pk")[:50])
