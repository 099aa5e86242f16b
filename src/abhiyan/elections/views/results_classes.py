"""Show the classes of segments and booths (strong, swing, weak) and their rules, and let offices with the right write
rules."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.forms import formset_factory
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.natural import NaturalOrder
from abhiyan.core.refusals import Refused
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import actions, queries
from abhiyan.elections.models import ClassRule, Election, UnitClass
from abhiyan.elections.queries import FigureSource
from abhiyan.elections.queries.sources import sources_of_units
from abhiyan.elections.rules import classes as rules
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, say_when_done
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from . import results_shown as shown

MOST_RULES = 8
FIGURES = {
    "share": _("share of votes"),
    "lead": _("lead over the best opponent"),
    "turnout": _("turnout"),
}
CONDITIONS = [f"{figure}_{bound}" for figure in FIGURES for bound in ("at_least", "below")]
CLASSES: tuple[Column[tuple[UnitClass, FigureSource | None]], ...] = (
    Column("unit", _("Code"), lambda row: row[0].unit.code),
    Column("name", _("Unit"), lambda row: name_in_language(row[0].unit.names), order="called"),
    Column("code", _("Class"), lambda row: row[0].get_code_display(), order="code"),
    Column("share", _("Share (%)"), lambda row: row[0].share_pct, order="share_pct"),
    Column("lead", _("Lead (%)"), lambda row: row[0].margin_pct, order="margin_pct"),
    Column("sample", _("Sample unit"), lambda row: _("sample") if row[0].unit.is_sample else ""),
    Column("file", _("File"), lambda row: row[1].file if row[1] else ""),
    Column("row", _("Row"), lambda row: row[1].row if row[1] else ""),
)


def rule_words(row: dict[str, Any]) -> str:
    """A rule as a person reads it: "Strong: share of votes at least 50%, lead … at least 10 points"."""
    conditions = []
    for name in CONDITIONS:
        if name not in row:
            continue
        figure, _sign, bound = name.partition("_")
        text = say("%(figure)s at least %(n)s%%") if bound == "at_least" else say("%(figure)s below %(n)s%%")
        conditions.append(text % {"figure": FIGURES[figure], "n": f"{row[name]:g}"})
    label = UnitClass.Code(row["class"]).label
    return (
        f"{label}: {', '.join(conditions)}" if conditions else say("%(label)s: all others") % {"label": label}
    )


class RuleRow(forms.Form):
    """One rule: the class it gives, and its conditions in per cent; all of them must hold."""

    code = forms.ChoiceField(
        label=_("Class"),
        required=False,
        choices=[("", "–"), *((class_code.value, class_code.label) for class_code in UnitClass.Code)],
    )
    share_at_least = forms.FloatField(label=_("Share at least"), required=False)
    share_below = forms.FloatField(label=_("Share below"), required=False)
    lead_at_least = forms.FloatField(label=_("Lead at least"), required=False)
    lead_below = forms.FloatField(label=_("Lead below"), required=False)
    turnout_at_least = forms.FloatField(label=_("Turnout at least"), required=False)
    turnout_below = forms.FloatField(label=_("Turnout below"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label)
            if name != "code":
                field.widget = forms.TextInput(
                    attrs={"aria-label": str(field.label), "inputmode": "decimal", "size": 5, "class": "num"}
                )


class RulesForm(forms.Form):
    """Ask whose strength counts, and below which unit."""

    unit = forms.CharField(label=_("Below the unit (code)"), max_length=64)
    side = forms.ChoiceField(label=_("Whose strength"))

    def __init__(self, *args: Any, of: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, side=shown.side_choices(of))


Rows = formset_factory(RuleRow, extra=2, max_num=MOST_RULES, absolute_max=MOST_RULES)


def _rows(formset: Any) -> list[dict[str, Any]]:
    """Return what was written, as rules.classes reads it; rows without a class are left out."""
    class_rules = []
    for form in formset:
        data = form.cleaned_data
        if data.get("code"):
            conditions = {name: data[name] for name in CONDITIONS if data.get(name) is not None}
            class_rules.append({"class": data["code"]} | conditions)
    return class_rules


def _tell(form: RulesForm, formset: Any) -> None:
    """Say above the form which rules have what is no number; the field shows it too."""
    for number, row in enumerate(formset.forms, 1):
        for name in row.errors:
            field = row[name]
            field.field.widget.attrs["aria-describedby"] = f"{field.auto_id}_error"
            words = {"n": number, "field": field.label}
            form.add_error(None, say("Rule %(n)s, %(field)s: a threshold is a number.") % words)


@form_page
def classes_page(request: Request, code: str) -> HttpResponseBase:
    """Show units by class below a unit, the rules that gave the classes, and a form for viewers with the right."""
    election = queries.election(code)
    may = request.viewer.may("plans.make")
    unit_id = _unit_asked(request)
    rule = queries.class_rule(election, unit_id) if unit_id is not None else None
    status = 200
    form = RulesForm(of=election, initial=_initial(rule, unit_id))
    formset = Rows(initial=_initial_rows(rule), prefix="rule")
    if request.method == "POST":
        form, formset = RulesForm(request.POST, of=election), Rows(request.POST, prefix="rule")
        status = 422
        _tell(form, formset)
        if form.is_valid() and formset.is_valid():
            try:
                target = units.unit(form.cleaned_data["unit"].strip())
                party, alliance = _side(election, form.cleaned_data["side"])
                actions.sort_units(
                    election=election.code,
                    unit_id=target.pk,
                    rows=_rows(formset),
                    party=party,
                    alliance=alliance,
                    by=request.actor,
                    at=clock.now(),
                )
            except Refused as refused:
                if not may:
                    raise
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
                status = refused.status
            else:
                say_when_done(request, _("Sorted."))
                return redirect(unit_address(reverse("elections:classes", args=[election.code]), target.code))
    return _page(request, election, unit_id, rule, form if may else None, formset, status)


def _page(
    request: Request,
    election: Election,
    unit_id: int | None,
    rule: ClassRule | None,
    form: RulesForm | None,
    formset: Any,
    status: int,
) -> HttpResponseBase:
    wanted = request.GET.get("class", "")
    unit_classes = (
        queries.classes_below(election, unit_id) if unit_id is not None else UnitClass.objects.none()
    )
    counts = {code.value: 0 for code in UnitClass.Code}
    counts |= dict(unit_classes.order_by().values_list("code").annotate(Count("pk")))
    if wanted in counts:
        unit_classes = unit_classes.filter(code=wanted)
    called = Coalesce(
        KeyTextTransform(active_language(), "unit__names"), KeyTextTransform("en", "unit__names")
    )
    table = Table(
        request,
        CLASSES,
        unit_classes.annotate(called=NaturalOrder(called)),
        name=f"classes-{election.code}",
        caption=_("Units by class"),
        sort="-lead",
        finish=partial(_with_sources, election),
        total=counts[wanted] if wanted in counts else sum(counts.values()),
    )
    if table.file_kind:
        return table.file()
    segments = [(say("All"), "", wanted not in counts)]
    segments += [
        (f"{code.label} ({grouped(counts[code.value])})", code.value, wanted == code.value)
        for code in UnitClass.Code
    ]
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs(shown.election_crumb(election), (say("Classes"), "")),
        "election": election,
        "name": name_in_language(election.names),
        "unit_name": units.names_of_units([unit_id], language=active_language()).get(unit_id, "")
        if unit_id
        else "",
        "rule": rule,
        "rule_words": [rule_words(row) for row in rule.rules] if rule is not None else [],
        "rule_side": _side_words(rule) if rule is not None else "",
        "withdraw_href": _withdraw_href(request, election, unit_id, rule),
        "rule_unit": name_in_language(rule.unit.names) if rule is not None else "",
        "shows": segments,
        "sorting": table.sorting,
        "leaf": table.leaf,
        "rows": [
            (row, name_in_language(row.unit.names), reverse("elections:unit", args=[row.unit.code]), source)
            for row, source in table.leaf.rows
        ],
        "form": form,
        "formset": formset,
    }
    return render(request, "elections/result_classes.html", context, status=status)


def _withdraw_href(request: Request, election: Election, unit_id: int | None, rule: ClassRule | None) -> str:
    """Return the address to withdraw the rules shown: on the unit's own page, for a viewer with the right."""
    if rule is None or rule.unit_id != unit_id or not shown.may_at(request, "plans.make", rule.unit_id):
        return ""
    return unit_address(reverse("elections:classes_withdraw", args=[election.code]), rule.unit.code)


def _with_sources(of: Election, rows: list[UnitClass]) -> list[tuple[UnitClass, FigureSource | None]]:
    sources = sources_of_units(of, [row.unit_id for row in rows])
    return [(row, sources.get(row.unit_id)) for row in rows]


def _unit_asked(request: Request) -> int | None:
    """The unit in the address, else the viewer's own."""
    unit_code = request.GET.get("unit", "").strip()[:64]
    if unit_code:
        return units.unit(unit_code).pk
    home = request.viewer.home
    return home.unit_id if home is not None else None


def _side(election: Election, value: str) -> tuple[str, UUID | None]:
    """Party and alliance of a side as its field gives it."""
    for alliance in queries.alliances(election):
        if str(alliance.public_id) == value:
            return alliance.lead, alliance.public_id
    return value, None


def _side_words(rule: ClassRule) -> str:
    return shown.alliance_name(rule.alliance) if rule.alliance is not None else rule.party


def _initial(rule: ClassRule | None, unit_id: int | None) -> dict[str, str]:
    code = units.unit_by_id(unit_id).code if unit_id is not None else ""
    if rule is None:
        return {"unit": code}
    return {"unit": code, "side": str(rule.alliance.public_id) if rule.alliance is not None else rule.party}


def _initial_rows(rule: ClassRule | None) -> list[dict[str, Any]]:
    rows = rule.rules if rule is not None and rule.rules else rules.DEFAULT
    return [{"code": row["class"]} | {name: row[name] for name in CONDITIONS if name in row} for row in rows]
