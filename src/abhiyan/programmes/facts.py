"""The facts behind the ledger: how each activity's are counted again, and what must not point at nothing."""

from .rules import activities

ORPHANS = {
    "tallies of unknown units": (
        "select count(distinct t.unit_id) as n from programmes_tally t"
        " where not exists (select from units_unit u where u.id = t.unit_id)"
    ),
    "targets of unknown units": (
        "select count(*) as n from programmes_target t"
        " where not exists (select from units_unit u where u.id = t.unit_id)"
    ),
    "earlier totals of unknown units": (
        "select count(*) as n from programmes_unit_total t"
        " where not exists (select from units_unit u where u.id = t.unit_id)"
    ),
    "items of unknown units": (
        "select count(*) as n from programmes_item i"
        " where not exists (select from units_unit u where u.id = i.unit_id)"
    ),
    "tallies of unknown programmes": (
        "select count(distinct t.programme_id) as n from programmes_tally t"
        " where not exists (select from programmes_programme p where p.id = t.programme_id)"
    ),
}


def facts_by_kind() -> dict[str, str]:
    """Return by kind the query of its activity's facts, as `activities.Activity.facts` says."""
    return {
        activity.kind: activity.facts for activity in activities.registered_activities() if activity.facts
    }


def orphan_queries() -> dict[str, str]:
    """Check -> a query of one row, `n`: how many facts point at something that does not exist. Wanted: 0."""
    sql_by_name = dict(ORPHANS)
    for activity in activities.registered_activities():
        sql_by_name |= activity.orphans
    return dict(sorted(sql_by_name.items()))
