"""Results by constituency: one row per candidate. A seat is taken whole or not at all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from abhiyan.elections import actions, reference
from abhiyan.elections.actions import results as acts
from abhiyan.elections.actions.parties import parties_by_word
from abhiyan.elections.models import Contest, Election
from abhiyan.elections.refusals import NotWhole
from abhiyan.imports.kinds import ImportKind
from abhiyan.imports.work import Work

from . import naming
from .fitting import Fitting
from .layouts import REASONS, RESULTS
from .naming import NamedElection

UNCONTESTED = {
    reference.comparable_name(text) for text in ("uncontested", "unopposed", "निर्विरोध", "निर्विरोध निर्वाचित")
}
NONE_OF_THE_ABOVE = {
    reference.comparable_name(text) for text in ("NOTA", "None of the above", "नोटा", "इनमें से कोई नहीं")
}
SHOWN = 12  # missing numbers named in one reason
_KEYS = [one.key for one in RESULTS.fields]


@dataclass(slots=True)
class ResultFileLine:
    """One row of the file, its cells by key."""

    row: int
    cells: dict[str, Any]
    state: str = ""
    number: int = 0

    def __getitem__(self, key: str) -> Any:
        return self.cells[key]


Seat = tuple[str, int]


@dataclass(slots=True)
class ResultSheet:
    """A file read: its rows by seat, and the seats that have a refused row: seat -> that row."""

    seats: dict[Seat, list[ResultFileLine]] = field(default_factory=lambda: defaultdict(list))
    spoilt: dict[Seat, int] = field(default_factory=dict)
    last_row: int = 0


def _number_of(cells: Mapping[str, Any], of: NamedElection) -> int | None:
    """The number of the seat that was voted in: a row may carry the other level's too."""
    seat_number = cells.get(f"{of.level}_number")
    return seat_number if seat_number is not None else cells.get("number")


def _uncount_assemblies(of: NamedElection, rows: Iterable[dict[str, Any]]) -> None:
    """Forget a number of the level that is one in all rows while the plain number differs: it counts assemblies.

    So it is in the files of Lok Dhaba: `Assembly_No` 8 is the eighth assembly of the state.
    """
    number_key, rows = f"{of.level}_number", list(rows)
    if len({row[number_key] for row in rows}) == 1 < len({row["number"] for row in rows} - {None}):
        for row in rows:
            row[number_key] = None


def read_results(work: Work, of: NamedElection) -> ResultSheet:
    """Every row of the file, with its seat; what cannot be placed is refused. Refuses NoNumberColumn, NoStateColumn."""
    naming.require_columns(work, of, f"{of.level}_number", "number")
    sheet, number_key = ResultSheet(), f"{of.level}_number"
    all_cells: dict[int, dict[str, Any]] = {}

    def seen(row: tuple[Any, ...]) -> None:
        # Told of every row, also of those the reader will refuse: their seats are not whole.
        cells = dict(zip(_KEYS, row[1:], strict=True))
        all_cells[row[0]] = {key: cells[key] for key in (number_key, "number", "state")}

    lines: list[ResultFileLine] = []
    for batch in work.rows(discard=seen):
        # Rows that the reader refused are checked too, so that all their faults show at once.
        for row in (*batch.rows, *batch.faulty):
            cells = dict(zip(_KEYS, row[1:], strict=True))
            cells["name"] = cells[f"{of.level}_name"] or cells["name"]
            lines.append(ResultFileLine(row[0], cells))
    _uncount_assemblies(of, all_cells.values())
    for line in lines:
        line.cells[number_key] = all_cells[line.row][number_key]
    seat_at = {row: _seat(cells, of) for row, cells in all_cells.items()}
    allowed = naming.states_allowed(work)
    for line in sorted(lines, key=lambda line: line.row):
        _place(work, of, sheet, line, allowed)
    sheet.last_row = max(seat_at, default=0)
    _spoil(work, sheet, seat_at)
    return sheet


def _state(cells: Mapping[str, Any], of: NamedElection) -> str | None:
    text = cells.get("state")
    return reference.eci_code_of(text) if text else of.state


def _seat(cells: Mapping[str, Any], of: NamedElection) -> Seat | None:
    state, number = _state(cells, of), _number_of(cells, of)
    return (state, number) if state and number else None


def _place(
    work: Work, of: NamedElection, sheet: ResultSheet, line: ResultFileLine, allowed: frozenset[str] | None
) -> None:
    state, number = _state(line.cells, of), _number_of(line.cells, of)
    if state is None:
        if line["state"]:
            work.refuse(line.row, "state", "state_unknown", excerpt=str(line["state"])[:40])
        elif not work.is_refused(line.row, "state"):
            work.refuse(line.row, "state", "state_missing")
    elif allowed is not None and state not in allowed:
        work.refuse(line.row, "state", "state_outside", state=state)
    number_key = f"{of.level}_number"
    if number is None and not work.is_refused(line.row, number_key):
        work.refuse(line.row, number_key, "number_missing")
    if work.is_refused(line.row):
        if line["year"] is not None and line["year"] != of.wanted.year:
            work.refuse(line.row, "year", "year_differs", year=line["year"], expected=of.wanted.year)
        return
    assert state is not None and number is not None  # else it was refused
    line.state, line.number = state, number
    sheet.seats[state, number].append(line)


def _spoil(work: Work, sheet: ResultSheet, seat_at: Mapping[int, Seat | None]) -> None:
    """Note the seats with a refused row. A row without a seat may belong to its neighbours on either side."""
    rows = sorted(seat_at)
    for index, row in enumerate(rows):
        if not work.is_refused(row):
            continue
        seat_key = seat_at[row]
        before = next((seat_at[other] for other in reversed(rows[:index]) if seat_at[other]), None)
        after = next((seat_at[other] for other in rows[index + 1 :] if seat_at[other]), None)
        for seat in (seat_key,) if seat_key else (before, after):
            if seat:
                sheet.spoilt.setdefault(seat, row)


def judge_seats(work: Work, of: NamedElection, sheet: ResultSheet) -> list[acts.NewContest]:
    """The seats that are whole and make sense; the rows of all others are refused with reasons."""
    words = parties_by_word()
    if of.corrects_numbers:
        _correct(work, of, sheet)
    units = Seated(of, sheet)
    fits = _fitting(of, sheet)
    contests = []
    for seat, lines in sheet.seats.items():
        before = work.refused_rows
        contest = _contest(work, of, lines, words, units, fits, is_spoilt=seat in sheet.spoilt)
        if work.refused_rows != before or seat in sheet.spoilt:
            first = sheet.spoilt.get(seat) or next(line.row for line in lines if work.is_refused(line.row))
            sheet.spoilt[seat] = first
            for line in lines:
                if not work.is_refused(line.row):
                    work.refuse(line.row, "", "seat_refused", first_row=first)
        else:
            contests.append(contest)
    _missing(work, of, sheet, fits)
    fits.note(work)
    return contests


def _fitting(of: NamedElection, sheet: ResultSheet) -> Fitting:
    return Fitting(of, {seat: _name_in(lines) for seat, lines in sheet.seats.items()})


def _correct(work: Work, of: NamedElection, sheet: ResultSheet) -> None:
    """Give seats the numbers of their year where all of a state are off by one amount, as their names say.

    A state whose corrected numbers are taken by another stays as it is, and is refused.
    """
    allowed = naming.states_allowed(work)
    moves = {
        state: move
        for state, move in _fitting(of, sheet).moves.items()
        if move is not None and (allowed is None or move.state in allowed)
    }

    def moved(seat: Seat) -> Seat:
        move = moves.get(seat[0])
        return (move.state, seat[1] + move.up) if move else seat

    taken = Counter(map(moved, {*sheet.seats, *sheet.spoilt}))
    for state in {seat[0] for seat in sheet.seats if taken[moved(seat)] > 1}:
        moves.pop(state, None)
    n = sum(seat[0] in moves for seat in sheet.seats)
    seats = {moved(seat): lines for seat, lines in sheet.seats.items()}
    spoilt = {moved(seat): row for seat, row in sheet.spoilt.items()}
    sheet.seats.clear()
    sheet.seats.update(seats)
    sheet.spoilt.clear()
    sheet.spoilt.update(spoilt)
    for (state, number), lines in seats.items():
        for line in lines:
            line.state, line.number = state, number
    if n:
        work.note_whole("corrected", n)


def _name_in(lines: Sequence[ResultFileLine]) -> tuple[int, str]:
    """The row that first names a seat, and the name; its first row, where none does."""
    return next(((line.row, line["name"]) for line in lines if line["name"]), (lines[0].row, ""))


class Seated:
    """The units a file gives to its seats, by code. In one election a unit is one seat at most."""

    def __init__(self, of: NamedElection, sheet: ResultSheet) -> None:
        from abhiyan.units import queries as units

        self._lines = {
            seat: line
            for seat, lines in sheet.seats.items()
            if (line := next((line for line in lines if line["unit_code"]), None)) is not None
        }
        codes = {line["unit_code"] for line in self._lines.values()}
        self._ids = units.ids_of(codes) if codes else {}
        self._first: dict[int, int] = {}  # unit -> the row that first gives it
        there = Contest.objects.filter(election__code=of.wanted.code, unit__in=self._ids.values())
        self._known: dict[int, Seat] = {
            unit_id: (state, number)
            for unit_id, state, number in there.values_list("unit_id", "state", "number")
            if (state, number) not in self._lines
        }

    def unit_of(self, work: Work, seat: Seat) -> int | None:
        """The unit of a seat, if the file names one; what is no unit, or another seat's, is refused."""
        line = self._lines.get(seat)
        if line is None:
            return None
        code = line["unit_code"]
        unit_id = self._ids.get(code)
        if unit_id is None:
            work.refuse(line.row, "unit_code", "unit_unknown", excerpt=code)
        elif (first := self._first.setdefault(unit_id, line.row)) != line.row:
            work.refuse(line.row, "unit_code", "unit_doubled", excerpt=code, first_row=first)
        elif unit_id in self._known:
            state, number = self._known[unit_id]
            work.refuse(line.row, "unit_code", "unit_taken", excerpt=code, state=state, number=number)
        return unit_id


def _contest(
    work: Work,
    of: NamedElection,
    lines: Sequence[ResultFileLine],
    words: Mapping[str, str],
    units: Seated,
    fits: Fitting,
    *,
    is_spoilt: bool,
) -> acts.NewContest:
    first = lines[0]
    _agree(work, of, lines)
    numbering = reference.numbering(of.level, first.state, of.wanted.year)
    label = of.numbering if of.numbering is not None else numbering.label
    is_another = fits.refuse(work, (first.state, first.number))
    is_known = of.numbering is not None or numbering.numbers is None or first.number in numbering.numbers
    if not is_another and not is_known:
        numbers = sorted(numbering.numbers or ()) or [0]
        work.refuse(
            first.row,
            f"{of.level}_number",
            "number_unknown",
            state=first.state,
            number=first.number,
            least=numbers[0],
            most=numbers[-1],
        )
    candidates = [_candidate(work, line, words) for line in lines]
    _doubled(work, candidates)
    is_uncontested = _uncontested(work, lines)
    if not is_uncontested and not is_spoilt:
        candidates = _ranked(work, lines, candidates)
    electors = next((line["electors"] for line in lines if line["electors"] is not None), None)
    polled = sum(candidate.votes or 0 for candidate in candidates)
    if (
        polled == 0
        and not is_uncontested
        and not is_spoilt
        and any(candidate.votes == 0 for candidate in candidates)
    ):
        work.refuse(first.row, "votes", "no_votes")
    if electors is not None and polled > electors:
        work.refuse(
            first.row, "votes", "above_electors", number=first.number, votes=polled, electors=electors
        )
    name = _name_in(lines)[1]
    return acts.NewContest(
        state=first.state,
        number=first.number,
        name=name or reference.seat_name(of.level, first.state, first.number, label) or str(first.number),
        reservation=(first["reservation"] or "").upper(),
        electors=electors,
        is_uncontested=is_uncontested,
        numbering=label,
        note=" ".join(_notes(lines)),
        unit_id=units.unit_of(work, (first.state, first.number)),
        row=first.row,
        candidates=candidates,
    )


def _agree(work: Work, of: NamedElection, lines: Sequence[ResultFileLine]) -> None:
    """Rows of one seat say the same of it, and of the right year."""
    first = lines[0]
    for line in lines:
        if line["year"] is not None and line["year"] != of.wanted.year:
            work.refuse(line.row, "year", "year_differs", year=line["year"], expected=of.wanted.year)
        if (
            line["name"]
            and first["name"]
            and reference.comparable_name(line["name"]) != reference.comparable_name(first["name"])
        ):
            work.refuse(
                line.row,
                "name",
                "name_differs",
                number=first.number,
                first=first["name"][:60],
                first_row=first.row,
                excerpt=line["name"][:60],
            )
        elector_counts = (line["electors"], first["electors"])
        if None not in elector_counts and elector_counts[0] != elector_counts[1]:
            work.refuse(
                line.row,
                "electors",
                "electors_differ",
                number=first.number,
                first=elector_counts[1],
                first_row=first.row,
                here=elector_counts[0],
            )


def _candidate(work: Work, line: ResultFileLine, words: Mapping[str, str]) -> acts.NewCandidate:
    name, party, code = line["candidate"], line["party"], line["party_code"]
    if not any(map(str.isalpha, name)):
        work.refuse(line.row, "candidate", "no_letters_here", excerpt=name[:40])
    for key, text in (("party", party), ("party_code", code)):
        if text and not any(map(str.isalpha, text)):
            work.refuse(line.row, key, "number_for_party", excerpt=text[:40])
    short = (
        words.get(reference.comparable_name(code or party))
        or words.get(reference.comparable_name(party))
        or (code or party).upper()
    )
    is_nota = short == reference.NOTA or reference.comparable_name(name) in NONE_OF_THE_ABOVE
    return acts.NewCandidate(
        row=line.row,
        position=line["position"] or 0,
        name=name,
        party=reference.NOTA if is_nota else short,
        party_name=""
        if is_nota or reference.comparable_name(party) == reference.comparable_name(short)
        else party,
        votes=line["votes"],
        is_nota=is_nota,
    )


def _doubled(work: Work, candidates: Sequence[acts.NewCandidate]) -> None:
    """A candidate stands once. Independents may share a name; their votes tell them apart."""
    seen: dict[tuple[Any, ...], int] = {}
    places: dict[int, int] = {}
    for candidate in candidates:
        if candidate.is_nota:
            key: tuple[Any, ...] = (reference.NOTA,)
        elif candidate.party == reference.INDEPENDENT or candidate.position:
            key = (reference.comparable_name(candidate.name), candidate.party, candidate.votes)
        else:
            key = (reference.comparable_name(candidate.name), candidate.party)
        if key in seen:
            reason = "nota_doubled" if candidate.is_nota else "candidate_doubled"
            work.refuse(candidate.row, "candidate", reason, first_row=seen[key])
        elif candidate.position and candidate.position in places:
            # Two in one place: a row was copied, and perhaps changed.
            work.refuse(candidate.row, "position", "candidate_doubled", first_row=places[candidate.position])
        seen.setdefault(key, candidate.row)
        if candidate.position:
            places.setdefault(candidate.position, candidate.row)


def _uncontested(work: Work, lines: Sequence[ResultFileLine]) -> bool:
    has_note = any(line["note"] and reference.comparable_name(line["note"]) in UNCONTESTED for line in lines)
    if not has_note:
        for line in lines:
            if line["votes"] is None:
                work.refuse(line.row, "votes", "votes_missing")
        return False
    if len(lines) > 1 or lines[0]["votes"] is not None:
        for line in lines:
            work.refuse(line.row, "note", "uncontested_votes")
    return True


def _ranked(
    work: Work, lines: Sequence[ResultFileLine], candidates: Sequence[acts.NewCandidate]
) -> list[acts.NewCandidate]:
    """Candidates with their place by votes. Places that the file gives must be those by votes, with ties in any order.
    Equal votes share one place where the file gives none: a lot decided between them, and the order of rows is no lot.

    Files differ on "none of the above": some count it among the places, others leave it out, put it last, or give it
    none. Its place is therefore not checked.
    """
    order = sorted(
        candidates, key=lambda candidate: (-(candidate.votes or 0), candidate.position, candidate.row)
    )
    among = {candidate.row: place for place, candidate in enumerate(order, 1)}
    after = {
        candidate.row: place
        for place, candidate in enumerate(sorted(order, key=lambda candidate: candidate.is_nota), 1)
    }
    if all(line["position"] is None for line in lines):
        first = {candidate.votes: among[candidate.row] for candidate in reversed(order)}
        return [replace(candidate, position=first[candidate.votes]) for candidate in candidates]
    readings = []
    for places in (among, after):
        wrong = [
            candidate
            for candidate in candidates
            if not candidate.is_nota and candidate.position != places[candidate.row]
        ]
        readings.append((len(wrong), wrong, places))
    _n, wrong, places = min(readings, key=lambda reading: reading[0])
    if not wrong:
        return [replace(candidate, position=places[candidate.row]) for candidate in candidates]
    if not any(work.is_refused(line.row) for line in lines):
        if _lacks_one_place(order):
            work.note_whole("nota_left_out", work.notes["/nota_left_out"] + 1)
        for new_candidate in wrong:
            work.refuse(
                new_candidate.row,
                "position",
                "position_wrong",
                excerpt=new_candidate.position or "–",
                rank=places[new_candidate.row],
            )
    return list(candidates)


def _lacks_one_place(order: Sequence[acts.NewCandidate]) -> bool:
    """Return True if the places of a seat are in the order of votes, and one number among them is missing."""
    places = [candidate.position for candidate in order]
    gaps = [place - number for number, place in enumerate(places, 1)]
    return not any(candidate.is_nota for candidate in order) and set(gaps) == {0, 1} and gaps == sorted(gaps)


def _notes(lines: Iterable[ResultFileLine]) -> list[str]:
    return list(dict.fromkeys(line["note"] for line in lines if line["note"]))


def _missing(work: Work, of: NamedElection, sheet: ResultSheet, fits: Fitting) -> None:
    """Seats that are not in the file at all, by state; in a file of many states, whole states too. A state whose
    numbers are wrong is left out, since its seats are unknown."""
    by_state: dict[str, dict[int, int]] = defaultdict(dict)  # state -> number -> first row
    for (state, number), lines in sheet.seats.items():
        by_state[state][number] = lines[0].row
    for state, number in sheet.spoilt:
        by_state[state].setdefault(number, sheet.spoilt[state, number])
    if of.is_partial or of.is_by:
        return
    for state, rows in by_state.items():
        if state in fits.moves:
            continue
        expected = (
            reference.numbering(of.level, state, of.wanted.year).numbers if of.numbering is None else None
        )
        wanted = expected or frozenset(range(1, max(rows) + 1))
        gone = sorted(wanted - rows.keys())
        last = max(rows.values())
        if len(gone) > SHOWN:
            numbers = ", ".join(map(str, gone[:SHOWN])) + " …"
            work.refuse(last, "", "seats_missing", state=state, count=len(gone), numbers=numbers)
            continue
        for number in gone:
            behind = [row for other, row in rows.items() if other > number]
            work.refuse(min(behind, default=last), "", "seat_missing", state=state, number=number)
    if of.level == "pc" and len(by_state) > 1:
        lacking = [
            state
            for state in reference.reference_states()
            if state not in by_state and reference.numbering(of.level, state, of.wanted.year).numbers
        ]
        if lacking:
            work.refuse(sheet.last_row, "state", "states_missing", states=", ".join(lacking))


def check(work: Work) -> None:
    """Check a list of results and note what it would do."""
    named_election = naming.election_named_in_options(work)
    contests = judge_seats(work, named_election, read_results(work, named_election))
    election = Election.objects.filter(code=named_election.wanted.code).first()
    taken = acts.look_at_results(election=election, contests=contests, is_refused=work.is_refused)
    for row, _candidacy in taken.standing:
        work.refuse(row, "candidate", "segments_stand")
    if named_election.is_partial:
        naming.note_seats(work, named_election, contests)
    naming.tell_outcomes(work, taken, is_partial=named_election.is_partial)


def commit(work: Work) -> None:
    """Take it in, when every row is good, or when only what is whole was asked for."""
    named_election = naming.election_named_in_options(work)
    election = acts.lock_election(named_election.wanted.code)
    contests = judge_seats(work, named_election, read_results(work, named_election))
    taken = acts.look_at_results(election=election, contests=contests, is_refused=work.is_refused)
    for row, _candidacy in taken.standing:
        work.refuse(row, "candidate", "segments_stand")
    if work.refused_rows and not named_election.is_partial:
        raise NotWhole(rows=work.refused_rows)
    standing = {row for row, _candidacy in taken.standing}
    election, pages = acts.take_in_results(
        wanted=named_election.wanted,
        brought=naming.brought_results(work),
        contests=[contest for contest in contests if contest.row not in standing],
        by=work.by,
        at=work.at,
    )
    for page in acts.journal_pages(pages):
        work.keep(page)
    if named_election.is_partial:
        naming.note_seats(work, named_election, contests)
    actions.link_contests(election=election.code, by=work.by, at=work.at, at_unit=work.unit_id)
    naming.tell_outcomes(work, taken, is_partial=named_election.is_partial)


RESULTS_KIND = ImportKind(
    key="results",
    title=_("Election results"),
    explains=_("Results by constituency, one row per candidate: name, party, votes. Seats are taken whole."),
    layout=RESULTS,
    capability="results.import",
    outcomes=naming.OUTCOMES,
    options=(
        naming.ELECTION,
        naming.STATE,
        naming.PARTIAL,
        naming.CORRECT,
        naming.ORIGIN,
        naming.KIND,
        naming.YEAR,
        naming.NAME,
        naming.NAME_HI,
        naming.NUMBERING,
        naming.SAMPLE,
    ),
    reasons=REASONS,
    said=naming.SAID,
    consequences=frozenset({"seat_refused"}),
    check=check,
    commit=commit,
    undo=naming.undoing(acts.take_back_results),
    options_fit=naming.election_options_fit,
    tells=naming.result_list_words,
)
