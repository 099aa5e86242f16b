"""The gate: may somebody be met or called now (law.md E1, E3, E4, T2)? A pure function, which `contact.gate` asks.

It is asked when somebody takes a door, and again before a number is shown. No office and no setting overrides it.

Law and a person's no bind every caller alike. The cap of talks and an empty calendar bind canvassing only. They are our
own caution. A unit can bring them about, and would block the checks of its own work.
"""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.messaging.rules import hours
from abhiyan.polls.rules.polling import Polling

OPENS, CLOSES = time(6), time(22)  # of doors: the Election Commission bars visits from 22:00 to 06:00
MOST_LATELY = 3  # talks with one phone or door, on all lists, in LATELY_DAYS
LATELY_DAYS = 30

WORDS: Mapping[str, Promise] = {
    "ended": _("The list has ended."),
    "opted_out": _("They said no to contact."),
    "no_basis": _("They gave no consent to calls."),
    "frozen": _("An election is announced here. Lists of beneficiaries rest until its result."),
    "silence": _("These are the 48 hours before the poll here."),
    "hours": _(
        "Doors are visited from 6:00 to 22:00. Calls are made from 10:00 to 21:00, "
        "or in shorter hours where they are set."
    ),
    "calendar": _("The calendar of polls has no entry for this state yet."),
    "cap": _("Somebody talked with them three times in the last 30 days."),
    "elsewhere": _("Another worker has the same phone on another list."),
    "unwilling": _("They did not want to talk."),
    "not_reached": _("Nobody was at home three times."),
}


def why_held_back(
    *,
    is_call: bool,
    is_check: bool = False,
    at: datetime,
    zone: str,
    polling: Polling,
    open_hours: hours.Hours,
    is_over: bool = False,
    said_no: bool = False,
    has_basis: bool = True,
    is_of_scheme: bool = False,
    n_lately: int = 0,
) -> str:
    """Return why a door may not be visited, or a person not called, at an instant: a key of WORDS, "" if they may.

    is_check: a back-check; all else is canvassing. zone: IANA. polling: of the place. open_hours: of calls, never wider
    than the law's. is_over: the list has ended. has_basis: for calls, the person gave consent or the number for this
    purpose. is_of_scheme: the list names beneficiaries of a public scheme. n_lately: talks of canvassing in
    LATELY_DAYS.
    """
    if is_over:
        return "ended"
    if said_no:
        return "opted_out"
    if is_call and not has_basis:
        return "no_basis"
    if is_of_scheme and polling.is_election:
        return "frozen"
    if polling.silent_until(at) is not None:
        return "silence"
    if not (
        hours.is_in_hours(at, zone, open_hours)
        if keeps_call_hours(is_call=is_call, is_check=is_check)
        else OPENS <= at.astimezone(ZoneInfo(zone)).time() < CLOSES
    ):
        return "hours"
    if is_check:
        return ""
    if is_call and not polling.is_known:
        return "calendar"
    return "cap" if n_lately >= MOST_LATELY else ""


def keeps_call_hours(*, is_call: bool, is_check: bool) -> bool:
    """Return whether the hours of calls bind: each call, and the visit of a back-check too.

    A verifier comes once, unasked and mostly after a call. So the narrower hours protect the person.
    """
    return is_call or is_check
