"""This room's acts refuse with these."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.org.queries import NotYours


class UnknownElection(Refused):
    message = _("There is no election with the code %(election)s. Import its results first.")


class ElectionUnclear(Refused):
    message = _(
        "What was elected, where and when? Write the code like LS2024 or JK2024, or say kind, year and state."
    )


class ElectionDiffers(Refused):
    message = _("This election is already here as %(known)s, not %(election)s. Choose that, or another code.")


class NotWhole(Refused, code="results_not_whole"):
    message = _(
        "Some rows are refused (%(rows)s), so nothing was imported. Correct the file, or "
        "import it again and take only what is whole."
    )


class NoNumberColumn(Refused):
    message = _(
        "No column was found for the constituency's number. Choose the column; on the console add"
        " -c %(column)s=HEADER."
    )


class NoStateColumn(Refused):
    message = _(
        "Neither the file nor the election's code says which state this is. Choose a column or a state; on the console"
        " add -c state=HEADER or -o state=S24."
    )


class LaterResults(Refused):
    message = _("Later lists build on this one: %(where)s. Undo those first.")


class LaterResultLists(LaterResults, code="later_results"):
    """The same, where those lists are known by name."""

    message = _("Later lists build on this one: %(lists)s (places: %(where)s). Undo those first.")


class MadeOf(Refused, status=409):
    """Somebody's plans or rules of classes block the act."""


class PlansStand(MadeOf):
    message = _(
        "Plans or rules of classes are made from these results (%(n)s). Withdraw them first. In your sight: %(seen)s."
    )


class UnitsPlanned(MadeOf):
    message = _("Plans or class rules use these units (%(n)s). Withdraw them first. In your sight: %(seen)s.")


class SaidOfElection(Refused):
    message = _("This election has alliances and quoted figures: %(seen)s. Remove them first.")


class AllianceInUse(MadeOf):
    message = _(
        "Plans or rules of classes are made with this alliance (%(n)s). Withdraw them first. In your sight: %(seen)s."
    )


class UnknownParty(Refused):
    message = _("No party %(party)s stood in this election.")


class PartyNowhere(UnknownParty, code="unknown_party"):
    message = _("No party %(party)s is known here. Import its results first.")


class NameTaken(Refused, status=409):
    message = _("%(was)s is already the earlier name of %(party)s. Separate those first.")


class SameParty(Refused):
    message = _("%(was)s and %(party)s are one party already.")


class IndependentsNoSide(UnknownParty, code="unknown_party"):
    message = _("Independents are not one side: each stands alone, so they cannot count together.")


class NotaNoParty(UnknownParty, code="unknown_party"):
    message = _("“None of the above” (NOTA) is not a party.")


class AllianceThere(Refused, status=409):
    message = _("These parties are an alliance there already: “%(name)s”.")


class UnknownSeat(Refused):
    message = _("There is no such constituency in this election.")


class UnknownState(Refused):
    message = _("No state is called %(state)s. Write its name, or its code, like S24 or UP.")


class NothingStated(Refused):
    message = _("Give a share, a number of votes, or a number of seats.")


class FigureUnfit(Refused):
    message = _("A share is from 0 to 100; votes and seats are whole numbers, not below 0.")


class SeatsUnfit(FigureUnfit, code="figure_unfit"):
    message = _("That is more seats than there are: %(most)s.")


class SeatUnfit(FigureUnfit, code="figure_unfit"):
    message = _("One constituency is one seat: write 0 or 1.")


class NoOrigin(Refused):
    message = _("Say who stated it, where and when.")


class NotYourGround(NotYours):
    """A row about a state, or about all of them, is changed by an office with authority over that ground."""

    message = _("This is about %(where)s. Only an office that reaches that far can change it.")


class NoParties(Refused):
    message = _("An alliance has a lead party and at least one ally.")


class NamesMissing(Refused, code="no_name"):
    message = _("Give it a name, in one language at least.")


class AimsUnfit(Refused):
    message = _(
        "Seats and votes are whole numbers from 0 to 200 crore (2,000,000,000); a share and a turnout are from 0 to"
        " 100."
    )


class MethodUnfit(Refused):
    message = _("Choose how the last result changes: everywhere alike, in proportion, or by hand.")


class NoResults(Refused):
    message = _("No results of this election are known there. Import them first.")


class ByElectionOnly(Refused):
    message = _("A by-election is of single seats. Plan from an election of all seats.")


class PlanElsewhere(Refused):
    message = _("This unit plans for its own state: %(state)s.")


class AllianceUnfit(Refused):
    message = _("This alliance does not exist in this election, or the party is not in it.")


class NewerVersion(Refused, status=409):
    message = _("There is a newer version of this plan already. Change that one.")


class NotInPlan(Refused):
    message = _("The plan has no number for this unit yet. Pass down the one above it first.")


class NothingToPass(Refused):
    message = _("No units are below this one in the electoral tree, so its votes cannot be passed down.")


class NothingSoFarDown(Refused):
    message = _(
        "No seat of this plan has units that far down in the electoral tree. Choose another "
        "depth, or import the units first."
    )


class PassingUnderWay(Refused, status=409):
    message = _("This plan is being passed down already. Wait until it is done.")


class BasisUnfit(Refused):
    message = _("Choose how to split: by electors, last votes, class, or equally.")


class DepthUnfit(Refused):
    message = _("Choose how far down the votes go: to segments, mandals or booths.")


class LocksExceed(Refused):
    message = _(
        "The plan gives %(where)s %(total)s votes, but locked numbers below come to "
        "%(locked)s. Unlock one, or change its number."
    )


class RulesRefused(Refused):
    message = _("Rule %(row)s: %(why)s")


class NothingToSort(Refused):
    message = _("No segment or booth below this unit has votes of its own in this election.")


class VotesUnfit(Refused):
    message = _(
        "%(where)s: write a whole number, like 1234567 or 12,34,567. Leave it empty to let the swing decide."
    )


class VotesTooMany(Refused):
    message = _("%(where)s: a seat can be given %(most)s votes at most.")
