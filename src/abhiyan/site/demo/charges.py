"""People in charge of the demo's drive: one for each district, and the leaders of all mandals of one district."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core.actor import Actor
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

DECLINES, REASON = 4, "परिवार में विवाह है, जनवरी तक बाहर हूँ"


def name_in_charges(
    made: Programme, homes: Iterable[tuple[int, Account]], president: Actor, at: datetime
) -> None:
    """Name one person for each unit. Most have said yes, one no, and each sixth waits."""
    for number, (unit_id, account) in enumerate(homes):
        named = programmes.name_in_charge(
            programme_id=made.pk, unit_id=unit_id, account=account.public_id, by=president, at=at
        )
        if number == DECLINES or number % 6:
            _answer(named.pk, account, number, at)


def name_mandal_leaders(
    made: Programme, district: int, holders: Iterable[tuple[int, Account]], president: Actor, at: datetime
) -> None:
    """Name the leaders of all mandals of a district by one act. Most have said yes, one no, and each third waits."""
    programmes.name_leaders(programme_id=made.pk, unit_id=district, kind=Kind.MANDAL, by=president, at=at)
    mandals = set(units.of_kind_below(district, Hierarchy.ORGANISATIONAL, Kind.MANDAL))
    named = (
        (charge, account)
        for unit_id, account in holders
        if unit_id in mandals
        for charge in queries.open_charges(account.pk)
    )
    for number, (charge, account) in enumerate(named):
        if number == DECLINES or number % 3:
            _answer(charge.pk, account, number, at)


def _answer(in_charge_id: int, account: Account, number: int, at: datetime) -> None:
    """Answer yes; the one of the number `DECLINES` says no."""
    programmes.answer_charge(
        in_charge_id=in_charge_id,
        accepts=number != DECLINES,
        reason=REASON if number == DECLINES else "",
        by=Actor(kind="person", id=account.public_id, account_id=account.pk),
        at=at,
    )
