"""A plan below its seats: what each segment, mandal and booth is given, split, set by hand, locked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import actions, queries
from abhiyan.elections.actions.inputs import LARGEST
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import planning, progress, units_below
from abhiyan.elections.queries.units_below import PassedNumber, SeatNode, SeatTree
from abhiyan.elections.rules.passing_down import Facts
from abhiyan.elections.words import finding_words
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.fields import WholeField
from abhiyan.ui.lists import Column, Table
from abhiyan.ui.numbers import grouped
from abhiyan.ui.posts import post_only
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from . import plans_shown as shown

PAGE = "elections:plan_below"
BASES = {
    "electors": _("By electors"),
    "votes": _("By our votes in the last result"),
    "class": _("By electors and class: a swing unit weighs 150, a strong one 100, a weak one 60"),
    "equal": _("Alike"),
}
SAID = {
    "electors": _("by electors"),
    "votes": _("by last votes"),
    "class": _("by class"),
    "equal": _("alike"),
    "hand": _("by hand"),
    "average": _("no figures: average of its neighbours"),
}
DEPTHS = {"segment": _("To the segments"), "mandal": _("To the mandals"), "booth": _("To the booths")}


class PassForm(forms.Form):
    """How votes are passed down."""

    basis = forms.ChoiceField(label=_("How should it be split?"), choices=list(BASES.items()))
    down_to = forms.ChoiceField(label=_("How far down?"), choices=list(DEPTHS.items()))


class SeatsFilters(forms.Form):
    """Which seats to show."""

    q = forms.CharField(label=_("Seat"), required=False, max_length=60)
    passed = forms.ChoiceField(
        label=_("Passed down"),
        required=False,
        choices=[("", _("All")), ("yes", _("yes")), ("no", _("not yet"))],
    )


class SeatNumberForm(forms.Form):
    """One unit's number."""

    n = WholeField(label=_("Votes"), min_value=0, max_value=LARGEST)


@dataclass(frozen=True, slots=True)
class SeatUnitRow:
    """A unit below, as the table shows it. n, change: None where nothing is passed to it yet.

    source: file and row of its last votes; empty where they are a sum. typed, wrong: what was refused, and why.
    """

    node: SeatNode
    name: str
    facts: Facts
    passed: PassedNumber | None
    maker: str
    href: str
    source: str = ""
    typed: str | None = None
    wrong: str = ""

    @property
    def kind(self) -> str:
        return str(Kind(self.node.kind).label)

    @property
    def n(self) -> int | None:
        return self.passed.part.n if self.passed else None

    @property
    def change(self) -> int | None:
        if self.passed is None or self.passed.before is None:
            return None
        return self.passed.part.n - self.passed.before

    @property
    def said(self) -> str:
        return str(SAID.get(self.passed.part.weight_basis, "")) if self.passed else ""

    @property
    def is_above(self) -> bool:
        """Return True if it is given more votes than it has electors."""
        return self.n is not None and self.facts.electors is not None and self.n > self.facts.electors

    @property
    def is_locked(self) -> bool:
        return self.passed is not None and self.passed.part.is_locked


MOST_NAMED = 20  # seats left as they were, named on the page; how many more is said
BELOW: tuple[Column[SeatUnitRow], ...] = (
    Column("name", _("Unit"), lambda row: row.name, order=lambda row: row.name.casefold()),
    Column("code", _("Code"), lambda row: row.node.code),
    Column("kind", _("Kind"), lambda row: row.kind),
    Column("electors", _("Electors"), lambda row: row.facts.electors, order=True),
    Column("last", _("Votes last time"), lambda row: row.facts.votes, order=True),
    Column("source", _("File and row"), lambda row: row.source),
    Column("n", _("Votes"), lambda row: row.n, order=True),
    Column("change", _("Difference"), lambda row: row.change, order=True),
    Column("set", _("Set"), lambda row: row.said),
    Column("locked", _("Locked"), lambda row: row.is_locked),
)


@require_safe
def plan_below_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """The units directly below one, or the plan's seats."""
    return _page(request, queries.plan_for(public_id), request.GET.get("unit", ""))


def _page(
    request: Request,
    plan: Plan,
    code: str,
    *,
    form: PassForm | None = None,
    problem: str = "",
    typed: tuple[int, str] = (0, ""),
    status: int = 200,
) -> HttpResponseBase:
    """Draw the page of a unit. typed: the unit's id and its text, shown again in its field with the problem beside
    it."""
    context = shown.head(request, plan) | {"problem": problem}
    if not code:
        return _seats(request, plan, context, status, form)
    here, seat, tree = _where(plan, code)
    total = queries.votes_of(plan, here.pk)
    below_here = tree.children.get(here.pk, [])
    passed = units_below.passed_to(plan, below_here)
    makers = people.names_of_accounts(
        [passed_number.part.set_by for passed_number in passed.values() if passed_number.part.set_by]
    )
    facts = units_below.tree_facts(tree, plan) if below_here else {}
    sources = shown.parts_stand_on(plan, seat, below_here)
    seat_unit_rows = [
        SeatUnitRow(
            node=tree.nodes[unit_id],
            name=name_in_language(tree.nodes[unit_id].names),
            facts=facts[unit_id],
            passed=passed.get(unit_id),
            maker=makers.get(passed[unit_id].part.set_by or 0, "") if unit_id in passed else "",
            href=_href(plan, tree.nodes[unit_id].code) if tree.children.get(unit_id) else "",
            source=sources.get(unit_id, ""),
            typed=typed[1] if typed[0] == unit_id else None,
            wrong=problem if typed[0] == unit_id else "",
        )
        for unit_id in below_here
    ]
    table = Table(request, BELOW, seat_unit_rows, name="below", caption=_("Units below"), sort="name")
    if table.file_kind:
        return table.file()
    n_given = sum(row.n or 0 for row in seat_unit_rows)
    used = [passed_number.part.weight_basis for passed_number in passed.values()]
    return render(
        request,
        "elections/plan_below.html",
        context
        | {
            "crumbs": shown.plan_crumbs(plan, (say("Split to booths"), "")),
            "unit": here,
            "unit_name": name_in_language(here.names),
            "path": _path(plan, tree, here.pk, seat),
            "total": total,
            "given": n_given,
            "difference": None if total is None or not passed else n_given - total,
            "form": form or PassForm(initial={"basis": _basis(used), "down_to": "booth"}),
            "rows": table.leaf.rows,
            "leaf": table.leaf,
            "sorting": table.sorting,
            "has_parts": bool(passed),
            "spread": tree.spread,
        },
        status=status,
    )


def _basis(used: Iterable[str]) -> str:
    """Return the basis of a unit's parts; electors where nothing says."""
    return next((basis for basis in used if basis in units_below.BASES), "electors")


def _where(plan: Plan, code: str) -> tuple[Any, int, SeatTree]:
    """Return the unit a page is about, the seat it is or lies below, and everything below that."""
    here = units.unit(code)
    seat = or_refuse(units_below.seat_above(plan, here.pk), NotFound(field="unit"))
    tree = units_below.tree_of(seat)
    if here.pk != seat and here.pk not in tree.nodes:
        raise NotFound(field="unit")
    return here, seat, tree


def _path(plan: Plan, tree: SeatTree, unit_id: int, seat: int) -> list[tuple[str, str]]:
    links = []
    above: int | None = unit_id
    while above is not None and above != seat:
        node = tree.nodes[above]
        links.append((name_in_language(node.names), _href(plan, node.code)))
        above = node.parent_id
    top = units.unit_by_id(seat)
    links.append((name_in_language(top.names), _href(plan, top.code)))
    links.append((shown.plan_name(plan), reverse(PAGE, args=[plan.public_id])))
    return links[::-1]


def _href(plan: Plan, code: str) -> str:
    return unit_address(reverse(PAGE, args=[plan.public_id]), code)


Seat = tuple[shown.PlanSeatLine, str, bool]  # of the plan; its unit's code; whether its votes are passed down
SEATS: tuple[Column[Seat], ...] = (
    Column("name", _("Seat"), lambda seat: seat[0].name, order=lambda seat: seat[0].name.casefold()),
    Column("code", _("Code"), lambda seat: seat[1]),
    Column("votes", _("Votes planned"), lambda seat: seat[0].seat.votes, order=True),
    Column("passed", _("Passed down"), lambda seat: seat[2]),
)


def _seats(
    request: Request, plan: Plan, context: dict[str, Any], status: int, form: PassForm | None
) -> HttpResponseBase:
    """The plan's seats: which have a unit here, and whether their votes are passed down."""
    lines = shown.plan_seat_lines(plan)
    codes = units_below.codes_of_seats(plan)
    parents = units_below.passed_below(plan, codes)
    filters = SeatsFilters(request.GET)
    wanted = filters.cleaned_data["passed"] if filters.is_valid() else ""
    linked = [
        (line, codes.get(line.seat.unit_id, ""), line.seat.unit_id in parents)
        for line in shown.seats_by_name(lines, request.GET)
        if line.seat.unit_id
    ]
    seat_lines = [line for line in linked if not wanted or line[2] == (wanted == "yes")]
    caption = _("Seats of the plan")
    table = Table(request, SEATS, seat_lines, name="seats-below", caption=caption, sort="name")
    if table.file_kind:
        return table.file()
    return render(
        request,
        "elections/plan_below.html",
        context
        | {
            "crumbs": shown.plan_crumbs(plan, (say("Split to booths"), "")),
            "unit": None,
            "form": form or PassForm(initial={"basis": "electors", "down_to": "booth"}),
            **_passing(plan),
            "filters": filters,
            "is_narrowed": bool(wanted or request.GET.get("q")),
            "sorting": table.sorting,
            "leaf": table.leaf,
            "seats": table.leaf.rows,
            "without_unit": len(lines) - sum(bool(line.seat.unit_id) for line in lines),
        },
        status=status,
    )


def _passing(plan: Plan) -> dict[str, Any]:
    """Return how far passing every seat down is, and the seats it left as they were."""
    last = progress.passing_of(plan)
    if last is None:
        return {"last": None, "left": [], "more_left": 0, "is_under_way": False}
    now = clock.now()
    shown_left = last.left[:MOST_NAMED]
    names = units.names_of_units(
        {unit_id for left in shown_left for unit_id in (left.unit_id, left.where)}, language=active_language()
    )
    return {
        "last": last,
        "left": [(names.get(left.unit_id, ""), names.get(left.where, ""), left) for left in shown_left],
        "more_left": len(last.left[MOST_NAMED:]),
        "is_under_way": last.is_under_way(now),
        "is_broken_off": last.is_broken_off(now),
    }


def _back(request: Request, plan: Plan, code: str) -> HttpResponseBase:
    """To the page the form stood on: the same unit, order and page."""
    query = request.GET.copy()
    query["unit"] = code
    query.pop("format", None)
    return redirect(reverse(PAGE, args=[plan.public_id]) + "?" + query.urlencode())


@post_only(PAGE)
def pass_down(request: Request, public_id: UUID) -> HttpResponseBase:
    """Pass a unit's votes down."""
    plan = queries.plan_for(public_id)
    code = request.POST.get("unit", "")
    here, seat, _tree = _where(plan, code)
    form = PassForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, code, form=form, status=422)
    try:
        changes = actions.cascade_plan(
            public_id=public_id, unit_id=here.pk, by=request.actor, at=clock.now(), **form.cleaned_data
        )
    except Refused as refused:
        return _page(request, plan, code, form=form, problem=str(refused), status=refused.status)
    say_when_done(request, _went(plan, here.pk, form.cleaned_data["basis"], len(changes)))
    if (above := _above(plan, seat, name_in_language(units.unit_by_id(seat).names))) is not None:
        messages.warning(request, above)
    return _back(request, plan, code)


def _went(plan: Plan, unit_id: int, asked: str, changed: int) -> str:
    """Return what passing down did: how many numbers changed, and why none did or others used another basis."""
    parts = queries.plan_parts(plan, parent_id=unit_id)
    free = [part.weight_basis for part in parts if not part.is_locked]
    used = next((basis for basis in free if basis in units_below.BASES), asked)
    sentences = [say("Numbers changed: %(n)s") % {"n": grouped(changed)}]
    if not changed and not free:
        sentences.append(
            say("All units directly below are locked, so nothing is left to split. Unlock some first.")
        )
    elif not changed:
        sentences.append(say("Nothing to change: the units below already have these votes."))
    if free and used != asked:
        words = {"asked": SAID[asked], "used": SAID[used]}
        sentences.append(
            say("The units directly below have no figures to split %(asked)s, so we split %(used)s.") % words
        )
    return " ".join(sentences)


def _above(plan: Plan, seat: int, name: str) -> str | None:
    """Return the plan's sentence that units below a seat are given more votes than they have electors."""
    kept = queries.plan_for(plan.public_id)
    contests = {plan_seat.contest_id for plan_seat in queries.plan_seats(kept) if plan_seat.unit_id == seat}
    return next(
        (
            finding_words(plan_finding, dict.fromkeys(contests, name))
            for plan_finding in planning.findings(kept, "contradictions")
            if plan_finding.code == "part_above_electors" and plan_finding.key in contests
        ),
        None,
    )


@post_only(PAGE)
def pass_all(request: Request, public_id: UUID) -> HttpResponseBase:
    """Pass every seat's votes down."""
    plan = queries.plan_for(public_id)
    form = PassForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, "", form=form, status=422)
    try:
        done = actions.cascade_seats(
            public_id=public_id, by=request.actor, at=clock.now(), **form.cleaned_data
        )
    except Refused as refused:
        return _page(request, plan, "", form=form, problem=str(refused), status=refused.status)
    if done.ended_at is not None:
        facts = {"seats": grouped(done.passed), "n": grouped(done.changed)}
        say_when_done(request, say("Seats passed down: %(seats)s. Numbers changed: %(n)s") % facts)
    query = request.GET.copy()
    query.pop("format", None)
    return redirect(reverse(PAGE, args=[public_id]) + (f"?{query.urlencode()}" if query else ""))


def _part_of(request: Request, public_id: UUID) -> tuple[Plan, Any, SeatTree, Any]:
    """The plan, the unit below a seat that a form is about, the seat's tree, and the unit above."""
    plan = queries.plan_for(public_id)
    about, _seat, tree = _where(plan, request.POST.get("about", ""))
    return plan, about, tree, units.unit_by_id(or_refuse(tree.parent(about.pk), NotFound(field="unit")))


@post_only(PAGE)
def set_part(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a unit its number by hand and lock it; its sisters share the rest as before."""
    plan, about, tree, parent = _part_of(request, public_id)
    form = SeatNumberForm(request.POST)
    typed = (about.pk, request.POST.get("n", "")[:14])
    if not form.is_valid():
        problem = f"{name_in_language(about.names)}: {' '.join(map(str, form.errors['n']))}"
        return _page(request, plan, parent.code, problem=problem, typed=typed, status=422)
    used = [part.weight_basis for part in queries.plan_parts(plan, parent_id=parent.pk)]
    try:
        changes = actions.cascade_plan(
            public_id=public_id,
            unit_id=parent.pk,
            basis=_basis(used),
            down_to=about.kind if about.kind in units_below.DEPTHS else "segment",
            by_hand={about.pk: form.cleaned_data["n"]},
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, plan, parent.code, problem=str(refused), typed=typed, status=refused.status)
    say_when_done(request, say("Set and locked. Numbers changed: %(n)s") % {"n": grouped(len(changes))})
    n, electors = form.cleaned_data["n"], units_below.tree_facts(tree, plan)[about.pk].electors
    if electors is not None and n > electors:
        facts = {"where": name_in_language(about.names), "n": grouped(n), "electors": grouped(electors)}
        messages.warning(
            request, say("%(where)s: %(n)s votes are more than its %(electors)s electors.") % facts
        )
    return _back(request, plan, parent.code)


@post_only(PAGE)
def lock_part_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Lock a unit's number, or let it go."""
    plan, about, _tree, parent = _part_of(request, public_id)
    try:
        actions.lock_part(
            public_id=public_id,
            unit_id=about.pk,
            locked=request.POST.get("locked") == "on",
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, plan, parent.code, problem=str(refused), status=refused.status)
    say_when_done(request, say("Saved."))
    return _back(request, plan, parent.code)
