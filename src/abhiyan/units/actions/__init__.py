"""The only writers of units and trees.

Who may change trees is asked by the page or command that calls (`org.require`): offices stand above this room.
"""

from abhiyan.units.rules.levels import RESERVED

from .closing import close_units, hold_closing, keep, open_again
from .deriving import derive
from .figures import take_back_figures, take_in_figures
from .importing import preview, take_back, take_back_pins, take_in, take_in_pins
from .making import NewUnit, make_unit, make_units
from .moving import move
from .outlines import set_outlines
from .placing import place_many
from .polls import StatedPoll, confirm_poll, drop_poll, state_poll, state_withdrawal
