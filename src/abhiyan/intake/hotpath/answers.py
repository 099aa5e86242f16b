"""Answers: bytes for the usual ones, and refusals in the caller's language."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic_core import ErrorDetails

from abhiyan.core.refusals import Refused

from .shapes import LONGEST_KEY, MOST_CLAIMS, MOST_FAULTS

Headers = list[tuple[bytes, bytes]]
JSON: Headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Headers


class AtTheDoor(Refused):
    """A request that did not come as far as the act."""

    def __init__(self, *, field: str = "", wait_s: int = 0, **facts: object) -> None:
        super().__init__(field=field, wait_s=wait_s, **facts)
        self.wait_s = wait_s


class NoToken(AtTheDoor, status=401):
    message = _("Send a valid token of your channel: Authorization: Bearer … It may have ended or run out.")


class NotGenuine(AtTheDoor, status=403):
    message = _("This did not come from the provider of the number, or came too late.")


class OldSignature(AtTheDoor, code="signature_version", status=403):
    message = _(
        "This signature is of the old kind. Sign “SECONDS.KIND.BODY” and send it as v2: see "
        "docs/sms.md, “Numbers for calls and texts”."
    )


class NoSuchAddress(AtTheDoor, code="not_found", status=404):
    message = _("There is nothing at this address.")


class OtherMethod(AtTheDoor, code="method", status=405):
    message = _("This address does not take this method.")


class TooSlow(AtTheDoor, status=408):
    message = _("The whole request did not arrive in time. Send the same again.")


class BodyTooLarge(AtTheDoor, code="too_large", status=413):
    message = _("This is too large: send at most %(limit_kb)s KB at a time.")


class TooManyClaims(AtTheDoor):
    status = 422  # a list too long does not fit the schema; 413 is for bytes
    message = _("Send at most %(limit)s claims at a time.")


class OtherContent(AtTheDoor, code="content_type", status=415):
    message = _("Send the request as %(wanted)s.")


class Malformed(AtTheDoor):
    message = _("The request does not have the shape asked for; see /api/v1/openapi.json.")


class NoWebhook(Malformed, code="malformed"):
    """The same of a provider's webhook, which openapi.json does not describe."""

    message = _(
        "This provider's webhook sends something else. See docs/sms.md, “Numbers for calls and texts”."
    )


class OtherNumber(AtTheDoor):
    message = _(
        "“to” is not one of our numbers at this address. Send the number that was called, as "
        "written on the page of the drive. Use the address shown there."
    )


class KeyMissing(AtTheDoor):
    message = _("Give each claim a key of your own, in the field “key” or the header Idempotency-Key.")


class KeyTwice(AtTheDoor):
    message = _("One key is used for two phones in this request. Each claim needs its own key.")


class KeysDiffer(AtTheDoor):
    message = _("The field “key” and the header Idempotency-Key differ. Give one of them.")


class KeyInvalid(AtTheDoor):
    message = _("A key has 1 to %(limit)s letters, digits and signs, and no spaces.")


class Busy(AtTheDoor, status=429):
    message = _("Too many requests. Send the same again in %(wait_s)s.")


class TryLater(AtTheDoor, code="try_again", status=503):
    message = _("The register is not available now. Send the same again in %(wait_s)s.")


# pydantic's kinds of error -> what to tell.
_FAULTS: dict[str, Promise] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("There is no such field."),
    "string_type": _("Write this as text, in quotes."),
    "int_type": _("Write this as a whole number."),
    "bool_type": _("Write true or false."),
    "list_type": _("Write this as a list."),
    "model_type": _("Write this as an object."),
    "string_too_long": _("This is too long: at most %(max_length)s characters."),
    "string_too_short": _("This is empty."),
    "too_long": _("Too many: at most %(max_length)s."),
    "too_short": _("This is empty."),
    "greater_than_equal": _("This is too small: at least %(ge)s."),
    "less_than_equal": _("This is too large: at most %(le)s."),
    "int_parsing_size": _("This number is too large."),
    "literal_error": _("Write one of %(expected)s."),
    "timezone_aware": _("Give the zone too, such as 2026-11-20T10:00:00+05:30."),
    "json_invalid": _("This is not JSON, or too deep."),
}
_DATE = _("Write date, time and zone, such as 2026-11-20T10:00:00+05:30.")
_OTHER = _("This does not fit.")


def accepted_language(accepted: bytes) -> str:
    """Return hi or en: the first of them the caller names, else the installation's own."""
    for part in accepted[:200].split(b","):
        tag = part.strip()[:2].lower()
        if tag in (b"hi", b"en"):
            return tag.decode()
    return settings.LANGUAGE_CODE


def tongue(headers: dict[bytes, bytes]) -> str:
    """Return the language of the one who sent these headers."""
    return accepted_language(headers.get(b"accept-language", b""))


def refusal_answer(refusal: Refused, lang: str, *, faults: list[dict[str, Any]] | None = None) -> HttpAnswer:
    """Return the answer to a refusal."""
    body = refused_body(refusal, lang)
    if faults is not None:
        body["errors"], body["faults"] = faults[:MOST_FAULTS], len(faults)
    headers = list(JSON)
    wait_s = getattr(refusal, "wait_s", 0) or refusal.facts.get("wait_s", 0)
    if wait_s:
        headers.append((b"retry-after", b"%d" % int(str(wait_s))))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="abhiyan"'))
    if isinstance(refusal, OtherMethod):
        headers.append((b"allow", str(refusal.facts["allowed"]).encode()))
    return HttpAnswer(refusal.status, json.dumps(body, ensure_ascii=False).encode(errors="replace"), headers)


def refused_body(refusal: Refused, lang: str) -> dict[str, Any]:
    if refusal.facts:
        with translation.override(lang):
            message = str(refusal)
    else:
        message = _plain(type(refusal), lang)
    return {"outcome": "refused", "code": refusal.code, "field": refusal.field, "message": message}


def _plain(kind: type[Refused], lang: str) -> str:
    """Return a refusal's message when it names nothing particular; translated once."""
    answer = _said.get((kind, lang))
    if answer is None:
        with translation.override(lang):
            answer = _said[kind, lang] = str(kind.message)
    return answer


_said: dict[tuple[type[Refused], str], str] = {}


def malformed(errors: Iterable[ErrorDetails], n: int, lang: str) -> HttpAnswer:
    """Return the answer to a body that does not fit its shape. n: how many errors there are."""
    faults: list[dict[str, Any]] = []
    with translation.override(lang):
        for error in errors:
            if len(faults) == MOST_FAULTS:
                break
            kind, facts = error["type"], error.get("ctx", {})
            item, field = _where(error["loc"])
            if kind == "too_long" and field == "claims":
                return refusal_answer(TooManyClaims(field="claims", limit=MOST_CLAIMS), lang)
            text = _DATE if kind.startswith(("datetime", "date_")) else _FAULTS.get(kind, _OTHER)
            words = str(text)
            fault = {"field": field, "message": words % facts if "%(" in words else words}
            faults.append(fault if item is None else {"item": item} | fault)
    first = faults[0]
    refusal = Malformed(field=first["field"])
    answer = refused_body(refusal, lang)
    if n == 1:
        answer["message"] = first["message"]
    answer["errors"], answer["faults"] = faults, n
    return HttpAnswer(refusal.status, json.dumps(answer, ensure_ascii=False).encode(errors="replace"), JSON)


def no_webhook(fields: Sequence[str], told: Mapping[str, Any], lang: str) -> HttpAnswer:
    """Return the answer to a webhook that lacks what it must have, with each field that is wrong."""
    with translation.override(lang):
        faults = [
            {"field": field, "message": str(_OTHER if field in told else _FAULTS["missing"])}
            for field in fields
        ]
    return refusal_answer(NoWebhook(field=fields[0]), lang, faults=faults)


def _where(loc: tuple[int | str, ...]) -> tuple[int | None, str]:
    """Return the number of the claim, and its field."""
    steps = list(loc)
    item: int | None = None
    if len(steps) >= 2 and steps[0] == "claims" and isinstance(steps[1], int):
        item = steps[1]
        steps = steps[2:]
    return item, ".".join(str(step)[:LONGEST_KEY] for step in steps)
