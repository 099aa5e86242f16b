"""Workers get their places by list, by hand and as last time; the board shows what is empty, and who is near."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.stays import actions
from abhiyan.stays.actions import NewStay
from abhiyan.stays.models import Stay
from abhiyan.stays.refusals import (
    FromOutside,
    HostIsWorker,
    HostPhoneWrong,
    NoSuchPlace,
    NothingToCopy,
    PlaceTaken,
    StaysOver,
    StayWorkerUnknown,
    WorkerElsewhere,
)

from .make import (
    DAY,
    HOST,
    JOBS,
    POINT,
    TODAY,
    assigned,
    bring,
    points,
    programme,
    reachable,
    refused,
    stay,
    texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def workers(world: World) -> list[Account]:
    """A worker in each booth of a mandal, and one in the next mandal."""
    codes = ("N1111", "N1112", "N1121")
    return [reachable(world, "booth_worker", code, n) for n, code in enumerate(codes)]


@pytest.fixture
def run(world: World) -> Programme:
    return programme(world.unit("N1"))


def test_a_list_assigns_what_fits_refuses_the_rest_and_is_taken_back(
    world: World, workers: list[Account], run: Programme, tmp_path: Path
) -> None:
    leader = actor(world.holder("district_president", "N11"))
    reachable(world, "booth_worker", "N1211", 9)
    rows = (
        "Unit code,Worker's phone,Host,Host's phone\n"
        "N1111,9419000001,Ghulam Rasool,9419055500\n"
        "N1112,9419000000,Meena,\n"  # a host without a phone.
        "N1112,9419000002,,\n"  # two workers in one place.
        "N1121,9419000001,,\n"  # one worker in two places.
        "N1121,9419000002,Self,9419000002\n"  # the host's number is the worker's.
        "N1211,9419000002,,\n"  # outside the district of the list.
        "N111,9419000002,,\n"  # a mandal is no place.
        "NOWHERE,9419000002,,\n"
        "N1122,9419077777,,\n"  # nobody with an office
        "N1122,12,,\n"
    )
    staged = bring(tmp_path / "stays.csv", rows, world.unit("N11"), run, leader)
    wrong = [
        (4, "unit_code", "place_taken"),
        (5, "phone", "worker_elsewhere"),
        (6, "host_phone", "host_is_worker"),
        (7, "unit_code", "unit_outside"),
        (8, "unit_code", "no_such_place"),
        (9, "unit_code", "unit_unknown"),
        (10, "phone", "worker_unknown"),
        (11, "phone", "phone"),
    ]
    assert refused(staged) == wrong and staged.counts == {"assigned": 2, "refused": 8}
    with system("test"):
        assert not Stay.objects.exists(), "a check changes nothing"
    staged = bring(tmp_path / "stays.csv", rows, world.unit("N11"), run, leader, "commit")
    assert refused(staged) == wrong
    with system("test"):
        placed = dict(Stay.objects.values_list("unit_id", "worker_id"))
        first = Stay.objects.get(unit_id=world.unit("N1111"))
    assert placed == {world.unit("N1111"): workers[1].pk, world.unit("N1112"): workers[0].pk}
    with system("test"):
        Stay.objects.filter(pk=first.pk).update(state="there")
    again = bring(tmp_path / "stays.csv", rows, world.unit("N11"), run, leader)
    assert again.counts == {"refused": 10}, "a list that is brought twice finds its places taken"
    with system("test"):
        imports.ask_import_step(public_id=staged.public_id, step="undo", by=leader, at=NOW)
        running.run_import_step(staged.public_id, "undo", at=NOW)
        assert list(Stay.objects.filter(ended_at=None).values_list("pk", flat=True)) == [first.pk]


def test_two_thousand_rows_of_half_unknown_units_cost_as_many_queries_as_a_few(
    world: World, workers: list[Account], run: Programme, tmp_path: Path
) -> None:
    def queries_of(n: int) -> int:
        some = ["N1111,9419000000,,\n", *(f"NOWHERE{i},9419000001,,\n" for i in range(n))]
        with CaptureQueriesContext(
            connection,
        ) as counted:
            staged = bring(
                tmp_path / "many.csv",
                "Unit code,Worker's phone,Host,Host's phone\n" + "".join(some),
                world.unit("N1"),
                run,
                JOBS,
            )
        assert staged.counts == {"assigned": 1, "refused": n}
        return len(counted)

    assert queries_of(1_800) <= queries_of(2) + 3


def test_worker_and_host_are_told_and_a_refusal_of_either_empties_the_place(
    world: World, workers: list[Account], run: Programme
) -> None:
    made = assigned(run, world.unit("N1112"), workers[0])
    with system("test"):
        assert actions.ask_next_stays(at=NOW) == 1 and actions.ask_next_stays(at=NOW) == 0
    (told,) = texts("+919419000000", "duty.stay")
    assert (
        told["place"] == "Unit N1112"
        and told["host"] == "Ghulam Rasool"
        and told["days"] == "24 November–26 November"
    ) or told["days"]
    (asked,) = texts(HOST, "ask.host")
    assert asked["worker"] == "Worker 0 (बूथ कार्यकर्ता)"
    with system("test"):
        messaging.answer_question(
            phone_id=workers[0].phone_id, yes=True, code=told["word"], channel="sms", ref="1", by=JOBS, at=NOW
        )
        assert stay(made.pk).state == "accepted"
        host = keyring().phone_id(HOST)
        messaging.answer_question(
            phone_id=host, yes=False, code=asked["word"], channel="sms", ref="2", by=JOBS, at=NOW
        )
    assert stay(made.pk).state == "host_no"
    again = assigned(run, world.unit("N1112"), workers[2], host="")
    with system("test"):
        actions.ask_next_stays(at=NOW)
    (told,) = texts("+919419000002", "duty.stay")
    page = browser(language="en").get(told["link"].removeprefix("http://localhost:8000"), follow=True)
    assert page.status_code == 200 and "Will you go?" in page.text and "Unit N1112" in page.text
    assert f'href="/field/sign-in/?next=%2Ffield%2Fstay%2F{again.pk}%2F"' in page.text, (
        "one code opens the stay"
    )
    assert stay(again.pk).state == "assigned", "opening a link answers nothing"
    browser().post(page.request["PATH_INFO"], {"answer": "no", "why": "wedding"})
    assert (stay(again.pk).state, stay(again.pk).why) == ("declined", "wedding")
    late = browser().post(page.request["PATH_INFO"], {"answer": "yes"})
    assert late.status_code == 200 and stay(again.pk).state == "declined"
    assert "/field/sign-in/" not in late.text


def test_the_board_shows_the_gap_first_with_its_reason_and_the_nearest_and_two_taps_fill_it(
    world: World, workers: list[Account], run: Programme
) -> None:
    points(world, N1111=POINT, N1112=(33.09, 74.83), N1121=(33.5, 74.83))
    near = reachable(world, "booth_president", "N1111", 20, "Kamla Devi")
    leader = world.holder("mandal_president", "N111")
    first = assigned(run, world.unit("N1112"), workers[0], host="")
    actions.answer_stay(stay=first.pk, accepts=False, why="wedding", by=actor(workers[0]), at=NOW)
    assigned(run, world.unit("N1111"), workers[1], host="")
    desk = browser(leader)
    board = f"/stays/{run.public_id}/?unit=N111"
    page = desk.get(board).text
    assert "The worker declined: wedding" in page and "Kamla Devi · Unit N1111 · 1 km" in page
    assert page.index("Unit N1112") < page.index("Worker 1"), "the empty place comes first"
    form = desk.get(f"/stays/{run.public_id}/assign/?unit=N1112")
    assert f'value="{near.public_id}"' in form.text and "Worker 0" not in form.text, (
        "who declined is not offered again"
    )
    done = desk.post(f"/stays/{run.public_id}/assign/?unit=N1112", {"worker": str(near.public_id)})
    assert done.status_code == 302 and done["Location"].startswith(f"/stays/{run.public_id}/?unit=N111")
    page = desk.get(board).text
    assert "Kamla Devi" in page and "wedding" not in page
    assert "Unit N1112" not in desk.get(f"{board}&state=empty").text.split("Places</h2>")[-1]
    assert "Unit N1111" in desk.get(f"{board}&q=n1111").text.split("<tbody")[-1]
    with system("test"):
        now = Stay.objects.get(unit_id=world.unit("N1112"), ended_at=None)
    back = desk.post(f"/stays/{run.public_id}/act/withdraw/", {"unit": "N111", "stay": str(now.pk)})
    assert back.status_code == 302, back.text
    assert stay(now.pk).state == "withdrawn"


def test_today_tells_who_runs_it_how_many_places_are_empty_and_nobody_else(
    world: World, workers: list[Account], run: Programme
) -> None:
    desk = browser(world.holder("mandal_president", "N111"))
    assert "2 places have no worker" in desk.get("/today/").text
    assigned(run, world.unit("N1112"), workers[0])
    page = desk.get("/today/").text
    assert "1 place has no worker" in page and f'href="/stays/{run.public_id}/?unit=N111"' in page
    assigned(run, world.unit("N1111"), workers[1])
    assert "no worker" not in desk.get("/today/").text
    assert "no worker" not in browser(world.holder("booth_president", "N1122")).get("/today/").text
    with system("test"):
        Stay.objects.all().delete()
    given.time(NOW + 2 * DAY)
    assert "no worker" not in browser(world.holder("mandal_president", "N111")).get("/today/").text


def test_empty_places_are_late_work_above_the_districts(world: World) -> None:
    programme(world.unit("N1"), unit=world.unit("N111"))
    said = "2 places have no worker"
    assert said in browser(world.holder("district_president", "N11")).get("/today/").text
    above = browser(world.holder("state_president", "N1"))
    page = above.get("/today/").text
    assert f"<b>{said}</b></a>" in page and "Late at the desks below" in page and "Assign workers" not in page
    assert "1 thing is late at the desks below" in above.get("/").text
    given.time(NOW - 2 * DAY)
    assert said not in browser(world.holder("state_president", "N1")).get("/today/").text


def test_the_board_is_taken_away_as_a_file_that_names_nobody(
    world: World, workers: list[Account], run: Programme
) -> None:
    first = assigned(run, world.unit("N1112"), workers[0])
    actions.answer_stay(stay=first.pk, accepts=False, why="wedding", by=actor(workers[0]), at=NOW)
    assigned(run, world.unit("N1111"), workers[1])
    desk = browser(world.holder("mandal_president", "N111"))
    page = f"/stays/{run.public_id}/?unit=N111"
    assert "format=csv" in desk.get(page).text
    said = body(desk, f"{page}&format=csv")
    lines = list(csv.reader(said.removeprefix("\ufeff").splitlines()))
    assert [line[1] for line in lines if line[1:2] in (["N1111"], ["N1112"])] == ["N1112", "N1111"]
    assert "Empty" in said and not any(word in said for word in ("Worker 1", "wedding", HOST[3:]))
    other = browser(world.holder("mandal_president", "N112"))
    assert other.get(f"{page}&format=csv").status_code == 403


def test_the_host_of_who_declined_stays_the_host_and_one_who_said_no_does_not(
    world: World, workers: list[Account], run: Programme
) -> None:
    points(world, N1112=POINT, N1111=None)
    desk = browser(world.holder("mandal_president", "N111"))
    page = f"/stays/{run.public_id}/assign/?unit=N1112"
    first = assigned(run, world.unit("N1112"), workers[0])
    actions.answer_stay(stay=first.pk, accepts=False, why="wedding", by=actor(workers[0]), at=NOW)
    form = desk.get(page).text
    assert "The same host: Ghulam Rasool" in form and HOST[3:] not in form, "the number is not shown"
    assert " km" not in form, "the distance from a booth without a point is not known"
    assert desk.post(page, {"phone": "9419000001", "same_host": "on"}).status_code == 302
    with system("test"):
        again = Stay.objects.get(unit_id=world.unit("N1112"), ended_at=None)
        assert (again.host_name, again.host_phone) == ("Ghulam Rasool", first.host_phone)
        Stay.objects.filter(pk=again.pk).update(state="host_no", ended_at=NOW + DAY)
    assert "same_host" not in desk.get(page).text


def test_a_board_costs_as_many_queries_with_more_empty_places(
    world: World, workers: list[Account], run: Programme
) -> None:
    desk = browser(world.holder("state_president", "N1"))

    def of(code: str) -> int:
        desk.get(f"/stays/{run.public_id}/?unit={code}")
        with CaptureQueriesContext(connection) as counted:
            assert desk.get(f"/stays/{run.public_id}/?unit={code}").status_code == 200
        return len(counted)

    assert of("N1") <= of("N111") + 1


def test_who_runs_nothing_there_assigns_nobody_and_sees_no_board(
    world: World, workers: list[Account], run: Programme
) -> None:
    place = world.unit("N1112")
    for office, code in (
        ("booth_president", "N1112"),
        ("mandal_president", "N112"),
        ("state_president", "N2"),
    ):
        with pytest.raises(NotYours):
            assigned(run, place, workers[0], by=actor(world.holder(office, code)))
    other = browser(world.holder("mandal_president", "N112"))
    assert other.get(f"/stays/{run.public_id}/?unit=N111").status_code == 403
    assert browser().get(f"/stays/{run.public_id}/").status_code in (302, 403)
    made = assigned(run, place, workers[0])
    with pytest.raises(NotYours):
        actions.withdraw_stay(stay=made.pk, by=actor(world.holder("mandal_president", "N112")), at=NOW)


def test_each_bad_assignment_is_refused_by_name(world: World, workers: list[Account], run: Programme) -> None:
    place = world.unit("N1112")

    def refuses(why: type[Exception], new: NewStay, of: Programme = run, at: datetime = NOW) -> None:
        with pytest.raises(why):
            actions.assign_stay(programme=of, new=new, by=JOBS, at=at)

    nobody = world.account("Nobody")
    refuses(NoSuchPlace, NewStay(world.unit("N111"), workers[0].pk))
    refuses(NoSuchPlace, NewStay(world.unit("N2111"), workers[0].pk))
    refuses(StayWorkerUnknown, NewStay(place, nobody.pk))
    refuses(HostIsWorker, NewStay(place, workers[0].pk, "Self", "+919419000000"))
    refuses(HostPhoneWrong, NewStay(place, workers[0].pk, "Typo", "12"))
    refuses(StaysOver, NewStay(place, workers[0].pk), at=NOW + 3 * DAY)
    assigned(run, place, workers[0])
    refuses(PlaceTaken, NewStay(place, workers[1].pk))
    refuses(WorkerElsewhere, NewStay(world.unit("N1111"), workers[0].pk))
    with pytest.raises(NothingToCopy):
        actions.copy_last(programme=run, unit_id=world.unit("N1"), by=JOBS, at=NOW)


def test_before_a_poll_only_workers_of_the_constituency_go(world: World, workers: list[Account]) -> None:
    outside = reachable(world, "booth_worker", "N2111", 30)
    run = programme(world.unit("N"), opens=TODAY, days=3)
    enter(world.unit("C1"), closes_at=NOW + timedelta(days=2))
    with system("test"):
        bad = actions.unfit(
            programme=run,
            some=[
                NewStay(world.unit("N1112"), outside.pk),
                NewStay(world.unit("N1111"), workers[0].pk),
                NewStay(world.unit("N2112"), outside.pk),
            ],
            at=NOW,
        )
    assert bad == {0: FromOutside}


def test_the_last_programme_is_copied_where_worker_and_place_are_free(
    world: World, workers: list[Account], run: Programme
) -> None:
    before = programme(world.unit("N1"), opens=TODAY - 60 * DAY, days=90)
    for code, worker in zip(("N1111", "N1112", "N1121"), workers, strict=True):
        assigned(before, world.unit(code), worker)
    assigned(run, world.unit("N1111"), workers[2])
    leader = actor(world.holder("mandal_president", "N111"))
    assert actions.copy_last(programme=run, unit_id=world.unit("N111"), by=leader, at=NOW) == (1, 1)
    with system("test"):
        copied = Stay.objects.get(programme_id=run.pk, unit_id=world.unit("N1112"))
    assert (copied.worker_id, copied.host_name) == (workers[1].pk, "Ghulam Rasool") and copied.host_phone
    desk = browser(world.holder("district_president", "N11"))
    page = desk.post(f"/stays/{run.public_id}/act/copy/", {"unit": "N11"}, follow=True).text
    assert "0 places assigned as last time. 3 were left out." in page


def test_an_office_that_assigns_and_takes_back_all_day_sends_three_messages(
    world: World, workers: list[Account]
) -> None:
    run = programme(world.unit("N1"), days=5)
    for _n in range(5):
        made = assigned(run, world.unit("N1112"), workers[0])
        with system("test"):
            assert actions.ask_next_stays(at=NOW) == 1
        actions.withdraw_stay(stay=made.pk, by=JOBS, at=NOW)
    assert len(texts(HOST, "ask.host")) == len(texts("+919419000000", "duty.stay")) == 3
    assigned(run, world.unit("N1112"), workers[0])
    with system("test"):
        actions.ask_next_stays(at=NOW + DAY)
    assert len(texts("+919419000000", "duty.stay")) == 4, "the worker is asked again on another day"
    assert len(texts(HOST, "ask.host")) == 3, "the host is not"


def test_the_words_of_a_host_go_with_an_erasure(world: World, workers: list[Account], run: Programme) -> None:
    made = assigned(run, world.unit("N1112"), workers[0])
    with system("test"):
        Stay.objects.filter(pk=made.pk).update(state="host_no", why="My wife Sunita is ill", ended_at=NOW)
    actions.forget_host(erasure=ItemsErased((), or_refuse(stay(made.pk).host_phone), NOW))
    assert stay(made.pk).why == ""


def test_a_host_who_is_erased_is_named_by_no_stay(
    world: World, workers: list[Account], run: Programme
) -> None:
    made = assigned(run, world.unit("N1112"), workers[0])
    phone = stay(made.pk).host_phone
    assert phone is not None
    actions.forget_host(erasure=ItemsErased((), phone, NOW))
    assert (stay(made.pk).host_name, stay(made.pk).host_phone) == ("", None)
