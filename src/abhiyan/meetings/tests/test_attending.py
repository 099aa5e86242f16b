"""At the door and after it: ticks, the organiser's number, substitutes, the invitees' own word; and minutes."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.core.tests.pdfs import written
from abhiyan.meetings import actions, queries, tasks
from abhiyan.meetings.actions import answering, attending, calling, minutes
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.meetings.offers import dossier_parts
from abhiyan.messaging.actions import Answered
from abhiyan.messaging.models import Circular, Reading
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.ui.reviewed import Subject
from abhiyan.units import queries as units
from abhiyan.work import actions as work
from abhiyan.work.models import Task
from abhiyan.work.rules.tasks import Act

from .make import DAY, LEADERS, TODAY, again, call_as, counting, end_on, invited, letters, reachable, text

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=4)
NEXT_DAY = NOW + DAY


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def one(cast: Cast) -> Meeting:
    """A meeting this afternoon, which a programme counts."""
    return call_as(cast, first_on=TODAY, last_on=TODAY, starts=time(15), programme_id=counting(cast))


def own(cast: Cast, one: Meeting, role: str) -> Invitee:
    return invited(one)[cast.accounts[role].pk]


def tick(cast: Cast, one: Meeting, role: str, *, came: bool = True, by: str = "state_president") -> bool:
    with cast.as_(by):
        return actions.tick(
            public_id=one.public_id,
            invitee=own(cast, one, role).public_id,
            came=came,
            by=cast.actor(by),
            at=LATER,
        )


def people(cast: Cast, one: Meeting, n: int) -> None:
    with cast.as_("state_president"):
        actions.set_people(public_id=one.public_id, n=n, by=cast.actor("state_president"), at=LATER)


def ladder(one: Meeting) -> Ladder:
    """Return the programme's ladder in the meeting's unit. A recount finds the same."""
    assert one.programme_id is not None
    assert programmes.recount_facts(at=LATER).is_right
    with system("test"):
        run = Programme.objects.get(pk=one.programme_id)
        return programme_queries.unit_ladder(
            node=one.unit_id, hierarchy=1, programme=run, measure=1, at=LATER
        )


def ask_next_day() -> int:
    with system("test"):
        return actions.ask_who_came(at=NEXT_DAY)


def test_names_are_ticked_once_and_the_larger_number_is_reported(cast: Cast, one: Meeting) -> None:
    assert tick(cast, one, "district_in_charge") and tick(cast, one, "mandal_president")
    assert not tick(cast, one, "mandal_president"), "two organisers who tick the same person tick once"
    assert ladder(one) == Ladder(reported=2, counted=2)
    people(cast, one, 10)
    assert ladder(one) == Ladder(reported=10, counted=2)
    tick(cast, one, "state_president")
    assert ladder(one) == Ladder(reported=10, counted=3), "a tick lowers what the number adds"
    people(cast, one, 1)
    assert ladder(one) == Ladder(reported=3, counted=3)
    tick(cast, one, "state_president", came=False)
    assert ladder(one) == Ladder(reported=3, counted=2), "what was reported stays"
    assert queries.attendance(again(one.public_id), at=LATER).drawn.counted == 2


def test_who_leaves_the_office_before_the_day_is_marked_and_not_counted_as_silent(cast: Cast) -> None:
    one = call_as(cast)
    end_on(cast, "mandal_president", TODAY + DAY)
    with cast.as_("state_president"):
        counted = {each.office_names["en"]: (each.n, each.silent) for each in queries.by_office(one)}
    assert counted["Mandal president"] == (1, 0) and counted["District in-charge"] == (2, 2)
    page = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    assert page.count("Office ends before the day") == 1


def test_a_ticked_invitee_without_an_answer_is_not_waited_for(cast: Cast, one: Meeting) -> None:
    tick(cast, one, "mandal_president")
    with cast.as_("state_president"):
        silent = {each.office_names["en"]: each.silent for each in queries.by_office(one)}
    assert silent["Mandal president"] == 0 and silent["District in-charge"] == 2


def test_many_without_an_invitation_are_no_share_of_a_target(cast: Cast, one: Meeting) -> None:
    tick(cast, one, "mandal_president")
    people(cast, one, 14)
    let_it_be(LATER)
    page = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    shown = page[page.index("Who came") : page.index("Invited by office")]
    shares = re.findall(r'<td class="num of">([^<]*)</td>', shown)
    assert shares and not "".join(shares).strip(), "14 of 4 invited read 350%"
    assert "1 seen by name, 14 reported, 4 invited" in shown


def test_before_it_begins_every_page_says_who_is_coming_and_then_what_was_seen_before_what_is_reported(
    cast: Cast, one: Meeting
) -> None:
    text(cast, one, "mandal_president", yes=True)
    tick(cast, one, "mandal_president")
    people(cast, one, 88)
    page = f"/meetings/{one.public_id}/"

    def said(at: datetime) -> list[str]:
        """The page, the door, the minutes on paper, the first slide, and the dossier of the unit."""
        state = cast.client("state_president")
        posted = state.post(f"{reverse('review:deck_new')}?meeting={one.public_id}", {"language": "en"})
        with translation.override("en"), system("test"):
            lo, hi = units.span(one.unit_id, 1)
            parts = list(dossier_parts(Subject(one.unit_id, 1, lo, hi), at=at))
        shown = (
            state.get(page).text,
            state.get(f"{page}?show=door").text,
            written(state.get(f"{page}file/pdf/").content),
            state.get(posted["Location"]).text,
            "".join(str(line) for part in parts for line in part.lines),
        )
        return ["".join(each.split()) for each in shown]  # Paper has no spaces.

    *shown, dossier = said(NOW)
    for each in shown:
        assert "4invited,1coming" in each and "seenbyname" not in each and "reported" not in each
    assert not dossier
    let_it_be(LATER)
    for each in said(LATER):
        assert "1seenbyname,88reported,4invited" in each


def test_an_agenda_shows_no_zero_to_an_invitee_who_may_see_only_rounded_numbers(cast: Cast) -> None:
    one = call_as(cast, first_on=TODAY, last_on=TODAY, starts=time(15), reviewed=(counting(cast),))
    own_page = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    theirs = cast.client("district_in_charge").get(f"/meetings/{one.public_id}/").text
    agenda = [page[page.index("Agenda<") : page.index("Decisions and tasks")] for page in (own_page, theirs)]
    assert "fewer than 10" not in agenda[0].lower() and "fewer than 10" in agenda[1].lower()


def test_a_review_and_a_record_show_the_meetings_of_the_last_days(cast: Cast, one: Meeting) -> None:
    tick(cast, one, "district_in_charge")
    with system("test"):
        (mine,) = dossier_parts(subject(cast, "JK-SRI", "district_in_charge"), at=LATER)
        (ours,) = dossier_parts(subject(cast, "JK"), at=LATER)
        assert [n for _label, n in mine.lines] == ["1", "1", "0"]
        assert [n for _label, n in ours.lines] == ["1", "1 नाम से देखे गए, 1 बताए गए, 4 बुलाए गए"]
        assert not list(dossier_parts(subject(cast, "HP"), at=LATER)), "nothing where there was none"
    let_it_be(LATER)
    shown = cast.client("district_in_charge").get("/programmes/work/").text
    assert "Meetings by invitation, last 90 days" in shown


def subject(cast: Cast, unit: str, role: str = "") -> Subject:
    lo, hi = units.span(cast.world.units[unit].pk, 1)
    account_id = cast.accounts[role].pk if role else None
    return Subject(cast.world.units[unit].pk, 1, lo, hi, account_id=account_id)


def test_a_longer_list_asks_no_more_of_the_database(cast: Cast, one: Meeting) -> None:
    asked: list[list[int]] = []
    state = cast.client("state_president")
    page = f"/meetings/{one.public_id}/"
    addresses = ("/meetings/", page, page + "?show=door", page + "?show=door&q=pres")
    for more in (0, 30):
        with system("test"):
            org.appoint_many(
                bearers=[
                    org.OfficeBearer(
                        f"+9199062{n:05d}",
                        f"Agent {n}",
                        "call_centre_agent",
                        cast.world.units["JK-SRI"].pk,
                        TODAY,
                    )
                    for n in range(more)
                ],
                by=SYSTEM,
                at=NOW,
            )
        if more:
            with cast.as_("state_president"):
                actions.invite_more(
                    public_id=one.public_id,
                    inviting=queries.Inviting(("call_centre_agent",)),
                    expected=more + 1,
                    by=cast.actor("state_president"),
                    at=NOW,
                )
            call_as(cast, title="Another")
        counts = []
        for address in addresses:
            state.get(address)  # what a process keeps is read once
            with CaptureQueriesContext(connection) as context:
                assert state.get(address).status_code == 200
            counts.append(len(context))
        asked.append(counts)
    assert asked[0] == asked[1]


def test_the_day_after_each_says_whether_they_were_there(cast: Cast, one: Meeting) -> None:
    for role in LEADERS:
        tick(cast, one, role)
    assert ask_next_day() == 3 and ask_next_day() == 0, "nobody is asked twice"
    assert letters("ask.met") == 3
    assert text(cast, one, "mandal_president", yes=True, at=NEXT_DAY) == Answered.TAKEN
    assert text(cast, one, "district_in_charge", yes=False, at=NEXT_DAY) == Answered.TAKEN
    assert ladder(one) == Ladder(reported=3, counted=2, confirmed=1)
    with pytest.raises(attending.SaidNotThere):
        tick(cast, one, "district_in_charge")


def test_a_substitute_is_invited_asked_and_counted(cast: Cast, one: Meeting) -> None:
    ident = cast.appoint(
        cast.accounts["no_office"], "call_centre_agent", "JK-SRI", by=cast.actor("district_in_charge")
    )
    whom: dict[str, Any] = {"public_id": one.public_id, "by": cast.actor("district_in_charge"), "at": NOW}
    with cast.as_("district_in_charge"):
        with pytest.raises(answering.SubstituteWrong):
            actions.name_substitute(appointment=cast.appointments["state_president"], **whom)
        actions.name_substitute(appointment=ident, **whom)
        with pytest.raises(answering.SubstituteWrong):
            actions.name_substitute(appointment=cast.appointments["call_centre_agent"], **whom)
    tasks.tell_invited(str(one.public_id))
    assert own(cast, one, "district_in_charge").answer == "no"
    assert text(cast, one, "no_office", yes=True) == Answered.TAKEN
    tick(cast, one, "no_office")
    assert ladder(one) == Ladder(reported=1, counted=1)


def test_a_substitute_who_is_invited_already_is_refused(cast: Cast, one: Meeting) -> None:
    ident = cast.appoint(
        cast.accounts["mandal_president"], "call_centre_agent", "JK-SRI", by=cast.actor("district_in_charge")
    )
    with cast.as_("district_in_charge"), pytest.raises(answering.SubstituteInvited):
        actions.name_substitute(
            public_id=one.public_id, appointment=ident, by=cast.actor("district_in_charge"), at=NOW
        )


def test_who_is_not_invited_is_not_ticked_and_the_door_opens_on_the_day(cast: Cast, one: Meeting) -> None:
    other = call_as(cast, offices=("district_in_charge",))
    stranger = own(cast, other, "district_in_charge").public_id
    with cast.as_("state_president"):
        by = cast.actor("state_president")
        with pytest.raises(attending.NotInvited):
            actions.tick(public_id=one.public_id, invitee=stranger, came=True, by=by, at=LATER)
        with pytest.raises(attending.DoorClosed):
            actions.tick(public_id=other.public_id, invitee=stranger, came=True, by=by, at=LATER)
        with pytest.raises(attending.TotalWrong):
            actions.set_people(public_id=one.public_id, n=-1, by=by, at=LATER)
    with pytest.raises(calling.NotRunningThen):
        call_as(cast, first_on=TODAY + 90 * DAY, last_on=TODAY + 90 * DAY, programme_id=one.programme_id)


@pytest.mark.examples(5, 100)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(("tick", "untick", "people", "yes", "no", "instead")), st.integers(0, 3)),
        min_size=4,
        max_size=25,
    )
)
def test_the_ladder_nests_and_a_recount_finds_it_whatever_happens(
    cast: Cast, one: Meeting, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        _history(cast, one, steps)
        transaction.set_rollback(True)


def _history(cast: Cast, one: Meeting, steps: list[tuple[str, int]]) -> None:
    """Ticks, numbers, own words and substitutes in any order; nobody counts twice."""
    for what, n in steps:
        role = (*LEADERS, "district_elsewhere")[n]
        try:
            with transaction.atomic():
                _step(cast, one, what, role, n)
        except Refused:
            pass
        now, rows = ladder(one), invited(one).values()
        assert (now.counted, now.confirmed) == (
            sum(each.came_at is not None for each in rows),
            sum(each.confirmed_at is not None for each in rows),
        )
        ticks = sum(each.ticks for each in rows)
        assert now.reported == max(again(one.public_id).total or 0, ticks)
        assert (now.reported or 0) >= (now.counted or 0) >= (now.confirmed or 0)


def _step(cast: Cast, one: Meeting, what: str, role: str, n: int) -> None:
    if what in ("tick", "untick"):
        tick(cast, one, role, came=what == "tick")
    elif what == "people":
        people(cast, one, n * 2)
    elif what == "instead":
        with cast.as_(role):
            some = queries.substitutes(own(cast, one, role), on=TODAY)
            if some:
                actions.name_substitute(
                    public_id=one.public_id, appointment=some[0].appointment_id, by=cast.actor(role), at=NOW
                )
    else:
        ask_next_day()
        if own(cast, one, role).has_been_asked:
            text(cast, one, role, yes=what == "yes", at=NEXT_DAY)


def point(cast: Cast, one: Meeting, said: str, **more: Any) -> None:
    with cast.as_("state_president"):
        actions.add_point(
            public_id=one.public_id, text=said, by=cast.actor("state_president"), at=LATER, **more
        )


def seat(cast: Cast, role: str) -> UUID:
    return cast.appointments[role]


def test_a_task_of_the_minutes_is_on_today_at_once_and_open_again_at_the_next_meeting(
    cast: Cast, one: Meeting
) -> None:
    point(cast, one, "We go on")
    point(cast, one, "Fill the booths", appointment=seat(cast, "district_in_charge"), due_on=TODAY + 3 * DAY)
    page = cast.client("district_in_charge").get("/today/").content.decode()
    assert "Fill the booths" in page
    following = call_as(cast, previous_id=one.pk)
    assert [each.text for each in queries.open_before(following)] == ["Fill the booths"]
    shown = cast.client("mandal_president").get(f"/meetings/{following.public_id}/").content.decode()
    assert "Open tasks of the meetings before" in shown and "Fill the booths" in shown
    with system("test"):
        task = Task.objects.get(typed_title="Fill the booths")
    with cast.as_("district_in_charge"):
        work.change_task(public_id=task.public_id, act=Act.DO, by=cast.actor("district_in_charge"), at=LATER)
    assert queries.open_before(following) == []


def test_a_task_of_the_minutes_offers_invitees_first_and_then_others_of_the_unit(
    cast: Cast, one: Meeting
) -> None:
    cast.appoint(cast.accounts["no_office"], "state_secretary", "JK", by=SYSTEM)
    with cast.as_("state_president"):
        invited, others = queries.doers(one, on=TODAY)
    called = {seat(cast, "district_in_charge"), seat(cast, "mandal_president")}
    assert called <= {each.appointment for each in invited}
    assert others and not called & {each.appointment for each in others}
    page = cast.client("state_president").get(f"/meetings/{one.public_id}/").text
    menu = page[page.index('name="appointment"') :]
    assert menu.index('optgroup label="Invited"') < menu.index('optgroup label="Not invited"')


def test_what_is_taken_out_of_the_minutes_withdraws_its_task(cast: Cast, one: Meeting) -> None:
    point(cast, one, "Fill the booths", appointment=seat(cast, "district_in_charge"), due_on=TODAY + 3 * DAY)
    (written,) = queries.meeting_points(one)
    with cast.as_("state_president"):
        actions.strike_point(
            public_id=one.public_id, point=written.public_id, by=cast.actor("state_president"), at=LATER
        )
    with system("test"):
        assert Task.objects.get(typed_title="Fill the booths").state == "withdrawn"
    assert queries.meeting_points(one) == []


def test_minutes_go_to_everybody_invited_and_no_further(cast: Cast, one: Meeting) -> None:
    with cast.as_("state_president"), pytest.raises(minutes.NothingDecided):
        actions.send_minutes(public_id=one.public_id, by=cast.actor("state_president"), at=LATER)
    point(cast, one, "We go on")
    for _n in range(2):
        with cast.as_("state_president"):
            made = actions.send_minutes(public_id=one.public_id, by=cast.actor("state_president"), at=LATER)
    with system("test"):
        sent = Circular.objects.get(public_id=made)
        readers = set(Reading.objects.filter(circular_id=sent.pk).values_list("account_id", flat=True))
        assert Circular.objects.filter(ended_at=None).count() == 1, "the earlier one is withdrawn"
    assert readers == set(invited(one)), "the sender is among them"


def test_minutes_refuse_what_lacks_words_or_a_day(cast: Cast, one: Meeting) -> None:
    with pytest.raises(minutes.PointMissing):
        point(cast, one, "  ")
    with pytest.raises(minutes.DayMissing):
        point(cast, one, "Do it", appointment=seat(cast, "district_in_charge"))
    for private in ("Ramesh has cancer", "वे किस धर्म के हैं", "آپ کی ذات کیا ہے"):
        with pytest.raises(minutes.PointUnfit):
            point(cast, one, private)
    with pytest.raises(minutes.NotHeldYet):
        point(cast, call_as(cast), "Too early for the health camp")


def test_the_page_the_door_and_the_files_are_read_by_who_may(cast: Cast, one: Meeting) -> None:
    point(cast, one, "We go on")
    page = f"/meetings/{one.public_id}/"
    state, mandal = cast.client("state_president"), cast.client("mandal_president")
    assert "Check-in" in state.get(page).content.decode()
    door = state.get(page + "?show=door").content.decode()
    assert door.count("Is here") == 4
    state.post(f"{page}?show=door&format=names", {"q": "mandal", "reason": "A list on paper", "kind": "csv"})
    with system("test"):
        assert Release.objects.get().payload["rows"] == 4, "the address alone says which list"
    assert "Is here" not in mandal.get(page + "?show=door").content.decode(), "an invitee sees no names"
    invitee = own(cast, one, "mandal_president").public_id
    assert mandal.post(page + "act/tick/", {"invitee": invitee}).status_code == 403
    assert state.post(page + "act/tick/", {"invitee": invitee}).status_code == 302
    assert mandal.get(page + "file/pdf/").content.startswith(b"%PDF")
    calendar = mandal.get(page + "file/ics/").content.decode()
    assert "BEGIN:VEVENT" in calendar and "SUMMARY:State meeting" in calendar
    assert cast.client("booth_president").get(page + "file/ics/").status_code == 404
