"""The bar of an estimate: of 100 people entered, how many are real."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from abhiyan.programmes import queries as programmes
from abhiyan.ui.numbers import NONE, of_100
from abhiyan.verification.models import Estimate
from abhiyan.verification.rules.beside import FrameFigures
from abhiyan.verification.rules.estimates import GRADED

register = template.Library()


@register.filter
def hundred(share: object) -> str:
    """A share from 0 to 1 as a number of 100."""
    return str(of_100(share)) if isinstance(share, float) else NONE


@register.filter
def too_few(one: Estimate) -> str:
    """Why an estimate has no number."""
    return programmes.too_few(one.finished, GRADED)


@register.simple_tag
def beside_bar(of: FrameFigures) -> SafeString:
    """Of 100 people entered: the counted, those whose phone has not answered, and the estimate with its interval."""
    entered = of.counted.items + of.unanswered.items
    if entered <= 0:
        return SafeString("")

    def rect(css: str, begins: float, ends: float, fill: str = "") -> str:
        where = f'x="{begins:.2f}%" y="30%" width="{max(0.0, ends - begins):.2f}%" height="40%"'
        return f'<rect class="{css}"{fill} {where}/>'

    def line(x1: float, x2: float, y1: str, y2: str) -> str:
        return f'<line class="wh" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1}" y2="{y2}"/>'

    counted = 100 * of.counted.items / entered
    parts = [rect("f2", 0, counted)]
    if of.unanswered.items:
        parts.append(rect("f2u", counted, 100, ' fill="url(#dots)"'))
    if of.entered.rate is not None:
        low, middle, high = (100 * share for share in (of.entered.low, of.entered.rate, of.entered.high))
        parts += [line(low, high, "50%", "50%"), line(low, low, "25%", "75%"), line(high, high, "25%", "75%")]
        parts.append(f'<circle class="pt" cx="{middle:.2f}%" cy="50%" r="3.5"/>')
    return mark_safe(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S308  # made of numbers
