"""What this room's acts will not do."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


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


class PlansStand(Refused):
    code = "plans_stand"
    message = _("Plans are made from these results. They must go first.")


class UnknownParty(Refused):
    code = "unknown_party"
    message = _("No party %(party)s stood in this election.")


class UnknownSeat(Refused):
    code = "unknown_seat"
    message = _("There is no such constituency in this election.")


class NothingStated(Refused):
    code = "nothing_stated"
    message = _("Give a share, a number of votes, or a number of seats.")


class FigureUnfit(Refused):
    code = "figure_unfit"
    message = _("A share is from 0 to 100; votes and seats are whole numbers, not below 0.")


class NoOrigin(Refused):
    code = "no_origin"
    message = _("Say who stated it, where and when.")


class NoParties(Refused):
    code = "no_parties"
    message = _("An alliance has a lead party and at least one ally.")


class NoAllianceName(Refused):
    code = "no_alliance_name"
    message = _("The alliance needs a name.")
