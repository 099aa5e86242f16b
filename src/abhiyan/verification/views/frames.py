"""Frames of a programme: the draw, what the checks say, the public file. How one is planned: planning.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, small_cells
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import day_words, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.estimated import Estimated, RealOf100, RealShare
from abhiyan.ui.acts import Text, act_page, form_page, tried
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.numbers import of_100
from abhiyan.units import queries as units
from abhiyan.verification import actions
from abhiyan.verification.actions import redraws
from abhiyan.verification.actions.frames import PLAN, REDRAW
from abhiyan.verification.forms import RedrawForm, TopUpForm, ValueForm
from abhiyan.verification.here import may_plan
from abhiyan.verification.models import Draw, Estimate, Frame, Stratum
from abhiyan.verification.queries import checks
from abhiyan.verification.queries import frames as reads
from abhiyan.verification.queries.items import items_to_check
from abhiyan.verification.queries.public import is_public
from abhiyan.verification.queries.told import estimated_of_unit, since_of
from abhiyan.verification.refusals import (
    ChecksOpen,
    DrawnAlready,
    EndPassed,
    FrameClosed,
    NotDrawn,
    NotDue,
    NothingMore,
    NothingToCheck,
)
from abhiyan.verification.rules.planning import Expected
from abhiyan.verification.rules.topping import topped_up, topped_up_to

TOLD = replace(Expected(), refused=0.0, not_reached=0.0)  # if everybody answers


def share_in_percent(share: float | None) -> float | None:
    """Return a share as a number of 100, to a tenth: for widths that are planned."""
    return None if share is None else round(100 * share, 1)


def _real(row: Any) -> str:
    """Say what checks of a frame found of the whole."""
    return programmes.short_of(RealShare(rate=row.real, low=row.low or 0, high=row.high or 0))


def _widest(row: Any) -> str:
    """Return the unit below with the widest least gap, and the gap of 100 entries."""
    if row.gap_high is None:
        return ""
    return f"{name_in_language(row.gap_names)}: {100 - of_100(row.gap_high)}"


COLUMNS: tuple[Column[Any], ...] = (
    Column("number", _("Round of checks"), lambda row: row.number, order="number", is_name=True),
    Column("frozen", _("Frozen"), lambda row: row.frozen_at, order="frozen_at", css="nums"),
    Column("state", _("Status"), lambda row: row.get_state_display()),
    Column("entered", _("Entries"), lambda row: row.entered, css="num"),
    Column("checks", _("Checks answered"), lambda row: row.answered, css="num"),
    Column("real", _("Real"), _real, css="wraps"),
    Column("gap", _("Most that is not real, at least"), _widest, css="num"),
    Column("ends", _("Last day of checking"), lambda row: row.ends_on, order="ends_on", css="nums"),
)


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One unit below and the words of its checks, as a viewer reads them. is_exact: its counts are exact for them."""

    of: Estimate
    told: Estimated
    is_exact: bool

    def shown(self, n: int) -> int | None:
        """Return a number of entries or checks; None where it is too small to be shown."""
        return n if self.is_exact else small_cells.shown_count(n)

    @property
    def truth(self) -> programmes.Truth:
        """Say what the checks found of it."""
        return programmes.truth_of(self.told, is_rounded=not self.is_exact)

    @property
    def real(self) -> RealOf100:
        """Return the numbers of that."""
        return self.truth.real or RealOf100()


ESTIMATES: tuple[Column[EstimateRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.of.unit.names), is_name=True),
    Column("items", _("Entries"), lambda row: row.shown(row.of.items), css="num", order=True),
    Column("checks", _("Checks finished"), lambda row: row.shown(row.of.finished), css="num", order=True),
    Column("drawn", _("Drawn"), lambda row: row.shown(row.of.drawn), css="num", order=True),
    Column("real", _("Real"), lambda row: row.truth.short, order=lambda row: row.of.high, css="wraps"),
    Column("low", _("Real, of 100, at least"), lambda row: row.real.low, only_in_file=True),
    Column("high", _("Real, of 100, at most"), lambda row: row.real.high, only_in_file=True),
    Column(
        "open", _("Refused or not reached"), lambda row: row.shown(row.of.not_told), css="num", order=True
    ),
)


def measure_of(programme: Programme) -> int:
    """Return the first countable measure of a programme. Refuses NothingToCheck."""
    items = activities.activity_of(programme.kind).items
    if not items:
        raise NothingToCheck
    return items[0].measure


def frames_shown(programme: Programme, *more: tuple[str, str]) -> dict[str, Any]:
    """Return what every page of a programme's frames is given. more: crumbs below the list of frames."""
    name = name_in_language(programme.names)
    first = (name, reverse("programmes:programme", args=[programme.public_id]))
    checks = (say("Back-checks"), reverse("verification:frames", args=[programme.public_id]) if more else "")
    crumbs = [(say("Programmes"), reverse("programmes:list")), first, checks, *more]
    return {"here": "programmes", "crumbs": crumbs, "programme": programme, "name": name}


@require_GET
def frames(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the frames of a programme."""
    programme = programmes.programme_for(request.viewer, public_id)
    measure_of(programme)
    is_exact = programme.owner_id in _sees_exactly(request.viewer, [programme.owner_id])

    def rounded(rows: list[Any]) -> list[Any]:
        for row in rows:
            row.entered = (
                row.entered if is_exact or row.entered is None else small_cells.shown_count(row.entered)
            )
        return rows

    table = Table(
        request,
        COLUMNS,
        reads.frames_listed(programme),
        name="frames",
        caption=_("Rounds of checks"),
        sort="-number",
        finish=rounded,
    )
    context = frames_shown(programme) | {
        "may_plan": may_plan(request, programme.owner_id),
        "public": reverse("verification:public", args=[public_id]) if is_public(programme) else "",
    }
    return list_response(request, "verification/frame_list.html", table, context)


@require_GET
def frame_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one frame: where it stands, its draw, and what the checks say of a unit and those below it."""
    one, at = reads.frame_for(request.viewer, public_id), clock.now()
    may = may_plan(request, one.unit_id)
    here = page_unit(request, hierarchy=one.programme.hierarchy, otherwise=lambda: one.unit_id)
    estimates = reads.estimates_at(one, here.unit.id)
    below = [row for row in estimates if row.shade == Estimate.Shade.ENTERED and row.unit_id != here.unit.id]
    seen = _sees_exactly(request.viewer, [here.unit.id, *(row.unit_id for row in below)])
    on, since = clock.day_in(one.programme.zone, at), since_of(one)
    rows = [
        EstimateRow(
            row,
            estimated_of_unit(one, row.unit.code, {row.shade: row}, since=since, on=on),
            row.unit_id in seen,
        )
        for row in below
    ]
    own = {row.shade: row for row in estimates if row.unit_id == here.unit.id}
    table = Table(
        request, ESTIMATES, rows, name="estimates", caption=_("Units below"), sort="real", is_numbered=False
    )
    published = reads.published(one)
    is_past_end = reads.is_past_end(one, at)
    ladder = programmes.unit_ladder(
        node=here.unit.id,
        hierarchy=one.programme.hierarchy,
        programme=one.programme,
        measure=one.measure,
        at=at,
    )
    context = (
        frames_shown(one.programme, *_crumbs(one, here))
        | {
            "frame": one,
            "published": published,
            "draw": published.draws[-1],
            "is_due": one.state == Frame.State.FROZEN and published.draws[-1].due_at <= at,
            "is_past_end": is_past_end,
            # Until the first estimate, half a minute after the draw, no row knows of its checks.
            "is_fresh": one.state == Frame.State.DRAWN
            and here.unit.id == one.unit_id
            and bool(own)
            and not any(row.drawn for row in own.values()),
            "is_provisional": one.state == Frame.State.DRAWN and not is_past_end,
            "may_plan": may,
            "may_close": may and one.state == Frame.State.DRAWN and reads.may_close(one, at),
            "about": here,
            "headline": own.get(Estimate.Shade.ENTERED),
            "truth": programmes.truth_of(
                estimated_of_unit(one, here.unit.code, own, since=since, on=on),
                entries=ladder.entries,
                is_rounded=here.unit.id not in seen,
            ),
            "asked": _asked(one, at) if may else "",
            "also": _also(one) if may else "",
        }
        | _files(one, may=may)
    )
    return list_response(request, "verification/frame.html", table, context)


def _also(frame: Frame) -> str:
    """Say how many people with a yes said yes to the activity's other question too; empty where nobody did."""
    also = items_to_check(frame.programme, frame.measure).words.also
    if also is None:
        return ""
    with system("what else people said in checks"):
        n, total = checks.also_joined(frame)
    return str(also.told) % {"n": grouped(n), "of": grouped(total)} if n else ""


def _sees_exactly(viewer: Viewer, unit_ids: Sequence[int]) -> set[int]:
    """Return those of some units whose counts are exact for a viewer."""
    spans = units.all_spans(set(unit_ids))
    return {
        unit_id for unit_id in unit_ids if viewer.sees_exact_at(*(lo for lo, _hi in spans.get(unit_id, [])))
    }


def _files(frame: Frame, *, may: bool) -> dict[str, str]:
    """Return the addresses of the published files: here for a planner of draws; for everybody, by the public
    page while it is open."""
    if may:
        room, public_ids = "frame", [frame.public_id]
    elif is_public(frame.programme):
        room, public_ids = "public", [frame.programme.public_id, frame.public_id]
    else:
        return {}
    return {
        "file": reverse(f"verification:{room}_file", args=public_ids),
        "more_file": reverse(f"verification:{room}_more", args=public_ids),
    }


def _crumb(frame: Frame, href: str = "") -> tuple[str, str]:
    return (say("Round of checks %(number)s") % {"number": frame.number}, href)


def _crumbs(frame: Frame, here: Here) -> list[tuple[str, str]]:
    """Return the crumbs: the frame; of a unit below its owner the way back to the whole, then the unit."""
    if here.unit.id == frame.unit_id:
        return [_crumb(frame)]
    return [_crumb(frame, reverse("verification:frame", args=[frame.public_id])), (here.name, "")]


def _asked(frame: Frame, at: datetime) -> str:
    """Name who can approve another public value, if somebody asked for one."""
    with system("a request about a frame"):
        release = org.release_about(REDRAW, frame=str(frame.public_id))
        if release is None or release.state != Release.State.ASKED or release.expires_at <= at:
            return ""
        return org.deciders([release], at=at)[release.pk].whom_to_ask()


def planned_frame(request: Request, public_id: UUID) -> Frame:
    """Return a frame whose draws the viewer plans."""
    one = reads.frame_for(request.viewer, public_id)
    if not may_plan(request, one.unit_id):
        raise NotYours(capability=PLAN)
    return one


def _about(frame: Frame, title: Text, barred: Text = "", text: Sequence[Text] = ()) -> dict[str, Any]:
    """Return what every act on a frame needs of its page.

    barred: why it cannot be done now: then no form is offered.
    """
    page = reverse("verification:frame", args=[frame.public_id])
    context = {"title": title, "done": page, "text": [barred] if barred else text, "is_open": not barred}
    return context | frames_shown(frame.programme, _crumb(frame, page), (str(title), ""))


def not_drawn(frame: Frame) -> str:
    """Return why nothing is done with the checks of a frame that is not drawn, or closed."""
    if frame.state == Frame.State.DRAWN:
        return ""
    return str(NotDrawn() if frame.state == Frame.State.FROZEN else FrameClosed())


@form_page
def frame_draw(request: Request, public_id: UUID) -> HttpResponseBase:
    """Draw the checks with the value as it was published."""
    one = planned_frame(request, public_id)
    draw = reads.draws_of(one)[-1]
    barred = "" if one.state == Frame.State.FROZEN else DrawnAlready.message
    text: list[Text] = [
        _("Write the value exactly as it was published. The draw can be made only once."),
        say("%(source)s, known from %(due)s.") % {"source": draw.source, "due": day_words(draw.due_at)},
    ]
    return act_page(
        request,
        lambda given: actions.draw_frame(
            public_id=public_id, value=given["value"], by=request.actor, at=clock.now()
        ),
        button=_("Draw the checks"),
        said=_("The checks are drawn. Verifiers can begin."),
        form=ValueForm(request.POST if request.method == "POST" else None),
        **_about(one, _("Draw the checks"), barred, text),
    )


@form_page
def frame_redraw(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask for another public value, because the one that was named never came."""
    one, at = planned_frame(request, public_id), clock.now()
    zone, draw = ZoneInfo(one.programme.zone), reads.draws_of(one)[-1]
    text: list[Text] = [
        say("It was to be: %(source)s.") % {"source": draw.source},
        _("Name another value that nobody knows yet. It counts once somebody else approves it."),
        _("Everybody who sees this round sees both values and the reason."),
    ]
    return act_page(
        request,
        lambda given: actions.ask_redraw(
            public_id=public_id,
            value=redraws.Value(
                given["source"], datetime.combine(given["due_at"], time(), zone), given["ends_on"]
            ),
            reason=given["reason"],
            by=request.actor,
            at=at,
        ),
        button=_("Ask for another value"),
        said=_("Request sent. Approvals lists who can approve it."),
        form=RedrawForm(request.POST if request.method == "POST" else None, initial={"ends_on": one.ends_on}),
        **_about(one, _("The value never came"), _no_redraw(one, draw, at), text),
    )


def _no_redraw(frame: Frame, draw: Draw, at: datetime) -> Text:
    """Return why no other value can be asked for now."""
    if frame.state != Frame.State.FROZEN:
        return DrawnAlready.message
    if at < draw.due_at:
        return str(NotDue(due=day_words(draw.due_at)))
    reason = _asked(frame, at)
    return say("Another value was asked for.") + f" {reason}" if reason else ""


@form_page
def frame_top_up(request: Request, public_id: UUID) -> HttpResponseBase:
    """Draw more checks: so many, or for a width; what they bring is shown first."""
    one, is_sure, at = planned_frame(request, public_id), "sure" in request.POST, clock.now()
    barred = not_drawn(one) or (str(EndPassed()) if reads.is_past_end(one, at) else "")
    with system("planning more back-checks"):
        drawn = reads.drawn_of(Stratum.objects.filter(frame=one).defer("commitments"))
    form = TopUpForm(request.POST if request.method == "POST" else None)
    about = _about(one, _("Draw more"), barred)
    if barred:
        return act_page(
            request,
            lambda given: actions.top_up_frame(
                public_id=public_id, checks=given["checks"] or 0, by=request.actor, at=at
            ),
            button=_("Draw more"),
            form=form,
            **about,
        )
    context = about | {"frame": one, "form": form, "checks": drawn.checks}
    if request.method == "POST" and not is_sure and form.is_valid():
        checks, width = form.cleaned_data["checks"], form.cleaned_data["width"]
        more = topped_up(drawn, checks) if checks else topped_up_to(drawn, width / 100, TOLD)
        if more is not None and more.checks > drawn.checks:
            context |= {
                "grown": more.checks,
                "more": more.checks - drawn.checks,
                "widths": [share_in_percent(more.width(Expected())), share_in_percent(more.width(TOLD))],
            }
            return render(request, "verification/frame_top_up.html", context)
        form.add_error(None, str(NothingMore()))
        return render(request, "verification/frame_top_up.html", context, status=422)
    done = tried(
        request,
        form,
        lambda given: actions.top_up_frame(
            public_id=public_id, checks=given["checks"] or 0, by=request.actor, at=at
        ),
        said=_("More checks are drawn. Publish the file of later checks beside the first."),
    )
    if done:
        return redirect("verification:frame", public_id=public_id)
    return render(request, "verification/frame_top_up.html", context, status=done.status)


@form_page
def frame_close(request: Request, public_id: UUID) -> HttpResponseBase:
    """Close a frame, after saying what ends."""
    one, at = planned_frame(request, public_id), clock.now()
    barred = not_drawn(one)
    if not barred and not reads.may_close(one, at):
        barred = str(ChecksOpen(day=date_format(one.ends_on, "j F Y")))
    text: list[Text] = [
        _("Checks that are not finished count as unresolved: they make the range wider."),
        _("The estimates stay as they are then. What people answered in their own words is deleted."),
        _("The key is published. With it anybody can turn the drawn lines into the numbers of entries."),
        _("You cannot take this back."),
    ]
    return act_page(
        request,
        lambda _given: actions.close_frame(public_id=public_id, by=request.actor, at=at),
        button=_("Close this round of checks"),
        said=_("The round of checks is closed."),
        is_danger=True,
        **_about(one, _("Close this round of checks"), barred, text),
    )


@require_GET
def frame_file(request: Request, public_id: UUID) -> HttpResponseBase:
    """Send the published file: it names nobody.

    A planner of draws publishes it; it has exact counts of every district.
    """
    return frame_file_answer(planned_frame(request, public_id))


@require_GET
def frame_more(request: Request, public_id: UUID) -> HttpResponseBase:
    """Send the file of later checks, published beside the first."""
    return more_answer(planned_frame(request, public_id))


def frame_file_answer(frame: Frame) -> HttpResponseBase:
    """Send the published file as a download."""
    with system("the published file of a frame"):
        pieces = list(reads.file_of(frame))
    response = StreamingHttpResponse(iter(pieces), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{reads.name_of_file(frame)}"'
    return response


def more_answer(frame: Frame) -> HttpResponseBase:
    """Send the file of later checks as a download."""
    with system("the file of later checks"):
        response = HttpResponse(reads.more_of(frame), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{reads.name_of_more(frame)}"'
    return response
