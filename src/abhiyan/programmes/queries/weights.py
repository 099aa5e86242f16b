"""What a target may be split by: named sources of weights. Each knows the weights of some units, and guesses none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.scope import system
from abhiyan.programmes.refusals import UnknownBasis
from abhiyan.programmes.rules.nested import Given, sums

Options = Mapping[str, str]
# Units and the hierarchy they stand in -> weights of those it knows; options as the source names them.
Weigh = Callable[[Sequence[int], int, Options], dict[int, int]]

CLASSES = ("strong", "swing", "weak")
USUAL = {"strong": "100", "swing": "150", "weak": "60"}  # per cent of a unit's electors
HEAVIEST = 1_000  # per cent


@dataclass(frozen=True, slots=True)
class Source:
    """name: in a list of choices. said: beside a number. needs: the options it cannot do without."""

    key: str
    name: str | Promise
    said: str | Promise
    weigh: Weigh
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """A source with its options: what one split goes by."""

    key: str
    options: Options = field(default_factory=dict)

    @property
    def source(self) -> Source:
        return SOURCES[self.key]

    def weigh(self, units: Sequence[int], hierarchy: int) -> dict[int, int]:
        return self.source.weigh(units, hierarchy, self.options) if units else {}


def basis(key: str, options: Options | None = None) -> Basis:
    """A checked basis, with the options its source knows and no others. UnknownBasis."""
    source = SOURCES.get(key)
    given = {name: text.strip() for name, text in (options or {}).items()}
    if source is None or any(not given.get(name) for name in source.needs):
        raise UnknownBasis(field="how")
    kept = {name: given[name] for name in source.needs}
    if key == "class":
        for name in CLASSES:
            text = given.get(name) or USUAL[name]
            if not (text.isascii() and text.isdigit() and int(text) <= HEAVIEST):
                raise UnknownBasis(field=name)
            kept[name] = str(int(text))
    return Basis(key, kept)


def said(key: str, facts: Mapping[str, str] | None = None) -> str:
    """A basis in words, as it stands beside a target: "by electors", "by an earlier drive: Drive of 2019"."""
    if key == "hand":
        return say("by hand")
    if key == "plan":
        name = (facts or {}).get("plan", "")
        return say("by the plan: %(name)s") % {"name": name} if name else say("by a plan")
    if key not in SOURCES:
        return ""
    text = str(SOURCES[key].said)
    told = [(facts or {}).get(name, "") for name in SOURCES[key].needs]
    return f"{text}: {', '.join(told)}" if all(told) and told else text


def _electors(units: Sequence[int], hierarchy: int, _options: Options) -> dict[int, int]:
    """A unit's own electors, else those of the booths below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.unit_id, coalesce(u.electors, (
                select sum(bu.electors) from units_placement b join units_unit bu on bu.id = b.unit_id
                where b.lo > p.lo and b.lo < p.hi and bu.kind = 'booth'))
            from units_placement p join units_unit u on u.id = p.unit_id
            where p.unit_id = any(%s) and p.hierarchy = %s and p.lo is not null""",
            [list(units), hierarchy],
        )
        return {unit: int(n) for unit, n in cursor.fetchall() if n is not None}


def _equally(units: Sequence[int], _hierarchy: int, _options: Options) -> dict[int, int]:
    return dict.fromkeys(units, 1)


def _totals(units: Sequence[int], hierarchy: int, options: Options) -> dict[int, int]:
    """What a list said of each unit, else the sum of what it said of units below."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.unit_id, b.lo, b.hi, t.n
            from units_placement p
            join units_placement b on b.lo >= p.lo and b.lo < p.hi
            join programmes_unit_total t on t.unit_id = b.unit_id and t.label = %s
            where p.unit_id = any(%s) and p.hierarchy = %s and p.lo is not null""",
            [options["label"], list(units), hierarchy],
        )
        return sums(Given(*row) for row in cursor.fetchall())


# Leaves (booths, as a rule) of any tree below units `known` (unit_id, what), each with what the nearest of them says,
# and the electors of all leaves around it there.
_NEAREST = """nearest as materialized (
  select distinct on (b.unit_id) b.unit_id, k.what, coalesce(u.electors, 1) as electors,
    sum(coalesce(u.electors, 1)) over (partition by a.unit_id, a.hierarchy) as around
  from known k
  join units_placement a on a.unit_id = k.unit_id and a.lo is not null
  join units_placement b on b.lo >= a.lo and b.lo < a.hi
  join units_unit u on u.id = b.unit_id
  where not exists (select from units_placement c where c.parent_id = b.unit_id and c.hierarchy = b.hierarchy
    and c.lo is not null)
  order by b.unit_id, b.depth - a.depth)"""


def _below(join: str) -> str:
    """What is joined to each unit `q` that stands at or below one of the units `p` asked for."""
    return f"""units_placement p join units_placement q on q.lo >= p.lo and q.lo < p.hi {join}
  where p.unit_id = any(%(units)s) and p.hierarchy = %(h)s and p.lo is not null"""


def _classes(units: Sequence[int], hierarchy: int, options: Options) -> dict[int, int]:
    """Electors of the booths below, each class weighing as much as one has said, the unsorted as they are.

    A booth's class is its own, else that of the segment it stands in.
    """
    values: dict[str, Any] = {"election": options["election"], "units": list(units), "h": hierarchy}
    values |= {name: int(options[name]) for name in CLASSES}
    heavy = " ".join(f"when '{name}' then %({name})s" for name in CLASSES)
    booths = _below("join units_unit u on u.id = q.unit_id left join nearest n on n.unit_id = q.unit_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with known as (
              select c.unit_id, c.code as what from elections_unit_class c
              join elections_election e on e.id = c.election_id and e.code = %(election)s),
            {_NEAREST}
            select p.unit_id, sum(u.electors::bigint * case n.what {heavy} else 100 end)
            from {booths}
              and not exists (select from units_placement c where c.parent_id = q.unit_id
                and c.hierarchy = q.hierarchy and c.lo is not null)
              and exists (select from nearest)
            group by p.unit_id having sum(u.electors) is not null""",
            values,
        )
        return {unit: int(n) for unit, n in cursor.fetchall()}


def weights_by_result(
    units: Sequence[int], hierarchy: int, *, election: str, parties: Sequence[str]
) -> dict[int, int]:
    """Votes of parties in an election, in thousandths, of units in any hierarchy; of those any result reaches.

    What is known for a seat or a segment only is spread over its booths by electors, so that a district or mandal has
    its part of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with counted as (
              select c.unit_id, k.votes from elections_candidacy k
              join elections_contest c on c.id = k.contest_id and c.unit_id is not null
              join elections_election e on e.id = c.election_id and e.code = %(election)s
              where k.party = any(%(parties)s) and k.votes is not null
              union all
              select t.unit_id, v.votes from elections_part_votes v
              join elections_candidacy k on k.id = v.candidacy_id and k.party = any(%(parties)s)
              join elections_part t on t.id = v.part_id and t.unit_id is not null
              join elections_contest c on c.id = t.contest_id
              join elections_election e on e.id = c.election_id and e.code = %(election)s),
            known as (select unit_id, sum(votes)::numeric as what from counted group by unit_id),
            {_NEAREST},
            share as (select unit_id, what * 1000 * electors / greatest(around, 1) as w from nearest)
            select p.unit_id, round(sum(share.w))
            from {_below("join share on share.unit_id = q.unit_id")}
            group by p.unit_id""",
            {"election": election, "parties": list(parties), "units": list(units), "h": hierarchy},
        )
        return {unit: int(n) for unit, n in cursor.fetchall()}


def _result(units: Sequence[int], hierarchy: int, options: Options) -> dict[int, int]:
    return weights_by_result(
        units,
        hierarchy,
        election=options["election"],
        parties=[code.strip().upper() for code in options["party"].split("+") if code.strip()],
    )


SOURCES: dict[str, Source] = {
    source.key: source
    for source in (
        Source("electors", _("By electors"), _("by electors"), _electors),
        Source("equally", _("Equally"), _("equally"), _equally),
        Source(
            "totals", _("By what an earlier drive reached"), _("by an earlier drive"), _totals, ("label",)
        ),
        Source(
            "result",
            _("By votes in an election"),
            _("by votes"),
            _result,
            ("election", "party"),
        ),
        Source(
            "class",
            _("By electors and class of booth"),
            _("by class of booth"),
            _classes,
            ("election",),
        ),
    )
}

_LABELS = """with recursive known as (
  (select label from programmes_unit_total order by label limit 1)
  union all
  select (select t.label from programmes_unit_total t where t.label > known.label order by t.label limit 1)
  from known where known.label is not null)
select label from known where label is not null limit 100"""


def total_labels() -> list[str]:
    """What earlier totals are of. Names of lists, no counts: so whoever asks."""
    with system("what earlier totals there are"), connection.cursor() as cursor:
        cursor.execute(_LABELS)
        return [row[0] for row in cursor.fetchall()]


def elections_offered() -> list[tuple[str, str]]:
    """Elections there are results of, by code and name, newest first. Public facts."""
    language = (get_language() or "en").partition("-")[0]
    with connection.cursor() as cursor:
        cursor.execute("select code, names from elections_election order by year desc, code limit 50")
        rows = cursor.fetchall()
    found = []
    for code, names in rows:
        known: dict[str, str] = json.loads(names) if isinstance(names, str) else names
        found.append((code, known.get(language) or known.get("en", code)))
    return found
