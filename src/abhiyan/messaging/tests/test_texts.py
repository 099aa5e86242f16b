"""The fixed texts."""

import re

import pytest

from abhiyan.messaging.rules import reasons, texts
from abhiyan.messaging.views.messages import MessageFilters


@pytest.mark.parametrize("code", sorted({code for code, _language in texts.TEXTS}))
def test_every_text_stands_in_hindi_and_english_with_the_same_blanks(code: str) -> None:
    assert texts.blanks(texts.TEXTS[code, "hi"]) == texts.blanks(texts.TEXTS[code, "en"])


@pytest.mark.parametrize(("code", "language"), sorted(texts.TEXTS))
def test_every_text_names_the_organisation(code: str, language: str) -> None:
    assert "organisation" in texts.blanks(texts.TEXTS[code, language])


def test_every_message_has_a_name_for_people_and_stands_in_the_filter() -> None:
    codes = {code for code, _language in texts.TEXTS}
    assert set(reasons.KINDS) == codes
    assert {code for code, _name in MessageFilters().fields["template"].choices} - {""} == codes  # type: ignore[attr-defined]  # ChoiceField


def test_the_receipt_of_leaving_is_true_for_whoever_never_joined() -> None:
    said = {"organisation": "S", "link": "L", "answer": "+91"}
    assert texts.fill_text(texts.TEXTS["leave.receipt", "en"], said) == (
        "S: as you asked, we will not write or call again."
    )
    assert "हट गया" not in texts.fill_text(texts.TEXTS["leave.receipt", "hi"], said)


def test_what_fills_a_blank_cannot_add_lines_or_blanks() -> None:
    assert texts.fill_text("{a} and {b}", {"a": "x\n{b}", "b": "y"}) == "x {b} and y"


def test_a_missing_blank_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.fill_text("{a}", {})


def test_a_part_in_brackets_stands_only_where_its_blank_has_something_to_say() -> None:
    text = "Open {link} .[ Hear it: {hear}.] Else do nothing.[ Stop: {stop}]"
    assert texts.fill_text(text, {"link": "l", "hear": "1", "stop": "2"}) == (
        "Open l . Hear it: 1. Else do nothing. Stop: 2"
    )
    assert texts.fill_text(text, {"link": "l", "hear": "", "stop": " "}) == "Open l . Else do nothing."
    assert texts.fill_text(text, {"link": "[x]"}) == "Open [x] . Else do nothing.", (
        "what fills a blank is no text"
    )


def test_of_parts_with_a_bar_the_first_that_has_something_to_say_stands() -> None:
    text = "Open it.[ Stop messages: {stop}| Stop messages: reply STOP]"
    assert texts.fill_text(text, {"stop": "1800"}) == "Open it. Stop messages: 1800"
    assert (
        texts.fill_text(text, {"stop": ""})
        == texts.fill_text(text, {})
        == "Open it. Stop messages: reply STOP"
    )


STOPPING, LEAVING = ("stop", "message", "रोक", "संदेश", "بند", "پیغام", "روک"), ("Leave", "छोड़ें", "چھوڑیں")


@pytest.mark.parametrize(("code", "language"), sorted(texts.TEXTS))
def test_no_text_offers_as_a_stop_a_number_that_ends_a_membership(code: str, language: str) -> None:
    for part in re.findall(r"\[([^\[\]]*)\]", texts.TEXTS[code, language]):
        if "{leave}" in part:
            assert any(word in part for word in (*LEAVING, "LEAVE")), part
            assert not any(word in part.casefold() for word in STOPPING), part


@pytest.mark.parametrize(("code", "language"), sorted(texts.TEXTS))
def test_no_text_promises_a_number_that_is_not_there(code: str, language: str) -> None:
    text = texts.TEXTS[code, language]
    said = texts.fill_text(
        text, dict.fromkeys(texts.blanks(text), "x") | {"hear": "", "leave": "", "stop": ""}
    )
    assert ": ।" not in said and ": ." not in said and not said.endswith(":") and "  " not in said
    assert not set("[]{}") & set(said)


@pytest.mark.parametrize(
    ("text", "billed"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("क" * 70, 1),
        ("क" * 71, 2),
        ("😀" * 35, 1),
    ],
)
def test_parts_are_counted_as_networks_bill_them(text: str, billed: int) -> None:
    assert texts.count_sms(text) == billed
