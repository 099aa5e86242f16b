"""The room gives `/metrics` its figures of the ledger."""

from abhiyan.core.metrics import DatabaseMetric

from . import queries

METRICS = {
    "unfolded_changes": DatabaseMetric(
        "Changes of tallies that wait for a fold", lambda at: float(queries.count_unfolded(at=at)[0])
    ),
    "unfolded_oldest_seconds": DatabaseMetric(
        "Seconds for which the oldest of them has waited", lambda at: float(queries.count_unfolded(at=at)[1])
    ),
}
