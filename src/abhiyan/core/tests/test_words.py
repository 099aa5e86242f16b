"""Names that are kept in several languages, and days as they are said."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import override

from abhiyan.core import words

NAMES = {"en": "Katra", "hi": "कटरा"}


def test_a_name_is_said_in_the_language_of_the_page() -> None:
    for language, said in (("hi", "कटरा"), ("en", "Katra"), ("en-in", "Katra"), ("ta", "Katra")):
        with override(language):
            assert words.named(NAMES) == said, language
    with override("hi"):
        assert words.named(NAMES, "en") == "Katra", "or in the one that is asked for"


def test_a_name_that_is_known_in_no_such_language_is_said_as_it_is_known() -> None:
    with override("en"):
        assert words.named({"ur": "کٹرہ"}) == "کٹرہ"
        assert words.named({}) == ""


def test_a_part_of_a_name_is_looked_for_as_it_is_shown_in_either_script() -> None:
    assert words.spellings("Kumar")[0] == "Kumar" and "कुमार" in words.spellings("Kumar")
    assert "कुमार" in words.spellings("kum") and "Kumar" in words.spellings("कुमार")
    assert "Farooq" in words.spellings("फारूक"), "its dots left out"
    assert words.spellings("Zzyzx") == ["Zzyzx"] and words.spellings("K") == ["K"]


def test_midnight_here_is_on_the_day_that_begins_here() -> None:
    with timezone.override("Asia/Kolkata"), override("en"):
        assert words.day_of(datetime(2026, 11, 23, 18, 30, tzinfo=UTC)) == "24 November 2026"
