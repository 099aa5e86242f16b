"""Read what providers send, as one shape. Parsing only: whether it is genuine is `signatures`' to say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from abhiyan.core.numbers import whole_number

from . import carried, sms_parts

INDIA = ZoneInfo("Asia/Kolkata")  # Exotel writes its times so, without saying
LONGEST_USER = 100  # letters of a WhatsApp user's id
LONGEST_KIND = 40


class MalformedWebhook(ValueError):
    """A webhook lacks what it must have. args: the names of the fields, each that is wrong."""


@dataclass(frozen=True, slots=True)
class Call:
    """A phone called one of our numbers: the provider's own id, the caller (as sent), the number, the time."""

    provider: str
    id: str
    caller: str
    number: str
    at: datetime | None


def _text(values: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = values.get(name)
        if isinstance(value, str | int) and str(value).strip():
            text = str(value).strip().strip('"')
            if "\x00" in text or len(text) > 200:
                raise MalformedWebhook(name)
            return text
    raise MalformedWebhook(names[0])


def _texts(values: Mapping[str, Any], *fields: tuple[str, ...], wrong: tuple[str, ...] = ()) -> list[str]:
    """Each field under the first of its names. wrong: what was found wrong before."""
    texts = []
    for names in fields:
        try:
            texts.append(_text(values, *names))
        except MalformedWebhook as lacking:
            wrong = (*wrong, *lacking.args)
    if wrong:
        raise MalformedWebhook(*wrong)
    return texts


def generic_call(values: Mapping[str, Any]) -> Call:
    """Our own JSON: {"id", "from", "to", "at": ISO 8601 with offset or Unix seconds}."""
    when = values.get("at")
    at: datetime | None = None
    is_wrong = False
    try:
        if isinstance(when, int | float) and not isinstance(when, bool):
            at = datetime.fromtimestamp(when, UTC)
        elif isinstance(when, str):
            at = datetime.fromisoformat(when)
    except (ValueError, OverflowError, OSError):
        is_wrong = True
    if is_wrong or (at is not None and at.tzinfo is None):
        _texts(values, ("id",), ("from",), ("to",), wrong=("at",))
    ident, caller, number = _texts(values, ("id",), ("from",), ("to",))
    return Call("generic", ident, caller, number, at)


def exotel(values: Mapping[str, Any]) -> Call:
    """Exotel's passthru: CallSid, CallFrom, CallTo, StartTime or Created ("YYYY-MM-DD HH:MM:SS", India)."""
    at = None
    for name in ("StartTime", "Created", "CurrentTime"):
        try:
            at = datetime.strptime(str(values.get(name, "")).strip('"'), "%Y-%m-%d %H:%M:%S").replace(
                tzinfo=INDIA
            )
            break
        except ValueError:
            continue
    ident, caller, number = _texts(values, ("CallSid",), ("CallFrom", "From"), ("CallTo", "To"))
    return Call("exotel", ident, caller, number, at)


def twilio_call(values: Mapping[str, Any]) -> Call:
    """Twilio's voice webhook: CallSid, From, To; it sends no time."""
    ident, caller, number = _texts(values, ("CallSid",), ("From",), ("To",))
    return Call("twilio", ident, caller, number, None)


def plivo(values: Mapping[str, Any]) -> Call:
    """Plivo's answer URL: CallUUID, From, To; it sends no time."""
    ident, caller, number = _texts(values, ("CallUUID",), ("From",), ("To",))
    return Call("plivo", ident, caller, number, None)


PARSERS = {"generic": generic_call, "exotel": exotel, "twilio": twilio_call, "plivo": plivo}
PROVIDERS = (*PARSERS, "whatsapp")
_SMS = {
    "generic": ("id", "from", "to", "text"),
    "exotel": ("SmsSid", "From", "To", "Body"),
    "twilio": ("MessageSid", "From", "To", "Body"),
    "plivo": ("MessageUUID", "From", "To", "Text"),
}
WITH_CALLS, WITH_TEXTS = tuple(PARSERS), tuple(_SMS)  # of whose numbers a missed call, or an SMS, reaches us


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS or WhatsApp message to one of our numbers. other: its kind where it has no words, or where its words ask
    nothing (`WRITTEN`). user: what WhatsApp calls a writer who hides the number; sender is "" then. part: which part of
    a longer text it is, where the provider says so."""

    provider: str
    id: str
    sender: str
    number: str
    text: str
    at: datetime | None
    other: str = ""
    user: str = ""
    part: sms_parts.PartMark | None = None


_NUMBER = re.compile(r"\+?[0-9]{8,15}")


def sms_writer(text: Sms) -> str:
    """The writer, where it may be a person whose number cannot be read as a mobile; "" for names and short codes of
    companies."""
    return text.user or (text.sender if _NUMBER.fullmatch(text.sender) else "")


def sms(provider: str, values: Mapping[str, Any]) -> Sms:
    """An SMS as the provider tells of it; what it says is `words`' to read."""
    ident, sender, number, text = _SMS[provider]
    if not isinstance(values.get(text, ""), str | None):
        raise MalformedWebhook(text)
    at = generic_call(dict(values)).at if provider == "generic" else None
    ref, writer, to = (
        entry.removeprefix("whatsapp:") for entry in _texts(values, (ident,), (sender,), (number,))
    )
    words = carried.of_form(values, text)
    has_media = any(
        "media" in name.casefold() and value not in ("", "0", 0) for name, value in values.items()
    )
    other = "media" if has_media and not words.text.strip() else ""
    return Sms(provider, ref, writer, to, words.text, at, other, part=sms_parts.part_mark(values))


_REPORT = {
    "generic": (("ref",), ("status",)),
    "exotel": (("SmsSid",), ("Status",)),
    "twilio": (("MessageSid", "SmsSid"), ("MessageStatus", "SmsStatus")),
    "plivo": (("MessageUUID",), ("Status",)),
    "whatsapp": (("id",), ("status",)),
}
_FAILED = (
    "failed",
    "undelivered",
    "expired",
    "rejected",
)  # Exotel's failures have endings, such as failed_dnd


@dataclass(frozen=True, slots=True)
class Report:
    """A provider reports what became of a message. ref: as it answered when it took it. status: delivered, failed, or
    "" while it is on its way."""

    ref: str
    status: str


def delivery_report(provider: str, values: Mapping[str, Any]) -> Report:
    """A delivery report. Exotel's Status "sent" is no delivery by itself: only the handset's word is."""
    refs, statuses = _REPORT[provider]
    ref, status = _texts(values, refs, statuses)
    status = status.casefold()
    if status in ("delivered", "read") or values.get("DetailedStatus") == "DELIVERED_TO_HANDSET":
        return Report(ref, "delivered")
    return Report(ref, "failed" if status.startswith(_FAILED) else "")


@dataclass(frozen=True, slots=True)
class Chat:
    """One WhatsApp webhook brings this. unread: how many of its parts had not the shape of any."""

    messages: tuple[Sms, ...]
    reports: tuple[Report, ...]
    unread: int


def whatsapp_chat(values: Mapping[str, Any]) -> Chat:
    """WhatsApp Cloud API: entry[].changes[].value with messages[], statuses[] or both; other news hold neither.

    Several messages and statuses come in one body. An unreadable part is counted and keeps nobody else waiting.
    """
    messages: list[Sms] = []
    reports: list[Report] = []
    unread = 0
    for entry in _listed(values, "entry"):
        for change in _listed(entry, "changes"):
            value = _held(change, "value")
            number = _held(value, "metadata").get("display_phone_number", "")
            for name, read in (("messages", _message), ("user_preferences", _preference)):
                for item in _listed(value, name):
                    try:
                        messages += [message] if (message := read(item, str(number))) else []
                    except MalformedWebhook:
                        unread += 1
            for item in _listed(value, "statuses"):
                try:
                    reports.append(delivery_report("whatsapp", item if isinstance(item, dict) else {}))
                except MalformedWebhook:
                    unread += 1
    return Chat(tuple(messages), tuple(reports), unread)


# Kinds of WhatsApp whose words are the writer's message. Every other kind, also one that we do not know, asks nothing:
# we hear only a no in it.
WRITTEN = frozenset(
    ("text", "button", "interactive", "image", "video", "document", "audio", "voice", "order")
)
# Kinds that may ask something without a word. SMS have "media".
UNWRITTEN = frozenset((*WRITTEN, "location", "contacts", "media"))
# News of a message, and pictures of a mood: they are not kept.
NEWS = frozenset(("reaction", "system", "unsupported", "sticker"))


def _message(values: Any, number: str) -> Sms:
    fields = values if isinstance(values, dict) else {}
    user = fields.get("from_user_id")
    user = user if isinstance(user, str) and 0 < len(user) <= LONGEST_USER and user.isprintable() else ""
    sender = "" if user and not fields.get("from") else _text(fields, "from")
    ref = _text(fields, "id")
    kind = fields.get("type")
    kind = kind[:LONGEST_KIND] if isinstance(kind, str) and kind.strip() else "unknown"
    words = carried.of_message(fields)
    is_heard = words.is_no or (kind in WRITTEN and words.text.strip())
    sender = "+" + sender if whole_number(sender, most=10**15) is not None else sender
    return Sms("whatsapp", ref, sender, number, words.text, _stamped(fields), "" if is_heard else kind, user)


def _preference(values: Any, number: str) -> Sms | None:
    """Somebody switches our messages off in WhatsApp itself: a STOP. None for every other choice there."""
    fields = values if isinstance(values, dict) else {}
    if str(fields.get("value", "")).casefold() != "stop":
        return None
    sender, stamp = _text(fields, "wa_id"), str(fields.get("timestamp", ""))
    return Sms(
        "whatsapp", f"preference|{sender}|{stamp}"[:200], f"+{sender}", number, "STOP", _stamped(fields)
    )


def _stamped(fields: Mapping[str, Any]) -> datetime | None:
    stamp = str(fields.get("timestamp", ""))
    seconds = whole_number(stamp, most=10**11)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _listed(values: Any, name: str) -> list[Any]:
    entries = values.get(name) if isinstance(values, dict) else None
    return entries if isinstance(entries, list) else []


def _held(values: Any, name: str) -> dict[str, Any]:
    part = values.get(name) if isinstance(values, dict) else None
    return part if isinstance(part, dict) else {}
