"""A programme of one state on the pages of the nation: they say whose it is, and its target there."""

import re
from html import unescape

import pytest

from abhiyan.core.scope import system
from abhiyan.people.tests.make import body, undrawn
from abhiyan.programmes.models import ProgrammeUnit
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db
SAID = "This programme belongs to Jammu and Kashmir"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"):
        ProgrammeUnit.objects.filter(programme=made.world.programme).exclude(unit__code="JK").delete()
        ProgrammeUnit.objects.get_or_create(programme=made.world.programme, unit=made.world.units["JK"])
    return made


def test_the_nation_reads_whose_the_only_drive_is_with_its_target_there(cast: Cast) -> None:
    client = cast.client("national_president")
    page = body(client, "/units/IN/")
    said = page.index(SAID)
    assert page.index(" counted.") < said < page.index("Who is responsible"), "figures come first"
    cast.target("JK", 5_000)
    page = body(client, "/units/IN/")
    assert "Its target there is 5,000." in words(page)
    assert re.search(
        r"Due by today: [\d,]+\. Needed from now on: [\d,]+ a day\. This programme belongs", page
    )
    assert '<a href="/units/JK/?in=organisational">Jammu and Kashmir</a>' in page
    assert "Its target there is 5,000." in words(body(client, "/today/"))


def test_the_state_itself_and_a_programme_of_more_units_say_nothing_of_it(cast: Cast) -> None:
    cast.target("JK", 5_000)
    assert "belongs to" not in words(body(cast.client("state_president"), "/units/JK/"))
    with system("test"):
        ProgrammeUnit.objects.create(programme=cast.world.programme, unit=cast.world.units["HP"])
    assert "belongs to" not in words(body(cast.client("national_president"), "/units/IN/"))
