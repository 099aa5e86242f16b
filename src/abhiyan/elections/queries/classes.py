"""Classes of segments and booths, and the rules they were given by. Rows outside the scope are not returned."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from abhiyan.elections.models import ClassRule, Election, UnitClass
from abhiyan.units import queries as units


def class_rule(election: Election, unit_id: int) -> ClassRule | None:
    """The rules in force at a unit: its own, else those of the nearest unit above it. Few queries."""
    above = [unit_id]
    for hierarchy in units.hierarchies_of(unit_id):
        above += [row.id for row in reversed(units.path_of_unit(unit_id, hierarchy)) if row.id not in above]
    class_rules: dict[int, ClassRule] = {}
    for rule in (
        ClassRule.objects.filter(election=election, unit__in=above)
        .select_related("unit", "alliance")
        .order_by("made_at", "pk")
    ):
        class_rules[rule.unit_id] = rule
    return next((class_rules[id_above] for id_above in above if id_above in class_rules), None)


def classes_below(election: Election, unit_id: int) -> QuerySet[UnitClass]:
    """Classes of the segments and booths at or below a unit, in any hierarchy."""
    inside = Q(unit=unit_id)
    for span in units.all_spans([unit_id]).get(unit_id, []):  # one for each hierarchy, in one query
        inside |= Q(unit__in=units.within(span))
    return UnitClass.objects.filter(inside, election=election).select_related("unit", "rule")


def classes_of_unit(unit_id: int) -> QuerySet[UnitClass]:
    """Classes of one unit, the newest election's first."""
    return UnitClass.objects.filter(unit=unit_id).select_related("election").order_by("-election__year", "pk")


def newest_classes(unit_ids: Collection[int]) -> dict[int, UnitClass]:
    """unit id -> its class by the newest election. A unit without a class is left out. One query."""
    unit_classes = UnitClass.objects.filter(unit__in=unit_ids).order_by(
        "unit", "-election__year", "-election"
    )
    return {unit_class.unit_id: unit_class for unit_class in unit_classes.distinct("unit")}
