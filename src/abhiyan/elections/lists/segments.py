"""Results by part: votes of each candidate in a segment, a booth or a special station of a known contest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from abhiyan.core.imports import ImportKind, Work
from abhiyan.elections import actions, known
from abhiyan.elections.actions import results as acts
from abhiyan.elections.actions.parties import parties_by_word
from abhiyan.elections.models import Candidacy, Contest, Election, Part
from abhiyan.elections.refusals import NotWhole

from . import naming
from .layouts import REASONS, SEGMENTS
from .naming import Named

SPECIAL = "sps"  # how the Election Commission numbers special polling stations: SPS_1
_KEYS = [one.key for one in SEGMENTS.fields]
Where = tuple[int, str, str]  # contest, kind, number


@dataclass(slots=True)
class Standing:
    """A contest as it is known, and who stood in it by the name as compared."""

    contest: Contest
    by_name: dict[str, list[Candidacy]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Sheet:
    """A file read. parts: what it says of each part. rows: the rows of each part. sums: votes by candidacy."""

    parts: dict[Where, acts.NewPart] = field(default_factory=dict)
    votes: dict[Where, dict[int, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    sums: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def _standing(election: Election) -> dict[tuple[str, int], Standing]:
    found = {
        (contest.state, contest.number): Standing(contest)
        for contest in Contest.objects.filter(election=election)
    }
    for one in Candidacy.objects.filter(contest__election=election).select_related("contest"):
        standing = found[one.contest.state, one.contest.number]
        standing.by_name[known.plain(known.NOTA if one.is_nota else one.name)].append(one)
    return found


def _part(cells: Mapping[str, Any], level: str) -> tuple[str, str] | None:
    """Kind and number of the part a row is of. level: of the contest; an assembly seat has booths only."""
    number, booth, name = cells["ac_number"], cells["booth"], cells["name"] or ""
    words = known.plain(name.replace("_", " ")).split()
    if booth:
        return Part.Kind.BOOTH, f"{number}/{booth}" if number and level == "pc" else str(booth)
    if number and level == "pc":
        return Part.Kind.SEGMENT, str(number)
    if words[:1] == [SPECIAL]:
        return Part.Kind.SPECIAL, name.split()[0].upper()
    return None


def _who(
    standing: Standing, cells: Mapping[str, Any], words: Mapping[str, str]
) -> tuple[Candidacy | None, str]:
    """The candidate a row is of; or why it is nobody's."""
    name = known.plain(cells["candidate"])
    short = words.get(known.plain(cells["party_code"] or cells["party"]))
    if known.NOTA in (short, words.get(name)):
        name = known.plain(known.NOTA)
    found = standing.by_name.get(name, [])
    if len(found) > 1:
        code = short or cells["party"].upper()
        found = [one for one in found if one.party == code] or found
    if len(found) > 1 and cells["position"] is not None:
        found = [one for one in found if one.position == cells["position"]]
    if not found:
        return None, "candidate_unknown"
    return (found[0], "") if len(found) == 1 else (None, "candidate_unclear")


def read(work: Work, of: Named, election: Election) -> list[acts.NewPart]:
    """The parts of a file with their votes. Rows that fit nobody, or no contest, are refused."""
    standings, words, sheet = _standing(election), parties_by_word(), Sheet()
    rows: list[tuple[int, dict[str, Any]]] = []
    for batch in work.rows():
        rows += [(row[0], dict(zip(_KEYS, row[1:], strict=True))) for row in batch.rows]
    units = _units(rows)
    allowed = naming.states_allowed(work)
    if allowed is not None:
        standings = {seat: one for seat, one in standings.items() if seat[0] in allowed}
    for row, cells in rows:
        _take(work, of, row, cells, standings, words, units, sheet)
    _above_total(work, standings, sheet)
    return [
        acts.NewPart(
            part.contest_id,
            part.kind,
            part.number,
            part.name,
            part.electors,
            part.unit_id,
            {one: told for one, told in sheet.votes[where].items() if not work.is_refused(told[1])},
        )
        for where, part in sheet.parts.items()
    ]


def _units(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, int]:
    from abhiyan.units import queries as units

    codes = {cells["unit_code"] for _row, cells in rows if cells["unit_code"]}
    return units.ids_of(codes) if codes else {}


def _take(
    work: Work,
    of: Named,
    row: int,
    cells: Mapping[str, Any],
    standings: Mapping[tuple[str, int], Standing],
    words: Mapping[str, str],
    units: Mapping[str, int],
    sheet: Sheet,
) -> None:
    if cells["year"] is not None and cells["year"] != of.wanted.year:
        work.refuse(row, "year", "year_differs", year=cells["year"], expected=of.wanted.year)
        return
    state = known.state_of(cells["state"]) if cells["state"] else of.state
    if state is None:
        told = str(cells["state"] or "")[:40]
        work.refuse(row, "state", "state_unknown" if told else "state_missing", excerpt=told)
        return
    number = cells[f"{of.level}_number"]
    if number is None:
        work.refuse(row, f"{of.level}_number", "number_missing")
        return
    standing = standings.get((state, number))
    if standing is None:
        work.refuse(row, f"{of.level}_number", "seat_unknown", number=number, state=state)
        return
    found = _part(cells, of.level)
    if found is None:
        work.refuse(row, "ac_number", "part_missing")
        return
    candidacy, why = _who(standing, cells, words)
    if candidacy is None:
        work.refuse(row, "candidate", why, excerpt=cells["candidate"][:60], number=number)
        return
    where = (standing.contest.pk, *found)
    if candidacy.pk in sheet.votes[where]:
        first = sheet.votes[where][candidacy.pk][1]
        work.refuse(row, "candidate", "part_doubled", first_row=first)
        return
    unit_code = cells["unit_code"]
    if unit_code and unit_code not in units:
        work.refuse(row, "unit_code", "unit_unknown", excerpt=unit_code)
        return
    if where not in sheet.parts:
        sheet.parts[where] = acts.NewPart(
            *where,
            cells["name"] or found[1],
            cells["electors"],
            units.get(unit_code) if unit_code else None,
            {},
        )
    sheet.votes[where][candidacy.pk] = (cells["votes"], row)
    if found[0] != Part.Kind.BOOTH:
        sheet.sums[candidacy.pk] += cells["votes"]


def _above_total(work: Work, standings: Mapping[tuple[str, int], Standing], sheet: Sheet) -> None:
    """Segments and special stations cannot sum to more than the whole; they may to less: postal votes have no place."""
    totals = {
        one.pk: one.votes
        for standing in standings.values()
        for found in standing.by_name.values()
        for one in found
    }
    for candidacy_id, parts in sheet.sums.items():
        total = totals.get(candidacy_id)
        if total is None or parts <= total:
            continue
        for votes in sheet.votes.values():
            if candidacy_id in votes:
                work.refuse(votes[candidacy_id][1], "votes", "above_total", parts=parts, total=total)


def check(work: Work) -> None:
    """What a list of results by part would do."""
    of = naming.named(work)
    taken = acts.look_at_parts(parts=read(work, of, naming.election_there(of.wanted.code)))
    naming.tell(work, taken, is_partial=of.is_partial)


def commit(work: Work) -> None:
    """Take it in, when every row is good, or when only what is good was asked for."""
    of = naming.named(work)
    election = naming.election_there(of.wanted.code)
    parts = read(work, of, election)
    if work.refused_rows and not of.is_partial:
        raise NotWhole(rows=work.refused_rows)
    taken = acts.look_at_parts(parts=parts)
    pages = acts.take_in_parts(
        election=election, brought=naming.brought(work), parts=parts, by=work.by, at=work.at
    )
    for page in acts.pages_of(pages):
        work.keep(page)
    if taken.new:
        actions.link_contests(election=election.code, by=work.by, at=work.at, at_unit=work.unit_id)
    naming.tell(work, taken, is_partial=of.is_partial)


def undo(work: Work) -> None:
    """As it was before the list."""
    work.count(
        "new", acts.take_back_parts(import_id=work.id, pages=list(work.kept()), by=work.by, at=work.at)
    )


SEGMENTS_KIND = ImportKind(
    key="segments",
    title=_("Election results by segment or booth"),
    explains=_(
        "Votes of each candidate in each segment, booth or special station of constituencies that are known."
    ),
    layout=SEGMENTS,
    capability="results.import",
    outcomes=naming.OUTCOMES,
    options=(naming.ELECTION, naming.STATE, naming.PARTIAL, naming.ORIGIN, naming.KIND, naming.YEAR),
    reasons=REASONS,
    check=check,
    commit=commit,
    undo=undo,
)
