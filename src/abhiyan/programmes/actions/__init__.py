"""Every act on programmes, targets and the tally ledger."""

from abhiyan.programmes.facts import register as register_facts
from abhiyan.programmes.facts import register_orphans

from .ledger import fold, post
from .recount import Difference, Recount, recount
from .trees import UnitsInUse, follow, refuse_going, resize

__all__ = [
    "Difference",
    "Recount",
    "UnitsInUse",
    "fold",
    "follow",
    "post",
    "recount",
    "refuse_going",
    "register_facts",
    "register_orphans",
    "resize",
]
