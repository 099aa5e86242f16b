"""Several journals are one: a second place beside the own, files of many hosts, in any order of files and lines."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import home, news, second_journal
from abhiyan.core.backup import Restored, RestoreRefused
from abhiyan.core.environment import WrongSetting
from abhiyan.core.scope import system
from abhiyan.core.tests.disk import room_for
from abhiyan.core.tests.object_stores import ObjectStoreServer, object_store
from abhiyan.people import actions, journal, journal_gaps, queries
from abhiyan.people.models import Suppression

from .make import AT, SYSTEM

__all__ = ["object_store"]  # a fixture
WEB = 1
PHONES = [UUID(int=n) for n in range(1, 5)]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of the test's own, with the real one's keys."""
    monkeypatch.setenv("ABHIYAN_MASTER_KEY_FILE", str(home.home_folder() / "keys" / "master.key"))
    monkeypatch.setenv("ABHIYAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "journal"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, object_store: ObjectStoreServer) -> ObjectStoreServer:
    """A second place in an object store, marked."""
    monkeypatch.setenv("ABHIYAN_JOURNAL_TO", f"{object_store.settings['ABHIYAN_STORE']}journal")
    journal.make_second_place()
    return object_store


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A second place that is marked, as `init` does it."""
    monkeypatch.setenv("ABHIYAN_JOURNAL_TO", str(tmp_path / "second"))
    journal.make_second_place()
    return tmp_path / "second"


def a_no(phone_id: UUID, hours: int = 0, scope: str = "outreach") -> journal.No:
    return journal.No(phone_id, scope, WEB, AT + hours * HOUR)


def as_text(said: journal.Line) -> str:
    return json.dumps(said.told() | {"channel": said.channel, "at": said.at.isoformat()}) + "\n"


def put(folder: Path, files: Sequence[Sequence[journal.Line]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jsonl"):
        old.unlink()
    for n, lines in enumerate(files):
        (folder / f"host-{n}.jsonl").write_text("".join(map(as_text, lines)))


def test_each_line_is_in_both_places_before_the_act_ends(own: Path, second: Path) -> None:
    said = a_no(uuid4())
    journal.write_line(said)
    (other,) = second.glob("*.jsonl")
    assert other.read_bytes() == (own / "noes.jsonl").read_bytes() == as_text(said).encode()
    assert journal.since(AT) == [said], "a line in both places is one word"


def test_the_second_place_alone_is_enough_after_the_loss_of_a_host(own: Path, second: Path) -> None:
    said = [a_no(uuid4(), hours) for hours in range(3)]
    for line in said:
        journal.write_line(line)
    (own / "noes.jsonl").unlink()
    assert second.exists() and journal.since(AT) == said


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", ["no mark", "no folder", "no room", "a file"])
def test_a_no_is_refused_and_stays_known_here_while_the_second_place_is_away(
    own: Path, second: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    phone, before = uuid4(), uuid4()
    actions.suppress(phone_id=before, channel=WEB, by=SYSTEM, at=AT)
    (file,) = second.glob("*.jsonl")
    if trouble == "no room":
        (own / "noes.jsonl").write_bytes(b"")
        with room_for(0, file), pytest.raises(journal.NotSaved):
            actions.suppress(phone_id=phone, channel=WEB, by=SYSTEM, at=AT)
    else:
        away = second.rename(second.with_name("away"))
        if trouble == "no mark":
            second.mkdir()
        elif trouble == "a file":
            second.write_text("")
        with pytest.raises(journal.NotSaved):
            actions.suppress(phone_id=phone, channel=WEB, by=SYSTEM, at=AT)
        with pytest.raises((RestoreRefused, WrongSetting), match="ABHIYAN_JOURNAL_TO"):
            journal.since(AT)
        if second.is_dir():
            second.rmdir()
        second.unlink(missing_ok=True)
        away.rename(second)
    with system("test"):
        assert queries.is_suppressed(phone) == ""
    assert phone.hex in (own / "noes.jsonl").read_text(), "a restore brings it into force"
    actions.suppress(phone_id=phone, channel=WEB, by=SYSTEM, at=AT + HOUR)
    assert [said.at for said in journal.since(AT) if phone.hex in as_text(said)][-1] == AT + HOUR


def test_processes_of_several_hosts_write_files_of_their_own(second: Path) -> None:
    writing = (
        "import sys; from datetime import *; from uuid import *; from abhiyan.people import journal\n"
        "for n in range(5):\n"
        "    phone, at = UUID(int=int(sys.argv[1]) + n), datetime(2026, 11, 20, tzinfo=UTC)\n"
        "    journal.write_line(journal.No(phone, 'all', 1, at, (1,)))\n"
    )
    hosts = [
        subprocess.Popen(
            [sys.executable, "-c", writing, str(number)],
            env=os.environ | {"ABHIYAN_HOME": str(second.with_name(f"host-{number}"))},
        )
        for number in (100, 200, 300)
    ]
    assert [host.wait() for host in hosts] == [0, 0, 0]
    files = list(second.glob("*.jsonl"))
    assert len(files) == 3 and all(file.read_text().count("\n") == 5 for file in files)
    told = journal.since(AT - timedelta(days=365))
    assert {said.phone_id.int for said in told if isinstance(said, journal.No)} == {
        number + n for number in (100, 200, 300) for n in range(5)
    }


def test_what_serves_never_marks_a_place(second: Path) -> None:
    (second / second_journal.MARK).unlink()
    journal.make_place()
    with pytest.raises(journal.NotSaved):
        journal.write_line(a_no(uuid4()))
    assert not (second / second_journal.MARK).exists() and list(second.iterdir()) == []


def stored_names(server: ObjectStoreServer) -> list[str]:
    return [stored.name for stored in server.bucket().listed("journal/")]


def test_in_an_object_store_each_line_is_an_object_named_by_its_instant_and_host(
    own: Path, bucket: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    noes = [a_no(uuid4(), hours) for hours in (2, 0, 1)]
    for line, host in zip(noes, ("web1", "web 2", "web1"), strict=True):
        monkeypatch.setenv("ABHIYAN_HOST_NAME", host.replace(" ", "-"))
        journal.write_line(line)
    mark, *lines = stored_names(bucket)
    assert mark == "journal/abhiyan-journal"
    assert [name.rpartition("-")[0].partition("/noes/")[2] for name in lines] == [
        f"{AT.astimezone(UTC) + hours * HOUR:%Y%m%dT%H%M%S.%fZ}-{host}"
        for hours, host in ((0, "web-2"), (1, "web1"), (2, "web1"))
    ]
    assert bucket.bucket().get(lines[0]).decode() == as_text(noes[1])
    (own / "noes.jsonl").unlink()
    assert journal.since(AT) == [noes[1], noes[2], noes[0]]
    place = second_journal.second_journal()
    assert place is not None
    assert sum(len([*part.lines()]) for part in place.parts(AT + HOUR)) == 2, "older ones are not asked for"


def test_a_store_that_is_away_refuses_a_no_as_a_folder_does(own: Path, bucket: ObjectStoreServer) -> None:
    before, away, after = (a_no(uuid4(), hours) for hours in range(3))
    journal.write_line(before)
    bucket.stop()
    with pytest.raises(journal.NotSaved):
        journal.write_line(away)
    with pytest.raises(RestoreRefused, match=r"s3://files-of-tests/campaign/journal .* does not answer"):
        journal.since(AT)
    with pytest.raises(RestoreRefused, match="does not answer"):
        journal.clocks_ahead()
    assert away.phone_id.hex in (own / "noes.jsonl").read_text()
    bucket.start()
    journal.write_line(after)
    assert journal.since(AT) == [before, away, after], "a restore brings it into force"
    (own / "noes.jsonl").unlink()
    assert journal.since(AT) == [before, after]


@pytest.mark.parametrize("place", ["s3://files-of-tests/campaign/other", "s3://no-such-bucket"])
def test_a_place_of_a_store_without_the_mark_takes_no_line(
    own: Path, bucket: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("ABHIYAN_JOURNAL_TO", place)
    with pytest.raises(journal.NotSaved):
        journal.write_line(a_no(uuid4()))
    with pytest.raises(RestoreRefused, match="second journal"):
        journal.since(AT)
    assert stored_names(bucket) == ["journal/abhiyan-journal"]


def test_two_hosts_write_to_one_object_store_at_once(own: Path, bucket: ObjectStoreServer) -> None:
    writing = (
        "import sys; from datetime import *; from uuid import *; from abhiyan.people import journal\n"
        "for n in range(5):\n"
        "    phone, at = UUID(int=int(sys.argv[1]) + n), datetime(2026, 11, 20, tzinfo=UTC)\n"
        "    journal.write_line(journal.No(phone, 'all', 1, at, (1,)))\n"
    )
    hosts = [
        subprocess.Popen(
            [sys.executable, "-c", writing, number],
            env=os.environ
            | {"ABHIYAN_HOME": str(own / f"host-{number}"), "ABHIYAN_HOST_NAME": f"web{number}"},
        )
        for number in ("100", "200")
    ]
    assert [host.wait() for host in hosts] == [0, 0]
    noes = journal.since(AT - timedelta(days=365))
    assert {line.phone_id.int for line in noes if isinstance(line, journal.No)} == {
        number + n for number in (100, 200) for n in range(5)
    }
    assert len(stored_names(bucket)) == 11


def test_a_clock_that_runs_ahead_of_the_store_is_said_once_for_its_host(
    bucket: ObjectStoreServer, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_HOST_NAME", "web7")
    for days in (0, 36_500, 36_501):  # the store of this test has a real clock
        journal.write_line(a_no(uuid4(), 24 * days))
    (own / "noes.jsonl").unlink()
    assert [*journal.clocks_ahead()] == ["s3://files-of-tests/campaign/journal (web7)"]


def test_lines_that_an_operator_put_into_the_store_are_read(bucket: ObjectStoreServer) -> None:
    noes = [a_no(uuid4(), hours) for hours in range(3)]
    bucket.bucket().put("journal/noes/web9-lost.jsonl", "".join(map(as_text, noes)).encode())
    assert journal.since(AT) == noes
    assert journal.clocks_ahead() == {}


@pytest.mark.parametrize("named", ["a folder", "a file", "a folder of hosts"])
def test_further_journals_are_read_with_the_own(tmp_path: Path, named: str) -> None:
    here, there = a_no(uuid4(), 2), a_no(uuid4(), 1)
    journal.write_line(here)
    folder = tmp_path / "copied" / ("host-7" if named == "a folder of hosts" else "")
    put(folder, [[there, here]])
    source = folder / "host-0.jsonl" if named == "a file" else tmp_path / "copied"
    assert journal.since(AT, [source]) == [there, here]


def test_a_clock_that_runs_ahead_is_said(second: Path) -> None:
    put(second, [[a_no(uuid4())], [a_no(uuid4()), a_no(uuid4(), 3)]])
    for file in second.glob("*.jsonl"):
        os.utime(file, (AT.timestamp(), AT.timestamp()))
    assert journal.clocks_ahead() == {str((second / "host-1.jsonl").resolve()): 3 * HOUR}


lines = st.builds(
    lambda phone, hours, scope, rolls: journal.No(
        phone, scope, WEB, AT + hours * HOUR, rolls if scope == "all" else ()
    ),
    st.sampled_from(PHONES),
    st.integers(0, 6),
    st.sampled_from(["outreach", "all", ""]),
    st.sampled_from([(), (1,), (1, 2)]),
) | st.builds(
    lambda person, hours: journal.ErasureLine(person, person, b"who", WEB, AT + hours * HOUR),
    st.sampled_from(PHONES),
    st.integers(0, 6),
)


@given(said=st.lists(lines, max_size=12), data=st.data())
def test_any_order_and_any_split_over_hosts_is_one_journal(
    tmp_path_factory: pytest.TempPathFactory, said: list[journal.Line], data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("journals")
    put(place / "one", [said])
    shuffled = (
        data.draw(st.permutations([*said, *data.draw(st.lists(st.sampled_from(said)))])) if said else []
    )
    hosts: list[list[journal.Line]] = [[], [], []]
    for line in shuffled:
        hosts[data.draw(st.integers(0, 2))].append(line)
    put(place / "many", hosts)
    assert journal.since(AT, [place / "many"]) == journal.since(AT, [place / "one"])
    assert set(journal.since(AT, [place / "one"])) == set(said)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1), (1, 0, 2)])
def test_a_no_that_was_taken_back_stays_taken_back_and_a_later_no_holds(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    back, left, at_once = uuid4(), uuid4(), uuid4()
    hosts = [
        [a_no(back, 1, "all"), a_no(left, 3, "all"), a_no(at_once, 4, "")],
        [a_no(back, 2, ""), a_no(at_once, 4, "all")],
        [a_no(left, 1, "all"), a_no(left, 2, "")],
    ]
    put(tmp_path / "hosts", [hosts[n] for n in order])
    with system("restore"):
        news.tell(Restored(taken_at=AT, at=AT + 24 * HOUR, journals=(tmp_path / "hosts",)))
    with system("test"):
        in_force = {*Suppression.objects.filter(lifted_at=None).values_list("phone_id", flat=True)}
    assert in_force == {left, at_once}


@pytest.mark.django_db
def test_journals_that_do_not_hold_the_newest_noes_of_the_database_do_not_reach(own: Path) -> None:
    actions.suppress(phone_id=uuid4(), channel=WEB, by=SYSTEM, at=AT)
    elsewhere = own.with_name("elsewhere")
    own.rename(elsewhere)
    actions.suppress(phone_id=uuid4(), channel=WEB, by=SYSTEM, at=AT + HOUR)
    with system("restore"):
        with pytest.raises(RestoreRefused, match="of the newest 2 noes in the database they lack 1"):
            journal_gaps.refuse_short_journals(AT + HOUR, [])
        journal_gaps.refuse_short_journals(AT + HOUR, [elsewhere])
        journal_gaps.refuse_short_journals(AT - HOUR, [])


@pytest.mark.django_db
def test_words_that_the_database_lacks_are_named_until_they_are_said_again() -> None:
    lost, again, taken_back, erased = uuid4(), uuid4(), uuid4(), uuid4()
    for no in (a_no(lost), a_no(again), a_no(taken_back), a_no(taken_back, 1, "")):
        journal.write_line(no)
    journal.write_line(journal.ErasureLine(erased, erased, b"who", WEB, AT))
    actions.suppress(phone_id=again, channel=WEB, by=SYSTEM, at=AT + HOUR)
    with system("doctor"):
        lacking = journal_gaps.lines_not_in_force(AT)
        assert {line.phone_id for line in lacking} == {lost, erased}
        assert journal_gaps.lines_not_in_force(AT + 2 * HOUR) == []
