"""Noting, once a minute, how many were reported so far: from that the rate of now is read."""

from datetime import datetime, timedelta

from abhiyan.core import sql
from abhiyan.programmes.models import Pace, Programme, Rung
from abhiyan.programmes.queries.ledger import counted_below, node_of

KEPT = timedelta(hours=26)  # a day, and some of the evening before


def note_pace(*, at: datetime) -> int:
    """Note of each open programme what was reported by channel, from the ledger's own totals; forget what is old.

    A few rows a programme and minute; no item is read. Once a minute is once: a second turn in it notes nothing. How
    many rows. Run by a loop, in its system scope.
    """
    minute = at.replace(second=0, microsecond=0)
    rows: list[Pace] = []
    for one in Programme.objects.filter(state=Programme.State.OPEN).order_by("pk"):
        node = node_of(one.owner_id, one.hierarchy)
        if node is None:
            continue
        query, values = counted_below(node, None)
        found = sql.rows(
            f"select channel, sum(n)::bigint from ({query}) rows where measure = 1 and rung = %(rung)s group by 1",
            values | {"programmes": one.counted_ids, "rung": Rung.REPORTED.value},
        )
        rows += [
            Pace(programme=one, unit_id=one.owner_id, channel=channel, minute=minute, n=n)
            for channel, n in found
        ]
    Pace.objects.bulk_create(rows, ignore_conflicts=True)
    Pace.objects.filter(minute__lt=at - KEPT).delete()
    return len(rows)
