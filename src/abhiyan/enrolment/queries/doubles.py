"""Pairs of entries that may be one person, with what is known of both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.people import queries as people
from abhiyan.people.models import Double
from abhiyan.people.rules.doubles import REASONS, SURE

from .people import Member, memberships_of


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries, in scope. one: of a merged pair the entry that stays."""

    double: Double
    one: Member
    other: Member

    @property
    def why(self) -> list[str]:
        """What is alike and what is not, in words."""
        return [str(REASONS[code]) for code in self.double.reasons if code in REASONS]


def doubles(state: str, *, span: tuple[int, int] | None = None) -> "QuerySet[Double]":
    """Pairs in scope by what was decided. span: positions [lo, hi) of a unit; one of both is at home there."""
    found = people.doubles(state)
    if span is None:
        return found
    below = RawSQL("select pl.unit_id from units_placement pl where pl.lo >= %s and pl.lo < %s", list(span))
    return found.filter(Q(unit_id__in=below) | Q(other_unit_id__in=below))


def sure(*, span: tuple[int, int] | None = None) -> "QuerySet[Double]":
    """Those that are open, likely enough to be merged several at once, and no twins."""
    return (
        doubles(Double.State.OPEN, span=span).filter(score__gte=SURE, is_twin=False).order_by("-score", "pk")
    )


def pairs(some: Sequence[Double]) -> list[Pair]:
    """Each pair with its entries; not those of whom one has left meanwhile. One query, however many."""
    ids = {person for each in some for person in (each.first_id, each.second_id)}
    entries = _entries(ids)
    return [
        Pair(each, entries[kept], entries[gone])
        for each in some
        for kept, gone in [_ordered(each)]
        if kept in entries and gone in entries
    ]


def _ordered(double: Double) -> tuple[UUID, UUID]:
    if double.kept_id == double.second_id:
        return double.second_id, double.first_id
    return double.first_id, double.second_id


def _entries(person_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """The latest membership of each of these people who are in sight."""
    phones = {each.pk: each.phone_id for each in people.persons(person_ids)}
    return {each.person_id: each for each in memberships_of(phones) if not each.is_withheld}
