"""A programme's preparation, with the lines of every room."""

from datetime import date

from abhiyan.core import rooms
from abhiyan.core.scope import system
from abhiyan.programmes.models import Programme
from abhiyan.work.rules.prepared import PreparedLine


def prepared_in(programme: Programme, *, lo: int, hi: int, on: date) -> list[PreparedLine]:
    """Return the lines that rooms offer at positions [lo, hi) on a day. Numbers alone.

    The caller checks that the viewer sees the programme.
    """
    with system("how far a programme is prepared"):
        return [
            line
            for readiness in rooms.offered("readiness")
            for line in readiness(programme, lo=lo, hi=hi, on=on)
        ]
