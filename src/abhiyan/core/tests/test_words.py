"""Names that are kept in several languages, and days as they are said."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import override

from abhiyan.core import words

NAMES = {"en": "Katra", "hi": "कटरा"}


def test_a_name_is_said_in_the_language_of_the_page() -> None:
    for language, said in (("hi", "कटरा"), ("en", "Katra"), ("en-in", "Katra"), ("ta", "Katra")):
        with override(language):
            assert words.name_in_language(NAMES) == said, language
    with override("hi"):
        assert words.name_in_language(NAMES, "en") == "Katra", "or in the one that is asked for"


def test_a_name_that_is_known_in_no_such_language_is_said_as_it_is_known() -> None:
    with override("en"):
        assert words.name_in_language({"ur": "کٹرہ"}) == "کٹرہ"
        assert words.name_in_language({}) == ""


def test_midnight_here_is_on_the_day_that_begins_here() -> None:
    with timezone.override("Asia/Kolkata"), override("en"):
        assert words.day_words(datetime(2026, 11, 23, 18, 30, tzinfo=UTC)) == "24 November 2026"
