"""Things that must leave no trace leave none: a minor's name and phone, and the content of a refused column.

They come in by every way. The test looks for them in the database, on the disk, in the server's log, in the
queue and in a backup. It tries every writing a program might use. A name that *is* kept is found by the same
search.
"""

import base64
import http.client
import io
import json
import random
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest

from abhiyan.core import backup, database, home, sealing
from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.disk import lying_in
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.actions import ClaimRefused, erasing
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import typed, web_world
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.intake.actions import tokens
from abhiyan.messaging.models import Message
from abhiyan.people.actions.erasing import purge

pytestmark = pytest.mark.django_db(transaction=True)
MINOR = Human("Zubindawati Nishaanchee", 2012, "+917298345617")
KEPT = Human("Qasimuddin Rakhaahuanee", 1970, "+917298345628")
AADHAAR = "471829365013"
RELIGION = "Zarathustrianish"
TRACELESS = {
    "the minor's name": "Nishaanchee",
    "the minor's first name": "Zubindawati",
    "the minor's phone": "7298345617",
    "the refused column": AADHAAR,
    "another refused column": RELIGION,
}
KEPT_NAME = "Rakhaahuanee"
LEAST = 12  # letters of base64: 72 bits, which no disk full of ciphertext holds by chance


def writings(text: str) -> set[bytes]:
    """A text as programs may write it down: plain, two bytes a letter, in hex, in base64 wherever it begins."""
    plain = text.encode()
    found = {plain, plain.upper(), plain.lower(), text.encode("utf-16-le"), text.encode("utf-16-be")}
    found.add(plain.hex().encode())
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        # Only the letters in which nothing but the text itself is written.
        needle = coded[-(-8 * before // 6) : 8 * (before + len(plain)) // 6]
        assert len(needle) >= LEAST, f"{text} is too short: random bytes might hold it by chance"
        found |= {needle, needle.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


NEEDLES = {kind: writings(text) for kind, text in TRACELESS.items()} | {"kept": writings(KEPT_NAME)}


def found_in(content: bytes) -> set[str]:
    return {kind for kind, needles in NEEDLES.items() if any(needle in content for needle in needles)}


def test_every_writing_is_found() -> None:
    """Whatever stands before and behind it; and nothing is found where it does not stand."""
    writers: list[Callable[[str], bytes]] = [
        str.encode,
        lambda text: text.upper().encode(),
        lambda text: text.lower().encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.urlsafe_b64encode(text.encode()),
        lambda text: base64.b64encode(text.encode()).rstrip(b"="),
    ]
    for kind, text in (TRACELESS | {"kept": KEPT_NAME}).items():
        for write in writers:
            for before in range(7):
                for behind in range(4):
                    content = write("abcdefg"[:before] + text + "xyz"[:behind])
                    assert found_in(b"before " + content + b" after") == {kind}, content
    assert found_in(b"nothing of anybody") == set()
    assert found_in(random.Random(1).randbytes(2_000_000)) == set()
    assert found_in(base64.b64encode(random.Random(2).randbytes(2_000_000))) == set()


@pytest.fixture
def server(django_db_setup: None) -> Iterator[Server]:
    running_server = Server().start(ABHIYAN_LOG_LEVEL="DEBUG", ABHIYAN_ORIGIN="http://127.0.0.1")
    yield running_server
    running_server.stop()


def by_web(server: Server, human: Human, **other: str) -> int:
    """The form of the drive as a browser sends it; the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/join/winter/", headers={"Accept-Language": "en"})
    page = connection.getresponse()
    cookies = "; ".join(
        value.split(";")[0] for key, value in page.getheaders() if key.lower() == "set-cookie"
    )
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert csrf is not None
    connection.request(
        "POST",
        "/join/winter/",
        urlencode(typed(human, unit="JK-B001", csrfmiddlewaretoken=csrf[1], **other)),
        {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, "Accept-Language": "en"},
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def by_api(server: Server, token: str, human: Human, key: str) -> int:
    told = {"key": key, "phone": human.phone, "name": human.name, "birth_year": human.birth_year}
    told |= {"unit": "JK-B001", "notice_version": 1}
    batch = json.dumps({"claims": [told | {"key": key + "-batch"}]}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert server.send("POST", "/api/v1/claims/batch", batch, headers).status == (
        207 if human is MINOR else 200
    )
    return server.claim(token, told).status


def by_paper(world: World, folder: Path) -> dict[str, int]:
    head = "Phone,Name,Birth year,Booth code,Notice version,Aadhaar,Religion,Batch number\n"
    rows = [
        f"{human.phone[3:]},{human.name},{human.birth_year},JK-B001,1,{AADHAAR},{RELIGION},7\n"
        for human in (MINOR, KEPT)
    ]
    bad = f"12345,{KEPT.name},1970,JK-B001,1,{AADHAAR},{RELIGION},7\n"
    path = folder / "list.csv"
    path.write_text(head + "".join(rows) + bad)
    by, at = Actor.system("tests"), world.now
    with system("test"):
        options = {"drive": str(world.programme.public_id)}
        public_id = imports.import_file(kind_key="paper", path=path, by=by, at=at, options=options)
    for step, state in (("check", "checked"), ("commit", "done")):
        with system("test"):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=at)
        assert running.run_import_step(public_id, step, at=at) == state
    ((discarded,),) = world.rows("select discarded from core_import")
    path.unlink()
    told: dict[str, int] = json.loads(str(discarded))
    return told


def whole_database() -> bytes:
    """Everything the server holds of this database, staging too, as text."""
    number = int(database_says("show server_version_num"))
    done = subprocess.run(
        [
            str(backup.program("pg_dump", number // 10_000)),
            "--dbname",
            database.conninfo(None, dbname=database.database_name()),
        ],
        capture_output=True,
        check=True,
    )
    return done.stdout


def database_says(query: str) -> str:
    import psycopg

    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        cursor = admin.execute(query)
        row = cursor.fetchone() if cursor.description else None
    return str(row[0]) if row else ""


def opened_backup(folder: Path) -> tuple[bytes, bytes]:
    """A backup as it lies there, and everything in it in clear."""
    secret, public = sealing.new_pair()
    backup.take_backup(to=folder / "b.age", recipient=public, at=NOW)
    sealed = (folder / "b.age").read_bytes()
    clear = sealing.Opener(io.BytesIO(sealed), sealing.secret_keys(secret)).read()
    dump, rest = b"", b""
    with tarfile.open(fileobj=io.BytesIO(clear)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            body = content.read() if content else b""
            if member.name.startswith("database.dump"):
                dump += body
            else:
                rest += body
    (folder / "dump").write_bytes(dump)
    number = int(database_says("show server_version_num"))
    told = subprocess.run(
        [str(backup.program("pg_restore", number // 10_000)), "-f", "-", str(folder / "dump")],
        capture_output=True,
        check=True,
    )
    return sealed, told.stdout + rest


def test_a_minor_and_a_refused_column_leave_no_trace_anywhere(server: Server, tmp_path: Path) -> None:
    world = web_world()
    token = tokens.make_token_at_console(
        programme_id=world.programme.pk,
        unit_id=world.state.pk,
        name="Call centre",
        at=world.now,
        by=Actor.system("tests"),
    ).secret
    # Every way in; somebody kept goes by each of them too.
    assert by_web(server, MINOR) == 422
    assert by_web(server, MINOR, adult="no") == 422
    assert by_api(server, token, MINOR, "minor") == 422
    assert by_paper(world, tmp_path) == {"minor": 1}
    assert by_web(server, KEPT) == 302
    assert by_api(server, token, KEPT, "kept") == 201
    caller = Human(
        MINOR.name, MINOR.birth_year, "+917298345639"
    )  # a grown-up's phone, then a child at the link
    world.missed_call(of=caller)
    with pytest.raises(ClaimRefused):
        world.complete(of=caller)
    assert database_says("select sum(n) from enrolment_refused_count") != "None"
    database_says("checkpoint")

    kept_is_in = {"kept"}
    assert found_in(whole_database()) == kept_is_in
    queue = "select arguments::text as said from core_job union all select facts::text from core_audit"
    assert found_in(database_says(f"select string_agg(said, ' ') from ({queue}) q").encode()) == set()
    places: dict[str, set[str]] = {}
    for path, content in lying_in(home.home_folder()):
        if not database.is_embedded() and path.is_relative_to(home.home_folder() / "postgres"):
            continue  # an embedded database of an earlier run of the tests
        for kind in found_in(content):
            places.setdefault(kind, set()).add(str(path.relative_to(home.home_folder())))
    if database.is_embedded():
        assert places.pop("kept"), "the database's files lie below the data folder"
    assert places == {}
    sealed, clear = opened_backup(tmp_path)
    assert found_in(sealed) == set()
    assert found_in(clear) == kept_is_in
    # A phone lies nowhere in clear, not even that of somebody kept.
    for content in (clear, whole_database()):
        assert not any(needle in content for needle in writings(KEPT.phone[3:]))

    server.stop()
    log = server.log.read_bytes()
    assert b'"logger"' in log, "the server told something"
    assert found_in(log) == set()


@pytest.mark.slow
def test_who_had_everything_erased_leaves_no_trace_once_it_is_purged(server: Server, tmp_path: Path) -> None:
    """Not in the database, a new backup, the files or the log. The database's own pages and its write-ahead log hold
    overwritten rows until their space is used again; who can read those can read the whole server (docs/rights.md)."""
    world = web_world()
    assert by_web(server, KEPT) == 302
    by_paper(world, tmp_path)
    assert found_in(whole_database()) == {"kept"}
    erase(world)
    assert found_in(whole_database()) == set()
    ((sealed_now,),) = world.rows("select count(*) from people_erasure where sealed is not null")
    assert sealed_now == 1
    assert purge(at=world.now + timedelta(days=366)) == 1

    needles = writings(KEPT.phone[3:])
    _sealed, clear = opened_backup(tmp_path)
    for content in (clear, whole_database()):
        assert found_in(content) == set() and not any(needle in content for needle in needles)
    for path, content in lying_in(home.home_folder()):
        if not path.is_relative_to(home.home_folder() / "postgres"):
            assert "kept" not in found_in(content), path
    server.stop()
    log = server.log.read_bytes()
    assert found_in(log) == set() and not any(needle in log for needle in needles)


def erase(world: World) -> None:
    """They have everything erased, from their own phone."""
    ((membership,),) = world.rows(
        "select public_id from enrolment_membership where phone_id = %s", [world.phone_id(KEPT)]
    )
    assert isinstance(membership, UUID)
    with scoped(Scope(phone=world.phone_id(KEPT))):
        erasing.erase_member(
            membership=membership,
            channel=Channel.WEB,
            language="en",
            by=Actor(kind="citizen", id=membership),
            at=world.now,
        )
    with system("tests let every message go"):
        Message.objects.filter(state="queued").update(state="sent")
