"""Every list whose rows name a place reads it as people write it, and its empty list has the places."""

import csv
import inspect
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import World
from abhiyan.imports import actions, queries, running
from abhiyan.imports.kinds import ImportKind, kind_of_import, register, registered
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.imports.work import Work
from abhiyan.org import actions as org
from abhiyan.pages.imports.empties import MOST_PLACES
from abhiyan.people import phones
from abhiyan.people.tests.make import browser
from abhiyan.units import queries as unit_queries
from abhiyan.units.models import Unit
from abhiyan.units.unit_lists import PART_NO, PLACE, SEAT_NO, UNIT, rows_with_places

from .test_imports import holder

# A step of an import runs on connections of its own.
pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
NO_BOOTHS = {"results": "the unit of a constituency", "segments": "the unit of an assembly segment"}
KINDS = [
    each.key for each in registered() if each.layout.field(UNIT.key) is not None and each.key not in NO_BOOTHS
]
OWN_READER = {"appointments": "it also finds a place by its name, and reads codes by unit_lists.whole_codes"}
WRITTEN = [
    "JK-56-126",
    "jk-56-126",
    "56/126",
    "56 / 126",
    "56-126",
    "056/0126",
    "५६/१२६",
    "बूथ 56/126",
    "Booth no. 56/126",
    "AC 56 Part 126",
    "AC No. 56 Part No. 126",
    "विधानसभा 56 भाग सं. 126",
    "126",
    "0126",
    "बूथ नंबर 126",
    "Polling station 126",
    "भाग संख्या १२६",
]
COLUMNS = [
    (("Unit code",), ("56/126",)),
    (("बूथ",), ("56/126",)),
    (("Booth",), ("126",)),
    (("बूथ कोड",), ("JK-56-126",)),
    (("AC No.", "Part No."), ("56", "126")),
    (("विधानसभा सं.", "भाग संख्या"), ("५६", "१२६")),
    (("विधानसभा", "बूथ संख्या"), ("56", "126")),
    (("Part number",), ("126",)),
]
OF_KIND = {
    CellKind.PHONE: "99060000{n:02}",
    CellKind.NAME: "Asha Devi",
    CellKind.YEAR: "1980",
    CellKind.DATE: "2019-05-01",
    CellKind.INTEGER: "5",
    CellKind.DECIMAL: "5",
    CellKind.CODE: "X",
    CellKind.PIN: "190001",
    CellKind.TEXT: "Text",
}


@pytest.fixture
def world() -> World:
    found = World.make()
    with system("test"):
        org.ensure_offices()
        Unit.objects.filter(pk=found.booth.pk).update(code="JK-56-126")
        others = Unit.objects.filter(kind="booth", code__startswith="JK-B").exclude(pk=found.booth.pk)
        for n, unit in enumerate(others.order_by("pk"), 127):
            Unit.objects.filter(pk=unit.pk).update(code=f"JK-56-{n}")
    return found


def cell(field: Field, n: int) -> str:
    return next(iter(field.choices)) if field.choices else OF_KIND[field.kind].format(n=n)


def file_of(of_kind: ImportKind, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], path: Path) -> Path:
    """A file with what the list needs besides, and the place as it is given."""
    besides = [f for f in of_kind.layout.fields if f.is_in_each_row and f not in PLACE]
    if of_kind.key == "in_charges":
        besides = [f for f in of_kind.layout.fields if f.key == "phone"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([f.en for f in besides] + list(heads))
    for n, row in enumerate(rows):
        writer.writerow([cell(f, n) for f in besides] + list(row))
    path.write_text(text.getvalue())
    return path


@contextmanager
def places_read(of_kind: ImportKind) -> Iterator[list[str | None]]:
    """The list without its questions; its check notes the codes that the shared reader makes of its rows."""
    found: list[str | None] = []
    at = 1 + [f.key for f in of_kind.layout.fields].index(UNIT.key)

    def checked_rows(work: Work) -> None:
        for batch in rows_with_places(work, phone=phones.parse):
            found.extend(row[at] for row in batch.rows)

    register(replace(of_kind, options=(), options_fit=None, check=checked_rows))
    try:
        yield found
    finally:
        register(of_kind)


def checked(key: str, path: Path, unit_id: int, **options: str) -> StagedImport:
    with system("test"):
        public_id = actions.import_file(
            kind_key=key, path=path, by=SYSTEM, at=NOW, unit_id=unit_id, options=options
        )
        actions.ask_import_step(public_id=public_id, step="check", by=SYSTEM, at=NOW)
    running.run_import_step(public_id, "check", at=NOW)
    with system("test"):
        staged = queries.import_for(public_id)
        assert staged.state == "checked", running.error_text(staged)
        return staged


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return list(rows.values_list("row", "field", "reason"))


def test_every_list_of_places_has_the_same_columns_and_one_reader() -> None:
    assert len(KINDS) > 4
    for key in KINDS:
        of_kind = kind_of_import(key)
        fields = of_kind.layout.fields
        assert SEAT_NO in fields and PART_NO in fields, key
        if key in OWN_READER:
            continue
        assert UNIT in fields, key
        module = inspect.getmodule(of_kind.check)
        assert module is not None
        if module.__name__ not in ("abhiyan.units.unit_lists", "abhiyan.units.lists"):
            assert "work.rows(" not in inspect.getsource(module), f"{key}: by rows_with_places"


@pytest.mark.parametrize("key", [key for key in KINDS if key not in OWN_READER])
def test_each_writing_of_a_place_is_read_by_each_list(world: World, tmp_path: Path, key: str) -> None:
    of_kind = kind_of_import(key)
    path = file_of(of_kind, ("Unit code",), [(each,) for each in WRITTEN], tmp_path / "list.csv")
    with places_read(of_kind) as found:
        staged = checked(key, path, world.mandal.pk)
    assert (refused(staged), found) == ([], ["JK-56-126"] * len(WRITTEN))
    for n, (heads, row) in enumerate(COLUMNS):
        path = file_of(of_kind, heads, [row], tmp_path / f"columns{n}.csv")
        with places_read(of_kind) as found:
            staged = checked(key, path, world.mandal.pk)
        assert (refused(staged), found) == ([], ["JK-56-126"]), heads


@pytest.mark.parametrize("key", [key for key in KINDS if key not in OWN_READER])
def test_a_short_code_of_several_seats_and_a_row_without_a_place_say_so(
    world: World, tmp_path: Path, key: str
) -> None:
    of_kind = kind_of_import(key)
    with system("test"):
        Unit.objects.filter(code="JK-56-127").update(code="JK-57-127")
    rows = [("126", ""), ("", "126"), ("", ""), ("JK-99-1", ""), ("56/126", "")]
    path = file_of(of_kind, ("Unit code", "Part No."), rows, tmp_path / "list.csv")
    with places_read(of_kind) as found:
        staged = checked(key, path, world.mandal.pk)
    assert found[-1] == "JK-56-126"
    assert refused(staged)[:2] == [(2, "unit_code", "unit_short"), (3, "part_no", "unit_short")]
    assert all(reason == "unit_needed" for row, _field, reason in refused(staged) if row == 4)


def test_the_list_of_appointments_reads_the_same_writings(world: World, tmp_path: Path) -> None:
    of_kind = kind_of_import("appointments")
    rows = [(each, f"99060000{n:02}", "Asha Devi") for n, each in enumerate(WRITTEN)]
    text = "\n".join(",".join((f'"{each}"', *more)) for each, *more in rows)
    path = tmp_path / "list.csv"
    path.write_text("Unit code,Phone,Name\n" + text)
    staged = checked("appointments", path, world.mandal.pk, office="booth_president")
    assert {field for _row, field, _reason in refused(staged)} <= {"office"}, "one may hold the office"
    for n, (heads, row) in enumerate(COLUMNS):
        path = file_of(of_kind, heads, [row], tmp_path / f"columns{n}.csv")
        staged = checked("appointments", path, world.mandal.pk, office="booth_president")
        assert (refused(staged), staged.counts) == ([], {"offered": 1}), heads


FILLED = [key for key in KINDS if kind_of_import(key).places]


def test_lists_of_places_name_the_kinds_of_their_places() -> None:
    assert {"stays", "contact", "totals", "in_charges", "appointments"} <= set(FILLED)


def empty_list(client: Any, key: str, level: str, unit: int) -> list[dict[str, str]]:
    answer = client.get(f"/imports/new/{key}/empty.csv", {"unit": str(unit), "level": level})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("key", FILLED)
def test_an_empty_list_has_the_places_in_sight_and_can_be_brought_as_it_is(
    world: World, tmp_path: Path, key: str
) -> None:
    client = browser(holder(world, "district_president", "JK-SRI"))
    page = client.get(f"/imports/new/{key}/")
    if page.status_code == 404:
        client = browser(holder(world, "state_president", "JK"))
        page = client.get(f"/imports/new/{key}/")
    assert f'formaction="/imports/new/{key}/empty.csv"' in page.content.decode()
    of_kind = kind_of_import(key)
    unit = world.district if "JK-SRI" in page.content.decode() else world.units["JK"]
    rows = empty_list(client, key, "booth", unit.pk)
    with system("test"):
        codes = [row["Unit code"] for row in rows]
        below = unit_queries.open_below(unit.pk)
        there = set(Unit.objects.filter(kind="booth", pk__in=below).values_list("code", flat=True))
        name = Unit.objects.get(code="JK-56-126").names["en"]
    assert set(codes) == there and len(codes) == len(there)
    mine = next(row for row in rows if row["Unit code"] == "JK-56-126")
    assert name in mine.values(), "its name stands there"
    assert "HP-B001" not in codes
    if key in OWN_READER:
        return
    filled_in = tmp_path / "filled.csv"
    heads = list(mine)
    of_heads = {f.en: f for f in of_kind.layout.fields}
    lines = [",".join(heads)]
    for n, row in enumerate(rows):
        lines.append(
            ",".join(
                row[head] or (cell(of_heads[head], n) if head in of_heads and of_heads[head].required else "")
                for head in heads
            )
        )
    filled_in.write_text("\n".join(lines))
    with places_read(of_kind) as found:
        staged = checked(key, filled_in, unit.pk)
    assert (refused(staged), sorted(filter(None, found))) == ([], sorted(codes))


def test_more_places_than_a_file_takes_are_not_cut_in_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(holder(world, "district_president", "JK-SRI"))
    monkeypatch.setitem(MOST_PLACES, "xlsx", 1)
    answer = client.get("/imports/new/stays/empty.xlsx", {"unit": str(world.district.pk), "level": "booth"})
    assert answer.status_code == 422 and "Take the CSV" in answer.content.decode()


def test_nobody_gets_the_places_of_a_unit_that_is_not_theirs(world: World) -> None:
    client = browser(holder(world, "district_president", "JK-SRI"))
    for asked in ({"unit": str(world.units["HP"].pk), "level": "booth"}, {"unit": "all", "level": "booth"}):
        assert client.get("/imports/new/stays/empty.csv", asked).status_code == 404
    level = {"unit": str(world.district.pk), "level": "nation"}
    assert client.get("/imports/new/stays/empty.csv", level).status_code == 404
