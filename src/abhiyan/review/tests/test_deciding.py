"""A decision keeps the figures of its day, and asks once where they say something else; one page, one list."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.models import Message
from abhiyan.org.queries import NotYours
from abhiyan.people.actions.accounts import keep_sealed_phone
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body
from abhiyan.programmes.models import Programme
from abhiyan.review import refusals
from abhiyan.review.actions.reviews import decide_listed, set_meeting
from abhiyan.review.actions.rounds import remind_round
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.rules.reached import MeasureReached, contradicting
from abhiyan.site.tests.cast import Cast

from .test_rounds import decide, give_task, opened, review_of
from .test_rounds_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def aim(cast: Cast, code: str, n: int) -> None:
    """Set a target. Half of it is due today."""
    with system("test"):
        Programme.objects.filter(pk=cast.world.programme.pk).update(
            opens_on=today() - timedelta(days=9), closes_on=today() + timedelta(days=10)
        )
    cast.target(code, n)


def booths(cast: Cast) -> Round:
    return opened(cast, title="Booths", what="booth", office="mandal_president")


def reached(counted: int, due: int, measure: int = 1) -> MeasureReached:
    return MeasureReached(1, measure, counted, due, 2 * due)


@pytest.mark.parametrize(
    ("decision", "figures", "measure"),
    [
        ("keep", [reached(8, 10)], None),
        ("keep", [reached(7, 10)], 1),
        ("keep", [reached(20, 10), reached(1, 10, 2)], 2),
        ("change", [reached(20, 10), reached(1, 10, 2)], None),
        ("change", [reached(20, 10), reached(8, 10, 2)], 2),
        ("help", [reached(20, 10)], None),
        ("again", [reached(0, 10)], None),
        ("keep", [reached(0, 0)], None),
        ("change", [], None),
    ],
)
def test_figures_contradict_praise_of_what_is_behind_and_alarm_about_what_is_not(
    decision: str, figures: list[MeasureReached], measure: int | None
) -> None:
    found = contradicting(decision, figures)
    assert (found.measure if found else None) == measure


def test_a_decision_that_its_figures_contradict_is_asked_about_once(cast: Cast) -> None:
    aim(cast, "JK-SRI-M1", 40)
    one = review_of(opened(cast), "JK-SRI-M1")
    path, client = f"/review/of/{one.public_id}/", cast.client("district_in_charge")
    typed = {"decision": "keep", "text": "All is well."}
    refused = client.post(f"{path}decide/", typed)
    shown = refused.content.decode()
    assert refused.status_code == 409 and "1 counted, 20 due by today (5%)" in shown
    assert "All is well." in shown and 'name="sure" value="keep"' in shown
    assert review_of(one.round, "JK-SRI-M1").decision == ""
    other = client.post(f"{path}decide/", typed | {"decision": "change", "sure": "keep"})
    assert other.status_code == 302, "the figures allow this one"
    assert client.post(f"{path}decide/", typed | {"sure": "keep"}).status_code == 302
    assert "against the figures" in words(body(client, path))


def test_a_decision_keeps_its_figures_and_the_page_shows_then_and_now(cast: Cast) -> None:
    aim(cast, "JK-SRI-M1", 40)
    one = review_of(opened(cast), "JK-SRI-M1")
    decide(cast, one)
    with system("test"):
        assert Minute.objects.get(review=one).figures == [[cast.world.programme.pk, 1, 1, 20, 40]]
    given.time(NOW + timedelta(days=2))
    cast.target("JK-SRI-M1", 80)
    said = words(body(cast.client("district_in_charge"), f"/review/of/{one.public_id}/"))
    assert "25 Nov: 1 of 20 due (5%). Today: 1 of 48 due (2%)." in said
    above = words(body(cast.client("mandal_president"), f"/review/of/{one.public_id}/"))
    assert "25 Nov: 1 of 20 due (5%)" in above, "who is reviewed reads it too"


def test_one_page_has_figures_tasks_last_decision_and_the_form(cast: Cast) -> None:
    aim(cast, "JK-SRI-M1", 40)
    give_task(cast)
    one = review_of(opened(cast), "JK-SRI-M1")
    shown = body(cast.client("district_in_charge"), f"/review/of/{one.public_id}/")
    said = words(shown)
    parts = (
        "19 fewer than due by today",
        "Save the decision",
        "Open tasks",
        "Last time",
        "Not finished, here and below",
    )
    assert [said.index(each) for each in parts] == sorted(said.index(each) for each in parts)
    assert all(
        f'name="{field}"' in shown for field in ("decision", "text", "has_met", "task", "whom", "due_on")
    )
    assert review_of(one.round, "JK-SRI-M1").prepared_at == NOW, "it was read"
    assert "Save the decision" not in body(cast.client("mandal_president"), f"/review/of/{one.public_id}/")


def test_a_day_set_is_not_a_meeting_held(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    path, by = f"/review/of/{one.public_id}/", cast.actor("district_in_charge")
    with cast.as_("district_in_charge"):
        set_meeting(public_id=one.public_id, meets_on=today(), by=by, at=NOW)
        with pytest.raises(refusals.MeetingAhead):
            set_meeting(
                public_id=one.public_id, meets_on=today() + timedelta(days=1), is_held=True, by=by, at=NOW
            )
    client = cast.client("district_in_charge")
    page = f"/review/rounds/{one.round.public_id}/"
    assert "Met, not decided 0" in words(body(client, page))
    said = words(body(client, path))
    assert "day set: 25 Nov 2026" in said and "We met" in said
    answer = client.post(f"{path}meeting/", {"meets_on": today().isoformat(), "is_held": "on"})
    assert answer.status_code == 302
    assert "Met, not decided 1" in words(body(client, page))
    assert "held on 25 Nov 2026" in words(body(client, path))


# --- the list ---


def test_a_booth_round_is_decided_from_one_list(cast: Cast) -> None:
    for code in ("JK-B001", "JK-B002"):
        aim(cast, code, 2)
    one = booths(cast)
    first, second = review_of(one, "JK-B001"), review_of(one, "JK-B002")
    client, path = cast.client("mandal_president"), f"/review/rounds/{one.public_id}/decide/"
    said = words(body(client, path))
    assert "1 of 1 (100%)" in said and "0 of 1 (0%) behind" in said and "Hazratbal" not in said
    sent = {f"of-{each.public_id}": "keep" for each in (first, second)}
    asked = client.post(path, sent)
    shown = asked.content.decode()
    assert asked.status_code == 409 and f'name="sure-{second.public_id}" value="keep"' in shown
    assert "1 decision is saved." in shown and str(first.public_id) not in shown
    again = client.post(path, {f"of-{second.public_id}": "keep", f"sure-{second.public_id}": "keep"})
    assert again.status_code == 302
    assert "Nothing to decide" in words(body(client, path))
    with system("test"):
        kept = Minute.objects.filter(review__in=[first, second]).order_by("review__unit__code")
        assert [each.figures[0][2:] for each in kept] == [[1, 1, 2], [0, 1, 2]]
        assert {each.account_id for each in kept} == {cast.accounts["mandal_president"].pk}


def test_a_list_takes_only_own_reviews_of_a_running_round(cast: Cast) -> None:
    one = booths(cast)
    own, foreign = review_of(one, "JK-B001"), review_of(one, "JK-B004")

    def act(role: str, **other: Any) -> int:
        wanted: dict[str, Any] = {"decisions": {own.public_id: "help"}, "sure": {}, "at": NOW} | other
        with cast.as_(role):
            return decide_listed(public_id=one.public_id, by=cast.actor(role), **wanted).n

    assert act("mandal_president", decisions={foreign.public_id: "help"}) == 0, "out of sight"
    with pytest.raises(NotYours):
        act("district_in_charge")
    with pytest.raises(refusals.NothingChosen):
        act("mandal_president", decisions={})
    with pytest.raises(refusals.RoundNotNow):
        act("mandal_president", at=NOW + timedelta(days=30))
    cast.appoint(
        cast.accounts["mandal_president"], "booth_president", "JK-B002", by=cast.actor("state_president")
    )
    with pytest.raises(refusals.OwnUnit):
        act("mandal_president", decisions={review_of(one, "JK-B002").public_id: "help"})
    assert (act("mandal_president"), act("mandal_president")) == (1, 0), "sent twice it is decided once"


@pytest.mark.parametrize("sent", [{}, {"of-x": "keep"}, {"of-": "keep"}, {"of-JK": "praise"}])
def test_a_list_with_nothing_chosen_says_what_to_do(cast: Cast, sent: dict[str, str]) -> None:
    one = booths(cast)
    answer = cast.client("mandal_president").post(f"/review/rounds/{one.public_id}/decide/", sent)
    assert answer.status_code == 422 and "Choose a decision for at least one unit" in answer.content.decode()


def test_a_list_of_two_asks_the_database_as_often_as_a_list_of_one(cast: Cast) -> None:
    aim(cast, "JK-B001", 2)
    one, client = booths(cast), cast.client("mandal_president")
    path = f"/review/rounds/{one.public_id}/decide/"

    def asked() -> int:
        body(client, path)
        with CaptureQueriesContext(connection) as queries:
            body(client, path)
        return len(queries)

    two = asked()
    decide(cast, review_of(one, "JK-B002"), role="mandal_president")
    assert asked() == two


# --- reviewers ---


def test_the_round_shows_silent_reviewers_first_and_reminds_them_once_a_day(cast: Cast) -> None:
    one = booths(cast)
    decide(cast, review_of(one, "JK-B001"), role="mandal_president")
    with system("test"):
        phone = keep_sealed_phone(phone="+919906000091")
        Account.objects.filter(pk=cast.accounts["mandal_president"].pk).update(phone_id=phone)
    page = f"/review/rounds/{one.public_id}/reviewers/"
    early = words(body(cast.client("district_in_charge"), page))
    assert early.index("Hazratbal") < early.index("Lal Chowk")
    assert "nothing yet" not in early, "the round began today"
    later = NOW + (one.ends_on - one.begins_on)
    given.time(later)
    assert "nothing yet" not in words(body(cast.client("district_in_charge"), page)), (
        "where nobody has the office"
    )
    with system("test"):
        Review.objects.filter(round=one).update(decided_at=None)
    assert "nothing yet" in words(body(cast.client("district_in_charge"), page))

    def remind(role: str = "district_in_charge", unit: str = "JK-SRI-M1", at: datetime = later) -> int:
        with cast.as_(role):
            return remind_round(
                public_id=one.public_id,
                under=cast.world.units["JK-SRI"].pk,
                unit_id=cast.world.units[unit].pk,
                by=cast.actor(role),
                at=at,
            )

    with pytest.raises(NobodyToRemind):
        remind(at=NOW)  # nothing is due on the first day
    assert "reminded on" not in words(body(cast.client("district_in_charge"), page))
    assert remind() == 1
    assert "reminded on" in words(body(cast.client("district_in_charge"), page))
    with system("test"):
        assert Message.objects.filter(template="duty.today").count() == 1
    for unit in ("JK-SRI-M1", "JK-SRI-M2"):  # was reminded today; nobody holds the office
        with pytest.raises(NobodyToRemind):
            remind(unit=unit)
    with pytest.raises(NotYours):
        remind("district_elsewhere")


def test_every_number_of_a_round_leads_to_its_reviews(cast: Cast) -> None:
    one = opened(cast)
    decide(cast, review_of(one, "JK-SRI-M1"))
    client, page = cast.client("state_president"), f"/review/rounds/{one.public_id}/"
    shown = body(client, page)
    for show in ("empty", "prepared", "met", "decided", "help", "tasks"):
        assert f"{page}?unit=JK&amp;show={show}" in shown
    rows = body(client, f"{page}?unit=JK&show=help").rpartition("<caption")[2]
    assert "Lal Chowk" in rows and "Hazratbal" not in rows
    assert "1 of 3" in words(body(client, "/review/rounds/"))
    with system("test"):
        assert Review.objects.filter(round=one).count() == 3
