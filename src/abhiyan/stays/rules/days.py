"""The rule of a field day: marked in the own area, on that day, sent in time."""

from dataclasses import dataclass
from enum import StrEnum

from abhiyan.core.deadlines import WITHIN

from .stays import StayMark

LEAST_CONFIRMED = 4  # Confirmed days of a month. It holds where a programme sets no number.


class DayFlaw(StrEnum):
    """The reason why a marked day does not count."""

    FAR = "far"  # the mark lies outside the own area
    LATE = "late"  # sent later than 7 days after


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """The judgement of a mark. is_signed: the place is known; else the booth president's YES has to come."""

    flaw: DayFlaw | None
    is_signed: bool = False


def judged_day(mark: StayMark, is_inside: bool | None) -> DayVerdict:
    """Judge the mark of a day. is_inside: whether it lies in the own area; None: a place is not known."""
    if mark.stored_at - mark.at > WITHIN:
        return DayVerdict(DayFlaw.LATE)
    return DayVerdict(DayFlaw.FAR) if is_inside is False else DayVerdict(None, is_signed=is_inside is True)
