"""Structured logs without personal data: one JSON object a line, digits of phones and secrets blotted out."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from functools import cache

from . import environment

# Anything that could be a phone (8 or more digits in a row, separators allowed), a token or a code's parameter.
_PHONE = re.compile(r"\+?\d(?:[\s().-]?\d){7,14}(?!\d)")
_SECRET = re.compile(r"(?i)(bearer\s+|token[=:\s]+|code[=:\s]+|secret[=:\s]+|password[=:\s]+)[^\s\"',;&]+")


def scrub(text: str) -> str:
    """The text without phone-like digits and secrets."""
    return _PHONE.sub("[digits]", _SECRET.sub(r"\1[secret]", text))


# Their texts tell of the program, not of what it worked on. psycopg's DETAIL would quote a whole row.
_HARMLESS = (AttributeError, ImportError, NameError, NotImplementedError)


def _places(error: BaseException | None) -> str:
    """Kinds and places of an error and of those it came from, the first one first; no values."""
    tracebacks: list[str] = []
    while error is not None and len(tracebacks) < 10:
        facts = [str(error)] if isinstance(error, _HARMLESS) else []
        diag = getattr(error, "diag", None)  # PostgreSQL's own names for what happened
        facts += [
            str(fact)
            for fact in (getattr(error, "sqlstate", None), getattr(diag, "constraint_name", None))
            if fact
        ]
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        tracebacks.append("".join(traceback.format_tb(error.__traceback__)) + ": ".join([name, *facts]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(reversed(tracebacks))


def _without_address(text: str, request: object) -> str:
    """Replace the request's path by the name of its page. Links in messages are secrets, and paths hold them."""
    path = getattr(request, "path", "")
    if not path:
        return text
    match = getattr(request, "resolver_match", None)
    name = getattr(match, "view_name", "") or "unknown address"
    for address_text in (getattr(request, "get_full_path", lambda: path)(), path):
        text = text.replace(address_text, f"[{name}]")
    return text


@cache
def _host() -> str:
    try:
        return environment.HOST_NAME()
    except environment.WrongSetting:  # its own command says so
        return ""


class JsonFormatter(logging.Formatter):
    """One line of JSON: at, level, host, logger, message, and whatever was passed as `extra={"facts": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "host": _host(),
            "logger": record.name,
            "message": scrub(_without_address(record.getMessage(), getattr(record, "request", None))),
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line |= {key: scrub(value) if isinstance(value, str) else value for key, value in facts.items()}
        if record.exc_info:
            # Values in an exception's text may hold what somebody typed; the kind and the places do not.
            kind = record.exc_info[0]
            line["error"] = kind.__name__ if kind else ""
            line["trace"] = scrub(_places(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)
