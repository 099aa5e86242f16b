"""A sentence that says an act is done comes after the commit, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.test import Client

from abhiyan.core import database
from abhiyan.site.tests.addresses import address, things
from abhiyan.site.tests.cast import Cast

# A commit that fails: the database checks what was put off only then.
pytestmark = pytest.mark.django_db(transaction=True)

CAME_FROM = "http://testserver/today/?from=here"
FAILS = {
    "a deferred constraint": "23514",
    "a serialization failure": "40001",
    "a deadlock": "40P01",
}


@contextmanager
def failing_commit(state: str) -> Iterator[None]:
    """Each transaction that leaves an entry in the trail fails when it commits, with this SQLSTATE."""
    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        admin.execute(
            "create function fail_late() returns trigger language plpgsql as"
            f" $$ begin raise exception 'late' using errcode = '{state}'; end $$"
        )
        admin.execute(
            "create constraint trigger fails_late after insert on core_audit"
            " deferrable initially deferred for each row execute function fail_late()"
        )
        try:
            yield
        finally:
            admin.execute("drop function fail_late cascade")


ACTS: dict[str, dict[str, str]] = {
    "org:end_appointment": {"reason": "moved away", "on": "2026-11-25"},
    "targets:set_target": {"about": "JK-JAM", "unit": "JK-JAM", "n": "7"},
    "programmes:discard": {},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("why", FAILS)
def test_where_the_commit_fails_nothing_says_done_and_a_way_leads_back(act: str, why: str) -> None:
    cast = Cast.make()
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    signed_in = cast.client("state_president")
    client = Client(raise_request_exception=False)
    client.cookies = signed_in.cookies
    where = address(act, foreign)
    with failing_commit(FAILS[why]):
        failed = client.post(where, ACTS[act], headers={"referer": CAME_FROM})
    after = client.get("/", follow=True)
    assert failed.status_code in (500, 503)
    assert after.status_code == 200
    for answer in (failed, after):
        assert 'class="note ok"' not in answer.content.decode()
    assert f'href="{CAME_FROM}"' in failed.content.decode()
    done = client.post(where, ACTS[act])
    assert done.status_code == 302, "without the fault the same form is done"
    assert 'class="note ok"' in client.get(done["Location"], follow=True).content.decode()
