"""Compare what a unit reported with what checks found: the least gap between them. Pure; docs/truth.md."""

from dataclasses import dataclass

from abhiyan.programmes.rules.estimated import RealShare


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """A unit's figures of one frame.

    reported: since the frame before. entered: all items in the frame. counted: those whose phone gave
    a sign. unanswered: the others. Its two parts are estimated together, so entered is no sum of their shares.
    """

    reported: int
    entered: RealShare
    counted: RealShare
    unanswered: RealShare

    @property
    def least_gap(self) -> float | None:
        """Return the least share of the entries that is not real, from 0 to 1; None without an estimate.

        The gap of a unit and the gaps of its parts use this one definition.
        """
        return None if self.entered.rate is None else 1 - self.entered.high
