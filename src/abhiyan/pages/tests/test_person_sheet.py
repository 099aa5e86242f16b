"""The person sheet before and after a call: gap, late task and last promise; a note, and Today on the promise's day."""

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.utils import translation

from abhiyan.core import clock as time
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions as org
from abhiyan.org import queries
from abhiyan.org.actions.talks import KEPT, MOST_DAYS
from abhiyan.org.models import BearerTalk
from abhiyan.pages.views.today import collect_things, owed_by_urgency
from abhiyan.people.tests.make import body
from abhiyan.programmes.models import Tally
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.actions import tasks as tasks_acts
from abhiyan.work.actions.tasks import What

from .test_bearer import NUMBER, sheet_of, with_number

pytestmark = pytest.mark.django_db
LEADER, BEARER = "state_president", "district_in_charge"
TODAY = time.day_in("Asia/Kolkata", NOW)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    made = Cast.make()
    made.target("JK-SRI", 260)
    made.fold()
    with_number(made, BEARER)
    return made


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def noted(cast: Cast, *, role: str = LEADER, about: str = BEARER, **given: Any) -> BearerTalk:
    values: dict[str, Any] = {
        "summary": "The mandals have no slips.",
        "promise": "Slips are there",
        "until": TOMORROW,
    } | given
    return org.note_bearer_talk(account=cast.accounts[about].public_id, by=cast.actor(role), at=NOW, **values)


def asked(cast: Cast, role: str = LEADER, *, days: int = 1) -> list[str]:
    """Return the promises that Today asks for first on a later day."""
    at = NOW + timedelta(days=days)
    viewer = queries.viewer_of(account_id=cast.accounts[role].pk, on=time.day_in("Asia/Kolkata", at))
    with cast.as_(role):
        rows = owed_by_urgency(collect_things(viewer, at=at))
    promises = [row for row in rows if row.urgency < 0]
    assert rows[: len(promises)] == promises, "Today opens with them"
    assert all(row.href == sheet_of(cast, BEARER) for row in promises)
    return [str(row.title) for row in promises]


def count(**of: Any) -> int:
    with system("test"):
        return BearerTalk.objects.filter(**of).count()


def test_the_sheet_says_the_gap_the_late_task_and_writes_the_message(cast: Cast) -> None:
    with cast.as_(LEADER):
        tasks_acts.ask_of(
            what=What(title="Call the mandals", due_at=NOW + timedelta(hours=1)),
            appointment=cast.appointments[BEARER],
            by=cast.actor(LEADER),
            at=NOW - timedelta(days=2),
        )
    given.time(NOW + timedelta(days=1))
    try:
        chief = cast.client(LEADER)
        page = unescape(body(chief, sheet_of(cast, BEARER)))
        assert "Srinagar, Membership drive: 1 counted. Due by today:" in page
        assert "1 task is late" in page and "Call the mandals" in page and NUMBER not in page
        called = unescape(chief.post(sheet_of(cast, BEARER)).content.decode())
    finally:
        given.time(NOW)
    link = called.partition("https://wa.me/919906012399?text=")[2].partition('"')[0]
    text = unquote(link)
    assert text.startswith(f"Namaste {BEARER},\nSrinagar, Membership drive: 1 counted.")
    assert "This task is late: Call the mandals." in text and text.endswith(LEADER)


def test_a_promise_opens_today_on_its_day_and_ends_by_its_answer(cast: Cast) -> None:
    chief, sheet = cast.client(LEADER), sheet_of(cast, BEARER)
    answer = chief.post(
        f"{sheet}talk/",
        {"summary": "No slips", "promise": "Slips are there", "until": TOMORROW.isoformat()},
        follow=True,
    )
    page = unescape(answer.content.decode())
    assert "Noted. On its day Today asks for the promise." in page
    assert "Promised by 26 November: Slips are there" in page
    assert asked(cast, days=0) == []
    assert asked(cast) == asked(cast, days=3) == [f"{BEARER} promised: Slips are there"]
    with system("test"):
        talk = BearerTalk.objects.get()
        assert talk.state == "open"
    moved = chief.post(f"{sheet}talk/{talk.public_id}/later/", {"until": "2026-11-30"}, follow=True)
    assert "The promise has a new day." in moved.content.decode()
    assert asked(cast) == [] and asked(cast, days=5)
    chief.post(f"{sheet}talk/{talk.public_id}/kept/")
    assert asked(cast, days=5) == []
    with system("test"):
        talk.refresh_from_db()
        acts = set(AuditEntry.objects.filter(act__startswith="org.").values_list("act", flat=True))
        rows = AuditEntry.objects.filter(act="org.note_bearer_talk")
        assert [row.subject for row in rows] == [str(cast.accounts[BEARER].public_id)]
    assert talk.state == "kept" and {"org.note_bearer_talk", "org.move_promise", "org.settle_promise"} <= acts
    chief.post(f"{sheet}talk/{talk.public_id}/remove/")
    assert count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"summary": "", "promise": "", "until": None}, "summary"),
        ({"until": None}, "until"),
        ({"promise": ""}, "promise"),
        ({"summary": "", "promise": ""}, "promise"),
        ({"until": TODAY - timedelta(days=1)}, "until"),
        ({"until": TODAY + timedelta(days=MOST_DAYS + 1)}, "until"),
    ],
)
def test_what_is_not_whole_is_refused_at_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        noted(cast, **values)
    assert refused.value.field == field and count() == 0
    until: date | None = values.get("until", TOMORROW)
    sent = {
        "summary": values.get("summary", "No slips"),
        "promise": values.get("promise", "Slips"),
        "until": until.isoformat() if until else "",
    }
    answer = cast.client(LEADER).post(f"{sheet_of(cast, BEARER)}talk/", sent)
    assert answer.status_code in (400, 422) and f'id="id_{field}"' in answer.content.decode()
    assert count() == 0


@pytest.mark.parametrize(
    ("values", "is_taken"),
    [({"promise": "", "until": None}, True), ({"summary": ""}, True), ({"until": TODAY}, True)],
)
def test_a_talk_without_a_promise_and_a_promise_alone_are_taken(
    cast: Cast, values: dict[str, Any], is_taken: bool
) -> None:
    noted(cast, **values)
    assert (count() == 1) is is_taken
    assert ("Last talk, 25 November:" in body(cast.client(LEADER), sheet_of(cast, BEARER))) is is_taken


@pytest.mark.parametrize("field", ["summary", "promise"])
@pytest.mark.parametrize("words", ["Her husband has cancer", "उन्हें कैंसर है", "Call 9876543210"])
def test_a_note_holds_nothing_about_health_and_no_long_number(cast: Cast, field: str, words: str) -> None:
    sent = {"summary": "Fine", "promise": "Slips", "until": TOMORROW.isoformat()} | {field: words}
    answer = cast.client(LEADER).post(f"{sheet_of(cast, BEARER)}talk/", sent)
    assert answer.status_code == 422 and count() == 0


@pytest.mark.parametrize(
    ("viewer", "whose"),
    [
        ("district_elsewhere", BEARER),
        ("mandal_president", BEARER),
        ("booth_worker", "booth_president"),
        ("state_president", "state_president"),
        ("state_president", "data_officer"),
        ("verifier", "booth_president"),
        ("no_office", BEARER),
    ],
)
def test_nobody_notes_a_talk_with_somebody_they_do_not_lead(cast: Cast, viewer: str, whose: str) -> None:
    with pytest.raises(NotFound):
        noted(cast, role=viewer, about=whose)
    answer = cast.client(viewer).post(f"{sheet_of(cast, whose)}talk/", {"summary": "x"})
    assert answer.status_code in (403, 404) and count() == 0


def test_the_two_read_it_and_nobody_else(cast: Cast) -> None:
    """No leader of both reads it, and no successor: it stays between the two."""
    talk = noted(cast, promise="Slips are there for all")
    readers = {
        role: role
        for role in cast.accounts
        if role not in ("root", "weak")
        for path in ("/", "/today/", "/programmes/work/", sheet_of(cast, BEARER))
        if "Slips are there for all" in cast.client(role).get(path).content.decode()
    }
    assert set(readers) == {LEADER, BEARER}
    page = unescape(body(cast.client(BEARER), "/programmes/work/"))
    assert "What leaders noted after a talk with me" in page and f"25 Nov, {LEADER}" in page
    assert "The mandals have no slips. · Promised by 26 November: Slips are there for all (open)" in page
    for role in cast.accounts:
        with cast.as_(role):
            assert BearerTalk.objects.exists() == (role in (LEADER, BEARER)), role
    for act in ("kept", "missed", "remove"):
        url = f"{sheet_of(cast, BEARER)}talk/{talk.public_id}/{act}/"
        for role in ("national_president", BEARER, "district_elsewhere"):
            assert cast.client(role).post(url).status_code in (403, 404), (role, act)
    assert count(state="open") == 1


def test_with_the_office_of_either_the_promise_leaves_today(cast: Cast) -> None:
    talk = noted(cast)
    assert asked(cast)
    with system("test"):
        org.end_appointment(public_id=cast.appointments[BEARER], reason="over", by=SYSTEM, at=NOW)
    assert asked(cast) == [], "they are led no more"
    with pytest.raises(NotFound):
        org.settle_promise(talk=talk.public_id, state="kept", by=cast.actor(LEADER), at=NOW)


def test_a_former_leader_sees_no_promise(cast: Cast) -> None:
    noted(cast)
    with system("test"):
        org.end_appointment(public_id=cast.appointments[LEADER], reason="over", by=SYSTEM, at=NOW)
    assert asked(cast) == []


def test_a_talk_goes_after_half_a_year_and_with_either_account(cast: Cast) -> None:
    noted(cast)
    with system("test"):
        assert org.forget_bearer_talks(at=NOW + KEPT) == 0
        assert org.forget_bearer_talks(at=NOW + KEPT + timedelta(seconds=1)) == 1
    for role in (BEARER, LEADER):
        noted(cast)
        org.forget_talks_of(account_id=cast.accounts[role].pk)
        assert count() == 0


def test_a_promise_counts_nowhere(cast: Cast) -> None:
    with system("test"):
        before = sorted(Tally.objects.values_list("pk", "n"))
    talk = noted(cast)
    org.settle_promise(talk=talk.public_id, state="kept", by=cast.actor(LEADER), at=NOW)
    cast.fold()
    with system("test"):
        assert sorted(Tally.objects.values_list("pk", "n")) == before


def test_of_several_promises_the_open_one_is_on_the_sheet(cast: Cast) -> None:
    first = noted(cast, promise="The first one", until=TODAY + timedelta(days=5))
    second = noted(cast, promise="The second one", until=TODAY + timedelta(days=2))
    chief, sheet = cast.client(LEADER), sheet_of(cast, BEARER)
    assert "The second one" in body(chief, sheet)
    org.settle_promise(talk=second.public_id, state="missed", by=cast.actor(LEADER), at=NOW)
    assert "The first one" in body(chief, sheet)
    org.settle_promise(talk=first.public_id, state="kept", by=cast.actor(LEADER), at=NOW)
    assert "The second one" in body(chief, sheet), "the last talk"
    assert isinstance(first.public_id, UUID)
