"""From outside one's own people every figure is rounded to 10, or hidden below 10: on pages, in exports, over days."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from abhiyan.core import clock
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.site.tests.cast import Cast

FIGURES = ("Reported", "Counted", "Phone not answered yet", "Confirmed")
OF_OFFICES = re.compile(
    r'<h2[^>]*>(<span class="no"></span>)?(Who is responsible|On the map|Names from other units)<'
)
# The people who joined in the other district: far booth and, by day, few enough to show if days were exact.
BY_DAY = {4: 37, 3: 4, 2: 13, 1: 9}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=42)
    for days_ago, n in BY_DAY.items():
        cast.crowd(n, "JK-B004", f"7006{days_ago}", days_ago=days_ago)
    cast.crowd(6, "JK-B003", "70078", days_ago=2)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def district(cast: Cast) -> Client:
    return cast.client("district_in_charge")


@pytest.fixture(scope="module")
def other(cast: Cast) -> Client:
    """The one whose people they are: sees them exactly, so the figures are there to be rounded."""
    return cast.client("district_elsewhere")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def main_of(client: Client, path: str) -> str:
    """A page without its menu, which leads to the vacancies of the own unit from everywhere."""
    return page(client, path).partition("<main")[2]


def export(client: Client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    if not answer["Content-Type"].startswith("text/csv"):  # nothing below is theirs to see
        return []
    content = b"".join(answer) if answer.streaming else answer.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def figures(html: str) -> Iterator[int]:
    """Every number of ladder, list, trend and funnel; without what is no count of people."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    for part in re.findall(r'<section class="leaf.*?</section>', main, re.DOTALL):
        if OF_OFFICES.search(part):
            continue
        text = re.sub(
            r"<t[dh][^>]*class=\"(?:sn|num pct)[^>]*>.*?</t[dh]>|<time.*?</time>", " ", part, flags=re.DOTALL
        )
        text = re.sub(
            r"<svg.*?</svg>|<(?:th|h2|h3|form|caption|nav)\b.*?</(?:th|h2|h3|form|caption|nav)>",
            " ",
            text,
            flags=re.DOTALL,
        )
        text = unescape(re.sub(r"<[^>]+>", " ", text))  # an apostrophe is written by its number
        text = re.sub(rf"(?i){NO_COUNT}", " ", text)
        text = re.sub(rf"\d{{1,2}} (?:{MONTHS})[a-z]*\.?(?: \d{{4}})?", " ", text)
        yield from (int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", text))


# Words with numbers in them that count nobody.
NO_COUNT = (
    r"day \d+ of \d+|rounded to 10|(?:fewer than|&lt;|<|below)\s*10|[\d.,]+\s*%|by \d+ points?|24 hours"
)
NO_COUNT += r"|Showing \d+–\d+ of \d+"
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
OUTSIDE = [
    "/units/JK/",
    "/units/JK-JAM/",
    "/units/JK-JAM-M1/",
    "/units/JK-B004/",
    "/units/JK-AC75/?in=electoral",
    "/units/JK-BL2/?in=administrative",
    "/units/IN/",
]


@pytest.mark.parametrize("path", [path for path in OUTSIDE if "-B0" not in path and path != "/units/IN/"])
def test_an_export_shows_tens_only(district: Client, cast: Cast, path: str) -> None:
    own = {"JK-SRI", "JK-SRI-M1", "JK-SRI-M2", "JK-PC1", "JK-AC19", "JK-AC20", "JK-BL1"}
    rows = export(district, path + ("&" if "?" in path else "?") + "format=csv")
    assert rows
    figures = [
        (row["Code"], name, told)
        for row in rows
        if row["Code"] not in own
        for name in FIGURES
        if (told := row[name].strip())
    ]
    assert figures, "others' figures are there, as tens"
    for code, name, told in figures:
        assert int(told) % 10 == 0, (code, name, told)


@pytest.mark.parametrize("path", [path for path in OUTSIDE if path not in ("/units/JK/", "/units/IN/")])
@pytest.mark.parametrize("asked", ["", "trend=table"])
def test_a_page_and_that_of_its_trend_show_tens_only(district: Client, path: str, asked: str) -> None:
    shown = list(figures(page(district, path + ("&" if "?" in path else "?") + asked)))
    assert shown, "there are figures to look at"
    assert [n for n in shown if n % 10] == []


@pytest.mark.parametrize("where", ["JK-JAM", "JK-JAM-M1", "JK-B004", "JK-AC75&in=electoral"])
def test_the_days_of_a_funnel_are_tens_and_those_below_ten_are_not_there(
    district: Client, other: Client, cast: Cast, where: str
) -> None:
    path = f"/drives/{cast.world.programme.public_id}/funnel/?unit={where}"
    shown = list(figures(page(district, path)))
    assert {n for n in shown if n % 10} == set() and 40 in shown
    rows, exact = (export(client, path + "&format=csv") for client in (district, other))
    today = clock.day_in(cast.world.programme.zone, NOW)
    assert {row["Day"]: row["Counted"] for row in rows} == {
        str(today - timedelta(days=days)): told for days, told in {4: "40", 2: "10"}.items()
    }, "neither the four nor the nine, nor that anybody came on their days"
    assert [row["Counted"] for row in exact][1:] == ["9", "13", "4", "37"]


def test_a_channel_few_came_by_is_not_seen_to_be_used(district: Client, other: Client, cast: Cast) -> None:
    now, cast.world.now = cast.world.now, cast.world.now - timedelta(days=2)
    cast.world.paper_row(of=Human("Few Onpaper", 1980, "+917009900001"), unit=cast.world.far_booth)
    cast.world.now = now
    cast.fold()
    funnel = f"/drives/{cast.world.programme.public_id}/funnel/?unit=JK-JAM"
    for path in ("/units/JK-JAM/?show=all", funnel):
        outside, within = (page(client, path).split("<main")[1] for client in (district, other))
        assert re.search(r"<(h3|td)[^>]*>Paper list<", within)
        assert not re.search(r"<(h3|td)[^>]*>Paper list<", outside), path


def test_the_state_seen_from_a_district_is_rounded_but_its_own_district_is_not(district: Client) -> None:
    rows = {row["Code"]: row for row in export(district, "/units/JK/?format=csv")}
    assert rows["JK-SRI"]["Counted"] == str(1 + 42 + 6)
    assert rows["JK-JAM"]["Counted"] == "60"  # 37 + 4 + 13 + 9 until yesterday


def test_who_may_see_the_people_sees_the_same_figures_exactly(other: Client) -> None:
    html = page(other, "/units/JK-JAM/?trend=table")
    assert any(n % 10 for n in figures(html))
    rows = {row["Code"]: row for row in export(other, "/units/JK/?format=csv")}
    assert rows["JK-JAM"]["Counted"] == str(sum(BY_DAY.values()) + 1)
    assert rows["JK-SRI"]["Counted"] == "50"  # 42 and 6 until yesterday


def test_few_people_are_hidden_and_the_difference_of_two_days_tells_no_few(cast: Cast) -> None:
    """Running totals 37, 41, 54, 63 read as 40, 40, 50, 60: four who came on one day are not seen to come."""
    from abhiyan.programmes import queries

    with cast.as_("district_in_charge"):
        days = queries.figures_of_measures(
            node=cast.world.units["JK-JAM"].pk, hierarchy=1, programme=cast.world.programme, at=NOW
        ).trend
        few = queries.unit_ladder(
            node=cast.world.units["HP-B001"].pk, hierarchy=1, programme=cast.world.programme, at=NOW
        )
    told = [day.ladder.counted for day in days if day.ladder.counted is not None]
    assert {b - a for a, b in pairwise(told)} <= {0, 10, 20, 30}
    assert told and all(n % 10 == 0 for n in told)
    assert [n for n in told if n][-4:][0] == 40
    assert few.counted is None


def told_on(cast: Cast, at: datetime) -> dict[tuple[object, ...], int]:
    """Every figure somebody of another district can read of this district, the state and all below on a day; hidden: 0.

    By unit, hierarchy, where it stands, and rung: alone, in its parent's list, by channel, and by channel and day.
    """
    from abhiyan.programmes import queries

    drive, found = cast.world.programme, dict[tuple[object, ...], int]()

    def note(where: tuple[object, ...], figures: object, names: Sequence[str]) -> None:
        for name in names:
            found[*where, name] = getattr(figures, name) or 0

    with cast.as_("district_in_charge"):
        for hierarchy in (1, 2, 3):
            for code in OUTSIDE_UNITS:
                node = cast.world.units[code].pk
                read: dict[str, Any] = {"hierarchy": hierarchy, "programme": drive, "at": at}
                ladder = queries.unit_ladder(node=node, **read)
                if not ladder.is_rounded:  # not in this tree, or all of it their own
                    continue
                note((code, hierarchy, "alone"), ladder, RUNGS)
                for child in queries.children_ladders(node=node, **read).rows:
                    if child.ladder.is_rounded:
                        note((code, hierarchy, "list", child.code), child.ladder, RUNGS)
                for row in queries.unit_funnel(node=node, **read, days=60):
                    note(
                        (code, hierarchy, "funnel", row.channel, row.on),
                        SimpleNamespace(**row.figures),
                        STEPS,
                    )
    return found


OUTSIDE_UNITS = (
    "IN",
    "JK",
    "JK-JAM",
    "JK-JAM-M1",
    "JK-B004",
    "JK-PC1",
    "JK-AC75",
    "JK-BL2",
    "HP",
    "HP-B001",
)
RUNGS = ("reported", "unsigned", "counted", "confirmed")
STEPS = ("reported", "unique", "opened", "completed", "counted")


def test_figures_of_one_day_and_the_next_differ_by_nothing_or_by_ten_and_more(cast: Cast) -> None:
    """A reader who writes down every figure each evening sees no change of fewer than ten, and only whole tens."""

    days = [told_on(cast, NOW + timedelta(days=n)) for n in range(-5, 3)]
    changes = set()
    for before, after in pairwise(days):
        for where in before.keys() | after.keys():
            first, second = before.get(where, 0), after.get(where, 0)
            assert not {first, second} & set(range(1, 10)), where
            changes.add(second - first)
    assert {n for n in changes if abs(n) % 10} == set()
    assert {0, 10, 40} <= changes, "four who came are not seen, thirteen are ten, thirty-seven are forty"


def test_what_is_told_of_a_day_stays_while_the_day_lasts(cast: Cast) -> None:
    """Somebody who joins today moves nothing outside before the day has closed, fold or no fold."""

    now = NOW
    before = told_on(cast, now)
    cast.crowd(12, "JK-B004", "70079")
    assert told_on(cast, now) == before
    cast.fold()
    assert told_on(cast, now) == before
    assert told_on(cast, now + timedelta(days=1)) != before


def test_the_figures_of_the_nation_are_no_export_of_a_district(district: Client) -> None:
    assert export(district, "/units/IN/?format=csv") == []


def test_what_is_out_of_sight_is_not_called_vacant(cast: Cast, district: Client) -> None:
    """From a district one knows who leads the nation, and nothing of who does what in another state."""
    html = main_of(district, "/units/IN/")
    assert cast.accounts["national_president"].name in html and "Vacant" not in html
    for path in ("/units/HP/", "/units/HP-B001/"):
        html = main_of(district, path)
        assert "You see the office-bearers of your own state" in html and "Vacant" not in html, path
    html = page(district, "/appointments/?unit=HP&show=vacant")
    assert "You see the offices of your own state only." in html
    assert "Vacant" in main_of(district, "/units/JK-SRI-M1/"), "at home a vacancy is said"
