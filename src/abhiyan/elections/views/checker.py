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
from abhiyan.ui.numbers import grouped

from . import plans_shown as shown

PROBLEMS = {
    "too_long": _("This is too long. Write one line: units × number = total."),
    "no_equals": _("Write one = before the total: 65 × 5,000 = 325,000."),
    "no_times": _("Write × (or x) between the units and the number: 65 × 5,000 = 325,000."),
    "no_number": _("A number is missing: 65 × 5,000 = 325,000."),
    "negative": _("Negative numbers do not fit here: units, number and total are above 0."),
    "too_large": _("A number here is too large."),
}
VERDICTS = {
    "exact": _("It holds exactly."),
    "rounded": _("It holds, within what the rounding of the average leaves open."),
    "near": _("It holds to within one per cent."),
    "off": _("It does not hold."),
}


class CheckForm(forms.Form):
    """A typed plan."""

    typed = forms.CharField(
        label=_("The plan, as it was said"),
        max_length=arithmetic.LONGEST,
        help_text=_("For example: 65 constituencies × 5,000 = 325,000"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parts = forms.DecimalField(
        label=_("How many parts (segments, say) has one unit, on average?"),
        required=False,
        min_value=Decimal("0.1"),
        max_value=100_000,
        max_digits=9,
        decimal_places=3,
        help_text=_("Then the number is read in two ways: per unit, and per part. For example: 6.7"),
    )


@require_safe
def check(request: Request) -> HttpResponseBase:
    """The checker; nothing is stored."""
    form = CheckForm(request.GET) if "typed" in request.GET else CheckForm()
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            typed = arithmetic.read(form.cleaned_data["typed"])
        except arithmetic.Unreadable as unreadable:
            form.add_error("typed", str(PROBLEMS[unreadable.code]))
        else:
            context = _answer(typed, form.cleaned_data["parts"])
    return render(
        request,
        "elections/plan_check.html",
        {"here": "elections", "crumbs": shown.crumbs((say("Check a plan"), "")), "form": form, **context},
        status=422 if form.is_bound and form.errors else 200,
    )


def _answer(typed: arithmetic.Typed, parts: Decimal | None) -> dict[str, Any]:
    found = arithmetic.checked(typed, parts)
    each, total = typed.factors[-1].number, typed.total.number
    words = {
        "level": say("Read as %(n)s per unit: %(product)s in all.")
        % {"n": plain(each), "product": grouped(found.readings[0].product)},
    }
    if parts is not None:
        reading = found.readings[-1]
        words["part"] = say("Read as %(n)s per part: %(each)s per unit, %(product)s in all.") % {
            "n": plain(each),
            "each": plain(reading.each_level),
            "product": grouped(reading.product),
        }
    fits = {
        "level": say("The number is per unit: that reading fits."),
        "part": say("The number is per part: that reading fits."),
        "both": say("Both readings fit."),
        "neither": say("No reading fits."),
    }
    needed = None
    if found.fits == "neither" and found.needed_level is not None:
        needed = say("%(total)s in all would need %(n)s per unit.") % {
            "total": grouped(total),
            "n": plain(found.needed_level),
        }
        if found.needed_part is not None:
            needed += " " + say("Or %(n)s per part.") % {"n": plain(found.needed_part)}
    if parts is None:
        fits["level"] = say("The plan holds.")
        fits["neither"] = say("The plan does not hold.")
    return {
        "readings": [(words[one.per], VERDICTS[one.verdict], one) for one in found.readings],
        "fits": fits[found.fits],
        "holds": found.fits != "neither",
        "needed": needed,
    }


def plain(number: Decimal) -> str:
    """A number with its decimals where it has any, to two of them: 33,500 or 747.12."""
    near = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if near == near.to_integral_value():
        return grouped(int(near))
    return f"{grouped(int(near))}{f'{abs(near) % 1:.2f}'[1:]}"
