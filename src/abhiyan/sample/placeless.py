"""Make people who joined the demo's drives without a booth, with what they said of their place: a PIN code or a
village. Samples."""

import itertools
from datetime import datetime, timedelta

from abhiyan.enrolment.actions.placing import note_where
from abhiyan.programmes.models import Programme

from . import people
from .claims import UNPLACED_FROM, join_by_web

# Their words on the place, and how many said them; "": nothing.
OF_STATE = (("199001", 9), ("199014", 6), ("बानिहाल के पास", 5), ("Near Harwan", 4), ("", 3), ("डल गेट", 2))
OF_DISTRICT = (("कुंड गाँव", 7), ("Panthal", 5), ("199359", 4), ("भोमाग", 2))


def join_without_place(seed: str, state: Programme, district: Programme, at: datetime) -> None:
    """Have each join by the web in the last three days; entries wait in the unit of the drive."""
    crowd = people.sample_people(f"placeless {seed}", first=UNPLACED_FROM)
    for programme, groups in ((state, OF_STATE), (district, OF_DISTRICT)):
        for number, (place_text, n) in enumerate(groups):
            joined_at = at - timedelta(hours=3 + 11 * number)
            some = list(itertools.islice(crowd, n))
            for outcome in join_by_web(programme.pk, some, [None] * n, at=joined_at):
                note_where(claim=outcome.receipt, text=place_text)
