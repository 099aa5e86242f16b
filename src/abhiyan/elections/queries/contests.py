"""One contest whole, and lists of them: every figure computed from the votes, with its file and row."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from abhiyan.core.refusals import NotFound
from abhiyan.elections.models import Alliance, Contest, Election, ResultFile, Stated
from abhiyan.elections.reference import INDEPENDENT
from abhiyan.elections.rules import results as rules
from abhiyan.elections.rules.results import SideResult

from . import listing, loading
from .comparing import EarlierContest, befores, swing
from .listing import NOBODY, OurSide
from .loading import FigureSource, Loaded, StoredCandidacy


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate. place: by votes among candidates, NOTA left out (None for it). swing_points: their party's."""

    id: int
    place: int | None
    name: str
    party: str
    party_names: Mapping[str, str]
    votes: int | None
    share_pct: float | None
    is_nota: bool
    is_winner: bool
    swing_points: float | None
    source: FigureSource


@dataclass(frozen=True, slots=True)
class Side:
    """A party by itself, and with its allies as one side. swing_points: of either, since the earlier election."""

    alliance: Alliance
    alone: SideResult
    together: SideResult
    swing_alone: float | None
    swing_together: float | None


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A contest in a list or on a map. electors, turnout_pct: None where nobody has said how many electors.

    winner, runner_up: candidates; None where nobody stood, and where votes are equal and the file gives no places.
    margin None where nobody voted. ours: the side asked for. before: what it is
    compared with. source: of the contest's first row.
    """

    contest: Contest
    state_names: Mapping[str, str]
    electors: int | None
    polled: int
    turnout_pct: float | None
    winner: StoredCandidacy | None
    runner_up: StoredCandidacy | None
    margin: int | None
    margin_pct: float | None
    is_tied: bool
    ours: SideResult | None
    before: EarlierContest | None
    swing_points: float | None
    source: FigureSource


@dataclass(frozen=True, slots=True)
class Result:
    """One contest whole. namesakes: parties with two candidates of one name, as the file has it: look twice.

    stated: quoted figures, beside the computed ones.
    """

    seat: SeatRow
    candidates: tuple[CandidateRow, ...]
    sides: tuple[Side, ...]
    stated: tuple[Stated, ...]
    namesakes: tuple[str, ...]


def contests(
    election: Election,
    *,
    state: str = "",
    against: Election | None = None,
    side: OurSide = NOBODY,
    contest_ids: Collection[int] | None = None,
) -> list[SeatRow]:
    """The contests of an election, or of one state, by state and number. At most seven queries.

    side: whose result and swing to show. against: an earlier election to compare with.
    """
    where = Q(election=election)
    if state:
        where &= Q(state=state)
    if contest_ids is not None:
        where &= Q(pk__in=contest_ids)
    loaded_contests = loading.load(where)
    compared = befores(loaded_contests, against) if against is not None else {}
    files = loading.files_of_imports(loaded_contest.contest.import_id for loaded_contest in loaded_contests)
    return [
        seat_row(loaded_contest, files, compared.get(loaded_contest.contest.pk), side)
        for loaded_contest in loaded_contests
    ]


def seat_row(
    loaded_contest: Loaded,
    files: Mapping[int, ResultFile],
    before: EarlierContest | None,
    side: OurSide = NOBODY,
) -> SeatRow:
    """One seat of a list: winner, margin, our votes, and the same of the election before."""
    by_id = {row.pk: row for row in loaded_contest.candidates}
    counted, ours = loaded_contest.counted, side.parties_in(loaded_contest.contest.state)
    return SeatRow(
        contest=loaded_contest.contest,
        state_names=loading.state_names(loaded_contest.contest.state),
        electors=loaded_contest.contest.electors,
        polled=counted.polled,
        turnout_pct=counted.turnout_pct,
        winner=by_id[counted.winner.key] if counted.winner else None,
        runner_up=by_id[counted.runner_up.key] if counted.runner_up else None,
        margin=counted.margin,
        margin_pct=counted.margin_pct,
        is_tied=counted.is_tied,
        ours=rules.side_result(counted, ours) if ours else None,
        before=before,
        swing_points=swing(loaded_contest, before, ours) if before is not None and ours else None,
        source=loading.source(files, loaded_contest.contest.import_id, loaded_contest.contest.row),
    )


def contest(
    election: Election, state: str, number: int, *, against: Election | None = None, side: OurSide = NOBODY
) -> Result:
    """One contest whole, or NotFound. At most ten queries, however many candidates."""
    loaded_contests = loading.load(Q(election=election, state=state, number=number))
    if not loaded_contests:
        raise NotFound(field="number")
    return _result(loaded_contests[0], against, side)


def _result(loaded_contest: Loaded, against: Election | None, side: OurSide) -> Result:
    contest, election = loaded_contest.contest, loaded_contest.contest.election
    before = befores([loaded_contest], against)[contest.pk] if against is not None else None
    files = loading.files_of_imports(
        {contest.import_id, *(row.import_id for row in loaded_contest.candidates)}
    )
    names = loading.party_names(row.party for row in loaded_contest.candidates)
    stated = listing.stated_figures(election, state=contest.state, number=contest.number)
    return Result(
        seat=seat_row(loaded_contest, files, before, side),
        candidates=tuple(_candidates(loaded_contest, files, names, before)),
        sides=tuple(sides_of(loaded_contest, listing.alliances(election, state=contest.state), before)),
        stated=tuple(stated),
        namesakes=namesakes(loaded_contest.candidates),
    )


def _candidates(
    loaded_contest: Loaded,
    files: Mapping[int, ResultFile],
    names: Mapping[str, Mapping[str, str]],
    before: EarlierContest | None,
) -> list[CandidateRow]:
    by_id, lines = {row.pk: row for row in loaded_contest.candidates}, []
    standing = [(row.votes or 0, -row.position) for row in loaded_contest.candidates if not row.is_nota]
    # A party with several candidates is compared as a whole, which says nothing of each: no swing there.
    stood = Counter(row.party for row in loaded_contest.candidates)
    for line in loaded_contest.counted.lines:
        row = by_id[line.key]
        place = 1 + sum(other > (row.votes or 0, -row.position) for other in standing)
        comparable = before is not None and row.party != INDEPENDENT and stood[row.party] == 1
        lines.append(
            CandidateRow(
                id=row.pk,
                place=None if row.is_nota else place,
                name=row.name,
                party=row.party,
                party_names=names.get(row.party) or {"en": row.party_name or row.party},
                votes=row.votes,
                share_pct=None
                if row.votes is None
                else rules.share_pct(row.votes, loaded_contest.counted.polled),
                is_nota=row.is_nota,
                is_winner=loaded_contest.counted.winner is not None
                and loaded_contest.counted.winner.key == row.pk,
                swing_points=swing(loaded_contest, before, {row.party})
                if before is not None and comparable
                else None,
                source=loading.source(files, row.import_id, row.row),
            )
        )
    return lines


def sides_of(loaded_contest: Loaded, named: Sequence[Alliance], before: EarlierContest | None) -> list[Side]:
    """Each alliance in a contest: its lead alone, and all of it together."""
    sides = []
    for alliance in named:
        allies = set(alliance.parties) - {alliance.lead}
        alone, together = rules.alone_and_with(loaded_contest.counted, alliance.lead, allies)
        sides.append(
            Side(
                alliance,
                alone,
                together,
                swing(loaded_contest, before, {alliance.lead}) if before is not None else None,
                swing(loaded_contest, before, alliance.parties) if before is not None else None,
            )
        )
    return sides


def namesakes(candidates: Sequence[StoredCandidacy]) -> tuple[str, ...]:
    """Parties that have two candidates in one contest: a party can have one, so one of the rows may be wrong."""
    seen: dict[str, int] = defaultdict(int)
    for row in candidates:
        if row.party != INDEPENDENT and not row.is_nota:
            seen[row.party] += 1
    return tuple(party for party, n in seen.items() if n > 1)
