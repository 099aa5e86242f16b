"""The demo, made small: built twice with one seed it is the same, its ledger is right, and `doctor` finds it well."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from abhiyan.core import clock, database, doctor, schema
from abhiyan.core.scope import system
from abhiyan.core.tests.conftest import seal_everything
from abhiyan.elections.models import Plan
from abhiyan.enrolment.models import Channel, ChannelToken, Claim
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import ALL_DAYS
from abhiyan.site.demo import build, tree

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
# Tables whose rows depend on how the work was cut into pieces, or on what else went on: what is folded depends on
# which other transactions were under way, so changes and tallies are looked at together.
BY_CHANCE = {
    "core_heartbeat",
    "core_rate_count",
    "procrastinate_events",
    "procrastinate_jobs",
    "core_audit_seal",
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "CLAIMS", 3_000)
    monkeypatch.setattr(tree, "BOOTHS", 900)


def made(seed: str, at: datetime) -> tuple[dict[str, int], list[tuple[Any, ...]]]:
    """How many rows each table has after a build, and the tallies by unit code, day, channel and rung."""
    with schema.working_as("jobs"):
        build.build(seed, at=at, say=lambda _text: None)
    with psycopg.connect(database.conninfo(None, dbname=database.name())) as admin:
        names = [
            str(name)
            for (name,) in admin.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
            )
        ]
        counts = {}
        for name in sorted(set(names) - BY_CHANCE):
            row = admin.execute(f'select count(*) from "{name}"').fetchone()
            counts[name] = int(row[0]) if row else -1
        tallies = admin.execute(
            "select u.code, day, channel, rung, sum(n) from"
            " (select unit_id, day, channel, rung, n from programmes_delta union all"
            f" select unit_id, day, channel, rung, n from programmes_tally where day <> '{ALL_DAYS}') t"
            " join units_unit u on u.id = unit_id group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4"
        ).fetchall()
    return counts, tallies


def test_two_builds_of_one_seed_are_equal_and_right_and_doctor_finds_them_well(small: None) -> None:
    at = clock.now()
    first, tallies = made("one seed", at)
    assert first["enrolment_claim"] > 1_500 and first["enrolment_refused_count"] > 0 and tallies
    assert first["elections_plan_part"] > 900  # a plan stands in the drive's hierarchy: at its booths
    with schema.working_as("jobs"), system("test"):
        assert sorted(bool(one.found["contradictions"]) for one in Plan.objects.all()) == [
            False,
            True,
        ]  # README
    with schema.working_as("jobs"), system("test"):
        token = ChannelToken.objects.get()
        senders = set(Claim.objects.filter(channel=Channel.API).values_list("by", flat=True))
    assert (
        senders == {token.public_id} and token.used_at and token.used_at <= at
    )  # claims of the API came by it
    with schema.working_as("jobs"):
        seal_everything(at)  # what a transaction of another test has held back
        recounted = programmes.recount(at=at)
        findings = doctor.examine(at)
    assert recounted.is_right and recounted.compared, recounted
    failing = [one for one in findings if one.finding.level == doctor.FAIL]
    # No watcher runs here, and this is no data folder of the demo's own.
    assert [one for one in failing if one.check not in ("loops", "keys")] == []
    empty()
    second, again = made("one seed", at)
    assert second == first
    assert again == tallies


def empty() -> None:
    from django.test import TransactionTestCase

    from abhiyan.enrolment import actions as enrolment

    with psycopg.connect(database.conninfo(None, dbname=database.name())) as admin:
        admin.execute("truncate programmes_delta")  # no model of Django's own, so its flush passes it by
    TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # the owner's: see conftest.py
    enrolment.forget()
