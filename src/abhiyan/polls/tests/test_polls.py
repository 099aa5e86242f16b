"""The calendar of polls: stated by one, in force by another; its pages, and what Today says of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from abhiyan.core import clock
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions
from abhiyan.org.models import Appointment, Release
from abhiyan.org.queries.authority import NotYours
from abhiyan.org.tests.make import AT, SYSTEM, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.polls import actions as polls
from abhiyan.polls import queries
from abhiyan.polls.actions import StatedPoll, confirm_poll, store_poll_version
from abhiyan.polls.models import Poll

pytestmark = pytest.mark.django_db
INDIA = ZoneInfo("Asia/Kolkata")
CLOSES = datetime(2026, 11, 30, 18, tzinfo=INDIA)


def entry(*areas: int, closes_at: datetime | None = CLOSES, **other: Any) -> StatedPoll:
    given: dict[str, Any] = {
        "kind": Poll.Kind.BY_ELECTION if closes_at else Poll.Kind.NONE,
        "name": "By-election",
        "announced_on": date(2026, 11, 10),
        "result_on": date(2026, 12, 3),
        "source": "https://eci.gov.in/1",
        "phases": [(closes_at, areas)],
    }
    return StatedPoll(**given | other)


def stated(world: World, by: Account, *areas: str, corrects: UUID | None = None, **other: Any) -> Poll:
    said = entry(*(world.unit(code) for code in areas), **other)
    return polls.state_poll(stated=said, corrects=corrects, by=actor(by), at=AT)


def decide(poll: Poll, by: Account, *, allow: bool = True) -> None:
    with system("test"):
        asked = Release.objects.get(payload={"poll": str(poll.public_id)}, state="asked")
    actions.decide_release(public_id=asked.public_id, allow=allow, by=actor(by), at=AT)


def states_of(entry_: UUID) -> list[str]:
    return [one.state for one in reversed(queries.poll_versions(entry_))]


def is_silent(world: World, code: str) -> bool:
    at = CLOSES - timedelta(hours=1)
    return queries.polling({"": [world.unit(code)]}, at=at)[""].silent_until(at) is not None


def test_an_entry_counts_once_a_second_person_approves_it(world: World) -> None:
    poll = stated(world, world.holder("state_president", "N1"), "C1")
    assert poll.unit_id == world.unit("N1")
    assert not is_silent(world, "N1111")
    decide(poll, world.holder("national_president", "N"))
    assert is_silent(world, "N1111") and not is_silent(world, "N2111")
    assert states_of(poll.entry) == ["in_force"]
    with system("test"):
        assert Release.objects.get().state == Release.State.USED
        acts = set(AuditEntry.objects.filter(subject=str(poll.public_id)).values_list("act", flat=True))
    assert acts == {"units.state_poll", "units.confirm_poll"}


def test_nobody_approves_their_own_entry(world: World) -> None:
    president = world.holder("national_president", "N")
    poll = stated(world, president, "N1", closes_at=None)
    with pytest.raises(NotYours):
        decide(poll, president)
    with pytest.raises(NotYours):  # below the asker
        decide(poll, world.holder("state_president", "N1"))
    decide(poll, world.officer("N"))
    assert states_of(poll.entry) == ["in_force"]


def test_what_is_refused_never_counts_and_stays_to_be_seen(world: World) -> None:
    poll = stated(world, world.holder("state_president", "N1"), "C1")
    decide(poll, world.officer("N"), allow=False)
    assert states_of(poll.entry) == ["dropped"] and not is_silent(world, "N1111")


def test_a_correction_and_a_withdrawal_are_versions_and_leave_what_was_in_force_until_they_are_approved(
    world: World,
) -> None:
    president, officer = world.holder("state_president", "N1"), world.officer("N")
    first = stated(world, president, "C1")
    decide(first, officer)
    second = stated(world, president, "N11", corrects=first.entry)
    with pytest.raises(polls.AlreadyStated):
        stated(world, president, "C1", corrects=first.entry)
    assert states_of(first.entry) == ["in_force", "stated"] and is_silent(world, "N1211")
    decide(second, officer)
    assert states_of(first.entry) == ["replaced", "in_force"] and not is_silent(world, "N1211")
    third = polls.withdraw_poll(public_id=second.public_id, by=actor(president), at=AT)
    assert is_silent(world, "N1111")
    decide(third, officer)
    assert states_of(first.entry) == ["replaced", "withdrawn", "withdrawn"]
    assert not is_silent(world, "N1111")
    with pytest.raises(polls.NothingInForce):
        polls.withdraw_poll(public_id=second.public_id, by=actor(president), at=AT)


def test_what_waits_is_taken_back_and_its_request_with_it(world: World) -> None:
    president = world.holder("state_president", "N1")
    poll = stated(world, president, "C1")
    polls.take_back_poll(public_id=poll.public_id, by=actor(president), at=AT)
    assert states_of(poll.entry) == ["dropped"]
    with system("test"):
        assert Release.objects.get().state == Release.State.WITHDRAWN
    with pytest.raises(polls.NotWaiting):
        polls.take_back_poll(public_id=poll.public_id, by=actor(president), at=AT)


def test_what_nobody_approves_in_time_and_what_ends_with_its_asker_s_office_is_not_confirmed(
    world: World,
) -> None:
    president = world.holder("state_president", "N1")
    late = stated(world, president, "C1")
    with system("test"):
        assert actions.lapse_releases(at=AT + timedelta(hours=72)) == 1
    assert states_of(late.entry) == ["dropped"]
    ended = stated(world, president, "C1")
    with system("test"):
        held = Appointment.objects.get(account_id=president.pk)
    actions.end_appointment(public_id=held.public_id, reason="elsewhere", by=SYSTEM, at=AT)
    assert states_of(ended.entry) == ["dropped"]


def test_each_state_keeps_its_own_and_the_nation_what_concerns_several(world: World) -> None:
    of_one, of_two = world.holder("state_president", "N1"), world.holder("state_president", "N2")
    nation = world.holder("national_president", "N")
    for by, areas in ((of_two, ["C1"]), (of_one, ["C1", "C2"]), (of_one, ["N"])):
        with pytest.raises(NotYours):
            stated(world, by, *areas)
    with pytest.raises(NotYours):
        stated(world, world.holder("district_president", "N11"), "N11")
    poll = stated(world, nation, "C1", "C2")
    assert poll.unit_id == world.unit("N")
    with pytest.raises(NotYours):  # it would take the other state out of the nation's entry
        stated(world, of_one, "C1", corrects=poll.entry)
    for by in (of_one, of_two):
        with pytest.raises(NotYours):
            polls.take_back_poll(public_id=poll.public_id, by=actor(by), at=AT)


@pytest.mark.parametrize(
    ("refusal", "changed"),
    [
        (polls.PollNameMissing, lambda _world: {"name": " "}),
        (polls.NoSource, lambda _world: {"source": " "}),
        (polls.ResultBeforeAnnouncement, lambda _world: {"result_on": date(2026, 11, 9)}),
        (polls.ClosesOutside, lambda _world: {"result_on": date(2026, 11, 29)}),
        (polls.ClosesOutside, lambda _world: {"announced_on": date(2026, 12, 1)}),
        (polls.ClosesOutside, lambda _world: {"closes_at": None, "kind": Poll.Kind.ASSEMBLY}),
        (
            polls.ClosesOutside,
            lambda world: {"kind": Poll.Kind.NONE, "phases": [(CLOSES, [world.unit("N1")])]},
        ),
        (polls.NoArea, lambda _world: {"phases": []}),
        (polls.NoArea, lambda world: {"phases": [(CLOSES, [world.unit("C1")]), (CLOSES, [])]}),
        (polls.AreaNowhere, lambda _world: {"phases": [(CLOSES, [999_999])]}),
        (polls.NoneOfStates, lambda world: {"kind": "none", "phases": [(None, [world.unit("C1")])]}),
        (polls.NoneTooLong, lambda _world: {"closes_at": None, "result_on": date(2027, 11, 11)}),
    ],
)
def test_what_nobody_could_use_is_refused(
    world: World, refusal: type[Refused], changed: Callable[[World], dict[str, Any]]
) -> None:
    with pytest.raises(refusal):
        stated(world, world.holder("state_president", "N1"), "C1", **changed(world))


# Pages


def confirmed(world: World, *codes: str, **other: Any) -> Poll:
    """An entry that is in force, of the demo's own kind: nobody asked."""
    said = entry(*(world.unit(code) for code in codes), **other)
    poll = store_poll_version(stated=said, by=SYSTEM, at=AT)
    return confirm_poll(public_id=poll.public_id, by=SYSTEM, at=AT)


def filled(areas: str = "C1 C2", **other: str) -> dict[str, str]:
    day = clock.day_in("Asia/Kolkata", NOW)
    return {
        "phases": "1",
        "kind": "assembly",
        "name": "Assembly election",
        "announced_on": str(day),
        "result_on": str(day + timedelta(days=30)),
        "source": "ECI/PN/1",
        "day_1": str(day + timedelta(days=20)),
        "time_1": "17:30",
        "areas_1": areas,
    } | other


def test_an_entry_is_stated_on_its_page_and_approved_by_another(world: World) -> None:
    president, officer = world.holder("state_president", "N1"), world.officer("N")
    client = browser(president)
    answer = client.post("/polls/new/", filled("C1"))
    assert answer.status_code == 302
    page = answer.headers["Location"]
    shown = body(client, page)
    assert "Assembly election" in shown and "Waits for a second person" in shown and "?allow=yes" not in shown
    assert "17:30" in shown and "You asked for this yourself." in shown
    theirs = browser(officer)
    shown = body(theirs, page)
    assert "allow=yes" in shown
    with system("test"):
        asked = Release.objects.get()
    confirm = theirs.get(f"/releases/{asked.public_id}/decide/?allow=yes")
    assert "it is in force" in confirm.content.decode()
    assert "in Unit C1 (C1)." in confirm.content.decode()
    assert theirs.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code == 302
    assert "In force" in body(client, page) and "Correct it" in body(client, page)
    assert "Correct it" not in body(browser(world.holder("state_president", "N2")), page)


def test_the_form_shows_what_it_means_before_it_is_sent(world: World) -> None:
    client = browser(world.holder("national_president", "N"))
    shown = client.post("/polls/new/", filled(look="1")).content.decode()
    assert "2 areas" in shown and "No bulk messages to these areas from" in shown
    assert not Poll.objects.exists()
    piece = client.get("/polls/preview/", filled("C1 nowhere")).content.decode()
    assert "1 area" in piece and "<html" not in piece
    assert client.get("/polls/preview/", {"phases": "x", "areas_1": "\0", "day_1": "?"}).status_code == 200
    more = client.post("/polls/new/", filled(more="1")).content.decode()
    assert 'name="areas_2"' in more and 'value="Assembly election"' in more


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"areas_1": "nowhere"}, "There is no unit with the code nowhere."),
        ({"areas_1": " "}, "This field is required."),
        ({"day_1": "2020-01-01"}, "A poll closes between the announcement and the result."),
        ({"kind": "none"}, "is neither"),
        ({"phases": "99", "areas_1": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_in_the_form_is_said_there(world: World, changed: dict[str, str], said: str) -> None:
    client = browser(world.holder("national_president", "N"))
    if changed.get("kind") == "none":
        changed = changed | {"day_1": ""}
    answer = client.post("/polls/new/", filled("C1") | changed)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Poll.objects.exists()


def test_a_correction_begins_with_what_is_in_force(world: World) -> None:
    poll = confirmed(world, "C1")
    client = browser(world.holder("state_president", "N1"))
    shown = body(client, f"/polls/new/?of={poll.public_id}")
    assert "Correct an entry" in shown and ">C1</textarea>" in shown.replace("\n", "") and "18:00" in shown
    answer = client.post(f"/polls/new/?of={poll.public_id}", filled("C1", name="Corrected"))
    assert answer.status_code == 302
    assert states_of(poll.entry) == ["in_force", "stated"]
    assert client.get("/polls/new/?of=x").status_code == 404


def test_the_list_is_narrowed_to_a_state_and_a_day(world: World) -> None:
    confirmed(world, "C1", name="Here")
    confirmed(world, "C2", name="There")
    confirmed(
        world,
        "N",
        name="Everywhere",
        closes_at=None,
        announced_on=date(2027, 1, 1),
        result_on=date(2027, 2, 1),
    )
    client = browser(world.holder("booth_worker", "N1111"))

    def names(question: str) -> set[str]:
        rows = body(client, f"/polls/?{question}").split("<tbody>")[1]
        return {name for name in ("Here", "There", "Everywhere") if name in rows}

    assert names("") == {"Here", "There", "Everywhere"}
    assert names("area=N1") == {"Here", "Everywhere"}
    assert names("on=2026-11-20") == {"Here", "There"}
    assert names("area=N2&on=2027-01-15") == {"Everywhere"}
    assert names("status=in_force&area=N2") == {"There", "Everywhere"}


def test_withdrawing_and_taking_back_ask_once(world: World) -> None:
    poll = confirmed(world, "C1")
    client = browser(world.holder("state_president", "N1"))
    page = f"/polls/{poll.public_id}/"
    assert client.get(f"{page}withdraw/").status_code == 200
    waiting = client.post(f"{page}withdraw/").headers["Location"]
    assert states_of(poll.entry) == ["in_force", "stated"]
    assert "withdraws the entry" in body(client, waiting)
    assert client.get(f"{waiting}take-back/").status_code == 200
    assert client.post(f"{waiting}take-back/").status_code == 302
    assert states_of(poll.entry) == ["in_force", "dropped"]
    assert client.get(f"{waiting}take-back/").status_code == 404
    other = browser(world.holder("state_president", "N2"))
    assert other.post(f"{page}withdraw/").status_code == 403


def test_today_names_states_without_an_entry_and_entries_that_wait(world: World, client: Client) -> None:
    president = world.holder("state_president", "N1")
    home = browser(president)
    assert "1 state has no entry in the calendar of polls" in body(home, "/today/")
    assert "2 states have no entry in the calendar of polls" in body(
        browser(world.holder("national_president", "N")), "/"
    )
    home.post("/polls/new/", filled("C1"))
    theirs = body(browser(world.officer("N")), "/today/")
    assert "Poll dates" in theirs and "/polls/" in theirs
    assert client.get("/polls/").status_code == 302
