"""The bar of an estimate: of 100 entries, how many are real."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from abhiyan.programmes.rules.estimated import real_of_100
from abhiyan.verification.rules.beside import FrameFigures

register = template.Library()


@register.simple_tag
def beside_bar(of: FrameFigures) -> SafeString:
    """Of 100 entries: the counted, those whose phone has not answered, and the estimate with its interval."""
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
        if (real := real_of_100(of.entered)) is not None and real.about is not None:
            parts.append(f'<circle class="pt" cx="{middle:.2f}%" cy="50%" r="3.5"/>')
    return mark_safe(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S308  # made of numbers
