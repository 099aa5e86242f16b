"""Lists that users of other tools reported as misread: days, titles, scripts, failed lookups, merged cells."""

import csv
import json
from datetime import date
from pathlib import Path
from shutil import copyfile
from uuid import UUID

import pytest
from django.utils import translation

from abhiyan.core.scope import system
from abhiyan.core.tests.given import CASES
from abhiyan.enrolment.actions.claims import AlreadyMember, ClaimOutcome, Joined
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.intake.rules import details
from abhiyan.people.actions.finding import find_doubles
from abhiyan.people.models import Double, Person
from abhiyan.people.rules.doubles import SURE

from .test_earlier import SYSTEM, step
from .test_named_worker import account_of, appointed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """The small world, its first two booths under the codes of the lists."""
    world = World.make()
    with system("test"):
        for unit, code in zip(("JK-B001", "JK-B002"), ("JK-56-126", "JK-56-127"), strict=True):
            world.units[unit].code = code
            world.units[unit].save(update_fields=["code"])
    return world


def checked(world: World, folder: Path, file: str, kind: str, **options: str) -> UUID:
    """A list as somebody brings it, checked."""
    path = Path(copyfile(CASES / file, folder / file))
    with system("test"):
        public_id = imports.import_file(
            kind_key=kind, path=path, by=SYSTEM, at=world.now, options=options, unit_id=world.state.pk
        )
    looked = step(world, public_id, "check")
    assert looked.state == "checked", running.error_text(looked)
    return public_id


def paper(world: World, folder: Path, name: str) -> UUID:
    return checked(world, folder, name, "paper", drive=str(world.programme.public_id))


def refused() -> set[tuple[int, str, str]]:
    with system("test"):
        return set(RefusedRow.objects.values_list("row", "field", "reason"))


def counts(public_id: UUID) -> dict[str, int]:
    with system("test"):
        return dict(StagedImport.objects.get(public_id=public_id).counts)


def test_a_column_of_days_with_the_month_first_is_read_so_throughout(world: World, tmp_path: Path) -> None:
    given = {"name": "Drive of 2022", "basis": "consent", "source": "State office"}
    public_id = checked(world, tmp_path, "p05_month_first_days.csv", "earlier_members", **given)
    done = step(world, public_id, "commit")
    assert (done.counts, refused()) == ({"joined": 6}, set())
    assert [day for (day,) in world.rows("select day from enrolment_enrolment order by day")] == [
        date(2022, 1, 15),
        date(2022, 3, 4),
        date(2022, 5, 6),
        date(2022, 11, 25),
        date(2022, 12, 1),
        date(2022, 12, 31),
    ]


# A paper list is taken in on connections of its own.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["p29c_worker_error_cells.xlsx", "p29e_worker_error_cells.csv"])
def test_a_failed_lookup_of_a_worker_day_or_booth_is_no_blank(
    world: World, tmp_path: Path, name: str
) -> None:
    public_id = paper(world, tmp_path, name)
    failed = {(row, field) for row, field, code in refused() if code == "error_cell"}
    assert failed == {(2, "worker"), (3, "day"), (3, "worker"), (4, "booth")}
    assert "joined" not in counts(public_id)


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_cell_is_merged_downwards_gets_all_three_rows(world: World, tmp_path: Path) -> None:
    worker = account_of(appointed(world, "9876500099", "Wali Mohammad", "JK-B001"))
    public_id = paper(world, tmp_path, "p34b_merged_worker.xlsx")
    done = step(world, public_id, "commit")
    assert (done.counts, refused()) == ({"joined": 3}, set())
    assert world.rows('select distinct "by" from enrolment_claim') == [(worker,)]


def test_a_list_in_an_old_hindi_font_is_refused_whole(world: World, tmp_path: Path) -> None:
    path = Path(copyfile(CASES / "p04_krutidev.csv", tmp_path / "p04_krutidev.csv"))
    with system("test"), translation.override("en"):
        public_id = imports.import_file(
            kind_key="paper",
            path=path,
            by=SYSTEM,
            at=world.now,
            options={"drive": str(world.programme.public_id)},
            unit_id=world.state.pk,
        )
        staged = StagedImport.objects.get(public_id=public_id)
        assert staged.state == StagedImport.State.FAILED
        assert "Kruti Dev" in running.error_text(staged)


@pytest.mark.django_db(transaction=True)
def test_signs_that_shorten_words_are_letters_of_a_name_in_each_script(world: World, tmp_path: Path) -> None:
    public_id = paper(world, tmp_path, "p06_abbreviation_sign.csv")
    assert (counts(public_id), refused()) == ({"joined": 5}, set())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "rows"), [("p32_booth_became_date.xlsx", {3}), ("p32b_booth_became_date.csv", {3, 4})]
)
def test_a_booth_that_became_a_day_is_refused_with_that_reason(
    world: World, tmp_path: Path, name: str, rows: set[int]
) -> None:
    public_id = paper(world, tmp_path, name)
    assert refused() == {(row, "booth", "code_day") for row in rows}
    assert counts(public_id)["joined"] == 1


def test_a_long_text_is_read_whole_and_its_parts_make_it_up() -> None:
    """The gateway joins the parts of a long SMS (docs/sms.md): what it sends is the fourth text."""
    texts = [one["text"] for one in json.loads((CASES / "p16_sms_in_two_parts.json").read_text())["bodies"]]
    assert texts[1] + texts[2] == texts[3]
    whole = details.read_details(texts[3], this_year=2026)
    assert (whole.birth_year, whole.pin) == (1980, "182301") and "सुनीता देवी" in (whole.name or "")


def joined(world: World, name: str) -> list[tuple[str, ClaimOutcome]]:
    """Everybody of a list joins by the web, in its order: their name, and what came of it."""
    with (CASES / name).open(encoding="utf-8") as file:
        return [
            (
                row["name"],
                world.web_join(of=Human(row["name"], int(row["birth_year"]), "+91" + row["phone"])),
            )
            for row in csv.DictReader(file)
        ]


def found(world: World) -> dict[frozenset[str], Double]:
    """The pairs that a search finds, by the two names."""
    find_doubles(at=world.now)
    with system("test"):
        names = dict(Person.objects.values_list("pk", "name"))
        return {
            frozenset((str(names[one.first_id]), str(names[one.second_id]))): one
            for one in Double.objects.all()
        }


def test_one_person_written_in_two_ways_is_one_or_may_be_merged(world: World) -> None:
    people = joined(world, "p07_titles_and_order.csv")
    pairs = found(world)
    for (one, _first), (other, second) in zip(people[::2], people[1::2], strict=True):
        pair = pairs.get(frozenset((one, other)))
        is_one = isinstance(second, AlreadyMember)
        assert is_one or (pair is not None and not pair.is_twin), (one, other)


def test_different_people_are_no_sure_pair_in_any_script(world: World) -> None:
    people = joined(world, "p31_other_scripts.csv")
    assert all(isinstance(outcome, Joined) for _name, outcome in people)
    assert [pair for pair, one in found(world).items() if one.score >= SURE] == []
