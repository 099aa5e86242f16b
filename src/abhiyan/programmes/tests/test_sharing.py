"""A unit's ladder to share: text and picture, rounded, with whose numbers, which rungs and what hour."""

import struct

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.programmes import actions
from abhiyan.programmes.views import sharing
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=32)
    with system("test"):
        actions.fold(at=clock.now())
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
    assert "As of yesterday evening" in outside


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
