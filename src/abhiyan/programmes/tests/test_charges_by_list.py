"""In-charges named by a list."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.messaging.models import Message
from abhiyan.org.tests.make import AT, SYSTEM, World, actor
from abhiyan.people.models import Account
from abhiyan.programmes import actions
from abhiyan.programmes.models import InCharge, Programme

from .test_charges import drive, missing, president, reachable, told

__all__ = ["drive", "president"]  # fixtures

pytestmark = pytest.mark.django_db


def bring(path: Path, key: str, by: Any = SYSTEM, unit_id: int | None = None, **options: str) -> StagedImport:
    with system("test"):
        public_id = imports.import_file(
            kind_key=key, path=path, by=by, at=NOW, unit_id=unit_id, options=options
        )
        for step in ("check", "commit"):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=NOW)
            running.run_import_step(public_id, step, at=NOW)
        return StagedImport.objects.get(public_id=public_id)


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [(row.row, row.field, row.reason) for row in rows]


def test_a_list_names_tells_refuses_by_row_and_is_undone(
    world: World, drive: Programme, president: Account, tmp_path: Path
) -> None:
    bilal = reachable("Bilal", "9906000011")
    asha = world.account("Asha Devi")
    path = tmp_path / "in_charges.csv"
    path.write_text(
        "Phone,User,Unit code,Role\n"
        "99060 00011,,N11,प्रभारी\n"
        f",{asha.public_id},N111,co-in-charge\n"
        "9906099999,,N12,\n"  # nobody
        "9906000011,,NOWHERE,\n"
        "9906000011,,N2,\n"  # outside the programme
        "9906000011,,N11,\n"  # again
        ",,N12,\n"
        "9906000011,,N12,boss\n"
    )
    staged = bring(path, "in_charges", programme=str(drive.public_id))
    assert (staged.state, staged.counts) == ("done", {"named": 2, "refused": 6})
    assert refused(staged) == [
        (4, "phone", "unknown_account"),
        (5, "unit_code", "unit_unknown"),
        (6, "unit_code", "scope_outside"),
        (7, "unit_code", "already_in_charge"),
        (8, "phone", "who_needed"),
        (9, "role", "choice"),
    ]
    assert len(told(bilal)) == 1
    assert missing(world, drive, level="district") == ["N12"]
    with pytest.raises(imports.NothingToTake):  # all are named already
        bring(path, "in_charges", programme=str(drive.public_id))
    with system("test"):
        imports.ask_import_step(public_id=staged.public_id, step="undo", by=SYSTEM, at=NOW)
        running.run_import_step(staged.public_id, "undo", at=NOW)
    assert missing(world, drive, level="district") == ["N11", "N12"]
    with system("test"):  # told in the morning, taken back in the evening before
        assert {one.state for one in Message.objects.filter(template="duty.in_charge")} == {"dropped"}


def test_a_list_of_a_district_names_nobody_outside_it(
    world: World, drive: Programme, president: Account, tmp_path: Path
) -> None:
    """Nor anybody the district cannot see: they are answered like a phone nobody signs in with."""
    bilal = reachable("Bilal", "9906000011")
    world.appoint(bilal, "mandal_president", "N112")
    world.appoint(reachable("Out of sight", "9906000012"), "mandal_president", "N121")
    path = tmp_path / "in_charges.csv"
    path.write_text("Phone,Unit code\n9906000011,N111\n9906000011,N121\n9906000012,N112\n9906000013,N112\n")
    staged = bring(
        path,
        "in_charges",
        by=actor(world.holder("district_president", "N11")),
        unit_id=world.unit("N11"),
        programme=str(drive.public_id),
    )
    assert staged.counts == {"named": 1, "refused": 3}
    assert refused(staged) == [
        (3, "unit_code", "unit_outside"),
        (4, "phone", "unknown_account"),
        (5, "phone", "unknown_account"),
    ]
    with system("test"):
        assert InCharge.objects.get().account_id == bilal.pk


def test_whoever_brings_a_list_names_nobody_where_they_run_nothing(
    world: World, drive: Programme, president: Account
) -> None:
    mandal = world.holder("mandal_president", "N111")
    with system("test"):
        wanted = [actions.Naming(world.unit(code), mandal.pk) for code in ("N111", "N112", "N1111", "N1111")]
        found = actions.look_at_namings(programme_id=drive.pk, namings=wanted, by=actor(president), at=AT)
        assert [one and one.code for one in found] == [None, None, None, "already_in_charge"]
        told_ = actions.name_many(
            programme_id=drive.pk, namings=wanted[1:2], by=actor(world.account("Nobody")), at=AT, import_id=1
        )
    assert [one and one.code for one in told_] == ["not_yours"] and len(missing(world, drive)) == 15


def test_a_longer_list_is_named_by_no_more_queries_and_locks_no_programme(
    world: World, drive: Programme, president: Account
) -> None:
    def asked(*codes: str) -> list[str]:
        people_ = [
            reachable(f"One of {code}", f"990600{number:04}").pk for number, code in enumerate(codes, 1)
        ]
        wanted = [actions.Naming(world.unit(code), who) for code, who in zip(codes, people_, strict=True)]
        with system("test"), CaptureQueriesContext(connection) as seen:
            found = actions.name_many(
                programme_id=drive.pk, namings=wanted, by=actor(president), at=AT, import_id=1
            )
        assert set(found) == {None}
        return [one["sql"] for one in seen]

    short, long = asked("N111"), asked("N112", "N121", "N122", "N1111")
    assert len(short) == len(long)
    assert not [sql for sql in long if "programmes_programme" in sql and "FOR " in sql]
    with system("test"):
        assert Message.objects.filter(template="duty.in_charge").count() == 5


def test_every_fault_of_a_row_is_told_and_none_of_thousands_is_lost(
    world: World, drive: Programme, president: Account, tmp_path: Path
) -> None:
    path = tmp_path / "in_charges.csv"
    rows = "".join(f"990{number:07},N11,\n" for number in range(2_100))
    reachable("Bilal", "9906000012")
    path.write_text(f"Phone,Unit code,Role\n12,NOWHERE,boss\n9906000011,N2,boss\n{rows}9906000012,N12,\n")
    staged = bring(path, "in_charges", programme=str(drive.public_id))
    assert staged.counts == {"named": 1, "refused": 2_102}
    found = refused(staged)
    assert found[:6] == [
        (2, "phone", "phone"),
        (2, "role", "choice"),
        (2, "unit_code", "unit_unknown"),
        (3, "phone", "unknown_account"),
        (3, "role", "choice"),
        (3, "unit_code", "scope_outside"),
    ]
    assert len({row for row, _field, _code in found}) == 2_102
