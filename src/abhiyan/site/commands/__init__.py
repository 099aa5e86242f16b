"""Commands of the command line beside those of `cli`: the beginning, lists, backups, languages."""

from .backups import backup, psql, refuse_while_restoring, restore
from .beginning import bring_up, init
from .hosts import hosts
from .importing import COMMANDS
from .languages import language
from .roles import roles
