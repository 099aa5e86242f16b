"""Work out what a result says: winner, margin, shares, turnout, swing; for a party alone or for a side with its allies.

A contest is a list of lines, one per candidate. A *side* is a set of party codes. Shares are of all votes polled,
"none of the above" among them, as the Election Commission of India reckons them; NOTA never wins.
An unknown figure stays None: nothing here guesses.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from abhiyan.units.rules import split

INDEPENDENT = "IND"  # a word, not a party: each of them stands alone
NOTA = "NOTA"


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate. votes: None where nobody voted because nobody stood against (and only there).

    position: as the file states it, from 1; it decides only between equal votes, where lots were drawn. Lines of equal
    votes have one position, or none, where the file does not tell how the lot fell.
    key: what the caller knows the line by.
    """

    party: str
    votes: int | None
    is_nota: bool = False
    position: int | None = None
    key: int = 0


@dataclass(frozen=True, slots=True)
class CountedContest:
    """One contest, counted.

    lines: by votes, most first; `winner` and `runner_up` are lines, never NOTA. polled: all votes. margin: votes
    between the first two; None without a vote, or without a second candidate. is_tied: the first two have equal
    votes. The stated position decides then; without one neither is the winner nor the runner-up. turnout_pct: None
    where electors are unknown or nobody voted.
    """

    lines: tuple[CandidateLine, ...]
    polled: int
    electors: int | None
    is_uncontested: bool
    winner: CandidateLine | None
    runner_up: CandidateLine | None
    margin: int | None
    is_tied: bool

    @property
    def margin_pct(self) -> float | None:
        """The margin as per cent of votes polled."""
        return None if self.margin is None else share_pct(self.margin, self.polled)

    @property
    def turnout_pct(self) -> float | None:
        return None if not self.electors or self.is_uncontested else share_pct(self.polled, self.electors)


class VotesMissing(ValueError):
    """A contested seat has a line without votes: its result is not known, and is not made up."""


def share_pct(votes: int, polled: int) -> float | None:
    """`votes` as per cent (0 to 100) of `polled`; None where nothing was polled."""
    return 100 * votes / polled if polled else None


def count_contest(
    lines: Iterable[CandidateLine], *, electors: int | None = None, is_uncontested: bool = False
) -> CountedContest:
    """Count one contest. Without a vote (`is_uncontested`) its only candidate has won, and nothing else is known.

    Raises VotesMissing where a contested line has no votes, and ValueError where two stand "uncontested".
    """
    candidate_lines = tuple(lines)
    if is_uncontested:
        standing = [line for line in candidate_lines if not line.is_nota]
        if len(standing) > 1:
            raise ValueError("two candidates, and no vote")
        winner = standing[0] if standing else None
        return CountedContest(candidate_lines, 0, electors, True, winner, None, None, False)
    if any(line.votes is None for line in candidate_lines):
        raise VotesMissing
    ranked = tuple(sorted(candidate_lines, key=_rank))
    standing = [line for line in ranked if not line.is_nota and line.votes]
    winner, second = (*standing, None, None)[:2]
    polled = sum(line.votes or 0 for line in ranked)
    margin = _votes(winner) - _votes(second) if winner and second else None
    if winner and second and _rank(winner) == _rank(second):
        winner = second = None  # lots were drawn, and nobody has told how they fell
    return CountedContest(ranked, polled, electors, False, winner, second, margin, margin == 0)


def _rank(line: CandidateLine) -> tuple[int, int]:
    return -(line.votes or 0), line.position or 10**6


def _votes(line: CandidateLine | None) -> int:
    return (line.votes or 0) if line else 0


@dataclass(frozen=True, slots=True)
class SideResult:
    """A side in one contest. place: of its best candidate among candidates, from 1; None where it had none.

    lead: votes of its best candidate over the best of everybody else, negative when behind; None without a vote.
    candidates: how many of the side stood; above one, `votes` adds what stood against each other.
    """

    votes: int
    share_pct: float | None
    candidates: int
    place: int | None
    won: bool
    lead: int | None


def belongs(party: str, side: Collection[str]) -> bool:
    """Return True if a line of `party` counts for the side. Independents never do: IND is not one party."""
    return party in side and party not in (INDEPENDENT, NOTA)


def side_result(contest: CountedContest, side: Collection[str]) -> SideResult:
    """Return what the parties of `side` reached together in one contest; it is won where one of their candidates
    won."""
    standing = [line for line in contest.lines if not line.is_nota]
    ours = [line for line in standing if belongs(line.party, side)]
    others = [line for line in standing if not belongs(line.party, side)]
    votes = sum(_votes(line) for line in ours)
    best, best_other = (max((_votes(line) for line in lines), default=0) for lines in (ours, others))
    return SideResult(
        votes=votes,
        share_pct=share_pct(votes, contest.polled),
        candidates=len(ours),
        place=next((at for at, line in enumerate(standing, 1) if line in ours), None),
        won=contest.winner is not None and belongs(contest.winner.party, side),
        lead=None if contest.is_uncontested else best - best_other,
    )


def alone_and_with(
    contest: CountedContest, party: str, allies: Collection[str]
) -> tuple[SideResult, SideResult]:
    """A party by itself, and the side it makes with its allies in that election and state."""
    return side_result(contest, {party}), side_result(contest, {party, *allies})


@dataclass(slots=True)
class PartyStanding:
    """A party over many contests. without_vote: how many of its seats came without a vote."""

    seats: int = 0
    votes: int = 0
    stood: int = 0
    without_vote: int = 0


def standings_of_parties(contests: Iterable[CountedContest]) -> dict[str, PartyStanding]:
    """Seats, votes and candidatures of each party, most seats first, then most votes. Keys are party codes."""
    party_standings: dict[str, PartyStanding] = defaultdict(PartyStanding)
    for contest in contests:
        for line in contest.lines:
            party_standing = party_standings[line.party]
            party_standing.votes += _votes(line)
            party_standing.stood += not line.is_nota
        if contest.winner:
            winner = party_standings[contest.winner.party]
            winner.seats += 1
            winner.without_vote += contest.is_uncontested
    return dict(sorted(party_standings.items(), key=lambda item: (-item[1].seats, -item[1].votes, item[0])))


def swing_points(now_pct: float | None, before_pct: float | None) -> float | None:
    """Points of share a side has gained since; None where either is unknown."""
    return None if now_pct is None or before_pct is None else now_pct - before_pct


WHOLE = 1_000_000  # weights of a correspondence, as whole numbers
WEIGHTS_MAY_MISS = 0.001


@dataclass(slots=True)
class Carried:
    """An old result put on a new seat. votes: by party; from_seats: old seats that gave a part of theirs.

    is_changed: the boundary did change, so that this is an estimate and a comparison with it must say so.
    """

    votes: dict[str, int] = field(default_factory=dict)
    from_seats: tuple[int, ...] = ()
    is_changed: bool = False


class WeightsDoNotSum(ValueError):
    """The weights of an old seat do not sum to 1."""

    def __init__(self, seat: int, total: float) -> None:
        super().__init__(f"the weights of {seat} sum to {total}")
        self.seat = seat
        self.total = total


def carried(
    old: Mapping[int, Mapping[str, int]], weights: Sequence[tuple[int, int, float]]
) -> dict[int, Carried]:
    """Old results on new boundaries: each old seat's votes go to new seats by weight, in whole votes, none lost.

    old: seat -> party -> votes. weights: (old seat, new seat, weight 0 to 1), those of one old seat sum to 1
    within a thousandth. Old seats without weights are left out; the caller sees which. Weights assume that a seat votes
    alike in all its parts. Raises WeightsDoNotSum.
    """
    parts: dict[int, list[tuple[int, float]]] = defaultdict(list)
    givers: dict[int, set[int]] = defaultdict(set)
    for seat, new, weight in weights:
        parts[seat].append((new, weight))
        if weight > 0:
            givers[new].add(seat)
    carried_seats: dict[int, Carried] = {
        new: Carried(from_seats=tuple(sorted(givers[new]))) for new in sorted(givers)
    }
    for seat, going in sorted(parts.items()):
        total = sum(weight for _, weight in going)
        if abs(total - 1) > WEIGHTS_MAY_MISS or any(weight < 0 for _, weight in going):
            raise WeightsDoNotSum(seat, total)
        going = sorted((new, weight) for new, weight in going if weight > 0)
        for party, votes in old.get(seat, {}).items():
            shares = split.in_proportion(votes, [round(weight * WHOLE) for _, weight in going])
            for (new, _), n in zip(going, shares, strict=True):
                carried_seats[new].votes[party] = carried_seats[new].votes.get(party, 0) + n
        if len(going) > 1:
            for new, _ in going:
                carried_seats[new].is_changed = True
    for carried_seat in carried_seats.values():
        carried_seat.is_changed |= len(carried_seat.from_seats) != 1
    return carried_seats
