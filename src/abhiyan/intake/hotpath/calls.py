"""Take reports of telephone providers: a call, an SMS, a delivery report.

    /hook/call/<provider>/<secret>   somebody called one of our numbers.
    /hook/sms/<provider>/<secret>    somebody wrote to one.
    /hook/receipt/<provider>/<secret>  the fate of a message of ours.
    /hook/chat/whatsapp/<secret>     WhatsApp: messages, and the fate of ours, several in one body.

The secret finds the numbers; then the signature must hold, or, where the provider has none, the source address lie in
its networks. A call to join is a claim, stored before it is answered; its key is the provider's own id of the call, so
a resend finds the first. Nothing is ever sent from here: the replies are the jobs' (`actions.replies`).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

import orjson
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from abhiyan.core import declared, environment
from abhiyan.core.actor import Actor
from abhiyan.core.clock import now
from abhiyan.core.letters import only_digits
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import (
    ClaimMessage,
    ClaimOutcome,
    ClaimRefused,
    TryAgain,
    receipt_of,
    sender_key,
)
from abhiyan.enrolment.actions.claims import DriveClosed, DriveNotOpen, JoiningWaits, KeyReused
from abhiyan.enrolment.rules.channels import HOOKS, Sign
from abhiyan.intake.actions import text_parts, texts
from abhiyan.intake.actions.replies import refuse_by_call
from abhiyan.intake.actions.texts import TextIn
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Number
from abhiyan.messaging.rules import inbound, signatures, words
from abhiyan.messaging.rules.words import TextWord
from abhiyan.people import phones

from . import answers, claims
from .answers import HttpAnswer
from .batches import Batches, QueueFull
from .directory import Directory, DriveLine

BODY_BYTES = 64 * 1024
MOST_FIELDS = 200  # of a form.
MOST_WAITING = 1_000  # of refusals, and of other texts: as many a worker keeps waiting
HEARD = (
    actions.PhoneInvalid,
    actions.PhoneAbroad,
    DriveClosed,
    DriveNotOpen,
    KeyReused,
)  # of a text's claim.
PUT_OFF = (actions.PhoneBusy, JoiningWaits)  # nothing is stored, so the provider hears nothing else
LOOKS_AGAIN_S = (0.5, 2.0)  # for a report's message: a gateway may report before its answer is written down.
MOST_EARLY = 1_000  # reports a worker looks for again at once.
AHEAD = timedelta(hours=1)  # a provider's clock further ahead than this, or this far behind, is refused
BEHIND = timedelta(days=2)
KINDS = (*HOOKS, "receipt")
METHODS = {"generic": "POST", "exotel": "GET", "twilio": "POST", "plivo": "POST", "whatsapp": "POST"}
CHAT_BYTES = 3 * 1024 * 1024  # WhatsApp's largest
LONGEST_CHALLENGE = 200
XML: answers.Headers = [(b"content-type", b"text/xml; charset=utf-8")]
PLAIN: answers.Headers = [(b"content-type", b"text/plain; charset=utf-8")]
_DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>'
REJECT = HttpAnswer(200, _DECLARED + b'<Response><Reject reason="busy"/></Response>', XML)
HANG_UP = HttpAnswer(200, _DECLARED + b'<Response><Hangup reason="busy"/></Response>', XML)
SILENT = HttpAnswer(200, _DECLARED + b"<Response/>", XML)
EMPTY = HttpAnswer(200, b"", PLAIN)
NOTED = HttpAnswer(200, b'{"outcome":"accepted"}', answers.JSON)
REFUSED_CALL = {"twilio": REJECT, "plivo": HANG_UP, "exotel": EMPTY, "generic": NOTED}
TAKEN_TEXT = {"twilio": SILENT, "plivo": EMPTY, "exotel": EMPTY, "generic": NOTED, "whatsapp": EMPTY}
log = logging.getLogger(__name__)
Returned = TypeVar("Returned")


class Calls:
    """The webhooks of one worker."""

    def __init__(self, directory: Directory, batches: Batches) -> None:
        self._directory = directory
        self._batches = batches
        self._failures = claims.Failures(declared.HOOK_WRONG)
        self._per_day = claims.claims_per_day()
        self._reports = ThreadPoolExecutor(1, "reports")
        self._texts = ThreadPoolExecutor(2, "texts")
        self._refusing = ThreadPoolExecutor(1, "refusing")  # STOP, LEAVE, NO
        self._texting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by sender
        self._waiting: Counter[ThreadPoolExecutor] = Counter()
        self._early = 0

    async def take(
        self,
        door: claims.HotPathDoor,
        scope: MutableMapping[str, Any],
        headers: dict[bytes, bytes],
        receive: claims.Receive,
        steps: list[str],
    ) -> HttpAnswer:
        """Take one webhook. steps: kind, provider, secret."""
        if len(steps) != 3 or steps[0] not in KINDS or steps[1] not in METHODS:
            raise answers.NoSuchAddress
        kind, provider, secret = steps
        if (kind == "chat") != (provider == "whatsapp"):
            raise answers.NoSuchAddress
        method = "POST" if kind == "receipt" else METHODS[provider]
        is_set_up = provider == "whatsapp" and scope["method"] == "GET"
        if scope["method"] != method and not is_set_up:
            raise answers.OtherMethod(allowed=method)
        address = door.address(scope, headers)
        network = door.network(address)
        digest = self._directory.digest(secret.encode(errors="replace")).hex()
        lines = self._directory.lines_at_once(provider, digest)
        if not lines:
            if not self._directory.has_lines(provider, digest):
                self._failures.ask(network)
            lines = await self._directory.lines(provider, digest)
        if not lines:
            await self._failures.note(network)
            raise answers.NotGenuine
        if is_set_up:
            return _set_up(scope, secret)
        most = CHAT_BYTES if kind == "chat" else BODY_BYTES
        body = await door.body(headers, receive, most) if method == "POST" else b""
        at = now()
        fields = _told(provider, scope, body)
        genuine = [
            line for line in lines if _is_genuine(line, kind, scope, headers, body, fields, address, at)
        ]
        if not genuine:
            await self._failures.note(network)
            if provider == "generic" and signatures.is_first_version(_signature(headers)):
                raise answers.OldSignature
            raise answers.NotGenuine
        try:
            if fields is None:
                raise answers.NoWebhook
            if kind == "receipt":
                return await self._receipt(provider, inbound.delivery_report(provider, fields), at)
            if kind == "call":
                return await self._call(genuine, inbound.PARSERS[provider](fields), at, network)
            if kind == "chat":
                return await self._chat(genuine, inbound.whatsapp_chat(fields), at, network)
            return await self._text(genuine, inbound.sms(provider, fields), kind, at, network)
        except inbound.MalformedWebhook as malformed_webhook:
            return answers.no_webhook(malformed_webhook.args, fields or {}, answers.tongue(headers))

    async def _call(
        self, lines: list[DriveLine], call: inbound.Call, at: datetime, network: str
    ) -> HttpAnswer:
        line = _called(lines, call.number)
        done = REFUSED_CALL[call.provider]
        if line.meaning in (Number.Meaning.LEAVE, Number.Meaning.STOP, Number.Meaning.HELP):
            return await self._said_by_call(line, call, at, network, done)
        if line.meaning != "join" or line.programme_id is None:
            return done
        return await self._join(line, call.id, call.caller, call.at, at, network, done)

    async def _chat(
        self, lines: list[DriveLine], chat: inbound.Chat, at: datetime, network: str
    ) -> HttpAnswer:
        """Take each message of the body, in its order; then what became of ours.

        A body that comes again finds them.
        """
        if chat.unread:
            log.warning(
                "parts of a WhatsApp webhook have no known shape", extra={"facts": {"n": chat.unread}}
            )
        strange = None
        for sms in chat.messages:
            try:
                await self._text(lines, sms, "chat", at, network)
            except answers.OtherNumber as refused:
                strange = refused
            except ClaimRefused as refused:
                if isinstance(refused, PUT_OFF):
                    raise
        for report in chat.reports:
            if report.status:
                await self._received(report, at)
        if strange is not None:
            raise strange
        return EMPTY

    async def _text(
        self, lines: list[DriveLine], text: inbound.Sms, kind: str, at: datetime, network: str
    ) -> HttpAnswer:
        """Do what a text asks for, and have its claim on disk, before the provider is answered.

        STOP, LEAVE and NO do not wait behind people who join; but behind their own phone's texts, which came
        before.
        """
        async with self._texting.setdefault(text.sender, asyncio.Lock()):
            return await self._in_turn(_written_to(lines, text.number), text, kind, at, network)

    async def _in_turn(
        self, line: DriveLine, text: inbound.Sms, kind: str, at: datetime, network: str
    ) -> HttpAnswer:
        done = TAKEN_TEXT[text.provider]
        text_in = TextIn(
            replace(text, at=_believed(text.at, at)),
            kind,
            line.number,
            line.meaning,
            line.programme_id,
            line.is_believed(at),
        )
        by = Actor(kind="channel", id=line.by.id, origin=network)
        word = words.read_said_text(text.text).word
        is_refusing = line.meaning in (Number.Meaning.LEAVE, Number.Meaning.STOP) or word in words.REFUSING
        thread = self._refusing if is_refusing else self._texts
        joining = await self._aside(thread, lambda: text_parts.hear_or_hold(text_in=text_in, by=by, at=at))
        if joining is None or line.programme_id is None:
            return done
        outcome = await self._enrolled(line, joining.claim, network)
        if joining.language:
            await self._aside(
                self._texts,
                lambda: texts.follow_up_joining(text_in=text_in, joining=joining, outcome=outcome, at=at),
            )
        if word is TextWord.YES:
            return done
        if isinstance(outcome, ClaimRefused) and not isinstance(outcome, HEARD):
            return _receipt_for(joining.claim, done)  # only the person learns what is wrong with their entry
        return self._answered(joining.claim, outcome, done)

    async def _aside(self, thread: ThreadPoolExecutor, act: Callable[[], Returned]) -> Returned:
        """Run it in a thread, on its own Django connection."""
        if self._waiting[thread] >= MOST_WAITING:
            raise QueueFull
        self._waiting[thread] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, _in_django, act)
        finally:
            self._waiting[thread] -= 1

    async def _join(
        self,
        line: DriveLine,
        ref: str,
        caller: str,
        called_at: datetime | None,
        at: datetime,
        network: str,
        done: HttpAnswer,
    ) -> HttpAnswer:
        """Take the caller's claim, on disk before the provider is answered."""
        claim = ClaimMessage(
            channel=HOOKS["call"].number,
            key=sender_key(line.by.id, f"{line.provider}|{ref}"),
            phone=caller,
            by=line.by.id,
            field_at=_believed(called_at, at),
            sign=HOOKS["call"].sign if line.is_believed(at) else Sign.NONE,
        )
        return self._answered(claim, await self._enrolled(line, claim, network), done)

    async def _enrolled(
        self, line: DriveLine, claim: ClaimMessage, network: str
    ) -> ClaimOutcome | ClaimRefused:
        assert line.programme_id is not None
        lane = self._batches.lane(line.programme_id, line.by, self._per_day)
        (outcome,) = await self._batches.enrolled(lane, [claim], network)
        if isinstance(outcome, PUT_OFF):
            raise outcome  # nothing is stored: the provider asks again
        return outcome

    def _answered(
        self, claim: ClaimMessage, outcome: ClaimOutcome | ClaimRefused, done: HttpAnswer
    ) -> HttpAnswer:
        if done is not NOTED:
            return done  # nobody reads a refusal there, and the call must end unanswered all the same
        if isinstance(outcome, ClaimOutcome):
            return _receipt_for(claim, done)
        if outcome.receipt is not None:
            return NOTED
        outcome.field = {"phone": "from", "field_at": "at", "key": "id"}.get(outcome.field, outcome.field)
        raise outcome

    async def _said_by_call(
        self, line: DriveLine, call: inbound.Call, at: datetime, network: str, done: HttpAnswer
    ) -> HttpAnswer:
        """Hear somebody leave, stop messages or ask for help by calling; known or not, the answer is the same."""
        phone = phones.parse(call.caller)
        if phone is None:
            if done is NOTED:
                raise actions.PhoneInvalid(field="from")
            return done
        by = Actor(kind="channel", id=line.by.id, origin=network)
        facts: dict[str, Any] = {
            "programme_id": line.programme_id,
            "phone": phone,
            "ref": f"{line.provider}|{call.id}",
            "number": line.number,
            "by": by,
            "at": at,
        }
        if line.meaning == Number.Meaning.HELP:
            await self._aside(self._texts, lambda: texts.ask_by_call(**facts))
        else:
            facts |= {
                "is_leaving": line.meaning == Number.Meaning.LEAVE,
                "is_believed": line.is_believed(at),
            }
            await self._aside(self._refusing, lambda: refuse_by_call(**facts))
        return done

    async def _receipt(self, provider: str, told: inbound.Report, at: datetime) -> HttpAnswer:
        """Take the report on a message; doubled and late reports, and those of no message of ours, change nothing."""
        if told.status and not await self._received(told, at) and self._early < MOST_EARLY:
            self._early += 1
            try:
                for wait_s in LOOKS_AGAIN_S:
                    await asyncio.sleep(wait_s)
                    if await self._received(told, at):
                        break
            finally:
                self._early -= 1
        return NOTED if provider == "generic" else EMPTY

    async def _received(self, told: inbound.Report, at: datetime) -> bool:
        return await asyncio.get_running_loop().run_in_executor(
            self._reports, _receive, told.ref, told.status, at
        )

    def close(self) -> None:
        self._reports.shutdown(wait=True)
        self._texts.shutdown(wait=True)
        self._refusing.shutdown(wait=True)
        self._failures.close()


def _believed(told_at: datetime | None, at: datetime) -> datetime | None:
    """Return a provider's time, where it can be true."""
    return told_at if told_at is not None and at - BEHIND <= told_at <= at + AHEAD else None


def _receipt_for(claim: ClaimMessage, done: HttpAnswer) -> HttpAnswer:
    if done is not NOTED:
        return done
    return HttpAnswer(
        201, b'{"outcome":"accepted","receipt":"%s"}' % receipt_of(claim=claim).encode(), answers.JSON
    )


def _told(provider: str, scope: MutableMapping[str, Any], body: bytes) -> dict[str, Any] | None:
    """Return what the provider wrote, or None when it cannot be read."""
    try:
        is_json = provider == "twilio" and b"bodySHA256=" in scope["query_string"]
        if is_json or provider in ("generic", "whatsapp"):
            payload = orjson.loads(body)
            return payload if isinstance(payload, dict) else None
        text = scope["query_string"] if scope["method"] == "GET" else body
        return dict(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return None


def _signature(headers: dict[bytes, bytes]) -> str:
    return _header(headers, b"x-signature")


def _is_genuine(
    line: DriveLine,
    kind: str,
    scope: MutableMapping[str, Any],
    headers: dict[bytes, bytes],
    body: bytes,
    told: dict[str, Any] | None,
    address: str,
    at: datetime,
) -> bool:
    """Judge by signature where the number has a signing token; else by the address it came from."""
    if not line.token or line.provider == "exotel":
        return signatures.from_allowed(address, line.addresses)
    if line.provider == "generic":
        return signatures.generic_holds(_signature(headers), kind, body, line.token, at)
    if line.provider == "whatsapp":
        return signatures.equal(
            signatures.whatsapp_signature(body, line.token), _header(headers, b"x-hub-signature-256")
        )
    query = scope["query_string"].decode("latin-1")
    url = settings.ORIGIN + scope["path"] + (f"?{query}" if query else "")
    if told is None:
        return False
    if line.provider == "plivo":
        return _is_plivos(line.token, kind, url, headers, told)
    made = (
        signatures.twilio_json(url, body, line.token)
        if "bodySHA256=" in query
        else signatures.twilio_signature(url, told, line.token)
    )
    return made != "" and signatures.equal(made, _header(headers, b"x-twilio-signature"))


def _is_plivos(token: str, kind: str, url: str, headers: dict[bytes, bytes], told: dict[str, Any]) -> bool:
    """Check Plivo's signature: calls are signed in version 3, SMS and reports in version 2 or 3.

    Several signatures may be shown.
    """
    nonce = _header(headers, b"x-plivo-signature-v3-nonce")
    signature = _header(headers, b"x-plivo-signature-v3")
    made = signatures.plivo_v3(url, told, token, nonce)
    if not signature and kind != "call":
        nonce = _header(headers, b"x-plivo-signature-v2-nonce")
        signature = _header(headers, b"x-plivo-signature-v2")
        made = signatures.plivo_v2(url, token, nonce)
    return nonce != "" and any(signatures.equal(made, part.strip()) for part in signature.split(","))


def _header(headers: dict[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _set_up(scope: MutableMapping[str, Any], secret: str) -> HttpAnswer:
    """Answer WhatsApp, which asks once whether the address is ours. The token it shows is the address's own secret."""
    fields = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=MOST_FIELDS))
    challenge = fields.get("hub.challenge", "")
    if (
        fields.get("hub.mode") != "subscribe"
        or not signatures.equal(fields.get("hub.verify_token", ""), secret)
        or not (challenge.isascii() and challenge.isalnum() and len(challenge) <= LONGEST_CHALLENGE)
    ):
        raise answers.NotGenuine
    return HttpAnswer(200, challenge.encode(), PLAIN)


def _written_to(lines: list[DriveLine], to: str) -> DriveLine:
    """Return the number of ours to which a text came.

    A reply to our header is a text to the number for answers, whichever line of the gateway brought it. Refuses
    OtherNumber.
    """
    header = environment.DLT_HEADER().casefold()
    if environment.SMS_REPLIES() and header and header in to.casefold().split("-"):
        return replace(lines[0], meaning=Number.Meaning.ANSWERS.value)
    return _called(lines, to)


def _called(lines: list[DriveLine], number: str) -> DriveLine:
    """Return the called one of our numbers. Refuses OtherNumber when it is none of them."""
    wanted = _national(number)
    for line in lines:
        if wanted and _national(line.number) == wanted:
            return line
    raise answers.OtherNumber(field="to")


def _national(number: str) -> str:
    """Return a number as it is compared: digits without the ways of writing India before them."""
    digits = only_digits(number).lstrip("0")
    return digits[2:] if len(digits) > 10 and digits.startswith("91") else digits


def _in_django(act: Callable[[], Returned]) -> Returned:
    """Run an act on this thread's own Django connection, which the database may have cut meanwhile."""
    close_old_connections()
    try:
        return act()
    except DatabaseError as failure:
        raise TryAgain from failure
    finally:
        close_old_connections()


def _receive(ref: str, status: str, at: datetime) -> bool:
    """Return True if the report was of a message of ours."""

    def act() -> bool:
        with system("a gateway's delivery report"):
            return messaging.receive_receipt(ref=ref, status=status, at=at)

    return _in_django(act)
