"""The acts on trees refuse with these."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class UnknownUnit(Refused):
    message = _("There is no unit with the code %(unit)s.")


class UnknownKind(Refused):
    message = _("%(kind)s is not a kind of unit.")


class UnitNameMissing(Refused, code="no_name"):
    message = _("The unit %(unit)s needs a name in English.")


class DoubledCode(Refused):
    message = _("The code %(unit)s belongs to another unit. Every unit has a code of its own.")


class BadCode(Refused):
    message = _(
        "A unit's code has at most 64 letters A–Z, digits and . - _ only. It begins and ends "
        "with a letter, a digit or _, and is not “root”. Write - in place of / and of "
        "spaces."
    )


class HierarchyUnsaid(Refused):
    message = _(
        "The list does not say to which hierarchy the units above belong. Choose the "
        "hierarchy of “Parent” (on the console -o hierarchy=1, 2 or 3). Or name the column "
        "after it, such as “Organisational parent”."
    )


class UnknownParent(Refused):
    message = _("The unit above, %(parent)s, is not in this hierarchy. Place it first.")


class AlreadyPlaced(Refused):
    message = _("The unit %(unit)s is in this hierarchy already. Move it instead.")


class AlreadyThere(Refused):
    message = _("The unit %(unit)s is already below %(parent)s.")


class NotPlaced(Refused):
    message = _("The unit %(unit)s is not in this hierarchy. Place it first.")


class KindNotAllowedHere(Refused):
    message = _("In the %(hierarchy)s hierarchy, a %(kind)s cannot be below a %(above)s.")


class Cycle(Refused):
    message = _("The unit %(unit)s would be below itself.")


class NotYet(Refused):
    message = _("The day %(on)s is still to come. Choose today or an earlier day.")


class BeforeItsTime(Refused):
    message = _("The unit %(unit)s came to its place on %(since)s. Choose that day or a later one.")


class Full(Refused, code="hierarchy_full"):
    """Out of positions: nobody has seen it; a hierarchy has room for thousands of millions of units."""

    message = _("This hierarchy is full.")


class LaterChanges(Refused):
    message = _("Later changes build on this list: %(units)s. Undo those first.")


class LaterLists(LaterChanges, code="later_changes"):
    """The same, where those changes came by lists, which have ids to be undone by."""

    message = _("Later lists build on this one: %(lists)s (units: %(units)s). Undo those first.")


class StillUsed(Refused):
    message = _(
        "Units of this list are in use: by an appointment, by a programme or in the calendar of polls."
    )


class UnitClosed(Refused):
    message = _("The unit %(unit)s is closed. Choose an open one.")


class AlreadyClosed(Refused, status=409):
    message = _("The unit %(unit)s is closed already, from %(on)s.")


class AlreadyOpen(Refused, status=409):
    message = _("The unit %(unit)s is open.")


class TopStays(Refused):
    message = _("The unit %(unit)s is the top of a hierarchy and cannot be closed.")


class OpenBelow(Refused):
    message = _("%(n)s open units are below: %(units)s. Close them first, or together with this one.")


class SuccessorUnfit(Refused):
    message = _("%(unit)s cannot take over. Name open units of the same level, by their codes.")


class AnswerUnfit(Refused):
    message = _("Choose one of the answers. Only a successor can take something over.")


class InTheWay(Refused, status=409):
    message = _("%(what)s: %(n)s. Close or change these first; then the unit can be closed.")


class ClosedByList(Refused, status=409):
    message = _("The unit %(unit)s was closed by a list. Undo that import to open it again.")


class ClosedEarlier(Refused, status=409):
    message = _("The unit %(unit)s was not closed today. You can open it again on the same day only.")


class AboveClosed(Refused, status=409):
    message = _("The unit above, %(above)s, is closed. Open that one first.")


class SuccessorClosed(Refused, status=409):
    message = _("The successor, %(successor)s, is closed. Open that one first.")
