"""The only writers of units and trees.

The calling page or command checks who may change trees (`org.require`): offices are in a room above this one.
"""

from abhiyan.units.refusals import StillUsed
from abhiyan.units.rules.levels import RESERVED

from .closing import close_units, hold_closing, keep_closing_fact, reopen_units
from .deriving import derive
from .figures import take_back_figures, take_in_figures
from .importing import preview_units, take_back_pins, take_in, take_in_pins, undo_units_import
from .making import NewUnit, make_unit, make_units
from .moving import move_unit
from .outlines import set_outlines
from .placing import place_units
