"""A form with the outcomes of a talk takes a no said aloud. A number is shown only where that no has its place."""

from typing import Any

from django import forms

from abhiyan.contact.models import ContactTry
from abhiyan.site.access import pages

from .source import sources

# An outcome of nobody being reached shows that a set of choices is of talks.
UNREACHED = {"no_answer", "not_home", "busy", "wrong_number"}
NO = {ContactTry.Outcome.NEVER.value}
# Files that show a number, and where a no that is said then has its button.
SHOWN = {
    "contact/actions/calls.py": "the outcomes of the call",
    "contact/actions/talks.py": "the outcomes of the door",
    "dialogues/actions.py": "the outcomes of the call",
    "enrolment/actions/in_touch.py": "the outcomes of a friend's talk",
    "enrolment/actions/telling.py": "the outcomes of the field card",
    "enrolment/views/people.py": "the person's page: leaving, in the person's name",
    "helpdesk/actions/answering.py": "the desk calls back who asked for it",
    "org/actions/doors.py": "an office-bearer leads on until the office ends",
    "people/actions/accounts.py": "the function itself",
    "site/views/bearer.py": "an office-bearer leads on until the office ends",
    "stays/actions/assigning.py": "the host's no on My stay",
    "verification/actions/checks.py": "the verifier's page: refuses, or wants to leave",
}
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
    assert pages(), "every view is read, and so every form"
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


def test_a_number_is_shown_only_where_a_no_has_its_place() -> None:
    found = {
        f"{one.room}/{one.path}" for one in sources("**/*.py") if any(words in one.text for words in SHOWS)
    }
    assert found == SHOWN.keys(), "say where a no that is said on this call has its button"
