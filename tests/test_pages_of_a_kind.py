"""The pages of a programme's room open for programmes of its kind, in units where they lie, to who sees the people."""

from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World
from abhiyan.people.tests.make import browser
from abhiyan.programmes.queries import covers_part, is_past, running_of_kind, runs_now
from abhiyan.stays.tests.make import DAY, programme
from abhiyan.units import queries as units

pytestmark = pytest.mark.django_db
PAGES = (
    ("contact", "/contact/{}/"),
    ("contact", "/contact/{}/lists/"),
    ("contact", "/contact/{}/calling/"),
    ("stays", "/stays/{}/"),
    ("dialogues", "/dialogues/{}/"),
    ("dialogues", "/dialogues/{}/organisation/"),
    ("dialogues", "/dialogues/{}/leaders/"),
)


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.mark.parametrize(("kind", "page"), PAGES)
def test_a_page_is_for_its_kind_its_units_and_who_sees_the_people(world: World, kind: str, page: str) -> None:
    president = browser(world.holder("state_president", "N1"))
    asked = {"unit": "N11"}
    own = page.format(programme(world.unit("N11"), kind=kind).public_id)
    assert president.get(own, asked).status_code == 200
    assert president.get(own, {"unit": "N1"}).status_code == 200, "above its scope too"
    assert president.get(own, {"unit": "N12"}).status_code == 404, "it does not lie there"
    other = page.format(programme(world.unit("N11"), kind="meetings").public_id)
    assert president.get(other, asked).status_code == 404
    assert president.get(page.format(uuid4()), asked).status_code == 404
    assert browser(world.holder("district_president", "N12")).get(own, asked).status_code == 403


def test_a_programme_runs_while_it_is_open_and_inside_its_window(world: World) -> None:
    run = programme(world.unit("N11"), opens=NOW.date(), days=2)
    days = [NOW + n * DAY for n in (-1, 0, 1, 2)]
    assert [runs_now(run, at) for at in days] == [False, True, True, False]
    assert [running_of_kind("stays", at) == [run] for at in days] == [False, True, True, False]
    assert [is_past(run, at) for at in days] == [False, False, False, True]
    with system("test"):
        type(run).objects.update(state="closed")
        run.refresh_from_db()
    assert not runs_now(run, NOW) and running_of_kind("stays", NOW) == []


def test_a_programme_covers_units_at_above_and_below_its_scope(world: World) -> None:
    run = programme(world.unit("N11"))
    ids = {world.unit(code): code for code in ("N", "N1", "N11", "N1111", "N12", "N2")}
    spans = {ids[unit]: span for unit, span in units.spans(list(ids), run.hierarchy).items()}
    assert [code for code in ids.values() if covers_part(run, spans[code])] == ["N", "N1", "N11", "N1111"]
