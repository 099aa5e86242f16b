"""The launch page of a drive: figures of every room, channels, what waits, and who has not started."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.models import Outage
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import pace
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Kind, Placement, Unit

pytestmark = pytest.mark.django_db(transaction=True)
MOST_READS = 20  # of the page itself, however many districts there are


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


# What every request of somebody signed in asks beside, and what only begins and ends a scope.
BESIDE = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "select clock_timestamp()", "select sum(version)")


def reads(asked: CaptureQueriesContext) -> list[str]:
    said = [one["sql"] or "" for one in asked.captured_queries]
    return [one for one in said if not one.startswith(BESIDE) and "org_visit(" not in one]


def figure(text: str, label: str) -> str:
    """A figure of the strip."""
    found = re.search(rf"<dt>{label}</dt>\s*<dd[^>]*>\s*<b>(.*?)</b>", text, re.DOTALL)
    assert found, label
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def page(cast: Cast) -> str:
    return f"/launch/{cast.world.programme.public_id}/"


def test_the_launch_page_gathers_from_every_room(cast: Cast) -> None:
    at = NOW
    cast.crowd(12, "JK-B001", "70062")
    with system("test"):
        programmes.fold(at=at)
        pace.note_pace(at=at - timedelta(minutes=2))
        pace.note_units(at=at - timedelta(minutes=5))
        Outage.objects.create(lane="send", since=at, reason="timeout")
    cast.crowd(20, "JK-B001", "70063")
    with system("test"):
        pace.note_pace(at=at)
        pace.note_units(at=at)
    text = cast.client("state_president").get(page(cast)).text
    assert "Entries a minute" in text, text
    assert "gateway away" in text and "Replies waiting" in text
    assert ">10</b>" in text.replace("\n", "").replace(" ", ""), "20 in two minutes"
    assert "Not started" in text and "Helpline" in text and 'hx-trigger="every 30s"' in text
    below = cast.client("district_in_charge").get(page(cast)).text
    assert figure(below, "Entries a minute") == "4", "20 in five minutes, of their own district"
    assert "gateway away" not in below and "Callers" not in below, "of the whole drive"
    mandal = cast.client("mandal_president").get(page(cast)).text
    assert "Entries a minute" not in mandal and "Last one" not in mandal, "no column that nobody can fill"
    assert "Counted" in mandal
    assert cast.client("no_office").get(page(cast)).status_code in (403, 404)


def districts(cast: Cast, n: int) -> None:
    """n more districts of the state, without anybody in them."""
    with system("test"):
        state = Placement.objects.get(unit=cast.world.state, hierarchy=1, valid_to=None)
        assert state.lo is not None
        made = Unit.objects.bulk_create(
            Unit(
                code=f"JK-D{each:04d}",
                kind=Kind.DISTRICT,
                names={"en": f"District {each}", "hi": f"जिला {each}"},
                is_sample=True,
            )
            for each in range(n)
        )
        Placement.objects.bulk_create(
            Placement(
                hierarchy=1,
                unit=one,
                parent=cast.world.state,
                depth=state.depth + 1,
                lo=state.lo + 1 + 2 * each,
                hi=state.lo + 3 + 2 * each,
                leaves=1,
                valid_from=state.valid_from,
            )
            for each, one in enumerate(made)
        )
    cast.world.units |= {one.code: one for one in made}


@pytest.mark.parametrize("n", [20, 1_000])
def test_page_with_a_thousand_districts_is_no_longer_than_one_with_twenty(cast: Cast, n: int) -> None:
    districts(cast, n)
    client = cast.client("state_president")
    client.get(page(cast))  # the second time is like all later ones
    with CaptureQueriesContext(connection) as asked:
        text = client.get(page(cast)).text
    assert len(reads(asked)) <= MOST_READS, "\n".join(reads(asked))
    assert f"in {n:,} of {n + 2:,}" in text
    assert text.split('id="not-started"')[1].split("</ul>")[0].count("<li") == 12
    assert "See all" in text
