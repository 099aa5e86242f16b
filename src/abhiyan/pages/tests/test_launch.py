"""The launch page of a drive: figures of every room, channels, what waits, and who has not started."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.models import Outage
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import pace
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Kind, Placement, Unit

pytestmark = pytest.mark.django_db(transaction=True)
MOST_READS = 20  # of the page itself, however many districts there are
MOST_READS_OF_A_DAY = 23  # after the first week


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


# Statements that every request of a signed-in person makes besides, and the beginnings and ends of scopes.
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
        programmes.fold_changes(at=at)
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


def in_second_week(cast: Cast) -> None:
    """The drive began ten days ago."""
    with system("test"):
        Programme.objects.filter(pk=cast.world.programme.pk).update(
            opens_on=clock.day_in("Asia/Kolkata", NOW) - timedelta(days=9)
        )


def table_of(text: str) -> list[list[str]]:
    """The cells of each district's row since this morning."""
    found = text.split('id="field"')[1].split("</table>")[0].split("<tbody>")[1]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found.split("<tr")[1:]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def test_today_names_each_drive_once_under_what_its_page_is(cast: Cast) -> None:
    address = f"{page(cast)}?unit=JK"
    name = cast.world.programme.names["en"]
    for heading in ("Launch day", "Today in the field"):
        today = cast.client("state_president").get("/today/").text
        aside = today.partition(f">{heading}</h2>")[2].partition("</section>")[0]
        assert re.findall(rf'<a href="{re.escape(address)}"><b>([^<]*)</b></a>', aside) == [name]
        assert heading not in aside and today.count(heading) == 1
        in_second_week(cast)


def test_after_a_week_districts_are_told_by_what_they_lack_today(cast: Cast) -> None:
    in_second_week(cast)
    cast.crowd(12, "JK-B001", "70062", days_ago=1)
    cast.crowd(5, "JK-B001", "70063")
    cast.fold()
    cast.target("JK-SRI", 12 + 21 * 8)
    cast.target("JK-JAM", 21 * 30)
    text = cast.client("state_president").get(page(cast)).text
    assert "Today in the field" in text and "Launch day" not in text
    rows = table_of(text)
    assert [row[-3:] for row in rows] == [["1", "30", "29"], ["6", "8", "2"]], "who lacks most comes first"
    assert rows[1][-5:-3] == ["Srinagar", "district_in_charge District in-charge"]
    assert f'href="/bearers/{cast.accounts["district_in_charge"].public_id}/" data-sheet' in text
    for gone in ("Slowest now", "Entries a minute", "Not started", "What to do", "A minute"):
        assert gone not in text, gone
    below = cast.client("district_in_charge").get(page(cast)).text
    assert "Needed from now on" in below and table_of(below)[-1][-3:] == ["6", "–", "–"], (
        "mandals without a target"
    )
    assert 'id="field"' not in cast.client("district_elsewhere").get(f"{page(cast)}?unit=JK-SRI").text, (
        "not theirs"
    )


@pytest.mark.parametrize("n", [20, 1_000])
def test_day_of_a_thousand_districts_takes_as_many_reads_as_that_of_twenty(cast: Cast, n: int) -> None:
    in_second_week(cast)
    districts(cast, n)
    client = cast.client("state_president")
    client.get(page(cast))
    with CaptureQueriesContext(connection) as asked:
        text = client.get(page(cast)).text
    assert len(reads(asked)) <= MOST_READS_OF_A_DAY, "\n".join(reads(asked))
    assert len(table_of(text)) == min(n + 2, 25) and ("See all" in text) == (n + 2 > 25)
