"""What units say of themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from abhiyan.core import sql
from abhiyan.programmes.models import OwnFigure, Programme


@dataclass(frozen=True, slots=True)
class Typed:
    """One figure a unit gave of itself. typed_by: a name, empty for the system or somebody out of sight."""

    measure: int
    begins_on: date
    ends_on: date
    n: int
    typed_at: datetime
    typed_by: str
    is_replaced: bool


def typed_figures(programme: Programme, *, unit_id: int) -> list[Typed]:
    """All figures of a unit, newest days first; those that were replaced or taken back below those in force."""
    return sql.each(
        Typed,
        """select f.measure, f.begins_on, f.ends_on, f.n, f.typed_at, coalesce(a.name, ''), f.replaced_at is not null
        from programmes_own_figure f left join people_account a on a.id = f.typed_by
       where f.programme_id = %s and f.unit_id = %s
       order by f.ends_on desc, f.begins_on desc, f.replaced_at desc nulls first""",
        [programme.pk, unit_id],
    )


def said_in(
    programme: Programme, measure: int, units: Iterable[int], *, after: date | None, until: date
) -> dict[int, int]:
    """What units said of the days up to `until`: figures whose last day lies after `after`, added up. By unit id."""
    found = OwnFigure.objects.filter(
        programme=programme, measure=measure, unit_id__in=list(units), replaced_at=None, ends_on__lte=until
    )
    if after is not None:
        found = found.filter(ends_on__gt=after)
    return dict(found.values_list("unit_id").annotate(n=Sum("n")))
