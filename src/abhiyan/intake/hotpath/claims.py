"""The API: one claim, or up to a thousand."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import orjson
import psycopg
from pydantic_core import ValidationError

from abhiyan.core import declared, environment, limits
from abhiyan.core.clock import now
from abhiyan.core.declared import DeclaredLimit
from abhiyan.core.letters import plain_digits
from abhiyan.core.refusals import TooMany
from abhiyan.enrolment.actions import (
    ClaimMessage,
    ClaimOutcome,
    ClaimRefused,
    Suppressed,
    receipt_of,
    sender_key,
)
from abhiyan.enrolment.actions.claims import MEMBERSHIP_ONLY
from abhiyan.people.models import Purpose

from . import answers, shapes
from .answers import JSON, HttpAnswer
from .batches import Batches, DriveLane, QueueFull
from .directory import LONGEST_HEADER, Directory, Sender, Unreachable

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

SINGLE_BYTES = 64 * 1024
BATCH_BYTES = 2 * 1024 * 1024
MOST_ERRORS = 10_000  # of one body; beyond, naming each would cost more than the request is worth
MOST_COUNTED = 1_000  # at once, of one worker
MOST_NETWORKS = 100_000  # that have to wait, as one worker remembers them
_PURPOSES = {"membership": Purpose.MEMBERSHIP, "calls": Purpose.CALLS, "messages": Purpose.MESSAGES}
_JSON = b"application/json"
_START, _END = b'{"outcome":"accepted","receipt":"', b'"}'


def per_second() -> int:
    """Return claims one token may send in a second, to all workers of all hosts (ABHIYAN_CLAIMS_PER_SECOND)."""
    return environment.CLAIMS_PER_SECOND()


def claims_per_day() -> int:
    """Return claims one token may send in a day, to all workers (ABHIYAN_CLAIMS_PER_DAY)."""
    return environment.CLAIMS_PER_DAY()


class HotPathDoor(Protocol):
    """The application's services to its operations."""

    async def body(self, headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes: ...
    def address(self, scope: AsgiScope, headers: dict[bytes, bytes]) -> str: ...
    def network(self, address: str) -> str: ...


class Failures:
    """How often a network has failed in this minute: counted for all workers together, remembered by each.

    So guessing goes no faster over several connections, and a flood that is refused costs no statement.
    """

    def __init__(self, limit: DeclaredLimit) -> None:
        self._limit = limit
        self._waits: dict[str, float] = {}  # until when on the monotonic clock
        self._thread = ThreadPoolExecutor(1, limit.name)
        self._counting = 0

    async def note(self, network: str) -> None:
        """Count one. Refuses Busy when it was too often, Full when too much is being counted."""
        self.ask(network)
        if self._counting >= MOST_COUNTED:
            raise QueueFull
        self._counting += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._count, network)
        except TooMany as refused:
            wait_s = refused.facts["wait_s"]
            assert isinstance(wait_s, int)
            if len(self._waits) > MOST_NETWORKS:
                self._waits.clear()
            self._waits[network] = time.monotonic() + wait_s
            raise answers.Busy(wait_s=wait_s) from None
        except psycopg.Error as failure:
            raise Unreachable from failure
        finally:
            self._counting -= 1

    def ask(self, network: str) -> None:
        """Refuses Busy when it was too often."""
        left_s = self._waits.get(network, 0.0) - time.monotonic()
        if left_s > 0:
            raise answers.Busy(wait_s=math.ceil(left_s))

    def _count(self, network: str) -> None:
        limits.count_or_refuse(self._limit, network, at=now())

    def close(self) -> None:
        self._thread.shutdown(wait=True)


class Claims:
    """The two operations."""

    def __init__(self, directory: Directory, batches: Batches) -> None:
        self._directory = directory
        self._batches = batches
        self._failures = Failures(declared.TOKEN_WRONG)
        self._per_second, self._per_day = per_second(), claims_per_day()

    async def one(
        self, door: HotPathDoor, scope: AsgiScope, headers: dict[bytes, bytes], receive: Receive
    ) -> HttpAnswer:
        """Answer POST /api/v1/claims."""
        network = door.network(door.address(scope, headers))
        sender = await self._sender(scope, headers, network)
        _be_json(headers)
        body = await door.body(headers, receive, SINGLE_BYTES)
        future: asyncio.Future[HttpAnswer] = asyncio.get_running_loop().create_future()

        def tell(answer: HttpAnswer | Exception) -> None:
            if not future.done():
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

        self.put(sender, network, headers, body, tell)
        return await future

    def put(
        self,
        sender: Sender,
        network: str,
        headers: dict[bytes, bytes],
        body: bytes,
        tell: Callable[[HttpAnswer | Exception], None],
    ) -> None:
        """Queue the one claim of a request that has come whole. Raises Refused, Full.

        tell: called once, now or later, if nothing was raised.
        """
        try:
            payload = shapes.one_claim(body)
        except ValidationError as error:
            tell(_malformed(error, headers))
            return
        key = payload.key
        if (header := headers.get(b"idempotency-key")) is not None:
            key = _header_key(header, key)
        elif key is None:
            raise answers.KeyMissing(field="key")
        self._take(sender, 1)
        claim = _claim(payload, key, sender)

        def enrolled(outcomes: Sequence[ClaimOutcome | ClaimRefused] | Exception) -> None:
            if isinstance(outcomes, Exception):
                tell(outcomes)
                return
            (outcome,) = outcomes
            if isinstance(outcome, ClaimOutcome) or is_told_as_kept(outcome):
                tell(HttpAnswer(201, _START + receipt_of(claim=claim).encode() + _END, JSON))
            else:
                tell(answers.refusal_answer(outcome, answers.tongue(headers)))

        self._batches.put(self._lane(sender), [claim], network, enrolled)

    async def many(
        self, door: HotPathDoor, scope: AsgiScope, headers: dict[bytes, bytes], receive: Receive
    ) -> HttpAnswer:
        """Answer POST /api/v1/claims/batch."""
        network = door.network(door.address(scope, headers))
        sender = await self._sender(scope, headers, network)
        _be_json(headers)
        body = await door.body(headers, receive, BATCH_BYTES)
        try:
            payload = shapes.many_claims(body)
        except ValidationError as error:
            return _malformed(error, headers)
        prefix = headers.get(b"idempotency-key")
        if prefix is not None:
            prefix_text = _header_key(prefix, None)
        claims: list[ClaimMessage] = []
        phones: dict[str, str] = {}
        wrong: list[tuple[int, answers.AtTheDoor]] = []
        for n, raw_claim in enumerate(payload.claims):
            key = raw_claim.key
            if key is None:
                if prefix is None:
                    wrong.append((n, answers.KeyMissing(field="key")))
                    continue
                key = f"{prefix_text}/{n}"
            if phones.setdefault(key, raw_claim.phone) != raw_claim.phone:
                wrong.append((n, answers.KeyTwice(field="key")))
                continue
            claims.append(_claim(raw_claim, key, sender))
        if wrong:
            return _wrong(wrong, headers)
        self._take(sender, len(claims))
        outcomes = await self._batches.enrolled(self._lane(sender), claims, network)
        tongue = answers.tongue(headers)
        given_: list[dict[str, Any]] = []
        status = 200
        for claim, outcome in zip(claims, outcomes, strict=True):
            if isinstance(outcome, ClaimOutcome) or is_told_as_kept(outcome):
                given_.append({"status": 201, "outcome": "accepted", "receipt": receipt_of(claim=claim)})
            else:
                status = 207
                given_.append({"status": outcome.status} | answers.refused_body(outcome, tongue))
        return HttpAnswer(status, orjson.dumps({"answers": given_}), JSON)

    async def _sender(self, scope: AsgiScope, headers: dict[bytes, bytes], network: str) -> Sender:
        """Return the owner of the token. Unknown, ended and expired are answered alike."""
        if scope["method"] != "POST":
            raise answers.OtherMethod(allowed="POST")
        header = headers.get(b"authorization", b"")
        sender = self._directory.sender_at_once(header)
        if sender is not None:
            return sender
        if header[:7].lower() == b"bearer " and 7 < len(header) <= LONGEST_HEADER:
            if not self._directory.has_sender(header):
                self._failures.ask(network)  # who is known is let in, whatever else comes from that network
            sender = await self._directory.sender(header)
            if sender is not None:
                return sender
        await self._failures.note(network)
        raise answers.NoToken

    def known(self, headers: dict[bytes, bytes]) -> Sender | None:
        """Return the token's owner, when nothing about the claim is unusual and no question is open."""
        length = headers.get(b"content-length", b"")
        if headers.get(b"content-type") != _JSON or len(length) > 5 or not length.isdigit():
            return None
        return (
            self._directory.sender_at_once(headers.get(b"authorization", b""))
            if int(length) <= SINGLE_BYTES
            else None
        )

    def close(self) -> None:
        self._failures.close()

    def _take(self, sender: Sender, n: int) -> None:
        """Refuse Busy if a token sends this worker more than a second allows. Such a claim costs no batch."""
        second = int(time.monotonic())
        if sender.second != second:
            sender.second, sender.n = second, 0
        if sender.n + n > self._per_second and sender.n:
            raise answers.Busy(wait_s=1)
        sender.n += n

    def _lane(self, sender: Sender) -> DriveLane:
        lane = sender.lane
        if lane is None:
            lane = sender.lane = self._batches.lane(
                sender.programme_id, sender.by, self._per_day, self._per_second
            )
        return lane


def _be_json(headers: dict[bytes, bytes]) -> None:
    content = headers.get(b"content-type", _JSON)
    if not content.lower().startswith(_JSON):
        raise answers.OtherContent(wanted="application/json")


def _claim(claim_in: shapes.ClaimIn, key: str, sender: Sender) -> ClaimMessage:
    by = sender.by.id
    return ClaimMessage(
        channel=sender.channel,
        key=sender_key(by, key),
        phone=claim_in.phone,
        by=by,
        name=claim_in.name,
        birth_year=claim_in.birth_year,
        unit_code=None if claim_in.unit is None else plain_digits(claim_in.unit),
        within=sender.within,
        field_at=claim_in.field_at,
        notice_version=claim_in.notice_version,
        language=claim_in.language,
        consents=MEMBERSHIP_ONLY if claim_in.consents is None else _purposes(claim_in.consents),
        says_adult=claim_in.says_adult,
        worker=claim_in.worker,
    )


def _purposes(named: list[shapes.Purpose]) -> tuple[int, ...]:
    return tuple(sorted({_PURPOSES[purpose].value for purpose in named}))


def _header_key(given: bytes, own: str | None) -> str:
    if not 0 < len(given) <= shapes.LONGEST_KEY or not all(33 <= letter <= 126 for letter in given):
        raise answers.KeyInvalid(field="Idempotency-Key", limit=shapes.LONGEST_KEY)
    key = given.decode("ascii")
    if own is not None and own != key:
        raise answers.KeysDiffer(field="key")
    return key


def is_told_as_kept(refusal: ClaimRefused) -> bool:
    """Return True for a claim kept as reported only, and for one of a phone that said no.

    A token must not learn which phones did.
    """
    return refusal.receipt is not None or isinstance(refusal, Suppressed)


def _malformed(found: ValidationError, headers: dict[bytes, bytes]) -> HttpAnswer:
    tongue = answers.tongue(headers)
    n = found.error_count()
    if n > MOST_ERRORS:
        return answers.refusal_answer(answers.Malformed(), tongue)
    return answers.malformed(found.errors(include_url=False, include_input=False), n, tongue)


def _wrong(found: Sequence[tuple[int, answers.AtTheDoor]], headers: dict[bytes, bytes]) -> HttpAnswer:
    """Return the answer to a batch with indistinguishable claims. found: the claims, and the reasons."""
    tongue = answers.tongue(headers)
    faults = [
        {
            "item": item,
            "field": refusal.field,
            "message": answers.refused_body(refusal, tongue)["message"],
        }
        for item, refusal in found
    ]
    return answers.refusal_answer(found[0][1], tongue, faults=faults)
