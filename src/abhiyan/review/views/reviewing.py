"""Pages of the progress of a round's reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from abhiyan.core import clock
from abhiyan.messaging.queries import last_reminders
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import reviewers as who
from abhiyan.review.rules.rounds import asked_so_far


@dataclass(frozen=True, slots=True)
class ReviewingUnit:
    """A unit that reviews in a round, with its reviewers and how far they are."""

    code: str
    names: dict[str, str]
    by: Sequence[who.Reviewer]
    n: int
    decided: int
    met: int
    is_set: int
    last: datetime | None
    reminded_on: date | None  # the last day in the round
    asked: int  # so many should be decided by now

    @property
    def is_silent(self) -> bool:
        return self.asked > 0 and not self.decided

    @property
    def is_late(self) -> bool:
        return self.decided < self.asked

    @property
    def people(self) -> str:
        return ", ".join(reviewer.name for reviewer in self.by)


def reviewing_rows(review_round: Round, rows: Sequence[Any], *, on: date) -> list[ReviewingUnit]:
    """Return rows of `reviewing_units` with the people who review there. Two queries more."""
    by = who.reviewers([Review(pk=row["one"]) for row in rows], on=on)
    days = last_reminders(who.REMINDER, {reviewer.account_id for some in by.values() for reviewer in some})
    return [
        ReviewingUnit(
            row["by_unit__code"],
            row["by_unit__names"],
            by.get(row["one"], []),
            row["n"],
            row["decided"],
            row["met"],
            row["is_set"],
            row["last"],
            max(
                (
                    days[reviewer.account_id]
                    for reviewer in by.get(row["one"], [])
                    if days.get(reviewer.account_id, date.min) >= review_round.begins_on
                ),
                default=None,
            ),
            max(
                (_asked_of(review_round, reviewer, row["n"], on=on) for reviewer in by.get(row["one"], [])),
                default=0,
            ),
        )
        for row in rows
    ]


def _asked_of(review_round: Round, reviewer: who.Reviewer, n: int, *, on: date) -> int:
    since = max(
        review_round.begins_on, clock.day_in(settings.TIME_ZONE, review_round.made_at), reviewer.since
    )
    return asked_so_far(n, since=since, ends_on=review_round.ends_on, today=on)
