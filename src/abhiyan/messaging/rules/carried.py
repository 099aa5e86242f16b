"""The words that a provider's message carries, wherever they are, so that a no is heard in a kind we do not know too.

A field is read unless its name says that it holds no words of the writer. Providers add kinds and fields; what is new
is read.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import words

DEEPEST = 12  # fields within fields that are read
MOST = 40  # pieces of one message
# Of WhatsApp's messages: a quoted message, an advertisement, other people, notes of the provider.
_OTHERS = frozenset(("context", "referral", "contacts", "errors", "identity", "metadata", "profile"))
_ENVELOPE = frozenset(("id", "from", "from_user_id", "to", "type", "timestamp"))
_NO_WORDS = re.compile(
    r"(?:^|_)(?:type|status|code|url|uri|link|sha256|hash|token|currency|timestamp|version|from)$"
)
# A name or a note beside the words: only a word of ours with nothing else is a no there. "No. 5 School" is a place.
_BESIDE = re.compile(r"(?:^|_)(?:id|payload|name|address|filename|description|footer|subtitle)$")
_NAMES = re.compile(
    r"(?:^|_)(?:id|payload|name|address|filename)$"
)  # of these: what is no message of the writer
# Of forms, whose other fields name countries such as NO.
_FORM = re.compile(r"(?i)(?:text|body|caption|title|description|message|content)$")
_FORM_BESIDE = re.compile(r"(?i)(?:payload|description|optouttype)$")
_FORM_OTHERS = re.compile(r"(?i)^(?:referral|original|quoted|error)")


@dataclass(frozen=True, slots=True)
class CarriedWords:
    """The words of one message. text: all of them, or the piece that is a no. is_no: whether one is."""

    text: str
    is_no: bool


def of_message(values: Mapping[str, Any]) -> CarriedWords:
    """The words of a WhatsApp message, of any kind."""
    fields = {name: value for name, value in values.items() if name not in _ENVELOPE}
    return _chosen(list(_walk(fields, "", 0)))


def of_form(values: Mapping[str, Any], main: str) -> CarriedWords:
    """The words of an SMS or MMS: those of its main field, and of a button or caption beside it."""
    pieces = [(values.get(main) or "", False, False)]
    for name, value in values.items():
        if name == main or not isinstance(value, str) or _FORM_OTHERS.match(name):
            continue
        is_beside = bool(_FORM_BESIDE.search(name))
        if is_beside or _FORM.search(name):
            pieces.append((value, is_beside, is_beside))
    return _chosen(pieces)


def _chosen(pieces: list[tuple[str, bool, bool]]) -> CarriedWords:
    pieces = [piece for piece in dict.fromkeys(pieces) if piece[0].strip()][:MOST]
    for text, is_beside, _is_name in pieces:
        reading = words.read_said_text(text)
        if reading.word in words.REFUSING and not (is_beside and reading.rest):
            return CarriedWords(text[: words.LONGEST], is_no=True)
    text = "\n".join(dict.fromkeys(text for text, _is_beside, is_name in pieces if not is_name))
    return CarriedWords(text[: words.LONGEST], is_no=False)


def _walk(value: Any, name: str, depth: int) -> Iterator[tuple[str, bool, bool]]:
    """Yield each text below a field, with two flags: it is no word of the message itself; it is a name."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for inner, content in value.items():
            if inner not in _OTHERS and not _NO_WORDS.search(inner):
                yield from _walk(content, inner, depth + 1)
    elif isinstance(value, list):
        for content in value:
            yield from _walk(content, name, depth + 1)
    elif isinstance(value, str):
        if (form := _form_in(value)) is not None:
            yield from _walk(form, name, depth + 1)
        else:
            yield value, bool(_BESIDE.search(name)), bool(_NAMES.search(name))


def _form_in(text: str) -> Any:
    """Return the answers of a filled-in form of WhatsApp: JSON within a text. None for every other text."""
    if not text.startswith("{") or len(text) > 20 * words.LONGEST:
        return None
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return form if isinstance(form, dict) else None
