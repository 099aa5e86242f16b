"""Office-bearers are reviewed one by one: they read their page beforehand and answer, and nobody else learns of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.queries import NotYours
from abhiyan.people.actions.accounts import keep_sealed_phone
from abhiyan.people.models import Account
from abhiyan.review import refusals
from abhiyan.review.actions import keeping
from abhiyan.review.actions.reviews import ToDo, reply_to_review
from abhiyan.review.models import Review, Round
from abhiyan.review.queries.board import board
from abhiyan.review.queries.rounds import reviews_in
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.models import Task

from .test_dossier import dossier
from .test_rounds import SAID, decide, give_task, noon, opened
from .test_rounds_page import page as round_page
from .test_rounds_page import words

pytestmark = pytest.mark.django_db
ANSWER = "Two presidents are named; the third is not."


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def opened_for(cast: Cast, **other: Any) -> Round:
    return opened(cast, **{"what": "mandal_president", "title": "Presidents", **other})


def of_president(one: Round, account: Account) -> Review:
    with system("test"):
        return Review.objects.select_related("round", "unit").get(round=one, account_id=account.pk)


@pytest.fixture
def mine(cast: Cast) -> Review:
    return of_president(opened_for(cast), cast.accounts["mandal_president"])


def answer(cast: Cast, one: Review, role: str = "mandal_president", text: str = ANSWER) -> None:
    with cast.as_(role):
        reply_to_review(public_id=one.public_id, text=text, by=cast.actor(role), at=NOW)


def tell(at: datetime) -> int:
    with system("test"):
        return keeping.tell_holders(at=at)


def page(cast: Cast, role: str, one: Review) -> str:
    answered = cast.client(role).get(f"/review/of/{one.public_id}/")
    return answered.content.decode() if answered.status_code == 200 else str(answered.status_code)


def test_a_round_over_an_office_makes_one_review_for_each_holder(cast: Cast) -> None:
    one = opened_for(cast)
    with system("test"):
        made = Review.objects.filter(round=one).values_list("account_id", "unit__code", "by_unit__code")
        assert list(made) == [(cast.accounts["mandal_president"].pk, "JK-SRI-M1", "JK-SRI")]
        assert one.kind == "mandal"


def test_a_round_over_an_office_of_the_reviewers_own_level_is_refused(cast: Cast) -> None:
    for office in ("mandal_president", "booth_president"):
        with pytest.raises(refusals.OfficeNotAbove):
            opened_for(cast, office=office)
    with pytest.raises(refusals.OfficeNotAbove):
        opened_for(cast, what="verifier")


def test_the_page_has_the_numbers_of_unit_tasks_meetings_circulars_helpline_and_vacancies(
    cast: Cast, mine: Review
) -> None:
    cast.target("JK-SRI-M1", 250)
    give_task(cast)
    for role in ("mandal_president", "district_in_charge"):
        said = page(cast, role, mine)
        for part in ("Lal Chowk", "250", "Their tasks"):
            assert part in said, part
        for part in (
            "Vacant below",
            "Booth president",
        ):
            assert part in said, part
        assert "Questions to workers" not in said and "Proven" not in said
    assert "Not finished, here and below" in dossier(cast, "district_in_charge", "JK-SRI-M1")


def test_only_the_holder_and_who_leads_from_above_see_it(cast: Cast, mine: Review) -> None:
    cast.appoint(
        cast.accounts["no_office"], "mandal_in_charge", "JK-SRI-M1", by=cast.actor("state_president")
    )
    seen = {role for role in (*cast.appointments, "no_office") if page(cast, role, mine) != "404"}
    assert seen == {"mandal_president", "district_in_charge", "state_president", "national_president"}
    with cast.as_("state_president"):
        assert Review.objects.filter(pk=mine.pk).exists()
    for role in ("cluster_in_charge", "data_officer", "district_elsewhere", "no_office"):
        with cast.as_(role):
            assert not Review.objects.filter(pk=mine.pk).exists(), role


def test_they_are_told_from_a_day_before_and_once(cast: Cast) -> None:
    with system("test"):
        phone = keep_sealed_phone(phone="+919906000055")
        Account.objects.filter(pk=cast.accounts["mandal_president"].pk).update(phone_id=phone)
    begins = today() + timedelta(days=3)
    one = of_president(
        opened_for(cast, begins_on=begins, ends_on=begins + timedelta(days=9)),
        cast.accounts["mandal_president"],
    )
    assert tell(noon(1)) == 0
    assert "You are reviewed" not in cast.client("mandal_president").get("/today/").content.decode()
    assert tell(noon(2).replace(hour=22)) == 0, "not at night"
    assert (tell(noon(2)), tell(noon(2))) == (1, 0)
    with system("test"):
        message = Message.objects.get(phone_id=phone)
    assert message.template == "duty.today"
    assert of_president(one.round, cast.accounts["mandal_president"]).told_at == noon(2)


def test_nothing_is_decided_before_they_answered_or_had_a_day(cast: Cast, mine: Review) -> None:
    with pytest.raises(refusals.NotHeardYet):
        decide(cast, mine)
    tell(noon())
    with pytest.raises(refusals.NotHeardYet):
        decide(cast, mine)
    decide(cast, mine, at=noon(1))


def test_the_answer_is_read_before_the_decision_and_the_decision_and_task_come_to_today(
    cast: Cast, mine: Review
) -> None:
    assert f"/review/of/{mine.public_id}/" in cast.client("mandal_president").get("/today/").content.decode()
    answer(cast, mine)
    assert ANSWER in page(cast, "district_in_charge", mine)
    todo = ToDo("Name the third", cast.appointments["mandal_president"], today() + timedelta(days=5))
    decide(cast, mine, todo=todo)
    now = cast.client("mandal_president").get("/today/").content.decode()
    assert "Read the decision about you" in now and "Name the third" in now
    assert SAID in page(cast, "mandal_president", mine)
    assert (
        "Read the decision about you" not in cast.client("mandal_president").get("/today/").content.decode()
    )
    given.time(NOW + timedelta(minutes=1))
    decide(cast, mine, at=NOW + timedelta(minutes=1), text="Both are named.", decision="keep")
    assert "Read the decision about you" in cast.client("mandal_president").get("/today/").content.decode()
    with system("test"):
        assert Task.objects.get(typed_title="Name the third").account_id == mine.account_id


def test_an_answer_is_given_once_by_the_holder_and_before_the_decision(cast: Cast, mine: Review) -> None:
    with pytest.raises(refusals.ReplyMissing):
        answer(cast, mine, text=" ")
    with pytest.raises(NotYours):
        answer(cast, mine, "district_in_charge")
    with pytest.raises(NotFound):
        answer(cast, mine, "cluster_in_charge")
    answer(cast, mine)
    with pytest.raises(refusals.AnswerNotNow):
        answer(cast, mine)
    decide(cast, mine)
    with pytest.raises(refusals.AnswerNotNow):
        answer(cast, mine)


def test_opened_by_the_reviewer_a_page_is_prepared_and_by_nobody_else(cast: Cast, mine: Review) -> None:
    for role in ("state_president", "mandal_president"):
        page(cast, role, mine)
        assert of_president(mine.round, cast.accounts["mandal_president"]).prepared_at is None
    page(cast, "district_in_charge", mine)
    assert of_president(mine.round, cast.accounts["mandal_president"]).prepared_at is not None


def test_who_holds_both_offices_does_not_review_themselves(cast: Cast) -> None:
    cast.appoint(
        cast.accounts["district_in_charge"], "mandal_president", "JK-SRI-M2", by=cast.actor("state_president")
    )
    own = of_president(opened_for(cast), cast.accounts["district_in_charge"])
    with pytest.raises(refusals.OwnReview):
        decide(cast, own)
    assert cast.client("district_in_charge").post(
        f"/review/of/{own.public_id}/decide/", {"decision": "keep", "text": SAID}
    ).status_code in (403, 409)


def test_nobody_reviews_who_leads_them_elsewhere(cast: Cast) -> None:
    cast.appoint(
        cast.accounts["state_president"], "mandal_president", "JK-SRI-M2", by=cast.actor("national_president")
    )
    above = of_president(opened_for(cast), cast.accounts["state_president"])
    with system("test"):
        Review.objects.filter(pk=above.pk).update(replied_at=NOW)
    with pytest.raises(refusals.OwnLine):
        decide(cast, above)


def test_an_appointment_that_ends_leaves_its_review_as_it_is_and_the_next_holder_has_none_of_it(
    cast: Cast, mine: Review
) -> None:
    answer(cast, mine)
    decide(cast, mine)
    at = NOW
    with system("test"):
        org.end_appointment(public_id=cast.appointments["mandal_president"], reason="Moved", by=SYSTEM, at=at)
    cast.appoint(
        cast.accounts["no_office"], "mandal_president", "JK-SRI-M1", by=cast.actor("state_president")
    )
    keeping.settle_rounds(at=at)
    assert page(cast, "no_office", mine) == "404"
    said = page(cast, "district_in_charge", mine)
    assert ANSWER in said and SAID in said and "This appointment has ended" in said
    with pytest.raises(refusals.HolderLeft):
        decide(cast, mine, text="Again")
    with system("test"):
        mine.refresh_from_db()
        new = Review.objects.get(round=mine.round, account_id=cast.accounts["no_office"].pk)
        whole = board(mine.round, cast.world.units["JK"].pk, on=today(), at=at).whole.coverage
    assert (mine.decision, mine.left_on) == ("help", today())
    assert (new.decided_at, new.reply) == (None, "")
    assert (whole.decided, whole.empty, whole.left) == (1, 1, 0)


def test_what_is_not_decided_when_an_appointment_ends_leaves_the_round(cast: Cast, mine: Review) -> None:
    with system("test"):
        org.end_appointment(
            public_id=cast.appointments["mandal_president"], reason="Moved", by=SYSTEM, at=NOW
        )
        whole = board(mine.round, cast.world.units["JK"].pk, on=today(), at=NOW).whole.coverage
    assert (whole.of, whole.left) == (0, 1)
    assert "This appointment has ended" in page(cast, "mandal_president", mine)


def test_a_colleague_and_the_next_holder_learn_nothing_of_it_from_the_page_of_the_round(cast: Cast) -> None:
    given = (cast.accounts["no_office"], "district_president", "JK-SRI")
    seat = cast.appoint(*given, by=cast.actor("state_president"))
    one = opened_for(cast, what="district_president", office="state_president")
    review = of_president(one, cast.accounts["no_office"])
    with system("test"):
        Review.objects.filter(pk=review.pk).update(replied_at=NOW)
    todo = ToDo("Name the third", seat, today() + timedelta(days=1))
    decide(cast, review, "state_president", decision="change", todo=todo)
    with system("test"):
        Task.objects.filter(typed_title="Name the third").update(due_at=NOW - timedelta(days=1))
    above = words(round_page(cast, one))
    assert "To review 1" in above and "Change needed 1" in above and "Name the third" in above

    with system("test"):
        org.end_appointment(public_id=seat, reason="Moved", by=SYSTEM, at=NOW)
    cast.appoint(
        cast.accounts["cluster_in_charge"], "district_president", "JK-SRI", by=cast.actor("state_president")
    )
    for role in ("district_in_charge", "cluster_in_charge"):
        for asked in ("", "?unit=JK-SRI", "?show=decided"):
            said = words(round_page(cast, one, role, asked))
            for part in ("To review", "Decided 1", "Change needed", "Name the third", "Tasks open"):
                assert part not in said, (role, asked, part)
        with cast.as_(role):
            assert list(reviews_in(one, show="decided", text="", under=one.unit_id, at=NOW)) == []
        assert "Change needed" not in cast.client(role).get("/today/").content.decode()
        assert "Change needed" not in dossier(cast, role, "JK-SRI")
    with system("test"):
        unit = cast.world.units["JK-SRI"].pk
        assert board(one, unit, on=today(), at=NOW).whole.coverage.of == 0
