"""Targets of a programme at a unit: its own, its children's, the gap between; setting, splitting, locking.

A split is looked at before it is done: `preview` shows every difference, and what is taken is exactly that.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org.here import Here
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities, pace, windows
from abhiyan.programmes.rules.places import PLACE_RULES
from abhiyan.targets import actions, queries
from abhiyan.targets.models import Target, TargetChange, TargetVersion
from abhiyan.ui import numbers, tables
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.fields import WholeField
from abhiyan.ui.lists import Column, Table, file_asked
from abhiyan.ui.posts import post_only
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from .expecting import EXPECTED_COLUMNS, expected_here, expected_in
from .splitting import SplitForm, before_now, show_refusal

MOST_NAMED = 20  # units that do not sum, and locked targets, named on a page; how many more is said.
MOST_BOOTHS = 200_000  # whose electors a page sums: every booth of the largest state, in about 0.3 s.
TOO_LOW = 150  # per cent of a target: a unit that counted more had too low a target.
EARLIER = 10  # targets a unit had before, shown beside the one in force
TARGETS: tuple[Column[tuple[programmes.Child, Target | None, programmes.UnitExpectation | None]], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row[0].names)),
    Column("code", _("Code"), lambda row: row[0].code),
    Column("electors", _("Electors"), lambda row: row[0].electors),
    Column("counted", _("Counted"), lambda row: row[0].ladder.counted),
    Column(
        "of_electors",
        _("Target, % of electors"),
        lambda row: None if _is_by_places(row[1]) else _of_electors(row[0]),
    ),
    Column("target", _("Target"), lambda row: row[0].target),
    Column("locked", _("locked"), lambda row: row[1] is not None and row[1].is_locked),
    *EXPECTED_COLUMNS,
)
MISFITS: tuple[Column[queries.Misfit], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names)),
    Column("code", _("Code"), lambda row: row.code),
    Column("target", _("Target"), lambda row: row.n),
    Column("below", _("Sum of the targets below"), lambda row: row.below),
    Column("change", _("Difference"), lambda row: row.gap),
    Column("without", _("Units below without a target"), lambda row: row.without),
)
DIFFERENCES: tuple[Column[queries.TargetDifference], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("code", _("Code"), lambda row: row.code, only_in_file=True),
    Column("kind", _("Kind"), lambda row: Kind(row.kind).label),
    Column("before", _("Before"), lambda row: row.before, css="num"),
    Column("after", _("After"), lambda row: row.after, css="num"),
    Column("change", _("Difference"), lambda row: row.change, css="num"),
    Column("locked", pgettext_lazy("of a column", "Locked"), lambda row: row.is_locked),
)


class TargetNumberForm(forms.Form):
    """One target."""

    n = WholeField(label=_("Target"), min_value=0, max_value=2_000_000_000)


class Find(forms.Form):
    """A filter of the units below."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)


@require_GET
def unit_targets_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the targets of a unit and of those directly below."""
    return targets_page(request, programmes.programme_for(request.viewer, public_id))


def targets_page(
    request: Request,
    one: Programme,
    *,
    number: TargetNumberForm | None = None,
    about: int = 0,
    split: SplitForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponseBase:
    at = clock.now()
    page, measure = _where(request, one)
    here = page.unit
    is_file = bool(file_asked(request))
    sorting = tables.sorting(
        request.GET, {key: key for key in ("name", "code", "electors", "target")}, default="name"
    )
    find = Find(request.GET)
    sums_electors = (here.leaves or 0) <= MOST_BOOTHS
    below = programmes.children_ladders(
        node=here.id,
        hierarchy=one.hierarchy,
        programme=one,
        measure=measure.number,
        at=at,
        sort=("-" if sorting.descending else "") + sorting.key,
        matching=find.cleaned_data["q"] if find.is_valid() else "",
        language=active_language(),
        page=1 if is_file else shown.page_asked(request),
        per=tables.DEEPEST_ROW if is_file else tables.PER_PAGE,
        sums_electors=sums_electors,
    )
    on_page = [here.id, *(child.unit_id for child in below.rows)]
    known = queries.targets(programme=one, units=on_page, measure=measure.number)
    expected = expected_in(one, measure.number, on_page)
    if is_file:
        rows = [(child, known.get(child.unit_id), expected.get(child.unit_id)) for child in below.rows]
        return Table(request, TARGETS, rows, name="targets", caption=_("Targets")).file()
    on = clock.day_in(one.zone, at)
    days = windows.days_left(one.opens_on, one.closes_on, on)
    is_over = one.state == Programme.State.CLOSED
    may_set = set() if is_over else may_set_of(request, one, on_page, on=on)
    is_by_place = activities.activity_of(one.kind).is_by_place
    locked = queries.locked_below(programme=one, node=here.id, measure=measure.number)
    return render(
        request,
        "targets/target_list.html",
        {
            **shown.programme_frame(one, (say("Targets"), "")),
            **_own(one, here, measure, known.get(here.id), days, at=at),
            **_adding_up(one, here, measure, on=on),
            "unit": here,
            "unit_name": page.name,
            **measure.about,
            "path": page.crumbs(seen_by=request.viewer),
            "own_form": number
            if number is not None and about == here.id
            else TargetNumberForm(
                initial={"n": known[here.id].n if here.id in known else None}, auto_id="own_%s"
            ),
            "split_form": split
            or SplitForm(
                hierarchy=one.hierarchy,
                kind=here.kind,
                auto_id="split_%s",
                initial=before_now(one, here.id, measure.number),
            ),
            **expected_here(one, measure.number, here.id, expected.get(here.id)),
            "may_split": not is_over and shown.viewer_may(request, "programmes.targets", here.id),
            "may_set_own": here.id in may_set,
            "may_take_over": not is_over and shown.viewer_may(request, "programmes.targets", one.owner_id),
            "problem": problem,
            "under_way": [
                (
                    shown.programme_address(one, "targets:target_change", "", each.public_id),
                    each.get_act_display(),
                )
                for each in queries.changes_under_way(one)
            ],
            "sums_electors": sums_electors,
            "most_booths": MOST_BOOTHS,
            "sorting": sorting,
            "find": find,
            "leaf": below,
            "spread": _spread([row for row in below.rows if not _is_by_places(known.get(row.unit_id))]),
            "places": programmes.count_places(one, [here.id], on=on).get(here.id, 0) if is_by_place else None,
            "places_are": PLACE_RULES[one.places].name,
            "children": [
                _row(child, known.get(child.unit_id), days)
                | {
                    "href": page.href(unit=child.code, measure=measure.number),
                    "locked_below": locked.get(child.unit_id, 0),
                    "may_set": child.unit_id in may_set,
                    "expected": expected.get(child.unit_id),
                }
                | ({"value": number["n"].value()} if number is not None and about == child.unit_id else {})
                for child in below.rows
            ],
        },
        status=status,
    )


def _own(
    one: Programme,
    here: units.UnitRow,
    measure: shown.ChosenMeasure,
    own: Target | None,
    days: int,
    *,
    at: datetime,
) -> dict[str, Any]:
    """Return the unit's own target: how far it is, what is needed a day, and what it was before."""
    counted = programmes.unit_ladder(
        node=here.id, hierarchy=one.hierarchy, programme=one, measure=measure.number, at=at
    )
    return {
        "own": own,
        "own_basis": queries.basis_in_words(own.basis) if own else "",
        "counted": counted,
        "days_left": days,
        "too_low": _too_low(own.n if own else None, counted.counted),
        "per_day": pace.needed_per_day(own.n, counted.counted or 0, days) if own else None,
        "earlier": _earlier(one, here, measure.number),
    }


def _too_low(target: int | None, counted: int | None) -> int | None:
    """Return the per cent of a target that is counted, where it is more than TOO_LOW."""
    if not target or not counted or counted * 100 <= target * TOO_LOW:
        return None
    return round(100 * counted / target)


def _of_electors(child: programmes.Child) -> float | None:
    """Return a target in per cent of the electors, with a second digit below 0.1: few are not nobody."""
    if not child.target or not child.electors:
        return None
    pct = 100 * child.target / child.electors
    return round(pct, 1) or round(pct, 2)


def _is_by_places(target: Target | None) -> bool:
    return target is not None and target.basis == "places"


def _spread(rows: Sequence[programmes.Child]) -> list[tuple[str, float]]:
    """Return the units of a page with the lowest and the highest target by electors. Empty where they are alike."""
    shares = ((_of_electors(row), name_in_language(row.names)) for row in rows)
    known = sorted((pct, name) for pct, name in shares if pct is not None)
    return (
        [(name, pct) for pct, name in (known[0], known[-1])] if known and known[0][0] != known[-1][0] else []
    )


def _adding_up(
    one: Programme, here: units.UnitRow, measure: shown.ChosenMeasure, *, on: date
) -> dict[str, Any]:
    """Say whether targets below sum to those above them, and list the first that do not."""
    of: dict[str, Any] = {"programme": one, "node": here.id, "measure": measure.number}
    n = programmes.count_misfits(**of)
    found = queries.misfits_below(**of, on=on, most=MOST_NAMED) if n else []
    return {
        "misfits": [(name_in_language(each.names), each) for each in found],
        "more_misfits": n - len(found),
        "off": shown.off(one, here, measure.number, n),
        "gap": programmes.gap(**of, on=on),
    }


def _row(child: programmes.Child, target: Target | None, days: int) -> dict[str, Any]:
    """Return a unit of the list, with its target as it stands."""
    return {
        "child": child,
        "name": name_in_language(child.names),
        "target": target,
        "basis": queries.basis_in_words(target.basis) if target else "",
        # A number of places is compared with places, never with electors.
        "of_electors": None if _is_by_places(target) else _of_electors(child),
        "too_low": _too_low(child.target, child.ladder.counted),
        "kind": Kind(child.kind).label,
        "per_day": None
        if child.target is None
        else pace.needed_per_day(child.target, child.ladder.counted or 0, days),
        "value": numbers.grouped(target.n) if target else "",
    }


@require_GET
def misfits(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show every unit at all levels below whose target is not what those right below it sum to."""
    one = programmes.programme_for(request.viewer, public_id)
    here, measure = _where(request, one)
    on = clock.day_in(one.zone, clock.now())
    n = programmes.count_misfits(programme=one, node=here.unit.id, measure=measure.number)
    about: dict[str, Any] = {"programme": one, "node": here.unit.id, "on": on, "measure": measure.number}
    if file_asked(request):
        found = queries.misfits_below(**about, most=programmes.MOST_MISFITS)
        return Table(request, MISFITS, found, name="targets-off", caption=_("Do not add up")).file()
    listed = min(n, programmes.MOST_MISFITS)
    pages = max(1, -(-listed // tables.PER_PAGE))
    number = min(shown.page_asked(request), pages)
    first = (number - 1) * tables.PER_PAGE
    rows = queries.misfits_below(**about, first=first, most=tables.PER_PAGE) if n else []
    listed_at = partial(shown.programme_address, one, "targets:targets", measure=measure.number)
    crumbs = ((say("Targets"), listed_at(here.unit.code)), (say("Do not add up"), ""))
    return render(
        request,
        "targets/misfit_list.html",
        {
            **shown.programme_frame(one, *crumbs),
            **measure.about,
            "unit_name": here.name,
            "rows": [(name_in_language(each.names), each, listed_at(each.code)) for each in rows],
            "is_more": n > listed,
            "most": programmes.MOST_MISFITS,
            "leaf": tables.Leaf(
                rows=rows,
                first=first + 1 if rows else 0,
                last=first + len(rows),
                total=listed,
                more=number < pages,
                number=number,
                pages=pages,
                is_first=number == 1,
            ),
        },
    )


def _earlier(one: Programme, here: units.UnitRow, measure: int) -> list[tuple[Target, str]]:
    """Return the targets a unit had before, each with the address of a look at going back to when it stood."""
    found = queries.target_versions(programme=one, unit_id=here.id, measure=measure, newest=EARLIER + 1)
    go_back_page = partial(shown.programme_address, one, "targets:version", here.code, to="before")
    return [
        (before, go_back_page(ended_by) if ended_by else "")
        for before, ended_by in found
        if before.replaced_at is not None
    ]


def may_set_of(request: Request, one: Programme, unit_ids: list[int], *, on: date) -> set[int]:
    """Return the units among some whose target the viewer may set and lock. The act asks the same again."""
    sources = queries.set_from(one, unit_ids, on=on)
    may_set = partial(shown.viewer_may, request, "programmes.targets")
    allowed = {unit for unit in set(sources.values()) if may_set(unit)}
    return {unit_id for unit_id, source in sources.items() if source in allowed}


def _where(request: Request, one: Programme) -> tuple[Here, shown.ChosenMeasure]:
    """Return the unit and the measure a page is about."""
    return shown.unit_of_page(request, one), shown.measure_chosen(request, one)


def back_to_targets(request: Request, one: Programme) -> HttpResponseBase:
    kept = request.GET.urlencode()
    return redirect(shown.programme_address(one, "targets:targets") + (f"?{kept}" if kept else ""))


def target_about(request: Request, one: Programme) -> tuple[units.UnitRow, int]:
    """Return the unit and the measure a target is of."""
    measure = shown.measure_chosen(request, one)
    # an act is not done to some unit of one's own because its form came without one
    return shown.unit_named(request.viewer, one, request.POST.get("about", "")), measure.number


@post_only("targets:targets")
def set_target_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a unit a new target; or, of a unit below, first look at what locking it there would change."""
    one = programmes.programme_for(request.viewer, public_id)
    about, measure = target_about(request, one)
    form = TargetNumberForm(request.POST, auto_id="own_%s")
    if not form.is_valid():
        problem = f"{about.name()}: {' '.join(map(str, form.errors['n']))}"
        return targets_page(request, one, number=form, about=about.id, problem=problem, status=422)
    if request.POST.get("then") == "preview" and about.parent_id is not None:
        return _to_preview(one, about, measure, form.cleaned_data["n"])
    try:
        is_changed = actions.set_target(
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            n=form.cleaned_data["n"],
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return targets_page(
            request, one, number=form, about=about.id, problem=str(refused), status=refused.status
        )
    if is_changed:
        say_when_done(request, _("Saved."))
    else:
        messages.info(request, _("Nothing changed: it is the target already."))
    return back_to_targets(request, one)


def _to_preview(one: Programme, child: units.UnitRow, measure: int, n: int) -> HttpResponseBase:
    assert child.parent_id is not None
    above = units.row_of_unit(child.parent_id, one.hierarchy)
    how = before_now(one, above.id, measure) | {"levels": "kept"}
    page = shown.programme_address(
        one, "targets:split_preview", above.code, measure=measure, child=child.code, n=n, **how
    )
    return redirect(page)


@require_GET
def split_preview(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what a split would change, unit by unit, before it is done."""
    return _preview(request, programmes.programme_for(request.viewer, public_id))


def _preview(request: Request, one: Programme, *, problem: str = "", status: int = 200) -> HttpResponseBase:
    """Show what a split would change, as the address asks; a refused act has the same words in its own."""
    asked = request.GET
    on = clock.day_in(one.zone, clock.now())
    page, measure = _where(request, one)
    here = page.unit
    if not shown.viewer_may(request, "programmes.targets", here.id):
        raise NotYours(capability="programmes.targets")
    form = SplitForm(asked, hierarchy=one.hierarchy, kind=here.kind, auto_id="split_%s")
    found = None
    child = by_hand = None
    try:
        child, by_hand = _by_hand(request, one, asked)
        source = queries.set_from(one, [child.id], on=on).get(child.id) if child else None
        if source is not None and not shown.viewer_may(request, "programmes.targets", source):
            raise NotYours(capability="programmes.targets")
        own = or_refuse(
            queries.targets(programme=one, units=[here.id], measure=measure.number).get(here.id),
            actions.NoTarget(field="unit"),
        )
        if form.is_valid():
            found = queries.planned_split(
                programme=one,
                measure=measure.number,
                unit_id=here.id,
                own=own.n,
                by=queries.basis(form.cleaned_data["how"], form.options),
                far=form.cleaned_data["levels"],
                on=on,
                by_hand=by_hand,
            )
        elif status == 200:
            status = 422
    except Refused as refused:
        if refused.field in form.fields and not problem:
            status = show_refusal(form, refused)
        else:
            problem, status = problem or str(refused), refused.status
    table = differences_table(request, found.differences) if found else None
    if table is not None and table.file_kind:
        return table.file()
    by_child = [("child", child.code), ("n", str(by_hand[child.id]))] if child and by_hand else []
    place = [("unit", here.code), ("measure", str(measure.number))]
    kept = [(key, asked[key]) for key in ("child", "n") if asked.get(key)]  # also what is refused
    by = (
        [("how", form.cleaned_data["how"]), ("levels", form.cleaned_data["levels"]), *form.options.items()]
        if found
        else []
    )
    return render(
        request,
        "targets/target_preview.html",
        {
            **shown.programme_frame(
                one,
                (
                    say("Targets"),
                    shown.programme_address(one, "targets:targets", here.code, measure=measure.number),
                ),
                (say("What would change"), ""),
            ),
            "unit": here,
            "unit_name": page.name,
            **measure.about,
            "own": own if found else None,
            "child": child,
            "child_name": child.name() if child else "",
            "n": by_hand[child.id] if child and by_hand else None,
            "form": form,
            "kept": [*place, *kept],
            "taken": [("about", here.code), *by, *by_child, ("expected", found.digest)] if found else [],
            "asked": urlencode([*place, *kept, *by]),
            "found": found,
            "to_nothing": queries.to_nothing(found) if found else [],
            "table": table,
            "problem": problem,
        },
        status=status,
    )


def differences_table(
    request: Request, rows: "Sequence[queries.TargetDifference] | Rows[queries.TargetDifference]"
) -> Table[queries.TargetDifference]:
    """Return targets before and after, unit by unit."""
    return Table(
        request,
        DIFFERENCES,
        rows,
        name="differences",
        caption=_("Differences, unit by unit"),
        finish=queries.described,
        longest_file=tables.DEEPEST_ROW,
    )


def _by_hand(
    request: Request, one: Programme, asked: QueryDict
) -> tuple[units.UnitRow | None, dict[int, int]]:
    """Return the child whose target is given and locked with a split, if one is."""
    if not asked.get("child"):
        return None, {}
    child = shown.unit_named(request.viewer, one, asked.get("child", ""))
    form = TargetNumberForm(asked)
    if not form.is_valid():
        raise actions.TargetUnfit(field="n")
    return child, {child.id: form.cleaned_data["n"]}


@post_only("targets:split_preview")
def split_target_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Split a unit's target among those below: what somebody has looked at, or nothing."""
    one = programmes.programme_for(request.viewer, public_id)
    about, measure = target_about(request, one)
    form = SplitForm(request.POST, hierarchy=one.hierarchy, kind=about.kind, auto_id="split_%s")
    expected = request.POST.get("expected", "")  # without a look nothing is taken
    if not form.is_valid():
        return targets_page(request, one, split=form, status=422)
    given: dict[str, Any] = form.cleaned_data
    try:
        _child, by_hand = _by_hand(request, one, request.POST)
        changed = actions.change_targets(
            act=TargetVersion.Act.SPLIT,
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            given={
                "how": given["how"],
                "options": form.options,
                "far": given["levels"],
                "by_hand": {str(child): n for child, n in (by_hand or {}).items()},
                "expected": expected,
            },
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        if expected or refused.code == actions.ChangedMeanwhile.code:
            return _preview(request, one, problem=str(refused), status=refused.status)
        if refused.field in form.fields:
            return targets_page(request, one, split=form, status=show_refusal(form, refused))
        return targets_page(request, one, split=form, problem=str(refused), status=refused.status)
    return answer_targets_taken(request, one, about.code, measure, changed)


def answer_targets_taken(
    request: Request, one: Programme, code: str, measure: int, changed: int | TargetChange
) -> HttpResponseBase:
    """Answer somebody who took new targets: with how many changed, or with the page of the job."""
    if isinstance(changed, TargetChange):
        return redirect(shown.programme_address(one, "targets:target_change", "", changed.public_id))
    say_when_done(request, _("Targets changed: %(n)s") % {"n": numbers.grouped(changed)})
    return redirect(shown.programme_address(one, "targets:targets", code, measure=measure))


@post_only("targets:targets")
def lock_target_form(request: Request, public_id: UUID) -> HttpResponseBase:
    """Lock a unit's target, or unlock it."""
    one = programmes.programme_for(request.viewer, public_id)
    about, measure = target_about(request, one)
    try:
        actions.lock_target(
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            locked=request.POST.get("locked") == "on",
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return targets_page(request, one, problem=str(refused), status=refused.status)
    return back_to_targets(request, one)
