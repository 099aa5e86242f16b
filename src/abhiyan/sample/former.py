"""The vacant offices of the demo had holders before. Samples."""

import itertools
import random
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from abhiyan.org import actions as org
from abhiyan.org.rules.offices import SEATS

from . import people, tree
from .claims import FORMER_FROM

ORGANISED = 1_000  # days ago the units came into being
VACANT_FOR = (3, 77)  # days, of an office that nobody holds


def former_holders(
    seed: str,
    rows: Sequence[tree.UnitRowSample],
    ids: Mapping[str, int],
    held: Collection[tuple[str, str]],
    today: date,
) -> list[org.OfficeBearer]:
    """Return a former holder of each vacant office: each office became vacant on its own day.

    held: offices with the codes of their units. States other than the first get their people later.
    """
    rng = random.Random(f"former {seed}")  # noqa: S311  # sample data
    taken = set(held)
    vacant = [
        (seat.code, row)
        for row in rows
        if row.kind != "state"
        for seat in SEATS
        if row.kind in seat.expected_in and (seat.code, row.code) not in taken
    ]
    crowd = itertools.islice(people.sample_people(f"former {seed}", first=FORMER_FROM), len(vacant))
    return [
        org.OfficeBearer(
            phone=sample_person.phone,
            name=sample_person.name,
            office=office,
            unit_id=ids[row.code],
            since=today - timedelta(days=rng.randint(200, ORGANISED)),
            hierarchy=1 if row.organisational_parent else 2,
            until=today - timedelta(days=rng.randint(*VACANT_FOR)),
        )
        for (office, row), sample_person in zip(vacant, crowd, strict=True)
    ]
