"""A round and slides for the tests of who may open what."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.web import today
from abhiyan.review.actions.decks import make_deck, schedule_deck
from abhiyan.review.actions.rounds import open_round
from abhiyan.review.models import Review

if TYPE_CHECKING:
    from abhiyan.site.tests.cast import Cast


def round_elsewhere(cast: "Cast", at: datetime) -> dict[str, UUID]:
    """A round whose reviewers are silent, and its review of a mandal of the other district, by the addresses."""
    one = open_round(
        title="Round",
        unit_id=cast.world.state.pk,
        what="mandal",
        office="district_in_charge",
        begins_on=today() - timedelta(days=16),
        ends_on=today() + timedelta(days=12),
        by=Actor.system("test"),
        at=at - timedelta(days=16),
    )
    with system("test"):
        review = Review.objects.get(round=one, unit__code="JK-JAM-M1").public_id
    rounds = ("review:round", "review:round_change", "review:round_stand_in", "review:round_week")
    lists = ("review:round_reviewers", "review:round_remind", "review:round_work")
    pages = ("review:review", "review:review_decide", "review:review_meeting", "review:review_reply")
    return dict.fromkeys((*rounds, *lists), one.public_id) | dict.fromkeys(pages, review)


def slides_elsewhere(cast: "Cast", at: datetime) -> dict[str, UUID]:
    """Slides of the other district, sent regularly by who leads it, by the addresses they fill."""
    by = cast.actor("district_elsewhere")
    with cast.as_("district_elsewhere"):
        deck = make_deck(
            about="unit",
            unit_id=cast.world.units["JK-JAM"].pk,
            hierarchy=1,
            programme_id=cast.world.programme.pk,
            language="en",
            by=by,
            at=at,
        )
        one = schedule_deck(deck=deck, every="day", day=0, hour=11, seats=[], by=by, at=at)
    pages = ("review:deck", "review:deck_file", "review:deck_schedule", "review:schedule_act")
    return {"schedule": one.public_id, **dict.fromkeys(pages, deck.public_id)}
