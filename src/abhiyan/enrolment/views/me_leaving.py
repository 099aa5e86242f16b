"""My membership: leave, come back, say that one never joined, hear from us no more.

Only people who have proven a phone may.
"""

from datetime import datetime

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from abhiyan.contact import queries as contact
from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language
from abhiyan.enrolment.actions import leaving, receipts
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules import endings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import form_page, say_when_done

from . import parting

WEB = Channel.WEB.value


@form_page
@unlisted
def me_leave(request: VisitRequest) -> HttpResponseBase:
    """Leave: one question, one press."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None or not (member.is_current or leaving.stands_elsewhere(member)[0]):
        return redirect("enrolment:me")
    if request.method == "POST":
        leaving.leave(membership=member.public_id, channel=WEB, by=by, at=at)
        is_last = not _others(member)
        if is_last:
            _tell(member, receipts.LEAVE, at)
        return _gone(request, member, at, is_last=is_last, is_denied=False)
    return render(request, "enrolment/me_leave.html", {"own": member, "until": at + endings.BACK_WITHIN})


@form_page
@unlisted
def me_deny(request: VisitRequest) -> HttpResponseBase:
    """Take "I never joined": who entered the number and when, one question, one press."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None or not parting.may_member_deny(member):
        return redirect("enrolment:me")
    if request.method == "POST":
        leaving.deny_by_phone(phone=member.phone_id, membership=member.public_id, channel=WEB, by=by, at=at)
        is_last = not _others(member)
        if is_last:
            _tell(member, receipts.DENY, at)
        return _gone(request, member, at, is_last=is_last, is_denied=True)
    return render(request, "enrolment/me_deny.html", {"own": member, "source": parting.member_source(member)})


@require_POST
@unlisted
def me_back(request: VisitRequest) -> HttpResponseBase:
    """Take "I am back", within the week: the same membership goes on."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None:
        raise NotFound
    back = leaving.come_back(phone=member.phone_id, membership=member.public_id, channel=WEB, by=by, at=at)
    if back:
        _tell(member, receipts.BACK, at)
        say_when_done(request, _("Welcome back. Everything continues as before."))
    return redirect("enrolment:me")


@require_POST
@unlisted
def me_stop(request: VisitRequest) -> HttpResponseBase:
    """Stop messages and calls to this phone; memberships stay."""
    at = clock.now()
    by, phone_id = citizen(request), request.visit.phone_id
    if phone_id is None or (chosen_membership(request) is None and not contact.listed_about(phone_id)):
        raise NotFound
    leaving.stop_by_phone(phone=phone_id, channel=WEB, by=by, at=at)
    receipts.send_receipt(of=receipts.STOP, phone=phone_id, language=active_language(), at=at)
    say_when_done(request, _("We will not write or call again. Messages that were waiting are stopped."))
    return redirect("enrolment:me")


def _others(member: Member) -> bool:
    return any(one.is_current for one in queries_people.own_memberships(member.phone_id))


def _tell(member: Member, of: str, at: datetime) -> None:
    receipts.send_receipt(
        of=of, phone=member.phone_id, language=active_language(), programme_id=member.programme_id, at=at
    )


def _gone(
    request: VisitRequest, member: Member, at: datetime, *, is_last: bool, is_denied: bool
) -> HttpResponse:
    context = {
        "own": member,
        "is_last": is_last,
        "is_denied": is_denied,
        "source": parting.member_source(member) if is_denied else None,
        "until": at + endings.BACK_WITHIN,
        "join": reverse("intake:join"),
    }
    return render(request, "enrolment/me_left.html", context)
