"""Text and picture to share of how far a unit is: rounded, with whose numbers, share, gap, need and their day."""

import html
import re
import struct
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import clock, printing, small_cells
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.org.here import Here
from abhiyan.programmes import actions
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.views import sharing
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Unit
from abhiyan.units.queries import row_of_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=32)
    fold(made)
    return made


def lines(page: str) -> list[str]:
    """The text to share, line by line."""
    return page.split('<pre class="copied"')[1].split("</pre>")[0].partition(">")[2].splitlines()


def fold(cast: Cast, *people: tuple[int, str, str]) -> None:
    for n, booth, phones in people:
        cast.crowd(n, booth, phones, days_ago=1)
    with system("test"):
        actions.fold_changes(at=NOW)


def test_what_is_shared_is_share_gap_and_need_with_their_day_and_never_what_is_reported(cast: Cast) -> None:
    page = f"/programmes/{cast.world.programme.public_id}/share/?unit="
    cast.target("JK-SRI", 2_000)
    chief = cast.client("state_president")
    title, said, foot, *_organisation = lines(chief.get(page + "JK-SRI").text)
    one, on = cast.world.programme, clock.day_in(cast.world.programme.zone, NOW) - timedelta(days=1)
    due = windows.target_due(2_000, one.opens_on, one.closes_on, on)
    daily = -(-1_970 // windows.days_left(one.opens_on, one.closes_on, on))
    with override("en"):
        yesterday = date_format(on, "j M")
        fewer = grouped(small_cells.shown_count(due - 30) or 0)
    assert due > 40 and "Asha" not in said
    assert said == f"30 of 2,000 (2%) on {yesterday}. {fewer} fewer than due. {daily} a day needed.", (
        "32 are counted until yesterday, and one today"
    )
    assert title.endswith(": Srinagar") and foot.startswith("As of") and "Rounded to 10" in foot
    few = lines(chief.get(page + "JK-JAM").text)
    assert few[1] == f"Fewer than 10 on {yesterday}.", "without a target there is no gap"
    outside = lines(cast.client("district_elsewhere").get(page + "JK-SRI").text)
    assert outside[:3] == [title, said, foot], "who shares it from inside tells no more than anybody outside"


@given(
    counted=st.integers(0, 60_000),
    target=st.integers(0, 50_000),
    length=st.integers(1, 90),
    day=st.integers(0, 95),
)
def test_words_that_pass_on_tell_no_more_than_tens(counted: int, target: int, length: int, day: int) -> None:
    opens_on = date(2026, 10, 19)
    days = {"opens_on": opens_on, "closes_on": opens_on + timedelta(days=length - 1)}
    with override("en"):
        words = [
            pace.progress_to_pass_on(
                small_cells.shown_count(n), target, **days, on=opens_on + timedelta(days=day), day=""
            )
            for n in (counted, counted // 10 * 10 + (5 if counted % 10 > 4 else 0))
        ]
    assert words[0] == words[1], "people who are rounded alike are said alike"
    said = " ".join(words[0])
    assert "eported" not in said and not ("fewer than due" in said and "reached" in said)
    if (counted := small_cells.shown_count(counted) or 0) < target and "fewer than due" in said:
        gap = int(said.split(" fewer than due")[0].split(". ")[-1].replace(",", ""))
        assert (
            abs(gap - (windows.target_due(target, **days, on=opens_on + timedelta(days=day)) - counted)) <= 5
        )


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_picture_says_what_the_text_says(cast: Cast, language: str) -> None:
    cast.target("JK-SRI", 2_000)
    fold(cast, (1_229, "JK-B001", "70066"))
    one, at = cast.world.programme, NOW
    with cast.as_("state_president"), override(language):
        here = Here(row_of_unit(cast.world.district.pk, one.hierarchy), one.hierarchy, (), "", QueryDict())
        made = sharing.shared(one, here, at=at)
        drawn = printing.print_pdf(
            sharing.TEMPLATE, [made.values()], title="", language=language, at=at, with_lines=False
        )
        (measure,) = made.measures
        words = [*made.text.splitlines()[:1], *measure.sentences, made.foot, made.organisation]
    said = text_of(drawn)
    for line in (part for words in words for part in words.split(": ")):
        assert "".join(line.split()) in said, (line, said)
    assert ("1,260" in said and "2,000" in said) and measure.counted == 63 and 0 < measure.due < 100


def test_a_picture_says_on_its_page_which_letters_it_lacks(cast: Cast) -> None:
    with system("test"):
        Unit.objects.filter(code="JK-SRI").update(names={"en": "ศรีนคร", "hi": "ศรีนคร"})
    client, page = cast.client("state_president"), f"/programmes/{cast.world.programme.public_id}/share/"
    shown = client.get(page + "?unit=JK-SRI").text
    assert "This server cannot print these letters: ศ" in shown
    assert client.get(page + "en/?unit=JK-SRI").status_code == 409
    (picture,) = re.findall(r'<img src="([^"]+)"', shown)
    assert client.get(html.unescape(picture))["Content-Type"] == "image/png"


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
