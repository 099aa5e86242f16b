"""Joining by the web: notice first, then age, then the rest; a code; the card. Each step works without script.

Until the phone is proven every answer is the same, known or not.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from abhiyan.core import clock, declared, limits, lot
from abhiyan.core.actor import PUBLIC
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment import choosing, visit
from abhiyan.enrolment.actions.claims import WAITS_S
from abhiyan.enrolment.actions.motives import note_motive
from abhiyan.enrolment.actions.placing import note_where
from abhiyan.enrolment.actions.referrals import note_inviter
from abhiyan.enrolment.choosing import places_address
from abhiyan.enrolment.fields import NO, YES, SmsCodeForm, judge_notice
from abhiyan.enrolment.queries import join as queries
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.join import OpenDrive
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.visit import proven_phone
from abhiyan.intake import actions
from abhiyan.intake.actions.refused import count_minor
from abhiyan.intake.forms import JoinForm
from abhiyan.intake.queries.notices import notice_shown
from abhiyan.intake.queries.texts import already_text
from abhiyan.messaging import actions as messaging
from abhiyan.people import actions as people
from abhiyan.people.models import Notice, Purpose
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.queries import runs_on
from abhiyan.ui.acts import form_page

from . import steps

AGAIN_AFTER = timedelta(seconds=45)  # a second code is not asked sooner
# Without a code nothing holds a stranger back but these: (name, allowed in a window, seconds).


@gzip_page
@form_page
def join_page(request: VisitRequest) -> HttpResponseBase:
    """Show the only open drive, or a choice of drives."""
    at = clock.now()
    open_drives = queries.open_drives(at)
    if len(open_drives) == 1:
        return join_drive(request, open_drives[0].drive.join_slug)
    drives = [(drive, drive.name()) for drive in open_drives]
    return render(request, "intake/join_choice.html", {"drives": drives})


def by_slug(request: VisitRequest, slug: str) -> OpenDrive:
    """Return the drive of an address; its pages name their contact."""
    drive = queries.drive_by_slug(slug)
    request.visit.about = drive.programme.pk
    return drive


@gzip_page
@form_page
def join_drive(request: VisitRequest, slug: str) -> HttpResponseBase:
    """Show notice and form of one drive."""
    at = clock.now()
    drive = by_slug(request, slug)
    on = clock.day_in(drive.programme.zone, at)
    if "sent" in request.GET and _is_done(request, slug):
        return redirect("intake:join_done", slug)
    if not runs_on(drive.programme, on):
        return _closed(request, drive, on)
    if drive.other:
        return joining_waits(request, drive)
    if request.method != "POST":
        picker = choosing.named_in_link(drive, request.GET, language=active_language())
        return show_form(request, drive, _fresh(request, drive, on), picker, at=at)
    picker = choosing.pick_place(drive, request.POST, language=active_language())
    if {"find", "open", "elsewhere"} & request.POST.keys():
        # Only looking for the place: nothing is judged, what was typed stays.
        form = _asked(QueryDict(mutable=True), drive, on, initial=typed_so_far(request.POST))
        return show_form(request, drive, form, picker, at=at)
    form = _asked(request.POST, drive, on)
    if "step" in request.POST:
        return judged_step(request, form, picker, at=at)
    if form.is_minor:
        return refuse_minor(request, drive, at=at, key=form.data.get("key", ""))
    notice = drive.notice(active_language())
    ok = form.is_valid()
    choosing.judge_place(form, picker)
    judge_notice(form, notice)
    if not ok or form.errors:
        return show_form(request, drive, form, picker, at=at, status=422)
    typed = read_join_form(form, picker, notice)
    try:
        return _submitted(request, drive, typed, at=at)
    except (TooMany, enrolment.TryAgain) as refused:
        form.add_error(None, str(refused))
        answer = show_form(request, drive, form, picker, at=at, status=refused.status)
        answer["Retry-After"] = str(refused.facts["wait_s"])
        return answer
    except enrolment.ClaimRefused as refused:
        put(form, refused)
        return show_form(request, drive, form, picker, at=at, status=422)


@form_page
def join_code(request: VisitRequest, slug: str) -> HttpResponseBase:
    """Ask for the code that proves the phone. Only the browser that asked may answer."""
    at = clock.now()
    drive = by_slug(request, slug)
    code_facts: dict[str, Any] = request.visit.facts.get("join") or {}
    typed = visit.unseal(request, code_facts.get("draft", "")) if code_facts.get("slug") == slug else {}
    if not typed:
        if _is_done(request, slug):
            return redirect("intake:join_done", slug)
        # A form sent twice: the first answer has brought a new cookie meanwhile, and that one shows the card.
        return redirect(reverse("intake:join_drive", args=[slug]) + "?sent=1")
    if drive.other:
        return joining_waits(request, drive)
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, drive, code_facts, typed, at=at)
    form = SmsCodeForm(request.POST or None)
    phone = proven_phone(request, form, code_facts, purpose="join" + drive.said.mark, at=at)
    status = phone.status
    if phone.refused and queries_people.is_session_over(request.visit.key):
        return redirect("intake:join_done", slug)  # the same answer, sent twice: the first one counts
    if phone.value is not None:
        try:
            return enrolled(request, drive, typed, phone_id=phone.value, sign=Sign.CODE, at=at)
        except enrolment.TryAgain as refused:  # what this request did is undone: the code holds
            form.add_error(None, str(refused))
            status = refused.status
    context = {"form": form, "found": drive, "asked": code_facts, "wait_s": _wait_s(code_facts, at)}
    context["born"] = str(typed.get("birth_year") or "")
    return render(request, "intake/join_code.html", context, status=status)


@require_GET
def join_received(request: VisitRequest, slug: str) -> HttpResponseBase:
    """Show the answer for everybody where no code is asked: it says nothing about the phone."""
    drive = by_slug(request, slug)
    number = queries_people.join_number(drive.programme.pk)
    return render(request, "intake/join_received.html", {"found": drive, "number": number})


@require_GET
def join_places(request: VisitRequest, slug: str) -> HttpResponseBase:
    """Show the choices below "where", for the page's script."""
    drive = by_slug(request, slug)
    at = clock.now()
    limits.count_or_refuse(declared.JOIN_PLACES, request.visit.origin, at=at)
    picker = choosing.pick_place(drive, request.GET, language=active_language())
    context = {"address": reverse("intake:join_drive", args=[slug]), **choosing.context(picker)}
    return render(request, "enrolment/_places.html", context)


# Parts of the way, also walked by the personal link.


def judged_step(
    request: VisitRequest, form: JoinForm, picker: choosing.PlacePicker, *, at: datetime
) -> JsonResponse:
    """Return the errors of one short step, as HTML for each field. It keeps and counts nothing of what was typed."""
    limits.count_or_refuse(declared.JOIN_STEPS, request.visit.origin, at=at)
    form.is_valid()
    choosing.judge_place(form, picker)
    wrong = {
        name: render_to_string("ui/_form_field_errors.html", {"field": form[name]})
        for name in steps.STEPS.get(request.POST["step"], ())
        if name in form.fields and name in form.errors
    }
    return JsonResponse({"wrong": wrong, "minor": form.is_minor})


@dataclass(frozen=True, slots=True)
class TypedJoining:
    """A form in order, as the act wants it."""

    key: str
    phone: str
    name: str
    birth_year: int
    unit_id: int | None
    notice_version: int
    language: str
    consents: tuple[int, ...]
    where: str = ""  # what they typed of a place that was not found.
    ref: str = ""  # the code of the link they opened.
    within: str = ""  # the code of the unit it named.
    why: int = 0  # rules.motives

    def told(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def read_join_form(
    form: JoinForm, picker: choosing.PlacePicker, notice: Notice, *, phone: str = ""
) -> TypedJoining:
    """Return the values of a form in order."""
    values = form.cleaned_data
    consents = [Purpose.MEMBERSHIP.value]
    consents += [Purpose.CALLS.value] if values["calls"] else []
    consents += [Purpose.MESSAGES.value] if values["messages"] else []
    return TypedJoining(
        key=values["key"],
        phone=values.get("phone") or phone,
        name=values["name"],
        birth_year=values["birth_year"],
        unit_id=choosing.picked_unit(picker),
        notice_version=notice.version,
        language=notice.language,
        consents=tuple(consents),
        where="" if choosing.picked_unit(picker) else picker.where,
        ref=values["ref"],
        within=picker.within.row.code if picker.within else "",
        why=values.get("why", 0),
    )


def claim_of_form(typed: TypedJoining, *, sign: Sign, request: VisitRequest) -> enrolment.ClaimMessage:
    """Return the claim of a form.

    Its key holds the form's own and its person: sent again it is the same claim, another person on the same
    page is another.
    """
    who = "|".join((typed.key, typed.phone, names.key(typed.name), str(typed.birth_year)))
    session = request.visit.session
    return enrolment.ClaimMessage(
        channel=Channel.WEB.value,
        key=enrolment.sender_key(PUBLIC, keyring().token_digest("join|" + who)),
        phone=typed.phone,
        by=session.public_id if session else PUBLIC,
        name=typed.name,
        birth_year=typed.birth_year,
        unit_id=typed.unit_id,
        sign=sign.value,
        notice_version=typed.notice_version,
        language=typed.language,
        consents=typed.consents,
        device=request.actor.device,
        says_adult=True,
    )


def refuse_minor(
    request: VisitRequest, drive: OpenDrive, *, at: datetime, key: str, address: str = ""
) -> HttpResponse:
    """Say kindly no; nothing of what was typed is kept, a counter apart."""
    programme = drive.programme
    count_minor(
        programme_id=programme.pk,
        unit_id=programme.owner_id,
        zone=programme.zone,
        channel=Channel.WEB.value,
        key=key or lot.uuid().hex,
        origin=request.visit.origin,
        at=at,
    )
    if request.visit.facts.get("join"):
        request.visit.remember(at, join=None)
    context = {
        "minimum": drive.drive.roll.minimum_age,
        "address": address or reverse("intake:join_drive", args=[drive.drive.join_slug]),
    }
    return render(request, "intake/join_minor.html", context, status=422)


def put(form: JoinForm, refused: enrolment.ClaimRefused) -> None:
    """Put a refusal of the act at the field it concerns."""
    field = {"unit": "where", "consents": "membership"}.get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, str(refused))


def enrolled(
    request: VisitRequest,
    drive: OpenDrive,
    typed: dict[str, Any],
    *,
    phone_id: UUID,
    sign: Sign,
    at: datetime,
) -> HttpResponse:
    """Enrol the person of a proven phone, then show the card. Sent again, the first outcome comes back."""
    typed_joining = TypedJoining(**(typed | {"consents": tuple(typed["consents"])}))
    state = "refused"
    membership: UUID | None = None
    why = ""
    try:
        outcome = actions.enrol_claim(
            programme_id=queries.counting_drive_id(drive, unit_id=typed_joining.unit_id, at=at),
            claim=claim_of_form(typed_joining, sign=sign, request=request),
            by=request.actor,
            at=at,
        )
    except enrolment.ClaimRefused as refused:
        why = str(refused)
    else:
        state, membership = outcome.code, outcome.membership
        note_where(claim=outcome.receipt, text=typed_joining.where)
        note_inviter(
            code=typed_joining.ref, programme_id=drive.programme.pk, outcome=outcome, by=request.actor, at=at
        )
        note_motive(why=typed_joining.why, outcome=outcome, at=at)
    return to_the_card(
        request,
        drive,
        phone_id=phone_id,
        told=state,
        membership=membership,
        notice_version=typed_joining.notice_version,
        at=at,
        why=why,
    )


def to_the_card(
    request: VisitRequest,
    drive: OpenDrive,
    *,
    phone_id: UUID,
    told: str,
    membership: UUID | None,
    notice_version: int,
    at: datetime,
    why: str = "",
) -> HttpResponse:
    """Lead a proven phone to the card: a citizen's session that may see what became of it."""
    slug = drive.drive.join_slug
    if request.visit.phone_id != phone_id:
        request.visit.prove_phone(phone_id, at)
    request.visit.remember(
        at,
        join=None,
        person=str(membership) if membership else None,
        joined={
            "slug": slug,
            "as": told,
            "why": why,
            "membership": str(membership) if membership else "",
            "at": at.timestamp(),
            "notice": notice_version,
        },
    )
    return visit.note_joined_browser(request, redirect("intake:join_done", slug), phone_id)


def _submitted(request: VisitRequest, drive: OpenDrive, typed: TypedJoining, *, at: datetime) -> HttpResponse:
    """Take a form in order: to the code, or where none is asked straight to the act."""
    slug = drive.drive.join_slug
    on = clock.day_in(drive.programme.zone, at)
    phone_id = keyring().phone_id(typed.phone)
    if request.visit.phone_id == phone_id:  # this browser has proven this very phone: its own web session
        return enrolled(request, drive, typed.told(), phone_id=phone_id, sign=Sign.WEB, at=at)
    if queries.asks_code(drive.drive, unit_id=typed.unit_id or drive.programme.owner_id, on=on):
        session = request.visit.need(at)
        code = _ask(request, drive, typed.phone, session.key, at)
        _remember_code(request, slug, typed.told(), code, at=at)
        return redirect("intake:join_code", slug)
    people.count_asked(
        part="entry",
        number=typed.phone,
        session=request.visit.key,
        by=request.actor,
        at=at,
        knows=request.visit.knows,
    )
    _enrol_unproven(request, drive, typed, phone_id=phone_id, at=at)
    return visit.note_joined_browser(request, redirect("intake:join_received", slug), phone_id)


def _enrol_unproven(
    request: VisitRequest, drive: OpenDrive, typed: TypedJoining, *, phone_id: UUID, at: datetime
) -> None:
    """Enrol without code or proof: anybody can type anybody's number, so there is no sign and the phone has not
    answered yet.

    It does not say what is known of the phone; "already a member" goes to the phone.
    """
    try:
        outcome = actions.enrol_claim(
            programme_id=queries.counting_drive_id(drive, unit_id=typed.unit_id, at=at),
            claim=claim_of_form(typed, sign=Sign.NONE, request=request),
            by=request.actor,
            at=at,
        )
    except (enrolment.Suppressed, enrolment.PhoneFull):
        return
    note_where(claim=outcome.receipt, text=typed.where)
    note_inviter(code=typed.ref, programme_id=drive.programme.pk, outcome=outcome, by=request.actor, at=at)
    note_motive(why=typed.why, outcome=outcome, at=at)
    if isinstance(outcome, enrolment.AlreadyMember):
        with system("already a member"):
            messaging.queue_message(
                template=already_text(outcome.membership),
                phone=typed.phone,
                language=typed.language,
                blanks={"link": settings.ORIGIN + reverse("enrolment:me")},
                key=f"reply|{drive.programme.pk}|{phone_id}",
                unit_id=drive.programme.owner_id,
                programme_id=drive.programme.pk,
                at=at,
            )


def _ask(request: VisitRequest, drive: OpenDrive, phone: str, session: str, at: datetime) -> UUID:
    return people.ask_code(
        purpose="join" + drive.said.mark,
        phone=phone,
        session=session,
        by=request.actor,
        at=at,
        language=active_language(),
        knows=request.visit.knows,
    )


def _remember_code(
    request: VisitRequest, slug: str, typed: dict[str, Any], code: UUID, *, at: datetime
) -> None:
    request.visit.remember(
        at,
        join={
            "slug": slug,
            "request": str(code),
            "phone": str(keyring().phone_id(typed["phone"])),
            "last4": typed["phone"][-4:],
            "within": typed.get("within", ""),
            "at": at.timestamp(),
            "draft": visit.seal_draft(request, typed),
        },
    )


def _wait_s(asked: dict[str, Any], at: datetime) -> int:
    """Return whole seconds until another code may be asked for; 0: at once."""
    asked_at: float = asked["at"]
    return max(0, ceil(asked_at + AGAIN_AFTER.total_seconds() - at.timestamp()))


def _send_again(
    request: VisitRequest, drive: OpenDrive, asked: dict[str, Any], typed: dict[str, Any], *, at: datetime
) -> HttpResponseBase:
    """Send another code to the same phone, not at once."""
    slug = drive.drive.join_slug
    if _wait_s(asked, at):
        return redirect("intake:join_code", slug)
    try:
        code = _ask(request, drive, typed["phone"], request.visit.key, at)
    except TooMany as refused:
        context = {"form": SmsCodeForm(), "found": drive, "asked": asked, "refused": str(refused)}
        answer = render(request, "intake/join_code.html", context, status=refused.status)
        answer["Retry-After"] = str(refused.facts["wait_s"])
        return answer
    _remember_code(request, slug, typed, code, at=at)
    return redirect("intake:join_code", slug)


def _is_done(request: VisitRequest, slug: str) -> bool:
    joined = request.visit.facts.get("joined") or {}
    return bool(request.visit.phone_id) and joined.get("slug") == slug


def _fresh(request: VisitRequest, drive: OpenDrive, on: date) -> JoinForm:
    """Return an empty form; after the code it has what was typed before."""
    initial: dict[str, Any] = {"key": lot.uuid().hex, "notice": notice_mark(drive)}
    initial["ref"] = request.GET.get("by", "")[:16]
    code_facts = request.visit.facts.get("join") or {}
    if code_facts.get("slug") == drive.drive.join_slug and "again" in request.GET:
        typed = visit.unseal(request, code_facts.get("draft", ""))
        if typed:
            initial |= {
                "key": typed["key"],
                "ref": typed.get("ref", ""),
                "why": typed.get("why") or "",
                "adult": YES,
                "birth_year": typed["birth_year"],
                "name": typed["name"],
                "phone": typed["phone"].removeprefix("+91"),
                "membership": True,
                "messages": Purpose.MESSAGES.value in typed["consents"],
                "calls": Purpose.CALLS.value in typed["consents"],
            }
    return _asked(None, drive, on, initial=initial)


def _asked(
    data: QueryDict | None, drive: OpenDrive, on: date, *, initial: dict[str, Any] | None = None
) -> JoinForm:
    return form_of(data or None, drive, on, initial=initial)


def form_of(data: QueryDict | None, drive: OpenDrive, on: date, **more: Any) -> JoinForm:
    """Return the form as the drive's roll wants it."""
    roll, indian_only = drive.drive.roll, drive.drive.indian_mobiles_only
    return JoinForm(data, on=on, said=drive.said, minimum=roll.minimum_age, indian_only=indian_only, **more)


def typed_so_far(data: QueryDict) -> dict[str, Any]:
    """Return the content of a form that is only looking for its place; of somebody who said no, nothing."""
    if data.get("adult") == NO:
        return {"adult": NO, "key": data.get("key", "")[:64], "notice": data.get("notice", "")[:40]}
    checks = ("membership", "messages", "calls")
    texts = {name: value[:300] for name, value in data.items() if isinstance(value, str)}
    return texts | {name: name in data for name in checks}


def notice_mark(drive: OpenDrive) -> str:
    notice = drive.notice(active_language())
    return f"{notice.version}.{notice.language}"


def show_form(
    request: VisitRequest,
    drive: OpenDrive,
    form: JoinForm,
    picker: choosing.PlacePicker,
    *,
    at: datetime,
    status: int = 200,
    template: str = "intake/join.html",
    **more: Any,
) -> HttpResponse:
    """Show notice and form as a page."""
    context = {
        "found": drive,
        "form": form,
        **notice_shown(drive.notice(active_language())),
        "drive_name": drive.name(),
        "minimum": drive.drive.roll.minimum_age,
        "per_phone": drive.drive.roll.people_per_phone,
        "address": reverse("intake:join_drive", args=[drive.drive.join_slug]),
        "places_url": places_address(drive),
        "asks_code": queries.asks_code(
            drive.drive, unit_id=drive.programme.owner_id, on=clock.day_in(drive.programme.zone, at)
        ),
        "at": at,
        "step": steps.short_step(form),
        **choosing.context(picker),
        **more,
    }
    return render(request, template, context, status=status)


def joining_waits(request: VisitRequest, drive: OpenDrive) -> HttpResponse:
    """Say why nobody can join now. The page keeps nothing of the form, and a code that was sent stays good."""
    context = {"found": drive, "drive_name": drive.name(), "other": drive.other}
    answer = render(request, "intake/join_waits.html", context, status=503)
    answer["Retry-After"] = str(WAITS_S)
    return answer


def _closed(request: VisitRequest, drive: OpenDrive, on: date) -> HttpResponse:
    context = {
        "found": drive,
        "drive_name": drive.name(),
        "is_before": on < drive.programme.opens_on and drive.programme.state == "open",
    }
    return render(request, "intake/join_closed.html", context)
