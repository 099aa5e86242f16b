"""Data officers see who read people of their units: readers in volumes, the unusual first, and one person's readers."""

from datetime import timedelta

import pytest
from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.org.queries import readings
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people import actions as people
from abhiyan.people.actions import reading
from abhiyan.people.models import Account
from abhiyan.site.tests.addresses import Things, address, things
from abhiyan.site.tests.cast import Cast

DAY = timedelta(days=1)
EVERYWHERE = readings.WatchedUnits(0, 0, is_top=True)


def read(by: Account, world: World, n: int, act: str = "enrolment.read_people", code: str = "N11") -> None:
    with system("test"):
        audit.record(by=actor(by), at=AT, act=act, unit_id=world.unit(code), n=n)


def volumes(watched: readings.WatchedUnits = EVERYWHERE) -> list[readings.ReaderVolume]:
    return list(readings.readers_of_people(watched, since=AT - DAY, until=AT + DAY)[0:50])


@pytest.mark.django_db
def test_a_reader_far_beyond_the_others_of_the_office_comes_first() -> None:
    world = World()
    usual = [world.holder("district_president", code) for code in ("N11", "N12", "N21")]
    odd = world.holder("district_president", "N22", name="Much")
    president = world.holder("national_president", "N", name="Alone")
    for each in usual:
        read(each, world, 40)
    read(odd, world, 600)
    read(president, world, 9_000)
    found = volumes()
    assert [(one.name, one.is_odd) for one in found[:2]] == [("Much", True), ("Alone", False)]
    assert (found[0].total, found[0].others) == (600, 40)
    assert found[1].others is None, "nobody else holds this office"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("n", "others", "is_odd"), [(99, 1, False), (100, 20, False), (101, 20, True), (400, 90, False)]
)
def test_what_is_unusual_is_many_times_the_others_and_not_few(n: int, others: int, is_odd: bool) -> None:
    world = World()
    one, other = (world.holder("mandal_president", code) for code in ("N111", "N112"))
    read(one, world, n)
    read(other, world, others)
    assert {row.account_id: row.is_odd for row in volumes()}[one.pk] is is_odd


@pytest.mark.django_db
def test_each_reading_is_of_its_kind_and_other_acts_are_none() -> None:
    world = World()
    reader = world.holder("state_president", "N1")
    for act, n in (
        ("enrolment.read_people", 50),
        ("enrolment.read_person", 1),
        ("people.reveal_phone", 1),
        ("org.export_names", 300),
        ("enrolment.export_people", 200),
        ("org.names_read", 20),
        ("enrolment.reads_many", 1),
        ("org.appoint", 1),
        ("newroom.read_somebody", 7),  # a room that comes later
    ):
        read(reader, world, n, act)
    (found,) = volumes()
    kinds = found.lists, found.persons, found.numbers, found.files, found.names
    assert kinds == (57, 1, 1, 500, 20)
    (day,) = readings.days_of_reader(reader.pk, EVERYWHERE, since=AT - DAY, until=AT + DAY)[0:9]
    assert (day.lists, day.persons, day.numbers, day.files, day.names) == kinds
    entries = readings.readings_by(reader.pk, EVERYWHERE, since=AT - DAY, until=AT + DAY)
    assert len(entries) == 7 and len(list(entries.each(at_once=3))) == 7


@pytest.mark.django_db
def test_an_officer_sees_readings_of_the_own_units_alone() -> None:
    world = World()
    reader = world.holder("state_president", "N1")
    read(reader, world, 5, code="N11")
    read(reader, world, 70, code="N12")
    lo = world.lo("N11")
    assert [one.total for one in volumes(readings.WatchedUnits(lo, lo + 1, is_top=False))] == [5]


@pytest.mark.django_db
def test_who_read_one_person_is_found_by_page_number_and_list_of_the_unit() -> None:
    world = World()
    reader, about = world.holder("state_president", "N1"), world.account("Read").public_id
    with system("test"):
        reading.read_person(about=about, by=actor(reader), unit_id=world.unit("N111"), at=AT)
        people.reveal_number(
            phone="+919419000001", about=about, unit_id=world.unit("N111"), by=actor(reader), at=AT
        )
        other = world.account("Other").public_id
        reading.read_person(about=other, by=actor(reader), unit_id=world.unit("N111"), at=AT)
    read(reader, world, 50, code="N11")
    read(reader, world, 50, code="N12")
    units = [world.unit(code) for code in ("N", "N1", "N11", "N111")]
    found = readings.readings_about([about], units, EVERYWHERE, since=AT - DAY, until=AT + DAY)
    assert [(one.kind, one.is_sure) for one in found[0:9]] == [
        ("list", False),
        ("number", True),
        ("person", True),
    ]


# Pages


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def own(cast: Cast) -> Things:
    return things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))


def test_a_data_officer_reads_the_pages_and_the_look_at_a_person_leaves_an_entry(
    cast: Cast, own: Things
) -> None:
    member = cast.membership(cast.own_member)
    officer, leader = cast.client("data_officer"), cast.client("district_in_charge")
    with transaction.atomic():
        leader.get(address("enrolment:person", own))
        with system("test"):
            entry = AuditEntry.objects.filter(act="enrolment.read_person").latest("id")
        assert entry.subject == str(member), "the trail names the person who was read"
        first = officer.get(address("pages:reader_list", own))
        assert first.status_code == 200 and b"readings/" in first.content
        account = cast.accounts["district_in_charge"].public_id
        for asked in ("", "?show=entries", "?format=csv"):
            assert officer.get(f"/readings/{account}/{asked}").status_code == 200
        found = officer.get("/readings/person/", {"q": cast.own_member.phone})
        assert found.status_code == 200 and cast.own_member.name.encode() not in found.content
        with system("test"):
            assert AuditEntry.objects.filter(act="org.watch_person", subject=str(member)).count() == 1
        assert officer.get("/readings/person/", {"q": "9999999999"}).status_code == 404
        assert leader.get(address("pages:reader_list", own)).status_code == 403
        transaction.set_rollback(True)


def test_files_of_readings_hold_what_the_pages_show(cast: Cast) -> None:
    by = Actor(
        kind="person",
        id=cast.accounts["district_in_charge"].public_id,
        account_id=cast.accounts["district_in_charge"].pk,
    )
    with transaction.atomic():
        with system("test"):
            last = AuditEntry.objects.exclude(unit_id=None).latest("id")
            audit.record(by=by, at=last.at, act="enrolment.read_people", unit_id=last.unit_id, n=33)
        answer = cast.client("data_officer").get(f"/readings/{by.id}/?show=entries&format=csv")
        transaction.set_rollback(True)
    assert b"33" in b"".join(answer)
