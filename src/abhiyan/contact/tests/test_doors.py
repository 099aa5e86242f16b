"""Doors taken, worked, given back and undone; walks; refusals; and no entry is ever with two workers."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.urls import reverse
from hypothesis import given as drawn
from hypothesis import settings as examples
from hypothesis import strategies as st

from abhiyan.contact import actions, numbers
from abhiyan.contact.actions import DoorNumberUnfit, HeldBack, Told
from abhiyan.contact.actions.doors import EnoughDoors, NotRunningThere
from abhiyan.contact.actions.lists import SchemeUnknown
from abhiyan.contact.actions.talks import (
    DoorGone,
    DoorKnown,
    FollowUpUnfit,
    NeedUnsaid,
    NoteUnfit,
    TalkTooLate,
    UndoneTooLate,
)
from abhiyan.contact.models import ContactEntry
from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import queries as helpline
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules.schemes import office_sentence, open_schemes
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions.items import say_whether
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import unit_ladder
from abhiyan.units.models import Unit

from .at_doors import DAY, HER, POINT, announce, contact_programme, entries, listed, tries

pytestmark = pytest.mark.django_db
JOBS = Actor.system("test")
HOUR = timedelta(hours=1)
FAR = (POINT[0] + 0.36, POINT[1])  # 40 km


def reachable(world: World, office: str, code: str, n: int) -> Account:
    with system("test"):
        made = people.open_account(
            phone=f"+9194191{n:05d}", name=f"Worker {n}", language="en", by=JOBS, at=NOW
        )
    world.appoint(made, office, code)
    return made


@pytest.fixture
def worker(world: World) -> Account:
    return reachable(world, "booth_worker", "N1111", 0)


@pytest.fixture
def run(world: World) -> Programme:
    return contact_programme(world.unit("N1"))


def take(
    run: Programme, world: World, who: Account, code: str = "N1111", at: datetime = NOW
) -> list[ContactEntry]:
    taken, _held = actions.take_doors(programme=run, unit_id=world.unit(code), by=actor(who), at=at)
    return taken


def note(one: ContactEntry, who: Account, outcome: str = "talked", at: datetime = NOW, **more: Any) -> Any:
    told = Told(outcome, **({"point": POINT} | more))
    return actions.note_door(entry=one.public_id, told=told, by=actor(who), at=at)


def counts(run: Programme, world: World, measure: int = 1, at: datetime = NOW) -> tuple[int, ...]:
    with system("test"):
        programmes.fold_changes(at=at)
        assert programmes.recount_facts(at=at).is_right
        seen = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=measure, at=at)
    return tuple(n or 0 for n in (seen.reported, seen.unsigned, seen.counted, seen.confirmed))


def test_thirty_nearest_doors_are_taken_for_three_days_and_come_back(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 40)
    with system("test"):
        for n, entry in enumerate(reversed(entries())):  # the last that came is the nearest
            entry.lat = POINT[0] + n / 10_000
            entry.save()
    taken = take(run, world, worker)
    assert [entry.door for entry in taken] == [f"House {k}" for k in range(39, 9, -1)], "the nearest first"
    with pytest.raises(EnoughDoors):
        take(run, world, worker)
    other = reachable(world, "booth_worker", "N1111", 1)
    rest = take(run, world, other)
    assert {one.pk for one in rest}.isdisjoint(one.pk for one in taken) and len(rest) == 10
    assert actions.give_doors_back(programme=run, unit_id=world.unit("N1111"), by=actor(other), at=NOW) == 10
    with system("test"):
        assert actions.lapse_leases(at=NOW + 3 * DAY - HOUR) == 0
        assert actions.lapse_leases(at=NOW + 3 * DAY) == 30
    assert {one.state for one in entries()} == {"ready"} and not entries(holder_id__isnull=False)


def test_a_talk_is_reported_counted_unsigned_and_confirmed_by_the_persons_yes(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 3)
    one, far, unknown = take(run, world, worker)
    row = note(one, worker, phone="94190 66601")
    note(far, worker, point=FAR)
    note(unknown, worker, point=None)
    assert counts(run, world) == (3, 2, 0, 0), "near and not known wait unsigned; 40 km away does not count"
    assert counts(run, world, measure=2) == (1, 1, 0, 0), "who wants to be asked is on the list"
    with system("test"):
        messaging.publish_templates(at=NOW, by=JOBS)
        assert actions.ask_persons(at=NOW) == 0, "not on the same day"
        assert actions.ask_persons(at=NOW + DAY) == 1
        assert actions.ask_persons(at=NOW + DAY) == 0
        assert Message.objects.filter(template="ask.talked").count() == 1
        say_whether(item=Item.objects.get(pk=row.item_id), yes=True, why="", by=JOBS, at=NOW + DAY)
    assert counts(run, world, at=NOW + DAY) == (3, 1, 1, 1)
    assert counts(run, world, measure=2, at=NOW + DAY) == (1, 0, 1, 1)


def test_a_no_ends_the_talk_and_the_place_on_the_list(world: World, run: Programme, worker: Account) -> None:
    listed(run, world.unit("N1111"), 1)
    row = note(take(run, world, worker)[0], worker, phone=HER)
    with system("test"):
        say_whether(item=Item.objects.get(pk=row.item_id), yes=False, why="", by=JOBS, at=NOW)
    assert counts(run, world) == (1, 0, 0, 0) and counts(run, world, measure=2) == (1, 0, 0, 0)


def test_one_number_at_forty_doors_is_asked_once(world: World, run: Programme, worker: Account) -> None:
    listed(run, world.unit("N1111"), 40)
    rows = [note(one, worker, phone=HER) for one in take(run, world, worker)]
    assert [bool(row.ask_on) for row in rows] == [True] + [False] * 29, (
        "nobody learns which numbers are known"
    )


def test_later_not_at_home_and_unwilling_doors_rest(world: World, run: Programme, worker: Account) -> None:
    listed(run, world.unit("N1111"), 3)
    later, nobody, unwilling = take(run, world, worker)
    with pytest.raises(FollowUpUnfit):
        note(later, worker, "later", follow_up=NOW.date())
    note(later, worker, "later", follow_up=NOW.date() + 5 * DAY)
    note(unwilling, worker, "unwilling")
    at = NOW
    for _n in range(3):
        note(nobody, worker, "not_home", at=at)
        at += DAY
        take(run, world, worker, at=at) if _n < 2 else None
    now = {one.pk: one for one in entries()}
    assert (now[later.pk].state, now[later.pk].next_day) == ("later", NOW.date() + 5 * DAY)
    assert [(now[one.pk].state, now[one.pk].why_out) for one in (nobody, unwilling)] == [
        ("out", "not_reached"),
        ("out", "unwilling"),
    ]
    assert counts(run, world) == (0, 0, 0, 0)
    assert [one.pk for one in take(run, world, worker, at=NOW + 5 * DAY)] == [later.pk]


def test_an_opt_out_between_lease_and_door_hides_the_number_and_the_next_lease(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2)
    announce(world.unit("N2"), JOBS, at=NOW)
    first, second = take(run, world, worker)
    with system("test"):
        assert first.phone_id
        people.suppress(phone_id=first.phone_id, scope="all", channel=1, by=JOBS, at=NOW)
    with pytest.raises(HeldBack):
        actions.show_door_number(entry=first.public_id, by=actor(worker), at=NOW)
    actions.give_doors_back(programme=run, unit_id=world.unit("N1111"), by=actor(worker), at=NOW)
    taken, held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(worker), at=NOW)
    assert [one.pk for one in taken] == [second.pk] and held == {}, (
        "a worker reads of nobody that they said no"
    )
    assert entries(pk=first.pk)[0].why_out == "opted_out"


def test_a_list_of_beneficiaries_freezes_at_the_announcement_and_another_does_not(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2, scheme="PMUY")
    announce(world.unit("N1"), JOBS, at=NOW)
    with pytest.raises(HeldBack, match="rest until its result"):
        take(run, world, worker)
    listed(run, world.unit("N1111"), 1)
    assert len(take(run, world, worker)) == 1, "a list without a scheme goes on"
    with pytest.raises(HeldBack, match="48 hours"):
        take(run, world, reachable(world, "booth_worker", "N1111", 5), at=NOW + 8 * DAY)


def test_nobody_takes_doors_at_night_or_where_they_hold_no_office(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2)
    with pytest.raises(HeldBack, match="6:00"):
        take(run, world, worker, at=datetime.fromisoformat("2026-11-25T22:00+05:30"))
    with pytest.raises(NotYours):
        take(run, world, reachable(world, "booth_worker", "N1112", 2))
    with pytest.raises(NotYours):
        take(run, world, reachable(world, "data_officer", "N1", 3))
    with pytest.raises(NotRunningThere):
        take(run, world, reachable(world, "booth_worker", "N2111", 4), "N2111")
    assert len(take(run, world, reachable(world, "mandal_president", "N111", 6))) == 2


@pytest.mark.parametrize(
    ("outcome", "more", "refusal"),
    [
        ("talked", {"note": "She has cancer"}, NoteUnfit),
        ("talked", {"note": "वह बीमार है"}, NoteUnfit),
        ("talked", {"note": "He will vote for us"}, NoteUnfit),
        ("talked", {"note": "card 1234 5678 9012"}, NoteUnfit),
        ("talked", {"phone": "12345"}, DoorNumberUnfit),
        ("entitled", {}, NeedUnsaid),
        ("entitled", {"need": "You will get 5000 rupees"}, NoteUnfit),
        ("entitled", {"need": "It did not come", "scheme": "MADE-UP"}, SchemeUnknown),
        ("entitled", {"need": "It did not come", "scheme": "NSAP"}, SchemeUnknown),
        ("talked", {"age": timedelta(days=8)}, TalkTooLate),
    ],
)
def test_an_unfit_note_is_refused_and_leaves_nothing(
    world: World, run: Programme, worker: Account, outcome: str, more: dict[str, Any], refusal: type[Refused]
) -> None:
    listed(run, world.unit("N1111"), 1)
    (one,) = take(run, world, worker)
    with pytest.raises(refusal), transaction.atomic():
        note(one, worker, outcome, **more)
    assert not tries() and entries()[0].state == "leased"


def test_entitled_not_received_is_a_request_and_its_note_is_sealed_for_90_days(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1, scheme="PMUY")
    (one,) = take(run, world, worker)
    row = note(one, worker, "entitled", need="The gas connection did not come", note="Road is bad")
    with system("test"):
        asked = Ticket.objects.get()
        said = [line.text for line in helpline.ticket_lines(asked) if line.text]
    office = "Public office for Pradhan Mantri Ujjwala Yojana: Ministry of Petroleum and Natural Gas."
    assert said == ["The gas connection did not come", office]
    with system("test"):
        assert asked.pk == row.request_id
        assert b"Road" not in bytes(tries()[0].note)
        assert actions.empty_notes(at=NOW + 89 * DAY) == 0 and actions.empty_notes(at=NOW + 90 * DAY) == 1
    assert bytes(tries()[0].note) == b""


def test_a_worker_on_a_walk_chooses_the_scheme_and_every_open_scheme_has_its_office(
    world: World, run: Programme, worker: Account
) -> None:
    page = reverse("contact:field_walk", args=[run.public_id]) + "?unit=N1111"
    given = {"door": "7", "outcome": "entitled", "need": "It did not come", "scheme": "JJM"}
    browser(worker).post(page, given)
    with system("test"):
        said = [line.text for line in helpline.ticket_lines(Ticket.objects.get()) if line.text]
    assert said[1:] == ["Public office for Jal Jeevan Mission (Har Ghar Jal): Ministry of Jal Shakti."]
    assert all(office_sentence(code) for code in open_schemes())
    assert not office_sentence("NSAP") and not office_sentence("")


def test_a_walk_counts_each_door_once_up_to_the_households(
    world: World, run: Programme, worker: Account
) -> None:
    unit = world.unit("N1111")
    with system("test"):
        Unit.objects.filter(pk=unit).update(households=2, lat=POINT[0], lon=POINT[1])

    def walk(door: str, who: Account = worker, **more: Any) -> Any:
        told = Told("talked", point=POINT, **more)
        return actions.note_walk(programme=run, unit_id=unit, door=door, told=told, by=actor(who), at=NOW)

    first = walk("12 A")
    with pytest.raises(DoorKnown):
        walk("12  a", reachable(world, "booth_president", "N1111", 1))
    walk("13")
    walk("14")
    assert counts(run, world) == (3, 2, 0, 0), "the third is more than the booth has households"
    actions.undo_contact(contact=first.pk, by=actor(worker), at=NOW)
    walk("12 A")
    assert counts(run, world) == (4, 2, 0, 0)
    with pytest.raises(NotYours):
        actions.note_walk(
            programme=run,
            unit_id=world.unit("N1112"),
            door="1",
            told=Told("talked"),
            by=actor(worker),
            at=NOW,
        )


def test_a_walk_across_two_booths_counts_each_door_in_its_own_booth(world: World, run: Programme) -> None:
    leader = reachable(world, "mandal_president", "N111", 5)
    with system("test"):
        both = [world.unit("N1111"), world.unit("N1112")]
        Unit.objects.filter(pk__in=both).update(households=1, lat=POINT[0], lon=POINT[1])

    def walk(unit_id: int, door: str, point: tuple[float, float] = POINT) -> None:
        told = Told("talked", point=point)
        actions.note_walk(programme=run, unit_id=unit_id, door=door, told=told, by=actor(leader), at=NOW)

    walk(both[0], "12")
    walk(both[1], "12", FAR)
    assert counts(run, world) == (2, 1, 0, 0), (
        "the same number in another booth is another door; too far, no count"
    )
    walk(both[1], "13")
    walk(both[1], "14")
    assert counts(run, world) == (4, 2, 0, 0), "each booth has its own households"
    with pytest.raises(DoorKnown):
        walk(both[1], "12")


def test_a_try_is_undone_on_its_day_and_the_door_is_ones_own_again(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1)
    (one,) = take(run, world, worker)
    row = note(one, worker, phone=HER)
    with pytest.raises(DoorGone):
        note(one, worker)
    with pytest.raises(NotFound):
        actions.undo_contact(contact=row.pk, by=actor(reachable(world, "booth_worker", "N1111", 1)), at=NOW)
    with pytest.raises(UndoneTooLate):
        actions.undo_contact(contact=row.pk, by=actor(worker), at=NOW + DAY)
    actions.undo_contact(contact=row.pk, by=actor(worker), at=NOW)
    assert entries()[0].holder_id == worker.pk and counts(run, world)[1:] == (0, 0, 0)
    note(one, worker, phone=HER)
    assert counts(run, world) == (2, 1, 0, 0), "what was taken back stays reported"


def test_a_door_that_is_undone_after_the_office_ended_goes_to_the_queue(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1)
    (one,) = take(run, world, worker)
    row = note(one, worker, phone=HER)
    world.appoint(worker, "booth_worker", "N1112")
    with system("test"):
        there = Appointment.objects.get(account_id=worker.pk, unit_id=world.unit("N1111"))
    org.end_appointment(public_id=there.public_id, reason="moved", by=JOBS, at=NOW)
    actions.undo_contact(contact=row.pk, by=actor(worker), at=NOW)
    assert (entries()[0].holder_id, entries()[0].state) == (None, "ready"), "the number is not theirs to see"
    with pytest.raises(DoorGone):
        actions.show_door_number(entry=one.public_id, by=actor(worker), at=NOW)


def test_after_an_erasure_no_note_is_left_and_no_door_comes_back(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2)
    doors = take(run, world, worker)
    rows = [
        note(one, worker, phone=phone, note="Person 0 waits")
        for one, phone in zip(doors, ("", HER), strict=True)
    ]
    with system("test"):
        for phone_id in (doors[0].phone_id, keyring().phone_id(HER)):
            news.tell(ItemsErased((), or_refuse(phone_id), NOW))
        assert [bytes(one.note) for one in tries()] == [b"", b""]
    actions.undo_contact(contact=rows[0].pk, by=actor(worker), at=NOW)
    assert (entries()[0].state, entries()[0].why_out, entries()[0].holder_id) == ("out", "erased", None)


def test_a_door_is_visited_and_not_called_after_the_hours_of_the_settings(
    world: World, run: Programme, worker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(run, world.unit("N1111"), 1)
    announce(world.unit("N1"), JOBS, at=NOW)
    monkeypatch.setenv("ABHIYAN_MESSAGES_UNTIL", "10:01")
    (one,) = take(run, world, worker)
    with pytest.raises(HeldBack):
        actions.show_door_number(entry=one.public_id, by=actor(worker), at=NOW)


def test_a_number_is_not_shown_once_the_three_days_are_over(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1)
    announce(world.unit("N1"), JOBS, at=NOW)
    (one,) = take(run, world, worker)
    assert actions.show_door_number(entry=one.public_id, by=actor(worker), at=NOW + 2 * DAY)
    with pytest.raises(DoorGone):
        actions.show_door_number(entry=one.public_id, by=actor(worker), at=NOW + 3 * DAY)


def test_leases_end_with_the_list_the_office_and_the_account(
    world: World, run: Programme, worker: Account
) -> None:
    made = listed(run, world.unit("N1111"), 2)
    take(run, world, worker)
    assert actions.end_leases(list_id=made.pk) == 2
    take(run, world, worker)
    with system("test"):
        people.close_account(account_id=worker.pk, by=JOBS, at=NOW)
    assert not entries(state="leased")
    other = reachable(world, "booth_president", "N1111", 1)
    take(run, world, other)
    with system("test"):
        from abhiyan.org.models import Appointment

        held = Appointment.objects.get(account_id=other.pk)
    org.end_appointment(public_id=held.public_id, reason="moved", by=JOBS, at=NOW)
    assert not entries(state="leased")


def test_a_copy_holds_no_number_and_a_page_shows_it_by_a_press(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1)
    announce(world.unit("N1"), JOBS, at=NOW)
    (one,) = take(run, world, worker)
    page = f"/field/door/{one.public_id}/"
    copy = browser(worker).get(page, HTTP_X_ABHIYAN_KEPT="1")
    assert copy.headers["X-Abhiyan-Names"] == "1" and "Person 0" in copy.text and "tel:" not in copy.text
    assert "Show the number" not in copy.text
    shown = browser(worker).post(f"{page}number/")
    assert "tel:+91" in shown.text
    other = reachable(world, "booth_president", "N1111", 1)
    assert browser(other).get(page).status_code == 404


def test_today_and_my_doors_tell_the_same_and_who_does_not_see_the_people_reads_whole_tens(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 12)
    note(take(run, world, worker)[0], worker)
    for page in ("/today/", f"/field/doors/{run.public_id}/?unit=N1111"):
        assert "1 of 12 met" in browser(worker).get(page).text
    with system("test"):
        outside = numbers.doors_met(run, world.unit("N1111"), is_exact=False)
        empty = numbers.doors_met(run, world.unit("N1112"), is_exact=True)
    assert (outside.words, empty.words) == ("fewer than 10 of 10 met", "")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "back", "talked", "later", "undo", "no", "lapse", "leave"]),
        st.integers(0, 2),
    ),
    max_size=20,
)


def test_no_entry_is_ever_with_two_workers_and_every_lease_comes_back(world: World, run: Programme) -> None:
    workers = [reachable(world, "booth_worker", "N1111", n) for n in range(3)]
    listed(run, world.unit("N1111"), 4)
    same = listed(run, world.unit("N1111"), 4)
    with system("test"):  # the same people on a second list
        twins = zip(entries(list=same), entries(list_id=same.pk - 1), strict=True)
        for one, first in twins:
            ContactEntry.objects.filter(pk=one.pk).update(phone_id=first.phone_id)

    def does(what: str, who: Account, at: datetime) -> None:
        own = entries(holder_id=who.pk)
        if what == "take":
            take(run, world, who, at=at)
        elif what == "back":
            actions.give_doors_back(programme=run, unit_id=world.unit("N1111"), by=actor(who), at=at)
        elif what in ("talked", "later") and own:
            note(own[0], who, what, at=at)
        elif what == "undo":
            for one in tries(by_id=who.pk, undone_at=None)[-1:]:
                actions.undo_contact(contact=one.pk, by=actor(who), at=at)
        elif what == "lapse":
            with system("test"):
                actions.lapse_leases(at=at)
        elif what == "leave":
            actions.end_leases(account_id=who.pk)
        elif what == "no" and own and own[0].phone_id:
            with system("test"):
                people.suppress(phone_id=own[0].phone_id, scope="all", channel=1, by=JOBS, at=at)

    @examples(max_examples=25)
    @drawn(order=ACTS)
    def holds(order: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            at = NOW
            for what, n in [("take", 0), *order]:
                at += 3 * HOUR
                with suppress(Refused), transaction.atomic():
                    does(what, workers[n], at)
                leased = entries(state="leased")
                assert all(one.holder_id and one.until for one in leased)
                assert all(not one.holder_id for one in entries() if one.state != "leased")
                by_phone: dict[object, set[object]] = {}
                for one in leased:
                    by_phone.setdefault(one.phone_id, set()).add(one.holder_id)
                assert all(len(holders) == 1 for holders in by_phone.values())
            with system("test"):
                actions.lapse_leases(at=at + 3 * DAY)
            assert not entries(state="leased") and not entries(holder_id__isnull=False)
            transaction.set_rollback(True)

    holds()


@pytest.mark.django_db(transaction=True)  # two transactions at once, which have to see each other's locks
def test_two_workers_at_one_booth_take_different_doors_at_the_same_time(world: World, run: Programme) -> None:
    from concurrent.futures import ThreadPoolExecutor

    workers = [reachable(world, "booth_worker", "N1111", n) for n in range(2)]
    listed(run, world.unit("N1111"), 50)

    def takes(who: Account) -> list[int]:
        try:
            with transaction.atomic():
                return [one.pk for one in take(run, world, who)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        mine, theirs = pool.map(takes, workers)
    assert set(mine).isdisjoint(theirs) and len(mine) + len(theirs) == 50
