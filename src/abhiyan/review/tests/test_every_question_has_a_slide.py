"""Each question that the work of the field has to answer has a slide, and a journey that holds its number."""

from pathlib import Path

import pytest
from django.urls import reverse

import abhiyan
from abhiyan.review.rules.deck_pages import About
from abhiyan.review.rules.deck_stays import StaysSaid
from abhiyan.review.rules.decks import DeckUnit, Measured, RollWork, unit_deck
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.slides.said import Slide

SOURCE = Path(abhiyan.__file__).parent
# Question -> the slide's part of a unit's deck, the board with its figures, and the journey from board to slide.
QUESTIONS = {
    "how many villages had somebody for 24 hours, and what did they hear": (
        "stays",
        "stays:board",
        "stays/tests/test_stay_from_nothing_journey.py",
    ),
    "how strong is the party in the booths called": (
        "graded",
        "dialogues:organisation",
        "dialogues/tests/test_dialogues_board_to_slide_journey.py",
    ),
    "which leaders did not call": (
        "leaders",
        "dialogues:leaders",
        "dialogues/tests/test_dialogues_board_to_slide_journey.py",
    ),
    "how many friends were spoken with this month": (
        "roll",
        "friends:friends_board",
        "friends/tests/test_friends_from_nothing_journey.py",
    ),
    "how many asked to help, and what became of it": (
        "helpers",
        "friends:helpers",
        "friends/tests/test_helpers.py",
    ),
}
UNIT = DeckUnit(
    graded=("Most booths called work well", [("November", "9", "6", "2", "1")]),
    leaders=("2 of 5 leaders did not call", [("Asha", "District in-charge", "3", "0")]),
    roll=RollWork("Friends", "57 of 60 friends were spoken with in 30 days", [("Spoken with", "57")], ""),
    helpers=("12 asked to help, 4 joined", [("Joined", "4")]),
    stays=StaysSaid("20 confirmed, 46 counted, 48 reported by arrival", [("Problems?", "Water", "30")]),
)


@pytest.fixture(scope="module")
def slides() -> list[Slide]:
    about = About("Jammu", "Stays", "", "As of today", "Sangathan", pages={})
    return unit_deck(about, UNIT, Measured(LadderShown(name="Stays", reported=48, counted=46)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_a_slide_a_board_and_a_journey(slides: list[Slide], question: str) -> None:
    part, board, journey = QUESTIONS[question]
    (slide,) = [slide for slide in slides if slide.page == part]
    assert any(letter.isdigit() for letter in f"{slide.title}{slide.body}")
    key = "00000000-0000-4000-8000-000000000000"
    arguments = [] if board == "friends:helpers" else [key]
    assert reverse(board, args=arguments)
    assert "slide" in (SOURCE / journey).read_text()


def test_how_many_of_the_180_really_came_has_a_slide_of_its_meeting() -> None:
    said = (SOURCE / "contact/tests/test_contact_from_nothing_journey.py").read_text()
    assert "180 reported" in said and 'deck(cast, f"meeting=' in said
