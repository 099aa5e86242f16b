"""Every code that a unit may have fits into addresses, and none breaks one."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.urls import resolve, reverse
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from abhiyan.imports.models import RefusedRow
from abhiyan.imports.queries import reason_text
from abhiyan.units import actions
from abhiyan.units.actions import NewUnit
from abhiyan.units.lists import UNITS_KIND
from abhiyan.units.refusals import BadCode
from abhiyan.units.rules import codes
from abhiyan.units.tests.make import AT, SYSTEM

PAGES = ("pages:unit", "pages:membership_votes", "units:children", "elections:unit")
NO_CODES = [
    "",
    ".",
    "..",
    ".JK",
    "JK.",
    "JK-",
    "JK/M9",
    "/",
    "JK M9",
    " JK",
    "JK\n",
    "JK\n9",
    "JK%2FM9",
    "JK?",
    "JK#1",
    "JK&1",
    "JK\\1",
    "जेके",
    "JK-१",
    "ＪＫ",
    "JK\u200b",
    "JK\u202e9",
    "J" * 65,
    "root",
]


@pytest.mark.parametrize("code", NO_CODES)
def test_what_an_address_cannot_hold_is_no_code(code: str) -> None:
    assert not codes.is_unit_code(code)
    with pytest.raises(BadCode):
        actions.make_unit(unit=NewUnit(code=code, kind="booth", names={"en": "x"}), by=SYSTEM, at=AT)


@given(st.from_regex(codes.PATTERN[1:-1], fullmatch=True) | st.text(max_size=70).filter(codes.is_unit_code))
@example("J" * 64)
@example("a..b")
@example("_")
@example("JK-SRI.9_x")
@pytest.mark.examples(60, 300)
def test_every_code_comes_back_out_of_the_addresses_it_stands_in(code: str) -> None:
    for page in PAGES:
        address = reverse(page, args=[code])
        assert code in address
        assert urlsplit(urljoin("https://campaign.example.org/", address)).path == address
        found = resolve(address)
        assert (found.view_name, found.kwargs) == (page, {"code": code})


@pytest.mark.django_db
@given(st.lists(st.text(st.sampled_from("Aa9_-./% \n\tक१é\u200b\\"), max_size=4), max_size=30))
@example(NO_CODES)
@example(["a", "A.b", "J" * 64, "J" * 65, "a\n", "_"])
def test_the_database_and_the_code_know_the_same_codes(texts: list[str]) -> None:
    texts = [text for text in texts if text != "root"]
    with connection.cursor() as cursor:
        cursor.execute("select array(select t ~ %s from unnest(%s::text[]) t)", [codes.PATTERN, texts])
        (found,) = cursor.fetchone()
    assert found == [codes.is_unit_code(text) for text in texts]


@pytest.mark.parametrize("reason", ["code_shape", "bad_code"])
def test_whoever_wrote_the_list_is_told_what_to_write_instead(reason: str) -> None:
    row = RefusedRow(field="code", reason=reason, facts={})
    for language, words in (("en", "Write - in place of /"), ("hi", "के स्थान पर - लिखें")):
        with translation.override(language):
            assert words in reason_text(UNITS_KIND, row) and words in str(BadCode(field="code", unit="A/1"))
