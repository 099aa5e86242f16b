"""Kinds of body of the organisation's own, beside the standard ones, as `actions.body_kinds` makes them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.org.models import Body, BodyKind, Office, Release
from abhiyan.org.rules.body_kinds import ACT, can_sit
from abhiyan.org.rules.ranges import is_in_ranges
from abhiyan.units import queries as units

from .offices import offices_used, spans_in_sight, units_where_own


@dataclass(frozen=True, slots=True)
class OwnKind:
    """An own kind of body, with the offices that are its seats by code, in the order of its seats.

    set_up, expected: bodies in a unit and below, once `count_bodies` read them.
    """

    kind: BodyKind
    offices: dict[str, Office] = field(default_factory=dict)
    set_up: int = 0
    expected: int = 0

    @property
    def pk(self) -> int:
        return self.kind.pk

    @property
    def closed_at(self) -> datetime | None:
        return self.kind.closed_at


def body_kind_names(kinds: Collection[str]) -> dict[str, str]:
    """The names of kinds of body, standard or own, by their codes. A query where one is an own kind."""
    standard = {kind: str(label) for kind, label in Body.Kind.choices}
    codes = [kind for kind in kinds if kind not in standard]
    rows = BodyKind.objects.filter(code__in=codes).values_list("code", "names") if codes else ()
    return standard | {code: name_in_language(names) for code, names in rows}


def own_body_kinds(*, near: int) -> list[OwnKind]:
    """The own kinds of body that exist in a unit or below it, with `unit`; those in force first, closed ones last."""
    kinds = list(BodyKind.objects.select_related("unit").order_by("pk"))
    spans = spans_in_sight({kind.unit_id for kind in kinds}, near=near)
    here = [kind for kind in kinds if kind.unit_id in spans]
    offices = Office.objects.in_bulk({code for kind in here for code in kind.numbers}, field_name="code")
    own_kinds = [OwnKind(kind, {code: offices[code] for code in kind.numbers}) for kind in here]
    return sorted(
        own_kinds,
        key=lambda row: (row.closed_at is not None, row.kind.names["en"].casefold(), row.pk),
    )


def count_bodies(rows: Sequence[OwnKind], unit_id: int, hierarchy: int) -> list[OwnKind]:
    """Add how many bodies of each kind a unit and all units below it have and should have.

    For the rows of one page. Three queries for each unit where kinds were made.
    """
    lo, hi = units.span(unit_id, hierarchy)
    set_up = dict(
        sql.rows(
            """select b.own_kind_id, count(*) from org_body b
            join units_placement p on p.unit_id = b.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
            where b.own_kind_id = any(%(kinds)s) and b.ended_on is null group by 1""",
            {"kinds": [row.kind.pk for row in rows], "lo": lo, "hi": hi},
        )
    )
    places = units_where_own({row.kind.unit_id for row in rows}, unit_id, hierarchy)
    return [
        replace(
            row,
            set_up=set_up.get(row.kind.pk, 0),
            expected=row.kind.expected
            * sum(places[row.kind.unit_id].get(kind, 0) for kind in row.kind.levels),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class MissingBodies:
    """An own kind, and the number of its bodies that a unit lacks."""

    kind: BodyKind
    n: int


def bodies_missing(unit_id: int) -> list[MissingBodies]:
    """The own kinds whose bodies a unit lacks. At most five queries."""
    kinds = [kind for kind in kinds_to_make(unit_id) if kind.expected]
    bodies = Body.objects.filter(unit_id=unit_id, ended_on=None, own_kind__in=kinds) if kinds else None
    numbers = dict(bodies.values_list("own_kind").annotate(n=Count("pk"))) if bodies is not None else {}
    missing = [MissingBodies(kind, kind.expected - numbers.get(kind.pk, 0)) for kind in kinds]
    return [row for row in missing if row.n > 0]


def own_body_kind(kind_id: int) -> BodyKind:
    """An own kind of body that is not closed, with `unit`. Refuses NotFound."""
    rows = BodyKind.objects.select_related("unit").filter(pk=kind_id, closed_at=None)
    return or_refuse(rows.first(), NotFound(field="kind"))


def kinds_to_make(unit_id: int) -> list[BodyKind]:
    """The own kinds of body that a unit may have now: made in it or above it, for its level, and not closed."""
    level = units.unit_by_id(unit_id).kind
    kinds = list(BodyKind.objects.filter(levels__contains=[level], closed_at=None).order_by("pk"))
    spans = units.all_spans({kind.unit_id for kind in kinds}) if kinds else {}
    places = units.all_spans([unit_id]).get(unit_id, [])
    return [
        kind for kind in kinds if any(is_in_ranges(spans.get(kind.unit_id, ()), lo) for lo, _hi in places)
    ]


def seat_offices(unit_id: int) -> list[Office]:
    """The offices that may be seats of an own kind of body of a unit: without rights, and there in all of it."""
    places = units.all_spans([unit_id]).get(unit_id, [])
    return [
        office
        for office in offices_used(near=unit_id)
        if office.closed_at is None
        and can_sit(
            office.code,
            is_own=office.unit_id is not None,
            rights=office.capabilities,
            sees_people=office.sees_people,
        )
        and all(office.exists_at(lo) for lo, _hi in places)
    ]


def body_kinds_asked(*, near: int) -> int:
    """Count the requests for kinds of body that wait in a unit, of those in sight."""
    return Release.objects.filter(act=ACT, unit_id=near, state=Release.State.ASKED).count()
