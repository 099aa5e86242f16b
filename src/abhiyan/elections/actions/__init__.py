"""Every act on results and plans."""

from .alliances import change_alliance, make_alliance
from .classes import sort_units
from .every_seat import cascade_seats, pass_next_seat
from .figures import state_figure, withdraw_figure
from .links import link_contests, link_newcomers, unlink_units
from .parties import join_parties, separate_parties
from .passing_down import cascade_plan, lock_part
from .plans import lock_seats, make_plan, next_version
from .withdrawing import withdraw_alliance, withdraw_classes, withdraw_plan
