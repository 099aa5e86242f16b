"""Versions of targets: the list, one of them with its differences, going back; and changes that a job does."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import Refused, said_again
from abhiyan.core.words import name_in_language
from abhiyan.org.here import Here
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetChange, TargetVersion
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.posts import post_only

from .targets import answer_targets_taken, differences_table, may_set_of

VERSIONS: tuple[Column[queries.Version], ...] = (
    Column("when", _("When"), lambda row: row.made_at, is_name=True),
    Column("who", _("Who"), lambda row: row.made_by, names_people=True, account=lambda row: row.made_by_id),
    Column("act", _("What was done"), lambda row: row.act_name),
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit_names)),
    Column("basis", _("Basis"), lambda row: row.basis_name, only_in_file=True),
    Column("n", _("Targets changed"), lambda row: row.n, css="num"),
)


@page_with_list
def target_versions_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the changes of targets at, below and above a unit: who, when, from what."""
    programme = programmes.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    measure = shown.measure_chosen(request, programme)
    versions_shown = queries.versions_of_targets(programme, unit_id=here.unit.id, measure=measure.number)
    caption = _("Who changed what, newest first")
    table = Table(request, VERSIONS, versions_shown, name="versions", caption=caption, unit_id=here.unit.id)
    context = _frame(programme, here, measure.number, (say("Versions"), "")) | measure.about
    return list_response(request, "targets/version_list.html", table, context)


@page_with_list
def target_version_page(request: Request, public_id: UUID, version: UUID) -> HttpResponseBase:
    """Show one change of targets, unit by unit; with `to`, what going back there would change now."""
    programme = programmes.programme_for(request.viewer, public_id)
    return _version(request, programme, queries.version_in_sight(programme, version))


def _version(
    request: Request, programme: Programme, chosen: queries.Version, *, problem: str = "", status: int = 200
) -> HttpResponseBase:
    here = shown.unit_of_page(request, programme)
    unit, to = here.unit, request.GET.get("to", "")
    may_go_back = programme.state != Programme.State.CLOSED and shown.viewer_may(
        request, "programmes.targets", unit.id
    )
    takes_own = may_go_back and _takes_own(request, programme, here)
    back: queries.Changes | None = None
    if to in ("after", "before") and may_go_back:
        back = queries.planned_return(
            programme=programme,
            measure=chosen.measure,
            unit_id=unit.id,
            own=takes_own,
            upto=chosen.id - (to == "before"),
            on=clock.day_in(programme.zone, clock.now()),
        )
    rows: Any = back.differences if back else queries.version_differences(programme, chosen)
    table = differences_table(request, rows)
    context = {
        **_frame(
            programme,
            here,
            chosen.measure,
            (
                say("Versions"),
                shown.programme_address(programme, "targets:versions", unit.code, measure=chosen.measure),
            ),
            (chosen.act_name, ""),
        ),
        "version": chosen,
        "measure_name": _named_measure(programme, chosen.measure),
        "version_unit": name_in_language(chosen.unit_names),
        "to": to if back else "",
        "back": back,
        "may_go_back": may_go_back,
        "takes_own": takes_own,
        "href_after": shown.programme_address(
            programme, "targets:version", unit.code, chosen.public_id, to="after"
        ),
        "href_before": shown.programme_address(
            programme, "targets:version", unit.code, chosen.public_id, to="before"
        ),
        "problem": problem,
    }
    return list_response(request, "targets/version.html", table, context, status=status)


@post_only("targets:version")
def go_back_page(request: Request, public_id: UUID, version: UUID) -> HttpResponseBase:
    """Give the targets below a unit the values they had after a version, or before it."""
    programme = programmes.programme_for(request.viewer, public_id)
    chosen = queries.version_in_sight(programme, version)
    here = shown.unit_of_page(request, programme, is_asked=True)
    try:
        changed = actions.change_targets(
            act=TargetVersion.Act.BACK,
            programme_id=programme.pk,
            measure=chosen.measure,
            unit_id=here.unit.id,
            given={
                "version": str(version),
                "before": request.GET.get("to") == "before",
                "own": _takes_own(request, programme, here),
                "expected": request.POST.get("expected", ""),  # without a look nothing is taken
            },
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _version(request, programme, chosen, problem=str(refused), status=refused.status)
    return answer_targets_taken(request, programme, here.unit.code, chosen.measure, changed)


def _takes_own(request: Request, programme: Programme, here: Here) -> bool:
    """Return True if going back takes the unit's own target along: where the viewer may set it; else the level
    above does."""
    on = clock.day_in(programme.zone, clock.now())
    return here.unit.id in may_set_of(request, programme, [here.unit.id], on=on)


def _named_measure(programme: Programme, number: int) -> str:
    """Return the measure a version is of; empty where the programme has no other."""
    measures = programmes.measures([programme])[programme.pk]
    return next(
        (
            name_in_language(measure.names)
            for measure in measures
            if measure.number == number and len(measures) > 1
        ),
        "",
    )


def _frame(programme: Programme, here: Here, measure: int, *more: tuple[str, str]) -> dict[str, Any]:
    targets = (
        say("Targets"),
        shown.programme_address(programme, "targets:targets", here.unit.code, measure=measure),
    )
    return shown.programme_frame(programme, targets, *more) | {"unit": here.unit, "unit_name": here.name}


@require_GET
def target_change(request: Request, public_id: UUID, change: UUID) -> HttpResponseBase:
    """Show a change of targets that a job does: how far it is, then how many changed or what refused it."""
    one = programmes.programme_for(request.viewer, public_id)
    chosen = queries.target_change_for(one, change)
    code, name = chosen.unit.code, name_in_language(chosen.unit.names)
    here = shown.programme_address(one, "targets:targets", code, measure=chosen.measure)
    return render(
        request,
        "targets/target_change.html",
        {
            **shown.programme_frame(one, (say("Targets"), here), (chosen.get_act_display(), "")),
            "unit_name": name,
            "change": chosen,
            "step": _change_step(chosen),
            "refused": said_again(chosen.refused) if chosen.refused else "",
            "href_targets": here,
        },
    )


@require_GET
def target_change_progress(request: Request, public_id: UUID, change: UUID) -> HttpResponseBase:
    """Show how far a change is, and load its page again when it is over."""
    one = programmes.programme_for(request.viewer, public_id)
    chosen = queries.target_change_for(one, change)
    if chosen.ended_at is not None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(
        request,
        "targets/_target_change.html",
        {"programme": one, "change": chosen, "step": _change_step(chosen)},
    )


def _change_step(chosen: TargetChange) -> str:
    """Return what a change that is not over does now."""
    return say("Waiting for its turn.") if chosen.begun_at is None else say("The targets are being written.")
