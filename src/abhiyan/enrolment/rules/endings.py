"""Why a term ended: codes of `Enrolment.end_reason`, and what each brings with it."""

from datetime import datetime, timedelta

LEFT = "left"  # by the person's own word; undone from the same phone for a while.
DENIED = "denied"  # the phone says that its owner never joined.
STRUCK_OFF = "struck"  # by an office, with a reason.
RUN_OUT = "run_out"  # the term was over: it stays counted, in the drive that counted it.
ERASED = "erased"  # the person had everything erased: nobody comes back to it.
UNDONE = "undone"  # the list that brought it was taken back.
BECAME = "became"  # they joined another roll, before which this one gives way.
MERGED = "merged"  # the person is on the roll twice, and the other membership stays

STRUCK = frozenset({STRUCK_OFF, DENIED})  # the slot is free, and only the phone's own sign brings them back
HIDDEN = frozenset({LEFT, DENIED, ERASED, BECAME})  # offices no longer read who it was
ACTS = {
    LEFT: "leave",
    DENIED: "deny",
    STRUCK_OFF: "strike_off",
    ERASED: "leave",
    BECAME: "give_way",
}  # in the trail

BACK_WITHIN = timedelta(days=7)  # a forged LEAVE must not delete a roll; later they join again


def may_deny(*, reason: str, has_ended: bool) -> bool:
    """Return True if a phone may still say that the person never joined.

    It may while the term runs, and after an end by leaving, by merging, or in time, as it then stays counted.
    """
    return not has_ended or reason in (LEFT, RUN_OUT, MERGED, BECAME)


def may_come_back(*, reason: str, ended_at: datetime | None, at: datetime) -> bool:
    """Return True if a term that ended may be opened again as it was: its person left, at most seven days ago."""
    return reason == LEFT and ended_at is not None and at - ended_at <= BACK_WITHIN
