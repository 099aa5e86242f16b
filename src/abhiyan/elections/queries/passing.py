"""The units below a seat that its votes are passed down to, and what they weigh.

Seats, segments and booths stand in the electoral tree. A mandal is a unit of the organisation: it stands between a
segment and its booths where all its booths lie in that one segment, else its booths stand directly below the segment.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, Sum

from abhiyan.elections.models import Part, PartVotes, Plan, PlanPart, PlanSeat
from abhiyan.elections.rules.cascade import Basis, Facts
from abhiyan.units import queries as units

from .planning import parties_below
from .plans import classes_of

ELECTORAL, ORGANISATIONAL = 2, 1
DEPTHS = {"segment": 1, "mandal": 2, "booth": 3}  # how far down a kind of unit is
BASES: tuple[Basis, ...] = ("electors", "votes", "class", "equal")


@dataclass(frozen=True, slots=True)
class Node:
    """A unit below a seat."""

    unit_id: int
    parent_id: int
    kind: str
    code: str
    names: dict[str, str]
    electors: int | None


@dataclass(slots=True)
class Tree:
    """Everything below a seat. spread: mandals whose booths lie in several segments, left out."""

    top: int
    nodes: dict[int, Node] = field(default_factory=dict)
    children: dict[int, list[int]] = field(default_factory=dict)
    spread: int = 0

    def below(self, unit_id: int) -> list[int]:
        """Ids of all units below one, from the top."""
        found = list(self.children.get(unit_id, ()))
        for one in found:
            found.extend(self.children.get(one, ()))
        return found

    def parent(self, unit_id: int) -> int | None:
        node = self.nodes.get(unit_id)
        return node.parent_id if node else None

    def depth_of(self, unit_id: int) -> int:
        """How far down a unit and its sisters are (see DEPTHS): as far as the highest of them.

        Booths directly below a segment that has mandals too are as far down as those: a segment's votes go to all of
        its children or to none, else the mandals would get the booths' votes as well.
        """
        node = self.nodes[unit_id]
        sisters = self.children.get(node.parent_id, (unit_id,))
        return min(DEPTHS.get(self.nodes[one].kind, 1) for one in sisters)

    def cut(self, depth: int) -> dict[int, list[int]]:
        """Parent -> children, all of them, as far down as `depth` (see `depth_of`)."""
        return {
            parent: below
            for parent, below in self.children.items()
            if below and self.depth_of(below[0]) <= depth
        }


def tree_of(seat_unit: int) -> Tree:
    """The units below a seat, sisters by code. Two queries; three where there are booths."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select u.id, p.parent_id, u.kind, u.code, u.names, u.electors
               from units_placement t
               join units_placement p on p.hierarchy = t.hierarchy and p.lo > t.lo and p.lo < t.hi
               join units_unit u on u.id = p.unit_id
               where t.unit_id = %s and t.hierarchy = %s and t.lo is not null and u.closed_on is null
               order by p.depth, u.code""",
            [seat_unit, ELECTORAL],
        )
        rows = cursor.fetchall()
    nodes: dict[int, Node] = {}
    for unit_id, parent_id, kind, code, names, electors in rows:
        if parent_id == seat_unit or parent_id in nodes:  # not below a closed unit
            read = names if isinstance(names, dict) else json.loads(names)
            nodes[unit_id] = Node(unit_id, parent_id, kind, code, read, electors)
    tree = Tree(seat_unit, nodes)
    _put_mandals(tree)
    children: dict[int, list[int]] = defaultdict(list)
    for node in sorted(tree.nodes.values(), key=lambda node: node.code):
        children[node.parent_id].append(node.unit_id)
    tree.children = dict(children)
    return tree


def _put_mandals(tree: Tree) -> None:
    """Let mandals stand between segments and booths, where they lie in one segment whole."""
    booths = [node for node in tree.nodes.values() if node.kind == "booth"]
    if not booths:
        return
    mandals, inside = {}, defaultdict(set)
    booths_of: dict[int, list[Node]] = defaultdict(list)
    paths = units.paths([node.unit_id for node in booths], ORGANISATIONAL)
    for node in booths:
        mandal = next((row for row in paths.get(node.unit_id, ()) if row.kind == "mandal"), None)
        if mandal is not None and mandal.closed_on is None:
            mandals[mandal.id] = mandal
            inside[mandal.id].add(node.parent_id)
            booths_of[mandal.id].append(node)
    for unit_id, row in mandals.items():
        if len(inside[unit_id]) > 1 or len(booths_of[unit_id]) != row.leaves:
            tree.spread += 1
            continue
        parent = next(iter(inside[unit_id]))
        tree.nodes[unit_id] = Node(unit_id, parent, row.kind, row.code, row.names, row.electors)
        for node in booths_of[unit_id]:
            tree.nodes[node.unit_id] = Node(
                node.unit_id, unit_id, node.kind, node.code, node.names, node.electors
            )


def facts_of(tree: Tree, plan: Plan) -> dict[int, Facts]:
    """What is known of each unit of a tree to weigh it by. What is unknown of a unit is the sum of those below, if
    all of those are known; who has a result in which none of our parties has a row had no votes there. At most five
    queries."""
    ids = list(tree.nodes)
    counted = PartVotes.objects.filter(part__unit__in=ids, part__contest__election=plan.election)
    votes: dict[int, int | None] = dict.fromkeys(counted.values_list("part__unit", flat=True).distinct(), 0)
    ours = counted.filter(candidacy__party__in=parties_below(plan, tree.top))
    votes |= dict(ours.values_list("part__unit").annotate(n=Sum("votes")).order_by())
    said = Part.objects.filter(unit__in=ids, contest__election=plan.election, electors__isnull=False)
    electors: dict[int, int | None] = dict(said.values_list("unit", "electors"))
    electors |= {node.unit_id: node.electors for node in tree.nodes.values() if node.electors is not None}
    classes = {unit_id: one.code for unit_id, one in classes_of(ids, plan.election).items()}
    order = [tree.top, *tree.below(tree.top)]
    for unit_id in reversed(order):
        below = tree.children.get(unit_id)
        if below:
            for known in (electors, votes):
                parts = [known.get(one) for one in below]
                if known.get(unit_id) is None and None not in parts:
                    known[unit_id] = sum(n or 0 for n in parts)
    return {one: Facts(electors.get(one), votes.get(one), classes.get(one)) for one in ids}


def parts_below(plan: Plan, tree: Tree, top: int) -> dict[int, PlanPart]:
    """unit -> its number in force, of all that stand below `top` today, and of all whose number was passed down from
    there, wherever they stand now. As many queries as levels have moved, one where nothing has."""
    today = tree.below(top)
    in_force = PlanPart.objects.filter(plan=plan, replaced_at=None)
    rows = list(in_force.filter(Q(unit__in=today) | Q(parent__in=[top, *today])))
    found = {part.unit_id: part for part in rows}
    asked = {top, *today}
    while wanted := found.keys() - asked:
        asked |= wanted
        found |= {part.unit_id: part for part in in_force.filter(parent__in=wanted)}
    return found


@dataclass(frozen=True, slots=True)
class Family:
    """What a plan has passed down below one seat. moved: units that no longer stand where they got their number, or
    are closed; moved_locked: of these, the locked ones."""

    top: int
    units: int
    moved: int
    moved_locked: int


# Every number in force below a plan's seats, with its seat.
BELOW_SEATS = """with recursive below(id, unit_id, parent_id, top, is_locked, weight_basis) as (
      select p.id, p.unit_id, p.parent_id, p.parent_id, p.is_locked, p.weight_basis
      from elections_plan_part p
      where p.plan_id = %(plan)s and p.replaced_at is null and p.parent_id in
        (select s.unit_id from elections_plan_seat s where s.plan_id = %(plan)s)
      union all
      select p.id, p.unit_id, p.parent_id, b.top, p.is_locked, p.weight_basis
      from elections_plan_part p join below b on p.parent_id = b.unit_id
      where p.plan_id = %(plan)s and p.replaced_at is null
    )"""


def families_of(plan: Plan) -> list[Family]:
    """What a plan has passed down, seat by seat. Two queries.

    A unit has moved where `tree_of` would put it elsewhere today: a mandal stands below the one segment that has all
    of its booths, a booth below such a mandal, and everything else where it stands in the electoral tree.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            BELOW_SEATS
            + """, inside as materialized (
              select m.unit_id as mandal_id, o.unit_id as booth_id, s.parent_id as segment_id
              from units_placement m
              join units_unit mandal on mandal.id = m.unit_id and mandal.kind = 'mandal' and mandal.closed_on is null
              join units_placement o on o.hierarchy = m.hierarchy and o.lo > m.lo and o.lo < m.hi
              join units_unit booth on booth.id = o.unit_id and booth.kind = 'booth' and booth.closed_on is null
              left join units_placement s
                on s.unit_id = o.unit_id and s.hierarchy = %(electoral)s and s.lo is not null
              where m.hierarchy = %(organisational)s and m.lo >= %(lo)s and m.lo < %(hi)s
            ), whole as (
              select mandal_id, min(segment_id) as segment_id from inside
              group by mandal_id having count(*) = count(segment_id) and min(segment_id) = max(segment_id)
            ), looked_at as (
              select b.top, b.is_locked, u.closed_on is not null or b.parent_id is distinct from
                case when e.unit_id is null then w.segment_id else coalesce(i.mandal_id, e.parent_id) end as moved
              from below b
              join units_unit u on u.id = b.unit_id
              left join units_placement e
                on e.unit_id = b.unit_id and e.hierarchy = %(electoral)s and e.lo is not null
              left join whole w on w.mandal_id = b.unit_id
              left join (inside i join whole on whole.mandal_id = i.mandal_id) on i.booth_id = b.unit_id
            )
            select top, count(*), count(*) filter (where moved), count(*) filter (where moved and is_locked)
            from looked_at group by top order by top""",
            {
                "plan": plan.pk,
                "organisational": ORGANISATIONAL,
                "electoral": ELECTORAL,
                **dict(zip(("lo", "hi"), _span(plan.unit_id), strict=True)),
            },
        )
        return [Family(*row) for row in cursor.fetchall()]


def _span(unit_id: int) -> tuple[int, int]:
    """Where units below one stand in the organisation; everywhere, where it has no place in it."""
    return units.spans([unit_id], ORGANISATIONAL).get(unit_id, (0, 2**62))


@dataclass(frozen=True, slots=True)
class Ways:
    """How votes were passed down below a seat. depth: how far (see DEPTHS). bases: parent -> what its children went
    by, of those whose children did not all get their number by hand."""

    depth: int
    bases: dict[int, Basis]


def ways_of(plan: Plan, tops: Iterable[int]) -> dict[int, Ways]:
    """seat -> how votes were passed down below it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            BELOW_SEATS
            + """select b.top, b.parent_id,
                   min(case u.kind when 'booth' then 3 when 'mandal' then 2 else 1 end),
                   mode() within group (order by b.weight_basis) filter (where b.weight_basis = any(%(bases)s))
                 from below b join units_unit u on u.id = b.unit_id
                 where b.top = any(%(tops)s) group by b.top, b.parent_id""",
            {"plan": plan.pk, "tops": list(tops), "bases": list(BASES)},
        )
        rows = cursor.fetchall()
    depths: dict[int, int] = {}
    bases: dict[int, dict[int, Basis]] = defaultdict(dict)
    for top, parent_id, depth, basis in rows:
        depths[top] = max(depth, depths.get(top, 0))
        if basis is not None:
            bases[top][parent_id] = basis
    return {top: Ways(depth, bases[top]) for top, depth in depths.items()}


def seat_above(plan: Plan, unit_id: int) -> int | None:
    """The unit of the plan's seat that a unit is, or stands below; None where there is none."""
    seats = set(PlanSeat.objects.filter(plan=plan, unit__isnull=False).values_list("unit_id", flat=True))
    if unit_id in seats:
        return unit_id
    above = [row.id for row in units.path(unit_id, ELECTORAL)]
    if not above:  # a mandal: by where the plan put it
        part = PlanPart.objects.filter(plan=plan, unit=unit_id, replaced_at=None).first()
        above = [] if part is None else [row.id for row in units.path(part.parent_id, ELECTORAL)]
    return next((one for one in reversed(above) if one in seats), None)


@dataclass(frozen=True, slots=True)
class Passed:
    """A unit's number in a plan today, and the one before it, if it had another."""

    part: PlanPart
    before: int | None


def passed_to(plan: Plan, unit_ids: Iterable[int]) -> dict[int, Passed]:
    """unit -> its number in force, with the last one replaced. One query."""
    wanted = list(unit_ids)
    found: dict[int, Passed] = {}
    before: dict[int, int] = {}
    for part in PlanPart.objects.filter(plan=plan, unit__in=wanted).order_by("replaced_at", "pk"):
        if part.replaced_at is None:
            found[part.unit_id] = Passed(part, None)
        else:
            before[part.unit_id] = part.n
    return {unit_id: Passed(one.part, before.get(unit_id)) for unit_id, one in found.items()}


def passed_below(plan: Plan, unit_ids: Iterable[int]) -> set[int]:
    """Of these units, those whose votes are passed down. One query."""
    found = PlanPart.objects.filter(plan=plan, parent__in=list(unit_ids), replaced_at=None)
    return set(found.values_list("parent_id", flat=True))


def codes_of_seats(plan: Plan) -> dict[int, str]:
    """unit -> its code, of the plan's seats that have a unit. One query."""
    found = PlanSeat.objects.filter(plan=plan, unit__isnull=False)
    return dict(found.values_list("unit_id", "unit__code"))
