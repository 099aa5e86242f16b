"""Contests with their candidates, loaded in a number of queries that does not grow, and counted by the rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from abhiyan.elections import reference
from abhiyan.elections.models import Candidacy, Contest, Party, ResultFile
from abhiyan.elections.rules import results as rules
from abhiyan.elections.rules.results import CandidateLine, CountedContest


@dataclass(frozen=True, slots=True)
class FigureSource:
    """A figure comes from this file, and from this row as a spreadsheet shows it.

    origin: where the file came from, as its bringer said.
    """

    file: str
    row: int
    origin: str = ""


class StoredCandidacy(NamedTuple):
    """A candidacy as stored: a row only, for an election has nine thousand of them."""

    pk: int
    contest_id: int
    position: int
    name: str
    party: str
    party_name: str
    votes: int | None
    is_nota: bool
    import_id: int
    row: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contest as stored, its candidates by position, and the count of them."""

    contest: Contest
    candidates: tuple[StoredCandidacy, ...]
    counted: CountedContest

    @property
    def votes_by_party(self) -> dict[str, int]:
        votes: dict[str, int] = defaultdict(int)
        for candidacy in self.candidates:
            votes[candidacy.party] += candidacy.votes or 0
        return dict(votes)


def load(where: Q) -> list[Loaded]:
    """Contests that fit `where`, by state and number. Two queries."""
    contests = list(Contest.objects.filter(where).select_related("election").order_by("state", "number"))
    candidates: dict[int, list[StoredCandidacy]] = defaultdict(list)
    rows = Candidacy.objects.filter(contest_id__in=[contest.pk for contest in contests])
    for row in rows.order_by("contest_id", "position", "id").values_list(*StoredCandidacy._fields):
        candidacy = StoredCandidacy(*row)
        candidates[candidacy.contest_id].append(candidacy)
    return [
        Loaded(contest, tuple(candidates[contest.pk]), count_stored_contest(contest, candidates[contest.pk]))
        for contest in contests
    ]


def count_stored_contest(contest: Contest, candidates: Sequence[StoredCandidacy]) -> CountedContest:
    """The contest, counted; a line's key is its candidacy's id."""
    return rules.count_contest(
        [
            CandidateLine(
                candidacy.party, candidacy.votes, candidacy.is_nota, candidacy.position, candidacy.pk
            )
            for candidacy in candidates
        ],
        electors=contest.electors,
        is_uncontested=contest.is_uncontested,
    )


def files_of_imports(import_ids: Iterable[int]) -> Mapping[int, ResultFile]:
    """The files that brought rows, by import. One query."""
    return ResultFile.objects.in_bulk(set(import_ids))


def import_ids_of_seats(contests: Iterable[Loaded]) -> set[int]:
    """The imports that seats and their candidates came by."""
    return {
        import_id
        for contest in contests
        for import_id in (contest.contest.import_id, *(row.import_id for row in contest.candidates))
    }


def files_in_order(files: Iterable[ResultFile]) -> tuple[ResultFile, ...]:
    """Files, the first brought first."""
    return tuple(sorted(files, key=lambda file: (file.brought_at, file.pk)))


def source(files: Mapping[int, ResultFile], import_id: int, row: int) -> FigureSource:
    """The file and row a figure comes from. Without a name where its import is gone."""
    file = files.get(import_id)
    return FigureSource(file.name, row, file.origin) if file else FigureSource("", row)


def party_names(codes: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Names by language of those parties that have a code of ours. One query."""
    party_rows = Party.objects.filter(code__in=set(codes)).values_list("code", "names")
    return dict(party_rows)


def state_names(eci: str) -> Mapping[str, str]:
    """A state's names by language; its code where it is not known."""
    state = reference.reference_states().get(eci)
    return state.names if state else {"en": eci}
