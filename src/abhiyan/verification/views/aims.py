"""Checks aimed at one unit or worker, and what came of them: apart from every estimate."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.verification import actions
from abhiyan.verification.actions.aiming import TELLING
from abhiyan.verification.forms import AimUnitForm, CloserForm
from abhiyan.verification.models import Frame
from abhiyan.verification.queries.aims import AimResult, frame_aims, workers_at
from abhiyan.verification.refusals import TooWide

from .frames import not_drawn, planned_frame
from .verifiers import shown_in

MOST = 200  # workers offered, those with most entries first
COLUMNS: tuple[Column[AimResult], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.aim.unit.names), is_name=True),
    Column("worker", _("Entered by"), lambda row: row.worker, names_people=True),
    Column("reason", _("Reason"), lambda row: say(TELLING) if row.aim.reason == TELLING else row.aim.reason),
    Column("at", _("Asked on"), lambda row: row.aim.at, css="nums", order=lambda row: row.aim.at),
    Column("checks", _("Checks"), lambda row: row.aim.checks, css="num", order=lambda row: row.aim.checks),
    Column("genuine", _("Genuine"), lambda row: row.genuine, css="num"),
    Column("not_genuine", _("Not genuine"), lambda row: row.not_genuine, css="num"),
    Column("not_told", _("Refused or unresolved"), lambda row: row.not_told, css="num"),
    Column("open", _("Still open"), lambda row: row.open, css="num"),
)


@page_with_list
def aims(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the aimed checks of a frame and their tally."""
    frame = planned_frame(request, public_id)
    with system("aimed checks of a frame"):
        aim_results = frame_aims(frame)
    table = Table(
        request,
        COLUMNS,
        aim_results,
        name="aimed",
        caption=_("Aimed checks"),
        sort="-at",
        unit_id=frame.unit_id,
    )
    context = shown_in(frame, say("Aimed checks")) | {"may_aim": frame.state == Frame.State.DRAWN}
    return list_response(request, "verification/aim_list.html", table, context)


@form_page
def aim_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Aim checks: choose the unit, then the number, the worker, and the reason."""
    frame = planned_frame(request, public_id)
    if request.method != "POST" and (barred := not_drawn(frame)):
        page = reverse("verification:aims", args=[public_id])
        context = shown_in(frame, say("Aim checks"), (say("Aimed checks"), page))
        context |= {"title": context["heading"], "text": [barred], "is_open": False, "back": page}
        return render(request, "ui/ask.html", context)
    try:
        here = page_unit(request, hierarchy=frame.programme.hierarchy, otherwise=lambda: frame.unit_id)
    except NotFound:
        if request.method == "POST":  # what is sent names the unit that the page showed
            raise
        where = AimUnitForm(request.GET)
        where.add_error("unit", _("No unit fits. Search by another name, or by its code."))
        return _aim_page(request, frame, where, status=422)
    form = CloserForm(request.POST if request.method == "POST" else None)
    try:
        with system("whose items could be checked"):
            workers = workers_at(frame, here.unit.id)
        is_wide = False
    except TooWide:
        workers, is_wide = [], True
    offered = [(str(worker), f"{name} ({grouped(n)})") for worker, name, n in workers[:MOST]]
    offer(form, worker=[("", _("Everybody here")), *offered])
    done = tried(
        request,
        form,
        lambda given: actions.aim_checks(
            public_id=public_id,
            unit_id=here.unit.id,
            worker=UUID(given["worker"]) if given["worker"] else None,
            checks=given["checks"],
            reason=given["reason"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("The checks wait for verifiers, among all others."),
        unit="",
    )
    if done:
        return redirect("verification:aims", public_id=public_id)
    where = AimUnitForm({"unit": here.name} if "unit" in request.GET else None)
    if is_wide and where.is_bound:
        where.add_error("unit", TooWide.message)
    about = None if is_wide else here
    return _aim_page(request, frame, where, status=done.status, form=form, about=about)


def _aim_page(
    request: Request, frame: Frame, where: AimUnitForm, *, status: int, **shown: Any
) -> HttpResponseBase:
    """Show the page that asks where, and once it is known what for."""
    list_ = (say("Aimed checks"), reverse("verification:aims", args=[frame.public_id]))
    page = shown_in(frame, say("Aim checks"), list_) | {"where": where} | shown
    return render(request, "verification/aim_new.html", page, status=status)
