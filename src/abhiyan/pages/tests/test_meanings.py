"""Each measure says in its own words what its rungs mean, and what it never counts."""

import re
from html import unescape

import pytest
from django.utils import translation

from abhiyan.people.tests.make import body
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules import activities
from abhiyan.site.tests.cast import Cast
from abhiyan.ui.ladder import DEFINITIONS

MEASURES = [
    (activity.kind, measure)
    for activity in activities.registered_activities()
    for template in activity.templates
    for measure in template.measures
]


@pytest.mark.parametrize(
    ("kind", "measure"), MEASURES, ids=lambda part: part if isinstance(part, str) else part.code
)
def test_a_measure_declares_its_meanings_in_both_languages(
    kind: str, measure: activities.MeasureTemplate
) -> None:
    assert {*activities.DECLARED} <= {*measure.meanings}
    for rung, meaning in measure.meanings.items():
        with translation.override("hi"):
            assert re.search("[\u0900-\u097f]", str(meaning)), rung
        with translation.override("en"):
            assert str(meaning).isascii() or "“" in str(meaning), rung
    assert activities.meanings_of(kind, measure.number) == measure.meanings, "a number has one meaning"


def test_measures_of_one_kind_do_not_share_the_words_of_another() -> None:
    owners: dict[str, str] = {}
    with translation.override("en"):
        for kind, measure in MEASURES:
            owner = owners.setdefault(str(measure.meanings["reported"]), f"{kind} {measure.number}")
            assert owner == f"{kind} {measure.number}"


@pytest.mark.django_db
def test_a_ladder_explains_its_rungs_in_the_words_of_its_measure() -> None:
    cast = Cast.make()
    page = unescape(body(cast.client("state_president"), f"/programmes/{cast.world.programme.public_id}/"))
    for words in ("Every call, SMS, form or paper entry.", "Not counted: repeat entries of one person"):
        assert words in page
    with translation.override("en"):
        drawn = programmes.ladder_picture(
            programmes.blank(is_rounded=False),
            name="Stays",
            programme=cast.world.programme,
            measure=99,
            on=cast.world.programme.opens_on,
        )
        assert drawn.definition("counted") == DEFINITIONS["counted"], (
            "a measure that no room registers any more"
        )
