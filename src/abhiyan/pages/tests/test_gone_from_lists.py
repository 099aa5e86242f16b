"""An erasure and a NO take a person out of each list, board and quote at once.

A list with a column that may name people fails here until `PEOPLE` names the tests that prove it, or `BEARERS` has it.
"""

import ast
from pathlib import Path

import pytest
from django.test import Client

import abhiyan
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.enrolment.tests.test_erase import chosen, erase
from abhiyan.enrolment.tests.test_two_rolls import become_friend, friends_programme
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.friends.actions import organisers
from abhiyan.friends.tests.test_contributors import become_contributor, contributors_programme
from abhiyan.friends.tests.test_helpers import offer
from abhiyan.helpdesk.tests.make import typed
from abhiyan.people import actions as people

SOURCE = Path(abhiyan.__file__).parent
HERE = "pages/tests/test_gone_from_lists.py::test_an_erasure_takes_a_person_out_of_every_list"
NO_HERE = "pages/tests/test_gone_from_lists.py::test_a_no_takes_a_person_out_of_lists_of_whom_to_contact"
HEARD = (
    "contact/tests/test_heard_calls.py"
    "::test_what_somebody_said_in_a_call_is_counted_until_their_no_or_their_erasure"
)
STAYS_HEARD = (
    "stays/tests/test_stays_heard.py::test_a_no_or_an_erasure_of_the_host_takes_report_and_quote_out"
)
ERASED = "enrolment/tests/test_erase.py::test_whoever_erases_is_off_every_list_at_once_and_nobody_reads_them"
HELPERS = "friends/tests/test_helpers.py::test_a_no_and_an_erasure_take_somebody_out_at_once"
AT_DOOR = "meetings/tests/test_list_at_door.py::test_a_no_and_an_erasure_take_the_name_from_the_door"
DIALOGUES = "dialogues/tests/test_dialogues_board_to_slide_journey.py"
CONTRIBUTORS = "friends/tests/test_contributors_board_to_slide_journey.py"

# The tests that prove it, by module and column, or by module where the names are in no table.
PEOPLE = {
    "enrolment/views/card_desk.py name": (ERASED,),
    "enrolment/views/card_desk.py number": (ERASED,),
    "friends/views/certificates.py name": (
        "friends/tests/test_certificates.py::test_erased_names_leave_the_list",
    ),
    "friends/views/contributors.py name": (HERE,),
    "friends/views/help_offers.py house": (HELPERS,),
    "friends/views/help_offers.py name": (HELPERS, HERE),
    "friends/views/in_touch.py name": (HERE, NO_HERE),
    "incidents/views.py member": (
        "incidents/tests/test_incident_journey.py::test_an_erased_person_is_in_no_incident",
    ),
    "enrolment/views/people.py name": (ERASED, HERE),
    "enrolment/views/people.py number": (ERASED,),
    "enrolment/views/people.py phone": (ERASED,),
    "enrolment/views/tickets.py member": (
        "enrolment/tests/test_tickets.py::test_erasing_is_a_request_that_is_answered_and_empties_the_others",
    ),
    "opinions/views/heard.py": (HEARD, STAYS_HEARD),
    "opinions/views/opinions.py words": (HEARD, STAYS_HEARD),
    "forms/views/submissions.py f'q-{form_question.key}'": (HEARD,),
    "forms/views/submissions.py reason": (HEARD,),
    "helpdesk/views/desk.py": (HERE,),
    "helpdesk/views/needs.py": (HERE,),
    "meetings/views/meetings.py name": (AT_DOOR,),
    "meetings/views/meetings.py reason": (AT_DOOR,),
    "messaging/views/messages.py phone": (ERASED,),
    "stays/views/board.py why": (
        "stays/tests/test_deploying.py::test_the_words_of_a_host_go_with_an_erasure",
    ),
    "friends/views/roll_boards.py": (CONTRIBUTORS, "friends/tests/test_friends_from_nothing_journey.py"),
    "dialogues/views/calls.py": (
        f"{DIALOGUES}::test_a_denied_talk_and_an_erased_president_give_no_grade_anywhere",
    ),
    "contact/views/board.py": (
        "contact/tests/test_doors.py::test_after_an_erasure_no_note_is_left_and_no_door_comes_back",
    ),
    "contact/views/lists.py": (
        "contact/tests/test_lists.py::test_a_no_holds_an_entry_back_and_an_erasure_forgets_it",
    ),
}
# Columns that name office-bearers, or what these wrote to each other: they are named while they hold the office.
BEARERS = {
    "contact/views/board.py worker",
    "contact/views/centre.py head",
    "contact/views/lists.py responsible",
    "org/views/bodies.py leader",
    "org/views/bodies.py name",
    "org/views/releases.py asker",
    "org/views/releases.py decider",
    "org/views/releases.py reason",
    "programmes/views/below.py leader",
    "programmes/views/charges.py declined",
    "programmes/views/charges.py name",
    "programmes/views/charges.py offices",
    "programmes/views/charges.py phone",
    "programmes/views/charges.py reason",
    "work/views/schedules.py reason",
    "work/views/schedules.py text",
    "work/views/schedules.py who",
    "review/views/rounds.py by",
    "review/views/rounds.py name",
    "pages/views/held.py by",
    "pages/views/readings.py reason",
    "pages/views/unit_programme.py leader",
    "stays/views/board.py worker",
    "verification/views/aims.py worker",
    "verification/views/verifiers.py name",
}


def naming_columns() -> set[str]:
    """Each column that may name people and is not the name of an account, as `module column`."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "Column":
                given = {each.arg for each in call.keywords}
                if "names_people" in given and "account" not in given:
                    title = ast.unparse(call.args[0])
                    found.add(f"{path.relative_to(SOURCE)} {title if title[0] == 'f' else title[1:-1]}")
    return found


def test_each_column_that_may_name_people_says_where_an_erasure_is_proven() -> None:
    named = {*BEARERS, *(each for each in PEOPLE if " " in each)}
    assert naming_columns() - named == set(), (
        "say in PEOPLE which test proves it, or in BEARERS that it names none"
    )
    assert named - naming_columns() == set(), "these columns are gone"


@pytest.mark.parametrize("proof", sorted({proof for proofs in PEOPLE.values() for proof in proofs}))
def test_each_proof_is_there_and_erases_somebody(proof: str) -> None:
    path, _colons, name = proof.partition("::")
    text = (SOURCE / path).read_text()
    if name:
        tests = [
            each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef) and each.name == name
        ]
        assert len(tests) == 1, proof
        text = ast.unparse(tests[0])
    assert any(word in text for word in ("erase", "Erased", "forget", "keep_spoken_no")), proof


# The pages that show somebody before, and whether a NO takes them out too. A request stays at its desk after a NO: its
# person asked, and gets an answer. The roll has its people until they leave.
SEEN = {
    "/friends/": True,
    "/people/helpers/?unit=JK": True,
    "/people/contributors/?unit=JK": False,
    "/people/?unit=JK": False,
    "/helpline/?unit=JK&state=all": False,
}
NEEDS = "/helpline/needs/?unit=JK&format=csv"
WORDS = "The lane of the temple is dark"


@pytest.fixture
def world() -> World:
    return web_world()


@pytest.fixture
def readers(world: World) -> dict[str, Client]:
    """Asha is a friend, wants to help, and asks for something; Bilal is a contributor. By page: who reads it."""
    friends_programme(world)
    contributors_programme(world)
    organiser, leader = officer(world, "friends_organiser", "JK"), officer(world, "state_president", "JK")
    become_friend(world.asha)
    offer(world, world.asha)
    become_contributor(world.bilal)
    typed(world, WORDS)
    with system("test"):
        organisers.share_friends(at=world.now)
    return {page: organiser if page == "/friends/" else leader for page in (*SEEN, NEEDS)}


def shows(world: World, readers: dict[str, Client]) -> dict[str, bool]:
    """By page: whether it shows a name, words, or the last digits of a number."""
    secrets = [
        WORDS,
        *(each for human in (world.asha, world.bilal) for each in (human.name, human.phone[-4:])),
    ]
    return {page: any(each in readers[page].get(page).text for each in secrets) for page in SEEN}


def needs(readers: dict[str, Client]) -> int:
    """Return how many kinds of needs the board counts."""
    return len(readers[NEEDS].get(NEEDS).getvalue().splitlines()) - 1


@pytest.mark.django_db
def test_an_erasure_takes_a_person_out_of_every_list(world: World, readers: dict[str, Client]) -> None:
    assert (shows(world, readers), needs(readers)) == (dict.fromkeys(SEEN, True), 1)
    for human in (world.asha, world.bilal):
        erase(chosen(human))
    assert (shows(world, readers), needs(readers)) == (dict.fromkeys(SEEN, False), 0)


@pytest.mark.django_db
def test_a_no_takes_a_person_out_of_lists_of_whom_to_contact(
    world: World, readers: dict[str, Client]
) -> None:
    with system("test"):
        for human in (world.asha, world.bilal):
            people.keep_spoken_no(phone_id=world.phone_id(human), by=CHANNEL, at=world.now)
    assert shows(world, readers) == {page: not is_out for page, is_out in SEEN.items()}
