"""A plan worked out from a past result: whose votes count as ours, what is held, and what the rules find."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zlib import crc32

from django.db.models import Exists, OuterRef, Q, QuerySet

from abhiyan.core import sql
from abhiyan.elections.models import Alliance, Candidacy, Contest, Election, Plan, PlanSeat, ResultFile
from abhiyan.elections.rules.findings import PlanFinding
from abhiyan.elections.rules.versions import PlannedSeat

from . import listing
from .listing import OurSide
from .loading import files_of_imports
from .plans import Lines, SeatsRange, contest_lines, plans
from .wholeness import Wholeness, whole_of

if TYPE_CHECKING:  # the rules of plans load numpy: only who works one out does
    from abhiyan.elections.rules.plans import PlanOutcome, PlanQuery
    from abhiyan.elections.rules.swing import Seats

METHODS = tuple(Plan.Method.values)
KEPT_AIMS = (
    "method",
    "turnout_pct",
    "seats_goal",
    "votes_goal",
    "share_goal_pct",
)  # fields of a plan, as of Aims
STRAY_POINTS = 3.0  # how far single seats stray in the range, one standard deviation
DRAWS = 1_000
# A given swing is limited to these points of share; in proportion per cent of what may be a small share.
HIGHEST_SWING = {"uniform": 100, "proportional": 1_000, "hand": 100, "hold": 100}


@dataclass(frozen=True, slots=True)
class Aims:
    """A plan has these goals, and moves the last result in this way. swing: given; None: the smallest that reaches all.

    to_win: ids of the contests that a plan by "hold and win" shall win; empty: as many as its goal of seats asks.
    """

    method: str = "uniform"
    swing: float | None = None
    turnout_pct: float | None = None
    seats_goal: int | None = None
    votes_goal: int | None = None
    share_goal_pct: float | None = None
    to_win: tuple[int, ...] = ()

    def ask(self, seed: int) -> "PlanQuery":
        from abhiyan.elections.rules.plans import PlanQuery

        facts: dict[str, Any] = asdict(self)
        return PlanQuery(**facts, sd_points=STRAY_POINTS, draws=DRAWS, seed=seed)


def party_seed(election: Election, state: str, party: str) -> int:
    """The seed of a party's draws from a result: the same for a plan looked at and made, alone and with allies."""
    return crc32(f"{election.code} {state} {party}".encode()) % 2**31


def plan_aims(plan: Plan) -> Aims:
    """Return the aims that a stored plan was made with."""
    plan_facts = plan.found
    to_win = tuple(plan_facts.get("asked_seats", ()))
    return Aims(
        swing=plan_facts.get("asked_swing"),
        to_win=to_win,
        **{name: getattr(plan, name) for name in KEPT_AIMS},
    )


def side_of(plan: Plan) -> OurSide:
    """Return the side whose votes count as ours in a plan. One query; none for a party alone."""
    named = [] if plan.alliance is None else listing.alliances(plan.election)
    return OurSide(plan.party, plan.alliance, named)


def parties_below(plan: Plan, seat_unit: int) -> tuple[str, ...]:
    """The parties whose votes count as ours at a seat and below it. Two queries; none for a party alone."""
    if plan.alliance is None:
        return (plan.party,)
    contests = Contest.objects.filter(election=plan.election, unit=seat_unit).order_by("pk")
    state = contests.values_list("state", flat=True).first() or plan.state
    return side_of(plan).parties_in(state)


def sides_in_state(state: str, our: OurSide) -> dict[str, int]:
    """party -> side in a state, as the rules take it: ours, and alliances against us, added up.

    Among several sets with one lead the first named counts, so that no party is on two sides.
    """
    from abhiyan.elections.rules.swing import OURS

    ours = set(our.parties_in(state))
    sides = dict.fromkeys(ours, OURS)
    against: dict[str, Alliance] = {}
    for alliance in listing.alliances_in(our.named, state):
        against.setdefault(alliance.lead, alliance)
    for number, lead in enumerate(sorted(against), 1):
        if not ours.intersection(against[lead].parties):
            for code in against[lead].parties:
                sides.setdefault(code, number)
    return sides


def seats_for_side(lines: Lines, our: OurSide) -> "Seats":
    """The last result as a side sees it. Keys are ids of contests."""
    from abhiyan.elections.rules import swing

    sides = {state: sides_in_state(state, our) for state in {contest.state for contest in lines.contests}}
    side = [
        swing.NONE_OF_THE_ABOVE if is_nota else sides[lines.contests[seat].state].get(code, swing.BY_ITSELF)
        for seat, code, is_nota in zip(lines.seat, lines.party, lines.is_nota, strict=True)
    ]
    return swing.seat_arrays(
        [contest.pk for contest in lines.contests],
        [contest.electors for contest in lines.contests],
        [contest.is_uncontested for contest in lines.contests],
        lines.seat,
        side,
        lines.votes,
        lines.position,
    )


@dataclass(frozen=True, slots=True, eq=False)
class WorkedPlan:
    """A plan worked out: contests in the order of the outcome's arrays. whole: whether the last result is."""

    contests: tuple[Contest, ...]
    outcome: "PlanOutcome"
    last_polled: int
    whole: Wholeness

    @property
    def last_seats(self) -> int:
        return int(self.outcome.last_won.sum())

    @property
    def last_votes(self) -> int:
        return int(self.outcome.last_votes.sum())


def worked_out(
    election: Election,
    *,
    state: str,
    party: str,
    alliance: Alliance | None,
    aims: Aims,
    seed: int,
    held: Mapping[int, tuple[int, int | None]] | None = None,
    lines: Lines | None = None,
    named: Sequence[Alliance] | None = None,
) -> WorkedPlan | None:
    """Work a plan out, stored nowhere; None where no results are known. Three queries, fewer for what is given.

    lines, named: the result and the alliances of the election, where they have been read: then there is no query.
    held: contest id -> votes set by hand or locked, and the votes to be polled there where locked.
    """
    import numpy as np

    from abhiyan.elections.rules import plans as rules
    from abhiyan.elections.rules.swing import UNKNOWN

    lines = lines or contest_lines(election, state=state)
    if not lines.contests:
        return None
    our = OurSide(party, alliance, listing.alliances(election) if named is None else named)
    seats = seats_for_side(lines, our)
    kept = held or {}
    nothing = (UNKNOWN, None)
    pairs = [kept.get(contest.pk, nothing) for contest in lines.contests]
    fixed = rules.HeldTarget(
        np.array([votes for votes, _likely in pairs], dtype=np.int64),
        np.array([UNKNOWN if likely is None else likely for _votes, likely in pairs], dtype=np.int64),
    )
    there = Counter((contest.state, contest.numbering) for contest in lines.contests)
    return WorkedPlan(
        lines.contests,
        rules.work_out_plan(seats, aims.ask(seed), fixed),
        int(seats.polled.sum()),
        whole_of(election.kind, election.year, there, state),
    )


def notes_of(worked: WorkedPlan) -> list[PlanFinding]:
    """The outcome's notes, before them that the last result is not whole, where it is not."""
    whole = worked.whole
    facts = {"seats": whole.seats, "all": whole.of or 0}
    first = [PlanFinding("result_incomplete", None, facts)] if whole.is_incomplete else []
    return [*first, *worked.outcome.notes]


def _told(findings: Iterable[PlanFinding]) -> list[list[Any]]:
    return [[plan_finding.code, plan_finding.key, dict(plan_finding.facts)] for plan_finding in findings]


def found_of(worked: WorkedPlan, aims: Aims) -> dict[str, Any]:
    """Return a plan's findings as plain numbers to be kept with it. seats: contest id -> see SeatFound."""
    out = worked.outcome
    near, rng = out.sensitivity, out.range
    return {
        "asked_swing": aims.swing,
        "asked_seats": list(aims.to_win),
        "swing": out.swing,
        "seats": out.seats,
        "without_vote": out.without_vote,
        "votes": out.total,
        "likely": out.total_likely,
        "share_pct": out.total_share_pct,
        "votes_for_goal": out.votes_for_goal,
        "seats_for_goal": out.seats_for_goal,
        "votes_per_turnout_point": out.votes_per_turnout_point,
        "last_seats": worked.last_seats,
        "last_votes": worked.last_votes,
        "last_polled": worked.last_polled,
        "range": [
            rng.seats_low, rng.seats_middle, rng.seats_high, rng.votes_low, rng.votes_middle, rng.votes_high,
            rng.goal_pct,
        ],
        "near": [[nearby.by, nearby.seats, nearby.votes] for nearby in near],
        "contradictions": _told(out.contradictions),
        "notes": _told(notes_of(worked)),
        "by_seat": {
            str(contest.pk): [
                int(out.need[at]),
                int(out.best[at]),
                int(out.last_votes[at]),
                bool(out.last_won[at]),
                bool(out.won[at]),
                round(float(rng.chance_pct[at]), 1),
                int(out.missing[at]),
            ]
            for at, contest in enumerate(worked.contests)
        },
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeatFound:
    """A plan found this for one seat. need: the fewest votes that win. missing: of them, those the plan lacks."""

    need: int
    best: int
    last_votes: int
    last_won: bool
    won: bool
    chance_pct: float
    missing: int


def gap_to_win(plan: Plan) -> tuple[int, int]:
    """Return the seats a stored plan wins from others, and the votes of last time that they lack together."""
    every = (SeatFound(*row) for row in plan.found["by_seat"].values())
    new = [one for one in every if one.won and not one.last_won]
    return len(new), sum(max(0, one.need - one.last_votes) for one in new)


def seat_found(plan: Plan, contest_id: int) -> SeatFound:
    """Return what a stored plan worked out for one seat."""
    return SeatFound(*plan.found["by_seat"][str(contest_id)])


def findings(plan: Plan, which: str) -> list[PlanFinding]:
    """ "contradictions" or "notes" of a stored plan."""
    return [PlanFinding(code, key, facts) for code, key, facts in plan.found.get(which, [])]


def comparable_seats(plan: Plan, seats: Iterable[PlanSeat]) -> list[PlannedSeat]:
    """The seats of a plan as versions, and plans, are compared (rules.versions.compare_plans)."""
    return [
        PlannedSeat(
            key=seat.contest_id,
            likely=seat.votes_likely,
            votes=seat.votes,
            won=seat_found(plan, seat.contest_id).won,
            is_by_hand=seat.by_hand,
            is_locked=seat.is_locked,
        )
        for seat in seats
    ]


def newest_plans(words: str = "") -> QuerySet[Plan]:
    """The newest version of every plan in sight; of those whose name or unit's name contains the words."""
    found = plans().filter(~Exists(Plan.objects.filter(previous=OuterRef("pk"))))
    if words:
        found = found.filter(
            Q(names__en__icontains=words)
            | Q(names__hi__icontains=words)
            | Q(unit__names__en__icontains=words)
            | Q(unit__names__hi__icontains=words)
        )
    return found


def rows_of_side(
    plan: Plan, contest_ids: Iterable[int]
) -> tuple[dict[int, list[tuple[int, int]]], Mapping[int, ResultFile]]:
    """contest -> (import, row) of each of our side's candidates in the last result; and the files. Three queries."""
    rows = list(
        Candidacy.objects.filter(contest_id__in=list(contest_ids))
        .order_by("contest_id", "position", "id")
        .values_list("contest_id", "contest__state", "party", "import_id", "row")
    )
    our = side_of(plan)
    ours = {state: our.parties_in(state) for state in {state for _contest, state, *_rest in rows}}
    rows_by_seat: dict[int, list[tuple[int, int]]] = {}
    for contest_id, state, party, import_id, row in rows:
        if party in ours[state]:
            rows_by_seat.setdefault(contest_id, []).append((import_id, row))
    return rows_by_seat, files_of_imports(
        import_id for pairs in rows_by_seat.values() for import_id, _row in pairs
    )


def is_newest(plan: Plan) -> bool:
    """Return True if no later version of the plan exists."""
    return not Plan.objects.filter(previous=plan).exists()


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a plan, as a list of them tells it."""

    pk: int
    public_id: UUID
    number: int
    names: dict[str, str]
    made_by: int | None
    made_at: datetime
    seats_low: int | None
    seats_high: int | None
    votes: int | None

    @property
    def seats(self) -> SeatsRange | None:
        if self.seats_low is None or self.seats_high is None:
            return None
        return SeatsRange(self.seats_low, self.seats_high)


VERSIONS_SHOWN = 10


def plan_versions(plan: Plan, *, most: int | None = None) -> list[PlanVersion]:
    """Return the versions of a plan in sight, at most so many, the newest first: the versions it names, and the
    versions that name it. One query, which leaves what each has found where it is."""
    return sql.each(
        PlanVersion,
        """with recursive older(id, previous_id) as (
             select id, previous_id from elections_plan where id = %(plan)s
             union all
             select p.id, p.previous_id from elections_plan p join older o on p.id = o.previous_id
           ), newer(id) as (
             select id from elections_plan where previous_id = %(plan)s
             union all
             select p.id from elections_plan p join newer n on p.previous_id = n.id
           )
           select p.id, p.public_id, p.number, p.names, p.made_by, p.made_at,
             (p.found -> 'range' ->> 0)::bigint, (p.found -> 'range' ->> 2)::bigint, (p.found ->> 'votes')::bigint
           from elections_plan p
           where p.id in (select id from older union all select id from newer)
           order by p.number desc, p.id desc limit %(most)s""",
        {"plan": plan.pk, "most": most},
    )
