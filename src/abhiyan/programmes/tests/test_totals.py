"""Totals of an earlier drive by a list: refused by row, the same twice changes nothing, undone to what was before."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.kinds import kind_of_import
from abhiyan.imports.models import StagedImport
from abhiyan.imports.queries import reason_text, refused_rows
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import SYSTEM, TODAY, World, actor
from abhiyan.programmes import queries
from abhiyan.programmes.models import UnitTotal

from .test_charges_by_list import bring, refused

pytestmark = pytest.mark.django_db
OPTIONS: dict[str, Any] = {"label": "Drive of 2019", "source": "state office, 3 March 2020"}


def known() -> dict[str, tuple[int, int]]:
    """Unit code -> total and row, of the list."""
    with system("test"):
        return {
            one.unit.code: (one.n, one.row) for one in UnitTotal.objects.select_related("unit").order_by("pk")
        }


def undo(staged: StagedImport) -> StagedImport:
    with system("test"):
        imports.ask_import_step(public_id=staged.public_id, step="undo", by=SYSTEM, at=NOW)
        running.run_import_step(staged.public_id, "undo", at=NOW)
        return StagedImport.objects.get(pk=staged.pk)


def write(folder: Path, text: str, name: str = "totals.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_totals_come_by_a_list_with_their_source_and_rows(world: World, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "इकाई कोड,सदस्य संख्या\nN11,१,२००\nN12,300\nN99,5\nN11,7\nN121,-4\nN122,many\n".replace(
            "१,२००", '"१,२००"'
        ),
    )
    staged = bring(path, "totals", **OPTIONS)
    assert (staged.state, staged.counts) == ("done", {"new": 2, "refused": 4})
    assert known() == {"N11": (1200, 2), "N12": (300, 3)}
    assert refused(staged) == [
        (4, "unit_code", "unit_unknown"),
        (5, "unit_code", "doubled"),
        (6, "total", "too_small"),
        (7, "total", "not_whole"),
    ]
    with system("test"):
        assert set(UnitTotal.objects.values_list("source", "import_id")) == {(OPTIONS["source"], staged.pk)}
    assert queries.total_labels() == ["Drive of 2019"]


def test_the_number_of_another_row_is_written_as_a_sheet_shows_it(world: World, tmp_path: Path) -> None:
    staged = bring(
        write(tmp_path, "Unit code,Total\n" + "\n" * 1_200 + "N11,1\nN11,2\n"), "totals", **OPTIONS
    )
    with system("test"), override("en"):
        (row,) = refused_rows(staged)
        assert reason_text(kind_of_import("totals"), row) == "This is in row 1202 already."


def test_the_same_list_twice_changes_nothing_and_a_changed_one_shows_its_differences(
    world: World, tmp_path: Path
) -> None:
    first = bring(write(tmp_path, "Unit code,Total\nN11,1200\nN12,300\n"), "totals", **OPTIONS)
    again = bring(write(tmp_path, "Unit code,Total\nN11,1200\nN12,300\n", "again.csv"), "totals", **OPTIONS)
    assert again.counts == {"same": 2}
    path = write(tmp_path, "Unit code,Total\nN11,1300\nN12,300\nN111,5\n", "later.csv")
    with system("test"):
        public_id = imports.import_file(kind_key="totals", path=path, by=SYSTEM, at=NOW, options=OPTIONS)
        imports.ask_import_step(public_id=public_id, step="check", by=SYSTEM, at=NOW)
        running.run_import_step(public_id, "check", at=NOW)
        later = StagedImport.objects.get(public_id=public_id)
        differences = kind_of_import("totals").differences
        assert differences is not None
        assert [(one.subject, one.old, one.new) for one in differences(later.pk, 0, 10)] == [
            ("N11", "1200", "1300")
        ]
        assert known()["N11"] == (1200, 2)  # a check changes nothing
        imports.ask_import_step(public_id=public_id, step="commit", by=SYSTEM, at=NOW)
        running.run_import_step(public_id, "commit", at=NOW)
    assert known() == {"N11": (1300, 2), "N12": (300, 3), "N111": (5, 4)}
    assert undo(first).error == "later_changes"
    assert undo(later).state == "undone"
    assert known() == {"N11": (1200, 2), "N12": (300, 3)}
    assert undo(again).state == "undone" and undo(first).state == "undone"
    assert known() == {}


def test_a_list_that_says_the_same_again_keeps_its_figures_when_the_one_before_is_taken_back(
    world: World, tmp_path: Path
) -> None:
    first = bring(write(tmp_path, "Unit code,Total\nN11,1200\nN12,300\n"), "totals", **OPTIONS)
    later = bring(
        write(tmp_path, "Unit code,Total\nN111,5\nN11,1200\nN12,300\n", "b.csv"), "totals", **OPTIONS
    )
    assert later.counts == {"new": 1, "same": 2}
    assert undo(first).error == "later_changes"
    assert known() == {"N11": (1200, 3), "N12": (300, 4), "N111": (5, 2)}
    assert undo(later).state == "undone" and known() == {"N11": (1200, 2), "N12": (300, 3)}
    assert undo(first).state == "undone" and known() == {}


def test_a_state_office_brings_its_own_totals_and_sees_no_others(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, "Unit code,Total\nN11,5\nN21,6\n")
    president = world.holder("state_president", "N1")
    staged = bring(path, "totals", by=actor(president), unit_id=world.unit("N1"), **OPTIONS)
    assert staged.counts == {"new": 1, "refused": 1}
    assert refused(staged) == [(3, "unit_code", "unit_outside")]
    for office, code, sees in (("district_president", "N12", 1), ("state_president", "N2", 0)):
        with scoped(viewer_of(account_id=world.holder(office, code).pk, on=TODAY).scope):
            assert UnitTotal.objects.count() == sees
    district = actor(world.holder("district_president", "N11"))
    with system("test"), pytest.raises(NotYours):
        imports.import_file(
            kind_key="totals",
            path=path,
            by=district,
            at=NOW,
            unit_id=world.unit("N11"),
            options=OPTIONS,
        )
