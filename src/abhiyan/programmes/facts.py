"""Where the facts behind the ledger are: each room that posts registers how to count them again.

Registered in the AppConfig.ready() of the room that owns the facts; `actions.recount` reads them.
"""

FACTS: dict[str, str] = {}
ORPHANS: dict[str, str] = {}


def register(name: str, sql: str) -> None:
    """A query over facts that yields programme_id, measure, channel, unit_id, day, rung, n; without parameters.

    It must yield exactly what the room's acts have posted. Rows of one key are added up.
    """
    FACTS[name] = sql


def register_orphans(name: str, sql: str) -> None:
    """A query that yields one row, `n`: how many facts point to something that does not exist. Wanted: 0."""
    ORPHANS[name] = sql


register_orphans(
    "tallies of unknown units",
    "select count(distinct t.unit_id) as n from programmes_tally t"
    " where not exists (select from units_unit u where u.id = t.unit_id)",
)
register_orphans(
    "targets of unknown units",
    "select count(*) as n from programmes_target t"
    " where not exists (select from units_unit u where u.id = t.unit_id)",
)
register_orphans(
    "earlier totals of unknown units",
    "select count(*) as n from programmes_unit_total t"
    " where not exists (select from units_unit u where u.id = t.unit_id)",
)
register_orphans(
    "tallies of unknown programmes",
    "select count(distinct t.programme_id) as n from programmes_tally t"
    " where not exists (select from programmes_programme p where p.id = t.programme_id)",
)
