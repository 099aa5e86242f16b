"""The page of duplicates: who sees which pairs, and many merged by two people."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Double, Person
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Unit

from .make import Human

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def pairs(cast: Cast, *units: tuple[Unit, Unit], twins: int = 0, first: int = 0) -> list[UUID]:
    """Pairs that a search would have found, of people at home in these units. twins: the last so many are."""
    made = []
    for n, (one, other) in enumerate(units, first):
        joined = [
            cast.world.web_join(of=Human(f"Pair {['One', 'Two'][m]}", 1980, f"+91990610{n:03}{m}"), unit=unit)
            for m, unit in enumerate((one, other))
        ]
        with system("tests find"):
            persons = list(
                Person.objects.raw(
                    "select p.* from people_person p join enrolment_membership m on m.person_id = p.id"
                    " where m.public_id = any(%s)",
                    [[each.membership for each in joined]],
                )
            )
            made.append((persons[0].pk, persons[1].pk, 95, n >= first + len(units) - twins))
    with system("tests find"):
        keep_doubles(found=made, at=clock.now())
        return [Double.objects.get(first_id=min(a, b)).public_id for a, b, *_rest in made]


def test_pair_is_seen_by_who_sees_both_entries(cast: Cast) -> None:
    world = cast.world
    here, across = pairs(cast, (world.booth, world.next_booth), (world.booth, world.far_booth))
    seen = cast.client("district_in_charge").get("/people/doubles/").content.decode()
    assert str(here) in seen and str(across) not in seen
    above = cast.client("state_president").get("/people/doubles/").content.decode()
    assert str(here) in above and str(across) in above
    assert cast.client("booth_worker").get("/people/doubles/").status_code == 403
    narrowed = cast.client("state_president").get("/people/doubles/?unit=JK-JAM").content.decode()
    assert str(here) not in narrowed and str(across) in narrowed


def test_list_reads_as_often_however_long_it_is(cast: Cast) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    pairs(cast, (world.booth, world.booth))
    client.get("/people/doubles/")
    with CaptureQueriesContext(connection) as few:
        client.get("/people/doubles/")
    pairs(cast, *[(world.booth, world.next_booth)] * 6, first=10)
    with CaptureQueriesContext(connection) as more:
        client.get("/people/doubles/")
    assert len(more) <= len(few) + 1


def test_many_are_merged_once_a_second_person_approved(cast: Cast) -> None:
    world = cast.world
    *_two, twin = pairs(cast, *[(world.booth, world.next_booth)] * 3, twins=1)
    client, before = cast.client("district_in_charge"), sum(world.recounted().values())
    form = client.get("/people/doubles/many/")
    assert form.status_code == 200
    answer = client.post("/people/doubles/many/", {"reason": "the list of 2019 came twice"})
    assert answer.status_code == 302
    with system("tests look"):
        release = Release.objects.get(act="people.merge")
    assert len(release.payload["doubles"]) == 2 and str(twin) not in release.payload["doubles"]
    many = f"/people/doubles/many/{release.public_id}/"
    assert client.post(many).status_code == 403, "nobody has approved it yet"
    with cast.as_("state_president"):
        org.decide_release(
            public_id=release.public_id, allow=True, by=cast.actor("state_president"), at=clock.now()
        )
    assert client.post(many).status_code == 302
    assert sum(world.recounted().values()) == before - len(release.payload["doubles"])
    assert client.post(many).status_code == 404, "it is used once"
    assert world.tallies() == world.recounted() and world.orphans() == {}
