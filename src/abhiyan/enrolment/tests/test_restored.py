"""After a restore what people have said since the backup holds, and no more than they said."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from abhiyan.core import backup, database, sealing
from abhiyan.core.actor import Actor
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.test_backup import drop_like
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people.models import Purpose

from .make import CHANNEL, Human, World
from .test_bursts import hold_calls

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_journal"),
]
SECRET, PUBLIC = sealing.new_pair()


@pytest.fixture
def target() -> Iterator[str]:
    name = f"{database.database_name()}_restored"
    drop_like(name)
    yield name
    drop_like(name)


def test_who_left_since_the_backup_leaves_again_what_they_left_and_nothing_else(
    world: World, target: str, tmp_path: Path
) -> None:
    world.web_join(of=world.asha)
    mohan = world.web_join(of=world.mohan)  # on her phone
    world.web_join(of=world.bilal)
    chandra = world.web_join(of=world.chandra)
    dina = Human("Dina", 1980, "+919906000004")
    world.web_join(of=dina)
    first, first_roll = world.programme, world.roll
    world.anew()
    world.now = NOW
    world.web_join(of=world.bilal)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=NOW)
    world.now = NOW + timedelta(seconds=1)
    world.leave(mohan, of=world.mohan)
    left = actions.leave_by_phone(
        phone=world.bilal.phone,
        channel=Channel.MISSED_CALL,
        by=CHANNEL,
        at=world.now,
        programme_id=first.pk,
    )
    assert left == 1
    hold_calls(world)
    actions.leave_by_phone(
        phone=dina.phone, channel=Channel.MISSED_CALL, by=CHANNEL, at=world.now, programme_id=first.pk
    )
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
    backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target, files=tmp_path / "files"
    )
    with psycopg.connect(database.conninfo(None, dbname=target)) as admin:
        living = admin.execute(
            "select p.name, m.roll_id from enrolment_membership m join people_person p on p.id = m.person_id"
            " where m.ended_on is null order by 1"
        ).fetchall()
        noes = admin.execute("select phone_id, scope, rolls from people_suppression").fetchall()
        held = admin.execute("select phone_id, rolls from enrolment_held_leave").fetchall()
    kept = (dina.name, first_roll.pk)
    assert living == [(world.asha.name, first_roll.pk), (world.bilal.name, world.roll.pk), kept]
    silent = {(world.phone_id(world.bilal), "all", (first_roll.pk,)), (world.phone_id(dina), "all", ())}
    assert {(phone, scope, (*rolls,)) for phone, scope, rolls in noes} == silent
    assert held == [(world.phone_id(dina), [first_roll.pk])], "a call that was held is held again"


def test_who_came_back_or_denied_an_entry_since_the_backup_is_back_and_struck_off_again(
    world: World, target: str, tmp_path: Path
) -> None:

    def say(act: Callable[..., object], human: Human) -> None:
        world.now += timedelta(milliseconds=10)
        act(phone=human.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)

    dina = Human("Dina", 1980, "+919906000004")
    for human in (world.asha, world.chandra, dina):
        world.web_join(of=human)
    world.paper_row(of=world.bilal)
    world.now = NOW - timedelta(seconds=1)
    say(actions.leave_by_phone, world.asha)
    backup.take_backup(to=tmp_path / "b.age", recipient=PUBLIC, at=NOW)
    world.now = NOW + timedelta(seconds=1)
    say(actions.come_back, world.asha)
    say(actions.deny_by_phone, world.bilal)
    say(actions.leave_by_phone, world.chandra)
    say(actions.come_back, world.chandra)
    say(actions.leave_by_phone, dina)
    say(actions.come_back, dina)
    say(actions.leave_by_phone, dina)
    backup.restore_backup(
        source=tmp_path / "b.age", identity=SECRET, at=NOW, into=target, files=tmp_path / "files"
    )
    with psycopg.connect(database.conninfo(None, dbname=target)) as admin:
        ends = admin.execute(
            "select p.name, e.end_reason, p.left_at is null, exists (select from people_consent c"
            " where c.person_id = p.id and c.withdrawn_at is null)"
            " from enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id"
            " join people_person p on p.id = m.person_id order by 1"
        ).fetchall()
        noes = admin.execute("select phone_id from people_suppression where lifted_at is null").fetchall()
        partings = admin.execute("select kind from enrolment_parting where kind = 'denied'").fetchall()
    assert ends == [
        (world.asha.name, "", True, True),
        (world.bilal.name, "denied", False, False),
        (dina.name, "left", False, False),
        (world.chandra.name, "", True, True),
    ]
    assert {row[0] for row in noes} == {world.phone_id(world.bilal), world.phone_id(dina)}
    assert partings == [("denied",)]
