"""Python draws as Django escapes, and once for the same values, in each language of its own."""

from typing import Any

import pytest
from django.utils.functional import lazystr
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from abhiyan.ui.drawing import draw_once, escaped


@pytest.mark.parametrize(
    "value", ["<b>&'\"", mark_safe("<b>"), 7, None, lazystr("<i>"), gettext_lazy("Reported"), "आशा <3"]
)
def test_everything_is_escaped_as_django_does(value: Any) -> None:
    assert escaped(value) == conditional_escape(value)
    assert isinstance(escaped(value), SafeString)
    assert escaped(escaped(value)) == escaped(value)


def test_the_same_figures_are_drawn_once_and_in_each_language() -> None:
    drawn: list[tuple[object, ...]] = []

    @draw_once
    def row(n: object, words: str = "") -> SafeString:
        drawn.append((n, words))
        return escaped(f"{n} {words} {_('Reported')}")

    assert [row(3), row(3), row(4)] == ["3  Reported", "3  Reported", "4  Reported"]
    with override("hi"):
        assert "Reported" not in row(3)
    assert len(drawn) == 3


def test_what_is_printed_otherwise_is_not_taken_for_the_same() -> None:
    @draw_once
    def row(*values: object) -> SafeString:
        return mark_safe("".join(escaped(value) for value in values))

    assert row("<b>") == "&lt;b&gt;" and row(mark_safe("<b>")) == "<b>"
    assert [row(1), row(True), row("1"), row((1, True)), row((1, 1))] == [
        "1",
        "True",
        "1",
        "(1, True)",
        "(1, 1)",
    ]
