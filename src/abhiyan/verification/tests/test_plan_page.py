"""The planner's page: by number, by width, and what it says where a number cannot be had."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import NOON, Human, World
from abhiyan.enrolment.tests.web import web_world
from abhiyan.org.actions import end_appointment
from abhiyan.programmes.actions import start_in_units
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import freeze_frame
from abhiyan.verification.models import Frame
from abhiyan.verification.queries.items import sizes_now
from abhiyan.verification.refusals import NothingToDraw
from abhiyan.verification.rules.planning import Size
from abhiyan.verification.tests.test_checks import SYSTEM, drawn
from abhiyan.verification.tests.test_frames import PLAN

pytestmark = pytest.mark.django_db(transaction=True)


def page(cast: Cast) -> str:
    return reverse("verification:frame_new", args=[cast.world.programme.public_id])


def words(client: Client, where: str, **asked: str) -> str:
    answer = client.get(where, asked)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.split("<main")[-1]))


def test_a_plan_by_width_says_what_it_takes_or_that_nothing_brings_it(cast: Cast) -> None:
    client, where = cast.client("state_president"), page(cast)
    wide = words(client, where, aim="whole", goal="40", floor="1")
    assert re.search(r"\b2\d checks: about", wide) and "No number of checks" not in wide
    narrow = words(client, where, aim="whole", goal="2", floor="1")
    assert "No number of checks is enough" in narrow and "44 checks: about" in narrow
    assert "No number of checks is enough" in words(client, where, aim="district", goal="60")
    all_answer = {"refused": "0", "not_reached": "0", "rate": "50"}
    each = words(client, where, aim="district", goal="45", **all_answer)
    assert "No number of checks" not in each and re.search(r"\b(38|40|42) checks: about", each)
    assert client.get(where, {"aim": "whole", "goal": "120"}).status_code == 422
    many = client.get(where, {"goal": "20", "not_reached": "90", "refused": "9"})
    assert many.status_code == 422 and "have to answer" in many.text


def test_the_table_of_districts_is_a_file_too_and_names_who_has_no_verifier(cast: Cast) -> None:
    client, where = cast.client("state_president"), page(cast)
    for role in ("verifier_of_jammu", "verifier"):
        end_appointment(public_id=cast.appointments[role], reason="moved", by=SYSTEM, at=NOW)
    told = words(client, where, goal="40", floor="1")
    assert "Nobody can check Srinagar." in told
    rows = client.get(where, {"goal": "40", "floor": "1", "format": "csv"}).getvalue().decode("utf-8-sig")
    assert [row.split(",")[0:3] for row in rows.split()[-2:]] == [
        ["Jammu", "45", "20"],
        ["Srinagar", "45", "20"],
    ]


@pytest.mark.parametrize(("n", "says"), [(1, "Too few for a number"), (18, "Too few for a number")])
def test_too_few_entries_are_said_to_be_too_few_for_a_number(cast: Cast, n: int, says: str) -> None:
    drawn(cast, 90)
    cast.crowd(n, "JK-B001", "70062")
    with system("test"):
        sizes = sizes_now(cast.world.programme, ENROLMENTS)
    assert sizes == {cast.world.units["JK-SRI"].pk: [Size(n)]}
    told = words(cast.client("state_president"), page(cast))
    assert f"About {n} entries" in told and says in told and f"{n // 2} checks: about" in told
    assert ("Freeze" in told) == (n > 1), "nothing is drawn of one: nothing is frozen"


def test_where_nothing_new_was_counted_nothing_is_planned(cast: Cast) -> None:
    drawn(cast, 90)
    told = words(cast.client("state_president"), page(cast))
    assert "Nothing to check here" in told and "checks: about" not in told


def test_a_drive_that_is_part_of_another_is_planned_with_the_whole(cast: Cast) -> None:
    whole = cast.world.programme
    with system("test"):
        start_in_units(
            programme_id=whole.pk,
            unit_ids=[cast.world.district.pk],
            opens_on=whole.opens_on,
            closes_on=whole.closes_on,
            by=SYSTEM,
            at=NOW,
        )
        part = Programme.objects.get(parent=whole)
    told = words(cast.client("state_president"), reverse("verification:frame_new", args=[part.public_id]))
    assert "is part of another" in told and "checks: about" not in told


def test_a_frame_of_which_nothing_can_be_drawn_is_not_frozen_and_loses_nothing() -> None:
    world: World = web_world()
    world.web_join(of=Human("Asha Devi", 1980, "+919906000001"), unit=world.booth)
    given: Any = {"programme": world.programme, "measure": ENROLMENTS, "plan": PLAN, "by": SYSTEM}
    with pytest.raises(NothingToDraw):
        freeze_frame(**given, at=NOON)
    world.web_join(of=Human("Bilal Lone", 1980, "+919906000002"), unit=world.booth)
    assert isinstance(freeze_frame(**given, at=NOON), Frame)
