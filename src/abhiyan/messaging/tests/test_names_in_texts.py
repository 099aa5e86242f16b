"""A message has people's names in its own script, whatever the room handed over."""

from datetime import UTC, datetime

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.messaging import actions, queries
from abhiyan.messaging.our_numbers import OUR_BLANKS
from abhiyan.messaging.rules import texts

from .bulk import Kept
from .sending import send_due

pytestmark = [pytest.mark.django_db, pytest.mark.at("2026-11-20T11:30+05:30")]
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
PHONE = "+919419000001"
LATIN, DEVANAGARI = ("Sunita Devi", "Asha Sharma"), ("सुनीता देवी", "आशा शर्मा")
# As rooms hand them over: beside an office, a unit, a number, a way in.
AROUND = (
    "{}",
    "{}, Booth 56/126, +919906012345; {}, Booth 9, +919906012346",
    "{} (Booth president)",
    "{} (paper list)",
    "{}, {}",
)
# Every other blank of a shipped text. A new blank is put here, or names people.
NO_PEOPLE = {
    *("born", "choices", "code", "day", "days", "ended", "ending", "hear", "help", "lacking", "link", "more"),
    *(
        "notice",
        "number",
        "office",
        "organisation",
        "page",
        "place",
        "programme",
        "role",
        "silent",
        "standing",
    ),
    *("still", "task", "text", "title", "unit", "until", "why", "word"),
    *OUR_BLANKS,
}
NAMING = sorted(
    {code for (code, _language), text in texts.TEXTS.items() if texts.blanks(text) & texts.PEOPLE}
)


def test_each_blank_of_a_text_names_people_or_does_not() -> None:
    known = frozenset().union(*map(texts.blanks, texts.TEXTS.values()))
    assert known | {"reply"} == texts.PEOPLE | NO_PEOPLE and not texts.PEOPLE & NO_PEOPLE


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("code", NAMING)
def test_a_message_has_names_in_its_own_script(code: str, around: str) -> None:
    shown: list[str] = []
    with system("test"):
        actions.publish_templates(at=AT, by=Actor.system("test"))
        for language, given in (("hi", LATIN), ("en", DEVANAGARI)):
            values = dict.fromkeys(texts.blanks(texts.TEXTS[code, language]) - set(OUR_BLANKS), "7")
            values |= dict.fromkeys(texts.PEOPLE & set(values), around.format(*given))
            actions.queue_message(
                template=code,
                phone=PHONE,
                language=language,
                blanks=values,
                key=language,
                kind=texts.text_kind(code),
                at=AT,
            )
            shown.append(queries.message_as_read(code, language, values))
    kept = Kept()
    assert send_due(kept, at=AT) == 2
    for said in (shown, sorted((one.text for one in kept.letters), key=str.isascii)):
        for text, wanted, given in zip(said, (DEVANAGARI, LATIN), (LATIN, DEVANAGARI), strict=True):
            assert around.format(*wanted) in text, text
            assert not any(name in text for name in given), text
