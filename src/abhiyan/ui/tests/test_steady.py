"""Pieces of a page that are rendered once for all readers of a language."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import mark_safe


@pytest.fixture
def rendered() -> list[int]:
    return []


@pytest.fixture
def count(rendered: list[int]) -> Callable[[], str]:
    """A value that tells each time it is printed."""

    def counted() -> str:
        rendered.append(1)
        return str(len(rendered))

    return counted


def test_a_piece_is_rendered_once_for_each_language() -> None:
    piece = Template('{% steady %}{% translate "Close" %}{% endsteady %}')
    with translation.override("en"):
        english = [piece.render(Context()) for _time in range(2)]
    with translation.override("hi"):
        hindi = piece.render(Context())
    assert english == ["Close", "Close"]
    assert hindi != "Close"


def test_what_is_named_tells_pieces_apart(rendered: list[int], count: Callable[[], str]) -> None:
    piece = Template("{% steady name %}{{ name }}{% endsteady %}")
    assert [piece.render(Context({"name": name})) for name in ("a", "b", "a")] == ["a", "b", "a"]
    counting = Template("{% steady %}{{ count }}{% endsteady %}{{ count }}")
    assert [counting.render(Context({"count": count})) for _time in range(2)] == ["1", "2"]
    assert len(rendered) == 2, "inside, what is not named is not even looked at"


def test_what_is_not_named_is_not_known_inside() -> None:
    piece = Template("{% steady here %}{{ here }}{{ viewer }}{{ request }}{{ csrf_token }}{% endsteady %}")
    known = {"here": "units", "viewer": "Asha", "request": "GET /", "csrf_token": "secret"}
    assert piece.render(Context(known)) == "units"


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), ("1", 1), ("<b>", mark_safe("<b>")), (["<b>"], [mark_safe("<b>")]), (None, "")],
)
def test_equal_values_that_print_differently_are_told_apart(one: Any, other: Any) -> None:
    plain = Template("{% for value in given %}{{ value }}{% endfor %}{{ single }}")
    piece = Template(
        "{% steady given single %}{% for value in given %}{{ value }}{% endfor %}{{ single }}{% endsteady %}"
    )
    for value in (one, other, one):
        known = {"given": value} if isinstance(value, list) else {"single": value}
        assert piece.render(Context(known)) == plain.render(Context(known))


def test_a_changed_setting_begins_anew() -> None:
    piece = Template("{% steady %}{% organisation %}{% endsteady %}")
    for name in ("One", "Other"):
        with override_settings(ORGANISATION=name):
            assert piece.render(Context()) == name
