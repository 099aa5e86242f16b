"""The data officers at the top, named on the server's console."""

from typing import Any

import pytest

from abhiyan.core.doctor import OK, WARN
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions, doctor, loops, queries
from abhiyan.org.actions.appointments import NoSeatLeft, OfficerElsewhere
from abhiyan.org.actions.officers import AdministratorsNumber, HasAppointed, NotAnOfficer
from abhiyan.org.actions.releases import ReasonMissing
from abhiyan.org.models import Appointment, AwaitedOfficer
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Factor
from abhiyan.people.tests.make import browser

from .make import AT, SYSTEM, World, actor

pytestmark = pytest.mark.django_db
ASHA: dict[str, Any] = {"name": "Asha Devi", "phone": "98100 12345", "by": SYSTEM, "at": AT}
RAVI: dict[str, Any] = {"name": "Ravi Kumar", "phone": "98100 12346", "by": SYSTEM, "at": AT}


def level() -> str:
    with system("test"):
        (found,) = doctor.top_officers(AT)
    return found.level


def names() -> list[str]:
    with system("test"):
        return sorted(each.name for each in queries.officers_of_top().values())


def test_two_are_named_sign_in_by_link_and_doctor_is_content(world: World) -> None:
    assert level() == WARN
    first = actions.name_data_officer(**ASHA | {"at": NOW})
    second = actions.name_data_officer(**RAVI)
    assert first.is_seated and second.is_seated and names() == ["Asha Devi", "Ravi Kumar"]
    assert level() == OK
    client = browser()
    assert client.post(first.link)["Location"] == "/sign-in/second/"
    again = actions.name_data_officer(**ASHA)
    assert again.link != first.link and names() == ["Asha Devi", "Ravi Kumar"], "only a new link"
    with pytest.raises(NoSeatLeft):
        actions.name_data_officer(name="Third One", phone="98100 12347", by=SYSTEM, at=AT)
    with system("test"):
        assert not Account.objects.filter(name="Third One").exists()


def test_a_lost_second_proof_is_taken_away_on_the_console_only_when_it_is_said(world: World) -> None:
    def name_administrator(**given: Any) -> str:
        return people.first_administrator(**RAVI | given).path

    def name_officer(**given: Any) -> str:
        return actions.name_data_officer(**ASHA | given).link

    at = NOW
    for name, given in ((name_administrator, RAVI), (name_officer, ASHA)):
        name()
        with system("test"):
            account = Account.objects.get(name=given["name"])
            Factor.objects.create(
                public_id=account.public_id,
                account_id=account.pk,
                kind="totp",
                sealed=b"x",
                created_at=AT,
                confirmed_at=AT,
            )
        signed_in = browser(account)
        name(at=at)
        assert signed_in.get("/account/").status_code == 200
        link = name(at=at, is_proof_lost=True)
        assert signed_in.get("/account/").status_code == 302
        with system("test"):
            assert not Factor.objects.filter(account_id=account.pk).exists()
            (entry,) = AuditEntry.objects.filter(act="people.forget_factors", subject=str(account.pk))
        assert entry.who_kind == "system"
        client = browser()
        assert client.post(link)["Location"] == "/sign-in/second/"
        assert client.get("/account/app/").status_code == 200, "a new one is set up"


def test_one_is_ended_on_the_console(world: World) -> None:
    actions.name_data_officer(**ASHA)
    with pytest.raises(ReasonMissing):
        actions.end_officer(phone=ASHA["phone"], reason=" ", by=SYSTEM, at=AT)
    actions.end_officer(phone="+91 98100-12345", reason="moved away", by=SYSTEM, at=AT)
    assert names() == [] and level() == WARN
    for phone in (ASHA["phone"], "12", "98100 99999"):
        with pytest.raises(NotAnOfficer):
            actions.end_officer(phone=phone, reason="r", by=SYSTEM, at=AT)


def test_whoever_is_named_before_there_are_units_is_seated_with_the_first(db: None) -> None:
    with system("test"):
        actions.ensure_offices()
    named = actions.name_data_officer(**ASHA)
    assert not named.is_seated and names() == ["Asha Devi"]
    actions.name_data_officer(**RAVI)
    with system("test"):
        assert loops.seat_officers(AT) == 0
    assert level() == OK, "they wait for the units"
    World()
    with system("test"):
        assert loops.seat_officers(AT) == 2 and loops.seat_officers(AT) == 0
        assert not AwaitedOfficer.objects.exists()
        assert set(Appointment.objects.values_list("unit__code", "state", "made_by")) == {
            ("N", "active", None)
        }
    assert names() == ["Asha Devi", "Ravi Kumar"]


def test_whoever_leads_appoints_or_administers_is_not_named(world: World) -> None:
    with system("test"):
        account = people.open_account(phone=ASHA["phone"], name="Asha Devi", by=SYSTEM, at=AT)
    held = world.appoint(account, "state_president", "N1")
    with pytest.raises(OfficerElsewhere):
        actions.name_data_officer(**ASHA)
    world.appoint(world.account(), "booth_worker", "N1111", by=actor(account))
    actions.end_appointment(public_id=held.public_id, reason="r", by=SYSTEM, at=AT)
    with pytest.raises(HasAppointed):
        actions.name_data_officer(**ASHA)
    people.first_administrator(name="Ravi Kumar", phone=RAVI["phone"], by=SYSTEM, at=AT)
    with pytest.raises(AdministratorsNumber):
        actions.name_data_officer(**RAVI)
    assert names() == []


def test_only_the_console_names_and_ends_them(world: World) -> None:
    root = actor(world.account("Root", is_root=True))
    with pytest.raises(queries.NotYours):
        actions.name_data_officer(**ASHA | {"by": root})
    actions.name_data_officer(**ASHA)
    with pytest.raises(queries.NotYours):
        actions.end_officer(phone=ASHA["phone"], reason="r", by=root, at=AT)
