"""A round has every unit below reviewed once: who may, who waits, what is decided, and what becomes of its tasks."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import NotYours
from abhiyan.review import refusals
from abhiyan.review.actions.reviews import ToDo, decide_review, reply_to_review
from abhiyan.review.actions.rounds import open_round
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.board import Board, board
from abhiyan.review.queries.reviewers import reviewers
from abhiyan.review.rules.rounds import SHAPES, Coverage
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units.actions import close_units
from abhiyan.units.models import Unit
from abhiyan.work import actions as work
from abhiyan.work.models import Task

pytestmark = pytest.mark.django_db
SAID = "Two booths have no president."


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def noon(days: int = 0) -> datetime:
    """A time of day at which messages leave."""
    return datetime.combine(today() + timedelta(days=days), time(13), ZoneInfo("Asia/Kolkata"))


def opened(cast: Cast, **other: Any) -> Round:
    given: dict[str, Any] = {
        "title": "Round of November",
        "unit_id": cast.world.units["JK"].pk,
        "what": "mandal",
        "office": "district_in_charge",
        "begins_on": today(),
        "ends_on": today() + timedelta(days=9),
        "by": cast.actor("state_president"),
        "at": NOW,
    }
    with cast.as_("state_president"):
        return open_round(**{**given, **other})


def give_task(cast: Cast) -> None:
    """Give the president of the mandal Lal Chowk a task, from the district."""
    with cast.as_("district_in_charge"):
        work.ask_task(
            what=work.What(title="Meet ten families", due_at=NOW + timedelta(days=3)),
            unit_id=cast.world.units["JK-SRI-M1"].pk,
            office="mandal_president",
            by=cast.actor("district_in_charge"),
            at=NOW,
        )


def review_of(one: Round, code: str) -> Review:
    with system("test"):
        return Review.objects.get(round=one, unit__code=code)


def decide(cast: Cast, one: Review, role: str = "district_in_charge", **other: Any) -> Review:
    given: dict[str, Any] = {"decision": "help", "text": SAID, "todo": None, "at": NOW}
    with cast.as_(role):
        return decide_review(public_id=one.public_id, by=cast.actor(role), **{**given, **other})


def test_a_round_makes_one_review_for_each_unit_below_and_names_who_reviews(cast: Cast) -> None:
    one = opened(cast)
    with system("test"):
        made = list(Review.objects.filter(round=one).select_related("unit", "by_unit"))
        mandals = Unit.objects.filter(kind="mandal", code__startswith="JK-").count()
        assert AuditEntry.objects.filter(act="review.open_round").latest("pk").n == mandals
    assert len(made) == mandals
    assert all(each.unit.code.startswith(each.by_unit.code) for each in made)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"title": " "}, refusals.RoundNameMissing),
        ({"ends_on": None}, refusals.RoundDaysWrong),
        ({"office": "mandal_president"}, refusals.OfficeNotAbove),
        ({"office": "booth_worker"}, refusals.OfficeNotAbove),
        ({"what": "segment"}, refusals.OfficeNotAbove),
        ({"what": "district", "office": "region_in_charge"}, refusals.NothingToReview),
    ],
)
def test_a_round_that_cannot_be_is_refused(cast: Cast, other: dict[str, Any], why: type[Refused]) -> None:
    if "ends_on" in other:
        other = {"ends_on": today() - timedelta(days=1)}
    with pytest.raises(why):
        opened(cast, **other)


def test_only_who_leads_the_branch_opens_a_round(cast: Cast) -> None:
    with pytest.raises(NotYours):
        opened(cast, by=cast.actor("district_in_charge"))


def test_a_decision_is_minuted_and_its_task_goes_to_who_was_named(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    whom: UUID = cast.appointments["mandal_president"]
    todo = ToDo("Name two booth presidents", whom, today() + timedelta(days=5))
    at = NOW
    decide(cast, one, todo=todo, at=at)
    decide(cast, one, todo=todo, at=at)  # sent twice
    with system("test"):
        minute = Minute.objects.select_related("task").get(review=one)
        assert Task.objects.filter(typed_title=todo.title).count() == 1
    assert minute.task is not None
    assert minute.task.account_id == cast.accounts["mandal_president"].pk
    assert (minute.decision, minute.text) == ("help", SAID)


def test_the_same_words_with_a_task_this_time_are_minuted_with_it(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    decide(cast, one)
    decide(
        cast, one, todo=ToDo("Name both", cast.appointments["mandal_president"], today() + timedelta(days=5))
    )
    with system("test"):
        titles = [
            each.task.title if each.task else ""
            for each in Minute.objects.select_related("task").filter(review=one).order_by("at", "pk")
        ]
    assert titles == ["", "Name both"]


def test_an_amended_decision_keeps_the_minute_before(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    decide(cast, one)
    decide(cast, one, decision="keep", text="Both were named.")
    with cast.as_("mandal_president"):
        assert [each.one.decision for each in found.minutes_of(one)] == ["keep", "help"]


def test_nobody_reviews_their_own_unit_or_another_ones(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    for role in ("mandal_president", "state_president"):
        with pytest.raises(NotYours):
            decide(cast, one, role)
    with pytest.raises(NotFound):
        decide(cast, one, "district_elsewhere")
    cast.appoint(
        cast.accounts["district_in_charge"], "mandal_in_charge", "JK-SRI-M1", by=cast.actor("state_president")
    )
    with pytest.raises(refusals.OwnUnit):
        decide(cast, one)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"text": " "}, refusals.MinuteMissing),
        ({"todo": ToDo("Do it", None, None)}, refusals.TaskHalf),
        ({"at": None}, refusals.RoundNotNow),
    ],
)
def test_a_decision_that_lacks_something_is_refused(
    cast: Cast, other: dict[str, Any], why: type[Refused]
) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    if "at" in other:
        other = {"at": NOW + timedelta(days=20)}
    with pytest.raises(why):
        decide(cast, one, **other)


def test_a_task_to_somebody_outside_is_refused_and_nothing_is_written(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    todo = ToDo("Do it", cast.appointments["district_elsewhere"], today() + timedelta(days=5))
    with pytest.raises(NotYours):
        decide(cast, one, todo=todo)
    with system("test"):
        assert not Minute.objects.filter(review=one).exists()


def far(cast: Cast, one: Round) -> Board:
    with system("test"):
        return board(one, cast.world.units["JK"].pk, on=today(), at=NOW)


def test_a_closed_unit_leaves_coverage_and_is_not_decided(cast: Cast) -> None:
    one = opened(cast)
    before = far(cast, one).whole.coverage
    with system("test"):
        close_units(unit_id=cast.world.units["JK-SRI-M2"].pk, on=today(), by=SYSTEM, at=NOW, with_below=True)
    after = far(cast, one)
    assert (after.whole.coverage.of, after.whole.coverage.left) == (before.of - 1, 1)
    assert sum(each.coverage.of for each in after.branches) == after.whole.coverage.of
    with pytest.raises(refusals.ReviewUnitClosed):
        decide(cast, review_of(one, "JK-SRI-M2"))
    with cast.as_("state_president"):
        left = found.reviews_in(one, show=found.LEFT, text="", under=one.unit_id, at=NOW)
        assert [each.unit.code for each in left] == ["JK-SRI-M2"]


def test_a_unit_replies_once_after_the_decision(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")

    def reply(role: str) -> None:
        with cast.as_(role):
            reply_to_review(public_id=one.public_id, text="Both by Friday.", by=cast.actor(role), at=NOW)

    with pytest.raises(refusals.ReplyNotNow):
        reply("mandal_president")
    decide(cast, one)
    with pytest.raises(NotYours):
        reply("district_in_charge")
    reply("mandal_president")
    with pytest.raises(refusals.ReplyNotNow):
        reply("mandal_president")


def test_a_vacant_reviewer_is_said_and_the_review_waits(cast: Cast) -> None:
    one = opened(cast, what="booth", office="mandal_president")
    with system("test"):
        some = list(Review.objects.filter(round=one).select_related("by_unit"))
    known = reviewers(some, on=today())
    vacant = {each.by_unit.code for each in some if each.pk not in known}
    assert vacant
    assert "JK-SRI-M1" not in vacant


def test_reviews_and_their_decisions_come_to_today(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    page = cast.client("district_in_charge").get("/today/").content.decode()
    assert f"/review/rounds/{one.round.public_id}/" in page
    decide(cast, one)
    page = cast.client("mandal_president").get("/today/").content.decode()
    assert f"/review/of/{one.public_id}/" in page
    page = cast.client("mandal_president").get(f"/review/of/{one.public_id}/").content.decode()
    assert SAID in page
    assert cast.client("district_elsewhere").get(f"/review/of/{one.public_id}/").status_code == 404
    page = cast.client("state_president").get(f"/review/rounds/{one.round.public_id}/").content.decode()
    assert "<rect" in page


def test_coverage_is_drawn_as_squares_up_to_sixty_and_full_only_when_all_are_done() -> None:
    assert [shape for _x, _y, shape in Coverage(1, 1, 1, 1).drawn.squares] == list(SHAPES.values())
    assert len(Coverage(1, empty=59).drawn.squares) == 60
    assert Coverage(1, empty=60).drawn.squares == []
    assert [width for _x, width, _shape in Coverage(50, 0, 25, 25).drawn.bars] == [50, 0, 25, 25]
    assert Coverage(999, empty=1).pct == 99
    assert Coverage(left=4).pct == 100
