"""A list with names is a file once a second person has approved it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.org.models import Release
from abhiyan.org.rules.named_lists import ACT, NamedList
from abhiyan.people.actions import reading

from .releases import NotReleased, ask_release, use_release


class WordsTyped(Refused):
    message = _("Your list is narrowed by words you typed. Take them out first: a request keeps no names.")


def ask_for_names(
    *, wanted: NamedList, told: Mapping[str, Any], n: int, unit_id: int, reason: str, by: Actor, at: datetime
) -> Release:
    """Ask a second person for a list of n rows with names, to be taken once as a file.

    told: what the deciding person reads about it: its title, how it is narrowed, its columns. Refuses WordsTyped,
    ListTooLong what could never be read in a day, and what `ask_release` refuses.
    """
    if wanted.is_typed:
        raise WordsTyped
    reading.require_short(n)
    payload = {**wanted.said(), **told, "rows": n}
    return ask_release(act=ACT, unit_id=unit_id, reason=reason, payload=payload, by=by, at=at)


def take_names(*, public_id: UUID, wanted: NamedList, n: int, by: Actor, at: datetime) -> None:
    """Take an approved list of n rows with names, once: in the transaction that writes its file.

    Refuses NotReleased what is another list; what `use_release` refuses; ReadEnough and ListTooLong as every reading of
    people does.
    """
    with transaction.atomic():  # what is refused is not used up
        payload = use_release(public_id=public_id, act=ACT, by=by, at=at)
        if {key: payload[key] for key in ("path", "asked")} != wanted.said():
            raise NotReleased
        reading.require_short(n)
        unit_id = Release.objects.values_list("unit_id", flat=True).get(public_id=public_id)
        reading.read_people(by=by, unit_id=unit_id, n=n, at=at, act="org.export_names")
