"""Show checks on pages of other rooms, as far as a viewer may read them."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as say

from abhiyan.core import small_cells
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.ui.numbers import of_100
from abhiyan.units import queries as units
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import beside as reads
from abhiyan.verification.queries.flag_numbers import FlagNumbers


def may_plan(request: Request, unit_id: int) -> bool:
    """Return True if the viewer plans draws of programmes that a unit owns."""
    lo = units.spans([unit_id], 1).get(unit_id)
    return lo is not None and request.viewer.may_at(PLAN, lo[0])


class ShownLine:
    """One line as this viewer may read it: figures of units whose people they do not see are rounded.

    entries: counted and unanswered of the unit today, where its sentence is shown.
    """

    def __init__(
        self,
        line: reads.BesideLine,
        frame: Frame,
        viewer: Viewer,
        *,
        on: date,
        flags: FlagNumbers | None = None,
        entries: int | None = None,
    ) -> None:
        self.line, self.of, self.frame = line, line.of, frame
        self.flags = flags or FlagNumbers()
        self.is_exact = line.lo is not None and viewer.sees_exact_at(line.lo)
        self.name = name_in_language(line.names) if line.code else say("Without a place")
        self.told = line.told(frame, on=on)
        self.may_draw_more = (
            bool(line.code) and self.told.ends_on is not None and line.drawn < self.told.wanted
        )
        self.real = programmes.shown_real(self.told, is_rounded=not self.is_exact)
        self.entries = entries

    def number(self, n: int | None) -> int | None:
        """Return a count as it may be shown; None where it is not known, or too small."""
        return n if self.is_exact or n is None else small_cells.shown_count(n)

    def cell(self, n: int | None) -> int | str:
        """Return the count as a cell shows it."""
        if n is None:
            return ""
        number_ = self.number(n)
        return "<10" if number_ is None else number_

    @property
    def truth(self) -> programmes.Truth:
        """Say what the checks found of it, in the words of every other page."""
        return programmes.truth_of(self.told, entries=self.entries, is_rounded=not self.is_exact)

    @property
    def href(self) -> str:
        """Return the address of the next step down, or of a district's own page; empty without a place."""
        if not self.line.code:
            return ""
        if self.line.has_below:
            return self.href_beside
        return reverse("pages:unit", args=[self.line.code])

    @property
    def href_beside(self) -> str:
        """Return the page that compares the units below it."""
        return unit_address(reverse("verification:frame_beside", args=[self.frame.public_id]), self.line.code)

    @property
    def reported(self) -> int | str:
        """Return the reported number as a cell shows it."""
        return self.cell(self.of.reported)

    @property
    def short(self) -> str:
        """Say what the checks found of it, as a cell has it; the whole sentence if they are too few."""
        truth = self.truth
        words = truth.sentence if truth.real is None else truth.short
        return words if self.line.code else say("part of the whole only")

    @property
    def gap(self) -> int | None:
        """Return the least gap, of 100 entries: what the upper end of the interval leaves."""
        return None if self.real is None else 100 - of_100(self.of.entered.high)
