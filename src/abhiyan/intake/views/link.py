"""The personal link a missed call is answered with: the short notice and the form, the phone already known."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page

from abhiyan.core import clock, declared, limits
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.enrolment import actions, choosing
from abhiyan.enrolment.actions.motives import note_motive
from abhiyan.enrolment.actions.placing import note_where
from abhiyan.enrolment.fields import judge_notice
from abhiyan.enrolment.queries import join as queries
from abhiyan.enrolment.queries.join import OpenDrive
from abhiyan.intake.actions import waiting
from abhiyan.intake.forms import JoinForm
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.queries import runs_on
from abhiyan.ui.acts import form_page

from . import join


@gzip_page
@form_page
def joining_link_page(request: VisitRequest, link: str) -> HttpResponseBase:
    """Open a link, which counts in the funnel; sending makes the caller a member.

    No code: the link came to the phone itself. A link that is wrong, over or used is answered alike, with the
    ways that remain.
    """
    at = clock.now()
    if request.method == "POST":
        with system("a personal link is completed"):
            behind = queries.behind_link(link)
    else:
        behind = _open(request, link, at)
    if behind is None:
        limits.count_or_refuse(declared.LINK_WRONG, request.visit.origin, at=at)
        return link_over_page(request)
    programme_id, phone_id, last4 = behind
    try:
        drive = queries.drive_of(programme_id)
    except NotFound:
        return link_over_page(request)
    request.visit.about = programme_id
    on = clock.day_in(drive.programme.zone, at)
    if not runs_on(drive.programme, on):
        return link_over_page(request)
    if drive.other:
        return join.joining_waits(request, drive)
    page: dict[str, Any] = {
        "template": "intake/join.html",
        "address": reverse("intake:link", args=[link]),
        "last4": last4,
        "is_link": True,
        "at": at,
    }
    if request.method != "POST":
        initial = {"key": link, "notice": join.notice_mark(drive)}
        return _form(request, drive, _asked(None, drive, at, initial), choosing.PlacePicker(), page)
    picker = choosing.pick_place(drive, request.POST, language=active_language())
    if {"find", "open", "elsewhere"} & request.POST.keys():
        form = _asked(None, drive, at, join.typed_so_far(request.POST))
        return _form(request, drive, form, picker, page)
    form = _asked(request.POST, drive, at)
    if "step" in request.POST:
        return join.judged_step(request, form, picker, at=at)
    if form.is_minor:
        return join.refuse_minor(request, drive, at=at, key=link, address=page["address"])
    notice = drive.notice(active_language())
    ok = form.is_valid()
    choosing.judge_place(form, picker)
    judge_notice(form, notice)
    if not ok or form.errors:
        return _form(request, drive, form, picker, page, status=422)
    typed_joining = join.read_join_form(form, picker, notice)
    try:
        outcome = waiting.complete(
            link=link,
            name=typed_joining.name,
            birth_year=typed_joining.birth_year,
            notice_version=typed_joining.notice_version,
            language=typed_joining.language,
            consents=typed_joining.consents,
            unit_id=typed_joining.unit_id,
            says_adult=True,
            by=request.actor,
            device=request.actor.device,
            at=at,
        )
    except waiting.NoSuchLink:
        return link_over_page(request)
    except actions.ClaimRefused as refused:
        join.put(form, refused)
        return _form(request, drive, form, picker, page, status=422)
    except actions.TryAgain as refused:
        form.add_error(None, str(refused))
        return _form(request, drive, form, picker, page, status=refused.status)
    note_where(claim=outcome.receipt, text=typed_joining.where)
    note_motive(why=typed_joining.why, outcome=outcome, at=at)
    return join.to_the_card(
        request,
        drive,
        phone_id=phone_id,
        told=outcome.code,
        membership=outcome.membership,
        notice_version=typed_joining.notice_version,
        at=at,
    )


def _open(request: VisitRequest, link: str, at: datetime) -> tuple[int, UUID, str] | None:
    """Count the opening; None for a link that leads nowhere any more."""
    try:
        opened = waiting.open_link(link=link, by=request.actor, at=at)
    except waiting.NoSuchLink:
        return None
    return None if opened.is_complete else (opened.programme_id, opened.phone_id, opened.last4)


def link_over_page(request: VisitRequest) -> HttpResponse:
    """Show that a link is wrong, over or used: all look the same."""
    return render(request, "intake/link_over.html", status=404)


def _asked(
    data: QueryDict | None, drive: OpenDrive, at: Any, initial: dict[str, Any] | None = None
) -> JoinForm:
    on = clock.day_in(drive.programme.zone, at)
    return join.form_of(data, drive, on, known_phone=True, initial=initial)


def _form(
    request: VisitRequest,
    drive: OpenDrive,
    form: JoinForm,
    picker: choosing.PlacePicker,
    page: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    return join.show_form(request, drive, form, picker, status=status, **page)
