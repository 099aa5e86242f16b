"""The units below a seat that its votes are passed down to, and what they weigh.

Seats, segments and booths are in the electoral tree. A mandal is a unit of the organisation. It comes between a segment
and its booths where all its booths lie in that one segment. Else its booths are directly below the segment.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, Sum

from abhiyan.core import sql
from abhiyan.core.natural import natural
from abhiyan.elections.models import Part, PartVotes, Plan, PlanPart, PlanSeat
from abhiyan.elections.rules.passing_down import Basis, Facts
from abhiyan.units import queries as units

from .planning import parties_below
from .plans import classes_of_units

ELECTORAL, ORGANISATIONAL = 2, 1
DEPTHS = {"segment": 1, "mandal": 2, "booth": 3}  # how far down a kind of unit is
BASES: tuple[Basis, ...] = ("electors", "votes", "class", "equal")


@dataclass(frozen=True, slots=True)
class SeatNode:
    """A unit below a seat."""

    unit_id: int
    parent_id: int
    kind: str
    code: str
    names: dict[str, str]
    electors: int | None


@dataclass(slots=True)
class SeatTree:
    """Everything below a seat. spread: mandals whose booths lie in several segments, left out."""

    top: int
    nodes: dict[int, SeatNode] = field(default_factory=dict)
    children: dict[int, list[int]] = field(default_factory=dict)
    spread: int = 0

    def below(self, unit_id: int) -> list[int]:
        """Ids of all units below one, from the top."""
        unit_ids = list(self.children.get(unit_id, ()))
        for child_id in unit_ids:
            unit_ids.extend(self.children.get(child_id, ()))
        return unit_ids

    def parent(self, unit_id: int) -> int | None:
        node = self.nodes.get(unit_id)
        return node.parent_id if node else None

    def depth_of(self, unit_id: int) -> int:
        """Return how far down a unit and its sisters are (see DEPTHS): as far as the highest of them.

        Booths directly below a segment count as deep as the mandals beside them. A segment's votes go to all of its
        children or to none, else the mandals would get the booths' votes as well.
        """
        node = self.nodes[unit_id]
        sisters = self.children.get(node.parent_id, (unit_id,))
        return min(DEPTHS.get(self.nodes[sister_id].kind, 1) for sister_id in sisters)

    def cut(self, depth: int) -> dict[int, list[int]]:
        """Parent -> children, all of them, as far down as `depth` (see `depth_of`)."""
        return {
            parent: below
            for parent, below in self.children.items()
            if below and self.depth_of(below[0]) <= depth
        }


def tree_of(seat_unit: int) -> SeatTree:
    """The units below a seat, sisters by code. A query; where there are booths two more a level of the organisation
    up to the mandals."""
    rows = sql.rows(
        """select u.id, p.parent_id, u.kind, u.code, u.names, u.electors
           from units_placement t
           join units_placement p on p.hierarchy = t.hierarchy and p.lo > t.lo and p.lo < t.hi
           join units_unit u on u.id = p.unit_id
           where t.unit_id = %s and t.hierarchy = %s and t.lo is not null and u.closed_on is null
           order by p.depth""",
        [seat_unit, ELECTORAL],
    )
    nodes: dict[int, SeatNode] = {}
    for unit_id, parent_id, *facts in rows:
        if parent_id == seat_unit or parent_id in nodes:  # not below a closed unit
            nodes[unit_id] = SeatNode(unit_id, parent_id, *facts)
    tree = SeatTree(seat_unit, nodes)
    _put_mandals(tree)
    children: dict[int, list[int]] = defaultdict(list)
    for node in sorted(tree.nodes.values(), key=lambda node: natural(node.code)):
        children[node.parent_id].append(node.unit_id)
    tree.children = dict(children)
    return tree


def _put_mandals(tree: SeatTree) -> None:
    """Let mandals stand between segments and booths, where they lie in one segment whole."""
    booths = [node for node in tree.nodes.values() if node.kind == "booth"]
    mandal_of, mandals = _mandals_above([node.unit_id for node in booths])
    whole = _whole(mandals)
    tree.spread = len(mandals.keys() - whole.keys())
    for unit_id, parent in whole.items():
        code, names, electors = mandals[unit_id]
        tree.nodes[unit_id] = SeatNode(unit_id, parent, "mandal", code, names, electors)
    for node in booths:
        if (mandal := mandal_of.get(node.unit_id)) in whole:
            tree.nodes[node.unit_id] = replace(node, parent_id=mandal)


def _mandals_above(
    booth_ids: Collection[int],
) -> tuple[dict[int, int], dict[int, tuple[str, dict[str, str], int | None]]]:
    """booth -> the mandal it is in; and of each mandal that is not closed code, names and electors. A query a level,
    by ids alone: it is as fast in a tree of a million."""
    parents: dict[int, int | None] = {}
    mandals: dict[int, tuple[str, dict[str, str], int | None]] = {}
    wanted = set(booth_ids)
    while wanted:
        rows = sql.rows(
            """select p.unit_id, p.parent_id, u.kind, u.code, case when u.kind = 'mandal' then u.names end,
                 u.electors, u.closed_on
               from units_placement p join units_unit u on u.id = p.unit_id
               where p.unit_id = any(%s) and p.hierarchy = %s and p.lo is not null""",
            [list(wanted), ORGANISATIONAL],
        )
        wanted = set()
        for unit_id, parent_id, kind, code, names, electors, closed_on in rows:
            parents[unit_id] = None if kind == "mandal" else parent_id
            if kind == "mandal" and closed_on is None:
                mandals[unit_id] = (code, names, electors)
            elif kind != "mandal" and parent_id is not None:
                wanted.add(parent_id)
        wanted -= parents.keys()
    mandal_by_unit = {}
    for booth in booth_ids:
        above: int | None = booth
        while above is not None and above not in mandals:
            above = parents.get(above)
        if above is not None:
            mandal_by_unit[booth] = above
    return mandal_by_unit, mandals


def _whole(mandal_ids: Iterable[int]) -> dict[int, int]:
    """Return mandal -> the segment with all its booths today, for mandals within one segment. Closed booths do not
    count, nor do other units of a mandal. A query a level, by ids alone."""
    mandal_of = {unit_id: unit_id for unit_id in mandal_ids}
    segments: dict[int, set[int | None]] = defaultdict(set)
    wanted = list(mandal_of)
    while wanted:
        rows = sql.rows(
            """select p.unit_id, p.parent_id, u.kind, u.closed_on is not null, e.parent_id
               from units_placement p
               join units_unit u on u.id = p.unit_id
               left join units_placement e on e.unit_id = p.unit_id and e.hierarchy = %s and e.lo is not null
               where p.parent_id = any(%s) and p.hierarchy = %s and p.lo is not null""",
            [ELECTORAL, wanted, ORGANISATIONAL],
        )
        wanted = []
        for unit_id, parent_id, kind, is_closed, segment in rows:
            if kind != "booth":
                mandal_of[unit_id] = mandal_of[parent_id]
                wanted.append(unit_id)
            elif not is_closed:
                segments[mandal_of[parent_id]].add(segment)
    return {
        mandal: segment_id
        for mandal, (segment_id, *more) in segments.items()
        if segment_id is not None and not more
    }


def tree_facts(tree: SeatTree, plan: Plan) -> dict[int, Facts]:
    """Return the figures of each unit of a tree, to weigh it by. A unit's unknown figure is the sum of the units below,
    if all of those are known. A unit whose result has no row of our parties had no votes of ours. At most five
    queries."""
    ids = list(tree.nodes)
    counted = PartVotes.objects.filter(part__unit__in=ids, part__contest__election=plan.election)
    votes: dict[int, int | None] = dict.fromkeys(counted.values_list("part__unit", flat=True).distinct(), 0)
    ours = counted.filter(candidacy__party__in=parties_below(plan, tree.top))
    votes |= dict(ours.values_list("part__unit").annotate(n=Sum("votes")).order_by())
    said = Part.objects.filter(unit__in=ids, contest__election=plan.election, electors__isnull=False)
    electors: dict[int, int | None] = dict(said.values_list("unit", "electors"))
    electors |= {node.unit_id: node.electors for node in tree.nodes.values() if node.electors is not None}
    classes = {
        unit_id: unit_class.code for unit_id, unit_class in classes_of_units(ids, plan.election).items()
    }
    order = [tree.top, *tree.below(tree.top)]
    for unit_id in reversed(order):
        below = tree.children.get(unit_id)
        if below:
            for n_by_unit in (electors, votes):
                parts = [n_by_unit.get(part_id) for part_id in below]
                if n_by_unit.get(unit_id) is None and None not in parts:
                    n_by_unit[unit_id] = sum(n or 0 for n in parts)
    return {key_id: Facts(electors.get(key_id), votes.get(key_id), classes.get(key_id)) for key_id in ids}


def parts_below(plan: Plan, tree: SeatTree, top: int) -> dict[int, PlanPart]:
    """Return unit -> its number in force. It holds all units below `top` today, and all whose number was passed down
    from there, wherever they are now. As many queries as levels have moved, one where nothing has."""
    today = tree.below(top)
    in_force = PlanPart.objects.filter(plan=plan, replaced_at=None)
    rows = list(in_force.filter(Q(unit__in=today) | Q(parent__in=[top, *today])))
    plan_parts = {part.unit_id: part for part in rows}
    asked_ids = {top, *today}
    while wanted := plan_parts.keys() - asked_ids:
        asked_ids |= wanted
        plan_parts |= {part.unit_id: part for part in in_force.filter(parent__in=wanted)}
    return plan_parts


@dataclass(slots=True)
class Family:
    """A plan has passed these numbers down below one seat.

    moved: units that no longer stand where they got their number, or are closed; moved_locked: of these, the locked
    ones. sums: at every level. depth: how far down it goes (see DEPTHS). bases: parent -> what most of its children
    went by, of those whose children did not all get their number by hand.
    """

    top: int
    units: list[int] = field(default_factory=list)
    moved: int = 0
    moved_locked: int = 0
    sums: bool = True
    depth: int = 0
    bases: dict[int, Basis] = field(default_factory=dict)


def plan_families(plan: Plan) -> list[Family]:
    """Return what a plan has passed down, seat by seat. Two queries, of plain rows (there may be 200,000), and where
    there are mandals or booths two more a level of the organisation.

    A unit has moved where `tree_of` would put it elsewhere today. A mandal belongs below the one segment with all of
    its booths, and a booth below such a mandal. Everything else has its place in the electoral tree.
    """
    rows = sql.rows(
        """select p.unit_id, p.parent_id, p.is_locked, p.weight_basis, u.kind, u.closed_on is not null, e.parent_id,
             p.n
           from elections_plan_part p
           join units_unit u on u.id = p.unit_id
           left join units_placement e on e.unit_id = p.unit_id and e.hierarchy = %s and e.lo is not null
           where p.plan_id = %s and p.replaced_at is null order by p.id""",
        [ELECTORAL, plan.pk],
    )
    if not rows:
        return []
    mandal_of, _mandals = _mandals_above([row[0] for row in rows if row[4] == "booth"])
    whole = _whole({*mandal_of.values(), *(row[0] for row in rows if row[4] == "mandal" and not row[5])})
    children: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        children[row[1]].append(row)
    families = []
    seats = PlanSeat.objects.filter(plan=plan, unit__isnull=False).order_by("pk")
    for top, votes in seats.values_list("unit_id", "votes"):
        if top not in children:
            continue
        family, waiting, wholes = Family(top), [top], {top: votes}
        for parent in waiting:
            below = children.get(parent)
            if not below:
                continue
            family.depth = max(family.depth, min(DEPTHS.get(row[4], 1) for row in below))
            used = Counter(row[3] for row in below if row[3] in BASES)
            if used:
                family.bases[parent] = next(
                    basis_name for basis_name in BASES if basis_name == used.most_common(1)[0][0]
                )
            family.sums &= sum(row[-1] for row in below) == wholes[parent]
            for unit_id, _parent, is_locked, _basis, kind, is_closed, electoral, n in below:
                wholes[unit_id] = n
                mandal = mandal_of.get(unit_id)
                stands = mandal if mandal in whole else electoral
                if kind == "mandal":
                    stands = whole.get(unit_id)
                if is_closed or stands != parent:
                    family.moved += 1
                    family.moved_locked += is_locked
                waiting.append(unit_id)
        family.units = waiting[1:]
        families.append(family)
    return families


def seat_above(plan: Plan, unit_id: int) -> int | None:
    """Return the unit of the plan's seat that a unit is or lies below; None where there is none."""
    seats = set(PlanSeat.objects.filter(plan=plan, unit__isnull=False).values_list("unit_id", flat=True))
    if unit_id in seats:
        return unit_id
    above = [row.id for row in units.path_of_unit(unit_id, ELECTORAL)]
    if not above:  # a mandal: by where the plan put it
        part = PlanPart.objects.filter(plan=plan, unit=unit_id, replaced_at=None).first()
        above = [] if part is None else [row.id for row in units.path_of_unit(part.parent_id, ELECTORAL)]
    return next((seat_id for seat_id in reversed(above) if seat_id in seats), None)


@dataclass(frozen=True, slots=True)
class PassedNumber:
    """A unit's number in a plan today, and the one before it, if it had another."""

    part: PlanPart
    before: int | None


def passed_to(plan: Plan, unit_ids: Iterable[int]) -> dict[int, PassedNumber]:
    """unit -> its number in force, with the last one replaced. One query."""
    wanted = list(unit_ids)
    passed_numbers: dict[int, PassedNumber] = {}
    before: dict[int, int] = {}
    for part in PlanPart.objects.filter(plan=plan, unit__in=wanted).order_by("replaced_at", "pk"):
        if part.replaced_at is None:
            passed_numbers[part.unit_id] = PassedNumber(part, None)
        else:
            before[part.unit_id] = part.n
    return {
        unit_id: PassedNumber(passed_number.part, before.get(unit_id))
        for unit_id, passed_number in passed_numbers.items()
    }


def passed_below(plan: Plan, unit_ids: Iterable[int]) -> set[int]:
    """Return those of these units whose votes are passed down. One query."""
    plan_parts = PlanPart.objects.filter(plan=plan, parent__in=list(unit_ids), replaced_at=None)
    return set(plan_parts.values_list("parent_id", flat=True))


def codes_of_seats(plan: Plan) -> dict[int, str]:
    """unit -> its code, of the plan's seats that have a unit. One query."""
    plan_seats = PlanSeat.objects.filter(plan=plan, unit__isnull=False)
    return dict(plan_seats.values_list("unit_id", "unit__code"))
