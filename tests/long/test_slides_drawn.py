"""Decks of every kind of slide, in Hindi and English, in three templates, as LibreOffice draws them."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from pptx import Presentation

from abhiyan.core.cut import Cut
from abhiyan.review.queries.deck_files import deck_file, sample_slides
from abhiyan.review.rules.deck_rounds import ReviewedRound, round_deck
from abhiyan.review.rules.decks import About, DeckUnit, unit_deck
from abhiyan.ui.slides.layouts import cleaned, house
from abhiyan.ui.slides.look import Layouts, house_layouts
from abhiyan.ui.slides.said import Slide

from .office import drawn, office, unfit

AT = datetime(2026, 12, 14, 4, 30, tzinfo=UTC)


def usual() -> bytes:
    """Return PowerPoint's own beginning: 4:3, other colours, a title in the middle."""
    out = io.BytesIO()
    Presentation().save(out)
    return out.getvalue()


def template(name: str) -> tuple[Layouts, bytes]:
    if name == "house":
        return house_layouts("#1d5b66"), b""
    clean, layouts = cleaned(house("#7a1f1f") if name == "red" else usual())
    return layouts, clean


def slides(language: str) -> list[Slide]:
    """The sample, and what it has not: few rows, many rows, a round, names in both scripts."""
    with override(language):
        about = About(
            "रियासी Reasi", "सदस्यता अभियान 2026", "2 – 31 Dec", "As of today", "Sangathan", "31 Dec 2026"
        )
        of = ReviewedRound(
            whole=(41, 367),
            branches=[(f"मंडल श्रीनगर उत्तर {n}", n, 40) for n in range(23)],
            decided=[("रियासी", "The unit needs help", "12 Nov")] * 12,
            decisions=[("The unit needs help", 29), ("Going well", 12)],
            late=Cut(
                [("दो बूथ अध्यक्ष नियुक्त करें और हर गाँव के प्रधान से बात करके लिखें कि क्या चाहिए", "रियासी", "3 Nov")], 1
            ),
        )
        unit = DeckUnit(
            offices=[("ज़िला अध्यक्ष", "ग़ुलाम रसूल मीर", "Jan 2025"), ("District in-charge", "", "")],
            vacant=[("बूथ अध्यक्ष", 466, 2_110)],
            questions=[("Waiting for an answer", 12), ("Proven", None)],
            review=("12 Nov", "The unit needs help", [("दो अध्यक्ष", "Done")]),
        )
        return [*sample_slides(language), *unit_deck(about, unit, None), *round_deck(about, of)]


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("name", ["house", "red", "usual"])
def test_every_slide_is_drawn_with_all_its_words_in_their_boxes(
    language: str, name: str, tmp_path: Path
) -> None:
    office()
    deck = tmp_path / f"slides-{name}-{language}.pptx"
    deck.write_bytes(
        deck_file(slides(language), "pptx", language, template=template(name), at=AT, with_lines=False)
    )
    found = unfit(deck, tmp_path, drawn_too="लक्ष्य" if language == "hi" else "target")
    if name == "usual":  # whose Latin letters are in another typeface, which this machine may not have
        found = [each for each in found if "another typeface" not in each]
    assert found == []


def test_words_out_of_their_boxes_and_letters_that_are_not_joined_would_be_found(tmp_path: Path) -> None:
    office()
    deck = tmp_path / "broken.pptx"
    deck.write_bytes(
        deck_file(slides("hi"), "pptx", "hi", template=template("house"), at=AT, with_lines=False)
    )
    broken = Presentation(str(deck))
    shape = next(each for each in broken.slides[1].shapes if each.has_text_frame and not each.is_placeholder)
    shape.text_frame.paragraphs[0].runs[0].text = "far too many words for so small a box " * 6
    broken.save(str(deck))
    _pdf, pages = drawn(deck, tmp_path)
    assert pages
    assert any("not all of it is in its box" in each for each in unfit(deck, tmp_path))
