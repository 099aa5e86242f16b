"""Tables of correspondence: which part of an old seat each new seat has taken over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.elections.models import Correspondence
from abhiyan.elections.refusals import LaterResults

from .results import BroughtResults, TakenRows, drop_file, note_file


@dataclass(frozen=True, slots=True)
class WholeTable:
    """A whole table covers one level, from one numbering to another."""

    level: str
    numbering_from: str
    numbering_to: str


@dataclass(frozen=True, slots=True)
class SeatShare:
    """A part (weight, above 0 to 1) of an old seat that a new one took over."""

    row: int
    state_from: str
    number_from: int
    state_to: str
    number_to: int
    weight: float

    @property
    def old(self) -> tuple[str, int]:
        return self.state_from, self.number_from

    @property
    def new(self) -> tuple[str, int]:
        return self.state_to, self.number_to


FACTS = ("id", "state_from", "number_from", "state_to", "number_to", "weight", "import_id", "row")


def known_correspondence(
    table: WholeTable, olds: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], list[Correspondence]]:
    """Old seat -> what is known of where it went."""
    wanted = set(olds)
    correspondences: dict[tuple[str, int], list[Correspondence]] = {old: [] for old in wanted}
    rows = Correspondence.objects.filter(
        level=table.level,
        numbering_from=table.numbering_from,
        numbering_to=table.numbering_to,
        state_from__in={state for state, _number in wanted},
    )
    for row in rows:
        if (row.state_from, row.number_from) in wanted:
            correspondences[row.state_from, row.number_from].append(row)
    return correspondences


def hold_table(table: WholeTable) -> None:
    """Until the transaction ends nobody else takes a table between these numberings in, or back."""
    sql.wait_for(f"correspondence {table.level} {table.numbering_from} > {table.numbering_to}")


def look_at_pairs(*, table: WholeTable, pairs: Sequence[SeatShare]) -> TakenRows:
    """Count what a table of correspondence would do: new, changed and unchanged rows."""
    taken = TakenRows()
    correspondences = known_correspondence(table, (pair.old for pair in pairs))
    for pair in pairs:
        before = {(row.state_to, row.number_to): row.weight for row in correspondences[pair.old]}
        if pair.new not in before:
            taken.new += 1
        elif before[pair.new] != pair.weight:
            taken.changed += 1
        else:
            taken.same += 1
    return taken


def take_in_pairs(
    *, table: WholeTable, brought: BroughtResults, pairs: Sequence[SeatShare], by: Actor, at: datetime
) -> list[dict[str, Any]]:
    """Take a table in, old seat by old seat: one that is given replaces all that was known of it."""
    with transaction.atomic():
        hold_table(table)
        correspondences = known_correspondence(table, (pair.old for pair in pairs))
        seat_shares: dict[tuple[str, int], list[SeatShare]] = {}
        for pair in pairs:
            seat_shares.setdefault(pair.old, []).append(pair)
        gone, new = list[Correspondence](), list[SeatShare]()
        for old, own in seat_shares.items():
            weights = {(row.state_to, row.number_to): row.weight for row in correspondences[old]}
            if weights != {pair.new: pair.weight for pair in own}:
                gone += correspondences[old]
                new += own
        page: dict[str, Any] = {
            "level": table.level,
            "numbering_from": table.numbering_from,
            "numbering_to": table.numbering_to,
            "gone": [[getattr(row, name) for name in FACTS] for row in gone],
        }
        Correspondence.objects.filter(pk__in=[row.pk for row in gone]).delete()
        made = Correspondence.objects.bulk_create(
            Correspondence(
                level=table.level,
                numbering_from=table.numbering_from,
                numbering_to=table.numbering_to,
                state_from=pair.state_from,
                number_from=pair.number_from,
                state_to=pair.state_to,
                number_to=pair.number_to,
                weight=pair.weight,
                import_id=brought.import_id,
                row=pair.row,
            )
            for pair in new
        )
        page["made"] = [row.pk for row in made]
        if made or gone:
            note_file(brought, None, at)
        audit.record(
            by=by,
            at=at,
            act="elections.correspondence",
            subject=f"{table.level} {table.numbering_from} > {table.numbering_to}",
            n=len(made),
            facts={"import": brought.import_id},
        )
        return [page]


def take_back_pairs(*, import_id: int, pages: Iterable[Mapping[str, Any]], by: Actor, at: datetime) -> int:
    """As it was before the table, row for row. Refuses LaterResults where a later one replaced a part of it."""
    n = 0
    with transaction.atomic():
        for page in pages:
            hold_table(WholeTable(page["level"], page["numbering_from"], page["numbering_to"]))
            correspondences = Correspondence.objects.filter(pk__in=page["made"])
            if correspondences.count() != len(page["made"]):
                raise LaterResults(where=str(page["numbering_from"]))
            correspondences.delete()
            Correspondence.objects.bulk_create(
                Correspondence(
                    level=page["level"],
                    numbering_from=page["numbering_from"],
                    numbering_to=page["numbering_to"],
                    **dict(zip(FACTS, facts, strict=True)),
                )
                for facts in page["gone"]
            )
            n += len(page["made"])
        drop_file(import_id, by=by, at=at)
        audit.record(by=by, at=at, act="elections.correspondence_undone", subject=str(import_id), n=n)
    return n
