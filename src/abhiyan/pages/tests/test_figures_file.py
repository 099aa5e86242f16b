"""The file for analysts says what the pages say to the same person, and docs/figures.md is true of it."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.small_cells import STEP
from abhiyan.core.tests.given import NOW
from abhiyan.imports.tables import parquet
from abhiyan.people import actions as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.commands import write_figures
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import CONFIRMED, COUNTED, REPORTED, UNSIGNED, TallyChange
from abhiyan.programmes.views import counts
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units.models import Tree
from abhiyan.units.queries import TreesMoved
from abhiyan.verification.tests.conftest import two_districts

from .test_one_truth import checked, words

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = (Path(__file__).parents[4] / "docs" / "figures.md").read_text()
RUNGS = {
    "reported": "Reported",
    "counted": "Counted",
    "unsigned": "Phone not answered yet",
    "confirmed": "Confirmed",
}


@pytest.fixture
def cast() -> Cast:
    """People of two districts were counted in three weeks, and a few before the drive opened."""
    made = Cast.make(own=14, foreign=26)
    drive, today = made.world.programme, NOW.date()
    with system("test"):
        Programme.objects.filter(pk=drive.pk).update(opens_on=today - timedelta(days=20))
        drive.refresh_from_db()
        for days, code, n in (
            (9, "JK-B001", 13),
            (9, "JK-B004", 31),
            (16, "JK-B004", 4),
            (30, "JK-B001", 22),
        ):
            unit, day = made.world.units[code].pk, today - timedelta(days=days)
            changes = ((REPORTED, n + 2), (COUNTED, n - 3), (UNSIGNED, 3), (CONFIRMED, n // 2))
            programmes.post_changes(
                deltas=[TallyChange(drive.pk, 1, 1, unit, day, *change) for change in changes], at=NOW
            )
    made.fold()
    return made


def file_of(client: Client, programme: Programme, unit: str, tree: str = "organisational") -> Any:
    return client.get(
        f"{reverse('programmes:figures_file', args=[programme.public_id])}?unit={unit}&in={tree}"
    )


def table(answer: Any, folder: Path) -> duckdb.DuckDBPyConnection:
    """A file in DuckDB, as the table `figures`."""
    assert answer.status_code == 200, answer.content
    file = folder / "figures.parquet"
    file.write_bytes(b"".join(answer) if answer.streaming else answer.content)
    return opened(file)


def opened(file: Path) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute(f"create view figures as select * from read_parquet('{file}')")
    return db


def weeks_on_page(
    client: Client, programme: Programme, unit: str, tree: str, rung: str
) -> dict[date | None, str]:
    """The page's own list by week, as a file: Monday -> its figure in words."""
    page = reverse("programmes:counts", args=[programme.public_id])
    answer: Any = client.get(f"{page}?unit={unit}&in={tree}&by=week&rung={rung}&format=csv")
    assert answer.status_code == 200, answer
    rows = csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    next(rows)
    return {None if week == "Earlier" else date.fromisoformat(week): n for week, n in rows}


@pytest.mark.parametrize(
    ("role", "top", "tree"),
    [
        ("state_president", "JK", "organisational"),
        ("district_in_charge", "JK", "organisational"),
        ("booth_president", "JK-SRI", "organisational"),
        ("constituency_in_charge", "JK-PC1", "electoral"),
        ("national_president", "IN", "electoral"),
    ],
)
def test_a_file_says_what_the_pages_say_to_the_same_person(
    cast: Cast, tmp_path: Path, role: str, top: str, tree: str
) -> None:
    """Each unit, week and rung of it; and a week that a file leaves out has no figure on the page either."""
    client, programme = cast.client(role), cast.world.programme
    with table(file_of(client, programme, top, tree), tmp_path) as db:
        units = [code for (code,) in db.execute("select distinct unit from figures").fetchall()]
        assert top in units and len(units) > 1
        for unit in units:
            for rung in RUNGS:
                rows = db.execute(
                    "select week, n, is_rounded from figures where unit = ? and rung = ?", [unit, rung]
                )
                file = {
                    week: ("<10" if n is None else str(n), is_rounded)
                    for week, n, is_rounded in rows.fetchall()
                }
                page = weeks_on_page(client, programme, unit, tree, rung)
                assert {week for week, cell in file.items() if cell[0] not in ("<10", "0")} <= page.keys()
                is_rounded = any(is_outside for _n, is_outside in file.values())
                assert {week: file.get(week, ("<10" if is_rounded else "0", 0))[0] for week in page} == page


def test_what_is_above_ones_own_unit_is_rounded_and_the_rest_is_exact(cast: Cast, tmp_path: Path) -> None:
    with table(file_of(cast.client("district_in_charge"), cast.world.programme, "JK"), tmp_path) as db:
        exact = db.execute("select distinct unit from figures where not is_rounded order by 1").fetchall()
        assert [code for (code,) in exact] == ["JK-B001", "JK-SRI", "JK-SRI-M1", "JK-SRI-M1-C1"]
        others = db.execute("select distinct n from figures where is_rounded and n is not null").fetchall()
        assert others and all(n % STEP == 0 and n >= STEP for (n,) in others)


@pytest.mark.parametrize("role", ["anonymous", "visitor", "member", "weak", "no_office", "root"])
def test_who_sees_no_counts_gets_no_file(cast: Cast, role: str) -> None:
    answer = file_of(cast.client(role), cast.world.programme, "JK")
    assert answer.status_code != 200
    assert b"PAR1" not in answer.content


def test_a_leader_of_another_state_gets_nothing_of_this_one(cast: Cast) -> None:
    with system("test"):
        Programme.objects.filter(pk=cast.world.programme.pk).update(owner=cast.world.units["JK"])
    client = cast.everybody()["state_elsewhere"]
    answer = file_of(client, cast.world.programme, "JK-SRI")
    assert answer.status_code in (403, 404) and b"PAR1" not in answer.content


def test_an_estimate_has_the_numbers_of_its_sentence(tmp_path: Path) -> None:
    """With both ends of the interval; where checks are too few, there is no row."""
    cast = two_districts()
    frame = checked(cast, finished=30)
    client = cast.client("state_president")
    with table(file_of(client, frame.programme, "JK"), tmp_path) as db:
        rows = db.execute(
            "select unit, n, of_100, low, high, checks, from_day, to_day, week from figures where rung = 'real'"
        ).fetchall()
    assert rows
    for unit, n, about, low, high, checks, first, last, week in rows:
        page = words(client, reverse("pages:unit", args=[unit]))
        assert f"Of{n}peopleentered" in page and re.search(rf"\({checks}\)|{checks}checks", page), unit
        numbers = f"about{about}of100arereal({low}to{high})" if about else f"between{low}and{high}of100"
        assert numbers in page
        assert week is None and first <= last


def test_the_file_of_the_server_is_of_everybody_and_rounded(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "figures.parquet"
    done = CliRunner().invoke(write_figures, ["--to", str(file)])
    assert done.exit_code == 0, done.output
    with opened(file) as db:
        rows = db.execute("select unit, week, rung, n, is_rounded from figures").fetchall()
    assert {unit for unit, *_rest in rows} >= {"IN", "JK", "JK-SRI", "JK-JAM", "JK-B001", "JK-B004"}
    assert all(is_rounded and (n is None or (n >= STEP and n % STEP == 0)) for *_key, n, is_rounded in rows)
    assert {n for unit, week, rung, n, _rounded in rows if (unit, rung) == ("JK-B004", "counted")} == {30}


def test_the_file_of_the_server_is_never_written_over(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "figures.parquet"
    file.write_text("mine")
    assert CliRunner().invoke(write_figures, ["--to", str(file)]).exit_code == 1
    assert file.read_text() == "mine"


def test_an_emergency_stop_lets_no_file_out(cast: Cast, tmp_path: Path) -> None:
    people.begin_emergency_stop(reason="A phone was lost", by=SYSTEM, at=NOW)
    assert file_of(cast.client("state_president"), cast.world.programme, "JK").status_code == 403
    done = CliRunner().invoke(write_figures, ["--to", str(tmp_path / "figures.parquet")])
    assert isinstance(done.exception, people.DataStopped)
    assert list(tmp_path.iterdir()) == []


def test_units_that_move_meanwhile_end_the_file(cast: Cast) -> None:
    """The figures before and after belong to different trees."""
    with pytest.raises(TreesMoved), queries.as_outsider(), system("test"):
        Tree.objects.update_or_create(hierarchy=1, create_defaults={"version": 7}, defaults={"version": 8})


def test_a_server_without_the_extra_says_what_to_install(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "HAS_PARQUET", False)
    monkeypatch.setattr(counts, "HAS_PARQUET", False)
    client = cast.client("state_president")
    answer = file_of(client, cast.world.programme, "JK")
    assert answer.status_code == 501 and "abhiyan[figures]" in answer.content.decode()
    page = client.get(reverse("programmes:counts", args=[cast.world.programme.public_id])).content.decode()
    assert "Parquet" not in page
    done = CliRunner().invoke(write_figures, ["--to", str(tmp_path / "figures.parquet")])
    assert isinstance(done.exception, parquet.NoParquet)


def test_the_page_names_the_levels_that_are_too_many_for_a_file(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, where = (
        cast.client("state_president"),
        reverse("programmes:counts", args=[cast.world.programme.public_id]),
    )
    assert "left out" not in client.get(f"{where}?unit=JK").content.decode()
    monkeypatch.setattr(counts, "MOST_IN_FILE", 4)
    page = client.get(f"{where}?unit=JK").content.decode()
    assert re.search(r"left out: [^.]*Booth", page)
    with table(file_of(client, cast.world.programme, "JK"), tmp_path) as db:
        levels = {level for (level,) in db.execute("select distinct level from figures").fetchall()}
    assert "booth" not in levels and "state" in levels


def test_the_page_of_the_docs_has_each_column_with_its_type(cast: Cast, tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes|no) \|", DOCS, re.MULTILINE)
    assert rows == [
        (column.name, column.kind, "no" if column.is_required else "yes") for column in queries.FIGURE_COLUMNS
    ]
    with table(file_of(cast.client("state_president"), cast.world.programme, "JK"), tmp_path) as db:
        assert [name for name, *_rest in db.execute("describe figures").fetchall()] == [
            name for name, *_more in rows
        ]


def test_each_query_of_the_docs_runs_and_says_something(cast: Cast, tmp_path: Path) -> None:
    queries_of_docs = re.findall(r"```sql\n(.*?)```", DOCS, re.DOTALL)
    assert len(queries_of_docs) == 3
    file = tmp_path / "figures.parquet"
    CliRunner().invoke(write_figures, ["--to", str(file)])
    with duckdb.connect() as db:
        for query in queries_of_docs[:2]:
            assert db.execute(query.replace("figures.parquet", str(file))).fetchall(), query


def test_the_query_of_estimates_in_the_docs_says_something(tmp_path: Path) -> None:
    cast = two_districts()
    checked(cast, finished=30)
    file = tmp_path / "figures.parquet"
    CliRunner().invoke(write_figures, ["--to", str(file)])
    query = re.findall(r"```sql\n(.*?)```", DOCS, re.DOTALL)[2]
    with duckdb.connect() as db:
        assert db.execute(query.replace("figures.parquet", str(file))).fetchall()


def test_weeks_begin_on_monday_and_days_of_clocks_that_run_ahead_are_in_this_week(
    cast: Cast, tmp_path: Path
) -> None:
    with table(file_of(cast.client("state_president"), cast.world.programme, "JK"), tmp_path) as db:
        weeks = [
            week
            for (week,) in db.execute("select distinct week from figures where week is not null").fetchall()
        ]
    assert len(weeks) == 3 and all(week.weekday() == 0 for week in weeks)
    assert max(weeks) == NOW.date() - timedelta(days=NOW.weekday())
