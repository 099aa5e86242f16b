"""The doctor speaks of standbys where a server has them, and is silent about one machine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as properties
from hypothesis import strategies as st

from abhiyan.core import doctor
from abhiyan.core.doctor import FAIL, OK, WARN
from abhiyan.core.tests.given import NOW
from abhiyan.site import replication
from abhiyan.site.replication import ServerState, StandbySlot, synchronous_standbys

ALONE = ServerState(
    is_standby=False,
    wanted="",
    expected=0,
    attached=[],
    slots=[],
    commits=["on"],
    connections=20,
    most_connections=247,
    processes=3,
    hold_s=7200,
    archives=False,
    archived_at=None,
    archive_failed_at=None,
    archive_failures=0,
    archive_every_s=0,
)


def slot(name: str, **given: Any) -> StandbySlot:
    return replace(StandbySlot(name=name, is_active=True, lag_bytes=0, is_lost=False), **given)


WELL = replace(
    ALONE,
    wanted="ANY 1 (db2,db3)",
    expected=2,
    attached=["db2", "db3"],
    slots=[slot("db2"), slot("db3")],
    hold_s=11,
    archives=True,
    archived_at=NOW - timedelta(seconds=50),
    archive_every_s=60,
)


def findings(state: ServerState) -> list[doctor.DoctorFinding]:
    return list(replication.cluster_findings(state, NOW))


@pytest.mark.django_db
def test_the_embedded_database_is_no_cluster() -> None:
    assert not replication.server_state().is_cluster
    assert list(replication.cluster(NOW)) == []


@pytest.mark.parametrize(
    "state",
    [
        ALONE,
        replace(ALONE, connections=240),
        replace(ALONE, commits=["off", "on"]),
        replace(ALONE, processes=99),
    ],
    ids=["alone", "busy", "commits that do not wait", "many workers"],
)
def test_one_machine_hears_nothing_of_standbys(state: ServerState) -> None:
    assert findings(state) == []


def test_a_cluster_that_is_well_says_so() -> None:
    heard = findings(WELL)
    assert [each.level for each in heard] == [OK] * 3
    assert "2 standbys are attached (db2, db3), and a commit waits for 1" in heard[0].text


@pytest.mark.parametrize(
    ("given", "level", "text"),
    [
        ({"is_standby": True}, FAIL, "leads to a standby"),
        ({"attached": []}, FAIL, "nothing can be stored"),
        ({"attached": [], "wanted": "*"}, FAIL, "a commit waits for 1 standbys, and 0 are attached"),
        ({"attached": ["other"]}, FAIL, "nothing can be stored"),
        (
            {"wanted": "ANY 2 (db2,db3)", "attached": ["db3"]},
            FAIL,
            "waits for 2 standbys, and 1 are attached",
        ),
        ({"attached": ["db3"]}, WARN, "1 of 2 standbys are attached (db3)"),
        ({"attached": ["db3"], "expected": 0}, WARN, "1 of 2 standbys are attached (db3)"),
        ({"wanted": "", "attached": [], "slots": []}, FAIL, "0 of 2 standbys are attached"),
        ({"wanted": ""}, FAIL, "no commit waits for a standby"),
        ({"wanted": "", "expected": 0}, WARN, "no commit waits for a standby"),
        ({"commits": ["on", "off"]}, FAIL, "synchronous_commit is off"),
        ({"commits": ["local"]}, FAIL, "synchronous_commit is local"),
        ({"commits": ["remote_write"]}, FAIL, "before a standby has them"),
        ({"slots": [slot("db2"), slot("db3", lag_bytes=3 * 1024**3)]}, WARN, "db3 is 3.0 GiB of log behind"),
        (
            {"slots": [slot("db2"), slot("db4", is_active=False, lag_bytes=2 * 1024**3)]},
            WARN,
            "2.0 GiB of log wait for db4",
        ),
        ({"slots": [slot("db3", is_active=False, is_lost=True)]}, WARN, "too far behind to follow again"),
        ({"connections": 238}, FAIL, "238 of 247 connections are open"),
        ({"processes": 40}, WARN, "our 40 processes may open 800"),
        ({"hold_s": 7875}, WARN, "keeps its locks for 7875 s"),
        ({"archives": False}, WARN, "the log is not archived: if all machines are lost"),
        ({"archived_at": None}, WARN, "none was archived yet"),
        ({"archived_at": NOW - timedelta(hours=1)}, WARN, "the last was archived at"),
        ({"archive_failed_at": NOW, "archive_failures": 111}, FAIL, "111 tries failed"),
        ({"archived_at": None, "archive_failed_at": NOW, "archive_failures": 3}, FAIL, "3 tries failed"),
    ],
)
def test_each_flaw_is_said_with_its_fix(given: dict[str, Any], level: str, text: str) -> None:
    heard = findings(replace(WELL, **given))
    assert any(each.level == level and text in each.text and each.fix for each in heard), heard


def test_an_archive_that_failed_and_works_again_is_well() -> None:
    state = replace(WELL, archive_failed_at=NOW - timedelta(hours=2), archive_failures=5)
    assert {each.level for each in findings(state)} == {OK}


def test_a_database_on_one_machine_that_archives_hears_of_its_archive() -> None:
    state = replace(ALONE, archives=True, archive_failed_at=NOW, archive_failures=9)
    (heard,) = findings(state)
    assert heard.level == FAIL and "9 tries failed" in heard.text


@pytest.mark.parametrize(
    ("setting", "count", "names"),
    [
        ("", 0, []),
        ("*", 1, ["*"]),
        ("db2", 1, ["db2"]),
        ("db2, db3", 1, ["db2", "db3"]),
        ("ANY 1 (db2,db3)", 1, ["db2", "db3"]),
        ("any 2 ( db2 , db3 , db4 )", 2, ["db2", "db3", "db4"]),
        ("FIRST 2 (a, b)", 2, ["a", "b"]),
        ("1 (a)", 1, ["a"]),
        ("ANY 1 (*)", 1, ["*"]),
        ('ANY 1 ("db-2","Db ""3""")', 1, ["db-2", 'db "3"']),
    ],
)
def test_every_way_to_name_standbys_is_read(setting: str, count: int, names: list[str]) -> None:
    assert synchronous_standbys(setting) == (count, names)


NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), min_size=1, max_size=5, unique=True)


@properties(st.data(), NAMES, st.sampled_from(["ANY", "FIRST", "any", ""]), st.booleans())
def test_a_commit_that_cannot_be_answered_always_fails(
    data: st.DataObject, names: Sequence[str], word: str, quotes: bool
) -> None:
    """Whatever the standbys are called, however they are listed, and whichever of them are attached."""
    count = data.draw(st.integers(1, len(names)))
    attached = data.draw(st.lists(st.sampled_from([*names, "guest"]), unique=True))
    listed = ", ".join(f'"{each}"' if quotes else each for each in names)
    state = replace(WELL, wanted=f"{word} {count} ({listed})".strip(), expected=len(names), attached=attached)
    levels = [each.level for each in replication.standby_findings(state)]
    can_store = len(set(attached) & set(names)) >= count
    assert levels
    if not can_store:
        assert FAIL in levels
    elif len(attached) < len(names):
        assert levels == [WARN]
    else:
        assert levels == [OK]
