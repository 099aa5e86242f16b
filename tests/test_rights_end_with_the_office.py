"""A right ends with the office: each page that showed names or numbers of others shows none of them afterwards.

The leader of the other district opens every address that names its things. Then the office ends. The leader leads a
state elsewhere now, so the first door still lets them in; then nothing. Each page that showed something is asked again.
An address that is new to the product is asked here without a line of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.contact.models import ContactEntry
from abhiyan.core import limits
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.dialogues.models import Dialogue
from abhiyan.enrolment.models import Membership, Roll
from abhiyan.enrolment.models_referrals import Referral, Referred
from abhiyan.friends.actions import organisers
from abhiyan.org import actions as org
from abhiyan.pages.access import HOT, addresses_by_name
from abhiyan.people import actions as people
from abhiyan.site.tests.addresses import (
    Things,
    address,
    body,
    filled,
    more_things,
    things,
)
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.stays.models import Stay

LEADER = "district_elsewhere"
# Names and numbers of people, and the names that `plant` gives them; no title of a meeting or task.
PEOPLE = re.compile(r"Planted (?:Leader|Host|Door)|Rasool|9797654389|97976\W54389|(?<![\w-])4389(?![\w-])")
# A stay in a village may be any office-bearer's.
ANY_OFFICE = {"stays:field_stay"}
# Each way by which somebody may have people in hand. All show a name before the office ends.
IN_HAND = {
    "contact:field_door",
    "dialogues:call",
    "dialogues:calls",
    "friends:friend",
    "enrolment:people",
    "enrolment:person",
    "friends:quiet_friends",
    "pages:field_call",
    "pages:today_all",
    "stays:field_stay",
}


@dataclass
class Ended:
    """Names and numbers that pages show, by address: in office, in another office, and in none."""

    before: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)


def seen(client: Client, where: str) -> list[str]:
    """Return the names and numbers that a page shows. Undo the changes that the look made."""
    limits.forget_all()
    with transaction.atomic():
        found = PEOPLE.findall(body(client.get(where)))
        transaction.set_rollback(True)
    return sorted(set(found))


def plant(cast: Cast, others: dict[str, Any]) -> dict[str, str]:
    """Give what the leader has in hand people with names: a president, a host, a door and a friend."""
    leader, friend = cast.accounts[LEADER], others["friend"]
    unit_id = cast.world.units["JK-B004"].pk
    with system("test"):
        president = people.open_account(phone="+919797654389", name="Planted Leader", by=SYSTEM, at=present())
        Dialogue.objects.filter(pk=others["call"]).update(president_id=president.pk)
        Stay.objects.filter(pk=others["stay"]).update(host_name="Planted Host")
        name = keyring().seal(b"Planted Door", about=others["entry"].bytes)
        ContactEntry.objects.filter(public_id=others["entry"]).update(person_name=name)
        member = Membership.objects.get(public_id=friend)
        Membership.objects.filter(public_id=friend).update(roll_id=Roll.objects.get(code="friends").pk)
        link = Referral.objects.create(
            account_id=leader.pk,
            programme_id=member.programme_id,
            unit_id=unit_id,
            code="BCDFGHJ",
            made_at=present(),
        )
        Referred.objects.create(
            referral_id=link.pk,
            programme_id=member.programme_id,
            membership=friend,
            unit_id=unit_id,
            at=present() - timedelta(days=40),
        )
        organisers.share_friends(at=present())
    return {"friends:friend": f"/friends/{friend}/"}


def end(cast: Cast, held: UUID) -> None:
    with system("test"):
        org.end_appointment(public_id=held, reason="another leads now", by=SYSTEM, at=present())


@pytest.fixture(scope="module")
def ended(open_database: None, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    cast = Cast.make()
    cast.fold()
    foreign: Things = things(cast, LEADER, "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    where = {
        name: address(name, foreign, **filled(name, others))
        for name in sorted(addresses_by_name())
        if name not in HOT
    }
    where |= plant(cast, others)

    def shown(names: Iterable[str]) -> dict[str, list[str]]:
        client = cast.client(LEADER)
        return {name: found for name in names if (found := seen(client, where[name]))}

    ended = Ended(before=shown(where))
    with system("test"):
        new = cast.appoint(cast.accounts[LEADER], "state_president", "HP", by=SYSTEM)
    end(cast, cast.appointments[LEADER])
    ended.elsewhere = shown(ended.before)
    end(cast, new)
    ended.without = shown(ended.before)
    return ended


def test_whoever_is_in_office_sees_the_people_they_have_in_hand(ended: Ended) -> None:
    assert set(ended.before) >= IN_HAND


def test_in_an_office_elsewhere_nobody_of_the_former_one_is_shown(ended: Ended) -> None:
    assert set(ended.elsewhere) == ANY_OFFICE


def test_without_an_office_no_page_shows_anybody(ended: Ended) -> None:
    assert ended.without == {}
