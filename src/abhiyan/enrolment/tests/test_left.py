"""Offices read that a membership ended, where and when, and no longer whose it was."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number
from abhiyan.intake import actions as intake
from abhiyan.org.models import Release
from abhiyan.people.tests.make import body, undrawn
from abhiyan.units import queries as units

from .make import CHANNEL, Human, World
from .test_people import approve, member_of
from .web import join, main, officer, open_me, today, web_world

pytestmark = pytest.mark.django_db
SECRETS = ("Asha", "0001", "99060", "1980")


@pytest.fixture
def world() -> World:
    return web_world()


def leave(world: World, human: Human) -> None:
    actions.leave_by_phone(phone=human.phone, channel=Channel.MISSED_CALL, by=CHANNEL, at=world.now)


def asha_left(world: World) -> UUID:
    """Asha has left. Mohan, who is on her phone, and Bilal have not."""
    leaver = join(world, world.asha, unit="JK-B001")
    world.paper_row(of=world.mohan)
    world.web_join(of=world.bilal)
    assert "You have left" in leaver.post("/me/leave/").content.decode()
    return member_of(world, world.asha)


def president(world: World) -> Client:
    return officer(world, "district_president", "JK-SRI")


def named(world: World) -> list[str]:
    """Return the names the nation's offices may read by any query."""
    with scoped(Scope(everything=True)), connection.cursor() as cursor:
        cursor.execute("select name from people_person order by name")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(("office", "unit"), [("district_president", "JK-SRI"), ("national_president", "IN")])
def test_offices_read_number_unit_and_day_and_not_who_it_was(world: World, office: str, unit: str) -> None:
    left = asha_left(world)
    number, client = member_number(left), officer(world, office, unit)
    for where in (
        "/people/?unit=JK-SRI&ended=ended",
        f"/people/?unit=JK-SRI&q={number}",
        f"/people/{left}/",
    ):
        page = main(client.get(where).content)
        assert number in page and "Rajbagh School" in page and "Left" in page, where
        assert f"{today().day} " in page and f"{today():%Y}" in page, where
        said = undrawn(page).replace(number, "")
        assert not [secret for secret in SECRETS if secret in said], where
    for q in ("asha", "devi", world.asha.phone[3:]):
        assert number not in main(client.get(f"/people/?unit=JK-SRI&ended=all&q={q}").content), q
    assert "Mohan Lal" in body(client, f"/people/?unit=JK-SRI&q={world.mohan.phone[3:]}")
    assert client.post(f"/people/{left}/reveal/").status_code == 404
    assert client.get(f"/people/{left}/correct/").status_code == 404


def test_an_export_holds_no_more(world: World) -> None:
    left, client = asha_left(world), president(world)
    form = {"unit": "JK-SRI", "in": "organisational", "ended": "all", "reason": "letters of thanks"}
    assert client.post("/people/export/", form).status_code == 302
    with system("test"):
        release = Release.objects.get()
    approve(officer(world, "data_officer", "JK-SRI"), release)
    text = client.post(f"/people/export/{release.public_id}/").getvalue().decode()
    (row,) = [line for line in text.splitlines() if member_number(left) in line]
    assert row == f",{member_number(left)},,Rajbagh School,Left,,,{today()}"
    assert "Mohan Lal" in text and "Asha" not in text


@pytest.mark.versions
def test_no_query_of_an_office_finds_them_and_they_themselves_do(world: World) -> None:
    asha_left(world)
    leave(world, world.bilal)
    assert named(world) == [world.mohan.name]
    lo, hi = units.span(world.district.pk, 1)
    for scope in (Scope(everything=True), Scope(people=f"{{[{lo},{hi})}}")):
        with scoped(scope), connection.cursor() as cursor:
            cursor.execute("select id from people_phone where id = %s", [world.phone_id(world.bilal)])
            assert cursor.fetchall() == []
    page = body(open_me(world.bilal), "/me/")
    assert "Bilal Ahmad" in page and "1990" in page


def test_messages_name_no_digits_of_a_phone_that_left(world: World) -> None:
    join(world, world.bilal, unit="JK-B001")
    client = join(world, world.asha, unit="JK-B001")
    join_codes = "select last4 from messaging_message where phone_id = %s"
    assert {*world.rows(join_codes, [world.phone_id(world.asha)])} == {("0001",)}
    assert "You have left" in client.post("/me/leave/").content.decode()
    assert {*world.rows(join_codes, [world.phone_id(world.asha)])} == {("",)}
    nation = officer(world, "national_president", "IN")
    page, text = main(nation.get("/messages/").content), body(nation, "/messages/?format=csv")
    assert "0002" in page and "0001" not in undrawn(page) and "000" not in undrawn(text)


def test_who_joins_again_is_read_again(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    leave(world, world.asha)
    assert named(world) == []
    join(world, world.asha, unit="JK-B001")
    assert named(world) == [world.asha.name]
    assert "Asha Devi" in body(president(world), "/people/")


def test_who_was_struck_off_and_then_says_no_is_not_read_any_more(world: World) -> None:
    struck = world.paper_row(of=world.asha)
    world.strike_off(struck)
    client, where = president(world), f"/people/{struck.membership}/"
    assert "Asha Devi" in body(client, where) and named(world) == [world.asha.name]
    leave(world, world.asha)
    assert "Asha Devi" not in body(client, where) and named(world) == []


def test_whom_a_list_had_brought_back_is_not_read_once_it_is_taken_back(world: World) -> None:
    asha = world.web_join(of=world.asha)
    world.leave(world.web_join(of=world.mohan), of=world.mohan)
    world.strike_off(asha)
    world.tick()
    world.missed_call(of=world.asha)  # somebody's own act, on a phone with nobody: a list says whose
    assert named(world) == [world.asha.name]
    intake.enrol_batch(
        programme_id=world.programme.pk,
        claims=[world.claim(world.mohan, Channel.PAPER, unit=world.booth)],
        by=CHANNEL,
        at=world.now,
        import_id=7,
    )
    assert named(world) == [world.asha.name, world.mohan.name]
    actions.undo_claims(import_id=7, by=Actor.system("tests"), at=world.now)
    assert named(world) == [world.asha.name]
    assert world.tallies() == world.recounted() and world.orphans() == {}
