"""No page promises an SMS to somebody in office: they may have chosen e-mail (`messaging.rules.mails`).

Such a page says "message". Promises of an SMS are listed here, each beneath the reason why the way is certain.
"""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from .source import PACKAGE

PROMISE = re.compile(
    r"\b(gets?|got|sent|asked|tells?)\b[^.]*\bSMS\b|\bSMS\b[^.]*\b(tells?|asks?)\b", re.IGNORECASE
)
BY_SMS = {
    "people who joined, or are asked to, have a phone here and no e-mail address": (
        "They agree to get the link to join by SMS",
        "%(n)s person gets an SMS or got one.",
        "%(n)s person is affected and gets an SMS.",
        "A day later each phone gets one SMS.",
        "A second person approves the batch.",
        "Answered. The person gets an SMS without your words.",
        "Each gets one SMS with the task. They say on their own page",
        "Each phone gets one SMS with a link to My page.",
        "Their names go to a printer. Each friend gets the link by SMS.",
        "We have asked you by SMS.",
        "With their number and their consent they get one SMS",
    ),
    "people who ask the helpline are answered on their phones": (
        "%(n)s phone gets no answer by SMS",
        "No SMS can go to this person",
        "The caller gets the number of the request by SMS.",
        "Your words are not sent. If it is done, an SMS asks only",
    ),
    "people who came to a meeting are asked on their phones": (
        "Each name you tick counts",
        "Tell them: tomorrow an SMS may ask",
    ),
    "the page speaks of the way itself": (
        "%(n)s people get it, in %(parts)s SMS parts.",
        "Different phones that called or sent an SMS.",
        "E-mail is for people who hold an office. You get SMS.",
        "No SMS? There you can ask for a code by e-mail.",
    ),
}
LISTED = tuple(beginning for beginnings in BY_SMS.values() for beginning in beginnings)


def texts_on_screens() -> Iterator[str]:
    """Yield every text that is translated, in English."""
    for path in sorted(PACKAGE.glob("*/locale/hi/LC_MESSAGES/django.po")):
        with path.open("rb") as catalog:
            messages = list(read_po(catalog))
        for message in messages:
            yield message.id if isinstance(message.id, str) else message.id[0]


def test_no_page_promises_an_sms_to_somebody_who_may_have_chosen_email() -> None:
    promised = [text for text in texts_on_screens() if PROMISE.search(text)]
    assert [text for text in promised if not text.startswith(LISTED)] == []
    assert [
        beginning for beginning in LISTED if not any(text.startswith(beginning) for text in promised)
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "Everybody invited gets an SMS.",
        "Each office gets one SMS. It cannot be called back.",
        "An SMS with a link tells them.",
        "The leaders below are asked by SMS.",
        "An SMS asks each reviewer for a date.",
        "Your answer is sent to them by SMS",
    ],
)
def test_a_promise_of_an_sms_is_found(text: str) -> None:
    assert PROMISE.search(text)


@pytest.mark.parametrize("text", ["Everybody invited gets a message.", "By SMS", "SMS and calls"])
def test_other_words_are_no_promise(text: str) -> None:
    assert not PROMISE.search(text)
