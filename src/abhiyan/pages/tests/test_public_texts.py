"""No sample notice and no shipped message shows brackets to the public."""

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.rules import texts
from abhiyan.people import queries as people
from abhiyan.people.actions import ensure_sample_notice
from abhiyan.people.rules import notices, standard_notice
from abhiyan.sample import friends

BY = Actor.system("test")


@pytest.mark.django_db
def test_the_notices_of_the_sample_have_no_brackets() -> None:
    with system("test"):
        for code in friends.STANDARD:
            friends.publish_sample_notice(code, at=NOW)
        ensure_sample_notice(by=BY, at=NOW)
    for code in ("membership", *friends.STANDARD):
        published = people.texts_of_notice(code, 1)
        assert {"hi", "en"} <= published.keys()
        for language, text in published.items():
            assert standard_notice.holes_of(text) == [], (code, language)
            assert notices.missing_sections(text) == []


@pytest.mark.parametrize("word", ["", "a word"])
def test_messages_have_no_brackets_whether_their_blanks_are_full_or_empty(word: str) -> None:
    for (code, language), text in texts.TEXTS.items():
        written = texts.fill_text(text, dict.fromkeys(texts.blanks(text), word))
        assert not set("[]|") & set(written), (code, language)


def test_the_sample_an_installation_begins_with_has_no_brackets() -> None:
    assert notices.SAMPLE
    for language, text in notices.SAMPLE.items():
        assert standard_notice.holes_of(text) == [], language
