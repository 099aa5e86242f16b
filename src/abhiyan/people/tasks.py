"""Jobs of people: near duplicates are looked for."""

from abhiyan.core import clock
from abhiyan.core.jobs import job

from .actions import finding


@job("people.find_doubles")
def find_doubles_job() -> None:
    """Look among all who are there. Run again it finds the same."""
    finding.find_doubles(at=clock.now())
