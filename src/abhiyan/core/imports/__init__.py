"""Staged imports: one engine for every list. Upload, look, map, check, commit in a job, undo.

The bytes somebody sent are on disk only sealed, and only until the import is over (store). What a list means is
its room's business: a room registers an ImportKind (kinds) and is handed a Work (work) for each step. Jobs run the
steps (running); people and the command line ask for them (actions).
"""

from .kinds import Difference, ImportKind, Option, Outcome, kind, register, registered
from .work import Work

__all__ = ["Difference", "ImportKind", "Option", "Outcome", "Work", "kind", "register", "registered"]
