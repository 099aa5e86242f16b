"""The act in a test's own transaction may do what the role `gateway` may, and nothing else."""

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, sql
from abhiyan.enrolment.actions.claims import Joined
from abhiyan.enrolment.tests.inside import InsideGateway, InsideWriter
from abhiyan.enrolment.tests.make import World
from abhiyan.intake.actions.enrol import GATEWAYS
from abhiyan.intake.actions.gateway import BadData

pytestmark = [pytest.mark.django_db, pytest.mark.versions]

FORBIDDEN = {
    "reads an account": "select id from people_account",
    "deletes a member": "delete from enrolment_membership",
    "changes the trail": "update core_audit set n = 2",
    "makes a table": "create table public.made (id int)",
}


def user() -> object:
    return sql.value("select current_user")


@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=list(FORBIDDEN))
def test_a_statement_outside_the_rights_of_the_gateway_fails(text: str) -> None:
    world = World.make()
    assert isinstance(world.web_join(of=world.asha), Joined)
    writer = InsideWriter({"forbidden": (text, ())})
    for steps in ([("begin", ()), ("forbidden", ()), ("commit", ())], [("forbidden", ())]):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            writer.run(*steps)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.connection().execute(text)
    assert user() == database.role_name("app")
    assert world.count("enrolment_membership") == 1


def test_what_the_act_reads_and_writes_is_done_by_the_gateway() -> None:
    writer = InsideWriter({"who": ("select current_user::text", ())})
    (alone,) = writer.run(("who", ()))
    _, among, _ = writer.run(("begin", ()), ("who", ()), ("commit", ()))
    read = writer.connection().execute("select current_user").fetchone()
    gateway = database.role_name("gateway")
    assert (alone.get_value(0, 0), among.get_value(0, 0), read) == (
        gateway.encode(),
        gateway.encode(),
        (gateway,),
    )
    assert user() == database.role_name("app")


def test_every_test_of_this_kind_enrols_in_its_own_transaction() -> None:
    with GATEWAYS.one() as hands:
        assert isinstance(hands, InsideGateway)
    world = World.make()
    world.web_join(of=world.asha)
    with psycopg.connect(database.conninfo("jobs")) as other:
        assert other.execute("select count(*) from enrolment_claim").fetchone() == (0,)


def test_a_batch_that_fails_leaves_nothing_and_the_test_goes_on() -> None:
    world = World.make()
    writer = InsideWriter(
        {
            "write": ("insert into enrolment_revisit (phone_id) values (gen_random_uuid())", ()),
            "fail": ("select 1 / (count(phone_id) - 1) from enrolment_revisit", ()),
        }
    )
    with pytest.raises(BadData):
        writer.run(("begin", ()), ("write", ()), ("fail", ()), ("commit", ()))
    assert world.count("enrolment_revisit") == 0


def test_who_resets_the_role_is_the_application_still() -> None:
    with connection.cursor() as cursor:
        cursor.execute("reset role")
    assert user() == database.role_name("app")
    with connection.cursor() as cursor:
        cursor.execute("set role none")
        cursor.execute("savepoint here")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.connection.execute("select count(*) from people_person")
        connection.connection.execute("rollback to savepoint here; reset role")
