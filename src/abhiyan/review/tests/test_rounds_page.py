"""The page of a round: states, branches, meetings, tasks, filters; a large round asks no more of the database."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.people.tests.make import body
from abhiyan.review import refusals
from abhiyan.review.actions.reviews import ToDo, set_meeting
from abhiyan.review.models import Review, Round
from abhiyan.review.queries.board import board
from abhiyan.review.rules.rounds import Coverage, due_share
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units import actions as units
from abhiyan.units.actions import NewUnit
from abhiyan.units.models import Kind
from abhiyan.work.models import Task

from .test_rounds import SAID, decide, opened, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def words(page: str) -> str:
    main = page.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def page(cast: Cast, one: Round, role: str = "state_president", asked: str = "") -> str:
    return body(cast.client(role), f"/review/rounds/{one.public_id}/{asked}")


def meet(cast: Cast, one: Review, days: int, role: str = "district_in_charge") -> None:
    with cast.as_(role):
        set_meeting(
            public_id=one.public_id,
            meets_on=today() + timedelta(days=days),
            is_held=days == 0,
            by=cast.actor(role),
            at=NOW,
        )


def test_the_page_shows_each_state_the_tasks_and_what_was_decided(cast: Cast) -> None:
    one = opened(cast, ends_on=today() + timedelta(days=19))
    todo = ToDo("Name two", cast.appointments["mandal_president"], today() + timedelta(days=1))
    decide(cast, review_of(one, "JK-SRI-M1"), todo=todo)
    meet(cast, review_of(one, "JK-SRI-M2"), 0)
    body(cast.client("district_elsewhere"), "/review/dossier/JK-JAM-M1/")
    with system("test"):
        Task.objects.filter(typed_title="Name two").update(due_at=NOW - timedelta(days=1))
    said = words(page(cast, one))
    assert (
        "To review 3 Not begun 0 Prepared, not met 1 Met, not decided 1 Decided 1 33%, due 0% Tasks open 1 1 late"
        in said
    )
    assert (
        "Late tasks Name two" in said
        and "1 of 1 reviewed unit needs help, a recheck or a change Help is needed 1" in said
    )
    assert "Today Hazratbal" in re.sub(r"\d ", "", said), "the meeting of today"
    drawn = page(cast, one)
    assert {f'class="c-{state}"' in drawn for state in ("full", "half", "open", "empty")} == {True}
    own = words(page(cast, one, "district_in_charge"))
    assert "To review 2" in own and "Bahu" not in own, "their own branch alone"
    assert "To review" not in words(page(cast, one, "booth_worker"))


def test_a_branch_is_looked_into_and_one_outside_the_round_is_not_there(cast: Cast) -> None:
    one = opened(cast)
    assert "To review 2" in words(page(cast, one, asked="?unit=JK-SRI"))
    assert cast.client("state_president").get(f"/review/rounds/{one.public_id}/?unit=HP").status_code == 404
    with system("test"):
        branches = board(one, cast.world.units["JK"].pk, on=today(), at=NOW).branches
    assert [each.code for each in branches] == ["JK-SRI", "JK-JAM"], (
        "the larger first, as far back as they are"
    )


def test_a_meeting_is_on_a_day_of_the_round_noted_by_who_reviews(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M2")
    for days in (-1, 10):
        with pytest.raises(refusals.MeetingOutside):
            meet(cast, one, days)
    meet(cast, one, 3)
    said = words(page(cast, one.round))
    assert "No meeting today Next Hazratbal Srinagar, dossier not read yet" in said
    assert "Dossiers of the week (1)" in words(page(cast, one.round, "district_in_charge"))
    assert "Dossiers of the week" not in said, "of who has meetings"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("show=decided", ["Lal Chowk"]),
        ("show=waiting", ["Bahu", "Hazratbal"]),
        ("show=met", ["Hazratbal"]),
        ("show=empty", ["Bahu"]),
        ("show=left", []),
        ("q=JK-JAM-M1", ["Bahu"]),
        ("unit=JK-JAM", ["Bahu"]),
    ],
)
def test_the_list_is_filtered_and_searched(cast: Cast, asked: str, shown: list[str]) -> None:
    one = opened(cast)
    decide(cast, review_of(one, "JK-SRI-M1"))
    meet(cast, review_of(one, "JK-SRI-M2"), 0)
    rows = page(cast, one, asked=f"?{asked}").rpartition("<caption")[2]
    found = [name for name in ("Bahu", "Hazratbal", "Lal Chowk") if name in rows]
    assert found == (shown or []) or (not shown and "Nothing to show" in page(cast, one, asked=f"?{asked}"))


def test_a_unit_is_found_by_its_name_in_either_script(cast: Cast) -> None:
    one = opened(cast)
    with system("test"):
        new = NewUnit(code="JK-SRI-M9", kind=Kind.MANDAL, names={"en": "Nishat", "hi": "निशात"})
        made = units.make_unit(unit=new, by=SYSTEM, at=NOW)
        place = (made, cast.world.units["JK-SRI"].pk)
        units.place_units(hierarchy=1, places=[place], on=today(), by=SYSTEM, at=NOW)
    for typed in ("nishat", "निशात"):
        rows = page(cast, one, asked=f"?q={typed}").rpartition("<caption")[2]
        assert [name for name in ("Bahu", "Hazratbal", "Nishat") if name in rows] == ["Nishat"]


def test_rounds_are_found_by_name_and_whether_they_are_over(cast: Cast) -> None:
    opened(cast, title="Snow and roads")
    old = opened(cast, title="Long ago")
    with system("test"):
        Round.objects.filter(pk=old.pk).update(
            begins_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1)
        )
    client = cast.client("mandal_president")
    assert "Long ago" not in body(client, "/review/rounds/?show=running")
    over = body(client, "/review/rounds/?show=over")
    assert "Long ago" in over and "Snow" not in over
    assert "Snow and roads" in body(client, "/review/rounds/?q=snow")


def test_a_round_is_offered_only_to_somebody_who_leads_a_unit_of_the_organisation(cast: Cast) -> None:
    offered = {
        role: "/review/rounds/new/" in body(cast.client(role), "/review/rounds/")
        for role in ("state_president", "mandal_president", "constituency_in_charge", "booth_worker")
    }
    assert [role for role, is_offered in offered.items() if is_offered] == [
        "state_president",
        "mandal_president",
    ]


def test_a_round_of_many_asks_the_database_as_often_as_one_of_three(cast: Cast) -> None:
    one, client = opened(cast), cast.client("state_president")

    def asked() -> int:
        body(client, f"/review/rounds/{one.public_id}/")
        body(client, "/today/")
        with CaptureQueriesContext(connection) as queries:
            body(client, f"/review/rounds/{one.public_id}/")
            body(client, "/today/")
        return len(queries)

    few = asked()
    with system("test"):
        mandal = cast.world.units["JK-SRI-M1"].pk
        template = sql.row(
            "select lo, hi, depth, parent_id from units_placement where unit_id = %s", [mandal]
        )
        lo, _hi, depth, parent = template
        sql.run(
            "with u as (insert into units_unit (code, kind, names, is_sample, successors, source)"
            " select 'X' || n, 'mandal', '{\"en\": \"X\"}', true, '[]', '' from generate_series(1, 300) n"
            " returning id), n as (select id, row_number() over () as n from u),"
            " p as (insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
            " select 1, id, %s, %s, %s - 1000 + n, %s - 999 + n, 1, '2020-01-01' from n)"
            " insert into review_review (public_id, round_id, unit_id, by_unit_id)"
            " select gen_random_uuid(), %s, id, %s from n",
            [parent, depth, lo, lo, one.pk, parent],
        )
    assert asked() == few
    with system("test"):
        whole = board(one, cast.world.units["JK"].pk, on=today(), at=NOW)
    assert whole.whole.coverage.of == 303
    assert "<svg" in page(cast, one) and Coverage(1, empty=302).drawn.squares == []


def test_a_half_written_task_is_refused_at_its_field_and_what_was_typed_stays(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    typed = {"decision": "help", "text": SAID, "task": "Name two"}
    answer = cast.client("district_in_charge").post(f"/review/of/{one.public_id}/decide/", typed)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "A task needs three things" in shown and 'href="#id_task"' in shown
    assert SAID in shown and 'value="Name two"' in shown


def test_the_page_of_a_review_says_why_its_reviewer_may_not_decide_and_leads_no_further(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    path = f"/review/of/{one.public_id}/"
    client = cast.client("district_in_charge")
    assert f"{path}decide/" in body(client, path)
    cast.appoint(
        cast.accounts["district_in_charge"], "mandal_in_charge", "JK-SRI-M1", by=cast.actor("state_president")
    )
    client = cast.client("district_in_charge")
    shown = body(client, path)
    assert "One of the two offices has to end first" in shown and f"{path}decide/" not in shown
    answer = client.post(f"{path}decide/", {"decision": "help", "text": SAID})
    assert answer.status_code == 409 and SAID in answer.content.decode(), "what was typed stays"


def test_a_unit_that_closed_meanwhile_says_so_on_its_review(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M2")
    with system("test"):
        units.close_units(
            unit_id=cast.world.units["JK-SRI-M2"].pk, on=today(), by=SYSTEM, at=NOW, with_below=True
        )
    path = f"/review/of/{one.public_id}/"
    shown = body(cast.client("district_in_charge"), path)
    assert "This unit has closed or left the round" in shown and f"{path}decide/" not in shown


def test_what_is_due_grows_by_the_day() -> None:
    first = today()
    days = [
        due_share(first, first + timedelta(days=9), today=first + timedelta(days=n)) for n in (-3, 0, 5, 30)
    ]
    assert days == [0, 0, 0.5, 1]
