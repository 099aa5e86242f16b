"""Figures that units give of themselves. Outsiders read what was given by the last closed day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.policy import EVERYTHING, FIGURES, placed_sql
from abhiyan.core.small_cells import until as closed_until
from abhiyan.programmes.models import Programme

# Those whose figures there are exact read them as of now. Everybody else reads those of the last closed day.
_SEEN = f"({EVERYTHING} or {placed_sql('f.unit_id', FIGURES)})"
_KNOWN = f"({_SEEN} or f.typed_at < %(closed)s)"
_REPLACED = f"(f.replaced_at is not null and ({_SEEN} or f.replaced_at < %(closed)s))"


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


def typed_figures(programme: Programme, *, unit_id: int, at: datetime) -> list[TypedFigure]:
    """Return all figures of a unit, newest days first; replaced and withdrawn ones come below those in force."""
    return sql.each(
        TypedFigure,
        f"""select f.measure, f.begins_on, f.ends_on, f.n, f.typed_at, coalesce(a.name, ''), f.typed_by,
         {_REPLACED}
        from programmes_own_figure f left join people_account a on a.id = f.typed_by
       where f.programme_id = %(programme)s and f.unit_id = %(unit)s and {_KNOWN}
       order by f.ends_on desc, f.begins_on desc, {_REPLACED}, f.replaced_at desc, f.typed_at desc""",
        {"programme": programme.pk, "unit": unit_id, "closed": closed_until(at, settings.TIME_ZONE)},
    )


def own_figures_of_units(
    programme: Programme,
    measure: int,
    units: Iterable[int],
    *,
    after: date | None,
    until: date,
    at: datetime,
) -> dict[int, int]:
    """Return what units said of the days up to `until`: figures with a last day after `after`, added up.

    By unit id.
    """
    rows = sql.rows(
        f"""select f.unit_id, sum(f.n)::bigint from programmes_own_figure f
        where f.programme_id = %(programme)s and f.measure = %(measure)s and f.unit_id = any(%(units)s)
          and f.ends_on <= %(until)s and (%(after)s::date is null or f.ends_on > %(after)s)
          and {_KNOWN} and not {_REPLACED} group by 1""",
        {
            "programme": programme.pk,
            "measure": measure,
            "units": list(units),
            "after": after,
            "until": until,
            "closed": closed_until(at, settings.TIME_ZONE),
        },
    )
    return dict(rows)


def own_figures_of_unit(
    unit_id: int, days: Mapping[tuple[int, int], tuple[date | None, date]], *, at: datetime
) -> dict[tuple[int, int], int]:
    """Return the same of one unit in several measures: by programme and measure, of the days of each. One query."""
    rows = sql.rows(
        f"""select f.programme_id, f.measure, sum(f.n)::bigint from programmes_own_figure f
        join unnest(%(programmes)s::bigint[], %(measures)s::int[], %(after)s::date[], %(until)s::date[])
          w(programme_id, measure, after, until) on w.programme_id = f.programme_id and w.measure = f.measure
        where f.unit_id = %(unit)s and f.ends_on <= w.until and (w.after is null or f.ends_on > w.after)
          and {_KNOWN} and not {_REPLACED} group by 1, 2""",
        {
            "programmes": [programme for programme, _measure in days],
            "measures": [measure for _programme, measure in days],
            "after": [after for after, _until in days.values()],
            "until": [until for _after, until in days.values()],
            "unit": unit_id,
            "closed": closed_until(at, settings.TIME_ZONE),
        },
    )
    return {(programme, measure): n for programme, measure, n in rows}
