"""Public schemes are named in the language of the reader."""

import re

from django.utils import translation

from abhiyan.helpdesk.rules.schemes import office_sentence, open_schemes, scheme_name, schemes


def test_every_scheme_has_a_hindi_name_of_its_own_without_a_latin_letter() -> None:
    hindi = [one.names["hi"] for one in schemes().values()]
    assert len(set(hindi)) == len(hindi) and not re.search("[A-Za-z]", " ".join(hindi))


def test_a_scheme_is_named_in_the_language_of_the_reader() -> None:
    with translation.override("hi"):
        assert scheme_name("PMUY") == "प्रधानमंत्री उज्ज्वला योजना"
        assert office_sentence("PMUY").startswith("प्रधानमंत्री उज्ज्वला योजना का सरकारी दफ़्तर")
        assert not re.search("[A-Za-z]", " ".join(office_sentence(code) for code in open_schemes()))
    with translation.override("en"):
        assert scheme_name("PMUY") == "Pradhan Mantri Ujjwala Yojana"


def test_an_unknown_scheme_is_its_code() -> None:
    assert scheme_name("OLD") == "OLD" and office_sentence("OLD") == ""
