"""A round for the tests of who may open what."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.web import today
from abhiyan.review.actions.rounds import open_round
from abhiyan.review.models import Review

if TYPE_CHECKING:
    from abhiyan.site.tests.cast import Cast


def round_elsewhere(cast: "Cast", at: datetime) -> dict[str, UUID]:
    """A round, and its review of a mandal of the other district, by the addresses they fill."""
    one = open_round(
        name="Round",
        unit_id=cast.world.state.pk,
        what="mandal",
        office="district_in_charge",
        begins_on=today(),
        ends_on=today() + timedelta(days=12),
        by=Actor.system("test"),
        at=at,
    )
    with system("test"):
        review = Review.objects.get(round=one, unit__code="JK-JAM-M1").public_id
    rounds = ("review:round", "review:round_change", "review:round_stand_in", "review:round_week")
    pages = ("review:review", "review:review_decide", "review:review_meeting", "review:review_reply")
    return dict.fromkeys(rounds, one.public_id) | dict.fromkeys(pages, review)
