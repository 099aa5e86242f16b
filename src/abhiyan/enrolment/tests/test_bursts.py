"""Many say no at once: what is stopped, who is called, who may let it go on; and who reads of it."""

import copy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import bursts as acts
from abhiyan.enrolment.actions.claims import Joined, SenderHalted
from abhiyan.enrolment.models import Halt, HeldLeave, Parting
from abhiyan.enrolment.rules import bursts
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.imports.models import ImportSlice, StagedImport
from abhiyan.intake import actions as intake
from abhiyan.messaging.models import Message
from abhiyan.org.queries import NotYours
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body

from .make import CHANNEL, Human, World
from .web import blanks, main, officer, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def people(n: int, start: int = 100) -> list[Human]:
    return [
        Human(f"Person {chr(97 + i % 26)}{chr(97 + i // 26)}", 1970, f"+9199070{start + i:05d}")
        for i in range(n)
    ]


def entered(
    world: World, n: int, *, import_id: int | None = None, start: int = 100, device: str = ""
) -> list[Human]:
    found = people(n, start)
    claims = [
        copy.copy(world.claim(one, Channel.API, unit=world.booth, by=world.booth_worker)) for one in found
    ]
    for claim in claims:
        claim.device = device
    intake.enrol_batch(
        programme_id=world.programme.pk, claims=claims, by=CHANNEL, at=world.now, import_id=import_id
    )
    return found


def deny(world: World, found: list[Human]) -> None:
    for one in found:
        actions.deny_by_phone(phone=one.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)


def staged(world: World, joined: int) -> StagedImport:
    with system("test"):
        made = StagedImport.objects.create(
            public_id=uuid4(),
            kind="paper",
            state="done",
            file_name="booth-1.csv",
            unit_id=world.booth.pk,
            account_id=None,
            created_at=world.now,
        )
        ImportSlice.objects.create(import_id=made.pk, number=0, counts={"joined": joined, "_to": 1})
    return made


def open_halts(world: World) -> list[str]:
    with system("test"):
        return sorted(Halt.objects.filter(ended_at=None).values_list("kind", flat=True))


# The rules


@pytest.mark.parametrize(
    ("noes", "entries", "stops"),
    [(4, 4, False), (5, 5, True), (5, 100, True), (5, 101, False), (50, 1_000, True), (50, 1_001, False)],
)
def test_a_burst_is_five_and_one_in_twenty(noes: int, entries: int, stops: bool) -> None:
    assert bursts.is_burst(noes=noes, entries=entries) is stops


@pytest.mark.parametrize(
    ("in_hour", "in_week", "is_flood"),
    [(99, 99, False), (100, 100, True), (100, 1_681, False), (500, 8_400, True)],
)
def test_a_flood_is_a_hundred_in_an_hour_and_ten_times_the_usual(
    in_hour: int, in_week: int, is_flood: bool
) -> None:
    assert bursts.is_flood(in_hour=in_hour, in_week=in_week) is is_flood


def test_a_count_is_shown_from_five_on_in_fives_and_a_whole_day_later() -> None:
    assert [bursts.noes_shown(n) for n in (0, 4, 5, 6, 9, 10, 11)] == [None, None, 5, 5, 5, 10, 10]
    for at in (datetime(2026, 11, 10, 18, 29, tzinfo=UTC), datetime(2026, 11, 9, 18, 30, tzinfo=UTC)):
        until = bursts.shown_until(at=at, zone="Asia/Kolkata")
        assert until == datetime(2026, 11, 8, 18, 30, tzinfo=UTC)
        assert at - until >= timedelta(days=1)


# A list, a sender


def test_a_list_that_five_in_a_hundred_deny_is_stopped_and_named_to_the_level_above(world: World) -> None:
    listed = staged(world, joined=40)
    found = entered(world, 6, import_id=listed.pk)
    deny(world, found[:4])
    assert acts.look_for_bursts(at=world.now) == 0 and open_halts(world) == []
    deny(world, found[4:5])
    acts.look_for_bursts(at=world.now)
    assert "list" in open_halts(world)
    acts.look_for_bursts(at=world.now)
    with system("test"):
        halt = Halt.objects.get(kind="list")
    assert (halt.noes, halt.entries, halt.unit_id) == (5, 40, world.booth.pk)
    with pytest.raises(acts.ListHalted):
        acts.refuse_halted(import_id=listed.pk, by=CHANNEL.id)
    acts.refuse_halted(import_id=listed.pk + 1, by=CHANNEL.id)
    above = officer(world, "district_president", "JK-SRI")
    assert "Paused: booth-1.csv" in main(above.get("/today/").content)
    where = f"/people/halted/{halt.public_id}/"
    page = main(above.get(where).content)
    said = "40 people (12%) left within a day, or say they never joined. That is too few to be sure."
    assert said in page and not [one for one in found if one.name in page]
    assert "No data officer is named here" in page
    officer(world, "data_officer", "JK")
    page = main(above.get(where).content)
    assert "Have the data officer look: " in page and "(Jammu and Kashmir)" in page


def test_what_was_stopped_in_a_booth_reaches_the_state_as_late_work_after_a_week(world: World) -> None:
    listed = staged(world, joined=40)
    deny(world, entered(world, 6, import_id=listed.pk)[:5])
    acts.look_for_bursts(at=world.now)
    district, state = officer(world, "district_president", "JK-SRI"), officer(world, "state_president", "JK")
    checker = officer(world, "data_officer", "JK")
    paused = "Paused: booth-1.csv"
    assert [paused in main(one.get("/today/").content) for one in (district, checker, state)] == [
        True,
        True,
        False,
    ]
    with system("test"):
        Halt.objects.update(at=world.now - timedelta(days=8))
    late = f"<b>{paused}</b></a>"
    pages = [main(one.get("/today/").content) for one in (district, checker, state)]
    assert all(paused in page for page in pages) and [late in page for page in pages] == [False, False, True]
    with system("test"):
        Halt.objects.update(at=world.now, unit_id=world.district.pk)
    page = main(state.get("/today/").content)
    assert paused in page and late not in page, "nobody below the state may look at what a district stopped"


def test_a_stopped_list_that_is_taken_back_asks_nobody_to_look_any_more(world: World) -> None:
    listed = staged(world, joined=40)
    deny(world, entered(world, 5, import_id=listed.pk))
    acts.look_for_bursts(at=world.now)
    assert "list" in open_halts(world)
    with system("test"):
        StagedImport.objects.update(state="undone")
        halt = Halt.objects.get(kind="list")
    world.tick()
    acts.look_for_bursts(at=world.now)
    assert "list" not in open_halts(world)
    above = officer(world, "district_president", "JK-SRI")
    assert "booth-1.csv" not in main(above.get("/today/").content)
    assert "The list was taken back" in main(above.get(f"/people/halted/{halt.public_id}/").content)


def test_a_list_of_which_few_deny_goes_on(world: World) -> None:
    listed = staged(world, joined=101)
    deny(world, entered(world, 5, import_id=listed.pk))
    acts.look_for_bursts(at=world.now)
    assert "list" not in open_halts(world)


def test_noes_of_more_than_a_day_are_no_burst(world: World) -> None:
    found = entered(world, 5)
    deny(world, found[:4])
    world.tick(hours=25)
    deny(world, found[4:])
    acts.look_for_bursts(at=world.now)
    assert open_halts(world) == []


def test_a_stopped_sender_is_refused_with_a_reason_and_taken_again_once_somebody_has_looked(
    world: World,
) -> None:
    deny(world, entered(world, 5))
    acts.look_for_bursts(at=world.now)
    assert open_halts(world) == ["sender"]
    world.tick()
    new = Human("Later Person", 1980, "+919907099999")
    (answer,) = world.send(world.claim(new, Channel.API, unit=world.booth, by=world.booth_worker))
    assert isinstance(answer, SenderHalted)
    own = world.web_join(of=world.asha)
    assert isinstance(own, Joined), "who comes of themselves is nobody else's entry"
    other = world.send(world.claim(world.bilal, Channel.API, unit=world.booth))
    assert isinstance(other[0], Joined)
    with system("test"):
        halt = Halt.objects.get()
    actor = Actor(kind="person", id=uuid4(), account_id=account_of(world, "district_president", "JK-SRI"))
    with pytest.raises(acts.HaltReasonMissing):
        acts.let_go_on(halt=halt.public_id, reason=" ", by=actor, at=world.now)
    acts.let_go_on(halt=halt.public_id, reason="They were on holiday", by=actor, at=world.now)
    acts.look_for_bursts(at=world.now)
    assert open_halts(world) == [], "what was looked at counts no more"
    world.tick()
    assert isinstance(
        world.send(world.claim(new, Channel.API, unit=world.booth, by=world.booth_worker))[0], Joined
    )


def test_a_resend_of_a_stopped_sender_gets_its_first_answer(world: World) -> None:
    found = entered(world, 6)
    first = world.last
    assert first is not None
    deny(world, found[:5])
    acts.look_for_bursts(at=world.now)
    world.tick()
    (answer,) = world.send(first)
    assert isinstance(answer, Joined)


def account_of(world: World, office: str, unit: str) -> int:
    officer(world, office, unit)
    with system("test"):
        return int(Account.objects.latest("pk").pk)


def test_who_entered_them_and_who_stands_no_higher_does_not_decide(world: World) -> None:
    deny(world, entered(world, 5))
    acts.look_for_bursts(at=world.now)
    with system("test"):
        halt = Halt.objects.get()
    own = Actor(kind="person", id=world.booth_worker.id, account_id=1)
    with pytest.raises(acts.NotOnesOwn):
        acts.let_go_on(halt=halt.public_id, reason="Mine", by=own, at=world.now)
    booth = Actor(kind="person", id=uuid4(), account_id=account_of(world, "booth_president", "JK-B001"))
    with pytest.raises(NotYours):
        acts.let_go_on(halt=halt.public_id, reason="Mine", by=booth, at=world.now)
    far = officer(world, "district_president", "JK-JAM")
    assert far.get(f"/people/halted/{halt.public_id}/").status_code == 404
    assert "Paused" not in main(far.get("/today/").content)


def test_what_is_stopped_goes_on_by_the_page_with_a_reason(world: World) -> None:
    deny(world, entered(world, 5))
    acts.look_for_bursts(at=world.now)
    with system("test"):
        halt = Halt.objects.get()
    above = officer(world, "mandal_president", "JK-SRI-M1")
    where = f"/people/halted/{halt.public_id}/"
    assert above.post(where, {"reason": ""}).status_code == 422
    assert above.post(where, {"reason": "All were asked"}).status_code == 302
    assert "All were asked" in main(above.get(where).content)
    assert open_halts(world) == []


# Calls to leave


def test_a_flood_of_calls_to_leave_is_held_and_nothing_of_it_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bursts, "FLOOD_AT_LEAST", 3)
    for one in entered(world, 3):
        call(world, one)
    acts.look_for_bursts(at=world.now)
    assert "calls" in open_halts(world)
    world.tick()
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    world.web_join(of=world.chandra)
    world.tick()
    for one in (world.asha, world.bilal):
        call(world, one)
    actions.leave_by_phone(phone=world.chandra.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    assert world.ladder(world.booth).counted == 3
    with system("test"):
        assert HeldLeave.objects.count() == 3
    silent = (
        "select count(*) from people_suppression where lifted_at is null and scope = 'all' and phone_id = %s"
    )
    assert world.rows(silent, [world.phone_id(world.asha)]) == [(1,)]
    world.tick()
    actions.come_back(phone=world.bilal.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    actions.leave_by_phone(phone=world.chandra.phone, channel=Channel.WEB, by=CHANNEL, at=world.now)
    assert world.ladder(world.booth).counted == 2, "by the page one leaves at once"
    world.tick(hours=47)
    acts.look_for_bursts(at=world.now)
    assert world.ladder(world.booth).counted == 2
    world.tick(hours=2)
    acts.look_for_bursts(at=world.now)
    assert world.ladder(world.booth).counted == 1
    assert len(blanks(world.asha.phone, "leave.receipt")) == 1
    assert world.tallies() == world.recounted() and world.orphans() == {}


def hold_calls(world: World) -> None:
    top = world.units["IN"].pk
    with system("test"):
        Halt.objects.create(
            public_id=uuid4(), kind="calls", programme_id=0, unit_id=top, noes=1, entries=1, at=world.now
        )


def call(world: World, human: Human) -> None:
    actions.leave_by_phone(phone=human.phone, channel=Channel.MISSED_CALL, by=CHANNEL, at=world.now)


def test_held_calls_are_done_as_soon_as_somebody_has_looked_and_are_no_flood_of_that_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bursts, "FLOOD_AT_LEAST", 1)
    world.web_join(of=world.asha)
    hold_calls(world)
    world.now -= timedelta(hours=3)
    call(world, world.asha)
    call(world, Human("A stranger", 1970, "+919907012345"))
    assert world.ladder(world.booth).counted == 1
    with system("test"):
        halt = Halt.objects.get()
    nation = officer(world, "national_president", "IN")
    assert "2 requests to leave wait" in main(nation.get(f"/people/halted/{halt.public_id}/").content)
    nation.post(f"/people/halted/{halt.public_id}/", {"reason": "Real: a rumour"})
    world.tick(hours=3)
    acts.look_for_bursts(at=world.now)
    assert world.ladder(world.booth).counted == 0
    with system("test"):
        assert HeldLeave.objects.count() == 0
        (receipt,) = Message.objects.filter(template="leave.receipt")
    assert world.now - receipt.queued_at == timedelta(hours=3), "it keeps to the hours, like all that is late"
    acts.look_for_bursts(at=world.now)
    assert open_halts(world) == []


def test_who_joins_again_while_a_call_waits_stays(world: World) -> None:
    world.web_join(of=world.asha)
    hold_calls(world)
    call(world, world.asha)
    world.tick()
    world.web_join(of=world.asha)
    world.tick(days=3)
    acts.look_for_bursts(at=world.now)
    assert world.ladder(world.booth).counted == 1


# Who reads of it


def test_the_data_officer_reads_names_a_page_at_a_time_and_nobody_else_any(world: World) -> None:
    found = entered(world, 6, device="tablet 7")
    deny(world, found)
    data = officer(world, "data_officer", "JK-SRI")
    page = main(data.get("/people/denied/").content)
    assert all(one.name in page for one in found) and "Rajbagh School" in page and "tablet 7" in page
    assert "/people/denied/" in body(data, "/today/")
    narrowed = main(data.get(f"/people/denied/?worker={world.booth_worker.id}&unit=JK-B001").content)
    assert found[0].name in narrowed
    assert found[0].name not in main(data.get(f"/people/denied/?worker={CHANNEL.id}").content)
    assert data.get("/people/denied/?unit=nowhere").status_code == 422
    elsewhere = main(officer(world, "data_officer", "JK-JAM").get("/people/denied/").content)
    assert not [one for one in found if one.name in elsewhere]
    for office, unit in (
        ("district_president", "JK-SRI"),
        ("booth_president", "JK-B001"),
        ("national_president", "IN"),
    ):
        assert officer(world, office, unit).get("/people/denied/").status_code == 403
    with system("test"):
        assert Parting.objects.count() == 6


def test_a_worker_and_their_booth_read_a_count_from_five_on_and_a_day_later(world: World) -> None:
    worker = officer(world, "booth_president", "JK-B001")
    with system("test"):
        account = Account.objects.latest("pk")
        Account.objects.filter(pk=account.pk).update(public_id=world.booth_worker.id)
    deny(world, entered(world, 6))
    said = "people you entered say they never joined"
    assert said not in body(worker, "/today/")
    with system("test"):
        Parting.objects.update(at=world.now - timedelta(days=2))
    page = body(worker, "/today/")
    assert f"At least 5 {said}" in page and "At least 5 people entered at your booth" in page
    with system("test"):
        Parting.objects.filter(pk__in=list(Parting.objects.values_list("pk", flat=True)[:2])).update(
            kind="left"
        )
    assert said not in body(worker, "/today/")


def test_a_denied_entry_looks_to_offices_as_one_that_left(world: World) -> None:
    joined = world.paper_row(of=world.asha, by=world.booth_worker)
    actions.deny_by_phone(phone=world.asha.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    client: Client = officer(world, "district_president", "JK-SRI")
    page = main(client.get(f"/people/{joined.membership}/").content)
    assert "Left" in page and "Struck" not in page and "Asha" not in page
    assert "Struck" not in main(client.get("/people/?unit=JK-SRI&ended=ended").content)
