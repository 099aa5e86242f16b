"""The page behind the link of our question: was it you? Opening it answers nothing, for previews open links."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.enrolment import visit
from abhiyan.enrolment.actions.listed import TEMPLATE as LISTED
from abhiyan.enrolment.actions.members import QUESTION
from abhiyan.enrolment.here import chosen_membership, citizen, invitation, join_link, unlisted
from abhiyan.enrolment.queries import questions as queries
from abhiyan.enrolment.queries.join import drive_of
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.messaging.link_pages import YES, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.queries import runs_now
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.invitations import Invitation


def _shown(request: VisitRequest, link: str, row: Question, at: datetime) -> AskedPage | None:
    """Return the page for yes, or no, for the one person that a message was about.

    The link of a message that named nobody names nobody before the first yes. The link of a notice, to a phone
    that others put on the list, never names anybody. Nobody can say yes here for somebody they entered: not
    signed in by another phone, nor in a browser in which another phone has joined. Anybody who holds the link
    can say no.
    """
    about = queries.entry(row.about, row.phone_id)
    if about is None:
        return None
    is_listed = row.template.startswith(LISTED)
    is_others = visit.is_of_others(request, row.phone_id)
    context = {
        "about": about,
        "place": queries.entry_place(about),
        "friend": _to_friend(about),
        "channel": activity_of(KIND).channel(about.channel).label,
        "state": _state(row, about, at),
        "is_others": is_others,
        "is_unnamed": is_listed or asked.is_link_unnamed(link=link, question=row, at=at),
        "is_listed": is_listed,
        "invitation": _invitation(about, row.programme_id, at),
    }
    return AskedPage(context, refuses=(YES,) if is_others else ())


def _invitation(about: queries.QuestionEntry, programme_id: int | None, at: datetime) -> Invitation | None:
    """Return the link to join the drive by, at the place of this entry; None while the drive takes nobody."""
    if programme_id is None:
        return None
    with system("the drive that a question is about"):
        drive = drive_of(programme_id)
    if not runs_now(drive.programme, at):
        return None
    # The page does not say the whole name, so the invitation leaves it out.
    return invitation(drive, None, address=join_link(drive.drive.join_slug, about))


def _to_friend(about: queries.QuestionEntry) -> dict[str, str]:
    """Return the words to a friend or contributor in place of those to a member; nothing for a member."""
    return rolls.question_words(
        about.roll,
        name=about.name,
        by=about.by or queries.entry_place(about),
        last4=about.last4,
        when=date_format(about.at.astimezone(get_current_timezone()), "j F Y, H:i"),
        confirmed=date_format(about.confirmed_at, "j F Y") if about.confirmed_at else "",
    )


def _state(row: Question, about: queries.QuestionEntry, at: datetime) -> str:
    """Return open, yes, heard (a yes that did not count), no, or over: then only a no is taken."""
    if row.is_yes is False or not about.is_current:
        return "no" if row.is_yes is False else "gone"
    if row.is_yes or about.confirmed_at is not None:
        return "yes" if about.confirmed_at is not None else "heard"
    return "over" if asked.is_question_over(row, at) else "open"


ANSWER = LinkPage(QUESTION[0], (QUESTION[1],), "enrolment/question.html", _shown)


@require_POST
@unlisted
def me_confirm(request: VisitRequest) -> HttpResponseBase:
    """Take a yes from one's own page, with the word of our message: a code read out to somebody is not enough
    for it."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current:
        return redirect("enrolment:me")
    if visit.is_of_others(request, member.phone_id):
        messages.error(
            request, _("Other people have joined or signed in with this device. Use your own phone.")
        )
        return redirect("enrolment:me")
    answered = messaging.answer_question(
        phone_id=member.phone_id,
        yes=True,
        code=request.POST.get("word", "").strip() or "?",
        channel="page",
        ref="",
        by=by,
        at=at,
        about=member.enrolment_id,
    )
    if answered in (messaging.Answered.TAKEN, messaging.Answered.AGAIN):
        with system("whether a yes counted"):
            about = queries.entry(member.enrolment_id, member.phone_id)
        if about is not None and about.confirmed_at is not None:
            say_when_done(request, _("Thank you, you confirmed it."))
        else:
            messages.error(request, _("This yes does not count: this phone entered the name."))
    elif answered is messaging.Answered.LIMITED:
        messages.error(request, _("Too many tries today. Use the link in our message, or try tomorrow."))
    else:
        messages.error(
            request, _("This is not the code of our message. It has four letters or digits after YES.")
        )
    return redirect("enrolment:me")
