"""A review shows the meetings of a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import numbers


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the people seen, reported and invited in the last days, if meetings began. An office-bearer's own."""
    if subject.account_id is not None:
        meetings: numbers.MeetingsAttended | numbers.HeldMeetings = numbers.attended_by(
            subject.account_id, at=at
        )
    else:
        meetings = numbers.meetings_held_in((subject.lo, subject.hi), at=at)
    if meetings.n:
        yield ReviewedPart(meetings.title, meetings.lines)
