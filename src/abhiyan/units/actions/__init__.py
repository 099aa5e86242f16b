"""The only writers of units and trees.

The calling page or command checks who may change trees (`org.require`): offices are in a room above this one.
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
