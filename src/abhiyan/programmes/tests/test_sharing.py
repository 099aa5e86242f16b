"""A unit's ladder to share: text and picture, rounded, with whose numbers, which rungs and what hour."""

import struct
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import override

from abhiyan.core import clock, printing
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.org.here import Here
from abhiyan.programmes import actions
from abhiyan.programmes.views import sharing
from abhiyan.site.tests.cast import Cast
from abhiyan.units.queries import standing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=32)
    with system("test"):
        actions.fold(at=NOW)
    return made


def test_what_is_shared_is_rounded_and_says_whose_which_and_when(cast: Cast) -> None:
    page = f"/programmes/{cast.world.programme.public_id}/share/?unit="
    text = cast.client("state_president").get(page + "JK-SRI").text
    assert "Counted: 30" in text and "Confirmed: fewer than 10" in text, "33 were counted, none confirmed"
    assert "33" not in text.split('<pre class="copied"')[1].split("</pre>")[0].replace(":33", "")
    assert "As of" in text and "https://wa.me/?text=" in text and "Asha" not in text
    few = cast.client("state_president").get(page + "JK-JAM").text
    assert "Counted: fewer than 10" in few
    outside = cast.client("district_elsewhere").get(page + "JK-SRI").text
    yesterday = clock.day_in(cast.world.programme.zone, NOW) - timedelta(days=1)
    with override("en"):
        day = date_format(yesterday, "j M Y")
    assert f"As of the evening of {day}" in outside, "passed on, it is read another day"


def test_what_today_brought_is_told_from_figures_that_were_shown_before(cast: Cast) -> None:
    page = f"/programmes/{cast.world.programme.public_id}/share/?unit="
    chief = cast.client("state_president")
    assert "Today: +" not in chief.get(page + "JK-SRI").text, "33 now, 30 yesterday: both are shown as 30"
    cast.crowd(1_229, "JK-B001", "70066")
    with system("test"):
        actions.fold(at=NOW)
    text = chief.get(page + "JK-SRI").text
    assert "Counted: 1,260" in text and "Today: +1,230 counted" in text
    outside = cast.client("district_elsewhere").get(page + "JK-SRI").text
    assert "Today: +" not in outside, "from outside the figures are those of yesterday"
    cast.crowd(14, "JK-B004", "70067")
    with system("test"):
        actions.fold(at=NOW)
    first_day = chief.get(page + "JK-JAM").text
    assert "Counted: 20" in first_day and "Today: +20 counted" in first_day, "fewer than 10 before are none"


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_picture_says_what_the_text_says(cast: Cast, language: str) -> None:
    cast.target("JK-SRI", 2_000)
    cast.crowd(1_229, "JK-B001", "70066")
    with system("test"):
        actions.fold(at=NOW)
    one, at = cast.world.programme, NOW
    with cast.as_("state_president"), override(language):
        here = Here(standing(cast.world.district.pk, one.hierarchy), one.hierarchy, (), "", QueryDict())
        made = sharing.shared(one, here, at=at)
        text = made.text
        drawn = printing.pdf(sharing.TEMPLATE, [made.values()], title="", language=language, at=at)
        rungs = [rung.value for rung in made.rungs]
    said = text_of(drawn)
    for line in text.splitlines():
        label, colon, value = ("".join(part.split()) for part in line.partition(": "))
        for word in (label, value) if colon and value in said else (label + colon + value,):
            assert word in said, (word, said)
    assert ("आज:+1,230गिनेगए" if language == "hi" else "Today:+1,230counted") in said
    assert made.today and made.target and [each for each in rungs if "".join(each.split()) not in said] == []


def test_the_picture_is_a_png_in_both_languages(cast: Cast) -> None:
    client = cast.client("state_president")
    pictures = []
    for language in ("hi", "en"):
        answered = client.get(f"/programmes/{cast.world.programme.public_id}/share/{language}/?unit=JK-SRI")
        assert answered["Content-Type"] == "image/png" and answered.content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", answered.content[16:24]) == (1087, 1087)
        pictures.append(answered.content)
    assert pictures[0] != pictures[1]
    assert sharing.TEMPLATE.source
