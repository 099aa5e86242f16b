"""The parts of one seat, each summed in the database: a seat has thousands of booths, with fifteen candidates each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from abhiyan.core import sql
from abhiyan.core.numbers import whole_number
from abhiyan.elections.models import Part, PartVotes
from abhiyan.elections.rules.results import INDEPENDENT, NOTA, share_pct

from . import loading
from .loading import FigureSource

AT_A_TIME = 500  # parts of an export


@dataclass(frozen=True, slots=True)
class PartSum:
    """A part in short. party, name: who is ahead there; lead: votes over the second. ours: votes of the side asked
    for. lacking: how many candidates of the seat have no figure there."""

    part_id: int
    kind: str
    number: str
    name: str
    unit_id: int | None
    polled: int
    party: str
    leader: str
    lead: int | None
    ours: int
    lacking: int
    import_id: int
    row: int

    @property
    def share_pct(self) -> float | None:
        return share_pct(self.ours, self.polled)

    @property
    def order(self) -> tuple[bool, list[int], str]:
        """By number, special stations last."""
        numbers = [n for text in self.number.split("/") if (n := whole_number(text, most=10**9)) is not None]
        return self.kind == Part.Kind.SPECIAL, numbers, self.number


def parts_in_short(contest_id: int, *, side: Collection[str] = ()) -> list[PartSum]:
    """Every part of a contest that has votes. One query."""
    part_sums = sql.each(
        PartSum,
        """with lines as (
             select v.part_id, v.votes, v.import_id, v.row, c.party, c.name,
               case when not c.is_nota and v.votes > 0 then row_number() over (
                 partition by v.part_id order by c.is_nota, v.votes desc, c.position, c.id) end as place,
               row_number() over (partition by v.part_id order by v.row) as line
             from elections_part_votes v
             join elections_part p on p.id = v.part_id
             join elections_candidacy c on c.id = v.candidacy_id
             where p.contest_id = %(contest)s
           ), sums as (
             select part_id, sum(votes)::bigint as polled,
               coalesce(max(party) filter (where place = 1), '') as party,
               coalesce(max(name) filter (where place = 1), '') as leader,
               max(votes) filter (where place = 1) - max(votes) filter (where place = 2) as lead,
               coalesce(sum(votes) filter (where party = any(%(side)s)), 0)::bigint as ours,
               count(*) as n,
               max(import_id) filter (where line = 1) as import_id, max(row) filter (where line = 1) as row
             from lines group by part_id
           ), stood as (select count(*) as n from elections_candidacy where contest_id = %(contest)s)
           select p.id, p.kind, p.number, p.name, p.unit_id, s.polled, s.party, s.leader, s.lead, s.ours,
             stood.n - s.n, s.import_id, s.row
           from elections_part p join sums s on s.part_id = p.id cross join stood""",
        {"contest": contest_id, "side": sorted(set(side) - {INDEPENDENT, NOTA})},
    )
    return sorted(part_sums, key=lambda part_sum: part_sum.order)


def sources_of(parts: Collection[PartSum]) -> dict[int, FigureSource]:
    """part -> file and first row of its figures. One query."""
    files = loading.files_of_imports(part_sum.import_id for part_sum in parts)
    return {part_sum.part_id: loading.source(files, part_sum.import_id, part_sum.row) for part_sum in parts}


def part_lines(parts: Collection[PartSum]) -> Iterator[tuple[PartSum, str, str, int, FigureSource]]:
    """Yield the candidates of each part: name, party, votes, file and row; by part, most votes first, as they are
    read."""
    files = loading.files_of_imports(
        PartVotes.objects.filter(part__in=[part_sum.part_id for part_sum in parts])
        .order_by()
        .values_list("import_id", flat=True)
        .distinct()
    )
    ordered = list(parts)
    for start in range(0, len(ordered), AT_A_TIME):
        here = {part_sum.part_id: part_sum for part_sum in ordered[start : start + AT_A_TIME]}
        lines: dict[int, list[tuple[str, str, int, FigureSource]]] = {unit_id: [] for unit_id in here}
        for part_id, name, party, votes, import_id, row in (
            PartVotes.objects.filter(part_id__in=list(here))
            .order_by("part_id", "-votes", "candidacy__position")
            .values_list("part_id", "candidacy__name", "candidacy__party", "votes", "import_id", "row")
        ):
            lines[part_id].append((name, party, votes, loading.source(files, import_id, row)))
        for part_id, one in here.items():
            for line in lines[part_id]:
                yield (one, *line)
