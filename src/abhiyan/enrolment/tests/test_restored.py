"""After a restore what people have said since the backup holds, and no more than they said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from abhiyan.core import backup, clock, database, sealing
from abhiyan.core.actor import Actor
from abhiyan.core.tests.test_backup import drop_like
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people import journal
from abhiyan.people.models import Purpose

from .make import CHANNEL, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]
SECRET, PUBLIC = sealing.new_pair()


@pytest.fixture
def target() -> Iterator[str]:
    name = f"{database.name()}_restored"
    drop_like(name)
    yield name
    drop_like(name)


def test_who_left_since_the_backup_leaves_again_what_they_left_and_nothing_else(
    world: World, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "path", lambda: tmp_path / "noes.jsonl")  # no other test's noes
    world.web_join(of=world.asha)
    mohan = world.web_join(of=world.mohan)  # on her phone
    world.web_join(of=world.bilal)
    chandra = world.web_join(of=world.chandra)
    first, first_roll = world.programme, world.roll
    world.anew()
    world.now = clock.now()
    world.web_join(of=world.bilal)
    backup.take(to=tmp_path / "b.age", recipient=PUBLIC, at=clock.now())
    world.now = clock.now() + timedelta(seconds=1)
    world.leave(mohan, of=world.mohan)
    left = actions.leave_by_phone(
        phone=world.bilal.phone,
        channel=Channel.MISSED_CALL,
        by=CHANNEL,
        at=world.now,
        programme_id=first.pk,
    )
    assert left == 1
    ((person,),) = world.rows(
        "select person_id from enrolment_membership where public_id = %s", [str(chandra.membership)]
    )
    assert people.withdraw_consent(
        person_id=person,  # type: ignore[arg-type]  # a UUID
        purposes=[Purpose.MEMBERSHIP],
        channel=Channel.WEB,
        by=Actor.system("tests"),
        at=world.now,
    ) == [Purpose.MEMBERSHIP]
    backup.restore(
        source=tmp_path / "b.age", identity=SECRET, at=clock.now(), into=target, files=tmp_path / "files"
    )
    with psycopg.connect(database.conninfo(None, dbname=target)) as admin:
        living = admin.execute(
            "select p.name, m.roll_id from enrolment_membership m join people_person p on p.id = m.person_id"
            " where m.ended_on is null order by 1"
        ).fetchall()
        noes = admin.execute("select phone_id, scope, rolls from people_suppression").fetchall()
    assert living == [(world.asha.name, first_roll.pk), (world.bilal.name, world.roll.pk)]
    assert noes == [(world.phone_id(world.bilal), "all", [first_roll.pk])]
