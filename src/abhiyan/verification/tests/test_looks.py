"""Workers beside each other: one statement says what the rules say, and the line of command never reads it."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorTry
from abhiyan.enrolment.actions import ClaimMessage
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.queries.recount import LOOKS, TRIES
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import Human
from abhiyan.org.queries import NotYours
from abhiyan.paper.tests.test_paper import take_in
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import look_at_workers, look_nightly
from abhiyan.verification.actions.looking import NIGHTLY
from abhiyan.verification.models import Check, Look
from abhiyan.verification.queries.looks import BUILT, looked_at_now, looks_of
from abhiyan.verification.refusals import NothingToCheck
from abhiyan.verification.rules.indicators import Indicator, WorkerEntry, tallies
from abhiyan.verification.tests.test_checks import SYSTEM, drawn

pytestmark = pytest.mark.django_db(transaction=True)
HONEST = [f"worker_{n}" for n in range(9)]
HASTY = "booth_worker"


def rows_of_ten_workers(cast: Cast) -> list[ClaimMessage]:
    """Nine workers who go from door to door, and one who types thirty rows in a few minutes, of people in a row."""
    begun = NOW - timedelta(hours=9)
    claims = []
    for nr, role in enumerate(HONEST):
        cast._open(role)
        for n in range(14):
            who = Human(
                f"Neighbour {chr(97 + nr)} {chr(97 + n)}",
                1951 + (7 * n + nr) % 50,
                f"+9170111{nr}{n * 619 % 10_000:04d}",
            )
            at = begun + timedelta(minutes=11 * n + nr)
            claims.append(_row(cast, role, who, at))
    for n in range(30):
        who = Human(
            f"Cousin {chr(97 + n % 26)} {chr(97 + n // 26)}", 1980 + n % 2 * 5, f"+91702220{4_000 + n:04d}"
        )
        claims.append(_row(cast, HASTY, who, begun + timedelta(seconds=20 * n)))
    return claims


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Their entries are in."""
    cast.world.send(*rows_of_ten_workers(cast))
    return cast


def _row(cast: Cast, role: str, who: Human, at: datetime) -> ClaimMessage:
    unit = cast.world.units["JK-B001"]
    return cast.world.claim(who, Channel.DOOR, unit=unit, by=cast.actor(role), field_at=at)


def _door(one: Membership, seconds: int) -> None:
    """The entry was made on the worker's page, in so many seconds."""
    sql.run(
        "insert into enrolment_door_entry (id, public_id, by, programme_id, unit_id, phone_id, is_new, at, seconds)"
        " select c.id, gen_random_uuid(), c.by, c.programme_id, c.unit_id, m.phone_id, true, c.field_at, %s"
        " from enrolment_claim c join enrolment_membership m on m.id = c.membership_id where m.id = %s",
        [seconds, one.pk],
    )


def _doors_without_entries(cast: Cast, role: str, *, refused: int, nobody: int) -> None:
    for outcome, n in ((DoorTry.Outcome.UNWILLING, refused), (DoorTry.Outcome.NOBODY_HOME, nobody)):
        DoorTry.objects.create(
            by=cast.accounts[role].public_id,
            programme_id=cast.world.programme.pk,
            unit_id=cast.world.units["JK-B001"].pk,
            day=NOW.date(),
            outcome=outcome,
            n=n,
        )


def look(cast: Cast, **more: object) -> int:
    given = {"programme": cast.world.programme, "measure": ENROLMENTS, "by": SYSTEM, "at": NOW} | more
    return look_at_workers(**given)  # type: ignore[arg-type]  # a test's own words


def test_one_statement_counts_what_the_rules_count(busy: Cast) -> None:
    programme = busy.world.programme
    with system("test"):
        sql.run(
            f"update enrolment_enrolment set confirmed_at = '{NOW}' where unit_id in (select id from units_unit)"
            " and membership_id in (select id from enrolment_membership where unit_id % 2 = 0)"
        )
        sql.run("update enrolment_enrolment set ask_over_at = %s where confirmed_at is null", [NOW])
        for n, who in enumerate(Membership.objects.filter(phone_id__isnull=False).order_by("pk")[:60]):
            by_own_phone = Actor(kind="citizen", id=who.public_id, origin=f"10.0.{n % 7}.0")
            audit.record(by=by_own_phone, at=NOW, act="enrolment.confirm", subject=str(who.public_id))
            _door(who, 10 + n)
        _doors_without_entries(busy, HASTY, refused=3, nobody=5)
        found = looked_at_now(programme, ENROLMENTS)
        raw = sql.rows(
            f"select by, at, phone_id, last4, birth_year, is_confirmed, is_double, device, seconds"
            f" from ({LOOKS}) i"
        )
        tries = sql.rows(f"select by, is_refusal, n from ({TRIES}) t where is_refusal is not null")
    by_worker: dict[UUID, list[WorkerEntry]] = {}
    zone = ZoneInfo(programme.zone)
    for by, at, phone, last4, year, confirmed, double, device, seconds in raw:
        entry = WorkerEntry(
            at=at.astimezone(zone) if at else None,
            phone=phone,
            last_four=int(last4) if last4 else None,
            birth_year=year,
            is_confirmed=confirmed,
            is_double=double,
            device=device,
            seconds=seconds,
        )
        by_worker.setdefault(by, []).append(entry)
    doors: dict[UUID, list[WorkerEntry]] = {}
    for by, refused, n in tries:
        doors.setdefault(by, []).extend([WorkerEntry(is_refusal=refused)] * n)
    assert len(doors[busy.accounts[HASTY].public_id]) > 3, "three did not want to, others did"
    assert {row[0] for row in found} == {busy.accounts[role].public_id for role in (*HONEST, HASTY)}
    for worker, district, entries, hits, total, *_ in found:
        assert (district, entries) == (busy.world.units["JK-SRI"].pk, len(by_worker[worker]))
        wanted = tallies([*by_worker[worker], *doors.get(worker, [])])
        for one, hit, of in zip(BUILT, hits, total, strict=True):
            assert (hit, of) == ((wanted[one].hits, wanted[one].of) if one in wanted else (0, 0)), one


def test_paper_says_nothing_of_haste_night_or_order(cast: Cast, tmp_path: Path) -> None:
    """Its rows have a day and no hour: who brings thirty of them late in the evening has done nothing odd."""
    rows = "".join(
        f"901102{n:04d},{name} Devi,{1950 + n},JK-B001,1\n"
        for n, name in enumerate(
            (
                "Asha",
                "Usha",
                "Nisha",
                "Meena",
                "Reena",
                "Veena",
                "Leela",
                "Sheela",
                "Kamla",
                "Vimla",
                "Sarla",
                "Tara",
            )
        )
    )
    done = take_in(cast.world, tmp_path, "Phone,Name,Birth year,Booth code,Notice version\n" + rows)
    assert done.counts == {"joined": 12}
    with system("test"):
        worker = cast.accounts[HASTY].public_id
        sql.run("update enrolment_claim set by = %s where import_id is not null", [worker])
        found = {row[0]: row for row in looked_at_now(cast.world.programme, ENROLMENTS)}
    _worker, _district, entries, hits, total, *_ = found[worker]
    told = dict(zip(BUILT, zip(hits, total, strict=True), strict=True))
    assert entries == 12 and told[Indicator.AGES][1] == 12
    assert {one for one, (_, of) in told.items() if not of} >= {
        Indicator.BURSTS,
        Indicator.NIGHT,
        Indicator.SEQUENCE,
    }


def test_the_hasty_worker_comes_first_with_reasons_and_nobody_in_the_line_sees_it(busy: Cast) -> None:
    assert look(busy) == 10 and look(busy) == 10
    for role in ("state_president", "district_in_charge", HASTY, "data_officer"):
        with busy.as_(role):
            assert not Look.objects.exists(), role
    with system("test"), translation.override("en"):
        first, *others = looks_of(busy.world.programme, ENROLMENTS)
        assert AuditEntry.objects.filter(act="verification.look_at_workers").count() == 2
        assert Look.objects.count() == 10, "the second time takes the place of the first"
        words = " ".join(one.text for one in first.reasons)
    assert first.worker == busy.accounts[HASTY].public_id and first.entries == 30
    told = {one.indicator for one in first.reasons}
    assert {Indicator.BURSTS, Indicator.SEQUENCE} <= told
    assert "29 of 29 entries came less than a minute after the one before." in words
    assert not any(one.indicator is Indicator.BURSTS for each in others for one in each.reasons)
    with pytest.raises(NotYours):
        look(busy, by=busy.actor("district_in_charge"))
    with pytest.raises(NothingToCheck):
        look(busy, measure=9)


def test_checks_that_are_known_count_and_those_of_an_open_draw_do_not(busy: Cast) -> None:
    frame = drawn(busy, 80)
    with system("test"):
        Check.objects.filter(frame=frame).update(outcome=Check.Outcome.NOT_GENUINE)
    look(busy)
    with system("test"):
        assert not Look.objects.filter(bad__gt=0).exists(), "nobody learns who is drawn"
        type(frame).objects.update(state="closed")
    look(busy)
    with system("test"):
        checked = sum(Look.objects.values_list("bad", flat=True))
    assert checked > 0


def test_at_night_each_programme_is_looked_at_once(busy: Cast, settings: object) -> None:
    settings.TIME_ZONE = "UTC"  # type: ignore[attr-defined]  # pytest-django's own
    noon = NOW.replace(hour=12)
    night = noon.replace(hour=NIGHTLY[0]) + timedelta(days=1)
    assert look_nightly(at=noon) == 0
    assert look_nightly(at=night) == 1
    assert look_nightly(at=night + timedelta(hours=2)) == 0
    with system("test"):
        assert Look.objects.filter(at=night).count() == 10
