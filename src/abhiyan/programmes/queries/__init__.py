"""Every read of programmes, targets and the tally ledger."""

from .ledger import (
    Child,
    FunnelRow,
    TrendDay,
    children_ladders,
    funnel,
    ladder,
    ladders,
    not_placed,
    trend,
    unfolded,
)

__all__ = [
    "Child",
    "FunnelRow",
    "TrendDay",
    "children_ladders",
    "funnel",
    "ladder",
    "ladders",
    "not_placed",
    "trend",
    "unfolded",
]
