"""Numbers that have been silent for long: their operator may have given them to somebody else (DESIGN §4; issue 14)."""

from datetime import datetime, timedelta

SILENT_AFTER = timedelta(days=90)


def needs_new_answer(last_sign: datetime | None, at: datetime) -> bool:
    """Return True if a number has to answer again before a message to it names a person.

    last_sign: the phone's last call, text, code or answer; where it never gave one, the instant the number first came
    to us. None: neither is known.
    """
    return last_sign is None or at - last_sign >= SILENT_AFTER
