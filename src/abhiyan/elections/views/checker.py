"""A plan typed as level × number = total, checked: does it hold, and which of two readings fits?"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.elections.rules import arithmetic
from abhiyan.org.viewer import Request
from abhiyan.ui.fields import AverageField
from abhiyan.ui.numbers import grouped

from . import plans_shown as shown

PROBLEMS = {
    "too_long": _("This is too long. Write one line: units × number = total."),
    "no_equals": _("The total is missing. Write it behind =, or behind the word “total”."),
    "no_times": _("Write × between the numbers, or commas: 65 seats, 5,000 each, total 3.25 lakh."),
    "no_number": _("A number is missing, as in 65 × 5,000 = 325,000."),
    "mixed": _("Write one step at a time: a multiplication, a division or a share."),
    "by_zero": _("Nothing can be divided by 0."),
    "negative": _("Negative numbers do not fit here: units, number and total are above 0."),
    "too_large": _("A number here is too large."),
}
VERDICTS = {
    "exact": _("It fits exactly."),
    "rounded": _("It fits, as far as the rounded average allows."),
    "near": _("It fits to within one per cent."),
    "off": _("It does not fit."),
}


class CheckForm(forms.Form):
    """A typed plan."""

    typed = forms.CharField(
        label=_("The plan as you heard it"),
        max_length=arithmetic.LONGEST,
        help_text=_(
            "For example: 65 constituencies × 5,000 = 325,000; 75 districts, 32,000 each, total 24 lakh;"
            " 24 lakh ÷ 403 = 5,955; 51% of 8.79 crore = ?"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parts = AverageField(
        label=_("How many parts (such as segments) has one unit, on average?"),
        help_text=_("Then we read the number in two ways: per unit, and per part. For example: 6.7"),
    )


@require_safe
def check(request: Request) -> HttpResponseBase:
    """The checker; nothing is stored."""
    form = CheckForm(request.GET) if "typed" in request.GET else CheckForm()
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            typed = arithmetic.read_plan(form.cleaned_data["typed"])
        except arithmetic.UnreadablePlan as unreadable:
            form.add_error("typed", str(PROBLEMS[unreadable.code]))
        else:
            context = _answer(typed, form.cleaned_data["parts"])
    return render(
        request,
        "elections/plan_check.html",
        {
            "here": "elections",
            "crumbs": shown.plans_crumbs((say("Check a plan"), "")),
            "form": form,
            **context,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _answer(typed: arithmetic.TypedPlan, parts: Decimal | None) -> dict[str, Any]:
    facts = {"sum": _written(typed), "result": plain_decimal(typed.comes_to)}
    if typed.total is None:
        return {"answer": say("%(sum)s is %(result)s.") % facts}
    plan_check = arithmetic.checked(typed, parts)
    is_times, has_parts = typed.kind == "times", len(plan_check.readings) > 1
    number = typed.total.number if typed.kind == "divided" else typed.factors[-1].number
    words = {
        "level": say("Read as %(n)s per unit: %(product)s in all.")
        % {"n": plain_decimal(number), "product": grouped(plan_check.readings[0].product)}
        if is_times or has_parts
        else say("%(sum)s is %(result)s.") % facts
    }
    if has_parts:
        reading = plan_check.readings[-1]
        words["part"] = say("Read as %(n)s per part: %(each)s per unit, %(product)s in all.") % {
            "n": plain_decimal(number),
            "each": plain_decimal(reading.each_level),
            "product": grouped(reading.product),
        }
    fits = {
        "level": say("The number is per unit: that reading fits."),
        "part": say("The number is per part: that reading fits."),
        "both": say("Both readings fit."),
        "neither": say("No reading fits."),
    }
    if not has_parts:
        fits["level"] = say("The plan adds up.") if is_times else say("It adds up.")
        fits["neither"] = say("The plan does not add up.") if is_times else say("It does not fit.")
    return {
        "read_as": f"{facts['sum']} = {plain_decimal(typed.total.number)}",
        "readings": [
            (words[plan_reading.per], VERDICTS[plan_reading.verdict], plan_reading)
            for plan_reading in plan_check.readings
        ],
        "fits": fits[plan_check.fits],
        "holds": plan_check.fits != "neither",
        "needed": _needed(typed, plan_check),
    }


def _needed(typed: arithmetic.TypedPlan, plan_check: arithmetic.PlanCheck) -> str | None:
    """Return what would hold where nothing does. A share and a division say it in their reading already."""
    if typed.kind == "share" or plan_check.fits != "neither" or plan_check.needed_level is None:
        return None
    if typed.kind == "divided" and plan_check.needed_part is None:
        return None
    total = typed.factors[0] if typed.kind == "divided" else typed.total
    assert total is not None
    needed = say("%(total)s in all would need %(n)s per unit.") % {
        "total": grouped(total.number),
        "n": plain_decimal(plan_check.needed_level),
    }
    if plan_check.needed_part is not None:
        needed += " " + say("Or %(n)s per part.") % {"n": plain_decimal(plan_check.needed_part)}
    return needed


def _written(typed: arithmetic.TypedPlan) -> str:
    """The left side as it was read, so that a slip of ours is seen."""
    numbers = [term.number for term in typed.factors]
    if typed.kind == "share":
        share, whole = numbers
        return say("%(share)s%% of %(whole)s") % {
            "share": plain_decimal(share * 100),
            "whole": plain_decimal(whole),
        }
    return (" ÷ " if typed.kind == "divided" else " × ").join(map(plain_decimal, numbers))


def plain_decimal(number: Decimal) -> str:
    """A number with its decimals where it has any, to two of them: 33,500 or 747.12."""
    if number > arithmetic.LARGEST:
        return grouped(number)
    near = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if near == near.to_integral_value():
        return grouped(int(near))
    return f"{grouped(int(near))}{f'{abs(near) % 1:.2f}'[1:]}"
