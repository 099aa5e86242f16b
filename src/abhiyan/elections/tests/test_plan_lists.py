"""Lists and refused forms of plans: nothing leads nowhere, nothing typed is lost, everything can be looked for."""

import re
from csv import reader
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.models import Plan
from abhiyan.elections.queries.planning import Aims
from abhiyan.org.tests.make import World
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.ui import tables
from abhiyan.units.tests.make import AT, SYSTEM

from .test_make_plan import seats
from .test_passing_down import plan, president, world
from .test_plan_pages import GOALS, STEP_TWO, text

__all__ = ["plan", "president", "world"]
pytestmark = pytest.mark.django_db


def csv(client: Client, path: str, query: str = "") -> list[list[str]]:
    return list(reader(body(client, f"{path}?format=csv&{query}").removeprefix("\ufeff").splitlines()))


def shown(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]  # the client's own shape


@pytest.fixture
def client(president: Account) -> Client:
    return browser(president)


def test_a_refused_number_stays_on_its_page_and_every_link_of_it_leads_on(client: Client, plan: Plan) -> None:
    path = f"/elections/plans/{plan.public_id}/below/"
    answer = client.post(path + "pass/?unit=C1", {"unit": "C1", "basis": "electors", "down_to": "booth"})
    assert answer["Location"] == path + "?unit=C1"
    page = body(client, path + "?unit=C1&sort=-n")
    action = re.search(r'action="([^"]*/below/set/[^"]*)"', page)
    assert action and action[1].endswith("/set/?unit=C1&amp;sort=-n")
    address = action[1].replace("&amp;", "&")
    answer = client.post(address, {"about": "N111", "n": "9,99,999"})
    page = shown(answer)
    assert answer.status_code == 422 and "Unlock one, or change its number" in text(page)
    assert re.search(r'value="9,99,999"\s+aria-invalid="true" aria-describedby="wrong"', page)
    for asked in (client.get, client.head):
        assert asked(address)["Location"] == path + "?unit=C1&sort=-n"
    links = re.findall(r'<a href="(\?[^"]*)"', page.split("<main", 1)[1])
    assert links
    for href in links:
        led = client.get(path + "set/" + href.replace("&amp;", "&"))
        assert led.status_code == 302 and client.get(led["Location"]).status_code == 200
    answer = client.post(address, {"about": "N111", "n": "many"})
    assert 'value="many"' in shown(answer)
    assert client.post(address, {"about": "N111", "n": "10"})["Location"] == path + "?unit=C1&sort=-n"
    lines = body(client, path + "?unit=C1&format=csv").splitlines()
    assert [line.split(",")[-2:] for line in lines].count(["by hand", "yes"]) == 1, lines


def test_the_seats_above_can_be_looked_for_ordered_and_exported(client: Client, plan: Plan) -> None:
    path = f"/elections/plans/{plan.public_id}/below/"
    assert "Unit C1" in body(client, path + "?q=unit&sort=-votes&passed=no")
    assert "No seat fits" in body(client, path + "?q=nowhere")
    assert "No seat fits" in body(client, path + "?passed=yes")
    assert len(body(client, path + "?format=csv").splitlines()) == 2
    assert client.get(path + "?q=%00&passed=moon").status_code == 200


def test_seats_of_a_plan_come_back_as_they_were_typed(client: Client, plan: Plan) -> None:
    path = f"/elections/plans/{plan.public_id}/seats/"
    ids = [seat.contest_id for seat in seats(plan).values()]
    with system("test"):
        actions.lock_seats(public_id=plan.public_id, contest_ids=ids[:1], locked=True, by=SYSTEM, at=AT)
        newest = Plan.objects.get(number=2)
    again = path.replace(str(plan.public_id), str(newest.public_id))
    typed = {"seat": [*ids, "9" * 5000], f"lock_{ids[1]}": "on"} | {f"votes_{one}": "" for one in ids}
    answer = client.post(again, typed | {f"votes_{ids[2]}": "many"})
    page = shown(answer)
    assert answer.status_code == 422 and page.count(" checked") == 1
    assert re.search(rf'name="lock_{ids[1]}"[^>]* checked', page)
    assert re.search(rf'name="votes_{ids[2]}"[^>]*value="many" aria-invalid="true"', page)
    assert page.count("aria-invalid") == 1 and "results.csv, row" in page


def test_an_older_version_offers_no_form_and_leads_to_the_newest(
    client: Client, world: World, plan: Plan
) -> None:
    with system("test"):
        newest = actions.next_version(public_id=plan.public_id, aims=Aims(seats_goal=2), by=SYSTEM, at=AT)
    for page, kept in (("seats/", 'value="5,555"'), ("change/", 'value="4"')):
        path = f"/elections/plans/{plan.public_id}/{page}"
        told = body(client, path)
        assert f"/elections/plans/{newest.public_id}/{page}" in told and "There is a newer version" in told
        assert "data-once" not in told
        contest = seats(plan)[2].contest_id
        typed = {"method": "uniform", "seats_goal": "4", "seat": [contest], f"votes_{contest}": "5,555"}
        answer = client.post(path, typed)
        assert answer.status_code == 409 and f"/elections/plans/{newest.public_id}/{page}" in shown(answer)
        assert kept in shown(answer)  # what was typed stays


def test_sides_and_versions_are_ordered_and_looked_for(client: Client, world: World, plan: Plan) -> None:
    with system("test"):
        actions.make_alliance(
            election="LS2024", state="", names={"en": "Front"}, lead="BJP", parties=["AD"], by=SYSTEM, at=AT
        )
        actions.next_version(public_id=plan.public_id, aims=Aims(seats_goal=4), by=SYSTEM, at=AT)
    path = f"/elections/plans/{plan.public_id}/sides/"
    page = body(client, path)
    assert 'data-l="BJP with Front: Short by (votes)"' in page  # a card says whose votes these are
    lines = csv(client, path)
    won = [at for at, name in enumerate(lines[0]) if name.endswith(": Won")]
    assert len(won) == 2 and {line[at] for line in lines[1:] for at in won} == {"yes", ""}
    differs = [line[won[0]] != line[won[1]] for line in lines[1:]]
    assert differs == sorted(differs, reverse=True)  # seats that only some sides win come first
    first = lines[0].index("BJP alone: Short by (votes)")
    missing = [int(line[first]) for line in csv(client, path, "sort=-short0")[1:]]
    assert missing == sorted(missing, reverse=True)
    assert "results.csv, row" in lines[2][lines[0].index("BJP alone: File and row")]
    assert len(csv(client, path, "q=seat+2")) == 2
    assert client.get(path + "?q=%00&sort=votes9&show=moon").status_code == 200
    with system("test"):
        newest = Plan.objects.get(number=2)
    path = f"/elections/plans/{newest.public_id}/compare/"
    names = [line[0] for line in csv(client, path, "show=all&sort=name")[1:]]
    assert names == sorted(names) and len(names) == 4
    assert len(csv(client, path, "show=all&q=unit")) == 2
    assert "No seat fits" in body(client, path + "?q=nowhere")


def test_plans_are_chosen_by_state_and_result_and_all_of_them_exported(
    client: Client, world: World, president: Account, plan: Plan
) -> None:
    path = "/elections/plans/"
    assert 'name="state"' not in body(client, path)  # one state only
    with system("test"):
        for number in range(tables.PER_PAGE):
            copy = Plan.objects.get(pk=plan.pk)
            copy.pk, copy.public_id, copy.state = None, uuid4(), "" if number % 2 else "S08"
            copy.save()
    assert len(csv(client, path)) == tables.PER_PAGE + 2
    page = body(client, path)
    assert 'name="state"' in page and 'name="election"' not in page
    assert len(csv(client, path, "state=all")) == 1 + tables.PER_PAGE // 2
    assert "No plan fits" in body(client, path + "?q=nowhere")


def test_a_form_sent_twice_makes_one_plan(client: Client, world: World) -> None:
    once = re.search(r'name="once" value="([^"]+)"', body(client, STEP_TWO))
    assert once
    given = GOALS | {"then": "make", "once": once[1]}
    first, second = client.post(STEP_TWO, given), client.post(STEP_TWO, given)
    assert first["Location"] == second["Location"] and first.status_code == 302
    assert client.post(STEP_TWO, given | {"once": str(uuid4())})["Location"] != first["Location"]
    with system("test"):
        assert Plan.objects.count() == 2
