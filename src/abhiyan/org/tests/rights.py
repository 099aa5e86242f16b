"""People with named rights, for a room's own tests: no office of somebody else's rules, no table of letters.

who = Rights(world.unit)
client = who.may("enrolment.enrol", at="JK-B001")  # one right, in one unit, both proofs shown.
who.opens("/messages/", needs="messages.read", at="N11")
"""

from collections.abc import Callable
from datetime import date
from itertools import count

from django.test import Client

from abhiyan.core.scope import system
from abhiyan.org import actions
from abhiyan.org.models import Appointment, Office
from abhiyan.org.rules.capabilities import MEANINGS
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

from .make import AT, SYSTEM, actor

_numbers = count(1)


class Rights:
    """unit_of: code -> id of a unit of the world at hand."""

    def __init__(self, unit_of: Callable[[str], int]) -> None:
        self.unit_of = unit_of

    def holder(self, *capabilities: str, at: str, hierarchy: int = 1, sees_people: bool = True) -> Account:
        """Somebody whose one office lets them do just this, here and below."""
        assert set(capabilities) <= set(MEANINGS), capabilities
        n = next(_numbers)
        with system("test"):
            office = Office.objects.create(
                code=f"just_{n}",
                names={"en": f"Office {n}"},
                capabilities=sorted(capabilities),
                sees_people=sees_people,
            )
        account = people.open_account(phone=f"+9198700{n:05}", name=f"Person {n}", by=SYSTEM, at=AT)
        made = actions.appoint(
            account_id=account.pk,
            office=office.code,
            unit_id=self.unit_of(at),
            hierarchy=hierarchy,
            starts_on=date(2026, 1, 1),
            by=SYSTEM,
            at=AT,
        )
        if made.state == Appointment.State.OFFERED:
            actions.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(account), at=AT)
        return account

    def may(self, *capabilities: str, at: str, hierarchy: int = 1, sees_people: bool = True) -> Client:
        """Their browser."""
        return browser(self.holder(*capabilities, at=at, hierarchy=hierarchy, sees_people=sees_people))

    def opens(
        self, path: str, *, needs: str, at: str, elsewhere: str = "", outside: int = 404, inside: int = 200
    ) -> None:
        """Assert that an address opens to people who may, where they may, and to nobody else. Up to five people try.

        elsewhere: a unit where the same right does not reach this address. outside: what they are answered there.
        """
        asked = {
            "nobody": (browser(), 302),
            "without a second proof": (browser(self.holder(needs, at=at), strong=False), 302),
            "here, with every right but this": (self.may(*set(MEANINGS) - {needs}, at=at), 403),
            "here": (self.may(needs, at=at), inside),
        }
        if elsewhere:
            asked["elsewhere"] = (self.may(needs, at=elsewhere), outside)
        got = {who: client.get(path).status_code for who, (client, _wanted) in asked.items()}
        assert got == {who: wanted for who, (_client, wanted) in asked.items()}, path
