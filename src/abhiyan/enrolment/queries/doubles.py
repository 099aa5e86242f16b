"""Pairs of entries that may be one person, with what is known of both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.terms import LATEST
from abhiyan.people import queries as people
from abhiyan.people.actions import doubles as pairs
from abhiyan.people.models import Double, Person
from abhiyan.people.rules.doubles import REASONS, SURE, Standing, stays

from .people import Member, memberships_of


@dataclass(frozen=True, slots=True)
class DoublePair:
    """Two entries, in scope. one: the entry that stays, in a merged pair and in one that may be. says_no: one of both
    wants no calls or messages."""

    double: Double
    one: Member
    other: Member
    says_no: bool = False

    @property
    def has_one_that_stays(self) -> bool:
        """Return True for different people, who both stay, and for twins until somebody merges them."""
        is_open_twin = self.double.is_twin and self.double.state == Double.State.OPEN
        return self.double.state != Double.State.APART and not is_open_twin

    @property
    def why(self) -> list[str]:
        """Say what is alike and what is not."""
        alike = [str(REASONS[code]) for code in self.double.reasons if code in REASONS]
        no = [_("One of them wants no messages: merged, neither gets any")] if self.says_no else []
        why = [_("Reason: %(reason)s") % {"reason": self.double.reason}] if self.double.reason else []
        return [*alike, *no, *why]


def member_doubles(state: str, *, span: tuple[int, int] | None = None) -> "QuerySet[Double]":
    """Return pairs in scope by what was decided. span: positions [lo, hi) of a unit; one of both is at home there."""
    found = people.doubles(state)
    if span is None:
        return found
    below = RawSQL("select pl.unit_id from units_placement pl where pl.lo >= %s and pl.lo < %s", list(span))
    return found.filter(Q(unit_id__in=below) | Q(other_unit_id__in=below))


def sure(*, span: tuple[int, int] | None = None) -> "QuerySet[Double]":
    """Return open pairs that are likely enough to be merged several at once, and no twins."""
    return (
        member_doubles(Double.State.OPEN, span=span)
        .filter(score__gte=SURE, is_twin=False)
        .order_by("-score", "pk")
    )


def double_pairs(some: Sequence[Double]) -> list[DoublePair]:
    """Return each pair with its entries; pairs with a member who has left meanwhile are left out.

    As many queries, however many pairs.
    """
    persons = people.persons({person for double in some for person in (double.first_id, double.second_id)})
    members = memberships_of({person.pk: person.phone_id for person in persons})
    entries = {member.person_id: member for member in members if not member.is_withheld}  # the latest of each
    with system("which of two entries is the better proven"):
        proven = entry_standings(persons)
        phones = people.phones_that_said_no(person.phone_id for person in persons)
        refused = people.refused_by([person.pk for person in persons])
    silent = {person.pk for person in persons if person.phone_id in phones or person.pk in refused}
    return [
        DoublePair(double, entries[kept], entries[gone], not silent.isdisjoint((kept, gone)))
        for double in some
        for kept, gone in [_ordered(double, proven)]
        if kept in entries and gone in entries
    ]


def _ordered(double: Double, proven: Mapping[UUID, Standing]) -> tuple[UUID, UUID]:
    """Return the entry that stays, or would, and the other."""
    two = double.first_id, double.second_id
    if double.kept_id is not None:
        first = two.index(double.kept_id)
    else:
        first = (
            stays([proven[member_id] for member_id in two])
            if all(member_id in proven for member_id in two)
            else 0
        )
    return two[first], two[1 - first]


_PROVEN = f"""select m.person_id, max(e.rung + case when e.confirmed_at is null then 0 else 100 end)
 from enrolment_membership m {LATEST}
 where m.phone_id = any(%s) and m.person_id = any(%s) and m.merged_into is null and m.ended_on is null group by 1"""


def entry_standings(persons: Collection[Person]) -> dict[UUID, Standing]:
    """Return how well entries are proven: by the highest rung of their memberships that run; confirmed is above
    all. In a system scope."""
    ids = [person.pk for person in persons]
    rungs: dict[UUID, int] = dict(sql.rows(_PROVEN, [[person.phone_id for person in persons], ids]))
    joint = pairs.merged_persons(ids)
    return {person.pk: Standing(person.pk in joint, rungs.get(person.pk, 0), person.at) for person in persons}
