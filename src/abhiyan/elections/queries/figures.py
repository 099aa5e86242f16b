"""Return an election's figures of many units at once: our side's votes where a unit is a seat, a segment or a booth."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from abhiyan.core import sql
from abhiyan.elections.models import Candidacy, Contest, Election
from abhiyan.elections.rules import results as rules

from . import loading
from .listing import OurSide
from .loading import FigureSource


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's result for one side. best: votes of the best candidate outside the side; lead_pct: ours over that.

    Not of a unit where nobody voted.
    """

    unit_id: int
    electors: int | None
    polled: int
    votes: int
    best: int
    share_pct: float
    lead_pct: float
    turnout_pct: float | None
    source: FigureSource


def figures_of_units(election: Election, unit_ids: Iterable[int], side: OurSide) -> dict[int, UnitFigures]:
    """unit id -> its figures: of the seat it is, else of the segment or booth it is. Six queries at most; booths are
    summed in the database, since a state has a hundred thousand with fifteen candidates each."""
    wanted = set(unit_ids)
    unit_figures: dict[int, UnitFigures] = {}
    seats = loading.load(Q(election=election, unit__in=wanted))
    files = loading.files_of_imports(contest.contest.import_id for contest in seats)
    for loaded_contest in seats:
        unit_id, counted = loaded_contest.contest.unit_id, loaded_contest.counted
        if unit_id is not None and counted.polled:
            ours = side.parties_in(loaded_contest.contest.state)
            others = [
                line for line in counted.lines if not line.is_nota and not rules.belongs(line.party, ours)
            ]
            unit_figures[unit_id] = _figures(
                unit_id,
                counted.electors,
                counted.polled,
                rules.side_result(counted, ours).votes,
                max((line.votes or 0 for line in others), default=0),
                loading.source(files, loaded_contest.contest.import_id, loaded_contest.contest.row),
            )
    rows = _sums_of_parts(election, wanted - unit_figures.keys(), side)
    files = loading.files_of_imports(import_id for *_sums, import_id, _row in rows)
    for unit_id, electors, polled, votes, best, import_id, row in rows:
        source = loading.source(files, import_id, row)
        unit_figures[unit_id] = _figures(unit_id, electors, polled, votes, best, source)
    return unit_figures


def _sums_of_parts(election: Election, unit_ids: Collection[int], side: OurSide) -> list[tuple[Any, ...]]:
    """Return segments and booths with votes: unit, electors, all votes, ours, and those of the best outside our side.
    The import and first row of their file follow. Two queries."""
    states = Contest.objects.filter(election=election).order_by().values_list("state", flat=True).distinct()
    ours = [
        (state, party)
        for state in states
        for party in set(side.parties_in(state)) - {rules.INDEPENDENT, rules.NOTA}
    ]
    return sql.rows(
        """select p.unit_id, p.electors, sum(v.votes)::bigint,
             coalesce(sum(v.votes) filter (where o.party is not null), 0)::bigint,
             coalesce(max(v.votes) filter (where o.party is null and not y.is_nota), 0),
             (array_agg(v.import_id order by v.row))[1], min(v.row)
           from elections_part p
           join elections_contest c on c.id = p.contest_id and c.election_id = %s
           join elections_part_votes v on v.part_id = p.id
           join elections_candidacy y on y.id = v.candidacy_id
           left join unnest(%s::text[], %s::text[]) o(state, party)
             on o.state = c.state and o.party = y.party and not y.is_nota
           where p.unit_id = any(%s)
           group by p.id having sum(v.votes) > 0 order by p.id""",
        [election.pk, [state for state, _party in ours], [party for _state, party in ours], list(unit_ids)],
    )


def _figures(
    unit_id: int, electors: int | None, polled: int, votes: int, best: int, source: FigureSource
) -> UnitFigures:
    return UnitFigures(
        unit_id=unit_id,
        electors=electors,
        polled=polled,
        votes=votes,
        best=best,
        share_pct=100 * votes / polled,
        lead_pct=100 * (votes - best) / polled,
        turnout_pct=rules.share_pct(polled, electors) if electors else None,
        source=source,
    )


@dataclass(frozen=True, slots=True)
class LastVote:
    """Votes of a seat, segment or booth in one election: who was ahead there, and by how many votes."""

    unit_id: int
    electors: int | None
    polled: int
    party: str
    lead: int


_CAST = """cast_there as (
  select c.unit_id, c.election_id, c.electors, y.party, y.is_nota, y.votes::bigint as votes
  from elections_contest c join elections_candidacy y on y.contest_id = c.id and y.votes is not null
  where c.unit_id = any(%(units)s)
  union all
  select p.unit_id, c.election_id, p.electors, y.party, y.is_nota, v.votes
  from elections_part p join elections_contest c on c.id = p.contest_id
  join elections_part_votes v on v.part_id = p.id join elections_candidacy y on y.id = v.candidacy_id
  where p.unit_id = any(%(units)s))"""


def last_election(unit_ids: Collection[int]) -> Election | None:
    """Return the newest election of all seats that says something of most of these units. By-elections do not count."""
    pk = sql.value(
        f"""with {_CAST} select e.id from cast_there t join elections_election e on e.id = t.election_id
          where e.kind not like %(by)s group by e.id
          order by count(distinct t.unit_id) desc, e.year desc, e.id desc limit 1""",
        {"units": list(unit_ids), "by": "%\\_by"},
    )
    return Election.objects.filter(pk=pk).first()


def last_votes(election: Election, unit_ids: Collection[int]) -> dict[int, LastVote]:
    """unit id -> its votes in an election. One query. NOTA is polled, and is never ahead."""
    rows = sql.rows(
        f"""with {_CAST} select unit_id, max(electors), sum(votes)::bigint,
            coalesce((array_agg(party order by votes desc) filter (where not is_nota))[1], ''),
            coalesce((array_agg(votes order by votes desc) filter (where not is_nota))[1], 0)
              - coalesce((array_agg(votes order by votes desc) filter (where not is_nota))[2], 0)
          from cast_there where election_id = %(election)s group by unit_id having sum(votes) > 0""",
        {"units": list(unit_ids), "election": election.pk},
    )
    return {row[0]: LastVote(*row) for row in rows}


def units_with_figures(election: Election, unit_id: int) -> list[int]:
    """Return the units at or below one, in any hierarchy, that are a segment or booth with figures of the election.
    Seats of the Lok Sabha are none: they are too large to be sorted into classes."""
    return sql.column(
        """select distinct f.unit_id from (
             select unit_id from elections_contest where election_id = %(election)s and unit_id is not null
             union all
             select p.unit_id from elections_part p join elections_contest c on c.id = p.contest_id
             where c.election_id = %(election)s and p.unit_id is not null) f
           join units_unit u on u.id = f.unit_id and u.kind in ('segment', 'booth')
           join units_placement t on t.unit_id = %(unit)s and t.lo is not null
           join units_placement p on p.unit_id = f.unit_id and p.lo >= t.lo and p.lo < t.hi
           order by 1""",
        {"election": election.pk, "unit": unit_id},
    )


def unit_places_below(election: Election, unit_id: int, *, most: int) -> tuple[list[int], int]:
    """Places below a unit of the electoral tree, at any depth, of one kind, and how many of them are left out.

    Its segments, where the election says something of any, or of no constituency either; else its constituencies.
    Places with figures come first where there are more than `most`, by code. One query.
    """
    rows = sql.rows(
        """select u.kind, u.id, exists (
             select from elections_contest c where c.unit_id = u.id and c.election_id = %(election)s
           ) or exists (
             select from elections_part e join elections_contest c on c.id = e.contest_id
             where e.unit_id = u.id and c.election_id = %(election)s)
           from units_placement t
           join units_placement p on p.hierarchy = t.hierarchy and p.lo > t.lo and p.lo < t.hi
           join units_unit u on u.id = p.unit_id and u.kind in ('segment', 'constituency')
           where t.unit_id = %(unit)s and t.hierarchy = 2 and t.lo is not null and u.closed_on is null
           order by u.code""",
        {"election": election.pk, "unit": unit_id},
    )
    kinds_told = {kind for kind, _id, is_told in rows if is_told}
    kind = "constituency" if kinds_told == {"constituency"} else "segment"
    there = [(is_told, place_id) for row_kind, place_id, is_told in rows if row_kind == kind]
    kept = there if len(there) <= most else [row for row in there if row[0]][:most]
    return [place_id for _told, place_id in kept], len(there) - len(kept)


@dataclass(frozen=True, slots=True)
class Lying:
    """A seat or segment in which a unit lies. booths: how many of the unit's booths lie in it."""

    unit_id: int
    code: str
    kind: str
    names: Mapping[str, str]
    booths: int


def lying_in(unit_id: int) -> list[Lying]:
    """The constituencies and segments of the electoral tree in which a unit's booths stand, or it itself.

    One query. The larger first, then by how many booths.
    """
    return sql.each(
        Lying,
        """with mine as (
             select distinct p.unit_id from units_placement t
             join units_placement p on p.lo >= t.lo and p.lo < t.hi
             join units_unit u on u.id = p.unit_id and (u.kind = 'booth' or u.id = %(unit)s)
             where t.unit_id = %(unit)s and t.lo is not null)
           select s.id, s.code, s.kind, s.names, count(*) from mine
           join units_placement e on e.unit_id = mine.unit_id and e.hierarchy = 2 and e.lo is not null
           join units_placement a on a.hierarchy = 2 and a.lo <= e.lo and e.lo < a.hi
           join units_unit s on s.id = a.unit_id and s.kind in ('constituency', 'segment')
           where s.id <> %(unit)s
           group by s.id order by s.kind, count(*) desc, s.code""",
        {"unit": unit_id},
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """The unit a seat is, and where it lies."""

    unit_id: int
    code: str
    names: Mapping[str, str]
    lon: float | None
    lat: float | None


def spots(contest_ids: Iterable[int]) -> dict[int, Spot]:
    """Return contest id -> its unit, for contests with one. One query."""
    rows = Contest.objects.filter(pk__in=set(contest_ids), unit__isnull=False).values_list(
        "pk", "unit_id", "unit__code", "unit__names", "unit__lon", "unit__lat"
    )
    return {pk: Spot(*rest) for pk, *rest in rows}


def parties_of(election: Election, *, state: str = "", most: int = 40) -> list[str]:
    """Codes of the parties that stood, those with most votes first; independents and NOTA are none."""
    where = Q(contest__election=election) & (Q(contest__state=state) if state else Q())
    rows = (
        Candidacy.objects.filter(where, is_nota=False)
        .exclude(party=rules.INDEPENDENT)
        .values("party")
        .annotate(votes=Sum("votes"))
        .order_by("-votes", "party")
    )
    return [row["party"] for row in rows[:most]]


def did_not_stand(election: str, parties: Sequence[str]) -> list[str]:
    """Those of some codes that no candidate of an election (its code) has; all where there is no such election."""
    stood = set(
        Candidacy.objects.filter(contest__election__code=election, party__in=parties)
        .values_list("party", flat=True)
        .distinct()
    )
    return [code for code in parties if code not in stood]
