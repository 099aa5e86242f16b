"""A form with the outcomes of a talk takes a no said aloud. A number is shown only where that no has its place."""

import re
from typing import Any

from django import forms
from django.db import models

from abhiyan.contact.models import ContactTry
from abhiyan.pages.access import addresses_by_name
from abhiyan.verification.actions import TryOutcome

from .source import sources

# An outcome of nobody being reached shows that a set of choices is of talks.
UNREACHED = {"no_answer", "not_home", "busy", "wrong_number"}
NO = {ContactTry.Outcome.NEVER.value, TryOutcome.LEFT.value}
# Files that show a number, and where a no that is said then has its button.
SHOWN = {
    "contact/actions/calls.py": "the outcomes of the call",
    "contact/actions/talks.py": "the outcomes of the door",
    "dialogues/actions/calls.py": "the outcomes of the call",
    "friends/actions/help_offers.py": "the answers of who wants to help",
    "friends/actions/in_touch.py": "the outcomes of a friend's talk",
    "intake/actions/telling.py": "the outcomes of the field card",
    "enrolment/views/people.py": "the person's page: leaving, in the person's name",
    "helpdesk/actions/answering.py": "the desk calls back who asked for it",
    "org/actions/doors.py": "an office-bearer leads on until the office ends",
    "people/actions/accounts.py": "the function itself",
    "pages/views/morning.py": "an office-bearer leads on until the office ends",
    "pages/views/bearer.py": "an office-bearer leads on until the office ends",
    "stays/actions/assigning.py": "the host's no on My stay",
    "verification/actions/checks.py": "the verifier's page: refuses, or wants to leave",
}
# Files with words that a worker says to a person, or a tick that one was there; and where the no has its button.
TALKED = {
    "contact/views/inbound.py": "the page of the call to the helpline",
    "contact/words.py": "the outcomes of the call",
    "dialogues/words.py": "the outcomes of the call",
    "intake/actions/telling.py": "the list of members to visit, and the outcomes of the field card",
    "friends/views/in_touch.py": "the outcomes of a friend's talk",
    "intake/views/telling.py": "the outcomes of the field card",
    "verification/views/checks.py": "the ends of a check, and its finding",
}
TALKS = re.compile(r"rules\.spoken import .*\bspoken_words\b|\bcontact\.note_door_visit\(")
SHOWS = ("reveal_number(", "reveal_phone(", "reveal_bearer(")


def values_of(form: Any) -> set[str]:
    """Every value that the choices of a form have."""
    found: set[str] = set()
    for field in getattr(form, "base_fields", {}).values():
        choices: Any = field.choices if isinstance(field, forms.ChoiceField) else []
        found |= {str(key) for key, _words in choices}
    return found


def forms_of_talks() -> dict[str, set[str]]:
    """Forms that take the outcome of a talk, by name."""
    assert addresses_by_name(), "every view is read, and so every form"
    found, waiting = {}, [forms.Form]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if UNREACHED & (values := values_of(one)):
            found[one.__name__] = values
    return found


def test_every_form_with_the_outcomes_of_a_talk_takes_a_no() -> None:
    found = forms_of_talks()
    assert found.keys() >= {"TalkForm", "WalkForm", "ToldForm", "FriendTalkForm", "CallForm"}
    assert not {name for name, values in found.items() if not NO & values}


def test_every_set_of_outcomes_of_a_talk_has_a_no() -> None:
    """Also where buttons offer the outcomes, and no field of a form."""
    found, waiting = {}, [models.TextChoices]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if UNREACHED & (values := set(one.values)):
            found[one.__qualname__] = values
    assert found.keys() >= {
        "TryOutcome",
        "TellingResult",
        "FriendTalk",
        "Attempt.Outcome",
        "ContactTry.Outcome",
    }
    assert not {name for name, values in found.items() if not NO & values}


def test_words_to_say_and_a_tick_at_a_door_stand_only_where_a_no_has_its_place() -> None:
    found = {f"{one.room}/{one.path}" for one in sources("**/*.py") if TALKS.search(one.text)}
    assert found == TALKED.keys(), "say where a no that is said in this talk has its button"


def test_a_number_is_shown_only_where_a_no_has_its_place() -> None:
    found = {
        f"{one.room}/{one.path}" for one in sources("**/*.py") if any(words in one.text for words in SHOWS)
    }
    assert found == SHOWN.keys(), "say where a no that is said on this call has its button"
