"""Note what was reported so far, of a programme once a minute, of its districts every five.

The present rate is read from it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from abhiyan.core import counters, sql
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Pace, Programme, Rung, UnitPace
from abhiyan.programmes.queries.ledger import counted_below, node_of
from abhiyan.programmes.queries.listing import first_level_below
from abhiyan.programmes.rules import rates

UNITS_KEPT = timedelta(hours=4)
MOST_UNITS = 1_500  # of one programme
REPORTED = "reported"  # counters by kind of programme and channel, such as "drive/2"
KEPT = timedelta(hours=26)  # a day, and some of the evening before


# The last note of each programme and channel, or 0. One of this very minute is left out.
_NOTED = """select k.programme_id, k.channel, coalesce(p.n, 0)
 from unnest(%s::int[], %s::smallint[]) k(programme_id, channel) left join lateral (
   select n, minute from programmes_pace p where p.programme_id = k.programme_id and p.channel = k.channel
   order by minute desc limit 1) p on true
 where p.minute is distinct from %s"""


def note_pace(*, at: datetime) -> int:
    """Note of each open programme what was reported by channel, from the ledger's own totals; forget what is old.

    A few rows a programme and minute; no item is read. A second turn in the same minute notes nothing. How many
    rows. Run by a loop, in its system scope.
    """
    minute = at.replace(second=0, microsecond=0)
    rows: list[Pace] = []
    for programme in Programme.objects.filter(state=Programme.State.OPEN).order_by("pk"):
        node = node_of(programme.owner_id, programme.hierarchy)
        if node is None:
            continue
        query, values = counted_below(node, None)
        figures = sql.rows(
            f"select channel, sum(n)::bigint from ({query}) rows where measure = 1 and rung = %(rung)s group by 1",
            values | {"programmes": programme.counted_ids, "rung": Rung.REPORTED.value},
        )
        rows += [
            Pace(programme=programme, unit_id=programme.owner_id, channel=channel, minute=minute, n=n)
            for channel, n in figures
        ]
    _count_reported(rows, minute)
    Pace.objects.bulk_create(rows, ignore_conflicts=True)
    Pace.objects.filter(minute__lt=at - KEPT).delete()
    return len(rows)


def _count_reported(rows: Sequence[Pace], minute: datetime) -> None:
    """Raise the counters of `/metrics` by what was reported since the last note; a part counts in its whole."""
    whole = [row for row in rows if row.programme.parent_id is None]
    before = {
        (programme_id, channel): n
        for programme_id, channel, n in sql.rows(
            _NOTED, [[row.programme_id for row in whole], [row.channel for row in whole], minute]
        )
    }
    more: Counter[str] = Counter()
    for row in whole:
        if (n := before.get((row.programme_id, row.channel))) is not None:
            more[f"{row.programme.kind}/{row.channel}"] += max(0, row.n - n)
    counters.raise_counters(REPORTED, more)


_OF = f"t.day = {ledger_sql.ALL_DAYS} and t.measure = 1 and t.rung = %(rung)s and t.programme_id = any(%(programmes)s)"
_BY_UNIT = f"""
with up as materialized (
  select p.unit_id, p.lo, p.hi, l.unit_id is not null as is_large from units_placement p
  left join programmes_large l on l.hierarchy = p.hierarchy and l.unit_id = p.unit_id
  where p.hierarchy = %(hierarchy)s and p.lo is not null and p.unit_id = any(%(units)s))
select unit_id, channel, sum(n)::bigint from (
  select up.unit_id, t.channel, t.n from up join programmes_total t on t.unit_id = up.unit_id
    and t.hierarchy = %(hierarchy)s where up.is_large and {_OF}
  union all
  select up.unit_id, t.channel, t.n from up join units_placement p on p.lo >= up.lo and p.lo < up.hi
    join programmes_tally t on t.unit_id = p.unit_id where not up.is_large and {_OF}
  union all
  select up.unit_id, d.channel, d.n from programmes_delta d
    join units_placement p on p.unit_id = d.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
    join up on up.lo <= p.lo and p.lo < up.hi
    where {ledger_sql.PENDING} and d.measure = 1 and d.rung = %(rung)s and d.programme_id = any(%(programmes)s)
) rows group by 1, 2"""


def note_units(*, at: datetime) -> int:
    """Note of each open programme what was reported by channel in each of the units that should begin; forget
    what is old. Every five minutes is once. Returns how many rows: at most MOST_UNITS units of a programme,
    none where too many units below them would be added up. Run by a loop, in its system scope."""
    minute, rows = rates.noted_at(at), 0
    for programme in Programme.objects.filter(state=Programme.State.OPEN).order_by("pk"):
        if UnitPace.objects.filter(programme=programme, minute=minute).exists():
            continue
        node = node_of(programme.owner_id, programme.hierarchy)
        below = first_level_below(node, rates.BEGINNING) if node is not None else None
        if below is None or len(below[1]) > MOST_UNITS:
            continue
        figures = sql.rows(
            _BY_UNIT,
            {
                "hierarchy": programme.hierarchy,
                "units": below[1],
                "rung": Rung.REPORTED.value,
                "programmes": programme.counted_ids,
            },
        )
        UnitPace.objects.bulk_create(
            (
                UnitPace(programme=programme, unit_id=unit, channel=channel, minute=minute, n=n)
                for unit, channel, n in figures
            ),
            ignore_conflicts=True,
        )
        rows += len(figures)
    UnitPace.objects.filter(minute__lt=at - UNITS_KEPT).delete()
    return rows
