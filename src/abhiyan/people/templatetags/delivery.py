"""Tell a page that waits for a one-time code about the way out."""

from django import template
from django.utils import translation

from abhiyan.people import news

register = template.Library()


@register.simple_tag
def codes_stopped(purpose: str) -> bool:
    """Return True if no code for this purpose leaves at present, for any person."""
    return news.do_codes_stay(purpose, translation.get_language() or "hi")
