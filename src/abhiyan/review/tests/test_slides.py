"""Slides of a unit, a comparison and a round: what each reader finds in them, and what nobody does."""

import io
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pptx import Presentation

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.review.models import Deck
from abhiyan.site.tests.cast import Cast
from abhiyan.ui.slides.pptx_file import texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=24, foreign=17)
    cast.target("JK", 500)
    cast.target("JK-SRI", 300)
    cast.target("JK-JAM", 200)
    cast.fold()
    return cast


def made(cast: Cast, role: str, where: str = "?unit=JK", **given: str) -> str:
    """The address of a deck somebody makes."""
    page = "/review/slides/new/" + where
    answer = cast.client(role).post(page, {"language": "en", **given})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def slides(cast: Cast, role: str, address: str) -> list[Any]:
    """The slides of its file."""
    return list(Presentation(io.BytesIO(file(cast, role, address))).slides)


def file(cast: Cast, role: str, address: str, ending: str = "pptx") -> bytes:
    answer = cast.client(role).get(f"{address}file/{ending}/")
    assert answer.status_code == 200, answer.status_code
    return bytes(answer.content)


def words(found: list[Any]) -> str:
    """All the words of slides, tables among them."""
    said = []
    for slide in found:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            if shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def test_somebody_makes_slides_of_a_unit_and_finds_its_figures(cast: Cast) -> None:
    found = slides(cast, "state_president", made(cast, "state_president"))
    said = words(found)
    print(said)
    assert "43 counted" in said
