"""What phones said that ended terms: told to the person and the data officer; to others only a count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.words import named
from abhiyan.enrolment.models import Parting
from abhiyan.enrolment.rules.channels import CHANNELS, Channel

from .people import senders


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry came from, in words: who sent it in, and when."""

    who: str
    entered_at: datetime


def denied_at(phone_id: UUID, at: datetime) -> list[Source]:
    """Where the entries came from that a phone said, at this instant, nobody on it had made. In a system scope."""
    return sources(list(Parting.objects.filter(phone_id=phone_id, kind="denied", at=at).order_by("pk")))


_OF_TERM = """select coalesce(w.completed_import, c.import_id), c.by, c.channel, c.at, e.unit_id
 from enrolment_enrolment e join enrolment_claim c on c.id = e.claim_id
 left join enrolment_waiting w on w.phone_id = c.phone_id and w.claim_id = c.id where e.id = %s"""


def source_of_term(term_id: UUID) -> Source | None:
    """Where the entry came from that opened a term. In a system scope."""
    found = sql.row(_OF_TERM, [term_id])
    if found is None:
        return None
    import_id, by, channel, at, unit_id = found
    return sources(
        [Parting(import_id=import_id, by=by, entered_channel=channel, entered_at=at, unit_id=unit_id)]
    )[0]


def sources(partings: list[Parting]) -> list[Source]:
    """Of each, in order, who sent the entry in: an office-bearer by name, a channel by its own, a list by its place.
    In a system scope: the person concerned may know."""
    names = senders([one.by for one in partings])
    places: dict[int, dict[str, Any]] = dict(
        sql.rows("select id, names from units_unit where id = any(%s)", [[one.unit_id for one in partings]])
    )
    return [
        Source(_who(one, names.get(one.by, ""), named(places.get(one.unit_id, {}))), one.entered_at)
        for one in partings
    ]


def _who(parting: Parting, name: str, place: str) -> str:
    if parting.entered_channel == Channel.PAPER or parting.import_id is not None:
        if name:
            return _("%(name)s (paper list, %(place)s)") % {"name": name, "place": place}
        return _("A paper list, %(place)s") % {"place": place}
    if name:
        return name
    labels = {each.number: str(each.label) for each in CHANNELS}
    return labels.get(parting.entered_channel, place)
