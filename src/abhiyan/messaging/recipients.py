"""The people of phones and where they live, for many phones at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from abhiyan.core import sql

# By the index on the phone. People who left are not looked for, because their phone has said no.
_ON_PHONES = """select p.phone_id, array_agg(p.id), array_agg(distinct p.unit_id) from people_person p
 where p.phone_id = any(%s) and p.left_at is null and p.merged_into is null group by p.phone_id"""


@dataclass(frozen=True, slots=True)
class OnPhone:
    """The people of one phone, and the units they live in."""

    persons: tuple[UUID, ...] = ()
    units: tuple[int, ...] = ()


NOBODY = OnPhone()


def on_phones(phone_ids: Collection[UUID]) -> dict[UUID, OnPhone]:
    """The people of each of these phones; a phone that is nobody's is left out."""
    if not phone_ids:
        return {}
    rows = sql.rows(_ON_PHONES, [list(phone_ids)])
    return {phone_id: OnPhone(tuple(persons), tuple(units)) for phone_id, persons, units in rows}
