"""The units below a seat that its votes are passed down to, and what they weigh.

Seats, segments and booths stand in the electoral tree. A mandal is a unit of the organisation: it stands between a
segment and its booths where all its booths lie in that one segment, else its booths stand directly below the segment.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Sum

from abhiyan.elections.models import Part, PartVotes, Plan, PlanPart, PlanSeat
from abhiyan.elections.rules.cascade import Basis, Facts
from abhiyan.units import queries as units

from .planning import parties_of
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

    def cut(self, depth: int) -> dict[int, list[int]]:
        """Parent -> children, of kinds no further down than `depth` (see DEPTHS)."""
        kept = {
            parent: [one for one in below if DEPTHS.get(self.nodes[one].kind, 1) <= depth]
            for parent, below in self.children.items()
        }
        return {parent: below for parent, below in kept.items() if below}


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
    all of those are known. Three queries."""
    ids = list(tree.nodes)
    sums = (
        PartVotes.objects.filter(
            part__unit__in=ids, part__contest__election=plan.election, candidacy__party__in=parties_of(plan)
        )
        .values_list("part__unit")
        .annotate(n=Sum("votes"))
        .order_by()
    )
    votes: dict[int, int | None] = dict(sums)
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
