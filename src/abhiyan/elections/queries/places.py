"""Results of a unit: its own contests and parts in every election, or of a state or the nation the totals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, Sum

from abhiyan.core.numbers import whole_number
from abhiyan.elections import reference
from abhiyan.elections.models import Candidacy, Contest, Election, ElectionKind, Part, PartVotes, ResultFile
from abhiyan.elections.rules import results as rules
from abhiyan.elections.rules.results import CandidateLine, CountedContest, SideResult
from abhiyan.units import queries as units
from abhiyan.units.models import Unit

from . import loading, names
from .comparing import befores
from .contests import SeatRow, seat_row
from .listing import NOBODY, OurSide, earlier_election
from .loading import FigureSource
from .totals import Totals, totals


@dataclass(frozen=True, slots=True)
class PartLine:
    """Votes of one candidate in one part."""

    candidacy_id: int
    name: str
    party: str
    votes: int
    share_pct: float | None
    is_nota: bool
    source: FigureSource


@dataclass(frozen=True, slots=True)
class PartRow:
    """A segment, booth or special station in one contest. The leader of a part has not won anything.

    turnout_pct: None where its electors are not known. lacking: how many candidates of the contest have no figure
    here (NOTA, as a rule). ours: the side asked for.
    """

    part: Part
    polled: int
    turnout_pct: float | None
    lines: tuple[PartLine, ...]
    leader: PartLine | None
    lead: int | None
    ours: SideResult | None
    lacking: int


@dataclass(frozen=True, slots=True)
class UnitResults:
    """Past elections say this of a unit. contests: it is the seat. parts: it is a segment, booth of one.

    totals: of a state or the nation, one per election. below: of any other unit, votes by party per election, summed
    over the parts below it.
    """

    unit_id: int
    contests: tuple[SeatRow, ...]
    parts: tuple[PartRow, ...]
    totals: tuple[Totals, ...]
    below: tuple["PartyVotesBelow", ...]


@dataclass(frozen=True, slots=True)
class PartyVotesBelow:
    """Votes by party over the parts below a unit, most first. parts: how many those are, all of one kind. files: that
    brought them."""

    election: Election
    kind: str
    parts: int
    polled: int
    votes: tuple[tuple[str, int], ...]
    files: tuple[ResultFile, ...]


def results_of(unit_id: int, *, side: OurSide = NOBODY) -> UnitResults:
    """Results of a unit, the newest election first, each seat compared with the election of its kind before.

    The number of queries grows with the number of elections only. NotFound when there is no such unit.
    """
    unit = units.unit_by_id(unit_id)
    if unit.kind in ("nation", "state"):
        return UnitResults(unit_id, (), (), tuple(_totals(unit)), ())
    rows = _over_elections(Q(unit=unit_id), side)
    parts = _parts_of_unit(unit_id, side)
    below = () if rows or parts else tuple(_below(unit_id))
    return UnitResults(unit_id, tuple(rows), tuple(parts), (), below)


def seat_history(seat: SeatRow, *, side: OurSide = NOBODY) -> list[SeatRow]:
    """The same seat in every election of its kind, by its unit, else by state, number and numbering; the newest first.

    seat: as it is shown already, compared with the election before it as the others are here.
    """
    contest = seat.contest
    same = Q(state=contest.state, number=contest.number, numbering=contest.numbering)
    if contest.unit_id is not None:
        same |= Q(unit=contest.unit_id)
    others = _over_elections(
        same & Q(election__kind__startswith=ElectionKind(contest.election.kind).whole) & ~Q(pk=contest.pk),
        side,
    )
    return sorted([seat, *others], key=lambda row: -row.contest.election.year)


def _over_elections(where: Q, side: OurSide) -> list[SeatRow]:
    """Contests that fit, the newest first, each compared with the election of its kind before."""
    contests = sorted(loading.load(where), key=lambda contest: -contest.contest.election.year)
    files = loading.files_of_imports(contest.contest.import_id for contest in contests)
    pairs = names.later_party_codes() if side else {}
    rows = []
    for loaded_contest in contests:
        against = earlier_election(loaded_contest.contest.election, state=loaded_contest.contest.state)
        before = (
            befores([loaded_contest], against)[loaded_contest.contest.pk] if against is not None else None
        )
        rows.append(seat_row(loaded_contest, files, before, names.side_then(side, loaded_contest, pairs)))
    return rows


def contests_of_units(unit_ids: Iterable[int], side: OurSide = NOBODY) -> dict[int, list[SeatRow]]:
    """unit id -> its contests, the newest first, of units that are seats; compared with none. Three queries."""
    seat_rows: dict[int, list[SeatRow]] = defaultdict(list)
    rows = loading.load(Q(unit__in=set(unit_ids)))
    files = loading.files_of_imports(contest.contest.import_id for contest in rows)
    for loaded_contest in sorted(
        rows, key=lambda contest: (-contest.contest.election.year, contest.contest.election.code)
    ):
        if loaded_contest.contest.unit_id is not None:
            seat_rows[loaded_contest.contest.unit_id].append(seat_row(loaded_contest, files, None, side))
    return dict(seat_rows)


def _totals(unit: Unit) -> list[Totals]:
    state = "" if unit.kind == "nation" else reference.eci_code_of(unit.code)
    if state is None:
        return []
    there = Contest.objects.filter(state=state) if state else Contest.objects.all()
    elections = list(Election.objects.filter(pk__in=there.values("election")).order_by("-year", "code"))
    if not state:  # of the nation: what was voted in many states
        elections = [election for election in elections if election.kind == ElectionKind.PARLIAMENT]
    total_lines = []
    for one in elections:
        before = next(
            (old for old in elections if old.kind == ElectionKind(one.kind).whole and old.year < one.year),
            None,
        )
        total_lines.append(totals(one, state=state, against=before))
    return total_lines


def outside_parts(contest_id: int) -> dict[int, int]:
    """Return candidacy id -> votes of the whole outside every segment and special station: postal votes, above all.

    Empty where the contest has no such parts. Candidates without any figure by part are left out.
    """
    sums = dict(
        PartVotes.objects.filter(
            part__contest=contest_id, part__kind__in=(Part.Kind.SEGMENT, Part.Kind.SPECIAL)
        )
        .values_list("candidacy")
        .annotate(n=Sum("votes"))
        .order_by()
    )
    whole = dict(Candidacy.objects.filter(pk__in=sums).values_list("id", "votes"))
    return {pk: (whole[pk] or 0) - n for pk, n in sums.items()}


def _parts_of_unit(unit_id: int, side: OurSide) -> list[PartRow]:
    """The parts a unit is, with their votes; newest election first. Four queries, however many."""
    parts = list(Part.objects.filter(unit=unit_id).select_related("contest__election"))
    votes: dict[int, list[PartVotes]] = defaultdict(list)
    for part_votes in PartVotes.objects.filter(part_id__in=[part.pk for part in parts]).select_related(
        "candidacy"
    ):
        votes[part_votes.part_id].append(part_votes)
    files = loading.files_of_imports(one.import_id for found in votes.values() for one in found)
    stood: dict[int, int] = defaultdict(int)
    for contest_id in Candidacy.objects.filter(
        contest_id__in={part.contest_id for part in parts}
    ).values_list("contest_id", flat=True):
        stood[contest_id] += 1
    rows = []
    for part in sorted(parts, key=_order):
        counted = rules.count_contest(
            (
                CandidateLine(
                    one.candidacy.party, one.votes, one.candidacy.is_nota, one.candidacy.position, one.pk
                )
                for one in votes[part.pk]
            ),
            electors=part.electors,
        )
        lines = _lines(counted, votes[part.pk], files)
        first = counted.winner.key if counted.winner else None
        leader = next((line for line in lines if line.candidacy_id == first), None)
        ours = side.parties_in(part.contest.state)
        rows.append(
            PartRow(
                part=part,
                polled=counted.polled,
                turnout_pct=counted.turnout_pct,
                lines=lines,
                leader=leader,
                lead=counted.margin,
                ours=rules.side_result(counted, ours) if ours else None,
                lacking=stood[part.contest_id] - len(lines),
            )
        )
    return rows


def _order(part: Part) -> tuple[int, int, str, list[int]]:
    numbers = [n for text in part.number.split("/") if (n := whole_number(text, most=10**9)) is not None]
    return (
        -part.contest.election.year,
        part.contest_id,
        "~" if part.kind == Part.Kind.SPECIAL else "",
        numbers,
    )


def _lines(
    counted: CountedContest, votes: Sequence[PartVotes], files: Mapping[int, ResultFile]
) -> tuple[PartLine, ...]:
    by_id = {part_votes.pk: part_votes for part_votes in votes}
    lines = []
    for line in counted.lines:
        one = by_id[line.key]
        lines.append(
            PartLine(
                one.candidacy_id,
                one.candidacy.name,
                one.candidacy.party,
                one.votes,
                rules.share_pct(one.votes, counted.polled),
                one.candidacy.is_nota,
                loading.source(files, one.import_id, one.row),
            )
        )
    return tuple(lines)


def _below(unit_id: int) -> list[PartyVotesBelow]:
    """Sums over booths below a unit, or, where none have figures, over the segments."""
    inside = Q()
    for span in units.all_spans([unit_id]).get(unit_id, []):  # one for each hierarchy, in one query
        inside |= Q(unit__in=units.within(span))
    if not inside:
        return []
    stands = Part.objects.filter(inside)
    sums = (
        PartVotes.objects.filter(part__in=stands)
        .values_list("part__contest__election", "part__kind", "candidacy__party")
        .annotate(n=Sum("votes"), came=ArrayAgg("import_id", distinct=True))
        .order_by()
    )
    by: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    came: dict[tuple[int, str], set[int]] = defaultdict(set)
    for election_id, kind, party, n, brought in sums:
        by[election_id, kind][party] = n
        came[election_id, kind].update(brought)
    files = loading.files_of_imports(set().union(*came.values()))
    counts = stands.values_list("contest__election", "kind").annotate(n=Count("id")).order_by()
    of_parts = {(election_id, kind): n for election_id, kind, n in counts}
    elections = Election.objects.in_bulk({election_pk for election_pk, _kind in by})
    lines = []
    for election_id, election in sorted(elections.items(), key=lambda item: -item[1].year):
        kind = next(
            kind
            for kind in (Part.Kind.BOOTH, Part.Kind.SEGMENT, Part.Kind.SPECIAL)
            if (election_id, kind) in by
        )
        votes = sorted(by[election_id, kind].items(), key=lambda item: (-item[1], item[0]))
        lines.append(
            PartyVotesBelow(
                election,
                kind,
                of_parts[election_id, kind],
                sum(n for _party, n in votes),
                tuple(votes),
                loading.files_in_order(
                    files[file_id] for file_id in came[election_id, kind] if file_id in files
                ),
            )
        )
    return lines
