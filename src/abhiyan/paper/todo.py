"""Say on Today that photographed sheets are to be entered."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.ui.numbers import grouped_to
from abhiyan.ui.owed import LateBelow, Owed, at_desks


def enter_sheets(sheets: int, most: int, leaves: bool) -> Iterator[Owed | LateBelow]:
    """Yield the row for so many sheets. most: they were counted up to it. leaves: others enter them."""
    title = ngettext("%(n)s photographed sheet to enter", "%(n)s photographed sheets to enter", sheets)
    work = Owed(
        urgency=2,
        title=title % {"n": grouped_to(sheets, most)},
        meta=_("Type them, or import a list of their batch."),
        href=reverse("paper:paper_list") + "?show=enter",
        act=_("Enter"),
        icon="enrol",
        key="sheets",
    )
    yield from at_desks(work, leaves=leaves, is_late=True)
