"""Units that move while a request is at work: nothing is shown by positions of another tree, and nothing is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.scope import is_out_of_date, system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.web import today
from abhiyan.org import queries as org
from abhiyan.org.models import Appointment
from abhiyan.people.models import Person
from abhiyan.site.tests.cast import Cast
from abhiyan.units import actions as units
from abhiyan.units.queries import TreesMoved, trees_version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]
SYSTEM = Actor.system("test")


@pytest.fixture
def cast() -> Cast:
    return Cast.make(own=3, foreign=3)


def elsewhere(act: Callable[[], Any]) -> None:
    """Do it now on another connection, and commit."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(run).result(PATIENCE_S)


def moving(cast: Cast, code: str, to: str, on: date) -> Callable[[], None]:
    unit, target = cast.world.units[code], cast.world.units[to]
    return lambda: units.move_unit(unit_id=unit.pk, hierarchy=1, to=target.pk, on=on, by=SYSTEM, at=NOW)


@contextmanager
def before_query(part: str, act: Callable[[], Any], *, times: int = 1) -> Iterator[list[str]]:
    """Have `act` happen elsewhere just before a query that holds `part`, as often as said."""
    done: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if part in sql and len(done) < times:
            done.append(sql)
            elsewhere(act)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield done


def names_seen(client: Client) -> tuple[int, str]:
    answer = client.get("/people/")
    return answer.status_code, answer.content.decode()


def test_a_relay_between_two_statements_shows_nobody_of_another_district(cast: Cast) -> None:
    with cast.as_("district_in_charge"):
        mine = set(Person.objects.values_list("name", flat=True))
        assert "Asha Devi" in mine and "Ghulam Planted Rasool" not in mine
        elsewhere(cast.world.swap_districts)
        assert not Person.objects.exists(), (
            "of the tree these positions are no longer of, nothing is in sight"
        )
        assert not Membership.objects.exists()
    with cast.as_("district_in_charge"):
        assert set(Person.objects.values_list("name", flat=True)) == mine


def test_a_page_is_made_once_more_by_itself_when_units_moved(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    with before_query("enrolment_membership", cast.world.swap_districts) as done:
        status, text = names_seen(client)
    assert done, "the page asks for members"
    assert status == 200
    assert "Asha Devi" in text and "Ghulam" not in text


def test_a_page_that_units_move_beneath_again_and_again_says_when_to_come_back(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    with before_query("enrolment_membership", cast.world.swap_districts, times=9) as done:
        answer = client.get("/people/")
    assert len(done) > 1
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"
    assert "Units are being moved now" in answer.content.decode()
    assert names_seen(client)[0] == 200


def test_a_form_sent_while_units_move_changes_nothing_and_says_send_it_again(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    seat = cast.appointments["booth_worker"]
    path = f"/appointments/{seat}/end/"
    with system("test"):
        before = Appointment.objects.get(public_id=seat).state
    form = {"reason": "moved away", "on": today().isoformat()}
    with before_query('UPDATE "org_appointment"', cast.world.swap_districts) as done:
        answer = client.post(path, form)
    assert done
    assert answer.status_code == 409
    assert "Please send it again" in answer.content.decode()
    with system("test"):
        assert Appointment.objects.get(public_id=seat).state == before
    assert client.post(path, form).status_code in (200, 302)
    with system("test"):
        assert Appointment.objects.get(public_id=seat).state != before


def test_a_request_that_moves_units_itself_is_not_sent_back(cast: Cast) -> None:
    with cast.as_("district_in_charge") as scope:
        with system("test"):
            moving(cast, "JK-B001", "JK-SRI-M1", today())()
        assert not is_out_of_date(scope, trees_version())
        assert not Person.objects.exists(), "its own positions are of the old tree all the same"


def test_who_reads_for_somebody_else_is_told_to_begin_again(cast: Cast) -> None:
    account = cast.accounts["district_in_charge"]
    with pytest.raises(TreesMoved), org.seeing_as(account.pk, on=today()):
        elsewhere(cast.world.swap_districts)
