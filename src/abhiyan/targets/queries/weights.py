"""Weigh units for the split of a target: named sources of weights.

Each knows the weights of some units, and guesses none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.elections import queries as elections
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import CLASS_FACTORS
from abhiyan.programmes.queries.earlier_drives import totals_within
from abhiyan.programmes.queries.places import places_counted
from abhiyan.targets.refusals import NoWeight, PartyDidNotStand, UnknownBasis

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Within:
    """The place and day of weighing: in one tree, what is open on a day, inside a programme's scope.

    programme: its id; None for everywhere.
    """

    hierarchy: int
    on: date
    programme: int | None = None

    def values(self, units: Sequence[int]) -> dict[str, Any]:
        """Return what the statements here need to know of it."""
        return {"units": list(units), "h": self.hierarchy, "on": self.on, "programme": self.programme}


# Units and where they stand -> weights of those it knows; options as the source names them.
Weigh = Callable[[Sequence[int], Within, Options], dict[int, int]]

CLASSES = ("strong", "swing", "weak")
USUAL = {code: str(CLASS_FACTORS[code]) for code in CLASSES}  # per cent of a unit's electors
HEAVIEST = 1_000  # per cent


@dataclass(frozen=True, slots=True)
class WeightSource:
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
    def source(self) -> WeightSource:
        return SOURCES[self.key]

    def weigh(self, units: Sequence[int], within: Within) -> dict[int, int]:
        return self.source.weigh(units, within, self.options) if units else {}


def basis(key: str, options: Options | None = None) -> Basis:
    """Return a checked basis, with the options its source knows and no others.

    UnknownBasis, PartyDidNotStand, NoWeight.
    """
    source = SOURCES.get(key)
    text_by_name = {name: text.strip() for name, text in (options or {}).items()}
    if source is None or any(not text_by_name.get(name) for name in source.needs):
        raise UnknownBasis(field="how")
    kept = {name: text_by_name[name] for name in source.needs}
    if key == "class":
        for name in CLASSES:
            weight = whole_number(text_by_name.get(name) or USUAL[name], most=HEAVIEST)
            if weight is None:
                raise UnknownBasis(field=name)
            kept[name] = str(weight)
        if not any(int(kept[name]) for name in CLASSES):
            raise NoWeight(field=CLASSES[0])
    if key == "result":
        parties = _parties(kept["party"])
        absent = elections.did_not_stand(kept["election"], parties) if parties else [kept["party"]]
        if absent:
            raise PartyDidNotStand(field="party", party=absent[0])
    if key == "planned":
        try:
            kept |= plan_facts(elections.plan_for(UUID(kept["plan_id"])))
        except (NotFound, ValueError):
            raise UnknownBasis(field="plan_id") from None
    return Basis(key, kept)


def plan_facts(plan: Plan) -> dict[str, str]:
    """Return the words of its plan that a target keeps: the name in each language with the version, and the
    public id."""
    name = plan.names.get("en") or next(iter(plan.names.values()), "")
    return {
        "plan": f"{name} v{plan.number}",
        **{f"plan_{language}": f"{text} v{plan.number}" for language, text in plan.names.items() if text},
        "plan_id": str(plan.public_id),
    }


def _parties(text: str) -> list[str]:
    """Read parties as somebody writes them: letters, with + between."""
    return [code.strip().upper() for code in text.split("+") if code.strip()]


def basis_in_words(key: str, facts: Mapping[str, str] | None = None) -> str:
    """Say a basis as it is written beside a target: "by electors", "by an earlier drive: Drive of 2019"."""
    if key == "hand":
        return say("by hand")
    if key in ("plan", "planned"):
        kept = facts or {}
        name = kept.get(f"plan_{(get_language() or '')[:2]}") or kept.get("plan", "")
        text = say("by the plan: %(name)s") if key == "plan" else say("by weights of the plan: %(name)s")
        if not name:
            return say("by a plan") if key == "plan" else str(SOURCES[key].said)
        return text % {"name": name}
    if key not in SOURCES:
        return ""
    text = str(SOURCES[key].said)
    texts = [(facts or {}).get(name, "") for name in SOURCES[key].needs]
    return f"{text}: {', '.join(texts)}" if all(texts) and texts else text


_OPEN = "({unit}.closed_on is null or {unit}.closed_on > %(on)s)"

# Each wanted unit with the pieces of it that weigh: itself, or the scope below it where the unit is above the scope.
_ASKED = f"""scope as (
  select sp.unit_id, sp.lo, sp.hi from programmes_scope s
  join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = %(h)s and sp.lo is not null
  join units_unit u on u.id = sp.unit_id and {_OPEN.format(unit="u")}
  where s.programme_id = %(programme)s),
inside as (
  select p.unit_id, p.lo, p.hi, %(programme)s::int is null
    or exists (select from scope where p.lo >= scope.lo and p.lo < scope.hi) as is_whole
  from units_placement p where p.unit_id = any(%(units)s) and p.hierarchy = %(h)s and p.lo is not null),
asked as materialized (
  select unit_id, unit_id as piece, lo, hi from inside where is_whole
  union all
  select i.unit_id, scope.unit_id, scope.lo, scope.hi
  from inside i join scope on scope.lo > i.lo and scope.lo < i.hi where not i.is_whole)"""


def _electors(units: Sequence[int], within: Within, _options: Options) -> dict[int, int]:
    """Return a unit's own electors, else those of the open booths below it."""
    rows = sql.rows(
        f"""with {_ASKED}
        select a.unit_id, sum(coalesce(nullif(u.electors, 0), (
            select sum(nullif(bu.electors, 0)) from units_placement b join units_unit bu on bu.id = b.unit_id
            where b.lo > a.lo and b.lo < a.hi and bu.kind = 'booth' and {_OPEN.format(unit="bu")})))
        from asked a join units_unit u on u.id = a.piece group by a.unit_id""",
        within.values(units),
    )
    return {unit: int(n) for unit, n in rows if n is not None}


def _equally(units: Sequence[int], _within: Within, _options: Options) -> dict[int, int]:
    return dict.fromkeys(units, 1)


def _places(units: Sequence[int], within: Within, _options: Options) -> dict[int, int]:
    """Return how many of the programme's places are at or below each unit. A unit without places weighs 0."""
    values = within.values(units)
    spans = sql.rows(f"with {_ASKED} select unit_id, lo, hi from asked", values)
    rule = sql.value("select places from programmes_programme where id = %s", [within.programme]) or ""
    return places_counted(spans, {**values, "places": rule})


def _totals(units: Sequence[int], within: Within, options: Options) -> dict[int, int]:
    """Return what a list said of each unit, else the sum of what it said of units below."""
    spans = sql.rows(f"with {_ASKED} select unit_id, lo, hi from asked", within.values(units))
    return totals_within(spans, label=options["label"], hierarchy=within.hierarchy)


# The open leaves (booths, as a rule) of a place `a`, each place by itself (lateral). The planner has no idea how wide
# a range is, and would hold each against every booth there is.
_LEAVES_OF_A = f"""lateral (
  select b.unit_id, b.depth, u.electors from units_placement b
  join units_unit u on u.id = b.unit_id and {_OPEN.format(unit="u")}
  where b.lo >= a.lo and b.lo < a.hi and b.leaves <= 1 and not exists (
    select from units_placement c where c.parent_id = b.unit_id and c.hierarchy = b.hierarchy and c.lo is not null)
  offset 0) b"""
# The leaves below the wanted units, and the units above them in any tree.
_LEAVES = f"""{_ASKED},
leaf as materialized (
  select a.unit_id as of, b.unit_id, b.electors from asked a cross join {_LEAVES_OF_A}),
up as (
  select p.unit_id, p.parent_id, p.hierarchy from units_placement p
  where p.lo is not null and p.unit_id in (select unit_id from leaf)
  union
  select p.unit_id, p.parent_id, p.hierarchy from up
  join units_placement p on p.unit_id = up.parent_id and p.hierarchy = up.hierarchy and p.lo is not null)"""
# Give each of those leaves the value of the nearest unit of `known` (unit_id, what) above it in any tree. Add the
# electors of all leaves around it there. Between equally near units the first tree decides: two looks find the same.
_NEAREST = f"""nearest as materialized (
  select distinct on (b.unit_id) b.unit_id, k.what, coalesce(nullif(b.electors, 0), 1) as electors,
    sum(coalesce(nullif(b.electors, 0), 1)) over (partition by a.unit_id, a.hierarchy) as around
  from known k
  join up on up.unit_id = k.unit_id
  join units_placement a on a.unit_id = k.unit_id and a.hierarchy = up.hierarchy and a.lo is not null
  cross join {_LEAVES_OF_A}
  order by b.unit_id, b.depth - a.depth, a.hierarchy)"""


def _classes(units: Sequence[int], within: Within, options: Options) -> dict[int, int]:
    """Return electors of the booths below, each class weighing as much as one has said, the unsorted as they are.

    A booth's class is its own, else that of its segment.
    """
    values = within.values(units) | {"election": options["election"]}
    values |= {name: int(options[name]) for name in CLASSES}
    heavy = " ".join(f"when '{name}' then %({name})s" for name in CLASSES)
    rows = sql.rows(
        f"""with recursive {_LEAVES},
        known as (
          select c.unit_id, c.code as what from elections_unit_class c
          join elections_election e on e.id = c.election_id and e.code = %(election)s
          where c.unit_id in (select unit_id from up)),
        {_NEAREST}
        select leaf.of, sum(leaf.electors::bigint * case n.what {heavy} else 100 end)
        from leaf left join nearest n on n.unit_id = leaf.unit_id
        where exists (select from nearest)
        group by leaf.of having sum(leaf.electors) is not null""",
        values,
    )
    return {unit: int(n) for unit, n in rows}


def weights_by_result(
    units: Sequence[int], within: Within, *, election: str, parties: Sequence[str]
) -> dict[int, int]:
    """Return votes of parties in an election, in thousandths, of units in any hierarchy; of those any result
    reaches.

    A result of a seat or a segment only is spread over its booths by electors, so that a district or mandal has
    its part.
    """
    counted = """
          select c.unit_id, k.votes from elections_candidacy k
          join elections_contest c on c.id = k.contest_id and c.unit_id in (select unit_id from up)
          join elections_election e on e.id = c.election_id and e.code = %(election)s
          where k.party = any(%(parties)s) and k.votes is not null
          union all
          select t.unit_id, v.votes from elections_part_votes v
          join elections_candidacy k on k.id = v.candidacy_id and k.party = any(%(parties)s)
          join elections_part t on t.id = v.part_id and t.unit_id in (select unit_id from up)
          join elections_contest c on c.id = t.contest_id
          join elections_election e on e.id = c.election_id and e.code = %(election)s"""
    return _spread(counted, within.values(units) | {"election": election, "parties": list(parties)})


def _spread(counted: str, values: Mapping[str, Any]) -> dict[int, int]:
    """Return votes in thousandths, of the units asked for. counted: SQL of (unit_id, votes) in any tree.

    The votes of the nearest unit above a booth are spread over its booths by electors.
    """
    rows = sql.rows(
        f"""with recursive {_LEAVES},
        counted as ({counted}),
        known as (select unit_id, sum(votes)::numeric as what from counted group by unit_id),
        {_NEAREST},
        share as (select unit_id, what * 1000 * electors / greatest(around, 1) as w from nearest)
        select leaf.of, round(sum(share.w))
        from leaf join share on share.unit_id = leaf.unit_id
        group by leaf.of""",
        values,
    )
    return {unit: int(n) for unit, n in rows}


def _planned(units: Sequence[int], within: Within, options: Options) -> dict[int, int]:
    """Return votes that a plan asks of units, in thousandths.

    A seat not passed down is spread over its booths by electors.
    """
    counted = """
          select s.unit_id, s.votes::bigint as votes from elections_plan_seat s
          join elections_plan l on l.id = s.plan_id and l.public_id = %(plan)s
          where s.unit_id in (select unit_id from up)
          union all
          select s.unit_id, s.n from elections_plan_part s
          join elections_plan l on l.id = s.plan_id and l.public_id = %(plan)s
          where s.replaced_at is null and s.unit_id in (select unit_id from up)"""
    return _spread(counted, within.values(units) | {"plan": options["plan_id"]})


def _result(units: Sequence[int], within: Within, options: Options) -> dict[int, int]:
    return weights_by_result(
        units,
        within,
        election=options["election"],
        parties=_parties(options["party"]),
    )


SOURCES: dict[str, WeightSource] = {
    source.key: source
    for source in (
        WeightSource("electors", _("By electors"), _("by electors"), _electors),
        WeightSource("equally", _("Equally"), _("equally"), _equally),
        WeightSource("places", _("By number of places"), _("by number of places"), _places),
        WeightSource(
            "totals", _("By members of an earlier drive"), _("by an earlier drive"), _totals, ("label",)
        ),
        WeightSource(
            "result",
            _("By votes in an election"),
            _("by votes"),
            _result,
            ("election", "party"),
        ),
        WeightSource(
            "class",
            _("By electors and class of booth"),
            _("by class of booth"),
            _classes,
            ("election",),
        ),
        WeightSource(
            "planned", _("By the votes of a plan"), _("by weights of a plan"), _planned, ("plan_id",)
        ),
    )
}


def elections_offered() -> list[tuple[str, str]]:
    """Return the elections with results, by code and name, newest first. Public facts."""
    language = (get_language() or "en").partition("-")[0]
    rows = sql.rows("select code, names from elections_election order by year desc, code limit 50")
    found = []
    for code, names in rows:
        found.append((code, names.get(language) or names.get("en", code)))
    return found
