"""What the acts on trees will not do."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class UnknownUnit(Refused):
    code = "unknown_unit"
    message = _("There is no unit with the code %(unit)s.")


class UnknownKind(Refused):
    code = "unknown_kind"
    message = _("%(kind)s is not a kind of unit.")


class NoName(Refused):
    code = "no_name"
    message = _("The unit %(unit)s needs a name in English.")


class DoubledCode(Refused):
    code = "doubled_code"
    message = _("The code %(unit)s belongs to another unit. Every unit has a code of its own.")


class BadCode(Refused):
    code = "bad_code"
    message = _(
        "A unit's code has letters A–Z, digits and . - _ only, with a letter, a digit or _ at both ends, at most 64 in "
        "all, and is not “root”. Write - in place of / and of spaces."
    )


class HierarchyUnsaid(Refused):
    code = "hierarchy_unsaid"
    message = _(
        "The list names units above and does not say in which hierarchy. Choose the hierarchy of “Parent” (on the"
        " console -o hierarchy=1, 2 or 3), or name the column after it, such as “Organisational parent”."
    )


class UnknownParent(Refused):
    code = "unknown_parent"
    message = _("The unit above, %(parent)s, does not stand in this hierarchy. Place it first.")


class AlreadyPlaced(Refused):
    code = "already_placed"
    message = _("The unit %(unit)s stands in this hierarchy already. Move it instead.")


class AlreadyThere(Refused):
    code = "already_there"
    message = _("The unit %(unit)s stands beneath %(parent)s already.")


class NotPlaced(Refused):
    code = "not_placed"
    message = _("The unit %(unit)s does not stand in this hierarchy. Place it first.")


class KindNotAllowedHere(Refused):
    code = "kind_not_allowed_here"
    message = _("A unit of kind %(kind)s cannot stand beneath one of kind %(above)s in this hierarchy.")


class Cycle(Refused):
    code = "cycle"
    message = _("The unit %(unit)s would stand beneath itself.")


class NotYet(Refused):
    code = "not_yet"
    message = _("The day %(on)s is still to come. A unit can move today or on a day past.")


class BeforeItsTime(Refused):
    code = "before_its_time"
    message = _(
        "The unit %(unit)s stands where it does only since %(since)s. Choose that day or a later one."
    )


class Full(Refused):
    """Out of positions: nobody has seen it; a hierarchy has room for thousands of millions of units."""

    code = "hierarchy_full"
    message = _("The hierarchy has no room left.")


class LaterChanges(Refused):
    code = "later_changes"
    message = _("Later changes stand on this list: %(units)s. Undo those first.")


class LaterLists(LaterChanges):
    """The same, where those changes came by lists, which have ids to be undone by."""

    message = _("Later lists stand on this one: %(lists)s (units: %(units)s). Undo those first.")


class StillUsed(Refused):
    code = "still_used"
    message = _("Units of this list are in use: somebody was appointed there, or a programme covers them.")
