"""Appointments put this in sight, for the request and by day."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import Scope, current, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.org import actions, middleware, queries
from abhiyan.org.middleware import ViewerMiddleware
from abhiyan.org.models import Appointment
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account, Session

from .make import AT, SYSTEM, TODAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.versions]


def cookie(account: Account, *, strong: bool = True) -> str:
    with scoped(Scope()):
        return sessions.start(account_id=account.pk, device="", origin="", at=NOW, strong=strong).token


def visit(token: str = "", answer: Any = None) -> tuple[Viewer, Scope, HttpResponse]:
    seen: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((request.viewer, current(), request.actor))  # type: ignore[attr-defined]  # set by the middleware
        return answer(request) if answer else HttpResponse("ok")

    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77")
    if token:
        request.COOKIES["session"] = token
    response = ViewerMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    viewer, scope, by = seen[0]
    assert by.account_id == viewer.account_id
    assert by.origin == "203.0.113.0/24"
    return viewer, scope, response


def test_nobody_sees_nothing_and_gets_no_cookie() -> None:
    viewer, scope, response = visit()
    assert viewer is NOBODY
    assert scope == Scope()
    assert not response.cookies


def test_a_signed_in_request_costs_four_queries(world: World) -> None:
    """Two scopes, who it is, and whether units moved meanwhile."""
    token = cookie(world.holder("district_president", "N11"))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        visit(token)
    asked = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    nested = 1  # in a test the outer scope is applied again
    assert len(asked) == 4 + nested


def test_a_district_president_sees_the_district_and_counts_of_the_state(world: World) -> None:
    viewer, scope, _ = visit(cookie(world.holder("district_president", "N11")))
    lo, hi = viewer.appointments[0].lo, viewer.appointments[0].hi
    assert scope.people == f"{{[{lo},{hi})}}"
    assert world.lo("N11") == lo
    assert world.lo("N1111") < hi <= world.lo("N12")
    assert f"[{world.lo('N1')},{world.lo('N2')})" in scope.counts
    assert f"[{world.lo('N1', 2)},{world.lo('N2', 2)})" in scope.counts
    assert not scope.everything
    assert viewer.may_at("enrolment.correct", world.lo("N1111"))
    assert not viewer.may_at("enrolment.correct", world.lo("N1211"))
    assert viewer.sees_people_at(world.lo("N1111", 1))


def test_an_elected_office_has_the_figures_of_its_seat_and_the_people_of_nobody(world: World) -> None:
    viewer, scope, _ = visit(cookie(world.holder("member_of_parliament", "C1", hierarchy=2)))
    lo, hi = viewer.appointments[0].lo, viewer.appointments[0].hi
    assert (scope.people, scope.figures, scope.line) == ("{}", f"{{[{lo},{hi})}}", "{}")
    assert viewer.sees_exact_at(world.lo("N1111", 2)) and not viewer.sees_people_at(world.lo("N1111", 2))
    assert not viewer.sees_exact_at(world.lo("N1111")), "the other tree is asked of the booths below"
    assert not viewer.sees_exact_at(world.lo("N2111", 2), world.lo("N1", 2))


def test_a_state_president_reaches_every_hierarchy(world: World) -> None:
    viewer, _, _ = visit(cookie(world.holder("state_president", "N1")))
    assert viewer.may_at("programmes.run", world.lo("C1", 2))
    assert not viewer.may_at("programmes.run", world.lo("C2", 2))


def test_national_offices_see_everything_but_nobodys_sessions(world: World) -> None:
    other = cookie(world.holder("booth_president", "N1111"))
    viewer, scope, _ = visit(cookie(world.holder("national_president", "N")))
    assert scope.everything
    with scoped(viewer.scope):
        assert not Session.objects.filter(key=sessions.session_digest(token=other)).exists()
        assert Appointment.objects.count() == 2


def test_without_a_second_factor_an_office_gives_no_power(world: World) -> None:
    viewer, scope, _ = visit(cookie(world.holder("district_president", "N11"), strong=False))
    assert viewer.is_signed_in and not viewer.is_strong
    assert (scope.people, scope.counts, scope.everything) == ("{}", "{}", False)
    assert viewer.capabilities == frozenset()
    assert not viewer.may("org.appoint")


def test_an_ended_appointment_has_no_power_at_the_next_request(world: World) -> None:
    account = world.account()
    first = world.appoint(account, "district_president", "N11")
    world.appoint(account, "booth_worker", "N1211")
    token = cookie(account)
    assert visit(token)[0].may("programmes.run")
    actions.end_appointment(public_id=first.public_id, reason="moved", by=SYSTEM, at=AT)
    viewer = visit(token)[0]
    assert viewer.is_signed_in
    assert not viewer.may("programmes.run")


def test_with_the_last_appointment_the_sessions_end(world: World) -> None:
    account = world.account()
    only = world.appoint(account, "district_president", "N11")
    token = cookie(account)
    actions.end_appointment(public_id=only.public_id, reason="moved", by=SYSTEM, at=AT)
    assert visit(token)[0] is NOBODY


def test_a_term_that_is_over_gives_nothing_and_is_ended_by_the_loop(world: World) -> None:
    account = world.account()
    made = actions.appoint(
        account_id=account.pk,
        office="booth_worker",
        unit_id=world.unit("N1111"),
        starts_on=TODAY - timedelta(days=5),
        ends_on=TODAY,
        by=SYSTEM,
        at=AT,
    )
    assert queries.scope_of(account.pk, TODAY).people != "{}"
    tomorrow = AT + timedelta(days=1)
    assert queries.scope_of(account.pk, tomorrow.date()).people == "{}"
    with system("loop"):
        assert actions.end_terms(at=AT) == 0
        assert actions.end_terms(at=tomorrow) == 1
        made.refresh_from_db()
    assert (made.state, made.ends_on) == ("ended", TODAY)


def test_a_revoked_or_idle_session_opens_nothing(world: World) -> None:
    account = world.holder("district_president", "N11")
    token = cookie(account)
    with system("test"):
        sessions.end_all_of_account(account_id=account.pk, at=NOW)
    assert visit(token)[0] is NOBODY
    token = cookie(account)
    with system("test"):
        Session.objects.filter(key=sessions.session_digest(token=token)).update(
            seen_at=NOW - sessions.ACCOUNT_IDLES
        )
    assert visit(token)[0] is NOBODY


@pytest.mark.django_db(transaction=True)
def test_a_page_does_not_wait_for_a_slower_one_of_the_same_session(world: World) -> None:
    token = cookie(world.holder("district_president", "N11"))
    ours = Session.objects.filter(key=sessions.session_digest(token=token))
    before = NOW - sessions.TOUCH_EVERY
    with system("test"):
        ours.update(seen_at=before)

    def quick(_request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return HttpResponse("quick")

    def another_page() -> bytes:
        try:
            return visit(token, quick)[2].content
        finally:
            connection.close()

    def slow(_request: HttpRequest) -> HttpResponse:
        with ThreadPoolExecutor(1) as pool:
            return HttpResponse(pool.submit(another_page).result(timeout=PATIENCE_S))

    assert visit(token, slow)[2].content == b"quick"
    with system("test"):
        assert ours.get().seen_at > before


def test_a_disputed_office_reads_and_does_not_act(world: World) -> None:
    one, two = world.account("One"), world.account("Two")
    world.appoint(one, "district_president", "N11")
    world.appoint(two, "district_president", "N11")
    for account in (one, two):
        viewer, scope, _ = visit(cookie(account))
        assert scope.people != "{}"
        assert viewer.capabilities == frozenset()


def test_a_failed_request_leaves_no_cookie_and_no_session() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.visit.need(NOW)  # type: ignore[attr-defined]  # set by the middleware
        return HttpResponse(status=500)

    _, _, response = visit(answer=view)
    assert not response.cookies
    with system("test"):
        assert not Session.objects.exists()


def test_a_visitor_who_needs_remembering_gets_a_cookie_that_works() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.visit.remember(NOW, step=2)  # type: ignore[attr-defined]  # set by the middleware
        return HttpResponse()

    _, _, response = visit(answer=view)
    morsel = response.cookies["session"]
    assert morsel["httponly"] and morsel["samesite"] == "Lax"
    seen: list[Any] = []

    def again(request: HttpRequest) -> HttpResponse:
        seen.append(request.visit.facts)  # type: ignore[attr-defined]  # set by the middleware
        return HttpResponse()

    visit(morsel.value, again)
    assert seen == [{"step": 2}]


@pytest.mark.filterwarnings("error")
def test_a_stream_is_read_in_its_scope_and_given_out_part_by_part_as_the_server_takes_it(
    world: World,
) -> None:
    token = cookie(world.holder("district_president", "N11"))
    big = 3 * middleware.KEPT_IN_MEMORY  # more than is kept in memory

    def view(_request: HttpRequest) -> StreamingHttpResponse:
        def lines() -> Iterator[bytes]:
            yield str(current().account is not None).encode()
            yield b"x" * big

        return StreamingHttpResponse(lines())

    async def taken(response: StreamingHttpResponse) -> list[bytes]:
        return [part async for part in response]

    for make in (RequestFactory(), AsyncRequestFactory()):
        request = make.get("/")
        request.COOKIES["session"] = token
        response = ViewerMiddleware(view)(request)
        assert isinstance(response, StreamingHttpResponse)
        parts = async_to_sync(taken)(response) if response.is_async else list(response)
        assert response.is_async is isinstance(make, AsyncRequestFactory)
        assert b"".join(parts) == b"True" + b"x" * big
        assert max(map(len, parts)) <= middleware.PART
