"""Somebody wants to help: one step for doors, calls and every other room."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.contact.news import HelpOffered
from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.people import actions as people_acts
from abhiyan.people import phones
from abhiyan.people import queries as people

LONGEST_HELPER = 80


class HelperUnknown(Refused):
    message = _("Write their name or their number, so that a leader can find them.")


class DoorNumberUnfit(Refused):
    message = _("This is no Indian mobile number. Write 10 digits, or leave it empty.")


class NumberOwn(Refused):
    message = _("This is your own number. Write theirs, or leave it empty.")


@dataclass(frozen=True, slots=True)
class HelpSaid:
    """A person who wants to help, in their own words. phone: as typed. may_text: they agree to an SMS."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    may_text: bool = False

    @property
    def is_said(self) -> bool:
        """Return True if anybody was named."""
        return bool(self.name.strip() or self.phone.strip())


def offer_help(
    *,
    offer: UUID,
    way: str,
    unit_id: int,
    helper: HelpSaid,
    known_phone: UUID | None = None,
    door: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Pass on that somebody wants to help; the room above keeps it (`news.HelpOffered`).

    offer: its id; the same id again is the same offer. way: of `news.HELP_WAYS`. known_phone: of a list or a call. at:
    when an SMS may leave. The room has asked who may. In a system scope. Refuses HelperUnknown, DoorNumberUnfit,
    NumberOwn.
    """
    name = " ".join(helper.name.split())[:LONGEST_HELPER]
    phone_id = (
        typed_phone(number=helper.phone, account_id=or_refuse(by.account_id))
        if helper.phone.strip()
        else known_phone
    )
    if not (name or phone_id or door):
        raise HelperUnknown(field="helper")
    news.tell(HelpOffered(offer, way, unit_id, phone_id, name, door, helper.may_text, language, by, at))


def typed_phone(*, number: str, account_id: int) -> UUID:
    """Keep a typed number of somebody who wants to help. Refuses DoorNumberUnfit, and NumberOwn to its owner."""
    phone_id, parsed = their_phone(number=number, account_id=account_id, field="helper_phone")
    people_acts.keep_phones(phones=[parsed])
    return phone_id


def their_phone(*, number: str, account_id: int, field: str) -> tuple[UUID, str]:
    """Read the number that a worker typed of somebody else: its id, and as E.164. It is not kept yet.

    field: of the form. Refuses DoorNumberUnfit, and NumberOwn to its owner.
    """
    parsed = phones.parse(number)
    if parsed is None:
        raise DoorNumberUnfit(field=field)
    phone_id = keyring().phone_id(parsed)
    if phone_id in people.account_phones(account_id):
        raise NumberOwn(field=field)
    return phone_id, parsed
