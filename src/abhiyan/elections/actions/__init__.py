"""Every act on results and plans."""

from .alliances import change_alliance, make_alliance
from .cascade import cascade_plan, lock_part
from .cascading import cascade_seats, pass_next_seat
from .classes import sort_units
from .figures import state_figure, withdraw_figure
from .links import let_go, link_contests, link_newcomers
from .parties import know_parties
from .plans import lock_seats, make_plan, next_version
from .withdrawing import withdraw_alliance, withdraw_classes, withdraw_plan

__all__ = [
    "cascade_plan",
    "cascade_seats",
    "change_alliance",
    "know_parties",
    "let_go",
    "link_contests",
    "link_newcomers",
    "lock_part",
    "lock_seats",
    "make_alliance",
    "make_plan",
    "next_version",
    "pass_next_seat",
    "sort_units",
    "state_figure",
    "withdraw_alliance",
    "withdraw_classes",
    "withdraw_figure",
    "withdraw_plan",
]
