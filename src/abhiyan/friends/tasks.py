"""Jobs of friends: certificates of a whole unit. A job keeps the name it had in the room enrolment."""

from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.jobs import job
from abhiyan.core.scope import system
from abhiyan.programmes import queries as programmes

from .actions import certificates


@job("enrolment.give_certificates")
def give_approved_certificates(
    programme: str, unit: int, n: int, sheet: str, account: int | None, person: str, decided: str
) -> None:
    """Give the certificates that a second person approved for the segments of a unit. A second run goes on."""
    with system("certificates of a whole unit"):
        one = programmes.programme(UUID(programme))
    certificates.give_in_segments(
        programme=one,
        unit=unit,
        n=n,
        sheet=UUID(sheet),
        by=Actor(kind="person", id=UUID(person), account_id=account),
        at=datetime.fromisoformat(decided),
    )
