"""What `abhiyan doctor` asks of messages."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core.doctor import FAIL, OK, Finding

from . import queries

PUBLISH = "run `abhiyan migrate`, which publishes the shipped texts and lets go what waits for them"


def texts(_at: datetime) -> Iterable[Finding]:
    """Every service message has its text: without one a code is never sent, and nobody can sign in by it."""
    lacking, held = queries.texts_lacking(), queries.held_for_text()
    facts = {"lacking": len(lacking), "held": held}
    if lacking:
        named = ", ".join(f"{code} ({language})" for code, language in lacking)
        yield Finding(FAIL, f"texts of messages are not published: {named}", PUBLISH, facts)
    if held:
        yield Finding(
            FAIL,
            f"{held} messages are held back for want of a text",
            f"{PUBLISH}; Messages (/messages/?state=held) shows which",
            facts,
        )
    if not lacking and not held:
        yield Finding(OK, "every service message has its text", facts=facts)


CHECKS = {"texts": texts}
