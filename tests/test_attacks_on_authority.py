"""One person with several phones, and a leader with the power to appoint and end: through the pages, as they
would try.

Each story is tried on the level it was seen, one level up and one level down.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.models import Message
from abhiyan.org.models import Appointment, Release
from abhiyan.people.actions import rename_account
from abhiyan.people.models import Account, Factor
from abhiyan.people.tests.make import browser
from abhiyan.site.tests.cast import SYSTEM, Cast


@pytest.fixture(scope="module")
def made(open_database: None) -> Cast:
    return Cast.make()


@pytest.fixture
def cast(made: Cast) -> Iterator[Cast]:
    """Everybody at once; what a story does is undone."""
    with transaction.atomic():
        yield Cast(made.world, dict(made.accounts), dict(made.appointments))
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Level:
    """A leader who asks, over a unit; the office a second phone would take beside them, and one below."""

    leader: str
    unit: str
    beside: str
    below: tuple[str, str]


LEVELS = [
    Level("national_president", "IN", "national_general_secretary", ("state_general_secretary", "JK")),
    Level("state_president", "JK", "state_general_secretary", ("district_president", "JK-SRI")),
    Level("district_president", "JK-SRI", "district_in_charge", ("mandal_in_charge", "JK-SRI-M1")),
]


def client_of(cast: Cast, role: str, unit: str) -> Client:
    if role not in cast.accounts:
        cast._seat(role, role, unit, 1)
    return cast.client(role)


def appoint(
    by: Client, office: str, unit: str, phone: str = "98100 55501", name: str = "Second Phone"
) -> int:
    given = {
        "office": office,
        "phone": phone,
        "name": name,
        "starts_on": "2026-01-01",
        "ends_on": "",
        "order_no": "",
    }
    return by.post(f"/appointments/new/?unit={unit}", {"unit": unit, "hierarchy": "1", **given}).status_code


def held_by(name: str) -> tuple[Account, Appointment]:
    """Return what somebody was given, and have them accept it."""
    with system("test"):
        account = Account.objects.get(name=name)
        held = Appointment.objects.filter(account_id=account.pk).latest("pk")
    answer = browser(account).post(f"/appointments/{held.public_id}/answer/", {"answer": "accept"})
    assert answer.status_code == 302
    return account, held


def long_ago(held: Appointment) -> None:
    """As if it had been made and accepted weeks ago."""
    then = NOW - timedelta(days=30)
    with system("test"):
        Appointment.objects.filter(pk=held.pk).update(made_at=then, accepted_at=then)


def ask_list(by: Client, unit: str) -> UUID:
    form = {"unit": unit, "in": "organisational", "rung": "counted", "reason": "letters of thanks"}
    assert by.post("/people/export/", form).status_code == 302
    with system("test"):
        return Release.objects.latest("pk").public_id


def approve(by: Client, asked: UUID) -> int:
    return by.post(f"/releases/{asked}/decide/", {"allow": "yes"}).status_code


def download(by: Client, asked: UUID) -> int:
    return by.post(f"/people/export/{asked}/").status_code


def state_of(asked: UUID) -> str:
    with system("test"):
        return Release.objects.get(public_id=asked).state


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.unit)
def test_a_second_phone_beside_approves_nothing_of_ones_own_however_long_it_holds_office(
    cast: Cast, level: Level
) -> None:
    leader = client_of(cast, level.leader, level.unit)
    if level.beside in cast.accounts:  # their place is taken by somebody else
        with system("test"):
            Appointment.objects.filter(public_id=cast.appointments[level.beside]).delete()
    assert appoint(leader, level.beside, level.unit) == 302
    account, held = held_by("Second Phone")
    asked = ask_list(leader, level.unit)
    for _later in range(2):
        assert approve(browser(account), asked) == 403
        assert approve(leader, asked) == 403
        long_ago(held)
    assert state_of(asked) == "asked" and download(leader, asked) == 403
    officer = client_of(cast, "data_officer", "JK-SRI") if level.unit == "JK-SRI" else None
    if officer is not None:
        assert approve(officer, asked) == 302 and download(leader, asked) == 200


@pytest.mark.parametrize("level", LEVELS[:2], ids=lambda level: level.unit)
def test_what_a_second_phone_below_asks_its_owner_does_not_approve(cast: Cast, level: Level) -> None:
    office, unit = level.below
    leader = client_of(cast, level.leader, level.unit)
    assert appoint(leader, office, unit) == 302
    account, held = held_by("Second Phone")
    long_ago(held)
    puppet = browser(account)
    asked = ask_list(puppet, unit)
    assert approve(leader, asked) == 403
    # And a third phone, appointed by the second.
    lower = {"JK": ("district_president", "JK-SRI"), "JK-SRI": ("mandal_in_charge", "JK-SRI-M1")}[unit]
    assert appoint(puppet, *lower, "98100 55502", "Third Phone") == 302
    assert approve(browser(held_by("Third Phone")[0]), asked) in (403, 404)
    assert state_of(asked) == "asked" and download(puppet, asked) == 403


@pytest.mark.parametrize("role", ["national_president", "state_president", "district_in_charge", "root"])
def test_no_leader_names_or_ends_a_data_officer(cast: Cast, role: str) -> None:
    leader = cast.client(role)
    unit = {"national_president": "IN", "state_president": "JK"}.get(role, "JK-SRI")
    assert appoint(leader, "data_officer", unit) in (403, 422)
    with system("test"):
        assert not Account.objects.filter(name="Second Phone").exists()
    ended = leader.post(f"/appointments/{cast.appointments['data_officer']}/end/", {"reason": "in my way"})
    assert ended.status_code == 403
    with system("test"):
        assert Appointment.objects.get(public_id=cast.appointments["data_officer"]).state == "active"


@pytest.mark.parametrize(
    ("above", "asker", "office", "unit"),
    [
        ("national_president", "state_president", "state_president", "JK"),
        ("state_president", "district_in_charge", "district_in_charge", "JK-SRI"),
        ("district_president", "mandal_president", "mandal_president", "JK-SRI-M1"),
    ],
)
def test_ending_an_appointment_for_a_moment_opens_nothing(
    cast: Cast, above: str, asker: str, office: str, unit: str
) -> None:
    """The level above ends the asker's appointment, would approve, and appoints the same person again."""
    leader = client_of(cast, above, "JK-SRI")
    account = cast.accounts[asker]
    with system("test"):  # appointed by that leader once, so not theirs to approve
        Appointment.objects.filter(public_id=cast.appointments[asker]).update(
            made_by=cast.accounts[above].pk, made_at=NOW - timedelta(days=20)
        )
        if asker == "mandal_president":
            Release.objects.create(**asked_by(account.pk, cast.world.units[unit].pk))
    asked = ask_list(cast.client(asker), unit) if asker != "mandal_president" else _last()
    assert approve(leader, asked) == 403
    ended = leader.post(f"/appointments/{cast.appointments[asker]}/end/", {"reason": "for a moment"})
    assert ended.status_code == 302
    assert approve(leader, asked) in (403, 422)
    assert state_of(asked) == "withdrawn"
    given = {"unit": unit, "hierarchy": "1", "office": office, "account": str(account.public_id)}
    given |= {"starts_on": "2026-01-01", "ends_on": "", "order_no": ""}
    again = leader.post(f"/appointments/new/?unit={unit}&q={account.name}", given)
    assert again.status_code == 302, again.content.decode()
    held_by(account.name)
    assert approve(leader, asked) in (403, 422)
    assert download(browser(account), asked) == 403


def asked_by(account: int, unit: int) -> dict[str, object]:
    """A request of an act that offices of a mandal know."""
    at = NOW
    return {
        "public_id": UUID(int=at.microsecond + 1),
        "act": "people.reveal_many",
        "unit_id": unit,
        "asked_by": account,
        "asked_at": at,
        "reason": "r",
        "expires_at": at + timedelta(hours=72),
    }


def _last() -> UUID:
    with system("test"):
        return Release.objects.latest("pk").public_id


def give_a_proof(account: Account) -> None:
    with system("test"):
        Factor.objects.create(
            public_id=account.public_id,
            account_id=account.pk,
            kind="totp",
            sealed=b"x",
            created_at=NOW,
            confirmed_at=NOW,
        )


def proofs(account: Account) -> int:
    with system("test"):
        return Factor.objects.filter(account_id=account.pk).count()


@pytest.mark.parametrize("victim", ["national_president", "state_president", "district_elsewhere"])
def test_nobody_below_or_beside_resets_a_proof_by_giving_its_holder_a_small_office(
    cast: Cast, victim: str
) -> None:
    account = cast.accounts[victim]
    give_a_proof(account)
    leader = cast.client("district_in_charge")
    with system("test"):
        small = cast.appoint(account, "booth_worker", "JK-B001", by=cast.actor("district_in_charge"))
    asked = leader.post(f"/appointments/{small}/reset/", {"reason": "phone lost"})
    assert asked.status_code in (403, 404)
    with system("test"):
        assert not Release.objects.filter(act="factors.reset").exists()
    assert proofs(account) == 1


@pytest.mark.parametrize(
    ("victim", "by"), [("national_president", "root"), ("state_president", "district_in_charge")]
)
def test_an_appointment_that_is_over_opens_no_reset(cast: Cast, victim: str, by: str) -> None:
    account = cast.accounts[victim]
    give_a_proof(account)
    leader = cast.client(by)
    with system("test"):
        small = cast.appoint(account, "call_centre_agent", "JK-SRI-M1", by=cast.actor(by))
    assert leader.post(f"/appointments/{small}/end/", {"reason": "over"}).status_code == 302
    assert leader.post(f"/appointments/{small}/reset/", {"reason": "phone lost"}).status_code in (403, 404)
    assert proofs(account) == 1


@pytest.mark.parametrize("role", ["booth_worker", "call_centre_agent", "verifier"])
def test_who_only_works_reads_no_list_of_office_holders_and_no_plan(cast: Cast, role: str) -> None:
    client = cast.client(role)
    for path in ("/appointments/", "/appointments/?format=csv", "/elections/plans/"):
        assert client.get(path).status_code == 403
    page = client.get("/today/").content.decode()
    assert 'href="/appointments/"' not in page
    held = str(cast.appointments["state_president"])
    rename_account(account_id=cast.accounts["state_president"].pk, name="Habib Rather", by=SYSTEM, at=NOW)
    assert held not in client.get("/search/?q=rather").content.decode()
    leader = cast.client("mandal_president")
    assert held in leader.get("/search/?q=rather").content.decode()
    assert leader.get("/appointments/").status_code == leader.get("/elections/plans/").status_code == 200


def letters_to(account: Account) -> list[tuple[str, dict[str, str]]]:
    """Return what was queued to somebody's phone: the text and what fills it."""
    with system("test"):
        return [
            (each.template, json.loads(keyring().unseal(bytes(each.sealed_blanks), about=each.pk.bytes)))
            for each in Message.objects.filter(phone_id=account.phone_id).order_by("queued_at", "template")
        ]


def test_the_link_goes_to_the_named_phone_and_to_nobody_else(cast: Cast) -> None:
    leader = cast.client("state_president")
    given = {"office": "district_in_charge", "phone": "98100 55503", "name": "Second Phone"}
    given |= {"starts_on": "2026-01-01", "ends_on": "", "order_no": "", "unit": "JK-SRI", "hierarchy": "1"}
    with system("test"):
        Appointment.objects.filter(public_id=cast.appointments["district_in_charge"]).delete()
    made = leader.post("/appointments/new/?unit=JK-SRI", given)
    assert made.status_code == 302, made.content.decode()
    with system("test"):
        account = Account.objects.get(name="Second Phone")
    ((template, blanks),) = letters_to(account)
    assert template == "duty.office"
    short = urlsplit(blanks["link"]).path
    path = urlsplit(Client().get(short)["Location"]).path
    page = leader.get(made["Location"]).content.decode()
    assert short.split("/")[2] not in page and path.split("/")[2] not in page
    assert browser(account).get("/people/").status_code == 403
    assert Client().post(path, {"answer": "accept"}).status_code == 200
    assert browser(account).get("/people/").status_code == 200


def test_whose_proof_is_to_be_reset_is_told_on_their_phone(cast: Cast) -> None:
    leader = cast.client("state_president")
    given = {"office": "district_in_charge", "phone": "98100 55503", "name": "Second Phone"}
    given |= {"starts_on": "2026-01-01", "ends_on": "", "order_no": "", "unit": "JK-SRI", "hierarchy": "1"}
    with system("test"):
        Appointment.objects.filter(public_id=cast.appointments["district_in_charge"]).delete()
    made = leader.post("/appointments/new/?unit=JK-SRI", given)
    account, held = held_by("Second Phone")
    give_a_proof(account)
    asked = leader.post(f"/appointments/{held.public_id}/reset/", {"reason": "phone lost"})
    assert made.status_code == asked.status_code == 302
    assert "account.reset_asked" in [template for template, _blanks in letters_to(account)]
