"""A funnel's steps have the same names on the unit's page and on its own, and what they count is said there."""

import html
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.tests.make import body
from abhiyan.programmes import actions as programmes

from .web import officer, web_world

pytestmark = pytest.mark.django_db
ROOMS = Path(__file__).resolve().parents[2]
CALLS = {
    "en": ["Reported", "Unique callers", "Links opened", "Completed", "Counted"],
    "hi": ["बताए गए", "अलग-अलग कॉलर", "खोले गए लिंक", "पूरे किए", "गिने गए"],
}


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_steps_of_a_funnel_have_one_name_on_every_page(language: str) -> None:
    world = web_world()
    world.missed_call(of=world.asha)
    world.web_join(of=world.bilal, unit=world.far_booth)
    with system("test"):
        programmes.fold_changes(at=NOW)
    client = officer(world, "state_president", "JK")
    client.cookies["language"] = language

    def page(path: str) -> str:
        return html.unescape(client.get(path, HTTP_ACCEPT_LANGUAGE=language).content.decode())

    unit = page("/units/JK/?in=organisational&show=all")
    shown = [
        re.findall(r'<th scope="row">([^<]*)', table) for table in unit.split('<table class="funnel">')[1:]
    ]
    steps = [[step for step in table if step] for table in shown]
    calls = CALLS[language]
    assert steps == [[calls[0], calls[3], calls[4]], calls]
    day_by_day = page(f"/drives/{world.programme.public_id}/funnel/?unit=JK")
    assert re.findall(r'<th scope="col" class="num">([^<]+)</th>', day_by_day)[:5] == calls
    for name in calls:
        assert f"<b>{name}</b>: " in unit and f"<b>{name}</b>: " in day_by_day


def test_a_drives_pages_say_that_reported_counts_every_call() -> None:
    world = web_world()
    world.missed_call(of=world.asha, key="one")
    world.missed_call(of=world.asha, key="two")
    client = officer(world, "state_president", "JK")
    for path in (f"/programmes/{world.programme.public_id}/", "/units/JK/?in=organisational&show=all"):
        page = html.unescape(body(client, path))
        ladder = page.split('<table class="ladder">')[1].split("</article>")[0]
        assert ladder.count("Repeat calls count each time.") == 2, path  # on tap too
        assert "2 calls, messages and forms have no place yet." in page, path


# Sentences about other things: an in-charge's answer, and what a member reads of their own phone.
OF_OTHERS = {
    "%(name)s was asked to be %(office)s and has not answered.",  # an offer of an office
    "Not answered",
    "Not answered yet",
    "Your phone has not answered yet.",
    str(("%(n)s person named in charge has not answered", "%(n)s people named in charge have not answered")),
}


def test_what_waits_for_the_phones_answer_has_one_name_and_is_nowhere_called_counted() -> None:
    found = set()
    for path in sorted(ROOMS.glob("*/locale/hi/LC_MESSAGES/django.po")):
        for message in read_po(path.open("rb"), locale="hi"):
            english = str(message.id)
            if not re.search("unanswered|not answered", english, re.IGNORECASE) or english in OF_OTHERS:
                continue
            found.add(english)
            assert "phone not answered yet" in english.lower() or "own phone has not answered yet" in english
            if english.lower() == "phone not answered yet":
                assert message.string == "फ़ोन से जवाब बाकी", path
            assert not re.search("counted, the phone|counted without", english, re.IGNORECASE)
    assert "Phone not answered yet" in found
    glossary = (ROOMS.parent.parent / "docs" / "words.md").read_text()
    assert "| phone not answered yet |" in glossary and "फ़ोन से जवाब बाकी" in glossary
