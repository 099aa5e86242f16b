"""Results by part: votes of each candidate in a segment, a booth or a special station of a known contest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from abhiyan.elections import actions, reference
from abhiyan.elections.actions import parts as acts
from abhiyan.elections.actions.inputs import election_of
from abhiyan.elections.actions.parties import parties_by_word
from abhiyan.elections.actions.results import journal_pages, lock_election
from abhiyan.elections.models import Candidacy, Contest, Election, Part, PartVotes
from abhiyan.elections.refusals import NotWhole
from abhiyan.imports.kinds import ImportKind
from abhiyan.imports.work import Work

from . import naming
from .layouts import REASONS, SEGMENTS
from .naming import NamedElection

SPECIAL = "sps"  # how the Election Commission numbers special polling stations: SPS_1
_KEYS = [one.key for one in SEGMENTS.fields]
Where = tuple[int, str, str]  # contest, kind, number


@dataclass(slots=True)
class SegmentContest:
    """A contest as it is known, and who stood in it by the name as compared."""

    contest: Contest
    by_name: dict[str, list[Candidacy]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class SegmentSheet:
    """A file read. parts: what it says of each part. votes: by candidacy, with their row. said: the row that first gave
    a part's electors. spoilt: parts with a refused row -> that row."""

    parts: dict[Where, acts.NewPart] = field(default_factory=dict)
    votes: dict[Where, dict[int, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[Where, int] = field(default_factory=dict)
    spoilt: dict[Where, int] = field(default_factory=dict)


def _standing(election: Election) -> dict[tuple[str, int], SegmentContest]:
    segment_contests = {
        (contest.state, contest.number): SegmentContest(contest)
        for contest in Contest.objects.filter(election=election)
    }
    for candidacy in Candidacy.objects.filter(contest__election=election).select_related("contest"):
        standing = segment_contests[candidacy.contest.state, candidacy.contest.number]
        standing.by_name[
            reference.comparable_name(reference.NOTA if candidacy.is_nota else candidacy.name)
        ].append(candidacy)
    return segment_contests


def _part(cells: Mapping[str, Any], level: str) -> tuple[str, str] | None:
    """Kind and number of the part a row is of. level: of the contest; an assembly seat has booths only."""
    number, booth, name = cells["ac_number"], cells["booth"], cells["name"] or ""
    words = reference.comparable_name(name.replace("_", " ")).split()
    if booth:
        return Part.Kind.BOOTH, f"{number}/{booth}" if number and level == "pc" else str(booth)
    if number and level == "pc":
        return Part.Kind.SEGMENT, str(number)
    if words[:1] == [SPECIAL]:
        return Part.Kind.SPECIAL, name.split()[0].upper()
    return None


def _who(
    standing: SegmentContest, cells: Mapping[str, Any], words: Mapping[str, str]
) -> tuple[Candidacy | None, str]:
    """The candidate a row is of; or why it is nobody's."""
    name = reference.comparable_name(cells["candidate"])
    short = words.get(reference.comparable_name(cells["party_code"] or cells["party"]))
    if reference.NOTA in (short, words.get(name)):
        name = reference.comparable_name(reference.NOTA)
    candidacies = standing.by_name.get(name, [])
    if len(candidacies) > 1:
        code = short or cells["party"].upper()
        candidacies = [candidacy for candidacy in candidacies if candidacy.party == code] or candidacies
    if len(candidacies) > 1 and cells["position"] is not None:
        candidacies = [candidacy for candidacy in candidacies if candidacy.position == cells["position"]]
    if not candidacies:
        return None, "candidate_unknown"
    return (candidacies[0], "") if len(candidacies) == 1 else (None, "candidate_unclear")


def read_segments(work: Work, of: NamedElection, election: Election) -> list[acts.NewPart]:
    """The parts of a file with their votes. Rows that fit nobody, or no contest, are refused; where only what is
    whole is wanted, so are the others of such a part. Refuses NoNumberColumn, NoStateColumn."""
    naming.require_columns(work, of, f"{of.level}_number")
    standings, words, sheet = _standing(election), parties_by_word(), SegmentSheet()
    all_cells: dict[int, dict[str, Any]] = {}

    def seen(row: tuple[Any, ...]) -> None:
        # Told of every row, also of those the reader will refuse: their parts are not whole.
        all_cells[row[0]] = dict(zip(_KEYS, row[1:], strict=True))

    rows: list[tuple[int, dict[str, Any]]] = []
    for batch in work.rows(discard=seen if of.is_partial else None):
        # Rows that the reader refused are checked too, so that all their faults show at once.
        every = sorted((*batch.rows, *batch.faulty), key=lambda row: int(row[0]))
        rows += [(row[0], dict(zip(_KEYS, row[1:], strict=True))) for row in every]
    units = _units(rows)
    allowed = naming.states_allowed(work)
    if allowed is not None:
        standings = {
            seat: segment_contest for seat, segment_contest in standings.items() if seat[0] in allowed
        }
    for row, cells in rows:
        _take(work, of, row, cells, standings, words, units, sheet)
    judged = JudgedParts(work, standings, sheet)
    judged.without_votes()
    judged.above_electors()
    judged.above_total()
    if of.is_partial:
        for row in sorted(filter(work.is_refused, all_cells)):
            where = _where(of, all_cells[row], standings)
            if where is not None:
                sheet.spoilt.setdefault(where, row)
        judged.leave_out_spoilt()
    return [
        replace(part, votes=votes)
        for where, part in sheet.parts.items()
        if (
            votes := {
                candidacy_id: votes_row
                for candidacy_id, votes_row in sheet.votes[where].items()
                if not work.is_refused(votes_row[1])
            }
        )
    ]


def _where(
    of: NamedElection, cells: Mapping[str, Any], standings: Mapping[tuple[str, int], SegmentContest]
) -> Where | None:
    """Return the part a row is of, or None where its cells do not say."""
    state = reference.eci_code_of(cells["state"]) if cells["state"] else of.state
    standing = standings.get((state or "", cells[f"{of.level}_number"] or 0))
    part_key = _part(cells, of.level)
    return None if standing is None or part_key is None else (standing.contest.pk, *part_key)


def _units(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, int]:
    from abhiyan.units import queries as units

    codes = {cells["unit_code"] for _row, cells in rows if cells["unit_code"]}
    return units.ids_of(codes) if codes else {}


def _take(
    work: Work,
    of: NamedElection,
    row: int,
    cells: Mapping[str, Any],
    standings: Mapping[tuple[str, int], SegmentContest],
    words: Mapping[str, str],
    units: Mapping[str, int],
    sheet: SegmentSheet,
) -> None:
    if cells["year"] is not None and cells["year"] != of.wanted.year:
        work.refuse(row, "year", "year_differs", year=cells["year"], expected=of.wanted.year)
    state = reference.eci_code_of(cells["state"]) if cells["state"] else of.state
    if state is None and not work.is_refused(row, "state"):
        state_text = str(cells["state"] or "")[:40]
        work.refuse(row, "state", "state_unknown" if state_text else "state_missing", excerpt=state_text)
    number_key = f"{of.level}_number"
    number = cells[number_key]
    if number is None and not work.is_refused(row, number_key):
        work.refuse(row, number_key, "number_missing")
    standing = standings.get((state or "", number or 0))
    if standing is None and state is not None and number is not None:
        work.refuse(row, number_key, "seat_unknown", number=number, state=state)
    part_key = _part(cells, of.level)
    if part_key is None and not any(work.is_refused(row, key) for key in ("ac_number", "booth", "name")):
        work.refuse(row, "ac_number", "part_missing")
    unit_code = cells["unit_code"]
    if unit_code and unit_code not in units:
        work.refuse(row, "unit_code", "unit_unknown", excerpt=unit_code)
    candidacy = None
    if standing is not None and cells["candidate"] is not None and cells["party"] is not None:
        candidacy, why = _who(standing, cells, words)
        if candidacy is None:
            work.refuse(row, "candidate", why, excerpt=cells["candidate"][:60], number=number)
    if work.is_refused(row) or standing is None or part_key is None or candidacy is None:
        return
    where = (standing.contest.pk, *part_key)
    if candidacy.pk in sheet.votes[where]:
        first = sheet.votes[where][candidacy.pk][1]
        work.refuse(row, "candidate", "part_doubled", first_row=first)
        return
    if where not in sheet.parts:
        sheet.parts[where] = acts.NewPart(
            *where,
            cells["name"] or part_key[1],
            None,
            units.get(unit_code) if unit_code else None,
            {},
        )
    if (electors := cells["electors"]) is not None:
        part = sheet.parts[where]
        if part.electors is None:
            sheet.parts[where], sheet.said[where] = replace(part, electors=electors), row
        elif part.electors != electors:
            first, first_row = part.electors, sheet.said[where]
            work.refuse(row, "electors", "part_differs", first=first, first_row=first_row, here=electors)
    sheet.votes[where][candidacy.pk] = (cells["votes"], row)


@dataclass(slots=True)
class JudgedParts:
    """Hold a file's parts, and the parts already stored, against electors and the whole."""

    work: Work
    standings: Mapping[tuple[str, int], SegmentContest]
    sheet: SegmentSheet
    known: dict[Where, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    electors: dict[Where, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        contests = {where[0] for where in self.sheet.parts}
        parts = Part.objects.filter(contest_id__in=contests)
        for contest, kind, number, electors in parts.values_list("contest", "kind", "number", "electors"):
            self.electors[contest, kind, number] = electors
        lines = PartVotes.objects.filter(part__contest_id__in=contests)
        for contest, kind, number, candidacy, votes in lines.values_list(
            "part__contest", "part__kind", "part__number", "candidacy", "votes"
        ):
            self.known[contest, kind, number][candidacy] = votes

    def votes_of(self, where: Where) -> dict[int, int]:
        """A part's votes as they would stand: what is known, and what the file says instead or besides."""
        votes_by_id = self.sheet.votes.get(where, {})
        fresh = {
            candidacy_id: n for candidacy_id, (n, row) in votes_by_id.items() if not self.work.is_refused(row)
        }
        return self.known.get(where, {}) | fresh

    def above_electors(self) -> None:
        """Nobody votes where they are no elector: a part with more votes than electors is refused."""
        for where, part in self.sheet.parts.items():
            electors = part.electors if part.electors is not None else self.electors.get(where)
            polled = sum(self.votes_of(where).values())
            if electors is None or polled <= electors:
                continue
            facts = {"part": part.number, "votes": polled, "electors": electors}
            self.refuse(self.rows_of(where), "part_above_electors", **facts)

    def without_votes(self) -> None:
        """A part in which nobody has a vote had no poll, or its result is not known: it is refused."""
        for where in self.sheet.parts:
            votes = self.votes_of(where)
            if votes and not any(votes.values()):
                self.refuse(self.rows_of(where), "part_no_votes")

    def above_total(self) -> None:
        """Booths sum to no more than their segment; segments, special stations, and booths without a figure of their
        segment to no more than the whole. They may to less: postal votes have no place."""
        of_contest: dict[int, list[Where]] = defaultdict(list)
        for where in {*self.known, *self.sheet.parts}:
            of_contest[where[0]].append(where)
        totals = {
            one.pk: one.votes
            for standing in self.standings.values()
            for found in standing.by_name.values()
            for one in found
        }
        for contest_id, parts in of_contest.items():
            self._contest(contest_id, sorted(parts), totals)

    def _contest(self, contest_id: int, parts: Sequence[Where], totals: Mapping[int, int | None]) -> None:
        booths: dict[str, list[Where]] = defaultdict(list)
        for where in parts:
            if where[1] == Part.Kind.BOOTH:
                segment, _sign, _booth = where[2].rpartition("/")
                booths[segment].append(where)
        votes = {where: self.votes_of(where) for where in parts}
        others = [where for where in parts if where[1] != Part.Kind.BOOTH]
        for candidacy_id in {pk for where in parts for pk in self.sheet.votes.get(where, ())}:
            inside = [where for where in others if candidacy_id in votes[where]]  # what sums to the whole
            for segment, below in booths.items():
                whole = votes.get((contest_id, Part.Kind.SEGMENT, segment), {}).get(candidacy_id)
                if whole is None:
                    inside += below
                    continue
                n = sum(votes[where].get(candidacy_id, 0) for where in below)
                if n > whole:
                    rows = self.rows_of(*below, (contest_id, Part.Kind.SEGMENT, segment), of=candidacy_id)
                    self.refuse(rows, "above_segment", segment=segment, parts=n, total=whole)
            total = totals[candidacy_id]
            n = sum(votes[where].get(candidacy_id, 0) for where in inside)
            if total is not None and n > total:
                self.refuse(self.rows_of(*inside, of=candidacy_id), "above_total", parts=n, total=total)

    def rows_of(self, *parts: Where, of: int | None = None) -> list[int]:
        """Rows of the file in some parts, of everybody or of one candidate."""
        return [
            row
            for where in parts
            for candidacy_id, (_n, row) in self.sheet.votes.get(where, {}).items()
            if of is None or candidacy_id == of
        ]

    def refuse(self, rows: Iterable[int], code: str, **facts: Any) -> None:
        for row in rows:
            if not self.work.is_refused(row):
                self.work.refuse(row, "votes", code, **facts)

    def leave_out_spoilt(self) -> None:
        """A part with a hole is no result: its other rows are left out too."""
        for where, votes in self.sheet.votes.items():
            refused = [row for _n, row in votes.values() if self.work.is_refused(row)]
            first = min(
                [*refused, *([self.sheet.spoilt[where]] if where in self.sheet.spoilt else [])], default=0
            )
            for _n, row in votes.values() if first else ():
                if not self.work.is_refused(row):
                    self.work.refuse(row, "", "part_refused", first_row=first)


def check(work: Work) -> None:
    """Check a list of results by part and note what it would do."""
    named_election = naming.election_named_in_options(work)
    taken = acts.look_at_parts(
        parts=read_segments(work, named_election, election_of(named_election.wanted.code))
    )
    naming.tell_outcomes(work, taken, is_partial=named_election.is_partial)


def commit(work: Work) -> None:
    """Take it in, when every row is good, or when only what is good was asked for."""
    named_election = naming.election_named_in_options(work)
    lock_election(named_election.wanted.code)
    election = election_of(named_election.wanted.code)
    parts = read_segments(work, named_election, election)
    if work.refused_rows and not named_election.is_partial:
        raise NotWhole(rows=work.refused_rows)
    taken = acts.look_at_parts(parts=parts)
    pages = acts.take_in_parts(
        election=election, brought=naming.brought_results(work), parts=parts, by=work.by, at=work.at
    )
    for page in journal_pages(pages):
        work.keep(page)
    actions.link_contests(election=election.code, by=work.by, at=work.at, at_unit=work.unit_id)
    naming.tell_outcomes(work, taken, is_partial=named_election.is_partial)


SEGMENTS_KIND = ImportKind(
    key="segments",
    title=_("Election results by segment or booth"),
    explains=_(
        "Votes of each candidate by segment, booth or special station. The constituencies "
        "must be here already."
    ),
    layout=SEGMENTS,
    capability="results.import",
    outcomes=naming.OUTCOMES,
    options=(naming.ELECTION, naming.STATE, naming.PARTIAL, naming.ORIGIN, naming.KIND, naming.YEAR),
    reasons=REASONS,
    said=naming.SAID,
    consequences=frozenset({"part_refused"}),
    check=check,
    commit=commit,
    undo=naming.undoing(acts.take_back_parts),
    options_fit=naming.election_options_fit,
)
