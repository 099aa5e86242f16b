"""Every act on results. What plans and cascades do stands beside the plans."""

from .alliances import change_alliance, make_alliance
from .figures import state_figure, withdraw_figure
from .links import let_go, link_contests
from .parties import know_parties

__all__ = [
    "change_alliance",
    "know_parties",
    "let_go",
    "link_contests",
    "make_alliance",
    "state_figure",
    "withdraw_figure",
]
