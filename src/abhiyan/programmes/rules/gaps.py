"""Count the parts of a unit that are behind, with their gap, and the parts ahead. A whole's gap hides both."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from abhiyan.core.numbers import grouped

# Units right below that are late, of several, by their kind.
BEHIND = {
    "state": ngettext_lazy("%(n)s of %(all)s states is behind", "%(n)s of %(all)s states are behind", "many"),
    "district": ngettext_lazy(
        "%(n)s of %(all)s districts is behind", "%(n)s of %(all)s districts are behind", "many"
    ),
    "mandal": ngettext_lazy(
        "%(n)s of %(all)s mandals is behind", "%(n)s of %(all)s mandals are behind", "many"
    ),
    "constituency": ngettext_lazy(
        "%(n)s of %(all)s constituencies is behind", "%(n)s of %(all)s constituencies are behind", "many"
    ),
    "segment": ngettext_lazy(
        "%(n)s of %(all)s segments is behind", "%(n)s of %(all)s segments are behind", "many"
    ),
    "booth": ngettext_lazy("%(n)s of %(all)s booths is behind", "%(n)s of %(all)s booths are behind", "many"),
    "": ngettext_lazy("%(n)s of %(all)s units is behind", "%(n)s of %(all)s units are behind", "many"),
}


@dataclass(frozen=True, slots=True)
class GapsBelow:
    """The parts of a unit, against what is due of each. all: how many they are, with a target or without.

    behind, fewer: those with fewer than due, and how many people they lack together. ahead, more: those with more.
    """

    all: int = 0
    behind: int = 0
    fewer: int = 0
    ahead: int = 0
    more: int = 0


def _behind(gaps: GapsBelow, kind: str) -> dict[str, str]:
    parts = BEHIND.get(kind, BEHIND[""]) % {
        "many": gaps.behind,
        "n": grouped(gaps.behind),
        "all": grouped(gaps.all),
    }
    return {"parts": parts, "n": grouped(gaps.fewer)}


def count_behind(gaps: GapsBelow, kind: str) -> str:
    """Say how many parts of a kind are behind, of how many, and by how many people together: a heading."""
    return _("%(parts)s, by %(n)s in all") % _behind(gaps, kind)


def count_ahead(gaps: GapsBelow) -> str:
    """Say how many parts have more than due, and by how many people together; "" where none has."""
    if not gaps.ahead:
        return ""
    words = ngettext("%(n)s is ahead, by %(more)s.", "%(n)s are ahead, by %(more)s in all.", gaps.ahead)
    return words % {"n": grouped(gaps.ahead), "more": grouped(gaps.more)}


def parts_behind(gaps: GapsBelow, kind: str) -> str:
    """Say how many parts of a kind are behind and ahead, by how many people each. It is "" where none is behind."""
    if not gaps.behind:
        return ""
    words = _("%(parts)s, by %(n)s in all.") % _behind(gaps, kind)
    return f"{words} {count_ahead(gaps)}".strip()
