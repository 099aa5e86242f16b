"""The calls of a day: given out, sent, noted, carried over, passed on; who sees them, and what is refused."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.contact.actions import HeldBack, undo_contact
from abhiyan.contact.tests.at_doors import no_poll, talks_of_others, tries
from abhiyan.core import languages
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions, queries
from abhiyan.dialogues.actions import (
    CallNoted,
    CallOver,
    CallReport,
    DaysAwayUnfit,
    NoMoreCalls,
    NoNumberKept,
    NotRunningNow,
    OrganisationMissing,
)
from abhiyan.dialogues.activity import DIALOGUES
from abhiyan.dialogues.models import CallPlan, Dialogue
from abhiyan.dialogues.rules.roster import RosterSource
from abhiyan.dialogues.todo import dialogue_todo
from abhiyan.helpdesk.actions.opening import IllnessSaid
from abhiyan.helpdesk.models import Ticket
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import World, actor
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import measures_in_view, unit_ladder
from abhiyan.ui.owed import Owed
from abhiyan.work.models import Task

from .make import DAY, JOBS, TALKED, TODAY, calls, clock, morning, note, programme, reachable, texts

pytestmark = pytest.mark.django_db
BOOTHS = ("N1111", "N1112", "N1121")


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def leader(world: World) -> Account:
    return reachable(world, "district_in_charge", "N11", 1, "Imtiyaz Mir")


@pytest.fixture
def presidents(world: World) -> list[Account]:
    return [
        reachable(world, "booth_president", code, 10 + n, f"Farooq {code}") for n, code in enumerate(BOOTHS)
    ]


@pytest.fixture
def run(world: World, leader: Account, presidents: list[Account]) -> Programme:
    no_poll(world.unit("N1"))
    return programme(world.unit("N1"))


def booths(some: list[Dialogue]) -> list[int]:
    return [one.unit_id for one in some]


def test_each_morning_gives_a_leader_two_presidents_of_their_own_area(
    world: World, run: Programme, leader: Account
) -> None:
    reachable(world, "booth_president", "N1211", 20)
    with system("test"):
        assert actions.give_out(by=JOBS, at=clock(6, 59)) == 0
    assert morning() == 2
    assert morning() == 0, "a day is given out once"
    mine = calls(leader)
    assert set(booths(mine)) < {world.unit(code) for code in BOOTHS}
    own = queries.calls_of_leader(leader.pk, at=NOW)
    assert [row.href for row in owed_of(leader)] == [f"/dialogues/call/{one.of.pk}/" for one in own]
    page = browser(leader).get("/dialogues/").content.decode()
    assert all(one.name in page for one in own)
    today = browser(leader).get("/today/").content.decode()
    assert all(f"/dialogues/call/{one.of.pk}/" in today for one in own)
    assert page.count("/dialogues/call/") == 2


def test_the_gate_keeps_numbers_of_presidents_back_on_the_page_and_in_the_text(
    run: Programme, leader: Account, presidents: list[Account]
) -> None:
    """Three talks, with anybody, and the night. The row stays: the leader may note a talk that took place."""
    morning()
    first, second = calls(leader)
    with system("test"):
        phone = people.accounts([first.president_id])[first.president_id].phone_id
    talks_of_others(phone, first.unit_id, run.pk, 3)
    with pytest.raises(HeldBack):
        actions.show_president_number(call=first.pk, by=actor(leader), at=NOW)
    with pytest.raises(HeldBack):
        actions.show_president_number(call=second.pk, by=actor(leader), at=clock(21))
    assert actions.show_president_number(call=second.pk, by=actor(leader), at=NOW).startswith("+9194190")
    with system("test"):
        assert actions.send_numbers(by=JOBS, at=clock(10)) == 1
    (said,) = texts(leader, "duty.calls")
    assert said["calls"].count("+9194190") == 1 and said["calls"].count(";") == 1
    assert note(leader, first).outcome == "talked"


def test_a_talk_counts_for_the_cap_of_everybody_and_a_replaced_outcome_does_not(
    run: Programme, leader: Account
) -> None:
    morning()
    call = calls(leader)[0]
    note(leader, call, CallReport("no_answer"))
    note(leader, call, CallReport("later"), at=NOW + timedelta(minutes=5))
    note(leader, call, at=NOW + timedelta(minutes=9))
    kept = [(row.outcome, row.undone_at is None) for row in tries(about=call.pk)]
    with pytest.raises(NotFound):
        undo_contact(contact=tries(about=call.pk, outcome="talked")[0].pk, by=actor(leader), at=NOW)
    assert sorted(kept) == [
        ("later", False),
        ("no_answer", False),
        ("taken_back", False),
        ("taken_back", False),
        ("talked", True),
    ]


def test_the_numbers_leave_at_ten_and_each_leaves_a_row_in_the_trail(
    run: Programme, leader: Account, presidents: list[Account]
) -> None:
    morning()
    with system("test"):
        assert actions.send_numbers(by=JOBS, at=clock(9, 59)) == 0
        assert actions.send_numbers(by=JOBS, at=clock(10)) == 1
        assert actions.send_numbers(by=JOBS, at=clock(10, 1)) == 0
    (said,) = texts(leader, "duty.calls")
    called = [one for one in presidents if one.pk in {call.president_id for call in calls()}]
    for one in called:
        assert f"{one.name}, Unit {one.name.split()[-1]}, +9194190" in said["calls"]
    with system("test"):
        looks = AuditEntry.objects.filter(act="people.reveal_phone")
        assert {one.subject for one in looks} == {str(one.public_id) for one in called}
        assert all(one.facts["to"] == str(leader.public_id) for one in looks)


@pytest.mark.parametrize("of", ["district_in_charge", "booth_president"])
def test_no_number_leaves_where_an_office_ended_since_the_morning(
    run: Programme, leader: Account, presidents: list[Account], of: str
) -> None:
    morning()
    with system("test"):
        Appointment.objects.filter(office__code=of).update(state="ended", ends_on=TODAY)
        assert actions.send_numbers(by=JOBS, at=clock(10)) == 0
        assert not AuditEntry.objects.filter(act="people.reveal_phone").exists()
    assert texts(leader, "duty.calls") == []


def test_a_talk_is_reported_and_a_need_becomes_a_request_of_the_president(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    morning()
    call = calls(leader)[0]
    note(leader, call, CallReport("no_answer"))
    done = note(leader, call, CallReport("talked", True, 3, "40 forms in Urdu", "material"))
    assert (done.organisation, done.has_asked) == (3, True)
    with system("test"):
        item, ticket = Item.objects.get(), Ticket.objects.get()
        assert (item.unit_id, item.day, item.by_id) == (call.unit_id, TODAY, leader.pk)
        assert ticket.desk_id == world.unit("N11"), "the president answers at the booth, so a desk above does"
        assert (ticket.is_proven, ticket.is_stranger, ticket.kind) == (True, False, "material")
        read = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=1, at=NOW)
        assert (read.reported, read.counted) == (1, 0), "the president has said nothing yet"
    president = next(one for one in presidents if one.pk == call.president_id)
    assert ticket.phone_id == item.phone_id == president.phone_id
    with pytest.raises(CallNoted):
        note(leader, call)


def test_one_more_need_is_a_request_of_its_own_or_joins_one_of_its_kind_and_the_page_says_so(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    mine, call = browser(leader), calls(leader)[0]
    page = f"/dialogues/call/{call.pk}/"
    more = {"more": "yes", "kind": "material", "need": "20 chairs"}
    assert mine.post(page, more).status_code == 409, "the talk comes first"
    note(leader, call, CallReport("talked", True, 2, "A tent", "material"))
    assert mine.post(page, more | {"need": ""}).status_code == 422
    assert mine.post(page, more | {"need": "His wife is ill"}).status_code == 422
    joined = mine.post(page, more, follow=True).content.decode()
    with system("test"):
        (tent,) = Ticket.objects.all()
        assert tent.n == 2
    assert f"joined the open request {tent.number}" in joined and "Needed today" in joined
    other = mine.post(page, more | {"kind": "programme", "need": "A speaker"}, follow=True).content.decode()
    with system("test"):
        speaker = Ticket.objects.get(kind="programme")
        assert Dialogue.objects.get(pk=call.pk).ticket_ids == [tent.pk, speaker.pk]
        whole = queries.call_levels(run, world.unit("N1"), (world.lo("N1"), world.lo("N2")), on=TODAY)[0]
        assert (whole.done, whole.needs) == (1, 2)
        Dialogue.objects.filter(pk=call.pk).update(ticket_ids=[uuid4() for _each in range(5)])
    assert f"request {speaker.number} of the helpline" in other
    assert mine.post(page, more | {"kind": "other"}).status_code == 422, "five needs of one talk"
    assert mine.post(page, more | {"kind": "other"}).content.decode().count('name="more"') == 0


@pytest.mark.parametrize(
    ("outcome", "label", "title"),
    [
        ("gone", "No longer president", "Unit N1111: appoint a new booth president"),
        ("wrong_number", "Wrong number", "Unit N1111: correct the booth president's number"),
    ],
)
def test_a_call_that_finds_no_president_ends_and_gives_the_office_above_a_task(
    world: World, run: Programme, leader: Account, outcome: str, label: str, title: str
) -> None:
    above = reachable(world, "mandal_president", "N111", 60)
    reachable(world, "mandal_president", "N112", 61)
    with system("test"):
        CallPlan.objects.create(programme_id=run.pk, offices=["district_in_charge"], per_day=3)
    morning()
    call = next(one for one in calls(leader) if one.unit_id == world.unit("N1111"))
    mine, page = browser(leader), f"/dialogues/call/{call.pk}/"
    assert mine.post(page, {"outcome": outcome}).status_code == 302
    with system("test"):
        task = Task.objects.get()
        assert (task.account_id, task.state) == (above.pk, "asked")
        assert task.title == title and "Farooq N1111" in task.text
        assert not Item.objects.exists()
    assert page not in [row.href for row in owed_of(leader)], "the call is over"
    morning(days=1)
    carried = booths([one for one in calls(leader, days=1) if one.came == RosterSource.CARRIED])
    assert carried and call.unit_id not in carried, "the call is over"
    with system("test"):
        again = Dialogue.objects.create(
            id=uuid4(),
            programme_id=run.pk,
            day=TODAY + 5 * DAY,
            leader_id=leader.pk,
            unit_id=call.unit_id,
            president_id=call.president_id,
            came=0,
        )
    card = queries.own_call(leader.pk, again.pk, at=NOW)
    assert card.missed is not None and card.missed.day == TODAY and card.before is None
    assert label in mine.get(f"/dialogues/call/{again.pk}/").content.decode()


def test_a_wrong_press_is_taken_back_on_the_same_day_with_its_task(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    call = calls(leader)[0]
    note(leader, call, CallReport("wrong_number"))
    with system("test"):
        assert Task.objects.get().account_id == leader.pk, "the nearest office above that appoints there"
    note(leader, call)
    with system("test"):
        assert Task.objects.get().state == "withdrawn" and Item.objects.exists()
        assert Dialogue.objects.get(pk=call.pk).task_id is None
    with pytest.raises(CallNoted):
        note(leader, call, CallReport("gone"))


def test_a_president_who_wants_no_calls_is_on_no_later_roster_and_no_number_is_shown(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    call = calls(leader)[0]
    note(leader, call, CallReport("never"))
    with system("test"):
        president = Account.objects.get(pk=call.president_id)
        assert not Task.objects.exists() and not Item.objects.exists()
        assert call.unit_id not in queries.booths_to_call(run, on=NOW.date())
    assert people.phones_that_said_no([president.phone_id]) == {president.phone_id}
    with pytest.raises(NoMoreCalls):
        actions.show_president_number(call=call.pk, by=actor(leader), at=NOW)


def test_a_card_says_since_when_somebody_is_president_and_which_language_they_read(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    with system("test"):
        Account.objects.filter(pk__in=[one.pk for one in presidents]).update(language="hi")
        Appointment.objects.filter(account_id__in=[one.pk for one in presidents]).update(
            starts_on="2025-03-09"
        )
    morning()
    page = browser(leader).get(f"/dialogues/call/{calls(leader)[0].pk}/").content.decode()
    assert "President since" in page and "9 Mar 2025" in page and languages.own_language_name("hi") in page


def owed_of(account: Account) -> list[Owed]:
    """The rows of Today, of the room and of its programme at home."""
    viewer = viewer_of(account_id=account.pk, on=TODAY)
    with system("test"):
        rows: list[object] = list(dialogue_todo(viewer, at=NOW))
        for stand in measures_in_view(viewer.home, at=NOW) if viewer.home else ():
            rows += DIALOGUES.owes(viewer, viewer.home, stand, NOW)
    return [row for row in rows if isinstance(row, Owed)]


def test_a_leader_of_two_units_has_each_call_once_and_nobody_else_is_asked_about_calls(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    pages = [f"/dialogues/call/{one.pk}/" for one in calls(leader)]
    assert sorted(row.href for row in owed_of(leader)) == sorted(pages)
    viewer = viewer_of(account_id=leader.pk, on=TODAY)
    with system("test"), CaptureQueriesContext(connection) as asked:
        assert not list(dialogue_todo(viewer, at=NOW)), "these come with the programme"
    assert not [one for one in asked if "dialogues_" in one["sql"]]
    world.appoint(leader, "district_in_charge", "N12")
    assert sorted(row.href for row in owed_of(leader)) == sorted(pages)


@pytest.mark.parametrize(
    ("noted", "refused"),
    [
        (CallReport("talked", True), OrganisationMissing),
        (CallReport("talked", True, 2, "His father has cancer"), IllnessSaid),
        (CallReport("talked", True, 2, "उनकी माँ बीमार हैं, अस्पताल जाना है"), IllnessSaid),
        (CallReport("talked", True, 2, "medical help for his son"), IllnessSaid),
    ],
)
def test_what_a_talk_lacks_or_may_not_hold_is_refused_and_nothing_is_kept(
    run: Programme, leader: Account, noted: CallReport, refused: type[Refused]
) -> None:
    morning()
    with pytest.raises(refused):
        note(leader, calls()[0], noted)
    with system("test"):
        assert not Item.objects.exists() and not Ticket.objects.exists()


def test_a_need_about_a_place_named_after_health_words_is_no_illness(run: Programme, leader: Account) -> None:
    morning()
    done = note(
        leader, calls()[0], CallReport("talked", True, 2, "A tent and 40 chairs for the meeting", "material")
    )
    assert done.ticket_ids


def test_a_need_of_a_president_without_a_number_is_refused_and_the_talk_is_not(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    with system("test"):
        for one in presidents:
            Account.objects.filter(pk=one.pk).update(phone_id=uuid4())
    morning()
    with pytest.raises(NoNumberKept):
        note(leader, calls()[0], CallReport("talked", True, 2, "A tent", "material"))
    note(leader, calls()[0])


def test_nobody_notes_a_call_of_somebody_else_or_of_another_day(
    world: World, run: Programme, leader: Account
) -> None:
    other = reachable(world, "district_in_charge", "N12", 2)
    morning()
    call = calls(leader)[0]
    with pytest.raises(NotFound):
        note(other, call)
    for page in (f"/dialogues/call/{call.pk}/", f"/dialogues/call/{uuid4()}/"):
        assert browser(other).get(page).status_code == 404
        assert browser(other).post(page + "number/").status_code == 404
    with pytest.raises(CallOver):
        note(leader, call, at=clock(0, 1, days=1))
    note(leader, call, at=clock(23, 59))


def test_an_office_that_ends_at_noon_notes_no_more(world: World, run: Programme, leader: Account) -> None:
    morning()
    with system("test"):
        held = Appointment.objects.get(account_id=leader.pk)
        org.end_appointment(public_id=held.public_id, reason="Moved away", by=JOBS, at=NOW)
    with pytest.raises(NotYours):
        note(leader, calls()[0], at=NOW + timedelta(minutes=1))
    assert morning(days=1) == 0


def test_a_president_who_left_at_noon_was_called_and_the_next_card_names_the_new_one(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    morning()
    call = calls(leader)[0]
    with system("test"):
        held = Appointment.objects.get(account_id=call.president_id)
        org.end_appointment(public_id=held.public_id, reason="Moved away", by=JOBS, at=NOW)
    note(leader, call, at=NOW + timedelta(hours=1))
    code = next(code for code in BOOTHS if world.unit(code) == call.unit_id)
    new = reachable(world, "booth_president", code, 40, "Shabnam Akhter")
    for days in range(1, 4):
        morning(days=days)
    card = next(
        one
        for days in range(1, 4)
        for one in queries.calls_of_leader(leader.pk, at=clock(12, days=days))
        if one.of.unit_id == call.unit_id
    )
    assert card.of.president_id == new.pk and card.before is not None and card.before.is_other


def test_an_undone_call_comes_once_more_then_goes_to_another_leader(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    first = calls(leader)
    note(leader, first[0])
    morning(days=1)
    carried = [one for one in calls(leader, days=1) if one.came == RosterSource.CARRIED]
    assert booths(carried) == booths(first[1:])
    (row,) = [one for one in queries.calls_of_leader(leader.pk, at=clock(9, days=1)) if one.is_carried]
    assert row.of.pk == carried[0].pk
    other = reachable(world, "state_secretary", "N1", 3)
    morning(days=2)
    assert (
        booths([one for one in calls(other, days=2) if one.came == RosterSource.PASSED])[0]
        == first[1].unit_id
    )
    assert first[1].unit_id not in booths(calls(leader, days=2))


def test_who_is_ill_for_a_week_gets_no_calls_and_theirs_go_to_another(
    world: World, run: Programme, leader: Account
) -> None:
    other = reachable(world, "state_secretary", "N1", 3)
    morning()
    left = booths(calls(leader))
    actions.note_absence(first_on=TODAY + DAY, last_on=TODAY + 7 * DAY, by=actor(leader), at=NOW)
    morning(days=1)
    assert not calls(leader, days=1)
    passed = [one.unit_id for one in calls(other, days=1) if one.came == RosterSource.PASSED]
    assert set(passed) <= set(left) and passed
    for days in range(2, 9):
        morning(days=days)
    assert not calls(leader, days=7) and calls(leader, days=8)
    (own,) = queries_absences(leader)
    with pytest.raises(NotFound):
        actions.remove_absence(absence=own, by=actor(other), at=NOW)
    assert browser(other).post(f"/dialogues/away/{own}/").status_code == 404
    actions.remove_absence(absence=own, by=actor(leader), at=NOW)
    assert not queries_absences(leader)


def queries_absences(of: Account) -> list[UUID]:
    with system("test"):
        return [one.public_id for one in queries.absences(of.pk, since=TODAY)]


@pytest.mark.parametrize("days", [(2, 1), (-9, -1), (0, 400)])
def test_days_of_absence_that_do_not_fit_are_refused(
    world: World, leader: Account, days: tuple[int, int]
) -> None:
    first, last = (TODAY + one * DAY for one in days)
    with pytest.raises(DaysAwayUnfit):
        actions.note_absence(first_on=first, last_on=last, by=actor(leader), at=NOW)


def test_a_leader_elsewhere_or_of_one_booth_and_a_booth_without_a_president(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    reachable(world, "district_in_charge", "N21", 4)  # of another state: outside the programme
    with system("test"):
        for one in presidents[1:]:
            held = Appointment.objects.get(account_id=one.pk)
            org.end_appointment(public_id=held.public_id, reason="Moved away", by=JOBS, at=NOW)
    for days in range(3):
        morning(days=days)
        assert booths(calls(days=days)) == [world.unit("N1111")], "one booth is called each day, and once"


def test_a_president_of_two_booths_is_called_once_a_day(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    world.appoint(presidents[0], "booth_president", "N1122")
    for days in range(6):
        morning(days=days)
        called = [one.president_id for one in calls(days=days)]
        assert len(called) == len(set(called))


def test_calls_end_with_the_programme(run: Programme, leader: Account) -> None:
    morning()
    with system("test"):
        Programme.objects.filter(pk=run.pk).update(state="closed")
    with pytest.raises(NotRunningNow):
        note(leader, calls()[0])
    assert morning(days=1) == 0
    assert queries.calls_of_leader(leader.pk, at=NOW) == []


def test_the_board_shows_each_unit_to_who_sees_its_people(
    world: World, run: Programme, leader: Account, presidents: list[Account]
) -> None:
    president = reachable(world, "state_president", "N1", 5, "Rohini Koul")
    morning()
    note(leader, calls()[0], CallReport("talked", True, 2, "A tent", "material"))
    note(leader, calls()[1], CallReport("wrong_number"))
    page = f"/dialogues/{run.public_id}/"
    state = browser(president).get(page)
    assert state.status_code == 200
    with system("test"):
        whole, below = queries.call_levels(run, world.unit("N1"), (world.lo("N1"), world.lo("N2")), on=TODAY)
    assert (whole.booths, whole.vacant, whole.silent) == (8, 5, 0), "nobody is silent who was not called"
    with system("test"):
        Dialogue.objects.filter(outcome="wrong_number").update(outcome="no_answer")
        span = (world.lo("N1"), world.lo("N2"))
        silent = [
            queries.call_levels(run, world.unit("N1"), span, on=TODAY + n * DAY)[0].silent for n in (0, 1)
        ]
    assert silent == [0, 1], "not on the day of the call"
    assert (whole.done, whole.confirmed, whole.needs, whole.solved) == (1, 0, 1, 0)
    assert whole.missed == 1 and "Gone or wrong number" in state.content.decode()
    assert [one.code for one in below] == ["N11", "N12"]
    assert "1 leader makes 2 calls a day. One round of 8 booths takes 4 days." in state.content.decode()
    mine = browser(leader)
    assert mine.get(page + "?unit=N11").status_code == 200
    for hidden in ("?unit=N12", "?unit=N1"):
        assert mine.get(page + hidden).status_code in (403, 404)
    for other in ("state_secretary", "verifier"):
        assert browser(reachable(world, other, "N1", 50 + len(other))).get(page).status_code in (403, 404)
    assert mine.get(f"/dialogues/{uuid4()}/").status_code == 404


def test_a_round_longer_than_the_programme_is_warned_of_and_who_calls_is_set(
    world: World, leader: Account, presidents: list[Account]
) -> None:
    short = programme(world.unit("N1"), opens=TODAY, days=1)
    president = browser(reachable(world, "state_president", "N1", 5))
    page = f"/dialogues/{short.public_id}/"
    assert "The programme runs 2 days." in president.get(page).content.decode()
    sent = {"offices": ["district_in_charge"], "per_day": "4"}
    assert president.post(page + "callers/", sent | {"per_day": "11"}).status_code == 422
    assert president.post(page + "callers/", sent | {"offices": ["nobody"]}).status_code == 422
    assert browser(leader).post(page + "callers/", sent).status_code == 403
    with system("test"):
        assert not CallPlan.objects.exists()
    assert president.post(page + "callers/", sent).status_code == 302
    assert "The programme runs" not in president.get(page).content.decode()
    assert morning() == 3, "four a day, of three booths with a president"


def test_the_questions_of_a_page_do_not_grow_with_its_calls(
    world: World, run: Programme, leader: Account
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert len(queries.calls_of_leader(leader.pk, at=NOW)) == n
        return len(found)

    with system("test"):
        CallPlan.objects.create(programme_id=run.pk, offices=["district_in_charge"], per_day=1)
    n = morning()
    one = asked()
    with system("test"):
        CallPlan.objects.update(per_day=3)
        Dialogue.objects.all().delete()
        from abhiyan.dialogues.models import CallDay

        CallDay.objects.all().delete()
    n = morning()
    assert (n, asked()) == (3, one)


def test_nobody_outside_reads_a_row_of_calls(world: World, run: Programme, leader: Account) -> None:
    elsewhere = reachable(world, "district_president", "N12", 6)
    morning()
    with scoped(viewer_of(account_id=elsewhere.pk, on=TODAY).scope):
        assert not Dialogue.objects.exists()
    with scoped(viewer_of(account_id=leader.pk, on=TODAY).scope):
        assert Dialogue.objects.count() == 2
        with pytest.raises(Exception, match="policy"):
            Dialogue.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                day=TODAY,
                leader_id=leader.pk,
                unit_id=1,
                president_id=1,
                came=0,
            )


def test_a_talk_of_today_with_its_step_and_its_need_through_the_page(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    mine, call = browser(leader), calls(leader)[0]
    page = f"/dialogues/call/{call.pk}/"
    assert "First talk with this booth" in mine.get(page).content.decode()
    shown = mine.post(page + "number/").content.decode()
    assert "tel:+9194190" in shown
    sent = {"has_asked": "on", "organisation": "2", "kind": "material", "need": "A tent", "outcome": "talked"}
    for wrong in ({"organisation": ""}, {"organisation": "4"}, {"outcome": "shouted"}, {"need": "a patient"}):
        assert mine.post(page, sent | wrong).status_code == 422, wrong
    assert mine.post(page, sent)["Location"] == "/dialogues/"
    assert mine.post(page, sent).status_code == 409
    done = mine.get("/dialogues/").content.decode()
    assert "Not confirmed" in done and "One more need" in done


def test_my_record_shows_ones_calls_and_absence(world: World, run: Programme, leader: Account) -> None:
    morning()
    note(leader, calls()[0], TALKED)
    mine = browser(leader)
    assert (
        mine.post("/dialogues/away/", {"first_on": "2026-12-01", "last_on": "2026-12-03"}).status_code == 302
    )
    page = mine.get("/programmes/work/").content.decode()
    assert "0 confirmed by the president" in page and "1 Dec 2026 – 3 Dec 2026" in page
    assert "/dialogues/away/" in page


def test_with_the_office_a_leaders_calls_end_with_their_names_and_numbers(
    world: World, run: Programme, leader: Account
) -> None:
    morning()
    call = calls(leader)[0]
    page = f"/dialogues/call/{call.pk}/"
    assert browser(leader).get(page).status_code == 200
    with system("test"):
        held = Appointment.objects.get(account_id=leader.pk)
    world.appoint(leader, "district_in_charge", "N21")
    org.end_appointment(public_id=held.public_id, reason="moved", by=JOBS, at=NOW)
    assert queries.calls_of_leader(leader.pk, at=NOW) == []
    phone = browser(leader)
    pages = (page, f"/field/call/{call.pk}/")
    assert [phone.get(each).status_code for each in pages] == [404, 404]
    assert phone.post(f"{page}number/").status_code == 404
    with pytest.raises(NotFound):
        actions.show_president_number(call=call.pk, by=actor(leader), at=NOW)
    with pytest.raises(NotYours):
        note(leader, call)
