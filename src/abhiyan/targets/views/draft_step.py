"""The step "Target" of the guided creation: a number for each unit and measure, and how it is split."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Measure, Programme
from abhiyan.programmes.rules import activities
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetChange, TargetVersion
from abhiyan.ui.acts import say_when_done
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import offer
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

SHOWN_SHARES = 5


class TargetForm(forms.Form):
    """Step 3: a number for every measure in every unit the programme runs in, and whether to split them at once."""

    how = forms.ChoiceField(label=_("Split among the units below"), required=False, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, among: Sequence["TargetAsked"], is_far: bool, is_by_place: bool, **kwargs: Any
    ) -> None:
        """among: what is asked, in its order. is_far: whether a split may go down to the booths: of a nation, or a
        large state, they are too many."""
        super().__init__(*args, **kwargs)
        far = [
            ("electors", _("By electors, down to the booths")),
            ("equally", _("Equally, down to the booths")),
        ]
        near = [
            ("electors", _("By electors, among the units directly below")),
            ("equally", _("Equally, among the units directly below")),
        ]
        places = [("places", _("One in each place. The target may stay empty then."))] if is_by_place else []
        offer(self, how=[*places, *(far if is_far else near), ("", _("Not yet"))])
        for target_asked in among:
            self.fields[target_asked.key] = WholeField(
                label=target_asked.name,
                min_value=0,
                max_value=2_000_000_000,
                required=False,
                initial=target_asked.n,
            )
        self.order_fields([*(asked.key for asked in among), "how"])


@dataclass(frozen=True, slots=True)
class TargetAsked:
    """The target of one measure in one unit of a draft's scope. n: what it is now; None: none yet.

    name: the unit where the programme has one measure, the measure where it has one unit, else both.
    """

    unit_id: int
    measure: int
    name: str
    n: int | None

    @property
    def key(self) -> str:
        return f"n_{self.unit_id}_{self.measure}"


def targets_asked(one: Programme) -> list[TargetAsked]:
    """Return every target that a draft asks for: a row for each measure in each unit of its scope."""
    scope, measures = shown.scope_of_draft(one), programmes.measures([one])[one.pk]
    ids = [row.id for row in scope]
    known = {each.number: queries.targets(programme=one, units=ids, measure=each.number) for each in measures}

    def called(row: units.UnitRow, measure: Measure) -> str:
        if len(measures) == 1:
            return row.name()
        return (
            name_in_language(measure.names)
            if len(scope) == 1
            else f"{row.name()}: {name_in_language(measure.names)}"
        )

    return [
        TargetAsked(row.id, each.number, called(row, each), target.n if target else None)
        for row in scope
        for each in measures
        for target in [known[each.number].get(row.id)]
    ]


def _split_shown(programme: Programme, target_asked: TargetAsked) -> dict[str, Any] | None:
    """Return how a target stands split, for the check; None while nothing below has one."""
    target_split = queries.standing_split(
        programme=programme, node=target_asked.unit_id, measure=target_asked.measure, first=SHOWN_SHARES
    )
    if target_split is None:
        return None
    return {
        "how": target_split.basis,
        "levels": [(Kind(kind).label, n) for kind, n in target_split.levels],
        "shares": [(name_in_language(names), n) for names, n in target_split.shares],
        "more": target_split.children - len(target_split.shares),
    }


def target_form(request: Request, programme: Programme) -> TargetForm:
    """Return the form of the step, with what was posted."""
    posted = request.POST if request.method == "POST" else None
    return TargetForm(
        posted,
        among=targets_asked(programme),
        is_far=queries.far_at_once(programme, programmes.scope_units(programme)) == queries.ALL_THE_WAY,
        is_by_place=activities.activity_of(programme.kind).is_by_place,
        initial={"how": "places" if activities.activity_of(programme.kind).is_by_place else "electors"},
    )


def keep_targets(request: Request, programme: Programme, given: dict[str, Any]) -> None:
    """Set the targets of a draft, and split each at once where that is chosen."""
    at = clock.now()
    far = queries.far_at_once(programme, programmes.scope_units(programme))
    with transaction.atomic():  # one answer, one form: where one unit is refused, none is changed
        for target_asked in targets_asked(programme):
            n = given.get(target_asked.key)
            if n is None and given["how"] == "places":  # one in each place
                on = clock.day_in(programme.zone, at)
                n = programmes.count_places(programme, [target_asked.unit_id], on=on).get(
                    target_asked.unit_id
                )
            if n is None:
                continue
            about: dict[str, Any] = {
                "programme_id": programme.pk,
                "measure": target_asked.measure,
                "unit_id": target_asked.unit_id,
            }
            actions.set_target(**about, n=n, by=request.actor, at=at)
            if given["how"]:
                changed = actions.change_targets(
                    **about,
                    act=TargetVersion.Act.SPLIT,
                    given={"how": given["how"], "far": far, "expected": None},
                    by=request.actor,
                    at=at,
                )
                if isinstance(changed, TargetChange):
                    say_when_done(
                        request,
                        _(
                            "The target is split among many units. That goes on while you work: look under Targets."
                        ),
                    )


def checked_targets(programme: Programme) -> dict[str, Any]:
    """Return what the check shows of targets: each, how it is split, what does not add up, and where one lacks."""
    today = clock.day_in(programme.zone, clock.now())
    targets = targets_asked(programme)
    return {
        "targets": [(target_asked.name, target_asked.n) for target_asked in targets],
        "lacks_target": {target_asked.unit_id for target_asked in targets}
        > {target_asked.unit_id for target_asked in targets if target_asked.n},
        "gaps": [
            (target_asked.name, gap)
            for target_asked in targets
            if target_asked.n is not None
            and not (
                gap := programmes.gap(
                    programme=programme, node=target_asked.unit_id, measure=target_asked.measure, on=today
                )
            ).sums
            and gap.children
        ],
        "splits": [
            (target_asked.name, _split_shown(programme, target_asked))
            for target_asked in targets
            if target_asked.n is not None
        ],
    }


TARGET_STEP = shown.DraftStep(
    name=_("Target"),
    form=target_form,
    keep=keep_targets,
    checked=checked_targets,
    facts="targets/_draft_facts.html",
    notes="targets/_draft_notes.html",
)
