"""Commands of the command line beside those of `cli`: lists, backups."""

from .backups import backup, psql, restore
from .importing import COMMANDS

__all__ = ["COMMANDS", "backup", "psql", "restore"]
