"""A schedule's meeting is ticked by name; a convention invites a roll; a programme announces who is in charge."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils.html import escape

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.helpdesk import helplines
from abhiyan.helpdesk.models import Helpline
from abhiyan.meetings import actions, queries
from abhiyan.meetings.actions import attending, calling
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.rules.attendance import ATTENDED
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Circular, Message, Send
from abhiyan.messaging.tests.bulk import ENTITY
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.actions import schedules
from abhiyan.work.actions.dues import Owes, hold_due, take_back_due
from abhiyan.work.models import Due, DueRecord, Schedule
from abhiyan.work.queries.schedules import offices_to_ask

from .make import DAY, TODAY, again, call_as, counting, invited, reachable
from .make import text as answer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=4)
MANDAL = "JK-SRI-M1"


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def tiffin(cast: Cast) -> Schedule:
    """A tiffin meeting that the state asks of every mandal president this week."""
    asking = schedules.Asking(
        title="Tiffin meeting",
        wanted="meeting",
        rhythm="weekly",
        first_on=TODAY - 2 * DAY,
        last_on=TODAY + 30 * DAY,
        office="mandal_president",
        kind="mandal",
    )
    unit_id = cast.world.units["JK"].pk
    with cast.as_("state_president"):
        n = next(
            each.expected for each in offices_to_ask(unit_id, 1, at=NOW) if each.office == "mandal_president"
        )
        return schedules.ask_units(
            asking=asking, unit_id=unit_id, expected=n, by=cast.actor("state_president"), at=NOW
        )


def due() -> Due:
    with system("test"):
        return Due.objects.get()


def test_a_due_opens_the_list_of_its_office_bearers_and_ticks_count_for_it(
    cast: Cast, tiffin: Schedule
) -> None:
    cast.appoint(cast.accounts["no_office"], "mandal_in_charge", MANDAL, by=SYSTEM)
    mandal = cast.client("mandal_president")
    asked = f"/programmes/asked/{tiffin.public_id}/due/?unit={MANDAL}"
    page = mandal.get(asked).text
    start = page.index(f"/meetings/asked/{tiffin.public_id}/")
    way = page[start : page.index('"', start)].replace("&amp;", "&")
    assert "Office-bearers" in mandal.get(way).text and not Meeting.objects.exists(), "looked at first"
    door = mandal.post(way).headers["Location"]
    assert mandal.get(way).headers["Location"] == door, "opened once"
    with system("test"):
        one = Meeting.objects.get()
    assert due().state == Due.State.OPEN, "the unit has not answered yet"
    here = {cast.accounts["mandal_president"].pk, cast.accounts["no_office"].pk}
    rows = invited(one)
    assert set(rows) == here, "the mandal's own, and nobody below"
    for each in rows.values():
        sent = mandal.post(f"/meetings/{one.public_id}/act/tick/", {"invitee": each.public_id})
        assert sent.headers["Location"].startswith(door)
    assert (due().people, due().state, due().held_on) == (2, Due.State.DONE, TODAY)
    mandal.post(f"/meetings/{one.public_id}/act/untick/", {"invitee": each.public_id})
    assert due().people == 1
    with system("test"):
        assert not DueRecord.objects.exists(), "each tick goes on with the same word"
    mandal.post(f"/meetings/{one.public_id}/act/people/", {"n": "9", "walk_ins": "8"})
    assert (due().people, again(one.public_id).walk_ins) == (9, 8), "the larger of both, never their sum"
    assert due().seen == 1
    for shown in (
        mandal.get(asked).text,
        cast.client("state_president").get(f"/programmes/asked/{tiffin.public_id}/").text,
    ):
        words = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
        assert "Seen by name 1 People reported 9" in words
    assert "Tiffin meeting" in mandal.get(door).text and "Tiffin meeting" not in mandal.get("/meetings/").text
    with system("test"):
        assert (
            actions.ask_who_came(at=NOW + DAY) == 0
            and not Message.objects.filter(template__in=("duty.meeting", "ask.met")).exists()
        ), "nobody gets a message"


def climbed(cast: Cast, programme_id: int) -> Ladder:
    """The rungs of who came in the mandal; the ledger equals a recount."""
    with system("test"):
        programmes.fold_changes(at=LATER)
        wrong = programmes.recount_facts(at=LATER).differences
        assert not [each for each in wrong if each.programme_id == programme_id]
        unit_id = cast.world.units[MANDAL].pk
        run = Programme.objects.get(pk=programme_id)
        return unit_ladder(programme=run, node=unit_id, hierarchy=1, measure=ATTENDED, at=LATER)


def test_people_of_a_meeting_that_was_asked_for_stand_on_the_ladder(cast: Cast, tiffin: Schedule) -> None:
    cast.appoint(cast.accounts["no_office"], "mandal_in_charge", MANDAL, by=SYSTEM)
    counts = counting(cast)
    owes = Owes(tiffin.public_id, cast.world.units[MANDAL].pk, TODAY - 2 * DAY)
    act: dict[str, Any] = {"owes": owes, "by": cast.actor("mandal_president"), "at": LATER}

    def hold(n: int) -> None:
        with cast.as_("mandal_president"):
            hold_due(on=TODAY, people=n, **act)

    hold(52)
    assert climbed(cast, counts) == Ladder(reported=52), "one person's word"
    hold(48)
    assert climbed(cast, counts) == Ladder(reported=48), "corrected"
    with cast.as_("mandal_president"):
        actions.open_list(**act)
    with system("test"):
        one = Meeting.objects.get()
    for each in invited(one).values():
        with cast.as_("mandal_president"):
            actions.tick(
                public_id=one.public_id,
                invitee=each.public_id,
                came=True,
                by=cast.actor("mandal_president"),
                at=LATER,
            )
    assert climbed(cast, counts).counted == 2
    hold(48)
    assert climbed(cast, counts) == Ladder(reported=48, counted=2), "the larger of both, never the sum"
    with system("test"):
        assert actions.ask_who_came(at=NOW + DAY) == 2
        assert Message.objects.filter(template="ask.met").count() == 2
        assert not Message.objects.filter(template="duty.meeting").exists(), "nobody was invited"
    answer(cast, one, "mandal_president", yes=True, at=NOW + DAY)
    assert climbed(cast, counts) == Ladder(reported=48, counted=2, confirmed=1)
    with cast.as_("mandal_president"):
        take_back_due(**act)
    assert climbed(cast, counts) == Ladder(reported=2, counted=2, confirmed=1), "the names stay"


def test_a_meeting_that_was_moved_to_another_day_counts_once(cast: Cast, tiffin: Schedule) -> None:
    counts = counting(cast)
    with system("test"):
        Programme.objects.filter(pk=counts).update(opens_on=TODAY - 5 * DAY)
    owes = Owes(tiffin.public_id, cast.world.units[MANDAL].pk, TODAY - 2 * DAY)
    with cast.as_("mandal_president"):
        for on, n in ((TODAY - DAY, 30), (TODAY, 31)):
            hold_due(owes=owes, on=on, people=n, by=cast.actor("mandal_president"), at=LATER)
    assert climbed(cast, counts) == Ladder(reported=31)


def test_only_who_answers_for_the_unit_opens_its_list(cast: Cast, tiffin: Schedule) -> None:
    way = f"/meetings/asked/{tiffin.public_id}/?unit={MANDAL}"
    assert cast.client("district_elsewhere").post(way).status_code == 404
    assert cast.client("booth_president").post(way).status_code in (403, 404)
    with system("test"):
        assert not Meeting.objects.exists() and not Due.objects.exists()
    assert cast.client("district_in_charge").post(way).status_code == 302, "who leads from above may answer"


def test_walk_ins_are_part_of_the_number_of_everybody(cast: Cast) -> None:
    one = call_as(cast, first_on=TODAY, last_on=TODAY, starts=(NOW + timedelta(hours=7)).time())
    given: dict[str, Any] = {"public_id": one.public_id, "by": cast.actor("state_president"), "at": LATER}
    with cast.as_("state_president"):
        with pytest.raises(attending.WalkInsWrong):
            actions.set_people(n=3, walk_ins=4, **given)
        actions.set_people(n=5, walk_ins=4, **given)
    assert queries.attendance(again(one.public_id), at=NOW).drawn.reported == 5
    let_it_be(NOW + timedelta(hours=8))
    shown = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    assert "Reported without an invitation: 4." in shown


@pytest.fixture
def text(cast: Cast) -> str:
    """A bulk text that the words of a meeting fill."""
    wordings = {
        "en": "{organisation}: {title}, {day} at {place}. Stop: STOP",
        "hi": "{organisation}: {title}, {day}, {place}. रोकें: STOP",
    }
    return messaging.register_text(
        name="Convention",
        entity=ENTITY,
        header="SNGTHN",
        wordings={
            language: messaging.Wording(one, f"110716123456789012{n}")
            for n, (language, one) in enumerate(wordings.items())
        },
        unit_id=cast.world.units["JK"].pk,
        by=SYSTEM,
        at=NOW,
    )


def bulk(one: Meeting) -> Send | None:
    with system("test"):
        roll = again(one.public_id).roll
        return Send.objects.get(public_id=roll) if roll else None


def test_a_convention_invites_a_roll_by_a_bulk_send_that_waits_for_a_second_person(
    cast: Cast, text: str
) -> None:
    roll = f"members:{cast.world.roll.pk}"
    one = call_as(cast, offices=(), roll=roll, text=text, expected=0)
    send = bulk(one)
    assert send is not None and (send.state, send.audience) == (Send.State.DRAFT, roll)
    assert send.given["en"]["place"] == "Jammu" and send.given["hi"]["title"] == "State meeting"
    page = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    assert f"/messages/sends/{send.public_id}/" in page and "Not asked yet" in page
    assert "Invited by office" not in page, "no empty table"
    given: dict[str, Any] = {"public_id": one.public_id, "by": cast.actor("state_president"), "at": NOW}
    with cast.as_("state_president"):
        with pytest.raises(calling.RollInvited):
            actions.invite_more(inviting=queries.Inviting(), expected=0, roll=roll, text=text, **given)
        days: dict[str, Any] = {"first_on": TODAY + 9 * DAY, "last_on": TODAY + 9 * DAY, "starts": one.starts}
        actions.move_meeting(**days, why="Snow", **given)
    assert bulk(one) is None, "what names the old day does not go"
    with system("test"):
        assert not Send.objects.exists()


def test_the_page_offers_rolls_to_who_may_send_and_asks_for_a_text(cast: Cast, text: str) -> None:
    state = cast.client("state_president")
    typed = {
        "unit": "JK",
        "kind": "meeting",
        "title": "Convention",
        "first_on": (TODAY + 3 * DAY).isoformat(),
        "starts": "10:00",
        "place": "Jammu",
        "roll": f"members:{cast.world.roll.pk}",
    }
    refused = state.post("/meetings/new/", typed)
    assert refused.status_code == 422 and "Choose the bulk text that" in refused.text
    seen = state.post("/meetings/new/", typed | {"text": text})
    assert seen.status_code == 200 and "A bulk message is drafted for People on a roll" in seen.text
    done = state.post("/meetings/new/", typed | {"text": text, "expected": "0"})
    assert done.status_code == 302
    assert "Invite a roll" not in cast.client("district_in_charge").get("/meetings/new/").text


def test_a_programme_announces_its_in_charges_in_a_circular(cast: Cast) -> None:
    one: Programme = cast.world.programme
    with system("test"):
        programmes.name_in_charge(
            programme_id=one.pk,
            unit_id=cast.world.units["JK-SRI"].pk,
            account=cast.accounts["district_in_charge"].public_id,
            by=SYSTEM,
            at=NOW,
        )
        assert InCharge.objects.exists()
    state = cast.client("state_president")
    page = state.get(f"/programmes/{one.public_id}/in-charges/?unit=JK").text
    start = page.index("/messages/circulars/new/")
    way = page[start : page.index('"', start)].replace("&amp;", "&")
    assert "Helpline:" not in state.get(way).text, "no number is set yet"
    with system("test"):
        Helpline.objects.create(programme_id=one.pk, number="1800112233")
    helplines.forget_helplines()
    drafted = state.get(way).text
    assert "\n\nHelpline: 1800112233" in drafted.replace("\r", "")
    name = escape(cast.accounts["district_in_charge"].name)
    assert name in drafted and "In charge of" in drafted, "read before it is sent"
    text = drafted[drafted.index("<textarea") :]
    text = text[text.index(">") + 1 : text.index("</textarea>")].strip()
    sent = state.post(way, {"title": "In charge", "text": text, "office": "", "number": ""})
    with system("test"):
        (made,) = Circular.objects.all()
    assert sent.headers["Location"] == f"/messages/circulars/{made.public_id}/" and name in made.text
    nowhere = state.get(f"/messages/circulars/new/?unit=JK&draft=in-charges:{UUID(int=1)}")
    assert nowhere.status_code == 200 and "In charge of" not in nowhere.text
    assert (
        "Announce in-charges"
        not in cast.client("booth_president").get(f"/programmes/{one.public_id}/in-charges/").text
    )
