"""Nobody's name says an office: approvals and messages name who asks, and offices have words of their own."""

from itertools import pairwise
from typing import Any

import pytest

from abhiyan.core.words import name_words
from abhiyan.org import actions
from abhiyan.org.actions import officers
from abhiyan.org.rules.offices import SEATS
from abhiyan.people import actions as people
from abhiyan.people.actions.accounts import NotAName, OfficeInName, faults
from abhiyan.people.rules.titles_of_office import TITLES

from .make import AT, SYSTEM, World, actor

# Somebody may write a title into a name in these ways.
WAYS = {
    "alone": "{}",
    "of a place": "{}, India",
    "behind a name": "Asha Devi ({})",
    "without a sign": "Asha Devi {}",
    "before a name": "{}: Asha Devi",
    "with a slash": "Asha/{}",
    "with blanks": "  {}  ",
    "polite": "{} ji",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_title_of_a_leading_office_is_in_no_name_however_it_is_written(way: str) -> None:
    for seat in SEATS:
        for title in (seat.en, seat.hi):
            if "org.read" not in seat.capabilities and len(title.split()) == 1:
                continue  # "Member", "Verifier": of no leading office
            for form in (
                title,
                title.upper(),
                title.lower(),
                title.replace(" ", ""),
                title.replace("-", " "),
            ):
                assert TITLES.said_in(way.format(form)), (way, form)


@pytest.mark.parametrize(
    "name",
    [
        "National president, India",
        "Asha Devi (State president)",
        "Admin",
        "एडमिन",
        "Rashtriya Adhyaksh",
        "Pradesh Adhyaksha ji",
        "zila adhyax",
        "প্রদেশ অধ্যক্ষ",
        "ରାଷ୍ଟ୍ରୀୟ ଅଧ୍ୟକ୍ଷ",
        "NationalPresident",
        "State\u00a0 President",
        "Asha Devi - Adhikari",
        "President Asha",
        "Incharge",
        "Mandal Prabhari",
        "Presidentji",
        "Asha अध्यक्षजी",
        "President 2",
        "Presidents",
        "P r e s i d e n t",
        "Asha, Presi dent",
        "Rashtriya Mahasachiv",
        "महासचिव आशा",
        "Chairman",
    ],
)
def test_a_title_in_another_script_spelling_or_place_is_found(name: str) -> None:
    assert [type(fault) for fault in faults(phone="9906000001", name=name)] == [OfficeInName]


@pytest.mark.parametrize(
    "name",
    [
        "Ravi Pradhan",
        "Pradhan",
        "Mukhiya Ram",
        "Ravi Adhikari",
        "प्रवीण अधिकारी",
        "Asha Mantri",
        "Bipin Mandal",
    ]
    + [
        "Mandal",
        "Asha Mitra",
        "Pramukh Das",
        "Satya Devi",
        "Sanyogita",
        "Vidya",
        "विद्याधर",
        "Rashtra Bhushan",
    ],
)
def test_names_of_families_stay(name: str) -> None:
    assert faults(phone="9906000001", name=name) == []


def test_no_known_name_says_an_office() -> None:
    for script in ("latin", "devanagari"):
        known = [row[script] for row in name_words()]
        assert not [name for name in known if TITLES.said_in(name)]
        assert not [pair for pair in pairwise(known) if TITLES.said_in(" ".join(pair))]


@pytest.mark.django_db
def test_each_door_that_names_an_account_refuses_it(world: World) -> None:
    leader, name = actor(world.holder("district_president", "N11")), "Asha Devi (State president)"
    account = world.account("Asha Devi")
    given: dict[str, Any] = {"phone": "9906000001", "name": name, "at": AT}
    with pytest.raises(NotAName):
        actions.appoint_new(office="mandal_president", unit_id=world.unit("N111"), by=leader, **given)
    with pytest.raises(NotAName):
        officers.name_data_officer(by=SYSTEM, language="en", **given)
    with pytest.raises(NotAName):
        people.first_administrator(by=SYSTEM, language="en", **given)
    with pytest.raises(NotAName):
        people.open_account(by=SYSTEM, **given)
    with pytest.raises(NotAName):
        people.rename_account(account_id=account.pk, name=name, by=SYSTEM, at=AT)
