"""A list grows towards its target and follows units that close. The people on it can read about it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.contact import actions
from abhiyan.contact.actions import Told
from abhiyan.contact.models import CallQueue, CallTurn, ContactEntry, ContactList, ContactTry
from abhiyan.contact.rules.kinds import LISTED
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import main, open_me, web_world
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.org.tests.make import SYSTEM, World, actor
from abhiyan.people import actions as people
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.targets import actions as target_actions
from abhiyan.targets.queries import targets
from abhiyan.units import actions as units
from abhiyan.units.models import Unit

from .at_calls import queue_of
from .at_doors import POINT
from .make import DAY, TODAY, contact_run, entries, filled, new_list

pytestmark = pytest.mark.django_db
HER = "+919419000001"
ROWS = (
    "Unit code,Name,Phone,House\n"
    "N1111,Asha Devi,9419000001,12\n"
    "N1111,Ramesh Kumar,9419000002,14\n"
    "N1111,,,Blue gate\n"
    "N1112,Sita Devi,9419000003,15\n"
)


@pytest.fixture
def run(world: World) -> Programme:
    return contact_run(world.unit("N1"))


@pytest.fixture
def listed(world: World, run: Programme, tmp_path: Path) -> ContactList:
    """An imported list of a district."""
    maker, officer = actor(world.holder("district_president", "N11")), actor(world.officer("N1"))
    one = actions.make_list(
        programme=run, unit_id=world.unit("N11"), new=new_list(scheme=""), by=maker, at=NOW
    )
    filled(tmp_path, ROWS, one, maker, officer)
    return one


def growth(world: World, run: Programme, code: str) -> Ladder:
    """The rungs of "People on lists" in a unit."""
    with system("test"):
        programmes.fold_changes(at=NOW)
        return unit_ladder(programme=run, node=world.unit(code), hierarchy=1, measure=LISTED, at=NOW)


def test_growth_has_targets_split_and_laddered_and_only_who_consented_is_asked(
    world: World, run: Programme, listed: ContactList
) -> None:
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
        for code, n in (("N11", 900), ("N12", 100)):
            Unit.objects.filter(pk=world.unit(code)).update(electors=n)
        whole: dict[str, Any] = {"programme_id": run.pk, "measure": LISTED, "by": SYSTEM, "at": NOW}
        target_actions.set_target(unit_id=world.unit("N1"), n=7_000_000, **whole)
        target_actions.split_target(unit_id=world.unit("N1"), how="equally", **whole)
        below = targets(programme=run, measure=LISTED, units=[world.unit("N11"), world.unit("N12")])
    assert sum(one.n for one in below.values()) == 7_000_000 and len(below) == 2
    assert growth(world, run, "N11") == Ladder(reported=3), "imported people are reported, doors are not"
    worker = world.holder("booth_worker", "N1111")
    with system("test"):
        Unit.objects.filter(pk=world.unit("N1111")).update(lat=POINT[0], lon=POINT[1])
    taken, _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(worker), at=NOW)
    asha = next(one for one in taken if one.door == "12")
    other = next(one for one in taken if one.door == "14")
    actions.note_door(entry=asha.public_id, told=Told("talked", HER, point=POINT), by=actor(worker), at=NOW)
    actions.note_door(entry=other.public_id, told=Told("talked", point=POINT), by=actor(worker), at=NOW)
    found = growth(world, run, "N11")
    assert (found.reported, found.unsigned, found.counted) == (3, 1, 0), "consent climbs, the others wait"
    with system("test"):
        assert actions.ask_persons(at=NOW + DAY) == 1
        assert Message.objects.filter(template="ask.talked").count() == 1
    assert recount_facts(at=NOW).differences == []


def test_entries_go_with_their_unit_come_back_and_none_is_lost(
    world: World, run: Programme, listed: ContactList
) -> None:
    with system("test"):
        ContactTry.objects.create(
            id=entries(listed)[0].public_id,
            entry=entries(listed)[0],
            programme=run,
            unit_id=world.unit("N1111"),
            way="door",
            outcome="not_home",
            by_id=1,
            at=NOW,
            stored_at=NOW,
        )
        ContactList.objects.filter(pk=listed.pk).update(unit_id=world.unit("N1111"))
    before = growth(world, run, "N11")

    def places() -> tuple[list[int], int, int]:
        with system("test"):
            tries = ContactTry.objects.get().unit_id
            return [one.unit_id for one in entries(listed)], tries, ContactList.objects.get().unit_id

    old, new = world.unit("N1111"), world.unit("N1112")
    given: dict[str, Any] = {"on": TODAY, "by": SYSTEM, "at": NOW, "unit_id": old, "successors": ["N1112"]}
    units.close_units(**given, answers={"contact.entries": "goes"})
    assert places() == ([new] * 4, new, new)
    assert growth(world, run, "N1112").reported == 3 and growth(world, run, "N11") == before
    assert recount_facts(at=NOW).differences == []
    units.reopen_units(unit_id=old, by=SYSTEM, at=NOW)
    assert places() == ([old] * 3 + [new], old, old)
    assert growth(world, run, "N1111").reported == 2 and recount_facts(at=NOW).differences == []
    units.close_units(**given, answers={"contact.entries": "stays"})
    assert places() == ([old] * 3 + [new], old, old) and recount_facts(at=NOW).differences == []


def test_calls_and_call_queues_go_with_their_unit_and_come_back(
    world: World, run: Programme, listed: ContactList
) -> None:
    old, new = world.unit("N1111"), world.unit("N1112")
    queue = queue_of(run, listed, unit_id=old)
    with system("test"):
        turn = CallTurn.objects.create(
            id=listed.public_id,
            queue=queue,
            entry=entries(listed)[0],
            unit_id=old,
            body_id=1,
            agent_id=1,
            begun_at=NOW,
            until=NOW,
            ended_at=NOW,
        )
        ContactEntry.objects.filter(list=listed).exclude(pk=turn.entry_id).update(unit_id=new)

    def places() -> set[int]:
        with system("test"):
            return {CallQueue.objects.get().unit_id, CallTurn.objects.get().unit_id}

    given: dict[str, Any] = {"on": TODAY, "by": SYSTEM, "at": NOW, "unit_id": old, "successors": ["N1112"]}
    units.close_units(**given, answers={"contact.entries": "goes"})
    assert places() == {new}
    units.reopen_units(unit_id=old, by=SYSTEM, at=NOW)
    assert places() == {old}


def test_the_board_costs_as_many_queries_for_many_units_and_lists_as_for_few(
    world: World, run: Programme, listed: ContactList
) -> None:
    page = browser(world.holder("state_president", "N1"))

    def cost(name: str, **given: str) -> int:
        address = reverse(f"contact:{name}", args=[run.public_id])
        page.get(address, {"unit": "N1", **given})
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address, {"unit": "N1", **given}).status_code == 200
        return len(queries)

    shows: list[tuple[str, dict[str, str]]] = [
        ("board", {}),
        ("board", {"show": "workers"}),
        ("board", {"show": "due"}),
        ("lists", {}),
    ]

    def grow(numbers: range) -> None:
        for n in numbers:
            one = ContactList.objects.get(pk=listed.pk)
            one.pk, one.public_id, one.import_id, one.typed_title = None, UUID(int=n), None, f"List {n}"
            one.save(force_insert=True)
            for k, code in enumerate(("N1111", "N1112", "N1121", "N1211", "N1212", "N1221")[: 2 * n]):
                ident = UUID(int=1_000 * n + k)
                entry = ContactEntry.objects.create(public_id=ident, list=one, unit_id=world.unit(code))
                ContactTry.objects.create(
                    id=ident,
                    entry=entry,
                    programme=run,
                    unit_id=entry.unit_id,
                    way="door",
                    outcome="later",
                    follow_up_day=TODAY,
                    by_id=world.holder("booth_worker", code).pk,
                    at=NOW,
                    stored_at=NOW,
                )

    with system("test"):
        grow(range(1, 2))
    few = [cost(name, **given) for name, given in shows]
    with system("test"):
        grow(range(2, 7))
    assert [cost(name, **given) for name, given in shows] == few


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1, True), (30, True)])
def test_promised_visit_is_work_of_the_district_and_reaches_the_state_when_its_day_is_over(
    world: World, run: Programme, listed: ContactList, days: int, is_late: bool
) -> None:
    with system("test"):
        entry = ContactEntry.objects.filter(list=listed)[0]
        ContactEntry.objects.filter(pk=entry.pk).update(state="later")
        ContactTry.objects.create(
            id=UUID(int=1),
            entry=entry,
            programme=run,
            unit_id=entry.unit_id,
            way="door",
            outcome="later",
            follow_up_day=TODAY - days * DAY,
            by_id=world.holder("booth_worker", "N1111").pk,
            at=NOW,
            stored_at=NOW,
        )
    page = browser(world.holder("district_in_charge", "N11")).get("/today/").text
    assert "1 promised visit is due" in page and "Late at the desks below" not in page
    above = browser(world.holder("state_president", "N1"))
    page = above.get("/today/").text
    assert ("<b>1 promised visit is due</b></a>" in page) is is_late
    assert ("Late at the desks below" in page) is is_late
    first = above.get("/").text
    assert "promised visit" not in first
    assert ("1 thing is late at the desks below" in first) is is_late


@pytest.mark.parametrize(("days", "is_late"), [(7, False), (8, True)])
def test_approved_list_waits_at_its_desk_and_reaches_the_state_after_a_week(
    world: World, run: Programme, listed: ContactList, days: int, is_late: bool
) -> None:
    with system("test"):
        ContactList.objects.filter(pk=listed.pk).update(
            state="approved", day=None, approved_at=NOW - days * DAY
        )
    said, above = "1 approved list waits for its import", browser(world.holder("state_president", "N1"))
    assert said in browser(world.holder("district_in_charge", "N11")).get("/today/").text
    assert (f"<b>{said}</b></a>" in above.get("/today/").text) is is_late
    with system("test"):
        ContactList.objects.filter(pk=listed.pk).update(unit_id=world.unit("N1"))
    page = above.get("/today/").text
    assert said in page and "Late at the desks below" not in page, (
        "the list of their own unit is their own work"
    )


def test_who_is_on_a_list_reads_it_and_says_no() -> None:
    told = web_world()
    person = Human("Kamla Devi", 1970, "+919419000055")
    run = contact_run(told.units["JK"].pk)
    with system("test"):
        (phone_id,) = people.keep_phones(phones=[person.phone])
        one = ContactList.objects.create(
            public_id=phone_id,
            programme=run,
            unit_id=told.units["JK"].pk,
            typed_title="Gas connections",
            source="Consent forms of the camp",
            basis="consent",
            purpose="Ask how it works",
            responsible_id=1,
            last_day=TODAY + 30 * DAY,
            state="approved",
            made_at=NOW,
        )
        ContactEntry.objects.create(
            public_id=phone_id,
            list=one,
            unit_id=told.units["JK-B001"].pk,
            phone_id=phone_id,
            person_name=b"x",
        )
    client = open_me(person)
    page = main(client.get("/me/").content)
    for words in (
        "Gas connections",
        "Consent forms of the camp",
        "Each person gave consent",
        "Stop all messages",
    ):
        assert words in page
    assert client.post("/me/stop/").status_code == 302
    with system("test"):
        entry = ContactEntry.objects.get()
    assert (entry.state, entry.why_out) == ("out", "opted_out")
    after = main(client.get("/me/").content)
    assert "No contact any more" in after and "Stop all messages" not in after
