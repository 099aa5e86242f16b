"""Taking away what was made of results: each page says what goes and what stays, and asks once more."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.elections import actions, queries
from abhiyan.elections.queries import planning
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from . import plans_shown, results_shown


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take a plan away with all its versions."""
    one = queries.plan_for(public_id)
    name = plans_shown.plan_name(one)
    versions = planning.versions_of(one)
    if request.method != "POST" and not plans_shown.may_make(request, one):
        raise NotYours(capability="plans.make")
    return _asked(
        request,
        lambda: actions.withdraw_plan(public_id=public_id, by=request.actor, at=clock.now()),
        done=reverse("elections:plans"),
        back=reverse("elections:plan", args=[public_id]),
        crumbs=plans_shown.plan_crumbs(one, (say("Withdraw"), "")),
        what=say("Withdraw the plan: %(name)s") % {"name": name},
        text=say("All of it goes: its versions (%(n)s), their seats, and what was passed down below them.")
        % {"n": grouped(len(versions))},
        stays=say("Targets that a programme took from it are copies and stay. The results stay too."),
        act=say("Withdraw this plan"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def alliance(request: Request, code: str, public_id: UUID) -> HttpResponseBase:
    """Take an alliance away."""
    of = queries.election(code)
    one = queries.alliance(public_id)
    if one.election_id != of.pk:
        raise NotFound(field="alliance")
    if request.method != "POST" and not results_shown.may_for(request, "plans.make", of, one.state):
        raise NotYours(capability="plans.make")
    name = results_shown.alliance_name(one)
    here = reverse("elections:alliance", args=[of.code, public_id])
    return _asked(
        request,
        lambda: actions.withdraw_alliance(public_id=public_id, by=request.actor, at=clock.now()),
        done=reverse("elections:alliances", args=[of.code]),
        back=here,
        crumbs=results_shown.crumbs(
            results_shown.election_crumb(of),
            (say("Alliances"), reverse("elections:alliances", args=[of.code])),
            (name, here),
            (say("Remove"), ""),
        ),
        what=say("Take the alliance away: %(name)s") % {"name": name},
        text=say("Its parties stand for themselves again: %(parties)s.")
        % {"parties": ", ".join(one.parties)},
        stays=say("Plans and rules of classes that are made with it have to go first."),
        act=say("Take this alliance away"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def classes(request: Request, code: str) -> HttpResponseBase:
    """Take the rules of classes of a unit away (`?unit=` its code)."""
    of = queries.election(code)
    unit = units.unit(request.GET.get("unit", "").strip()[:64])
    rule = queries.class_rule(of, unit.pk)
    if rule is None or rule.unit_id != unit.pk:
        raise NotFound(field="unit")
    if request.method != "POST" and not results_shown.may_at(request, "plans.make", unit.pk):
        raise NotYours(capability="plans.make")
    name = queries.name_in(unit.names)
    here = reverse("elections:classes", args=[of.code]) + f"?unit={unit.code}"
    return _asked(
        request,
        lambda: actions.withdraw_classes(election=of.code, unit_id=unit.pk, by=request.actor, at=clock.now()),
        done=here,
        back=here,
        crumbs=results_shown.crumbs(
            results_shown.election_crumb(of), (say("Classes"), here), (say("Remove"), "")
        ),
        what=say("Take the rules of classes away: %(name)s") % {"name": name},
        text=say("The rules go, those of before too, and the classes they gave to segments and booths."),
        stays=say("Classes given by the rules of another unit stay, and so do plans that went by classes."),
        act=say("Take these rules away"),
    )


def _asked(
    request: Request,
    withdraw: Callable[[], object],
    *,
    done: str,
    back: str,
    crumbs: Sequence[tuple[str, str]],
    what: str,
    text: str,
    stays: str,
    act: str,
) -> HttpResponseBase:
    """The page that asks, and on a yes the act; a refusal stands above the question."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            withdraw()
        except (NotYours, NotFound):
            raise
        except Refused as refused:
            problem, status = str(refused), refused.status
        else:
            messages.success(request, _("Removed."))
            return redirect(done)
    return render(
        request,
        "elections/withdraw.html",
        {
            "here": "elections",
            "crumbs": crumbs,
            "what": what,
            "text": text,
            "stays": stays,
            "act": act,
            "action": request.get_full_path(),
            "back": back,
            "problem": problem,
        },
        status=status,
    )
