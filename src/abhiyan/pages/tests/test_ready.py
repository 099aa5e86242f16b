"""*Ready to launch?*: one list of checks, read alike by the page, by Today and by doctor."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import psycopg
import pytest
from django.conf import LazySettings
from django.utils import translation

from abhiyan.core import database
from abhiyan.core.doctor import FAIL, OK, WARN
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.models import Drive
from abhiyan.messaging.models import Number
from abhiyan.org.models import Appointment
from abhiyan.pages import doctor
from abhiyan.pages.launch_checks import CheckedThing, every_check, launch_things
from abhiyan.people.models import Notice
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.ui.readiness import Readiness

pytestmark = pytest.mark.django_db
RUNS, BELOW = "state_president", "mandal_president"


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ORGANISATION, settings.GRIEVANCE = "Sangathan", "Asha Devi, 0194 2000000"
    made = Cast.make()
    begins_in(made, 7)
    return made


def begins_in(cast: Cast, days: int) -> None:
    with system("test"):
        opens = NOW.date() + timedelta(days=days)
        Programme.objects.filter(pk=cast.world.programme.pk).update(
            opens_on=opens, closes_on=opens + timedelta(days=29)
        )
        cast.world.programme.refresh_from_db()


def found(cast: Cast) -> dict[str, CheckedThing]:
    with system("test"):
        programme = Programme.objects.select_related("owner").get(pk=cast.world.programme.pk)
    with translation.override("en"):
        return {thing.check.code: thing for thing in launch_things(programme, NOW)}


def state(cast: Cast, code: str) -> Readiness:
    return found(cast)[code].finding.state


def page(cast: Cast, role: str) -> str:
    answer = cast.client(role).get(f"/launch/{cast.world.programme.public_id}/ready/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_each_check_says_why_and_has_its_own_code() -> None:
    checks = every_check()
    assert len({check.code for check in checks}) == len(checks) > 10
    assert [check.days_before for check in checks] == sorted((c.days_before for c in checks), reverse=True)
    assert all(0 < check.days_before <= 14 and str(check.why) and str(check.title) for check in checks)


def test_page_today_and_doctor_say_the_same(cast: Cast) -> None:
    things = found(cast)
    urgent = {code for code, thing in things.items() if thing.is_urgent}
    assert {"number", "targets", "backup"} <= urgent, urgent
    shown = page(cast, RUNS)
    with system("test"):
        told = [finding for finding in doctor.launch_findings(NOW) if finding.facts]
    assert {finding.facts["check"] for finding in told} == things.keys()
    assert {one.facts["check"] for one in told if one.level == FAIL} == urgent
    with translation.override("en"):
        for thing in things.values():
            assert str(thing.check.title) in shown and str(thing.finding.said) in shown, thing.check.code
    today = unescape(cast.client(RUNS).get("/today/").content.decode())
    assert f"{len(urgent)} things are missing before it begins" in today
    assert today.count(f"/launch/{cast.world.programme.public_id}/ready/") == 1, "one row, not ten"


def test_nothing_is_due_before_its_day(cast: Cast) -> None:
    begins_in(cast, 40)
    assert not any(thing.is_due for thing in found(cast).values())
    with system("test"):
        levels = {finding.level for finding in doctor.launch_findings(NOW)}
    assert WARN in levels and FAIL not in levels
    assert "before it begins" not in cast.client(RUNS).get("/today/").content.decode()
    begins_in(cast, 61)
    with system("test"):
        (finding,) = doctor.launch_findings(NOW)
    assert finding.level == OK


def test_a_number_counts_from_its_third_day(cast: Cast) -> None:
    assert state(cast, "number") == Readiness.MISSING
    with system("test"):
        line = Number.objects.create(
            number="+911140000000",
            provider="generic",
            meaning=Number.Meaning.JOIN,
            programme_id=cast.world.programme.pk,
            added_at=NOW,
            believed_at=NOW + timedelta(days=3),
        )
    assert state(cast, "number") == Readiness.OK
    begins_in(cast, 2)
    thing = found(cast)["number"]
    assert thing.finding.state == Readiness.MISSING and "only from" in str(thing.finding.said)
    with system("test"):
        Number.objects.filter(pk=line.pk).update(believed_at=None)
    assert state(cast, "number") == Readiness.OK, "one that was there before"


def test_the_notice_is_of_this_organisation_and_names_who_answers(cast: Cast) -> None:
    says = "Sangathan, 1 Residency Road. Asha Devi, 0194 2000000"

    def published(**facts: object) -> Readiness:
        with system("test"):
            Notice.objects.update(**facts)
        return state(cast, "notice")

    assert published(organisation="") == Readiness.MISSING, "a sample names nobody"
    assert published(organisation="Sangathan", sections=[["who", "Who", says]]) == Readiness.OK
    assert published(organisation="Purana Sangathan") == Readiness.MISSING
    assert published(organisation="Sangathan", sections=[["who", "Who", "Sangathan"]]) == Readiness.MISSING


def test_the_budget_of_replies_is_held_against_the_target(cast: Cast) -> None:
    assert state(cast, "replies") == Readiness.UNKNOWN, "without a target nobody knows"
    cast.target("JK", 3_300_000)  # in 30 days of 11 hours: 10,000 an hour
    assert state(cast, "replies") == Readiness.OK
    with system("test"):
        Drive.objects.update(replies_per_hour=9_999)
    thing = found(cast)["replies"]
    assert thing.finding.state == Readiness.MISSING
    assert "33,00,000 in 30 days" in str(thing.finding.said) and "10,000 an hour" in str(thing.finding.said)
    assert state(cast, "targets") == Readiness.OK


def test_who_approves_has_held_the_office_for_a_week(cast: Cast) -> None:
    assert state(cast, "approver") == Readiness.MISSING, "the officer of a district"
    with system("test"):
        officers = Appointment.objects.filter(office__code="data_officer")
        officers.update(made_at=NOW, accepted_at=NOW, unit=cast.world.state)
    begins_in(cast, 1)
    assert state(cast, "approver") == Readiness.OK, "named at the console: approves at once"
    with system("test"):
        officers.update(made_by=cast.accounts["state_president"].pk)
    begins_in(cast, 6)
    assert state(cast, "approver") == Readiness.MISSING
    begins_in(cast, 7)
    assert state(cast, "approver") == Readiness.OK
    with system("test"):
        officers.delete()
    assert state(cast, "approver") == Readiness.MISSING


def test_another_than_who_may_mend_it_reads_which_office_does(cast: Cast) -> None:
    shown = page(cast, RUNS)
    assert "The operator of the server" in shown, "of the backup"
    assert f'href="/programmes/{cast.world.programme.public_id}/targets/' in shown
    refused = cast.client(BELOW).get(f"/launch/{cast.world.programme.public_id}/ready/")
    assert refused.status_code == 403


def test_other_kinds_of_programme_need_no_notice_and_no_number(cast: Cast) -> None:
    with system("test"):
        made = programmes.make_programme(
            template="stays",
            names={"en": "Stays"},
            owner_id=cast.world.state.pk,
            unit_ids=[cast.world.state.pk],
            opens_on=NOW.date() + timedelta(days=3),
            closes_on=NOW.date() + timedelta(days=30),
            by=SYSTEM,
            at=NOW,
        )
        codes = {thing.check.code for thing in launch_things(made, NOW)}
    assert not codes & {"notice", "number", "replies"} and {"targets", "polls", "backup"} <= codes


@pytest.fixture
def noting() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection of the jobs; pages may only read of backups."""
    with psycopg.connect(database.conninfo("jobs"), autocommit=True) as own:
        yield own
        own.execute("delete from core_last_backup")


def test_a_backup_of_today_is_enough(cast: Cast, noting: psycopg.Connection[tuple[object, ...]]) -> None:
    assert state(cast, "backup") == Readiness.MISSING
    noting.execute("insert into core_last_backup (taken_at) values (%s)", [NOW])
    assert state(cast, "backup") == Readiness.OK
