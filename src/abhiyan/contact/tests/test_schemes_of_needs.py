"""A need that a worker raises at a door or in a call counts under the public scheme of its list, or the chosen one."""

from importlib import import_module

import pytest
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.numbers import count_needs
from abhiyan.helpdesk.queries import Wanted
from abhiyan.org.tests.make import World
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme

from .at_doors import listed
from .test_doors import note, run, take, worker

__all__ = ["run", "worker"]  # fixtures
pytestmark = pytest.mark.django_db
NEED = "It did not come"


def by_scheme() -> dict[str, int]:
    with system("test"):
        return {row.of[0]: row.came_in for row in count_needs(Wanted(), by="scheme", at=NOW)}


def test_needs_of_two_lists_are_two_requests_under_their_schemes(
    world: World, run: Programme, worker: Account
) -> None:
    for scheme in ("PMUY", "JJM", ""):
        listed(run, world.unit("N1111"), 1, scheme=scheme)
    for door in take(run, world, worker):
        note(door, worker, "entitled", need=NEED)
    assert by_scheme() == {"PMUY": 1, "JJM": 1, "": 1}


def test_two_doors_of_one_scheme_are_one_request_of_the_worker(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 2, scheme="PMUY")
    for door in take(run, world, worker):
        note(door, worker, "entitled", need=NEED)
    assert by_scheme() == {"PMUY": 1}


def test_the_scheme_that_the_worker_chooses_goes_before_that_of_the_list(
    world: World, run: Programme, worker: Account
) -> None:
    listed(run, world.unit("N1111"), 1, scheme="PMUY")
    (door,) = take(run, world, worker)
    note(door, worker, "entitled", need=NEED, scheme="JJM")
    page = reverse("contact:field_walk", args=[run.public_id]) + "?unit=N1111"
    browser(worker).post(page, {"door": "7", "outcome": "entitled", "need": NEED, "scheme": "PM-KISAN"})
    assert by_scheme() == {"JJM": 1, "PM-KISAN": 1}


def test_requests_of_before_get_the_scheme_of_their_list_where_it_is_certain(
    world: World, run: Programme, worker: Account
) -> None:
    for scheme in ("PMUY", "JJM", ""):
        listed(run, world.unit("N1111"), 1, scheme=scheme)
    rows = [note(door, worker, "entitled", need=NEED) for door in take(run, world, worker)]
    fill = import_module("abhiyan.contact.migrations.0019_schemes_of_requests").SCHEMES
    with system("test"):
        known = dict(Ticket.objects.values_list("pk", "scheme"))
        Ticket.objects.update(scheme="")
        sql.run(fill)
        assert dict(Ticket.objects.values_list("pk", "scheme")) == known
        Ticket.objects.update(scheme="")
        first = rows[0]
        for row in rows[1:]:  # one request took in the needs of all three
            row.request_id = first.request_id
            row.save(update_fields=["request_id"])
        sql.run(fill)
        assert set(Ticket.objects.values_list("scheme", flat=True)) == {""}
