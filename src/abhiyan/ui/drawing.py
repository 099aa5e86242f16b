"""Draw in Python instead of a template: escaped quickly, and drawn once for the same figures."""

from collections.abc import Callable, Hashable
from functools import wraps
from html import escape
from typing import Any, ParamSpec

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .steady import told_apart

P = ParamSpec("P")
MOST = 2048  # of one drawing, some 1 kB each


def escaped(value: Any) -> SafeString:
    """As Django's conditional_escape, at a fifth of its cost: a page has hundreds."""
    return SafeString(value.__html__() if hasattr(value, "__html__") else escape(str(value)))


def draw_once(draw: Callable[P, SafeString]) -> Callable[P, SafeString]:
    """Draws once for the same values in the same language. For figures and words of the product: names of people
    are not handed to it, for the process keeps them."""
    made: dict[Hashable, SafeString] = {}

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> SafeString:
        key = (get_language(), *map(told_apart, args), *map(told_apart, kwargs.items()))
        html = made.get(key)
        if html is None:
            html = draw(*args, **kwargs)
            if len(made) >= MOST:
                made.clear()
            made[key] = html
        return html

    return drawn
