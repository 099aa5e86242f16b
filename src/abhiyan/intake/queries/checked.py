"""Find the person a back-check asks about one entry, talk or task, and what was written."""

from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.words import local_person as in_script
from abhiyan.enrolment.queries.people import member_or_none, standing_membership
from abhiyan.enrolment.rules.channels import CHANNELS
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import item
from abhiyan.programmes.rules.activities import Whom
from abhiyan.work.queries.tasks import first_confirmed

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


def whom_of_task(item_id: UUID, _channel: int, day: date) -> Whom:
    """Return the contributor to ask in a check of their task, and that task. In a system scope."""
    active = item(item_id)
    task = first_confirmed(active.phone_id) if active and active.phone_id else None
    if task is None or task.person_id is None:
        return Whom(None, {})
    helper = people.person_by_id(task.person_id)
    written = {"what": task.title, "when": date_format(day, "j F Y")}
    return Whom(in_script(helper.name) if helper.name else None, written)


def whom_of_talk(item_id: UUID, _channel: int, day: date) -> Whom:
    """Return the friend to ask in a check of a talk, and the organiser's note. In a system scope."""
    talk = item(item_id)
    if talk is None:
        return Whom(None, {})
    about = sql.value("select a.about from contact_try a where a.item_id = %s limit 1", [talk.pk])
    friend = standing_membership(about) if about else None
    names = people.names_of_accounts([talk.by_id] if talk.by_id else [])
    written = {"who": names.get(talk.by_id or 0, ""), "when": date_format(day, "j F Y")}
    friend_person = people.person_by_id(friend.person_id) if friend else None
    name = friend_person.name if friend_person else None
    return Whom(in_script(name) if name else None, written)


def sentence_of_talk(talk: Item) -> str:
    """Return the sentence on the page of the friend's question. In a system scope."""
    worker = people.names_of_accounts([talk.by_id] if talk.by_id else []).get(talk.by_id or 0, "")
    return _("%(worker)s spoke with you on %(day)s.") % {
        "worker": in_script(worker),
        "day": date_format(talk.day, "j F"),
    }
