"""Asking units and bodies below for a meeting or a report; how many it reaches is shown first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.forms.models import FormVersion
from abhiyan.forms.queries import forms_for, latest_version
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.fields import UnitNamesField
from abhiyan.programmes.models import Measure, Programme
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DayField, HourField
from abhiyan.ui.forms import TitledForm, offer, titles_typed
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.work.actions import schedules as acts
from abhiyan.work.actions.tasks import LONGEST_TITLE
from abhiyan.work.models import Schedule
from abhiyan.work.queries import schedule_sets as sets
from abhiyan.work.queries import schedules as found
from abhiyan.work.rules.schedules import AskedFor, Rhythm

from .schedules import office_in, parts_named, period_name, schedule_crumbs, who_owes

OFFICE, BODY, ONE_BODY = "office", "body", "one"  # then what of it
FIGURE = "figure_"  # then the number of a measure
MOST_FORMS = 50  # to choose from
MOST_BODIES = 200
MOST_TICKED = 40  # units


class AskUnitsForm(TitledForm):
    """A schedule as it is typed. Numbers of a report are asked once its programme and its form are chosen."""

    brief: tuple[str, ...] = ("title", "wanted", "whom", "last_on")
    title = forms.CharField(label=_("What is asked"), max_length=LONGEST_TITLE)
    wanted = forms.ChoiceField(label=_("A meeting or a report"), choices=Schedule.WANTED)
    whom = forms.ChoiceField(label=_("Who owes it"))
    last_on = DayField(label=_("Last day"))
    area = forms.ChoiceField(
        label=_("Rural or urban"), choices=[("", _("all")), *Schedule.AREAS], required=False
    )
    ticked = forms.MultipleChoiceField(
        label=_("Only in these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With all below them, also what is added later. Leave empty for all."),
    )
    named = UnitNamesField(
        label=_("Or only in these, one name on each line"),
        help_text=_("Write the code where two have one name."),
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=Schedule.RHYTHMS)
    first_on = DayField(label=_("First day"))
    hour = HourField(
        label=_("Due until"),
        initial=time(18),
        help_text=_(
            "On the last day, or on the last day of each week or month. Weeks begin on the first day."
        ),
    )
    programme = forms.ChoiceField(
        label=_("Programme"),
        required=False,
        help_text=_("A report of a programme can give numbers. You choose them in the next step."),
    )
    form_id = forms.ChoiceField(
        label=_("Form to fill in"),
        required=False,
        help_text=_("Without a form, a meeting asks for its day and people, a report for words and numbers."),
    )

    def __init__(self, *args: Any, here: Here, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.fields["named"]
        assert isinstance(names, UnitNamesField)
        names.within, names.hierarchy = here.unit.id, here.hierarchy

    def ask_figures(self, measures: Sequence[Measure], version: FormVersion | None) -> None:
        """Ask for each measure of the programme which number of the report gives it.

        version: of the form that is filled in, whose whole-number questions may give it; None: it is typed.
        """
        some = [("typed", say("Asked in the report"))]
        if version is not None:
            some = [(asks.key, asks.words) for asks in version.asked if asks.kind is QuestionKind.WHOLE]
        form = version.form_id if version else ""
        for measure in measures if some else ():
            self.fields[f"{FIGURE}{measure.number}"] = forms.ChoiceField(
                label=say("Number for “%(measure)s”") % {"measure": name_in_language(measure.names)},
                choices=[("", say("none")), *((f"{form}:{key}", words) for key, words in some)],
                required=False,
                help_text=_("An accepted number becomes the unit's own figure."),
            )
        self.brief = (*self.brief, *self.figure_names)

    @property
    def figure_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith(FIGURE)]

    def asking(self, programmes: Sequence[Programme]) -> acts.Asking:
        """Return what the form says."""
        values = self.cleaned_data
        kind, _colon, rest = values["whom"].partition(":")
        office, _colon, level = rest.partition(":")
        chosen = {str(programme.public_id): programme.pk for programme in programmes}
        figures: dict[str, int] = {}
        for name in self.figure_names:
            form, _colon, question = values[name].partition(":")
            number = int(name.removeprefix(FIGURE))
            if question:
                figures[question if form else f"{FIGURE}{number}"] = number
        return acts.Asking(
            title=values["title"],
            titles=values["titles"],
            wanted=values["wanted"],
            rhythm=values["rhythm"],
            first_on=values["first_on"],
            last_on=values["last_on"],
            hour=values["hour"],
            office=office if kind == OFFICE else "",
            kind=level if kind == OFFICE else "",
            body_kind=office if kind in (BODY, ONE_BODY) else "",
            body_id=int(level) if kind == ONE_BODY else None,
            within=tuple(dict.fromkeys([*map(int, values.get("ticked", ())), *values["named"]])),
            area=values.get("area", ""),
            programme_id=chosen.get(values["programme"]),
            form_id=int(values["form_id"]) if values["form_id"] else None,
            figures=figures,
        )

    def clean(self) -> dict[str, Any]:
        """Refuse one question for two numbers: a question gives one."""
        cleaned = super().clean() or self.cleaned_data
        seen: set[str] = {"", ":typed"}
        for name in self.figure_names:
            if cleaned.get(name) in seen - {"", ":typed"}:
                self.add_error(
                    name, _("This question gives another number already. Choose another question.")
                )
            seen.add(cleaned.get(name, ""))
        return cleaned


@dataclass(frozen=True, slots=True)
class AskPreview:
    """Units it would ask, shown before it is done. parts: units it names. vacant: offices without a holder; none for
    bodies."""

    key: str
    name: str
    parts: str
    n: int
    vacant: int
    first: str
    due: datetime

    @property
    def expected(self) -> str:
        return f"{self.key}={self.n}"


@form_page
def asked_new(request: Request) -> HttpResponseBase:
    """Ask units or bodies below for a meeting or a report; how many it reaches is shown first. above: the schedule
    that is passed on; its words fill the form."""
    here, at = page_unit(request), clock.now()
    if not shown.viewer_may(request, LEADS, here.unit.id):
        raise org.NotYours(capability=LEADS)
    above = _above(request)
    running = list(queries.programmes_for(request.viewer).filter(state=Programme.State.OPEN)[:200])
    some = [
        latest_version(form_made.pk) for form_made in forms_for(request.viewer).order_by("pk")[:MOST_FORMS]
    ]
    versions = [version for version in some if version is not None]
    posted = request.POST if request.method == "POST" else None
    form = AskUnitsForm(posted, initial=_initial(above, today=shown.today_of_programmes(at)), here=here)
    form.opened = above is not None  # its words fill the form
    has_any = _offer_whom(form, here, at=at)
    offer(
        form,
        programme=[
            ("", _("none")),
            *((str(programme.public_id), name_in_language(programme.names)) for programme in running),
        ],
        form_id=[
            ("", _("none")),
            *((str(version.form_id), name_in_language(version.form.names)) for version in versions),
        ],
    )
    _ask_figures(request, form, running, versions)
    looked = tried(request, form, lambda _given: _preview(form, running, here, at=at))
    preview = looked.value
    context = {
        **schedule_crumbs((say("Ask units"), "")),
        "form": form,
        "unit": here.unit,
        "unit_name": here.name,
        "above": above,
        "has_any": has_any,
        "preview": preview,
    }
    seen, _equals, n = request.POST.get("expected", "").rpartition("=")
    # Not shown yet, or not so; or its days are out of order: the act says so.
    if not looked or (preview is not None and (seen != preview.key or "again" in request.POST)):
        return render(request, "work/asked_new.html", context, status=looked.status if not looked else 200)
    done = tried(
        request,
        form,
        lambda _given: acts.ask_units(
            asking=form.asking(running),
            unit_id=here.unit.id,
            hierarchy=here.hierarchy,
            expected=-1 if (count := whole_number(n, most=10**8)) is None else count,
            above=above.public_id if above else None,
            by=request.actor,
            at=at,
        ),
        said=_("Asked. You see below how far each of them is; you can end it here."),
        figures=next((name for name in form.figure_names if request.POST.get(name)), "programme"),
    )
    if done:
        assert done.value is not None  # the act gives it
        return redirect("work:schedule", done.value.public_id)
    return render(request, "work/asked_new.html", context, status=done.status)


def _offer_whom(form: AskUnitsForm, here: Here, *, at: datetime) -> bool:
    """Give the form the offices and bodies below, and the parts that they can be asked in. False where there are none.

    Units are ticked on the lowest level that has few of them; others are written by name.
    """
    offices = found.offices_to_ask(here.unit.id, here.hierarchy, at=at)
    kinds = found.bodies_to_ask(here.unit.id, here.hierarchy)
    kind_names = org.body_kind_names(kinds)
    bodies = found.bodies_below(here.unit.id, here.hierarchy, most=MOST_BODIES)
    groups = {
        _("Offices"): [
            (
                f"{OFFICE}:{below.office}:{below.unit_kind}",
                f"{office_in(below.office_names, below.unit_kind)}: {grouped(below.expected)}",
            )
            for below in offices
        ],
        _("All bodies of a kind"): [
            (f"{BODY}:{kind}", f"{kind_names[kind]}: {grouped(n)}") for kind, n in kinds.items()
        ],
        _("One body"): [
            (
                f"{ONE_BODY}:{kind}:{pk}",
                ", ".join([name_in_language(names), *([name_in_language(unit)] if unit else [])]),
            )
            for pk, kind, names, unit in bodies
        ],
    }
    offer(form, whom=[(name, choices) for name, choices in groups.items() if choices])
    if not sets.has_both_areas(here.unit.id, here.hierarchy, {below.unit_kind for below in offices}):
        del form.fields["area"]
    counts = units.counts_below(here.unit.id, here.hierarchy)
    kind = next((level for level, n in reversed(counts.items()) if 1 < n <= MOST_TICKED), "")
    ids = units.of_kind_below(here.unit.id, here.hierarchy, kind) if kind else []
    if ids:
        names = units.names_of_units(ids, language=active_language())
        offer(form, ticked=sorted(((str(pk), names[pk]) for pk in ids), key=lambda one: one[1]))
    else:
        del form.fields["ticked"]
    return bool(offices or kinds)


def _ask_figures(
    request: Request, form: AskUnitsForm, running: Sequence[Programme], versions: Sequence[FormVersion]
) -> None:
    """Add the numbers that a report of an office can give, once it was sent with a programme."""
    sent = request.POST
    programme = next((run for run in running if str(run.public_id) == sent.get("programme")), None)
    is_report = sent.get("wanted") == AskedFor.REPORT and sent.get("whom", "").startswith(f"{OFFICE}:")
    if programme is None or not is_report:
        return
    version = next((newest for newest in versions if str(newest.form_id) == sent.get("form_id")), None)
    form.ask_figures(queries.measures([programme])[programme.pk], version)
    if "again" in sent or "expected" not in sent:  # an answer to another form is asked again, not refused
        kept = sent.copy()
        for name in form.figure_names:
            field = form.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if not field.valid_value(sent.get(name, "")):
                kept[name] = ""
        form.data = kept


def _above(request: Request) -> Schedule | None:
    above_text = request.GET.get("above", "") or request.POST.get("above", "")
    try:
        return found.schedule_for(UUID(above_text)) if above_text else None
    except ValueError:
        raise NotFound from None


def _initial(above: Schedule | None, *, today: date) -> dict[str, Any]:
    if above is None:
        return {"first_on": today, "rhythm": Rhythm.ONCE.value}
    return {
        **titles_typed(above),
        "wanted": above.wanted,
        "rhythm": above.rhythm,
        "first_on": max(above.first_on, today),
        "last_on": above.last_on,
        "hour": above.hour,
        "programme": str(above.programme.public_id) if above.programme else "",
        "form_id": str(above.form.form_id) if above.form else "",
    }


def _preview(
    form: AskUnitsForm, running: Sequence[Programme], here: Here, *, at: datetime
) -> AskPreview | None:
    values, asking = form.cleaned_data, form.asking(running)
    schedule = Schedule(
        **{field_name: values[field_name] for field_name in ("rhythm", "first_on", "last_on", "hour")}
    )
    period = schedule.timing.period_of(values["first_on"])
    if period is None:
        return None  # its days are out of order: the act says so
    asked_schedule, n, vacant = acts.schedule_set(asking, here.unit.id, here.hierarchy, at=at)
    key = "|".join(
        [
            values["whom"],
            *([asking.area, *map(str, asked_schedule.within)] if asked_schedule.is_narrow else []),
        ]
    )
    first, due = period_name(schedule, period), schedule.timing.due_at(period)
    return AskPreview(key, who_owes(asked_schedule), parts_named(asked_schedule), n, vacant, first, due)
