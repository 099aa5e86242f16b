"""Shares of an estimate, as templates write them, and the bar that holds them against what was reported."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from abhiyan.ui.numbers import NONE
from abhiyan.verification.rules.beside import Beside

register = template.Library()


@register.filter
def hundredths(share: object) -> str:
    """A share from 0 to 1 as a number of 100, to a tenth."""
    return f"{100 * share:.1f}".removesuffix(".0") if isinstance(share, float) else NONE


@register.simple_tag
def beside_bar(of: Beside) -> SafeString:
    """Of 100 reported: what was counted, whose phone has not answered, and the estimate with its interval."""
    if of.reported <= 0:
        return SafeString("")

    def at(n: float) -> float:
        return 100 * of.of_reported(n)

    def rect(css: str, begins: float, ends: float, fill: str = "") -> str:
        where = f'x="{begins:.2f}%" y="30%" width="{max(0.0, ends - begins):.2f}%" height="40%"'
        return f'<rect class="{css}"{fill} {where}/>'

    def line(x1: float, x2: float, y1: str, y2: str) -> str:
        return f'<line class="wh" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1}" y2="{y2}"/>'

    counted = at(of.counted)
    parts = [rect("f1", 0, 100, ' fill="url(#hatch)"'), rect("f2", 0, counted)]
    if of.unanswered:
        parts.append(rect("f2u", counted, at(of.counted + of.unanswered), ' fill="url(#dots)"'))
    if of.rate is not None and of.low is not None and of.high is not None:
        low, middle, high = (at(share * of.counted) for share in (of.low, of.rate, of.high))
        parts += [line(low, high, "50%", "50%"), line(low, low, "25%", "75%"), line(high, high, "25%", "75%")]
        parts.append(f'<circle class="pt" cx="{middle:.2f}%" cy="50%" r="3.5"/>')
    return mark_safe(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S308  # made of numbers
