"""Two versions of a plan beside each other, seat by seat."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A seat as a version has it. won None: the version does not say."""

    key: int
    likely: int
    votes: int
    won: bool | None = None
    is_by_hand: bool = False
    is_locked: bool = False

    @property
    def share_pct(self) -> float | None:
        return 100 * self.votes / self.likely if self.likely else None


@dataclass(frozen=True, slots=True)
class SeatVersions:
    """One seat in both versions; None where a version does not have it."""

    key: int
    before: PlannedSeat | None
    after: PlannedSeat | None

    @property
    def votes(self) -> int:
        """Votes more (or less) than before."""
        return (self.after.votes if self.after else 0) - (self.before.votes if self.before else 0)

    @property
    def share_points(self) -> float | None:
        before, after = (
            planned_seat.share_pct if planned_seat else None for planned_seat in (self.before, self.after)
        )
        return None if before is None or after is None else after - before

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def is_gained(self) -> bool:
        return bool(self.after and self.after.won and not (self.before and self.before.won))

    @property
    def is_lost(self) -> bool:
        return bool(self.before and self.before.won and not (self.after and self.after.won))


@dataclass(frozen=True, slots=True)
class Comparison:
    """pairs: by key, every seat of either version. Totals are of the version named."""

    pairs: tuple[SeatVersions, ...]
    seats_before: int
    seats_after: int
    votes_before: int
    votes_after: int

    @property
    def changed(self) -> tuple[SeatVersions, ...]:
        return tuple(pair for pair in self.pairs if pair.is_changed)

    @property
    def gained(self) -> tuple[int, ...]:
        return tuple(pair.key for pair in self.pairs if pair.is_gained)

    @property
    def lost(self) -> tuple[int, ...]:
        return tuple(pair.key for pair in self.pairs if pair.is_lost)


def compare_plans(before: Iterable[PlannedSeat], after: Iterable[PlannedSeat]) -> Comparison:
    """List the differences between two versions of a plan; the order in which seats come does not matter."""
    old, new = ({seat.key: seat for seat in version} for version in (before, after))
    return Comparison(
        pairs=tuple(SeatVersions(key, old.get(key), new.get(key)) for key in sorted({*old, *new})),
        seats_before=sum(bool(seat.won) for seat in old.values()),
        seats_after=sum(bool(seat.won) for seat in new.values()),
        votes_before=sum(seat.votes for seat in old.values()),
        votes_after=sum(seat.votes for seat in new.values()),
    )
