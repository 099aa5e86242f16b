"""Nobody can name a drawn person before the draw closes: looked for as somebody would who reads the whole database.

The master key is outside it. So a reader of every table, also the server's administrator, sees commitments and
checks; no row, and nothing that a row shows of its writing, leads from a check to a person.
"""

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from abhiyan.core import audit, database
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment import actions
from abhiyan.enrolment.tests.make import Human
from abhiyan.people.models import Account, Person
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.verification.actions import (
    TryOutcome,
    assigning,
    estimate_frame,
    hand_back,
    open_page,
    refresh_estimates,
    take_check,
    take_off,
    tell_check,
)
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import drawn

pytestmark = [
    pytest.mark.django_db(transaction=True),
]
IDS = """
select m.public_id, m.id, m.person_id, m.phone_id, e.id, e.claim_id, c.public_id from enrolment_membership m
  join enrolment_enrolment e on e.membership_id = m.id join enrolment_claim c on c.id = e.claim_id"""
TABLES = """
select format('%I.%I', schemaname, relname), relname from pg_stat_all_tables
 where schemaname in ('public', 'staging') and relname not in ('django_migrations', 'core_rate_count')"""
WAITING = "select 1 from pg_locks where not granted and relation = 'enrolment_membership'::regclass"


class Figures(NamedTuple):
    genuine: int
    not_genuine: int
    refused: int
    unresolved: int
    left: int


Row = tuple[str, str, str, str, str]  # table, place, who wrote it, who locked or ended it, what it says


def everything() -> set[Row]:
    """Every row of the database, with what its writing leaves: where it lies, and which transactions touched it."""
    with psycopg.connect(database.conninfo(None, dbname=connection.settings_dict["NAME"])) as admin:
        return {
            (name, *row)
            for table, name in admin.execute(TABLES).fetchall()
            for row in admin.execute(
                psycopg.sql.SQL("select t.ctid::text, t.xmin::text, t.xmax::text, t::text from {} t").format(
                    psycopg.sql.SQL(table)
                )
            ).fetchall()
        }


def names_of(humans: list[Human]) -> set[str]:
    """Whatever names somebody in a row: their ids, as text and in hexadecimal, and their phones."""
    with system("test"), connection.cursor() as cursor:
        cursor.execute(IDS)
        ids = {one for row in cursor.fetchall() for one in row if one is not None}
    return {str(one) for one in ids} | {one.hex for one in ids} | {human.phone[3:] for human in humans}


def naming(rows: set[Row], names: set[str]) -> set[Row]:
    return {row for row in rows if any(name in row[4] for name in names)}


def hour_of_a_verifier(cast: Cast, role: str, outcomes: list[Check.Outcome]) -> int:
    """A verifier takes checks and tells them; returns how many."""
    for n, outcome in enumerate(outcomes):
        try:
            check = take_check(by=cast.actor(role), at=NOW)
        except NothingForYou:
            return n
        tell_check(check_id=check.id, outcome=outcome, by=cast.actor(role), at=NOW)
    return len(outcomes)


def every_way_a_check_goes(client: Client) -> None:
    """By the pages, as a verifier does: answered, refused, not reached, handed back, and somebody who leaves."""

    def post(name: str, *of: Any, **given: str) -> str:
        answer = client.post(reverse(f"verification:{name}", args=of), given)
        assert answer.status_code < 400, (name, answer.text)
        return answer.headers.get("Location", "")

    for way in ("genuine", "not_genuine", "refused", "no_answer", "later", "back", "left", "leaves"):
        check_id = UUID(post("check_take").split("/")[-2])
        if way == "back":
            hand_back(check_id=check_id, reason="language", by=_holder(check_id), at=NOW)
            continue
        assert "tel:" in client.post(reverse("verification:check_begin", args=[check_id])).text
        if way in TryOutcome.values:
            post("check_end", check_id, way)
            continue
        meaning = "joined" if way == "genuine" else "never_joined"
        post("check_said", check_id, how="a call", when="in November", born="1984", meaning=meaning)
        assert client.get(reverse("verification:check", args=[check_id])).status_code == 200
        outcome = "genuine" if way == "genuine" else "not_genuine"
        post("check_tell", check_id, outcome=outcome, **({"leaves": "on"} if way == "leaves" else {}))


def _holder(check_id: UUID) -> Actor:
    with system("test"):
        account = Account.objects.get(pk=Check.objects.get(id=check_id).verifier_id or 0)
    return Actor(kind="person", id=account.public_id, account_id=account.pk)


def test_no_row_leads_from_a_check_to_a_person_and_no_row_of_a_person_is_touched(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(assigning, "MOST_OF_A_WORKER", 1_000)
    caplog.set_level(logging.DEBUG)
    names = names_of([Cast.own_member, Cast.foreign_member])
    before = everything()
    assert len(naming(before, names)) > 300, "what is looked for is found where it is"
    drawn(cast)
    outcomes = [*Check.Outcome] * 3
    assert hour_of_a_verifier(cast, "verifier_of_srinagar", outcomes)
    every_way_a_check_goes(cast.client("verifier_of_jammu"))
    refresh_estimates(at=NOW + timedelta(minutes=1))
    after = everything()
    assert not naming(before ^ after, names)
    assert len(after - before) > 50
    assert not any(name in line for name in names for line in caplog.text.splitlines())


def test_who_leaves_in_a_check_is_written_as_who_leaves_on_their_own_page(cast: Cast) -> None:
    """And not with the check: no row of it has the instant, or the transaction, of the leaving."""
    drawn(cast)
    client = cast.client("verifier_of_jammu")
    names = names_of([])
    before = everything()
    check_id = UUID(client.post(reverse("verification:check_take")).headers["Location"].split("/")[-2])
    client.post(reverse("verification:check_begin", args=[check_id]))
    client.post(reverse("verification:check_end", args=[check_id, "left"]))
    middle = everything()
    assert not naming(before ^ middle, names)
    assert take_off(at=NOW) == 1
    after = everything()
    assert naming(after - middle, names)
    assert not {row[2] for row in after - middle} & {row[2] for row in middle - before}
    member = cast.client("member")
    start = everything()
    assert member.post("/me/leave/").status_code == 200
    by_page = {row for row in everything() - start if "code.join" not in row[4]}
    assert forms(by_page) == forms(after - middle)
    sources = [audit.sealed_source(one.facts["source"]) for one in entries("enrolment.leave")]
    assert [one["kind"] for one in sources] == ["person", "citizen"]
    assert (
        sources[0]["id"] == str(cast.actor("verifier_of_jammu").id) and str(check_id) in sources[0]["reason"]
    )
    assert sources[0]["origin"] and sources[1]["device"]
    assert len({len(one.facts["source"]) for one in entries("enrolment.leave")}) == 1


def entries(act: str) -> list[AuditEntry]:
    with system("test"):
        return list(AuditEntry.objects.filter(act=act).order_by("pk"))


VARIES = re.compile(
    r"[0-9a-f]{200,}|[0-9a-f]{8}-[0-9a-f-]{27}|\\\\x[0-9a-f]+|\d{4}-\d\d-\d\d( [\d:.]+\+\d\d)?|[\w.:]+/\d+|\d+"
    r"|(?<=,)(en|hi)(?=,)|[A-Z][a-z]+ [A-Z]?[a-z]+"
)


def forms(rows: set[Row]) -> set[tuple[str, str]]:
    """Return the kinds of rows: without owner, time, language and the device they had joined from."""
    return {
        (table, VARIES.sub("…", said.replace('""', "0")).replace('"…"', "…")) for table, _, _, _, said in rows
    }


@pytest.mark.parametrize("act", ["take", pytest.param("estimate", marks=pytest.mark.slow)])
def test_who_watches_what_the_server_runs_sees_no_item(cast: Cast, act: str) -> None:
    """A connection as `app` sees the text of every statement of `app` while it runs."""
    drawn(cast)
    names = names_of([])
    if act == "estimate":
        hour_of_a_verifier(cast, "verifier_of_jammu", [Check.Outcome.GENUINE])
    here = connection.settings_dict["NAME"]
    with (
        psycopg.connect(database.conninfo(None, dbname=here)) as admin,
        psycopg.connect(database.conninfo("app", dbname=here), autocommit=True) as watching,
        ThreadPoolExecutor(1) as pool,
    ):
        admin.execute("lock table enrolment_membership")
        running = pool.submit(_closing, lambda: _act(cast, act))
        while not admin.execute(WAITING).fetchone():
            assert not running.done()
        seen = watching.execute("select query from pg_stat_activity where usename = current_user").fetchall()
        admin.rollback()
        running.result()
    assert len(seen) > 1 and not any(name in str(query) for (query,) in seen for name in names)


def _act(cast: Cast, act: str) -> None:
    if act == "take":
        take_check(by=cast.actor("verifier_of_jammu"), at=NOW)
    else:
        refresh_estimates(at=NOW + timedelta(minutes=1))


def _closing(act: Callable[[], None]) -> None:
    """An act in a thread of its own, whose connection ends with it."""
    try:
        act()
    finally:
        connection.close()


def test_striking_somebody_off_does_not_tell_whether_they_were_drawn(cast: Cast) -> None:
    """The fate of a drawn item since the freeze moves no figure before the frame is closed."""
    frame = drawn(cast)
    hour_of_a_verifier(cast, "verifier_of_jammu", [Check.Outcome.GENUINE] * 3)
    at = NOW + timedelta(minutes=1)
    refresh_estimates(at=at)
    before = figures(frame)
    with system("test"):
        some = list(Check.objects.filter(frame=frame).select_related("frame__programme", "stratum"))
        asked = [item_of_check(one).item_id for one in some if one.outcome][:2]
        ids = asked + [item_of_check(one).item_id for one in some if not one.outcome][:3]
    for member in ids:
        actions.strike_off(membership=member, reason="not_genuine", by=SYSTEM, at=at)
    with system("test"):
        estimate_frame(frame=frame, at=at)
        assert figures(frame) == before
        frame.state = Frame.State.CLOSED
        estimate_frame(frame=frame, at=at)
    found = figures(frame)[cast.world.state.pk, Estimate.Shade.SIGNED]
    assert found.not_genuine == 5 and found.genuine == 1


def figures(frame: Frame) -> dict[tuple[int, int], Figures]:
    with system("test"):
        return {
            (one.unit_id, one.shade): Figures(
                one.genuine, one.not_genuine, one.refused, one.unresolved, one.left
            )
            for one in Estimate.objects.filter(frame=frame)
        }


PAGES = ("frames", "frame_new", "public_open", "public"), ("frame", "frame_draw", "frame_close", "frame_file")


def test_no_page_or_file_of_checks_names_anybody(cast: Cast) -> None:
    """While checks are under way: whatever of this room an office opens, with its lists as files."""
    frame, programme = drawn(cast), cast.world.programme
    open_page(programme=programme, by=SYSTEM, at=NOW)
    hour_of_a_verifier(cast, "verifier_of_jammu", [Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE])
    refresh_estimates(at=NOW + timedelta(minutes=1))
    names = names_of([Cast.own_member, Cast.foreign_member])
    with system("test"):
        names |= {str(one) for one in Check.objects.values_list("id", flat=True)}
        names |= {str(one) for one in Person.objects.exclude(name=None).values_list("name", flat=True)}
    for role, least in (
        ("state_president", 15),
        ("district_in_charge", 9),
        ("verifier", 9),
        ("anonymous", 3),
    ):
        client, shown = cast.client(role), 0
        for public_id, pages in zip((programme.public_id, frame.public_id), PAGES, strict=True):
            for name in pages:
                for more in ("", "?format=csv", "?unit=JK-JAM"):
                    answer = client.get(reverse(f"verification:{name}", args=[public_id]) + more)
                    said = b"".join(answer) if answer.streaming else answer.content
                    shown += answer.status_code == 200
                    assert not any(one.encode() in said for one in names), (role, name, more)
        assert shown >= least, role
