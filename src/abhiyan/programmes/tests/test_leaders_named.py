"""Leaders of a level named in charge at once and ended together; reminders to people who did not answer."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.models import Message
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser, undrawn
from abhiyan.programmes import actions, queries
from abhiyan.programmes.actions import charges
from abhiyan.programmes.actions.charges import LeadersChanged, NobodyToName
from abhiyan.programmes.models import InCharge, Programme

from .test_charges import name, president, reachable
from .test_pages import drive as open_drive

__all__ = ["president"]
pytestmark = pytest.mark.django_db
drive = open_drive


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


def named(drive: Programme) -> dict[str, int]:
    """Unit -> account of everybody in charge."""
    with system("test"):
        rows = InCharge.objects.filter(programme=drive, ended_at=None)
        return dict(rows.values_list("unit__code", "account_id"))


@pytest.fixture
def mandals(world: World) -> dict[str, Account]:
    """Three of four mandals of the state have a president."""
    return {code: world.holder("mandal_president", code) for code in ("N111", "N112", "N121")}


@pytest.fixture
def client(president: Account) -> Client:
    return browser(president)


def test_the_page_counts_first_and_one_press_names_every_president_of_a_level(
    world: World, drive: Programme, president: Account, mandals: dict[str, Account], client: Client
) -> None:
    name(world, drive, "N112", world.account("Asha"), president)
    path = f"/programmes/{drive.public_id}/in-charges/"
    page = body(client, f"{path}?unit=N1")
    link = re.search(r'href="([^"]*in-charges/name/[^"]*level=mandal[^"]*)"', page)
    assert link
    page = body(client, unescape(link[1]))
    assert "2 units have no in-charge. Their presidents, or who leads them, are named." in words(page)
    assert "1 unit is left out, because nobody leads it." in words(page)
    assert "Each of them gets one message" in words(page) and 'name="expected" value="2"' in page
    answer = client.post(unescape(link[1]), {"expected": "2"})
    assert answer.status_code == 302
    page = words(body(client, answer["Location"]))
    assert "Named in charge: 2" in page and "You named 2 together on" in page
    found = named(drive)
    assert found["N111"] == mandals["N111"].pk and found["N121"] == mandals["N121"].pk
    assert found["N112"] != mandals["N112"].pk, "who was named before stays"
    page = words(body(client, unescape(link[1])))
    assert "Every unit of this level has an in-charge, or nobody leads it." in page


def test_what_one_press_named_is_ended_together(
    world: World, drive: Programme, president: Account, mandals: dict[str, Account], client: Client
) -> None:
    with system("test"):
        n = actions.name_leaders(
            programme_id=drive.pk, unit_id=world.unit("N1"), kind="mandal", by=actor(president), at=AT
        )
    assert n == 3
    page = body(client, f"/programmes/{drive.public_id}/in-charges/?unit=N1")
    link = re.search(r'href="([^"]*in-charges/together/[^"]*)"', page)
    assert link and "3 people are in charge no more" in words(body(client, unescape(link[1])))
    other = world.holder("state_general_secretary", "N1", name="Meena")
    assert browser(other).get(unescape(link[1])).status_code == 404, "only who named them ends them together"
    assert client.post(unescape(link[1])).status_code == 302 and named(drive) == {}
    assert client.post(unescape(link[1])).status_code == 404


def test_nobody_is_named_who_declined_there_and_no_more_than_was_looked_at(
    world: World, drive: Programme, president: Account, mandals: dict[str, Account]
) -> None:
    made = name(world, drive, "N111", mandals["N111"], president)
    with system("test"):
        actions.answer_charge(in_charge_id=made.pk, accepts=False, by=actor(mandals["N111"]), at=AT)
        found = queries.leaders_to_name(drive, world.unit("N1"), "mandal", on=TODAY)
    assert (len(found.leaders), found.vacant, found.declined) == (2, 1, 1)
    of: dict[str, Any] = {
        "programme_id": drive.pk,
        "unit_id": world.unit("N1"),
        "by": actor(president),
        "at": AT,
    }
    with system("test"), pytest.raises(LeadersChanged):
        actions.name_leaders(**of, kind="mandal", expected=3)
    with system("test"), pytest.raises(NobodyToName):
        actions.name_leaders(**of, kind="booth")
    assert named(drive) == {}


def test_more_leaders_than_one_press_names_are_named_part_by_part(
    world: World,
    drive: Programme,
    mandals: dict[str, Account],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charges, "MOST_NAMED", 2)
    page = f"/programmes/{drive.public_id}/in-charges/name/?unit=%s&level=mandal"
    answer = client.post(page % "N1", {"expected": "3"})
    assert answer.status_code == 422 and "More than 2 people" in words(answer.content.decode())
    assert named(drive) == {}
    assert client.post(page % "N11", {"expected": "2"}).status_code == 302 and len(named(drive)) == 2


def test_who_runs_no_programme_in_a_unit_names_and_ends_nobody_there(
    world: World, drive: Programme, president: Account, mandals: dict[str, Account]
) -> None:
    district = world.holder("district_president", "N12")
    path = f"/programmes/{drive.public_id}/in-charges/"
    assert browser(district).get(f"{path}name/?unit=N11&level=mandal").status_code in (403, 404)
    assert browser(district).get(f"{path}remind/?unit=N11").status_code in (403, 404)
    with system("test"), pytest.raises(NotYours):
        actions.name_leaders(
            programme_id=drive.pk, unit_id=world.unit("N1"), kind="mandal", by=actor(district), at=AT
        )
    with system("test"):
        actions.name_leaders(
            programme_id=drive.pk, unit_id=world.unit("N1"), kind="mandal", by=actor(president), at=AT
        )
        together = InCharge.objects.exclude(together=None).values_list("together", flat=True)[0]
    assert together is not None
    with system("test"), pytest.raises(NotYours):
        actions.end_together(programme_id=drive.pk, together=together, by=actor(district), at=AT)
    with system("test"), pytest.raises(NotFound):
        actions.end_together(programme_id=drive.pk + 1, together=together, by=actor(president), at=AT)
    assert len(named(drive)) == 3


def test_naming_and_ending_all_day_sends_two_messages_to_a_leader(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        leader = reachable("Farooq", "+919419004141")
    world.appoint(leader, "mandal_president", "N111")
    for _n in range(4):
        made = name(world, drive, "N111", leader, president)
        with system("test"):
            actions.end_in_charge(in_charge_id=made.pk, by=actor(president), at=AT)
    with system("test"):
        assert Message.objects.filter(template="duty.in_charge").count() == 2
    made = name(world, drive, "N111", leader, president)
    assert made.told_at == AT, "so no reminder goes out today either"


@pytest.mark.parametrize("level", ["", "street", "constituency"])
def test_a_level_that_is_not_below_is_not_there(drive: Programme, client: Client, level: str) -> None:
    path = f"/programmes/{drive.public_id}/in-charges/name/?unit=N1&level={level}"
    assert client.get(path).status_code == 404


def test_naming_many_leaders_takes_as_many_queries_as_naming_few(
    world: World, drive: Programme, president: Account, mandals: dict[str, Account]
) -> None:
    def queries_of(code: str) -> int:
        with (
            system("test"),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            queries.leaders_to_name(drive, world.unit(code), "mandal", on=TODAY)
        return len(seen)

    assert queries_of("N1") == queries_of("N12")


def test_those_who_did_not_answer_are_reminded_once_a_day(
    world: World, drive: Programme, president: Account, client: Client
) -> None:
    bilal, meena = reachable("Bilal", "9906000011"), reachable("Meena", "9906000012")
    with system("test"):
        made = [
            actions.name_in_charge(
                programme_id=drive.pk,
                unit_id=world.unit(code),
                account=account.public_id,
                by=actor(president),
                at=NOW,
            )
            for code, account in (("N11", bilal), ("N12", meena))
        ]
    path = f"/programmes/{drive.public_id}/in-charges/"

    def told(**of: object) -> int:
        with system("test"):
            return Message.objects.filter(template="duty.in_charge", **of).count()

    page = body(client, f"{path}?unit=N1&show=waiting")
    assert "remind/" not in page, "they were told today"
    assert "Asked or reminded today. From tomorrow you can remind those without an answer." in words(page)
    answer = client.post(f"{path}remind/?unit=N1")
    assert answer.status_code == 409 and told() == 2
    given.time(NOW + timedelta(days=1))
    client = browser(president)
    page = body(client, f"{path}?unit=N1&show=waiting")
    assert "Remind 2" in words(page) and "named on" in words(page)
    assert "2 people have not replied. Each person gets one message." in words(
        body(client, f"{path}remind/?unit=N1")
    )
    assert client.post(f"{path}remind/?unit=N1").status_code == 302 and told() == 4
    page = words(body(client, f"{path}?unit=N1&show=waiting"))
    assert "reminded on" in page and "Remind 2" not in page
    with system("test"), pytest.raises(NobodyToRemind):
        actions.remind_in_charges(
            programme_id=drive.pk, unit_id=world.unit("N1"), by=actor(president), at=NOW + timedelta(days=1)
        )
    # An answer, or an end, drops a reminder that has not left.
    with system("test"):
        at = NOW + timedelta(days=1, minutes=5)
        actions.answer_charge(in_charge_id=made[0].pk, accepts=True, by=actor(bilal), at=at)
        actions.end_in_charge(in_charge_id=made[1].pk, by=actor(president), at=at)
    assert told(phone_id=bilal.phone_id, state="dropped") == 1, "the reminder"
    assert told(phone_id=meena.phone_id, state="dropped") == 2
