"""How claims arrive on a connection: whole, in pieces, in chunks, one behind the other, with waits and without."""

import json
import signal
import socket
from collections.abc import Iterator
from uuid import UUID

import pytest

from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.server import Server

from .test_hotpath import asha

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as opened:
        yield opened


def request(token: str, n: int = 1, *headers: str, version: str = "1.1", chunked: bool = False) -> bytes:
    body = json.dumps(asha(f"k{n}", phone=f"99060001{n:02}")).encode()
    head = [
        f"POST /api/v1/claims HTTP/{version}",
        "Host: x",
        "Content-Type: application/json",
        f"Authorization: Bearer {token}",
        "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}",
        *headers,
    ]
    if chunked:
        body = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (body[:5], len(body) - 5, body[5:])
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answers(line: socket.socket, n: int) -> list[bytes]:
    """The next n answers, each with its status line; every one of ours tells its length."""
    found: list[bytes] = []
    came = b""
    while len(found) < n:
        head, split, rest = came.partition(b"\r\n\r\n")
        if split:
            length = next(
                int(part.split(b":")[1])
                for part in head.lower().split(b"\r\n")
                if part.startswith(b"content-length:")
            )
            if len(rest) >= length:
                found.append(head + split + rest[:length])
                came = rest[length:]
                continue
        piece = line.recv(65_536)
        assert piece, (found, came)
        came += piece
    assert not came, came
    return found


def test_many_claims_come_over_one_connection(line: socket.socket, world: World, token: str) -> None:
    for n in range(20):
        line.sendall(request(token, n))
        assert answers(line, 1)[0].startswith(b"HTTP/1.1 201 ")
    assert world.count("enrolment_claim") == 20


def test_claims_sent_without_waiting_are_answered_in_order(
    line: socket.socket, world: World, token: str
) -> None:
    wrong = request("wrong", 3)
    lookup = (
        b"GET /static/nothing HTTP/1.1\r\nHost: x\r\n\r\n"  # its answer rests on no database and no clock
    )
    line.sendall(request(token, 1) + lookup + request(token, 2) + wrong + request(token, 4))
    first, file, second, refused, last = answers(line, 5)
    assert [each.split(b" ")[1] for each in (first, file, second, refused, last)] == [
        b"201",
        b"404",
        b"201",
        b"401",
        b"201",
    ]
    receipts = {
        str(last4): UUID(str(receipt)).hex
        for last4, receipt in world.rows(
            "select p.last4, c.public_id from enrolment_claim c join people_phone p on p.id = c.phone_id"
        )
    }
    for answer, last4 in ((first, "0101"), (second, "0102"), (last, "0104")):
        assert receipts[last4].encode() in answer


def test_a_claim_may_come_in_pieces(line: socket.socket, world: World, token: str) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    whole = request(token)
    for at in range(0, len(whole), 7):
        line.sendall(whole[at : at + 7])
    assert answers(line, 1)[0].startswith(b"HTTP/1.1 201 ")


def test_a_claim_may_come_in_chunks_or_ask_before_it_sends(
    line: socket.socket, world: World, token: str
) -> None:
    line.sendall(request(token, 1, chunked=True))
    assert answers(line, 1)[0].startswith(b"HTTP/1.1 201 ")
    head, split, body = request(token, 2, "Expect: 100-continue").partition(b"\r\n\r\n")
    line.sendall(head + split)
    assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.sendall(body)
    assert answers(line, 1)[0].startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize(("version", "header"), [("1.0", "X: y"), ("1.1", "Connection: close")])
def test_a_connection_ends_when_the_caller_wishes(
    line: socket.socket, world: World, token: str, version: str, header: str
) -> None:
    line.sendall(request(token, 1, header, version=version))
    (answer,) = answers(line, 1)
    assert answer.startswith(b"HTTP/1.1 201 ") and b"connection: close" in answer.lower()
    assert line.recv(1) == b""


def test_who_hangs_up_early_is_enrolled_all_the_same(server: Server, world: World, token: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as gone:
        gone.sendall(request(token, 1))
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as line:
        line.sendall(request(token, 1))
        assert answers(line, 1)[0].startswith(b"HTTP/1.1 201 ")
    assert world.count("enrolment_claim") == 1


def test_a_request_that_could_be_read_in_two_ways_is_refused(
    server: Server, world: World, token: str
) -> None:
    """Two lengths, or a length beside chunks: where proxies and servers disagree, requests are smuggled."""
    for other in ("Content-Length: 3", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as line:
            line.sendall(request(token, 1, other))
            assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    assert world.count("enrolment_claim") == 0


@pytest.mark.machine
def test_a_worker_that_is_to_end_answers_what_it_has(world: World, token: str) -> None:
    own = Server().start()
    try:
        with socket.create_connection(("127.0.0.1", own.port), timeout=PATIENCE_S) as line:
            line.sendall(request(token, 1))
            (first,) = answers(line, 1)
            line.sendall(request(token, 2))
            assert own.process is not None
            own.process.send_signal(signal.SIGTERM)
            came = b""
            while piece := line.recv(65_536):
                came += piece
        assert own.process.wait(PATIENCE_S) == 0
    finally:
        own.stop()
    stored = world.count("enrolment_claim")
    assert first.startswith(b"HTTP/1.1 201 ")
    assert stored == 1 + came.count(b"HTTP/1.1 201 "), "stored and told, or neither"
