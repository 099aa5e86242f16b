"""A list of members is asked for by one person and approved by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from abhiyan.core.actor import Actor
from abhiyan.org import actions as org
from abhiyan.people.actions import reading


def ask_for_list(
    *,
    unit_id: int,
    n: int,
    reason: str,
    settings: Mapping[str, Any],
    by: Actor,
    at: datetime,
    most: int | None = None,
) -> None:
    """Ask a second person for a list of n people of a unit, to be taken out once as a file. They read how many.

    settings: how it is narrowed; nothing that tells of a person. most: people of one file. Refuses ListTooLong what
    could never be read in a day, before anybody is asked; and what `org.ask_release` refuses.
    """
    reading.require_short(n, most=most)
    org.ask_release(
        act="people.export", unit_id=unit_id, reason=reason, payload=dict(settings) | {"n": n}, by=by, at=at
    )
