"""E-mail, a second way for offices: which texts go by it, and what a mail says around the text (RFC 5322, 3834)."""

import re
from collections.abc import Mapping

from .texts import DUTY, EMAIL_ONLY, PROOF, text_kind

SMS, EMAIL = "sms", "email"  # ways out
LONGEST_SUBJECT = 70  # characters
# Blanks for answers by SMS. A mail asks for an answer by its link only, for nobody reads replies to it.
OF_SMS = ("answer", "reply", "stop", "leave")
_LINK = re.compile(r"https?://\S*")


def may_be_mailed(template: str) -> bool:
    """Return True if a text goes by e-mail to an office-bearer who chose so: what their office owes, and news of it.

    Texts about their own sign-in go to the phone always. A thief of the mailbox cannot hide them.
    """
    return text_kind(template) == DUTY


def is_only_mailed(template: str) -> bool:
    """Return True if a text goes by e-mail and never by SMS: a code that proves an address, or is asked for there."""
    return template in EMAIL_ONLY


def needs_proof(template: str) -> bool:
    """Return True if a text goes only to an address that its owner has proven."""
    return template != PROOF


def without_sms(values: Mapping[str, str]) -> dict[str, str]:
    """The values of a text as a mail says them."""
    return {**values, **dict.fromkeys(OF_SMS, "")}


def subject_line(text: str, organisation: str) -> str:
    """The subject line: the text up to its first link, at most 70 characters, cut between words.

    A link may be a secret, and mail servers log subjects. The caller gives other words for a code.
    """
    line = " ".join(_LINK.split(text, maxsplit=1)[0].split()).rstrip(" :.")
    if len(line) > LONGEST_SUBJECT:
        line = line[:LONGEST_SUBJECT].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
    return line or organisation
