"""What this room's acts will not do."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.org.queries import NotYours


class UnknownElection(Refused):
    code = "unknown_election"
    message = _("There is no election with the code %(election)s. Import its results first.")


class ElectionUnclear(Refused):
    code = "election_unclear"
    message = _(
        "What was elected, where and when? Write the code like LS2024 or JK2024, or say kind, year and state."
    )


class ElectionDiffers(Refused):
    code = "election_differs"
    message = _("The election %(election)s is known as %(known)s. Choose that, or another code.")


class NotWhole(Refused):
    code = "results_not_whole"
    message = _(
        "Rows are refused (%(rows)s), so the result would not be whole and nothing was taken in. Correct the file, or"
        " import it again and choose to take only what is whole."
    )


class LaterResults(Refused):
    code = "later_results"
    message = _("Later lists stand on this one: %(where)s. Undo those first.")


class MadeOf(Refused):
    """Somebody's plans or rules of classes stand in the way."""

    status = 409


class PlansStand(MadeOf):
    code = "plans_stand"
    message = _(
        "Plans or rules of classes are made from these results (%(n)s). Withdraw them first. In your sight: %(seen)s."
    )


class UnitsPlanned(MadeOf):
    code = "units_planned"
    message = _(
        "Plans or rules of classes stand on these units (%(n)s). Withdraw them first. In your sight: %(seen)s."
    )


class SaidOfElection(Refused):
    code = "said_of_election"
    message = _("Alliances and quoted figures of this election stand: %(seen)s. Take them away first.")


class AllianceInUse(MadeOf):
    code = "alliance_in_use"
    message = _(
        "Plans or rules of classes are made with this alliance (%(n)s). Withdraw them first. In your sight: %(seen)s."
    )


class UnknownParty(Refused):
    code = "unknown_party"
    message = _("No party %(party)s stood in this election.")


class IndependentsNoSide(UnknownParty):
    message = _("Independents are no side: each stands alone, so they cannot count together.")


class NotaNoParty(UnknownParty):
    message = _("“None of the above” (NOTA) is no party.")


class AllianceThere(Refused):
    code = "alliance_there"
    message = _("These parties are an alliance there already: “%(name)s”.")
    status = 409


class UnknownSeat(Refused):
    code = "unknown_seat"
    message = _("There is no such constituency in this election.")


class UnknownState(Refused):
    code = "unknown_state"
    message = _("No state is called %(state)s. Write its name, or its code, like S24 or UP.")


class NothingStated(Refused):
    code = "nothing_stated"
    message = _("Give a share, a number of votes, or a number of seats.")


class FigureUnfit(Refused):
    code = "figure_unfit"
    message = _("A share is from 0 to 100; votes and seats are whole numbers, not below 0.")


class SeatsUnfit(FigureUnfit):
    message = _("No more seats than there are can have been won there: %(most)s.")


class SeatUnfit(FigureUnfit):
    message = _("One constituency is one seat: write 0 or 1.")


class NoOrigin(Refused):
    code = "no_origin"
    message = _("Say who stated it, where and when.")


class NotYourGround(NotYours):
    """A row about a state, or about all of them, is changed by whoever answers for that ground."""

    code = "not_your_ground"
    message = _("This is about %(where)s. Only somebody whose office reaches so far can change it.")


class NoParties(Refused):
    code = "no_parties"
    message = _("An alliance has a lead party and at least one ally.")


class NoName(Refused):
    code = "no_name"
    message = _("Give it a name, in one language at least.")


class AimsUnfit(Refused):
    code = "aims_unfit"
    message = _(
        "Seats and votes are whole numbers from 0 to 200 crore (2,000,000,000); a share and a turnout are from 0 to"
        " 100."
    )


class MethodUnfit(Refused):
    code = "method_unfit"
    message = _("Choose how the last result is moved: everywhere alike, in proportion, or by hand.")


class NoResults(Refused):
    code = "no_results"
    message = _("No results of this election are known there. Import them first.")


class PlanElsewhere(Refused):
    code = "plan_elsewhere"
    message = _("This unit plans for its own state: %(state)s.")


class AllianceUnfit(Refused):
    code = "alliance_unfit"
    message = _("This alliance was not named for this election, or the party is not in it.")


class NewerVersion(Refused):
    code = "newer_version"
    message = _("There is a newer version of this plan already. Change that one.")
    status = 409


class NotInPlan(Refused):
    code = "not_in_plan"
    message = _("The plan has no number for this unit yet. Pass down the one above it first.")


class NothingToPass(Refused):
    code = "nothing_to_pass"
    message = _(
        "No units stand below this one in the electoral tree, so there is nobody to pass votes on to."
    )


class NothingSoFarDown(Refused):
    code = "nothing_so_far_down"
    message = _(
        "Below no seat of this plan do units stand that far down in the electoral tree. Choose another depth, or"
        " import the units first."
    )


class PassingUnderWay(Refused):
    code = "passing_under_way"
    message = _("This plan is being passed down already. Wait until it is done.")
    status = 409


class BasisUnfit(Refused):
    code = "basis_unfit"
    message = _("Choose what the parts go by: electors, last votes, class, or alike.")


class DepthUnfit(Refused):
    code = "depth_unfit"
    message = _("Choose how far down the votes go: to segments, mandals or booths.")


class LocksExceed(Refused):
    code = "locks_exceed"
    message = _(
        "Locked numbers below %(where)s come to %(locked)s and the plan gives it %(total)s, so the parts cannot sum to"
        " it. Unlock one, or change its number."
    )


class RulesRefused(Refused):
    code = "rules_refused"
    message = _("Rule %(row)s: %(why)s")


class NothingToSort(Refused):
    code = "nothing_to_sort"
    message = _("No segment or booth below this unit has votes of its own in this election.")


class VotesUnfit(Refused):
    code = "votes_unfit"
    message = _(
        "%(where)s: write the votes as a whole number (1234567, 12,34,567 or 1,234,567), or leave it empty to give the"
        " seat back to the swing."
    )


class VotesTooMany(Refused):
    code = "votes_too_many"
    message = _("%(where)s: a seat can be given %(most)s votes at most.")
