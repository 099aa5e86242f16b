"""What the acts of this room refuse."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class RoundNameMissing(Refused):
    message = _("Give the round a name of at most %(longest)s characters.")


class RoundDaysWrong(Refused):
    message = _("The last day must come after the first, within a year, and still be ahead.")


class OfficeNotAbove(Refused):
    message = _("Choose an office of a level above the units reviewed. Nobody reviews their own unit.")


class NothingToReview(Refused):
    message = _("Below this unit there is no open unit of this kind with such an office above it.")


class OwnUnit(Refused, status=409):
    message = _("You hold an office in this unit. Nobody reviews their own unit.")


class RoundNotNow(Refused, status=409):
    message = _("Decisions can be written from %(first)s to %(last)s.")


class UnitClosed(Refused, status=409):
    message = _("This unit is closed. It is not reviewed any more.")


class MinuteMissing(Refused):
    message = _("Write the reason in words, at most %(longest)s characters.")


class TaskHalf(Refused):
    message = _("A task needs three things: what to do, who does it, and a day still to come.")


class ReplyMissing(Refused):
    message = _("Write your reply, at most %(longest)s characters.")


class ReplyNotNow(Refused, status=409):
    message = _("A unit replies once, after the decision.")
