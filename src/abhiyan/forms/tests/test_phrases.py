"""A wrong refusal goes to a data officer: from the form that refused, and the decision holds everywhere."""

from dataclasses import replace

import pytest
from django.urls import reverse

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.forms import actions
from abhiyan.forms.models import AllowedPhrase
from abhiyan.forms.offers import todo
from abhiyan.forms.rules.words import refused_in
from abhiyan.imports.private_words import private_in
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db
REFUSED = "Health cards handed out"


@pytest.fixture
def officer(world: World) -> Account:
    """The data officer of a state."""
    return world.holder("data_officer", "N1", name="Zahida Mir")


@pytest.fixture
def president(world: World) -> Account:
    """A president of a state, who makes forms."""
    return world.holder("state_president", "N1", name="Rohini Koul")


def ask(world: World, phrase: str, by: Account, code: str = "N1") -> AllowedPhrase:
    return actions.ask_for_phrase(phrase=phrase, unit_id=world.unit(code), by=actor(by), at=NOW)


def test_from_the_form_that_refused_to_the_data_officer_and_back(
    world: World, officer: Account, president: Account
) -> None:
    new = reverse("forms:form_new")
    given = {"unit": "N1", "name_en": REFUSED, "ready": "meeting"}
    refused = browser(president).post(new, given)
    assert refused.status_code == 422 and "Ask a data officer" in refused.text
    page = reverse("forms:phrase_new")
    assert f"{page}?words=Health+cards+handed+out" in refused.text
    shown = browser(president).get(page, {"words": REFUSED}).text
    assert f'value="{REFUSED}"' in shown
    assert browser(president).post(page, {"phrase": "Health cards"}).status_code == 302
    with system("test"):
        row = AllowedPhrase.objects.get()
    assert (row.state, row.plain) == ("asked", "health cards")
    assert browser(president).post(new, given).status_code == 422, "nobody has decided"
    waits = {
        who.pk: [
            row.key for row in todo(replace(viewer_of(account_id=who.pk, on=TODAY), is_strong=True), at=NOW)
        ]
        for who in (officer, president)
    }
    assert waits == {officer.pk: ["phrases"], president.pk: []}
    listed = browser(officer).get(reverse("forms:phrases")).text
    assert "Health cards" in listed and "To be decided" in listed
    act = reverse("forms:phrase_act", args=[row.public_id, "allow"])
    assert browser(president).post(act).status_code == 403
    assert browser(officer).post(act).status_code == 302
    assert browser(president).post(new, given).status_code == 302
    assert refused_in("Health cards handed out in each ward") == ""
    assert private_in("Health cards, and your blood group")
    browser(officer).post(reverse("forms:phrase_act", args=[row.public_id, "forbid"]))
    assert private_in(REFUSED)
    with system("test"):
        trail = (
            AuditEntry.objects.filter(act__contains="_phrase").order_by("pk").values_list("act", "account_id")
        )
        assert list(trail) == [
            ("forms.ask_for_phrase", president.pk),
            ("forms.allow_phrase", officer.pk),
            ("forms.forbid_phrase", officer.pk),
        ]


@pytest.mark.parametrize(
    ("phrase", "refusal"),
    [
        ("", actions.PhraseUnfit),
        ("caste", actions.PhraseUnfit),
        ("धर्म", actions.PhraseUnfit),
        ("caste, village", actions.PhraseUnfit),
        ("health card " * 20, actions.PhraseUnfit),
        ("road and water", actions.PhraseAllowed),
    ],
)
def test_bad_input_is_refused_in_words(
    world: World, president: Account, phrase: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(world, phrase, president)
    answer = browser(president).post(reverse("forms:phrase_new"), {"phrase": phrase})
    assert answer.status_code == 422 and "aria-invalid" in answer.text
    with system("test"):
        assert not AllowedPhrase.objects.exists()


def test_the_same_phrase_is_asked_once_and_what_was_refused_stays_so(
    world: World, officer: Account, president: Account
) -> None:
    first = ask(world, "ब्लड बैंक की गाड़ी", president)
    assert ask(world, "ब्लड  बैंक की गाड़ी", president) == first
    actions.forbid_phrase(public_id=first.public_id, by=actor(officer), at=NOW)
    with pytest.raises(actions.PhraseRefused):
        ask(world, "ब्लड बैंक की गाड़ी", president)
    assert ask(world, "ब्लड बैंक की गाड़ी", officer).state == "allowed", "a data officer adds it at once"
    assert not private_in("ब्लड बैंक की गाड़ी कब आई?")


def test_only_a_data_officer_of_the_unit_or_above_decides(world: World, president: Account) -> None:
    row = ask(world, "health card handed out", president)
    elsewhere = world.holder("data_officer", "N2", name="Amit Rana")
    for other in (president, elsewhere):
        with pytest.raises(NotYours):
            actions.allow_phrase(public_id=row.public_id, by=actor(other), at=NOW)


def test_twenty_phrases_of_an_account_wait_and_no_more(world: World, president: Account) -> None:
    for n in range(actions.phrases.MOST_WAITING):
        ask(world, f"health card number {n}", president)
    with pytest.raises(actions.PhrasesWait):
        ask(world, "health card number 99", president)
