"""Slides of units whose items were checked: the finding, the ladder's fourth rung, and the comparison."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.ui.slides.pptx_file import pptx_texts
from abhiyan.verification.models import Flag, Frame
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.odd_entries import NAMES, ask_three, words_of
from abhiyan.verification.tests.test_ladder import checked

from .test_dossier import dossier
from .test_dossier_print import printed
from .test_slides import figures, file, made, slides

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["checked"]  # a fixture


@pytest.fixture
def cast() -> Cast:
    return two_districts()


def test_a_deck_begins_with_what_checks_found_and_compares_units_by_it(cast: Cast, checked: Frame) -> None:
    found = slides(file(cast, "state_president", made(cast, "state_president")))
    titles = [title for title, _said in found]
    assert titles[0].startswith("Of ") and " people entered from " in titles[0]
    (worst,) = (title for title in titles if title.startswith("In "))
    assert re.fullmatch(r"In Jammu at most \d+ of 100 entries are real, in the whole at least \d+", worst)
    ladder = next(said for title, said in found if "counted" in title and "Estimated true" in said)
    assert re.search(r"Estimated true \| by random checks \| [^|]*of 100", ladder), ladder

    beside = reverse("verification:frame_beside", args=[checked.public_id])
    page = cast.client("state_president").get(f"{beside}?unit=JK").content.decode()
    assert f"frame={checked.public_id}" in page
    where = f"?unit=JK&frame={checked.public_id}"
    compared = slides(file(cast, "state_president", made(cast, "state_president", where)))
    assert [title for title, _said in compared][2:] == ["1 ask to 1 office, by 1 Dec 2027"]
    assert "Jammu | District in-charge | Aimed checks of its entries, and a review" in compared[2][1]
    assert "A gap is a question to the unit, not a verdict." in compared[1][1]


def test_from_outside_shares_are_there_and_counts_are_rounded(cast: Cast, checked: Frame) -> None:
    address = made(cast, "state_president", "?unit=JK-JAM")
    own, foreign = (file(cast, role, address) for role in ("district_elsewhere", "district_in_charge"))
    assert "Rounded to 10." not in str(slides(own)) and "Rounded to 10." in str(slides(foreign))
    assert all(n % 10 == 0 for n in figures(foreign))


def test_no_slide_names_a_worker_who_is_asked_or_what_they_said(cast: Cast, checked: Frame) -> None:
    words = words_of(cast, ask_three(cast))
    for role in ("state_president", "district_in_charge"):
        for where in ("?unit=JK", "?unit=JK-SRI", f"?unit=JK&frame={checked.public_id}"):
            said = "\n".join(pptx_texts(file(cast, role, made(cast, role, where))))
            assert words.findall(said) == []
            assert not any(name in said for name in NAMES.values()), (role, where)
            assert "Questions to workers" not in said, "one of them is on no file, whoever makes it"


def test_questions_are_in_tens_on_slides_and_paper_and_exact_on_the_screen_of_who_decides(
    cast: Cast, checked: Frame
) -> None:
    ask_three(cast)
    with system("test"):
        Flag.objects.bulk_create(
            Flag(
                id=uuid4(),
                programme=checked.programme,
                measure=checked.measure,
                worker=uuid4(),
                account_id=cast.accounts["booth_worker"].pk,
                unit=cast.world.units["JK-SRI"],
                reasons=[],
                asked_at=NOW - timedelta(days=2),
                handled_by=[],
            )
            for _each in range(12)
        )
    said = said_here = dossier(cast, "state_president", "JK")
    assert "Waiting for an answer 13 Answered, not decided 1" in said
    found = slides(file(cast, "state_president", made(cast, "state_president")))
    titles = [title for title, _said in found]
    title = "Questions to workers that wait for an answer: 10"
    assert title in titles
    said = next(said for title, said in found if title.startswith("Questions to"))
    assert "Waiting for an answer | 10 | Answered, not decided | fewer than 10" in said
    assert (
        "On slides and paper in tens: Waiting for an answer 10; Answered, not decided fewer than 10; Proven"
        in said_here
    )
    paper = "".join(printed(cast, "state_president", "/review/dossier/JK/print/"))
    of = "Membershipdrive:"
    assert f"{of}Waitingforananswer10{of}Answered,notdecidedfewerthan10" in paper
