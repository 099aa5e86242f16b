"""Counts by level, week, channel and age band: exact where the people are in sight, else rounded and few hidden."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.small_cells import part_to_hide
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import ClaimOutcome
from abhiyan.enrolment.actions.erasing import erase_member
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import Human
from abhiyan.programmes.actions.ages import count_ages, count_ages_nightly
from abhiyan.programmes.loops import LOOPS
from abhiyan.programmes.models import AgeTally, Programme
from abhiyan.programmes.rules.ages import BANDS, band_of
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NO_YEAR = "not known"


@pytest.fixture
def cast() -> Cast:
    """43 people of Srinagar and 64 of Jammu joined, all yesterday but for the two of the cast."""
    made = Cast.make(own=42, foreign=37)
    join(made, 14, 2002, "70071")
    join(made, 12, 1990, "70072")
    join(made, 4, 1950, "70073")
    made.fold()
    with system("test"):
        count_ages(programme=made.world.programme, at=NOW)
        made.world.programme.refresh_from_db()
    return made


def join(cast: Cast, n: int, born: int, prefix: str, unit: str = "JK-B004") -> list[ClaimOutcome]:
    """People of one year of birth join at a booth, yesterday."""
    world = cast.world
    now, world.now = world.now, world.now - timedelta(days=1)
    people = [Human(f"Named {chr(97 + i)}a", born, f"+91{prefix}{i:05d}") for i in range(n)]
    found = [
        world.take(world.claim(one, Channel.WEB, sign=Sign.WEB, unit=world.units[unit])) for one in people
    ]
    world.now = now
    return found


def page_of(cast: Cast, unit: str, **asked: Any) -> str:
    told = "&".join(f"{name}={value}" for name, value in {"unit": unit, **asked}.items())
    return f"{reverse('programmes:counts', args=[cast.world.programme.public_id])}?{told}"


def rows(client: Client, where: str, column: str = "Counted") -> dict[str, str]:
    """The list as a file: what each line is of, and its figure."""
    answer = client.get(where + "&format=csv")
    assert answer.status_code == 200, answer
    content = b"".join(answer) if answer.streaming else answer.content
    found = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    return {row.get("Code") or next(iter(row.values())): row[column] for row in found}


def test_each_way_to_count_is_exact_for_who_may_see_the_people(cast: Cast) -> None:
    client = cast.client("state_president")
    assert rows(client, page_of(cast, "JK", by="district")) == {"JK-JAM": "68", "JK-SRI": "43"}
    channels = rows(client, page_of(cast, "JK", by="channel"))
    assert channels["Web"] == "111" and set(channels.values()) == {"111", "0"}
    weeks = rows(client, page_of(cast, "JK", by="week", rung="reported"), "Reported")
    assert sum(map(int, weeks.values())) == 111 and "0" in weeks.values(), "a week without any is a line too"
    ages = rows(client, page_of(cast, "JK-JAM", by="age"))
    this_year = NOW.year
    expected: dict[str, int] = {}
    with override("en"):
        names = {band: str(name) for band, (_first, name) in BANDS.items()}
    for born, n in ((1970, 37), (2002, 14), (1990, 12), (1950, 4)):
        name = names[band_of(born, this_year)]
        expected[name] = expected.get(name, 0) + n
    assert {name: int(n) for name, n in ages.items() if n != "0"} == expected, (
        "who joined today is in tomorrow's"
    )


def test_from_outside_figures_are_tens_few_are_hidden_and_none_comes_out_of_the_total(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    for by, rung in (
        ("mandal", "counted"),
        ("booth", "counted"),
        ("week", "reported"),
        ("channel", "counted"),
    ):
        told = rows(client, page_of(cast, "JK-JAM", by=by, rung=rung), rung.capitalize())
        assert told and all(n == "<10" or int(n) % 10 == 0 for n in told.values()), by
        assert any(n != "<10" for n in told.values()), by
    html = client.get(page_of(cast, "JK-JAM", by="age")).content.decode()
    assert "One more band is hidden" not in html, "two are below 10 anyway"
    told = rows(client, page_of(cast, "JK-JAM", by="age"))
    assert sorted(told.values()) == ["10", "10", "40", "<10", "<10", "<10"]
    join(cast, 11, 1996, "70075")
    join(cast, 12, 1950, "70076")
    with system("test"):
        count_ages(programme=cast.world.programme, at=NOW)
    told = rows(client, page_of(cast, "JK-JAM", by="age"))
    html = client.get(page_of(cast, "JK-JAM", by="age")).content.decode()
    assert told[NO_YEAR] == "<10" and list(told.values()).count("–") == 1, told
    assert "One more band is hidden" in html
    assert "%" not in html.split("<tbody>")[-1], "a share would tell more than the rounded figure"


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ({1: 10, 2: 30, 3: None}, 1),
        ({1: 20, 2: None, 3: None}, None),
        ({1: 20, 2: 30}, None),
        ({1: None}, None),
        ({}, None),
    ],
)
def test_where_one_part_is_hidden_the_smallest_shown_is_hidden_with_it(
    parts: dict[int, int | None], hidden: int | None
) -> None:
    assert part_to_hide(parts) == hidden


def test_the_night_counts_ages_as_they_are_then(cast: Cast) -> None:
    """A person struck off, gone, or erased the day before is in no band of the next night."""
    world, one = cast.world, cast.world.programme
    client = cast.client("state_president")
    before = rows(client, page_of(cast, "JK-JAM", by="age"))
    old = "60 and older"
    found = join(cast, 3, 1948, "70078")
    with system("test"):
        count_ages(programme=one, at=NOW)
    assert int(rows(client, page_of(cast, "JK-JAM", by="age"))[old]) == int(before[old]) + 3
    world.strike_off(found[0])
    world.leave(found[1], of=Human("Named ba", 1948, "+917007800001"))
    gone = Human("Named ca", 1948, "+917007800002")
    with scoped(Scope(phone=world.phone_id(gone))):
        membership = found[2].membership
        assert membership is not None
        erase_member(
            membership=membership,
            channel=Channel.WEB,
            language="en",
            by=Actor(kind="citizen", id=membership),
            at=world.now,
        )
    with system("test"):
        count_ages(programme=one, at=NOW)
        assert AgeTally.objects.filter(n__lte=0).count() == 0
    after = rows(client, page_of(cast, "JK-JAM", by="age"))
    assert after[old] == before[old] and after[NO_YEAR] == "0"
    assert (
        sum(map(int, after.values())) == int(rows(client, page_of(cast, "JK", by="district"))["JK-JAM"]) - 1
    )


def test_ages_are_counted_once_a_night_and_the_page_says_when(cast: Cast) -> None:
    one, client = cast.world.programme, cast.client("state_president")
    night = NOW.replace(hour=21, minute=0) + timedelta(days=1)  # UTC; past two in Kolkata
    assert count_ages_nightly(at=night) == 1 and count_ages_nightly(at=night) == 0
    assert count_ages_nightly(at=night.replace(hour=6)) == 0, "not by day"
    assert "ages" in LOOPS
    html = client.get(page_of(cast, "JK", by="age")).content.decode()
    assert "counted each night, by the age" in html
    with system("test"):
        Programme.objects.filter(pk=one.pk).update(ages_on=None)
    html = client.get(page_of(cast, "JK", by="age")).content.decode()
    assert "The first figures appear tomorrow." in html


def test_the_page_reads_tables_of_counts_only_and_asks_no_more_for_more_units(cast: Cast) -> None:
    client = cast.client("state_president")
    n = {}
    for unit in ("JK-SRI", "JK"):
        for by in ("booth", "week", "channel", "age"):
            where = page_of(cast, unit, by=by)
            client.get(where)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(where).status_code == 200
            told = " ".join(each["sql"] or "" for each in asked.captured_queries)
            assert not re.search(r"enrolment_(claim|enrolment|membership)|people_person\b", told), by
            n[by, unit] = len(asked)
    for by in ("booth", "week", "channel", "age"):
        assert n[by, "JK"] <= n[by, "JK-SRI"] + 1, n


def test_what_is_asked_wrongly_is_named_and_what_is_out_of_sight_stays_so(cast: Cast) -> None:
    client = cast.client("state_president")
    for wrong in ({"by": "planet"}, {"rung": "estimate"}, {"by": "district", "rung": "9"}):
        answer = client.get(page_of(cast, "JK", **wrong))
        assert answer.status_code == 422 and "Select a valid choice" in answer.content.decode(), wrong
    assert client.get(page_of(cast, "NOWHERE")).status_code == 404
    assert cast.client("member").get(page_of(cast, "JK")).status_code in (302, 403)


def test_the_programme_and_the_search_lead_to_the_counts(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    page = client.get(reverse("programmes:programme", args=[cast.world.programme.public_id])).content.decode()
    assert "/counts/?unit=JK-SRI&amp;in=organisational" in page or "/counts/?unit=JK-SRI&in=" in page
    for text in ("All figures", "counts " + str(cast.world.programme.names["en"])[:6]):
        found = client.get("/search/", {"q": text}).content.decode()
        assert reverse("programmes:counts", args=[cast.world.programme.public_id]) in found, text
    with override("hi"):
        assert client.get(page_of(cast, "JK-SRI")).status_code == 200
