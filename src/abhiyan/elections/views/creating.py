"""Making a plan in two steps, and changing it as a new version."""

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, lot
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import actions, queries, reference
from abhiyan.elections.actions.inputs import LARGEST
from abhiyan.elections.models import Election, Plan
from abhiyan.elections.queries import grounds, planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import AllianceUnfit, NamesMissing, NewerVersion, NoResults
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.units import queries as units

from . import plans_shown as shown
from .plans_beside import SideColumn, columns_of

MOST_PARTIES = 30
MOST_SEATS = 100_000


class PlanPlaceForm(forms.Form):
    """Step 1: whose plan, from which result, where."""

    owner = forms.ChoiceField(label=_("Which of your units plans?"))
    election = forms.ChoiceField(
        label=_("From which result?"), help_text=_("The plan starts from its votes, seat by seat.")
    )
    state = forms.ChoiceField(
        label=_("Where?"), required=False, help_text=_("A unit in a state plans for that state.")
    )

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elections = list(queries.whole_elections())
        self.has_elections = bool(elections)
        titles = queries.election_titles(elections)
        names = [
            (eci, reference.reference_state_name(eci, active_language()))
            for eci in queries.states_contested()
        ]
        offer(self, owner=owners)
        offer(self, election=[(election.code, titles[election.pk]) for election in elections])
        offer(self, state=[("", say("All states")), *sorted(names, key=lambda pair: pair[1])])


class AimsForm(forms.Form):
    """Ask what a plan is to reach and how it gets there."""

    seats_goal = WholeField(label=_("Seats to win"), required=False, min_value=0, max_value=MOST_SEATS)
    votes_goal = WholeField(label=_("Votes to win"), required=False, min_value=0, max_value=LARGEST)
    share_goal_pct = forms.FloatField(
        label=_("Share of all votes to win, in per cent"), required=False, min_value=0, max_value=100
    )
    method = forms.ChoiceField(
        label=_("How should the last result change?"),
        choices=Plan.Method.choices,
        help_text=_(
            "The same points: 40% becomes 43% and 20% becomes 23%. In proportion: 40% becomes "
            "44%, 20% becomes 22%. Hold and win: seats you won are kept, and seats to be won get just the "
            "votes they lack. By hand: only the seats you set change."
        ),
    )
    turnout_pct = forms.FloatField(
        label=_("Turnout, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Empty: as many votes as last time."),
    )
    swing = forms.FloatField(
        label=_("A swing of your own, in points (in per cent where in proportion)"),
        required=False,
        min_value=-100,
        max_value=planning.HIGHEST_SWING["proportional"],
        help_text=_("Empty: the smallest that reaches every goal."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        swing, most = cleaned.get("swing"), planning.HIGHEST_SWING.get(cleaned.get("method", ""))
        if swing is not None and most is not None and swing > most:
            self.add_error("swing", say("In points a swing is from −100 to 100."))
        return cleaned

    @property
    def aims(self) -> Aims:
        """Return what is typed. Seats to be won are named on a page of their own."""
        cleaned = self.cleaned_data
        return Aims(**{name: cleaned[name] for name in (*planning.KEPT_AIMS, "swing")})


class PlanAimsForm(AimsForm):
    """Step 2: whose votes, which goals, under which name."""

    name_hi = forms.CharField(
        label=_("Name in Hindi"), max_length=120, required=False, widget=forms.TextInput(attrs=SOMETIMES)
    )
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=SOMETIMES),
        help_text=_("To make the plan, give a name in at least one language. To look at it you need none."),
    )
    party = forms.ChoiceField(label=_("Which party?"))
    alliance = forms.ChoiceField(label=_("Alone, or with allies?"), required=False)
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)  # a double tap makes one plan
    field_order = ("party", "alliance", "seats_goal", "votes_goal", "share_goal_pct", "method", "turnout_pct",
                   "swing", "name_hi", "name_en")  # fmt: skip

    def __init__(
        self, *args: Any, parties: list[tuple[str, str]], alliances: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, party=parties)
        offer(self, alliance=[("", say("Alone")), *alliances])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = cleaned.get("name_hi", "").strip() or cleaned.get("name_en", "").strip()
        if not named and self.data.get("then") != "look":
            self.add_error("name_en", str(NamesMissing()))
        return cleaned

    @property
    def names(self) -> dict[str, str]:
        return {"hi": self.cleaned_data["name_hi"], "en": self.cleaned_data["name_en"]}

    @property
    def alliance_id(self) -> UUID | None:
        alliance_code = self.cleaned_data["alliance"]
        return UUID(alliance_code) if alliance_code else None


def owners(request: Request) -> list[tuple[str, str]]:
    """Units the viewer may plan for: code and name."""
    if not request.viewer.is_strong:
        return []
    owners_found = {
        office.unit_code: office.unit_name()
        for office in request.viewer.appointments
        if "plans.make" in office.capabilities
    }
    return list(owners_found.items())


class _Start:
    """Step 1 has settled this: owner, election, state; with the choices of step 2."""

    def __init__(self, owner: str, election: Election, state: str) -> None:
        self.unit = units.unit(owner)
        self.of = election
        self.state = grounds.state_of_unit(self.unit.pk) or state
        codes = queries.parties_of(election, state=self.state, most=MOST_PARTIES)
        names = queries.party_names(codes)
        self.parties = [
            (code, f"{code}: {name_in_language(names[code])}" if code in names else code) for code in codes
        ]
        there = queries.alliances(election, state=self.state)
        self.alliances = [
            (str(alliance.public_id), f"{name_in_language(alliance.names)} ({', '.join(alliance.parties)})")
            for alliance in there
        ]

    @property
    def address(self) -> str:
        query = {"owner": self.unit.code, "election": self.of.code, "state": self.state}
        return reverse("elections:plan_create") + "?" + urlencode(query)


def _start(request: Request, given: QueryDict) -> tuple[PlanPlaceForm, _Start | None]:
    offered = owners(request)
    if not offered:
        raise NotYours(capability="plans.make")
    if not given.get("election"):
        return PlanPlaceForm(owners=offered, initial={"owner": offered[0][0]}), None
    form = PlanPlaceForm(given, owners=offered)
    if not form.is_valid():
        return form, None
    election = queries.election(form.cleaned_data["election"])
    start = _Start(form.cleaned_data["owner"], election, form.cleaned_data["state"])
    if not start.parties:
        form.add_error("state", str(NoResults()))
        return form, None
    return form, start


@form_page
def create_plan_page(request: Request) -> HttpResponseBase:
    """Step 1 settles whose plan and from which result; step 2 goals and side, looked at before it is made."""
    where, start = _start(request, request.GET)
    if start is None:
        return render(
            request,
            "elections/plan_create.html",
            {
                "here": "elections",
                "crumbs": shown.plans_crumbs((say("New plan"), "")),
                "where": where,
                "has_elections": where.has_elections,
                "may_import": request.viewer.may("results.import"),
            },
            status=422 if where.is_bound else 200,
        )
    if request.method != "POST":
        initial = {
            "method": "uniform",
            "party": start.parties[0][0],
            "alliance": request.GET.get("alliance", ""),
            "once": lot.uuid(),
        }
        return _step_two(request, start, PlanAimsForm(initial=initial, **_choices(start)))
    form = PlanAimsForm(request.POST, **_choices(start))
    if request.POST.get("then") == "look" and form.is_valid():
        return _look(request, start, form)
    done = tried(
        request,
        form,
        lambda given: actions.make_plan(
            names=form.names,
            election=start.of.code,
            unit_id=start.unit.pk,
            state=start.state,
            party=given["party"],
            alliance=form.alliance_id,
            aims=form.aims,
            once=given["once"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("The plan is made."),
    )
    if done.value is None:
        return _step_two(request, start, form, status=done.status)
    return redirect("elections:plan", done.value.public_id)


def _choices(start: _Start) -> dict[str, Any]:
    return {"parties": start.parties, "alliances": start.alliances}


def _look(request: Request, start: _Start, form: PlanAimsForm) -> HttpResponseBase:
    """Show what the goals would need, alone and with allies; nothing is stored."""
    code, chosen = form.cleaned_data["party"], form.alliance_id
    draft = Plan(
        election=start.of,
        state=start.state,
        unit=start.unit,
        party=code,
        alliance=queries.alliance(chosen) if chosen else None,
        seed=planning.party_seed(start.of, start.state, code),
        found={"asked_swing": form.aims.swing},
        **{name: getattr(form.aims, name) for name in planning.KEPT_AIMS},
    )
    if draft.alliance is not None and code not in draft.alliance.parties:
        form.add_error("alliance", str(AllianceUnfit()))
        return _step_two(request, start, form, status=422)
    lines = queries.contest_lines(start.of, state=start.state)
    columns = columns_of(draft, {}, lines, shown.plan_seat_names(lines.contests))
    return _step_two(request, start, form, columns=columns)


def _step_two(
    request: Request,
    start: _Start,
    form: PlanAimsForm,
    *,
    columns: list[SideColumn] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    return render(
        request,
        "elections/plan_create.html",
        {
            "here": "elections",
            "crumbs": shown.plans_crumbs((say("New plan"), "")),
            "form": form,
            "columns": columns,
            "alliances_href": reverse("elections:alliances", args=[start.of.code]),
            "address": start.address,
            "owner": name_in_language(start.unit.names),
            "election_name": name_in_language(start.of.names),
            "place": reference.reference_state_name(start.state, active_language())
            if start.state
            else say("All states"),
            "sources": shown.sources_said(queries.result_files(start.of, state=start.state)),
        },
        status=status,
    )


@form_page
def change_plan_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Other goals, method or turnout: a new version. Seats set by hand or locked stay."""
    plan = queries.plan_for(public_id)
    if not shown.may_change_plan(request, plan):
        raise NotYours(capability="plans.make")
    if request.method != "POST" and not planning.is_newest(plan):
        context = shown.older(request, plan, say("Change goals"), "elections:plan_change")
        return render(request, "elections/plan_older.html", context)
    form = AimsForm(
        request.POST if request.method == "POST" else None, initial=asdict(planning.plan_aims(plan))
    )
    done = tried(
        request,
        form,
        lambda _given: actions.next_version(
            public_id=public_id,
            aims=replace(form.aims, to_win=planning.plan_aims(plan).to_win),
            by=request.actor,
            at=clock.now(),
        ),
    )
    if done.value is not None:
        say_when_done(request, say("Version %(n)s is made.") % {"n": done.value.number})
        return redirect("elections:plan", done.value.public_id)
    newest = ""
    if isinstance(done.refused, NewerVersion):
        newest = shown.newest_href(plan, "elections:plan_change")
        form.errors.clear()  # it is said above the form, with the way there
    return render(
        request,
        "elections/plan_change.html",
        {
            **shown.head(request, plan),
            "crumbs": shown.plan_crumbs(plan, (say("Change goals"), "")),
            "form": form,
            "newest": newest,
            "lead": shown.lead_of(plan),
        },
        status=done.status,
    )
