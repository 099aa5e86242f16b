"""How long something took, as people say it."""

from django import template
from django.utils.translation import ngettext

from abhiyan.ui.numbers import NONE, grouped

register = template.Library()
IN_DAYS = 48  # from so many hours on


@register.filter
def took(hours: object) -> str:
    """6 hours, 3 days; a dash where too few were answered."""
    if not isinstance(hours, (int, float)):
        return NONE
    if hours < IN_DAYS:
        n = max(1, round(hours))
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": grouped(n)}
    n = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": grouped(n)}
