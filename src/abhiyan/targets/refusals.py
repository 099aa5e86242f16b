"""Refusals of the acts on targets; previews refuse by the same words."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class TargetUnfit(Refused):
    message = _("A target is a whole number from 0 to 2,00,00,00,000.")


class TargetLocked(Refused, status=409):
    message = _("This target is locked. Unlock it first.")


class NoTarget(Refused):
    message = _("There is no target here yet. Set one first.")


class NothingBelow(Refused):
    message = _("There is no unit below to split the target among.")


class NotBelow(Refused):
    message = _("The unit whose target you set by hand is not directly below this one.")


class LocksDoNotFit(Refused):
    """The locked targets below a unit exceed its own. n: by how much."""

    message = _(
        "The locked targets below %(where)s add up to %(locked)s: %(n)s more than its "
        "%(total)s. Unlock some first."
    )


class AllLocked(LocksDoNotFit):
    """Every target below is locked, and they do not use the whole up. n: what is left over."""

    message = _(
        "All targets below %(where)s are locked and add up to %(locked)s. %(n)s of its "
        "%(total)s are left over. Unlock some first."
    )


class TooManyUnits(Refused):
    """A split that would look at more units than one page, or one act, can."""

    message = _(
        "That is more than %(most)s units at once. Split to the districts first, then each further down."
    )


class PlanTooWide(Refused):
    """A plan that gives numbers to more units than one taking over looks at."""

    message = _(
        "This plan gives votes to more than %(most)s units, too many at once. Use a plan of "
        "one state, or one passed down to the mandals only."
    )


class UnknownBasis(Refused):
    message = _("Choose how to split the target, and fill in what that needs.")


class PartyDidNotStand(Refused):
    message = _("No party %(party)s stood in this election.")


class NoPlaces(Refused):
    """No place of the programme's kind is below the unit: there is nothing to split by."""

    message = _("There is no such place below this unit. Split it another way.")


class NoWeight(Refused):
    """Every class weighs nothing: there is nothing to split by."""

    message = _("At least one class must weigh more than 0.")


class NoClasses(Refused):
    """An election that has sorted nothing below a unit."""

    message = _(
        "No booth or segment here has a class by this election. Make them first: Results, the election, Classes."
    )


class ChangedMeanwhile(Refused, status=409):
    """The previewed changes are not what would be done now."""

    message = _("Targets or units have changed since you looked. Look at the differences again.")


class ChangeUnderWay(Refused, status=409):
    """A job changes targets of this programme."""

    message = _(
        "Targets of this programme are being changed just now. Wait until that is done, then try again."
    )


class ChangeStopped(Refused):
    """The job of a change was given up."""

    message = _(
        "This stopped and is not done. No target was changed. Look at the differences and take them again."
    )


class PlanUnplaced(Refused):
    """A plan says nothing about any unit of the programme."""

    message = _("None of the plan's units is in this programme, so you can't use it.")


class PlanDisagrees(Refused):
    """The parts of a plan come to another number than the whole above them. n: of the whole."""

    message = _(
        "%(where)s would have the target %(n)s, but the targets below it come to %(below)s. Unlock or change one "
        "of them first, or use the plan as weights."
    )
