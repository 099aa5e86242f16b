"""Names that are kept in several languages."""

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
