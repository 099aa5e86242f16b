"""A page in Hindi names nobody in Latin letters whose name is known in Hindi letters: every address is asked."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.core import limits, words
from abhiyan.core.tests.given import present
from abhiyan.pages.access import addresses_by_name
from abhiyan.people.actions import rename_account
from abhiyan.site.tests.addresses import address, filled, more_things, things
from abhiyan.site.tests.answers import at_the_door
from abhiyan.site.tests.cast import SYSTEM, Cast

READERS = (
    "state_president",
    "district_elsewhere",
    "booth_president",
    "call_centre_agent",
    "it_administrator",
)
KNOWN = {each["latin"].lower() for each in words.name_words()}
# Forms keep what was typed, so their fields do not count.
UNSEEN = re.compile(r"(?s)<(script|style|textarea|template)\b.*?</\1>|<[^>]*>")
PAIR = re.compile(r"\b(?=([A-Z][a-z]+) ([A-Z][a-z]+)\b)")
# A member's record has the name as it was given: it is what is compared, corrected, struck off and printed.
# The kit shows its own parts.
AS_GIVEN = {
    "enrolment:person",
    "enrolment:person_correct",
    "enrolment:person_revoke_card",
    "enrolment:person_strike_off",
    "ui:kit",
}


def names_in(text: str) -> set[str]:
    """Names of two words in Latin letters, whose words are both known in Hindi letters."""
    shown = unescape(UNSEEN.sub(" ", text))
    return {" ".join(both) for both in PAIR.findall(shown) if {each.lower() for each in both} <= KNOWN}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast.everybody()
    for role, account in cast.accounts.items():
        name = "Reader" if role in READERS else "Sunita Sharma"  # who reads has the own name as they gave it
        rename_account(account_id=account.pk, name=name, by=SYSTEM, at=present())
    return cast


@pytest.fixture(scope="module")
def found(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Things that fill addresses, of two districts."""
    own = things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))
    other = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    return own, other, more_things(cast, other, tmp_path_factory.mktemp("results"))


def seen(client: Client, where: str) -> str:
    """What a page says; whatever the look changed is undone. Nothing for files."""
    with transaction.atomic():
        answer = client.get(where)
        is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
        text = answer.content.decode() if is_page else ""
        transaction.set_rollback(True)
    return text


@pytest.mark.parametrize(
    "role",
    [READERS[0], *(pytest.param(role, marks=pytest.mark.slow) for role in READERS[1:])],
)
def test_no_page_in_hindi_names_anybody_in_latin_letters(role: str, cast: Cast, found: Any) -> None:
    own, other, others = found
    client = cast.client(role, "hi")
    told: dict[str, tuple[str, set[str]]] = {}
    for page in sorted(set(addresses_by_name()) - AS_GIVEN):
        if at_the_door(addresses_by_name()[page].opens, role):
            continue
        limits.forget_all()
        for of in (own, other):
            where = address(page, of, **filled(page, others))
            if names := names_in(seen(client, where)):
                told.setdefault(page, (where, names))
    assert told == {}, "\n".join(f"{page}: {where}: {names}" for page, (where, names) in told.items())


def test_a_name_in_latin_letters_is_found_and_a_field_is_not() -> None:
    assert names_in("<b>Sunita Sharma</b>") == {"Sunita Sharma"}
    assert names_in('<input value="Sunita Sharma"> सुनीता शर्मा, Jal Shakti') == set()
