"""Pieces of a page that say the same to everybody who reads one language: rendered once, then kept by the process.

`{% steady nav here %}…{% endsteady %}`: inside, only the values named are known, and no request; so nothing about a
person can be kept by oversight, and nothing is kept that is not told apart by what it was made of.
"""

from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 256  # of one piece
SETTINGS = ("ORGANISATION", "DEMO", "ACCENT", "STATIC_URL")  # a piece may say what they say


def told_apart(value: Any) -> Hashable:
    """Equal only what is also printed alike: 1 is not True, and a safe text is not the same text unsafe."""
    if isinstance(value, (list, tuple)):
        return (list, *map(told_apart, value))
    return value.__class__, value


class Steady(Node):
    """The node of the tag."""

    def __init__(self, given: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.given, self.nodelist = given, nodelist
        self.kept: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        setting_values = (getattr(settings, name, None) for name in SETTINGS)
        storage = settings.STORAGES["staticfiles"]["BACKEND"]
        key = (
            get_language(),
            context.autoescape,
            storage,
            *setting_values,
            *map(told_apart, values.values()),
        )
        made = self.kept.get(key)
        if made is None:
            inner = context.new(values)
            made = self.nodelist.render(inner)
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[key] = made
        return made


def steady(parser: Parser, token: Token) -> Steady:
    """Compiles the tag: names of values follow, none for what depends on the language alone."""
    names = token.split_contents()[1:]
    expressions = {name.partition(".")[0]: parser.compile_filter(name) for name in names}
    nodelist = parser.parse(("endsteady",))
    parser.delete_first_token()
    return Steady(expressions, nodelist)
