"""All units of a level below one, furthest behind first: from Today by one tap, in one list, and as a file."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.people.tests.make import body
from abhiyan.programmes.queries import listing
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def rows(page: str) -> list[str]:
    """The rows of the list, as people read them."""
    found = page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in found]


def list_of(cast: Cast, unit: str, level: str, *more: str) -> str:
    asked = "&".join([f"unit={unit}", f"level={level}", *more])
    return f"/programmes/{cast.world.programme.public_id}/units/?{asked}"


def test_a_state_president_opens_all_mandals_from_today_the_furthest_behind_first() -> None:
    cast = Cast.make()
    for unit, n in (("JK-SRI", 250), ("JK-JAM", 25), ("JK-SRI-M1", 50), ("JK-SRI-M2", 10), ("JK-JAM-M1", 25)):
        cast.target(unit, n)
    cast.crowd(10, "JK-B004", "70065")
    client = cast.client("state_president")
    (href,) = re.findall(r'<a class="also" href="([^"]*)">By mandal</a>', body(client, "/today/"))
    page = body(client, unescape(href))
    first, second, third = rows(page)
    assert " mandal_president · Srinagar 50 12 1 0 11 2%" in first, "by people, not by share"
    assert second == "2 Hazratbal sample nobody leads it · Srinagar 10 2 0 0 2 0% −2", (
        "nobody is counted, nobody leads it"
    )
    assert " 25 6 11 0 – 44%" in third
    assert re.search(r"<th[^>]*aria-sort=\"descending\"[^>]*><a[^>]*>Fewer than due", page)
    turned = rows(body(client, unescape(href) + "&sort=-share"))
    assert turned == [re.sub(r"^\d", str(n), row) for n, row in enumerate((third, first, second), 1)]


def test_the_list_of_a_level_is_a_file_too() -> None:
    cast = Cast.make()
    cast.target("JK-SRI-M1", 50)
    client: Client = cast.client("state_president")
    answer: Any = client.get(list_of(cast, "JK", "mandal", "format=csv"))
    head, first, *others = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head.startswith(
        "Unit,Code,Part of,Office,Target,Expected,Expected by,Expected since,Due by today,Counted"
    )
    assert "JK-SRI-M1,Srinagar,Mandal president,50,,,,12,1,0,11,2%" in first
    assert len(others) == 2
    assert client.get(list_of(cast, "JK", "mandal", "format=xlsx")).status_code == 200


def test_the_list_of_a_level_asks_as_many_queries_however_long_it_is() -> None:
    cast = Cast.make()
    client = cast.client("state_president")

    def asked(level: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert len(rows(body(client, list_of(cast, "JK", level)))) > 1
        return len(found)

    asked("booth")
    assert asked("booth") == asked("district")


def test_from_outside_the_list_of_a_level_is_rounded() -> None:
    cast = Cast.make(own=42)
    first, *_others = rows(body(cast.client("verifier"), list_of(cast, "JK-SRI", "mandal", "sort=-counted")))
    assert " 40 " in first and "43" not in first
    assert cast.client("district_elsewhere").get(list_of(cast, "HP", "district")).status_code in (403, 404)


def test_a_level_too_wide_for_one_list_leads_to_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast.make()
    client = cast.client("state_president")
    n = len(rows(body(client, list_of(cast, "JK", "booth"))))
    monkeypatch.setattr(listing, "MOST_READ", n - 1)
    page = unescape(body(client, list_of(cast, "JK", "booth")))
    assert f"{n} units are too many for one list." in page
    assert "/units/?unit=JK&in=organisational&level=district" in page
    assert (
        client.get(list_of(cast, "JK", "booth", "format=csv")).headers["Content-Type"].startswith("text/html")
    )
