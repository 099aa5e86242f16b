"""Refusals of this room's acts."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class RoundNameMissing(Refused):
    message = _("Give the round a name of at most %(longest)s characters.")


class RoundDaysWrong(Refused):
    message = _("The last day must come after the first, within a year, and still be ahead.")


class OfficeNotAbove(Refused):
    message = _("Choose an office of a level above what is reviewed. Nobody reviews their own unit.")


class NothingToReview(Refused):
    message = _("Below this unit there is nothing of this kind with such an office above it.")


class OwnUnit(Refused, status=409):
    message = _(
        "You hold an office in this unit, below it, or between you and it. Nobody reviews their own unit."
        " One of the two offices has to end first."
    )


class OwnReview(Refused, status=409):
    message = _(
        "This is your own review. Nobody reviews themselves. One of your two offices has to end first."
    )


class OwnLine(Refused, status=409):
    message = _("This person leads you in another office. Nobody reviews the people who lead them.")


class RoundNotNow(Refused, status=409):
    message = _("Decisions can be written from %(first)s to %(last)s.")


class ReviewUnitClosed(Refused, code="unit_closed", status=409):
    message = _("This unit has closed or left the round. It is not reviewed any more.")


class HolderLeft(Refused, status=409):
    message = _("This appointment has ended. What was written stays, and nothing more is decided.")


class NotHeardYet(Refused, status=409):
    message = _(
        "This office-bearer has not had a day to answer. Decide when they have answered, or a day later."
    )


class MeetingOutside(Refused):
    message = _("Choose a day of the round, from %(first)s to %(last)s.")


class MeetingAhead(Refused):
    message = _("This day is still to come. Say that you met when you have met.")


class DecisionContradicts(Refused, status=409):
    message = _(
        "The figures say something else. %(name)s: %(counted)s counted, %(due)s due by today (%(pct)s%%)."
        " If you are sure, save the decision again."
    )


class NothingChosen(Refused):
    message = _("Choose a decision for at least one unit.")


class MinuteMissing(Refused):
    message = _("Write the reason in words, at most %(longest)s characters.")


class TaskHalf(Refused):
    message = _("A task needs three things: what to do, who does it, and a day still to come.")


class ReplyMissing(Refused):
    message = _("Write it in your words, at most %(longest)s characters.")


class ReplyNotNow(Refused, status=409):
    message = _("A unit replies once, after the decision.")


class AnswerNotNow(Refused, status=409):
    message = _("You answer once, before the decision.")


class LastDayWrong(Refused):
    message = _("Choose another last day: today or later, and within a year of the first day.")


class RoundReasonMissing(Refused, code="reason_missing"):
    message = _("Write the reason, at most %(longest)s characters.")


class NotVacant(Refused, status=409):
    message = _("Somebody holds this office there. A stand-in is only for an office that nobody holds.")


class OwnUnitReported(Refused, status=409):
    message = _("You hold an office in this unit or below it. Leaders above it write the report.")


class ReportEmpty(Refused):
    message = _("Write a number or some words.")


class ReportDayWrong(Refused):
    message = _("Choose a day from %(first)s to today.")


class ReportFigureUnfit(Refused):
    message = _("Write a whole number up to %(most)s, of one of the measures.")


class ReportMeasureUnfit(Refused):
    message = _("This is not counted in the unit on that day. Choose another measure.")


class ReportWordsUnfit(Refused):
    message = _("%(why)s")


class StandInUnfit(Refused):
    message = _("Choose somebody who leads this unit, or a unit above it.")


class NoMeetings(Refused, status=404):
    message = _("You have no meeting within a week. Note the days of your meetings first.")


class UnitsReviewed(Refused, status=409):
    message = _(
        "Reviews or leaders' reports are about units of this list: %(n)s. Close or move the units instead."
    )


class TemplateMissing(Refused, code="empty"):
    message = _("Choose a PowerPoint file (PPTX or POTX) that is not empty.")


class TemplateTooLarge(Refused):
    message = _("The file is larger than %(mb)s MB. Compress its pictures in PowerPoint and save it again.")


class TemplateNotPptx(Refused):
    message = _(
        "This is not a whole PowerPoint file (PPTX or POTX). Save it once more in PowerPoint as PPTX."
    )


class TemplateLocked(Refused):
    message = _("The file has a password, or is in the old PPT format. Save it as PPTX without a password.")


class TemplateHasMacros(Refused):
    message = _("The file holds macros. In PowerPoint save it as “PowerPoint Presentation (*.pptx)”.")


class TemplateSaysPlace(Refused):
    message = _(
        "A picture in this file says where it was taken. Put the picture in again without its place, such as from a"
        " screenshot, and add the file again."
    )


class TemplateTooMuch(Refused):
    message = _("Unpacked, the file is far too large. Remove pictures and slides from it and save it again.")


class TemplateLinks(Refused):
    message = _("A layout holds a link or an object that cannot be taken out. Remove it in the slide master.")


class TemplateNoTitle(Refused):
    message = _(
        "No layout has a title. In the slide master, add a title placeholder to the layout “Title Only”."
    )


class TemplateNoRoom(Refused):
    message = _(
        "The layout “%(layout)s” leaves %(width)s × %(height)s cm below its title. Slides need %(wide)s × %(high)s cm."
        " In the slide master, make the title lower or the page larger."
    )


class TemplateThere(Refused, status=409):
    message = _("This very file is already there: version %(number)s.")


class TooManyTemplates(Refused, status=409):
    message = _("There are %(most)s versions already. Use one of them.")


class NoOfficeForSlides(Refused):
    message = _("Only somebody in office can have slides sent regularly.")


class DeckOfficesUnfit(Refused, code="seats_unfit"):
    message = _("Choose at most %(most)s offices from the list.")


class TooManySchedules(Refused, status=409):
    message = _("You have %(most)s schedules already. End one first.")
