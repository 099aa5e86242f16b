"""A paper list is checked, taken in by the act, and taken back."""

from pathlib import Path
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.imports import actions as imports
from abhiyan.core.imports import queries, running
from abhiyan.core.models import RefusedRow, StagedImport
from abhiyan.core.scope import system
from abhiyan.enrolment.models import MinorCount
from abhiyan.enrolment.tests.make import Ladder, World

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("tests")
HEAD = "Phone,Name,Birth year,Booth code,Notice version,Batch number\n"


@pytest.fixture
def world() -> World:
    return World.make()


def bring(world: World, tmp_path: Path, text: str, *, unit_id: int | None = None, **options: str) -> UUID:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with system("test"):
        return imports.bring(
            kind_key="paper",
            path=path,
            by=BY,
            at=world.now,
            unit_id=unit_id,
            options={"drive": str(world.programme.public_id)} | options,
        )


def step(world: World, public_id: UUID, name: str) -> StagedImport:
    with system("test"):
        imports.ask(public_id=public_id, step=name, by=BY, at=world.now)
    running.run(public_id, name, at=world.now)
    with system("test"):
        return queries.import_for(public_id)


def take_in(world: World, tmp_path: Path, text: str, **options: str) -> StagedImport:
    public_id = bring(world, tmp_path, text, **options)
    checked = step(world, public_id, "check")
    assert checked.state == "checked", running.error_text(checked)
    done = step(world, public_id, "commit")
    assert done.state == "done", running.error_text(done)
    assert done.counts == checked.counts
    return done


def test_rows_join_complete_calls_and_are_refused_each_with_its_reason(world: World, tmp_path: Path) -> None:
    world.missed_call(of=world.bilal)
    world.web_join(of=world.chandra)
    done = take_in(
        world,
        tmp_path,
        HEAD
        + "9906000001,Asha Devi,1980,JK-B001,1,7\n"
        + "9906000001,Mohan Lal,1975,JK-B001,1,7\n"
        + "9906000002,Bilal Ahmad,1990,JK-B002,1,7\n"
        + "9906000003,चंद्रा कुमारी,1964,JK-B001,1,7\n"
        + "12345,Nobody Reachable,1970,JK-B001,1,7\n"
        + "9906000005,Far Away,1970,HP-B001,1,7\n"
        + "9906000006,No Place,1970,,1,7\n"
        + "9906000007,No Notice,1970,JK-B001,,7\n"
        + "9906000008,Old Notice,1970,JK-B001,9,7\n"
        + "9906000009,Chintu Planted-Marker,2012,JK-B001,1,7\n",
    )
    assert done.counts == {"joined": 1, "second": 1, "completed": 1, "already_member": 1, "refused": 5}
    assert done.discarded == {"minor": 1}
    with system("test"):
        refused = list(RefusedRow.objects.order_by("row").values_list("row", "field", "reason"))
        assert MinorCount.objects.get().n == 1
    assert refused == [
        (6, "phone", "phone"),
        (7, "booth", "outside_scope"),
        (8, "booth", "place_missing"),
        (9, "notice_version", "notice_missing"),
        (10, "notice_version", "notice_unknown"),
    ]
    assert world.ladder(world.booth) == Ladder(reported=4, unsigned=2, counted=1)
    assert world.tallies() == world.recounted()
