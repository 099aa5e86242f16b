"""The morning message: once a day to each leader who wants it, made in their own sight, gone with the office."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.intake.tests.test_welcome import Taking
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, MorningChoice
from abhiyan.messaging.rules import hours, texts
from abhiyan.messaging.tests.sending import send_due
from abhiyan.messaging.tests.test_offices import sent
from abhiyan.org import actions as org
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Viewer
from abhiyan.pages.morning import turn_morning
from abhiyan.people.mailboxes import about_email
from abhiyan.people.models import Account, EmailAddress
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import IN_BODIES, MORE_OFFICES, OFFICES, SYSTEM, Cast

from .test_bearer import NUMBER, with_number

pytestmark = pytest.mark.django_db
OWN = "+919906012301"
TODAY = NOW.date()


def clock(hour: int, minute: int = 0, *, on: date = TODAY) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(site.TIME_ZONE))


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """A state whose district is behind; both leaders have phones."""
    made = Cast.make()
    made.target("JK-SRI", 260)
    made.target("JK", 500)
    made.fold()
    with_number(made, "state_president", OWN)
    with_number(made, "district_in_charge")
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
    return made


def choose(cast: Cast, role: str, hour: int | None, *, at: datetime | None = None) -> None:
    with cast.as_(role):
        messaging.choose_morning(hour=hour, by=cast.actor(role), at=at or clock(8))


def messages() -> list[dict[str, str]]:
    return [blanks for template, blanks in sent() if template == "duty.morning"]


def looks() -> list[AuditEntry]:
    """The rows of numbers that were shown or sent."""
    with system("test"):
        return list(AuditEntry.objects.filter(act="people.reveal_phone"))


def is_chosen() -> bool:
    with system("test"):
        return MorningChoice.objects.exists()


def end(cast: Cast, role: str, *, at: datetime) -> None:
    with system("test"):
        org.end_appointment(public_id=cast.appointments[role], reason="over", by=SYSTEM, at=at)


def test_a_leader_gets_the_sentence_of_today_with_names_and_numbers(cast: Cast) -> None:
    choose(cast, "state_president", 10)
    assert turn_morning(clock(9, 59)) == 0
    assert turn_morning(clock(10)) == 1
    (blanks,) = messages()
    said = "2 counted. Due by today:"
    assert blanks["standing"].startswith(f"Membership drive: {said}") and "a day." in blanks["standing"]
    assert said in body(cast.client("state_president"), "/"), "the same as Today"
    assert blanks["calls"] == f"Srinagar, district_in_charge, {NUMBER}"
    assert blanks["link"] == f"{site.ORIGIN}/"
    (look,) = looks()
    assert look.subject == str(cast.accounts["district_in_charge"].public_id)
    assert look.facts["to"] == str(cast.accounts["state_president"].public_id)
    assert Cast.own_member.name not in str(blanks), "no member is named"


def test_it_leaves_by_the_queue_inside_the_hours(cast: Cast) -> None:
    with system("test"):
        Account.objects.filter(pk=cast.accounts["state_president"].pk).update(language="hi")
    choose(cast, "state_president", 10)
    turn_morning(clock(10))
    way = Taking()
    assert send_due(way, at=clock(9, 59)) == 0, "the gate is shut"
    assert send_due(way, at=clock(10)) == 1
    (letter,) = way.letters
    assert letter.phone == OWN and NUMBER in letter.text and "आज तक होने थे" in letter.text
    assert texts.count_sms(letter.text) <= 4
    assert send_due(way, at=clock(11)) == 0


def test_nothing_is_made_after_the_morning_where_nothing_runs_or_before_somebody_asks(cast: Cast) -> None:
    assert turn_morning(clock(10)) == 0, "nobody wants it"
    choose(cast, "state_president", 12)
    assert turn_morning(clock(14)) == 0, "the morning is over"
    cast.world.rows("update programmes_programme set state = 'closed' returning 1")
    assert turn_morning(clock(12)) == 0
    assert messages() == []


@pytest.mark.parametrize(("at", "days"), [(8, 0), (10, 1), (13, 1)])
def test_it_begins_at_the_next_such_hour(cast: Cast, at: int, days: int) -> None:
    choose(cast, "state_president", 10, at=clock(at))
    assert turn_morning(clock(13, 30)) == (not days)
    assert turn_morning(clock(10, on=TODAY + timedelta(days=1))) == 1


def test_another_hour_on_the_same_day_brings_no_second_one(cast: Cast) -> None:
    choose(cast, "state_president", 10)
    assert turn_morning(clock(10)) == 1
    choose(cast, "state_president", 12, at=clock(10, 30))
    assert turn_morning(clock(12)) == 0
    choose(cast, "state_president", None, at=clock(12, 30))
    assert turn_morning(clock(10, on=TODAY + timedelta(days=1))) == 0


@pytest.mark.parametrize("is_sent", [True, False])
def test_it_ends_with_the_office_and_what_waits_does_not_go(cast: Cast, is_sent: bool) -> None:
    choose(cast, "state_president", 10)
    if is_sent:
        turn_morning(clock(10))
    end(cast, "state_president", at=clock(10, 1))
    assert not is_chosen()
    assert turn_morning(clock(10, 2)) == 0
    assert send_due(Taking(), at=clock(10, 3)) == 0


def test_of_a_district_that_somebody_no_longer_leads_nothing_comes_in_another_office(cast: Cast) -> None:
    choose(cast, "district_in_charge", 10)
    with system("test"):
        cast.appoint(cast.accounts["district_in_charge"], "booth_worker", "JK-B004", by=SYSTEM)
    end(cast, "district_in_charge", at=clock(9))
    assert is_chosen()
    assert turn_morning(clock(10)) == 0
    assert not is_chosen(), "they lead no unit any more"


def test_a_holder_whose_office_ended_is_neither_named_nor_called(cast: Cast) -> None:
    choose(cast, "state_president", 10)
    end(cast, "district_in_charge", at=clock(9))
    assert turn_morning(clock(10)) == 1
    (blanks,) = messages()
    assert "district_in_charge" not in blanks["calls"] and NUMBER not in str(blanks)
    assert not looks()


def test_what_waited_over_night_does_not_go_beside_the_new_one(cast: Cast) -> None:
    choose(cast, "state_president", 10)
    turn_morning(clock(10))
    tomorrow = TODAY + timedelta(days=1)
    assert turn_morning(clock(10, on=tomorrow)) == 1
    way = Taking()
    assert send_due(way, at=clock(10, 1, on=tomorrow)) == 1
    with system("test"):
        assert set(Message.objects.values_list("reason", flat=True)) == {"", "taken_back"}


@pytest.mark.parametrize("role", ["booth_worker", "verifier", "data_officer", "no_office"])
def test_who_leads_no_unit_has_no_morning_message(cast: Cast, role: str) -> None:
    with pytest.raises((NotYours, NotFound)):
        choose(cast, role, 10)
    assert not is_chosen()
    assert cast.client(role).get("/today/morning/").status_code == 403


def test_a_message_that_cannot_be_made_holds_up_no_other(cast: Cast) -> None:
    for role in ("state_president", "district_in_charge"):
        choose(cast, role, 10)
    broken = cast.accounts["state_president"].pk
    made = []

    def write(viewer: Viewer) -> dict[str, str]:
        if viewer.account_id == broken:
            raise ValueError("a fault")
        made.append(viewer)
        return {"standing": "1 counted.", "calls": "", "link": "/"}

    assert messaging.send_mornings(write=write, at=clock(10)) == 1
    assert messaging.send_mornings(write=write, at=clock(10, 1)) == 0
    assert len(made) == 1


class Killed(BaseException):
    """The process is killed while it makes a message."""


@pytest.mark.examples(15, 150)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hour=some.sampled_from(hours.MORNINGS),
    turns=some.lists(some.tuples(some.integers(0, 3 * 24 * 60), some.booleans()), max_size=12),
)
def test_whenever_the_loop_turns_or_dies_a_morning_has_one_message(
    cast: Cast, hour: int, turns: list[tuple[int, bool]]
) -> None:
    """turns: minutes after midnight of the first of three days, and whether the process dies in it."""
    with transaction.atomic():
        choose(cast, "state_president", hour, at=clock(0))
        expected = set()
        for minute, is_killed in sorted(turns):
            at = clock(0) + timedelta(minutes=minute)
            local = timezone.localtime(at)

            def write(_viewer: Viewer, is_killed: bool = is_killed) -> dict[str, str]:
                if is_killed:
                    raise Killed
                return {"standing": "1 counted.", "calls": "", "link": "/"}

            with suppress(Killed):
                messaging.send_mornings(write=write, at=at)
                if hour <= local.hour < 14:
                    expected.add(local.date())
        with system("test"):
            queued = list(Message.objects.filter(template="duty.morning").values_list("queued_at", flat=True))
        assert sorted(timezone.localtime(at).date() for at in queued) == sorted(expected)
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", [role for role in [*OFFICES, *MORE_OFFICES] if role not in IN_BODIES])
def test_nobody_reads_in_it_what_their_today_does_not_show(cast: Cast, role: str) -> None:
    """Whatever the office: figures and names are those of Today, and each number is of somebody they may call."""
    if role not in cast.accounts:
        cast._seat(role, *MORE_OFFICES[role])
    for other in cast.accounts:
        if other not in ("state_president", "district_in_charge"):
            with_number(cast, other, f"+9199060{len(other):02d}{cast.accounts[other].pk % 1000:03d}")
    try:
        choose(cast, role, 10)
    except NotYours:
        assert cast.client(role).get("/today/morning/").status_code == 403
        return
    turn_morning(clock(10))
    page = unescape(body(cast.client(role), "/"))
    for blanks in messages():
        said = blanks["standing"].partition(": ")[2].partition(" Real: ")[0]
        assert said in page
        for call in filter(None, blanks["calls"].split("; ")):
            unit, name, _number = call.split(", ")
            assert unit in page and name in page
        for look in looks():
            assert cast.client(role).get(f"/bearers/{look.subject}/").status_code == 200


def test_the_page_shows_the_text_the_numbers_by_one_press_and_the_hour(cast: Cast) -> None:
    chief = cast.client("state_president")
    assert 'href="/today/morning/"' in body(chief, "/")
    page = body(chief, "/today/morning/")
    assert "2 counted." in page and "Srinagar, district_in_charge (" in page and NUMBER not in page
    assert "wa.me/?text=" in page and "Wednesday, 25 November" in page
    assert f"Srinagar, district_in_charge, {NUMBER} (" in chief.post("/today/morning/").content.decode()
    (look,) = looks()
    assert look.account_id == cast.accounts["state_president"].pk
    answer = chief.post("/today/morning/hour/", {"hour": "11"}, follow=True)
    assert "You get it each day." in answer.content.decode()
    assert '<option value="11" selected>' in body(chief, "/today/morning/")
    assert chief.post("/today/morning/hour/", {"hour": "6"}).status_code == 422
    chief.post("/today/morning/hour/", {"hour": ""})
    assert not is_chosen()


@pytest.mark.parametrize(
    ("is_chosen_so", "is_refused", "way"),
    [(False, False, "SMS"), (True, False, "e-mail"), (True, True, "SMS")],
)
def test_the_page_says_by_which_way_it_comes(
    cast: Cast, is_chosen_so: bool, is_refused: bool, way: str
) -> None:
    with system("test"):
        EmailAddress.objects.create(
            account_id=cast.accounts["state_president"].pk,
            digest=b"d",
            sealed=keyring().seal(b"a@example.org", about=about_email(cast.accounts["state_president"].pk)),
            asked_at=NOW,
            proven_at=NOW,
            gets_notices=is_chosen_so,
            failed_at=NOW if is_refused else None,
        )
    page = body(cast.client("state_president"), "/today/morning/")
    assert f"It comes by {way}." in page
