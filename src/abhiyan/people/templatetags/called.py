"""Rows of a list on a phone carry the words that they are found by."""

from django import template

from abhiyan.people.rules.called import sounds

register = template.Library()


@register.simple_tag
def row_sounds(*texts: str) -> str:
    """Write the words that a row is found by, as they sound, for its `data-sounds` (static/people/narrow.js)."""
    return " ".join(sorted(sounds(" ".join(map(str, texts)))))
