"""What the acts on targets will not do; what would come of them refuses by the same words."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class TargetUnfit(Refused):
    code = "target_unfit"
    message = _("A target is a whole number from 0 to 2,00,00,00,000.")


class TargetLocked(Refused):
    code = "target_locked"
    message = _("This target is locked. Unlock it first.")
    status = 409


class NoTarget(Refused):
    code = "no_target"
    message = _("There is no target here yet. Set one first.")


class NothingBelow(Refused):
    code = "nothing_below"
    message = _("There is no unit below among which the target could be split.")


class NotBelow(Refused):
    code = "not_below"
    message = _("The unit whose target is set by hand does not stand directly below this one.")


class LocksDoNotFit(Refused):
    """The locked targets below a unit exceed its own. n: by how much."""

    code = "locks_do_not_fit"
    message = _(
        "The locked targets below %(where)s sum to %(locked)s: %(n)s more than its %(total)s. Unlock some first."
    )


class AllLocked(LocksDoNotFit):
    """Every target below is locked, and they do not use the whole up. n: what is left over."""

    code = "all_locked"
    message = _(
        "All targets below %(where)s are locked and sum to %(locked)s: %(n)s of its %(total)s are left over."
        " Unlock some first."
    )


class TooManyUnits(Refused):
    """A split that would look at more units than one page, or one act, can."""

    code = "too_many_units"
    message = _(
        "That would be more than %(most)s units at once. Split to the districts first, then each further down."
    )


class PlanTooWide(Refused):
    """A plan that gives numbers to more units than one taking over looks at."""

    code = "plan_too_wide"
    message = _(
        "This plan gives votes to more than %(most)s units, too many to take over at once. Take over a plan of one"
        " state, or one passed down to the mandals only."
    )


class UnknownMeasure(Refused):
    code = "unknown_measure"
    message = _("This programme does not count that.")


class UnknownBasis(Refused):
    code = "unknown_basis"
    message = _("Choose what the target is split by, and what that needs.")


class PartyDidNotStand(Refused):
    code = "party_did_not_stand"
    message = _("No party %(party)s stood in this election.")


class NoWeight(Refused):
    """Every class weighs nothing: there is nothing to split by."""

    code = "no_weight"
    message = _("At least one class must weigh more than 0.")


class NoClasses(Refused):
    """An election that has sorted nothing below a unit."""

    code = "no_classes"
    message = _(
        "No booth or segment here has a class by this election. Make them first: Results, the election, Classes."
    )


class ProgrammeOver(Refused):
    code = "programme_over"
    message = _("The programme is closed; it stays as it is.")
    status = 409


class ChangedMeanwhile(Refused):
    """What was looked at is not what would be done now."""

    code = "changed_meanwhile"
    message = _("Targets or units have changed since you looked. Look at the differences again.")
    status = 409


class PlanUnplaced(Refused):
    """A plan says nothing about any unit of the programme."""

    code = "plan_unplaced"
    message = _("None of the plan's units stands in this programme: nothing can be taken over.")
