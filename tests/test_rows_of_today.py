"""Each row of Today leads to an act: followed as every role, in a district where each room has something to do.

A new row that no role sees here makes `test_every_room_has_shown_its_rows` fail. Plant its facts in
`site/tests/addresses.py`, or add it to the list below. `test_each_row_is_own_work_or_work_of_the_desks` asks whose
work a new row is.
"""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.test import Client

import abhiyan
from abhiyan.core import limits
from abhiyan.core.tests.given import present
from abhiyan.forms.actions import ask_for_phrase
from abhiyan.incidents import actions as incidents
from abhiyan.pages.tests.test_today_of_members import on_paper
from abhiyan.people.models import Purpose
from abhiyan.site.tests.addresses import Things, more_things, things
from abhiyan.site.tests.cast import EVERYBODY, Cast
from abhiyan.site.tests.followed import faults_of
from abhiyan.ui.owed import Owed, at_desks
from abhiyan.verification.tests.odd_entries import ask_three

SOURCE = Path(abhiyan.__file__).parent
PART = re.compile("<h2[^>]*>(.*?)</h2>", re.DOTALL)
# Facts that this district lacks. `tests/test_demo.py` follows the rows of the demo's people, who have most of them.
UNSEEN = {
    "contact/todo.py:owes_doors",
    "contact/todo.py:owes_centres",
    "contact/todo.py:_due",
    "enrolment/todo.py:_cards",
    "intake/todo.py:_new_numbers",
    "friends/todo.py:_quiet",
    "enrolment/todo.py:_tickets",
    "friends/todo.py:_to_hand_over",
    "intake/todo.py:_waits",
    "helpdesk/offers.py:_typists",
    "messaging/todo.py:message_todo",
    "org/todo.py:_disputed",
    "org/todo.py:_phones",
    "programmes/todo.py:_answers",
    "work/todo_schedules.py:_below",
    "work/todo_schedules.py:_own",
    "work/todo_schedules.py:_to_pass_on",
    "work/todo_tasks.py:_late_below",
    "review/offers.py:_own",
    "pages/todo.py:page_todo",
    "stays/activity_days.py:owed_field_day",
    "verification/offers.py:_visit",
    "verification/todo_frames.py:_of_frame",
    "verification/todo_frames.py:_of_value",
}
# Work of the reader of the row. Other work goes by `at_desks`: offices above the districts get it only when it is late.
OWN = {
    "contact/offers.py:todo",
    "contact/todo.py:owes_doors",
    "contact/todo.py:owes_centres",  # a leader reminds the centres
    "dialogues/todo.py:_rows",
    "enrolment/todo.py:_cards",  # not read above the districts
    "intake/todo.py:_new_numbers",
    "friends/todo.py:_quiet",
    "enrolment/todo.py:_tickets",
    "friends/todo.py:_to_hand_over",
    "intake/todo.py:_unanswered",  # who sends in bulk sends them the number
    "enrolment/todo.py:_unplaced",  # often nobody below sees them
    "intake/todo.py:_waits",
    "doorstep/todo.py:enrol_people",
    "incidents/offers.py:todo",  # data officers alone
    "forms/offers.py:todo",  # a data officer decides phrases
    "helpdesk/offers.py:_typists",  # one row above the districts
    "helpdesk/offers.py:todo",
    "meetings/offers.py:todo",
    "messaging/todo.py:_circulars",
    "messaging/todo.py:message_todo",
    "org/todo.py:_asked",
    "org/todo.py:_disputed",
    "polls/offers.py:todo",
    "opinions/offers.py:todo",
    "org/todo.py:_phones",
    "org/todo.py:_promises",
    "org/todo.py:_vacant",
    "programmes/todo.py:_answers",
    "programmes/todo.py:programme_todo",
    "work/todo_schedules.py:_below",  # the office that asked for a report accepts it
    "work/todo_schedules.py:_own",
    "work/todo_schedules.py:_to_pass_on",
    "work/todo_tasks.py:_late_below",  # a leader looks at them
    "work/todo_tasks.py:owed_task_rows",
    "review/offers.py:_own",
    "review/offers.py:todo",
    "pages/todo.py:_launches",
    "pages/todo.py:page_todo",
    "stays/activity_days.py:owed_field_day",
    "verification/offers.py:_checks",
    "verification/offers.py:_flags",
    "verification/offers.py:_visit",
    "verification/todo_frames.py:_flags",  # nobody below a state plans checks
    "verification/todo_frames.py:_of_frame",
    "verification/todo_frames.py:_of_value",
}
# A function of the same file hands these to `at_desks`.
HANDED = {
    "contact/todo.py:_due",
    "contact/todo.py:_waiting",
    "enrolment/todo.py:_waiting",
}
IN_OFFICE = [role for role in EVERYBODY if role not in ("anonymous", "visitor", "member", "weak")]


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=30, foreign=30)
    on_paper(cast, "Agreed Devi", 1, Purpose.CALLS, Purpose.MESSAGES)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Client]:
    found = cast.everybody()
    ask_three(cast)
    ask_for_phrase(
        phrase="health card given",
        unit_id=cast.world.units["JK-SRI"].pk,
        by=cast.actor("district_in_charge"),
        at=present(),
    )
    incidents.open_incident(
        unit_id=cast.world.units["JK-SRI"].pk,
        entry=incidents.IncidentEntry(
            "leak", "A list was copied.", ["name"], present(), None, present(), "", ""
        ),
        by=cast.actor("data_officer"),
        at=present(),
    )
    things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))
    foreign: Things = things(
        cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member)
    )
    more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    return found


@pytest.mark.parametrize("role", IN_OFFICE)
def test_each_row_of_today_leads_to_an_act_that_its_reader_may_do(
    role: str, clients: dict[str, Client]
) -> None:
    assert faults_of(clients[role]) == []


def calling(name: str) -> set[str]:
    """The functions of all rooms that call a name, as `file:function`."""
    return {
        f"{path.relative_to(SOURCE)}:{function.name}"
        for path in SOURCE.glob("*/*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
    }


def makers() -> set[str]:
    """The functions that make rows of Today."""
    return calling(Owed.__name__)


def test_each_row_is_own_work_or_work_of_the_desks() -> None:
    to_desks = calling(at_desks.__name__)
    assert makers() - to_desks - HANDED == OWN
    for handed in HANDED:
        path, name = handed.split(":")
        assert {one for one in calling(name) if one.startswith(path)} & to_desks, handed


@contextmanager
def noting(found: set[str]) -> Iterator[None]:
    """Note which functions make rows meanwhile."""
    code = Owed.__init__.__code__

    def note(frame: FrameType, event: str, _arg: Any) -> None:
        if event == "call" and frame.f_code is code and frame.f_back is not None:
            maker = frame.f_back.f_code
            found.add(f"{Path(maker.co_filename).relative_to(SOURCE)}:{maker.co_name}")

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def test_every_room_has_shown_its_rows(clients: dict[str, Client]) -> None:
    found: set[str] = set()
    for role in IN_OFFICE:
        limits.forget_all()
        with noting(found):
            response = clients[role].get("/today/")
        assert response.status_code == 200
        parts = PART.findall(response.content.decode())
        assert len(parts) == len(set(parts)), f"{role}: two parts of Today have one name: {parts}"
    assert makers() - found == UNSEEN
