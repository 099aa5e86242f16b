"""Make people who joined the demo's drives without a booth, with what they said of their place: a PIN code or a
village. Samples."""

import itertools
from datetime import datetime, timedelta

from abhiyan.enrolment.actions.placing import note_where
from abhiyan.programmes.models import Programme

from . import people
from .claims import UNPLACED_FROM, join_by_web
from .data_files import sample_words

WORDS = sample_words().placeless


def join_without_place(seed: str, state: Programme, district: Programme, at: datetime) -> None:
    """Have each join by the web in the last three days; entries wait in the unit of the drive."""
    crowd = people.sample_people(f"placeless {seed}", first=UNPLACED_FROM)
    for programme, groups in ((state, WORDS.state), (district, WORDS.district)):
        for number, group in enumerate(groups):
            joined_at = at - timedelta(hours=3 + 11 * number)
            some = list(itertools.islice(crowd, group.n))
            for outcome in join_by_web(programme.pk, some, [None] * group.n, at=joined_at):
                note_where(claim=outcome.receipt, text=group.place)
