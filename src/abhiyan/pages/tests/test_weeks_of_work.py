"""My work of a week: the helpline, back-checks, meetings, reports, forms and tasks, each with what came of it.

Each count is of one account and of seven days; the page shows it to the worker alone.
"""

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import override

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import Submission
from abhiyan.forms.tests.make import form_in_use
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.helpdesk.tests.make import typed
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.meetings.tests.make import call_as, reachable
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.models import Check
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_checks import drawn
from abhiyan.work.models import Due, Schedule, Task
from abhiyan.work.queries.record import week_of_work

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
LATELY, LONG_AGO = NOW - 6 * DAY, NOW - 8 * DAY


def week(cast: Cast, role: str) -> list[str]:
    """The sentences of somebody's week."""
    with override("en"):
        return [work.sentence for work in week_of_work(cast.accounts[role].pk, at=NOW).work]


def my_work(cast: Cast, role: str) -> str:
    return body(cast.client(role), "/programmes/work/")


def test_who_answers_the_helpline_reads_how_many_people_say_it_is_solved() -> None:
    cast = Cast.make()
    agent, other = cast.accounts["call_centre_agent"].pk, cast.accounts["mandal_president"].pk
    asked = [typed(cast.world, f"Need {n}", phone=f"+9198123770{n:02}") for n in range(5)]
    written = [(0, agent, "replied", LATELY), (0, agent, "done", LATELY), (1, agent, "done", LATELY)]
    written += [(2, agent, "moved", LATELY), (3, agent, "done", LONG_AGO), (4, other, "done", LATELY)]
    with system("test"):
        Ticket.objects.update(opened_by=other, opened_at=LATELY)
        Ticket.objects.filter(pk=asked[2].pk).update(opened_by=agent)
        Ticket.objects.filter(pk__in=[asked[0].pk, asked[3].pk]).update(state="solved")
        for nth, account, what, at in written:
            TicketLine.objects.create(ticket=asked[nth], what=what, at=at, account_id=account)
    assert week(cast, "call_centre_agent") == [
        "2 requests answered: 1 person says it is solved",
        "1 request written down",
    ]
    page = my_work(cast, "call_centre_agent")
    assert "2 requests answered" in page and "Thank you" in page
    assert week(cast, "mandal_president") == [
        "1 request answered",
        "4 requests written down: 2 people say it is solved",
    ]
    assert week(cast, "booth_worker") == []


def test_a_verifier_reads_how_many_checks_have_an_answer_and_not_what_was_found() -> None:
    cast = two_districts()
    drawn(cast, 40)
    found = ["genuine", "not_genuine", "refused", "unresolved", "genuine", ""]
    with system("test"):
        for nth, check in enumerate(Check.objects.order_by("pk")[: len(found)]):
            Check.objects.filter(pk=check.pk).update(
                verifier_id=cast.accounts["verifier"].pk,
                outcome=found[nth],
                done_at=LONG_AGO if nth == 4 else LATELY,
                arm=Check.Arm.SECOND if nth == 1 else Check.Arm.RANDOM,
            )
    assert week(cast, "verifier") == ["4 back-checks made: 2 with an answer"]
    page = my_work(cast, "verifier")
    assert "4 back-checks made" in page and "enuine" not in page


def test_who_calls_a_meeting_and_who_comes_each_read_their_own_part() -> None:
    cast = reachable()
    call_as(cast, first_on=NOW.date(), last_on=NOW.date(), starts=time(18))
    dropped = call_as(cast)
    roles = ("district_in_charge", "mandal_president")
    with system("test"):
        Meeting.objects.filter(pk=dropped.pk).update(first_on=NOW.date(), cancelled_at=NOW)
        accounts = [cast.accounts[role].pk for role in roles]
        Invitee.objects.filter(account_id__in=accounts).update(came_at=LATELY)
    assert week(cast, "state_president") == ["1 meeting called: 2 people ticked by name"]
    assert [week(cast, role) for role in roles] == [["came to 1 meeting"]] * 2
    assert "came to 1 meeting" in my_work(cast, "mandal_president")
    with system("test"):
        Invitee.objects.update(came_at=None)
    assert week(cast, "state_president") == [], "nobody came yet"


def test_reports_meetings_forms_and_tasks_say_what_became_of_them() -> None:
    cast = Cast.make()
    unit, me = cast.world.units["JK-SRI-M1"], cast.accounts["mandal_president"]
    other, version = cast.accounts["district_in_charge"], form_in_use(cast.world.units["JK-SRI"])
    given: dict[str, Any] = {
        "unit": cast.world.units["JK-SRI"],
        "kind": "mandal",
        "rhythm": "weekly",
        "first_on": date(2026, 10, 1),
        "last_on": date(2026, 12, 31),
        "hour": "20:00",
        "asked_at": LONG_AGO,
    }
    states = Due.State
    answers = [("report", states.ACCEPTED, me, LATELY), ("report", states.RETURNED, me, LATELY)]
    answers += [("report", states.DONE, me, LATELY), ("report", states.CANNOT, me, LATELY)]
    answers += [("report", states.DONE, other, LATELY), ("report", states.DONE, me, LONG_AGO)]
    answers += [("meeting", states.DONE, me, LATELY)]
    forms = [
        ("accepted", "", LATELY),
        ("reported", "", LATELY),
        ("reported", "due", LATELY),
        ("returned", "", LONG_AGO),
    ]
    tasks = [("confirmed", LATELY), ("done", LATELY), ("done", LONG_AGO)]
    with system("test"):
        for n, (wanted, state, by, at) in enumerate(answers):
            schedule = Schedule.objects.create(
                public_id=uuid4(), typed_title=f"Asked {n}", wanted=wanted, **given
            )
            Due.objects.create(
                schedule=schedule,
                unit=unit,
                begins_on=date(2026, 11, 16),
                state=state,
                said_at=at,
                said_by=by.pk,
            )
        for read, about, at in forms:
            Submission.objects.create(
                id=uuid4(),
                digest=b"",
                version=version,
                form=version.form,
                unit=unit,
                at=at,
                answers={},
                sent_by=me.pk,
                state=read,
                about_kind=about,
                about_id=about,
            )
        for done, at in tasks:
            Task.objects.create(
                public_id=uuid4(),
                typed_title="Task",
                unit=unit,
                account_id=me.pk,
                state=done,
                asked_by=other.pk,
                asked_at=LONG_AGO,
                due_at=NOW + DAY,
                state_at=at,
                done_at=at,
            )
    assert sorted(week(cast, "mandal_president")) == [
        "1 meeting held",
        "2 forms filled in: 1 accepted",
        "2 tasks done: 1 accepted",
        "3 reports sent: 1 accepted, 1 returned",
    ]
    page = my_work(cast, "mandal_president")
    assert "3 reports sent" in page and "1 accepted, 1 returned" in page
