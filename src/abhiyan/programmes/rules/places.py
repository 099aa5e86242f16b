"""A programme names its places: each booth, each village or ward, or one booth of every village."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.units.rules.levels import ADMINISTRATIVE, HIERARCHIES


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """name: in a list of choices. ends_at: kinds that are places themselves, so a target is not split below them.

    hierarchies: trees that have such places.
    """

    name: str | Promise
    ends_at: frozenset[str] = frozenset()
    hierarchies: tuple[int, ...] = HIERARCHIES


_ADMINISTRATIVE = (ADMINISTRATIVE,)
# Only the tree of the administration has villages. Every tree has their booths.
PLACE_RULES: dict[str, PlaceRule] = {
    "": PlaceRule(_("Each booth; a village or ward where it has no booths")),
    "booth_of_village": PlaceRule(_("One booth of every village")),
    "village": PlaceRule(_("Each village"), frozenset({"village"}), _ADMINISTRATIVE),
    "ward": PlaceRule(_("Each ward"), frozenset({"ward"}), _ADMINISTRATIVE),
    "ward_of_town": PlaceRule(_("One ward of every town"), frozenset({"ward"}), _ADMINISTRATIVE),
    "village_and_town": PlaceRule(
        _("One booth of every village, and one ward of every town"), frozenset({"ward"}), _ADMINISTRATIVE
    ),
}


def place_rule_choices(hierarchy: int) -> list[tuple[str, str | Promise]]:
    """Return the rules that a programme may choose in a tree, as choices."""
    return [(key, rule.name) for key, rule in PLACE_RULES.items() if hierarchy in rule.hierarchies]
