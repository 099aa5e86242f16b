"""The minutes on paper: any script of India is printed, and what cannot be is said before."""

from typing import Any

import pytest

from abhiyan.core import printing
from abhiyan.core.tests.pdfs import text_of
from abhiyan.site.tests.cast import Cast

from .make import call_as, reachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.mark.parametrize(
    "title", ["மாநில கூட்டம்", "রাজ্য সভা", "ਸੂਬਾ ਬੈਠਕ", "రాష్ట్ర సమావేశం", "રાજ્ય બેઠક", "ریاستی اجلاس"]
)
def test_minutes_are_printed_in_the_script_they_were_written_in(cast: Cast, title: str) -> None:
    one = call_as(cast, title=title)
    made = cast.client("state_president").get(f"/meetings/{one.public_id}/file/pdf/")
    assert made["Content-Type"] == "application/pdf" and printing.LINE not in text_of(made.content)


@pytest.mark.parametrize(
    "other", [{"title": "สภา"}, {"place": "王府 Hall"}, {"agenda": ("Reports", "Thanks \U0001f389")}]
)
def test_minutes_with_other_letters_are_printed_once_the_reader_knows(
    cast: Cast, other: dict[str, Any]
) -> None:
    one = call_as(cast, **other)
    client, page = cast.client("state_president"), f"/meetings/{one.public_id}/file/pdf/"
    refused = client.get(page)
    assert refused.status_code == 409 and "This server cannot print these letters:" in refused.text
    assert "Print with lines to write on" in refused.text
    made = client.get(page + "?with_lines=1")
    assert made["Content-Type"] == "application/pdf" and printing.LINE in text_of(made.content)
