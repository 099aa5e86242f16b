"""Give the person their legal rights on their own page, beyond seeing, correcting and leaving (law.md D5, D6)."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from abhiyan.core import clock
from abhiyan.core.words import active_language
from abhiyan.enrolment.actions import erasing
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import form_page


@form_page
@unlisted
def me_erase(request: VisitRequest) -> HttpResponseBase:
    """Have everything erased: one page that says what happens and when, one press."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None:
        return redirect("enrolment:me")
    if request.method != "POST":
        return render(request, "enrolment/me_erase.html", {"own": member, "purge_at": people.purge_at(at=at)})
    erased = erasing.erase_member(
        membership=member.public_id, channel=Channel.WEB.value, language=active_language(), by=by, at=at
    )
    request.visit.end(at)  # nobody else who takes this device sees anything
    return render(request, "enrolment/me_erased.html", {"erased": erased, "join": reverse("intake:join")})
