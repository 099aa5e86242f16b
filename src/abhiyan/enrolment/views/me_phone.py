"""My membership: my number changed. From the old phone at once; from the new one if the old does not object."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import current, scoped
from abhiyan.core.words import active_language
from abhiyan.enrolment import visit
from abhiyan.enrolment.actions import phone_changes
from abhiyan.enrolment.fields import SmsCodeForm
from abhiyan.enrolment.forms import PhoneChangeForm
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries import phone_changes as queries
from abhiyan.enrolment.queries.people import Member
from abhiyan.messaging.link_pages import NO, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.people import actions as people
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import form_page, say_when_done, tried


def _own(request: VisitRequest) -> Member | None:
    """Return the member whose page is open in this browser."""
    member = chosen_membership(request) if request.visit.phone_id is not None else None
    return member if member is not None and member.is_current else None


@form_page
@unlisted
def me_phone(request: VisitRequest) -> HttpResponseBase:
    """Ask for the new number; where no membership is open in this browser, also for the old one and who one is."""
    at = clock.now()
    member, phone_id = _own(request), request.visit.phone_id
    if (
        phone_id is not None
        and not request.visit.facts.get("person")
        and queries_people.own_memberships(phone_id)
    ):
        return redirect("enrolment:me")  # there one says who one is
    if member is not None and visit.is_of_others(request, member.phone_id):
        messages.error(
            request, _("Other people have joined or signed in with this device. Use your own phone.")
        )
        return redirect("enrolment:me")
    form = PhoneChangeForm(request.POST or None, is_lost=member is None)

    def ask(given: dict[str, Any]) -> UUID:
        return people.ask_code(
            purpose="phone",
            phone=given["phone"],
            session=request.visit.need(at).key,
            by=request.actor,
            at=at,
            language=active_language(),
            knows=request.visit.knows,
        )

    attempt = tried(request, form, ask)
    if attempt:
        number = form.cleaned_data["phone"]
        facts = {
            "request": str(attempt.value),
            "phone": str(keyring().phone_id(number)),
            "last4": number[-4:],
            "member": str(member.public_id) if member else "",
            "draft": visit.seal_draft(request, form.cleaned_data),
        }
        request.visit.remember(at, phone_change=facts)
        return redirect("enrolment:me_phone_code")
    return render(request, "enrolment/me_change.html", {"form": form, "own": member}, status=attempt.status)


@form_page
@unlisted
def me_phone_code(request: VisitRequest) -> HttpResponseBase:
    """Ask for the code on the new phone: then the membership is there, or the old phone is asked."""
    at = clock.now()
    change_facts: dict[str, Any] = request.visit.facts.get("phone_change") or {}
    typed = visit.unseal(request, change_facts.get("draft", ""))
    member = _own(request)
    if not typed or change_facts["member"] != (str(member.public_id) if member else ""):
        return redirect("enrolment:me_phone")
    form = SmsCodeForm(request.POST or None)

    def change(given: dict[str, Any]) -> UUID:
        new = people.check_code(
            request_id=UUID(change_facts["request"]),
            purpose="phone",
            phone=UUID(change_facts["phone"]),
            session=request.visit.key,
            code=given["code"],
            network=request.visit.origin,
            at=at,
        )
        if member is not None:
            phone_changes.change_phone(
                membership=member.public_id,
                number=typed["phone"],
                language=active_language(),
                by=citizen(request),
                at=at,
            )
            return new
        by = Actor(
            kind="citizen",
            id=request.visit.need(at).public_id,
            device=request.actor.device,
            origin=request.actor.origin,
        )
        wish = {name: typed[name] for name in ("old", "name", "birth_year")}
        with scoped(replace(current(), phone=new)):
            phone_changes.ask_change(number=typed["phone"], language=active_language(), by=by, at=at, **wish)
        return new

    changed = tried(request, form, change, number="code", phone="code")
    if changed.value is not None:
        request.visit.prove_phone(changed.value, at)
        person = change_facts["member"] or None
        request.visit.remember(at, phone_change=None, person=person, me=None, joined=None)
        if member is not None:
            say_when_done(request, _("Your entry is on the new number now."))
        return redirect("enrolment:me")
    return render(
        request, "enrolment/me_change_code.html", {"form": form, "asked": change_facts}, status=changed.status
    )


@require_POST
@unlisted
def me_phone_stop(request: VisitRequest, change: UUID) -> HttpResponseBase:
    """Let the phone that asked take it back; or the old phone object."""
    phone_changes.withdraw_change(change=change, by=citizen(request), at=clock.now())
    say_when_done(request, _("Stopped. If the number has changed already, it changes back within minutes."))
    return redirect("enrolment:me")


def _moved(_request: VisitRequest, _link: str, row: Question, at: datetime) -> AskedPage | None:
    """Return the page behind the link of our message to the old phone takes one answer, no."""
    change_shown = queries.objectionable(row.about, at=at)
    if change_shown is None:
        return None
    change, is_open = change_shown
    return AskedPage({"change": change, "is_open": is_open, "said_no": row.is_yes is False}, takes=(NO,))


OBJECTION = LinkPage(
    phone_changes.OBJECTION[0], (phone_changes.OBJECTION[1],), "enrolment/moved.html", _moved
)
