"""Staged imports: a file comes in pieces, is looked at, checked, committed and undone."""

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.core import home, jobs
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry, Job, JournalPage
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions, authority, correcting, kinds, queries, running, store
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome, register
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.writing import csv_chunks, write_xlsx
from abhiyan.imports.tasks import import_look, import_step
from abhiyan.imports.work import Signal, Work

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("tests")
LAYOUT = Layout(
    "fruit",
    (
        Field("name", "Name", "नाम", kind=CellKind.NAME, required=True),
        Field("weight", "Weight", "वज़न", kind=CellKind.INTEGER, least=1, most=1000),
    ),
    personal=False,
)
State = StagedImport.State


class Crash(Exception):
    """The worker is gone."""


class TooSour(Refused):
    code = "too_sour"
    message = "%(name)s is too sour."


def check(work: Work) -> None:
    for batch in work.rows(discard=lambda row: "unripe" if row[1] == "Unripe" else None):
        for number, name, _weight in batch.rows:
            if name == "Stone":
                work.refuse(number, "name", "no_fruit", name="Stone")
            else:
                work.count("new")


def commit(work: Work) -> None:
    for batch in work.rows(discard=lambda row: "unripe" if row[1] == "Unripe" else None):
        for number, name, _weight in batch.rows:
            if name == "Stone":
                work.refuse(number, "name", "no_fruit", name="Stone")
                continue
            if name == "Bomb":
                raise Crash
            if name == "Lemon":
                raise TooSour(name="Lemon")
            AuditEntry(at=work.at, who=work.by.id, who_kind="system", act="fruit", subject=name).save()
            work.count("new")
    work.keep({"made": work.counts["new"]})


def undo(work: Work) -> None:
    assert [page["made"] for page in work.kept()] == [2]
    work.count("gone", 2)


def fruit_kind() -> ImportKind:
    """Return a kind of list that needs nothing else."""
    return ImportKind(
        key="fruit",
        title="Fruit",
        explains="What grows.",
        layout=LAYOUT,
        capability="imports.fruit",
        outcomes={"new": RowOutcome("New", "ok"), "gone": RowOutcome("Gone")},
        reasons={"no_fruit": "%(name)s is no fruit (%(field)s)."},
        discarded={"unripe": "Unripe"},
        options=(
            Option(
                "basket",
                "Basket",
                choices=lambda: [("a", "A"), ("b", "B")],
                default="a",
                names=lambda: {"blue": "b"},
            ),
        ),
        check=check,
        commit=commit,
        undo=undo,
    )


@pytest.fixture(autouse=True)
def fruit() -> Iterator[None]:
    for public_id in store.kept_files():  # by tests before: files are not of a transaction
        store.delete(public_id)
    register(fruit_kind())
    yield
    del kinds._kinds["fruit"]
    for public_id in store.kept_files():
        store.delete(public_id)


def file(tmp_path: Path, text: str | bytes, name: str = "fruit.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def lying() -> list[Path]:
    """Return the files that hold the pieces of uploads."""
    return [path for path in (home.uploads_folder() / "imports").rglob("*") if path.is_file()]


def all_lie_since(at: datetime) -> None:
    """Let the files that lie have grown last at an instant: the file system has a clock of its own."""
    for path in lying():
        os.utime(path, (at.timestamp(), at.timestamp()))


def bring(path: Path) -> StagedImport:
    with system("test"):
        return queries.import_for(actions.import_file(kind_key="fruit", path=path, by=BY, at=AT))


def step(staged: StagedImport, name: str) -> StagedImport:
    with system("test"):
        actions.ask_import_step(public_id=staged.public_id, step=name, by=BY, at=AT)
    running.run_import_step(staged.public_id, name, at=AT)
    return again(staged)


def again(staged: StagedImport) -> StagedImport:
    with system("test"):
        return queries.import_for(staged.public_id)


pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "Name,Weight\nApple,10\nStone,5\nUnripe,3\nPear,0\nPlum,7\n"


def test_a_list_is_looked_at_checked_committed_and_undone(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    assert staged.state == State.RECEIVED and staged.mapping == {"name": 0, "weight": 1}
    assert len(staged.file_sha256) == 64

    staged = step(staged, "check")
    assert staged.state == State.CHECKED
    assert staged.counts == {"new": 2, "refused": 2} and staged.discarded == {"unripe": 1}
    with system("test"):
        assert not AuditEntry.objects.filter(act="fruit").exists()
        with translation.override("hi"):
            said = [queries.reason_text(_kind(), row) for row in queries.refused_rows(staged)]
            assert list(queries.causes_first(staged)) == list(queries.refused_rows(staged)), (
                "none follows another"
            )
    assert said[0] == "Stone is no fruit (नाम)." and "1" in said[1]

    staged = step(staged, "commit")
    assert staged.state == State.DONE and staged.counts == {"new": 2, "refused": 2}
    with system("test"):
        assert AuditEntry.objects.filter(act="fruit").count() == 2
        assert RefusedRow.objects.filter(import_id=staged.id).count() == 2
        assert AuditEntry.objects.filter(act="imports.committed", subject=str(staged.public_id)).count() == 1
    assert staged.public_id not in store.kept_files()

    staged = step(staged, "undo")
    assert staged.state == State.UNDONE and staged.undone == {"gone": 2}


TO_CORRECT = (
    "Grown in,Name,Aadhaar no,Weight,Taste\n"
    "Kashmir,Apple,999911112222,10,sweet\n"
    "\n"
    '"Jammu, near the river",Stone,999911112222,0,=hard\n'
    "Jammu,Unripe,999911112222,0,sour\n"
    "Jammu,Pear,999911112222,20000,\n"
    "Jammu,Cherry,999911112222,2,\n"
)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_refused_rows_come_back_as_a_file_to_correct(tmp_path: Path, ending: str) -> None:
    path = file(tmp_path, TO_CORRECT)
    if ending == "xlsx":
        path = tmp_path / "fruit.xlsx"
        head, *lines = csv.reader(TO_CORRECT.splitlines())
        write_xlsx(path, lines, head)
    staged = step(step(bring(path), "check"), "commit")
    assert staged.counts["refused"] == 2 and staged.discarded == {"unripe": 1}
    assert store.kept_files().keys() == {store.refused_rows_id(staged.public_id)}
    assert all(b"Stone" not in path.read_bytes() for path in lying())
    with system("test"):
        assert next(correcting.rows_to_correct(staged))[-1] == "अस्वीकृति का कारण"
        with translation.override("en"):
            head, *rows = correcting.rows_to_correct(staged)
    assert head == ["Grown in", "Name", "Weight", "Taste", "Why it was refused"], "never what is not read"
    assert [row[:4] for row in rows] == [
        ["Jammu, near the river", "Stone", "0", "=hard"],
        ["Jammu", "Pear", "20000", ""],
    ]
    assert rows[0][4].startswith("Weight: ") and "1000" in rows[1][4]

    corrected = tmp_path / f"corrected.{ending}"
    rows[1][2], rows[0][1], rows[0][2] = "20", "Plum", ""
    if ending == "xlsx":
        write_xlsx(corrected, rows, head)
    else:
        corrected.write_bytes(b"".join(csv_chunks(rows, head)))
    again_brought = bring(corrected)
    assert again_brought.mapping == {"name": 1, "weight": 2}
    with system("test"):
        problems = [str(one) for one in or_refuse(queries.preview_of(again_brought)).problems]
    assert len(problems) == 1 and "Why" not in problems[0], "the reasons are no column to ask about"
    assert step(again_brought, "check").counts == {"new": 2}

    running.sweep_imports(AT + timedelta(days=6))
    assert store.refused_rows_id(staged.public_id) in store.kept_files()
    step(staged, "undo")
    assert store.refused_rows_id(staged.public_id) not in store.kept_files()


def test_refused_rows_go_after_a_week_or_when_the_list_is_discarded(tmp_path: Path) -> None:
    done = step(step(bring(file(tmp_path, GOOD)), "check"), "commit")
    checked = step(bring(file(tmp_path, GOOD)), "check")
    with system("test"):
        actions.discard_import(public_id=checked.public_id, by=BY, at=AT)
    assert store.kept_files().keys() == {store.refused_rows_id(done.public_id)}
    with system("test"):
        StagedImport.objects.filter(pk=done.pk).update(done_at=NOW)
    all_lie_since(NOW)
    running.sweep_imports(NOW + timedelta(days=7))
    assert store.refused_rows_id(done.public_id) in store.kept_files()
    running.sweep_imports(NOW + timedelta(days=7, hours=2))
    assert not store.kept_files()
    with system("test"), pytest.raises(store.FileGone):
        list(correcting.rows_to_correct(again(done)))


def test_a_look_that_comes_when_the_import_is_done_changes_nothing(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    step(staged, "check")
    done = step(staged, "commit")
    import_look(str(staged.public_id))
    assert (again(staged).state, again(staged).counts) == (State.DONE, done.counts)


def test_what_may_take_seconds_to_look_at_is_left_to_a_job() -> None:
    def received(body: bytes) -> StagedImport:
        with system("test"):
            staged = actions.begin_import(
                kind_key="fruit", file_name="x.csv", file_bytes=len(body), options={}, by=BY, at=AT
            )
            actions.receive(public_id=staged.public_id, offset=0, piece=body, by=BY, at=AT)
        return again(staged)

    assert received(GOOD.encode() + b"Fig,1\n" * 60_000).look["rows"] == 60_005
    packed = received(b"PK\x03\x04" + bytes(300_000))
    assert (packed.state, packed.look) == (State.RECEIVED, {})
    import_look(str(packed.public_id))
    assert again(packed).state == State.FAILED, "it is looked at, and is no sheet"


def test_a_list_of_which_nothing_can_be_taken_is_not_committed(tmp_path: Path) -> None:
    staged = step(bring(file(tmp_path, "Name,Weight\nStone,5\n")), "check")
    assert staged.counts == {"refused": 1}
    with system("test"), pytest.raises(actions.NothingToTake):
        actions.commit(public_id=staged.public_id, by=BY, at=AT)


def _kind() -> ImportKind:

    return kinds.kind_of_import("fruit")


def test_what_refuses_the_whole_file_fails_cleanly_and_can_be_mended(tmp_path: Path) -> None:
    staged = step(bring(file(tmp_path, "Name\nApple\nLemon\n")), "check")
    staged = step(staged, "commit")
    assert (staged.state, staged.step, staged.error) == (State.FAILED, "commit", "too_sour")
    assert running.error_text(staged) == "Lemon is too sour."
    with system("test"):
        assert not AuditEntry.objects.filter(act="fruit").exists(), "nothing half done"
        assert queries.may_ask_step(staged, "check") and queries.may_ask_step(staged, "commit")
        actions.discard_import(public_id=staged.public_id, by=BY, at=AT)
    assert again(staged).state == State.DISCARDED and not store.kept_files()


def test_our_own_mistake_leaves_nothing_half_done(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    staged = step(step(bring(file(tmp_path, "Name\nApple\nBomb\n")), "check"), "commit")
    assert (staged.state, staged.error) == (State.FAILED, "went_wrong")
    assert "Crash" in running.error_text(staged)
    with system("test"):
        assert not AuditEntry.objects.filter(act="fruit").exists()


def test_an_undo_that_is_refused_leaves_the_import_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = step(step(bring(file(tmp_path, GOOD)), "check"), "commit")
    with system("test"):
        JournalPage.objects.all().update(facts={"made": 3})
    staged = step(staged, "undo")  # undo finds something else than it left
    assert staged.state == State.DONE and staged.error == "went_wrong"
    with system("test"):
        JournalPage.objects.all().update(facts={"made": 2})
    assert step(staged, "undo").state == State.UNDONE


def test_steps_are_asked_for_only_where_the_import_stands(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    with system("test"):
        for name in ("commit", "undo"):
            with pytest.raises(actions.ImportMovedOn):
                actions.ask_import_step(public_id=staged.public_id, step=name, by=BY, at=AT)
    staged = step(step(staged, "check"), "commit")
    with system("test"):
        for name in ("check", "commit"):
            with pytest.raises(actions.ImportMovedOn):
                actions.ask_import_step(public_id=staged.public_id, step=name, by=BY, at=AT)
        with pytest.raises(actions.ImportMovedOn):
            actions.discard_import(public_id=staged.public_id, by=BY, at=AT)


def test_pieces_are_kept_once_sealed_and_in_order(tmp_path: Path) -> None:
    body = GOOD.encode()
    with system("test"):
        staged = actions.begin_import(
            kind_key="fruit", file_name="../a\u202eb.csv", file_bytes=len(body), options={}, by=BY, at=AT
        )
        assert staged.file_name == "ab.csv" and staged.options == {"basket": "a"}

        def receive(offset: int, piece: bytes) -> int:
            return actions.receive(public_id=staged.public_id, offset=offset, piece=piece, by=BY, at=AT)

        assert receive(0, body[:10]) == 10
        assert receive(0, body[:10]) == 10, "its answer was lost"
        with pytest.raises(actions.WrongOffset) as wrong:
            receive(7, body[7:20])
        assert wrong.value.facts == {"received": 10}
        with pytest.raises(actions.PieceTooLarge):
            receive(10, body[10:] + b"x")
        # A piece on disk whose transaction did not commit: cut off by the next.
        store.append(staged.public_id, offset=10, piece=b"never acknowledged")
        assert receive(10, body[10:30]) == 30
        assert receive(30, body[30:]) == len(body)
        assert len(lying()) == 3 and all(b"Apple" not in path.read_bytes() for path in lying())
        with store.clear(staged.public_id, size=len(body)) as path:
            assert path.read_bytes() == body
        with pytest.raises(actions.ImportMovedOn):
            receive(len(body), b"x")
    assert again(staged).state == State.RECEIVED


def test_a_sealed_file_that_was_changed_or_is_gone_is_not_read(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    (path,) = lying()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert step(staged, "check").error == "file_gone"
    path.unlink()
    assert step(again(staged), "check").error == "file_gone"
    with translation.override("en"):
        assert "Upload it again" in running.error_text(again(staged))


def test_a_choice_is_taken_by_value_or_name_and_a_wrong_one_is_told_what_there_is() -> None:
    def begun(**options: str) -> StagedImport:
        return actions.begin_import(
            kind_key="fruit", file_name="x", file_bytes=5, options=options, by=BY, at=AT
        )

    with system("test"), translation.override("en"):
        assert begun(basket="b").options == begun(basket="blue").options == {"basket": "b"}
        with pytest.raises(actions.BadOption) as refused:
            begun(basket="c")
        assert refused.value.field == "basket"
        assert str(refused.value) == "Choose one of these for “Basket”: a (A), blue (B)."


def test_files_that_are_too_large_or_empty_are_refused_before_a_byte_is_sent() -> None:
    with system("test"):
        for size, refusal in ((0, actions.FileEmpty), (1 << 40, actions.FileTooLarge)):
            with pytest.raises(refusal):
                actions.begin_import(
                    kind_key="fruit", file_name="x", file_bytes=size, options={}, by=BY, at=AT
                )
        with pytest.raises(kinds.UnknownListKind):
            actions.begin_import(kind_key="stone", file_name="x", file_bytes=5, options={}, by=BY, at=AT)


def test_nobody_imports_without_authority_and_it_is_asked_again_when_the_job_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from uuid import uuid4

    asked: list[str] = []
    allowed = True

    class Not(Refused):
        code = "not_yours"
        message = "Not yours."

    def ask(by: Actor, capability: str, *, at: int | None) -> None:
        asked.append(capability)
        if not allowed:
            raise Not

    monkeypatch.setattr(authority, "_ask", None)  # whose question it is comes back after the test
    authority.use(ask)
    person = Actor(kind="person", id=uuid4(), account_id=7)
    path = file(tmp_path, GOOD)
    with system("test"):
        public_id = actions.import_file(kind_key="fruit", path=path, by=person, at=AT)
        actions.ask_import_step(public_id=public_id, step="check", by=person, at=AT)
    allowed = False
    running.run_import_step(public_id, "check", at=AT)  # the appointment has ended meanwhile
    with system("test"):
        assert queries.import_for(public_id).error == "not_yours"
        with pytest.raises(Not):
            actions.check(public_id=public_id, by=person, at=AT)
        monkeypatch.setattr(authority, "_ask", None)
        with pytest.raises(authority.ImportAuthorityMissing):
            actions.check(public_id=public_id, by=person, at=AT)
    assert set(asked) == {"imports.fruit"}


@pytest.mark.usefixtures("as_jobs")
def test_a_step_whose_workers_die_again_and_again_is_given_up_and_may_be_asked_for_again(
    tmp_path: Path,
) -> None:
    staged = bring(file(tmp_path, GOOD))
    with system("test"):
        actions.check(public_id=staged.public_id, by=BY, at=AT)
    Job.objects.update(attempts=jobs.ATTEMPTS, leased_until=AT)
    jobs.Worker().turn(AT + timedelta(seconds=1))
    staged = again(staged)
    assert (staged.state, staged.error) == (State.FAILED, "interrupted")
    assert step(staged, "check").state == State.CHECKED, "asking again is enough"
    running.give_up(staged.public_id, "check", at=AT)
    assert again(staged).state == State.CHECKED, "what is done is not given up"


def test_a_step_under_way_elsewhere_is_left_alone(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    with system("test"):
        actions.ask_import_step(public_id=staged.public_id, step="check", by=BY, at=AT)
    other = Signal(staged.id)
    assert other.alone()
    with pytest.raises(jobs.WorkUnderWay):
        import_step(public_id=str(staged.public_id), step="check")
    assert again(staged).state == State.CHECKING
    other.close()
    import_step(public_id=str(staged.public_id), step="check")
    assert again(staged).state == State.CHECKED


@pytest.mark.usefixtures("as_jobs")
def test_who_runs_a_step_alone_leaves_a_job_that_goes_on_after_it_dies(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    with system("test"):
        actions.ask_import_step(public_id=staged.public_id, step="check", by=BY, at=AT)
    worker = jobs.Worker()
    worker.turn(AT)
    assert worker._hands == [], "whoever asked has begun by then"
    worker.turn(AT + jobs.BUSY)
    worker.close()
    assert again(staged).state == State.CHECKED
    assert not Job.objects.exists()


def test_idle_imports_and_files_nobody_needs_are_forgotten(tmp_path: Path) -> None:
    staged = bring(file(tmp_path, GOOD))
    all_lie_since(AT)
    assert running.sweep_imports(AT + timedelta(days=6)) == 0 and store.kept_files().keys() == {
        staged.public_id
    }
    running.sweep_imports(AT + timedelta(days=8))
    assert again(staged).state == State.DISCARDED and again(staged).look == {}
    assert not store.kept_files()


def test_another_sheet_another_mapping_and_back(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Notes"
    first.append(["Name", "Remark"])
    first.append(["Apple", "sour"])
    second = book.create_sheet("Fruit")
    for row in (["वज़न", "नाम"], [3, "Pear"], [4, "Plum"]):
        second.append(row)
    path = tmp_path / "fruit.xlsx"
    book.save(path)
    staged = bring(path)
    assert staged.mapping == {"name": 0}
    with system("test"):
        actions.look_at_file(public_id=staged.public_id, at=AT, by=BY, sheet="Fruit")
        staged = queries.import_for(staged.public_id)
        assert staged.mapping == {"weight": 0, "name": 1}
        problems = actions.set_mapping(public_id=staged.public_id, mapping={"name": 0, "weight": 0}, by=BY)
        assert [p.code for p in problems if p.blocking] == ["doubled_column"]
        assert queries.import_for(staged.public_id).mapping == {"weight": 0, "name": 1}, "kept as it was"
    assert step(staged, "check").counts == {"new": 2}
