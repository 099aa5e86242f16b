"""Plans as they are stored. Rows outside the scope are not returned."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.natural import NaturalOrder
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.elections.models import Candidacy, Contest, Election, Plan, PlanPart, PlanSeat, UnitClass


def plans() -> QuerySet[Plan]:
    """Every version of every plan in sight, the newest first."""
    return Plan.objects.select_related("election", "unit", "alliance").order_by("-made_at", "-pk")


def plan_for(public_id: UUID) -> Plan:
    """One version of a plan in the sight of the scope in force, or NotFound."""
    return or_refuse(plans().filter(public_id=public_id).first())


@dataclass(frozen=True, slots=True)
class SeatsRange:
    """The seats a plan comes to in 95 of 100 random tries: its headline. goal_pct: of tries that reach its goal."""

    low: int
    high: int
    goal_pct: float | None = None

    def __str__(self) -> str:
        return grouped(self.low) if self.low == self.high else f"{grouped(self.low)}–{grouped(self.high)}"

    @property
    def words(self) -> str:
        """Say it in a sentence: 31 to 40 seats."""
        if self.low == self.high:
            return ngettext("%(n)s seat", "%(n)s seats", self.low) % {"n": grouped(self.low)}
        return _("%(low)s to %(high)s seats") % {"low": grouped(self.low), "high": grouped(self.high)}


def seats_range(plan: Plan) -> SeatsRange:
    """The seats of a stored plan, as every page, list and menu shows them."""
    low, _middle, high, _votes_low, _votes, _votes_high, goal_pct = plan.found["range"]
    return SeatsRange(low, high, goal_pct)


def plan_seats(plan: Plan) -> list[PlanSeat]:
    """The seats of a plan with their contests, by state and number. One query."""
    return list(
        PlanSeat.objects.filter(plan=plan)
        .select_related("contest")
        .order_by("contest__state", "contest__number")
    )


def plan_parts(plan: Plan, *, parent_id: int | None = None) -> list[PlanPart]:
    """Return what a plan gives units below its seats today: all of it, or the units directly below one. One query."""
    found = PlanPart.objects.filter(plan=plan, replaced_at=None)
    if parent_id is not None:
        found = found.filter(parent=parent_id)
    return list(found.select_related("unit").order_by("parent_id", NaturalOrder("unit__code")))


def part_figures(plan: Plan, *, most: int) -> dict[int, tuple[int, bool]] | None:
    """unit id -> number and lock of everything a plan gives units below its seats; None where it is more than that.

    Numbers only, since a plan may reach every booth of a state. One query.
    """
    part_rows = PlanPart.objects.filter(plan=plan, replaced_at=None).values_list("unit_id", "n", "is_locked")
    rows = list(part_rows[: most + 1])
    return None if len(rows) > most else {unit_id: (n, is_locked) for unit_id, n, is_locked in rows}


def count_figures(plan: Plan, *, most: int) -> int:
    """Return how many units and seats a plan gives votes to, at most one more than `most`. Two queries."""
    parts = PlanPart.objects.filter(plan=plan, replaced_at=None)[: most + 1].count()
    return min(most + 1, parts + PlanSeat.objects.filter(plan=plan).count())


def votes_of(plan: Plan, unit_id: int) -> int | None:
    """Votes the plan asks of a unit: a seat's, or those passed down to it; None where it has none. Two queries."""
    part = (
        PlanPart.objects.filter(plan=plan, unit=unit_id, replaced_at=None).values_list("n", flat=True).first()
    )
    if part is not None:
        return part
    return PlanSeat.objects.filter(plan=plan, unit=unit_id).values_list("votes", flat=True).first()


@dataclass(frozen=True, slots=True)
class Lines:
    """The last result as the rules of plans take it (rules.swing.seat_arrays): seats, then candidates, side by side."""

    contests: tuple[Contest, ...]
    seat: tuple[int, ...]  # index of the candidate's contest
    party: tuple[str, ...]
    is_nota: tuple[bool, ...]
    votes: tuple[int | None, ...]
    position: tuple[int, ...]  # as stated


def contest_lines(election: Election, *, state: str = "") -> Lines:
    """Every contest of an election, or of one state, with its candidates' votes. Two queries."""
    where = Q(election=election) & (Q(state=state) if state else Q())
    contests = tuple(Contest.objects.filter(where).order_by("state", "number"))
    index = {contest.pk: place for place, contest in enumerate(contests)}
    rows = Candidacy.objects.filter(contest_id__in=list(index)).order_by("contest_id", "position", "id")
    candidate_rows = list(rows.values_list("contest_id", "party", "is_nota", "votes", "position"))
    contest_ids, party, is_nota, votes, position = (
        zip(*candidate_rows, strict=True) if candidate_rows else ((),) * 5
    )
    return Lines(
        contests, tuple(index[contest_id] for contest_id in contest_ids), party, is_nota, votes, position
    )


def classes_of_units(unit_ids: list[int], election: Election) -> dict[int, UnitClass]:
    """Return unit id -> its class by an election's result, for units with one. One query."""
    return {row.unit_id: row for row in UnitClass.objects.filter(unit_id__in=unit_ids, election=election)}
