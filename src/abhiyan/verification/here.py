"""What pages of other rooms show of checks too, as a viewer may read it."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as say

from abhiyan.core.numbers import grouped
from abhiyan.core.words import named
from abhiyan.org.here import address
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes.rules import small_cells
from abhiyan.units import queries as units
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import beside as reads
from abhiyan.verification.queries.flag_numbers import FlagNumbers
from abhiyan.verification.rules.beside import Beside
from abhiyan.verification.rules.estimates import GRADED


def may_plan(request: Request, unit_id: int) -> bool:
    """Whether somebody plans draws of what a unit owns."""
    lo = units.spans([unit_id], 1).get(unit_id)
    return lo is not None and request.viewer.may_at(PLAN, lo[0])


class Shown:
    """One line as this viewer may read it: figures of units whose people they do not see are rounded."""

    def __init__(
        self, line: reads.Line, frame: Frame, viewer: Viewer, flags: FlagNumbers | None = None
    ) -> None:
        self.line, self.of, self.frame = line, line.of, frame
        self.flags = flags or FlagNumbers()
        self.is_exact = line.lo is not None and viewer.sees_people_at(line.lo)
        self.name = named(line.names)

    def number(self, n: int | None) -> int | None:
        """A count as it may be shown; None where it is not known, or too small."""
        return n if self.is_exact or n is None else small_cells.shown(n)

    def cell(self, n: int | None) -> int | str:
        """The same for a cell."""
        if n is None:
            return ""
        found = self.number(n)
        return "<10" if found is None else found

    def true(self, share: float | None) -> int | None:
        """A share of the counted as a number."""
        counted = self.number(self.of.counted)
        return None if share is None or counted is None else self.number(round(share * counted))

    @property
    def estimated(self) -> int | None:
        """How many of the counted are true, as it may be shown."""
        return self.true(self.of.rate)

    @property
    def drawn(self) -> Beside:
        """The figures of its bar: none finer than those in its cells."""
        of = self.of
        reported, counted, unanswered = (
            self.number(n) or 0 for n in (of.reported, of.counted, of.unanswered)
        )
        return replace(of, reported=reported, counted=counted, unanswered=unanswered)

    @property
    def href(self) -> str:
        """Where it leads: on down, and from a district to its own page."""
        if self.line.has_below:
            return self.href_beside
        return reverse("site:unit", args=[self.line.code])

    @property
    def href_beside(self) -> str:
        """The page that compares the units below it."""
        return address(reverse("verification:frame_beside", args=[self.frame.public_id]), self.line.code)

    @property
    def reported(self) -> int | str:
        """What was reported, as a cell has it."""
        return self.cell(self.of.reported)

    @property
    def interval(self) -> str:
        """Both ends, as a cell has them."""
        return f"{grouped(self.true(self.of.low) or 0)}–{grouped(self.true(self.of.high) or 0)}"

    @property
    def gap(self) -> int | None:
        """The least gap, in points of the reported; never more than it is."""
        return None if self.of.least_gap is None else int(100 * self.of.least_gap)

    @property
    def why_none(self) -> str:
        """Why no estimate is shown."""
        if self.of.rate is not None:
            return small_cells.said(None)
        words = say("not enough checks (%(n)s of %(wanted)s)")
        return words % {"n": self.line.finished, "wanted": GRADED}
