"""Lists and refused forms of plans: nothing leads nowhere, nothing typed is lost, everything can be looked for."""

import re

import pytest
from django.test import Client

from abhiyan.elections.models import Plan
from abhiyan.people.models import Account

from .test_cascade_plan import plan, president, world
from .test_plan_pages import body, browser, text

__all__ = ["plan", "president", "world"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def shown(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]  # the client's own shape


@pytest.fixture
def client(president: Account) -> Client:
    return browser(president)


def test_a_refused_number_stays_on_its_page_and_every_link_of_it_leads_on(client: Client, plan: Plan) -> None:
    path = f"/elections/plans/{plan.public_id}/below/"
    assert client.post(
        path + "pass/?unit=C1", {"unit": "C1", "basis": "electors", "down_to": "booth"}
    ).url == (path + "?unit=C1")
    page = body(client, path + "?unit=C1&sort=-n")
    action = re.search(r'action="([^"]*/below/set/[^"]*)"', page)
    assert action and action[1].endswith("/set/?unit=C1&amp;sort=-n")
    address = action[1].replace("&amp;", "&")
    answer = client.post(address, {"about": "N111", "n": "9,99,999"})
    page = shown(answer)
    assert answer.status_code == 422 and "cannot sum" in text(page)
    assert 'value="9,99,999" aria-invalid="true" aria-describedby="wrong"' in page
    assert client.get(address).url == client.head(address).url == path + "?unit=C1&sort=-n"  # type: ignore[attr-defined]
    for href in re.findall(r'<a href="(\?[^"]*)"', page.split("<main", 1)[1]):
        led = client.get(path + "set/" + href.replace("&amp;", "&"))
        assert led.status_code == 302 and client.get(led["Location"]).status_code == 200
    answer = client.post(address, {"about": "N111", "n": "many"})
    assert 'value="many"' in shown(answer)
    assert client.post(address, {"about": "N111", "n": "1 0"}).url == path + "?unit=C1&sort=-n"  # type: ignore[attr-defined]
    lines = body(client, path + "?unit=C1&format=csv").splitlines()
    assert [line.split(",")[-2:] for line in lines].count(["by hand", "yes"]) == 1, lines


def test_the_seats_above_can_be_looked_for_ordered_and_exported(client: Client, plan: Plan) -> None:
    path = f"/elections/plans/{plan.public_id}/below/"
    assert "Unit C1" in body(client, path + "?q=unit&sort=-votes&passed=no")
    assert "No seat fits" in body(client, path + "?q=nowhere")
    assert "No seat fits" in body(client, path + "?passed=yes")
    assert len(body(client, path + "?format=csv").splitlines()) == 2
    assert client.get(path + "?q=%00&passed=moon").status_code == 200
