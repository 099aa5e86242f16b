"""Refusals of this room's acts."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class NothingToCheck(Refused):
    message = _("Programmes of this kind have nothing that could be checked.")


class PartOfWhole(Refused):
    message = _("This drive is part of another. Its entries are checked with the whole: do it there.")


class NoItems(Refused):
    message = _("Nothing has been counted since the last round of checks.")


class NothingToDraw(Refused):
    message = _("At most half of a district is drawn. Too little was counted to draw even one check.")


class TooFewChecks(Refused):
    message = _("Choose at least one check.")


class SourceMissing(Refused):
    message = _("Say which public value will decide the draw: what it is, and when it will be known.")


class ValueKnown(Refused):
    message = _("That value is known already, or will be before the list is published. Choose a later one.")


class ValueWrong(Refused):
    message = _("Write the value as it was published: at least %(least)s letters or digits, without spaces.")


class PublicValueNotYet(Refused, code="not_yet"):
    message = _("The value cannot be known before %(due)s.")


class EndTooEarly(Refused):
    message = _("Choose a last day after the value is known.")


class FrozenMeanwhile(Refused, status=409):
    message = _("This list is frozen already. Look at it before you plan the next one.")


class DrawnAlready(Refused, status=409):
    message = _("This round has been drawn. A second draw is refused: it would let somebody choose.")


class NotDue(Refused):
    message = _("The value is due on %(due)s. Wait for it.")


class NamedBefore(Refused):
    message = _("This value was named before. Choose another one.")


class NotDrawn(Refused, status=409):
    message = _("This round has not been drawn yet.")


class NothingMore(Refused):
    message = _("So many are drawn already. Choose more, at most half of each district.")


class EndPassed(Refused, status=409):
    message = _("The last day of checking is over. You can only close this round.")


class ChecksOpen(Refused, status=409):
    message = _("Some checks are not finished. You can close this round when they are, or after %(day)s.")


class FrameClosed(Refused, status=409):
    message = _("This round is closed.")


class NoVerifier(Refused, status=403):
    message = _("Back-checks are made by verifiers. Ask the office above yours.")


class NothingForYou(Refused):
    message = _(
        "There is nothing for you to check: what is left belongs to places you work in, or others have it."
    )


class NobodyThere(Refused):
    message = _("Nobody else holds this office there.")


class NotTaken(Refused, status=404):
    message = _("You have not taken this check.")


class HeardAlready(Refused, status=409):
    message = _("You have heard this person. Write what you found; a check cannot be handed back now.")


class WhyBack(Refused):
    message = _("Choose why you hand this check back.")


class ToldAlready(Refused, status=409):
    message = _("This check is finished.")


class BeginFirst(Refused, status=409):
    message = _("Call first. The time for the last call is over.")


class AskFirst(Refused, status=409):
    message = _("Write down what they say first. Then you see what was written.")


class SaidAlready(Refused, status=409):
    message = _("These answers are closed. They cannot be changed.")


class SaidOtherwise(Refused):
    """what: the activity's words for it."""

    message = _("%(what)s Choose another result.")


class NotAtThisHour(Refused):
    message = _("You cannot call or visit now. You can from %(when)s.")


class VisitOnAnotherDay(Refused):
    message = _("Choose a time from now until %(until)s: the visit ends then.")


class NotInFrame(Refused):
    message = _("Line %(row)s: the list has nothing of this person's district.")


class PlantedAlready(Refused):
    message = _("Line %(row)s: this phone is in this round already.")


class WhyMissing(Refused):
    message = _("Say in a few words why you look here.")


class TooManyAimed(Refused):
    message = _("At most %(most)s here: half of the entries. Where all are checked, everybody knows who.")


class TooWide(Refused):
    message = _("Choose a district, or a unit in one.")


class NothingOdd(Refused):
    message = _("There is no reason to ask this worker anything.")


class WorkerAskedBefore(Refused, code="asked_before", status=409):
    message = _("This worker has been asked already, or was asked a short while ago.")


class FlagOver(Refused, status=409):
    message = _("The time of this flag is over.")


class FlagNotNow(Refused, status=409):
    message = _("That was done already, or another step comes first.")


class MayStillAnswer(Refused, status=409):
    message = _("The worker can answer until %(day)s. Checks begin then, or after the answer.")


class FreshUnderWay(Refused, status=409):
    message = _("Fresh checks are under way. The next ones can begin when these are judged.")


class NobodyReady(Refused, status=409):
    message = _(
        "Nobody can be checked yet. Workers still have time to answer, or too few of their entries are in the round. "
        "Or too few people with a known answer are asked in their district."
    )


class SameReviewer(Refused):
    message = _("You asked or proposed. Somebody else must decide.")


class NotProven(Refused):
    message = _("The fresh checks do not prove it: too few are finished, or the place explains them.")


class SaySomething(Refused):
    message = _("Write a sentence or two.")
