"""Contributors: they join beside other rolls, leaders find them by skill and place, and give them tasks."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.setting_up import set_up_drive
from abhiyan.enrolment.models import Membership, Roll
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.test_phone_change import change, on
from abhiyan.enrolment.tests.test_two_rolls import become_friend, friends_programme, rolls_of
from abhiyan.enrolment.tests.web import (
    FILLED,
    blanks,
    code_sent,
    join,
    officer,
    open_me,
    today,
    typed,
    web_world,
)
from abhiyan.friends.actions import contributors as acts
from abhiyan.friends.models import ContributorSkill
from abhiyan.friends.queries.contributors import ContributorRows
from abhiyan.intake import actions as intake
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.rules import standard_notice
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units
from abhiyan.work.models import Task, TaskStep

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
LIST, TASK = "/people/contributors/", "/people/contributors/task/"


@pytest.fixture
def world() -> World:
    return web_world()


def contributors_programme(world: World, *, state: str = "JK") -> Programme:
    """A programme of contributors in a state, open today, with its own notice."""
    with system("tests open a programme of contributors"):
        if not people_queries.versions_of_notice("contributors"):
            text = {
                language: standard_notice.with_holes_filled(
                    standard_notice.standard(
                        language,
                        organisation="S",
                        contact="A",
                        page="p",
                        leave_number="",
                        code="contributors",
                    ),
                    FILLED,
                )
                for language in standard_notice.LANGUAGES
            }
            people.publish_notice(code="contributors", texts=text, by=CHANNEL, at=world.now)
        unit = world.units[state].pk
        made = programmes.make_programme(
            template="contributors",
            names={"en": "Contributors", "hi": "मददगार"},
            owner_id=unit,
            unit_ids=[unit],
            opens_on=today() - timedelta(days=5),
            closes_on=today() + timedelta(days=40),
            by=SYSTEM,
            at=world.now,
        )
        set_up_drive(programme_id=made.pk, join_slug="help", by=SYSTEM, at=world.now)
        programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=world.now)
        made.refresh_from_db()
    intake.forget_drives()
    return made


@pytest.fixture
def helpers(world: World) -> Programme:
    return contributors_programme(world)


def become_contributor(
    human: Human,
    *,
    unit: str = "JK-B001",
    skills: tuple[str, ...] = ("calls",),
    hours: str = "5",
    by: str = "",
) -> Client:
    """Somebody joins on the page of the contributors, and says what they can do."""
    client = browser()
    answer = client.post("/join/help/", typed(human, unit=unit, where=unit, ref=by))
    assert answer.status_code == 302, answer.content.decode()
    code = code_sent(human.phone, "join.contributor")
    assert client.post(answer["Location"], {"code": code}).status_code == 302
    assert "Say how you can help" in client.get("/join/help/done/").text
    answer = client.post("/me/skills/", {"skills": skills, "hours": hours})
    assert answer.status_code == 302, answer.content.decode()
    return client


def helper_of(world: World, human: Human) -> Membership:
    with system("test"):
        roll = Roll.objects.get(code="contributors").pk
        return Membership.objects.get(phone_id=world.phone_id(human), roll_id=roll, merged_into=None)


def shown(client: Client, **asked: str) -> str:
    answer = client.get(LIST, {"unit": "JK"} | asked)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def give(client: Client, *humans: UUID, title: str = "Call ten families", unit: str = "JK") -> int:
    due = (today() + timedelta(days=3)).isoformat()
    sent = {"unit": unit, "title": title, "due_on": due, "to": [str(one) for one in humans]}
    return client.post(TASK, sent).status_code


def test_a_member_and_a_friend_may_both_help_and_stay_what_they_are(world: World, helpers: Programme) -> None:
    friends_programme(world)
    join(world, world.asha)
    become_contributor(world.asha)
    assert rolls_of(world, world.asha) == [("contributors", "Asha Devi"), ("primary", "Asha Devi")]
    become_friend(world.bilal)
    become_contributor(world.bilal)
    assert rolls_of(world, world.bilal) == [("contributors", "Bilal Ahmad"), ("friends", "Bilal Ahmad")]
    join(world, world.bilal)
    assert rolls_of(world, world.bilal) == [("contributors", "Bilal Ahmad"), ("primary", "Bilal Ahmad")]
    with system("test"):
        ended = Membership.objects.exclude(ended_on=None).count()
    assert ended == 1, "the friendship alone gave way"


def test_a_longer_list_of_contributors_asks_no_more(world: World, helpers: Programme) -> None:
    state = officer(world, "state_president", "JK")
    asked = []
    for some in (range(1), range(1, 5)):
        for n in some:
            become_contributor(Human(f"Helper {chr(65 + n)}", 1980, f"+91990607{n:04d}"))
        shown(state)
        with CaptureQueriesContext(connection) as ran:
            assert shown(state).count("Helper ") >= len(some)
        asked.append(len(ran))
    assert asked[0] == asked[1]


def test_leaders_find_contributors_by_skill_hours_and_place_and_no_other_leader_does(
    world: World, helpers: Programme
) -> None:
    become_contributor(world.asha, skills=("calls", "driving"), hours="5")
    become_contributor(world.bilal, unit="JK-B004", skills=("calls",), hours="20")
    state = officer(world, "state_president", "JK")
    assert world.asha.name in shown(state) and world.bilal.name in shown(state)
    assert world.bilal.name not in shown(state, skill="driving")
    assert world.asha.name not in shown(state, skill="calls", hours="10")
    assert world.bilal.name not in shown(state, unit="JK-SRI")
    other = officer(world, "district_president", "JK-JAM")
    assert world.asha.name not in shown(other, unit="JK-JAM") and world.bilal.name in shown(
        other, unit="JK-JAM"
    )
    assert other.get(LIST, {"unit": "JK-SRI"}).status_code == 403
    assert officer(world, "state_president", "HP").get(LIST, {"unit": "JK"}).status_code == 403
    one = helper_of(world, world.asha)
    assert world.asha.phone.removeprefix("+91") not in shown(state)
    assert reverse("enrolment:person", args=[one.public_id]) in shown(state), "the number is behind its page"


def test_a_page_of_the_list_is_read_along_the_index_and_the_next_begins_behind_it(
    world: World, helpers: Programme
) -> None:
    become_contributor(world.asha)
    one = helper_of(world, world.asha)
    booths = [world.units[code].pk for code in ("JK-B001", "JK-B002", "JK-B003", "JK-B004")]
    with system("tests fill the roll"):
        sql.run(
            """insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id,
              term, programme_id, at)
            select gen_random_uuid(), gen_random_uuid(), %(roll)s, %(phone)s, 1000 + n %% 30000, %(person)s,
              (%(booths)s::bigint[])[1 + n %% 4], gen_random_uuid(), 1, %(programme)s, %(at)s
            from generate_series(1, 4000) n""",
            {"roll": one.roll_id, "phone": one.phone_id, "person": one.person_id, "booths": booths}
            | {"programme": helpers.pk, "at": world.now},
        )
        sql.run(
            """insert into enrolment_skill (membership, skill, hours, unit_id, at)
            select m.public_id, s, 5, m.unit_id, %s from enrolment_membership m,
             unnest(array['', 'driving']) s where m.slot >= 1000""",
            [world.now],
        )
        for table in ("enrolment_membership", "enrolment_skill", "units_placement"):
            sql.run(f"analyze {table}")
        rows = ContributorRows(units.span(world.state.pk, 1), skill="driving", hours=2)
        seen: list[UUID] = []
        first = rows.after(None, 50)
        page = first
        while page:
            seen += [row.public_id for row in page]
            page = rows.after((page[-1].lo, page[-1].public_id), 1_500)
        assert len(seen) == len(set(seen)) == 4_000
        for mark in (None, (first[-1].lo, first[-1].public_id)):
            query, values = rows.statement(mark, 51)
            plan = "\n".join(sql.column(f"explain (costs off) {query}", values))
            assert "skill_in_unit" in plan and "placement" in plan, plan
            assert "Seq Scan on enrolment_skill" not in plan, plan
            assert "Seq Scan on enrolment_membership" not in plan, plan


def test_a_task_goes_out_by_sms_and_the_contributor_says_done_or_not_possible(
    world: World, helpers: Programme
) -> None:
    theirs = become_contributor(world.asha)
    become_contributor(world.bilal)
    leader = officer(world, "state_president", "JK")
    asha, bilal = helper_of(world, world.asha), helper_of(world, world.bilal)
    page = leader.get(TASK, {"unit": "JK", "to": [str(asha.public_id), str(bilal.public_id)]}).text
    assert world.asha.name in page and "2 contributors get it" in page
    with system("test"):
        assert not Task.objects.exists(), "looking gives nothing"
    assert give(leader, asha.public_id, bilal.public_id) == 302
    (sms,) = blanks(world.asha.phone, "contributor.task")
    assert sms["task"] == "Call ten families" and sms["day"] == "28 November"
    address = sms["link"].split("//", 1)[1].split("/", 1)[1]
    assert "Call ten families" in theirs.get("/me/").text
    assert theirs.post(f"/{address}", {"answer": "cannot"}).status_code == 422, "a reason is needed"
    assert theirs.post(f"/{address}", {"answer": "done"}).status_code == 302
    assert "You said that it is done" in theirs.get(f"/{address}").text
    assert theirs.post(f"/{address}", {"answer": "back"}).status_code == 302
    assert theirs.post(f"/{address}", {"answer": "cannot", "note": "I am away"}).status_code == 302
    given = leader.get(reverse("work:tasks"), {"show": "given", "state": "all"}).text
    (both,) = re.findall(r'href="([^"]*batch=[^"]*)">Call ten families', given)
    opened = leader.get(unescape(both)).text
    assert "1 declined" in given and world.asha.name in opened and "Declined" in opened
    strangers = open_me(world.bilal)
    assert "Call ten families" in strangers.get("/me/").text, "their own"
    assert strangers.get(f"/{address}").status_code == 404
    assert strangers.post(f"/{address}", {"answer": "done"}).status_code == 404
    assert browser().get(f"/{address}").status_code in (302, 403, 404)


def test_a_task_needs_words_that_promise_nothing_people_in_the_unit_and_a_days_limit(
    world: World, helpers: Programme
) -> None:
    become_contributor(world.asha)
    asha = helper_of(world, world.asha).public_id
    leader = officer(world, "state_president", "JK")
    assert give(leader, asha, title="They will get a new house, register for it") == 422
    assert give(leader, asha, unit="JK-JAM") == 409, "not of that unit"
    assert give(leader, uuid4()) == 422, "an unknown person is nobody"
    assert give(officer(world, "district_president", "JK-JAM"), asha, unit="JK-JAM") == 422
    assert leader.get(TASK, {"unit": "JK", "to": ["x", "\0"]}).status_code == 200
    with system("test"):
        assert not Task.objects.exists()
    for _n in range(acts.MOST_ASKED):
        assert give(leader, asha) == 302
    assert give(leader, asha) == 429
    assert len(blanks(world.asha.phone, "contributor.task")) == acts.MOST_ASKED


def test_who_leaves_is_found_no_more_and_their_task_is_withdrawn(world: World, helpers: Programme) -> None:
    theirs = become_contributor(world.asha)
    leader = officer(world, "state_president", "JK")
    asha = helper_of(world, world.asha).public_id
    assert give(leader, asha) == 302
    assert theirs.post("/me/leave/").status_code in (200, 302)
    assert helper_of(world, world.asha).ended_on is not None
    assert world.asha.name not in shown(leader)
    with system("test"):
        task = Task.objects.get()
        assert (task.state, task.phone_id, task.person_id) == ("withdrawn", None, None)
        assert TaskStep.objects.filter(task=task, act="withdraw").count() == 1
        acts.forget_skills(erasure=ItemsErased((asha,), helper_of(world, world.asha).phone_id, world.now))
        assert not ContributorSkill.objects.exists()


def test_skills_and_tasks_follow_a_contributor_whose_number_changes(world: World, helpers: Programme) -> None:
    theirs = become_contributor(world.asha, skills=("calls", "driving"))
    leader = officer(world, "state_president", "JK")
    before = helper_of(world, world.asha).public_id
    assert give(leader, before) == 302
    change(theirs)
    moved = on(world.asha)
    assert helper_of(world, moved).public_id == before
    assert world.asha.name in shown(leader, skill="driving")
    page = open_me(moved).get("/me/").text
    with system("test"):
        task = Task.objects.get()
        assert set(ContributorSkill.objects.values_list("membership", "skill")) == {
            (before, ""),
            (before, "calls"),
            (before, "driving"),
        }
    assert reverse("friends:me_task", args=[task.public_id]) in page
    assert task.phone_id == world.phone_id(moved)
