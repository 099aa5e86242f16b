"""Taking away what was made of results: each page says what goes and what stays, and asks once."""

from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.elections import actions, queries
from abhiyan.elections.queries import planning
from abhiyan.org.here import unit_address
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from . import plans_shown, results_shown, results_stated


@form_page
def plan_withdrawal_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take a plan away with all its versions."""
    one = queries.plan_for(public_id)
    name = plans_shown.plan_name(one)
    versions = planning.plan_versions(one)
    if request.method != "POST" and not plans_shown.may_change_plan(request, one):
        raise NotYours(capability="plans.make")
    return act_page(
        request,
        lambda _given: actions.withdraw_plan(public_id=public_id, by=request.actor, at=clock.now()),
        done=reverse("elections:plans"),
        back=reverse("elections:plan", args=[public_id]),
        crumbs=plans_shown.plan_crumbs(one, (say("Withdraw"), "")),
        title=say("Withdraw this plan: %(name)s") % {"name": name},
        text=[
            say(
                "This deletes the plan, its versions (%(n)s), their seats, and what was passed down to units."
            )
            % {"n": grouped(len(versions))},
            say("Targets that a programme took from it stay. The results stay."),
        ],
        said=_("Removed."),
        here="elections",
        button=say("Withdraw this plan"),
        is_danger=True,
    )


@form_page
def alliance_withdrawal_page(request: Request, code: str, public_id: UUID) -> HttpResponseBase:
    """Take an alliance away."""
    election = queries.election(code)
    one = queries.alliance(public_id)
    if one.election_id != election.pk:
        raise NotFound(field="alliance")
    if request.method != "POST" and not results_shown.may_for(request, "plans.make", election, one.state):
        raise NotYours(capability="plans.make")
    name = results_shown.alliance_name(one)
    here = reverse("elections:alliance", args=[election.code, public_id])
    return act_page(
        request,
        lambda _given: actions.withdraw_alliance(public_id=public_id, by=request.actor, at=clock.now()),
        done=reverse("elections:alliances", args=[election.code]),
        back=here,
        crumbs=results_shown.result_crumbs(
            results_shown.election_crumb(election),
            (say("Alliances"), reverse("elections:alliances", args=[election.code])),
            (name, here),
            (say("Remove"), ""),
        ),
        title=say("Remove this alliance: %(name)s") % {"name": name},
        text=[
            say("Its parties are counted one by one again: %(parties)s.")
            % {"parties": ", ".join(one.parties)},
            say("Plans and class rules made with it must be withdrawn first."),
        ],
        said=_("Removed."),
        here="elections",
        button=say("Remove this alliance"),
        is_danger=True,
    )


@form_page
def classes_withdrawal_page(request: Request, code: str) -> HttpResponseBase:
    """Take the rules of classes of a unit away (the address names its code)."""
    election = queries.election(code)
    unit = units.unit(request.GET.get("unit", "").strip()[:64])
    rule = queries.class_rule(election, unit.pk)
    if rule is None or rule.unit_id != unit.pk:
        raise NotFound(field="unit")
    if request.method != "POST" and not results_shown.may_at(request, "plans.make", unit.pk):
        raise NotYours(capability="plans.make")
    name = name_in_language(unit.names)
    here = unit_address(reverse("elections:classes", args=[election.code]), unit.code)
    return act_page(
        request,
        lambda _given: actions.withdraw_classes(
            election=election.code, unit_id=unit.pk, by=request.actor, at=clock.now()
        ),
        done=here,
        crumbs=results_shown.result_crumbs(
            results_shown.election_crumb(election), (say("Classes"), here), (say("Remove"), "")
        ),
        title=say("Remove the class rules of %(name)s") % {"name": name},
        text=[
            say(
                "This deletes the rules, earlier ones too, and the classes they gave to segments and booths."
            ),
            say("Classes given by another unit's rules stay. Plans that used these classes stay."),
        ],
        said=_("Removed."),
        here="elections",
        button=say("Remove these rules"),
        is_danger=True,
    )


@form_page
def stated_withdrawal_page(request: Request, code: str, stated_id: int) -> HttpResponseBase:
    """Take a quoted figure away."""
    election = queries.election(code)
    stated_total = queries.stated_figure(election, stated_id)
    if request.method != "POST" and not results_shown.may_for(
        request, "results.import", election, stated_total.state
    ):
        raise NotYours(capability="results.import")
    back = results_stated.stated_place_href(election, stated_total)
    return act_page(
        request,
        lambda _given: actions.withdraw_figure(stated_id=stated_id, by=request.actor, at=clock.now()),
        done=back,
        crumbs=results_shown.result_crumbs(
            results_shown.election_crumb(election), (say("Stated by others"), back), (say("Remove"), "")
        ),
        title=say("Remove the quoted figure of %(party)s") % {"party": stated_total.party},
        text=[stated_total.source, say("The figure and its source are deleted. You can enter them again.")],
        said=_("Removed."),
        here="elections",
        button=say("Remove the figure"),
        is_danger=True,
    )
