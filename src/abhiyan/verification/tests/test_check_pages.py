"""A verifier's hour: by phone and by visit, step by step, and what is refused on the way."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from abhiyan.contact.actions import FinishFirst
from abhiyan.contact.models import Attempt
from abhiyan.contact.tests.at_doors import talks_of_others
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions.leaving import stop_by_phone
from abhiyan.enrolment.models import Membership
from abhiyan.people.tests.make import undrawn
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    TryOutcome,
    begin_try,
    close_answers,
    conclude_check,
    end_check_try,
    estimate_frame,
    take_check,
    take_off,
)
from abhiyan.verification.models import Check
from abhiyan.verification.queries.checks import (
    SaidUnseen,
    also_joined,
    answers_in_check,
    one_in_hand,
    target_of,
)
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.refusals import (
    AskFirst,
    BeginFirst,
    NotAtThisHour,
    NotTaken,
    SaidAlready,
    SaidOtherwise,
    ToldAlready,
)
from abhiyan.verification.rules.outcomes import contradicts
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_checks import SYSTEM, drawn

ME = "verifier_of_srinagar"
WORDS = {"how": "I called a number", "when": "In November", "born": "1984"}


@pytest.fixture(scope="module")
def drawn_once(open_database: None) -> Cast:
    cast = two_districts()
    drawn(cast)
    return cast


@pytest.fixture
def cast(drawn_once: Cast) -> Iterator[Cast]:
    """Two districts with a drawn frame. The changes of a test are undone."""
    with transaction.atomic():
        yield drawn_once
        transaction.set_rollback(True)


def page(name: str, *of: Any) -> str:
    return reverse(f"verification:{name}", args=of)


def begun(client: Client) -> tuple[UUID, str]:
    """The next check of a verifier, its number shown: its id, and the page."""
    where = client.post(page("check_take"))["Location"]
    check_id = UUID(where.split("/")[-2])
    return check_id, client.post(page("check_begin", check_id)).text


def found(check_id: UUID) -> Check:
    return Check.objects.select_related("frame__programme", "stratum").get(id=check_id)


def test_an_hour_by_phone(cast: Cast) -> None:
    client = cast.client(ME)
    assert "Get the next check" in client.get(page("checks")).text
    check_id, shown = begun(client)
    with system("test"):
        target = target_of(found(check_id))
        assert target.phone_id is not None
        number = cast.world.rows("select last4 from people_phone where id = %s", [target.phone_id])[0][0]
    assert target.whom.name and target.whom.name in shown and re.search(rf'href="tel:\+91\d+{number}"', shown)
    born = target.whom.written["born"]
    assert born not in undrawn(shown) and "Web" not in shown, (
        "what was written is not shown before it was asked"
    )
    again = client.get(page("check", check_id)).text
    assert "tel:" not in again and "Show the number again" in again
    lacking = client.post(page("check_said", check_id), {"meaning": "joined"})
    assert lacking.status_code == 422
    client.post(page("check_said", check_id), WORDS | {"meaning": "joined", "also_joined": "on"})
    compared = client.get(page("check", check_id)).text
    assert all(each in compared for each in ("1984", born, "I called a number", "Web"))
    changed = client.post(page("check_said", check_id), WORDS | {"meaning": "never_joined"})
    assert changed.status_code == 409, "nobody goes back after the written was shown"
    sure = client.get(page("check_tell", check_id), {"outcome": "genuine"}).text
    assert "cannot be changed" in sure
    with system("test"):
        assert found(check_id).outcome == ""
    client.post(page("check_tell", check_id), {"outcome": "genuine"})
    with system("test"):
        told = found(check_id)
        assert also_joined(told.frame) == (1, 1)
    assert (told.outcome, told.reason, told.also_joined) == ("genuine", "", True)
    with system("test"):
        estimate_frame(frame=told.frame, at=NOW)
    counted = cast.client("state_president").get(page("frame", told.frame.public_id)).text
    assert "Of 1 who said that they joined, 1 joined by another number too" in counted
    listed = client.get(page("checks")).text
    assert "Get the next check" in listed and "With an answer" in listed


def test_a_check_is_handed_back_once_it_was_asked_why(cast: Cast) -> None:
    client = cast.client(ME)
    check_id = take_check(by=cast.actor(ME), at=NOW).id
    assert "Hand this check back" in client.get(page("check", check_id)).text
    assert client.post(page("check_back", check_id)).status_code == 422
    client.post(page("check_back", check_id), {"reason": "knows"})
    assert client.get(page("check", check_id)).status_code == 404
    begun_id, _page = begun(client)
    assert begun_id != check_id
    client.post(page("check_said", begun_id), WORDS | {"meaning": "unsure"})
    assert client.post(page("check_back", begun_id), {"reason": "knows"}).status_code == 409


def test_no_row_of_the_trail_says_who_was_called(cast: Cast) -> None:
    client = cast.client(ME)
    check_id, _page = begun(client)
    client.post(page("check_end", check_id, "left"))
    with system("test"):
        assert item_of_check(found(check_id)).why_gone is None
    assert take_off(at=NOW) == 1 and take_off(at=NOW) == 0
    with system("test"):
        told = found(check_id)
        (item,) = Membership.objects.filter(public_id=item_of_check(told).item_id)
        rows = cast.world.rows(
            "select act, subject, account_id from core_audit"
            " where act like 'verification.%%' or act = 'people.reveal_phone'"
        )
        by_me = cast.world.rows(
            "select count(*) from core_audit where account_id = %s and subject = %s",
            [cast.accounts[ME].pk, str(item.public_id)],
        )
    assert (told.outcome, told.reason) == ("refused", "") and item.ended_on is not None
    assert by_me == [(0,)]
    assert {subject for act, subject, _ in rows if act == "people.reveal_phone"} == {str(check_id)}


def test_nobody_is_called_twice_at_once_nor_without_an_end(cast: Cast) -> None:
    me, at = cast.actor(ME), NOW
    first = take_check(by=me, at=at)
    _check, number = begin_try(check_id=first.id, by=me, at=at)
    assert begin_try(check_id=first.id, by=me, at=at)[1] == number, "the same call goes on"
    with system("test"):
        second = Check.objects.filter(verifier_id=None, stratum=first.stratum_id).exclude(id=first.id)[0]
        Check.objects.filter(id=second.id).update(verifier_id=me.account_id, taken_at=at)
    with pytest.raises(FinishFirst):
        begin_try(check_id=second.id, by=me, at=at)
    with pytest.raises(NotTaken):
        begin_try(check_id=first.id, by=cast.actor("verifier_of_jammu"), at=at)
    late = at + timedelta(minutes=31)
    close_answers(check_id=first.id, said=SaidUnseen(WORDS, "joined"), by=me, at=late)
    with pytest.raises(BeginFirst):
        close_answers(check_id=second.id, said=SaidUnseen(WORDS, "joined"), by=me, at=late)


def test_three_tries_on_different_days_and_then_it_ends(cast: Cast) -> None:
    me, at = cast.actor(ME), NOW
    account = cast.accounts[ME].pk
    check = take_check(by=me, at=at)
    hours = []
    for _ in range(3):
        with system("test"):
            own = one_in_hand(account, check.id, at=at)
        assert own is not None
        at = own.waits_until or at
        hours.append(at)
        with system("test"):  # hours of the day are another test's
            Attempt.objects.create(
                id=UUID(int=len(hours)),
                room="verification",
                about=check.id,
                account_id=account,
                begun_at=at,
                until=at + timedelta(minutes=30),
            )
        check = end_check_try(check_id=check.id, came=TryOutcome.NO_ANSWER, by=me, at=at)
    assert (check.outcome, check.reason) == ("unresolved", "not_reached")
    assert len({one.date() for one in hours}) == 3
    with pytest.raises(ToldAlready):
        end_check_try(check_id=check.id, came=TryOutcome.NO_ANSWER, by=me, at=at)


def test_a_result_needs_answers_first_and_goes_with_them(cast: Cast) -> None:
    me, at = cast.actor(ME), NOW
    check = take_check(by=me, at=at)
    with pytest.raises(AskFirst):
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
    with pytest.raises(BeginFirst):
        close_answers(check_id=check.id, said=SaidUnseen(WORDS, "joined"), by=me, at=at)
    begin_try(check_id=check.id, by=me, at=at)
    close_answers(check_id=check.id, said=SaidUnseen(WORDS, "never_joined"), by=me, at=at)
    with system("test"):
        said = answers_in_check(found(check.id))
    assert said is not None and said.words == WORDS
    with pytest.raises(SaidAlready):
        begin_try(check_id=check.id, by=me, at=at)
    with pytest.raises(SaidOtherwise):
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
    told = conclude_check(check_id=check.id, outcome=Check.Outcome.NOT_GENUINE, leaves=True, by=me, at=at)
    assert told.reason == "never_joined" and take_off(at=at) == 1
    with system("test"):
        assert item_of_check(told).why_gone == "left"


def test_who_said_no_is_not_called_and_counts_as_open(cast: Cast) -> None:
    client = cast.client(ME)
    me, at = cast.actor(ME), NOW
    check = take_check(by=me, at=at)
    with system("test"):
        phone_id = target_of(found(check.id)).phone_id
    assert phone_id is not None
    stop_by_phone(phone=phone_id, channel=1, by=SYSTEM, at=at)
    shown = client.post(page("check_begin", check.id), follow=True).text
    assert "nobody to call" in shown and "tel:" not in shown
    with system("test"):
        told = found(check.id)
        assert (told.outcome, told.reason) == ("unresolved", "gone") and not Attempt.objects.exists()


def test_no_talks_of_others_keep_a_verifier_from_the_number(cast: Cast) -> None:
    """A unit that could fill the cap could block the checks of its own work."""
    client = cast.client(ME)
    check = take_check(by=cast.actor(ME), at=NOW)
    with system("test"):
        target, run = target_of(found(check.id)), found(check.id).frame.programme_id
    assert target.phone_id is not None
    talks_of_others(target.phone_id, target.unit_id, run, 5)
    assert 'href="tel:+91' in client.post(page("check_begin", check.id), follow=True).text


def test_today_asks_a_verifier_only_while_there_is_something_for_them(cast: Cast) -> None:
    client = cast.client(ME)
    assert "Make a back-check" in client.get("/today/").text
    begun(client)
    assert "Finish 1 back-check" in client.get("/today/").text
    with system("test"):
        Check.objects.filter(stratum__unit__code="JK-JAM").update(outcome="genuine", done_at=NOW)
    assert "ack-check" not in client.get("/today/").text
    assert "There is nothing for you to check" in client.post(page("check_take"), follow=True).text


def test_a_visit_is_fixed_for_a_day_and_an_hour_and_stays_on_today(cast: Cast) -> None:
    with system("test"):
        Check.objects.filter(verifier_id=None).update(arm=Check.Arm.VISIT)
    client, when = cast.client(ME), NOW + timedelta(days=1)
    client.post(page("check_take"), {"visit": "yes"})
    check = take_check(by=cast.actor(ME), at=NOW, is_visit=True)
    visit = {"day": when.date().isoformat(), "hour": "16:30"}
    early = client.post(page("check_fix", check.pk), visit)
    assert early.status_code == 409, "the place is shown first"
    client.post(page("check_begin", check.pk))
    late = client.post(page("check_fix", check.pk), visit | {"day": "2027-01-01"})
    assert late.status_code == 422 and "Choose a time from now until" in late.text
    fixed = client.post(page("check_fix", check.pk), visit, follow=True)
    assert "16:30" in fixed.text
    today = client.get("/today/").text
    assert "Visit for a back-check" in today and "16:30" in today
    client.post(page("check_said", check.pk), WORDS | {"meaning": "joined"})
    compare = client.get(page("check", check.pk)).text
    assert "more than three years off" in compare, "the line that says what makes an entry genuine"
    assert "Visit for a back-check" not in client.get("/today/").text


def test_a_verifier_may_call_to_fix_a_visit_and_each_look_at_the_number_is_recorded(cast: Cast) -> None:
    with system("test"):
        Check.objects.filter(verifier_id=None).update(arm=Check.Arm.VISIT)
    client, me = cast.client(ME), cast.actor(ME)
    check = take_check(by=me, at=NOW, is_visit=True)
    assert "Call to fix a visit" not in client.get(page("check", check.pk)).text, "the place is shown first"
    placed = client.post(page("check_begin", check.pk)).text
    assert "Call to fix a visit" in placed and "tel:" not in placed
    with system("test"):
        seen = AuditEntry.objects.filter(act="people.reveal_phone", subject=str(check.pk))
        assert not seen.exists()
    called = client.post(page("check_begin", check.pk), {"calls": "1"}).text
    assert "tel:+91" in called
    with system("test"):
        assert seen.count() == 1
    assert "tel:" not in client.get(page("check", check.pk)).text
    with pytest.raises(NotAtThisHour):
        begin_try(check_id=check.pk, calls_first=True, by=me, at=NOW + timedelta(hours=10))


@pytest.mark.parametrize(
    ("written", "heard", "differs"),
    [
        ("2000", "1985", True),
        ("2000", "१९८५ में", True),
        ("1984", "1987", False),
        ("1984", "1988", True),
        ("1984", "I do not know", False),
        ("19 Nov 2026", "after Diwali", False),
        ("", "1984", False),
        ("1984", "1984 or 1990", False),
        ("98765 1984 0", "1990", True),
        ("9906000001", "1990", False),
    ],
)
def test_years_more_than_three_apart_contradict_each_other(written: str, heard: str, differs: bool) -> None:
    assert contradicts(written, heard) is differs


def test_right_against_another_year_of_birth_is_asked_once_and_may_still_be_given(cast: Cast) -> None:
    client = cast.client(ME)
    check_id, _page = begun(client)
    with system("test"):
        born = target_of(found(check_id)).whom.written["born"]
    client.post(page("check_said", check_id), WORDS | {"meaning": "joined", "born": "1920"})
    asked = client.get(page("check_tell", check_id), {"outcome": "genuine"}).text
    assert f"Heard 1920, written {born}. Still right?" in asked
    assert "Still right?" not in client.get(page("check_tell", check_id), {"outcome": "not_genuine"}).text
    client.post(page("check_tell", check_id), {"outcome": "genuine"})
    with system("test"):
        assert found(check_id).outcome == "genuine"


def test_who_gets_an_office_where_they_check_sees_no_more_of_it(cast: Cast) -> None:
    client = cast.client(ME)
    check_id, _page = begun(client)
    assert client.get(page("check", check_id)).status_code == 200
    cast.appoint(cast.accounts[ME], "booth_worker", "JK-B004", by=SYSTEM)
    assert client.get(page("check", check_id)).status_code == 404
    assert client.post(page("check_begin", check_id)).status_code == 404


def test_words_of_a_long_call_are_kept_and_without_a_call_they_are_not_lost(cast: Cast) -> None:
    client = cast.client(ME)
    check_id, _page = begun(client)
    with system("test"):
        Attempt.objects.update(outcome=Attempt.Outcome.LAPSED)
    late = client.post(page("check_said", check_id), WORDS | {"meaning": "joined"})
    assert late.status_code == 409 and "I called a number" in late.text and "Call first" in late.text
    with system("test"):
        Attempt.objects.update(outcome="", until=NOW - timedelta(minutes=1))
    assert client.post(page("check_said", check_id), WORDS | {"meaning": "joined"}).status_code == 302


def test_nobody_is_called_at_night(cast: Cast) -> None:
    me, at = cast.actor(ME), NOW
    check = take_check(by=me, at=at)
    with pytest.raises(NotAtThisHour):
        begin_try(check_id=check.id, by=me, at=at + timedelta(hours=10))


def test_an_hour_by_visit(cast: Cast) -> None:
    client = cast.client(ME)
    me, at = cast.actor(ME), NOW
    assert "Get the next check by visit" not in client.get(page("checks")).text
    with system("test"):
        Check.objects.filter(verifier_id=None).update(arm=Check.Arm.VISIT)
    assert "Get the next check by visit" in client.get(page("checks")).text
    where = client.post(page("check_take"), {"visit": "yes"})["Location"]
    check = take_check(by=me, at=at, is_visit=True)
    assert str(check.id) in where
    before = client.get(page("check", check.id)).text
    assert "Show the place" in before and "Booth" not in before
    shown = client.post(page("check_begin", check.id)).text
    assert "tel:" not in shown and "JK-B004" not in shown and "Jammu" in shown and "Where" in shown
    with system("test"):
        (lease,) = Attempt.objects.all()
    assert lease.is_visit and lease.until - lease.begun_at == timedelta(days=3)
    client.post(page("check_said", check.id), WORDS | {"meaning": "no_such_person"})
    with system("test"):
        born = target_of(found(check.id)).whom.written["born"]
    assert born not in undrawn(client.get(page("check", check.id)).text), (
        "nothing to compare with whoever is not there"
    )
    client.post(page("check_tell", check.id), {"outcome": "not_genuine"})
    with system("test"):
        assert found(check.id).reason == "no_such_person"
