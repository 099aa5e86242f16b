"""Commands of the command line beside those of `cli`: lists, backups."""

from .backups import backup, restore
from .importing import COMMANDS

__all__ = ["COMMANDS", "backup", "restore"]
