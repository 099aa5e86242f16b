"""What a unit reported, beside what checks found: how large the gap is at least. Pure; docs/truth.md."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beside:
    """A unit's figures of one frame. reported: entries; counted: with a sign from the phone; unanswered: without, yet.

    rate, low, high: shares of the counted that are true, with the interval; None while there are too few checks.
    """

    reported: int
    counted: int
    unanswered: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    def of_reported(self, n: float) -> float:
        """A number as a share of what was reported, from 0 to 1. ValueError where nothing was."""
        if self.reported <= 0:
            raise ValueError("nothing was reported")
        return min(1.0, n / self.reported)

    @property
    def ends(self) -> "Ends | None":
        """The least and the most of the reported that may be true; None where nothing is known.

        Of entries whose phone has not answered, none may be true, or all.
        """
        if self.low is None or self.high is None or self.reported <= 0:
            return None
        most = self.of_reported(self.high * self.counted + self.unanswered)
        return Ends(self.of_reported(self.low * self.counted), most)

    @property
    def least_gap(self) -> float | None:
        """The least share of the reported that is not true, from 0 to 1."""
        return None if self.ends is None else 1 - self.ends.high


@dataclass(frozen=True, slots=True)
class Ends:
    """Ends of an interval, from 0 to 1."""

    low: float
    high: float
