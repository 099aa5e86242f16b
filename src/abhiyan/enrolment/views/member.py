"""Show people who have proven a phone their membership. See, correct, say yes or no, leave, take one's data along.

Several people may share a phone: then a second fact is asked, and only that person is shown.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.contact import queries as contact
from abhiyan.core import clock, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.enrolment import choosing, here, visit
from abhiyan.enrolment.actions import members
from abhiyan.enrolment.actions.members import QUESTION
from abhiyan.enrolment.fields import NO, YES, SmsCodeForm
from abhiyan.enrolment.forms import CorrectForm, MemberPhoneForm, WhichForm
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.models import Taken
from abhiyan.enrolment.queries import join as queries_join
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries import phone_changes
from abhiyan.enrolment.queries import questions as queries_questions
from abhiyan.enrolment.queries import tickets as queries_tickets
from abhiyan.enrolment.queries.motives import own_motive
from abhiyan.enrolment.queries.page_parts import own_parts
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.rules.paper_forms import sheets_kept_by
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.enrolment.rules.written import written_by
from abhiyan.helpdesk import queries as helpdesk
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import reasons as message_reasons
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.models import Purpose
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.rules import held as kept
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.ui import tables
from abhiyan.ui.acts import form_page, pressed, say_when_done, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.files import with_lines

from . import card, parting


@form_page
@unlisted
def me(request: VisitRequest) -> HttpResponseBase:
    """Show my membership; before the phone is proven, the question which phone it is."""
    at = clock.now()
    if request.visit.phone_id is not None and request.method != "POST":
        return _mine(request, at)
    form = MemberPhoneForm(request.POST or None)

    def ask(given: dict[str, Any]) -> UUID:
        session = request.visit.need(at)
        with system("whether anything is held about a phone"):
            expected = queries_people.is_phone_known(keyring().phone_id(given["phone"]))
        return people.ask_code(
            purpose="member",
            phone=given["phone"],
            session=session.key,
            by=request.actor,
            at=at,
            language=active_language(),
            expected=expected,
            knows=request.visit.knows,
        )

    attempt = tried(request, form, ask)
    if attempt:
        number = form.cleaned_data["phone"]
        phone_id = keyring().phone_id(number)
        request.visit.remember(
            at, me={"request": str(attempt.value), "phone": str(phone_id), "last4": number[-4:]}
        )
        return redirect("enrolment:me_code")
    return render(
        request,
        "enrolment/me_phone.html",
        {"form": form, "join": reverse("intake:join")},
        status=attempt.status,
    )


@form_page
@unlisted
def me_code(request: VisitRequest) -> HttpResponseBase:
    """Ask for the code that opens one's own page."""
    at = clock.now()
    code_facts: dict[str, Any] = request.visit.facts.get("me") or {}
    if not code_facts:
        return redirect("enrolment:me")
    form = SmsCodeForm(request.POST or None)
    proven = visit.proven_phone(request, form, code_facts, purpose="member", at=at)
    if proven.value is not None:
        request.visit.prove_phone(proven.value, at)
        request.visit.remember(at, me=None, person=None, joined=None)
    if proven or (proven.refused and queries_people.is_session_over(request.visit.key)):
        return redirect("enrolment:me")
    return render(
        request, "enrolment/me_code.html", {"form": form, "asked": code_facts}, status=proven.status
    )


def _mine(request: VisitRequest, at: datetime) -> HttpResponseBase:
    """Show the page of the one person this session may see."""
    member = chosen_membership(request)
    phone_id = request.visit.phone_id
    assert phone_id is not None
    if member is None:
        on_phone = queries_people.own_memberships(phone_id)
        if len(on_phone) > 1:
            return redirect("enrolment:me_which")
        if on_phone:
            member = on_phone[0]
            request.visit.remember(at, person=str(member.public_id))
            request.visit.about = member.programme_id
    context = (
        _held(member, phone_id, at)
        | parting.parting_shown(member, at)
        | here.own_link_shown(request, member, at)
    )
    changes = {
        "asked_from": phone_changes.asked_from(phone_id),
        "may_object": phone_changes.may_object(phone_id, at=at),
        "join": reverse("intake:join"),
    }
    return render(request, "enrolment/me.html", context | changes)


def _held(member: Member | None, phone_id: UUID, at: datetime) -> dict[str, Any]:
    """Return everything that is held about one person of a phone."""
    held_data = known.data_held_about(phone_id, member.person_id if member else None, at=at)
    with system("who recorded a person's own claims"):
        claims = queries_people.claims(phone_id, member.id if member else UUID(int=0))
        names = queries_people.senders([claim_told.by for claim_told in claims])
        sheets = sheets_kept_by(consent.device for consent in held_data.consents)
        about = queries_questions.entry(member.enrolment_id, phone_id) if member else None
        question = (
            messaging.open_question(
                room=QUESTION[0], kind=QUESTION[1], about=member.enrolment_id, phone_id=phone_id, at=at
            )
            if member
            else None
        )
    standing = {consent.purpose: consent for consent in held_data.consents if consent.withdrawn_at is None}
    return {
        "kept": kept.about([member.public_id]) if member else [],
        "own": member,
        "about": about,
        "is_asked": question is not None,
        "held": held_data,
        "certificate_page": address_of("friends:me_certificate"),
        "numbers_before": phone_changes.numbers_before(_same(member)) if member else [],
        "number": member_number(member.public_id) if member else "",
        "unit": member.unit_name() if member else "",
        "why": own_motive(member.public_id) if member and member.said.asks_why else "",
        "roll": member.roll_name() if member else "",
        "lasts_until": queries_people.lasts_until(member) if member else None,
        "terms": [
            (membership_term, membership_term.programme(), membership_term.unit())
            for membership_term in queries_people.membership_terms(member.id)
        ]
        if member
        else [],
        "claims": [
            {
                "told": claim_told,
                "channel": activity_of(KIND).channel(claim_told.channel).label,
                "sign": Sign(claim_told.sign).label,
                "became": Taken(claim_told.taken).label if claim_told.is_own else _("nobody's yet"),
                "by": names.get(claim_told.by, ""),
                "unit": claim_told.unit(),
            }
            for claim_told in claims
        ],
        "sheets": sheets,
        "choices": [
            (purpose.value, purpose.label, standing.get(purpose.value))
            for purpose in (Purpose.MESSAGES, Purpose.CALLS)
        ],
        "membership_consent": standing.get(Purpose.MEMBERSHIP.value),
        "past_consents": [consent for consent in held_data.consents if consent.withdrawn_at is not None],
        "messages_sent": [
            {
                "at": sent_message.at,
                "what": message_reasons.template(sent_message.template),
                "state": _("Kept on the server, not sent")
                if sent_message.is_kept
                else Message.State(sent_message.state).label,
            }
            for sent_message in queries_people.messages_to_phone(phone_id)
        ],
        "messages_written": written_by(phone_id),
        "grievance": getattr(settings, "GRIEVANCE", ""),
        "tickets": queries_tickets.own_tickets(phone_id, member.person_id) if member else [],
        "lists": contact.listed_about(phone_id),
        "helpline_requests": helpdesk.tickets_of_phone(phone_id, with_words=_is_alone(phone_id)),
        "parts": own_parts(member, at=at),
        "erased": [] if member else known.erasures(phone_id)[:1],
        "at": at,
    }


def _is_alone(phone_id: UUID) -> bool:
    """Return True if one person alone is on a phone: else words may be another's."""
    on_phone = queries_people.own_memberships(phone_id)
    return len({queries_people.told_apart_by(member) for member in on_phone}) < 2


def _same(member: Member) -> list[UUID]:
    """Return the memberships on their phone that are the same person's."""
    who = queries_people.told_apart_by(member)
    on_phone = queries_people.own_memberships(member.phone_id)
    return [one.id for one in on_phone if queries_people.told_apart_by(one) == who]


@form_page
@unlisted
def me_which(request: VisitRequest) -> HttpResponseBase:
    """Ask for a second fact, where several people share the phone."""
    at = clock.now()
    citizen(request)
    phone_id = request.visit.phone_id
    assert phone_id is not None
    form = WhichForm(request.POST or None)
    if form.is_valid():
        limits.count_or_refuse(declared.ME_WHICH, str(phone_id), at=at)
        found = queries_people.matching_members(queries_people.own_memberships(phone_id), **form.cleaned_data)
        if (
            len({queries_people.told_apart_by(member) for member in found}) == 1
        ):  # one person may be on several rolls
            found.sort(key=lambda member: member.at, reverse=True)
            request.visit.remember(at, person=str(found[0].public_id))
            return redirect("enrolment:me")
        form.add_error(
            "name" if found else "birth_year",
            _("Two people on this phone were born in that year: write your name too.")
            if found
            else _("No such entry on this phone. Try the year or the name as you gave it."),
        )
    status = 422 if request.method == "POST" else 200
    return render(request, "enrolment/me_which.html", {"form": form}, status=status)


@form_page
@unlisted
def me_correct(request: VisitRequest) -> HttpResponseBase:
    """Put name, year or place right, oneself."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current:
        return redirect("enrolment:me")
    return correct_page(
        request, member, by=by, at=at, template="enrolment/me_correct.html", after="enrolment:me"
    )


def correct_page(
    request: VisitRequest, member: Member, *, by: Actor, at: datetime, template: str, after: str, **shown: Any
) -> HttpResponseBase:
    """Show the form that corrects a member, for the member and for the roll's keeper."""
    drive = queries_join.drive_of(member.programme_id)
    initial = {"name": member.name, "birth_year": member.birth_year}
    data = request.POST
    is_looking = "find" in data or "open" in data
    picker = choosing.pick_place(drive, data, language=active_language())
    form = CorrectForm(data if request.method == "POST" and not is_looking else None, initial=initial)
    if is_looking:
        form = CorrectForm(initial=initial | {k: v[:300] for k, v in data.items() if isinstance(v, str)})
    form.judge_ages(year=clock.day_in(drive.programme.zone, at).year, minimum=drive.drive.roll.minimum_age)
    status = 200
    if form.is_bound:
        status = 422
        choosing.judge_place(form, picker)

        if form.is_valid():
            try:
                members.correct(
                    membership=member.public_id,
                    name=form.cleaned_data["name"],
                    birth_year=form.cleaned_data["birth_year"],
                    unit_id=choosing.picked_unit(picker),
                    says_adult=True,
                    by=by,
                    at=at,
                )
            except Refused as refused:
                field = "where" if refused.field == "unit" else refused.field
                form.add_error(field if field in form.fields else None, str(refused))
            else:
                say_when_done(request, _("Corrected."))
                return redirect(after, *([member.public_id] if after.endswith(":person") else []))
    context = {
        "form": form,
        "own": member,
        "unit": member.unit_name(),
        "address": request.path,
        "places_url": choosing.places_address(drive),
        **choosing.context(picker),
        **shown,
    }
    return render(request, template, context, status=status)


@require_POST
@unlisted
def me_consents(request: VisitRequest) -> HttpResponseBase:
    """Say yes, or take a yes back; one purpose at a time."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    purpose_text = request.POST.get("purpose", "")
    if member is None or purpose_text not in (str(Purpose.MESSAGES.value), str(Purpose.CALLS.value)):
        raise NotFound
    purpose = int(purpose_text)
    if pressed(request, "say", YES, NO) == YES:
        notice = queries_join.drive_of(member.programme_id).notice(active_language())
        people.give_consent(
            person_id=member.person_id,
            unit_id=member.unit_id,
            purpose=purpose,
            notice_version=notice.version,
            language=notice.language,
            channel=Channel.WEB.value,
            by=by,
            at=at,
        )
        people.lift(phone_id=member.phone_id, channel=Channel.WEB.value, by=by, at=at)
        say_when_done(request, _("Thank you. You can take it back here at any time."))
    else:
        people.withdraw_consent(
            person_id=member.person_id, purposes=[purpose], channel=Channel.WEB.value, by=by, at=at
        )
        say_when_done(request, _("Withdrawn. Messages that were waiting are stopped."))
    return redirect("enrolment:me")


@require_GET
@unlisted
def me_data(request: VisitRequest) -> HttpResponseBase:
    """Give a person what is held about them, to take along: JSON for machines, CSV for a spreadsheet."""
    at = clock.now()
    member = chosen_membership(request)
    phone_id = request.visit.phone_id
    if member is None or phone_id is None:
        return redirect("enrolment:me")
    data = _told(_held(member, phone_id, at), at)
    if kind := tables.file_kind(request.GET):
        head = [_("About"), _("What"), _("Value")]
        return tables.file_response("my-membership", kind, head, list(_flat(data)))
    response = HttpResponse(
        json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="my-membership.json"'
    return response


def _told(held: dict[str, Any], at: datetime) -> dict[str, Any]:
    member: Member = held["own"]
    return {
        "made_at": at,
        "membership": {
            "number": held["number"],
            "roll": held["roll"],
            "unit": held["unit"],
            "unit_code": member.unit_code,
            "since": member.day,
            "why": str(held["why"]),
            "ended_at": member.ended_at,
        },
        "person": held["held"].told(),
        "phones_before": [{"phone": f"…{last4}", "until": until} for last4, until in held["numbers_before"]],
        **{name: value for part in held["parts"] for name, value in part.download.items()},
        "terms": [
            {"programme": programme, "unit": unit, "from": term.day, "ended_at": term.ended_at}
            for term, programme, unit in held["terms"]
        ],
        "claims": [
            {
                "at": claim["told"].at,
                "day": claim["told"].day,
                "came_by": str(claim["channel"]),
                "sign": str(claim["sign"]),
                "became": str(claim["became"]),
                "recorded_by": claim["by"],
            }
            for claim in held["claims"]
        ],
        "paper_sheets": [{"batch": number, "photos_until": until} for number, until in held["sheets"]],
        "messages": [
            {"at": message["at"], "kind": str(message["what"]), "state": str(message["state"])}
            for message in held["messages_sent"]
        ],
        "messages_written": [
            {"at": message.at, "what": _("Waits for your YES"), "kept_until": message.purge_at}
            for message in held["messages_written"]
        ],
        "checks": [
            {
                "at": kept_fact.at,
                "what": str(kept_fact.what),
                "result": str(kept_fact.result),
                "said": dict(kept_fact.words),
            }
            for kept_fact in held["kept"]
        ],
        "requests": [
            {
                "number": ticket.number,
                "about": ticket.ticket.get_kind_display(),
                "asked_at": ticket.ticket.asked_at,
                "due_at": ticket.ticket.due_at,
                "said": ticket.said,
                "answered_at": ticket.ticket.answered_at,
                "answer": ticket.answer,
            }
            for ticket in held["tickets"]
        ],
        "helpline": [
            {
                "number": request.ticket.number,
                "about": request.ticket.get_kind_display(),
                "asked_at": request.ticket.opened_at,
                "state": request.ticket.get_state_display(),
                "solved_at": request.ticket.solved_at,
                "said": [
                    {"at": line.line.at, "who": line.line.get_what_display(), "text": line.text}
                    for line in request.lines
                ],
            }
            for request in held["helpline_requests"]
        ],
        "lists": [asdict(contact_list) for contact_list in held["lists"]],
        "shared_with": [],
    }


def _flat(told: dict[str, Any], about: str = "") -> Iterator[tuple[str, str, Any]]:
    for key, value in told.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{about} {key}".strip())
        elif isinstance(value, list):
            for n, part in enumerate(value, 1):
                if isinstance(part, dict):
                    yield from _flat(part, f"{about} {key} {n}".strip())
        else:
            yield about, key, "" if value is None else str(value)


@require_GET
@unlisted
def me_card(request: VisitRequest) -> HttpResponseBase:
    """Show the card, to print, or to keep as a file."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    return render(request, "enrolment/me_card.html", here.card_shown(member, by=by, at=clock.now()))


@require_GET
@unlisted
def me_card_file(request: VisitRequest, kind: str) -> HttpResponseBase:
    """Send the card as PDF or as a picture."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    limits.count_or_refuse(declared.CARD_FILES, str(member.public_id), at=at)
    return card.card_file(member, kind, by=by, at=at, with_lines=with_lines(request))


@require_POST
def me_out(request: VisitRequest) -> HttpResponseBase:
    """Sign out: nobody else who takes this phone or computer sees the page."""
    request.visit.end(clock.now())
    response = redirect("enrolment:me")
    response["Clear-Site-Data"] = '"cache"'
    return response
