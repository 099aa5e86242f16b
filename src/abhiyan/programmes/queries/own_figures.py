"""What units say of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from abhiyan.core import sql
from abhiyan.programmes.models import OwnFigure, Programme


@dataclass(frozen=True, slots=True)
class TypedFigure:
    """One figure a unit gave of itself. typed_by: a name, empty for the system or somebody out of sight."""

    measure: int
    begins_on: date
    ends_on: date
    n: int
    typed_at: datetime
    typed_by: str
    typed_by_id: int | None
    is_replaced: bool


def typed_figures(programme: Programme, *, unit_id: int) -> list[TypedFigure]:
    """All figures of a unit, newest days first; those that were replaced or taken back below those in force."""
    return sql.each(
        TypedFigure,
        """select f.measure, f.begins_on, f.ends_on, f.n, f.typed_at, coalesce(a.name, ''), f.typed_by,
         f.replaced_at is not null
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


def said_of(
    unit_id: int, days: Mapping[tuple[int, int], tuple[date | None, date]]
) -> dict[tuple[int, int], int]:
    """The same of one unit in several measures: by programme and measure, of the days of each. One query."""
    rows = sql.rows(
        """select f.programme_id, f.measure, sum(f.n)::bigint from programmes_own_figure f
        join unnest(%s::bigint[], %s::int[], %s::date[], %s::date[]) w(programme_id, measure, after, until)
          on w.programme_id = f.programme_id and w.measure = f.measure
        where f.unit_id = %s and f.replaced_at is null and f.ends_on <= w.until
          and (w.after is null or f.ends_on > w.after) group by 1, 2""",
        [
            [programme for programme, _measure in days],
            [measure for _programme, measure in days],
            [after for after, _until in days.values()],
            [until for _after, until in days.values()],
            unit_id,
        ],
    )
    return {(programme, measure): n for programme, measure, n in rows}
