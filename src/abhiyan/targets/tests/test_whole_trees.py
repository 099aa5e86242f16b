"""Changes of targets over a whole tree: a job does them, once, by the rights of its asker; a page says how far."""

import re
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from abhiyan.core import clock, jobs
from abhiyan.core.models import Job
from abhiyan.core.refusals import said_again
from abhiyan.core.scope import system
from abhiyan.core.tests.conftest import as_jobs
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.make import plan_of, taken
from abhiyan.programmes.tests.test_pages import drive as open_drive
from abhiyan.targets import actions, queries, tasks
from abhiyan.targets.actions import whole_trees
from abhiyan.targets.models import TargetChange, TargetVersion
from abhiyan.targets.queries.whole_trees import concerned
from abhiyan.units.tests.make import SYSTEM

__all__ = ["as_jobs"]
pytestmark = pytest.mark.django_db
drive = open_drive
WAITS, WRITES = "Waiting for its turn.", "The targets are being written."


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three units be too many for a request."""
    monkeypatch.setattr(whole_trees, "MOST_AT_ONCE", 3)


def look(
    client: Client, drive: Programme, how: str = "equally", levels: str = ""
) -> tuple[str, dict[str, str]]:
    """The address that takes a split of the state, and what its form sends."""
    asked = urlencode({"unit": "N1", "how": how, "levels": levels})
    page = body(client, f"/programmes/{drive.public_id}/targets/preview/?{asked}")
    return f"/programmes/{drive.public_id}/targets/split/?{asked}", taken(page)


def asked(client: Client, drive: Programme, levels: str = "") -> str:
    """The page of a change that was asked for."""
    path, given = look(client, drive, levels=levels)
    answer = client.post(path, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def run(page: str) -> None:
    """The job of a change, by the name in its page's address."""
    tasks.run_target_change(public_id=page.rstrip("/").rsplit("/", 1)[1])


def standing(world: World, drive: Programme, *codes: str) -> list[int | None]:
    with system("test"):
        found = queries.targets(programme=drive, units=[world.unit(code) for code in codes])
    return [found[world.unit(code)].n if world.unit(code) in found else None for code in codes]


def test_a_split_of_many_units_is_asked_for_done_by_a_job_and_told(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    client = browser(president)
    page = asked(client, drive)
    assert "/targets/changes/" in page
    assert WAITS in body(client, page) and WAITS in body(client, f"{page}progress/")
    assert standing(world, drive, "N1", "N11", "N1111") == [1000, None, None]
    assert "Targets are being changed" in body(client, f"/programmes/{drive.public_id}/targets/?unit=N1")
    run(page)
    said = body(client, page)
    assert "Targets changed:" in said and WAITS not in said and "http-equiv" not in said
    assert client.get(f"{page}progress/")["HX-Refresh"] == "true"
    assert standing(world, drive, "N11", "N12") == [500, 500]
    with system("test"):
        assert programmes.gap(programme=drive, node=world.unit("N1"), on=clock.day_in(drive.zone, NOW)).sums
        made = TargetVersion.objects.filter(programme=drive, act="split")
        assert [one.made_by for one in made] == [president.pk]
    run(page)  # a worker died after it was done
    with system("test"):
        assert TargetVersion.objects.filter(programme=drive, act="split").count() == 1
    assert "Targets are being changed" not in body(client, f"/programmes/{drive.public_id}/targets/?unit=N1")


def test_pressed_again_it_is_the_same_change_and_another_waits_for_it(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    client = browser(president)
    other_path, other = look(client, drive, how="electors")
    page = asked(client, drive)
    assert asked(client, drive) == page and asked(client, drive) == page
    with system("test"):
        assert TargetChange.objects.count() == 1
    answer = client.post(other_path, other)
    assert answer.status_code == 409 and "are being changed just now" in answer.content.decode()
    with system("test"):
        TargetChange.objects.update(begun_at=NOW)
    assert WRITES in body(client, page)
    answer = client.post(f"/programmes/{drive.public_id}/targets/set/?unit=N1", {"about": "N1", "n": "7"})
    assert answer.status_code == 409 and "are being changed just now" in answer.content.decode()
    run(page)
    answer = client.post(f"/programmes/{drive.public_id}/targets/set/?unit=N1", {"about": "N1", "n": "7"})
    assert answer.status_code == 302


@pytest.mark.usefixtures("as_jobs")
def test_the_worker_does_once_what_was_asked_twice(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    ask = partial(
        actions.change_targets,
        act="split",
        programme_id=drive.pk,
        measure=1,
        unit_id=world.unit("N1"),
        given={"how": "equally", "far": "", "expected": None},
        by=actor(president),
        at=NOW,
    )
    with system("test"):
        assert ask() == ask()
    waiting = Job.objects.filter(name="programmes.change_targets")
    assert waiting.count() == 1
    worker = jobs.Worker()
    worker.turn(NOW)
    worker.close()
    assert not waiting.exists() and standing(world, drive, "N11", "N12") == [500, 500]


def test_whoever_lost_the_office_meanwhile_changes_nothing(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    page = asked(browser(president), drive)
    with system("test"):
        office = Appointment.objects.get(account_id=president.pk)
        org.end_appointment(public_id=office.public_id, reason="r", by=SYSTEM, at=NOW)
    run(page)
    assert standing(world, drive, "N11") == [None]
    reader = browser(world.holder("state_general_secretary", "N1", name="Kamla Devi"))
    assert "No target was changed." in body(reader, page)
    with system("test"):
        one = TargetChange.objects.get()
    assert one.ended_at is not None and one.refused["class"].endswith("NotYours")


def test_a_closed_account_changes_nothing(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    page = asked(browser(president), drive)
    with system("test"):
        Account.objects.filter(pk=president.pk).update(closed_at=NOW)
    run(page)
    assert standing(world, drive, "N11") == [None]


def test_who_may_not_is_refused_when_asking_and_others_do_not_see_the_change(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    path, given = look(browser(president), drive)
    district = browser(world.holder("district_president", "N11"))
    assert district.post(path, given).status_code in (403, 404)
    with system("test"):
        assert not TargetChange.objects.exists()
    page = asked(browser(president), drive)
    answer = district.post(path, given | {"how": "electors"})
    assert answer.status_code in (403, 404), "they do not learn that one is under way"
    assert browser(world.holder("state_president", "N2")).get(page).status_code == 404
    assert browser(world.holder("state_president", "N2")).get(f"{page}progress/").status_code == 404


def test_what_changed_since_the_look_refuses_the_job_in_the_readers_language(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    page = asked(browser(president), drive)
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N11"), n=900, lock=True, by=actor(president), at=NOW
        )
    run(page)
    assert "have changed since you looked" in body(browser(president), page)
    assert "कोई लक्ष्य नहीं बदला" in body(browser(president, language="hi"), page)
    assert standing(world, drive, "N11", "N12") == [900, None]
    assert asked(browser(president), drive) != page  # looked at again, asked for again


def test_without_a_look_nothing_is_asked_for(drive: Programme, president: Account, large: None) -> None:
    path, given = look(browser(president), drive)
    assert browser(president).post(path, given | {"expected": ""}).status_code == 409
    with system("test"):
        assert not TargetChange.objects.exists()


def test_a_job_that_is_given_up_says_so_and_may_be_asked_for_again(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    client = browser(president)
    page = asked(client, drive)
    tasks._give_up(page.rstrip("/").rsplit("/", 1)[1])
    assert "This stopped and is not done." in body(client, page)
    run(page)
    assert standing(world, drive, "N11") == [None]
    run(asked(client, drive))
    assert standing(world, drive, "N11") == [500]


def test_few_units_change_in_the_request(
    world: World, drive: Programme, president: Account, large: None
) -> None:
    page = asked(browser(president), drive, levels="1")
    assert "/targets/?" in page and standing(world, drive, "N11", "N12") == [500, 500]


def test_a_plan_and_going_back_are_jobs_too(
    world: World, drive: Programme, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_trees, "MOST_AT_ONCE", 1)
    client = browser(president)
    run(asked(client, drive, levels="1"))
    before = standing(world, drive, "N1", "N11", "N12")
    with system("test"):
        split = TargetVersion.objects.filter(programme=drive).latest("pk")
    plan = plan_of(world, N11=800, N12=700)
    path = f"/programmes/{drive.public_id}/targets/plan/?measure=1"
    query = urlencode({"plan": plan.public_id, "way": "members", "per_100": "100"})
    form = body(client, f"{path}&{query}").rpartition('name="expected"')
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1] + form[2].split("</form>", 1)[0]))
    answer = client.post(path, given)
    assert answer.status_code == 302 and standing(world, drive, "N1", "N11", "N12") == before
    run(answer["Location"])
    assert standing(world, drive, "N1", "N11", "N12") == [1500, 800, 700]
    path = f"/programmes/{drive.public_id}/targets/versions/{split.public_id}/"
    seen = body(client, f"{path}?unit=N1&to=after")
    answer = client.post(f"{path}back/?unit=N1&to=after", taken(seen, "back/"))
    assert "/targets/changes/" in answer["Location"]
    run(answer["Location"])
    assert standing(world, drive, "N1", "N11", "N12") == before


def test_a_draft_gets_its_targets_at_once_and_their_split_by_a_job(
    world: World, president: Account, large: None
) -> None:
    client = browser(president)
    given = {
        "template": "membership_drive",
        "owner": "N1",
        "hierarchy": "1",
        "name_en": "Drive",
        "name_hi": "अभियान",
    }
    draft = client.post("/programmes/new/", given)["Location"].replace("/who/", "/%s/")
    today = clock.day_in(settings.TIME_ZONE, NOW)
    days = {"opens_on": str(today), "closes_on": str(today + timedelta(days=30))}
    assert client.post(draft % "when", days).status_code == 302
    answer = client.post(draft % "target", {f"n_{world.unit('N1')}_1": "400", "how": "equally"})
    assert "That goes on while you work" in body(client, answer["Location"])
    one = Programme.objects.get(names__en="Drive")
    assert standing(world, one, "N1", "N11") == [400, None]
    with system("test"):
        (change,) = TargetChange.objects.filter(programme=one)
    tasks.run_target_change(public_id=str(change.public_id))
    assert standing(world, one, "N1", "N11", "N12") == [400, 200, 200]


def test_what_a_split_concerns_is_what_it_looks_at_at_every_depth(world: World, drive: Programme) -> None:
    with system("test"):
        at: dict[str, Any] = {"programme": drive, "measure": 1, "unit_id": world.unit("N1"), "act": "split"}
        for far in ("1", "", "kept", "district", "mandal", "booth"):
            planned = queries.planned_split(
                programme=drive,
                measure=1,
                unit_id=world.unit("N1"),
                own=1000,
                by=queries.basis("equally"),
                far=far,
                on=clock.day_in(drive.zone, NOW),
            )
            n = concerned(**at, given={"far": far}, most=1_000)
            assert n == planned.units, far
            assert concerned(**at, given={"far": far}, most=n - 1) == n, "it stops at the bound"


def test_words_of_a_refusal_that_is_no_more_are_none() -> None:
    assert said_again({"class": "abhiyan.core.clock.now", "facts": {}}) == ""
    assert said_again({"class": "abhiyan.nowhere.Nothing", "facts": {}}) == ""
    known = {"class": "abhiyan.programmes.refusals.TooManyUnits", "facts": {"most": 1234567}}
    assert "12,34,567" in said_again(known)
