"""Meetings are called by office, moved and cancelled; everybody is invited once, told, and asked again."""

from collections.abc import Callable
from datetime import date, time
from functools import partial

import pytest
from django.utils import translation

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import written
from abhiyan.meetings import actions, queries, tasks
from abhiyan.meetings.actions import calling
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.org.queries import NotYours
from abhiyan.polls import actions as polls
from abhiyan.site.tests.cast import SYSTEM, Cast

from .make import (
    DAY,
    LEADERS,
    TODAY,
    again,
    call_as,
    end_on,
    invited,
    letters,
    link_of,
    reachable,
    text,
)

pytestmark = pytest.mark.django_db
Call = Callable[..., Meeting]


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def call(cast: Cast) -> Call:
    return partial(call_as, cast)


def test_an_office_is_invited_with_all_its_holders_each_once_and_asked_by_sms(cast: Cast, call: Call) -> None:
    cast.seat_in_body(cast.accounts["mandal_president"], "wing_president")
    cast.appoint(cast.accounts["mandal_president"], "district_president", "JK-JAM", by=SYSTEM)
    one = call(offices=(*LEADERS, "district_president", "wing_president"))
    who = invited(one)
    assert len(who) == 4, "the mandal's president holds three offices and is invited once"
    assert who[cast.accounts["mandal_president"].pk].office == "district_president", "by the highest of them"
    assert letters("duty.meeting") == 4
    tasks.tell_invited(str(one.public_id))
    assert letters("duty.meeting") == 4, "nobody is told twice"


def test_yes_and_no_by_sms_find_their_invitee(cast: Cast, call: Call) -> None:
    one = call()
    assert text(cast, one, "district_in_charge", yes=True) == messaging.Answered.TAKEN
    assert text(cast, one, "mandal_president", yes=False) == messaging.Answered.TAKEN
    who = invited(one)
    assert who[cast.accounts["district_in_charge"].pk].answer == "yes"
    assert who[cast.accounts["mandal_president"].pk].answer == "no"
    with cast.as_("state_president"):
        counted = [(each.n, each.yes, each.no) for each in queries.by_office(one)]
    assert sorted(counted) == [(1, 0, 0), (1, 0, 1), (2, 1, 0)]


def test_moved_it_keeps_both_days_and_asks_everybody_again(cast: Cast, call: Call) -> None:
    one = call()
    text(cast, one, "district_in_charge", yes=True)
    before = invited(one)[cast.accounts["district_in_charge"].pk].question
    with cast.as_("state_president"):
        actions.move_meeting(
            public_id=one.public_id,
            first_on=TODAY + 9 * DAY,
            last_on=TODAY + 9 * DAY,
            starts=time(11),
            why="Snow",
            by=cast.actor("state_president"),
            at=NOW,
        )
    tasks.tell_invited(str(one.public_id))
    one = again(one.public_id)
    assert [each["first_on"] for each in one.moves] == [(TODAY + 5 * DAY).isoformat()]
    assert {each.answer for each in invited(one).values()} == {""}, (
        "a YES to the old day is no YES to the new"
    )
    assert letters("duty.meeting_moved") == 4
    text(cast, one, "district_in_charge", yes=False, question=before)
    assert invited(one)[cast.accounts["district_in_charge"].pk].answer == "", (
        "the old word says nothing of the new day"
    )
    text(cast, one, "district_in_charge", yes=True)
    assert invited(one)[cast.accounts["district_in_charge"].pk].answer == "yes"


def test_cancelled_everybody_is_told_and_nobody_answers_any_more(cast: Cast, call: Call) -> None:
    one = call()
    with cast.as_("state_president"):
        actions.cancel_meeting(public_id=one.public_id, why="Snow", by=cast.actor("state_president"), at=NOW)
    tasks.tell_invited(str(one.public_id))
    assert letters("duty.meeting_off") == 4
    assert text(cast, one, "mandal_president", yes=True) == messaging.Answered.OVER
    with cast.as_("mandal_president"), pytest.raises(actions.answering.AnswerOver):
        actions.answer_invitation(
            public_id=one.public_id, comes=True, by=cast.actor("mandal_president"), at=NOW
        )
    with cast.as_("state_president"), pytest.raises(calling.AlreadyCancelled):
        actions.cancel_meeting(public_id=one.public_id, why="Rain", by=cast.actor("state_president"), at=NOW)


def test_only_the_people_on_a_visit_see_it(cast: Cast, call: Call) -> None:
    meeting = call(unit="JK-SRI", by="district_in_charge", offices=("mandal_president",))
    visit = call(
        unit="JK-SRI",
        by="district_in_charge",
        offices=("mandal_president",),
        kind="visit",
        title="Tour",
        host="Asha",
    )
    sees: dict[str, set[int]] = {}
    for role in (*LEADERS, "national_president", "district_elsewhere", "booth_president"):
        with cast.as_(role):
            sees[role] = set(Meeting.objects.values_list("pk", flat=True))
            assert Invitee.objects.filter(meeting=visit).exists() is (role == "mandal_president")
    both, one = {meeting.pk, visit.pk}, {meeting.pk}
    assert sees["district_in_charge"] == both, "who called it"
    assert sees["mandal_president"] == both, "who is on it"
    assert sees["state_president"] == sees["national_president"] == one, (
        "who leads the unit sees its meetings alone"
    )
    assert sees["district_elsewhere"] == sees["booth_president"] == set()
    page = f"/meetings/{visit.public_id}/"
    assert cast.client("national_president").get(page).status_code == 404
    shown = cast.client("mandal_president").get(page).content.decode()
    assert "On the visit" in shown and "mandal_president" in shown


def test_bad_input_is_refused_in_words(cast: Cast, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(calling.InvitedChanged):
        call(expected=3)
    with pytest.raises(calling.NobodyInvited):
        call(offices=("legislator",))
    with pytest.raises(calling.AgendaTooLong):
        call(agenda=("Item",) * 200)
    with pytest.raises(calling.MeetingDaysWrong):
        call(first_on=TODAY - DAY, last_on=TODAY)
    with pytest.raises(calling.MeetingHourPast):
        call(first_on=TODAY, last_on=TODAY)
    with pytest.raises(calling.MeetingPlaceMissing):
        call(place=" ")
    with pytest.raises(calling.MeetingLinkWrong):
        call(link="javascript:alert(1)")
    with pytest.raises(calling.NumbersUnknown):
        call(phones=(keyring().phone_id("+919906099999"),))
    with pytest.raises(NotYours):
        call(by="booth_worker", unit="JK-B001")
    monkeypatch.setattr(calling, "MOST_INVITED", 3)
    with pytest.raises(calling.TooManyInvited) as refused:
        call()
    with translation.override("en"):
        assert "4 people" in str(refused.value) and "At most 3" in str(refused.value)
    with system("test"):
        assert not Meeting.objects.exists()


def test_who_leaves_the_office_before_the_day_is_not_invited(cast: Cast, call: Call) -> None:
    end_on(cast, "mandal_president", TODAY + 2 * DAY)
    assert cast.accounts["mandal_president"].pk not in invited(call())


def test_in_the_silence_an_inner_meeting_is_warned_and_a_public_one_refused(cast: Cast, call: Call) -> None:
    poll(cast, TODAY + 5 * DAY)
    with pytest.raises(calling.PublicInSilence):
        call(is_public=True)
    one = call()
    page = cast.client("state_president").get(f"/meetings/{one.public_id}/").content.decode()
    assert "48 hours before a poll" in page


def poll(cast: Cast, day: date) -> None:
    with system("test"):
        stated = polls.StatedPoll(
            "state",
            "Poll",
            TODAY,
            day + 9 * DAY,
            "Test",
            [(NOW + (day - TODAY), [cast.world.units["JK"].pk])],
        )
        made = polls.store_poll_version(stated=stated, by=SYSTEM, at=NOW)
        polls.confirm_poll(public_id=made.public_id, by=SYSTEM, at=NOW)


def test_every_page_of_a_cancelled_meeting_says_so(cast: Cast, call: Call) -> None:
    one, by = call(), cast.actor("state_president")
    with cast.as_("state_president"):
        actions.cancel_meeting(public_id=one.public_id, why="Snow on the road", by=by, at=NOW)
    tasks.tell_invited(str(one.public_id))
    mandal = cast.client("mandal_president")
    link = mandal.get(f"/meetings/answer/{link_of(cast, one, 'mandal_president')}/").text
    assert "does not take place: Snow on the road" in link and "Are you coming?" not in link
    assert "No answer yet" not in mandal.get("/meetings/").text, "nobody waits for an answer"
    page = f"/meetings/{one.public_id}/"
    assert "Print the" not in mandal.get(page).text
    paper = written(mandal.get(f"{page}file/pdf/").content)
    assert "cancelled" in paper and "Reported" not in paper


def test_offices_to_invite_are_offered_from_the_top(cast: Cast) -> None:
    page = cast.client("state_president").get("/meetings/new/?unit=JK").text
    assert sorted(LEADERS, key=lambda code: page.index(f'value="{code}"')) == list(LEADERS)


def test_the_seats_of_a_body_of_an_own_kind_are_invited_by_body_and_by_office(cast: Cast, call: Call) -> None:
    body = cast.seats_in_own_body({"no_office": "body_convener", "verifier": "body_member"})
    both = {cast.accounts[role].pk for role in ("no_office", "verifier")}
    assert both == invited(call(offices=(), bodies=(body.pk,))).keys()
    by_seat = invited(call(offices=("body_convener",)))
    assert by_seat.keys() == {cast.accounts["no_office"].pk}
    assert (
        "Media cell of Srinagar" in cast.client("district_in_charge").get("/meetings/new/?unit=JK-SRI").text
    )
