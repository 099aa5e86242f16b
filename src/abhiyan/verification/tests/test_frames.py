"""Frames frozen and drawn over real enrolments."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import CHANNEL, NOON, Human, World
from abhiyan.verification.actions import draw_frame, frames, freeze_frame
from abhiyan.verification.models import Check, Draw, Frame, Stratum
from abhiyan.verification.queries.frames import head_of
from abhiyan.verification.queries.opening import frame_key
from abhiyan.verification.refusals import DrawnAlready, NoItems, PublicValueNotYet, ValueKnown, ValueWrong
from abhiyan.verification.rules import draws

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor(kind="system", id=CHANNEL.id)
PLAN = frames.FramePlan(
    checks=6,
    floor=1,
    source="drand round 4,812,345",
    due_at=NOON + timedelta(hours=3),
    ends_on=date(2026, 12, 1),
)


@pytest.fixture
def world() -> World:
    return World.make()


def people(world: World, first: int, n: int) -> None:
    """So many join at two booths, in two districts."""
    for number in range(first, first + n):
        human = Human(f"Person {chr(65 + number % 26)}{chr(65 + number // 26)}", 1980, f"+9197971{number:05}")
        world.api(of=human, unit=world.booth if number % 2 else world.far_booth)


def freeze(world: World, plan: frames.FramePlan = PLAN, hours: int = 0) -> Frame:
    return freeze_frame(
        programme=world.programme, measure=ENROLMENTS, plan=plan, by=SYSTEM, at=NOON + timedelta(hours=hours)
    )


def ids_of(frame: Frame) -> set[bytes]:
    with system("test"):
        return {bytes(one).ljust(16, b"\0") for ids in frames._opened(frame) for one in ids}


def test_every_item_is_in_exactly_one_frame(world: World) -> None:
    people(world, 0, 10)
    first = freeze(world)
    people(world, 10, 6)
    second = freeze(world, hours=1)
    with system("test"):
        items = sql.column("select m.public_id from enrolment_membership m")
    assert ids_of(first) | ids_of(second) == {one.bytes for one in items}
    assert len(ids_of(first)) == 10 and len(ids_of(second)) == 6
    with pytest.raises(NoItems):
        freeze(world, hours=2)


def test_a_frame_is_drawn_once_when_its_value_is_known_and_anybody_can_repeat_it(world: World) -> None:
    people(world, 0, 12)
    frame = freeze(world)
    with pytest.raises(PublicValueNotYet):
        draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=NOON + timedelta(hours=1))
    later = NOON + timedelta(hours=4)
    with pytest.raises(ValueWrong):
        draw_frame(public_id=frame.public_id, value="8c 3f", by=SYSTEM, at=later)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=later)
    with pytest.raises(DrawnAlready):
        draw_frame(public_id=frame.public_id, value="8c3fa1", by=SYSTEM, at=later)
    with system("test"):
        strata = list(Stratum.objects.filter(frame=frame).order_by("key"))
        head = head_of(frame, Draw.objects.get(frame=frame), strata)
        file = b"".join(draws.write_frame_file(head, [bytes(one.commitments) for one in strata]))
        checks = {(one.stratum.key, one.order, one.place) for one in Check.objects.select_related("stratum")}
    assert sha256(file).hexdigest() == frame.hash
    lines = file.splitlines()
    again = draws.draw_items(*draws.read_frame_file(file), draws.draw_seed(frame.hash, "8c3fa0"))
    assert {(one.key, one.order) for one in again} == {(key, order) for key, order, _ in checks}
    opened = {
        draws.open_commitments(bytes.fromhex(lines[one.line - 1].decode()), frame_key(frame.public_id))
        for one in again
    }
    assert opened <= ids_of(frame) and len(opened) == len(checks) == 6


def test_a_value_that_is_known_is_no_value(world: World) -> None:
    people(world, 0, 2)
    with pytest.raises(ValueKnown):
        freeze(world, hours=3)
