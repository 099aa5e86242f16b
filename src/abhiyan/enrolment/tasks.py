"""Jobs of enrolment: claims and members of closed units move to the successor, and back."""

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.jobs import job

from . import actions

BY = Actor.system("their unit was closed, or opened again")


@job("enrolment.hand_members_over")
def hand_members_over(closing_id: int) -> None:
    """Hand over what waits at units closed together, and their members, to the successor, some hundred a commit.

    A new start finds who is left.
    """
    after = None
    while (
        after := actions.hand_over_next(closing_id=closing_id, after=after, by=BY, at=clock.now())
    ) is not None:
        pass


@job("enrolment.bring_members_back")
def bring_members_back(closing_id: int) -> None:
    """Bring members back when the units are open again."""
    done: int | None = 0
    while done is not None:
        done = actions.bring_claims_back(closing_id=closing_id, after=done, by=BY, at=clock.now())
    while actions.bring_back_next(closing_id=closing_id, by=BY, at=clock.now()):
        pass
