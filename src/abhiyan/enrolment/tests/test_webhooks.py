"""What is told to a provider whose webhook is not taken: never more than that, and never that we are at fault."""

import pytest

from .make import World
from .server import Answered, Server
from .test_calls import JOIN, call, connect

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signature_with_odd_numbers_is_not_genuine(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for seconds in ("9" * 400, "-" + "9" * 400, "9" * 5_000, "-1", "nan", "inf", "1e400", "\u00b2", ""):
        answer = server.send(
            "POST", f"/hook/call/generic/{secret}", b"{}", {"X-Signature": f"t={seconds},v1=00"}
        )
        assert (answer.status, answer.json["code"]) == (403, "not_genuine"), seconds[:9]


def test_a_time_that_cannot_be_is_refused_or_not_believed(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for odd in (1e308, -1e308, 10**18, -(10**18), "9" * 400, "nan"):
        answer = call(server, secret, at=odd)
        assert (answer.status, answer.json["field"]) == (422, "at"), odd
    for far in (0, -1, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert call(server, secret, at=far).status == 201, far
    assert world.rows("select count(*) from enrolment_claim where field_at < at - interval '1 hour'") == [
        (0,)
    ]


def test_a_webhook_of_another_shape_is_told_where_its_shape_stands(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)

    def message(answer: Answered) -> str:
        assert (answer.status, answer.json["code"]) == (422, "malformed")
        return str(answer.json["message"])

    assert "docs/channels.md" in message(call(server, secret, to="+911899999999"))
    assert "docs/channels.md" in message(call(server, secret, kind="receipt", status="delivered"))
    assert "openapi" not in message(call(server, secret, at="yesterday"))
