"""The start of the field pages: a tile for each part of one's own work, and the lists behind them."""

import re
from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.contact import actions
from abhiyan.contact.models import CallQueue, ContactEntry
from abhiyan.contact.rules.doors import door_label, walking_order
from abhiyan.contact.tests.at_doors import contact_programme, listed
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.site.tests.cast import Cast
from abhiyan.stays import actions as stays
from abhiyan.stays.actions import MarkGiven
from abhiyan.stays.rules.stays import StayStep
from abhiyan.stays.tests.make import assigned, programme
from abhiyan.ui.records import TILES

pytestmark = pytest.mark.django_db
HOUSES = ["48", "5", "17A", "House 3", "१७", "102", "17"]


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"):
        (kept,) = people.keep_phones(phones=["+919419007701"])
        Account.objects.filter(pk=made.accounts["booth_president"].pk).update(phone_id=kept)
    return made


def tiles(client: Client) -> list[tuple[str, str]]:
    """Address and words of each tile."""
    page = client.get("/field/start/").content.decode()
    (found,) = re.findall(r'<ul class="tiles.*?</ul>', page, re.DOTALL)
    return [
        (href, " ".join(re.sub("<[^>]*>", " ", words).split()))
        for href, words in re.findall(r'<a href="([^"]*)">(.*?)</a>', found, re.DOTALL)
    ]


def doors(cast: Cast, run: Any, n: int) -> None:
    """Make a list in the president's booth. They take n doors."""
    booth = cast.world.units["JK-B001"].pk
    listed(run, booth, n)
    with system("test"):
        for k, one in enumerate(ContactEntry.objects.filter(list__programme=run).order_by("pk")):
            lane = str(k % 3 * 9 + 2)
            ContactEntry.objects.filter(pk=one.pk).update(door=HOUSES[k % len(HOUSES)], lane=lane)
    actions.take_doors(programme=run, unit_id=booth, by=cast.actor("booth_president"), at=NOW)


def test_thirty_doors_of_two_programmes_make_one_tile_and_lists_as_people_count(cast: Cast) -> None:
    runs = [contact_programme(cast.world.units["JK-SRI"].pk) for _each in range(2)]
    for run, n in zip(runs, (23, 7), strict=True):
        doors(cast, run, n)
    client = cast.client("booth_president")
    found = tiles(client)
    assert len(found) <= 5 and found[-1][1] == "Not sent yet 0 on this phone"
    (href,) = [href for href, words in found if words.startswith("My doors 30 with you")]
    assert href == "/field/list/doors/"
    behind = client.get(href).content.decode()
    assert all(f"/field/doors/{run.public_id}/?unit=JK-B001" in behind for run in runs)
    page = client.get(f"/field/doors/{runs[0].public_id}/?unit=JK-B001")
    assert page.headers["X-Abhiyan-Names"] == "1", "its copy goes after a day"
    found_doors = re.findall(r"<b>((?:House )?([^<]*), Lane (\d+))</b>", page.text)
    assert len(found_doors) == 23 and 'data-narrow="#held > li"' in page.text
    order = [walking_order(house, lane) for _label, house, lane in found_doors]
    assert order == sorted(order)
    assert [found_doors[n][0] for n in (0, -1)] == ["House 3, Lane 2", "House 102, Lane 20"]
    kept = client.get("/field/keep.json").json()["pages"]
    assert {href, *re.findall(r'href="(/field/door[^"]*)"', behind)} <= set(kept)
    assert sum(one.startswith("/field/door/") for one in kept) == 30 and len(kept) == len(set(kept))


def test_a_tile_with_one_page_leads_to_it_and_names_it(cast: Cast) -> None:
    run = contact_programme(cast.world.units["JK-SRI"].pk)
    (found,) = [one for one in tiles(cast.client("booth_president")) if "My doors" in one[1]]
    where = f"/field/doors/{run.public_id}/?unit=JK-B001"
    assert found == (where, "My doors Meet people at their doors 0 with you")


def test_a_programme_of_the_telephone_has_no_doors(cast: Cast) -> None:
    run = contact_programme(cast.world.units["JK-SRI"].pk)
    with system("test"):
        CallQueue.objects.create(
            public_id=uuid4(),
            programme=run,
            unit_id=run.owner_id,
            typed_title="Camps",
            list_ids=[],
            opens=time(10),
            closes=time(21),
            priority=1,
            by_bridge=False,
            made_at=NOW,
        )
    client = cast.client("booth_president")
    assert not any("My doors" in words for _href, words in tiles(client))
    assert client.get("/field/list/doors/").status_code == 200
    assert not any("/doors/" in one for one in client.get("/field/keep.json").json()["pages"])
    doors(cast, run, 1)
    assert any("My doors" in words for _href, words in tiles(client)), "it has doors in this booth"


def test_marks_wait_until_the_stay_is_accepted_and_go_once_they_are_made(cast: Cast) -> None:
    with system("test"):
        worker = Account.objects.get(pk=cast.accounts["booth_president"].pk)
    own = assigned(programme(cast.world.units["JK-SRI"].pk), cast.world.units["JK-B003"].pk, worker)
    client, page = cast.client("booth_president"), f"/field/stay/{own.pk}/"

    def kept() -> list[str]:
        return [one for one in client.get("/field/keep.json").json()["pages"] if one.startswith(page)]

    def stay() -> list[str]:
        return [words.rpartition(" to do")[0].split()[-1] for href, words in tiles(client) if href == page]

    every = [page, *(f"{page}{step}/" for step in ("arrive", "evening", "morning", "leave", "report"))]
    assert (kept(), stay()) == (every, ["1"]), "they may accept by SMS where there is no other network"
    assert f"{page}arrive/" not in client.get(page).text
    by = cast.actor("booth_president")
    stays.answer_stay(stay=own.pk, accepts=True, by=by, at=NOW)
    assert (kept(), stay()) == (every, ["5"]) and f"{page}arrive/" in client.get(page).text
    stays.add_mark(stay=own.pk, step=StayStep.ARRIVE, mark_given=MarkGiven(), by=by, at=NOW)
    assert (kept(), stay()) == ([page, *every[2:]], ["4"])
    assert client.get("/field/list/reports/").status_code == 200


def test_a_list_that_is_no_tile_is_not_found(cast: Cast) -> None:
    client = cast.client("booth_worker")
    assert client.get("/field/list/none/").status_code == 404
    assert all(client.get(f"/field/list/{code}/").status_code == 200 for code in TILES)


@pytest.mark.parametrize(
    ("door", "lane", "english", "hindi"),
    [
        ("17", "4", "House 17, Lane 4", "घर नं. 17, गली 4"),
        ("17A", "", "House 17A", "घर नं. 17A"),
        ("House 17", "Mohalla Qazi", "House 17, Mohalla Qazi", "House 17, Mohalla Qazi"),
        ("", "४", "Lane ४", "गली ४"),
        ("", "", "", ""),
    ],
)
def test_a_door_is_called_by_house_and_lane(door: str, lane: str, english: str, hindi: str) -> None:
    for language, words in (("en", english), ("hi", hindi)):
        with translation.override(language):
            assert door_label(door, lane) == words
