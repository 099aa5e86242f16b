"""Find the person a back-check asks about one entry, and what was written."""

from datetime import date
from uuid import UUID

from django.utils.formats import date_format

from abhiyan.core.words import local_person as in_script
from abhiyan.enrolment.rules.channels import CHANNELS
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.programmes.rules.activities import Whom

from .people import member_or_none

_WAYS = {channel.number: channel.label for channel in CHANNELS}


def member_to_check(membership: UUID, channel: int, day: date) -> Whom:
    """Return the member, and how, when and with which year of birth they were entered. In a system scope."""
    member = member_or_none(membership)
    written = {"how": str(_WAYS.get(channel, "")), "when": date_format(day, "j F Y")}
    if member is None:
        return Whom(None, written)
    if member.birth_year is not None:
        written["born"] = str(member.birth_year)
    name = None if member.name is None else in_script(member.name)
    return Whom(name, written, is_silent=people.took_back(member.person_id, Purpose.CALLS))
