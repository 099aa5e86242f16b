"""My card on paper, and a new one for a lost one. The visitor has proven a phone."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.enrolment.actions import cards
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import form_page, say_when_done


@require_POST
@unlisted
def me_card_paper(request: VisitRequest) -> HttpResponseBase:
    """Take the member's wish for a printed card."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    cards.want_card(membership=member.public_id, by=by, at=clock.now())
    say_when_done(request, _("Your mandal office prints the card and gives it to you."))
    return redirect("enrolment:me_card")


@form_page
@unlisted
def me_card_new(request: VisitRequest) -> HttpResponseBase:
    """Replace a lost card: one question, one press, a new card."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    if request.method == "POST":
        cards.replace_card(membership=member.public_id, by=by, at=clock.now())
        say_when_done(request, _("This is your new card. The old one is not valid any more."))
        return redirect("enrolment:me_card")
    return render(request, "enrolment/me_card_new.html", {"own": member})
