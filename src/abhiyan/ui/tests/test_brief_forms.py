"""A brief form shows few fields; the others stand behind More, which opens where something in it needs the reader."""

import re

import pytest
from django import forms

from abhiyan.ui.forms import BriefForm


class VisitForm(BriefForm):
    """It shows its title first."""

    brief: tuple[str, ...] = ("title", "gone")
    place = forms.CharField(max_length=5, initial="Home", label="Place")
    title = forms.CharField(label="Title")
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(required=False, label="Note")


def parts(form: forms.Form) -> tuple[str, str, bool]:
    """The names of the fields before More and behind it, and whether it is open."""
    page = str(form)
    before, start, behind = page.partition("<details")
    names = [" ".join(re.findall(r'<input type="text" name="(\w+)"', part)) for part in (before, behind)]
    return names[0], names[1], bool(start) and behind.startswith(" open")


@pytest.mark.parametrize(
    ("typed", "is_open"),
    [
        (None, False),
        ({"title": "Tea", "place": "Home"}, False),
        ({"title": "", "place": "Home"}, False),
        ({"title": "Tea", "place": "Too long"}, True),
        ({"title": "Tea", "place": ""}, True),
        ({"title": "Tea", "place": "Home", "note": "Bring cups"}, True),
    ],
)
def test_more_opens_where_a_field_in_it_has_an_error_or_was_changed(
    typed: dict[str, str] | None, is_open: bool
) -> None:
    assert parts(VisitForm(typed)) == ("title", "place note", is_open)


def test_a_view_opens_more_for_what_it_filled_in() -> None:
    form = VisitForm(initial={"place": "Hall"})
    form.opened = True
    assert parts(form) == ("title", "place note", True)


def test_a_form_that_shows_all_its_fields_has_no_more() -> None:
    form = VisitForm()
    form.brief = ()
    assert parts(form) == ("place title note", "", False)
    form.brief = ("place", "title", "note")
    assert parts(form) == ("place title note", "", False)
